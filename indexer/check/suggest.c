/* What the author may have meant: the nearest id for a dead reference, the neighbours of a provision
 * that does not exist. Suggestions are a kindness, so their work is bounded over the whole build. */
#include <string.h>

#include "indexer/check/inside.h"

enum { NAME_MAX = 128 };
#define WORK_MAX UINT64_C(400000000)

/* Edits (one letter more, less or other) from a to b, or more than `limit`. Both at most NAME_MAX. */
static uint32_t edits(pin_check *k, pin_str a, pin_str b, uint32_t limit)
{
    uint32_t row[NAME_MAX + 1];
    size_t   apart = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (apart > limit)
        return limit + 1;
    k->guess_work += a.len * b.len;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (uint32_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        uint32_t corner = row[0], least = row[0] = (uint32_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            uint32_t above = row[j];
            uint32_t best = corner + (a.at[i - 1] != b.at[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            corner = above;
            row[j] = best;
            if (best < least)
                least = best;
        }
        if (least > limit)
            return limit + 1;
    }
    return row[b.len];
}

typedef struct nearest {
    pin_str  name;
    uint32_t edits;
} nearest;

static void try_name(pin_check *k, nearest *best, pin_str target, pin_str name)
{
    if (name.len > NAME_MAX || k->guess_work > WORK_MAX / k->task_count)
        return;
    uint32_t limit = best->edits ? best->edits - 1 : 0;
    uint32_t distance = edits(k, target, name, limit);
    if (distance <= limit)
        *best = (nearest){name, distance};
}

/* Letters that two texts begin with alike. */
static size_t common_start(pin_str a, pin_str b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.at[n] == b.at[n])
        n++;
    return n;
}

/* An item of the module that was named, with the longest common beginning: the file may have got
 * another name since. */
static pin_str same_beginning(const pin_check *k, pin_str target)
{
    const char *slash = target.len ? memchr(target.at, '/', target.len) : NULL;
    size_t      module = slash ? (size_t)(slash - target.at) + 1 : 0;
    size_t      longest = 0;
    pin_str     best = {0};
    for (uint32_t i = 0; slash && i < k->corpus->item_count; i++) {
        size_t n = common_start(target, k->corpus->items[i].id);
        if (n >= module + 4 && n > longest) {
            longest = n;
            best = k->corpus->items[i].id;
        }
    }
    return best;
}

const char *pin_check_suggest(pin_check *k, pin_str target)
{
    if (target.len == 0 || target.len > NAME_MAX || k->guess_work > WORK_MAX / k->task_count)
        return NULL;
    nearest best = {.edits = (uint32_t)target.len / 3 + 1};
    for (uint32_t i = 0; i < k->corpus->item_count; i++)
        try_name(k, &best, target, k->corpus->items[i].id);
    for (uint32_t i = 0; i < k->corpus->module_count; i++)
        try_name(k, &best, target, k->corpus->modules[i].slug);
    for (uint32_t i = 0; i < k->corpus->not_item_count; i++)
        try_name(k, &best, target, k->corpus->not_items[i]);
    if (!best.name.len) {
        k->guess_work += k->corpus->item_count;
        best.name = same_beginning(k, target);
    }
    if (!best.name.len)
        return NULL;
    return pin_pool_format(k->pool, "did you mean '%.*s'?", PIN_ARG(best.name)).at;
}

/* ---- provisions ---- */

static pin_str without_last_step(pin_str id)
{
    for (size_t len = id.len; len-- > 0;)
        if (id.at[len] == '.')
            return pin_str_part(id, 0, len);
    return (pin_str){0};
}

static pin_str step_kind(pin_str id)
{
    pin_str above = without_last_step(id);
    pin_str step = above.len ? pin_str_part(id, above.len + 1, id.len) : id;
    for (size_t i = 0; i < step.len; i++)
        if (step.at[i] == '_')
            return pin_str_part(step, 0, i + 1);
    return step;
}

/* The last provision directly below `above` (empty: at the top) whose step is of this kind. */
static const pin_draft_provision *last_of_kind(const pin_draft_source *s, pin_str above, pin_str kind)
{
    for (uint32_t i = s->provision_count; i-- > 0;) {
        const pin_draft_provision *p = &s->provisions[i];
        if (pin_str_equal(without_last_step(p->id), above) && pin_str_equal(step_kind(p->id), kind))
            return p;
    }
    return NULL;
}

const char *pin_check_beside(pin_check *k, const pin_citation *c)
{
    uint32_t source = pin_source_named(k->sources, c->source);
    if (source == PIN_NO_PROVISION || k->guess_work > WORK_MAX / k->task_count)
        return NULL;
    const pin_draft_source *s = &k->sources->sources[source];
    k->guess_work += s->provision_count * 8u;
    for (pin_str id = c->id; id.len; id = without_last_step(id)) {
        pin_str above = without_last_step(id);
        if (above.len && k->law.find(k->law.ctx, source, above) == PIN_NO_PROVISION)
            continue;
        const pin_draft_provision *last = last_of_kind(s, above, step_kind(id));
        if (last)
            return pin_pool_format(k->pool, "the last of its kind is %.*s", PIN_ARG(last->label)).at;
        if (!above.len)
            return NULL;
        uint32_t number = k->law.find(k->law.ctx, source, above);
        pin_str  label = pin_source_provision(k->sources, number, NULL)->label;
        return pin_pool_format(k->pool, "%.*s exists, but has no such part", PIN_ARG(label)).at;
    }
    return NULL;
}
