/* From a key to what the dictionary knows of it: how many items, and where its lists are.
 *
 * data of a term   varint questions, varint answers, varint more; df = max(questions, answers) + more.
 * Then for each field with postings:
 *   up to 8        pairs of varint gap, u8 impact: the postings themselves
 *   else           u8 max, u8 tenth, varint offset - base of the page, varint length << 2 | form */
#include "core/read/index.h"

static pin_status take_inline(pin_list *list, const pin_index *ix, pin_cursor *c)
{
    uint64_t next = 0;
    list->form = PIN_LIST_INLINE;
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t id = next + pin_take_varint32(c);
        uint8_t  impact = pin_take8(c);
        if (id >= ix->item_count)
            return PIN_CORRUPT;
        list->ids[i] = (uint32_t)id;
        list->impacts[i] = impact;
        if (impact > list->max)
            list->max = impact;
        next = id + 1;
    }
    return PIN_OK;
}

static pin_status take_place(pin_list *list, const pin_index *ix, pin_section lists, uint64_t base,
                             pin_cursor *c)
{
    list->max = pin_take8(c);
    list->tenth = pin_take8(c);
    uint64_t delta = pin_take_varint(c), packed = pin_take_varint(c), room = ix->sections[lists].len;
    uint64_t len = packed >> 2;
    if (base > room || delta > room - base || len > room - base - delta)
        return PIN_CORRUPT;
    list->offset = base + delta;
    list->len = len;
    switch (packed & 3) {
    case PIN_FORM_SHORT:
        list->form = PIN_LIST_SHORT;
        return list->count < PIN_BLOCK ? PIN_OK : PIN_CORRUPT;
    case PIN_FORM_BLOCKS:
        list->form = PIN_LIST_BLOCKS;
        return list->count >= PIN_BLOCK ? PIN_OK : PIN_CORRUPT;
    case PIN_FORM_FLAT:
        list->form = PIN_LIST_FLAT;
        return len == ((uint64_t)ix->item_count + 1) / 2 + 4 ? PIN_OK : PIN_CORRUPT;
    default:
        return PIN_CORRUPT;
    }
}

pin_status pin_term_parse(pin_term *out, const pin_index *ix, const pin_found *found, pin_error *err)
{
    pin_cursor c = pin_cursor_over(found->data, found->len);
    uint64_t   offset = ix->sections[PIN_S_TERMS].offset + (uint64_t)found->page * PIN_PAGE;
    pin_status s = PIN_OK;
    for (int f = 0; f < 2; f++) {
        out->lists[f].count = pin_take_varint32(&c);
        out->lists[f].max = out->lists[f].tenth = 0;
        out->lists[f].form = PIN_LIST_INLINE;
        out->lists[f].offset = out->lists[f].len = 0;
    }
    uint32_t questions = out->lists[0].count, answers = out->lists[1].count;
    uint64_t df = (uint64_t)(questions > answers ? questions : answers) + pin_take_varint32(&c);
    if (df > ix->item_count || df == 0)
        return pin_fail(err, PIN_CORRUPT, offset, "a term occurs in more items than there are");
    out->df = (uint32_t)df;
    out->number = found->number;
    for (int f = 0; f < 2 && s == PIN_OK; f++) {
        pin_list *list = &out->lists[f];
        if (list->count == 0)
            continue;
        if (list->count <= PIN_INLINE)
            s = take_inline(list, ix, &c);
        else
            s = take_place(list, ix, f ? PIN_S_ANSWER_LISTS : PIN_S_QUESTION_LISTS,
                           pin_load64(found->page_at + PIN_PAGE_BASES + 8 * f), &c);
    }
    if (s != PIN_OK || c.failed || pin_cursor_left(&c) != 0)
        return pin_fail(err, PIN_CORRUPT, offset, "data of a term are damaged");
    return PIN_OK;
}

pin_status pin_read_term(pin_term *out, const pin_index *ix, pin_str key, pin_error *err)
{
    pin_found  found;
    pin_status s = pin_keys_find(&found, ix, PIN_S_TERMS, key, err);
    return s == PIN_OK ? pin_term_parse(out, ix, &found, err) : s;
}

pin_status pin_read_term_number(uint32_t *out, const pin_index *ix, pin_str key, pin_error *err)
{
    pin_found  found;
    pin_status s = pin_keys_find(&found, ix, PIN_S_TERMS, key, err);
    if (s == PIN_OK)
        *out = found.number;
    return s;
}

/* ---- Forward index: u32 starts[items + 1] into what follows, then varint term numbers ---- */

/* A varint of at most 32 bits. Search reads some hundreds of them a query, most of one or two bytes. */
static inline bool take_number(uint32_t *out, const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    if (p[0] < 0x80) {
        *out = p[0];
        *at = p + 1;
        return true;
    }
    if (end - p > 1 && p[1] < 0x80) {
        *out = (p[0] & 0x7Fu) | (uint32_t)p[1] << 7;
        *at = p + 2;
        return true;
    }
    pin_cursor c = pin_cursor_over(p, (size_t)(end - p));
    *out = pin_take_varint32(&c);
    *at = c.at;
    return !c.failed;
}

pin_status pin_read_question_terms(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix,
                                   uint32_t item, pin_error *err)
{
    const uint8_t *at, *whole = NULL;
    uint64_t       len = ix->sections[PIN_S_FORWARD].len;
    *count = 0;
    if (item >= ix->item_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this number");
    pin_status s = PIN_OK;
    if (!pin_is_partial(ix) && ix->file.piece_count == 1) { /* in memory all of it lies in one piece */
        s = pin_read_part(&whole, ix, PIN_S_FORWARD, 0, len, err);
        at = s == PIN_OK ? whole + (size_t)item * 4 : NULL;
    } else {
        s = pin_read_part(&at, ix, PIN_S_FORWARD, (uint64_t)item * 4, 8, err);
    }
    if (s != PIN_OK)
        return s;
    uint32_t from = pin_load32(at), to = pin_load32(at + 4);
    uint64_t tables = ((uint64_t)ix->item_count + 1) * 4;
    if (from > to)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_FORWARD].offset,
                        "terms of a question are damaged");
    if (whole && to <= len - tables)
        at = whole + tables + from;
    else if ((s = pin_read_part(&at, ix, PIN_S_FORWARD, tables + from, to - from, err)) != PIN_OK)
        return s;
    const uint8_t *end = at + (to - from);
    while (*count < cap && at < end) {
        if (!take_number(&numbers[*count], &at, end) || numbers[*count] >= ix->terms.count)
            return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_FORWARD].offset,
                            "terms of a question are damaged");
        ++*count;
    }
    return PIN_OK;
}
