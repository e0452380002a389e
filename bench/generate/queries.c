/* What readers type. See queries.h. */
#include "queries.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *const query_kind_names[QUERY_KINDS] = {"natural", "keywords", "typo", "prefix", "provision", "phrase"};

typedef struct spelling {
    uint32_t words[16], count;
} spelling;

static void add(spelling *s, uint32_t word)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->words[i] == word)
            return;
    s->words[s->count++] = word;
}

/* A content word that the reader has in mind: of the question, of the answer, or of the topic at large. */
static uint32_t remembered(const corpus *c, const item *target, chance *at)
{
    uint32_t from = chance_below(at, 100), word = target->question[target->question_count - 1];
    if (from < 55)
        word = target->question[target->opener_count + chance_below(at, target->question_count - target->opener_count)];
    else if (from < 80)
        word = target->answer[chance_below(at, target->answer_count)].word;
    return is_content(c, word) ? word : draw_content(c, at, target->topics);
}

static bool long_enough(const corpus *c, uint32_t word, uint32_t least)
{
    const word_text *w = &c->words.words[word];
    return w->len >= least && w->text[0] > '9';
}

static void natural(spelling *s, const corpus *c, const item *target, chance *at)
{
    s->count = draw_opener(s->words, c, at);
    uint32_t wanted = 8 + chance_below(at, 5);
    bool     content = true;
    while (s->count + 1 < wanted) {
        add(s, content ? remembered(c, target, at) : draw_function(c, at));
        content = !content || chance_below(at, 3) == 0;
    }
    /* ends with a content word that can be cut and misspelt */
    uint32_t before = s->count;
    for (uint32_t tries = 0; s->count == before; tries++) {
        uint32_t word = tries < 8 ? remembered(c, target, at) : draw_content(c, at, target->topics);
        if (long_enough(c, word, 5))
            add(s, word);
    }
}

static char *put_words(char *out, const corpus *c, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            *out++ = ' ';
        out = put_word(out, c, words[i]);
    }
    *out = '\0';
    return out;
}

static void keywords(char *out, const corpus *c, const item *target, chance *at, uint32_t wanted)
{
    spelling s = {.count = 0};
    while (s.count < wanted)
        add(&s, remembered(c, target, at));
    put_words(out, c, s.words, s.count);
}

/* One slip of the fingers inside the word at `word`, after its first letter. */
static void misspell(char *word, chance *at)
{
    size_t   len = strcspn(word, " "), rest = strlen(word) + 1;
    uint32_t i = 1 + chance_below(at, (uint32_t)len - 2);
    char     letter = word[i];
    switch (chance_below(at, 4)) {
    case 0: /* swapped with the next; equal letters cannot be */
        if (word[i] != word[i + 1]) {
            word[i] = word[i + 1];
            word[i + 1] = letter;
            return;
        }
        /* fall through */
    case 1: /* left out */
        memmove(word + i, word + i + 1, rest - i - 1);
        return;
    case 2: /* typed twice */
        memmove(word + i + 1, word + i, rest - i);
        return;
    default: /* another letter */
        word[i] = "abcdefghijklmnopqrstuvwxyz"[(letter - 'a' + 1 + (int)chance_below(at, 25)) % 26];
    }
}

static char *longest_word(char *text)
{
    char  *longest = text;
    size_t most = 0;
    for (char *at = text; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (len > most && *at > '9') {
            most = len;
            longest = at;
        }
        at += len;
    }
    return longest;
}

static void typo(char *out, chance *at)
{
    char *word = longest_word(out);
    misspell(word, at);
    if (strcspn(word, " ") >= 8 && chance_below(at, 10) < 3)
        misspell(word, at);
}

/* Keeps at least two letters of the last word and drops at least one. */
static void cut(char *out, chance *at)
{
    char    *last = strrchr(out, ' ') + 1;
    uint32_t len = (uint32_t)strlen(last);
    last[2 + chance_below(at, len - 2)] = '\0';
}

static void provision(char *out, const corpus *c, const item *target, chance *at)
{
    const char *text = target->citations[0].text;
    uint32_t    a = 0, b = 0, style = chance_below(at, 4);
    if (sscanf(text, "Article %u(%u)", &a, &b) == 2 && style > 0)
        snprintf(out, 64, style == 1 ? "art. %u(%u)" : style == 2 ? "article %u paragraph %u" : "%u(%u)", a, b);
    else if (sscanf(text, "Annex I, Part II, point (%u)", &b) == 1 && style > 0)
        snprintf(out, 64, style == 1 ? "annex 1 part 2 point %u" : "Annex I Part II point (%u)", b);
    else
        snprintf(out, 64, "%s", text);
    if (chance_below(at, 2)) {
        strcat(out, " ");
        keywords(out + strlen(out), c, target, at, 1 + chance_below(at, 2));
    }
}

/* Where in the answer `count` words stand together with no mark between them and a content word among them. */
static bool stands_together(const corpus *c, const item *target, uint32_t from, uint32_t count)
{
    bool content = false;
    for (uint32_t i = from; i < from + count; i++) {
        const token *t = &target->answer[i];
        if (i + 1 < from + count && (t->comma || t->stop))
            return false;
        content = content || is_content(c, t->word);
    }
    return content;
}

static void phrase(char *out, const corpus *c, const item *target, chance *at)
{
    uint32_t count = 2 + chance_below(at, 3), from, tries = 0;
    do {
        from = chance_below(at, target->answer_count - count + 1);
        if (++tries % 16 == 0 && count > 2)
            count--;
    } while (!stands_together(c, target, from, count) && tries < 200);
    *out++ = '"';
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            *out++ = ' ';
        out = put_word(out, c, target->answer[from + i].word);
    }
    out = put_text(out, "\"");
    *out = '\0';
    if (chance_below(at, 10) < 4) {
        *out++ = ' ';
        keywords(out, c, target, at, 1);
    }
}

void query_make(char out[QUERY_MAX], item *target, const corpus *c, query_kind kind, uint32_t number)
{
    chance   at = chance_of(c->seed, (uint64_t)'q' << 8 | kind, number);
    spelling s = {.count = 0};
    item_make(target, c, chance_below(&at, c->item_count));
    switch (kind) {
    case QUERY_KEYWORDS:
        keywords(out, c, target, &at, 2 + chance_below(&at, 3));
        return;
    case QUERY_PROVISION:
        provision(out, c, target, &at);
        return;
    case QUERY_PHRASE:
        phrase(out, c, target, &at);
        return;
    default:
        natural(&s, c, target, &at);
        put_words(out, c, s.words, s.count);
        if (kind == QUERY_TYPO)
            typo(out, &at);
        if (kind == QUERY_PREFIX)
            cut(out, &at);
    }
}
