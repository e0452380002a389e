/* Sources read from texts written for the purpose, and the real act where it is at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/source/source.h"

typedef struct world {
    pin_pool      *pool;
    pin_source_set set;
    pin_findings   findings;
    pin_error      err;
} world;

static int begin(void **state)
{
    world *w = calloc(1, sizeof *w);
    w->pool = pin_pool_new();
    pin_source_set_init(&w->set, w->pool);
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

static pin_status add_text(world *w, const char *id, const char *version, pin_str text)
{
    pin_input_file   file = {.path = PIN_STR("p.jsonl"), .shown = PIN_STR("law/p.jsonl"), .bytes = text};
    pin_input_source source = {.id = pin_str_of(id),
                               .version = pin_str_of(version),
                               .input = {.root = PIN_STR("law/p.jsonl"), .files = &file, .file_count = 1}};
    return pin_source_add(&w->set, &w->findings, &source, &w->err);
}

static pin_status add_folder(world *w, const char *id, const char *yml, const char *jsonl_name, const char *jsonl)
{
    pin_input_file files[2] = {
        {.path = pin_str_of(jsonl_name), .shown = PIN_STR("law/rows"), .bytes = pin_str_of(jsonl)},
        {.path = PIN_STR("source.yml"), .shown = PIN_STR("law/source.yml"), .bytes = pin_str_of(yml)},
    };
    pin_input_source source = {.id = pin_str_of(id),
                               .input = {.root = PIN_STR("law"), .is_folder = true, .files = files, .file_count = 2}};
    return pin_source_add(&w->set, &w->findings, &source, &w->err);
}

static void finish(world *w)
{
    assert_int_equal(pin_source_finish(&w->set, &w->findings, (pin_str){0}, &w->err), PIN_OK);
}

static void assert_str(pin_str text, const char *expected)
{
    if (!pin_str_equal(text, pin_str_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)text.len, text.len ? text.at : "", expected);
}

static uint32_t find(world *w, uint32_t act, const char *id)
{
    pin_law law = pin_source_law(&w->set);
    return law.find(law.ctx, act, pin_str_of(id));
}

static void assert_finding(const world *w, uint32_t i, const char *code, uint32_t line, const char *part)
{
    assert_true(i < w->findings.count);
    const pin_finding *f = &w->findings.at[i];
    char               message[512];
    snprintf(message, sizeof message, "%.*s", (int)f->message.len, f->message.at);
    assert_str(f->code, code);
    assert_int_equal(f->line, line);
    if (!strstr(message, part))
        fail_msg("'%s' does not say '%s'", message, part);
}

/* ---- rows ---- */

static const char tree[] = "{\"id\":\"art_1\",\"label\":\"Article 1\",\"kind\":\"article\",\"heading\":\"H\",\"text\":"
                           "\"a\\nb\",\"own\":\"\",\"parent\":null}\n"
                           "{\"id\":\"art_1.par_1\",\"text\":\"a\",\"parent\":\"art_1\",\"also\":[\"Article 1.1\"]}\r\n"
                           "\n"
                           "{\"id\":\"art_1.par_1.pnt_a\",\"text\":\"x\",\"parent\":\"art_1.par_1\"}\n"
                           "{\"id\":\"art_1.par_2\",\"text\":\"b\",\"parent\":\"art_1\"}\n"
                           "{\"id\":\"art_2\",\"own\":\"c\"}";

static void rows_become_a_tree(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "", pin_str_of(tree)), PIN_OK);
    finish(w);
    assert_int_equal(w->findings.count, 0);
    const pin_draft_source *s = &w->set.sources[0];
    assert_int_equal(s->provision_count, 5);
    const uint32_t parents[] = {PIN_NO_PROVISION, 0, 1, 0, PIN_NO_PROVISION}, depths[] = {0, 1, 2, 1, 0},
                   ends[] = {4, 3, 3, 4, 5}, lines[] = {1, 2, 4, 5, 6};
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(s->provisions[i].parent, parents[i]);
        assert_int_equal(s->provisions[i].depth, depths[i]);
        assert_int_equal(s->provisions[i].end, ends[i]);
        assert_int_equal(s->provisions[i].line, lines[i]);
    }
    assert_str(s->provisions[0].heading, "H");
    assert_str(s->provisions[0].text, "a\nb");
    assert_str(s->provisions[0].own, "");
    assert_str(s->provisions[1].own, "a");  /* not given: the text */
    assert_str(s->provisions[4].text, "c"); /* not given: what is its own */
    assert_str(s->provisions[3].label, "Article 1(2)");
    assert_str(s->names[0], "DSA");
    assert_str(s->rank, "act");
    assert_true(s->loaded && !s->outline);
}

static void provisions_are_found_by_id_and_by_other_labels(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "", pin_str_of(tree)), PIN_OK);
    assert_int_equal(add_text(w, "nis", "", PIN_STR("{\"id\":\"art_1\",\"text\":\"n\"}")), PIN_OK);
    finish(w);
    pin_law law = pin_source_law(&w->set);
    assert_int_equal(find(w, 0, "art_1.par_2"), 3);
    assert_int_equal(find(w, 0, "art_1.par_3"), PIN_NO_PROVISION);
    assert_int_equal(find(w, 1, "art_1"), 5); /* numbered over all sources */
    assert_int_equal(find(w, 1, "art_2"), PIN_NO_PROVISION);
    assert_int_equal(law.find_also(law.ctx, 0, PIN_STR("Article 1.1")), 1);
    assert_int_equal(law.find_also(law.ctx, 1, PIN_STR("Article 1.1")), PIN_NO_PROVISION);
    uint32_t source;
    assert_str(pin_source_provision(&w->set, 5, &source)->text, "n");
    assert_int_equal(source, 1);
    assert_null(pin_source_provision(&w->set, 6, NULL));
}

static void a_bad_row_costs_one_row_and_is_named(void **state)
{
    world *w = *state;
    static const char rows[] = "{\"id\":\"art_1\"}\n"
                               "{\"id\":\"art_2\",\n"
                               "[]\n"
                               "{\"id\":7}\n"
                               "{\"text\":\"no id\"}\n"
                               "{\"id\":\"art 3\"}\n"
                               "{\"id\":\"art_4\",\"id\":\"art_5\"}\n"
                               "{\"id\":\"art_6\",\"also\":\"Article 6\"}\n"
                               "{\"id\":\"art_7\",\"text\":\"\xff\"}\n"
                               "{\"id\":\"art_1\"}\n"
                               "{\"id\":\"art_8\"}\n";
    assert_int_equal(add_text(w, "dsa", "", PIN_STR(rows)), PIN_OK);
    finish(w);
    assert_int_equal(w->set.sources[0].provision_count, 2);
    assert_int_equal(find(w, 0, "art_8"), 1);
    assert_int_equal(w->findings.count, 9);
    assert_finding(w, 0, "bad-provision", 2, "not JSON");
    assert_finding(w, 1, "bad-provision", 3, "object");
    assert_finding(w, 2, "bad-provision", 4, "\"id\" is not a string");
    assert_finding(w, 3, "bad-provision", 5, "no \"id\"");
    assert_finding(w, 4, "bad-provision", 6, "'art 3'");
    assert_finding(w, 5, "bad-provision", 7, "not JSON");
    assert_finding(w, 6, "bad-provision", 8, "\"also\"");
    assert_finding(w, 7, "bad-provision", 9, "not UTF-8");
    assert_finding(w, 8, "duplicate-provision", 10, "art_1");
    assert_str(w->findings.at[0].file, "law/p.jsonl");
}

static void parents_must_stand_above(void **state)
{
    world *w = *state;
    static const char rows[] = "{\"id\":\"art_1.par_1\",\"parent\":\"art_1\"}\n"
                               "{\"id\":\"art_1\"}\n"
                               "{\"id\":\"art_2\",\"parent\":\"art_9\"}\n"
                               "{\"id\":\"art_3\",\"parent\":\"art_3\"}\n";
    assert_int_equal(add_text(w, "dsa", "", PIN_STR(rows)), PIN_OK);
    finish(w);
    assert_int_equal(w->findings.count, 3);
    assert_finding(w, 0, "unknown-parent", 1, "stands below it");
    assert_finding(w, 1, "unknown-parent", 3, "no provision 'art_9'");
    assert_finding(w, 2, "unknown-parent", 4, "art_3");
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(w->set.sources[0].provisions[i].depth, 0);
}

static void scattered_rows_are_gathered_under_their_parents(void **state)
{
    world *w = *state;
    static const char rows[] = "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"
                               "{\"id\":\"a.1\",\"parent\":\"a\"}\n{\"id\":\"b.1\",\"parent\":\"b\"}\n"
                               "{\"id\":\"a.1.x\",\"parent\":\"a.1\"}\n{\"id\":\"a.2\",\"parent\":\"a\"}\n";
    assert_int_equal(add_text(w, "dsa", "", PIN_STR(rows)), PIN_OK);
    finish(w);
    static const char *const order[] = {"a", "a.1", "a.1.x", "a.2", "b", "b.1"};
    const uint32_t           ends[] = {4, 3, 3, 4, 6, 6}, parents[] = {PIN_NO_PROVISION, 0, 1, 0, PIN_NO_PROVISION, 4};
    for (uint32_t i = 0; i < 6; i++) {
        assert_str(w->set.sources[0].provisions[i].id, order[i]);
        assert_int_equal(w->set.sources[0].provisions[i].end, ends[i]);
        assert_int_equal(w->set.sources[0].provisions[i].parent, parents[i]);
        assert_int_equal(find(w, 0, order[i]), i);
    }
    assert_int_equal(w->findings.count, 1);
    assert_finding(w, 0, "provision-order", 3, "'a.1'");
}

static void entries_of_an_faq_become_sections(void **state)
{
    world *w = *state;
    static const char rows[] =
        "{\"section\":\"4.2\",\"title\":\"Heading\"}\n"
        "{\"section\":\"4.2.5\",\"question\":\"What?\",\"answer\":\"This.\",\"revision\":\"1.3\"}\n"
        "{\"section\":\"5.1\",\"question\":\"Why?\",\"answer\":\"That.\",\"revision\":\"1.3\"}\n";
    assert_int_equal(add_text(w, "cfaq", "", PIN_STR(rows)), PIN_OK);
    finish(w);
    const pin_draft_source *s = &w->set.sources[0];
    assert_int_equal(w->findings.count, 0);
    assert_str(s->provisions[1].id, "sec_4.2.5");
    assert_str(s->provisions[1].label, "Section 4.2.5");
    assert_str(s->provisions[1].heading, "What?");
    assert_str(s->provisions[1].text, "This.");
    assert_int_equal(s->provisions[1].parent, 0);
    assert_int_equal(s->provisions[2].parent, PIN_NO_PROVISION);
    assert_str(s->version, "1.3");
    assert_str(s->rank, "official FAQ");
    assert_str(s->names[0], "Commission FAQ");
}

static void nothing_usable_is_said_so(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "", PIN_STR("")), PIN_BAD_INPUT);
    assert_int_equal(add_text(w, "dsa", "", PIN_STR("nonsense\n")), PIN_BAD_INPUT);
    assert_int_equal(add_text(w, "D S A", "", PIN_STR("{\"id\":\"a\"}")), PIN_BAD_INPUT);
    assert_non_null(w->err.message);
}

/* ---- descriptions ---- */

static void a_description_names_the_act(void **state)
{
    world *w = *state;
    assert_int_equal(add_folder(w, "dsa",
                                "id: dsa\ntitle: \"Digital: Services Act\"\nnames:\n  - Digital Services Act\n  - DSA\n"
                                "celex: 32022R2065\nversion: \"2022-10-27\"\nprovisions: rows.jsonl\noutline: true\n",
                                "rows.jsonl", "{\"id\":\"art_1\"}"),
                     PIN_OK);
    finish(w);
    const pin_draft_source *s = &w->set.sources[0];
    assert_int_equal(w->findings.count, 0);
    assert_str(s->title, "Digital: Services Act");
    assert_int_equal(s->name_count, 2);
    assert_str(s->names[1], "DSA");
    assert_str(s->celex, "32022R2065");
    assert_str(s->version, "2022-10-27");
    assert_true(s->outline && s->loaded);
}

static void mistakes_in_a_description_are_named(void **state)
{
    world *w = *state;
    assert_int_equal(add_folder(w, "dsa",
                                "id: other\ntitel: Digital Services Act\nrank: act\nrank: guidance\nnames: {a: b}\n"
                                "outline: maybe\ncelex: [1, [2]]\n",
                                "rows.jsonl", "{\"id\":\"art_1\",\"text\":\"a\"}"),
                     PIN_OK);
    finish(w);
    assert_int_equal(w->findings.count, 6);
    assert_finding(w, 0, "bad-description", 2, "titel");
    assert_str(w->findings.at[0].hint, "did you mean 'title'?");
    assert_finding(w, 1, "bad-description", 4, "twice");
    assert_finding(w, 2, "bad-description", 5, "names");
    assert_finding(w, 3, "bad-description", 6, "maybe");
    assert_finding(w, 4, "bad-description", 7, "celex");
    assert_finding(w, 5, "source-id", 0, "other");
    assert_str(w->set.sources[0].rank, "act");
}

static void a_description_that_is_no_yaml_is_refused(void **state)
{
    world *w = *state;
    static const char *const bad[] = {"id: [", "- a\n- b\n", "just text", "", "? [a]\n: b\n", "id: \"\x01\"\n",
                                      "a: &x b\nid: *x\n: :"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t before = w->findings.count;
        assert_int_equal(add_folder(w, "dsa", bad[i], "rows.jsonl", "{\"id\":\"a\"}"), PIN_BAD_INPUT);
        assert_true(w->findings.count > before);
    }
}

static void a_folder_must_say_which_file_has_the_provisions(void **state)
{
    world         *w = *state;
    pin_str        row = PIN_STR("{\"id\":\"a\",\"text\":\"t\"}");
    pin_input_file files[] = {{.path = PIN_STR("a.jsonl"), .shown = PIN_STR("a"), .bytes = row},
                              {.path = PIN_STR("provisions.jsonl"), .shown = PIN_STR("p"), .bytes = row},
                              {.path = PIN_STR("b.jsonl"), .shown = PIN_STR("b"), .bytes = row}};
    pin_input_source source = {.id = PIN_STR("dsa"), .input = {.is_folder = true, .files = files, .file_count = 2}};
    assert_int_equal(pin_source_add(&w->set, &w->findings, &source, &w->err), PIN_OK);
    assert_str(w->set.sources[0].origin.file, "p");
    files[1] = files[2];
    assert_int_equal(pin_source_add(&w->set, &w->findings, &source, &w->err), PIN_BAD_INPUT);
    assert_int_equal(add_folder(w, "dsa", "provisions: absent.jsonl\n", "rows.jsonl", ""), PIN_BAD_INPUT);
}

/* ---- sets ---- */

static void two_acts_are_known_without_being_loaded(void **state)
{
    world *w = *state;
    finish(w);
    assert_int_equal(w->set.source_count, 2);
    assert_false(w->set.sources[0].loaded || w->set.sources[1].loaded);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("the cyber  resilience act")), 0);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("CRA")), 0);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("Regulation (EU) 2024/2847")), 0);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("European Commission CRA FAQs")), 1);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("Commission\xE2\x80\x99s FAQ")), 1);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("GDPR")), PIN_NO_PROVISION);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("")), PIN_NO_PROVISION);
    assert_int_equal(w->set.default_source, 0);
    assert_int_equal(find(w, 0, "art_1"), PIN_NO_PROVISION);
}

static void versions_stand_side_by_side(void **state)
{
    world            *w = *state;
    static const char v12[] = "{\"section\":\"1\",\"answer\":\"old\"}\n{\"section\":\"2\",\"answer\":\"gone\"}\n";
    static const char v13[] = "{\"section\":\"1\",\"answer\":\"new\"}\n";
    assert_int_equal(add_text(w, "cfaq", "1.10", PIN_STR(v13)), PIN_OK);
    assert_int_equal(add_text(w, "cfaq", "1.2", PIN_STR(v12)), PIN_OK);
    assert_int_equal(w->findings.count, 0);
    assert_int_equal(add_text(w, "cfaq", "1.2", PIN_STR(v12)), PIN_OK);
    assert_finding(w, 0, "duplicate-source", 0, "cfaq");
    finish(w);
    uint32_t now = pin_source_named(&w->set, PIN_STR("Commission FAQ"));
    uint32_t then = pin_source_named(&w->set, PIN_STR("Commission FAQ 1.2"));
    assert_str(w->set.sources[now].id, "cfaq");
    assert_str(w->set.sources[now].version, "1.10");
    assert_str(w->set.sources[then].id, "cfaq@1.2");
    assert_int_equal(find(w, now, "sec_2"), PIN_NO_PROVISION);
    assert_str(pin_source_provision(&w->set, find(w, then, "sec_2"), NULL)->text, "gone");
    assert_str(w->set.sources[w->set.default_source].id, "cra");
}

static void the_newer_version_takes_the_name_in_whatever_order(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "cfaq", "1.2", PIN_STR("{\"section\":\"1\",\"answer\":\"old\"}")), PIN_OK);
    assert_int_equal(add_text(w, "cfaq", "1.10", PIN_STR("{\"section\":\"1\",\"answer\":\"new\"}")), PIN_OK);
    finish(w);
    uint32_t now = pin_source_named(&w->set, PIN_STR("cfaq"));
    assert_str(w->set.sources[now].version, "1.10");
    assert_int_equal(pin_source_named(&w->set, PIN_STR("cfaq@1.2")), now + 1);
}

static void the_current_version_comes_first_then_the_newest(void **state)
{
    world                   *w = *state;
    static const char *const given[] = {"1.2", "1.0", "1.10", "1.3", "2 (draft/../x)"};
    static const char *const sorted[] = {"dsa", "dsa@1.10", "dsa@1.3", "dsa@1.2", "dsa@1.0"};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(add_text(w, "dsa", given[i], PIN_STR("{\"id\":\"art_1\",\"text\":\"t\"}")), PIN_OK);
    finish(w);
    for (uint32_t i = 0; i < 5; i++)
        assert_str(w->set.sources[i].id, sorted[i]);
    assert_int_equal(w->set.default_source, 0);
    assert_int_equal(pin_source_named(&w->set, PIN_STR("DSA 1.2")), 3);
    assert_int_equal(find(w, 3, "art_1"), 3);
}

static void a_version_stands_in_addresses_without_a_slash(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "1 (draft/../x)", PIN_STR("{\"id\":\"a\"}")), PIN_OK);
    assert_int_equal(add_text(w, "dsa", "2", PIN_STR("{\"id\":\"a\"}")), PIN_OK);
    finish(w);
    assert_str(w->set.sources[1].id, "dsa@1--draft-..-x-");
    assert_str(w->set.sources[1].version, "1 (draft/../x)");
}

static void a_rank_is_one_of_eight(void **state)
{
    world *w = *state;
    assert_int_equal(add_folder(w, "a", "rank: Delegated Act\n", "rows.jsonl", "{\"id\":\"art_1\"}"), PIN_OK);
    assert_int_equal(w->findings.count, 0);
    assert_int_equal(add_folder(w, "b", "rank: hearsay\n", "rows.jsonl", "{\"id\":\"art_1\"}"), PIN_OK);
    assert_int_equal(add_text(w, "c", "", PIN_STR("{\"section\":\"1\",\"answer\":\"a\"}")), PIN_OK);
    finish(w);
    assert_finding(w, 0, "bad-description", 1, "'hearsay' is no rank");
    assert_str(w->set.sources[0].rank, "delegated act");
    assert_str(w->set.sources[1].rank, "act");       /* as provisions of law have when nothing is said */
    assert_str(w->set.sources[2].rank, "community"); /* an FAQ of which nobody says that it is official */
}

static void the_default_source_can_be_chosen(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "", pin_str_of(tree)), PIN_OK);
    assert_int_equal(add_text(w, "nis", "", pin_str_of(tree)), PIN_OK);
    assert_int_equal(pin_source_finish(&w->set, &w->findings, PIN_STR("nis"), &w->err), PIN_OK);
    assert_int_equal(w->set.default_source, 1);
}

static void a_default_source_that_is_not_there_is_named(void **state)
{
    world *w = *state;
    assert_int_equal(add_text(w, "dsa", "", pin_str_of(tree)), PIN_OK);
    assert_int_equal(pin_source_finish(&w->set, &w->findings, PIN_STR("gdpr"), &w->err), PIN_OK);
    assert_finding(w, 0, "unknown-source", 0, "gdpr");
    assert_int_equal(w->set.default_source, 0);
}

/* ---- the real act ---- */

static void the_cyber_resilience_act_reads_without_a_finding(void **state)
{
    world *w = *state;
    FILE  *file = fopen(PINCITE_SHARED_DIR "/cra/provisions.jsonl", "rb");
    if (!file) {
        print_message("skipped: no shared data\n");
        skip();
    }
    char  *bytes = malloc(4 << 20);
    size_t len = fread(bytes, 1, 4 << 20, file);
    fclose(file);
    assert_int_equal(add_text(w, "cra", "", (pin_str){bytes, len}), PIN_OK);
    free(bytes);
    finish(w);
    /* the numbers are those of data/README.md */
    static const struct {
        const char *kind;
        uint32_t    count;
    } kinds[] = {{"recital", 130}, {"article", 71}, {"paragraph", 288}, {"annex", 8}};
    const pin_draft_source *s = &w->set.sources[0];
    assert_int_equal(w->findings.count, 0);
    assert_int_equal(s->provision_count, 891);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < s->provision_count; i++)
            count += pin_str_equal(s->provisions[i].kind, pin_str_of(kinds[k].kind));
        assert_int_equal(count, kinds[k].count);
    }
    pin_law  law = pin_source_law(&w->set);
    uint32_t definition = law.find_also(law.ctx, 0, PIN_STR("Article 3(14)"));
    assert_int_equal(definition, find(w, 0, "art_3.pnt_14"));
    const pin_draft_provision *decimal = pin_source_provision(&w->set, find(w, 0, "anx_VIII.prt_IV.pnt_3.2"), NULL);
    assert_str(s->provisions[decimal->parent].id, "anx_VIII.prt_IV.pnt_3");
    assert_str(s->version, "2024-11-20");
    assert_str(s->celex, "32024R2847");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(rows_become_a_tree),
        TEST(provisions_are_found_by_id_and_by_other_labels),
        TEST(a_bad_row_costs_one_row_and_is_named),
        TEST(parents_must_stand_above),
        TEST(scattered_rows_are_gathered_under_their_parents),
        TEST(entries_of_an_faq_become_sections),
        TEST(nothing_usable_is_said_so),
        TEST(a_description_names_the_act),
        TEST(mistakes_in_a_description_are_named),
        TEST(a_description_that_is_no_yaml_is_refused),
        TEST(a_folder_must_say_which_file_has_the_provisions),
        TEST(two_acts_are_known_without_being_loaded),
        TEST(versions_stand_side_by_side),
        TEST(the_newer_version_takes_the_name_in_whatever_order),
        TEST(the_current_version_comes_first_then_the_newest),
        TEST(a_version_stands_in_addresses_without_a_slash),
        TEST(a_rank_is_one_of_eight),
        TEST(the_default_source_can_be_chosen),
        TEST(a_default_source_that_is_not_there_is_named),
        TEST(the_cyber_resilience_act_reads_without_a_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
