/* Lists and ranges: what joins items, and what an item that says only what is new is short for. */
#include "core/cite/grammar.h"

#include "core/bytes/bytes.h"

#include <string.h>

pin_separator pin_cite_read_separator(const pin_cite_view *v, uint32_t *pos)
{
    pin_token     t = pin_cite_token(v->text, *pos);
    pin_separator found = PIN_SEP_NONE;
    if (t.broken)
        return PIN_SEP_NONE;
    if (t.kind == ',' || (t.kind == ';' && v->mode != PIN_CITE_PROSE)) {
        found = PIN_SEP_COMMA;
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
        return PIN_SEP_AND;
    }
    if (found == PIN_SEP_NONE && (w.code == PIN_WORD_TO || t.kind == PIN_TOKEN_DASH)) {
        *pos = t.to;
        return PIN_SEP_TO;
    }
    if (pin_token_is(v, t, "as")) {
        pin_token well = pin_cite_token(v->text, t.to), as = pin_cite_token(v->text, well.to);
        if (pin_token_is(v, well, "well") && pin_token_is(v, as, "as")) {
            *pos = as.to;
            return PIN_SEP_AND;
        }
    }
    if (found == PIN_SEP_NONE && t.kind == '/' && t.tight) {
        *pos = t.to;
        return PIN_SEP_AND;
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

static bool is_roman_letter(const pin_step *s) { return pin_cite_roman_value(pin_step_str(s)) != 0; }

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

static bool item_in_brackets(pin_reading *r, uint32_t *pos, pin_path *path)
{
    pin_path value = {0};
    if (!pin_cite_read_bracket(r->v, pos, &value, PIN_STEP_POINT, &r->open))
        return false;
    int i = style_index(path, &value.at[0]);
    if (i < 0)
        return false;
    pin_step old = path->at[i];
    path->count = (uint8_t)i;
    for (uint8_t k = 0; k < value.count; k++)
        *pin_path_push(path, value.at[k].kind) = value.at[k];
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
        if (!s->led || pin_step_is_roman(s->kind) != roman)
            continue;
        if (!s->bracketed && (roman || s->form == PIN_FORM_NUMBER))
            return i;
        if (fallback < 0 && s->form == PIN_FORM_NUMBER)
            fallback = i;
    }
    return fallback;
}

static bool replace_led(pin_reading *r, uint32_t *pos, pin_path *path, int i)
{
    pin_step old = path->at[i];
    path->count = (uint8_t)i;
    if (!pin_cite_read_value(r->v, pos, path, old.kind))
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
        pin_token     t = pin_cite_token(v->text, pos);
        uint32_t      p = t.to;
        pin_separator sep = pin_cite_read_separator(v, &p);
        if (t.kind != PIN_TOKEN_NUMBER || sep == PIN_SEP_NONE)
            return false;
        t = pin_cite_token(v->text, p);
        if (sep != PIN_SEP_COMMA)
            return t.kind == PIN_TOKEN_NUMBER && !pin_cite_counts(v, t.to);
        pos = p;
    }
    return false;
}

static bool item_by_number(pin_reading *r, uint32_t *pos, pin_path *path, pin_separator sep)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos), next = pin_cite_token(v->text, t.to);
    int                  i = path->at[path->count - 1].loose ? path->count - 1 : led_index(path, false);
    if (i < 0)
        i = led_index(path, true); /* annexes 1 and 2 */
    if (i < 0 || pin_cite_counts(v, t.to))
        return false;
    bool bracket = next.kind == '(' && next.tight;
    bool deeper = i + 1 < path->count;
    if (v->mode == PIN_CITE_PROSE && !path->at[i].plural && !bracket &&
        (deeper || (sep == PIN_SEP_COMMA && !ends_with_and(v, *pos))))
        return false; /* "Article 13, 24 of which"; "Article 2(2) and 3 products" */
    if (path->at[i].kind == PIN_STEP_SECTION && v->mode == PIN_CITE_PROSE &&
        memchr(path->at[i].text, '.', path->at[i].len) && next.kind != '.')
        return false;
    return replace_led(r, pos, path, i);
}

static bool item_by_word(pin_reading *r, uint32_t *pos, pin_path *path)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos);
    pin_str              w = pin_token_str(v, t);
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
static bool item_in_open(pin_reading *r, uint32_t *pos, pin_path *path)
{
    pin_step old = path->at[path->count - 1];
    path->count--;
    if (!pin_cite_read_number(r->v, pos, path, old.kind) && !pin_cite_read_letters(r->v, pos, path, old.kind))
        return false;
    path->at[path->count - 1].bracketed = true;
    return true;
}

static bool item_by_head(pin_reading *r, uint32_t *pos, pin_path *path)
{
    pin_path other = {0};
    if (!pin_cite_read_head(r->v, pos, &other) || other.at[0].kind != path->at[0].kind)
        return false;
    *path = other;
    return true;
}

/* Reads one more item into `path`, which holds the one before. */
static bool read_item(pin_reading *r, uint32_t *pos, pin_path *path, pin_separator sep)
{
    const pin_cite_view *v = r->v;
    pin_token            t = pin_cite_token(v->text, *pos);
    pin_word             w = pin_cite_word_at(v->text, t);
    if (t.broken || t.kind == PIN_TOKEN_END)
        return false;
    if (r->open)
        return item_in_open(r, pos, path);
    uint8_t kind = pin_cite_level(v, *pos, pin_path_in_annex(path));
    if (kind != PIN_STEP_NONE) {
        if (pin_cite_inverted_at(r, *pos) || !cut_to_kind(path, kind) ||
            !pin_cite_read_level(v, pos, path, pin_path_in_annex(path), &r->open))
            return false;
    } else if (t.kind == '(') {
        if (!item_in_brackets(r, pos, path))
            return false;
    } else if (t.kind == PIN_TOKEN_NUMBER) {
        if (!item_by_number(r, pos, path, sep))
            return false;
    } else if (w.code == PIN_WORD_HEAD) {
        if (sep != PIN_SEP_TO || !item_by_head(r, pos, path))
            return false;
    } else if (t.kind != PIN_TOKEN_WORD || !item_by_word(r, pos, path)) {
        return false;
    }
    pin_cite_read_tail(r, pos, path);
    return true;
}

void pin_sink_give(const pin_sink *sink, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    if (sink)
        sink->item(sink->ctx, path, from, to, path->unreadable ? PIN_ITEM_UNREADABLE : how);
}

/* "Parts II and III (modules B and C) and Part IV": an aside between two items, where the next one says
 * its level. Position after it, or `pos`. An aside with citations of its own is none. */
static uint32_t skip_aside(const pin_reading *r, uint32_t pos)
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
            return pin_cite_read_separator(v, &p) == PIN_SEP_AND &&
                           pin_cite_level(v, p, true) != PIN_STEP_NONE
                       ? t.to
                       : pos;
        }
        if (t.kind == PIN_TOKEN_END || t.broken || t.kind == '(' || code == PIN_WORD_HEAD ||
            code == PIN_WORD_LEVEL)
            break;
    }
    return pos;
}

/* From the first item, already in `path` and ending at `pos`, to the end of the list; returns that. */
uint32_t pin_cite_read_list(pin_reading *r, const pin_sink *sink, pin_path path, uint32_t from, uint32_t pos)
{
    pin_sink_give(sink, &path, from, pos, PIN_ITEM_ONE);
    while (--r->left) {
        uint32_t      p = r->open ? pos : skip_aside(r, pos);
        pin_separator sep = pin_cite_read_separator(r->v, &p);
        pin_path      next = path;
        bool          open = r->open;
        next.unreadable = false;
        uint32_t start = pin_cite_token(r->v->text, p).from;
        if (sep == PIN_SEP_NONE || !read_item(r, &p, &next, sep)) {
            r->open = open;
            break;
        }
        pin_sink_give(sink, &next, start, p, sep == PIN_SEP_TO ? PIN_ITEM_RANGE_END : PIN_ITEM_ONE);
        path = next;
        pos = p;
        if (r->open && pin_cite_token(r->v->text, pos).kind == ')') {
            pos = pin_cite_token(r->v->text, pos).to;
            r->open = false;
        }
    }
    return pos;
}
