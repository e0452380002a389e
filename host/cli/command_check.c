/* pincite check: everything that is wrong with a corpus, or with an index file, one line each. */
#include <string.h>

#include "host/cli/check_index.h"

static const pin_cli_option options[] = {
    PIN_CLI_SOURCE_OPTION,
    PIN_CLI_PREVIOUS_OPTION,
    PIN_CLI_DATE_OPTION,
    PIN_CLI_MODULE_OPTION,
    PIN_CLI_MAP_OPTION,
    PIN_CLI_THREADS_OPTION,
    {"json", 0, NULL, "answer as one line of JSON", false},
    {0},
};

/* ---- The report, whichever it is about ---- */
typedef struct report {
    uint32_t        items, modules, citations;
    const uint32_t *states;
    pin_cli_tally   tally;
} report;

static void count_in(pin_cli_tally *tally, pin_severity severity)
{
    tally->errors += severity == PIN_ERROR;
    tally->warnings += severity == PIN_WARNING;
    tally->notes += severity == PIN_NOTE;
}

static void print_one(pin_cli *cli, const pin_finding *finding, bool first)
{
    if (!pin_cli_has(cli, "json")) {
        pin_cli_finding_print(cli->out, finding);
        return;
    }
    if (!first)
        fputc(',', cli->out);
    pin_cli_finding_json(cli->out, finding);
}

static void begin_report(pin_cli *cli)
{
    if (pin_cli_has(cli, "json"))
        fputs("{\"findings\":[", cli->out);
}

static int end_report(pin_cli *cli, const report *r)
{
    if (pin_cli_has(cli, "json")) {
        fprintf(cli->out,
                "],\"errors\":%u,\"warnings\":%u,\"notes\":%u,\"items\":%u,\"modules\":%u,\"citations\":",
                r->tally.errors, r->tally.warnings, r->tally.notes, r->items, r->modules);
        pin_cli_states_json(cli->out, r->states, r->citations);
        fputs("}\n", cli->out);
    } else {
        pin_cli_tally_print(cli->out, &r->tally);
        fprintf(cli->out, " in %u item%s with %u citation%s\n", r->items, r->items == 1 ? "" : "s",
                r->citations, r->citations == 1 ? "" : "s");
    }
    return r->tally.errors + r->tally.warnings > 0 ? PIN_EXIT_NONE : PIN_EXIT_GOOD;
}

/* ---- A corpus ---- */
static int check_corpus(pin_cli *cli)
{
    pin_cli_corpus   corpus;
    pin_build_report built = {0};
    pin_error        err = {0};
    int              exit_code = pin_cli_corpus_open(&corpus, cli);
    if (exit_code == PIN_EXIT_GOOD) {
        pin_status status = pin_build_finish(&built, corpus.build, NULL, &err);
        pin_cli_progress_end(&corpus);
        if (status != PIN_OK && pin_build_finding_count(corpus.build) == 0)
            exit_code =
                pin_cli_misuse(cli, "cannot check: %s", err.message ? err.message : "unknown failure");
    }
    if (exit_code == PIN_EXIT_GOOD) {
        begin_report(cli);
        for (uint32_t i = 0; i < pin_build_finding_count(corpus.build); i++)
            print_one(cli, pin_build_finding(corpus.build, i), i == 0);
        report r = {built.item_count, built.module_count, built.citation_count, built.cite_states,
                    pin_cli_tally_of(corpus.build)};
        exit_code = end_report(cli, &r);
    }
    pin_cli_corpus_close(&corpus);
    return exit_code;
}

/* ---- An index file ---- */
static bool is_index(const char *path)
{
    char   head[8] = {0};
    size_t len = strlen(path);
    FILE  *file = fopen(path, "rb");
    bool magic = file && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, "\x89PIN", 4) == 0;
    if (file)
        fclose(file);
    return magic || (file && len > 4 && strcmp(path + len - 4, ".pin") == 0);
}

static int check_index(pin_cli *cli)
{
    if (pin_cli_has(cli, "source") || pin_cli_has(cli, "module") || pin_cli_has(cli, "map"))
        return pin_cli_misuse(
            cli, "--source, --module and --map go with a corpus: an index holds its sources already");
    pin_cli_index    index;
    pin_cli_findings findings = {0};
    int              exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_check_index(&findings, cli, &index);
    if (exit_code == PIN_EXIT_GOOD) {
        pin_release release;
        pin_index_release(&release, index.ix);
        report r = {
            release.item_count, release.module_count, release.citation_count, release.cite_states, {0}};
        begin_report(cli);
        for (uint32_t i = 0; i < findings.count; i++) {
            print_one(cli, &findings.at[i], i == 0);
            count_in(&r.tally, findings.at[i].severity);
        }
        exit_code = end_report(cli, &r);
    }
    pin_cli_findings_free(&findings);
    pin_cli_index_close(&index);
    return exit_code;
}

static int run(pin_cli *cli)
{
    if (cli->argument_count == 1 && is_index(cli->arguments[0]))
        return check_index(cli);
    return check_corpus(cli);
}

const pin_cli_command pin_cli_check = {
    .name = "check",
    .usage = "CORPUS... [--source ID=PATH]... [options]\nFILE.pin [--json]",
    .summary = "list what is wrong with a corpus or an index",
    .about = "Reads each CORPUS and its sources as `pincite build` does and lists every\n"
             "finding as \"file:line: severity: message [code]\", with a hint below it where\n"
             "there is one. docs/cli.md explains the codes. Errors and warnings fail the\n"
             "check; notes do not.\n"
             "\n"
             "Of an index FILE.pin it lists what the file itself shows: damage, citations\n"
             "that do not resolve, answers without citations, dead references. It names\n"
             "items then, since an index does not know the files it was made from.",
    .options = options,
    .examples = "pincite check faq/ --source cra=cra/provisions.jsonl\n"
                "pincite check faq.pin --json",
    .exits = {"nothing is wrong; there may be notes", "there are errors or warnings",
              "misuse, or unreadable input"},
    .least = 1,
    .run = run,
};
