/* What every part of pincite shares: status, error, borrowed text, memory, output.
 *
 * The core is bytes in, bytes out. It never allocates: whoever calls it lends an arena for results
 * and a buffer for output, and hears PIN_NO_SPACE when they are too small. Nothing here, or below
 * it, touches files, sockets, clocks, locales or globals, so all of it also runs in a browser. */
#ifndef PINCITE_BASE_H
#define PINCITE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Status ---------------------------------------------------------------------------------
 * Every function that can fail returns one. Zero is good. What the world can do wrong (a corrupt
 * file, a bad query, a full disk) is returned; a broken promise of our own code is an assert. */
typedef enum pin_status {
    PIN_OK = 0,
    PIN_NOT_FOUND,   /* the thing asked for does not exist; nothing is wrong                    */
    PIN_NO_SPACE,    /* the arena or buffer lent is too small: lend more and call again         */
    PIN_CORRUPT,     /* an index file contradicts itself or its checksums                       */
    PIN_UNSUPPORTED, /* an index file of another version, or with a feature we do not know      */
    PIN_BAD_INPUT,   /* a corpus, query or citation that is not what it should be               */
    PIN_LIMIT,       /* a stated limit (size, depth, work) was reached                          */
    PIN_NEED,        /* bytes of the index file are not here yet: see pin_file in index.h        */
    PIN_IO           /* only from hosts: the operating system said no                           */
} pin_status;

/* What went wrong, in the caller's memory. `message` is constant text: one line, lower case, no
 * full stop, no file name (the host knows it and adds it). `offset` is a byte position in whatever
 * was being read, or 0. Every `pin_error *` parameter may be NULL. */
typedef struct pin_error {
    pin_status  code;
    const char *message;
    uint64_t    offset;
} pin_error;

/* Fills `err` (if any) and returns `code`, so that `return pin_fail(...)` reads as one sentence. */
pin_status pin_fail(pin_error *err, pin_status code, uint64_t offset, const char *message);

/* ---- Borrowed text --------------------------------------------------------------------------
 * Pointer and length, never NUL-terminated, owned by someone else. UTF-8 where it is text. An
 * empty text may have at == NULL. Valid as long as the bytes it points into. */
typedef struct pin_str {
    const char *at;
    size_t      len;
} pin_str;

#define PIN_STR(literal) ((pin_str){(literal), sizeof(literal) - 1})

pin_str pin_str_of(const char *text);                             /* a NUL-terminated text       */
pin_str pin_str_part(pin_str text, size_t from, size_t to);       /* bytes [from, to), clamped   */
bool    pin_str_equal(pin_str a, pin_str b);
int     pin_str_order(pin_str a, pin_str b);                      /* byte order: <0, 0, >0       */
bool    pin_str_starts(pin_str text, pin_str prefix);
pin_str pin_str_trim(pin_str text);                               /* without ASCII white space   */

/* ---- Memory ---------------------------------------------------------------------------------
 * A bump allocator over memory that the caller owns. There is no free: reset the whole arena, or
 * return to a mark. Allocations are zeroed and aligned to 16 bytes. */
typedef struct pin_arena {
    unsigned char *base;
    size_t         size;
    size_t         used;
} pin_arena;

pin_arena pin_arena_over(void *memory, size_t size);
/* `count` objects of `size` bytes, zeroed; NULL when they do not fit (overflow of the product
 * included). count * size == 0 gives a valid pointer to nothing. */
void *pin_arena_take(pin_arena *arena, size_t count, size_t size);
/* Copies `text` into the arena; at == NULL when it does not fit and len > 0. */
pin_str pin_arena_copy(pin_arena *arena, pin_str text);
void    pin_arena_reset(pin_arena *arena);

/* ---- Output ---------------------------------------------------------------------------------
 * A buffer over the caller's memory. Writing past its end writes nothing but keeps counting, so
 * `len` is always the size that would have been needed: on PIN_NO_SPACE lend `len` bytes and call
 * again. */
typedef struct pin_buf {
    char  *at;
    size_t len; /* bytes written, or wanted when len > cap */
    size_t cap;
} pin_buf;

pin_buf    pin_buf_over(void *memory, size_t cap);
void       pin_buf_add(pin_buf *out, pin_str text);
void       pin_buf_adds(pin_buf *out, const char *text);
void       pin_buf_byte(pin_buf *out, char byte);
void       pin_buf_uint(pin_buf *out, uint64_t value); /* decimal */
pin_status pin_buf_status(const pin_buf *out);         /* PIN_OK, or PIN_NO_SPACE when len > cap */
pin_str    pin_buf_str(const pin_buf *out);            /* what was written so far (at most cap)  */

#endif
