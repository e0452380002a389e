/* One hash table for all sources: open addressing, grown by doubling, nothing ever removed. */
#include "indexer/source/inside.h"

#include "core/bytes/bytes.h"

typedef struct slot {
    pin_str  key;
    uint32_t place; /* source * 2 + kind */
    uint32_t value; /* + 1; 0: free      */
} slot;

struct pin_source_table {
    slot  *slots;
    size_t cap, count; /* cap is a power of two */
};

enum { FIRST_CAP = 1024 };

pin_source_table *pin_source_table_new(pin_pool *pool)
{
    pin_source_table *t = pin_pool_take(pool, 1, sizeof *t);
    if (!t || !(t->slots = pin_pool_take(pool, FIRST_CAP, sizeof *t->slots)))
        return NULL;
    t->cap = FIRST_CAP;
    return t;
}

/* The slot that holds the key, or the free one where it belongs; there always is a free one. */
static slot *find_slot(slot *slots, size_t cap, uint32_t place, pin_str key)
{
    size_t at = (size_t)pin_hash64(key.at, key.len, place) & (cap - 1);
    while (slots[at].value && !(slots[at].place == place && pin_str_equal(slots[at].key, key)))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static bool grow(pin_source_table *t, pin_pool *pool)
{
    if (t->count + 1 <= t->cap / 2)
        return true;
    slot *more = pin_pool_take(pool, t->cap * 2, sizeof *more);
    if (!more)
        return false;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].value)
            *find_slot(more, t->cap * 2, t->slots[i].place, t->slots[i].key) = t->slots[i];
    t->slots = more;
    t->cap *= 2;
    return true;
}

bool pin_source_table_put(pin_source_table *t, pin_pool *pool, uint32_t source, int kind, pin_str key,
                          uint32_t value, bool *taken)
{
    if (!grow(t, pool))
        return false;
    uint32_t place = source * 2 + (uint32_t)kind;
    slot    *s = find_slot(t->slots, t->cap, place, key);
    if (taken)
        *taken = s->value != 0;
    if (!s->value) {
        *s = (slot){.key = key, .place = place, .value = value + 1};
        t->count++;
    }
    return true;
}

uint32_t pin_source_table_get(const pin_source_table *t, uint32_t source, int kind, pin_str key)
{
    uint32_t value = find_slot(t->slots, t->cap, source * 2 + (uint32_t)kind, key)->value;
    return value ? value - 1 : PIN_NO_PROVISION;
}
