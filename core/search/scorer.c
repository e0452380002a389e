/* See scorer.h: everything, window by window. The other way is lanes.c. */
#include "core/search/scorer.h"

#include <string.h>

#include "core/search/units.h"

#define STEP 512 /* sums looked at before the bar is asked for again */

static void keep_allowed(uint32_t *sums, const uint64_t *allowed, uint32_t from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!(allowed[(from + i) / 64] >> (from + i) % 64 & 1))
            sums[i] = 0;
}

static void score_window(best_few *best, scorer *sc, const scorer_scope *scope, uint32_t from)
{
    uint16_t  places[STEP];
    uint32_t *sums = sc->sums.at;
    uint32_t  to = sc->set.item_count - from < WINDOW ? sc->set.item_count : from + WINDOW;
    uint32_t  first = scope->first > from ? scope->first : from, end = scope->end < to ? scope->end : to;
    if (first >= end)
        return;
    for (uint32_t i = 0; i < sc->unit_count; i++)
        if (!sc->units[i].only || sc->units[i].only->form != PIN_LIST_FLAT)
            unit_add(sc, &sc->units[i], from, to);
    stream_add_flats(sc->flats, sc->flat_count, &sc->set, sums, from, to);
    if (scope->allowed)
        keep_allowed(sums, scope->allowed, from, to - from);
    if (scope->counts)
        scorer_count_sums(scope->counts, sc->p, sums, from, first, end);
    for (uint32_t i = first - from, stop; i < end - from; i = stop) { /* in steps, for the bar rises */
        stop = end - from - i < STEP ? end - from : i + STEP;
        uint32_t count = sums_collect(places, sums + i, stop - i, best_least(best));
        for (uint32_t k = 0; k < count; k++)
            best_add(best, from + i + places[k], sums[i + places[k]]);
    }
    if (sc->set.item_count > WINDOW)
        memset(sums, 0, (to - from) * sizeof *sums);
}

pin_status scorer_run(best_few *best, scorer *sc, const scorer_scope *scope)
{
    if (!PLAN_LEAN && sc->set.item_count > RULE_COUNT_ITEMS)
        return scorer_run_lanes(best, sc, scope);
    for (uint32_t from = 0; from < sc->set.item_count && sc->set.status == PIN_OK; from += WINDOW)
        score_window(best, sc, scope, from);
    return sc->set.status;
}
