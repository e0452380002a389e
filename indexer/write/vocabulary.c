/* The vocabulary: every distinct key once, found by hash, numbered as it first appears. */
#include "indexer/write/inside.h"

pin_str pin_vocabulary_text(const pin_vocabulary *v, uint32_t key)
{
    return (pin_str){(const char *)v->texts.at + v->at[key].start, v->at[key].len};
}

static bool grow_slots(pin_vocabulary *v)
{
    uint32_t             n = v->slot_count ? v->slot_count * 2 : 1024;
    pin_vocabulary_slot *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t k = 0; k < v->slot_count; k++) {
        if (!v->slots[k].key)
            continue;
        uint32_t i = v->slots[k].hash & (n - 1);
        while (slots[i].key)
            i = (i + 1) & (n - 1);
        slots[i] = v->slots[k];
    }
    free(v->slots);
    v->slots = slots;
    v->slot_count = n;
    return true;
}

static bool grow_keys(pin_vocabulary *v)
{
    uint32_t cap = v->cap ? v->cap * 2 : 1024;
    pin_key *at = aligned_alloc(sizeof *at, (size_t)cap * sizeof *at);
    if (!at)
        return false;
    if (v->count)
        memcpy(at, v->at, (size_t)v->count * sizeof *at);
    free(v->at);
    v->at = at;
    v->cap = cap;
    return true;
}

/* The first eight bytes and the last eight; of a shorter text all, and its length. */
static void read_ends(uint64_t ends[2], pin_str text)
{
    const uint8_t *at = (const uint8_t *)text.at;
    if (text.len >= 8) {
        ends[0] = pin_load64(at);
        ends[1] = pin_load64(at + text.len - 8);
    } else if (text.len >= 4) {
        ends[0] = (uint64_t)pin_load32(at) << 32 | pin_load32(at + text.len - 4);
        ends[1] = text.len;
    } else {
        ends[0] = text.len ? (uint64_t)at[0] << 16 | (uint64_t)at[text.len / 2] << 8 | at[text.len - 1] : 0;
        ends[1] = text.len;
    }
}

/* Of no other use than to spread keys: numbers go by first appearance. */
static uint32_t spread(const uint64_t ends[2], pin_str text)
{
    uint64_t mixed = (ends[0] ^ text.len) * 0x9E3779B185EBCA87u;
    mixed = (mixed ^ mixed >> 32 ^ ends[1]) * 0xC2B2AE3D27D4EB4Fu;
    if (text.len > 16)
        mixed ^= pin_hash64(text.at, text.len, 0);
    return (uint32_t)(mixed ^ mixed >> 32);
}

void pin_vocabulary_want(pin_wanted *out, const pin_vocabulary *v, pin_str text)
{
    out->text = text;
    out->guess = 0;
    read_ends(out->ends, text);
    out->hash = spread(out->ends, text);
    if (v->slot_count)
        __builtin_prefetch(&v->slots[out->hash & (v->slot_count - 1)]);
}

void pin_vocabulary_guess(pin_wanted *w, const pin_vocabulary *v)
{
    for (uint32_t i = w->hash; v->slot_count; i++) {
        const pin_vocabulary_slot *slot = &v->slots[i & (v->slot_count - 1)];
        if (!slot->key)
            return;
        if (slot->hash == w->hash) {
            w->guess = slot->key;
            __builtin_prefetch(&v->at[slot->key - 1]);
            return;
        }
    }
}

static bool is_key(const pin_vocabulary *v, const pin_key *key, const pin_wanted *w)
{
    return key->len == w->text.len && key->ends[0] == w->ends[0] && key->ends[1] == w->ends[1] &&
           (w->text.len <= 16 || memcmp(v->texts.at + key->start, w->text.at, w->text.len) == 0);
}

pin_key *pin_vocabulary_get(pin_vocabulary *v, const pin_wanted *w)
{
    if (w->guess && is_key(v, &v->at[w->guess - 1], w))
        return &v->at[w->guess - 1];
    if (v->failed || (v->count >= v->slot_count / 2 && !grow_slots(v)) ||
        (v->count == v->cap && !grow_keys(v))) {
        v->failed = true;
        return NULL;
    }
    uint32_t i = w->hash & (v->slot_count - 1);
    for (; v->slots[i].key; i = (i + 1) & (v->slot_count - 1))
        if (v->slots[i].hash == w->hash && is_key(v, &v->at[v->slots[i].key - 1], w))
            return &v->at[v->slots[i].key - 1];
    pin_key *key = &v->at[v->count];
    *key = (pin_key){.start = v->texts.len, .ends = {w->ends[0], w->ends[1]}, .len = (uint32_t)w->text.len};
    pin_out_add(&v->texts, w->text.at, w->text.len);
    if (v->texts.failed) {
        v->failed = true;
        return NULL;
    }
    v->slots[i] = (pin_vocabulary_slot){w->hash, ++v->count};
    return key;
}

pin_key *pin_vocabulary_add(pin_vocabulary *v, pin_str text)
{
    pin_wanted w;
    pin_vocabulary_want(&w, v, text);
    return pin_vocabulary_get(v, &w);
}

/* The first eight bytes as a number settle most comparisons without a look at the text. */
typedef struct sortable {
    uint64_t start;
    pin_str  text;
    uint32_t key;
} sortable;

static uint64_t start_of(pin_str text)
{
    uint64_t start = 0;
    for (size_t i = 0; i < 8; i++)
        start = start << 8 | (i < text.len ? (uint8_t)text.at[i] : 0);
    return start;
}

static int by_text(const void *a, const void *b)
{
    const sortable *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return pin_str_order(x->text, y->text);
}

uint32_t *pin_vocabulary_sorted(const pin_vocabulary *v)
{
    sortable *rows = malloc(((size_t)v->count + 1) * sizeof *rows);
    uint32_t *sorted = malloc(((size_t)v->count + 1) * sizeof *sorted);
    if (rows && sorted) {
        for (uint32_t i = 0; i < v->count; i++) {
            pin_str text = pin_vocabulary_text(v, i);
            rows[i] = (sortable){start_of(text), text, i};
        }
        qsort(rows, v->count, sizeof *rows, by_text); /* texts differ, so the order is total */
        for (uint32_t i = 0; i < v->count; i++)
            sorted[i] = rows[i].key;
    } else {
        free(sorted);
        sorted = NULL;
    }
    free(rows);
    return sorted;
}

void pin_vocabulary_free(pin_vocabulary *v)
{
    pin_out_free(&v->texts);
    free(v->at);
    free(v->slots);
    *v = (pin_vocabulary){0};
}
