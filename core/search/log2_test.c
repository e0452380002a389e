/* Expected values come from libm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/search/log2.h"
#include "core/search/rules.h"

static void the_logarithm_is_that_of_libm_to_sixteen_places(void **state)
{
    (void)state;
    uint64_t x = 1;
    for (int i = 0; i < 200000; i++) {
        double got = pin_log2(x) / 65536.0, want = log2((double)x);
        assert_true(got <= want + 1e-9 && got > want - 3.0 / 65536);
        x = i < 5000 ? x + 1 : x * 6364136223846793005ull + 1442695040888963407ull;
        x = x ? x : 1;
    }
    assert_int_equal(pin_log2(10), 217705);
    assert_int_equal(pin_log2(1ull << 63), 63 << 16);
}

static void idf_is_that_of_bm25_in_bits(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 3000000; n = n * 3 + 1)
        for (uint32_t df = 0; df <= n; df = df * 2 + 1) {
            double want = log(1 + (n - df + 0.5) / (df + 0.5)) / log(2) * (1 << RULE_IDF_BITS);
            double got = pin_idf(n, df);
            assert_true(fabs(got - want) <= 1.01);
        }
    assert_int_equal(pin_idf(148, 2), 377);
}

static void no_word_weighs_nothing(void **state)
{
    (void)state;
    assert_true(pin_idf(1000000, 1000000) >= 1);
    assert_true(pin_idf(0, 0) >= 1);
    assert_true(pin_idf(5, 4000000000u) >= 1); /* a lying index */
    assert_true(pin_idf(UINT32_MAX, 0) <= RULE_IDF_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_logarithm_is_that_of_libm_to_sixteen_places),
        cmocka_unit_test(idf_is_that_of_bm25_in_bits),
        cmocka_unit_test(no_word_weighs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
