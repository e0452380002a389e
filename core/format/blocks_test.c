/* Blocks: what a walk accepts, what it refuses, and the plain text of each kind of node. The expected
 * values are written by hand from include/pincite/blocks.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pincite/blocks.h"

#define BLOCKS(literal) ((pin_str){(literal), sizeof(literal) - 1})

static bool walks(pin_str blocks)
{
    pin_block_walk walk;
    pin_block      node;
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &node)) {
    }
    return !walk.failed;
}

static void assert_plain(pin_str blocks, const char *expected)
{
    char    room[512];
    pin_buf out = pin_buf_over(room, sizeof room);
    assert_int_equal(pin_blocks_plain(&out, blocks), PIN_OK);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(room, expected, out.len);
    /* a buffer that is too small says how much is needed */
    pin_buf none = pin_buf_over(NULL, 0);
    assert_int_equal(pin_blocks_plain(&none, blocks), out.len ? PIN_NO_SPACE : PIN_OK);
    assert_int_equal(none.len, out.len);
}

static void nothing_is_a_valid_answer(void **state)
{
    (void)state;
    assert_true(walks((pin_str){0}));
    assert_plain((pin_str){0}, "");
}

static void paragraphs_are_parted_by_a_blank_line(void **state)
{
    (void)state;
    assert_plain(BLOCKS("\x01\x28\x03"
                        "one\x00\x01\x28\x03"
                        "two\x00"),
                 "one\n\ntwo\n");
}

static void entries_and_rows_end_with_a_line_end_and_cells_are_parted_by_tabs(void **state)
{
    (void)state;
    assert_plain(BLOCKS("\x03\x05\x28\x01"
                        "a\x00\x05\x01\x28\x01"
                        "b\x00\x00\x00"),
                 "a\nb\n");
    assert_plain(BLOCKS("\x07\x02\x08\x01\x09\x00\x28\x01"
                        "h\x00\x09\x01\x28\x01"
                        "i\x00\x00\x08\x00\x09\x00\x28\x01"
                        "j\x00\x09\x00\x00\x00\x00"),
                 "h\ti\nj\t\n");
}

static void inline_nodes_give_their_words(void **state)
{
    (void)state;
    /* paragraph: strong "s", link "l", break, code "c", image with text "alt", cite "w" */
    assert_plain(BLOCKS("\x01\x15\x28\x01"
                        "s\x00\x17\x05"
                        "/here\x28\x01"
                        "l\x00\x2a\x29\x01"
                        "c\x2b\x03"
                        "/im\x03"
                        "alt\x19\x07\x28\x01"
                        "w\x00\x00"),
                 "sl\ncaltw\n");
    assert_plain(BLOCKS("\x0a\x01"
                        "c\x06"
                        "int x;\x0b"),
                 "int x;\n");
}

static void the_end_of_a_container_says_what_it_closes(void **state)
{
    (void)state;
    pin_block_walk walk;
    pin_block      node;
    pin_block_walk_init(&walk, BLOCKS("\x04\x07\x05\x00\x00"));
    assert_true(pin_block_next(&walk, &node));
    assert_int_equal(node.op, PIN_B_NUMBERED);
    assert_int_equal(node.number, 7);
    assert_true(pin_block_next(&walk, &node));
    assert_true(pin_block_next(&walk, &node));
    assert_int_equal(node.op, PIN_B_END);
    assert_int_equal(node.number, PIN_B_ENTRY);
    assert_true(pin_block_next(&walk, &node));
    assert_int_equal(node.number, PIN_B_NUMBERED);
    assert_false(pin_block_next(&walk, &node));
    assert_false(walk.failed);
}

static void what_no_writer_makes_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        pin_str     blocks;
    } cases[] = {
        {"an opcode that does not exist", BLOCKS("\x0c")},
        {"an end of nothing", BLOCKS("\x00")},
        {"a paragraph that never ends", BLOCKS("\x01")},
        {"text outside a paragraph", BLOCKS("\x28\x01x")},
        {"text that is longer than the rest", BLOCKS("\x01\x28\x09x\x00")},
        {"text that is not UTF-8", BLOCKS("\x01\x28\x01\xff\x00")},
        {"a heading of level 1", BLOCKS("\x02\x01\x00")},
        {"a heading of level 7", BLOCKS("\x02\x07\x00")},
        {"an entry outside a list", BLOCKS("\x05\x00")},
        {"a paragraph in a list without entry", BLOCKS("\x03\x01\x00\x00")},
        {"a row outside a table", BLOCKS("\x08\x00\x00")},
        {"a cell outside a row", BLOCKS("\x07\x01\x09\x00\x00\x00")},
        {"a table without columns", BLOCKS("\x07\x00\x00")},
        {"a table with 65 columns", BLOCKS("\x07\x41\x00")},
        {"an alignment that does not exist", BLOCKS("\x07\x01\x08\x00\x09\x04\x00\x00\x00")},
        {"a paragraph inside emphasis", BLOCKS("\x01\x14\x01\x00\x00\x00")},
        {"a link that runs script", BLOCKS("\x01\x17\x0c"
                                           "javascript:x\x00\x00")},
        {"an image of data", BLOCKS("\x01\x2b\x06"
                                    "data:x\x00\x00")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (walks(cases[i].blocks))
            fail_msg("accepted: %s", cases[i].why);
}

static void nesting_ends_at_its_limit(void **state)
{
    (void)state;
    char text[PIN_BLOCK_DEPTH * 2 + 2];
    memset(text, PIN_B_QUOTE, sizeof text);
    memset(text + PIN_BLOCK_DEPTH, PIN_B_END, PIN_BLOCK_DEPTH);
    assert_true(walks((pin_str){text, PIN_BLOCK_DEPTH * 2}));
    memset(text, PIN_B_QUOTE, PIN_BLOCK_DEPTH + 1);
    memset(text + PIN_BLOCK_DEPTH + 1, PIN_B_END, PIN_BLOCK_DEPTH + 1);
    assert_false(walks((pin_str){text, PIN_BLOCK_DEPTH * 2 + 2}));
}

static void only_safe_addresses_are_links(void **state)
{
    (void)state;
    static const char *const safe[] = {"https://example.org/a:b",
                                       "HTTP://x",
                                       "mailto:a@b",
                                       "/a",
                                       "a/b:c",
                                       "#x:y",
                                       "?q=a:b",
                                       "",
                                       "../x.md",
                                       "//host/x"};
    static const char *const bad[] = {"javascript:x",     "JavaScript:x",
                                      "java\tscript:x",   " javascript:x",
                                      "data:text/html,x", "file:///etc/passwd",
                                      "vbscript:x",       ":x",
                                      "https\n:x",        "a\x7f"};
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (!pin_url_is_safe(pin_str_of(safe[i])))
            fail_msg("refused: %s", safe[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (pin_url_is_safe(pin_str_of(bad[i])))
            fail_msg("accepted: %s", bad[i]);
}

/* Every cut of a valid sequence is either valid itself or refused, never read beyond. */
static void every_truncation_is_refused_or_whole(void **state)
{
    (void)state;
    static const char whole[] =
        "\x01\x28\x03one\x17\x02/a\x28\x01l\x00\x00\x07\x01\x08\x01\x09\x00\x28\x01h\x00\x00\x00";
    uint32_t good = 0;
    for (size_t len = 0; len < sizeof whole; len++) {
        char *copy = malloc(len ? len : 1);
        memcpy(copy, whole, len);
        good += walks((pin_str){copy, len});
        free(copy);
    }
    assert_int_equal(good, 3); /* nothing, the paragraph, and all of it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_a_valid_answer),
        cmocka_unit_test(paragraphs_are_parted_by_a_blank_line),
        cmocka_unit_test(entries_and_rows_end_with_a_line_end_and_cells_are_parted_by_tabs),
        cmocka_unit_test(inline_nodes_give_their_words),
        cmocka_unit_test(the_end_of_a_container_says_what_it_closes),
        cmocka_unit_test(what_no_writer_makes_is_refused),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(only_safe_addresses_are_links),
        cmocka_unit_test(every_truncation_is_refused_or_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
