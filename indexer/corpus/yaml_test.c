#include "indexer/corpus/readers.h"
#include "indexer/corpus/testing.h"

enum { TITLE, LIST, TABLE };

typedef struct reading {
    world        w;
    pin_yaml_key keys[4];
    bool         broken;
} reading;

static void read_yaml(reading *r, const char *text)
{
    world_open(&r->w);
    memset(r->keys, 0, sizeof r->keys);
    r->keys[TITLE] = (pin_yaml_key){.name = "title"};
    r->keys[LIST] = (pin_yaml_key){.name = "Related issues", .shape = PIN_YAML_LIST};
    r->keys[TABLE] = (pin_yaml_key){.name = "sources", .shape = PIN_YAML_TABLE};
    assert_int_equal(pin_yaml_read(r->keys, &r->broken, r->w.pool, &r->w.findings, pin_str_of(text),
                                   (pin_origin){PIN_STR("a.md"), 2}),
                     PIN_OK);
}

static void keys_of_each_shape_are_read(void **state)
{
    reading r;
    (void)state;
    read_yaml(
        &r,
        "# a comment\nTITLE: \"A: b\"\nrelated issues:\n  - x\n  - y\n  - z\nsources:\n  cra: laws/cra\n");
    assert_false(r.broken);
    assert_no_findings(&r.w);
    assert_text(r.keys[TITLE].text, "A: b");
    assert_int_equal(r.keys[TITLE].line, 3);
    assert_int_equal(r.keys[LIST].count, 3);
    assert_text(r.keys[LIST].list[2], "z");
    assert_int_equal(r.keys[LIST].lines[2], 7);
    assert_int_equal(r.keys[TABLE].count, 1);
    assert_text(r.keys[TABLE].pairs[0].key, "cra");
    assert_text(r.keys[TABLE].pairs[0].text, "laws/cra");
    world_close(&r.w);
}

static void one_text_is_a_list_of_one(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "Related issues: https://example.org/1, https://example.org/2\ntitle: ~\n");
    assert_int_equal(r.keys[LIST].count, 1);
    assert_text(r.keys[TITLE].text, "");
    assert_no_findings(&r.w);
    world_close(&r.w);
}

static void a_list_of_mappings_has_rows(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "sources:\n- id: cra\n  path: a\n- id: faq\n  path: b\n");
    assert_int_equal(r.keys[TABLE].count, 4);
    assert_int_equal(r.keys[TABLE].pairs[1].row, 0);
    assert_int_equal(r.keys[TABLE].pairs[2].row, 1);
    world_close(&r.w);
}

static void a_duplicate_key_is_an_error_and_the_first_counts(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "title: a\nTitle: b\n");
    assert_finding(&r.w, "duplicate-key", "a.md", 3);
    assert_int_equal(finding(&r.w, "duplicate-key", 0)->severity, PIN_ERROR);
    assert_text(r.keys[TITLE].text, "a");
    assert_false(r.broken);
    world_close(&r.w);
}

static void an_unknown_key_gets_the_nearest_known_one(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "titel: a\ncolour:\n  - red\n  - [blue]\ntitle: b\n");
    assert_finding(&r.w, "unknown-key", "a.md", 2);
    assert_text(finding(&r.w, "unknown-key", 0)->hint, "did you mean 'title'?");
    assert_text(finding(&r.w, "unknown-key", 1)->hint, "");
    assert_text(r.keys[TITLE].text, "b");
    world_close(&r.w);
}

static void broken_yaml_is_told_with_line_and_column(void **state)
{
    static const struct {
        const char *text;
        unsigned    line;
    } cases[] = {
        {"title: The CRA: an act\n", 2}, {"title: a\n\tb: c\n", 3}, {"title: [a, b\nx: y\n", 3},
        {"title: \"never closed\n", 3},  {"- a\n- b\n", 2},         {"just words\n", 2},
        {"title: a\n? [x]\n: y\n", 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r;
        read_yaml(&r, cases[i].text);
        assert_true(r.broken);
        assert_finding(&r.w, "yaml-broken", "a.md", cases[i].line);
        pin_str message = finding(&r.w, "yaml-broken", 0)->message;
        assert_non_null(strstr(pin_pool_format(r.w.pool, "%.*s", PIN_ARG(message)).at, "column"));
        world_close(&r.w);
    }
}

static void aliases_and_deep_nesting_are_refused(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "title: &a x\nRelated issues: [*a, *a]\n");
    assert_true(r.broken);
    assert_finding(&r.w, "yaml-broken", "a.md", 2);
    world_close(&r.w);
    read_yaml(&r, "x: [[[[[[[[[[a]]]]]]]]]]\n");
    assert_true(r.broken);
    world_close(&r.w);
}

static void a_value_of_the_wrong_shape_is_told(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "title: [a, b]\nRelated issues: {a: b}\nsources: x\n");
    assert_false(r.broken);
    assert_int_equal(r.w.findings.count, 3);
    assert_finding(&r.w, "yaml-type", "a.md", 2);
    assert_text(r.keys[TITLE].text, "");
    world_close(&r.w);
}

static void nothing_but_comments_is_nothing(void **state)
{
    reading r;
    (void)state;
    read_yaml(&r, "# only\n");
    assert_false(r.broken);
    assert_no_findings(&r.w);
    world_close(&r.w);
}

static void front_matter_is_split_off(void **state)
{
    (void)state;
    pin_front front = pin_front_split(PIN_STR("---\na: b\n---\r\n# x\n"));
    assert_text(front.yaml, "a: b\n");
    assert_text(front.body, "# x\n");
    assert_int_equal(front.body_line, 4);
    front = pin_front_split(PIN_STR("# x\n---\ny\n"));
    assert_int_equal(front.yaml.len, 0);
    assert_int_equal(front.body_line, 1);
    assert_true(pin_front_split(PIN_STR("---\na: b\n")).open);
    assert_false(pin_front_split(PIN_STR("")).open);
}

static void lines_know_what_is_code(void **state)
{
    pin_lines lines = pin_lines_of(PIN_STR("a\n```x\n# b\n~~~\n```\r\n    ```\nc\n~~~~\n~~~\n~~~~"), 5);
    bool      code[] = {false, true, true, true, true, false, false, true, true, true};
    pin_str   line;
    size_t    start;
    unsigned  i = 0;
    (void)state;
    for (; pin_lines_next(&lines, &line, &start); i++) {
        assert_int_equal(lines.number, 5 + i);
        assert_int_equal(lines.in_code, code[i]);
    }
    assert_int_equal(i, 10);
}

static void headings_are_read_as_commonmark_has_them(void **state)
{
    static const struct {
        const char *line, *text;
        int         level;
    } cases[] = {
        {"# a", "a", 1},      {"## a ##", "a", 2}, {"   ###\ta#", "a#", 3}, {"###### a", "a", 6},
        {"####### a", "", 0}, {"#a", "", 0},       {"    # a", "", 0},      {"#", "", 1},
        {"## # ", "", 2},     {"a # b", "", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pin_str text = {"", 0};
        assert_int_equal(pin_heading_of(&text, pin_str_of(cases[i].line)), cases[i].level);
        if (cases[i].level)
            assert_text(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_each_shape_are_read),
        cmocka_unit_test(one_text_is_a_list_of_one),
        cmocka_unit_test(a_list_of_mappings_has_rows),
        cmocka_unit_test(a_duplicate_key_is_an_error_and_the_first_counts),
        cmocka_unit_test(an_unknown_key_gets_the_nearest_known_one),
        cmocka_unit_test(broken_yaml_is_told_with_line_and_column),
        cmocka_unit_test(aliases_and_deep_nesting_are_refused),
        cmocka_unit_test(a_value_of_the_wrong_shape_is_told),
        cmocka_unit_test(nothing_but_comments_is_nothing),
        cmocka_unit_test(front_matter_is_split_off),
        cmocka_unit_test(lines_know_what_is_code),
        cmocka_unit_test(headings_are_read_as_commonmark_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
