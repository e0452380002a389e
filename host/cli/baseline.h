/* The baseline: findings that were seen and accepted, so that a check fails for new ones alone. Its form is
 * in docs/check.md. */
#ifndef PIN_CLI_BASELINE_H
#define PIN_CLI_BASELINE_H

#include "host/cli/cli.h"
#include "pincite/build.h"

typedef struct pin_cli_baseline {
    struct pin_cli_accepted *at;
    uint32_t                 count, next;
} pin_cli_baseline;

/* FNV-1a, 64 bits, of the message: enough to see that a finding says something else now. */
uint64_t pin_cli_message_hash(pin_str message);

/* PIN_EXIT_GOOD, or PIN_EXIT_MISUSE after a complaint that names the line. Always to be freed. */
int  pin_cli_baseline_read(pin_cli_baseline *out, pin_cli *cli, const char *path);
void pin_cli_baseline_free(pin_cli_baseline *b);
/* Is this finding accepted? Each line of the file accepts one finding. */
bool pin_cli_baseline_accepts(pin_cli_baseline *b, const pin_finding *finding);
/* Lines that accepted nothing. */
uint32_t pin_cli_baseline_left(const pin_cli_baseline *b);

/* Writes all findings as a baseline, whole or not at all. PIN_EXIT_GOOD, PIN_EXIT_MISUSE after a complaint. */
int pin_cli_baseline_write(pin_cli *cli, const char *path, const pin_finding *const *findings, uint32_t count);

#endif
