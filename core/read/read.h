/* Inside an open index: terms, words and postings, for the search next door.
 *
 * Hosts see pincite/index.h; this is what core/search sees. Every structure is checked where it is
 * used: a list header once, a block once, so a hostile file can at worst give wrong numbers that stay
 * in range (ids below item_count, impacts 0..255), or PIN_CORRUPT. */
#ifndef PIN_READ_H
#define PIN_READ_H

#include "core/bytes/bytes.h"
#include "core/format/sizes.h"
#include "pincite/index.h"

/* ---- Analysis and scoring settings that the file was built with ---- */
typedef struct pin_settings {
    uint32_t question_weight, answer_weight; /* multiply the impacts of the two fields              */
    uint32_t item_count;
    uint32_t word_count;                     /* surface words in the WORDS pages                    */
    pin_str  language;                       /* of the corpus, "en"                                 */
} pin_settings;
void pin_read_settings(pin_settings *out, const pin_index *ix);

/* ---- Terms ----
 * A key is the stem of a word, a code, or for a provision the byte 0x01 and its full id
 * ("\x01cra:art_13.par_8"). Each term has two lists: items with it in the question, and in the answer.
 * Impacts are 1..255: the saturated, length-normalised field score, quantised at build. */
typedef struct pin_list {
    uint32_t count;              /* postings; 0: no list                                            */
    uint8_t  max;                /* largest impact                                                  */
    uint8_t  tenth;              /* tenth largest impact, 0 when count < 10                         */
    uint8_t  form;               /* pin_list_form                                                   */
    uint32_t ids[PIN_INLINE];    /* PIN_LIST_INLINE only                                            */
    uint8_t  impacts[PIN_INLINE];
    uint64_t offset, len;        /* else: bytes within the section of its field                     */
} pin_list;
typedef enum pin_list_form { PIN_LIST_INLINE, PIN_LIST_SHORT, PIN_LIST_BLOCKS, PIN_LIST_FLAT } pin_list_form;
typedef enum pin_field { PIN_QUESTION = 0, PIN_ANSWER = 1 } pin_field;

typedef struct pin_term {
    uint32_t df;                 /* items that have it in either field                              */
    uint32_t number;             /* its rank in the dictionary, as in pin_read_question_terms       */
    pin_list lists[2];           /* by pin_field                                                    */
} pin_term;

/* The term with exactly this key. PIN_NOT_FOUND, PIN_CORRUPT, PIN_NEED. O(log pages + one page). */
pin_status pin_read_term(pin_term *out, const pin_index *ix, pin_str key, pin_error *err);

/* ---- Postings of one list, in id order, a block at a time ---- */
typedef struct pin_postings {
    const pin_index *ix;
    pin_list         list;
    uint8_t          field;
    uint32_t         done;       /* postings delivered so far                                       */
    uint32_t         ids[PIN_BLOCK];
    uint8_t          impacts[PIN_BLOCK];
    uint32_t         count;      /* valid entries in ids and impacts                                */
    /* private to core/read */
    const uint8_t   *at, *end;
    uint32_t         last_id;
} pin_postings;
/* Positions before the first block. A PIN_LIST_FLAT list is read as postings with impact > 0 too. */
pin_status pin_postings_open(pin_postings *out, const pin_index *ix, const pin_list *list, pin_field field,
                             pin_error *err);
/* The next block into ids, impacts, count. PIN_NOT_FOUND after the last. */
pin_status pin_postings_next(pin_postings *p, pin_error *err);

/* A flat list: one nibble an item, item_count of them, low nibble first; impact = nibble * 17. */
pin_status pin_read_flat(const uint8_t **nibbles, const pin_index *ix, const pin_list *list, pin_field field,
                         pin_error *err);

/* ---- Surface words: folded, unstemmed, sorted by bytes, numbered from 0 ---- */
typedef struct pin_word {
    pin_str  text;               /* valid until the walk moves on                                   */
    uint32_t number;
    uint32_t df, question_df;    /* items with exactly this form in either field, in the question   */
} pin_word;
typedef struct pin_word_walk {
    const pin_index *ix;
    uint32_t         page, entry;
    char             text[64];
    uint32_t         text_len;
    const uint8_t   *at, *end;
} pin_word_walk;
/* Positions before the first word >= `from`. */
pin_status pin_words_seek(pin_word_walk *walk, const pin_index *ix, pin_str from, pin_error *err);
/* Positions before word `number` (below word_count). */
pin_status pin_words_at(pin_word_walk *walk, const pin_index *ix, uint32_t number, pin_error *err);
/* PIN_NOT_FOUND after the last. */
pin_status pin_words_next(pin_word *out, pin_word_walk *walk, pin_error *err);

/* Numbers of the words that give `reduced` when one character is deleted from them, and of `reduced`
 * itself being such: candidates, hashes may collide; the caller checks the edit distance.
 * Fills at most `cap`, *count says how many there are. */
pin_status pin_read_deletes(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix, pin_str reduced,
                            pin_error *err);

/* ---- Abbreviations found in the corpus, both ways ----
 * "sbom" <-> "software bill of materials": `short_form` is one folded word, `long_form` folded words
 * joined by single spaces. */
typedef struct pin_abbreviation {
    pin_str short_form, long_form;
} pin_abbreviation;
uint32_t   pin_read_abbreviation_count(const pin_index *ix);
pin_status pin_read_abbreviation(pin_abbreviation *out, const pin_index *ix, uint32_t i, pin_error *err);

/* ---- Exact questions ---- hash of the normal form (pin_normalise) -> item; several may share it.
 * Fills at most `cap` item numbers, ascending; candidates, the caller compares the question. */
pin_status pin_read_exact(uint32_t *items, uint32_t cap, uint32_t *count, const pin_index *ix, pin_str normal_form,
                          pin_error *err);

/* ---- Forward index: the question of an item as term numbers, in order, for proximity ----
 * A term number is its rank in the dictionary; pin_term_number gives it for a key. */
pin_status pin_read_term_number(uint32_t *out, const pin_index *ix, pin_str key, pin_error *err);
/* Numbers [*first, *end) of the terms that begin with `prefix` (not empty). */
pin_status pin_read_term_range(uint32_t *first, uint32_t *end, const pin_index *ix, pin_str prefix, pin_error *err);
pin_status pin_read_question_terms(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_index *ix,
                                   uint32_t item, pin_error *err);
/* The same for whoever reads many: what does not depend on the item is found once. Lives as long as the bytes
 * that are lent. */
typedef struct pin_forward {
    const pin_index *ix;
    const uint8_t   *starts, *texts; /* NULL where the file is not in memory as a whole              */
    uint64_t         texts_len;
} pin_forward;
void       pin_forward_open(pin_forward *out, const pin_index *ix);
pin_status pin_forward_read(uint32_t *numbers, uint32_t cap, uint32_t *count, const pin_forward *forward,
                            uint32_t item, pin_error *err);

/* ---- Over a network ---- where each thing not read saves bytes, and each thing asked for late a round */
bool pin_read_is_partial(const pin_index *ix);
bool pin_read_lacks(const pin_index *ix); /* something was asked for since the call began */
/* Is the question of the item here already? */
bool pin_read_has_question_terms(const pin_index *ix, uint32_t item);
/* Asks for all questions: for whoever reads them one after the other. PIN_OK, PIN_NEED. */
pin_status pin_read_all_question_terms(const pin_index *ix, pin_error *err);
/* Asks for the pages of the first `most` words that begin with `prefix`, which will be walked over. */
void pin_read_words_ahead(const pin_index *ix, pin_str prefix, uint32_t most);
/* Asks for the first `most` pages of terms that begin with `prefix`, and for their lists. */
void pin_read_terms_ahead(const pin_index *ix, pin_str prefix, uint32_t most);
/* Asks for the bytes of an item that is likely to be shown. */
void pin_read_item_ahead(const pin_index *ix, uint32_t item);

/* ---- Item facts without decompressing: home module is by range; status slug of an item ---- */
pin_status pin_read_item_status(pin_str *out, const pin_index *ix, uint32_t item, pin_error *err);
/* Numbers of the statuses of items [first, end), a byte each, and the one that `slug` has. PIN_NOT_FOUND: no
 * item has it. */
pin_status pin_read_statuses(const uint8_t **rows, uint8_t *number, const pin_index *ix, uint32_t first, uint32_t end,
                             pin_str slug, pin_error *err);
uint32_t   pin_read_item_module(const pin_index *ix, uint32_t item); /* home module number */
uint32_t   pin_read_module_end(const pin_index *ix, uint32_t module); /* item after the module's last own one */

#endif
