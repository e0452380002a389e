/* Items, their ids, their statuses, and the hash of each question; see core/read/items.c for records. */
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

#define COMPRESS_FROM (2u << 20) /* bytes of all records */

/* ---- Statuses: number 1 .. in byte order of their slugs, 0 for none ---- */
typedef struct statuses {
    pin_str  slugs[255];
    uint32_t count;
} statuses;

static pin_status note_status(statuses *st, pin_str slug)
{
    uint32_t i = 0;
    while (i < st->count && pin_str_order(st->slugs[i], slug) < 0)
        i++;
    if (slug.len == 0 || (i < st->count && pin_str_equal(st->slugs[i], slug)))
        return PIN_OK;
    if (st->count == 255)
        return PIN_LIMIT;
    memmove(&st->slugs[i + 1], &st->slugs[i], (st->count++ - i) * sizeof st->slugs[0]);
    st->slugs[i] = slug;
    return PIN_OK;
}

static uint8_t number_of(const statuses *st, pin_str slug)
{
    for (uint32_t i = 0; slug.len && i < st->count; i++)
        if (pin_str_equal(st->slugs[i], slug))
            return (uint8_t)(i + 1);
    return 0;
}

/* ---- Records ---- */
static void add_citation(pin_out *o, const pin_citation *c, const pin_citation *before)
{
    uint8_t how = c->state, same = 0;
    how |= c->in_list ? PIN_C_IN_LIST : 0;
    how |= c->from_range ? PIN_C_FROM_RANGE : 0;
    how |= c->in_question ? PIN_C_IN_QUESTION : 0;
    same |= c->entry == before->entry ? PIN_C_SAME_ENTRY : 0;
    same |= pin_str_equal(c->written, before->written) ? PIN_C_SAME_WRITTEN : 0;
    same |= pin_str_equal(c->source, before->source) ? PIN_C_SAME_SOURCE : 0;
    same |= pin_str_equal(c->note, before->note) ? PIN_C_SAME_NOTE : 0;
    same |= pin_str_equal(c->quote, before->quote) ? PIN_C_SAME_QUOTE : 0;
    pin_out_byte(o, how);
    pin_out_byte(o, same);
    if (!(same & PIN_C_SAME_ENTRY))
        pin_out_varint(o, c->entry);
    if (!(same & PIN_C_SAME_WRITTEN))
        pin_out_str(o, c->written);
    if (!(same & PIN_C_SAME_SOURCE))
        pin_out_str(o, c->source);
    if (!(same & PIN_C_SAME_NOTE))
        pin_out_str(o, c->note);
    if (!(same & PIN_C_SAME_QUOTE))
        pin_out_str(o, c->quote);
    pin_out_str(o, c->id);
    pin_out_str(o, c->label);
    pin_out_varint(o, c->provision == PIN_NO_PROVISION ? 0 : (uint64_t)c->provision + 1);
}

void pin_write_related(pin_out *o, const pin_str *related, uint32_t count)
{
    if (count > PIN_RELATED_MAX)
        count = PIN_RELATED_MAX;
    pin_out_varint(o, count);
    for (uint32_t i = 0; i < count; i++)
        pin_out_str(o, related[i]);
}

void pin_write_citations(pin_out *o, const pin_citation *citations, uint32_t count)
{
    const pin_citation none = {0};
    pin_out_varint(o, count);
    for (uint32_t i = 0; i < count; i++)
        add_citation(o, &citations[i], i ? &citations[i - 1] : &none);
}

static void add_item(pin_out *o, const pin_draft_item *item, uint32_t module, uint8_t status)
{
    bool slug_is_end =
        item->slug.len <= item->id.len &&
        pin_str_equal(item->slug, pin_str_part(item->id, item->id.len - item->slug.len, item->id.len));
    pin_out_varint(o, module);
    pin_out_str(o, item->id);
    pin_out_varint(o, slug_is_end ? item->id.len - item->slug.len : 0);
    pin_out_str(o, pin_str_equal(item->given_id, item->id) ? (pin_str){0} : item->given_id);
    pin_out_str(o, item->question);
    pin_out_str(o, item->verdict);
    pin_out_varint(o, status);
    pin_out_str(o, item->status_text);
    pin_out_str(o, item->author);
    pin_out_str(o, item->published);
    pin_out_str(o, item->updated);
    pin_out_str(o, item->language);
    pin_out_str(o, item->blocks);
    pin_write_related(o, item->related, item->related_count);
    pin_write_citations(o, item->citations, item->citation_count);
}

static size_t varint_len(uint64_t value)
{
    uint8_t bytes[PIN_VARINT_MAX];
    return pin_varint_put(bytes, value);
}

/* Of what is not known yet when an item is read: numbers of its module and status, and the date that the
 * past gives it. */
static size_t changing_len(pin_str updated, uint32_t module, uint8_t status)
{
    return varint_len(module) + varint_len(status) + varint_len(updated.len) + updated.len;
}

size_t pin_record_len(pin_out *room, const pin_draft_item *item)
{
    room->len = 0;
    add_item(room, item, 0, 0);
    return room->len - changing_len(item->updated, 0, 0);
}

typedef struct items {
    const pin_corpus *corpus;
    statuses          statuses;
    uint32_t         *modules; /* by item */
} items;

static void write_record(const void *ctx, uint32_t number, pin_out *record)
{
    const items          *all = ctx;
    const pin_draft_item *item = &all->corpus->items[number];
    add_item(record, item, all->modules[number], number_of(&all->statuses, item->status));
}

/* Modules come in the order of the items. */
static pin_status find_modules(items *all, pin_error *err)
{
    const pin_corpus *corpus = all->corpus;
    all->modules = malloc(((size_t)corpus->item_count + 1) * sizeof *all->modules);
    if (!all->modules)
        return PIN_NO_SPACE;
    for (uint32_t i = 0, module = 0; i < corpus->item_count; i++) {
        while (module < corpus->module_count && corpus->modules[module].slug.at != corpus->items[i].module.at &&
               !pin_str_equal(corpus->modules[module].slug, corpus->items[i].module))
            module++;
        if (module == corpus->module_count)
            return pin_fail(err, PIN_BAD_INPUT, i, "items are not grouped in the order of their modules");
        all->modules[i] = module;
        pin_rest_at(corpus->options, i);
    }
    return PIN_OK;
}

static pin_status write_statuses(pin_sections *out, items *all, pin_error *err)
{
    const pin_corpus *corpus = all->corpus;
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        pin_rest_at(corpus->options, i);
        if (note_status(&all->statuses, corpus->items[i].status) != PIN_OK)
            return pin_fail(err, PIN_LIMIT, i, "more than 255 different statuses");
    }
    pin_out_byte(&out->s[PIN_S_STATUSES], (uint8_t)all->statuses.count);
    for (uint32_t i = 0; i < all->statuses.count; i++)
        pin_out_str(&out->s[PIN_S_STATUSES], all->statuses.slugs[i]);
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        pin_out_byte(&out->s[PIN_S_ITEM_STATUS], number_of(&all->statuses, corpus->items[i].status));
        pin_rest_at(corpus->options, i);
    }
    return PIN_OK;
}

/* Bytes of all records. */
static uint64_t records_len(const items *all, const pin_analysis *a)
{
    uint64_t len = a->record_len;
    for (uint32_t i = 0; i < all->corpus->item_count; i++) {
        const pin_draft_item *item = &all->corpus->items[i];
        len += changing_len(item->updated, all->modules[i], number_of(&all->statuses, item->status));
        pin_rest_at(all->corpus->options, i);
    }
    return len;
}

pin_status pin_write_items(pin_sections *out, const pin_analysis *a, pin_error *err)
{
    const pin_corpus *corpus = a->corpus;
    items             all = {.corpus = corpus};
    pin_packing p = {.count = corpus->item_count,
                     .write = write_record,
                     .ctx = &all,
                     .spelled = true,
                     .options = corpus->options,
                     .compress_from = COMPRESS_FROM,
                     .raw_max = PIN_ITEM_MAX};
    pin_status  s = write_statuses(out, &all, err);
    if (s == PIN_OK)
        s = find_modules(&all, err);
    if (s == PIN_OK)
        p.len = records_len(&all, a);
    if (s == PIN_OK)
        s = pin_pack(&p, &out->f[PIN_S_ITEMS], &out->s[PIN_S_ITEM_ROWS], &out->s[PIN_S_ITEM_DICTIONARY], err);
    free(all.modules);
    return s;
}

/* ---- Tables that find an item ---- */
pin_status pin_write_ids(pin_sections *out, const pin_analysis *a)
{
    pin_hash_rows ids = {.kind = PIN_S_IDS}, exact = {.kind = PIN_S_EXACT};
    for (uint32_t k = 0; k < a->part_count; k++) {
        const pin_part *p = &a->parts[k];
        pin_rest(a->corpus->options);
        for (uint32_t i = 0; i < p->items; i++) {
            pin_hash_add_hash(&ids, p->ids[i], p->first + i);
            if (p->has[i] & 1)
                pin_hash_add_hash(&ids, p->given[i], p->first + i);
            if (p->has[i] & 2)
                pin_hash_add_hash(&exact, p->exact[i], p->first + i);
        }
    }
    pin_hash_finish(&ids, out, false);
    pin_hash_finish(&exact, out, a->items <= PIN_T_EVEN_ITEMS);
    return PIN_OK;
}
