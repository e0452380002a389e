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
    uint64_t   offset = ix->sections[PIN_S_TERMS].offset + (uint64_t)found->page * ix->terms.page_len;
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
    pin_found found;
    uint32_t  page;
    if (pin_is_partial(ix) && pin_ahead_term(out, ix, key))
        return PIN_OK;
    pin_status s = pin_keys_find(&found, ix, PIN_S_TERMS, key, err);
    if (s == PIN_NEED && pin_keys_page(&page, ix, PIN_S_TERMS, key))
        pin_ahead_lists(ix, page);
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

/* A varint of at most 32 bits that may lie near the end. */
static bool take_careful(uint32_t *out, const uint8_t **at, const uint8_t *end)
{
    pin_cursor c = pin_cursor_over(*at, (size_t)(end - *at));
    *out = pin_take_varint32(&c);
    *at = c.at;
    return !c.failed;
}

static pin_status damaged_terms(const pin_index *ix, pin_error *err)
{
    return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_FORWARD].offset,
                    "terms of a question are damaged");
}

/* Search reads some hundreds of numbers a query, most of one to three bytes, which are told apart first. `over` bytes
 * behind the end may be looked at; a number that ends there is found out at last. */
static pin_status take_numbers(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix,
                               const uint8_t *at, const uint8_t *end, size_t over, pin_error *err)
{
    uint32_t n = 0, largest = 0;
    while (n < cap && at < end) {
        uint32_t value;
        if ((size_t)(end - at) + over >= 3 && (at[0] < 0x80 || at[1] < 0x80 || at[2] < 0x80)) {
            value = at[0];
            if (value < 0x80) {
                at += 1;
            } else if (at[1] < 0x80) {
                value = (value & 0x7F) | (uint32_t)at[1] << 7;
                at += 2;
            } else {
                value = (value & 0x7F) | (at[1] & 0x7Fu) << 7 | (uint32_t)at[2] << 14;
                at += 3;
            }
        } else if (!take_careful(&value, &at, end)) {
            return damaged_terms(ix, err);
        }
        largest = value > largest ? value : largest;
        numbers[n++] = value;
    }
    if (at > end || (n && largest >= ix->terms.count))
        return damaged_terms(ix, err);
    *count = n;
    return PIN_OK;
}

static bool has_forward(const pin_index *ix)
{
    return pin_read_if_here(ix, PIN_S_FORWARD, 0, ix->sections[PIN_S_FORWARD].len) != NULL;
}

bool pin_read_has_question_terms(const pin_index *ix, uint32_t item)
{
    uint64_t len = ix->revision_len;
    return item >= ix->item_count || !ix->looks || pin_read_if_here(ix, PIN_S_REVISIONS, item * len, len) ||
           has_forward(ix);
}

pin_status pin_read_all_question_terms(const pin_index *ix, pin_error *err)
{
    const uint8_t *at;
    return pin_read_part(&at, ix, PIN_S_FORWARD, 0, ix->sections[PIN_S_FORWARD].len, err);
}

/* Over a network: as the row of the item in REVISIONS has them; *out is NULL when it has no room for them. */
static pin_status terms_in_row(const uint8_t **out, uint32_t *len, const pin_index *ix, uint32_t item,
                               pin_error *err)
{
    const uint8_t *row;
    pin_status     s = pin_read_revision_row(&row, ix, item, err);
    *out = NULL;
    if (s != PIN_OK || row[PIN_R_COUNT] == PIN_R_LONG)
        return s;
    *out = row + PIN_R_TERMS;
    *len = row[PIN_R_COUNT];
    return *len > ix->revision_len - PIN_R_TERMS ? damaged_terms(ix, err) : PIN_OK;
}

void pin_forward_open(pin_forward *out, const pin_index *ix)
{
    uint64_t tables = ((uint64_t)ix->item_count + 1) * 4; /* lie in the section: checked when it was opened */
    *out = (pin_forward){.ix = ix, .starts = pin_whole_section(ix, PIN_S_FORWARD)};
    out->texts_len = ix->sections[PIN_S_FORWARD].len - tables;
    out->texts = out->starts ? out->starts + tables : NULL;
}

pin_status pin_forward_read(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_forward *forward,
                            uint32_t item, pin_error *err)
{
    const pin_index *ix = forward->ix;
    const uint8_t   *at, *row;
    uint64_t         tables = ((uint64_t)ix->item_count + 1) * 4;
    *count = 0;
    if (item >= ix->item_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this number");
    if (forward->starts) {
        uint32_t from = pin_u32_at(forward->starts, item), to = pin_u32_at(forward->starts, item + 1);
        if (from > to || to > forward->texts_len)
            return damaged_terms(ix, err);
        /* zeros follow each section of a file, so that a wide look ends inside of it */
        return take_numbers(numbers, cap, count, ix, forward->texts + from, forward->texts + to, PIN_PADDING, err);
    }
    pin_status s;
    if (pin_is_partial(ix) && ix->looks && !has_forward(ix)) {
        uint32_t len;
        s = terms_in_row(&at, &len, ix, item, err);
        if (s != PIN_OK || at)
            return s == PIN_OK ? take_numbers(numbers, cap, count, ix, at, at + len, 0, err) : s;
    }
    s = pin_read_part(&row, ix, PIN_S_FORWARD, (uint64_t)item * 4, 8, err);
    if (s != PIN_OK)
        return s;
    uint32_t from = pin_load32(row), to = pin_load32(row + 4);
    if (from > to)
        return damaged_terms(ix, err);
    s = pin_read_part(&at, ix, PIN_S_FORWARD, tables + from, to - from, err);
    return s == PIN_OK ? take_numbers(numbers, cap, count, ix, at, at + (to - from), 0, err) : s;
}

pin_status pin_read_question_terms(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix,
                                   uint32_t item, pin_error *err)
{
    pin_forward forward;
    pin_forward_open(&forward, ix);
    return pin_forward_read(numbers, cap, count, &forward, item, err);
}
