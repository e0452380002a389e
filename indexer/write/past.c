/* What is remembered: the revisions of this release, the ids of the past, and the archive, which keeps each
 * item as it stood and the words that it rested on, each text once. See core/read/history.c for records. */
#include "indexer/write/inside.h"

/* ---- Words: one record a text, found again by its hash ---- */
typedef struct word_row {
    uint8_t  hash[PIN_REVISION_LEN];
    uint64_t place; /* of no length: a free row */
} word_row;

typedef struct archive {
    pin_out            *section;
    pin_deflater       *deflater;
    word_row           *rows;
    uint32_t            row_count, row_cap; /* cap: a power of two */
    pin_out             record;
    pin_room            room;
    const pin_past_set *past;
    pin_error          *err;
} archive;

static word_row *find_row(word_row *rows, uint32_t cap, const uint8_t *hash)
{
    uint32_t at = pin_load32(hash) & (cap - 1);
    while (pin_place_len(rows[at].place) && memcmp(rows[at].hash, hash, PIN_REVISION_LEN) != 0)
        at = (at + 1) & (cap - 1);
    return &rows[at];
}

static bool grow_rows(archive *a)
{
    uint32_t  cap = a->row_cap ? a->row_cap * 2 : 256;
    word_row *rows = calloc(cap, sizeof *rows);
    if (!rows)
        return false;
    for (uint32_t i = 0; i < a->row_cap; i++)
        if (pin_place_len(a->rows[i].place))
            *find_row(rows, cap, a->rows[i].hash) = a->rows[i];
    free(a->rows);
    a->rows = rows;
    a->row_cap = cap;
    return true;
}

/* Where a record lies now. */
static pin_status add_record(uint64_t *place, archive *a, pin_str raw)
{
    uint64_t offset = a->section->len;
    pin_pack_record(a->section, raw, a->deflater, offset);
    if (a->section->failed)
        return PIN_NO_SPACE;
    if (a->section->len - offset > 0xFFFFFF || offset > UINT64_MAX >> 24)
        return pin_fail(a->err, PIN_LIMIT, 0, "an archived text is longer than an index can hold");
    *place = pin_place(offset, (uint32_t)(a->section->len - offset));
    return PIN_OK;
}

static pin_status add_words(uint64_t *place, archive *a, pin_str words)
{
    uint8_t hash[PIN_REVISION_LEN];
    *place = 0;
    if (words.len == 0)
        return PIN_OK;
    if (a->row_count >= a->row_cap / 2 && !grow_rows(a))
        return PIN_NO_SPACE;
    pin_evidence_hash(hash, words);
    word_row  *row = find_row(a->rows, a->row_cap, hash);
    pin_status s = pin_place_len(row->place) ? PIN_OK : add_record(&row->place, a, words);
    if (s != PIN_OK)
        return s;
    a->row_count += memcmp(row->hash, hash, PIN_REVISION_LEN) != 0;
    memcpy(row->hash, hash, PIN_REVISION_LEN);
    *place = row->place;
    return PIN_OK;
}

/* ---- Items as they stood ---- */
static bool same_footing(const pin_footing *a, const pin_footing *b)
{
    return pin_str_equal(a->version, b->version) && pin_str_equal(a->act, b->act) &&
           pin_str_equal(a->heading, b->heading) && pin_str_equal(a->words, b->words);
}

#define LOOK_BACK 32u /* a range cites neighbours; far repetitions cost a few bytes */

static pin_status add_footing(archive *a, pin_out *o, const pin_footing *all, uint32_t k)
{
    for (uint32_t back = 1; back <= k && back <= LOOK_BACK; back++)
        if (same_footing(&all[k], &all[k - back])) {
            pin_out_varint(o, back);
            return PIN_OK;
        }
    uint64_t   place;
    pin_status s = add_words(&place, a, all[k].words);
    pin_out_varint(o, 0);
    pin_out_str(o, all[k].version);
    pin_out_str(o, all[k].act);
    pin_out_str(o, all[k].heading);
    pin_out_varint(o, pin_place_offset(place));
    pin_out_varint(o, pin_place_len(place));
    return s;
}

static pin_status add_item(uint64_t *place, archive *a, const pin_item *item, const pin_footing *footings)
{
    pin_out *o = &a->record;
    o->len = 0;
    pin_out_str(o, item->id);
    pin_out_varint(o, item->id.len - item->slug.len);
    pin_out_str(o, item->given_id);
    pin_out_str(o, item->question);
    pin_out_str(o, item->verdict);
    pin_out_str(o, item->status);
    pin_out_str(o, item->status_text);
    pin_out_str(o, item->author);
    pin_out_str(o, item->published);
    pin_out_str(o, item->updated);
    pin_out_str(o, item->language);
    pin_out_str(o, item->blocks);
    pin_write_related(o, item->related, item->related_count);
    for (uint32_t i = 0; i < item->citation_count; i++)
        item->citations[i].provision = PIN_NO_PROVISION; /* a number of the previous file */
    pin_write_citations(o, item->citations, item->citation_count);
    for (uint32_t i = 0; i < item->citation_count; i++) {
        pin_status s = add_footing(a, o, footings, i);
        if (s != PIN_OK)
            return s;
    }
    if (o->failed)
        return PIN_NO_SPACE;
    if (o->len > PIN_ARCHIVED_MAX)
        return pin_fail(a->err, PIN_LIMIT, 0, "an archived item is longer than an index can hold");
    return add_record(place, a, (pin_str){(const char *)o->at, o->len});
}

/* ---- PAST ---- */
static pin_status add_revision(pin_out *o, archive *a, const pin_revision *r)
{
    pin_item     item;
    pin_footing *footings;
    uint64_t     place;
    pin_status   s = pin_past_item(&item, &footings, a->past, r, &a->room, a->err);
    if (s == PIN_OK)
        s = add_item(&place, a, &item, footings);
    if (s != PIN_OK)
        return s;
    pin_out_add(o, r->hash.at, PIN_REVISION_LEN);
    pin_out_str(o, r->date);
    pin_out_str(o, r->seen);
    pin_out_str(o, r->until);
    pin_out_varint(o, pin_place_offset(place));
    pin_out_varint(o, pin_place_len(place));
    return PIN_OK;
}

static pin_status add_entry(pin_out *o, archive *a, const pin_past_entry *e, uint32_t number)
{
    uint32_t rows = e->row_count < PIN_PAST_REVISIONS_MAX ? e->row_count : PIN_PAST_REVISIONS_MAX;
    size_t   at = pin_out_zeros(o, 4);
    pin_out_str(o, e->id);
    pin_out_byte(o, (uint8_t)e->fate);
    pin_out_str(o, e->since);
    pin_out_str(o, e->reason);
    pin_out_str(o, e->target);
    pin_out_str(o, e->question);
    pin_out_varint(o, rows);
    for (uint32_t i = 0; i < rows; i++) {
        pin_status s = add_revision(o, a, &e->rows[i]);
        if (s != PIN_OK)
            return s;
    }
    if (o->failed)
        return PIN_NO_SPACE;
    pin_store32(o->at + at, pin_hash32(o->at + at + 4, o->len - at - 4, number));
    return PIN_OK;
}

static pin_status write_entries(pin_out *section, archive *a, const pin_past_set *past, pin_error *err)
{
    pin_out    records = {0};
    pin_status s = PIN_OK;
    pin_out_u32(section, past->entry_count);
    for (uint32_t i = 0; i < past->entry_count && s == PIN_OK; i++) {
        pin_out_u32(section, (uint32_t)records.len);
        s = add_entry(&records, a, &past->entries[i], i);
        if (s == PIN_OK && records.len > UINT32_MAX)
            s = pin_fail(err, PIN_LIMIT, i, "the past is longer than an index can hold");
    }
    pin_out_u32(section, (uint32_t)records.len);
    if (records.len)
        pin_out_add(section, records.at, records.len);
    pin_out_free(&records);
    return s;
}

/* ---- RELEASES ---- */
static void add_release(pin_out *o, const pin_earlier *r)
{
    pin_out_str(o, r->release);
    pin_out_str(o, r->as_of);
    pin_out_str(o, r->engine);
    pin_out_varint(o, r->item_count);
}

static void write_releases(pin_out *o, const pin_past_set *past, uint32_t item_count)
{
    uint32_t          skip = past->release_count >= PIN_RELEASES_MAX ? past->release_count - PIN_RELEASES_MAX + 1 : 0;
    const pin_earlier this_one = {.release = {past->root, sizeof past->root},
                                  .as_of = past->as_of,
                                  .engine = PIN_STR("pincite " PINCITE_VERSION),
                                  .item_count = item_count};
    pin_out_varint(o, past->release_count - skip + 1);
    for (uint32_t i = skip; i < past->release_count; i++)
        add_release(o, &past->releases[i]);
    add_release(o, &this_one);
}

pin_status pin_write_past(pin_sections *out, const pin_past_set *past, uint32_t item_count, pin_error *err)
{
    archive a = {.section = &out->s[PIN_S_ARCHIVE], .past = past, .err = err};
    a.deflater = pin_deflater_new((pin_str){0});
    if (!a.deflater)
        return PIN_NO_SPACE;
    write_releases(&out->s[PIN_S_RELEASES], past, item_count);
    pin_status s = write_entries(&out->s[PIN_S_PAST], &a, past, err);
    pin_deflater_free(a.deflater);
    pin_out_free(&a.record);
    pin_room_free(&a.room);
    free(a.rows);
    return s;
}
