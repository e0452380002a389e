/* Versions of one source: "cfaq" is the current one, "cfaq@1.2" an older one beside it.
 *
 * A citation is written against the version that it names, and against the current one when it names
 * none. Whether the words of a provision changed from one version to the next is a matter of letters:
 * only white space may differ. */
#ifndef PIN_CITE_VERSION_H
#define PIN_CITE_VERSION_H

#include "pincite/base.h"

/* "cfaq" of "cfaq@1.2", and of "cfaq". Borrowed. */
pin_str pin_version_base(pin_str source_id);
/* Is this the id of an older version, with an '@'? */
bool pin_version_is_older(pin_str source_id);

/* Orders "1.2" before "1.10" and "2024-11-20" before "2025-01-01": number by number, and by bytes where
 * there are none. <0, 0, >0. */
int pin_version_order(pin_str a, pin_str b);

/* The same letters in the same order? Runs of white space count as one space, at the ends as nothing.
 * Linear. */
bool pin_same_words(pin_str a, pin_str b);

/* ---- Ranks: how much weight the word of a source has ---- */
/* The rank number `i`, from the strongest: "act", "delegated act", "standard", "adopted guidance",
 * "draft guidance", "official FAQ", "community", "vendor"; NULL past the last. */
const char *pin_rank_name(uint32_t i);
#define PIN_RANKS 8
/* Its number for a rank as written, in any case; PIN_RANKS for any other text. */
uint32_t pin_rank_number(pin_str rank);

#endif
