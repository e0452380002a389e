/* What the files of the grammar share: steps.c, levels.c, tail.c, list.c and grammar.c, each built on the
 * ones before it. Functions that read take the position by pointer, move it past what they read and say
 * true; when they say false they have read nothing, and what they did to the path is to be thrown away. */
#ifndef PIN_CITE_GRAMMAR_H
#define PIN_CITE_GRAMMAR_H

#include "core/cite/cite.h"

typedef enum pin_separator { PIN_SEP_NONE, PIN_SEP_COMMA, PIN_SEP_AND, PIN_SEP_TO } pin_separator;

typedef struct pin_reading {
    const pin_cite_view *v;
    bool                 nested; /* inside the first half of "points .. of ..": no looking for another one */
    bool                 open;   /* inside a bracket that holds a list                                     */
    uint32_t             left;   /* items that may still be read                                           */
} pin_reading;

/* ---- steps.c ---- */
pin_str   pin_token_str(const pin_cite_view *v, pin_token t);
bool      pin_token_is(const pin_cite_view *v, pin_token t, const char *word); /* `word` in small letters */
/* Does a number ending at `end` count things, "24 hours", "11 September", "5%"? */
bool      pin_cite_counts(const pin_cite_view *v, uint32_t end);
pin_step *pin_path_push(pin_path *path, uint8_t kind); /* the path is unreadable when it is full */
void      pin_step_set(pin_step *s, const char *text, uint32_t len);
bool      pin_step_add_number(pin_step *s, uint32_t number);
pin_str   pin_step_str(const pin_step *s);
bool      pin_step_is_roman(uint8_t kind); /* annexes, parts and classes are counted in roman numerals */
/* A single small letter right at `pos`, the a of "5a"; 0 when there is none. */
char      pin_cite_tight_letter(const pin_cite_view *v, uint32_t pos, uint32_t *end);
/* ".5" right at `pos`. */
bool      pin_cite_tight_number(const pin_cite_view *v, uint32_t pos, uint32_t *number, uint32_t *end);
bool      pin_cite_read_roman(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind);
bool      pin_cite_read_letters(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind);
bool      pin_cite_read_number(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind);
bool      pin_cite_read_value(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind);
/* What a bare number or letter below `path` most likely is. */
uint8_t   pin_path_kind_below(const pin_path *path);
/* "(8)", "(a)", "(ii)", "(2.b)". With a list inside, "(a, b)", *open is set and *pos is left before its
 * first separator; `open` may be NULL. */
bool pin_cite_read_bracket(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind, bool *open);

/* ---- levels.c ---- */
/* "third", "3rd": its number and end; 0 when there is none. */
uint32_t pin_cite_ordinal(const pin_cite_view *v, uint32_t pos, uint32_t *end);
/* What kind of level begins at `pos`: PIN_STEP_*, or PIN_STEP_NONE. Only annexes have sections. */
uint8_t  pin_cite_level(const pin_cite_view *v, uint32_t pos, bool annex);
bool     pin_cite_read_level(const pin_cite_view *v, uint32_t *pos, pin_path *path, bool annex, bool *open);
/* May `kind`, with this value, stand below the last step of `path`? */
bool     pin_path_deepens(const pin_path *path, uint8_t kind, const pin_step *value);

/* ---- tail.c ---- */
bool pin_path_in_annex(const pin_path *path);
/* Does "point .. of Article .." begin at `pos`, so that it is no part of what stands before it? */
bool pin_cite_inverted_at(const pin_reading *r, uint32_t pos);
void pin_cite_read_tail(pin_reading *r, uint32_t *pos, pin_path *path);

/* ---- list.c ---- */
pin_separator pin_cite_read_separator(const pin_cite_view *v, uint32_t *pos);
void     pin_sink_give(const pin_sink *sink, const pin_path *path, uint32_t from, uint32_t to, uint8_t how);
/* From the first item, already in `path` and ending at `pos`, to the end of the list; returns that. */
uint32_t pin_cite_read_list(pin_reading *r, const pin_sink *sink, pin_path path, uint32_t from, uint32_t pos);

/* ---- grammar.c ---- */
bool pin_cite_read_head(const pin_cite_view *v, uint32_t *pos, pin_path *path);
/* `implied`: "of" may be missing, as in "point 8 annex 1". Not when we come from a citation that could
 * itself own the point. */
bool pin_cite_read_inverted(pin_parsed *out, const pin_cite_view *v, uint32_t pos, bool implied,
                            const pin_sink *sink);

#endif
