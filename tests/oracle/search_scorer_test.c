/* A second scorer, written from docs/ranking.md and not from core/search: slow, in floating point where
 * that is plainer, item by item from tables of impacts. Given how pin_search says that it read a query,
 * the scores, the order, the ties and the count of hits must be the same, for random queries. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/read/read.h"
#include "core/text/text.h"
#include "tests/oracle/search_corpus.h"

#define ROOM (64u << 20)
#define WAYS 40
#define PARTS 8
#define WORDS 64

static const char small[] = "{\"id\":\"a/one\",\"module\":\"A\",\"question\":\"What is a software bill of "
                            "materials (SBOM)?\",\"answer\":\"A list of "
                            "components. Components are parts of software.\"}\n"
                            "{\"id\":\"a/two\",\"module\":\"A\",\"question\":\"Who must report a "
                            "vulnerability?\",\"answer\":\"The manufacturer reports every "
                            "vulnerability that is exploited, within 24 hours.\"}\n"
                            "{\"id\":\"a/three\",\"module\":\"A\",\"question\":\"Is an SBOM "
                            "required?\",\"answer\":\"Yes. The software bill of materials "
                            "is part of the documentation.\"}\n"
                            "{\"id\":\"b/one\",\"module\":\"B\",\"question\":\"How long is the support "
                            "period?\",\"answer\":\"Five years, or the lifetime of the "
                            "product. Security updates are free.\"}\n"
                            "{\"id\":\"b/two\",\"module\":\"B\",\"question\":\"Who pays for security "
                            "updates?\",\"answer\":\"The manufacturer. Updates are free "
                            "of charge, and patches too.\"}\n";

typedef struct table { /* a term's impacts by item */
    uint32_t df, number;
    uint8_t *impact[2];
} table;

typedef struct way {
    uint32_t parts;
    table    part[PARTS];
    double   weight[PARTS];
    bool     single;
} way;

typedef struct word { /* one slot */
    char     written[256];
    bool     function, known;
    double   weight;
    way      ways[WAYS];
    uint8_t  tier[WAYS];
    uint32_t way_count;
    uint32_t position;
} word;

typedef struct judge {
    opened   o;
    uint32_t n, qw, aw;
} judge;

static void  *grabbed[100000];
static size_t grabbed_count;
static void  *grab(size_t n)
{
    void *at = calloc(n ? n : 1, 1);
    assert_true(grabbed_count < 100000);
    return grabbed[grabbed_count++] = at;
}
static void let_go(void)
{
    while (grabbed_count)
        free(grabbed[--grabbed_count]);
}

static double idf_of(const judge *j, uint32_t df)
{
    double v = floor(log2((2.0 * j->n + 2) / (2.0 * df + 1)) * 64 + 1e-9);
    return v < 1 ? 1 : v;
}

static double share_of(double idf, double share)
{
    double v = floor(idf * share / 256);
    return v < 1 ? 1 : v;
}

static table look_up(const judge *j, const char *key, size_t len)
{
    pin_term term;
    table    t = {0};
    t.impact[0] = grab(j->n);
    t.impact[1] = grab(j->n);
    if (pin_read_term(&term, j->o.ix, (pin_str){key, len}, NULL) != PIN_OK)
        return t;
    t.df = term.df;
    assert_int_equal(pin_read_term_number(&t.number, j->o.ix, (pin_str){key, len}, NULL), PIN_OK);
    for (int f = 0; f < 2; f++) {
        static pin_postings p;
        if (term.lists[f].count == 0)
            continue;
        assert_int_equal(pin_postings_open(&p, j->o.ix, &term.lists[f], (pin_field)f, NULL), PIN_OK);
        while (pin_postings_next(&p, NULL) == PIN_OK)
            for (uint32_t i = 0; i < p.count; i++)
                t.impact[f][p.ids[i]] = p.impacts[i];
    }
    return t;
}

/* Share of a way by its tier; codes and typos are told apart by what they look like. */
static double way_share(const pin_reading_term *row, const pin_reading *reading)
{
    (void)reading;
    switch (row->tier) {
    case PIN_TIER_EXACT:
        return row->function_word ? 77 : 256;
    case PIN_TIER_PREFIX:
        return 205;
    default:
        return 0; /* several are possible: taken from the candidates below */
    }
}

/* Synonyms and typos do not say which rule made them: any of the page's shares may; the one that gives the
 * weight told is taken, and none fitting is a failure. */
static void weigh_way(const judge *j, word *w, way *v, const pin_reading_term *row, double limit)
{
    static const double synonym[] = {179, 154, 128, 64, 32}, typo[] = {205, 154};
    double              given = way_share(row, NULL);
    const double       *shares = given > 0 ? &given : row->tier == PIN_TIER_TYPO ? typo : synonym;
    uint32_t            count = given > 0 ? 1 : row->tier == PIN_TIER_TYPO ? 2 : 5;
    double              idf[PARTS], sum = 0;
    (void)w;
    for (uint32_t i = 0; i < v->parts; i++)
        sum += idf[i] = idf_of(j, v->part[i].df);
    double mean = floor(sum / v->parts),
           whole = v->parts == 1 ? sum : mean + floor(floor(sum / v->parts) / 2);
    if (limit > 0 && whole > limit)
        whole = limit;
    for (uint32_t k = 0; k < count; k++) {
        double told = 0;
        for (uint32_t i = 0; i < v->parts; i++)
            told += v->weight[i] =
                share_of(v->parts == 1 ? whole : floor(whole * idf[i] / sum + 1e-9), shares[k]);
        if (told == row->weight)
            return;
    }
    print_error("no share of the page gives weight %u for '%.*s'\n", row->weight, (int)row->term.len,
                row->term.at);
    fail();
}

static void add_way(const judge *j, word *w, const pin_reading_term *row)
{
    way *v = &w->ways[w->way_count];
    assert_true(w->way_count < WAYS);
    w->tier[w->way_count++] = row->tier;
    const char *at = row->term.at, *end = at + row->term.len;
    while (at < end) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        size_t      len = space ? (size_t)(space - at) : (size_t)(end - at);
        v->part[v->parts++] = look_up(j, at, len);
        at += len + 1;
    }
    v->single = v->parts == 1;
    double limit = row->tier != PIN_TIER_EXACT && w->known ? idf_of(j, w->ways[0].part[0].df) : 0;
    weigh_way(j, w, v, row, limit);
    if (row->tier == PIN_TIER_EXACT) {
        w->known = true;
        w->weight = v->weight[0];
    }
}

static uint32_t read_words(const judge *j, word *words, const pin_reading *reading, pin_str query,
                           bool *typing)
{
    uint32_t      count = 0, position = 0;
    pin_tokenizer t;
    pin_token     token;
    *typing = false;
    pin_tokenizer_init(&t, query, PIN_STR("en"));
    uint32_t row = 0;
    char     seen[WORDS][PIN_TERM_MAX + 1];
    uint32_t seen_count = 0;
    while (pin_tokenizer_next(&t, &token)) {
        if (token.part)
            continue;
        *typing = token.to == query.len && token.kind == PIN_WORD;
        bool again = false;
        for (uint32_t i = 0; i < seen_count; i++)
            again |= strlen(seen[i]) == token.term.len && memcmp(seen[i], token.term.at, token.term.len) == 0;
        position++;
        if (again)
            continue;
        memcpy(seen[seen_count], token.term.at, token.term.len);
        seen[seen_count++][token.term.len] = 0;
        word *w = &words[count++];
        memset(w, 0, sizeof *w);
        w->position = position - 1;
        w->function = token.function;
        for (; row < reading->term_count && reading->terms[row].written.at == query.at + token.from; row++)
            if (reading->terms[row].tier != PIN_TIER_UNKNOWN)
                add_way(j, w, &reading->terms[row]);
        for (uint32_t i = 0; i < w->way_count && !w->known; i++)
            if (w->ways[i].single && w->ways[i].weight[0] > w->weight)
                w->weight = w->ways[i].weight[0];
    }
    assert_int_equal(row, reading->term_count);
    if (count && *typing && words[count - 1].weight == 0)
        words[count - 1].weight = share_of(idf_of(j, j->n / 8), 205);
    return count;
}

static double met(const judge *j, const word *w, uint32_t item)
{
    double best = 0;
    double line = w->known ? floor(w->weight * 255 * (j->qw + j->aw) / 4) : 0;
    for (uint32_t i = 0; i < w->way_count; i++) {
        const way *v = &w->ways[i];
        double     sum = 0;
        bool       all = true;
        for (uint32_t k = 0; k < v->parts; k++) {
            uint32_t q = v->part[k].impact[0][item], a = v->part[k].impact[1][item];
            all &= q || a;
            sum += v->weight[k] * (j->qw * q + j->aw * a);
        }
        if (!all)
            continue;
        if (w->known && w->way_count > 1) {
            if (i == 0 && sum < line)
                sum = line;
            if (i > 0 && sum > line - 1)
                sum = line - 1;
        }
        if (sum > best)
            best = sum;
    }
    return best;
}

static bool stands_for(const word *w, uint32_t number, bool typed, uint32_t first, uint32_t end)
{
    for (uint32_t i = 0; i < w->way_count; i++)
        if (w->ways[i].single && (i == 0 || !w->known) && w->ways[i].part[0].number == number &&
            w->ways[i].part[0].df)
            return true;
    return typed && !w->known && number >= first && number < end;
}

static double second_look(const judge *j, const word *words, uint32_t count, uint32_t item, double sum,
                          bool typing, pin_str query)
{
    uint32_t numbers[256], n = 0, first = 0, end = 0, covered = 0;
    int      owner[256];
    double   add = 0;
    pin_read_question_terms(numbers, 256, &n, j->o.ix, item, NULL);
    pin_tokenizer t;
    pin_token     token;
    char          last[PIN_TERM_MAX + 1] = "";
    uint32_t      tokens[512], token_count = 0;
    pin_tokenizer_init(&t, query, PIN_STR("en"));
    while (pin_tokenizer_next(&t, &token)) {
        if (token.part)
            continue;
        memcpy(last, token.word.at, token.word.len);
        last[token.word.len] = 0;
        tokens[token_count] = UINT32_MAX;
        pin_read_term_number(&tokens[token_count], j->o.ix, token.term, NULL);
        token_count++;
    }
    if (typing)
        pin_read_term_range(&first, &end, j->o.ix, pin_str_of(last), NULL);
    for (uint32_t i = 0; i < n; i++) {
        owner[i] = -1;
        for (uint32_t w = 0; w < count && owner[i] < 0; w++)
            if (stands_for(&words[w], numbers[i], false, 0, 0))
                owner[i] = (int)w;
        if (owner[i] < 0 && typing && stands_for(&words[count - 1], numbers[i], true, first, end))
            owner[i] = (int)count - 1;
        covered += owner[i] >= 0;
    }
    for (uint32_t w = 0; w + 1 < count; w++) {
        int least = 1000;
        if (words[w + 1].position != words[w].position + 1)
            continue;
        for (uint32_t x = 0; x < n; x++)
            for (uint32_t y = 0; y < n; y++)
                if (owner[x] == (int)w && owner[y] == (int)w + 1 && abs((int)x - (int)y) < least)
                    least = abs((int)x - (int)y);
        double lower = words[w].weight < words[w + 1].weight ? words[w].weight : words[w + 1].weight;
        if (least <= 8)
            add += floor(lower * 64 * j->qw / least);
    }
    if (n)
        add += floor(floor(sum * 64 * covered / n) / 256);
    bool begins = token_count >= 2 && token_count <= n;
    for (uint32_t i = 0; begins && i < token_count; i++) {
        bool typed = typing && i + 1 == token_count && numbers[i] >= first && numbers[i] < end;
        begins = tokens[i] == numbers[i] || typed;
    }
    return begins ? add + sum : add;
}

static bool is_the_question(const judge *j, uint32_t item, pin_str query)
{
    static char room[1 << 20], a[1 << 16], b[1 << 16];
    pin_arena   arena = pin_arena_over(room, sizeof room);
    pin_item    it;
    pin_buf     x = pin_buf_over(a, sizeof a), y = pin_buf_over(b, sizeof b);
    assert_int_equal(pin_index_item(&it, j->o.ix, item, &arena, NULL), PIN_OK);
    pin_normalise(&x, it.question);
    pin_normalise(&y, query);
    return x.len && pin_str_equal(pin_buf_str(&x), pin_buf_str(&y));
}

typedef struct scored {
    double   score, sum;
    uint32_t item;
} scored;

static int by_sum(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    return x->sum != y->sum ? (x->sum < y->sum) - (x->sum > y->sum) : x->item < y->item ? -1 : 1;
}

static int by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score) - (x->score > y->score) : x->item < y->item ? -1 : 1;
}

static void the_same_scores(const judge *j, void *room, const char *text)
{
    pin_arena          arena = pin_arena_over(room, ROOM);
    pin_str            query = pin_str_of(text);
    pin_hits           hits;
    pin_error          err = {0};
    pin_search_options options = {.k = 70, .no_snippets = true};
    static word        words[WORDS];
    bool               typing;
    assert_int_equal(pin_search(&hits, j->o.ix, query, &options, &arena, &err), PIN_OK);
    if (hits.reading.provision_count || hits.reading.cut)
        return;
    uint32_t count = read_words(j, words, &hits.reading, query, &typing), found = 0;
    scored  *all = grab(j->n * sizeof *all);
    for (uint32_t item = 0; item < j->n; item++) {
        double sum = 0;
        for (uint32_t w = 0; w < count; w++)
            sum += met(j, &words[w], item);
        if (sum > 0)
            all[found++] = (scored){.sum = sum, .score = sum, .item = item};
    }
    assert_int_equal(hits.total, found);
    for (uint32_t i = 0; i < found; i++) /* the question itself comes among the 64 whatever its sum */
        if (is_the_question(j, all[i].item, query))
            all[i].sum += 1073741824.0;
    qsort(all, found, sizeof *all, by_sum);
    for (uint32_t i = 0; i < found; i++) {
        double sum = fmod(all[i].sum, 1073741824.0);
        all[i].score = all[i].sum;
        if (i < 64)
            all[i].score += second_look(j, words, count, all[i].item, sum, typing, query);
    }
    qsort(all, found, sizeof *all, by_score);
    assert_int_equal(hits.count, found < 70 ? found : 70);
    for (uint32_t i = 0; i < hits.count; i++) {
        if (hits.at[i].item != all[i].item || hits.at[i].score != all[i].score)
            print_error("query '%s', rank %u: item %u score %u, expected item %u score %.0f\n", text, i + 1,
                        hits.at[i].item, hits.at[i].score, all[i].item, all[i].score);
        assert_int_equal(hits.at[i].item, all[i].item);
        assert_true(hits.at[i].score == all[i].score);
    }
    let_go();
}

static bool open_judge(judge *j, pin_str jsonl)
{
    pin_settings settings;
    if (!open_corpus(&j->o, jsonl, NULL))
        return false;
    pin_read_settings(&settings, j->o.ix);
    j->n = settings.item_count;
    j->qw = settings.question_weight;
    j->aw = settings.answer_weight;
    return true;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)((*state >> 33) % n);
}

/* Words of the index, sometimes cut or with a letter changed, now and then a word of the law's lay readers.
 */
static void random_query(char *out, size_t cap, const judge *j, uint64_t *state)
{
    static const char *const lay[] = {"bug",   "hole", "gadget",  "shop", "fix",
                                      "money", "lab",  "privacy", "zzzz", "SBOM"};
    pin_settings             settings;
    uint32_t                 words = 1 + random_below(state, 9);
    size_t                   len = 0;
    pin_read_settings(&settings, j->o.ix);
    for (uint32_t i = 0; i < words; i++) {
        pin_word_walk walk;
        pin_word      w = {0};
        assert_int_equal(pin_words_at(&walk, j->o.ix, random_below(state, settings.word_count), NULL),
                         PIN_OK);
        assert_int_equal(pin_words_next(&w, &walk, NULL), PIN_OK);
        char   text[80];
        size_t n = w.text.len;
        memcpy(text, w.text.at, n);
        uint32_t dice = random_below(state, 12);
        if (dice == 0 && n > 3)
            n -= 2;
        else if (dice == 1 && n > 4)
            text[random_below(state, (uint32_t)n)] = 'x';
        else if (dice <= 3)
            n = (size_t)snprintf(text, sizeof text, "%s", lay[random_below(state, 10)]);
        if (len + n + 2 > cap)
            break;
        memcpy(out + len, text, n);
        len += n;
        out[len++] = i + 1 < words ? ' ' : '.';
    }
    if (len && random_below(state, 2))
        len--; /* still typing */
    out[len] = 0;
}

static void compare_many(judge *j, uint32_t rounds)
{
    void    *room = malloc(ROOM);
    uint64_t state = 7;
    char     query[1024];
    for (uint32_t i = 0; i < rounds; i++) {
        random_query(query, sizeof query, j, &state);
        the_same_scores(j, room, query);
    }
    free(room);
}

static void a_second_scorer_agrees_on_a_small_corpus(void **state)
{
    (void)state;
    judge j;
    assert_true(open_judge(&j, (pin_str){small, sizeof small - 1}));
    void *room = malloc(ROOM);
    the_same_scores(&j, room, "What is a software bill of materials (SBOM)?");
    the_same_scores(&j, room, "who must report a hole within 24 hours");
    the_same_scores(&j, room, "is an sb");
    the_same_scores(&j, room, "vulnerabilty");
    free(room);
    compare_many(&j, 2000);
    close_corpus(&j.o);
}

static void a_second_scorer_agrees_on_the_faq_corpus(void **state)
{
    (void)state;
    size_t len = 0, queries_len = 0;
    char  *text = slurp(PINCITE_SHARED_DIR "/eval-dev/faq/corpus.jsonl", &len);
    char  *queries = slurp(PINCITE_SHARED_DIR "/eval-dev/faq/queries.tsv", &queries_len);
    judge  j;
    if (!text || !queries) {
        free(text);
        free(queries);
        print_message("skipped: no shared data\n");
        skip();
    }
    assert_true(open_judge(&j, (pin_str){text, len}));
    void *room = malloc(ROOM);
    for (char *line = strtok(queries, "\n"); line; line = strtok(NULL, "\n"))
        the_same_scores(&j, room, strrchr(line, '\t') + 1);
    free(room);
    compare_many(&j, 600);
    close_corpus(&j.o);
    free(text);
    free(queries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_scorer_agrees_on_a_small_corpus),
        cmocka_unit_test(a_second_scorer_agrees_on_the_faq_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
