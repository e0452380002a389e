/* The parts of the fast scorer: what a score is summed from, opened once, asked about items or added up over
 * a stretch of ids. Shared by scorer.c, lanes.c and tally.c, and by nobody else.
 *
 *     plan slots --scorer_open--> units: single lists, and slots that are met in several ways
 *     units --lanes.c--> lanes: what can be read or left unread on its own: a list, or one way of a slot */
#ifndef PIN_SEARCH_UNITS_H
#define PIN_SEARCH_UNITS_H

#include "core/search/scorer.h"
#include "core/search/streams.h"

/* One summand of the score: a list of a slot that is met in one way by one term, or a whole slot. */
typedef struct unit {
    stream          *only;    /* the list, or NULL                              */
    const plan_slot *slot;    /* else the slot                                  */
    stream          *streams; /* of its ways, their parts, question then answer */
} unit;

/* What can be left unread on its own. */
typedef struct lane {
    uint32_t        unit;
    const plan_way *way;      /* of a slot; NULL: the unit is a list */
    stream         *streams;  /* the list, or those of the way       */
    uint32_t       *rows;     /* most of the way's rows, by span; NULL: it has none */
    uint32_t        most;     /* largest contribution anywhere       */
    uint32_t        here;     /* in the span that is looked at       */
    uint64_t        postings; /* to be read for all of it            */
    bool            needed;   /* it is read; else items are asked    */
} lane;

struct scorer {
    plan      *p;
    stream_set set;
    unit      *units;
    uint32_t   unit_count;
    stream   **flats; /* those of the units that are flat lists; scorer.c adds them up together */
    uint32_t   flat_count;
    line_sums  sums;      /* all zero between stretches                        */
    line_sums  slot, way; /* the best ways of one slot; one way; opened for slots alone */
};

pin_status units_no_space(pin_error *err);

/* What the unit gives to one item. */
uint32_t unit_probe(scorer *sc, const unit *u, uint32_t item);
/* Adds what it gives to items [from, to) to sc->sums, without marking them. */
void     unit_add(scorer *sc, const unit *u, uint32_t from, uint32_t to);
/* Raises sc->slot by what a way gives to items [from, to). */
void     way_raise(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to);
/* The same when sc->slot is empty: quicker, for two lists are added up and held within the limits after. */
void     way_set(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to);
/* Sets values[i] to what the way gives to items[i], which ascend. */
void     way_ask(scorer *sc, const plan_way *way, stream *streams, uint32_t *values, const uint32_t *items,
                 uint32_t count);

static inline bool scope_has(const scorer_scope *scope, uint32_t item)
{
    return item >= scope->first && item < scope->end &&
           (!scope->allowed || (scope->allowed[item / 64] >> item % 64 & 1));
}

/* ---- lanes.c ---- */
/* The promising part of it: items that may reach the bar, which rises on the way. */
pin_status scorer_run_lanes(best_few *best, scorer *sc, const scorer_scope *scope);

/* ---- tally.c ---- */
/* Raises total and module_counts by sums[0 ..) of the items from `base` on that lie in [first, end). */
void scorer_count_sums(pin_hits *out, const plan *p, const uint32_t *sums, uint32_t base, uint32_t first,
                       uint32_t end);

#endif
