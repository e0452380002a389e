/* generate: a synthetic FAQ of any size and queries for it, the same bytes on every machine.
 *
 *   generate ITEMS CORPUS.jsonl [QUERIES.tsv QRELS.tsv [COUNT]]   COUNT queries of each kind (1000)
 *   generate --selftest
 *
 * CORPUS has one item a line, in the form that `pincite build` reads. QUERIES has qid<TAB>kind<TAB>query,
 * kinds taking turns; QRELS has qid<TAB>0<TAB>id<TAB>1: the item that the query was made from.
 *
 * The model: words by the law of Zipf and Mandelbrot, vocabulary by Heaps' law; modules of uneven size,
 * each on a topic that prefers some words at every frequency; answers of log-normal length that repeat
 * words of their question and of themselves; four words in ten are English function words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"
#include "queries.h"
#include "selftest.h"

enum { SEED = 20240 };

static int fail(const char *path)
{
    perror(path);
    return 2;
}

static int write_corpus(const corpus *c, const char *path)
{
    static char line[ITEM_LINE_MAX];
    static item it;
    FILE       *to = fopen(path, "wb");
    if (!to)
        return fail(path);
    setvbuf(to, NULL, _IOFBF, 1 << 20);
    for (uint32_t i = 0; i < c->item_count; i++) {
        item_make(&it, c, i);
        fwrite(line, 1, item_write_line(line, c, &it), to);
    }
    int broken = ferror(to);
    return fclose(to) || broken ? fail(path) : 0;
}

static int write_queries(const corpus *c, const char *path, const char *qrels_path, uint32_t count)
{
    static item target;
    char        query[QUERY_MAX], id[ITEM_ID_MAX];
    FILE       *to = fopen(path, "wb"), *qrels = fopen(qrels_path, "wb");
    if (!to || !qrels)
        return fail(to ? qrels_path : path);
    for (uint32_t i = 0; i < count * QUERY_KINDS; i++) {
        query_kind kind = (query_kind)(i % QUERY_KINDS);
        query_make(query, &target, c, kind, i / QUERY_KINDS);
        fprintf(to, "q%u\t%s\t%s\n", i + 1, query_kind_names[kind], query);
        fprintf(qrels, "q%u\t0\t%.*s\t1\n", i + 1, (int)item_write_id(id, c, &target), id);
    }
    int broken = ferror(to) || ferror(qrels);
    broken |= fclose(to) != 0;
    broken |= fclose(qrels) != 0;
    return broken ? fail(path) : 0;
}

int main(int argc, char **argv)
{
    static corpus c;
    if (argc == 2 && strcmp(argv[1], "--selftest") == 0)
        return selftest();
    unsigned long items = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long count = argc > 5 ? strtoul(argv[5], NULL, 10) : 1000;
    if (items < 1 || items > 100000000 || argc == 4 || argc > 6 || count < 1 || count > 1000000) {
        fprintf(stderr, "usage: generate ITEMS CORPUS.jsonl [QUERIES.tsv QRELS.tsv [COUNT]]\n"
                        "       generate --selftest\n");
        return 2;
    }
    corpus_make(&c, (uint32_t)items, SEED);
    int failed = write_corpus(&c, argv[2]);
    if (!failed && argc > 4)
        failed = write_queries(&c, argv[3], argv[4], (uint32_t)count);
    return failed;
}
