/* One character of source text: its class and its folded bytes. Private to core/text.
 *
 * The tables are written at build by tools/gen_fold.c with utf8proc, and hold every code point below
 * U+2C00, the Latin ligatures (U+FB00 block) and the full- and half-width forms (U+FF00 block).
 * Above, a code point keeps its bytes and only its class is known. */
#ifndef PIN_TEXT_FOLD_H
#define PIN_TEXT_FOLD_H

#include "core/bytes/bytes.h"

typedef enum pin_char_class {
    PIN_CHAR_OTHER,  /* separates words; its folded form is its ASCII spelling ('，' is ","), or itself */
    PIN_CHAR_LETTER, /* also vowel signs of scripts that write vowels as marks                      */
    PIN_CHAR_DIGIT,  /* decimal and other digits, save raised ones, which are OTHER                 */
    PIN_CHAR_SKIP,   /* accents, soft hyphens and the like: folded to nothing, do not end a word    */
    PIN_CHAR_CJK     /* Han, kana, bopomofo, Hangul: read in pairs                                  */
} pin_char_class;

typedef struct pin_char {
    const char *folded; /* `len` bytes of UTF-8: constant, or the source bytes themselves */
    uint32_t    width;  /* bytes of source; 0 only at the end of the text                 */
    uint8_t     len;
    uint8_t     klass; /* pin_char_class */
} pin_char;

#define PIN_FOLD_MAX 12 /* bytes one character folds to at most; the generator checks */

/* The character at byte `pos`; past the end, and for a byte that is not UTF-8, OTHER with len 0. */
pin_char pin_char_at(pin_str text, size_t pos);

/* ---- The generated tables ----
 * An entry is class << 13 | v. v == 0: folds to itself. Else pin_fold_pool[v] is a length and
 * the folded bytes follow. Entries of 32 neighbours form a block; equal blocks are stored once. */
#define PIN_FOLD_LOW_END 0x2C00u
#define PIN_FOLD_LIGATURES 0xFB00u /* .. U+FB5F */
#define PIN_FOLD_LIGATURES_END 0xFB60u
#define PIN_FOLD_WIDTHS 0xFF00u /* .. U+FFFF */
#define PIN_FOLD_WIDTHS_END 0x10000u
#define PIN_FOLD_LOW_BLOCKS (PIN_FOLD_LOW_END / 32)
#define PIN_FOLD_LIGATURE_BLOCKS ((PIN_FOLD_LIGATURES_END - PIN_FOLD_LIGATURES) / 32)
#define PIN_FOLD_WIDTH_BLOCKS ((PIN_FOLD_WIDTHS_END - PIN_FOLD_WIDTHS) / 32)
#define PIN_FOLD_BLOCKS (PIN_FOLD_LOW_BLOCKS + PIN_FOLD_LIGATURE_BLOCKS + PIN_FOLD_WIDTH_BLOCKS)

extern const uint8_t  pin_fold_block[PIN_FOLD_BLOCKS];
extern const uint16_t pin_fold_entry[][32];
extern const char     pin_fold_pool[];

/* Classes from U+2C00 on: a start << 3 | class holds up to the next start. Sorted; the first start
 * is U+2C00. Unassigned code points take the class of their neighbour. */
extern const uint32_t pin_class_start[];
extern const uint32_t pin_class_count;

#endif
