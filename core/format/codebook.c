/* Unpacking with a codebook. Codes of one length are consecutive numbers, so the length of the next code
 * is found by comparing the next 18 bits with where each length ends. */
#include "core/format/codebook.h"

#include <string.h>

/* False when the codebook has not the shape that it must have; then no entry may be asked for. */
static bool open_book(pin_codebook *b, pin_str codebook)
{
    const uint8_t  *at = (const uint8_t *)codebook.at;
    pin_book_layout k = pin_book_layout_of(codebook.len);
    uint32_t        code = 0, entry = 0;
    if (codebook.len < k.starts || codebook.len > UINT32_MAX)
        return false;
    b->wide = k.start_len == 4;
    b->entries = pin_load16(at + k.starts - 2);
    if ((codebook.len - k.starts) / k.start_len < (size_t)b->entries + 1)
        return false;
    b->starts = at + k.starts;
    b->texts = b->starts + k.start_len * ((size_t)b->entries + 1);
    b->texts_len = (uint32_t)(codebook.len - k.starts - k.start_len * ((size_t)b->entries + 1));
    for (uint32_t len = 1; len <= PIN_CODE_MAX; len++) {
        uint32_t count = len <= k.code_max ? pin_load16(at + 2 * (len - 1)) : 0;
        code <<= 1;
        b->first[len] = entry - code; /* may wrap, and comes back when the code is added */
        code += count;
        entry += count;
        if (code > 1u << len)
            return false; /* more codes than there is room for */
        b->ends[len] = code << (PIN_CODE_MAX - len);
    }
    if (entry != b->entries)
        return false;
    b->ends[PIN_CODE_MAX + 1] = UINT32_MAX;
    for (uint32_t top = 0, len = 1; top < 1u << PIN_BOOK_TOP; top++) {
        while (len <= PIN_CODE_MAX && top << (PIN_CODE_MAX - PIN_BOOK_TOP) >= b->ends[len])
            len++;
        b->least[top] = (uint8_t)len;
    }
    return true;
}

void pin_codebook_open(pin_codebook *out, pin_str bytes)
{
    out->good = open_book(out, bytes);
}

typedef struct stream {
    const uint8_t *at, *end;
    uint64_t       bits; /* the next bits, highest first; zeros beyond the end */
    uint32_t       have; /* how many of them are real                          */
} stream;

static uint64_t load64_high_first(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
           (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | p[7];
}

/* Afterwards at least 56 bits are there, or all that are left. */
static void refill(stream *s)
{
    if (s->end - s->at >= 8) {
        s->bits |= load64_high_first(s->at) >> s->have;
        s->at += (63 - s->have) >> 3;
        s->have |= 56;
        return;
    }
    while (s->have <= 56 && s->at < s->end) {
        s->bits |= (uint64_t)*s->at++ << (56 - s->have);
        s->have += 8;
    }
}

/* The next entry, or UINT32_MAX when no code stands here. */
static inline uint32_t take_entry(stream *s, const pin_codebook *b)
{
    uint32_t next = (uint32_t)(s->bits >> (64 - PIN_CODE_MAX)), len = b->least[next >> (PIN_CODE_MAX - PIN_BOOK_TOP)];
    while (next >= b->ends[len])
        len++;
    if (len > PIN_CODE_MAX || len > s->have)
        return UINT32_MAX;
    s->bits <<= len;
    s->have -= len;
    return b->first[len] + (next >> (PIN_CODE_MAX - len));
}

/* Copies entry `e` to `at` and returns where it ends, or NULL when it does not fit or is no entry. */
static inline uint8_t *copy_entry(uint8_t *at, const uint8_t *end, const pin_codebook *b, uint32_t e, bool wide)
{
    const uint8_t *start = b->starts + (wide ? 4 : 2) * (size_t)e;
    uint32_t       from = wide ? pin_load32(start) : pin_load16(start);
    uint32_t       to = wide ? pin_load32(start + 4) : pin_load16(start + 2), len = to - from;
    if (from >= to || to > b->texts_len || len > (size_t)(end - at))
        return NULL;
    if (len <= 16 && end - at >= 16 && b->texts_len - from >= 16)
        memcpy(at, b->texts + from, 16); /* of a fixed size: two moves */
    else
        memcpy(at, b->texts + from, len);
    return at + len;
}

/* `wide` is known where this is called, so that the loop need not ask. */
static inline bool unpack(uint8_t *out, size_t out_len, pin_str in, const pin_codebook *book, bool wide)
{
    const uint8_t *bytes = (const uint8_t *)in.at;
    stream         s = {.at = bytes, .end = bytes + in.len};
    uint8_t       *at = out, *end = out + out_len;
    while (at < end) {
        refill(&s);
        for (int i = 0; i < 3 && at < end; i++) { /* 3 x 18 bits are there */
            uint32_t e = take_entry(&s, book);
            if (e >= book->entries || !(at = copy_entry(at, end, book, e, wide)))
                return false;
        }
    }
    /* whole bytes that were read ahead but not needed are too many; so are bits that are not zero */
    return s.at == s.end && s.have < 8 && s.bits == 0;
}

bool pin_codebook_unpack(uint8_t *out, size_t out_len, pin_str in, const pin_codebook *book)
{
    if (!book->good)
        return false;
    return book->wide ? unpack(out, out_len, in, book, true) : unpack(out, out_len, in, book, false);
}
