/* Postings into bytes: the smallest of the forms that core/format/layout.h describes. A list is written
 * before it is known where it will lie, so its checksums, which depend on that, come later. */
#include "indexer/write/inside.h"

/* ---- Facts about a list ---- */
static void find_extremes(pin_list_done *out, const pin_list_input *in)
{
    uint32_t seen[256] = {0}, above = 0;
    for (uint32_t i = 0; i < in->count; i++)
        seen[in->impacts[i]]++;
    for (int impact = 255; impact > 0; impact--) {
        if (seen[impact] && out->max == 0)
            out->max = (uint8_t)impact;
        above += seen[impact];
        if (above >= 10) {
            out->tenth = (uint8_t)impact;
            return;
        }
    }
}

/* The 16 best by impact, ties by lower id: kept sorted, the worst falls out. */
static void find_best(uint8_t *header, const pin_list_input *in)
{
    uint32_t ids[PIN_L_BEST_COUNT];
    uint8_t  best[PIN_L_BEST_COUNT];
    uint32_t n = 0;
    for (uint32_t i = 0; i < in->count; i++) {
        uint8_t impact = in->impacts[i];
        if (n == PIN_L_BEST_COUNT && impact <= best[n - 1])
            continue;
        uint32_t k = n < PIN_L_BEST_COUNT ? n++ : n - 1;
        for (; k > 0 && best[k - 1] < impact; k--) {
            best[k] = best[k - 1];
            ids[k] = ids[k - 1];
        }
        best[k] = impact;
        ids[k] = in->ids[i];
    }
    for (uint32_t k = 0; k < n; k++) {
        pin_store32(header + PIN_L_BEST_IDS + 4 * k, ids[k]);
        header[PIN_L_BEST + k] = best[k];
    }
}

/* ---- Short ---- */
static void write_short(pin_out *o, const pin_list_input *in)
{
    uint32_t next = 0;
    pin_out_zeros(o, 4);
    for (uint32_t i = 0; i < in->count; i++) {
        pin_out_varint(o, in->ids[i] - next);
        next = in->ids[i] + 1;
    }
    pin_out_add(o, in->impacts, in->count);
}

/* ---- Flat ---- */
static void round_to_nibbles(const pin_list_input *in)
{
    for (uint32_t i = 0; i < in->count; i++) {
        uint32_t nibble = (in->impacts[i] * 2u + 17) / 34;
        in->impacts[i] = (uint8_t)((nibble ? nibble : 1) * 17);
    }
}

static void write_flat(pin_out *o, const pin_list_input *in)
{
    size_t bytes = ((size_t)in->item_count + 1) / 2, at = pin_out_zeros(o, bytes + 4);
    if (o->failed)
        return;
    for (uint32_t i = 0; i < in->count; i++)
        o->at[at + in->ids[i] / 2] |= (uint8_t)(in->impacts[i] / 17 << (in->ids[i] & 1) * 4);
}

/* ---- Blocks ---- */
static uint32_t bits_for(uint32_t value)
{
    uint32_t bits = 0;
    for (; value; value >>= 1)
        bits++;
    return bits;
}

/* Appends `n` numbers of `width` bits, low bits first, and fills the last byte with zeros. */
static void pack(pin_out *o, const uint32_t *values, uint32_t n, uint32_t width)
{
    uint64_t bits = 0;
    uint32_t have = 0;
    for (uint32_t i = 0; i < n; i++) {
        bits |= (uint64_t)values[i] << have;
        for (have += width; have >= 8; have -= 8, bits >>= 8)
            pin_out_byte(o, (uint8_t)bits);
    }
    if (have)
        pin_out_byte(o, (uint8_t)bits);
}

static void write_block(pin_out *o, const uint32_t *ids, const uint8_t *impacts, uint32_t n, uint32_t base)
{
    uint32_t gaps[PIN_BLOCK], groups = (n + PIN_BLOCK_GROUP - 1) / PIN_BLOCK_GROUP, size = groups,
                              first = base;
    uint8_t widths[PIN_BLOCK / PIN_BLOCK_GROUP] = {0};
    for (uint32_t i = 0; i < n; i++) {
        gaps[i] = ids[i] - base;
        base = ids[i] + 1;
        uint32_t bits = bits_for(gaps[i]);
        if (bits > widths[i / PIN_BLOCK_GROUP])
            widths[i / PIN_BLOCK_GROUP] = (uint8_t)bits;
    }
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t k = n - g * PIN_BLOCK_GROUP < PIN_BLOCK_GROUP ? n - g * PIN_BLOCK_GROUP : PIN_BLOCK_GROUP;
        size += (k * widths[g] + 7) / 8;
    }
    uint32_t bitset = (ids[n - 1] - first) / 8 + 1;
    if (1 + bitset < size) {
        pin_out_byte(o, PIN_BLOCK_BITSET);
        size_t at = pin_out_zeros(o, bitset);
        for (uint32_t i = 0; i < n && !o->failed; i++)
            o->at[at + (ids[i] - first) / 8] |= (uint8_t)(1 << (ids[i] - first) % 8);
    } else {
        pin_out_add(o, widths, groups);
        for (uint32_t g = 0; g < groups; g++) {
            uint32_t k =
                n - g * PIN_BLOCK_GROUP < PIN_BLOCK_GROUP ? n - g * PIN_BLOCK_GROUP : PIN_BLOCK_GROUP;
            pack(o, gaps + g * PIN_BLOCK_GROUP, k, widths[g]);
        }
    }
    pin_out_add(o, impacts, n);
}

static uint8_t largest(const uint8_t *impacts, uint32_t n)
{
    uint8_t max = 0;
    for (uint32_t i = 0; i < n; i++)
        if (impacts[i] > max)
            max = impacts[i];
    return max;
}

static void write_blocks(pin_out *o, const pin_list_input *in)
{
    uint32_t blocks = (in->count + PIN_BLOCK - 1) / PIN_BLOCK;
    uint32_t windows = in->count > PIN_WINDOWS_FROM ? (in->item_count + PIN_WINDOW - 1) / PIN_WINDOW : 0;
    size_t   head = PIN_L_ARRAYS + (size_t)blocks * 11 + windows, start = pin_out_zeros(o, head);
    size_t   last_ids = start + PIN_L_ARRAYS, ends = last_ids + (size_t)blocks * 4;
    size_t   maxes = ends + (size_t)blocks * 6, windows_at = maxes + blocks; /* checksums lie between */
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t from = b * PIN_BLOCK, n = in->count - from < PIN_BLOCK ? in->count - from : PIN_BLOCK;
        write_block(o, in->ids + from, in->impacts + from, n, b ? in->ids[from - 1] + 1 : 0);
        if (o->failed)
            return;
        pin_store32(o->at + last_ids + (size_t)b * 4, in->ids[from + n - 1]);
        pin_store32(o->at + ends + (size_t)b * 4, (uint32_t)(o->len - start));
        o->at[maxes + b] = largest(in->impacts + from, n);
    }
    uint8_t *h = o->at + start;
    if (o->failed)
        return;
    for (uint32_t i = 0; windows && i < in->count; i++) {
        uint8_t *window = o->at + windows_at + in->ids[i] / PIN_WINDOW;
        if (in->impacts[i] > *window)
            *window = in->impacts[i];
    }
    pin_store32(h + PIN_L_HEAD, (uint32_t)head);
    pin_store32(h + PIN_L_COUNT, in->count);
    pin_store32(h + PIN_L_BLOCKS, blocks);
    find_best(h, in);
}

static void seal_blocks(uint8_t *at, uint64_t offset)
{
    uint32_t head = pin_load32(at + PIN_L_HEAD), blocks = pin_load32(at + PIN_L_BLOCKS), from = head;
    uint8_t *ends = at + PIN_L_ARRAYS + (size_t)blocks * 4, *checks = ends + (size_t)blocks * 4;
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t to = pin_load32(ends + (size_t)b * 4);
        pin_store16(checks + (size_t)b * 2, (uint16_t)pin_hash32(at + from, to - from, offset + b));
        from = to;
    }
    pin_store32(at + PIN_L_HASH, pin_hash32(at + 4, head - 4, offset));
}

void pin_list_seal(uint8_t *at, pin_list_done *done, uint64_t offset)
{
    size_t len = (size_t)done->len;
    done->offset = offset;
    if (done->form == PIN_FORM_BLOCKS)
        seal_blocks(at, offset);
    else if (done->form == PIN_FORM_SHORT)
        pin_store32(at, pin_hash32(at + 4, len - 4, offset));
    else
        pin_store32(at + len - 4, pin_hash32(at, len - 4, offset));
}

pin_list_done pin_list_write(pin_out *o, const pin_list_input *in)
{
    pin_list_done done = {0};
    if (in->flat)
        round_to_nibbles(in);
    find_extremes(&done, in);
    done.offset = o->len;
    if (in->flat) {
        done.form = PIN_FORM_FLAT;
        write_flat(o, in);
    } else if (in->count < PIN_BLOCK) {
        done.form = PIN_FORM_SHORT;
        write_short(o, in);
    } else {
        done.form = PIN_FORM_BLOCKS;
        write_blocks(o, in);
    }
    done.len = o->len - done.offset;
    return done;
}
