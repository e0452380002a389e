/* pincite show: one card, with its status and the words of the law that it cites. */
#include <string.h>

#include "host/cli/cli.h"

static const pin_cli_option options[] = {
    {"json", 0, NULL, "the card as one line of JSON (docs/http.md)", false},
    {"markdown", 0, NULL, "the card as Markdown", false},
    {0},
};

typedef struct card {
    uint32_t         item;
    bool             json, markdown;
    pin_text_options text;
} card;

static pin_status render(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    const card *c = what;
    if (c->markdown)
        return pin_markdown_item(out, ix, c->item, arena, err);
    if (!c->json)
        return pin_text_item(out, ix, c->item, &c->text, arena, err);
    pin_status status = pin_json_item(out, ix, c->item, arena, err);
    pin_buf_byte(out, '\n');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static pin_status find(uint32_t *item, pin_cli_index *index, pin_str id, pin_error *err)
{
    pin_status status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&index->room))
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    do
        status = pin_index_find_item(item, index->ix, id, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

/* MODULE/SLUG@REVISION of an item that is there: this index keeps the newest words only. */
static bool asks_for_revision(pin_cli_index *index, pin_str id, pin_str *item)
{
    uint32_t    number;
    const char *at = id.len > 0 ? memchr(id.at, '@', id.len) : NULL;
    *item = pin_str_part(id, 0, at ? (size_t)(at - id.at) : 0);
    return at && find(&number, index, *item, NULL) == PIN_OK;
}

static int show(pin_cli *cli, pin_cli_index *index, pin_str id)
{
    card       c = {.json = pin_cli_has(cli, "json"),
                    .markdown = pin_cli_has(cli, "markdown"),
                    .text = {.width = cli->width, .colour = cli->colour}};
    pin_error  err = {0};
    pin_str    item;
    pin_status status = find(&c.item, index, id, &err);
    if (status == PIN_NOT_FOUND && asks_for_revision(index, id, &item)) {
        pin_cli_note(cli, "'%s' has no older revisions of '%.*s'", index->path, (int)item.len, item.at);
        return PIN_EXIT_NONE;
    }
    if (status == PIN_NOT_FOUND)
        return pin_cli_no_item(cli, index, id);
    if (status != PIN_OK)
        return pin_cli_index_complain(cli, index, &err);
    return pin_cli_print(cli, index, render, &c);
}

static int run(pin_cli *cli)
{
    if (cli->argument_count > 2)
        return pin_cli_misuse(cli, "one item at a time: pincite show FILE ID");
    if (pin_cli_has(cli, "json") && pin_cli_has(cli, "markdown"))
        return pin_cli_misuse(cli, "--json or --markdown, not both");
    pin_cli_index index;
    int           exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = show(cli, &index, pin_str_of(cli->arguments[1]));
    pin_cli_index_close(&index);
    return exit_code;
}

const pin_cli_command pin_cli_show = {
    .name = "show",
    .usage = "FILE ID [options]",
    .summary = "show one card, with the words it cites",
    .about = "Shows the card ID of the index FILE: question, status, verdict, answer, and\n"
             "beneath each citation the words of the law. ID is MODULE/SLUG, or the id that\n"
             "the corpus gave the item.",
    .options = options,
    .examples = "pincite show faq.pin stewards/sbom\n"
                "pincite show faq.pin seed:01 --json",
    .exits = {"the card was found", "there is no such item; the nearest ids are named",
              "misuse, an unreadable file, or a failed write"},
    .least = 2,
    .run = run,
};
