/* The constant that says how names of acts begin, against the names. */
#include "core/cite/names.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_openings_are_those_of_the_names(void **state)
{
    uint64_t want[16] = {0};
    (void)state;
    for (const pin_other_name *o = pin_other_names; o->name; o++) {
        uint32_t at = pin_cite_opening(pin_str_of(o->name));
        want[at >> 6] |= (uint64_t)1 << (at & 63);
    }
    for (const char *const *o = pin_name_openers; *o; o++) {
        uint32_t at = pin_cite_opening(pin_str_of(*o));
        want[at >> 6] |= (uint64_t)1 << (at & 63);
    }
    for (int i = 0; i < 16; i++)
        if (want[i] != pin_other_openings[i])
            print_error("    [%d] 0x%016" PRIx64 ",\n", i, want[i]);
    assert_memory_equal(want, pin_other_openings, sizeof want);
}

static void an_opening_counts_letters_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(pin_cite_opening(PIN_STR("RED")), pin_cite_opening(PIN_STR("red, and")));
    assert_int_equal(pin_cite_opening(PIN_STR("Commission FAQ")), pin_cite_opening(PIN_STR("COMMISSION")));
    assert_int_equal(pin_cite_opening(PIN_STR("GDPR\xE2\x80\x99s")), pin_cite_opening(PIN_STR("GDPR")));
    assert_int_not_equal(pin_cite_opening(PIN_STR("cyber")), pin_cite_opening(PIN_STR("cybersecurity")));
    assert_int_equal(pin_cite_opening((pin_str){0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_openings_are_those_of_the_names),
        cmocka_unit_test(an_opening_counts_letters_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
