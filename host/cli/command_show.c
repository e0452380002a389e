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
    pin_str          id, digits;
    pin_revision     revisions[2];
    pin_past         past;
    pin_text_options text;
    bool             json, markdown;
} card;

static pin_status end_line(pin_buf *out, pin_status status)
{
    pin_buf_byte(out, '\n');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

/* What was found lives in the room, which printing uses anew: so it is found again there. */
static pin_status render_current(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    const card *c = what;
    if (c->markdown)
        return pin_markdown_item(out, ix, c->item, arena, err);
    if (c->json)
        return end_line(out, pin_json_item(out, ix, c->item, arena, err));
    return pin_text_item(out, ix, c->item, &c->text, arena, err);
}

static pin_status render_revision(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    card               *c = what;
    const pin_revision *r = &c->revisions[0];
    pin_status          status = pin_index_find_revision(c->revisions, ix, c->id, c->digits, arena, err);
    if (status != PIN_OK)
        return status;
    if (c->markdown)
        return pin_markdown_revision(out, ix, r, arena, err);
    if (c->json)
        return end_line(out, pin_json_revision(out, ix, c->id, r, arena, err));
    return pin_text_revision(out, ix, c->id, r, &c->text, arena, err);
}

static pin_status render_gone(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    card      *c = what;
    pin_status status = pin_index_past(&c->past, ix, c->id, arena, err);
    if (status != PIN_OK)
        return status;
    if (c->json)
        return end_line(out, pin_json_gone(out, ix, &c->past, (pin_str){0}, 0, arena, err));
    return pin_text_gone(out, ix, &c->past, &c->text, arena, err);
}

/* MODULE/SLUG@DIGITS; false when there is no '@'. */
static bool split(pin_str *id, pin_str *digits, pin_str text)
{
    size_t at = text.len;
    while (at > 0 && text.at[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    *id = pin_str_part(text, 0, at - 1);
    *digits = pin_str_part(text, at, text.len);
    return true;
}

typedef pin_status look(card *c, pin_cli_index *index, pin_error *err);

static pin_status look_for_item(card *c, pin_cli_index *index, pin_error *err)
{
    return pin_index_find_item(&c->item, index->ix, c->id, &index->room.arena, err);
}

static pin_status look_for_past(card *c, pin_cli_index *index, pin_error *err)
{
    return pin_index_past(&c->past, index->ix, c->id, &index->room.arena, err);
}

static pin_status look_for_revision(card *c, pin_cli_index *index, pin_error *err)
{
    return pin_index_find_revision(c->revisions, index->ix, c->id, c->digits, &index->room.arena, err);
}

static pin_status find(card *c, pin_cli_index *index, look *how, pin_error *err)
{
    pin_status status = PIN_NO_SPACE;
    if (!pin_cli_room_ready(&index->room))
        return pin_fail(err, PIN_NO_SPACE, 0, "out of memory");
    do
        status = how(c, index, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

static int show_revision(pin_cli *cli, pin_cli_index *index, card *c)
{
    pin_str    digits = c->digits;
    pin_error  err = {0};
    int        len = (int)(c->id.len < 400 ? c->id.len : 400);
    pin_status status = find(c, index, look_for_revision, &err);
    if (status == PIN_OK)
        return pin_cli_print(cli, index, render_revision, c);
    if (status == PIN_LIMIT) {
        char hex[2][2 * PIN_REVISION_LEN];
        for (int i = 0; i < 2; i++)
            pin_revision_hex(hex[i], c->revisions[i].hash);
        return pin_cli_misuse(cli, "'%.*s' fits two revisions: %.*s@%.32s and %.*s@%.32s", (int)digits.len, digits.at,
                              len, c->id.at, hex[0], len, c->id.at, hex[1]);
    }
    if (status == PIN_BAD_INPUT)
        return pin_cli_misuse(cli, "%s", err.message);
    if (status != PIN_NOT_FOUND)
        return pin_cli_index_complain(cli, index, &err);
    if (find(c, index, look_for_past, NULL) != PIN_OK)
        return pin_cli_no_item(cli, index, c->id);
    pin_cli_note(cli, "'%.*s' has no revision '%.*s' in '%s'", len, c->id.at,
                 (int)(digits.len < 64 ? digits.len : 64), digits.at, index->path);
    return PIN_EXIT_NONE;
}

static int show(pin_cli *cli, pin_cli_index *index, pin_str id)
{
    card       c = {.id = id,
                    .json = pin_cli_has(cli, "json"),
                    .markdown = pin_cli_has(cli, "markdown"),
                    .text = {.width = cli->width, .colour = cli->colour}};
    pin_error  err = {0};
    pin_status status = find(&c, index, look_for_item, &err);
    if (status == PIN_OK)
        return pin_cli_print(cli, index, render_current, &c);
    if (status == PIN_NOT_FOUND && split(&c.id, &c.digits, id))
        return show_revision(cli, index, &c);
    if (status == PIN_NOT_FOUND && find(&c, index, look_for_past, NULL) == PIN_OK) {
        int exit_code = pin_cli_print(cli, index, render_gone, &c);
        return exit_code == PIN_EXIT_GOOD ? PIN_EXIT_NONE : exit_code;
    }
    if (status == PIN_NOT_FOUND)
        return pin_cli_no_item(cli, index, id);
    return pin_cli_index_complain(cli, index, &err);
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
    .usage = "FILE ID[@REVISION] [options]",
    .summary = "show one card, with the words it cites",
    .about = "Shows the card ID of the index FILE: question, status, verdict, answer, and\n"
             "beneath each citation the words of the law. ID is MODULE/SLUG, or the id that\n"
             "the corpus gave the item. With @ and 8 or more digits of a revision it is shown\n"
             "as it stood then, with the words of the law of that day. Of an item that is gone\n"
             "it says why, since when, and where to go.",
    .options = options,
    .examples = "pincite show faq.pin stewards/sbom\n"
                "pincite show faq.pin seed:01 --json\n"
                "pincite show faq.pin stewards/sbom@5a30bf1cc2d94e07",
    .exits = {"the card was found", "there is no such item or revision, or it is gone",
              "misuse, an unreadable file, or a failed write"},
    .least = 2,
    .run = run,
};
