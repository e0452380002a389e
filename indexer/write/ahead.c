/* What a reader over a network should know of the dictionary before it has any page of it: the terms with the
 * longest lists, whole, and where the lists of each page lie. See core/format/layout.h, AHEAD. */
#include "indexer/write/inside.h"

#define CANDIDATES (16 * PIN_AHEAD_TERMS) /* kept until the longest are known */

static int by_size(const void *a, const void *b)
{
    const pin_ahead_term *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_number(const void *a, const void *b)
{
    const pin_ahead_term *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void keep_longest(pin_ahead *a)
{
    qsort(a->at, a->count, sizeof *a->at, by_size);
    for (; a->count > PIN_AHEAD_TERMS; a->count--)
        free(a->at[a->count - 1].bytes);
}

void pin_ahead_add(pin_ahead *a, uint32_t number, uint64_t size, pin_str key, const uint8_t *data, size_t len)
{
    if (a->count == 0 && !(a->at = malloc(CANDIDATES * sizeof *a->at))) {
        a->failed = true;
        return;
    }
    if (a->count == CANDIDATES)
        keep_longest(a);
    uint8_t *bytes = malloc(key.len + len + 1);
    if (!bytes) {
        a->failed = true;
        return;
    }
    memcpy(bytes, key.at, key.len);
    memcpy(bytes + key.len, data, len);
    a->at[a->count++] = (pin_ahead_term){
        .bytes = bytes, .key_len = (uint32_t)key.len, .data_len = (uint32_t)len, .number = number, .size = size};
}

void pin_ahead_page(pin_ahead *a, const uint64_t bases[2])
{
    pin_out_add(&a->bases, bases, 2 * sizeof *bases);
}

static void write_terms(pin_out *o, const pin_ahead *a)
{
    const pin_ahead_term *before = NULL;
    for (uint32_t i = 0; i < a->count; before = &a->at[i++]) {
        const pin_ahead_term *t = &a->at[i];
        uint32_t              shared = 0;
        while (before && shared < t->key_len && shared < before->key_len && t->bytes[shared] == before->bytes[shared])
            shared++;
        pin_out_varint(o, before ? t->number - before->number - 1 : t->number);
        pin_out_byte(o, (uint8_t)shared);
        pin_out_byte(o, (uint8_t)(t->key_len - shared));
        pin_out_byte(o, (uint8_t)t->data_len);
        pin_out_add(o, t->bytes + shared, t->key_len - shared + t->data_len);
    }
}

/* About how many bytes of lists each page has. */
static void write_places(pin_out *o, const pin_ahead *a, uint32_t pages, const uint64_t ends[2])
{
    for (uint32_t p = 0; p < pages; p++)
        for (uint32_t f = 0; f < 2; f++) {
            uint64_t base, next = ends[f];
            memcpy(&base, a->bases.at + (2 * p + f) * sizeof base, sizeof base);
            if (p + 1 < pages)
                memcpy(&next, a->bases.at + (2 * (p + 1) + f) * sizeof next, sizeof next);
            pin_out_varint(o, (next >> PIN_AHEAD_SHIFT(f)) - (base >> PIN_AHEAD_SHIFT(f)));
        }
}

void pin_ahead_finish(pin_ahead *a, pin_out *o, const uint64_t ends[2])
{
    uint32_t pages = (uint32_t)(a->bases.len / (2 * sizeof *ends));
    if (a->count) {
        keep_longest(a);
        qsort(a->at, a->count, sizeof *a->at, by_number);
    }
    pages = pages <= PIN_AHEAD_PAGES ? pages : 0;
    pin_out_u32(o, pages);
    pin_out_u32(o, a->count);
    pin_out_zeros(o, PIN_A_DATA - PIN_A_TABLES);
    write_terms(o, a);
    write_places(o, a, pages, ends);
    o->failed |= a->failed || a->bases.failed;
    for (uint32_t i = 0; i < a->count; i++)
        free(a->at[i].bytes);
    free(a->at);
    pin_out_free(&a->bases);
}

void pin_ahead_tables(pin_sections *out)
{
    static const uint8_t kinds[] = PIN_A_KINDS;
    pin_out             *o = &out->s[PIN_S_AHEAD];
    for (uint32_t i = 0; i < sizeof kinds && o->len >= PIN_A_DATA; i++) {
        const pin_even_table *t = &out->tables[kinds[i]];
        uint8_t              *at = o->at + PIN_A_TABLES + i * PIN_A_TABLE_LEN;
        pin_store32(at, t->each);
        at[4] = t->bits;
        at[5] = t->width;
    }
}
