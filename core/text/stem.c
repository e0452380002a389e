/* The Snowball English stemmer, written from its description at
 * https://snowballstem.org/algorithms/english/stemmer.html, as libstemmer 2.2 does it.
 *
 * R1 and R2 are given by where they start. A y that counts as a consonant is written Y while the
 * work lasts. A character of more than one byte is one consonant. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/text/text.h"

typedef struct stem {
    char  *at;
    size_t len;
    size_t r1, r2;
} stem;

/* One bit for each of a-z. */
#define BIT(letter) (1u << ((letter) - 'a'))

static const uint32_t vowels = BIT('a') | BIT('e') | BIT('i') | BIT('o') | BIT('u') | BIT('y');
static const uint32_t before_li = BIT('c') | BIT('d') | BIT('e') | BIT('g') | BIT('h') | BIT('k') | BIT('m') |
                                  BIT('n') | BIT('r') | BIT('t');
static const uint32_t doubled =
    BIT('b') | BIT('d') | BIT('f') | BIT('g') | BIT('m') | BIT('n') | BIT('p') | BIT('r') | BIT('t');

static bool among(uint32_t letters, char c)
{
    uint32_t i = (uint32_t)(uint8_t)c - 'a';
    return i < 26 && (letters >> i & 1);
}

static bool is_vowel(char c) { return among(vowels, c); }
static bool is_tail(char c) { return ((uint8_t)c & 0xC0) == 0x80; }

/* Start of the character that ends before byte `i` (0 < i). */
static size_t before(const char *at, size_t i)
{
    i--;
    while (i > 0 && is_tail(at[i]))
        i--;
    return i;
}

static bool ends_in(const stem *s, const char *suffix, size_t len)
{
    return s->len >= len && memcmp(s->at + s->len - len, suffix, len) == 0;
}
#define ENDS(s, literal) ends_in(s, "" literal, sizeof(literal) - 1)

static bool in_r1(const stem *s, size_t suffix) { return s->len - suffix >= s->r1; }
static bool in_r2(const stem *s, size_t suffix) { return s->len - suffix >= s->r2; }

static bool has_vowel(const stem *s, size_t to)
{
    for (size_t i = 0; i < to; i++)
        if (is_vowel(s->at[i]))
            return true;
    return false;
}

/* A vowel followed by a consonant other than w, x or Y and preceded by a consonant, or a vowel at
 * the start of the word followed by a consonant; at the end of the word. */
static bool ends_in_short_syllable(const stem *s)
{
    if (s->len < 2 || is_vowel(s->at[s->len - 1]))
        return false;
    size_t consonant = before(s->at, s->len);
    if (consonant == 0 || !is_vowel(s->at[consonant - 1]))
        return false;
    size_t vowel = consonant - 1;
    if (vowel == 0)
        return true;
    char last = s->at[consonant];
    return last != 'w' && last != 'x' && last != 'Y' && !is_vowel(s->at[vowel - 1]);
}

/* ---- Preparation ---- */

static void mark_consonant_y(stem *s)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->at[i] == 'y' && (i == 0 || is_vowel(s->at[i - 1])))
            s->at[i] = 'Y';
}

/* Just after the first consonant that follows a vowel, from `i` on; the end where there is none. */
static size_t region_after(const stem *s, size_t i)
{
    while (i < s->len && !is_vowel(s->at[i]))
        i++;
    while (i < s->len && is_vowel(s->at[i]))
        i++;
    if (i == s->len)
        return i;
    for (i++; i < s->len && is_tail(s->at[i]);)
        i++;
    return i;
}

static bool starts_with(const stem *s, const char *prefix, size_t len)
{
    return s->len >= len && memcmp(s->at, prefix, len) == 0;
}

static void mark_regions(stem *s)
{
    if (starts_with(s, "gener", 5) || starts_with(s, "arsen", 5))
        s->r1 = 5;
    else if (starts_with(s, "commun", 6))
        s->r1 = 6;
    else
        s->r1 = region_after(s, 0);
    s->r2 = region_after(s, s->r1);
}

/* ---- Whole words with a stem of their own ---- */

typedef struct special {
    char word[8]; /* padded with zeros */
    char stem[8];
} special;

static const special specials[] = {
    {"skis", "ski"},      {"skies", "sky"},    {"dying", "die"},   {"lying", "lie"},   {"tying", "tie"},
    {"idly", "idl"},      {"gently", "gentl"}, {"ugly", "ugli"},   {"early", "earli"}, {"only", "onli"},
    {"singly", "singl"},  {"sky", "sky"},      {"news", "news"},   {"howe", "howe"},   {"atlas", "atlas"},
    {"cosmos", "cosmos"}, {"bias", "bias"},    {"andes", "andes"},
};

static bool replace_special(stem *s)
{
    if (s->len < 3 || s->len > 6)
        return false;
    uint8_t padded[8] = {0};
    memcpy(padded, s->at, s->len);
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (pin_load64((const uint8_t *)specials[i].word) != pin_load64(padded))
            continue;
        s->len = strlen(specials[i].stem);
        memcpy(s->at, specials[i].stem, s->len);
        return true;
    }
    return false;
}

/* After step 1a: these end like participles and are none. */
static bool is_finished(const stem *s)
{
    if (s->len == 6)
        return ENDS(s, "inning") || ENDS(s, "outing") || ENDS(s, "exceed");
    return s->len == 7 && (ENDS(s, "canning") || ENDS(s, "herring") || ENDS(s, "earring") ||
                           ENDS(s, "proceed") || ENDS(s, "succeed"));
}

/* ---- The steps ---- */

static void step_possessive(stem *s)
{
    if (ENDS(s, "'s'"))
        s->len -= 3;
    else if (ENDS(s, "'s"))
        s->len -= 2;
    else if (ENDS(s, "'"))
        s->len -= 1;
}

static void step_plural(stem *s)
{
    if (s->len == 0)
        return;
    char last = s->at[s->len - 1];
    if (last == 's') {
        if (ENDS(s, "sses"))
            s->len -= 2;
        else if (ENDS(s, "ies"))
            s->len -= s->len - 3 > 1 && before(s->at, s->len - 3) > 0 ? 2 : 1;
        else if (!ENDS(s, "us") && !ENDS(s, "ss") && s->len > 1 && has_vowel(s, before(s->at, s->len - 1)))
            s->len -= 1;
    } else if (ENDS(s, "ied")) {
        s->len -= s->len - 3 > 1 && before(s->at, s->len - 3) > 0 ? 2 : 1;
    }
}

/* What is left after -ed or -ing went: "conflat" wants its e back, "hopp" loses a p, "hop" gets an e. */
static void mend_participle(stem *s)
{
    char last = s->at[s->len - 1];
    if (ENDS(s, "at") || ENDS(s, "bl") || ENDS(s, "iz"))
        s->at[s->len++] = 'e';
    else if (s->len >= 2 && s->at[s->len - 2] == last && among(doubled, last))
        s->len -= 1;
    else if (s->len == s->r1 && ends_in_short_syllable(s))
        s->at[s->len++] = 'e';
}

static void step_participle(stem *s)
{
    size_t suffix;
    if (ENDS(s, "eed") || ENDS(s, "eedly")) {
        suffix = ENDS(s, "eed") ? 3 : 5;
        if (in_r1(s, suffix))
            s->len -= suffix - 2;
        return;
    }
    if (ENDS(s, "ed"))
        suffix = 2;
    else if (ENDS(s, "ing"))
        suffix = 3;
    else if (ENDS(s, "edly"))
        suffix = 4;
    else if (ENDS(s, "ingly"))
        suffix = 5;
    else
        return;
    if (!has_vowel(s, s->len - suffix))
        return;
    s->len -= suffix;
    mend_participle(s);
}

static void step_final_y(stem *s)
{
    if (s->len < 2 || (s->at[s->len - 1] | 32) != 'y' || is_vowel(s->at[s->len - 2]))
        return;
    if (before(s->at, s->len - 1) > 0)
        s->at[s->len - 1] = 'i';
}

/* Within `region`, the first `keep` of the `len` bytes of the suffix stay and `add` follows them. */
static void replace(stem *s, size_t region, size_t len, size_t keep, const char *add)
{
    if (s->len - len < region)
        return;
    s->len -= len - keep;
    while (*add)
        s->at[s->len++] = *add++;
}

/* True when the word ends in `suffix`, replaced or not: the search for the longest suffix is over. */
#define R1(suffix, keep, add) (ENDS(s, suffix) && (replace(s, s->r1, sizeof(suffix) - 1, keep, add), true))
#define R2(suffix) (ENDS(s, suffix) && (replace(s, s->r2, sizeof(suffix) - 1, 0, ""), true))

static void step_li(stem *s)
{
    if (R1("abli", 3, "e") || R1("entli", 3, "") || R1("alli", 2, "") || R1("ousli", 3, "") ||
        R1("fulli", 3, "") || R1("lessli", 4, "") || R1("bli", 1, "le"))
        return;
    if (s->len >= 3 && among(before_li, s->at[s->len - 3]) && in_r1(s, 2))
        s->len -= 2;
}

/* Double suffixes become single ones: -ization -> -ize. The letter before the last tells them apart. */
static void step_double_suffix(stem *s)
{
    if (s->len < 3)
        return;
    switch (s->at[s->len - 2]) {
    case 'a':
        (void)(R1("ational", 2, "e") || R1("tional", 4, ""));
        break;
    case 'c':
        (void)(R1("enci", 3, "e") || R1("anci", 3, "e"));
        break;
    case 'e':
        (void)R1("izer", 3, "");
        break;
    case 'g':
        if (s->len >= 4 && s->at[s->len - 4] == 'l')
            (void)R1("ogi", 2, "");
        break;
    case 'l':
        if (s->at[s->len - 1] == 'i')
            step_li(s);
        break;
    case 'o':
        (void)(R1("ization", 2, "e") || R1("ation", 2, "e") || R1("ator", 2, "e"));
        break;
    case 's':
        (void)(R1("alism", 2, "") || R1("fulness", 3, "") || R1("ousness", 3, "") || R1("iveness", 3, ""));
        break;
    case 't':
        (void)(R1("aliti", 2, "") || R1("iviti", 2, "e") || R1("biliti", 1, "le"));
        break;
    default:
        break;
    }
}

static void step_single_suffix(stem *s)
{
    if (s->len < 3)
        return;
    switch (s->at[s->len - 2]) {
    case 'a':
        (void)(R1("ational", 2, "e") || R1("tional", 4, "") || R1("ical", 2, ""));
        break;
    case 't':
        (void)(R1("icate", 2, "") || R1("iciti", 2, ""));
        break;
    case 'z':
        (void)R1("alize", 2, "");
        break;
    case 'u':
        (void)R1("ful", 0, "");
        break;
    case 's':
        (void)R1("ness", 0, "");
        break;
    case 'v': /* -ative needs both regions, and R2 lies in R1 */
        (void)R2("ative");
        break;
    default:
        break;
    }
}

static void step_ion(stem *s)
{
    if (s->len < 4 || !in_r2(s, 3))
        return;
    char last = s->at[s->len - 4];
    if (last == 's' || last == 't')
        s->len -= 3;
}

static void step_last_suffix(stem *s)
{
    if (s->len < 2)
        return;
    switch (s->at[s->len - 2]) {
    case 'a':
        (void)R2("al");
        break;
    case 'c':
        (void)(R2("ance") || R2("ence"));
        break;
    case 'e':
        (void)R2("er");
        break;
    case 'i':
        (void)R2("ic");
        break;
    case 'l':
        (void)(R2("able") || R2("ible"));
        break;
    case 'n':
        (void)(R2("ant") || R2("ement") || R2("ment") || R2("ent"));
        break;
    case 'o':
        if (ENDS(s, "ion"))
            step_ion(s);
        break;
    case 's':
        (void)R2("ism");
        break;
    case 't':
        (void)(R2("ate") || R2("iti"));
        break;
    case 'u':
        (void)R2("ous");
        break;
    case 'v':
        (void)R2("ive");
        break;
    case 'z':
        (void)R2("ize");
        break;
    default:
        break;
    }
}

static void step_final_e(stem *s)
{
    if (s->len == 0)
        return;
    char last = s->at[s->len - 1];
    if (last == 'l') {
        if (in_r2(s, 1) && s->len >= 2 && s->at[s->len - 2] == 'l')
            s->len -= 1;
    } else if (last == 'e') {
        stem without = *s;
        without.len -= 1;
        if (in_r2(s, 1) || (in_r1(s, 1) && !ends_in_short_syllable(&without)))
            s->len -= 1;
    }
}

/* ---- All of it ---- */

static bool has_three_characters(const char *word, size_t len)
{
    size_t characters = 0;
    for (size_t i = 0; i < len && characters < 3; i++)
        characters += !is_tail(word[i]);
    return characters >= 3;
}

static void drop_first_apostrophe(stem *s)
{
    if (s->at[0] != '\'')
        return;
    s->len -= 1;
    memmove(s->at, s->at + 1, s->len);
}

size_t pin_stem_english(char *word, size_t len)
{
    stem s = {.at = word, .len = len};
    if (!has_three_characters(word, len) || replace_special(&s))
        return s.len;
    drop_first_apostrophe(&s);
    mark_consonant_y(&s);
    mark_regions(&s);
    step_possessive(&s);
    step_plural(&s);
    if (!is_finished(&s)) {
        step_participle(&s);
        step_final_y(&s);
        step_double_suffix(&s);
        step_single_suffix(&s);
        step_last_suffix(&s);
        step_final_e(&s);
    }
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == 'Y')
            s.at[i] = 'y';
    return s.len;
}
