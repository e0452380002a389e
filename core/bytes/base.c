/* The small promises of pincite/base.h: text, arena, output buffer. */
#include <assert.h>
#include <string.h>

#include "pincite/base.h"

pin_status pin_fail(pin_error *err, pin_status code, uint64_t offset, const char *message)
{
    if (err)
        *err = (pin_error){.code = code, .message = message, .offset = offset};
    return code;
}

pin_str pin_str_of(const char *text) { return (pin_str){text, text ? strlen(text) : 0}; }

pin_str pin_str_part(pin_str text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from >= to)
        return (pin_str){0};
    return (pin_str){text.at + from, to - from};
}

bool pin_str_equal(pin_str a, pin_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

int pin_str_order(pin_str a, pin_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int    order = common ? memcmp(a.at, b.at, common) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool pin_str_starts(pin_str text, pin_str prefix)
{
    return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.at, prefix.at, prefix.len) == 0);
}

pin_str pin_str_trim(pin_str text)
{
    size_t from = 0, to = text.len;
    while (from < to && (text.at[from] == ' ' || (text.at[from] >= '\t' && text.at[from] <= '\r')))
        from++;
    while (to > from && (text.at[to - 1] == ' ' || (text.at[to - 1] >= '\t' && text.at[to - 1] <= '\r')))
        to--;
    return pin_str_part(text, from, to);
}

pin_arena pin_arena_over(void *memory, size_t size)
{
    /* keep every later address aligned: skip to the first multiple of 16 */
    size_t skip = (size_t)(-(uintptr_t)memory & 15);
    if (skip > size)
        skip = size;
    return (pin_arena){.base = (unsigned char *)memory + skip, .size = size - skip, .used = 0};
}

void *pin_arena_take(pin_arena *arena, size_t count, size_t size)
{
    assert(arena->used <= arena->size);
    size_t room = arena->size - arena->used;
    if (size != 0 && count > room / size)
        return NULL;
    size_t bytes = count * size;
    size_t padding = (size_t)(-bytes & 15);
    void  *at = arena->base + arena->used;
    arena->used += bytes;
    arena->used += padding < arena->size - arena->used ? padding : arena->size - arena->used;
    if (bytes)
        memset(at, 0, bytes);
    return at;
}

pin_str pin_arena_copy(pin_arena *arena, pin_str text)
{
    char *copy = pin_arena_take(arena, text.len, 1);
    if (!copy)
        return (pin_str){NULL, text.len};
    if (text.len)
        memcpy(copy, text.at, text.len);
    return (pin_str){copy, text.len};
}

void pin_arena_reset(pin_arena *arena) { arena->used = 0; }

pin_buf pin_buf_over(void *memory, size_t cap) { return (pin_buf){.at = memory, .len = 0, .cap = cap}; }

void pin_buf_add(pin_buf *out, pin_str text)
{
    if (text.len == 0)
        return;
    /* all or nothing, so that what is there is never cut inside a character */
    if (out->len <= out->cap && text.len <= out->cap - out->len)
        memcpy(out->at + out->len, text.at, text.len);
    out->len += text.len;
}

void pin_buf_adds(pin_buf *out, const char *text) { pin_buf_add(out, pin_str_of(text)); }

void pin_buf_byte(pin_buf *out, char byte)
{
    if (out->len < out->cap)
        out->at[out->len] = byte;
    out->len++;
}

void pin_buf_uint(pin_buf *out, uint64_t value)
{
    char   digits[20];
    size_t n = sizeof digits;
    do
        digits[--n] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    pin_buf_add(out, (pin_str){digits + n, sizeof digits - n});
}

pin_status pin_buf_status(const pin_buf *out) { return out->len > out->cap ? PIN_NO_SPACE : PIN_OK; }

pin_str pin_buf_str(const pin_buf *out)
{
    return (pin_str){out->at, out->len < out->cap ? out->len : out->cap};
}
