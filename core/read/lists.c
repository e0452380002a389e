/* Lists of postings: short ones in one go, long ones block by block, flat ones as they lie.
 *
 * Ids of a block are sums of gaps, so they ascend by themselves; that the last one is the id that the
 * header names, and below item_count, makes all of them valid. Widths and sizes are checked before
 * anything is read by them. */
#include <string.h>

#include "core/bytes/wide.h"
#include "core/read/index.h"

static pin_section section_of(pin_field field)
{
    return field == PIN_QUESTION ? PIN_S_QUESTION_LISTS : PIN_S_ANSWER_LISTS;
}

static pin_status damaged(const pin_index *ix, pin_field field, uint64_t offset, pin_error *err)
{
    return pin_fail(err, PIN_CORRUPT, ix->sections[section_of(field)].offset + offset,
                    "a list of postings is damaged");
}

/* ---- Short lists ---- */
static pin_status decode_short(uint32_t *ids, uint8_t *impacts, const pin_index *ix, const pin_list *list,
                               pin_field field, pin_error *err)
{
    const uint8_t *at;
    if (list->count >= PIN_BLOCK || list->len < 4 + (uint64_t)list->count * 2)
        return damaged(ix, field, list->offset, err);
    pin_status s = pin_read_part(&at, ix, section_of(field), list->offset, list->len, err);
    if (s != PIN_OK)
        return s;
    if (pin_is_partial(ix) && pin_hash32(at + 4, (size_t)list->len - 4, list->offset) != pin_load32(at))
        return pin_fail(err, PIN_CORRUPT, list->offset, "checksum of a list is wrong");
    pin_cursor c = pin_cursor_over(at + 4, (size_t)list->len - 4 - list->count);
    uint64_t   next = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        bool     one_byte = c.at < c.end && *c.at < 0x80; /* most are */
        uint64_t id = next + (one_byte ? *c.at++ : pin_take_varint32(&c));
        if (c.failed || id >= ix->item_count)
            return damaged(ix, field, list->offset, err);
        ids[i] = (uint32_t)id;
        next = id + 1;
    }
    if (pin_cursor_left(&c) != 0)
        return damaged(ix, field, list->offset, err);
    memcpy(impacts, c.end, list->count);
    return PIN_OK;
}

/* ---- Blocks ---- */
pin_status pin_read_list_head(pin_list_head *out, const pin_index *ix, const pin_list *list, pin_field field,
                              pin_error *err)
{
    uint32_t blocks = (list->count + PIN_BLOCK - 1) / PIN_BLOCK;
    uint32_t windows = list->count > PIN_WINDOWS_FROM ? (ix->item_count + PIN_WINDOW - 1) / PIN_WINDOW : 0;
    uint64_t head_len = PIN_L_ARRAYS + (uint64_t)blocks * 11 + windows;
    if (list->form != PIN_LIST_BLOCKS || list->count < PIN_BLOCK || head_len > list->len ||
        head_len > UINT32_MAX)
        return damaged(ix, field, list->offset, err);
    const uint8_t *at; /* in memory the list lies in one piece: its blocks need not be looked for */
    uint64_t       asked = pin_is_partial(ix) ? head_len : list->len;
    pin_status     s = pin_read_part(&at, ix, section_of(field), list->offset, asked, err);
    if (s != PIN_OK)
        return s;
    if (pin_load32(at + PIN_L_HEAD) != head_len || pin_load32(at + PIN_L_COUNT) != list->count ||
        pin_load32(at + PIN_L_BLOCKS) != blocks)
        return damaged(ix, field, list->offset, err);
    if (pin_is_partial(ix) && pin_hash32(at + 4, (size_t)head_len - 4, list->offset) != pin_load32(at))
        return pin_fail(err, PIN_CORRUPT, list->offset, "checksum of a list is wrong");
    for (uint32_t i = 0; i < PIN_L_BEST_COUNT; i++)
        if (pin_u32_at(at + PIN_L_BEST_IDS, i) >= ix->item_count)
            return damaged(ix, field, list->offset, err);
    const uint8_t *last_ids = at + PIN_L_ARRAYS, *ends = last_ids + (size_t)blocks * 4;
    const uint8_t *checks = ends + (size_t)blocks * 4, *maxes = checks + (size_t)blocks * 2;
    *out = (pin_list_head){.at = at,
                           .offset = list->offset,
                           .len = list->len,
                           .count = list->count,
                           .blocks = blocks,
                           .head_len = (uint32_t)head_len,
                           .windows = windows,
                           .last_ids = last_ids,
                           .ends = ends,
                           .checks = checks,
                           .maxes = maxes,
                           .window_maxes = maxes + blocks,
                           .field = (uint8_t)field};
    return PIN_OK;
}

/* `n` numbers of `width` bits each, low bits first, from bytes that are followed by 8 readable ones. */
static void unpack(uint32_t *out, const uint8_t *at, uint32_t n, uint32_t width)
{
    uint64_t mask = (1ull << width) - 1;
    for (uint32_t i = 0, bit = 0; i < n; i++, bit += width)
        out[i] = (uint32_t)(pin_load64(at + (bit >> 3)) >> (bit & 7) & mask);
}

/* Gaps of widths up to WIDE_MOST can be summed in 32 bits: 128 x 2^20 and an id below 2^28. */
#define WIDE_MOST 20
#define ROOM_AFTER 96 /* bytes that the wide way may read past what is packed: of a last group of one gap all four
                         rows of eight are looked at, up to 3 x 20 + 20 / 2 + 16 bytes from its first           */

#if PIN_HAS_WIDE

/* One group: 32 gaps -> 32 ids, of which the first `k` mean something; eight gaps of width w fill w bytes, so
 * every eight start at a byte: four of them lie within 16 bytes from there, the other four within 16 bytes
 * from w / 2 bytes later. `last` has the id before in every lane; returns the last sum likewise. */
PIN_WIDE static __m256i unpack_sum_wide(uint32_t *ids, const uint8_t *at, uint32_t width, __m256i last)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3);
    __m256i       half = _mm256_setr_epi32(0, 0, 0, 0, 4, 4, 4, 4), w = _mm256_set1_epi32((int)width);
    half = _mm256_and_si256(_mm256_mullo_epi32(half, w), _mm256_set1_epi32(7));
    __m256i bit = _mm256_add_epi32(_mm256_mullo_epi32(lane, w), half);
    __m256i bytes =
        _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srli_epi32(bit, 3), _mm256_set1_epi32(0x01010101)),
                         _mm256_set1_epi32(0x03020100));
    __m256i shift = _mm256_and_si256(bit, _mm256_set1_epi32(7)),
            mask = _mm256_set1_epi32((int)((1u << width) - 1));
    for (int i = 0; i < 4; i++, at += width) {
        __m128i low = _mm_loadu_si128((const __m128i *)at);
        __m128i high = _mm_loadu_si128((const __m128i *)(at + width / 2));
        __m256i x = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
        x = _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(x, bytes), shift), mask);
        x = _mm256_add_epi32(x, _mm256_set1_epi32(1));
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 4));
        x = _mm256_add_epi32(x, _mm256_slli_si256(x, 8));
        __m256i carry = _mm256_permute2x128_si256(x, x, 0x08);
        x = _mm256_add_epi32(x, _mm256_shuffle_epi32(carry, 0xFF));
        x = _mm256_add_epi32(x, last);
        _mm256_storeu_si256((__m256i *)(ids + 8 * i), x);
        last = _mm256_permutevar8x32_epi32(x, _mm256_set1_epi32(7));
    }
    return last;
}

PIN_WIDE static void sum_wide(uint32_t *ids, const uint8_t *widths, const uint8_t *bits, uint32_t groups,
                              uint32_t base)
{
    __m256i last = _mm256_set1_epi32((int)(base - 1));
    for (uint32_t g = 0; g < groups; g++) {
        last = unpack_sum_wide(ids + g * PIN_BLOCK_GROUP, bits, widths[g], last);
        bits += widths[g] * (PIN_BLOCK_GROUP / 8);
    }
}
#else
static void sum_wide(uint32_t *ids, const uint8_t *widths, const uint8_t *bits, uint32_t groups,
                     uint32_t base)
{
    (void)ids, (void)widths, (void)bits, (void)groups, (void)base;
}
#endif

/* Ids of a bitset block: bit i stands for base + i; true when exactly `n` bits are set. */
static bool decode_bitset(uint32_t *ids, uint32_t n, uint64_t base, const uint8_t *at, size_t len)
{
    uint32_t found = 0;
    for (size_t i = 0; i < len; i += 8) {
        uint64_t bits = 0;
        if (len - i >= 8)
            bits = pin_load64(at + i);
        else
            for (size_t k = 0; k < len - i; k++)
                bits |= (uint64_t)at[i + k] << 8 * k;
        if ((uint32_t)__builtin_popcountll(bits) > n - found)
            return false;
        for (; bits; bits &= bits - 1)
            ids[found++] = (uint32_t)(base + i * 8 + (uint32_t)__builtin_ctzll(bits));
    }
    return found == n;
}

/* The same one after the other, for any widths and machine. */
static bool sum_plain(uint32_t *ids, uint32_t n, const uint8_t *widths, const uint8_t *bits, uint64_t base)
{
    for (uint32_t at = 0; at < n; at += PIN_BLOCK_GROUP) {
        uint32_t k = n - at < PIN_BLOCK_GROUP ? n - at : PIN_BLOCK_GROUP, width = *widths++;
        uint32_t gaps[PIN_BLOCK_GROUP];
        unpack(gaps, bits, k, width);
        bits += (k * width + 7) / 8;
        for (uint32_t i = 0; i < k; i++) {
            uint64_t id = base + gaps[i];
            if (id > UINT32_MAX)
                return false;
            ids[at + i] = (uint32_t)id;
            base = id + 1;
        }
    }
    return true;
}

/* `more`: how many bytes behind at + len can be read. */
static bool decode_packed(uint32_t *ids, uint32_t n, uint64_t base, const uint8_t *at, size_t len,
                          size_t more)
{
    uint32_t groups = (n + PIN_BLOCK_GROUP - 1) / PIN_BLOCK_GROUP, widest = 0;
    uint64_t room[(PIN_BLOCK * 4 + ROOM_AFTER) / 8]; /* 4 bytes a gap, and some to read over */
    size_t   want = 0;
    if (len < groups || len - groups > PIN_BLOCK * 4)
        return false;
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t k = n - g * PIN_BLOCK_GROUP < PIN_BLOCK_GROUP ? n - g * PIN_BLOCK_GROUP : PIN_BLOCK_GROUP;
        want += (k * at[g] + 7) / 8;
        widest = at[g] > widest ? at[g] : widest;
    }
    if (widest > 32 || want != len - groups)
        return false;
    const uint8_t *bits = at + groups;
    if (more < ROOM_AFTER) {
        memcpy(room, bits, want);
        memset((uint8_t *)room + want, 0, ROOM_AFTER);
        bits = (const uint8_t *)room;
    }
    if (widest > WIDE_MOST || !pin_is_wide())
        return sum_plain(ids, n, at, bits, base);
    /* a last group that is not full reads bits that are behind its own: ids past n mean nothing */
    sum_wide(ids, at, bits, groups, (uint32_t)base);
    return true;
}

pin_status pin_read_list_block(uint32_t *ids, uint8_t *impacts, uint32_t *count, const pin_index *ix,
                               const pin_list_head *head, uint32_t b, pin_error *err)
{
    pin_field field = (pin_field)head->field;
    uint32_t  from = b ? pin_u32_at(head->ends, b - 1) : head->head_len, to = pin_u32_at(head->ends, b);
    uint32_t  n = b + 1 < head->blocks ? PIN_BLOCK : head->count - b * PIN_BLOCK;
    uint32_t  last = pin_u32_at(head->last_ids, b);
    uint64_t  base = b ? (uint64_t)pin_u32_at(head->last_ids, b - 1) + 1 : 0;
    if (from < head->head_len || to < from || to > head->len || to - from < n + 1 || last >= ix->item_count ||
        last < base)
        return damaged(ix, field, head->offset, err);
    const uint8_t *at = head->at + from;
    bool           partial = pin_is_partial(ix);
    pin_status     s =
        partial ? pin_read_part(&at, ix, section_of(field), head->offset + from, to - from, err) : PIN_OK;
    if (s != PIN_OK)
        return s;
    if (partial &&
        (uint16_t)pin_hash32(at, to - from, head->offset + b) != pin_load16(head->checks + (size_t)b * 2))
        return pin_fail(err, PIN_CORRUPT, head->offset, "checksum of a list is wrong");
    size_t len = to - from - n;
    bool   good;
    if (at[0] == PIN_BLOCK_BITSET)
        good = len - 1 == ((uint64_t)last - base) / 8 + 1 && decode_bitset(ids, n, base, at + 1, len - 1);
    else /* behind the block lie its impacts and, where the file is in one piece, at least the zeros of the section */
        good = decode_packed(ids, n, base, at, len, pin_whole_section(ix, section_of(field)) ? n + PIN_PADDING : 0);
    if (!good || ids[n - 1] != last)
        return damaged(ix, field, head->offset, err);
    memcpy(impacts, at + len, n);
    *count = n;
    return PIN_OK;
}

/* ---- Flat lists ---- */
pin_status pin_read_flat(const uint8_t **nibbles, const pin_index *ix, const pin_list *list, pin_field field,
                         pin_error *err)
{
    uint64_t bytes = ((uint64_t)ix->item_count + 1) / 2;
    if (list->form != PIN_LIST_FLAT || list->len != bytes + 4)
        return damaged(ix, field, list->offset, err);
    pin_status s = pin_read_part(nibbles, ix, section_of(field), list->offset, list->len, err);
    if (s == PIN_OK && pin_is_partial(ix) &&
        pin_hash32(*nibbles, (size_t)bytes, list->offset) != pin_load32(*nibbles + bytes))
        return pin_fail(err, PIN_CORRUPT, list->offset, "checksum of a list is wrong");
    return s;
}

static void next_of_flat(pin_postings *p)
{
    uint32_t items = p->ix->item_count, id = p->last_id;
    for (p->count = 0; id < items && p->count < PIN_BLOCK; id++) {
        uint32_t nibble = p->at[id / 2] >> (id & 1) * 4 & 15;
        p->ids[p->count] = id;
        p->impacts[p->count] = (uint8_t)(nibble * 17);
        p->count += nibble != 0;
    }
    p->last_id = id;
}

/* ---- A list at once ---- */
pin_status pin_read_list_short(uint32_t *ids, uint8_t *impacts, const pin_index *ix, const pin_list *list,
                               pin_field field, pin_error *err)
{
    if (list->form == PIN_LIST_SHORT)
        return decode_short(ids, impacts, ix, list, field, err);
    uint32_t count = list->count < PIN_INLINE ? list->count : PIN_INLINE;
    memcpy(ids, list->ids, count * sizeof *ids);
    memcpy(impacts, list->impacts, count);
    return PIN_OK;
}

pin_status pin_read_list_all(const pin_index *ix, const pin_list *list, pin_field field, pin_error *err)
{
    const uint8_t *at;
    if (list->count == 0 || list->form == PIN_LIST_INLINE)
        return PIN_OK;
    return pin_read_part(&at, ix, section_of(field), list->offset, list->len, err);
}

/* ---- Any list, a block at a time ---- */
pin_status pin_postings_open(pin_postings *out, const pin_index *ix, const pin_list *list, pin_field field,
                             pin_error *err)
{
    out->ix = ix;
    out->list = *list;
    out->field = (uint8_t)field;
    out->done = out->count = out->last_id = 0;
    out->at = out->end = NULL;
    if (list->count == 0 || list->form == PIN_LIST_INLINE)
        return PIN_OK;
    if (list->form == PIN_LIST_FLAT)
        return pin_read_flat(&out->at, ix, list, field, err);
    /* the list as a whole is asked for: whoever reads it block by block reads all of it */
    return pin_read_part(&out->at, ix, section_of(field), list->offset, list->len, err);
}

static pin_status next_block(pin_postings *p, pin_error *err)
{
    pin_list_head head;
    pin_status    s = pin_read_list_head(&head, p->ix, &p->list, (pin_field)p->field, err);
    if (s != PIN_OK)
        return s;
    return pin_read_list_block(p->ids, p->impacts, &p->count, p->ix, &head, p->done / PIN_BLOCK, err);
}

pin_status pin_postings_next(pin_postings *p, pin_error *err)
{
    pin_status s = PIN_OK;
    p->count = 0;
    if (p->list.form == PIN_LIST_FLAT) {
        next_of_flat(p);
    } else if (p->done >= p->list.count) {
        return PIN_NOT_FOUND;
    } else if (p->list.form == PIN_LIST_INLINE) {
        p->count = p->list.count < PIN_INLINE ? p->list.count : PIN_INLINE;
        memcpy(p->ids, p->list.ids, p->count * sizeof p->ids[0]);
        memcpy(p->impacts, p->list.impacts, p->count);
    } else if (p->list.form == PIN_LIST_SHORT) {
        s = decode_short(p->ids, p->impacts, p->ix, &p->list, (pin_field)p->field, err);
        p->count = p->list.count;
    } else {
        s = next_block(p, err);
    }
    if (s != PIN_OK) {
        p->count = 0;
        return s;
    }
    p->done += p->count;
    return p->count ? PIN_OK : PIN_NOT_FOUND;
}
