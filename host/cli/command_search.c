/* pincite search: one query answered as cards or JSON, or a file of queries answered as a run file. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "pincite/search.h"

static const pin_cli_option options[] = {
    {"limit", 'k', "N", "show the best N (default 10, at most 1000)", false},
    {"module", 0, "MODULE", "only items of this module", false},
    {"status", 0, "STATUS",
     "only items of this status: approved, reviewed,\ndraft, pending-guidance, guidance-received,\n"
     "withdrawn or unanswered",
     false},
    {"explain", 0, NULL, "unfold every score into the numbers that made it", false},
    {"json", 0, NULL, "answer as one line of JSON (docs/http.md)", false},
    {"batch", 0, "QUERIES",
     "answer a file of queries, - for standard input:\nqid<TAB>query, or qid<TAB>kind<TAB>query", false},
    {"time", 0, NULL,
     "measure: \"took_us\" in JSON, else on standard\nerror; with --batch after one untimed pass", false},
    {"exhaustive", 0, NULL, "", false}, /* by the plain scorer: same answer, slower; for tests and the bench */
    {0},
};

/* ---- One query ---- */
typedef struct question {
    pin_str            query;
    pin_search_options options;
    bool               json, timed;
    pin_text_options   text;
    uint32_t           count; /* hits found, for the exit code */
    uint64_t           took_us;
} question;

static pin_status render(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    question  *q = what;
    pin_hits   hits;
    double     start = pin_cli_seconds();
    pin_status status = pin_search(&hits, ix, q->query, &q->options, arena, err);
    if (status != PIN_OK)
        return status;
    q->took_us = (uint64_t)((pin_cli_seconds() - start) * 1e6 + 0.5);
    q->count = hits.count;
    pin_json_options json = {.with_time = q->timed, .took_us = q->took_us, .explain = q->options.explain};
    if (!q->json)
        return pin_text_search(out, ix, q->query, &hits, &q->text, arena, err);
    status = pin_json_search(out, ix, q->query, &hits, &json, arena, err);
    pin_buf_byte(out, '\n');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static int answer_one(pin_cli *cli, pin_cli_index *index, question *q)
{
    int exit_code = pin_cli_print(cli, index, render, q);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    if (q->timed && !q->json)
        pin_cli_note(cli, "took %llu us", (unsigned long long)q->took_us);
    return q->count > 0 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

/* ---- A file of queries ---- */
typedef struct batch {
    pin_cli           *cli;
    pin_cli_index     *index;
    pin_cli_lines      lines;
    pin_search_options options;
    pin_str *ids; /* by item number: as the corpus gave it, or canonical; empty: not looked up yet */
    uint32_t found;
    double  *seconds;
    size_t   count, cap;
} batch;

static pin_status search_once(pin_hits *hits, batch *b, pin_str query, pin_error *err)
{
    pin_status status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&b->index->room))
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    do
        status = pin_search(hits, b->index->ix, query, &b->options, &b->index->room.arena, err);
    while (pin_cli_room_again(&b->index->room, status));
    return status;
}

/* Looked up once an item; kept for the run, so that a run of many queries decompresses each item once. */
static pin_status id_of(pin_str *out, batch *b, uint32_t number, pin_error *err)
{
    *out = b->ids[number];
    if (out->len > 0)
        return PIN_OK;
    size_t     mark = b->index->room.arena.used;
    pin_item   item;
    pin_status status = pin_index_item(&item, b->index->ix, number, &b->index->room.arena, err);
    if (status != PIN_OK)
        return status;
    pin_str id = item.given_id.len > 0 ? item.given_id : item.id;
    char   *copy = malloc(id.len);
    if (!copy)
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    memcpy(copy, id.at, id.len);
    *out = b->ids[number] = (pin_str){copy, id.len};
    b->index->room.arena.used = mark;
    return PIN_OK;
}

/* "qid<TAB>id<TAB>rank<TAB>score" */
static bool print_row(pin_cli *cli, pin_str qid, pin_str id, uint32_t rank, uint32_t score)
{
    char    numbers[32];
    pin_buf buf = pin_buf_over(numbers, sizeof numbers);
    pin_buf_byte(&buf, '\t');
    pin_buf_uint(&buf, rank);
    pin_buf_byte(&buf, '\t');
    pin_buf_uint(&buf, score);
    pin_buf_byte(&buf, '\n');
    return pin_cli_write(cli, qid.at, qid.len) && pin_cli_write(cli, "\t", 1) &&
           pin_cli_write(cli, id.at, id.len) && pin_cli_write(cli, buf.at, buf.len);
}

static pin_status print_answers(batch *b, const pin_cli_query *query, pin_error *err)
{
    pin_hits   hits;
    pin_status status = search_once(&hits, b, query->text, err);
    if (status != PIN_OK)
        return status;
    for (uint32_t i = 0; i < hits.count; i++) {
        pin_str id;
        status = id_of(&id, b, hits.at[i].item, err);
        while (status == PIN_NO_SPACE && pin_cli_room_again(&b->index->room, status)) {
            status = search_once(&hits, b, query->text, err); /* the hits were in the smaller room */
            if (status == PIN_OK)
                status = id_of(&id, b, hits.at[i].item, err);
        }
        if (status != PIN_OK)
            return status;
        if (!print_row(b->cli, query->id, id, i + 1, hits.at[i].score))
            return pin_fail(err, PIN_IO, 0, "the run cannot be written");
        b->found++;
    }
    return PIN_OK;
}

static int complain(batch *b, const char *path, const pin_error *err)
{
    if (err->code == PIN_IO)
        return PIN_EXIT_MISUSE; /* pin_cli_run says why */
    if (err->code == PIN_LIMIT)
        return pin_cli_misuse(b->cli, "%s:%u: %s", path, b->lines.line, err->message);
    return pin_cli_index_complain(b->cli, b->index, err);
}

static int print_run(batch *b, const char *path)
{
    pin_str line;
    while (pin_cli_lines_next(&b->lines, &line)) {
        pin_error     err = {0};
        pin_cli_query query;
        if (!pin_cli_query_read(&query, line))
            return pin_cli_misuse(b->cli, "%s:%u: expected qid<TAB>query", path, b->lines.line);
        if (print_answers(b, &query, &err) != PIN_OK)
            return complain(b, path, &err);
        b->count++;
    }
    return PIN_EXIT_GOOD;
}

/* From the query's bytes to ten cards in memory: what a host does before it prints. */
static pin_status answer_in_memory(batch *b, pin_str query, pin_error *err)
{
    pin_hits   hits;
    pin_status status = search_once(&hits, b, query, err);
    pin_arena *arena = &b->index->room.arena;
    for (uint32_t i = 0; status == PIN_OK && i < hits.count; i++) {
        pin_item item;
        size_t   mark = arena->used;
        status = pin_index_item(&item, b->index->ix, hits.at[i].item, arena, err);
        if (status == PIN_OK && item.verdict.len > 0 && item.verdict.at[0] == '\0')
            return pin_fail(err, PIN_CORRUPT, 0, "a verdict begins with a zero byte");
        arena->used = mark; /* one card at a time: the first pass has shown that hits fit */
    }
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(batch *b)
{
    double sum = 0;
    for (size_t i = 0; i < b->count; i++)
        sum += b->seconds[i];
    qsort(b->seconds, b->count, sizeof *b->seconds, by_size);
    /* nearest rank: the smallest time that at least p in a hundred queries do not exceed */
    double p50 = b->seconds[(b->count * 50 + 99) / 100 - 1], p99 = b->seconds[(b->count * 99 + 99) / 100 - 1];
    fprintf(b->cli->err, "p50 %.1f p99 %.1f mean %.1f us\n", p50 * 1e6, p99 * 1e6,
            sum / (double)b->count * 1e6);
}

static int time_run(batch *b, const char *path)
{
    pin_str line;
    size_t  at = 0;
    if (b->count == 0)
        return PIN_EXIT_GOOD;
    b->seconds = malloc(b->count * sizeof *b->seconds);
    if (!b->seconds)
        return pin_cli_misuse(b->cli, "out of memory");
    pin_cli_lines_rewind(&b->lines);
    while (pin_cli_lines_next(&b->lines, &line) && at < b->count) {
        pin_error     err = {0};
        pin_cli_query query;
        if (!pin_cli_query_read(&query, line))
            continue;
        double start = pin_cli_seconds();
        if (answer_in_memory(b, query.text, &err) != PIN_OK)
            return complain(b, path, &err);
        b->seconds[at++] = pin_cli_seconds() - start;
    }
    b->count = at;
    print_times(b);
    return PIN_EXIT_GOOD;
}

static int answer_batch(pin_cli *cli, pin_cli_index *index, const pin_search_options *search,
                        const char *path)
{
    pin_release release;
    pin_index_release(&release, index->ix);
    batch b = {.cli = cli, .index = index, .options = *search};
    b.options.no_snippets = true;
    b.ids = calloc(release.item_count + 1u, sizeof *b.ids);
    int exit_code = b.ids ? pin_cli_lines_open(&b.lines, cli, path) : pin_cli_misuse(cli, "out of memory");
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = print_run(&b, path);
    if (exit_code == PIN_EXIT_GOOD && pin_cli_has(cli, "time"))
        exit_code = time_run(&b, path);
    for (uint32_t i = 0; b.ids && i < release.item_count; i++)
        free((void *)(uintptr_t)b.ids[i].at);
    free(b.ids);
    free(b.seconds);
    pin_cli_lines_close(&b.lines);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    return b.found > 0 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

/* ---- The command ---- */
static bool check_status(pin_cli *cli, const char *status)
{
    static const char *const known[] = {"approved",          "reviewed",  "draft",     "pending-guidance",
                                        "guidance-received", "withdrawn", "unanswered"};
    enum { COUNT = sizeof known / sizeof known[0] };
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(status, known[i]) == 0)
            return true;
    const char *near = pin_cli_nearest(pin_str_of(status), known, COUNT);
    if (near)
        pin_cli_misuse(cli, "unknown status '%s': did you mean '%s'?", status, near);
    else
        pin_cli_misuse(cli, "unknown status '%s': pincite search --help lists them", status);
    return false;
}

static bool read_options(pin_search_options *out, pin_cli *cli)
{
    const char *status = pin_cli_value(cli, "status"), *module = pin_cli_value(cli, "module");
    if (!pin_cli_number(&out->k, cli, "k", 10, 1, PIN_K_MAX))
        return false;
    if (status && !check_status(cli, status))
        return false;
    out->status = pin_str_of(status);
    out->module = pin_str_of(module);
    out->explain = pin_cli_has(cli, "explain");
    out->exhaustive = pin_cli_has(cli, "exhaustive");
    return true;
}

static int run(pin_cli *cli)
{
    pin_search_options search = {0};
    const char        *path = pin_cli_value(cli, "batch");
    if (!read_options(&search, cli))
        return PIN_EXIT_MISUSE;
    if (path && cli->argument_count > 1)
        return pin_cli_misuse(cli, "give a query or --batch, not both");
    if (path && (pin_cli_has(cli, "json") || pin_cli_has(cli, "explain")))
        return pin_cli_misuse(
            cli, "--batch prints tab-separated lines: it goes with neither --json nor --explain");
    if (!path && cli->argument_count < 2)
        return pin_cli_misuse(cli, "no query: pincite search FILE QUERY");
    char *query = pin_cli_joined(cli, 1);
    if (!query)
        return pin_cli_misuse(cli, "out of memory");
    int           exit_code = PIN_EXIT_MISUSE;
    pin_cli_index index = {0};
    uint32_t      number;
    if (strlen(query) > PIN_QUERY_MAX)
        pin_cli_misuse(cli, "the query is longer than %u bytes", PIN_QUERY_MAX);
    else if (pin_cli_index_open(&index, cli, cli->arguments[0]) != PIN_EXIT_GOOD)
        exit_code = PIN_EXIT_MISUSE;
    else if (search.module.len > 0 && pin_index_find_module(&number, index.ix, search.module) != PIN_OK)
        exit_code = pin_cli_no_module(cli, &index, search.module);
    else if (path)
        exit_code = answer_batch(cli, &index, &search, path);
    else
        exit_code = answer_one(cli, &index,
                               &(question){.query = pin_str_of(query),
                                           .options = search,
                                           .json = pin_cli_has(cli, "json"),
                                           .timed = pin_cli_has(cli, "time"),
                                           .text = {.width = cli->width, .colour = cli->colour}});
    pin_cli_index_close(&index);
    free(query);
    return exit_code;
}

const pin_cli_command pin_cli_search = {
    .name = "search",
    .usage = "FILE QUERY... [options]\nFILE --batch QUERIES [-k N] [--time]",
    .summary = "find the cards that answer a query, best first",
    .about = "Finds the cards that answer QUERY in the index FILE, best first. Words may stand\n"
             "in any order; \"quoted phrases\" must stand as written; provisions such as\n"
             "13(8), art. 14 or Annex I Part II are understood as such. When nothing fits\n"
             "well it says so and shows the nearest.\n"
             "\n"
             "With --batch it answers a file of queries and prints one line a hit:\n"
             "qid<TAB>id<TAB>rank<TAB>score, with ids as the corpus gave them. With --time as\n"
             "well, a second, timed pass follows, in which each query is timed from its bytes\n"
             "to the cards in memory; standard error then ends with\n"
             "\"p50 12.3 p99 45.6 mean 14.0 us\".",
    .options = options,
    .examples = "pincite search faq.pin who is the manufacturer\n"
                "pincite search faq.pin '\"support period\" 13(8)' -k 3\n"
                "pincite search faq.pin sbom --module stewards --json\n"
                "pincite search faq.pin --batch queries.tsv --time > run.tsv",
    .exits = {"at least one card was found", "nothing was found",
              "misuse, an unreadable file, or a failed write"},
    .least = 1,
    .run = run,
};
