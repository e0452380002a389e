/* See streams.h. Where it pays there is a second way with AVX2, with the same results. */
#include "core/search/streams.h"

#include <string.h>

#include "core/bytes/bytes.h"
#include "core/bytes/wide.h"

#define AHEAD 16 /* blocks called for at a time */

static bool failed(stream_set *set, pin_status s)
{
    if (s != PIN_OK && set->status == PIN_OK)
        set->status = s;
    return s != PIN_OK;
}

static uint32_t last_of(const stream *s, uint32_t block)
{
    return pin_load32(s->head.last_ids + (size_t)block * 4);
}

/* ---- Opening ---- */

static pin_status take_room(stream *out, uint32_t postings, pin_arena *arena, pin_error *err)
{
    out->ids = pin_arena_take(arena, postings, sizeof *out->ids);
    out->impacts = pin_arena_take(arena, postings, sizeof *out->impacts);
    if (!out->ids || !out->impacts)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    return PIN_OK;
}

pin_status stream_open(stream *out, stream_set *set, const pin_list *list, pin_field field, uint32_t weight)
{
    *out = (stream){
        .count = list->count, .weight = weight, .form = list->form, .max = list->max, .block = UINT32_MAX};
    if (list->count == 0)
        return PIN_OK;
    pin_status s = pin_read_list_all(set->ix, list, field, set->err);
    if (s != PIN_OK)
        return s;
    if (list->form == PIN_LIST_FLAT)
        return pin_read_flat(&out->nibbles, set->ix, list, field, set->err);
    if (list->form == PIN_LIST_BLOCKS) {
        s = take_room(out, PIN_BLOCK, set->arena, set->err);
        return s == PIN_OK ? pin_read_list_head(&out->head, set->ix, list, field, set->err) : s;
    }
    out->have = list->count;
    s = take_room(out, list->count, set->arena, set->err);
    return s == PIN_OK ? pin_read_list_short(out->ids, out->impacts, set->ix, list, field, set->err) : s;
}

static void raise(uint8_t *maxima, uint32_t spans, uint32_t first, uint32_t last, uint8_t impact)
{
    for (uint32_t i = first; i <= last && i < spans; i++)
        if (maxima[i] < impact)
            maxima[i] = impact;
}

static void bound_by_windows(uint8_t *maxima, uint32_t spans, const pin_list_head *head)
{
    for (uint32_t w = 0; w < head->windows; w++)
        raise(maxima, spans, w / (SPAN / WINDOW), w / (SPAN / WINDOW), head->window_maxes[w]);
}

static void bound_by_blocks(uint8_t *maxima, uint32_t spans, const stream *s)
{
    for (uint32_t b = 0, first = 0; b < s->head.blocks; b++) {
        uint32_t last = last_of(s, b) / SPAN;
        raise(maxima, spans, first, last, s->head.maxes[b]);
        first = last;
    }
}

/* Long lists bring maxima along; of shorter ones they follow from blocks or postings. */
pin_status stream_bound(stream *s, stream_set *set)
{
    if (s->count == 0 || s->form == PIN_LIST_FLAT)
        return PIN_OK;
    uint8_t *maxima = pin_arena_take(set->arena, set->spans, 1);
    if (!maxima)
        return pin_fail(set->err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    if (s->form == PIN_LIST_BLOCKS && s->head.windows)
        bound_by_windows(maxima, set->spans, &s->head);
    else if (s->form == PIN_LIST_BLOCKS)
        bound_by_blocks(maxima, set->spans, s);
    for (uint32_t i = 0; s->form != PIN_LIST_BLOCKS && i < s->have; i++)
        raise(maxima, set->spans, s->ids[i] / SPAN, s->ids[i] / SPAN, s->impacts[i]);
    s->maxima = maxima;
    return PIN_OK;
}

/* ---- Blocks and places ---- */

static bool stream_block(stream *s, stream_set *set, uint32_t block)
{
    if (s->block == block)
        return true;
    s->block = UINT32_MAX;
    s->have = 0;
    if (failed(set, pin_read_list_block(s->ids, s->impacts, &s->have, set->ix, &s->head, block, set->err)))
        return false;
    s->block = block;
    return true;
}

/* The first block in [low, blocks) that ends at or after `item`; `blocks` when none does. */
static uint32_t find_block(const stream *s, uint32_t low, uint32_t item)
{
    uint32_t high = low, step = 1; /* doubling steps first: the next item is seldom far */
    while (high < s->head.blocks && last_of(s, high) < item) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    if (high > s->head.blocks)
        high = s->head.blocks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (last_of(s, middle) < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t block_from(const stream *s, uint32_t item)
{
    uint32_t low = 0, high = s->head.blocks;
    if (s->block != UINT32_MAX && (s->block == 0 || last_of(s, s->block - 1) < item))
        return find_block(s, s->block, item);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (last_of(s, middle) < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#if PIN_HAS_WIDE
/* In a whole block: how many are below, since they ascend. */
PIN_WIDE static uint32_t find_id_wide(const uint32_t *ids, uint32_t item)
{
    const __m256i wanted = _mm256_set1_epi32((int)item);
    __m256i       even = _mm256_setzero_si256(), odd = even;
    for (uint32_t i = 0; i < PIN_BLOCK; i += 16) {
        const __m256i *at = (const __m256i *)(ids + i);
        even = _mm256_sub_epi32(even, _mm256_cmpgt_epi32(wanted, _mm256_loadu_si256(at)));
        odd = _mm256_sub_epi32(odd, _mm256_cmpgt_epi32(wanted, _mm256_loadu_si256(at + 1)));
    }
    __m256i all = _mm256_add_epi32(even, odd);
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(four);
}
#endif

/* The first place in ids[0, count) at or above `item`, or `count`; without branches on what the ids are. Ids
 * are below 2^31. */
static uint32_t find_id(const uint32_t *ids, uint32_t count, uint32_t item)
{
    const uint32_t *base = ids;
#if PIN_HAS_WIDE
    if (count == PIN_BLOCK && pin_is_wide())
        return find_id_wide(ids, item);
#endif
    while (count > 1) {
        uint32_t half = count / 2;
        base = base[half - 1] < item ? base + half : base;
        count -= half;
    }
    return (uint32_t)(base - ids) + (count == 1 && *base < item);
}

/* ---- A stretch of ids ---- */

#if PIN_HAS_WIDE
/* Sixteen items at a time; returns how many were added. */
PIN_WIDE static uint32_t add_flat_wide(uint32_t *sums, const uint8_t *nibbles, uint32_t count,
                                       uint32_t weight)
{
    const __m128i low = _mm_set1_epi8(15);
    const __m256i times = _mm256_set1_epi32((int)weight);
    uint32_t      i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i  x = _mm_loadl_epi64((const __m128i *)(nibbles + i / 2));
        __m128i  z = _mm_unpacklo_epi8(_mm_and_si128(x, low), _mm_and_si128(_mm_srli_epi16(x, 4), low));
        __m256i  a = _mm256_mullo_epi32(_mm256_cvtepu8_epi32(z), times);
        __m256i  b = _mm256_mullo_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(z, 8)), times);
        __m256i *at = (__m256i *)(sums + i);
        _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), a));
        _mm256_storeu_si256(at + 1, _mm256_add_epi32(_mm256_loadu_si256(at + 1), b));
    }
    return i;
}
#endif

/* `nibbles` of items [0, count). */
static void add_flat(uint32_t *sums, const uint8_t *nibbles, uint32_t count, uint32_t weight)
{
    uint32_t i = 0;
#if PIN_HAS_WIDE
    if (pin_is_wide())
        i = add_flat_wide(sums, nibbles, count, weight);
#endif
    for (; i < count; i++)
        sums[i] += weight * (nibbles[i / 2] >> (i & 1) * 4 & 15);
}

void stream_add(stream *s, stream_set *set, uint32_t *sums, uint32_t from, uint32_t to)
{
    if (s->count == 0)
        return;
    if (s->form == PIN_LIST_FLAT) {
        add_flat(sums, s->nibbles + from / 2, to - from, s->weight * 17);
        return;
    }
    if (s->form != PIN_LIST_BLOCKS) {
        uint32_t i = find_id(s->ids, s->have, from), end = find_id(s->ids, s->have, to);
        sums_add_all(sums, s->ids + i, s->impacts + i, end - i, from, s->weight);
        return;
    }
    for (uint32_t b = block_from(s, from); b < s->head.blocks; b++) {
        if (!stream_block(s, set, b))
            return;
        uint32_t i = s->ids[0] < from ? find_id(s->ids, s->have, from) : 0;
        uint32_t end = s->ids[s->have - 1] < to ? s->have : find_id(s->ids, s->have, to);
        sums_add_all(sums, s->ids + i, s->impacts + i, end - i, from, s->weight);
        if (end < s->have)
            return;
    }
}

#if PIN_HAS_WIDE
/* Two flat lists with weights that fit the processor's sum of two products of 16 bits. */
typedef struct flat_pair {
    const uint8_t *first, *second;
    uint32_t       weights;
} flat_pair;

#define PAIRS_MOST 16
#define PAIR_WEIGHT_MOST (INT16_MAX / 17)

/* Sixteen nibbles, one to a byte. */
PIN_WIDE static inline __m128i nibbles_at(const uint8_t *at)
{
    const __m128i low = _mm_set1_epi8(15);
    __m128i       x = _mm_loadl_epi64((const __m128i *)at);
    return _mm_unpacklo_epi8(_mm_and_si128(x, low), _mm_and_si128(_mm_srli_epi16(x, 4), low));
}

/* Sixteen items at a time; returns how many were added. */
PIN_WIDE static uint32_t add_pairs(uint32_t *sums, const flat_pair *pairs, uint32_t pair_count, uint32_t from,
                                   uint32_t count)
{
    uint32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m256i *at = (__m256i *)(sums + i), a = _mm256_loadu_si256(at), b = _mm256_loadu_si256(at + 1);
        for (uint32_t k = 0; k < pair_count; k++) {
            __m128i x = nibbles_at(pairs[k].first + (from + i) / 2);
            __m128i y = nibbles_at(pairs[k].second + (from + i) / 2);
            __m256i weights = _mm256_set1_epi32((int)pairs[k].weights);
            __m256i low = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(x, y));
            __m256i high = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(x, y));
            a = _mm256_add_epi32(a, _mm256_madd_epi16(low, weights));
            b = _mm256_add_epi32(b, _mm256_madd_epi16(high, weights));
        }
        _mm256_storeu_si256(at, a);
        _mm256_storeu_si256(at + 1, b);
    }
    return i;
}

/* Takes lists from the front as long as they fit; an odd one is paired with itself at no weight. */
static uint32_t pair_flats(flat_pair *pairs, uint32_t *pair_count, stream *const *flats, uint32_t count)
{
    uint32_t i = 0;
    for (*pair_count = 0; i < count && *pair_count < PAIRS_MOST; i += 2) {
        const stream *a = flats[i], *b = i + 1 < count ? flats[i + 1] : a;
        if (a->weight > PAIR_WEIGHT_MOST || b->weight > PAIR_WEIGHT_MOST)
            break;
        uint32_t second = a == b ? 0 : b->weight * 17;
        pairs[(*pair_count)++] = (flat_pair){a->nibbles, b->nibbles, a->weight * 17 | second << 16};
    }
    return i < count ? i : count;
}
#endif

void stream_add_flats(stream *const *flats, uint32_t count, stream_set *set, uint32_t *sums, uint32_t from,
                      uint32_t to)
{
    uint32_t paired = 0;
#if PIN_HAS_WIDE
    if (pin_is_wide() && count) {
        flat_pair pairs[PAIRS_MOST];
        uint32_t  pair_count, done;
        paired = pair_flats(pairs, &pair_count, flats, count);
        done = add_pairs(sums, pairs, pair_count, from, to - from);
        for (uint32_t i = 0; i < paired; i++)
            stream_add(flats[i], set, sums + done, from + done, to);
    }
#endif
    for (uint32_t i = paired; i < count; i++)
        stream_add(flats[i], set, sums, from, to);
}

static void touch_flat(stream *s, line_sums *sums, uint32_t from, uint32_t to)
{
    add_flat(sums->at, s->nibbles + from / 2, to - from, s->weight * 17);
    memset(sums->marks, 1, (to - from + LINE - 1) / LINE);
}

void stream_touch(stream *s, stream_set *set, line_sums *sums, uint32_t from, uint32_t to)
{
    if (s->count == 0)
        return;
    if (s->form == PIN_LIST_FLAT) {
        touch_flat(s, sums, from, to);
        return;
    }
    if (s->form != PIN_LIST_BLOCKS) {
        uint32_t i = find_id(s->ids, s->have, from), end = find_id(s->ids, s->have, to);
        sums_touch_all(sums, s->ids + i, s->impacts + i, end - i, from, s->weight);
        return;
    }
    for (uint32_t b = block_from(s, from); b < s->head.blocks; b++) {
        if (!stream_block(s, set, b))
            return;
        uint32_t i = s->ids[0] < from ? find_id(s->ids, s->have, from) : 0;
        uint32_t end = s->ids[s->have - 1] < to ? s->have : find_id(s->ids, s->have, to);
        sums_touch_all(sums, s->ids + i, s->impacts + i, end - i, from, s->weight);
        if (end < s->have)
            return;
    }
}

/* ---- Two lists at once ---- */

/* Where a list stands within a stretch of ids. */
typedef struct place {
    stream  *s;
    uint32_t block, at, end, to; /* postings [at, end) of what is unpacked lie in the stretch */
} place;

static void unpack_place(place *p, stream_set *set, uint32_t from)
{
    stream *s = p->s;
    p->at = p->end = 0;
    if (s->form == PIN_LIST_BLOCKS && (p->block >= s->head.blocks || !stream_block(s, set, p->block)))
        return;
    p->at = s->have && s->ids[0] < from ? find_id(s->ids, s->have, from) : 0;
    p->end = s->have && s->ids[s->have - 1] < p->to ? s->have : find_id(s->ids, s->have, p->to);
}

static void open_place(place *p, stream *s, stream_set *set, uint32_t from, uint32_t to)
{
    *p = (place){.s = s, .to = to};
    if (s->count == 0)
        return;
    p->block = s->form == PIN_LIST_BLOCKS ? block_from(s, from) : 0;
    unpack_place(p, set, from);
}

/* The item that comes next, or UINT32_MAX. */
static uint32_t item_at(place *p, stream_set *set)
{
    stream *s = p->s;
    if (p->at == p->end && p->end && p->end == s->have && s->form == PIN_LIST_BLOCKS) {
        p->block++;
        unpack_place(p, set, 0);
    }
    return p->at < p->end ? s->ids[p->at] : UINT32_MAX;
}

static uint32_t take_value(place *p)
{
    uint32_t value = p->s->weight * p->s->impacts[p->at];
    p->at++;
    return value;
}

static void raise_flats(stream two[2], stream_set *set, line_sums *sums, uint32_t from, uint32_t to,
                        uint32_t floor, uint32_t ceiling)
{
    for (uint32_t item = from; item < to; item++) {
        uint32_t value = stream_probe(&two[0], set, item) + stream_probe(&two[1], set, item);
        if (value)
            sums_raise(sums, item - from, value < floor ? floor : value > ceiling ? ceiling : value);
    }
}

void stream_raise(stream two[2], stream_set *set, line_sums *sums, uint32_t from, uint32_t to, uint32_t floor,
                  uint32_t ceiling)
{
    place a, b;
    if (two[0].form == PIN_LIST_FLAT || two[1].form == PIN_LIST_FLAT) {
        raise_flats(two, set, sums, from, to, floor, ceiling);
        return;
    }
    open_place(&a, &two[0], set, from, to);
    open_place(&b, &two[1], set, from, to);
    for (uint32_t x = item_at(&a, set), y = item_at(&b, set); x != UINT32_MAX || y != UINT32_MAX;) {
        uint32_t item = x < y ? x : y, value = 0;
        if (x == item) {
            value += take_value(&a);
            x = item_at(&a, set);
        }
        if (y == item) {
            value += take_value(&b);
            y = item_at(&b, set);
        }
        if (value)
            sums_raise(sums, item - from, value < floor ? floor : value > ceiling ? ceiling : value);
    }
}

/* ---- Items ---- */

uint32_t stream_probe(stream *s, stream_set *set, uint32_t item)
{
    if (s->count == 0)
        return 0;
    if (s->form == PIN_LIST_FLAT)
        return s->weight * 17 * (s->nibbles[item / 2] >> (item & 1) * 4 & 15);
    if (s->form == PIN_LIST_BLOCKS) {
        uint32_t block = block_from(s, item);
        if (block == s->head.blocks || !stream_block(s, set, block))
            return 0;
    }
    uint32_t at = find_id(s->ids, s->have, item);
    return at < s->have && s->ids[at] == item ? s->weight * s->impacts[at] : 0;
}

static void ask_flat(const stream *s, uint32_t *sums, const uint32_t *items, uint32_t count)
{
    uint32_t weight = s->weight * 17;
    for (uint32_t i = 0; i < count; i++)
        sums[i] += weight * (s->nibbles[items[i] / 2] >> (items[i] & 1) * 4 & 15);
}

/* Long lists lie scattered in memory: the blocks of the next items are found, and called for, before the
 * first of them is unpacked. */
static uint32_t call_for_blocks(uint32_t *blocks, const stream *s, uint32_t block, const uint32_t *items,
                                uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        block = find_block(s, block, items[i]);
        blocks[i] = block;
        if (block == s->head.blocks)
            return i;
        const uint8_t *at = s->head.at + (block ? pin_load32(s->head.ends + (size_t)(block - 1) * 4) : 0);
        for (uint32_t k = 0; k < 4; k++)
            __builtin_prefetch(at + 64 * k);
    }
    return count;
}

static void ask_blocks(stream *s, stream_set *set, uint32_t *sums, const uint32_t *items, uint32_t count)
{
    uint32_t blocks[AHEAD], from = count ? block_from(s, items[0]) : 0;
    for (uint32_t i = 0; i < count;) {
        uint32_t ahead = count - i < AHEAD ? count - i : AHEAD;
        uint32_t here = call_for_blocks(blocks, s, from, items + i, ahead);
        for (uint32_t k = 0; k < here; k++, i++) {
            if (!stream_block(s, set, blocks[k]))
                return;
            uint32_t at = find_id(s->ids, s->have, items[i]);
            sums[i] += s->ids[at] == items[i] ? s->weight * s->impacts[at] : 0;
        }
        if (here < ahead)
            return;
        from = blocks[ahead - 1];
    }
}

static void ask_short(const stream *s, uint32_t *sums, const uint32_t *items, uint32_t count)
{
    for (uint32_t i = 0, at = 0; i < count; i++) {
        at += find_id(s->ids + at, s->have - at, items[i]);
        if (at == s->have)
            return;
        sums[i] += s->ids[at] == items[i] ? s->weight * s->impacts[at] : 0;
    }
}

void stream_ask(stream *s, stream_set *set, uint32_t *sums, const uint32_t *items, uint32_t count)
{
    if (s->count == 0)
        return;
    if (s->form == PIN_LIST_FLAT)
        ask_flat(s, sums, items, count);
    else if (s->form == PIN_LIST_BLOCKS)
        ask_blocks(s, set, sums, items, count);
    else
        ask_short(s, sums, items, count);
}

pin_status list_impact(uint32_t *impact, const pin_index *ix, const pin_list *list, pin_field field,
                       uint32_t item, pin_error *err)
{
    uint32_t   ids[PIN_BLOCK];
    uint8_t    impacts[PIN_BLOCK];
    stream     s = {.count = list->count,
                    .weight = 1,
                    .form = list->form,
                    .block = UINT32_MAX,
                    .ids = ids,
                    .impacts = impacts,
                    .have = list->count};
    stream_set set = {.ix = ix, .err = err};
    pin_status status = PIN_OK;
    *impact = 0;
    if (list->count == 0)
        return PIN_OK;
    if (list->form == PIN_LIST_FLAT)
        status = pin_read_flat(&s.nibbles, ix, list, field, err);
    else if (list->form == PIN_LIST_BLOCKS)
        status = pin_read_list_head(&s.head, ix, list, field, err);
    else
        status = pin_read_list_short(ids, impacts, ix, list, field, err);
    if (status != PIN_OK)
        return status;
    *impact = stream_probe(&s, &set, item);
    return set.status;
}

/* ---- Counting ---- */

#if PIN_HAS_WIDE
/* 64 items, of which the lowest nibbles come first. */
static uint64_t bits_of_nibbles(const uint8_t *nibbles)
{
    const __m128i low = _mm_set1_epi8(15), zero = _mm_setzero_si128();
    uint64_t      bits = 0;
    for (int i = 0; i < 2; i++) {
        __m128i  x = _mm_loadu_si128((const __m128i *)nibbles + i);
        __m128i  a = _mm_and_si128(x, low), b = _mm_and_si128(_mm_srli_epi16(x, 4), low);
        uint32_t first = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_unpacklo_epi8(a, b), zero));
        uint32_t second = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_unpackhi_epi8(a, b), zero));
        bits |= (uint64_t)(first | second << 16) << 32 * i;
    }
    return ~bits;
}
#else

/* Sixteen items' nibbles, lowest first -> a bit for each that is not 0. */
static uint64_t bits_of_sixteen(uint64_t x)
{
    x |= x >> 2;
    x |= x >> 1;
    x &= 0x1111111111111111u;
    x = (x | x >> 3) & 0x0303030303030303u;
    x = (x | x >> 6) & 0x000F000F000F000Fu;
    x = (x | x >> 12) & 0x000000FF000000FFu;
    return (x | x >> 24) & 0xFFFF;
}

static uint64_t bits_of_nibbles(const uint8_t *nibbles)
{
    uint64_t bits = 0;
    for (uint32_t k = 0; k < 4; k++)
        bits |= bits_of_sixteen(pin_load64(nibbles + k * 8)) << 16 * k;
    return bits;
}
#endif

static void mark_flat(uint64_t *bits, const uint8_t *nibbles, uint32_t count)
{
    uint32_t i = 0;
    for (; i + 64 <= count; i += 64)
        bits[i / 64] |= bits_of_nibbles(nibbles + i / 2);
    for (; i < count; i++)
        bits[i / 64] |= (uint64_t)((nibbles[i / 2] >> (i & 1) * 4 & 15) != 0) << i % 64;
}

void stream_mark(stream *s, stream_set *set, uint64_t *bits)
{
    if (s->count == 0)
        return;
    if (s->form == PIN_LIST_FLAT) {
        mark_flat(bits, s->nibbles, set->item_count);
        return;
    }
    uint32_t blocks = s->form == PIN_LIST_BLOCKS ? s->head.blocks : 1;
    for (uint32_t b = 0; b < blocks; b++) {
        if (s->form == PIN_LIST_BLOCKS && !stream_block(s, set, b))
            return;
        for (uint32_t i = 0; i < s->have; i++)
            bits[s->ids[i] / 64] |= 1ull << s->ids[i] % 64;
    }
}
