/* Versions of a source on its pages: the changes from one to the next, and how one provision stands in
 * each of them. */
#include "core/page/site.h"
#include "pincite/versions.h"

enum { ROWS_MAX = 500, ANSWERS_MAX = 100, READ_MAX = 20000 };

/* ---- the page of a source ---- */

static void row_answers(pin_site *s, pin_view_law_steps_rows *row, const pin_change *change)
{
    uint32_t count = change->leaning_count < ANSWERS_MAX ? change->leaning_count : ANSWERS_MAX;
    row->answers = pin_site_take(s, count, sizeof *row->answers);
    for (uint32_t i = 0; row->answers && i < count; i++) {
        pin_item item;
        if (pin_site_item(s, change->leaning[i].item, &item) != PIN_OK)
            return;
        row->answers[row->answers_count++] = (pin_view_law_steps_rows_answers){
            .url = PIN_JOIN(s, s->root, item.id, PIN_STR("/")),
            .question = item.question,
            .touch = pin_str_of(pin_cite_touch_name((pin_cite_touch)change->leaning[i].touch)),
        };
    }
}

static void step_rows(pin_site *s, pin_view_law_steps *step, const pin_changes *changes, uint32_t number)
{
    step->rows = pin_site_take(s, changes->count < ROWS_MAX ? changes->count : ROWS_MAX, sizeof *step->rows);
    for (uint32_t i = 0; step->rows && i < changes->count && s->status == PIN_OK; i++) {
        const pin_change *c = &changes->at[i];
        if (c->step != number)
            continue;
        step->changed += c->kind == PIN_CHANGE_WORDS;
        step->withdrawn += c->kind == PIN_CHANGE_WITHDRAWN;
        step->added += c->kind == PIN_CHANGE_ADDED;
        if (step->rows_count == ROWS_MAX)
            continue;
        pin_view_law_steps_rows *row = &step->rows[step->rows_count++];
        *row = (pin_view_law_steps_rows){
            .kind = pin_str_of(pin_change_name((pin_change_kind)c->kind)),
            .source = c->kind == PIN_CHANGE_WITHDRAWN ? step->from_source : step->to_source,
            .provision = c->id,
            .label = c->label,
            .heading = c->heading,
        };
        row_answers(s, row, c);
        row->nobody = changes->complete && c->kind != PIN_CHANGE_ADDED && row->answers_count == 0;
    }
}

void pin_site_law_steps(pin_site *s, pin_view_law *v, const pin_source *source)
{
    pin_versions versions;
    pin_changes  changes;
    if (!pin_site_good(s, pin_versions_of(&versions, s->ix, source->id, s->arena, s->err)) || versions.count < 2 ||
        !pin_site_good(s, pin_changes_of(&changes, s->ix, &versions, READ_MAX, s->arena, s->err)))
        return;
    v->steps = pin_site_take(s, versions.count - 1, sizeof *v->steps);
    for (uint32_t i = versions.count - 1; v->steps && i-- > 0 && s->status == PIN_OK;) { /* the latest first */
        pin_view_law_steps *step = &v->steps[v->steps_count++];
        *step = (pin_view_law_steps){
            .from = versions.at[i].version,
            .from_source = versions.at[i].id,
            .to = versions.at[i + 1].version,
            .to_source = versions.at[i + 1].id,
            .same = changes.same[i],
        };
        step_rows(s, step, &changes, i);
    }
}

/* ---- the page of a provision ---- */

static pin_str what_became(uint8_t kind, bool first)
{
    switch ((pin_change_kind)kind) {
    case PIN_CHANGE_WORDS:
        return PIN_STR("its words changed");
    case PIN_CHANGE_WITHDRAWN:
        return first ? PIN_STR("not there") : PIN_STR("not there any more");
    case PIN_CHANGE_ADDED:
        return first ? PIN_STR("the first that is loaded") : PIN_STR("added");
    case PIN_CHANGE_NONE:
        break;
    }
    return PIN_STR("the same words");
}

void pin_site_provision_versions(pin_site *s, pin_view_provision *v, const pin_source *source)
{
    pin_versions versions;
    uint8_t     *kinds;
    uint32_t    *numbers;
    bool         seen = false;
    if (!pin_site_good(s, pin_versions_of(&versions, s->ix, source->id, s->arena, s->err)) || versions.count < 2 ||
        !pin_site_good(s, pin_versions_of_provision(&kinds, &numbers, s->ix, &versions, v->provision, s->arena, s->err)))
        return;
    v->versions = pin_site_take(s, versions.count, sizeof *v->versions);
    for (uint32_t i = 0; v->versions && i < versions.count; i++) {
        bool there = numbers[i] != PIN_NO_PROVISION;
        v->versions[i] = (pin_view_provision_versions){
            .there = there,
            .source = versions.at[i].id,
            .version = versions.at[i].version,
            .what = what_became(kinds[i], there ? i == 0 : !seen),
            .here = versions.at[i].number == source->number,
        };
        seen |= there;
        v->versions_count++;
    }
}
