/* One list of postings as the fast scorer uses it: added up over a window of ids, or asked for the impact of
 * one item, and with its largest impact known for every window beforehand.
 *
 * A window is PIN_WINDOW (4,096) ids, so its sums stay in the first-level cache. Failures are sticky: the
 * first one is kept in the stream_set, later calls do nothing or give 0, and the caller looks once. */
#ifndef PIN_SEARCH_STREAMS_H
#define PIN_SEARCH_STREAMS_H

#include "core/read/lists.h"
#include "core/search/plan.h"

#define WINDOW PIN_WINDOW
#define WINDOW_WORDS (WINDOW / 64)

typedef struct stream_set {
    const pin_index *ix;
    uint32_t         item_count, windows;
    bool             any_order; /* windows are not visited one after the other */
    pin_status       status;
    pin_error       *err;
    pin_arena       *arena;
} stream_set;

typedef struct stream {
    uint32_t       count;  /* postings; 0: nothing here                                             */
    uint32_t       weight; /* contribution of an impact of 1                                        */
    uint8_t        form, max;
    const uint8_t *maxima;  /* by window, or NULL: `max` everywhere                                  */
    const uint8_t *nibbles; /* PIN_LIST_FLAT                                                         */
    pin_list_head  head;    /* PIN_LIST_BLOCKS                                                       */
    uint32_t      *ids;     /* the block unpacked last, or all of a short list                       */
    uint8_t       *impacts;
    uint32_t       have;  /* how many                                                              */
    uint32_t       block; /* number of that block                                                  */
    uint32_t       at;    /* where the last probe ended in it                                      */
} stream;

/* Sums of one window: by id - first id, with a bit for each that was touched. */
typedef struct window_sums {
    uint32_t *at;
    uint64_t  touched[WINDOW_WORDS];
    uint32_t  words; /* of touched that are used: at has room for 64 items each */
} window_sums;

/* Opens a list. Bytes that are missing are asked for as a whole: then PIN_NEED, else PIN_OK or an error. */
pin_status stream_open(stream *out, stream_set *set, const pin_list *list, pin_field field, uint32_t weight);
/* Fills in `maxima`. */
pin_status stream_bound(stream *s, stream_set *set);
/* Largest contribution to any item of window w. */
static inline uint32_t stream_most(const stream *s, uint32_t w)
{
    return s->weight * (s->maxima ? s->maxima[w] : s->max);
}
/* Postings in a window, roughly. */
uint32_t   stream_density(const stream *s, const stream_set *set);
/* Adds contributions of the items [from, to) to sums[id - from]. */
void       stream_add(stream *s, stream_set *set, uint32_t *sums, uint32_t from, uint32_t to);
/* The same, and marks what it touches. */
void       stream_touch(stream *s, stream_set *set, window_sums *sums, uint32_t from, uint32_t to);
/* Contribution to one item; quickest when items ascend. */
uint32_t   stream_probe(stream *s, stream_set *set, uint32_t item);
/* Adds to sums[place] what item from + place gets of a flat list, for each of the places. */
void       stream_add_flat_at(const stream *s, uint32_t *sums, uint32_t from, const uint16_t *places,
                              uint32_t count);
/* Impact of one item in a list that is not open; 0: it is not in it. PIN_OK, PIN_CORRUPT, PIN_NEED. */
pin_status list_impact(uint32_t *impact, const pin_index *ix, const pin_list *list, pin_field field,
                       uint32_t item, pin_error *err);
/* Unpacks a block of a PIN_LIST_BLOCKS list into ids, impacts, have; false when that failed. */
bool       stream_block(stream *s, stream_set *set, uint32_t block);
/* Sets the bit of every item of the list. `bits` has room for whole windows. */
void       stream_mark(stream *s, stream_set *set, uint64_t *bits);

/* Number of sums[0, count) that are not 0. */
uint32_t sums_count(const uint32_t *sums, uint32_t count);
/* Places of sums[0, count) that are at least `least` (1 .. 2^31 - 1), ascending; returns how many. */
uint32_t sums_collect(uint16_t *places, const uint32_t *sums, uint32_t count, uint32_t least);

#endif
