/* One index file, opened and verified whole before the first request sees it. */
#include <stdio.h>
#include <stdlib.h>

#include "host/server/inside.h"

#define OPEN_ROOM_FIRST ((size_t)1 << 20)
#define OPEN_ROOM_MAX ((size_t)4 << 30)
#define COPY_MAX ((uint64_t)256 << 20)

void pin_generation_release(pin_generation *g)
{
    if (!g || atomic_fetch_sub(&g->references, 1) != 1)
        return;
    pin_page_cache_free(g->pages);
    free(g->memory);
    pin_folder_unmap(&g->file);
    free(g);
}

/* Opens with more and more room until it fits; then reads every byte once. */
static pin_status open_index(pin_generation *g, pin_error *err)
{
    pin_file file = {.len = g->file.bytes.len, .pieces = &g->piece, .piece_count = 1};
    g->piece = (pin_piece){.offset = 0, .len = file.len, .at = (const uint8_t *)g->file.bytes.at};
    for (size_t room = OPEN_ROOM_FIRST;; room *= 4) {
        free(g->memory);
        g->memory = malloc(room);
        if (!g->memory)
            return PIN_NO_SPACE;
        pin_arena  arena = pin_arena_over(g->memory, room);
        pin_status status = pin_index_open(&g->ix, &file, &arena, err);
        if (status == PIN_OK)
            status = pin_index_verify(g->ix, &arena, err);
        if (status != PIN_NO_SPACE || room >= OPEN_ROOM_MAX)
            return status;
    }
}

pin_status pin_generation_open(pin_generation **out, const char *path, pin_folder_error *err)
{
    pin_generation *g = calloc(1, sizeof *g);
    pin_error       why = {0};
    pin_status      status = PIN_NO_SPACE;
    if (!g)
        return status;
    atomic_init(&g->references, 1);
    status = pin_folder_map(&g->file, path, err);
    if (status == PIN_OK && g->file.bytes.len <= COPY_MAX) {
        /* copied: nothing that happens to the file from now on can be felt */
        pin_folder_unmap(&g->file);
        status = pin_folder_read(&g->file, path, err);
    }
    if (status != PIN_OK) {
        free(g);
        return status;
    }
    status = open_index(g, &why);
    if (status == PIN_OK && !(g->pages = pin_page_cache_new(PIN_CACHE_ROOM)))
        status = PIN_NO_SPACE;
    if (status != PIN_OK) {
        snprintf(err->text, sizeof err->text, "cannot serve '%s': %s (at byte %llu)", path,
                 why.message ? why.message : "not enough memory", (unsigned long long)why.offset);
        pin_generation_release(g);
        return status;
    }
    pin_index_release(&g->release, g->ix);
    *out = g;
    return PIN_OK;
}
