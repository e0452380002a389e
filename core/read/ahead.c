/* The dictionary before any page of it is here: AHEAD has the terms with the longest lists whole, and for each page
 * where the lists of its terms lie. So a query asks for the pages of its other words and for their lists at
 * once. Only for readers over a network; in memory nothing is gained. See core/format/layout.h. */
#include <string.h>

#include "core/read/index.h"

#define LISTS_MOST 8192u /* of one page and field; more are only asked for when the page says which        */
#define LIST_LEAST 22u   /* the shortest list; a gap below is padding                                      */

typedef struct ahead_walk {
    pin_cursor     c;
    uint32_t       left, number;
    uint8_t        key[PIN_KEY_MAX];
    uint32_t       key_len, data_len;
    const uint8_t *data;
} ahead_walk;

/* False where there is no such section here. */
static bool walk_init(ahead_walk *w, const pin_index *ix, uint32_t *pages)
{
    if (!ix->ahead)
        return false;
    w->c = pin_cursor_over(ix->ahead, (size_t)ix->sections[PIN_S_AHEAD].len);
    *pages = pin_take32(&w->c);
    w->left = pin_take32(&w->c);
    (void)pin_take_bytes(&w->c, PIN_A_DATA - PIN_A_TABLES); /* of tables: tables.c */
    w->number = UINT32_MAX; /* the first gap is the number itself */
    w->key_len = 0;
    return !w->c.failed;
}

/* False after the last; a damaged section fails the cursor. */
static bool walk_next(ahead_walk *w)
{
    if (w->left == 0 || w->c.failed)
        return false;
    w->left--;
    w->number += pin_take_varint32(&w->c) + 1;
    uint32_t shared = pin_take8(&w->c), rest = pin_take8(&w->c);
    w->data_len = pin_take8(&w->c);
    pin_str key = pin_take_bytes(&w->c, rest), data = pin_take_bytes(&w->c, w->data_len);
    if (shared > w->key_len || shared + rest > sizeof w->key)
        w->c.failed = true;
    if (w->c.failed)
        return false;
    memcpy(w->key + shared, key.at, rest);
    w->key_len = shared + rest;
    w->data = (const uint8_t *)data.at;
    return true;
}

static bool parse(pin_term *out, const ahead_walk *w, const pin_index *ix)
{
    static const uint8_t no_bases[PIN_PAGE_TERMS] = {0};
    pin_found            found = {.data = w->data, .len = w->data_len, .number = w->number, .page_at = no_bases};
    return w->number < ix->terms.count && pin_term_parse(out, ix, &found, NULL) == PIN_OK;
}

bool pin_ahead_term(pin_term *out, const pin_index *ix, pin_str key)
{
    ahead_walk w;
    uint32_t   pages;
    if (!walk_init(&w, ix, &pages))
        return false;
    while (walk_next(&w)) {
        int order = pin_str_order((pin_str){(const char *)w.key, w.key_len}, key);
        if (order >= 0)
            return order == 0 && parse(out, &w, ix);
    }
    return false;
}

/* Bytes [from, to) of a section of lists, but for the long lists that AHEAD has by itself. */
static void ask_lists(const pin_index *ix, pin_field field, uint64_t from, uint64_t to)
{
    pin_section    kind = field == PIN_QUESTION ? PIN_S_QUESTION_LISTS : PIN_S_ANSWER_LISTS;
    const uint8_t *at;
    for (int asking = 0; asking < 2; asking++) { /* first they are only measured */
        ahead_walk w;
        uint32_t   pages;
        uint64_t   sum = 0, next = from;
        pin_term   term;
        for (bool more = walk_init(&w, ix, &pages); next < to; ) {
            more = more && walk_next(&w);
            const pin_list *list = &term.lists[field];
            if (more && (!parse(&term, &w, ix) || list->len == 0 || list->offset < next))
                continue;
            uint64_t end = more && list->offset < to ? list->offset : to;
            if (asking && end - next >= LIST_LEAST)
                (void)pin_read_part(&at, ix, kind, next, end - next, NULL);
            sum += end - next;
            next = end < to ? end + list->len : to;
        }
        if (sum > LISTS_MOST)
            return;
    }
}

void pin_ahead_lists(const pin_index *ix, uint32_t page)
{
    ahead_walk w;
    uint32_t   pages;
    uint64_t   from[2] = {0}, len[2] = {0};
    if (!walk_init(&w, ix, &pages) || page >= pages)
        return;
    while (walk_next(&w))
        ;
    for (uint32_t p = 0; p <= page; p++)
        for (int f = 0; f < 2; f++) {
            from[f] += len[f];
            len[f] = pin_take_varint(&w.c);
        }
    for (int f = 0; f < 2; f++) {
        uint64_t all = ix->sections[f ? PIN_S_ANSWER_LISTS : PIN_S_QUESTION_LISTS].len;
        uint64_t start = from[f] << PIN_AHEAD_SHIFT(f), end = (from[f] + len[f] + 1) << PIN_AHEAD_SHIFT(f);
        if (!w.c.failed && from[f] <= all && len[f] <= all && start <= all)
            ask_lists(ix, (pin_field)f, start, end < all ? end : all);
    }
}

/* ---- For verify ---- */

/* Are all buckets of the table as long as AHEAD says? */
static bool is_even(const pin_index *ix, const uint8_t *said, pin_section kind)
{
    const pin_extent *e = &ix->sections[kind];
    const uint8_t    *at;
    uint32_t          each = pin_load32(said);
    if (each == 0)
        return pin_load32(said + 4) == 0;
    if (pin_read_part(&at, ix, kind, 0, e->len, NULL) != PIN_OK || said[4] != at[PIN_T_BITS] ||
        said[5] != at[PIN_T_WIDTH] || pin_load16(said + 6) != 0)
        return false;
    for (uint32_t b = 0; b <= 1u << at[PIN_T_BITS]; b++) /* that these lie in the section was checked */
        if (pin_u32_at(at + PIN_T_STARTS, b) != (uint64_t)b * each)
            return false;
    return true;
}

/* What AHEAD says of tables, of its terms and of the bases of pages, against the tables and the dictionary. */
pin_status pin_ahead_check(const pin_index *ix, pin_error *err)
{
    static const uint8_t kinds[] = PIN_A_KINDS;
    pin_index copy = *ix;
    uint64_t  len = ix->sections[PIN_S_AHEAD].len, offset = ix->sections[PIN_S_AHEAD].offset, bases[2] = {0};
    ahead_walk w;
    uint32_t   pages;
    pin_status s = PIN_OK;
    if (offset == 0)
        return PIN_OK;
    if ((s = pin_read_part(&copy.ahead, ix, PIN_S_AHEAD, 0, len, err)) != PIN_OK)
        return s;
    bool good = walk_init(&w, &copy, &pages) && (pages == 0 || pages == ix->terms.pages);
    for (uint32_t i = 0; good && i < sizeof kinds; i++)
        good = is_even(ix, copy.ahead + PIN_A_TABLES + i * PIN_A_TABLE_LEN, kinds[i]);
    while (good && walk_next(&w)) {
        pin_term  here, there;
        pin_found found;
        s = pin_keys_find(&found, ix, PIN_S_TERMS, (pin_str){(const char *)w.key, w.key_len}, err);
        if (s == PIN_OK)
            s = pin_term_parse(&there, ix, &found, err);
        if (s != PIN_OK && s != PIN_NOT_FOUND)
            return s;
        good = s == PIN_OK && parse(&here, &w, ix) && here.number == there.number && here.df == there.df;
        for (int f = 0; good && f < 2; f++) {
            const pin_list *a = &here.lists[f], *b = &there.lists[f];
            good = a->count == b->count && a->max == b->max && a->tenth == b->tenth && a->form == b->form &&
                   a->offset == b->offset && a->len == b->len;
            for (uint32_t i = 0; good && a->form == PIN_LIST_INLINE && i < a->count; i++)
                good = a->ids[i] == b->ids[i] && a->impacts[i] == b->impacts[i];
        }
    }
    for (uint32_t p = 0; good && p < pages; p++) {
        const uint8_t *at;
        if ((s = pin_page_get(&at, ix, PIN_S_TERMS, p, err)) != PIN_OK)
            return s;
        for (int f = 0; f < 2; f++) {
            good = good && pin_load64(at + PIN_PAGE_BASES + 8 * f) >> PIN_AHEAD_SHIFT(f) == bases[f];
            bases[f] += pin_take_varint(&w.c);
        }
    }
    for (int f = 0; pages && f < 2; f++)
        good = good && bases[f] == ix->sections[f ? PIN_S_ANSWER_LISTS : PIN_S_QUESTION_LISTS].len >> PIN_AHEAD_SHIFT(f);
    if (!good || w.c.failed || pin_cursor_left(&w.c) != 0)
        return pin_fail(err, PIN_CORRUPT, offset, "what is said ahead of the dictionary is not what it says");
    return PIN_OK;
}
