/* Lists of postings from the inside, for a search that skips: what a long list says of itself before any
 * block is unpacked, and its blocks one by one, in any order. Whoever only wants all postings in turn takes
 * pin_postings (read.h). */
#ifndef PIN_READ_LISTS_H
#define PIN_READ_LISTS_H

#include "core/read/read.h"

#define PIN_BEST_POSTINGS 16 /* a long list names so many of its postings with the largest impacts */

/* Head of a PIN_LIST_BLOCKS list. Tables are little-endian and borrowed; ids in them are not checked beyond
 * what is said here. */
typedef struct pin_list_head {
    const uint8_t *at;          /* the first byte                                                        */
    uint64_t       offset, len; /* of the list, within its section                                       */
    uint32_t       count, blocks, head_len;
    uint32_t       windows;     /* entries of window_maxes; 0 when the list is too short to have them    */
    const uint8_t *last_ids;    /* u32[blocks]: the largest id of each block                             */
    const uint8_t *ends, *checks;
    const uint8_t *maxes;        /* u8[blocks]: largest impact                                           */
    const uint8_t *window_maxes; /* u8[windows]: largest impact among ids [w x 4,096, (w + 1) x 4,096)   */
    uint8_t        field;
} pin_list_head;
/* Asks for the head alone. PIN_OK, PIN_CORRUPT, PIN_NEED. */
pin_status pin_read_list_head(pin_list_head *out, const pin_index *ix, const pin_list *list, pin_field field,
                              pin_error *err);
/* Block `b` (below head->blocks) into ids[PIN_BLOCK], impacts[PIN_BLOCK]; *count how many. Ids ascend and are
 * below item_count. PIN_OK, PIN_CORRUPT, PIN_NEED. About a nanosecond a posting, less with AVX2. */
pin_status pin_read_list_block(uint32_t *ids, uint8_t *impacts, uint32_t *count, const pin_index *ix,
                               const pin_list_head *head, uint32_t b, pin_error *err);
/* All postings of a list of fewer than PIN_BLOCK (PIN_LIST_INLINE or PIN_LIST_SHORT); the same promises. */
pin_status pin_read_list_short(uint32_t *ids, uint8_t *impacts, const pin_index *ix, const pin_list *list,
                               pin_field field, pin_error *err);
/* Asks for the bytes of a list as a whole. PIN_OK (they are here), PIN_NEED, PIN_CORRUPT. */
pin_status pin_read_list_all(const pin_index *ix, const pin_list *list, pin_field field, pin_error *err);

#endif
