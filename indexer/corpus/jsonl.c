/* JSON Lines: one item a line. This is the road for a million items, so the file is cut into pieces at
 * line ends and several threads read them, each into a pool and a list of findings of its own; they
 * are put together in the order of the file, whatever thread was quicker. */
#include "core/bytes/bytes.h"
#include "indexer/corpus/json.h"
#include "indexer/corpus/parallel.h"
#include "indexer/corpus/readers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_LEN = 4 << 20, NEW_KEYS_MAX = 16, NAMES_MAX = 3, NAME_LEN = 64 };

/* ---- What we look for in a line ---- */
enum {
    J_ID,
    J_MODULE,
    J_MODULE_TITLE,
    J_QUESTION,
    J_ANSWER,
    J_VERDICT,
    J_CITATIONS,
    J_STATUS,
    J_AUTHOR,
    J_PUBLISHED,
    J_UPDATED,
    J_LANGUAGE,
    J_RELATED,
    J_FATES, /* the keys of pin_fate_keys, in their order */
    J_KEYS = J_FATES + 6
};

/* The names a key goes by; the first that is there counts. A name of --map comes before all. */
static const char *const key_names[J_KEYS][NAMES_MAX] = {
    {"id", "section"},  {"module", "chapter"}, {"module_title"}, {"question", "title"},
    {"answer", "text"}, {"verdict"},           {"citations"},    {"status"},
    {"author"},         {"published"},         {"updated"},      {"language"},
    {"related"},        {"withdrawn"},         {"since"},        {"instead"},
    {"moved_to"},       {"merged_into"},       {"moved_from"}};

typedef struct key_map {
    char mapped[J_KEYS][NAME_LEN]; /* from --map, or empty */
} key_map;

/* ---- One piece of the file ---- */
typedef struct new_key { /* a key that we do not know: told once for the file */
    char     name[NAME_LEN];
    uint32_t line, count;
} new_key;

typedef struct piece_module {
    pin_str    slug, title;
    pin_origin origin;
} piece_module;

typedef struct piece {
    pin_str         text;
    uint32_t        first_line;
    pin_pool       *pool;
    pin_pool       *names; /* ids and modules, which are looked at again and again: close together */
    pin_findings    findings;
    pin_draft_item *items; /* malloc'ed */
    uint32_t        item_count, item_cap;
    piece_module   *modules; /* malloc'ed: each change of module */
    uint32_t        module_count, module_cap;
    new_key         new_keys[NEW_KEYS_MAX];
    uint32_t        new_key_count;
    uint32_t        skipped_count;
    bool            short_of_memory;
    pin_json_room   json;

    /* texts that items share with the one before: copied once */
    pin_str  last[J_KEYS];
    pin_str  module_text, module_slug, title_text;
    uint32_t line;
} piece;

typedef struct json_reader {
    pin_reading       *reading;
    pin_str            shown;
    key_map            map;
    piece             *pieces;
    uint32_t           piece_count, line_count;
    size_t             len; /* of all pieces */
    const pin_scratch *scratch;

    /* what is joined so far */
    pin_status         status;
    new_key            keys[NEW_KEYS_MAX];
    uint32_t           key_count;
} json_reader;

static pin_origin line_of(const json_reader *r, const piece *p) { return (pin_origin){r->shown, p->line}; }

static bool grow_list(void **at, uint32_t *cap, uint32_t count, size_t size)
{
    if (count < *cap)
        return true;
    uint32_t wanted = *cap ? *cap * 2 : 64;
    void    *more = realloc(*at, wanted * size);
    if (!more)
        return false;
    *at = more;
    *cap = wanted;
    return true;
}

/* ---- Values ---- */
static bool name_is_known(const key_map *map, pin_str name)
{
    for (int key = 0; key < J_KEYS; key++) {
        if (pin_str_equal(name, pin_str_of(map->mapped[key])))
            return true;
        for (int k = 0; k < NAMES_MAX && key_names[key][k]; k++)
            if (pin_str_equal(name, pin_str_of(key_names[key][k])))
                return true;
    }
    return false;
}

static void note_new_key(piece *p, pin_str key)
{
    char     name[NAME_LEN];
    uint32_t i = 0;
    snprintf(name, sizeof name, "%.*s", PIN_ARG(key));
    while (i < p->new_key_count && strncmp(p->new_keys[i].name, name, NAME_LEN - 1) != 0)
        i++;
    if (i == NEW_KEYS_MAX)
        return;
    if (i == p->new_key_count) {
        snprintf(p->new_keys[i].name, NAME_LEN, "%s", name);
        p->new_keys[i].line = p->line;
        p->new_key_count++;
    }
    p->new_keys[i].count++;
}

static const pin_json *value_of(const json_reader *r, const pin_json *line, int key)
{
    const char     *mapped = r->map.mapped[key];
    const pin_json *value = mapped[0] ? pin_json_member(line, pin_str_of(mapped)) : NULL;
    for (int k = 0; !value && k < NAMES_MAX && key_names[key][k]; k++)
        value = pin_json_member(line, pin_str_of(key_names[key][k]));
    return value && value->type != PIN_JSON_NULL ? value : NULL;
}

static const char *type_name(const pin_json *value)
{
    switch (value->type) {
    case PIN_JSON_OBJECT:
        return "an object";
    case PIN_JSON_LIST:
        return "a list";
    case PIN_JSON_TEXT:
        return "a text";
    case PIN_JSON_INTEGER:
    case PIN_JSON_REAL:
        return "a number";
    case PIN_JSON_TRUE:
    case PIN_JSON_FALSE:
        return "true or false";
    default:
        return "null";
    }
}

static void wrong_type(const json_reader *r, piece *p, const char *key, const char *wanted,
                       const pin_json *value)
{
    pin_finding_add(&p->findings, PIN_ERROR, "json-type", line_of(r, p), (pin_str){0}, NULL,
                    "'%s' should be %s, not %s", key, wanted, type_name(value));
}

/* The text of a key, borrowed from `line`; empty when it is not there. False: not a text. */
static bool text_of(pin_str *out, const json_reader *r, piece *p, const pin_json *line, int key)
{
    const pin_json *value = value_of(r, line, key);
    *out = (pin_str){"", 0};
    if (!value)
        return true;
    if (value->type != PIN_JSON_TEXT) {
        wrong_type(r, p, key_names[key][0], "a text", value);
        return false;
    }
    *out = value->text;
    return true;
}

/* A text that often is the same from line to line: one line, trimmed, in the pool. */
static pin_str shared_text(const json_reader *r, piece *p, const pin_json *line, int key)
{
    pin_str text;
    if (!text_of(&text, r, p, line, key) || !text.len)
        return (pin_str){"", 0};
    if (p->last[key].len && pin_str_equal(p->last[key], text))
        return p->last[key];
    pin_str copy = pin_pool_copy(p->pool, pin_str_trim(text));
    if (!copy.at) {
        p->short_of_memory = true;
        return (pin_str){"", 0};
    }
    char *at = (char *)copy.at;
    for (size_t i = 0; i < copy.len; i++)
        if ((unsigned char)at[i] < ' ' || at[i] == 127)
            at[i] = ' ';
    p->last[key] = copy;
    return copy;
}

/* ---- The id: DESIGN.md, "Input" 3 ---- */
static pin_str joined_id(piece *p, pin_str module, pin_str slug)
{
    char *at = pin_pool_room(p->names, module.len + 1 + slug.len, 1);
    if (!at) {
        p->short_of_memory = true;
        return (pin_str){"", 0};
    }
    memcpy(at, module.at, module.len);
    at[module.len] = '/';
    memcpy(at + module.len + 1, slug.at, slug.len);
    return (pin_str){at, module.len + 1 + slug.len};
}

/* The slug of a module, remembered: items of a module follow each other. */
static pin_str module_slug(piece *p, pin_str text)
{
    if (p->module_slug.len && pin_str_equal(p->module_text, text))
        return p->module_slug;
    p->module_text = pin_pool_copy(p->pool, text);
    p->module_slug = pin_slug(p->names, text);
    p->short_of_memory |= !p->module_text.at || !p->module_slug.at;
    return p->module_slug;
}

static void note_module(const json_reader *r, piece *p, pin_str slug, pin_str title)
{
    const piece_module *last = p->module_count ? &p->modules[p->module_count - 1] : NULL;
    if (last && pin_str_equal(last->slug, slug) && (!title.len || pin_str_equal(title, p->title_text)))
        return;
    void *at = p->modules;
    if (!grow_list(&at, &p->module_cap, p->module_count, sizeof *p->modules)) {
        p->short_of_memory = true;
        return;
    }
    p->modules = at;
    p->title_text = pin_pool_copy(p->pool, title);
    p->short_of_memory |= !p->title_text.at;
    p->modules[p->module_count++] = (piece_module){slug, p->title_text, line_of(r, p)};
}

typedef struct given_name {
    pin_str id, module, module_title; /* as the line has them */
    char    number[24];               /* an id that is a number */
} given_name;

static bool name_take(given_name *out, const json_reader *r, piece *p, const pin_json *line)
{
    const pin_json *id = value_of(r, line, J_ID);
    out->id = (pin_str){"", 0};
    if (id && id->type == PIN_JSON_INTEGER) {
        int len = snprintf(out->number, sizeof out->number, "%lld", (long long)id->integer);
        out->id = (pin_str){out->number, (size_t)len};
    } else if (!text_of(&out->id, r, p, line, J_ID)) {
        return false;
    }
    out->id = pin_str_trim(out->id);
    if (!text_of(&out->module, r, p, line, J_MODULE) ||
        !text_of(&out->module_title, r, p, line, J_MODULE_TITLE))
        return false;
    out->module = pin_str_trim(out->module);
    out->module_title = pin_str_trim(out->module_title);
    return true;
}

/* Where `mark` stands last in `text`, or SIZE_MAX. */
static size_t last_of(pin_str text, char mark)
{
    for (size_t i = text.len; i-- > 0;)
        if (text.at[i] == mark)
            return i;
    return SIZE_MAX;
}

static bool item_name(pin_draft_item *item, const json_reader *r, piece *p, const given_name *name)
{
    pin_str     module = name->module, rest = name->id;
    size_t      slash = last_of(rest, '/');
    const char *colon = rest.len ? memchr(rest.at, ':', rest.len) : NULL;
    if (slash != SIZE_MAX) {
        module = pin_str_part(rest, 0, slash);
        rest = pin_str_part(rest, slash + 1, rest.len);
    } else if (!module.len && colon) {
        module = pin_str_part(rest, 0, (size_t)(colon - rest.at));
        rest = pin_str_part(rest, module.len + 1, rest.len);
    }
    pin_str title = name->module_title.len ? name->module_title : name->module.len ? name->module : module;
    if (module.len) {
        item->module = module_slug(p, module);
    } else {
        item->module = r->reading->fallback_module;
        title = title.len ? title : r->reading->fallback_title;
    }
    item->slug = pin_slug(p->pool, rest.len ? rest : item->question);
    if (!item->module.len || !item->slug.len)
        return false;
    item->id = joined_id(p, item->module, item->slug);
    item->slug = pin_str_part(item->id, item->id.len - item->slug.len, item->id.len);
    if (name->id.len && !pin_str_equal(name->id, item->id))
        item->given_id = pin_pool_copy(p->names, name->id);
    if (!name->id.len)
        pin_finding_add(&p->findings, PIN_NOTE, "no-explicit-id", line_of(r, p), item->id,
                        "give the line an 'id'", "the id is made from the question and changes with it");
    note_module(r, p, item->module, title);
    return true;
}

/* ---- Citations ---- */
static bool entry_text(pin_str *out, const json_reader *r, piece *p, const pin_json *entry, const char *key)
{
    const pin_json *value = pin_json_member(entry, pin_str_of(key));
    *out = (pin_str){"", 0};
    if (!value || value->type == PIN_JSON_NULL)
        return true;
    if (value->type != PIN_JSON_TEXT) {
        wrong_type(r, p, key, "a text", value);
        return false;
    }
    *out = pin_markdown_line(p->pool, value->text);
    p->short_of_memory |= !out->at;
    return true;
}

static void entry_object(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *object)
{
    pin_entry   entry = {.line = p->line};
    pin_str     provision;
    if (!entry_text(&entry.source, r, p, object, "source") ||
        !entry_text(&provision, r, p, object, "provision") ||
        !entry_text(&entry.note, r, p, object, "note") || !entry_text(&entry.quote, r, p, object, "quote"))
        return;
    for (const pin_json *value = object->first; value; value = value->next) {
        static const char *const known[] = {"source", "provision", "note", "quote"};
        bool                     found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found |= pin_str_equal(value->key, pin_str_of(known[i]));
        if (!found)
            note_new_key(p, value->key);
    }
    if (provision.len && entry.source.len)
        entry.written = pin_pool_format(p->pool, "%.*s, %.*s", PIN_ARG(provision), PIN_ARG(entry.source));
    else
        entry.written = provision.len ? provision : entry.source;
    if (!entry.written.len)
        pin_finding_add(&p->findings, PIN_WARNING, "empty-citation", line_of(r, p), item->id,
                        "give it a 'source' or a 'provision'", "a citation names nothing");
    else if (!entry.written.at || pin_draft_add_entry(item, p->pool, &entry) != PIN_OK)
        p->short_of_memory = true;
}

static void item_citations(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *line)
{
    const pin_json *list = value_of(r, line, J_CITATIONS);
    if (!list)
        return;
    if (list->type != PIN_JSON_LIST) {
        wrong_type(r, p, "citations", "a list", list);
        return;
    }
    for (const pin_json *value = list->first; value; value = value->next) {
        if (value->type == PIN_JSON_TEXT) {
            pin_entry entry = {.written = pin_markdown_line(p->pool, value->text), .line = p->line};
            if (entry.written.len && pin_draft_add_entry(item, p->pool, &entry) != PIN_OK)
                p->short_of_memory = true;
        } else if (value->type == PIN_JSON_OBJECT) {
            entry_object(item, r, p, value);
        } else {
            wrong_type(r, p, "citations", "a list of objects or texts", value);
        }
    }
}

static void item_related(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *line)
{
    const pin_json *list = value_of(r, line, J_RELATED);
    uint32_t        count = !list ? 0 : list->type == PIN_JSON_LIST ? list->count : 1;
    if (!count)
        return;
    item->related = pin_pool_take(p->pool, count, sizeof *item->related);
    if (!item->related) {
        p->short_of_memory = true;
        return;
    }
    const pin_json *value = list->type == PIN_JSON_LIST ? list->first : list;
    for (uint32_t i = 0; i < count; i++, value = value->next) {
        if (value->type != PIN_JSON_TEXT) {
            wrong_type(r, p, "related", "a list of texts", value);
            continue;
        }
        item->related[item->related_count++] = pin_pool_copy(p->pool, pin_str_trim(value->text));
    }
}

/* ---- Withdrawn, moved, merged ---- */
static bool fate_value(pin_draft_item *item, const json_reader *r, piece *p, int i, const pin_json *value)
{
    pin_str text = {0};
    if (value->type == PIN_JSON_TEXT)
        text = value->text;
    else if (value->type == PIN_JSON_TRUE)
        text = PIN_STR("yes");
    else if (value->type != PIN_JSON_FALSE)
        wrong_type(r, p, pin_fate_keys[i], "a text", value);
    return pin_draft_fate_key(item, p->pool, &p->findings, pin_fate_keys[i], text, p->line);
}

static void item_fate(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *line)
{
    for (int i = 0; pin_fate_keys[i]; i++) {
        const pin_json *value = value_of(r, line, J_FATES + i);
        uint32_t        count = !value ? 0 : value->type == PIN_JSON_LIST ? value->count : 1;
        if (value && value->type == PIN_JSON_LIST)
            value = value->first;
        for (uint32_t k = 0; k < count && !p->short_of_memory; k++, value = value->next)
            if (!fate_value(item, r, p, i, value))
                p->short_of_memory = true;
    }
}

/* ---- One line ---- */
static void skip_line(const json_reader *r, piece *p, const char *code, const char *hint, const char *message)
{
    pin_finding_add(&p->findings, PIN_ERROR, code, line_of(r, p), (pin_str){0}, hint, "%s", message);
    p->skipped_count++;
}

static pin_draft_item *item_new(piece *p)
{
    void *at = p->items;
    if (!grow_list(&at, &p->item_cap, p->item_count, sizeof *p->items)) {
        p->short_of_memory = true;
        return NULL;
    }
    p->items = at;
    pin_draft_item *item = &p->items[p->item_count];
    *item = (pin_draft_item){0};
    return item;
}

static bool item_question(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *line)
{
    pin_str text;
    if (!text_of(&text, r, p, line, J_QUESTION)) {
        p->skipped_count++;
        return false;
    }
    if (!pin_question_fits(&p->findings, line_of(r, p), text)) {
        p->skipped_count++;
        return false;
    }
    item->question = pin_markdown_line(p->pool, text);
    p->short_of_memory |= !item->question.at;
    if (item->question.len)
        return true;
    skip_line(r, p, "no-question", "give the line a 'question' or a 'title'", "the line has no question");
    return false;
}

static pin_status item_answer(pin_draft_item *item, const json_reader *r, piece *p, const pin_json *line)
{
    pin_answer answer = {.bullets = true, .heading_shift = 2, .line = p->line};
    pin_str    verdict;
    text_of(&answer.text, r, p, line, J_ANSWER);
    text_of(&verdict, r, p, line, J_VERDICT);
    if (verdict.len) {
        item->verdict = pin_markdown_line(p->pool, verdict);
        item->verdict_given = item->verdict.len > 0;
    }
    return pin_draft_answer(item, p->pool, &p->findings, &answer);
}

static void read_object(const json_reader *r, piece *p, const pin_json *line)
{
    given_name      name;
    pin_draft_item *item = item_new(p);
    if (!item || !item_question(item, r, p, line))
        return;
    item->origin = line_of(r, p);
    if (!name_take(&name, r, p, line)) {
        p->skipped_count++;
        return;
    }
    if (!item_name(item, r, p, &name)) {
        skip_line(r, p, "no-slug", "use letters a to z or digits",
                  "no id can be made from 'id' and 'module'");
        return;
    }
    pin_str status = shared_text(r, p, line, J_STATUS);
    item->author = shared_text(r, p, line, J_AUTHOR);
    item->language = shared_text(r, p, line, J_LANGUAGE);
    item->published = pin_draft_date(&p->findings, item->origin, item->id, "published",
                                     shared_text(r, p, line, J_PUBLISHED));
    item->updated =
        pin_draft_date(&p->findings, item->origin, item->id, "updated", shared_text(r, p, line, J_UPDATED));
    pin_draft_status(item, &p->findings, status, p->line);
    item_citations(item, r, p, line);
    item_related(item, r, p, line);
    item_fate(item, r, p, line);
    pin_status answered = item_answer(item, r, p, line);
    if (answered == PIN_OK)
        p->item_count++;
    else if (answered == PIN_LIMIT)
        p->skipped_count++;
    else
        p->short_of_memory = true;

    for (const pin_json *value = line->first; value; value = value->next)
        if (!name_is_known(&r->map, value->key))
            note_new_key(p, value->key);
}

static void json_broken(const json_reader *r, piece *p, pin_str text, const pin_json_error *error)
{
    if (error->no_memory) {
        p->short_of_memory = true;
        return;
    }
    size_t valid = pin_utf8_valid(text);
    if (valid < text.len)
        pin_finding_add(&p->findings, PIN_ERROR, "not-utf8", line_of(r, p), (pin_str){0},
                        "save the file as UTF-8", "byte %zu of the line, 0x%02X, is not UTF-8", valid + 1,
                        (unsigned char)text.at[valid]);
    else
        pin_finding_add(&p->findings, PIN_ERROR, "json-broken", line_of(r, p), (pin_str){0}, NULL,
                        "%s (column %d)", error->text, error->column);
    p->skipped_count++;
}

static void read_line(const json_reader *r, piece *p, pin_str text)
{
    if (text.len > PIN_LINE_MAX) {
        pin_finding_add(&p->findings, PIN_ERROR, "line-too-long", line_of(r, p), (pin_str){0}, NULL,
                        "the line has %zu bytes; at most %u are read", text.len, PIN_LINE_MAX);
        p->skipped_count++;
        return;
    }
    text = pin_str_trim(text);
    if (!text.len)
        return;
    pin_json_error  error;
    const pin_json *line = pin_json_read(&p->json, text, &error);
    if (!line) {
        json_broken(r, p, text, &error);
        return;
    }
    if (line->type == PIN_JSON_OBJECT) {
        read_object(r, p, line);
    } else {
        wrong_type(r, p, "line", "an object", line);
        p->skipped_count++;
    }
}

static void read_piece(const json_reader *r, piece *p)
{
    pin_str left = p->text;
    p->pool = pin_pool_new_in(r->scratch);
    p->names = pin_pool_new_in(r->scratch);
    if (!p->pool || !p->names) {
        p->short_of_memory = true;
        return;
    }
    pin_findings_init(&p->findings, p->pool);
    for (p->line = p->first_line; left.len && !p->short_of_memory; p->line++) {
        const char *end = memchr(left.at, '\n', left.len);
        size_t      len = end ? (size_t)(end - left.at) : left.len;
        read_line(r, p, pin_str_part(left, 0, len));
        left = pin_str_part(left, len + (end != NULL), left.len);
    }
    p->short_of_memory |= p->findings.short_of_memory;
    pin_json_room_free(&p->json);
}

static void read_one_piece(void *ctx, uint32_t number)
{
    json_reader *r = ctx;
    read_piece(r, &r->pieces[number]);
}

/* ---- The whole file ---- */
/* Cut at line ends near every PIECE_LEN bytes; a line longer than that makes a longer piece. */
static bool cut(json_reader *r, pin_str text)
{
    uint32_t most = (uint32_t)(text.len / PIECE_LEN) + 1, line = 1;
    r->pieces = calloc(most, sizeof *r->pieces);
    if (!r->pieces)
        return false;
    for (pin_str left = text; left.len;) {
        size_t len = left.len;
        if (len > PIECE_LEN) {
            const char *end = memchr(left.at + PIECE_LEN - 1, '\n', left.len - PIECE_LEN + 1);
            len = end ? (size_t)(end - left.at) + 1 : left.len;
        }
        piece *p = &r->pieces[r->piece_count++];
        p->text = pin_str_part(left, 0, len);
        p->first_line = line;
        for (const char *at = left.at, *end = at + len; (at = memchr(at, '\n', (size_t)(end - at))); at++)
            line++;
        left = pin_str_part(left, len, left.len);
        pin_rest(r->reading->options);
    }
    r->line_count = line;
    return true;
}

static void merge_new_keys(json_reader *r, const piece *p)
{
    for (uint32_t i = 0; i < p->new_key_count; i++) {
        uint32_t k = 0;
        while (k < r->key_count && strcmp(r->keys[k].name, p->new_keys[i].name) != 0)
            k++;
        if (k == NEW_KEYS_MAX)
            return;
        if (k == r->key_count)
            r->keys[r->key_count++] = p->new_keys[i];
        else
            r->keys[k].count += p->new_keys[i].count;
    }
}

static void merge_findings(pin_findings *into, const pin_findings *from)
{
    for (uint32_t i = 0; i < from->count; i++) {
        const pin_finding *f = &from->at[i];
        pin_finding_add(into, f->severity, f->code.at, (pin_origin){f->file, f->line}, f->item, f->hint.at,
                        "%.*s", PIN_ARG(f->message));
    }
}

/* Two names that make one slug are one module; the first title stays. */
static bool merge_modules(pin_reading *r, const piece *p)
{
    for (uint32_t i = 0; i < p->module_count; i++) {
        const piece_module *m = &p->modules[i];
        uint32_t            before = r->corpus->module_count;
        pin_draft_module   *module = pin_corpus_need_module(
              r->corpus, m->slug, m->title.len ? m->title : m->slug, r->order_base + before, m->origin);
        if (!module)
            return false;
        if (r->corpus->module_count > before || !m->title.len || pin_str_equal(module->title, m->title))
            continue;
        bool same_file = pin_str_equal(module->origin.file, m->origin.file);
        pin_finding_add(r->findings, same_file ? PIN_WARNING : PIN_NOTE, "module-merged", m->origin,
                        (pin_str){0}, NULL, "'%.*s' and '%.*s' are one module, %.*s", PIN_ARG(module->title),
                        PIN_ARG(m->title), PIN_ARG(m->slug));
    }
    return true;
}

static pin_status merge(json_reader *json, piece *p)
{
    pin_reading *r = json->reading;
    pin_corpus  *corpus = r->corpus;
    if (p->short_of_memory || !pin_corpus_reserve(corpus, p->item_count) || !merge_modules(r, p))
        return PIN_NO_SPACE;
    merge_findings(r->findings, &p->findings);
    merge_new_keys(json, p);
    for (uint32_t k = 0; k < p->item_count; k++) {
        pin_draft_item *item = pin_corpus_add_item(corpus);
        if (!item)
            return PIN_NO_SPACE;
        uint64_t rank = item->rank;
        *item = p->items[k];
        item->rank = rank;
    }
    corpus->skipped_count += p->skipped_count;
    pin_pool_adopt(corpus->pool, p->pool);
    pin_pool_adopt(corpus->pool, p->names);
    p->pool = p->names = NULL;
    return PIN_OK;
}

static void piece_free(piece *p)
{
    pin_pool_free(p->pool);
    pin_pool_free(p->names);
    free(p->items);
    free(p->modules);
    p->pool = p->names = NULL;
    p->items = NULL;
    p->modules = NULL;
}

static void merge_one_piece(void *ctx, uint32_t number)
{
    json_reader *r = ctx;
    if (r->status == PIN_OK)
        r->status = merge(r, &r->pieces[number]);
    piece_free(&r->pieces[number]);
}

static pin_status run(json_reader *r)
{
    pin_json_start(); /* before threads meet */
    if (!pin_corpus_reserve(r->reading->corpus, r->line_count) ||
        !pin_parallel_joined(r->reading->options, "reading kB", r->len / 1000, r->piece_count, read_one_piece,
                             merge_one_piece, r))
        return PIN_NO_SPACE;
    for (uint32_t k = 0; k < r->key_count && r->status == PIN_OK; k++)
        pin_finding_add(r->reading->findings, PIN_NOTE, "unknown-key", (pin_origin){r->shown, r->keys[k].line},
                        (pin_str){0}, "--map gives a key another name",
                        "the key '%s' is not known and is left out (%u lines)", r->keys[k].name, r->keys[k].count);
    return r->status;
}

/* --map "id=section,module=chapter" */
static void map_read(key_map *out, pin_reading *r)
{
    pin_str left = r->options ? r->options->map : (pin_str){0};
    while (left.len) {
        const char *comma = memchr(left.at, ',', left.len);
        pin_str     pair = pin_str_part(left, 0, comma ? (size_t)(comma - left.at) : left.len);
        left = pin_str_part(left, pair.len + 1, left.len);
        const char *is = pair.len ? memchr(pair.at, '=', pair.len) : NULL;
        pin_str     ours = pin_str_trim(pin_str_part(pair, 0, is ? (size_t)(is - pair.at) : 0));
        pin_str     given =
            is ? pin_str_trim(pin_str_part(pair, (size_t)(is - pair.at) + 1, pair.len)) : (pin_str){0};
        bool found = false;
        for (int key = 0; key < J_KEYS && given.len && given.len < NAME_LEN; key++)
            if (pin_str_equal(ours, pin_str_of(key_names[key][0]))) {
                memcpy(out->mapped[key], given.at, given.len);
                found = true;
            }
        if (!found)
            pin_finding_add(r->findings, PIN_ERROR, "bad-map", (pin_origin){0}, (pin_str){0},
                            "write id=section,module=chapter", "'%.*s' maps no key that is known",
                            PIN_ARG(pair));
    }
}

pin_status pin_read_json_lines(pin_reading *r, const pin_input_file *file)
{
    json_reader json = {.reading = r,
                        .shown = file->shown,
                        .len = file->bytes.len,
                        .scratch = r->options ? r->options->scratch : NULL};
    pin_str     text = file->bytes;
    if (pin_str_starts(text, PIN_STR("\xEF\xBB\xBF")))
        text = pin_str_part(text, 3, text.len);
    map_read(&json.map, r);
    pin_status status = cut(&json, text) ? run(&json) : PIN_NO_SPACE;
    for (uint32_t i = 0; i < json.piece_count; i++)
        piece_free(&json.pieces[i]);
    free(json.pieces);
    return status;
}
