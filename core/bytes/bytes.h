/* Little-endian loads and stores, varints, a bounds-checked cursor, and UTF-8.
 *
 * The ground floor: includes nothing of ours but pincite/base.h, and everyone may include it.
 * Bytes are read with load functions, never by casting pointers, so it is right on every machine. */
#ifndef PIN_BYTES_H
#define PIN_BYTES_H

#include "pincite/base.h"

/* ---- Fixed width, little-endian ---- */
static inline uint16_t pin_load16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t pin_load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t pin_load64(const uint8_t *p)
{
    return (uint64_t)pin_load32(p) | (uint64_t)pin_load32(p + 4) << 32;
}
static inline void pin_store16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
static inline void pin_store32(uint8_t *p, uint32_t v)
{
    pin_store16(p, (uint16_t)v);
    pin_store16(p + 2, (uint16_t)(v >> 16));
}
static inline void pin_store64(uint8_t *p, uint64_t v)
{
    pin_store32(p, (uint32_t)v);
    pin_store32(p + 4, (uint32_t)(v >> 32));
}

/* ---- Memory that is written before it is read: pin_arena_take without the zeros ---- */
static inline void *pin_arena_room(pin_arena *arena, size_t count, size_t size)
{
    size_t room = arena->size - arena->used;
    if (size != 0 && count > room / size)
        return NULL;
    size_t bytes = count * size, padded = bytes + (size_t)(-bytes & 15);
    void  *at = arena->base + arena->used;
    arena->used += padded < room ? padded : room;
    return at;
}

/* ---- Varints: LEB128, 7 bits a byte, low bits first, at most 10 bytes ---- */
#define PIN_VARINT_MAX 10
size_t pin_varint_put(uint8_t *out, uint64_t value); /* writes 1..10 bytes, returns how many */

/* ---- Cursor: reads forward through untrusted bytes --------------------------------------------
 * Once a read has failed the cursor stays failed and every further read gives 0 or empty, so a
 * row of fields needs one check at the end. `offset()` says where. */
typedef struct pin_cursor {
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *start;
    bool           failed;
} pin_cursor;

pin_cursor pin_cursor_over(const void *bytes, size_t len);
size_t     pin_cursor_left(const pin_cursor *c);
uint64_t   pin_cursor_offset(const pin_cursor *c);
uint8_t    pin_take8(pin_cursor *c);
uint16_t   pin_take16(pin_cursor *c);
uint32_t   pin_take32(pin_cursor *c);
uint64_t   pin_take64(pin_cursor *c);
uint64_t   pin_take_varint(pin_cursor *c);              /* longer than 10 bytes, or > 64 bits: fails */
uint32_t   pin_take_varint32(pin_cursor *c);            /* above UINT32_MAX: fails                   */
pin_str    pin_take_bytes(pin_cursor *c, uint64_t len); /* borrowed                                  */
pin_str    pin_take_str(pin_cursor *c);                 /* varint length, then that many bytes       */

/* ---- UTF-8 (RFC 3629) ---- */
#define PIN_UTF8_BAD 0xFFFFFFFFu
/* The code point at text.at[*pos]; advances *pos by its bytes. Overlong forms, surrogates, values
 * above U+10FFFF and cut sequences give PIN_UTF8_BAD and advance by one byte.
 * Needs *pos < text.len. */
uint32_t pin_utf8_next(pin_str text, size_t *pos);
/* Position of the first byte that is not UTF-8, or text.len when all of it is. */
size_t pin_utf8_valid(pin_str text);
/* Writes 1..4 bytes for a valid code point and returns how many. */
size_t pin_utf8_put(char out[4], uint32_t code_point);

/* ---- ASCII helpers without a locale ---- */
static inline bool pin_is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static inline bool pin_is_alpha(uint32_t c) { return (c | 32) >= 'a' && (c | 32) <= 'z' && c < 128; }
static inline bool pin_is_space(uint32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline uint32_t pin_ascii_lower(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

/* ---- Integer hash of bytes: XXH64, as the xxHash specification (doc/xxhash_spec.md) gives it.
 * For corruption and tables, never for trust. Worked value: XXH64("", 0) = 0xEF46DB3751D8E999. */
uint64_t pin_hash64(const void *bytes, size_t len, uint64_t seed);

#endif
