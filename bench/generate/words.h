/* The generator's language: English function words, the terms of product law, and invented words
 * that can be pronounced and that inflect as English does.
 *
 * A word is a number. Function words come first, then content words by falling frequency. */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

#include <stdint.h>

#include "chance.h"

#define WORD_MAX 15
typedef struct word_text {
    char    text[WORD_MAX]; /* lower-case ASCII, not terminated */
    uint8_t len;
} word_text;

typedef struct vocabulary {
    word_text *words;
    uint32_t   function_count, count; /* of function words, of all words                            */
    alias      function, content;     /* content draws 0 .. count - function_count - 1              */
} vocabulary;

/* `content_count` content words besides the function words. The same seed gives the same words; a larger
 * vocabulary begins with the words of a smaller one. Exits when memory is out. */
void vocabulary_make(vocabulary *out, uint64_t seed, uint32_t content_count);
/* The number of a function word. A word that is none is a mistake in the generator: exits. */
uint32_t vocabulary_function(const vocabulary *v, const char *text, uint32_t len);
/* The n-th term of product law as a noun for titles; n is taken modulo their count. */
const char *term_of_law(uint32_t n);

#endif
