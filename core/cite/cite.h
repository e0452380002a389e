/* The inside of the citation grammar: what its files share. The outside is pincite/cite.h.
 *
 * text --lexer--> tokens --grammar--> paths --acts--> path + act --resolve--> pin_ref
 *
 * A path is what a citation says, step by step from the article or annex down, before anyone has asked
 * whether it exists: "Article 3(14)" is [article 3][number 14], and only the act can tell whether its
 * Article 3 has paragraphs or points. Nothing here allocates; results alone go to the caller's arena. */
#ifndef PIN_CITE_INSIDE_H
#define PIN_CITE_INSIDE_H

#include "pincite/cite.h"

/* ---- Tokens (lexer.c) ------------------------------------------------------------------------
 * Punctuation is its own ASCII byte; typographic spaces, dashes and quotes become the plain ones. */
enum {
    PIN_TOKEN_END = 0,
    PIN_TOKEN_WORD = 'w',   /* letters; every byte above ASCII that is no space, dash or quote is one */
    PIN_TOKEN_NUMBER = '0', /* ASCII digits                                                           */
    PIN_TOKEN_DASH = '-',
    PIN_TOKEN_QUOTE = '\'',
    PIN_TOKEN_PARAGRAPH = 'p', /* the sign U+00A7 */
    PIN_TOKEN_OTHER = 'x'
};

typedef struct pin_token {
    uint32_t from, to;
    uint32_t number; /* of PIN_TOKEN_NUMBER; UINT32_MAX when it has more than 6 digits */
    uint8_t  kind;
    bool     tight;  /* nothing stands between it and what came before            */
    bool     broken; /* a blank line stands before it: no citation goes across    */
} pin_token;

/* The first token at or after `pos`; PIN_TOKEN_END with from == to == text.len when there is none. */
pin_token pin_cite_token(pin_str text, uint32_t pos);
/* Does a letter or digit begin at `pos` (any byte that can belong to a word)? */
bool      pin_cite_is_word_byte(pin_str text, uint32_t pos);

/* ---- Words (words.c) ------------------------------------------------------------------------- */
enum { /* the steps of a provision id, in the order of `pin_cite_step_prefix` */
       PIN_STEP_NONE = 0,
       PIN_STEP_ARTICLE,
       PIN_STEP_ANNEX,
       PIN_STEP_RECITAL,
       PIN_STEP_SECTION,
       PIN_STEP_PART,
       PIN_STEP_CLASS,
       PIN_STEP_PARAGRAPH,
       PIN_STEP_SUBPARAGRAPH,
       PIN_STEP_POINT
};

enum { /* what a word can do in a citation */
       PIN_WORD_NONE = 0,
       PIN_WORD_HEAD,      /* article, annex, recital: begins a citation; `step`        */
       PIN_WORD_LEVEL,     /* point, paragraph, part: goes below one; `step`            */
       PIN_WORD_ENTRY,     /* entry, question: an entry of an FAQ                       */
       PIN_WORD_ORDINAL,   /* first, 2nd; `value`                                       */
       PIN_WORD_ESSENTIAL, /* essential (cybersecurity) requirement                     */
       PIN_WORD_SENTENCE,  /* sentence, indent: below what has an id                    */
       PIN_WORD_AND,       /* and, or                                                   */
       PIN_WORD_TO,        /* to, through                                               */
       PIN_WORD_OF,        /* of, in, under                                             */
       PIN_WORD_THE,
       PIN_WORD_THIS,
       PIN_WORD_THAT, /* that, said, same, those: an act named before              */
       PIN_WORD_ITS,
       PIN_WORD_UNIT,    /* hours, January: the number before it counts something     */
       PIN_WORD_TYPE,    /* regulation, directive, act: `value` is a pin_act_type     */
       PIN_WORD_MODULE,  /* module B of a conformity assessment                       */
       PIN_WORD_CHAPTER, /* chapters and titles hold provisions but are none          */
       PIN_WORD_OPENER   /* when, where, if: opens a clause that does not govern what follows */
};

typedef struct pin_word {
    uint8_t code;
    uint8_t step;
    uint8_t value;
    bool    plural;
    bool    shortened; /* art, rec, para: a full stop after it belongs to it */
} pin_word;

pin_word pin_cite_word(pin_str word);
/* Word number `row` of the table; empty past the last. For tests. */
pin_str  pin_cite_word_text(uint32_t row);
/* The word at token `t`, or PIN_WORD_NONE when `t` is none. */
pin_word pin_cite_word_at(pin_str text, pin_token t);

/* ---- Numbers (numbers.c) --------------------------------------------------------------------- */
#define PIN_ROMAN_MAX 39 /* no annex needs an L */
/* Value of a roman numeral in one case, written the one right way; 0 when it is none. */
uint32_t pin_cite_roman_value(pin_str word);
/* Writes 1..PIN_ROMAN_MAX in capitals or small letters; returns the length (at most 7). */
uint32_t pin_cite_roman_put(char out[8], uint32_t value, bool small);
uint32_t pin_cite_decimal_put(char out[10], uint32_t value);

/* ---- Paths ------------------------------------------------------------------------------------ */
enum { PIN_FORM_NUMBER, PIN_FORM_LETTER, PIN_FORM_ROMAN };

#define PIN_STEP_TEXT 20
#define PIN_PATH_MAX 10

typedef struct pin_step {
    uint8_t kind;                /* PIN_STEP_*; for a bare "(8)" the likeliest                         */
    uint8_t form;                /* PIN_FORM_*                                                         */
    uint8_t len;                 /* of text                                                            */
    bool    led;                 /* stands after its own word: "point (8)", not "(8)"                  */
    bool    bracketed;           /* written (8), not 8                                                 */
    bool    plural;              /* its word was in the plural: "points", a list is expected          */
    bool    loose;               /* a number merely standing beside, "art 13 8": goes if it misleads   */
    char    text[PIN_STEP_TEXT]; /* as in an id: 8, 5a, 3.2, b, ii, IV                             */
} pin_step;

typedef struct pin_path {
    uint32_t firm_to; /* where the words end without what is loose */
    uint8_t  count;
    bool     unreadable; /* something in it is beyond us: a number of seven digits, "(x-y-z)" */
    pin_step at[PIN_PATH_MAX];
} pin_path;

/* ---- Acts (acts.c) ---------------------------------------------------------------------------- */
typedef enum pin_act_type {
    PIN_ACT_ANY = 0,
    PIN_ACT_REGULATION,
    PIN_ACT_DIRECTIVE,
    PIN_ACT_DECISION,
    PIN_ACT_ACT,
    PIN_ACT_TREATY,
    PIN_ACT_GUIDE, /* guides and FAQs: have sections, no articles */
} pin_act_type;

enum { PIN_ACT_NAMED = 0, PIN_ACT_POINTS_HERE, PIN_ACT_POINTS_BACK };

#define PIN_ACT_OTHER UINT32_MAX

typedef struct pin_act {
    uint32_t from, to; /* the words that name it                                             */
    uint32_t number;   /* in pin_law, or PIN_ACT_OTHER                                       */
    uint8_t  type;     /* pin_act_type                                                       */
    uint8_t  points;   /* "this Regulation" here, "that Directive" back, else a name         */
    bool     numbered; /* Regulation (EU) 2019/881: certain enough to stand alone            */
} pin_act;

/* What all parts look at during one scan. */
typedef struct pin_cite_view {
    pin_str        text;
    pin_cite_mode  mode;
    const pin_law *law;
    uint32_t       faq;   /* the act that is an FAQ, or PIN_ACT_OTHER */
    pin_law_names  own;   /* when the law has none ready */
    const pin_law_names *names;
} pin_cite_view;

/* `view` must stay where it is. */
void pin_cite_view_init(pin_cite_view *view, pin_str text, pin_cite_mode mode, const pin_law *law);
/* The act named by the words at `pos`, the longest name winning. `attached`: the words follow
 * "Article 5 of", so that "that Directive" and an unknown "XYZ" count too. */
bool pin_cite_act_at(pin_act *out, const pin_cite_view *view, uint32_t pos, bool attached);
/* May word or number `t`, which is `w`, begin the name of an act? Quick; yes is no promise. */
bool pin_cite_may_name(const pin_cite_view *view, pin_token t, pin_word w);
/* The act after a citation ending at `pos`: " GDPR", ", DA", " of the CRA", " to this Regulation". */
bool pin_cite_act_after(pin_act *out, const pin_cite_view *view, uint32_t pos);
/* Like pin_cite_scan(), which passes over words that can neither cite nor name anything; this one looks at
 * every word in full. The results are the same: tests and fuzzing compare them. */
pin_status pin_cite_scan_every_word(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law,
                                    pin_arena *arena, pin_error *err);
/* Does one of act `number`'s names say it is of this type? */
bool pin_cite_act_is(const pin_cite_view *view, uint32_t number, uint8_t type);

/* ---- Grammar (grammar.c) ---------------------------------------------------------------------- */
enum { PIN_ITEM_ONE, PIN_ITEM_RANGE_END, PIN_ITEM_UNREADABLE };

/* Receives every item of a list in written order. An item that ends a range follows the one that began
 * it. [from, to) are the item's own words. */
typedef struct pin_sink {
    void (*item)(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how);
    void *ctx;
} pin_sink;

typedef struct pin_parsed {
    uint32_t from, to; /* the whole citation                                             */
    uint32_t items;    /* how many times `sink` was called                               */
    uint8_t  root;     /* PIN_STEP_ARTICLE, _ANNEX, _RECITAL or _SECTION                 */
    bool     dotted;   /* a section number with a dot                                    */
    bool     entry;    /* "entry 4.2.5", "4.2.5": a section only if there is such an FAQ */
    bool     module;   /* "point 8 of module B"                                          */
    pin_path first;    /* of the first item                                              */
    pin_act  act;      /* named within, "part IV of CRA Annex VIII"; from == to if none  */
} pin_parsed;

/* Reads one citation, list or range that begins with the word or number at `pos`; false when none does
 * (then nothing was given to `sink`). `sink` may be NULL. Two looks: one to see how far it goes and
 * which act follows, one to take the items. */
bool pin_cite_parse(pin_parsed *out, const pin_cite_view *view, uint32_t pos, const pin_sink *sink);
/* The same for section numbers without a word before them, "4.1.2 and 4.2.5": after the name of an FAQ. */
bool pin_cite_parse_sections(pin_parsed *out, const pin_cite_view *view, uint32_t pos, const pin_sink *sink);
/* Skips what joins two citations, ", " "and" "or" "&": position after it, or `pos` itself. */
uint32_t pin_cite_join(const pin_cite_view *view, uint32_t pos);

/* ---- Resolving (resolve.c, expand.c) ----------------------------------------------------------- */
#define PIN_ID_MAX 320
typedef struct pin_cite_id {
    char     text[PIN_ID_MAX];
    uint32_t len;
    uint32_t provision;
    uint8_t  state;
    bool     firm; /* loose steps were left out */
} pin_cite_id;

/* Finds the provision that `path` means in act `act` (PIN_ACT_OTHER: none is known): first as written,
 * then in the other ways people write it. The id is filled in every case. */
void pin_cite_resolve(pin_cite_id *out, const pin_cite_view *view, const pin_path *path, uint32_t act);

#define PIN_RANGE_MAX 1000 /* widest range that is expanded; a wider one is not understood */
/* One step between `first` and `last` (both excluded), in document order; false past the last. `*at` is 0
 * at first. With `letters` also 5a, 5b after 5, as long as the caller says that the one before was
 * `found`. Needs pin_cite_range_width() in 1..PIN_RANGE_MAX. */
bool     pin_cite_range_next(pin_path *between, const pin_path *first, const pin_path *last, uint32_t *at,
                             bool letters, bool found);
/* Steps from first to last; 0 when they are no range (different parents, or backwards). */
uint32_t pin_cite_range_width(const pin_path *first, const pin_path *last);

#endif
