/* Fixed-point logarithms, Zipf weights and alias tables. See chance.h. */
#include "chance.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t whole_root(uint64_t x)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= x)
            root |= bit;
    return root;
}

/* Digits of the logarithm one by one: squaring doubles it; whenever the square reaches 2 the digit is 1. */
uint64_t fixed_log2(uint64_t x)
{
    uint32_t whole = 63;
    while (!(x >> whole))
        whole--;
    uint64_t mantissa = whole >= 31 ? x >> (whole - 31) : x << (31 - whole); /* 1.31, in [1, 2) */
    uint64_t log = whole;
    for (int digit = 0; digit < 32; digit++) {
        mantissa = mantissa * mantissa >> 31;
        log <<= 1;
        if (mantissa >> 32) {
            mantissa >>= 1;
            log |= 1;
        }
    }
    return log;
}

/* 2^(1/2), 2^(1/4), ... 1.31: each the whole root of the one before, times 2^31 (the self-test says so) */
const uint32_t fixed_roots[32] = {
    0xb504f333, 0x9837f051, 0x8b95c1e3, 0x85aac367, 0x82cd8698, 0x8164d1f3, 0x80b1ed4f, 0x8058d7d2,
    0x802c6436, 0x8016302e, 0x800b179b, 0x80058bae, 0x8002c5cf, 0x800162e5, 0x8000b172, 0x800058b8,
    0x80002c5b, 0x8000162d, 0x80000b16, 0x8000058a, 0x800002c4, 0x80000161, 0x800000b0, 0x80000057,
    0x8000002b, 0x80000015, 0x8000000a, 0x80000004, 0x80000001, 0x80000000, 0x80000000, 0x80000000,
};

uint64_t fixed_exp2(uint64_t exponent)
{
    uint64_t mantissa = (uint64_t)1 << 31;
    for (int i = 0; i < 32; i++)
        if (exponent >> (31 - i) & 1)
            mantissa = mantissa * fixed_roots[i] >> 31;
    uint32_t whole = (uint32_t)(exponent >> 32);
    return whole >= 31 ? mantissa << (whole - 31) : mantissa >> (31 - whole);
}

uint64_t zipf_weight(uint32_t rank, uint32_t shift, uint32_t exponent)
{
    uint64_t fall = (fixed_log2((uint64_t)10 * rank + shift) - fixed_log2(shift)) / 1000 * exponent;
    uint64_t most = (uint64_t)40 << 32;
    return fall < most ? fixed_exp2(most - fall) : 0;
}

static void *need(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "generate: out of memory\n");
        exit(2);
    }
    return memory;
}

void alias_make(alias *out, const uint64_t *weights, uint32_t count)
{
    uint64_t  total = 0;
    uint64_t *share = need(count, sizeof *share); /* weight times count: a cell holds `total` of it */
    uint32_t *small = need(count, sizeof *small), *large = need(count, sizeof *large);
    uint32_t  smalls = 0, larges = 0;
    *out = (alias){count, need(count, sizeof *out->cells)};
    for (uint32_t i = 0; i < count; i++)
        total += weights[i];
    for (uint32_t i = 0; i < count; i++) {
        share[i] = weights[i] * count;
        out->cells[i].other = i;
        if (share[i] < total)
            small[smalls++] = i;
        else
            large[larges++] = i;
    }
    uint32_t shift = 0; /* a full cell is 2^32 */
    while (total >> shift >= (uint64_t)1 << 31)
        shift++;
    uint64_t full = total >> shift;
    while (smalls && larges) {
        uint32_t poor = small[--smalls], rich = large[larges - 1];
        out->cells[poor].own = (uint32_t)(((share[poor] >> shift) << 32) / full);
        out->cells[poor].other = rich;
        share[rich] -= total - share[poor];
        if (share[rich] < total) {
            larges--;
            small[smalls++] = rich;
        }
    }
    while (smalls)
        out->cells[small[--smalls]].own = UINT32_MAX;
    while (larges)
        out->cells[large[--larges]].own = UINT32_MAX;
    free(share);
    free(small);
    free(large);
}
