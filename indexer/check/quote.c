/* Quoted words and the text they are said to come from, compared as a lawyer would: the same letters
 * in the same order. Typography alone may differ: curly and straight quotes, kinds of dashes and
 * spaces, and line breaks between points. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/check/check.h"

enum { ELLIPSIS = 1, NOTHING = 2 }; /* beside code points, none of which they are here */

/* What a code point counts as. */
static uint32_t plain_form(uint32_t c)
{
    switch (c) {
    case 0x00AD: /* soft hyphen */
    case 0x200B: /* zero width space */
    case 0x2060: /* word joiner */
    case 0xFEFF:
        return NOTHING;
    case '"':
    case '\'':
    case '`':
    case 0x00AB: /* guillemets */
    case 0x00BB:
    case 0x00B4: /* acute accent, misused */
        return '\'';
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212: case '-':
        return '-';
    case 0x00A0: case 0x1680: case 0x2028: case 0x2029: case 0x202F: case 0x205F: case 0x3000:
        return ' ';
    case 0x2026:
        return ELLIPSIS;
    default:
        break;
    }
    if (c >= 0x2018 && c <= 0x201F) /* curly quotes, high and low */
        return '\'';
    if (c == 0x2039 || c == 0x203A)
        return '\'';
    if ((c >= 0x2000 && c <= 0x200A) || c == ' ' || (c >= '\t' && c <= '\r'))
        return ' ';
    return c;
}

/* The next letter that counts, from *pos; runs of white space are one space; 0 at the end. */
static uint32_t next_letter(pin_str text, size_t *pos)
{
    bool space = false;
    while (*pos < text.len) {
        size_t   before = *pos;
        uint32_t c = plain_form(pin_utf8_next(text, pos));
        if (c == NOTHING)
            continue;
        if (c == ' ') {
            space = true;
            continue;
        }
        if (space) {
            *pos = before;
            return ' ';
        }
        return c;
    }
    return space ? ' ' : 0;
}

/* Do `words` stand at `pos` of `text`? *end is where they end. */
static bool stands_at(pin_str words, pin_str text, size_t pos, size_t *end)
{
    size_t at = 0;
    for (;;) {
        size_t   text_before = pos;
        uint32_t want = next_letter(words, &at);
        if (!want) {
            *end = text_before;
            return true;
        }
        if (want != next_letter(text, &pos))
            return false;
    }
}

static pin_str trim_typography(pin_str words)
{
    for (;;) {
        size_t pos = 0;
        if (words.len == 0)
            return words;
        uint32_t c = plain_form(pin_utf8_next(words, &pos));
        if (c != ' ' && c != NOTHING && c != '\'')
            break;
        words = pin_str_part(words, pos, words.len);
    }
    for (;;) {
        size_t start = words.len;
        do
            start--;
        while (start > 0 && ((unsigned char)words.at[start] & 0xC0) == 0x80);
        size_t   pos = start;
        uint32_t c = plain_form(pin_utf8_next(words, &pos));
        if (c != ' ' && c != NOTHING && c != '\'')
            return words;
        words = pin_str_part(words, 0, start);
        if (words.len == 0)
            return words;
    }
}

/* Finds one piece at or after *from and moves *from behind it. */
static bool find_piece(pin_str piece, pin_str text, size_t *from)
{
    piece = trim_typography(piece);
    if (!piece.len)
        return true;
    size_t   pos = 0, end;
    uint32_t first = next_letter(piece, &pos);
    for (size_t at = *from; at < text.len;) {
        size_t before = at;
        if (plain_form(pin_utf8_next(text, &at)) == first && stands_at(piece, text, before, &end)) {
            *from = end;
            return true;
        }
    }
    return false;
}

/* Bytes of an ellipsis at `pos`: "...", "…", "[...]", "[…]", "(...)"; 0 when there is none. */
static size_t ellipsis_at(pin_str text, size_t pos)
{
    static const char *const forms[] = {"[...]", "(...)", "[\xE2\x80\xA6]", "(\xE2\x80\xA6)", "...", "\xE2\x80\xA6"};
    pin_str                  rest = pin_str_part(text, pos, text.len);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pin_str_starts(rest, pin_str_of(forms[i])))
            return strlen(forms[i]);
    return 0;
}

bool pin_quote_is_in(pin_str words, pin_str text)
{
    size_t from = 0, start = 0;
    for (size_t at = 0; at < words.len;) {
        size_t skip = ellipsis_at(words, at);
        if (!skip) {
            at++;
            continue;
        }
        if (!find_piece(pin_str_part(words, start, at), text, &from))
            return false;
        at += skip;
        start = at;
    }
    return find_piece(pin_str_part(words, start, words.len), text, &from);
}
