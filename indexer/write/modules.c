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

/* ---- Members ---- as the list gives them, each once, then the module's own items that the list forgot */
typedef struct member_lists {
    const pin_corpus *corpus;
    named            *ids;  /* of all items, made for the first module that has those of others */
    uint32_t         *seen; /* by item: number + 1 of the module that had it last              */
    bool              failed;
} member_lists;

typedef struct own_id {
    const char *at; /* the text of an id: its own items are known by where that lies */
    uint32_t    number;
} own_id;

static int by_place(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const own_id *)a)->at, y = (uintptr_t)((const own_id *)b)->at;
    return (x > y) - (x < y);
}

/* The members of a module that are its own items in another order; false when they are not, or when memory
 * is short. */
static bool add_reordered(pin_out *o, const pin_corpus *corpus, const pin_draft_module *module, uint32_t from)
{
    size_t  start = o->len;
    own_id *own = malloc(((size_t)module->member_count + 1) * sizeof *own);
    bool    good = own != NULL;
    for (uint32_t i = 0; own && i < module->member_count; i++)
        own[i] = (own_id){corpus->items[from + i].id.at, from + i};
    if (own && module->member_count)
        qsort(own, module->member_count, sizeof *own, by_place);
    for (uint32_t i = 0; i < module->member_count && good; i++) {
        own_id        key = {module->members[i].at, 0};
        const own_id *found = bsearch(&key, own, module->member_count, sizeof *own, by_place);
        good = found != NULL;
        if (good)
            pin_out_u32(o, found->number);
    }
    free(own);
    if (!good)
        o->len = start;
    return good;
}

static bool are_in_order(const pin_corpus *corpus, const pin_draft_module *module, uint32_t from)
{
    for (uint32_t i = 0; i < module->member_count; i++)
        if (module->members[i].at != corpus->items[from + i].id.at)
            return false;
    return true;
}

static uint32_t add_named(pin_out *o, member_lists *m, const pin_draft_module *module, uint32_t number, uint32_t from,
                          uint32_t to)
{
    const pin_corpus *corpus = m->corpus;
    uint32_t          count = 0;
    if (!m->ids)
        m->ids = sort_names(corpus->item_count, corpus->items, sizeof(pin_draft_item), offsetof(pin_draft_item, id));
    m->failed |= !m->ids;
    for (uint32_t i = 0; m->ids && i < module->member_count; i++) {
        const named *found = find_name(m->ids, corpus->item_count, module->members[i]);
        if (!found || m->seen[found->number] == number + 1)
            continue;
        m->seen[found->number] = number + 1;
        pin_out_u32(o, found->number);
        count++;
    }
    for (uint32_t item = from; item < to; item++)
        if (m->seen[item] != number + 1) {
            pin_out_u32(o, item);
            count++;
        }
    return count;
}

static uint32_t add_members(pin_out *o, member_lists *m, const pin_draft_module *module, uint32_t number, uint32_t from,
                            uint32_t to)
{
    pin_rest_at(m->corpus->options, to);
    if (module->member_count != to - from)
        return add_named(o, m, module, number, from, to);
    if (!are_in_order(m->corpus, module, from))
        return add_reordered(o, m->corpus, module, from) ? to - from : add_named(o, m, module, number, from, to);
    for (uint32_t item = from; item < to; item++)
        pin_out_u32(o, item);
    return to - from;
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

static void write_table(pin_sections *out, member_lists *all, const named *slugs)
{
    const pin_corpus *corpus = all->corpus;
    pin_out *o = &out->s[PIN_S_MODULES], *section = &out->s[PIN_S_MEMBERS], records = {0}, first = {0};
    uint32_t item = 0;
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        const pin_draft_module *module = &corpus->modules[m];
        uint32_t                from = item, first_member = (uint32_t)(section->len / 4);
        while (item < corpus->item_count && is_home(&corpus->items[item], module))
            item++;
        pin_out_u32(o, (uint32_t)records.len);
        pin_out_u32(&first, from);
        uint32_t count = add_members(section, all, module, m, from, item);
        add_module(&records, module, first_member, count);
    }
    pin_out_u32(o, (uint32_t)records.len);
    for (uint32_t m = 0; m < corpus->module_count; m++)
        pin_out_u32(o, slugs[m].number);
    pin_out_add(o, first.at, first.len);
    pin_out_u32(o, item);
    pin_out_add(o, records.at, records.len);
    o->failed |= records.failed || first.failed || records.len > UINT32_MAX || section->len / 4 > UINT32_MAX;
    pin_out_free(&records);
    pin_out_free(&first);
}

pin_status pin_write_modules(pin_sections *out, const pin_corpus *corpus)
{
    member_lists all = {.corpus = corpus, .seen = calloc((size_t)corpus->item_count + 1, sizeof *all.seen)};
    named  *slugs = sort_names(corpus->module_count, corpus->modules, sizeof(pin_draft_module),
                               offsetof(pin_draft_module, slug));
    bool    good = slugs && all.seen;
    if (good)
        write_table(out, &all, slugs);
    free(all.ids);
    free(all.seen);
    free(slugs);
    return good && !all.failed ? PIN_OK : PIN_NO_SPACE;
}
