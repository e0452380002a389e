/* Distances against a plain full table, and against pairs counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/search/plan.h"

static void edits_are_counted_as_people_count_them(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        uint32_t    edits;
    } pairs[] = {
        {"support", "support", 0},
        {"suport", "support", 1},
        {"supportt", "support", 1},
        {"supprot", "support", 1},
        {"zupport", "support", 1},
        {"usprot", "support", 3},
        {"ca", "abc", 3}, /* a swap is not edited again: optimal string alignment */
        {"", "ab", 2},
        {"vulnrabilty", "vulnerability", 2},
        {"\xC3\xA9tat", "etat", 1},
        {"\xE6\x9D\xB1\xE4\xBA\xAC", "\xE4\xBA\xAC\xE6\x9D\xB1", 1},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(pin_edit_distance(pin_str_of(pairs[i].a), pin_str_of(pairs[i].b), 5),
                         pairs[i].edits);
        assert_int_equal(pin_edit_distance(pin_str_of(pairs[i].b), pin_str_of(pairs[i].a), 5),
                         pairs[i].edits);
    }
}

static void beyond_the_most_is_only_said_to_be_beyond(void **state)
{
    (void)state;
    assert_int_equal(pin_edit_distance(PIN_STR("manufacturer"), PIN_STR("distributor"), 2), 3);
    assert_int_equal(pin_edit_distance(PIN_STR("abcdefgh"), PIN_STR("ab"), 1), 2);
}

/* The whole table, as the definition has it. */
static uint32_t by_definition(const char *a, const char *b)
{
    static uint32_t d[40][40];
    size_t          n = strlen(a), m = strlen(b);
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (uint32_t)(i + j);
                continue;
            }
            uint32_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    return d[n][m];
}

static void random_words_have_the_distance_of_the_definition(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int round = 0; round < 200000; round++) {
        char words[2][16];
        for (int w = 0; w < 2; w++) {
            seed = seed * 6364136223846793005ull + 1442695040888963407ull;
            size_t len = (seed >> 33) % 12;
            for (size_t i = 0; i < len; i++) {
                seed = seed * 6364136223846793005ull + 1442695040888963407ull;
                words[w][i] = (char)('a' + (seed >> 40) % 3);
            }
            words[w][len] = 0;
        }
        uint32_t want = by_definition(words[0], words[1]);
        for (uint32_t most = 1; most <= 2; most++)
            assert_int_equal(pin_edit_distance(pin_str_of(words[0]), pin_str_of(words[1]), most),
                             want > most ? most + 1 : want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_counted_as_people_count_them),
        cmocka_unit_test(beyond_the_most_is_only_said_to_be_beyond),
        cmocka_unit_test(random_words_have_the_distance_of_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
