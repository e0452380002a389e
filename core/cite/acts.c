/* Which act do these words name? Names that pin_law knows, names of other acts, numbers of the Official
 * Journal, names by their shape ("the Product Liability Directive"), and pointing words. */
#include "core/cite/cite.h"
#include "core/cite/names.h"

#include "core/bytes/bytes.h"

#include <string.h>

static pin_str words_of(const pin_cite_view *v, pin_token t) { return pin_str_part(v->text, t.from, t.to); }

static bool is_capital(const pin_cite_view *v, pin_token t)
{
    return t.kind == PIN_TOKEN_WORD && v->text.at[t.from] >= 'A' && v->text.at[t.from] <= 'Z';
}

static bool is_acronym(pin_str word)
{
    uint32_t capitals = 0;
    for (size_t i = 0; i < word.len; i++)
        capitals += word.at[i] >= 'A' && word.at[i] <= 'Z';
    return capitals >= 2 && capitals + 1 >= word.len;
}

static bool same_word(pin_str a, pin_str b, bool exact)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (exact ? a.at[i] != b.at[i]
                  : pin_ascii_lower((uint8_t)a.at[i]) != pin_ascii_lower((uint8_t)b.at[i]))
            return false;
    }
    return true;
}

static bool word_is(const pin_cite_view *v, pin_token t, const char *word)
{
    return t.kind == PIN_TOKEN_WORD && same_word(words_of(v, t), pin_str_of(word), false);
}

/* A short name in capitals, DA or RED, would also be a word or a syllable: its case must fit. */
static bool needs_case(const pin_cite_view *v, pin_str name, bool attached)
{
    if (name.len > 5 || (v->mode == PIN_CITE_QUERY && (attached || name.len > 3)))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] >= 'a' && name.at[i] <= 'z')
            return false;
    return true;
}

/* End of `name` in the text at `pos`, or 0. White space matches white space of any kind. */
static uint32_t name_end(const pin_cite_view *v, uint32_t pos, pin_str name, bool attached)
{
    if (name.len == 0 || pos >= v->text.len ||
        pin_ascii_lower((uint8_t)name.at[0]) != pin_ascii_lower((uint8_t)v->text.at[pos]))
        return 0;
    bool     exact = needs_case(v, name, attached);
    uint32_t at = 0, end = pos;
    for (bool first = true;; first = false) {
        pin_token n = pin_cite_token(name, at);
        if (n.kind == PIN_TOKEN_END)
            break;
        pin_token t = pin_cite_token(v->text, end);
        if (t.kind != n.kind || t.broken || (!first && t.tight != n.tight) ||
            !same_word(words_of(v, t), pin_str_part(name, n.from, n.to), exact))
            return 0;
        at = n.to;
        end = t.to;
    }
    return pin_cite_is_word_byte(v->text, end) ? 0 : end;
}

/* ---- Numbers of the Official Journal ---- */

static bool is_community(const pin_cite_view *v, pin_token t)
{
    static const char *const names[] = {"EU", "EC", "EEC", "Euratom", "CFSP", "JHA", "ECSC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (word_is(v, t, names[i]))
            return true;
    return false;
}

/* 2019/881, 2014/53/EU at `pos`: end, and the digits in *number; 0 when there is none. */
static uint32_t journal_number(const pin_cite_view *v, uint32_t pos, pin_str *number, bool *community)
{
    pin_token a = pin_cite_token(v->text, pos);
    pin_token slash = pin_cite_token(v->text, a.to);
    pin_token b = pin_cite_token(v->text, slash.to);
    *community = false;
    if (a.kind != PIN_TOKEN_NUMBER || slash.kind != '/' || !slash.tight || b.kind != PIN_TOKEN_NUMBER ||
        !b.tight || a.to - a.from > 4 || b.to - b.from > 4)
        return 0;
    *number = pin_str_part(v->text, a.from, b.to);
    pin_token second = pin_cite_token(v->text, b.to);
    pin_token eu = pin_cite_token(v->text, second.to);
    if (second.kind == '/' && second.tight && eu.tight && is_community(v, eu)) {
        *community = true;
        return eu.to;
    }
    return pin_cite_is_word_byte(v->text, b.to) ? 0 : b.to;
}

/* "(EU)", "(EU, Euratom)", "No": position after them. */
static uint32_t skip_community(const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    if (t.kind == '(') {
        uint32_t p = t.to;
        for (int i = 0; i < 4; i++) {
            t = pin_cite_token(v->text, p);
            p = t.to;
            if (t.kind == ')') {
                pos = p;
                break;
            }
            if (t.kind != ',' && !is_community(v, t))
                return pos;
        }
    } else if (is_community(v, t)) {
        pos = t.to; /* brackets are the first thing to be left out */
    }
    t = pin_cite_token(v->text, pos);
    if (word_is(v, t, "no") || word_is(v, t, "nr")) {
        pin_token dot = pin_cite_token(v->text, t.to);
        pos = dot.kind == '.' && dot.tight ? dot.to : t.to;
    }
    return pos;
}

/* The first number in a name that pin_law gives: "2024/2847" of "Regulation (EU) 2024/2847". */
static pin_str number_in(pin_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        size_t at = i, slash;
        if (!pin_is_digit((uint8_t)name.at[i]))
            continue;
        while (at < name.len && pin_is_digit((uint8_t)name.at[at]))
            at++;
        slash = at;
        if (at < name.len && name.at[at] == '/')
            at++;
        while (at < name.len && pin_is_digit((uint8_t)name.at[at]))
            at++;
        if (at > slash + 1)
            return pin_str_part(name, i, at);
        i = at - 1;
    }
    return (pin_str){0};
}

static uint32_t act_of_number(const pin_cite_view *v, pin_str number)
{
    pin_str name;
    for (uint32_t a = 0, n = v->law->act_count(v->law->ctx); a < n; a++)
        for (uint32_t k = 0; v->law->act_name(v->law->ctx, a, k, &name); k++)
            if (pin_str_equal(number_in(name), number))
                return a;
    return PIN_ACT_OTHER;
}

/* "Commission Implementing Regulation (EU) 2025/2392", "Directive 2014/53/EU", "2014/53/EU". */
static bool numbered_at(pin_act *out, const pin_cite_view *v, uint32_t pos)
{
    static const char *const before[] = {"Commission", "Council", "Delegated", "Implementing",
                                         "Framework",  "Joint",   "European",  "EU"};
    pin_token                t = pin_cite_token(v->text, pos);
    pin_str                  number;
    bool                     community;
    *out = (pin_act){.from = t.from, .number = PIN_ACT_OTHER, .numbered = true};
    for (int words = 0; words < 4; words++) {
        bool known = false;
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
            known |= word_is(v, t, before[i]);
        if (!known)
            break;
        t = pin_cite_token(v->text, t.to);
    }
    pin_word w = pin_cite_word_at(v->text, t);
    if (w.code == PIN_WORD_TYPE) {
        out->type = w.value;
        out->to = journal_number(v, skip_community(v, t.to), &number, &community);
    } else if (t.kind == PIN_TOKEN_NUMBER && t.from == out->from) {
        out->to = journal_number(v, t.from, &number, &community);
        if (out->to == 0 ||
            (!community && (v->mode == PIN_CITE_PROSE || act_of_number(v, number) == PIN_ACT_OTHER)))
            return false; /* 24/7, 10/2024: only a number we know, or one that says EU */
    }
    if (out->to == 0)
        return false;
    out->number = act_of_number(v, number);
    return true;
}

/* ---- FAQs ---- */

static bool is_faq_word(const pin_cite_view *v, pin_token t)
{
    return word_is(v, t, "FAQ") || word_is(v, t, "FAQs");
}

/* "FAQ", "Commission's CRA FAQs", "frequently asked questions". */
static uint32_t faq_end(const pin_cite_view *v, uint32_t pos)
{
    static const char *const before[] = {"European", "Commission", "CRA", "EC", "EU", "official", "s"};
    for (int words = 0; words < 6; words++) {
        pin_token t = pin_cite_token(v->text, pos);
        if (is_faq_word(v, t))
            return t.to;
        if (word_is(v, t, "frequently")) {
            pin_token asked = pin_cite_token(v->text, t.to), q = pin_cite_token(v->text, asked.to);
            return word_is(v, asked, "asked") && word_is(v, q, "questions") ? q.to : 0;
        }
        bool known = t.kind == PIN_TOKEN_QUOTE && t.tight;
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
            known |= word_is(v, t, before[i]);
        if (!known)
            return 0;
        pos = t.to;
    }
    return 0;
}

static bool name_is_faq(pin_str name)
{
    for (size_t i = 0; i + 3 <= name.len; i++)
        if (same_word(pin_str_part(name, i, i + 3), PIN_STR("FAQ"), false))
            return true;
    return false;
}

/* ---- Names by their shape ---- */

/* Words that begin a sentence with a capital and are no part of a name. */
static bool opens_sentence(const pin_cite_view *v, pin_token t)
{
    static const char *const words[] = {
        "A",     "All",  "An",       "And",       "Any",  "Are",   "As",     "At",    "Both",
        "But",   "By",   "Can",      "Do",        "Does", "Each",  "Every",  "For",   "How",
        "Is",    "It",   "Its",      "New",       "No",   "Not",   "Note",   "On",    "Other",
        "Our",   "Per",  "See",      "So",        "Some", "Such",  "Their",  "Then",  "There",
        "These", "They", "Thus",     "Unlike",    "What", "Which", "Who",    "Why",   "With",
        "Would", "Your", "Pursuant", "According", "Like", "After", "Before", "Union", "EU"};
    pin_word w = pin_cite_word_at(v->text, t);
    if (w.code != PIN_WORD_NONE && w.code != PIN_WORD_TYPE && w.code != PIN_WORD_ESSENTIAL)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i][0] == v->text.at[t.from] && word_is(v, t, words[i]))
            return true;
    return false;
}

/* One or more words with a capital, then a capital Regulation, Directive, Act ..: end or 0. With
 * `joins`, and, of, on may stand between: "European Health Data Space and Trade Regulation". */
static uint32_t shape_end(const pin_cite_view *v, uint32_t pos, bool joins, uint8_t *type)
{
    pin_token t = pin_cite_token(v->text, pos), second = pin_cite_token(v->text, t.to);
    uint32_t  end = 0;
    bool      word = second.kind == PIN_TOKEN_WORD && !second.tight;
    if ((word && !joins && !is_capital(v, second)) ||
        (!word && !second.tight && second.kind != PIN_TOKEN_NUMBER) || opens_sentence(v, t) ||
        pin_cite_word_at(v->text, t).code == PIN_WORD_TYPE)
        return 0; /* the cheap questions first: most capitals only begin a sentence */
    for (int words = 0; words < 8; words++) {
        pin_token next = pin_cite_token(v->text, t.to);
        while (next.tight && (next.kind == PIN_TOKEN_DASH || next.kind == PIN_TOKEN_NUMBER))
            next = pin_cite_token(v->text, next.to); /* NIS2 Directive, Cyber-Resilience Act */
        if (next.kind == PIN_TOKEN_NUMBER && words == 0)
            next = pin_cite_token(v->text, next.to); /* NIS 2 Directive */
        pin_word w = pin_cite_word_at(v->text, next);
        if (w.code == PIN_WORD_HEAD || w.code == PIN_WORD_LEVEL || next.broken)
            break;
        if (!is_capital(v, next)) {
            pin_token after = pin_cite_token(v->text, next.to);
            bool      join = w.code == PIN_WORD_AND || w.code == PIN_WORD_OF || word_is(v, next, "on") ||
                        word_is(v, next, "for");
            if (!joins || !join || end || !is_capital(v, after) ||
                pin_cite_word_at(v->text, after).code != PIN_WORD_NONE)
                break; /* "the CRA and Regulation (EU) 2018/1139" are two */
        } else if (w.code == PIN_WORD_TYPE && !w.plural) {
            end = next.to;
            *type = w.value;
        }
        t = next;
    }
    return end;
}

/* "CRA SR", "CRA Guidance": papers about an act, not the act. */
static uint32_t paper_end(const pin_cite_view *v, uint32_t pos)
{
    static const char *const words[] = {"SR", "Standardisation", "Standardization", "Guidance", "Guidelines"};
    pin_token                t = pin_cite_token(v->text, pos);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word_is(v, t, words[i]) && is_capital(v, t) && !t.broken) {
            pin_token next = pin_cite_token(v->text, t.to);
            return word_is(v, next, "request") ? next.to : t.to;
        }
    }
    return 0;
}

/* ---- Together ---- */

static void longest_known(pin_act *best, const pin_cite_view *v, uint32_t pos, bool attached)
{
    pin_str name;
    for (uint32_t a = 0, n = v->law->act_count(v->law->ctx); a < n; a++) {
        for (uint32_t k = 0; v->law->act_name(v->law->ctx, a, k, &name); k++) {
            if (pin_str_starts(name, PIN_STR("the ")) || pin_str_starts(name, PIN_STR("The ")))
                name = pin_str_part(name, 4, name.len);
            uint32_t end = name_end(v, pos, name, attached);
            if (end > best->to) {
                best->to = end;
                best->number = a;
                best->type = PIN_ACT_ANY;
            }
        }
    }
}

static void longest_other(pin_act *best, const pin_cite_view *v, uint32_t pos, bool attached)
{
    uint32_t first = pin_ascii_lower((uint8_t)v->text.at[pos]);
    for (const pin_other_name *o = pin_other_names; o->name; o++) {
        if (pin_ascii_lower((uint8_t)o->name[0]) != first)
            continue;
        uint32_t end = name_end(v, pos, pin_str_of(o->name), attached);
        if (end > best->to) {
            best->to = end;
            best->number = PIN_ACT_OTHER;
            best->type = o->type;
        }
    }
}

/* What may follow a name: its kind, "CRA Regulation", and its number, "Directive (EU) 2024/2853". */
static void take_suffix(pin_act *best, const pin_cite_view *v)
{
    pin_str   number;
    bool      community;
    pin_token t = pin_cite_token(v->text, best->to);
    pin_word  w = pin_cite_word_at(v->text, t);
    if (w.code == PIN_WORD_TYPE && !t.broken && (is_capital(v, t) || v->mode == PIN_CITE_QUERY)) {
        best->to = t.to;
        if (best->number == PIN_ACT_OTHER)
            best->type = w.value;
    }
    uint32_t end = journal_number(v, skip_community(v, best->to), &number, &community);
    if (end) {
        best->to = end;
        best->numbered = true;
        if (best->number == PIN_ACT_OTHER)
            best->number = act_of_number(v, number);
    }
}

static bool in_set(const uint64_t *set, uint32_t at) { return set[at >> 6] >> (at & 63) & 1; }

static uint32_t letter(pin_str text, size_t i)
{
    uint32_t c = i < text.len ? pin_ascii_lower((uint8_t)text.at[i]) - 'a' : 26;
    return c < 26 ? c : 26;
}

static void note_opening(pin_law_names *names, pin_str name)
{
    uint32_t at = pin_cite_opening(name);
    names->openings[at >> 6] |= (uint64_t)1 << (at & 63);
    if (letter(name, 0) < 26)
        names->seconds[letter(name, 0)] |= 1u << letter(name, 1);
}

/* Other acts' names are written with capitals, save in a query. */
static bool may_open(const pin_cite_view *v, uint32_t pos, bool any_case, bool *known)
{
    pin_str  text = {v->text.at + pos, v->text.len - pos};
    uint32_t first = letter(text, 0);
    *known = first == 26 || (v->names->seconds[first] >> letter(text, 1) & 1);
    if (!*known && !any_case)
        return false;
    uint32_t at = pin_cite_opening(text);
    *known = *known && in_set(v->names->openings, at);
    return any_case && in_set(pin_other_openings, at);
}

bool pin_cite_may_name(const pin_cite_view *v, pin_token t, pin_word w)
{
    bool known, other;
    if (t.kind == PIN_TOKEN_NUMBER) /* 2014/53/EU */
        return t.to < v->text.len && v->text.at[t.to] == '/';
    if (is_capital(v, t) || w.code == PIN_WORD_TYPE)
        return true;
    other = may_open(v, t.from, v->mode == PIN_CITE_QUERY || v->text.at[t.from] == 'e', &known); /* eIDAS */
    return known || other;
}

/* What belongs to the name of a standard: "ISO/IEC 27001:2022", "EN 18031-1". */
static uint32_t standard_end(const pin_cite_view *v, uint32_t from, uint32_t end)
{
    static const char *const bodies[] = {"EN", "ISO", "IEC", "ETSI", "TS", "TR"};
    bool                     body = false;
    pin_token                t = pin_cite_token(v->text, from);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        body |= word_is(v, t, bodies[i]);
    for (int parts = 0; body && parts < 10; parts++) {
        t = pin_cite_token(v->text, end);
        bool more = t.kind == PIN_TOKEN_NUMBER;
        for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
            more |= word_is(v, t, bodies[i]);
        if (t.tight && (t.kind == '/' || t.kind == PIN_TOKEN_DASH || t.kind == ':')) {
            t = pin_cite_token(v->text, t.to);
            more = t.tight && (t.kind == PIN_TOKEN_NUMBER || t.kind == PIN_TOKEN_WORD);
        }
        if (!more || t.broken)
            break;
        end = t.to;
    }
    return end;
}

/* "the toys directive" in "Article 5 of the toys directive": small letters are a name after `of`. */
static uint32_t small_shape_end(const pin_cite_view *v, uint32_t pos, uint8_t *type)
{
    static const char *const no_names[] = {"present", "above",    "whole", "entire",
                                           "full",    "European", "Union"};
    pin_token                t = pin_cite_token(v->text, pos);
    for (int words = 0; words < 3; words++) {
        if (t.kind != PIN_TOKEN_WORD || t.broken || pin_cite_word_at(v->text, t).code != PIN_WORD_NONE)
            return 0;
        for (size_t i = 0; i < sizeof no_names / sizeof no_names[0]; i++)
            if (word_is(v, t, no_names[i]))
                return 0;
        t = pin_cite_token(v->text, t.to);
        pin_word w = pin_cite_word_at(v->text, t);
        if (w.code == PIN_WORD_TYPE && !w.plural &&
            (w.value == PIN_ACT_REGULATION || w.value == PIN_ACT_DIRECTIVE)) {
            *type = w.value;
            return t.to;
        }
    }
    return 0;
}

static bool named_at(pin_act *out, const pin_cite_view *v, uint32_t pos, bool attached)
{
    pin_act   best = {.from = pos, .number = PIN_ACT_OTHER};
    pin_token t = pin_cite_token(v->text, pos);
    uint8_t   type = PIN_ACT_ANY;
    bool      capital = is_capital(v, t), known, other;
    bool      any_case = attached || v->mode == PIN_CITE_QUERY || capital || word_is(v, t, "eIDAS") ||
                    word_is(v, t, "ePrivacy");
    *out = best;
    if (t.kind == PIN_TOKEN_NUMBER)
        return numbered_at(out, v, pos);
    if (t.kind != PIN_TOKEN_WORD)
        return false;
    other = may_open(v, t.from, any_case, &known);
    if ((other || pin_cite_word_at(v->text, t).code == PIN_WORD_TYPE) && numbered_at(out, v, pos))
        return true;
    if (known)
        longest_known(&best, v, pos, attached);
    if (other)
        longest_other(&best, v, pos, attached);
    uint32_t faq = known || other ? faq_end(v, pos) : 0;
    if (faq > best.to || (faq && faq == best.to && best.number == PIN_ACT_OTHER))
        best = (pin_act){.from = pos, .to = faq, .number = v->faq, .type = PIN_ACT_GUIDE};
    uint32_t known_to = best.to;
    if (best.to) {
        best.to = standard_end(v, pos, best.to);
        take_suffix(&best, v);
    }
    uint32_t shape = capital ? shape_end(v, pos, best.to == 0, &type) : 0;
    if (shape > best.to) {
        best = (pin_act){.from = pos, .to = shape, .number = PIN_ACT_OTHER, .type = type};
        take_suffix(&best, v);
    }
    uint32_t paper = known_to && best.to == known_to ? paper_end(v, best.to) : 0;
    if (paper)
        best = (pin_act){.from = pos, .to = paper, .number = PIN_ACT_OTHER};
    *out = best;
    return best.to != 0;
}

/* "this Regulation", "that Directive", "the Act", "the said Decision". */
static bool pointing_at(pin_act *out, const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint8_t   first = w.code;
    *out = (pin_act){.from = t.from, .number = PIN_ACT_OTHER};
    if (first != PIN_WORD_THE && first != PIN_WORD_THIS && first != PIN_WORD_THAT)
        return false;
    bool back = first == PIN_WORD_THAT;
    t = pin_cite_token(v->text, t.to);
    w = pin_cite_word_at(v->text, t);
    if (w.code == PIN_WORD_THAT) {
        back = true;
        t = pin_cite_token(v->text, t.to);
        w = pin_cite_word_at(v->text, t);
    }
    if (w.code != PIN_WORD_TYPE)
        return false;
    out->to = t.to;
    out->type = w.value;
    if (first == PIN_WORD_THE && !back)
        back = w.value != PIN_ACT_REGULATION && w.value != PIN_ACT_ACT;
    out->points = back ? PIN_ACT_POINTS_BACK : PIN_ACT_POINTS_HERE;
    return true;
}

/* "MR" in "Article 25 of the MR": capitals after `of` are a name even if nobody told us. */
static bool acronym_at(pin_act *out, const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    pin_str   word = words_of(v, t);
    if (t.kind != PIN_TOKEN_WORD || word.len > 8 || !is_acronym(word) || pin_cite_roman_value(word) ||
        word_is(v, t, "EU"))
        return false;
    *out = (pin_act){.from = t.from, .to = t.to, .number = PIN_ACT_OTHER};
    take_suffix(out, v);
    return true;
}

/* "the new", "the so-called 'Blue Guide'": position of the name. */
static uint32_t skip_the(const pin_cite_view *v, uint32_t pos)
{
    static const char *const words[] = {"new",    "revised", "proposed", "current",
                                        "recast", "so",      "called",   "EU"};
    pin_token                t = pin_cite_token(v->text, pos);
    if (pin_cite_word_at(v->text, t).code == PIN_WORD_THE)
        t = pin_cite_token(v->text, t.to);
    for (int more = 0; more < 3; more++) {
        bool skip = t.kind == PIN_TOKEN_DASH;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            skip |= word_is(v, t, words[i]);
        if (!skip)
            break;
        t = pin_cite_token(v->text, t.to);
    }
    if (t.kind == PIN_TOKEN_QUOTE || t.kind == '"' || t.kind == PIN_TOKEN_OTHER)
        t = pin_cite_token(v->text, t.to);
    return t.from;
}

bool pin_cite_act_at(pin_act *out, const pin_cite_view *v, uint32_t pos, bool attached)
{
    if (!attached)
        return named_at(out, v, pin_cite_token(v->text, pos).from, false);
    pin_token t = pin_cite_token(v->text, pos);
    if (t.broken)
        return false;
    uint32_t name = skip_the(v, pos);
    if (named_at(out, v, name, true) || pointing_at(out, v, pos) || acronym_at(out, v, name))
        return true;
    *out = (pin_act){.from = name, .number = PIN_ACT_OTHER};
    if (pin_cite_word_at(v->text, t).code == PIN_WORD_THE)
        out->to = small_shape_end(v, name, &out->type);
    return out->to != 0;
}

/* Does a citation follow right after a name that ends at `pos`: " Article 25", "'s Annex I"? */
static bool cites_at(const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    if (t.kind == PIN_TOKEN_QUOTE) {
        t = pin_cite_token(v->text, t.to);
        t = word_is(v, t, "s") ? pin_cite_token(v->text, t.to) : t;
    }
    return pin_cite_word_at(v->text, t).code == PIN_WORD_HEAD;
}

bool pin_cite_act_after(pin_act *out, const pin_cite_view *v, uint32_t pos)
{
    pin_token t = pin_cite_token(v->text, pos);
    while (t.kind == ']' && !t.broken)
        t = pin_cite_token(v->text, t.to);
    bool comma = t.kind == ',', bracket = t.kind == '(';
    if (comma || bracket)
        t = pin_cite_token(v->text, t.to);
    if (t.broken)
        return false;
    pin_word w = pin_cite_word_at(v->text, t);
    if (!bracket && (w.code == PIN_WORD_OF || word_is(v, t, "to"))) {
        bool      of = word_is(v, t, "of") || word_is(v, t, "to");
        pin_token annex = pin_cite_token(v->text, t.to);
        if (pin_cite_word_at(v->text, annex).code == PIN_WORD_THE)
            annex = pin_cite_token(v->text, annex.to);
        if (of && word_is(v, annex, "annex")) { /* of the Annex to Recommendation 2003/361/EC */
            pin_token to = pin_cite_token(v->text, annex.to);
            if ((word_is(v, to, "to") || word_is(v, to, "of")) && pin_cite_act_at(out, v, to.to, true))
                return true;
        }
        if (of)
            return pin_cite_act_at(out, v, t.to, true);
        return named_at(out, v, skip_the(v, t.to), false) || pointing_at(out, v, t.to);
    }
    if (t.kind != PIN_TOKEN_WORD || !pin_cite_act_at(out, v, t.from, false))
        return false;
    if (comma && cites_at(v, out->to)) /* "Article 13(8), GDPR Article 25" */
        return false;
    return !bracket || pin_cite_token(v->text, out->to).kind == ')';
}

bool pin_cite_act_is(const pin_cite_view *v, uint32_t number, uint8_t type)
{
    static const char *const words[] = {
        [PIN_ACT_REGULATION] = "regulation", [PIN_ACT_DIRECTIVE] = "directive",
        [PIN_ACT_DECISION] = "decision",     [PIN_ACT_ACT] = "act",
        [PIN_ACT_TREATY] = "treaty",         [PIN_ACT_GUIDE] = "guide"};
    pin_str name;
    if (number == PIN_ACT_OTHER || type == PIN_ACT_ANY)
        return false;
    for (uint32_t k = 0; v->law->act_name(v->law->ctx, number, k, &name); k++) {
        for (pin_token t = pin_cite_token(name, 0); t.kind != PIN_TOKEN_END; t = pin_cite_token(name, t.to))
            if (t.kind == PIN_TOKEN_WORD &&
                same_word(pin_str_part(name, t.from, t.to), pin_str_of(words[type]), false))
                return true;
        if (type == PIN_ACT_GUIDE && name_is_faq(name))
            return true;
    }
    return false;
}

static void know_names(pin_law_names *names, const pin_law *law)
{
    pin_str name;
    *names = (pin_law_names){.ready = true, .faq = PIN_ACT_OTHER};
    for (uint32_t a = 0, n = law->act_count(law->ctx); a < n; a++) {
        for (uint32_t k = 0; law->act_name(law->ctx, a, k, &name); k++) {
            if (name.len == 0)
                continue;
            if (pin_str_starts(name, PIN_STR("the ")) || pin_str_starts(name, PIN_STR("The ")))
                name = pin_str_part(name, 4, name.len);
            note_opening(names, name);
            if (names->faq == PIN_ACT_OTHER && name_is_faq(name))
                names->faq = a;
        }
    }
}

void pin_cite_know_names(pin_law *law)
{
    know_names(&law->names, law);
}

void pin_cite_view_init(pin_cite_view *v, pin_str text, pin_cite_mode mode, const pin_law *law)
{
    v->text = text;
    v->mode = mode;
    v->law = law;
    v->names = law->names.ready ? &law->names : &v->own;
    if (!law->names.ready)
        know_names(&v->own, law);
    v->faq = v->names->faq;
}
