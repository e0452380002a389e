/* The grammar of one citation, with its lists and ranges.
 *
 *     citation  = forward | inverted
 *     forward   = HEAD value tail { separator item }            Article 13(8) and (9), Annex I, Part II
 *     inverted  = levels { separator item } { "of" levels } "of" forward     points (a) and (b) of ..
 *     tail      = { "(" value ")" | "." value | [","] LEVEL value }
 *     item      = value tail | "(" value ")" tail | LEVEL value tail | HEAD value tail
 *     separator = "," | "and" | "or" | "to" | "-" ..
 *
 * An item of a list says only what is new: "(b)" replaces the last step of its own style, "14" the last
 * number that followed a word, "point 5" the last point. Looking ahead is bounded, so that reading is
 * linear in the text. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { INVERTED_ITEMS = 24, INVERTED_PARTS = 4, NUMBER_MAX = 9999, SECTION_DEPTH = 6 };

typedef enum separator { SEP_NONE, SEP_COMMA, SEP_AND, SEP_TO } separator;

static pin_str words_of(const pin_cite_view *v, pin_token t) { return pin_str_part(v->text, t.from, t.to); }

static bool lower_word_is(const pin_cite_view *v, pin_token t, const char *word)
{
    pin_str w = words_of(v, t);
    size_t  len = strlen(word);
    if (t.kind != PIN_TOKEN_WORD || w.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (pin_ascii_lower((uint8_t)w.at[i]) != (uint8_t)word[i])
            return false;
    return true;
}

/* Does a number ending at `end` count things, "24 hours", "11 September", "5%"? */
static bool counts_something(const pin_cite_view *v, uint32_t end)
{
    pin_token t = pin_cite_token(v->text, end);
    if (t.kind == PIN_TOKEN_DASH && t.tight)
        t = pin_cite_token(v->text, t.to);
    if (t.kind == '%' || (t.kind == '/' && t.tight && v->mode == PIN_CITE_PROSE))
        return true;
    if (lower_word_is(v, t, "may"))
        return v->text.at[t.from] == 'M';
    return pin_cite_word_at(v->text, t).code == PIN_WORD_UNIT;
}

/* ---- Steps ------------------------------------------------------------------------------------ */

static pin_step *push(pin_path *path, uint8_t kind)
{
    if (path->count == PIN_PATH_MAX) {
        path->unreadable = true;
        path->count--;
    }
    pin_step *s = &path->at[path->count++];
    *s = (pin_step){.kind = kind};
    return s;
}

static void set_text(pin_step *s, const char *text, uint32_t len)
{
    s->len = (uint8_t)(len < PIN_STEP_TEXT ? len : PIN_STEP_TEXT);
    memcpy(s->text, text, s->len);
}

static bool add_number(pin_step *s, uint32_t number)
{
    char     digits[10];
    uint32_t len = number <= NUMBER_MAX ? pin_cite_decimal_put(digits, number) : 0;
    if (len == 0 || s->len + len > PIN_STEP_TEXT)
        return false;
    memcpy(s->text + s->len, digits, len);
    s->len = (uint8_t)(s->len + len);
    return true;
}

static bool add_byte(pin_step *s, char byte)
{
    if (s->len == PIN_STEP_TEXT)
        return false;
    s->text[s->len++] = byte;
    return true;
}

static pin_str step_text(const pin_step *s) { return (pin_str){s->text, s->len}; }

static bool is_roman_kind(uint8_t kind)
{
    return kind == PIN_STEP_ANNEX || kind == PIN_STEP_PART || kind == PIN_STEP_CLASS;
}

/* A single letter that ends its word: the a of "5a", the b of "2.b". 0 when there is none. */
static char tight_letter(const pin_cite_view *v, uint32_t pos, uint32_t *end)
{
    pin_token t = pin_cite_token(v->text, pos);
    if (t.kind != PIN_TOKEN_WORD || !t.tight || t.to - t.from != 1 || pin_cite_is_word_byte(v->text, t.to))
        return 0;
    char c = v->text.at[t.from];
    if (c < 'a' || c > 'z')
        return 0;
    *end = t.to;
    return c;
}

/* ".5" tight after a number; 0 when there is none. */
static bool tight_dot_number(const pin_cite_view *v, uint32_t pos, uint32_t *number, uint32_t *end)
{
    pin_token dot = pin_cite_token(v->text, pos);
    pin_token t = pin_cite_token(v->text, dot.to);
    if (dot.kind != '.' || !dot.tight || t.kind != PIN_TOKEN_NUMBER || !t.tight)
        return false;
    *number = t.number;
    *end = t.to;
    return true;
}

/* Annexes, parts and classes are counted in roman numerals, whatever the text uses. */
static bool read_roman(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    char      text[8];
    uint32_t  len;
    pin_str   w = words_of(v, t);
    if (t.broken || t.kind == PIN_TOKEN_END || pin_cite_is_word_byte(v->text, t.to))
        return false;
    if (t.kind == PIN_TOKEN_NUMBER) {
        len = pin_cite_roman_put(text, t.number, false);
        if (len == 0 && v->mode == PIN_CITE_PROSE && kind != PIN_STEP_ANNEX)
            return false; /* "class 1999 products" */
        pin_step *s = push(path, kind);
        set_text(s, text, len);
        path->unreadable |= len == 0;
    } else if (t.kind == PIN_TOKEN_WORD && pin_cite_roman_value(w)) {
        len = pin_cite_roman_put(text, pin_cite_roman_value(w), false);
        set_text(push(path, kind), text, len);
        path->at[path->count - 1].form = PIN_FORM_ROMAN;
    } else if (t.kind == PIN_TOKEN_WORD && kind != PIN_STEP_CLASS && w.len <= 2 && w.at[0] >= 'A' &&
               w.at[0] <= 'Z' && w.at[w.len - 1] >= 'A' && w.at[w.len - 1] <= 'Z') {
        set_text(push(path, kind), w.at, (uint32_t)w.len); /* Annex A, Annex ZA */
        path->at[path->count - 1].form = PIN_FORM_LETTER;
    } else {
        return false;
    }
    *pos = t.to;
    return true;
}

static bool read_letters(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    pin_str   w = words_of(v, t);
    char      small[8];
    if (t.kind != PIN_TOKEN_WORD || t.broken || w.len > 7 || pin_cite_is_word_byte(v->text, t.to))
        return false;
    for (size_t i = 0; i < w.len; i++) {
        small[i] = (char)pin_ascii_lower((uint8_t)w.at[i]);
        if (small[i] < 'a' || small[i] > 'z')
            return false;
    }
    bool roman = w.len > 1 && pin_cite_roman_value((pin_str){small, w.len});
    if (w.len > 2 && !roman)
        return false;
    if (w.len == 2 && !roman && small[0] != small[1]) /* after (z) comes (aa) */
        return false;
    pin_step *s = push(path, kind);
    set_text(s, small, (uint32_t)w.len);
    s->form = roman ? PIN_FORM_ROMAN : PIN_FORM_LETTER;
    *pos = t.to;
    return true;
}

/* A number and what hangs on it: 5a, 3.2, 2.b (two steps). */
static bool read_number(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    uint32_t  number, end;
    char      letter;
    if (t.kind != PIN_TOKEN_NUMBER || t.broken)
        return false;
    pin_step *s = push(path, kind);
    s->form = PIN_FORM_NUMBER;
    if (!add_number(s, t.number))
        path->unreadable = true;
    *pos = t.to;
    if (kind == PIN_STEP_SECTION || kind == PIN_STEP_POINT) {
        for (int depth = 1; depth < SECTION_DEPTH && tight_dot_number(v, *pos, &number, &end); depth++) {
            if (!add_byte(s, '.') || !add_number(s, number))
                path->unreadable = true;
            *pos = end;
        }
    }
    if ((letter = tight_letter(v, *pos, &end))) {
        add_byte(s, letter);
        *pos = end;
    } else if (kind == PIN_STEP_POINT || kind == PIN_STEP_PARAGRAPH) {
        pin_token dot = pin_cite_token(v->text, *pos);
        if (dot.kind == '.' && dot.tight && (letter = tight_letter(v, dot.to, &end))) {
            pin_step *below = push(path, PIN_STEP_POINT);
            set_text(below, &letter, 1);
            below->form = PIN_FORM_LETTER;
            *pos = end;
        }
    }
    return true;
}

static bool read_value(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    if (is_roman_kind(kind))
        return read_roman(v, pos, path, kind);
    if (read_number(v, pos, path, kind))
        return true;
    return kind == PIN_STEP_POINT && read_letters(v, pos, path, kind);
}

/* What a bare number or letter below `path` most likely is. */
static uint8_t kind_below(const pin_path *path)
{
    if (path->count && path->at[path->count - 1].kind == PIN_STEP_ARTICLE)
        return PIN_STEP_PARAGRAPH;
    return PIN_STEP_POINT;
}

static separator read_separator(const pin_cite_view *v, uint32_t *pos);

/* Inside brackets more than one value may stand, (a, b and d) or (1-3): is this such a list? Leaves
 * *pos after the first value. */
static bool opens_list(const pin_cite_view *v, uint32_t pos, uint8_t kind)
{
    bool numbers = pin_cite_token(v->text, pos).kind == PIN_TOKEN_NUMBER;
    for (int values = 0; values < 32; values++) {
        pin_path  one = {0};
        pin_token t;
        if (!(numbers ? read_number(v, &pos, &one, kind) : read_letters(v, &pos, &one, kind)))
            return false;
        t = pin_cite_token(v->text, pos);
        if (t.kind == ')')
            return values > 0;
        if (read_separator(v, &pos) == SEP_NONE)
            return false;
    }
    return false;
}

/* "(8)", "(a)", "(ii)", "(2.b)". With a list inside, *open is set and *pos is left before its first
 * separator. */
static bool read_bracket(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind, bool *open)
{
    pin_token t = pin_cite_token(v->text, *pos);
    uint32_t  p = t.to;
    uint8_t   before = path->count;
    bool      unreadable = path->unreadable;
    if (t.kind != '(' || t.broken)
        return false;
    pin_token inner = pin_cite_token(v->text, p);
    if (inner.kind == PIN_TOKEN_NUMBER && inner.number > 999)
        return false; /* a year */
    if (inner.kind == PIN_TOKEN_WORD && kind == PIN_STEP_PARAGRAPH)
        kind = PIN_STEP_POINT;
    if (!read_number(v, &p, path, kind) && !read_letters(v, &p, path, kind))
        return false;
    for (uint8_t i = before; i < path->count; i++)
        path->at[i].bracketed = true;
    pin_token close = pin_cite_token(v->text, p);
    if (close.kind == ')') {
        *pos = close.to;
        return true;
    }
    if (open && !*open && t.tight && opens_list(v, t.to, kind)) {
        *open = true;
        *pos = p;
        return true;
    }
    path->count = before;
    path->unreadable = unreadable;
    return false;
}

/* ---- Levels: "point (2)(b)", "third subparagraph", "essential requirement (2)" ------------------ */

/* "subparagraph", "sub-paragraphs": end, or 0. */
static uint32_t subparagraph_end(const pin_cite_view *v, uint32_t pos, bool *plural)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    *plural = w.plural;
    if (w.code == PIN_WORD_LEVEL && w.step == PIN_STEP_SUBPARAGRAPH)
        return t.to;
    pin_token dash = pin_cite_token(v->text, t.to), rest = pin_cite_token(v->text, dash.to);
    if (!lower_word_is(v, t, "sub") || dash.kind != PIN_TOKEN_DASH)
        return 0;
    w = pin_cite_word_at(v->text, rest);
    *plural = w.plural;
    return w.code == PIN_WORD_LEVEL && w.step == PIN_STEP_PARAGRAPH ? rest.to : 0;
}

/* "third", "3rd": its number and end; 0 when there is none. */
static uint32_t ordinal_at(const pin_cite_view *v, uint32_t pos, uint32_t *end)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    *end = t.to;
    if (w.code == PIN_WORD_ORDINAL)
        return w.value;
    if (t.kind == PIN_TOKEN_NUMBER && t.number < 100) {
        pin_token th = pin_cite_token(v->text, t.to);
        *end = th.to;
        if (th.tight && (lower_word_is(v, th, "st") || lower_word_is(v, th, "nd") ||
                         lower_word_is(v, th, "rd") || lower_word_is(v, th, "th")))
            return t.number;
    }
    return 0;
}

/* "second and third subparagraphs": is the ordinal at `pos` one of subparagraphs? Sets *end after the
 * ordinal, or after the noun when it follows at once. */
static uint32_t subparagraph_ordinal(const pin_cite_view *v, uint32_t pos, uint32_t *end, bool *plural)
{
    uint32_t number = ordinal_at(v, pos, end), p = *end;
    if (number == 0)
        return 0;
    uint32_t noun = subparagraph_end(v, p, plural);
    if (noun) {
        *end = noun;
        return number;
    }
    for (int more = 0; more < 10; more++) {
        if (read_separator(v, &p) == SEP_NONE || ordinal_at(v, p, &p) == 0)
            return 0;
        if (subparagraph_end(v, p, plural))
            return number;
    }
    return 0;
}

/* What kind of level begins at `pos`: PIN_STEP_*, or PIN_STEP_NONE. */
static uint8_t level_at(const pin_cite_view *v, uint32_t pos, bool in_annex)
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
    if (w.code == PIN_WORD_HEAD && w.step == PIN_STEP_SECTION && in_annex)
        return PIN_STEP_SECTION;
    if ((w.code == PIN_WORD_ORDINAL || t.kind == PIN_TOKEN_NUMBER) &&
        subparagraph_ordinal(v, pos, &end, &plural))
        return PIN_STEP_SUBPARAGRAPH;
    if (lower_word_is(v, t, "sub") && subparagraph_end(v, pos, &plural))
        return PIN_STEP_SUBPARAGRAPH;
    return PIN_STEP_NONE;
}

/* Appends the level at *pos, "point (2)(b)", to `path`. */
static bool read_level(const pin_cite_view *v, uint32_t *pos, pin_path *path, bool in_annex, bool *open)
{
    uint32_t  p = *pos, end;
    bool      plural = false, essential = false;
    uint8_t   kind = level_at(v, p, in_annex), before = path->count;
    pin_token t = pin_cite_token(v->text, p);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint32_t  ordinal;
    if (kind == PIN_STEP_NONE)
        return false;
    if (kind == PIN_STEP_SUBPARAGRAPH && (ordinal = subparagraph_ordinal(v, p, &end, &plural))) {
        pin_step *s = push(path, kind);
        add_number(s, ordinal);
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
    if (essential && !lower_word_is(v, t, "requirement") && !lower_word_is(v, t, "requirements"))
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
        pin_step *part = push(path, PIN_STEP_PART);
        set_text(part, "I", 1);
        before++;
    }
    if (!read_bracket(v, &p, path, kind, open) && !read_value(v, &p, path, kind)) {
        path->count = (uint8_t)(before - essential);
        return false;
    }
    path->at[before].led = true;
    path->at[before].plural = plural;
    *pos = p;
    return true;
}

/* May `kind`, with a value of form `form`, stand below the last step of `path`? */
static bool deepens(const pin_path *path, uint8_t kind, const pin_step *value)
{
    const pin_step *last = &path->at[path->count - 1];
    bool            annex = path->at[0].kind == PIN_STEP_ANNEX || path->at[0].kind == PIN_STEP_PART ||
                 path->at[0].kind == PIN_STEP_CLASS;
    switch (kind) {
    case PIN_STEP_PART:
    case PIN_STEP_CLASS: return last->kind == PIN_STEP_ANNEX;
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
    default: return false;
    }
}

/* ---- The tail of a path ------------------------------------------------------------------------- */

typedef struct reading {
    const pin_cite_view *v;
    bool                 nested; /* inside the first half of "points .. of ..": no looking for another one */
    bool                 open;   /* inside a bracket that holds a list                                     */
    uint32_t             left;   /* items that may still be read                                           */
} reading;

static bool read_inverted(pin_parsed *out, const pin_cite_view *v, uint32_t pos, bool implied, const pin_sink *sink);

static bool inverted_at(const reading *r, uint32_t pos)
{
    pin_parsed p;
    return !r->nested && read_inverted(&p, r->v, pos, false, NULL);
}

static bool in_annex(const pin_path *path)
{
    return path->count && is_roman_kind(path->at[0].kind);
}

/* What may stand between a path and the level below it: ", ", " - ", "'s ", or nothing. */
static uint32_t skip_to_level(const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    if (t.kind == ',' || t.kind == PIN_TOKEN_DASH)
        return t.to;
    pin_token s = pin_cite_token(v->text, t.to);
    return t.kind == PIN_TOKEN_QUOTE && s.tight && lower_word_is(v, s, "s") ? s.to : pos;
}

/* "Annex I (Part II, point 8)": the levels inside the bracket, up to its end. */
static bool read_bracketed_levels(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos);
    uint32_t  p = t.to;
    if (t.kind != '(' || t.broken || level_at(v, p, in_annex(path)) == PIN_STEP_NONE)
        return false;
    do {
        if (!read_level(v, &p, path, in_annex(path), NULL))
            return false;
        while (read_bracket(v, &p, path, PIN_STEP_POINT, NULL))
            ;
        t = pin_cite_token(v->text, p);
        p = t.to;
    } while (t.kind == ',');
    *pos = p;
    return t.kind == ')';
}

static bool deepen_by_level(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    uint32_t             p = skip_to_level(v, *pos), start = p;
    pin_path             trial = *path;
    bool                 open = false;
    if (read_bracketed_levels(v, pos, &trial) && deepens(path, trial.at[path->count].kind, &trial.at[path->count])) {
        *path = trial;
        return true;
    }
    trial = *path;
    if (!read_level(v, &p, &trial, in_annex(path), &open) || trial.count == path->count)
        return false;
    const pin_step *value = &trial.at[path->count];
    if (!value->led && path->at[path->count - 1].kind == PIN_STEP_PART) {
        /* Part I, essential requirement 2: the part was said */
        trial.count--;
        memmove(&trial.at[path->count], &trial.at[path->count + 1],
                (size_t)(trial.count - path->count) * sizeof trial.at[0]);
    } else if (!deepens(path, value->kind, value)) {
        return false;
    }
    if (inverted_at(r, start))
        return false;
    r->open = open;
    *path = trial;
    *pos = p;
    return true;
}

/* "13.10", "14.2.a", "Annex I.2(b)", "Annex I.II". */
static bool deepen_by_dot(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    const pin_step      *last = &path->at[path->count - 1];
    pin_token            dot = pin_cite_token(v->text, *pos), t = pin_cite_token(v->text, dot.to);
    uint32_t             p = dot.to, end;
    if (dot.kind != '.' || !dot.tight || !t.tight || last->kind == PIN_STEP_RECITAL ||
        last->kind == PIN_STEP_SECTION)
        return false;
    bool number = t.kind == PIN_TOKEN_NUMBER && t.number <= 999 && last->form != PIN_FORM_LETTER &&
                  (last->kind == PIN_STEP_ARTICLE || is_roman_kind(last->kind));
    bool letter = tight_letter(v, dot.to, &end) && last->form == PIN_FORM_NUMBER &&
                  (last->kind == PIN_STEP_PARAGRAPH || last->kind == PIN_STEP_POINT);
    bool part = t.kind == PIN_TOKEN_WORD && last->kind == PIN_STEP_ANNEX &&
                v->text.at[t.from] >= 'A' && v->text.at[t.from] <= 'Z' &&
                pin_cite_roman_value(words_of(v, t));
    if (part)
        return read_roman(v, &p, path, PIN_STEP_PART) && (*pos = p, true);
    if (number ? !read_number(v, &p, path, kind_below(path))
               : !letter || !read_letters(v, &p, path, PIN_STEP_POINT))
        return false;
    *pos = p;
    return true;
}

/* The number of a point after its part, without its word: "Part I, (2)(b)", "Part I, 2(b)", and outside
 * prose "Part I, 2", where the roman numeral tells the part from the point. */
static bool deepen_below_part(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    const pin_step      *last = &path->at[path->count - 1];
    pin_token            t = pin_cite_token(v->text, *pos);
    bool                 comma = t.kind == ',';
    if (last->kind != PIN_STEP_PART && last->kind != PIN_STEP_CLASS)
        return false;
    if (comma)
        t = pin_cite_token(v->text, t.to);
    uint32_t p = t.from;
    if (t.kind == '(' && comma && pin_cite_token(v->text, t.to).kind == PIN_TOKEN_NUMBER)
        return read_bracket(v, &p, path, PIN_STEP_POINT, NULL) && (*pos = p, true);
    pin_token bracket = pin_cite_token(v->text, t.to), inner = pin_cite_token(v->text, bracket.to);
    bool      lettered = bracket.kind == '(' && bracket.tight && inner.kind == PIN_TOKEN_WORD;
    bool      plain = comma && v->mode != PIN_CITE_PROSE && last->form == PIN_FORM_ROMAN && !last->plural;
    if (t.kind != PIN_TOKEN_NUMBER || t.number > 999 || t.broken || !(lettered || plain))
        return false;
    return read_number(v, &p, path, PIN_STEP_POINT) && (*pos = p, true);
}

/* "Annex I(II)(8)". */
static bool deepen_by_roman_bracket(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_str text = r->v->text;
    pin_token     t = pin_cite_token(text, *pos), n = pin_cite_token(text, t.to), close = pin_cite_token(text, n.to);
    if (path->at[path->count - 1].kind != PIN_STEP_ANNEX || t.kind != '(' || n.kind != PIN_TOKEN_WORD ||
        close.kind != ')' || text.at[n.from] >= 'a' || !pin_cite_roman_value(pin_str_part(text, n.from, n.to)))
        return false;
    uint32_t p = n.from;
    return read_roman(r->v, &p, path, PIN_STEP_PART) && (*pos = close.to, true);
}

/* Where brackets are left out: "art 13 8", "annex 1 part 2 8", "art 14 2 a". */
static bool deepen_loosely(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    pin_step            *last = &path->at[path->count - 1];
    pin_token            t = pin_cite_token(v->text, *pos);
    uint8_t              next = pin_cite_token(v->text, t.to).kind;
    bool                 end = next == PIN_TOKEN_END;
    bool                 ends_entry = end || next == PIN_TOKEN_DASH || next == ',' || next == ';';
    uint8_t              before = path->count;
    uint32_t             firm_to = *pos;
    if (v->mode == PIN_CITE_PROSE || t.tight || r->nested || path->at[0].kind == PIN_STEP_RECITAL ||
        path->at[0].kind == PIN_STEP_SECTION || (v->mode == PIN_CITE_LIST && !ends_entry))
        return false;
    bool number = t.kind == PIN_TOKEN_NUMBER && t.number <= 999 &&
                  (last->kind == PIN_STEP_ARTICLE || is_roman_kind(last->kind));
    number = number && !counts_something(v, t.to);
    bool letter = end && t.kind == PIN_TOKEN_WORD && t.to - t.from == 1 && last->form == PIN_FORM_NUMBER &&
                  (last->kind == PIN_STEP_PARAGRAPH || last->kind == PIN_STEP_POINT);
    if (number ? !read_number(v, pos, path, kind_below(path))
               : !letter || !read_letters(v, pos, path, PIN_STEP_POINT))
        return false;
    if (!last->loose)
        path->firm_to = firm_to;
    for (uint8_t i = before; i < path->count; i++)
        path->at[i].loose = true;
    return true;
}

/* "first sentence", "second indent": finer than any id; its words belong to the citation. */
static bool skip_sentence(reading *r, uint32_t *pos)
{
    uint32_t  p = *pos, end;
    pin_token t = pin_cite_token(r->v->text, p);
    if (t.kind == ',')
        p = t.to;
    if (ordinal_at(r->v, p, &end) == 0)
        return false;
    t = pin_cite_token(r->v->text, end);
    if (pin_cite_word_at(r->v->text, t).code != PIN_WORD_SENTENCE)
        return false;
    *pos = t.to;
    return true;
}

/* A bracket right at the citation that cannot be read, "Article 13(x-1)": better to say so than to
 * report Article 13. */
static void note_unreadable(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_str text = r->v->text;
    pin_token     t = pin_cite_token(text, *pos);
    bool          digit = false;
    if (t.kind != '(' || !t.tight)
        return;
    for (uint32_t p = t.to; p < text.len && p - t.to < 10 && !pin_is_space((uint8_t)text.at[p]); p++) {
        digit |= pin_is_digit((uint8_t)text.at[p]);
        if (text.at[p] == ')' && digit) {
            path->unreadable = true;
            *pos = p + 1;
            return;
        }
    }
}

static void read_tail(reading *r, uint32_t *pos, pin_path *path)
{
    while (!r->open) {
        pin_token t = pin_cite_token(r->v->text, *pos);
        if (t.kind == PIN_TOKEN_END || t.broken)
            return;
        if (deepen_by_roman_bracket(r, pos, path) || deepen_below_part(r, pos, path))
            continue;
        if (path->at[0].kind != PIN_STEP_RECITAL && path->at[0].kind != PIN_STEP_SECTION &&
            read_bracket(r->v, pos, path, kind_below(path), &r->open))
            continue;
        if (deepen_by_dot(r, pos, path) || deepen_by_level(r, pos, path) || skip_sentence(r, pos) ||
            deepen_loosely(r, pos, path))
            continue;
        note_unreadable(r, pos, path);
        return;
    }
}

/* ---- Lists and ranges ----------------------------------------------------------------------------- */

static separator read_separator(const pin_cite_view *v, uint32_t *pos)
{
    pin_token t = pin_cite_token(v->text, *pos);
    separator found = SEP_NONE;
    if (t.broken)
        return SEP_NONE;
    if (t.kind == ',' || (t.kind == ';' && v->mode != PIN_CITE_PROSE)) {
        found = SEP_COMMA;
        *pos = t.to;
        t = pin_cite_token(v->text, *pos);
    }
    pin_word w = pin_cite_word_at(v->text, t);
    if (w.code == PIN_WORD_AND || t.kind == '&') {
        *pos = t.to;
        t = pin_cite_token(v->text, *pos);
        if (t.kind == '/') { /* and/or */
            pin_token or = pin_cite_token(v->text, t.to);
            if (pin_cite_word_at(v->text, or).code == PIN_WORD_AND)
                *pos = or.to;
        }
        return SEP_AND;
    }
    if (found == SEP_NONE && (w.code == PIN_WORD_TO || t.kind == PIN_TOKEN_DASH)) {
        *pos = t.to;
        return SEP_TO;
    }
    if (lower_word_is(v, t, "as")) {
        pin_token well = pin_cite_token(v->text, t.to), as = pin_cite_token(v->text, well.to);
        if (lower_word_is(v, well, "well") && lower_word_is(v, as, "as")) {
            *pos = as.to;
            return SEP_AND;
        }
    }
    if (found == SEP_NONE && t.kind == '/' && t.tight) {
        *pos = t.to;
        return SEP_AND;
    }
    return found;
}

/* Cuts `path` back to before its last step of `kind`, so that another may follow. */
static bool cut_to_kind(pin_path *path, uint8_t kind)
{
    for (uint8_t i = path->count; i-- > 0;) {
        const pin_step *s = &path->at[i];
        bool            same = s->kind == kind || (kind == PIN_STEP_PART && s->kind == PIN_STEP_CLASS) ||
                    (kind == PIN_STEP_CLASS && s->kind == PIN_STEP_PART);
        if (!same || (kind == PIN_STEP_POINT && !s->led && i + 1 != path->count))
            continue;
        path->count = i;
        return i > 0 || kind != PIN_STEP_ARTICLE;
    }
    return false;
}

static bool is_roman_letter(const pin_step *s)
{
    return pin_cite_roman_value(step_text(s)) != 0;
}

/* Is letter step `i` of `path` a roman numeral? Several letters are; one letter is below another. */
static bool stands_roman(const pin_path *path, uint8_t i)
{
    const pin_step *s = &path->at[i];
    if (s->form == PIN_FORM_ROMAN)
        return true;
    return is_roman_letter(s) && i > 0 && path->at[i - 1].form == PIN_FORM_LETTER &&
           path->at[i - 1].kind == PIN_STEP_POINT;
}

/* The step that a bare bracketed `value` of a list replaces: the last of its own style. */
static int style_index(const pin_path *path, const pin_step *value)
{
    for (int i = path->count - 1; i >= 0; i--) {
        const pin_step *s = &path->at[i];
        if (s->kind != PIN_STEP_PARAGRAPH && s->kind != PIN_STEP_POINT &&
            !(s->kind == PIN_STEP_RECITAL && s->bracketed))
            continue;
        if ((value->form == PIN_FORM_NUMBER) != (s->form == PIN_FORM_NUMBER))
            continue;
        if (value->form == PIN_FORM_NUMBER)
            return i;
        bool roman = stands_roman(path, (uint8_t)i);
        if (value->form == PIN_FORM_ROMAN ? roman || is_roman_letter(s) : !roman || is_roman_letter(value))
            return i;
    }
    return -1;
}

static bool item_in_brackets(reading *r, uint32_t *pos, pin_path *path)
{
    pin_path value = {0};
    if (!read_bracket(r->v, pos, &value, PIN_STEP_POINT, &r->open))
        return false;
    int i = style_index(path, &value.at[0]);
    if (i < 0)
        return false;
    pin_step old = path->at[i];
    path->count = (uint8_t)i;
    for (uint8_t k = 0; k < value.count; k++)
        *push(path, value.at[k].kind) = value.at[k];
    pin_step *s = &path->at[i];
    s->kind = old.kind;
    s->led = old.led;
    s->plural = old.plural;
    path->unreadable |= value.unreadable;
    return true;
}

/* The step that a number without brackets replaces: the last one that followed a word. */
static int led_index(const pin_path *path, bool roman)
{
    int fallback = -1;
    for (int i = path->count - 1; i >= 0; i--) {
        const pin_step *s = &path->at[i];
        if (!s->led || is_roman_kind(s->kind) != roman)
            continue;
        if (!s->bracketed && (roman || s->form == PIN_FORM_NUMBER))
            return i;
        if (fallback < 0 && s->form == PIN_FORM_NUMBER)
            fallback = i;
    }
    return fallback;
}

static bool replace_led(reading *r, uint32_t *pos, pin_path *path, int i)
{
    pin_step old = path->at[i];
    path->count = (uint8_t)i;
    if (!read_value(r->v, pos, path, old.kind))
        return false;
    path->at[i].led = old.led;
    path->at[i].loose = old.loose;
    path->at[i].plural = old.plural;
    return true;
}

/* "Article 13, 14 and 15": does the list of numbers that goes on at `pos` end with "and"? */
static bool ends_with_and(const pin_cite_view *v, uint32_t pos)
{
    for (int items = 0; items < 12; items++) {
        pin_token t = pin_cite_token(v->text, pos);
        uint32_t  p = t.to;
        separator sep = read_separator(v, &p);
        if (t.kind != PIN_TOKEN_NUMBER || sep == SEP_NONE)
            return false;
        t = pin_cite_token(v->text, p);
        if (sep != SEP_COMMA)
            return t.kind == PIN_TOKEN_NUMBER && !counts_something(v, t.to);
        pos = p;
    }
    return false;
}

static bool item_by_number(reading *r, uint32_t *pos, pin_path *path, separator sep)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos), next = pin_cite_token(v->text, t.to);
    int                  i = path->at[path->count - 1].loose ? path->count - 1 : led_index(path, false);
    if (i < 0)
        i = led_index(path, true); /* annexes 1 and 2 */
    if (i < 0 || counts_something(v, t.to))
        return false;
    bool bracket = next.kind == '(' && next.tight;
    bool deeper = i + 1 < path->count;
    if (v->mode == PIN_CITE_PROSE && !path->at[i].plural && !bracket &&
        (deeper || (sep == SEP_COMMA && !ends_with_and(v, *pos))))
        return false; /* "Article 13, 24 of which"; "Article 2(2) and 3 products" */
    if (path->at[i].kind == PIN_STEP_SECTION && v->mode == PIN_CITE_PROSE &&
        memchr(path->at[i].text, '.', path->at[i].len) && next.kind != '.')
        return false;
    return replace_led(r, pos, path, i);
}

static bool item_by_word(reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos);
    pin_str              w = words_of(v, t);
    const pin_step      *last = &path->at[path->count - 1];
    int                  i = led_index(path, true);
    bool                 capital = w.at[0] >= 'A' && w.at[0] <= 'Z';
    if (i >= 0 && pin_cite_roman_value(w)) {
        if (v->mode == PIN_CITE_PROSE && (!capital || (w.len == 1 && w.at[0] == 'I' && !path->at[i].plural)))
            return false;
        return replace_led(r, pos, path, i);
    }
    if (i >= 0 && path->at[i].form == PIN_FORM_LETTER && path->at[i].kind == PIN_STEP_ANNEX && capital)
        return replace_led(r, pos, path, i);
    if (last->kind == PIN_STEP_POINT && last->led && last->plural && !last->bracketed &&
        last->form != PIN_FORM_NUMBER && w.len <= 4)
        return replace_led(r, pos, path, path->count - 1);
    return false;
}

/* The value after a separator inside an open bracket, "(a, b)". */
static bool item_in_open(reading *r, uint32_t *pos, pin_path *path)
{
    pin_step old = path->at[path->count - 1];
    path->count--;
    if (!read_number(r->v, pos, path, old.kind) && !read_letters(r->v, pos, path, old.kind))
        return false;
    path->at[path->count - 1].bracketed = true;
    return true;
}

static bool read_head(const pin_cite_view *v, uint32_t *pos, pin_path *path);

static bool item_by_head(reading *r, uint32_t *pos, pin_path *path)
{
    pin_path other = {0};
    if (!read_head(r->v, pos, &other) || other.at[0].kind != path->at[0].kind)
        return false;
    *path = other;
    return true;
}

/* Reads one more item into `path`, which holds the one before. */
static bool read_item(reading *r, uint32_t *pos, pin_path *path, separator sep)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos);
    pin_word             w = pin_cite_word_at(v->text, t);
    if (t.broken || t.kind == PIN_TOKEN_END)
        return false;
    if (r->open)
        return item_in_open(r, pos, path);
    uint8_t kind = level_at(v, *pos, in_annex(path));
    if (kind != PIN_STEP_NONE) {
        if (inverted_at(r, *pos) || !cut_to_kind(path, kind) ||
            !read_level(v, pos, path, in_annex(path), &r->open))
            return false;
    } else if (t.kind == '(') {
        if (!item_in_brackets(r, pos, path))
            return false;
    } else if (t.kind == PIN_TOKEN_NUMBER) {
        if (!item_by_number(r, pos, path, sep))
            return false;
    } else if (w.code == PIN_WORD_HEAD) {
        if (sep != SEP_TO || !item_by_head(r, pos, path))
            return false;
    } else if (t.kind != PIN_TOKEN_WORD || !item_by_word(r, pos, path)) {
        return false;
    }
    read_tail(r, pos, path);
    return true;
}

static void give(const pin_sink *sink, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    if (sink)
        sink->item(sink->ctx, path, from, to, path->unreadable ? PIN_ITEM_UNREADABLE : how);
}

/* "Parts II and III (modules B and C) and Part IV": an aside between two items, where the next one says
 * its level. Position after it, or `pos`. An aside with citations of its own is none. */
static uint32_t skip_aside(const reading *r, uint32_t pos)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, pos);
    if (t.kind != '(' || t.tight || t.broken)
        return pos;
    for (int words = 0; words < 12; words++) {
        t = pin_cite_token(v->text, t.to);
        uint8_t code = pin_cite_word_at(v->text, t).code;
        if (t.kind == ')') {
            uint32_t p = t.to;
            return read_separator(v, &p) == SEP_AND && level_at(v, p, true) != PIN_STEP_NONE ? t.to : pos;
        }
        if (t.kind == PIN_TOKEN_END || t.broken || t.kind == '(' || code == PIN_WORD_HEAD || code == PIN_WORD_LEVEL)
            break;
    }
    return pos;
}

/* From the first item, already in `path` and ending at `pos`, to the end of the list; returns that. */
static uint32_t read_list(reading *r, const pin_sink *sink, pin_path path, uint32_t from, uint32_t pos)
{
    give(sink, &path, from, pos, PIN_ITEM_ONE);
    while (--r->left) {
        uint32_t  p = r->open ? pos : skip_aside(r, pos);
        separator sep = read_separator(r->v, &p);
        pin_path  next = path;
        bool      open = r->open;
        next.unreadable = false;
        uint32_t start = pin_cite_token(r->v->text, p).from;
        if (sep == SEP_NONE || !read_item(r, &p, &next, sep)) {
            r->open = open;
            break;
        }
        give(sink, &next, start, p, sep == SEP_TO ? PIN_ITEM_RANGE_END : PIN_ITEM_ONE);
        path = next;
        pos = p;
        if (r->open && pin_cite_token(r->v->text, pos).kind == ')') {
            pos = pin_cite_token(r->v->text, pos).to;
            r->open = false;
        }
    }
    return pos;
}

/* ---- Forward: "Article 13(8)" ------------------------------------------------------------------- */

/* A word that opens a sentence or a heading is weaker evidence in prose when it is shortened. */
static bool head_counts(const pin_cite_view *v, pin_token t, pin_word w)
{
    pin_token next = pin_cite_token(v->text, t.to);
    if (v->mode != PIN_CITE_PROSE)
        return true;
    if (lower_word_is(v, t, "whereas"))
        return next.kind == '(';
    if (w.shortened) /* "the art 13 years ago", "a rec 4" */
        return next.kind == '.' || (v->text.at[t.from] >= 'A' && v->text.at[t.from] <= 'Z');
    return true;
}

static bool read_head(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint32_t  p = t.to;
    if (w.code != PIN_WORD_HEAD || !head_counts(v, t, w))
        return false;
    pin_token dot = pin_cite_token(v->text, p);
    if (w.shortened && dot.kind == '.')
        p = dot.to;
    bool in_brackets = w.step == PIN_STEP_RECITAL || (w.step == PIN_STEP_ARTICLE && v->mode != PIN_CITE_PROSE);
    if (in_brackets && pin_cite_token(v->text, p).kind == '(') {
        if (pin_cite_token(v->text, pin_cite_token(v->text, p).to).kind != PIN_TOKEN_NUMBER ||
            !read_bracket(v, &p, path, w.step, NULL))
            return false;
    } else if (!read_value(v, &p, path, w.step)) {
        return false;
    }
    if (v->mode == PIN_CITE_PROSE && v->text.at[t.from] >= 'a' && counts_something(v, p))
        return false; /* "published in this article 4 years ago" */
    path->at[0].led = true;
    path->at[0].plural = w.plural;
    *pos = p;
    return true;
}

static void finish(pin_parsed *out, const pin_path *first)
{
    const pin_step *s = &first->at[0];
    out->first = *first;
    out->root = s->kind;
    out->dotted = s->kind == PIN_STEP_SECTION && memchr(s->text, '.', s->len);
}

static bool read_forward(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    reading  r = {.v = v, .left = UINT32_MAX};
    pin_path path = {0};
    uint32_t p = pos;
    if (!read_head(v, &p, &path))
        return false;
    read_tail(&r, &p, &path);
    finish(out, &path);
    out->to = read_list(&r, sink, path, pos, p);
    return true;
}

/* ---- Inverted: "points (a) and (c) of Article 14(2)" ----------------------------------------------- */

typedef struct inverted {
    const pin_cite_view *v;
    const pin_sink      *sink;
    pin_path             middle[INVERTED_PARTS]; /* "of the second subparagraph", outermost last */
    uint32_t             middles;
    pin_path             base; /* "Article 14(2)"                                  */
    uint32_t             from, leaf_to, base_to;
    pin_path             leaf; /* the first item of the leaf list                  */
    uint32_t             leaf_from;
    bool                 leaf_open; /* it stopped inside a bracket, "(a, b)"         */
    uint32_t             items, seen, bases;
} inverted;

static void append(pin_path *path, const pin_path *more)
{
    bool has_part = path->count > 1 && path->at[1].kind == PIN_STEP_PART;
    for (uint8_t i = 0; i < more->count; i++) {
        if (has_part && more->at[i].kind == PIN_STEP_PART && (!more->at[i].led || !path->at[1].led))
            continue; /* an "essential requirement" whose part was said */
        *push(path, more->at[i].kind) = more->at[i];
    }
    path->unreadable |= more->unreadable;
}

static void count_leaf(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    inverted *in = ctx;
    (void)path, (void)from, (void)to, (void)how;
    in->items++;
}

static void take_leaf(void *ctx, const pin_path *leaf, uint32_t from, uint32_t to, uint8_t how)
{
    inverted *in = ctx;
    pin_path  whole = in->base;
    in->seen++;
    for (uint32_t i = in->middles; i-- > 0;)
        append(&whole, &in->middle[i]);
    append(&whole, leaf);
    if (in->bases > 1) { /* the words that are new are those of the base */
        from = in->from;
        to = in->base_to;
    } else if (in->seen == in->items) {
        to = in->base_to;
    }
    give(in->sink, &whole, from, to, how == PIN_ITEM_UNREADABLE ? PIN_ITEM_ONE : how);
}

static void take_base(void *ctx, const pin_path *base, uint32_t from, uint32_t to, uint8_t how)
{
    inverted *in = ctx;
    reading   r = {.v = in->v, .nested = true, .open = in->leaf_open, .left = INVERTED_ITEMS};
    pin_sink  leaves = {take_leaf, in};
    (void)how;
    in->base = *base;
    in->base_to = to;
    in->seen = 0;
    if (in->bases++)
        in->from = from;
    read_list(&r, &leaves, in->leaf, in->leaf_from, in->leaf_to);
}

/* "of the", "in", or in a query nothing: position after, or 0. */
static uint32_t skip_of(const pin_cite_view *v, uint32_t pos, bool implied)
{
    pin_token t = pin_cite_token(v->text, pos);
    bool      comma = t.kind == ',';
    if (comma)
        t = pin_cite_token(v->text, t.to);
    pin_word w = pin_cite_word_at(v->text, t);
    if (t.broken)
        return 0;
    if (w.code == PIN_WORD_OF || lower_word_is(v, t, "to")) {
        pos = t.to;
        t = pin_cite_token(v->text, pos);
        if (pin_cite_word_at(v->text, t).code == PIN_WORD_THE)
            pos = t.to;
        return pos;
    }
    return !implied || v->mode == PIN_CITE_PROSE ? 0 : t.from;
}

/* "module B" of Decision No 768/2008/EC, which the CRA repeats in the parts of its Annex VIII. */
static bool read_module(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    static const char modules[] = "ABCH";
    static const char *const parts[] = {"I", "II", "III", "IV"};
    pin_token t = pin_cite_token(v->text, *pos), letter = pin_cite_token(v->text, t.to);
    if (pin_cite_word_at(v->text, t).code != PIN_WORD_MODULE || letter.to - letter.from != 1 ||
        letter.kind != PIN_TOKEN_WORD)
        return false;
    char        name = v->text.at[letter.from];
    const char *m = memchr(modules, v->mode == PIN_CITE_QUERY && name >= 'a' ? name - 32 : name, 4);
    if (!m)
        return false;
    set_text(push(path, PIN_STEP_ANNEX), "VIII", 4);
    set_text(push(path, PIN_STEP_PART), parts[m - modules], (uint32_t)strlen(parts[m - modules]));
    *pos = letter.to;
    return true;
}

/* "third subparagraph of 13(8)", in a query. */
static bool read_bare_article(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos), bracket = pin_cite_token(v->text, t.to);
    if (v->mode != PIN_CITE_QUERY || bracket.kind != '(' || !bracket.tight ||
        !read_number(v, pos, path, PIN_STEP_ARTICLE))
        return false;
    path->at[0].led = true;
    return true;
}

/* `implied`: "of" may be missing, as in "point 8 annex 1". Not when we come from a citation that could
 * itself own the point. */
static bool read_inverted(pin_parsed *out, const pin_cite_view *v, uint32_t pos, bool implied,
                          const pin_sink *sink)
{
    inverted in = {.v = v, .sink = sink, .from = pos, .leaf_from = pos};
    reading  r = {.v = v, .nested = true, .left = INVERTED_ITEMS};
    pin_sink counting = {count_leaf, &in};
    uint32_t p = pos;
    if (!read_level(v, &p, &in.leaf, true, &r.open))
        return false;
    read_tail(&r, &p, &in.leaf);
    in.leaf_to = p;
    in.leaf_open = r.open;
    p = read_list(&r, &counting, in.leaf, pos, p);
    out->act = (pin_act){0};
    for (;;) {
        pin_act  act = {0};
        uint32_t next = skip_of(v, p, implied);
        if (next == 0 || next == pos)
            return false;
        if (level_at(v, next, true) != PIN_STEP_NONE && in.middles < INVERTED_PARTS) {
            pin_path *m = &in.middle[in.middles++];
            if (!read_level(v, &next, m, true, NULL))
                return false;
            r = (reading){.v = v, .nested = true};
            read_tail(&r, &next, m);
            p = next;
            continue;
        }
        uint32_t head = next;
        pin_path base = {0};
        out->module = read_module(v, &head, &base);
        if (!out->module && !read_head(v, &head, &base) && !read_bare_article(v, &head, &base)) {
            if (!pin_cite_act_at(&act, v, next, false))
                return false;
            head = act.to;
            next = pin_cite_token(v->text, head).from;
            if (!read_head(v, &head, &base))
                return false;
            out->act = act;
        }
        if (base.at[0].kind != PIN_STEP_ANNEX &&
            (base.at[0].kind != PIN_STEP_ARTICLE || is_roman_kind(in.leaf.at[0].kind)))
            return false;
        r = (reading){.v = v, .left = 16};
        read_tail(&r, &head, &base);
        pin_sink bases = {take_base, &in};
        finish(out, &base);
        out->to = read_list(&r, sink ? &bases : NULL, base, next, head);
        return true;
    }
}

/* ---- Sections, and numbers alone -------------------------------------------------------------------- */

bool pin_cite_parse_sections(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    reading  r = {.v = v, .left = UINT32_MAX};
    pin_path path = {0};
    uint32_t p = pos;
    *out = (pin_parsed){.from = pos};
    if (!read_number(v, &p, &path, PIN_STEP_SECTION) || !memchr(path.at[0].text, '.', path.at[0].len))
        return false;
    path.at[0].led = path.at[0].plural = true;
    finish(out, &path);
    out->to = read_list(&r, sink, path, pos, p);
    return true;
}

/* "13(8)", "13.8", "4.2.5": only where the text is nothing but a citation. */
static bool read_bare(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    pin_token t = pin_cite_token(v->text, pos), next = pin_cite_token(v->text, t.to);
    bool      first = pin_cite_token(v->text, 0).from == t.from;
    uint32_t  number, end;
    reading   r = {.v = v, .left = UINT32_MAX};
    pin_path  path = {0};
    if (v->mode == PIN_CITE_PROSE || t.number > 999 || (v->mode == PIN_CITE_LIST && !first))
        return false;
    if (next.kind == '.' && first && tight_dot_number(v, t.to, &number, &end)) {
        uint32_t third, third_end = end;
        if (tight_dot_number(v, end, &third, &third_end)) {
            if (!pin_cite_parse_sections(out, v, pos, sink))
                return false;
            out->entry = true;
            return true;
        }
        if (v->mode != PIN_CITE_QUERY || pin_cite_token(v->text, end).kind != PIN_TOKEN_END)
            return false;
    } else if (next.kind != '(' || !next.tight) {
        return false;
    }
    uint32_t p = pos;
    if (!read_number(v, &p, &path, PIN_STEP_ARTICLE))
        return false;
    path.at[0].led = true;
    read_tail(&r, &p, &path);
    if (path.count < 2)
        return false;
    finish(out, &path);
    out->to = read_list(&r, sink, path, pos, p);
    return true;
}

static bool read_entry(pin_parsed *out, const pin_cite_view *v, pin_token t, const pin_sink *sink)
{
    uint32_t from = t.from;
    t = pin_cite_token(v->text, t.to);
    if (t.kind != PIN_TOKEN_NUMBER || t.broken || !pin_cite_parse_sections(out, v, t.from, sink))
        return false;
    out->from = from;
    out->entry = true;
    return true;
}

/* ---- Together ----------------------------------------------------------------------------------------- */

typedef struct counting {
    const pin_sink *sink;
    uint32_t        items;
} counting;

static void count_item(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    counting *c = ctx;
    c->items++;
    if (c->sink)
        c->sink->item(c->sink->ctx, path, from, to, how);
}

bool pin_cite_parse(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    counting  c = {.sink = sink};
    pin_sink  counted = {count_item, &c};
    pin_token t = pin_cite_token(v->text, pos);
    bool      found = false;
    *out = (pin_parsed){.from = t.from};
    switch (pin_cite_word_at(v->text, t).code) {
    case PIN_WORD_HEAD:
        /* "sections 1.1.9 and 1.2.1 of Annex III" is an inverted citation */
        found = pin_cite_word_at(v->text, t).step == PIN_STEP_SECTION && read_inverted(out, v, t.from, true, &counted);
        if (!found)
            found = read_forward(out, v, t.from, &counted);
        break;
    case PIN_WORD_LEVEL:
    case PIN_WORD_ORDINAL:
    case PIN_WORD_ESSENTIAL: found = read_inverted(out, v, t.from, true, &counted); break;
    case PIN_WORD_ENTRY: found = read_entry(out, v, t, &counted); break;
    default:
        if (t.kind == PIN_TOKEN_NUMBER)
            found = read_inverted(out, v, t.from, true, &counted) || read_bare(out, v, t.from, &counted);
    }
    out->items = c.items;
    return found;
}

uint32_t pin_cite_join(const pin_cite_view *v, uint32_t pos)
{
    uint32_t  p = pos;
    separator sep = read_separator(v, &p);
    return sep == SEP_COMMA || sep == SEP_AND ? p : pos;
}
