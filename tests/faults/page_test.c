/* Answers in too little memory: every way of writing an answer, with every size of arena and of buffer
 * up to what it needs. Each attempt says PIN_NO_SPACE or gives the very same bytes; memory is lent in exact
 * sizes, so a sanitizer sees one byte too far. The index is built from the golden corpus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/folder/folder.h"
#include "pincite/build.h"
#include "pincite/page.h"

/* ---- The index, once for all tests ---- */
static char         *file_bytes;
static size_t        file_len;
static pin_piece     piece;
static pin_index    *ix;
static unsigned char own[1 << 20];

static bool keep(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    (void)ctx;
    if (offset + len > file_len) {
        file_bytes = realloc(file_bytes, offset + len);
        memset(file_bytes + file_len, 0, offset + len - file_len);
        file_len = offset + len;
    }
    memcpy(file_bytes + offset, bytes, len);
    return true;
}

static int build_index(void **state)
{
    (void)state;
    pin_folder      *corpus, *law;
    pin_build       *b = pin_build_new(&(pin_build_options){.threads = 1});
    pin_build_report report;
    pin_config       config;
    assert_int_equal(pin_folder_open(&corpus, PINCITE_SOURCE_DIR "/tests/golden/corpus", NULL), PIN_OK);
    assert_int_equal(pin_folder_open(&law, PINCITE_SOURCE_DIR "/tests/golden/corpus/law", NULL), PIN_OK);
    assert_int_equal(pin_build_config(&config, b, pin_folder_input(corpus), NULL), PIN_OK);
    assert_int_equal(pin_build_add_source(
                         b, &(pin_input_source){.id = PIN_STR("gga"), .input = *pin_folder_input(law)}, NULL),
                     PIN_OK);
    assert_int_equal(pin_build_add_corpus(b, pin_folder_input(corpus), NULL), PIN_OK);
    assert_int_equal(pin_build_finish(&report, b, &(pin_sink){.write = keep}, NULL), PIN_OK);
    pin_build_free(b);
    pin_folder_free(law);
    pin_folder_free(corpus);
    piece = (pin_piece){0, file_len, (const uint8_t *)file_bytes};
    pin_file  file = {.len = file_len, .pieces = &piece, .piece_count = 1};
    pin_arena arena = pin_arena_over(own, sizeof own);
    assert_int_equal(pin_index_open(&ix, &file, &arena, NULL), PIN_OK);
    return 0;
}

static int drop_index(void **state)
{
    (void)state;
    free(file_bytes);
    return 0;
}

/* ---- One way of answering ---- */
typedef pin_status answer(pin_buf *out, pin_arena *arena);

static uint32_t item_of(const char *id, pin_arena *arena)
{
    uint32_t number = 0;
    if (pin_index_find_item(&number, ix, pin_str_of(id), arena, NULL) == PIN_NO_SPACE)
        return UINT32_MAX;
    return number;
}

static pin_status search_json(pin_buf *out, pin_arena *arena)
{
    pin_hits   hits;
    pin_str    query = PIN_STR("squeek reported to the keeper under Article 4(1) \"final report\"");
    pin_status status = pin_search(&hits, ix, query, &(pin_search_options){.explain = true}, arena, NULL);
    return status == PIN_OK
               ? pin_json_search(out, ix, query, &hits, &(pin_json_options){.explain = true}, arena, NULL)
               : status;
}

static pin_status search_text(pin_buf *out, pin_arena *arena)
{
    pin_hits   hits;
    pin_str    query = PIN_STR("squeek of a zeppelin");
    pin_status status = pin_search(&hits, ix, query, &(pin_search_options){.k = 3}, arena, NULL);
    return status == PIN_OK
               ? pin_text_search(out, ix, query, &hits, &(pin_text_options){.colour = true}, arena, NULL)
               : status;
}

static pin_status item_answer(pin_buf *out, pin_arena *arena, const char *id, int form)
{
    uint32_t item = item_of(id, arena);
    if (item == UINT32_MAX)
        return PIN_NO_SPACE;
    if (form == 0)
        return pin_json_item(out, ix, item, arena, NULL);
    if (form == 1)
        return pin_text_item(out, ix, item, &(pin_text_options){.width = 60}, arena, NULL);
    return pin_markdown_item(out, ix, item, arena, NULL);
}

static pin_status item_json(pin_buf *out, pin_arena *arena)
{
    return item_answer(out, arena, "keepers/support-period", 0);
}
static pin_status item_text(pin_buf *out, pin_arena *arena)
{
    return item_answer(out, arena, "gates/closing", 1);
}
static pin_status item_markdown(pin_buf *out, pin_arena *arena)
{
    return item_answer(out, arena, "gates/squeaks", 2);
}

static pin_status law_answer(pin_buf *out, pin_arena *arena, bool json)
{
    pin_refs   refs;
    pin_law    law = pin_index_law(ix);
    pin_str    written = PIN_STR("Annex I, Part II, points (1)-(3), Article 99 and Article 5 of the GDPR");
    pin_status status = pin_cite_scan(&refs, written, PIN_CITE_QUERY, &law, arena, NULL);
    if (status != PIN_OK)
        return status;
    return json ? pin_json_law(out, ix, written, &refs, arena, NULL)
                : pin_text_law(out, ix, written, &refs, NULL, arena, NULL);
}

static pin_status law_json(pin_buf *out, pin_arena *arena) { return law_answer(out, arena, true); }
static pin_status law_text(pin_buf *out, pin_arena *arena) { return law_answer(out, arena, false); }

static pin_status citing_json(pin_buf *out, pin_arena *arena)
{
    pin_citings citings;
    pin_status  status = pin_citings_of(&citings, ix, PIN_STR("gga"), PIN_STR("art_3.par_2"), arena, NULL);
    return status == PIN_OK
               ? pin_json_citings_of(out, ix, PIN_STR("gga"), PIN_STR("art_3.par_2"), &citings, arena, NULL)
               : status;
}

static pin_status citing_text(pin_buf *out, pin_arena *arena)
{
    pin_citings citings; /* of an act that the index does not hold: found by reading every item */
    pin_status  status = pin_citings_of(&citings, ix, PIN_STR("nowhere"), PIN_STR("art_1"), arena, NULL);
    return status == PIN_OK ? pin_text_citings_of(out, ix, PIN_STR("nowhere"), PIN_STR("art_1"), &citings,
                                                  NULL, arena, NULL)
                            : status;
}

static pin_status provision_json(pin_buf *out, pin_arena *arena)
{
    return pin_json_provision(out, ix, 9, arena, NULL);
}
static pin_status coverage_json(pin_buf *out, pin_arena *arena)
{
    return pin_json_coverage(out, ix, arena, NULL);
}

/* ---- Too little of everything ---- */
static pin_status attempt(answer *ask, size_t arena_size, size_t buffer_size, char *bytes, size_t *wanted)
{
    unsigned char *memory = malloc(arena_size ? arena_size : 1);
    char          *buffer = malloc(buffer_size ? buffer_size : 1);
    pin_arena      arena = pin_arena_over(memory, arena_size);
    pin_buf        out = pin_buf_over(buffer, buffer_size);
    pin_status     status = ask(&out, &arena);
    *wanted = out.len;
    if (status == PIN_OK) {
        assert_true(out.len <= buffer_size);
        memcpy(bytes, buffer, out.len);
    }
    free(buffer);
    free(memory);
    return status;
}

static void answers_alike_or_not_at_all(answer *ask)
{
    enum { ROOM = 1 << 20 };
    char  *expected = malloc(ROOM), *got = malloc(ROOM);
    size_t len, got_len, enough = 0;
    assert_int_equal(attempt(ask, ROOM, ROOM, expected, &len), PIN_OK);
    assert_true(len > 0);
    for (size_t size = 0;; size += size < 4096 ? 7 : 509) {
        pin_status status = attempt(ask, size, len, got, &got_len);
        if (status == PIN_OK) {
            enough = size;
            break;
        }
        assert_int_equal(status, PIN_NO_SPACE);
        assert_true(size < ROOM);
    }
    assert_int_equal(got_len, len);
    assert_memory_equal(got, expected, len);
    for (size_t size = 0; size < len; size += size < 512 ? 1 : 61) {
        assert_int_equal(attempt(ask, enough + 4096, size, got, &got_len), PIN_NO_SPACE);
        assert_int_equal(got_len, len); /* what is wanted is known after one attempt */
    }
    free(got);
    free(expected);
}

#define FAULTS(name)                                                                                         \
    static void name##_in_too_little_memory(void **state)                                                    \
    {                                                                                                        \
        (void)state;                                                                                         \
        answers_alike_or_not_at_all(name);                                                                   \
    }
FAULTS(search_json)
FAULTS(search_text)
FAULTS(item_json)
FAULTS(item_text)
FAULTS(item_markdown)
FAULTS(law_json)
FAULTS(law_text)
FAULTS(citing_json)
FAULTS(citing_text)
FAULTS(provision_json)
FAULTS(coverage_json)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_json_in_too_little_memory),
        cmocka_unit_test(search_text_in_too_little_memory),
        cmocka_unit_test(item_json_in_too_little_memory),
        cmocka_unit_test(item_text_in_too_little_memory),
        cmocka_unit_test(item_markdown_in_too_little_memory),
        cmocka_unit_test(law_json_in_too_little_memory),
        cmocka_unit_test(law_text_in_too_little_memory),
        cmocka_unit_test(citing_json_in_too_little_memory),
        cmocka_unit_test(citing_text_in_too_little_memory),
        cmocka_unit_test(provision_json_in_too_little_memory),
        cmocka_unit_test(coverage_json_in_too_little_memory),
    };
    return cmocka_run_group_tests(tests, build_index, drop_index);
}
