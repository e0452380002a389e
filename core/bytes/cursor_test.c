/* Varints round-trip, and a cursor never reads past its end: every buffer here has its exact size, so
 * the address sanitizer sees one byte too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/bytes/bytes.h"

static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, (uint64_t)UINT32_MAX + 1,
                                  UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX};

static void varints_round_trip_and_every_cut_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        uint8_t bytes[PIN_VARINT_MAX];
        size_t  len = pin_varint_put(bytes, values[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            uint8_t *exact = malloc(cut ? cut : 1);
            memcpy(exact, bytes, cut);
            pin_cursor c = pin_cursor_over(exact, cut);
            uint64_t   got = pin_take_varint(&c);
            assert_int_equal(c.failed, cut < len);
            assert_true(got == (cut < len ? 0 : values[i]));
            free(exact);
        }
    }
}

static void known_encodings_are_those_of_leb128(void **state)
{
    (void)state;
    /* the unsigned example of the DWARF standard: 624485 is E5 8E 26 */
    uint8_t bytes[PIN_VARINT_MAX];
    assert_int_equal(pin_varint_put(bytes, 624485), 3);
    assert_memory_equal(bytes, "\xE5\x8E\x26", 3);
}

static void a_varint_of_more_than_64_bits_fails(void **state)
{
    (void)state;
    const uint8_t too_big[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    const uint8_t too_long[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
    pin_cursor    a = pin_cursor_over(too_big, sizeof too_big);
    pin_cursor    b = pin_cursor_over(too_long, sizeof too_long);
    assert_int_equal(pin_take_varint(&a), 0);
    assert_true(a.failed);
    assert_int_equal(pin_take_varint(&b), 0);
    assert_true(b.failed);
    uint8_t    bytes[PIN_VARINT_MAX];
    pin_cursor c = pin_cursor_over(bytes, pin_varint_put(bytes, (uint64_t)UINT32_MAX + 1));
    assert_int_equal(pin_take_varint32(&c), 0);
    assert_true(c.failed);
}

static void a_failed_cursor_stays_failed_and_gives_nothing(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(4);
    memset(bytes, 7, 4);
    pin_cursor c = pin_cursor_over(bytes, 4);
    assert_int_equal(pin_take64(&c), 0);
    assert_true(c.failed);
    assert_int_equal(pin_take8(&c), 0);
    assert_int_equal(pin_take32(&c), 0);
    assert_int_equal(pin_take_str(&c).len, 0);
    assert_int_equal(pin_cursor_left(&c), 0);
    free(bytes);
}

static void a_string_longer_than_what_is_left_fails(void **state)
{
    (void)state;
    const uint8_t good[] = {3, 'c', 'r', 'a'};
    const uint8_t lying[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 'c'};
    pin_cursor    a = pin_cursor_over(good, sizeof good);
    pin_cursor    b = pin_cursor_over(lying, sizeof lying);
    assert_true(pin_str_equal(pin_take_str(&a), PIN_STR("cra")));
    assert_false(a.failed);
    assert_int_equal(pin_take_str(&b).len, 0);
    assert_true(b.failed);
}

static void fixed_width_numbers_are_little_endian(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    assert_int_equal(pin_load16(bytes), 0x0201);
    assert_int_equal(pin_load32(bytes), 0x04030201);
    assert_true(pin_load64(bytes) == 0x0807060504030201u);
    uint8_t back[8];
    pin_store64(back, 0x0807060504030201u);
    assert_memory_equal(back, bytes, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varints_round_trip_and_every_cut_fails),
        cmocka_unit_test(known_encodings_are_those_of_leb128),
        cmocka_unit_test(a_varint_of_more_than_64_bits_fails),
        cmocka_unit_test(a_failed_cursor_stays_failed_and_gives_nothing),
        cmocka_unit_test(a_string_longer_than_what_is_left_fails),
        cmocka_unit_test(fixed_width_numbers_are_little_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
