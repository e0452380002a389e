/* A query against an open index: the ten best cards, how the query was read, and why.
 *
 * The ranking is a sum of integers, so every host and machine gives the same answer, bit for bit.
 * Rules: docs/ranking.md. */
#ifndef PINCITE_SEARCH_H
#define PINCITE_SEARCH_H

#include "pincite/index.h"

#define PIN_QUERY_MAX (1u << 20) /* bytes of a query; more is PIN_LIMIT                              */
#define PIN_QUERY_TERMS 64       /* words of a query that count; the rest is ignored and reported    */
#define PIN_K_MAX 1000

typedef struct pin_search_options {
    uint32_t k;            /* hits wanted, 1..PIN_K_MAX; 0 means 10                                  */
    pin_str  module;       /* only items of this module (slug); empty: all                           */
    pin_str  status;       /* only items of this status (slug); empty: all                           */
    bool     exhaustive;   /* use the plain scorer (the judge); same answer, slower                  */
    bool     explain;      /* fill hit.explain                                                       */
    bool     no_snippets;  /* leave snippets out                                                     */
} pin_search_options;

/* How one word of the query was read. */
typedef enum pin_tier { PIN_TIER_EXACT = 0, PIN_TIER_SYNONYM, PIN_TIER_PREFIX, PIN_TIER_TYPO, PIN_TIER_UNKNOWN } pin_tier;

typedef struct pin_reading_term {
    pin_str  written;   /* as in the query                                                           */
    pin_str  term;      /* index term it became                                                      */
    uint32_t df;        /* items that have it                                                        */
    uint32_t weight;    /* integer weight in the score                                               */
    uint8_t  tier;      /* pin_tier                                                                  */
    bool     function_word;
} pin_reading_term;

typedef struct pin_correction {
    pin_str from, to;   /* "suport" -> "support"                                                     */
} pin_correction;

typedef struct pin_reading {
    pin_reading_term *terms;
    uint32_t          term_count;
    pin_str          *phrases;   /* quoted phrases, as written                                       */
    uint32_t          phrase_count;
    pin_ref          *provisions; /* what the citation grammar found in the query                    */
    uint32_t          provision_count;
    pin_correction   *corrections;
    uint32_t          correction_count;
    bool              cut;       /* more than PIN_QUERY_TERMS words: the rest was ignored             */
} pin_reading;

typedef struct pin_mark {
    uint32_t start, end; /* bytes of snippet.text, [start, end)                                      */
} pin_mark;

typedef struct pin_snippet {
    pin_str   text;
    pin_mark *marks;
    uint32_t  mark_count;
} pin_snippet;

/* One line of the sum that made a score: indent 0 is the total, its parts are below it. */
typedef struct pin_reason {
    uint32_t indent;
    pin_str  what;     /* "question: support (df 31, idf 3.21, impact 182)"                          */
    int64_t  value;
} pin_reason;

typedef struct pin_hit {
    uint32_t    item;
    uint32_t    score;
    pin_snippet snippet;
    pin_reason *reasons;
    uint32_t    reason_count;
} pin_hit;

typedef struct pin_hits {
    pin_hit    *at;
    uint32_t    count;
    uint32_t    total;      /* items that match at all (any word, within the filters)                */
    bool        total_is_least; /* there may be more: a large corpus, or a phrase that is in many     */
    bool        confident;  /* the best hit fits well enough to be called an answer                  */
    pin_reading reading;
    uint32_t   *module_counts; /* per module: matching items within the filters; NULL when not counted */
} pin_hits;

/* Answers `query`. Everything in `out` lives in `arena` and in the index.
 * PIN_OK (also with no hits), PIN_NOT_FOUND (no such module; err says so), PIN_LIMIT, PIN_NO_SPACE,
 * PIN_CORRUPT, PIN_NEED. An empty query, or one of only punctuation, gives no hits. */
pin_status pin_search(pin_hits *out, const pin_index *ix, pin_str query, const pin_search_options *options,
                      pin_arena *arena, pin_error *err);

#endif
