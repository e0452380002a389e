/* The plain reference: BM25 by adding every posting of every word, from uncompressed arrays in the mapped file.
 *
 *   score = sum over the query's distinct words of ln(1 + (N - df + .5) / (df + .5)) * f * 2.2 / (f + 1.2 * (.25 + .75 * len / mean))
 *   f = 3 * times in the question + times in the answer; len = words of both
 *
 * No stemming, no weights for function words, no compression, no snippets, no phrases, typos or prefixes:
 * what other engines' answers are compared with, and the speed that plain code has. The file:
 *
 *   counts | id ends | ids | word ends | words, sorted | list ends | item numbers | impacts            */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../harness.h"

typedef struct counts {
    uint64_t items, words, postings, id_bytes, word_bytes;
} counts;

/* ---- Building ---- */
typedef struct list {
    char     *word;
    uint32_t *items, *times; /* times: weighted; becomes the impact */
    uint32_t  count, cap;
} list;

typedef struct builder {
    list     *lists;
    uint32_t  list_count, list_cap, *slots, mask;
    char     *ids;
    size_t    id_bytes, id_cap;
    uint32_t *lengths, *id_ends, item_count, item_cap;
} builder;

static void *grown(void *old, size_t count, size_t size)
{
    void *memory = realloc(old, count * size);
    if (!memory)
        bench_fail("reference", "out of memory");
    return memory;
}

static uint64_t hash_of(const char *word)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *word; word++)
        hash = (hash ^ (uint8_t)*word) * 0x100000001b3u;
    return hash ^ hash >> 31;
}

static uint32_t *slot_of(builder *b, const char *word)
{
    uint32_t at = (uint32_t)hash_of(word) & b->mask;
    while (b->slots[at] && strcmp(b->lists[b->slots[at] - 1].word, word) != 0)
        at = (at + 1) & b->mask;
    return &b->slots[at];
}

static void widen(builder *b)
{
    b->mask = b->mask ? b->mask * 2 + 1 : (1u << 16) - 1;
    free(b->slots);
    b->slots = calloc((size_t)b->mask + 1, sizeof *b->slots);
    if (!b->slots)
        bench_fail("reference", "out of memory");
    for (uint32_t i = 0; i < b->list_count; i++)
        *slot_of(b, b->lists[i].word) = i + 1;
}

static list *list_of(builder *b, const char *word)
{
    if (b->list_count * 2 >= b->mask)
        widen(b);
    uint32_t *slot = slot_of(b, word);
    if (!*slot) {
        if (b->list_count == b->list_cap)
            b->lists = grown(b->lists, b->list_cap = b->list_cap ? b->list_cap * 2 : 1024, sizeof *b->lists);
        b->lists[b->list_count] = (list){.word = strdup(word)};
        *slot = ++b->list_count;
    }
    return &b->lists[*slot - 1];
}

static uint32_t add_text(builder *b, const char *text, uint32_t weight)
{
    static char        room[65536];
    static const char *words[16384];
    snprintf(room, sizeof room, "%s", text);
    uint32_t count = bench_words(room, words, 16384);
    for (uint32_t i = 0; i < count; i++) {
        list *l = list_of(b, words[i]);
        if (!l->count || l->items[l->count - 1] != b->item_count) {
            if (l->count == l->cap) {
                l->cap = l->cap ? l->cap + l->cap / 2 + 1 : 2;
                l->items = grown(l->items, l->cap, sizeof *l->items);
                l->times = grown(l->times, l->cap, sizeof *l->times);
            }
            l->items[l->count] = b->item_count;
            l->times[l->count++] = 0;
        }
        l->times[l->count - 1] += weight;
    }
    return count;
}

static void add_item(builder *b, const bench_item *item)
{
    size_t len = strlen(item->id);
    if (b->item_count == b->item_cap) {
        b->item_cap = b->item_cap ? b->item_cap * 2 : 1024;
        b->lengths = grown(b->lengths, b->item_cap, sizeof *b->lengths);
        b->id_ends = grown(b->id_ends, b->item_cap, sizeof *b->id_ends);
    }
    if (b->id_bytes + len > b->id_cap)
        b->ids = grown(b->ids, b->id_cap = b->id_cap * 2 + len, 1);
    memcpy(b->ids + b->id_bytes, item->id, len);
    b->id_bytes += len;
    b->id_ends[b->item_count] = (uint32_t)b->id_bytes;
    b->lengths[b->item_count] = add_text(b, item->question, 3) + add_text(b, item->answer, 1);
    b->item_count++;
}

/* In place: times and impacts are both four bytes. */
static void weigh(list *l, const builder *b, double mean)
{
    double idf = log(1 + (b->item_count - l->count + .5) / (l->count + .5));
    for (uint32_t i = 0; i < l->count; i++) {
        double f = l->times[i];
        float  impact = (float)(idf * f * 2.2 / (f + 1.2 * (.25 + .75 * b->lengths[l->items[i]] / mean)));
        memcpy(&l->times[i], &impact, sizeof impact);
    }
}

static int by_word(const void *a, const void *b)
{
    return strcmp(((const list *)a)->word, ((const list *)b)->word);
}

static void put(FILE *to, const void *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, to) != len)
        bench_fail("reference", "cannot write");
}

static void write_index(builder *b, FILE *to)
{
    counts   n = {.items = b->item_count, .words = b->list_count, .id_bytes = (b->id_bytes + 7) / 8 * 8};
    uint64_t end = 0, zero = 0;
    for (uint32_t i = 0; i < b->list_count; i++) {
        n.postings += b->lists[i].count;
        n.word_bytes += strlen(b->lists[i].word) + 1;
    }
    uint64_t word_bytes = n.word_bytes;
    n.word_bytes = (word_bytes + 7) / 8 * 8;
    put(to, &n, sizeof n);
    for (uint32_t i = 0; i < b->item_count; i++)
        put(to, &(uint64_t){b->id_ends[i]}, 8);
    put(to, b->ids, b->id_bytes);
    put(to, &zero, n.id_bytes - b->id_bytes);
    for (uint32_t i = 0; i < b->list_count; i++)
        put(to, &(uint64_t){end += strlen(b->lists[i].word) + 1}, 8);
    for (uint32_t i = 0; i < b->list_count; i++)
        put(to, b->lists[i].word, strlen(b->lists[i].word) + 1);
    put(to, &zero, n.word_bytes - word_bytes);
    end = 0;
    for (uint32_t i = 0; i < b->list_count; i++)
        put(to, &(uint64_t){end += b->lists[i].count}, 8);
    for (uint32_t i = 0; i < b->list_count; i++)
        put(to, b->lists[i].items, b->lists[i].count * sizeof *b->lists[i].items);
    for (uint32_t i = 0; i < b->list_count; i++)
        put(to, b->lists[i].times, b->lists[i].count * sizeof *b->lists[i].times);
}

static void build(const char *corpus, const char *index)
{
    builder      b = {.lists = NULL};
    bench_items *items = bench_items_open(corpus);
    bench_item   item;
    double       total = 0;
    while (bench_items_next(items, &item))
        add_item(&b, &item);
    bench_items_close(items);
    for (uint32_t i = 0; i < b.item_count; i++)
        total += b.lengths[i];
    for (uint32_t i = 0; i < b.list_count; i++)
        weigh(&b.lists[i], &b, total / b.item_count);
    qsort(b.lists, b.list_count, sizeof *b.lists, by_word);
    FILE *to = fopen(index, "wb");
    if (!to)
        bench_fail(index, "cannot be written");
    setvbuf(to, NULL, _IOFBF, 1 << 20);
    write_index(&b, to);
    if (fclose(to) != 0)
        bench_fail(index, "cannot be written");
}

/* ---- Searching ---- */
typedef struct reference {
    counts          n;
    const uint64_t *id_ends, *word_ends, *list_ends;
    const char     *ids, *words;
    const uint32_t *items;
    const float    *impacts;
    float          *scores; /* all zero between queries */
} reference;

static void *open_index(const char *path)
{
    struct stat about;
    reference  *r = calloc(1, sizeof *r);
    int         file = open(path, O_RDONLY);
    if (!r || file < 0 || fstat(file, &about) != 0)
        bench_fail(path, "cannot be opened");
    const char *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED)
        bench_fail(path, "cannot be mapped");
    close(file);
    memcpy(&r->n, at, sizeof r->n);
    r->id_ends = (const uint64_t *)(const void *)(at += sizeof r->n);
    r->ids = at += r->n.items * 8;
    r->word_ends = (const uint64_t *)(const void *)(at += r->n.id_bytes);
    r->words = at += r->n.words * 8;
    r->list_ends = (const uint64_t *)(const void *)(at += r->n.word_bytes);
    r->items = (const uint32_t *)(const void *)(at += r->n.words * 8);
    r->impacts = (const float *)(const void *)(at + r->n.postings * 4);
    r->scores = calloc(r->n.items, sizeof *r->scores);
    if (!r->scores)
        bench_fail(path, "out of memory");
    return r;
}

static uint64_t start_of(const uint64_t *ends, uint64_t i)
{
    return i ? ends[i - 1] : 0;
}

static void add_list(reference *r, const char *word)
{
    uint64_t low = 0, high = r->n.words;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        int      order = strcmp(word, r->words + start_of(r->word_ends, middle));
        if (order == 0) {
            for (uint64_t i = start_of(r->list_ends, middle); i < r->list_ends[middle]; i++)
                r->scores[r->items[i]] += r->impacts[i];
            return;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
}

static void answer(void *engine, const bench_query *q, bench_hits *out)
{
    reference *r = engine;
    uint32_t   best[BEST];
    float      least = 0;
    if (q->phrase_count || q->last_is_prefix || strcmp(q->kind, "typo") == 0) {
        out->count = -1;
        return;
    }
    for (uint32_t i = 0; i < q->count; i++)
        add_list(r, q->words[i]);
    for (uint32_t i = 0; i < r->n.items; i++) {
        float score = r->scores[i];
        r->scores[i] = 0;
        if (score <= least)
            continue;
        int at = out->count < BEST ? out->count++ : BEST - 1;
        for (; at > 0 && out->score[at - 1] < score; at--) {
            out->score[at] = out->score[at - 1];
            best[at] = best[at - 1];
        }
        out->score[at] = score;
        best[at] = i;
        if (out->count == BEST)
            least = (float)out->score[BEST - 1];
    }
    for (int i = 0; i < out->count; i++) {
        uint64_t from = start_of(r->id_ends, best[i]);
        snprintf(out->id[i], ID_MAX, "%.*s", (int)(r->id_ends[best[i]] - from), r->ids + from);
    }
}

int main(int argc, char **argv)
{
    static const bench_engine engine = {
        .name = "reference",
        .version = "of this repository",
        .settings = "exhaustive BM25 (1.2, 0.75), question 3, uncompressed arrays, mapped; natural, keywords and "
                    "provision queries only",
        .build = build,
        .open = open_index,
        .answer = answer,
    };
    return bench_main(&engine, argc, argv);
}
