/* The best items without reading everything.
 *
 * What an item can get is summed from lanes: lists, and ways of slots. Once it is known what the last of the
 * best must reach, the bar, lanes that cannot reach it together need not be read: an item of theirs alone is
 * not among the best (MaxScore: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995; by
 * stretches of ids: Ding and Suel, "Faster top-k document retrieval using block-max indexes", SIGIR 2011).
 * So, span by span:
 *
 *     choose    lanes to read: those that give most for their length, until the others cannot reach the bar
 *     gather    their postings, added up
 *     finish    ask the other lanes about the items that are left, first those that settle most; fewer are
 *               left after each
 *
 * A first bar comes from the strongest lanes alone, before anything else is read. */
#include <string.h>

#include "core/search/units.h"

#define ROWS 4096           /* items that are finished at a time */
#define PRIME_POSTINGS 8192 /* read for a first bar              */
#define PRIME_MORE 2        /* for it, 1 / so many more items are finished than are wanted */
#define PRIME_REST 8        /* what together gives less than 1 / so much of the bar does not sharpen it */
#define FINISH_COST 20      /* an item that is finished costs as much as so many postings read */

#define FLAT_CHEAPER 8 /* a flat list is asked with so much less work than another */

#define FEW 32 /* fewer than one of so many items are asked about, whatever the lists say */

typedef struct lanes_run {
    scorer             *sc;
    const scorer_scope *scope;
    lane               *lanes;    /* unit by unit */
    uint32_t           *first;    /* of each unit; one more at the end */
    uint32_t           *weakest;  /* lanes, by what they give for their length, the least first */
    uint32_t           *settling; /* units, by what asking them settles, the most first */
    uint32_t           *rest;     /* by unit: what its lanes that are not read can give */
    uint64_t            rest_sum;
    uint32_t            lane_count;
    uint32_t           *items, *sums;           /* rows: ROWS of each */
    uint32_t           *values, *full, *before; /* of a slot          */
} lanes_run;

/* ---- Bounds ---- */

static uint32_t part_most(const stream *two, uint32_t span)
{
    uint32_t question = two[0].count ? stream_most(&two[0], span) : 0;
    return question + (two[1].count ? stream_most(&two[1], span) : 0);
}

/* Within the span all parts must have something. */
static uint32_t way_most(const lane *l, uint32_t span)
{
    uint32_t sum = 0;
    if (l->way->part_count == 0)
        return l->rows ? l->rows[span] : 0;
    for (uint32_t k = 0; k < l->way->part_count; k++) {
        uint32_t part = part_most(l->streams + 2 * k, span);
        if (part == 0)
            return 0;
        sum += part;
    }
    return way_within(l->way, sum);
}

static uint32_t lane_most(const lane *l, uint32_t span)
{
    return l->way ? way_most(l, span) : stream_most(l->streams, span);
}

static uint32_t streams_of(const lane *l) { return l->way ? 2 * l->way->part_count : 1; }

static bool is_flat(const lane *l) { return !l->way && l->streams->form == PIN_LIST_FLAT; }

/* Such a lane may meet more items than it says it has postings: nothing else in a file does. */
static bool has_flat(const lane *l)
{
    for (uint32_t i = 0; i < streams_of(l); i++)
        if (l->streams[i].count && l->streams[i].form == PIN_LIST_FLAT)
            return true;
    return false;
}

static pin_status bound_rows(lane *l, scorer *sc)
{
    l->rows = pin_arena_take(sc->set.arena, sc->set.spans, sizeof *l->rows);
    if (!l->rows)
        return units_no_space(sc->set.err);
    for (uint32_t i = 0; i < l->way->row_count; i++) {
        uint32_t *most = &l->rows[l->way->row_items[i] / SPAN];
        uint32_t  value = way_within(l->way, l->way->row_values[i]);
        if (*most < value)
            *most = value;
    }
    return PIN_OK;
}

static pin_status bound_lane(lane *l, scorer *sc)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; s == PIN_OK && i < streams_of(l); i++) {
        s = stream_bound(&l->streams[i], &sc->set);
        l->postings += l->streams[i].count;
    }
    if (s == PIN_OK && l->way && l->way->part_count == 0) {
        s = bound_rows(l, sc);
        l->postings += l->way->row_count;
    }
    if (is_flat(l))
        l->postings = sc->set.item_count;
    for (uint32_t i = 0; s == PIN_OK && i < sc->set.spans; i++) {
        uint32_t most = lane_most(l, i);
        if (l->most < most)
            l->most = most;
    }
    return s;
}

/* ---- Setting out ---- */

static pin_status add_lane(lanes_run *r, uint32_t number, const plan_way *way, stream *streams)
{
    lane *l = &r->lanes[r->lane_count++];
    *l = (lane){.unit = number, .way = way, .streams = streams};
    return bound_lane(l, r->sc);
}

static pin_status add_lanes(lanes_run *r, uint32_t number)
{
    const unit *u = &r->sc->units[number];
    if (u->only)
        return add_lane(r, number, NULL, u->only);
    stream    *next = u->streams;
    pin_status s = PIN_OK;
    for (uint32_t w = 0; s == PIN_OK && w < u->slot->way_count; w++) {
        s = add_lane(r, number, &u->slot->ways[w], next);
        next += 2 * u->slot->ways[w].part_count;
    }
    return s;
}

static uint64_t worth_of(const lane *l) { return ((uint64_t)l->most << 28) / (l->postings + 1); }

static void sort_lanes(lanes_run *r)
{
    for (uint32_t i = 0; i < r->lane_count; i++) {
        uint64_t worth = worth_of(&r->lanes[i]);
        uint32_t at = i;
        for (; at > 0 && worth_of(&r->lanes[r->weakest[at - 1]]) > worth; at--)
            r->weakest[at] = r->weakest[at - 1];
        r->weakest[at] = i;
    }
}

/* What asking it can settle, for what asking costs. */
static uint64_t unit_worth(const lanes_run *r, uint32_t number)
{
    uint32_t most = 0;
    for (uint32_t i = r->first[number]; i < r->first[number + 1]; i++)
        most = r->lanes[i].most > most ? r->lanes[i].most : most;
    return (uint64_t)most * (is_flat(&r->lanes[r->first[number]]) ? FLAT_CHEAPER : 1);
}

static void sort_units(lanes_run *r)
{
    for (uint32_t i = 0; i < r->sc->unit_count; i++) {
        uint64_t worth = unit_worth(r, i);
        uint32_t at = i;
        for (; at > 0 && unit_worth(r, r->settling[at - 1]) < worth; at--)
            r->settling[at] = r->settling[at - 1];
        r->settling[at] = i;
    }
}

static bool take_rows(lanes_run *r)
{
    uint32_t **all[] = {&r->items, &r->sums, &r->values, &r->full, &r->before};
    uint32_t   count = r->sc->slot.at ? 5 : 2; /* the others are for slots */
    for (uint32_t i = 0; i < count; i++)
        if (!(*all[i] = pin_arena_take(r->sc->set.arena, ROWS, sizeof **all[i])))
            return false;
    return true;
}

static pin_status set_out(lanes_run *r)
{
    scorer    *sc = r->sc;
    pin_arena *arena = sc->set.arena;
    uint32_t   most = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        most += sc->units[i].only ? 1 : sc->units[i].slot->way_count;
    r->lanes = pin_arena_take(arena, most, sizeof *r->lanes);
    r->weakest = pin_arena_take(arena, most, sizeof *r->weakest);
    r->first = pin_arena_take(arena, (size_t)sc->unit_count + 1, sizeof *r->first);
    r->settling = pin_arena_take(arena, sc->unit_count, sizeof *r->settling);
    r->rest = pin_arena_take(arena, sc->unit_count, sizeof *r->rest);
    if (!r->lanes || !r->weakest || !r->first || !r->settling || !r->rest || !take_rows(r))
        return units_no_space(sc->set.err);
    pin_status s = PIN_OK;
    for (uint32_t i = 0; s == PIN_OK && i < sc->unit_count; i++) {
        s = add_lanes(r, i);
        r->first[i + 1] = r->lane_count;
    }
    sort_lanes(r);
    sort_units(r);
    return s;
}

/* ---- Gathering ---- */

/* The longest way goes first, while the slot is empty. */
static bool gather_slot(lanes_run *r, uint32_t first, uint32_t end, uint32_t from, uint32_t to)
{
    uint32_t longest = UINT32_MAX;
    for (uint32_t i = first; i < end; i++)
        if (r->lanes[i].needed &&
            (longest == UINT32_MAX || r->lanes[i].postings > r->lanes[longest].postings))
            longest = i;
    if (longest == UINT32_MAX)
        return false;
    way_set(r->sc, r->lanes[longest].way, r->lanes[longest].streams, from, to);
    for (uint32_t i = first; i < end; i++)
        if (r->lanes[i].needed && i != longest)
            way_raise(r->sc, r->lanes[i].way, r->lanes[i].streams, from, to);
    return true;
}

static void swap_sums(scorer *sc)
{
    line_sums sums = sc->sums;
    sc->sums = sc->slot;
    sc->slot = sums;
}

/* The first slot is gathered where the sums will be: they are empty yet, and nothing has to be moved. */
static void gather_slots(lanes_run *r, uint32_t from, uint32_t to)
{
    scorer *sc = r->sc;
    bool    empty = true;
    for (uint32_t u = 0; u < sc->unit_count; u++) {
        if (sc->units[u].only)
            continue;
        if (empty)
            swap_sums(sc);
        bool any = gather_slot(r, r->first[u], r->first[u + 1], from, to);
        if (empty)
            swap_sums(sc);
        else if (any)
            sums_move(&sc->sums, &sc->slot);
        empty &= !any;
    }
}

static void gather(lanes_run *r, uint32_t from, uint32_t to)
{
    scorer *sc = r->sc;
    gather_slots(r, from, to);
    for (uint32_t u = 0; u < sc->unit_count; u++) {
        const lane *l = &r->lanes[r->first[u]];
        if (!l->way && l->needed)
            stream_touch(l->streams, &sc->set, &sc->sums, from, to);
    }
}

static uint32_t keep_scope(lanes_run *r, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        r->items[kept] = r->items[i];
        r->sums[kept] = r->sums[i];
        kept += scope_has(r->scope, r->items[i]);
    }
    return kept;
}

static uint32_t take_gathered(lanes_run *r, uint32_t *line, uint32_t from, uint32_t to, uint32_t cap,
                              uint32_t least)
{
    const scorer_scope *scope = r->scope;
    uint32_t            count = sums_take(r->items, r->sums, cap, &r->sc->sums, line, from, least);
    return scope->allowed || from < scope->first || to > scope->end ? keep_scope(r, count) : count;
}

/* ---- Asking ---- */

/* The best way of each item; what was gathered of it is there already. */
static void ask_slot(lanes_run *r, uint32_t number, uint32_t count)
{
    memset(r->full, 0, count * sizeof *r->full);
    memset(r->before, 0, count * sizeof *r->before);
    for (uint32_t i = r->first[number]; i < r->first[number + 1]; i++) {
        const lane *l = &r->lanes[i];
        way_ask(r->sc, l->way, l->streams, r->values, r->items, count);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t value = r->values[k], read = l->needed ? value : 0;
            r->full[k] = r->full[k] > value ? r->full[k] : value;
            r->before[k] = r->before[k] > read ? r->before[k] : read;
        }
    }
    for (uint32_t k = 0; k < count; k++)
        r->sums[k] += r->full[k] - r->before[k];
}

static void ask_unit(lanes_run *r, uint32_t number, uint32_t count)
{
    if (r->sc->units[number].only)
        stream_ask(r->sc->units[number].only, &r->sc->set, r->sums, r->items, count);
    else
        ask_slot(r, number, count);
}

static uint32_t keep_hopeful(lanes_run *r, uint32_t count, uint64_t rest, uint32_t least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        r->items[kept] = r->items[i];
        r->sums[kept] = r->sums[i];
        kept += r->sums[i] + rest >= least;
    }
    return kept;
}

static void finish(best_few *best, lanes_run *r, uint32_t count)
{
    uint64_t rest = r->rest_sum;
    for (uint32_t i = 0; i < r->sc->unit_count && count; i++) {
        uint32_t number = r->settling[i];
        if (r->rest[number] == 0)
            continue;
        count = keep_hopeful(r, count, rest, best_least(best));
        ask_unit(r, number, count);
        rest -= r->rest[number];
    }
    for (uint32_t i = 0; i < count; i++)
        if (r->sums[i])
            best_add(best, r->items[i], r->sums[i]);
}

/* ---- Choosing ---- */

static void leave(lanes_run *r, lane *l)
{
    uint32_t *rest = &r->rest[l->unit];
    l->needed = false;
    if (*rest < l->here) {
        r->rest_sum += l->here - *rest;
        *rest = l->here;
    }
}

static void read_all(lanes_run *r)
{
    r->rest_sum = 0;
    memset(r->rest, 0, r->sc->unit_count * sizeof *r->rest);
    for (uint32_t i = 0; i < r->lane_count; i++)
        r->lanes[i].needed = true;
}

/* What it costs to read the lanes from `from` on, in postings, and to finish the items that one of them alone
 * lifts over what the others leave to reach. */
static uint64_t cost_of(const lanes_run *r, uint32_t from, uint64_t least)
{
    uint64_t cost = 0;
    for (uint32_t i = from; i < r->lane_count; i++) {
        const lane *l = &r->lanes[r->weakest[i]];
        if (l->here)
            cost += l->postings * ((uint64_t)l->here * 7 / 8 >= least ? FINISH_COST : 1);
    }
    return cost;
}

/* Leaves those of the long lanes unread that cannot reach `need` together, as many as it pays. False when
 * nothing can. */
static bool choose(lanes_run *r, uint32_t span, uint32_t need)
{
    uint64_t best = UINT64_MAX;
    uint32_t cut = 0, i = 0;
    for (uint32_t k = 0; k < r->lane_count; k++)
        r->lanes[k].here = lane_most(&r->lanes[k], span);
    read_all(r);
    for (; i < r->lane_count && r->rest_sum < need; i++) {
        uint64_t cost = cost_of(r, i, need - r->rest_sum);
        if (cost < best) {
            best = cost;
            cut = i;
        }
        leave(r, &r->lanes[r->weakest[i]]);
    }
    if (i == r->lane_count && r->rest_sum < need)
        return false;
    read_all(r);
    for (i = 0; i < cut; i++)
        leave(r, &r->lanes[r->weakest[i]]);
    for (; i < r->lane_count; i++) {
        lane *l = &r->lanes[r->weakest[i]];
        l->needed = l->here > r->rest[l->unit]; /* the others of its slot may give as much */
    }
    return true;
}

/* ---- A first bar ---- */

/* The strongest lanes, as far as they are short; how many postings they have. */
static uint64_t choose_strongest(lanes_run *r)
{
    uint64_t reading = 0;
    read_all(r);
    for (uint32_t i = r->lane_count; i-- > 0;) {
        lane *l = &r->lanes[r->weakest[i]];
        l->here = l->most;
        if (!has_flat(l) && l->postings <= PRIME_POSTINGS - reading)
            reading += l->postings;
        else
            leave(r, l);
    }
    return reading;
}

/* Everything that these lanes meet, by item, in rows of its own; `cap`: their postings and a line, so that
 * none is left out. */
static uint32_t gather_rows(lanes_run *r, uint32_t *items, uint32_t *sums, uint32_t cap)
{
    uint32_t *chunk_items = r->items, *chunk_sums = r->sums, count = 0;
    for (uint32_t from = r->scope->first / SPAN * SPAN; from < r->scope->end; from += SPAN) {
        uint32_t to = r->sc->set.item_count - from < SPAN ? r->sc->set.item_count : from + SPAN, line = 0;
        gather(r, from, to);
        while (line < r->sc->sums.lines) {
            r->items = items + count;
            r->sums = sums + count;
            count += take_gathered(r, &line, from, to, cap - count, 1);
        }
    }
    r->items = chunk_items;
    r->sums = chunk_sums;
    return count;
}

static uint32_t rows_by_item(lanes_run *r, best_few *some, ranked *room)
{
    uint32_t count = best_list(room, some);
    for (uint32_t i = 0; i < count; i++) { /* by insertion: they are few */
        uint32_t at = i;
        for (; at > 0 && r->items[at - 1] > room[i].item; at--) {
            r->items[at] = r->items[at - 1];
            r->sums[at] = r->sums[at - 1];
        }
        r->items[at] = room[i].item;
        r->sums[at] = room[i].score;
    }
    return count;
}

/* Sums that are not complete are lower bounds, so this is a bar all the same. */
static void raise_bar(best_few *best, best_few *few, const lanes_run *r, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        best_add(few, r->items[i], r->sums[i]);
    best_halve(few);
    if (few->bar)
        best->bar = ((uint64_t)best_score(few) << 32) - 1; /* an item with this score is above it */
}

/* Completes the sums of the rows that look best. */
static pin_status find_bar(best_few *best, lanes_run *r, const uint32_t *items, const uint32_t *sums,
                           uint32_t count)
{
    uint32_t   wanted = best->cap + best->cap / PRIME_MORE;
    best_few   few, some;
    pin_arena *arena = r->sc->set.arena;
    ranked    *room = pin_arena_take(arena, wanted, sizeof *room);
    pin_status s = room ? best_init(&few, best->cap, arena, r->sc->set.err) : units_no_space(r->sc->set.err);
    if (s == PIN_OK)
        s = best_init(&some, wanted, arena, r->sc->set.err);
    if (s != PIN_OK || wanted > ROWS)
        return s;
    for (uint32_t i = 0; i < count; i++)
        best_add(&some, items[i], sums[i]);
    count = rows_by_item(r, &some, room);
    if (count < best->cap)
        return PIN_OK;
    uint64_t rest = r->rest_sum;
    for (uint32_t i = 0; i < r->sc->unit_count && rest > best_score(&some) / PRIME_REST; i++) {
        uint32_t number = r->settling[i];
        if (r->rest[number])
            ask_unit(r, number, count);
        rest -= r->rest[number];
    }
    raise_bar(best, &few, r, count);
    return r->sc->set.status;
}

/* Rows are all that is needed when what was not read cannot reach the bar. */
static void finish_rows(best_few *best, lanes_run *r, const uint32_t *items, const uint32_t *sums,
                        uint32_t count)
{
    for (uint32_t i = 0, chunk; i < count; i += chunk) {
        chunk = count - i < ROWS ? count - i : ROWS;
        memcpy(r->items, items + i, chunk * sizeof *items);
        memcpy(r->sums, sums + i, chunk * sizeof *sums);
        finish(best, r, chunk);
    }
}

static pin_status prime(bool *done, best_few *best, lanes_run *r)
{
    pin_arena *arena = r->sc->set.arena;
    uint64_t   reading = choose_strongest(r);
    uint32_t   cap = (uint32_t)reading + LINE;
    uint32_t  *items = pin_arena_take(arena, cap, sizeof *items);
    uint32_t  *sums = pin_arena_take(arena, cap, sizeof *sums);
    *done = false;
    if (!items || !sums)
        return units_no_space(r->sc->set.err);
    uint32_t   count = reading ? gather_rows(r, items, sums, cap) : 0;
    pin_status s = find_bar(best, r, items, sums, count);
    *done = s == PIN_OK && r->rest_sum < best_least(best);
    if (*done)
        finish_rows(best, r, items, sums, count);
    return s;
}

/* ---- Few items ---- of a module, or with all words of a phrase: each is asked about */

static void leave_all(lanes_run *r)
{
    read_all(r);
    for (uint32_t i = 0; i < r->lane_count; i++) {
        r->lanes[i].here = r->lanes[i].most;
        leave(r, &r->lanes[i]);
    }
}

static bool is_few(const lanes_run *r)
{
    const scorer_scope *scope = r->scope;
    uint32_t            count = 0, most = r->sc->set.item_count / FEW;
    if (!scope->allowed)
        return scope->end - scope->first <= most;
    for (uint32_t i = scope->first / 64; i < (scope->end + 63) / 64 && count <= most; i++)
        count += (uint32_t)__builtin_popcountll(scope->allowed[i]);
    return count <= most;
}

static pin_status run_few(best_few *best, lanes_run *r)
{
    uint32_t count = 0;
    leave_all(r);
    for (uint32_t item = r->scope->first; item < r->scope->end; item++) {
        if (r->scope->allowed && item % 64 == 0 && r->scope->allowed[item / 64] == 0) {
            item += 63;
            continue;
        }
        if (!scope_has(r->scope, item))
            continue;
        r->items[count] = item;
        r->sums[count++] = 0;
        if (count == ROWS) {
            finish(best, r, count);
            count = 0;
        }
    }
    finish(best, r, count);
    return r->sc->set.status;
}

/* ---- All of it ---- */

static void run_span(best_few *best, lanes_run *r, uint32_t span)
{
    uint32_t from = span * SPAN, line = 0;
    uint32_t to = r->sc->set.item_count - from < SPAN ? r->sc->set.item_count : from + SPAN;
    if (!choose(r, span, best_least(best)))
        return;
    gather(r, from, to);
    while (line < r->sc->sums.lines) {
        uint32_t need = best_least(best);
        uint32_t least = need > r->rest_sum ? need - (uint32_t)r->rest_sum : 1;
        uint32_t count = take_gathered(r, &line, from, to, ROWS, least);
        finish(best, r, count);
    }
    if (best->count > best->cap)
        best_halve(best);
}

pin_status scorer_run_lanes(best_few *best, scorer *sc, const scorer_scope *scope)
{
    lanes_run  r = {.sc = sc, .scope = scope};
    bool       done = false;
    pin_status s = set_out(&r);
    if (s == PIN_OK && is_few(&r))
        return run_few(best, &r);
    if (s == PIN_OK)
        s = prime(&done, best, &r);
    for (uint32_t i = scope->first / SPAN; s == PIN_OK && !done && i < sc->set.spans && i * SPAN < scope->end;
         i++) {
        run_span(best, &r, i);
        s = sc->set.status;
    }
    return s;
}
