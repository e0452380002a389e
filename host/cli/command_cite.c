/* pincite cite: every item that cites a provision, and how closely. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/provisions.h"

static const pin_cli_option options[] = {
    {"json", 0, NULL, "answer as JSON, one line a provision\n(docs/http.md)", false},
    {0},
};

typedef struct inquiry {
    pin_str          written;
    bool             json;
    pin_text_options text;
    uint32_t         provisions, found;
} inquiry;

static pin_status add_citing(pin_buf *out, const pin_index *ix, inquiry *q, const pin_ref *ref,
                             pin_arena *arena, pin_error *err)
{
    size_t      mark = arena->used;
    pin_citings citings;
    pin_status  status = pin_citings_of(&citings, ix, ref->source, ref->id, arena, err);
    if (status != PIN_OK)
        return status;
    if (q->json) {
        status = pin_json_citings_of(out, ix, ref->source, ref->id, &citings, arena, err);
        pin_buf_byte(out, '\n');
    } else {
        if (q->provisions > 0)
            pin_buf_byte(out, '\n');
        status = pin_text_citings_of(out, ix, ref->source, ref->id, &citings, &q->text, arena, err);
    }
    q->provisions++;
    q->found += citings.count;
    arena->used = mark;
    return status;
}

static pin_status render(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    inquiry   *q = what;
    pin_refs   refs;
    pin_status status = pin_cli_provisions(&refs, ix, q->written, arena, err);
    q->provisions = q->found = 0;
    for (uint32_t i = 0; status == PIN_OK && i < refs.count; i++)
        if (pin_cli_is_provision(&refs.at[i]))
            status = add_citing(out, ix, q, &refs.at[i], arena, err);
    return status == PIN_OK || out->len <= out->cap ? status : PIN_NO_SPACE;
}

static int run(pin_cli *cli)
{
    char *written = pin_cli_joined(cli, 1);
    if (!written)
        return pin_cli_misuse(cli, "out of memory");
    inquiry       q = {.written = pin_str_trim(pin_str_of(written)),
                       .json = pin_cli_has(cli, "json"),
                       .text = {.width = cli->width, .colour = cli->colour}};
    pin_cli_index index;
    int           exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_print(cli, &index, render, &q);
    if (exit_code == PIN_EXIT_GOOD && q.provisions == 0)
        pin_cli_note(cli, "'%s' names no provision of the sources of '%s'", written, index.path);
    pin_cli_index_close(&index);
    free(written);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    return q.found > 0 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

const pin_cli_command pin_cli_cite = {
    .name = "cite",
    .usage = "FILE PROVISION... [--json]",
    .summary = "list every item that cites a provision",
    .about = "Lists every item of the index FILE that cites PROVISION, an id\n"
             "(cra:art_13.par_8, art_13.par_8) or a citation as written (\"Article 13(8)\"),\n"
             "closest first. Each is marked:\n"
             "\n"
             "  exact      the item cites this very provision\n"
             "  by range   it cites a range that the provision lies in\n"
             "  by parent  it cites something that the provision is part of\n"
             "  by child   it cites a part of the provision",
    .options = options,
    .examples = "pincite cite faq.pin \"Article 13(8)\"\n"
                "pincite cite faq.pin cra:anx_I.prt_II --json",
    .exits = {"at least one item cites it", "no item cites it, or there is no such provision",
              "misuse, an unreadable file, or a failed write"},
    .least = 2,
    .run = run,
};
