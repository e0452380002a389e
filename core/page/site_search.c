/* Results as a page that works without script, and the page that says what is missing and what is near. */
#include "core/page/site.h"

#include <string.h>

/* ---- results ---- */

static void render_results(pin_buf *out, const void *view) { pin_render_results(out, view); }
static void render_search(pin_buf *out, const void *view) { pin_render_search(out, view); }

static void result_hit(pin_site *s, pin_view_results_hits *row, const pin_hit *hit)
{
    pin_item   item;
    pin_module module = {0};
    if (pin_site_item(s, hit->item, &item) != PIN_OK ||
        !pin_site_good(s, pin_index_module(&module, s->ix, item.module, s->err)))
        return;
    *row = (pin_view_results_hits){
        .module = module.slug,
        .module_title = module.title,
        .status = pin_site_status(s, &item),
        .slug = item.slug,
        .question = item.question,
        .verdict = item.verdict,
        .snippet = pin_site_snippet(s, &hit->snippet),
        .cites = pin_site_cites(s, &item),
    };
}

static void result_reading(pin_site *s, pin_view_results *v, const pin_reading *reading, pin_str query)
{
    v->corrections = pin_site_take(s, reading->correction_count, sizeof *v->corrections);
    for (uint32_t i = 0; v->corrections && i < reading->correction_count; i++)
        v->corrections[v->corrections_count++] =
            (pin_view_results_corrections){.from = reading->corrections[i].from, .to = reading->corrections[i].to};
    v->provisions = pin_site_take(s, reading->provision_count, sizeof *v->provisions);
    for (uint32_t i = 0; v->provisions && i < reading->provision_count && v->provisions_count < 12; i++) {
        const pin_ref *ref = &reading->provisions[i];
        pin_str        label = {0};
        if (!pin_site_good(s, pin_page_ref_label(&label, s->ix, ref, pin_str_part(query, ref->from, ref->to), s->arena, s->err)))
            return;
        v->provisions[v->provisions_count] = (pin_view_results_provisions){
            .follows = v->provisions_count > 0,
            .url = ref->state == PIN_CITE_RESOLVED ? pin_site_law_url(s, ref->source, ref->id) : (pin_str){0},
            .label = label,
            .state = ref->state == PIN_CITE_RESOLVED ? (pin_str){0} : pin_str_of(pin_cite_state_name((pin_cite_state)ref->state)),
        };
        v->provisions_count++;
    }
}

/* "search/?q=QUERY&module=SLUG", percent-encoded; an empty slug asks for all modules. */
static pin_str search_url(pin_site *s, pin_str query, pin_str module)
{
    size_t  cap = 3 * (query.len + module.len) + 32;
    char   *at = pin_site_take(s, cap, 1);
    pin_buf url = pin_buf_over(at, at ? cap : 0);
    pin_buf_add(&url, s->root);
    pin_buf_adds(&url, "search/?q=");
    pin_escape_query(&url, query);
    if (module.len) {
        pin_buf_adds(&url, "&module=");
        pin_escape_query(&url, module);
    }
    return pin_buf_status(&url) == PIN_OK ? pin_buf_str(&url) : (pin_str){0};
}

#define FACETS_MAX 40

static void result_facets(pin_site *s, pin_view_results *v, const pin_hits *hits, pin_str query, pin_str chosen)
{
    if (!hits->module_counts)
        return;
    v->facets = pin_site_take(s, FACETS_MAX + 1, sizeof *v->facets);
    if (chosen.len && v->facets)
        v->facets[v->facets_count++] = (pin_view_results_facets){
            .url = search_url(s, query, (pin_str){0}), .title = PIN_STR("All modules"), .count = hits->total};
    for (uint32_t m = 0; v->facets && m < s->release.module_count && v->facets_count < FACETS_MAX; m++) {
        pin_module module = {0};
        if (hits->module_counts[m] == 0)
            continue;
        if (!pin_site_good(s, pin_index_module(&module, s->ix, m, s->err)))
            return;
        v->facets[v->facets_count++] = (pin_view_results_facets){
            .here = pin_str_equal(module.slug, chosen),
            .url = search_url(s, query, module.slug),
            .title = module.title,
            .count = hits->module_counts[m],
        };
    }
    if (v->facets_count < 2)
        v->facets_count = 0; /* one module: nothing to choose */
}

static void site_frame_search(pin_site *s, pin_view_search *v)
{
    pin_frame frame = {
        .title = v->query.len ? PIN_JOIN(s, PIN_STR("“"), v->query, PIN_STR("”")) : PIN_STR("Search"),
        .query = v->query,
        .no_index = true,
        .main = {render_search, v},
    };
    pin_site_frame(s, &frame);
}

void pin_site_search(pin_site *s)
{
    pin_str            query = {0};
    pin_search_options options = {.k = PIN_SITE_PER_PAGE};
    pin_view_search    v = {0};
    pin_site_parameter(&query, s, PIN_STR("q"));
    pin_site_parameter(&options.module, s, PIN_STR("module"));
    pin_site_parameter(&options.status, s, PIN_STR("status"));
    v.query = pin_str_trim(query);
    v.no_query = v.query.len == 0;
    v.alone = s->options->index.len > 0;
    v.root = s->root;
    if (v.no_query) {
        site_frame_search(s, &v);
        return;
    }
    pin_hits   hits = {0};
    pin_status status = pin_search(&hits, s->ix, query, &options, s->arena, s->err);
    if (status == PIN_NOT_FOUND) {
        pin_site_missing(s, options.module);
        return;
    }
    if (status == PIN_LIMIT) {
        pin_site_refuse(s, 414, PIN_STR("This query is too long"), PIN_STR("Ask with fewer words."));
        return;
    }
    pin_view_results *r = pin_site_take(s, 1, sizeof *r);
    if (!pin_site_good(s, status) || !r)
        return;
    r->root = s->root;
    r->unsure = hits.count > 0 && !hits.confident;
    r->hits = pin_site_take(s, hits.count, sizeof *r->hits);
    for (uint32_t i = 0; r->hits && i < hits.count && s->status == PIN_OK; i++)
        result_hit(s, &r->hits[r->hits_count++], &hits.at[i]);
    result_reading(s, r, &hits.reading, query);
    result_facets(s, r, &hits, query, options.module);
    v.hits = hits.count > 0;
    v.total = hits.total;
    v.least = hits.total_is_least;
    v.one = hits.total == 1;
    v.results = (pin_slot){render_results, r};
    if (s->status == PIN_OK)
        site_frame_search(s, &v);
}

/* ---- what is not there ---- */

static void render_missing(pin_buf *out, const void *view) { pin_render_missing(out, view); }

static void frame_missing(pin_site *s, const pin_view_missing *v)
{
    pin_frame frame = {.title = v->heading, .no_index = true, .main = {render_missing, v}};
    pin_site_frame(s, &frame);
}

/* The words of an address, as a query: "secure-by-default/tailor-made" -> "secure by default tailor made". */
static pin_str words_of(pin_site *s, pin_str path)
{
    char *at = pin_site_take(s, path.len, 1);
    for (size_t i = 0; at && i < path.len; i++) {
        uint8_t c = (uint8_t)path.at[i];
        at[i] = pin_is_alpha(c) || pin_is_digit(c) || c >= 0x80 ? (char)c : ' ';
    }
    return at ? pin_str_trim((pin_str){at, path.len}) : (pin_str){0};
}

#define NEAR_MAX 5

void pin_site_missing(pin_site *s, pin_str wanted)
{
    pin_search_options options = {.k = NEAR_MAX, .no_snippets = true};
    pin_hits           hits = {0};
    pin_str            query = words_of(s, wanted);
    pin_view_missing   v = {
          .heading = PIN_STR("There is nothing at this address"),
          .reason = wanted.len ? PIN_JOIN(s, PIN_STR("“"), wanted, PIN_STR("” is not in this index."))
                               : PIN_STR("The page may have moved: search for its words, or look through all questions."),
          .root = s->root,
    };
    s->reply->status = 404;
    if (query.len && pin_site_good(s, pin_search(&hits, s->ix, query, &options, s->arena, s->err))) {
        v.near = pin_site_take(s, NEAR_MAX, sizeof *v.near);
        for (uint32_t i = 0; v.near && i < hits.count && i < NEAR_MAX; i++) {
            pin_item item;
            if (pin_site_item(s, hits.at[i].item, &item) != PIN_OK)
                return;
            v.near[v.near_count++] = (pin_view_missing_near){
                .url = PIN_JOIN(s, s->root, item.id, PIN_STR("/")), .label = item.question};
        }
    }
    if (s->status == PIN_OK)
        frame_missing(s, &v);
}

void pin_site_refuse(pin_site *s, int status, pin_str heading, pin_str reason)
{
    pin_view_missing v = {.heading = heading, .reason = reason, .root = s->root};
    s->reply->status = status;
    frame_missing(s, &v);
}
