/* How many items match, and in which modules. */
#include <string.h>

#include "core/search/units.h"

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

void scorer_count_sums(pin_hits *out, const plan *p, const uint32_t *sums, uint32_t base, uint32_t first,
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
        way_raise(sc, way, streams, w * WINDOW, (w + 1) * WINDOW);
        for (uint32_t k = 0; k < WINDOW_WORDS; k++)
            bits[w * WINDOW_WORDS + k] |= sc->slot->touched[k];
        sums_clear(sc->slot);
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
pin_status scorer_count_union(scorer *sc, const scorer_scope *scope)
{
    size_t    words = (size_t)sc->set.windows * WINDOW_WORDS;
    uint64_t *bits = pin_arena_take(sc->set.arena, words, sizeof *bits);
    if (!bits)
        return units_no_space(sc->set.err);
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
