/* Our XXH64 against libxxhash, for every length around the block edges and several seeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/bytes/bytes.h"
#ifdef HAVE_XXHASH
#include <xxhash.h>
#endif

static void hashes_are_those_of_the_library(void **state)
{
    (void)state;
#ifdef HAVE_XXHASH
    static uint8_t bytes[700];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 131 + i / 7);
    const uint64_t seeds[] = {0, 1, 0x9E3779B185EBCA87u, UINT64_MAX};
    for (size_t len = 0; len < sizeof bytes; len++)
        for (size_t s = 0; s < 4; s++)
            assert_true(pin_hash64(bytes + len % 5, len - len % 5 * (len > 5), seeds[s]) ==
                        XXH64(bytes + len % 5, len - len % 5 * (len > 5), seeds[s]));
#else
    print_message("skipped: libxxhash is not here\n");
    skip();
#endif
}

static void the_empty_text_has_the_value_of_the_specification(void **state)
{
    (void)state;
    assert_true(pin_hash64("", 0, 0) == 0xEF46DB3751D8E999u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_library),
        cmocka_unit_test(the_empty_text_has_the_value_of_the_specification),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
