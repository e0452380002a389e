/* What an index remembers: revisions that are no longer current, ids that are gone, releases before it.
 *
 * PAST      u32 count, u32 starts[count + 1], records in byte order of their ids
 * record    u32 checksum, string id, u8 fate, strings since reason target question, varint revisions,
 *           each: 32 bytes hash, strings date seen until, varint offset, varint length (in ARCHIVE)
 * ARCHIVE   packed records without a dictionary, seed = offset: items and words
 * item      string id, varint slug, strings given_id question verdict status status_text author published
 *           updated language blocks, related, citations (as in items.c), then a footing a citation:
 *           varint 0 and strings version act heading, varint offset, varint length of the words; or
 *           varint k: as k citations before
 * RELEASES  varint count, each: string root, as_of, engine, varint items */
#include <string.h>

#include "core/read/index.h"

const char *pin_fate_name(pin_fate fate)
{
    static const char *const names[] = {"current", "withdrawn", "moved", "merged", "vanished"};
    return (unsigned)fate < sizeof names / sizeof *names ? names[fate] : "unknown";
}

void pin_revision_hex(char out[2 * PIN_REVISION_LEN], pin_str hash)
{
    for (size_t i = 0; i < PIN_REVISION_LEN; i++) {
        uint8_t byte = i < hash.len ? (uint8_t)hash.at[i] : 0;
        out[2 * i] = "0123456789abcdef"[byte >> 4];
        out[2 * i + 1] = "0123456789abcdef"[byte & 15];
    }
}

static pin_status damaged(const pin_index *ix, pin_section kind, pin_error *err, const char *message)
{
    return pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset, message);
}

/* ---- PAST ---- */
uint32_t pin_index_past_count(const pin_index *ix) { return ix->past_count; }

static pin_status past_record(pin_cursor *out, const pin_index *ix, uint32_t number, pin_error *err)
{
    const uint8_t *at;
    uint64_t       table = 8 + (uint64_t)ix->past_count * 4;
    pin_status     s = pin_read_part(&at, ix, PIN_S_PAST, 4 + (uint64_t)number * 4, 8, err);
    if (s != PIN_OK)
        return s;
    uint32_t from = pin_load32(at), to = pin_load32(at + 4);
    if (from > to || to - from < 4)
        return damaged(ix, PIN_S_PAST, err, "table of the past is damaged");
    if ((s = pin_read_part(&at, ix, PIN_S_PAST, table + from, to - from, err)) != PIN_OK)
        return s;
    if (pin_hash32(at + 4, to - from - 4, number) != pin_load32(at))
        return damaged(ix, PIN_S_PAST, err, "checksum of a record of the past is wrong");
    *out = pin_cursor_over(at + 4, to - from - 4);
    return PIN_OK;
}

static void take_revision(pin_revision *r, pin_cursor *c)
{
    r->hash = pin_take_bytes(c, PIN_REVISION_LEN);
    r->date = pin_take_text(c);
    r->seen = pin_take_text(c);
    r->until = pin_take_text(c);
    uint64_t offset = pin_take_varint(c);
    uint32_t len = pin_take_varint32(c);
    if (len > 0xFFFFFF || offset > UINT64_MAX >> 24)
        c->failed = true;
    r->place = pin_place(offset, len);
    r->item = PIN_NO_ITEM;
}

pin_status pin_index_past_at(pin_past *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                             pin_error *err)
{
    pin_cursor c;
    pin_past   p = {0};
    if (number >= ix->past_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no id of the past has this number");
    pin_status s = past_record(&c, ix, number, err);
    if (s != PIN_OK)
        return s;
    p.id = pin_take_text(&c);
    uint8_t fate = pin_take8(&c);
    p.fate = (pin_fate)fate;
    p.since = pin_take_text(&c);
    p.reason = pin_take_text(&c);
    p.target = pin_take_text(&c);
    p.question = pin_take_text(&c);
    p.revision_count = pin_take_count(&c, PIN_PAST_REVISIONS_MAX, PIN_REVISION_LEN + 5);
    if (c.failed || fate > PIN_FATE_VANISHED)
        return damaged(ix, PIN_S_PAST, err, "a record of the past is damaged");
    if (!(p.revisions = pin_arena_take(arena, p.revision_count, sizeof *p.revisions)))
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the revisions of an item");
    for (uint32_t i = 0; i < p.revision_count; i++)
        take_revision(&p.revisions[i], &c);
    if (c.failed || pin_cursor_left(&c) != 0)
        return damaged(ix, PIN_S_PAST, err, "a record of the past is damaged");
    *out = p;
    return PIN_OK;
}

pin_status pin_index_past_from(uint32_t *out, const pin_index *ix, pin_str id, pin_error *err)
{
    uint32_t low = 0, high = ix->past_count;
    while (low < high) {
        uint32_t   middle = low + (high - low) / 2;
        pin_cursor c;
        pin_status s = past_record(&c, ix, middle, err);
        if (s != PIN_OK)
            return s;
        if (pin_str_order(pin_take_str(&c), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *out = low;
    return PIN_OK;
}

/* Number of the record of `id`; PIN_NOT_FOUND. */
static pin_status find_past(uint32_t *out, const pin_index *ix, pin_str id, pin_error *err)
{
    pin_cursor c;
    pin_status s = pin_index_past_from(out, ix, id, err);
    if (s == PIN_OK && *out == ix->past_count)
        return PIN_NOT_FOUND;
    if (s == PIN_OK && (s = past_record(&c, ix, *out, err)) == PIN_OK && !pin_str_equal(pin_take_str(&c), id))
        return PIN_NOT_FOUND;
    return s;
}

/* ---- The current revision before the older ones ---- */
/* 20260310 as "2026-03-10"; 0, or what is no day, is empty. */
static pin_status day_text(pin_str *out, uint32_t day, pin_arena *arena, pin_error *err)
{
    *out = (pin_str){0};
    if (day == 0 || day > 99991231)
        return PIN_OK;
    char *at = pin_arena_take(arena, 10, 1);
    if (!at)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for a date");
    for (int i = 9; i >= 0; i--) {
        if (i == 4 || i == 7) {
            at[i] = '-';
            continue;
        }
        at[i] = (char)('0' + day % 10);
        day /= 10;
    }
    *out = (pin_str){at, 10};
    return PIN_OK;
}

static pin_status current_revision(pin_revision *out, const pin_index *ix, const pin_item *item,
                                   pin_arena *arena, pin_error *err)
{
    const uint8_t *row;
    pin_status     s = pin_read_revision_row(&row, ix, item->number, err);
    if (s != PIN_OK)
        return s;
    *out = (pin_revision){.hash = item->revision, .date = item->updated, .item = item->number};
    return day_text(&out->seen, pin_load32(row + PIN_R_SEEN), arena, err);
}

static pin_status add_current(pin_past *p, const pin_index *ix, const pin_item *item, pin_arena *arena,
                              pin_error *err)
{
    pin_revision *all = pin_arena_take(arena, (size_t)p->revision_count + 1, sizeof *all);
    if (!all)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the revisions of an item");
    pin_status s = current_revision(&all[0], ix, item, arena, err);
    if (s != PIN_OK)
        return s;
    if (p->revision_count)
        memcpy(all + 1, p->revisions, p->revision_count * sizeof *all);
    p->revisions = all;
    p->revision_count++;
    return PIN_OK;
}

pin_status pin_index_past(pin_past *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err)
{
    uint32_t   number = 0, item_number = 0;
    pin_past   p = {.id = id};
    pin_item   item;
    pin_status item_s = pin_index_find_item(&item_number, ix, id, arena, err);
    if (item_s == PIN_OK && (item_s = pin_index_item(&item, ix, item_number, arena, err)) == PIN_OK)
        p.id = item.id; /* also when it was asked for by the id that the corpus gave */
    if (item_s != PIN_OK && item_s != PIN_NOT_FOUND)
        return item_s;
    pin_status s = find_past(&number, ix, p.id, err);
    if (s == PIN_OK)
        s = pin_index_past_at(&p, ix, number, arena, err);
    else if (s == PIN_NOT_FOUND && item_s == PIN_OK)
        s = PIN_OK;
    if (s == PIN_OK && item_s == PIN_OK) {
        p.fate = PIN_FATE_LIVES;
        p.question = item.question;
        if (item.revision.len)
            s = add_current(&p, ix, &item, arena, err);
    }
    if (s == PIN_NOT_FOUND)
        return pin_fail(err, s, 0, "no item has or had this id");
    if (s == PIN_OK)
        *out = p;
    return s;
}

/* ---- By a prefix of its digits ---- */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_prefix(pin_str prefix)
{
    if (prefix.len < PIN_REVISION_LEAST || prefix.len > (size_t)2 * PIN_REVISION_LEN)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (hex_value(prefix.at[i]) < 0)
            return false;
    return true;
}

static bool has_prefix(pin_str hash, pin_str prefix)
{
    for (size_t i = 0; i < prefix.len; i++) {
        uint8_t byte = (uint8_t)hash.at[i / 2];
        if (hex_value(prefix.at[i]) != (i % 2 ? byte & 15 : byte >> 4))
            return false;
    }
    return true;
}

pin_status pin_index_find_revision(pin_revision out[2], const pin_index *ix, pin_str id, pin_str prefix,
                                   pin_arena *arena, pin_error *err)
{
    pin_past p;
    uint32_t found = 0;
    if (!is_prefix(prefix))
        return pin_fail(err, PIN_BAD_INPUT, 0, "a revision is named by 8 to 64 hexadecimal digits");
    pin_status s = pin_index_past(&p, ix, id, arena, err);
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < p.revision_count && found < 2; i++) {
        if (!has_prefix(p.revisions[i].hash, prefix))
            continue;
        if (found == 1 && pin_str_equal(out[0].hash, p.revisions[i].hash))
            continue; /* the same words came back */
        out[found++] = p.revisions[i];
    }
    if (found == 0)
        return pin_fail(err, PIN_NOT_FOUND, 0, "the item never had this revision");
    return found == 1 ? PIN_OK : pin_fail(err, PIN_LIMIT, 0, "the digits fit several revisions of the item");
}

/* ---- What citations rest on ---- */
static pin_str name_of(const pin_source *source)
{
    if (source->name_count > 0 && source->names[0].len > 0)
        return source->names[0];
    return source->title.len > 0 ? source->title : source->id;
}

static pin_status footing(pin_footing *out, const pin_index *ix, const pin_citation *c, pin_arena *arena,
                          pin_error *err)
{
    uint32_t      number;
    pin_source    source;
    pin_provision p;
    if (c->source.len == 0 || pin_index_find_source(&number, ix, c->source) != PIN_OK)
        return PIN_OK;
    pin_status s = pin_index_source(&source, ix, number, arena, err);
    if (s != PIN_OK)
        return s;
    out->version = source.version;
    out->act = name_of(&source);
    if (c->provision == PIN_NO_PROVISION)
        return PIN_OK;
    if ((s = pin_index_provision(&p, ix, c->provision, arena, err)) != PIN_OK)
        return s;
    out->heading = p.heading;
    out->words = p.text;
    return PIN_OK;
}

pin_status pin_index_footings(pin_footing **out, const pin_index *ix, const pin_item *item, pin_arena *arena,
                              pin_error *err)
{
    pin_footing *all = pin_arena_take(arena, item->citation_count, sizeof *all);
    if (!all)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for what an item rests on");
    pin_status first = PIN_OK;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        pin_status s = footing(&all[i], ix, &item->citations[i], arena, err);
        if (s != PIN_OK && s != PIN_NEED)
            return s;
        if (first == PIN_OK)
            first = s; /* ask for all of them at once */
    }
    *out = all;
    return first;
}

/* ---- ARCHIVE ---- */
static pin_status archive_record(pin_str *out, const pin_index *ix, uint64_t place, uint32_t raw_max,
                                 pin_arena *arena, pin_error *err)
{
    return pin_read_packed(out, ix, PIN_S_ARCHIVE, place, pin_place_offset(place), raw_max, arena, err);
}

static void take_item(pin_item *item, pin_cursor *c)
{
    pin_take_slug(item, c);
    item->given_id = pin_take_text(c);
    item->question = pin_take_text(c);
    item->verdict = pin_take_text(c);
    item->status = pin_take_text(c);
    item->status_text = pin_take_text(c);
    item->author = pin_take_text(c);
    item->published = pin_take_text(c);
    item->updated = pin_take_text(c);
    item->language = pin_take_text(c);
    item->blocks = pin_take_str(c); /* their walk checks them */
}

/* Footing `k`; its words are at *place afterwards when they have to be fetched. */
static void take_footing(pin_footing *all, uint64_t *places, uint32_t k, pin_cursor *c)
{
    uint32_t back = pin_take_varint32(c);
    if (back > k) {
        c->failed = true;
        return;
    }
    if (back > 0) {
        all[k] = all[k - back];
        places[k] = places[k - back];
        return;
    }
    all[k].version = pin_take_text(c);
    all[k].act = pin_take_text(c);
    all[k].heading = pin_take_text(c);
    uint64_t offset = pin_take_varint(c);
    uint32_t len = pin_take_varint32(c);
    if (len > 0xFFFFFF || offset > UINT64_MAX >> 24)
        c->failed = true;
    places[k] = pin_place(offset, len);
}

/* Words that several footings share are read once. */
static pin_status read_words(pin_footing *all, const uint64_t *places, uint32_t count, const pin_index *ix,
                             pin_arena *arena, pin_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t same = 0;
        if (pin_place_len(places[i]) == 0)
            continue;
        while (same < i && places[same] != places[i])
            same++;
        if (same < i) {
            all[i].words = all[same].words;
            continue;
        }
        pin_status s = archive_record(&all[i].words, ix, places[i], PIN_TEXT_RECORD_MAX, arena, err);
        if (s != PIN_OK)
            return s;
        if (pin_utf8_valid(all[i].words) != all[i].words.len)
            return damaged(ix, PIN_S_ARCHIVE, err, "archived words are not UTF-8");
    }
    return PIN_OK;
}

static pin_status archived(pin_item *out, pin_footing **footings, const pin_index *ix, uint64_t place,
                           pin_arena *arena, pin_error *err)
{
    pin_str    record;
    pin_item   item = {.number = PIN_NO_ITEM, .module = UINT32_MAX};
    pin_status s = archive_record(&record, ix, place, PIN_ARCHIVED_MAX, arena, err);
    if (s != PIN_OK)
        return s;
    pin_cursor c = pin_cursor_over(record.at, record.len);
    take_item(&item, &c);
    if (pin_take_lists(&item, ix, &c, arena) != PIN_OK)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an archived item");
    if (c.failed)
        return damaged(ix, PIN_S_ARCHIVE, err, "an archived item is damaged");
    pin_footing *all = pin_arena_take(arena, item.citation_count, sizeof *all);
    uint64_t    *places = pin_arena_take(arena, item.citation_count, sizeof *places);
    if (!all || !places)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an archived item");
    for (uint32_t i = 0; i < item.citation_count && !c.failed; i++) {
        take_footing(all, places, i, &c);
        item.citations[i].provision = PIN_NO_PROVISION; /* that number was another file's */
    }
    if (c.failed || pin_cursor_left(&c) != 0)
        return damaged(ix, PIN_S_ARCHIVE, err, "an archived item is damaged");
    if ((s = read_words(all, places, item.citation_count, ix, arena, err)) != PIN_OK)
        return s;
    *out = item;
    *footings = all;
    return PIN_OK;
}

pin_status pin_index_as_it_stood(pin_item *out, pin_footing **footings, const pin_index *ix,
                                 const pin_revision *revision, pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_status s;
    if (revision->item == PIN_NO_ITEM) {
        s = archived(out, footings, ix, revision->place, arena, err);
        if (s == PIN_OK)
            out->revision = revision->hash;
    } else if ((s = pin_index_item(out, ix, revision->item, arena, err)) == PIN_OK) {
        s = pin_index_footings(footings, ix, out, arena, err);
    }
    if (s != PIN_OK)
        arena->used = mark;
    return s;
}

/* ---- RELEASES ---- */
pin_status pin_index_releases(pin_earlier **out, uint32_t *count, const pin_index *ix, pin_arena *arena,
                              pin_error *err)
{
    const uint8_t *at;
    size_t         len = (size_t)ix->sections[PIN_S_RELEASES].len;
    *out = NULL;
    *count = 0;
    if (len == 0)
        return PIN_OK;
    pin_status s = pin_read_part(&at, ix, PIN_S_RELEASES, 0, len, err);
    if (s != PIN_OK)
        return s;
    pin_cursor   c = pin_cursor_over(at, len);
    uint32_t     n = pin_take_count(&c, PIN_RELEASES_MAX, 4);
    pin_earlier *all = pin_arena_take(arena, n, sizeof *all);
    if (!all)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the releases");
    for (uint32_t i = 0; i < n; i++) {
        all[i].release = pin_take_text(&c);
        all[i].as_of = pin_take_text(&c);
        all[i].engine = pin_take_text(&c);
        all[i].item_count = pin_take_varint32(&c);
    }
    if (c.failed || pin_cursor_left(&c) != 0)
        return damaged(ix, PIN_S_RELEASES, err, "the list of releases is damaged");
    *out = all;
    *count = n;
    return PIN_OK;
}

/* ---- For verify ---- */
static pin_status check_one(const pin_index *ix, uint32_t number, pin_str *before, pin_arena *arena,
                            pin_error *err)
{
    pin_past   p;
    uint32_t   live;
    pin_status s = pin_index_past_at(&p, ix, number, arena, err);
    if (s != PIN_OK)
        return s;
    if (number > 0 && pin_str_order(*before, p.id) >= 0)
        return damaged(ix, PIN_S_PAST, err, "ids of the past are not sorted");
    *before = p.id; /* it lies in the file, not in the arena */
    s = pin_index_find_item(&live, ix, p.id, arena, err);
    if (s != PIN_OK && s != PIN_NOT_FOUND)
        return s;
    if (s == PIN_NOT_FOUND && p.fate == PIN_FATE_LIVES)
        return damaged(ix, PIN_S_PAST, err, "an id is said to live and has no item");
    for (uint32_t i = 0; i < p.revision_count; i++) {
        size_t       mark = arena->used;
        pin_item     item;
        pin_footing *footings;
        if ((s = pin_index_as_it_stood(&item, &footings, ix, &p.revisions[i], arena, err)) != PIN_OK)
            return s;
        if (!pin_str_equal(item.id, p.id))
            return damaged(ix, PIN_S_PAST, err, "an archived item has another id");
        arena->used = mark;
    }
    return PIN_OK;
}

pin_status pin_past_check(const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_earlier *releases;
    uint32_t     count;
    pin_str      before = {0};
    size_t       mark = arena->used;
    pin_status   s = pin_index_releases(&releases, &count, ix, arena, err);
    for (uint32_t i = 0; i < ix->past_count && s == PIN_OK; i++) {
        arena->used = mark;
        s = check_one(ix, i, &before, arena, err);
    }
    arena->used = mark;
    return s;
}
