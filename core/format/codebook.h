/* Records spelled in the words of a codebook that all records of a file share.
 *
 * A codebook has some thousand entries (letters, syllables, words, phrases), each with a Huffman code of
 * at most 15 bits (18 in a wide one); a record is a row of codes. Records are too short to tell a packer
 * anything about themselves, so all that is learned about the text stands in the codebook, and unpacking
 * is: find the code, copy the entry. On made-up items of 820 bytes: 237 bytes, where DEFLATE with fixed
 * codes and a dictionary of the same 32 KiB needs 356 and zstd -19 with its trained tables 307.
 *
 *     narrow  wide
 *     0       0     u16 x 15 or 18   entries that have a code of 1, 2, .. bits
 *     30      36    u16              n: entries in all
 *     32      38    u16 or u32 x n+1 starts: entry e is bytes starts[e] .. starts[e + 1] of the texts
 *     ..      ..                     texts
 *
 * A codebook of 65,536 bytes or more is wide: a large corpus has many words, and gains by having most of
 * them (a codebook of 512 KiB saves a fifth); a small one would only have more to fetch.
 *
 * Entries stand in the order of their codes. The first code is zero; the next of the same length is one
 * more; the next of a longer length is one more, followed by as many zeros as it is longer. Codes are
 * written with their highest bit first into bytes from their highest bit down; what is left of the last
 * byte is zero. */
#ifndef PIN_CODEBOOK_H
#define PIN_CODEBOOK_H

#include "core/bytes/bytes.h"

#define PIN_CODE_MAX 18 /* bits */
#define PIN_CODE_NARROW 15
#define PIN_BOOK_WIDE 65536u /* bytes from which on a codebook is wide */
#define PIN_BOOK_TOP 11      /* bits that say at which length to begin looking */

/* What stands where. */
typedef struct pin_book_layout {
    uint32_t code_max, starts, start_len; /* entries: right before the starts */
} pin_book_layout;
static inline pin_book_layout pin_book_layout_of(size_t len)
{
    return len < PIN_BOOK_WIDE ? (pin_book_layout){PIN_CODE_NARROW, 2 * PIN_CODE_NARROW + 2, 2}
                               : (pin_book_layout){PIN_CODE_MAX, 2 * PIN_CODE_MAX + 2, 4};
}

/* A codebook made ready. */
typedef struct pin_codebook {
    bool           good;                     /* else it is damaged, and unpacks nothing                   */
    bool           wide;                     /* starts are u32                                            */
    uint32_t       ends[PIN_CODE_MAX + 2];   /* by length: codes, filled up to 18 bits, are below this    */
    uint32_t       first[PIN_CODE_MAX + 1];  /* by length: entry minus code                               */
    uint8_t        least[1 << PIN_BOOK_TOP]; /* by the first bits of a code: its length at least          */
    const uint8_t *starts, *texts;           /* borrowed                                                  */
    uint32_t       entries, texts_len;
} pin_codebook;

void pin_codebook_open(pin_codebook *out, pin_str bytes);

/* Unpacks `in` into exactly `out_len` bytes. False when codebook or stream are damaged, or the stream is
 * longer or shorter than it must be. Never reads outside its spans nor writes outside `out`. Linear in
 * out_len. */
bool pin_codebook_unpack(uint8_t *out, size_t out_len, pin_str in, const pin_codebook *book);

#endif
