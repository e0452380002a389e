/* Answers as JSON (RFC 8259): one line, UTF-8, keys in a fixed order, never HTML. Shapes are promised in
 * docs/http.md: a text that is not there is "", a name of something that does not exist is null. */
#include "core/page/parts.h"
#include "pincite/versions.h"

/* ---- The writer: knows where a comma belongs, nothing else ---- */
typedef struct json {
    pin_buf *out;
    bool     comma; /* a value stands before the next one at this level */
} json;

static void before(json *j)
{
    if (j->comma)
        pin_buf_byte(j->out, ',');
    j->comma = true;
}

static void open(json *j, char bracket)
{
    before(j);
    pin_buf_byte(j->out, bracket);
    j->comma = false;
}

static void close(json *j, char bracket)
{
    pin_buf_byte(j->out, bracket);
    j->comma = true;
}

static void key(json *j, const char *name)
{
    before(j);
    pin_buf_byte(j->out, '"');
    pin_buf_adds(j->out, name);
    pin_buf_adds(j->out, "\":");
    j->comma = false;
}

static void text(json *j, pin_str value)
{
    before(j);
    pin_json_string(j->out, value);
}

static void number(json *j, uint64_t value)
{
    before(j);
    pin_buf_uint(j->out, value);
}

static void signed_number(json *j, int64_t value)
{
    before(j);
    if (value < 0)
        pin_buf_byte(j->out, '-');
    pin_buf_uint(j->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void truth(json *j, bool value)
{
    before(j);
    pin_buf_adds(j->out, value ? "true" : "false");
}

static void null(json *j)
{
    before(j);
    pin_buf_adds(j->out, "null");
}

static void key_text(json *j, const char *name, pin_str value)
{
    key(j, name);
    text(j, value);
}

/* A name of something else; null when it names nothing. */
static void key_name(json *j, const char *name, pin_str value)
{
    key(j, name);
    if (value.len > 0)
        text(j, value);
    else
        null(j);
}

static void key_number(json *j, const char *name, uint64_t value)
{
    key(j, name);
    number(j, value);
}

static void key_truth(json *j, const char *name, bool value)
{
    key(j, name);
    truth(j, value);
}

static void key_null(json *j, const char *name)
{
    key(j, name);
    null(j);
}

/* ---- Strings ---- */
static void add_escaped(pin_buf *out, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_form[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    pin_buf_byte(out, '\\');
    if (c < 32 && short_form[c]) {
        pin_buf_byte(out, short_form[c]);
        return;
    }
    pin_buf_adds(out, "u00");
    pin_buf_byte(out, hex[c >> 4 & 15]);
    pin_buf_byte(out, hex[c & 15]);
}

static bool stands_for_itself(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

void pin_json_string(pin_buf *out, pin_str value)
{
    pin_buf_byte(out, '"');
    for (size_t at = 0; at < value.len;) {
        size_t plain = at;
        while (plain < value.len && stands_for_itself((uint8_t)value.at[plain]))
            plain++;
        pin_buf_add(out, pin_str_part(value, at, plain));
        at = plain;
        if (at == value.len)
            break;
        uint32_t c = pin_utf8_next(value, &plain);
        if (c == '"' || c == '\\') {
            pin_buf_byte(out, '\\');
            pin_buf_byte(out, (char)c);
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
            add_escaped(out, c);
        } else if (c == PIN_UTF8_BAD) {
            pin_buf_adds(out, "\xEF\xBF\xBD");
        } else {
            pin_buf_add(out, pin_str_part(value, at, plain));
        }
        at = plain;
    }
    pin_buf_byte(out, '"');
}

/* ---- Parts that several answers share ---- */

/* Addresses are made of slugs and of the base address, so they are written through the same escape. */
static pin_status key_url(json *j, const char *name, pin_str base, pin_str id, pin_arena *arena,
                          pin_error *err)
{
    size_t mark = arena->used, len = base.len + id.len + 2;
    char  *room = pin_arena_take(arena, len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an address");
    pin_buf url = pin_buf_over(room, len);
    pin_page_add_item_url(&url, base, id);
    key_text(j, name, pin_buf_str(&url));
    arena->used = mark;
    return PIN_OK;
}

/* A revision in full, and the address where it stands for ever; null in a file of format 1.0. */
static void key_revision(json *j, const char *name, pin_str revision)
{
    char hex[2 * PIN_REVISION_LEN];
    pin_revision_hex(hex, revision);
    key_name(j, name, revision.len ? (pin_str){hex, sizeof hex} : (pin_str){0});
}

static pin_status key_pinned_url(json *j, const char *name, const pin_index *ix, pin_str id, pin_str revision,
                                 pin_arena *arena, pin_error *err)
{
    size_t  mark = arena->used;
    pin_str base = pin_page_base(ix);
    size_t  len = base.len + id.len + PIN_REVISION_SHOWN + 4;
    if (revision.len == 0) {
        key_null(j, name);
        return PIN_OK;
    }
    char *room = pin_arena_take(arena, len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an address");
    pin_buf url = pin_buf_over(room, len);
    pin_page_add_pinned_url(&url, base, id, revision);
    key_text(j, name, pin_buf_str(&url));
    arena->used = mark;
    return PIN_OK;
}

static pin_status key_law_urls(json *j, const pin_index *ix, const pin_source *source, pin_str id,
                               pin_arena *arena, pin_error *err)
{
    size_t  mark = arena->used;
    pin_str base = pin_page_base(ix);
    pin_buf wanted = pin_buf_over(NULL, 0);
    pin_page_add_law_url(&wanted, base, source->id, id);
    pin_page_add_official_link(&wanted, source, id);
    char *room = pin_arena_take(arena, wanted.len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an address");
    pin_buf url = pin_buf_over(room, wanted.len);
    pin_page_add_law_url(&url, base, source->id, id);
    size_t own = url.len;
    pin_page_add_official_link(&url, source, id);
    key_text(j, "url", pin_str_part(pin_buf_str(&url), 0, own));
    key_text(j, "official_url", pin_str_part(pin_buf_str(&url), own, url.len));
    arena->used = mark;
    return PIN_OK;
}

static void release_keys(json *j, const pin_index *ix)
{
    pin_release release;
    pin_index_release(&release, ix);
    key_name(j, "release", release.release);
    key_text(j, "engine", release.engine);
}

/* The four keys that every citation has. */
static void citation_keys(json *j, pin_str source, pin_str provision, pin_str label, uint8_t state)
{
    key_name(j, "source", source);
    key_name(j, "provision", provision);
    key_text(j, "label", label);
    key_text(j, "state", pin_str_of(pin_cite_state_name((pin_cite_state)state)));
}

static void citation(json *j, const pin_citation *c)
{
    open(j, '{');
    citation_keys(j, c->source, c->id, c->label.len > 0 ? c->label : c->written, c->state);
    close(j, '}');
}

/* id, revision, module, module_title, question, verdict, status, url, pinned_url: the head of an item. */
static pin_status item_head(json *j, const pin_index *ix, const pin_item *item, pin_arena *arena,
                            pin_error *err)
{
    pin_str    module, title;
    pin_status status = pin_page_home(&module, &title, ix, item, err);
    if (status != PIN_OK)
        return status;
    key_text(j, "id", item->id);
    key_revision(j, "revision", item->revision);
    key_text(j, "module", module);
    key_text(j, "module_title", title);
    key_text(j, "question", item->question);
    key_text(j, "verdict", item->verdict);
    key_text(j, "status", item->status);
    status = key_url(j, "url", pin_page_base(ix), item->id, arena, err);
    if (status == PIN_OK)
        status = key_pinned_url(j, "pinned_url", ix, item->id, item->revision, arena, err);
    return status;
}

/* ---- Search ---- */
static const char *tier_name(uint8_t tier)
{
    switch ((pin_tier)tier) {
    case PIN_TIER_EXACT:
        return "exact";
    case PIN_TIER_SYNONYM:
        return "synonym";
    case PIN_TIER_PREFIX:
        return "prefix";
    case PIN_TIER_TYPO:
        return "typo";
    case PIN_TIER_UNKNOWN:
        break;
    }
    return "unknown";
}

static void reading_terms(json *j, const pin_reading *reading)
{
    key(j, "terms");
    open(j, '[');
    for (uint32_t i = 0; i < reading->term_count; i++) {
        const pin_reading_term *t = &reading->terms[i];
        open(j, '{');
        key_text(j, "written", t->written);
        key_text(j, "term", t->term);
        key_text(j, "tier", pin_str_of(tier_name(t->tier)));
        key_number(j, "items", t->df);
        key_number(j, "weight", t->weight);
        key_truth(j, "function_word", t->function_word);
        close(j, '}');
    }
    close(j, ']');
}

static pin_status reading_provisions(json *j, const pin_index *ix, pin_str query, const pin_reading *reading,
                                     pin_arena *arena, pin_error *err)
{
    key(j, "provisions");
    open(j, '[');
    for (uint32_t i = 0; i < reading->provision_count; i++) {
        const pin_ref *ref = &reading->provisions[i];
        size_t         mark = arena->used;
        pin_str        label;
        pin_status     status = pin_page_ref_label(&label, ix, ref, query, arena, err);
        if (status != PIN_OK)
            return status;
        open(j, '{');
        key_text(j, "written", pin_str_part(query, ref->from, ref->to));
        citation_keys(j, ref->source, ref->id, label, ref->state);
        close(j, '}');
        arena->used = mark;
    }
    close(j, ']');
    return PIN_OK;
}

static pin_status reading(json *j, const pin_index *ix, pin_str query, const pin_reading *r, pin_arena *arena,
                          pin_error *err)
{
    key(j, "reading");
    open(j, '{');
    reading_terms(j, r);
    key(j, "phrases");
    open(j, '[');
    for (uint32_t i = 0; i < r->phrase_count; i++)
        text(j, r->phrases[i]);
    close(j, ']');
    pin_status status = reading_provisions(j, ix, query, r, arena, err);
    if (status != PIN_OK)
        return status;
    key(j, "corrections");
    open(j, '[');
    for (uint32_t i = 0; i < r->correction_count; i++) {
        open(j, '{');
        key_text(j, "from", r->corrections[i].from);
        key_text(j, "to", r->corrections[i].to);
        close(j, '}');
    }
    close(j, ']');
    if (r->cut) /* rare, so it has a key only when it happened */
        key_truth(j, "cut", true);
    close(j, '}');
    return PIN_OK;
}

static void snippet(json *j, const pin_snippet *s)
{
    key(j, "snippet");
    open(j, '{');
    key_text(j, "text", s->text);
    key(j, "marks");
    open(j, '[');
    for (uint32_t i = 0; i < s->mark_count; i++) {
        open(j, '[');
        number(j, s->marks[i].start);
        number(j, s->marks[i].end);
        close(j, ']');
    }
    close(j, ']');
    close(j, '}');
}

static void explanation(json *j, const pin_hit *hit)
{
    key(j, "explain");
    open(j, '[');
    for (uint32_t i = 0; i < hit->reason_count; i++) {
        open(j, '{');
        key_number(j, "indent", hit->reasons[i].indent);
        key_text(j, "what", hit->reasons[i].what);
        key(j, "value");
        signed_number(j, hit->reasons[i].value);
        close(j, '}');
    }
    close(j, ']');
}

static pin_status search_hit(json *j, const pin_index *ix, const pin_hit *hit, uint32_t rank, bool explain,
                             pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, hit->item, arena, err);
    if (status != PIN_OK)
        return status;
    open(j, '{');
    key_number(j, "rank", rank);
    status = item_head(j, ix, &item, arena, err);
    if (status != PIN_OK)
        return status;
    key_number(j, "score", hit->score);
    snippet(j, &hit->snippet);
    key(j, "citations");
    open(j, '[');
    for (uint32_t i = 0; i < item.citation_count; i++)
        citation(j, &item.citations[i]);
    close(j, ']');
    if (explain)
        explanation(j, hit);
    close(j, '}');
    arena->used = mark;
    return PIN_OK;
}

pin_status pin_json_search(pin_buf *out, const pin_index *ix, pin_str query, const pin_hits *hits,
                           const pin_json_options *options, pin_arena *arena, pin_error *err)
{
    static const pin_json_options plain;
    if (!options)
        options = &plain;
    json j = {out, false};
    open(&j, '{');
    key_text(&j, "query", query);
    release_keys(&j, ix);
    key_number(&j, "total", hits->total);
    if (hits->total_is_least)
        key_truth(&j, "total_is_least", true);
    pin_status status = reading(&j, ix, query, &hits->reading, arena, err);
    if (status != PIN_OK)
        return status;
    key_truth(&j, "confident", hits->confident);
    if (options->with_time)
        key_number(&j, "took_us", options->took_us);
    key(&j, "hits");
    open(&j, '[');
    for (uint32_t i = 0; i < hits->count; i++) {
        status = search_hit(&j, ix, &hits->at[i], i + 1, options->explain, arena, err);
        if (status != PIN_OK)
            return status;
    }
    close(&j, ']');
    close(&j, '}');
    return pin_buf_status(out);
}

/* ---- One item ---- */
static void item_citation(json *j, const pin_citation *c, const pin_footing *f)
{
    open(j, '{');
    citation_keys(j, c->source, c->id, c->label.len > 0 ? c->label : c->written, c->state);
    key_text(j, "written", c->written);
    key_text(j, "note", c->note);
    key_text(j, "quote", c->quote);
    key_truth(j, "in_list", c->in_list);
    key_text(j, "version", f->version);
    key_text(j, "heading", f->heading);
    key_text(j, "text", f->words);
    close(j, '}');
}

/* The card, as it is or as it stood, without the brackets around it. */
static pin_status item_keys(json *j, const pin_index *ix, const pin_item *item, const pin_footing *footings,
                            pin_arena *arena, pin_error *err)
{
    pin_release release;
    pin_str     answer = {0};
    pin_status  status = pin_page_plain(&answer, item->blocks, arena, err);
    if (status == PIN_OK)
        status = item_head(j, ix, item, arena, err);
    if (status != PIN_OK)
        return status;
    pin_index_release(&release, ix);
    key_name(j, "given_id", item->given_id);
    key_text(j, "status_text", item->status_text);
    key_text(j, "author", item->author);
    key_text(j, "published", item->published);
    key_text(j, "updated", item->updated);
    key_text(j, "language", item->language.len > 0 ? item->language : release.language);
    key_text(j, "answer", pin_str_trim(answer));
    key(j, "citations");
    open(j, '[');
    for (uint32_t i = 0; i < item->citation_count; i++)
        item_citation(j, &item->citations[i], &footings[i]);
    close(j, ']');
    key(j, "related");
    open(j, '[');
    for (uint32_t i = 0; i < item->related_count; i++)
        text(j, item->related[i]);
    close(j, ']');
    return PIN_OK;
}

/* ---- What it was before ---- */
/* standing: of the id; since, reason, target: of one that is gone; history: newest first. */
static pin_status past_keys(json *j, const pin_index *ix, const pin_past *past, pin_arena *arena, pin_error *err)
{
    pin_status status = PIN_OK;
    key_text(j, "standing", pin_str_of(pin_fate_name(past->fate)));
    if (past->fate != PIN_FATE_LIVES) {
        key_text(j, "since", past->since);
        key_text(j, "reason", past->reason);
        key_name(j, "target", past->target);
        if (past->target.len)
            status = key_url(j, "target_url", pin_page_base(ix), past->target, arena, err);
        else
            key_null(j, "target_url");
    }
    key(j, "history");
    open(j, '[');
    for (uint32_t i = 0; i < past->revision_count && status == PIN_OK; i++) {
        const pin_revision *r = &past->revisions[i];
        open(j, '{');
        key_revision(j, "revision", r->hash);
        key_truth(j, "current", r->item != PIN_NO_ITEM);
        key_text(j, "updated", r->date);
        key_text(j, "seen", r->seen);
        key_text(j, "until", r->until);
        status = key_pinned_url(j, "pinned_url", ix, past->id, r->hash, arena, err);
        close(j, '}');
    }
    close(j, ']');
    return status;
}

pin_status pin_json_item(pin_buf *out, const pin_index *ix, uint32_t number_of, pin_arena *arena,
                         pin_error *err)
{
    pin_item     item;
    pin_footing *footings;
    pin_past     past;
    pin_status   status = pin_index_item(&item, ix, number_of, arena, err);
    if (status == PIN_OK)
        status = pin_index_footings(&footings, ix, &item, arena, err);
    if (status == PIN_OK)
        status = pin_index_past(&past, ix, item.id, arena, err);
    json j = {out, false};
    open(&j, '{');
    if (status == PIN_OK)
        status = item_keys(&j, ix, &item, footings, arena, err);
    if (status == PIN_OK)
        status = past_keys(&j, ix, &past, arena, err);
    if (status != PIN_OK)
        return status;
    release_keys(&j, ix);
    close(&j, '}');
    return pin_buf_status(out);
}

pin_status pin_json_revision(pin_buf *out, const pin_index *ix, pin_str id, const pin_revision *revision,
                             pin_arena *arena, pin_error *err)
{
    pin_item     item;
    pin_footing *footings;
    pin_past     past;
    pin_status   status = pin_index_as_it_stood(&item, &footings, ix, revision, arena, err);
    if (status == PIN_OK)
        status = pin_index_past(&past, ix, id, arena, err);
    json j = {out, false};
    open(&j, '{');
    if (status == PIN_OK)
        status = item_keys(&j, ix, &item, footings, arena, err);
    if (status != PIN_OK)
        return status;
    key_truth(&j, "current", revision->item != PIN_NO_ITEM);
    key_text(&j, "seen", revision->seen);
    key_text(&j, "until", revision->until);
    if ((status = past_keys(&j, ix, &past, arena, err)) != PIN_OK)
        return status;
    release_keys(&j, ix);
    close(&j, '}');
    return pin_buf_status(out);
}

pin_status pin_json_gone(pin_buf *out, const pin_index *ix, const pin_past *past, pin_str type, uint32_t status_code,
                         pin_arena *arena, pin_error *err)
{
    json j = {out, false};
    open(&j, '{');
    if (status_code) { /* a problem of RFC 9457, which may have members of its own */
        key_text(&j, "type", type);
        key_text(&j, "title", PIN_STR("gone"));
        key_number(&j, "status", status_code);
        key_text(&j, "detail", past->reason.len ? past->reason : PIN_STR("this item is no longer here"));
    }
    key_text(&j, "id", past->id);
    key_text(&j, "question", past->question);
    pin_status status = past_keys(&j, ix, past, arena, err);
    if (status != PIN_OK)
        return status;
    release_keys(&j, ix);
    close(&j, '}');
    return pin_buf_status(out);
}

/* ---- The law ---- */

/* source, provision, label, kind, heading, own, text, and both addresses. */
static pin_status provision_keys(json *j, const pin_index *ix, const pin_provision *p, pin_arena *arena,
                                 pin_error *err)
{
    pin_source source;
    pin_status status = pin_index_source(&source, ix, p->source, arena, err);
    if (status != PIN_OK)
        return status;
    key_text(j, "source", source.id);
    key_text(j, "source_title", source.title);
    key_text(j, "source_version", source.version);
    key_text(j, "provision", p->id);
    key_text(j, "label", p->label);
    key_text(j, "kind", p->kind);
    key_text(j, "heading", p->heading);
    key_text(j, "own", p->own);
    key_text(j, "text", p->text);
    return key_law_urls(j, ix, &source, p->id, arena, err);
}

static pin_status id_of(pin_str *out, const pin_index *ix, uint32_t provision, pin_arena *arena,
                        pin_error *err)
{
    pin_provision p;
    pin_status    status = pin_index_provision(&p, ix, provision, arena, err);
    *out = status == PIN_OK ? p.id : (pin_str){0};
    return status;
}

static pin_status children(json *j, const pin_index *ix, const pin_provision *p, pin_arena *arena,
                           pin_error *err)
{
    key(j, "children");
    open(j, '[');
    for (uint32_t i = p->number + 1; i < p->end;) {
        size_t        mark = arena->used;
        pin_provision child;
        pin_status    status = pin_index_provision(&child, ix, i, arena, err);
        if (status != PIN_OK)
            return status;
        text(j, child.id);
        i = child.end > i ? child.end
                          : i + 1; /* the reader promises end > number; do not rely on it to stop */
        arena->used = mark;
    }
    close(j, ']');
    return PIN_OK;
}

/* How it stands in each version of its source, oldest first; empty where only one is loaded. */
static pin_status json_versions(json *j, const pin_index *ix, const pin_provision *p, pin_arena *arena, pin_error *err)
{
    pin_source   source;
    pin_versions versions = {0};
    uint8_t     *kinds = NULL;
    uint32_t    *numbers = NULL;
    pin_status   status = pin_index_source(&source, ix, p->source, arena, err);
    if (status == PIN_OK && source.loaded)
        status = pin_versions_of(&versions, ix, source.id, arena, err);
    if (status == PIN_OK && versions.count > 1)
        status = pin_versions_of_provision(&kinds, &numbers, ix, &versions, p->id, arena, err);
    if (status != PIN_OK)
        return status;
    key(j, "versions");
    open(j, '[');
    for (uint32_t i = 0; kinds && i < versions.count; i++) {
        open(j, '{');
        key_text(j, "source", versions.at[i].id);
        key_text(j, "version", versions.at[i].version);
        key_truth(j, "there", numbers[i] != PIN_NO_PROVISION);
        key_truth(j, "changed", kinds[i] == PIN_CHANGE_WORDS);
        close(j, '}');
    }
    close(j, ']');
    return PIN_OK;
}

pin_status pin_json_provision(pin_buf *out, const pin_index *ix, uint32_t provision, pin_arena *arena,
                              pin_error *err)
{
    pin_provision p;
    pin_str       parent = {0};
    pin_status    status = pin_index_provision(&p, ix, provision, arena, err);
    if (status == PIN_OK && p.parent != PIN_NO_PROVISION)
        status = id_of(&parent, ix, p.parent, arena, err);
    if (status != PIN_OK)
        return status;
    json j = {out, false};
    open(&j, '{');
    status = provision_keys(&j, ix, &p, arena, err);
    if (status != PIN_OK)
        return status;
    key_name(&j, "parent", parent);
    status = children(&j, ix, &p, arena, err);
    if (status == PIN_OK)
        status = json_versions(&j, ix, &p, arena, err);
    release_keys(&j, ix);
    close(&j, '}');
    return status == PIN_OK ? pin_buf_status(out) : status;
}

static pin_status law_reference(json *j, const pin_index *ix, pin_str written, const pin_ref *ref,
                                pin_arena *arena, pin_error *err)
{
    size_t        mark = arena->used;
    pin_str       label;
    pin_provision p = {0};
    pin_status    status = pin_page_ref_label(&label, ix, ref, written, arena, err);
    if (status == PIN_OK && ref->provision != PIN_NO_PROVISION)
        status = pin_index_provision(&p, ix, ref->provision, arena, err);
    if (status != PIN_OK)
        return status;
    open(j, '{');
    key_text(j, "written", pin_str_part(written, ref->from, ref->to));
    citation_keys(j, ref->source, ref->id, label, ref->state);
    key_truth(j, "from_range", ref->from_range);
    key_text(j, "heading", p.heading);
    key_text(j, "text", p.text);
    close(j, '}');
    arena->used = mark;
    return PIN_OK;
}

pin_status pin_json_law(pin_buf *out, const pin_index *ix, pin_str written, const pin_refs *refs,
                        pin_arena *arena, pin_error *err)
{
    json j = {out, false};
    open(&j, '{');
    key_text(&j, "query", written);
    release_keys(&j, ix);
    key_number(&j, "total", refs->count);
    key(&j, "references");
    open(&j, '[');
    for (uint32_t i = 0; i < refs->count; i++) {
        pin_status status = law_reference(&j, ix, written, &refs->at[i], arena, err);
        if (status != PIN_OK)
            return status;
    }
    close(&j, ']');
    close(&j, '}');
    return pin_buf_status(out);
}

static pin_status citing_item(json *j, const pin_index *ix, const pin_citing *c, pin_arena *arena,
                              pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, c->item, arena, err);
    if (status != PIN_OK)
        return status;
    if (c->citation >= item.citation_count)
        return pin_fail(err, PIN_CORRUPT, 0, "a citing item has no such citation");
    const pin_citation *by = &item.citations[c->citation];
    open(j, '{');
    status = item_head(j, ix, &item, arena, err);
    if (status != PIN_OK)
        return status;
    key_text(j, "touch", pin_str_of(pin_cite_touch_name((pin_cite_touch)c->touch)));
    key(j, "citation");
    open(j, '{');
    citation_keys(j, by->source, by->id, by->label.len > 0 ? by->label : by->written, by->state);
    key_text(j, "written", by->written);
    key_text(j, "note", by->note);
    close(j, '}');
    close(j, '}');
    arena->used = mark;
    return PIN_OK;
}

static pin_status json_citings(pin_buf *out, const pin_index *ix, const pin_page_cited *cited,
                               const pin_citings *citings, pin_arena *arena, pin_error *err)
{
    json j = {out, false};
    open(&j, '{');
    key_text(&j, "source", cited->source.id);
    key_text(&j, "provision", cited->id);
    key_text(&j, "label", cited->label);
    pin_status status = key_law_urls(&j, ix, &cited->source, cited->id, arena, err);
    if (status != PIN_OK)
        return status;
    release_keys(&j, ix);
    key_number(&j, "total", citings->count);
    key(&j, "items");
    open(&j, '[');
    for (uint32_t i = 0; i < citings->count; i++) {
        status = citing_item(&j, ix, &citings->at[i], arena, err);
        if (status != PIN_OK)
            return status;
    }
    close(&j, ']');
    close(&j, '}');
    return pin_buf_status(out);
}

pin_status pin_json_citing(pin_buf *out, const pin_index *ix, uint32_t provision, const pin_citings *citings,
                           pin_arena *arena, pin_error *err)
{
    pin_page_cited cited;
    pin_status     status = pin_page_cited_number(&cited, ix, provision, arena, err);
    return status == PIN_OK ? json_citings(out, ix, &cited, citings, arena, err) : status;
}

pin_status pin_json_citings_of(pin_buf *out, const pin_index *ix, pin_str source, pin_str id,
                               const pin_citings *citings, pin_arena *arena, pin_error *err)
{
    pin_page_cited cited;
    pin_status     status = pin_page_cited_of(&cited, ix, source, id, arena, err);
    return status == PIN_OK ? json_citings(out, ix, &cited, citings, arena, err) : status;
}

/* ---- Coverage ---- */
static pin_status count_cited(uint32_t *out, const pin_index *ix, const pin_source *source, pin_arena *arena,
                              pin_error *err)
{
    *out = 0;
    for (uint32_t i = 0; i < source->provision_count; i++) {
        size_t      mark = arena->used;
        pin_citings citings;
        pin_status  status = pin_index_citing(&citings, ix, source->first_provision + i, arena, err);
        if (status != PIN_OK)
            return status;
        if (citings.count > 0 && citings.at[0].touch == PIN_TOUCH_EXACT) /* the strongest comes first */
            ++*out;
        arena->used = mark;
    }
    return PIN_OK;
}

static pin_status coverage_sources(json *j, const pin_index *ix, uint32_t count, pin_arena *arena,
                                   pin_error *err)
{
    key(j, "sources");
    open(j, '[');
    for (uint32_t i = 0; i < count; i++) {
        size_t     mark = arena->used;
        uint32_t   cited = 0;
        pin_source source;
        pin_status status = pin_index_source(&source, ix, i, arena, err);
        if (status == PIN_OK)
            status = count_cited(&cited, ix, &source, arena, err);
        if (status != PIN_OK)
            return status;
        open(j, '{');
        key_text(j, "id", source.id);
        key_text(j, "title", source.title);
        key_text(j, "version", source.version);
        key_truth(j, "loaded", source.loaded);
        key_truth(j, "outline", source.outline);
        key_number(j, "provisions", source.provision_count);
        key_number(j, "cited", cited);
        key_number(j, "uncited", source.provision_count - cited);
        close(j, '}');
        arena->used = mark;
    }
    close(j, ']');
    return PIN_OK;
}

static pin_status coverage_modules(json *j, const pin_index *ix, uint32_t count, pin_error *err)
{
    key(j, "modules");
    open(j, '[');
    for (uint32_t i = 0; i < count; i++) {
        pin_module module;
        pin_status status = pin_index_module(&module, ix, i, err);
        if (status != PIN_OK)
            return status;
        open(j, '{');
        key_text(j, "slug", module.slug);
        key_text(j, "title", module.title);
        key_number(j, "items", module.item_count);
        key_number(j, "shown", module.member_count);
        close(j, '}');
    }
    close(j, ']');
    return PIN_OK;
}

pin_status pin_json_coverage(pin_buf *out, const pin_index *ix, pin_arena *arena, pin_error *err)
{
    static const char *const state_keys[5] = {"resolved", "missing", "other_act", "not_understood",
                                              "not_checked"};
    pin_release              release;
    pin_index_release(&release, ix);
    json j = {out, false};
    open(&j, '{');
    release_keys(&j, ix);
    key_text(&j, "title", release.title);
    key_text(&j, "updated", release.updated);
    key_number(&j, "items", release.item_count);
    key_number(&j, "skipped", release.skipped_count);
    key(&j, "citations");
    open(&j, '{');
    key_number(&j, "total", release.citation_count);
    for (int i = 0; i < 5; i++)
        key_number(&j, state_keys[i], release.cite_states[i]);
    close(&j, '}');
    key_number(&j, "provisions", release.provision_count);
    pin_status status = coverage_sources(&j, ix, release.source_count, arena, err);
    if (status == PIN_OK)
        status = coverage_modules(&j, ix, release.module_count, err);
    close(&j, '}');
    return status == PIN_OK ? pin_buf_status(out) : status;
}
