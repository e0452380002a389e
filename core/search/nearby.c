/* Words of the index near a word of the query: completions of one being typed, corrections of one that
 * no item has.
 *
 * Distance is optimal string alignment: insert, delete, replace, or swap two neighbours, each one edit
 * (Damerau 1964, in the restricted form of Boytsov 2011, section 2.2). Candidates at one edit come
 * from a table of all words with one character deleted (Mor and Fraenkel 1982; SymSpell), at two edits
 * from a walk over the words with the same first letter, sharing the rows of the edit table between
 * neighbours in the sorted list. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"

#define LETTERS_MAX PIN_TERM_MAX
#define DELETES_TAKE 16
#define TERM_PAGES_AHEAD 2

typedef struct letters {
    uint32_t at[LETTERS_MAX];
    uint32_t count;
} letters;

static void letters_of(letters *out, pin_str text)
{
    size_t   at = 0;
    uint32_t count = 0;
    while (at < text.len && count < LETTERS_MAX) {
        uint8_t byte = (uint8_t)text.at[at];
        out->at[count++] = byte < 0x80 ? (at++, byte) : pin_utf8_next(text, &at);
    }
    out->count = count;
}

/* ---- The best few ---- */
typedef struct best_few {
    plan_candidate *at;
    uint32_t        cap, count;
} best_few;

static bool is_better(const plan_candidate *a, const plan_candidate *b)
{
    if (a->edits != b->edits)
        return a->edits < b->edits;
    if (a->question_df != b->question_df)
        return a->question_df > b->question_df;
    if (a->df != b->df)
        return a->df > b->df;
    return pin_str_order(a->text, b->text) < 0;
}

/* Keeps the candidate if it is among the best; its text is copied then. */
static pin_status keep(best_few *best, plan_candidate c, pin_arena *arena, pin_error *err)
{
    uint32_t place = best->count;
    for (uint32_t i = 0; i < best->count; i++)
        if (pin_str_equal(best->at[i].text, c.text))
            return PIN_OK;
    while (place > 0 && is_better(&c, &best->at[place - 1]))
        place--;
    if (place == best->cap)
        return PIN_OK;
    c.text = pin_arena_copy(arena, c.text);
    if (!c.text.at)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    if (best->count < best->cap)
        best->count++;
    for (uint32_t i = best->count - 1; i > place; i--)
        best->at[i] = best->at[i - 1];
    best->at[place] = c;
    return PIN_OK;
}

/* Missing bytes are asked for and the search goes on without them. */
static pin_status or_need(plan *p, pin_status s)
{
    p->needs |= s == PIN_NEED;
    return s == PIN_NEED ? PIN_NOT_FOUND : s;
}

/* ---- Completions ---- */
pin_status plan_completions(plan_candidate *out, uint32_t cap, uint32_t *count, plan *p, pin_str prefix,
                            pin_arena *arena, pin_error *err)
{
    best_few      best = {.at = out, .cap = cap};
    pin_word_walk walk;
    pin_word      word;
    pin_read_words_ahead(p->ix, prefix, RULE_PREFIX_WALK);
    pin_status s = pin_words_seek(&walk, p->ix, prefix, err);
    if (s == PIN_NEED) /* what they will be, their terms begin likewise */
        pin_read_terms_ahead(p->ix, prefix, TERM_PAGES_AHEAD);
    s = or_need(p, s);
    for (uint32_t seen = 0; s == PIN_OK && seen < RULE_PREFIX_WALK; seen++) {
        s = or_need(p, pin_words_next(&word, &walk, err));
        if (s != PIN_OK || !pin_str_starts(word.text, prefix))
            break;
        if (word.text.len > prefix.len)
            s = keep(&best,
                     (plan_candidate){.text = word.text, .df = word.df, .question_df = word.question_df},
                     arena, err);
    }
    *count = best.count;
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

/* ---- Edit distance ---- */
#define FAR 128 /* above any distance between two words */

typedef struct edit_rows {
    letters  word;                                  /* the word of the query                          */
    uint8_t  row[LETTERS_MAX + 1][LETTERS_MAX + 2]; /* row r: the candidate's first r letters         */
    letters  last;                                  /* the candidate that the rows belong to          */
    uint32_t valid;                                 /* rows 0..valid are right for `last`             */
    uint32_t band;                                  /* places further from the diagonal are not right */
} edit_rows;

static void rows_init(edit_rows *e, pin_str word)
{
    letters_of(&e->word, word);
    for (uint32_t j = 0; j <= e->word.count; j++)
        e->row[0][j] = (uint8_t)j;
    e->last.count = 0;
    e->valid = e->band = 0;
}

/* Row r from rows r-1 and r-2; returns its smallest entry. What is further from the diagonal than the edits
 * allowed is more than those edits away, so it is left out, with a mark on either side. */
static uint32_t fill_row(edit_rows *e, uint32_t r)
{
    uint8_t       *now = e->row[r];
    const uint8_t *up = e->row[r - 1];
    uint32_t       from = r > e->band ? r - e->band : 1;
    uint32_t       to = e->word.count - r > e->band && e->word.count > r ? r + e->band : e->word.count;
    uint32_t       c = e->last.at[r - 1], least = from == 1 ? r : FAR, left = least;
    now[from - 1] = (uint8_t)left;
    for (uint32_t j = from; j <= to; j++) {
        uint32_t w = e->word.at[j - 1];
        uint32_t best = up[j - 1] + (w != c);
        best = up[j] + 1u < best ? up[j] + 1u : best;
        best = left + 1u < best ? left + 1u : best;
        if (r > 1 && j > 1 && w == e->last.at[r - 2] && e->word.at[j - 2] == c &&
            e->row[r - 2][j - 2] + 1u < best)
            best = e->row[r - 2][j - 2] + 1u;
        now[j] = (uint8_t)best;
        left = best;
        least = best < least ? best : least;
    }
    now[to + 1] = FAR;
    return least;
}

/* Distance to `text`, or most + 1 when above `most`. Rows of the letters shared with the text before
 * are kept. Two rows that are both hopeless cannot be mended by a swap either. */
static uint32_t distance_to(edit_rows *e, pin_str text, uint32_t most)
{
    letters next;
    letters_of(&next, text);
    if (next.count > e->word.count + most || e->word.count > next.count + most)
        return most + 1;
    uint32_t shared = 0, valid = e->band == most ? e->valid : 0;
    while (shared < valid && shared < next.count && next.at[shared] == e->last.at[shared])
        shared++;
    memcpy(e->last.at + shared, next.at + shared, (next.count - shared) * sizeof next.at[0]);
    e->last.count = next.count;
    e->valid = shared;
    e->band = most;
    uint32_t before = 0;
    for (uint32_t r = shared + 1; r <= next.count; r++) {
        uint32_t least = fill_row(e, r);
        e->valid = r;
        if (least > most && before > most)
            return most + 1;
        before = least;
    }
    uint32_t d = e->row[next.count][e->word.count];
    return d > most ? most + 1 : d;
}

uint32_t pin_edit_distance(pin_str a, pin_str b, uint32_t most)
{
    edit_rows e;
    rows_init(&e, a);
    return distance_to(&e, b, most);
}

/* ---- Corrections ---- */
typedef struct correcting {
    plan     *p;
    pin_str   word;
    edit_rows rows;
    best_few  best;
    uint32_t  most; /* edits allowed */
    uint32_t  least_df;
} correcting;

static bool is_plain_word(pin_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (pin_is_digit((unsigned char)text.at[i]))
            return false;
    return true;
}

static pin_status consider(correcting *c, const pin_word *word, uint32_t most, pin_arena *arena,
                           pin_error *err)
{
    if (word->df < c->least_df || word->text.len + most < c->rows.word.count) /* too short, however many bytes a letter */
        return PIN_OK;
    uint32_t edits = distance_to(&c->rows, word->text, most);
    if (edits == 0 || edits > most || !is_plain_word(word->text))
        return PIN_OK;
    return keep(
        &c->best,
        (plan_candidate){
            .text = word->text, .df = word->df, .question_df = word->question_df, .edits = (uint8_t)edits},
        arena, err);
}

/* Words that share a form with one letter deleted, or that are that form. */
static pin_status consider_deletes(correcting *c, pin_str reduced, pin_arena *arena, pin_error *err)
{
    uint32_t   numbers[DELETES_TAKE], count = 0;
    pin_status s = or_need(c->p, pin_read_deletes(numbers, DELETES_TAKE, &count, c->p->ix, reduced, err));
    for (uint32_t i = 0; s == PIN_OK && i < count && i < DELETES_TAKE; i++) {
        pin_word_walk walk;
        pin_word      word;
        s = or_need(c->p, pin_words_at(&walk, c->p->ix, numbers[i], err));
        if (s == PIN_OK)
            s = or_need(c->p, pin_words_next(&word, &walk, err));
        if (s == PIN_OK)
            s = consider(c, &word, 1, arena, err);
    }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

static pin_status one_edit_away(correcting *c, pin_arena *arena, pin_error *err)
{
    char       reduced[PIN_TERM_MAX];
    pin_status s = consider_deletes(c, c->word, arena, err);
    for (size_t at = 0; s == PIN_OK && at < c->word.len && c->word.len <= sizeof reduced;) {
        size_t next = at;
        pin_utf8_next(c->word, &next);
        memcpy(reduced, c->word.at, at);
        memcpy(reduced + at, c->word.at + next, c->word.len - next);
        pin_str without = {reduced, c->word.len - (next - at)};
        s = consider_deletes(c, without, arena, err);
        at = next;
    }
    return s;
}

/* All words with the same first letter. */
static pin_status walk_first_letter(correcting *c, pin_arena *arena, pin_error *err)
{
    size_t first = 0;
    pin_utf8_next(c->word, &first);
    pin_str       letter = pin_str_part(c->word, 0, first);
    pin_word_walk walk;
    pin_word      word;
    pin_read_words_ahead(c->p->ix, letter, UINT32_MAX);
    pin_status s = or_need(c->p, pin_words_seek(&walk, c->p->ix, letter, err));
    while (s == PIN_OK) {
        s = or_need(c->p, pin_words_next(&word, &walk, err));
        if (s == PIN_OK && !pin_str_starts(word.text, letter))
            break;
        if (s == PIN_OK)
            s = consider(c, &word, c->most, arena, err);
    }
    return s == PIN_NOT_FOUND ? PIN_OK : s;
}

/* Words of four to seven letters are allowed one edit, longer ones two, shorter ones none. */
pin_status plan_corrections(plan_candidate *out, uint32_t cap, uint32_t *count, plan *p, pin_str word,
                            uint32_t most, uint32_t least_df, pin_arena *arena, pin_error *err)
{
    correcting c = {.p = p, .word = word, .best = {.at = out, .cap = cap}, .least_df = least_df};
    rows_init(&c.rows, word);
    *count = 0;
    if (c.rows.word.count < 4)
        return PIN_OK;
    c.most = c.rows.word.count < 8 || most < 2 ? 1 : 2;
    bool before = p->needs;
    p->needs = false;
    pin_read_words_ahead(p->ix, word, 1); /* what it was meant to be is likely on the page where it would stand */
    pin_status s = one_edit_away(&c, arena, err);
    bool known = !p->needs; /* else there may be one, and the walk, which reads much, may not be needed */
    p->needs |= before;
    if (s == PIN_OK && known && c.best.count == 0 && c.most > 1 && p->settings.word_count <= RULE_TYPO_WALK_WORDS)
        s = walk_first_letter(&c, arena, err);
    *count = c.best.count;
    return s;
}
