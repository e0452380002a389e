/* See maxscore.h. */
#include "core/search/maxscore.h"

#include <string.h>

#include "core/search/streams.h"

#define SPARSE 400      /* postings below which a window is marked and not scanned               */
#define ASK_COST 8      /* asking for one item costs as much as adding so many postings          */
#define STEP 512        /* sums looked at before the bar is asked for again                      */
#define PRIME_MOST 2048 /* postings read for a first bar                                        */

/* One summand of the score: a list of a slot that is met in one way by one term, or a whole slot. */
typedef struct unit {
    stream          *only;    /* the list, or NULL                                              */
    const plan_slot *slot;    /* else the slot                                                  */
    stream          *streams; /* of its ways, their parts, question then answer                 */
    uint32_t        *bounds;  /* of a slot, by window                                           */
    uint32_t         most;    /* largest contribution anywhere                                  */
    uint32_t         density; /* postings in a window, roughly                                  */
} unit;

struct scorer {
    plan        *p;
    stream_set   set;
    unit        *units; /* by `most`, the least first */
    uint32_t     unit_count;
    window_sums *sums;   /* all clear between windows  */
    window_sums *slot;   /* of one slot: the best ways */
    window_sums *way;    /* of one way                 */
    uint64_t    *order;  /* of windows: bound << 32 | number */
    uint16_t    *places; /* of items in a window that may be among the best */
};

static pin_status no_space(pin_error *err)
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
            return no_space(sc->set.err);
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
        return no_space(sc->set.err);
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

static void clear_sums(window_sums *sums)
{
    memset(sums->at, 0, (size_t)sums->words * 64 * sizeof *sums->at);
    memset(sums->touched, 0, sizeof sums->touched);
}

static pin_status take_room(scorer *sc, bool slots)
{
    sc->sums = take_sums(sc);
    sc->places = pin_arena_take(sc->set.arena, sc->sums ? sc->sums->words * 64 : 0, sizeof *sc->places);
    if (!sc->sums || !sc->places)
        return no_space(sc->set.err);
    if (!slots)
        return PIN_OK;
    sc->slot = take_sums(sc);
    sc->way = take_sums(sc);
    return sc->slot && sc->way ? PIN_OK : no_space(sc->set.err);
}

pin_status scorer_open(scorer **out, plan *p, pin_arena *arena, pin_error *err)
{
    uint32_t items = p->settings.item_count;
    bool     slots = false;
    scorer  *sc = pin_arena_take(arena, 1, sizeof *sc);
    if (!sc || !(sc->units = pin_arena_take(arena, (size_t)p->slot_count * 2, sizeof *sc->units)))
        return no_space(err);
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

static uint32_t probe_unit(scorer *sc, const unit *u, uint32_t item)
{
    return u->only ? stream_probe(u->only, &sc->set, item) : probe_slot(sc, u, item);
}

uint32_t scorer_sum(scorer *sc, uint32_t item)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        sum += probe_unit(sc, &sc->units[i], item);
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

static void raise_by_way(scorer *sc, const plan_way *way, stream *streams, uint32_t from, uint32_t to)
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

/* The best ways of the items in the window, in sc->slot. */
static void raise_by_slot(scorer *sc, const unit *u, uint32_t from, uint32_t to)
{
    stream *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        if (way->part_count)
            raise_by_way(sc, way, next, from, to);
        else
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

static void add_unit(scorer *sc, const unit *u, bool touching, uint32_t from, uint32_t to)
{
    if (!u->only) {
        raise_by_slot(sc, u, from, to);
        add_slot(sc);
    } else if (touching) {
        stream_touch(u->only, &sc->set, sc->sums, from, to);
    } else {
        stream_add(u->only, &sc->set, sc->sums->at, from, to);
    }
}

/* ---- Counting ---- */

static void count_range(pin_hits *out, uint32_t module, uint32_t count)
{
    out->total += count;
    if (out->module_counts)
        out->module_counts[module] += count;
}

/* Home modules are ranges of items, in order. */
static uint32_t module_stop(const plan *p, uint32_t module, uint32_t end)
{
    uint32_t stop = pin_read_module_end(p->ix, module);
    return stop > end ? end : stop;
}

static void count_sums(pin_hits *out, const plan *p, const uint32_t *sums, uint32_t base, uint32_t first,
                       uint32_t end)
{
    uint32_t module = pin_read_item_module(p->ix, first);
    for (uint32_t i = first, stop; i < end; i = stop, module++) {
        stop = module_stop(p, module, end);
        count_range(out, module, sums_count(sums + (i - base), stop - i));
    }
}

static uint32_t bits_between(const uint64_t *bits, uint32_t from, uint32_t to)
{
    uint32_t count = 0;
    for (uint32_t i = from; i < to;) {
        uint32_t n = 64 - i % 64 < to - i ? 64 - i % 64 : to - i;
        uint64_t word = bits[i / 64] >> i % 64;
        count += (uint32_t)__builtin_popcountll(n == 64 ? word : word & ((1ull << n) - 1));
        i += n;
    }
    return count;
}

static void count_bits(pin_hits *out, const plan *p, const uint64_t *bits, uint32_t first, uint32_t end)
{
    uint32_t module = pin_read_item_module(p->ix, first);
    for (uint32_t i = first, stop; i < end; i = stop, module++) {
        stop = module_stop(p, module, end);
        count_range(out, module, bits_between(bits, i, stop));
    }
}

static void mark_way(scorer *sc, const plan_way *way, stream *streams, uint64_t *bits)
{
    for (uint32_t i = 0; i < way->row_count; i++)
        bits[way->row_items[i] / 64] |= (uint64_t)(way->row_values[i] != 0) << way->row_items[i] % 64;
    if (way->part_count == 1) {
        stream_mark(&streams[0], &sc->set, bits);
        stream_mark(&streams[1], &sc->set, bits);
        return;
    }
    for (uint32_t w = 0; way->part_count && w < sc->set.windows; w++) {
        raise_by_way(sc, way, streams, w * WINDOW, (w + 1) * WINDOW);
        for (uint32_t k = 0; k < WINDOW_WORDS; k++)
            bits[w * WINDOW_WORDS + k] |= sc->slot->touched[k];
        clear_sums(sc->slot);
    }
}

static void mark_slot(scorer *sc, const unit *u, uint64_t *bits)
{
    stream *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        mark_way(sc, &u->slot->ways[w], next, bits);
        next += 2 * u->slot->ways[w].part_count;
    }
}

/* The union of all lists. */
static pin_status count_union(scorer *sc, const scorer_scope *scope)
{
    size_t    words = (size_t)sc->set.windows * WINDOW_WORDS;
    uint64_t *bits = pin_arena_take(sc->set.arena, words, sizeof *bits);
    if (!bits)
        return no_space(sc->set.err);
    for (uint32_t i = 0; i < sc->unit_count; i++) {
        const unit *u = &sc->units[i];
        if (u->only) {
            stream_mark(u->only, &sc->set, bits);
            continue;
        }
        mark_slot(sc, u, bits);
    }
    for (size_t i = 0; scope->allowed && i < words; i++)
        bits[i] &= scope->allowed[i];
    count_bits(scope->counts, sc->p, bits, scope->first, scope->end);
    return sc->set.status;
}

/* ---- All of it ---- */

static void keep_allowed(uint32_t *sums, const uint64_t *allowed, uint32_t from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!(allowed[(from + i) / 64] >> (from + i) % 64 & 1))
            sums[i] = 0;
}

static uint32_t least_score(const best_few *best) { return best->bar ? best_score(best) : 1; }

static void score_window(best_few *best, scorer *sc, const scorer_scope *scope, uint32_t from)
{
    uint32_t *sums = sc->sums->at;
    uint32_t  to = sc->set.item_count - from < WINDOW ? sc->set.item_count : from + WINDOW;
    uint32_t  first = scope->first > from ? scope->first : from, end = scope->end < to ? scope->end : to;
    if (first >= end)
        return;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        add_unit(sc, &sc->units[i], false, from, to);
    if (scope->allowed)
        keep_allowed(sums, scope->allowed, from, to - from);
    if (scope->counts)
        count_sums(scope->counts, sc->p, sums, from, first, end);
    for (uint32_t i = first - from, stop; i < end - from; i = stop) { /* in steps, for the bar rises */
        stop = end - from - i < STEP ? end - from : i + STEP;
        uint32_t count = sums_collect(sc->places, sums + i, stop - i, least_score(best));
        for (uint32_t k = 0; k < count; k++)
            best_add(best, from + i + sc->places[k], sums[i + sc->places[k]]);
    }
    if (sc->set.windows > 1)
        memset(sums, 0, (to - from) * sizeof *sums);
}

/* ---- The promising part of it ---- */

static uint32_t unit_most(const unit *u, uint32_t window)
{
    return u->only ? stream_most(u->only, window) : u->bounds[window];
}

/* Most that the rows of a way, sorted by item, give in each window. */
static void bound_rows(uint32_t *bounds, const plan_way *way)
{
    for (uint32_t i = 0; i < way->row_count; i++) {
        uint32_t *bound = &bounds[way->row_items[i] / WINDOW], value = way_within(way, way->row_values[i]);
        if (*bound < value)
            *bound = value;
    }
}

static uint32_t part_most(const stream *two, uint32_t window)
{
    uint32_t question = two[0].count ? stream_most(&two[0], window) : 0;
    return question + (two[1].count ? stream_most(&two[1], window) : 0);
}

/* Within the window all parts must have something. */
static uint32_t way_most(const plan_way *way, const stream *streams, uint32_t window)
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

static pin_status bound_slot(scorer *sc, unit *u)
{
    stream *next = u->streams;
    u->bounds = pin_arena_take(sc->set.arena, sc->set.windows, sizeof *u->bounds);
    if (!u->bounds)
        return no_space(sc->set.err);
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        for (uint32_t k = 0; k < 2 * way->part_count; k++) {
            pin_status s = stream_bound(&next[k], &sc->set);
            if (s != PIN_OK)
                return s;
            u->density += stream_density(&next[k], &sc->set);
        }
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
    u->density = u->only->form == PIN_LIST_FLAT ? WINDOW : stream_density(u->only, &sc->set);
    return stream_bound(u->only, &sc->set);
}

static void sort_units(unit *units, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        unit     moving = units[i];
        uint32_t at = i;
        for (; at > 0 && units[at - 1].most > moving.most; at--)
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
static uint32_t order_windows(scorer *sc, const scorer_scope *scope)
{
    uint32_t windows = sc->set.windows, count = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        add_bounds(sc->order, &sc->units[i], windows);
    for (uint32_t w = 0; w < windows; w++) {
        uint64_t bound = sc->order[w];
        if (bound && w * WINDOW < scope->end && scope->first < (w + 1) * WINDOW)
            sc->order[count++] = bound << 32 | (UINT32_MAX - w);
    }
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
        add_unit(sc, u, false, run->from, run->to);
        run->dirty = true;
        return;
    }
    if (flat)
        stream_add_flat_at(u->only, sums, run->from, places, count);
    else
        for (uint32_t i = 0; i < count; i++)
            sums[places[i]] += probe_unit(sc, u, run->from + places[i]);
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
    uint32_t *sums = sc->sums->at, rest = run->rest, need = least_score(best);
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

static bool is_in_scope(const scorer_scope *scope, uint32_t item)
{
    return item >= scope->first && item < scope->end &&
           (!scope->allowed || (scope->allowed[item / 64] >> item % 64 & 1));
}

static uint32_t keep_in_scope(uint16_t *places, uint32_t count, const scorer_scope *scope, uint32_t from)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        places[kept] = places[i];
        kept += is_in_scope(scope, from + places[i]);
    }
    return kept;
}

static void scan_window(best_few *best, scorer *sc, const scorer_scope *scope, window_run *run)
{
    uint32_t *sums = sc->sums->at, items = run->to - run->from, count = 0, need = least_score(best);
    uint32_t  least = need > run->rest ? need - run->rest : 1;
    for (uint32_t i = run->first_needed; i < sc->unit_count; i++)
        if (unit_most(&sc->units[i], run->number))
            add_unit(sc, &sc->units[i], false, run->from, run->to);
    count = sums_collect(sc->places, sums, items, least);
    if (scope->allowed || run->from < scope->first || run->to > scope->end)
        count = keep_in_scope(sc->places, count, scope, run->from);
    finish_places(best, sc, run, count);
    clear_sums(sc->sums);
}

/* The same when few items are touched. */
static void pick_window(best_few *best, scorer *sc, const scorer_scope *scope, window_run *run)
{
    uint64_t touched[WINDOW_WORDS];
    uint32_t count = 0, need = least_score(best);
    for (uint32_t i = run->first_needed; i < sc->unit_count; i++)
        if (unit_most(&sc->units[i], run->number))
            add_unit(sc, &sc->units[i], true, run->from, run->to);
    memcpy(touched, sc->sums->touched, sizeof touched);
    for (uint32_t i = 0; i < WINDOW_WORDS; i++)
        for (uint64_t word = touched[i]; word; word &= word - 1) {
            uint32_t place = i * 64 + (uint32_t)__builtin_ctzll(word);
            sc->places[count] = (uint16_t)place;
            count += sc->sums->at[place] + run->rest >= need && is_in_scope(scope, run->from + place);
        }
    finish_places(best, sc, run, count);
    if (run->dirty) {
        clear_sums(sc->sums);
        return;
    }
    for (uint32_t i = 0; i < WINDOW_WORDS; i++) {
        for (uint64_t word = touched[i]; word; word &= word - 1)
            sc->sums->at[i * 64 + (uint32_t)__builtin_ctzll(word)] = 0;
        sc->sums->touched[i] = 0;
    }
}

static void look_into_window(best_few *best, scorer *sc, const scorer_scope *scope, uint32_t number)
{
    window_run run = {.number = number, .from = number * WINDOW};
    uint32_t   need = least_score(best), density = 0;
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

/* ---- A first bar ---- from the strongest lists alone: as many items as are wanted have at least so much */

/* Items of a list with what it gives them, as item << 32 | contribution. */
static uint32_t list_rows(uint64_t *rows, scorer *sc, stream *s)
{
    uint32_t blocks = s->form == PIN_LIST_BLOCKS ? s->head.blocks : 1, count = 0;
    for (uint32_t b = 0; b < blocks; b++) {
        if (s->form == PIN_LIST_BLOCKS && !stream_block(s, &sc->set, b))
            break;
        for (uint32_t i = 0; i < s->have; i++)
            rows[count++] = (uint64_t)s->ids[i] << 32 | s->weight * s->impacts[i];
    }
    return count;
}

static uint32_t strongest_rows(uint64_t *rows, scorer *sc, uint32_t enough)
{
    uint32_t count = 0;
    for (uint32_t i = sc->unit_count; i-- > 0 && count < enough;) {
        stream *s = sc->units[i].only;
        if (s && s->form != PIN_LIST_FLAT && s->count <= PRIME_MOST - count)
            count += list_rows(rows + count, sc, s);
    }
    return count;
}

static pin_status prime(best_few *best, scorer *sc, const scorer_scope *scope)
{
    best_few   few;
    uint64_t  *rows = pin_arena_take(sc->set.arena, PRIME_MOST, sizeof *rows);
    pin_status s = best_init(&few, best->cap, sc->set.arena, sc->set.err);
    if (!rows || s != PIN_OK)
        return rows ? s : no_space(sc->set.err);
    uint32_t count = strongest_rows(rows, sc, best->cap * 4);
    keys_sort(rows, count);
    for (uint32_t i = 0, next; i < count; i = next) {
        uint32_t item = (uint32_t)(rows[i] >> 32), sum = 0;
        for (next = i; next < count && rows[next] >> 32 == item; next++)
            sum += (uint32_t)rows[next];
        if (is_in_scope(scope, item))
            best_add(&few, item, sum);
    }
    best_halve(&few);
    if (few.bar)
        best->bar = ((uint64_t)best_score(&few) << 32) - 1;
    return sc->set.status;
}

static pin_status run_windows(best_few *best, scorer *sc, const scorer_scope *scope)
{
    sc->order = pin_arena_take(sc->set.arena, sc->set.windows, sizeof *sc->order);
    if (!sc->order)
        return no_space(sc->set.err);
    for (uint32_t i = 0; i < sc->unit_count; i++) {
        pin_status s = bound_unit(sc, &sc->units[i]);
        if (s != PIN_OK)
            return s;
    }
    sc->set.any_order = true;
    sort_units(sc->units, sc->unit_count);
    uint32_t   count = order_windows(sc, scope);
    pin_status s = prime(best, sc, scope);
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < count && sc->set.status == PIN_OK; i++) {
        if (sc->order[i] >> 32 < least_score(best))
            break;
        look_into_window(best, sc, scope, UINT32_MAX - (uint32_t)sc->order[i]);
        if (best->count > best->cap)
            best_halve(best);
    }
    return sc->set.status;
}

pin_status scorer_run(best_few *best, scorer *sc, const scorer_scope *scope)
{
    if (sc->set.item_count > SCORE_ALL_ITEMS) {
        pin_status s = run_windows(best, sc, scope);
        return s == PIN_OK && scope->counts ? count_union(sc, scope) : s;
    }
    for (uint32_t w = 0; w < sc->set.windows && sc->set.status == PIN_OK; w++)
        score_window(best, sc, scope, w * WINDOW);
    return sc->set.status;
}
