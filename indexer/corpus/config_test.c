#include "indexer/corpus/testing.h"

static pin_config config_of(world *w, const char *text)
{
    pin_input_file file = {PIN_STR("pincite.yml"), PIN_STR("c/pincite.yml"), pin_str_of(text)};
    pin_input  input = {.root = PIN_STR("c"), .is_folder = true, .files = &file, .file_count = text ? 1 : 0};
    pin_config config;
    world_open(w);
    assert_int_equal(pin_corpus_config(&config, w->pool, &w->findings, &input, NULL), PIN_OK);
    return config;
}

static void everything_in_it_is_optional(void **state)
{
    world      w;
    pin_config config = config_of(&w, NULL);
    (void)state;
    assert_int_equal(config.title.len + config.source_count, 0);
    assert_no_findings(&w);
    world_close(&w);
}

static void sources_are_named_in_short_or_in_full(void **state)
{
    world      w;
    pin_config config =
        config_of(&w, "title: T\nbase: https://e.org/\npublisher: P\nlanguage: en\ndefault_source: cra\n"
                      "previous: old.pin\nsources:\n  cra: laws/cra\n  faq@1.3: faq.jsonl\n");
    (void)state;
    assert_no_findings(&w);
    assert_text(config.title, "T");
    assert_text(config.base, "https://e.org/");
    assert_text(config.publisher, "P");
    assert_text(config.language, "en");
    assert_text(config.default_source, "cra");
    assert_text(config.previous, "old.pin");
    assert_int_equal(config.source_count, 2);
    assert_text(config.sources[0].path, "laws/cra");
    assert_text(config.sources[1].id, "faq");
    assert_text(config.sources[1].version, "1.3");
    world_close(&w);
    config = config_of(&w, "sources:\n- id: cra\n  version: 2024-11-20\n  path: a\n- id: faq\n- path: b\n  "
                           "colour: x\n  id: z\n");
    assert_int_equal(config.source_count, 2);
    assert_text(config.sources[0].version, "2024-11-20");
    assert_text(config.sources[1].id, "z");
    assert_finding(&w, "bad-source", "c/pincite.yml", 5);
    assert_finding(&w, "unknown-key", "c/pincite.yml", 7);
    world_close(&w);
}

static void a_broken_config_is_told_once(void **state)
{
    world          w;
    pin_input_file file = {PIN_STR("pincite.yml"), PIN_STR("pincite.yml"), PIN_STR("title: a: b\n")};
    pin_input      input = {.root = PIN_STR("c"), .is_folder = true, .files = &file, .file_count = 1};
    pin_config     config;
    (void)state;
    world_open(&w);
    pin_corpus_config(&config, w.pool, &w.findings, &input, NULL);
    pin_corpus_read(&w.corpus, &w.findings, &input, NULL, NULL);
    assert_int_equal(w.findings.count, 1);
    assert_finding(&w, "yaml-broken", "pincite.yml", 1);
    world_close(&w);
}

static void files_of_its_sources_are_no_questions(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/q.md", "# Q?\n\nYes.\n", "laws/cra/notes.md", "# N?\n\nYes.\n",
               "laws/cra/rows.jsonl", "{}\n", "laws.md", "# L?\n\nYes.\n", "pincite.yml",
               "title: T\nsources:\n  cra: ./laws/\n", NULL);
    world_finish(&w);
    assert_no_findings(&w);
    assert_int_equal(w.corpus.item_count, 2);
    assert_text(w.corpus.config.title, "T");
    world_close(&w);
}

static void a_file_of_another_kind_is_no_corpus(void **state)
{
    world          w;
    pin_input_file file = {PIN_STR("a.pdf"), PIN_STR("a.pdf"), PIN_STR("x")};
    pin_input      input = {.root = PIN_STR("a.pdf"), .files = &file, .file_count = 1};
    pin_error      err;
    (void)state;
    world_open(&w);
    assert_int_equal(pin_corpus_read(&w.corpus, &w.findings, &input, NULL, &err), PIN_BAD_INPUT);
    world_close(&w);
}

static void an_empty_corpus_finishes(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 0);
    assert_int_equal(pin_corpus_target(&w.corpus, (pin_str){0}, PIN_STR("a/b")).kind, PIN_TARGET_NOTHING);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_in_it_is_optional),
        cmocka_unit_test(sources_are_named_in_short_or_in_full),
        cmocka_unit_test(a_broken_config_is_told_once),
        cmocka_unit_test(files_of_its_sources_are_no_questions),
        cmocka_unit_test(a_file_of_another_kind_is_no_corpus),
        cmocka_unit_test(an_empty_corpus_finishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
