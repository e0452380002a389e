/* Records spelled in a codebook, against a decoder written here from docs/format.md alone, bit by bit;
 * and damaged streams and codebooks, which are refused or give bytes within the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/format/codebook.h"
#include "indexer/write/codebook.h"

static uint64_t state = 1;

static uint32_t below(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) * n >> 31);
}

/* ---- Texts ---- */
enum { TEXTS = 400, TEXT_MAX = 1200 };
typedef struct world {
    char    bytes[TEXTS][TEXT_MAX];
    pin_str texts[TEXTS];
    pin_out book;
} world;

/* Words of two or three syllables, some more often than others; now and then any byte at all. */
static size_t make_text(char *out, size_t len)
{
    static const char *const syllables[] = {"man", "u", "fac", "tur", "er", "the", "of", "sup", "port", "\xC3\xA9t"};
    size_t                   at = 0;
    while (at + 16 < len) {
        for (uint32_t k = 1 + below(3); k > 0; k--) {
            const char *s = syllables[below(1 + below(10))];
            memcpy(out + at, s, strlen(s));
            at += strlen(s);
        }
        out[at++] = below(50) ? ' ' : (char)(uint8_t)below(256);
    }
    return at;
}

static int begin(void **out)
{
    world *w = calloc(1, sizeof *w);
    for (size_t i = 0; i < TEXTS; i++)
        w->texts[i] = (pin_str){w->bytes[i], make_text(w->bytes[i], 20 + below(TEXT_MAX - 20))};
    *out = w;
    return pin_codebook_learn(&w->book, w->texts, TEXTS, 4096) ? 0 : 1;
}

static int end(void **out)
{
    world *w = *out;
    pin_out_free(&w->book);
    free(w);
    return 0;
}

static pin_str book_of(const world *w) { return (pin_str){(const char *)w->book.at, w->book.len}; }

static bool unpack(uint8_t *out, size_t out_len, pin_str in, pin_str bytes)
{
    pin_codebook book;
    pin_codebook_open(&book, bytes);
    return pin_codebook_unpack(out, out_len, in, &book);
}

/* ---- Another decoder: tries every entry's code, one after the other ---- */
static uint32_t u16(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8; }
static uint32_t u32(const uint8_t *p) { return u16(p) | u16(p + 2) << 16; }

static bool bits_are(const uint8_t *in, size_t at, uint32_t code, uint32_t bits)
{
    for (uint32_t i = 0; i < bits; i++)
        if ((in[(at + i) / 8] >> (7 - (at + i) % 8) & 1u) != (code >> (bits - 1 - i) & 1u))
            return false;
    return true;
}

/* Bytes written; SIZE_MAX when a code is none. */
static size_t plainly(uint8_t *out, size_t len, const uint8_t *in, size_t in_len, const uint8_t *book,
                      size_t book_len)
{
    bool     wide = book_len >= 65536;
    uint32_t longest = wide ? 18 : 15, n = u16(book + 2 * longest);
    size_t   at = 0, bit = 0;
    while (at < len) {
        uint32_t code = 0, e = 0, found = n;
        for (uint32_t bits = 1; bits <= longest; bits++) {
            code *= 2;
            for (uint32_t k = u16(book + 2 * (bits - 1)); k > 0; k--, code++, e++)
                if (found == n && bit + bits <= in_len * 8 && bits_are(in, bit, code, bits)) {
                    found = e;
                    bit += bits;
                    break;
                }
            if (found < n)
                break;
        }
        if (found == n)
            return SIZE_MAX;
        const uint8_t *starts = book + 2 * longest + 2, *start = starts + (wide ? 4 : 2) * (size_t)found;
        uint32_t       from = wide ? u32(start) : u16(start), to = wide ? u32(start + 4) : u16(start + 2);
        if (to - from > len - at)
            return SIZE_MAX;
        memcpy(out + at, starts + (wide ? 4 : 2) * ((size_t)n + 1) + from, to - from);
        at += to - from;
    }
    return at;
}

/* ---- Tests ---- */
static void what_is_spelled_is_read_by_both_decoders(void **unused)
{
    const world *w = *unused;
    pin_speller *s = pin_speller_new(book_of(w));
    pin_spelling room = {0};
    size_t       raw = 0, packed = 0;
    for (size_t i = 0; i < TEXTS + 100; i++) {
        char    noise[64];
        pin_str text = i < TEXTS ? w->texts[i] : (pin_str){noise, below(64)};
        for (size_t k = 0; i >= TEXTS && k < text.len; k++) /* nothing like it was learned */
            noise[k] = (char)(uint8_t)below(256);
        pin_out out = {0};
        pin_speller_pack(&out, s, &room, text);
        assert_false(out.failed);
        uint8_t *exact = malloc(out.len ? out.len : 1), *back = malloc(text.len ? text.len : 1);
        memcpy(exact, out.at, out.len);
        pin_str in = {(const char *)exact, out.len};
        assert_true(unpack(back, text.len, in, book_of(w)));
        assert_memory_equal(back, text.at, text.len);
        memset(back, 0, text.len);
        assert_int_equal(plainly(back, text.len, exact, out.len, w->book.at, w->book.len), text.len);
        assert_memory_equal(back, text.at, text.len);
        if (out.len) {
            assert_false(unpack(back, text.len, (pin_str){in.at, in.len - 1}, book_of(w)));
            assert_false(unpack(back, text.len - 1, in, book_of(w)));
        }
        raw += i < TEXTS ? text.len : 0;
        packed += i < TEXTS ? out.len : 0;
        free(exact);
        free(back);
        pin_out_free(&out);
    }
    assert_true(packed * 3 < raw); /* words of few syllables take less than a third */
    pin_spelling_free(&room);
    pin_speller_free(s);
}

/* ---- A wide codebook: more words than 64 KiB hold ---- */
enum { WIDE_TEXTS = 3000, WIDE_TEXT = 400 };

static size_t make_rich_text(char *out)
{
    size_t at = 0;
    while (at + 16 < WIDE_TEXT) { /* 30,000 words, the frequent ones first */
        uint32_t word = below(1 + below(30000)), letters = 4 + word % 5;
        for (uint32_t k = 0; k < letters; k++, word = word * 31 + 7)
            out[at++] = (char)('a' + word % 23);
        out[at++] = ' ';
    }
    return at;
}

static void a_wide_codebook_is_read_by_both_decoders(void **unused)
{
    char    *bytes = malloc((size_t)WIDE_TEXTS * WIDE_TEXT);
    pin_str *texts = malloc(WIDE_TEXTS * sizeof *texts);
    (void)unused;
    for (size_t i = 0; i < WIDE_TEXTS; i++)
        texts[i] = (pin_str){bytes + i * WIDE_TEXT, make_rich_text(bytes + i * WIDE_TEXT)};
    pin_out      book = {0}, narrow = {0}, out = {0};
    size_t       packed[2] = {0};
    pin_spelling room = {0};
    assert_true(pin_codebook_learn(&book, texts, WIDE_TEXTS, 140000));
    assert_true(book.len >= 65536 && book.len <= 140000);
    assert_true(pin_codebook_learn(&narrow, texts, WIDE_TEXTS, 32768));
    const pin_out *books[2] = {&book, &narrow};
    for (int b = 0; b < 2; b++) {
        pin_str      learned = {(const char *)books[b]->at, books[b]->len};
        pin_speller *s = pin_speller_new(learned);
        for (size_t i = 0; i < WIDE_TEXTS; i += 10) {
            uint8_t back[WIDE_TEXT];
            out.len = 0;
            pin_speller_pack(&out, s, &room, texts[i]);
            packed[b] += out.len;
            pin_str in = {(const char *)out.at, out.len};
            assert_true(unpack(back, texts[i].len, in, learned));
            assert_memory_equal(back, texts[i].at, texts[i].len);
            assert_false(unpack(back, texts[i].len, (pin_str){in.at, in.len - 1}, learned));
            memset(back, 0, sizeof back);
            if (i % 300 == 0) {
                assert_int_equal(plainly(back, texts[i].len, out.at, out.len, books[b]->at, books[b]->len),
                                 texts[i].len);
                assert_memory_equal(back, texts[i].at, texts[i].len);
            }
        }
        for (int round = 0; round < 2000; round++) { /* damage */
            uint8_t  back[WIDE_TEXT];
            size_t   at = below(round % 2 ? 60 : (uint32_t)books[b]->len);
            uint8_t *where = books[b]->at + at, was = *where;
            *where = (uint8_t)below(256);
            (void)unpack(back, texts[0].len, (pin_str){(const char *)out.at, out.len}, learned);
            *where = was;
        }
        pin_speller_free(s);
    }
    assert_true(packed[0] * 20 < packed[1] * 19); /* what the words are for */

    pin_out few = {0}; /* a budget that cannot be used up gives a narrow one */
    assert_true(pin_codebook_learn(&few, texts, 3, 140000));
    assert_true(few.len < 65536);
    pin_speller *s = pin_speller_new((pin_str){(const char *)few.at, few.len});
    uint8_t      back[WIDE_TEXT];
    out.len = 0;
    pin_speller_pack(&out, s, &room, texts[0]);
    assert_true(unpack(back, texts[0].len, (pin_str){(const char *)out.at, out.len},
                       (pin_str){(const char *)few.at, few.len}));
    assert_memory_equal(back, texts[0].at, texts[0].len);
    pin_speller_free(s);
    pin_spelling_free(&room);
    pin_out_free(&few);
    pin_out_free(&out);
    pin_out_free(&narrow);
    pin_out_free(&book);
    free(texts);
    free(bytes);
}

static void the_same_samples_give_the_same_codebook(void **unused)
{
    const world *w = *unused;
    pin_out      again = {0};
    assert_true(pin_codebook_learn(&again, w->texts, TEXTS, 4096));
    assert_int_equal(again.len, w->book.len);
    assert_memory_equal(again.at, w->book.at, again.len);
    assert_true(again.len <= 4096);
    pin_out_free(&again);
}

static void a_codebook_is_learned_from_nothing_and_from_one_text(void **unused)
{
    const world *w = *unused;
    for (size_t count = 0; count < 3; count++) {
        pin_out book = {0}, out = {0};
        assert_true(pin_codebook_learn(&book, w->texts, count, 1024));
        assert_true(book.len <= 1024);
        pin_str      learned = {(const char *)book.at, book.len};
        pin_speller *s = pin_speller_new(learned);
        pin_spelling room = {0};
        uint8_t      back[TEXT_MAX];
        pin_speller_pack(&out, s, &room, w->texts[7]);
        assert_true(
            unpack(back, w->texts[7].len, (pin_str){(const char *)out.at, out.len}, learned));
        assert_memory_equal(back, w->texts[7].at, w->texts[7].len);
        pin_spelling_free(&room);
        pin_speller_free(s);
        pin_out_free(&book);
        pin_out_free(&out);
    }
}

static void damage_never_leaves_the_buffers(void **unused)
{
    const world *w = *unused;
    pin_speller *s = pin_speller_new(book_of(w));
    pin_spelling room = {0};
    pin_out      out = {0};
    pin_str      text = w->texts[3];
    pin_speller_pack(&out, s, &room, text);
    uint8_t *back = malloc(text.len), *in = malloc(out.len);
    for (int round = 0; round < 20000; round++) {
        size_t   book_len = below(4) ? w->book.len : below((uint32_t)w->book.len + 1);
        uint8_t *book = malloc(book_len ? book_len : 1);
        memcpy(book, w->book.at, book_len);
        memcpy(in, out.at, out.len);
        for (uint32_t k = below(4); k > 0 && book_len; k--)
            book[below(3) ? below((uint32_t)book_len) : below((uint32_t)(book_len < 600 ? book_len : 600))] =
                (uint8_t)below(256);
        for (uint32_t k = below(4); k > 0; k--)
            in[below((uint32_t)out.len)] ^= (uint8_t)(1 << below(8));
        size_t in_len = below(2) ? out.len : below((uint32_t)out.len + 1), len = below((uint32_t)text.len + 1);
        (void)unpack(back, below(2) ? text.len : len, (pin_str){(const char *)in, in_len},
                                  (pin_str){(const char *)book, book_len});
        free(book);
    }
    assert_false(unpack(back, 1, (pin_str){"\0", 1}, (pin_str){0}));
    free(back);
    free(in);
    pin_out_free(&out);
    pin_spelling_free(&room);
    pin_speller_free(s);
}

/* docs/format.md: counts 1, 1, 2 mean the codes 0, 10, 110, 111 */
static void the_codes_of_the_format_page_are_read(void **unused)
{
    (void)unused;
    uint8_t book[32 + 10 + 8] = {0}, out[8];
    book[0] = 1, book[2] = 1, book[4] = 2, book[30] = 4;
    const uint8_t starts[5] = {0, 1, 3, 4, 8};
    for (int i = 0; i < 5; i++)
        book[32 + 2 * i] = starts[i];
    memcpy(book + 42, "abbcdddd", 8);
    const pin_str learned = {(const char *)book, sizeof book};
    /* 0 110 10 111 -> 01101011 1(0000000) */
    assert_true(unpack(out, 8, (pin_str){"\x6B\x80", 2}, learned));
    assert_memory_equal(out, "acbbdddd", 8);
    assert_false(unpack(out, 8, (pin_str){"\x6B\x81", 2}, learned));
    assert_false(unpack(out, 8, (pin_str){"\x6B\x80\0", 3}, learned));
    assert_false(unpack(out, 7, (pin_str){"\x6B\x80", 2}, learned));
    book[4] = 3, book[30] = 5; /* a code too many */
    assert_false(unpack(out, 8, (pin_str){"\x6B\x80", 2}, learned));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_spelled_is_read_by_both_decoders),
        cmocka_unit_test(a_wide_codebook_is_read_by_both_decoders),
        cmocka_unit_test(the_same_samples_give_the_same_codebook),
        cmocka_unit_test(a_codebook_is_learned_from_nothing_and_from_one_text),
        cmocka_unit_test(damage_never_leaves_the_buffers),
        cmocka_unit_test(the_codes_of_the_format_page_are_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
