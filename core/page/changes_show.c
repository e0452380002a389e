/* The changes of a source for a terminal, and as JSON. */
#include "core/page/flow.h"
#include "core/page/parts.h"
#include "pincite/versions.h"

enum { SHOWN = 240 }; /* bytes of the words that differ, on a terminal */

/* ---- the words that differ ---- */

typedef struct apart {
    pin_str was, now; /* what stands between the words that both begin with and those that both end with */
} apart;

/* To whole words: `at` moves back to the beginning of the word that it is in. */
static size_t word_start(pin_str text, size_t at)
{
    while (at > 0 && !pin_is_space((unsigned char)text.at[at - 1]))
        at--;
    return at;
}

static apart words_apart(pin_str a, pin_str b)
{
    size_t start = 0, end = 0;
    while (start < a.len && start < b.len && a.at[start] == b.at[start])
        start++;
    start = word_start(a, start);
    while (end < a.len - start && end < b.len - start && a.at[a.len - 1 - end] == b.at[b.len - 1 - end])
        end++;
    while (end > 0 && !pin_is_space((unsigned char)a.at[a.len - end]))
        end--;
    return (apart){pin_str_trim(pin_str_part(a, start, a.len - end)), pin_str_trim(pin_str_part(b, start, b.len - end))};
}

/* Of the heading where it differs, else of the words. Texts live in `arena`. */
static pin_status apart_of(apart *out, const pin_index *ix, const pin_change *change, pin_arena *arena, pin_error *err)
{
    pin_provision p, q;
    pin_status    status = pin_index_provision(&p, ix, change->before, arena, err);
    if (status == PIN_OK)
        status = pin_index_provision(&q, ix, change->after, arena, err);
    if (status != PIN_OK)
        return status;
    *out = pin_str_equal(p.heading, q.heading) ? words_apart(p.own, q.own) : words_apart(p.heading, q.heading);
    return PIN_OK;
}

static uint32_t count_of(const pin_changes *changes, uint32_t step, pin_change_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < changes->count; i++)
        count += changes->at[i].step == step && changes->at[i].kind == kind;
    return count;
}

/* ---- text ---- */

static void flow_words(pin_flow *flow, const char *lead, pin_str words)
{
    bool cut = words.len > SHOWN;
    if (cut) {
        size_t end = SHOWN;
        while (end > 0 && ((unsigned char)words.at[end] & 0xC0) == 0x80)
            end--;
        words = pin_str_part(words, 0, end);
    }
    pin_flow_texts(flow, lead);
    if (words.len == 0)
        pin_flow_texts(flow, "(nothing)");
    else
        pin_flow_text(flow, words);
    if (cut)
        pin_flow_texts(flow, "…");
    pin_flow_line(flow);
}

/* "by parent    May a steward ..?  stewards/sbom". `touch` is left out where it is not known. */
static pin_status flow_answer(pin_flow *flow, const pin_index *ix, const pin_citing *row, bool touch, pin_arena *arena,
                              pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, row->item, arena, err);
    if (status != PIN_OK)
        return status;
    pin_flow_push(flow, "  ", "               ");
    if (touch) {
        pin_flow_texts(flow, pin_cite_touch_name((pin_cite_touch)row->touch));
        pin_flow_column(flow, 15);
    }
    pin_flow_verbatim(flow, item.id);
    pin_flow_texts(flow, " · ");
    pin_flow_text(flow, item.question);
    pin_flow_line(flow);
    pin_flow_pop(flow);
    arena->used = mark;
    return PIN_OK;
}

static pin_status flow_change(pin_flow *flow, const pin_index *ix, const pin_change *change, bool complete,
                              pin_arena *arena, pin_error *err)
{
    size_t mark = arena->used;
    pin_flow_texts(flow, pin_change_name((pin_change_kind)change->kind));
    pin_flow_space(flow);
    uint32_t style = pin_flow_style_on(flow, PIN_FLOW_BOLD);
    pin_flow_text(flow, change->label);
    pin_flow_style_back(flow, style);
    if (change->heading.len) {
        pin_flow_texts(flow, " · ");
        pin_flow_text(flow, change->heading);
    }
    pin_flow_line(flow);
    if (change->kind == PIN_CHANGE_WORDS) {
        apart      words;
        pin_status status = apart_of(&words, ix, change, arena, err);
        if (status != PIN_OK)
            return status;
        pin_flow_push(flow, "  ", "       ");
        flow_words(flow, "was: ", words.was);
        flow_words(flow, "now: ", words.now);
        pin_flow_pop(flow);
        arena->used = mark;
    }
    if (change->kind == PIN_CHANGE_ADDED)
        return PIN_OK;
    for (uint32_t i = 0; i < change->leaning_count; i++) {
        pin_status status = flow_answer(flow, ix, &change->leaning[i], true, arena, err);
        if (status != PIN_OK)
            return status;
    }
    if (change->leaning_count == 0) {
        pin_flow_push(flow, "  ", "  ");
        pin_flow_texts(flow, complete ? "no answer cites it" : "no answer is known to cite it");
        pin_flow_line(flow);
        pin_flow_pop(flow);
    }
    return PIN_OK;
}

static void flow_count(pin_flow *flow, uint32_t count, const char *what)
{
    pin_flow_number(flow, count);
    pin_flow_space(flow);
    pin_flow_texts(flow, what);
}

static pin_status flow_steps(pin_flow *flow, const pin_index *ix, const pin_versions *versions,
                             const pin_changes *changes, pin_arena *arena, pin_error *err)
{
    for (uint32_t step = 0; step + 1 < versions->count; step++) {
        pin_flow_gap(flow);
        pin_flow_text(flow, versions->at[step].version);
        pin_flow_texts(flow, " → ");
        pin_flow_text(flow, versions->at[step + 1].version);
        pin_flow_texts(flow, ": ");
        flow_count(flow, count_of(changes, step, PIN_CHANGE_WORDS), "changed, ");
        flow_count(flow, count_of(changes, step, PIN_CHANGE_WITHDRAWN), "withdrawn, ");
        flow_count(flow, count_of(changes, step, PIN_CHANGE_ADDED), "added, ");
        flow_count(flow, changes->same[step], "unchanged");
        pin_flow_line(flow);
        for (uint32_t i = 0; i < changes->count; i++) {
            pin_status status = PIN_OK;
            if (changes->at[i].step == step)
                status = flow_change(flow, ix, &changes->at[i], changes->complete, arena, err);
            if (status != PIN_OK)
                return status;
        }
    }
    return PIN_OK;
}

pin_status pin_text_changes(pin_buf *out, const pin_index *ix, pin_str id, const pin_text_options *options,
                            pin_arena *arena, pin_error *err)
{
    pin_flow     flow;
    pin_versions versions;
    pin_changes  changes;
    pin_status   status = pin_versions_of(&versions, ix, id, arena, err);
    if (status == PIN_OK)
        status = pin_changes_of(&changes, ix, &versions, UINT32_MAX, arena, err);
    if (status != PIN_OK)
        return status;
    pin_flow_init(&flow, out, options);
    if (versions.count < 2) {
        pin_flow_texts(&flow, "Only one version of it is loaded: there is nothing to compare.");
        return pin_flow_finish(&flow);
    }
    pin_flow_text(&flow, pin_page_act_name(&versions.at[versions.count - 1]));
    pin_flow_texts(&flow, ", versions ");
    for (uint32_t i = 0; i < versions.count; i++) {
        pin_flow_texts(&flow, i ? ", " : "");
        pin_flow_text(&flow, versions.at[i].version);
    }
    status = flow_steps(&flow, ix, &versions, &changes, arena, err);
    if (status == PIN_OK && changes.whole_count) {
        pin_flow_gap(&flow);
        pin_flow_texts(&flow, "Cited without a provision, so what these lean on is not known:");
        pin_flow_line(&flow);
        for (uint32_t i = 0; i < changes.whole_count && status == PIN_OK; i++)
            status = flow_answer(&flow, ix, &changes.whole[i], false, arena, err);
    }
    return status == PIN_OK ? pin_flow_finish(&flow) : status;
}

/* ---- JSON ---- */

static void key_text(pin_buf *out, const char *name, pin_str value)
{
    pin_buf_byte(out, '"');
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":");
    pin_json_string(out, value);
}

static void key_number(pin_buf *out, const char *name, uint64_t value)
{
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":");
    pin_buf_uint(out, value);
}

/* {"id", "question", "status", "touch", "cites"}; touch is null where no provision is cited. */
static pin_status json_answer(pin_buf *out, const pin_index *ix, const pin_citing *row, bool touch, pin_arena *arena,
                              pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, row->item, arena, err);
    if (status != PIN_OK)
        return status;
    const pin_citation *c = row->citation < item.citation_count ? &item.citations[row->citation] : NULL;
    pin_buf_byte(out, '{');
    key_text(out, "id", item.id);
    pin_buf_byte(out, ',');
    key_text(out, "question", item.question);
    pin_buf_byte(out, ',');
    key_text(out, "status", item.status);
    if (touch) {
        pin_buf_byte(out, ',');
        key_text(out, "touch", pin_str_of(pin_cite_touch_name((pin_cite_touch)row->touch)));
    } else {
        pin_buf_adds(out, ",\"touch\":null");
    }
    pin_buf_byte(out, ',');
    key_text(out, "source", c ? c->source : (pin_str){0});
    pin_buf_byte(out, ',');
    key_text(out, "provision", c ? c->id : (pin_str){0});
    pin_buf_byte(out, '}');
    arena->used = mark;
    return PIN_OK;
}

static pin_status json_answers(pin_buf *out, const char *name, const pin_index *ix, const pin_citing *rows,
                               uint32_t count, bool touch, pin_arena *arena, pin_error *err)
{
    pin_status status = PIN_OK;
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, name);
    pin_buf_adds(out, "\":[");
    for (uint32_t i = 0; i < count && status == PIN_OK; i++) {
        if (i)
            pin_buf_byte(out, ',');
        status = json_answer(out, ix, &rows[i], touch, arena, err);
    }
    pin_buf_byte(out, ']');
    return status;
}

static pin_status json_change(pin_buf *out, const pin_index *ix, const pin_change *change, pin_arena *arena,
                              pin_error *err)
{
    size_t     mark = arena->used;
    apart      words = {0};
    pin_status status = PIN_OK;
    if (change->kind == PIN_CHANGE_WORDS)
        status = apart_of(&words, ix, change, arena, err);
    if (status != PIN_OK)
        return status;
    pin_buf_byte(out, '{');
    key_text(out, "kind", pin_str_of(pin_change_name((pin_change_kind)change->kind)));
    pin_buf_byte(out, ',');
    key_text(out, "provision", change->id);
    pin_buf_byte(out, ',');
    key_text(out, "label", change->label);
    pin_buf_byte(out, ',');
    key_text(out, "heading", change->heading);
    pin_buf_byte(out, ',');
    key_text(out, "was", words.was);
    pin_buf_byte(out, ',');
    key_text(out, "now", words.now);
    arena->used = mark;
    status = json_answers(out, "answers", ix, change->leaning, change->leaning_count, true, arena, err);
    pin_buf_byte(out, '}');
    return status;
}

static pin_status json_step(pin_buf *out, const pin_index *ix, const pin_versions *versions,
                            const pin_changes *changes, uint32_t step, pin_arena *arena, pin_error *err)
{
    bool first = true;
    pin_buf_byte(out, '{');
    key_text(out, "from", versions->at[step].version);
    pin_buf_byte(out, ',');
    key_text(out, "to", versions->at[step + 1].version);
    key_number(out, "changed", count_of(changes, step, PIN_CHANGE_WORDS));
    key_number(out, "withdrawn", count_of(changes, step, PIN_CHANGE_WITHDRAWN));
    key_number(out, "added", count_of(changes, step, PIN_CHANGE_ADDED));
    key_number(out, "unchanged", changes->same[step]);
    pin_buf_adds(out, ",\"changes\":[");
    for (uint32_t i = 0; i < changes->count; i++) {
        if (changes->at[i].step != step)
            continue;
        if (!first)
            pin_buf_byte(out, ',');
        first = false;
        pin_status status = json_change(out, ix, &changes->at[i], arena, err);
        if (status != PIN_OK)
            return status;
    }
    pin_buf_adds(out, "]}");
    return PIN_OK;
}

pin_status pin_json_changes(pin_buf *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err)
{
    pin_versions versions;
    pin_changes  changes;
    pin_status   status = pin_versions_of(&versions, ix, id, arena, err);
    if (status == PIN_OK)
        status = pin_changes_of(&changes, ix, &versions, UINT32_MAX, arena, err);
    if (status != PIN_OK)
        return status;
    pin_buf_byte(out, '{');
    key_text(out, "source", versions.count ? versions.at[versions.count - 1].id : id);
    pin_buf_adds(out, ",\"versions\":[");
    for (uint32_t i = 0; i < versions.count; i++) {
        pin_buf_adds(out, i ? ",{" : "{");
        key_text(out, "source", versions.at[i].id);
        pin_buf_byte(out, ',');
        key_text(out, "version", versions.at[i].version);
        key_number(out, "provisions", versions.at[i].provision_count);
        pin_buf_byte(out, '}');
    }
    pin_buf_adds(out, "],\"steps\":[");
    for (uint32_t step = 0; step + 1 < versions.count && status == PIN_OK; step++) {
        if (step)
            pin_buf_byte(out, ',');
        status = json_step(out, ix, &versions, &changes, step, arena, err);
    }
    pin_buf_byte(out, ']');
    if (status == PIN_OK)
        status = json_answers(out, "without_provision", ix, changes.whole, changes.whole_count, false, arena, err);
    pin_buf_byte(out, '}');
    return status == PIN_OK ? pin_buf_status(out) : status;
}
