/* UTF-8 by the table of RFC 3629, section 4. */
#include "core/bytes/bytes.h"

static bool is_tail(pin_str text, size_t i) { return i < text.len && ((uint8_t)text.at[i] & 0xC0) == 0x80; }

uint32_t pin_utf8_next(pin_str text, size_t *pos)
{
    size_t   i = *pos;
    uint32_t lead = (uint8_t)text.at[i];
    *pos = i + 1;
    if (lead < 0x80)
        return lead;
    unsigned tails = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4)
        return PIN_UTF8_BAD;
    uint32_t value = lead & (0x3Fu >> tails);
    for (unsigned k = 1; k <= tails; k++) {
        if (!is_tail(text, i + k))
            return PIN_UTF8_BAD;
        value = value << 6 | ((uint8_t)text.at[i + k] & 0x3F);
    }
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    if (value < least[tails] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return PIN_UTF8_BAD;
    *pos = i + 1 + tails;
    return value;
}

/* Nothing but ASCII? Most text is, and every text read is checked. Eight bytes at once; the last eight overlap. */
static bool is_ascii(pin_str text)
{
    const uint8_t *at = (const uint8_t *)text.at;
    uint64_t       all = 0;
    if (text.len < 8) {
        for (size_t i = 0; i < text.len; i++)
            all |= at[i];
        return all < 0x80;
    }
    for (size_t i = 0; i + 8 < text.len; i += 8)
        all |= pin_load64(at + i);
    all |= pin_load64(at + text.len - 8);
    return !(all & 0x8080808080808080u);
}

size_t pin_utf8_valid(pin_str text)
{
    size_t pos = 0;
    if (is_ascii(text))
        return text.len;
    while (pos < text.len) {
        size_t at = pos;
        if (text.len - at >= 8 && !(pin_load64((const uint8_t *)text.at + at) & 0x8080808080808080u)) {
            pos += 8;
            continue;
        }
        if ((uint8_t)text.at[at] < 0x80)
            pos++;
        else if (pin_utf8_next(text, &pos) == PIN_UTF8_BAD)
            return at;
    }
    return text.len;
}

size_t pin_utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}
