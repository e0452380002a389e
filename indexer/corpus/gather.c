/* The corpus as it grows: modules found or made, items appended. */
#include "indexer/corpus/map.h"
#include "indexer/corpus/readers.h"

#include <string.h>

void pin_corpus_init(pin_corpus *out, pin_pool *pool) { *out = (pin_corpus){.pool = pool}; }

static pin_corpus_lookup *lookup_of(pin_corpus *corpus)
{
    if (!corpus->lookup)
        corpus->lookup = pin_pool_take(corpus->pool, 1, sizeof(pin_corpus_lookup));
    return corpus->lookup;
}

pin_draft_module *pin_corpus_module(pin_corpus *corpus, pin_str slug)
{
    const pin_corpus_lookup *lookup = corpus->lookup;
    uint32_t                 number = lookup ? pin_map_get(&lookup->modules, slug) : PIN_MAP_NONE;
    return number == PIN_MAP_NONE ? NULL : &corpus->modules[number];
}

/* Arrays double in the pool; what they leave behind is at most what they hold. */
static bool grow_array(pin_pool *pool, void **at, uint32_t *cap, uint32_t count, uint32_t more, size_t size)
{
    if (more <= *cap - count)
        return true;
    if (more > UINT32_MAX / 2 - count)
        return false;
    uint32_t wanted = *cap ? *cap : 16;
    while (wanted - count < more)
        wanted = wanted > UINT32_MAX / 2 ? count + more : wanted * 2;
    void *wider = pin_pool_take(pool, wanted, size);
    if (!wider)
        return false;
    if (count)
        memcpy(wider, *at, count * size);
    *at = wider;
    *cap = wanted;
    return true;
}

pin_draft_module *pin_corpus_need_module(pin_corpus *corpus, pin_str slug, pin_str title, int64_t order,
                                         pin_origin origin)
{
    pin_draft_module *module = pin_corpus_module(corpus, slug);
    if (module)
        return module;
    pin_corpus_lookup *lookup = lookup_of(corpus);
    void              *at = corpus->modules;
    uint32_t           number = corpus->module_count;
    if (!lookup || !grow_array(corpus->pool, &at, &corpus->module_cap, number, 1, sizeof *corpus->modules))
        return NULL;
    corpus->modules = at;
    if (!pin_map_put(&lookup->modules, corpus->pool, slug, &number))
        return NULL;
    module = &corpus->modules[corpus->module_count++];
    *module = (pin_draft_module){.slug = slug, .title = title, .order = order, .origin = origin};
    return module;
}

bool pin_corpus_reserve(pin_corpus *corpus, uint32_t more_items)
{
    /* many at once: exactly so many, for doubling would waste as much again */
    if (more_items > 4096 && more_items < UINT32_MAX / 2 - corpus->item_count &&
        more_items > corpus->item_cap - corpus->item_count) {
        uint32_t        cap = corpus->item_count + more_items;
        pin_draft_item *at = pin_pool_room(corpus->pool, cap, sizeof *at);
        if (!at)
            return false;
        if (corpus->item_count)
            memcpy(at, corpus->items, corpus->item_count * sizeof *at);
        corpus->items = at;
        corpus->item_cap = cap;
        return true;
    }
    void *at = corpus->items;
    bool  ok = grow_array(corpus->pool, &at, &corpus->item_cap, corpus->item_count, more_items,
                          sizeof *corpus->items);
    corpus->items = at;
    return ok;
}

pin_draft_item *pin_corpus_add_item(pin_corpus *corpus)
{
    if (!pin_corpus_reserve(corpus, 1))
        return NULL;
    pin_draft_item *item = &corpus->items[corpus->item_count];
    *item = (pin_draft_item){.rank = corpus->item_count};
    corpus->item_count++;
    return item;
}

void pin_corpus_drop_item(pin_corpus *corpus) { corpus->item_count--; }

pin_status pin_corpus_add_not_item(pin_corpus *corpus, pin_str path, pin_str state)
{
    void    *paths = corpus->not_items, *states = corpus->not_item_states;
    uint32_t cap = corpus->not_item_cap, same = cap;
    if (!grow_array(corpus->pool, &paths, &cap, corpus->not_item_count, 1, sizeof path) ||
        !grow_array(corpus->pool, &states, &same, corpus->not_item_count, 1, sizeof state))
        return PIN_NO_SPACE;
    corpus->not_items = paths;
    corpus->not_item_states = states;
    corpus->not_item_cap = cap;
    corpus->not_items[corpus->not_item_count] = path;
    corpus->not_item_states[corpus->not_item_count++] = state;
    return PIN_OK;
}

int64_t pin_hub_order(const pin_reading *r, pin_str slug)
{
    for (uint32_t i = 0; i < r->hub.count; i++) {
        /* the list names folders and files as they lie; slugs are compared without a pool */
        pin_str name = r->hub.list[i];
        if (name.len != slug.len)
            continue;
        size_t k = 0;
        while (k < name.len) {
            uint32_t c = pin_ascii_lower((unsigned char)name.at[k]);
            if (!pin_is_digit(c) && !pin_is_alpha(c))
                c = '-';
            if (c != (unsigned char)slug.at[k])
                break;
            k++;
        }
        if (k == name.len)
            return i;
    }
    return PIN_ORDER_UNLISTED;
}
