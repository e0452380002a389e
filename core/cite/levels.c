/* Levels: a word and its value below an article or annex, "point (2)(b)", "third subparagraph",
 * "essential requirement (2)", and which may stand below which. */
#include "core/cite/grammar.h"

#include "core/bytes/bytes.h"

#include <string.h>

/* "subparagraph", "sub-paragraphs": end, or 0. */
static uint32_t subparagraph_end(const pin_cite_view *v, uint32_t pos, bool *plural)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    *plural = w.plural;
    if (w.code == PIN_WORD_LEVEL && w.step == PIN_STEP_SUBPARAGRAPH)
        return t.to;
    pin_token dash = pin_cite_token(v->text, t.to), rest = pin_cite_token(v->text, dash.to);
    if (!pin_token_is(v, t, "sub") || dash.kind != PIN_TOKEN_DASH)
        return 0;
    w = pin_cite_word_at(v->text, rest);
    *plural = w.plural;
    return w.code == PIN_WORD_LEVEL && w.step == PIN_STEP_PARAGRAPH ? rest.to : 0;
}

/* "third", "3rd": its number and end; 0 when there is none. */
uint32_t pin_cite_ordinal(const pin_cite_view *v, uint32_t pos, uint32_t *end)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    *end = t.to;
    if (w.code == PIN_WORD_ORDINAL)
        return w.value;
    if (t.kind == PIN_TOKEN_NUMBER && t.number < 100) {
        pin_token th = pin_cite_token(v->text, t.to);
        *end = th.to;
        if (th.tight && (pin_token_is(v, th, "st") || pin_token_is(v, th, "nd") ||
                         pin_token_is(v, th, "rd") || pin_token_is(v, th, "th")))
            return t.number;
    }
    return 0;
}

/* "second and third subparagraphs": is the ordinal at `pos` one of subparagraphs? Sets *end after the
 * ordinal, or after the noun when it follows at once. */
static uint32_t subparagraph_ordinal(const pin_cite_view *v, uint32_t pos, uint32_t *end, bool *plural)
{
    uint32_t number = pin_cite_ordinal(v, pos, end), p = *end;
    if (number == 0)
        return 0;
    uint32_t noun = subparagraph_end(v, p, plural);
    if (noun) {
        *end = noun;
        return number;
    }
    for (int more = 0; more < 10; more++) {
        if (pin_cite_read_separator(v, &p) == PIN_SEP_NONE || pin_cite_ordinal(v, p, &p) == 0)
            return 0;
        if (subparagraph_end(v, p, plural))
            return number;
    }
    return 0;
}

/* What kind of level begins at `pos`: PIN_STEP_*, or PIN_STEP_NONE. */
uint8_t pin_cite_level(const pin_cite_view *v, uint32_t pos, bool annex)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint32_t  end;
    bool      plural;
    if (t.broken)
        return PIN_STEP_NONE;
    if (t.kind == PIN_TOKEN_PARAGRAPH)
        return PIN_STEP_PARAGRAPH;
    if (w.code == PIN_WORD_LEVEL)
        return w.step;
    if (w.code == PIN_WORD_ESSENTIAL)
        return PIN_STEP_POINT;
    if (w.code == PIN_WORD_HEAD && w.step == PIN_STEP_SECTION && annex)
        return PIN_STEP_SECTION;
    if ((w.code == PIN_WORD_ORDINAL || t.kind == PIN_TOKEN_NUMBER) &&
        subparagraph_ordinal(v, pos, &end, &plural))
        return PIN_STEP_SUBPARAGRAPH;
    if (pin_token_is(v, t, "sub") && subparagraph_end(v, pos, &plural))
        return PIN_STEP_SUBPARAGRAPH;
    return PIN_STEP_NONE;
}

/* Appends the level at *pos, "point (2)(b)", to `path`. */
bool pin_cite_read_level(const pin_cite_view *v, uint32_t *pos, pin_path *path, bool annex, bool *open)
{
    uint32_t  p = *pos, end;
    bool      plural = false, essential = false;
    uint8_t   kind = pin_cite_level(v, p, annex), before = path->count;
    pin_token t = pin_cite_token(v->text, p);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint32_t  ordinal;
    if (kind == PIN_STEP_NONE)
        return false;
    if (kind == PIN_STEP_SUBPARAGRAPH && (ordinal = subparagraph_ordinal(v, p, &end, &plural))) {
        pin_step *s = pin_path_push(path, kind);
        pin_step_add_number(s, ordinal);
        s->led = true;
        s->plural = plural;
        *pos = end;
        return true;
    }
    for (int words = 0; w.code == PIN_WORD_ESSENTIAL && words < 2; words++) { /* essential cybersecurity .. */
        essential = true;
        t = pin_cite_token(v->text, t.to);
        w = pin_cite_word_at(v->text, t);
    }
    if (essential && !pin_token_is(v, t, "requirement") && !pin_token_is(v, t, "requirements"))
        return false;
    if (kind == PIN_STEP_SUBPARAGRAPH)
        t.to = subparagraph_end(v, p, &plural);
    p = t.to;
    plural |= w.plural;
    if (w.shortened) {
        pin_token dot = pin_cite_token(v->text, p);
        p = dot.kind == '.' ? dot.to : p;
    }
    if (essential) { /* the requirements "relating to the properties of products" are Part I */
        pin_step *part = pin_path_push(path, PIN_STEP_PART);
        pin_step_set(part, "I", 1);
        before++;
    }
    if (!pin_cite_read_bracket(v, &p, path, kind, open) && !pin_cite_read_value(v, &p, path, kind)) {
        path->count = (uint8_t)(before - essential);
        return false;
    }
    path->at[before].led = true;
    path->at[before].plural = plural;
    *pos = p;
    return true;
}

/* May `kind`, with a value of form `form`, stand below the last step of `path`? */
bool pin_path_deepens(const pin_path *path, uint8_t kind, const pin_step *value)
{
    const pin_step *last = &path->at[path->count - 1];
    bool            annex = path->at[0].kind == PIN_STEP_ANNEX || path->at[0].kind == PIN_STEP_PART ||
                 path->at[0].kind == PIN_STEP_CLASS;
    switch (kind) {
    case PIN_STEP_PART:
    case PIN_STEP_CLASS:
        return last->kind == PIN_STEP_ANNEX;
    case PIN_STEP_SECTION:
        return last->kind == PIN_STEP_ANNEX || last->kind == PIN_STEP_PART || last->kind == PIN_STEP_CLASS;
    case PIN_STEP_PARAGRAPH:
        return last->kind == PIN_STEP_ARTICLE || (annex && last->kind != PIN_STEP_PARAGRAPH);
    case PIN_STEP_SUBPARAGRAPH:
        return last->kind != PIN_STEP_SUBPARAGRAPH && last->kind != PIN_STEP_RECITAL &&
               last->kind != PIN_STEP_SECTION;
    case PIN_STEP_POINT:
        if (last->kind == PIN_STEP_RECITAL || (last->kind == PIN_STEP_SECTION && path->count == 1))
            return false;
        if (last->kind != PIN_STEP_POINT)
            return true;
        return last->form == PIN_FORM_NUMBER ? value->form != PIN_FORM_NUMBER
                                             : last->form == PIN_FORM_LETTER && value->form == PIN_FORM_ROMAN;
    default:
        return false;
    }
}
