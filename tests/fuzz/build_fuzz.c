/* Any bytes as law, description and corpus. Whatever comes in, a build either says what is wrong or
 * writes an index that its own reader accepts to the last byte; provisions nest properly, and every
 * finding is one line of UTF-8 with a code.
 *
 * The input is cut at bytes FF: rows of provisions, source.yml, JSON Lines, a question of a tree, a
 * module file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/source/source.h"
#include "pincite/build.h"
#include "pincite/index.h"

#define MUST(claim)                                                                                          \
    do {                                                                                                     \
        if (!(claim)) {                                                                                      \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);                              \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

enum { PARTS = 5, MEMORY = 32 << 20 };
static char room[MEMORY], scratch[MEMORY]; /* kept, as asking for them anew costs more than a build */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the file in memory ---- */
typedef struct memory_file {
    char  *at;
    size_t len, cap;
} memory_file;

static bool write_at(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    memory_file *f = ctx;
    MUST(offset <= SIZE_MAX - len);
    size_t end = (size_t)offset + len;
    if (end > f->cap) {
        size_t cap = end * 2;
        char  *more = realloc(f->at, cap);
        MUST(more);
        memset(more + f->cap, 0, cap - f->cap);
        f->at = more;
        f->cap = cap;
    }
    if (len)
        memcpy(f->at + offset, bytes, len);
    if (end > f->len)
        f->len = end;
    return true;
}

/* ---- claims ---- */

static void check_findings(const pin_build *b)
{
    for (uint32_t i = 0; i < pin_build_finding_count(b); i++) {
        const pin_finding *f = pin_build_finding(b, i);
        MUST(f->code.len > 0 && f->message.len > 0 && f->severity <= PIN_ERROR);
        MUST(pin_utf8_valid(f->message) == f->message.len);
        for (size_t k = 0; k < f->message.len; k++)
            MUST((unsigned char)f->message.at[k] >= ' ');
    }
}

static void check_provisions(pin_str rows)
{
    pin_pool        *pool = pin_pool_new();
    pin_source_set   set;
    pin_findings     findings;
    pin_input_file   file = {.path = PIN_STR("p.jsonl"), .shown = PIN_STR("p.jsonl"), .bytes = rows};
    pin_input_source source = {.id = PIN_STR("law"), .input = {.files = &file, .file_count = 1}};
    pin_source_set_init(&set, pool);
    pin_findings_init(&findings, pool);
    if (pin_source_add(&set, &findings, &source, NULL) == PIN_OK) {
        MUST(pin_source_finish(&set, &findings, (pin_str){0}, NULL) == PIN_OK);
        const pin_draft_source *s = &set.sources[0];
        pin_law                 law = pin_source_law(&set);
        MUST(s->provision_count > 0);
        for (uint32_t i = 0; i < s->provision_count; i++) {
            const pin_draft_provision *p = &s->provisions[i];
            MUST(law.find(law.ctx, 0, p->id) == i);
            MUST(p->end > i && p->end <= s->provision_count);
            if (p->parent == PIN_NO_PROVISION) {
                MUST(p->depth == 0);
            } else {
                MUST(p->parent < i && p->depth == s->provisions[p->parent].depth + 1);
                MUST(p->end <= s->provisions[p->parent].end);
            }
        }
    } else {
        MUST(findings.count > 0 || pin_str_trim(rows).len == 0 || rows.len < 4);
    }
    pin_pool_free(pool);
}

static void check_index(const memory_file *f, const pin_build_report *report)
{
    pin_arena  arena = pin_arena_over(room, MEMORY), item_arena = pin_arena_over(scratch, MEMORY);
    pin_piece  piece = {0, f->len, (const uint8_t *)f->at};
    pin_file   file = {.len = f->len, .pieces = &piece, .piece_count = 1};
    pin_index *ix;
    pin_error  err = {0};
    MUST(f->len == report->file_len);
    pin_status status = pin_index_open(&ix, &file, &arena, &err);
    if (status != PIN_OK)
        fprintf(stderr, "open: %s\n", err.message);
    MUST(status == PIN_OK);
    status = pin_index_verify(ix, &item_arena, &err);
    if (status != PIN_OK)
        fprintf(stderr, "verify: %s at %llu\n", err.message, (unsigned long long)err.offset);
    MUST(status == PIN_OK);

    pin_release release;
    uint32_t    citations = 0;
    pin_index_release(&release, ix);
    MUST(release.item_count == report->item_count && release.module_count == report->module_count);
    for (uint32_t i = 0; i < release.item_count; i++) {
        pin_item item;
        uint32_t number;
        pin_arena_reset(&item_arena);
        MUST(pin_index_item(&item, ix, i, &item_arena, &err) == PIN_OK);
        MUST(pin_index_find_item(&number, ix, item.id, &item_arena, &err) == PIN_OK && number == i);
        citations += item.citation_count;
    }
    MUST(citations == report->citation_count);
}

/* ---- one input ---- */

static void cut(pin_str parts[PARTS], const uint8_t *data, size_t size)
{
    pin_str left = {(const char *)data, size};
    for (int i = 0; i < PARTS; i++) {
        const char *mark = left.len ? memchr(left.at, 0xFF, left.len) : NULL;
        size_t      len = mark && i < PARTS - 1 ? (size_t)(mark - left.at) : left.len;
        parts[i] = pin_str_part(left, 0, len);
        left = pin_str_part(left, len + 1, left.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pin_str parts[PARTS];
    cut(parts, data, size);
    check_provisions(parts[0]);

    const pin_input_file law[] = {{PIN_STR("provisions.jsonl"), PIN_STR("law/provisions.jsonl"), parts[0]},
                                  {PIN_STR("source.yml"), PIN_STR("law/source.yml"), parts[1]}};
    const pin_input_file files[] = {{PIN_STR("a/items.jsonl"), PIN_STR("c/a/items.jsonl"), parts[2]},
                                    {PIN_STR("b/question.md"), PIN_STR("c/b/question.md"), parts[3]},
                                    {PIN_STR("module.md"), PIN_STR("c/module.md"), parts[4]}};
    pin_input_source     source = {.id = PIN_STR("cra"),
                                   .input = {PIN_STR("law"), true, law, parts[1].len ? 2u : 1u}};
    pin_input            input = {PIN_STR("c"), true, files, 3};
    pin_build_options    options = {0};
    pin_build_report     report;
    memory_file          out = {0};
    pin_sink             sink = {&out, write_at};
    pin_error            err = {0};
    pin_build           *b = pin_build_new(&options);
    MUST(b);
    pin_build_add_source(b, &source, &err);
    MUST(pin_build_add_corpus(b, &input, &err) == PIN_OK);
    pin_status status = pin_build_finish(&report, b, &sink, &err);
    MUST(status == PIN_OK || (status == PIN_BAD_INPUT && report.item_count == 0));
    check_findings(b);
    if (status == PIN_OK)
        check_index(&out, &report);
    pin_build_free(b);
    free(out.at);
    return 0;
}
