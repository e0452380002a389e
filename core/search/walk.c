/* See walk.h. */
#include "core/search/walk.h"

static pin_status list_next(list_walk *w, pin_error *err)
{
    if (w->at == w->postings.count) {
        pin_status s = pin_postings_next(&w->postings, err);
        if (s == PIN_NOT_FOUND || (s == PIN_OK && w->postings.count == 0)) {
            w->item = WALK_END;
            return PIN_OK;
        }
        if (s != PIN_OK)
            return s;
        w->at = 0;
    }
    w->item = w->postings.ids[w->at];
    w->impact = w->postings.impacts[w->at];
    w->at++;
    return PIN_OK;
}

static pin_status list_open(list_walk *w, const pin_index *ix, const pin_list *list, pin_field field,
                            pin_error *err)
{
    w->item = WALK_END;
    w->at = 0;
    w->postings.count = 0;
    if (list->count == 0)
        return PIN_OK;
    pin_status s = pin_postings_open(&w->postings, ix, list, field, err);
    w->postings.count = 0;
    return s == PIN_OK ? list_next(w, err) : s;
}

pin_status term_walk_open(term_walk *walk, const pin_index *ix, const pin_term *term, pin_error *err)
{
    pin_status s = list_open(&walk->lists[0], ix, &term->lists[PIN_QUESTION], PIN_QUESTION, err);
    pin_status s2 = list_open(&walk->lists[1], ix, &term->lists[PIN_ANSWER], PIN_ANSWER, err);
    walk->item = WALK_END;
    return s != PIN_OK ? s : s2;
}

pin_status term_walk_next(term_walk *walk, pin_error *err)
{
    list_walk *q = &walk->lists[0], *a = &walk->lists[1];
    pin_status s = PIN_OK;
    walk->item = q->item < a->item ? q->item : a->item;
    walk->question = walk->answer = 0;
    if (walk->item == WALK_END)
        return PIN_NOT_FOUND;
    if (q->item == walk->item) {
        walk->question = q->impact;
        s = list_next(q, err);
    }
    if (s == PIN_OK && a->item == walk->item) {
        walk->answer = a->impact;
        s = list_next(a, err);
    }
    return s;
}

pin_status way_walk_open(way_walk *walk, const plan *p, const plan_way *way, pin_error *err)
{
    pin_status s = PIN_OK;
    walk->p = p;
    walk->way = way;
    walk->row = 0;
    walk->from = 0;
    for (uint32_t i = 0; i < way->part_count; i++) { /* open all, so that all missing bytes are asked for */
        pin_status now = term_walk_open(&walk->parts[i], p->ix, &way->parts[i].term, err);
        if (s == PIN_OK)
            s = now;
    }
    return s;
}

static pin_status next_row(way_walk *walk, uint32_t least)
{
    const plan_way *way = walk->way;
    while (walk->row < way->row_count && way->row_items[walk->row] < least)
        walk->row++;
    if (walk->row == way->row_count)
        return PIN_NOT_FOUND;
    walk->item = way->row_items[walk->row];
    walk->value = way_within(way, way->row_values[walk->row]);
    walk->row++;
    return PIN_OK;
}

/* Moves a part to its first item at or above `least`. */
static pin_status part_to(term_walk *part, uint32_t least, pin_error *err)
{
    pin_status s = PIN_OK;
    while (s == PIN_OK && (part->item == WALK_END || part->item < least))
        s = term_walk_next(part, err);
    return s;
}

pin_status way_walk_next(way_walk *walk, uint32_t least, pin_error *err)
{
    const plan_way *way = walk->way;
    if (way->part_count == 0)
        return next_row(walk, least);
    uint32_t target = least > walk->from ? least : walk->from, value = 0, agreed = 0;
    while (agreed < way->part_count) { /* all parts at one item */
        pin_status s = part_to(&walk->parts[agreed], target, err);
        if (s != PIN_OK)
            return s;
        if (walk->parts[agreed].item > target && agreed > 0) {
            target = walk->parts[agreed].item;
            agreed = 0;
            continue;
        }
        target = walk->parts[agreed].item;
        agreed++;
    }
    for (uint32_t i = 0; i < way->part_count; i++)
        value += way->parts[i].weight * (walk->p->settings.question_weight * walk->parts[i].question +
                                         walk->p->settings.answer_weight * walk->parts[i].answer);
    walk->item = target;
    walk->from = target + 1;
    walk->value = way_within(way, value);
    return PIN_OK;
}
