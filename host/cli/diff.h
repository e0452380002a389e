/* What differs between two index files, for `pincite diff` and whoever prints it. */
#ifndef PIN_CLI_DIFF_H
#define PIN_CLI_DIFF_H

#include "host/cli/cli.h"

enum pin_diff_what { /* bits */
    PIN_DIFF_WORDING = 1,   /* question, verdict or answer                                  */
    PIN_DIFF_FORM = 2,      /* links or formatting alone                                    */
    PIN_DIFF_CITATIONS = 4, /* what it cites, what for, or the words quoted                 */
    PIN_DIFF_LAW = 8,       /* the words of what it cites, or whether that is there at all  */
    PIN_DIFF_VERSION = 16,  /* the version of a source, with the same words                 */
    PIN_DIFF_STATUS = 32
};

typedef enum pin_diff_how { PIN_HOW_CHANGED, PIN_HOW_MOVED, PIN_HOW_VANISHED, PIN_HOW_ADDED, PIN_HOW_UNLOADED } pin_diff_how;
const char *pin_diff_how_name(pin_diff_how how); /* "changed", "moved", "vanished", "added", "no longer loaded" */

typedef struct pin_diff_provision {
    pin_str      source, id, label;
    pin_diff_how how;
    pin_str      now; /* id of the provision that has the words of a moved one */
} pin_diff_provision;

typedef struct pin_diff_item {
    pin_str             id, question;
    char                hashes[2][2 * PIN_REVISION_LEN]; /* old and new, in hex; of those that are there */
    unsigned            what;                           /* of a changed one */
    bool                leans;                          /* on provisions below: its footing changed under it */
    pin_fate            fate;                           /* of a gone one, as the new file tells it; LIVES: it says nothing */
    pin_str             since, reason, target;
    pin_diff_provision *provisions;
    uint32_t            provision_count;
} pin_diff_item;

typedef struct pin_diff_list {
    pin_diff_item *at;
    uint32_t       count, cap;
} pin_diff_list;

typedef struct pin_diff {
    pin_cli_index      old, new;
    pin_release        releases[2];
    pin_diff_list      added, changed, gone, leaning; /* leaning: lose their footing; may be unchanged otherwise */
    pin_diff_provision *law; /* every provision that is not as it was */
    uint32_t           law_count, law_cap;
    pin_str           *broken; /* addresses that the old file had and the new one has not */
    uint32_t           broken_count, broken_cap;
    void             **kept;
    uint32_t           kept_count, kept_cap;
} pin_diff;

/* Compares the two files, which are open. PIN_OK, or a failure with `err` and *of, the file that it is about. */
pin_status pin_diff_compare(pin_diff *d, pin_cli_index **of, pin_error *err);
void       pin_diff_free(pin_diff *d);
bool       pin_diff_is_same(const pin_diff *d);

#endif
