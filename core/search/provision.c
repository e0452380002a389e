/* A provision in the query -> a slot with rows: each item that touches it, and what it gets for that.
 *
 * The index keeps cited provisions as terms ("\x01cra:art_13.par_8") whose impact says how: 255 for the
 * provision itself, 204 when it stands within a written range, less when only something below it is
 * cited (docs/format.md, "Impacts"). So no source needs to be loaded: what is above is found by cutting
 * steps off the id. Levels are apart: exact before range before parent before child before a text that
 * only has the same words. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/search/walk.h"

#define IMPACT_CITED 255
#define IMPACT_IN_RANGE 204
#define KEY_MAX 255

static pin_status no_space(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* "\x01" source ":" id, in the arena; empty when longer than any key of an index. */
static pin_status provision_key(pin_str *out, const pin_ref *ref, size_t id_len, pin_arena *arena,
                                pin_error *err)
{
    *out = (pin_str){0};
    if (ref->source.len + id_len + 2 > KEY_MAX)
        return PIN_OK;
    char *key = pin_arena_take(arena, ref->source.len + id_len + 2, 1);
    if (!key)
        return no_space(err);
    pin_buf b = pin_buf_over(key, ref->source.len + id_len + 2);
    pin_buf_byte(&b, 1);
    pin_buf_add(&b, ref->source);
    pin_buf_byte(&b, ':');
    pin_buf_add(&b, pin_str_part(ref->id, 0, id_len));
    *out = pin_buf_str(&b);
    return PIN_OK;
}

/* Length of the id one step up; 0 at the top. "anx_VIII.prt_IV.pnt_3.2" hangs under "...pnt_3". */
static size_t step_up(pin_str id, size_t len)
{
    while (len > 0 && id.at[len - 1] != '.')
        len--;
    return len ? len - 1 : 0;
}

/* How an impact of the provision's own list says the item touches it, as a level. */
static uint32_t own_level(uint32_t impact)
{
    if (impact == IMPACT_CITED)
        return RULE_TOUCH_EXACT;
    if (impact == IMPACT_IN_RANGE)
        return RULE_TOUCH_RANGE;
    return impact ? RULE_TOUCH_CHILD : 0;
}

typedef struct provision_rows {
    uint32_t *items, *values;
    uint32_t  count, cap;
    uint32_t  full; /* 255 x field weights x weight of the provision */
} provision_rows;

/* Where a citation stands: in the list or in the answer, once or by its parts. Below the next level. */
static uint32_t grade_of(const provision_rows *rows, const plan *p, const term_walk *walk)
{
    uint64_t q = p->settings.question_weight, a = p->settings.answer_weight;
    uint64_t sum = q * walk->question + a * walk->answer;
    return (uint32_t)((uint64_t)rows->full * RULE_TOUCH_GRADE * sum / ((q + a) * 255) / RULE_ONE);
}

/* Items of the provision's own list, in order. */
static pin_status own_rows(provision_rows *rows, plan *p, const pin_term *term, pin_error *err)
{
    term_walk  walk;
    pin_status s = term_walk_open(&walk, p->ix, term, err);
    while (s == PIN_OK && (s = term_walk_next(&walk, err)) == PIN_OK && rows->count < rows->cap) {
        uint32_t best = walk.question > walk.answer ? walk.question : walk.answer;
        uint64_t level = (uint64_t)rows->full * own_level(best) / RULE_ONE;
        rows->items[rows->count] = walk.item;
        rows->values[rows->count++] = (uint32_t)level + grade_of(rows, p, &walk);
    }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

/* Merges items that cite `term`, which is `steps` above the provision, themselves. Both are in item order;
 * new rows go behind the old ones first. */
static pin_status rows_above(provision_rows *rows, plan *p, const pin_term *term, uint32_t steps,
                             pin_error *err)
{
    uint32_t   old = rows->count, at = 0;
    uint32_t   level = (uint32_t)((uint64_t)rows->full * RULE_TOUCH_PARENT / RULE_ONE);
    term_walk  walk;
    pin_status s = term_walk_open(&walk, p->ix, term, err);
    while (s == PIN_OK && (s = term_walk_next(&walk, err)) == PIN_OK) {
        uint32_t best = walk.question > walk.answer ? walk.question : walk.answer;
        if (own_level(best) < RULE_TOUCH_RANGE)
            continue; /* cites a neighbour */
        uint32_t value = level + (grade_of(rows, p, &walk) >> (steps - 1));
        while (at < old && rows->items[at] < walk.item)
            at++;
        if (at < old && rows->items[at] == walk.item) {
            if (rows->values[at] < value)
                rows->values[at] = value;
        } else if (rows->count < rows->cap) {
            rows->items[rows->count] = walk.item;
            rows->values[rows->count++] = value;
        }
    }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

/* Merges the sorted runs [0, middle) and [middle, count) in place of `rows`, by way of fresh memory. */
static pin_status merge_runs(provision_rows *rows, uint32_t middle, pin_arena *arena, pin_error *err)
{
    if (middle == 0 || middle == rows->count)
        return PIN_OK;
    size_t    mark = arena->used;
    uint32_t *items = pin_arena_take(arena, rows->count, sizeof *items);
    uint32_t *values = pin_arena_take(arena, rows->count, sizeof *values);
    if (!items || !values)
        return no_space(err);
    uint32_t a = 0, b = middle, n = 0;
    while (a < middle || b < rows->count) {
        bool     left = b == rows->count || (a < middle && rows->items[a] < rows->items[b]);
        uint32_t from = left ? a++ : b++;
        items[n] = rows->items[from];
        values[n++] = rows->values[from];
    }
    memcpy(rows->items, items, n * sizeof *items);
    memcpy(rows->values, values, n * sizeof *values);
    arena->used = mark;
    return PIN_OK;
}

typedef struct chain {
    pin_term terms[16]; /* the provision, then what is above it, nearest first */
    uint32_t count;
    uint32_t postings;
} chain;

static pin_status chain_of(chain *out, plan *p, const pin_ref *ref, pin_arena *arena, pin_error *err)
{
    size_t len = ref->id.len;
    out->count = out->postings = 0;
    while (len && out->count < sizeof out->terms / sizeof out->terms[0]) {
        size_t     mark = arena->used;
        pin_term  *term = &out->terms[out->count++];
        pin_str    key;
        pin_status s = provision_key(&key, ref, len, arena, err);
        if (s == PIN_OK)
            s = plan_term(term, p, key, err);
        arena->used = mark;
        if (s != PIN_OK)
            return s;
        for (int f = 0; f < 2; f++) {
            uint32_t count = term->lists[f].count;
            out->postings += count < UINT32_MAX - out->postings ? count : UINT32_MAX - out->postings;
        }
        len = step_up(ref->id, len);
    }
    return PIN_OK;
}

static pin_status fill_rows(provision_rows *rows, plan *p, const chain *c, pin_arena *arena, pin_error *err)
{
    rows->cap = c->postings;
    rows->items = pin_arena_take(arena, rows->cap, sizeof *rows->items);
    rows->values = pin_arena_take(arena, rows->cap, sizeof *rows->values);
    if (!rows->items || !rows->values)
        return no_space(err);
    pin_status s = own_rows(rows, p, &c->terms[0], err);
    for (uint32_t i = 1; s == PIN_OK && i < c->count; i++) {
        uint32_t middle = rows->count;
        s = rows_above(rows, p, &c->terms[i], i, err);
        if (s == PIN_OK)
            s = merge_runs(rows, middle, arena, err);
    }
    return s;
}

/* The words that name the provision count no more than the weakest touch does. */
static pin_status add_texts(plan *p, plan_slot *slot, const pin_ref *ref, pin_arena *arena, pin_error *err)
{
    for (uint32_t i = 0; i < p->word_count && slot->way_count < RULE_WAYS_MAX; i++) {
        plan_word *word = &p->words[i];
        if (word->from < ref->from || word->to > ref->to || word->citation)
            continue;
        word->citation = p->slot_count + 1;
        if (word->function || word->again || !word->known)
            continue;
        plan_part *part = pin_arena_take(arena, 1, sizeof *part);
        if (!part)
            return no_space(err);
        uint32_t least = slot->weight < word->weight ? slot->weight : word->weight;
        *part = (plan_part){
            .key = word->term, .term = word->exact, .weight = plan_weight(least, RULE_TOUCH_TEXT)};
        slot->ways[slot->way_count++] =
            (plan_way){.parts = part, .part_count = 1, .ceiling = UINT32_MAX, .tier = PIN_TIER_EXACT};
    }
    return PIN_OK;
}

static bool is_provision(const pin_ref *ref)
{
    return (ref->state == PIN_CITE_RESOLVED || ref->state == PIN_CITE_NOT_CHECKED) && ref->id.len &&
           ref->source.len;
}

static bool asked_before(const plan *p, uint32_t ref)
{
    for (uint32_t i = 0; i < ref; i++)
        if (pin_str_equal(p->refs.at[i].id, p->refs.at[ref].id) &&
            pin_str_equal(p->refs.at[i].source, p->refs.at[ref].source))
            return true;
    return false;
}

/* A provision that no item touches stays a row of words. */
pin_status plan_add_provision(plan *p, uint32_t number, pin_arena *arena, pin_error *err)
{
    const pin_ref *ref = &p->refs.at[number];
    plan_slot     *slot = &p->slots[p->slot_count];
    chain          c;
    if (!is_provision(ref) || asked_before(p, number))
        return PIN_OK;
    pin_status s = chain_of(&c, p, ref, arena, err);
    if (s != PIN_OK || c.postings == 0)
        return s;
    uint32_t touched = c.terms[0].df ? c.terms[0].df : 1;
    *slot = (plan_slot){.provision = true, .word = number, .position = UINT32_MAX};
    slot->weight = plan_weight(pin_idf(p->settings.item_count, touched), RULE_ONE);
    slot->ways = pin_arena_room(arena, RULE_WAYS_MAX, sizeof *slot->ways);
    if (!slot->ways)
        return no_space(err);
    provision_rows rows = {.full = slot->weight * 255 *
                                   (p->settings.question_weight + p->settings.answer_weight)};
    if ((s = fill_rows(&rows, p, &c, arena, err)) != PIN_OK)
        return s;
    slot->ways[slot->way_count++] = (plan_way){.row_items = rows.items,
                                               .row_values = rows.values,
                                               .row_count = rows.count,
                                               .ceiling = UINT32_MAX,
                                               .tier = PIN_TIER_EXACT};
    s = add_texts(p, slot, ref, arena, err);
    p->slot_count++;
    return s;
}
