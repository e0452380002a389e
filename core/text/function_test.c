/* Which words only hold a sentence together. The lists are written again here, by kind, so that a
 * wrong start in the table by letters shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/text/text.h"

static const char *const kinds[] = {
    "a an the this that these those each every either neither both all any some such no not",
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she "
    "her hers "
    "herself it its itself they them their theirs themselves",
    "who whom whose which what when where why how whoever whatever whichever whenever wherever",
    "am is are was were be been being do does did doing have has had having can could may might must shall "
    "should "
    "will would ought cannot",
    "dont doesnt didnt isnt arent wasnt werent cant couldnt shouldnt wouldnt wont hasnt havent hadnt mustnt "
    "neednt",
    "about above across after against along among around as at before behind below between beyond by despite "
    "during "
    "except for from in inside into near of off on onto out outside over per since through throughout till "
    "to toward "
    "towards under underneath until up upon via with within without",
    "and or but nor if because although though while whereas unless whether so than then also too very just "
    "there"};

static const char *const carriers[] = {
    "manufacturer", "product", "vulnerability", "need",  "must-have", "themselve", "themselvesx", "throughou",
    "throughouts",  "one",     "use",           "new",   "zero",      "x",         "zz",          "vi",
    "ab",           "yes",     "über",          "13(8)", "first",     "report"};

static void every_kind_of_function_word_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (const char *word = kinds[i]; *word;) {
            size_t len = strcspn(word, " ");
            if (!pin_is_function_word((pin_str){word, len}))
                fail_msg("'%.*s' is not known", (int)len, word);
            word += len + (word[len] == ' ');
        }
    }
}

static void words_that_carry_meaning_are_none(void **state)
{
    (void)state;
    assert_false(pin_is_function_word((pin_str){0}));
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
        if (pin_is_function_word(pin_str_of(carriers[i])))
            fail_msg("'%s' is none", carriers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_function_word_is_known),
        cmocka_unit_test(words_that_carry_meaning_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
