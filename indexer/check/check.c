/* One pass over the corpus, in tasks that several threads take. For each item: its citations, then what its references mean, then blocks
 * without placeholders, then what is wrong with it. */
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/text/text.h"
#include "indexer/check/inside.h"
#include "indexer/corpus/parallel.h"

enum { FIRST_ROOM = 256 << 10, NORMAL_MAX = 16 << 10 };

static pin_status no_memory(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
}

/* ---- a table of items by a hash; the caller compares ---- */

typedef struct seen {
    uint32_t *slots; /* item number + 1 */
    uint64_t *hashes;
    size_t    mask;
} seen;

static bool seen_init(seen *out, size_t count)
{
    size_t cap = 16;
    while (cap < count * 2)
        cap *= 2;
    *out = (seen){calloc(cap, sizeof *out->slots), calloc(cap, sizeof *out->hashes), cap - 1};
    return out->slots && out->hashes;
}

static void seen_free(seen *s)
{
    free(s->slots);
    free(s->hashes);
}

/* Steps through the items with this hash: starts with *at = hash & mask; PIN_NO_PROVISION at the end,
 * when *at is a free slot. */
static uint32_t seen_next(const seen *s, uint64_t hash, size_t *at)
{
    for (; s->slots[*at]; *at = (*at + 1) & s->mask)
        if (s->hashes[*at] == hash) {
            uint32_t item = s->slots[*at] - 1;
            *at = (*at + 1) & s->mask;
            return item;
        }
    return PIN_NO_PROVISION;
}

static void seen_put(seen *s, uint64_t hash, size_t free_slot, uint32_t item)
{
    s->slots[free_slot] = item + 1;
    s->hashes[free_slot] = hash;
}

/* ---- which files have citation lists ---- */

/* home[i]: the first item of the file of item i; lists[first item]: some item of the file has a list. */
static bool find_list_files(const pin_corpus *corpus, uint32_t *home, bool *lists)
{
    seen files;
    bool good = seen_init(&files, corpus->item_count);
    for (uint32_t i = 0; good && i < corpus->item_count; i++) {
        pin_str  file = corpus->items[i].origin.file;
        pin_rest_at(corpus->options, i);
        if (i > 0 && file.at == corpus->items[i - 1].origin.file.at) {
            home[i] = home[i - 1];
            lists[home[i]] |= corpus->items[i].entry_count > 0;
            continue;
        }
        uint64_t hash = pin_hash64(file.at, file.len, 0);
        size_t   at = (size_t)hash & files.mask;
        uint32_t first;
        while ((first = seen_next(&files, hash, &at)) != PIN_NO_PROVISION)
            if (pin_str_equal(corpus->items[first].origin.file, file))
                break;
        if (first == PIN_NO_PROVISION) {
            seen_put(&files, hash, at, i);
            first = i;
        }
        home[i] = first;
        lists[first] |= corpus->items[i].entry_count > 0;
    }
    seen_free(&files);
    return good;
}

/* ---- the same question twice ---- */

static pin_str normal_form(char *room, pin_str question)
{
    pin_buf out = pin_buf_over(room, NORMAL_MAX);
    pin_normalise(&out, question);
    return pin_buf_str(&out);
}

/* The hashes are there; the texts are looked at only where two are the same. */
static bool find_duplicates(pin_check *k)
{
    const pin_draft_item *items = k->corpus->items;
    size_t                cap = 16;
    while (cap < (size_t)k->corpus->item_count * 2)
        cap *= 2;
    uint32_t *slots = calloc(cap, sizeof *slots); /* item number + 1 */
    char     *room = malloc((size_t)2 * NORMAL_MAX);
    bool      good = slots && room;
    for (uint32_t i = 0; good && i < k->corpus->item_count; i++) {
        uint64_t hash = k->normals[i];
        size_t   at = (size_t)hash & (cap - 1);
        pin_rest_at(k->corpus->options, i);
        if (!hash)
            continue;
        for (; slots[at]; at = (at + 1) & (cap - 1)) {
            uint32_t first = slots[at] - 1;
            if (k->normals[first] == hash && pin_str_equal(normal_form(room + NORMAL_MAX, items[first].question),
                                                           normal_form(room, items[i].question)))
                break;
        }
        if (!slots[at]) {
            slots[at] = i + 1;
            continue;
        }
        const pin_draft_item *item = &items[i], *other = &items[slots[at] - 1];
        pin_finding_add(k->findings, PIN_WARNING, "duplicate-question", item->origin, item->id,
                        "keep one, or let the second module's list borrow it", "'%.*s' asks the same (%.*s:%u)",
                        PIN_ARG(other->id), PIN_ARG(other->origin.file), other->origin.line);
    }
    free(slots);
    free(room);
    return good;
}

/* ---- one item ---- */

/* Blocks without placeholders, and the plain text that goes with them. */
static bool rewrite(pin_check *k, pin_str *blocks, pin_str *plain, uint32_t link_count, bool *broken)
{
    pin_str    out;
    pin_status status =
        pin_blocks_rewrite(&out, k->pool, *blocks, k->answers, link_count, k->spans, k->span_count);
    *broken = status == PIN_CORRUPT;
    if (status != PIN_OK)
        return false;
    bool same = out.at == blocks->at;
    *blocks = out;
    if (same || !plain || link_count == 0)
        return true;

    /* words of links may have changed */
    pin_buf measure = pin_buf_over(NULL, 0);
    pin_blocks_plain(&measure, out);
    char *room = pin_pool_take(k->pool, measure.len, 1);
    if (!room)
        return false;
    pin_buf text = pin_buf_over(room, measure.len);
    *broken = pin_blocks_plain(&text, out) != PIN_OK;
    *plain = pin_buf_str(&text);
    return !*broken;
}

static bool keep_rows(pin_check *k)
{
    k->item->citation_count = k->row_count;
    k->item->citations = pin_pool_take(k->pool, k->row_count, sizeof *k->item->citations);
    if (!k->item->citations)
        return false;
    for (uint32_t i = 0; i < k->row_count; i++)
        k->item->citations[i] = k->rows[i].c;
    return true;
}

static pin_status check_item(pin_check *k, pin_draft_item *item, bool has_lists, pin_error *err)
{
    bool broken = false;
    k->item = item;
    k->row_count = k->span_count = 0;
    k->cut = false;
    pin_check_entries(k);
    pin_check_prose(k);
    pin_check_links(k, item->links, item->link_count, item->module, true);
    pin_check_mentions(k);
    if (k->short_of_memory)
        return no_memory(err);
    pin_check_report(k, has_lists);
    if (!keep_rows(k))
        return no_memory(err);
    if (!rewrite(k, &item->blocks, &item->plain, item->link_count, &broken))
        return broken ? pin_fail(err, PIN_CORRUPT, 0, "an answer's blocks contradict themselves") : no_memory(err);
    item->says = pin_check_says(item);
    return PIN_OK;
}

/* The overview of a module has no citations of its own: its references lead to items and modules. */
static pin_status check_overview(pin_check *k, pin_draft_module *module, pin_error *err)
{
    pin_draft_item stand_in = {.origin = module->origin};
    bool           broken = false;
    k->item = &stand_in;
    k->row_count = k->span_count = 0;
    pin_check_links(k, module->links, module->link_count, module->slug, false);
    if (k->short_of_memory)
        return no_memory(err);
    if (!rewrite(k, &module->overview, NULL, module->link_count, &broken))
        return broken ? pin_fail(err, PIN_CORRUPT, 0, "an overview's blocks contradict themselves") : no_memory(err);
    return PIN_OK;
}

/* ---- all of them ---- */

static void report_unchecked(pin_check *k)
{
    for (uint32_t i = 0; i < k->sources->source_count; i++) {
        const pin_draft_source *s = &k->sources->sources[i];
        if (!k->unchecked[i])
            continue;
        pin_str hint = pin_pool_format(k->pool, "load it: --source %.*s=PATH", PIN_ARG(s->id));
        pin_finding_add(k->findings, PIN_NOTE, "not-checked", (pin_origin){0}, (pin_str){0}, hint.at,
                        "%llu citation%s of '%.*s' %s not checked: its text is not loaded",
                        (unsigned long long)k->unchecked[i], k->unchecked[i] == 1 ? "" : "s",
                        PIN_ARG(s->name_count ? s->names[0] : s->id), k->unchecked[i] == 1 ? "is" : "are");
    }
}

/* Everything that looking at items needs besides the items. */
static bool scratch_init(pin_check *k)
{
    k->room_size = FIRST_ROOM;
    k->room = malloc(k->room_size);
    k->rows = calloc(PIN_CHECK_ROWS_MAX, sizeof *k->rows);
    k->unchecked = calloc((size_t)k->sources->source_count + 1, sizeof *k->unchecked);
    return k->room && k->rows && k->unchecked;
}

static void scratch_free(pin_check *k)
{
    free(k->unchecked);
    free(k->answers);
    free(k->spans);
    free(k->rows);
    free(k->prose);
    free(k->room);
}

/* One task: its own pool and findings, which are joined in the order of the items. */
typedef struct task {
    pin_check    k;
    pin_corpus   corpus; /* the same, but what is made goes to the task's pool */
    pin_findings findings;
    pin_status   status;
    pin_error    err;
} task;

typedef struct job {
    const pin_check         *all;
    const pin_build_options *options;
    const uint32_t          *home;
    const bool              *lists;
    const pin_check_watch   *watch; /* or NULL */
    task                    *tasks;

    pin_check *joined;
    pin_status status;
    pin_error *err;
} job;

static void check_task(void *ctx, uint32_t number)
{
    job     *j = ctx;
    task    *t = &j->tasks[number];
    uint32_t from = number * PIN_CHECK_TASK, count = j->all->corpus->item_count;
    t->status = PIN_NO_SPACE;
    t->k = *j->all;
    t->k.unchecked = NULL;
    t->corpus = *j->all->corpus;
    t->k.corpus = &t->corpus;
    t->k.pool = t->corpus.pool = pin_pool_new_in(j->options ? j->options->scratch : NULL);
    t->k.findings = &t->findings;
    if (!t->k.pool)
        return;
    pin_findings_init(&t->findings, t->k.pool);
    char *room = malloc(NORMAL_MAX);
    t->status = scratch_init(&t->k) && room ? PIN_OK : PIN_NO_SPACE;
    for (uint32_t i = from; t->status == PIN_OK && i < count && i - from < PIN_CHECK_TASK; i++) {
        pin_draft_item *item = &t->corpus.items[i];
        t->status = check_item(&t->k, item, j->lists[j->home[i]], &t->err);
        if (t->status != PIN_OK)
            break;
        pin_str normal = normal_form(room, item->question);
        t->k.normals[i] = normal.len ? pin_hash64(normal.at, normal.len, 0) | 1 : 0;
        if (j->watch)
            t->status = j->watch->item(j->watch->ctx, number, i, item, normal);
        if (i % 256 == 255)
            pin_rest(j->options);
    }
    free(room);
    if (j->watch)
        j->watch->end(j->watch->ctx, number);
    uint64_t *unchecked = t->k.unchecked; /* is added up when the tasks are joined */
    t->k.unchecked = NULL;
    scratch_free(&t->k);
    t->k.unchecked = unchecked;
}

static pin_status join_task(pin_check *k, task *t)
{
    for (uint32_t i = 0; t->k.unchecked && i < k->sources->source_count; i++)
        k->unchecked[i] += t->k.unchecked[i];
    k->findings->short_of_memory |= t->findings.short_of_memory;
    for (uint32_t i = 0; i < t->findings.count; i++)
        pin_finding_keep(k->findings, &t->findings.at[i]);
    pin_pool_adopt(k->pool, t->k.pool);
    free(t->k.unchecked);
    return t->status;
}

static void join_one(void *ctx, uint32_t number)
{
    job       *j = ctx;
    task      *t = &j->tasks[number];
    pin_status status = join_task(j->joined, t);
    if (status == PIN_OK && j->watch)
        status = j->watch->join(j->watch->ctx, number);
    if (j->status != PIN_OK || status == PIN_OK)
        return;
    j->status = status;
    if (j->err)
        *j->err = t->err;
    if (!t->err.message)
        no_memory(j->err);
}

static pin_status check_items(pin_check *k, const uint32_t *home, const bool *lists,
                              const pin_build_options *options, const pin_check_watch *watch, pin_error *err)
{
    uint32_t count = (k->corpus->item_count + PIN_CHECK_TASK - 1) / PIN_CHECK_TASK;
    job      j = {.all = k,
                  .options = options,
                  .home = home,
                  .lists = lists,
                  .watch = watch,
                  .tasks = calloc((size_t)count + 1, sizeof *j.tasks),
                  .joined = k,
                  .err = err};
    k->task_count = count ? count : 1;
    if (!j.tasks || !pin_parallel_joined(options, "checking", k->corpus->item_count, count, check_task, join_one, &j))
        j.status = no_memory(err);
    free(j.tasks);
    return j.status;
}

static pin_status check_all(pin_check *k, uint32_t *home, bool *lists, const pin_build_options *options,
                            const pin_check_watch *watch, pin_error *err)
{
    pin_corpus *corpus = k->corpus;
    if (!find_list_files(corpus, home, lists))
        return no_memory(err);
    pin_status status = check_items(k, home, lists, options, watch, err);
    for (uint32_t i = 0; status == PIN_OK && i < corpus->module_count; i++)
        status = check_overview(k, &corpus->modules[i], err);
    if (status == PIN_OK && !pin_check_conflicts(k))
        status = no_memory(err);
    if (status == PIN_OK && !find_duplicates(k))
        status = no_memory(err);
    if (status == PIN_OK)
        report_unchecked(k);
    return status;
}

pin_status pin_check_corpus(pin_corpus *corpus, const pin_source_set *sources, pin_findings *findings,
                            const pin_build_options *options, pin_error *err)
{
    return pin_check_watched(corpus, sources, findings, options, NULL, err);
}

pin_status pin_check_watched(pin_corpus *corpus, const pin_source_set *sources, pin_findings *findings,
                             const pin_build_options *options, const pin_check_watch *watch, pin_error *err)
{
    pin_check k = {.corpus = corpus,
                   .sources = sources,
                   .findings = findings,
                   .law = pin_source_law(sources),
                   .pool = corpus->pool,
                   .task_count = 1};
    uint32_t  *home = calloc((size_t)corpus->item_count + 1, sizeof *home);
    bool      *lists = calloc((size_t)corpus->item_count + 1, sizeof *lists);
    k.normals = calloc((size_t)corpus->item_count + 1, sizeof *k.normals);
    pin_status status = scratch_init(&k) && home && lists && k.normals
                            ? check_all(&k, home, lists, options, watch, err)
                            : no_memory(err);
    if (status == PIN_OK && findings->short_of_memory)
        status = no_memory(err);
    scratch_free(&k);
    free(k.normals);
    free(lists);
    free(home);
    return status;
}
