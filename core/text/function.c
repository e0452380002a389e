/* Words that only hold a sentence together, in English: articles, determiners, pronouns, question
 * words, auxiliaries, prepositions, conjunctions, a few light adverbs, and what folding makes of
 * contractions ("don't" is dont). They weigh 0.3 in search; none is ever left out. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/text/text.h"

#define WORD_MAX 12

/* Padded with zeros, by first letter. A new word moves the starts below; function_test.c tells. */
static const char words[][WORD_MAX] = {
    "a",          "about",    "above",      "across",  "after",     "against",    "all",        "along",
    "also",       "although", "am",         "amid",    "among",     "an",         "and",        "any",
    "are",        "arent",    "around",     "as",      "at",        "be",         "because",    "been",
    "before",     "behind",   "being",      "below",   "beneath",   "beside",     "besides",    "between",
    "beyond",     "both",     "but",        "by",      "can",       "cannot",     "cant",       "could",
    "couldnt",    "despite",  "did",        "didnt",   "do",        "does",       "doesnt",     "doing",
    "dont",       "down",     "during",     "each",    "either",    "every",      "except",     "for",
    "from",       "had",      "hadnt",      "has",     "hasnt",     "have",       "havent",     "having",
    "he",         "her",      "hers",       "herself", "him",       "himself",    "his",        "how",
    "i",          "if",       "im",         "in",      "inside",    "into",       "is",         "isnt",
    "it",         "its",      "itself",     "ive",     "just",      "like",       "may",        "me",
    "might",      "mine",     "must",       "mustnt",  "my",        "myself",     "near",       "neednt",
    "neither",    "no",       "nor",        "not",     "of",        "off",        "on",         "onto",
    "or",         "ought",    "our",        "ours",    "ourselves", "out",        "outside",    "over",
    "per",        "s",        "shall",      "she",     "should",    "shouldnt",   "since",      "so",
    "some",       "such",     "t",          "than",    "that",      "thats",      "the",        "their",
    "theirs",     "them",     "themselves", "then",    "there",     "these",      "they",       "theyll",
    "theyre",     "theyve",   "this",       "those",   "though",    "through",    "throughout", "till",
    "to",         "too",      "toward",     "towards", "under",     "underneath", "unless",     "until",
    "up",         "upon",     "us",         "very",    "via",       "was",        "wasnt",      "we",
    "were",       "werent",   "weve",       "what",    "whatever",  "when",       "whenever",   "where",
    "whereas",    "wherever", "whether",    "which",   "whichever", "while",      "who",        "whoever",
    "whom",       "whose",    "why",        "will",    "with",      "within",     "without",    "wont",
    "would",      "wouldnt",  "you",        "youll",   "your",      "youre",      "yours",      "yourself",
    "yourselves", "youve",
};

/* Where the words of each letter from a to z start, and where all end. */
static const uint8_t start[27] = {0,   21,  36,  41,  51,  55,  57,  57,  72,  84,  85,  85,  86, 94,
                                  100, 112, 113, 113, 113, 122, 148, 155, 157, 186, 186, 194, 194};

_Static_assert(sizeof words / sizeof words[0] == 194, "start[26] is the number of words");

bool pin_is_function_word(pin_str word)
{
    if (word.len == 0 || word.len >= WORD_MAX || word.at[0] < 'a' || word.at[0] > 'z')
        return false;
    uint8_t padded[WORD_MAX] = {0};
    memcpy(padded, word.at, word.len);
    uint64_t head = pin_load64(padded);
    uint32_t tail = pin_load32(padded + 8);
    bool     found = false;
    for (size_t i = start[word.at[0] - 'a']; i < start[word.at[0] - 'a' + 1]; i++) {
        const uint8_t *row = (const uint8_t *)words[i];
        /* every row is compared to its end: a branch here is guessed wrong too often */
        found |= ((pin_load64(row) ^ head) | (pin_load32(row + 8) ^ tail)) == 0;
    }
    return found;
}
