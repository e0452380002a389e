/* The open index as the files of this folder share it: where each section lies, what the head says,
 * and the few ways to reach bytes. Private to core/read. */
#ifndef PIN_READ_INDEX_H
#define PIN_READ_INDEX_H

#include "core/format/codebook.h"
#include "core/format/layout.h"
#include "core/read/lists.h"

typedef struct pin_extent {
    uint64_t offset, len, hash;
} pin_extent;

/* Separators of the pages of a sorted key space, in the head. */
typedef struct pin_keys {
    uint32_t       pages, count; /* count: keys in all pages                                         */
    uint32_t       page_len;
    const uint8_t *starts;       /* u32[pages + 1] into texts, ascending                             */
    const uint8_t *first;        /* u32[pages]: number of the first key of the page                  */
    const uint8_t *texts;
} pin_keys;

struct pin_index {
    pin_file       file;
    uint32_t       item_count, module_count, source_count, provision_count;
    pin_extent     sections[PIN_SECTION_END]; /* by kind                                             */
    const uint8_t *head[PIN_S_HEAD_LAST + 1]; /* bytes of the sections that are always here, by kind */
    pin_release    release;
    pin_settings   settings;
    pin_keys       terms, words;
    const uint8_t *ahead; /* AHEAD, where bytes are fetched and it is here; else NULL                  */
    /* from the head sections, checked at the opening */
    const uint8_t *module_starts, *module_by_slug, *module_first; /* u32[n + 1], u32[n], u32[n + 1]  */
    pin_str        module_texts;
    const uint8_t *source_starts;
    pin_str        source_texts;
    const uint8_t *abbreviation_starts;
    pin_str        abbreviation_texts;
    uint32_t       abbreviation_count;
    pin_codebook   item_book;      /* of item records                                                */
    uint32_t       past_count;     /* ids in PAST                                                    */
    uint32_t       revision_len;   /* bytes of a row of REVISIONS; 0: none                           */
    bool           looks;          /* these rows have places and terms                               */
    uint32_t       default_source; /* number, or PIN_NO_PROVISION                                    */
};

/* Do we read over a network? Then bytes are checked where they are used, for nobody ran verify. */
static inline bool pin_is_partial(const pin_index *ix) { return ix->file.needs != NULL; }

/* Bytes [offset, offset + len) of the file. PIN_OK, PIN_CORRUPT (outside the file), PIN_NEED. */
pin_status pin_read_bytes(const uint8_t **out, const pin_index *ix, uint64_t offset, uint64_t len,
                          pin_error *err);
/* The same within a section; PIN_CORRUPT when not inside. A small section is asked for as a whole. */
pin_status pin_read_part_somewhere(const uint8_t **out, const pin_index *ix, pin_section kind, uint64_t offset,
                                   uint64_t len, pin_error *err);

/* The section where the whole file lies in memory, which is where a search reads hundreds of places a query;
 * else NULL. That sections lie within the file was checked when it was opened. */
static inline const uint8_t *pin_whole_section(const pin_index *ix, pin_section kind)
{
    const pin_file *file = &ix->file;
    if (pin_is_partial(ix) || file->piece_count != 1 || file->pieces[0].offset != 0 ||
        file->pieces[0].len < file->len)
        return NULL;
    return file->pieces[0].at + ix->sections[kind].offset;
}

static inline pin_status pin_read_part(const uint8_t **out, const pin_index *ix, pin_section kind,
                                       uint64_t offset, uint64_t len, pin_error *err)
{
    const uint8_t *whole = pin_whole_section(ix, kind);
    uint64_t       room = ix->sections[kind].len;
    if (!whole || offset > room || len > room - offset)
        return pin_read_part_somewhere(out, ix, kind, offset, len, err);
    *out = whole + offset;
    return PIN_OK;
}

/* The same without asking for what is missing: NULL. */
const uint8_t *pin_read_if_here(const pin_index *ix, pin_section kind, uint64_t offset, uint64_t len);

/* A string that must be UTF-8. */
pin_str pin_take_text(pin_cursor *c);

/* ---- Pieces of item records, shared by items and the archive (items.c) ---- */
/* A count of things that each take at least `least` bytes of what is left. */
uint32_t   pin_take_count(pin_cursor *c, uint32_t most, size_t least);
void       pin_take_slug(pin_item *item, pin_cursor *c);                      /* id and slug            */
pin_status pin_take_lists(pin_item *item, const pin_index *ix, pin_cursor *c, pin_arena *arena);

pin_status pin_cards_check(const pin_index *ix, pin_arena *arena, pin_error *err);

/* Every record of the past, for verify (history.c). */
pin_status pin_past_check(const pin_index *ix, pin_arena *arena, pin_error *err);

/* Element i of a table of u32 in the file. */
static inline uint32_t pin_u32_at(const uint8_t *table, uint32_t i)
{
    return pin_load32(table + (size_t)i * 4);
}

/* ---- Keys in pages (pages.c) ---- */
typedef struct pin_found {
    const uint8_t *data; /* of the key                                                              */
    uint32_t       len;
    uint32_t       number;
    uint32_t       page;
    const uint8_t *page_at;
} pin_found;
pin_status pin_keys_load(pin_keys *out, const uint8_t *section, uint64_t len, uint64_t pages_len,
                         pin_error *err);
/* The key itself. PIN_NOT_FOUND, PIN_CORRUPT, PIN_NEED. `kind` is PIN_S_TERMS or PIN_S_WORDS. */
pin_status pin_keys_find(pin_found *out, const pin_index *ix, pin_section kind, pin_str key, pin_error *err);
pin_status pin_page_get(const uint8_t **out, const pin_index *ix, pin_section kind, uint32_t page,
                        pin_error *err);

/* A walk over the keys of one page, in order; the key is put together in `key`. */
typedef struct pin_page_walk {
    const uint8_t *at, *end;
    uint8_t        key[PIN_KEY_MAX];
    uint32_t       key_len;
    uint32_t       entry, count;
    const uint8_t *data;
    uint32_t       data_len;
} pin_page_walk;
void       pin_page_walk_init(pin_page_walk *walk, pin_section kind, const uint8_t *page);
/* PIN_NOT_FOUND at the end of the page. */
pin_status pin_page_next(pin_page_walk *walk, pin_error *err);

/* The page that holds `key` if any does; false when there are none. */
bool pin_keys_page(uint32_t *page, const pin_index *ix, pin_section kind, pin_str key);

/* ---- AHEAD (ahead.c) ---- */
/* Is the term among those whose data are here before their page? */
bool pin_ahead_term(pin_term *out, const pin_index *ix, pin_str key);
/* Asks for the lists of the terms of a page of TERMS, but the longest. */
void pin_ahead_lists(const pin_index *ix, uint32_t page);
pin_status pin_ahead_check(const pin_index *ix, pin_error *err);

/* What the data of a term says. */
pin_status pin_term_parse(pin_term *out, const pin_index *ix, const pin_found *found, pin_error *err);

/* ---- Hash tables (tables.c) ---- */
/* Values of the rows whose key may be `key`: fills at most `cap`, *count says how many there are. */
pin_status pin_table_find(uint32_t *values, uint32_t cap, uint32_t *count, const pin_index *ix,
                          pin_section kind, pin_str key, pin_error *err);

/* ---- Records (records.c) ---- */
/* The record at a place of `kind`, unpacked: borrowed from the file when stored plainly, else in `arena`. */
pin_status pin_read_packed(pin_str *out, const pin_index *ix, pin_section kind, uint64_t place,
                           uint64_t number, uint32_t raw_max, pin_arena *arena, pin_error *err);
/* The row of an item in REVISIONS, which must be there. */
pin_status pin_read_revision_row(const uint8_t **out, const pin_index *ix, uint32_t item, pin_error *err);
/* Row `i` of a table of places. */
pin_status pin_read_row(const uint8_t **out, const pin_index *ix, pin_section kind, uint32_t i,
                        uint32_t row_len, pin_error *err);

/* The rows of provision `number` itself as they stand in the file, one a citation. */
pin_status pin_read_citing_rows(pin_citings *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                                pin_error *err);

/* ---- Sections checked as a whole when opened ---- */
pin_status pin_modules_load(pin_index *ix, pin_error *err);
pin_status pin_sources_load(pin_index *ix, pin_error *err);
pin_status pin_abbreviations_load(pin_index *ix, pin_error *err);

#endif
