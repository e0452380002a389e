/* Answers for people at a terminal: calm cards with their status, and the cited words beneath each
 * citation. No text of a corpus can drive the terminal: pin_flow cleans everything that it writes. */
#include "core/page/flow.h"
#include "core/page/parts.h"
#include "core/page/text_blocks.h"

enum {
    CITED_IN_HIT = 4,   /* citations named below a hit; the card has them all                     */
    WORDS_BESIDE = 1500 /* bytes of cited words below a citation; `law` has them all             */
};

static const char GUTTER[] = "│ ";

static void flow_label(pin_flow *flow, uint32_t style, pin_str text)
{
    uint32_t before = pin_flow_style_on(flow, style);
    pin_flow_text(flow, text);
    pin_flow_style_back(flow, before);
}

static void flow_aside(pin_flow *flow, const char *text) { flow_label(flow, PIN_FLOW_DIM, pin_str_of(text)); }

/* "reviewed", or as its author wrote it, "⚠️ Draft"; never nothing. */
static void flow_status(pin_flow *flow, const pin_item *item)
{
    pin_flow_texts(flow, "status: ");
    if (item->status_text.len > 0)
        pin_flow_text(flow, item->status_text);
    else if (item->status.len > 0)
        pin_flow_text(flow, item->status);
    else
        pin_flow_texts(flow, "none given");
}

/* The name of the act of a citation, and what stands between it and the label. */
static pin_status flow_act(pin_flow *flow, const pin_index *ix, const pin_citation *c, pin_arena *arena,
                           pin_error *err)
{
    size_t     mark = arena->used;
    uint32_t   number;
    pin_source source = {.id = c->source};
    pin_status status = pin_index_find_source(&number, ix, c->source);
    if (status == PIN_OK)
        status = pin_index_source(&source, ix, number, arena, err);
    if (status != PIN_OK && status != PIN_NOT_FOUND)
        return status;
    pin_flow_text(flow, pin_page_act_name(&source));
    if (c->id.len > 0)
        pin_flow_texts(flow, ", ");
    arena->used = mark;
    return PIN_OK;
}

/* "CRA, Article 13(8)", or the words as written where there is nothing better. In a row of citations the
 * act is named only where it is another than that of the citation `before`. */
static pin_status flow_citation(pin_flow *flow, const pin_index *ix, const pin_citation *c,
                                const pin_citation *before, pin_arena *arena, pin_error *err)
{
    bool act_is_plain = before && c->id.len > 0 && pin_str_equal(before->source, c->source);
    if (c->source.len > 0 && !act_is_plain) {
        pin_status status = flow_act(flow, ix, c, arena, err);
        if (status != PIN_OK)
            return status;
    }
    if (c->id.len > 0 || c->source.len == 0)
        pin_flow_text(flow, c->label.len > 0 ? c->label : c->written);
    if (c->state != PIN_CITE_RESOLVED) {
        pin_flow_texts(flow, " (");
        pin_flow_texts(flow, pin_cite_state_name((pin_cite_state)c->state));
        pin_flow_texts(flow, ")");
    }
    return PIN_OK;
}

/* ---- Words of the law ---- */

/* The first bytes of `text`, cut at the end of a line or else of a word when it is longer than `most`. */
static pin_str first_words(pin_str text, size_t most)
{
    if (text.len <= most)
        return text;
    size_t cut = most;
    while (cut > most / 2 && text.at[cut] != '\n')
        cut--;
    if (text.at[cut] != '\n')
        for (cut = most; cut > most / 2 && text.at[cut] != ' ';)
            cut--;
    while (cut > 0 && ((unsigned char)text.at[cut] & 0xC0) == 0x80)
        cut--;
    return pin_str_part(text, 0, cut);
}

/* One provision a line, as the text of the source has them. */
static void flow_lines(pin_flow *flow, pin_str text)
{
    while (text.len > 0) {
        size_t end = 0;
        while (end < text.len && text.at[end] != '\n')
            end++;
        pin_flow_text(flow, pin_str_part(text, 0, end));
        pin_flow_line(flow);
        text = pin_str_part(text, end + 1, text.len);
    }
}

static void flow_words(pin_flow *flow, const pin_provision *p, bool outline, size_t most)
{
    pin_flow_push(flow, GUTTER, GUTTER);
    if (p->text.len == 0) {
        flow_aside(flow, outline ? "the words are not in this index: its source is an outline" : "no words");
    } else {
        pin_str shown = first_words(p->text, most);
        flow_lines(flow, shown);
        if (shown.len < p->text.len)
            flow_aside(flow, "… (shortened here; `pincite law` shows all of it)");
    }
    pin_flow_pop(flow);
}

static pin_status flow_provision_words(pin_flow *flow, const pin_index *ix, uint32_t provision, size_t most,
                                       pin_arena *arena, pin_error *err)
{
    size_t        mark = arena->used;
    pin_provision p;
    pin_source    source;
    pin_status    status = pin_index_provision(&p, ix, provision, arena, err);
    if (status == PIN_OK)
        status = pin_index_source(&source, ix, p.source, arena, err);
    if (status == PIN_OK)
        flow_words(flow, &p, source.outline, most);
    arena->used = mark;
    return status;
}

/* ---- Search ---- */

static bool has_word(const pin_reading *reading, pin_tier tier)
{
    for (uint32_t i = 0; i < reading->term_count; i++)
        if (reading->terms[i].tier == tier)
            return true;
    return false;
}

/* What a reader should know before believing the list: doubt, corrections, words found nowhere. */
#define WORD_SHOWN 60

/* A word of the query, which may be as long as a query: its beginning, cut at a character. */
static void flow_shortened(pin_flow *flow, pin_str word)
{
    size_t cut = 0, at = 0;
    while (at < word.len && at <= WORD_SHOWN) {
        cut = at;
        pin_utf8_next(word, &at);
    }
    if (at >= word.len && at <= WORD_SHOWN) {
        pin_flow_text(flow, word);
        return;
    }
    pin_flow_text(flow, pin_str_part(word, 0, cut));
    pin_flow_texts(flow, "…");
}

static void flow_reading(pin_flow *flow, const pin_hits *hits)
{
    const pin_reading *r = &hits->reading;
    if (!hits->confident && hits->count > 0) {
        flow_label(flow, PIN_FLOW_BOLD, PIN_STR("Nothing fits well. The nearest:"));
        pin_flow_line(flow);
    }
    for (uint32_t i = 0; i < r->correction_count; i++) {
        pin_flow_texts(flow, i == 0 ? "Read “" : ", “");
        flow_label(flow, PIN_FLOW_BOLD, r->corrections[i].from);
        pin_flow_texts(flow, "” as “");
        flow_label(flow, PIN_FLOW_BOLD, r->corrections[i].to);
        pin_flow_texts(flow, "”");
    }
    pin_flow_line(flow);
    if (has_word(r, PIN_TIER_UNKNOWN)) {
        pin_flow_texts(flow, "Found nowhere:");
        for (uint32_t i = 0; i < r->term_count; i++)
            if (r->terms[i].tier == PIN_TIER_UNKNOWN) {
                pin_flow_space(flow);
                flow_shortened(flow, r->terms[i].written);
            }
        pin_flow_line(flow);
    }
    if (r->cut) {
        pin_flow_texts(flow, "The query is long: only its first ");
        pin_flow_number(flow, PIN_QUERY_TERMS);
        pin_flow_texts(flow, " words count.");
        pin_flow_line(flow);
    }
}

static void flow_snippet(pin_flow *flow, const pin_snippet *s)
{
    size_t at = 0;
    for (uint32_t i = 0; i < s->mark_count; i++) {
        pin_flow_text(flow, pin_str_part(s->text, at, s->marks[i].start));
        flow_label(flow, PIN_FLOW_BOLD | PIN_FLOW_MARK,
                   pin_str_part(s->text, s->marks[i].start, s->marks[i].end));
        if (s->marks[i].end > at)
            at = s->marks[i].end;
    }
    pin_flow_text(flow, pin_str_part(s->text, at, s->text.len));
    pin_flow_line(flow);
}

static pin_status flow_hit_citations(pin_flow *flow, const pin_index *ix, const pin_item *item,
                                     pin_arena *arena, pin_error *err)
{
    if (item->citation_count == 0)
        return PIN_OK;
    pin_flow_texts(flow, "cites ");
    for (uint32_t i = 0; i < item->citation_count && i < CITED_IN_HIT; i++) {
        if (i > 0)
            pin_flow_texts(flow, "; ");
        pin_status status =
            flow_citation(flow, ix, &item->citations[i], i > 0 ? &item->citations[i - 1] : NULL, arena, err);
        if (status != PIN_OK)
            return status;
    }
    if (item->citation_count > CITED_IN_HIT) {
        pin_flow_texts(flow, " and ");
        pin_flow_number(flow, item->citation_count - CITED_IN_HIT);
        pin_flow_texts(flow, " more");
    }
    pin_flow_line(flow);
    return PIN_OK;
}

static void flow_reasons(pin_flow *flow, const pin_hit *hit)
{
    for (uint32_t i = 0; i < hit->reason_count; i++) {
        const pin_reason *r = &hit->reasons[i];
        char              value[24];
        pin_buf           buf = pin_buf_over(value, sizeof value);
        if (r->value < 0)
            pin_buf_byte(&buf, '-');
        pin_buf_uint(&buf, r->value < 0 ? 0 - (uint64_t)r->value : (uint64_t)r->value);
        char lead[16] = "            ";
        lead[r->indent * 2 < 12 ? r->indent * 2 : 12] = '\0';
        pin_flow_push(flow, lead, lead);
        pin_flow_text(flow, pin_buf_str(&buf));
        pin_flow_column(flow, 10);
        pin_flow_text(flow, r->what);
        pin_flow_pop(flow);
    }
}

static pin_status flow_hit(pin_flow *flow, const pin_index *ix, const pin_hit *hit, uint32_t rank,
                           pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_module module;
    pin_status status = pin_index_item(&item, ix, hit->item, arena, err);
    if (status == PIN_OK)
        status = pin_index_module(&module, ix, item.module, err);
    if (status != PIN_OK)
        return status;
    char    lead[16] = {0};
    pin_buf buf = pin_buf_over(lead, sizeof lead - 1);
    for (uint32_t ten = 10; rank < ten && ten > 1; ten /= 10)
        pin_buf_byte(&buf, ' ');
    pin_buf_uint(&buf, rank);
    pin_buf_adds(&buf, ". ");
    pin_flow_push(flow, lead, rank < 100 ? "    " : rank < 1000 ? "     " : "      ");
    flow_label(flow, PIN_FLOW_BOLD, item.question);
    pin_flow_line(flow);
    pin_flow_text(flow, item.id);
    pin_flow_texts(flow, " · ");
    pin_flow_text(flow, module.title);
    pin_flow_texts(flow, " · ");
    flow_status(flow, &item);
    pin_flow_texts(flow, " · score ");
    pin_flow_number(flow, hit->score);
    pin_flow_line(flow);
    if (item.verdict.len > 0 && !pin_str_starts(hit->snippet.text, item.verdict)) {
        pin_flow_text(flow, item.verdict);
        pin_flow_line(flow);
    }
    flow_snippet(flow, &hit->snippet);
    status = flow_hit_citations(flow, ix, &item, arena, err);
    flow_reasons(flow, hit);
    pin_flow_pop(flow);
    pin_flow_gap(flow);
    arena->used = mark;
    return status;
}

pin_status pin_text_search(pin_buf *out, const pin_index *ix, pin_str query, const pin_hits *hits,
                           const pin_text_options *options, pin_arena *arena, pin_error *err)
{
    (void)query; /* the reader has just typed it */
    pin_flow flow;
    pin_flow_init(&flow, out, options);
    flow_reading(&flow, hits);
    if (hits->count > 0) {
        pin_flow_number(&flow, hits->count);
        pin_flow_texts(&flow, hits->total_is_least ? " of at least " : " of ");
        pin_flow_number(&flow, hits->total);
        pin_flow_texts(&flow, hits->total == 1 ? " matching item" : " matching items");
    } else {
        pin_flow_texts(&flow, "Nothing found.");
    }
    pin_flow_gap(&flow);
    for (uint32_t i = 0; i < hits->count; i++) {
        pin_status status = flow_hit(&flow, ix, &hits->at[i], i + 1, arena, err);
        if (status != PIN_OK)
            return status;
    }
    return pin_flow_finish(&flow);
}

/* ---- One card ---- */

/* Citations written in one entry of the list share its note, so the note stands once, below them. */
/* As the index that published it had it: complete, for nothing else shows it. */
static void flow_footing(pin_flow *flow, const pin_footing *f)
{
    if (f->words.len == 0)
        return;
    pin_flow_push(flow, GUTTER, GUTTER);
    flow_lines(flow, f->words);
    pin_flow_pop(flow);
    if (f->version.len) {
        pin_flow_texts(flow, "version ");
        pin_flow_text(flow, f->version);
        pin_flow_line(flow);
    }
}

/* A citation of an archived item: names are those of its day. */
static void flow_old_citation(pin_flow *flow, const pin_citation *c, const pin_footing *f)
{
    if (f->act.len && c->id.len) {
        pin_flow_text(flow, f->act);
        pin_flow_texts(flow, ", ");
    }
    pin_flow_text(flow, c->label.len ? c->label : c->written);
    if (c->state != PIN_CITE_RESOLVED) {
        pin_flow_texts(flow, " (");
        pin_flow_texts(flow, pin_cite_state_name((pin_cite_state)c->state));
        pin_flow_texts(flow, ")");
    }
}

/* `footings` of an item as it stood, else NULL. */
static pin_status flow_card_citation(pin_flow *flow, const pin_index *ix, const pin_item *item,
                                     const pin_footing *footings, uint32_t i, pin_arena *arena, pin_error *err)
{
    const pin_citation *c = &item->citations[i];
    bool                repeated =
        i > 0 && c->in_list && item->citations[i - 1].in_list && item->citations[i - 1].entry == c->entry;
    pin_flow_push(flow, "• ", "  ");
    uint32_t   style = pin_flow_style_on(flow, PIN_FLOW_CITE);
    pin_status status = PIN_OK;
    if (footings)
        flow_old_citation(flow, c, &footings[i]);
    else
        status = flow_citation(flow, ix, c, NULL, arena, err);
    pin_flow_style_back(flow, style);
    if (status != PIN_OK)
        return status;
    if (c->note.len > 0 && !repeated) {
        pin_flow_texts(flow, " — ");
        pin_flow_text(flow, c->note);
    }
    pin_flow_line(flow);
    if (c->quote.len > 0 && !repeated) {
        pin_flow_texts(flow, "quoted: “");
        pin_flow_text(flow, c->quote);
        pin_flow_texts(flow, "”");
        pin_flow_line(flow);
    }
    if (footings)
        flow_footing(flow, &footings[i]);
    else if (c->provision != PIN_NO_PROVISION)
        status = flow_provision_words(flow, ix, c->provision, WORDS_BESIDE, arena, err);
    pin_flow_pop(flow);
    return status;
}

static pin_status flow_card_citations(pin_flow *flow, const pin_index *ix, const pin_item *item,
                                      const pin_footing *footings, bool in_list, const char *title,
                                      pin_arena *arena, pin_error *err)
{
    bool any = false;
    for (uint32_t i = 0; i < item->citation_count; i++) {
        if (item->citations[i].in_list != in_list)
            continue;
        if (!any)
            flow_label(flow, PIN_FLOW_BOLD, pin_str_of(title));
        any = true;
        pin_status status = flow_card_citation(flow, ix, item, footings, i, arena, err);
        if (status != PIN_OK)
            return status;
    }
    pin_flow_gap(flow);
    return PIN_OK;
}

static void flow_fact(pin_flow *flow, const char *name, pin_str value)
{
    if (value.len == 0)
        return;
    pin_flow_push(flow, "", "  ");
    pin_flow_texts(flow, name);
    pin_flow_texts(flow, " ");
    pin_flow_text(flow, value);
    pin_flow_pop(flow);
}

static void flow_card_foot(pin_flow *flow, const pin_item *item)
{
    for (uint32_t i = 0; i < item->related_count; i++)
        flow_fact(flow, "related:", item->related[i]);
    flow_fact(flow, "author:", item->author);
    flow_fact(flow, "published:", item->published);
    flow_fact(flow, "updated:", item->updated);
    flow_fact(flow, "id as given:", item->given_id);
    if (item->revision.len) {
        char hex[2 * PIN_REVISION_LEN];
        pin_revision_hex(hex, item->revision);
        flow_fact(flow, "revision:", (pin_str){hex, PIN_REVISION_SHOWN});
    }
}

static pin_status flow_card(pin_flow *flow, const pin_index *ix, const pin_item *item,
                            const pin_footing *footings, pin_arena *arena, pin_error *err)
{
    pin_str    module, title;
    pin_status status = pin_page_home(&module, &title, ix, item, err);
    if (status != PIN_OK)
        return status;
    flow_label(flow, PIN_FLOW_BOLD, item->question);
    pin_flow_line(flow);
    pin_flow_text(flow, item->id);
    pin_flow_texts(flow, " · ");
    pin_flow_text(flow, title);
    pin_flow_texts(flow, " · ");
    flow_status(flow, item);
    pin_flow_gap(flow);
    bool repeats = false;
    status = pin_page_verdict_repeats(&repeats, item, arena, err);
    if (status != PIN_OK)
        return status;
    if (item->verdict.len > 0 && !repeats) {
        flow_label(flow, PIN_FLOW_BOLD, item->verdict);
        pin_flow_gap(flow);
    }
    if (item->blocks.len == 0)
        flow_aside(flow, "No answer yet.");
    else
        status = pin_text_blocks(flow, item->blocks, err);
    pin_flow_gap(flow);
    if (status == PIN_OK)
        status = flow_card_citations(flow, ix, item, footings, true, "Citations", arena, err);
    if (status == PIN_OK)
        status = flow_card_citations(flow, ix, item, footings, false,
                                     item->citation_count > 0 && item->citations[0].in_list
                                         ? "Also cited in the answer"
                                         : "Cited in the answer",
                                     arena, err);
    flow_card_foot(flow, item);
    return status;
}

pin_status pin_text_item(pin_buf *out, const pin_index *ix, uint32_t number, const pin_text_options *options,
                         pin_arena *arena, pin_error *err)
{
    pin_item   item;
    pin_flow   flow;
    pin_status status = pin_index_item(&item, ix, number, arena, err);
    pin_flow_init(&flow, out, options);
    if (status == PIN_OK)
        status = flow_card(&flow, ix, &item, NULL, arena, err);
    return status == PIN_OK ? pin_flow_finish(&flow) : status;
}

/* ---- As it stood ---- */
static void flow_words_about(pin_flow *flow, const char *words, pin_str about)
{
    if (about.len == 0)
        return;
    pin_flow_texts(flow, words);
    pin_flow_text(flow, about);
}

/* "withdrawn since 2026-03-10: the act was amended; see gates/new" */
static void flow_fate(pin_flow *flow, const pin_past *past)
{
    pin_flow_texts(flow, pin_fate_name(past->fate));
    flow_words_about(flow, " since ", past->since);
    flow_words_about(flow, ": ", past->reason);
    flow_words_about(flow, "; see ", past->target);
    pin_flow_line(flow);
}

static void flow_history(pin_flow *flow, const pin_past *past)
{
    if (past->revision_count == 0)
        return;
    flow_label(flow, PIN_FLOW_BOLD, PIN_STR("Revisions"));
    for (uint32_t i = 0; i < past->revision_count; i++) {
        const pin_revision *r = &past->revisions[i];
        char                hex[2 * PIN_REVISION_LEN];
        pin_revision_hex(hex, r->hash);
        pin_flow_push(flow, "• ", "  ");
        pin_flow_text(flow, past->id);
        pin_flow_texts(flow, "@");
        pin_flow_text(flow, (pin_str){hex, PIN_REVISION_SHOWN});
        flow_words_about(flow, " of ", r->date);
        if (r->item != PIN_NO_ITEM)
            pin_flow_texts(flow, ", current");
        flow_words_about(flow, ", until ", r->until);
        pin_flow_pop(flow);
    }
}

pin_status pin_text_revision(pin_buf *out, const pin_index *ix, pin_str id, const pin_revision *revision,
                             const pin_text_options *options, pin_arena *arena, pin_error *err)
{
    pin_item     item;
    pin_footing *footings;
    pin_past     past;
    pin_flow     flow;
    pin_status   status = pin_index_as_it_stood(&item, &footings, ix, revision, arena, err);
    if (status == PIN_OK)
        status = pin_index_past(&past, ix, id, arena, err);
    if (status != PIN_OK)
        return status;
    pin_flow_init(&flow, out, options);
    if (revision->item != PIN_NO_ITEM) {
        pin_flow_texts(&flow, "the current revision");
    } else {
        pin_flow_texts(&flow, "an older revision");
        flow_words_about(&flow, ", replaced ", revision->until);
    }
    pin_flow_line(&flow);
    if (past.fate != PIN_FATE_LIVES)
        flow_fate(&flow, &past);
    pin_flow_gap(&flow);
    status = flow_card(&flow, ix, &item, footings, arena, err);
    return status == PIN_OK ? pin_flow_finish(&flow) : status;
}

pin_status pin_text_gone(pin_buf *out, const pin_index *ix, const pin_past *past, const pin_text_options *options,
                         pin_arena *arena, pin_error *err)
{
    pin_flow flow;
    (void)ix, (void)arena, (void)err;
    pin_flow_init(&flow, out, options);
    flow_label(&flow, PIN_FLOW_BOLD, past->question.len ? past->question : past->id);
    pin_flow_line(&flow);
    pin_flow_text(&flow, past->id);
    pin_flow_texts(&flow, " · ");
    flow_fate(&flow, past);
    pin_flow_gap(&flow);
    flow_history(&flow, past);
    return pin_flow_finish(&flow);
}

/* ---- The law ---- */

/* "CRA, Article 13(8) · cra:art_13.par_8", and the state unless all is well. */
static pin_status flow_reference_head(pin_flow *flow, const pin_index *ix, const pin_ref *ref, pin_str label,
                                      pin_source *source, pin_arena *arena, pin_error *err)
{
    uint32_t   number, style = pin_flow_style_on(flow, PIN_FLOW_BOLD);
    pin_status status = PIN_NOT_FOUND;
    *source = (pin_source){.id = ref->source};
    if (ref->source.len > 0)
        status = pin_index_find_source(&number, ix, ref->source);
    if (status == PIN_OK)
        status = pin_index_source(source, ix, number, arena, err);
    if (status != PIN_OK && status != PIN_NOT_FOUND)
        return status;
    if (ref->source.len > 0)
        pin_flow_text(flow, pin_page_act_name(source));
    if (ref->source.len > 0 && ref->id.len > 0)
        pin_flow_texts(flow, ", ");
    if (ref->source.len == 0 || ref->id.len > 0)
        pin_flow_text(flow, label);
    pin_flow_style_back(flow, style);
    if (ref->source.len > 0) {
        pin_flow_texts(flow, " · ");
        pin_flow_text(flow, ref->source);
        if (ref->id.len > 0)
            pin_flow_texts(flow, ":");
        pin_flow_text(flow, ref->id);
    }
    if (ref->state != PIN_CITE_RESOLVED) {
        pin_flow_texts(flow, " · ");
        pin_flow_texts(flow, pin_cite_state_name((pin_cite_state)ref->state));
    }
    pin_flow_line(flow);
    return PIN_OK;
}

/* Heading, words, and where the official text stands. */
static pin_status flow_reference_words(pin_flow *flow, const pin_index *ix, const pin_ref *ref,
                                       const pin_source *source, pin_arena *arena, pin_error *err)
{
    pin_provision p;
    pin_status    status = pin_index_provision(&p, ix, ref->provision, arena, err);
    if (status != PIN_OK)
        return status;
    pin_flow_text(flow, p.heading);
    pin_flow_line(flow);
    flow_words(flow, &p, source->outline, SIZE_MAX);
    if (source->version.len > 0) {
        pin_flow_texts(flow, "version ");
        pin_flow_text(flow, source->version);
    }
    if (source->link.len > 0) {
        char    link[1024];
        pin_buf buf = pin_buf_over(link, sizeof link);
        pin_page_add_official_link(&buf, source, p.id);
        if (source->version.len > 0)
            pin_flow_texts(flow, " · ");
        if (pin_buf_status(&buf) == PIN_OK)
            pin_flow_text(flow, pin_buf_str(&buf));
    }
    pin_flow_line(flow);
    return PIN_OK;
}

static pin_status flow_reference(pin_flow *flow, const pin_index *ix, pin_str written, const pin_ref *ref,
                                 pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_str    label;
    pin_source source;
    pin_status status = pin_page_ref_label(&label, ix, ref, written, arena, err);
    if (status == PIN_OK)
        status = flow_reference_head(flow, ix, ref, label, &source, arena, err);
    if (status == PIN_OK && ref->provision != PIN_NO_PROVISION)
        status = flow_reference_words(flow, ix, ref, &source, arena, err);
    pin_flow_gap(flow);
    arena->used = mark;
    return status;
}

pin_status pin_text_law(pin_buf *out, const pin_index *ix, pin_str written, const pin_refs *refs,
                        const pin_text_options *options, pin_arena *arena, pin_error *err)
{
    pin_flow flow;
    pin_flow_init(&flow, out, options);
    for (uint32_t i = 0; i < refs->count; i++) {
        pin_status status = flow_reference(&flow, ix, written, &refs->at[i], arena, err);
        if (status != PIN_OK)
            return status;
    }
    return pin_flow_finish(&flow);
}

static pin_status flow_citing(pin_flow *flow, const pin_index *ix, const pin_citing *c, pin_arena *arena,
                              pin_error *err)
{
    size_t     mark = arena->used;
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, c->item, arena, err);
    if (status != PIN_OK)
        return status;
    if (c->citation >= item.citation_count)
        return pin_fail(err, PIN_CORRUPT, 0, "a citing item has no such citation");
    pin_flow_push(flow, "", "             ");
    pin_flow_texts(flow, pin_cite_touch_name((pin_cite_touch)c->touch));
    pin_flow_column(flow, 13);
    flow_label(flow, PIN_FLOW_BOLD, item.question);
    pin_flow_line(flow);
    pin_flow_text(flow, item.id);
    pin_flow_texts(flow, " · ");
    flow_status(flow, &item);
    pin_flow_line(flow);
    pin_flow_texts(flow, "cites ");
    status = flow_citation(flow, ix, &item.citations[c->citation], NULL, arena, err);
    if (item.citations[c->citation].note.len > 0) {
        pin_flow_texts(flow, " — ");
        pin_flow_text(flow, item.citations[c->citation].note);
    }
    pin_flow_pop(flow);
    arena->used = mark;
    return status;
}

static pin_status text_citings(pin_buf *out, const pin_index *ix, const pin_page_cited *cited,
                               const pin_citings *citings, const pin_text_options *options, pin_arena *arena,
                               pin_error *err)
{
    pin_flow   flow;
    pin_status status = PIN_OK;
    pin_flow_init(&flow, out, options);
    uint32_t style = pin_flow_style_on(&flow, PIN_FLOW_BOLD);
    pin_flow_text(&flow, pin_page_act_name(&cited->source));
    pin_flow_texts(&flow, ", ");
    pin_flow_text(&flow, cited->label);
    pin_flow_style_back(&flow, style);
    pin_flow_texts(&flow, " (");
    pin_flow_text(&flow, cited->source.id);
    pin_flow_texts(&flow, ":");
    pin_flow_text(&flow, cited->id);
    pin_flow_texts(&flow, "): cited by ");
    if (citings->count > 0)
        pin_flow_number(&flow, citings->count);
    pin_flow_texts(&flow, citings->count == 0 ? "no item" : citings->count == 1 ? " item" : " items");
    pin_flow_gap(&flow);
    for (uint32_t i = 0; i < citings->count && status == PIN_OK; i++)
        status = flow_citing(&flow, ix, &citings->at[i], arena, err);
    return status == PIN_OK ? pin_flow_finish(&flow) : status;
}

pin_status pin_text_citing(pin_buf *out, const pin_index *ix, uint32_t provision, const pin_citings *citings,
                           const pin_text_options *options, pin_arena *arena, pin_error *err)
{
    pin_page_cited cited;
    pin_status     status = pin_page_cited_number(&cited, ix, provision, arena, err);
    return status == PIN_OK ? text_citings(out, ix, &cited, citings, options, arena, err) : status;
}

pin_status pin_text_citings_of(pin_buf *out, const pin_index *ix, pin_str source, pin_str id,
                               const pin_citings *citings, const pin_text_options *options, pin_arena *arena,
                               pin_error *err)
{
    pin_page_cited cited;
    pin_status     status = pin_page_cited_of(&cited, ix, source, id, arena, err);
    return status == PIN_OK ? text_citings(out, ix, &cited, citings, options, arena, err) : status;
}
