/* Hash tables on disk: from a key to the few numbers that it may mean. See core/format/layout.h. */
#include "core/read/index.h"

typedef struct table {
    uint32_t rows, width;
    unsigned bits;
    uint64_t marks, values; /* where they start in the section */
} table;

static pin_status open_table(table *out, const pin_index *ix, pin_section kind, pin_error *err)
{
    const uint8_t *at;
    pin_status     s = pin_read_part(&at, ix, kind, 0, PIN_T_STARTS, err);
    if (s != PIN_OK)
        return s;
    table t = {.rows = pin_load32(at + PIN_T_ROWS), .width = at[PIN_T_WIDTH], .bits = at[PIN_T_BITS]};
    if (t.bits > PIN_TABLE_BITS_MAX || t.width < 1 || t.width > 4)
        return pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset, "a hash table is damaged");
    t.marks = PIN_T_STARTS + ((1ull << t.bits) + 1) * 4;
    t.values = t.marks + (uint64_t)t.rows * 2;
    if (t.values + (uint64_t)t.rows * t.width != ix->sections[kind].len)
        return pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset, "a hash table has a wrong length");
    *out = t;
    return PIN_OK;
}

static uint32_t value_at(const uint8_t *values, uint32_t i, uint32_t width)
{
    uint32_t value = 0;
    for (uint32_t k = 0; k < width; k++)
        value |= (uint32_t)values[(size_t)i * width + k] << 8 * k;
    return value;
}

/* Over a network a look-up would take three reads, one after the other; where AHEAD says how long the buckets of a table
 * are, one. What it says is compared with the length of the section, and wrong rows name wrong records at worst. */
static uint32_t open_even(table *out, const pin_index *ix, pin_section kind)
{
    static const uint8_t kinds[] = PIN_A_KINDS;
    for (uint32_t i = 0; ix->ahead && i < sizeof kinds; i++) {
        const uint8_t *at = ix->ahead + PIN_A_TABLES + i * PIN_A_TABLE_LEN;
        uint32_t       each = pin_load32(at);
        table          t = {.bits = at[4], .width = at[5]};
        if (kinds[i] != kind || each == 0 || t.bits > PIN_TABLE_BITS_MAX || (uint64_t)each << t.bits > UINT32_MAX)
            continue;
        t.rows = each << t.bits;
        t.marks = PIN_T_STARTS + ((1ull << t.bits) + 1) * 4;
        t.values = t.marks + (uint64_t)t.rows * 2;
        if (t.width < 1 || t.width > 4 || t.values + (uint64_t)t.rows * t.width != ix->sections[kind].len)
            continue;
        *out = t;
        return each;
    }
    return 0;
}

/* Rows [*from, *to) are the bucket of the hash. */
static pin_status find_bucket(table *t, uint32_t *from, uint32_t *to, const uint8_t **whole, const pin_index *ix,
                              pin_section kind, uint64_t hash, pin_error *err)
{
    const uint8_t *starts;
    uint32_t       each = open_even(t, ix, kind);
    if (each) {
        *from = pin_table_bucket(hash, t->bits) * each;
        *to = *from + each;
        return PIN_OK;
    }
    pin_status s = open_table(t, ix, kind, err);
    if (s == PIN_OK && !pin_is_partial(ix) &&
        ix->file.piece_count == 1) /* in memory all of it lies in one piece */
        s = pin_read_part(whole, ix, kind, 0, ix->sections[kind].len, err);
    if (s != PIN_OK)
        return s;
    uint64_t bucket = PIN_T_STARTS + pin_table_bucket(hash, t->bits) * 4;
    starts = *whole ? *whole + bucket : NULL;
    if (!*whole && (s = pin_read_part(&starts, ix, kind, bucket, 8, err)) != PIN_OK)
        return s;
    *from = pin_load32(starts);
    *to = pin_load32(starts + 4);
    if (*from > *to || *to > t->rows)
        return pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset, "a hash table contradicts itself");
    return PIN_OK;
}

pin_status pin_table_find(uint32_t *values, uint32_t cap, uint32_t *count, const pin_index *ix,
                          pin_section kind, pin_str key, pin_error *err)
{
    table          t = {0};
    const uint8_t *marks, *found, *whole = NULL;
    uint64_t       hash = pin_hash64(key.at, key.len, kind);
    uint32_t       from, to;
    *count = 0;
    pin_status s = find_bucket(&t, &from, &to, &whole, ix, kind, hash, err);
    if (s != PIN_OK)
        return s;
    uint64_t marks_at = t.marks + (uint64_t)from * 2, found_at = t.values + (uint64_t)from * t.width;
    marks = whole ? whole + marks_at : NULL;
    found = whole ? whole + found_at : NULL;
    if (!whole) {
        s = pin_read_part(&marks, ix, kind, marks_at, (uint64_t)(to - from) * 2, err);
        pin_status s2 = pin_read_part(&found, ix, kind, found_at, (uint64_t)(to - from) * t.width, err);
        if (s != PIN_OK || s2 != PIN_OK) /* both were asked for before saying so */
            return s != PIN_OK ? s : s2;
    }
    uint16_t mark = pin_table_mark(hash, t.bits);
    for (uint32_t i = 0; i < to - from && *count < cap; i++)
        if (pin_load16(marks + (size_t)i * 2) == mark)
            values[(*count)++] = value_at(found, i, t.width);
    return PIN_OK;
}

/* Values are numbers of things; one beyond the last is a lie of the file. */
static pin_status find_below(uint32_t *values, uint32_t cap, uint32_t *count, const pin_index *ix,
                             pin_section kind, pin_str key, uint32_t limit, pin_error *err)
{
    pin_status s = pin_table_find(values, cap, count, ix, kind, key, err);
    for (uint32_t i = 0; s == PIN_OK && i < *count; i++)
        if (values[i] >= limit)
            s = pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset, "a hash table names what is not there");
    return s;
}

pin_status pin_read_deletes(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix,
                            pin_str reduced, pin_error *err)
{
    return find_below(numbers, cap, count, ix, PIN_S_TYPOS, reduced, ix->words.count, err);
}

pin_status pin_read_exact(uint32_t *items, uint32_t cap, uint32_t *count, const pin_index *ix,
                          pin_str normal_form, pin_error *err)
{
    return find_below(items, cap, count, ix, PIN_S_EXACT, normal_form, ix->item_count, err);
}
