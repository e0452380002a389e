/* Records spelled in the words of a codebook that all records of a file share.
 *
 * A codebook has some thousand entries (letters, syllables, words, phrases), each with a Huffman code of
 * at most 15 bits; a record is a row of codes. Records are too short to tell a packer anything about
 * themselves, so all that is learned about the text stands in the codebook, and unpacking is: find the
 * code, copy the entry. On made-up items of 820 bytes: 237 bytes, where DEFLATE with fixed codes and a
 * dictionary of the same 32 KiB needs 356 and zstd -19 with its trained tables 307.
 *
 *     0   u16 x 15   entries that have a code of 1, 2, .. 15 bits
 *     30  u16        n: entries in all
 *     32  u16 x n+1  starts: entry e is bytes starts[e] .. starts[e + 1] of the texts
 *     ..             texts
 *
 * Entries stand in the order of their codes. The first code is zero; the next of the same length is one
 * more; the next of a longer length is one more, followed by as many zeros as it is longer. Codes are
 * written with their highest bit first into bytes from their highest bit down; what is left of the last
 * byte is zero. */
#ifndef PIN_CODEBOOK_H
#define PIN_CODEBOOK_H

#include "core/bytes/bytes.h"

#define PIN_CODE_MAX 15 /* bits */
enum pin_codebook_layout { PIN_K_COUNTS = 0, PIN_K_ENTRIES = 30, PIN_K_STARTS = 32 };

/* A codebook made ready. */
typedef struct pin_codebook {
    bool           good;                    /* else it is damaged, and unpacks nothing                    */
    uint32_t       ends[PIN_CODE_MAX + 2];  /* by length: codes, filled up to 15 bits, are below this     */
    uint32_t       first[PIN_CODE_MAX + 1]; /* by length: entry minus code                                */
    uint8_t        least[1 << 9];           /* by the first 9 bits of a code: its length at least         */
    const uint8_t *starts, *texts;          /* borrowed                                                   */
    uint32_t       entries, texts_len;
} pin_codebook;

void pin_codebook_open(pin_codebook *out, pin_str bytes);

/* Unpacks `in` into exactly `out_len` bytes. False when codebook or stream are damaged, or the stream is
 * longer or shorter than it must be. Never reads outside its spans nor writes outside `out`. Linear in
 * out_len. */
bool pin_codebook_unpack(uint8_t *out, size_t out_len, pin_str in, const pin_codebook *book);

#endif
