/* Corpora and sources as the command line names them, lent to the builder; and its findings in print. */
#ifndef PIN_CLI_CORPUS_H
#define PIN_CLI_CORPUS_H

#include "host/cli/cli.h"
#include "pincite/build.h"

typedef struct pin_cli_corpus {
    pin_build   *build;
    pin_mapped   previous; /* the index of the release before                                  */
    bool         has_previous;
    char         day[11];
    pin_scratch_file *scratch; /* of a build that was given a limit, or NULL                   */
    pin_scratch  lent;
    pin_folder **folders; /* everything that the builder borrows from */
    uint32_t     folder_count, folder_cap;
    double       progress_at, started; /* when progress was last shown; when this stage began */
    char         progress_stage[64];
    bool         progress_shown;
    pin_cli     *cli;
} pin_cli_corpus;

/* Options that `build` and `check` share: rows for their tables. */
#define PIN_CLI_SOURCE_OPTION                                                                                \
    {"source", 0, "ID=PATH",                                                                                 \
     "provisions of the source ID, or ID@VERSION: a .jsonl\nfile, or a folder with a source.yml", false}
#define PIN_CLI_MODULE_OPTION                                                                                \
    {"module", 0, "MODULE", "the module of JSON Lines items that name none", false}
#define PIN_CLI_PREVIOUS_OPTION                                                                              \
    {"previous", 0, "OLD", "the index before: its revisions and links are kept", false}
#define PIN_CLI_DATE_OPTION                                                                                  \
    {"date", 0, "DAY", "the day of this release, 2026-11-24 (else\nSOURCE_DATE_EPOCH; with --previous: today)", false}
#define PIN_CLI_MAP_OPTION                                                                                   \
    {"map", 0, "A=B,...", "JSON Lines keys under other names: id=section", false}

#define PIN_CLI_THREADS_OPTION                                                                               \
    {"threads", 0, "N", "work with N threads, 1 to 64 (else one a processor);\nthe result is the same", false}

#define PIN_CLI_MEMORY_OPTION                                                                                \
    {"memory", 0, "SIZE",                                                                                    \
     "stay below SIZE of memory, 512M or 4G (else half of\nthe machine's); the result is the same", false}
#define PIN_CLI_MEMORY_LEAST ((uint64_t)128 << 20)

/* Reads every CORPUS argument, every --source, and the sources that each corpus' pincite.yml names.
 * PIN_EXIT_GOOD, or PIN_EXIT_MISUSE after a complaint. Always to be closed. */
int  pin_cli_corpus_open(pin_cli_corpus *corpus, pin_cli *cli);
void pin_cli_corpus_close(pin_cli_corpus *corpus);
/* Was room for the build refused by the disk? Then this has been said. */
bool pin_cli_scratch_failed(pin_cli_corpus *corpus);
/* Wipes the progress line, if one is on the terminal. */
void pin_cli_progress_end(pin_cli_corpus *corpus);

/* ---- Findings ---- */
typedef struct pin_cli_tally {
    uint32_t notes, warnings, errors;
} pin_cli_tally;
pin_cli_tally pin_cli_tally_of(const pin_build *build);

/* "faq.md:12: warning: message [code]", and the hint below it. */
void pin_cli_finding_print(FILE *to, const pin_finding *finding);
/* With why it matters and how it is mended; `accepted` by the baseline. */
void pin_cli_finding_json(FILE *to, const pin_finding *finding, bool accepted);
/* All findings, repeated ones summarised: for `build`. */
void pin_cli_findings_summary(FILE *to, const pin_build *build);
/* "1 error, 2 warnings, 3 notes" */
void pin_cli_tally_print(FILE *to, const pin_cli_tally *tally);

/* {"total":21,"resolved":19,...}: citations by state. */
void pin_cli_states_json(FILE *to, const uint32_t states[5], uint32_t total);

#endif
