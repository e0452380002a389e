/* Threads that take the next task until none is left. */
#define _POSIX_C_SOURCE 200809L

#include "indexer/corpus/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 64, AHEAD = 2 }; /* tasks a thread that are done before they can be joined */

typedef struct gang {
    pin_task   *task;
    void       *ctx;
    uint32_t    count;
    unsigned    threads;
    atomic_uint next, done;

    const pin_build_options *options; /* NULL: nobody is told */
    const char              *stage;
    uint64_t                 total;

    pin_task       *join; /* or NULL; the rest is for it */
    pthread_mutex_t lock;
    pthread_cond_t  moved;
    bool           *is_done; /* by task */
    uint32_t        joined;
    bool            joining;
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

void pin_rest(const pin_build_options *options)
{
    if (options && options->scratch && options->scratch->rest)
        options->scratch->rest(options->scratch->ctx);
}

/* Whoever comes when the next in order is done joins it and those behind it; the others go on. */
static void join_done(gang *g, uint32_t number)
{
    pthread_mutex_lock(&g->lock);
    g->is_done[number] = true;
    while (!g->joining && g->joined < g->count && g->is_done[g->joined]) {
        g->joining = true;
        pthread_mutex_unlock(&g->lock);
        g->join(g->ctx, g->joined);
        pthread_mutex_lock(&g->lock);
        g->joining = false;
        g->joined++;
        pthread_cond_broadcast(&g->moved);
    }
    pthread_mutex_unlock(&g->lock);
}

static void wait_for_joined(gang *g, uint32_t number)
{
    pthread_mutex_lock(&g->lock);
    while (number - g->joined > g->threads * AHEAD)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static bool do_next(gang *g)
{
    uint32_t number = atomic_fetch_add(&g->next, 1);
    if (number >= g->count)
        return false;
    if (g->join)
        wait_for_joined(g, number);
    g->task(g->ctx, number);
    if (g->join)
        join_done(g, number);
    atomic_fetch_add(&g->done, 1);
    pin_rest(g->options);
    return true;
}

static void *work(void *ctx)
{
    while (do_next(ctx))
        ;
    return NULL;
}

static void tell(gang *g)
{
    if (g->stage && g->options && g->options->progress && g->count)
        g->options->progress(g->options->progress_ctx, g->stage, g->total * atomic_load(&g->done) / g->count,
                             g->total);
}

static void run(gang *g)
{
    pthread_t others[THREADS_MAX];
    unsigned  started = 0;
    tell(g);
    while (started + 1 < g->threads && started + 1 < g->count && started < THREADS_MAX &&
           pthread_create(&others[started], NULL, work, g) == 0)
        started++;
    while (do_next(g))
        tell(g);
    while (started)
        pthread_join(others[--started], NULL);
}

void pin_parallel(unsigned threads, uint32_t count, pin_task *task, void *ctx)
{
    gang g = {.task = task, .ctx = ctx, .count = count, .threads = threads};
    run(&g);
}

void pin_parallel_told(const pin_build_options *options, const char *stage, uint64_t total, uint32_t count,
                       pin_task *task, void *ctx)
{
    gang g = {.task = task,
              .ctx = ctx,
              .count = count,
              .threads = pin_thread_count(options),
              .options = options,
              .stage = stage,
              .total = total};
    run(&g);
}

bool pin_parallel_joined(const pin_build_options *options, const char *stage, uint64_t total, uint32_t count,
                         pin_task *task, pin_task *join, void *ctx)
{
    gang g = {.task = task,
              .ctx = ctx,
              .count = count,
              .threads = pin_thread_count(options),
              .options = options,
              .stage = stage,
              .total = total,
              .join = join,
              .is_done = calloc((size_t)count + 1, sizeof *g.is_done)};
    if (!g.is_done)
        return false;
    pthread_mutex_init(&g.lock, NULL);
    pthread_cond_init(&g.moved, NULL);
    run(&g);
    pthread_cond_destroy(&g.moved);
    pthread_mutex_destroy(&g.lock);
    free(g.is_done);
    return true;
}
