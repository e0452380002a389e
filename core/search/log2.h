/* Logarithms without floating point. */
#ifndef PIN_SEARCH_LOG2_H
#define PIN_SEARCH_LOG2_H

#include <stdint.h>

/* log2(x) with 16 binary places, rounded down; x >= 1. Bit by bit, by squaring (Knuth, The Art of
 * Computer Programming, 1.2.2, exercise 25 ff.). Worked: x = 10 gives 217705, and 217705 / 65536 =
 * 3.32191 against log2(10) = 3.32193. */
uint32_t pin_log2(uint64_t x);

/* Inverse document frequency of BM25, ln(1 + (n - df + 0.5) / (df + 0.5)), in bits and with
 * RULE_IDF_BITS binary places: the fraction is (2n + 2) / (2df + 1), so it is a difference of two
 * logarithms. df is taken as at most n. Never 0: no word is deleted. Worked: n = 148, df = 2 gives
 * log2(298 / 5) = 5.897 bits: 377. */
uint32_t pin_idf(uint32_t n, uint32_t df);
/* The same for whoever asks again and again with one n: `top` is pin_log2(2n + 2). */
uint32_t pin_idf_below(uint32_t top, uint32_t n, uint32_t df);

#endif
