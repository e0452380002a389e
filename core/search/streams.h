/* One list of postings as the fast scorer uses it: added up over a stretch of ids, or asked about items, and
 * with its largest impact known for every span beforehand.
 *
 * Failures are sticky: the first one is kept in the stream_set, later calls do nothing or give 0, and the
 * caller looks once. */
#ifndef PIN_SEARCH_STREAMS_H
#define PIN_SEARCH_STREAMS_H

#include "core/read/lists.h"
#include "core/search/plan.h"
#include "core/search/sums.h"

#define WINDOW PIN_WINDOW /* ids whose sums stay in the first-level cache */
#define WINDOW_WORDS (WINDOW / 64)
#define SPAN (16 * WINDOW) /* ids whose sums stay in the second-level cache */

typedef struct stream_set {
    const pin_index *ix;
    uint32_t         item_count, spans;
    pin_status       status;
    pin_error       *err;
    pin_arena       *arena;
} stream_set;

typedef struct stream {
    uint32_t       count;  /* postings; 0: nothing here                                             */
    uint32_t       weight; /* contribution of an impact of 1                                        */
    uint8_t        form, max;
    const uint8_t *maxima;  /* by span, or NULL: `max` everywhere                                    */
    const uint8_t *nibbles; /* PIN_LIST_FLAT                                                         */
    pin_list_head  head;    /* PIN_LIST_BLOCKS                                                       */
    uint32_t      *ids;     /* the block unpacked last, or all of a short list                       */
    uint8_t       *impacts;
    uint32_t       have;  /* how many                                                              */
    uint32_t       block; /* number of that block                                                  */
} stream;

/* Opens a list. Bytes that are missing are asked for as a whole: then PIN_NEED, else PIN_OK or an error. */
pin_status stream_open(stream *out, stream_set *set, const pin_list *list, pin_field field, uint32_t weight);
/* Fills in `maxima`. */
pin_status stream_bound(stream *s, stream_set *set);
/* Largest contribution to any item of a span. */
static inline uint32_t stream_most(const stream *s, uint32_t span)
{
    return s->weight * (s->maxima ? s->maxima[span] : s->max);
}

/* ---- Reading ---- */
/* Adds contributions of the items [from, to) to sums[id - from]. */
void stream_add(stream *s, stream_set *set, uint32_t *sums, uint32_t from, uint32_t to);
/* The same for the flat lists of flats[0, count), several at a time: their contributions are stored once. */
void stream_add_flats(stream *const *flats, uint32_t count, stream_set *set, uint32_t *sums, uint32_t from,
                      uint32_t to);
/* stream_add, and marks what it touches. */
void stream_touch(stream *s, stream_set *set, line_sums *sums, uint32_t from, uint32_t to);
/* Raises sums[id - from] to what the lists of one term, question and answer, give to the items [from, to)
 * together, held within [floor, ceiling] where it is not 0. */
void stream_raise(stream two[2], stream_set *set, line_sums *sums, uint32_t from, uint32_t to, uint32_t floor,
                  uint32_t ceiling);
/* Contribution to one item; quickest when items ascend. */
uint32_t   stream_probe(stream *s, stream_set *set, uint32_t item);
/* Adds to sums[i] the contribution to items[i], which ascend. */
void       stream_ask(stream *s, stream_set *set, uint32_t *sums, const uint32_t *items, uint32_t count);
/* Impact of one item in a list that is not open; 0: it is not in it. PIN_OK, PIN_CORRUPT, PIN_NEED. */
pin_status list_impact(uint32_t *impact, const pin_index *ix, const pin_list *list, pin_field field,
                       uint32_t item, pin_error *err);
/* Sets the bit of every item of the list. `bits` has room for whole windows. */
void       stream_mark(stream *s, stream_set *set, uint64_t *bits);

#endif
