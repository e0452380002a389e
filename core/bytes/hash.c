/* XXH64, written from the xxHash specification (doc/xxhash_spec.md, "XXH64 algorithm description"):
 * four lanes of 8 bytes, then what is left, then an avalanche. The core needs it in the browser
 * too; tests compare it with libxxhash. */
#include "core/bytes/bytes.h"

#define P1 0x9E3779B185EBCA87u
#define P2 0xC2B2AE3D27D4EB4Fu
#define P3 0x165667B19E3779F9u
#define P4 0x85EBCA77C2B2AE63u
#define P5 0x27D4EB2F165667C5u

static uint64_t rotl(uint64_t x, int r) { return x << r | x >> (64 - r); }
static uint64_t mix_lane(uint64_t acc, uint64_t lane) { return rotl(acc + lane * P2, 31) * P1; }
static uint64_t merge(uint64_t acc, uint64_t lane) { return (acc ^ mix_lane(0, lane)) * P1 + P4; }

static uint64_t finish(uint64_t acc, const uint8_t *p, size_t left)
{
    for (; left >= 8; p += 8, left -= 8)
        acc = rotl(acc ^ mix_lane(0, pin_load64(p)), 27) * P1 + P4;
    if (left >= 4) {
        acc = rotl(acc ^ pin_load32(p) * P1, 23) * P2 + P3;
        p += 4, left -= 4;
    }
    for (; left > 0; p++, left--)
        acc = rotl(acc ^ *p * P5, 11) * P1;
    acc ^= acc >> 33;
    acc *= P2;
    acc ^= acc >> 29;
    acc *= P3;
    return acc ^ acc >> 32;
}

uint64_t pin_hash64(const void *bytes, size_t len, uint64_t seed)
{
    const uint8_t *p = bytes;
    size_t         left = len;
    uint64_t       acc = seed + P5;
    if (len >= 32) {
        uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
        for (; left >= 32; p += 32, left -= 32) {
            a = mix_lane(a, pin_load64(p));
            b = mix_lane(b, pin_load64(p + 8));
            c = mix_lane(c, pin_load64(p + 16));
            d = mix_lane(d, pin_load64(p + 24));
        }
        acc = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
        acc = merge(merge(merge(merge(acc, a), b), c), d);
    }
    return finish(acc + len, p, left);
}
