/* The pieces that several pages share: the frame, the status chip, the citation list. */
#include "core/page/site.h"

pin_status pin_site_item(pin_site *s, uint32_t number, pin_item *out)
{
    *out = (pin_item){0};
    if (s->status == PIN_OK)
        pin_site_good(s, pin_index_item(out, s->ix, number, s->arena, s->err));
    return s->status;
}

static pin_source source_of(pin_site *s, uint32_t number)
{
    pin_source source = {0};
    if (s->status == PIN_OK)
        pin_site_good(s, pin_index_source(&source, s->ix, number, s->arena, s->err));
    return source;
}

pin_str pin_site_act(pin_site *s, pin_str id)
{
    uint32_t number;
    if (id.len == 0 || pin_index_find_source(&number, s->ix, id) != PIN_OK)
        return id;
    pin_source source = source_of(s, number);
    return s->status == PIN_OK ? pin_page_act_name(&source) : id;
}

pin_str pin_site_law_url(pin_site *s, pin_str source, pin_str id)
{
    if (id.len == 0)
        return PIN_JOIN(s, s->root, PIN_STR("law/"), source, PIN_STR("/"));
    return PIN_JOIN(s, s->root, PIN_STR("law/"), source, PIN_STR("/"), id, PIN_STR("/"));
}

/* ---- the frame ---- */

pin_str pin_site_file_id(pin_site *s)
{
    uint64_t value = s->release.file_id;
    char *at = pin_site_take(s, 16, 1);
    for (int i = 15; at && i >= 0; i--, value >>= 4)
        at[i] = "0123456789abcdef"[value & 15];
    return at ? (pin_str){at, 16} : (pin_str){0};
}

static pin_view_page_laws *laws_of(pin_site *s, uint32_t *count)
{
    pin_view_page_laws *laws = pin_site_take(s, s->release.source_count, sizeof *laws);
    *count = 0;
    for (uint32_t i = 0; laws && i < s->release.source_count && s->status == PIN_OK && *count < 4; i++) {
        pin_source source = source_of(s, i);
        if (source.loaded)
            laws[(*count)++] = (pin_view_page_laws){.source = source.id, .name = pin_page_act_name(&source)};
    }
    return laws;
}

void pin_site_frame(pin_site *s, const pin_frame *frame)
{
    pin_str       base = pin_page_base(s->ix);
    pin_view_page page = {
        .language = s->release.language.len ? s->release.language : PIN_STR("en"),
        .title = frame->title,
        .site = s->release.title.len ? s->release.title : PIN_STR("Questions and answers"),
        .description = frame->description,
        .canonical = base.len ? PIN_JOIN(s, base, PIN_STR("/"), s->path) : (pin_str){0},
        .markdown = frame->markdown,
        .no_index = frame->no_index,
        .root = s->root,
        .style = s->options->style,
        .icon = s->options->icon,
        .script = s->options->script,
        .policy = s->options->policy,
        .index = s->options->index,
        .index_head = s->options->index_head,
        .module = s->options->module,
        .embedded = s->options->embedded,
        .offline = s->options->offline,
        .query = frame->query,
        .main = frame->main,
        .publisher = s->release.publisher,
        .items = s->release.item_count,
        .modules = s->release.module_count,
        .updated = s->release.updated,
        .file_id = pin_site_file_id(s),
        .engine = s->release.engine,
    };
    page.laws = laws_of(s, &page.laws_count);
    page.hub = s->path.len == 0; /* its title is the site's */
    if (s->status == PIN_OK)
        pin_render_page(s->out, &page);
}

/* ---- the status chip ---- */

static pin_str status_words(pin_str slug)
{
    static const struct {
        const char *slug, *words;
    } known[] = {
        {"approved", "Approved"},
        {"reviewed", "Reviewed"},
        {"draft", "Draft"},
        {"pending-guidance", "Pending guidance"},
        {"guidance-received", "Guidance received"},
        {"withdrawn", "Withdrawn"},
        {"unanswered", "No answer yet"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pin_str_equal(slug, pin_str_of(known[i].slug)))
            return pin_str_of(known[i].words);
    return slug;
}

static void render_status(pin_buf *out, const void *view) { pin_render_status(out, view); }

pin_slot pin_site_status(pin_site *s, const pin_item *item)
{
    if (item->status.len == 0 && item->status_text.len == 0)
        return (pin_slot){0};
    pin_view_status *v = pin_site_take(s, 1, sizeof *v);
    if (!v)
        return (pin_slot){0};
    v->slug = item->status;
    v->text = item->status.len ? status_words(item->status) : item->status_text;
    v->title = item->status_text;
    return (pin_slot){render_status, v};
}

/* ---- the citation list ---- */

static pin_str state_words(uint8_t state)
{
    return state == PIN_CITE_RESOLVED ? (pin_str){0} : pin_str_of(pin_cite_state_name((pin_cite_state)state));
}

static pin_str provision_url(pin_site *s, const pin_citation *c)
{
    return c->provision == PIN_NO_PROVISION ? (pin_str){0} : pin_site_law_url(s, c->source, c->id);
}

static pin_view_support_entries entry_view(pin_site *s, const pin_citation *c, const pin_footing *f, uint32_t count)
{
    pin_view_support_entries v = {.note = c->note, .quote = c->quote, .kind = PIN_STR("unproved")};
    v.provisions = pin_site_take(s, count, sizeof *v.provisions);
    for (uint32_t i = 0; v.provisions && i < count; i++) {
        bool whole_act = c[i].id.len == 0 && c[i].source.len;
        v.provisions[v.provisions_count++] = (pin_view_support_entries_provisions){
            .follows = i > 0,
            .url = provision_url(s, &c[i]),
            .label = c[i].label.len ? c[i].label : c[i].written,
            .state = state_words(c[i].state),
        };
        if (c[i].state == PIN_CITE_RESOLVED)
            v.kind = PIN_STR("proved");
        if (!whole_act && v.source.len == 0)
            v.source = f ? f[i].act : pin_site_act(s, c[i].source);
    }
    return v;
}

static uint32_t entry_end(const pin_item *item, uint32_t from)
{
    uint32_t to = from + 1;
    while (to < item->citation_count && item->citations[to].in_list && item->citations[to].entry == item->citations[from].entry)
        to++;
    return to;
}

static void render_support(pin_buf *out, const void *view) { pin_render_support(out, view); }

pin_slot pin_site_support(pin_site *s, const pin_item *item, const pin_footing *footings)
{
    pin_view_support *v = pin_site_take(s, 1, sizeof *v);
    if (!v || item->citation_count == 0)
        return (pin_slot){0};
    v->entries = pin_site_take(s, item->citation_count, sizeof *v->entries);
    v->mentions = pin_site_take(s, item->citation_count, sizeof *v->mentions);
    if (!v->entries || !v->mentions)
        return (pin_slot){0};
    for (uint32_t i = 0; i < item->citation_count;) {
        const pin_citation *c = &item->citations[i];
        if (c->in_list) {
            uint32_t end = entry_end(item, i);
            v->entries[v->entries_count++] = entry_view(s, c, footings ? footings + i : NULL, end - i);
            i = end;
            continue;
        }
        v->mentions[v->mentions_count] = (pin_view_support_mentions){
            .follows = v->mentions_count > 0,
            .url = provision_url(s, c),
            .label = c->label.len ? c->label : c->written,
            .state = state_words(c->state),
        };
        v->mentions_count++;
        i++;
    }
    return (pin_slot){render_support, v};
}

#define CITES_SHOWN 6

pin_str pin_site_cites(pin_site *s, const pin_item *item)
{
    pin_str  line = {0};
    uint32_t shown = 0, all = 0;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        if (c->from_range || (c->label.len == 0 && c->written.len == 0))
            continue;
        if (all++ >= CITES_SHOWN)
            continue;
        pin_str label = c->label.len ? c->label : c->written;
        line = shown++ ? PIN_JOIN(s, line, PIN_STR(" · "), label) : label;
    }
    if (all > shown)
        line = PIN_JOIN(s, line, PIN_STR(" and "), pin_site_number(s, all - shown), PIN_STR(" more"));
    return line;
}

pin_str pin_site_verdict(pin_site *s, const pin_item *item)
{
    pin_str plain = {0};
    if (item->verdict.len == 0 || item->blocks.len == 0 ||
        !pin_site_good(s, pin_page_plain(&plain, item->blocks, s->arena, s->err)))
        return item->verdict;
    return pin_str_starts(plain, item->verdict) ? (pin_str){0} : item->verdict;
}

pin_str pin_site_opening(pin_site *s, const pin_item *item, size_t limit)
{
    pin_str plain = {0};
    if (item->blocks.len == 0 || !pin_site_good(s, pin_page_plain(&plain, item->blocks, s->arena, s->err)))
        return (pin_str){0};
    size_t end = 0;
    while (end < plain.len && plain.at[end] != '\n')
        end++;
    if (end <= limit)
        return pin_str_part(plain, 0, end);
    for (end = limit; end > 0 && plain.at[end] != ' ';)
        end--;
    return PIN_JOIN(s, pin_str_part(plain, 0, end), PIN_STR("…"));
}

pin_site_citing pin_site_cited(pin_site *s, uint32_t provision)
{
    pin_site_citing found = {0};
    pin_citings     citings = {0};
    size_t          mark = s->arena->used; /* the rows are only counted: give their room back */
    if (s->status != PIN_OK || !pin_site_good(s, pin_index_citing(&citings, s->ix, provision, s->arena, s->err)))
        return found;
    for (uint32_t i = 0; i < citings.count; i++) {
        found.itself += citings.at[i].touch <= PIN_TOUCH_RANGE;
        found.with_below += citings.at[i].touch != PIN_TOUCH_PARENT;
    }
    s->arena->used = mark;
    return found;
}

/* ---- structured data for search engines: schema.org FAQPage ---- */

static void render_structured(pin_buf *out, const void *view) { pin_render_structured(out, view); }

static void structured_citations(pin_site *s, pin_view_structured_questions *q, const pin_item *item)
{
    q->citations = pin_site_take(s, item->citation_count, sizeof *q->citations);
    for (uint32_t i = 0; q->citations && i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        if (c->provision == PIN_NO_PROVISION)
            continue;
        q->citations[q->citations_count] = (pin_view_structured_questions_citations){
            .follows = q->citations_count > 0,
            .label = PIN_JOIN(s, pin_site_act(s, c->source), PIN_STR(", "), c->label),
            .id = PIN_JOIN(s, c->source, PIN_STR(":"), c->id),
            .url = PIN_JOIN(s, pin_page_base(s->ix), PIN_STR("/law/"), c->source, PIN_STR("/"), c->id, PIN_STR("/")),
        };
        q->citations_count++;
    }
}

pin_slot pin_site_structured(pin_site *s, pin_str name, const pin_item *items, uint32_t count)
{
    pin_str              base = pin_page_base(s->ix);
    pin_view_structured *v = pin_site_take(s, 1, sizeof *v);
    if (!v || count == 0)
        return (pin_slot){0};
    v->url = PIN_JOIN(s, base, PIN_STR("/"), s->path);
    v->name = name;
    v->language = s->release.language.len ? s->release.language : PIN_STR("en");
    v->questions = pin_site_take(s, count, sizeof *v->questions);
    for (uint32_t i = 0; v->questions && i < count; i++) {
        pin_view_structured_questions *q = &v->questions[v->questions_count];
        if (items[i].blocks.len == 0)
            continue; /* no answer yet: not a question with an accepted answer */
        q->follows = v->questions_count > 0;
        q->url = PIN_JOIN(s, base, PIN_STR("/"), items[i].id, PIN_STR("/"));
        q->question = items[i].question;
        q->updated = items[i].updated;
        q->published = items[i].published;
        q->author = items[i].author;
        pin_site_good(s, pin_page_plain(&q->text, items[i].blocks, s->arena, s->err));
        structured_citations(s, q, &items[i]);
        v->questions_count++;
    }
    return v->questions_count ? (pin_slot){render_structured, v} : (pin_slot){0};
}
