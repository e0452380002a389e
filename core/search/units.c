/* See units.h: opening, one item, one slot in a window. */
#include "core/search/units.h"

#include <string.h>

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

/* A small corpus needs no whole window. */
static window_sums *take_sums(scorer *sc)
{
    uint32_t     items = sc->set.item_count < WINDOW ? (sc->set.item_count + 63) / 64 * 64 : WINDOW;
    window_sums *sums = pin_arena_take(sc->set.arena, 1, sizeof *sums);
    if (!sums || !(sums->at = pin_arena_take(sc->set.arena, items, sizeof *sums->at)))
        return NULL;
    sums->words = items / 64;
    return sums;
}

void sums_clear(window_sums *sums)
{
    memset(sums->at, 0, (size_t)sums->words * 64 * sizeof *sums->at);
    memset(sums->touched, 0, sizeof sums->touched);
}

static pin_status take_room(scorer *sc, bool slots)
{
    sc->sums = take_sums(sc);
    sc->places = pin_arena_take(sc->set.arena, sc->sums ? sc->sums->words * 64 : 0, sizeof *sc->places);
    if (!sc->sums || !sc->places)
        return units_no_space(sc->set.err);
    if (!slots)
        return PIN_OK;
    sc->slot = take_sums(sc);
    sc->way = take_sums(sc);
    return sc->slot && sc->way ? PIN_OK : units_no_space(sc->set.err);
}

pin_status scorer_open(scorer **out, plan *p, pin_arena *arena, pin_error *err)
{
    uint32_t items = p->settings.item_count;
    bool     slots = false;
    scorer  *sc = pin_arena_take(arena, 1, sizeof *sc);
    if (!sc || !(sc->units = pin_arena_take(arena, (size_t)p->slot_count * 2, sizeof *sc->units)))
        return units_no_space(err);
    sc->p = p;
    sc->set = (stream_set){.ix = p->ix,
                           .item_count = items,
                           .windows = (items + WINDOW - 1) / WINDOW,
                           .err = err,
                           .arena = arena};
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

static uint32_t probe_row(const plan_way *way, uint32_t item)
{
    uint32_t low = 0, high = way->row_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (way->row_items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low < way->row_count && way->row_items[low] == item ? way->row_values[low] : 0;
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

/* ---- One slot in a window ---- */

static void raise_slot(scorer *sc, uint32_t place, uint32_t value)
{
    if (sc->slot->at[place] < value)
        sc->slot->at[place] = value;
    sc->slot->touched[place / 64] |= (uint64_t)(value != 0) << place % 64;
}

static void raise_by_rows(scorer *sc, const plan_way *way, uint32_t from, uint32_t to)
{
    uint32_t low = 0, high = way->row_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (way->row_items[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < way->row_count && way->row_items[low] < to; low++)
        raise_slot(sc, way->row_items[low] - from, way_within(way, way->row_values[low]));
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

void way_raise(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to)
{
    uint32_t lead = rarest(way, streams);
    stream_touch(&streams[2 * lead], &sc->set, sc->way, from, to);
    stream_touch(&streams[2 * lead + 1], &sc->set, sc->way, from, to);
    for (uint32_t i = 0; i < sc->way->words; i++) {
        for (uint64_t word = sc->way->touched[i]; word; word &= word - 1) {
            uint32_t place = i * 64 + (uint32_t)__builtin_ctzll(word), value = sc->way->at[place];
            sc->way->at[place] = 0;
            for (uint32_t k = 0; k < way->part_count && value; k++) {
                uint32_t part = k == lead ? 0 : probe_part(sc, streams + 2 * k, from + place);
                value = k == lead || part ? value + part : 0;
            }
            if (value)
                raise_slot(sc, place, way_within(way, value));
        }
        sc->way->touched[i] = 0;
    }
}

static uint32_t part_most(const stream *two, uint32_t window)
{
    uint32_t question = two[0].count ? stream_most(&two[0], window) : 0;
    return question + (two[1].count ? stream_most(&two[1], window) : 0);
}

/* Within the window all parts must have something. */
uint32_t way_most(const plan_way *way, const stream *streams, uint32_t window)
{
    uint32_t sum = 0;
    for (uint32_t k = 0; k < way->part_count; k++) {
        uint32_t part = part_most(streams + 2 * k, window);
        if (part == 0)
            return 0;
        sum += part;
    }
    return way_within(way, sum);
}

/* The best ways of the items in the window, in sc->slot. */
void unit_raise(scorer *sc, const unit *u, uint32_t from, uint32_t to)
{
    stream *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        bool nothing = sc->set.any_order && way->part_count && way_most(way, next, from / WINDOW) == 0;
        if (way->part_count && !nothing)
            way_raise(sc, way, next, from, to);
        else if (!way->part_count)
            raise_by_rows(sc, way, from, to);
        next += 2 * way->part_count;
    }
}

/* Moves sc->slot to the sums. */
static void add_slot(scorer *sc)
{
    for (uint32_t i = 0; i < sc->slot->words; i++) {
        sc->sums->touched[i] |= sc->slot->touched[i];
        for (uint64_t word = sc->slot->touched[i]; word; word &= word - 1) {
            uint32_t place = i * 64 + (uint32_t)__builtin_ctzll(word);
            sc->sums->at[place] += sc->slot->at[place];
            sc->slot->at[place] = 0;
        }
        sc->slot->touched[i] = 0;
    }
}

void unit_add(scorer *sc, const unit *u, bool touching, uint32_t from, uint32_t to)
{
    if (!u->only) {
        unit_raise(sc, u, from, to);
        add_slot(sc);
    } else if (touching) {
        stream_touch(u->only, &sc->set, sc->sums, from, to);
    } else {
        stream_add(u->only, &sc->set, sc->sums->at, from, to);
    }
}
