/* Sources, their provisions, and who cites each; see core/read/sources.c for the records. */
#include "indexer/write/inside.h"

#define COMPRESS_FROM (256u << 10) /* bytes of all words: acts are read seldom, and are long */

static void add_source(pin_out *o, const pin_draft_source *source, uint32_t first)
{
    pin_out_str(o, source->id);
    pin_out_str(o, source->title);
    pin_out_str(o, source->celex);
    pin_out_str(o, source->eli);
    pin_out_str(o, source->version);
    pin_out_str(o, source->language);
    pin_out_str(o, source->link);
    pin_out_str(o, source->rank);
    pin_out_varint(o, source->name_count);
    for (uint32_t i = 0; i < source->name_count; i++)
        pin_out_str(o, source->names[i]);
    pin_out_byte(o, (uint8_t)((source->loaded ? 1 : 0) | (source->outline ? 2 : 0)));
    pin_out_varint(o, first);
    pin_out_varint(o, source->provision_count);
}

static void write_source_table(pin_out *o, const pin_source_set *sources)
{
    pin_out  records = {0};
    uint32_t first = 0;
    for (uint32_t i = 0; i < sources->source_count; i++) {
        pin_out_u32(o, (uint32_t)records.len);
        add_source(&records, &sources->sources[i], first);
        first += sources->sources[i].provision_count;
    }
    pin_out_u32(o, (uint32_t)records.len);
    pin_out_add(o, records.at, records.len);
    o->failed |= records.failed;
    pin_out_free(&records);
}

/* ---- Names ---- */
static uint64_t add_names(pin_out *o, const pin_draft_provision *p, uint32_t number)
{
    size_t at = pin_out_zeros(o, 4);
    pin_out_str(o, p->id);
    pin_out_str(o, p->label);
    pin_out_str(o, p->kind);
    pin_out_str(o, p->heading);
    pin_out_varint(o, p->also_count);
    for (uint32_t i = 0; i < p->also_count; i++)
        pin_out_str(o, p->also[i]);
    if (!o->failed)
        pin_store32(o->at + at, pin_hash32(o->at + at + 4, o->len - at - 4, number));
    return pin_place(at, (uint32_t)(o->len - at));
}

static void add_key(pin_hash_rows *table, pin_out *room, pin_str source, pin_str name, uint32_t number)
{
    room->len = 0;
    pin_out_add(room, source.at, source.len);
    pin_out_byte(room, ':');
    pin_out_add(room, name.at, name.len);
    if (room->failed)
        table->rows.failed = true;
    else
        pin_hash_add(table, (pin_str){(const char *)room->at, room->len}, number);
}

static void add_texts(const void *ctx, uint32_t number, pin_out *o)
{
    const pin_draft_provision *p = pin_source_provision(ctx, number, NULL);
    bool                       own_only = pin_str_equal(p->own, p->text);
    pin_out_byte(o, own_only);
    pin_out_str(o, p->own);
    if (!own_only)
        pin_out_str(o, p->text);
}

/* ---- Citing ---- */
typedef struct citing {
    uint32_t *starts; /* by provision, and one past the last */
    uint32_t  count;
} citing;

/* Rows sorted by provision, then item, then citation: a stable counting sort. */
static pin_status write_citing(citing *out, pin_out *o, const pin_analysis *a, uint32_t provisions,
                               pin_error *err)
{
    uint32_t *next = calloc((size_t)provisions + 1, sizeof *next);
    out->starts = calloc((size_t)provisions + 1, sizeof *out->starts);
    if (!next || !out->starts) {
        free(next);
        return PIN_NO_SPACE;
    }
    for (uint32_t k = 0; k < a->part_count; k++)
        for (uint32_t i = 0; i < a->parts[k].cited_count; i++) {
            uint32_t p = a->parts[k].cited[i].provision;
            if (p >= provisions) {
                free(next);
                return pin_fail(err, PIN_BAD_INPUT, i, "an item cites a provision that is not there");
            }
            out->starts[p + 1]++;
        }
    for (uint32_t p = 0; p < provisions; p++) {
        out->starts[p + 1] += out->starts[p];
        next[p] = out->starts[p];
    }
    size_t at = pin_out_zeros(o, (size_t)out->starts[provisions] * PIN_CITING_LEN);
    for (uint32_t k = 0; k < a->part_count && !o->failed; k++)
        for (uint32_t i = 0; i < a->parts[k].cited_count; i++) {
            const pin_cited *c = &a->parts[k].cited[i];
            uint8_t         *row = o->at + at + (size_t)next[c->provision]++ * PIN_CITING_LEN;
            pin_store32(row, a->parts[k].first + c->item);
            pin_store32(row + 4, c->citation);
        }
    free(next);
    return PIN_OK;
}

/* ---- Rows ---- */
/* Depths and ends from the parents alone; false when a parent does not stand before its child. */
static bool measure(uint32_t *depths, uint32_t *ends, const pin_draft_source *source)
{
    for (uint32_t i = 0; i < source->provision_count; i++) {
        uint32_t parent = source->provisions[i].parent;
        if (parent != PIN_NO_PROVISION && parent >= i)
            return false;
        depths[i] = parent == PIN_NO_PROVISION ? 0 : depths[parent] + 1;
        ends[i] = i + 1;
    }
    for (uint32_t i = source->provision_count; i-- > 0;) {
        uint32_t parent = source->provisions[i].parent;
        if (parent != PIN_NO_PROVISION && ends[parent] < ends[i])
            ends[parent] = ends[i];
    }
    return true;
}

static pin_status write_provisions(pin_sections *out, const pin_source_set *sources, const citing *who,
                                   pin_error *err)
{
    pin_hash_rows ids = {.kind = PIN_S_PROVISION_IDS}, also = {.kind = PIN_S_PROVISION_ALSO};
    pin_out       room = {0}, *rows = &out->s[PIN_S_PROVISION_ROWS];
    pin_status    s = PIN_OK;
    for (uint32_t i = 0, first = 0; i < sources->source_count && s == PIN_OK; i++) {
        const pin_draft_source *source = &sources->sources[i];
        uint32_t                count = source->provision_count;
        uint32_t               *sizes = malloc(((size_t)count * 2 + 1) * sizeof *sizes);
        if (!sizes || !measure(sizes, sizes + count, source))
            s = sizes ? pin_fail(err, PIN_BAD_INPUT, i, "a provision stands before its parent")
                      : PIN_NO_SPACE;
        for (uint32_t k = 0; k < count && s == PIN_OK; k++) {
            const pin_draft_provision *p = &source->provisions[k];
            uint32_t                   number = first + k;
            if (sizes[k] > UINT16_MAX)
                s = pin_fail(err, PIN_LIMIT, i, "provisions are nested too deeply");
            add_key(&ids, &room, source->id, p->id, number);
            for (uint32_t a = 0; a < p->also_count; a++)
                add_key(&also, &room, source->id, p->also[a], number);
            pin_out_u32(rows, p->parent == PIN_NO_PROVISION ? PIN_NO_PROVISION : first + p->parent);
            pin_out_u32(rows, first + sizes[count + k]);
            pin_out_u32(rows, i | sizes[k] << 16);
            pin_out_u32(rows, who->starts[number]);
            pin_out_u64(rows, add_names(&out->s[PIN_S_PROVISION_NAMES], p, number));
            pin_out_u64(rows, 0); /* place of the words: known when they are packed */
        }
        free(sizes);
        first += count;
    }
    pin_hash_finish(&ids, out, true);
    pin_hash_finish(&also, out, true);
    pin_out_free(&room);
    return s;
}

static pin_status pack_texts(pin_sections *out, const pin_packing *texts, pin_error *err)
{
    pin_out    places = {0}, *rows = &out->s[PIN_S_PROVISION_ROWS];
    pin_status s =
        pin_pack(texts, &out->f[PIN_S_PROVISION_TEXTS], &places, &out->s[PIN_S_TEXT_DICTIONARY], err);
    if (s == PIN_OK && (places.failed || rows->failed))
        s = PIN_NO_SPACE;
    for (uint32_t i = 0; s == PIN_OK && i < texts->count; i++)
        memcpy(rows->at + (size_t)i * PIN_P_LEN + PIN_P_TEXT, places.at + (size_t)i * PIN_PLACE_LEN,
               PIN_PLACE_LEN);
    pin_out_free(&places);
    return s;
}

pin_status pin_write_sources(pin_sections *out, const pin_analysis *a, pin_error *err)
{
    const pin_source_set *sources = a->sources;
    uint64_t              provisions = 0;
    citing                who = {0};
    for (uint32_t i = 0; i < sources->source_count; i++)
        provisions += sources->sources[i].provision_count;
    if (provisions > PIN_PROVISIONS_MAX || sources->source_count > PIN_SOURCES_MAX)
        return pin_fail(err, PIN_LIMIT, 0, "more sources or provisions than an index can hold");
    write_source_table(&out->s[PIN_S_SOURCES], sources);
    pin_status s = write_citing(&who, &out->s[PIN_S_CITING], a, (uint32_t)provisions, err);
    if (s == PIN_OK)
        s = write_provisions(out, sources, &who, err);
    pin_packing texts = {.count = (uint32_t)provisions,
                         .write = add_texts,
                         .ctx = sources,
                         .options = a->corpus->options,
                         .compress_from = COMPRESS_FROM,
                         .raw_max = PIN_TEXT_RECORD_MAX};
    if (s == PIN_OK)
        s = pack_texts(out, &texts, err);
    free(who.starts);
    return s;
}
