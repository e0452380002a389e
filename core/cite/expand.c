/* Ranges: what stands between the two ends that were written. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { COUNT_NONE, COUNT_NUMBER, COUNT_LETTER, COUNT_ROMAN };

static pin_str text_of(const pin_step *s) { return (pin_str){s->text, s->len}; }

/* "3.12" -> 12, *prefix 2 ("3."); "5a" -> 5. 0 when it does not count. */
static uint32_t number_of(const pin_step *s, uint32_t *prefix, bool *suffixed)
{
    uint32_t at = 0, value = 0;
    for (uint32_t i = 0; i < s->len; i++)
        if (s->text[i] == '.')
            at = i + 1;
    *prefix = at;
    for (; at < s->len && pin_is_digit((uint8_t)s->text[at]); at++)
        value = value * 10 + (uint32_t)(s->text[at] - '0');
    *suffixed = at < s->len;
    return value;
}

/* How the last steps of the two count, and from where to where. */
static uint8_t counting_of(const pin_path *first, const pin_path *last, uint32_t *from, uint32_t *to)
{
    const pin_step *a = &first->at[first->count - 1], *b = &last->at[last->count - 1];
    uint32_t        pa, pb;
    bool            sa, sb;
    if (a->kind == PIN_STEP_ANNEX || a->kind == PIN_STEP_PART || a->kind == PIN_STEP_CLASS) {
        *from = pin_cite_roman_value(text_of(a));
        *to = pin_cite_roman_value(text_of(b));
        return *from && *to ? COUNT_ROMAN : COUNT_NONE;
    }
    if (a->form == PIN_FORM_NUMBER && b->form == PIN_FORM_NUMBER) {
        *from = number_of(a, &pa, &sa);
        *to = number_of(b, &pb, &sb);
        return pa == pb && memcmp(a->text, b->text, pa) == 0 ? COUNT_NUMBER : COUNT_NONE;
    }
    if (a->form == PIN_FORM_NUMBER || b->form == PIN_FORM_NUMBER)
        return COUNT_NONE;
    bool below_letter = first->count > 1 && first->at[first->count - 2].kind == PIN_STEP_POINT &&
                        first->at[first->count - 2].form != PIN_FORM_NUMBER;
    *from = pin_cite_roman_value(text_of(a));
    *to = pin_cite_roman_value(text_of(b));
    if (*from && *to && (below_letter || a->form == PIN_FORM_ROMAN || b->form == PIN_FORM_ROMAN))
        return COUNT_ROMAN;
    *from = (uint8_t)a->text[0];
    *to = (uint8_t)b->text[0];
    return a->len == 1 && b->len == 1 ? COUNT_LETTER : COUNT_NONE;
}

uint32_t pin_cite_range_width(const pin_path *first, const pin_path *last)
{
    uint32_t from, to;
    if (first->count != last->count || first->count == 0)
        return 0;
    for (uint8_t i = 0; i < first->count; i++) {
        const pin_step *a = &first->at[i], *b = &last->at[i];
        if (a->kind != b->kind ||
            (i + 1 < first->count && (a->len != b->len || memcmp(a->text, b->text, a->len) != 0)))
            return 0;
    }
    if (counting_of(first, last, &from, &to) == COUNT_NONE || to <= from)
        return 0;
    return to - from;
}

bool pin_cite_range_next(pin_path *between, const pin_path *first, const pin_path *last, uint32_t *at,
                         bool letters, bool found)
{
    enum { LETTERS = 27 };
    uint32_t from, to, prefix, n = *at / LETTERS, letter = *at % LETTERS;
    bool     suffixed;
    uint8_t  how = counting_of(first, last, &from, &to);
    *between = *first;
    pin_step *s = &between->at[between->count - 1];
    number_of(s, &prefix, &suffixed);
    letters = letters && how == COUNT_NUMBER && prefix == 0 && !(n == 0 && suffixed) &&
              (s->kind == PIN_STEP_ARTICLE || s->kind == PIN_STEP_PARAGRAPH);
    if (letters && (letter == 0 || found) && letter + 1 < LETTERS)
        letter++;
    else
        n++, letter = 0;
    if (n >= to - from)
        return false;
    *at = n * LETTERS + letter;
    switch (how) {
    case COUNT_NUMBER:
        s->len =
            (uint8_t)(prefix +
                      (prefix + 10 < PIN_STEP_TEXT ? pin_cite_decimal_put(s->text + prefix, from + n) : 0));
        if (letter)
            s->text[s->len++] = (char)('a' + letter - 1);
        break;
    case COUNT_ROMAN: {
        char text[8];
        s->len = (uint8_t)pin_cite_roman_put(text, from + n, s->kind == PIN_STEP_POINT);
        memcpy(s->text, text, s->len);
        break;
    }
    default:
        s->text[0] = (char)(from + n);
        break;
    }
    return true;
}
