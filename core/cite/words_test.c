/* The word table against itself, tokens, and roman numerals against their rules. */
#include "core/cite/cite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void words_are_found_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(pin_cite_word(PIN_STR("Articles")).code, PIN_WORD_HEAD);
    assert_true(pin_cite_word(PIN_STR("ARTICLES")).plural);
    assert_int_equal(pin_cite_word(PIN_STR("act")).code, PIN_WORD_TYPE);   /* first of the table */
    assert_int_equal(pin_cite_word(PIN_STR("years")).code, PIN_WORD_UNIT); /* last of the table  */
    assert_int_equal(pin_cite_word(PIN_STR("subparagraphs")).step, PIN_STEP_SUBPARAGRAPH);
    assert_int_equal(pin_cite_word(PIN_STR("unlike")).code, PIN_WORD_OPENER);
    assert_int_equal(pin_cite_word(PIN_STR("articled")).code, PIN_WORD_NONE);
    assert_int_equal(pin_cite_word(PIN_STR("a")).code, PIN_WORD_NONE);
    assert_int_equal(pin_cite_word(PIN_STR("subparagraphssubparagraphs")).code, PIN_WORD_NONE);
    assert_int_equal(pin_cite_word((pin_str){0}).code, PIN_WORD_NONE);
}

static void every_word_of_the_table_is_found(void **state)
{
    uint32_t rows = 0;
    (void)state;
    for (pin_str word; (word = pin_cite_word_text(rows)).len; rows++) {
        char longer[20] = {0};
        memcpy(longer, word.at, word.len);
        longer[word.len] = 'q';
        assert_int_not_equal(pin_cite_word(word).code, PIN_WORD_NONE);
        assert_int_equal(pin_cite_word((pin_str){longer, word.len + 1}).code, PIN_WORD_NONE);
        assert_true(rows == 0 || pin_str_order(pin_cite_word_text(rows - 1), word) < 0);
    }
    assert_true(rows > 100);
}

static void typographic_signs_become_plain_ones(void **state)
{
    pin_str  text = PIN_STR("Art.\xC2\xA0"
                             "13\xE2\x80\x93"
                             "14\xE2\x80\x99s \xC2\xA7 \xE2\x80\x9Cna\xC3\xAFve");
    uint8_t  want[] = {PIN_TOKEN_WORD,   '.',
                       PIN_TOKEN_NUMBER, PIN_TOKEN_DASH,
                       PIN_TOKEN_NUMBER, PIN_TOKEN_QUOTE,
                       PIN_TOKEN_WORD,   PIN_TOKEN_PARAGRAPH,
                       PIN_TOKEN_OTHER,  PIN_TOKEN_WORD,
                       PIN_TOKEN_END};
    uint32_t at = 0;
    (void)state;
    for (size_t i = 0; i < sizeof want; i++) {
        pin_token t = pin_cite_token(text, at);
        assert_int_equal(t.kind, want[i]);
        at = t.to;
    }
}

static void a_blank_line_breaks_and_a_line_end_does_not(void **state)
{
    (void)state;
    assert_false(pin_cite_token(PIN_STR("a\nb"), 1).broken);
    assert_true(pin_cite_token(PIN_STR("a\n \nb"), 1).broken);
    assert_false(pin_cite_token(PIN_STR("a b"), 1).tight);
    assert_true(pin_cite_token(PIN_STR("a(b"), 1).tight);
    assert_int_equal(pin_cite_token(PIN_STR("1234567"), 0).number, UINT32_MAX);
}

static void roman_numerals_go_both_ways(void **state)
{
    char text[8];
    (void)state;
    for (uint32_t n = 1; n <= PIN_ROMAN_MAX; n++) {
        for (int small = 0; small < 2; small++) {
            uint32_t len = pin_cite_roman_put(text, n, small);
            assert_int_equal(pin_cite_roman_value((pin_str){text, len}), n);
        }
    }
    assert_int_equal(pin_cite_roman_value(PIN_STR("XXXIX")), 39);
    assert_int_equal(pin_cite_roman_value(PIN_STR("IIII")), 0);
    assert_int_equal(pin_cite_roman_value(PIN_STR("VX")), 0);
    assert_int_equal(pin_cite_roman_value(PIN_STR("Iv")), 0);
    assert_int_equal(pin_cite_roman_value(PIN_STR("c")), 0);
    assert_int_equal(pin_cite_roman_put(text, 40, false), 0);
    assert_int_equal(pin_cite_roman_put(text, 0, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_in_any_case),
        cmocka_unit_test(every_word_of_the_table_is_found),
        cmocka_unit_test(typographic_signs_become_plain_ones),
        cmocka_unit_test(a_blank_line_breaks_and_a_line_end_does_not),
        cmocka_unit_test(roman_numerals_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
