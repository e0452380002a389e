/* What an evidence pack says: the model, and its parts as JSON, as a table and as a page. Pure, like page.h:
 * views in, bytes out. host/evidence makes the folder, docs/evidence.md describes it for those who check it.
 */
#ifndef PINCITE_PACK_H
#define PINCITE_PACK_H

#include "pincite/evidence.h"
#include "pincite/search.h"

typedef struct pin_pack_item {
    pin_str      name;     /* of its files, without their endings: "items/01"                              */
    pin_item     item;     /* as it stood                                                                  */
    pin_footing *footings; /* one a citation                                                               */
    pin_str      revision; /* PIN_REVISION_LEN bytes                                                       */
    pin_str      module_title; /* empty for an item that is gone                                            */
    bool         current; /* in this release; else an older revision, for which there is no path          */
    pin_fate     fate;    /* of the id in this release                                                    */
    pin_str  seen, until; /* as in pin_revision                                                          */
    uint32_t leaf, path_count;
    uint8_t (*path)[PIN_EVIDENCE_LEN];
} pin_pack_item;

typedef struct pin_pack_search {
    pin_str  name;  /* of its file: "searches/01.json", the bytes that `search --json` prints              */
    pin_str  query; /* in its canonical form: one line, single spaces                                       */
    pin_hits hits;
} pin_pack_search;

typedef struct pin_pack {
    const pin_index *ix;
    pin_str          as_of;    /* the day the pack speaks for, or empty                                    */
    pin_str        index_hash; /* BLAKE2b-256 of the index file, in hex                                    */
    uint64_t       index_len;
    pin_str        signer; /* key id in hex, or empty                                                  */
    pin_pack_item *items;
    uint32_t       item_count;
    pin_pack_search *searches;
    uint32_t         search_count;
} pin_pack;

/* Each: PIN_OK, PIN_NO_SPACE (buffer or arena), PIN_CORRUPT. */
pin_status pin_pack_summary(pin_buf *out, const pin_pack *pack, pin_arena *arena,
                            pin_error *err); /* pack.json */
pin_status pin_pack_item_json(pin_buf *out, const pin_pack *pack, uint32_t item, pin_arena *arena,
                              pin_error *err);
/* A table for a technical file: RFC 4180, with a byte order mark. A cell that a spreadsheet would take for a
 * formula begins with an apostrophe. */
pin_status pin_pack_table(pin_buf *out, const pin_pack *pack, pin_arena *arena, pin_error *err);
/* The page for readers and printers; it loads pack.css beside it and nothing else. */
pin_status pin_pack_page(pin_buf *out, const pin_pack *pack, pin_arena *arena, pin_error *err);
pin_str    pin_pack_style(void); /* pack.css */
/* The address that shows this very revision for ever: "BASE/module/slug/@0123456789abcdef/". */
pin_status pin_pack_pinned(pin_str *out, const pin_pack *pack, const pin_pack_item *item, pin_arena *arena,
                           pin_error *err);

#endif
