/* Safe blocks as terminal text: what a reader sees, line for line, and what must never reach a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/bytes/bytes.h"
#include "core/page/text_blocks.h"
#include "pincite/blocks.h"

/* ---- A small writer of blocks ---- */
typedef struct writer {
    char   at[8192];
    size_t len;
} writer;

static void put(writer *w, uint8_t byte) { w->at[w->len++] = (char)byte; }

static void put_number(writer *w, uint64_t value)
{
    w->len += pin_varint_put((uint8_t *)w->at + w->len, value);
}

static void put_text(writer *w, const char *text)
{
    put_number(w, strlen(text));
    memcpy(w->at + w->len, text, strlen(text));
    w->len += strlen(text);
}

static void text_node(writer *w, const char *text)
{
    put(w, PIN_B_TEXT);
    put_text(w, text);
}

static void paragraph(writer *w, const char *text)
{
    put(w, PIN_B_PARAGRAPH);
    text_node(w, text);
    put(w, PIN_B_END);
}

static void cell(writer *w, const char *text)
{
    put(w, PIN_B_CELL);
    put(w, 0);
    text_node(w, text);
    put(w, PIN_B_END);
}

static void row(writer *w, bool header, const char *a, const char *b)
{
    put(w, PIN_B_ROW);
    put(w, header);
    cell(w, a);
    cell(w, b);
    put(w, PIN_B_END);
}

static void blocks_look_like(const writer *w, pin_text_options options, const char *expected)
{
    char     room[16384];
    pin_buf  out = pin_buf_over(room, sizeof room - 1);
    pin_flow flow;
    pin_flow_init(&flow, &out, &options);
    assert_int_equal(pin_text_blocks(&flow, (pin_str){w->at, w->len}, NULL), PIN_OK);
    assert_int_equal(pin_flow_finish(&flow), PIN_OK);
    room[out.len] = '\0';
    assert_string_equal(room, expected);
}

/* ---- Lines ---- */
static void words_wrap_at_the_width(void **state)
{
    (void)state;
    writer w = {0};
    paragraph(&w, "Manufacturers shall ensure that vulnerabilities are handled effectively.");
    blocks_look_like(&w, (pin_text_options){.width = 40},
                     "Manufacturers shall ensure that\n"
                     "vulnerabilities are handled effectively.\n");
}

static void a_word_wider_than_the_line_is_not_broken(void **state)
{
    (void)state;
    char   url[601] = {0};
    writer w = {0};
    memset(url, 'x', 600);
    put(&w, PIN_B_PARAGRAPH);
    text_node(&w, "see ");
    text_node(&w, url);
    text_node(&w, " there");
    put(&w, PIN_B_END);
    char expected[700];
    snprintf(expected, sizeof expected, "see\n%s\nthere\n", url);
    blocks_look_like(&w, (pin_text_options){.width = 40}, expected);
}

static void parts_of_one_word_stay_together(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_PARAGRAPH);
    text_node(&w, "un");
    put(&w, PIN_B_STRONG);
    text_node(&w, "believ");
    put(&w, PIN_B_END);
    text_node(&w, "able");
    put(&w, PIN_B_END);
    blocks_look_like(&w, (pin_text_options){0}, "unbelievable\n");
    blocks_look_like(&w, (pin_text_options){.colour = true}, "un\x1b[0;1mbeliev\x1b[0mable\n");
}

static void wide_and_combining_characters_take_their_columns(void **state)
{
    (void)state;
    writer w = {0};
    paragraph(
        &w, "東京都東京都東京都東京都東京都 東京都東京 e\xCC\x81"); /* 30 columns, a space, 10, a space, 1 */
    blocks_look_like(&w, (pin_text_options){.width = 42},
                     "東京都東京都東京都東京都東京都 東京都東京\ne\xCC\x81\n");
}

/* ---- Shapes ---- */
static void lists_have_bullets_numbers_and_hanging_indents(void **state)
{
    (void)state;
    writer w = {0};
    paragraph(&w, "It follows that");
    put(&w, PIN_B_LIST);
    put(&w, PIN_B_ENTRY);
    text_node(&w, "one thing is rather longer than the other one");
    put(&w, PIN_B_NUMBERED);
    put_number(&w, 9);
    for (int i = 0; i < 2; i++) {
        put(&w, PIN_B_ENTRY);
        text_node(&w, "inner");
        put(&w, PIN_B_END);
    }
    put(&w, PIN_B_END);
    put(&w, PIN_B_END);
    put(&w, PIN_B_ENTRY);
    paragraph(&w, "first");
    paragraph(&w, "second");
    put(&w, PIN_B_END);
    put(&w, PIN_B_END);
    paragraph(&w, "After.");
    blocks_look_like(&w, (pin_text_options){.width = 40},
                     "It follows that\n"
                     "\n"
                     "• one thing is rather longer than the\n"
                     "  other one\n"
                     "  9. inner\n"
                     "  10. inner\n"
                     "• first\n"
                     "\n"
                     "  second\n"
                     "\n"
                     "After.\n");
}

static void quotes_have_a_mark_on_every_line(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_QUOTE);
    paragraph(&w, "one");
    paragraph(&w, "two");
    put(&w, PIN_B_END);
    paragraph(&w, "three");
    blocks_look_like(&w, (pin_text_options){0}, "> one\n>\n> two\n\nthree\n");
}

static void code_keeps_its_lines_and_spaces(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_CODE_BLOCK);
    put_text(&w, "c");
    put_text(&w, "if (x)\n    y = \"a very long line of code that is wider\";\n\nend\n");
    blocks_look_like(&w, (pin_text_options){.width = 40},
                     "    if (x)\n"
                     "        y = \"a very long line of code that is wider\";\n"
                     "\n"
                     "    end\n");
}

static void a_table_that_fits_has_columns(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_TABLE);
    put_number(&w, 2);
    row(&w, true, "Class", "Examples");
    row(&w, false, "I", "browsers");
    row(&w, false, "important", "hypervisors");
    put(&w, PIN_B_END);
    blocks_look_like(&w, (pin_text_options){0},
                     "Class       Examples\n"
                     "I           browsers\n"
                     "important   hypervisors\n");
}

static void a_table_that_does_not_fit_names_its_cells(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_TABLE);
    put_number(&w, 2);
    row(&w, true, "Class", "Examples");
    row(&w, false, "I", "browsers, password managers, routers");
    row(&w, false, "II", "");
    put(&w, PIN_B_END);
    blocks_look_like(&w, (pin_text_options){.width = 40},
                     "• Class: I\n"
                     "  Examples: browsers, password managers,\n"
                     "  routers\n"
                     "• Class: II\n");
}

static void links_show_where_they_lead(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_PARAGRAPH);
    put(&w, PIN_B_LINK);
    put_text(&w, "https://example.org/");
    text_node(&w, "the guide");
    put(&w, PIN_B_END);
    text_node(&w, " and ");
    put(&w, PIN_B_ITEM_LINK);
    put_text(&w, "stewards/sbom");
    text_node(&w, "this");
    put(&w, PIN_B_END);
    put(&w, PIN_B_END);
    blocks_look_like(&w, (pin_text_options){0},
                     "the guide <https://example.org/> and this [stewards/sbom]\n");
}

/* ---- Safety ---- */
static void no_text_can_drive_a_terminal(void **state)
{
    (void)state;
    writer w = {0};
    /* ESC, BEL, CSI in one byte, right-to-left override, a line separator, DEL */
    paragraph(&w, "a\x1b[31mb\x07"
                  "c\xC2\x9B"
                  "2Jd\xE2\x80\xAE"
                  "e\xE2\x80\xA8"
                  "f\x7f");
    blocks_look_like(&w, (pin_text_options){0}, "a[31mbc2Jdef\n");
}

static void blocks_cut_anywhere_are_refused_without_a_read_outside(void **state)
{
    (void)state;
    writer w = {0};
    put(&w, PIN_B_TABLE);
    put_number(&w, 2);
    row(&w, true, "Class", "Examples");
    row(&w, false, "I", "browsers, password managers, routers");
    put(&w, PIN_B_END);
    for (size_t len = 1; len < w.len; len++) {
        char *exact = malloc(len), room[4096];
        memcpy(exact, w.at, len);
        pin_buf  out = pin_buf_over(room, sizeof room);
        pin_flow flow;
        pin_flow_init(&flow, &out, NULL);
        assert_int_equal(pin_text_blocks(&flow, (pin_str){exact, len}, NULL), PIN_CORRUPT);
        free(exact);
    }
}

static void deep_nesting_keeps_room_for_text(void **state)
{
    (void)state;
    writer w = {0};
    for (int i = 0; i < PIN_BLOCK_DEPTH / 2 - 1; i++) {
        put(&w, PIN_B_LIST);
        put(&w, PIN_B_ENTRY);
    }
    text_node(&w, "deep in here there are still words on lines of some width");
    for (int i = 0; i < PIN_BLOCK_DEPTH / 2 - 1; i++) {
        put(&w, PIN_B_END);
        put(&w, PIN_B_END);
    }
    char     room[4096];
    pin_buf  out = pin_buf_over(room, sizeof room - 1);
    pin_flow flow;
    pin_flow_init(&flow, &out, &(pin_text_options){.width = 40});
    assert_int_equal(pin_text_blocks(&flow, (pin_str){w.at, w.len}, NULL), PIN_OK);
    assert_int_equal(pin_flow_finish(&flow), PIN_OK);
    room[out.len] = '\0';
    assert_non_null(strstr(room, "deep in here there"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_wrap_at_the_width),
        cmocka_unit_test(a_word_wider_than_the_line_is_not_broken),
        cmocka_unit_test(parts_of_one_word_stay_together),
        cmocka_unit_test(wide_and_combining_characters_take_their_columns),
        cmocka_unit_test(lists_have_bullets_numbers_and_hanging_indents),
        cmocka_unit_test(quotes_have_a_mark_on_every_line),
        cmocka_unit_test(code_keeps_its_lines_and_spaces),
        cmocka_unit_test(a_table_that_fits_has_columns),
        cmocka_unit_test(a_table_that_does_not_fit_names_its_cells),
        cmocka_unit_test(links_show_where_they_lead),
        cmocka_unit_test(no_text_can_drive_a_terminal),
        cmocka_unit_test(blocks_cut_anywhere_are_refused_without_a_read_outside),
        cmocka_unit_test(deep_nesting_keeps_room_for_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
