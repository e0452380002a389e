/* Words that only hold a sentence together, in English: articles, determiners, pronouns, question
 * words, auxiliaries, prepositions, conjunctions, a few light adverbs, and what folding makes of
 * contractions ("don't" is dont). They weigh 0.3 in search; none is ever left out. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/text/text.h"

#define WORD_MAX 12

/* In byte order, padded with zeros: a binary search compares eight bytes at a time. */
static const char words[][WORD_MAX] = {
    "a", "about", "above", "across", "after", "against", "all", "along", "also", "although", "am",
    "amid", "among", "an", "and", "any", "are", "arent", "around", "as", "at", "be", "because", "been",
    "before", "behind", "being", "below", "beneath", "beside", "besides", "between", "beyond", "both",
    "but", "by", "can", "cannot", "cant", "could", "couldnt", "despite", "did", "didnt", "do", "does",
    "doesnt", "doing", "dont", "down", "during", "each", "either", "every", "except", "for", "from",
    "had", "hadnt", "has", "hasnt", "have", "havent", "having", "he", "her", "hers", "herself", "him",
    "himself", "his", "how", "i", "if", "im", "in", "inside", "into", "is", "isnt", "it", "its",
    "itself", "ive", "just", "like", "may", "me", "might", "mine", "must", "mustnt", "my", "myself",
    "near", "neednt", "neither", "no", "nor", "not", "of", "off", "on", "onto", "or", "ought", "our",
    "ours", "ourselves", "out", "outside", "over", "per", "s", "shall", "she", "should", "shouldnt",
    "since", "so", "some", "such", "t", "than", "that", "thats", "the", "their", "theirs", "them",
    "themselves", "then", "there", "these", "they", "theyll", "theyre", "theyve", "this", "those",
    "though", "through", "throughout", "till", "to", "too", "toward", "towards", "under", "underneath",
    "unless", "until", "up", "upon", "us", "very", "via", "was", "wasnt", "we", "were", "werent", "weve",
    "what", "whatever", "when", "whenever", "where", "whereas", "wherever", "whether", "which",
    "whichever", "while", "who", "whoever", "whom", "whose", "why", "will", "with", "within", "without",
    "wont", "would", "wouldnt", "you", "youll", "your", "youre", "yours", "yourself", "yourselves",
    "youve",
};

/* The first eight bytes as a number that orders as the bytes do. */
static uint64_t head_of(const char *padded)
{
    const uint8_t *p = (const uint8_t *)padded;
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
           (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

bool pin_is_function_word(pin_str word)
{
    if (word.len == 0 || word.len > WORD_MAX)
        return false;
    char padded[WORD_MAX] = {0};
    memcpy(padded, word.at, word.len);
    uint64_t head = head_of(padded);
    uint32_t tail = pin_load32((const uint8_t *)padded + 8);
    size_t   low = 0;
    for (size_t left = sizeof words / sizeof words[0]; left > 1;) { /* the word, if there, is in [low, low + left) */
        size_t half = left / 2;
        low = head_of(words[low + half]) <= head ? low + half : low;
        left -= half;
    }
    /* words of more than eight letters may share their first eight with the one before */
    for (size_t back = 0; back < 2 && back <= low; back++)
        if (head_of(words[low - back]) == head && pin_load32((const uint8_t *)words[low - back] + 8) == tail)
            return true;
    return false;
}
