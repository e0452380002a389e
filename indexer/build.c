/* The builder: the order in which the rooms of the indexer do their work. Sources and corpora are read
 * as they are added; finish resolves, checks, leaves out what cannot be indexed, and writes. */
#include "pincite/build.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/check/check.h"
#include "indexer/corpus/corpus.h"
#include "indexer/corpus/parallel.h"
#include "indexer/evidence/evidence.h"
#include "indexer/order/order.h"
#include "indexer/source/source.h"
#include "indexer/write/write.h"

struct pin_build {
    pin_build_options options;
    pin_pool         *pool;
    pin_corpus        corpus;
    pin_source_set    sources;
    pin_findings      findings;
    pin_past_set      past;
    bool              finished;
};

pin_build *pin_build_new(const pin_build_options *options)
{
    pin_build *b = calloc(1, sizeof *b);
    if (!b || !(b->pool = pin_pool_new_in(options ? options->scratch : NULL))) {
        free(b);
        return NULL;
    }
    if (options)
        b->options = *options;
    pin_corpus_init(&b->corpus, b->pool);
    b->corpus.options = &b->options;
    pin_source_set_init(&b->sources, b->pool);
    pin_findings_init(&b->findings, b->pool);
    pin_past_init(&b->past, b->pool);
    return b;
}

void pin_build_free(pin_build *b)
{
    if (!b)
        return;
    pin_past_close(&b->past);
    pin_pool_free(b->pool);
    free(b);
}

pin_status pin_build_previous(pin_build *b, pin_str bytes, pin_error *err)
{
    return pin_past_open(&b->past, bytes, err);
}

void pin_build_set_day(pin_build *b, pin_str as_of) { b->options.as_of = as_of; }

pin_status pin_build_config(pin_config *out, pin_build *b, const pin_input *input, pin_error *err)
{
    return pin_corpus_config(out, b->pool, &b->findings, input, err);
}

pin_status pin_build_add_source(pin_build *b, const pin_input_source *source, pin_error *err)
{
    return pin_source_add(&b->sources, &b->findings, source, err);
}

pin_status pin_build_add_corpus(pin_build *b, const pin_input *input, pin_error *err)
{
    return pin_corpus_read(&b->corpus, &b->findings, input, &b->options, err);
}

/* ---- what does not fit into an index ---- */

_Static_assert(PIN_CHECK_TASK == PIN_PART_ITEMS, "a task of the checks is a part of the analysis");

enum { NUMBER = 5 }; /* most bytes of a count, length or number in a record */

static uint64_t text_len(pin_str text)
{
    return NUMBER + text.len;
}

/* What the item takes in the file at most; what it takes is a few bytes less. */
static uint64_t item_len(const pin_draft_item *item)
{
    uint64_t len = 5 * NUMBER + text_len(item->id) + text_len(item->given_id) + text_len(item->question) +
                   text_len(item->verdict) + text_len(item->status_text) + text_len(item->author) +
                   text_len(item->published) + text_len(item->updated) + text_len(item->language) +
                   text_len(item->blocks);
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        /* texts that one entry's provisions share are stored once */
        bool same = i > 0 && c->entry == item->citations[i - 1].entry;
        len += 2 + 2 * NUMBER + text_len(c->source) + text_len(c->id) + text_len(c->label);
        len += same ? 0 : text_len(c->written) + text_len(c->note) + text_len(c->quote);
    }
    for (uint32_t i = 0; i < item->related_count; i++)
        len += text_len(item->related[i]);
    return len;
}

/* Leaves out items too long to index; keeps the order, and the modules' ranges right. */
static void drop_long_items(pin_build *b)
{
    pin_corpus *corpus = &b->corpus;
    uint8_t    *revisions = b->past.revisions;
    uint32_t    kept = 0;
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        pin_draft_module *module = &corpus->modules[m];
        uint32_t          first = kept;
        for (uint32_t i = module->first_item; i < module->first_item + module->item_count; i++) {
            pin_draft_item *item = &corpus->items[i];
            pin_rest_at(&b->options, i);
            if (item->too_long) {
                pin_finding_add(&b->findings, PIN_ERROR, "item-too-long", item->origin, item->id,
                                "split the answer", "longer than %u KiB with its citations: not indexed",
                                PIN_ITEM_MAX >> 10);
                corpus->skipped_count++;
                continue;
            }
            if (kept != i) {
                corpus->items[kept] = *item;
                memcpy(revisions + (size_t)kept * PIN_REVISION_LEN, revisions + (size_t)i * PIN_REVISION_LEN,
                       PIN_REVISION_LEN);
            }
            kept++;
        }
        module->first_item = first;
        module->item_count = kept - first;
    }
    corpus->item_count = kept;
}

/* ---- what each item gives as soon as it is checked ---- */

typedef struct gathering {
    pin_build    *b;
    pin_analysis *analysis; /* NULL: nothing is written */
    uint32_t      tasks, provisions;
    struct gathered {
        pin_reviser reviser;
        uint32_t    unanswered, citations, states[5];
    } *at;              /* by task */
    atomic_bool *cited; /* by provision */
} gathering;

static void count_citations(gathering *g, struct gathered *t, const pin_draft_item *item)
{
    t->unanswered += item->blocks.len == 0;
    t->citations += item->citation_count;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        t->states[c->state]++;
        if (c->provision != PIN_NO_PROVISION && !c->from_range)
            atomic_store_explicit(&g->cited[c->provision], true, memory_order_relaxed);
    }
}

static pin_status gather_item(void *ctx, uint32_t task, uint32_t number, pin_draft_item *item, pin_str normal)
{
    gathering       *g = ctx;
    struct gathered *t = &g->at[task];
    item->too_long = item_len(item) > PIN_ITEM_MAX;
    if (item->too_long)
        return PIN_OK;
    count_citations(g, t, item);
    if (g->analysis)
        pin_analysis_item(g->analysis, task, item, normal);
    return pin_evidence_revision(g->b->past.revisions + (size_t)number * PIN_REVISION_LEN, &t->reviser, item,
                                 &g->b->sources, NULL);
}

static void gather_end(void *ctx, uint32_t task)
{
    gathering *g = ctx;
    if (g->analysis)
        pin_analysis_end(g->analysis, task);
    pin_reviser_free(&g->at[task].reviser);
}

static pin_status gather_join(void *ctx, uint32_t task)
{
    gathering *g = ctx;
    return g->analysis ? pin_analysis_join(g->analysis, task) : PIN_OK;
}

static void gathering_free(gathering *g)
{
    pin_analysis_free(g->analysis);
    free(g->at);
    free(g->cited);
}

static bool gathering_open(gathering *g, pin_build *b, bool write)
{
    uint32_t items = b->corpus.item_count;
    *g = (gathering){.b = b, .tasks = (items + PIN_CHECK_TASK - 1) / PIN_CHECK_TASK};
    for (uint32_t i = 0; i < b->sources.source_count; i++)
        g->provisions += b->sources.sources[i].provision_count;
    g->at = calloc((size_t)g->tasks + 1, sizeof *g->at);
    g->cited = calloc((size_t)g->provisions + 1, sizeof *g->cited);
    b->past.revisions = pin_pool_room(b->pool, (size_t)items + 1, PIN_REVISION_LEN);
    if (write)
        g->analysis = pin_analysis_new(&b->corpus, &b->sources, g->tasks);
    return g->at && g->cited && b->past.revisions && (g->analysis || !write);
}

/* ---- findings in the order of a reader ---- */

static int finding_order(const void *left, const void *right)
{
    const pin_finding *a = left, *b = right;
    int                order = pin_str_order(a->file, b->file);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = pin_str_order(a->code, b->code);
    if (order == 0)
        order = pin_str_order(a->item, b->item);
    if (order == 0)
        order = pin_str_order(a->message, b->message);
    return order;
}

static bool has_error(const pin_build *b)
{
    for (uint32_t i = 0; i < b->findings.count; i++)
        if (b->findings.at[i].severity == PIN_ERROR)
            return true;
    return false;
}

/* ---- counting ---- */

static void count_all(pin_build_report *out, const pin_build *b, const gathering *g)
{
    for (uint32_t i = 0; i < b->sources.source_count; i++) {
        out->source_count += b->sources.sources[i].loaded;
        out->provision_count += b->sources.sources[i].provision_count;
    }
    out->item_count = b->corpus.item_count;
    out->module_count = b->corpus.module_count;
    out->skipped_count = b->corpus.skipped_count;
    out->not_item_count = b->corpus.not_item_count;
    for (uint32_t t = 0; t < g->tasks; t++) {
        out->unanswered_count += g->at[t].unanswered;
        out->citation_count += g->at[t].citations;
        for (int i = 0; i < 5; i++)
            out->cite_states[i] += g->at[t].states[i];
    }
    for (uint32_t p = 0; p < g->provisions; p++)
        out->provisions_cited += g->cited[p];
}

/* ---- the end ---- */

static pin_status settle_past(pin_build *b, pin_error *err)
{
    b->past.as_of = b->options.as_of;
    if (b->options.as_of.len && !pin_date_is_valid(b->options.as_of))
        return pin_fail(err, PIN_BAD_INPUT, 0, "the day of the release is no date like 2026-11-24");
    return pin_past_settle(&b->past, &b->corpus, &b->sources, &b->findings, err);
}

static pin_status check(pin_build *b, gathering *g, bool write, pin_error *err)
{
    pin_check_watch watch = {.ctx = g, .item = gather_item, .end = gather_end, .join = gather_join};
    if (!gathering_open(g, b, write))
        return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    return pin_check_watched(&b->corpus, &b->sources, &b->findings, &b->options, &watch, err);
}

static pin_status resolve_and_check(pin_build *b, gathering *g, bool write, pin_error *err)
{
    pin_status status = pin_corpus_finish(&b->corpus, &b->findings, err);
    if (status == PIN_OK)
        status = pin_source_finish(&b->sources, &b->findings, b->corpus.config.default_source, err);
    if (status == PIN_OK && write) /* nobody has looked at an item by its number yet */
        status = pin_order_corpus(&b->corpus, err);
    if (status == PIN_OK)
        status = check(b, g, write, err);
    if (status != PIN_OK)
        return status;
    drop_long_items(b);
    if ((status = settle_past(b, err)) != PIN_OK)
        return status;
    if (b->findings.short_of_memory)
        return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    return PIN_OK;
}

static pin_status finish(pin_build_report *out, pin_build *b, gathering *g, const pin_sink *sink, pin_error *err)
{
    pin_status status = resolve_and_check(b, g, sink != NULL, err);
    if (b->findings.count)
        qsort(b->findings.at, b->findings.count, sizeof *b->findings.at, finding_order);
    if (status != PIN_OK)
        return status;
    count_all(out, b, g);
    if (b->corpus.item_count == 0)
        return pin_fail(err, PIN_BAD_INPUT, 0, "there is no item to index");
    if (b->options.strict && has_error(b))
        return pin_fail(err, PIN_BAD_INPUT, 0, "strict: a finding is an error");
    if (!sink)
        return PIN_OK;

    pin_write_report written = {0};
    if (b->options.progress)
        b->options.progress(b->options.progress_ctx, "writing", 0, b->corpus.item_count);
    status = pin_write_analysed(&written, g->analysis, &b->past, sink, err);
    out->file_len = written.file_len;
    return status;
}

pin_status pin_build_finish(pin_build_report *out, pin_build *b, const pin_sink *sink, pin_error *err)
{
    gathering g = {0};
    *out = (pin_build_report){0};
    if (b->finished)
        return pin_fail(err, PIN_BAD_INPUT, 0, "the build is finished already");
    b->finished = true;
    pin_status status = finish(out, b, &g, sink, err);
    gathering_free(&g);
    return status;
}

uint32_t pin_build_finding_count(const pin_build *b)
{
    return b->findings.count;
}

const pin_finding *pin_build_finding(const pin_build *b, uint32_t i)
{
    return &b->findings.at[i];
}
