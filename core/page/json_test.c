/* JSON strings, judged by jansson: what we write, a strict reader reads back as the same text. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/page/parts.h"

static size_t write_json(char *room, size_t cap, pin_str text)
{
    pin_buf out = pin_buf_over(room, cap);
    pin_json_string(&out, text);
    return out.len;
}

static void a_string_reads_as(pin_str text, const char *expected)
{
    char   room[256];
    size_t len = write_json(room, sizeof room, text);
    assert_in_range(len, 2, sizeof room);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(room, expected, len);
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    a_string_reads_as(PIN_STR(""), "\"\"");
    a_string_reads_as(PIN_STR("Article 13(8) </script>"), "\"Article 13(8) </script>\"");
    a_string_reads_as(PIN_STR("“Über” €"), "\"“Über” €\"");
}

static void quotes_backslashes_and_controls_are_escaped(void **state)
{
    (void)state;
    a_string_reads_as(PIN_STR("a\"b\\c"), "\"a\\\"b\\\\c\"");
    a_string_reads_as(PIN_STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
    a_string_reads_as((pin_str){"\0\x1b\x7f", 3}, "\"\\u0000\\u001b\\u007f\"");
    a_string_reads_as(PIN_STR("\xC2\x9B"), "\"\\u009b\""); /* the one-byte CSI of old terminals */
}

static void bad_utf8_becomes_the_replacement_character(void **state)
{
    (void)state;
    a_string_reads_as(PIN_STR("a\xFF"
                              "b"),
                      "\"a\xEF\xBF\xBD"
                      "b\"");
    a_string_reads_as(PIN_STR("\xC3"), "\"\xEF\xBF\xBD\"");
    a_string_reads_as(PIN_STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void every_code_point_survives_a_strict_reader(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 61) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char    utf8[4], room[32];
        size_t  utf8_len = pin_utf8_put(utf8, c);
        size_t  len = write_json(room, sizeof room, (pin_str){utf8, utf8_len});
        json_t *read = json_loadb(room, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        assert_int_equal(json_string_length(read), utf8_len);
        assert_memory_equal(json_string_value(read), utf8, utf8_len);
        json_decref(read);
    }
}

static void every_byte_pair_gives_valid_json(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        char    bytes[2] = {(char)(pair >> 8), (char)(pair & 255)}, room[32];
        size_t  len = write_json(room, sizeof room, (pin_str){bytes, 2});
        json_t *read = json_loadb(room, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        json_decref(read);
    }
}

static void a_buffer_too_small_is_never_overrun_and_says_how_much_is_wanted(void **state)
{
    (void)state;
    pin_str text = PIN_STR("a\"\x01€\xFFz");
    char    whole[64];
    size_t  wanted = write_json(whole, sizeof whole, text);
    for (size_t cap = 0; cap <= wanted; cap++) {
        char   *room = malloc(cap ? cap : 1);
        pin_buf out = pin_buf_over(room, cap);
        pin_json_string(&out, text);
        assert_int_equal(out.len, wanted);
        assert_int_equal(pin_buf_status(&out), cap < wanted ? PIN_NO_SPACE : PIN_OK);
        free(room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(quotes_backslashes_and_controls_are_escaped),
        cmocka_unit_test(bad_utf8_becomes_the_replacement_character),
        cmocka_unit_test(every_code_point_survives_a_strict_reader),
        cmocka_unit_test(every_byte_pair_gives_valid_json),
        cmocka_unit_test(a_buffer_too_small_is_never_overrun_and_says_how_much_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
