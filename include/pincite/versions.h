/* Versions of one source side by side: which of them have a provision, what changed from one to the next,
 * and which answers lean on what changed.
 *
 * The current version has the plain id, "cfaq"; an older one is a source of its own, "cfaq@1.2". A citation
 * is written against the version that it names, and against the current one when it names none. So an answer
 * that cites cfaq:sec_6.2 leans on every change of section 6.2; one that cites cfaq@1.2:sec_6.2 leans on
 * the changes after 1.2. */
#ifndef PINCITE_VERSIONS_H
#define PINCITE_VERSIONS_H

#include "pincite/page.h"

typedef struct pin_versions {
    pin_source *at;     /* loaded ones, oldest first; the current one is the last */
    uint32_t    count;
} pin_versions;
/* The versions of the source called `id`, which may be an older one's. PIN_OK, also with one or none
 * loaded; PIN_NOT_FOUND (no such source), PIN_NO_SPACE, PIN_CORRUPT, PIN_NEED. */
pin_status pin_versions_of(pin_versions *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err);

typedef enum pin_change_kind {
    PIN_CHANGE_NONE = 0,  /* the same words, but for white space                        */
    PIN_CHANGE_WORDS,     /* heading or own words differ                                */
    PIN_CHANGE_WITHDRAWN, /* in the version before, not in the one after                */
    PIN_CHANGE_ADDED
} pin_change_kind;
const char *pin_change_name(pin_change_kind kind); /* "unchanged", "changed", "withdrawn", "added" */

typedef struct pin_change {
    uint32_t    step;          /* from versions.at[step] to versions.at[step + 1]          */
    uint8_t     kind;          /* pin_change_kind, never NONE                              */
    uint32_t    before, after; /* provision numbers; PIN_NO_PROVISION where it is not      */
    pin_str     id, label, heading;
    pin_citing *leaning;       /* answers: strongest touch first, then by item             */
    uint32_t    leaning_count;
} pin_change;

typedef struct pin_changes {
    pin_change *at;      /* by step; in a step those of the later version in its order, then the withdrawn */
    uint32_t    count;
    uint32_t   *same;    /* per step: provisions whose words are the same                             */
    pin_citing *whole;   /* answers that cite the source and no provision of it: what they lean on is not
                            known. One row an item, by number                                         */
    uint32_t    whole_count;
    bool        complete; /* every answer was read: `whole` and the answers that lean on what is withdrawn
                             from the current version are all here                                     */
} pin_changes;
/* Compares each version with the next, provision by provision, by the words that are a provision's own, so
 * a changed paragraph is not reported once more as its article. `most` is the number of items up to which
 * every answer may be read to find what an index has no list of; UINT32_MAX: always.
 * PIN_OK, PIN_NO_SPACE, PIN_CORRUPT, PIN_NEED. Linear in the words of all versions, and in the answers when
 * they are read. */
pin_status pin_changes_of(pin_changes *out, const pin_index *ix, const pin_versions *versions, uint32_t most,
                          pin_arena *arena, pin_error *err);

/* How provision `id` stands in each version: kinds[i] for versions->at[i], compared with the nearest version
 * before it that is loaded: NONE where it reads the same, WORDS, ADDED where it comes first or again, and
 * WITHDRAWN where it is not. All of its words count, those of its parts too. numbers[i] is its number or
 * PIN_NO_PROVISION. Both in `arena`. */
pin_status pin_versions_of_provision(uint8_t **kinds, uint32_t **numbers, const pin_index *ix,
                                     const pin_versions *versions, pin_str id, pin_arena *arena, pin_error *err);

/* The changes of the source called `id`: for a terminal, and as one line of JSON (docs/http.md). PIN_NOT_FOUND:
 * no such source. */
pin_status pin_text_changes(pin_buf *out, const pin_index *ix, pin_str id, const pin_text_options *options,
                            pin_arena *arena, pin_error *err);
pin_status pin_json_changes(pin_buf *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err);

#endif
