/* Cross references: words in brackets and links to other files of the corpus. Each becomes a link to an
 * item or module, a citation, or plain words with a finding that says where it was meant to lead. */
#include <stdlib.h>
#include <string.h>

#include "indexer/check/inside.h"

static bool make_room(pin_check *k, uint32_t count)
{
    if (count <= k->answer_cap)
        return true;
    pin_link_answer *more = realloc(k->answers, count * sizeof *more);
    if (!more) {
        k->short_of_memory = true;
        return false;
    }
    k->answers = more;
    k->answer_cap = count;
    return true;
}

static void mark_linked(pin_check *k, uint32_t row, const pin_draft_link *link)
{
    if (k->rows[row].c.in_list)
        return;
    if (!k->rows[row].linked) {
        k->rows[row].line = link->line;
        k->rows[row].c.written = link->target; /* the prose around may have been read with it */
    }
    k->rows[row].linked = true;
}

/* The citation written between the brackets, if it is one. */
static bool cite_words(pin_check *k, pin_link_answer *out, const pin_draft_link *link, bool cites)
{
    pin_refs refs;
    pin_check_scan(&refs, k, link->target, PIN_CITE_LIST, k->sources->default_source);
    uint32_t entry = cites ? pin_check_next_entry(k) : 0;
    bool     found = false;
    for (uint32_t i = 0; i < refs.count; i++) {
        const pin_ref *ref = &refs.at[i];
        if (ref->id.len == 0 && ref->state != PIN_CITE_OTHER_ACT && ref->source.len == 0)
            continue;
        uint32_t row = cites ? pin_check_add(k, ref, link->target, entry, link->line) : PIN_NO_PROVISION;
        if (row != PIN_NO_PROVISION) {
            mark_linked(k, row, link);
            if (out->kind != PIN_ANSWER_CITE)
                *out = (pin_link_answer){.kind = PIN_ANSWER_CITE, .citation = row};
        }
        found = true;
    }
    return found;
}

/* An entry of the Commission's FAQ that is no item here: cfaq:sec_4.2.5. */
static void cite_section(pin_check *k, pin_link_answer *out, const pin_draft_link *link, pin_str section)
{
    uint32_t act = pin_source_named(k->sources, PIN_STR("cfaq"));
    pin_str  id = pin_pool_format(k->pool, "sec_%.*s", PIN_ARG(section));
    if (act == PIN_NO_PROVISION || !id.at)
        return;
    uint32_t provision = k->law.find(k->law.ctx, act, id);
    bool     loaded = k->sources->sources[act].loaded;
    pin_ref  ref = {.state = provision != PIN_NO_PROVISION ? PIN_CITE_RESOLVED
                             : loaded                      ? PIN_CITE_MISSING
                                                           : PIN_CITE_NOT_CHECKED,
                    .act_named = true,
                    .source = k->sources->sources[act].id,
                    .id = id,
                    .provision = provision};
    uint32_t row = pin_check_add(k, &ref, link->target, pin_check_next_entry(k), link->line);
    if (row == PIN_NO_PROVISION)
        return;
    mark_linked(k, row, link);
    *out = (pin_link_answer){.kind = PIN_ANSWER_CITE, .citation = row};
    if (!link->has_words)
        out->words = pin_pool_format(k->pool, "%.*s, section %.*s", PIN_ARG(k->sources->sources[act].names[0]),
                                     PIN_ARG(section));
}

static void report_dead(pin_check *k, const pin_draft_link *link, pin_origin origin, pin_str item)
{
    pin_finding_add(k->findings, PIN_ERROR, "dead-reference", origin, item, pin_check_suggest(k, link->target),
                    "%.*s leads nowhere: there is no '%.*s' among the items and modules", PIN_ARG(link->written),
                    PIN_ARG(link->target));
}

/* A module's slug says little to a reader: its title is shown where the author gave no words. */
static pin_str words_for(const pin_check *k, const pin_draft_link *link, pin_target target)
{
    if (link->has_words)
        return (pin_str){0};
    return target.kind == PIN_TARGET_ITEM ? k->corpus->items[target.number].question
                                          : k->corpus->modules[target.number].title;
}

static void resolve_link(pin_check *k, pin_link_answer *out, const pin_draft_link *link, pin_str home, bool cites)
{
    *out = (pin_link_answer){.kind = PIN_ANSWER_TEXT};
    pin_target target = pin_corpus_target(k->corpus, home, link->target);
    switch (target.kind) {
    case PIN_TARGET_ITEM:
        *out = (pin_link_answer){.kind = PIN_ANSWER_ITEM,
                                 .target = k->corpus->items[target.number].id,
                                 .words = words_for(k, link, target)};
        return;
    case PIN_TARGET_MODULE:
        *out = (pin_link_answer){.kind = PIN_ANSWER_ITEM,
                                 .target = k->corpus->modules[target.number].slug,
                                 .words = words_for(k, link, target)};
        return;
    case PIN_TARGET_GONE: /* its page says so, and where to go */
        *out = (pin_link_answer){.kind = PIN_ANSWER_ITEM, .target = k->corpus->fates[target.number].id};
        if (!link->has_words)
            out->words = k->corpus->fates[target.number].question;
        pin_finding_add(k->findings, PIN_WARNING, "withdrawn-reference",
                        (pin_origin){k->item->origin.file, link->line}, k->item->id, "lean on another answer",
                        "%.*s leads to an answer that was withdrawn", PIN_ARG(link->written));
        return;
    case PIN_TARGET_NOT_ITEM: /* it is there, but it has no page: the words stay */
        return;
    case PIN_TARGET_OFFICIAL:
        if (cites)
            cite_section(k, out, link, target.section);
        return;
    case PIN_TARGET_NOTHING:
        break;
    }
    if (!link->is_path && cite_words(k, out, link, cites))
        return;
    pin_origin origin = {k->item->origin.file, link->line};
    report_dead(k, link, origin, k->item->id);
}

void pin_check_links(pin_check *k, const pin_draft_link *links, uint32_t count, pin_str home, bool cites)
{
    if (!make_room(k, count))
        return;
    for (uint32_t i = 0; i < count && !k->short_of_memory; i++)
        resolve_link(k, &k->answers[i], &links[i], home, cites);
}
