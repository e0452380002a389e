/* pin_search: read the query, score, look twice at the best, and tell. The rules: docs/ranking.md. */
#include <assert.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/best.h"
#include "core/search/plan.h"

static pin_status no_space(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

/* What one call works with. */
typedef struct searching {
    plan                      p;
    const pin_search_options *options;
    uint32_t                  first, end; /* items of the module asked for, or all */
    uint32_t                  exact[RULE_RESCORE];
    uint32_t                  exact_count;
    ranked                   *best;
    uint32_t                  best_count, best_cap;
    struct {
        uint32_t item;
        bonus    b;
    } second[RULE_RESCORE]; /* what the second look found */
    uint32_t second_count;
} searching;

/* ---- Scope ---- */

static pin_status module_range(searching *s, pin_error *err)
{
    uint32_t   number;
    pin_module module;
    s->first = 0;
    s->end = s->p.settings.item_count;
    if (s->options->module.len == 0)
        return PIN_OK;
    pin_status status = pin_index_find_module(&number, s->p.ix, s->options->module);
    if (status == PIN_NOT_FOUND)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no module has this name");
    if (status == PIN_OK)
        status = pin_index_module(&module, s->p.ix, number, err);
    if (status != PIN_OK)
        return status;
    if (module.first_item > s->end || module.item_count > s->end - module.first_item)
        return pin_fail(err, PIN_CORRUPT, 0, "a module has items that do not exist");
    s->first = module.first_item;
    s->end = module.first_item + module.item_count;
    return PIN_OK;
}

/* ---- The second look ---- */

static bool is_exact(const searching *s, uint32_t item)
{
    for (uint32_t i = 0; i < s->exact_count; i++)
        if (s->exact[i] == item)
            return true;
    return false;
}

/* The k best so far, as ranked_key; the last of them is what a candidate must reach. */
typedef struct bar {
    uint64_t keys[RULE_RESCORE];
    uint32_t count, k;
} bar;

static uint32_t bar_score(const bar *b) { return b->count == b->k ? (uint32_t)(b->keys[b->k - 1] >> 32) : 0; }

static void raise_bar(bar *b, ranked r)
{
    uint64_t key = ranked_key(r);
    uint32_t place = b->count;
    if (place == b->k && key < b->keys[place - 1])
        return;
    if (b->count < b->k)
        b->count++;
    for (place = b->count - 1; place > 0 && b->keys[place - 1] < key; place--)
        b->keys[place] = b->keys[place - 1];
    b->keys[place] = key;
}

/* Bonuses only add, so an item that with the largest bonus possible for it stays below the k-th best score
 * is not looked at: it cannot be among the k. */
typedef enum worthiness { WORTH_NOTHING, WORTH_ASKING, WORTH_A_LOOK } worthiness;

static worthiness worth_of(const bar *b, const near_terms *terms, ranked r)
{
    uint32_t sum = r.score & (RULE_EXACT_QUESTION - 1), enough = bar_score(b);
    if (b->count < b->k || r.score + plan_most_bonus(terms, sum, false) >= enough)
        return WORTH_A_LOOK;
    return r.score + plan_most_bonus(terms, sum, true) < enough ? WORTH_NOTHING : WORTH_ASKING;
}

static pin_status look_at(searching *s, const bar *reached, near_terms *terms, ranked *r, pin_error *err)
{
    bonus      b;
    uint32_t   sum = r->score & (RULE_EXACT_QUESTION - 1), enough = bar_score(reached), exact = r->score - sum;
    pin_status status =
        plan_bonus(&b, &s->p, terms, r->item, sum, enough > exact ? enough - exact : 0, err);
    if (status != PIN_OK)
        return status;
    s->second[s->second_count].item = r->item;
    s->second[s->second_count++].b = b;
    r->score += b.near + b.share + b.begins;
    return PIN_OK;
}

#define AHEAD 2 /* more items than are shown are fetched: the second look may lift one */

/* Over a network: is the item, not here yet, worth fetching? What is likely to be shown is asked for at once. */
static pin_status worth_fetching(bool *out, searching *s, const bar *b, const near_terms *terms, uint32_t place,
                                 pin_error *err)
{
    ranked   r = s->best[place];
    uint32_t most, enough = bar_score(b);
    *out = true;
    if (!pin_read_is_partial(s->p.ix))
        return PIN_OK;
    if (place < b->k + AHEAD)
        pin_read_item_ahead(s->p.ix, r.item);
    if (pin_read_has_question_terms(s->p.ix, r.item))
        return PIN_OK;
    pin_status status = plan_hope(&most, &s->p, terms, r.item, r.score & (RULE_EXACT_QUESTION - 1), err);
    *out = status == PIN_OK && (uint64_t)r.score + most >= enough;
    return status;
}

static pin_status look_if_worth(searching *s, const bar *reached, near_terms *terms, ranked *r, pin_error *err)
{
    bool       look = true;
    pin_status status = PIN_OK;
    if (worth_of(reached, terms, *r) == WORTH_ASKING)
        status = plan_may_begin(&look, &s->p, terms, r->item, err);
    return status == PIN_OK && look ? look_at(s, reached, terms, r, err) : status;
}

/* The sums fall, so behind one that is worth nothing all are. */
static pin_status look_again(searching *s, uint32_t k, pin_arena *arena, pin_error *err)
{
    near_terms *terms;
    bar         reached = {.k = k < RULE_RESCORE ? k : RULE_RESCORE};
    pin_status  status = plan_near_terms(&terms, &s->p, arena, err);
    if (status == PIN_OK && pin_read_lacks(s->p.ix)) { /* as good as the sums were, they were not all there */
        s->p.needs = true;
        return PIN_OK;
    }
    for (uint32_t i = 0; status == PIN_OK && i < s->best_count && i < RULE_RESCORE; i++) {
        if (worth_of(&reached, terms, s->best[i]) == WORTH_NOTHING)
            break;
        bool worth;
        status = worth_fetching(&worth, s, &reached, terms, i, err);
        if (status == PIN_OK && worth)
            status = look_if_worth(s, &reached, terms, &s->best[i], err);
        s->p.needs |= status == PIN_NEED;
        status = status == PIN_NEED ? PIN_OK : status;
        raise_bar(&reached, s->best[i]);
    }
    if (k > RULE_RESCORE) {
        ranked_sort(s->best, s->best_count);
        return status;
    }
    s->best_count = reached.count;
    for (uint32_t i = 0; i < reached.count; i++)
        s->best[i] = ranked_of(reached.keys[i]);
    return status;
}

static bonus bonus_of(const searching *s, uint32_t item)
{
    for (uint32_t i = 0; i < s->second_count; i++)
        if (s->second[i].item == item)
            return s->second[i].b;
    return (bonus){0};
}

static pin_status tell_hit(pin_hit *hit, searching *s, pin_arena *arena, pin_error *err)
{
    pin_status status = PIN_OK;
    if (!s->options->no_snippets)
        status = plan_snippet(&hit->snippet, &s->p, hit->item, arena, err);
    if (!PLAN_LEAN && status == PIN_OK && s->options->explain) {
        bonus b = bonus_of(s, hit->item);
        status = plan_explain(hit, &s->p, &b, is_exact(s, hit->item), arena, err);
    }
    if (status == PIN_NEED) {
        s->p.needs = true;
        status = PIN_OK;
    }
    return status;
}

static pin_status tell_hits(pin_hits *out, searching *s, uint32_t k, pin_arena *arena, pin_error *err)
{
    uint32_t count = s->best_count < k ? s->best_count : k;
    out->at = pin_arena_take(arena, count, sizeof *out->at);
    if (!out->at)
        return no_space(err);
    for (uint32_t i = 0; i < count; i++)
        out->at[i] = (pin_hit){.item = s->best[i].item, .score = s->best[i].score};
    out->count = count;
    for (uint32_t i = 0; i < count; i++) {
        pin_status status = tell_hit(&out->at[i], s, arena, err);
        if (status != PIN_OK)
            return status;
    }
    pin_status status =
        plan_confident(&out->confident, &s->p, out, count && is_exact(s, out->at[0].item), err);
    s->p.needs |= status == PIN_NEED;
    return status == PIN_NEED ? PIN_OK : status;
}

/* ---- How the query was read ---- */

static uint32_t reading_rows(const plan *p)
{
    uint32_t rows = p->word_count;
    for (uint32_t i = 0; i < p->slot_count; i++)
        rows += p->slots[i].way_count;
    return rows;
}

static const plan_slot *slot_of_word(const plan *p, uint32_t word)
{
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].provision && p->slots[i].word == word)
            return &p->slots[i];
    return NULL;
}

/* The keys of a way as one text: "softwar bill of materi". */
static pin_status way_text(pin_str *out, const plan_way *way, pin_arena *arena, pin_error *err)
{
    size_t len = 0;
    for (uint32_t i = 0; i < way->part_count; i++)
        len += way->parts[i].key.len + 1;
    *out = way->parts[0].key;
    if (way->part_count == 1)
        return PIN_OK;
    char *room = pin_arena_take(arena, len, 1);
    if (!room)
        return no_space(err);
    pin_buf b = pin_buf_over(room, len);
    for (uint32_t i = 0; i < way->part_count; i++) {
        if (i)
            pin_buf_byte(&b, ' ');
        pin_buf_add(&b, way->parts[i].key);
    }
    *out = pin_buf_str(&b);
    return PIN_OK;
}

static pin_status read_word(pin_reading *out, const plan *p, uint32_t number, pin_arena *arena,
                            pin_error *err)
{
    const plan_word *word = &p->words[number];
    const plan_slot *slot = slot_of_word(p, number);
    pin_reading_term row = {.written = pin_str_part(p->query, word->from, word->to),
                            .term = word->term,
                            .function_word = word->function,
                            .tier = PIN_TIER_UNKNOWN};
    if (word->again)
        return PIN_OK;
    if (!slot || slot->way_count == 0) {
        row.tier = word->known || word->citation ? PIN_TIER_EXACT : PIN_TIER_UNKNOWN;
        row.df = word->exact.df;
        out->terms[out->term_count++] = row;
        return PIN_OK;
    }
    for (uint32_t w = 0; w < slot->way_count; w++) {
        const plan_way *way = &slot->ways[w];
        pin_status      s = way_text(&row.term, way, arena, err);
        if (s != PIN_OK)
            return s;
        row.tier = way->tier;
        row.df = way->parts[0].term.df;
        row.weight = 0;
        for (uint32_t i = 0; i < way->part_count; i++) {
            row.df = way->parts[i].term.df < row.df ? way->parts[i].term.df : row.df;
            row.weight += way->parts[i].weight;
        }
        out->terms[out->term_count++] = row;
    }
    return PIN_OK;
}

static pin_status tell_reading(pin_reading *out, const plan *p, pin_arena *arena, pin_error *err)
{
    pin_status s = PIN_OK;
    out->terms = pin_arena_take(arena, reading_rows(p), sizeof *out->terms);
    out->phrases = pin_arena_take(arena, p->phrase_count, sizeof *out->phrases);
    if (!out->terms || !out->phrases)
        return no_space(err);
    for (uint32_t i = 0; s == PIN_OK && i < p->word_count; i++)
        s = read_word(out, p, i, arena, err);
    for (uint32_t i = 0; i < p->phrase_count; i++)
        out->phrases[out->phrase_count++] = p->phrases[i].written;
    out->provisions = p->refs.at;
    out->provision_count = p->refs.count;
    out->corrections = p->corrections;
    out->correction_count = p->correction_count;
    out->cut = p->cut;
    return s;
}

/* ---- The whole ---- */

static void read_settings(plan *p)
{
    pin_read_settings(&p->settings, p->ix);
    p->idf_top = pin_log2(2 * (uint64_t)p->settings.item_count + 2);
    uint32_t *q = &p->settings.question_weight, *a = &p->settings.answer_weight;
    if (*q > RULE_FIELD_WEIGHT_MAX / 2)
        *q = RULE_FIELD_WEIGHT_MAX / 2;
    if (*a > RULE_FIELD_WEIGHT_MAX / 2)
        *a = RULE_FIELD_WEIGHT_MAX / 2;
    if (*q + *a == 0)
        *q = 1;
}

static pin_status read_plan(searching *s, pin_arena *arena, pin_error *err)
{
    read_settings(&s->p);
    pin_status status = module_range(s, err);
    if (status == PIN_OK)
        status = plan_read_query(&s->p, arena, err);
    if (status == PIN_OK)
        status = plan_expand(&s->p, arena, err);
    return status;
}

static pin_status missing(pin_error *err)
{
    return pin_fail(err, PIN_NEED, 0, "parts of the index file are not here yet");
}

static pin_status find(pin_hits *out, searching *s, pin_arena *arena, pin_error *err)
{
    plan_search what = {.first = s->first, .end = s->end, .status = s->options->status, .exact = s->exact,
                        .exhaustive = s->options->exhaustive, .cap = s->best_cap};
    size_t      mark = arena->used;
    pin_status  status = plan_exact_items(s->exact, RULE_RESCORE, &s->exact_count, &s->p, arena, err);
    what.exact_count = s->exact_count;
    if (status == PIN_OK)
        status = plan_find(s->best, &s->best_count, out, &s->p, &what, arena, err);
    arena->used = mark;
    return status;
}

static pin_status take_results(pin_hits *out, searching *s, uint32_t k, pin_arena *arena, pin_error *err)
{
    pin_release release;
    uint32_t    items = s->p.settings.item_count;
    pin_index_release(&release, s->p.ix);
    s->best_cap = k > RULE_RESCORE ? k : RULE_RESCORE;
    if (s->best_cap > items)
        s->best_cap = items;
    s->best = pin_arena_take(arena, s->best_cap, sizeof *s->best);
    if (items <= RULE_COUNT_ITEMS && !(out->module_counts = pin_arena_take(arena, release.module_count, 4)))
        return no_space(err);
    return s->best ? PIN_OK : no_space(err);
}

/* Pages of the dictionary are missing. What else is known to be needed is asked for with them, above all the lists
 * of the words that are known. */
static pin_status ask_ahead(pin_hits *out, searching *s, uint32_t k, pin_arena *arena, pin_error *err)
{
    pin_status status = take_results(out, s, k, arena, err);
    if (status == PIN_OK)
        status = find(out, s, arena, err);
    return status == PIN_OK ? missing(err) : status;
}

pin_status pin_search(pin_hits *out, const pin_index *ix, pin_str query, const pin_search_options *options,
                      pin_arena *arena, pin_error *err)
{
    static const pin_search_options plain;
    searching s = {.p = {.ix = ix, .query = query}, .options = options ? options : &plain};
    uint32_t  k = s.options->k == 0 ? 10 : s.options->k > PIN_K_MAX ? PIN_K_MAX : s.options->k;
    pin_hits  hits = {0};

    pin_status status = read_plan(&s, arena, err);
    if (status == PIN_OK && s.p.needs)
        status = ask_ahead(&hits, &s, k, arena, err);
    if (status == PIN_OK)
        status = take_results(&hits, &s, k, arena, err);
    if (status == PIN_OK && s.p.slot_count)
        status = find(&hits, &s, arena, err);
    if (status == PIN_OK)
        status = look_again(&s, k, arena, err);
    if (status == PIN_OK && s.p.needs)
        status = missing(err);
    if (status == PIN_OK)
        status = tell_hits(&hits, &s, k, arena, err);
    if (status == PIN_OK)
        status = tell_reading(&hits.reading, &s.p, arena, err);
    if (status == PIN_OK && s.p.needs)
        status = missing(err);
    if (status == PIN_OK)
        *out = hits;
    return status;
}
