/* A module file: front matter, "# title", an overview, and a "## question {#slug}" for each item.
 *
 *     ## What is the tailor-made product exception? {#tailor-made-exception}
 *     status: draft                                    lines of this kind are optional
 *
 *     Verdict: Two requirements may bend, by agreement with one business user.
 *
 *     The answer in Markdown.
 *
 *     Citations:
 *     - Annex I, Part I, point (2)(b) — allows it > "unless otherwise agreed"
 *
 * A Markdown file is a module file, and not one question of a tree, when one of its level 2 headings
 * carries a {#slug}; or when it has level 2 headings and lies at the root of the corpus, or has the
 * front matter of a module (description, audience, order), or no level 1 heading, or one that is no
 * question while a level 2 heading is. */
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"

#include <string.h>

/* ---- Headings ---- */
/* Takes "{#slug}" off the end of a heading; false when there is none. */
static bool heading_slug(pin_str *text, pin_str *slug)
{
    if (text->len < 4 || text->at[text->len - 1] != '}')
        return false;
    size_t open = text->len - 1;
    while (open && text->at[open] != '{')
        open--;
    if (text->at[open] != '{' || text->at[open + 1] != '#')
        return false;
    *slug = pin_str_trim(pin_str_part(*text, open + 2, text->len - 1));
    *text = pin_str_trim(pin_str_part(*text, 0, open));
    return slug->len > 0;
}

static bool ends_with_question_mark(pin_str text) { return text.len && text.at[text.len - 1] == '?'; }

static bool is_module_front(pin_str yaml)
{
    static const char *const keys[] = {"description:", "audience:", "order:"};
    pin_lines                lines = pin_lines_of(yaml, 1);
    pin_str                  line;
    size_t                   start;
    while (pin_lines_next(&lines, &line, &start))
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (pin_str_starts(line, pin_str_of(keys[i])))
                return true;
    return false;
}

bool pin_is_module_file(pin_str text, bool in_folder)
{
    pin_front front = pin_front_split(text);
    pin_lines lines = pin_lines_of(front.body, 1);
    bool      has_title = false, title_asks = false, has_second = false, second_asks = false;
    pin_str   line, heading, slug;
    size_t    start;
    while (pin_lines_next(&lines, &line, &start)) {
        int level = lines.in_code ? 0 : pin_heading_of(&heading, line);
        if (level == 1 && !has_title) {
            has_title = true;
            title_asks = ends_with_question_mark(heading);
        } else if (level == 2) {
            if (heading_slug(&heading, &slug))
                return true;
            has_second = true;
            second_asks |= ends_with_question_mark(heading);
        }
    }
    return has_second &&
           (!in_folder || !has_title || (second_asks && !title_asks) || is_module_front(front.yaml));
}

/* ---- Front matter ---- */
enum {
    M_TITLE,
    M_DESCRIPTION,
    M_AUDIENCE,
    M_AUTHOR,
    M_PUBLISHED,
    M_UPDATED,
    M_STATUS,
    M_ORDER,
    M_ICON,
    M_LANGUAGE,
    M_WITHDRAWN,
    M_MOVED,
    M_MERGED
};
static const pin_yaml_key module_keys[] = {{.name = "title"},
                                           {.name = "description"},
                                           {.name = "audience", .shape = PIN_YAML_LIST},
                                           {.name = "author"},
                                           {.name = "published"},
                                           {.name = "updated"},
                                           {.name = "status"},
                                           {.name = "order"},
                                           {.name = "icon"},
                                           {.name = "language"},
                                           {.name = "withdrawn", .shape = PIN_YAML_TABLE},
                                           {.name = "moved", .shape = PIN_YAML_TABLE},
                                           {.name = "merged", .shape = PIN_YAML_TABLE},
                                           {0}};
enum { MODULE_KEYS = sizeof module_keys / sizeof *module_keys };

typedef struct module_reader {
    pin_reading  *r;
    pin_str       file, slug;
    pin_yaml_key *keys;
    pin_str       published, updated;
} module_reader;

/* A list of audiences reads as one text. */
static pin_str joined(pin_pool *pool, const pin_yaml_key *key)
{
    pin_str text = key->count ? key->list[0] : PIN_STR("");
    for (uint32_t i = 1; i < key->count; i++)
        text = pin_pool_format(pool, "%.*s, %.*s", PIN_ARG(text), PIN_ARG(key->list[i]));
    return text;
}

static int64_t order_of(module_reader *m)
{
    pin_str text = m->keys[M_ORDER].text;
    int64_t order = 0;
    size_t  i = 0;
    if (!text.len)
        return pin_hub_order(m->r, m->slug);
    for (; i < text.len && i < 8 && pin_is_digit((unsigned char)text.at[i]); i++)
        order = order * 10 + (text.at[i] - '0');
    if (i == text.len)
        return order;
    pin_finding_add(m->r->findings, PIN_WARNING, "yaml-type", (pin_origin){m->file, m->keys[M_ORDER].line},
                    (pin_str){0}, NULL, "'order' should be a number, not '%.*s'", PIN_ARG(text));
    return PIN_ORDER_UNLISTED;
}

static pin_draft_module *module_make(module_reader *m, pin_str title, uint32_t line)
{
    pin_pool         *pool = m->r->pool;
    pin_origin        origin = {m->file, line};
    bool              known = pin_corpus_module(m->r->corpus, m->slug) != NULL;
    pin_draft_module *module =
        pin_corpus_need_module(m->r->corpus, m->slug, title, m->r->order_base + order_of(m), origin);
    if (!module)
        return NULL;
    if (known) {
        pin_finding_add(m->r->findings, PIN_WARNING, "module-merged", origin, (pin_str){0},
                        "rename one of the files",
                        "the module '%.*s' exists already (%.*s); the questions are put together",
                        PIN_ARG(m->slug), PIN_ARG(module->origin.file));
        return module;
    }
    module->description = m->keys[M_DESCRIPTION].text;
    module->audience = joined(pool, &m->keys[M_AUDIENCE]);
    module->icon = m->keys[M_ICON].text;
    module->author = m->keys[M_AUTHOR].text;
    module->published = m->published;
    module->updated = m->updated;
    return module;
}

/* ---- Items ---- */
static bool key_equals(pin_str name, const char *lower)
{
    size_t i = 0;
    while (i < name.len && lower[i] && pin_ascii_lower((unsigned char)name.at[i]) == (unsigned char)lower[i])
        i++;
    return i == name.len && !lower[i];
}

/* A line about what became of the item, "withdrawn: the act was amended". */
static bool item_fate(pin_draft_item *item, module_reader *m, pin_str name, pin_str value, uint32_t number)
{
    /* "Instead: ..." may begin an answer; it is about the fate of an item that has one */
    if (pin_draft_lives(item) && (key_equals(name, "since") || key_equals(name, "instead")))
        return false;
    for (int i = 0; pin_fate_keys[i]; i++)
        if (key_equals(name, pin_fate_keys[i]))
            return pin_draft_fate_key(item, m->r->pool, m->r->findings, pin_fate_keys[i], value, number);
    return false;
}

/* A line "status: draft" directly below the heading: taken, or false when it belongs to the answer. */
static bool item_line(pin_draft_item *item, module_reader *m, pin_str line, uint32_t number)
{
    const char *colon = line.len ? memchr(line.at, ':', line.len) : NULL;
    if (!colon)
        return false;
    pin_str       name = pin_str_part(line, 0, (size_t)(colon - line.at));
    pin_str       value = pin_str_trim(pin_str_part(line, name.len + 1, line.len));
    pin_findings *f = m->r->findings;
    pin_origin    origin = {m->file, number};
    if (!value.len || !(value = pin_pool_copy(m->r->pool, value)).at)
        return false;
    if (key_equals(name, "status"))
        pin_draft_status(item, f, value, number);
    else if (key_equals(name, "author"))
        item->author = value;
    else if (key_equals(name, "published"))
        item->published = pin_draft_date(f, origin, item->id, "published", value);
    else if (key_equals(name, "updated"))
        item->updated = pin_draft_date(f, origin, item->id, "updated", value);
    else if (key_equals(name, "language"))
        item->language = value;
    else if (key_equals(name, "verdict")) {
        item->verdict = pin_markdown_line(m->r->pool, value);
        item->verdict_given = true;
    } else
        return item_fate(item, m, name, value, number);
    return true;
}

/* Reads over the lines before the answer and says where that begins. */
static size_t item_lines(pin_draft_item *item, module_reader *m, pin_str text, uint32_t first,
                         uint32_t *answer_line)
{
    pin_lines lines = pin_lines_of(text, first);
    pin_str   line;
    size_t    start, answer = 0;
    *answer_line = first;
    while (pin_lines_next(&lines, &line, &start)) {
        if (pin_str_trim(line).len && (lines.in_code || !item_line(item, m, line, lines.number)))
            break;
        answer = lines.at;
        *answer_line = lines.number + 1;
    }
    return answer;
}

static bool item_name(pin_draft_item *item, module_reader *m, pin_str *heading, uint32_t line)
{
    pin_str given = {0};
    bool explicit = heading_slug(heading, &given);
    pin_pool *pool = m->r->pool;
    item->question = pin_markdown_line(pool, *heading);
    item->slug = pin_slug(pool, explicit ? given : item->question);
    item->module = m->slug;
    if (!item->slug.len)
        return false;
    item->id = pin_pool_format(pool, "%.*s/%.*s", PIN_ARG(item->module), PIN_ARG(item->slug));
    if (explicit && !pin_str_equal(given, item->slug))
        item->given_id = pin_pool_copy(pool, given);
    if (!explicit) {
        pin_str hint =
            pin_pool_format(pool, "write: ## %.*s {#%.*s}", PIN_ARG(*heading), PIN_ARG(item->slug));
        pin_finding_add(m->r->findings, PIN_NOTE, "no-explicit-id", (pin_origin){m->file, line}, item->id,
                        NULL, "the id is made from the question and changes with it");
        if (m->r->findings->count && hint.at)
            m->r->findings->at[m->r->findings->count - 1].hint = hint;
    }
    return item->id.at != NULL;
}

/* One "## question" with all that stands below it. PIN_LIMIT: too long, told. */
static pin_status item_read(module_reader *m, pin_str heading, uint32_t line, pin_str text)
{
    pin_reading    *r = m->r;
    pin_draft_item *item = pin_corpus_add_item(r->corpus);
    if (!item)
        return PIN_NO_SPACE;
    item->origin = (pin_origin){m->file, line};
    if (!pin_question_fits(r->findings, item->origin, heading))
        return PIN_LIMIT;
    if (!item_name(item, m, &heading, line)) {
        pin_corpus_drop_item(r->corpus);
        r->corpus->skipped_count++;
        pin_finding_add(r->findings, PIN_ERROR, "no-slug", (pin_origin){m->file, line}, (pin_str){0},
                        "write {#slug} after the question", "no id can be made from the question '%.*s'",
                        PIN_ARG(heading));
        return PIN_OK;
    }
    item->author = m->keys[M_AUTHOR].text;
    item->published = m->published;
    item->updated = m->updated;
    item->language = m->keys[M_LANGUAGE].text;
    uint32_t answer_line;
    size_t   at = item_lines(item, m, text, line + 1, &answer_line);
    if (!item->status_text.len && m->keys[M_STATUS].text.len) {
        item->status_text = m->keys[M_STATUS].text; /* told once, for the whole file */
        item->status = pin_status_slug(item->status_text);
    }
    pin_answer answer = {.text = pin_str_part(text, at, text.len), .line = answer_line};
    return pin_draft_answer(item, r->pool, r->findings, &answer);
}

/* The overview keeps its links until they are resolved, as answers do. */
static pin_status overview_read(module_reader *m, uint32_t module, pin_str text, uint32_t line)
{
    pin_markdown in = {.text = text, .origin = {m->file, line}, .item = {0}};
    pin_marked   marked;
    if (text.len > PIN_ANSWER_MAX) {
        pin_finding_add(m->r->findings, PIN_ERROR, "too-long", in.origin, (pin_str){0}, NULL,
                        "the overview has %zu bytes; at most %u are read", text.len, PIN_ANSWER_MAX);
        return PIN_OK;
    }
    pin_status status = pin_markdown_blocks(&marked, m->r->pool, m->r->findings, &in);
    if (status != PIN_OK)
        return status;
    pin_draft_module *at = &m->r->corpus->modules[module];
    if (at->overview.len)
        return PIN_OK;
    at->overview = marked.blocks;
    at->links = marked.links;
    at->link_count = marked.link_count;
    return PIN_OK;
}

typedef struct section {
    pin_str  heading; /* of the question; empty for what stands before the first */
    uint32_t line;
    size_t   from; /* of its text in the body */
    uint32_t text_line;
} section;

/* Sections end at the next level 2 heading. */
static bool section_next(section *next, pin_lines *lines, size_t *end)
{
    pin_str line, heading;
    size_t  start;
    while (pin_lines_next(lines, &line, &start)) {
        if (lines->in_code || pin_heading_of(&heading, line) != 2)
            continue;
        *end = start;
        *next = (section){heading, lines->number, lines->at, lines->number + 1};
        return true;
    }
    *end = lines->text.len;
    return false;
}

/* "# title" at the start of the overview: taken off. */
static pin_str title_take(pin_str *overview, uint32_t *line, uint32_t *title_line)
{
    pin_lines lines = pin_lines_of(*overview, *line);
    pin_str   text, title = {0};
    size_t    start;
    while (pin_lines_next(&lines, &text, &start)) {
        if (!pin_str_trim(text).len)
            continue;
        if (pin_heading_of(&title, text) != 1)
            return (pin_str){0};
        *title_line = lines.number;
        *overview = pin_str_part(*overview, lines.at, overview->len);
        *line = lines.number + 1;
        return title;
    }
    return (pin_str){0};
}

static pin_status body_read(module_reader *m, pin_front front)
{
    pin_lines lines = pin_lines_of(front.body, front.body_line);
    section   now = {.text_line = front.body_line}, next;
    size_t    end;
    bool      more = section_next(&next, &lines, &end);
    uint32_t  title_line = 1;
    pin_str   overview = pin_str_part(front.body, 0, end);
    pin_str   title = title_take(&overview, &now.text_line, &title_line);
    pin_str shown = m->keys[M_TITLE].text.len ? m->keys[M_TITLE].text : pin_markdown_line(m->r->pool, title);
    pin_draft_module *module = module_make(m, shown.len ? shown : m->slug, title_line);
    if (!module)
        return PIN_NO_SPACE;
    uint32_t   number = (uint32_t)(module - m->r->corpus->modules);
    pin_status status = overview_read(m, number, overview, now.text_line);
    if (!more)
        pin_finding_add(m->r->findings, PIN_ERROR, "no-question", (pin_origin){m->file, title_line},
                        (pin_str){0}, "write '## the question? {#slug}'", "the module has no question");
    while (status == PIN_OK && more) {
        now = next;
        more = section_next(&next, &lines, &end);
        status = item_read(m, now.heading, now.line, pin_str_part(front.body, now.from, end));
        if (status == PIN_LIMIT) { /* told; the others stay */
            pin_corpus_drop_item(m->r->corpus);
            m->r->corpus->skipped_count++;
            status = PIN_OK;
        }
    }
    return status;
}

/* The module is named by its file, wherever that lies: "cra/security-updates.md" is security-updates. */
static pin_str slug_of_file(pin_pool *pool, pin_str path)
{
    size_t from = path.len;
    while (from && path.at[from - 1] != '/')
        from--;
    pin_str name = pin_str_part(path, from, path.len);
    if (name.len > 3 && pin_str_equal(pin_str_part(name, name.len - 3, name.len), PIN_STR(".md")))
        name.len -= 3;
    return pin_slug(pool, name);
}

/* The front matter's word about questions that are no longer in the file. */
static pin_status read_fates(const module_reader *m)
{
    pin_draft_fate *fates = NULL;
    uint32_t        count = 0;
    pin_status      status = pin_draft_fate_lists(&fates, &count, m->r->pool, m->r->findings,
                                                  &m->keys[M_WITHDRAWN], m->slug, m->file);
    for (uint32_t i = 0; i < count && status == PIN_OK; i++)
        status = pin_corpus_add_fate(m->r->corpus, &fates[i]);
    return status;
}

pin_status pin_read_module_file(pin_reading *r, const pin_input_file *file, pin_str text)
{
    pin_yaml_key  keys[MODULE_KEYS];
    pin_front     front = pin_front_split(text);
    pin_origin    origin = {file->shown, 1};
    module_reader m = {.r = r, .file = file->shown, .keys = keys, .slug = slug_of_file(r->pool, file->path)};
    bool          broken = false;
    memcpy(keys, module_keys, sizeof keys);
    if (!m.slug.at)
        return PIN_NO_SPACE;
    if (front.open || !m.slug.len) {
        pin_finding_add(r->findings, PIN_ERROR, front.open ? "yaml-broken" : "no-slug", origin, (pin_str){0},
                        NULL,
                        front.open ? "the front matter is never closed with '---'"
                                   : "no id can be made from the name of the file");
        r->corpus->skipped_count++;
        return PIN_OK;
    }
    origin.line = front.yaml_line;
    pin_status status = pin_yaml_read(keys, &broken, r->pool, r->findings, front.yaml, origin);
    if (status != PIN_OK)
        return status;
    if (broken) {
        r->corpus->skipped_count++;
        return PIN_OK;
    }
    m.published = pin_draft_date(r->findings, (pin_origin){file->shown, keys[M_PUBLISHED].line}, (pin_str){0},
                                 "published", keys[M_PUBLISHED].text);
    m.updated = pin_draft_date(r->findings, (pin_origin){file->shown, keys[M_UPDATED].line}, (pin_str){0},
                               "updated", keys[M_UPDATED].text);
    pin_draft_item probe = {.origin = {file->shown, keys[M_STATUS].line}};
    pin_draft_status(&probe, r->findings, keys[M_STATUS].text, keys[M_STATUS].line);
    status = body_read(&m, front);
    return status == PIN_OK ? read_fates(&m) : status;
}
