/* Our packing and unpacking against zlib, both ways: what zlib packs with fixed codes we unpack, what
 * we pack zlib unpacks, and damaged streams are refused or give bytes within the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/format/inflate.h"
#include "indexer/write/deflate.h"

static uint64_t state = 1;

static uint32_t below(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) * n >> 31);
}

/* Text that repeats itself at every distance, with some noise and some runs. */
static void make_text(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t kind = below(8), run = 1 + below(kind == 0 ? 300 : 30);
        size_t   back = i ? 1 + below((uint32_t)(i < 40000 ? i : 40000)) : 0;
        uint8_t  byte = (uint8_t)below(256);
        for (; run > 0 && i < len; run--, i++)
            out[i] = kind < 5 && back ? out[i - back]
                     : kind == 5      ? byte
                                      : (uint8_t)("etaoin shrdlu\xc3\xa9"[below(15)]);
    }
}

static size_t zlib_pack(uint8_t *out, size_t cap, const uint8_t *in, size_t len, const uint8_t *dict,
                        size_t dict_len, int level)
{
    z_stream z = {0};
    deflateInit2(&z, level, Z_DEFLATED, -15, 8, Z_FIXED);
    if (dict_len)
        deflateSetDictionary(&z, dict, (uInt)dict_len);
    z.next_in = (Bytef *)(uintptr_t)in;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static void zlib_unpack(uint8_t *out, size_t len, const uint8_t *in, size_t in_len, const uint8_t *dict,
                        size_t dict_len)
{
    z_stream z = {0};
    inflateInit2(&z, -15);
    if (dict_len)
        assert_int_equal(inflateSetDictionary(&z, dict, (uInt)dict_len), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)in;
    z.avail_in = (uInt)in_len;
    z.next_out = out;
    z.avail_out = (uInt)len;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, len);
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
}

static void what_zlib_packs_we_unpack_and_the_other_way_round(void **unused)
{
    (void)unused;
    static const int levels[] = {0, 1, 6, 9}; /* 0: stored blocks */
    uint8_t         *text = malloc(200000), *packed = malloc(400000);
    make_text(text, 200000);
    for (int round = 0; round < 400; round++) {
        size_t         dict_len = below(4) ? below(32769) : 0;
        size_t         len = round < 20 ? (size_t)round : below(round % 10 ? 3000 : 150000);
        const uint8_t *dict = text + below(1000), *in = text + 40000 + below(9000);
        uint8_t       *out = malloc(len ? len : 1);
        pin_str        dictionary = {(const char *)dict, dict_len};
        size_t         n = zlib_pack(packed, 400000, in, len, dict, dict_len, levels[round % 4]);
        uint8_t       *exact = malloc(n); /* the sanitizer sees one byte too far */
        memcpy(exact, packed, n);
        if (!pin_inflate(out, len, (pin_str){(const char *)exact, n}, dictionary))
            fail_msg("round %d: refused", round);
        assert_memory_equal(out, in, len);
        assert_false(pin_inflate(out, len, (pin_str){(const char *)exact, n - 1}, dictionary));
        if (len)
            assert_false(pin_inflate(out, len - 1, (pin_str){(const char *)exact, n}, dictionary));
        free(exact);

        pin_deflater *d = pin_deflater_new(dictionary);
        pin_out       ours = {0};
        pin_deflater_pack(&ours, d, (pin_str){(const char *)in, len});
        memset(out, 0, len);
        zlib_unpack(out, len, ours.at, ours.len, dict, dict_len);
        assert_memory_equal(out, in, len);
        memset(out, 0, len);
        assert_true(pin_inflate(out, len, (pin_str){(const char *)ours.at, ours.len}, dictionary));
        assert_memory_equal(out, in, len);
        pin_deflater_free(d);
        pin_out_free(&ours);
        free(out);
    }
    free(text);
    free(packed);
}

static void a_deflater_packs_one_record_after_another(void **unused)
{
    (void)unused;
    uint8_t *text = malloc(100000), *out = malloc(5000);
    make_text(text, 100000);
    pin_str       dictionary = {(const char *)text, 20000};
    pin_deflater *d = pin_deflater_new(dictionary);
    for (int i = 0; i < 500; i++) {
        pin_out ours = {0};
        size_t  len = below(5000);
        pin_str record = {(const char *)text + 30000 + below(60000), len};
        pin_deflater_pack(&ours, d, record);
        zlib_unpack(out, len, ours.at, ours.len, text, 20000);
        assert_memory_equal(out, record.at, len);
        pin_out_free(&ours);
    }
    pin_deflater_free(d);
    free(text);
    free(out);
}

static void dynamic_codes_are_refused(void **unused)
{
    (void)unused;
    uint8_t  text[4000], packed[8000], out[4000];
    z_stream z = {0};
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)('a' + below(4));
    deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_HUFFMAN_ONLY);
    z.next_in = text;
    z.avail_in = sizeof text;
    z.next_out = packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    assert_int_equal(packed[0] >> 1 & 3, 2); /* block type of RFC 1951, section 3.2.3 */
    assert_false(pin_inflate(out, sizeof out, (pin_str){(const char *)packed, z.total_out}, (pin_str){0}));
}

static void damaged_streams_never_leave_their_buffers(void **unused)
{
    (void)unused;
    uint8_t text[600], packed[2000];
    make_text(text, sizeof text);
    size_t n = zlib_pack(packed, sizeof packed, text + 200, 400, text, 200, 9);
    for (size_t bit = 0; bit < n * 8; bit++) {
        uint8_t *copy = malloc(n), *out = malloc(400);
        memcpy(copy, packed, n);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        (void)pin_inflate(out, 400, (pin_str){(const char *)copy, n}, (pin_str){(const char *)text, 200});
        free(copy);
        free(out);
    }
    for (int round = 0; round < 20000; round++) {
        size_t   len = below(40), room = below(300);
        uint8_t *noise = malloc(len ? len : 1), *out = malloc(room ? room : 1);
        for (size_t i = 0; i < len; i++)
            noise[i] = (uint8_t)below(256);
        if (len)
            noise[0] = (uint8_t)((noise[0] & ~7) | 3); /* a last block with fixed codes */
        (void)pin_inflate(out, room, (pin_str){(const char *)noise, len}, (pin_str){(const char *)text, 100});
        free(noise);
        free(out);
    }
    assert_false(pin_inflate(text, 0, (pin_str){0}, (pin_str){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zlib_packs_we_unpack_and_the_other_way_round),
        cmocka_unit_test(a_deflater_packs_one_record_after_another),
        cmocka_unit_test(dynamic_codes_are_refused),
        cmocka_unit_test(damaged_streams_never_leave_their_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
