/* The best few of many, without keeping order on the way: a buffer some times as large as wanted is filled with
 * whatever is above the bar, cut back when full, and the bar raised to the worst that is kept. Each item costs
 * a comparison, and the few that pass a store; cutting back is a selection, no sort. Which keys are among the
 * best is what no processor can guess, so both work by counting, not by comparing, where there are many. */
#ifndef PIN_SEARCH_BEST_H
#define PIN_SEARCH_BEST_H

#include "core/search/plan.h"

typedef struct best_few {
    uint64_t *keys;       /* ranked_key of each                         */
    uint32_t  count, cap; /* cap >= 1                                   */
    uint32_t  room;       /* keys that there is room for, above cap     */
    uint64_t  bar;        /* keys at or below it are not among the best */
} best_few;

/* Takes its memory from `arena`; PIN_NO_SPACE. */
pin_status best_init(best_few *best, uint32_t cap, pin_arena *arena, pin_error *err);
/* Keeps the `cap` largest keys and raises the bar to the least of them. */
void       best_halve(best_few *best);
/* The `cap` best or fewer into `out`, best first; returns how many. */
uint32_t   best_list(ranked *out, best_few *best);
/* The largest first. */
void       keys_sort(uint64_t *keys, uint32_t count);
/* Puts `count` items into the order of rank; quick when few are out of place. */
void       ranked_sort(ranked *items, uint32_t count);

static inline uint32_t best_score(const best_few *best) { return (uint32_t)(best->bar >> 32); }

/* No item with less can be among the best. */
static inline uint32_t best_least(const best_few *best) { return best->bar ? best_score(best) : 1; }

static inline void best_add(best_few *best, uint32_t item, uint32_t score)
{
    uint64_t key = ranked_key((ranked){.item = item, .score = score});
    if (key <= best->bar)
        return;
    best->keys[best->count++] = key;
    if (best->count == best->room)
        best_halve(best);
}

#endif
