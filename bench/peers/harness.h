/* What the peers written in C and C++ share: reading items and queries, timing, writing answers.
 *
 *   NAME about                                            one line of JSON: engine, version, settings
 *   NAME build CORPUS.jsonl INDEX
 *   NAME search INDEX QUERIES.tsv RUN.tsv TIMES.tsv SECONDS
 *   NAME first INDEX KIND QUERY                           opens, answers one query, prints its rows
 *
 * `search` goes through the queries kind by kind: one untimed pass that writes RUN (qid<TAB>id<TAB>rank
 * <TAB>score), then one timed pass that writes TIMES (qid<TAB>kind<TAB>wall<TAB>processor: microseconds
 * from the query's text to ten ids in memory, by the clock and of this thread). The untimed pass over a
 * kind ends after SECONDS of processor time; both passes have the same queries. A kind that the engine
 * has no form of query for is left out of TIMES. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BEST = 10, ID_MAX = 128, WORDS_MAX = 64 };

/* Borrowed from the reader, until its next line. Escapes are undone. */
typedef struct bench_item {
    const char *id, *question, *answer;
} bench_item;

typedef struct bench_items bench_items;
bench_items *bench_items_open(const char *path); /* exits with a message when it cannot */
int          bench_items_next(bench_items *items, bench_item *out);
void         bench_items_close(bench_items *items);

/* Runs of letters and digits, lower-cased: what every tokenizer here makes of ASCII. Each word once. */
typedef struct bench_query {
    const char *kind, *text;
    const char *words[WORDS_MAX];  /* outside quotes */
    uint32_t    count;
    const char *phrase[WORDS_MAX]; /* inside them    */
    uint32_t    phrase_count;
    int         last_is_prefix;    /* the last of `words` is being typed */
} bench_query;

typedef struct bench_hits {
    char   id[BEST][ID_MAX];
    double score[BEST];
    int    count; /* -1: this engine has no form of query for this kind */
} bench_hits;

/* The words of a text as above but repeated ones too, in place: returns how many, each NUL-terminated. */
uint32_t bench_words(char *text, const char **words, uint32_t cap);

typedef struct bench_engine {
    const char *name, *version, *settings;
    void (*build)(const char *corpus, const char *index);
    void *(*open)(const char *index);
    void (*answer)(void *engine, const bench_query *query, bench_hits *out);
    int reads_text; /* the engine splits `text` itself: words and phrase are left empty */
} bench_engine;

int  bench_main(const bench_engine *engine, int argc, char **argv);
void bench_fail(const char *what, const char *why); /* prints both and exits 2 */

#ifdef __cplusplus
}
#endif
#endif
