#include "indexer/corpus/testing.h"

static void folders_are_modules_and_lists_order_them(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "README.yml", "title: All\nfaqs: [zoo, bar]\n", "bar/README.yml",
               "title: Bar\ndescription: d\nicon: i\nfaqs:\n  - two\n  - zoo/x\n  - one\n", "bar/one.md",
               "# One?\n\nYes.\n", "bar/three.md", "# Three?\n\nNo.\n", "bar/two.md", "# Two?\n\nA.\n",
               "new-one/a.md", "# A?\n\nB.\n", "zoo/x.md", "# X?\n\nC.\n", NULL);
    world_finish(&w);
    assert_no_findings(&w);
    assert_text(w.corpus.config.title, "All");
    assert_int_equal(w.corpus.module_count, 3);
    assert_text(w.corpus.modules[0].slug, "zoo");
    assert_text(w.corpus.modules[1].title, "Bar");
    assert_text(w.corpus.modules[2].title, "New one");
    const pin_draft_module *bar = &w.corpus.modules[1];
    assert_int_equal(bar->first_item, 1);
    assert_int_equal(bar->item_count, 3);
    assert_text(w.corpus.items[1].id, "bar/two");
    assert_text(w.corpus.items[2].id, "bar/one");
    assert_text(w.corpus.items[3].id, "bar/three");
    assert_int_equal(bar->member_count, 4);
    assert_text(bar->members[1], "zoo/x");
    assert_text(bar->members[3], "bar/three");
    world_close(&w);
}

static void a_question_keeps_all_that_its_front_matter_says(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(
        &w, true, "a/b.md",
        "---\nStatus: \xE2\x9C\x85 Approved\nRelated issues: https://e.org/1, https://e.org/2\nSource:\n"
        "  - Article 71\n  - https://e.org/talk (18m)\nauthor: A\npublished: 2026-01-02\nupdated: "
        "2026-02-03\n"
        "language: en\nverdict: Yes.\n---\n\n# What is _b_?\n\nIt is b.\n\n## More\n\nText.\n",
        NULL);
    world_finish(&w);
    assert_no_findings(&w);
    const pin_draft_item *item = item_of(&w, "a/b");
    assert_text(item->question, "What is b?");
    assert_text(item->status, "approved");
    assert_text(item->status_text, "\xE2\x9C\x85 Approved");
    assert_text(item->author, "A");
    assert_text(item->published, "2026-01-02");
    assert_text(item->updated, "2026-02-03");
    assert_text(item->language, "en");
    assert_text(item->verdict, "Yes.");
    assert_true(item->verdict_given);
    assert_int_equal(item->related_count, 3);
    assert_text(item->related[1], "https://e.org/2");
    assert_text(item->related[2], "https://e.org/talk (18m)");
    assert_int_equal(item->entry_count, 1);
    assert_text(item->entries[0].written, "Article 71");
    assert_int_equal(item->entries[0].line, 5);
    assert_int_equal(item->origin.line, 14);
    assert_string_equal(blocks_line(item->blocks), "p('It is b.') h3('More') p('Text.')");
    world_close(&w);
}

static void a_folder_in_a_folder_joins_the_names(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "law/eu/cra.md", "# Q?\n\nSee [it](./other.md).\n", "law/eu/other.md",
               "# O?\n\nA.\n", NULL);
    world_finish(&w);
    const pin_draft_item *item = item_of(&w, "law-eu/cra");
    assert_text(item->given_id, "law/eu/cra");
    assert_text(item->links[0].target, "law/eu/other");
    pin_target target = pin_corpus_target(&w.corpus, item->module, item->links[0].target);
    assert_int_equal(target.kind, PIN_TARGET_ITEM);
    assert_text(w.corpus.items[target.number].id, "law-eu/other");
    assert_int_equal(pin_corpus_target(&w.corpus, item->module, PIN_STR("law/eu")).kind, PIN_TARGET_MODULE);
    world_close(&w);
}

static void guidance_requests_are_no_questions_but_known(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/b.md", "---\nStatus: Draft\nguidance-id: dual-role\n---\n# B?\n\nYes.\n",
               "a/c.md", "---\nguidance-id: duel-role\n---\n# C?\n\nYes.\n", "pending-guidance/dual-role.md",
               "---\ntype: guidance-request\nstatus: Pending\n---\n# T\n\n## Guidance needed\n\nx\n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 2);
    assert_int_equal(w.corpus.module_count, 1);
    assert_int_equal(w.corpus.not_item_count, 1);
    assert_int_equal(w.corpus.skipped_count, 0);
    assert_text(item_of(&w, "a/b")->status_text, "Draft; guidance: Pending");
    assert_text(item_of(&w, "a/b")->status, "draft");
    assert_int_equal(w.findings.count, 1);
    assert_finding(&w, "guidance-missing", "a/c.md", 2);
    assert_text(w.findings.at[0].hint, "did you mean 'dual-role'?");
    assert_text(w.findings.at[0].item, "a/c");
    assert_int_equal(pin_corpus_target(&w.corpus, PIN_STR("a"), PIN_STR("pending-guidance/dual-role")).kind,
                     PIN_TARGET_NOT_ITEM);
    world_close(&w);
}

static void a_question_without_answer_is_kept_and_told(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/b.md", "---\nStatus: Draft\n---\n\n# B?\n", NULL);
    world_finish(&w);
    assert_text(item_of(&w, "a/b")->status, "unanswered");
    assert_text(item_of(&w, "a/b")->status_text, "Draft");
    assert_int_equal(item_of(&w, "a/b")->blocks.len, 0);
    assert_finding(&w, "unanswered", "a/b.md", 5);
    world_close(&w);
}

static void bad_files_are_left_out_and_the_rest_builds(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/broken.md", "---\nStatus: [a\n---\n# B?\n\nx\n", "a/good.md", "# G?\n\nYes.\n",
               "a/latin.md", "# L?\n\ncaf\xE9\n", "a/none.md", "no heading\n", "a/open.md",
               "---\nStatus: x\n\n# Q?\n", "a/\xE5\x95\x8F.md", "# Q?\n\nx\n", "README.md", "# not read\n",
               "a/AUTHORS.md", "x", "notes.txt", "x", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_int_equal(w.corpus.skipped_count, 5);
    assert_finding(&w, "yaml-broken", "a/broken.md", 3);
    assert_finding(&w, "not-utf8", "a/latin.md", 3);
    assert_finding(&w, "no-question", "a/none.md", 1);
    assert_text(finding(&w, "yaml-broken", 1)->file, "a/open.md");
    assert_non_null(finding(&w, "no-slug", 0));
    world_close(&w);
}

static void lists_that_name_what_is_not_there_are_told_with_their_line(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "README.yml", "faqs:\n  - a\n  - gone\n", "a/README.yml",
               "title: A\nfaqs:\n  - b\n  - b\n  - c\n  - official/faq_6-10\n", "a/b.md", "# B?\n\nYes.\n",
               NULL);
    world_finish(&w);
    assert_int_equal(w.findings.count, 4);
    assert_finding(&w, "dead-reference", "README.yml", 3);
    assert_text(finding(&w, "dead-reference", 1)->file, "a/README.yml");
    assert_int_equal(finding(&w, "dead-reference", 1)->line, 5);
    assert_finding(&w, "listed-twice", "a/README.yml", 4);
    assert_finding(&w, "official-reference", "a/README.yml", 6);
    assert_int_equal(module_of(&w, "a")->member_count, 1);
    world_close(&w);
}

static void a_section_of_the_official_faq_can_be_borrowed(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/README.yml", "title: A\nfaqs: [official/faq_6-10, b]\n", "a/b.md",
               "# B?\n\nYes.\n", NULL);
    world_read(&w, false, "faq.jsonl",
               "{\"section\": \"6.10\", \"chapter\": \"Six\", \"question\": \"Q?\", \"answer\": \"A.\"}\n",
               NULL);
    world_finish(&w);
    assert_no_findings(&w);
    assert_int_equal(module_of(&w, "a")->member_count, 2);
    assert_text(module_of(&w, "a")->members[0], "six/6-10");
    world_close(&w);
}

static void two_files_of_one_slug_collide(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/x-y.md", "# One?\n\nYes.\n", "a/x_y.md", "# Two?\n\nYes.\n", "items/z.md",
               "# Z?\n\nYes.\n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_text(item_of(&w, "a/x-y")->question, "One?");
    assert_finding(&w, "duplicate-id", "a/x_y.md", 1);
    assert_finding(&w, "reserved-module", "items/z.md", 1);
    assert_int_equal(w.corpus.skipped_count, 2);
    world_close(&w);
}

static void files_at_the_root_share_a_module(void **state)
{
    world             w;
    pin_build_options options = {.module = PIN_STR("My Questions")};
    pin_input_file    files[] = {{PIN_STR("b.md"), PIN_STR("b.md"), PIN_STR("# B?\n\nYes.\n")},
                                 {PIN_STR("c.md"), PIN_STR("c.md"), PIN_STR("# C?\n\nYes. See [[b]].\n")}};
    (void)state;
    world_open(&w);
    world_read_bytes(&w, true, files, 2, &options);
    world_finish(&w);
    assert_no_findings(&w);
    assert_text(module_of(&w, "my-questions")->title, "My Questions");
    assert_text(item_of(&w, "my-questions/c")->given_id, "c");
    assert_int_equal(pin_corpus_target(&w.corpus, PIN_STR("my-questions"), PIN_STR("b")).kind,
                     PIN_TARGET_ITEM);
    world_close(&w);
}

static void unknown_and_misspelt_words_are_told(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a/b.md",
               "---\nStatus: nearly\nautor: x\npublished: 10.3.2026\nStatus: Draft\n---\n# "
               "B?\n\n[x](javascript:y)\n",
               NULL);
    world_finish(&w);
    assert_finding(&w, "unknown-status", "a/b.md", 2);
    assert_finding(&w, "unknown-key", "a/b.md", 3);
    assert_finding(&w, "bad-date", "a/b.md", 4);
    assert_finding(&w, "duplicate-key", "a/b.md", 5);
    assert_finding(&w, "unsafe-link", "a/b.md", 9);
    assert_text(item_of(&w, "a/b")->status, "");
    assert_text(item_of(&w, "a/b")->status_text, "nearly");
    assert_text(item_of(&w, "a/b")->published, "");
    world_close(&w);
}

static void what_is_too_long_is_left_out(void **state)
{
    world  w;
    size_t len = PIN_ANSWER_MAX + 1000;
    char  *text = malloc(len + 100), *title = malloc(PIN_QUESTION_MAX + 100);
    (void)state;
    strcpy(text, "# Q?\n\n");
    memset(text + 6, 'x', len);
    text[len] = '\0';
    memset(title, '#', PIN_QUESTION_MAX + 50);
    memcpy(title + 1, " a", 2);
    strcpy(title + PIN_QUESTION_MAX + 50, "a\n\nx\n");
    world_open(&w);
    world_read(&w, true, "a/b.md", text, "a/c.md", title, "a/d.md", "# D?\n\nYes.\n", NULL);
    strcpy(text, "## Q? {#q}\n\n");
    memset(text + 12, 'x', len - 20);
    strcpy(text + len - 30, "\n\n## R? {#r}\n\nYes.\n");
    world_read(&w, true, "m.md", text, NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 2);
    assert_int_equal(w.corpus.skipped_count, 3);
    assert_text(item_of(&w, "m/r")->question, "R?");
    assert_non_null(finding(&w, "too-long", 2));
    world_close(&w);
    free(text);
    free(title);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_modules_and_lists_order_them),
        cmocka_unit_test(a_question_keeps_all_that_its_front_matter_says),
        cmocka_unit_test(a_folder_in_a_folder_joins_the_names),
        cmocka_unit_test(guidance_requests_are_no_questions_but_known),
        cmocka_unit_test(a_question_without_answer_is_kept_and_told),
        cmocka_unit_test(bad_files_are_left_out_and_the_rest_builds),
        cmocka_unit_test(lists_that_name_what_is_not_there_are_told_with_their_line),
        cmocka_unit_test(a_section_of_the_official_faq_can_be_borrowed),
        cmocka_unit_test(two_files_of_one_slug_collide),
        cmocka_unit_test(files_at_the_root_share_a_module),
        cmocka_unit_test(unknown_and_misspelt_words_are_told),
        cmocka_unit_test(what_is_too_long_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
