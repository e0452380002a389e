/* Release after release as a host sees it: what is kept, which day it gets, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/format/layout.h"
#include "pincite/build.h"
#include "pincite/evidence.h"

/* ---- A release in memory ---- */
typedef struct bytes {
    uint8_t *at;
    size_t   len, cap;
} bytes;

static bool keep(void *ctx, uint64_t offset, const void *from, size_t len)
{
    bytes *b = ctx;
    if (offset + len > b->cap) {
        b->cap = (size_t)(offset + len) * 2;
        b->at = realloc(b->at, b->cap);
    }
    memcpy(b->at + offset, from, len);
    if (offset + len > b->len)
        b->len = (size_t)(offset + len);
    return true;
}

typedef struct release {
    bytes      file;
    pin_piece  piece;
    void      *memory, *scratch;
    pin_index *ix;
    pin_arena  arena; /* for answers */
    char       findings[4096];
    pin_status status;
    pin_error  err;
} release;

static void note_findings(release *r, const pin_build *b)
{
    pin_buf out = pin_buf_over(r->findings, sizeof r->findings - 1);
    for (uint32_t i = 0; i < pin_build_finding_count(b); i++) {
        const pin_finding *f = pin_build_finding(b, i);
        pin_buf_add(&out, f->code);
        pin_buf_byte(&out, ' ');
        pin_buf_add(&out, f->item);
        pin_buf_byte(&out, '\n');
    }
}

static void open_release(release *r)
{
    enum { ROOM = 1 << 20 };
    r->piece = (pin_piece){0, r->file.len, r->file.at};
    pin_file file = {.len = r->file.len, .pieces = &r->piece, .piece_count = 1};
    r->memory = malloc(ROOM);
    r->scratch = malloc(ROOM);
    pin_arena own = pin_arena_over(r->memory, ROOM);
    r->arena = pin_arena_over(r->scratch, ROOM);
    assert_int_equal(pin_index_open(&r->ix, &file, &own, &r->err), PIN_OK);
}

/* A corpus of JSON Lines, and maybe a pincite.yml. */
static release *build(const char *lines, const char *config, const char *day, const release *previous)
{
    release          *r = calloc(1, sizeof *r);
    pin_build_options options = {.as_of = pin_str_of(day)};
    pin_build        *b = pin_build_new(&options);
    pin_input_file    files[] = {{PIN_STR("items.jsonl"), PIN_STR("items.jsonl"), pin_str_of(lines)},
                                 {PIN_STR("pincite.yml"), PIN_STR("pincite.yml"), pin_str_of(config ? config : "")}};
    pin_input         input = {PIN_STR("corpus"), true, files, config ? 2 : 1};
    pin_sink          sink = {&r->file, keep};
    pin_build_report  report;
    if (previous)
        r->status = pin_build_previous(b, (pin_str){(const char *)previous->file.at, previous->file.len}, &r->err);
    if (r->status == PIN_OK)
        r->status = pin_build_add_corpus(b, &input, &r->err);
    if (r->status == PIN_OK)
        r->status = pin_build_finish(&report, b, &sink, &r->err);
    note_findings(r, b);
    pin_build_free(b);
    if (r->status == PIN_OK) {
        open_release(r);
        assert_int_equal(pin_index_verify(r->ix, &r->arena, &r->err), PIN_OK);
        assert_int_equal(pin_evidence_verify(r->ix, &r->arena, &r->err), PIN_OK);
    }
    return r;
}

static void drop(release *r)
{
    free(r->file.at);
    free(r->memory);
    free(r->scratch);
    free(r);
}

static pin_past past_of(release *r, const char *id)
{
    pin_past past;
    assert_int_equal(pin_index_past(&past, r->ix, pin_str_of(id), &r->arena, &r->err), PIN_OK);
    return past;
}

static pin_item item_of(release *r, const char *id)
{
    uint32_t number;
    pin_item item;
    assert_int_equal(pin_index_find_item(&number, r->ix, pin_str_of(id), &r->arena, NULL), PIN_OK);
    assert_int_equal(pin_index_item(&item, r->ix, number, &r->arena, NULL), PIN_OK);
    return item;
}

static bool is(pin_str text, const char *wanted) { return pin_str_equal(text, pin_str_of(wanted)); }
static bool found(const release *r, const char *finding) { return strstr(r->findings, finding) != NULL; }

#define A1 "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"One, by Article 13.\",\"updated\":\"2030-05-05\"}\n"
#define A2 "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Two, by Article 13.\",\"updated\":\"2030-05-05\"}\n"
#define B1 "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"Bee.\"}\n"

/* ---- Dates ---- */
static void a_changed_item_gets_the_day_and_an_unchanged_one_keeps_its_own(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *two = build(A2 B1, NULL, "2031-02-01", one);
    assert_true(is(item_of(two, "m/a").updated, "2031-02-01"));
    assert_true(found(two, "change-without-date m/a"));
    assert_true(is(item_of(two, "m/b").updated, ""));
    release *three = build("{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Two, by Article 13.\",\"updated\":\"2031-09-09\"}\n" B1,
                           NULL, "2031-10-01", two);
    assert_true(is(item_of(three, "m/a").updated, "2031-02-01"));
    assert_true(found(three, "date-without-change m/a"));
    release *four = build("{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Three.\",\"updated\":\"2031-11-11\"}\n" B1, NULL,
                          "2031-12-01", three);
    assert_true(is(item_of(four, "m/a").updated, "2031-11-11")); /* its own day is later than before */
    drop(one), drop(two), drop(three), drop(four);
}

static void without_a_day_the_newest_date_of_the_content_counts(void **state)
{
    pin_release r;
    (void)state;
    release *one = build(A1 B1, NULL, "", NULL), *two = build(A2 B1, NULL, "", one);
    pin_index_release(&r, one->ix);
    assert_true(is(r.as_of, "2030-05-05"));
    assert_true(is(item_of(two, "m/a").updated, "2030-05-05"));
    drop(one), drop(two);
}

static void a_clock_set_back_is_refused(void **state)
{
    (void)state;
    release *one = build(A1, NULL, "2031-02-01", NULL), *two = build(A1, NULL, "2031-01-31", one);
    assert_int_equal(two->status, PIN_BAD_INPUT);
    assert_non_null(strstr(two->err.message, "clock"));
    release *same = build(A1, NULL, "2031-02-01", one), *odd = build(A1, NULL, "2031-02-30", NULL);
    assert_int_equal(same->status, PIN_OK);
    assert_int_equal(odd->status, PIN_BAD_INPUT);
    drop(one), drop(two), drop(same), drop(odd);
}

/* ---- Revisions ---- */
static void every_revision_is_kept_with_the_words_of_its_day(void **state)
{
    pin_item     item;
    pin_footing *footings;
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *two = build(A2 B1, NULL, "2031-02-01", one);
    release *three = build(A1 B1, NULL, "2031-03-01", two); /* put back */
    pin_past past = past_of(three, "m/a");
    assert_int_equal(past.revision_count, 3);
    assert_true(pin_str_equal(past.revisions[0].hash, past.revisions[2].hash));
    assert_true(is(past.revisions[0].date, "2031-03-01") && past.revisions[0].item != PIN_NO_ITEM);
    assert_true(is(past.revisions[1].seen, "2031-02-01") && is(past.revisions[1].until, "2031-03-01"));
    assert_true(is(past.revisions[2].date, "2030-05-05") && is(past.revisions[2].until, "2031-02-01"));
    assert_int_equal(pin_index_as_it_stood(&item, &footings, three->ix, &past.revisions[1], &three->arena, NULL), PIN_OK);
    assert_true(is(item.id, "m/a") && is(item.slug, "a") && item.number == PIN_NO_ITEM);
    assert_true(is(item.verdict, "Two, by Article 13."));
    assert_int_equal(item.citation_count, 1);
    assert_true(is(item.citations[0].id, "art_13") && is(footings[0].act, "Cyber Resilience Act"));
    pin_earlier *releases;
    uint32_t     count;
    pin_release  r;
    pin_index_release(&r, three->ix);
    assert_int_equal(pin_index_releases(&releases, &count, three->ix, &three->arena, NULL), PIN_OK);
    assert_int_equal(count, 3);
    assert_true(pin_str_equal(releases[2].release, r.release) && is(releases[0].as_of, "2031-01-01"));
    assert_true(pin_str_equal(releases[0].release, releases[2].release)); /* the same items, the same root */
    drop(one), drop(two), drop(three);
}

static void a_prefix_finds_the_revision_that_it_fits(void **state)
{
    pin_revision got[2];
    char         hex[2 * PIN_REVISION_LEN], upper[8];
    (void)state;
    release *one = build(A1, NULL, "2031-01-01", NULL), *two = build(A2, NULL, "2031-02-01", one);
    pin_past past = past_of(two, "m/a");
    pin_revision_hex(hex, past.revisions[1].hash);
    for (size_t len = 8; len <= sizeof hex; len++) {
        assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), (pin_str){hex, len}, &two->arena, NULL), PIN_OK);
        assert_true(pin_str_equal(got[0].hash, past.revisions[1].hash));
    }
    for (size_t i = 0; i < sizeof upper; i++)
        upper[i] = hex[i] >= 'a' ? (char)(hex[i] - 32) : hex[i];
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), (pin_str){upper, 8}, &two->arena, NULL), PIN_OK);
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), (pin_str){hex, 7}, &two->arena, NULL), PIN_BAD_INPUT);
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), PIN_STR("0123456x"), &two->arena, NULL), PIN_BAD_INPUT);
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/z"), (pin_str){hex, 8}, &two->arena, NULL), PIN_NOT_FOUND);
    drop(one), drop(two);
}

/* Where record 0 of PAST lies, behind its checksum; one id is there. */
static uint8_t *past_record(release *r, size_t *len)
{
    const uint8_t *h = r->file.at;
    for (uint32_t i = 0; i < pin_load32(h + PIN_H_SECTIONS); i++) {
        const uint8_t *row = h + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
        if (pin_load16(row + PIN_ROW_KIND) != PIN_S_PAST)
            continue;
        uint8_t *at = r->file.at + pin_load64(row + PIN_ROW_OFFSET);
        *len = pin_load32(at + 8) - 4;
        return at + 12 + 4;
    }
    fail();
    return NULL;
}

static void seal(uint8_t *record, size_t len) { pin_store32(record - 4, pin_hash32(record, len, 0)); }

static uint8_t *find_bytes(uint8_t *in, size_t len, pin_str what)
{
    for (size_t i = 0; i + what.len <= len; i++)
        if (memcmp(in + i, what.at, what.len) == 0)
            return in + i;
    return NULL;
}

/* Nature gives no two hashes alike in 8 digits within a test's time, so the file is made to lie. */
static void a_prefix_that_fits_two_names_both(void **state)
{
    pin_revision got[2];
    char         hex[2 * PIN_REVISION_LEN];
    size_t       len;
    (void)state;
    release *one = build(A1, NULL, "2031-01-01", NULL), *two = build(A2, NULL, "2031-02-01", one);
    pin_past past = past_of(two, "m/a");
    uint8_t *record = past_record(two, &len), *hash = find_bytes(record, len, past.revisions[1].hash);
    assert_non_null(hash);
    memcpy(hash, past.revisions[0].hash.at, 5);
    seal(record, len);
    pin_revision_hex(hex, past.revisions[0].hash);
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), (pin_str){hex, 10}, &two->arena, NULL), PIN_LIMIT);
    assert_true(pin_str_equal(got[0].hash, past.revisions[0].hash) && !pin_str_equal(got[1].hash, got[0].hash));
    assert_int_equal(pin_index_find_revision(got, two->ix, PIN_STR("m/a"), (pin_str){hex, 16}, &two->arena, NULL), PIN_OK);
    assert_int_equal(pin_evidence_verify(two->ix, &two->arena, NULL), PIN_CORRUPT); /* and verify is not fooled */
    drop(one), drop(two);
}

/* ---- Fates ---- */
static void what_is_gone_says_why_and_keeps_its_revisions(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL);
    release *two = build("{\"id\":\"m/a\",\"question\":\"A?\",\"withdrawn\":\"no longer true\",\"since\":\"2031-01-20\"}\n" B1, NULL,
                         "2031-02-01", one);
    pin_past past = past_of(two, "m/a");
    assert_int_equal(past.fate, PIN_FATE_WITHDRAWN);
    assert_true(is(past.reason, "no longer true") && is(past.since, "2031-01-20") && is(past.question, "A?"));
    assert_int_equal(past.revision_count, 1);
    release *three = build(B1, NULL, "2031-03-01", two); /* the word need not be repeated */
    past = past_of(three, "m/a");
    assert_int_equal(past.fate, PIN_FATE_WITHDRAWN);
    assert_true(is(past.since, "2031-01-20") && !found(three, "vanished"));
    release *four = build(A2 B1, NULL, "2031-04-01", three); /* and it may come back */
    past = past_of(four, "m/a");
    assert_int_equal(past.fate, PIN_FATE_LIVES);
    assert_int_equal(past.revision_count, 2);
    assert_true(found(four, "id-reused m/a"));
    drop(one), drop(two), drop(three), drop(four);
}

static void a_vanished_item_is_an_error_and_leaves_a_tombstone(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *two = build(B1, NULL, "2031-02-01", one);
    assert_true(found(two, "vanished m/a"));
    assert_int_equal(past_of(two, "m/a").fate, PIN_FATE_VANISHED);
    release *three = build(B1, "withdrawn:\n  m/a: said late\n", "2031-03-01", two);
    assert_int_equal(past_of(three, "m/a").fate, PIN_FATE_WITHDRAWN);
    assert_false(found(three, "vanished"));
    drop(one), drop(two), drop(three);
}

static void redirects_go_to_the_end_of_the_chain(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL);
    release *two = build("{\"id\":\"m/c\",\"question\":\"A?\",\"answer\":\"One, by Article 13.\",\"moved_from\":\"m/a\"}\n" B1, NULL,
                         "2031-02-01", one);
    assert_true(is(past_of(two, "m/a").target, "m/c"));
    release *three = build("{\"id\":\"m/c\",\"question\":\"A?\",\"merged_into\":\"b\"}\n" B1, NULL, "2031-03-01", two);
    assert_true(is(past_of(three, "m/a").target, "m/b") && is(past_of(three, "m/c").target, "m/b"));
    assert_int_equal(past_of(three, "m/c").fate, PIN_FATE_MERGED);
    drop(one), drop(two), drop(three);
}

static void words_that_contradict_each_other_are_named(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *r;
    r = build(B1 "{\"id\":\"m/c\",\"question\":\"C?\",\"moved_from\":\"m/a\"}\n"
                 "{\"id\":\"m/d\",\"question\":\"D?\",\"moved_from\":\"m/a\"}\n", NULL, "2031-02-01", one);
    assert_true(found(r, "redirect-twice m/a") && is(past_of(r, "m/a").target, "m/c"));
    drop(r);
    r = build(B1, "moved:\n  m/a: m/x\n  m/x: m/y\n  m/y: m/a\n", "2031-02-01", one);
    assert_true(found(r, "redirect-circle m/a") && past_of(r, "m/a").target.len == 0);
    drop(r);
    r = build(B1, "moved:\n  m/a: m/nowhere\n", "2031-02-01", one);
    assert_true(found(r, "redirect-dead m/a") && past_of(r, "m/a").target.len == 0);
    drop(r);
    r = build(A1 B1, "withdrawn:\n  m/a: not at all\n", "2031-02-01", one);
    assert_true(found(r, "fate-of-the-living m/a"));
    assert_int_equal(past_of(r, "m/a").fate, PIN_FATE_LIVES);
    drop(r);
    r = build("{\"id\":\"m/a\",\"question\":\"A?\",\"withdrawn\":\"why\",\"moved_to\":\"m/b\"}\n" B1, NULL, "2031-02-01", one);
    assert_true(found(r, "two-fates m/a"));
    drop(r), drop(one);
}

/* ---- A previous file that cannot be one ---- */
static void a_previous_file_of_another_corpus_is_refused(void **state)
{
    (void)state;
    release *one = build(A1, NULL, "2031-01-01", NULL);
    release *two = build("{\"id\":\"x/y\",\"question\":\"Q?\"}\n", NULL, "2031-02-01", one);
    assert_int_equal(two->status, PIN_BAD_INPUT);
    assert_non_null(strstr(two->err.message, "another corpus"));
    drop(one), drop(two);
}

static void a_previous_file_is_checked_to_the_last_byte(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *two = build(A2 B1, NULL, "2031-02-01", one);
    for (size_t i = 0; i < two->file.len; i += 7) {
        release copy = {.file = {malloc(two->file.len), two->file.len, two->file.len}};
        memcpy(copy.file.at, two->file.at, two->file.len);
        copy.file.at[i] ^= 0x10;
        release *r = build(A2 B1, NULL, "2031-03-01", &copy);
        assert_true(r->status == PIN_CORRUPT || r->status == PIN_UNSUPPORTED);
        assert_non_null(r->err.message);
        drop(r);
        free(copy.file.at);
    }
    release cut = {.file = {two->file.at, two->file.len / 2, 0}}, *r = build(A2 B1, NULL, "2031-03-01", &cut);
    assert_int_equal(r->status, PIN_CORRUPT);
    drop(r), drop(one), drop(two);
}

/* A file of format 1.0, kept for good: it has no revisions, so they are computed when it becomes the past. */
static void a_previous_file_of_an_older_format_is_understood(void **state)
{
    release      old = {.file = {malloc(1 << 16), 0, 1 << 16}};
    pin_item     item;
    pin_footing *footings;
    FILE        *file = fopen(PINCITE_SOURCE_DIR "/tests/fuzz/corpus/index/one-item", "rb");
    (void)state;
    assert_non_null(file);
    old.file.len = fread(old.file.at, 1, old.file.cap, file);
    fclose(file);
    assert_int_equal(pin_load16(old.file.at + PIN_H_MINOR), 0);
    release *r = build("{\"id\":\"module-0/item-0\",\"question\":\"Q?\",\"answer\":\"Another answer.\"}\n", NULL, "2031-01-01", &old);
    assert_int_equal(r->status, PIN_OK);
    pin_past past = past_of(r, "module-0/item-0");
    assert_int_equal(past.revision_count, 2);
    assert_true(is(past.revisions[1].seen, "") && is(past.revisions[1].until, "2031-01-01"));
    assert_int_equal(pin_index_as_it_stood(&item, &footings, r->ix, &past.revisions[1], &r->arena, NULL), PIN_OK);
    assert_true(is(item.id, "module-0/item-0"));
    assert_int_equal(item.citation_count, 3);
    free(old.file.at);
    drop(r);
}

/* ---- A file that lies about the past ---- */
static void a_lie_about_the_past_is_an_answer_or_corrupt(void **state)
{
    size_t len;
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL), *two = build(A2 B1, NULL, "2031-02-01", one);
    uint8_t *record = past_record(two, &len);
    for (size_t i = 0; i < len; i++)
        for (int flip = 1; flip < 256; flip <<= 1) {
            pin_past   past;
            pin_arena  arena = two->arena;
            record[i] ^= (uint8_t)flip;
            seal(record, len);
            pin_status s = pin_index_past_at(&past, two->ix, 0, &arena, NULL);
            assert_true(s == PIN_OK || s == PIN_CORRUPT || s == PIN_NO_SPACE);
            for (uint32_t k = 0; s == PIN_OK && k < past.revision_count && k < 4; k++) {
                pin_item     item;
                pin_footing *footings;
                pin_status   t = pin_index_as_it_stood(&item, &footings, two->ix, &past.revisions[k], &arena, NULL);
                assert_true(t == PIN_OK || t == PIN_CORRUPT || t == PIN_NO_SPACE);
            }
            record[i] ^= (uint8_t)flip;
        }
    seal(record, len);
    assert_int_equal(pin_index_verify(two->ix, &two->arena, NULL), PIN_OK);
    drop(one), drop(two);
}

static void the_same_inputs_give_the_same_bytes(void **state)
{
    (void)state;
    release *one = build(A1 B1, NULL, "2031-01-01", NULL);
    release *a = build(A2, "withdrawn:\n  m/b: gone\n", "2031-02-01", one), *b = build(A2, "withdrawn:\n  m/b: gone\n", "2031-02-01", one);
    assert_int_equal(a->file.len, b->file.len);
    assert_memory_equal(a->file.at, b->file.at, a->file.len);
    drop(one), drop(a), drop(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_item_gets_the_day_and_an_unchanged_one_keeps_its_own),
        cmocka_unit_test(without_a_day_the_newest_date_of_the_content_counts),
        cmocka_unit_test(a_clock_set_back_is_refused),
        cmocka_unit_test(every_revision_is_kept_with_the_words_of_its_day),
        cmocka_unit_test(a_prefix_finds_the_revision_that_it_fits),
        cmocka_unit_test(a_prefix_that_fits_two_names_both),
        cmocka_unit_test(what_is_gone_says_why_and_keeps_its_revisions),
        cmocka_unit_test(a_vanished_item_is_an_error_and_leaves_a_tombstone),
        cmocka_unit_test(redirects_go_to_the_end_of_the_chain),
        cmocka_unit_test(words_that_contradict_each_other_are_named),
        cmocka_unit_test(a_previous_file_of_another_corpus_is_refused),
        cmocka_unit_test(a_previous_file_is_checked_to_the_last_byte),
        cmocka_unit_test(a_previous_file_of_an_older_format_is_understood),
        cmocka_unit_test(a_lie_about_the_past_is_an_answer_or_corrupt),
        cmocka_unit_test(the_same_inputs_give_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
