/* Words flowing into lines of a stated width, with indents, bullets and gutters in front: how text
 * reaches a terminal. All of it is cleaned on the way, so no text of a corpus can drive a terminal. */
#ifndef PIN_PAGE_FLOW_H
#define PIN_PAGE_FLOW_H

#include "pincite/page.h"

#define PIN_FLOW_INDENTS 40
#define PIN_FLOW_WORD 240 /* bytes of a word held back to see whether it still fits on the line */

typedef enum pin_flow_style {
    PIN_FLOW_PLAIN = 0,
    PIN_FLOW_BOLD = 1,
    PIN_FLOW_DIM = 2,
    PIN_FLOW_MARK = 4, /* a word that was searched for */
    PIN_FLOW_CITE = 8  /* words that cite a provision  */
} pin_flow_style;

typedef struct pin_flow_indent {
    char     lead[20], rest[20];         /* before the first line and before the others, UTF-8, then NUL  */
    uint32_t lead_columns, rest_columns; /* of these                                                  */
    bool     led;                        /* the first line has been written                           */
} pin_flow_indent;

typedef struct pin_flow {
    pin_buf        *out;
    uint32_t        width;
    bool            colour;
    uint32_t        column;   /* columns written on the current line, indents included; 0: nothing yet  */
    uint32_t        start;    /* column at which the text of this line began                            */
    bool            space;    /* white space stands before the next word                                */
    bool            glued;    /* the word held back continues one that has been written                  */
    bool            any;      /* something was written                                                  */
    bool            gap;      /* an empty line is due before the next text                              */
    uint32_t        style;    /* of the text to come                                                    */
    uint32_t        shown;    /* style that the terminal has now                                        */
    pin_flow_indent indents[PIN_FLOW_INDENTS];
    uint32_t        depth;    /* may exceed PIN_FLOW_INDENTS: further indents have no width             */
    char            word[PIN_FLOW_WORD + 32];
    size_t          word_len;
    uint32_t        word_columns;
} pin_flow;

void pin_flow_init(pin_flow *flow, pin_buf *out, const pin_text_options *options);

/* Words, broken at white space; more may follow without a space in between. */
void pin_flow_text(pin_flow *flow, pin_str text);
void pin_flow_texts(pin_flow *flow, const char *text);
void pin_flow_number(pin_flow *flow, uint64_t value);
/* A text in one piece: kept on one line, spaces and all, even where it is wider than the line. */
void pin_flow_verbatim(pin_flow *flow, pin_str text);
void pin_flow_space(pin_flow *flow);
/* Ends the line, if anything is on it. */
void pin_flow_line(pin_flow *flow);
/* Ends the line and leaves one empty line before whatever comes next. */
void pin_flow_gap(pin_flow *flow);
/* Pads with spaces up to `column`, or with one space when the line is already there. */
void pin_flow_column(pin_flow *flow, uint32_t column);

/* Adds to and takes from the style of the text to come. Without colour nothing is seen of it. */
uint32_t pin_flow_style_on(pin_flow *flow, uint32_t style); /* returns the style before */
void     pin_flow_style_back(pin_flow *flow, uint32_t style);

/* A further indent: `lead` stands before the first line, `rest` before those that follow; each below 20
 * bytes. Where less than 24 columns of text would remain, it has no width. */
void pin_flow_push(pin_flow *flow, const char *lead, const char *rest);
void pin_flow_pop(pin_flow *flow);
uint32_t pin_flow_columns(const pin_flow *flow); /* that text has between all indents and the width */

/* Ends the last line and returns to the plain style. */
pin_status pin_flow_finish(pin_flow *flow);

#endif
