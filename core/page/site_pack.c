/* The page of an evidence pack: made for a technical file, so it prints well, loads one stylesheet beside it,
 * and links either to the publisher's site or to places within itself. */
#include "core/page/site.h"
#include "pincite/pack.h"

static pin_str hex_of(pin_site *s, pin_str hash)
{
    char *at = pin_site_take(s, 2 * PIN_REVISION_LEN, 1);
    if (!at)
        return (pin_str){0};
    pin_revision_hex(at, hash);
    return (pin_str){at, 2 * PIN_REVISION_LEN};
}

static pin_str caveat_of(const pin_item *item)
{
    static const char *const known[][2] = {
        {"draft", "This answer is a draft: it has not been reviewed and may be incomplete or wrong."},
        {"pending-guidance", "Guidance on this question has been asked for and is still pending."},
        {"withdrawn", "This answer has been withdrawn. Do not rely on it."},
        {"unanswered", "This question has no answer yet."},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pin_str_equal(item->status, pin_str_of(known[i][0])))
            return pin_str_of(known[i][1]);
    return item->blocks.len ? (pin_str){0} : pin_str_of(known[3][1]);
}

/* What a reader must know before leaning on a revision that is not the current one. */
static pin_str past_of(pin_site *s, const pin_pack_item *p)
{
    if (p->current)
        return (pin_str){0};
    pin_str what =
        p->fate == PIN_FATE_LIVES ? PIN_STR("replaced by a newer one") : pin_str_of(pin_fate_name(p->fate));
    return PIN_JOIN(
        s, PIN_STR("An older revision"), p->seen.len ? PIN_STR(", published from ") : (pin_str){0}, p->seen,
        p->until.len ? PIN_STR(" until ") : (pin_str){0}, p->until, PIN_STR("; in this release it is "), what,
        PIN_STR(". It is no leaf of this release: its hash is shown, not proved by the release."));
}

/* The words of a long article stand once an answer, however often it is cited. */
static bool shown_before(const pin_pack_item *p, uint32_t number)
{
    const pin_citation *c = &p->item.citations[number];
    for (uint32_t i = 0; i < number; i++)
        if (pin_str_equal(p->item.citations[i].source, c->source) &&
            pin_str_equal(p->item.citations[i].id, c->id))
            return true;
    return false;
}

static void add_citations(pin_site *s, pin_view_pack_items *v, const pin_pack_item *p)
{
    v->citations = pin_site_take(s, p->item.citation_count, sizeof *v->citations);
    for (uint32_t i = 0; v->citations && i < p->item.citation_count; i++) {
        const pin_citation *c = &p->item.citations[i];
        const pin_footing  *f = &p->footings[i];
        bool                again = shown_before(p, i);
        v->citations[v->citations_count++] = (pin_view_pack_items_citations){
            .label = c->label.len ? c->label : c->written,
            .act = f->act.len ? f->act : c->source,
            .version = f->version,
            .state = c->state == PIN_CITE_RESOLVED
                         ? (pin_str){0}
                         : pin_str_of(pin_cite_state_name((pin_cite_state)c->state)),
            .heading = again ? (pin_str){0} : f->heading,
            .note = c->note,
            .quote = c->quote,
            .words = again ? (pin_slot){0} : pin_site_words(s, f->words),
            .shown_above = again && f->words.len,
            .no_words = f->words.len == 0 && c->state == PIN_CITE_RESOLVED,
        };
    }
}

static pin_view_pack_items item_view(pin_site *s, const pin_pack *pack, const pin_pack_item *p)
{
    pin_view_pack_items v = {
        .anchor = PIN_JOIN(s, p->item.id, PIN_STR("/")),
        .id = p->item.id,
        .module_title = p->module_title,
        .question = p->item.question,
        .status = pin_site_status(s, &p->item),
        .caveat = caveat_of(&p->item),
        .past = past_of(s, p),
        .verdict = p->item.verdict,
        .answer = pin_site_blocks(s, p->item.blocks, &p->item),
        .revision = hex_of(s, p->revision),
        .author = p->item.author,
        .published = p->item.published,
        .updated = p->item.updated,
        .current = p->current,
        .leaf = p->leaf + 1u,
        .leaves = s->release.item_count,
        .path_count = p->path_count,
        .name = p->name,
        .is_address = s->release.base.len > 0,
    };
    pin_site_good(s, pin_pack_pinned(&v.pinned, pack, p, s->arena, s->err));
    add_citations(s, &v, p);
    return v;
}

static void add_hits(pin_site *s, pin_view_pack_searches *v, const pin_hits *hits)
{
    v->hits = pin_site_take(s, hits->count, sizeof *v->hits);
    for (uint32_t i = 0; v->hits && i < hits->count; i++) {
        pin_item item;
        if (pin_site_item(s, hits->at[i].item, &item) != PIN_OK)
            return;
        v->hits[v->hits_count++] = (pin_view_pack_searches_hits){
            .question = item.question,
            .id = item.id,
            .revision = pin_str_part(hex_of(s, item.revision), 0, PIN_REVISION_SHOWN)};
    }
}

static void add_unknown(pin_site *s, pin_view_pack_searches *v, const pin_reading *reading)
{
    v->unknown = pin_site_take(s, reading->term_count, sizeof *v->unknown);
    for (uint32_t i = 0; v->unknown && i < reading->term_count; i++)
        if (reading->terms[i].tier == PIN_TIER_UNKNOWN)
            v->unknown[v->unknown_count++].word = reading->terms[i].written;
}

static pin_view_pack_searches search_view(pin_site *s, const pin_pack_search *search)
{
    pin_view_pack_searches v = {
        .query = search->query,
        .name = search->name,
        .total = search->hits.total,
        .least = search->hits.total_is_least,
        .nothing = search->hits.count == 0,
        .confident = search->hits.confident,
    };
    add_hits(s, &v, &search->hits);
    add_unknown(s, &v, &search->hits.reading);
    return v;
}

static void add_sources(pin_site *s, pin_view_pack *v)
{
    v->sources = pin_site_take(s, s->release.source_count, sizeof *v->sources);
    for (uint32_t i = 0; v->sources && i < s->release.source_count; i++) {
        pin_source source = {0};
        if (!pin_site_good(s, pin_index_source(&source, s->ix, i, s->arena, s->err)))
            return;
        if (source.loaded)
            v->sources[v->sources_count++] =
                (pin_view_pack_sources){.title = source.title.len ? source.title : source.id,
                                        .version = source.version,
                                        .celex = source.celex,
                                        .rank = source.rank};
    }
}

static void add_items(pin_site *s, pin_view_pack *v, const pin_pack *pack)
{
    v->items = pin_site_take(s, pack->item_count, sizeof *v->items);
    v->contents = pin_site_take(s, pack->item_count, sizeof *v->contents);
    for (uint32_t i = 0; v->items && v->contents && i < pack->item_count; i++) {
        v->items[v->items_count++] = item_view(s, pack, &pack->items[i]);
        if (pack->item_count > 1)
            v->contents[v->contents_count++] = (pin_view_pack_contents){.anchor = v->items[i].anchor,
                                                                        .question = v->items[i].question,
                                                                        .status = pack->items[i].item.status};
    }
}

pin_status pin_pack_page(pin_buf *out, const pin_pack *pack, pin_arena *arena, pin_error *err)
{
    pin_site_options options = {0};
    pin_site_reply   reply = {0};
    pin_site         s = {
                .ix = pack->ix, .options = &options, .reply = &reply, .out = out, .arena = arena, .err = err};
    pin_str base = pin_page_base(pack->ix);
    pin_index_release(&s.release, pack->ix);
    s.root = base.len ? PIN_JOIN(&s, base, PIN_STR("/")) : PIN_STR("#"); /* or to the answer in this pack */
    pin_view_pack v = {
        .language = s.release.language.len ? s.release.language : PIN_STR("en"),
        .title = s.release.title.len ? s.release.title : PIN_STR("Questions and answers"),
        .publisher = s.release.publisher,
        .as_of = pack->as_of,
        .release = s.release.release,
        .release_as_of = s.release.as_of,
        .release_items = s.release.item_count,
        .index_hash = pack->index_hash,
        .index_len = pack->index_len,
        .engine = s.release.engine,
        .signer = pack->signer,
    };
    add_items(&s, &v, pack);
    v.searches = pin_site_take(&s, pack->search_count, sizeof *v.searches);
    for (uint32_t i = 0; v.searches && i < pack->search_count; i++)
        v.searches[v.searches_count++] = search_view(&s, &pack->searches[i]);
    add_sources(&s, &v);
    if (s.status == PIN_OK)
        pin_render_pack(out, &v);
    return s.status == PIN_OK ? pin_buf_status(out) : s.status;
}
