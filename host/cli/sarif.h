/* Findings as SARIF 2.1.0 (OASIS), which code review tools read and show beside the line. */
#ifndef PIN_CLI_SARIF_H
#define PIN_CLI_SARIF_H

#include "host/cli/cli.h"
#include "pincite/build.h"

typedef struct pin_cli_shown {
    const pin_finding *finding;
    bool               accepted; /* by the baseline */
} pin_cli_shown;

/* One run with all rules and all findings; an accepted one is suppressed. `compared`: there was a baseline,
 * so every result says whether it is new. */
void pin_cli_sarif(FILE *to, const pin_cli_shown *findings, uint32_t count, bool compared);

#endif
