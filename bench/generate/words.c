/* Makes the vocabulary. See words.h. */
#include "words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Roughly by frequency in answers to questions. */
static const char *const function_words[] = {
    "the",    "of",     "to",      "a",      "and",   "is",      "in",     "for",   "be",     "that",   "or",
    "must",   "it",     "with",    "an",     "on",    "as",      "by",     "are",   "this",   "not",    "if",
    "may",    "from",   "which",   "at",     "can",   "has",     "its",    "any",   "when",   "you",    "have",
    "no",     "does",   "what",    "do",     "your",  "they",    "such",   "will",  "all",    "only",   "where",
    "who",    "how",    "under",   "should", "other", "their",   "before", "after", "each",   "than",   "also",
    "we",     "then",   "but",     "both",   "these", "without", "until",  "there", "same",   "unless", "whether",
    "into",   "once",   "more",    "while",  "was",   "because", "our",    "long",  "those",  "per",    "between",
    "within", "been",   "would",   "through", "so",   "why",     "still",  "them",  "over",   "about",  "up",
    "most",   "every",  "were",    "yes",    "either", "very",   "again",  "much",  "during", "could",  "my",
    "i",      "many",   "out",     "often",  "need",  "us",      "even",   "here",  "against", "own",   "few",
};
enum { FUNCTION_WORDS = sizeof function_words / sizeof *function_words };

static const char *const law_terms[] = {
    "product",    "manufacturer", "update",      "security",   "market",      "support",    "user",
    "risk",       "component",    "requirement", "software",   "device",      "period",     "conformity",
    "assessment", "vulnerability", "information", "document",  "service",     "importer",   "distributor",
    "authority",  "report",       "version",     "declaration", "label",      "network",    "access",
    "evidence",   "contract",     "supplier",    "incident",   "standard",    "class",      "body",
    "mark",       "file",         "notice",      "warranty",   "repair",      "battery",    "recall",
    "safety",     "test",         "design",      "default",    "password",    "data",       "storage",
    "encryption", "interface",    "firmware",    "source",     "licence",     "steward",    "owner",
    "register",   "invoice",      "deadline",    "penalty",    "exemption",   "transition", "purpose",
    "use",        "model",        "batch",       "serial",     "address",     "contact",    "language",
    "manual",     "packaging",    "sensor",      "gateway",    "module",      "platform",   "account",
    "backup",     "log",          "audit",       "policy",     "process",     "training",   "review",
    "customer",   "member",       "union",       "state",      "commission",  "decision",   "order",
    "24",         "72",           "2027",        "14",         "30",          "5",          "10",
};
enum { LAW_TERMS = sizeof law_terms / sizeof *law_terms, LAW_NOUNS = LAW_TERMS - 7 };

static const char *const onsets[] = {"b", "d", "f", "g", "h", "k", "l",  "m",  "n",  "p",  "r",  "s",  "t",  "v",  "w", "c",
                                     "b", "d", "l", "m", "n", "p", "r",  "s",  "t",  "br", "cl", "gr", "pl", "st", "tr", "sh"};
static const char *const vowels[] = {"a", "e", "i", "o", "u", "a", "e", "i", "o", "a", "e", "o", "i", "u", "ea", "ou"};
static const char *const codas[] = {"", "", "", "", "n", "r", "l", "n", "r", "s", "t", "m", "nd", "st", "rt", "ck"};
static const char *const endings[] = {"s",  "s",  "s",    "ed",   "ed",    "ing",  "ing", "er",
                                      "al", "ly", "ness", "able", "ation", "ment", "ity", "ive"};

/* ---- Words seen so far: an open hash table of word numbers plus one ---- */
typedef struct seen {
    uint32_t *slots, mask;
} seen;

static uint32_t *seen_slot(const seen *s, const vocabulary *v, const word_text *w)
{
    uint64_t hash = w->len;
    for (uint32_t i = 0; i < w->len; i++)
        hash = scramble(hash + (uint8_t)w->text[i]);
    for (uint32_t at = (uint32_t)hash & s->mask;; at = (at + 1) & s->mask) {
        uint32_t number = s->slots[at];
        if (!number)
            return &s->slots[at];
        const word_text *other = &v->words[number - 1];
        if (other->len == w->len && memcmp(other->text, w->text, w->len) == 0)
            return NULL;
    }
}

/* ---- Making one word ---- */
static bool append(word_text *w, const char *part)
{
    size_t len = strlen(part);
    if (w->len + len > WORD_MAX)
        return false;
    memcpy(w->text + w->len, part, len);
    w->len = (uint8_t)(w->len + len);
    return true;
}

static bool invent(word_text *w, chance *c, uint32_t rank)
{
    uint32_t syllables = rank < 800 ? 1 + chance_below(c, 2) : rank < 20000 ? 2 : 2 + chance_below(c, 2);
    for (uint32_t i = 0; i < syllables; i++) {
        uint64_t number = chance_next(c);
        bool     last = i + 1 == syllables;
        if (!append(w, onsets[number % 32]) || !append(w, vowels[number / 32 % 16]) ||
            !append(w, codas[number / 512 % (last ? 16 : 9)]))
            return false;
    }
    return w->len >= 3;
}

/* Two words in five are an inflection of a more frequent word, as "updates" is of "update". Which ranks
 * those are follows from the rank alone, so that nothing is inflected twice. */
static bool is_inflection(uint64_t seed, uint32_t rank)
{
    return rank >= LAW_TERMS && scramble(seed + rank * CHANCE_STEP) % 1000 < 400;
}

static bool inflect(word_text *w, const vocabulary *v, chance *c, uint64_t seed, uint32_t rank)
{
    uint32_t         of = chance_below(c, rank / 2);
    const word_text *base = &v->words[v->function_count + of];
    if (base->text[0] <= '9' || is_inflection(seed, of))
        return false;
    *w = *base;
    const char *ending = endings[chance_below(c, 16)];
    if (ending[0] == 's' && strchr("sxyh", w->text[w->len - 1]))
        return false;
    bool        mute = w->text[w->len - 1] == 'e' && strchr("aei", ending[0]);
    w->len = (uint8_t)(w->len - mute);
    return append(w, ending);
}

static bool count_something(word_text *w, chance *c)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", chance_below(c, 4) ? chance_below(c, 1000) : 1990 + chance_below(c, 60));
    return append(w, digits);
}

static bool try_word(word_text *w, const vocabulary *v, chance *c, uint64_t seed, uint32_t rank)
{
    *w = (word_text){.len = 0};
    if (rank < LAW_TERMS)
        return append(w, law_terms[rank]);
    if (is_inflection(seed, rank))
        return inflect(w, v, c, seed, rank);
    return chance_below(c, 100) < 2 ? count_something(w, c) : invent(w, c, rank);
}

static void *need(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "generate: out of memory\n");
        exit(2);
    }
    return memory;
}

static void make_frequencies(vocabulary *v)
{
    uint32_t  content_count = v->count - v->function_count;
    uint64_t *weights = need(v->count, sizeof *weights);
    for (uint32_t i = 0; i < v->function_count; i++)
        weights[i] = zipf_weight(i, 25, 1000);
    alias_make(&v->function, weights, v->function_count);
    for (uint32_t i = 0; i < content_count; i++)
        weights[i] = zipf_weight(i, 210, 1030);
    alias_make(&v->content, weights, content_count);
    free(weights);
}

void vocabulary_make(vocabulary *out, uint64_t seed, uint32_t content_count)
{
    uint32_t cap = 1024;
    while (cap < 2 * (content_count + FUNCTION_WORDS))
        cap *= 2;
    seen s = {need(cap, sizeof *s.slots), cap - 1};
    *out = (vocabulary){.words = need((size_t)content_count + FUNCTION_WORDS, sizeof *out->words)};
    for (uint32_t i = 0; i < FUNCTION_WORDS + content_count; i++) {
        chance    c = chance_of(seed, 'w', i);
        word_text w = {.len = 0};
        uint32_t *slot = NULL;
        while (!slot) {
            bool good = i < FUNCTION_WORDS ? append(&w, function_words[i])
                                           : try_word(&w, out, &c, seed, i - FUNCTION_WORDS);
            slot = good ? seen_slot(&s, out, &w) : NULL;
            if (!slot && i < FUNCTION_WORDS + LAW_TERMS) {
                fprintf(stderr, "generate: the word lists hold '%.*s' twice\n", w.len, w.text);
                exit(2);
            }
        }
        out->words[out->count++] = w;
        *slot = out->count;
        if (i < FUNCTION_WORDS)
            out->function_count++;
    }
    free(s.slots);
    make_frequencies(out);
}

uint32_t vocabulary_function(const vocabulary *v, const char *text, uint32_t len)
{
    for (uint32_t i = 0; i < v->function_count; i++)
        if (v->words[i].len == len && memcmp(v->words[i].text, text, len) == 0)
            return i;
    fprintf(stderr, "generate: '%.*s' is no function word\n", (int)len, text);
    exit(2);
}

const char *term_of_law(uint32_t n)
{
    return law_terms[n % LAW_NOUNS];
}
