/* The builder as a host sees it: what it says, in which order, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pincite/build.h"
#include "pincite/index.h"

typedef struct sink_bytes {
    uint64_t len, refuse_at; /* refuse_at: the write that would go beyond this fails */
    uint32_t calls;
} sink_bytes;

static bool count_bytes(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    sink_bytes *s = ctx;
    (void)bytes;
    s->calls++;
    if (offset + len > s->refuse_at)
        return false;
    if (offset + len > s->len)
        s->len = offset + len;
    return true;
}

typedef struct world {
    pin_build       *b;
    pin_build_report report;
    pin_error        err;
    sink_bytes       bytes;
    pin_sink         sink;
} world;

static void start(world *w, bool strict)
{
    pin_build_options options = {.strict = strict};
    *w = (world){.b = pin_build_new(&options), .bytes = {.refuse_at = UINT64_MAX}};
    w->sink = (pin_sink){&w->bytes, count_bytes};
    assert_non_null(w->b);
}

static void add(world *w, const char *name, const char *text)
{
    pin_input_file file = {pin_str_of(name), pin_str_of(name), pin_str_of(text)};
    pin_input      input = {pin_str_of(name), false, &file, 1};
    assert_int_equal(pin_build_add_corpus(w->b, &input, &w->err), PIN_OK);
}

static pin_status finish(world *w)
{
    return pin_build_finish(&w->report, w->b, &w->sink, &w->err);
}

static const char good[] = "{\"id\":\"m/a\",\"question\":\"What?\",\"answer\":\"See Article 13(8) and Recital 57.\"}\n"
                           "{\"id\":\"n/b\",\"question\":\"Why?\",\"answer\":\"See Article 14.\"}\n";
static const char dead[] = "{\"id\":\"m/a\",\"question\":\"What?\",\"answer\":\"See [[m/z]] in Article 1.\"}\n";

static void a_corpus_is_counted(void **state)
{
    world w;
    (void)state;
    start(&w, false);
    add(&w, "x.jsonl", good);
    assert_int_equal(finish(&w), PIN_OK);
    assert_int_equal(w.report.item_count, 2);
    assert_int_equal(w.report.module_count, 2);
    assert_int_equal(w.report.citation_count, 3);
    assert_int_equal(w.report.cite_states[PIN_CITE_NOT_CHECKED], 3);
    assert_int_equal(w.report.source_count, 0);
    assert_true(w.report.file_len > 0 && w.report.file_len == w.bytes.len);
    pin_build_free(w.b);
}

static void without_a_sink_nothing_is_written(void **state)
{
    world w;
    (void)state;
    start(&w, false);
    add(&w, "x.jsonl", good);
    assert_int_equal(pin_build_finish(&w.report, w.b, NULL, &w.err), PIN_OK);
    assert_int_equal(w.report.file_len, 0);
    assert_int_equal(w.report.item_count, 2);
    pin_build_free(w.b);
}

static void findings_come_sorted_by_file_and_line(void **state)
{
    world w;
    (void)state;
    start(&w, false);
    add(&w, "y.jsonl", dead);
    add(&w, "x.jsonl",
        "{\"id\":\"n/b\",\"question\":\"B?\",\"answer\":\"[[q]] Article 1\"}\n\n\n"
        "{\"id\":\"n/c\",\"question\":\"B?\",\"answer\":\"[[r]] Article 1\"}\n");
    assert_int_equal(finish(&w), PIN_OK);
    static const char *const codes[] = {"not-checked", "dead-reference", "dead-reference", "duplicate-question",
                                        "dead-reference"};
    static const char *const files[] = {"", "x.jsonl", "x.jsonl", "x.jsonl", "y.jsonl"};
    static const uint32_t    lines[] = {0, 1, 4, 4, 1};
    assert_int_equal(pin_build_finding_count(w.b), 5);
    for (uint32_t i = 0; i < 5; i++) {
        const pin_finding *f = pin_build_finding(w.b, i);
        assert_true(pin_str_equal(f->code, pin_str_of(codes[i])));
        assert_true(pin_str_equal(f->file, pin_str_of(files[i])));
        assert_int_equal(f->line, lines[i]);
    }
    pin_build_free(w.b);
}

static void an_error_fails_a_strict_build_and_no_other(void **state)
{
    world w;
    (void)state;
    start(&w, false);
    add(&w, "x.jsonl", dead);
    assert_int_equal(finish(&w), PIN_OK);
    pin_build_free(w.b);

    start(&w, true);
    add(&w, "x.jsonl", dead);
    assert_int_equal(finish(&w), PIN_BAD_INPUT);
    assert_int_equal(w.bytes.calls, 0);
    assert_int_equal(w.report.item_count, 1); /* what there was is still told */
    pin_build_free(w.b);

    start(&w, true);
    add(&w, "x.jsonl", good);
    assert_int_equal(finish(&w), PIN_OK);
    pin_build_free(w.b);
}

static void nothing_to_index_is_said_so(void **state)
{
    world w;
    (void)state;
    start(&w, false);
    assert_int_equal(finish(&w), PIN_BAD_INPUT);
    assert_int_equal(finish(&w), PIN_BAD_INPUT); /* and there is no second finish */
    pin_build_free(w.b);
    start(&w, false);
    add(&w, "x.jsonl", "{}\nnonsense\n");
    assert_int_equal(finish(&w), PIN_BAD_INPUT);
    assert_int_equal(w.report.skipped_count, 2);
    pin_build_free(w.b);
    pin_build_free(NULL);
}

/* An answer of `len` bytes, between two short ones in its module. */
static void build_with_long(world *w, size_t len)
{
    char *text = malloc(len + 400), *at = text;
    at += sprintf(at, "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Article 1.\"}\n"
                      "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"");
    for (size_t i = 0; i < len; i++)
        *at++ = i % 8 ? 'x' : ' ';
    sprintf(at, "\"}\n{\"id\":\"m/c\",\"question\":\"C?\",\"answer\":\"Article 2.\"}\n");
    start(w, false);
    add(w, "x.jsonl", text);
    assert_int_equal(finish(w), PIN_OK);
    free(text);
}

static void an_item_too_long_for_the_index_is_left_out_and_named(void **state)
{
    world w;
    (void)state;
    build_with_long(&w, PIN_ITEM_MAX - 400);
    assert_int_equal(w.report.item_count, 3);
    pin_build_free(w.b);

    build_with_long(&w, PIN_ITEM_MAX + 1);
    assert_int_equal(w.report.item_count, 2);
    assert_int_equal(w.report.skipped_count, 1);
    bool named = false;
    for (uint32_t i = 0; i < pin_build_finding_count(w.b); i++)
        named |= pin_str_equal(pin_build_finding(w.b, i)->code, PIN_STR("item-too-long")) &&
                 pin_build_finding(w.b, i)->line == 2;
    assert_true(named);
    pin_build_free(w.b);
}

static void a_sink_that_refuses_fails_the_build(void **state)
{
    world    w;
    uint64_t len;
    (void)state;
    start(&w, false);
    add(&w, "x.jsonl", good);
    assert_int_equal(finish(&w), PIN_OK);
    len = w.report.file_len;
    pin_build_free(w.b);
    for (uint64_t at = 0; at < len; at += len / 37 + 1) {
        start(&w, false);
        w.bytes.refuse_at = at;
        add(&w, "x.jsonl", good);
        assert_int_equal(finish(&w), PIN_IO);
        pin_build_free(w.b);
    }
}

/* ---- Threads ---- */
typedef struct kept {
    uint8_t *at;
    size_t   len;
} kept;

static bool keep_bytes(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    kept *k = ctx;
    if (offset + len > k->len) {
        uint8_t *more = realloc(k->at, (size_t)offset + len);
        assert_non_null(more);
        memset(more + k->len, 0, (size_t)offset + len - k->len);
        k->at = more;
        k->len = (size_t)offset + len;
    }
    memcpy(k->at + offset, bytes, len);
    return true;
}

/* More than two tasks of everything that works in tasks, more than the 2 MiB from which items are packed,
 * and in every third item something for a finding. */
static char *many_items(uint32_t count)
{
    static const char *const words[] = {"security", "update", "manufacturer", "of", "the",   "a product", "5 years",
                                        "support",  "risk",   "vulnerability", "is", "market", "SBOM",    "Article 14"};
    char    *text = malloc((size_t)count * 700), *at = text;
    uint64_t state = 1;
    for (uint32_t i = 0; i < count; i++) {
        at += sprintf(at, "{\"id\":\"m%u/i%u\",\"question\":\"What is q%u", i % 7, i, i % (count - 5));
        for (int k = 0; k < 45; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            at += sprintf(at, k == 6 ? "?\",\"answer\":\"%s" : " %s", words[(state >> 33) % 14]);
        }
        at += sprintf(at, "%s w%u.\"}\n", i % 3 ? "" : " [[m1/none]] (see Article 3)", (uint32_t)(state >> 50));
    }
    return text;
}

static kept build_with(const char *text, unsigned threads, char **findings)
{
    pin_build_options options = {.threads = threads};
    kept              file = {0};
    pin_sink          sink = {&file, keep_bytes};
    world             w = {.b = pin_build_new(&options)};
    add(&w, "x.jsonl", text);
    assert_int_equal(pin_build_finish(&w.report, w.b, &sink, &w.err), PIN_OK);
    uint32_t count = pin_build_finding_count(w.b);
    char    *to = *findings = malloc((size_t)count * 400 + 1);
    for (uint32_t i = 0; i < count; i++) {
        const pin_finding *f = pin_build_finding(w.b, i);
        to += sprintf(to, "%u %.*s %.100s|%.*s\n", f->line, (int)f->code.len, f->code.at,
                      f->hint.len ? f->hint.at : "", (int)f->message.len, f->message.at);
    }
    assert_true(count > 3000);
    pin_build_free(w.b);
    return file;
}

static void any_number_of_threads_makes_the_same_file(void **state)
{
    (void)state;
    char *text = many_items(9500), *findings, *again;
    kept  one = build_with(text, 1, &findings);
    for (unsigned threads = 2; threads <= 7; threads += 5) {
        kept other = build_with(text, threads, &again);
        assert_int_equal(other.len, one.len);
        assert_memory_equal(other.at, one.at, one.len);
        assert_string_equal(again, findings);
        free(other.at);
        free(again);
    }
    free(one.at);
    free(findings);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_corpus_is_counted),
        cmocka_unit_test(without_a_sink_nothing_is_written),
        cmocka_unit_test(findings_come_sorted_by_file_and_line),
        cmocka_unit_test(an_error_fails_a_strict_build_and_no_other),
        cmocka_unit_test(nothing_to_index_is_said_so),
        cmocka_unit_test(an_item_too_long_for_the_index_is_left_out_and_named),
        cmocka_unit_test(a_sink_that_refuses_fails_the_build),
        cmocka_unit_test(any_number_of_threads_makes_the_same_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
