/* The codes of findings, each with one sentence why it matters and one how it is mended. */
#ifndef PIN_CLI_CODES_H
#define PIN_CLI_CODES_H

#include "pincite/base.h"

typedef struct pin_cli_code {
    const char *code, *why, *mend;
} pin_cli_code;

/* In the order of the alphabet; NULL past the last. */
const pin_cli_code *pin_cli_code_at(uint32_t i);
/* NULL for a code that nobody has explained: a test sees that there is none. */
const pin_cli_code *pin_cli_code_of(pin_str code);

#endif
