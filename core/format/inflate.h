/* DEFLATE (RFC 1951), as far as our files use it: stored blocks and fixed Huffman codes.
 *
 * Records are small and share a preset dictionary, so codes of their own would cost more than they
 * save: on the text of two FAQs dynamic codes make records 7 % smaller, on the words of a regulation
 * 3 %, and decoding would need tables built for each record. A block with dynamic codes is refused. */
#ifndef PIN_INFLATE_H
#define PIN_INFLATE_H

#include "core/bytes/bytes.h"

/* Unpacks `in` into exactly `out_len` bytes. `dictionary` stands before the output, as with zlib's
 * inflateSetDictionary on a raw stream; may be empty. False when the stream is damaged, of another
 * kind, longer or shorter than it must be. Never writes outside `out`. Linear in out_len. */
bool pin_inflate(uint8_t *out, size_t out_len, pin_str in, pin_str dictionary);

#endif
