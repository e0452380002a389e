/* Hash tables for the file: rows sorted by bucket, mark and value; see core/format/layout.h. */
#include "indexer/write/inside.h"

#define ROWS_IN_BUCKET 16 /* on average: one table entry is spread over this many rows */

typedef struct row {
    uint64_t hash;
    uint64_t value;
} row;

void pin_hash_add(pin_hash_rows *t, pin_str key, uint32_t value)
{
    row r = {.hash = pin_hash64(key.at, key.len, t->kind), .value = value};
    pin_out_add(&t->rows, &r, sizeof r);
}

static int by_hash(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static unsigned bits_for_rows(size_t rows)
{
    unsigned bits = 0;
    while (bits < PIN_TABLE_BITS_MAX && rows >> bits > ROWS_IN_BUCKET)
        bits++;
    return bits;
}

/* Sorts, drops what is there twice, and keeps of each hash only what the file keeps. */
static size_t settle(row *rows, size_t n, unsigned bits)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        rows[i].hash = rows[i].hash >> (48 - bits) << (48 - bits);
    qsort(rows, n, sizeof *rows, by_hash);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_hash(&rows[kept - 1], &rows[i]) != 0)
            rows[kept++] = rows[i];
    return kept;
}

void pin_hash_finish(pin_hash_rows *t, pin_out *section)
{
    row     *rows = (row *)(void *)t->rows.at;
    size_t   n = t->rows.len / sizeof *rows;
    unsigned bits = bits_for_rows(n), width = 1;
    uint64_t most = 0;
    n = n ? settle(rows, n, bits) : 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].value > most)
            most = rows[i].value;
    while (width < 4 && most >> 8 * width)
        width++;
    if (n > UINT32_MAX || t->rows.failed)
        section->failed = true;
    pin_out_u32(section, (uint32_t)n);
    pin_out_byte(section, (uint8_t)bits);
    pin_out_byte(section, (uint8_t)width);
    pin_out_zeros(section, 2);
    for (size_t bucket = 0, i = 0; bucket <= (size_t)1 << bits; bucket++) {
        while (i < n && pin_table_bucket(rows[i].hash, bits) < bucket)
            i++;
        pin_out_u32(section, (uint32_t)(bucket == (size_t)1 << bits ? n : i));
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t mark[2];
        pin_store16(mark, pin_table_mark(rows[i].hash, bits));
        pin_out_add(section, mark, 2);
    }
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < width; k++)
            pin_out_byte(section, (uint8_t)(rows[i].value >> 8 * k));
    pin_out_free(&t->rows);
}
