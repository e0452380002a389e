/* Our folding tables against utf8proc, one code point after the other, through another door of the
 * library than the generator uses (utf8proc_map of a string, not utf8proc_decompose_char). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "core/text/fold.h"

#define UNICODE_END 0x110000u

static pin_char char_of(uint32_t c, char bytes[4])
{
    return pin_char_at((pin_str){bytes, pin_utf8_put(bytes, c)}, 0);
}

static bool in_table(uint32_t c)
{
    return c < 0x2C00 || (c >= 0xFB00 && c < 0xFB60) || (c >= 0xFF00 && c <= 0xFFFF);
}

static bool is_surrogate(uint32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

/* Letters whose marks are vowels, not accents: there utf8proc's stripping of marks would go too far. */
static bool keeps_its_marks(uint32_t c) { return (c >= 0x074B && c < 0x1AB0) || (c >= 0x1B00 && c < 0x1DC0); }

/* Where we differ from utf8proc on purpose: signs that Unicode spells inside a letter, and an accent
 * that is a letter in capitals. */
static const char *exception_of(uint32_t c)
{
    switch (c) {
    case 0x013F: /* Ŀ is L and a dot */
    case 0x0140:
        return "l";
    case 0x0149: /* ŉ is an apostrophe and n */
        return "n";
    case 0x0345: /* iota below the line */
        return "ι";
    default:
        return NULL;
    }
}

static void every_letter_folds_as_utf8proc_folds_it(void **state)
{
    (void)state;
    size_t compared = 0, differed = 0;
    for (uint32_t c = 0x21; c < UNICODE_END; c++) {
        char bytes[8] = {0};
        if (is_surrogate(c) || !in_table(c))
            continue;
        pin_char ours = char_of(c, bytes);
        if (ours.klass == PIN_CHAR_OTHER)
            continue;
        utf8proc_option_t rule = UTF8PROC_NULLTERM | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                 UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                 (keeps_its_marks(c) ? 0 : UTF8PROC_STRIPMARK);
        utf8proc_uint8_t *theirs = NULL;
        assert_true(utf8proc_map((const utf8proc_uint8_t *)bytes, 0, &theirs, rule) >= 0);
        const char *expected = exception_of(c) ? exception_of(c) : (const char *)theirs;
        compared++;
        if ((strlen(expected) != ours.len || memcmp(expected, ours.folded, ours.len) != 0) && differed++ < 20)
            print_error("U+%04X: '%.*s', utf8proc says '%s'\n", c, (int)ours.len, ours.folded, expected);
        free(theirs);
    }
    assert_true(compared > 7000);
    assert_int_equal(differed, 0);
}

static char major_of(uint32_t c) { return utf8proc_category_string((utf8proc_int32_t)c)[0]; }

static void assert_class(uint32_t c, bool right)
{
    if (!right)
        fail_msg("U+%04X (%s) has the wrong class", c, utf8proc_category_string((utf8proc_int32_t)c));
}

static void letters_and_digits_of_all_of_unicode_make_words_and_nothing_else_does(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < UNICODE_END; c++) {
        char        bytes[4];
        const char *category = utf8proc_category_string((utf8proc_int32_t)c);
        if (is_surrogate(c) || strcmp(category, "Cn") == 0)
            continue;
        uint32_t klass = char_of(c, bytes).klass;
        if (klass == PIN_CHAR_LETTER || klass == PIN_CHAR_CJK)
            assert_class(c, strchr("LMN", major_of(c)) != NULL);
        else if (klass == PIN_CHAR_DIGIT)
            assert_class(c, strcmp(category, "Nd") == 0 || strcmp(category, "No") == 0);
        else if (klass == PIN_CHAR_OTHER && (major_of(c) == 'L' || major_of(c) == 'M'))
            assert_class(c, c == 0x02BC || c == 0x037A); /* an apostrophe; a space and an iota */
        else if (klass == PIN_CHAR_OTHER && strcmp(category, "Nd") == 0)
            assert_class(c, false);
        if (klass == PIN_CHAR_SKIP)
            assert_class(c, strchr("MC", major_of(c)) != NULL || c == 0x115F || c == 0x1160 || c == 0x3164 ||
                                c == 0xFF9E || c == 0xFF9F || c == 0xFFA0);
    }
}

static void what_was_folded_does_not_fold_further(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < UNICODE_END; c++) {
        char bytes[4];
        if (is_surrogate(c))
            continue;
        pin_char once = char_of(c, bytes);
        assert_true(once.len <= PIN_FOLD_MAX);
        for (size_t at = 0; once.klass != PIN_CHAR_OTHER && at < once.len;) {
            pin_char again = pin_char_at((pin_str){once.folded, once.len}, at);
            assert_class(c, again.klass == once.klass && again.width == again.len &&
                                memcmp(again.folded, once.folded + at, again.len) == 0);
            at += again.width;
        }
    }
}

/* Worked values from Unicode's CaseFolding.txt and UnicodeData.txt. */
static void well_known_characters_fold_as_unicode_says(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } known[] = {
        {"É", "e"},  {"ß", "ss"},  {"ẞ", "ss"}, {"Σ", "σ"},  {"ς", "σ"},    {"Й", "и"},
        {"ﬁ", "fi"}, {"ﬃ", "ffi"}, {"Ａ", "a"}, {"１", "1"}, {"Ⅷ", "viii"}, {"ǆ", "dz"},
        {"İ", "i"},  {"ø", "ø"},   {"ｶ", "カ"}, {"Å", "a"},  {"（", "("},   {"’", "'"},
        {"‑", "-"},  {"①", "1"},   {"₂", "2"},  {"ª", "a"},  {"أ", "ا"},    {"漢", "漢"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        pin_char c = pin_char_at(pin_str_of(known[i].from), 0);
        assert_int_equal(c.width, strlen(known[i].from));
        assert_int_equal(c.len, strlen(known[i].to));
        assert_memory_equal(c.folded, known[i].to, c.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_folds_as_utf8proc_folds_it),
        cmocka_unit_test(letters_and_digits_of_all_of_unicode_make_words_and_nothing_else_does),
        cmocka_unit_test(what_was_folded_does_not_fold_further),
        cmocka_unit_test(well_known_characters_fold_as_unicode_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
