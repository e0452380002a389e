/* Small corpora of one to three items, read by the real readers, against an act of eight provisions.
 * The expectations are what an author would want to hear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/check/check.h"

static const char act[] =
    "{\"id\":\"rct_56\",\"label\":\"Recital 56\",\"kind\":\"recital\",\"text\":\"Automatic updates\"}\n"
    "{\"id\":\"art_13\",\"label\":\"Article 13\",\"kind\":\"article\",\"text\":\"The manufacturer\xE2\x80\x99s duty\\nsupport "
    "period of five years\"}\n"
    "{\"id\":\"art_13.par_1\",\"label\":\"Article 13(1)\",\"kind\":\"paragraph\",\"text\":\"The manufacturer\xE2\x80\x99s "
    "duty\",\"parent\":\"art_13\"}\n"
    "{\"id\":\"art_13.par_2\",\"label\":\"Article 13(2)\",\"kind\":\"paragraph\",\"text\":\"support period of five years\","
    "\"parent\":\"art_13\"}\n"
    "{\"id\":\"art_13.par_3\",\"label\":\"Article 13(3)\",\"kind\":\"paragraph\",\"text\":\"third\",\"parent\":\"art_13\"}\n"
    "{\"id\":\"art_31\",\"label\":\"Article 31\",\"kind\":\"article\",\"text\":\"Documentation\"}\n"
    "{\"id\":\"anx_I\",\"label\":\"Annex I\",\"kind\":\"annex\",\"text\":\"Requirements\"}\n"
    "{\"id\":\"anx_VII\",\"label\":\"Annex VII\",\"kind\":\"annex\",\"text\":\"File\"}\n";

typedef struct world {
    pin_pool      *pool;
    pin_corpus     corpus;
    pin_source_set sources;
    pin_findings   findings;
    pin_input_file files[8];
    uint32_t       file_count;
} world;

static int begin(void **state)
{
    world *w = calloc(1, sizeof *w);
    w->pool = pin_pool_new();
    pin_corpus_init(&w->corpus, w->pool);
    pin_source_set_init(&w->sources, w->pool);
    pin_findings_init(&w->findings, w->pool);
    *state = w;
    return 0;
}

static int end(void **state)
{
    world *w = *state;
    pin_pool_free(w->pool);
    free(w);
    return 0;
}

static void load(world *w, const char *id, const char *rows)
{
    pin_input_file   file = {.path = PIN_STR("p.jsonl"), .shown = PIN_STR("p.jsonl"), .bytes = pin_str_of(rows)};
    pin_input_source source = {.id = pin_str_of(id), .input = {.files = &file, .file_count = 1}};
    assert_int_equal(pin_source_add(&w->sources, &w->findings, &source, NULL), PIN_OK);
}

static void load_version(world *w, const char *id, const char *version, const char *rows)
{
    pin_input_file   file = {.path = PIN_STR("p.jsonl"), .shown = PIN_STR("p.jsonl"), .bytes = pin_str_of(rows)};
    pin_input_source source = {
        .id = pin_str_of(id), .version = pin_str_of(version), .input = {.files = &file, .file_count = 1}};
    assert_int_equal(pin_source_add(&w->sources, &w->findings, &source, NULL), PIN_OK);
}

static void put(world *w, const char *path, const char *text)
{
    w->files[w->file_count++] =
        (pin_input_file){.path = pin_str_of(path), .shown = pin_str_of(path), .bytes = pin_str_of(text)};
}

/* Reads the files put so far as one folder, or the only one as a file, and checks it all. */
static void run(world *w)
{
    pin_input         input = {.root = PIN_STR("c"), .is_folder = w->file_count > 1, .files = w->files,
                               .file_count = w->file_count};
    pin_build_options options = {0};
    pin_error         err = {0};
    assert_int_equal(pin_corpus_read(&w->corpus, &w->findings, &input, &options, &err), PIN_OK);
    assert_int_equal(pin_corpus_finish(&w->corpus, &w->findings, &err), PIN_OK);
    assert_int_equal(pin_source_finish(&w->sources, &w->findings, (pin_str){0}, &err), PIN_OK);
    assert_int_equal(pin_check_corpus(&w->corpus, &w->sources, &w->findings, &options, &err), PIN_OK);
}

static const pin_draft_item *item_called(const world *w, const char *id)
{
    for (uint32_t i = 0; i < w->corpus.item_count; i++)
        if (pin_str_equal(w->corpus.items[i].id, pin_str_of(id)))
            return &w->corpus.items[i];
    fail_msg("no item %s", id);
    return NULL;
}

/* The rows of an item as one line: "cra:art_13.par_1/resolved/0L ..", entry number, L for in the list,
 * Q for in the question, R for from a range. */
static void assert_rows(const world *w, const char *id, const char *expected)
{
    const pin_draft_item *item = item_called(w, id);
    char                  line[2048] = "";
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%.*s:%.*s/%s/%u%s%s%s", i ? " " : "",
                 (int)c->source.len, c->source.len ? c->source.at : "", (int)c->id.len, c->id.len ? c->id.at : "",
                 pin_cite_state_name((pin_cite_state)c->state), c->entry, c->in_list ? "L" : "",
                 c->in_question ? "Q" : "", c->from_range ? "R" : "");
        assert_true((c->provision != PIN_NO_PROVISION) == (c->state == PIN_CITE_RESOLVED && c->id.len > 0));
        assert_true(c->label.len > 0);
    }
    assert_string_equal(line, expected);
}

/* The findings with these codes as one line: "code@line ..", sorted as found. */
static void assert_findings(const world *w, const char *expected)
{
    char line[2048] = "";
    for (uint32_t i = 0; i < w->findings.count; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%.*s@%u", line[0] ? " " : "",
                 (int)w->findings.at[i].code.len, w->findings.at[i].code.at, w->findings.at[i].line);
    assert_string_equal(line, expected);
}

static const pin_finding *finding(const world *w, const char *code)
{
    for (uint32_t i = 0; i < w->findings.count; i++)
        if (pin_str_equal(w->findings.at[i].code, pin_str_of(code)))
            return &w->findings.at[i];
    fail_msg("no finding %s", code);
    return NULL;
}

static void assert_has(pin_str text, const char *part)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%.*s", (int)text.len, text.len ? text.at : "");
    if (!strstr(copy, part))
        fail_msg("'%s' does not say '%s'", copy, part);
}

/* ---- citation lists ---- */

static void provisions_are_taken_from_the_note_of_an_entry_that_names_an_act(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"Q?\",\"answer\":\"Yes.\",\"citations\":["
        "{\"source\":\"Cyber Resilience Act\",\"note\":\"Article 13(1), Article 31, and Annex VII require it.\"},"
        "{\"source\":\"European Commission CRA FAQs\",\"note\":\"Sections 4.1.2 and 4.2.5 explain it.\"}]}\n");
    run(w);
    assert_rows(w, "m/a",
                "cra:art_13.par_1/resolved/0L cra:art_31/resolved/0L cra:anx_VII/resolved/0L "
                "cfaq:sec_4.1.2/not checked/1L cfaq:sec_4.2.5/not checked/1L");
    assert_findings(w, "not-checked@0");
    assert_has(finding(w, "not-checked")->message, "2 citations of 'Commission FAQ'");
}

static void a_provision_that_is_given_is_what_counts(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"Q?\",\"answer\":\"Yes.\",\"citations\":["
        "{\"source\":\"cra\",\"provision\":\"Article 13(2)\",\"note\":\"unlike Article 31\"},"
        "\"Article 13(1) to (3)\"]}\n");
    run(w);
    assert_rows(w, "m/a",
                "cra:art_13.par_2/resolved/0L cra:art_13.par_1/resolved/1L cra:art_13.par_2/resolved/1LR "
                "cra:art_13.par_3/resolved/1L");
    assert_findings(w, "");
}

static void every_entry_ends_in_one_state(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"Q?\",\"answer\":\"Yes.\",\"citations\":["
        "{\"source\":\"cra\",\"provision\":\"Article 13(9)\"},"
        "{\"source\":\"NIST SP 800-218\",\"note\":\"practice PW.9\"},"
        "{\"source\":\"Cyber Resilience Act\",\"note\":\"as a whole\"},"
        "\"wherever it may stand\"]}\n");
    run(w);
    assert_rows(w, "m/a", "cra:art_13.par_9/does not exist/0L :/other act/1L cra:/resolved/2L :/not understood/3L");
    assert_findings(w, "provision-missing@1 other-act@1 citation-not-understood@1");
    assert_has(finding(w, "provision-missing")->message, "Article 13(9) does not exist");
    assert_has(finding(w, "provision-missing")->hint, "Article 13(3)");
}

static void citations_do_not_run_on_from_cell_to_cell(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"Q?\",\"answer\":\"| P | W |\\n|---|---|\\n| (1) | Article 13 |\\n| (2) | Article "
        "31 |\\n| (3) | none |\"}\n");
    run(w);
    assert_rows(w, "m/a", "cra:art_13/resolved/0 cra:art_31/resolved/1");
}

static void without_the_act_ids_are_kept_unproved(void **state)
{
    world *w = *state;
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"What does Article 31 say?\",\"answer\":\"See Article 13(8).\",\"citations\":["
        "\"Annex I, Part II, point (8)\"]}\n");
    run(w);
    assert_rows(w, "m/a",
                "cra:anx_I.prt_II.pnt_8/not checked/0L cra:art_31/not checked/1Q cra:art_13.par_8/not checked/2");
    assert_has(finding(w, "not-checked")->message, "3 citations of 'Cyber Resilience Act'");
    assert_has(finding(w, "not-checked")->hint, "--source cra=PATH");
}

/* ---- answer and list ---- */

static void what_the_answer_names_must_be_in_the_list(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Recital 56 and Article 13(1) say so. The Commission FAQ "
        "agrees.\",\"citations\":[\"Article 13(1)\"]}\n"
        "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"Article 13 says so, in particular Article 13(2).\","
        "\"citations\":[\"Article 13(2)\"]}\n"
        "{\"id\":\"m/c\",\"question\":\"C?\",\"answer\":\"The Commission FAQ says so.\",\"citations\":[]}\n");
    run(w);
    assert_rows(w, "m/a", "cra:art_13.par_1/resolved/0L cra:rct_56/resolved/1 cfaq:/not checked/2");
    assert_findings(w, "cited-in-answer-only@1 cited-in-answer-only@1 cited-in-answer-only@3 no-citations@3 "
                       "not-checked@0");
    assert_has(w->findings.at[0].message, "Recital 56");
    assert_has(w->findings.at[1].message, "'Commission FAQ'");
}

static void where_no_item_of_a_file_has_a_list_none_is_missed(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Recital 56 says so.\"}\n"
        "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"So it is.\"}\n"
        "{\"id\":\"m/c\",\"question\":\"C?\",\"answer\":\"\"}\n");
    run(w);
    assert_rows(w, "m/a", "cra:rct_56/resolved/0");
    assert_int_equal(finding(w, "no-citations")->severity, PIN_NOTE);
    assert_int_equal(finding(w, "no-citations")->line, 2);
    assert_int_equal(finding(w, "unanswered")->line, 3);
    assert_int_equal(w->findings.count, 2);
}

static void quoted_words_must_stand_in_the_provision(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Yes.\",\"citations\":["
        "{\"provision\":\"Article 13(1)\",\"quote\":\"The manufacturer's  duty\"},"
        "{\"provision\":\"Article 13(1)\",\"quote\":\"support period\"},"
        "{\"provision\":\"Article 31\",\"quote\":\"no such words\"},"
        "{\"provision\":\"Article 99\",\"quote\":\"anything\"}]}\n");
    run(w);
    assert_findings(w, "provision-missing@1 quote-not-found@1 quote-not-found@1");
    assert_has(w->findings.at[1].message, "Article 13(1): \"support period\"");
    assert_has(w->findings.at[1].hint, "the words stand in Article 13(2)");
    assert_int_equal(w->findings.at[2].hint.len, 0);
}

/* ---- references ---- */

static void a_tree(world *w, const char *answer)
{
    static char text[1024];
    snprintf(text, sizeof text, "---\nStatus: Draft\n---\n\n# A?\n\n%s\n", answer);
    put(w, "README.yml", "title: T\nfaqs:\n  - one\n  - two\n");
    put(w, "one/README.yml", "title: One\nfaqs:\n  - a\n");
    put(w, "one/a.md", text);
    put(w, "two/README.yml", "title: Two\nfaqs:\n  - b\n");
    put(w, "two/b.md", "---\nStatus: Draft\n---\n\n# B?\n\nAs Article 31 says.\n");
}

static void references_become_links_and_citations(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    a_tree(w, "See [[Article 31]], [[two/b]], [[two]], [here](../two/b.md) and [[official/faq_4-2-5]].");
    run(w);
    assert_rows(w, "one/a", "cra:art_31/resolved/0 cfaq:sec_4.2.5/not checked/1");
    assert_findings(w, "not-checked@0");

    const pin_draft_item *item = item_called(w, "one/a");
    static const struct {
        uint8_t     op;
        uint32_t    number;
        const char *text;
    } expected[] = {{PIN_B_CITE, 0, ""},
                    {PIN_B_ITEM_LINK, 0, "two/b"},
                    {PIN_B_ITEM_LINK, 0, "two"},
                    {PIN_B_ITEM_LINK, 0, "two/b"},
                    {PIN_B_CITE, 1, ""}};
    pin_block_walk walk;
    pin_block      block;
    uint32_t       seen = 0;
    pin_block_walk_init(&walk, item->blocks);
    while (pin_block_next(&walk, &block)) {
        if (block.op != PIN_B_CITE && block.op != PIN_B_ITEM_LINK)
            continue;
        assert_true(seen < 5);
        assert_int_equal(block.op, expected[seen].op);
        if (block.op == PIN_B_CITE)
            assert_int_equal(block.number, expected[seen].number);
        else
            assert_true(pin_str_equal(block.text, pin_str_of(expected[seen].text)));
        seen++;
    }
    assert_false(walk.failed);
    assert_int_equal(seen, 5);
    assert_has(item->plain, "Commission FAQ, section 4.2.5");
}

static void dead_references_are_named_with_their_line_and_a_guess(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    a_tree(w, "See Article 31.\n\nBut [[two/c]] and [words](../nowhere/at-all.md).");
    run(w);
    assert_findings(w, "dead-reference@9 dead-reference@9");
    assert_has(w->findings.at[0].message, "[[two/c]]");
    assert_has(w->findings.at[0].hint, "'two/b'");
    assert_has(w->findings.at[1].message, "nowhere/at-all");
    assert_int_equal(w->findings.at[1].hint.len, 0);
    assert_has(item_called(w, "one/a")->plain, "words");
}

static void words_in_brackets_that_cite_nothing_there_is_are_named(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    a_tree(w, "See [[Article 99]].");
    run(w);
    assert_rows(w, "one/a", "cra:art_99/does not exist/0");
    assert_findings(w, "provision-missing@7");
    assert_has(finding(w, "provision-missing")->hint, "Article 31");
}

static void the_faq_as_a_corpus_is_where_its_sections_are(void **state)
{
    world *w = *state;
    put(w, "x.jsonl",
        "{\"id\":\"cfaq:4.2.5\",\"question\":\"A?\",\"answer\":\"Yes.\"}\n"
        "{\"id\":\"m/b\",\"question\":\"B?\",\"answer\":\"As [[official/faq_4-2-5]] has it.\"}\n");
    run(w);
    const pin_draft_item *item = item_called(w, "m/b");
    assert_int_equal(item->citation_count, 0);
    assert_has(item->plain, "A?");
}

/* ---- versions ---- */

/* Section 1 is the same in both, 2 changed, 3 is gone, 4 is new. */
static void load_two_versions(world *w)
{
    load_version(w, "cfaq", "1.3",
                 "{\"section\":\"1\",\"question\":\"One?\",\"answer\":\"same  words\"}\n"
                 "{\"section\":\"2\",\"question\":\"Two?\",\"answer\":\"new words\"}\n"
                 "{\"section\":\"4\",\"question\":\"Four?\",\"answer\":\"added\"}\n");
    load_version(w, "cfaq", "1.2",
                 "{\"section\":\"1\",\"question\":\"One?\",\"answer\":\"same words\"}\n"
                 "{\"section\":\"2\",\"question\":\"Two?\",\"answer\":\"old words\"}\n"
                 "{\"section\":\"3\",\"question\":\"Three?\",\"answer\":\"gone\"}\n");
}

#define LISTED(list) "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"So it is.\",\"citations\":[" list "]}\n"

static void a_citation_without_a_version_means_the_current_one(void **state)
{
    world *w = *state;
    load_two_versions(w);
    put(w, "x.jsonl", LISTED("\"cfaq:sec_1\",\"Commission FAQ, section 2\",\"cfaq:sec_3\",\"cfaq:sec_4\",\"cfaq:sec_5\""));
    run(w);
    assert_rows(w, "m/a", "cfaq:sec_1/resolved/0L cfaq:sec_2/resolved/1L cfaq:sec_3/does not exist/2L "
                          "cfaq:sec_4/resolved/3L cfaq:sec_5/does not exist/4L");
    assert_findings(w, "words-changed@1 leans-on-withdrawn@1 provision-missing@1");
    assert_int_equal(w->findings.at[0].severity, PIN_NOTE);
    assert_has(w->findings.at[0].message, "Section 2 of 'Commission FAQ' reads otherwise in version 1.3 than in 1.2");
    assert_int_equal(w->findings.at[1].severity, PIN_ERROR);
    assert_has(w->findings.at[1].message, "version 1.2 has it, 1.3 does not");
    assert_has(w->findings.at[1].hint, "cfaq@1.2:sec_3");
}

static void a_citation_may_name_the_version_it_was_written_against(void **state)
{
    world *w = *state;
    load_two_versions(w);
    put(w, "x.jsonl", LISTED("\"cfaq@1.2:sec_1\",\"Commission FAQ 1.2, section 2\","
                             "{\"source\":\"cfaq@1.2\",\"provision\":\"section 3\"},{\"source\":\"cfaq@1.2\"}"));
    run(w);
    assert_rows(w, "m/a", "cfaq@1.2:sec_1/resolved/0L cfaq@1.2:sec_2/resolved/1L cfaq@1.2:sec_3/resolved/2L "
                          "cfaq@1.2:/resolved/3L");
    assert_findings(w, "older-version@1 words-changed@1 leans-on-withdrawn@1 older-version@1");
    assert_int_equal(w->findings.at[0].severity, PIN_NOTE);
    assert_int_equal(w->findings.at[1].severity, PIN_WARNING);
    assert_int_equal(w->findings.at[2].severity, PIN_WARNING);
    assert_has(w->findings.at[1].hint, "then cite cfaq:sec_2");
}

static void who_cites_an_article_leans_on_its_paragraphs(void **state)
{
    world *w = *state;
    load_version(w, "cra", "2025-01-01",
                 "{\"id\":\"art_1\",\"text\":\"new\",\"own\":\"\"}\n"
                 "{\"id\":\"art_1.par_1\",\"text\":\"new\",\"parent\":\"art_1\"}\n");
    load_version(w, "cra", "2024-11-20",
                 "{\"id\":\"art_1\",\"text\":\"old\",\"own\":\"\"}\n"
                 "{\"id\":\"art_1.par_1\",\"text\":\"old\",\"parent\":\"art_1\"}\n");
    put(w, "x.jsonl", LISTED("\"Article 1\",\"Article 1(1)\""));
    run(w);
    assert_rows(w, "m/a", "cra:art_1/resolved/0L cra:art_1.par_1/resolved/1L");
    assert_findings(w, "words-changed@1 words-changed@1");
}

static void a_reference_to_a_withdrawn_section_is_named(void **state)
{
    world *w = *state;
    load_two_versions(w);
    a_tree(w, "See [[official/faq_3]] and [[cfaq@1.2:sec_3]].");
    run(w);
    assert_rows(w, "one/a", "cfaq:sec_3/does not exist/0 cfaq@1.2:sec_3/resolved/1");
    assert_findings(w, "leans-on-withdrawn@7 leans-on-withdrawn@7 not-checked@0"); /* the other file cites the act */
}

/* ---- answers beside each other ---- */

#define ASKED(id, question, answer, cites) \
    "{\"id\":\"" id "\",\"question\":\"" question "\",\"answer\":\"" answer "\",\"citations\":[" cites "]}\n"

static void opposite_answers_to_like_questions_on_one_provision_are_named(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    put(w, "x.jsonl",
        ASKED("m/a", "May a steward affix the CE marking?", "No, never.", "\"Article 13(1)\",\"Article 31\"")
        ASKED("n/b", "Can stewards affix a CE marking?", "Yes. They can.", "\"Article 13(1)\",\"Article 31\"")
        /* another provision; another question; the same word; a turned question; all of the article; neither */
        ASKED("n/c", "Can the steward affix a CE marking?", "Yes.", "\"Article 13(2)\"")
        ASKED("n/d", "Can importers sell spare parts?", "Yes.", "\"Article 13(1)\"")
        ASKED("n/e", "Do stewards affix a CE marking?", "Not at all.", "\"Annex VII\"")
        ASKED("n/f", "Can a steward sell without affixing the CE marking?", "No.", "\"Article 13(1)\"")
        ASKED("n/g", "Can any steward affix a CE marking?", "Yes.", "\"Article 13\"")
        ASKED("n/h", "Should stewards affix a CE marking?", "Not only stewards.", "\"Article 13(1)\"")
        ASKED("n/i", "Would stewards affix a CE marking?", "Nothing says so.", "\"Article 13(1)\""));
    run(w);
    assert_findings(w, "opposite-verdicts@2"); /* once, though they meet twice */
    assert_has(finding(w, "opposite-verdicts")->message, "says yes where 'm/a' (x.jsonl:1) says no, on Article 13(1)");
}

static void who_cites_an_older_version_than_the_neighbour_is_named(void **state)
{
    world *w = *state;
    load_two_versions(w);
    put(w, "x.jsonl",
        ASKED("m/a", "A?", "So.", "\"cfaq:sec_1\"") ASKED("m/b", "B?", "So.", "\"cfaq@1.2:sec_3\"")
        ASKED("n/c", "C?", "So.", "\"cfaq@1.2:sec_1\"") ASKED("o/d", "D?", "So.", "\"cfaq@1.2:sec_3\""));
    run(w);
    char line[512] = "";
    for (uint32_t i = 0; i < w->findings.count; i++)
        if (pin_str_equal(w->findings.at[i].code, PIN_STR("older-version-than-neighbour")))
            snprintf(line + strlen(line), sizeof line - strlen(line), "%.*s: %.*s; ", (int)w->findings.at[i].item.len,
                     w->findings.at[i].item.at, (int)w->findings.at[i].message.len, w->findings.at[i].message.at);
    /* c stands beside a on one provision, b in one module; nobody stands beside d */
    assert_string_equal(line, "n/c: cites Section 1 in version 1.2, 'm/a' (x.jsonl:1) in 1.3; "
                              "m/b: cites Section 3 in version 1.2, 'm/a' (x.jsonl:1) in 1.3; ");
}

/* ---- the corpus ---- */

static void the_same_question_twice_is_named(void **state)
{
    world *w = *state;
    put(w, "x.jsonl",
        "{\"id\":\"m/a\",\"question\":\"What is an SBOM?\",\"answer\":\"Article 13.\"}\n"
        "{\"id\":\"m/b\",\"question\":\"What is a SBOM?\",\"answer\":\"Article 13.\"}\n"
        "{\"id\":\"n/c\",\"question\":\"what is an  SBOM\",\"answer\":\"Article 13.\"}\n");
    run(w);
    assert_findings(w, "duplicate-question@3 not-checked@0");
    assert_has(w->findings.at[0].message, "'m/a' asks the same (x.jsonl:1)");
}

static void an_item_with_too_many_citations_keeps_the_first(void **state)
{
    world *w = *state;
    load(w, "cra", act);
    enum { COUNT = 5000 };
    char *text = malloc(COUNT * 64), *at = text;
    at += sprintf(at, "{\"id\":\"m/a\",\"question\":\"A?\",\"answer\":\"Yes.\",\"citations\":[\"Article 31\"");
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, ",{\"source\":\"Act number %d\"}", i);
    sprintf(at, "]}\n");
    put(w, "x.jsonl", text);
    run(w);
    assert_int_equal(item_called(w, "m/a")->citation_count, PIN_CHECK_ROWS_MAX);
    assert_int_equal(finding(w, "too-many-citations")->severity, PIN_WARNING);
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(provisions_are_taken_from_the_note_of_an_entry_that_names_an_act),
        TEST(a_provision_that_is_given_is_what_counts),
        TEST(every_entry_ends_in_one_state),
        TEST(citations_do_not_run_on_from_cell_to_cell),
        TEST(without_the_act_ids_are_kept_unproved),
        TEST(what_the_answer_names_must_be_in_the_list),
        TEST(where_no_item_of_a_file_has_a_list_none_is_missed),
        TEST(quoted_words_must_stand_in_the_provision),
        TEST(references_become_links_and_citations),
        TEST(dead_references_are_named_with_their_line_and_a_guess),
        TEST(words_in_brackets_that_cite_nothing_there_is_are_named),
        TEST(the_faq_as_a_corpus_is_where_its_sections_are),
        TEST(a_citation_without_a_version_means_the_current_one),
        TEST(a_citation_may_name_the_version_it_was_written_against),
        TEST(who_cites_an_article_leans_on_its_paragraphs),
        TEST(a_reference_to_a_withdrawn_section_is_named),
        TEST(opposite_answers_to_like_questions_on_one_provision_are_named),
        TEST(who_cites_an_older_version_than_the_neighbour_is_named),
        TEST(the_same_question_twice_is_named),
        TEST(an_item_with_too_many_citations_keeps_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
