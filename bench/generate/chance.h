/* Chance for the generator: a random stream and a table to draw from, in whole numbers only.
 *
 * No floating point and no C library mathematics, so the same seed gives the same bytes on every
 * machine. Logarithms are 32.32 fixed point. */
#ifndef BENCH_CHANCE_H
#define BENCH_CHANCE_H

#include <stdint.h>

/* A stream of 64-bit numbers: a counter and a finalizer (the constants of SplitMix64, Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", 2014). */
typedef struct chance {
    uint64_t at;
} chance;

#define CHANCE_STEP 0x9e3779b97f4a7c15u

static inline uint64_t scramble(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static inline uint64_t chance_next(chance *c)
{
    c->at += CHANCE_STEP;
    return scramble(c->at);
}

/* The stream of one thing (an item, a query) is independent of all others: things can be made in any order. */
static inline chance chance_of(uint64_t seed, uint64_t what, uint64_t number)
{
    return (chance){scramble(scramble(scramble(seed + CHANCE_STEP) ^ what) ^ number)};
}

/* 0 .. n-1, from the upper half of a 64-bit number */
static inline uint32_t part_of(uint64_t number, uint32_t n)
{
    return (uint32_t)((number >> 32) * n >> 32);
}

static inline uint32_t chance_below(chance *c, uint32_t n)
{
    return part_of(chance_next(c), n);
}

uint64_t whole_root(uint64_t x);            /* the largest r with r * r <= x                          */
uint64_t fixed_log2(uint64_t x);            /* log2(x), 32.32; x >= 1; error below 2^-24              */
extern const uint32_t fixed_roots[32];
uint64_t fixed_exp2(uint64_t exponent);     /* 2^exponent rounded down; exponent 32.32, below 63      */
/* 2^40 * (shift / (10 * rank + shift))^(exponent / 1000): Zipf's law as Mandelbrot bent it */
uint64_t zipf_weight(uint32_t rank, uint32_t shift, uint32_t exponent);

/* Draws 0 .. count-1 in proportion to given weights in one look-up: Walker's alias method, with Vose's
 * construction ("A linear algorithm for generating random numbers with a given distribution", 1991). */
typedef struct alias {
    uint32_t count;
    struct alias_cell {
        uint32_t own;   /* of 2^32: how often the cell gives its own number                          */
        uint32_t other; /* the number it gives else                                                  */
    } *cells;
} alias;

/* Weights at most 2^40 and not all zero, count below 2^22. Exits when memory is out. */
void alias_make(alias *out, const uint64_t *weights, uint32_t count);

static inline uint32_t alias_draw(const alias *a, uint64_t number)
{
    uint32_t cell = part_of(number, a->count);
    return (uint32_t)number < a->cells[cell].own ? cell : a->cells[cell].other;
}

#endif
