/* Roman numerals and decimals as ids write them. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

static const char *const tens[] = {"", "X", "XX", "XXX"};
static const char *const ones[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};

uint32_t pin_cite_roman_put(char out[8], uint32_t value, bool small)
{
    uint32_t len = 0;
    if (value == 0 || value > PIN_ROMAN_MAX)
        return 0;
    for (const char *p = tens[value / 10]; *p; p++)
        out[len++] = *p;
    for (const char *p = ones[value % 10]; *p; p++)
        out[len++] = *p;
    if (small)
        for (uint32_t i = 0; i < len; i++)
            out[i] = (char)pin_ascii_lower((uint8_t)out[i]);
    return len;
}

uint32_t pin_cite_roman_value(pin_str word)
{
    static const char letters[] = "IVXivx";
    char              text[8];
    if (word.len == 0 || word.len > 7)
        return 0;
    const char *first = memchr(letters, word.at[0], 6);
    if (!first)
        return 0;
    bool small = first - letters >= 3;
    for (uint32_t value = 1; value <= PIN_ROMAN_MAX; value++) { /* the one right way, and no other */
        uint32_t len = pin_cite_roman_put(text, value, small);
        if (len == word.len && memcmp(text, word.at, len) == 0)
            return value;
    }
    return 0;
}

uint32_t pin_cite_decimal_put(char out[10], uint32_t value)
{
    char     reversed[10];
    uint32_t len = 0;
    do {
        reversed[len++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (uint32_t i = 0; i < len; i++)
        out[i] = reversed[len - 1 - i];
    return len;
}
