/* DEFLATE with fixed codes. The two tables are the codes of RFC 1951, section 3.2.6, by the bits as
 * they stand in the stream (codes come with their first bit lowest, so they are reversed here). */
#include "core/format/inflate.h"

#include <string.h>

/* By 9 bits of the stream: bits 0..3 length of the code, 4..5 kind, 8..11 extra bits, 16.. literal or
 * length base. */
enum { KIND_LITERAL = 0, KIND_LENGTH = 1, KIND_END = 2 };

static const uint32_t fixed_codes[512] = {
    0x000027, 0x500008, 0x100008, 0x730418,  0x1f0217, 0x700008, 0x300008, 0xc00009, 0x0a0017, 0x600008,
    0x200008, 0xa00009, 0x000008, 0x800008,  0x400008, 0xe00009, 0x060017, 0x580008, 0x180008, 0x900009,
    0x3b0317, 0x780008, 0x380008, 0xd00009,  0x110117, 0x680008, 0x280008, 0xb00009, 0x080008, 0x880008,
    0x480008, 0xf00009, 0x040017, 0x540008,  0x140008, 0xe30518, 0x2b0317, 0x740008, 0x340008, 0xc80009,
    0x0d0117, 0x640008, 0x240008, 0xa80009,  0x040008, 0x840008, 0x440008, 0xe80009, 0x080017, 0x5c0008,
    0x1c0008, 0x980009, 0x530417, 0x7c0008,  0x3c0008, 0xd80009, 0x170217, 0x6c0008, 0x2c0008, 0xb80009,
    0x0c0008, 0x8c0008, 0x4c0008, 0xf80009,  0x030017, 0x520008, 0x120008, 0xa30518, 0x230317, 0x720008,
    0x320008, 0xc40009, 0x0b0117, 0x620008,  0x220008, 0xa40009, 0x020008, 0x820008, 0x420008, 0xe40009,
    0x070017, 0x5a0008, 0x1a0008, 0x940009,  0x430417, 0x7a0008, 0x3a0008, 0xd40009, 0x130217, 0x6a0008,
    0x2a0008, 0xb40009, 0x0a0008, 0x8a0008,  0x4a0008, 0xf40009, 0x050017, 0x560008, 0x160008, 0x000038,
    0x330317, 0x760008, 0x360008, 0xcc0009,  0x0f0117, 0x660008, 0x260008, 0xac0009, 0x060008, 0x860008,
    0x460008, 0xec0009, 0x090017, 0x5e0008,  0x1e0008, 0x9c0009, 0x630417, 0x7e0008, 0x3e0008, 0xdc0009,
    0x1b0217, 0x6e0008, 0x2e0008, 0xbc0009,  0x0e0008, 0x8e0008, 0x4e0008, 0xfc0009, 0x000027, 0x510008,
    0x110008, 0x830518, 0x1f0217, 0x710008,  0x310008, 0xc20009, 0x0a0017, 0x610008, 0x210008, 0xa20009,
    0x010008, 0x810008, 0x410008, 0xe20009,  0x060017, 0x590008, 0x190008, 0x920009, 0x3b0317, 0x790008,
    0x390008, 0xd20009, 0x110117, 0x690008,  0x290008, 0xb20009, 0x090008, 0x890008, 0x490008, 0xf20009,
    0x040017, 0x550008, 0x150008, 0x1020018, 0x2b0317, 0x750008, 0x350008, 0xca0009, 0x0d0117, 0x650008,
    0x250008, 0xaa0009, 0x050008, 0x850008,  0x450008, 0xea0009, 0x080017, 0x5d0008, 0x1d0008, 0x9a0009,
    0x530417, 0x7d0008, 0x3d0008, 0xda0009,  0x170217, 0x6d0008, 0x2d0008, 0xba0009, 0x0d0008, 0x8d0008,
    0x4d0008, 0xfa0009, 0x030017, 0x530008,  0x130008, 0xc30518, 0x230317, 0x730008, 0x330008, 0xc60009,
    0x0b0117, 0x630008, 0x230008, 0xa60009,  0x030008, 0x830008, 0x430008, 0xe60009, 0x070017, 0x5b0008,
    0x1b0008, 0x960009, 0x430417, 0x7b0008,  0x3b0008, 0xd60009, 0x130217, 0x6b0008, 0x2b0008, 0xb60009,
    0x0b0008, 0x8b0008, 0x4b0008, 0xf60009,  0x050017, 0x570008, 0x170008, 0x000038, 0x330317, 0x770008,
    0x370008, 0xce0009, 0x0f0117, 0x670008,  0x270008, 0xae0009, 0x070008, 0x870008, 0x470008, 0xee0009,
    0x090017, 0x5f0008, 0x1f0008, 0x9e0009,  0x630417, 0x7f0008, 0x3f0008, 0xde0009, 0x1b0217, 0x6f0008,
    0x2f0008, 0xbe0009, 0x0f0008, 0x8f0008,  0x4f0008, 0xfe0009, 0x000027, 0x500008, 0x100008, 0x730418,
    0x1f0217, 0x700008, 0x300008, 0xc10009,  0x0a0017, 0x600008, 0x200008, 0xa10009, 0x000008, 0x800008,
    0x400008, 0xe10009, 0x060017, 0x580008,  0x180008, 0x910009, 0x3b0317, 0x780008, 0x380008, 0xd10009,
    0x110117, 0x680008, 0x280008, 0xb10009,  0x080008, 0x880008, 0x480008, 0xf10009, 0x040017, 0x540008,
    0x140008, 0xe30518, 0x2b0317, 0x740008,  0x340008, 0xc90009, 0x0d0117, 0x640008, 0x240008, 0xa90009,
    0x040008, 0x840008, 0x440008, 0xe90009,  0x080017, 0x5c0008, 0x1c0008, 0x990009, 0x530417, 0x7c0008,
    0x3c0008, 0xd90009, 0x170217, 0x6c0008,  0x2c0008, 0xb90009, 0x0c0008, 0x8c0008, 0x4c0008, 0xf90009,
    0x030017, 0x520008, 0x120008, 0xa30518,  0x230317, 0x720008, 0x320008, 0xc50009, 0x0b0117, 0x620008,
    0x220008, 0xa50009, 0x020008, 0x820008,  0x420008, 0xe50009, 0x070017, 0x5a0008, 0x1a0008, 0x950009,
    0x430417, 0x7a0008, 0x3a0008, 0xd50009,  0x130217, 0x6a0008, 0x2a0008, 0xb50009, 0x0a0008, 0x8a0008,
    0x4a0008, 0xf50009, 0x050017, 0x560008,  0x160008, 0x000038, 0x330317, 0x760008, 0x360008, 0xcd0009,
    0x0f0117, 0x660008, 0x260008, 0xad0009,  0x060008, 0x860008, 0x460008, 0xed0009, 0x090017, 0x5e0008,
    0x1e0008, 0x9d0009, 0x630417, 0x7e0008,  0x3e0008, 0xdd0009, 0x1b0217, 0x6e0008, 0x2e0008, 0xbd0009,
    0x0e0008, 0x8e0008, 0x4e0008, 0xfd0009,  0x000027, 0x510008, 0x110008, 0x830518, 0x1f0217, 0x710008,
    0x310008, 0xc30009, 0x0a0017, 0x610008,  0x210008, 0xa30009, 0x010008, 0x810008, 0x410008, 0xe30009,
    0x060017, 0x590008, 0x190008, 0x930009,  0x3b0317, 0x790008, 0x390008, 0xd30009, 0x110117, 0x690008,
    0x290008, 0xb30009, 0x090008, 0x890008,  0x490008, 0xf30009, 0x040017, 0x550008, 0x150008, 0x1020018,
    0x2b0317, 0x750008, 0x350008, 0xcb0009,  0x0d0117, 0x650008, 0x250008, 0xab0009, 0x050008, 0x850008,
    0x450008, 0xeb0009, 0x080017, 0x5d0008,  0x1d0008, 0x9b0009, 0x530417, 0x7d0008, 0x3d0008, 0xdb0009,
    0x170217, 0x6d0008, 0x2d0008, 0xbb0009,  0x0d0008, 0x8d0008, 0x4d0008, 0xfb0009, 0x030017, 0x530008,
    0x130008, 0xc30518, 0x230317, 0x730008,  0x330008, 0xc70009, 0x0b0117, 0x630008, 0x230008, 0xa70009,
    0x030008, 0x830008, 0x430008, 0xe70009,  0x070017, 0x5b0008, 0x1b0008, 0x970009, 0x430417, 0x7b0008,
    0x3b0008, 0xd70009, 0x130217, 0x6b0008,  0x2b0008, 0xb70009, 0x0b0008, 0x8b0008, 0x4b0008, 0xf70009,
    0x050017, 0x570008, 0x170008, 0x000038,  0x330317, 0x770008, 0x370008, 0xcf0009, 0x0f0117, 0x670008,
    0x270008, 0xaf0009, 0x070008, 0x870008,  0x470008, 0xef0009, 0x090017, 0x5f0008, 0x1f0008, 0x9f0009,
    0x630417, 0x7f0008, 0x3f0008, 0xdf0009,  0x1b0217, 0x6f0008, 0x2f0008, 0xbf0009, 0x0f0008, 0x8f0008,
    0x4f0008, 0xff0009,
};

/* By 5 bits: bits 0..3 extra bits, 16.. base; 0 for the two codes that do not exist. */
static const uint32_t distances[32] = {
    0x010000, 0x1010007, 0x110003, 0x1001000b, 0x050001, 0x4010009, 0x410005, 0x4001000d,
    0x030000, 0x2010008, 0x210004, 0x2001000c, 0x090002, 0x801000a, 0x810006, 0x000000,
    0x020000, 0x1810007, 0x190003, 0x1801000b, 0x070001, 0x6010009, 0x610005, 0x6001000d,
    0x040000, 0x3010008, 0x310004, 0x3001000c, 0x0d0002, 0xc01000a, 0xc10006, 0x000000,
};

typedef struct stream {
    const uint8_t *at, *end;
    uint64_t       bits; /* the next bits, lowest first; zeros beyond the end */
    uint32_t       have; /* how many of them are real                         */
} stream;

/* Afterwards at least 56 bits are there, or all that are left. */
static void refill(stream *s)
{
    if (s->end - s->at >= 8) {
        s->bits |= pin_load64(s->at) << s->have;
        s->at += (63 - s->have) >> 3;
        s->have |= 56;
        return;
    }
    while (s->have <= 56 && s->at < s->end) {
        s->bits |= (uint64_t)*s->at++ << s->have;
        s->have += 8;
    }
}

/* Takes `n` bits that must be there. */
static bool drop(stream *s, uint32_t n)
{
    if (n > s->have)
        return false;
    s->bits >>= n;
    s->have -= n;
    return true;
}

typedef struct window {
    uint8_t *start, *at, *end;
    pin_str  dictionary;
} window;

/* `len` bytes from `distance` back, byte after byte, so that overlaps repeat. */
static bool copy_match(window *w, uint32_t len, uint32_t distance)
{
    size_t done = (size_t)(w->at - w->start), room = (size_t)(w->end - w->at);
    if (len > room)
        return false;
    if (distance > done) { /* begins in the dictionary */
        size_t back = distance - done;
        if (back > w->dictionary.len)
            return false;
        size_t part = len < back ? len : back;
        memcpy(w->at, w->dictionary.at + w->dictionary.len - back, part);
        w->at += part;
        len -= (uint32_t)part;
    }
    if (len == 0)
        return true;
    const uint8_t *from = w->at - distance;
    if (distance >= 8 && (size_t)(w->end - w->at) >= len + 8u) {
        uint8_t *at = w->at;
        w->at += len;
        do {
            memcpy(at, from, 8);
            at += 8;
            from += 8;
        } while (at < w->at);
        return true;
    }
    while (len-- > 0)
        *w->at++ = *from++;
    return true;
}

static bool stored_block(stream *s, window *w)
{
    /* the length starts at the next byte; give back whole bytes that were read ahead */
    drop(s, s->have & 7);
    s->at -= s->have / 8;
    s->have = 0;
    s->bits = 0;
    if (s->end - s->at < 4)
        return false;
    uint32_t len = pin_load16(s->at), check = pin_load16(s->at + 2);
    s->at += 4;
    if ((len ^ check) != 0xFFFF || len > (size_t)(s->end - s->at) || len > (size_t)(w->end - w->at))
        return false;
    memcpy(w->at, s->at, len);
    w->at += len;
    s->at += len;
    return true;
}

/* What follows a length code: the length's extra bits and the distance. */
static bool match(stream *s, window *w, uint32_t code)
{
    uint32_t extra = code >> 8 & 15, len = (code >> 16) + (uint32_t)(s->bits & ((1u << extra) - 1));
    if (!drop(s, extra))
        return false;
    uint32_t d = distances[s->bits & 31];
    if (d == 0 || !drop(s, 5))
        return false;
    extra = d & 15;
    uint32_t distance = (d >> 16) + (uint32_t)(s->bits & ((1u << extra) - 1));
    return drop(s, extra) && copy_match(w, len, distance);
}

static bool fixed_block(stream *s, window *w)
{
    for (;;) {
        refill(s); /* 9 + 5 + 5 + 13 bits at most for one match; six literals fit as well */
        for (int i = 0; i < 3; i++) {
            uint32_t code = fixed_codes[s->bits & 511];
            uint32_t kind = code >> 4 & 3;
            if (!drop(s, code & 15))
                return false;
            if (kind == KIND_LITERAL) {
                if (w->at == w->end)
                    return false;
                *w->at++ = (uint8_t)(code >> 16);
                continue;
            }
            if (kind == KIND_END)
                return true;
            if (kind != KIND_LENGTH)
                return false;
            if (i > 0) /* literals used some bits: make sure that 23 more are there */
                refill(s);
            if (!match(s, w, code))
                return false;
            break;
        }
    }
}

bool pin_inflate(uint8_t *out, size_t out_len, pin_str in, pin_str dictionary)
{
    const uint8_t *bytes = (const uint8_t *)in.at;
    stream         s = {.at = bytes, .end = bytes + in.len};
    window         w = {.start = out, .at = out, .end = out + out_len, .dictionary = dictionary};
    bool           last, good;
    if (in.len == 0)
        return false;
    do {
        refill(&s);
        last = s.bits & 1;
        uint32_t type = s.bits >> 1 & 3;
        if (!drop(&s, 3))
            return false;
        good = type == 0 ? stored_block(&s, &w) : type == 1 && fixed_block(&s, &w);
    } while (good && !last);
    /* all output, and no more than the last byte's unused bits left */
    return good && w.at == w.end && s.at == s.end && s.have < 8;
}
