/* The fast scorer: the best items of a plan with the same sums as exhaustive.c, looking at less.
 *
 * Up to RULE_COUNT_ITEMS everything is added up, window by window, in the first-level cache, since all lists
 * are needed to count (scorer.c). Above, only what can reach the bar is read (lanes.c). */
#ifndef PIN_SEARCH_SCORER_H
#define PIN_SEARCH_SCORER_H

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
