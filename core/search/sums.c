/* See sums.h. */
#include "core/search/sums.h"

#include <string.h>

#include "core/bytes/bytes.h"
#include "core/bytes/wide.h"

pin_status sums_open(line_sums *out, uint32_t ids, pin_arena *arena, pin_error *err)
{
    out->lines = (ids + LINES * LINE - 1) / (LINES * LINE) * LINES;
    out->at = pin_arena_take(arena, (size_t)out->lines * LINE, sizeof *out->at);
    out->marks = pin_arena_take(arena, out->lines, 1);
    if (out->at && out->marks)
        return PIN_OK;
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* ---- Into them ---- what is restricted here is stored by the byte, which else could be any of the others */

void sums_touch_all(line_sums *sums, const uint32_t *restrict ids, const uint8_t *restrict impacts,
                    uint32_t count, uint32_t base, uint32_t weight)
{
    uint32_t *restrict at = sums->at;
    uint8_t *restrict marks = sums->marks;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = ids[i] - base;
        at[place] += weight * impacts[i];
        marks[place / LINE] = 1;
    }
}

void sums_add_all(uint32_t *restrict sums, const uint32_t *restrict ids, const uint8_t *restrict impacts,
                  uint32_t count, uint32_t base, uint32_t weight)
{
    for (uint32_t i = 0; i < count; i++)
        sums[ids[i] - base] += weight * impacts[i];
}

/* ---- Marked lines ---- one by one; where half of them are marked, all of a word, for where the next mark is
 * cannot be guessed */

#define WORD (LINES * LINE)
#define DENSE (LINES / 2)

static bool is_dense(uint64_t marks) { return marks * 0x0101010101010101u >> 56 >= DENSE; }

static uint32_t first_line(uint64_t marks) { return (uint32_t)__builtin_ctzll(marks) / 8; }

#if PIN_HAS_WIDE
PIN_WIDE static void hold_wide(uint32_t *sums, uint32_t count, uint32_t floor, uint32_t ceiling)
{
    const __m256i low = _mm256_set1_epi32((int)floor), high = _mm256_set1_epi32((int)ceiling);
    for (uint32_t i = 0; i < count; i += 8) {
        __m256i *at = (__m256i *)(sums + i), x = _mm256_loadu_si256(at);
        __m256i  none = _mm256_cmpeq_epi32(x, _mm256_setzero_si256());
        __m256i  held = _mm256_min_epu32(_mm256_max_epu32(x, low), high);
        _mm256_storeu_si256(at, _mm256_andnot_si256(none, held));
    }
}

PIN_WIDE static void move_wide(uint32_t *to, uint32_t *from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 8) {
        __m256i *a = (__m256i *)(to + i), *b = (__m256i *)(from + i);
        _mm256_storeu_si256(a, _mm256_add_epi32(_mm256_loadu_si256(a), _mm256_loadu_si256(b)));
        _mm256_storeu_si256(b, _mm256_setzero_si256());
    }
}

/* Which of 16 sums reach what `below` is one less than. */
PIN_WIDE static inline uint32_t reaching(const __m256i *at, __m256i below)
{
    __m256i a = _mm256_cmpgt_epi32(_mm256_loadu_si256(at), below);
    __m256i b = _mm256_cmpgt_epi32(_mm256_loadu_si256(at + 1), below);
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(a)) |
           (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(b)) << 8;
}

/* Two lines at a time; of most of them nothing is taken. */
PIN_WIDE static uint32_t take_word_wide(uint32_t *items, uint32_t *found, uint32_t *sums, uint32_t first,
                                        uint32_t least)
{
    const __m256i below = _mm256_set1_epi32((int)least - 1), zero = _mm256_setzero_si256();
    uint32_t      taken = 0;
    for (uint32_t k = 0; k < WORD; k += 2 * LINE) {
        __m256i *at = (__m256i *)(sums + k);
        uint32_t mask = reaching(at, below) | reaching(at + 2, below) << 16;
        for (; mask; mask &= mask - 1) {
            uint32_t i = k + (uint32_t)__builtin_ctz(mask);
            items[taken] = first + i;
            found[taken++] = sums[i];
        }
        for (uint32_t i = 0; i < 4; i++)
            _mm256_storeu_si256(at + i, zero);
    }
    return taken;
}

PIN_WIDE static uint32_t take_line_wide(uint32_t *items, uint32_t *found, uint32_t *sums, uint32_t first,
                                        uint32_t least)
{
    __m256i *at = (__m256i *)sums;
    uint32_t taken = 0;
    for (uint32_t mask = reaching(at, _mm256_set1_epi32((int)least - 1)); mask; mask &= mask - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(mask);
        items[taken] = first + i;
        found[taken++] = sums[i];
    }
    _mm256_storeu_si256(at, _mm256_setzero_si256());
    _mm256_storeu_si256(at + 1, _mm256_setzero_si256());
    return taken;
}
#endif

static void hold_some(uint32_t *sums, uint32_t count, uint32_t floor, uint32_t ceiling)
{
#if PIN_HAS_WIDE
    if (pin_is_wide()) {
        hold_wide(sums, count, floor, ceiling);
        return;
    }
#endif
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = sums[i] < floor ? floor : sums[i] > ceiling ? ceiling : sums[i];
        sums[i] = sums[i] ? value : 0;
    }
}

static void move_some(uint32_t *restrict to, uint32_t *restrict from, uint32_t count)
{
#if PIN_HAS_WIDE
    if (pin_is_wide()) {
        move_wide(to, from, count);
        return;
    }
#endif
    for (uint32_t i = 0; i < count; i++)
        to[i] += from[i];
    memset(from, 0, count * sizeof *from);
}

/* A line or a word; `first`: the item of the first sum. */
static uint32_t take_some(uint32_t *items, uint32_t *found, uint32_t *sums, uint32_t count, uint32_t first,
                          uint32_t least)
{
#if PIN_HAS_WIDE
    if (pin_is_wide())
        return (count == WORD ? take_word_wide : take_line_wide)(items, found, sums, first, least);
#endif
    uint32_t taken = 0;
    for (uint32_t i = 0; i < count; i++) {
        items[taken] = first + i;
        found[taken] = sums[i];
        taken += sums[i] >= least;
    }
    memset(sums, 0, count * sizeof *sums);
    return taken;
}

void sums_hold(line_sums *sums, uint32_t floor, uint32_t ceiling)
{
    for (uint32_t w = 0; w < sums->lines; w += LINES) {
        uint64_t  marks = pin_load64(sums->marks + w);
        uint32_t *at = sums->at + (size_t)w * LINE;
        if (is_dense(marks))
            hold_some(at, WORD, floor, ceiling);
        else
            for (; marks; marks &= marks - 1)
                hold_some(at + (size_t)first_line(marks) * LINE, LINE, floor, ceiling);
    }
}

void sums_move(line_sums *to, line_sums *from)
{
    for (uint32_t w = 0; w < from->lines; w += LINES) {
        uint64_t marks = pin_load64(from->marks + w);
        size_t   first = (size_t)w * LINE;
        if (marks == 0)
            continue;
        if (is_dense(marks)) {
            move_some(to->at + first, from->at + first, WORD);
            memset(to->marks + w, 1, LINES);
        } else {
            for (uint64_t left = marks; left; left &= left - 1) {
                size_t line = first + (size_t)first_line(left) * LINE;
                move_some(to->at + line, from->at + line, LINE);
                to->marks[line / LINE] = 1;
            }
        }
        memset(from->marks + w, 0, LINES);
    }
}

/* ---- Out of them ---- */

uint32_t sums_take(uint32_t *items, uint32_t *found, uint32_t cap, line_sums *sums, uint32_t *line,
                   uint32_t base, uint32_t least)
{
    uint32_t count = 0;
    for (uint32_t w = *line / LINES * LINES; w < sums->lines; w += LINES) {
        uint64_t marks = pin_load64(sums->marks + w);
        size_t   first = (size_t)w * LINE;
        if (is_dense(marks) && cap - count >= WORD) {
            count += take_some(items + count, found + count, sums->at + first, WORD, base + (uint32_t)first,
                               least);
            memset(sums->marks + w, 0, LINES);
            continue;
        }
        for (; marks; marks &= marks - 1) {
            uint32_t number = w + first_line(marks), at = number * LINE;
            if (cap - count < LINE) {
                *line = number;
                return count;
            }
            count += take_some(items + count, found + count, sums->at + at, LINE, base + at, least);
            sums->marks[number] = 0;
        }
    }
    *line = sums->lines;
    return count;
}

#if PIN_HAS_WIDE
PIN_WIDE static uint32_t count_wide(const uint32_t *sums, uint32_t count)
{
    __m256i zeros = _mm256_setzero_si256();
    for (uint32_t i = 0; i < count; i += 8)
        zeros = _mm256_sub_epi32(zeros, _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)(sums + i)),
                                                           _mm256_setzero_si256()));
    uint32_t part[8], sum = 0;
    _mm256_storeu_si256((__m256i *)part, zeros);
    for (int i = 0; i < 8; i++)
        sum += part[i];
    return count - sum;
}
#endif

uint32_t sums_count(const uint32_t *sums, uint32_t count)
{
    uint32_t found = 0, i = 0;
#if PIN_HAS_WIDE
    if (pin_is_wide()) {
        i = count & ~7u;
        found = count_wide(sums, i);
    }
#endif
    for (; i < count; i++)
        found += sums[i] != 0;
    return found;
}

#if PIN_HAS_WIDE
PIN_WIDE static uint32_t collect_wide(uint16_t *places, const uint32_t *sums, uint32_t count, uint32_t least)
{
    const __m256i below = _mm256_set1_epi32((int)least - 1);
    uint32_t      found = 0;
    for (uint32_t i = 0; i < count; i += 16) {
        const __m256i *at = (const __m256i *)(sums + i);
        __m256i        a = _mm256_cmpgt_epi32(_mm256_loadu_si256(at), below);
        __m256i        b = _mm256_cmpgt_epi32(_mm256_loadu_si256(at + 1), below);
        uint32_t       mask = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(a)) |
                        (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(b)) << 8;
        for (; mask; mask &= mask - 1)
            places[found++] = (uint16_t)(i + (uint32_t)__builtin_ctz(mask));
    }
    return found;
}
#endif

uint32_t sums_collect(uint16_t *places, const uint32_t *sums, uint32_t count, uint32_t least)
{
    uint32_t i = 0, found = 0;
#if PIN_HAS_WIDE
    if (pin_is_wide()) {
        i = count & ~15u;
        found = collect_wide(places, sums, i, least);
    }
#endif
    for (; i < count; i++) {
        places[found] = (uint16_t)i;
        found += sums[i] >= least;
    }
    return found;
}
