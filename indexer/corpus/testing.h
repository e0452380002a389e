/* For the tests of this folder: a corpus from texts in memory, blocks as a readable line, and findings
 * by code. */
#ifndef PIN_CORPUS_TESTING_H
#define PIN_CORPUS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/corpus/corpus.h"

typedef struct world {
    pin_pool    *pool;
    pin_findings findings;
    pin_corpus   corpus;
} world;

static inline void world_open(world *w)
{
    w->pool = pin_pool_new();
    assert_non_null(w->pool);
    pin_findings_init(&w->findings, w->pool);
    pin_corpus_init(&w->corpus, w->pool);
}

static inline void world_close(world *w) { pin_pool_free(w->pool); }

/* Reads files given as path, text, path, text, ..., NULL; a single path without '/' and folder false
 * is one file. */
static inline void world_read_bytes(world *w, bool folder, const pin_input_file *files, uint32_t count,
                                    const pin_build_options *options)
{
    pin_input  input = {.root = PIN_STR("test"), .is_folder = folder, .files = files, .file_count = count};
    pin_error  err = {0};
    pin_status status = pin_corpus_read(&w->corpus, &w->findings, &input, options, &err);
    assert_int_equal(status, PIN_OK);
}

static inline void world_read(world *w, int folder, ...)
{
    pin_input_file files[32];
    uint32_t       count = 0;
    va_list        args;
    va_start(args, folder);
    for (const char *path; (path = va_arg(args, const char *)) && count < 32; count++)
        files[count] =
            (pin_input_file){pin_str_of(path), pin_str_of(path), pin_str_of(va_arg(args, const char *))};
    va_end(args);
    world_read_bytes(w, folder != 0, files, count, NULL);
}

static inline void world_finish(world *w)
{
    pin_error err;
    assert_int_equal(pin_corpus_finish(&w->corpus, &w->findings, &err), PIN_OK);
}

static inline void assert_text(pin_str text, const char *expected)
{
    if (text.len != strlen(expected) || (text.len && memcmp(text.at, expected, text.len) != 0))
        fail_msg("got '%.*s', expected '%s'", (int)text.len, text.at ? text.at : "", expected);
}

/* The k-th finding with this code, or NULL. */
static inline const pin_finding *finding(const world *w, const char *code, unsigned k)
{
    for (uint32_t i = 0; i < w->findings.count; i++)
        if (pin_str_equal(w->findings.at[i].code, pin_str_of(code)) && k-- == 0)
            return &w->findings.at[i];
    return NULL;
}

static inline void assert_finding(const world *w, const char *code, const char *file, unsigned line)
{
    const pin_finding *f = finding(w, code, 0);
    if (!f)
        fail_msg("no finding '%s' among %u", code, w->findings.count);
    assert_text(f->file, file);
    assert_int_equal(f->line, line);
}

static inline void assert_no_findings(const world *w)
{
    if (w->findings.count)
        fail_msg("%.*s: %.*s", (int)w->findings.at[0].code.len, w->findings.at[0].code.at,
                 (int)w->findings.at[0].message.len, w->findings.at[0].message.at);
}

static inline const pin_draft_item *item_of(const world *w, const char *id)
{
    for (uint32_t i = 0; i < w->corpus.item_count; i++)
        if (pin_str_equal(w->corpus.items[i].id, pin_str_of(id)))
            return &w->corpus.items[i];
    fail_msg("no item '%s'", id);
    return NULL;
}

static inline const pin_draft_module *module_of(const world *w, const char *slug)
{
    for (uint32_t i = 0; i < w->corpus.module_count; i++)
        if (pin_str_equal(w->corpus.modules[i].slug, pin_str_of(slug)))
            return &w->corpus.modules[i];
    fail_msg("no module '%s'", slug);
    return NULL;
}

/* Blocks as a line: "p(text em(more) ) list(entry(a))"; texts in quotes. */
static inline const char *blocks_line(pin_str blocks)
{
    static char              line[16384];
    static const char *const names[] = {
        [PIN_B_PARAGRAPH] = "p",    [PIN_B_HEADING] = "h",     [PIN_B_LIST] = "list",
        [PIN_B_NUMBERED] = "ol",    [PIN_B_ENTRY] = "entry",   [PIN_B_QUOTE] = "quote",
        [PIN_B_TABLE] = "table",    [PIN_B_ROW] = "row",       [PIN_B_CELL] = "cell",
        [PIN_B_CODE_BLOCK] = "pre", [PIN_B_RULE] = "rule",     [PIN_B_EMPHASIS] = "em",
        [PIN_B_STRONG] = "strong",  [PIN_B_STRIKE] = "strike", [PIN_B_LINK] = "link",
        [PIN_B_ITEM_LINK] = "item", [PIN_B_CITE] = "cite",     [PIN_B_CODE] = "code",
        [PIN_B_BREAK] = "br",       [PIN_B_IMAGE] = "img"};
    pin_block_walk walk;
    pin_block      b;
    size_t         len = 0;
    line[0] = '\0';
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &b) && len < sizeof line - 2000) {
        const char *space = len && line[len - 1] != '(' ? " " : "";
        if (b.op == PIN_B_END)
            len += (size_t)sprintf(line + len, ")");
        else if (b.op == PIN_B_TEXT)
            len += (size_t)sprintf(line + len, "%s'%.*s'", space, (int)b.text.len, b.text.at);
        else
            len += (size_t)sprintf(line + len, "%s%s", space, names[b.op]);
        if (b.op == PIN_B_HEADING || b.op == PIN_B_NUMBERED || b.op == PIN_B_TABLE || b.op == PIN_B_CITE ||
            ((b.op == PIN_B_ROW || b.op == PIN_B_CELL) && b.number))
            len += (size_t)sprintf(line + len, "%u", b.number);
        if (b.op != PIN_B_TEXT && b.op != PIN_B_END && (b.text.len || b.extra.len)) {
            if (b.text.len && b.text.at[0] == 1)
                len += (size_t)sprintf(line + len, "#%.*s", (int)b.text.len - 1, b.text.at + 1);
            else
                len += (size_t)sprintf(line + len, "<%.*s|%.*s>", (int)b.text.len, b.text.at ? b.text.at : "",
                                       (int)b.extra.len, b.extra.at ? b.extra.at : "");
        }
        bool container = b.op && b.op <= PIN_B_CITE && b.op != PIN_B_CODE_BLOCK && b.op != PIN_B_RULE;
        if (container)
            len += (size_t)sprintf(line + len, "(");
    }
    assert_false(walk.failed);
    return line;
}

#endif
