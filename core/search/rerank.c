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
#include "core/text/text.h"

#define NO_SLOT UINT32_MAX
#define SLOTS_MAX (PIN_QUERY_TERMS + RULE_PROVISIONS_MAX)

typedef struct near_term {
    uint32_t number; /* of the term in the dictionary */
    uint32_t slot;
} near_term;

struct near_terms {
    near_term *at; /* sorted by number, each once */
    uint32_t   count;
    uint64_t   numbers;                /* bit n % 64 for each number n: most others are told at once */
    uint32_t   typed_first, typed_end; /* terms that the word being typed may become */
    uint32_t   typed_slot;             /* NO_SLOT when it is a word already */
    uint32_t   after[SLOTS_MAX], before[SLOTS_MAX]; /* slots of the neighbouring words, or NO_SLOT */
    uint32_t   most_near;                           /* no item can get more for nearness */
};

static void insert(near_terms *terms, near_term t)
{
    uint32_t place = terms->count;
    for (uint32_t i = 0; i < terms->count; i++)
        if (terms->at[i].number == t.number)
            return;
    while (place > 0 && terms->at[place - 1].number > t.number) {
        terms->at[place] = terms->at[place - 1];
        place--;
    }
    terms->at[place] = t;
    terms->count++;
    terms->numbers |= 1ull << t.number % 64;
}

/* Whatever begins with the word being typed. The range may be empty. */
static pin_status range_of_typed(near_terms *terms, plan *p, pin_error *err)
{
    const plan_word *last = p->word_count ? &p->words[p->word_count - 1] : NULL;
    terms->typed_slot = NO_SLOT;
    if (!last || !last->typing)
        return PIN_OK;
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].provision && p->slots[i].word == p->word_count - 1 && !last->known)
            terms->typed_slot = i;
    pin_status s = pin_read_term_range(&terms->typed_first, &terms->typed_end, p->ix, last->folded, err);
    p->needs |= s == PIN_NEED;
    return s == PIN_NOT_FOUND || s == PIN_NEED ? PIN_OK : s;
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
        terms->most_near += pair_worth(p, i, after);
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
    link_neighbours(terms, p);
    for (uint32_t i = 0; i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        for (uint32_t w = 0; w < slot->way_count; w++)
            if (slot->ways[w].near)
                insert(terms, (near_term){.number = slot->ways[w].parts[0].term.number, .slot = i});
    }
    *out = terms;
    return range_of_typed(terms, p, err);
}

static uint32_t slot_of_term(const near_terms *terms, uint32_t number)
{
    uint32_t low = 0, high = terms->numbers >> number % 64 & 1 ? terms->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (terms->at[middle].number == number)
            return terms->at[middle].slot;
        if (terms->at[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return number >= terms->typed_first && number < terms->typed_end ? terms->typed_slot : NO_SLOT;
}

/* A question term that is a word of the query. */
typedef struct meeting {
    uint32_t at, slot;
} meeting;

static void lower(uint32_t *least, uint32_t distance)
{
    if (distance < *least)
        *least = distance;
}

/* Least distance in the question between each slot that is met and the one after it. */
static void distances(uint32_t *least, const near_terms *terms, const meeting *met, uint32_t count)
{
    uint32_t last[SLOTS_MAX + 1]; /* 1 + where the slot was seen last; the last is for none */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot, after = terms->after[slot], before = terms->before[slot];
        last[slot] = last[after < SLOTS_MAX ? after : SLOTS_MAX] =
            last[before < SLOTS_MAX ? before : SLOTS_MAX] = 0;
        least[slot] = least[before < SLOTS_MAX ? before : SLOTS_MAX] = UINT32_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot, after = terms->after[slot], before = terms->before[slot];
        last[slot] = met[i].at + 1;
        if (after != NO_SLOT && last[after])
            lower(&least[slot], met[i].at + 1 - last[after]);
        if (before != NO_SLOT && last[before])
            lower(&least[before], met[i].at + 1 - last[before]);
    }
}

static uint32_t nearness(const plan *p, const near_terms *terms, const meeting *met, uint32_t count)
{
    uint32_t least[SLOTS_MAX + 1];
    uint32_t sum = 0;
    if (count < 2)
        return 0;
    distances(least, terms, met, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = met[i].slot, distance = least[slot];
        if (terms->after[slot] != NO_SLOT && distance != 0 && distance <= RULE_NEAR)
            sum += pair_worth(p, slot, terms->after[slot]) / distance;
        least[slot] = UINT32_MAX; /* a slot that is met twice counts once */
    }
    return sum;
}

/* Is this term the word, or can the word being typed become it? */
static bool is_word(const plan_word *word, const near_terms *terms, uint32_t number)
{
    return (word->exact.df && word->exact.number == number) ||
           (word->typing && number >= terms->typed_first && number < terms->typed_end);
}

/* Does the question begin with all words of the query, the last of which may be incomplete? */
static bool begins_with(const plan *p, const near_terms *terms, const uint32_t *numbers, uint32_t count)
{
    if (p->word_count < RULE_BEGINS_WORDS || p->word_count > count || p->cut)
        return false;
    for (uint32_t i = 0; i < p->word_count; i++)
        if (!is_word(&p->words[i], terms, numbers[i]))
            return false;
    return true;
}

uint32_t plan_most_bonus(const near_terms *terms, uint32_t score, bool may_begin)
{
    uint32_t share = RULE_SHARE + (may_begin ? RULE_BEGINS : 0);
    return terms->most_near + (uint32_t)((uint64_t)score * share / RULE_ONE);
}

pin_status plan_may_begin(bool *out, plan *p, const near_terms *terms, uint32_t item, pin_error *err)
{
    uint32_t number, count = 0;
    *out = false;
    if (p->word_count < RULE_BEGINS_WORDS || p->cut)
        return PIN_OK;
    pin_status s = pin_read_question_terms(&number, 1, &count, p->ix, item, err);
    if (s == PIN_OK && count)
        *out = is_word(&p->words[0], terms, number);
    return s;
}

pin_status plan_bonus(bonus *out, plan *p, const near_terms *terms, uint32_t item, uint32_t score,
                      pin_error *err)
{
    uint32_t numbers[RULE_QUESTION_TERMS], count = 0;
    *out = (bonus){0};
    pin_status s = pin_read_question_terms(numbers, RULE_QUESTION_TERMS, &count, p->ix, item, err);
    if (s != PIN_OK)
        return s;
    if (count > RULE_QUESTION_TERMS)
        count = RULE_QUESTION_TERMS;
    if (begins_with(p, terms, numbers, count))
        out->begins = (uint32_t)((uint64_t)score * RULE_BEGINS / RULE_ONE);
    meeting  met[RULE_QUESTION_TERMS];
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = slot_of_term(terms, numbers[i]);
        met[found].at = i;
        met[found].slot = slot;
        found += slot != NO_SLOT;
    }
    out->covered = found;
    out->of = count;
    out->near = nearness(p, terms, met, found);
    if (count)
        out->share = (uint32_t)((uint64_t)score * RULE_SHARE * out->covered / count / RULE_ONE);
    return PIN_OK;
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
    pin_status s = normal_form(&normal, p->query, scratch, err);
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
