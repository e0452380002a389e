/* The law as a tree, and one provision with its words and every answer that cites it. */
#include "core/page/coverage.h"
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

/* ---- its map ---- */

typedef struct cells_view {
    const pin_map      *map;
    const pin_map_plot *plot;
} cells_view;

static void render_cells(pin_buf *out, const void *view)
{
    const cells_view *v = view;
    pin_map_plot_svg(out, v->map, v->plot);
}

/* The number of a recital or article alone: its group says what it is a number of. */
static pin_str short_name(pin_str label)
{
    size_t at = label.len;
    while (at > 0 && label.at[at - 1] != ' ')
        at--;
    return pin_str_part(label, at, label.len);
}

static pin_view_law_maps_plots plot_view(pin_site *s, const pin_map *map, const pin_map_plot *plot, const pin_provision *p)
{
    static const char *const shades[] = {"s0", "s1", "s2", "s3", "s4"};
    cells_view              *cells = pin_site_take(s, 1, sizeof *cells);
    pin_view_law_maps_plots  v = {
         .provision = p->id,
         .label = p->label,
         .heading = p->heading,
         .name = short_name(p->label),
         .answers = plot->whole.answers,
         .one = plot->whole.answers == 1,
         .cited = plot->cited,
         .parts = plot->count,
         .shade = pin_str_of(shades[pin_map_shade(plot->whole.answers)]),
    };
    if (cells && !pin_str_equal(p->kind, PIN_STR("recital"))) { /* a recital's own box is its cell */
        *cells = (cells_view){map, plot};
        v.cells = (pin_slot){render_cells, cells};
    }
    return v;
}

/* Articles first: they are what readers look for; recitals, which only explain, last. */
static int group_order(pin_str kind)
{
    return pin_str_equal(kind, PIN_STR("recital")) ? 2 : pin_str_equal(kind, PIN_STR("annex")) ? 1 : 0;
}

static void law_map(pin_site *s, pin_view_law *v, const pin_source *source)
{
    pin_map *map = pin_site_take(s, 1, sizeof *map);
    v->maps = pin_site_take(s, 3, sizeof *v->maps);
    if (!map || !v->maps || !pin_site_good(s, pin_map_of(map, s->ix, source, s->arena, s->err)))
        return;
    for (int order = 0; order < 3; order++) {
        pin_view_law_maps *group = &v->maps[v->maps_count];
        group->plots = pin_site_take(s, map->plot_count, sizeof *group->plots);
        for (uint32_t i = 0; group->plots && i < map->plot_count && s->status == PIN_OK; i++) {
            pin_provision p = {0};
            if (!pin_site_good(s, pin_index_provision_names(&p, s->ix, map->plots[i].whole.provision, s->err)) ||
                group_order(p.kind) != order)
                continue;
            group->title = group_title(p.kind);
            group->kind = p.kind;
            group->plots[group->plots_count++] = plot_view(s, map, &map->plots[i], &p);
        }
        v->maps_count += group->plots_count > 0;
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
    pin_site_law_steps(s, &v, &source);
    law_map(s, &v, &source);
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
    pin_site_provision_versions(s, &v, &source);
    ancestors(s, &v, &p);
    children(s, &v, &p);
    answers(s, &v, number);
    neighbours(s, &v, &p, &source);
    pin_frame frame = {.title = PIN_JOIN(s, p.label, PIN_STR(", "), v.act), .description = p.heading,
                       .main = {render_provision, &v}};
    pin_site_frame(s, &frame);
}
