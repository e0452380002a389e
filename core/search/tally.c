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
