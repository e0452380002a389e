#include "core/bytes/bytes.h"
#include "indexer/corpus/testing.h"

static pin_marked mark_in(world *w, const pin_markdown *in)
{
    pin_marked marked;
    assert_int_equal(pin_markdown_blocks(&marked, w->pool, &w->findings, in), PIN_OK);
    return marked;
}

static pin_marked mark(world *w, const char *text)
{
    pin_markdown in = {
        .text = pin_str_of(text), .origin = {PIN_STR("a.md"), 10}, .folder = PIN_STR("stewards")};
    return mark_in(w, &in);
}

static void assert_blocks(const char *text, const char *expected)
{
    world w;
    world_open(&w);
    assert_string_equal(blocks_line(mark(&w, text).blocks), expected);
    world_close(&w);
}

static void blocks_say_what_the_markdown_says(void **state)
{
    (void)state;
    assert_blocks("a *b* **c** ~~d~~ `e`", "p('a ' em('b') ' ' strong('c') ' ' strike('d') ' ' code<e|>)");
    assert_blocks("- a\n- b\n  - c", "list(entry('a') entry('b' list(entry('c'))))");
    assert_blocks("3. a\n\n4. b", "ol3(entry(p('a')) entry(p('b')))");
    assert_blocks("> a\n\n---", "quote(p('a')) rule");
    assert_blocks("```c\nint x;\n  y\n```", "pre<c|int x;\n  y>");
    assert_blocks("a  \nb\nc", "p('a' br 'b c')");
    assert_blocks("| a | b |\n|---|:-:|\n| c | d |",
                  "table2(row1(cell('a') cell2('b')) row(cell('c') cell2('d')))");
    assert_blocks("![words](pic.png)", "p(img<pic.png|words>)");
    assert_blocks("&amp; &eacute; &#65; &#x1F600; &unknown; &#0;",
                  "p('& \xC3\xA9 A \xF0\x9F\x98\x80 &unknown; \xEF\xBF\xBD')");
    assert_blocks("", "");
}

static void tables_need_one_dash_a_column_only(void **state)
{
    (void)state;
    assert_blocks("| a | b |\n| - |:-: |\n| c | d |",
                  "table2(row1(cell('a') cell2('b')) row(cell('c') cell2('d')))");
}

static void a_table_right_after_text_keeps_its_lines(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_marked m =
        mark(&w, "text\n| a | b |\n|---|---|\n| [[x]] | d |\n\n[[y]]\ntext\n| a |\n|-|\n| [[z]] |\n");
    assert_string_equal(blocks_line(m.blocks),
                        "p('text') table2(row1(cell('a') cell('b')) row(cell(item#0('x')) cell('d'))) "
                        "p(item#1('y') ' text') table1(row1(cell('a')) row(cell(item#2('z'))))");
    assert_int_equal(m.links[0].line, 13);
    assert_int_equal(m.links[1].line, 15);
    assert_int_equal(m.links[2].line, 19);
    world_close(&w);
}

static void headings_stay_below_the_question(void **state)
{
    world        w;
    pin_markdown in = {.text = PIN_STR("# a\n\n## b\n\n###### c"), .heading_shift = 1};
    (void)state;
    world_open(&w);
    assert_string_equal(blocks_line(mark_in(&w, &in).blocks), "h3('a') h3('b') h6('c')");
    world_close(&w);
}

static void raw_html_is_text(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    assert_string_equal(blocks_line(mark(&w, "a <b onclick=\"x()\">c</b>").blocks),
                        "p('a <b onclick=\"x()\">c</b>')");
    assert_string_equal(blocks_line(mark(&w, "<script>\nalert(1)\n</script>").blocks),
                        "p('<script>' br 'alert(1)' br '</script>')");
    assert_int_equal(finding(&w, "raw-html", 0)->severity, PIN_NOTE);
    world_close(&w);
}

static void only_harmless_addresses_survive(void **state)
{
    static const char *const unsafe[] = {
        "[w](javascript:alert(1))",      "[w](JavaScript:alert(1))",
        "[w](data:text/html,x)",         "[w](vbscript:x)",
        "[w](javascript&#58;alert(1))",  "[w](&#106;avascript:alert(1))",
        "[w](java&#10;script:alert(1))", "[w](&#1;javascript:alert(1))",
        "[w](file:///etc/passwd)",       "[w](//example.org/x)",
        "[w](/\\example.org)",           "[w](\\\\example.org)",
        "[w](<javascript:alert(1)>)",    "[w][r]\n\n[r]: javascript:x",
        "[w](&Tab;javascript:x)",
    };
    static const char *const safe[] = {
        "https://example.org/a?b=c#d", "http://example.org", "mailto:a@example.org", "/law/cra/", "pic.png",
        "a/b.html?x=javascript:1"};
    char text[200];
    (void)state;
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
        world w;
        world_open(&w);
        assert_string_equal(blocks_line(mark(&w, unsafe[i]).blocks), "p('w')");
        assert_finding(&w, "unsafe-link", "a.md", strstr(unsafe[i], "[r]:") ? 12 : 10);
        world_close(&w);
    }
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++) {
        world w;
        char  expected[200];
        world_open(&w);
        snprintf(text, sizeof text, "[w](%s)", safe[i]);
        snprintf(expected, sizeof expected, "p(link<%s|>('w'))", safe[i]);
        assert_string_equal(blocks_line(mark(&w, text).blocks), expected);
        assert_no_findings(&w);
        world_close(&w);
    }
}

static void addresses_that_overlap_emphasis_stay_in_one_piece(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    blocks_line(
        mark(&w, "*a *a *b https://e.org/1, https://e.org*b*b*,b*b*").blocks); /* asserts that it walks */
    blocks_line(mark(&w, "**a https://e.org**b *c https://e.org/*d* e_").blocks);
    world_close(&w);
}

static void an_unsafe_image_leaves_its_words(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    assert_string_equal(blocks_line(mark(&w, "![words](javascript:x)").blocks), "p('words')");
    assert_non_null(finding(&w, "unsafe-link", 0));
    world_close(&w);
}

static void addresses_in_the_text_become_links(void **state)
{
    (void)state;
    assert_blocks("see https://example.org/a now",
                  "p('see ' link<https://example.org/a|>('https://example.org/a') ' now')");
    assert_blocks("<mailto:a@example.org>", "p(link<mailto:a@example.org|>('mailto:a@example.org'))");
    assert_blocks("ftp://example.org/a", "p('ftp://example.org/a')");
}

static void references_become_numbered_placeholders(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_marked m =
        mark(&w, "See [[Article  13(8)]],\n[[stewards/sbom|here]] and `[[code]]`.\n\n"
                 "[x](../cra-itself/scope.md#a), [y](./sbom.md), [z](../due-diligence/), [q](#part)");
    assert_string_equal(blocks_line(m.blocks),
                        "p('See ' item#0('Article 13(8)') ', ' item#1('here') ' and ' code<[[code]]|> '.') "
                        "p(item#2('x') ', ' item#3('y') ', ' item#4('z') ', ' item#5('q'))");
    static const struct {
        const char *target, *written;
        bool        is_path, has_words;
        unsigned    line;
    } expected[] = {
        {"Article 13(8)", "[[Article 13(8)]]", false, false, 10},
        {"stewards/sbom", "[[stewards/sbom]]", false, true, 11},
        {"cra-itself/scope#a", "../cra-itself/scope.md#a", true, true, 13},
        {"stewards/sbom", "./sbom.md", true, true, 13},
        {"due-diligence", "../due-diligence/", true, true, 13},
        {"#part", "#part", true, true, 13},
    };
    assert_int_equal(m.link_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_text(m.links[i].target, expected[i].target);
        assert_text(m.links[i].written, expected[i].written);
        assert_int_equal(m.links[i].is_path, expected[i].is_path);
        assert_int_equal(m.links[i].has_words, expected[i].has_words);
        assert_int_equal(m.links[i].line, expected[i].line);
    }
    assert_text(m.plain, "See Article 13(8), here and [[code]].\n\nx, y, z, q");
    world_close(&w);
}

static void paths_do_not_leave_the_corpus_unseen(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_marked m = mark(&w, "[a](../../up.md) [b](x/../../README.md) [c](../stewards/README.md)");
    assert_text(m.links[0].target, "../up");
    assert_text(m.links[1].target, "README");
    assert_text(m.links[2].target, "stewards");
    world_close(&w);
}

static void bullets_of_plain_text_make_one_tight_list(void **state)
{
    world        w;
    pin_markdown in = {
        .text = PIN_STR("Two:\n\n\xE2\x80\xA2 a\n\n\xE2\x80\xA2 b\n\nAfter.\n\n2024. A year.\n\n1. one"),
        .bullets = true};
    (void)state;
    world_open(&w);
    assert_string_equal(
        blocks_line(mark_in(&w, &in).blocks),
        "p('Two:') list(entry('a') entry('b')) p('After.') p('2024. A year.') ol1(entry('one'))");
    world_close(&w);
}

static void footnotes_keep_their_numbers_and_lines(void **state)
{
    (void)state;
    assert_blocks("a[^1] b[^note]\n\n[^1]: first\n[^note]: second",
                  "p('a[1] b[note]') p('[1]: first' br '[note]: second')");
    assert_blocks("```\nx[^1]\n```", "pre<|x[^1]>");
}

static void what_is_nested_too_deeply_keeps_its_words(void **state)
{
    world w;
    char  text[4000];
    (void)state;
    world_open(&w);
    for (unsigned depth = 1; depth < 400; depth += 7) {
        size_t len = 0;
        for (unsigned i = 0; i < depth; i++)
            text[len++] = '>';
        len += (size_t)sprintf(text + len, " - deep *words* here\n");
        pin_marked m = mark(&w, text);
        blocks_line(m.blocks);
        assert_text(m.plain, "deep words here");
    }
    assert_non_null(finding(&w, "too-deep", 0));
    size_t len = 0;
    for (unsigned i = 0; i < 500; i++)
        len += (size_t)sprintf(text + len, "*a ");
    for (unsigned i = 0; i < 500; i++)
        len += (size_t)sprintf(text + len, "b*");
    blocks_line(mark(&w, text).blocks);
    world_close(&w);
}

static void a_table_of_many_columns_is_text(void **state)
{
    world  w;
    char   text[8000];
    size_t len = 0;
    (void)state;
    for (int i = 0; i < 1000; i++)
        len += (size_t)sprintf(text + len, "|a");
    len += (size_t)sprintf(text + len, "|\n");
    for (int i = 0; i < 1000; i++)
        len += (size_t)sprintf(text + len, "|---");
    sprintf(text + len, "|\n|b|\n");
    world_open(&w);
    pin_marked m = mark(&w, text);
    assert_int_equal(m.blocks.at[0], PIN_B_PARAGRAPH);
    assert_non_null(finding(&w, "table-too-wide", 0));
    assert_true(m.plain.len < 8000);
    world_close(&w);
}

static void every_entity_of_html_is_known_and_sorted(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    assert_text(mark(&w, "&AElig;&zwnj;x&NotEqualTilde;&CounterClockwiseContourIntegral;&lt;&gt;").plain,
                "\xC3\x86\xE2\x80\x8Cx\xE2\x89\x82\xCC\xB8\xE2\x88\xB3<>");
    world_close(&w);
}

static void a_line_of_markup_becomes_plain_words(void **state)
{
    pin_pool *pool = pin_pool_new();
    (void)state;
    assert_text(pin_markdown_line(pool, PIN_STR("What is an _open-source\tsteward_  &amp; `x`?")),
                "What is an open-source steward & x?");
    assert_text(pin_markdown_line(pool, PIN_STR("1. What *is* it?")), "1. What is it?");
    assert_text(pin_markdown_line(pool, PIN_STR("# not a heading *x*")), "# not a heading x");
    assert_text(pin_markdown_line(pool, PIN_STR("[[Article 13]] \x01\x02")), "Article 13");
    assert_text(pin_markdown_line(pool, PIN_STR("")), "");
    pin_pool_free(pool);
}

static void control_characters_do_not_reach_the_text(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    assert_string_equal(blocks_line(mark(&w, "a\x1b[31mb &#27;c `d\x1b` \x7f").blocks),
                        "p('a [31mb c ' code<d |> ' ')");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_say_what_the_markdown_says),
        cmocka_unit_test(tables_need_one_dash_a_column_only),
        cmocka_unit_test(a_table_right_after_text_keeps_its_lines),
        cmocka_unit_test(headings_stay_below_the_question),
        cmocka_unit_test(raw_html_is_text),
        cmocka_unit_test(only_harmless_addresses_survive),
        cmocka_unit_test(addresses_that_overlap_emphasis_stay_in_one_piece),
        cmocka_unit_test(an_unsafe_image_leaves_its_words),
        cmocka_unit_test(addresses_in_the_text_become_links),
        cmocka_unit_test(references_become_numbered_placeholders),
        cmocka_unit_test(paths_do_not_leave_the_corpus_unseen),
        cmocka_unit_test(bullets_of_plain_text_make_one_tight_list),
        cmocka_unit_test(footnotes_keep_their_numbers_and_lines),
        cmocka_unit_test(what_is_nested_too_deeply_keeps_its_words),
        cmocka_unit_test(a_table_of_many_columns_is_text),
        cmocka_unit_test(every_entity_of_html_is_known_and_sorted),
        cmocka_unit_test(a_line_of_markup_becomes_plain_words),
        cmocka_unit_test(control_characters_do_not_reach_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
