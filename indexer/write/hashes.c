/* Hash tables for the file: rows sorted by bucket, mark and value; see core/format/layout.h. */
#include "indexer/write/inside.h"

typedef struct row {
    uint64_t hash;
    uint64_t value;
} row;

void pin_hash_add(pin_hash_rows *t, pin_str key, uint32_t value)
{
    pin_hash_add_hash(t, pin_hash64(key.at, key.len, t->kind), value);
}

void pin_hash_add_hash(pin_hash_rows *t, uint64_t hash, uint32_t value)
{
    row r = {.hash = hash, .value = value};
    pin_out_add(&t->rows, &r, sizeof r);
}

static int by_hash(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

static unsigned bits_for_rows(size_t rows, uint32_t bucket)
{
    unsigned bits = 0;
    while (bits < PIN_TABLE_BITS_MAX && rows >> bits > bucket)
        bits++;
    return bits;
}

static void sort_bucket(row *rows, size_t n)
{
    if (n > 64) {
        qsort(rows, n, sizeof *rows, by_hash);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        row    r = rows[i];
        size_t k = i;
        for (; k > 0 && by_hash(&rows[k - 1], &r) > 0; k--)
            rows[k] = rows[k - 1];
        rows[k] = r;
    }
}

/* Rows by bucket, and within it by what the file keeps of the hash and by value, each once; NULL when memory
 * is short. The buckets are small, so this is nearly linear. */
static row *settle(row *rows, size_t *count, unsigned bits)
{
    size_t  n = *count, kept = 0, buckets = (size_t)1 << bits;
    row    *sorted = malloc((n + 1) * sizeof *sorted);
    size_t *next = calloc(buckets + 1, sizeof *next);
    if (!sorted || !next) {
        free(sorted);
        free(next);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i].hash = rows[i].hash >> (48 - bits) << (48 - bits);
        next[pin_table_bucket(rows[i].hash, bits) + 1]++;
    }
    for (size_t b = 0; b < buckets; b++)
        next[b + 1] += next[b];
    for (size_t i = 0; i < n; i++)
        sorted[next[pin_table_bucket(rows[i].hash, bits)]++] = rows[i];
    for (size_t b = 0, from = 0; b < buckets; from = next[b++])
        sort_bucket(sorted + from, next[b] - from);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_hash(&sorted[kept - 1], &sorted[i]) != 0)
            sorted[kept++] = sorted[i];
    free(next);
    *count = kept;
    return sorted;
}

/* ---- Even tables ---- */

/* Would most of an even table be what fills it up? So it is where one key has very many rows: a question that thousands
 * of items ask. Without memory to tell, *failed. */
static bool is_lopsided(const row *rows, size_t n, unsigned bits, bool *failed)
{
    size_t    longest = 0;
    uint32_t *lens = calloc((size_t)1 << bits, sizeof *lens);
    *failed |= !lens;
    for (size_t i = 0; lens && i < n; i++) {
        uint32_t len = ++lens[pin_table_bucket(rows[i].hash, bits)];
        longest = len > longest ? len : longest;
    }
    free(lens);
    return longest << bits > n * PIN_T_EVEN_MOST;
}

static size_t bucket_end(const row *rows, size_t from, size_t n, unsigned bits)
{
    size_t end = from;
    while (end < n && pin_table_bucket(rows[end].hash, bits) == pin_table_bucket(rows[from].hash, bits))
        end++;
    return end;
}

static size_t longest_bucket(const row *rows, size_t n, unsigned bits)
{
    size_t longest = 0;
    for (size_t from = 0, end; from < n; from = end) {
        end = bucket_end(rows, from, n, bits);
        longest = end - from > longest ? end - from : longest;
    }
    return longest;
}

/* The largest mark that none of the rows has, which are sorted. */
static uint16_t free_mark(const row *rows, size_t n, unsigned bits)
{
    uint32_t mark = UINT16_MAX;
    for (size_t i = n; i-- > 0 && pin_table_mark(rows[i].hash, bits) >= mark;)
        mark -= pin_table_mark(rows[i].hash, bits) == mark;
    return (uint16_t)mark;
}

/* A bucket filled up to `each` rows, in order. */
static void fill_bucket(row *out, const row *rows, size_t n, size_t each, size_t bucket, unsigned bits)
{
    uint64_t mark = free_mark(rows, n, bits);
    row      filler = {.hash = (bits ? (uint64_t)bucket << (64 - bits) : 0) | mark << (48 - bits)};
    size_t   i = 0;
    for (; i < n && rows[i].hash < filler.hash; i++)
        *out++ = rows[i];
    for (size_t k = n; k < each; k++)
        *out++ = filler;
    for (; i < n; i++)
        *out++ = rows[i];
}

/* All buckets filled up; `rows` is free after. NULL when memory is short. */
static row *make_even(row *rows, size_t *count, size_t each, unsigned bits)
{
    size_t n = *count, buckets = (size_t)1 << bits, from = 0;
    row   *out = malloc(buckets * each * sizeof *out);
    for (size_t b = 0; out && b < buckets; b++) {
        size_t end = from < n && pin_table_bucket(rows[from].hash, bits) == b ? bucket_end(rows, from, n, bits) : from;
        fill_bucket(out + b * each, rows + from, end - from, each, b, bits);
        from = end;
    }
    free(rows);
    *count = buckets * each;
    return out;
}

/* ---- The section ---- */

static void write_table(pin_out *section, const row *rows, size_t n, unsigned bits, unsigned width)
{
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
}

void pin_hash_finish(pin_hash_rows *t, pin_sections *out, bool even)
{
    pin_out *section = &out->s[t->kind];
    row     *rows = (row *)(void *)t->rows.at;
    size_t   n = t->rows.len / sizeof *rows;
    bool     failed = t->rows.failed;
    even = even && n > 0 && !is_lopsided(rows, n, bits_for_rows(n, PIN_T_EVEN_BUCKET), &failed);
    unsigned bits = bits_for_rows(n, even ? PIN_T_EVEN_BUCKET : PIN_T_BUCKET), width = 1;
    uint64_t most = 0;
    rows = n ? settle(rows, &n, bits) : NULL;
    pin_out_free(&t->rows);
    size_t each = even && rows ? longest_bucket(rows, n, bits) : 0;
    if (each) {
        rows = make_even(rows, &n, each, bits);
        out->tables[t->kind] = (pin_even_table){.each = (uint32_t)each, .bits = (uint8_t)bits};
    }
    section->failed |= (n > 0 && !rows) || n > UINT32_MAX || failed;
    n = rows ? n : 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].value > most)
            most = rows[i].value;
    while (width < 4 && most >> 8 * width)
        width++;
    out->tables[t->kind].width = each ? (uint8_t)width : 0;
    write_table(section, rows, n, bits, width);
    free(rows);
}
