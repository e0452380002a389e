/* A citation as someone wrote it on the command line, read with the grammar and the sources of an index. */
#ifndef PIN_CLI_PROVISIONS_H
#define PIN_CLI_PROVISIONS_H

#include "host/cli/cli.h"

/* The provisions that `written` means. A canonical id, "cra:art_13.par_8" or "art_13.par_8", is one too.
 * Lives in `arena`. */
pin_status pin_cli_provisions(pin_refs *out, const pin_index *ix, pin_str written, pin_arena *arena,
                              pin_error *err);

/* Does the reference name a provision that may be used: one that exists, or one of an act whose text is
 * not in the index (its id is known, only unproved)? */
bool pin_cli_is_provision(const pin_ref *ref);

#endif
