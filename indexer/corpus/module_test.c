#include "indexer/corpus/readers.h"
#include "indexer/corpus/testing.h"

static const char secure[] =
    "---\n"
    "title: Secure by default\n"
    "description: What ships.\n"
    "audience: [engineers, writers]\n"
    "author: The authors\n"
    "published: 2026-11-24\n"
    "updated: 2026-11-25\n"
    "status: reviewed\n"
    "order: 3\n"
    "language: en\n"
    "---\n"
    "# Secure\n"
    "\n"
    "An *overview*, see [[Article 1]].\n"
    "\n"
    "## What is the `exception`? {#tailor-made}\n"
    "status: draft\n"
    "updated: 2026-12-01\n"
    "\n"
    "Verdict: It bends *two* requirements.\n"
    "\n"
    "The exception. See [[other]].\n"
    "\n"
    "```\n## not a question\n```\n"
    "\n"
    "### More\n"
    "\n"
    "Citations:\n"
    "\n"
    "- Annex I, Part I, point (2)(b) \xE2\x80\x94 allows it - mostly. > \"unless otherwise\n"
    "  agreed\"\n"
    "- [[Article 13(8)]]: the *duty*\n"
    "- recital 64\n"
    "\n"
    "## Another one? {#Other}\n"
    "\n"
    "No. It is not.\n"
    "\n"
    "### Citations\n"
    "* Article 3 -- definition > \xE2\x80\x9Cwords\xE2\x80\x9D\n";

static void a_module_file_holds_many_questions(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "cra/secure-by-default.md", secure, NULL);
    world_finish(&w);
    assert_no_findings(&w);
    const pin_draft_module *module = module_of(&w, "secure-by-default");
    assert_text(module->title, "Secure by default");
    assert_text(module->description, "What ships.");
    assert_text(module->audience, "engineers, writers");
    assert_text(module->author, "The authors");
    assert_text(module->published, "2026-11-24");
    assert_int_equal(module->order, 3);
    assert_int_equal(module->member_count, 2);
    assert_string_equal(blocks_line(module->overview),
                        "p('An ' em('overview') ', see ' item#0('Article 1') '.')");
    assert_text(module->links[0].target, "Article 1");

    const pin_draft_item *item = item_of(&w, "secure-by-default/tailor-made");
    assert_text(item->question, "What is the exception?");
    assert_text(item->given_id, "");
    assert_int_equal(item->origin.line, 16);
    assert_text(item->status, "draft");
    assert_text(item->updated, "2026-12-01");
    assert_text(item->published, "2026-11-24");
    assert_text(item->language, "en");
    assert_text(item->verdict, "It bends two requirements.");
    assert_true(item->verdict_given);
    assert_string_equal(blocks_line(item->blocks),
                        "p('The exception. See ' item#0('other') '.') pre<|## not a question> h3('More')");
    assert_int_equal(item->links[0].line, 22);
    assert_int_equal(item->entry_count, 3);
    assert_text(item->entries[0].written, "Annex I, Part I, point (2)(b)");
    assert_text(item->entries[0].note, "allows it - mostly.");
    assert_text(item->entries[0].quote, "unless otherwise agreed");
    assert_int_equal(item->entries[0].line, 32);
    assert_text(item->entries[1].written, "Article 13(8)");
    assert_text(item->entries[1].note, "the duty");
    assert_int_equal(item->entries[1].line, 34);
    assert_text(item->entries[2].written, "recital 64");

    const pin_draft_item *other = item_of(&w, "secure-by-default/other");
    assert_text(other->given_id, "Other");
    assert_text(other->status, "reviewed");
    assert_text(other->verdict, "No.");
    assert_false(other->verdict_given);
    assert_text(other->entries[0].note, "definition");
    assert_text(other->entries[0].quote, "words");
    assert_text(other->plain, "No. It is not.");
    world_close(&w);
}

static void a_question_without_slug_is_named_and_told(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, false, "faq.md", "# FAQ\n\n## What is *it*?\n\nIt.\n\n## \xE5\x95\x8F\n\nx\n", NULL);
    world_finish(&w);
    assert_text(item_of(&w, "faq/what-is-it")->question, "What is it?");
    assert_finding(&w, "no-explicit-id", "faq.md", 3);
    assert_int_equal(finding(&w, "no-explicit-id", 0)->severity, PIN_NOTE);
    assert_text(finding(&w, "no-explicit-id", 0)->hint, "write: ## What is *it*? {#what-is-it}");
    assert_finding(&w, "no-slug", "faq.md", 7);
    assert_int_equal(w.corpus.skipped_count, 1);
    world_close(&w);
}

static void one_slug_twice_in_a_file_is_an_error(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, false, "faq.md", "# FAQ\n\n## A? {#x}\n\nA.\n\n## B? {#x}\n\nB.\n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_finding(&w, "duplicate-id", "faq.md", 7);
    assert_text(finding(&w, "duplicate-id", 0)->message,
                "the id 'faq/x' is taken by the question in faq.md:3; this one is left out");
    world_close(&w);
}

static void text_after_the_citations_stays_in_the_answer(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, false, "faq.md", "# F\n\n## A? {#x}\n\nA.\n\nCitations:\n- Article 1\n\nAfter [[z]].\n",
               NULL);
    world_finish(&w);
    const pin_draft_item *item = item_of(&w, "faq/x");
    assert_int_equal(item->entry_count, 1);
    assert_text(item->plain, "A.\n\nAfter z.");
    assert_int_equal(item->links[0].line, 10);
    assert_finding(&w, "citations-not-last", "faq.md", 8);
    world_close(&w);
}

static void the_word_citations_in_an_answer_is_no_list(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, false, "faq.md",
               "# F\n\n## A? {#x}\n\nCitations: they matter.\n\nCitations:\n\nThey matter.\n\n- really\n",
               NULL);
    world_finish(&w);
    assert_int_equal(item_of(&w, "faq/x")->entry_count, 0);
    assert_text(item_of(&w, "faq/x")->plain,
                "Citations: they matter.\n\nCitations:\n\nThey matter.\n\nreally");
    world_close(&w);
}

static void a_module_without_questions_is_an_error(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "m.md", "---\ntitle: M\norder: first\npublished: soon\n---\n## \n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 0);
    assert_non_null(finding(&w, "no-slug", 0));
    assert_finding(&w, "yaml-type", "m.md", 3);
    assert_finding(&w, "bad-date", "m.md", 4);
    world_close(&w);
}

static void a_broken_file_says_where(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "a.md", "---\ntitle: a: b\norder: 1\n---\n## Q? {#q}\n\nA.\n", "b.md",
               "---\ntitle: x\n\n## Q? {#q}\n\nA.\n", "c.md", "## Q? {#q}\n\nA.\n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_int_equal(w.corpus.skipped_count, 2);
    assert_finding(&w, "yaml-broken", "a.md", 2);
    assert_text(finding(&w, "yaml-broken", 1)->file, "b.md");
    assert_text(item_of(&w, "c/q")->question, "Q?");
    world_close(&w);
}

static void what_a_markdown_file_is_follows_from_its_headings(void **state)
{
    static const struct {
        const char *text;
        bool        in_folder, module;
    } cases[] = {
        {"# Title\n\n## Q {#q}\n", true, true},
        {"# What is it?\n\n## Background\n\nx\n", true, false},
        {"# What is it?\n\n## Why does it matter?\n", true, false},
        {"# Guidance\n\n## Guidance needed\n", true, false},
        {"# Topics\n\n## What is it?\n", true, true},
        {"# What is it?\n\nx\n", true, false},
        {"# What is it?\n\n## Background\n", false, true},
        {"---\norder: 2\n---\n# A?\n\n## B\n", true, true},
        {"## A\n", true, true},
        {"# A?\n\n```\n## B {#b}\n```\n", true, false},
        {"", true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pin_is_module_file(pin_str_of(cases[i].text), cases[i].in_folder), cases[i].module);
}

static void references_find_items_of_module_files(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "m.md",
               "# M\n\n## A? {#a}\n\n[x](#b) [y](n.md#c) [z](n.md) [[b]] [[n/c]] [[n]]\n\n## B? {#b}\n\nB.\n",
               "n.md", "# N\n\n## C? {#c}\n\nC.\n", NULL);
    world_finish(&w);
    assert_no_findings(&w);
    const pin_draft_item    *item = item_of(&w, "m/a");
    static const char *const ids[] = {"m/b", "n/c", NULL, "m/b", "n/c", NULL};
    assert_int_equal(item->link_count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        pin_target target = pin_corpus_target(&w.corpus, item->module, item->links[i].target);
        assert_int_equal(target.kind, ids[i] ? PIN_TARGET_ITEM : PIN_TARGET_MODULE);
        if (ids[i])
            assert_text(w.corpus.items[target.number].id, ids[i]);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_file_holds_many_questions),
        cmocka_unit_test(a_question_without_slug_is_named_and_told),
        cmocka_unit_test(one_slug_twice_in_a_file_is_an_error),
        cmocka_unit_test(text_after_the_citations_stays_in_the_answer),
        cmocka_unit_test(the_word_citations_in_an_answer_is_no_list),
        cmocka_unit_test(a_module_without_questions_is_an_error),
        cmocka_unit_test(a_broken_file_says_where),
        cmocka_unit_test(what_a_markdown_file_is_follows_from_its_headings),
        cmocka_unit_test(references_find_items_of_module_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
