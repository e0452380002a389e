/* Does everything with an index file that a reader can do, whatever its bytes are. Used by the fault
 * tests and the fuzz target: nothing may be read outside the bytes, whatever the file claims, and
 * every number that comes back must be in range. Header-only. */
#ifndef PIN_EXERCISE_H
#define PIN_EXERCISE_H

#include <stdlib.h>
#include <string.h>

#include "core/format/layout.h"
#include "core/read/read.h"
#include "pincite/blocks.h"

#define EXERCISE_MUST(claim) ((claim) ? (void)0 : abort())

/* ---- Making checksums right again after damage, so that what is behind them is reached ---- */
static inline const uint8_t *reseal_find(const uint8_t *at, uint32_t sections, uint32_t kind)
{
    for (uint32_t i = 0; i < sections; i++)
        if (pin_load16(at + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL + PIN_ROW_KIND) == kind)
            return at + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
    return NULL;
}

/* Pages are as long as the separators leave room for. */
static inline void reseal_pages(uint8_t *at, size_t len, uint32_t sections, uint32_t kind, uint32_t keys)
{
    const uint8_t *row = reseal_find(at, sections, kind), *key_row = reseal_find(at, sections, keys);
    uint64_t       offset = row ? pin_load64(row + PIN_ROW_OFFSET) : 0, n = row ? pin_load64(row + PIN_ROW_LEN) : 0;
    uint64_t       heads = key_row ? pin_load64(key_row + PIN_ROW_OFFSET) : len;
    if (!row || offset > len || n > len - offset || heads > len || len - heads < 4)
        return;
    uint32_t pages = pin_load32(at + heads), page = pages ? (uint32_t)(n / pages) : 0;
    for (uint64_t p = 0; page >= 4 && p + page <= n; p += page)
        pin_store32(at + offset + p, pin_hash32(at + offset + p + 4, page - 4, p / page));
}

/* Records named by places in a table of rows. */
static inline void reseal_records(uint8_t *at, size_t len, uint32_t sections, uint32_t rows_kind,
                                  uint32_t kind, uint32_t row_len, uint32_t place_at)
{
    const uint8_t *rows = reseal_find(at, sections, rows_kind), *records = reseal_find(at, sections, kind);
    if (!rows || !records)
        return;
    uint64_t r = pin_load64(rows + PIN_ROW_OFFSET), rn = pin_load64(rows + PIN_ROW_LEN);
    uint64_t o = pin_load64(records + PIN_ROW_OFFSET), on = pin_load64(records + PIN_ROW_LEN);
    if (r > len || rn > len - r || o > len || on > len - o)
        return;
    for (uint64_t i = 0; (i + 1) * row_len <= rn; i++) {
        uint64_t place = pin_load64(at + r + i * row_len + place_at), from = pin_place_offset(place);
        uint32_t n = pin_place_len(place);
        if (from > on || n > on - from || n < 4)
            continue;
        pin_store32(at + o + from, pin_hash32(at + o + from + 4, n - 4, i));
    }
}

/* Records of ARCHIVE are named by those of PAST, which are found by their starts. */
static inline void reseal_archived(uint8_t *at, uint64_t o, uint64_t on, pin_cursor c)
{
    (void)pin_take_str(&c);
    (void)pin_take8(&c);
    for (int i = 0; i < 4; i++)
        (void)pin_take_str(&c);
    for (uint64_t n = pin_take_varint(&c); n > 0 && !c.failed; n--) {
        (void)pin_take_bytes(&c, PIN_REVISION_LEN);
        for (int i = 0; i < 3; i++)
            (void)pin_take_str(&c);
        uint64_t from = pin_take_varint(&c), len = pin_take_varint(&c);
        if (!c.failed && from <= on && len <= on - from && len >= 4)
            pin_store32(at + o + from, pin_hash32(at + o + from + 4, (size_t)len - 4, from));
    }
}

static inline void reseal_past(uint8_t *at, size_t len, uint32_t sections)
{
    const uint8_t *past = reseal_find(at, sections, PIN_S_PAST), *archive = reseal_find(at, sections, PIN_S_ARCHIVE);
    if (!past || !archive)
        return;
    uint64_t p = pin_load64(past + PIN_ROW_OFFSET), pn = pin_load64(past + PIN_ROW_LEN);
    uint64_t o = pin_load64(archive + PIN_ROW_OFFSET), on = pin_load64(archive + PIN_ROW_LEN);
    if (p > len || pn > len - p || pn < 8 || o > len || on > len - o)
        return;
    uint32_t count = pin_load32(at + p);
    uint64_t table = 8 + (uint64_t)count * 4;
    for (uint32_t i = 0; table <= pn && i < count; i++) {
        uint32_t from = pin_load32(at + p + 4 + (uint64_t)i * 4), to = pin_load32(at + p + 8 + (uint64_t)i * 4);
        if (from > to || to > pn - table || to - from < 4)
            continue;
        uint8_t *record = at + p + table + from;
        pin_store32(record, pin_hash32(record + 4, to - from - 4, i));
        reseal_archived(at, o, on, pin_cursor_over(record + 4, to - from - 4));
    }
}

static inline void reseal(uint8_t *at, size_t len)
{
    if (len < PIN_HEADER_LEN)
        return;
    uint32_t sections = pin_load32(at + PIN_H_SECTIONS);
    pin_store64(at + PIN_H_FILE_LEN, len);
    if (sections > PIN_SECTIONS_MAX || len < PIN_HEADER_LEN + (size_t)sections * PIN_ROW_LEN_ALL)
        return;
    reseal_records(at, len, sections, PIN_S_ITEM_ROWS, PIN_S_ITEMS, PIN_PLACE_LEN, 0);
    reseal_records(at, len, sections, PIN_S_PROVISION_ROWS, PIN_S_PROVISION_NAMES, PIN_P_LEN, PIN_P_NAMES);
    reseal_records(at, len, sections, PIN_S_PROVISION_ROWS, PIN_S_PROVISION_TEXTS, PIN_P_LEN, PIN_P_TEXT);
    reseal_past(at, len, sections);
    reseal_pages(at, len, sections, PIN_S_TERMS, PIN_S_TERM_KEYS);
    reseal_pages(at, len, sections, PIN_S_WORDS, PIN_S_WORD_KEYS);
    for (uint32_t i = 0; i < sections; i++) {
        uint8_t *row = at + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
        uint64_t offset = pin_load64(row + PIN_ROW_OFFSET), n = pin_load64(row + PIN_ROW_LEN);
        if (offset <= len && n <= len - offset)
            pin_store64(row + PIN_ROW_HASH, pin_hash64(at + offset, (size_t)n, 0));
    }
    pin_store64(at + PIN_H_FILE_ID, 0);
    pin_store64(at + PIN_H_FILE_ID, pin_hash64(at, PIN_HEADER_LEN + (size_t)sections * PIN_ROW_LEN_ALL, 0));
}

/* ---- Reading ---- */
static inline void exercise_list(const pin_index *ix, const pin_list *list, pin_field field, uint32_t items)
{
    pin_postings p;
    uint32_t     budget = 100000;
    if (pin_postings_open(&p, ix, list, field, NULL) != PIN_OK)
        return;
    for (int64_t last = -1; pin_postings_next(&p, NULL) == PIN_OK && budget-- > 0;)
        for (uint32_t i = 0; i < p.count; i++) {
            EXERCISE_MUST(p.ids[i] < items && p.ids[i] > last);
            last = p.ids[i];
        }
}

static inline void exercise_words(const pin_index *ix, uint32_t items)
{
    pin_word_walk walk;
    pin_word      word;
    pin_term      term;
    uint32_t      numbers[16], count, budget = 20000;
    if (pin_words_seek(&walk, ix, PIN_STR(""), NULL) != PIN_OK)
        return;
    while (budget-- > 0 && pin_words_next(&word, &walk, NULL) == PIN_OK) {
        EXERCISE_MUST(word.text.len <= 64);
        (void)pin_read_deletes(numbers, 16, &count, ix, word.text, NULL);
        for (uint32_t i = 0; i < count; i++) {
            pin_word_walk other;
            (void)pin_words_at(&other, ix, numbers[i], NULL);
        }
        if (pin_read_term(&term, ix, word.text, NULL) == PIN_OK) {
            EXERCISE_MUST(term.df <= items);
            exercise_list(ix, &term.lists[0], PIN_QUESTION, items);
            exercise_list(ix, &term.lists[1], PIN_ANSWER, items);
        }
    }
}

static inline void exercise_blocks(pin_str blocks)
{
    char    room[256];
    pin_buf out = pin_buf_over(room, sizeof room);
    (void)pin_blocks_plain(&out, blocks);
}

static inline void exercise_items(const pin_index *ix, pin_arena *arena, uint32_t items)
{
    size_t mark = arena->used;
    for (uint32_t i = 0; i < items && i < 2000; i++) {
        pin_item item;
        pin_str  status;
        uint32_t number, terms[32], count;
        arena->used = mark;
        (void)pin_read_item_status(&status, ix, i, NULL);
        (void)pin_read_question_terms(terms, 32, &count, ix, i, NULL);
        if (pin_index_item(&item, ix, i, arena, NULL) != PIN_OK)
            continue;
        exercise_blocks(item.blocks);
        if (pin_index_find_item(&number, ix, item.id, arena, NULL) == PIN_OK)
            EXERCISE_MUST(number < items);
        (void)pin_read_exact(terms, 32, &count, ix, item.question, NULL);
        for (uint32_t k = 0; k < count; k++)
            EXERCISE_MUST(terms[k] < items);
        for (uint32_t k = 0; k < item.citation_count; k++) {
            pin_term term;
            char     room[300];
            pin_buf  key = pin_buf_over(room, sizeof room);
            pin_buf_byte(&key, 1);
            pin_buf_add(&key, item.citations[k].source);
            pin_buf_byte(&key, ':');
            pin_buf_add(&key, item.citations[k].id);
            if (pin_buf_status(&key) == PIN_OK && pin_read_term(&term, ix, pin_buf_str(&key), NULL) == PIN_OK)
                exercise_list(ix, &term.lists[0], PIN_QUESTION, items);
        }
    }
    arena->used = mark;
}

static inline void exercise_law(const pin_index *ix, pin_arena *arena, const pin_release *r)
{
    size_t  mark = arena->used;
    pin_law law = pin_index_law(ix);
    for (uint32_t i = 0; i < r->source_count && i < 50; i++) {
        pin_source source;
        pin_str    name;
        arena->used = mark;
        (void)pin_index_source(&source, ix, i, arena, NULL);
        for (uint32_t k = 0; k < 20 && law.act_name(law.ctx, i, k, &name); k++) {
        }
        (void)law.find_also(law.ctx, i, PIN_STR("Article 1(1a)"));
    }
    for (uint32_t i = 0; i < r->provision_count && i < 500; i++) {
        pin_provision p;
        pin_citings   who;
        uint32_t      number;
        arena->used = mark;
        if (pin_index_provision(&p, ix, i, arena, NULL) == PIN_OK &&
            pin_index_find_provision(&number, ix, p.source, p.id, NULL) == PIN_OK)
            EXERCISE_MUST(number < r->provision_count);
        if (pin_index_citing(&who, ix, i, arena, NULL) == PIN_OK)
            for (uint32_t k = 0; k < who.count; k++)
                EXERCISE_MUST(who.at[k].item < r->item_count);
    }
    arena->used = mark;
}

static inline void exercise_modules(const pin_index *ix, const pin_release *r)
{
    for (uint32_t i = 0; i < r->module_count && i < 200; i++) {
        pin_module m;
        uint32_t   item;
        if (pin_index_module(&m, ix, i, NULL) != PIN_OK)
            continue;
        exercise_blocks(m.overview);
        (void)pin_index_find_module(&item, ix, m.slug);
        for (uint32_t k = 0; k < m.member_count && k < 200; k++)
            if (pin_index_member(&item, ix, i, k, NULL) == PIN_OK)
                EXERCISE_MUST(item < r->item_count);
    }
    for (uint32_t i = 0; i < pin_read_abbreviation_count(ix) && i < 100; i++) {
        pin_abbreviation a;
        (void)pin_read_abbreviation(&a, ix, i, NULL);
    }
}

static inline void exercise_past(const pin_index *ix, pin_arena *arena)
{
    size_t       mark = arena->used;
    pin_earlier *releases;
    uint32_t     count;
    (void)pin_index_releases(&releases, &count, ix, arena, NULL);
    for (uint32_t i = 0; i < pin_index_past_count(ix) && i < 200; i++) {
        pin_past past, again;
        arena->used = mark;
        if (pin_index_past_at(&past, ix, i, arena, NULL) != PIN_OK)
            continue;
        EXERCISE_MUST(past.fate <= PIN_FATE_VANISHED);
        (void)pin_index_past(&again, ix, past.id, arena, NULL);
        for (uint32_t k = 0; k < past.revision_count && k < 20; k++) {
            pin_item     item;
            pin_footing *footings;
            pin_revision found[2];
            char         hex[2 * PIN_REVISION_LEN];
            size_t       inner = arena->used;
            pin_revision_hex(hex, past.revisions[k].hash);
            (void)pin_index_find_revision(found, ix, past.id, (pin_str){hex, PIN_REVISION_SHOWN}, arena, NULL);
            if (pin_index_as_it_stood(&item, &footings, ix, &past.revisions[k], arena, NULL) == PIN_OK) {
                exercise_blocks(item.blocks);
                for (uint32_t c = 0; c < item.citation_count; c++)
                    EXERCISE_MUST(pin_utf8_valid(footings[c].words) == footings[c].words.len);
            }
            arena->used = inner;
        }
    }
    arena->used = mark;
}

/* Opens and reads all of it. The result of the opening, or of verify when it opens. */
/* As a browser reads it, everything being there: what is said ahead of the dictionary, tables and cards. */
static inline void exercise_fetching(const uint8_t *bytes, size_t len, pin_arena *arena)
{
    static const char *const keys[] = {"a", "the", "risk", "supplier", "2024/2847", ("\x01" "cra:art_1"), "zzz"};
    uint64_t                 asked[64];
    pin_needs                needs = {.at = (void *)asked, .cap = 32};
    pin_piece                piece = {0, len, bytes};
    pin_file                 file = {.len = len, .pieces = &piece, .piece_count = 1, .needs = &needs};
    pin_index               *ix;
    size_t                   mark = arena->used;
    pin_release              r;
    if (pin_index_open(&ix, &file, arena, NULL) != PIN_OK)
        return;
    pin_index_release(&r, ix);
    exercise_items(ix, arena, r.item_count);
    for (uint32_t i = 0; i < 5; i++)
        pin_read_item_ahead(ix, i * 7);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        pin_term term;
        uint32_t found[8], count;
        pin_str  key = pin_str_of(keys[k]);
        pin_read_words_ahead(ix, key, 4);
        pin_read_terms_ahead(ix, key, 4);
        if (pin_read_term(&term, ix, key, NULL) == PIN_OK)
            EXERCISE_MUST(term.df <= r.item_count);
        if (pin_read_deletes(found, 8, &count, ix, key, NULL) != PIN_OK)
            continue;
        if (pin_read_exact(found, 8, &count, ix, key, NULL) == PIN_OK)
            for (uint32_t i = 0; i < count; i++)
                EXERCISE_MUST(found[i] < r.item_count);
    }
    arena->used = mark;
}

static inline pin_status exercise(const uint8_t *bytes, size_t len, pin_arena *arena)
{
    pin_piece  piece = {0, len, bytes};
    pin_file   file = {.len = len, .pieces = &piece, .piece_count = 1};
    pin_index *ix;
    size_t     mark = arena->used;
    pin_status s = pin_index_open(&ix, &file, arena, NULL);
    EXERCISE_MUST(s == PIN_OK || s == PIN_CORRUPT || s == PIN_UNSUPPORTED || s == PIN_NO_SPACE);
    if (s == PIN_OK) {
        pin_release r;
        pin_index_release(&r, ix);
        exercise_modules(ix, &r);
        exercise_items(ix, arena, r.item_count);
        exercise_words(ix, r.item_count);
        exercise_law(ix, arena, &r);
        exercise_past(ix, arena);
        exercise_fetching(bytes, len, arena);
        s = pin_index_verify(ix, arena, NULL);
        EXERCISE_MUST(s == PIN_OK || s == PIN_CORRUPT || s == PIN_NO_SPACE);
    }
    arena->used = mark;
    return s;
}

#endif
