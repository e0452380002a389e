/* Postings, as they came item by item, into lists and dictionary pages, term by term.
 *
 * A stable counting sort by term keeps every list in item order: no comparison, no dependence on
 * anything but the input. */
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

typedef struct field_lists {
    uint32_t *starts; /* by term rank, and one past the last */
    uint32_t *ids;
    uint8_t  *impacts;
} field_lists;

static void free_lists(field_lists *f)
{
    free(f->starts);
    free(f->ids);
    free(f->impacts);
}

typedef struct sorting {
    field_lists         fields[2];
    const pin_analysis *analysis;
    const uint32_t     *ranks;
    uint32_t            items;
    bool                failed[2];
} sorting;

static uint8_t impact_of(const sorting *s, const pin_part *part, const pin_posting *p, int field)
{
    if (p->where & 3)
        return (uint8_t)p->value;
    return pin_impact(p->value, pin_load32(part->lengths[field].at + (size_t)(p->where >> 3) * 4),
                      s->analysis->tokens[field], s->items, field);
}

/* Walks all postings of a field: counts them by rank, or puts them where `next` says. */
static void walk(const sorting *s, int field, field_lists *f, uint32_t *next)
{
    for (uint32_t k = 0; k < s->analysis->part_count; k++) {
        const pin_part    *part = &s->analysis->parts[k];
        const pin_posting *p = (const pin_posting *)(const void *)part->postings.at;
        for (const pin_posting *end = p + part->postings.len / sizeof *p; p < end; p++) {
            if ((p->where >> 2 & 1) != field)
                continue;
            uint32_t rank = s->ranks[part->global[p->term]];
            if (!next) {
                f->starts[rank + 1]++;
                continue;
            }
            uint32_t at = next[rank]++;
            f->ids[at] = part->first + (p->where >> 3);
            f->impacts[at] = impact_of(s, part, p, field);
        }
    }
}

static void sort_field(void *ctx, uint32_t field)
{
    sorting     *s = ctx;
    field_lists *f = &s->fields[field];
    uint32_t     terms = s->analysis->terms.count;
    uint32_t    *next = calloc((size_t)terms + 1, sizeof *next);
    f->starts = calloc((size_t)terms + 1, sizeof *f->starts);
    bool good = next && f->starts;
    if (good) {
        walk(s, (int)field, f, NULL);
        for (uint32_t t = 0; t < terms; t++) {
            f->starts[t + 1] += f->starts[t];
            next[t] = f->starts[t];
        }
        f->ids = malloc(((size_t)f->starts[terms] + 1) * sizeof *f->ids);
        f->impacts = malloc((size_t)f->starts[terms] + 1);
        good = f->ids && f->impacts;
    }
    if (good)
        walk(s, (int)field, f, next);
    free(next);
    s->failed[field] = !good;
}

/* How many ids two ascending lists have together. */
static uint32_t count_union(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
    uint32_t i = 0, j = 0, both = 0;
    while (i < na && j < nb) {
        both += a[i] == b[j];
        uint32_t least = a[i] < b[j] ? a[i] : b[j];
        i += a[i] == least;
        j += b[j] == least;
    }
    return na + nb - both;
}

typedef struct term_lists {
    pin_list_input in[2];
    pin_list_done  done[2];
    uint32_t       df;
} term_lists;

static size_t encode(uint8_t *out, const term_lists *t, const uint64_t bases[2])
{
    uint32_t q = t->in[0].count, a = t->in[1].count;
    size_t   n = pin_varint_put(out, q);
    n += pin_varint_put(out + n, a);
    n += pin_varint_put(out + n, t->df - (q > a ? q : a));
    for (int f = 0; f < 2; f++) {
        const pin_list_input *in = &t->in[f];
        const pin_list_done  *done = &t->done[f];
        if (in->count <= PIN_INLINE) {
            for (uint32_t i = 0, next = 0; i < in->count; next = in->ids[i++] + 1) {
                n += pin_varint_put(out + n, in->ids[i] - next);
                out[n++] = in->impacts[i];
            }
            continue;
        }
        out[n++] = done->max;
        out[n++] = done->tenth;
        n += pin_varint_put(out + n, done->offset - bases[f]);
        n += pin_varint_put(out + n, done->len << 2 | done->form);
    }
    return n;
}

static term_lists lists_of(const field_lists fields[2], const pin_key *key, uint32_t rank, uint32_t items)
{
    term_lists t = {0};
    for (int f = 0; f < 2; f++) {
        uint32_t from = fields[f].starts[rank], count = fields[f].starts[rank + 1] - from;
        t.in[f] = (pin_list_input){.ids = fields[f].ids + from,
                                   .impacts = fields[f].impacts + from,
                                   .count = count,
                                   .item_count = items,
                                   .flat = key->function && count > items / 4};
    }
    t.df = count_union(t.in[0].ids, t.in[0].count, t.in[1].ids, t.in[1].count);
    return t;
}

static void write_all(pin_sections *out, const pin_analysis *a, const field_lists fields[2],
                      const uint32_t *sorted, uint32_t items)
{
    pin_pages pages;
    uint64_t  bases[2] = {0};
    pin_pages_init(&pages, true);
    for (uint32_t rank = 0; rank < a->terms.count; rank++) {
        pin_str    key = pin_vocabulary_text(&a->terms, sorted[rank]);
        term_lists t = lists_of(fields, &a->terms.at[sorted[rank]], rank, items);
        uint64_t   before[2];
        uint8_t    data[256];
        for (int f = 0; f < 2; f++) {
            pin_out *section = &out->s[f ? PIN_S_ANSWER_LISTS : PIN_S_QUESTION_LISTS];
            before[f] = section->len;
            if (t.in[f].count > PIN_INLINE)
                t.done[f] = pin_list_write(section, &t.in[f]);
        }
        if (!pin_pages_add(&pages, key, data, encode(data, &t, bases))) {
            bases[0] = before[0];
            bases[1] = before[1];
            pin_pages_start(&pages, key, bases);
            pin_pages_add(&pages, key, data, encode(data, &t, bases));
        }
    }
    pin_pages_finish(&pages, &out->s[PIN_S_TERM_KEYS]);
    out->s[PIN_S_TERMS] = pages.pages;
}

static void drop_postings(pin_analysis *a)
{
    for (uint32_t k = 0; k < a->part_count; k++) {
        pin_out_free(&a->parts[k].postings);
        pin_out_free(&a->parts[k].lengths[0]);
        pin_out_free(&a->parts[k].lengths[1]);
    }
}

pin_status pin_write_terms(pin_sections *out, pin_analysis *a, const pin_corpus *corpus, uint32_t **ranks)
{
    sorting    s = {.analysis = a, .items = corpus->item_count};
    uint32_t  *sorted = pin_vocabulary_sorted(&a->terms);
    pin_status status = PIN_NO_SPACE;
    *ranks = malloc(((size_t)a->terms.count + 1) * sizeof **ranks);
    if (!sorted || !*ranks)
        goto done;
    for (uint32_t rank = 0; rank < a->terms.count; rank++)
        (*ranks)[sorted[rank]] = rank;
    s.ranks = *ranks;
    pin_parallel(pin_thread_count(corpus->options), 2, sort_field, &s);
    if (s.failed[0] || s.failed[1])
        goto done;
    drop_postings(a); /* the largest thing in memory */
    write_all(out, a, s.fields, sorted, corpus->item_count);
    status = PIN_OK;
done:
    free_lists(&s.fields[0]);
    free_lists(&s.fields[1]);
    free(sorted);
    return status;
}

pin_status pin_write_forward(pin_sections *out, const pin_analysis *a, const uint32_t *ranks)
{
    pin_out *o = &out->s[PIN_S_FORWARD], data = {0};
    for (uint32_t k = 0; k < a->part_count; k++) {
        const pin_part *p = &a->parts[k];
        for (size_t i = 0, token = 0; i < p->forward_ends.len / 4; i++) {
            pin_out_u32(o, (uint32_t)data.len);
            for (uint32_t end = pin_load32(p->forward_ends.at + i * 4); token < end; token++)
                pin_out_varint(&data, ranks[p->global[pin_load32(p->forward.at + token * 4)]]);
        }
    }
    pin_status s = data.len > UINT32_MAX ? PIN_LIMIT : PIN_OK;
    pin_out_u32(o, (uint32_t)data.len);
    pin_out_add(o, data.at, data.len);
    o->failed |= data.failed;
    pin_out_free(&data);
    return s;
}
