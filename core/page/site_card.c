/* One card: the question, its answer, what supports it, and the very words of the law beside it. */
#include "core/cite/version.h"
#include "core/page/site.h"

static void render_card(pin_buf *out, const void *view) { pin_render_card(out, view); }

/* ---- the words of the law ---- */

static bool already_shown(const pin_view_card *v, const pin_citation *c)
{
    for (uint32_t i = 0; i < v->words_count; i++)
        if (pin_str_equal(v->words[i].source, c->source) && pin_str_equal(v->words[i].provision, c->id))
            return true;
    return false;
}

/* Where the publisher of the law shows this provision; empty when the source names no pattern. */
static pin_str official_link(pin_site *s, const pin_source *source, pin_str id)
{
    size_t  cap = source->link.len + 2 * id.len + 1;
    char   *at = pin_site_take(s, cap, 1);
    pin_buf link = pin_buf_over(at, at ? cap : 0);
    pin_page_add_official_link(&link, source, id);
    return pin_buf_status(&link) == PIN_OK && link.len ? pin_buf_str(&link) : source->eli;
}

static void add_words(pin_site *s, pin_view_card *v, const pin_citation *c)
{
    pin_provision p = {0};
    pin_source    source = {0};
    if (c->provision == PIN_NO_PROVISION || already_shown(v, c) ||
        !pin_site_good(s, pin_index_provision(&p, s->ix, c->provision, s->arena, s->err)) ||
        !pin_site_good(s, pin_index_source(&source, s->ix, p.source, s->arena, s->err)))
        return;
    v->words[v->words_count] = (pin_view_card_words){
        .number = v->words_count + 1,
        .source = c->source,
        .provision = c->id,
        .label = p.label,
        .act = pin_page_act_name(&source),
        .heading = p.heading,
        .text = pin_site_words(s, p.text),
        .quote = c->quote,
        .official = official_link(s, &source, c->id),
    };
    v->words_count++;
}

/* Words of the citation list first; of what the answer merely names only when the list proves nothing. */
static void cited_words(pin_site *s, pin_view_card *v, const pin_item *item)
{
    v->words = pin_site_take(s, item->citation_count, sizeof *v->words);
    for (int in_list = 1; v->words && in_list >= 0 && v->words_count == 0; in_list--)
        for (uint32_t i = 0; i < item->citation_count && s->status == PIN_OK; i++)
            if (item->citations[i].in_list == (in_list == 1))
                add_words(s, v, &item->citations[i]);
    if (v->words_count == 0)
        v->no_words = item->citation_count ? PIN_STR("None of the cited sources is loaded in this index, so no words can be shown.")
                                           : PIN_STR("This answer cites nothing yet.");
}

/* ---- what stands behind the answer ---- */

static void support_ranks(pin_site *s, pin_view_card *v, const pin_item *item)
{
    int best = PIN_RANKS + 1, worst = -1; /* a source of unknown rank counts as the weakest */
    for (uint32_t i = 0; i < item->citation_count && s->status == PIN_OK; i++) {
        uint32_t   number;
        pin_source source = {0};
        if (item->citations[i].state == PIN_CITE_MISSING) /* what does not exist supports nothing */
            continue;
        if (!item->citations[i].source.len || pin_index_find_source(&number, s->ix, item->citations[i].source) != PIN_OK ||
            !pin_site_good(s, pin_index_source(&source, s->ix, number, s->arena, s->err)) || !source.rank.len)
            continue;
        int     order = (int)pin_rank_number(source.rank);
        pin_str words = PIN_JOIN(s, source.rank, PIN_STR(" ("), pin_page_act_name(&source), PIN_STR(")"));
        if (order < best) {
            best = order;
            v->strongest = words;
        }
        if (order > worst) {
            worst = order;
            v->weakest = words;
        }
    }
    if (best == worst)
        v->weakest = (pin_str){0};
}

static pin_str caveat_of(const pin_item *item)
{
    static const struct {
        const char *status, *words;
    } known[] = {
        {"draft", "This answer is a draft: it has not been reviewed and may be incomplete or wrong."},
        {"pending-guidance", "Guidance on this question has been asked for and is still pending."},
        {"unanswered", "This question has no answer yet."},
        {"withdrawn", "This answer has been withdrawn. Do not rely on it."},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pin_str_equal(item->status, pin_str_of(known[i].status)))
            return pin_str_of(known[i].words);
    return item->blocks.len ? (pin_str){0} : pin_str_of(known[2].words);
}

/* ---- related questions ---- */

#define RELATED 5

/* The best other answers to this very question, when they fit: neighbours in meaning, not in place. */
static void related_questions(pin_site *s, pin_view_card *v, const pin_item *item)
{
    pin_search_options options = {.k = RELATED + 1, .no_snippets = true};
    pin_hits           hits = {0};
    pin_status         status = pin_search(&hits, s->ix, item->question, &options, s->arena, s->err);
    if (status == PIN_LIMIT) /* a question longer than a query may be has no neighbours */
        return;
    v->related = pin_site_take(s, RELATED, sizeof *v->related);
    if (!pin_site_good(s, status) || !v->related)
        return;
    for (uint32_t i = 0; i < hits.count && v->related_count < RELATED; i++) {
        pin_item   other;
        pin_module module = {0};
        if (hits.at[i].item == item->number || hits.at[i].score < hits.at[0].score / 5)
            continue;
        if (pin_site_item(s, hits.at[i].item, &other) != PIN_OK ||
            !pin_site_good(s, pin_index_module(&module, s->ix, other.module, s->err)))
            return;
        v->related[v->related_count++] = (pin_view_card_related){
            .module = module.slug,
            .slug = other.slug,
            .question = other.question,
            .why = other.module == item->module ? (pin_str){0} : module.title,
        };
    }
}

static void outside_links(pin_site *s, pin_view_card *v, const pin_item *item)
{
    v->links = pin_site_take(s, item->related_count, sizeof *v->links);
    for (uint32_t i = 0; v->links && i < item->related_count; i++)
        if (pin_url_is_safe(item->related[i]))
            v->links[v->links_count++].url = item->related[i];
}

/* The card as a reference in a technical file: question, site, id, date, the very wording, its address. */
static pin_str cite_as(pin_site *s, const pin_item *item)
{
    pin_str        base = pin_page_base(s->ix);
    const pin_str *site = s->release.publisher.len ? &s->release.publisher : &s->release.title;
    char           hex[2 * PIN_REVISION_LEN];
    pin_revision_hex(hex, item->revision);
    bool    pinned = item->revision.len > 0; /* of format 1.0 there is only the file to be named */
    pin_str digits = {hex, PIN_REVISION_SHOWN};
    pin_str what = pinned ? PIN_JOIN(s, PIN_STR(", revision "), digits) : PIN_JOIN(s, PIN_STR(", index "), pin_site_file_id(s));
    pin_str address = base.len == 0 ? (pin_str){0}
                      : pinned      ? PIN_JOIN(s, PIN_STR(", "), base, PIN_STR("/"), item->id, PIN_STR("/@"), digits, PIN_STR("/"))
                                    : PIN_JOIN(s, PIN_STR(", "), base, PIN_STR("/"), item->id, PIN_STR("/"));
    return PIN_JOIN(s, item->question, PIN_STR(" "), *site, site->len ? PIN_STR(", ") : (pin_str){0}, item->id,
                    item->updated.len ? PIN_STR(", as of ") : (pin_str){0}, item->updated, what, address);
}

void pin_site_card(pin_site *s, uint32_t number)
{
    pin_item   item;
    pin_module module = {0};
    if (pin_site_item(s, number, &item) != PIN_OK ||
        !pin_site_good(s, pin_index_module(&module, s->ix, item.module, s->err)))
        return;
    pin_view_card v = {
        .root = s->root,
        .module = module.slug,
        .module_title = module.title,
        .slug = item.slug,
        .question = item.question,
        .status = pin_site_status(s, &item),
        .caveat = caveat_of(&item),
        .verdict = pin_site_verdict(s, &item),
        .answer = pin_site_blocks(s, item.blocks, &item),
        .support = pin_site_support(s, &item, NULL),
        .self = PIN_JOIN(s, s->root, item.id, PIN_STR("/")),
        .markdown = PIN_JOIN(s, s->root, item.id, PIN_STR(".md")),
        .id = item.id,
        .given_id = item.given_id,
        .author = item.author,
        .published = item.published,
        .item_updated = item.updated,
        .cite_as = cite_as(s, &item),
        .pinned = pin_site_pinned(s, &item),
        .history = pin_site_card_history(s, &item),
        .structured = pin_site_structured(s, item.question, &item, 1),
    };
    cited_words(s, &v, &item);
    support_ranks(s, &v, &item);
    outside_links(s, &v, &item);
    if (s->status == PIN_OK)
        related_questions(s, &v, &item);
    s->reply->updated = item.updated;
    s->reply->alternate = PIN_JOIN(s, PIN_STR("/"), item.id, PIN_STR(".md"));
    pin_frame frame = {
        .title = item.question,
        .description = item.verdict.len ? item.verdict : pin_site_opening(s, &item, 150),
        .markdown = v.markdown,
        .main = {render_card, &v},
    };
    pin_site_frame(s, &frame);
}
