/* One CORPUS argument after the other: which reader takes which file. */
#include "core/bytes/bytes.h"
#include "indexer/corpus/map.h"
#include "indexer/corpus/readers.h"

#include <string.h>

static bool ends_with(pin_str text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.at + text.len - len, end, len) == 0;
}

static pin_str file_name(pin_str path)
{
    size_t from = path.len;
    while (from && path.at[from - 1] != '/')
        from--;
    return pin_str_part(path, from, path.len);
}

static bool in_folder(pin_str path) { return path.len && memchr(path.at, '/', path.len) != NULL; }

/* README.md, AUTHORS.md, CODE_OF_CONDUCT.md: by custom about the repository, not of the corpus. */
static bool is_about_repository(pin_str name)
{
    size_t end = name.len;
    while (end && name.at[end - 1] != '.')
        end--;
    if (end < 2)
        return false;
    for (size_t i = 0; i + 1 < end; i++)
        if (!(name.at[i] >= 'A' && name.at[i] <= 'Z') && name.at[i] != '_' && name.at[i] != '-')
            return false;
    return true;
}

/* Is `path` the source's own path, or below it? */
static bool is_source_file(const pin_config *config, pin_str path)
{
    for (uint32_t i = 0; i < config->source_count; i++) {
        pin_str at = config->sources[i].path;
        while (pin_str_starts(at, PIN_STR("./")))
            at = pin_str_part(at, 2, at.len);
        while (at.len && at.at[at.len - 1] == '/')
            at.len--;
        if (at.len && pin_str_starts(path, at) && (path.len == at.len || path.at[at.len] == '/'))
            return true;
    }
    return false;
}

typedef enum file_kind { FILE_OTHER, FILE_LIST, FILE_MARKDOWN, FILE_JSON_LINES } file_kind;

static file_kind kind_of(pin_str path)
{
    pin_str name = file_name(path);
    if (pin_str_equal(name, PIN_STR("README.yml")) || pin_str_equal(name, PIN_STR("README.yaml")))
        return FILE_LIST;
    if (ends_with(name, ".md") || ends_with(name, ".markdown"))
        return is_about_repository(name) ? FILE_OTHER : FILE_MARKDOWN;
    return ends_with(name, ".jsonl") || ends_with(name, ".ndjson") ? FILE_JSON_LINES : FILE_OTHER;
}

static pin_status read_markdown(pin_reading *r, const pin_input_file *file)
{
    pin_str text;
    if (!pin_text_check(&text, r, file)) {
        r->corpus->skipped_count++;
        return PIN_OK;
    }
    if (pin_is_module_file(text, in_folder(file->path)))
        return pin_read_module_file(r, file, text);
    return pin_read_tree_item(r, file, text);
}

static pin_status read_file(pin_reading *r, const pin_input_file *file, file_kind kind)
{
    pin_str text;
    switch (kind) {
    case FILE_LIST:
        return pin_text_check(&text, r, file) ? pin_read_folder_list(r, file, text) : PIN_OK;
    case FILE_MARKDOWN:
        return read_markdown(r, file);
    case FILE_JSON_LINES:
        return pin_read_json_lines(r, file);
    default:
        return PIN_OK;
    }
}

/* The file as readers keep it: names outlive the input. */
static bool own_names(pin_input_file *out, pin_pool *pool, const pin_input_file *file)
{
    *out = (pin_input_file){pin_pool_copy(pool, file->path), pin_pool_copy(pool, file->shown), file->bytes};
    return out->path.at && out->shown.at;
}

/* Two rounds: the lists name and order the folders that the questions lie in. The list at the root is
 * first of all: a path without a folder. */
static pin_status read_files(pin_reading *r, const pin_input *input, const pin_config *config)
{
    pin_status status = PIN_OK;
    for (int round = 0; round < 3 && status == PIN_OK; round++) {
        for (uint32_t i = 0; i < input->file_count && status == PIN_OK; i++) {
            const pin_input_file *file = &input->files[i];
            file_kind             kind = kind_of(file->path);
            if (!input->is_folder && kind == FILE_OTHER && ends_with(file->path, ".md"))
                kind = FILE_MARKDOWN; /* asked for by name */
            int mine = kind == FILE_LIST ? in_folder(file->path) : 2;
            if (kind == FILE_OTHER || mine != round || is_source_file(config, file->path))
                continue;
            pin_input_file own;
            status = own_names(&own, r->pool, file) ? read_file(r, &own, kind) : PIN_NO_SPACE;
        }
    }
    return status;
}

/* What the list at the root names must be there: a module, or a question at the root. */
static void check_hub(const pin_reading *r)
{
    for (uint32_t i = 0; i < r->hub.count; i++) {
        pin_str slug = pin_slug(r->pool, r->hub.list[i]);
        bool    found = pin_corpus_module(r->corpus, slug) != NULL;
        pin_str item = pin_pool_format(r->pool, "%.*s/%.*s", PIN_ARG(r->fallback_module), PIN_ARG(slug));
        for (uint32_t k = 0; k < r->corpus->item_count && !found; k++)
            found = pin_str_equal(r->corpus->items[k].id, item);
        if (!found)
            pin_finding_add(r->findings, PIN_ERROR, "dead-reference",
                            (pin_origin){r->hub_origin.file, r->hub.lines[i]}, (pin_str){0},
                            "name a folder of the corpus", "the list names '%.*s', which is not there",
                            PIN_ARG(r->hub.list[i]));
    }
}

/* Home of items that name none: --module, else the name of the corpus, else "questions". */
static bool fallback_of(pin_reading *r)
{
    pin_str name = r->options ? r->options->module : (pin_str){0};
    if (!name.len) {
        pin_str root = r->input->root;
        while (root.len && root.at[root.len - 1] == '/')
            root.len--;
        name = file_name(root);
        size_t dot = name.len;
        while (dot && name.at[dot - 1] != '.')
            dot--;
        if (!r->input->is_folder && dot > 1)
            name = pin_str_part(name, 0, dot - 1);
    }
    r->fallback_module = pin_slug(r->pool, name);
    r->fallback_title = pin_pool_copy(r->pool, name);
    if (!r->fallback_module.len || pin_module_is_reserved(r->fallback_module)) {
        r->fallback_module = PIN_STR("questions");
        r->fallback_title = PIN_STR("Questions");
    }
    return r->fallback_module.at && r->fallback_title.at;
}

static bool has_finding(const pin_findings *findings, const pin_finding *wanted)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        const pin_finding *f = &findings->at[i];
        if (f->line == wanted->line && pin_str_equal(f->file, wanted->file) &&
            pin_str_equal(f->code, wanted->code) && pin_str_equal(f->message, wanted->message))
            return true;
    }
    return false;
}

/* The host may have asked for the config before, to load its sources: what is wrong is told once. */
static pin_status merge_config(pin_corpus *corpus, pin_findings *findings, const pin_input *input,
                               pin_config *config, pin_error *err)
{
    pin_findings again;
    pin_findings_init(&again, corpus->pool);
    pin_status status = pin_corpus_config(config, corpus->pool, &again, input, err);
    bool given = config->title.len || config->base.len || config->publisher.len || config->language.len ||
                 config->default_source.len || config->source_count;
    if (status == PIN_OK && given && !corpus->has_config) {
        corpus->config = *config;
        corpus->has_config = true;
    }
    for (uint32_t i = 0; i < again.count; i++) {
        const pin_finding *f = &again.at[i];
        if (has_finding(findings, f))
            continue;
        pin_finding_add(findings, f->severity, f->code.at, (pin_origin){f->file, f->line}, f->item,
                        f->hint.at, "%.*s", PIN_ARG(f->message));
    }
    return status;
}

pin_status pin_corpus_read(pin_corpus *corpus, pin_findings *findings, const pin_input *input,
                           const pin_build_options *options, pin_error *err)
{
    pin_reading r = {
        .corpus = corpus,
        .pool = corpus->pool,
        .findings = findings,
        .input = input,
        .options = options,
        .order_base = (int64_t)corpus->input_count++ * INT64_C(0x100000000),
    };
    pin_config config;
    pin_status status = merge_config(corpus, findings, input, &config, err);
    if (status != PIN_OK)
        return status;
    if (!input->is_folder && input->file_count == 1 && kind_of(input->files[0].path) == FILE_OTHER &&
        !ends_with(input->files[0].path, ".md"))
        return pin_fail(err, PIN_BAD_INPUT, 0, "not a corpus: expected a folder, a .md or a .jsonl file");
    if (!fallback_of(&r))
        return pin_fail(err, PIN_NO_SPACE, 0, "no memory for the corpus");
    for (uint32_t i = 0; i < config.fate_count && status == PIN_OK; i++)
        status = pin_corpus_add_fate(corpus, &config.fates[i]);
    if (status == PIN_OK)
        status = read_files(&r, input, &config);
    if (status == PIN_OK)
        check_hub(&r);
    if (findings->short_of_memory || pin_pool_is_short(corpus->pool))
        status = PIN_NO_SPACE;
    return status == PIN_OK ? PIN_OK : pin_fail(err, status, 0, "no memory for the corpus");
}
