/* The table of everyday words: that it can be searched, and that its rows can do something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/search/plan.h"
#include "core/text/text.h"

static void words_are_found_by_their_stem(void **state)
{
    (void)state;
    pin_str  texts[PIN_EVERYDAY_MAX];
    char     word[] = "hackers";
    size_t   len = pin_stem_english(word, 7);
    uint32_t count = pin_everyday(texts, (pin_str){word, len});
    bool     attack = false;
    for (uint32_t i = 0; i < count; i++)
        attack |= pin_str_equal(texts[i], PIN_STR("attack"));
    assert_true(attack);
    assert_int_equal(pin_everyday(texts, PIN_STR("manufactur")), 0);
    assert_int_equal(pin_everyday(texts, PIN_STR("")), 0);
    assert_int_equal(pin_everyday(texts, PIN_STR("zzz")), 0);
    assert_true(pin_everyday(texts, pin_everyday_stem(0)) > 0);
}

static void rows_are_sorted_and_every_one_is_found(void **state)
{
    (void)state;
    uint32_t rows = 0;
    pin_str  before = PIN_STR("");
    for (; pin_everyday_stem(rows).len; rows++) {
        pin_str texts[PIN_EVERYDAY_MAX], stem = pin_everyday_stem(rows);
        assert_true(pin_str_order(before, stem) < 0);
        assert_true(pin_everyday(texts, stem) >= 1);
        before = stem;
    }
    assert_true(rows > 300);
}

/* A row does not lead to itself, and its alternatives are words that the tokenizer gives back whole. */
static void alternatives_are_other_words(void **state)
{
    (void)state;
    for (uint32_t row = 0; pin_everyday_stem(row).len; row++) {
        pin_str  texts[PIN_EVERYDAY_MAX];
        uint32_t count = pin_everyday(texts, pin_everyday_stem(row));
        for (uint32_t i = 0; i < count; i++) {
            pin_tokenizer t;
            pin_token     token;
            uint32_t      words = 0;
            bool          itself = true;
            pin_tokenizer_init(&t, texts[i], PIN_STR("en"));
            while (pin_tokenizer_next(&t, &token)) {
                words++;
                itself &= pin_str_equal(token.term, pin_everyday_stem(row));
                assert_int_equal(token.kind, PIN_WORD);
            }
            assert_true(words >= 1 && words <= RULE_PARTS_MAX && !itself);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_by_their_stem),
        cmocka_unit_test(rows_are_sorted_and_every_one_is_found),
        cmocka_unit_test(alternatives_are_other_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
