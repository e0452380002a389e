/* Tokens of citation text. Nothing is stored: a token is read where it is needed, so that going back
 * costs nothing and a text of any length needs no memory. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

enum { CLASS_LETTER, CLASS_DIGIT, CLASS_SPACE, CLASS_DASH, CLASS_QUOTE, CLASS_PARAGRAPH, CLASS_OTHER };

/* The class of every ASCII byte, as a digit. Markdown's emphasis, * and `, counts as space. */
static const char ascii_class[] = "66666666622222666666666666666666"
                                  "26666664662663661111111111666666"
                                  "60000000000000000000000000066666"
                                  "20000000000000000000000000066666";
_Static_assert(CLASS_LETTER == 0 && CLASS_DIGIT == 1 && CLASS_SPACE == 2 && CLASS_DASH == 3 &&
                   CLASS_QUOTE == 4 && CLASS_OTHER == 6,
               "the numbers in the table");

/* Class and length in bytes of a character above ASCII at `pos`. Only the typographic signs that occur
 * inside citations are told apart; every other one is a letter, broken UTF-8 included. */
static uint8_t wide_class_at(pin_str text, uint32_t pos, uint32_t *len)
{
    size_t   next = pos;
    uint32_t code = pin_utf8_next(text, &next);
    *len = (uint32_t)(next - pos);
    if (code == 0xA0 || code == 0xAD || (code >= 0x2000 && code <= 0x200B) || code == 0x202F ||
        code == 0x205F || code == 0x3000 || code == 0xFEFF)
        return CLASS_SPACE;
    if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212)
        return CLASS_DASH;
    if (code >= 0x2018 && code <= 0x201B)
        return CLASS_QUOTE;
    if (code == 0xA7)
        return CLASS_PARAGRAPH;
    if ((code >= 0x201C && code <= 0x2027) || code == 0xAB || code == 0xBB || code == 0x2039 ||
        code == 0x203A || code == 0xB7)
        return CLASS_OTHER;
    return CLASS_LETTER;
}

static inline uint8_t class_at(pin_str text, uint32_t pos, uint32_t *len)
{
    uint8_t c = (uint8_t)text.at[pos];
    *len = 1;
    return c < 0x80 ? (uint8_t)(ascii_class[c] - '0') : wide_class_at(text, pos, len);
}

bool pin_cite_is_word_byte(pin_str text, uint32_t pos)
{
    uint32_t len;
    return pos < text.len && class_at(text, pos, &len) <= CLASS_DIGIT;
}

/* `class`: letter or digit. */
static uint32_t run_end(pin_str text, uint32_t pos, uint8_t class)
{
    uint32_t len, end = (uint32_t)text.len;
    for (;;) {
        while (pos < end && (uint8_t)text.at[pos] < 0x80 && ascii_class[(uint8_t)text.at[pos]] == '0' + class)
            pos++;
        if (pos == end || (uint8_t)text.at[pos] < 0x80 || wide_class_at(text, pos, &len) != class)
            return pos;
        pos += len;
    }
}

static uint32_t number_value(pin_str digits)
{
    uint32_t value = 0;
    if (digits.len > 6)
        return UINT32_MAX;
    for (size_t i = 0; i < digits.len; i++)
        value = value * 10 + (uint32_t)(digits.at[i] - '0');
    return value;
}

pin_token pin_cite_token(pin_str text, uint32_t pos)
{
    pin_token t = {.kind = PIN_TOKEN_END, .tight = true};
    uint32_t  len = 0, lines = 0;
    uint8_t class = CLASS_OTHER;
    for (; pos < text.len; pos += len) {
        class = class_at(text, pos, &len);
        if (class != CLASS_SPACE)
            break;
        t.tight = false;
        lines += text.at[pos] == '\n';
    }
    t.broken = lines > 1;
    t.from = t.to = pos;
    if (pos >= text.len)
        return t;
    t.to = pos + len;
    switch (class) {
    case CLASS_LETTER:
        t.kind = PIN_TOKEN_WORD;
        t.to = run_end(text, pos, class);
        break;
    case CLASS_DIGIT:
        t.kind = PIN_TOKEN_NUMBER;
        t.to = run_end(text, pos, class);
        t.number = number_value(pin_str_part(text, t.from, t.to));
        break;
    case CLASS_DASH:
        t.kind = PIN_TOKEN_DASH;
        break;
    case CLASS_QUOTE:
        t.kind = PIN_TOKEN_QUOTE;
        break;
    case CLASS_PARAGRAPH:
        t.kind = PIN_TOKEN_PARAGRAPH;
        break;
    default: /* ASCII punctuation stands for itself; control bytes and typographic signs for nothing */
        t.kind = text.at[pos] > ' ' ? (uint8_t)text.at[pos] : PIN_TOKEN_OTHER;
        break;
    }
    return t;
}
