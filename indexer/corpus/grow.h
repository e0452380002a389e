/* A buffer that grows, for what a reader makes piece by piece before it knows the size. Once memory
 * was short it stays `failed`, and one look at the end is enough. Private to this folder. */
#ifndef PIN_CORPUS_GROW_H
#define PIN_CORPUS_GROW_H

#include "core/bytes/bytes.h"

#include <stdlib.h>
#include <string.h>

typedef struct grown {
    char  *at;
    size_t len, cap;
    bool   failed;
} grown;

static inline void grown_free(grown *b)
{
    free(b->at);
    *b = (grown){0};
}

static inline bool grown_room(grown *b, size_t more)
{
    if (more <= b->cap - b->len)
        return true;
    if (b->failed || more > SIZE_MAX / 4 - b->len)
        return !(b->failed = true);
    size_t cap = (b->len + more) * 2;
    char  *at = realloc(b->at, cap);
    if (!at)
        return !(b->failed = true);
    b->at = at;
    b->cap = cap;
    return true;
}

static inline void grown_add(grown *b, const void *at, size_t len)
{
    if (len && grown_room(b, len)) {
        memcpy(b->at + b->len, at, len);
        b->len += len;
    }
}

static inline void grown_byte(grown *b, char c)
{
    if (grown_room(b, 1))
        b->at[b->len++] = c;
}

static inline void grown_varint(grown *b, uint64_t value)
{
    uint8_t coded[PIN_VARINT_MAX];
    grown_add(b, coded, pin_varint_put(coded, value));
}

/* As blocks keep strings: a varint length and the bytes. */
static inline void grown_str(grown *b, pin_str text)
{
    grown_varint(b, text.len);
    grown_add(b, text.at, text.len);
}

static inline pin_str grown_text(const grown *b) { return (pin_str){b->at ? b->at : "", b->len}; }

#endif
