#include "indexer/corpus/testing.h"

static void slugs_keep_ascii_letters_and_digits(void **state)
{
    static const char *const cases[][2] = {
        {"CRA Secure-by-Default", "cra-secure-by-default"}, /* DESIGN.md */
        {"seed:01", "seed-01"},
        {"4.2.5", "4-2-5"},
        {"  --Manufacturer's  obligations!", "manufacturer-s-obligations"},
        {"\xC3\x84nderung", "nderung"},
        {"\xE5\x95\x8F", ""},
        {"", ""},
    };
    pin_pool *pool = pin_pool_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_text(pin_slug(pool, pin_str_of(cases[i][0])), cases[i][1]);
    pin_pool_free(pool);
}

static void long_slugs_end_at_a_word(void **state)
{
    pin_pool *pool = pin_pool_new();
    char      text[600];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 7 == 6 ? ' ' : 'a';
    pin_str slug = pin_slug(pool, (pin_str){text, sizeof text});
    assert_true(slug.len <= PIN_SLUG_MAX && slug.len > PIN_SLUG_MAX - 8);
    assert_int_equal(slug.at[slug.len - 1], 'a');
    assert_int_equal((slug.len + 1) % 7, 0);
    memset(text, 'b', sizeof text);
    assert_int_equal(pin_slug(pool, (pin_str){text, sizeof text}).len, PIN_SLUG_MAX);
    pin_pool_free(pool);
}

static void addresses_of_the_site_are_reserved(void **state)
{
    (void)state;
    static const char *const reserved[] = {"items", "law", "search", "api", "healthz", "assets", "feed"};
    for (size_t i = 0; i < 7; i++)
        assert_true(pin_module_is_reserved(pin_str_of(reserved[i])));
    assert_false(pin_module_is_reserved(PIN_STR("laws")));
}

static void statuses_are_known_by_their_words(void **state)
{
    (void)state;
    assert_text(pin_status_slug(PIN_STR("\xE2\x9A\xA0\xEF\xB8\x8F Draft")), "draft");
    assert_text(pin_status_slug(PIN_STR("\xE2\x9C\x85 Approved")), "approved");
    assert_text(pin_status_slug(PIN_STR("\xF0\x9F\x9B\x91 Pending Guidance")), "pending-guidance");
    assert_text(pin_status_slug(PIN_STR("\xE2\x9C\x85 Guidance received")), "guidance-received");
    assert_text(pin_status_slug(PIN_STR("nearly done")), "");
    assert_text(pin_status_slug(PIN_STR("a status with far more words than any that is known to us")), "");
}

static void only_days_of_the_calendar_are_dates(void **state)
{
    (void)state;
    static const char *const good[] = {"2026-03-10", "2024-02-29", "2000-02-29", "0001-01-01", "2026-12-31"};
    static const char *const bad[] = {"2026-3-10",  "2026-02-29", "1900-02-29",       "2026-13-01",
                                      "2026-00-10", "2026-04-31", "2026-03-10T00:00", "10.03.2026",
                                      "",           "2026/03/10", "2026-03-1x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(pin_date_is_valid(pin_str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pin_date_is_valid(pin_str_of(bad[i])));
}

static void a_misspelt_name_finds_its_neighbour(void **state)
{
    static const char *const names[] = {"title", "description", "published", NULL};
    (void)state;
    assert_string_equal(pin_nearest_name(PIN_STR("titel"), names), "title");
    assert_string_equal(pin_nearest_name(PIN_STR("Publishd"), names), "published");
    assert_null(pin_nearest_name(PIN_STR("colour"), names));
    assert_null(pin_nearest_name(PIN_STR("xy"), names));
}

static void a_pool_keeps_large_and_small_texts_apart(void **state)
{
    pin_pool *pool = pin_pool_new(), *other = pin_pool_new();
    char      big[200000];
    (void)state;
    memset(big, 'x', sizeof big);
    pin_str first = pin_pool_copy(pool, PIN_STR("first"));
    pin_str large = pin_pool_copy(pool, (pin_str){big, sizeof big});
    pin_str moved = pin_pool_copy(other, PIN_STR("moved"));
    pin_pool_adopt(pool, other);
    void *aligned = pin_pool_take(pool, 3, 5);
    assert_int_equal((uintptr_t)aligned % 16, 0);
    assert_null(pin_pool_take(pool, SIZE_MAX / 2, 3));
    assert_text(pin_pool_format(pool, "%d-%s", 7, "x"), "7-x");
    assert_text(first, "first");
    assert_text(moved, "moved");
    assert_int_equal(large.at[sizeof big - 1], 'x');
    pin_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slugs_keep_ascii_letters_and_digits),
        cmocka_unit_test(long_slugs_end_at_a_word),
        cmocka_unit_test(addresses_of_the_site_are_reserved),
        cmocka_unit_test(statuses_are_known_by_their_words),
        cmocka_unit_test(only_days_of_the_calendar_are_dates),
        cmocka_unit_test(a_misspelt_name_finds_its_neighbour),
        cmocka_unit_test(a_pool_keeps_large_and_small_texts_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
