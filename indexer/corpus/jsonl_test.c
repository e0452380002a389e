#include "indexer/corpus/testing.h"

static void read_lines(world *w, const char *text) { world_read(w, false, "items.jsonl", text, NULL); }

static void ids_follow_the_rules(void **state)
{
    static const struct {
        const char *line, *id, *given, *title;
    } cases[] = {
        /* DESIGN.md, "Input" 3 */
        {"\"id\":\"seed:01\",\"module\":\"CRA Secure-by-Default\"", "cra-secure-by-default/seed-01",
         "seed:01", "CRA Secure-by-Default"},
        {"\"id\":\"cfaq:4.2.5\"", "cfaq/4-2-5", "cfaq:4.2.5", "cfaq"},
        {"\"id\":\"orc:stewards/sbom\"", "orc-stewards/sbom", "orc:stewards/sbom", "orc:stewards"},
        {"\"id\":\"stewards/sbom\",\"module\":\"Stewards\"", "stewards/sbom", "", "Stewards"},
        {"\"id\":\"a/b/c\"", "a-b/c", "a/b/c", "a/b"},
        {"\"section\":\"1.2\",\"chapter\":\"Scope\"", "scope/1-2", "1.2", "Scope"},
        {"\"id\":17,\"module\":\"m\",\"module_title\":\"The M\"", "m/17", "17", "The M"},
        {"\"id\":\"plain\"", "test/plain", "plain", "test"}, /* of the name of the corpus */
        {"\"module\":\"m\"", "m/what-is-it", "", "m"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;
        world_open(&w);
        read_lines(
            &w, pin_pool_format(w.pool, "{%s,\"question\":\"What is it?\",\"answer\":\"It.\"}", cases[i].line)
                    .at);
        world_finish(&w);
        const pin_draft_item *item = item_of(&w, cases[i].id);
        assert_text(item->given_id, cases[i].given);
        assert_text(w.corpus.modules[0].title, cases[i].title);
        if (cases[i].given[0])
            assert_int_equal(pin_corpus_target(&w.corpus, (pin_str){0}, pin_str_of(cases[i].given)).kind,
                             PIN_TARGET_ITEM);
        world_close(&w);
    }
}

static void all_keys_are_read(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    read_lines(
        &w, "{\"id\":\"m/a\",\"question\":\"Q _one_?\",\"answer\":\"Two:\\n\\n\\u2022 a\\n\\n\\u2022 "
            "b\",\"verdict\":\"V.\","
            "\"citations\":[{\"source\":\"CRA\",\"provision\":\"Article 1\",\"note\":\"n\",\"quote\":\"q\"},"
            "\"Article 2\",{\"source\":\"FAQ\"},{\"provision\":\"Article "
            "3\"}],\"status\":\"draft\",\"author\":\"A\","
            "\"published\":\"2026-01-01\",\"updated\":\"2026-01-02\",\"language\":\"en\","
            "\"related\":[\"https://e.org\"]}\n");
    world_finish(&w);
    assert_no_findings(&w);
    const pin_draft_item *item = item_of(&w, "m/a");
    assert_text(item->question, "Q one?");
    assert_string_equal(blocks_line(item->blocks), "p('Two:') list(entry('a') entry('b'))");
    assert_text(item->verdict, "V.");
    assert_text(item->status, "draft");
    assert_text(item->author, "A");
    assert_text(item->published, "2026-01-01");
    assert_text(item->updated, "2026-01-02");
    assert_text(item->language, "en");
    assert_text(item->related[0], "https://e.org");
    assert_int_equal(item->entry_count, 4);
    assert_text(item->entries[0].written, "Article 1, CRA");
    assert_text(item->entries[0].source, "CRA");
    assert_text(item->entries[0].note, "n");
    assert_text(item->entries[0].quote, "q");
    assert_text(item->entries[1].written, "Article 2");
    assert_text(item->entries[2].written, "FAQ");
    assert_text(item->entries[3].written, "Article 3");
    world_close(&w);
}

static void title_and_text_are_synonyms(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    read_lines(&w, "{\"id\":\"m/a\",\"title\":\"Q?\",\"text\":\"No. Never.\",\"citations\":null}");
    world_finish(&w);
    assert_no_findings(&w);
    assert_text(item_of(&w, "m/a")->verdict, "No.");
    world_close(&w);
}

static void keys_can_have_other_names(void **state)
{
    world             w;
    pin_build_options options = {.map = PIN_STR("id=nr, module=kapitel,question=frage"),
                                 .module = PIN_STR("Home")};
    pin_input_file    file = {PIN_STR("x.jsonl"), PIN_STR("x.jsonl"),
                              PIN_STR("{\"nr\":\"1\",\"kapitel\":\"K\",\"frage\":\"Q?\",\"answer\":\"A.\"}\n"
                                         "{\"nr\":\"2\",\"frage\":\"R?\",\"answer\":\"B.\"}\n")};
    (void)state;
    world_open(&w);
    world_read_bytes(&w, false, &file, 1, &options);
    world_finish(&w);
    assert_no_findings(&w);
    assert_text(item_of(&w, "k/1")->question, "Q?");
    assert_text(item_of(&w, "home/2")->question, "R?");
    world_close(&w);
    options.map = PIN_STR("nosuch=x,id");
    world_open(&w);
    world_read_bytes(&w, false, &file, 1, &options);
    assert_non_null(finding(&w, "bad-map", 1));
    world_close(&w);
}

static void bad_lines_are_told_and_the_others_build(void **state)
{
    static const char text[] =
        "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"x\"}\n"
        "{\"id\":\"m/b\",\"question\":\"B?\",\n"
        "\n"
        "[1,2]\n"
        "{\"id\":\"m/c\",\"question\":[\"C?\"]}\n"
        "{\"id\":\"m/d\",\"question\":\"D?\",\"id\":\"m/e\"}\n"
        "{\"id\":\"m/f\",\"question\":\"caf\xE9?\"}\n"
        "{\"id\":\"m/g\"}\n"
        "{\"id\":{},\"question\":\"G?\"}\n"
        "{\"id\":\"m/h\",\"question\":\"H?\",\"answer\":7,\"citations\":\"Article 1\"}\n"
        "{\"id\":\"m/i\",\"question\":\"I?\",\"answer\":\"x\",\"citations\":[3,{\"note\":1},{}]}\n"
        "{\"id\":\"\xE5\x95\x8F\",\"module\":\"m\",\"question\":\"J?\"}\n"
        "{\"id\":\"m/k\",\"question\":\"a\\u0000b\"}\n"
        "{\"id\":\"m/l\",\"question\":\"L?\",\"answer\":\"x\",\"nonsense\":1}\r\n"
        "{\"id\":\"m/m\",\"question\":\"M?\",\"answer\":\"x\",\"nonsense\":1}";
    world w;
    (void)state;
    world_open(&w);
    read_lines(&w, text);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 5); /* a h i l m */
    assert_int_equal(w.corpus.skipped_count, 9);
    assert_finding(&w, "json-broken", "items.jsonl", 2);
    assert_finding(&w, "json-type", "items.jsonl", 4);
    assert_int_equal(finding(&w, "json-type", 1)->line, 5);
    assert_int_equal(finding(&w, "json-broken", 1)->line, 6); /* duplicate key */
    assert_finding(&w, "not-utf8", "items.jsonl", 7);
    assert_finding(&w, "no-question", "items.jsonl", 8);
    assert_int_equal(finding(&w, "json-type", 2)->line, 9);
    assert_int_equal(finding(&w, "json-type", 3)->line, 10);
    assert_finding(&w, "empty-citation", "items.jsonl", 11);
    assert_finding(&w, "no-slug", "items.jsonl", 12);
    assert_int_equal(finding(&w, "json-broken", 2)->line, 13);
    assert_finding(&w, "unanswered", "items.jsonl", 10);
    assert_finding(&w, "unknown-key", "items.jsonl", 14);
    assert_text(finding(&w, "unknown-key", 0)->message,
                "the key 'nonsense' is not known and is left out (2 lines)");
    world_close(&w);
}

static void a_line_of_a_hundred_megabytes_is_passed_over(void **state)
{
    world             w;
    size_t            long_len = 100u << 20;
    static const char first[] = "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"x\"}\n",
                      last[] = "\n{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"x\"}\n";
    char *text = malloc(long_len + sizeof first + sizeof last);
    (void)state;
    assert_non_null(text);
    memcpy(text, first, sizeof first - 1);
    memset(text + sizeof first - 1, '[', long_len);
    memcpy(text + sizeof first - 1 + long_len, last, sizeof last - 1);
    pin_input_file file = {
        PIN_STR("big.jsonl"), PIN_STR("big.jsonl"), {text, long_len + sizeof first + sizeof last - 2}};
    world_open(&w);
    world_read_bytes(&w, false, &file, 1, NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 2);
    assert_int_equal(item_of(&w, "m/b")->origin.line, 3);
    assert_finding(&w, "line-too-long", "big.jsonl", 2);
    world_close(&w);
    free(text);
}

static void deep_and_long_values_meet_limits(void **state)
{
    world w;
    char *line = malloc(PIN_ANSWER_MAX + 100);
    (void)state;
    world_open(&w);
    memset(line, '[', 100000);
    line[100000] = '\0';
    read_lines(&w, line);
    assert_non_null(finding(&w, "json-broken", 0));
    size_t at = (size_t)sprintf(line, "{\"id\":\"m/a\",\"question\":\"Q?\",\"answer\":\"");
    memset(line + at, 'x', PIN_ANSWER_MAX + 1);
    strcpy(line + at + PIN_ANSWER_MAX + 1, "\"}");
    read_lines(&w, line);
    at = (size_t)sprintf(line, "{\"id\":\"m/a\",\"question\":\"");
    memset(line + at, 'x', PIN_QUESTION_MAX + 1);
    strcpy(line + at + PIN_QUESTION_MAX + 1, "\"}");
    read_lines(&w, line);
    assert_non_null(finding(&w, "too-long", 1));
    assert_int_equal(w.corpus.item_count, 0);
    assert_int_equal(w.corpus.skipped_count, 3);
    free(line);
    world_close(&w);
}

static void two_given_ids_of_one_slug_collide(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    read_lines(&w, "{\"id\":\"m:a.b\",\"question\":\"A?\",\"answer\":\"x\"}\n{\"id\":\"m:a-b\",\"question\":"
                   "\"B?\",\"answer\":\"y\"}\n"
                   "{\"id\":\"api:x\",\"question\":\"C?\",\"answer\":\"z\"}\n");
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_text(w.corpus.items[0].question, "A?");
    assert_finding(&w, "duplicate-id", "items.jsonl", 2);
    assert_finding(&w, "reserved-module", "items.jsonl", 3);
    assert_int_equal(w.corpus.skipped_count, 2);
    world_close(&w);
}

static void one_module_under_two_names_is_told(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    read_lines(&w, "{\"id\":\"1\",\"module\":\"A b\",\"question\":\"A?\",\"answer\":\"x\"}\n"
                   "{\"id\":\"2\",\"module\":\"A-B\",\"question\":\"B?\",\"answer\":\"y\"}\n");
    world_finish(&w);
    assert_int_equal(w.corpus.module_count, 1);
    assert_text(w.corpus.modules[0].title, "A b");
    assert_finding(&w, "module-merged", "items.jsonl", 2);
    world_close(&w);
}

/* The same corpus whatever the number of threads: many pieces, modules that alternate. */
static void threads_do_not_change_what_is_read(void **state)
{
    size_t cap = 20u << 20, len = 0;
    char  *text = malloc(cap);
    world  w[2];
    (void)state;
    for (int i = 0; len + 400 < cap; i++)
        len += (size_t)sprintf(text + len,
                               i % 1000
                                   ? "{\"id\":\"q%d\",\"module\":\"M %d\",\"question\":\"Q %d?\",\"answer\":"
                                     "\"An answer that is long enough to fill some pieces with. Number %d, "
                                     "and [[m-%d/q%d]].\"}\n"
                                   : "{\"id\": broken %d %d %d %d %d %d\n",
                               i, i / 5000 % 7, i, i, i % 7, i);
    pin_input_file file = {PIN_STR("x.jsonl"), PIN_STR("x.jsonl"), {text, len}};
    for (unsigned k = 0; k < 2; k++) {
        pin_build_options options = {.threads = k ? 5 : 1};
        world_open(&w[k]);
        world_read_bytes(&w[k], false, &file, 1, &options);
        world_finish(&w[k]);
    }
    assert_true(w[0].corpus.item_count > 50000);
    assert_int_equal(w[0].corpus.item_count, w[1].corpus.item_count);
    assert_int_equal(w[0].findings.count, w[1].findings.count);
    for (uint32_t i = 0; i < w[0].corpus.item_count; i++) {
        const pin_draft_item *a = &w[0].corpus.items[i], *b = &w[1].corpus.items[i];
        assert_true(pin_str_equal(a->id, b->id) && pin_str_equal(a->blocks, b->blocks));
        assert_int_equal(a->origin.line, b->origin.line);
    }
    for (uint32_t i = 0; i < w[0].findings.count; i++) {
        assert_int_equal(w[0].findings.at[i].line, (int)i * 1000 + 1);
        assert_int_equal(w[1].findings.at[i].line, (int)i * 1000 + 1);
    }
    world_close(&w[0]);
    world_close(&w[1]);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_follow_the_rules),
        cmocka_unit_test(all_keys_are_read),
        cmocka_unit_test(title_and_text_are_synonyms),
        cmocka_unit_test(keys_can_have_other_names),
        cmocka_unit_test(bad_lines_are_told_and_the_others_build),
        cmocka_unit_test(a_line_of_a_hundred_megabytes_is_passed_over),
        cmocka_unit_test(deep_and_long_values_meet_limits),
        cmocka_unit_test(two_given_ids_of_one_slug_collide),
        cmocka_unit_test(one_module_under_two_names_is_told),
        cmocka_unit_test(threads_do_not_change_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
