/* Work in numbered tasks, done by several threads in any order. Whatever a task makes it keeps apart
 * under its number, and one thread joins the results in the order of the numbers: so the bytes of an
 * index never depend on how many threads made it. */
#ifndef PIN_CORPUS_PARALLEL_H
#define PIN_CORPUS_PARALLEL_H

#include "pincite/build.h"

#include <stdint.h>

typedef void pin_task(void *ctx, uint32_t number);

/* options->threads, or, when that is 0, as many as there are processors; 1 without options. */
unsigned pin_thread_count(const pin_build_options *options);
/* Runs task 0 .. count - 1, each once, and returns when all are done. Works with fewer threads, down to
 * the caller's own, when the system gives no more. */
void     pin_parallel(unsigned threads, uint32_t count, pin_task *task, void *ctx);
/* The same with the threads, the progress and the scratch of `options` (may be NULL): all tasks together are
 * `total` units of the work called `stage`. The caller's thread tells, after each task of its own; memory may
 * rest after each task of anybody. */
void     pin_parallel_told(const pin_build_options *options, const char *stage, uint64_t total,
                           uint32_t count, pin_task *task, void *ctx);
/* And with `join` called for each task that is done, one at a time and in the order of their numbers. No
 * task runs far ahead of the one that is joined next, so what waits to be joined stays little. Without a
 * `stage` nobody is told.
 * False: no memory; nothing was run. */
bool     pin_parallel_joined(const pin_build_options *options, const char *stage, uint64_t total,
                             uint32_t count, pin_task *task, pin_task *join, void *ctx);
/* Memory may rest. */
void     pin_rest(const pin_build_options *options);
/* The same, in a loop over many items that looks at a little of each: now and then. */
static inline void pin_rest_at(const pin_build_options *options, uint32_t i)
{
    if (i % 2048 == 2047)
        pin_rest(options);
}

#endif
