/* Reading, timing and writing for the peers. See harness.h. */
#define _GNU_SOURCE
#include "harness.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

/* ---- Items ---- */
struct bench_items {
    FILE  *from;
    char  *line;
    size_t cap;
};

bench_items *bench_items_open(const char *path)
{
    bench_items *items = calloc(1, sizeof *items);
    if (!items || !(items->from = fopen(path, "rb")))
        bench_fail(path, "cannot be read");
    setvbuf(items->from, NULL, _IOFBF, 1 << 20);
    return items;
}

void bench_items_close(bench_items *items)
{
    fclose(items->from);
    free(items->line);
    free(items);
}

/* The string that follows `key`, unescaped in place; *after moves behind it. The generator writes its keys
 * in one order and plain ASCII, so this looks no further than that needs. */
static char *take_string(char **after, const char *key)
{
    char *at = strstr(*after, key);
    if (!at)
        bench_fail("corpus", "a line lacks id, question or answer");
    at += strlen(key);
    char *out = at, *to = at;
    while (*at && *at != '"') {
        if (*at == '\\' && at[1])
            at++;
        *to++ = *at++;
    }
    *after = *at ? at + 1 : at;
    *to = '\0';
    return out;
}

int bench_items_next(bench_items *items, bench_item *out)
{
    if (getline(&items->line, &items->cap, items->from) < 0)
        return 0;
    char *after = items->line;
    out->id = take_string(&after, "\"id\":\"");
    out->question = take_string(&after, "\"question\":\"");
    out->answer = take_string(&after, "\"answer\":\"");
    return 1;
}

/* ---- Words and queries ---- */
uint32_t bench_words(char *text, const char **words, uint32_t cap)
{
    uint32_t count = 0;
    for (char *at = text; *at && count < cap;) {
        while (*at && !isalnum((unsigned char)*at))
            at++;
        if (!*at)
            break;
        words[count++] = at;
        for (; isalnum((unsigned char)*at); at++)
            *at = (char)tolower((unsigned char)*at);
        if (*at)
            *at++ = '\0';
    }
    return count;
}

static uint32_t without_repeats(const char **words, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = 0;
        while (k < kept && strcmp(words[k], words[i]) != 0)
            k++;
        if (k == kept)
            words[kept++] = words[i];
    }
    return kept;
}

/* Splits a copy of the text in `room`: part of the timed work, as it is in every engine. */
static void read_query(bench_query *q, const char *kind, const char *text, char *room)
{
    *q = (bench_query){.kind = kind, .text = text};
    strcpy(room, text);
    char *open = strchr(room, '"'), *close = open ? strchr(open + 1, '"') : NULL, *rest = room;
    if (close) {
        *open = *close = '\0';
        q->phrase_count = bench_words(open + 1, q->phrase, WORDS_MAX);
        rest = close + 1;
        q->count = bench_words(room, q->words, WORDS_MAX / 2);
    }
    q->count += bench_words(rest, q->words + q->count, WORDS_MAX - q->count);
    q->last_is_prefix = strcmp(kind, "prefix") == 0;
    q->count = without_repeats(q->words, q->count);
}

typedef struct query_line {
    char *qid, *kind, *text;
    int   done;
} query_line;

typedef struct query_file {
    query_line *at;
    size_t      count;
} query_file;

static query_file read_queries(const char *path)
{
    FILE      *from = fopen(path, "rb");
    query_file file = {NULL, 0};
    char      *line = NULL;
    size_t     cap = 0;
    if (!from)
        bench_fail(path, "cannot be read");
    while (getline(&line, &cap, from) > 0) {
        char *rest = strdup(line);
        file.at = realloc(file.at, (file.count + 1) * sizeof *file.at);
        if (!rest || !file.at)
            bench_fail(path, "out of memory");
        query_line *q = &file.at[file.count++];
        q->done = 0;
        q->qid = strsep(&rest, "\t\n");
        q->kind = strsep(&rest, "\t\n");
        q->text = strsep(&rest, "\t\n");
        if (!q->text || strlen(q->text) > 1000)
            bench_fail(path, "expected qid<TAB>kind<TAB>query");
    }
    free(line);
    fclose(from);
    return file;
}

/* ---- Running ---- */
static double seconds_by(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Of this thread: what a busy neighbour does not add to. */
static double processor(void)
{
    return seconds_by(CLOCK_THREAD_CPUTIME_ID);
}

static void answer(const bench_engine *engine, void *open, const char *kind, const char *text, bench_hits *hits)
{
    char        room[1024];
    bench_query q;
    if (engine->reads_text)
        q = (bench_query){.kind = kind, .text = text};
    else
        read_query(&q, kind, text, room);
    hits->count = 0;
    engine->answer(open, &q, hits);
}

static void print_rows(FILE *to, const char *qid, const bench_hits *hits)
{
    for (int i = 0; i < hits->count; i++)
        fprintf(to, "%s\t%s\t%d\t%.4f\n", qid, hits->id[i], i + 1, hits->score[i]);
}

static void run_kind(const bench_engine *engine, void *open, const query_file *file, const char *kind, double seconds,
                     FILE *run, FILE *times)
{
    static bench_hits hits;
    double            start = processor();
    for (size_t i = 0; i < file->count && processor() - start < seconds; i++) {
        query_line *q = &file->at[i];
        if (strcmp(q->kind, kind) != 0)
            continue;
        answer(engine, open, kind, q->text, &hits);
        if (hits.count < 0)
            return;
        print_rows(run, q->qid, &hits);
        q->done = 1;
    }
    for (size_t i = 0; i < file->count; i++) {
        query_line *q = &file->at[i];
        if (!q->done || strcmp(q->kind, kind) != 0)
            continue;
        double cpu = processor(), wall = seconds_by(CLOCK_MONOTONIC);
        answer(engine, open, kind, q->text, &hits);
        wall = seconds_by(CLOCK_MONOTONIC) - wall;
        cpu = processor() - cpu;
        fprintf(times, "%s\t%s\t%.2f\t%.2f\n", q->qid, kind, wall * 1e6, cpu * 1e6);
    }
}

static int search(const bench_engine *engine, char **argv)
{
    query_file  file = read_queries(argv[1]);
    FILE       *run = fopen(argv[2], "wb"), *times = fopen(argv[3], "wb");
    double      seconds = atof(argv[4]);
    const char *kinds[16];
    size_t      kind_count = 0;
    if (!run || !times)
        bench_fail(argv[2], "cannot be written");
    void *open = engine->open(argv[0]);
    for (size_t i = 0; i < file.count; i++) {
        size_t k = 0;
        while (k < kind_count && strcmp(kinds[k], file.at[i].kind) != 0)
            k++;
        if (k == kind_count && k < 16)
            kinds[kind_count++] = file.at[i].kind;
    }
    for (size_t k = 0; k < kind_count; k++)
        run_kind(engine, open, &file, kinds[k], seconds, run, times);
    return fclose(run) != 0 || fclose(times) != 0 ? 2 : 0;
}

static int first(const bench_engine *engine, char **argv)
{
    static bench_hits hits;
    answer(engine, engine->open(argv[0]), argv[1], argv[2], &hits);
    print_rows(stdout, "q", &hits);
    return hits.count > 0 ? 0 : 1;
}

int bench_main(const bench_engine *engine, int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "about") == 0) {
        printf("{\"engine\": \"%s\", \"version\": \"%s\", \"settings\": \"%s\"}\n", engine->name, engine->version,
               engine->settings);
        return 0;
    }
    if (strcmp(what, "build") == 0 && argc == 4) {
        engine->build(argv[2], argv[3]);
        return 0;
    }
    if (strcmp(what, "search") == 0 && argc == 7)
        return search(engine, argv + 2);
    if (strcmp(what, "first") == 0 && argc == 5)
        return first(engine, argv + 2);
    fprintf(stderr, "usage: %s about | build CORPUS INDEX | search INDEX QUERIES RUN TIMES SECONDS | "
                    "first INDEX KIND QUERY\n", argv[0]);
    return 2;
}
