/* Text, arena and output buffer keep the promises of pincite/base.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pincite/base.h"

static void text_is_compared_by_bytes_and_then_by_length(void **state)
{
    (void)state;
    assert_true(pin_str_equal(PIN_STR(""), (pin_str){0}));
    assert_true(pin_str_order(PIN_STR("art_1"), PIN_STR("art_10")) < 0);
    assert_true(pin_str_order(PIN_STR("\xC3\xA9"), PIN_STR("z")) > 0);
    assert_int_equal(pin_str_order(PIN_STR("same"), PIN_STR("same")), 0);
    assert_true(pin_str_starts(PIN_STR("anx_I"), PIN_STR("anx_")));
    assert_false(pin_str_starts(PIN_STR("anx"), PIN_STR("anx_")));
}

static void a_part_is_clamped_to_its_text(void **state)
{
    (void)state;
    assert_true(pin_str_equal(pin_str_part(PIN_STR("recital"), 2, 99), PIN_STR("cital")));
    assert_int_equal(pin_str_part(PIN_STR("recital"), 7, 3).len, 0);
    assert_int_equal(pin_str_part((pin_str){0}, 0, 1).len, 0);
    assert_true(pin_str_equal(pin_str_trim(PIN_STR(" \t a b\r\n")), PIN_STR("a b")));
}

static void an_arena_of_any_size_gives_aligned_room_or_nothing(void **state)
{
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        unsigned char *room = malloc(size + 1);
        pin_arena      arena = pin_arena_over(room + 1, size);
        for (;;) {
            unsigned char *p = pin_arena_take(&arena, 3, 7);
            if (!p)
                break;
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_true(p >= room + 1 && p + 21 <= room + 1 + size);
            memset(p, 0xFF, 21);
        }
        assert_true(arena.used <= arena.size);
        free(room);
    }
}

static void a_product_that_overflows_is_refused(void **state)
{
    (void)state;
    unsigned char room[64];
    pin_arena     arena = pin_arena_over(room, sizeof room);
    assert_null(pin_arena_take(&arena, SIZE_MAX / 2, 4));
    assert_null(pin_arena_take(&arena, 4, SIZE_MAX / 2));
    assert_non_null(pin_arena_take(&arena, 0, SIZE_MAX));
}

static void a_full_buffer_keeps_counting_what_was_wanted(void **state)
{
    (void)state;
    char    room[5];
    pin_buf out = pin_buf_over(room, sizeof room);
    pin_buf_adds(&out, "abc");
    pin_buf_uint(&out, 18446744073709551615u);
    assert_int_equal(out.len, 3 + 20);
    assert_int_equal(pin_buf_status(&out), PIN_NO_SPACE);
    char    enough[23];
    pin_buf again = pin_buf_over(enough, sizeof enough);
    pin_buf_adds(&again, "abc");
    pin_buf_uint(&again, 18446744073709551615u);
    assert_int_equal(pin_buf_status(&again), PIN_OK);
    assert_memory_equal(enough, "abc18446744073709551615", 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_compared_by_bytes_and_then_by_length),
        cmocka_unit_test(a_part_is_clamped_to_its_text),
        cmocka_unit_test(an_arena_of_any_size_gives_aligned_room_or_nothing),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(a_full_buffer_keeps_counting_what_was_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
