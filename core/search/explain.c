/* A score unfolded: one line a slot, below it the numbers that made it. Lines that have no line below
 * them add up to the score. */
#include "core/bytes/bytes.h"
#include "core/search/plan.h"

#define LINE_MAX 320

typedef struct telling {
    pin_hit   *hit;
    uint32_t   cap;
    pin_arena *arena;
    pin_error *err;
    pin_status status;
} telling;

static void add_decimal(pin_buf *b, uint32_t value, uint32_t binary_places)
{
    uint32_t hundredths = (uint32_t)(((uint64_t)value * 100) >> binary_places);
    pin_buf_uint(b, hundredths / 100);
    pin_buf_byte(b, '.');
    pin_buf_byte(b, (char)('0' + hundredths / 10 % 10));
    pin_buf_byte(b, (char)('0' + hundredths % 10));
}

/* Adds a line; its text is what `b` holds. */
static void tell(telling *t, uint32_t indent, const pin_buf *b, int64_t value)
{
    pin_str what = pin_arena_copy(t->arena, pin_buf_str(b));
    if (t->status != PIN_OK)
        return;
    if ((b->len && !what.at) || t->hit->reason_count == t->cap) {
        t->status = pin_fail(t->err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
        return;
    }
    t->hit->reasons[t->hit->reason_count++] = (pin_reason){.indent = indent, .what = what, .value = value};
}

static void tell_text(telling *t, uint32_t indent, const char *text, int64_t value)
{
    char    room[LINE_MAX];
    pin_buf b = pin_buf_over(room, sizeof room);
    pin_buf_adds(&b, text);
    tell(t, indent, &b, value);
}

/* A key as people read it: a provision without its mark. */
static void add_key(pin_buf *b, pin_str key)
{
    pin_buf_add(b, key.len && key.at[0] == 1 ? pin_str_part(key, 1, key.len) : key);
}

static int64_t tell_field(telling *t, const plan *p, const plan_part *part, const char *field,
                          uint32_t field_weight, uint32_t impact)
{
    char    room[LINE_MAX];
    pin_buf b = pin_buf_over(room, sizeof room);
    int64_t value = (int64_t)part->weight * field_weight * impact;
    if (impact == 0)
        return 0;
    pin_buf_adds(&b, field);
    pin_buf_adds(&b, ": ");
    add_key(&b, part->key);
    pin_buf_adds(&b, " (df ");
    pin_buf_uint(&b, part->term.df);
    pin_buf_adds(&b, ", idf ");
    add_decimal(&b, pin_idf(p->settings.item_count, part->term.df), RULE_IDF_BITS);
    pin_buf_adds(&b, ", weight ");
    pin_buf_uint(&b, part->weight);
    pin_buf_adds(&b, " x ");
    pin_buf_uint(&b, field_weight);
    pin_buf_adds(&b, ", impact ");
    pin_buf_uint(&b, impact);
    pin_buf_byte(&b, ')');
    tell(t, 2, &b, value);
    return value;
}

static void tell_way(telling *t, const plan *p, const plan_way *way, const slot_share *share)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < way->part_count; i++) {
        sum += tell_field(t, p, &way->parts[i], "question", p->settings.question_weight, share->question[i]);
        sum += tell_field(t, p, &way->parts[i], "answer", p->settings.answer_weight, share->answer[i]);
    }
    if (way->part_count && sum < share->value)
        tell_text(t, 2, "raised to the least of an exact match", share->value - sum);
    if (way->part_count && sum > share->value)
        tell_text(t, 2, "held below an exact match", share->value - sum);
}

static const char *tier_name(uint8_t tier)
{
    switch (tier) {
    case PIN_TIER_SYNONYM:
        return "synonym";
    case PIN_TIER_PREFIX:
        return "begins with it";
    case PIN_TIER_TYPO:
        return "corrected";
    default:
        return "as written";
    }
}

static void tell_slot(telling *t, const plan *p, const plan_slot *slot, const slot_share *share)
{
    char            room[LINE_MAX];
    pin_buf         b = pin_buf_over(room, sizeof room);
    const plan_way *way = &slot->ways[share->way];
    if (slot->provision) {
        const pin_ref *ref = &p->refs.at[slot->word];
        pin_buf_adds(&b, way->part_count ? "words of " : "cites or touches ");
        pin_buf_add(&b, ref->source);
        pin_buf_byte(&b, ':');
        pin_buf_add(&b, pin_str_part(ref->id, 0, 100));
    } else {
        pin_buf_add(&b, p->words[slot->word].folded);
        pin_buf_adds(&b, ", ");
        pin_buf_adds(&b, tier_name(way->tier));
    }
    tell(t, 1, &b, share->value);
    tell_way(t, p, way, share);
}

static void tell_bonus(telling *t, const bonus *b, bool exact)
{
    char    room[LINE_MAX];
    pin_buf out = pin_buf_over(room, sizeof room);
    if (b->near)
        tell_text(t, 1, "neighbouring words near each other in the question", b->near);
    if (b->share) {
        pin_buf_adds(&out, "covers ");
        pin_buf_uint(&out, b->covered);
        pin_buf_adds(&out, " of the ");
        pin_buf_uint(&out, b->of);
        pin_buf_adds(&out, " words of the question");
        tell(t, 1, &out, b->share);
    }
    if (b->begins)
        tell_text(t, 1, "the question begins with the query", b->begins);
    if (exact)
        tell_text(t, 1, "is the question itself", RULE_EXACT_QUESTION);
}

/* Each way of a slot gives at most two lines a part, one for its slot and one for the line. */
static uint32_t most_lines(const plan *p) { return 6 + p->slot_count * (2 + 2 * RULE_PARTS_MAX); }

pin_status plan_explain(pin_hit *hit, plan *p, const bonus *b, bool exact, pin_arena *arena, pin_error *err)
{
    telling t = {.hit = hit, .cap = most_lines(p), .arena = arena, .err = err};
    hit->reason_count = 0;
    hit->reasons = pin_arena_take(arena, t.cap, sizeof *hit->reasons);
    if (!hit->reasons)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    tell_text(&t, 0, "score", hit->score);
    for (uint32_t i = 0; i < p->slot_count && t.status == PIN_OK; i++) {
        slot_share share;
        pin_status s = plan_share_of(&share, p, &p->slots[i], hit->item, err);
        if (s != PIN_OK)
            return s;
        if (share.way != UINT32_MAX && share.value)
            tell_slot(&t, p, &p->slots[i], &share);
    }
    tell_bonus(&t, b, exact);
    return t.status;
}
