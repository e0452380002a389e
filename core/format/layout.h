/* What every byte of an index file means: the numbers that core/read and indexer/write share.
 *
 * The prose, with drawings and a worked example, is docs/format.md; a second reader (tools/reader.py)
 * is written from that page alone, so a change here changes both. All integers are little-endian.
 *
 *     0                                                                             file length
 *     | header | section table | section | zeros | section | zeros | ...            |
 *     '---------------- head: one read of head_len bytes ---------'
 *
 * Sections lie in the order of the table: sorted, apart, at multiples of 64, each followed by at least
 * 64 zero bytes, so a wide load that starts inside a section ends inside the file. */
#ifndef PIN_LAYOUT_H
#define PIN_LAYOUT_H

#include "core/bytes/bytes.h"
#include "core/format/sizes.h"

/* ---- Header: 64 bytes ---- */
#define PIN_MAGIC "\x89PIN\r\n\x1a\n" /* a transfer that changed line ends or eighth bits shows at once */
#define PIN_MAGIC_LEN 8
#define PIN_MAJOR 1 /* another one cannot be read            */
#define PIN_MINOR 2 /* a higher one only adds what may be skipped */
enum pin_header {
    PIN_H_MAGIC = 0,
    PIN_H_MAJOR = 8,       /* u16 */
    PIN_H_MINOR = 10,      /* u16 */
    PIN_H_FEATURES = 12,   /* u32: required features; one that is unknown means: do not read         */
    PIN_H_FILE_LEN = 16,   /* u64 */
    PIN_H_FILE_ID = 24,    /* u64: XXH64 of header and table with these 8 bytes as zeros             */
    PIN_H_ITEMS = 32,      /* u32 */
    PIN_H_MODULES = 36,    /* u32 */
    PIN_H_SOURCES = 40,    /* u32 */
    PIN_H_PROVISIONS = 44, /* u32 */
    PIN_H_SECTIONS = 48,   /* u32: rows of the table                                                 */
    PIN_H_HEAD_LEN = 52,   /* u32: bytes from 0 that a reader over a network fetches first: up to the
                              end of PACKED, or, where there is none, of the head                    */
    PIN_H_RESERVED = 56,   /* u64: zero                                                              */
    PIN_HEADER_LEN = 64
};
#define PIN_FEATURES_KNOWN 0u

/* ---- Section table: 32 bytes a row ---- */
enum pin_row {
    PIN_ROW_KIND = 0,     /* u16: pin_section                                                        */
    PIN_ROW_FLAGS = 2,    /* u16                                                                     */
    PIN_ROW_RESERVED = 4, /* u32: zero                                                               */
    PIN_ROW_OFFSET = 8,   /* u64                                                                     */
    PIN_ROW_LEN = 16,     /* u64                                                                     */
    PIN_ROW_HASH = 24,    /* u64: XXH64 of the section's bytes                                       */
    PIN_ROW_LEN_ALL = 32
};
#define PIN_FLAG_OPTIONAL 1u /* a reader that does not know this kind skips it */
#define PIN_SECTIONS_MAX 64
#define PIN_ALIGN 64
#define PIN_PADDING 64

typedef enum pin_section {
    /* the head proper: read and checked when the file is opened */
    PIN_S_META = 1,
    PIN_S_MODULES,
    PIN_S_SOURCES,
    PIN_S_STATUSES,
    PIN_S_ABBREVIATIONS,
    PIN_S_TERM_KEYS,       /* page separators of TERMS                                               */
    PIN_S_WORD_KEYS,       /* page separators of WORDS                                               */
    PIN_S_ITEM_DICTIONARY, /* codebook of item records; empty when they are not compressed           */
    /* read where needed, checked where used */
    PIN_S_TERMS,
    PIN_S_ITEM_ROWS,
    PIN_S_ITEM_STATUS,
    PIN_S_EXACT,
    PIN_S_FORWARD,
    PIN_S_QUESTION_LISTS,
    PIN_S_ANSWER_LISTS,
    PIN_S_WORDS,
    PIN_S_TYPOS,
    PIN_S_IDS,
    PIN_S_MEMBERS,
    PIN_S_PROVISION_ROWS,
    PIN_S_PROVISION_IDS,
    PIN_S_PROVISION_ALSO,
    PIN_S_PROVISION_NAMES,
    PIN_S_CITING,
    PIN_S_TEXT_DICTIONARY, /* the preset dictionary of the words of provisions                       */
    PIN_S_PROVISION_TEXTS,
    PIN_S_ITEMS,
    /* since 1.1, optional: an older reader skips them, an older file has none of them */
    PIN_S_REVISIONS, /* of each item: its hash, its first day, and what a second look needs of it     */
    PIN_S_PAST,      /* ids with older revisions or a fate, sorted                                    */
    PIN_S_ARCHIVE,   /* records of items as they stood, and the words that they rested on             */
    PIN_S_RELEASES,  /* the releases that led to this one                                             */
    PIN_S_STEPS,     /* about where each item lies: for a reader over a network                       */
    PIN_S_PACKED_11, /* PACKED as 1.1 had it; no longer written, never read                           */
    /* since 1.2, optional */
    PIN_S_AHEAD,  /* of the dictionary: the terms with the longest lists, where those of each page are */
    PIN_S_PACKED, /* the head once more, compressed: the first read over a network                    */
    PIN_S_FLAT,   /* the flat lists once more, compressed                                             */
    PIN_S_CARDS,  /* items that are stored plainly once more, compressed: for a reader over a network */
    PIN_S_CARD_STEPS, /* where each of them lies                                                      */
    PIN_SECTION_END
} pin_section;
#define PIN_S_OPTIONAL PIN_S_REVISIONS /* sections from here on may be missing */
#define PIN_S_HEAD_LAST PIN_S_ITEM_DICTIONARY

/* ---- Caps: a file that goes beyond is refused, so that hostile numbers cannot ask for much ---- */
#define PIN_ITEMS_MAX (1u << 28)
#define PIN_MODULES_MAX (1u << 20)
#define PIN_SOURCES_MAX 0xFFFFu
#define PIN_PROVISIONS_MAX (1u << 26)
#define PIN_TEXT_RECORD_MAX (8u << 20) /* the words of one provision, uncompressed                   */
#define PIN_DICTIONARY_MAX (32u << 10) /* the window of DEFLATE                                      */
#define PIN_BOOK_MAX (512u << 10)      /* a codebook                                                  */
#define PIN_RELATED_MAX 1024
#define PIN_CITATIONS_MAX 65536
#define PIN_ARCHIVED_MAX (1u << 20)    /* an item as it stood, uncompressed, without the words of the law */
#define PIN_PAST_REVISIONS_MAX 65536   /* of one id                                                  */
#define PIN_RELEASES_MAX 65536

/* ---- Pages of sorted keys (TERMS, WORDS) ---- all of one length in a section: 512, 1024, 2048 or 4096 bytes
 *
 *     0   u32  checksum: low half of XXH64 of all bytes from 4 on, seed = page number
 *     4   u16  entries
 *     6   u16  end: where the entries stop
 *     8   u64  base of question lists   } TERMS only: list offsets are relative to these
 *     16  u64  base of answer lists     }
 *     ..       entries: u8 shared, u8 rest, u8 data, `rest` bytes of key, `data` bytes
 *     ..       zeros
 *     end - 2g  u16 offset of group g-1's first entry, g = 1 .. ceil(entries / 16)
 *
 * A key is the first `shared` bytes of the key before it, then its own `rest`. The first key of a
 * group of 16 shares nothing. */
#define PIN_PAGE_LEAST 512
#define PIN_PAGE_MOST 4096
#define PIN_PAGE_GROUP 16
enum pin_page {
    PIN_PAGE_HASH = 0,
    PIN_PAGE_COUNT = 4,
    PIN_PAGE_END = 6,
    PIN_PAGE_WORDS = 8,
    PIN_PAGE_BASES = 8,
    PIN_PAGE_TERMS = 24
};
#define PIN_KEY_MAX 255

/* Separators: u32 pages, u32 keys, u32 starts[pages + 1] into the texts, u32 first[pages] (number of
 * the page's first key), texts. Text p is at most the first key of page p and above the last key of
 * page p - 1; text 0 is empty. */

/* ---- Lists of postings ---- in QUESTION_LISTS and ANSWER_LISTS
 * Form of a list, in the low two bits beside its length in the dictionary. */
enum pin_form { PIN_FORM_SHORT = 1, PIN_FORM_BLOCKS = 2, PIN_FORM_FLAT = 3 };
/* PIN_FORM_SHORT: u32 checksum, then `count` varint gaps, then `count` impacts.
 * PIN_FORM_FLAT: ceil(items / 2) bytes of nibbles at a multiple of 64, then u32 checksum of them.
 * PIN_FORM_BLOCKS: */
enum pin_list_header {
    PIN_L_HASH = 0,      /* u32: of bytes [4, head)                                                  */
    PIN_L_HEAD = 4,      /* u32: bytes up to the first block                                         */
    PIN_L_COUNT = 8,     /* u32: postings                                                            */
    PIN_L_BLOCKS = 12,   /* u32: ceil(count / 128)                                                   */
    PIN_L_BEST_IDS = 16, /* 16 u32: ids of the best impacts, best first, ties by lower id            */
    PIN_L_BEST = 80,     /* 16 u8: those impacts                                                     */
    PIN_L_ARRAYS = 96    /* u32 last ids[blocks], u32 block ends[blocks] (from the list's start),
                            u16 block checksums[blocks], u8 max impacts[blocks], then, when count is
                            above PIN_WINDOWS_FROM, u8 max impact of each 4,096 ids of the corpus    */
};
#define PIN_L_BEST_COUNT 16
#define PIN_WINDOWS_FROM 2048
#define PIN_BLOCK_GROUP 32    /* gaps that share one width                                              */
#define PIN_BLOCK_BITSET 0xFF /* in place of the first width: the block is a bitset                  */

/* Checksums of 32 (16) bits are the low bits of XXH64; the seed is where the bytes belong (offset of
 * the list in its section, page, item or provision number), so bytes at a wrong place are found. */
static inline uint32_t pin_hash32(const void *bytes, size_t len, uint64_t seed)
{
    return (uint32_t)pin_hash64(bytes, len, seed);
}

/* ---- Hash tables (EXACT, TYPOS, IDS, PROVISION_IDS, PROVISION_ALSO) ----
 *
 *     0  u32  rows
 *     4  u8   bits: 2^bits buckets
 *     5  u8   width of a value in bytes: 1..4
 *     6  u16  zero
 *     8  u32  starts[2^bits + 1]: first row of each bucket
 *     .. u16  marks[rows]
 *     ..      values[rows], `width` bytes each
 *
 * For h = XXH64(key, seed = section kind): bucket = the top `bits` bits of h, mark = the next 16 bits.
 * Rows are sorted by bucket, mark, value. A row is a candidate; the record it names decides.
 *
 * In an even table all buckets are filled up to the length of the longest with rows of a mark that no key of the bucket
 * has, so that a reader over a network, whom AHEAD tells the length, knows where a bucket lies. */
enum pin_table { PIN_T_ROWS = 0, PIN_T_BITS = 4, PIN_T_WIDTH = 5, PIN_T_STARTS = 8 };
#define PIN_TABLE_BITS_MAX 26
#define PIN_T_BUCKET 16u      /* rows in a bucket, on average at most */
#define PIN_T_EVEN_BUCKET 32u /* of an even table, not counting what fills up */
#define PIN_T_EVEN_MOST 4u    /* an even table has at most so many times the rows that it needs */
#define PIN_T_EVEN_ITEMS (1u << 17) /* no table of a larger corpus is even: nobody searches it over a network */

static inline uint32_t pin_table_bucket(uint64_t hash, unsigned bits)
{
    return bits ? (uint32_t)(hash >> (64 - bits)) : 0;
}
static inline uint16_t pin_table_mark(uint64_t hash, unsigned bits)
{
    return (uint16_t)(hash >> (48 - bits));
}

/* ---- Places: where a record lies in its section ---- u64: offset << 24 | length */
#define PIN_PLACE_LEN 8
static inline uint64_t pin_place(uint64_t offset, uint32_t len) { return offset << 24 | len; }
static inline uint64_t pin_place_offset(uint64_t place) { return place >> 24; }
static inline uint32_t pin_place_len(uint64_t place) { return (uint32_t)(place & 0xFFFFFF); }

/* ---- Packed records (ITEMS, PROVISION_TEXTS) ----
 * u32 checksum of what follows (seed: item or provision number), u8 method, varint raw length, payload. */
enum pin_method { PIN_METHOD_STORED = 0, PIN_METHOD_DEFLATE = 1, PIN_METHOD_CODEBOOK = 2 };

/* ---- PACKED ---- u32 length; u32 tables; u32 lists; for each table u32 at, u32 count; then raw DEFLATE of so many
 * bytes of the file from META on: the sections of the head, then STEPS and AHEAD, and the zeros between them; behind
 * them for each list that FLAT has, in its order, u32 offset in its section / 64 * 2 + field, u32 bytes in FLAT. Where a table of
 * `count` u32 lies, `at` bytes after META, stand in its place the differences from one number to the next (the first
 * from 0): the lowest bytes of all, then the second ones, the third, the highest. With bit 31 of the count the numbers
 * are u16. A browser unpacks it by itself; the core never reads it. */
#define PIN_PACKED_U16 0x80000000u

/* ---- FLAT ---- one after the other raw DEFLATE of flat lists as they lie in their sections, checksum and all. For
 * browsers; the core never reads it. */
#define PIN_FLAT_PACKED_LEAST 1024u /* bytes of a list */

/* ---- AHEAD ---- u32 pages of TERMS, or 0 where there are more than PIN_AHEAD_PAGES; u32 terms; for EXACT, TYPOS,
 * PROVISION_IDS and PROVISION_ALSO: u32 rows of each bucket, or 0 where the table is not even, u8 bits and u8 width as
 * the table has them, u16 zero. Then for each term, in
 * order: varint number - number before - 1 (the first: its number), u8 shared, u8 rest, u8 data, `rest` bytes of key,
 * `data` bytes, both as in TERMS with bases of 0. Then for each page two varints: how many units of 2^4 bytes its
 * base in the question lists lies before that of the next page, or before the end of the section: floor(next / unit) -
 * floor(base / unit); the same of answer lists, in units of 2^6. */
#define PIN_A_KINDS {PIN_S_EXACT, PIN_S_TYPOS, PIN_S_PROVISION_IDS, PIN_S_PROVISION_ALSO}
enum pin_ahead_layout { PIN_A_PAGES = 0, PIN_A_TERMS = 4, PIN_A_TABLES = 8, PIN_A_TABLE_LEN = 8, PIN_A_DATA = 40 };
#define PIN_AHEAD_SHIFT(field) ((field) == 0 ? 4u : 6u)
#define PIN_AHEAD_TERMS 128u
#define PIN_AHEAD_PAGES 4096u
#define PIN_AHEAD_LEAST 64u /* bytes of lists: less is soon fetched */

/* ---- Provision rows: 32 bytes ---- */
enum pin_provision_row {
    PIN_P_PARENT = 0,  /* u32, PIN_NO_PROVISION at the top                                            */
    PIN_P_END = 4,     /* u32                                                                         */
    PIN_P_SOURCE = 8,  /* u16                                                                         */
    PIN_P_DEPTH = 10,  /* u16                                                                         */
    PIN_P_CITING = 12, /* u32: first row in CITING; the next provision's (or the end) bounds them    */
    PIN_P_NAMES = 16,  /* u64 place in PROVISION_NAMES                                                */
    PIN_P_TEXT = 24,   /* u64 place in PROVISION_TEXTS                                                */
    PIN_P_LEN = 32
};

/* ---- Citing rows: 8 bytes ---- u32 item, u32 citation number | 1 << 31 when it stands in a range */
#define PIN_CITING_LEN 8
#define PIN_CITING_RANGE 0x80000000u

/* ---- Revisions: a row an item, all of the same length (a multiple of 4) ---- The terms are those of FORWARD:
 * with them the second look of a search is one read an item over a network. */
enum pin_revision_row {
    PIN_R_CHECK = 0,  /* u32: checksum of what follows, seed = item                                  */
    PIN_R_SEEN = 4,   /* u32: day, 20260310; 0: not known                                            */
    PIN_R_HASH = 8,   /* 32 bytes                                                                    */
    PIN_R_PLACE = 40, /* u64: as in ITEM_ROWS                                                        */
    PIN_R_COUNT = 48, /* u8: bytes of terms; PIN_R_LONG: more than the row has room for              */
    PIN_R_TERMS = 49, /* varints, then zeros                                                         */
    PIN_R_BARE = 40,  /* bytes of a row that ends with the hash                                      */
    PIN_R_LEAST = 52  /* of one with a place and terms                                               */
};
#define PIN_R_LONG 255
#define PIN_R_MOST 128

/* ---- Steps: u8 shift, then a u8 an item ---- how many units of 2^shift bytes the next item starts later, in
 * ITEMS. Their sum says where an item is, give or take a unit. Only in files of at most so many items. */
#define PIN_STEPS_ITEMS 16384u
#define PIN_STEPS_SHIFT_MAX 16

/* ---- Cards ---- In CARDS each item of a small corpus has u16 length and so many bytes of a packed record, as in ITEMS but
 * by PIN_METHOD_DEFLATE without a dictionary, then zeros up to a multiple of a unit. CARD_STEPS: u8 shift, then a u8 an
 * item: so many units of 2^shift bytes it takes. */

/* ---- Citations within an item record ---- */
enum pin_citation_bits {
    PIN_C_STATE = 7, /* u8 `how`: bits 0..2 */
    PIN_C_IN_LIST = 8,
    PIN_C_FROM_RANGE = 16,
    PIN_C_IN_QUESTION = 32
};
enum pin_citation_same { /* u8 `same`: fields left out because they equal those of the citation before */
                         PIN_C_SAME_ENTRY = 1,
                         PIN_C_SAME_WRITTEN = 2,
                         PIN_C_SAME_SOURCE = 4,
                         PIN_C_SAME_NOTE = 8,
                         PIN_C_SAME_QUOTE = 16
};

#endif
