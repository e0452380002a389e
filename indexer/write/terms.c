/* Runs of postings, each sorted by term, into lists and dictionary pages.
 *
 * The terms are cut into ranges of some hundred thousand postings. For each range the runs give what they
 * have, run after run, so that every list comes out in item order without a comparison; then its lists are
 * written. Ranges are made by several threads, and joined in their order. */
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

#define RANGE_POSTINGS (1u << 18)
#define RANGE_TERMS (1u << 14)

/* ---- Impacts: the same few lengths and counts come again and again ---- */
#define KNOWN_LENS 512
#define KNOWN_COUNTS 8

typedef struct impacts {
    uint8_t known[2][KNOWN_LENS][KNOWN_COUNTS]; /* by field, length, and count - 1 */
} impacts;

static void know_impacts(impacts *out, const pin_analysis *a)
{
    for (int f = 0; f < 2; f++)
        for (uint32_t len = 0; len < KNOWN_LENS; len++)
            for (uint32_t tf = 1; tf <= KNOWN_COUNTS; tf++)
                out->known[f][len][tf - 1] = pin_impact(tf, len, a->tokens[f], a->items, f);
}

static uint8_t impact_of(const impacts *im, const pin_analysis *a, const pin_part *part, const pin_posting *p,
                         int field)
{
    if (p->where & 1)
        return (uint8_t)p->value;
    uint32_t len = part->runs[field].lengths[p->where >> 1];
    if (len < KNOWN_LENS && p->value - 1u < KNOWN_COUNTS)
        return im->known[field][len][p->value - 1];
    return pin_impact(p->value, len, a->tokens[field], a->items, field);
}

/* ---- One term ---- */
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
    pin_list_done  done[2]; /* offsets within the range until the lists are joined */
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

/* ---- One range ---- */
typedef struct range {
    uint32_t    from, to; /* ranks */
    term_lists *terms;
    uint32_t   *ids[2];
    uint8_t    *impacts[2];
    pin_out     bytes[2]; /* lists */
    bool        failed;
} range;

typedef struct merging {
    pin_analysis   *a;
    const uint32_t *sorted; /* terms by rank */
    range          *ranges;
    uint32_t        range_count;
    impacts         impacts;
    pin_sections   *out;
    pin_pages       pages;
    pin_ahead       ahead;
    uint64_t        bases[2];
    pin_status      status;
} merging;

static void range_free(range *r)
{
    free(r->terms);
    for (int f = 0; f < 2; f++) {
        free(r->ids[f]);
        free(r->impacts[f]);
        pin_out_free(&r->bytes[f]);
    }
    r->terms = NULL;
    r->ids[0] = r->ids[1] = NULL;
    r->impacts[0] = r->impacts[1] = NULL;
}

static bool is_flat(const pin_key *key, uint32_t count, uint32_t items)
{
    return key->function && count > items / PIN_FLAT_PART(items);
}

/* Room for the postings of each term, as many as are known to come; counts start at nothing. */
static bool open_range(range *r, const merging *m)
{
    uint64_t total[2] = {0};
    r->terms = calloc(r->to - r->from, sizeof *r->terms);
    for (uint32_t t = r->from; t < r->to; t++) {
        total[0] += m->a->terms.at[m->sorted[t]].question_df;
        total[1] += m->a->terms.at[m->sorted[t]].df;
    }
    for (int f = 0; f < 2; f++) {
        r->ids[f] = malloc((total[f] + 1) * sizeof *r->ids[f]);
        r->impacts[f] = malloc(total[f] + 1);
        if (!r->terms || !r->ids[f] || !r->impacts[f])
            return false;
    }
    uint64_t at[2] = {0};
    for (uint32_t t = r->from; t < r->to; t++) {
        const pin_key *key = &m->a->terms.at[m->sorted[t]];
        const uint32_t counts[2] = {key->question_df, key->df};
        for (int f = 0; f < 2; f++) {
            r->terms[t - r->from].in[f] = (pin_list_input){.ids = r->ids[f] + at[f],
                                                           .impacts = r->impacts[f] + at[f],
                                                           .item_count = m->a->items,
                                                           .flat = is_flat(key, counts[f], m->a->items)};
            at[f] += counts[f];
        }
    }
    return true;
}

static uint32_t first_at_or_above(const pin_part *p, uint32_t rank)
{
    uint32_t low = 0, high = p->term_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->terms[middle] < rank)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What a part has of the range goes to the ends of the lists. */
static void take_part(range *r, const merging *m, const pin_part *p)
{
    for (uint32_t t = first_at_or_above(p, r->from); t < p->term_count && p->terms[t] < r->to; t++)
        for (int f = 0; f < 2; f++) {
            const pin_run  *run = &p->runs[f];
            pin_list_input *in = &r->terms[p->terms[t] - r->from].in[f];
            uint32_t       *ids = r->ids[f] + (in->ids - r->ids[f]) + in->count;
            uint8_t        *impact = in->impacts + in->count;
            for (uint32_t i = run->starts[t]; i < run->starts[t + 1]; i++) {
                *ids++ = p->first + (run->at[i].where >> 1);
                *impact++ = impact_of(&m->impacts, m->a, p, &run->at[i], f);
            }
            in->count += run->starts[t + 1] - run->starts[t];
        }
}

static void merge_range(void *ctx, uint32_t number)
{
    merging *m = ctx;
    range   *r = &m->ranges[number];
    if (!open_range(r, m)) {
        r->failed = true;
        return;
    }
    for (uint32_t k = 0; k < m->a->part_count; k++)
        take_part(r, m, &m->a->parts[k]);
    for (uint32_t t = 0; t < r->to - r->from; t++) {
        term_lists *lists = &r->terms[t];
        lists->df = count_union(lists->in[0].ids, lists->in[0].count, lists->in[1].ids, lists->in[1].count);
        for (int f = 0; f < 2; f++)
            if (lists->in[f].count > PIN_INLINE)
                lists->done[f] = pin_list_write(&r->bytes[f], &lists->in[f]);
    }
    r->failed = r->bytes[0].failed || r->bytes[1].failed;
}

/* ---- Ranges joined ---- */
/* The list once more for browsers, which fetch it whole. */
static void add_flat(pin_sections *out, const uint8_t *bytes, const pin_list_done *done, int field,
                     uint32_t items)
{
    pin_out *flat = &out->s[PIN_S_FLAT];
    size_t   before = flat->len;
    if (done->len < PIN_FLAT_PACKED_LEAST || items > PIN_T_EVEN_ITEMS)
        return;
    flat->failed |= !pin_deflate_codes(flat, bytes, (size_t)done->len);
    pin_out_u32(&out->flat, (uint32_t)(done->offset / PIN_ALIGN * 2) + (uint32_t)field);
    pin_out_u32(&out->flat, (uint32_t)(flat->len - before));
}

static void join_term(merging *m, range *r, uint32_t rank)
{
    term_lists *t = &r->terms[rank - r->from];
    pin_str     key = pin_vocabulary_text(&m->a->terms, m->sorted[rank]);
    uint64_t    before[2], no_bases[2] = {0};
    uint8_t     data[256];
    for (int f = 0; f < 2; f++) {
        pin_flow *section = &m->out->f[f ? PIN_S_ANSWER_LISTS : PIN_S_QUESTION_LISTS];
        before[f] = section->len;
        if (t->in[f].count <= PIN_INLINE)
            continue;
        if (t->in[f].flat)
            pin_flow_zeros(section, (size_t)(-section->len % PIN_ALIGN));
        uint8_t *bytes = r->bytes[f].at + t->done[f].offset;
        pin_list_seal(bytes, &t->done[f], section->len);
        pin_flow_add(section, bytes, (size_t)t->done[f].len);
        if (t->in[f].flat)
            add_flat(m->out, bytes, &t->done[f], f, m->a->items);
    }
    if (!pin_pages_add(&m->pages, key, data, encode(data, t, m->bases))) {
        m->bases[0] = before[0];
        m->bases[1] = before[1];
        pin_pages_start(&m->pages, key, m->bases);
        pin_ahead_page(&m->ahead, m->bases);
        pin_pages_add(&m->pages, key, data, encode(data, t, m->bases));
    }
    if (t->done[0].len + t->done[1].len >= PIN_AHEAD_LEAST)
        pin_ahead_add(&m->ahead, rank, t->done[0].len + t->done[1].len, key, data, encode(data, t, no_bases));
}

static void join_range(void *ctx, uint32_t number)
{
    merging *m = ctx;
    range   *r = &m->ranges[number];
    if (r->failed)
        m->status = PIN_NO_SPACE;
    for (uint32_t t = r->from; t < r->to && m->status == PIN_OK; t++)
        join_term(m, r, t);
    range_free(r);
}

/* ---- All of it ---- */
static bool cut_ranges(merging *m)
{
    uint32_t terms = m->a->terms.count, cap = 0;
    for (uint32_t t = 0; t < terms;) {
        uint64_t postings = 0;
        uint32_t from = t;
        while (t < terms && t - from < RANGE_TERMS && (t == from || postings < RANGE_POSTINGS)) {
            const pin_key *key = &m->a->terms.at[m->sorted[t++]];
            postings += (uint64_t)key->df + key->question_df;
        }
        if (m->range_count == cap) {
            cap = cap ? cap * 2 : 64;
            range *more = realloc(m->ranges, cap * sizeof *more);
            if (!more)
                return false;
            m->ranges = more;
        }
        m->ranges[m->range_count++] = (range){.from = from, .to = t};
    }
    return true;
}

typedef struct ranking {
    pin_analysis   *a;
    const uint32_t *ranks;
} ranking;

static void rank_part(void *ctx, uint32_t number)
{
    const ranking *r = ctx;
    pin_part      *p = &r->a->parts[number];
    for (uint32_t t = 0; t < p->term_count; t++)
        p->terms[t] = r->ranks[p->terms[t]];
}

/* The terms of the parts become ranks. */
static bool rank_terms(pin_analysis *a, const uint32_t *sorted)
{
    uint32_t *ranks = malloc(((size_t)a->terms.count + 1) * sizeof *ranks);
    ranking   r = {a, ranks};
    if (!ranks)
        return false;
    for (uint32_t rank = 0; rank < a->terms.count; rank++)
        ranks[sorted[rank]] = rank;
    for (uint32_t k = 0; k < a->part_count; k++) {
        rank_part(&r, k);
        pin_rest(a->corpus->options);
    }
    free(ranks);
    return true;
}

static pin_status write_forward(pin_sections *out, const pin_analysis *a)
{
    pin_flow data = {.scratch = out->f[PIN_S_FORWARD].scratch};
    pin_out *starts = &out->s[PIN_S_FORWARD];
    for (uint32_t k = 0; k < a->part_count; k++) {
        const pin_part *p = &a->parts[k];
        for (uint32_t i = 0, token = 0; i < p->items; i++) {
            pin_out_u32(starts, (uint32_t)data.len);
            for (; token < p->forward_ends[i]; token++) {
                uint8_t bytes[PIN_VARINT_MAX];
                pin_flow_add(&data, bytes, pin_varint_put(bytes, p->terms[p->forward[token]]));
            }
        }
        pin_rest(a->corpus->options);
    }
    pin_status s = data.len > UINT32_MAX ? PIN_LIMIT : PIN_OK;
    pin_out_u32(starts, (uint32_t)data.len);
    pin_flow_take(&out->f[PIN_S_FORWARD], starts);
    pin_flow_join(&out->f[PIN_S_FORWARD], &data);
    return s;
}

static pin_status merge_all(merging *m)
{
    if (!rank_terms(m->a, m->sorted) || !cut_ranges(m) ||
        !pin_parallel_joined(m->a->corpus->options, NULL, 0, m->range_count, merge_range, join_range, m))
        return PIN_NO_SPACE;
    return m->status;
}

pin_status pin_write_terms(pin_sections *out, pin_analysis *a)
{
    merging   *m = calloc(1, sizeof *m);
    uint32_t  *sorted = pin_vocabulary_sorted(&a->terms);
    pin_status s = PIN_NO_SPACE;
    if (m && sorted) {
        m->a = a;
        m->sorted = sorted;
        m->out = out;
        know_impacts(&m->impacts, a);
        pin_pages_init(&m->pages, true, &a->terms);
        s = merge_all(m);
        pin_pages_finish(&m->pages, &out->s[PIN_S_TERM_KEYS]);
        pin_flow_take(&out->f[PIN_S_TERMS], &m->pages.pages);
        const uint64_t ends[2] = {out->f[PIN_S_QUESTION_LISTS].len, out->f[PIN_S_ANSWER_LISTS].len};
        pin_ahead_finish(&m->ahead, &out->s[PIN_S_AHEAD], ends);
        for (uint32_t i = 0; i < m->range_count; i++)
            range_free(&m->ranges[i]);
        free(m->ranges);
    }
    if (s == PIN_OK)
        s = write_forward(out, a);
    free(sorted);
    free(m);
    return s;
}
