/* The hub, the item index and the module pages: where a reader looks around. */
#include "core/page/site.h"
#include "core/read/read.h"

/* ---- hub ---- */

static void render_hub(pin_buf *out, const void *view) { pin_render_hub(out, view); }

static void hub_modules(pin_site *s, pin_view_hub *v)
{
    v->cards = pin_site_take(s, s->release.module_count, sizeof *v->cards);
    for (uint32_t i = 0; v->cards && i < s->release.module_count && s->status == PIN_OK; i++) {
        pin_module m = {0};
        if (!pin_site_good(s, pin_index_module(&m, s->ix, i, s->err)))
            return;
        v->cards[v->cards_count++] = (pin_view_hub_cards){
            .slug = m.slug,
            .glyph = m.icon,
            .title = m.title,
            .description = m.description,
            .count = m.member_count,
            .one = m.member_count == 1,
            .updated = m.updated,
        };
    }
}

static void hub_sources(pin_site *s, pin_view_hub *v)
{
    v->sources = pin_site_take(s, s->release.source_count, sizeof *v->sources);
    for (uint32_t i = 0; v->sources && i < s->release.source_count && s->status == PIN_OK; i++) {
        pin_source source = {0};
        if (!pin_site_good(s, pin_index_source(&source, s->ix, i, s->arena, s->err)))
            return;
        uint64_t cited = 0;
        for (uint32_t p = 0; p < source.provision_count && s->status == PIN_OK; p++)
            cited += pin_site_cited(s, source.first_provision + p).itself > 0;
        v->sources[v->sources_count++] = (pin_view_hub_sources){
            .loaded = source.loaded,
            .source = source.id,
            .name = pin_page_act_name(&source),
            .cited = cited,
            .provisions = source.provision_count,
            .rank = source.rank,
            .version = source.version,
        };
    }
}

void pin_site_hub(pin_site *s)
{
    const pin_release *r = &s->release;
    pin_view_hub       v = {
              .title = r->title.len ? r->title : PIN_STR("Questions and answers"),
              .items = r->item_count,
              .all_items = (uint64_t)r->item_count + r->skipped_count,
              .modules = r->module_count,
              .updated = r->updated,
              .published = r->published,
              .author = r->publisher,
              .root = s->root,
              .citations = r->citation_count,
              .resolved = r->cite_states[PIN_CITE_RESOLVED],
              .skipped = r->skipped_count,
    };
    hub_modules(s, &v);
    hub_sources(s, &v);
    s->reply->updated = r->updated;
    pin_frame frame = {
        .title = v.title,
        .description = PIN_JOIN(s, v.title, PIN_STR(": "), pin_site_number(s, r->item_count),
                                PIN_STR(" questions with cited answers")),
        .main = {render_hub, &v},
    };
    pin_site_frame(s, &frame);
}

/* ---- pages of a list ---- */

static void render_pager(pin_buf *out, const void *view) { pin_render_pager(out, view); }

/* Address of page `n`: the first page is the folder itself. */
static pin_str page_url(pin_site *s, pin_str folder, pin_str prefix, uint32_t n)
{
    if (n == 1)
        return PIN_JOIN(s, s->root, folder);
    return PIN_JOIN(s, s->root, folder, prefix, pin_site_number(s, n), PIN_STR("/"));
}

/* First, last, and three around the page we are on; a gap stands for the others. */
static pin_slot pager(pin_site *s, pin_str folder, pin_str prefix, uint32_t page, uint32_t pages)
{
    pin_view_pager *v = pin_site_take(s, 1, sizeof *v);
    if (!v || pages < 2)
        return (pin_slot){0};
    v->pages = pin_site_take(s, 16, sizeof *v->pages);
    if (page > 1) {
        v->before = page_url(s, folder, prefix, page - 1);
        v->before_number = page - 1;
    }
    if (page < pages) {
        v->after = page_url(s, folder, prefix, page + 1);
        v->after_number = page + 1;
    }
    uint32_t last = 0;
    for (uint32_t n = 1; v->pages && n <= pages && v->pages_count < 16; n++) {
        if (n > 1 && n < pages && (n + 2 < page || n > page + 2)) {
            n = n + 2 < page ? page - 3 : pages - 1; /* jump: the loop adds one */
            continue;
        }
        if (last && n > last + 1)
            v->pages[v->pages_count++].gap = true;
        v->pages[v->pages_count++] =
            (pin_view_pager_pages){.here = n == page, .url = page_url(s, folder, prefix, n), .number = n};
        last = n;
    }
    return (pin_slot){render_pager, v};
}

/* ---- the item index ---- */

static void render_items(pin_buf *out, const void *view) { pin_render_items(out, view); }

#define OPENING_LEN 180

/* Number of the item at place `n` among all: modules as in the hub, and in each the order that it shows. The
 * items of a large module are numbered by similarity, unless it shows items of others too (docs/format.md). */
static uint32_t item_at_place(pin_site *s, uint32_t n)
{
    pin_module module = {0};
    uint32_t   number = n;
    if (pin_site_good(s, pin_index_module(&module, s->ix, pin_read_item_module(s->ix, n), s->err)) &&
        module.member_count == module.item_count && n >= module.first_item)
        pin_site_good(s, pin_index_member(&number, s->ix, module.number, n - module.first_item, s->err));
    return number;
}

static void index_row(pin_site *s, pin_view_items_rows *row, uint32_t number)
{
    pin_item   item;
    pin_module module = {0};
    if (pin_site_item(s, number, &item) != PIN_OK ||
        !pin_site_good(s, pin_index_module(&module, s->ix, item.module, s->err)))
        return;
    *row = (pin_view_items_rows){
        .module = module.slug,
        .module_title = module.title,
        .status = pin_site_status(s, &item),
        .slug = item.slug,
        .question = item.question,
        .verdict = item.verdict,
        .opening = pin_site_opening(s, &item, OPENING_LEN),
        .cites = pin_site_cites(s, &item),
    };
}

void pin_site_items(pin_site *s, uint32_t page)
{
    uint32_t total = s->release.item_count;
    uint32_t pages = total / PIN_SITE_PER_PAGE + (total % PIN_SITE_PER_PAGE != 0);
    if (page > pages && page > 1) {
        pin_site_missing(s, s->path);
        return;
    }
    uint32_t       first = (page - 1) * PIN_SITE_PER_PAGE;
    pin_view_items v = {.total = total, .page = page, .pages = pages ? pages : 1, .first = first + 1, .root = s->root};
    v.rows = pin_site_take(s, PIN_SITE_PER_PAGE, sizeof *v.rows);
    for (uint32_t n = first; v.rows && n < total && v.rows_count < PIN_SITE_PER_PAGE; n++)
        index_row(s, &v.rows[v.rows_count++], item_at_place(s, n));
    v.shown = v.rows_count;
    v.pager = pager(s, PIN_STR("items/"), (pin_str){0}, page, pages);
    s->reply->updated = s->release.updated;
    pin_frame frame = {
        .title = page == 1 ? PIN_STR("All questions")
                           : PIN_JOIN(s, PIN_STR("All questions, page "), pin_site_number(s, page)),
        .main = {render_items, &v},
    };
    pin_site_frame(s, &frame);
}

/* ---- a module ---- */

static void render_module(pin_buf *out, const void *view) { pin_render_module(out, view); }
static void render_answer(pin_buf *out, const void *view) { pin_render_answer(out, view); }

#define FOLD_ABOVE 900 /* bytes of blocks: longer answers open folded */

static pin_slot answer_card(pin_site *s, const pin_item *item, const pin_module *here)
{
    pin_module       home = *here;
    pin_view_answer *v = pin_site_take(s, 1, sizeof *v);
    if (!v || (item->module != here->number && !pin_site_good(s, pin_index_module(&home, s->ix, item->module, s->err))))
        return (pin_slot){0};
    *v = (pin_view_answer){
        .folded = item->blocks.len > FOLD_ABOVE,
        .slug = item->slug,
        .borrowed = item->module != here->number,
        .root = s->root,
        .module = home.slug,
        .module_title = home.title,
        .question = item->question,
        .status = pin_site_status(s, item),
        .verdict = pin_site_verdict(s, item),
        .answer = pin_site_blocks(s, item->blocks, item),
        .support = pin_site_support(s, item, NULL),
        .updated = item->updated,
    };
    return (pin_slot){render_answer, v};
}

/* Sources that the citation lists of these items name, each once. */
static uint32_t count_sources(pin_site *s, const pin_item *items, uint32_t count)
{
    bool *seen = pin_site_take(s, (size_t)s->release.source_count + 1, sizeof *seen);
    uint32_t found = 0, number;
    for (uint32_t i = 0; seen && i < count; i++)
        for (uint32_t c = 0; c < items[i].citation_count; c++)
            if (items[i].citations[c].source.len &&
                pin_index_find_source(&number, s->ix, items[i].citations[c].source) == PIN_OK && !seen[number]) {
                seen[number] = true;
                found++;
            }
    return found;
}

/* Facts that the publisher did not give for the module, as its items have them: the oldest publication, the
 * newest change, the author when all have the same. */
static void facts_from_items(pin_view_module *v, const pin_item *items, uint32_t count)
{
    pin_str author = count ? items[0].author : (pin_str){0}, published = {0}, updated = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (!pin_str_equal(author, items[i].author))
            author = (pin_str){0};
        if (items[i].published.len && (!published.len || pin_str_order(items[i].published, published) < 0))
            published = items[i].published;
        if (pin_str_order(items[i].updated, updated) > 0)
            updated = items[i].updated;
    }
    v->author = v->author.len ? v->author : author;
    v->published = v->published.len ? v->published : published;
    v->module_updated = v->module_updated.len ? v->module_updated : updated;
}

void pin_site_module(pin_site *s, uint32_t number, uint32_t page)
{
    pin_module m = {0};
    if (!pin_site_good(s, pin_index_module(&m, s->ix, number, s->err)))
        return;
    uint32_t pages = m.member_count / PIN_SITE_MODULE_CARDS + (m.member_count % PIN_SITE_MODULE_CARDS != 0);
    if (page > pages && page > 1) {
        pin_site_missing(s, s->path);
        return;
    }
    uint32_t  first = (page - 1) * PIN_SITE_MODULE_CARDS;
    uint32_t  count = m.member_count - first < PIN_SITE_MODULE_CARDS ? m.member_count - first : PIN_SITE_MODULE_CARDS;
    pin_item *items = pin_site_take(s, count, sizeof *items);
    pin_view_module v = {
        .root = s->root,
        .glyph = m.icon,
        .title = m.title,
        .about = m.description,
        .overview = pin_site_blocks(s, m.overview, NULL),
        .audience = m.audience,
        .author = m.author,
        .published = m.published,
        .module_updated = m.updated,
        .count = m.member_count,
        .markdown = PIN_JOIN(s, s->root, m.slug, PIN_STR(".md")),
        .toc = pin_site_take(s, count, sizeof *v.toc),
        .cards = pin_site_take(s, count, sizeof *v.cards),
    };
    for (uint32_t i = 0; items && v.toc && v.cards && i < count && s->status == PIN_OK; i++) {
        uint32_t item;
        if (!pin_site_good(s, pin_index_member(&item, s->ix, number, first + i, s->err)) ||
            pin_site_item(s, item, &items[i]) != PIN_OK)
            return;
        v.toc[v.toc_count++] = (pin_view_module_toc){.slug = items[i].slug, .question = items[i].question};
        v.cards[v.cards_count++].card = answer_card(s, &items[i], &m);
    }
    if (s->status != PIN_OK)
        return;
    facts_from_items(&v, items, count);
    v.primary_sources = count_sources(s, items, count);
    v.structured = pin_site_structured(s, m.title, items, count);
    v.pager = pager(s, PIN_JOIN(s, m.slug, PIN_STR("/")), PIN_STR("@page-"), page, pages);
    s->reply->updated = m.updated;
    s->reply->alternate = PIN_JOIN(s, PIN_STR("/"), m.slug, PIN_STR(".md"));
    pin_frame frame = {.title = m.title, .description = m.description, .markdown = v.markdown, .main = {render_module, &v}};
    pin_site_frame(s, &frame);
}
