/* The text of a query -> words, quoted phrases, citations. Nothing is looked up yet.
 *
 * Bounded whatever the bytes are: at most PIN_QUERY_TERMS words are taken, and what comes after the
 * last of them is only passed over once. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"

/* The straight quote and the pairs of English, German and French. Single quotes are apostrophes. */
static size_t quote_at(pin_str text, size_t at)
{
    static const char *const marks[] = {"\"",           "\xE2\x80\x9C", "\xE2\x80\x9D",
                                        "\xE2\x80\x9E", "\xC2\xAB",     "\xC2\xBB"};
    unsigned char first = (unsigned char)text.at[at];
    if (first < 0x80)
        return first == '"';
    for (size_t i = 1; i < sizeof marks / sizeof marks[0]; i++) {
        size_t len = strlen(marks[i]);
        if (text.len - at >= len && memcmp(text.at + at, marks[i], len) == 0)
            return len;
    }
    return 0;
}

/* The next quoted stretch at or after *at; *at moves behind its closing mark. A mark that is never
 * closed quotes nothing: someone is still typing. */
static bool next_quoted(pin_str *out, pin_str text, size_t *at)
{
    size_t open = 0;
    for (size_t i = *at; i < text.len;) {
        size_t mark = quote_at(text, i);
        if (mark && open) {
            *out = pin_str_part(text, open, i);
            *at = i + mark;
            return true;
        }
        if (mark)
            open = i + mark;
        i += mark ? mark : 1;
    }
    return false;
}

static bool same_word_before(const plan *p, const plan_word *word)
{
    for (uint32_t i = 0; i < p->word_count; i++)
        if (p->words[i].term.len == word->term.len && pin_str_equal(p->words[i].term, word->term))
            return true;
    return false;
}

static pin_status no_space(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

static pin_status take_word(plan *p, const pin_token *token, pin_arena *arena, pin_error *err)
{
    plan_word *word = &p->words[p->word_count];
    *word = (plan_word){
        .from = token->from, .to = token->to, .kind = token->kind, .function = token->function};
    word->typing = token->to == p->query.len && token->kind == PIN_WORD;
    word->folded = pin_arena_copy(arena, token->word);
    if (!word->folded.at)
        return no_space(err);
    if (pin_str_starts(word->folded, token->term)) /* most stems only leave something out */
        word->term = (pin_str){word->folded.at, token->term.len};
    else
        word->term = pin_arena_copy(arena, token->term);
    if (!word->term.at)
        return no_space(err);
    word->again = same_word_before(p, word);
    p->word_count++;
    return PIN_OK;
}

static pin_status take_part(plan *p, const pin_token *token, pin_arena *arena, pin_error *err)
{
    plan_word *word = &p->words[p->word_count - 1];
    if (word->part_count == sizeof word->parts / sizeof word->parts[0])
        return PIN_OK;
    pin_str copy = pin_arena_copy(arena, token->term);
    if (!copy.at)
        return no_space(err);
    word->parts[word->part_count++] = copy;
    return PIN_OK;
}

static pin_status take_words(plan *p, pin_arena *arena, pin_error *err)
{
    size_t most = p->query.len / 2 + 1; /* a word and what parts it from the next have two bytes */
    p->words = pin_arena_room(arena, most < PIN_QUERY_TERMS ? most : PIN_QUERY_TERMS, sizeof *p->words);
    if (!p->words)
        return no_space(err);
    pin_tokenizer t;
    pin_token     token;
    pin_status    s = PIN_OK;
    pin_tokenizer_init(&t, p->query, p->settings.language);
    while (s == PIN_OK && pin_tokenizer_next(&t, &token)) {
        if (token.part && p->word_count > 0) {
            s = take_part(p, &token, arena, err);
            continue;
        }
        if (p->word_count == PIN_QUERY_TERMS) {
            p->cut = true;
            break;
        }
        s = take_word(p, &token, arena, err);
    }
    return s;
}

/* The words between two bytes become a phrase; so does what is left of it after the last word taken. */
static void take_phrase(plan *p, pin_str written)
{
    if (written.len == 0)
        return;
    uint32_t    from = (uint32_t)(written.at - p->query.at), to = from + (uint32_t)written.len;
    plan_phrase phrase = {.written = written};
    for (uint32_t i = 0; i < p->word_count; i++) {
        plan_word *word = &p->words[i];
        if (word->from < from || word->to > to)
            continue;
        if (phrase.count == 0)
            phrase.first = i;
        phrase.count++;
        word->quoted = true;
        word->typing = false;
    }
    if (phrase.count)
        p->phrases[p->phrase_count++] = phrase;
}

static void take_phrases(plan *p)
{
    pin_str written;
    size_t  at = 0;
    while (p->phrase_count < RULE_PHRASES_MAX && next_quoted(&written, p->query, &at))
        take_phrase(p, written);
}

/* Every citation that names a provision has a digit or a roman numeral. A lone "i" after a word like "do"
 * or at the start is the person asking. */
static bool may_cite(const plan *p)
{
    for (uint32_t i = 0; i < p->word_count; i++) {
        const plan_word *word = &p->words[i];
        bool             roman = word->kind == PIN_WORD && i > 0 && !p->words[i - 1].function;
        for (size_t k = 0; k < word->folded.len; k++) {
            if (pin_is_digit((unsigned char)word->folded.at[k]))
                return true;
            char c = word->folded.at[k];
            roman = roman && (c == 'i' || c == 'v' || c == 'x');
        }
        if (roman)
            return true;
    }
    return false;
}

/* Citations among the words taken. Too many of them are none: no one asks for 4,096 provisions. */
static pin_status take_citations(plan *p, pin_arena *arena, pin_error *err)
{
    if (!may_cite(p))
        return PIN_OK;
    pin_law    law = pin_index_law(p->ix);
    size_t     end = p->cut ? p->words[p->word_count - 1].to : p->query.len;
    pin_status s = pin_cite_scan(&p->refs, pin_str_part(p->query, 0, end), PIN_CITE_QUERY, &law, arena, err);
    if (s == PIN_LIMIT || s == PIN_NEED) {
        p->refs = (pin_refs){0};
        p->needs |= s == PIN_NEED;
        return PIN_OK;
    }
    return s;
}

pin_status plan_read_query(plan *p, pin_arena *arena, pin_error *err)
{
    if (p->query.len > PIN_QUERY_MAX)
        return pin_fail(err, PIN_LIMIT, PIN_QUERY_MAX, "the query is longer than 1 MiB");
    pin_status s = take_words(p, arena, err);
    if (s != PIN_OK)
        return s;
    take_phrases(p);
    return take_citations(p, arena, err);
}
