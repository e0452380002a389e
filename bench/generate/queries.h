/* Queries of six kinds, each looking for one item: what a reader would type who needs just that answer. */
#ifndef BENCH_QUERIES_H
#define BENCH_QUERIES_H

#include "items.h"

typedef enum query_kind {
    QUERY_NATURAL,   /* a whole question of 8 to 12 words, function words included                   */
    QUERY_KEYWORDS,  /* 2 to 4 content words                                                         */
    QUERY_TYPO,      /* a natural query, one or two letters wrong in its longest words               */
    QUERY_PREFIX,    /* a natural query cut inside its last word: somebody is still typing           */
    QUERY_PROVISION, /* a provision as people write it, half the time with a word or two             */
    QUERY_PHRASE,    /* consecutive words of an answer in quotes, sometimes with a word beside       */
    QUERY_KINDS
} query_kind;

extern const char *const query_kind_names[QUERY_KINDS];

enum { QUERY_MAX = 512 };
/* Query `number` of a kind and the item it looks for. NUL-terminated. */
void query_make(char out[QUERY_MAX], item *target, const corpus *c, query_kind kind, uint32_t number);

#endif
