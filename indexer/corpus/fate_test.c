/* Withdrawn, moved and merged, in every place where a corpus may say so. */
#include "indexer/corpus/testing.h"

static const pin_draft_fate *fate_of(const pin_corpus *corpus, const char *id)
{
    for (uint32_t i = 0; i < corpus->fate_count; i++)
        if (pin_str_equal(corpus->fates[i].id, pin_str_of(id)))
            return &corpus->fates[i];
    return NULL;
}

static void assert_fate(const world *w, const char *id, pin_fate fate, const char *target, const char *reason)
{
    const pin_draft_fate *f = fate_of(&w->corpus, id);
    if (!f)
        fail_msg("nothing is said of '%s'", id);
    assert_int_equal(f->fate, fate);
    assert_text(f->target, target);
    assert_text(f->reason, reason);
}

static void a_file_of_a_tree_says_it_itself(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "m/a.md", "---\nwithdrawn: the *act* was amended\nsince: 2031-02-03\ninstead: /m/c/\n---\n# A?\n",
               "m/b.md", "---\nmoved_to: n/b\n---\n# B?\n\nAs it was.\n", "m/c.md", "---\nmoved_from: [x, y/z]\n---\n# C?\n\nSee.\n",
               "n/b.md", "# B?\n\nAs it was.\n", "m/no.md", "---\nwithdrawn: no\n---\n# No?\n\nStays.\n", NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 3);
    assert_fate(&w, "m/a", PIN_FATE_WITHDRAWN, "m/c", "the act was amended");
    assert_text(fate_of(&w.corpus, "m/a")->since, "2031-02-03");
    assert_text(fate_of(&w.corpus, "m/a")->question, "A?");
    assert_fate(&w, "m/b", PIN_FATE_MOVED, "n/b", "");
    assert_fate(&w, "m/x", PIN_FATE_MOVED, "m/c", "");
    assert_fate(&w, "y/z", PIN_FATE_MOVED, "m/c", "");
    assert_null(fate_of(&w.corpus, "m/no"));
    assert_no_findings(&w);
    world_close(&w);
}

static void a_module_file_says_it_below_the_question_or_in_front(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "m.md",
               "---\ntitle: M\nwithdrawn:\n  old: nobody asks\nmoved:\n  was: n/is\nmerged:\n  - id: both\n    into: a\n---\n# M\n\n"
               "## A? {#a}\n\nYes.\n\n## B? {#b}\nmerged_into: a\n\n## C? {#c}\nInstead: of an answer, a word.\n",
               NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 2);
    assert_fate(&w, "m/b", PIN_FATE_MERGED, "m/a", "");
    assert_fate(&w, "m/old", PIN_FATE_WITHDRAWN, "", "nobody asks");
    assert_fate(&w, "m/was", PIN_FATE_MOVED, "n/is", "");
    assert_fate(&w, "m/both", PIN_FATE_MERGED, "m/a", "");
    assert_text(item_of(&w, "m/c")->plain, "Instead: of an answer, a word.");
    assert_no_findings(&w);
    world_close(&w);
}

static void a_line_of_json_says_it_in_keys(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, false, "x.jsonl",
               "{\"id\":\"m/a\",\"question\":\"A?\",\"withdrawn\":true}\n"
               "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"B.\",\"withdrawn\":false,\"moved_from\":[\"m/c\",\"d\"]}\n"
               "{\"id\":\"m/e\",\"question\":\"E?\",\"moved_to\":\"b\",\"since\":\"2031-01-02\"}\n",
               NULL);
    world_finish(&w);
    assert_int_equal(w.corpus.item_count, 1);
    assert_fate(&w, "m/a", PIN_FATE_WITHDRAWN, "", "");
    assert_fate(&w, "m/c", PIN_FATE_MOVED, "m/b", "");
    assert_fate(&w, "m/d", PIN_FATE_MOVED, "m/b", "");
    assert_fate(&w, "m/e", PIN_FATE_MOVED, "m/b", "");
    assert_text(fate_of(&w.corpus, "m/e")->since, "2031-01-02");
    assert_no_findings(&w);
    world_close(&w);
}

static void pincite_yml_says_it_of_what_is_no_longer_there(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "pincite.yml",
               "withdrawn:\n  - id: m/a\n    reason: too old\n    since: 2031-02-03\n    instead: m/z\n  - id: m/b\n"
               "moved:\n  m/c: m/z\n  m/d:\nmerged: {m/e: m/z}\n",
               "m/z.md", "# Z?\n\nZ.\n", NULL);
    world_finish(&w);
    assert_fate(&w, "m/a", PIN_FATE_WITHDRAWN, "m/z", "too old");
    assert_fate(&w, "m/b", PIN_FATE_WITHDRAWN, "", "");
    assert_fate(&w, "m/c", PIN_FATE_MOVED, "m/z", "");
    assert_fate(&w, "m/e", PIN_FATE_MERGED, "m/z", "");
    assert_null(fate_of(&w.corpus, "m/d"));
    assert_finding(&w, "bad-fate", "pincite.yml", 9);
    world_close(&w);
}

static void a_reference_to_what_moved_leads_to_where_it_is(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    world_read(&w, true, "pincite.yml", "moved:\n  m/a: m/b\n  m/b: m/z\n  m/x: m/y\n  m/y: m/x\nwithdrawn:\n  m/w: why\n",
               "m/z.md", "# Z?\n\nZ.\n", NULL);
    world_finish(&w);
    pin_target z = pin_corpus_target(&w.corpus, PIN_STR("m"), PIN_STR("a"));
    assert_int_equal(z.kind, PIN_TARGET_ITEM);
    assert_text(w.corpus.items[z.number].id, "m/z");
    assert_int_equal(pin_corpus_target(&w.corpus, PIN_STR("n"), PIN_STR("m/w")).kind, PIN_TARGET_GONE);
    assert_int_equal(pin_corpus_target(&w.corpus, PIN_STR("m"), PIN_STR("m/x")).kind, PIN_TARGET_NOTHING);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_a_tree_says_it_itself),
        cmocka_unit_test(a_module_file_says_it_below_the_question_or_in_front),
        cmocka_unit_test(a_line_of_json_says_it_in_keys),
        cmocka_unit_test(pincite_yml_says_it_of_what_is_no_longer_there),
        cmocka_unit_test(a_reference_to_what_moved_leads_to_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
