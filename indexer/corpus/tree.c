/* A tree: folders are modules, README.yml says how they are called and ordered, a file is a question.
 *
 * The module of a file is its folder; of nested folders, their names joined by '-': the item of
 * "law/eu/cra.md" is "law-eu/cra", and it is found under "law/eu/cra" as well. A file at the root has
 * no folder; its home is the module for items that name none. */
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"

#include <string.h>

static pin_str path_folder(pin_str path)
{
    size_t end = path.len;
    while (end && path.at[end - 1] != '/')
        end--;
    return end ? pin_str_part(path, 0, end - 1) : (pin_str){"", 0};
}

static pin_str path_stem(pin_str path)
{
    size_t from = path.len, to = path.len;
    while (from && path.at[from - 1] != '/')
        from--;
    for (size_t i = path.len; i > from + 1; i--)
        if (path.at[i - 1] == '.') {
            to = i - 1;
            break;
        }
    return pin_str_part(path, from, to);
}

/* "remote-processing" -> "Remote processing" */
static pin_str title_of_folder(pin_pool *pool, pin_str folder)
{
    pin_str title = pin_pool_copy(pool, path_stem(folder));
    char   *at = (char *)title.at;
    for (size_t i = 0; title.at && i < title.len; i++) {
        if (at[i] == '-' || at[i] == '_')
            at[i] = ' ';
        else if (i == 0 && at[i] >= 'a' && at[i] <= 'z')
            at[i] = (char)(at[i] - 32);
    }
    return title;
}

/* ---- README.yml ---- */
enum { LIST_TITLE, LIST_DESCRIPTION, LIST_ICON, LIST_AUDIENCE, LIST_FAQS, LIST_ITEMS };
static const pin_yaml_key list_keys[] = {{.name = "title"},
                                         {.name = "description"},
                                         {.name = "icon"},
                                         {.name = "audience"},
                                         {.name = "faqs", .shape = PIN_YAML_LIST},
                                         {.name = "items", .shape = PIN_YAML_LIST},
                                         {0}};

static void list_of_hub(pin_reading *r, const pin_yaml_key *keys, const pin_yaml_key *list, pin_origin origin)
{
    r->hub = *list;
    r->hub_origin = origin;
    r->hub_title = keys[LIST_TITLE].text;
    r->hub_description = keys[LIST_DESCRIPTION].text;
    r->hub_icon = keys[LIST_ICON].text;
    if (!r->corpus->config.title.len)
        r->corpus->config.title = r->hub_title;
}

pin_status pin_read_folder_list(pin_reading *r, const pin_input_file *file, pin_str text)
{
    pin_yaml_key keys[sizeof list_keys / sizeof *list_keys];
    pin_origin   origin = {file->shown, 1};
    pin_str      folder = path_folder(file->path);
    bool         broken;
    memcpy(keys, list_keys, sizeof keys);
    pin_status status = pin_yaml_read(keys, &broken, r->pool, r->findings, text, origin);
    if (status != PIN_OK)
        return status;
    const pin_yaml_key *list = keys[LIST_FAQS].given ? &keys[LIST_FAQS] : &keys[LIST_ITEMS];
    if (!folder.len) {
        list_of_hub(r, keys, list, origin);
        return PIN_OK;
    }
    /* what was read before the break still names the folder: its files are there */
    pin_str slug = pin_slug(r->pool, folder);
    pin_str title = keys[LIST_TITLE].text.len ? keys[LIST_TITLE].text : title_of_folder(r->pool, folder);
    if (!slug.at || !title.at)
        return PIN_NO_SPACE;
    if (!slug.len)
        return PIN_OK;
    pin_draft_module *module =
        pin_corpus_need_module(r->corpus, slug, title, r->order_base + pin_hub_order(r, slug), origin);
    if (!module)
        return PIN_NO_SPACE;
    module->title = title;
    module->description = keys[LIST_DESCRIPTION].text;
    module->icon = keys[LIST_ICON].text;
    module->audience = keys[LIST_AUDIENCE].text;
    if (!module->listed_count) {
        module->listed = list->list;
        module->listed_lines = list->lines;
        module->listed_count = list->count;
        module->list_origin = origin;
    }
    return PIN_OK;
}

/* ---- One question ---- */
enum {
    ITEM_STATUS,
    ITEM_RELATED,
    ITEM_GUIDANCE,
    ITEM_SOURCE,
    ITEM_TYPE,
    ITEM_TITLE,
    ITEM_AUTHOR,
    ITEM_PUBLISHED,
    ITEM_UPDATED,
    ITEM_LANGUAGE,
    ITEM_VERDICT,
    ITEM_FATES /* the keys of pin_fate_keys, in their order */
};
static const pin_yaml_key item_keys[] = {
    {.name = "Status"},      {.name = "Related issues", .shape = PIN_YAML_LIST},
    {.name = "guidance-id"}, {.name = "Source", .shape = PIN_YAML_LIST},
    {.name = "type"},        {.name = "title"},
    {.name = "author"},      {.name = "published"},
    {.name = "updated"},     {.name = "language"},
    {.name = "verdict"},     {.name = "withdrawn"},
    {.name = "since"},       {.name = "instead"},
    {.name = "moved_to"},    {.name = "merged_into"},
    {.name = "moved_from", .shape = PIN_YAML_LIST},
    {0}};

typedef struct question {
    pin_str  text; /* of the heading, as Markdown */
    uint32_t line;
    pin_str  before, answer;
    uint32_t answer_line;
} question;

/* The first heading of level 1, or the first of any level. */
static bool question_find(question *out, pin_str body, uint32_t first)
{
    pin_lines lines = pin_lines_of(body, first);
    pin_str   line, text;
    size_t    start;
    int       best = 0;
    while (best != 1 && pin_lines_next(&lines, &line, &start)) {
        int level = lines.in_code ? 0 : pin_heading_of(&text, line);
        if (!level || !text.len || (best && level != 1))
            continue;
        best = level;
        *out = (question){.text = text,
                          .line = lines.number,
                          .before = pin_str_part(body, 0, start),
                          .answer = pin_str_part(body, lines.at, body.len),
                          .answer_line = lines.number + 1};
    }
    return best > 0;
}

static bool list_add(pin_str **list, uint32_t *count, pin_pool *pool, pin_str text)
{
    if ((*count & (*count - 1)) == 0) {
        pin_str *more = pin_pool_take(pool, *count ? (size_t)*count * 2 : 1, sizeof *more);
        if (!more)
            return false;
        if (*count)
            memcpy(more, *list, *count * sizeof *more);
        *list = more;
    }
    (*list)[(*count)++] = text;
    return true;
}

/* "https://a/33, https://a/64" -> two */
static bool add_related(pin_draft_item *item, pin_pool *pool, pin_str text)
{
    while (text.len) {
        size_t end = 0;
        while (end < text.len && !(text.at[end] == ',' && (end + 1 == text.len || text.at[end + 1] == ' ')))
            end++;
        pin_str one = pin_str_trim(pin_str_part(text, 0, end));
        if (one.len && !list_add(&item->related, &item->related_count, pool, one))
            return false;
        text = pin_str_part(text, end + 1, text.len);
    }
    return true;
}

/* `Source` is an address, shown with the related links, or a citation like any other. */
static bool add_source(pin_draft_item *item, pin_pool *pool, pin_str text, uint32_t line)
{
    if (pin_str_starts(text, PIN_STR("http://")) || pin_str_starts(text, PIN_STR("https://")))
        return list_add(&item->related, &item->related_count, pool, text);
    pin_entry entry = {.written = text, .line = line};
    return !text.len || pin_draft_add_entry(item, pool, &entry) == PIN_OK;
}

static bool item_fate(pin_draft_item *item, pin_reading *r, const pin_yaml_key *keys)
{
    bool ok = true;
    for (int i = 0; pin_fate_keys[i] && ok; i++) {
        const pin_yaml_key *key = &keys[ITEM_FATES + i];
        if (key->shape != PIN_YAML_LIST)
            ok = pin_draft_fate_key(item, r->pool, r->findings, pin_fate_keys[i], key->text, key->line);
        for (uint32_t k = 0; key->shape == PIN_YAML_LIST && k < key->count && ok; k++)
            ok = pin_draft_fate_key(item, r->pool, r->findings, pin_fate_keys[i], key->list[k], key->lines[k]);
    }
    return ok;
}

static pin_status item_front(pin_draft_item *item, pin_reading *r, const pin_yaml_key *keys)
{
    pin_pool *pool = r->pool;
    bool      ok = true;
    for (uint32_t i = 0; ok && i < keys[ITEM_RELATED].count; i++)
        ok = add_related(item, pool, keys[ITEM_RELATED].list[i]);
    for (uint32_t i = 0; ok && i < keys[ITEM_SOURCE].count; i++)
        ok = add_source(item, pool, keys[ITEM_SOURCE].list[i], keys[ITEM_SOURCE].lines[i]);
    if (!ok || !item_fate(item, r, keys))
        return PIN_NO_SPACE;
    pin_draft_status(item, r->findings, keys[ITEM_STATUS].text, keys[ITEM_STATUS].line);
    item->guidance = keys[ITEM_GUIDANCE].text;
    item->guidance_line = keys[ITEM_GUIDANCE].line;
    item->author = keys[ITEM_AUTHOR].text;
    item->language = keys[ITEM_LANGUAGE].text;
    item->published = pin_draft_date(r->findings, (pin_origin){item->origin.file, keys[ITEM_PUBLISHED].line},
                                     item->id, "published", keys[ITEM_PUBLISHED].text);
    item->updated = pin_draft_date(r->findings, (pin_origin){item->origin.file, keys[ITEM_UPDATED].line},
                                   item->id, "updated", keys[ITEM_UPDATED].text);
    if (keys[ITEM_VERDICT].text.len) {
        item->verdict = pin_markdown_line(pool, keys[ITEM_VERDICT].text);
        item->verdict_given = true;
    }
    return PIN_OK;
}

/* id, slug and module from the path; false when the names have no letter that a slug could keep. */
static bool item_name(pin_draft_item *item, pin_reading *r, pin_str path)
{
    pin_str folder = path_folder(path), stem = path_stem(path);
    item->slug = pin_slug(r->pool, stem);
    item->module = folder.len ? pin_slug(r->pool, folder) : r->fallback_module;
    if (!item->slug.len || !item->module.len)
        return false;
    item->id = pin_pool_format(r->pool, "%.*s/%.*s", PIN_ARG(item->module), PIN_ARG(item->slug));
    pin_str given = folder.len ? pin_str_part(path, 0, folder.len + 1 + stem.len) : stem;
    if (!pin_str_equal(given, item->id))
        item->given_id = pin_pool_copy(r->pool, given);
    return item->id.at != NULL;
}

/* A folder without README.yml still is a module; files at the root share one. */
static pin_status item_module(const pin_draft_item *item, pin_reading *r, pin_str folder)
{
    pin_str title = folder.len ? title_of_folder(r->pool, folder) : r->hub_title;
    if (!title.len)
        title = r->fallback_title;
    bool              known = pin_corpus_module(r->corpus, item->module) != NULL;
    pin_draft_module *module = pin_corpus_need_module(
        r->corpus, item->module, title, r->order_base + pin_hub_order(r, item->module), item->origin);
    if (!module)
        return PIN_NO_SPACE;
    if (!known && !folder.len) { /* the README.yml at the root is the list of these files too */
        module->description = r->hub_description;
        module->icon = r->hub_icon;
        module->listed = r->hub.list;
        module->listed_lines = r->hub.lines;
        module->listed_count = r->hub.count;
        module->list_origin = r->hub_origin;
    }
    return PIN_OK;
}

static void skip_file(pin_reading *r, const char *code, pin_origin origin, const char *hint,
                      const char *message)
{
    pin_finding_add(r->findings, PIN_ERROR, code, origin, (pin_str){0}, hint, "%s", message);
    r->corpus->skipped_count++;
}

static pin_status read_question(pin_draft_item *item, pin_reading *r, const pin_input_file *file,
                                const pin_yaml_key *keys, const question *q)
{
    pin_str folder = path_folder(file->path);
    item->origin = (pin_origin){file->shown, q->line};
    item->question = pin_markdown_line(r->pool, q->text);
    if (!item->question.at)
        return PIN_NO_SPACE;
    pin_status status = item_module(item, r, folder);
    if (status == PIN_OK)
        status = item_front(item, r, keys);
    if (status != PIN_OK)
        return status;
    if (pin_str_trim(q->before).len)
        pin_finding_add(r->findings, PIN_WARNING, "text-before-question", item->origin, item->id,
                        "move it below the heading", "text before the question is left out");
    pin_answer answer = {.text = q->answer, .line = q->answer_line, .folder = folder, .heading_shift = 1};
    return pin_draft_answer(item, r->pool, r->findings, &answer);
}

/* A file that says of itself that it is something else: type: guidance-request. */
static pin_status read_not_item(pin_reading *r, const pin_input_file *file, const pin_yaml_key *keys)
{
    pin_str stem = path_stem(file->path), folder = path_folder(file->path);
    pin_str path =
        pin_pool_copy(r->pool, pin_str_part(file->path, 0, folder.len + (folder.len > 0) + stem.len));
    return path.at ? pin_corpus_add_not_item(r->corpus, path, keys[ITEM_STATUS].text) : PIN_NO_SPACE;
}

static bool is_question_type(pin_str type)
{
    return !type.len || pin_str_equal(type, PIN_STR("question")) || pin_str_equal(type, PIN_STR("faq"));
}

pin_status pin_read_tree_item(pin_reading *r, const pin_input_file *file, pin_str text)
{
    pin_yaml_key keys[sizeof item_keys / sizeof *item_keys];
    pin_front    front = pin_front_split(text);
    pin_origin   origin = {file->shown, 1};
    bool         broken;
    question     q = {0};
    memcpy(keys, item_keys, sizeof keys);
    if (front.open) {
        skip_file(r, "yaml-broken", origin, "end it with a line '---'", "the front matter is never closed");
        return PIN_OK;
    }
    pin_status status = pin_yaml_read(keys, &broken, r->pool, r->findings, front.yaml,
                                      (pin_origin){file->shown, front.yaml_line});
    if (status != PIN_OK)
        return status;
    if (broken) { /* its status is unknown: better no card than one without its warning */
        r->corpus->skipped_count++;
        return PIN_OK;
    }
    if (!is_question_type(keys[ITEM_TYPE].text))
        return read_not_item(r, file, keys);
    if (!question_find(&q, front.body, front.body_line)) {
        q = (question){keys[ITEM_TITLE].text, keys[ITEM_TITLE].line, {0}, front.body, front.body_line};
        if (!q.text.len) {
            skip_file(r, "no-question", origin, "begin with a line '# the question?'",
                      "the file has no question");
            return PIN_OK;
        }
    }
    pin_draft_item *item = pin_corpus_add_item(r->corpus);
    if (!item)
        return PIN_NO_SPACE;
    if (!item_name(item, r, file->path)) {
        pin_corpus_drop_item(r->corpus);
        skip_file(r, "no-slug", origin, "use letters a to z or digits",
                  "no id can be made from the name of the file");
        return PIN_OK;
    }
    status = pin_question_fits(r->findings, (pin_origin){file->shown, q.line}, q.text)
                 ? read_question(item, r, file, keys, &q)
                 : PIN_LIMIT;
    if (status != PIN_LIMIT)
        return status;
    pin_corpus_drop_item(r->corpus);
    r->corpus->skipped_count++;
    return PIN_OK;
}
