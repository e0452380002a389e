/* Items: the packed record of one, by number or by id.
 *
 * record  varint module, string id, varint slug (offset in id), string given_id, string question,
 *         string verdict, varint status, strings status_text author published updated language blocks,
 *         varint related, that many strings, varint citations, that many citations
 * citation u8 how, u8 same, then what `same` does not leave out: varint entry, strings written, source,
 *         note, quote; always: string id, string label, varint provision + 1 (0: none) */
#include <string.h>

#include "core/format/codebook.h"
#include "core/format/inflate.h"
#include "core/read/index.h"

/* ---- Packed records ---- */
pin_status pin_read_row(const uint8_t **out, const pin_index *ix, pin_section kind, uint32_t i,
                        uint32_t row_len, pin_error *err)
{
    return pin_read_part(out, ix, kind, (uint64_t)i * row_len, row_len, err);
}

/* That of the items is in the head; that of the law is fetched with its first words. */
static pin_status get_dictionary(pin_str *out, const pin_index *ix, pin_section kind, pin_error *err)
{
    if (kind == PIN_S_ARCHIVE || kind == PIN_S_CARDS) /* the one is carried from file to file; the others are few */
        return PIN_OK;
    pin_section    d = kind == PIN_S_ITEMS ? PIN_S_ITEM_DICTIONARY : PIN_S_TEXT_DICTIONARY;
    const uint8_t *at;
    pin_status     s = pin_read_part(&at, ix, d, 0, ix->sections[d].len, err);
    if (s == PIN_OK)
        *out = (pin_str){(const char *)at, (size_t)ix->sections[d].len};
    return s;
}

static bool unpack(uint8_t *raw, size_t raw_len, pin_str payload, uint8_t method, pin_str dictionary,
                   const pin_index *ix, pin_section kind)
{
    pin_codebook book;
    if (method != PIN_METHOD_CODEBOOK)
        return pin_inflate(raw, raw_len, payload, dictionary);
    if (kind == PIN_S_ITEMS)
        return pin_codebook_unpack(raw, raw_len, payload, &ix->item_book);
    pin_codebook_open(&book, dictionary);
    return pin_codebook_unpack(raw, raw_len, payload, &book);
}

pin_status pin_read_packed(pin_str *out, const pin_index *ix, pin_section kind, uint64_t place,
                           uint64_t number, uint32_t raw_max, pin_arena *arena, pin_error *err)
{
    uint32_t       len = pin_place_len(place);
    uint64_t       offset = ix->sections[kind].offset + pin_place_offset(place);
    const uint8_t *at;
    pin_str        dictionary = {0};
    pin_status     s = pin_read_part(&at, ix, kind, pin_place_offset(place), len, err);
    pin_status     s2 = get_dictionary(&dictionary, ix, kind, err);
    if (s != PIN_OK || s2 != PIN_OK) /* both were asked for before saying so */
        return s != PIN_OK ? s : s2;
    if (len < 6 || pin_hash32(at + 4, len - 4, number) != pin_load32(at))
        return pin_fail(err, PIN_CORRUPT, offset, "checksum of a record is wrong");
    pin_cursor c = pin_cursor_over(at + 4, len - 4);
    uint8_t    method = pin_take8(&c);
    uint32_t   raw_len = pin_take_varint32(&c);
    pin_str    payload = pin_take_bytes(&c, pin_cursor_left(&c));
    if (c.failed || raw_len > raw_max)
        return pin_fail(err, PIN_CORRUPT, offset, "a record is damaged or too long");
    if (method == PIN_METHOD_STORED && payload.len == raw_len) {
        *out = payload;
        return PIN_OK;
    }
    if (method != PIN_METHOD_DEFLATE && method != PIN_METHOD_CODEBOOK)
        return pin_fail(err, PIN_CORRUPT, offset, "a record is packed in an unknown way");
    uint8_t *raw = pin_arena_room(arena, raw_len, 1);
    if (!raw)
        return pin_fail(err, PIN_NO_SPACE, offset, "no room to unpack a record");
    if (!unpack(raw, raw_len, payload, method, dictionary, ix, kind))
        return pin_fail(err, PIN_CORRUPT, offset, "a packed record is damaged");
    *out = (pin_str){(const char *)raw, raw_len};
    return PIN_OK;
}

/* ---- One item ---- */
static pin_str status_name(const pin_index *ix, uint32_t status, pin_cursor *record)
{
    pin_cursor c = pin_cursor_over(ix->head[PIN_S_STATUSES], (size_t)ix->sections[PIN_S_STATUSES].len);
    pin_str    name = {0};
    if (status > pin_take8(&c))
        record->failed = true;
    for (uint32_t i = 0; i < status && !record->failed; i++)
        name = pin_take_text(&c);
    if (c.failed)
        record->failed = true;
    return name;
}

static void take_citation(pin_citation *out, const pin_citation *before, const pin_index *ix, pin_cursor *c)
{
    uint8_t how = pin_take8(c), same = pin_take8(c);
    *out = (pin_citation){.state = how & PIN_C_STATE,
                          .in_list = how & PIN_C_IN_LIST,
                          .from_range = how & PIN_C_FROM_RANGE,
                          .in_question = how & PIN_C_IN_QUESTION};
    out->entry = same & PIN_C_SAME_ENTRY ? before->entry : pin_take_varint32(c);
    out->written = same & PIN_C_SAME_WRITTEN ? before->written : pin_take_text(c);
    out->source = same & PIN_C_SAME_SOURCE ? before->source : pin_take_text(c);
    out->note = same & PIN_C_SAME_NOTE ? before->note : pin_take_text(c);
    out->quote = same & PIN_C_SAME_QUOTE ? before->quote : pin_take_text(c);
    out->id = pin_take_text(c);
    out->label = pin_take_text(c);
    out->provision = pin_take_varint32(c) - 1u; /* 0 wraps to PIN_NO_PROVISION */
    if (out->state > PIN_CITE_NOT_CHECKED ||
        (out->provision != PIN_NO_PROVISION && out->provision >= ix->provision_count))
        c->failed = true;
}

uint32_t pin_take_count(pin_cursor *c, uint32_t most, size_t least)
{
    uint32_t count = pin_take_varint32(c);
    if (count > most || count > pin_cursor_left(c) / least)
        c->failed = true;
    return c->failed ? 0 : count;
}

void pin_take_slug(pin_item *item, pin_cursor *c)
{
    item->id = pin_take_text(c);
    uint64_t slug = pin_take_varint(c);
    if (slug > item->id.len)
        c->failed = true;
    else
        item->slug = pin_str_part(item->id, (size_t)slug, item->id.len);
}

static void take_head(pin_item *item, const pin_index *ix, pin_cursor *c)
{
    item->module = pin_take_varint32(c);
    pin_take_slug(item, c);
    item->given_id = pin_take_text(c);
    item->question = pin_take_text(c);
    item->verdict = pin_take_text(c);
    item->status = status_name(ix, pin_take_varint32(c), c);
    item->status_text = pin_take_text(c);
    item->author = pin_take_text(c);
    item->published = pin_take_text(c);
    item->updated = pin_take_text(c);
    item->language = pin_take_text(c);
    item->blocks = pin_take_str(c); /* their walk checks them */
    if (item->module >= ix->module_count)
        c->failed = true;
}

pin_status pin_take_lists(pin_item *item, const pin_index *ix, pin_cursor *c, pin_arena *arena)
{
    item->related_count = pin_take_count(c, PIN_RELATED_MAX, 1);
    if (!(item->related = pin_arena_take(arena, item->related_count, sizeof *item->related)))
        return PIN_NO_SPACE;
    for (uint32_t i = 0; i < item->related_count; i++)
        item->related[i] = pin_take_text(c);

    item->citation_count = pin_take_count(c, PIN_CITATIONS_MAX, 5);
    if (!(item->citations = pin_arena_take(arena, item->citation_count, sizeof *item->citations)))
        return PIN_NO_SPACE;
    const pin_citation none = {0}, *before = &none;
    for (uint32_t i = 0; i < item->citation_count && !c->failed; i++) {
        take_citation(&item->citations[i], before, ix, c);
        before = &item->citations[i];
    }
    return PIN_OK;
}

pin_status pin_read_revision_row(const uint8_t **out, const pin_index *ix, uint32_t item, pin_error *err)
{
    uint32_t   len = ix->revision_len;
    pin_status s = pin_read_row(out, ix, PIN_S_REVISIONS, item, len, err);
    if (s == PIN_OK && pin_is_partial(ix) &&
        pin_hash32(*out + PIN_R_SEEN, len - PIN_R_SEEN, item) != pin_load32(*out))
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_REVISIONS].offset, "checksum of a revision is wrong");
    return s;
}

/* About where the item lies, to within a unit. */
static bool guess_place(uint64_t *offset, uint64_t *len, const pin_index *ix, uint32_t number)
{
    uint64_t       all = ix->sections[PIN_S_STEPS].len, units = 0, end = ix->sections[PIN_S_ITEMS].len;
    const uint8_t *steps = all ? pin_read_if_here(ix, PIN_S_STEPS, 0, all) : NULL;
    if (!steps || number >= ix->item_count || number >= PIN_STEPS_ITEMS || steps[0] > PIN_STEPS_SHIFT_MAX)
        return false; /* beyond, a sum for every item that is looked for would take long */
    for (uint32_t i = 0; i < number; i++)
        units += steps[1 + i];
    *offset = units << steps[0];
    *len = (uint64_t)(steps[1 + number] + 1) << steps[0];
    if (*offset >= end)
        return false;
    *len = *len < end - *offset ? *len : end - *offset;
    return true;
}

/* Where an item lies. Over a network its row in REVISIONS says that too, and is needed anyway. */
static pin_status item_place(uint64_t *out, const pin_index *ix, uint32_t number, pin_error *err)
{
    const uint8_t *row;
    bool           all = pin_is_partial(ix) && ix->looks;
    pin_status     s = all ? pin_read_revision_row(&row, ix, number, err)
                           : pin_read_row(&row, ix, PIN_S_ITEM_ROWS, number, PIN_PLACE_LEN, err);
    if (s == PIN_OK)
        *out = pin_load64(all ? row + PIN_R_PLACE : row);
    return s;
}

/* Where in CARDS an item lies, with the zeros behind it. False where there are none or their steps are not here. */
static bool card_place(uint64_t *offset, uint64_t *len, const pin_index *ix, uint32_t number)
{
    uint64_t       all = ix->sections[PIN_S_CARD_STEPS].len, units = 0, end = ix->sections[PIN_S_CARDS].len;
    const uint8_t *steps = all && pin_is_partial(ix) ? pin_read_if_here(ix, PIN_S_CARD_STEPS, 0, all) : NULL;
    if (!steps || number >= ix->item_count || all != (uint64_t)ix->item_count + 1 || number >= PIN_STEPS_ITEMS ||
        steps[0] > PIN_STEPS_SHIFT_MAX)
        return false;
    for (uint32_t i = 0; i < number; i++)
        units += steps[1 + i];
    *offset = units << steps[0];
    *len = (uint64_t)steps[1 + number] << steps[0];
    return *len > 2 && *offset <= end && *len <= end - *offset;
}

/* The same item as in ITEMS, with fewer bytes to fetch. */
static pin_status card_record(pin_str *out, const pin_index *ix, uint32_t number, uint64_t offset, uint64_t len,
                              pin_arena *arena, pin_error *err)
{
    const uint8_t *at;
    pin_status     s = pin_read_part(&at, ix, PIN_S_CARDS, offset, len, err);
    if (s != PIN_OK)
        return s;
    if (pin_load16(at) > len - 2)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_CARDS].offset + offset, "a card is damaged");
    return pin_read_packed(out, ix, PIN_S_CARDS, pin_place(offset + 2, pin_load16(at)), number, PIN_ITEM_MAX, arena, err);
}

void pin_read_item_ahead(const pin_index *ix, uint32_t item)
{
    const uint8_t *at;
    uint64_t       place, offset, len;
    if (card_place(&offset, &len, ix, item))
        (void)pin_read_part(&at, ix, PIN_S_CARDS, offset, len, NULL);
    else if (item_place(&place, ix, item, NULL) == PIN_OK)
        (void)pin_read_part(&at, ix, PIN_S_ITEMS, pin_place_offset(place), pin_place_len(place), NULL);
    else if (guess_place(&offset, &len, ix, item))
        (void)pin_read_part(&at, ix, PIN_S_ITEMS, offset, len, NULL);
}

static pin_status item_record(pin_str *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                              pin_error *err)
{
    uint64_t place, offset, len;
    if (number >= ix->item_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this number");
    if (card_place(&offset, &len, ix, number))
        return card_record(out, ix, number, offset, len, arena, err);
    pin_status s = item_place(&place, ix, number, err);
    if (s == PIN_NEED)
        pin_read_item_ahead(ix, number);
    if (s != PIN_OK)
        return s;
    return pin_read_packed(out, ix, PIN_S_ITEMS, place, number, PIN_ITEM_MAX, arena, err);
}

/* ---- For verify ---- */

/* That the cards say what the items say. */
pin_status pin_cards_check(const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_needs  none = {0};
    pin_index  copy = *ix;
    size_t     mark = arena->used;
    pin_status s = PIN_OK;
    if (ix->sections[PIN_S_CARDS].len == 0)
        return PIN_OK;
    copy.file.needs = &none; /* which is who reads cards */
    for (uint32_t i = 0; i < ix->item_count && s == PIN_OK; i++, arena->used = mark) {
        pin_str  item, card;
        uint64_t offset, len;
        if (!card_place(&offset, &len, &copy, i))
            return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_CARD_STEPS].offset, "steps of cards are damaged");
        s = card_record(&card, &copy, i, offset, len, arena, err);
        if (s == PIN_OK)
            s = item_record(&item, ix, i, arena, err);
        if (s == PIN_OK && !pin_str_equal(item, card))
            s = pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_CARDS].offset, "a card is not its item");
    }
    return s;
}

/* The hash of an item, borrowed from the file; empty in a file of format 1.0. */
static pin_status read_revision(pin_str *out, const pin_index *ix, uint32_t number, pin_error *err)
{
    const uint8_t *row;
    *out = (pin_str){0};
    if (ix->revision_len == 0 || number >= ix->item_count)
        return PIN_OK;
    pin_status s = pin_read_revision_row(&row, ix, number, err);
    if (s == PIN_OK)
        *out = (pin_str){(const char *)row + PIN_R_HASH, PIN_REVISION_LEN};
    return s;
}

pin_status pin_index_item(pin_item *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                          pin_error *err)
{
    size_t     mark = arena->used;
    pin_str    record, revision;
    pin_status s2 = read_revision(&revision, ix, number, err);
    pin_status s = item_record(&record, ix, number, arena, err);
    if (s == PIN_OK)
        s = s2; /* both were asked for before saying so */
    if (s == PIN_OK) {
        pin_cursor c = pin_cursor_over(record.at, record.len);
        pin_item   item = {.number = number, .revision = revision};
        take_head(&item, ix, &c);
        s = pin_take_lists(&item, ix, &c, arena);
        if (s != PIN_OK)
            pin_fail(err, s, 0, "no room for an item");
        else if (c.failed || pin_cursor_left(&c) != 0)
            s = pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_ITEMS].offset, "record of an item is damaged");
        else
            *out = item;
    }
    if (s != PIN_OK)
        arena->used = mark;
    return s;
}

/* ---- By id ---- */
#define CANDIDATES 64

/* Does item `number` have this id, or (2) this given id? */
static pin_status matches(int *out, const pin_index *ix, uint32_t number, pin_str id, pin_arena *arena,
                          pin_error *err)
{
    size_t     mark = arena->used;
    pin_str    record;
    pin_status s = item_record(&record, ix, number, arena, err);
    if (s == PIN_OK) {
        pin_cursor c = pin_cursor_over(record.at, record.len);
        pin_item   item = {0};
        (void)pin_take_varint32(&c);
        pin_take_slug(&item, &c);
        item.given_id = pin_take_text(&c);
        *out = pin_str_equal(item.id, id) ? 1 : id.len > 0 && pin_str_equal(item.given_id, id) ? 2 : 0;
        if (c.failed)
            s = pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_ITEMS].offset, "record of an item is damaged");
    }
    arena->used = mark;
    return s;
}

pin_status pin_index_find_item(uint32_t *out, const pin_index *ix, pin_str id, pin_arena *arena,
                               pin_error *err)
{
    uint32_t   numbers[CANDIDATES], count, given = UINT32_MAX;
    pin_status s = pin_table_find(numbers, CANDIDATES, &count, ix, PIN_S_IDS, id, err), need = PIN_OK;
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < count; i++) {
        int match = 0;
        s = matches(&match, ix, numbers[i], id, arena, err);
        if (s == PIN_NEED)
            need = s; /* ask for all candidates at once */
        else if (s == PIN_NOT_FOUND)
            return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_IDS].offset,
                            "an id names an item that is not there");
        else if (s != PIN_OK)
            return s;
        if (match == 1) { /* an id goes before an id as given */
            *out = numbers[i];
            return PIN_OK;
        }
        if (match == 2 && given == UINT32_MAX)
            given = numbers[i];
    }
    if (need != PIN_OK)
        return need;
    if (given == UINT32_MAX)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this id");
    *out = given;
    return PIN_OK;
}
