/* Which addresses a site has, and the threads that write them. An item's page, Markdown twin and JSON are one
 * job, so that its id is read once; jobs are taken a few at a time by whoever is free. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/export/inside.h"

#define ROOM_FIRST ((size_t)1 << 20)
#define ROOM_MAX ((size_t)1 << 30)
#define BATCH 8

typedef struct worker {
    pin_export_run *run;
    pin_writer      writer;
    void           *arena, *ids, *body;
    size_t          arena_size, body_size;
    uint64_t        pages;
    bool            moved;   /* the address may be of an item that moved */
    bool            reports; /* one thread tells how far all are */
} worker;

static bool stop(worker *w, pin_status status, const char *path, const char *why)
{
    pin_export_run *run = w->run;
    pthread_mutex_lock(&run->lock);
    if (run->status == PIN_OK) {
        run->status = status;
        if (w->writer.number)
            pin_export_fail(run->err, PIN_IO, "cannot write", w->writer.failed, w->writer.number, NULL);
        else
            pin_export_fail(run->err, status, "cannot make", path, 0, why ? why : "unknown failure");
    }
    pthread_mutex_unlock(&run->lock);
    atomic_store(&run->stop, true);
    return false;
}

/* ---- one address ---- */

static bool grow(void **memory, size_t *size, size_t wanted)
{
    if (wanted > ROOM_MAX)
        return false;
    free(*memory);
    *memory = malloc(wanted);
    *size = *memory ? wanted : 0;
    return *memory != NULL;
}

/* What the server would answer at `path`. */
static bool make(worker *w, pin_site_reply *reply, pin_str *body, const char *path, const pin_site_options *site)
{
    pin_site_request request = {.path = pin_str_of(path)};
    for (;;) {
        pin_error  err = {0};
        pin_arena  arena = pin_arena_over(w->arena, w->arena_size);
        pin_buf    out = pin_buf_over(w->body, w->body_size);
        pin_status status = pin_site_page(reply, &out, w->run->ix, &request, site, &arena, &err);
        if (status == PIN_OK) {
            *body = pin_buf_str(&out);
            return true;
        }
        bool more = status == PIN_NO_SPACE && (out.len > w->body_size ? grow(&w->body, &w->body_size, out.len + out.len / 4)
                                                                      : grow(&w->arena, &w->arena_size, w->arena_size * 2));
        if (!more)
            return stop(w, status, path, err.message);
    }
}

/* Folders get an index.html; everything else is the file it is called. */
static bool file_of(char out[4096], const char *path)
{
    size_t len = strlen(path);
    int    n = snprintf(out, 4096, "%s%s", path + 1, path[len - 1] == '/' ? "index.html" : "");
    return n > 0 && n < 4096;
}

static bool put(worker *w, const char *path, const char *file, pin_str body)
{
    if (!pin_writer_put(&w->writer, file, body, PIN_TWINS))
        return stop(w, PIN_IO, path, NULL);
    w->pages++;
    atomic_fetch_add(&w->run->bytes, body.len);
    return true;
}

static bool page(worker *w, const char *path)
{
    pin_site_reply reply;
    pin_str        body;
    char           file[4096];
    if (!make(w, &reply, &body, path, &w->run->site))
        return false;
    /* a tombstone has a page like others; one who moved, a page that says where to */
    bool is_page = reply.status == 200 || reply.status == 410 || (reply.status == 301 && w->moved);
    return !is_page || !file_of(file, path) || put(w, path, file, body);
}

/* ---- names ---- */

/* Ids come from the corpus: a part of a path must be a plain name, or there is no address. */
bool pin_export_plain_name(pin_str name)
{
    if (name.len == 0 || name.len > 200 || name.at[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c <= 0x20 || c == 0x7F || strchr("/\\%?#\"<>:|*", c))
            return false;
    }
    return true;
}

static bool format(char out[4096], const char *form, pin_str a, pin_str b)
{
    int n = snprintf(out, 4096, form, (int)a.len, a.at, (int)b.len, b.at);
    return n > 0 && n < 4096;
}

/* ---- jobs ---- */

static bool missing_page(worker *w)
{
    pin_site_options site = w->run->site;
    pin_site_reply   reply;
    pin_str          body;
    site.root = pin_str_of(w->run->root); /* it is shown at any depth */
    return make(w, &reply, &body, "/404.html", &site) && put(w, "/404.html", "404.html", body);
}

static bool sitemaps(worker *w)
{
    pin_site_reply reply;
    pin_str        body;
    char           path[64];
    if (!make(w, &reply, &body, "/sitemap.xml", &w->run->site))
        return false;
    bool parts = body.len > 200 && memmem(body.at, 200, "<sitemapindex", 13) != NULL;
    if (!put(w, "/sitemap.xml", "sitemap.xml", body))
        return false;
    for (uint32_t part = 1; parts; part++) {
        snprintf(path, sizeof path, "/sitemap/%u.xml", part);
        if (!make(w, &reply, &body, path, &w->run->site))
            return false;
        if (reply.status != 200 || !memmem(body.at, body.len, "<loc>", 5))
            break;
        if (!put(w, path, path + 1, body))
            return false;
    }
    return true;
}

static const char *const single[] = {"/", "/search/", "/llms.txt", "/opensearch.xml", "/api/v1/coverage",
                                     "/api/v1/openapi.json", NULL};
#define SINGLES 8 /* and 404.html, sitemaps */

static bool job_single(worker *w, uint64_t number)
{
    if (number == 0)
        return missing_page(w);
    if (number == 1)
        return sitemaps(w);
    return page(w, single[number - 2]);
}

static bool job_list(worker *w, uint64_t number)
{
    char path[64];
    if (number == 0)
        return page(w, "/items/");
    snprintf(path, sizeof path, "/items/%u/", (unsigned)number + 1);
    return page(w, path);
}

static bool job_module(worker *w, uint32_t number)
{
    pin_module m;
    pin_error  err = {0};
    char       path[4096];
    pin_status status = pin_index_module(&m, w->run->ix, number, &err);
    if (status != PIN_OK)
        return stop(w, status, "a module", err.message);
    if (!pin_export_plain_name(m.slug))
        return true;
    if (!format(path, "/%.*s/%.*s", m.slug, (pin_str){"", 0}) || !page(w, path))
        return false;
    for (uint32_t n = 2; (uint64_t)(n - 1) * PIN_SITE_MODULE_CARDS < m.member_count; n++) {
        snprintf(path, sizeof path, "/%.*s/@page-%u/", (int)m.slug.len, m.slug.at, n);
        if (!page(w, path))
            return false;
    }
    return format(path, "/%.*s.md%.*s", m.slug, (pin_str){"", 0}) && page(w, path);
}

static bool job_source(worker *w, uint32_t number)
{
    pin_arena  arena = pin_arena_over(w->ids, ROOM_FIRST);
    pin_source source;
    pin_error  err = {0};
    char       path[4096];
    pin_status status = pin_index_source(&source, w->run->ix, number, &arena, &err);
    if (status != PIN_OK)
        return stop(w, status, "a source", err.message);
    return !pin_export_plain_name(source.id) || !format(path, "/law/%.*s/%.*s", source.id, (pin_str){"", 0}) || page(w, path);
}

static bool job_provision(worker *w, uint32_t number)
{
    pin_arena     arena = pin_arena_over(w->ids, ROOM_FIRST);
    pin_provision p;
    pin_source    source;
    pin_error     err = {0};
    char          path[4096];
    pin_status    status = pin_index_provision_names(&p, w->run->ix, number, &err);
    if (status == PIN_OK)
        status = pin_index_source(&source, w->run->ix, p.source, &arena, &err);
    if (status != PIN_OK)
        return stop(w, status, "a provision", err.message);
    if (!pin_export_plain_name(source.id) || !pin_export_plain_name(p.id))
        return true;
    if (format(path, "/law/%.*s/%.*s/", source.id, p.id) && !page(w, path))
        return false;
    if (w->run->options->lean)
        return true;
    return (!format(path, "/api/v1/provisions/%.*s/%.*s", source.id, p.id) || page(w, path)) &&
           (!format(path, "/api/v1/citing/%.*s/%.*s", source.id, p.id) || page(w, path));
}

static bool job_item(worker *w, uint32_t number)
{
    pin_arena  arena = pin_arena_over(w->ids, ROOM_FIRST);
    pin_item   item;
    pin_module module;
    pin_error  err = {0};
    char       path[4096];
    pin_status status = pin_index_item(&item, w->run->ix, number, &arena, &err);
    if (status == PIN_OK)
        status = pin_index_module(&module, w->run->ix, item.module, &err);
    if (status != PIN_OK)
        return stop(w, status, "an item", err.message);
    if (!pin_export_plain_name(module.slug) || !pin_export_plain_name(item.slug))
        return true;
    if (format(path, "/%.*s/%.*s/", module.slug, item.slug) && !page(w, path))
        return false;
    if (item.revision.len) {
        char hex[2 * PIN_REVISION_LEN];
        pin_revision_hex(hex, item.revision);
        pin_str shown = {hex, PIN_REVISION_SHOWN};
        if (format(path, "/%.*s/@%.*s/", item.id, shown) && !page(w, path))
            return false;
    }
    if (w->run->options->lean)
        return true;
    return (!format(path, "/%.*s/%.*s.md", module.slug, item.slug) || page(w, path)) &&
           (!format(path, "/api/v1/items/%.*s/%.*s", module.slug, item.slug) || page(w, path));
}

/* An id with a past: its older revisions, and its tombstone when it is gone. */
static bool job_past(worker *w, uint32_t number)
{
    pin_arena arena = pin_arena_over(w->ids, ROOM_FIRST);
    pin_past  past;
    pin_error err = {0};
    char      path[4096], hex[2 * PIN_REVISION_LEN];
    pin_status status = pin_index_past_at(&past, w->run->ix, number, &arena, &err);
    if (status != PIN_OK)
        return stop(w, status, "an item of the past", err.message);
    if (!pin_export_is_plain(past.id))
        return true;
    for (uint32_t i = 0; i < past.revision_count; i++) {
        pin_revision_hex(hex, past.revisions[i].hash);
        pin_str shown = {hex, PIN_REVISION_SHOWN};
        if (format(path, "/%.*s/@%.*s/", past.id, shown) && !page(w, path))
            return false;
    }
    if (past.fate == PIN_FATE_LIVES)
        return true;
    w->moved = true;
    bool good = !format(path, "/%.*s/%.*s", past.id, (pin_str){"", 0}) || page(w, path);
    w->moved = false;
    return good;
}

static bool do_job(worker *w, uint64_t job)
{
    const pin_export_run *run = w->run;
    if (job >= run->first_past)
        return job_past(w, (uint32_t)(job - run->first_past));
    if (job >= run->first_item)
        return job_item(w, (uint32_t)(job - run->first_item));
    if (job >= run->first_provision)
        return job_provision(w, (uint32_t)(job - run->first_provision));
    if (job >= run->first_source)
        return job_source(w, (uint32_t)(job - run->first_source));
    if (job >= run->first_module)
        return job_module(w, (uint32_t)(job - run->first_module));
    return job < SINGLES ? job_single(w, job) : job_list(w, job - SINGLES);
}

/* ---- threads ---- */

static void *work(void *ctx)
{
    worker         *w = ctx;
    pin_export_run *run = w->run;
    while (!atomic_load(&run->stop)) {
        uint64_t from = atomic_fetch_add(&run->next, BATCH);
        if (from >= run->jobs)
            break;
        uint64_t to = run->jobs - from < BATCH ? run->jobs : from + BATCH;
        for (uint64_t job = from; job < to && !atomic_load(&run->stop); job++)
            if (!do_job(w, job))
                return NULL;
        uint64_t done = atomic_fetch_add(&run->done, to - from) + to - from;
        if (w->reports && run->options->progress)
            run->options->progress(run->options->progress_ctx, done, run->jobs, atomic_load(&run->bytes));
    }
    return NULL;
}

static bool worker_init(worker *w, pin_export_run *run, bool reports)
{
    *w = (worker){.run = run, .reports = reports, .writer = {.swap = &run->swap, .brotli = run->brotli}};
    w->ids = malloc(ROOM_FIRST);
    w->arena = malloc(w->arena_size = ROOM_FIRST);
    w->body = malloc(w->body_size = ROOM_FIRST);
    return w->ids && w->arena && w->body;
}

static void worker_end(worker *w, pin_export_report *report)
{
    report->files += w->writer.files;
    report->bytes += w->writer.bytes;
    report->fresh += w->writer.fresh;
    report->same += w->writer.same;
    report->pages += w->pages;
    pin_writer_free(&w->writer);
    free(w->ids);
    free(w->arena);
    free(w->body);
}

#define THREADS_MAX 64

pin_status pin_export_pages(pin_export_run *run)
{
    const pin_release *r = &run->release;
    uint64_t           lists = r->item_count ? (r->item_count + PIN_SITE_PER_PAGE - 1) / PIN_SITE_PER_PAGE : 1;
    run->first_module = SINGLES + lists;
    run->first_source = run->first_module + r->module_count;
    run->first_provision = run->first_source + r->source_count;
    run->first_item = run->first_provision + r->provision_count;
    run->first_past = run->first_item + r->item_count;
    run->jobs = run->first_past + pin_index_past_count(run->ix);

    unsigned  count = run->options->threads < THREADS_MAX ? run->options->threads : THREADS_MAX, started = 0;
    worker    workers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];
    for (unsigned i = 0; i < count; i++) {
        if (!worker_init(&workers[i], run, i == 0)) {
            stop(&workers[i], PIN_NO_SPACE, "a page", "out of memory");
            worker_end(&workers[i], run->report);
            break;
        }
        if (i > 0 && pthread_create(&threads[i], NULL, work, &workers[i]) != 0) {
            worker_end(&workers[i], run->report); /* fewer threads do as well */
            break;
        }
        started = i + 1;
    }
    if (started > 0)
        work(&workers[0]);
    for (unsigned i = 0; i < started; i++) {
        if (i > 0)
            pthread_join(threads[i], NULL);
        worker_end(&workers[i], run->report);
    }
    return run->status;
}
