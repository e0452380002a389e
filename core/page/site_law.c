/* The law as a tree, and one provision with its words and every answer that cites it. */
#include "core/page/site.h"

/* ---- a source ---- */

static void render_law(pin_buf *out, const void *view) { pin_render_law(out, view); }

static pin_str group_title(pin_str kind)
{
    static const struct {
        const char *kind, *title;
    } known[] = {{"recital", "Recitals"}, {"article", "Articles"}, {"annex", "Annexes"}, {"section", "Sections"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (pin_str_equal(kind, pin_str_of(known[i].kind)))
            return pin_str_of(known[i].title);
    return PIN_STR("Provisions");
}

/* Shown: the top of the tree, and below it whatever an answer cites. */
static void law_rows(pin_site *s, pin_view_law *v, const pin_source *source)
{
    pin_view_law_groups *group = NULL;
    pin_str              kind = {0};
    v->groups = pin_site_take(s, 16, sizeof *v->groups);
    pin_view_law_groups_rows *rows = pin_site_take(s, source->provision_count, sizeof *rows);
    if (!v->groups || !rows)
        return;
    for (uint32_t i = 0; i < source->provision_count && s->status == PIN_OK; i++) {
        pin_provision p = {0};
        size_t        mark = s->arena->used;
        pin_site_citing citing = pin_site_cited(s, source->first_provision + i);
        uint32_t        cited = citing.with_below;
        if (!pin_site_good(s, pin_index_provision(&p, s->ix, source->first_provision + i, s->arena, s->err)))
            return;
        v->cited += citing.itself > 0;
        if (p.depth > 0 && cited == 0) {
            s->arena->used = mark; /* not shown: give its room back */
            continue;
        }
        if (p.depth == 0 && (!group || !pin_str_equal(kind, p.kind)) && v->groups_count < 16) {
            kind = p.kind;
            group = &v->groups[v->groups_count++];
            *group = (pin_view_law_groups){.number = v->groups_count, .title = group_title(kind), .rows = rows};
        }
        if (!group)
            continue;
        *rows++ = (pin_view_law_groups_rows){
            .depth = p.depth,
            .cited = cited,
            .provision = p.id,
            .label = p.label,
            .heading = p.depth == 0 ? p.heading : (pin_str){0},
            .one = cited == 1,
        };
        group->rows_count++;
    }
}

void pin_site_law(pin_site *s, uint32_t number)
{
    pin_source source = {0};
    if (!pin_site_good(s, pin_index_source(&source, s->ix, number, s->arena, s->err)))
        return;
    pin_view_law v = {
        .root = s->root,
        .name = source.title.len ? source.title : pin_page_act_name(&source),
        .provisions = source.provision_count,
        .celex = source.celex,
        .version = source.version,
        .rank = source.rank,
        .eli = source.eli,
        .outline = source.outline,
        .source = source.id,
    };
    law_rows(s, &v, &source);
    pin_frame frame = {.title = v.name, .main = {render_law, &v}};
    pin_site_frame(s, &frame);
}

/* ---- a provision ---- */

static void render_provision(pin_buf *out, const void *view) { pin_render_provision(out, view); }

static void ancestors(pin_site *s, pin_view_provision *v, const pin_provision *p)
{
    uint32_t      count = 0;
    pin_provision up = *p;
    v->above = pin_site_take(s, p->depth, sizeof *v->above);
    for (; v->above && up.parent != PIN_NO_PROVISION && count < p->depth; count++) {
        if (!pin_site_good(s, pin_index_provision(&up, s->ix, up.parent, s->arena, s->err)))
            return;
        /* the path is written from the top: fill from the end */
        v->above[p->depth - 1 - count] = (pin_view_provision_above){.provision = up.id, .label = up.label};
    }
    v->above_count = v->above && count == p->depth ? count : 0;
}

#define BELOW_MAX 400

static void children(pin_site *s, pin_view_provision *v, const pin_provision *p)
{
    uint32_t room = p->end - p->number - 1 < BELOW_MAX ? p->end - p->number - 1 : BELOW_MAX;
    v->below = pin_site_take(s, room, sizeof *v->below);
    for (uint32_t n = p->number + 1; v->below && n < p->end && v->below_count < room && s->status == PIN_OK;) {
        pin_provision child = {0};
        if (!pin_site_good(s, pin_index_provision(&child, s->ix, n, s->arena, s->err)))
            return;
        v->below[v->below_count++] = (pin_view_provision_below){.provision = child.id, .label = child.label,
                                                                .heading = pin_str_equal(child.heading, p->heading) ? (pin_str){0} : child.heading};
        n = child.end > n ? child.end : n + 1;
    }
}

static pin_str touch_class(uint8_t touch)
{
    static const char *const names[] = {"exact", "range", "parent", "child"};
    return pin_str_of(names[touch & 3]);
}

#define ANSWERS_MAX 500

static void answers(pin_site *s, pin_view_provision *v, uint32_t number)
{
    pin_citings citings = {0};
    if (!pin_site_good(s, pin_index_citing(&citings, s->ix, number, s->arena, s->err)))
        return;
    uint32_t count = citings.count < ANSWERS_MAX ? citings.count : ANSWERS_MAX;
    v->answers = pin_site_take(s, count, sizeof *v->answers);
    for (uint32_t i = 0; v->answers && i < count && s->status == PIN_OK; i++) {
        pin_item   item;
        pin_module module = {0};
        if (pin_site_item(s, citings.at[i].item, &item) != PIN_OK ||
            !pin_site_good(s, pin_index_module(&module, s->ix, item.module, s->err)))
            return;
        pin_str note = citings.at[i].citation < item.citation_count ? item.citations[citings.at[i].citation].note : (pin_str){0};
        v->answers[v->answers_count++] = (pin_view_provision_answers){
            .kind = touch_class(citings.at[i].touch),
            .touch = pin_str_of(pin_cite_touch_name((pin_cite_touch)citings.at[i].touch)),
            .module = module.slug,
            .module_title = module.title,
            .status = pin_site_status(s, &item),
            .slug = item.slug,
            .question = item.question,
            .note = note,
        };
    }
}

/* The provisions beside it: the nearest with the same depth in document order. */
static void neighbours(pin_site *s, pin_view_provision *v, const pin_provision *p, const pin_source *source)
{
    pin_provision next = {0}, back = {0};
    if (p->end < source->first_provision + source->provision_count &&
        pin_site_good(s, pin_index_provision(&next, s->ix, p->end, s->arena, s->err))) {
        v->after = next.id;
        v->after_label = next.label;
    }
    uint32_t n = p->number;
    while (n > source->first_provision && s->status == PIN_OK) {
        size_t mark = s->arena->used;
        if (!pin_site_good(s, pin_index_provision(&back, s->ix, --n, s->arena, s->err)))
            return;
        if (back.depth <= p->depth) {
            v->before = back.id;
            v->before_label = back.label;
            return;
        }
        s->arena->used = mark;
    }
}

void pin_site_provision(pin_site *s, uint32_t number)
{
    pin_provision p = {0};
    pin_source    source = {0};
    if (!pin_site_good(s, pin_index_provision(&p, s->ix, number, s->arena, s->err)) ||
        !pin_site_good(s, pin_index_source(&source, s->ix, p.source, s->arena, s->err)))
        return;
    pin_view_provision v = {
        .root = s->root,
        .source = source.id,
        .act = pin_page_act_name(&source),
        .label = p.label,
        .heading = p.heading,
        .text = pin_site_words(s, p.text),
        .eli = source.eli,
        .self = pin_site_law_url(s, source.id, p.id),
        .provision = p.id,
    };
    ancestors(s, &v, &p);
    children(s, &v, &p);
    answers(s, &v, number);
    neighbours(s, &v, &p, &source);
    pin_frame frame = {.title = PIN_JOIN(s, p.label, PIN_STR(", "), v.act), .description = p.heading,
                       .main = {render_provision, &v}};
    pin_site_frame(s, &frame);
}
