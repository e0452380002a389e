/* The codebook of a file, learned from its records, and records spelled in it; core/format/codebook.h
 * says what both look like.
 *
 * Learning: begin with the 256 bytes; spell the samples as cheaply as the entries so far allow; join
 * pairs that follow each other often into new entries; drop entries that save too little; again. This
 * finds syllables, words and phrases of any language without knowing one. All in integers, in an order
 * that depends on nothing but the samples. */
#ifndef PIN_WRITE_CODEBOOK_H
#define PIN_WRITE_CODEBOOK_H

#include "indexer/write/out.h"

/* Appends a codebook of at most `budget` bytes (1 KiB or more) for texts like `samples`. Costs about 0.4 s
 * for 1 MiB of samples. False when memory is short. */
bool pin_codebook_learn(pin_out *codebook, const pin_str *samples, size_t count, size_t budget);

/* Made from a codebook of pin_codebook_learn; may be used by several threads at once. NULL when memory is
 * short. */
typedef struct pin_speller pin_speller;
pin_speller *pin_speller_new(pin_str codebook);
void         pin_speller_free(pin_speller *s);

/* Where one thread works; starts as zeros. */
typedef struct pin_spelling {
    uint64_t *costs;
    uint16_t *entries;
    size_t    cap;
} pin_spelling;
void pin_spelling_free(pin_spelling *room);
/* The fewest bits for `record`, appended to `out` (out->failed when memory is short). */
void pin_speller_pack(pin_out *out, const pin_speller *s, pin_spelling *room, pin_str record);

#endif
