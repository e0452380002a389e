/* source.yml: one flat mapping of texts, with `names` as a list. Read from libyaml's events, because a
 * tree of them would be larger than what is kept. */
#include "indexer/source/inside.h"

#include <string.h>
#include <yaml.h>

#include "core/cite/version.h"

enum { NAMES_MAX = 64, VALUE_MAX = 2000, DESCRIPTION_MAX = 1 << 20 };

typedef struct description {
    yaml_parser_t     parser;
    pin_draft_source *out;
    pin_str          *provisions;
    pin_pool         *pool;
    pin_findings     *findings;
    pin_str           file;
    uint64_t          seen; /* bit set of keys */
    bool              broken;
    bool              short_of_memory;
} description;

typedef struct key {
    const char *name;
    size_t      offset; /* of a pin_str in pin_draft_source */
} key;

#define KEY(name) {#name, offsetof(pin_draft_source, name)}
static const key text_keys[] = {KEY(id),      KEY(title),    KEY(celex), KEY(eli),
                                KEY(version), KEY(language), KEY(link),  KEY(rank)};
#undef KEY
enum { TEXT_KEYS = sizeof text_keys / sizeof *text_keys, KEY_RANK = TEXT_KEYS - 1, KEY_NAMES = TEXT_KEYS, KEY_PROVISIONS, KEY_OUTLINE, KEYS };

static const char *const key_names[] = {"id",   "title", "celex", "eli",        "version", "language",
                                        "link", "rank",  "names", "provisions", "outline", NULL};

static void complain(description *d, pin_severity severity, size_t line, const char *hint, const char *message,
                     pin_str name)
{
    pin_origin origin = {d->file, (uint32_t)line + 1};
    pin_finding_add(d->findings, severity, "bad-description", origin, (pin_str){0}, hint, message, PIN_ARG(name));
}

/* The next event; false when the text is no YAML (there is a finding then). */
static bool take_event(description *d, yaml_event_t *event)
{
    if (yaml_parser_parse(&d->parser, event))
        return true;
    const yaml_parser_t *p = &d->parser;
    d->broken = true;
    if (p->error == YAML_MEMORY_ERROR)
        d->short_of_memory = true;
    complain(d, PIN_ERROR, p->problem_mark.line, NULL, "not YAML: %.*s",
             pin_str_of(p->problem ? p->problem : "unreadable"));
    return false;
}

/* Reads over the value that `event` began: a scalar, or a whole collection. Deletes the event. */
static bool skip_value(description *d, yaml_event_t *event)
{
    uint32_t depth = 0;
    for (;;) {
        yaml_event_type_t type = event->type;
        yaml_event_delete(event);
        if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
            depth++;
        else if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT)
            depth--;
        if (depth == 0)
            return true;
        if (!take_event(d, event))
            return false;
    }
}

static pin_str scalar_text(description *d, const yaml_event_t *event)
{
    pin_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (text.len > VALUE_MAX) {
        complain(d, PIN_ERROR, event->start_mark.line, NULL, "longer than 2000 bytes%.*s", (pin_str){0});
        return (pin_str){0};
    }
    pin_str copy = pin_pool_copy(d->pool, text);
    if (text.len && !copy.at)
        d->short_of_memory = true;
    return copy;
}

/* The list of names after its start was seen; a single text is a list of one. */
static bool take_names(description *d, yaml_event_t *event)
{
    pin_str *names = pin_pool_take(d->pool, NAMES_MAX, sizeof *names);
    uint32_t count = 0;
    bool     single = event->type == YAML_SCALAR_EVENT;
    if (!names) {
        d->short_of_memory = true;
        yaml_event_delete(event);
        return false;
    }
    while (event->type != YAML_SEQUENCE_END_EVENT) {
        if (event->type == YAML_SCALAR_EVENT && count < NAMES_MAX) {
            names[count] = scalar_text(d, event);
            count += names[count].len > 0;
            yaml_event_delete(event);
        } else if (event->type == YAML_SEQUENCE_START_EVENT && count == 0) {
            yaml_event_delete(event);
        } else {
            complain(d, PIN_ERROR, event->start_mark.line, NULL, "a name was expected, at most 64 of them%.*s",
                     (pin_str){0});
            if (!skip_value(d, event))
                return false;
        }
        if (single)
            break;
        if (!take_event(d, event))
            return false;
    }
    if (!single)
        yaml_event_delete(event);
    if (count) {
        d->out->names = names;
        d->out->name_count = count;
    }
    return true;
}

static int key_number(pin_str name)
{
    for (int i = 0; i < KEYS; i++)
        if (pin_str_equal(name, pin_str_of(key_names[i])))
            return i;
    return -1;
}

/* A rank is one of a few, so that two sources can be weighed against each other. */
static void take_rank(description *d, pin_str text, size_t line)
{
    uint32_t rank = pin_rank_number(text);
    if (rank < PIN_RANKS)
        d->out->rank = pin_str_of(pin_rank_name(rank));
    else
        complain(d, PIN_ERROR, line,
                 "act, delegated act, standard, adopted guidance, draft guidance, official FAQ, community or vendor",
                 "'%.*s' is no rank", text);
}

static void take_scalar(description *d, int number, const yaml_event_t *event)
{
    pin_str text = scalar_text(d, event);
    if (number == KEY_RANK)
        take_rank(d, text, event->start_mark.line);
    else if (number < TEXT_KEYS)
        *(pin_str *)((char *)d->out + text_keys[number].offset) = text;
    else if (number == KEY_PROVISIONS)
        *d->provisions = text;
    else if (pin_str_equal(text, PIN_STR("true")) || pin_str_equal(text, PIN_STR("yes")))
        d->out->outline = true;
    else if (!pin_str_equal(text, PIN_STR("false")) && !pin_str_equal(text, PIN_STR("no")))
        complain(d, PIN_ERROR, event->start_mark.line, NULL, "outline is true or false, not '%.*s'", text);
}

static bool take_pair(description *d, yaml_event_t *event)
{
    pin_str name = {(const char *)event->data.scalar.value, event->data.scalar.length};
    size_t  line = event->start_mark.line;
    int     number = key_number(name);
    if (number < 0) {
        const char *near = pin_nearest_name(name, key_names);
        pin_str     hint = near ? pin_pool_format(d->pool, "did you mean '%s'?", near) : (pin_str){0};
        complain(d, PIN_WARNING, line, hint.at, "unknown key '%.*s'", name);
    } else if (d->seen & (uint64_t)1 << number) {
        complain(d, PIN_ERROR, line, "keep one of the two", "the key '%.*s' is given twice", name);
        number = -1;
    } else {
        d->seen |= (uint64_t)1 << number;
    }
    yaml_event_delete(event);

    if (!take_event(d, event))
        return false;
    if (number == KEY_NAMES && (event->type == YAML_SCALAR_EVENT || event->type == YAML_SEQUENCE_START_EVENT))
        return take_names(d, event);
    if (number >= 0 && event->type == YAML_SCALAR_EVENT)
        take_scalar(d, number, event);
    else if (number >= 0)
        complain(d, PIN_ERROR, event->start_mark.line, "write one text", "'%.*s' is not a text",
                 pin_str_of(key_names[number]));
    return skip_value(d, event);
}

/* Everything up to the end of the root mapping. */
static bool take_mapping(description *d)
{
    yaml_event_t event;
    do { /* the starts of stream, document and mapping */
        if (!take_event(d, &event))
            return false;
        yaml_event_type_t type = event.type;
        size_t            line = event.start_mark.line;
        yaml_event_delete(&event);
        if (type == YAML_MAPPING_START_EVENT)
            break;
        if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT) {
            complain(d, PIN_ERROR, line, "for example id: cra", "keys and values were expected%.*s", (pin_str){0});
            d->broken = true;
            return false;
        }
    } while (true);

    for (;;) {
        if (!take_event(d, &event))
            return false;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return true;
        }
        if (event.type != YAML_SCALAR_EVENT) {
            complain(d, PIN_ERROR, event.start_mark.line, NULL, "a key was expected%.*s", (pin_str){0});
            yaml_event_delete(&event);
            d->broken = true;
            return false;
        }
        if (!take_pair(d, &event))
            return false;
    }
}

pin_status pin_description_read(pin_draft_source *out, pin_str *provisions, pin_pool *pool, pin_findings *findings,
                                const pin_input_file *file)
{
    description d = {.out = out, .provisions = provisions, .pool = pool, .findings = findings, .file = file->shown};
    *provisions = (pin_str){0};
    if (file->bytes.len > DESCRIPTION_MAX) {
        complain(&d, PIN_ERROR, 0, NULL, "larger than 1 MiB%.*s", (pin_str){0});
        return PIN_BAD_INPUT;
    }
    if (!yaml_parser_initialize(&d.parser))
        return PIN_NO_SPACE;
    yaml_parser_set_encoding(&d.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&d.parser, (const unsigned char *)(file->bytes.len ? file->bytes.at : ""),
                                 file->bytes.len);
    take_mapping(&d);
    yaml_parser_delete(&d.parser);
    if (d.short_of_memory)
        return PIN_NO_SPACE;
    return d.broken ? PIN_BAD_INPUT : PIN_OK;
}
