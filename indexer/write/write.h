/* Items, modules and provisions to index bytes. The only other room that knows the layout is
 * core/read, and the two meet in core/format. Native: may use malloc, zlib, libzstd (dictionary
 * training) and libsodium. Deterministic: the same draft corpus gives the same bytes. */
#ifndef PIN_WRITE_H
#define PIN_WRITE_H

#include "indexer/corpus/corpus.h"
#include "indexer/evidence/evidence.h"
#include "indexer/source/source.h"

typedef struct pin_write_report {
    uint64_t file_len;
} pin_write_report;

/* ---- Reading the items, part by part, as soon as each has its citations ---- */
#define PIN_PART_ITEMS 4096 /* items of a part at most */
typedef struct pin_analysis pin_analysis;

/* For `parts` parts. NULL when memory is short. */
pin_analysis *pin_analysis_new(const pin_corpus *corpus, const pin_source_set *sources, uint32_t parts);
/* The next item of a part, by the part's thread; `normal` is its question in normal form. */
void          pin_analysis_item(pin_analysis *a, uint32_t part, const pin_draft_item *item, pin_str normal);
/* The part has no more items; by its thread. */
void          pin_analysis_end(pin_analysis *a, uint32_t part);
/* The part's words among those of all: part after part. PIN_OK, PIN_NO_SPACE. */
pin_status    pin_analysis_join(pin_analysis *a, uint32_t part);
void          pin_analysis_free(pin_analysis *a); /* NULL is fine */

/* Writes the whole index. Items are numbered in the order of corpus->items, which must be grouped by
 * home module in hub order. Citations must be resolved (draft_item.citations). `past` is settled; NULL
 * leaves the sections about revisions out.
 * PIN_OK, PIN_NO_SPACE (memory), PIN_LIMIT (an item above PIN_ITEM_MAX: skip it before), PIN_IO. */
pin_status pin_write_index(pin_write_report *out, const pin_corpus *corpus, const pin_source_set *sources,
                           const pin_past_set *past, const pin_sink *sink, pin_error *err);
/* The same when all parts of corpus->items have been read and joined. */
pin_status pin_write_analysed(pin_write_report *out, pin_analysis *a, const pin_past_set *past,
                              const pin_sink *sink, pin_error *err);

#endif
