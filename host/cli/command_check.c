/* pincite check: everything that is wrong with a corpus, or with an index file, one line each. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/baseline.h"
#include "host/cli/check_index.h"
#include "host/cli/codes.h"
#include "host/cli/sarif.h"

static const pin_cli_option options[] = {
    PIN_CLI_SOURCE_OPTION,
    PIN_CLI_PREVIOUS_OPTION,
    PIN_CLI_DATE_OPTION,
    PIN_CLI_MODULE_OPTION,
    PIN_CLI_MAP_OPTION,
    PIN_CLI_THREADS_OPTION,
    {"baseline", 0, "FILE", "findings that are accepted: only others count", false},
    {"write-baseline", 0, "FILE", "accept all that is found: write it to FILE", false},
    {"json", 0, NULL, "answer as one line of JSON", false},
    {"sarif", 0, NULL, "answer as SARIF 2.1.0, for code review tools", false},
    {0},
};

/* ---- The report, whichever it is about ---- */
typedef struct report {
    uint32_t         items, modules, citations;
    const uint32_t  *states;
    pin_cli_shown   *findings;
    uint32_t         count, accepted;
    pin_cli_tally    tally; /* of those that are not accepted */
    pin_cli_baseline baseline;
} report;

/* Lists the finding; the baseline may accept it. */
static void put_in(report *r, const pin_finding *finding)
{
    bool accepted = pin_cli_baseline_accepts(&r->baseline, finding);
    r->findings[r->count++] = (pin_cli_shown){finding, accepted};
    r->accepted += accepted;
    r->tally.errors += !accepted && finding->severity == PIN_ERROR;
    r->tally.warnings += !accepted && finding->severity == PIN_WARNING;
    r->tally.notes += !accepted && finding->severity == PIN_NOTE;
}

static int begin_report(report *r, pin_cli *cli, uint32_t count)
{
    const char *path = pin_cli_value(cli, "baseline");
    r->findings = calloc(count + 1u, sizeof *r->findings);
    if (!r->findings)
        return pin_cli_misuse(cli, "out of memory");
    return path ? pin_cli_baseline_read(&r->baseline, cli, path) : PIN_EXIT_GOOD;
}

/* What the codes above mean, each once. */
static void print_legend(FILE *to, const report *r)
{
    const pin_cli_code *code;
    bool                any = false;
    for (uint32_t i = 0; (code = pin_cli_code_at(i)); i++) {
        bool met = false;
        for (uint32_t k = 0; k < r->count && !met; k++)
            met = !r->findings[k].accepted && pin_str_equal(r->findings[k].finding->code, pin_str_of(code->code));
        if (met)
            fprintf(to, "%s[%s] %s %s\n", any ? "" : "\n", code->code, code->why, code->mend);
        any |= met;
    }
    if (any)
        fputc('\n', to);
}

static void print_text(FILE *to, const report *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (!r->findings[i].accepted)
            pin_cli_finding_print(to, r->findings[i].finding);
    print_legend(to, r);
    pin_cli_tally_print(to, &r->tally);
    if (r->accepted)
        fprintf(to, " and %u accepted", r->accepted);
    fprintf(to, " in %u item%s with %u citation%s\n", r->items, r->items == 1 ? "" : "s", r->citations,
            r->citations == 1 ? "" : "s");
}

static void print_json(FILE *to, const report *r)
{
    fputs("{\"findings\":[", to);
    for (uint32_t i = 0; i < r->count; i++) {
        if (i)
            fputc(',', to);
        pin_cli_finding_json(to, r->findings[i].finding, r->findings[i].accepted);
    }
    fprintf(to, "],\"errors\":%u,\"warnings\":%u,\"notes\":%u,\"accepted\":%u,\"items\":%u,\"modules\":%u,\"citations\":",
            r->tally.errors, r->tally.warnings, r->tally.notes, r->accepted, r->items, r->modules);
    pin_cli_states_json(to, r->states, r->citations);
    fputs("}\n", to);
}

static int write_baseline(pin_cli *cli, const report *r, const char *path)
{
    const pin_finding **all = calloc(r->count + 1u, sizeof *all);
    if (!all)
        return pin_cli_misuse(cli, "out of memory");
    for (uint32_t i = 0; i < r->count; i++)
        all[i] = r->findings[i].finding;
    int exit_code = pin_cli_baseline_write(cli, path, all, r->count);
    free(all);
    return exit_code;
}

static int end_report(pin_cli *cli, report *r)
{
    const char *path = pin_cli_value(cli, "write-baseline");
    uint32_t    left = pin_cli_baseline_left(&r->baseline);
    if (pin_cli_has(cli, "sarif"))
        pin_cli_sarif(cli->out, r->findings, r->count, pin_cli_has(cli, "baseline"));
    else if (pin_cli_has(cli, "json"))
        print_json(cli->out, r);
    else
        print_text(cli->out, r);
    if (left)
        pin_cli_note(cli, "%u line%s of the baseline accept%s nothing any more", left, left == 1 ? "" : "s",
                     left == 1 ? "s" : "");
    if (path)
        return write_baseline(cli, r, path);
    return r->tally.errors + r->tally.warnings > 0 ? PIN_EXIT_NONE : PIN_EXIT_GOOD;
}

static void free_report(report *r)
{
    free(r->findings);
    pin_cli_baseline_free(&r->baseline);
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
        uint32_t count = pin_build_finding_count(corpus.build);
        report   r = {built.item_count, built.module_count, built.citation_count, built.cite_states};
        exit_code = begin_report(&r, cli, count);
        for (uint32_t i = 0; exit_code == PIN_EXIT_GOOD && i < count; i++)
            put_in(&r, pin_build_finding(corpus.build, i));
        if (exit_code == PIN_EXIT_GOOD)
            exit_code = end_report(cli, &r);
        free_report(&r);
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
        report r = {release.item_count, release.module_count, release.citation_count, release.cite_states};
        exit_code = begin_report(&r, cli, findings.count);
        for (uint32_t i = 0; exit_code == PIN_EXIT_GOOD && i < findings.count; i++)
            put_in(&r, &findings.at[i]);
        if (exit_code == PIN_EXIT_GOOD)
            exit_code = end_report(cli, &r);
        free_report(&r);
    }
    pin_cli_findings_free(&findings);
    pin_cli_index_close(&index);
    return exit_code;
}

static int run(pin_cli *cli)
{
    if (pin_cli_has(cli, "json") && pin_cli_has(cli, "sarif"))
        return pin_cli_misuse(cli, "give --json or --sarif, not both");
    if (cli->argument_count == 1 && is_index(cli->arguments[0]))
        return check_index(cli);
    return check_corpus(cli);
}

const pin_cli_command pin_cli_check = {
    .name = "check",
    .usage = "CORPUS... [--source ID=PATH]... [options]\nFILE.pin [--json | --sarif]",
    .summary = "list what is wrong with a corpus or an index",
    .about = "Reads each CORPUS and its sources as `pincite build` does and lists every\n"
             "finding as \"file:line: severity: message [code]\", with a hint below it where\n"
             "there is one, and at the end what each code means (docs/check.md has all of\n"
             "them). Errors and warnings fail the check; notes do not, nor do findings that\n"
             "the baseline accepts.\n"
             "\n"
             "Of an index FILE.pin it lists what the file itself shows: damage, citations\n"
             "that do not resolve, answers without citations, dead references. It names\n"
             "items then, since an index does not know the files it was made from.",
    .options = options,
    .examples = "pincite check faq/ --source cra=cra/provisions.jsonl\n"
                "pincite check faq/ --baseline accepted.tsv --sarif > check.sarif\n"
                "pincite check faq.pin --json",
    .exits = {"nothing is wrong; there may be notes", "there are errors or warnings",
              "misuse, or unreadable input"},
    .least = 1,
    .run = run,
};
