/* A buffer that grows, for sections whose size nobody knows beforehand. Once memory was short it stays
 * `failed`, and one look at the end is enough. Private to this folder. */
#ifndef PIN_WRITE_OUT_H
#define PIN_WRITE_OUT_H

#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"

typedef struct pin_out {
    uint8_t *at;
    size_t   len, cap;
    bool     failed;
} pin_out;

static inline void pin_out_free(pin_out *o)
{
    free(o->at);
    *o = (pin_out){0};
}

/* Room for `more` bytes behind what is there; NULL when memory is short. */
static inline uint8_t *pin_out_room(pin_out *o, size_t more)
{
    if (o->failed || more > SIZE_MAX / 4 - o->len) {
        o->failed = true;
        return NULL;
    }
    if (!o->at || more > o->cap - o->len) { /* something even for nothing: an address to add to */
        size_t   cap = (o->len + more) + (o->len + more) / 2 + 64;
        uint8_t *at = realloc(o->at, cap);
        if (!at) {
            o->failed = true;
            return NULL;
        }
        o->at = at;
        o->cap = cap;
    }
    return o->at + o->len;
}

static inline void pin_out_add(pin_out *o, const void *bytes, size_t len)
{
    uint8_t *to = pin_out_room(o, len);
    if (to && len) {
        memcpy(to, bytes, len);
        o->len += len;
    }
}

static inline void pin_out_byte(pin_out *o, uint8_t byte) { pin_out_add(o, &byte, 1); }

static inline void pin_out_u32(pin_out *o, uint32_t value)
{
    uint8_t bytes[4];
    pin_store32(bytes, value);
    pin_out_add(o, bytes, sizeof bytes);
}

static inline void pin_out_u64(pin_out *o, uint64_t value)
{
    uint8_t bytes[8];
    pin_store64(bytes, value);
    pin_out_add(o, bytes, sizeof bytes);
}

static inline void pin_out_varint(pin_out *o, uint64_t value)
{
    uint8_t bytes[PIN_VARINT_MAX];
    pin_out_add(o, bytes, pin_varint_put(bytes, value));
}

static inline void pin_out_str(pin_out *o, pin_str text)
{
    pin_out_varint(o, text.len);
    pin_out_add(o, text.at, text.len);
}

/* `len` zero bytes; returns where they start in the buffer. */
static inline size_t pin_out_zeros(pin_out *o, size_t len)
{
    size_t   start = o->len;
    uint8_t *to = pin_out_room(o, len);
    if (to) {
        memset(to, 0, len);
        o->len += len;
    }
    return start;
}

static inline void pin_out_align(pin_out *o, size_t unit) { pin_out_zeros(o, (unit - o->len % unit) % unit); }

#endif
