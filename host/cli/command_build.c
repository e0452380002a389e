/* pincite build: corpora and sources to one index file, which appears whole or not at all. */
#include <string.h>

#include "host/cli/corpus.h"

static const pin_cli_option options[] = {
    {"output", 'o', "FILE", "write the index to FILE (needed)", false},
    PIN_CLI_SOURCE_OPTION,
    PIN_CLI_PREVIOUS_OPTION,
    PIN_CLI_DATE_OPTION,
    PIN_CLI_MODULE_OPTION,
    PIN_CLI_MAP_OPTION,
    PIN_CLI_THREADS_OPTION,
    PIN_CLI_MEMORY_OPTION,
    {"strict", 0, NULL, "fail on any error, and leave FILE as it was", false},
    {"json", 0, NULL, "print the report as one line of JSON", false},
    {0},
};

/* ---- The report ---- */
static void print_count(FILE *to, uint32_t count, const char *one, const char *many)
{
    fprintf(to, "%u %s", count, count == 1 ? one : many);
}

/* "20 items, 2 modules, 21 citations (19 resolved, 0 missing, ...), 1 skipped; 891 provisions, 34 cited;
 * 145.3 kB in 0.02 s" */
static void print_report(FILE *to, const pin_build_report *r, double seconds)
{
    static const char *const states[5] = {"resolved", "missing", "other act", "not understood",
                                          "not checked"};
    char                     size[32];
    print_count(to, r->item_count, "item, ", "items, ");
    print_count(to, r->module_count, "module, ", "modules, ");
    print_count(to, r->citation_count, "citation (", "citations (");
    for (int i = 0; i < 5; i++)
        fprintf(to, "%s%u %s", i > 0 ? ", " : "", r->cite_states[i], states[i]);
    fprintf(to, "), %u skipped", r->skipped_count);
    if (r->unanswered_count > 0)
        fprintf(to, ", %u unanswered", r->unanswered_count);
    if (r->not_item_count > 0)
        fprintf(to, ", %u %s", r->not_item_count,
                r->not_item_count == 1 ? "file not an item" : "files not items");
    fputs("; ", to);
    print_count(to, r->provision_count, "provision, ", "provisions, ");
    fprintf(to, "%u cited; %s in %.2f s\n", r->provisions_cited, pin_cli_size(size, r->file_len), seconds);
}

static void print_report_json(FILE *to, const pin_build_report *r, const pin_cli_tally *tally,
                              const char *path, double seconds)
{
    fputs("{\"file\":", to);
    pin_cli_json_string(to, pin_str_of(path));
    fprintf(to, ",\"items\":%u,\"modules\":%u,\"sources\":%u,\"citations\":", r->item_count, r->module_count,
            r->source_count);
    pin_cli_states_json(to, r->cite_states, r->citation_count);
    fprintf(to,
            ",\"skipped\":%u,\"unanswered\":%u,\"not_items\":%u,\"provisions\":{\"total\":%u,\"cited\":%u},"
            "\"findings\":{\"errors\":%u,\"warnings\":%u,\"notes\":%u},\"bytes\":%llu,\"seconds\":%.3f}\n",
            r->skipped_count, r->unanswered_count, r->not_item_count, r->provision_count, r->provisions_cited,
            tally->errors, tally->warnings, tally->notes, (unsigned long long)r->file_len, seconds);
}

/* ---- The command ---- */

/* Why nothing was written: the world, the corpus, or --strict. */
static int complain(pin_cli *cli, pin_cli_corpus *corpus, pin_save *save, pin_status status,
                    const pin_error *err)
{
    const char *path = pin_cli_value(cli, "output");
    if (status == PIN_IO) {
        pin_folder_error why;
        pin_save_reason(save, &why);
        return pin_cli_misuse(cli, "%s", why.text[0] ? why.text : "the index cannot be written");
    }
    if (status == PIN_NO_SPACE && pin_cli_scratch_failed(corpus))
        return PIN_EXIT_MISUSE;
    if (status == PIN_BAD_INPUT && pin_cli_has(cli, "strict") && pin_cli_tally_of(corpus->build).errors > 0) {
        pin_cli_note(cli, "'%s' is not written: there are errors, and --strict was asked for", path);
        return PIN_EXIT_NONE;
    }
    return pin_cli_misuse(cli, "cannot build '%s': %s", path,
                          err->message ? err->message : "unknown failure");
}

static int build(pin_cli *cli, pin_cli_corpus *corpus, double start)
{
    const char      *path = pin_cli_value(cli, "output");
    pin_save        *save;
    pin_folder_error why;
    pin_build_report report;
    pin_error        err = {0};
    if (pin_save_open(&save, path, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    pin_sink   sink = pin_save_sink(save);
    pin_status status = pin_build_finish(&report, corpus->build, &sink, &err);
    pin_cli_progress_end(corpus);
    pin_cli_findings_summary(cli->err, corpus->build);
    if (status != PIN_OK) {
        int exit_code = complain(cli, corpus, save, status, &err);
        pin_save_drop(save);
        return exit_code;
    }
    if (pin_save_commit(save, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    pin_cli_tally tally = pin_cli_tally_of(corpus->build);
    if (pin_cli_has(cli, "json"))
        print_report_json(cli->out, &report, &tally, path, pin_cli_seconds() - start);
    else
        print_report(cli->out, &report, pin_cli_seconds() - start);
    return PIN_EXIT_GOOD;
}

static int run(pin_cli *cli)
{
    double start = pin_cli_seconds();
    if (!pin_cli_has(cli, "output"))
        return pin_cli_misuse(cli, "no output file: pincite build CORPUS -o FILE");
    if (!pin_cli_value(cli, "output")[0])
        return pin_cli_misuse(cli, "the name of the output file is empty");
    pin_cli_corpus corpus;
    int            exit_code = pin_cli_corpus_open(&corpus, cli);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = build(cli, &corpus, start);
    pin_cli_progress_end(&corpus);
    pin_cli_corpus_close(&corpus);
    return exit_code;
}

const pin_cli_command pin_cli_build = {
    .name = "build",
    .usage = "CORPUS... -o FILE [--source ID=PATH]... [options]",
    .summary = "turn questions, answers and the law into one index file",
    .about = "Reads each CORPUS (a folder of Markdown, one module file, or JSON Lines) and the\n"
             "sources it cites, and writes one index FILE. A pincite.yml at the root of a\n"
             "folder may name title, sources and more; --source goes before what it says.\n"
             "What is wrong with the corpus is reported on standard error, repeated findings\n"
             "once; `pincite check` lists them all. The rest is built all the same, unless\n"
             "--strict is given. A build that is killed leaves the old file or the new one.",
    .options = options,
    .examples = "pincite build faq/ -o faq.pin\n"
                "pincite build faq/ items.jsonl -o faq.pin --source cra=provisions.jsonl\n"
                "pincite build answers.jsonl -o faq.pin --module cfaq --map id=section",
    .exits = {"the index was written, also when items were skipped or citations not found",
              "nothing was written: there are errors, and --strict was asked for",
              "misuse, unreadable input, or a failed write; the old file is as it was"},
    .least = 1,
    .run = run,
};
