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
    atomic_uint next;
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
    for (uint32_t i; (i = atomic_fetch_add(&g->next, 1)) < g->count;)
        g->task(g->ctx, i);
    return NULL;
}

void pin_parallel(unsigned threads, uint32_t count, pin_task *task, void *ctx)
{
    pthread_t others[THREADS_MAX];
    gang      g = {.task = task, .ctx = ctx, .count = count};
    unsigned  started = 0;
    atomic_init(&g.next, 0);
    while (started + 1 < threads && started + 1 < count && started < THREADS_MAX &&
           pthread_create(&others[started], NULL, work, &g) == 0)
        started++;
    work(&g);
    while (started)
        pthread_join(others[--started], NULL);
}
