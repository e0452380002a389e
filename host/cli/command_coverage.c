/* pincite coverage: what is read, indexed and skipped, and which parts of the law no answer cites. */
#include "host/cli/cli.h"

static const pin_cli_option options[] = {
    {"json", 0, NULL, "the numbers as one line of JSON (docs/http.md)", false},
    {"svg", 0, NULL, "the map of a source as an SVG picture", false},
    {"source", 0, "ID", "the source to draw; default: the first with provisions", false},
    {0},
};

static pin_status render_json(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    (void)what;
    pin_status status = pin_json_coverage(out, ix, arena, err);
    pin_buf_byte(out, '\n');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static pin_status render_svg(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    return pin_svg_coverage(out, ix, *(const uint32_t *)what, arena, err);
}

static pin_status render_text(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    (void)what;
    return pin_text_coverage(out, ix, arena, err);
}

/* The source asked for, or the first whose provisions are here. */
static bool choose_source(uint32_t *number, pin_cli *cli, const pin_cli_index *index)
{
    const char *id = pin_cli_value(cli, "source");
    pin_release release;
    pin_index_release(&release, index->ix);
    if (id)
        return pin_index_find_source(number, index->ix, pin_str_of(id)) == PIN_OK;
    for (*number = 0; *number < release.source_count; (*number)++) {
        pin_source source;
        pin_arena  arena = index->room.arena;
        if (pin_index_source(&source, index->ix, *number, &arena, NULL) == PIN_OK && source.provision_count > 0)
            return true;
    }
    return false;
}

static int run(pin_cli *cli)
{
    if (cli->argument_count > 1)
        return pin_cli_misuse(cli, "one index file at a time: pincite coverage FILE");
    if (pin_cli_has(cli, "json") && pin_cli_has(cli, "svg"))
        return pin_cli_misuse(cli, "--json or --svg, not both");
    pin_cli_index index;
    uint32_t      source = 0;
    int           exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD && pin_cli_has(cli, "svg") &&
        (!pin_cli_room_ready(&index.room) || !choose_source(&source, cli, &index))) {
        pin_cli_misuse(cli, "there is no source with provisions to draw");
        exit_code = PIN_EXIT_NONE;
    }
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_print(cli, &index,
                                  pin_cli_has(cli, "svg") ? render_svg : pin_cli_has(cli, "json") ? render_json : render_text,
                                  &source);
    pin_cli_index_close(&index);
    return exit_code;
}

const pin_cli_command pin_cli_coverage = {
    .name = "coverage",
    .usage = "FILE [options]",
    .summary = "count what the answers cover, or draw it as a map",
    .about = "Counts items, citations by how they ended, and for every source how many of\n"
             "its provisions an answer cites, exactly or within a range. --svg draws the\n"
             "source: every article, annex and recital with its paragraphs and points as\n"
             "cells, shaded by how many answers rest on them; blanks stay plain to see.",
    .options = options,
    .examples = "pincite coverage faq.pin\n"
                "pincite coverage faq.pin --svg > coverage.svg",
    .exits = {"counted", "there is no such source", "misuse, an unreadable file, or a failed write"},
    .least = 1,
    .run = run,
};
