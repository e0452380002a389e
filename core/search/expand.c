/* Words -> slots: looks each word up and adds the other ways in which an item can meet it: what the
 * corpus abbreviates, what the law calls it, what it may have been meant to be.
 *
 * Other ways never outrank the word itself: where the word is known, an exact match gives at least
 * RULE_LINE of its full contribution and every other way less than that. */
#include <assert.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"

static pin_status no_space(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
}

uint32_t plan_weight(uint32_t idf, uint32_t share)
{
    uint32_t weight = (uint32_t)((uint64_t)idf * share / RULE_ONE);
    return weight ? weight : 1;
}

pin_status plan_term(pin_term *out, plan *p, pin_str key, pin_error *err)
{
    pin_status s = pin_read_term(out, p->ix, key, err);
    if (s == PIN_OK)
        return PIN_OK;
    out->df = 0;
    out->lists[PIN_QUESTION].count = out->lists[PIN_ANSWER].count = 0;
    p->needs |= s == PIN_NEED;
    return s == PIN_NEED || s == PIN_NOT_FOUND ? PIN_OK : s;
}

/* ---- Ways ---- */

static bool has_way(const plan_slot *slot, const pin_str *keys, uint32_t count)
{
    for (uint32_t w = 0; w < slot->way_count; w++) {
        const plan_way *way = &slot->ways[w];
        uint32_t        same = 0;
        while (same < count && same < way->part_count && pin_str_equal(way->parts[same].key, keys[same]))
            same++;
        if (same == count && same == way->part_count)
            return true;
    }
    return false;
}

/* Looks all keys up; *found is false when one of them is in no item. */
static pin_status look_up(plan_part *parts, bool *found, plan *p, const pin_str *keys, uint32_t count,
                          pin_error *err)
{
    *found = true;
    for (uint32_t i = 0; i < count; i++) {
        pin_status s = plan_term(&parts[i].term, p, keys[i], err);
        if (s != PIN_OK)
            return s;
        parts[i].key = keys[i];
        if (parts[i].term.df == 0)
            *found = false;
    }
    return PIN_OK;
}

/* A row of words counts as one word that is half as telling again as its words are on average, shared
 * out among them by idf; but never as more than the word it stands for. */
static void weigh(const plan *p, plan_part *parts, uint32_t count, uint32_t share, uint32_t most_idf)
{
    uint32_t idf[RULE_PARTS_MAX], sum = 0;
    assert(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        idf[i] = pin_idf_below(p->idf_top, p->settings.item_count, parts[i].term.df);
        sum += idf[i];
    }
    uint32_t whole = count == 1 ? sum : sum / count + sum / count / 2;
    if (whole > most_idf)
        whole = most_idf;
    for (uint32_t i = 0; i < count; i++)
        parts[i].weight = count == 1 ? plan_weight(whole, share) : plan_weight(whole * idf[i] / sum, share);
}

/* The word that a slot stands for says how much any way may weigh: an unknown one does not limit. */
pin_status plan_add_way(bool *added, plan *p, plan_slot *slot, pin_tier tier, uint32_t share,
                        const pin_str *keys, uint32_t key_count, pin_arena *arena, pin_error *err)
{
    const plan_word *word = &p->words[slot->word];
    bool             found;
    *added = false;
    if (slot->way_count == RULE_WAYS_MAX || key_count == 0 || key_count > RULE_PARTS_MAX ||
        has_way(slot, keys, key_count))
        return PIN_OK;
    size_t     mark = arena->used;
    plan_part *parts = pin_arena_take(arena, key_count, sizeof *parts);
    if (!parts)
        return no_space(err);
    pin_status s = look_up(parts, &found, p, keys, key_count, err);
    if (s != PIN_OK || !found) {
        arena->used = mark;
        return s;
    }
    weigh(p, parts, key_count, share, word->known ? word->idf : RULE_IDF_MAX);
    for (uint32_t i = 0; i < key_count; i++)
        if (!(parts[i].key = pin_arena_copy(arena, keys[i])).at)
            return no_space(err);
    slot->ways[slot->way_count++] = (plan_way){.parts = parts,
                                               .part_count = key_count,
                                               .ceiling = UINT32_MAX,
                                               .tier = (uint8_t)tier,
                                               .near = key_count == 1 && !word->known};
    *added = true;
    return PIN_OK;
}

/* Splits a text into keys of the index; 0 when it has too many words. The keys live in `arena`. */
static pin_status keys_of(pin_str *keys, uint32_t *count, const plan *p, pin_str text, pin_arena *arena,
                          pin_error *err)
{
    pin_tokenizer t;
    pin_token     token;
    *count = 0;
    pin_tokenizer_init(&t, text, p->settings.language);
    while (pin_tokenizer_next(&t, &token)) {
        if (token.part)
            continue;
        if (*count == RULE_PARTS_MAX) {
            *count = 0;
            return PIN_OK;
        }
        if (!(keys[*count] = pin_arena_copy(arena, token.term)).at)
            return no_space(err);
        ++*count;
    }
    return PIN_OK;
}

static pin_status add_text(bool *added, plan *p, plan_slot *slot, pin_tier tier, uint32_t share, pin_str text,
                           pin_arena *arena, pin_error *err)
{
    pin_str    keys[RULE_PARTS_MAX];
    uint32_t   count;
    size_t     mark = arena->used;
    pin_status s = keys_of(keys, &count, p, text, arena, err);
    *added = false;
    if (s == PIN_OK)
        s = plan_add_way(added, p, slot, tier, share, keys, count, arena, err);
    if (!*added)
        arena->used = mark;
    return s;
}

/* ---- The word itself ---- */

static bool is_rare(const plan *p, const plan_word *word)
{
    uint32_t few = p->settings.item_count >> RULE_RARE_SHIFT;
    return word->question_df <= (few > RULE_RARE_LEAST ? few : RULE_RARE_LEAST);
}

static pin_status add_exact(plan_slot *slot, const plan_word *word, pin_arena *arena, pin_error *err)
{
    plan_part *part = pin_arena_take(arena, 1, sizeof *part);
    if (!part)
        return no_space(err);
    *part = (plan_part){.key = word->term, .term = word->exact, .weight = word->weight};
    slot->ways[slot->way_count++] = (plan_way){
        .parts = part, .part_count = 1, .ceiling = UINT32_MAX, .tier = PIN_TIER_EXACT, .near = true};
    return PIN_OK;
}

/* ---- Codes ---- 14(2)(a) is also met by its parents 14(2) and 14, others by all their parts. */
static pin_status add_code_parts(plan *p, plan_slot *slot, const plan_word *word, pin_arena *arena,
                                 pin_error *err)
{
    bool       added;
    pin_status s = PIN_OK;
    bool       parents = word->part_count > 0 && word->folded.len > word->parts[0].len &&
                   pin_str_starts(word->folded, word->parts[0]) && word->folded.at[word->parts[0].len] == '(';
    if (!parents)
        return plan_add_way(&added, p, slot, PIN_TIER_SYNONYM, RULE_CODE_PARTS, word->parts, word->part_count,
                            arena, err);
    for (uint32_t i = 0; s == PIN_OK && i < word->part_count; i++)
        s = plan_add_way(&added, p, slot, PIN_TIER_SYNONYM, RULE_CODE_PARENT >> i, &word->parts[i], 1, arena,
                         err);
    return s;
}

/* ---- Abbreviations ---- */

/* Does the long form stand in the query from word `at` on? *len receives how many words it has. */
static bool long_form_at(const plan *p, uint32_t at, pin_str long_form, uint32_t *len)
{
    uint32_t n = 0;
    size_t   from = 0;
    while (from < long_form.len) {
        const char *space = memchr(long_form.at + from, ' ', long_form.len - from);
        size_t      to = space ? (size_t)(space - long_form.at) : long_form.len;
        if (at + n == p->word_count ||
            !pin_str_equal(p->words[at + n].folded, pin_str_part(long_form, from, to)))
            return false;
        n++;
        from = to + 1;
    }
    *len = n;
    return n > 0;
}

static plan_slot *slot_of(plan *p, uint32_t word)
{
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].provision && p->slots[i].word == word)
            return &p->slots[i];
    return NULL;
}

/* Every telling word of the long form may be met by the short form. */
static pin_status add_short_form(plan *p, uint32_t first, uint32_t count, pin_str short_form,
                                 pin_arena *arena, pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t i = first; s == PIN_OK && i < first + count; i++) {
        plan_slot *slot = p->words[i].function || p->words[i].quoted ? NULL : slot_of(p, i);
        bool       added;
        if (slot)
            s = add_text(&added, p, slot, PIN_TIER_SYNONYM, RULE_ABBREVIATION, short_form, arena, err);
    }
    return s;
}

static pin_status add_abbreviation(plan *p, const pin_abbreviation *a, pin_arena *arena, pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; s == PIN_OK && i < p->word_count; i++) {
        const plan_word *word = &p->words[i];
        plan_slot       *slot;
        uint32_t         len;
        bool             added;
        if (!word->quoted && pin_str_equal(word->folded, a->short_form) && (slot = slot_of(p, i)) != NULL)
            s = add_text(&added, p, slot, PIN_TIER_SYNONYM, RULE_ABBREVIATION, a->long_form, arena, err);
        else if (long_form_at(p, i, a->long_form, &len))
            s = add_short_form(p, i, len, a->short_form, arena, err);
    }
    return s;
}

static pin_status add_abbreviations(plan *p, pin_arena *arena, pin_error *err)
{
    uint32_t   count = pin_read_abbreviation_count(p->ix);
    pin_status s = PIN_OK;
    if (count > RULE_ABBREVIATIONS_MAX)
        count = RULE_ABBREVIATIONS_MAX;
    for (uint32_t i = 0; s == PIN_OK && i < count; i++) {
        pin_abbreviation a;
        s = pin_read_abbreviation(&a, p->ix, i, err);
        if (s == PIN_OK)
            s = add_abbreviation(p, &a, arena, err);
    }
    return s;
}

/* ---- Words of daily life ---- */
static bool is_english(const plan *p)
{
    pin_str l = p->settings.language;
    return l.len == 0 ||
           (l.len >= 2 && (l.at[0] | 32) == 'e' && (l.at[1] | 32) == 'n' && (l.len == 2 || l.at[2] == '-'));
}

static pin_status add_everyday(plan *p, plan_slot *slot, const plan_word *word, pin_arena *arena,
                               pin_error *err)
{
    pin_str    texts[PIN_EVERYDAY_MAX];
    pin_status s = PIN_OK;
    if (!is_english(p) || word->kind != PIN_WORD)
        return PIN_OK;
    uint32_t count = pin_everyday(texts, word->term);
    for (uint32_t i = 0; s == PIN_OK && i < count; i++) {
        bool added;
        s = add_text(&added, p, slot, PIN_TIER_SYNONYM, RULE_EVERYDAY, texts[i], arena, err);
    }
    return s;
}

/* ---- What it may have been meant to be ---- */
static pin_status add_completions(plan *p, plan_slot *slot, const plan_word *word, pin_arena *arena,
                                  pin_error *err)
{
    plan_candidate found[RULE_PREFIX_TAKE];
    uint32_t       count = 0;
    if (word->folded.len < RULE_PREFIX_LEAST)
        return PIN_OK;
    pin_status s = plan_completions(found, RULE_PREFIX_TAKE, &count, p, word->folded, arena, err);
    for (uint32_t i = 0; s == PIN_OK && i < count; i++) {
        bool added;
        s = add_text(&added, p, slot, PIN_TIER_PREFIX, RULE_PREFIX, found[i].text, arena, err);
    }
    return s;
}

static pin_status note_correction(plan *p, const plan_word *word, pin_str to)
{
    p->corrections[p->correction_count++] =
        (pin_correction){.from = pin_str_part(p->query, word->from, word->to), .to = to};
    return PIN_OK;
}

/* Corrections of equal distance, the most frequent in questions first. Of a word that the corpus has, only
 * words one edit away that are far more frequent. */
static pin_status add_corrections(plan *p, plan_slot *slot, const plan_word *word, pin_arena *arena,
                                  pin_error *err)
{
    plan_candidate found[RULE_TYPO_TAKE];
    uint32_t       count = 0;
    bool           noted = false;
    uint32_t       least_df = word->known ? RULE_SLIP_TIMES * word->exact.df : 1, most = word->known ? 1 : 2;
    pin_status     s =
        plan_corrections(found, RULE_TYPO_TAKE, &count, p, word->folded, most, least_df, arena, err);
    for (uint32_t i = 0; s == PIN_OK && i < count; i++) {
        bool     added;
        uint32_t share = found[i].edits == 1 ? RULE_TYPO_ONE : RULE_TYPO_TWO;
        if (found[i].edits > found[0].edits || (word->known && found[i].edits > 1))
            break;
        if (word->known && found[i].df < RULE_SLIP_TIMES * word->exact.df)
            continue;
        s = add_text(&added, p, slot, PIN_TIER_TYPO, share, found[i].text, arena, err);
        if (s == PIN_OK && added && !noted)
            s = note_correction(p, word, found[i].text);
        noted |= added;
    }
    return s;
}

/* Everything but abbreviations, which look at the whole query. */
static pin_status add_other_ways(plan *p, plan_slot *slot, const plan_word *word, pin_arena *arena,
                                 pin_error *err)
{
    pin_status s = PIN_OK;
    if (word->quoted || word->function || !is_rare(p, word))
        return PIN_OK;
    if (word->part_count)
        s = add_code_parts(p, slot, word, arena, err);
    if (s == PIN_OK)
        s = add_everyday(p, slot, word, arena, err);
    if (s == PIN_OK && word->typing)
        s = add_completions(p, slot, word, arena, err);
    return s;
}

static bool may_be_slip(const plan *p, const plan_slot *slot, const plan_word *word)
{
    return word->known && slot->way_count == 1 && !word->function && word->exact.df <= RULE_SLIP_DF &&
           p->settings.item_count >= RULE_SLIP_ITEMS;
}

/* Nothing is known about the word, or only that other words begin with it. */
static bool is_obscure(const plan_slot *slot)
{
    for (uint32_t w = 0; w < slot->way_count; w++)
        if (slot->ways[w].tier != PIN_TIER_PREFIX)
            return false;
    return true;
}

/* An obscure word is taken for initials, and, when nothing at all is known about it, for a slip. */
static pin_status add_guesses(plan *p, pin_arena *arena, pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; s == PIN_OK && i < p->slot_count; i++) {
        plan_slot       *slot = &p->slots[i];
        const plan_word *word = &p->words[slot->word];
        if (slot->provision || word->quoted || word->kind != PIN_WORD || word->unread)
            continue;
        if (is_obscure(slot))
            s = plan_add_initials(p, slot, arena, err);
        if (s == PIN_OK && (slot->way_count == 0 || may_be_slip(p, slot, word)))
            s = add_corrections(p, slot, word, arena, err);
    }
    return s;
}

/* An exact match gives at least the line, every other way less. */
static void draw_line(const plan *p, plan_slot *slot)
{
    if (slot->way_count < 2 || slot->ways[0].tier != PIN_TIER_EXACT)
        return;
    uint32_t full =
        slot->ways[0].parts[0].weight * 255 * (p->settings.question_weight + p->settings.answer_weight);
    uint32_t line = (uint32_t)((uint64_t)full * RULE_LINE / RULE_ONE);
    slot->ways[0].floor = line;
    for (uint32_t w = 1; w < slot->way_count; w++)
        slot->ways[w].ceiling = line - 1;
}

static void settle_slot(const plan *p, plan_slot *slot)
{
    const plan_word *word = &p->words[slot->word];
    draw_line(p, slot);
    slot->weight = word->known ? word->weight : 0;
    for (uint32_t w = 0; w < slot->way_count && !word->known; w++)
        if (slot->ways[w].part_count == 1 && slot->ways[w].parts[0].weight > slot->weight)
            slot->weight = slot->ways[w].parts[0].weight;
    if (word->typing && slot->weight == 0) /* a letter or two: as telling as a common word */
        slot->weight = plan_weight(pin_idf(p->settings.item_count, p->settings.item_count / 8), RULE_PREFIX);
}

/* The first word with the term of word `i`. */
static const plan_word *word_before(const plan *p, uint32_t i)
{
    uint32_t first = 0;
    while (first < i && !pin_str_equal(p->words[first].term, p->words[i].term))
        first++;
    return &p->words[first];
}

static pin_status look_up_words(plan *p, pin_error *err)
{
    for (uint32_t i = 0; i < p->word_count; i++) {
        plan_word *word = &p->words[i];
        if (word->again) {
            word->exact = word_before(p, i)->exact;
            continue;
        }
        bool needed = p->needs;
        p->needs = false;
        pin_status s = plan_term(&word->exact, p, word->term, err);
        word->unread = p->needs;
        p->needs |= needed;
        if (s != PIN_OK)
            return s;
        word->known = word->exact.df > 0;
        word->question_df = word->exact.lists[PIN_QUESTION].count;
        word->idf = pin_idf_below(p->idf_top, p->settings.item_count, word->exact.df);
        word->weight = plan_weight(word->idf, word->function ? RULE_FUNCTION : RULE_ONE);
    }
    return PIN_OK;
}

static pin_status add_word_slot(plan *p, uint32_t i, pin_arena *arena, pin_error *err)
{
    const plan_word *word = &p->words[i];
    plan_slot       *slot = &p->slots[p->slot_count];
    *slot = (plan_slot){.word = i, .position = i, .function = word->function};
    slot->ways = pin_arena_room(arena, RULE_WAYS_MAX, sizeof *slot->ways);
    if (!slot->ways)
        return no_space(err);
    p->slot_count++;
    pin_status s = word->known ? add_exact(slot, word, arena, err) : PIN_OK;
    return s == PIN_OK ? add_other_ways(p, slot, word, arena, err) : s;
}

pin_status plan_expand(plan *p, pin_arena *arena, pin_error *err)
{
    p->slots = pin_arena_room(arena, PIN_QUERY_TERMS + RULE_PROVISIONS_MAX, sizeof *p->slots);
    p->corrections = pin_arena_room(arena, PIN_QUERY_TERMS, sizeof *p->corrections);
    if (!p->slots || !p->corrections)
        return no_space(err);
    pin_status s = look_up_words(p, err);
    for (uint32_t i = 0; s == PIN_OK && i < p->refs.count && i < RULE_PROVISIONS_MAX; i++)
        s = plan_add_provision(p, i, arena, err);
    for (uint32_t i = 0; s == PIN_OK && i < p->word_count; i++)
        if (!p->words[i].again && p->words[i].citation == 0)
            s = add_word_slot(p, i, arena, err);
    if (s == PIN_OK)
        s = add_abbreviations(p, arena, err);
    if (s == PIN_OK)
        s = add_guesses(p, arena, err);
    for (uint32_t i = 0; s == PIN_OK && i < p->slot_count; i++)
        if (!p->slots[i].provision)
            settle_slot(p, &p->slots[i]);
    return s;
}
