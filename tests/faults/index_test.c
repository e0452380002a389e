/* Index files that are cut, damaged or lying: each is refused, or answers without reading a byte
 * outside of itself. Run under the address sanitizer these tests see one byte too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/oracle/exercise.h"
#include "tests/oracle/sample.h"

#define ROOM (4u << 20)

static void     *room;
static pin_arena arena;

static int set_up(void **state)
{
    (void)state;
    room = malloc(ROOM);
    arena = pin_arena_over(room, ROOM);
    return room ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(room);
    return 0;
}

static sample_file small_index(uint32_t items, uint64_t seed)
{
    sample s;
    sample_make(&s, items, 2, 2, seed);
    sample_file file = sample_index(&s);
    sample_free(&s);
    assert_non_null(file.at);
    return file;
}

/* `exercise` over a copy of exactly this size. */
static pin_status exercise_copy(const uint8_t *at, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, at, len);
    pin_status s = exercise(copy, len, &arena);
    free(copy);
    return s;
}

static void an_undamaged_file_is_good(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4), g = small_index(300, 4);
    assert_int_equal(exercise_copy(f.at, f.len), PIN_OK);
    assert_int_equal(exercise_copy(g.at, g.len), PIN_OK);
    free(f.at);
    free(g.at);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4);
    for (size_t len = 0; len < f.len; len++)
        assert_int_equal(exercise_copy(f.at, len), PIN_CORRUPT);
    /* and with a header that says so; only the zeros that fill the last 64 bytes up may go */
    const uint8_t *last = f.at + PIN_HEADER_LEN + (pin_load32(f.at + PIN_H_SECTIONS) - 1) * PIN_ROW_LEN_ALL;
    size_t whole = (size_t)(pin_load64(last + PIN_ROW_OFFSET) + pin_load64(last + PIN_ROW_LEN)) + PIN_PADDING;
    for (size_t len = PIN_HEADER_LEN; len < whole; len += 7) {
        uint8_t *copy = malloc(len);
        memcpy(copy, f.at, len);
        reseal(copy, len);
        assert_int_not_equal(exercise(copy, len, &arena), PIN_OK);
        free(copy);
    }
    free(f.at);
}

static void every_flipped_byte_is_found_by_opening_or_verify(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4);
    for (size_t i = 0; i < f.len; i++) {
        uint8_t kept = f.at[i];
        f.at[i] ^= (uint8_t)(1 << i % 8);
        pin_status s = exercise_copy(f.at, f.len);
        if (s != PIN_CORRUPT && s != PIN_UNSUPPORTED)
            fail_msg("byte %zu: %d", i, (int)s);
        f.at[i] = kept;
    }
    free(f.at);
}

static void damage_with_right_checksums_never_reads_outside(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4);
    uint32_t    caught = 0;
    for (size_t i = PIN_HEADER_LEN; i < f.len; i++)
        for (int way = 0; way < 2; way++) {
            if (f.at[i] == 0 && i % 16) /* most of a page is zeros: a sample of them will do */
                continue;
            uint8_t *copy = malloc(f.len);
            memcpy(copy, f.at, f.len);
            copy[i] = way ? 0xFF : (uint8_t)(copy[i] + 1);
            reseal(copy, f.len);
            caught += exercise(copy, f.len, &arena) == PIN_CORRUPT;
            free(copy);
        }
    assert_true(caught > 1000); /* verify finds lies, not only damage */
    free(f.at);
}

static void damaged_long_lists_never_read_outside(void **state)
{
    (void)state;
    sample_file f = small_index(2500, 5);
    uint64_t    random = 99;
    uint8_t    *copy = malloc(f.len);
    uint32_t    sections = pin_load32(f.at + PIN_H_SECTIONS);
    for (int round = 0; round < 60; round++) {
        memcpy(copy, f.at, f.len);
        for (uint32_t kind = PIN_S_QUESTION_LISTS; kind <= PIN_S_ANSWER_LISTS; kind++) {
            const uint8_t *row = reseal_find(f.at, sections, kind);
            uint64_t       offset = pin_load64(row + PIN_ROW_OFFSET), len = pin_load64(row + PIN_ROW_LEN);
            for (int n = 0; n < 40; n++) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                copy[offset + (random >> 20) % len] = (uint8_t)(random >> 56);
            }
        }
        reseal(copy, f.len);
        assert_int_equal(exercise(copy, f.len, &arena), PIN_CORRUPT); /* lists have checksums of their own */
    }
    free(copy);
    free(f.at);
}

/* Eight gaps are unpacked at a time, of a last block of one gap too. Such a block with the widest gaps stands at the very
 * end of a list, a section and a file. */
static void a_wide_look_at_the_last_block_ends_inside_the_file(void **state)
{
    (void)state;
    sample s;
    sample_make(&s, 700, 2, 0, 11);
    for (uint32_t i = 0; i < 129; i++)
        s.corpus.items[i < 128 ? i : 600].question = PIN_STR("A zebra?");
    sample_file f = sample_index(&s);
    sample_free(&s);
    pin_piece  piece = {0, f.len, f.at};
    pin_file   file = {.len = f.len, .pieces = &piece, .piece_count = 1};
    pin_index *ix;
    pin_term   term;
    size_t     mark = arena.used;
    assert_int_equal(pin_index_open(&ix, &file, &arena, NULL), PIN_OK);
    assert_int_equal(pin_read_term(&term, ix, PIN_STR("zebra"), NULL), PIN_OK);
    arena.used = mark;
    const pin_list list = term.lists[PIN_QUESTION];
    assert_true(list.form == PIN_LIST_BLOCKS && list.count == 129);

    /* all lists up to this one once more, behind the last section; their row goes behind the other rows */
    uint32_t sections = pin_load32(f.at + PIN_H_SECTIONS);
    size_t   kept = (size_t)(list.offset + list.len), start = (f.len + PIN_ALIGN - 1) / PIN_ALIGN * PIN_ALIGN;
    size_t   len = start + kept + PIN_PADDING;
    uint8_t *copy = calloc(1, len), row[PIN_ROW_LEN_ALL], *rows_end = copy + PIN_HEADER_LEN + sections * PIN_ROW_LEN_ALL;
    memcpy(copy, f.at, f.len);
    uint8_t *old = copy + (reseal_find(f.at, sections, PIN_S_QUESTION_LISTS) - f.at);
    memcpy(row, old, sizeof row);
    memcpy(copy + start, f.at + pin_load64(row + PIN_ROW_OFFSET), kept);
    pin_store64(row + PIN_ROW_OFFSET, start);
    pin_store64(row + PIN_ROW_LEN, kept);
    memmove(old, old + sizeof row, (size_t)(rows_end - old) - sizeof row);
    memcpy(rows_end - sizeof row, row, sizeof row);
    uint8_t *block = copy + start + list.offset + pin_load32(copy + start + list.offset + PIN_L_ARRAYS + 2 * 4);
    assert_in_range(block[0], 9, 15); /* 600 - 127 takes nine bits; with as many bytes it may have 16 */
    block[0] = 16;
    reseal(copy, len);
    assert_int_equal(exercise(copy, len, &arena), PIN_CORRUPT);
    free(copy);
    free(f.at);
}

/* What readers over a network are told beforehand. verify compares it with what it tells of. */
static void lies_told_ahead_are_found_and_never_read_outside(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {PIN_S_AHEAD, PIN_S_CARDS, PIN_S_CARD_STEPS};
    sample                s;
    sample_make(&s, 120, 2, 2, 4);
    sample_file f = sample_index_new(&s);
    sample_free(&s);
    assert_non_null(f.at);
    assert_int_equal(exercise_copy(f.at, f.len), PIN_OK);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const uint8_t *row = reseal_find(f.at, pin_load32(f.at + PIN_H_SECTIONS), kinds[k]);
        assert_non_null(row);
        uint64_t from = pin_load64(row + PIN_ROW_OFFSET), n = pin_load64(row + PIN_ROW_LEN), step = n / 150 + 1;
        uint32_t tried = 0, found = 0;
        assert_true(n > 100);
        for (uint64_t i = 0; i < n; i += step, tried++) {
            uint8_t *copy = malloc(f.len);
            memcpy(copy, f.at, f.len);
            copy[from + i] = (uint8_t)(copy[from + i] + 1 + i % 255);
            reseal(copy, f.len);
            found += exercise(copy, f.len, &arena) == PIN_CORRUPT;
            free(copy);
        }
        assert_true(found >= tried * 9 / 10); /* zeros behind a card may be anything */
    }
    free(f.at);
}

/* A 28th section behind the others; there is room for its row before the first section. */
static uint8_t *with_section(size_t *len, const sample_file *f, uint16_t kind, uint16_t flags)
{
    uint32_t sections = pin_load32(f->at + PIN_H_SECTIONS);
    uint8_t *copy = calloc(1, f->len + 192), *row = copy + PIN_HEADER_LEN + sections * PIN_ROW_LEN_ALL;
    memcpy(copy, f->at, f->len);
    *len = f->len + 192;
    assert_int_equal(pin_load64(row), 0);
    pin_store32(copy + PIN_H_SECTIONS, sections + 1);
    pin_store16(row + PIN_ROW_KIND, kind);
    pin_store16(row + PIN_ROW_FLAGS, flags);
    pin_store64(row + PIN_ROW_OFFSET, f->len);
    pin_store64(row + PIN_ROW_LEN, 100);
    memset(copy + f->len, 'x', 100);
    reseal(copy, *len);
    return copy;
}

static void unknown_sections_are_skipped_when_they_may_be(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4);
    size_t      len;
    uint8_t    *copy = with_section(&len, &f, 4711, PIN_FLAG_OPTIONAL);
    assert_int_equal(exercise(copy, len, &arena), PIN_OK);
    copy[f.len + 3] = 'y'; /* verify looks at it all the same */
    assert_int_equal(exercise(copy, len, &arena), PIN_CORRUPT);
    free(copy);
    copy = with_section(&len, &f, 4711, 0);
    assert_int_equal(exercise(copy, len, &arena), PIN_UNSUPPORTED);
    free(copy);
    copy = with_section(&len, &f, PIN_S_META, PIN_FLAG_OPTIONAL); /* there twice */
    assert_int_equal(exercise(copy, len, &arena), PIN_CORRUPT);
    free(copy);
    free(f.at);
}

static void other_versions_and_features_are_refused_by_name(void **state)
{
    (void)state;
    sample_file f = small_index(6, 4);
    pin_store16(f.at + PIN_H_MAJOR, PIN_MAJOR + 1);
    reseal(f.at, f.len);
    assert_int_equal(exercise_copy(f.at, f.len), PIN_UNSUPPORTED);
    pin_store16(f.at + PIN_H_MAJOR, PIN_MAJOR);
    pin_store16(f.at + PIN_H_MINOR, PIN_MINOR + 7); /* a newer one that only adds */
    reseal(f.at, f.len);
    assert_int_equal(exercise_copy(f.at, f.len), PIN_OK);
    pin_store32(f.at + PIN_H_FEATURES, 1u << 31);
    reseal(f.at, f.len);
    assert_int_equal(exercise_copy(f.at, f.len), PIN_UNSUPPORTED);
    free(f.at);
}

static void every_arena_size_is_enough_or_too_small(void **state)
{
    (void)state;
    sample_file f = small_index(12, 7);
    pin_piece   piece = {0, f.len, f.at};
    pin_file    file = {.len = f.len, .pieces = &piece, .piece_count = 1};
    pin_status  s = PIN_NO_SPACE;
    size_t      n = 0;
    for (; s == PIN_NO_SPACE; n++) {
        void      *memory = malloc(n ? n : 1);
        pin_arena  small = pin_arena_over(memory, n);
        pin_index *ix;
        s = pin_index_open(&ix, &file, &small, NULL);
        size_t mark = small.used;
        for (uint32_t i = 0; i < 12 && s == PIN_OK; i++) {
            pin_item item;
            s = pin_index_item(&item, ix, i, &small, NULL);
            small.used = mark;
        }
        if (s == PIN_OK)
            s = pin_index_verify(ix, &small, NULL);
        assert_true(s == PIN_OK || s == PIN_NO_SPACE);
        free(memory);
    }
    assert_true(n > 1000);
    free(f.at);
}

/* Files that were written before stay readable: these are in the repository for good. */
static void files_written_earlier_stay_readable(void **state)
{
    (void)state;
    static const char *const names[] = {"one-item", "small", "blocks"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tests/fuzz/corpus/index/%s", PINCITE_SOURCE_DIR, names[i]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        fseek(file, 0, SEEK_END);
        size_t len = (size_t)ftell(file);
        rewind(file);
        uint8_t *bytes = malloc(len);
        assert_int_equal(fread(bytes, 1, len, file), len);
        fclose(file);
        assert_int_equal(exercise(bytes, len, &arena), PIN_OK);
        if (i == 0) /* the worked example of docs/format.md */
            assert_true(pin_load64(bytes + PIN_H_FILE_ID) == 0x7FF98C7E4D9785CAu);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_undamaged_file_is_good),
        cmocka_unit_test(files_written_earlier_stay_readable),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_byte_is_found_by_opening_or_verify),
        cmocka_unit_test(damage_with_right_checksums_never_reads_outside),
        cmocka_unit_test(damaged_long_lists_never_read_outside),
        cmocka_unit_test(a_wide_look_at_the_last_block_ends_inside_the_file),
        cmocka_unit_test(lies_told_ahead_are_found_and_never_read_outside),
        cmocka_unit_test(unknown_sections_are_skipped_when_they_may_be),
        cmocka_unit_test(other_versions_and_features_are_refused_by_name),
        cmocka_unit_test(every_arena_size_is_enough_or_too_small),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
