/* What a card was before: its history with the difference between revisions, each revision at an address of
 * its own, and the tombstones of what is gone. What stands inside <article> on the page of a revision is made
 * of archived bytes alone, so no later release, and no later law, can change it. */
#include "core/page/diff.h"
#include "core/page/site.h"

typedef struct stood {
    pin_item     item;
    pin_footing *footings;
} stood;

static void render_change(pin_buf *out, const void *view) { pin_render_change(out, view); }
static void render_history(pin_buf *out, const void *view) { pin_render_history(out, view); }
static void render_revision(pin_buf *out, const void *view) { pin_render_revision(out, view); }
static void render_gone(pin_buf *out, const void *view) { pin_render_gone(out, view); }

static bool load(pin_site *s, stood *out, const pin_revision *r)
{
    return s->status == PIN_OK &&
           pin_site_good(s, pin_index_as_it_stood(&out->item, &out->footings, s->ix, r, s->arena, s->err));
}

static pin_str short_of(pin_site *s, pin_str hash, size_t digits)
{
    char hex[2 * PIN_REVISION_LEN];
    pin_revision_hex(hex, hash);
    return PIN_JOIN(s, ((pin_str){hex, digits}));
}

/* ---- The difference between two revisions ---- */
#define PARTS_MAX 40

static void add_part(pin_site *s, pin_view_change *v, pin_str name, pin_str before, pin_str after)
{
    pin_diff_run *runs;
    uint32_t      count;
    if (v->parts_count == PARTS_MAX || pin_str_equal(before, after) ||
        !pin_site_good(s, pin_diff_words(&runs, &count, before, after, s->arena, s->err)))
        return;
    pin_view_change_parts *part = &v->parts[v->parts_count++];
    *part = (pin_view_change_parts){.name = name};
    part->runs = pin_site_take(s, count, sizeof *part->runs);
    for (uint32_t i = 0; part->runs && i < count; i++)
        part->runs[part->runs_count++] = (pin_view_change_parts_runs){.text = runs[i].text,
                                                                     .same = runs[i].kind == PIN_DIFF_SAME,
                                                                     .removed = runs[i].kind == PIN_DIFF_REMOVED,
                                                                     .added = runs[i].kind == PIN_DIFF_ADDED};
}

static pin_str plain_of(pin_site *s, const pin_item *item)
{
    pin_str plain = {0};
    if (s->status == PIN_OK && item->blocks.len)
        pin_site_good(s, pin_page_plain(&plain, item->blocks, s->arena, s->err));
    return plain;
}

/* One line a citation: what it cites, what for, and what it quotes. */
static void add_citations(pin_buf *out, const stood *st)
{
    for (uint32_t i = 0; i < st->item.citation_count; i++) {
        const pin_citation *c = &st->item.citations[i];
        if (st->footings[i].act.len && c->id.len) {
            pin_buf_add(out, st->footings[i].act);
            pin_buf_adds(out, ", ");
        }
        pin_buf_add(out, c->label.len ? c->label : c->written);
        if (c->state != PIN_CITE_RESOLVED) {
            pin_buf_adds(out, " (");
            pin_buf_adds(out, pin_cite_state_name((pin_cite_state)c->state));
            pin_buf_adds(out, ")");
        }
        if (c->note.len) {
            pin_buf_adds(out, ": ");
            pin_buf_add(out, c->note);
        }
        if (c->quote.len) {
            pin_buf_adds(out, " “");
            pin_buf_add(out, c->quote);
            pin_buf_adds(out, "”");
        }
        pin_buf_byte(out, '\n');
    }
}

static pin_str citations_of(pin_site *s, const stood *st)
{
    pin_buf measure = {0};
    add_citations(&measure, st);
    char *at = pin_site_take(s, measure.len, 1);
    if (!at)
        return (pin_str){0};
    pin_buf buf = pin_buf_over(at, measure.len);
    add_citations(&buf, st);
    return pin_buf_str(&buf);
}

static uint32_t find_citation(const stood *st, const pin_citation *like)
{
    for (uint32_t i = 0; i < st->item.citation_count; i++)
        if (pin_str_equal(st->item.citations[i].source, like->source) &&
            pin_str_equal(st->item.citations[i].id, like->id))
            return i;
    return UINT32_MAX;
}

/* Several citations of an act name its version. */
static void add_once(pin_site *s, pin_view_change *v, pin_str name, pin_str before, pin_str after)
{
    for (uint32_t i = 0; i < v->parts_count; i++)
        if (pin_str_equal(v->parts[i].name, name))
            return;
    add_part(s, v, name, before, after);
}

/* Provisions that both cite, where the words or the version of the law are others. */
static void words_of_the_law(pin_site *s, pin_view_change *v, const stood *before, const stood *after)
{
    for (uint32_t i = 0; i < after->item.citation_count && s->status == PIN_OK; i++) {
        const pin_citation *c = &after->item.citations[i];
        uint32_t            old = find_citation(before, c);
        if (c->id.len == 0 || old == UINT32_MAX || find_citation(after, c) != i)
            continue;
        const pin_footing *a = &before->footings[old], *b = &after->footings[i];
        if (!pin_str_equal(a->words, b->words))
            add_part(s, v, PIN_JOIN(s, PIN_STR("The words of "), c->label), a->words, b->words);
        else if (!pin_str_equal(a->version, b->version))
            add_once(s, v, PIN_JOIN(s, PIN_STR("The version of "), b->act), a->version, b->version);
    }
}

static pin_slot change_between(pin_site *s, const stood *before, const stood *after)
{
    pin_view_change *v = pin_site_take(s, 1, sizeof *v);
    if (!v || !(v->parts = pin_site_take(s, PARTS_MAX, sizeof *v->parts)))
        return (pin_slot){0};
    add_part(s, v, PIN_STR("Question"), before->item.question, after->item.question);
    add_part(s, v, PIN_STR("In short"), pin_site_verdict(s, &before->item), pin_site_verdict(s, &after->item));
    add_part(s, v, PIN_STR("Answer"), plain_of(s, &before->item), plain_of(s, &after->item));
    add_part(s, v, PIN_STR("Citations"), citations_of(s, before), citations_of(s, after));
    words_of_the_law(s, v, before, after);
    if (v->parts_count == 0)
        v->nothing = PIN_STR("The words are the same; links, formatting or the way of citing changed.");
    return s->status == PIN_OK ? (pin_slot){render_change, v} : (pin_slot){0};
}

/* ---- The history ---- */
#define CHANGES_SHOWN 6 /* on one page; each revision shows its own on its page */

/* All revisions, newest first; the change that led to each of the newest, or to the one at `here`. */
static pin_slot history_of(pin_site *s, const pin_past *past, uint32_t here)
{
    pin_view_history *v = pin_site_take(s, 1, sizeof *v);
    if (!v || past->revision_count == 0)
        return (pin_slot){0};
    v->root = s->root;
    v->id = past->id;
    v->revisions = pin_site_take(s, past->revision_count, sizeof *v->revisions);
    for (uint32_t i = 0; v->revisions && i < past->revision_count && s->status == PIN_OK; i++) {
        const pin_revision         *r = &past->revisions[i];
        pin_view_history_revisions *row = &v->revisions[v->revisions_count++];
        pin_str                     day = r->date.len ? r->date : r->seen;
        stood                       older, newer;
        *row = (pin_view_history_revisions){.here = i == here,
                                            .date = day.len ? day : PIN_STR("without a date"),
                                            .digits = short_of(s, r->hash, PIN_REVISION_SHOWN),
                                            .current = r->item != PIN_NO_ITEM,
                                            .until = r->until};
        bool shown = here == UINT32_MAX ? i < CHANGES_SHOWN : i == here;
        if (shown && i + 1 < past->revision_count && load(s, &older, &past->revisions[i + 1]) && load(s, &newer, r))
            row->change = change_between(s, &older, &newer);
    }
    return s->status == PIN_OK ? (pin_slot){render_history, v} : (pin_slot){0};
}

pin_slot pin_site_card_history(pin_site *s, const pin_item *item)
{
    pin_past past;
    if (item->revision.len == 0 || s->status != PIN_OK ||
        !pin_site_good(s, pin_index_past(&past, s->ix, item->id, s->arena, s->err)))
        return (pin_slot){0};
    return history_of(s, &past, UINT32_MAX);
}

pin_str pin_site_pinned(pin_site *s, const pin_item *item)
{
    if (item->revision.len == 0)
        return (pin_str){0};
    return PIN_JOIN(s, s->root, item->id, PIN_STR("/@"), short_of(s, item->revision, PIN_REVISION_SHOWN),
                    PIN_STR("/"));
}

/* ---- One revision ---- */
/* Words of the citation list first; of what the answer merely names only when the list has none. */
static void rested_on(pin_site *s, pin_view_revision *v, const stood *st)
{
    v->words = pin_site_take(s, st->item.citation_count, sizeof *v->words);
    for (int in_list = 1; v->words && in_list >= 0 && v->words_count == 0; in_list--)
        for (uint32_t i = 0; i < st->item.citation_count; i++) {
            const pin_citation *c = &st->item.citations[i];
            const pin_footing  *f = &st->footings[i];
            if (c->in_list != (in_list == 1) || f->words.len == 0 || find_citation(st, c) < i)
                continue;
            v->words[v->words_count] = (pin_view_revision_words){.number = v->words_count + 1,
                                                                 .label = c->label,
                                                                 .act = f->act,
                                                                 .version = f->version,
                                                                 .heading = f->heading,
                                                                 .text = pin_site_words(s, f->words)};
            v->words_count++;
        }
}

static pin_str title_of(pin_site *s, pin_str id)
{
    uint32_t number;
    pin_item item;
    if (s->status != PIN_OK || pin_index_find_item(&number, s->ix, id, s->arena, s->err) != PIN_OK ||
        pin_site_item(s, number, &item) != PIN_OK)
        return id;
    return item.question;
}

static pin_str fate_words(pin_fate fate)
{
    switch (fate) {
    case PIN_FATE_WITHDRAWN:
        return PIN_STR("This answer was withdrawn");
    case PIN_FATE_MOVED:
        return PIN_STR("This question has moved");
    case PIN_FATE_MERGED:
        return PIN_STR("This question was merged into another");
    case PIN_FATE_VANISHED:
        return PIN_STR("This question is no longer here, and its publisher gave no reason");
    case PIN_FATE_LIVES:
        break;
    }
    return PIN_STR("This is the current revision");
}

static void standing(pin_site *s, pin_view_revision *v, const pin_past *past, const pin_revision *r)
{
    v->standing = fate_words(past->fate);
    if (past->fate != PIN_FATE_LIVES) {
        v->kind = PIN_STR("gone");
        v->since = past->since;
        v->reason = past->reason;
        v->go = past->target.len ? past->target : past->id;
        v->go_words = past->target.len ? title_of(s, past->target) : PIN_STR("What is known of it");
    } else if (r->item == PIN_NO_ITEM) {
        v->kind = PIN_STR("superseded");
        v->standing = PIN_STR("This revision was replaced");
        v->since = r->until;
        v->go = past->id;
        v->go_words = PIN_STR("Read the current answer.");
    } else {
        v->kind = PIN_STR("current");
        v->go = past->id;
        v->go_words = PIN_STR("The card");
    }
}

/* `digits` in full length: the page; other lengths lead to it. */
static void show_revision(pin_site *s, const pin_past *past, uint32_t which)
{
    const pin_revision *r = &past->revisions[which];
    stood               st;
    pin_view_revision   v = {.root = s->root};
    if (!load(s, &st, r))
        return;
    for (uint32_t i = 0; i < st.item.citation_count; i++)
        st.item.citations[i].provision = PIN_NO_PROVISION; /* no link to what the law says today */
    uint32_t module;
    if (!pin_site_good(s, pin_page_home(&v.module, &v.module_title, s->ix, &st.item, s->err)))
        return;
    v.module_lives = pin_index_find_module(&module, s->ix, v.module) == PIN_OK;
    v.id = st.item.id;
    v.slug = st.item.slug;
    v.given_id = st.item.given_id;
    v.question = st.item.question;
    v.verdict = pin_site_verdict(s, &st.item);
    v.answer = pin_site_blocks(s, st.item.blocks, &st.item);
    v.support = pin_site_support(s, &st.item, st.footings);
    v.revision = short_of(s, r->hash, (size_t)2 * PIN_REVISION_LEN);
    v.self = PIN_JOIN(s, s->root, st.item.id, PIN_STR("/@"), short_of(s, r->hash, PIN_REVISION_SHOWN), PIN_STR("/"));
    v.author = st.item.author;
    v.published = st.item.published;
    v.item_updated = st.item.updated;
    v.seen = r->seen;
    v.status = pin_site_status(s, &st.item);
    standing(s, &v, past, r);
    rested_on(s, &v, &st);
    v.history = history_of(s, past, which);
    s->reply->updated = past->fate == PIN_FATE_LIVES ? (r->until.len ? r->until : st.item.updated) : past->since;
    pin_frame frame = {.title = PIN_JOIN(s, st.item.question, PIN_STR(" · revision "),
                                         short_of(s, r->hash, PIN_REVISION_SHOWN)),
                       .no_index = true,
                       .main = {render_revision, &v}};
    if (s->status == PIN_OK)
        pin_site_frame(s, &frame);
}

bool pin_site_revision(pin_site *s, pin_str id, pin_str digits)
{
    pin_revision found[2];
    pin_past     past;
    pin_status   status = pin_index_find_revision(found, s->ix, id, digits, s->arena, s->err);
    if (status == PIN_NOT_FOUND || status == PIN_BAD_INPUT)
        return false;
    if (status == PIN_LIMIT) {
        pin_site_refuse(s, 404, PIN_STR("These digits fit two revisions"),
                        PIN_JOIN(s, PIN_STR("They may mean "), short_of(s, found[0].hash, 64), PIN_STR(" or "),
                                 short_of(s, found[1].hash, 64), PIN_STR(": add more digits.")));
        return true;
    }
    if (!pin_site_good(s, status) || !pin_site_good(s, pin_index_past(&past, s->ix, id, s->arena, s->err)))
        return true;
    pin_str shown = short_of(s, found[0].hash, PIN_REVISION_SHOWN);
    if (!pin_str_equal(shown, digits)) {
        pin_site_move(s, 301, PIN_JOIN(s, PIN_STR("/"), past.id, PIN_STR("/@"), shown, PIN_STR("/")));
        return true;
    }
    for (uint32_t i = 0; i < past.revision_count; i++)
        if (pin_str_equal(past.revisions[i].hash, found[0].hash)) {
            show_revision(s, &past, i);
            return true;
        }
    return false;
}

/* ---- What is gone ---- */
bool pin_site_gone(pin_site *s, pin_str id, pin_str suffix)
{
    pin_past   past;
    pin_status status = pin_index_past(&past, s->ix, id, s->arena, s->err);
    if (status == PIN_NOT_FOUND || (status == PIN_OK && past.fate == PIN_FATE_LIVES))
        return false;
    if (!pin_site_good(s, status))
        return true;
    bool moved = (past.fate == PIN_FATE_MOVED || past.fate == PIN_FATE_MERGED) && past.target.len;
    bool alone = s->options->index.len > 0; /* without a server a page has to say it, too */
    if (moved && !alone) {
        pin_site_move(s, 301, PIN_JOIN(s, PIN_STR("/"), past.target, suffix));
        return true;
    }
    bool          law = pin_str_starts(id, PIN_STR("law/"));
    pin_view_gone v = {.root = s->root,
                       .title = past.question.len ? past.question : past.id,
                       .standing = law ? PIN_STR("This is no longer in the law as this site has it") : fate_words(past.fate),
                       .since = past.since,
                       .reason = past.reason,
                       .target = past.target,
                       .target_title = past.target.len ? title_of(s, past.target) : (pin_str){0},
                       .history = history_of(s, &past, UINT32_MAX)};
    s->reply->status = moved ? 301 : 410;
    s->reply->location = moved ? PIN_JOIN(s, PIN_STR("/"), past.target, suffix) : (pin_str){0};
    s->reply->updated = past.since;
    pin_frame frame = {.title = v.title, .no_index = true, .main = {render_gone, &v}};
    if (s->status == PIN_OK)
        pin_site_frame(s, &frame);
    return true;
}

/* Past ids of a module, whose questions are all gone: where each of them went. */
bool pin_site_gone_module(pin_site *s, pin_str slug)
{
    pin_str       prefix = PIN_JOIN(s, slug, PIN_STR("/"));
    uint32_t      first, count = 0, all = pin_index_past_count(s->ix);
    pin_past      past;
    pin_view_gone v = {.root = s->root, .title = slug, .standing = PIN_STR("This module is no longer here")};
    pin_status    status = pin_index_past_from(&first, s->ix, prefix, s->err);
    if (!pin_site_good(s, status))
        return true;
    while (s->status == PIN_OK && first + count < all && count < 1000 &&
           pin_site_good(s, pin_index_past_at(&past, s->ix, first + count, s->arena, s->err)) &&
           pin_str_starts(past.id, prefix))
        count++;
    if (s->status != PIN_OK || count == 0)
        return s->status != PIN_OK;
    v.questions = pin_site_take(s, count, sizeof *v.questions);
    for (uint32_t i = 0; v.questions && i < count && s->status == PIN_OK; i++) {
        if (!pin_site_good(s, pin_index_past_at(&past, s->ix, first + i, s->arena, s->err)))
            return true;
        v.questions[v.questions_count++] = (pin_view_gone_questions){
            .id = past.id,
            .question = past.question.len ? past.question : past.id,
            .fate = pin_str_of(pin_fate_name(past.fate)),
            .since = past.since,
        };
    }
    s->reply->status = 410;
    pin_frame frame = {.title = v.title, .no_index = true, .main = {render_gone, &v}};
    if (s->status == PIN_OK)
        pin_site_frame(s, &frame);
    return true;
}
