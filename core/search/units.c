/* See units.h: opening, one item, one slot over a stretch of ids. */
#include "core/search/units.h"

#include <string.h>

#include "core/bytes/bytes.h"

#define PARTS_AT_ONCE 512 /* items whose parts are looked at together */

pin_status units_no_space(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

static bool is_simple(const plan_slot *slot)
{
    return slot->way_count == 1 && slot->ways[0].part_count == 1 && slot->ways[0].floor == 0 &&
           slot->ways[0].ceiling == UINT32_MAX;
}

/* ---- Opening ---- */

/* Missing bytes do not stop it, so that one round asks for all of them. */
static pin_status open_list(stream *out, scorer *sc, const plan_part *part, pin_field field)
{
    const pin_settings *settings = &sc->p->settings;
    uint32_t            times = field == PIN_QUESTION ? settings->question_weight : settings->answer_weight;
    pin_status          s = stream_open(out, &sc->set, &part->term.lists[field], field, part->weight * times);
    sc->p->needs |= s == PIN_NEED;
    return s == PIN_NEED ? PIN_OK : s;
}

static pin_status open_simple(scorer *sc, const plan_slot *slot)
{
    for (int f = 0; f < 2; f++) {
        const plan_part *part = &slot->ways[0].parts[0];
        stream          *only;
        if (part->term.lists[f].count == 0)
            continue;
        if (!(only = pin_arena_take(sc->set.arena, 1, sizeof *only)))
            return units_no_space(sc->set.err);
        pin_status s = open_list(only, sc, part, (pin_field)f);
        if (s != PIN_OK)
            return s;
        sc->units[sc->unit_count++] = (unit){.only = only};
        if (only->form == PIN_LIST_FLAT)
            sc->flats[sc->flat_count++] = only;
    }
    return PIN_OK;
}

static pin_status open_slot(scorer *sc, const plan_slot *slot)
{
    uint32_t parts = 0;
    for (uint32_t w = 0; w < slot->way_count; w++)
        parts += slot->ways[w].part_count;
    unit *u = &sc->units[sc->unit_count++];
    *u =
        (unit){.slot = slot, .streams = pin_arena_take(sc->set.arena, (size_t)parts * 2, sizeof *u->streams)};
    if (!u->streams)
        return units_no_space(sc->set.err);
    stream *next = u->streams;
    for (uint32_t w = 0; w < slot->way_count; w++)
        for (uint32_t k = 0; k < slot->ways[w].part_count; k++)
            for (int f = 0; f < 2; f++) {
                pin_status s = open_list(next++, sc, &slot->ways[w].parts[k], (pin_field)f);
                if (s != PIN_OK)
                    return s;
            }
    return PIN_OK;
}

/* A small corpus needs no whole window; where everything is added up, one is enough. */
static uint32_t stretch_of(uint32_t items)
{
    uint32_t most = items > RULE_COUNT_ITEMS ? SPAN : WINDOW;
    return items < most ? items : most;
}

static pin_status take_room(scorer *sc, bool slots)
{
    uint32_t   ids = stretch_of(sc->set.item_count);
    pin_status s = sums_open(&sc->sums, ids, sc->set.arena, sc->set.err);
    if (s == PIN_OK && slots)
        s = sums_open(&sc->slot, ids, sc->set.arena, sc->set.err);
    if (s == PIN_OK && slots)
        s = sums_open(&sc->way, ids, sc->set.arena, sc->set.err);
    return s;
}

pin_status scorer_open(scorer **out, plan *p, pin_arena *arena, pin_error *err)
{
    uint32_t items = p->settings.item_count;
    bool     slots = false;
    scorer  *sc = pin_arena_take(arena, 1, sizeof *sc);
    if (!sc || !(sc->units = pin_arena_take(arena, (size_t)p->slot_count * 2, sizeof *sc->units)) ||
        !(sc->flats = pin_arena_take(arena, (size_t)p->slot_count * 2, sizeof *sc->flats)))
        return units_no_space(err);
    sc->p = p;
    sc->set = (stream_set){
        .ix = p->ix, .item_count = items, .spans = (items + SPAN - 1) / SPAN, .err = err, .arena = arena};
    pin_status s = PIN_OK;
    for (uint32_t i = 0; s == PIN_OK && i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        if (slot->way_count == 0)
            continue;
        slots |= !is_simple(slot);
        s = is_simple(slot) ? open_simple(sc, slot) : open_slot(sc, slot);
    }
    *out = sc;
    return s == PIN_OK ? take_room(sc, slots) : s;
}

pin_status scorer_status(const scorer *sc) { return sc->set.status; }

/* ---- One item ---- */

/* The first row at or above `item`. */
static uint32_t first_row(const plan_way *way, uint32_t item)
{
    uint32_t low = 0, high = way->row_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (way->row_items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t probe_row(const plan_way *way, uint32_t item)
{
    uint32_t at = first_row(way, item);
    return at < way->row_count && way->row_items[at] == item ? way->row_values[at] : 0;
}

/* What one part of a way gets from an item: 0 when the item lacks it. */
static uint32_t probe_part(scorer *sc, stream *two, uint32_t item)
{
    return stream_probe(&two[0], &sc->set, item) + stream_probe(&two[1], &sc->set, item);
}

static uint32_t probe_slot(scorer *sc, const unit *u, uint32_t item)
{
    uint32_t best = 0;
    stream  *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        uint32_t        value = way->part_count ? 0 : probe_row(way, item), k = 0;
        for (; k < way->part_count; k++) {
            uint32_t part = probe_part(sc, next + 2 * k, item);
            value += part;
            if (part == 0) {
                value = 0;
                break;
            }
        }
        next += 2 * way->part_count;
        if (value && way_within(way, value) > best)
            best = way_within(way, value);
    }
    return best;
}

uint32_t unit_probe(scorer *sc, const unit *u, uint32_t item)
{
    return u->only ? stream_probe(u->only, &sc->set, item) : probe_slot(sc, u, item);
}

uint32_t scorer_sum(scorer *sc, uint32_t item)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        sum += unit_probe(sc, &sc->units[i], item);
    return sum;
}

/* ---- Ways: of many items ---- */

static void ask_rows(const plan_way *way, uint32_t *values, const uint32_t *items, uint32_t count)
{
    for (uint32_t i = 0, at = first_row(way, items[0]); i < count; i++) {
        while (at < way->row_count && way->row_items[at] < items[i])
            at++;
        bool here = at < way->row_count && way->row_items[at] == items[i];
        values[i] = here ? way_within(way, way->row_values[at]) : 0;
    }
}

/* An item must have all parts: adds what part `k` gives, or clears the value of those that lack it. */
static void add_part(scorer *sc, stream *two, uint32_t *values, const uint32_t *items, uint32_t count)
{
    uint32_t part[PARTS_AT_ONCE] = {0};
    stream_ask(&two[0], &sc->set, part, items, count);
    stream_ask(&two[1], &sc->set, part, items, count);
    for (uint32_t i = 0; i < count; i++)
        values[i] = values[i] && part[i] ? values[i] + part[i] : 0;
}

void way_ask(scorer *sc, const plan_way *way, stream *streams, uint32_t *values, const uint32_t *items,
             uint32_t count)
{
    if (count == 0)
        return;
    if (way->part_count == 0) {
        ask_rows(way, values, items, count);
        return;
    }
    memset(values, 0, count * sizeof *values);
    stream_ask(&streams[0], &sc->set, values, items, count);
    stream_ask(&streams[1], &sc->set, values, items, count);
    for (uint32_t k = 1; k < way->part_count; k++)
        for (uint32_t i = 0; i < count; i += PARTS_AT_ONCE)
            add_part(sc, streams + 2 * k, values + i, items + i,
                     count - i < PARTS_AT_ONCE ? count - i : PARTS_AT_ONCE);
    for (uint32_t i = 0; i < count; i++)
        values[i] = values[i] ? way_within(way, values[i]) : 0;
}

/* ---- Ways: over a stretch of ids ---- */

static void raise_by_rows(scorer *sc, const plan_way *way, uint32_t from, uint32_t to)
{
    for (uint32_t i = first_row(way, from); i < way->row_count && way->row_items[i] < to; i++)
        sums_raise(&sc->slot, way->row_items[i] - from, way_within(way, way->row_values[i]));
}

/* The part with the fewest postings leads, the others are asked. */
static uint32_t rarest(const plan_way *way, const stream *streams)
{
    uint32_t best = 0, least = UINT32_MAX;
    for (uint32_t k = 0; k < way->part_count; k++) {
        uint32_t count = streams[2 * k].count + streams[2 * k + 1].count;
        if (count < least) {
            least = count;
            best = k;
        }
    }
    return best;
}

static void raise_by_parts(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to)
{
    uint32_t lead = rarest(way, streams), line = 0, items[PARTS_AT_ONCE], values[PARTS_AT_ONCE];
    stream_touch(&streams[2 * lead], &sc->set, &sc->way, from, to);
    stream_touch(&streams[2 * lead + 1], &sc->set, &sc->way, from, to);
    while (line < sc->way.lines) {
        uint32_t count = sums_take(items, values, PARTS_AT_ONCE, &sc->way, &line, from, 1);
        for (uint32_t k = 0; k < way->part_count; k++)
            if (k != lead)
                add_part(sc, streams + 2 * k, values, items, count);
        for (uint32_t i = 0; i < count; i++)
            if (values[i])
                sums_raise(&sc->slot, items[i] - from, way_within(way, values[i]));
    }
}

void way_raise(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to)
{
    if (way->part_count == 0)
        raise_by_rows(sc, way, from, to);
    else if (way->part_count == 1)
        stream_raise(streams, &sc->set, &sc->slot, from, to, way->floor, way->ceiling);
    else
        raise_by_parts(sc, way, streams, from, to);
}

void way_set(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to)
{
    if (way->part_count != 1) {
        way_raise(sc, way, streams, from, to);
        return;
    }
    stream_touch(&streams[0], &sc->set, &sc->slot, from, to);
    stream_touch(&streams[1], &sc->set, &sc->slot, from, to);
    if (way->floor || way->ceiling != UINT32_MAX)
        sums_hold(&sc->slot, way->floor, way->ceiling);
}

void unit_add(scorer *sc, const unit *u, uint32_t from, uint32_t to)
{
    if (u->only) {
        stream_add(u->only, &sc->set, sc->sums.at, from, to);
        return;
    }
    stream *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        (w ? way_raise : way_set)(sc, &u->slot->ways[w], next, from, to);
        next += 2 * u->slot->ways[w].part_count;
    }
    sums_move(&sc->sums, &sc->slot);
}
