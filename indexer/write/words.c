/* Words as they are written, for prefixes and display, and the table that finds them from a typo.
 *
 * The table has every word under its own hash and under the hash of each text that is left when one
 * character is taken out. Codes and pairs of Han characters are not in it: one wrong digit is not a
 * typo but another number. In a large corpus a word must stand in two questions, else the table would
 * be larger than the dictionary and full of the corpus' own typos. */
#include "indexer/write/inside.h"

#define ALL_WORDS_UP_TO 50000 /* below so many words, all of them get into the typo table */
#define SHORTEST 3            /* bytes: one edit in a shorter word says nothing           */

static bool is_findable(const pin_key *word, uint32_t words)
{
    return word->is_word && word->len >= SHORTEST && (words <= ALL_WORDS_UP_TO || word->question_df >= 2);
}

static void add_deletes(pin_hash_rows *typos, pin_str word, uint32_t number)
{
    char reduced[PIN_TERM_MAX];
    pin_hash_add(typos, word, number);
    for (size_t at = 0; at < word.len;) {
        size_t next = at;
        pin_utf8_next(word, &next);
        memcpy(reduced, word.at, at);
        memcpy(reduced + at, word.at + next, word.len - next);
        pin_hash_add(typos, (pin_str){reduced, word.len - (next - at)}, number);
        at = next;
    }
}

pin_status pin_write_words(pin_sections *out, const pin_analysis *a)
{
    pin_pages     pages;
    pin_hash_rows typos = {.kind = PIN_S_TYPOS};
    uint32_t     *sorted = pin_vocabulary_sorted(&a->words);
    if (!sorted)
        return PIN_NO_SPACE;
    pin_pages_init(&pages, false, &a->words);
    for (uint32_t number = 0; number < a->words.count; number++) {
        const pin_key *word = &a->words.at[sorted[number]];
        pin_str        text = pin_vocabulary_text(&a->words, sorted[number]);
        uint8_t        data[2 * PIN_VARINT_MAX];
        size_t         len = pin_varint_put(data, word->df);
        len += pin_varint_put(data + len, word->question_df);
        if (!pin_pages_add(&pages, text, data, len)) {
            pin_pages_start(&pages, text, NULL);
            pin_pages_add(&pages, text, data, len);
        }
        if (is_findable(word, a->words.count))
            add_deletes(&typos, text, number);
    }
    free(sorted);
    pin_pages_finish(&pages, &out->s[PIN_S_WORD_KEYS]);
    pin_flow_take(&out->f[PIN_S_WORDS], &pages.pages);
    pin_hash_finish(&typos, out, a->items <= PIN_T_EVEN_ITEMS);
    return PIN_OK;
}
