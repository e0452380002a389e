/* An evidence pack as JSON and as a table. Shapes are promised in docs/evidence.md, "Packs". */
#include "pincite/pack.h"

#include "core/page/parts.h"

/* ---- JSON ---- */
static void key(pin_buf *out, const char *name, pin_str value)
{
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":");
    pin_json_string(out, value);
}

static void key_name(pin_buf *out, const char *name, pin_str value) /* null when it names nothing */
{
    if (value.len) {
        key(out, name, value);
        return;
    }
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":null");
}

static void key_truth(pin_buf *out, const char *name, bool value)
{
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, value ? "\":true" : "\":false");
}

static void key_number(pin_buf *out, const char *name, uint64_t value)
{
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":");
    pin_buf_uint(out, value);
}

static void add_hex(pin_buf *out, const void *bytes)
{
    char hex[2 * PIN_REVISION_LEN];
    pin_revision_hex(hex, (pin_str){bytes, PIN_REVISION_LEN});
    pin_buf_add(out, (pin_str){hex, sizeof hex});
}

pin_status pin_pack_pinned(pin_str *out, const pin_pack *pack, const pin_pack_item *p, pin_arena *arena,
                           pin_error *err)
{
    char    hex[2 * PIN_REVISION_LEN];
    pin_str base = pin_page_base(pack->ix);
    size_t  cap = base.len + p->item.id.len + PIN_REVISION_SHOWN + 4;
    char   *at = pin_arena_take(arena, cap, 1);
    if (!at)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an address");
    pin_buf url = pin_buf_over(at, cap);
    pin_revision_hex(hex, p->revision);
    pin_page_add_item_url(&url, base, p->item.id);
    pin_buf_byte(&url, '@');
    pin_buf_add(&url, (pin_str){hex, PIN_REVISION_SHOWN});
    pin_buf_byte(&url, '/');
    *out = pin_buf_str(&url);
    return PIN_OK;
}

static void add_citation(pin_buf *out, const pin_citation *c, const pin_footing *f)
{
    pin_buf_adds(out, "{\"source\":");
    pin_json_string(out, c->source);
    key(out, "provision", c->id);
    key(out, "label", c->label);
    key(out, "state", pin_str_of(pin_cite_state_name((pin_cite_state)c->state)));
    key(out, "written", c->written);
    key_truth(out, "listed", c->in_list);
    key(out, "note", c->note);
    key(out, "quote", c->quote);
    key(out, "act", f->act);
    key(out, "version", f->version);
    key(out, "heading", f->heading);
    key(out, "words", f->words);
    pin_buf_byte(out, '}');
}

/* null for an older revision: it is no leaf of this release. */
static void add_proof(pin_buf *out, const pin_pack *pack, const pin_pack_item *p)
{
    pin_release release;
    pin_index_release(&release, pack->ix);
    pin_buf_adds(out, ",\"proof\":");
    if (!p->current) {
        pin_buf_adds(out, "null");
        return;
    }
    pin_buf_adds(out, "{\"release\":");
    pin_json_string(out, release.release);
    key_number(out, "leaf", p->leaf);
    key_number(out, "leaves", release.item_count);
    pin_buf_adds(out, ",\"path\":[");
    for (uint32_t i = 0; i < p->path_count; i++) {
        pin_buf_adds(out, i ? ",\"" : "\"");
        add_hex(out, p->path[i]);
        pin_buf_byte(out, '"');
    }
    pin_buf_adds(out, "]}");
}

pin_status pin_pack_item_json(pin_buf *out, const pin_pack *pack, uint32_t number, pin_arena *arena,
                              pin_error *err)
{
    const pin_pack_item *p = &pack->items[number];
    const pin_item      *item = &p->item;
    pin_str              pinned;
    if (pin_pack_pinned(&pinned, pack, p, arena, err) != PIN_OK)
        return PIN_NO_SPACE;
    pin_buf_adds(out, "{\"format\":\"pincite-item 1\"");
    key(out, "id", item->id);
    pin_buf_adds(out, ",\"revision\":\"");
    add_hex(out, p->revision.at);
    pin_buf_adds(out, "\",\"text\":\"");
    pin_buf_add(out, p->name);
    pin_buf_adds(out, ".txt\"");
    key_truth(out, "current", p->current);
    key(out, "fate", pin_str_of(pin_fate_name(p->fate)));
    key(out, "seen", p->seen);
    key(out, "until", p->until);
    key(out, "status", item->status);
    key(out, "status_text", item->status_text);
    key(out, "module_title", p->module_title);
    key(out, "author", item->author);
    key(out, "published", item->published);
    key(out, "updated", item->updated);
    key(out, "language", item->language);
    key(out, "question", item->question);
    key(out, "verdict", item->verdict);
    key(out, "pinned_address", pinned);
    pin_buf_adds(out, ",\"citations\":[");
    for (uint32_t i = 0; i < item->citation_count; i++) {
        if (i)
            pin_buf_byte(out, ',');
        add_citation(out, &item->citations[i], &p->footings[i]);
    }
    pin_buf_byte(out, ']');
    add_proof(out, pack, p);
    pin_buf_adds(out, "}\n");
    return pin_buf_status(out);
}

static pin_status add_sources(pin_buf *out, const pin_pack *pack, uint32_t count, pin_arena *arena,
                              pin_error *err)
{
    pin_buf_adds(out, ",\"sources\":[");
    for (uint32_t i = 0; i < count; i++) {
        pin_source source;
        size_t     mark = arena->used;
        pin_status s = pin_index_source(&source, pack->ix, i, arena, err);
        if (s != PIN_OK)
            return s;
        pin_buf_adds(out, i ? ",{\"id\":" : "{\"id\":");
        pin_json_string(out, source.id);
        key(out, "title", source.title);
        key(out, "version", source.version);
        key(out, "celex", source.celex);
        key(out, "eli", source.eli);
        key(out, "rank", source.rank);
        key_truth(out, "loaded", source.loaded);
        pin_buf_byte(out, '}');
        arena->used = mark;
    }
    pin_buf_byte(out, ']');
    return PIN_OK;
}

static void add_index(pin_buf *out, const pin_pack *pack, const pin_release *release)
{
    static const char digits[] = "0123456789abcdef";
    pin_buf_adds(out, ",\"index\":{\"blake2b_256\":");
    pin_json_string(out, pack->index_hash);
    key_number(out, "bytes", pack->index_len);
    pin_buf_adds(out, ",\"file_id\":\"");
    for (int shift = 60; shift >= 0; shift -= 4)
        pin_buf_byte(out, digits[release->file_id >> shift & 15]);
    pin_buf_adds(out, "\"}");
}

pin_status pin_pack_summary(pin_buf *out, const pin_pack *pack, pin_arena *arena, pin_error *err)
{
    pin_release release;
    pin_index_release(&release, pack->ix);
    pin_buf_adds(out, "{\"format\":\"pincite-pack 1\"");
    key(out, "release", release.release);
    key(out, "as_of", pack->as_of);
    key(out, "release_as_of", release.as_of);
    key(out, "engine", release.engine);
    key_name(out, "signer", pack->signer);
    key(out, "title", release.title);
    key(out, "publisher", release.publisher);
    key(out, "base", release.base);
    key_number(out, "release_items", release.item_count);
    add_index(out, pack, &release);
    pin_buf_adds(out, ",\"items\":[");
    for (uint32_t i = 0; i < pack->item_count; i++) {
        pin_buf_adds(out, i ? ",\"" : "\"");
        pin_buf_add(out, pack->items[i].name);
        pin_buf_adds(out, ".json\"");
    }
    pin_buf_adds(out, "],\"searches\":[");
    for (uint32_t i = 0; i < pack->search_count; i++) {
        pin_buf_adds(out, i ? ",{\"query\":" : "{\"query\":");
        pin_json_string(out, pack->searches[i].query);
        key_number(out, "total", pack->searches[i].hits.total);
        key_truth(out, "confident", pack->searches[i].hits.confident);
        key(out, "answer", pack->searches[i].name);
        pin_buf_byte(out, '}');
    }
    pin_buf_byte(out, ']');
    pin_status s = add_sources(out, pack, release.source_count, arena, err);
    pin_buf_adds(out, "}\n");
    return s != PIN_OK ? s : pin_buf_status(out);
}

/* ---- The table ---- */
/* A spreadsheet computes a cell that begins like a formula, even a quoted one: an apostrophe keeps it text.
 */
static void cell_open(pin_buf *out, pin_str text)
{
    pin_buf_byte(out, '"');
    if (text.len && (text.at[0] == '=' || text.at[0] == '+' || text.at[0] == '-' || text.at[0] == '@' ||
                     (unsigned char)text.at[0] < 0x20))
        pin_buf_byte(out, '\'');
}

static void cell_add(pin_buf *out, pin_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"')
            pin_buf_byte(out, '"');
        pin_buf_byte(out, c < 0x20 || c == 0x7F ? ' ' : text.at[i]);
    }
}

static void cell(pin_buf *out, pin_str text)
{
    cell_open(out, text);
    cell_add(out, text);
    pin_buf_adds(out, "\",");
}

static void cell_provisions(pin_buf *out, const pin_item *item)
{
    bool any = false;
    pin_buf_byte(out, '"');
    for (uint32_t i = 0; i < item->citation_count; i++) {
        const pin_citation *c = &item->citations[i];
        if (c->source.len == 0)
            continue;
        pin_buf_adds(out, any ? "; " : "");
        cell_add(out, c->source);
        if (c->id.len)
            pin_buf_byte(out, ':');
        cell_add(out, c->id);
        any = true;
    }
    pin_buf_adds(out, "\",");
}

pin_status pin_pack_table(pin_buf *out, const pin_pack *pack, pin_arena *arena, pin_error *err)
{
    pin_buf_adds(out, "\xEF\xBB\xBFid,revision,question,verdict,status,provisions,pinned_address\r\n");
    for (uint32_t i = 0; i < pack->item_count; i++) {
        const pin_pack_item *p = &pack->items[i];
        pin_str              pinned;
        if (pin_pack_pinned(&pinned, pack, p, arena, err) != PIN_OK)
            return PIN_NO_SPACE;
        cell(out, p->item.id);
        pin_buf_byte(out, '"');
        add_hex(out, p->revision.at);
        pin_buf_adds(out, "\",");
        cell(out, p->item.question);
        cell(out, p->item.verdict);
        cell(out, p->item.status.len ? p->item.status : p->item.status_text);
        cell_provisions(out, &p->item);
        cell_open(out, pinned);
        cell_add(out, pinned);
        pin_buf_adds(out, "\"\r\n");
    }
    return pin_buf_status(out);
}
