/* The findings of an index file. It knows items, not files and lines, so that is what they name. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/check_index.h"
#include "pincite/blocks.h"

/* ---- Collecting ---- */
static char *copy_of(pin_str text)
{
    char *copy = malloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return copy;
}

static void add(pin_cli_findings *f, pin_severity severity, const char *code, pin_str item,
                const char *message, pin_str subject)
{
    if (f->count == f->cap) {
        uint32_t     cap = f->cap ? f->cap * 2 : 64;
        pin_finding *more = realloc(f->at, cap * sizeof *more);
        if (!more) {
            f->short_of_memory = true;
            return;
        }
        f->at = more;
        f->cap = cap;
    }
    char  line[1024];
    int   shown = (int)(subject.len < 300 ? subject.len : 300);
    char *id = copy_of(item), *text;
    snprintf(line, sizeof line, message, shown, subject.len > 0 ? subject.at : "");
    text = copy_of(pin_str_of(line));
    if (!id || !text) {
        free(id);
        free(text);
        f->short_of_memory = true;
        return;
    }
    f->at[f->count++] = (pin_finding){
        .severity = severity, .code = pin_str_of(code), .item = pin_str_of(id), .message = pin_str_of(text)};
}

void pin_cli_findings_free(pin_cli_findings *f)
{
    for (uint32_t i = 0; i < f->count; i++) {
        free((void *)(uintptr_t)f->at[i].item.at);
        free((void *)(uintptr_t)f->at[i].message.at);
    }
    free(f->at);
    *f = (pin_cli_findings){0};
}

/* ---- Looking ---- */
static void check_citation(pin_cli_findings *f, const pin_item *item, const pin_citation *c)
{
    pin_str written = c->written.len > 0 ? c->written : c->label;
    switch ((pin_cite_state)c->state) {
    case PIN_CITE_MISSING:
        add(f, PIN_ERROR, "provision-missing", item->id, "'%.*s' does not exist in its act", written);
        break;
    case PIN_CITE_NOT_UNDERSTOOD:
        add(f, PIN_WARNING, "citation-not-understood", item->id,
            "'%.*s' looks like a citation, but cannot be read", written);
        break;
    case PIN_CITE_OTHER_ACT:
        add(f, PIN_NOTE, "other-act", item->id, "'%.*s' is of an act that is not among the sources", written);
        break;
    case PIN_CITE_NOT_CHECKED:
        add(f, PIN_NOTE, "not-checked", item->id, "'%.*s' is of an act whose text is not in the index",
            written);
        break;
    case PIN_CITE_RESOLVED:
        break;
    }
}

static void check_links(pin_cli_findings *f, pin_cli_index *index, const pin_item *item)
{
    pin_block_walk walk;
    pin_block      block;
    pin_block_walk_init(&walk, item->blocks);
    while (pin_block_next(&walk, &block)) {
        uint32_t number;
        if (block.op != PIN_B_ITEM_LINK || pin_index_find_module(&number, index->ix, block.text) == PIN_OK)
            continue;
        if (pin_index_find_item(&number, index->ix, block.text, &index->room.arena, NULL) == PIN_NOT_FOUND)
            add(f, PIN_ERROR, "dead-reference", item->id, "there is no item '%.*s'", block.text);
    }
    if (walk.failed)
        add(f, PIN_ERROR, "damaged", item->id, "the answer cannot be read%.*s", (pin_str){0});
}

static void check_item(pin_cli_findings *f, pin_cli_index *index, const pin_item *item)
{
    if (item->blocks.len == 0)
        add(f, PIN_WARNING, "unanswered", item->id, "the question has no answer yet%.*s", (pin_str){0});
    else if (item->citation_count == 0)
        add(f, PIN_NOTE, "no-citations", item->id, "the answer cites nothing%.*s", (pin_str){0});
    for (uint32_t i = 0; i < item->citation_count; i++)
        check_citation(f, item, &item->citations[i]);
    check_links(f, index, item);
}

static pin_status verify(pin_cli_index *index, pin_error *err)
{
    pin_status status;
    do
        status = pin_index_verify(index->ix, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

/* An answer without citations is a slip where the other answers of its module have lists of them. */
static void weigh_missing_lists(pin_cli_findings *f, const pin_index *ix, const bool *has_lists)
{
    for (uint32_t i = 0; i < f->count; i++) {
        pin_str     id = f->at[i].item;
        const char *slash = id.len > 0 ? memchr(id.at, '/', id.len) : NULL;
        uint32_t    module;
        if (!slash || !pin_str_equal(f->at[i].code, PIN_STR("no-citations")))
            continue;
        if (pin_index_find_module(&module, ix, pin_str_part(id, 0, (size_t)(slash - id.at))) == PIN_OK &&
            has_lists[module])
            f->at[i].severity = PIN_WARNING;
    }
}

static pin_status check_items(pin_cli_findings *f, pin_cli_index *index, bool *has_lists, pin_error *err)
{
    pin_release release;
    pin_index_release(&release, index->ix);
    for (uint32_t i = 0; i < release.item_count; i++) {
        pin_item   item;
        pin_status status = PIN_NO_SPACE;
        if (!pin_cli_room_ready(&index->room))
            return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
        do
            status = pin_index_item(&item, index->ix, i, &index->room.arena, err);
        while (pin_cli_room_again(&index->room, status));
        if (status != PIN_OK)
            return status;
        if (item.citation_count > 0 && item.citations[0].in_list)
            has_lists[item.module] = true;
        check_item(f, index, &item);
    }
    return PIN_OK;
}

int pin_cli_check_index(pin_cli_findings *f, pin_cli *cli, pin_cli_index *index)
{
    pin_error   err = {0};
    pin_release release;
    *f = (pin_cli_findings){0};
    pin_status status = verify(index, &err);
    if (status == PIN_CORRUPT) {
        add(f, PIN_ERROR, "damaged", (pin_str){0}, "%.*s", pin_str_of(err.message));
        return PIN_EXIT_GOOD;
    }
    pin_index_release(&release, index->ix);
    bool *has_lists = calloc(release.module_count + 1u, sizeof *has_lists);
    if (!has_lists)
        return pin_cli_misuse(cli, "out of memory");
    if (status == PIN_OK)
        status = check_items(f, index, has_lists, &err);
    weigh_missing_lists(f, index->ix, has_lists);
    free(has_lists);
    if (status != PIN_OK)
        return pin_cli_index_complain(cli, index, &err);
    if (f->short_of_memory)
        return pin_cli_misuse(cli, "out of memory");
    return PIN_EXIT_GOOD;
}
