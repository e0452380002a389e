/* The synthetic FAQ: what an item says, before and after it is written as a line of JSON.
 *
 * An item follows from the seed and its number alone, so queries can look at any item again. */
#ifndef BENCH_ITEMS_H
#define BENCH_ITEMS_H

#include <stddef.h>
#include <stdint.h>

#include "words.h"

/* ---- The corpus as a whole ---- */
typedef struct topic_span {
    uint32_t own, side; /* topics of an item */
} topic_span;

typedef struct corpus {
    uint64_t   seed;
    uint32_t   item_count, module_count, topic_count;
    vocabulary words;
    alias      modules;            /* popularity: some modules have a hundred times the items of others */
    uint32_t   openers[64][8];     /* beginnings of questions: function words, ended by UINT32_MAX      */
    uint32_t   opener_count;
    uint32_t   answer_lengths[129]; /* words, by a bell-shaped draw of 0 .. 128: log-normal             */
} corpus;

/* Vocabulary by Heaps' law, 30 * sqrt(words of text); about 40 items a module, at most 5,000 modules. */
void corpus_make(corpus *out, uint32_t item_count, uint64_t seed);

/* ---- One item ---- */
enum { QUESTION_MAX = 20, ANSWER_MAX = 420, CITATIONS_MAX = 3, NOTE_MAX = 6 };

/* A word as it stands in a text. */
typedef struct token {
    uint32_t word;
    uint8_t  comma, stop; /* followed by one */
} token;

typedef struct citation {
    const char *source;  /* as written in the corpus */
    char        text[40]; /* "Article 13(8)"         */
    uint32_t    note[NOTE_MAX], note_count;
} citation;

typedef struct item {
    uint32_t   number, module;
    topic_span topics;
    uint32_t   question[QUESTION_MAX], question_count;
    uint32_t   opener_count;      /* leading words of the question that are a fixed opening          */
    token      answer[ANSWER_MAX];
    uint32_t   answer_count;
    citation   citations[CITATIONS_MAX];
    uint32_t   citation_count;
    uint8_t    mentions;          /* the answer ends by naming its first citation                    */
    const char *status;
} item;

void item_make(item *out, const corpus *c, uint32_t number);

/* Most bytes that an item's id, or its line, takes. */
enum { ITEM_ID_MAX = 96, ITEM_LINE_MAX = 16384 };
/* Both write without a terminating NUL and return the bytes written. A line ends with '\n'. */
size_t item_write_id(char *out, const corpus *c, const item *it);
size_t item_write_line(char *out, const corpus *c, const item *it);

/* ---- Shared with the queries ---- */
uint32_t draw_content(const corpus *c, chance *at, topic_span topics);
uint32_t draw_function(const corpus *c, chance *at);
uint32_t draw_opener(uint32_t *out, const corpus *c, chance *at); /* how many words, at most 7 */
static inline int is_content(const corpus *c, uint32_t word)
{
    return word >= c->words.function_count;
}
char *put_word(char *out, const corpus *c, uint32_t word);
char *put_text(char *out, const char *text);

#endif
