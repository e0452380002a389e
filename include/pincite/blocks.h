/* Answers as safe blocks: Markdown is parsed when the index is built, so no host parses it, and no
 * raw HTML, script or unknown link scheme can be in an index.
 *
 * A sequence of nodes. A node is one opcode byte and its fields; containers are closed by PIN_B_END.
 * Strings are a varint length and UTF-8 bytes. Only the opcodes below exist; nesting is at most
 * PIN_BLOCK_DEPTH. Readers treat anything else as PIN_CORRUPT. */
#ifndef PINCITE_BLOCKS_H
#define PINCITE_BLOCKS_H

#include "pincite/base.h"

#define PIN_BLOCK_DEPTH 32

typedef enum pin_block_op {
    PIN_B_END = 0,
    /* blocks: containers */
    PIN_B_PARAGRAPH = 1,
    PIN_B_HEADING = 2,      /* + level byte 3..6: the question is 1 or 2                             */
    PIN_B_LIST = 3,         /* unordered                                                             */
    PIN_B_NUMBERED = 4,     /* + varint first number                                                 */
    PIN_B_ENTRY = 5,        /* of a list                                                             */
    PIN_B_QUOTE = 6,
    PIN_B_TABLE = 7,        /* + varint columns (1..64)                                              */
    PIN_B_ROW = 8,          /* + byte: 1 when it is the header row                                   */
    PIN_B_CELL = 9,         /* + byte alignment: 0 none, 1 left, 2 centre, 3 right                   */
    /* blocks: leaves */
    PIN_B_CODE_BLOCK = 10,  /* + string language, + string text                                      */
    PIN_B_RULE = 11,
    /* inline: containers */
    PIN_B_EMPHASIS = 20,
    PIN_B_STRONG = 21,
    PIN_B_STRIKE = 22,
    PIN_B_LINK = 23,        /* + string URL: http, https, mailto, or relative; nothing else          */
    PIN_B_ITEM_LINK = 24,   /* + string target: an item id "module/slug" or a module slug            */
    PIN_B_CITE = 25,        /* + varint citation number of the item: these words cite that provision */
    /* inline: leaves */
    PIN_B_TEXT = 40,        /* + string                                                              */
    PIN_B_CODE = 41,        /* + string                                                              */
    PIN_B_BREAK = 42,       /* a hard line break                                                     */
    PIN_B_IMAGE = 43        /* + string URL, + string alternative text; shown as a link              */
} pin_block_op;

typedef struct pin_block {
    uint8_t  op;      /* pin_block_op                                                                */
    uint32_t number;  /* level, first number, columns, header, alignment, citation number            */
    pin_str  text;    /* text, URL, target, language                                                 */
    pin_str  extra;   /* code text, alternative text                                                 */
} pin_block;

/* Walks a sequence of blocks; checks opcodes, strings, UTF-8 and nesting as it goes. */
typedef struct pin_block_walk {
    pin_str  left;
    uint8_t  open[PIN_BLOCK_DEPTH]; /* opcodes of the open containers */
    uint32_t depth;
    bool     failed;
} pin_block_walk;
void pin_block_walk_init(pin_block_walk *walk, pin_str blocks);
/* The next node; false at the end or when failed. PIN_B_END nodes are reported too, with `number`
 * set to the opcode of the container that they close. */
bool pin_block_next(pin_block_walk *walk, pin_block *out);

/* Is this an address that a page may link to: http, https, mailto, or relative, without control
 * characters? The walk refuses links and images with any other. */
bool pin_url_is_safe(pin_str url);

/* The blocks as plain text: what is searched, and what snippets are cut from. Paragraphs, entries and
 * rows end with '\n' ("\n\n" between blocks at the top), cells are parted by '\t', links give their
 * text. PIN_OK, PIN_CORRUPT, PIN_NO_SPACE (by the buffer). */
pin_status pin_blocks_plain(pin_buf *out, pin_str blocks);

#endif
