/* See maxscore.h. */
#include "core/search/maxscore.h"

#include <string.h>

#include "core/search/units.h"

#define SPARSE 400 /* postings below which a window is marked and not scanned */
#define ASK_COST 8 /* asking for one item costs as much as adding so many postings */
#define STEP 512   /* sums looked at before the bar is asked for again */

/* ---- All of it ---- */

static void keep_allowed(uint32_t *sums, const uint64_t *allowed, uint32_t from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!(allowed[(from + i) / 64] >> (from + i) % 64 & 1))
            sums[i] = 0;
}

static void score_window(best_few *best, scorer *sc, const scorer_scope *scope, uint32_t from)
{
    uint32_t *sums = sc->sums->at;
    uint32_t  to = sc->set.item_count - from < WINDOW ? sc->set.item_count : from + WINDOW;
    uint32_t  first = scope->first > from ? scope->first : from, end = scope->end < to ? scope->end : to;
    if (first >= end)
        return;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        unit_add(sc, &sc->units[i], false, from, to);
    if (scope->allowed)
        keep_allowed(sums, scope->allowed, from, to - from);
    if (scope->counts)
        scorer_count_sums(scope->counts, sc->p, sums, from, first, end);
    for (uint32_t i = first - from, stop; i < end - from; i = stop) { /* in steps, for the bar rises */
        stop = end - from - i < STEP ? end - from : i + STEP;
        uint32_t count = sums_collect(sc->places, sums + i, stop - i, best_least(best));
        for (uint32_t k = 0; k < count; k++)
            best_add(best, from + i + sc->places[k], sums[i + sc->places[k]]);
    }
    if (sc->set.windows > 1)
        memset(sums, 0, (to - from) * sizeof *sums);
}

/* ---- The promising part of it ---- */

/* Most that the rows of a way, sorted by item, give in each window. */
static void bound_rows(uint32_t *bounds, const plan_way *way)
{
    for (uint32_t i = 0; i < way->row_count; i++) {
        uint32_t *bound = &bounds[way->row_items[i] / WINDOW], value = way_within(way, way->row_values[i]);
        if (*bound < value)
            *bound = value;
    }
}

static pin_status bound_slot(scorer *sc, unit *u)
{
    stream *next = u->streams;
    u->bounds = pin_arena_take(sc->set.arena, sc->set.windows, sizeof *u->bounds);
    if (!u->bounds)
        return units_no_space(sc->set.err);
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        for (uint32_t k = 0; k < 2 * way->part_count; k++) {
            pin_status s = stream_bound(&next[k], &sc->set);
            if (s != PIN_OK)
                return s;
            u->density += stream_density(&next[k], &sc->set);
            u->postings += next[k].count;
        }
        u->postings += way->row_count;
        if (way->part_count == 0)
            bound_rows(u->bounds, way);
        for (uint32_t i = 0; way->part_count && i < sc->set.windows; i++) {
            uint32_t most = way_most(way, next, i);
            if (u->bounds[i] < most)
                u->bounds[i] = most;
        }
        next += 2 * way->part_count;
    }
    for (uint32_t i = 0; i < sc->set.windows; i++)
        if (u->most < u->bounds[i])
            u->most = u->bounds[i];
    return PIN_OK;
}

static pin_status bound_unit(scorer *sc, unit *u)
{
    if (!u->only)
        return bound_slot(sc, u);
    u->most = u->only->weight * u->only->max;
    u->postings = u->only->form == PIN_LIST_FLAT ? sc->set.item_count : u->only->count;
    u->density = u->only->form == PIN_LIST_FLAT ? WINDOW : stream_density(u->only, &sc->set);
    return stream_bound(u->only, &sc->set);
}

/* What it can give, for each posting that has to be read to know. */
static uint64_t worth_of(const unit *u) { return ((uint64_t)u->most << 24) / (u->postings + 1); }

/* Those with much to read for little come first: they are the ones to be asked, not read. */
static void sort_units(unit *units, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        unit     moving = units[i];
        uint64_t worth = worth_of(&moving);
        uint32_t at = i;
        for (; at > 0 && worth_of(&units[at - 1]) > worth; at--)
            units[at] = units[at - 1];
        units[at] = moving;
    }
}

static void add_bounds(uint64_t *order, const unit *u, uint32_t windows)
{
    if (!u->only || !u->only->maxima) {
        for (uint32_t w = 0; w < windows; w++)
            order[w] += unit_most(u, w);
        return;
    }
    const uint8_t *maxima = u->only->maxima;
    uint32_t       weight = u->only->weight;
    for (uint32_t w = 0; w < windows; w++)
        order[w] += (uint64_t)weight * maxima[w];
}

/* Windows within the scope, the most promising first; of equals the first. */
static uint32_t order_windows(scorer *sc, const scorer_scope *scope, bool in_place)
{
    uint32_t windows = sc->set.windows, count = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        add_bounds(sc->order, &sc->units[i], windows);
    for (uint32_t w = 0; w < windows; w++) {
        uint64_t bound = sc->order[w];
        if (bound && w * WINDOW < scope->end && scope->first < (w + 1) * WINDOW)
            sc->order[count++] = bound << 32 | (UINT32_MAX - w);
    }
    if (!in_place)
        keys_sort(sc->order, count);
    return count;
}

/* What goes on in one window. */
typedef struct window_run {
    uint32_t number, from, to; /* items                                                  */
    uint32_t first_needed;     /* units before it cannot lift an item over the bar alone */
    uint32_t rest;             /* what they can give together                            */
    bool     dirty;            /* items that are not marked have sums                    */
} window_run;

/* Adds what unit `u` gives to the items at `places`. A list with more to read than to ask is read as a whole:
 * what that adds to other items does no harm. */
static void add_to_places(scorer *sc, const unit *u, window_run *run, uint32_t count)
{
    const uint16_t *places = sc->places;
    uint32_t       *sums = sc->sums->at;
    bool            flat = u->only && u->only->form == PIN_LIST_FLAT;
    if (!flat && count > u->density / ASK_COST) {
        bool touching = u->density < SPARSE; /* then it is marked what has to be cleared */
        unit_add(sc, u, touching, run->from, run->to);
        run->dirty |= !touching;
        return;
    }
    if (flat)
        stream_add_flat_at(u->only, sums, run->from, places, count);
    else
        for (uint32_t i = 0; i < count; i++)
            sums[places[i]] += unit_probe(sc, u, run->from + places[i]);
}

static uint32_t keep_at_least(uint16_t *places, uint32_t count, const uint32_t *sums, uint32_t least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        places[kept] = places[i];
        kept += sums[places[i]] >= least;
    }
    return kept;
}

/* Asks the lists not read yet, the largest first, about the items that can still be among the best. */
static void finish_places(best_few *best, scorer *sc, window_run *run, uint32_t count)
{
    uint32_t *sums = sc->sums->at, rest = run->rest, need = best_least(best);
    for (uint32_t i = run->first_needed; i-- > 0 && count;) {
        const unit *u = &sc->units[i];
        uint32_t    most = unit_most(u, run->number);
        if (most == 0)
            continue;
        count = keep_at_least(sc->places, count, sums, need > rest ? need - rest : 0);
        add_to_places(sc, u, run, count);
        rest -= most;
    }
    for (uint32_t i = 0; i < count; i++)
        if (sums[sc->places[i]] >= need)
            best_add(best, run->from + sc->places[i], sums[sc->places[i]]);
}

static uint32_t keep_in_scope(uint16_t *places, uint32_t count, const scorer_scope *scope, uint32_t from)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        places[kept] = places[i];
        kept += scope_has(scope, from + places[i]);
    }
    return kept;
}

static void scan_window(best_few *best, scorer *sc, const scorer_scope *scope, window_run *run)
{
    uint32_t *sums = sc->sums->at, items = run->to - run->from, count = 0, need = best_least(best);
    uint32_t  least = need > run->rest ? need - run->rest : 1;
    for (uint32_t i = run->first_needed; i < sc->unit_count; i++)
        if (unit_most(&sc->units[i], run->number))
            unit_add(sc, &sc->units[i], false, run->from, run->to);
    count = sums_collect(sc->places, sums, items, least);
    if (scope->allowed || run->from < scope->first || run->to > scope->end)
        count = keep_in_scope(sc->places, count, scope, run->from);
    finish_places(best, sc, run, count);
    sums_clear(sc->sums);
}

/* The same when few items are touched. */
static void pick_window(best_few *best, scorer *sc, const scorer_scope *scope, window_run *run)
{
    uint64_t touched[WINDOW_WORDS];
    uint32_t count = 0, need = best_least(best);
    for (uint32_t i = run->first_needed; i < sc->unit_count; i++)
        if (unit_most(&sc->units[i], run->number))
            unit_add(sc, &sc->units[i], true, run->from, run->to);
    memcpy(touched, sc->sums->touched, sizeof touched);
    for (uint32_t i = 0; i < WINDOW_WORDS; i++)
        for (uint64_t word = touched[i]; word; word &= word - 1) {
            uint32_t place = i * 64 + (uint32_t)__builtin_ctzll(word);
            sc->places[count] = (uint16_t)place;
            count += sc->sums->at[place] + run->rest >= need && scope_has(scope, run->from + place);
        }
    finish_places(best, sc, run, count);
    if (run->dirty) {
        sums_clear(sc->sums);
        return;
    }
    for (uint32_t i = 0; i < WINDOW_WORDS; i++) {
        for (uint64_t word = sc->sums->touched[i]; word; word &= word - 1)
            sc->sums->at[i * 64 + (uint32_t)__builtin_ctzll(word)] = 0;
        sc->sums->touched[i] = 0;
    }
}

static void look_into_window(best_few *best, scorer *sc, const scorer_scope *scope, uint32_t number)
{
    window_run run = {.number = number, .from = number * WINDOW};
    uint32_t   need = best_least(best), density = 0;
    run.to = sc->set.item_count - run.from < WINDOW ? sc->set.item_count : run.from + WINDOW;
    while (run.first_needed < sc->unit_count) {
        uint32_t most = unit_most(&sc->units[run.first_needed], number);
        if (run.rest + most >= need)
            break;
        run.rest += most;
        run.first_needed++;
    }
    for (uint32_t i = run.first_needed; i < sc->unit_count; i++)
        if (unit_most(&sc->units[i], number))
            density += sc->units[i].density;
    if (density < SPARSE)
        pick_window(best, sc, scope, &run);
    else
        scan_window(best, sc, scope, &run);
}

static pin_status run_windows(best_few *best, scorer *sc, const scorer_scope *scope)
{
    sc->order = pin_arena_take(sc->set.arena, sc->set.windows, sizeof *sc->order);
    if (!sc->order)
        return units_no_space(sc->set.err);
    for (uint32_t i = 0; i < sc->unit_count; i++) {
        pin_status s = bound_unit(sc, &sc->units[i]);
        if (s != PIN_OK)
            return s;
    }
    sc->set.any_order = true;
    sort_units(sc->units, sc->unit_count);
    bool       done = false;
    pin_status s = scorer_prime(best, sc, scope);
    if (s == PIN_OK)
        s = scorer_run_candidates(&done, best, sc, scope);
    if (s != PIN_OK || done)
        return s;
    uint32_t count = order_windows(sc, scope, best->bar != 0);
    for (uint32_t i = 0; i < count && sc->set.status == PIN_OK; i++) {
        if (sc->order[i] >> 32 < best_least(best))
            continue;
        look_into_window(best, sc, scope, UINT32_MAX - (uint32_t)sc->order[i]);
        if (best->count > best->cap)
            best_halve(best);
    }
    return sc->set.status;
}

pin_status scorer_run(best_few *best, scorer *sc, const scorer_scope *scope)
{
    if (sc->set.item_count > RULE_COUNT_ITEMS)
        return run_windows(best, sc, scope);
    for (uint32_t w = 0; w < sc->set.windows && sc->set.status == PIN_OK; w++)
        score_window(best, sc, scope, w * WINDOW);
    return sc->set.status;
}
