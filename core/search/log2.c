/* Integer logarithm and idf; see log2.h. */
#include "core/search/log2.h"

#include "core/search/rules.h"

uint32_t pin_log2(uint64_t x)
{
    if (x == 0)
        return 0;
    uint32_t whole = 63 - (uint32_t)__builtin_clzll(x);
    uint64_t m = x << (63 - whole) >> 32; /* x / 2^whole, in [1, 2), with 31 binary places */
    uint32_t places = 0;
    for (int bit = 0; bit < 16; bit++) {
        m = m * m >> 31; /* in [1, 4): doubles the logarithm */
        uint32_t two = (uint32_t)(m >> 32);
        m >>= two;
        places = places << 1 | two;
    }
    return whole << 16 | places;
}

uint32_t pin_idf_below(uint32_t top, uint32_t n, uint32_t df)
{
    if (df > n)
        df = n;
    uint32_t idf = (top - pin_log2(2 * (uint64_t)df + 1)) >> (16 - RULE_IDF_BITS);
    return idf ? idf : 1;
}

uint32_t pin_idf(uint32_t n, uint32_t df) { return pin_idf_below(pin_log2(2 * (uint64_t)n + 2), n, df); }
