/* Stems as Snowball's page on the English stemmer prints them (its sample vocabulary and its list of
 * special words). tests/oracle/stem_test.c compares whole dictionaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text/text.h"

static const char *const sample[][2] = {{"consign", "consign"},
                                        {"consigned", "consign"},
                                        {"consigning", "consign"},
                                        {"consignment", "consign"},
                                        {"consist", "consist"},
                                        {"consistency", "consist"},
                                        {"consistently", "consist"},
                                        {"consolation", "consol"},
                                        {"consolatory", "consolatori"},
                                        {"console", "consol"},
                                        {"consolingly", "consol"},
                                        {"conspicuously", "conspicu"},
                                        {"conspiracy", "conspiraci"},
                                        {"constancy", "constanc"},
                                        {"knack", "knack"},
                                        {"knackeries", "knackeri"},
                                        {"knaves", "knave"},
                                        {"kneaded", "knead"},
                                        {"kneel", "kneel"},
                                        {"knees", "knee"},
                                        {"knightly", "knight"},
                                        {"knitted", "knit"},
                                        {"knocked", "knock"},
                                        {"knots", "knot"},
                                        {"skies", "sky"},
                                        {"dying", "die"},
                                        {"news", "news"},
                                        {"inning", "inning"},
                                        {"proceed", "proceed"},
                                        {"generate", "generat"},
                                        {"communism", "communism"},
                                        {"arsenal", "arsenal"},
                                        {"hopping", "hop"},
                                        {"hoping", "hope"},
                                        {"ties", "tie"},
                                        {"cries", "cri"},
                                        {"gas", "gas"},
                                        {"gaps", "gap"},
                                        {"by", "by"},
                                        {"say", "say"},
                                        {"cry", "cri"},
                                        {"'tis", "tis"}};

static void words_get_the_stems_of_the_published_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        size_t len = strlen(sample[i][0]);
        char  *word = malloc(len); /* exact size: the sanitizer sees one byte too far */
        assert_non_null(word);
        memcpy(word, sample[i][0], len);
        len = pin_stem_english(word, len);
        if (len != strlen(sample[i][1]) || memcmp(word, sample[i][1], len) != 0)
            fail_msg("%s: %.*s, not %s", sample[i][0], (int)len, word, sample[i][1]);
        free(word);
    }
}

static void the_empty_word_stays_empty(void **state)
{
    (void)state;
    char nothing[1] = {'x'};
    assert_int_equal(pin_stem_english(nothing, 0), 0);
    assert_int_equal(nothing[0], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_get_the_stems_of_the_published_sample),
        cmocka_unit_test(the_empty_word_stays_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
