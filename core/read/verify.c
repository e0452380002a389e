/* Reads every byte of an index and asks whether it all fits together: what `verify` prints, and what a
 * server asks before it changes to a new file.
 *
 * Sections have checksums, so damage is found by them; the rest of this file finds lies: a file whose
 * checksums are right and whose tables contradict each other. */
#include <string.h>

#include "core/read/index.h"
#include "pincite/blocks.h"

typedef struct check {
    const pin_index *ix;
    pin_arena       *arena;
    pin_error       *err;
} check;

static pin_status wrong(const check *c, pin_section kind, const char *message)
{
    return pin_fail(c->err, PIN_CORRUPT, c->ix->sections[kind].offset, message);
}

/* ---- Bytes ---- */
static pin_status check_zeros(const check *c, uint64_t from, uint64_t to)
{
    const uint8_t *at;
    pin_status     s = pin_read_bytes(&at, c->ix, from, to - from, c->err);
    for (uint64_t i = 0; s == PIN_OK && i < to - from; i++)
        if (at[i] != 0)
            s = pin_fail(c->err, PIN_CORRUPT, from + i, "bytes between sections are not zero");
    return s;
}

/* Every section of the table, known or not, and the zeros between. */
static pin_status check_sections(const check *c)
{
    const uint8_t *h, *at;
    pin_status     s = pin_read_bytes(&h, c->ix, 0, PIN_HEADER_LEN, c->err);
    if (s != PIN_OK)
        return s;
    uint32_t count = pin_load32(h + PIN_H_SECTIONS);
    uint64_t end = PIN_HEADER_LEN + (uint64_t)count * PIN_ROW_LEN_ALL;
    if ((s = pin_read_bytes(&h, c->ix, 0, end, c->err)) != PIN_OK)
        return s;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *row = h + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
        uint64_t       offset = pin_load64(row + PIN_ROW_OFFSET), len = pin_load64(row + PIN_ROW_LEN);
        if ((s = check_zeros(c, end, offset)) != PIN_OK ||
            (s = pin_read_bytes(&at, c->ix, offset, len, c->err)) != PIN_OK)
            return s;
        if (pin_hash64(at, (size_t)len, 0) != pin_load64(row + PIN_ROW_HASH))
            return pin_fail(c->err, PIN_CORRUPT, offset, "checksum of a section is wrong");
        end = offset + len;
    }
    return check_zeros(c, end, c->ix->file.len);
}

/* ---- Lists ---- */
static bool is_function_list(const pin_list *list) { return list->form == PIN_LIST_FLAT; }

typedef struct tally {
    uint32_t count, seen[256];
    uint64_t last;
} tally;

static pin_status tally_list(tally *t, const check *c, const pin_list *list, pin_field field)
{
    pin_postings p;
    pin_status   s = pin_postings_open(&p, c->ix, list, field, c->err);
    *t = (tally){0};
    while (s == PIN_OK && (s = pin_postings_next(&p, c->err)) == PIN_OK)
        for (uint32_t i = 0; i < p.count; i++) {
            if (p.ids[i] >= c->ix->item_count || (t->count > 0 && p.ids[i] <= t->last) || p.impacts[i] == 0)
                return wrong(c, PIN_S_TERMS, "a list is not in order, or has an impact of zero");
            t->last = p.ids[i];
            t->seen[p.impacts[i]]++;
            t->count++;
        }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

static uint8_t nth_impact(const tally *t, uint32_t n)
{
    uint32_t above = 0;
    for (int impact = 255; impact > 0; impact--)
        if ((above += t->seen[impact]) >= n)
            return (uint8_t)impact;
    return 0;
}

/* Header and block facts of a long list, against its postings. */
static pin_status check_blocks(const check *c, const pin_list *list, pin_field field, const tally *t)
{
    pin_list_head  head;
    pin_status     s = pin_read_list_head(&head, c->ix, list, field, c->err);
    pin_section    kind = field == PIN_QUESTION ? PIN_S_QUESTION_LISTS : PIN_S_ANSWER_LISTS;
    uint32_t       ids[PIN_BLOCK], count, best = 0;
    uint8_t        impacts[PIN_BLOCK];
    const uint8_t *at;
    if (s != PIN_OK)
        return s;
    if (pin_hash32(head.at + 4, head.head_len - 4, head.offset) != pin_load32(head.at))
        return wrong(c, kind, "checksum of a list is wrong");
    if (pin_u32_at(head.ends, head.blocks - 1) != head.len)
        return wrong(c, kind, "blocks of a list do not fill it");
    for (uint32_t b = 0; b < head.blocks; b++) {
        uint32_t from = b ? pin_u32_at(head.ends, b - 1) : head.head_len, to = pin_u32_at(head.ends, b),
                 max = 0;
        if ((s = pin_read_list_block(ids, impacts, &count, c->ix, &head, b, c->err)) != PIN_OK ||
            (s = pin_read_part(&at, c->ix, kind, head.offset + from, to - from, c->err)) != PIN_OK)
            return s;
        if ((uint16_t)pin_hash32(at, to - from, head.offset + b) != pin_load16(head.checks + (size_t)b * 2))
            return wrong(c, kind, "checksum of a block is wrong");
        for (uint32_t i = 0; i < count; i++) {
            max = impacts[i] > max ? impacts[i] : max;
            if (head.windows && head.window_maxes[ids[i] / PIN_WINDOW] < impacts[i])
                return wrong(c, kind, "an impact is above the maximum of its window");
            for (uint32_t k = 0; k < PIN_L_BEST_COUNT; k++)
                best += pin_u32_at(head.at + PIN_L_BEST_IDS, k) == ids[i] &&
                        head.at[PIN_L_BEST + k] == impacts[i];
        }
        if (max != head.maxes[b])
            return wrong(c, kind, "the maximum of a block is wrong");
    }
    if (best != PIN_L_BEST_COUNT || head.at[PIN_L_BEST] != list->max ||
        head.at[PIN_L_BEST + 15] != nth_impact(t, PIN_L_BEST_COUNT))
        return wrong(c, kind, "the best of a list are not its best");
    return PIN_OK;
}

static pin_status check_list(const check *c, const pin_list *list, pin_field field)
{
    tally      t;
    pin_status s = tally_list(&t, c, list, field);
    if (s != PIN_OK)
        return s;
    if (t.count != list->count || nth_impact(&t, 1) != list->max ||
        (list->form != PIN_LIST_INLINE && nth_impact(&t, 10) != list->tenth))
        return wrong(c, PIN_S_TERMS, "a list is not what the dictionary says of it");
    pin_section    kind = field == PIN_QUESTION ? PIN_S_QUESTION_LISTS : PIN_S_ANSWER_LISTS;
    const uint8_t *at;
    if (list->form == PIN_LIST_BLOCKS)
        return check_blocks(c, list, field, &t);
    if (list->form == PIN_LIST_INLINE)
        return PIN_OK;
    if ((s = pin_read_part(&at, c->ix, kind, list->offset, list->len, c->err)) != PIN_OK)
        return s;
    size_t len = (size_t)list->len - 4;
    bool   good = is_function_list(list) ? pin_hash32(at, len, list->offset) == pin_load32(at + len)
                                         : pin_hash32(at + 4, len, list->offset) == pin_load32(at);
    if (is_function_list(list) &&
        (list->offset % PIN_ALIGN != 0 || (c->ix->item_count & 1 && at[len - 1] >> 4)))
        good = false;
    return good ? PIN_OK : wrong(c, kind, "checksum of a list is wrong");
}

/* ---- Dictionary and words ---- */
static pin_status check_term(const check *c, const pin_found *found)
{
    pin_term   term;
    pin_status s = pin_term_parse(&term, c->ix, found, c->err);
    if (s == PIN_OK)
        s = check_list(c, &term.lists[PIN_QUESTION], PIN_QUESTION);
    if (s == PIN_OK)
        s = check_list(c, &term.lists[PIN_ANSWER], PIN_ANSWER);
    return s;
}

static pin_status check_word(const check *c, const pin_page_walk *w)
{
    pin_cursor d = pin_cursor_over(w->data, w->data_len);
    uint32_t   df = pin_take_varint32(&d), question_df = pin_take_varint32(&d);
    pin_str    key = {(const char *)w->key, w->key_len};
    if (d.failed || pin_cursor_left(&d) || df == 0 || df > c->ix->item_count || question_df > df ||
        w->key_len > 64 || pin_utf8_valid(key) != key.len)
        return wrong(c, PIN_S_WORDS, "a word is damaged");
    return PIN_OK;
}

static pin_status check_page(const check *c, pin_section kind, uint32_t page, uint8_t last[PIN_KEY_MAX],
                             uint32_t *last_len, uint32_t first)
{
    const uint8_t *at;
    pin_page_walk  w;
    pin_found      found;
    pin_status     s = pin_page_get(&at, c->ix, kind, page, c->err);
    if (s != PIN_OK)
        return s;
    if (pin_hash32(at + 4, (kind == PIN_S_TERMS ? &c->ix->terms : &c->ix->words)->page_len - 4, page) != pin_load32(at))
        return wrong(c, kind, "checksum of a page is wrong");
    pin_page_walk_init(&w, kind, at);
    while ((s = pin_page_next(&w, c->err)) == PIN_OK) {
        pin_str key = {(const char *)w.key, w.key_len};
        if (pin_str_order(key, (pin_str){(const char *)last, *last_len}) <= 0)
            return wrong(c, kind, "keys are not in order");
        memcpy(last, w.key, w.key_len);
        *last_len = w.key_len;
        /* looking it up must lead back here: separators, groups and front coding agree */
        if ((s = pin_keys_find(&found, c->ix, kind, key, c->err)) != PIN_OK)
            return s == PIN_NOT_FOUND ? wrong(c, kind, "a key cannot be found") : s;
        if (found.number != first + w.entry - 1 || found.data != w.data || found.len != w.data_len)
            return wrong(c, kind, "a key is found at another place");
        s = kind == PIN_S_TERMS ? check_term(c, &found) : check_word(c, &w);
        if (s != PIN_OK)
            return s;
    }
    if (s != PIN_NOT_FOUND)
        return s;
    return w.at == w.end ? PIN_OK : wrong(c, kind, "a page has bytes that belong to no key");
}

static pin_status check_keys(const check *c, pin_section kind, const pin_keys *keys)
{
    uint8_t    last[PIN_KEY_MAX];
    uint32_t   last_len = 0;
    pin_status s = PIN_OK;
    for (uint32_t p = 0; p < keys->pages && s == PIN_OK; p++)
        s = check_page(c, kind, p, last, &last_len, pin_u32_at(keys->first, p));
    return s;
}

/* ---- Hash tables: sound, sorted, and every value below `limit` ---- */
static pin_status check_table(const check *c, pin_section kind, uint32_t limit)
{
    const pin_extent *e = &c->ix->sections[kind];
    const uint8_t    *at;
    uint32_t          values[1], count;
    pin_status        s =
        pin_table_find(values, 1, &count, c->ix, kind, PIN_STR(""), c->err); /* checks the header */
    if (s != PIN_OK || (s = pin_read_part(&at, c->ix, kind, 0, e->len, c->err)) != PIN_OK)
        return s;
    uint32_t       rows = pin_load32(at), buckets = 1u << at[PIN_T_BITS], width = at[PIN_T_WIDTH];
    const uint8_t *starts = at + PIN_T_STARTS, *marks = starts + ((size_t)buckets + 1) * 4;
    const uint8_t *all = marks + (size_t)rows * 2;
    if (pin_u32_at(starts, 0) != 0 || pin_u32_at(starts, buckets) != rows || pin_load16(at + 6) != 0)
        return wrong(c, kind, "a hash table contradicts itself");
    for (uint32_t b = 0; b < buckets; b++) {
        uint32_t from = pin_u32_at(starts, b), to = pin_u32_at(starts, b + 1);
        if (from > to || to > rows)
            return wrong(c, kind, "a hash table contradicts itself");
        for (uint32_t i = from; i < to; i++) {
            uint32_t value = 0;
            for (uint32_t k = 0; k < width; k++)
                value |= (uint32_t)all[(size_t)i * width + k] << 8 * k;
            if (value >= limit ||
                (i > from && pin_load16(marks + (size_t)(i - 1) * 2) > pin_load16(marks + (size_t)i * 2)))
                return wrong(c, kind, "a hash table names what is not there, or is not in order");
        }
    }
    return PIN_OK;
}

/* ---- Items ---- */
static pin_status check_blocks_of(const check *c, pin_section kind, pin_str blocks, uint32_t citations)
{
    pin_block_walk walk;
    pin_block      node;
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &node))
        if (node.op == PIN_B_CITE && node.number >= citations)
            return wrong(c, kind, "an answer points to a citation that is not there");
    return walk.failed ? wrong(c, kind, "blocks are damaged") : PIN_OK;
}

static pin_status check_citations(const check *c, const pin_item *item, uint32_t states[5])
{
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *k = &item->citations[i];
        pin_provision       p;
        pin_source          source = {0};
        states[k->state]++;
        if ((k->provision != PIN_NO_PROVISION) != (k->state == PIN_CITE_RESOLVED && k->id.len > 0))
            return wrong(c, PIN_S_ITEMS, "a citation has the wrong state for what it names");
        if (k->provision == PIN_NO_PROVISION)
            continue;
        pin_status s = pin_index_provision_names(&p, c->ix, k->provision, c->err);
        if (s != PIN_OK || (s = pin_index_source(&source, c->ix, p.source, c->arena, c->err)) != PIN_OK)
            return s;
        if (!pin_str_equal(p.id, k->id) || !pin_str_equal(source.id, k->source))
            return wrong(c, PIN_S_ITEMS, "a citation and its provision have different ids");
    }
    return PIN_OK;
}

static pin_status check_item(const check *c, uint32_t number, uint32_t states[5])
{
    pin_item   item;
    pin_str    status;
    uint32_t   found, terms[256], count;
    size_t     mark = c->arena->used;
    pin_status s = pin_index_item(&item, c->ix, number, c->arena, c->err);
    if (s != PIN_OK)
        return s;
    if (item.module != pin_read_item_module(c->ix, number))
        return wrong(c, PIN_S_ITEMS, "an item is not at home where it lies");
    if ((s = pin_read_item_status(&status, c->ix, number, c->err)) != PIN_OK)
        return s;
    if (!pin_str_equal(status, item.status))
        return wrong(c, PIN_S_ITEM_STATUS, "an item has two different statuses");
    if ((s = check_blocks_of(c, PIN_S_ITEMS, item.blocks, item.citation_count)) != PIN_OK ||
        (s = check_citations(c, &item, states)) != PIN_OK ||
        (s = pin_read_question_terms(terms, 256, &count, c->ix, number, c->err)) != PIN_OK)
        return s;
    s = pin_index_find_item(&found, c->ix, item.id, c->arena, c->err);
    if (s == PIN_NOT_FOUND || (s == PIN_OK && found != number))
        s = wrong(c, PIN_S_IDS, "an item cannot be found by its id");
    c->arena->used = mark;
    return s;
}

static pin_status check_items(const check *c)
{
    uint32_t   states[5] = {0}, all = 0;
    pin_status s = PIN_OK;
    for (uint32_t i = 0; i < c->ix->item_count && s == PIN_OK; i++)
        s = check_item(c, i, states);
    if (s != PIN_OK)
        return s;
    for (int i = 0; i < 5; i++)
        all += states[i];
    if (memcmp(states, c->ix->release.cite_states, sizeof states) != 0 ||
        all != c->ix->release.citation_count)
        return wrong(c, PIN_S_META, "citations are counted wrongly");
    return PIN_OK;
}

/* ---- Modules, sources, provisions ---- */
static pin_status check_modules(const check *c)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; i < c->ix->module_count && s == PIN_OK; i++) {
        pin_module m;
        uint32_t   found, item;
        if ((s = pin_index_module(&m, c->ix, i, c->err)) != PIN_OK)
            return s;
        if (pin_index_find_module(&found, c->ix, m.slug) != PIN_OK || found != i)
            return wrong(c, PIN_S_MODULES, "a module cannot be found by its slug");
        s = check_blocks_of(c, PIN_S_MODULES, m.overview, 0);
        for (uint32_t k = 0; k < m.member_count && s == PIN_OK; k++)
            s = pin_index_member(&item, c->ix, i, k, c->err);
    }
    return s;
}

/* Rows of CITING against the items that they name. */
static pin_status check_citing(const check *c, uint32_t number)
{
    pin_citings who;
    pin_status  s = pin_read_citing_rows(&who, c->ix, number, c->arena, c->err);
    for (uint32_t i = 0; s == PIN_OK && i < who.count; i++) {
        pin_item item;
        size_t   mark = c->arena->used;
        if ((s = pin_index_item(&item, c->ix, who.at[i].item, c->arena, c->err)) != PIN_OK)
            return s;
        if (who.at[i].citation >= item.citation_count ||
            item.citations[who.at[i].citation].provision != number)
            return wrong(c, PIN_S_CITING, "a provision names an item that does not cite it");
        c->arena->used = mark;
    }
    return s;
}

static pin_status check_provision(const check *c, uint32_t number, const pin_source *source)
{
    pin_provision p, parent;
    uint32_t      found;
    size_t        mark = c->arena->used;
    pin_status    s = pin_index_provision(&p, c->ix, number, c->arena, c->err);
    if (s != PIN_OK)
        return s;
    if (p.source != source->number || p.end > source->first_provision + source->provision_count)
        return wrong(c, PIN_S_PROVISION_ROWS, "a provision belongs to another source");
    if (p.parent != PIN_NO_PROVISION) {
        if ((s = pin_index_provision_names(&parent, c->ix, p.parent, c->err)) != PIN_OK)
            return s;
        if (parent.source != p.source || p.end > parent.end || p.depth != parent.depth + 1)
            return wrong(c, PIN_S_PROVISION_ROWS, "a provision does not fit into its parent");
    }
    s = pin_index_find_provision(&found, c->ix, p.source, p.id, c->err);
    if (s == PIN_NOT_FOUND)
        s = wrong(c, PIN_S_PROVISION_IDS, "a provision cannot be found by its id");
    if (s == PIN_OK)
        s = check_citing(c, number);
    c->arena->used = mark;
    return s;
}

static pin_status check_sources(const check *c)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; i < c->ix->source_count && s == PIN_OK; i++) {
        pin_source source;
        size_t     mark = c->arena->used;
        if ((s = pin_index_source(&source, c->ix, i, c->arena, c->err)) != PIN_OK)
            return s;
        for (uint32_t k = 0; k < source.provision_count && s == PIN_OK; k++)
            s = check_provision(c, source.first_provision + k, &source);
        c->arena->used = mark;
    }
    return s;
}

static pin_status check_head(const check *c)
{
    pin_cursor st = pin_cursor_over(c->ix->head[PIN_S_STATUSES], (size_t)c->ix->sections[PIN_S_STATUSES].len);
    for (uint32_t n = pin_take8(&st); n > 0 && !st.failed; n--)
        (void)pin_take_text(&st);
    if (st.failed || pin_cursor_left(&st))
        return wrong(c, PIN_S_STATUSES, "table of statuses is damaged");
    for (uint32_t i = 0; i < c->ix->abbreviation_count; i++) {
        pin_abbreviation a;
        pin_status       s = pin_read_abbreviation(&a, c->ix, i, c->err);
        if (s != PIN_OK)
            return s;
    }
    return PIN_OK;
}

pin_status pin_index_verify(const pin_index *ix, pin_arena *arena, pin_error *err)
{
    check      c = {.ix = ix, .arena = arena, .err = err};
    size_t     mark = arena->used;
    pin_status s;
    if ((s = check_sections(&c)) == PIN_OK && (s = check_head(&c)) == PIN_OK &&
        (s = pin_past_check(ix, arena, err)) == PIN_OK &&
        (s = check_modules(&c)) == PIN_OK && (s = check_keys(&c, PIN_S_TERMS, &ix->terms)) == PIN_OK &&
        (s = check_keys(&c, PIN_S_WORDS, &ix->words)) == PIN_OK &&
        (s = check_table(&c, PIN_S_TYPOS, ix->words.count)) == PIN_OK &&
        (s = check_table(&c, PIN_S_EXACT, ix->item_count)) == PIN_OK &&
        (s = check_table(&c, PIN_S_IDS, ix->item_count)) == PIN_OK &&
        (s = check_table(&c, PIN_S_PROVISION_IDS, ix->provision_count)) == PIN_OK &&
        (s = check_table(&c, PIN_S_PROVISION_ALSO, ix->provision_count)) == PIN_OK &&
        (s = pin_ahead_check(ix, err)) == PIN_OK && (s = check_items(&c)) == PIN_OK &&
        (s = pin_cards_check(ix, arena, err)) == PIN_OK)
        s = check_sources(&c);
    arena->used = mark;
    return s;
}
