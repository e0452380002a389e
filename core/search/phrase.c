/* Quoted phrases, on the text of an item: the folded, unstemmed words of the phrase must follow each
 * other in the question, in the answer or in the verdict. The words of all phrases are looked for in one
 * pass, by the automaton of Knuth, Morris and Pratt (SIAM Journal on Computing 6, 1977), so the cost is
 * linear. */
#include <assert.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"
#include "pincite/blocks.h"

typedef struct phrase_pattern {
    pin_str  words[PIN_QUERY_TERMS];
    uint8_t  back[PIN_QUERY_TERMS + 1]; /* where to go on after a mismatch */
    uint32_t count, state;
    bool     found;
} phrase_pattern;

static void pattern_init(phrase_pattern *out, const plan *p, const plan_phrase *phrase)
{
    assert(phrase->count > 0);
    out->count = phrase->count;
    out->state = 0;
    out->found = false;
    for (uint32_t i = 0; i < phrase->count; i++)
        out->words[i] = p->words[phrase->first + i].folded;
    out->back[0] = out->back[1] = 0;
    for (uint32_t i = 1, k = 0; i < phrase->count; i++) {
        while (k > 0 && !pin_str_equal(out->words[i], out->words[k]))
            k = out->back[k];
        if (pin_str_equal(out->words[i], out->words[k]))
            k++;
        out->back[i + 1] = (uint8_t)k;
    }
}

static void pattern_step(phrase_pattern *p, pin_str word)
{
    while (p->state > 0 && (p->state == p->count || !pin_str_equal(p->words[p->state], word)))
        p->state = p->back[p->state];
    if (pin_str_equal(p->words[p->state], word))
        p->state++;
    if (p->state == p->count)
        p->found = true;
}

static bool has_phrase(phrase_pattern *pattern, pin_str text, pin_str language)
{
    pin_tokenizer t;
    pin_token     token;
    pattern->state = 0;
    pin_tokenizer_init(&t, text, language);
    t.words_only = true;
    while (!pattern->found && pin_tokenizer_next(&t, &token))
        if (!token.part)
            pattern_step(pattern, token.word);
    return pattern->found;
}

pin_status plan_plain(pin_str *out, const pin_item *item, pin_arena *arena, pin_error *err)
{
    size_t  mark = arena->used, room = item->blocks.len;
    char   *at = pin_arena_take(arena, room, 1);
    pin_buf b = pin_buf_over(at, at ? room : 0);
    *out = (pin_str){0};
    pin_status s = pin_blocks_plain(&b, item->blocks);
    if (s == PIN_CORRUPT)
        return pin_fail(err, s, 0, "the answer of an item is damaged");
    if (b.len > b.cap) { /* plain text is nearly always shorter than its blocks */
        arena->used = mark;
        room = b.len;
        if (!(at = pin_arena_take(arena, room, 1)))
            return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
        b = pin_buf_over(at, room);
        if ((s = pin_blocks_plain(&b, item->blocks)) != PIN_OK)
            return pin_fail(err, s, 0, "the answer of an item is damaged");
    }
    *out = pin_buf_str(&b);
    return PIN_OK;
}

pin_status plan_has_phrases(bool *out, plan *p, uint32_t number, pin_arena *scratch, pin_error *err)
{
    pin_item       item;
    pin_str        plain = {0};
    size_t         mark = scratch->used;
    phrase_pattern pattern;
    pin_status     s = pin_index_item(&item, p->ix, number, scratch, err);
    if (s == PIN_OK)
        s = plan_plain(&plain, &item, scratch, err);
    *out = s == PIN_OK;
    for (uint32_t i = 0; *out && i < p->phrase_count; i++) {
        pattern_init(&pattern, p, &p->phrases[i]);
        pin_str language = item.language.len ? item.language : p->settings.language;
        *out = has_phrase(&pattern, item.question, language) || has_phrase(&pattern, plain, language) ||
               has_phrase(&pattern, item.verdict, language);
    }
    scratch->used = mark;
    return s;
}
