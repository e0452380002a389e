/* Sources and their provisions, and the citation grammar's view of them.
 *
 * SOURCES          u32 starts[n + 1], records: strings id title celex eli version language link rank,
 *                  varint names, that many strings, u8 flags (1 loaded, 2 outline), varint first
 *                  provision, varint provisions
 * PROVISION_NAMES  u32 checksum (seed: number), strings id label kind heading, varint also, strings
 * PROVISION_TEXTS  packed: u8 1 when the text is its own words, string own, else also string text */
#include "core/read/index.h"

#define KEY_MAX 512 /* source id, colon, provision id or label */

/* ---- Sources ---- */
#define SOURCE_STRINGS 8 /* before the names in a record */

typedef struct source_record {
    pin_source source; /* without names */
    pin_cursor names;  /* at the first of source.name_count strings */
} source_record;

static bool read_source(source_record *out, const pin_index *ix, uint32_t number)
{
    pin_str     record = pin_str_part(ix->source_texts, pin_u32_at(ix->source_starts, number),
                                      pin_u32_at(ix->source_starts, number + 1));
    pin_cursor  c = pin_cursor_over(record.at, record.len);
    pin_source *s = &out->source;
    *s = (pin_source){.number = number};
    s->id = pin_take_text(&c);
    s->title = pin_take_text(&c);
    s->celex = pin_take_text(&c);
    s->eli = pin_take_text(&c);
    s->version = pin_take_text(&c);
    s->language = pin_take_text(&c);
    s->link = pin_take_text(&c);
    s->rank = pin_take_text(&c);
    s->name_count = pin_take_varint32(&c);
    out->names = c;
    if (s->name_count > pin_cursor_left(&c))
        return false;
    for (uint32_t i = 0; i < s->name_count && !c.failed; i++)
        (void)pin_take_text(&c);
    uint8_t flags = pin_take8(&c);
    s->loaded = flags & 1;
    s->outline = flags & 2;
    s->first_provision = pin_take_varint32(&c);
    s->provision_count = pin_take_varint32(&c);
    return !c.failed && pin_cursor_left(&c) == 0;
}

pin_status pin_sources_load(pin_index *ix, pin_error *err)
{
    const pin_extent *e = &ix->sections[PIN_S_SOURCES];
    uint32_t          n = ix->source_count, next = 0;
    uint64_t          tables = ((uint64_t)n + 1) * 4;
    if (e->len < tables)
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of sources is cut short");
    ix->source_starts = ix->head[PIN_S_SOURCES];
    ix->source_texts = (pin_str){(const char *)ix->source_starts + tables, (size_t)(e->len - tables)};
    if (pin_u32_at(ix->source_starts, 0) != 0 || pin_u32_at(ix->source_starts, n) != ix->source_texts.len)
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of sources contradicts itself");
    ix->default_source = PIN_NO_PROVISION;
    for (uint32_t i = 0; i < n; i++) {
        source_record r;
        if (pin_u32_at(ix->source_starts, i) > pin_u32_at(ix->source_starts, i + 1) ||
            !read_source(&r, ix, i) || r.source.first_provision != next ||
            r.source.provision_count > ix->provision_count - next)
            return pin_fail(err, PIN_CORRUPT, e->offset, "record of a source is damaged");
        next += r.source.provision_count;
        if (r.source.id.len > 0 && pin_str_equal(r.source.id, ix->release.default_source) &&
            ix->default_source == PIN_NO_PROVISION)
            ix->default_source = i;
    }
    if (next != ix->provision_count)
        return pin_fail(err, PIN_CORRUPT, e->offset, "sources and provisions do not add up");
    return PIN_OK;
}

pin_status pin_index_source(pin_source *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                            pin_error *err)
{
    source_record r;
    if (number >= ix->source_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no source has this number");
    if (!read_source(&r, ix, number))
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_SOURCES].offset,
                        "record of a source is damaged");
    r.source.names = pin_arena_take(arena, r.source.name_count, sizeof *r.source.names);
    if (!r.source.names)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for a source");
    for (uint32_t i = 0; i < r.source.name_count; i++)
        r.source.names[i] = pin_take_text(&r.names);
    *out = r.source;
    return PIN_OK;
}

pin_status pin_index_find_source(uint32_t *out, const pin_index *ix, pin_str id)
{
    for (uint32_t i = 0; i < ix->source_count; i++) {
        pin_str    record = pin_str_part(ix->source_texts, pin_u32_at(ix->source_starts, i),
                                         pin_u32_at(ix->source_starts, i + 1));
        pin_cursor c = pin_cursor_over(record.at, record.len);
        if (pin_str_equal(pin_take_str(&c), id)) {
            *out = i;
            return PIN_OK;
        }
    }
    return PIN_NOT_FOUND;
}

/* ---- Provisions ---- */
static pin_status read_row(pin_provision *out, const uint8_t **row, const pin_index *ix, uint32_t number,
                           pin_error *err)
{
    if (number >= ix->provision_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no provision has this number");
    pin_status s = pin_read_row(row, ix, PIN_S_PROVISION_ROWS, number, PIN_P_LEN, err);
    if (s != PIN_OK)
        return s;
    pin_provision p = {.number = number,
                       .parent = pin_load32(*row + PIN_P_PARENT),
                       .end = pin_load32(*row + PIN_P_END),
                       .source = pin_load16(*row + PIN_P_SOURCE),
                       .depth = pin_load16(*row + PIN_P_DEPTH)};
    /* a parent stands before its children, so that a walk upwards ends */
    if (p.source >= ix->source_count || (p.parent != PIN_NO_PROVISION && p.parent >= number) ||
        p.end <= number || p.end > ix->provision_count || (p.parent == PIN_NO_PROVISION) != (p.depth == 0))
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_ROWS].offset,
                        "row of a provision is damaged");
    *out = p;
    return PIN_OK;
}

/* Fills id, label, kind and heading; *also is left at the count of other labels. */
static pin_status read_names(pin_provision *out, pin_cursor *also, const pin_index *ix, const uint8_t *row,
                             pin_error *err)
{
    uint64_t       place = pin_load64(row + PIN_P_NAMES);
    uint32_t       len = pin_place_len(place);
    const uint8_t *at;
    pin_status     s = pin_read_part(&at, ix, PIN_S_PROVISION_NAMES, pin_place_offset(place), len, err);
    if (s != PIN_OK)
        return s;
    if (len < 4 || pin_hash32(at + 4, len - 4, out->number) != pin_load32(at))
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_NAMES].offset,
                        "checksum of a provision is wrong");
    pin_cursor c = pin_cursor_over(at + 4, len - 4);
    out->id = pin_take_text(&c);
    out->label = pin_take_text(&c);
    out->kind = pin_take_text(&c);
    out->heading = pin_take_text(&c);
    *also = c;
    if (c.failed)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_NAMES].offset,
                        "names of a provision are damaged");
    return PIN_OK;
}

pin_status pin_index_provision_names(pin_provision *out, const pin_index *ix, uint32_t number, pin_error *err)
{
    const uint8_t *row;
    pin_provision  p;
    pin_cursor     also;
    pin_status     s = read_row(&p, &row, ix, number, err);
    if (s == PIN_OK)
        s = read_names(&p, &also, ix, row, err);
    if (s == PIN_OK)
        *out = p;
    return s;
}

static pin_status read_texts(pin_provision *out, const pin_index *ix, const uint8_t *row, pin_arena *arena,
                             pin_error *err)
{
    pin_str    record;
    pin_status s = pin_read_packed(&record, ix, PIN_S_PROVISION_TEXTS, pin_load64(row + PIN_P_TEXT),
                                   out->number, PIN_TEXT_RECORD_MAX, arena, err);
    if (s != PIN_OK)
        return s;
    pin_cursor c = pin_cursor_over(record.at, record.len);
    bool       own_only = pin_take8(&c) == 1;
    out->own = pin_take_text(&c);
    out->text = own_only ? out->own : pin_take_text(&c);
    if (c.failed || pin_cursor_left(&c) != 0)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_TEXTS].offset,
                        "words of a provision are damaged");
    return PIN_OK;
}

pin_status pin_index_provision(pin_provision *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                               pin_error *err)
{
    const uint8_t *row;
    pin_provision  p;
    pin_cursor     also;
    size_t         mark = arena->used;
    pin_status     s = read_row(&p, &row, ix, number, err);
    if (s != PIN_OK)
        return s;
    s = read_names(&p, &also, ix, row, err);
    pin_status s2 = s == PIN_OK || s == PIN_NEED ? read_texts(&p, ix, row, arena, err) : PIN_OK;
    if (s == PIN_OK)
        s = s2;
    if (s == PIN_OK)
        *out = p;
    else
        arena->used = mark;
    return s;
}

/* ---- By id or by another label ---- */
/* "cra:art_13" into `key`; empty when it cannot be one. */
static pin_str make_key(char key[KEY_MAX], pin_str source, pin_str name)
{
    pin_buf buf = pin_buf_over(key, KEY_MAX);
    pin_buf_add(&buf, source);
    pin_buf_byte(&buf, ':');
    pin_buf_add(&buf, name);
    return pin_buf_status(&buf) == PIN_OK ? pin_buf_str(&buf) : (pin_str){0};
}

static bool has_also(pin_cursor also, pin_str label)
{
    uint32_t count = pin_take_varint32(&also);
    while (count-- > 0 && !also.failed)
        if (pin_str_equal(pin_take_str(&also), label) && !also.failed)
            return true;
    return false;
}

static pin_status find(uint32_t *out, const pin_index *ix, pin_section kind, uint32_t source, pin_str name,
                       pin_error *err)
{
    uint32_t      numbers[16], count;
    char          room[KEY_MAX];
    source_record r;
    if (source >= ix->source_count || !read_source(&r, ix, source) || name.len == 0)
        return PIN_NOT_FOUND;
    pin_str key = make_key(room, r.source.id, name);
    if (key.len == 0)
        return PIN_NOT_FOUND;
    pin_status s = pin_table_find(numbers, 16, &count, ix, kind, key, err), need = PIN_NOT_FOUND;
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *row;
        pin_provision  p;
        pin_cursor     also;
        s = read_row(&p, &row, ix, numbers[i], err);
        if (s == PIN_OK)
            s = read_names(&p, &also, ix, row, err);
        if (s == PIN_NEED)
            need = s;
        else if (s != PIN_OK)
            return s == PIN_NOT_FOUND ? pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset,
                                                 "an id names a provision that is not there")
                                      : s;
        else if (p.source == source &&
                 (kind == PIN_S_PROVISION_IDS ? pin_str_equal(p.id, name) : has_also(also, name))) {
            *out = numbers[i];
            return PIN_OK;
        }
    }
    return need;
}

pin_status pin_index_find_provision(uint32_t *out, const pin_index *ix, uint32_t source, pin_str id,
                                    pin_error *err)
{
    return find(out, ix, PIN_S_PROVISION_IDS, source, id, err);
}

/* ---- What the citation grammar sees ---- */
static uint32_t law_act_count(const void *ctx) { return ((const pin_index *)ctx)->source_count; }

/* Every query with a digit asks for all names of all acts. They were checked when the file was opened. */
static pin_cursor law_strings(const pin_index *ix, uint32_t act, uint32_t skip)
{
    pin_str    record = pin_str_part(ix->source_texts, pin_u32_at(ix->source_starts, act),
                                     pin_u32_at(ix->source_starts, act + 1));
    pin_cursor c = pin_cursor_over(record.at, record.len);
    for (uint32_t i = 0; i < skip; i++)
        (void)pin_take_str(&c);
    return c;
}

static pin_str law_act_id(const void *ctx, uint32_t act)
{
    pin_cursor c = law_strings(ctx, act, 0);
    return pin_take_str(&c);
}

static bool law_act_loaded(const void *ctx, uint32_t act)
{
    source_record r;
    return read_source(&r, ctx, act) && r.source.loaded;
}

static bool law_act_name(const void *ctx, uint32_t act, uint32_t k, pin_str *name)
{
    pin_cursor c = law_strings(ctx, act, SOURCE_STRINGS);
    if (k >= pin_take_varint32(&c))
        return false;
    for (uint32_t i = 0; i <= k; i++)
        *name = pin_take_str(&c);
    return !c.failed;
}

static uint32_t law_find(const void *ctx, uint32_t act, pin_str id)
{
    uint32_t number;
    return find(&number, ctx, PIN_S_PROVISION_IDS, act, id, NULL) == PIN_OK ? number : PIN_NO_PROVISION;
}

static uint32_t law_find_also(const void *ctx, uint32_t act, pin_str label)
{
    uint32_t number;
    return find(&number, ctx, PIN_S_PROVISION_ALSO, act, label, NULL) == PIN_OK ? number : PIN_NO_PROVISION;
}

pin_law pin_index_law(const pin_index *ix)
{
    return (pin_law){.ctx = ix,
                     .act_count = law_act_count,
                     .act_id = law_act_id,
                     .act_loaded = law_act_loaded,
                     .act_name = law_act_name,
                     .find = law_find,
                     .find_also = law_find_also,
                     .default_act = ix->default_source};
}
