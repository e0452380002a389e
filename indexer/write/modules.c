/* The table of modules and their lists of members; see core/read/modules.c for the records. */
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

typedef struct named {
    pin_str  name;
    uint32_t number;
} named;

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int          order = pin_str_order(x->name, y->name);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Names with their numbers, sorted; NULL when memory is short. */
static named *sort_names(uint32_t count, const void *first, size_t step, size_t offset)
{
    named *rows = malloc(((size_t)count + 1) * sizeof *rows);
    for (uint32_t i = 0; rows && i < count; i++) {
        memcpy(&rows[i].name, (const char *)first + step * i + offset, sizeof rows[i].name);
        rows[i].number = i;
    }
    if (rows)
        qsort(rows, count, sizeof *rows, by_name);
    return rows;
}

static const named *find_name(const named *rows, uint32_t count, pin_str name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int      order = pin_str_order(rows[middle].name, name);
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Members as the list gives them (without `ids` there is none), each once, then the module's own items that the list forgot. */
static uint32_t add_members(pin_out *o, const pin_corpus *corpus, const pin_draft_module *module,
                            uint32_t number, const named *ids, uint32_t from, uint32_t to, uint32_t *seen)
{
    uint32_t count = 0;
    for (uint32_t i = 0; ids && i < module->member_count; i++) {
        const named *found = find_name(ids, corpus->item_count, module->members[i]);
        if (!found || seen[found->number] == number + 1)
            continue;
        seen[found->number] = number + 1;
        pin_out_u32(o, found->number);
        count++;
    }
    for (uint32_t item = from; item < to; item++)
        if (seen[item] != number + 1) {
            pin_out_u32(o, item);
            count++;
        }
    return count;
}

static void add_module(pin_out *o, const pin_draft_module *m, uint32_t first_member, uint32_t members)
{
    pin_out_str(o, m->slug);
    pin_out_str(o, m->title);
    pin_out_str(o, m->description);
    pin_out_str(o, m->icon);
    pin_out_str(o, m->audience);
    pin_out_str(o, m->author);
    pin_out_str(o, m->published);
    pin_out_str(o, m->updated);
    pin_out_str(o, m->overview);
    pin_out_varint(o, first_member);
    pin_out_varint(o, members);
}

static bool is_home(const pin_draft_item *item, const pin_draft_module *module)
{
    return item->module.at == module->slug.at || pin_str_equal(item->module, module->slug);
}

static void write_table(pin_sections *out, const pin_corpus *corpus, const named *slugs, const named *ids,
                        uint32_t *seen)
{
    pin_out *o = &out->s[PIN_S_MODULES], *members = &out->s[PIN_S_MEMBERS], records = {0}, first = {0};
    uint32_t item = 0;
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        const pin_draft_module *module = &corpus->modules[m];
        uint32_t                from = item, first_member = (uint32_t)(members->len / 4);
        while (item < corpus->item_count && is_home(&corpus->items[item], module))
            item++;
        pin_out_u32(o, (uint32_t)records.len);
        pin_out_u32(&first, from);
        uint32_t count = add_members(members, corpus, module, m, ids, from, item, seen);
        add_module(&records, module, first_member, count);
    }
    pin_out_u32(o, (uint32_t)records.len);
    for (uint32_t m = 0; m < corpus->module_count; m++)
        pin_out_u32(o, slugs[m].number);
    pin_out_add(o, first.at, first.len);
    pin_out_u32(o, item);
    pin_out_add(o, records.at, records.len);
    o->failed |= records.failed || first.failed || records.len > UINT32_MAX || members->len / 4 > UINT32_MAX;
    pin_out_free(&records);
    pin_out_free(&first);
}

/* Are the members its own items in their order, as where the corpus has no lists? Then no name is looked up. */
static bool is_plain(const pin_corpus *corpus, const pin_draft_module *m)
{
    if (m->member_count != m->item_count || m->first_item + (uint64_t)m->item_count > corpus->item_count)
        return false;
    for (uint32_t i = 0; i < m->member_count; i++)
        if (m->members[i].at != corpus->items[m->first_item + i].id.at)
            return false;
    pin_rest(corpus->options);
    return true;
}

static bool are_plain(const pin_corpus *corpus)
{
    for (uint32_t m = 0; m < corpus->module_count; m++)
        if (!is_plain(corpus, &corpus->modules[m]))
            return false;
    return true;
}

pin_status pin_write_modules(pin_sections *out, const pin_corpus *corpus)
{
    bool     plain = are_plain(corpus);
    uint32_t named_items = plain ? 0 : corpus->item_count;
    named   *ids = sort_names(named_items, corpus->items, sizeof(pin_draft_item), offsetof(pin_draft_item, id));
    named    *slugs = sort_names(corpus->module_count, corpus->modules, sizeof(pin_draft_module),
                                 offsetof(pin_draft_module, slug));
    uint32_t *seen = calloc((size_t)corpus->item_count + 1, sizeof *seen);
    bool      good = ids && slugs && seen;
    if (good)
        write_table(out, corpus, slugs, plain ? NULL : ids, seen);
    free(ids);
    free(slugs);
    free(seen);
    return good ? PIN_OK : PIN_NO_SPACE;
}
