/* Candidates, one list after the other.
 *
 * Once a bar is known, an item that reaches it must be in one of the strongest lists. Where these are short,
 * as they are for most questions with a rare word in them, their items are gathered and the other lists asked
 * about them, the largest first. After each list the sums so far raise the bar, so that few items are left
 * for the long lists of frequent words. Nothing depends on how many items there are. */
#include <string.h>

#include "core/search/units.h"

#define PRIME_MOST 2048       /* postings read for a first bar          */
#define CANDIDATES_MOST 32768 /* postings of the lists that are gathered */
#define SHARPEN_ITEMS 250000  /* in smaller corpora a better bar saves less than it costs */
#define SHARP 8               /* what gives less than 1/8 of the bar does not sharpen it */

/* An item with its sum so far, as item << 32 | sum: sums stay below 2^31. */
typedef uint64_t row;

static uint32_t item_of(row r) { return (uint32_t)(r >> 32); }
static uint32_t sum_of(row r) { return (uint32_t)r; }

/* ---- Rows of lists ---- */

/* Those of one list, by item; with `weight` 0 the items alone. */
static uint32_t list_rows(row *rows, scorer *sc, stream *s, uint32_t weight)
{
    uint32_t blocks = s->form == PIN_LIST_BLOCKS ? s->head.blocks : 1, count = 0;
    for (uint32_t b = 0; s->count && b < blocks; b++) {
        if (s->form == PIN_LIST_BLOCKS && !stream_block(s, &sc->set, b))
            break;
        for (uint32_t i = 0; i < s->have; i++)
            rows[count++] = (row)s->ids[i] << 32 | weight * s->impacts[i];
    }
    return count;
}

/* Merges a[0, n) and b[0, m) into `out`; an item of both has both sums. */
static uint32_t merge(row *out, const row *a, uint32_t n, const row *b, uint32_t m)
{
    uint32_t i = 0, k = 0, count = 0;
    while (i < n && k < m) {
        uint32_t x = item_of(a[i]), y = item_of(b[k]);
        row      sum = x == y ? a[i] + sum_of(b[k]) : x < y ? a[i] : b[k];
        i += x <= y;
        k += y <= x;
        out[count++] = sum;
    }
    memcpy(out + count, a + i, (n - i) * sizeof *out);
    count += n - i;
    memcpy(out + count, b + k, (m - k) * sizeof *out);
    return count + (m - k);
}

typedef struct gathering {
    row     *rows, *fresh, *merged; /* room for `cap` each */
    uint32_t count, cap;
} gathering;

static pin_status take_rows(gathering *g, uint32_t cap, scorer *sc)
{
    *g = (gathering){.cap = cap};
    g->rows = pin_arena_take(sc->set.arena, cap, sizeof *g->rows);
    g->fresh = pin_arena_take(sc->set.arena, cap, sizeof *g->fresh);
    g->merged = pin_arena_take(sc->set.arena, cap, sizeof *g->merged);
    return g->rows && g->fresh && g->merged ? PIN_OK : units_no_space(sc->set.err);
}

/* `more` rows lie in g->fresh. */
static void merge_fresh(gathering *g, uint32_t more)
{
    row *before = g->rows;
    g->count = merge(g->merged, g->rows, g->count, g->fresh, more);
    g->rows = g->merged;
    g->merged = before;
}

static void gather_list(gathering *g, scorer *sc, stream *s, uint32_t weight)
{
    merge_fresh(g, list_rows(g->fresh, sc, s, weight));
}

/* ---- A first bar ---- */

/* The bar by the sums so far, which can only grow; 0 when there are too few. */
static uint32_t bar_of(best_few *few, const row *rows, uint32_t count)
{
    few->count = 0;
    few->bar = 0;
    for (uint32_t i = 0; i < count; i++)
        best_add(few, item_of(rows[i]), sum_of(rows[i]));
    best_halve(few);
    return few->bar ? best_score(few) : 0;
}

static void raise_bar(best_few *best, uint32_t score)
{
    uint64_t bar = score ? ((uint64_t)score << 32) - 1 : 0; /* an item with this score is above it */
    if (best->bar < bar)
        best->bar = bar;
}

static void keep_scope(gathering *g, const scorer_scope *scope)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        g->rows[kept] = g->rows[i];
        kept += scope_has(scope, item_of(g->rows[i]));
    }
    g->count = kept;
}

static void ask(gathering *g, scorer *sc, const unit *u)
{
    for (uint32_t i = 0; i < g->count; i++)
        g->rows[i] += unit_probe(sc, u, item_of(g->rows[i]));
}

/* Leaves the best rows, twice as many as are wanted, still by item. */
static void keep_best(gathering *g, best_few *twice)
{
    uint32_t bar = bar_of(twice, g->rows, g->count), kept = 0;
    for (uint32_t i = 0; i < g->count && kept < twice->cap; i++) {
        g->rows[kept] = g->rows[i];
        kept += sum_of(g->rows[i]) >= bar;
    }
    g->count = kept;
}

/* Asks the lists that were not gathered, down to those that hardly matter. */
static void sharpen(gathering *g, scorer *sc, uint64_t gathered, uint32_t bar)
{
    uint64_t rest = 0;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        rest += sc->units[i].most;
    for (uint32_t i = sc->unit_count; i-- > 0 && rest > bar / SHARP;) {
        rest -= sc->units[i].most;
        if (sc->unit_count - i > 64 || !(gathered >> (sc->unit_count - 1 - i) & 1))
            ask(g, sc, &sc->units[i]);
    }
}

/* Gathers the strongest lists; a bit for each, that of the strongest lowest. */
static uint64_t gather_strongest(gathering *g, scorer *sc, uint32_t enough)
{
    uint64_t gathered = 0;
    uint32_t read = 0;
    for (uint32_t k = 0; k < sc->unit_count && k < 64 && g->count < enough; k++) {
        stream *only = sc->units[sc->unit_count - 1 - k].only;
        if (!only || only->form == PIN_LIST_FLAT || only->count > PRIME_MOST - read)
            continue;
        read += only->count;
        gather_list(g, sc, only, only->weight);
        gathered |= 1ull << k;
    }
    return gathered;
}

pin_status scorer_prime(best_few *best, scorer *sc, const scorer_scope *scope)
{
    best_few   few, twice;
    gathering  g;
    pin_status s = take_rows(&g, PRIME_MOST, sc);
    if (s == PIN_OK)
        s = best_init(&few, best->cap, sc->set.arena, sc->set.err);
    if (s == PIN_OK)
        s = best_init(&twice, best->cap * 2, sc->set.arena, sc->set.err);
    if (s != PIN_OK)
        return s;
    uint64_t gathered = gather_strongest(&g, sc, best->cap * 8);
    keep_scope(&g, scope);
    raise_bar(best, bar_of(&few, g.rows, g.count));
    if (sc->set.item_count < SHARPEN_ITEMS)
        return sc->set.status;
    keep_best(&g, &twice);
    if (g.count >= best->cap) {
        sharpen(&g, sc, gathered, best_least(best));
        raise_bar(best, bar_of(&few, g.rows, g.count));
    }
    return sc->set.status;
}

/* ---- All of it ---- */

/* Items of a slot, with no sum yet. */
static void gather_slot(gathering *g, scorer *sc, const unit *u)
{
    stream *next = u->streams;
    for (uint32_t w = 0; w < u->slot->way_count; w++) {
        const plan_way *way = &u->slot->ways[w];
        for (uint32_t i = 0; i < way->row_count; i++)
            g->fresh[i] = (row)way->row_items[i] << 32;
        if (way->row_count)
            merge_fresh(g, way->row_count);
        for (uint32_t k = 0; k < 2 * way->part_count; k++)
            gather_list(g, sc, &next[k], 0);
        next += 2 * way->part_count;
    }
}

static void keep_hopeful(gathering *g, uint64_t rest, uint32_t least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        g->rows[kept] = g->rows[i];
        kept += sum_of(g->rows[i]) + rest >= least;
    }
    g->count = kept;
}

/* Units before the result cannot lift an item over the bar alone; *rest: what they can give together. */
static uint32_t first_needed(uint64_t *rest, const scorer *sc, uint32_t least)
{
    uint32_t first = 0;
    *rest = 0;
    while (first < sc->unit_count && *rest + sc->units[first].most < least)
        *rest += sc->units[first++].most;
    return first;
}

static void gather_all(gathering *g, scorer *sc, uint32_t first)
{
    for (uint32_t i = sc->unit_count; i-- > first;) {
        const unit *u = &sc->units[i];
        if (u->only)
            gather_list(g, sc, u->only, u->only->weight);
        else
            gather_slot(g, sc, u);
    }
}

pin_status scorer_run_candidates(bool *done, best_few *best, scorer *sc, const scorer_scope *scope)
{
    uint64_t  rest, postings = 0;
    uint32_t  first = first_needed(&rest, sc, best_least(best));
    best_few  few;
    gathering g;
    *done = false;
    for (uint32_t i = first; i < sc->unit_count; i++)
        postings += sc->units[i].postings;
    if (postings > CANDIDATES_MOST || postings > sc->set.item_count / 32)
        return PIN_OK;
    *done = true;
    pin_status s = take_rows(&g, (uint32_t)postings, sc);
    if (s == PIN_OK)
        s = best_init(&few, best->cap, sc->set.arena, sc->set.err);
    if (s != PIN_OK)
        return s;
    gather_all(&g, sc, first);
    keep_scope(&g, scope);
    for (uint32_t i = sc->unit_count; i-- > first;)
        if (!sc->units[i].only)
            ask(&g, sc, &sc->units[i]);
    for (uint32_t i = first; i-- > 0;) {
        if (g.count > best->cap)
            raise_bar(best, bar_of(&few, g.rows, g.count));
        keep_hopeful(&g, rest, best_least(best));
        ask(&g, sc, &sc->units[i]);
        rest -= sc->units[i].most;
    }
    for (uint32_t i = 0; i < g.count; i++)
        best_add(best, item_of(g.rows[i]), sum_of(g.rows[i]));
    return sc->set.status;
}
