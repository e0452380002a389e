/* Which version of a source is which, whether two of them have the same words, and what a source's word
 * weighs. */
#include "core/cite/version.h"

#include <string.h>

#include "core/bytes/bytes.h"

pin_str pin_version_base(pin_str id)
{
    const char *at = id.len ? memchr(id.at, '@', id.len) : NULL;
    return at ? pin_str_part(id, 0, (size_t)(at - id.at)) : id;
}

bool pin_version_is_older(pin_str id)
{
    return id.len && memchr(id.at, '@', id.len);
}

/* The number at *at, which moves behind it. Beyond 18 digits all are equal. */
static uint64_t number_at(pin_str text, size_t *at)
{
    uint64_t value = 0;
    for (; *at < text.len && pin_is_digit((unsigned char)text.at[*at]); ++*at)
        value = value > UINT64_MAX / 100 ? value : value * 10 + (uint64_t)(text.at[*at] - '0');
    return value;
}

int pin_version_order(pin_str a, pin_str b)
{
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        if (!pin_is_digit((unsigned char)a.at[i]) || !pin_is_digit((unsigned char)b.at[k])) {
            if (a.at[i] != b.at[k])
                return (unsigned char)a.at[i] < (unsigned char)b.at[k] ? -1 : 1;
            i++, k++;
            continue;
        }
        uint64_t x = number_at(a, &i), y = number_at(b, &k);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (i < a.len) - (k < b.len);
}

/* The next letter from *at, a space for any run of white space; 0 at the end. */
static unsigned char next_letter(pin_str text, size_t *at)
{
    if (*at >= text.len)
        return 0;
    unsigned char c = (unsigned char)text.at[*at];
    if (!pin_is_space(c)) {
        ++*at;
        return c;
    }
    while (*at < text.len && pin_is_space((unsigned char)text.at[*at]))
        ++*at;
    return ' ';
}

bool pin_same_words(pin_str a, pin_str b)
{
    size_t i = 0, k = 0;
    a = pin_str_trim(a);
    b = pin_str_trim(b);
    while (i < a.len || k < b.len)
        if (next_letter(a, &i) != next_letter(b, &k))
            return false;
    return true;
}

static const char *const ranks[PIN_RANKS] = {"act",           "delegated act", "standard",  "adopted guidance",
                                             "draft guidance", "official FAQ",  "community", "vendor"};

const char *pin_rank_name(uint32_t i)
{
    return i < PIN_RANKS ? ranks[i] : NULL;
}

static bool same_letters(pin_str a, const char *b)
{
    pin_str other = pin_str_of(b);
    if (a.len != other.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (pin_ascii_lower((unsigned char)a.at[i]) != pin_ascii_lower((unsigned char)other.at[i]))
            return false;
    return true;
}

uint32_t pin_rank_number(pin_str rank)
{
    for (uint32_t i = 0; i < PIN_RANKS; i++)
        if (same_letters(rank, ranks[i]))
            return i;
    return PIN_RANKS;
}
