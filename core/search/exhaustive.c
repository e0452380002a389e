/* The plain scorer: every item that meets any slot, one sum an item. It is the definition of the
 * ranking; anything faster must give the same numbers. */
#include "core/search/plan.h"
#include "core/search/streams.h"
#include "core/search/walk.h"

static pin_status add_list(uint32_t *sums, const plan *p, const pin_list *list, pin_field field,
                           uint32_t weight, pin_error *err)
{
    pin_postings postings;
    if (list->count == 0)
        return PIN_OK;
    pin_status s = pin_postings_open(&postings, p->ix, list, field, err);
    while (s == PIN_OK && (s = pin_postings_next(&postings, err)) == PIN_OK)
        for (uint32_t i = 0; i < postings.count; i++)
            sums[postings.ids[i]] += weight * postings.impacts[i];
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

static pin_status add_flat(uint32_t *sums, const plan *p, const pin_list *list, pin_field field,
                           uint32_t weight, pin_error *err)
{
    const uint8_t *nibbles;
    uint32_t       count = p->settings.item_count;
    pin_status     s = pin_read_flat(&nibbles, p->ix, list, field, err);
    if (s != PIN_OK)
        return s;
    weight *= 17;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        sums[i] += weight * (nibbles[i / 2] & 15);
        sums[i + 1] += weight * (nibbles[i / 2] >> 4);
    }
    if (count % 2)
        sums[count - 1] += weight * (nibbles[count / 2] & 15);
    return PIN_OK;
}

/* A slot that is met in one way only, by one term: its two lists simply add up. */
static pin_status add_term(uint32_t *sums, const plan *p, const plan_part *part, pin_error *err)
{
    pin_status s = PIN_OK;
    for (int f = 0; f < 2; f++) {
        const pin_list *list = &part->term.lists[f];
        uint32_t        weight = part->weight * (f ? p->settings.answer_weight : p->settings.question_weight);
        pin_status      now = list->form == PIN_LIST_FLAT && list->count
                                  ? add_flat(sums, p, list, (pin_field)f, weight, err)
                                  : add_list(sums, p, list, (pin_field)f, weight, err);
        if (s == PIN_OK)
            s = now;
    }
    return s;
}

/* The best way an item meets the slot, for slots with several ways. */
typedef struct best_ways {
    uint32_t *value;   /* by item, 0 between slots        */
    uint32_t *touched; /* items whose value is not 0      */
    uint32_t  count;
} best_ways;

static pin_status raise_best(best_ways *best, const plan *p, const plan_way *way, pin_error *err)
{
    way_walk   walk;
    pin_status s = way_walk_open(&walk, p, way, err);
    while (s == PIN_OK && (s = way_walk_next(&walk, 0, err)) == PIN_OK) {
        if (best->value[walk.item] == 0 && walk.value)
            best->touched[best->count++] = walk.item;
        if (best->value[walk.item] < walk.value)
            best->value[walk.item] = walk.value;
    }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

static pin_status add_best(uint32_t *sums, best_ways *best, const plan *p, const plan_slot *slot,
                           pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t w = 0; w < slot->way_count; w++) {
        pin_status now = raise_best(best, p, &slot->ways[w], err);
        if (s == PIN_OK)
            s = now;
    }
    for (uint32_t i = 0; i < best->count; i++) {
        sums[best->touched[i]] += best->value[best->touched[i]];
        best->value[best->touched[i]] = 0;
    }
    best->count = 0;
    return s;
}

static bool is_simple(const plan_slot *slot)
{
    return slot->way_count == 1 && slot->ways[0].part_count == 1 && slot->ways[0].floor == 0 &&
           slot->ways[0].ceiling == UINT32_MAX;
}

/* Bytes that are missing do not stop it, so that one round asks for all of them. */
static pin_status go_on(plan *p, pin_status s)
{
    p->needs |= s == PIN_NEED;
    return s == PIN_NEED ? PIN_OK : s;
}

pin_status plan_score_all(uint32_t *sums, plan *p, pin_arena *scratch, pin_error *err)
{
    best_ways best = {0};
    for (uint32_t i = 0; i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        pin_status       s;
        if (slot->way_count == 0)
            continue;
        if (is_simple(slot)) {
            s = add_term(sums, p, &slot->ways[0].parts[0], err);
        } else {
            if (!best.value) {
                best.value = pin_arena_take(scratch, p->settings.item_count, sizeof *best.value);
                best.touched = pin_arena_take(scratch, p->settings.item_count, sizeof *best.touched);
                if (!best.value || !best.touched)
                    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
            }
            s = add_best(sums, &best, p, slot, err);
        }
        if ((s = go_on(p, s)) != PIN_OK)
            return s;
    }
    return PIN_OK;
}

/* ---- The best ---- a heap with the worst of the best on top */

static void sift_down(ranked *heap, uint32_t count, uint32_t at)
{
    ranked   moving = heap[at];
    uint64_t key = ranked_key(moving);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count)
            child += ranked_key(heap[child + 1]) < ranked_key(heap[child]);
        if (ranked_key(heap[child]) >= key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void sort_best(ranked *best, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(best, count, i);
    for (uint32_t n = count; n > 1; n--) {
        ranked swap = best[0];
        best[0] = best[n - 1];
        best[n - 1] = swap;
        sift_down(best, n - 1, 0);
    }
}

uint32_t plan_best_of(ranked *best, uint32_t cap, const uint32_t *sums, uint32_t first, uint32_t end)
{
    uint32_t count = 0, i = first;
    for (; i < end && count < cap; i++)
        if (sums[i])
            best[count++] = (ranked){.item = i, .score = sums[i]};
    for (uint32_t k = count / 2; k-- > 0;)
        sift_down(best, count, k);
    for (; i < end && count == cap; i++)
        if (sums[i] > best[0].score) { /* a later item with the same score is behind */
            best[0] = (ranked){.item = i, .score = sums[i]};
            sift_down(best, count, 0);
        }
    sort_best(best, count);
    return count;
}

/* What the parts of a way get from the item; value 0 when it lacks one of them. */
static pin_status share_by_parts(slot_share *out, plan *p, const plan_way *way, uint32_t item, pin_error *err)
{
    uint32_t value = 0;
    out->value = 0;
    out->in_question = false;
    for (uint32_t i = 0; i < way->part_count; i++) {
        const plan_part *part = &way->parts[i];
        pin_status       s =
            list_impact(&out->question[i], p->ix, &part->term.lists[PIN_QUESTION], PIN_QUESTION, item, err);
        pin_status s2 =
            list_impact(&out->answer[i], p->ix, &part->term.lists[PIN_ANSWER], PIN_ANSWER, item, err);
        if (s != PIN_OK || s2 != PIN_OK) /* both were asked for before saying so */
            return s != PIN_OK ? s : s2;
        if (out->question[i] + out->answer[i] == 0)
            return PIN_OK;
        value += part->weight * (p->settings.question_weight * out->question[i] +
                                 p->settings.answer_weight * out->answer[i]);
        out->in_question |= out->question[i] > 0;
    }
    out->value = way_within(way, value);
    return PIN_OK;
}

static void share_by_rows(slot_share *out, const plan_way *way, uint32_t item)
{
    uint32_t row = 0;
    while (row < way->row_count && way->row_items[row] < item)
        row++;
    bool found = row < way->row_count && way->row_items[row] == item;
    out->in_question = false;
    out->value = found ? way_within(way, way->row_values[row]) : 0;
}

pin_status plan_share_of(slot_share *out, plan *p, const plan_slot *slot, uint32_t item, pin_error *err)
{
    *out = (slot_share){.way = UINT32_MAX};
    for (uint32_t w = 0; w < slot->way_count; w++) {
        const plan_way *way = &slot->ways[w];
        slot_share      now = {.way = w};
        pin_status      s = PIN_OK;
        if (way->part_count)
            s = share_by_parts(&now, p, way, item, err);
        else
            share_by_rows(&now, way, item);
        if (s != PIN_OK)
            return s;
        if (now.value > out->value)
            *out = now;
    }
    return PIN_OK;
}
