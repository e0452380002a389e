/* Our UTF-8 against libutf8proc: every code point, and every one-byte change of a sample text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "core/bytes/bytes.h"

static bool oracle_valid(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t  c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(len - at), &c);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static void every_code_point_round_trips_as_the_library_writes_it(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char             ours[4];
        utf8proc_uint8_t theirs[4];
        size_t           len = pin_utf8_put(ours, c);
        assert_int_equal(len, utf8proc_encode_char((utf8proc_int32_t)c, theirs));
        assert_memory_equal(ours, theirs, len);
        size_t pos = 0;
        assert_int_equal(pin_utf8_next((pin_str){ours, len}, &pos), c);
        assert_int_equal(pos, len);
    }
}

static void every_changed_byte_and_cut_is_judged_as_the_library_does(void **state)
{
    (void)state;
    const char sample[] = "a\xC3\xA9\xE2\x80\x99\xF0\x9F\x93\x9A\xED\x9F\xBF\xF4\x8F\xBF\xBF z";
    for (size_t i = 0; i < sizeof sample - 1; i++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char changed[sizeof sample];
            memcpy(changed, sample, sizeof sample);
            changed[i] = (char)byte;
            for (size_t len = 0; len < sizeof sample; len++) {
                bool ours = pin_utf8_valid((pin_str){changed, len}) == len;
                assert_int_equal(ours, oracle_valid(changed, len));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_round_trips_as_the_library_writes_it),
        cmocka_unit_test(every_changed_byte_and_cut_is_judged_as_the_library_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
