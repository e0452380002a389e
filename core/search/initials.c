/* An unknown word whose letters are the first letters of a row of words in some question: RDPS for
 * "remote data processing solutions", PwDE for "product with digital elements", DoC.
 *
 * Nobody need have explained it in the corpus. The forward index has every question as numbers of terms,
 * and terms with the same first letter are one range of numbers, so a pass over the questions is a pass
 * over numbers; only the few rows found are then read as text. Small corpora only. */
#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"

#define LETTERS_MIN 3
#define LETTERS_MAX 6
#define ROWS_MAX 16 /* different rows of terms looked at */
#define READ_MAX 4  /* of which are read as text */

typedef struct letter_range {
    uint32_t first, end;
} letter_range;

typedef struct term_row {
    uint32_t terms[LETTERS_MAX];
    uint32_t count;    /* questions that have it */
    uint32_t item, at; /* the first of them, and where in it */
} term_row;

typedef struct reading_initials {
    letter_range letters[LETTERS_MAX];
    uint32_t     len;
    term_row     rows[ROWS_MAX];
    uint32_t     row_count;
} reading_initials;

/* Three to six letters, at least two of them capitals: RDPS, PwDE, DoC. */
static bool looks_like_initials(const plan *p, const plan_word *word)
{
    uint32_t capitals = 0, len = word->to - word->from;
    if (len < LETTERS_MIN || len > LETTERS_MAX || word->folded.len != len)
        return false;
    for (uint32_t i = word->from; i < word->to; i++) {
        unsigned char c = (unsigned char)p->query.at[i];
        if (!pin_is_alpha(c))
            return false;
        capitals += c <= 'Z';
    }
    return capitals >= 2;
}

static pin_status letter_ranges(reading_initials *r, plan *p, const plan_word *word, pin_error *err)
{
    r->len = (uint32_t)word->folded.len;
    for (uint32_t i = 0; i < r->len; i++) {
        pin_status s = pin_read_term_range(&r->letters[i].first, &r->letters[i].end, p->ix,
                                           pin_str_part(word->folded, i, i + 1), err);
        if (s != PIN_OK)
            return s;
    }
    return PIN_OK;
}

static bool row_matches(const reading_initials *r, const uint32_t *terms)
{
    for (uint32_t i = 0; i < r->len; i++)
        if (terms[i] < r->letters[i].first || terms[i] >= r->letters[i].end)
            return false;
    return true;
}

static void count_row(reading_initials *r, const uint32_t *terms, uint32_t item, uint32_t at)
{
    for (uint32_t i = 0; i < r->row_count; i++) {
        uint32_t same = 0;
        while (same < r->len && r->rows[i].terms[same] == terms[same])
            same++;
        if (same == r->len) {
            r->rows[i].count++;
            return;
        }
    }
    if (r->row_count == ROWS_MAX)
        return;
    term_row *row = &r->rows[r->row_count++];
    *row = (term_row){.count = 1, .item = item, .at = at};
    for (uint32_t i = 0; i < r->len; i++)
        row->terms[i] = terms[i];
}

static pin_status find_rows(reading_initials *r, plan *p, pin_error *err)
{
    uint32_t terms[RULE_QUESTION_TERMS], count;
    pin_status all = pin_read_all_question_terms(p->ix, err);
    if (all != PIN_OK)
        return all;
    for (uint32_t item = 0; item < p->settings.item_count; item++) {
        pin_status s = pin_read_question_terms(terms, RULE_QUESTION_TERMS, &count, p->ix, item, err);
        if (s != PIN_OK)
            return s;
        for (uint32_t at = 0; at + r->len <= count; at++)
            if (row_matches(r, terms + at))
                count_row(r, terms + at, item, at);
    }
    return PIN_OK;
}

/* The words of the row as keys. A capital must stand for a word that says something. */
static pin_status row_keys(pin_str *keys, bool *good, plan *p, const term_row *row, const plan_word *word,
                           pin_arena *arena, pin_error *err)
{
    pin_item      item;
    pin_tokenizer t;
    pin_token     token;
    uint32_t      at = 0, len = (uint32_t)word->folded.len, n = 0;
    *good = false;
    pin_status s = pin_index_item(&item, p->ix, row->item, arena, err);
    if (s != PIN_OK)
        return s;
    pin_tokenizer_init(&t, item.question, item.language.len ? item.language : p->settings.language);
    while (n < len && pin_tokenizer_next(&t, &token)) {
        if (token.part || at++ < row->at)
            continue;
        bool capital = (unsigned char)p->query.at[word->from + n] <= 'Z';
        if (token.function && (capital || n == 0 || n + 1 == len))
            return PIN_OK;
        if (!(keys[n++] = pin_arena_copy(arena, token.term)).at)
            return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    }
    *good = n == len;
    return PIN_OK;
}

static term_row *most_frequent(reading_initials *r)
{
    term_row *best = NULL;
    for (uint32_t i = 0; i < r->row_count; i++)
        if (r->rows[i].count && (!best || r->rows[i].count > best->count))
            best = &r->rows[i];
    return best;
}

static pin_status add_rows(plan *p, plan_slot *slot, reading_initials *r, pin_arena *arena, pin_error *err)
{
    const plan_word *word = &p->words[slot->word];
    pin_str          keys[LETTERS_MAX];
    term_row        *row;
    for (uint32_t read = 0; read < READ_MAX && (row = most_frequent(r)) != NULL; read++) {
        bool       good, added;
        pin_status s = row_keys(keys, &good, p, row, word, arena, err);
        row->count = 0;
        if (s == PIN_OK && good)
            s = plan_add_way(&added, p, slot, PIN_TIER_SYNONYM, RULE_INITIALS, keys, r->len, arena, err);
        if (s != PIN_OK)
            return s;
    }
    return PIN_OK;
}

pin_status plan_add_initials(plan *p, plan_slot *slot, pin_arena *arena, pin_error *err)
{
    const plan_word *word = &p->words[slot->word];
    reading_initials r = {0};
    if (p->settings.item_count > RULE_INITIALS_ITEMS || !looks_like_initials(p, word))
        return PIN_OK;
    pin_status s = letter_ranges(&r, p, word, err);
    if (s == PIN_OK)
        s = find_rows(&r, p, err);
    if (s == PIN_OK)
        s = add_rows(p, slot, &r, arena, err);
    p->needs |= s == PIN_NEED;
    return s == PIN_NEED || s == PIN_NOT_FOUND ? PIN_OK : s;
}
