/* Front matter, README.yml and pincite.yml: flat YAML mappings, read from libyaml's events against a
 * list of known keys, so that duplicate and unknown keys are told with their line. */
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 4, LIST_MAX = 100000, KEYS_MAX = 64 };

typedef struct yaml_reader {
    yaml_parser_t parser;
    yaml_event_t  event;
    bool          has_event;
    pin_yaml_key *keys;
    pin_pool     *pool;
    pin_findings *findings;
    pin_origin    origin;
    bool          broken, short_of_memory;
} yaml_reader;

static pin_origin origin_at(const yaml_reader *r, yaml_mark_t mark)
{
    return (pin_origin){r->origin.file, r->origin.line + (uint32_t)mark.line};
}

static bool break_off(yaml_reader *r, yaml_mark_t mark, const char *hint, const char *what)
{
    pin_finding_add(r->findings, PIN_ERROR, "yaml-broken", origin_at(r, mark), (pin_str){0}, hint,
                    "%s (column %zu)", what, mark.column + 1);
    r->broken = true;
    return false;
}

/* libyaml's own words, with the place where the construct began when it is another line. */
static bool parser_failed(yaml_reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR) {
        r->short_of_memory = true;
        return false;
    }
    pin_str what = p->context && p->context_mark.line != p->problem_mark.line
                       ? pin_pool_format(r->pool, "%s, %s that began in line %zu", p->problem, p->context,
                                         r->origin.line + p->context_mark.line)
                       : pin_pool_format(r->pool, "%s", p->problem ? p->problem : "not YAML");
    pin_finding_add(r->findings, PIN_ERROR, "yaml-broken", origin_at(r, p->problem_mark), (pin_str){0},
                    "a value with ': ' or '#' in it needs quotes", "%.*s (column %zu)", PIN_ARG(what),
                    p->problem_mark.column + 1);
    r->broken = true;
    return false;
}

/* The next event, which the reader owns; aliases and anchors are refused: they can grow without end. */
static bool take(yaml_reader *r)
{
    if (r->has_event)
        yaml_event_delete(&r->event);
    r->has_event = false;
    if (!yaml_parser_parse(&r->parser, &r->event))
        return parser_failed(r);
    r->has_event = true;
    const yaml_event_t *e = &r->event;
    bool                anchored = (e->type == YAML_SCALAR_EVENT && e->data.scalar.anchor) ||
                    (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.anchor) ||
                    (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.anchor);
    if (e->type == YAML_ALIAS_EVENT || anchored)
        return break_off(r, e->start_mark, "write the value out, or quote it",
                         "'&' anchors and '*' aliases are not read");
    return true;
}

static bool is_end(const yaml_reader *r)
{
    return r->event.type == YAML_MAPPING_END_EVENT || r->event.type == YAML_SEQUENCE_END_EVENT;
}

static uint32_t event_line(const yaml_reader *r)
{
    return r->origin.line + (uint32_t)r->event.start_mark.line;
}

/* A scalar without what would break a line of output: control characters become spaces. */
static pin_str scalar_text(yaml_reader *r)
{
    pin_str text = pin_pool_copy(
        r->pool, (pin_str){(const char *)r->event.data.scalar.value, r->event.data.scalar.length});
    r->short_of_memory |= !text.at;
    char *at = (char *)text.at;
    for (size_t i = 0; text.at && i < text.len; i++)
        if ((unsigned char)at[i] < ' ' || at[i] == 127)
            at[i] = ' ';
    bool plain_null = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                      (pin_str_equal(text, PIN_STR("~")) || pin_str_equal(text, PIN_STR("null")));
    return plain_null ? PIN_STR("") : pin_str_trim(text);
}

/* Reads over the collection whose start is the current event. */
static bool skip(yaml_reader *r)
{
    unsigned depth = 0;
    do {
        if (r->event.type == YAML_MAPPING_START_EVENT || r->event.type == YAML_SEQUENCE_START_EVENT)
            depth++;
        else if (is_end(r))
            depth--;
        if (depth > DEPTH_MAX)
            return break_off(r, r->event.start_mark, NULL, "nested too deeply");
        if (depth && !take(r))
            return false;
    } while (depth);
    return true;
}

static void wrong_shape(yaml_reader *r, const pin_yaml_key *key)
{
    static const char *const wanted[] = {"a text", "a list of texts", "a mapping"};
    pin_finding_add(r->findings, PIN_WARNING, "yaml-type", origin_at(r, r->event.start_mark), (pin_str){0},
                    NULL, "'%s' should be %s", key->name, wanted[key->shape]);
}

/* Appends to the arrays of a key; they double, and `count` tells the room. */
static bool grow(yaml_reader *r, void **at, uint32_t count, size_t size)
{
    if (count & (count - 1)) /* room is the next power of two */
        return true;
    void *more = pin_pool_take(r->pool, count ? (size_t)count * 2 : 1, size);
    if (!more) {
        r->short_of_memory = true;
        return false;
    }
    if (count)
        memcpy(more, *at, count * size);
    *at = more;
    return true;
}

static bool list_add(yaml_reader *r, pin_yaml_key *key)
{
    if (key->count >= LIST_MAX)
        return break_off(r, r->event.start_mark, NULL, "a list is too long");
    void *list = key->list, *lines = key->lines;
    if (!grow(r, &list, key->count, sizeof *key->list) || !grow(r, &lines, key->count, sizeof *key->lines))
        return false;
    key->list = list;
    key->lines = lines;
    key->list[key->count] = scalar_text(r);
    key->lines[key->count] = event_line(r);
    key->count++;
    return !r->short_of_memory;
}

static bool read_list(yaml_reader *r, pin_yaml_key *key)
{
    while (take(r) && !is_end(r)) {
        if (r->event.type == YAML_SCALAR_EVENT) {
            if (!list_add(r, key))
                return false;
            continue;
        }
        wrong_shape(r, key);
        if (!skip(r))
            return false;
    }
    return !r->broken && !r->short_of_memory;
}

/* The pairs of one mapping, all texts. */
static bool read_row(yaml_reader *r, pin_yaml_key *key, bool row_is_mapping, uint32_t row)
{
    while (take(r) && !is_end(r)) {
        if (r->event.type != YAML_SCALAR_EVENT)
            return break_off(r, r->event.start_mark, NULL, "a key must be a text");
        pin_yaml_pair pair = {.key = scalar_text(r), .line = event_line(r)};
        if (!take(r))
            return false;
        if (r->event.type != YAML_SCALAR_EVENT) {
            wrong_shape(r, key);
            if (!skip(r))
                return false;
            continue;
        }
        void *pairs = key->pairs;
        if (key->count >= LIST_MAX || !grow(r, &pairs, key->count, sizeof pair))
            return false;
        pair.text = scalar_text(r);
        pair.row = row_is_mapping ? row : key->count;
        key->pairs = pairs;
        key->pairs[key->count] = pair;
        key->count++;
    }
    return !r->broken && !r->short_of_memory;
}

static bool read_table(yaml_reader *r, pin_yaml_key *key)
{
    if (r->event.type == YAML_MAPPING_START_EVENT)
        return read_row(r, key, false, 0);
    for (uint32_t row = 0; take(r) && !is_end(r); row++) {
        if (r->event.type == YAML_MAPPING_START_EVENT) {
            if (!read_row(r, key, true, row))
                return false;
            continue;
        }
        wrong_shape(r, key);
        if (r->event.type != YAML_SCALAR_EVENT && !skip(r))
            return false;
    }
    return !r->broken && !r->short_of_memory;
}

static bool read_value(yaml_reader *r, pin_yaml_key *key)
{
    yaml_event_type_t type = r->event.type;
    key->given = true;
    key->line = event_line(r);
    if (key->shape == PIN_YAML_TEXT && type == YAML_SCALAR_EVENT) {
        key->text = scalar_text(r);
        return !r->short_of_memory;
    }
    if (key->shape == PIN_YAML_LIST && type == YAML_SCALAR_EVENT)
        return !scalar_text(r).len || list_add(r, key);
    if (key->shape == PIN_YAML_LIST && type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, key);
    if (key->shape == PIN_YAML_TABLE && type != YAML_SCALAR_EVENT)
        return read_table(r, key);
    wrong_shape(r, key);
    return type == YAML_SCALAR_EVENT || skip(r);
}

static pin_yaml_key *key_find(yaml_reader *r, pin_str name)
{
    for (pin_yaml_key *key = r->keys; key->name; key++) {
        size_t i = 0;
        while (i < name.len && key->name[i] &&
               pin_ascii_lower((unsigned char)name.at[i]) == pin_ascii_lower((unsigned char)key->name[i]))
            i++;
        if (i == name.len && !key->name[i])
            return key;
    }
    return NULL;
}

static void unknown_key(yaml_reader *r, pin_str name)
{
    const char *names[KEYS_MAX + 1] = {0};
    for (size_t i = 0; i < KEYS_MAX && r->keys[i].name; i++)
        names[i] = r->keys[i].name;
    const char *near = pin_nearest_name(name, names);
    pin_str     hint = near ? pin_pool_format(r->pool, "did you mean '%s'?", near) : PIN_STR("");
    pin_finding_add(r->findings, PIN_NOTE, "unknown-key", origin_at(r, r->event.start_mark), (pin_str){0},
                    NULL, "the key '%.*s' is not known and is left out", PIN_ARG(name));
    if (hint.len && r->findings->count)
        r->findings->at[r->findings->count - 1].hint = hint;
}

static bool read_pair(yaml_reader *r)
{
    if (r->event.type != YAML_SCALAR_EVENT)
        return break_off(r, r->event.start_mark, NULL, "a key must be a text");
    pin_str       name = scalar_text(r);
    pin_yaml_key *key = name.at ? key_find(r, name) : NULL;
    yaml_mark_t   mark = r->event.start_mark;
    if (!key)
        unknown_key(r, name);
    else if (key->given)
        pin_finding_add(
            r->findings, PIN_ERROR, "duplicate-key", origin_at(r, mark), (pin_str){0}, "keep one of them",
            "the key '%s' stands twice, first in line %u; the first one counts", key->name, key->line);
    if (!take(r))
        return false;
    if (key && !key->given)
        return read_value(r, key);
    return r->event.type == YAML_SCALAR_EVENT || skip(r);
}

static bool read_document(yaml_reader *r)
{
    if (!take(r) || !take(r)) /* stream start, document start */
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return true; /* nothing but comments */
    if (!take(r))
        return false;
    if (r->event.type == YAML_SCALAR_EVENT && !scalar_text(r).len)
        return true;
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return break_off(r, r->event.start_mark, NULL, "expected lines of 'key: value'");
    while (take(r)) {
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return true;
        if (!read_pair(r))
            return false;
    }
    return false;
}

pin_status pin_yaml_read(pin_yaml_key *keys, bool *broken, pin_pool *pool, pin_findings *findings,
                         pin_str text, pin_origin origin)
{
    yaml_reader r = {.keys = keys, .pool = pool, .findings = findings, .origin = origin};
    *broken = false;
    if (!text.len)
        return PIN_OK;
    if (!yaml_parser_initialize(&r.parser))
        return PIN_NO_SPACE;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.at, text.len);
    read_document(&r);
    if (r.has_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    *broken = r.broken;
    return r.short_of_memory ? PIN_NO_SPACE : PIN_OK;
}
