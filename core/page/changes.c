/* What changed between the versions of a source, and who leans on it. */
#include <string.h>

#include "core/cite/version.h"
#include "core/page/parts.h"
#include "pincite/versions.h"

enum { ID_MAX = 512 }; /* bytes of a provision id; the grammar and the readers make none that is longer */

static pin_status no_room(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "no room for the versions of a source");
}

/* ---- which versions there are ---- */

pin_status pin_versions_of(pin_versions *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err)
{
    pin_release release;
    uint32_t    number;
    pin_str     base = pin_version_base(id);
    pin_status  status = pin_index_find_source(&number, ix, base);
    if (status != PIN_OK)
        return status;
    pin_index_release(&release, ix);
    *out = (pin_versions){.at = pin_arena_take(arena, release.source_count, sizeof *out->at)};
    if (!out->at)
        return no_room(err);
    for (uint32_t i = 0; i < release.source_count; i++) {
        pin_source source;
        status = pin_index_source(&source, ix, i, arena, err);
        if (status != PIN_OK)
            return status;
        if (!source.loaded || !pin_str_equal(pin_version_base(source.id), base))
            continue;
        uint32_t at = out->count++;
        bool     current = !pin_version_is_older(source.id);
        for (; at > 0; at--) {
            const pin_source *before = &out->at[at - 1];
            if (pin_version_is_older(before->id) && (current || pin_version_order(before->version, source.version) <= 0))
                break;
            out->at[at] = *before;
        }
        out->at[at] = source;
    }
    return PIN_OK;
}

const char *pin_change_name(pin_change_kind kind)
{
    static const char *const names[] = {"unchanged", "changed", "withdrawn", "added"};
    return names[kind & 3];
}

/* ---- one provision in two versions ---- */

/* Its number in a version, or PIN_NO_PROVISION. */
static pin_status find(uint32_t *out, const pin_index *ix, const pin_source *version, pin_str id, pin_error *err)
{
    pin_status status = pin_index_find_provision(out, ix, version->number, id, err);
    if (status != PIN_NOT_FOUND)
        return status;
    *out = PIN_NO_PROVISION;
    return PIN_OK;
}

/* An outline has no words: nothing can be said of them, so they count as the same. */
static pin_status same_words(bool *same, const pin_index *ix, uint32_t a, uint32_t b, bool own, bool outline,
                             pin_arena *arena, pin_error *err)
{
    size_t        mark = arena->used;
    pin_provision p, q;
    pin_status    status = pin_index_provision(&p, ix, a, arena, err);
    if (status == PIN_OK)
        status = pin_index_provision(&q, ix, b, arena, err);
    if (status == PIN_OK)
        *same = pin_same_words(p.heading, q.heading) &&
                (outline || pin_same_words(own ? p.own : p.text, own ? q.own : q.text));
    arena->used = mark;
    return status;
}

pin_status pin_versions_of_provision(uint8_t **kinds, uint32_t **numbers, const pin_index *ix,
                                     const pin_versions *versions, pin_str id, pin_arena *arena, pin_error *err)
{
    uint32_t before = PIN_NO_PROVISION;
    *kinds = pin_arena_take(arena, versions->count, sizeof **kinds);
    *numbers = pin_arena_take(arena, versions->count, sizeof **numbers);
    if (!*kinds || !*numbers)
        return no_room(err);
    for (uint32_t i = 0; i < versions->count; i++) {
        uint32_t   number;
        bool       same = true;
        pin_status status = find(&number, ix, &versions->at[i], id, err);
        if (status == PIN_OK && number != PIN_NO_PROVISION && before != PIN_NO_PROVISION)
            status = same_words(&same, ix, before, number, false,
                                versions->at[i].outline || versions->at[i - 1].outline, arena, err);
        if (status != PIN_OK)
            return status;
        (*numbers)[i] = number;
        (*kinds)[i] = number == PIN_NO_PROVISION   ? PIN_CHANGE_WITHDRAWN
                      : before == PIN_NO_PROVISION ? PIN_CHANGE_ADDED
                      : same                       ? PIN_CHANGE_NONE
                                                   : PIN_CHANGE_WORDS;
        before = number;
    }
    return PIN_OK;
}

/* ---- all provisions of two versions ---- */

static void put(pin_changes *out, uint32_t step, pin_change_kind kind, uint32_t before, uint32_t after,
                const pin_provision *p)
{
    out->at[out->count++] = (pin_change){.step = step, .kind = (uint8_t)kind, .before = before, .after = after,
                                         .id = p->id, .label = p->label, .heading = p->heading};
}

/* Those of the later version, against the earlier one. */
static pin_status compare(pin_changes *out, const pin_index *ix, const pin_versions *versions, uint32_t step,
                          pin_arena *arena, pin_error *err)
{
    const pin_source *old = &versions->at[step], *new = &versions->at[step + 1];
    for (uint32_t k = 0; k < new->provision_count; k++) {
        pin_provision p;
        uint32_t      number = new->first_provision + k, before;
        bool          same = true;
        pin_status    status = pin_index_provision_names(&p, ix, number, err);
        if (status == PIN_OK)
            status = find(&before, ix, old, p.id, err);
        if (status == PIN_OK && before != PIN_NO_PROVISION)
            status = same_words(&same, ix, before, number, true, old->outline || new->outline, arena, err);
        if (status != PIN_OK)
            return status;
        if (before == PIN_NO_PROVISION)
            put(out, step, PIN_CHANGE_ADDED, before, number, &p);
        else if (!same)
            put(out, step, PIN_CHANGE_WORDS, before, number, &p);
        else
            out->same[step]++;
    }
    return PIN_OK;
}

static pin_status find_withdrawn(pin_changes *out, const pin_index *ix, const pin_versions *versions, uint32_t step,
                                 pin_error *err)
{
    const pin_source *old = &versions->at[step], *new = &versions->at[step + 1];
    for (uint32_t k = 0; k < old->provision_count; k++) {
        pin_provision p;
        uint32_t      number = old->first_provision + k, after;
        pin_status    status = pin_index_provision_names(&p, ix, number, err);
        if (status == PIN_OK)
            status = find(&after, ix, new, p.id, err);
        if (status != PIN_OK)
            return status;
        if (after == PIN_NO_PROVISION)
            put(out, step, PIN_CHANGE_WITHDRAWN, number, after, &p);
    }
    return PIN_OK;
}

/* ---- who leans on it ---- */

/* A citation of the current version that no list of the index has: of the whole source, or of a provision
 * that is not in it. */
typedef struct stray {
    pin_citing row;
    pin_str    id;
} stray;

/* Counts them, and notes them where `rows` is not NULL. One pass over all answers. */
static pin_status read_strays(stray *rows, uint32_t *count, const pin_index *ix, const pin_versions *versions,
                              pin_arena *arena, pin_error *err)
{
    pin_release release;
    pin_str     base = pin_version_base(versions->at[versions->count - 1].id);
    pin_index_release(&release, ix);
    *count = 0;
    for (uint32_t i = 0; i < release.item_count; i++) {
        size_t     mark = arena->used;
        pin_item   item;
        pin_status status = pin_index_item(&item, ix, i, arena, err);
        if (status != PIN_OK)
            return status;
        for (uint32_t k = 0; k < item.citation_count; k++) {
            const pin_citation *c = &item.citations[k];
            if (c->provision != PIN_NO_PROVISION || !pin_str_equal(pin_version_base(c->source), base) ||
                (c->id.len && pin_version_is_older(c->source)))
                continue;
            if (rows)
                rows[*count].row = (pin_citing){.item = i, .citation = k};
            ++*count;
        }
        arena->used = mark;
    }
    return PIN_OK;
}

/* Their ids, once the rows have their place: texts of an item go when the next one is read. */
static pin_status name_strays(stray *rows, uint32_t count, const pin_index *ix, pin_arena *arena, pin_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        char       id[ID_MAX];
        size_t     mark = arena->used, len;
        pin_item   item;
        pin_status status = pin_index_item(&item, ix, rows[i].row.item, arena, err);
        if (status != PIN_OK)
            return status;
        pin_str text = item.citations[rows[i].row.citation].id;
        len = text.len < ID_MAX ? text.len : ID_MAX;
        if (len)
            memcpy(id, text.at, len);
        arena->used = mark;
        rows[i].id = pin_arena_copy(arena, (pin_str){id, len});
        if (len && !rows[i].id.at)
            return no_room(err);
    }
    return PIN_OK;
}

/* Adds a row; the stronger touch stays where the item has one. */
static void lean(pin_change *change, const pin_citing *row)
{
    for (uint32_t i = 0; i < change->leaning_count; i++)
        if (change->leaning[i].item == row->item) {
            if (row->touch < change->leaning[i].touch)
                change->leaning[i] = *row;
            return;
        }
    change->leaning[change->leaning_count++] = *row;
}

static void sort_leaning(pin_change *change)
{
    pin_citing *at = change->leaning;
    for (uint32_t i = 1; i < change->leaning_count; i++) {
        pin_citing row = at[i];
        uint32_t   k = i;
        for (; k > 0 && (at[k - 1].touch > row.touch || (at[k - 1].touch == row.touch && at[k - 1].item > row.item)); k--)
            at[k] = at[k - 1];
        at[k] = row;
    }
}

static bool stray_touches(const stray *s, pin_str id)
{
    return pin_str_equal(s->id, id) || (s->id.len && (pin_cite_is_ancestor(id, s->id) || pin_cite_is_ancestor(s->id, id)));
}

/* Versions whose citations lean on a change of `step`: those up to it, and the current one. */
static pin_status find_leaning(pin_change *change, const pin_index *ix, const pin_versions *versions,
                               const stray *strays, uint32_t stray_count, pin_arena *arena, pin_error *err)
{
    pin_citings *lists = pin_arena_take(arena, versions->count, sizeof *lists);
    uint32_t     most = stray_count;
    if (!lists)
        return no_room(err);
    if (change->kind == PIN_CHANGE_ADDED)
        return PIN_OK; /* nobody can have leaned on what was not there */
    for (uint32_t i = 0; i < versions->count; i++) {
        uint32_t   number;
        pin_status status = find(&number, ix, &versions->at[i], change->id, err);
        if (status != PIN_OK)
            return status;
        if (number == PIN_NO_PROVISION || (i > change->step && i + 1 < versions->count))
            continue;
        status = pin_index_citing(&lists[i], ix, number, arena, err);
        if (status != PIN_OK)
            return status;
        most += lists[i].count;
    }
    change->leaning = pin_arena_take(arena, most, sizeof *change->leaning);
    if (!change->leaning)
        return no_room(err);
    for (uint32_t i = 0; i < versions->count; i++)
        for (uint32_t k = 0; k < lists[i].count; k++)
            lean(change, &lists[i].at[k]);
    for (uint32_t i = 0; i < stray_count; i++) {
        pin_citing row = strays[i].row;
        if (!stray_touches(&strays[i], change->id))
            continue;
        row.touch = pin_str_equal(strays[i].id, change->id)          ? PIN_TOUCH_EXACT
                    : pin_cite_is_ancestor(strays[i].id, change->id) ? PIN_TOUCH_PARENT
                                                                     : PIN_TOUCH_CHILD;
        lean(change, &row);
    }
    sort_leaning(change);
    return PIN_OK;
}

static pin_status find_strays(pin_changes *out, stray **strays, uint32_t *count, const pin_index *ix,
                              const pin_versions *versions, pin_arena *arena, pin_error *err)
{
    pin_status status = read_strays(NULL, count, ix, versions, arena, err);
    if (status != PIN_OK)
        return status;
    *strays = pin_arena_take(arena, *count, sizeof **strays);
    out->whole = pin_arena_take(arena, *count, sizeof *out->whole);
    if (!*strays || !out->whole)
        return no_room(err);
    status = read_strays(*strays, count, ix, versions, arena, err);
    if (status == PIN_OK)
        status = name_strays(*strays, *count, ix, arena, err);
    for (uint32_t i = 0; i < *count && status == PIN_OK; i++) {
        const pin_citing *row = &(*strays)[i].row;
        if (!(*strays)[i].id.len && (!out->whole_count || out->whole[out->whole_count - 1].item != row->item))
            out->whole[out->whole_count++] = *row;
    }
    out->complete = status == PIN_OK;
    return status;
}

pin_status pin_changes_of(pin_changes *out, const pin_index *ix, const pin_versions *versions, uint32_t most,
                          pin_arena *arena, pin_error *err)
{
    pin_release release;
    uint64_t    rows = 0;
    stray      *strays = NULL;
    uint32_t    stray_count = 0;
    pin_status  status = PIN_OK;
    *out = (pin_changes){.complete = true};
    if (versions->count < 2)
        return PIN_OK;
    for (uint32_t i = 0; i < versions->count; i++)
        rows += (uint64_t)2 * versions->at[i].provision_count;
    out->same = pin_arena_take(arena, versions->count, sizeof *out->same);
    out->at = rows <= SIZE_MAX ? pin_arena_take(arena, (size_t)rows, sizeof *out->at) : NULL;
    if (!out->same || !out->at)
        return no_room(err);
    for (uint32_t i = 0; i + 1 < versions->count && status == PIN_OK; i++) {
        status = compare(out, ix, versions, i, arena, err);
        if (status == PIN_OK)
            status = find_withdrawn(out, ix, versions, i, err);
    }
    pin_index_release(&release, ix);
    out->complete = false;
    if (status == PIN_OK && release.item_count <= most)
        status = find_strays(out, &strays, &stray_count, ix, versions, arena, err);
    for (uint32_t i = 0; i < out->count && status == PIN_OK; i++)
        status = find_leaning(&out->at[i], ix, versions, strays, stray_count, arena, err);
    return status;
}
