/* pincite.yml at the root of a corpus: title, addresses and sources. Nothing in it is compulsory. */
#include "indexer/corpus/readers.h"

#include <string.h>

enum { C_TITLE, C_BASE, C_PUBLISHER, C_LANGUAGE, C_DEFAULT_SOURCE, C_PREVIOUS, C_SOURCES, C_FATES };
static const pin_yaml_key config_keys[] = {{.name = "title"},
                                           {.name = "base"},
                                           {.name = "publisher"},
                                           {.name = "language"},
                                           {.name = "default_source"},
                                           {.name = "previous"},
                                           {.name = "sources", .shape = PIN_YAML_TABLE},
                                           {.name = "withdrawn", .shape = PIN_YAML_TABLE},
                                           {.name = "moved", .shape = PIN_YAML_TABLE},
                                           {.name = "merged", .shape = PIN_YAML_TABLE},
                                           {0}};

/* "cra@2024-11-20" */
static void split_version(pin_str *id, pin_str *version)
{
    const char *at = id->len ? memchr(id->at, '@', id->len) : NULL;
    if (!at)
        return;
    size_t cut = (size_t)(at - id->at);
    *version = pin_str_part(*id, cut + 1, id->len);
    *id = pin_str_part(*id, 0, cut);
}

static uint32_t line_of_row(const pin_yaml_key *key, uint32_t row)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (key->pairs[i].row == row)
            return key->pairs[i].line;
    return key->line;
}

/* `sources: {cra: laws/cra}` or a list of {id, version, path}. */
static pin_status read_sources(pin_config *out, pin_pool *pool, pin_findings *findings,
                               const pin_yaml_key *key, pin_str file)
{
    uint32_t rows = key->count ? key->pairs[key->count - 1].row + 1 : 0;
    if (!rows)
        return PIN_OK;
    out->sources = pin_pool_take(pool, rows, sizeof *out->sources);
    if (!out->sources)
        return PIN_NO_SPACE;
    bool short_form = true;
    for (uint32_t i = 1; i < key->count; i++)
        short_form &= key->pairs[i].row != key->pairs[i - 1].row;
    for (uint32_t i = 0; i < key->count; i++) {
        const pin_yaml_pair *pair = &key->pairs[i];
        if (pin_str_equal(pair->key, PIN_STR("id")))
            out->sources[pair->row].id = pair->text;
        else if (pin_str_equal(pair->key, PIN_STR("version")))
            out->sources[pair->row].version = pair->text;
        else if (pin_str_equal(pair->key, PIN_STR("path")))
            out->sources[pair->row].path = pair->text;
        else if (short_form) {
            out->sources[pair->row].id = pair->key;
            out->sources[pair->row].path = pair->text;
        } else
            pin_finding_add(findings, PIN_NOTE, "unknown-key", (pin_origin){file, pair->line}, (pin_str){0},
                            "known: id, version, path", "the key '%.*s' of a source is not known",
                            PIN_ARG(pair->key));
    }
    for (uint32_t i = 0; i < rows; i++) {
        split_version(&out->sources[i].id, &out->sources[i].version);
        if (out->sources[i].id.len && out->sources[i].path.len)
            out->sources[out->source_count++] = out->sources[i];
        else
            pin_finding_add(findings, PIN_ERROR, "bad-source", (pin_origin){file, line_of_row(key, i)},
                            (pin_str){0}, "write 'cra: laws/cra', or id and path",
                            "source %u has no id or no path", i + 1);
    }
    return PIN_OK;
}

static const pin_input_file *config_file(const pin_input *input)
{
    for (uint32_t i = 0; input->is_folder && i < input->file_count; i++)
        if (pin_str_equal(input->files[i].path, PIN_STR("pincite.yml")) ||
            pin_str_equal(input->files[i].path, PIN_STR("pincite.yaml")))
            return &input->files[i];
    return NULL;
}

pin_status pin_corpus_config(pin_config *out, pin_pool *pool, pin_findings *findings, const pin_input *input,
                             pin_error *err)
{
    *out = (pin_config){0};
    const pin_input_file *file = config_file(input);
    if (!file)
        return PIN_OK;
    pin_yaml_key   keys[sizeof config_keys / sizeof *config_keys];
    pin_reading    reading = {.pool = pool, .findings = findings, .input = input};
    pin_str        text, shown = pin_pool_copy(pool, file->shown);
    bool           broken;
    pin_input_file own = {file->path, shown, file->bytes};
    memcpy(keys, config_keys, sizeof keys);
    if (!pin_text_check(&text, &reading, &own))
        return findings->short_of_memory ? PIN_NO_SPACE : PIN_OK;
    pin_status status = pin_yaml_read(keys, &broken, pool, findings, text, (pin_origin){shown, 1});
    if (status == PIN_OK && !broken) {
        out->title = keys[C_TITLE].text;
        out->base = keys[C_BASE].text;
        out->publisher = keys[C_PUBLISHER].text;
        out->language = keys[C_LANGUAGE].text;
        out->default_source = keys[C_DEFAULT_SOURCE].text;
        out->previous = keys[C_PREVIOUS].text;
        status = read_sources(out, pool, findings, &keys[C_SOURCES], shown);
        if (status == PIN_OK)
            status = pin_draft_fate_lists(&out->fates, &out->fate_count, pool, findings, &keys[C_FATES],
                                          (pin_str){0}, shown);
    }
    if (pin_pool_is_short(pool))
        status = PIN_NO_SPACE;
    return status == PIN_OK ? PIN_OK : pin_fail(err, status, 0, "no memory for pincite.yml");
}
