/* The fast scorer: the best items of a plan with the same sums as exhaustive.c, looking at less.
 *
 * Up to RULE_COUNT_ITEMS everything is added up, window by window, in the first-level cache, since all lists
 * are needed to count. Above, lists say beforehand how much they can add in each window of 4,096 ids. Windows
 * are visited by that bound, the most promising first, until none can reach the best `cap` any more; within a
 * window only the lists that an item must be in to get there are read, the others are asked about the few
 * items that are left (MaxScore: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995; by
 * blocks: Ding and Suel, "Faster top-k document retrieval using block-max indexes", SIGIR 2011). */
#ifndef PIN_SEARCH_MAXSCORE_H
#define PIN_SEARCH_MAXSCORE_H

#include "core/search/best.h"
#include "core/search/plan.h"

typedef struct scorer scorer;

/* Opens all lists of the plan. Bytes that are missing are all asked for and set p->needs; then the scorer is
 * good for nothing. PIN_OK, PIN_NO_SPACE, PIN_CORRUPT. */
pin_status scorer_open(scorer **out, plan *p, pin_arena *arena, pin_error *err);

/* Which items, and what is counted on the way. */
typedef struct scorer_scope {
    uint32_t        first, end; /* items [first, end)                                                */
    const uint64_t *allowed;    /* a bit for each item, whole windows; NULL: all                     */
    pin_hits *counts; /* total and module_counts are raised; in corpora of up to RULE_COUNT_ITEMS; or NULL */
} scorer_scope;

/* Puts the best into `best` (initialised). PIN_OK, PIN_NO_SPACE, PIN_CORRUPT. */
pin_status scorer_run(best_few *best, scorer *sc, const scorer_scope *scope);
/* The sum of one item. Failures show in scorer_status. */
uint32_t   scorer_sum(scorer *sc, uint32_t item);
pin_status scorer_status(const scorer *sc);

#endif
