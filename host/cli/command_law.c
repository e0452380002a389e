/* pincite law: what a citation as written means, with the words; or only the ids, for scripts. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/provisions.h"
#include "pincite/versions.h"

static const pin_cli_option options[] = {
    {"ids", 0, NULL, "print the ids alone, one a line, in order", false},
    {"batch", 0, "FILE",
     "read one citation a line (- or nothing:\nstandard input); print citation<TAB>ids, or -", true},
    {"changes", 0, "SOURCE", "what changed between the versions of SOURCE, and\nthe answers that lean on it", false},
    {"json", 0, NULL, "answer as one line of JSON (docs/http.md)", false},
    {0},
};

typedef struct inquiry {
    pin_str          written;
    bool             ids, json;
    pin_text_options text;
    uint32_t         found, unproved;
} inquiry;

static void add_ids(pin_buf *out, const pin_refs *refs, char between)
{
    bool any = false;
    for (uint32_t i = 0; i < refs->count; i++) {
        const pin_ref *ref = &refs->at[i];
        if (!pin_cli_is_provision(ref))
            continue;
        if (any)
            pin_buf_byte(out, between);
        any = true;
        pin_buf_add(out, ref->source);
        pin_buf_byte(out, ':');
        pin_buf_add(out, ref->id);
    }
}

static pin_status render(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    inquiry   *q = what;
    pin_refs   refs;
    pin_status status = pin_cli_provisions(&refs, ix, q->written, arena, err);
    if (status != PIN_OK)
        return status;
    q->found = q->unproved = 0;
    for (uint32_t i = 0; i < refs.count; i++) {
        q->found += pin_cli_is_provision(&refs.at[i]) || (!q->ids && refs.at[i].state == PIN_CITE_RESOLVED);
        q->unproved += refs.at[i].state == PIN_CITE_NOT_CHECKED;
    }
    if (q->ids && q->found > 0) {
        add_ids(out, &refs, '\n');
        pin_buf_byte(out, '\n');
    } else if (q->json) {
        status = pin_json_law(out, ix, q->written, &refs, arena, err);
        pin_buf_byte(out, '\n');
    } else if (!q->ids) {
        status = pin_text_law(out, ix, q->written, &refs, &q->text, arena, err);
    }
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static int answer_one(pin_cli *cli, pin_cli_index *index, inquiry *q)
{
    int exit_code = pin_cli_print(cli, index, render, q);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    if (q->found == 0)
        pin_cli_note(cli, "'%.*s' names no provision of the sources of '%s'",
                     (int)(q->written.len < 200 ? q->written.len : 200), q->written.at, index->path);
    else if (q->unproved > 0)
        pin_cli_note(cli, "not checked: the text of the act is not in '%s'", index->path);
    return q->found > 0 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

/* ---- Many ---- */
typedef struct line_answer {
    pin_str  written;
    uint32_t found;
} line_answer;

static pin_status render_line(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    line_answer *line = what;
    pin_refs     refs;
    pin_status   status = pin_cli_provisions(&refs, ix, line->written, arena, err);
    if (status != PIN_OK)
        return status;
    line->found = 0;
    for (uint32_t i = 0; i < refs.count; i++)
        line->found += pin_cli_is_provision(&refs.at[i]);
    pin_buf_add(out, line->written);
    pin_buf_byte(out, '\t');
    if (line->found == 0)
        pin_buf_byte(out, '-');
    else
        add_ids(out, &refs, ' ');
    pin_buf_byte(out, '\n');
    return pin_buf_status(out);
}

static int answer_batch(pin_cli *cli, pin_cli_index *index, const char *path)
{
    pin_cli_lines lines;
    pin_str       written;
    uint32_t      found = 0;
    int           exit_code = pin_cli_lines_open(&lines, cli, path);
    while (exit_code == PIN_EXIT_GOOD && pin_cli_lines_next(&lines, &written)) {
        const char *tab = memchr(written.at, '\t', written.len); /* further columns are none of ours */
        line_answer line = {.written = tab ? pin_str_part(written, 0, (size_t)(tab - written.at)) : written};
        exit_code = pin_cli_print(cli, index, render_line, &line);
        found += line.found;
        if (exit_code != PIN_EXIT_GOOD && cli->write_errno == 0)
            pin_cli_note(cli, "%s:%u: stopped at this citation", path, lines.line);
    }
    pin_cli_lines_close(&lines);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    return found > 0 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

/* ---- Changes ---- */
typedef struct history {
    pin_str          source;
    bool             json, known;
    uint32_t         versions;
    pin_text_options text;
} history;

static pin_status render_changes(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena, pin_error *err)
{
    history     *h = what;
    pin_versions versions;
    pin_status   status = pin_versions_of(&versions, ix, h->source, arena, err);
    h->known = status == PIN_OK;
    if (status != PIN_OK)
        return status == PIN_NOT_FOUND ? PIN_OK : status;
    h->versions = versions.count;
    status = h->json ? pin_json_changes(out, ix, h->source, arena, err)
                     : pin_text_changes(out, ix, h->source, &h->text, arena, err);
    if (h->json)
        pin_buf_byte(out, '\n');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static int answer_changes(pin_cli *cli, const char *file, const char *source)
{
    history       h = {.source = pin_str_of(source),
                       .json = pin_cli_has(cli, "json"),
                       .text = {.width = cli->width, .colour = cli->colour}};
    pin_cli_index index;
    int           exit_code = pin_cli_index_open(&index, cli, file);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_print(cli, &index, render_changes, &h);
    pin_cli_index_close(&index);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    if (!h.known)
        return pin_cli_misuse(cli, "no source '%s' in '%s'", source, file);
    return h.versions > 1 ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

static int run(pin_cli *cli)
{
    const char *file = cli->argument_count > 0 ? cli->arguments[0] : NULL,
               *batch = pin_cli_value(cli, "batch");
    if (!file && batch && strcmp(batch, "-") != 0) { /* law --batch FILE < citations */
        file = batch;
        batch = "-";
    }
    if (!file)
        return pin_cli_misuse(cli, "no index file: pincite law FILE CITATION");
    if (pin_cli_has(cli, "changes")) {
        if (batch || pin_cli_has(cli, "ids") || cli->argument_count > 1)
            return pin_cli_misuse(cli, "--changes stands alone, or with --json: pincite law FILE --changes SOURCE");
        return answer_changes(cli, file, pin_cli_value(cli, "changes"));
    }
    if (batch && cli->argument_count > 1)
        return pin_cli_misuse(cli, "give a citation or --batch, not both");
    if (pin_cli_has(cli, "json") && (batch || pin_cli_has(cli, "ids")))
        return pin_cli_misuse(cli, "--json goes with neither --ids nor --batch");
    if (!batch && cli->argument_count < 2)
        return pin_cli_misuse(cli, "no citation: pincite law FILE CITATION");
    char *written = pin_cli_joined(cli, 1);
    if (!written)
        return pin_cli_misuse(cli, "out of memory");
    inquiry       q = {.written = pin_str_trim(pin_str_of(written)),
                       .ids = pin_cli_has(cli, "ids"),
                       .json = pin_cli_has(cli, "json"),
                       .text = {.width = cli->width, .colour = cli->colour}};
    pin_cli_index index;
    int           exit_code = pin_cli_index_open(&index, cli, file);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = batch ? answer_batch(cli, &index, batch) : answer_one(cli, &index, &q);
    pin_cli_index_close(&index);
    free(written);
    return exit_code;
}

const pin_cli_command pin_cli_law = {
    .name = "law",
    .usage = "FILE CITATION... [--ids | --json]\nFILE --batch [CITATIONS]\nFILE --changes SOURCE [--json]",
    .summary = "say what a citation as written means, with the words",
    .about = "Reads CITATION as people write them (\"Art. 13(8)\", \"Part II, point (8), of\n"
             "Annex I\", \"13(8)\", or an id such as cra:art_13.par_8) and shows id, label and\n"
             "words of each provision that it means. Ranges and lists expand, in order.\n"
             "\n"
             "With --ids the ids alone are printed, one a line; nothing where the provision\n"
             "does not exist or is another act's. With --batch each line of a file is read as\n"
             "one citation, up to its first tab; empty lines and lines that begin with # are\n"
             "passed over; the ids of one citation are parted by spaces. Where the text of\n"
             "the act is not in the index the id is printed all the same, and standard error\n"
             "says that it was not checked.\n"
             "\n"
             "With --changes each version of SOURCE is compared with the next: what changed,\n"
             "was withdrawn or added, and the answers that lean on it.",
    .options = options,
    .examples = "pincite law faq.pin \"Annex I, Part II, points (7)-(8)\"\n"
                "pincite law faq.pin art 13 8 --ids\n"
                "pincite law faq.pin --batch citations.txt",
    .exits = {"at least one provision was found", "no provision: it does not exist, or is another act's",
              "misuse, an unreadable file, or a failed write"},
    .least = 0,
    .run = run,
};
