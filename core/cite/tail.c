/* The tail of a path: everything after the head that goes further down, in brackets, with dots, with
 * words, or with nothing at all. */
#include "core/cite/grammar.h"

#include "core/bytes/bytes.h"

#include <string.h>

bool pin_cite_inverted_at(const pin_reading *r, uint32_t pos)
{
    pin_parsed p;
    return !r->nested && pin_cite_read_inverted(&p, r->v, pos, false, NULL);
}

bool pin_path_in_annex(const pin_path *path) { return path->count && pin_step_is_roman(path->at[0].kind); }

/* What may stand between a path and the level below it: ", ", " - ", "'s ", or nothing. */
static uint32_t skip_to_level(const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    if (t.kind == ',' || t.kind == PIN_TOKEN_DASH)
        return t.to;
    pin_token s = pin_cite_token(v->text, t.to);
    return t.kind == PIN_TOKEN_QUOTE && s.tight && pin_token_is(v, s, "s") ? s.to : pos;
}

/* "Annex I (Part II, point 8)": the levels inside the bracket, up to its end. */
static bool read_bracketed_levels(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos);
    uint32_t  p = t.to;
    if (t.kind != '(' || t.broken || pin_cite_level(v, p, pin_path_in_annex(path)) == PIN_STEP_NONE)
        return false;
    do {
        if (!pin_cite_read_level(v, &p, path, pin_path_in_annex(path), NULL))
            return false;
        while (pin_cite_read_bracket(v, &p, path, PIN_STEP_POINT, NULL))
            ;
        t = pin_cite_token(v->text, p);
        p = t.to;
    } while (t.kind == ',');
    *pos = p;
    return t.kind == ')';
}

static bool deepen_by_level(pin_reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    uint32_t             p = skip_to_level(v, *pos), start = p;
    pin_path             trial = *path;
    bool                 open = false;
    if (read_bracketed_levels(v, pos, &trial) &&
        pin_path_deepens(path, trial.at[path->count].kind, &trial.at[path->count])) {
        *path = trial;
        return true;
    }
    trial = *path;
    if (!pin_cite_read_level(v, &p, &trial, pin_path_in_annex(path), &open) || trial.count == path->count)
        return false;
    const pin_step *value = &trial.at[path->count];
    if (!value->led && path->at[path->count - 1].kind == PIN_STEP_PART) {
        /* Part I, essential requirement 2: the part was said */
        trial.count--;
        memmove(&trial.at[path->count], &trial.at[path->count + 1],
                (size_t)(trial.count - path->count) * sizeof trial.at[0]);
    } else if (!pin_path_deepens(path, value->kind, value)) {
        return false;
    }
    if (pin_cite_inverted_at(r, start))
        return false;
    r->open = open;
    *path = trial;
    *pos = p;
    return true;
}

/* "13.10", "14.2.a", "Annex I.2(b)", "Annex I.II". */
static bool deepen_by_dot(pin_reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    const pin_step      *last = &path->at[path->count - 1];
    pin_token            dot = pin_cite_token(v->text, *pos), t = pin_cite_token(v->text, dot.to);
    uint32_t             p = dot.to, end;
    if (dot.kind != '.' || !dot.tight || !t.tight || last->kind == PIN_STEP_RECITAL ||
        last->kind == PIN_STEP_SECTION)
        return false;
    bool number = t.kind == PIN_TOKEN_NUMBER && t.number <= 999 && last->form != PIN_FORM_LETTER &&
                  (last->kind == PIN_STEP_ARTICLE || pin_step_is_roman(last->kind));
    bool letter = pin_cite_tight_letter(v, dot.to, &end) && last->form == PIN_FORM_NUMBER &&
                  (last->kind == PIN_STEP_PARAGRAPH || last->kind == PIN_STEP_POINT);
    bool part = t.kind == PIN_TOKEN_WORD && last->kind == PIN_STEP_ANNEX && v->text.at[t.from] >= 'A' &&
                v->text.at[t.from] <= 'Z' && pin_cite_roman_value(pin_token_str(v, t));
    if (part)
        return pin_cite_read_roman(v, &p, path, PIN_STEP_PART) && (*pos = p, true);
    if (number ? !pin_cite_read_number(v, &p, path, pin_path_kind_below(path))
               : !letter || !pin_cite_read_letters(v, &p, path, PIN_STEP_POINT))
        return false;
    *pos = p;
    return true;
}

/* The number of a point after its part, without its word: "Part I, (2)(b)", "Part I, 2(b)", and outside
 * prose "Part I, 2", where the roman numeral tells the part from the point. */
static bool deepen_below_part(pin_reading *r, uint32_t *pos, pin_path *path)
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
        return pin_cite_read_bracket(v, &p, path, PIN_STEP_POINT, NULL) && (*pos = p, true);
    pin_token bracket = pin_cite_token(v->text, t.to), inner = pin_cite_token(v->text, bracket.to);
    bool      lettered = bracket.kind == '(' && bracket.tight && inner.kind == PIN_TOKEN_WORD;
    bool      plain = comma && v->mode != PIN_CITE_PROSE && last->form == PIN_FORM_ROMAN && !last->plural;
    if (t.kind != PIN_TOKEN_NUMBER || t.number > 999 || t.broken || !(lettered || plain))
        return false;
    return pin_cite_read_number(v, &p, path, PIN_STEP_POINT) && (*pos = p, true);
}

/* "Annex I(II)(8)". */
static bool deepen_by_roman_bracket(pin_reading *r, uint32_t *pos, pin_path *path)
{
    const pin_str text = r->v->text;
    pin_token     t = pin_cite_token(text, *pos), n = pin_cite_token(text, t.to),
              close = pin_cite_token(text, n.to);
    if (path->at[path->count - 1].kind != PIN_STEP_ANNEX || t.kind != '(' || n.kind != PIN_TOKEN_WORD ||
        close.kind != ')' || text.at[n.from] >= 'a' ||
        !pin_cite_roman_value(pin_str_part(text, n.from, n.to)))
        return false;
    uint32_t p = n.from;
    return pin_cite_read_roman(r->v, &p, path, PIN_STEP_PART) && (*pos = close.to, true);
}

/* Where brackets are left out: "art 13 8", "annex 1 part 2 8", "art 14 2 a". */
static bool deepen_loosely(pin_reading *r, uint32_t *pos, pin_path *path)
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
                  (last->kind == PIN_STEP_ARTICLE || pin_step_is_roman(last->kind));
    number = number && !pin_cite_counts(v, t.to);
    bool letter = end && t.kind == PIN_TOKEN_WORD && t.to - t.from == 1 && last->form == PIN_FORM_NUMBER &&
                  (last->kind == PIN_STEP_PARAGRAPH || last->kind == PIN_STEP_POINT);
    if (number ? !pin_cite_read_number(v, pos, path, pin_path_kind_below(path))
               : !letter || !pin_cite_read_letters(v, pos, path, PIN_STEP_POINT))
        return false;
    if (!last->loose)
        path->firm_to = firm_to;
    for (uint8_t i = before; i < path->count; i++)
        path->at[i].loose = true;
    return true;
}

/* "first sentence", "second indent": finer than any id; its words belong to the citation. */
static bool skip_sentence(pin_reading *r, uint32_t *pos)
{
    uint32_t  p = *pos, end;
    pin_token t = pin_cite_token(r->v->text, p);
    if (t.kind == ',')
        p = t.to;
    if (pin_cite_ordinal(r->v, p, &end) == 0)
        return false;
    t = pin_cite_token(r->v->text, end);
    if (pin_cite_word_at(r->v->text, t).code != PIN_WORD_SENTENCE)
        return false;
    *pos = t.to;
    return true;
}

/* A bracket right at the citation that cannot be read, "Article 13(x-1)": better to say so than to
 * report Article 13. */
static void note_unreadable(pin_reading *r, uint32_t *pos, pin_path *path)
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

void pin_cite_read_tail(pin_reading *r, uint32_t *pos, pin_path *path)
{
    while (!r->open) {
        pin_token t = pin_cite_token(r->v->text, *pos);
        if (t.kind == PIN_TOKEN_END || t.broken)
            return;
        if (deepen_by_roman_bracket(r, pos, path) || deepen_below_part(r, pos, path))
            continue;
        if (path->at[0].kind != PIN_STEP_RECITAL && path->at[0].kind != PIN_STEP_SECTION &&
            pin_cite_read_bracket(r->v, pos, path, pin_path_kind_below(path), &r->open))
            continue;
        if (deepen_by_dot(r, pos, path) || deepen_by_level(r, pos, path) || skip_sentence(r, pos) ||
            deepen_loosely(r, pos, path))
            continue;
        note_unreadable(r, pos, path);
        return;
    }
}
