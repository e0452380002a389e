/* Quoted words against texts written for the purpose; the expectations are a reader's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "indexer/check/check.h"

static const char law[] = "vulnerabilities can be addressed through security updates,\nincluding, where "
                          "applicable, the manufacturer\xE2\x80\x99s \xE2\x80\x98secure by default\xE2\x80\x99 "
                          "configuration \xE2\x80\x93 in an\xC2\xA0" "automatic man\xC2\xADner;";

static bool found(const char *words) { return pin_quote_is_in(pin_str_of(words), pin_str_of(law)); }

static void words_of_the_text_are_found(void **state)
{
    (void)state;
    assert_true(found("addressed through security updates"));
    assert_true(found("vulnerabilities"));
    assert_true(found("manner;"));
    assert_true(found(""));
}

static void typography_does_not_matter(void **state)
{
    (void)state;
    assert_true(found("security updates, including, where   applicable"));
    assert_true(found("the manufacturer's \"secure by default\" configuration"));
    assert_true(found("\xE2\x80\x9C" "configuration - in an automatic manner\xE2\x80\x9D"));
    assert_true(found("configuration \xE2\x80\x94 in an automatic"));
}

static void other_letters_are_not_found(void **state)
{
    (void)state;
    assert_false(found("Addressed through security updates"));
    assert_false(found("addressed by security updates"));
    assert_false(found("security update,"));
    assert_false(found("securityupdates"));
    assert_false(found("manner; and more"));
}

static void an_ellipsis_leaves_words_out_but_keeps_their_order(void **state)
{
    (void)state;
    assert_true(found("vulnerabilities can be addressed ... in an automatic manner"));
    assert_true(found("vulnerabilities [\xE2\x80\xA6] where applicable"));
    assert_true(found("... security updates, [...] where applicable \xE2\x80\xA6"));
    assert_false(found("in an automatic manner ... vulnerabilities"));
    assert_false(found("vulnerabilities ... must be addressed"));
}

static void a_piece_is_not_found_twice_in_the_same_words(void **state)
{
    (void)state;
    assert_false(pin_quote_is_in(PIN_STR("abc ... abc"), PIN_STR("abc")));
    assert_true(pin_quote_is_in(PIN_STR("abc ... abc"), PIN_STR("abc abc")));
}

static void bytes_that_are_no_text_are_survived(void **state)
{
    (void)state;
    assert_false(pin_quote_is_in(PIN_STR("\xE2\x80"), PIN_STR("abc")));
    assert_true(pin_quote_is_in(PIN_STR("\xE2\x80\x9D"), PIN_STR("abc")));
    assert_true(pin_quote_is_in(PIN_STR("abc"), PIN_STR("\xFF\xFE" "abc\xE2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_text_are_found),
        cmocka_unit_test(typography_does_not_matter),
        cmocka_unit_test(other_letters_are_not_found),
        cmocka_unit_test(an_ellipsis_leaves_words_out_but_keeps_their_order),
        cmocka_unit_test(a_piece_is_not_found_twice_in_the_same_words),
        cmocka_unit_test(bytes_that_are_no_text_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
