/* DEFLATE (RFC 1951) with fixed codes for many small records that share a dictionary.
 *
 * zlib reads the dictionary anew, or copies its whole state, for every record, which costs more than
 * packing the record. Here the dictionary is indexed once; and since the codes are fixed, the price of
 * every step is known beforehand, so the cheapest way through a record is found exactly among the
 * matches looked at. */
#ifndef PIN_WRITE_DEFLATE_H
#define PIN_WRITE_DEFLATE_H

#include "indexer/write/out.h"

typedef struct pin_deflater pin_deflater;

/* The dictionary is borrowed; its last 32 KiB count. NULL when memory is short. */
pin_deflater *pin_deflater_new(pin_str dictionary);
void          pin_deflater_free(pin_deflater *d);
/* Packs `record` and appends it to `out` (out->failed when memory is short). */
void          pin_deflater_pack(pin_out *out, pin_deflater *d, pin_str record);

#endif
