/* Compares two index files: their items by id and revision, their provisions by source and id. Any two files
 * will do; where one has no revisions (format 1.0) they are computed here. */
#include "host/cli/diff.h"

#include <stdlib.h>
#include <string.h>

#include "pincite/blocks.h"
#include "pincite/evidence.h"

/* ---- Keeping: what outlives the room of a call ---- */
static void *keep_bytes(pin_diff *d, const void *bytes, size_t len)
{
    if (d->kept_count == d->kept_cap) {
        uint32_t cap = d->kept_cap ? d->kept_cap * 2 : 256;
        void   **more = realloc(d->kept, cap * sizeof *more);
        if (!more)
            return NULL;
        d->kept = more;
        d->kept_cap = cap;
    }
    void *copy = malloc(len ? len : 1);
    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, bytes, len);
    d->kept[d->kept_count++] = copy;
    return copy;
}

static bool keep(pin_diff *d, pin_str *text)
{
    const char *copy = keep_bytes(d, text->at, text->len);
    *text = (pin_str){copy, copy ? text->len : 0};
    return copy != NULL;
}

static bool grow(void **at, uint32_t *cap, uint32_t count, size_t size)
{
    if (count < *cap)
        return true;
    uint32_t wanted = *cap ? *cap * 2 : 32;
    void    *more = realloc(*at, wanted * size);
    if (!more)
        return false;
    *at = more;
    *cap = wanted;
    return true;
}

static pin_diff_item *add_item(pin_diff_list *list)
{
    void *at = list->at;
    if (!grow(&at, &list->cap, list->count, sizeof *list->at))
        return NULL;
    list->at = at;
    list->at[list->count] = (pin_diff_item){0};
    return &list->at[list->count++];
}

void pin_diff_free(pin_diff *d)
{
    for (uint32_t i = 0; i < d->kept_count; i++)
        free(d->kept[i]);
    free(d->kept);
    free(d->added.at);
    free(d->changed.at);
    free(d->gone.at);
    free(d->leaning.at);
    free(d->law);
    free(d->broken);
    pin_cli_index_close(&d->old);
    pin_cli_index_close(&d->new);
}

bool pin_diff_is_same(const pin_diff *d)
{
    return d->added.count + d->changed.count + d->gone.count + d->leaning.count + d->law_count + d->broken_count == 0;
}

const char *pin_diff_how_name(pin_diff_how how)
{
    static const char *const names[] = {"changed", "moved", "vanished", "added", "no longer loaded"};
    return names[how];
}

static pin_status no_memory(pin_error *err) { return pin_fail(err, PIN_NO_SPACE, 0, "out of memory"); }

/* ---- Reading one item, with what it rests on ---- */
typedef struct card {
    pin_item     item;
    pin_footing *footings;
} card;

static pin_status read_card(card *out, pin_cli_index *index, uint32_t number, pin_error *err)
{
    pin_revision revision = {.item = number};
    pin_status   status;
    if (!pin_cli_room_ready(&index->room))
        return no_memory(err);
    do
        status = pin_index_as_it_stood(&out->item, &out->footings, index->ix, &revision, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

/* ---- All items of a file, sorted by id ---- */
typedef struct row {
    pin_str  id;
    uint32_t number;
    uint8_t  hash[PIN_REVISION_LEN];
} row;

typedef struct rows {
    row     *at;
    uint32_t count;
    char    *text; /* for canonical forms */
    size_t   cap;
} rows;

static int row_order(const void *a, const void *b) { return pin_str_order(((const row *)a)->id, ((const row *)b)->id); }

static pin_status hash_card(row *out, rows *r, const card *c, pin_error *err)
{
    for (;;) {
        pin_buf    buf = pin_buf_over(r->text, r->cap);
        pin_status status = pin_evidence_canonical(&buf, &c->item, c->footings, err);
        if (status == PIN_OK)
            pin_evidence_hash(out->hash, pin_buf_str(&buf));
        if (status != PIN_NO_SPACE)
            return status;
        free(r->text);
        r->cap = buf.len * 2;
        if (!(r->text = malloc(r->cap)))
            return no_memory(err);
    }
}

static pin_status read_rows(rows *out, pin_diff *d, pin_cli_index *index, uint32_t count, pin_error *err)
{
    out->at = malloc(((size_t)count + 1) * sizeof *out->at);
    if (!out->at)
        return no_memory(err);
    for (; out->count < count; out->count++) {
        row       *r = &out->at[out->count];
        card       c;
        pin_status status = read_card(&c, index, out->count, err);
        if (status == PIN_OK && c.item.revision.len)
            memcpy(r->hash, c.item.revision.at, PIN_REVISION_LEN);
        else if (status == PIN_OK)
            status = hash_card(r, out, &c, err);
        if (status != PIN_OK)
            return status;
        r->id = c.item.id;
        r->number = out->count;
        if (!keep(d, &r->id))
            return no_memory(err);
    }
    qsort(out->at, out->count, sizeof *out->at, row_order);
    return PIN_OK;
}

/* ---- One item in both files ---- */
static bool same_plain(pin_str a, pin_str b)
{
    pin_buf measure[2] = {{0}, {0}};
    if (pin_str_equal(a, b))
        return true;
    pin_blocks_plain(&measure[0], a);
    pin_blocks_plain(&measure[1], b);
    if (measure[0].len != measure[1].len)
        return false;
    char *text = malloc(2 * measure[0].len + 1);
    if (!text)
        return false;
    pin_buf first = pin_buf_over(text, measure[0].len), second = pin_buf_over(text + measure[0].len, measure[0].len);
    pin_blocks_plain(&first, a);
    pin_blocks_plain(&second, b);
    bool same = memcmp(text, text + measure[0].len, measure[0].len) == 0;
    free(text);
    return same;
}

static bool same_citation(const pin_citation *a, const pin_citation *b)
{
    return pin_str_equal(a->written, b->written) && pin_str_equal(a->source, b->source) &&
           pin_str_equal(a->id, b->id) && pin_str_equal(a->note, b->note) && pin_str_equal(a->quote, b->quote) &&
           a->in_list == b->in_list && a->from_range == b->from_range;
}

static unsigned compare_citations(const card *a, const card *b)
{
    unsigned what = a->item.citation_count != b->item.citation_count ? PIN_DIFF_CITATIONS : 0;
    for (uint32_t i = 0; what == 0 && i < a->item.citation_count; i++)
        if (!same_citation(&a->item.citations[i], &b->item.citations[i]))
            what = PIN_DIFF_CITATIONS;
    if (what)
        return what;
    for (uint32_t i = 0; i < a->item.citation_count; i++) {
        if (!pin_str_equal(a->footings[i].words, b->footings[i].words) ||
            a->item.citations[i].state != b->item.citations[i].state)
            what |= PIN_DIFF_LAW;
        if (!pin_str_equal(a->footings[i].version, b->footings[i].version))
            what |= PIN_DIFF_VERSION;
    }
    return what & PIN_DIFF_LAW ? PIN_DIFF_LAW : what;
}

static unsigned compare_cards(const card *a, const card *b)
{
    unsigned what = compare_citations(a, b);
    if (!pin_str_equal(a->item.question, b->item.question) || !pin_str_equal(a->item.verdict, b->item.verdict) ||
        !same_plain(a->item.blocks, b->item.blocks))
        what |= PIN_DIFF_WORDING;
    else if (!pin_str_equal(a->item.blocks, b->item.blocks) || !pin_str_equal(a->item.language, b->item.language))
        what |= PIN_DIFF_FORM;
    if (!pin_str_equal(a->item.status, b->item.status))
        what |= PIN_DIFF_STATUS;
    return what;
}

static bool still_cites(const card *c, const pin_citation *like)
{
    for (uint32_t i = 0; i < c->item.citation_count; i++)
        if (pin_str_equal(c->item.citations[i].source, like->source) && pin_str_equal(c->item.citations[i].id, like->id))
            return true;
    return false;
}

/* The first provision of `source` that has exactly these words, else nothing: where a moved one went. */
static pin_str find_words(pin_diff *d, const pin_source *source, pin_str words, pin_error *err)
{
    pin_cli_room room = {0};
    pin_str      found = {0};
    for (uint32_t i = 0; i < source->provision_count && found.len == 0 && words.len; i++) {
        pin_provision p;
        pin_status    status = PIN_NO_SPACE;
        while (pin_cli_room_ready(&room)) {
            status = pin_index_provision(&p, d->new.ix, source->first_provision + i, &room.arena, err);
            if (!pin_cli_room_again(&room, status))
                break;
        }
        if (status == PIN_OK && pin_str_equal(p.text, words)) {
            found = p.id;
            keep(d, &found);
        }
    }
    pin_cli_room_free(&room);
    return found;
}

/* What became in the new file of the words that a citation of the old one rests on. False: nothing did. */
static bool footing_lost(pin_diff_provision *out, pin_diff *d, const pin_citation *c, const pin_footing *f,
                         pin_cli_room *room, pin_error *err)
{
    uint32_t      source_number, number;
    pin_source    source;
    pin_provision p;
    pin_status    status;
    if (f->words.len == 0)
        return false;
    *out = (pin_diff_provision){.source = c->source, .id = c->id, .label = c->label, .how = PIN_HOW_VANISHED};
    if (pin_index_find_source(&source_number, d->new.ix, c->source) != PIN_OK) {
        out->how = PIN_HOW_UNLOADED;
        return true;
    }
    if (!pin_cli_room_ready(room))
        return false;
    do
        status = pin_index_source(&source, d->new.ix, source_number, &room->arena, err);
    while (pin_cli_room_again(room, status));
    if (status != PIN_OK || !source.loaded) {
        out->how = PIN_HOW_UNLOADED;
        return true;
    }
    if (pin_index_find_provision(&number, d->new.ix, source_number, c->id, err) != PIN_OK) {
        out->now = find_words(d, &source, f->words, err);
        out->how = out->now.len ? PIN_HOW_MOVED : PIN_HOW_VANISHED;
        return true;
    }
    pin_cli_room_ready(room);
    do
        status = pin_index_provision(&p, d->new.ix, number, &room->arena, err);
    while (pin_cli_room_again(room, status));
    out->how = PIN_HOW_CHANGED;
    return status == PIN_OK && !pin_str_equal(p.text, f->words);
}

static bool is_listed(const pin_diff_item *item, const pin_diff_provision *p)
{
    for (uint32_t i = 0; i < item->provision_count; i++)
        if (pin_str_equal(item->provisions[i].source, p->source) && pin_str_equal(item->provisions[i].id, p->id))
            return true;
    return false;
}

/* Provisions that the old item rests on, the new one still cites, and that are not what they were. */
static pin_status find_lost(pin_diff_item *out, pin_diff *d, const card *a, const card *b, pin_cli_room *room,
                            pin_error *err)
{
    pin_diff_provision *all = calloc((size_t)a->item.citation_count + 1, sizeof *all), p;
    if (!all)
        return no_memory(err);
    out->provisions = all;
    for (uint32_t i = 0; i < a->item.citation_count; i++) {
        const pin_citation *c = &a->item.citations[i];
        if (c->id.len == 0 || !still_cites(b, c) || !footing_lost(&p, d, c, &a->footings[i], room, err) ||
            is_listed(out, &p))
            continue;
        if (!keep(d, &p.source) || !keep(d, &p.id) || !keep(d, &p.label)) {
            free(all);
            return no_memory(err);
        }
        all[out->provision_count++] = p;
    }
    out->provisions = keep_bytes(d, all, out->provision_count * sizeof *all);
    free(all);
    return out->provisions ? PIN_OK : no_memory(err);
}

static void set_hashes(pin_diff_item *item, const row *a, const row *b)
{
    const row *both[2] = {a, b};
    for (int i = 0; i < 2; i++)
        if (both[i])
            pin_revision_hex(item->hashes[i], (pin_str){(const char *)both[i]->hash, PIN_REVISION_LEN});
}

static pin_status compare_both(pin_diff *d, const row *a, const row *b, pin_cli_room *room, pin_cli_index **of,
                               pin_error *err)
{
    card       before, after;
    bool       same_hash = memcmp(a->hash, b->hash, PIN_REVISION_LEN) == 0;
    pin_status status = read_card(&before, *of = &d->old, a->number, err);
    if (status == PIN_OK)
        status = read_card(&after, *of = &d->new, b->number, err);
    if (status != PIN_OK)
        return status;
    unsigned what = same_hash && pin_str_equal(before.item.status, after.item.status) ? 0 : compare_cards(&before, &after);
    pin_str  question = after.item.question;
    if (what) {
        pin_diff_item *item = add_item(&d->changed);
        if (!item || !keep(d, &question))
            return no_memory(err);
        item->id = b->id;
        item->question = question;
        item->what = what;
        set_hashes(item, a, b);
    }
    if (same_hash) /* the words that it rests on are in the hash */
        return PIN_OK;
    pin_diff_item leaning = {.id = b->id, .question = after.item.question};
    if ((status = find_lost(&leaning, d, &before, &after, room, err)) != PIN_OK || leaning.provision_count == 0)
        return status;
    set_hashes(&leaning, a, b);
    pin_diff_item *item = add_item(&d->leaning);
    if (!item || !keep(d, &leaning.question))
        return no_memory(err);
    *item = leaning;
    return PIN_OK;
}

/* ---- An item in one of them ---- */
static pin_status read_past(pin_past *out, pin_cli_index *index, pin_str id, pin_error *err)
{
    pin_status status;
    if (!pin_cli_room_ready(&index->room))
        return no_memory(err);
    do
        status = pin_index_past(out, index->ix, id, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

static pin_status add_new(pin_diff *d, const row *b, pin_cli_index **of, pin_error *err)
{
    card           c;
    pin_status     status = read_card(&c, *of = &d->new, b->number, err);
    pin_diff_item *item = status == PIN_OK ? add_item(&d->added) : NULL;
    if (status != PIN_OK)
        return status;
    if (!item)
        return no_memory(err);
    item->id = b->id;
    item->question = c.item.question;
    set_hashes(item, NULL, b);
    return keep(d, &item->question) ? PIN_OK : no_memory(err);
}

static pin_status add_gone(pin_diff *d, const row *a, pin_cli_index **of, pin_error *err)
{
    card       c;
    pin_past   past = {0};
    pin_status status = read_card(&c, *of = &d->old, a->number, err);
    if (status != PIN_OK)
        return status;
    pin_diff_item *item = add_item(&d->gone);
    if (!item)
        return no_memory(err);
    item->id = a->id;
    item->question = c.item.question;
    set_hashes(item, a, NULL);
    if (!keep(d, &item->question))
        return no_memory(err);
    status = read_past(&past, *of = &d->new, a->id, err);
    if (status != PIN_OK && status != PIN_NOT_FOUND)
        return status;
    item->fate = past.fate;
    item->since = past.since;
    item->reason = past.reason;
    item->target = past.target;
    return keep(d, &item->since) && keep(d, &item->reason) && keep(d, &item->target) ? PIN_OK : no_memory(err);
}

/* ---- Links ---- */
static pin_status add_broken(pin_diff *d, pin_str id, pin_str hash, pin_error *err)
{
    void *at = d->broken;
    char  hex[2 * PIN_REVISION_LEN];
    if (!grow(&at, &d->broken_cap, d->broken_count, sizeof *d->broken))
        return no_memory(err);
    d->broken = at;
    size_t len = id.len + 2 + (hash.len ? PIN_REVISION_SHOWN + 2 : 0);
    char  *text = malloc(len + 1);
    if (!text)
        return no_memory(err);
    pin_revision_hex(hex, hash);
    if (hash.len)
        snprintf(text, len + 1, "/%.*s/@%.*s/", (int)id.len, id.at, PIN_REVISION_SHOWN, hex);
    else
        snprintf(text, len + 1, "/%.*s/", (int)id.len, id.at);
    pin_str url = {text, len};
    bool    kept = keep(d, &url);
    free(text);
    d->broken[d->broken_count++] = url;
    return kept ? PIN_OK : no_memory(err);
}

/* Addresses of an id that the old file answers: its own, and those of its revisions. */
static pin_status check_links(pin_diff *d, pin_str id, pin_cli_index **of, pin_error *err)
{
    pin_past   before, after = {0};
    pin_status status = read_past(&before, *of = &d->old, id, err);
    if (status != PIN_OK)
        return status;
    status = read_past(&after, *of = &d->new, id, err);
    if (status == PIN_NOT_FOUND)
        status = add_broken(d, id, (pin_str){0}, err);
    for (uint32_t i = 0; i < before.revision_count && status == PIN_OK; i++) {
        uint32_t k = 0;
        while (k < after.revision_count && !pin_str_equal(before.revisions[i].hash, after.revisions[k].hash))
            k++;
        if (k == after.revision_count)
            status = add_broken(d, id, before.revisions[i].hash, err);
    }
    return status;
}

static pin_status check_past_links(pin_diff *d, pin_cli_index **of, pin_error *err)
{
    pin_status status = PIN_OK;
    for (uint32_t i = 0; i < pin_index_past_count(d->old.ix) && status == PIN_OK; i++) {
        pin_past past;
        *of = &d->old;
        if (!pin_cli_room_ready(&d->old.room))
            return no_memory(err);
        do
            status = pin_index_past_at(&past, d->old.ix, i, &d->old.room.arena, err);
        while (pin_cli_room_again(&d->old.room, status));
        if (status != PIN_OK || past.fate == PIN_FATE_LIVES) /* those are met among the items */
            continue;
        pin_str id = past.id;
        if (!keep(d, &id))
            return no_memory(err);
        status = check_links(d, id, of, err);
    }
    return status;
}

static pin_status compare_items(pin_diff *d, const rows *old, const rows *new, pin_cli_index **of, pin_error *err)
{
    pin_cli_room room = {0};
    pin_status   status = PIN_OK;
    for (uint32_t i = 0, k = 0; status == PIN_OK && (i < old->count || k < new->count);) {
        int order = i == old->count ? 1 : k == new->count ? -1 : pin_str_order(old->at[i].id, new->at[k].id);
        if (order > 0) {
            status = add_new(d, &new->at[k++], of, err);
            continue;
        }
        if (order < 0)
            status = add_gone(d, &old->at[i], of, err);
        else
            status = compare_both(d, &old->at[i], &new->at[k++], &room, of, err);
        if (status == PIN_OK)
            status = check_links(d, old->at[i].id, of, err);
        i++;
    }
    pin_cli_room_free(&room);
    return status;
}

/* ---- The law ---- */
static pin_status add_law(pin_diff *d, pin_str source, const pin_provision *p, pin_diff_how how, pin_error *err)
{
    void *at = d->law;
    if (!grow(&at, &d->law_cap, d->law_count, sizeof *d->law))
        return no_memory(err);
    d->law = at;
    pin_diff_provision *added = &d->law[d->law_count++];
    *added = (pin_diff_provision){.source = source, .id = p->id, .label = p->label, .how = how};
    return keep(d, &added->source) && keep(d, &added->id) && keep(d, &added->label) ? PIN_OK : no_memory(err);
}

static pin_status read_provision(pin_provision *out, pin_cli_index *index, uint32_t number, pin_error *err)
{
    pin_status status;
    if (!pin_cli_room_ready(&index->room))
        return no_memory(err);
    do
        status = pin_index_provision(out, index->ix, number, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

static pin_status read_source(pin_source *out, pin_cli_index *index, uint32_t number, pin_error *err)
{
    pin_status status;
    if (!pin_cli_room_ready(&index->room))
        return no_memory(err);
    do
        status = pin_index_source(out, index->ix, number, &index->room.arena, err);
    while (pin_cli_room_again(&index->room, status));
    return status;
}

/* Provisions of a source in `here`, against those in `there`. Their own words are compared, not those below. */
static pin_status compare_source(pin_diff *d, pin_cli_index *here, pin_cli_index *there, uint32_t number_here,
                                 pin_diff_how missing, pin_error *err)
{
    pin_source source, other;
    uint32_t   number_there, number;
    pin_status status = read_source(&source, here, number_here, err);
    if (status != PIN_OK || !source.loaded || pin_index_find_source(&number_there, there->ix, source.id) != PIN_OK)
        return status;
    pin_str  id = source.id;
    uint32_t first = source.first_provision, end = first + source.provision_count;
    if (!keep(d, &id))
        return no_memory(err);
    status = read_source(&other, there, number_there, err);
    if (status != PIN_OK || !other.loaded)
        return status;
    for (uint32_t i = first; i < end && status == PIN_OK; i++) {
        pin_provision a, b;
        if ((status = read_provision(&a, here, i, err)) != PIN_OK)
            return status;
        pin_status found = pin_index_find_provision(&number, there->ix, number_there, a.id, err);
        if (found == PIN_NOT_FOUND)
            status = add_law(d, id, &a, missing, err);
        else if (found != PIN_OK)
            return found;
        else if (missing == PIN_HOW_VANISHED && (status = read_provision(&b, there, number, err)) == PIN_OK &&
                 !pin_str_equal(a.own, b.own))
            status = add_law(d, id, &a, PIN_HOW_CHANGED, err);
    }
    return status;
}

static pin_status compare_law(pin_diff *d, pin_cli_index **of, pin_error *err)
{
    pin_status status = PIN_OK;
    for (uint32_t i = 0; i < d->releases[0].source_count && status == PIN_OK; i++)
        status = compare_source(d, *of = &d->old, &d->new, i, PIN_HOW_VANISHED, err);
    for (uint32_t i = 0; i < d->releases[1].source_count && status == PIN_OK; i++)
        status = compare_source(d, *of = &d->new, &d->old, i, PIN_HOW_ADDED, err);
    return status;
}

pin_status pin_diff_compare(pin_diff *d, pin_cli_index **of, pin_error *err)
{
    rows old = {0}, new = {0};
    pin_index_release(&d->releases[0], d->old.ix);
    pin_index_release(&d->releases[1], d->new.ix);
    pin_status status = read_rows(&old, d, *of = &d->old, d->releases[0].item_count, err);
    if (status == PIN_OK)
        status = read_rows(&new, d, *of = &d->new, d->releases[1].item_count, err);
    if (status == PIN_OK)
        status = compare_items(d, &old, &new, of, err);
    if (status == PIN_OK)
        status = check_past_links(d, of, err);
    if (status == PIN_OK)
        status = compare_law(d, of, err);
    free(old.at);
    free(old.text);
    free(new.at);
    free(new.text);
    return status;
}
