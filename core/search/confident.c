/* Is the best hit an answer, or only the nearest thing there is? Decided from integers alone.
 *
 * Each telling word of the query (no function word, not part of a citation) has its idf as mass; a word
 * that no item has weighs most. The hit meets a word fully when it has it, as written, corrected or
 * completed, and by 0.6 when it has only a synonym. It is called an answer when it is the very question,
 * or meets MOST of the mass, or meets MUCH of it and SOME in its question, or touches the provision asked
 * for and meets HALF of the rest. */
#include "core/search/plan.h"

#define MOST 90 /* per cent */
#define MUCH 60
#define SOME 25
#define HALF 50

/* What the telling words of the query weigh together, and how much of that the item meets. */
typedef struct mass {
    uint64_t asked, met, met_in_question;
} mass;

static pin_status weigh_hit(mass *out, plan *p, uint32_t item, pin_error *err)
{
    *out = (mass){0};
    for (uint32_t i = 0; i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        slot_share       share;
        if (slot->function || slot->provision)
            continue;
        uint32_t idf = p->words[slot->word].idf;
        out->asked += idf;
        pin_status s = plan_share_of(&share, p, slot, item, err);
        if (s != PIN_OK)
            return s;
        if (share.way == UINT32_MAX)
            continue;
        uint64_t met = slot->ways[share.way].tier == PIN_TIER_SYNONYM ? plan_weight(idf, RULE_EVERYDAY) : idf;
        out->met += met;
        out->met_in_question += share.in_question ? met : 0;
    }
    return PIN_OK;
}

static pin_status touches_provision(bool *out, plan *p, uint32_t item, pin_error *err)
{
    *out = false;
    for (uint32_t i = 0; i < p->slot_count && !*out; i++) {
        const plan_slot *slot = &p->slots[i];
        slot_share       share;
        if (!slot->provision)
            continue;
        pin_status s = plan_share_of(&share, p, slot, item, err);
        if (s != PIN_OK)
            return s;
        *out = share.way == 0;
    }
    return PIN_OK;
}

pin_status plan_confident(bool *out, plan *p, const pin_hits *hits, bool exact, pin_error *err)
{
    mass m;
    bool touches;
    *out = exact && hits->count;
    if (hits->count == 0 || exact)
        return PIN_OK;
    pin_status s = touches_provision(&touches, p, hits->at[0].item, err);
    if (s == PIN_OK)
        s = weigh_hit(&m, p, hits->at[0].item, err);
    if (s != PIN_OK)
        return s;
    uint64_t met = 100 * m.met, met_in_question = 100 * m.met_in_question;
    *out = (touches && met >= HALF * m.asked) || (m.asked && met >= MOST * m.asked) ||
           (m.asked && met >= MUCH * m.asked && met_in_question >= SOME * m.asked);
    return PIN_OK;
}
