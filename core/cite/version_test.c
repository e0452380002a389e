/* The order of versions and the likeness of words, on cases a publisher would write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/cite/version.h"

static void versions_are_ordered_number_by_number(void **state)
{
    (void)state;
    static const char *const rising[] = {"",     "1",          "1.0",        "1.2",        "1.10",
                                         "2",    "2024-11-20", "2025-01-01", "2025-01-01a"};
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++)
        for (size_t k = 0; k < sizeof rising / sizeof *rising; k++) {
            int order = pin_version_order(pin_str_of(rising[i]), pin_str_of(rising[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_int_equal(pin_version_order(PIN_STR("1.02"), PIN_STR("1.2")), 0);
    /* digits without end do not wrap around */
    assert_int_equal(pin_version_order(PIN_STR("99999999999999999999999999"), PIN_STR("1")), 1);
}

static void an_older_version_has_its_version_behind_an_at(void **state)
{
    (void)state;
    assert_true(pin_str_equal(pin_version_base(PIN_STR("cfaq@1.2")), PIN_STR("cfaq")));
    assert_true(pin_str_equal(pin_version_base(PIN_STR("cfaq")), PIN_STR("cfaq")));
    assert_true(pin_version_is_older(PIN_STR("cfaq@1.2")));
    assert_false(pin_version_is_older(PIN_STR("cfaq")) || pin_version_is_older((pin_str){0}));
    assert_int_equal(pin_version_base((pin_str){0}).len, 0);
}

static void words_are_the_same_but_for_white_space(void **state)
{
    (void)state;
    assert_true(pin_same_words(PIN_STR("a  b\n\nc "), PIN_STR(" a b c")));
    assert_true(pin_same_words((pin_str){0}, PIN_STR(" \n")));
    assert_false(pin_same_words(PIN_STR("a b"), PIN_STR("ab")));
    assert_false(pin_same_words(PIN_STR("a b"), PIN_STR("a b c")));
    assert_false(pin_same_words(PIN_STR("A b"), PIN_STR("a b")));
    assert_false(pin_same_words(PIN_STR("a."), PIN_STR("a")));
}

static void ranks_are_eight_from_the_act_to_the_vendor(void **state)
{
    (void)state;
    assert_int_equal(pin_rank_number(PIN_STR("act")), 0);
    assert_int_equal(pin_rank_number(PIN_STR("Official faq")), 5);
    assert_int_equal(pin_rank_number(PIN_STR("vendor")), 7);
    assert_int_equal(pin_rank_number(PIN_STR("guidance")), PIN_RANKS);
    assert_int_equal(pin_rank_number((pin_str){0}), PIN_RANKS);
    for (uint32_t i = 0; i < PIN_RANKS; i++)
        assert_int_equal(pin_rank_number(pin_str_of(pin_rank_name(i))), i);
    assert_null(pin_rank_name(PIN_RANKS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_ordered_number_by_number),
        cmocka_unit_test(an_older_version_has_its_version_behind_an_at),
        cmocka_unit_test(words_are_the_same_but_for_white_space),
        cmocka_unit_test(ranks_are_eight_from_the_act_to_the_vendor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
