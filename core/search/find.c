/* The best items by their sums: which items may be hits at all, which scorer looks for them, how many there
 * are. Both scorers are used in the same way here, so that they can only differ in the sums. */
#include <string.h>

#include "core/search/scorer.h"
#include "core/search/plan.h"
#include "core/search/streams.h"

typedef struct finding {
    plan              *p;
    const plan_search *what;
    pin_hits          *out;
    pin_arena         *arena;
    pin_error         *err;
    uint64_t          *allowed; /* a bit for each item that may be a hit; NULL: all */
    size_t             words;   /* of such a set                                    */
    uint32_t          *sums;    /* of the plain scorer                              */
    scorer            *sc;      /* or the fast one                                  */
} finding;

static bool is_plain(const finding *f) { return !PLAN_LEAN && f->what->exhaustive; }

static pin_status no_space(finding *f)
{
    return pin_fail(f->err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* ---- Which items may be hits ---- */

static uint64_t *take_bits(finding *f) { return pin_arena_take(f->arena, f->words, sizeof(uint64_t)); }

static pin_status allow_status(finding *f)
{
    const plan_search *what = f->what;
    const uint8_t     *rows;
    uint8_t            number;
    if (!(f->allowed = take_bits(f)))
        return no_space(f);
    pin_status s = pin_read_statuses(&rows, &number, f->p->ix, what->first, what->end, what->status, f->err);
    f->p->needs |= s == PIN_NEED;
    if (s != PIN_OK)
        return s == PIN_NEED || s == PIN_NOT_FOUND ? PIN_OK : s;
    for (uint32_t i = what->first; i < what->end; i++)
        f->allowed[i / 64] |= (uint64_t)(rows[i - what->first] == number) << i % 64;
    return PIN_OK;
}

static pin_status open_word(stream two[2], stream_set *set, finding *f, const pin_term *term)
{
    for (int i = 0; i < 2; i++) {
        pin_status s = stream_open(&two[i], set, &term->lists[i], (pin_field)i, 1);
        f->p->needs |= s == PIN_NEED;
        if (s != PIN_OK && s != PIN_NEED)
            return s;
    }
    return PIN_OK;
}

static void drop_without(uint64_t *bits, size_t words, stream two[2], stream_set *set)
{
    for (size_t i = 0; i < words; i++)
        for (uint64_t left = bits[i]; left; left &= left - 1) {
            uint32_t item = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(left);
            if (!stream_probe(&two[0], set, item) && !stream_probe(&two[1], set, item))
                bits[i] &= ~(left & -left);
        }
}

static uint64_t count_ones(const uint64_t *bits, size_t words)
{
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += (uint64_t)__builtin_popcountll(bits[i]);
    return count;
}

/* Leaves only items that have the word. A long list is asked item by item when few are left. */
static pin_status allow_word(finding *f, stream_set *set, const pin_term *term)
{
    stream     two[2];
    size_t     mark = f->arena->used;
    pin_status s = open_word(two, set, f, term);
    if (s != PIN_OK || f->p->needs)
        return s;
    uint64_t *bits = f->allowed && count_ones(f->allowed, f->words) < term->df / 32 ? NULL : take_bits(f);
    if (!bits && f->allowed) {
        drop_without(f->allowed, f->words, two, set);
        f->arena->used = mark;
        return set->status;
    }
    if (!bits)
        return no_space(f);
    stream_mark(&two[0], set, bits);
    stream_mark(&two[1], set, bits);
    if (!f->allowed) {
        f->allowed = bits;
        return set->status;
    }
    for (size_t i = 0; i < f->words; i++)
        f->allowed[i] &= bits[i];
    f->arena->used = mark;
    return set->status;
}

/* Words of phrases, the rarest first. */
static pin_status allow_phrases(finding *f)
{
    const plan *p = f->p;
    stream_set  set = {.ix = p->ix, .item_count = p->settings.item_count, .err = f->err, .arena = f->arena};
    uint64_t    last = 0; /* df << 32 | word of the one taken last */
    for (;;) {
        uint64_t next = UINT64_MAX;
        for (uint32_t i = 0; i < p->word_count; i++) {
            uint64_t key = (uint64_t)p->words[i].exact.df << 32 | (i + 1);
            if (p->words[i].quoted && !p->words[i].again && key > last && key < next)
                next = key;
        }
        if (next == UINT64_MAX)
            return PIN_OK;
        pin_status s = allow_word(f, &set, &p->words[(uint32_t)next - 1].exact);
        if (s != PIN_OK)
            return s;
        last = next;
    }
}

static pin_status find_allowed(finding *f)
{
    pin_status s = PIN_OK;
    if (f->what->status.len)
        s = allow_status(f);
    if (s == PIN_OK && f->p->phrase_count)
        s = allow_phrases(f);
    return s;
}

static bool is_allowed(const finding *f, uint32_t item)
{
    return item >= f->what->first && item < f->what->end &&
           (!f->allowed || (f->allowed[item / 64] >> item % 64 & 1));
}

/* ---- Two scorers ---- */

static pin_status open_scorer(finding *f)
{
    if (!is_plain(f))
        return scorer_open(&f->sc, f->p, f->arena, f->err);
    if (!(f->sums = pin_arena_take(f->arena, f->p->settings.item_count, sizeof *f->sums)))
        return no_space(f);
    return plan_score_all(f->sums, f->p, f->arena, f->err);
}

/* Home modules are ranges of items, one after the other. */
static void count_sums(finding *f)
{
    uint32_t i = f->what->first, module = pin_read_item_module(f->p->ix, i);
    for (; i < f->what->end; module++) {
        uint32_t end = pin_read_module_end(f->p->ix, module), count = 0;
        if (end > f->what->end)
            end = f->what->end;
        for (; i < end; i++)
            count += f->sums[i] != 0;
        f->out->total += count;
        if (f->out->module_counts)
            f->out->module_counts[module] += count;
    }
}

/* The `cap` best of the allowed items. */
static pin_status take_best(ranked *best, uint32_t *count, finding *f, uint32_t cap, bool counting)
{
    if (is_plain(f)) {
        for (uint32_t i = f->what->first; f->allowed && i < f->what->end; i++)
            if (!is_allowed(f, i))
                f->sums[i] = 0;
        if (counting)
            count_sums(f);
        *count = plan_best_of(best, cap, f->sums, f->what->first, f->what->end);
        return PIN_OK;
    }
    best_few     few;
    scorer_scope scope = {.first = f->what->first,
                          .end = f->what->end,
                          .allowed = f->allowed,
                          .counts = counting ? f->out : NULL};
    pin_status   s = best_init(&few, cap, f->arena, f->err);
    if (s == PIN_OK)
        s = scorer_run(&few, f->sc, &scope);
    if (s == PIN_OK)
        *count = best_list(best, &few);
    return s;
}

static pin_status sum_of(uint32_t *sum, finding *f, uint32_t item)
{
    *sum = is_plain(f) ? f->sums[item] : scorer_sum(f->sc, item);
    return is_plain(f) ? PIN_OK : scorer_status(f->sc);
}

/* ---- Phrases ---- on the texts of those that have all the words, the best first */

static void count_hit(finding *f, uint32_t item)
{
    f->out->total++;
    if (f->out->module_counts)
        f->out->module_counts[pin_read_item_module(f->p->ix, item)]++;
}

static pin_status take_with_phrases(ranked *best, uint32_t *count, finding *f)
{
    uint32_t items = f->what->end - f->what->first, found = 0, i = 0;
    uint32_t cap = items < RULE_PHRASE_ITEMS ? items : RULE_PHRASE_ITEMS;
    ranked  *candidates = pin_arena_take(f->arena, cap, sizeof *candidates);
    *count = 0;
    if (!candidates)
        return no_space(f);
    pin_status s = take_best(candidates, &found, f, cap, false);
    for (; s == PIN_OK && i < found && (*count < f->what->cap || i < RULE_PHRASE_COUNT); i++) {
        bool has = false;
        s = plan_has_phrases(&has, f->p, candidates[i].item, f->arena, f->err);
        if (s == PIN_NEED) {
            f->p->needs = true;
            s = PIN_OK;
        }
        if (!has)
            continue;
        count_hit(f, candidates[i].item);
        if (*count < f->what->cap)
            best[(*count)++] = candidates[i];
    }
    f->out->total_is_least = i < found || found == RULE_PHRASE_ITEMS;
    return s;
}

/* ---- The question itself ---- comes among the best whatever its sum */

static pin_status lift_exact(ranked *best, uint32_t *count, finding *f)
{
    for (uint32_t i = 0; i < f->what->exact_count; i++) {
        uint32_t item = f->what->exact[i], at = 0, sum = 0;
        while (at < *count && best[at].item != item)
            at++;
        if (at == *count) {
            pin_status s = f->p->phrase_count || !is_allowed(f, item) ? PIN_OK : sum_of(&sum, f, item);
            if (s != PIN_OK)
                return s;
            if (sum == 0)
                continue;
            if (*count == f->what->cap)
                at--;
            else
                ++*count;
            best[at] = (ranked){.item = item, .score = sum};
        }
        if (best[at].score < RULE_EXACT_QUESTION)
            best[at].score += RULE_EXACT_QUESTION;
        ranked_sort(best, *count);
    }
    return PIN_OK;
}

/* ---- A lower bound ---- of what was not counted: the items of the most frequent term */
static void bound_total(finding *f, uint32_t count)
{
    const plan *p = f->p;
    bool        filtered = f->allowed || f->what->end - f->what->first < p->settings.item_count;
    f->out->total = count;
    f->out->total_is_least = true;
    for (uint32_t i = 0; !filtered && i < p->slot_count; i++)
        for (uint32_t w = 0; w < p->slots[i].way_count; w++) {
            const plan_way *way = &p->slots[i].ways[w];
            uint32_t        met = way->part_count == 1 ? way->parts[0].term.df
                                  : way->part_count    ? 0
                                                       : way->row_count;
            if (f->out->total < met)
                f->out->total = met;
        }
}

static bool is_counted(const finding *f) { return f->p->settings.item_count <= RULE_COUNT_ITEMS; }

pin_status plan_find(ranked *best, uint32_t *count, pin_hits *out, plan *p, const plan_search *what,
                     pin_arena *scratch, pin_error *err)
{
    finding f = {.p = p, .what = what, .out = out, .arena = scratch, .err = err};
    f.words = ((size_t)p->settings.item_count + WINDOW - 1) / WINDOW * WINDOW_WORDS;
    *count = 0;
    pin_status s = open_scorer(&f);
    if (s == PIN_OK)
        s = find_allowed(&f);
    if (s != PIN_OK || p->needs || what->first >= what->end)
        return s;
    if (p->phrase_count)
        s = take_with_phrases(best, count, &f);
    else
        s = take_best(best, count, &f, what->cap, is_counted(&f));
    if (s == PIN_OK && !p->phrase_count && !is_counted(&f))
        bound_total(&f, *count);
    return s == PIN_OK ? lift_exact(best, count, &f) : s;
}
