/* See best.h. */
#include "core/search/best.h"

pin_status best_init(best_few *best, uint32_t cap, pin_arena *arena, pin_error *err)
{
    *best = (best_few){.keys = pin_arena_take(arena, (size_t)cap * 2, sizeof *best->keys), .cap = cap};
    return best->keys ? PIN_OK : pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

static uint64_t middle_of(uint64_t a, uint64_t b, uint64_t c)
{
    if (a > b) {
        uint64_t swap = a;
        a = b;
        b = swap;
    }
    return c < a ? a : c > b ? b : c;
}

/* Moves the `wanted` largest to the front, in any order (Hoare, "Find", CACM 1961). */
static void select_largest(uint64_t *keys, uint32_t count, uint32_t wanted)
{
    int64_t low = 0, high = (int64_t)count - 1, last = (int64_t)wanted - 1;
    while (low < high) {
        uint64_t pivot = middle_of(keys[low], keys[low + (high - low) / 2], keys[high]);
        int64_t  i = low, k = high;
        while (i <= k) {
            while (keys[i] > pivot)
                i++;
            while (keys[k] < pivot)
                k--;
            if (i <= k) {
                uint64_t swap = keys[i];
                keys[i++] = keys[k];
                keys[k--] = swap;
            }
        }
        if (k < last)
            low = i;
        if (last < i)
            high = k;
    }
}

void keys_sort(uint64_t *keys, uint32_t count)
{
    static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1}; /* Ciura 2001 */
    for (uint32_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (uint32_t gap = gaps[g], i = gap; i < count; i++) {
            uint64_t moving = keys[i];
            uint32_t at = i;
            for (; at >= gap && keys[at - gap] < moving; at -= gap)
                keys[at] = keys[at - gap];
            keys[at] = moving;
        }
}

void best_halve(best_few *best)
{
    if (best->count < best->cap)
        return;
    select_largest(best->keys, best->count, best->cap);
    best->count = best->cap;
    best->bar = best->keys[0];
    for (uint32_t i = 1; i < best->count; i++)
        if (best->keys[i] < best->bar)
            best->bar = best->keys[i];
}

static ranked ranked_of(uint64_t key)
{
    return (ranked){.item = UINT32_MAX - (uint32_t)key, .score = (uint32_t)(key >> 32)};
}

uint32_t best_list(ranked *out, best_few *best)
{
    best_halve(best);
    keys_sort(best->keys, best->count);
    for (uint32_t i = 0; i < best->count; i++)
        out[i] = ranked_of(best->keys[i]);
    return best->count;
}

void ranked_sort(ranked *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) { /* nearly in order: by insertion */
        ranked   moving = items[i];
        uint32_t at = i;
        for (; at > 0 && ranked_key(items[at - 1]) < ranked_key(moving); at--)
            items[at] = items[at - 1];
        items[at] = moving;
    }
}
