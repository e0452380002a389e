/* Varints and the forward reader over untrusted bytes. Every check subtracts, so none can wrap. */
#include "core/bytes/bytes.h"

size_t pin_varint_put(uint8_t *out, uint64_t value)
{
    size_t n = 0;
    while (value >= 0x80) {
        out[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[n++] = (uint8_t)value;
    return n;
}

pin_cursor pin_cursor_over(const void *bytes, size_t len)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t       *at = bytes ? bytes : nothing;
    return (pin_cursor){.at = at, .end = at + (bytes ? len : 0), .start = at, .failed = false};
}

size_t pin_cursor_left(const pin_cursor *c) { return c->failed ? 0 : (size_t)(c->end - c->at); }

uint64_t pin_cursor_offset(const pin_cursor *c) { return (uint64_t)(c->at - c->start); }

/* Reserves `n` bytes; NULL and failed when they are not there. */
static const uint8_t *take(pin_cursor *c, size_t n)
{
    if (c->failed || n > (size_t)(c->end - c->at)) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *at = c->at;
    c->at += n;
    return at;
}

uint8_t pin_take8(pin_cursor *c)
{
    const uint8_t *p = take(c, 1);
    return p ? *p : 0;
}

uint16_t pin_take16(pin_cursor *c)
{
    const uint8_t *p = take(c, 2);
    return p ? pin_load16(p) : 0;
}

uint32_t pin_take32(pin_cursor *c)
{
    const uint8_t *p = take(c, 4);
    return p ? pin_load32(p) : 0;
}

uint64_t pin_take64(pin_cursor *c)
{
    const uint8_t *p = take(c, 8);
    return p ? pin_load64(p) : 0;
}

uint64_t pin_take_varint(pin_cursor *c)
{
    if (!c->failed && c->at < c->end && *c->at < 0x80)
        return *c->at++; /* one byte: most are */
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = pin_take8(c);
        if (c->failed)
            return 0;
        if (shift == 63 && byte > 1)
            break; /* more than 64 bits */
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    c->failed = true;
    return 0;
}

uint32_t pin_take_varint32(pin_cursor *c)
{
    uint64_t value = pin_take_varint(c);
    if (value > UINT32_MAX) {
        c->failed = true;
        return 0;
    }
    return (uint32_t)value;
}

pin_str pin_take_bytes(pin_cursor *c, uint64_t len)
{
    if (len > SIZE_MAX)
        c->failed = true;
    const uint8_t *p = take(c, (size_t)len);
    return p ? (pin_str){(const char *)p, (size_t)len} : (pin_str){0};
}

pin_str pin_take_str(pin_cursor *c) { return pin_take_bytes(c, pin_take_varint(c)); }
