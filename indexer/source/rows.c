/* JSON Lines -> provisions. Every row is read on its own, so one bad row costs one row; what ties rows
 * together (parents, order) is settled once all are here. */
#include "indexer/source/inside.h"

#include <jansson.h>
#include <string.h>

#include "core/bytes/bytes.h"

typedef struct rows {
    pin_pool            *pool;
    pin_findings        *findings;
    pin_source_table    *ids; /* of this source only: arrival number by id */
    pin_str              file;
    uint32_t             line;
    pin_draft_provision *at; /* in order of arrival; parent counts arrivals too */
    pin_str             *parents;
    uint32_t             count, cap;
    pin_str              revision;
    bool                 revisions_differ;
    bool                 short_of_memory;
} rows;

static void complain(rows *r, uint32_t line, const char *code, const char *hint, const char *message, pin_str name)
{
    pin_origin origin = {r->file, line};
    pin_finding_add(r->findings, PIN_ERROR, code, origin, (pin_str){0}, hint, message, PIN_ARG(name));
}

/* ---- one row ---- */

/* The text at `key`; an absent key and null are empty. False when it is something else. */
static bool take_text(pin_str *out, rows *r, json_t *row, const char *key)
{
    json_t *value = json_object_get(row, key);
    *out = (pin_str){0};
    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value)) {
        complain(r, r->line, "bad-provision", "write it as a string", "\"%.*s\" is not a string", pin_str_of(key));
        return false;
    }
    pin_str text = {json_string_value(value), json_string_length(value)};
    *out = pin_pool_copy(r->pool, text);
    if (text.len && !out->at)
        r->short_of_memory = true;
    return !r->short_of_memory;
}

static bool take_also(pin_draft_provision *p, rows *r, json_t *row)
{
    json_t *list = json_object_get(row, "also");
    if (!list || json_is_null(list))
        return true;
    size_t count = json_is_array(list) ? json_array_size(list) : 0;
    p->also = pin_pool_take(r->pool, count, sizeof *p->also);
    if (!p->also) {
        r->short_of_memory = true;
        return false;
    }
    bool good = json_is_array(list);
    for (size_t i = 0; good && i < count; i++) {
        json_t *one = json_array_get(list, i);
        good = json_is_string(one);
        if (good)
            p->also[p->also_count++] =
                pin_pool_copy(r->pool, (pin_str){json_string_value(one), json_string_length(one)});
    }
    if (!good)
        complain(r, r->line, "bad-provision", NULL, "\"%.*s\" is not a list of strings", PIN_STR("also"));
    return good;
}

/* Steps of letters, digits and hyphens joined by '_' and '.': what may stand in an address. */
static bool id_is_good(pin_str id)
{
    if (id.len == 0 || id.len > PIN_PROVISION_ID_MAX || id.at[0] == '.' || id.at[id.len - 1] == '.')
        return false;
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.at[i];
        if (!pin_is_alpha(c) && !pin_is_digit(c) && c != '_' && c != '-' && c != '.')
            return false;
        if (c == '.' && id.at[i + 1] == '.')
            return false;
    }
    return true;
}

static pin_str default_label(rows *r, pin_str id)
{
    char    room[PIN_PROVISION_ID_MAX * 4];
    pin_buf buf = pin_buf_over(room, sizeof room);
    pin_cite_label(&buf, id);
    pin_str label = buf.len && pin_buf_status(&buf) == PIN_OK ? pin_buf_str(&buf) : id;
    return pin_pool_copy(r->pool, label);
}

/* An entry of an FAQ hangs under the nearest section that is here already: 4.2.5 under 4.2, else 4. */
static pin_str section_parent(rows *r, pin_str id)
{
    for (size_t len = id.len; len-- > 0;)
        if (id.at[len] == '.') {
            pin_str above = pin_str_part(id, 0, len);
            if (pin_source_table_get(r->ids, 0, PIN_KEY_ID, above) != PIN_NO_PROVISION)
                return above;
        }
    return (pin_str){0};
}

static bool take_section(pin_draft_provision *p, pin_str *parent, rows *r, json_t *row)
{
    pin_str section, title, text;
    if (!take_text(&section, r, row, "section") || !take_text(&p->heading, r, row, "question") ||
        !take_text(&title, r, row, "title") || !take_text(&p->text, r, row, "answer") ||
        !take_text(&text, r, row, "text"))
        return false;
    if (!p->heading.len)
        p->heading = title;
    if (!p->text.len)
        p->text = text;
    p->own = p->text;
    p->kind = PIN_STR("section");
    p->id = pin_pool_format(r->pool, "sec_%.*s", PIN_ARG(section));
    p->label = pin_pool_format(r->pool, "Section %.*s", PIN_ARG(section));
    *parent = section_parent(r, p->id);
    return true;
}

static bool take_provision(pin_draft_provision *p, pin_str *parent, rows *r, json_t *row)
{
    if (!take_text(&p->id, r, row, "id") || !take_text(&p->label, r, row, "label") ||
        !take_text(&p->kind, r, row, "kind") || !take_text(&p->heading, r, row, "heading") ||
        !take_text(&p->text, r, row, "text") || !take_text(&p->own, r, row, "own") ||
        !take_text(parent, r, row, "parent") || !take_also(p, r, row))
        return false;
    if (!json_object_get(row, "own"))
        p->own = p->text;
    if (!json_object_get(row, "text"))
        p->text = p->own;
    return true;
}

static void note_revision(rows *r, json_t *row)
{
    json_t *value = json_object_get(row, "revision");
    if (!json_is_string(value) || r->revisions_differ)
        return;
    pin_str text = {json_string_value(value), json_string_length(value)};
    if (r->revision.len == 0)
        r->revision = pin_pool_copy(r->pool, text);
    else
        r->revisions_differ = !pin_str_equal(r->revision, text);
}

static bool make_room(rows *r)
{
    if (r->count < r->cap)
        return true;
    uint32_t             cap = r->cap ? r->cap * 2 : 256;
    pin_draft_provision *at = pin_pool_take(r->pool, cap, sizeof *at);
    pin_str             *parents = pin_pool_take(r->pool, cap, sizeof *parents);
    if (!at || !parents)
        return false;
    if (r->count) {
        memcpy(at, r->at, r->count * sizeof *at);
        memcpy(parents, r->parents, r->count * sizeof *parents);
    }
    r->at = at;
    r->parents = parents;
    r->cap = cap;
    return true;
}

static void keep(rows *r, pin_draft_provision *p, pin_str parent)
{
    bool taken = false;
    if (!pin_source_table_put(r->ids, r->pool, 0, PIN_KEY_ID, p->id, r->count, &taken) || !make_room(r)) {
        r->short_of_memory = true;
        return;
    }
    if (taken) {
        complain(r, r->line, "duplicate-provision", "keep one of the two", "a provision '%.*s' stands above already",
                 p->id);
        return;
    }
    /* looked up now: a parent that comes later does not count */
    p->parent = parent.len ? pin_source_table_get(r->ids, 0, PIN_KEY_ID, parent) : PIN_NO_PROVISION;
    if (p->parent == r->count)
        p->parent = PIN_NO_PROVISION; /* its own parent: settle_parents() will say so */
    p->line = r->line;
    r->parents[r->count] = parent;
    r->at[r->count++] = *p;
}

static void read_row(rows *r, json_t *row)
{
    pin_draft_provision p = {0};
    pin_str             parent = {0};
    bool                good = json_object_get(row, "id") || !json_object_get(row, "section")
                                   ? take_provision(&p, &parent, r, row)
                                   : take_section(&p, &parent, r, row);
    if (!good)
        return;
    if (!id_is_good(p.id)) {
        complain(r, r->line, "bad-provision", "letters, digits and - joined by _ and . : art_13.par_8",
                 p.id.len ? "'%.*s' is no provision id" : "the row has no \"id\"%.*s", p.id);
        return;
    }
    if (!p.label.len)
        p.label = default_label(r, p.id);
    note_revision(r, row);
    keep(r, &p, parent);
}

static void read_line(rows *r, pin_str line)
{
    if (line.len > PIN_SOURCE_LINE_MAX) {
        complain(r, r->line, "bad-provision", NULL, "the row is longer than 7 MiB%.*s", (pin_str){0});
        return;
    }
    size_t bad = pin_utf8_valid(line);
    if (bad < line.len) {
        pin_origin origin = {r->file, r->line};
        pin_finding_add(r->findings, PIN_ERROR, "bad-provision", origin, (pin_str){0}, "save the file as UTF-8",
                        "byte %zu of the row is not UTF-8", bad + 1);
        return;
    }
    json_error_t why;
    json_t      *row = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, &why);
    if (!row)
        complain(r, r->line, "bad-provision", NULL, "not JSON: %.*s", pin_str_of(why.text));
    else if (!json_is_object(row))
        complain(r, r->line, "bad-provision", NULL, "a JSON object was expected%.*s", (pin_str){0});
    else
        read_row(r, row);
    json_decref(row);
}

static void read_lines(rows *r, pin_str bytes)
{
    if (pin_str_starts(bytes, PIN_STR("\xEF\xBB\xBF")))
        bytes = pin_str_part(bytes, 3, bytes.len);
    while (bytes.len && !r->short_of_memory) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        size_t      len = end ? (size_t)(end - bytes.at) : bytes.len;
        pin_str     line = pin_str_trim(pin_str_part(bytes, 0, len));
        bytes = pin_str_part(bytes, len + (end != NULL), bytes.len);
        r->line++;
        if (!line.len)
            continue;
        if (r->count == PIN_SOURCE_ROWS_MAX) {
            complain(r, r->line, "bad-provision", NULL, "more than 4000000 provisions: the rest is not read%.*s",
                     (pin_str){0});
            return;
        }
        read_line(r, line);
    }
}

/* ---- all rows ---- */

static void settle_parents(rows *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        pin_draft_provision *p = &r->at[i];
        pin_str              name = r->parents[i];
        if (name.len && p->parent == PIN_NO_PROVISION) {
            bool later = pin_source_table_get(r->ids, 0, PIN_KEY_ID, name) != PIN_NO_PROVISION;
            complain(r, p->line, "unknown-parent",
                     later ? "a parent stands before its children" : "name an id of this file, or null",
                     later ? "its parent '%.*s' stands below it" : "there is no provision '%.*s' to be its parent",
                     name);
        }
        if (p->parent != PIN_NO_PROVISION && r->at[p->parent].depth + 1 > PIN_SOURCE_DEPTH_MAX) {
            complain(r, p->line, "unknown-parent", NULL, "nested more than 32 deep below '%.*s'", name);
            p->parent = PIN_NO_PROVISION;
        }
        p->depth = p->parent == PIN_NO_PROVISION ? 0 : r->at[p->parent].depth + 1;
    }
}

/* The first row that stands outside its parent's run of rows, or `count` when there is none. */
static uint32_t first_stray(const rows *r)
{
    uint32_t open[PIN_SOURCE_DEPTH_MAX + 1]; /* the row open at each depth */
    for (uint32_t i = 0; i < r->count; i++) {
        const pin_draft_provision *p = &r->at[i];
        if (p->depth > 0 && (i == 0 || r->at[i - 1].depth + 1 < p->depth || open[p->depth - 1] != p->parent))
            return i;
        open[p->depth] = i;
    }
    return r->count;
}

/* Lays the rows out anew, each after its parent and its elder siblings. */
static bool regroup(rows *r)
{
    uint32_t            *first = pin_pool_take(r->pool, (size_t)r->count + 1, sizeof *first);
    uint32_t            *next = pin_pool_take(r->pool, r->count, sizeof *next);
    uint32_t            *stack = pin_pool_take(r->pool, (size_t)r->count + 1, sizeof *stack);
    uint32_t            *moved = pin_pool_take(r->pool, r->count, sizeof *moved);
    pin_draft_provision *out = pin_pool_take(r->pool, r->count, sizeof *out);
    if (!first || !next || !stack || !moved || !out)
        return false;
    /* children as chains; slot `count` holds the top. Backwards, so that the eldest comes first. */
    for (uint32_t i = 0; i <= r->count; i++)
        first[i] = PIN_NO_PROVISION;
    for (uint32_t i = r->count; i-- > 0;) {
        uint32_t parent = r->at[i].parent == PIN_NO_PROVISION ? r->count : r->at[i].parent;
        next[i] = first[parent];
        first[parent] = i;
    }
    uint32_t done = 0, depth = 0;
    stack[0] = first[r->count];
    for (;;) {
        uint32_t i = stack[depth];
        if (i == PIN_NO_PROVISION) {
            if (depth-- == 0)
                break;
            continue;
        }
        stack[depth] = next[i];
        moved[i] = done;
        out[done] = r->at[i];
        if (out[done].parent != PIN_NO_PROVISION)
            out[done].parent = moved[out[done].parent];
        done++;
        stack[++depth] = first[i];
    }
    r->at = out;
    return true;
}

static void find_ends(rows *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        r->at[i].end = i + 1;
    for (uint32_t i = r->count; i-- > 0;) {
        uint32_t parent = r->at[i].parent;
        if (parent != PIN_NO_PROVISION && r->at[parent].end < r->at[i].end)
            r->at[parent].end = r->at[i].end;
    }
}

static bool has_words(const rows *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (r->at[i].text.len || r->at[i].own.len)
            return true;
    return false;
}

pin_status pin_rows_read(pin_draft_source *out, pin_str *revision, pin_pool *pool, pin_findings *findings,
                         const pin_input_file *file, pin_error *err)
{
    rows r = {.pool = pool, .findings = findings, .file = file->shown};
    r.ids = pin_source_table_new(pool);
    if (!r.ids)
        return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    read_lines(&r, file->bytes);
    if (r.short_of_memory)
        return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    if (r.count == 0)
        return pin_fail(err, PIN_BAD_INPUT, 0, "no provision in it can be used");

    settle_parents(&r);
    uint32_t stray = first_stray(&r);
    if (stray < r.count) {
        pin_origin origin = {r.file, r.at[stray].line};
        pin_finding_add(findings, PIN_WARNING, "provision-order", origin, (pin_str){0},
                        "keep the rows of one provision together",
                        "'%.*s' stands apart from the other rows of its parent '%.*s': moved there",
                        PIN_ARG(r.at[stray].id), PIN_ARG(r.parents[stray]));
        if (!regroup(&r))
            return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    }
    find_ends(&r);
    out->provisions = r.at;
    out->provision_count = r.count;
    out->loaded = true;
    if (!has_words(&r))
        out->outline = true;
    *revision = r.revisions_differ ? (pin_str){0} : r.revision;
    return PIN_OK;
}
