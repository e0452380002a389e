/* Sums of a stretch against the same done one by one, where few lines are touched and where most are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/search/streams.h"

enum { IDS = 5000, MANY = 3000 };

static uint32_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)chance_state * below >> 32);
}

static _Alignas(64) uint8_t room[1 << 20];

typedef struct stretch {
    line_sums sums;
    uint32_t  wanted[IDS];
} stretch;

static void open_stretch(stretch *s, pin_arena *arena)
{
    memset(s, 0, sizeof *s);
    assert_int_equal(sums_open(&s->sums, IDS, arena, NULL), PIN_OK);
}

/* A list whose items are about `step` apart, added with `weight`. */
static void touch(stretch *s, uint32_t base, uint32_t step, uint32_t weight)
{
    static uint32_t ids[IDS];
    static uint8_t  impacts[IDS];
    uint32_t        count = 0;
    for (uint32_t i = chance(step); i < IDS; i += 1 + chance(2 * step - 1)) {
        ids[count] = base + i;
        impacts[count] = (uint8_t)(1 + chance(255));
        s->wanted[i] += weight * impacts[count++];
    }
    sums_touch_all(&s->sums, ids, impacts, count, base, weight);
}

static void assert_taken(stretch *s, uint32_t base, uint32_t least, uint32_t cap)
{
    uint32_t items[MANY], found[MANY], line = 0, next = 0;
    while (line < s->sums.lines) {
        uint32_t count = sums_take(items, found, cap, &s->sums, &line, base, least);
        for (uint32_t i = 0; i < count; i++, next++) {
            while (next < IDS && s->wanted[next] < least)
                next++;
            assert_int_equal(items[i], base + next);
            assert_int_equal(found[i], s->wanted[next]);
        }
    }
    while (next < IDS && s->wanted[next] < least)
        next++;
    assert_int_equal(next, IDS);
    for (uint32_t i = 0; i < IDS; i++)
        assert_int_equal(s->sums.at[i], 0);
}

static void hold(stretch *s, uint32_t floor, uint32_t ceiling)
{
    sums_hold(&s->sums, floor, ceiling);
    for (uint32_t i = 0; i < IDS; i++)
        if (s->wanted[i])
            s->wanted[i] = s->wanted[i] < floor ? floor : s->wanted[i] > ceiling ? ceiling : s->wanted[i];
}

static void sums_are_taken_as_they_were_added(void **state)
{
    static const uint32_t steps[] = {1, 2, 5, 20, 33, 60, 150, 900};
    static stretch        s, other;
    (void)state;
    for (uint32_t round = 0; round < 200; round++) {
        pin_arena arena = pin_arena_over(room, sizeof room);
        uint32_t  base = chance(1 << 20), step = steps[round % 8];
        open_stretch(&s, &arena);
        open_stretch(&other, &arena);
        touch(&s, base, step, 1 + chance(500));
        touch(&s, base, steps[chance(8)], 1 + chance(500));
        if (round % 3)
            hold(&s, chance(4000), 4000 + chance(90000));
        if (round % 2) {
            touch(&other, base, steps[chance(8)], 7);
            sums_move(&s.sums, &other.sums);
            for (uint32_t i = 0; i < IDS; i++)
                s.wanted[i] += other.wanted[i];
            memset(other.wanted, 0, sizeof other.wanted);
            assert_taken(&other, base, 1, MANY);
        }
        assert_taken(&s, base, round % 5 ? 1 + chance(100000) : 1, round % 4 ? MANY : 16 + chance(200));
    }
}

static void flat_lists_added_together_are_what_they_are_one_by_one(void **state)
{
    static uint8_t  nibbles[40][IDS / 2 + 64];
    static uint32_t together[IDS], alone[IDS];
    static stream   lists[40], *at[40];
    stream_set      set = {0};
    (void)state;
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t count = chance(41), from = chance(100) * 16, to = from + chance(IDS - from + 1);
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t k = 0; k < sizeof nibbles[i]; k++)
                nibbles[i][k] = (uint8_t)chance(256);
            uint32_t most = chance(8) ? 1928 : 100000; /* of the larger ones two do not fit one sum */
            lists[i] = (stream){
                .count = 1, .weight = 1 + chance(most), .form = PIN_LIST_FLAT, .nibbles = nibbles[i]};
            at[i] = &lists[i];
        }
        for (uint32_t k = 0; k < to - from; k++)
            together[k] = alone[k] = chance(1000);
        stream_add_flats(at, count, &set, together, from, to);
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t id = from; id < to; id++)
                alone[id - from] += lists[i].weight * 17 * (nibbles[i][id / 2] >> (id & 1) * 4 & 15);
        assert_memory_equal(together, alone, (to - from) * sizeof *alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_taken_as_they_were_added),
        cmocka_unit_test(flat_lists_added_together_are_what_they_are_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
