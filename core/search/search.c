/* pin_search: read the query, score, look twice at the best, and tell. The rules: docs/ranking.md. */
#include <assert.h>
#include <string.h>

#include "core/bytes/bytes.h"
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
    uint32_t                 *sums;       /* by item; 0: not a hit */
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

/* ---- Filters ---- */

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

static pin_status keep_status(searching *s, pin_error *err)
{
    if (s->options->status.len == 0)
        return PIN_OK;
    for (uint32_t i = s->first; i < s->end; i++) {
        pin_str    status;
        pin_status got = s->sums[i] ? pin_read_item_status(&status, s->p.ix, i, err) : PIN_NOT_FOUND;
        if (got == PIN_NEED) {
            s->p.needs = true;
            continue;
        }
        if (got != PIN_OK && got != PIN_NOT_FOUND)
            return got;
        if (got == PIN_NOT_FOUND || !pin_str_equal(status, s->options->status))
            s->sums[i] = 0;
    }
    return PIN_OK;
}

/* ---- The best ---- a heap with the worst of the best on top */

static void sift_down(ranked *heap, uint32_t count, uint32_t at)
{
    ranked   moving = heap[at];
    uint64_t key = ranked_key(moving);
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count)
            child += ranked_key(heap[child + 1]) < ranked_key(heap[child]);
        if (ranked_key(heap[child]) >= key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void sort_best(ranked *best, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(best, count, i);
    for (uint32_t n = count; n > 1; n--) {
        ranked swap = best[0];
        best[0] = best[n - 1];
        best[n - 1] = swap;
        sift_down(best, n - 1, 0);
    }
}

/* The `cap` best of sums[first, end), in order. */
static uint32_t select_best(ranked *best, uint32_t cap, const uint32_t *sums, uint32_t first, uint32_t end)
{
    uint32_t count = 0, i = first;
    for (; i < end && count < cap; i++)
        if (sums[i])
            best[count++] = (ranked){.item = i, .score = sums[i]};
    for (uint32_t k = count / 2; k-- > 0;)
        sift_down(best, count, k);
    for (; i < end && count == cap; i++)
        if (sums[i] > best[0].score) { /* a later item with the same score is behind */
            best[0] = (ranked){.item = i, .score = sums[i]};
            sift_down(best, count, 0);
        }
    sort_best(best, count);
    return count;
}

/* ---- Phrases ---- */

/* Raises marks[item] from `step` to `step` + 1 for the items of a list: after n steps an item with mark n
 * has all n terms, whatever the order of the lists. */
static pin_status mark_list(uint8_t *marks, plan *p, const pin_list *list, pin_field field, uint8_t step,
                            pin_error *err)
{
    pin_postings postings;
    if (list->count == 0)
        return PIN_OK;
    pin_status s = pin_postings_open(&postings, p->ix, list, field, err);
    while (s == PIN_OK && (s = pin_postings_next(&postings, err)) == PIN_OK)
        for (uint32_t i = 0; i < postings.count; i++)
            if (marks[postings.ids[i]] == step)
                marks[postings.ids[i]] = (uint8_t)(step + 1);
    p->needs |= s == PIN_NEED;
    return s == PIN_NOT_FOUND || s == PIN_NEED ? PIN_OK : s;
}

/* Drops items that lack a word of a phrase, without reading their text. */
static pin_status keep_with_phrase_words(searching *s, pin_arena *scratch, pin_error *err)
{
    plan    *p = &s->p;
    uint8_t  step = 0;
    uint8_t *marks = pin_arena_take(scratch, p->settings.item_count, 1);
    if (!marks)
        return no_space(err);
    for (uint32_t i = 0; i < p->word_count; i++) {
        const plan_word *word = &p->words[i];
        if (!word->quoted || word->again)
            continue;
        pin_status q = mark_list(marks, p, &word->exact.lists[PIN_QUESTION], PIN_QUESTION, step, err);
        pin_status a = mark_list(marks, p, &word->exact.lists[PIN_ANSWER], PIN_ANSWER, step, err);
        if (q != PIN_OK || a != PIN_OK)
            return q != PIN_OK ? q : a;
        step++;
    }
    for (uint32_t i = s->first; i < s->end; i++)
        if (marks[i] != step)
            s->sums[i] = 0;
    return PIN_OK;
}

static pin_status keep_phrases(searching *s, pin_arena *scratch, pin_error *err)
{
    if (s->p.phrase_count == 0)
        return PIN_OK;
    size_t     mark = scratch->used;
    pin_status status = keep_with_phrase_words(s, scratch, err);
    uint32_t   cap = s->end - s->first < RULE_PHRASE_ITEMS ? s->end - s->first : RULE_PHRASE_ITEMS;
    scratch->used = mark;
    ranked *candidates = status == PIN_OK ? pin_arena_take(scratch, cap, sizeof *candidates) : NULL;
    if (status == PIN_OK && !candidates)
        status = no_space(err);
    if (status != PIN_OK)
        return status;
    assert(candidates);
    uint32_t count = select_best(candidates, cap, s->sums, s->first, s->end);
    memset(s->sums + s->first, 0, (s->end - s->first) * sizeof *s->sums);
    for (uint32_t i = 0; status == PIN_OK && i < count; i++) {
        bool has = false;
        status = plan_has_phrases(&has, &s->p, candidates[i].item, scratch, err);
        if (status == PIN_NEED) {
            s->p.needs = true;
            status = PIN_OK;
        }
        if (has)
            s->sums[candidates[i].item] = candidates[i].score;
    }
    scratch->used = mark;
    return status;
}

/* ---- Counting ---- */

/* Home modules are ranges of items, one after the other. */
static void count_hits(pin_hits *out, const searching *s)
{
    uint32_t module = s->first < s->end ? pin_read_item_module(s->p.ix, s->first) : 0;
    for (uint32_t i = s->first; i < s->end; module++) {
        uint32_t end = pin_read_module_end(s->p.ix, module), count = 0;
        if (end > s->end)
            end = s->end;
        for (; i < end; i++)
            count += s->sums[i] != 0;
        out->total += count;
        if (out->module_counts)
            out->module_counts[module] += count;
    }
}

/* ---- The second look ---- */

static bool is_exact(const searching *s, uint32_t item)
{
    for (uint32_t i = 0; i < s->exact_count; i++)
        if (s->exact[i] == item)
            return true;
    return false;
}

/* Items whose question is the query come among the candidates whatever their sum. */
static void lift_exact(searching *s)
{
    for (uint32_t i = 0; i < s->exact_count; i++) {
        uint32_t item = s->exact[i];
        if (item >= s->first && item < s->end && s->sums[item] && s->sums[item] < RULE_EXACT_QUESTION)
            s->sums[item] += RULE_EXACT_QUESTION;
    }
}

/* The k best scores so far; the last of them is what a candidate must reach. */
typedef struct bar {
    uint32_t scores[RULE_RESCORE];
    uint32_t count, k;
} bar;

static void raise_bar(bar *b, uint32_t score)
{
    uint32_t place = b->count;
    if (b->k > RULE_RESCORE)
        return; /* everything is a hit */
    while (place > 0 && b->scores[place - 1] < score)
        place--;
    if (place == b->k)
        return;
    if (b->count < b->k)
        b->count++;
    for (uint32_t i = b->count - 1; i > place; i--)
        b->scores[i] = b->scores[i - 1];
    b->scores[place] = score;
}

/* Bonuses only add, so an item that with the largest bonus possible for it stays below the k-th best score
 * is not looked at: it cannot be among the k. */
static pin_status worth_a_look(bool *out, searching *s, const bar *b, const near_terms *terms, ranked r,
                               pin_error *err)
{
    uint32_t sum = r.score & (RULE_EXACT_QUESTION - 1), enough = b->count == b->k ? b->scores[b->k - 1] : 0;
    *out = r.score + plan_most_bonus(terms, sum, false) >= enough;
    if (*out || r.score + plan_most_bonus(terms, sum, true) < enough)
        return PIN_OK;
    return plan_may_begin(out, &s->p, terms, r.item, err);
}

static pin_status look_at(searching *s, const near_terms *terms, ranked *r, pin_error *err)
{
    bonus      b;
    pin_status status = plan_bonus(&b, &s->p, terms, r->item, r->score & (RULE_EXACT_QUESTION - 1), err);
    if (status != PIN_OK)
        return status;
    s->second[s->second_count].item = r->item;
    s->second[s->second_count++].b = b;
    r->score += b.near + b.share + b.begins;
    return PIN_OK;
}

static pin_status look_again(searching *s, uint32_t k, pin_arena *arena, pin_error *err)
{
    near_terms *terms;
    bar         reached = {.k = k};
    pin_status  status = plan_near_terms(&terms, &s->p, arena, err);
    for (uint32_t i = 0; status == PIN_OK && i < s->best_count && i < RULE_RESCORE; i++) {
        bool worth;
        status = worth_a_look(&worth, s, &reached, terms, s->best[i], err);
        if (status == PIN_OK && worth)
            status = look_at(s, terms, &s->best[i], err);
        if (status == PIN_NEED) {
            s->p.needs = true;
            status = PIN_OK;
        }
        raise_bar(&reached, s->best[i].score);
    }
    sort_best(s->best, s->best_count);
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
    if (status == PIN_OK && s->options->explain) {
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

/* Scores all, filters, counts, selects. The sums are dropped at the end. */
static pin_status find_best(pin_hits *out, searching *s, pin_arena *arena, pin_error *err)
{
    plan  *p = &s->p;
    size_t mark = arena->used;
    s->sums = pin_arena_take(arena, p->settings.item_count, sizeof *s->sums);
    if (!s->sums)
        return no_space(err);
    pin_status status = plan_score_all(s->sums, p, arena, err);
    if (status == PIN_OK)
        status = plan_exact_items(s->exact, RULE_RESCORE, &s->exact_count, p, arena, err);
    if (status == PIN_OK)
        status = keep_status(s, err);
    if (status == PIN_OK)
        status = keep_phrases(s, arena, err);
    if (status == PIN_OK) {
        count_hits(out, s);
        lift_exact(s);
        s->best_count = select_best(s->best, s->best_cap, s->sums, s->first, s->end);
    }
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

pin_status pin_search(pin_hits *out, const pin_index *ix, pin_str query, const pin_search_options *options,
                      pin_arena *arena, pin_error *err)
{
    static const pin_search_options plain;
    searching s = {.p = {.ix = ix, .query = query}, .options = options ? options : &plain};
    uint32_t  k = s.options->k == 0 ? 10 : s.options->k > PIN_K_MAX ? PIN_K_MAX : s.options->k;
    pin_hits  hits = {0};

    pin_status status = read_plan(&s, arena, err);
    if (status == PIN_OK && s.p.needs)
        status = missing(err);
    if (status == PIN_OK)
        status = take_results(&hits, &s, k, arena, err);
    if (status == PIN_OK && s.p.slot_count)
        status = find_best(&hits, &s, arena, err);
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
