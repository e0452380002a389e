/* The order of items: what it must find where the best order is known, that it loses nobody, that threads do
 * not matter, and that a corpus is the same afterwards but for its numbers. */
#include "indexer/corpus/testing.h"

#include <math.h>

#include "core/bytes/bytes.h"
#include "indexer/order/order.h"

/* ---- Graphs ---- */
typedef struct made {
    pin_order_graph graph;
    uint32_t        cap, edges;
} made;

static uint64_t chance = 1;

static uint32_t below(uint32_t n) /* xorshift64: https://www.jstatsoft.org/article/view/v008i14 */
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (uint32_t)(chance >> 33) % n;
}

static void open_graph(made *m, uint32_t items, uint32_t terms, uint32_t edges)
{
    *m = (made){.graph = {.term_count = terms}, .cap = edges};
    m->graph.ends = malloc((items + 1) * sizeof(uint32_t));
    m->graph.terms = malloc((edges + 1) * sizeof(uint32_t));
    assert_true(m->graph.ends && m->graph.terms);
}

static void add_term(made *m, uint32_t term)
{
    assert_true(m->edges < m->cap && term < m->graph.term_count);
    m->graph.terms[m->edges++] = term;
}

static void end_item(made *m) { m->graph.ends[m->graph.count++] = m->edges; }

static void close_graph(made *m)
{
    free(m->graph.ends);
    free(m->graph.terms);
}

static made copy_of(const made *m)
{
    made copy;
    open_graph(&copy, m->graph.count, m->graph.term_count, m->edges);
    copy.graph.count = m->graph.count;
    memcpy(copy.graph.ends, m->graph.ends, m->graph.count * sizeof(uint32_t));
    memcpy(copy.graph.terms, m->graph.terms, m->edges * sizeof(uint32_t));
    return copy;
}

/* The order of a copy, so that the graph is still there; to be freed. */
static uint32_t *order_of(const made *m, unsigned threads)
{
    pin_build_options options = {.threads = threads};
    made              copy = copy_of(m);
    uint32_t         *order = malloc((m->graph.count + 1) * sizeof *order);
    assert_non_null(order);
    assert_int_equal(pin_order_bisect(order, &copy.graph, &options), PIN_OK);
    close_graph(&copy);
    return order;
}

static void assert_everybody_once(const uint32_t *order, uint32_t count)
{
    uint8_t *seen = calloc(count + 1, 1);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(order[i] < count);
        assert_int_equal(seen[order[i]]++, 0);
    }
    free(seen);
}

/* Bits of all gaps, of log2(gap + 1) each: what the order is to make small. */
static double bits_of(const made *m, const uint32_t *order)
{
    uint32_t *last = calloc(m->graph.term_count, sizeof *last);
    double    bits = 0;
    for (uint32_t i = 0; i < m->graph.count; i++) {
        uint32_t item = order ? order[i] : i;
        for (uint32_t e = item ? m->graph.ends[item - 1] : 0; e < m->graph.ends[item]; e++) {
            bits += log2(i + 1 - last[m->graph.terms[e]] + 1.0);
            last[m->graph.terms[e]] = i + 1;
        }
    }
    free(last);
    return bits;
}

/* Items of `topics` topics in turn: 6 of the 12 terms of their topic, 2 of 200 that all share. */
static void make_topics(made *m, uint32_t items, uint32_t topics)
{
    open_graph(m, items, topics * 12 + 200, items * 8);
    for (uint32_t i = 0; i < items; i++) {
        uint32_t first = below(12);
        for (uint32_t k = 0; k < 6; k++)
            add_term(m, i % topics * 12 + (first + k * 5) % 12); /* 5 and 12 have no common divisor */
        uint32_t common = below(100);
        add_term(m, topics * 12 + common);
        add_term(m, topics * 12 + 100 + common);
        end_item(m);
    }
}

/* ---- What it finds ---- */
static void two_topics_that_take_turns_come_apart(void **state)
{
    made m;
    (void)state;
    make_topics(&m, 256, 2);
    uint32_t *order = order_of(&m, 1);
    for (uint32_t i = 0; i < 256; i++)
        assert_int_equal(order[i] % 2, order[i / 128 * 128] % 2);
    free(order);
    close_graph(&m);
}

/* The best that there is: each topic in one piece. */
static void four_topics_stand_in_four_pieces(void **state)
{
    made m;
    (void)state;
    make_topics(&m, 1024, 4);
    uint32_t *order = order_of(&m, 2);
    for (uint32_t i = 0; i < 1024; i++)
        assert_int_equal(order[i] % 4, order[i / 256 * 256] % 4);
    free(order);
    close_graph(&m);
}

static void gaps_of_many_topics_become_small(void **state)
{
    made m, sorted;
    (void)state;
    make_topics(&m, 20000, 100);
    open_graph(&sorted, 20000, m.graph.term_count,
               m.edges); /* topic after topic: as good as it can be, nearly */
    for (uint32_t topic = 0; topic < 100; topic++)
        for (uint32_t i = topic; i < 20000; i += 100) {
            for (uint32_t e = i ? m.graph.ends[i - 1] : 0; e < m.graph.ends[i]; e++)
                add_term(&sorted, m.graph.terms[e]);
            end_item(&sorted);
        }
    uint32_t *order = order_of(&m, 2);
    double    before = bits_of(&m, NULL), after = bits_of(&m, order), best = bits_of(&sorted, NULL);
    print_message("bits a gap: %.2f before, %.2f after, %.2f at best\n", before / m.edges, after / m.edges,
                  best / m.edges);
    assert_true(after - best < (before - best) / 4);
    free(order);
    close_graph(&m);
    close_graph(&sorted);
}

/* ---- What must hold always ---- */
static void nobody_is_lost_or_there_twice(void **state)
{
    static const uint32_t counts[] = {1, 2, 63, 64, 65, 127, 128, 129, 1000, 4097, 65537};
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        made m;
        open_graph(&m, counts[c], 500, counts[c] * 9);
        for (uint32_t i = 0; i < counts[c]; i++) {
            for (uint32_t k = below(10), term = below(50); k > 0; k--, term += 1 + below(50))
                add_term(&m, term);
            end_item(&m);
        }
        uint32_t *order = order_of(&m, 2);
        assert_everybody_once(order, counts[c]);
        free(order);
        close_graph(&m);
    }
}

static void threads_do_not_matter(void **state)
{
    made m;
    (void)state;
    make_topics(&m, 30000, 77);
    uint32_t *one = order_of(&m, 1);
    for (unsigned threads = 2; threads <= 7; threads += 5) {
        uint32_t *more = order_of(&m, threads);
        assert_memory_equal(one, more, 30000 * sizeof *one);
        free(more);
    }
    free(one);
    close_graph(&m);
}

static void assert_order_stays(made *m)
{
    uint32_t *order = order_of(m, 2);
    for (uint32_t i = 0; i < m->graph.count; i++)
        assert_int_equal(order[i], i);
    free(order);
    close_graph(m);
}

static void what_gives_no_reason_to_move_stays(void **state)
{
    made m;
    (void)state;
    open_graph(&m, 0, 0, 0);
    assert_order_stays(&m);

    open_graph(&m, 5000, 0, 0); /* no terms */
    for (uint32_t i = 0; i < 5000; i++)
        end_item(&m);
    assert_order_stays(&m);

    open_graph(&m, 5000, 10, 50000); /* all the same */
    for (uint32_t i = 0; i < 5000; i++) {
        for (uint32_t t = 0; t < 10; t++)
            add_term(&m, t);
        end_item(&m);
    }
    assert_order_stays(&m);

    open_graph(&m, 5000, 5000, 5000); /* nothing in common */
    for (uint32_t i = 0; i < 5000; i++) {
        add_term(&m, 4999 - i);
        end_item(&m);
    }
    assert_order_stays(&m);
}

/* Sums of so many terms would leave 32 bits. */
static void items_of_65536_terms_are_ordered(void **state)
{
    made m;
    (void)state;
    open_graph(&m, 130, 131072, 130 * 65536);
    for (uint32_t i = 0; i < 130; i++) {
        for (uint32_t t = 0; t < 65536; t++)
            add_term(&m, i % 2 * 65536 + t);
        end_item(&m);
    }
    uint32_t *order = order_of(&m, 2);
    for (uint32_t i = 0; i < 130; i++)
        assert_int_equal(order[i] % 2, order[i / 65 * 65] % 2);
    free(order);
    close_graph(&m);
}

/* ---- A corpus ---- two topics that take turns in a large module, and a module that is too small */
static const char *const topics[2] = {"law", "wood"};

static void read_corpus(world *w, char *text, uint32_t large, uint32_t small)
{
    char *to = text;
    for (uint32_t i = 0; i < large + small; i++) {
        const char *topic = topics[i % 2];
        to += sprintf(to, "{\"id\":\"q%u\",\"module\":\"%s\",\"question\":\"What is %s%u?\",", i,
                      i < large ? "large" : "small", topic, below(60));
        to += sprintf(to, "\"answer\":\"It is what %s%u and %s%u say of %s%u.\"}\n", topic, below(60), topic,
                      below(60), topic, below(60));
    }
    pin_input_file file = {PIN_STR("a.jsonl"), PIN_STR("a.jsonl"), {text, (size_t)(to - text)}};
    world_open(w);
    world_read_bytes(w, false, &file, 1, NULL);
    world_finish(w);
}

static uint32_t number_of(const pin_corpus *corpus, pin_str id)
{
    pin_target target = pin_corpus_target(corpus, (pin_str){0}, id);
    assert_int_equal(target.kind, PIN_TARGET_ITEM);
    return target.number;
}

static int topic_of(const pin_draft_item *item)
{
    return pin_str_starts(item->question, PIN_STR("What is law"));
}

static void a_large_module_is_ordered_and_nothing_else_changes(void **state)
{
    enum { LARGE = 46000, SMALL = 4000 };
    char *text = malloc((LARGE + SMALL) * (size_t)240);
    world w;
    (void)state;
    read_corpus(&w, text, LARGE, SMALL);
    assert_int_equal(w.corpus.module_count, 2);
    pin_draft_module module = w.corpus.modules[0];
    assert_int_equal(module.item_count, LARGE);
    assert_int_equal(pin_order_corpus(&w.corpus, NULL), PIN_OK);

    const pin_draft_item *items = w.corpus.items;
    uint32_t              changes = 0, moved = 0;
    for (uint32_t i = 0; i < LARGE; i++) {
        char id[32];
        snprintf(id, sizeof id, "large/q%u", i);
        assert_text(module.members[i], id); /* shown as before */
        uint32_t number = number_of(&w.corpus, module.members[i]);
        assert_true(number < LARGE);
        assert_text(items[number].id, id);
        moved += number != i;
        snprintf(id, sizeof id, "q%u", i);
        assert_int_equal(number_of(&w.corpus, pin_str_of(id)), number); /* as given */
        changes += i > 0 && topic_of(&items[i]) != topic_of(&items[i - 1]);
    }
    print_message("%u of %u items moved; their topic changes %u times\n", moved, LARGE, changes);
    assert_true(changes < LARGE / 64 / 10); /* items in a leaf stay as they are */
    for (uint32_t i = 0; i < SMALL; i++)
        assert_int_equal(number_of(&w.corpus, w.corpus.modules[1].members[i]), LARGE + i);
    world_close(&w);
    free(text);
}

static void assert_untouched(uint32_t large, uint32_t small)
{
    char *text = malloc((large + small) * (size_t)240);
    world w;
    read_corpus(&w, text, large, small);
    uint32_t count = w.corpus.item_count;
    pin_str *ids = malloc(count * sizeof *ids);
    for (uint32_t i = 0; i < count; i++)
        ids[i] = w.corpus.items[i].id;
    assert_int_equal(pin_order_corpus(&w.corpus, NULL), PIN_OK);
    for (uint32_t i = 0; i < count; i++)
        assert_true(pin_str_equal(w.corpus.items[i].id, ids[i]));
    free(ids);
    world_close(&w);
    free(text);
}

static void a_corpus_of_fewer_than_50000_items_stays_as_it_is(void **state)
{
    (void)state;
    assert_untouched(45999, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_topics_that_take_turns_come_apart),
        cmocka_unit_test(four_topics_stand_in_four_pieces),
        cmocka_unit_test(gaps_of_many_topics_become_small),
        cmocka_unit_test(nobody_is_lost_or_there_twice),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(what_gives_no_reason_to_move_stays),
        cmocka_unit_test(items_of_65536_terms_are_ordered),
        cmocka_unit_test(a_large_module_is_ordered_and_nothing_else_changes),
        cmocka_unit_test(a_corpus_of_fewer_than_50000_items_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
