/* Differences word by word: what every difference must be, on chosen texts and on thousands of random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/page/diff.h"

static unsigned char memory[4 << 20];

/* "same [-removed-] {+added+}", with the white space of each run left as it is. */
static const char *shown(char out[4096], const char *before, const char *after)
{
    pin_arena     arena = pin_arena_over(memory, sizeof memory);
    pin_diff_run *runs;
    uint32_t      count;
    pin_buf       buf = pin_buf_over(out, 4095);
    assert_int_equal(pin_diff_words(&runs, &count, pin_str_of(before), pin_str_of(after), &arena, NULL), PIN_OK);
    for (uint32_t i = 0; i < count; i++) {
        pin_buf_adds(&buf, runs[i].kind == PIN_DIFF_REMOVED ? "[-" : runs[i].kind == PIN_DIFF_ADDED ? "{+" : "");
        pin_buf_add(&buf, runs[i].text);
        pin_buf_adds(&buf, runs[i].kind == PIN_DIFF_REMOVED ? "-]" : runs[i].kind == PIN_DIFF_ADDED ? "+}" : "");
    }
    out[buf.len] = '\0';
    return out;
}

static void words_are_taken_out_and_put_in_whole(void **state)
{
    char room[4096];
    (void)state;
    assert_string_equal(shown(room, "One coin a cart", "One good coin a cart"), "One {+good +}coin a cart");
    assert_string_equal(shown(room, "One good coin", "One coin"), "One [-good -]coin");
    assert_string_equal(shown(room, "at least five years", "at least seven years"), "at least [-five -]{+seven +}years");
    assert_string_equal(shown(room, "a b", "a b"), "a b");
    assert_string_equal(shown(room, "", "new words"), "{+new words+}");
    assert_string_equal(shown(room, "old words", ""), "[-old words-]");
    assert_string_equal(shown(room, "", ""), "");
    assert_string_equal(shown(room, "a\nb  c", "a b c"), "a b c"); /* white space is not a change */
}

/* The length of the longest common subsequence, by its definition: small texts only. */
static int longest(const char *a, const char *b)
{
    if (!*a || !*b)
        return 0;
    if (*a == *b)
        return 1 + longest(a + 1, b + 1);
    int x = longest(a + 1, b), y = longest(a, b + 1);
    return x > y ? x : y;
}

static void spread(char *out, const char *letters)
{
    for (; *letters; letters++) {
        *out++ = *letters;
        *out++ = ' ';
    }
    *out = '\0';
}

/* Words of the runs that are not of kind `without`, one letter a word. */
static void letters_of(char *out, const pin_diff_run *runs, uint32_t count, pin_diff_kind without)
{
    for (uint32_t i = 0; i < count; i++)
        for (size_t k = 0; runs[i].kind != without && k < runs[i].text.len; k++)
            if (runs[i].text.at[k] != ' ')
                *out++ = runs[i].text.at[k];
    *out = '\0';
}

static void a_difference_gives_both_texts_back_and_is_the_shortest(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 4000; round++) {
        char          a[12] = {0}, b[12] = {0}, before[32], after[32], got[32];
        pin_diff_run *runs;
        uint32_t      count;
        int           same = 0;
        for (unsigned i = 0; i < (seed >> 8) % 9; i++)
            a[i] = (char)('a' + ((seed = seed * 1103515245u + 12345u) >> 16) % 3);
        seed = seed * 1103515245u + 12345u;
        for (unsigned i = 0; i < (seed >> 8) % 9; i++)
            b[i] = (char)('a' + ((seed = seed * 1103515245u + 12345u) >> 16) % 3);
        seed = seed * 1103515245u + 12345u;
        spread(before, a);
        spread(after, b);
        pin_arena arena = pin_arena_over(memory, sizeof memory);
        assert_int_equal(pin_diff_words(&runs, &count, pin_str_of(before), pin_str_of(after), &arena, NULL), PIN_OK);
        letters_of(got, runs, count, PIN_DIFF_ADDED);
        assert_string_equal(got, a);
        letters_of(got, runs, count, PIN_DIFF_REMOVED);
        assert_string_equal(got, b);
        for (uint32_t i = 0; i < count; i++)
            for (size_t k = 0; runs[i].kind == PIN_DIFF_SAME && k < runs[i].text.len; k++)
                same += runs[i].text.at[k] != ' ';
        assert_int_equal(same, longest(a, b));
    }
}

static void texts_too_long_for_the_table_are_shown_as_a_whole(void **state)
{
    enum { WORDS = 3000 };
    char         *before = malloc(WORDS * 8 + 32), *after = malloc(WORDS * 8 + 32), *a = before, *b = after;
    pin_arena     arena = pin_arena_over(memory, sizeof memory);
    pin_diff_run *runs;
    uint32_t      count;
    (void)state;
    a += sprintf(a, "first ");
    b += sprintf(b, "first ");
    for (int i = 0; i < WORDS; i++) {
        a += sprintf(a, "a%d ", i);
        b += sprintf(b, "b%d ", i);
    }
    sprintf(a, "last");
    sprintf(b, "last");
    assert_int_equal(pin_diff_words(&runs, &count, pin_str_of(before), pin_str_of(after), &arena, NULL), PIN_OK);
    assert_int_equal(count, 4);
    assert_int_equal(runs[0].kind, PIN_DIFF_SAME);
    assert_int_equal(runs[1].kind, PIN_DIFF_REMOVED);
    assert_int_equal(runs[2].kind, PIN_DIFF_ADDED);
    assert_int_equal(runs[3].kind, PIN_DIFF_SAME);
    free(before);
    free(after);
}

static void every_size_of_memory_is_enough_or_too_little(void **state)
{
    (void)state;
    pin_status status = PIN_NO_SPACE;
    for (size_t size = 0; status == PIN_NO_SPACE; size += 16) {
        pin_diff_run *runs;
        uint32_t      count;
        void         *room = malloc(size ? size : 1);
        pin_arena     arena = pin_arena_over(room, size);
        status = pin_diff_words(&runs, &count, PIN_STR("one two three four"), PIN_STR("one zwei drei four"), &arena, NULL);
        assert_true(status == PIN_OK || status == PIN_NO_SPACE);
        free(room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_taken_out_and_put_in_whole),
        cmocka_unit_test(a_difference_gives_both_texts_back_and_is_the_shortest),
        cmocka_unit_test(texts_too_long_for_the_table_are_shown_as_a_whole),
        cmocka_unit_test(every_size_of_memory_is_enough_or_too_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
