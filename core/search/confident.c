/* Is the best hit an answer, or only the nearest thing there is? Decided from integers alone. */
#include "core/search/plan.h"

/* What the telling words of the query weigh together, and how much of that the item meets. */
typedef struct mass {
    uint64_t asked, met, met_in_question;
    uint32_t words, words_met; /* telling words */
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
        out->words++;
        pin_status s = plan_share_of(&share, p, slot, item, err);
        if (s != PIN_OK)
            return s;
        if (share.way == UINT32_MAX)
            continue;
        out->words_met++;
        out->met += idf;
        if (share.in_question)
            out->met_in_question += idf;
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
    *out = (touches && 2 * m.met >= m.asked) ||
           (m.words && 10 * m.met >= 7 * m.asked && 10 * m.met_in_question >= 4 * m.asked);
    return PIN_OK;
}
