/* What the search promises, asked of small corpora made for the purpose and of the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/read/read.h"
#include "core/text/text.h"
#include "pincite/blocks.h"
#include "tests/oracle/search_corpus.h"

#define ROOM (64u << 20)

static void *room;

static pin_hits ask_with(const opened *o, pin_str query, pin_search_options options)
{
    static pin_arena arena;
    pin_hits         hits = {0};
    pin_error        err = {0};
    arena = pin_arena_over(room, ROOM);
    pin_status s = pin_search(&hits, o->ix, query, &options, &arena, &err);
    if (s != PIN_OK)
        print_error("status %d: %s\n", (int)s, err.message);
    assert_int_equal(s, PIN_OK);
    return hits;
}

static pin_hits ask(const opened *o, const char *query)
{
    return ask_with(o, pin_str_of(query), (pin_search_options){.k = 50});
}

/* The item's id as given, in static memory. */
static const char *id_of(const opened *o, uint32_t item)
{
    static char ids[4][128], memory[1 << 20];
    static int  turn;
    pin_arena   arena = pin_arena_over(memory, sizeof memory);
    pin_item    it;
    assert_int_equal(pin_index_item(&it, o->ix, item, &arena, NULL), PIN_OK);
    pin_str id = it.given_id.len ? it.given_id : it.id;
    turn = (turn + 1) % 4;
    snprintf(ids[turn], sizeof ids[turn], "%.*s", (int)id.len, id.at);
    return ids[turn];
}

static void assert_order(const opened *o, const char *query, const char *ids)
{
    pin_hits hits = ask(o, query);
    char     got[2048] = "";
    for (uint32_t i = 0; i < hits.count; i++) {
        strcat(got, i ? " " : "");
        strcat(got, id_of(o, hits.at[i].item));
    }
    if (strncmp(got, ids, strlen(ids)) != 0)
        print_error("query '%s'\n", query);
    got[strlen(ids)] = 0;
    assert_string_equal(got, ids);
}

/* ---- Small corpora ---- */

static void the_question_itself_comes_first(void **state)
{
    (void)state;
    opened o;
    assert_true(
        open_corpus(&o,
                    PIN_STR("{\"id\":\"m/long\",\"question\":\"Is it so, and is it so, and is it "
                            "so?\",\"answer\":\"Is it so? Is it so? It is so.\"}\n"
                            "{\"id\":\"m/short\",\"question\":\"Is it so?\",\"answer\":\"Perhaps.\"}\n"
                            "{\"id\":\"m/twin\",\"question\":\"Is it so?\",\"answer\":\"A second time.\"}\n"),
                    NULL));
    assert_order(&o, "Is it so?", "m/short m/twin");
    assert_order(&o, "  IS   it, SO", "m/short m/twin");
    assert_true(ask(&o, "is it so").confident);
    close_corpus(&o);
}

static const char words_corpus[] =
    "{\"id\":\"m/exact\",\"question\":\"Other things\",\"answer\":\"In a very long answer, far at the end of "
    "many words that say "
    "nothing of it at all, there is one report of a vulnerability, and then it goes on and on for quite a "
    "while yet.\"}\n"
    "{\"id\":\"m/synonym\",\"question\":\"Notify, notify, notify\",\"answer\":\"Notify and notify again.\"}\n"
    "{\"id\":\"m/prefix\",\"question\":\"Reportage\",\"answer\":\"Reportage, reportage.\"}\n"
    "{\"id\":\"m/typo\",\"question\":\"Repport\",\"answer\":\"Repport, repport.\"}\n"
    "{\"id\":\"m/none\",\"question\":\"Nothing\",\"answer\":\"Whatever.\"}\n";

static void no_other_reading_outranks_the_word_itself(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(&o, PIN_STR(words_corpus), NULL));
    assert_order(&o, "report", "m/exact");
    pin_hits hits = ask(&o, "report");
    assert_true(hits.count >= 3); /* the others are found, but behind */
    for (uint32_t i = 1; i < hits.count; i++)
        assert_true(hits.at[i].score < hits.at[0].score);
    close_corpus(&o);
}

static void abbreviations_are_read_both_ways_and_behind(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR("{\"id\":\"m/long\",\"question\":\"Must we have a software bill of "
                "materials?\",\"answer\":\"Yes.\"}\n"
                "{\"id\":\"m/short\",\"question\":\"Must we have an SBOM?\",\"answer\":\"Yes.\"}\n"
                "{\"id\":\"m/both\",\"question\":\"Lists\",\"answer\":\"A software bill of materials (SBOM) "
                "lists components.\"}\n"
                "{\"id\":\"m/none\",\"question\":\"Who pays the bill?\",\"answer\":\"The materials are free "
                "of charge.\"}\n"),
        NULL));
    assert_order(&o, "SBOM", "m/short m/both m/long");
    assert_order(&o, "software bill of materials", "m/long m/both");
    pin_hits hits = ask(&o, "software bill of materials");
    bool     found = false;
    for (uint32_t i = 0; i < hits.count; i++)
        found |= strcmp(id_of(&o, hits.at[i].item), "m/short") == 0;
    assert_true(found);
    close_corpus(&o);
}

static const char law_corpus[] =
    "{\"id\":\"m/"
    "child\",\"question\":\"One\",\"answer\":\"x\",\"citations\":[{\"source\":\"cra\",\"provision\":\"art_13."
    "par_8.pnt_a\"}]}\n"
    "{\"id\":\"m/"
    "parent\",\"question\":\"Two\",\"answer\":\"x\",\"citations\":[{\"source\":\"cra\",\"provision\":\"art_"
    "13\"}]}\n"
    "{\"id\":\"m/range\",\"question\":\"Three\",\"answer\":\"See Article 13(7) to (9) of the CRA.\"}\n"
    "{\"id\":\"m/exact\",\"question\":\"Four\",\"answer\":\"As Article 13(8) of the CRA says.\"}\n"
    "{\"id\":\"m/"
    "listed\",\"question\":\"Five\",\"answer\":\"x\",\"citations\":[{\"source\":\"cra\",\"provision\":\"art_"
    "13.par_8\"}]}\n"
    "{\"id\":\"m/other\",\"question\":\"Six\",\"answer\":\"As Article 14(8) of the CRA says, free software "
    "and more.\"}\n"
    "{\"id\":\"m/free\",\"question\":\"Free software\",\"answer\":\"As Article 13(8) of the CRA says.\"}\n";

static void provisions_are_found_by_how_items_touch_them(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(&o, PIN_STR(law_corpus), NULL));
    pin_hits hits = ask(&o, "art 13(8)");
    assert_int_equal(hits.reading.provision_count, 1);
    assert_true(pin_str_equal(hits.reading.provisions[0].id, PIN_STR("art_13.par_8")));
    assert_true(hits.confident);
    assert_order(&o, "art 13(8)", "m/listed m/exact m/free m/range m/parent m/child");
    assert_order(&o, "Article 13(8) of the CRA", "m/listed");
    assert_order(&o, "article 13(8) free software", "m/free");
    close_corpus(&o);
}

static void quoted_phrases_must_stand_word_for_word(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR(
            "{\"id\":\"m/plural\",\"question\":\"Security updates\",\"answer\":\"Many security updates.\"}\n"
            "{\"id\":\"m/apart\",\"question\":\"Update of security\",\"answer\":\"The update, security "
            "included.\"}\n"
            "{\"id\":\"m/answer\",\"question\":\"Other\",\"answer\":\"Each *security* **update** counts.\"}\n"
            "{\"id\":\"m/twice\",\"question\":\"Other\",\"answer\":\"A security security update, free.\"}\n"
            "{\"id\":\"m/question\",\"question\":\"A Security-Update\",\"answer\":\"x\"}\n"),
        NULL));
    pin_hits hits = ask(&o, "\"security update\"");
    assert_int_equal(hits.count, 3);
    assert_int_equal(hits.total, 3);
    assert_int_equal(hits.reading.phrase_count, 1);
    assert_order(&o, "\"security update\" free", "m/twice");
    assert_order(&o, "free \xE2\x80\x9Csecurity update\xE2\x80\x9D", "m/twice");
    assert_int_equal(ask(&o, "\"security update\" free").total, 3);
    assert_int_equal(ask(&o, "\"security security update\"").total, 1);
    assert_int_equal(ask(&o, "\"update security update\"").total, 0);
    assert_int_equal(ask(&o, "\"security updat\"").total, 0);
    assert_int_equal(ask(&o, "\"security update\" \"free\"").total, 1);
    assert_true(ask(&o, "\"security update").total > 3); /* never closed: still typing */
    assert_int_equal(ask(&o, "\"\" \"?!\" update").reading.phrase_count, 0);
    close_corpus(&o);
}

static void filters_narrow_and_counts_add_up(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR("{\"id\":\"a/1\",\"module\":\"A\",\"question\":\"update "
                "one\",\"answer\":\"x\",\"status\":\"Draft\"}\n"
                "{\"id\":\"a/2\",\"module\":\"A\",\"question\":\"update "
                "two\",\"answer\":\"x\",\"status\":\"Approved\"}\n"
                "{\"id\":\"b/1\",\"module\":\"B\",\"question\":\"update "
                "three\",\"answer\":\"x\",\"status\":\"Draft\"}\n"
                "{\"id\":\"b/"
                "2\",\"module\":\"B\",\"question\":\"nothing\",\"answer\":\"x\",\"status\":\"Draft\"}\n"),
        NULL));
    pin_hits hits = ask(&o, "update");
    assert_int_equal(hits.total, 3);
    assert_int_equal(hits.module_counts[0] + hits.module_counts[1], 3);
    assert_int_equal(hits.module_counts[0], 2);
    hits = ask_with(&o, PIN_STR("update"), (pin_search_options){.module = PIN_STR("b")});
    assert_int_equal(hits.count, 1);
    assert_string_equal(id_of(&o, hits.at[0].item), "b/1");
    hits = ask_with(&o, PIN_STR("update"), (pin_search_options){.status = PIN_STR("draft")});
    assert_int_equal(hits.total, 2);
    hits = ask_with(&o, PIN_STR("update"),
                    (pin_search_options){.status = PIN_STR("draft"), .module = PIN_STR("a")});
    assert_int_equal(hits.total, 1);
    pin_arena          arena = pin_arena_over(room, ROOM);
    pin_search_options no = {.module = PIN_STR("nowhere")};
    assert_int_equal(pin_search(&hits, o.ix, PIN_STR("update"), &no, &arena, NULL), PIN_NOT_FOUND);
    close_corpus(&o);
}

static void equal_scores_are_in_the_order_of_items(void **state)
{
    (void)state;
    char   corpus[20000];
    size_t len = 0;
    opened o;
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(corpus + len, sizeof corpus - len,
                                "{\"id\":\"m/%02d\",\"question\":\"update now\",\"answer\":\"always\"}\n", i);
    assert_true(open_corpus(&o, (pin_str){corpus, len}, NULL));
    pin_hits hits = ask_with(&o, PIN_STR("always update"), (pin_search_options){.k = 100});
    assert_int_equal(hits.count, 100);
    for (uint32_t i = 1; i < 64; i++)
        assert_true(hits.at[i - 1].item < hits.at[i].item && hits.at[i - 1].score == hits.at[i].score);
    close_corpus(&o);
}

static void corrections_are_told(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR("{\"id\":\"m/1\",\"question\":\"How long is the support period?\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/2\",\"question\":\"What is a vulnerability?\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/3\",\"question\":\"Who is the manufacturer?\",\"answer\":\"x\"}\n"),
        NULL));
    pin_hits hits = ask(&o, "the suport of a vulnrabilty.");
    assert_int_equal(hits.reading.correction_count, 2);
    assert_true(pin_str_equal(hits.reading.corrections[0].from, PIN_STR("suport")));
    assert_true(pin_str_equal(hits.reading.corrections[0].to, PIN_STR("support")));
    assert_true(pin_str_equal(hits.reading.corrections[1].to, PIN_STR("vulnerability")));
    assert_int_equal(ask(&o, "uspport?").reading.correction_count, 1);      /* a swap is one edit        */
    assert_int_equal(ask(&o, "suporr?").reading.correction_count, 0);       /* six letters: one edit     */
    assert_int_equal(ask(&o, "wulnerabilty?").reading.correction_count, 0); /* two, first letter wrong  */
    assert_int_equal(ask(&o, "\"suport\"").reading.correction_count, 0);    /* quoted                    */
    assert_int_equal(ask(&o, "support vulnerability").reading.correction_count, 0);
    close_corpus(&o);
}

static void a_slip_of_the_corpus_itself_is_corrected_behind_it(void **state)
{
    (void)state;
    char   corpus[60000];
    size_t len = 0;
    opened o;
    for (int i = 0; i < 300; i++)
        len += (size_t)snprintf(corpus + len, sizeof corpus - len,
                                "{\"id\":\"m/%03d\",\"question\":\"A %s number %d\",\"answer\":\"%s\"}\n", i,
                                i == 200 ? "matter"
                                : i % 3  ? "vulnerability"
                                         : "matter",
                                i, i == 200 ? "One vulnerabilty is meant, among other things." : "x");
    assert_true(open_corpus(&o, (pin_str){corpus, len}, NULL));
    pin_hits hits = ask(&o, "vulnerabilty.");
    assert_string_equal(id_of(&o, hits.at[0].item), "m/200");
    assert_true(hits.total > 150);
    assert_int_equal(hits.reading.correction_count, 1);
    assert_int_equal(ask(&o, "vulnerability.").reading.correction_count, 0);
    close_corpus(&o);
}

static void codes_are_kept_whole(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR("{\"id\":\"m/1\",\"question\":\"What of 2024/2847?\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/2\",\"question\":\"In 2024 there were 2847 of them\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/3\",\"question\":\"CVE-2024-3094 was bad\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/4\",\"question\":\"CVE-2024-3095 was bad\",\"answer\":\"x\"}\n"),
        NULL));
    assert_order(&o, "2024/2847", "m/1 m/2");
    assert_order(&o, "CVE-2024-3094", "m/3");
    assert_int_equal(ask(&o, "CVE-2024-3094").count, 1);
    close_corpus(&o);
}

static void initials_spell_a_row_of_words(void **state)
{
    (void)state;
    opened o;
    assert_true(open_corpus(
        &o,
        PIN_STR("{\"id\":\"m/1\",\"question\":\"Are remote data processing solutions "
                "covered?\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/2\",\"question\":\"What is a declaration of conformity?\",\"answer\":\"x\"}\n"
                "{\"id\":\"m/3\",\"question\":\"Do old cars count?\",\"answer\":\"x\"}\n"),
        NULL));
    assert_order(&o, "RDPS", "m/1");
    assert_order(&o, "DoC", "m/2");
    assert_int_equal(ask(&o, "rdps").count, 0);
    close_corpus(&o);
}

/* ---- Hostile queries ---- */

static void whatever_the_bytes_are_it_is_answered(void **state)
{
    (void)state;
    opened o;
    size_t len = PIN_QUERY_MAX;
    char  *big = malloc(len + 1);
    assert_true(open_corpus(&o, PIN_STR(words_corpus), NULL));
    const char *const fillings[] = {"report ",
                                    "a",
                                    "\xFF",
                                    "(",
                                    "\"",
                                    "13(8) ",
                                    "\"report\" ",
                                    "Annex I ",
                                    "\xC3\xA9",
                                    "1.",
                                    "Articles 1 to 4000 ",
                                    "\x01",
                                    "?!. ",
                                    "ii ",
                                    "report-",
                                    "SBOM "};
    for (size_t f = 0; f < sizeof fillings / sizeof fillings[0]; f++) {
        size_t n = strlen(fillings[f]);
        for (size_t i = 0; i < len; i++)
            big[i] = fillings[f][i % n];
        pin_hits hits = ask_with(&o, (pin_str){big, len}, (pin_search_options){.k = 3, .explain = true});
        assert_true(hits.count <= 3 && hits.reading.term_count <= 64 * 17);
    }
    pin_hits  hits;
    pin_arena arena = pin_arena_over(room, ROOM);
    assert_int_equal(pin_search(&hits, o.ix, (pin_str){big, len + 1}, NULL, &arena, NULL), PIN_LIMIT);
    assert_int_equal(ask(&o, "").count, 0);
    assert_int_equal(ask(&o, "?! ... \"\" ()").count, 0);
    assert_int_equal(
        ask_with(&o, PIN_STR("report\0vulnerability"), (pin_search_options){0}).reading.term_count > 1, 1);
    free(big);
    close_corpus(&o);
}

static bool same_hits(const pin_hits *a, const pin_hits *b)
{
    bool same = a->count == b->count && a->total == b->total && a->confident == b->confident;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->at[i].item == b->at[i].item && a->at[i].score == b->at[i].score &&
               pin_str_equal(a->at[i].snippet.text, b->at[i].snippet.text) &&
               a->at[i].reason_count == b->at[i].reason_count;
    return same;
}

/* A browser has nothing but what it has asked for: each round fetches the ranges that the last one lacked,
 * and the answer is that of the whole file. */
typedef struct fetched {
    pin_piece pieces[4096];
    uint32_t  count;
} fetched;

static void fetch(fetched *f, const opened *o, uint64_t offset, uint64_t len)
{
    uint64_t from = offset, to = offset + len;
    if (to > o->len)
        to = o->len;
    for (uint32_t i = 0; i < f->count;) { /* pieces are disjoint: one that is touched is swallowed */
        uint64_t at = f->pieces[i].offset, end = at + f->pieces[i].len;
        if (end < from || at > to) {
            i++;
            continue;
        }
        from = at < from ? at : from;
        to = end > to ? end : to;
        f->pieces[i] = f->pieces[--f->count];
        i = 0;
    }
    assert_true(f->count < 4096);
    uint32_t place = f->count++;
    while (place > 0 && f->pieces[place - 1].offset > from) {
        f->pieces[place] = f->pieces[place - 1];
        place--;
    }
    f->pieces[place] = (pin_piece){.offset = from, .len = to - from, .at = o->bytes + from};
    for (uint32_t i = 1; i < f->count; i++) /* swallowing moved the last one: put in order again */
        for (uint32_t k = i; k > 0 && f->pieces[k - 1].offset > f->pieces[k].offset; k--) {
            pin_piece swap = f->pieces[k];
            f->pieces[k] = f->pieces[k - 1];
            f->pieces[k - 1] = swap;
        }
}

static pin_status ask_in_pieces(pin_hits *out, const opened *o, fetched *f, pin_str query, pin_arena *arena)
{
    static struct {
        uint64_t offset, len;
    } wanted[1024];
    pin_needs   needs = {.at = (void *)wanted, .cap = 1024};
    pin_file    file = {.len = o->len, .pieces = f->pieces, .piece_count = f->count, .needs = &needs};
    pin_index  *ix;
    pin_error   err;
    static char head[1 << 20];
    pin_arena   opening = pin_arena_over(head, sizeof head);
    pin_status  s = pin_index_open(&ix, &file, &opening, &err);
    if (s == PIN_OK)
        s = pin_search(out, ix, query, &(pin_search_options){.k = 10, .explain = true}, arena, &err);
    assert_true(s == PIN_OK || (s == PIN_NEED && needs.count > 0));
    for (uint32_t i = 0; s == PIN_NEED && i < needs.count && i < needs.cap; i++)
        fetch(f, o, wanted[i].offset, wanted[i].len);
    return s;
}

static bool same_hits(const pin_hits *a, const pin_hits *b);

static void a_file_that_comes_in_pieces_gives_the_same_answer(const opened *o, pin_str query,
                                                              uint32_t *rounds)
{
    static fetched f;
    pin_hits       expected = ask_with(o, query, (pin_search_options){.k = 10, .explain = true}), hits;
    void          *memory = malloc(ROOM);
    pin_status     s = PIN_NEED;
    f.count = 0;
    for (*rounds = 0; s == PIN_NEED && *rounds < 50; ++*rounds) {
        pin_arena arena = pin_arena_over(memory, ROOM);
        s = ask_in_pieces(&hits, o, &f, query, &arena);
    }
    assert_int_equal(s, PIN_OK);
    assert_true(same_hits(&hits, &expected));
    free(memory);
}

static void every_size_of_memory_is_safe(void **state)
{
    (void)state;
    static const char *const queries[] = {"report a vulnrability", "\"report of a\" vulnerability",
                                          "art 13(8) repor", "SBOM and ROAV"};
    opened                   o;
    pin_search_options       options = {.k = 3, .explain = true};
    assert_true(open_corpus(&o, PIN_STR(words_corpus), NULL));
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        pin_arena whole = pin_arena_over(malloc(1 << 20), 1 << 20);
        void     *whole_room = whole.base;
        pin_hits  expected, hits;
        assert_int_equal(pin_search(&expected, o.ix, pin_str_of(queries[q]), &options, &whole, NULL), PIN_OK);
        pin_status s = PIN_NO_SPACE;
        for (size_t n = 0; s == PIN_NO_SPACE; n++) {
            void     *memory = malloc(n ? n : 1); /* exact size: the sanitizer sees one byte too far */
            pin_arena arena = pin_arena_over(memory, n);
            s = pin_search(&hits, o.ix, pin_str_of(queries[q]), &options, &arena, NULL);
            assert_true(s == PIN_NO_SPACE || (s == PIN_OK && same_hits(&hits, &expected)));
            free(memory);
        }
        (void)whole_room;
        free(whole.base);
    }
    close_corpus(&o);
}

/* ---- The real corpus ---- */

typedef struct faq {
    opened o;
    char  *text, *queries;
    size_t len, queries_len;
} faq;

static bool open_faq(faq *f)
{
    *f = (faq){0};
    f->text = slurp(PINCITE_SHARED_DIR "/eval-dev/faq/corpus.jsonl", &f->len);
    f->queries = slurp(PINCITE_SHARED_DIR "/eval-dev/faq/queries.tsv", &f->queries_len);
    if (!f->text || !f->queries)
        return false;
    assert_true(open_corpus(&f->o, (pin_str){f->text, f->len}, NULL));
    return true;
}

static void close_faq(faq *f)
{
    free(f->text);
    free(f->queries);
    close_corpus(&f->o);
}

static void skipped(faq *f)
{
    free(f->text);
    free(f->queries);
    print_message("skipped: no shared data\n");
    skip();
}

static uint32_t item_count(const opened *o)
{
    pin_settings settings;
    pin_read_settings(&settings, o->ix);
    return settings.item_count;
}

static void scores_are_the_sums_of_their_reasons(void **state)
{
    (void)state;
    faq f;
    if (!open_faq(&f))
        skipped(&f);
    for (char *line = strtok(f.queries, "\n"); line; line = strtok(NULL, "\n")) {
        pin_hits hits = ask_with(&f.o, pin_str_of(strrchr(line, '\t') + 1),
                                 (pin_search_options){.k = 70, .explain = true});
        for (uint32_t i = 0; i < hits.count; i++) {
            const pin_hit *hit = &hits.at[i];
            int64_t        leaves = 0, top = 0;
            assert_int_equal(hit->reasons[0].value, hit->score);
            for (uint32_t r = 1; r < hit->reason_count; r++) {
                bool leaf =
                    r + 1 == hit->reason_count || hit->reasons[r + 1].indent <= hit->reasons[r].indent;
                leaves += leaf ? hit->reasons[r].value : 0;
                top += hit->reasons[r].indent == 1 ? hit->reasons[r].value : 0;
            }
            assert_int_equal(leaves, hit->score);
            assert_int_equal(top, hit->score);
        }
    }
    close_faq(&f);
}

static void snippets_are_whole_characters_with_marks_on_words(void **state)
{
    (void)state;
    faq      f;
    uint32_t marked = 0;
    if (!open_faq(&f))
        skipped(&f);
    for (char *line = strtok(f.queries, "\n"); line; line = strtok(NULL, "\n")) {
        pin_hits hits = ask(&f.o, strrchr(line, '\t') + 1);
        for (uint32_t i = 0; i < hits.count; i++) {
            const pin_snippet *s = &hits.at[i].snippet;
            assert_int_equal(pin_utf8_valid(s->text), s->text.len);
            assert_true(s->text.len <= 420);
            uint32_t last = 0;
            for (uint32_t m = 0; m < s->mark_count; m++) {
                assert_true(s->marks[m].start >= last && s->marks[m].start < s->marks[m].end);
                last = s->marks[m].end;
                assert_true(last <= s->text.len);
                unsigned char before =
                    s->marks[m].start ? (unsigned char)s->text.at[s->marks[m].start - 1] : ' ';
                assert_true(!pin_is_alpha(before));
                marked++;
            }
        }
    }
    assert_true(marked > 2000);
    close_faq(&f);
}

/* For each word of the corpus, alone and as if it were still being typed: no item without the word stands
 * before one with it. */
static void no_word_of_the_corpus_is_outranked_by_another_reading_of_it(void **state)
{
    (void)state;
    faq           f;
    pin_word_walk walk;
    pin_word      word;
    uint32_t      checked = 0;
    if (!open_faq(&f))
        skipped(&f);
    uint8_t *has = malloc(item_count(&f.o));
    assert_int_equal(pin_words_seek(&walk, f.o.ix, PIN_STR("a"), NULL), PIN_OK);
    while (pin_words_next(&word, &walk, NULL) == PIN_OK) {
        pin_tokenizer t;
        pin_token     token;
        pin_term      term;
        char          query[128];
        snprintf(query, sizeof query, "%.*s%s", (int)word.text.len, word.text.at, checked % 2 ? "" : " ");
        pin_tokenizer_init(&t, word.text, PIN_STR("en"));
        if (!pin_tokenizer_next(&t, &token) || token.kind != PIN_WORD ||
            pin_read_term(&term, f.o.ix, token.term, NULL) != PIN_OK)
            continue;
        memset(has, 0, item_count(&f.o));
        for (int field = 0; field < 2; field++) {
            static pin_postings p;
            assert_int_equal(pin_postings_open(&p, f.o.ix, &term.lists[field], (pin_field)field, NULL),
                             PIN_OK);
            while (pin_postings_next(&p, NULL) == PIN_OK)
                for (uint32_t i = 0; i < p.count; i++)
                    has[p.ids[i]] = 1;
        }
        pin_hits hits =
            ask_with(&f.o, pin_str_of(query), (pin_search_options){.k = PIN_K_MAX, .no_snippets = true});
        if (hits.reading.provision_count)
            continue;
        for (uint32_t i = 1; i < hits.count; i++)
            if (has[hits.at[i].item] && !has[hits.at[i - 1].item]) {
                print_error("'%s': item %u behind item %u\n", query, hits.at[i].item, hits.at[i - 1].item);
                fail();
            }
        checked++;
    }
    assert_true(checked > 2000);
    free(has);
    close_faq(&f);
}

static void every_item_is_found_first_by_its_own_question(void **state)
{
    (void)state;
    faq f;
    if (!open_faq(&f))
        skipped(&f);
    static char memory[1 << 20];
    for (uint32_t i = 0; i < item_count(&f.o); i++) {
        pin_arena arena = pin_arena_over(memory, sizeof memory);
        pin_item  item;
        char      shouted[1024];
        assert_int_equal(pin_index_item(&item, f.o.ix, i, &arena, NULL), PIN_OK);
        assert_true(item.question.len < sizeof shouted);
        for (size_t k = 0; k < item.question.len; k++) {
            char c = item.question.at[k];
            shouted[k] = c >= 'a' && c <= 'z' ? (char)(c - 32) : strchr("?,.!\"", c) ? ' ' : c;
        }
        pin_hits hits = ask_with(&f.o, item.question, (pin_search_options){.no_snippets = true});
        assert_true(hits.count && hits.at[0].item == i && hits.confident);
        hits =
            ask_with(&f.o, (pin_str){shouted, item.question.len}, (pin_search_options){.no_snippets = true});
        assert_true(hits.count && hits.at[0].item == i && hits.confident);
    }
    close_faq(&f);
}

/* Is `begin` the beginning of `whole`, but for case? */
static bool begins(pin_str whole, pin_str begin)
{
    if (whole.len < begin.len)
        return false;
    for (size_t i = 0; i < begin.len; i++)
        if (pin_ascii_lower((unsigned char)whole.at[i]) != pin_ascii_lower((unsigned char)begin.at[i]))
            return false;
    return true;
}

static void half_a_question_finds_a_question_that_begins_so(void **state)
{
    (void)state;
    faq f;
    if (!open_faq(&f))
        skipped(&f);
    static char memory[1 << 20], memory2[1 << 20];
    for (uint32_t i = 0; i < item_count(&f.o); i++) {
        pin_arena arena = pin_arena_over(memory, sizeof memory),
                  arena2 = pin_arena_over(memory2, sizeof memory2);
        pin_item item, first;
        assert_int_equal(pin_index_item(&item, f.o.ix, i, &arena, NULL), PIN_OK);
        size_t half = item.question.len / 2;
        while (half > 0 && item.question.at[half] != ' ')
            half--;
        pin_str  query = pin_str_part(item.question, 0, half);
        pin_hits hits = ask_with(&f.o, query, (pin_search_options){.no_snippets = true});
        assert_true(hits.count);
        assert_int_equal(pin_index_item(&first, f.o.ix, hits.at[0].item, &arena2, NULL), PIN_OK);
        if (memchr(query.at, ' ', query.len)) {
            if (!begins(first.question, query))
                print_error("%.*s: %.*s\n", (int)query.len, query.at, (int)first.question.len,
                            first.question.at);
            assert_true(begins(first.question, query));
        }
    }
    close_faq(&f);
}

static void other_peoples_questions_are_not_answered_with_confidence(void **state)
{
    (void)state;
    faq    f;
    size_t len;
    char  *text = slurp(PINCITE_SOURCE_DIR "/tests/golden/offtopic.tsv", &len);
    if (!text || !open_faq(&f)) {
        free(text);
        skip();
    }
    uint32_t queries = 0, confident = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        queries++;
        confident += ask(&f.o, strrchr(line, '\t') + 1).confident;
    }
    assert_int_equal(queries, 40);
    assert_true(confident <= 2);
    free(text);
    close_faq(&f);
}

static void fewer_hits_are_the_beginning_of_more(void **state)
{
    (void)state;
    faq f;
    if (!open_faq(&f))
        skipped(&f);
    for (char *line = strtok(f.queries, "\n"); line; line = strtok(NULL, "\n")) {
        uint32_t items[64], scores[64], count;
        pin_str  query = pin_str_of(strrchr(line, '\t') + 1);
        pin_hits hits = ask_with(&f.o, query, (pin_search_options){.k = 64, .no_snippets = true});
        for (count = 0; count < hits.count; count++) {
            items[count] = hits.at[count].item;
            scores[count] = hits.at[count].score;
        }
        for (uint32_t k = 1; k < 64; k += 7) {
            hits = ask_with(&f.o, query, (pin_search_options){.k = k, .no_snippets = true});
            assert_int_equal(hits.count, count < k ? count : k);
            for (uint32_t i = 0; i < hits.count; i++)
                assert_true(hits.at[i].item == items[i] && hits.at[i].score == scores[i]);
        }
    }
    close_faq(&f);
}

/* Success@1, mean reciprocal rank and recall within ten, over all development queries. */
static void the_development_queries_reach_their_goals(void **state)
{
    (void)state;
    faq    f;
    size_t len;
    char  *qrels = slurp(PINCITE_SHARED_DIR "/eval-dev/faq/qrels.tsv", &len);
    if (!open_faq(&f) || !qrels) {
        free(qrels);
        skipped(&f);
    }
    double success = 0, reciprocal = 0, recall = 0;
    int    queries = 0;
    char  *save = NULL;
    for (char *line = strtok_r(f.queries, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char     key[64];
        pin_hits hits = ask_with(&f.o, pin_str_of(strrchr(line, '\t') + 1),
                                 (pin_search_options){.k = 10, .no_snippets = true});
        uint32_t relevant = 0, found = 0, best = 0;
        snprintf(key, sizeof key, "%.*s\t", (int)strcspn(line, "\t"), line);
        for (const char *row = strstr(qrels, key); row; row = strstr(row + 1, key)) {
            const char *id = row + strlen(key);
            size_t      id_len = strcspn(id, "\t");
            relevant++;
            for (uint32_t i = 0; i < hits.count; i++) {
                const char *got = id_of(&f.o, hits.at[i].item);
                if (strlen(got) != id_len || memcmp(got, id, id_len) != 0)
                    continue;
                found++;
                best = best == 0 || i + 1 < best ? i + 1 : best;
            }
        }
        queries++;
        success += best == 1;
        reciprocal += best ? 1.0 / best : 0;
        recall += relevant ? (double)found / relevant : 0;
    }
    print_message("Success@1 %.4f  MRR@10 %.4f  recall@10 %.4f over %d queries\n", success / queries,
                  reciprocal / queries, recall / queries, queries);
    assert_int_equal(queries, 190);
    assert_true(success / queries >= 0.80 && reciprocal / queries >= 0.85 && recall / queries >= 0.90);
    free(qrels);
    close_faq(&f);
}

static void a_browser_gets_the_same_answer_in_few_rounds(void **state)
{
    (void)state;
    faq      f;
    uint32_t rounds, most = 0;
    if (!open_faq(&f))
        skipped(&f);
    int n = 0;
    for (char *line = strtok(f.queries, "\n"); line; line = strtok(NULL, "\n")) {
        if (n++ % 4)
            continue;
        a_file_that_comes_in_pieces_gives_the_same_answer(&f.o, pin_str_of(strrchr(line, '\t') + 1), &rounds);
        most = rounds > most ? rounds : most;
    }
    print_message("at most %u rounds\n", most);
    assert_true(most <= 12);
    close_faq(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_question_itself_comes_first),
        cmocka_unit_test(no_other_reading_outranks_the_word_itself),
        cmocka_unit_test(abbreviations_are_read_both_ways_and_behind),
        cmocka_unit_test(provisions_are_found_by_how_items_touch_them),
        cmocka_unit_test(quoted_phrases_must_stand_word_for_word),
        cmocka_unit_test(filters_narrow_and_counts_add_up),
        cmocka_unit_test(equal_scores_are_in_the_order_of_items),
        cmocka_unit_test(corrections_are_told),
        cmocka_unit_test(a_slip_of_the_corpus_itself_is_corrected_behind_it),
        cmocka_unit_test(codes_are_kept_whole),
        cmocka_unit_test(initials_spell_a_row_of_words),
        cmocka_unit_test(whatever_the_bytes_are_it_is_answered),
        cmocka_unit_test(every_size_of_memory_is_safe),
        cmocka_unit_test(scores_are_the_sums_of_their_reasons),
        cmocka_unit_test(snippets_are_whole_characters_with_marks_on_words),
        cmocka_unit_test(no_word_of_the_corpus_is_outranked_by_another_reading_of_it),
        cmocka_unit_test(every_item_is_found_first_by_its_own_question),
        cmocka_unit_test(half_a_question_finds_a_question_that_begins_so),
        cmocka_unit_test(other_peoples_questions_are_not_answered_with_confidence),
        cmocka_unit_test(fewer_hits_are_the_beginning_of_more),
        cmocka_unit_test(a_browser_gets_the_same_answer_in_few_rounds),
        cmocka_unit_test(the_development_queries_reach_their_goals),
    };
    room = malloc(ROOM);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(room);
    return failed;
}
