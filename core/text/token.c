/* The tokenizer. Plain ASCII words take a short way; whatever meets a digit, a joining mark or a
 * byte above 127 takes the long one, where a chunk (words and numbers joined by marks) is measured
 * first and then given as one code, as one word, or cut back to its first word.
 *
 * Work is linear: a chunk is never longer than a term, a run that was refused once is read once
 * more as its own, and a chain of hyphens without a digit is remembered (words_to). */
#include <string.h>

#include "core/text/fold.h"
#include "core/text/text.h"

/* ---- Language ---- */

static bool is_language(pin_str tag, const char *two_letters)
{
    return tag.len >= 2 && (tag.at[0] | 32) == two_letters[0] && (tag.at[1] | 32) == two_letters[1] &&
           (tag.len == 2 || tag.at[2] == '-' || tag.at[2] == '_');
}

void pin_tokenizer_init(pin_tokenizer *t, pin_str text, pin_str language)
{
    t->text = pin_str_part(text, 0, text.len > UINT32_MAX ? UINT32_MAX : text.len);
    t->at = t->part_at = t->part_to = t->words_to = 0;
    t->position = 0;
    t->parents = t->half_told = t->words_only = false;
    t->english = language.len == 0 || is_language(language, "en");
    t->elision = is_language(language, "fr") || is_language(language, "it") || is_language(language, "ca") ||
                 is_language(language, "oc");
}

/* ---- Runs: letters and digits without anything between ---- */

typedef struct run {
    size_t from, to;
    size_t folded; /* bytes */
    size_t count;  /* letters and digits, as folded: ß is two */
    bool   letters, digits;
    bool   digit_first, digit_last;
} run;

static bool is_word_class(uint8_t klass) { return klass == PIN_CHAR_LETTER || klass == PIN_CHAR_DIGIT; }

static size_t characters(pin_char c)
{
    size_t count = 0;
    for (size_t i = 0; i < c.len; i++)
        count += ((uint8_t)c.folded[i] & 0xC0) != 0x80;
    return count;
}

/* The run that starts at `pos`; count == 0 where there is none. */
static run run_at(pin_str text, size_t pos)
{
    run r = {.from = pos, .to = pos};
    for (;;) {
        pin_char c = pin_char_at(text, r.to);
        bool     digit = c.klass == PIN_CHAR_DIGIT;
        if (!is_word_class(c.klass) && (c.klass != PIN_CHAR_SKIP || r.count == 0))
            return r;
        r.to += c.width;
        if (c.klass == PIN_CHAR_SKIP)
            continue;
        if (r.count == 0)
            r.digit_first = digit;
        r.count += characters(c);
        r.folded += c.len;
        r.letters |= !digit;
        r.digits |= digit;
        r.digit_last = digit;
    }
}

static bool is_empty(run r) { return r.count == 0; }
static bool is_letter(run r) { return r.count == 1 && r.letters; }

/* The ASCII mark that stands at `pos`, also where it is written in a typographic form; else 0. */
static char mark_at(pin_str text, size_t pos, size_t *width)
{
    pin_char c = pin_char_at(text, pos);
    *width = c.width;
    return c.klass == PIN_CHAR_OTHER && c.len == 1 ? c.folded[0] : 0;
}

/* ---- Chunks ---- */

typedef struct chunk {
    size_t from, to; /* what is folded                                          */
    size_t next;     /* where reading goes on: after a possessive               */
    size_t folded;   /* bytes, joining marks included                           */
    size_t runs;
    run    last;
    bool   digits;     /* somewhere in it                                         */
    bool   code;       /* by its marks: b+c, c++                                  */
    bool   initials;   /* single letters between dots, so far                     */
    bool   thousands;  /* a number in groups of three, so far: 1,000,000          */
    bool   apostrophe; /* stands before the last run                              */
    bool   bracket;    /* ends in a bracket, so that only a bracket may follow    */
    bool   slash;      /* 2009/81: EC may follow                                  */
    bool   community;  /* ends in EC: nothing but a possessive may follow         */
    bool   hyphen;     /* somewhere in it                                         */
    bool   closed;     /* nothing may follow                                      */
} chunk;

static chunk chunk_of(run first)
{
    return (chunk){.from = first.from,
                   .to = first.to,
                   .next = first.to,
                   .folded = first.folded,
                   .runs = 1,
                   .last = first,
                   .digits = first.digits,
                   .initials = is_letter(first),
                   .thousands = !first.letters && first.count <= 3};
}

static bool folds_to_s(pin_str text, run r)
{
    return is_letter(r) && pin_char_at(text, r.from).len == 1 && *pin_char_at(text, r.from).folded == 's';
}

/* EC, EEC or EU, which follow the numbers of an older act. */
static bool is_community(pin_str text, run r)
{
    size_t len = r.to - r.from;
    char   last = (char)(text.at[r.to - 1] | 32);
    if ((text.at[r.from] | 32) != 'e')
        return false;
    return (len == 2 && (last == 'c' || last == 'u')) ||
           (len == 3 && last == 'c' && (text.at[r.from + 1] | 32) == 'e');
}

static bool is_three_zeros(pin_str text, run r)
{
    size_t width;
    bool   zeros = r.count == 3 && !r.letters;
    for (size_t i = r.from; zeros && i < r.to; i += width) {
        pin_char c = pin_char_at(text, i);
        width = c.width;
        zeros = c.len == 0 || *c.folded == '0';
    }
    return zeros;
}

static bool is_bracketed(pin_str text, run r)
{
    size_t width;
    return !is_empty(r) && (r.letters ? !r.digits && r.count <= 5 : r.count <= 3) &&
           mark_at(text, r.to, &width) == ')';
}

static bool may_join(char mark) { return mark != 0 && memchr("'.,/:+&-(#", mark, 10) != NULL; }

/* The zeros of "10 000", after which nothing is joined: 10 000-15 000 stays in pieces. */
static bool is_last_of_number(pin_str text, run r)
{
    size_t width;
    return is_three_zeros(text, r) &&
           (!may_join(mark_at(text, r.to, &width)) || is_empty(run_at(text, r.to + width)));
}

/* Whether `next`, after `mark`, belongs to the chunk. */
static bool joins(const pin_tokenizer *t, const chunk *c, char mark, run next)
{
    if (mark == '(')
        return c->last.digit_last + c->bracket > 0 && is_bracketed(t->text, next);
    if (c->bracket || c->community || is_empty(next) || (c->apostrophe && mark != '\'' && mark != '-'))
        return false;
    switch (mark) {
    case '\'':
        return !t->elision && c->last.letters && !c->last.digit_last && !next.digit_first && !c->code &&
               !(c->initials && c->runs > 1);
    case '.':
        if (next.digit_first)
            return c->last.digit_last || (c->runs == 1 && is_letter(c->last));
        return c->initials && is_letter(next);
    case ',':
        return c->thousands && !next.letters && next.count == 3;
    case ' ':
        return c->thousands && is_last_of_number(t->text, next);
    case '/':
        return c->last.digit_last && (next.digit_first || (c->slash && is_community(t->text, next)));
    case ':':
        return c->last.digit_last && next.digit_first;
    case '+':
    case '&':
        return c->last.count == 1 && next.count == 1;
    case '-':
        return c->to >= t->words_to;
    default:
        return false;
    }
}

/* "manufacturer's": the chunk is done, and reading goes on after the possessive. */
static bool is_possessive(const pin_tokenizer *t, char mark, run next)
{
    return mark == '\'' && t->english && folds_to_s(t->text, next);
}

/* C++ and C#: marks that end a word and are part of it. */
static void take_ending(const pin_tokenizer *t, chunk *c, char mark, size_t width)
{
    size_t second_width, third_width;
    if (c->runs != 1 || c->digits)
        return;
    size_t after = c->to + width;
    if (mark == '+') {
        if (mark_at(t->text, after, &second_width) != '+')
            return;
        after += second_width;
    } else if (c->last.count != 1) {
        return;
    }
    char third = mark_at(t->text, after, &third_width);
    if (third == '+' || third == '#' || !is_empty(run_at(t->text, after)))
        return;
    if (c->folded + 2 > PIN_TERM_MAX)
        return;
    c->to = c->next = after;
    c->code = c->closed = true;
}

/* Takes one more mark and run into the chunk; false when nothing more belongs to it. */
static bool extend(const pin_tokenizer *t, chunk *c)
{
    size_t width;
    char   mark = c->closed ? 0 : mark_at(t->text, c->to, &width);
    if (!may_join(mark) && !(mark == ' ' && c->thousands))
        return false;
    run next = run_at(t->text, c->to + width);
    if (is_possessive(t, mark, next)) {
        c->next = next.to;
        c->closed = true;
        return true;
    }
    if ((mark == '+' || mark == '#') && is_empty(next)) {
        take_ending(t, c, mark, width);
        return c->closed;
    }
    if (!joins(t, c, mark, next) || c->folded + next.folded + 2 > PIN_TERM_MAX)
        return false;
    c->folded += next.folded + (mark == '(' ? 2 : 1);
    c->to = next.to;
    if (mark == '(')
        (void)mark_at(t->text, next.to, &width), c->to += width;
    c->next = c->to;
    c->runs++;
    c->last = next;
    c->digits |= next.digits;
    c->code |= mark == '+' || mark == '&';
    c->initials &= mark == '.' && is_letter(next);
    c->thousands &= mark == ',' || mark == ' ';
    c->apostrophe = mark == '\'';
    c->bracket = mark == '(';
    c->slash |= mark == '/';
    c->community = mark == '/' && !next.digits;
    c->hyphen |= mark == '-';
    return true;
}

/* The longest chunk at `first`. A chain of hyphens counts only when a digit is in it. */
static chunk chunk_at(pin_tokenizer *t, run first)
{
    chunk whole = chunk_of(first), before_hyphen = whole;
    for (;;) {
        if (!whole.hyphen)
            before_hyphen = whole;
        if (!extend(t, &whole))
            break;
    }
    if (!whole.hyphen || whole.digits)
        return whole;
    t->words_to = whole.to;
    return before_hyphen;
}

/* ---- Giving tokens ---- */

/* Folds [from, to) into t->word, without apostrophes, what stands between thousands, and the dots of
 * initials. */
static pin_str fold_range(pin_tokenizer *t, size_t from, size_t to, bool initials)
{
    size_t len = 0;
    while (from < to) {
        pin_char c = pin_char_at(t->text, from);
        bool     mark = c.klass == PIN_CHAR_OTHER && c.len == 1;
        from += c.width;
        if (mark && (memchr("', ", *c.folded, 3) || (*c.folded == '.' && initials)))
            continue;
        if (c.len > PIN_TERM_MAX - len)
            break;
        memcpy(t->word + len, c.folded, c.len);
        len += c.len;
    }
    return (pin_str){t->word, len};
}

/* VPNs: two capitals or more and a small s. English stemming would keep that s, for want of a vowel. */
static bool is_plural_of_capitals(pin_str text, size_t from, size_t to)
{
    if (to - from < 3 || text.at[to - 1] != 's')
        return false;
    for (size_t i = from; i < to - 1; i++)
        if (text.at[i] < 'A' || text.at[i] > 'Z')
            return false;
    return true;
}

void pin_token_finish(pin_tokenizer *t, pin_token *token)
{
    pin_str word = token->word;
    if (token->kind != PIN_WORD || !t->english)
        return;
    token->function = pin_is_function_word(word);
    memcpy(t->term, word.at, word.len);
    token->term = (pin_str){t->term, pin_stem_english(t->term, word.len)};
}

static void give_word(pin_tokenizer *t, pin_token *out, pin_str word)
{
    out->kind = PIN_WORD;
    out->word = out->term = word;
    out->function = false;
    if (!t->words_only)
        pin_token_finish(t, out);
}

static void give_code(pin_token *out, pin_str word)
{
    out->kind = PIN_CODE;
    out->word = out->term = word;
    out->function = false;
}

static void place(pin_token *out, size_t from, size_t to, uint32_t position, bool part)
{
    out->from = (uint32_t)from;
    out->to = (uint32_t)to;
    out->position = position;
    out->part = part;
}

static void give_chunk(pin_tokenizer *t, pin_token *out, const chunk *c)
{
    place(out, c->from, c->to, t->position++, false);
    t->at = c->next;
    t->code_at = c->from;
    if (c->digits || c->code) {
        give_code(out, fold_range(t, c->from, c->to, false));
        t->part_at = c->closed && c->code ? c->to : c->from; /* c++ has no parts */
        t->part_to = c->to;
        t->parents = c->bracket;
        return;
    }
    bool plural = c->runs == 1 && is_plural_of_capitals(t->text, c->from, c->to);
    give_word(t, out, fold_range(t, c->from, c->to - plural, c->initials && c->runs > 1));
}

/* ---- Parts of a code ---- */

/* 14(2)(a) -> 14(2) -> 14: without its last bracket. False when there is none left. */
static bool give_parent(pin_tokenizer *t, pin_token *out)
{
    size_t bracket = t->part_to, width;
    for (size_t i = t->part_at; i < t->part_to; i += width)
        if (mark_at(t->text, i, &width) == '(')
            bracket = i;
    if (bracket == t->part_to)
        return false;
    t->part_to = bracket;
    give_code(out, fold_range(t, t->part_at, bracket, false));
    place(out, t->part_at, bracket, t->position - 1, true);
    return true;
}

static bool splits_parts(char mark)
{
    return mark == '-' || mark == '/' || mark == ':' || mark == '+' || mark == '&';
}

/* CVE-2024-3094 -> cve, 2024, 3094. The code itself is no part, and neither is a lone digit. */
static bool give_piece(pin_tokenizer *t, pin_token *out)
{
    while (t->part_at < t->part_to) {
        size_t from = t->part_at, to = from, width, count = 0;
        bool   digits = false;
        for (; to < t->part_to && !splits_parts(mark_at(t->text, to, &width)); to += width) {
            pin_char c = pin_char_at(t->text, to);
            digits |= c.klass == PIN_CHAR_DIGIT;
            count += is_word_class(c.klass) ? characters(c) : 0;
        }
        if (from == t->code_at && to == t->part_to) {
            t->part_at = to;
            return false;
        }
        if (to < t->part_to)
            (void)mark_at(t->text, to, &width);
        t->part_at = to < t->part_to ? to + width : to;
        if (digits && count == 1)
            continue;
        pin_str word = fold_range(t, from, to, false);
        if (digits)
            give_code(out, word);
        else
            give_word(t, out, word);
        place(out, from, to, t->position - 1, true);
        return true;
    }
    return false;
}

static bool give_part(pin_tokenizer *t, pin_token *out)
{
    if (t->parents && give_parent(t, out))
        return true;
    t->parents = false;
    return give_piece(t, out);
}

/* ---- Pairs of Han, kana and Hangul ---- */

static size_t skip_ignorable(pin_str text, size_t pos)
{
    for (;;) {
        pin_char c = pin_char_at(text, pos);
        if (c.klass != PIN_CHAR_SKIP)
            return pos;
        pos += c.width;
    }
}

/* The pair that starts at t->at, or the character alone where it has no neighbours. False when it
 * was already given as the second half of a pair and has no pair of its own. */
static bool give_bigram(pin_tokenizer *t, pin_token *out, pin_char first)
{
    size_t   from = t->at, second_at = skip_ignorable(t->text, from + first.width);
    pin_char second = pin_char_at(t->text, second_at);
    bool     pair = second.klass == PIN_CHAR_CJK, alone = !pair && !t->half_told;
    t->at = second_at;
    t->half_told = pair;
    if (!pair && !alone)
        return false;
    memcpy(t->word, first.folded, first.len);
    if (pair)
        memcpy(t->word + first.len, second.folded, second.len);
    out->kind = PIN_BIGRAM;
    out->word = out->term = (pin_str){t->word, (size_t)first.len + (pair ? second.len : 0u)};
    out->function = false;
    place(out, from, pair ? second_at + second.width : from + first.width, t->position++, false);
    return true;
}

/* ---- The short way: letters of ASCII and then something that surely ends a word ---- */

static bool surely_ends_word(pin_str text, size_t pos, size_t letters)
{
    if (pos >= text.len)
        return true;
    uint8_t c = (uint8_t)text.at[pos];
    switch (c) {
    case '.':
    case '&':
    case '#':
        return letters > 1;
    case '\'':
    case '-':
    case '+':
        return false;
    default:
        return c < 0x80 && !pin_is_digit(c);
    }
}

static bool give_ascii_word(pin_tokenizer *t, pin_token *out)
{
    size_t from = t->at, to = from, len = 0;
    for (; to < t->text.len; to++) {
        uint8_t c = (uint8_t)t->text.at[to] | 32;
        if (c < 'a' || c > 'z')
            break;
        if (len < PIN_TERM_MAX)
            t->word[len++] = (char)c;
    }
    if (!surely_ends_word(t->text, to, to - from))
        return false;
    if (len > 2 && t->text.at[to - 1] == 's' && to - from <= PIN_TERM_MAX)
        len -= is_plural_of_capitals(t->text, from, to);
    place(out, from, to, t->position++, false);
    t->at = to;
    give_word(t, out, (pin_str){t->word, len});
    return true;
}

bool pin_tokenizer_next(pin_tokenizer *t, pin_token *out)
{
    if (t->part_at < t->part_to && give_part(t, out))
        return true;
    t->part_at = t->part_to = 0;
    while (t->at < t->text.len) {
        uint8_t byte = (uint8_t)t->text.at[t->at];
        if (pin_is_alpha(byte)) {
            if (give_ascii_word(t, out))
                return true;
        } else if (byte < 0x80 && !pin_is_digit(byte)) {
            t->at++;
            continue;
        }
        pin_char c = pin_char_at(t->text, t->at);
        if (is_word_class(c.klass)) {
            chunk found = chunk_at(t, run_at(t->text, t->at));
            give_chunk(t, out, &found);
            return true;
        }
        if (c.klass != PIN_CHAR_CJK)
            t->at += c.width;
        else if (give_bigram(t, out, c))
            return true;
    }
    return false;
}

/* Up to three digits: three zeros after it would be read as its thousands. */
static bool is_short_number(pin_str word)
{
    if (word.len == 0 || pin_is_alpha((uint8_t)word.at[0]))
        return false;
    run r = run_at(word, 0);
    return r.to == word.len && !r.letters && r.count <= 3;
}

void pin_normal_word(pin_buf *out, pin_normal_before *before, pin_str word)
{
    bool thousands = *before == PIN_NORMAL_NUMBER && pin_str_equal(word, PIN_STR("000"));
    if (*before != PIN_NORMAL_NOTHING && !thousands)
        pin_buf_byte(out, ' ');
    pin_buf_add(out, word);
    *before = !thousands && is_short_number(word) ? PIN_NORMAL_NUMBER : PIN_NORMAL_WORD;
}

void pin_normalise(pin_buf *out, pin_str text)
{
    pin_tokenizer     t;
    pin_token         token;
    pin_normal_before before = PIN_NORMAL_NOTHING;
    pin_tokenizer_init(&t, text, (pin_str){0});
    t.words_only = true;
    while (pin_tokenizer_next(&t, &token))
        if (!token.part)
            pin_normal_word(out, &before, token.word);
}
