/* Threads that take the next task until none is left. */
#define _POSIX_C_SOURCE 200809L

#include "indexer/corpus/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

typedef struct gang {
    pin_task   *task;
    void       *ctx;
    uint32_t    count;
    atomic_uint next, done;

    const pin_build_options *options; /* NULL: nobody is told */
    const char              *stage;
    uint64_t                 total;
} gang;

unsigned pin_thread_count(const pin_build_options *options)
{
    unsigned wanted = options ? options->threads : 1;
    if (!wanted) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        wanted = online > 0 ? (unsigned)online : 1;
    }
    return wanted < THREADS_MAX ? wanted : THREADS_MAX;
}

static void *work(void *ctx)
{
    gang *g = ctx;
    for (uint32_t i; (i = atomic_fetch_add(&g->next, 1)) < g->count;) {
        g->task(g->ctx, i);
        atomic_fetch_add(&g->done, 1);
    }
    return NULL;
}

static void tell(gang *g)
{
    if (g->options && g->options->progress && g->count)
        g->options->progress(g->options->progress_ctx, g->stage, g->total * atomic_load(&g->done) / g->count,
                             g->total);
}

static void run(gang *g, unsigned threads)
{
    pthread_t others[THREADS_MAX];
    unsigned  started = 0;
    tell(g);
    while (started + 1 < threads && started + 1 < g->count && started < THREADS_MAX &&
           pthread_create(&others[started], NULL, work, g) == 0)
        started++;
    for (uint32_t i; (i = atomic_fetch_add(&g->next, 1)) < g->count; tell(g)) {
        g->task(g->ctx, i);
        atomic_fetch_add(&g->done, 1);
    }
    while (started)
        pthread_join(others[--started], NULL);
}

void pin_parallel(unsigned threads, uint32_t count, pin_task *task, void *ctx)
{
    gang g = {.task = task, .ctx = ctx, .count = count};
    run(&g, threads);
}

void pin_parallel_told(const pin_build_options *options, const char *stage, uint64_t total, uint32_t count,
                       pin_task *task, void *ctx)
{
    gang g = {.task = task, .ctx = ctx, .count = count, .options = options, .stage = stage, .total = total};
    run(&g, pin_thread_count(options));
}
