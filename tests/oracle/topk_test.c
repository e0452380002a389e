/* The fast scorer against the plain one: the same items, scores, ties, counts and flags, for random queries
 * of every kind over corpora made to be awkward: all items alike, one word only, lists that end at window
 * edges, more than 65,536 items, empty answers, filters, slips, phrases, any number of hits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/read/index.h"
#include "tests/oracle/search_corpus.h"

#define ROOM (96u << 20)
#define QUERY_MAX 400

typedef struct writer {
    char  *at;
    size_t len, cap;
} writer;

static uint64_t state;

static uint32_t below(uint32_t n)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((state >> 33) % n);
}

static void add(writer *w, const char *text)
{
    size_t len = strlen(text);
    if (w->len + len + 1 > w->cap) {
        w->cap = (w->len + len + 1) * 2;
        w->at = realloc(w->at, w->cap);
        assert_non_null(w->at);
    }
    memcpy(w->at + w->len, text, len + 1);
    w->len += len;
}

/* Word number `rank`: letters only, different for different ranks, and no English word. */
static void word_of(char out[16], uint32_t rank)
{
    size_t n = 0;
    out[n++] = 'q';
    do {
        out[n++] = "bdfgklmprt"[rank % 10];
        out[n++] = "aeiou"[rank % 5];
        rank /= 10;
    } while (rank);
    out[n++] = 'x';
    out[n] = 0;
}

/* Low ranks far more often than high ones; now and then a function word. */
static uint32_t random_rank(uint32_t words)
{
    uint32_t most = words;
    for (uint32_t halvings = below(8); halvings && most > 2; halvings--)
        most /= 3;
    return below(most ? most : 1);
}

static void add_random_word(writer *w, uint32_t words)
{
    static const char *const function_words[] = {"what", "is", "the", "of", "for", "must", "a"};
    char                     word[16];
    word_of(word, random_rank(words));
    add(w, below(3) ? word : function_words[below(7)]);
}

static void add_words(writer *w, uint32_t count, uint32_t words)
{
    for (uint32_t i = 0; i < count; i++) {
        add_random_word(w, words);
        add(w, i + 1 < count ? " " : "");
    }
}

static void add_item(writer *w, uint32_t number, const char *question, const char *answer)
{
    static const char *const statuses[] = {"approved", "draft", "reviewed"};
    char                     head[160];
    snprintf(head, sizeof head, "{\"id\":\"m%u/i%u\",\"module\":\"m%u\",\"status\":\"%s\",\"question\":\"",
             number / 7000, number, number / 7000, statuses[below(3)]);
    add(w, head);
    add(w, question);
    add(w, "\",\"answer\":\"");
    add(w, answer);
    add(w, "\"}\n");
}

/* ---- Corpora ---- */

static void random_corpus(writer *w, uint32_t items, uint32_t words)
{
    for (uint32_t i = 0; i < items; i++) {
        writer question = {0}, answer = {0};
        add_words(&question, 1 + below(7), words);
        add(&answer, "");
        if (below(4))
            add_words(&answer, 1 + below(12), words);
        add_item(w, i, question.at, answer.at);
        free(question.at);
        free(answer.at);
    }
}

static void alike_corpus(writer *w, uint32_t items)
{
    for (uint32_t i = 0; i < items; i++)
        add_item(w, i, "qbax qdex", "qfix the qbax");
}

/* One word an item, and words that only stand at the edges of windows. */
static void edge_corpus(writer *w, uint32_t items)
{
    for (uint32_t i = 0; i < items; i++) {
        uint32_t place = i % 4096;
        add_item(w, i,
                 place == 0      ? "qdex"
                 : place == 4095 ? "qfix"
                                 : "qbax",
                 i % 65536 == 65535 ? "qgox" : "");
    }
}

/* ---- Queries ---- */

static void random_query(writer *w, uint32_t words)
{
    uint32_t kind = below(8);
    w->len = 0;
    add(w, "");
    if (kind == 0)
        add(w, "\"");
    add_words(w, 1 + below(kind == 0 ? 2 : 9), words);
    if (kind == 0) {
        add(w, "\" ");
        add_words(w, below(4), words);
    }
    if (kind == 1 && w->len > 3)
        w->at[w->len - 2] = 0, w->len -= 2; /* still typing */
    if (kind == 2 && w->len > 4)
        w->at[1 + below((uint32_t)w->len - 2)] = 'z'; /* a slip */
    if (kind == 3)
        add(w, "?");
    if (kind == 4)
        add(w, " art. 13");
}

static bool equal(const pin_hits *a, const pin_hits *b, uint32_t modules)
{
    bool same = a->count == b->count && a->total == b->total && a->total_is_least == b->total_is_least &&
                a->confident == b->confident && !a->module_counts == !b->module_counts;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->at[i].item == b->at[i].item && a->at[i].score == b->at[i].score;
    for (uint32_t i = 0; same && a->module_counts && i < modules; i++)
        same = a->module_counts[i] == b->module_counts[i];
    return same;
}

static pin_hits ask(const opened *o, const char *query, pin_search_options options, void *room, size_t size)
{
    pin_arena  arena = pin_arena_over(room, size);
    pin_error  err = {0};
    pin_hits   hits = {0};
    pin_status s = pin_search(&hits, o->ix, pin_str_of(query), &options, &arena, &err);
    if (s != PIN_OK)
        print_error("'%s': %s\n", query, err.message);
    assert_int_equal(s, PIN_OK);
    return hits;
}

static void ask_both(const opened *o, const char *query, char *room)
{
    static const uint32_t    limits[] = {1, 10, 10, 64, 65, 200, 1000};
    static const char *const statuses[] = {"", "", "", "draft", "unanswered"};
    static const char *const modules[] = {"", "", "", "m1", "m0"};
    pin_release              release;
    pin_index_release(&release, o->ix);
    pin_search_options options = {.k = limits[below(7)],
                                  .no_snippets = true,
                                  .status = pin_str_of(statuses[below(5)]),
                                  .module = pin_str_of(modules[below(5)])};
    pin_hits           fast = ask(o, query, options, room, ROOM / 2);
    options.exhaustive = true;
    pin_hits plain = ask(o, query, options, room + ROOM / 2, ROOM / 2);
    if (!equal(&fast, &plain, release.module_count))
        print_error("'%s', k %u, module '%s', status '%s': %u of %u, expected %u of %u\n", query, options.k,
                    options.module.at, options.status.at, fast.count, fast.total, plain.count, plain.total);
    assert_true(equal(&fast, &plain, release.module_count));
}

static void check(writer *corpus, uint32_t words, uint32_t queries)
{
    opened o;
    writer query = {0};
    char  *room = malloc(ROOM);
    assert_true(open_corpus(&o, (pin_str){corpus->at, corpus->len}, NULL));
    for (uint32_t i = 0; i < queries; i++) {
        random_query(&query, words);
        ask_both(&o, query.at, room);
    }
    close_corpus(&o);
    free(corpus->at);
    free(query.at);
    free(room);
}

static void small_corpora_agree(void **ctx)
{
    (void)ctx;
    for (uint32_t i = 1; i < 9; i++) {
        writer w = {0};
        state = i;
        random_corpus(&w, 7000 + 1 + below(i * 600), i * i * 40);
        check(&w, i * i * 40, 60);
    }
}

static void windows_agree(void **ctx)
{
    (void)ctx;
    writer w = {0};
    state = 77;
    random_corpus(&w, 102401, 3000); /* 25 windows and one item */
    check(&w, 3000, 500);
}

static void more_than_65536_items_agree(void **ctx)
{
    (void)ctx;
    writer w = {0};
    state = 78;
    random_corpus(&w, 65537, 20000);
    check(&w, 20000, 400);
}

/* Beyond what the strongest lists alone can settle (lanes.c). */
static void a_quarter_of_a_million_items_agree(void **ctx)
{
    (void)ctx;
    writer w = {0};
    state = 79;
    random_corpus(&w, 262145, 60000);
    check(&w, 60000, 200);
}

static void items_that_are_all_alike_agree(void **ctx)
{
    (void)ctx;
    writer w = {0};
    alike_corpus(&w, 102401);
    check(&w, 6, 100);
}

static void words_at_the_edges_of_windows_agree(void **ctx)
{
    (void)ctx;
    writer w = {0};
    edge_corpus(&w, 131072);
    check(&w, 8, 100);
}

/* ---- A file that lies ---- */

/* Every 25th question has qfix, so that its list is short; some have qfixag, so that what begins with qfi is
 * met in two ways. */
static void completed_corpus(writer *w, uint32_t items)
{
    for (uint32_t i = 0; i < items; i++)
        add_item(w, i, i % 25 == 0 ? "qbax qfix" : i % 50 == 1 ? "qbax qfixag" : "qbax", "");
}

/* The question list of the term becomes a flat one, somewhere in its section, and says as many as before. */
static void say_flat(opened *o, const char *key)
{
    pin_found found;
    assert_int_equal(pin_keys_find(&found, o->ix, PIN_S_TERMS, pin_str_of(key), NULL), PIN_OK);
    pin_cursor c = pin_cursor_over(found.data, found.len);
    for (int i = 0; i < 3; i++)
        (void)pin_take_varint(&c);
    (void)pin_take_bytes(&c, 2); /* max, tenth */
    size_t offset = (size_t)(c.at - o->bytes);
    (void)pin_take_varint(&c);
    size_t length = (size_t)(c.at - o->bytes);
    (void)pin_take_varint(&c);
    assert_false(c.failed);
    assert_int_equal(c.at - o->bytes, length + 3);
    for (size_t i = offset; i < length; i++) /* 0, in as many bytes */
        o->bytes[i] = i + 1 < length ? 0x80 : 0;
    uint32_t packed = (uint32_t)((((uint64_t)o->ix->item_count + 1) / 2 + 4) << 2) | PIN_FORM_FLAT;
    o->bytes[length] = (unsigned char)(packed | 0x80);
    o->bytes[length + 1] = (unsigned char)(packed >> 7 | 0x80);
    o->bytes[length + 2] = (unsigned char)(packed >> 14);
}

/* Where it does not, the alarm ends the test. */
static void a_list_with_more_items_than_it_says_comes_to_an_end(void **ctx)
{
    (void)ctx;
    opened   o;
    writer   w = {0};
    char    *room = malloc(ROOM);
    pin_term term;
    completed_corpus(&w, 102401);
    assert_true(open_corpus(&o, (pin_str){w.at, w.len}, NULL));
    say_flat(&o, "qfix");
    assert_int_equal(pin_read_term(&term, o.ix, PIN_STR("qfix"), NULL), PIN_OK);
    assert_int_equal(term.lists[PIN_QUESTION].form, PIN_LIST_FLAT);
    assert_int_equal(term.lists[PIN_QUESTION].count, 4097);
    alarm(60);
    pin_hits hits = ask(&o, "qfi", (pin_search_options){.k = 10, .no_snippets = true}, room, ROOM);
    alarm(0);
    assert_int_equal(hits.count, 10);
    close_corpus(&o);
    free(w.at);
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_corpora_agree),
        cmocka_unit_test(windows_agree),
        cmocka_unit_test(more_than_65536_items_agree),
        cmocka_unit_test(a_quarter_of_a_million_items_agree),
        cmocka_unit_test(items_that_are_all_alike_agree),
        cmocka_unit_test(words_at_the_edges_of_windows_agree),
        cmocka_unit_test(a_list_with_more_items_than_it_says_comes_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
