/* Items in order: of a list, of a term over both of its fields, of a way with all its parts. */
#ifndef PIN_SEARCH_WALK_H
#define PIN_SEARCH_WALK_H

#include "core/search/plan.h"

#define WALK_END UINT32_MAX

typedef struct list_walk {
    pin_postings postings;
    uint32_t     item; /* WALK_END past the last */
    uint32_t     impact;
    uint32_t     at;
} list_walk;

/* Goes through a term's items; each has an impact in at least one field. */
typedef struct term_walk {
    list_walk lists[2];
    uint32_t  item, question, answer; /* valid after term_walk_next gave PIN_OK */
} term_walk;

/* Positions before the first item. */
pin_status term_walk_open(term_walk *walk, const pin_index *ix, const pin_term *term, pin_error *err);
/* PIN_NOT_FOUND after the last. */
pin_status term_walk_next(term_walk *walk, pin_error *err);

/* Goes through the items that meet a way. */
typedef struct way_walk {
    const plan     *p;
    const plan_way *way;
    term_walk       parts[RULE_PARTS_MAX];
    uint32_t        row;
    uint32_t        from;        /* items below are behind us */
    uint32_t        item, value; /* valid after way_walk_next gave PIN_OK; value is within floor, ceiling */
} way_walk;

pin_status way_walk_open(way_walk *walk, const plan *p, const plan_way *way, pin_error *err);
/* The next item at or above `least`; PIN_NOT_FOUND after the last. */
pin_status way_walk_next(way_walk *walk, uint32_t least, pin_error *err);

#endif
