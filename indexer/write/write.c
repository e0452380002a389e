/* The whole index: sections made one after another in memory, then laid out and handed to the sink. */
#include "core/format/codebook.h"
#include "indexer/corpus/parallel.h"
#include "indexer/write/inside.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zlib.h>

#ifndef PINCITE_VERSION
#define PINCITE_VERSION "0.1.0"
#endif

/* ---- Facts about the release ---- */
static bool is_date(pin_str text)
{
    return text.len >= 10 && pin_is_digit((uint8_t)text.at[0]) && pin_is_digit((uint8_t)text.at[3]) &&
           text.at[4] == '-';
}

static void find_dates(pin_str *updated, pin_str *published, const pin_corpus *corpus)
{
    *updated = *published = (pin_str){0};
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        const pin_draft_item *item = &corpus->items[i];
        const pin_str         dates[2] = {item->updated, item->published};
        for (int k = 0; k < 2; k++)
            if (is_date(dates[k]) && pin_str_order(dates[k], *updated) > 0)
                *updated = dates[k];
        if (is_date(item->published) &&
            (published->len == 0 || pin_str_order(item->published, *published) < 0))
            *published = item->published;
        pin_rest_at(corpus->options, i);
    }
}

static void write_meta(pin_out *o, const pin_corpus *corpus, const pin_source_set *sources,
                       const pin_past_set *past, const pin_analysis *a)
{
    pin_str updated, published;
    find_dates(&updated, &published, corpus);
    pin_out_str(o, PIN_STR("pincite " PINCITE_VERSION));
    pin_out_str(o, past ? (pin_str){past->root, sizeof past->root} : (pin_str){0});
    pin_out_str(o, corpus->config.title);
    pin_out_str(o, corpus->config.publisher);
    pin_out_str(o, corpus->config.base);
    pin_out_str(o, corpus->config.language);
    pin_out_str(o, updated);
    pin_out_str(o, published);
    pin_out_str(o, sources->default_source < sources->source_count
                       ? sources->sources[sources->default_source].id
                       : (pin_str){0});
    pin_out_varint(o, a->citations);
    pin_out_varint(o, corpus->skipped_count);
    for (int i = 0; i < 5; i++)
        pin_out_varint(o, a->states[i]);
    pin_out_varint(o, PIN_WEIGHT_QUESTION);
    pin_out_varint(o, PIN_WEIGHT_ANSWER);
    pin_out_varint(o, PIN_K1_QUESTION);
    pin_out_varint(o, PIN_B_QUESTION);
    pin_out_varint(o, PIN_K1_ANSWER);
    pin_out_varint(o, PIN_B_ANSWER);
    pin_out_varint(o, a->tokens[0]);
    pin_out_varint(o, a->tokens[1]);
    if (past) {
        pin_out_str(o, past->as_of);
        pin_out_varint(o, past->entry_count);
    }
}

/* ---- All sections ---- */
/* Groups of sections that depend on nothing but the corpus and its analysis, the longest work first. */
enum { G_ITEMS, G_TERMS, G_WORDS, G_IDS, G_PAST, G_ABBREVIATIONS, G_SOURCES, G_MODULES, G_COUNT };

typedef struct making {
    pin_sections         *out;
    const pin_corpus     *corpus;
    const pin_source_set *sources;
    const pin_past_set   *past;
    pin_analysis         *analysis;
    pin_status            status[G_COUNT];
    pin_error             err[G_COUNT];
} making;

static pin_status make_group(making *m, uint32_t group)
{
    pin_error *err = &m->err[group];
    switch (group) {
    case G_ITEMS:
        return pin_write_items(m->out, m->analysis, err);
    case G_TERMS:
        return pin_write_terms(m->out, m->analysis);
    case G_WORDS:
        return pin_write_words(m->out, m->analysis);
    case G_IDS:
        return pin_write_ids(m->out, m->analysis);
    case G_PAST:
        return m->past ? pin_write_past(m->out, m->past, m->corpus->item_count, err) : PIN_OK;
    case G_ABBREVIATIONS:
        return pin_write_abbreviations(&m->out->s[PIN_S_ABBREVIATIONS], m->analysis);
    case G_SOURCES:
        return pin_write_sources(m->out, m->analysis, err);
    default:
        return pin_write_modules(m->out, m->corpus);
    }
}

/* What a group has made goes where it may leave memory. */
static void settle_sections(pin_sections *out, const uint8_t *kinds)
{
    for (; *kinds; kinds++)
        pin_flow_take(&out->f[*kinds], &out->s[*kinds]);
}

static void make_task(void *ctx, uint32_t group)
{
    static const uint8_t kinds[G_COUNT][8] = {
        [G_ITEMS] = {PIN_S_ITEM_ROWS, PIN_S_ITEM_STATUS},
        [G_WORDS] = {PIN_S_TYPOS},
        [G_IDS] = {PIN_S_IDS, PIN_S_EXACT},
        [G_PAST] = {PIN_S_PAST, PIN_S_ARCHIVE},
        [G_SOURCES] = {PIN_S_CITING},
        [G_MODULES] = {PIN_S_MEMBERS},
    };
    making *m = ctx;
    m->status[group] = make_group(m, group);
    settle_sections(m->out, kinds[group]);
    pin_rest(m->corpus->options);
}

static pin_status make_sections(pin_sections *out, pin_analysis *a, const pin_past_set *past, pin_error *err)
{
    making     m = {.out = out, .corpus = a->corpus, .sources = a->sources, .past = past, .analysis = a};
    pin_status s = PIN_OK;
    write_meta(&out->s[PIN_S_META], a->corpus, a->sources, past, a);
    pin_parallel(pin_thread_count(a->corpus->options), G_COUNT, make_task, &m);
    for (uint32_t group = 0; group < G_COUNT && s == PIN_OK; group++)
        if ((s = m.status[group]) != PIN_OK && err)
            *err = m.err[group];
    pin_ahead_tables(out);
    if (s == PIN_OK && past)
        pin_write_looks(out, past, a->corpus->item_count);
    for (uint32_t kind = 1; kind < PIN_SECTION_END && s == PIN_OK; kind++)
        if (out->s[kind].failed || out->f[kind].failed)
            s = PIN_NO_SPACE;
    return s;
}

/* ---- Layout: the order of need ---- kinds in their order, but what is small and asked of every query goes
 * before the dictionary, and the head once more, compressed, before all */
typedef struct order {
    uint8_t  kinds[PIN_SECTION_END];
    uint32_t count;
} order;

static void take_kind(order *o, uint32_t kind, uint32_t end)
{
    if (kind < end && kind != PIN_S_PACKED_11 && !memchr(o->kinds, (int)kind, o->count))
        o->kinds[o->count++] = (uint8_t)kind;
}

static order order_of_need(uint32_t end)
{
    static const uint8_t early[] = {PIN_S_STEPS, PIN_S_CARD_STEPS, PIN_S_AHEAD,
                                    PIN_S_TERMS, PIN_S_EXACT,      PIN_S_ITEM_STATUS};
    order                o = {0};
    take_kind(&o, PIN_S_PACKED, end);
    for (uint32_t kind = 1; kind <= PIN_S_HEAD_LAST; kind++)
        take_kind(&o, kind, end);
    for (size_t i = 0; i < sizeof early; i++)
        take_kind(&o, early[i], end);
    for (uint32_t kind = 1; kind < end; kind++)
        take_kind(&o, kind, end);
    return o;
}

/* What every reader over a network needs, whatever is asked. */
static bool in_head(uint32_t kind)
{
    return kind <= PIN_S_HEAD_LAST || kind == PIN_S_STEPS || kind == PIN_S_CARD_STEPS || kind == PIN_S_AHEAD;
}

static uint64_t align_up(uint64_t offset) { return (offset + PIN_ALIGN - 1) / PIN_ALIGN * PIN_ALIGN; }

static uint64_t section_len(const pin_sections *sections, uint32_t kind)
{
    return sections->f[kind].len + sections->s[kind].len;
}

static uint64_t section_hash(const pin_sections *sections, uint32_t kind, const pin_build_options *options)
{
    const pin_flow *f = &sections->f[kind];
    const pin_out  *o = &sections->s[kind];
    if (f->count == 0)
        return pin_hash64(o->at, o->len, 0);
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (size_t i = 0; i < f->count; i++) {
        XXH64_update(&state, f->blocks[i].at, f->blocks[i].len);
        if (i % 16 == 15)
            pin_rest(options);
    }
    XXH64_update(&state, o->at ? (const void *)o->at : "", o->len);
    return XXH64_digest(&state);
}

static void add_section(pin_out *out, const pin_sections *sections, uint32_t kind)
{
    const pin_flow *f = &sections->f[kind];
    for (size_t i = 0; i < f->count; i++)
        pin_out_add(out, f->blocks[i].at, f->blocks[i].len);
    if (sections->s[kind].len)
        pin_out_add(out, sections->s[kind].at, sections->s[kind].len);
}

static bool deflate_all(pin_out *out, const void *bytes, size_t len, int strategy)
{
    z_stream z = {.next_in = (z_const Bytef *)bytes, .avail_in = (uInt)len};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, strategy) != Z_OK)
        return false;
    size_t most = deflateBound(&z, (uLong)len);
    z.next_out = pin_out_room(out, most);
    z.avail_out = z.next_out ? (uInt)most : 0;
    bool good = z.next_out && deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (good)
        out->len += z.total_out;
    deflateEnd(&z);
    return good;
}

bool pin_deflate_codes(pin_out *out, const void *bytes, size_t len)
{
    return deflate_all(out, bytes, len, Z_HUFFMAN_ONLY);
}

/* A table of numbers that grow. */
typedef struct growing {
    uint32_t at, count, width; /* byte of the section, numbers, bytes of one */
} growing;

/* That of a section of the head; count is 0 where there is none. */
static growing growing_table(const pin_sections *sections, uint32_t kind, uint32_t modules)
{
    const pin_out *o = &sections->s[kind];
    if (kind == PIN_S_MODULES)
        return (growing){.count = 3 * modules + 2, .width = 4};
    if (kind == PIN_S_TERM_KEYS || kind == PIN_S_WORD_KEYS)
        return (growing){.at = 8, .count = 2 * pin_load32(o->at) + 1, .width = 4};
    if (kind == PIN_S_ITEM_DICTIONARY && o->len) {
        pin_book_layout l = pin_book_layout_of(o->len);
        return (growing){
            .at = l.starts, .count = pin_load16(o->at + l.starts - 2) + 1u, .width = l.start_len};
    }
    return (growing){0};
}

static uint32_t load(const uint8_t *at, uint32_t width)
{
    return width == 2 ? pin_load16(at) : pin_load32(at);
}

/* In place of the numbers their differences, byte by byte: what deflate makes shorter. */
static bool take_differences(uint8_t *at, const growing *g)
{
    size_t   len = (size_t)g->count * g->width;
    uint8_t *copy = malloc(len + 1);
    if (!copy)
        return false;
    memcpy(copy, at, len);
    for (uint32_t i = 0, before = 0; i < g->count; i++) {
        uint32_t now = load(copy + (size_t)i * g->width, g->width), step = now - before;
        for (uint32_t b = 0; b < g->width; b++)
            at[(size_t)b * g->count + i] = (uint8_t)(step >> 8 * b);
        before = now;
    }
    free(copy);
    return true;
}

static pin_status write_packed(pin_sections *sections, const order *o, uint32_t modules)
{
    pin_out head = {0}, tables = {0}, *packed = &sections->s[PIN_S_PACKED];
    bool    good = true;
    for (uint32_t i = 1; i < o->count; i++) {
        uint64_t start = align_up(head.len ? head.len + PIN_PADDING : 0);
        if (!in_head(o->kinds[i]))
            break;
        pin_out_zeros(&head, (size_t)start - head.len);
        add_section(&head, sections, o->kinds[i]);
        growing g = growing_table(sections, o->kinds[i], modules);
        if (g.count == 0 || head.failed)
            continue;
        pin_out_u32(&tables, (uint32_t)start + g.at);
        pin_out_u32(&tables, g.count | (g.width == 2 ? PIN_PACKED_U16 : 0));
        good = good && take_differences(head.at + start + g.at, &g);
    }
    pin_out_u32(packed, (uint32_t)head.len);
    pin_out_u32(packed, (uint32_t)(tables.len / 8));
    pin_out_u32(packed, (uint32_t)(sections->flat.len / 8));
    pin_out_add(packed, tables.at, tables.len);
    pin_out_add(&head, sections->flat.at, sections->flat.len);
    good = good && !head.failed && !tables.failed && !sections->flat.failed && head.len <= UINT32_MAX &&
           deflate_all(packed, head.at, head.len, Z_DEFAULT_STRATEGY) && !packed->failed;
    pin_out_free(&head);
    pin_out_free(&tables);
    return good ? PIN_OK : PIN_NO_SPACE;
}

static uint64_t lay_out(uint8_t *head, const pin_sections *sections, const order *o,
                        const pin_build_options *options)
{
    uint64_t at = align_up(PIN_HEADER_LEN + o->count * PIN_ROW_LEN_ALL), head_len = 0;
    for (uint32_t i = 0; i < o->count; i++) {
        uint32_t kind = o->kinds[i];
        uint64_t len = section_len(sections, kind);
        uint8_t *row = head + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL;
        pin_store16(row + PIN_ROW_KIND, (uint16_t)kind);
        pin_store16(row + PIN_ROW_FLAGS, kind >= PIN_S_OPTIONAL ? PIN_FLAG_OPTIONAL : 0);
        pin_store64(row + PIN_ROW_OFFSET, at);
        pin_store64(row + PIN_ROW_LEN, len);
        pin_store64(row + PIN_ROW_HASH, section_hash(sections, kind, options));
        if (kind == PIN_S_PACKED || (o->kinds[0] != PIN_S_PACKED && in_head(kind)))
            head_len = at + len; /* offsets ascend: no gaps */
        at = align_up(at + len + PIN_PADDING);
    }
    pin_store32(head + PIN_H_HEAD_LEN, (uint32_t)head_len);
    return at;
}

static void fill_header(uint8_t *head, uint32_t count, uint64_t file_len, const pin_corpus *corpus,
                        const pin_sections *sections, uint32_t source_count)
{
    memcpy(head, PIN_MAGIC, PIN_MAGIC_LEN);
    pin_store16(head + PIN_H_MAJOR, PIN_MAJOR);
    pin_store16(head + PIN_H_MINOR, PIN_MINOR);
    pin_store64(head + PIN_H_FILE_LEN, file_len);
    pin_store32(head + PIN_H_ITEMS, corpus->item_count);
    pin_store32(head + PIN_H_MODULES, corpus->module_count);
    pin_store32(head + PIN_H_SOURCES, source_count);
    pin_store32(head + PIN_H_PROVISIONS, (uint32_t)(section_len(sections, PIN_S_PROVISION_ROWS) / PIN_P_LEN));
    pin_store32(head + PIN_H_SECTIONS, count);
    pin_store64(head + PIN_H_FILE_ID, pin_hash64(head, PIN_HEADER_LEN + count * PIN_ROW_LEN_ALL, 0));
}

/* Hands over `bytes` and then zeros up to `to`. */
static bool put(const pin_sink *sink, uint64_t *at, const void *bytes, size_t len, uint64_t to)
{
    static const uint8_t zeros[PIN_PADDING + PIN_ALIGN] = {0};
    if (len && !sink->write(sink->ctx, *at, bytes, len))
        return false;
    *at += len;
    while (*at < to) {
        size_t n = to - *at < sizeof zeros ? (size_t)(to - *at) : sizeof zeros;
        if (!sink->write(sink->ctx, *at, zeros, n))
            return false;
        *at += n;
    }
    return true;
}

static bool put_section(const pin_sink *sink, uint64_t *at, const pin_sections *sections, uint32_t kind,
                        const pin_build_options *options)
{
    const pin_flow *f = &sections->f[kind];
    const pin_out  *o = &sections->s[kind];
    uint64_t        end = align_up(*at + section_len(sections, kind) + PIN_PADDING);
    bool            good = true;
    for (size_t i = 0; i < f->count && good; i++) {
        good = put(sink, at, f->blocks[i].at, f->blocks[i].len, 0);
        if (i % 16 == 15)
            pin_rest(options);
    }
    return good && put(sink, at, o->at, o->len, end);
}

/* Sections of the kinds below `end`. */
static pin_status write_file(pin_write_report *out, pin_sections *sections, uint32_t end,
                             const pin_corpus *corpus, uint32_t source_count, const pin_sink *sink,
                             pin_error *err)
{
    uint8_t    head[PIN_HEADER_LEN + (PIN_SECTION_END - 1) * PIN_ROW_LEN_ALL] = {0};
    order      o = order_of_need(end);
    size_t     head_len = PIN_HEADER_LEN + o.count * PIN_ROW_LEN_ALL;
    pin_status s = end > PIN_S_PACKED ? write_packed(sections, &o, corpus->module_count) : PIN_OK;
    if (s != PIN_OK)
        return pin_fail(err, s, 0, "not enough memory for the index");
    uint64_t file_len = lay_out(head, sections, &o, corpus->options), at = 0;
    fill_header(head, o.count, file_len, corpus, sections, source_count);
    bool good = put(sink, &at, head, head_len, align_up(head_len));
    for (uint32_t i = 0; i < o.count && good; i++)
        good = put_section(sink, &at, sections, o.kinds[i], corpus->options);
    out->file_len = file_len;
    return good ? PIN_OK : pin_fail(err, PIN_IO, at, "the index could not be written");
}

pin_status pin_write_analysed(pin_write_report *out, pin_analysis *a, const pin_past_set *past,
                              const pin_sink *sink, pin_error *err)
{
    const pin_corpus *corpus = a->corpus;
    if (corpus->item_count > PIN_ITEMS_MAX || corpus->module_count > PIN_MODULES_MAX)
        return pin_fail(err, PIN_LIMIT, 0, "more items or modules than an index can hold");
    if (err)
        *err = (pin_error){0};
    pin_sections *sections = calloc(1, sizeof *sections);
    for (uint32_t kind = 1; sections && kind < PIN_SECTION_END; kind++)
        sections->f[kind].scratch = corpus->options ? corpus->options->scratch : NULL;
    pin_status s = sections ? make_sections(sections, a, past, err) : PIN_NO_SPACE;
    if (s == PIN_OK)
        s = write_file(out, sections, past ? PIN_SECTION_END : PIN_S_OPTIONAL, corpus,
                       a->sources->source_count, sink, err);
    else if (err && err->code == PIN_OK)
        pin_fail(err, s, 0,
                 s == PIN_NO_SPACE ? "not enough memory for the index" : "the index would be too large");
    for (uint32_t kind = 1; sections && kind < PIN_SECTION_END; kind++) {
        pin_out_free(&sections->s[kind]);
        pin_flow_free(&sections->f[kind]);
    }
    if (sections)
        pin_out_free(&sections->flat);
    free(sections);
    return s;
}

/* ---- A corpus that was not read yet ---- */
static void read_part(void *ctx, uint32_t part)
{
    pin_analysis     *a = ctx;
    const pin_corpus *corpus = a->corpus;
    pin_out           room = {0};
    for (uint32_t i = part * PIN_PART_ITEMS; i < corpus->item_count && i / PIN_PART_ITEMS == part; i++) {
        pin_str  question = corpus->items[i].question;
        size_t   cap = question.len * 4 + 64;
        uint8_t *at = (room.len = 0, pin_out_room(&room, cap));
        pin_buf  normal = pin_buf_over(at, at ? cap : 0);
        pin_normalise(&normal, question);
        pin_analysis_item(a, part, &corpus->items[i], pin_buf_str(&normal));
    }
    pin_out_free(&room);
    pin_analysis_end(a, part);
}

typedef struct first_reading {
    pin_analysis *a;
    pin_status    status;
} first_reading;

static void read_one(void *ctx, uint32_t part) { read_part(((first_reading *)ctx)->a, part); }

static void join_one(void *ctx, uint32_t part)
{
    first_reading *r = ctx;
    pin_status     s = pin_analysis_join(r->a, part);
    r->status = r->status == PIN_OK ? s : r->status;
}

pin_status pin_write_index(pin_write_report *out, const pin_corpus *corpus, const pin_source_set *sources,
                           const pin_past_set *past, const pin_sink *sink, pin_error *err)
{
    uint32_t      parts = (corpus->item_count + PIN_PART_ITEMS - 1) / PIN_PART_ITEMS;
    first_reading r = {.a = pin_analysis_new(corpus, sources, parts)};
    pin_status    s = PIN_NO_SPACE;
    if (corpus->item_count > PIN_ITEMS_MAX)
        s = PIN_LIMIT;
    else if (r.a && pin_parallel_joined(corpus->options, NULL, 0, parts, read_one, join_one, &r))
        s = r.status;
    if (s == PIN_OK)
        s = pin_write_analysed(out, r.a, past, sink, err);
    else
        pin_fail(err, s, 0,
                 s == PIN_LIMIT ? "more items than an index can hold" : "not enough memory for the index");
    pin_analysis_free(r.a);
    return s;
}
