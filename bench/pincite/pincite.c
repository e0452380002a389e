/* pincite itself in the peers' harness: the public library, in the process, as a host uses it.
 *
 * From the query's bytes to ten cards in memory: pin_search, then pin_index_item for each hit, which
 * decompresses the whole card (the peers fetch its id only). `pincite search --batch --time` times the same
 * work. With PINCITE_EXHAUSTIVE set, the plain scorer answers: its rows must be the same. The index is
 * built by `pincite build`. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../peers/harness.h"
#include "pincite/search.h"

enum { ROOM = 256 << 20 }; /* reserved; pages that no query touches are never there */

typedef struct open_index {
    pin_index         *index;
    pin_file           file;
    pin_piece          piece;
    pin_arena          arena;
    pin_search_options options;
} open_index;

static void must(pin_status status, const pin_error *err)
{
    if (status != PIN_OK)
        bench_fail("pincite", err->message ? err->message : "failed");
}

static void *reserve(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        bench_fail("pincite", "out of memory");
    return memory;
}

static void *open_path(const char *path)
{
    struct stat about;
    pin_error   err = {0};
    open_index *o = calloc(1, sizeof *o);
    int         file = open(path, O_RDONLY);
    if (!o || file < 0 || fstat(file, &about) != 0)
        bench_fail(path, "cannot be opened");
    uint64_t       len = (uint64_t)about.st_size;
    const uint8_t *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED)
        bench_fail(path, "cannot be mapped");
    close(file);
    o->piece = (pin_piece){0, len, at};
    o->file = (pin_file){.len = len, .pieces = &o->piece, .piece_count = 1};
    o->options = (pin_search_options){.k = BEST, .no_snippets = true, .exhaustive = getenv("PINCITE_EXHAUSTIVE") != NULL};
    pin_arena own = pin_arena_over(reserve(ROOM), ROOM);
    must(pin_index_open(&o->index, &o->file, &own, &err), &err);
    o->arena = pin_arena_over(reserve(ROOM), ROOM);
    return o;
}

static void answer(void *engine, const bench_query *q, bench_hits *out)
{
    open_index *o = engine;
    pin_error   err = {0};
    pin_hits    hits;
    o->arena.used = 0;
    must(pin_search(&hits, o->index, pin_str_of(q->text), &o->options, &o->arena, &err), &err);
    for (uint32_t i = 0; i < hits.count; i++) {
        pin_item item;
        size_t   mark = o->arena.used;
        must(pin_index_item(&item, o->index, hits.at[i].item, &o->arena, &err), &err);
        pin_str id = item.given_id.len > 0 ? item.given_id : item.id;
        if (id.len >= ID_MAX)
            bench_fail("pincite", "an id is too long");
        memcpy(out->id[i], id.at, id.len);
        out->id[i][id.len] = '\0';
        out->score[i] = hits.at[i].score;
        out->count++;
        o->arena.used = mark;
    }
}

static void build(const char *corpus, const char *index)
{
    (void)corpus;
    bench_fail(index, "is built by `pincite build`");
}

int main(int argc, char **argv)
{
    static const bench_engine engine = {
        .name = "pincite",
        .version = "of this repository",
        .settings = "as installed; two fields scored apart, stems, function words at 0.3, proximity, typos, prefixes, "
                    "phrases, provisions; whole cards fetched and checked",
        .build = build,
        .open = open_path,
        .answer = answer,
        .reads_text = 1,
    };
    return bench_main(&engine, argc, argv);
}
