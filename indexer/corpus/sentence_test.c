#include "indexer/corpus/testing.h"

/* The verdict of Markdown text. */
static void assert_verdict(const char *markdown, const char *expected)
{
    world w;
    world_open(&w);
    pin_markdown in = {.text = pin_str_of(markdown)};
    pin_marked   marked;
    assert_int_equal(pin_markdown_blocks(&marked, w.pool, &w.findings, &in), PIN_OK);
    assert_text(pin_first_sentence(marked.blocks, marked.plain), expected);
    world_close(&w);
}

static void a_short_first_sentence_is_the_verdict(void **state)
{
    (void)state;
    assert_verdict("No. The exception concerns two requirements.", "No.");
    assert_verdict("Yes, where technically feasible.\n\nThat is the rule.",
                   "Yes, where technically feasible.");
    assert_verdict("**None.** Nothing applies.", "None.");
    assert_verdict("Absolutely! Do.", "Absolutely!");
    assert_verdict("He said \"no.\" Then he left.", "He said \"no.\"");
    assert_verdict("Yes", "Yes");
}

static void twelve_words_are_enough_and_thirteen_too_many(void **state)
{
    (void)state;
    assert_verdict("aa b c d e f g h i j k last. M", "aa b c d e f g h i j k last.");
    assert_verdict("aa b c d e f g h i j k l last. N", "");
}

static void abbreviations_and_numbers_do_not_end_it(void **state)
{
    (void)state;
    assert_verdict("See Art. 14(1) and version 1.2 of it. More.", "See Art. 14(1) and version 1.2 of it.");
    assert_verdict("Use a list, e.g. CycloneDX. More.", "Use a list, e.g. CycloneDX.");
    assert_verdict("Regulation (EU) No. 168 applies. More.", "Regulation (EU) No. 168 applies.");
    assert_verdict("It ends at example.com today. More.", "It ends at example.com today.");
}

static void what_announces_a_list_is_no_verdict(void **state)
{
    (void)state;
    assert_verdict("The following count:\n\n- a\n- b", "");
    assert_verdict("- No.\n- Yes.", "");
    assert_verdict("### No.\n\nYes.", "");
    assert_verdict("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_first_sentence_is_the_verdict),
        cmocka_unit_test(twelve_words_are_enough_and_thirteen_too_many),
        cmocka_unit_test(abbreviations_and_numbers_do_not_end_it),
        cmocka_unit_test(what_announces_a_list_is_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
