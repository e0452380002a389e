/* From an index and some ids to the files of a pack. Two steps: everything is gathered from the index into
 * one arena, then every file is rendered from what was gathered. Both start again with more room when they
 * must. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/evidence/inside.h"

#define ROOM_FIRST ((size_t)4 << 20)
#define ROOM_MOST ((size_t)2 << 30)
#define QUERY_HITS 10

typedef struct room {
    void     *memory;
    pin_arena arena;
} room;

/* Empties the room, and enlarges it after PIN_NO_SPACE. False: no reason to try again, or no memory. */
static bool again(room *r, pin_status status)
{
    size_t size = !r->memory ? ROOM_FIRST : r->arena.size * 4;
    if (status != PIN_NO_SPACE || size > ROOM_MOST)
        return false;
    free(r->memory);
    r->memory = malloc(size);
    r->arena = pin_arena_over(r->memory, r->memory ? size : 0);
    return r->memory != NULL;
}

/* ---- Gathering ---- */
typedef struct gather {
    const pin_pack_order *order;
    pin_pack              pack;
    pin_pack_failure     *failure;
    pin_arena            *arena;
    pin_evidence_leaf    *leaves;
    pin_release           release;
    char                  index_hash[65], signer[PIN_KEY_ID_SHOWN];
} gather;

static pin_status fail(gather *g, pin_status code, uint32_t id, const char *message)
{
    g->failure->id = id;
    return pin_fail(&g->failure->err, code, 0, message);
}

static pin_str numbered(gather *g, const char *folder, uint32_t number, const char *ending)
{
    char text[40];
    snprintf(text, sizeof text, "%s/%02u%s", folder, number + 1, ending);
    return pin_arena_copy(g->arena, pin_str_of(text));
}

/* The id under which the index knows what was asked for: ids that are gone have a past only. */
static pin_status true_id(pin_str *out, gather *g, pin_str asked)
{
    uint32_t   number;
    pin_item   item;
    pin_past   past;
    pin_status s = pin_index_find_item(&number, g->order->ix, asked, g->arena, &g->failure->err);
    if (s == PIN_OK) {
        s = pin_index_item(&item, g->order->ix, number, g->arena, &g->failure->err);
        *out = item.id;
    } else if (s == PIN_NOT_FOUND) {
        s = pin_index_past(&past, g->order->ix, asked, g->arena, &g->failure->err);
        *out = asked;
    }
    return s;
}

/* The revision that was the current one on `day`; days are known only of releases that had one. */
static const pin_revision *on_day(const pin_past *past, pin_str day)
{
    for (uint32_t i = 0; i < past->revision_count; i++) {
        const pin_revision *r = &past->revisions[i];
        if ((r->seen.len == 0 || pin_str_order(r->seen, day) <= 0) &&
            (r->until.len == 0 || pin_str_order(day, r->until) < 0))
            return r;
    }
    return NULL;
}

static pin_status choose(pin_revision *out, gather *g, uint32_t which, const pin_past *past, pin_str prefix)
{
    pin_revision found[2];
    if (prefix.len) {
        pin_status s =
            pin_index_find_revision(found, g->order->ix, past->id, prefix, g->arena, &g->failure->err);
        *out = found[0];
        g->failure->id = which;
        if (s == PIN_NOT_FOUND)
            return fail(g, s, which, "it has no such revision");
        if (s == PIN_BAD_INPUT)
            return fail(g, PIN_NOT_FOUND, which, "a revision is 8 to 64 hexadecimal digits");
        if (s == PIN_LIMIT)
            return fail(g, s, which, "that fits two of its revisions: give more digits");
        return s;
    }
    const pin_revision *r = past->revision_count ? &past->revisions[0] : NULL;
    if (g->order->as_of.len)
        r = on_day(past, g->order->as_of);
    else if (past->fate != PIN_FATE_LIVES)
        return fail(g, PIN_NOT_FOUND, which, "it is gone; name a revision, or a day on which it stood");
    if (!r)
        return fail(g, PIN_NOT_FOUND, which, "no revision of it stood on that day");
    *out = *r;
    return PIN_OK;
}

static uint32_t leaf_of(const gather *g, pin_str id)
{
    uint32_t from = 0, to = g->release.item_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (pin_str_order(g->leaves[middle].id, id) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static pin_status add_path(gather *g, pin_pack_item *p)
{
    uint8_t path[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN];
    p->leaf = leaf_of(g, p->item.id);
    p->path_count = pin_evidence_path(path, g->leaves, g->release.item_count, p->leaf);
    p->path = pin_arena_take(g->arena, p->path_count, PIN_EVIDENCE_LEN);
    if (!p->path)
        return fail(g, PIN_NO_SPACE, 0, "no room for a proof");
    memcpy(p->path, path, (size_t)p->path_count * PIN_EVIDENCE_LEN);
    return PIN_OK;
}

static pin_status add_item(gather *g, uint32_t which)
{
    pin_pack_item   *p = &g->pack.items[which];
    pin_str          asked = pin_str_of(g->order->ids[which]), prefix = {0}, id;
    const char      *at = asked.len ? memchr(asked.at, '@', asked.len) : NULL;
    pin_past         past;
    pin_revision     r;
    pin_module       module = {0};
    pin_error       *err = &g->failure->err;
    const pin_index *ix = g->order->ix;
    if (at) {
        prefix = pin_str_part(asked, (size_t)(at - asked.at) + 1, asked.len);
        asked = pin_str_part(asked, 0, (size_t)(at - asked.at));
    }
    g->failure->id = which;
    pin_status s = true_id(&id, g, asked);
    if (s == PIN_NOT_FOUND)
        return fail(g, s, which, NULL); /* the host knows how to suggest others */
    if (s == PIN_OK)
        s = pin_index_past(&past, ix, id, g->arena, err);
    if (s == PIN_OK && at && !prefix.len)
        return fail(g, PIN_NOT_FOUND, which, "a revision is 8 to 64 hexadecimal digits");
    if (s == PIN_OK)
        s = choose(&r, g, which, &past, prefix);
    if (s == PIN_OK)
        s = pin_index_as_it_stood(&p->item, &p->footings, ix, &r, g->arena, err);
    if (s == PIN_OK && r.item != PIN_NO_ITEM)
        s = pin_index_module(&module, ix, p->item.module, err);
    if (s != PIN_OK)
        return s;
    p->name = numbered(g, "items", which, "");
    p->revision = r.hash;
    p->current = r.item != PIN_NO_ITEM;
    p->fate = past.fate;
    p->seen = r.seen;
    p->until = r.until;
    p->module_title = module.title;
    return p->current ? add_path(g, p) : PIN_OK;
}

/* One line, single spaces: what was typed with care and what was pasted become the same query. */
static pin_status add_search(gather *g, uint32_t which)
{
    pin_pack_search   *search = &g->pack.searches[which];
    pin_search_options options = {.k = QUERY_HITS};
    pin_str            asked = pin_str_of(g->order->queries[which]);
    pin_buf            measure = {0};
    pin_text_line(&measure, asked);
    char *at = pin_arena_take(g->arena, measure.len, 1);
    if (!at)
        return fail(g, PIN_NO_SPACE, 0, "no room for a query");
    pin_buf line = pin_buf_over(at, measure.len);
    pin_text_line(&line, asked);
    search->query = pin_str_trim(pin_buf_str(&line));
    search->name = numbered(g, "searches", which, ".json");
    return pin_search(&search->hits, g->order->ix, search->query, &options, g->arena, &g->failure->err);
}

static pin_status gather_all(gather *g)
{
    const pin_pack_order *o = g->order;
    pin_index_release(&g->release, o->ix);
    if (g->release.release.len == 0)
        return fail(g, PIN_UNSUPPORTED, 0, "it has no revisions: build it again with this program");
    g->pack = (pin_pack){
        .ix = o->ix,
        .as_of = o->as_of.len           ? o->as_of
                 : g->release.as_of.len ? g->release.as_of
                                        : g->release.updated,
        .index_hash = {g->index_hash, 64},
        .index_len = o->file.len,
        .signer = pin_str_of(g->signer),
        .items = pin_arena_take(g->arena, o->id_count, sizeof *g->pack.items),
        .item_count = o->id_count,
        .searches = pin_arena_take(g->arena, o->query_count, sizeof *g->pack.searches),
        .search_count = o->query_count,
    };
    if (!g->pack.items || !g->pack.searches)
        return fail(g, PIN_NO_SPACE, 0, "no room for a pack");
    pin_status s = o->id_count ? pin_evidence_leaves(&g->leaves, o->ix, g->arena, &g->failure->err) : PIN_OK;
    for (uint32_t i = 0; i < o->id_count && s == PIN_OK; i++)
        s = add_item(g, i);
    for (uint32_t i = 0; i < o->query_count && s == PIN_OK; i++)
        s = add_search(g, i);
    return s;
}

/* ---- Rendering ---- */
typedef pin_status render(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                          pin_error *err);

static pin_status render_text(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                              pin_error *err)
{
    (void)arena;
    return pin_evidence_canonical(out, &pack->items[number].item, pack->items[number].footings, err);
}

static pin_status render_search(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                                pin_error *err)
{
    const pin_pack_search *search = &pack->searches[number];
    pin_status             s = pin_json_search(out, pack->ix, search->query, &search->hits, NULL, arena, err);
    pin_buf_byte(out, '\n');
    return s == PIN_OK ? pin_buf_status(out) : s;
}

static pin_status render_summary(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                                 pin_error *err)
{
    (void)number;
    return pin_pack_summary(out, pack, arena, err);
}

static pin_status render_table(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                               pin_error *err)
{
    (void)number;
    return pin_pack_table(out, pack, arena, err);
}

static pin_status render_page(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                              pin_error *err)
{
    (void)number;
    return pin_pack_page(out, pack, arena, err);
}

typedef struct writer {
    pin_pack_folder *out;
    const pin_pack  *pack;
    room             room;
    char            *memory;
    size_t           cap;
    pin_error       *err;
} writer;

/* Renders one file, with more room for as long as that helps. */
static pin_status put(writer *w, pin_str name, const char *ending, render *make, uint32_t number)
{
    char path[64];
    snprintf(path, sizeof path, "%.*s%s", (int)name.len, name.at, ending);
    for (;;) {
        pin_buf buf = pin_buf_over(w->memory, w->cap);
        w->room.arena.used = 0;
        pin_status s = w->room.memory ? make(&buf, w->pack, number, &w->room.arena, w->err) : PIN_NO_SPACE;
        if (s == PIN_OK)
            return pin_pack_folder_add(w->out, path, pin_buf_str(&buf));
        if (s == PIN_NO_SPACE && buf.len > w->cap && buf.len <= PIN_PACK_BYTES_MAX) {
            free(w->memory);
            w->cap = buf.len;
            w->memory = malloc(w->cap);
            if (!w->memory) {
                w->cap = 0;
                return PIN_NO_SPACE;
            }
        } else if (!again(&w->room, s)) {
            return s;
        }
    }
}

static pin_status render_all(pin_pack_folder *out, const pin_pack *pack, pin_error *err)
{
    writer     w = {.out = out, .pack = pack, .err = err};
    pin_status s = put(&w, PIN_STR("pack"), ".json", render_summary, 0);
    for (uint32_t i = 0; i < pack->item_count && s == PIN_OK; i++) {
        s = put(&w, pack->items[i].name, ".txt", render_text, i);
        if (s == PIN_OK)
            s = put(&w, pack->items[i].name, ".json", pin_pack_item_json, i);
    }
    for (uint32_t i = 0; i < pack->search_count && s == PIN_OK; i++)
        s = put(&w, pack->searches[i].name, "", render_search, i);
    if (s == PIN_OK)
        s = put(&w, PIN_STR("table"), ".csv", render_table, 0);
    if (s == PIN_OK)
        s = put(&w, PIN_STR("index"), ".html", render_page, 0);
    if (s == PIN_OK)
        s = pin_pack_folder_add(out, "pack.css", pin_pack_style());
    free(w.memory);
    free(w.room.memory);
    return s;
}

/* ---- Manifest and signature ---- */
static int by_name(const void *a, const void *b)
{
    return strcmp(((const pin_pack_file *)a)->name, ((const pin_pack_file *)b)->name);
}

void pin_pack_comment(pin_buf *out, pin_str release, pin_str as_of)
{
    pin_buf_adds(out, "pincite pack of release ");
    pin_buf_add(out, release);
    pin_buf_adds(out, as_of.len ? " as of " : "");
    pin_buf_add(out, as_of);
}

static pin_status add_manifest(pin_pack_folder *out, const gather *g)
{
    size_t cap = 1024 + (size_t)out->count * 160;
    char  *memory = malloc(cap), hash[65];
    if (!memory)
        return PIN_NO_SPACE;
    pin_buf text = pin_buf_over(memory, cap);
    qsort(out->at, out->count, sizeof *out->at, by_name);
    pin_buf_adds(&text, "# pincite-pack 1\n# release ");
    pin_buf_add(&text, g->release.release);
    pin_buf_adds(&text, "\n# signer ");
    pin_buf_adds(&text, g->signer[0] ? g->signer : "none");
    pin_buf_byte(&text, '\n');
    for (uint32_t i = 0; i < out->count; i++) {
        pin_hash_hex(hash, (pin_str){out->at[i].bytes, out->at[i].len});
        pin_buf_adds(&text, hash);
        pin_buf_adds(&text, "  ");
        pin_buf_adds(&text, out->at[i].name);
        pin_buf_byte(&text, '\n');
    }
    pin_hash_hex(hash, pin_buf_str(&text));
    pin_buf_adds(&text, "# end ");
    pin_buf_adds(&text, hash);
    pin_buf_byte(&text, '\n');
    pin_status s = pin_pack_folder_add(out, PIN_PACK_MANIFEST, pin_buf_str(&text));
    if (s == PIN_OK && g->order->key) {
        char    signature[1024], comment[256];
        pin_buf line = pin_buf_over(comment, sizeof comment), at = pin_buf_over(signature, sizeof signature);
        pin_pack_comment(&line, g->release.release, g->pack.as_of);
        s = pin_signature_write(&at, g->order->key, pin_buf_str(&text), pin_buf_str(&line));
        if (s == PIN_OK)
            s = pin_pack_folder_add(out, PIN_PACK_SIGNATURE, pin_buf_str(&at));
    }
    free(memory);
    return s;
}

static pin_status add_key(pin_pack_folder *out, const pin_secret_key *key)
{
    char           text[256];
    pin_public_key public_key;
    pin_buf        at = pin_buf_over(text, sizeof text);
    if (!key)
        return PIN_OK;
    pin_public_key_of(&public_key, key);
    pin_public_key_write(&at, &public_key);
    return pin_pack_folder_add(out, PIN_PACK_KEY, pin_buf_str(&at));
}

pin_status pin_pack_make(pin_pack_folder *out, const pin_pack_order *order, pin_pack_failure *failure)
{
    room       r = {0};
    gather     g = {.order = order, .failure = failure};
    pin_status s = PIN_NO_SPACE;
    *out = (pin_pack_folder){0};
    *failure = (pin_pack_failure){0};
    pin_hash_hex(g.index_hash, order->file);
    if (order->key)
        pin_key_id(g.signer, order->key->id);
    while (again(&r, s)) {
        g.arena = &r.arena;
        s = gather_all(&g);
    }
    if (s == PIN_OK)
        s = render_all(out, &g.pack, &failure->err);
    if (s == PIN_OK)
        s = add_key(out, order->key);
    if (s == PIN_OK)
        s = add_manifest(out, &g);
    free(r.memory);
    if (s != PIN_OK)
        pin_pack_folder_free(out);
    if (s != PIN_OK && s != PIN_NOT_FOUND && !failure->err.message)
        pin_fail(&failure->err, s, 0,
                 s == PIN_LIMIT ? "the pack is larger than a pack may be" : "out of memory");
    return s;
}
