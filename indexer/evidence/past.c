/* The corpus against what was published: four lists in byte order of ids (the items of the corpus, the items
 * of the previous index, its past, and what the corpus says of ids that are gone) are walked side by side.
 * Each id comes out once, with the revisions to keep and, when it has no item, a fate. */
#include "indexer/corpus/parallel.h"
#include "indexer/evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"

typedef struct old_item {
    pin_str  id, updated, seen, question;
    uint32_t number;
    uint8_t  hash[PIN_REVISION_LEN];
} old_item;

typedef struct live_item {
    pin_str  id;
    uint32_t number;
} live_item;

typedef struct inside {
    pin_room   room;     /* the open previous index lives here, nothing else                          */
    pin_room   scratch;
    pin_piece  piece;
    old_item  *old;      /* sorted by id                                                              */
    uint32_t   old_count;
    live_item *live;     /* sorted by id; in the pool                                                 */
    uint32_t   live_count;
    pin_draft_fate const **fates; /* sorted by id; the first of two wins                              */
    uint32_t   fate_count;
    pin_draft_fate *law;      /* pages of the law that this release has no more                       */
    uint32_t   law_count, law_cap;
    pin_reviser reviser;
} inside;

void pin_past_init(pin_past_set *out, pin_pool *pool) { *out = (pin_past_set){.pool = pool}; }

void pin_past_close(pin_past_set *past)
{
    inside *in = past->inside;
    if (!in)
        return;
    pin_room_free(&in->room);
    pin_room_free(&in->scratch);
    free(in->old);
    free(in->fates);
    free(in->law);
    pin_reviser_free(&in->reviser);
    free(in);
    past->inside = NULL;
    past->previous = NULL;
}

static pin_status no_memory(pin_error *err) { return pin_fail(err, PIN_NO_SPACE, 0, "memory is short"); }

static inside *inside_of(pin_past_set *past)
{
    if (!past->inside)
        past->inside = calloc(1, sizeof(inside));
    return past->inside;
}

/* ---- The previous index ---- */
static pin_status verify(inside *in, const pin_index *ix, pin_error *err)
{
    pin_status s = PIN_NO_SPACE;
    while (pin_room_again(&in->scratch, s))
        s = pin_index_verify(ix, &in->scratch.arena, err);
    if (s != PIN_OK)
        return s;
    do
        s = pin_evidence_verify(ix, &in->scratch.arena, err);
    while (pin_room_again(&in->scratch, s));
    return s;
}

pin_status pin_past_open(pin_past_set *past, pin_str bytes, pin_error *err)
{
    inside    *in = inside_of(past);
    pin_index *ix = NULL;
    pin_status s = PIN_NO_SPACE;
    if (!in)
        return no_memory(err);
    in->piece = (pin_piece){0, bytes.len, (const uint8_t *)bytes.at};
    pin_file file = {.len = bytes.len, .pieces = &in->piece, .piece_count = 1};
    while (pin_room_again(&in->room, s))
        s = pin_index_open(&ix, &file, &in->room.arena, err);
    if (s == PIN_OK)
        s = verify(in, ix, err);
    if (s == PIN_OK)
        past->previous = ix;
    return s;
}

pin_status pin_past_item(pin_item *item, pin_footing **footings, const pin_past_set *past,
                         const pin_revision *revision, pin_room *room, pin_error *err)
{
    pin_status s = PIN_NO_SPACE;
    pin_arena_reset(&room->arena);
    do {
        if (room->memory)
            s = pin_index_as_it_stood(item, footings, past->previous, revision, &room->arena, err);
    } while (pin_room_again(room, s));
    return s;
}

/* ---- Revisions ---- */
static pin_status canonical_hash(uint8_t *out, pin_reviser *r, const pin_item *item, const pin_footing *footings,
                                 pin_error *err)
{
    for (;;) {
        pin_buf    buf = pin_buf_over(r->canon, r->canon_cap);
        pin_status s = pin_evidence_canonical(&buf, item, footings, err);
        if (s == PIN_OK)
            pin_evidence_hash(out, pin_buf_str(&buf));
        if (s != PIN_NO_SPACE)
            return s;
        void *more = realloc(r->canon, buf.len * 2);
        if (!more)
            return no_memory(err);
        r->canon = more;
        r->canon_cap = buf.len * 2;
    }
}

void pin_reviser_free(pin_reviser *r)
{
    free(r->canon);
    free(r->footings);
    *r = (pin_reviser){0};
}

pin_status pin_evidence_revision(uint8_t out[PIN_REVISION_LEN], pin_reviser *r, const pin_draft_item *item,
                                 const pin_source_set *sources, pin_error *err)
{
    if (item->citation_count > r->footing_cap) {
        pin_footing *more = realloc(r->footings, 2 * (size_t)item->citation_count * sizeof *more);
        if (!more)
            return no_memory(err);
        r->footings = more;
        r->footing_cap = 2 * item->citation_count;
    }
    pin_evidence_footings(r->footings, item, sources);
    pin_item view = pin_evidence_view(item);
    return canonical_hash(out, r, &view, r->footings, err);
}

static pin_status hash_items(pin_past_set *past, const pin_corpus *corpus, const pin_source_set *sources,
                             pin_error *err)
{
    inside *in = past->inside;
    past->seen = pin_pool_take(past->pool, (size_t)corpus->item_count + 1, sizeof *past->seen);
    if (!past->seen)
        return no_memory(err);
    if (past->revisions)
        return PIN_OK;
    past->revisions = pin_pool_room(past->pool, (size_t)corpus->item_count + 1, PIN_REVISION_LEN);
    if (!past->revisions)
        return no_memory(err);
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        pin_status s = pin_evidence_revision(past->revisions + (size_t)i * PIN_REVISION_LEN, &in->reviser,
                                             &corpus->items[i], sources, err);
        if (s != PIN_OK)
            return s;
    }
    return PIN_OK;
}

/* ---- The lists, sorted ---- */
static int live_order(const void *a, const void *b)
{
    return pin_str_order(((const live_item *)a)->id, ((const live_item *)b)->id);
}

/* As the ids of their items: all begin with the slug and a '/'. */
static int home_order(const void *a, const void *b)
{
    pin_str x = ((const live_item *)a)->id, y = ((const live_item *)b)->id;
    size_t  common = x.len < y.len ? x.len : y.len;
    int     order = pin_str_order(pin_str_part(x, 0, common), pin_str_part(y, 0, common));
    if (order || x.len == y.len)
        return order;
    uint8_t next = (uint8_t)(x.len > common ? x.at[common] : y.at[common]);
    bool    longer_first = next < '/';
    return (x.len > common) == longer_first ? -1 : 1;
}

static bool is_sorted(const inside *in, const pin_corpus *corpus)
{
    for (uint32_t i = 1; i < in->live_count; i++) {
        pin_rest_at(corpus->options, i);
        if (live_order(&in->live[i - 1], &in->live[i]) > 0)
            return false;
    }
    return true;
}

/* Module by module, in the order of their names: much less to compare than all ids at once. */
static bool sort_live(pin_past_set *past, const pin_corpus *corpus)
{
    inside    *in = past->inside;
    live_item *homes = pin_pool_room(past->pool, (size_t)corpus->module_count + 1, sizeof *homes);
    if (!homes)
        return false;
    for (uint32_t m = 0; m < corpus->module_count; m++)
        homes[m] = (live_item){corpus->modules[m].slug, m};
    if (corpus->module_count)
        qsort(homes, corpus->module_count, sizeof *homes, home_order);
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        const pin_draft_module *module = &corpus->modules[homes[m].number];
        live_item              *first = in->live + in->live_count;
        for (uint32_t i = module->first_item; i < module->first_item + module->item_count; i++)
            in->live[in->live_count++] = (live_item){corpus->items[i].id, i};
        if (module->item_count)
            qsort(first, module->item_count, sizeof *first, live_order);
        pin_rest(corpus->options);
    }
    return true;
}

static pin_status list_live(pin_past_set *past, const pin_corpus *corpus, pin_error *err)
{
    inside *in = past->inside;
    in->live = pin_pool_room(past->pool, (size_t)corpus->item_count + 1, sizeof *in->live);
    if (!in->live || !sort_live(past, corpus))
        return no_memory(err);
    if (in->live_count != corpus->item_count || !is_sorted(in, corpus)) { /* a corpus of another make */
        for (uint32_t i = 0; i < corpus->item_count; i++)
            in->live[i] = (live_item){corpus->items[i].id, i};
        in->live_count = corpus->item_count;
        qsort(in->live, in->live_count, sizeof *in->live, live_order);
    }
    return PIN_OK;
}

static int old_order(const void *a, const void *b)
{
    return pin_str_order(((const old_item *)a)->id, ((const old_item *)b)->id);
}

/* Item `i` of the previous index. A file of format 1.0 has no revisions: they are made here. */
static pin_status read_old(old_item *out, pin_past_set *past, uint32_t i, pin_error *err)
{
    inside      *in = past->inside;
    pin_revision revision = {.item = i};
    pin_item     item;
    pin_footing *footings;
    pin_past     history;
    pin_status   s = PIN_NO_SPACE;
    do {
        if (!in->scratch.memory)
            continue;
        pin_arena_reset(&in->scratch.arena);
        s = pin_index_item(&item, past->previous, i, &in->scratch.arena, err);
        if (s == PIN_OK && item.revision.len)
            s = pin_index_past(&history, past->previous, item.id, &in->scratch.arena, err);
        else if (s == PIN_OK)
            s = pin_index_as_it_stood(&item, &footings, past->previous, &revision, &in->scratch.arena, err);
    } while (pin_room_again(&in->scratch, s));
    if (s != PIN_OK)
        return s;
    *out = (old_item){.number = i};
    if (item.revision.len) {
        memcpy(out->hash, item.revision.at, PIN_REVISION_LEN);
        out->seen = pin_pool_copy(past->pool, history.revisions[0].seen);
    } else if ((s = canonical_hash(out->hash, &in->reviser, &item, footings, err)) != PIN_OK) {
        return s;
    }
    out->id = pin_pool_copy(past->pool, item.id);
    out->updated = pin_pool_copy(past->pool, item.updated);
    out->question = pin_pool_copy(past->pool, item.question);
    return out->id.at ? PIN_OK : no_memory(err);
}

static pin_status list_old(pin_past_set *past, pin_error *err)
{
    inside     *in = past->inside;
    pin_release release;
    if (!past->previous)
        return PIN_OK;
    pin_index_release(&release, past->previous);
    in->old = malloc(((size_t)release.item_count + 1) * sizeof *in->old);
    if (!in->old)
        return no_memory(err);
    for (; in->old_count < release.item_count; in->old_count++) {
        pin_status s = read_old(&in->old[in->old_count], past, in->old_count, err);
        if (s != PIN_OK)
            return s;
    }
    qsort(in->old, in->old_count, sizeof *in->old, old_order);
    return PIN_OK;
}

static int fate_order(const void *a, const void *b)
{
    const pin_draft_fate *x = *(const pin_draft_fate *const *)a, *y = *(const pin_draft_fate *const *)b;
    int                   order = pin_str_order(x->id, y->id);
    return order ? order : (x > y) - (x < y);
}

static bool says_the_same(const pin_draft_fate *a, const pin_draft_fate *b)
{
    return a->fate == b->fate && pin_str_equal(a->target, b->target);
}

static pin_status list_fates(inside *in, const pin_corpus *corpus, pin_findings *findings, pin_error *err)
{
    uint32_t count = corpus->fate_count + in->law_count;
    in->fates = malloc(((size_t)count + 1) * sizeof *in->fates);
    if (!in->fates)
        return no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        in->fates[i] = i < corpus->fate_count ? &corpus->fates[i] : &in->law[i - corpus->fate_count];
    qsort(in->fates, count, sizeof *in->fates, fate_order);
    for (uint32_t i = 0; i < count; i++) {
        const pin_draft_fate *f = in->fates[i], *first = in->fate_count ? in->fates[in->fate_count - 1] : NULL;
        if (!first || !pin_str_equal(first->id, f->id)) {
            in->fates[in->fate_count++] = f;
        } else if (!says_the_same(first, f)) {
            pin_finding_add(findings, PIN_ERROR, "redirect-twice", f->origin, f->id, "keep one of the two",
                            "'%.*s' is %s%s%.*s already (%.*s:%u)", PIN_ARG(f->id), pin_fate_name(first->fate),
                            first->target.len ? " to " : "", PIN_ARG(first->target), PIN_ARG(first->origin.file),
                            first->origin.line);
        }
    }
    return PIN_OK;
}

/* ---- The pages of the law: they were published too ---- */
/* Where "law/SOURCE" or "law/SOURCE/PROVISION" has a page in this release. */
static bool law_lives(const pin_source_set *sources, pin_str id)
{
    pin_str     name = pin_str_part(id, 4, id.len);
    const char *slash = name.len ? memchr(name.at, '/', name.len) : NULL;
    pin_str     source = pin_str_part(name, 0, slash ? (size_t)(slash - name.at) : name.len);
    pin_law     law = pin_source_law(sources);
    for (uint32_t i = 0; i < sources->source_count; i++)
        if (pin_str_equal(sources->sources[i].id, source))
            return sources->sources[i].loaded &&
                   (!slash || law.find(law.ctx, i, pin_str_part(name, source.len + 1, name.len)) != PIN_NO_PROVISION);
    return false;
}

static bool is_law(pin_str id) { return pin_str_starts(id, PIN_STR("law/")); }

static pin_status add_law(inside *in, pin_pool *pool, pin_str id, pin_str label, pin_str version, pin_error *err)
{
    if (in->law_count == in->law_cap) {
        uint32_t        cap = in->law_cap ? in->law_cap * 2 : 64;
        pin_draft_fate *more = realloc(in->law, cap * sizeof *more);
        if (!more)
            return no_memory(err);
        in->law = more;
        in->law_cap = cap;
    }
    pin_str reason = version.len ? pin_pool_format(pool, "It was there in version %.*s.", PIN_ARG(version)) : PIN_STR("");
    in->law[in->law_count++] = (pin_draft_fate){
        .id = id, .fate = PIN_FATE_WITHDRAWN, .reason = reason, .question = pin_pool_copy(pool, label)};
    return id.at && reason.at ? PIN_OK : no_memory(err);
}

/* A provision of the previous release, when it has no page in this one. */
static pin_status check_provision(pin_past_set *past, const pin_source_set *sources, const pin_source *source,
                                  uint32_t number, pin_error *err)
{
    inside       *in = past->inside;
    pin_provision p;
    pin_status    s = pin_index_provision_names(&p, past->previous, number, err);
    pin_str       id = s == PIN_OK ? pin_pool_format(past->pool, "law/%.*s/%.*s", PIN_ARG(source->id), PIN_ARG(p.id))
                                   : (pin_str){0};
    if (s != PIN_OK || law_lives(sources, id))
        return s;
    return add_law(in, past->pool, id, p.label, source->version, err);
}

static pin_status list_law(pin_past_set *past, const pin_source_set *sources, pin_error *err)
{
    inside     *in = past->inside;
    pin_release release;
    if (!past->previous)
        return PIN_OK;
    pin_index_release(&release, past->previous);
    for (uint32_t i = 0; i < release.source_count; i++) {
        pin_source source;
        pin_status s = PIN_NO_SPACE;
        do {
            if (!in->scratch.memory)
                continue;
            pin_arena_reset(&in->scratch.arena);
            s = pin_index_source(&source, past->previous, i, &in->scratch.arena, err);
        } while (pin_room_again(&in->scratch, s));
        if (s != PIN_OK)
            return s;
        if (!source.loaded)
            continue;
        pin_str id = pin_pool_format(past->pool, "law/%.*s", PIN_ARG(source.id));
        if (!law_lives(sources, id))
            s = add_law(in, past->pool, id, source.title.len ? source.title : source.id, source.version, err);
        for (uint32_t k = 0; k < source.provision_count && s == PIN_OK; k++)
            s = check_provision(past, sources, &source, source.first_provision + k, err);
        if (s != PIN_OK)
            return s;
    }
    return PIN_OK;
}

/* ---- One id ---- */
typedef struct settling {
    pin_past_set         *past;
    pin_corpus           *corpus;
    const pin_source_set *sources;
    pin_findings         *findings;
    uint32_t      cap; /* of past->entries */
} settling;

typedef struct meeting { /* what the four lists say of one id; each may be NULL */
    pin_str               id;
    const live_item      *live;
    const old_item       *old;
    const pin_past       *before;
    const pin_draft_fate *word;
} meeting;

static pin_str later(pin_str a, pin_str b) { return pin_str_order(a, b) >= 0 ? a : b; }

/* An item that never had a date may get one. */
static void keep_date(settling *s, pin_draft_item *item, const old_item *old)
{
    if (old->updated.len == 0)
        return;
    if (pin_str_order(item->updated, old->updated) > 0)
        pin_finding_add(s->findings, PIN_NOTE, "date-without-change", item->origin, item->id,
                        "leave the date as it was", "dated %.*s, but nothing changed since %.*s, which is kept",
                        PIN_ARG(item->updated), PIN_ARG(old->updated));
    item->updated = old->updated;
}

/* The corpus' own date when it is later than the old one, else the day of this release. */
static void give_date(settling *s, pin_draft_item *item, const old_item *old)
{
    if (item->updated.len && pin_str_order(item->updated, old->updated) > 0)
        return;
    pin_str day = later(s->past->as_of, old->updated);
    if (item->updated.len && !pin_str_equal(item->updated, day))
        pin_finding_add(s->findings, PIN_NOTE, "change-without-date", item->origin, item->id,
                        "write the day of the change", "the item changed and is still dated %.*s; it gets %.*s",
                        PIN_ARG(item->updated), PIN_ARG(day));
    item->updated = day;
}

static void settle_live(settling *s, const meeting *m, bool changed)
{
    pin_draft_item *item = &s->corpus->items[m->live->number];
    pin_str        *seen = &s->past->seen[m->live->number];
    *seen = m->old && !changed ? m->old->seen : s->past->as_of;
    if (m->old && changed)
        give_date(s, item, m->old);
    else if (m->old)
        keep_date(s, item, m->old);
    if (m->word)
        pin_finding_add(s->findings, PIN_ERROR, "fate-of-the-living", m->word->origin, m->id,
                        "take out the item, or the word about it", "'%.*s' is said to be %s, but it is an item of the corpus",
                        PIN_ARG(m->id), pin_fate_name(m->word->fate));
    if (!m->old && m->before && m->before->fate != PIN_FATE_LIVES)
        pin_finding_add(s->findings, PIN_WARNING, "id-reused", item->origin, m->id, "give the new question an id of its own",
                        "'%.*s' was %s; links to it lead to this item from now on", PIN_ARG(m->id),
                        pin_fate_name(m->before->fate));
}

static void settle_gone(settling *s, const meeting *m, pin_past_entry *e)
{
    const pin_draft_fate *word = m->word;
    bool                  was_gone = m->before && m->before->fate != PIN_FATE_LIVES && !m->old;
    e->question = m->old ? m->old->question : m->before ? m->before->question : word->question;
    if (word) {
        bool same = was_gone && m->before->fate == word->fate;
        e->fate = word->fate;
        e->reason = word->reason;
        e->target = word->target;
        e->since = word->since.len ? word->since : same ? m->before->since : s->past->as_of;
        return;
    }
    if (was_gone) {
        if (m->before->fate == PIN_FATE_VANISHED)
            pin_finding_add(s->findings, PIN_WARNING, "vanished", (pin_origin){0}, m->id,
                            "say so in pincite.yml: withdrawn, moved or merged",
                            "'%.*s' vanished %.*s, and nothing says why", PIN_ARG(m->id), PIN_ARG(m->before->since));
        e->fate = m->before->fate;
        e->reason = m->before->reason;
        e->target = m->before->target;
        e->since = m->before->since;
        return;
    }
    e->fate = PIN_FATE_VANISHED;
    e->since = s->past->as_of;
    pin_finding_add(s->findings, PIN_ERROR, "vanished", (pin_origin){0}, m->id,
                    "say so in pincite.yml: withdrawn, moved or merged",
                    "'%.*s' was published and is no longer in the corpus, and nothing says why", PIN_ARG(m->id));
}

/* The revision that this release replaces, then those of before, newest first. */
static bool keep_rows(settling *s, const meeting *m, bool changed, pin_past_entry *e)
{
    uint32_t before = m->before ? m->before->revision_count : 0;
    e->rows = pin_pool_take(s->past->pool, (size_t)before + 1, sizeof *e->rows);
    if (!e->rows)
        return false;
    if (m->old && (changed || !m->live)) {
        pin_str hash = pin_pool_copy(s->past->pool, (pin_str){(const char *)m->old->hash, PIN_REVISION_LEN});
        if (!hash.at)
            return false;
        e->rows[e->row_count++] = (pin_revision){.hash = hash,
                                                 .date = m->old->updated,
                                                 .seen = m->old->seen,
                                                 .until = s->past->as_of,
                                                 .item = m->old->number};
    }
    if (before)
        memcpy(e->rows + e->row_count, m->before->revisions, before * sizeof *e->rows);
    e->row_count += before;
    return true;
}

static bool settle_one(settling *s, const meeting *m)
{
    pin_past_set  *past = s->past;
    pin_past_entry e = {.id = m->id};
    bool           changed = m->live && m->old &&
                   memcmp(past->revisions + (size_t)m->live->number * PIN_REVISION_LEN, m->old->hash, PIN_REVISION_LEN) != 0;
    if (!m->live && !m->word && is_law(m->id) && law_lives(s->sources, m->id))
        return true; /* it is there again */
    if (m->live)
        settle_live(s, m, changed);
    else
        settle_gone(s, m, &e);
    if (m->live && !m->before && !changed)
        return true; /* nothing but its present */
    if (!keep_rows(s, m, changed, &e))
        return false;
    if (m->live && e.row_count == 0)
        return true;
    if (past->entry_count == s->cap) {
        uint32_t        cap = s->cap ? s->cap * 2 : 64;
        pin_past_entry *more = pin_pool_take(past->pool, cap, sizeof *more);
        if (!more)
            return false;
        if (past->entry_count)
            memcpy(more, past->entries, past->entry_count * sizeof *more);
        past->entries = more;
        s->cap = cap;
    }
    past->entries[past->entry_count++] = e;
    return true;
}

/* ---- All ids ---- */
/* Record `number` of the previous past; its revisions are copied to the pool. */
static pin_status read_before(pin_past *out, pin_past_set *past, uint32_t number, pin_error *err)
{
    inside    *in = past->inside;
    pin_status s = PIN_NO_SPACE;
    do {
        if (!in->scratch.memory)
            continue;
        pin_arena_reset(&in->scratch.arena);
        s = pin_index_past_at(out, past->previous, number, &in->scratch.arena, err);
    } while (pin_room_again(&in->scratch, s));
    return s;
}

static void least(pin_str *id, bool *any, pin_str candidate)
{
    if (!*any || pin_str_order(candidate, *id) < 0)
        *id = candidate;
    *any = true;
}

static pin_status settle_all(settling *s, pin_error *err)
{
    inside  *in = s->past->inside;
    uint32_t live = 0, old = 0, before = 0, fate = 0;
    uint32_t before_count = s->past->previous ? pin_index_past_count(s->past->previous) : 0;
    pin_past was = {0};
    bool     have_was = false;
    for (;;) {
        meeting    m = {0};
        bool       any = false;
        pin_status status;
        if (!have_was && before < before_count) {
            if ((status = read_before(&was, s->past, before++, err)) != PIN_OK)
                return status;
            have_was = true;
        }
        if (live < in->live_count)
            least(&m.id, &any, in->live[live].id);
        if (old < in->old_count)
            least(&m.id, &any, in->old[old].id);
        if (have_was)
            least(&m.id, &any, was.id);
        if (fate < in->fate_count)
            least(&m.id, &any, in->fates[fate]->id);
        if (!any)
            return PIN_OK;
        if (live < in->live_count && pin_str_equal(in->live[live].id, m.id))
            m.live = &in->live[live++];
        if (old < in->old_count && pin_str_equal(in->old[old].id, m.id))
            m.old = &in->old[old++];
        if (have_was && pin_str_equal(was.id, m.id)) {
            m.before = &was;
            have_was = false;
        }
        if (fate < in->fate_count && pin_str_equal(in->fates[fate]->id, m.id))
            m.word = in->fates[fate++];
        if (!settle_one(s, &m))
            return no_memory(err);
        pin_rest_at(s->corpus->options, live);
    }
}

/* ---- Redirects ---- */
static int entry_of(const void *key, const void *row)
{
    return pin_str_order(*(const pin_str *)key, ((const pin_past_entry *)row)->id);
}

static pin_past_entry *find_entry(const pin_past_set *past, pin_str id)
{
    if (past->entry_count == 0)
        return NULL;
    return bsearch(&id, past->entries, past->entry_count, sizeof *past->entries, entry_of);
}

static bool lives(const inside *in, pin_str id)
{
    live_item key = {id, 0};
    return bsearch(&key, in->live, in->live_count, sizeof *in->live, live_order) != NULL;
}

static pin_origin origin_of(const inside *in, pin_str id)
{
    for (uint32_t i = 0; i < in->fate_count; i++)
        if (pin_str_equal(in->fates[i]->id, id))
            return in->fates[i]->origin;
    return (pin_origin){0};
}

/* To the end of the chain: an id that lives, or one that is gone for good. Empty: there is no such end. */
static pin_str end_of(settling *s, const pin_past_entry *e)
{
    const inside *in = s->past->inside;
    pin_str       id = e->target;
    for (uint32_t steps = 0; steps <= s->past->entry_count; steps++) {
        if (lives(in, id))
            return id;
        const pin_past_entry *next = find_entry(s->past, id);
        if (!next || id.len == 0) {
            pin_finding_add(s->findings, PIN_ERROR, "redirect-dead", origin_of(in, e->id), e->id,
                            "name the id of an item", "'%.*s' is said to lead to '%.*s', which is not there",
                            PIN_ARG(e->id), PIN_ARG(id));
            return (pin_str){0};
        }
        if ((next->fate != PIN_FATE_MOVED && next->fate != PIN_FATE_MERGED) || next->target.len == 0)
            return id;
        id = next->target;
    }
    pin_finding_add(s->findings, PIN_ERROR, "redirect-circle", origin_of(in, e->id), e->id,
                    "let one of them lead to an item", "'%.*s' leads to '%.*s' and back to itself", PIN_ARG(e->id),
                    PIN_ARG(e->target));
    return (pin_str){0};
}

/* Ends are found for all before any target is changed: a chain must not depend on the order of ids. */
static pin_status follow_redirects(settling *s, pin_error *err)
{
    pin_past_set *past = s->past;
    pin_str      *ends = calloc((size_t)past->entry_count + 1, sizeof *ends);
    if (!ends)
        return no_memory(err);
    for (uint32_t i = 0; i < past->entry_count; i++)
        if (past->entries[i].fate != PIN_FATE_LIVES && past->entries[i].target.len)
            ends[i] = end_of(s, &past->entries[i]);
    for (uint32_t i = 0; i < past->entry_count; i++)
        if (past->entries[i].fate != PIN_FATE_LIVES)
            past->entries[i].target = ends[i];
    free(ends);
    return PIN_OK;
}

/* ---- The release ---- */
/* Every build of a corpus knows some id of the build before, or says what became of it. */
static bool is_same_corpus(const inside *in)
{
    for (uint32_t i = 0; i < in->old_count; i++) {
        if (lives(in, in->old[i].id))
            return true;
        for (uint32_t k = 0; k < in->fate_count; k++)
            if (pin_str_equal(in->fates[k]->id, in->old[i].id))
                return true;
    }
    return in->old_count == 0;
}

static pin_str newest_date(const pin_corpus *corpus)
{
    pin_str newest = {0};
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        newest = later(newest, later(corpus->items[i].updated, corpus->items[i].published));
        pin_rest_at(corpus->options, i);
    }
    return newest;
}

/* Given by the host; else the newest day that the content or the previous release names. */
static pin_status settle_day(pin_past_set *past, const pin_corpus *corpus, pin_error *err)
{
    pin_release before = {0};
    if (past->previous)
        pin_index_release(&before, past->previous);
    if (past->as_of.len == 0)
        past->as_of = later(newest_date(corpus), before.as_of);
    else if (pin_str_order(past->as_of, before.as_of) < 0)
        return pin_fail(err, PIN_BAD_INPUT, 0, "the day of this release is before that of the previous one: is the clock right?");
    return PIN_OK;
}

static pin_status list_releases(pin_past_set *past, pin_error *err)
{
    inside      *in = past->inside;
    pin_earlier *all;
    uint32_t     count;
    pin_status   s = PIN_NO_SPACE;
    if (!past->previous)
        return PIN_OK;
    do {
        if (!in->scratch.memory)
            continue;
        pin_arena_reset(&in->scratch.arena);
        s = pin_index_releases(&all, &count, past->previous, &in->scratch.arena, err);
    } while (pin_room_again(&in->scratch, s));
    if (s != PIN_OK)
        return s;
    past->releases = pin_pool_take(past->pool, (size_t)count + 1, sizeof *all);
    if (!past->releases)
        return no_memory(err);
    if (count)
        memcpy(past->releases, all, count * sizeof *all);
    past->release_count = count;
    return PIN_OK;
}

typedef struct rooting {
    const pin_past_set *past;
    uint8_t (*roots)[PIN_EVIDENCE_LEN];
} rooting;

static void root_chunk(void *ctx, uint32_t number)
{
    const rooting     *r = ctx;
    const inside      *in = r->past->inside;
    pin_evidence_leaf *leaves = malloc(PIN_EVIDENCE_CHUNK * sizeof *leaves);
    uint32_t           from = number * PIN_EVIDENCE_CHUNK, count = 0;
    if (!leaves) {
        memset(r->roots[number], 0, PIN_EVIDENCE_LEN); /* no hash is that: found when they are joined */
        return;
    }
    for (; count < PIN_EVIDENCE_CHUNK && from + count < in->live_count; count++) {
        const live_item *live = &in->live[from + count];
        leaves[count] = (pin_evidence_leaf){
            .id = live->id, .revision = r->past->revisions + (size_t)live->number * PIN_REVISION_LEN};
    }
    pin_evidence_root(r->roots[number], leaves, count);
    free(leaves);
}

static pin_status make_root(pin_past_set *past, const pin_corpus *corpus, pin_error *err)
{
    static const uint8_t nothing[PIN_EVIDENCE_LEN];
    const inside        *in = past->inside;
    uint8_t              root[PIN_REVISION_LEN];
    uint32_t             count = in->live_count / PIN_EVIDENCE_CHUNK + (in->live_count % PIN_EVIDENCE_CHUNK != 0);
    rooting              r = {past, malloc(((size_t)count + 1) * sizeof *r.roots)};
    bool                 good = r.roots != NULL;
    if (good && count == 0)
        pin_evidence_root(r.roots[count++], NULL, 0);
    else if (good)
        pin_parallel_told(corpus->options, NULL, 0, count, root_chunk, &r);
    for (uint32_t i = 0; good && i < count; i++)
        good = memcmp(r.roots[i], nothing, sizeof nothing) != 0;
    if (good)
        pin_evidence_join(root, (const uint8_t (*)[PIN_EVIDENCE_LEN])r.roots, count);
    free(r.roots);
    if (!good)
        return no_memory(err);
    pin_revision_hex(past->root, (pin_str){(const char *)root, sizeof root});
    return PIN_OK;
}

pin_status pin_past_settle(pin_past_set *past, pin_corpus *corpus, const pin_source_set *sources,
                           pin_findings *findings, pin_error *err)
{
    settling   s = {.past = past, .corpus = corpus, .sources = sources, .findings = findings};
    inside    *in = inside_of(past);
    pin_status status;
    if (!in)
        return no_memory(err);
    if ((status = settle_day(past, corpus, err)) != PIN_OK || (status = list_releases(past, err)) != PIN_OK ||
        (status = hash_items(past, corpus, sources, err)) != PIN_OK ||
        (status = list_live(past, corpus, err)) != PIN_OK || (status = list_old(past, err)) != PIN_OK ||
        (status = list_law(past, sources, err)) != PIN_OK ||
        (status = list_fates(in, corpus, findings, err)) != PIN_OK)
        return status;
    if (!is_same_corpus(in))
        return pin_fail(err, PIN_BAD_INPUT, 0, "the previous index is of another corpus: no id is in both");
    if ((status = settle_all(&s, err)) != PIN_OK || (status = follow_redirects(&s, err)) != PIN_OK)
        return status;
    return make_root(past, corpus, err);
}
