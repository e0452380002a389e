/* See best.h. */
#include "core/search/best.h"

#include <string.h>

#include "core/bytes/bytes.h"

#define ROOM_LEAST 512 /* keys: up to here, cutting back seldom costs less than having more room */
#define BUCKETS 256
#define SPREAD_MOST 1024 /* keys sorted by way of the stack */

pin_status best_init(best_few *best, uint32_t cap, pin_arena *arena, pin_error *err)
{
    size_t room = cap < ROOM_LEAST / 2 ? ROOM_LEAST : (size_t)cap * 2;
    *best = (best_few){
        .keys = pin_arena_room(arena, room, sizeof *best->keys), .cap = cap, .room = (uint32_t)room};
    return best->keys ? PIN_OK : pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* ---- By counting ---- keys fall into buckets, each for one stretch between the least and the largest */

typedef struct buckets {
    uint64_t least;
    uint32_t shift;
    uint32_t counts[BUCKETS];
} buckets;

static inline uint32_t bucket_of(const buckets *b, uint64_t key) { return (uint32_t)((key - b->least) >> b->shift); }

static void count_keys(buckets *b, const uint64_t *keys, uint32_t count)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t i = 0; i < count; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    uint64_t width = (most - least) / BUCKETS;
    b->least = least;
    b->shift = width ? 64 - (uint32_t)__builtin_clzll(width) : 0;
    memset(b->counts, 0, sizeof b->counts);
    for (uint32_t i = 0; i < count; i++)
        b->counts[bucket_of(b, keys[i])]++;
}

/* Moves the `wanted` largest to the front, and some more where they share a bucket with the last of them;
 * returns how many. */
static uint32_t keep_high(uint64_t *keys, uint32_t count, uint32_t wanted)
{
    buckets  b;
    uint32_t last = BUCKETS, above = 0, kept = 0;
    count_keys(&b, keys, count);
    while (above < wanted)
        above += b.counts[--last];
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = keys[i];
        keys[kept] = key;
        kept += bucket_of(&b, key) >= last;
    }
    return kept;
}

/* Puts the keys of higher buckets before those of lower ones. */
static void spread(uint64_t *keys, uint32_t count)
{
    buckets  b;
    uint64_t copy[SPREAD_MOST];
    uint32_t at = 0;
    count_keys(&b, keys, count);
    for (uint32_t k = BUCKETS; k-- > 0;) {
        uint32_t here = b.counts[k];
        b.counts[k] = at;
        at += here;
    }
    memcpy(copy, keys, count * sizeof *copy);
    for (uint32_t i = 0; i < count; i++)
        keys[b.counts[bucket_of(&b, copy[i])]++] = copy[i];
}

/* ---- By comparing ---- */

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

/* After the spreading nearly every key is in its place, and short gaps are enough. */
void keys_sort(uint64_t *keys, uint32_t count)
{
    static const uint32_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1}; /* Ciura 2001 */
    uint32_t              g = 0;
    if (count > 8 && count <= SPREAD_MOST) {
        spread(keys, count);
        g = 6;
    }
    for (; g < sizeof gaps / sizeof gaps[0]; g++)
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
    if (best->count > 2 * best->cap)
        best->count = keep_high(best->keys, best->count, best->cap);
    select_largest(best->keys, best->count, best->cap);
    best->count = best->cap;
    best->bar = best->keys[0];
    for (uint32_t i = 1; i < best->count; i++)
        if (best->keys[i] < best->bar)
            best->bar = best->keys[i];
}

uint32_t best_list(ranked *out, best_few *best)
{
    if (best->count > best->cap + best->cap / 4)
        best->count = keep_high(best->keys, best->count, best->cap);
    keys_sort(best->keys, best->count);
    if (best->count > best->cap)
        best->count = best->cap;
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
