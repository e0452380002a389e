/* The parts of the fast scorer: what a score is summed from, opened once, asked about one item or added up
 * over a window. Shared by maxscore.c, candidates.c and tally.c, and by nobody else. */
#ifndef PIN_SEARCH_UNITS_H
#define PIN_SEARCH_UNITS_H

#include "core/search/maxscore.h"
#include "core/search/streams.h"

/* One summand of the score: a list of a slot that is met in one way by one term, or a whole slot. */
typedef struct unit {
    stream          *only;     /* the list, or NULL                                              */
    const plan_slot *slot;     /* else the slot                                                  */
    stream          *streams;  /* of its ways, their parts, question then answer                 */
    uint32_t        *bounds;   /* of a slot, by window                                           */
    uint32_t         most;     /* largest contribution anywhere                                  */
    uint64_t         postings; /* to be read for all of it                                      */
    uint32_t         density;  /* postings in a window, roughly                                  */
} unit;

struct scorer {
    plan        *p;
    stream_set   set;
    unit        *units; /* by what they give for their length, the least first */
    uint32_t     unit_count;
    window_sums *sums;   /* all clear between windows  */
    window_sums *slot;   /* of one slot: the best ways */
    window_sums *way;    /* of one way                 */
    uint64_t    *order;  /* of windows: bound << 32 | number */
    uint16_t    *places; /* of items in a window that may be among the best */
};

pin_status units_no_space(pin_error *err);

/* What the unit gives to one item. */
uint32_t unit_probe(scorer *sc, const unit *u, uint32_t item);
/* Adds what it gives to items [from, to), a window, to sc->sums; `touching` marks those items. */
void     unit_add(scorer *sc, const unit *u, bool touching, uint32_t from, uint32_t to);
/* The best ways of a slot, into sc->slot, which the caller clears. */
void     unit_raise(scorer *sc, const unit *u, uint32_t from, uint32_t to);
/* The same by one way. */
void     way_raise(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to);
void     sums_clear(window_sums *sums);
/* Most that the parts of a way can give together within a window; 0 when one of them has nothing there. */
uint32_t way_most(const plan_way *way, const stream *streams, uint32_t window);
/* Most that the unit gives within a window. */
static inline uint32_t unit_most(const unit *u, uint32_t window)
{
    return u->only ? stream_most(u->only, window) : u->bounds[window];
}

static inline bool scope_has(const scorer_scope *scope, uint32_t item)
{
    return item >= scope->first && item < scope->end &&
           (!scope->allowed || (scope->allowed[item / 64] >> item % 64 & 1));
}

/* ---- tally.c ---- */
/* Raises total and module_counts by sums[0 ..) of the items from `base` on that lie in [first, end). */
void scorer_count_sums(pin_hits *out, const plan *p, const uint32_t *sums, uint32_t base, uint32_t first,
                       uint32_t end);

/* ---- candidates.c ---- */
/* A first bar from the strongest lists alone. */
pin_status scorer_prime(best_few *best, scorer *sc, const scorer_scope *scope);
/* All of it, where the lists that an item must be in are short; *done says whether they were. */
pin_status scorer_run_candidates(bool *done, best_few *best, scorer *sc, const scorer_scope *scope);

#endif
