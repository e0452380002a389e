/* The words that make up citations. One sorted table, and a look at the first two letters that sends
 * nearly every word of ordinary prose away at once, and leaves few rows to compare for the others. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

#define HEAD(step) PIN_WORD_HEAD, PIN_STEP_##step
#define LEVEL(step) PIN_WORD_LEVEL, PIN_STEP_##step
#define PLAIN(code) PIN_WORD_##code, PIN_STEP_NONE
#define UNIT PLAIN(UNIT)

static const struct {
    char    text[15];
    uint8_t code, step, value;
    uint8_t plural, shortened;
} table[] = {
    /* sorted by text */
    {"act", PLAIN(TYPE), PIN_ACT_ACT, 0, 0},
    {"alongside", PLAIN(OPENER), 0, 0, 0},
    {"although", PLAIN(OPENER), 0, 0, 0},
    {"and", PLAIN(AND), 0, 0, 0},
    {"annex", HEAD(ANNEX), 0, 0, 0},
    {"annexes", HEAD(ANNEX), 0, 1, 0},
    {"anx", HEAD(ANNEX), 0, 0, 1},
    {"april", UNIT, 0, 0, 0},
    {"art", HEAD(ARTICLE), 0, 0, 1},
    {"article", HEAD(ARTICLE), 0, 0, 0},
    {"articles", HEAD(ARTICLE), 0, 1, 0},
    {"arts", HEAD(ARTICLE), 0, 1, 1},
    {"august", UNIT, 0, 0, 0},
    {"because", PLAIN(OPENER), 0, 0, 0},
    {"besides", PLAIN(OPENER), 0, 0, 0},
    {"beyond", PLAIN(OPENER), 0, 0, 0},
    {"billion", UNIT, 0, 0, 0},
    {"chapter", PLAIN(CHAPTER), 0, 0, 0},
    {"chapters", PLAIN(CHAPTER), 0, 1, 0},
    {"charter", PLAIN(TYPE), PIN_ACT_TREATY, 0, 0},
    {"class", LEVEL(CLASS), 0, 0, 0},
    {"classes", LEVEL(CLASS), 0, 1, 0},
    {"clause", PLAIN(CHAPTER), 0, 0, 0},
    {"code", PLAIN(TYPE), PIN_ACT_ANY, 0, 0},
    {"compared", PLAIN(OPENER), 0, 0, 0},
    {"contrary", PLAIN(OPENER), 0, 0, 0},
    {"convention", PLAIN(TYPE), PIN_ACT_TREATY, 0, 0},
    {"cybersecurity", PLAIN(ESSENTIAL), 0, 0, 0},
    {"day", UNIT, 0, 0, 0},
    {"days", UNIT, 0, 0, 0},
    {"december", UNIT, 0, 0, 0},
    {"decision", PLAIN(TYPE), PIN_ACT_DECISION, 0, 0},
    {"decisions", PLAIN(TYPE), PIN_ACT_DECISION, 1, 0},
    {"different", UNIT, 0, 0, 0},
    {"directive", PLAIN(TYPE), PIN_ACT_DIRECTIVE, 0, 0},
    {"directives", PLAIN(TYPE), PIN_ACT_DIRECTIVE, 1, 0},
    {"eighth", PLAIN(ORDINAL), 8, 0, 0},
    {"entries", PLAIN(ENTRY), 0, 1, 0},
    {"entry", PLAIN(ENTRY), 0, 0, 0},
    {"essential", PLAIN(ESSENTIAL), 0, 0, 0},
    {"eur", UNIT, 0, 0, 0},
    {"euro", UNIT, 0, 0, 0},
    {"euros", UNIT, 0, 0, 0},
    {"february", UNIT, 0, 0, 0},
    {"fifth", PLAIN(ORDINAL), 5, 0, 0},
    {"first", PLAIN(ORDINAL), 1, 0, 0},
    {"fourth", PLAIN(ORDINAL), 4, 0, 0},
    {"from", PLAIN(OF), 0, 0, 0},
    {"guide", PLAIN(TYPE), PIN_ACT_GUIDE, 0, 0},
    {"guidelines", PLAIN(TYPE), PIN_ACT_ANY, 0, 0},
    {"hour", UNIT, 0, 0, 0},
    {"hours", UNIT, 0, 0, 0},
    {"if", PLAIN(OPENER), 0, 0, 0},
    {"in", PLAIN(OF), 0, 0, 0},
    {"indent", PLAIN(SENTENCE), 0, 0, 0},
    {"indents", PLAIN(SENTENCE), 0, 1, 0},
    {"item", LEVEL(POINT), 0, 0, 0},
    {"items", LEVEL(POINT), 0, 1, 0},
    {"its", PLAIN(ITS), 0, 0, 0},
    {"january", UNIT, 0, 0, 0},
    {"july", UNIT, 0, 0, 0},
    {"june", UNIT, 0, 0, 0},
    {"law", PLAIN(TYPE), PIN_ACT_ANY, 0, 0},
    {"letter", LEVEL(POINT), 0, 0, 0},
    {"letters", LEVEL(POINT), 0, 1, 0},
    {"lit", LEVEL(POINT), 0, 0, 1},
    {"march", UNIT, 0, 0, 0},
    {"million", UNIT, 0, 0, 0},
    {"minutes", UNIT, 0, 0, 0},
    {"module", PLAIN(MODULE), 0, 0, 0},
    {"month", UNIT, 0, 0, 0},
    {"months", UNIT, 0, 0, 0},
    {"ninth", PLAIN(ORDINAL), 9, 0, 0},
    {"notice", PLAIN(TYPE), PIN_ACT_ANY, 0, 0},
    {"november", UNIT, 0, 0, 0},
    {"october", UNIT, 0, 0, 0},
    {"of", PLAIN(OF), 0, 0, 0},
    {"or", PLAIN(AND), 0, 0, 0},
    {"par", LEVEL(PARAGRAPH), 0, 0, 1},
    {"para", LEVEL(PARAGRAPH), 0, 0, 1},
    {"paragraph", LEVEL(PARAGRAPH), 0, 0, 0},
    {"paragraphs", LEVEL(PARAGRAPH), 0, 1, 0},
    {"paras", LEVEL(PARAGRAPH), 0, 1, 1},
    {"pars", LEVEL(PARAGRAPH), 0, 1, 1},
    {"part", LEVEL(PART), 0, 0, 0},
    {"parts", LEVEL(PART), 0, 1, 0},
    {"percent", UNIT, 0, 0, 0},
    {"pnt", LEVEL(POINT), 0, 0, 1},
    {"point", LEVEL(POINT), 0, 0, 0},
    {"points", LEVEL(POINT), 0, 1, 0},
    {"products", UNIT, 0, 0, 0},
    {"protocol", PLAIN(TYPE), PIN_ACT_TREATY, 0, 0},
    {"pt", LEVEL(POINT), 0, 0, 1},
    {"pts", LEVEL(POINT), 0, 1, 1},
    {"question", PLAIN(ENTRY), 0, 0, 0},
    {"questions", PLAIN(ENTRY), 0, 1, 0},
    {"rec", HEAD(RECITAL), 0, 0, 1},
    {"recital", HEAD(RECITAL), 0, 0, 0},
    {"recitals", HEAD(RECITAL), 0, 1, 0},
    {"recommendation", PLAIN(TYPE), PIN_ACT_ANY, 0, 0},
    {"recs", HEAD(RECITAL), 0, 1, 1},
    {"regulation", PLAIN(TYPE), PIN_ACT_REGULATION, 0, 0},
    {"regulations", PLAIN(TYPE), PIN_ACT_REGULATION, 1, 0},
    {"requirement", LEVEL(POINT), 0, 0, 0},
    {"requirements", LEVEL(POINT), 0, 1, 0},
    {"said", PLAIN(THAT), 0, 0, 0},
    {"same", PLAIN(THAT), 0, 0, 0},
    {"sec", HEAD(SECTION), 0, 0, 1},
    {"second", PLAIN(ORDINAL), 2, 0, 0},
    {"secs", HEAD(SECTION), 0, 1, 1},
    {"section", HEAD(SECTION), 0, 0, 0},
    {"sections", HEAD(SECTION), 0, 1, 0},
    {"sentence", PLAIN(SENTENCE), 0, 0, 0},
    {"sentences", PLAIN(SENTENCE), 0, 1, 0},
    {"september", UNIT, 0, 0, 0},
    {"seventh", PLAIN(ORDINAL), 7, 0, 0},
    {"since", PLAIN(OPENER), 0, 0, 0},
    {"sixth", PLAIN(ORDINAL), 6, 0, 0},
    {"subpar", LEVEL(SUBPARAGRAPH), 0, 0, 1},
    {"subpara", LEVEL(SUBPARAGRAPH), 0, 0, 1},
    {"subparagraph", LEVEL(SUBPARAGRAPH), 0, 0, 0},
    {"subparagraphs", LEVEL(SUBPARAGRAPH), 0, 1, 0},
    {"subparas", LEVEL(SUBPARAGRAPH), 0, 1, 1},
    {"subpoint", LEVEL(POINT), 0, 0, 0},
    {"subpoints", LEVEL(POINT), 0, 1, 0},
    {"subsection", LEVEL(PARAGRAPH), 0, 0, 0},
    {"subsections", LEVEL(PARAGRAPH), 0, 1, 0},
    {"tenth", PLAIN(ORDINAL), 10, 0, 0},
    {"that", PLAIN(THAT), 0, 0, 0},
    {"the", PLAIN(THE), 0, 0, 0},
    {"third", PLAIN(ORDINAL), 3, 0, 0},
    {"this", PLAIN(THIS), 0, 0, 0},
    {"those", PLAIN(THAT), 0, 0, 0},
    {"through", PLAIN(TO), 0, 0, 0},
    {"times", UNIT, 0, 0, 0},
    {"title", PLAIN(CHAPTER), 0, 0, 0},
    {"titles", PLAIN(CHAPTER), 0, 1, 0},
    {"to", PLAIN(TO), 0, 0, 0},
    {"treaties", PLAIN(TYPE), PIN_ACT_TREATY, 1, 0},
    {"treaty", PLAIN(TYPE), PIN_ACT_TREATY, 0, 0},
    {"under", PLAIN(OF), 0, 0, 0},
    {"unless", PLAIN(OPENER), 0, 0, 0},
    {"unlike", PLAIN(OPENER), 0, 0, 0},
    {"week", UNIT, 0, 0, 0},
    {"weeks", UNIT, 0, 0, 0},
    {"when", PLAIN(OPENER), 0, 0, 0},
    {"where", PLAIN(OPENER), 0, 0, 0},
    {"whereas", HEAD(RECITAL), 0, 0, 0},
    {"while", PLAIN(OPENER), 0, 0, 0},
    {"working", UNIT, 0, 0, 0},
    {"year", UNIT, 0, 0, 0},
    {"years", UNIT, 0, 0, 0},
};
enum { TABLE_COUNT = sizeof table / sizeof table[0] };

/* Second letters that follow each first letter in the table (bit 0 is 'a'), and how many such pairs of
 * letters stand before those that begin with it. */
#define L(c) (1u << ((c) - 'a'))
static const struct {
    uint32_t seconds;
    uint32_t before;
} firsts[26] = {
    ['a' - 'a'] = {L('c') | L('l') | L('n') | L('p') | L('r') | L('u'), 0},
    ['b' - 'a'] = {L('e') | L('i'), 6},
    ['c' - 'a'] = {L('h') | L('l') | L('o') | L('y'), 8},
    ['d' - 'a'] = {L('a') | L('e') | L('i'), 12},
    ['e' - 'a'] = {L('i') | L('n') | L('s') | L('u'), 15},
    ['f' - 'a'] = {L('e') | L('i') | L('o') | L('r'), 19},
    ['g' - 'a'] = {L('u'), 23},
    ['h' - 'a'] = {L('o'), 24},
    ['i' - 'a'] = {L('f') | L('n') | L('t'), 25},
    ['j' - 'a'] = {L('a') | L('u'), 28},
    ['l' - 'a'] = {L('a') | L('e') | L('i'), 30},
    ['m' - 'a'] = {L('a') | L('i') | L('o'), 33},
    ['n' - 'a'] = {L('i') | L('o'), 36},
    ['o' - 'a'] = {L('c') | L('f') | L('r'), 38},
    ['p' - 'a'] = {L('a') | L('e') | L('n') | L('o') | L('r') | L('t'), 41},
    ['q' - 'a'] = {L('u'), 47},
    ['r' - 'a'] = {L('e'), 48},
    ['s' - 'a'] = {L('a') | L('e') | L('i') | L('u'), 49},
    ['t' - 'a'] = {L('e') | L('h') | L('i') | L('o') | L('r'), 53},
    ['u' - 'a'] = {L('n'), 58},
    ['w' - 'a'] = {L('e') | L('h') | L('o'), 59},
    ['y' - 'a'] = {L('e'), 62},
};
#undef L

/* Where the words that begin with each pair stand in the table, and its end. words_test.c finds every word. */
static const uint8_t pair_starts[] = {
    0, 1, 3, 7, 8, 12, 13, 16, 17, 20, 23, 27, 28, 30, 33, 36, 37, 39, 40, 43, 44, 46, 47, 48, 50,
    52, 53, 56, 59, 60, 62, 63, 65, 66, 67, 69, 72, 73, 75, 76, 77, 78, 86, 87, 88, 90, 92, 94, 96,
    105, 107, 116, 118, 127, 128, 134, 137, 138, 140, 143, 145, 149, 150, 152};

pin_word pin_cite_word(pin_str word)
{
    char     small[sizeof table[0].text] = {0};
    pin_word none = {0};
    if (word.len < 2 || word.len >= sizeof small)
        return none;
    uint32_t first = (uint32_t)(uint8_t)word.at[0] - 'a', second = (uint32_t)(uint8_t)word.at[1] - 'a';
    first += first >= 26 ? 'a' - 'A' : 0;
    second += second >= 26 ? 'a' - 'A' : 0;
    if (first >= 26 || second >= 26 || !(firsts[first].seconds >> second & 1))
        return none; /* nearly every word of ordinary prose */
    for (size_t i = 0; i < word.len; i++)
        small[i] = (char)pin_ascii_lower((uint8_t)word.at[i]);
    uint32_t below = firsts[first].seconds & ((1u << second) - 1), pair = firsts[first].before;
    for (; below; below &= below - 1)
        pair++;
    for (uint32_t row = pair_starts[pair]; row < pair_starts[pair + 1]; row++)
        if (memcmp(small, table[row].text, sizeof small) == 0)
            return (pin_word){table[row].code, table[row].step, table[row].value, table[row].plural,
                              table[row].shortened};
    return none;
}

pin_str pin_cite_word_text(uint32_t row)
{
    return row < TABLE_COUNT ? pin_str_of(table[row].text) : (pin_str){0};
}

pin_word pin_cite_word_at(pin_str text, pin_token t)
{
    return t.kind == PIN_TOKEN_WORD ? pin_cite_word(pin_str_part(text, t.from, t.to)) : (pin_word){0};
}
