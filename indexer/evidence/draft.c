/* Items of the draft as the canonical form sees them; what the reader of an index gives for the same item
 * must be the same, or the revision of a file would not agree with its build (a test holds them together). */
#include "indexer/evidence/evidence.h"

#include <stdlib.h>

pin_item pin_evidence_view(const pin_draft_item *item)
{
    return (pin_item){.id = item->id,
                      .slug = item->slug,
                      .question = item->question,
                      .verdict = item->verdict,
                      .language = item->language,
                      .blocks = item->blocks,
                      .updated = item->updated,
                      .citations = item->citations,
                      .citation_count = item->citation_count};
}

static const pin_draft_source *source_of(const pin_source_set *sources, pin_str id,
                                         const pin_draft_source *before)
{
    if (id.len == 0)
        return NULL;
    if (before && pin_str_equal(before->id, id))
        return before;
    for (uint32_t i = 0; i < sources->source_count; i++)
        if (pin_str_equal(sources->sources[i].id, id))
            return &sources->sources[i];
    return NULL;
}

void pin_evidence_footings(pin_footing *out, const pin_draft_item *item, const pin_source_set *sources)
{
    const pin_draft_source *source = NULL;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        out[i] = (pin_footing){0};
        source = source_of(sources, c->source, source);
        if (!source)
            continue;
        out[i].version = source->version;
        if (c->provision != PIN_NO_PROVISION)
            out[i].words = pin_source_provision(sources, c->provision, NULL)->text;
    }
}

/* ---- Room ---- */
#define ROOM_FIRST ((size_t)1 << 20)
#define ROOM_MOST ((size_t)1 << 30)

void pin_room_free(pin_room *room)
{
    free(room->memory);
    *room = (pin_room){0};
}

bool pin_room_again(pin_room *room, pin_status status)
{
    if (room->memory && status != PIN_NO_SPACE)
        return false;
    size_t size = room->memory ? room->arena.size * 2 : ROOM_FIRST;
    void  *more = size <= ROOM_MOST ? realloc(room->memory, size) : NULL;
    if (!more)
        return false;
    room->memory = more;
    room->arena = pin_arena_over(more, size);
    return true;
}
