/* What changed between two texts, word by word: for people, so a word is never cut.
 *
 * The longest common subsequence of words (Wagner and Fischer 1974), between what both begin and end with.
 * Work and memory are bounded: where both middles together are too long for the table, the whole middle is
 * shown as taken out and put in. */
#ifndef PIN_PAGE_DIFF_H
#define PIN_PAGE_DIFF_H

#include "core/bytes/bytes.h"

#define PIN_DIFF_CELLS (1u << 18) /* of the table, 2 bytes each: 500 changed words against 500 */

typedef enum pin_diff_kind { PIN_DIFF_SAME = 0, PIN_DIFF_REMOVED, PIN_DIFF_ADDED } pin_diff_kind;

typedef struct pin_diff_run {
    pin_diff_kind kind;
    pin_str       text; /* borrowed from the old text when removed, else from the new one */
} pin_diff_run;

/* Runs whose same and added parts are `after` when joined, and whose same and removed parts have the words
 * of `before`. White space belongs to the word before it and is not compared.
 * PIN_OK, PIN_NO_SPACE. */
pin_status pin_diff_words(pin_diff_run **out, uint32_t *count, pin_str before, pin_str after, pin_arena *arena,
                          pin_error *err);

#endif
