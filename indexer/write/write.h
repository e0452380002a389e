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

/* Writes the whole index. Items are numbered in the order of corpus->items, which must be grouped by
 * home module in hub order. Citations must be resolved (draft_item.citations). `past` is settled; NULL
 * leaves the sections about revisions out.
 * PIN_OK, PIN_NO_SPACE (memory), PIN_LIMIT (an item above PIN_ITEM_MAX: skip it before), PIN_IO. */
pin_status pin_write_index(pin_write_report *out, const pin_corpus *corpus, const pin_source_set *sources,
                           const pin_past_set *past, const pin_sink *sink, pin_error *err);

#endif
