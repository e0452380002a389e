/* A provision named by its id, and the items that cite it, whether or not the text of its act is in the
 * index. "Without a loaded source, citations keep their canonical id": this is where that pays. */
#include "core/page/parts.h"

/* The number of provision `id` of `source`, PIN_NO_PROVISION when the index has no such text. */
static pin_status find(uint32_t *provision, uint32_t *act, const pin_index *ix, pin_str source, pin_str id,
                       pin_error *err)
{
    *provision = PIN_NO_PROVISION;
    pin_status status = pin_index_find_source(act, ix, source);
    if (status == PIN_NOT_FOUND) {
        *act = PIN_NO_PROVISION;
        return PIN_OK;
    }
    if (status != PIN_OK)
        return status;
    status = pin_index_find_provision(provision, ix, *act, id, err);
    if (status == PIN_NOT_FOUND) {
        *provision = PIN_NO_PROVISION;
        return PIN_OK;
    }
    return status;
}

pin_status pin_page_cited_number(pin_page_cited *out, const pin_index *ix, uint32_t provision,
                                 pin_arena *arena, pin_error *err)
{
    pin_provision p;
    pin_status    status = pin_index_provision(&p, ix, provision, arena, err);
    if (status != PIN_OK)
        return status;
    *out = (pin_page_cited){.id = p.id, .label = p.label};
    return pin_index_source(&out->source, ix, p.source, arena, err);
}

pin_status pin_page_cited_of(pin_page_cited *out, const pin_index *ix, pin_str source, pin_str id,
                             pin_arena *arena, pin_error *err)
{
    uint32_t   provision, act;
    pin_status status = find(&provision, &act, ix, source, id, err);
    if (status == PIN_OK && provision != PIN_NO_PROVISION)
        return pin_page_cited_number(out, ix, provision, arena, err);
    *out = (pin_page_cited){.source = {.id = source}, .id = id};
    if (status == PIN_OK && act != PIN_NO_PROVISION)
        status = pin_index_source(&out->source, ix, act, arena, err);
    return status == PIN_OK ? pin_page_label(&out->label, id, arena, err) : status;
}

/* How citation `c` touches the provision; false when it does not. */
static bool touches(uint8_t *touch, const pin_citation *c, pin_str source, pin_str id)
{
    if (!pin_str_equal(c->source, source) || c->id.len == 0)
        return false;
    if (pin_str_equal(c->id, id))
        *touch = c->from_range ? PIN_TOUCH_RANGE : PIN_TOUCH_EXACT;
    else if (pin_cite_is_ancestor(c->id, id))
        *touch = PIN_TOUCH_PARENT;
    else if (pin_cite_is_ancestor(id, c->id))
        *touch = PIN_TOUCH_CHILD;
    else
        return false;
    return true;
}

/* The strongest touch of item `number`; false when it does not cite the provision. */
static pin_status touch_of(bool *any, pin_citing *out, const pin_index *ix, uint32_t number, pin_str source,
                           pin_str id, pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, number, arena, err);
    *any = false;
    for (uint32_t i = 0; status == PIN_OK && i < item.citation_count; i++) {
        uint8_t touch;
        if (!touches(&touch, &item.citations[i], source, id) || (*any && touch >= out->touch))
            continue;
        *out = (pin_citing){.item = number, .citation = i, .touch = touch};
        *any = true;
    }
    arena->used = mark;
    return status;
}

static void sort_by_touch(pin_citings *sorted, const pin_citing *rows, uint32_t count)
{
    for (uint8_t touch = PIN_TOUCH_EXACT; touch <= PIN_TOUCH_CHILD; touch++)
        for (uint32_t i = 0; i < count; i++)
            if (rows[i].touch == touch)
                sorted->at[sorted->count++] = rows[i];
}

pin_status pin_citings_of(pin_citings *out, const pin_index *ix, pin_str source, pin_str id, pin_arena *arena,
                          pin_error *err)
{
    uint32_t   provision, act, count = 0;
    pin_status status = find(&provision, &act, ix, source, id, err);
    if (status != PIN_OK)
        return status;
    if (provision != PIN_NO_PROVISION)
        return pin_index_citing(out, ix, provision, arena, err);
    pin_release release;
    pin_index_release(&release, ix);
    *out = (pin_citings){.at = pin_arena_take(arena, release.item_count, sizeof(pin_citing))};
    pin_citing *rows = pin_arena_take(arena, release.item_count, sizeof *rows);
    if (!out->at || !rows)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the items that cite a provision");
    for (uint32_t i = 0; i < release.item_count && status == PIN_OK; i++) {
        bool any;
        status = touch_of(&any, &rows[count], ix, i, source, id, arena, err);
        count += any;
    }
    if (status == PIN_OK)
        sort_by_touch(out, rows, count);
    return status;
}
