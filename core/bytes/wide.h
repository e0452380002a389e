/* Eight numbers at a time where the processor can (AVX2), asked at run time, so that one program serves all.
 * Whatever uses it has a second way with the same results; elsewhere, and in browsers, that way is the only
 * one.
 *
 *     #if PIN_HAS_WIDE
 *     PIN_WIDE static void add_wide(...) { ... _mm256_add_epi32 ... }
 *     #endif
 *     if (pin_is_wide()) ... */
#ifndef PIN_BYTES_WIDE_H
#define PIN_BYTES_WIDE_H

#include <stdbool.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define PIN_HAS_WIDE 1
#define PIN_WIDE __attribute__((target("avx2")))
static inline bool pin_is_wide(void) { return __builtin_cpu_supports("avx2"); }
#else
#define PIN_HAS_WIDE 0
static inline bool pin_is_wide(void) { return false; }
#endif

#endif
