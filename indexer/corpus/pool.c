/* The pool: memory for a corpus whose size nobody knows beforehand. Chunks come from malloc or from scratch,
 * grow with the pool, and go together; single pieces are never given back. */
#include "indexer/corpus/corpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_ALIGN 16u
#define POOL_CHUNK_MIN ((size_t)64 << 10)
#define POOL_CHUNK_MAX ((size_t)16 << 20)
#define POOL_SCRATCH_MAX ((size_t)1 << 20) /* of which a part that stays empty lies on the disk */

typedef struct pool_chunk {
    struct pool_chunk *next;
    const pin_scratch *scratch; /* where it came from, or NULL */
    size_t             size, used; /* of the bytes after the head */
} pool_chunk;

#define CHUNK_HEAD ((sizeof(pool_chunk) + POOL_ALIGN - 1) & ~(size_t)(POOL_ALIGN - 1))

struct pin_pool {
    pool_chunk *chunks; /* the one in use is first */
    const pin_scratch *scratch;
    size_t      next_size;
    bool        is_short; /* memory was refused once */
};

pin_pool *pin_pool_new(void) { return pin_pool_new_in(NULL); }

pin_pool *pin_pool_new_in(const pin_scratch *scratch)
{
    pin_pool *pool = calloc(1, sizeof *pool);
    if (pool) {
        pool->next_size = POOL_CHUNK_MIN;
        pool->scratch = scratch;
    }
    return pool;
}

static void chunk_free(pool_chunk *chunk)
{
    const pin_scratch *scratch = chunk->scratch;
    if (scratch)
        scratch->give(scratch->ctx, chunk, CHUNK_HEAD + chunk->size);
    else
        free(chunk);
}

void pin_pool_free(pin_pool *pool)
{
    if (!pool)
        return;
    for (pool_chunk *chunk = pool->chunks; chunk;) {
        pool_chunk *next = chunk->next;
        chunk_free(chunk);
        chunk = next;
    }
    free(pool);
}

bool pin_pool_is_short(const pin_pool *pool) { return pool->is_short; }

void pin_pool_adopt(pin_pool *pool, pin_pool *from)
{
    if (!from)
        return;
    pool->is_short |= from->is_short;
    pool_chunk **tail = pool->chunks ? &pool->chunks->next : &pool->chunks; /* behind the one in use */
    pool_chunk  *last = from->chunks;
    if (last) {
        while (last->next)
            last = last->next;
        last->next = *tail;
        *tail = from->chunks;
    }
    free(from);
}

static pool_chunk *chunk_new(const pin_scratch *scratch, size_t size)
{
    if (size > SIZE_MAX / 2 - CHUNK_HEAD)
        return NULL;
    if (scratch) /* whole pages, all of them used */
        size = ((CHUNK_HEAD + size + 4095) & ~(size_t)4095) - CHUNK_HEAD;
    pool_chunk *chunk = scratch ? scratch->take(scratch->ctx, CHUNK_HEAD + size) : malloc(CHUNK_HEAD + size);
    if (!chunk)
        return NULL;
    chunk->next = NULL;
    chunk->scratch = scratch;
    chunk->size = size;
    chunk->used = 0;
    return chunk;
}

/* A piece larger than a quarter of a chunk gets its own, behind the one in use, so that the rest of
 * that one is not lost. */
static pool_chunk *pool_chunk_for(pin_pool *pool, size_t need)
{
    pool_chunk *current = pool->chunks;
    if (current && need <= current->size - current->used)
        return current;
    if (current && need > pool->next_size / 4) {
        pool_chunk *own = chunk_new(pool->scratch, need);
        if (own) {
            own->next = current->next;
            current->next = own;
        }
        return own;
    }
    pool_chunk *fresh = chunk_new(pool->scratch, need > pool->next_size ? need : pool->next_size);
    if (!fresh)
        return NULL;
    fresh->next = current;
    pool->chunks = fresh;
    if (pool->next_size < (pool->scratch ? POOL_SCRATCH_MAX : POOL_CHUNK_MAX))
        pool->next_size *= 2;
    return fresh;
}

static void *pool_take_raw(pin_pool *pool, size_t bytes, size_t align)
{
    static char nothing[POOL_ALIGN];
    if (!bytes)
        return nothing;
    pool_chunk *current = pool->chunks;
    if (current) { /* texts lie byte by byte; only objects are aligned */
        size_t aligned = (current->used + align - 1) & ~(align - 1);
        if (aligned <= current->size && bytes <= current->size - aligned) {
            current->used = aligned + bytes;
            return (char *)current + CHUNK_HEAD + aligned;
        }
    }
    if (bytes > SIZE_MAX - POOL_ALIGN)
        return NULL;
    pool_chunk *chunk = pool_chunk_for(pool, bytes + POOL_ALIGN);
    if (!chunk) {
        pool->is_short = true;
        return NULL;
    }
    size_t aligned = (chunk->used + align - 1) & ~(align - 1);
    chunk->used = aligned + bytes;
    return (char *)chunk + CHUNK_HEAD + aligned;
}

void *pin_pool_room(pin_pool *pool, size_t count, size_t size)
{
    return size && count > SIZE_MAX / size ? NULL : pool_take_raw(pool, count * size, POOL_ALIGN);
}

void *pin_pool_take(pin_pool *pool, size_t count, size_t size)
{
    void *at = pin_pool_room(pool, count, size);
    if (at)
        memset(at, 0, count * size);
    return at;
}

pin_str pin_pool_copy(pin_pool *pool, pin_str text)
{
    if (!text.len)
        return (pin_str){"", 0};
    char *at = pool_take_raw(pool, text.len, 1);
    if (!at)
        return (pin_str){NULL, 0};
    memcpy(at, text.at, text.len);
    return (pin_str){at, text.len};
}

pin_str pin_pool_format(pin_pool *pool, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pin_str text = pin_pool_vformat(pool, format, args);
    va_end(args);
    return text;
}

pin_str pin_pool_vformat(pin_pool *pool, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int     len = vsnprintf(NULL, 0, format, args);
    pin_str text = {NULL, 0};
    char   *at = len < 0 ? NULL : pool_take_raw(pool, (size_t)len + 1, 1);
    if (at) {
        vsnprintf(at, (size_t)len + 1, format, again);
        text = (pin_str){at, (size_t)len};
    }
    va_end(again);
    return text;
}
