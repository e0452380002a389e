/* The second look at the best items: are neighbouring words of the query near each other in the
 * question, how much of the question does the query cover, is the query that very question?
 *
 * Nearness: for neighbouring query words a, b that both stand in the question, at most RULE_NEAR words
 * apart: min(weight a, weight b) / distance (after Rasolofo and Savoy, Term Proximity Scoring for
 * Keyword-Based Retrieval Systems, ECIR 2003, with 1/d instead of 1/d^2). Only words that are met as
 * written count, or, for a word that no item has, as what it was read as. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/search/streams.h"
#include "core/text/text.h"

#define SLOTS_MAX (PIN_QUERY_TERMS + RULE_PROVISIONS_MAX)
#define NO_SLOT SLOTS_MAX /* has a place of its own in tables by slot, so that it needs no question */

typedef struct near_term {
    uint32_t number; /* of the term in the dictionary            */
    uint32_t slot;
    uint32_t next; /* 1 + place of one with the same low bits */
} near_term;

#define ROWS 512 /* of the table that tells nearly every other term at once */

struct near_terms {
    pin_forward questions;
    near_term *at;
    uint32_t   count;
    uint16_t   first[ROWS]; /* by number % ROWS: 1 + place in `at`, or 0 */
    bool       typed_known; /* whether the two below are: few queries ask */
    uint32_t   typed_first, typed_end; /* terms that the word being typed may become */
    uint32_t   typed_slot;             /* NO_SLOT when it is a word already */
    uint32_t   worth[SLOTS_MAX + 1];   /* of a slot side by side with the one after it */
    uint32_t   after[SLOTS_MAX], before[SLOTS_MAX]; /* slots of the neighbouring words, or NO_SLOT */
    uint32_t   most_near;                           /* no item can get more for nearness */
};

static void insert(near_terms *terms, uint32_t number, uint32_t slot)
{
    uint16_t *first = &terms->first[number % ROWS];
    for (uint32_t i = *first; i; i = terms->at[i - 1].next)
        if (terms->at[i - 1].number == number)
            return;
    terms->at[terms->count] = (near_term){.number = number, .slot = slot, .next = *first};
    *first = (uint16_t)++terms->count;
}

/* Whatever begins with the word being typed. The range may be empty. */
static pin_status range_of_typed(near_terms *terms, plan *p, pin_error *err)
{
    const plan_word *last = &p->words[p->word_count - 1];
    if (terms->typed_known)
        return PIN_OK;
    terms->typed_known = true;
    pin_status s = pin_read_term_range(&terms->typed_first, &terms->typed_end, p->ix, last->folded, err);
    p->needs |= s == PIN_NEED;
    return s == PIN_NOT_FOUND || s == PIN_NEED ? PIN_OK : s;
}

/* A word that is still typed and that no item has is met by whatever begins with it. */
static pin_status meet_typed(near_terms *terms, plan *p, pin_error *err)
{
    const plan_word *last = p->word_count ? &p->words[p->word_count - 1] : NULL;
    terms->typed_slot = NO_SLOT;
    if (!last || !last->typing || last->known)
        return PIN_OK;
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].provision && p->slots[i].word == p->word_count - 1)
            terms->typed_slot = i;
    return range_of_typed(terms, p, err);
}

static uint32_t slot_at(const plan *p, uint32_t position)
{
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].provision && p->slots[i].position == position)
            return i;
    return NO_SLOT;
}

static uint32_t pair_worth(const plan *p, uint32_t a, uint32_t b)
{
    uint32_t x = p->slots[a].weight, y = p->slots[b].weight;
    return (x < y ? x : y) * RULE_NEAR_UNIT * p->settings.question_weight;
}

static void link_neighbours(near_terms *terms, const plan *p)
{
    for (uint32_t i = 0; i < p->slot_count; i++)
        terms->after[i] = terms->before[i] = NO_SLOT;
    for (uint32_t i = 0; i < p->slot_count; i++) {
        uint32_t after = p->slots[i].provision ? NO_SLOT : slot_at(p, p->slots[i].position + 1);
        if (after == NO_SLOT)
            continue;
        terms->after[i] = after;
        terms->before[after] = i;
        terms->worth[i] = pair_worth(p, i, after);
        terms->most_near += terms->worth[i];
    }
}

pin_status plan_near_terms(near_terms **out, plan *p, pin_arena *arena, pin_error *err)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->slot_count; i++)
        count += p->slots[i].way_count;
    near_terms *terms = pin_arena_take(arena, 1, sizeof *terms);
    near_term  *at = pin_arena_take(arena, count, sizeof *at);
    if (!terms || !at)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    terms->at = at;
    pin_forward_open(&terms->questions, p->ix);
    link_neighbours(terms, p);
    for (uint32_t i = 0; i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        for (uint32_t w = 0; w < slot->way_count; w++)
            if (slot->ways[w].near)
                insert(terms, slot->ways[w].parts[0].term.number, i);
    }
    *out = terms;
    return meet_typed(terms, p, err);
}

static uint32_t slot_of_term(const near_terms *terms, uint32_t number)
{
    for (uint32_t i = terms->first[number % ROWS]; i; i = terms->at[i - 1].next)
        if (terms->at[i - 1].number == number)
            return terms->at[i - 1].slot;
    return number >= terms->typed_first && number < terms->typed_end ? terms->typed_slot : NO_SLOT;
}

/* A question term that is a word of the query. */
typedef struct meeting {
    uint32_t at, slot;
} meeting;

#define FAR 1000000 /* no two words of a question are so far apart */

static void lower(int32_t *least, int32_t distance) { *least = distance < *least ? distance : *least; }

/* Least distance in the question between each slot that is met and the one after it. */
static void distances(int32_t *least, const near_terms *terms, const meeting *met, uint32_t count)
{
    int32_t last[SLOTS_MAX + 1]; /* where the slot was seen last; that of NO_SLOT stays far */
    last[NO_SLOT] = -FAR;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot, after = terms->after[slot], before = terms->before[slot];
        last[slot] = last[after] = last[before] = -FAR;
        least[slot] = least[before] = FAR;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot, before = terms->before[slot];
        int32_t  at = (int32_t)met[i].at;
        last[slot] = at;
        lower(&least[slot], at - last[terms->after[slot]]);
        lower(&least[before], at - last[before]);
    }
}

static uint32_t nearness(const near_terms *terms, const meeting *met, uint32_t count)
{
    int32_t  least[SLOTS_MAX + 1];
    uint32_t sum = 0;
    if (count < 2)
        return 0;
    distances(least, terms, met, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot;
        int32_t  distance = least[slot];
        if (distance > 0 && distance <= (int32_t)RULE_NEAR)
            sum += terms->worth[slot] / (uint32_t)distance;
        least[slot] = FAR; /* a slot that is met twice counts once */
    }
    return sum;
}

/* Is this term the word, or can the word being typed become it? */
static pin_status is_word(bool *out, plan *p, const plan_word *word, near_terms *terms, uint32_t number,
                          pin_error *err)
{
    *out = word->exact.df && word->exact.number == number;
    if (*out || !word->typing)
        return PIN_OK;
    pin_status s = range_of_typed(terms, p, err);
    *out = number >= terms->typed_first && number < terms->typed_end;
    return s;
}

/* Does the question begin with all words of the query, the last of which may be incomplete? */
static pin_status begins_with(bool *out, plan *p, near_terms *terms, const uint32_t *numbers, uint32_t count,
                              pin_error *err)
{
    pin_status s = PIN_OK;
    *out = p->word_count >= RULE_BEGINS_WORDS && p->word_count <= count && !p->cut;
    for (uint32_t i = 0; s == PIN_OK && *out && i < p->word_count; i++)
        s = is_word(out, p, &p->words[i], terms, numbers[i], err);
    return s;
}

uint32_t plan_most_bonus(const near_terms *terms, uint32_t score, bool may_begin)
{
    uint32_t share = RULE_SHARE + (may_begin ? RULE_BEGINS : 0);
    return terms->most_near + (uint32_t)((uint64_t)score * share / RULE_ONE);
}

pin_status plan_may_begin(bool *out, plan *p, near_terms *terms, uint32_t item, pin_error *err)
{
    uint32_t number, count = 0;
    *out = false;
    if (p->word_count < RULE_BEGINS_WORDS || p->cut)
        return PIN_OK;
    pin_status s = pin_forward_read(&number, 1, &count, &terms->questions, item, err);
    return s == PIN_OK && count ? is_word(out, p, &p->words[0], terms, number, err) : s;
}

/* The terms that are words of the query. Most are not, and which are cannot be guessed: so first those that
 * may be are picked without a branch. */
static uint32_t find_met(meeting *met, uint32_t *most_near, const near_terms *terms, const uint32_t *numbers,
                         uint32_t count)
{
    uint32_t may = 0, found = 0, most = 0;
    if (terms->typed_slot == NO_SLOT)
        for (uint32_t i = 0; i < count; i++) {
            met[may].at = i;
            may += terms->first[numbers[i] % ROWS] != 0;
        }
    else
        for (; may < count; may++)
            met[may].at = may;
    for (uint32_t i = 0; i < may; i++) {
        uint32_t at = met[i].at, slot = slot_of_term(terms, numbers[at]);
        met[found] = (meeting){.at = at, .slot = slot};
        found += slot != NO_SLOT;
        most += terms->worth[slot];
    }
    *most_near = most;
    return found;
}

pin_status plan_bonus(bonus *out, plan *p, near_terms *terms, uint32_t item, uint32_t score, uint32_t enough,
                      pin_error *err)
{
    uint32_t numbers[RULE_QUESTION_TERMS], count = 0, most_near;
    meeting  met[RULE_QUESTION_TERMS];
    bool     begins;
    *out = (bonus){0};
    pin_status s = pin_forward_read(numbers, RULE_QUESTION_TERMS, &count, &terms->questions, item, err);
    if (s == PIN_OK)
        s = begins_with(&begins, p, terms, numbers, count, err);
    if (s != PIN_OK)
        return s;
    if (begins)
        out->begins = (uint32_t)((uint64_t)score * RULE_BEGINS / RULE_ONE);
    out->covered = find_met(met, &most_near, terms, numbers, count);
    out->of = count;
    if (out->covered)
        out->share = (uint32_t)((uint64_t)score * RULE_SHARE * out->covered / count / RULE_ONE);
    if ((uint64_t)score + out->begins + out->share + most_near >= enough)
        out->near = nearness(terms, met, out->covered);
    return PIN_OK;
}

/* ---- Over a network: is an item worth fetching? ---- */

static pin_status in_question(bool *out, const plan *p, const pin_term *term, uint32_t item, pin_error *err)
{
    uint32_t   impact = 0;
    pin_status s = term->df ? list_impact(&impact, p->ix, &term->lists[PIN_QUESTION], PIN_QUESTION, item, err) : PIN_OK;
    *out = impact != 0;
    return s;
}

/* May the question of the item have a word that counts for the slot? */
static pin_status meets_slot(bool *out, const plan *p, const near_terms *terms, uint32_t slot, uint32_t item,
                             pin_error *err)
{
    const plan_slot *of = &p->slots[slot];
    pin_status       s = PIN_OK;
    *out = slot == terms->typed_slot;
    for (uint32_t w = 0; w < of->way_count && !*out && s == PIN_OK; w++)
        if (of->ways[w].near)
            s = in_question(out, p, &of->ways[w].parts[0].term, item, err);
    return s;
}

/* May the question begin with the query? Then it has all its words, but for one that is being typed. */
static pin_status has_all_words(bool *out, const plan *p, uint32_t item, pin_error *err)
{
    pin_status s = PIN_OK;
    *out = p->word_count >= RULE_BEGINS_WORDS && !p->cut;
    for (uint32_t i = 0; i < p->word_count && *out && s == PIN_OK; i++)
        if (!p->words[i].typing)
            s = in_question(out, p, &p->words[i].exact, item, err);
    return s;
}

pin_status plan_hope(uint32_t *most, plan *p, const near_terms *terms, uint32_t item, uint32_t score, pin_error *err)
{
    bool       met[SLOTS_MAX + 1] = {false}, begins;
    uint64_t   sum = 0, share = 0;
    pin_status s = has_all_words(&begins, p, item, err);
    for (uint32_t i = 0; s == PIN_OK && i < p->slot_count; i++)
        if (!p->slots[i].provision) {
            s = meets_slot(&met[i], p, terms, i, item, err);
            share = met[i] ? RULE_SHARE : share;
        }
    for (uint32_t i = 0; s == PIN_OK && i < p->slot_count; i++)
        if (met[i] && terms->after[i] != NO_SLOT && met[terms->after[i]])
            sum += terms->worth[i];
    sum += (uint64_t)score * (share + (begins ? RULE_BEGINS : 0)) / RULE_ONE;
    *most = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    return s;
}

/* ---- The exact question ---- */

static pin_status normal_form(pin_str *out, pin_str text, pin_arena *scratch, pin_error *err)
{
    size_t wanted = text.len + 16; /* seldom longer than what it was made from */
    for (int attempt = 0; attempt < 2; attempt++) {
        size_t  mark = scratch->used;
        char   *room = pin_arena_take(scratch, wanted, 1);
        pin_buf b = pin_buf_over(room, room ? wanted : 0);
        if (!room)
            break;
        pin_normalise(&b, text);
        *out = pin_buf_str(&b);
        if (pin_buf_status(&b) == PIN_OK)
            return PIN_OK;
        wanted = b.len;
        scratch->used = mark;
    }
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* The query was split already. Its words are those of its normal form where its language is English. */
static bool has_words_of_normal_form(const plan *p)
{
    pin_str l = p->settings.language;
    return !p->cut && (l.len == 0 || (l.len >= 2 && (l.at[0] | 32) == 'e' && (l.at[1] | 32) == 'n' &&
                                      (l.len == 2 || l.at[2] == '-')));
}

static pin_status normal_query(pin_str *out, const plan *p, pin_arena *scratch, pin_error *err)
{
    size_t            len = 0;
    pin_normal_before before = PIN_NORMAL_NOTHING;
    if (!has_words_of_normal_form(p))
        return normal_form(out, p->query, scratch, err);
    for (uint32_t i = 0; i < p->word_count; i++)
        len += p->words[i].folded.len + 1;
    char *room = pin_arena_take(scratch, len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    pin_buf b = pin_buf_over(room, len);
    for (uint32_t i = 0; i < p->word_count; i++)
        pin_normal_word(&b, &before, p->words[i].folded);
    *out = pin_buf_str(&b);
    return PIN_OK;
}

static pin_status is_question_of(bool *out, plan *p, uint32_t item, pin_str normal, pin_arena *scratch,
                                 pin_error *err)
{
    pin_item   it;
    pin_str    form = {0};
    pin_status s = pin_index_item(&it, p->ix, item, scratch, err);
    if (s == PIN_OK)
        s = normal_form(&form, it.question, scratch, err);
    if (s == PIN_OK)
        *out = pin_str_equal(form, normal);
    return s;
}

pin_status plan_exact_items(uint32_t *items, uint32_t cap, uint32_t *count, plan *p, pin_arena *scratch,
                            pin_error *err)
{
    uint32_t found = 0;
    pin_str  normal = {0};
    *count = 0;
    if (p->query.len > RULE_EXACT_BYTES)
        return PIN_OK;
    size_t     mark = scratch->used;
    pin_status s = normal_query(&normal, p, scratch, err);
    if (s == PIN_OK && normal.len)
        s = pin_read_exact(items, cap, &found, p->ix, normal, err);
    if (found > cap)
        found = cap;
    for (uint32_t i = 0; s == PIN_OK && i < found; i++) {
        bool   equal = false;
        size_t inner = scratch->used;
        s = is_question_of(&equal, p, items[i], normal, scratch, err);
        scratch->used = inner;
        if (s == PIN_NEED) {
            p->needs = true;
            s = PIN_OK;
        }
        if (s == PIN_OK && equal)
            items[(*count)++] = items[i];
    }
    scratch->used = mark;
    p->needs |= s == PIN_NEED;
    return s == PIN_NEED || s == PIN_NOT_FOUND ? PIN_OK : s;
}
