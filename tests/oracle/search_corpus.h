/* A corpus for the search tests: built in memory from one file of JSON Lines and opened. */
#ifndef PIN_SEARCH_CORPUS_H
#define PIN_SEARCH_CORPUS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pincite/build.h"
#include "pincite/search.h"

typedef struct opened {
    unsigned char *bytes;
    size_t         len, cap;
    pin_piece      piece;
    pin_file       file;
    void          *room;
    pin_arena      arena;
    pin_index     *ix;
} opened;

static inline char *slurp(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *at = malloc((size_t)size + 1);
    *len = fread(at, 1, (size_t)size, f);
    at[*len] = 0;
    fclose(f);
    return at;
}

static inline bool into_memory(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    opened *o = ctx;
    size_t  end = (size_t)offset + len;
    if (end > o->cap) {
        size_t cap = end * 2;
        o->bytes = realloc(o->bytes, cap);
        memset(o->bytes + o->cap, 0, cap - o->cap);
        o->cap = cap;
    }
    memcpy(o->bytes + offset, bytes, len);
    if (end > o->len)
        o->len = end;
    return true;
}

static inline pin_status open_bytes(opened *o, pin_error *err)
{
    o->piece = (pin_piece){.offset = 0, .len = o->len, .at = o->bytes};
    o->file = (pin_file){.len = o->len, .pieces = &o->piece, .piece_count = 1};
    o->room = malloc(1 << 20);
    o->arena = pin_arena_over(o->room, 1 << 20);
    return pin_index_open(&o->ix, &o->file, &o->arena, err);
}

/* `law` is a path of provisions as JSON Lines for the source "cra", or NULL. */
static inline bool open_corpus(opened *o, pin_str jsonl, const char *law)
{
    pin_build_options options = {.threads = 1};
    pin_build        *b = pin_build_new(&options);
    pin_error         err = {0};
    size_t            law_len = 0;
    char             *law_text = law ? slurp(law, &law_len) : NULL;
    *o = (opened){0};
    if (law_text) {
        pin_input_file file = {PIN_STR("provisions.jsonl"), PIN_STR("provisions.jsonl"), {law_text, law_len}};
        pin_input_source source = {.id = PIN_STR("cra"),
                                   .input = {PIN_STR("provisions.jsonl"), false, &file, 1}};
        if (pin_build_add_source(b, &source, &err) != PIN_OK)
            fprintf(stderr, "source: %s\n", err.message);
    }
    pin_input_file   file = {PIN_STR("corpus.jsonl"), PIN_STR("corpus.jsonl"), jsonl};
    pin_input        input = {PIN_STR("corpus.jsonl"), false, &file, 1};
    pin_sink         sink = {o, into_memory};
    pin_build_report report;
    pin_status       s = pin_build_add_corpus(b, &input, &err);
    if (s == PIN_OK)
        s = pin_build_finish(&report, b, &sink, &err);
    if (s == PIN_OK)
        s = open_bytes(o, &err);
    if (s != PIN_OK)
        fprintf(stderr, "corpus: status %d: %s\n", (int)s, err.message ? err.message : "");
    pin_build_free(b);
    free(law_text);
    return s == PIN_OK;
}

static inline void close_corpus(opened *o)
{
    free(o->bytes);
    free(o->room);
    *o = (opened){0};
}

#endif
