/* What can be found wrong in an index file alone, without the corpus that it was made from. */
#ifndef PIN_CLI_CHECK_INDEX_H
#define PIN_CLI_CHECK_INDEX_H

#include "host/cli/corpus.h"

typedef struct pin_cli_findings {
    pin_finding *at;
    uint32_t     count, cap;
    bool         short_of_memory;
} pin_cli_findings;

/* Fills `out` (to be freed with pin_cli_findings_free): an unsound file, citations that do not resolve,
 * answers without citations or without an answer, references to items that are not there. The codes are
 * those that `check` of a corpus gives.
 * PIN_EXIT_GOOD, also with findings; PIN_EXIT_MISUSE after a complaint. */
int  pin_cli_check_index(pin_cli_findings *out, pin_cli *cli, pin_cli_index *index);
void pin_cli_findings_free(pin_cli_findings *findings);

#endif
