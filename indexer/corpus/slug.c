/* Names: slugs of ids and modules, the statuses we know, dates, and the nearest known name to a
 * misspelt one. */
#include "indexer/corpus/corpus.h"

#include "core/bytes/bytes.h"

#include <string.h>

pin_str pin_slug(pin_pool *pool, pin_str text)
{
    char   slug[PIN_SLUG_MAX + 1];
    size_t len = 0, last_dash = 0;
    bool   gap = false, cut = false;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t c = pin_ascii_lower((unsigned char)text.at[i]);
        if (!pin_is_digit(c) && !pin_is_alpha(c)) {
            gap = len > 0;
            continue;
        }
        if (len + gap >= PIN_SLUG_MAX) {
            cut = !gap;
            break;
        }
        if (gap) {
            last_dash = len;
            slug[len++] = '-';
            gap = false;
        }
        slug[len++] = (char)c;
    }
    if (cut && last_dash) /* not in the middle of a word */
        len = last_dash;
    return pin_pool_copy(pool, (pin_str){slug, len});
}

static bool name_is_among(pin_str text, const char *const *names)
{
    for (; *names; names++)
        if (pin_str_equal(text, pin_str_of(*names)))
            return true;
    return false;
}

bool pin_module_is_reserved(pin_str slug)
{
    static const char *const reserved[] = {"items",   "law",    "search", "api",
                                           "healthz", "assets", "feed",   NULL};
    return name_is_among(slug, reserved);
}

static const char *const statuses[] = {"approved",          "reviewed",  "draft",      "pending-guidance",
                                       "guidance-received", "withdrawn", "unanswered", NULL};

pin_str pin_status_slug(pin_str text)
{
    /* the words without emoji and case, as pin_slug makes them, but without a pool */
    char   slug[32];
    size_t len = 0;
    bool   gap = false;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t c = pin_ascii_lower((unsigned char)text.at[i]);
        if (!pin_is_digit(c) && !pin_is_alpha(c)) {
            gap = len > 0;
            continue;
        }
        if (len + 2 > sizeof slug)
            return (pin_str){"", 0};
        if (gap)
            slug[len++] = '-';
        gap = false;
        slug[len++] = (char)c;
    }
    for (const char *const *known = statuses; *known; known++)
        if (pin_str_equal((pin_str){slug, len}, pin_str_of(*known)))
            return pin_str_of(*known);
    return (pin_str){"", 0};
}

bool pin_date_is_valid(pin_str text)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    unsigned parts[3] = {0, 0, 0};
    for (size_t i = 0; i < 10; i++) {
        if (i == 4 || i == 7)
            continue;
        if (!pin_is_digit((unsigned char)text.at[i]))
            return false;
        unsigned *part = &parts[i < 4 ? 0 : i < 7 ? 1 : 2];
        *part = *part * 10 + (unsigned)(text.at[i] - '0');
    }
    unsigned year = parts[0], month = parts[1], day = parts[2];
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

#define NEAREST_MAX 48

/* Edits between two short texts, case folded (Wagner and Fischer 1974, one row). */
static unsigned edits_between(pin_str a, pin_str b)
{
    unsigned row[NEAREST_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same =
                pin_ascii_lower((unsigned char)a.at[i - 1]) == pin_ascii_lower((unsigned char)b.at[j - 1]);
            unsigned best = diagonal + !same;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b.len];
}

const char *pin_nearest_name(pin_str text, const char *const *names)
{
    const char *nearest = NULL;
    unsigned    best = 3;
    for (; *names && text.len <= NEAREST_MAX; names++) {
        pin_str name = pin_str_of(*names);
        if (name.len > NEAREST_MAX)
            continue;
        unsigned edits = edits_between(text, name);
        if (edits < best && edits < text.len) {
            best = edits;
            nearest = *names;
        }
    }
    return nearest;
}
