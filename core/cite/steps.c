/* The steps of a path: the values that stand after a word or in brackets, and what they look like in an
 * id. "13", "5a", "3.2", "2.b", "(ii)", "IV". */
#include "core/cite/grammar.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { NUMBER_MAX = 9999, SECTION_DEPTH = 6 };

pin_str pin_token_str(const pin_cite_view *v, pin_token t) { return pin_str_part(v->text, t.from, t.to); }

bool pin_token_is(const pin_cite_view *v, pin_token t, const char *word)
{
    pin_str w = pin_token_str(v, t);
    size_t  len = strlen(word);
    if (t.kind != PIN_TOKEN_WORD || w.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (pin_ascii_lower((uint8_t)w.at[i]) != (uint8_t)word[i])
            return false;
    return true;
}

/* Does a number ending at `end` count things, "24 hours", "11 September", "5%"? */
bool pin_cite_counts(const pin_cite_view *v, uint32_t end)
{
    pin_token t = pin_cite_token(v->text, end);
    if (t.kind == PIN_TOKEN_DASH && t.tight)
        t = pin_cite_token(v->text, t.to);
    if (t.kind == '%' || (t.kind == '/' && t.tight && v->mode == PIN_CITE_PROSE))
        return true;
    if (pin_token_is(v, t, "may"))
        return v->text.at[t.from] == 'M';
    return pin_cite_word_at(v->text, t).code == PIN_WORD_UNIT;
}

pin_step *pin_path_push(pin_path *path, uint8_t kind)
{
    if (path->count == PIN_PATH_MAX) {
        path->unreadable = true;
        path->count--;
    }
    pin_step *s = &path->at[path->count++];
    *s = (pin_step){.kind = kind};
    return s;
}

void pin_step_set(pin_step *s, const char *text, uint32_t len)
{
    s->len = (uint8_t)(len < PIN_STEP_TEXT ? len : PIN_STEP_TEXT);
    memcpy(s->text, text, s->len);
}

bool pin_step_add_number(pin_step *s, uint32_t number)
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

pin_str pin_step_str(const pin_step *s) { return (pin_str){s->text, s->len}; }

bool pin_step_is_roman(uint8_t kind)
{
    return kind == PIN_STEP_ANNEX || kind == PIN_STEP_PART || kind == PIN_STEP_CLASS;
}

/* A single letter that ends its word: the a of "5a", the b of "2.b". 0 when there is none. */
char pin_cite_tight_letter(const pin_cite_view *v, uint32_t pos, uint32_t *end)
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
bool pin_cite_tight_number(const pin_cite_view *v, uint32_t pos, uint32_t *number, uint32_t *end)
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
bool pin_cite_read_roman(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    char      text[8];
    uint32_t  len;
    pin_str   w = pin_token_str(v, t);
    if (t.broken || t.kind == PIN_TOKEN_END || pin_cite_is_word_byte(v->text, t.to))
        return false;
    if (t.kind == PIN_TOKEN_NUMBER) {
        len = pin_cite_roman_put(text, t.number, false);
        if (len == 0 && v->mode == PIN_CITE_PROSE && kind != PIN_STEP_ANNEX)
            return false; /* "class 1999 products" */
        pin_step *s = pin_path_push(path, kind);
        pin_step_set(s, text, len);
        path->unreadable |= len == 0;
    } else if (t.kind == PIN_TOKEN_WORD && pin_cite_roman_value(w)) {
        len = pin_cite_roman_put(text, pin_cite_roman_value(w), false);
        pin_step_set(pin_path_push(path, kind), text, len);
        path->at[path->count - 1].form = PIN_FORM_ROMAN;
    } else if (t.kind == PIN_TOKEN_WORD && kind != PIN_STEP_CLASS && w.len <= 2 && w.at[0] >= 'A' &&
               w.at[0] <= 'Z' && w.at[w.len - 1] >= 'A' && w.at[w.len - 1] <= 'Z') {
        pin_step_set(pin_path_push(path, kind), w.at, (uint32_t)w.len); /* Annex A, Annex ZA */
        path->at[path->count - 1].form = PIN_FORM_LETTER;
    } else {
        return false;
    }
    *pos = t.to;
    return true;
}

bool pin_cite_read_letters(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    pin_str   w = pin_token_str(v, t);
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
    pin_step *s = pin_path_push(path, kind);
    pin_step_set(s, small, (uint32_t)w.len);
    s->form = roman ? PIN_FORM_ROMAN : PIN_FORM_LETTER;
    *pos = t.to;
    return true;
}

/* A number and what hangs on it: 5a, 3.2, 2.b (two steps). */
bool pin_cite_read_number(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    pin_token t = pin_cite_token(v->text, *pos);
    uint32_t  number, end;
    char      letter;
    if (t.kind != PIN_TOKEN_NUMBER || t.broken)
        return false;
    pin_step *s = pin_path_push(path, kind);
    s->form = PIN_FORM_NUMBER;
    if (!pin_step_add_number(s, t.number))
        path->unreadable = true;
    *pos = t.to;
    if (kind == PIN_STEP_SECTION || kind == PIN_STEP_POINT) {
        for (int depth = 1; depth < SECTION_DEPTH && pin_cite_tight_number(v, *pos, &number, &end); depth++) {
            if (!add_byte(s, '.') || !pin_step_add_number(s, number))
                path->unreadable = true;
            *pos = end;
        }
    }
    if ((letter = pin_cite_tight_letter(v, *pos, &end))) {
        add_byte(s, letter);
        *pos = end;
    } else if (kind == PIN_STEP_POINT || kind == PIN_STEP_PARAGRAPH) {
        pin_token dot = pin_cite_token(v->text, *pos);
        if (dot.kind == '.' && dot.tight && (letter = pin_cite_tight_letter(v, dot.to, &end))) {
            pin_step *below = pin_path_push(path, PIN_STEP_POINT);
            pin_step_set(below, &letter, 1);
            below->form = PIN_FORM_LETTER;
            *pos = end;
        }
    }
    return true;
}

bool pin_cite_read_value(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind)
{
    if (pin_step_is_roman(kind))
        return pin_cite_read_roman(v, pos, path, kind);
    if (pin_cite_read_number(v, pos, path, kind))
        return true;
    return kind == PIN_STEP_POINT && pin_cite_read_letters(v, pos, path, kind);
}

/* What a bare number or letter below `path` most likely is. */
uint8_t pin_path_kind_below(const pin_path *path)
{
    if (path->count && path->at[path->count - 1].kind == PIN_STEP_ARTICLE)
        return PIN_STEP_PARAGRAPH;
    return PIN_STEP_POINT;
}

/* Inside brackets more than one value may stand, (a, b and d) or (1-3): is this such a list? Leaves
 * *pos after the first value. */
static bool opens_list(const pin_cite_view *v, uint32_t pos, uint8_t kind)
{
    bool numbers = pin_cite_token(v->text, pos).kind == PIN_TOKEN_NUMBER;
    for (int values = 0; values < 32; values++) {
        pin_path  one = {0};
        pin_token t;
        if (!(numbers ? pin_cite_read_number(v, &pos, &one, kind)
                      : pin_cite_read_letters(v, &pos, &one, kind)))
            return false;
        t = pin_cite_token(v->text, pos);
        if (t.kind == ')')
            return values > 0;
        if (pin_cite_read_separator(v, &pos) == PIN_SEP_NONE)
            return false;
    }
    return false;
}

/* "(8)", "(a)", "(ii)", "(2.b)". With a list inside, *open is set and *pos is left before its first
 * separator. */
bool pin_cite_read_bracket(const pin_cite_view *v, uint32_t *pos, pin_path *path, uint8_t kind, bool *open)
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
    if (!pin_cite_read_number(v, &p, path, kind) && !pin_cite_read_letters(v, &p, path, kind))
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
