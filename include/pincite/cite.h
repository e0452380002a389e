/* Citations as people write them, and the provisions they mean.
 *
 * One grammar serves answers, citation lists and queries: "Article 13(8)", "Art. 14(1)", "Articles 13
 * and 14", "Part II, point (8), of Annex I", "Annex I Part II points (7)-(8)", "recital 57",
 * "section 4.2.5 of the FAQ", "annex 1 part 2 point 8", "13(8)". Ranges and lists expand, in order.
 * Nothing is dropped in silence: what names no provision comes back with the state that says why.
 *
 * Which act is meant, in this order (examples in core/cite/scan_test.c):
 *   1. the act named at the citation, before or after it: "Article 25 GDPR", "the GDPR's Article 25",
 *      "Regulation (EU) 2019/881, Article 5"; "this Regulation" is the default act, "that Directive" and
 *      "its Annex III" the last such act named before;
 *   2. the act named at a citation joined by a comma, "and" or "or": "Articles 5 and 6 and Annex I of ..";
 *   3. the act of the same article or annex earlier in the paragraph;
 *   4. the act the sentence begins with: "The GDPR asks for .. (Article 32)";
 *   5. the default act. Another act that is merely mentioned takes nothing away from it, unless the
 *      default act has no such provision.
 * Acts that pin_law does not know are recognised by a table of names, by their number in the Official
 * Journal and by their shape ("the Toy Safety Regulation").
 *
 * The act decides what a number is: Article 3(14) is a point where the article has points, Part II of an
 * annex its class II where it has classes, and a level left out is filled in where only one fits
 * ("Annex I, point (2)(b)"). Without a loaded act the likeliest id stays: art_N.par_M, pnt_ for letters. */
#ifndef PINCITE_CITE_H
#define PINCITE_CITE_H

#include "pincite/base.h"

/* How a citation ended. Every one ends in exactly one of these, and is counted. */
typedef enum pin_cite_state {
    PIN_CITE_RESOLVED = 0,   /* the provision exists in a loaded source                              */
    PIN_CITE_MISSING,        /* the act is loaded and has no such provision                          */
    PIN_CITE_OTHER_ACT,      /* the text names an act that is not among the sources                  */
    PIN_CITE_NOT_UNDERSTOOD, /* looks like a citation, but the grammar cannot read it                */
    PIN_CITE_NOT_CHECKED     /* the act is known by name, its text is not loaded: id kept, unproved  */
} pin_cite_state;

/* "resolved", "does not exist", "other act", "not understood", "not checked" */
const char *pin_cite_state_name(pin_cite_state state);

#define PIN_NO_PROVISION UINT32_MAX

/* One provision that a text cites. */
typedef struct pin_ref {
    uint32_t from, to;   /* the words that say so: bytes [from, to) of the text scanned          */
    uint8_t  state;      /* pin_cite_state                                                       */
    bool     from_range; /* stands between the two ends of a written range: points (5)-(8) -> 6  */
    bool     act_named;  /* the act was named at this citation, not taken from before or default */
    pin_str  source;     /* source id, "cra"; empty for PIN_CITE_OTHER_ACT                        */
    pin_str  id;         /* id within the source, "art_13.par_8"; canonical even when unproved;
                            empty for OTHER_ACT and NOT_UNDERSTOOD, and where a whole act is meant */
    uint32_t provision;  /* number in the index or source set; PIN_NO_PROVISION unless RESOLVED,
                            and where a whole act is meant (RESOLVED with an empty id)            */
} pin_ref;

typedef struct pin_refs {
    pin_ref *at;
    uint32_t count;
} pin_refs;

/* How the names of acts begin: what the grammar asks of every word. */
typedef struct pin_law_names {
    bool     ready;        /* else found out for each text */
    uint32_t faq;          /* the first act with "FAQ" in a name, or UINT32_MAX                      */
    uint32_t seconds[26];  /* by first letter: bits of second letters, bit 26 for whatever is none   */
    uint64_t openings[16]; /* bit set of hashes of up to six letters                                 */
} pin_law_names;

/* What the grammar needs to know of the sources. The indexer answers from what it has read, an open
 * index from its tables; the grammar sees neither. All callbacks are pure. */
typedef struct pin_law {
    const void *ctx;
    /* Number of acts known by name, and act number `i`: its source id and whether its provisions are
     * loaded (an outline of ids counts as loaded). `name` number k of act i; false past the last. */
    uint32_t (*act_count)(const void *ctx);
    pin_str (*act_id)(const void *ctx, uint32_t act);
    bool (*act_loaded)(const void *ctx, uint32_t act);
    bool (*act_name)(const void *ctx, uint32_t act, uint32_t k, pin_str *name);
    /* The provision `id` of act `act`: its number, or PIN_NO_PROVISION. `id` may also be looked up in
     * the "also" labels: find_also(act, "Article 3(14)"); find_also may be NULL. An act with "FAQ" in one
     * of its names is the one meant by "the FAQ" and "section 4.2.5"; its ids are sec_4.2.5. */
    uint32_t (*find)(const void *ctx, uint32_t act, pin_str id);
    uint32_t (*find_also)(const void *ctx, uint32_t act, pin_str label);
    uint32_t default_act; /* act meant when none is named; PIN_NO_PROVISION for none */
    pin_law_names names;  /* zeros, or filled by pin_cite_know_names() once and for all texts */
} pin_law;

/* Looks at the names that `law` gives, so that scanning need not. They must stay as they are. */
void pin_cite_know_names(pin_law *law);

/* Where the text comes from; decides how much is taken for a citation. */
typedef enum pin_cite_mode {
    PIN_CITE_PROSE, /* an answer: "13(8)" alone is not a citation, "article" in a sentence is not;
                       whole acts count by their number, "Regulation (EU) 2019/881", not by name    */
    PIN_CITE_LIST,  /* an entry of a citation list: the whole text is one citation or a few, and
                       gives at least one reference; ids (cra:art_13.par_8) count too               */
    PIN_CITE_QUERY  /* a query: "13(8)", "art 13 8", "annex 1 part 2 point 8", ids all count        */
} pin_cite_mode;

#define PIN_CITE_MAX 4096 /* most references in one text; more is PIN_LIMIT */

/* Every citation in `text`, in order of its first byte; a range or list gives one ref a provision.
 *
 * out    filled on success; refs live in `arena`, ids in `arena` or in constant text.
 * law    names and provisions; borrowed during the call.
 * PIN_OK (also with none), PIN_NO_SPACE, PIN_LIMIT (more than PIN_CITE_MAX references, or 65,536 look-ups
 * inside ranges; on failure the arena is as before). A range wider than 1,000 or a number above 9,999 is
 * not understood. Inside a range of a loaded act stand the provisions that exist, always with both ends.
 * Cost: linear in the text, for each candidate one to a few look-ups a provision. */
pin_status pin_cite_scan(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law, pin_arena *arena,
                         pin_error *err);

/* The human label of a canonical id, without any source: "art_13.par_8.sub_3" -> "Article 13(8), third
 * subparagraph". For ids of provisions that are not loaded; loaded ones carry their own label. */
void pin_cite_label(pin_buf *out, pin_str id);

/* How a citing reference touches a provision P: it cites P itself, a range with P inside, an ancestor
 * of P, or a descendant of P. Ordered from strongest to weakest. */
typedef enum pin_cite_touch { PIN_TOUCH_EXACT = 0, PIN_TOUCH_RANGE, PIN_TOUCH_PARENT, PIN_TOUCH_CHILD } pin_cite_touch;
const char *pin_cite_touch_name(pin_cite_touch touch); /* "exact", "by range", "by parent", "by child" */

/* Is `id` a proper ancestor of `below`, by steps ("art_13" of "art_13.par_8", not of "art_130")? A
 * decimal point number hangs under its integer: "...pnt_3" is the parent of "...pnt_3.2". */
bool pin_cite_is_ancestor(pin_str id, pin_str below);

#endif
