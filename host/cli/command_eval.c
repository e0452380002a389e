/* pincite eval: how well the index answers queries whose good answers are known.
 *
 * Measures, over every query that has a relevant item (grade 1 or more), for its first ten hits:
 *     Success@k   1 when a relevant item is among the first k
 *     MRR@10      1 / rank of the first relevant item
 *     nDCG@10     gain 2^grade - 1, discount log2(rank + 1), over the ideal order of all judged grades
 *                 Järvelin and Kekäläinen (2002). Worked: grades 2, 1, 1 judged, hits none, 2, 1 give
 *                 (3 / 1.585 + 1 / 2) / (3 / 1 + 1 / 1.585 + 1 / 2) = 0.579
 *     recall@10   relevant items among the ten / all relevant items */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "pincite/search.h"

enum { DEPTH = 10, MEASURES = 5, KINDS = 64, GRADE_MOST = 30 };

static const char *const measure_names[MEASURES] = {"Success@1", "Success@3", "MRR@10", "nDCG@10",
                                                    "recall@10"};

/* log2(rank + 1) for rank 1..10; constants, so that the figures are the same on every machine */
static const double discount[DEPTH] = {1.0,
                                       1.5849625007211562,
                                       2.0,
                                       2.321928094887362,
                                       2.584962500721156,
                                       2.807354922057604,
                                       3.0,
                                       3.1699250014423126,
                                       3.321928094887362,
                                       3.4594316186372973};

static const pin_cli_option options[] = {
    {"queries", 0, "QUERIES", "qid<TAB>query or qid<TAB>kind<TAB>query (needed)", false},
    {"qrels", 0, "QRELS",
     "qid<TAB>id<TAB>grade, ids as the corpus gave them;\ngrade 0: judged not relevant (needed)", false},
    {"json", 0, NULL, "answer as one line of JSON", false},
    {0},
};

/* ---- Judgements ---- */
typedef struct judgement {
    pin_str  query, id;
    uint32_t item; /* PIN_NO_ITEM: the index has no such item */
    uint32_t grade;
    uint32_t line;
} judgement;
#define PIN_NO_ITEM UINT32_MAX

typedef struct judgements {
    judgement *at; /* sorted by query, then by line */
    size_t     count, cap;
    uint32_t   unknown;
} judgements;

static bool read_grade(uint32_t *out, pin_str text)
{
    uint32_t value = 0;
    text = pin_str_trim(text);
    if (text.len == 0 || text.len > 2)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(text.at[i] - '0');
    }
    *out = value;
    return value <= GRADE_MOST;
}

/* qid<TAB>id<TAB>grade, further columns are passed over */
static bool read_judgement(judgement *out, pin_str line)
{
    pin_cli_query columns;
    if (!pin_cli_query_read(&columns, line) || columns.kind.len == 0)
        return false;
    const char *tab = memchr(columns.text.at, '\t', columns.text.len);
    out->query = columns.id;
    out->id = columns.kind;
    return read_grade(&out->grade,
                      tab ? pin_str_part(columns.text, 0, (size_t)(tab - columns.text.at)) : columns.text);
}

static pin_status find_item(uint32_t *out, pin_cli_index *index, pin_str id, pin_error *err)
{
    pin_status status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&index->room))
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    do
        status = pin_index_find_item(out, index->ix, id, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    if (status == PIN_NOT_FOUND) {
        *out = PIN_NO_ITEM;
        return PIN_OK;
    }
    return status;
}

static int by_query(const void *a, const void *b)
{
    const judgement *x = a, *y = b;
    int              order = pin_str_order(x->query, y->query);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int read_judgements(judgements *out, pin_cli *cli, pin_cli_index *index, pin_cli_lines *lines,
                           const char *path)
{
    pin_str   line;
    judgement j = {0};
    while (pin_cli_lines_next(lines, &line)) {
        pin_error err = {0};
        if (!read_judgement(&j, line))
            return pin_cli_misuse(cli, "%s:%u: expected qid<TAB>id<TAB>grade, with a grade from 0 to %d",
                                  path, lines->line, GRADE_MOST);
        if (find_item(&j.item, index, j.id, &err) != PIN_OK)
            return pin_cli_index_complain(cli, index, &err);
        if (j.item == PIN_NO_ITEM && out->unknown++ < 3)
            pin_cli_note(cli, "%s:%u: no item '%.*s' in '%s'", path, lines->line,
                         (int)(j.id.len < 200 ? j.id.len : 200), j.id.at, index->path);
        if (out->count == out->cap) {
            size_t     cap = out->cap ? out->cap * 2 : 1024;
            judgement *more = realloc(out->at, cap * sizeof *more);
            if (!more)
                return pin_cli_misuse(cli, "out of memory");
            out->at = more;
            out->cap = cap;
        }
        j.line = lines->line;
        out->at[out->count++] = j;
    }
    if (out->unknown > 3)
        pin_cli_note(cli, "%s: %u ids in all are not in '%s'", path, out->unknown, index->path);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_query);
    return PIN_EXIT_GOOD;
}

/* The judgements of one query: [from, to) of the sorted rows. */
static void range_of(size_t *from, size_t *to, const judgements *all, pin_str query)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pin_str_order(all->at[middle].query, query) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *from = *to = low;
    while (*to < all->count && pin_str_equal(all->at[*to].query, query))
        ++*to;
}

/* ---- Measuring one query ---- */
static uint32_t grade_of(const judgement *rows, size_t count, uint32_t item)
{
    uint32_t grade = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].item == item)
            grade = rows[i].grade; /* of two judgements on one item the later counts */
    return grade;
}

/* Is row `i` the last word on its item? */
static bool is_last(const judgement *rows, size_t count, size_t i)
{
    for (size_t k = i + 1; k < count; k++)
        if (pin_str_equal(rows[k].id, rows[i].id) ||
            (rows[i].item != PIN_NO_ITEM && rows[k].item == rows[i].item))
            return false;
    return true;
}

static double gain(uint32_t grade) { return (double)((uint64_t)1 << grade) - 1; }

/* Of the best possible order: the ten highest grades first. Also counts the relevant items. */
static double ideal(const judgement *rows, size_t count, uint32_t *relevant)
{
    uint32_t best[DEPTH] = {0};
    *relevant = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].grade == 0 || !is_last(rows, count, i))
            continue;
        ++*relevant;
        uint32_t grade = rows[i].grade;
        for (int k = 0; k < DEPTH; k++)
            if (grade > best[k]) {
                uint32_t moved = best[k];
                best[k] = grade;
                grade = moved;
            }
    }
    double sum = 0;
    for (int k = 0; k < DEPTH; k++)
        sum += gain(best[k]) / discount[k];
    return sum;
}

/* False when the query has no relevant item: it does not count. */
static bool measure(double out[MEASURES], const judgement *rows, size_t count, const uint32_t *items,
                    uint32_t hits)
{
    uint32_t relevant, found = 0, first = 0;
    double   best = ideal(rows, count, &relevant), dcg = 0;
    if (relevant == 0)
        return false;
    for (uint32_t i = 0; i < hits && i < DEPTH; i++) {
        uint32_t grade = grade_of(rows, count, items[i]);
        if (grade == 0)
            continue;
        found++;
        dcg += gain(grade) / discount[i];
        if (first == 0)
            first = i + 1;
    }
    out[0] = first == 1;
    out[1] = first >= 1 && first <= 3;
    out[2] = first ? 1.0 / first : 0;
    out[3] = dcg / best;
    out[4] = (double)found / relevant;
    return true;
}

/* ---- The table ---- */
typedef struct row {
    pin_str  kind;
    uint32_t count;
    double   sums[MEASURES];
} row;

typedef struct table {
    row      rows[KINDS + 1]; /* 0: all */
    uint32_t count;
} table;

static void add_to(row *r, const double values[MEASURES])
{
    r->count++;
    for (int m = 0; m < MEASURES; m++)
        r->sums[m] += values[m];
}

static row *row_of(table *t, pin_str kind)
{
    for (uint32_t i = 1; i < t->count; i++)
        if (pin_str_equal(t->rows[i].kind, kind))
            return &t->rows[i];
    if (t->count == KINDS + 1)
        return NULL;
    t->rows[t->count].kind = kind;
    return &t->rows[t->count++];
}

static int by_kind(const void *a, const void *b)
{
    return pin_str_order(((const row *)a)->kind, ((const row *)b)->kind);
}

static void print_table(pin_cli *cli, table *t)
{
    fprintf(cli->out, "%-14s %6s", "", "n");
    for (int m = 0; m < MEASURES; m++)
        fprintf(cli->out, " %9s", measure_names[m]);
    for (uint32_t i = 0; i < t->count; i++) {
        const row *r = &t->rows[i];
        fputc('\n', cli->out);
        pin_cli_clean(cli->out, r->kind);
        fprintf(cli->out, "%*s %6u", r->kind.len < 14 ? (int)(14 - r->kind.len) : 0, "", r->count);
        for (int m = 0; m < MEASURES; m++)
            fprintf(cli->out, " %9.4f", r->count ? r->sums[m] / r->count : 0);
    }
    fputc('\n', cli->out);
}

static void print_row_json(pin_cli *cli, const row *r)
{
    fprintf(cli->out, "{\"n\":%u", r->count);
    for (int m = 0; m < MEASURES; m++)
        fprintf(cli->out, ",\"%s\":%.6f", measure_names[m], r->count ? r->sums[m] / r->count : 0);
    fputc('}', cli->out);
}

static void print_json(pin_cli *cli, table *t)
{
    fputs("{\"all\":", cli->out);
    print_row_json(cli, &t->rows[0]);
    fputs(",\"kinds\":{", cli->out);
    for (uint32_t i = 1; i < t->count; i++) {
        if (i > 1)
            fputc(',', cli->out);
        pin_cli_json_string(cli->out, t->rows[i].kind);
        fputc(':', cli->out);
        print_row_json(cli, &t->rows[i]);
    }
    fputs("}}\n", cli->out);
}

/* ---- The run ---- */
static pin_status first_items(uint32_t items[DEPTH], uint32_t *count, pin_cli_index *index, pin_str query,
                              pin_error *err)
{
    pin_search_options search = {.k = DEPTH, .no_snippets = true};
    pin_hits           hits;
    pin_status         status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&index->room))
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    do
        status = pin_search(&hits, index->ix, query, &search, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    if (status != PIN_OK)
        return status;
    *count = hits.count < DEPTH ? hits.count : DEPTH;
    for (uint32_t i = 0; i < *count; i++)
        items[i] = hits.at[i].item;
    return PIN_OK;
}

/* A query of the judgements that the queries file does not have scores nothing, but counts. */
static void add_unasked(table *t, const judgements *all, const bool *asked)
{
    static const double nothing[MEASURES];
    for (size_t i = 0; i < all->count;) {
        size_t from, to;
        range_of(&from, &to, all, all->at[i].query);
        uint32_t relevant;
        ideal(all->at + from, to - from, &relevant);
        if (!asked[from] && relevant > 0) {
            row *other = row_of(t, PIN_STR("?"));
            add_to(&t->rows[0], nothing);
            if (other)
                add_to(other, nothing);
        }
        i = to;
    }
}

static int evaluate(table *t, pin_cli *cli, pin_cli_index *index, pin_cli_lines *lines, const char *path,
                    const judgements *all)
{
    pin_str  line;
    uint32_t unjudged = 0;
    bool    *asked = calloc(all->count + 1, sizeof *asked);
    int      exit_code = asked ? PIN_EXIT_GOOD : pin_cli_misuse(cli, "out of memory");
    t->rows[0].kind = PIN_STR("all");
    t->count = 1;
    while (exit_code == PIN_EXIT_GOOD && pin_cli_lines_next(lines, &line)) {
        pin_cli_query query;
        pin_error     err = {0};
        size_t        from, to;
        uint32_t      items[DEPTH], count = 0;
        double        values[MEASURES];
        if (!pin_cli_query_read(&query, line)) {
            exit_code = pin_cli_misuse(cli, "%s:%u: expected qid<TAB>query", path, lines->line);
            break;
        }
        range_of(&from, &to, all, query.id);
        if (first_items(items, &count, index, query.text, &err) != PIN_OK) {
            exit_code = pin_cli_index_complain(cli, index, &err);
        } else if (to > from && asked[from]) {
            exit_code = pin_cli_misuse(cli, "%s:%u: query '%.*s' stands there twice", path, lines->line,
                                       (int)(query.id.len < 100 ? query.id.len : 100), query.id.at);
        } else if (!measure(values, all->at + from, to - from, items, count)) {
            unjudged++;
        } else {
            row *kind = query.kind.len > 0 ? row_of(t, query.kind) : NULL;
            asked[from] = true;
            add_to(&t->rows[0], values);
            if (kind)
                add_to(kind, values);
        }
    }
    if (exit_code == PIN_EXIT_GOOD)
        add_unasked(t, all, asked);
    if (unjudged > 0)
        pin_cli_note(cli, "%u quer%s without a relevant item in the judgements: not counted", unjudged,
                     unjudged == 1 ? "y" : "ies");
    free(asked);
    return exit_code;
}

static int run_on(pin_cli *cli, pin_cli_index *index, pin_cli_lines *queries, pin_cli_lines *qrels)
{
    judgements all = {0};
    table     *t = calloc(1, sizeof *t);
    int        exit_code = t ? PIN_EXIT_GOOD : pin_cli_misuse(cli, "out of memory");
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = read_judgements(&all, cli, index, qrels, pin_cli_value(cli, "qrels"));
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = evaluate(t, cli, index, queries, pin_cli_value(cli, "queries"), &all);
    if (exit_code == PIN_EXIT_GOOD && t->rows[0].count == 0) {
        pin_cli_note(cli, "no query has a relevant item in the judgements");
        exit_code = PIN_EXIT_NONE;
    } else if (exit_code == PIN_EXIT_GOOD) {
        qsort(t->rows + 1, t->count - 1, sizeof t->rows[0], by_kind);
        if (pin_cli_has(cli, "json"))
            print_json(cli, t);
        else
            print_table(cli, t);
    }
    free(all.at);
    free(t);
    return exit_code;
}

static int run(pin_cli *cli)
{
    if (!pin_cli_has(cli, "queries") || !pin_cli_has(cli, "qrels"))
        return pin_cli_misuse(cli, "eval needs --queries and --qrels");
    if (cli->argument_count > 1)
        return pin_cli_misuse(cli, "one index at a time: pincite eval FILE --queries QUERIES --qrels QRELS");
    pin_cli_index index;
    pin_cli_lines queries = {0}, qrels = {0};
    int           exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_lines_open(&queries, cli, pin_cli_value(cli, "queries"));
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_lines_open(&qrels, cli, pin_cli_value(cli, "qrels"));
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = run_on(cli, &index, &queries, &qrels);
    pin_cli_lines_close(&qrels);
    pin_cli_lines_close(&queries);
    pin_cli_index_close(&index);
    return exit_code;
}

const pin_cli_command pin_cli_eval = {
    .name = "eval",
    .usage = "FILE --queries QUERIES --qrels QRELS [--json]",
    .summary = "measure the ranking against judged queries",
    .about = "Answers every query and compares the first ten hits with the judgements:\n"
             "Success@1, Success@3, MRR@10, nDCG@10 and recall@10, over all queries and by\n"
             "kind. A query without a relevant item does not count; one that is judged but\n"
             "not asked scores nothing. docs/cli.md has the definitions.",
    .options = options,
    .examples = "pincite eval faq.pin --queries queries.tsv --qrels qrels.tsv",
    .exits = {"the measures were printed", "no query has a relevant item in the judgements",
              "misuse, an unreadable file, or a failed write"},
    .least = 1,
    .run = run,
};
