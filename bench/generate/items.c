/* What the items say. See items.h. */
#include "items.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const openings[] = {
    "what is the",          "what is a",         "what are the",       "how do i",          "how does the",
    "how long must the",    "how long does a",   "how can we",         "when must the",     "when does a",
    "who must",             "who can",           "where do i",         "where can i",       "why does the",
    "does the",             "does a",            "do i need",          "do we have to",     "can a",
    "can the same",         "is it",             "is there a",         "is the",            "are there any",
    "may a",                "must the",          "must every",         "should we",         "which",
    "what if the",          "what if my",        "what does a",        "how often must the", "how much of the",
    "until when must the",  "under which",       "does it need",       "what about the",    "whether and how the",
};

static const char *const other_acts[] = {
    "Regulation (EU) 2019/1020", "NIS 2 Directive",           "Regulation (EU) 2023/1230",
    "Radio Equipment Directive", "Regulation (EU) 2023/988",  "Data Act",
};

static const char *const statuses[] = {"approved", "approved", "approved", "approved", "approved",
                                       "approved", "reviewed", "reviewed", "draft",    "pending-guidance"};

/* ---- The corpus ---- */
static void read_openings(corpus *c)
{
    c->opener_count = sizeof openings / sizeof *openings;
    for (uint32_t i = 0; i < c->opener_count; i++) {
        uint32_t count = 0;
        for (const char *at = openings[i]; *at;) {
            uint32_t len = (uint32_t)strcspn(at, " ");
            c->openers[i][count++] = vocabulary_function(&c->words, at, len);
            at += len + (at[len] == ' ');
        }
        c->openers[i][count] = UINT32_MAX;
    }
}

static void make_modules(corpus *c)
{
    uint64_t *weights = calloc(c->module_count, sizeof *weights);
    if (!weights)
        exit(2);
    for (uint32_t i = 0; i < c->module_count; i++)
        weights[i] = zipf_weight(i, 80, 700);
    alias_make(&c->modules, weights, c->module_count);
    free(weights);
}

/* Two 64-bit numbers have together 128 bits, of which 64 +- 5.7 are set: a bell curve without a logarithm.
 * The length is 2^(6.20 + 0.8 * deviations): median 73 words, mean 85. */
static void make_answer_lengths(corpus *c)
{
    const uint64_t one = (uint64_t)1 << 32;
    for (uint32_t i = 0; i <= 128; i++) {
        int64_t  away = (int64_t)i - 64;
        int64_t  log = (int64_t)(620 * one / 100) + away * (int64_t)(one / 1000 * 141);
        uint64_t words = log < (int64_t)one ? 0 : fixed_exp2((uint64_t)log < 10 * one ? (uint64_t)log : 10 * one);
        c->answer_lengths[i] = words < 8 ? 8 : words > 400 ? 400 : (uint32_t)words;
    }
}

static uint32_t clamp(uint64_t n, uint32_t low, uint32_t high)
{
    return n < low ? low : n > high ? high : (uint32_t)n;
}

void corpus_make(corpus *out, uint32_t item_count, uint64_t seed)
{
    *out = (corpus){.seed = seed, .item_count = item_count};
    out->module_count = clamp(item_count / 40, 12, 5000);
    out->topic_count = clamp(out->module_count, 12, 600);
    vocabulary_make(&out->words, seed, clamp(30 * whole_root((uint64_t)item_count * 87), 2048, 2000000));
    read_openings(out);
    make_modules(out);
    make_answer_lengths(out);
}

/* ---- Words of a text ---- */

/* Ranks come in runs of 64 neighbours, alike in frequency; of each run every topic prefers four words. */
static uint32_t topical(const corpus *c, uint32_t content, uint32_t topic, uint32_t pick)
{
    uint32_t run = content & ~63u;
    uint32_t word = run + (uint32_t)(scramble(((uint64_t)run << 32 | topic) + (uint64_t)pick * CHANCE_STEP) >> 58);
    return word < c->words.count - c->words.function_count ? word : content;
}

uint32_t draw_content(const corpus *c, chance *at, topic_span topics)
{
    uint32_t content = alias_draw(&c->words.content, chance_next(at));
    uint64_t how = chance_next(at);
    uint32_t share = how & 127, pick = how >> 8 & 3;
    if (share < 48)
        content = topical(c, content, topics.own, pick);
    else if (share < 64)
        content = topical(c, content, topics.side, pick);
    return c->words.function_count + content;
}

uint32_t draw_function(const corpus *c, chance *at)
{
    return alias_draw(&c->words.function, chance_next(at));
}

uint32_t draw_opener(uint32_t *out, const corpus *c, chance *at)
{
    const uint32_t *opener = c->openers[chance_below(at, c->opener_count)];
    uint32_t        count = 0;
    while (opener[count] != UINT32_MAX) {
        out[count] = opener[count];
        count++;
    }
    return count;
}

static void make_question(item *it, const corpus *c, chance *at)
{
    it->question_count = it->opener_count = draw_opener(it->question, c, at);
    uint32_t wanted = 2 + chance_below(at, 6) + chance_below(at, 5);
    for (uint32_t i = 0; i < wanted; i++) {
        bool content = i == 0 || i + 1 == wanted || chance_below(at, 10) < 5;
        it->question[it->question_count++] = content ? draw_content(c, at, it->topics) : draw_function(c, at);
    }
}

/* A word of the question again, which is what answers do. */
static uint32_t echo(const item *it, const corpus *c, uint64_t how)
{
    uint32_t word = it->question[it->opener_count + part_of(how, it->question_count - it->opener_count)];
    return is_content(c, word) ? word : it->question[it->question_count - 1];
}

static uint32_t next_word(const item *it, const corpus *c, chance *at)
{
    uint64_t how = chance_next(at);
    uint32_t share = how & 1023;
    if (share < 430)
        return draw_function(c, at);
    if (share < 470)
        return echo(it, c, how);
    if (share < 520 && it->answer_count >= 4) {
        uint32_t word = it->answer[part_of(how, it->answer_count)].word;
        if (is_content(c, word))
            return word;
    }
    return draw_content(c, at, it->topics);
}

static void make_answer(item *it, const corpus *c, chance *at)
{
    int      bell = __builtin_popcountll(chance_next(at)) + __builtin_popcountll(chance_next(at));
    uint32_t wanted = c->answer_lengths[bell], left = 6 + chance_below(at, 18);
    while (it->answer_count < wanted) {
        token    t = {.word = next_word(it, c, at)};
        uint32_t dice = t.word * 2654435761u ^ it->answer_count * 40503u;
        left--;
        t.stop = left == 0 || it->answer_count + 1 == wanted;
        t.comma = !t.stop && left > 2 && (dice >> 16) % 13 == 0;
        if (t.stop)
            left = 6 + chance_below(at, 18);
        it->answer[it->answer_count++] = t;
    }
}

/* ---- Citations ---- */

/* A module keeps citing the same few articles; the small numbers are cited most. */
static uint32_t article(const item *it, chance *at)
{
    uint64_t of_module = scramble((uint64_t)it->module * 5 + chance_below(at, 5));
    uint32_t a = part_of(of_module, 71), b = part_of(of_module << 32, 71);
    return 1 + (a < b ? a : b);
}

static void name_provision(citation *to, const item *it, chance *at)
{
    uint32_t kind = chance_below(at, 100), n = article(it, at);
    if (kind < 72)
        snprintf(to->text, sizeof to->text, "Article %u(%u)", n, 1 + chance_below(at, 9));
    else if (kind < 82)
        snprintf(to->text, sizeof to->text, "Article %u", n);
    else if (kind < 94)
        snprintf(to->text, sizeof to->text, "Annex I, Part II, point (%u)", 1 + chance_below(at, 8));
    else
        snprintf(to->text, sizeof to->text, "recital %u", 1 + chance_below(at, 130));
}

static void make_citations(item *it, const corpus *c, chance *at)
{
    uint32_t dice = chance_below(at, 100);
    it->citation_count = dice < 65 ? 1 : dice < 94 ? 2 : 3;
    for (uint32_t i = 0; i < it->citation_count; i++) {
        citation *to = &it->citations[i];
        bool      main_act = chance_below(at, 100) < 78;
        to->source = main_act ? "cra" : other_acts[chance_below(at, sizeof other_acts / sizeof *other_acts)];
        name_provision(to, it, at);
        to->note_count = chance_below(at, 2) * (3 + chance_below(at, 4));
        for (uint32_t k = 0; k < to->note_count; k++)
            to->note[k] = k % 3 == 1 ? draw_function(c, at) : draw_content(c, at, it->topics);
    }
    it->mentions = chance_below(at, 100) < 35;
}

void item_make(item *out, const corpus *c, uint32_t number)
{
    chance at = chance_of(c->seed, 'i', number);
    out->number = number;
    out->question_count = out->answer_count = 0;
    out->module = alias_draw(&c->modules, chance_next(&at));
    uint32_t other = alias_draw(&c->modules, chance_next(&at));
    out->topics = (topic_span){out->module % c->topic_count, other % c->topic_count};
    out->status = statuses[chance_below(&at, sizeof statuses / sizeof *statuses)];
    make_question(out, c, &at);
    make_answer(out, c, &at);
    make_citations(out, c, &at);
}

/* ---- Writing ---- */
char *put_text(char *out, const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

char *put_word(char *out, const corpus *c, uint32_t word)
{
    const word_text *w = &c->words.words[word];
    memcpy(out, w->text, WORD_MAX); /* always the whole slot: cheaper than the exact length */
    return out + w->len;
}

static char *put_number(char *out, uint32_t n)
{
    char digits[10];
    int  count = 0;
    do
        digits[count++] = (char)('0' + n % 10);
    while (n /= 10);
    while (count)
        *out++ = digits[--count];
    return out;
}

/* "Update policy 17", and "update-policy-17" as a slug. */
static char *put_module(char *out, const item *it, char between)
{
    uint64_t names = scramble(it->module + CHANCE_STEP);
    char    *start = out;
    out = put_text(out, term_of_law((uint32_t)(names >> 8 & 0xffff)));
    *out++ = between;
    out = put_text(out, term_of_law((uint32_t)(names >> 40)));
    *out++ = between;
    if (between == ' ')
        *start = (char)(*start - 'a' + 'A');
    return put_number(out, it->module + 1);
}

size_t item_write_id(char *out, const corpus *c, const item *it)
{
    char *at = put_module(out, it, '-');
    *at++ = '/';
    at = put_word(at, c, it->question[it->opener_count]);
    *at++ = '-';
    at = put_word(at, c, it->question[it->question_count - 1]);
    *at++ = '-';
    return (size_t)(put_number(at, it->number + 1) - out);
}

static char *put_capital(char *out, const corpus *c, uint32_t word)
{
    char *end = put_word(out, c, word);
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return end;
}

static char *put_question(char *out, const corpus *c, const item *it)
{
    out = put_capital(out, c, it->question[0]);
    for (uint32_t i = 1; i < it->question_count; i++) {
        *out++ = ' ';
        out = put_word(out, c, it->question[i]);
    }
    *out++ = '?';
    return out;
}

static char *put_answer(char *out, const corpus *c, const item *it)
{
    bool fresh = true;
    for (uint32_t i = 0; i < it->answer_count; i++) {
        const token *t = &it->answer[i];
        if (i)
            *out++ = ' ';
        out = fresh ? put_capital(out, c, t->word) : put_word(out, c, t->word);
        fresh = t->stop;
        if (t->stop || t->comma)
            *out++ = t->stop ? '.' : ',';
    }
    if (it->mentions) {
        out = put_text(out, " This follows from ");
        out = put_text(out, it->citations[0].text);
        *out++ = '.';
    }
    return out;
}

static char *put_citation(char *out, const corpus *c, const citation *from)
{
    out = put_text(out, "{\"source\":\"");
    out = put_text(out, from->source);
    out = put_text(out, "\",\"provision\":\"");
    out = put_text(out, from->text);
    if (from->note_count)
        out = put_text(out, "\",\"note\":\"");
    for (uint32_t i = 0; i < from->note_count; i++) {
        if (i)
            *out++ = ' ';
        out = put_word(out, c, from->note[i]);
    }
    return put_text(out, "\"}");
}

size_t item_write_line(char *out, const corpus *c, const item *it)
{
    char *at = put_text(out, "{\"id\":\"");
    at += item_write_id(at, c, it);
    at = put_text(at, "\",\"module\":\"");
    at = put_module(at, it, ' ');
    at = put_text(at, "\",\"question\":\"");
    at = put_question(at, c, it);
    at = put_text(at, "\",\"answer\":\"");
    at = put_answer(at, c, it);
    at = put_text(at, "\",\"citations\":[");
    for (uint32_t i = 0; i < it->citation_count; i++) {
        if (i)
            *at++ = ',';
        at = put_citation(at, c, &it->citations[i]);
    }
    at = put_text(at, "],\"status\":\"");
    at = put_text(at, it->status);
    at = put_text(at, "\"}\n");
    return (size_t)(at - out);
}
