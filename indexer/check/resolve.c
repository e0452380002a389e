/* From what an item says to the provisions that it cites: its citation list first, then what question
 * and answer name besides. A provision cited in the list and named again in the answer is one row. */
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/check/inside.h"

enum { ROOM_MAX = 64 << 20, LABEL_MAX = 1024 };

pin_origin pin_check_origin(const pin_check *k, uint32_t line)
{
    return (pin_origin){k->item->origin.file, line ? line : k->item->origin.line};
}

/* ---- scanning ---- */

void pin_check_scan(pin_refs *out, pin_check *k, pin_str text, pin_cite_mode mode, uint32_t act)
{
    pin_law    law = k->law;
    pin_status status;
    law.default_act = act;
    *out = (pin_refs){0};
    for (;;) {
        pin_arena arena = pin_arena_over(k->room, k->room_size);
        status = pin_cite_scan(out, text, mode, &law, &arena, NULL);
        if (status != PIN_NO_SPACE)
            break;
        void *more = k->room_size < ROOM_MAX ? realloc(k->room, k->room_size * 2) : NULL;
        if (!more) {
            k->short_of_memory = true;
            break;
        }
        k->room = more;
        k->room_size *= 2;
    }
    if (status == PIN_LIMIT)
        k->cut = true;
    if (status != PIN_OK)
        *out = (pin_refs){0};
}

static bool is_whole_act(const pin_ref *ref)
{
    return ref->id.len == 0 && ref->source.len > 0;
}

static bool names_provision(const pin_refs *refs)
{
    for (uint32_t i = 0; i < refs->count; i++)
        if (refs->at[i].id.len)
            return true;
    return false;
}

static bool has_state(const pin_refs *refs, uint8_t state)
{
    for (uint32_t i = 0; i < refs->count; i++)
        if (refs->at[i].state == state)
            return true;
    return false;
}

/* ---- rows ---- */

static uint32_t source_number(const pin_check *k, pin_str id)
{
    for (uint32_t i = 0; i < k->sources->source_count; i++)
        if (pin_str_equal(k->sources->sources[i].id, id))
            return i;
    return PIN_NO_PROVISION;
}

static pin_str source_name(const pin_check *k, uint32_t source)
{
    const pin_draft_source *s = &k->sources->sources[source];
    return s->name_count ? s->names[0] : s->id;
}

static pin_str keep(pin_check *k, pin_str text)
{
    pin_str copy = pin_pool_copy(k->pool, text);
    if (text.len && !copy.at)
        k->short_of_memory = true;
    return copy;
}

/* Fills id, label and source; texts of the sources are borrowed, others copied. */
static void describe(pin_check *k, pin_citation *c, const pin_ref *ref, pin_str written)
{
    const pin_draft_provision *p = NULL;
    uint32_t                   source = ref->source.len ? source_number(k, ref->source) : PIN_NO_PROVISION;
    c->source = source != PIN_NO_PROVISION ? k->sources->sources[source].id : keep(k, ref->source);
    if (ref->state == PIN_CITE_RESOLVED && ref->provision != PIN_NO_PROVISION)
        p = pin_source_provision(k->sources, ref->provision, NULL);
    if (p) {
        c->id = p->id;
        c->label = p->label;
    } else if (ref->id.len) {
        char    room[LABEL_MAX];
        pin_buf label = pin_buf_over(room, sizeof room);
        pin_cite_label(&label, ref->id);
        c->id = keep(k, ref->id);
        c->label = keep(k, pin_buf_str(&label));
    } else if (source != PIN_NO_PROVISION) {
        c->label = source_name(k, source);
    } else {
        c->label = written;
    }
}

static pin_row *new_row(pin_check *k)
{
    if (k->row_count == PIN_CHECK_ROWS_MAX) {
        k->cut = true;
        return NULL;
    }
    k->rows[k->row_count] = (pin_row){0};
    return &k->rows[k->row_count++];
}

/* The row among [from, row_count) that says the same, or PIN_NO_PROVISION. */
static uint32_t same_row(const pin_check *k, uint32_t from, const pin_ref *ref, pin_str written)
{
    for (uint32_t i = from; i < k->row_count; i++) {
        const pin_citation *c = &k->rows[i].c;
        if (!pin_str_equal(c->source, ref->source) || !pin_str_equal(c->id, ref->id))
            continue;
        /* without an id or an act only the words can tell */
        if (ref->id.len || ref->source.len || (c->state == ref->state && pin_str_equal(c->written, written)))
            return i;
    }
    return PIN_NO_PROVISION;
}

static void add_entry_row(pin_check *k, uint32_t first, const pin_entry *e, uint32_t number, const pin_ref *ref)
{
    uint32_t same = same_row(k, first, ref, e->written);
    if (same != PIN_NO_PROVISION) {
        k->rows[same].c.from_range &= ref->from_range;
        return;
    }
    pin_row *row = new_row(k);
    if (!row)
        return;
    row->line = e->line;
    row->c = (pin_citation){.written = e->written,
                            .note = e->note,
                            .quote = e->quote,
                            .provision = ref->provision,
                            .entry = number,
                            .state = ref->state,
                            .in_list = true,
                            .from_range = ref->from_range};
    describe(k, &row->c, ref, e->written);
}

uint32_t pin_check_next_entry(const pin_check *k)
{
    uint32_t next = k->item->entry_count;
    if (k->row_count && k->rows[k->row_count - 1].c.entry >= next)
        next = k->rows[k->row_count - 1].c.entry + 1;
    return next;
}

static bool is_word_byte(pin_str text, size_t pos)
{
    unsigned char c = pos < text.len ? (unsigned char)text.at[pos] : ' ';
    return pin_is_alpha(c) || pin_is_digit(c) || c >= 0x80;
}

/* Is `part` among the words of `whole`, not cut out of a longer number or word? */
static bool has_words(pin_str whole, pin_str part)
{
    for (size_t i = 0; part.len && i + part.len <= whole.len; i++)
        if (memcmp(whole.at + i, part.at, part.len) == 0 && (i == 0 || !is_word_byte(whole, i - 1)) &&
            !is_word_byte(whole, i + part.len))
            return true;
    return false;
}

/* Other acts have no ids to go by: "5(11)" of the answer is in "Articles 4(8) and 5(11) DA" of the list. */
static uint32_t same_other_act(const pin_check *k, const pin_ref *ref, pin_str written)
{
    for (uint32_t i = 0; ref->state == PIN_CITE_OTHER_ACT && i < k->row_count; i++) {
        const pin_citation *c = &k->rows[i].c;
        if (c->state == PIN_CITE_OTHER_ACT && (has_words(c->written, written) || has_words(written, c->written)))
            return i;
    }
    return PIN_NO_PROVISION;
}

/* An answer of the FAQ itself that points to its neighbours, "section 4.2", "entry 4.2.5": their items
 * are here, so nothing outside is cited. */
static bool is_neighbour(const pin_check *k, pin_str number)
{
    char     room[64];
    pin_buf  path = pin_buf_over(room, sizeof room);
    uint32_t tries = 2; /* the section itself, or its first entry when it is a heading */
    pin_buf_adds(&path, "official/faq_");
    for (size_t i = 0; i < number.len; i++)
        pin_buf_byte(&path, number.at[i] == '.' ? '-' : number.at[i]);
    while (tries-- > 0 && pin_buf_status(&path) == PIN_OK) {
        if (pin_corpus_target(k->corpus, (pin_str){0}, pin_buf_str(&path)).kind == PIN_TARGET_ITEM)
            return true;
        pin_buf_adds(&path, "-1");
    }
    return false;
}

/* The number of "section 4.2", "sections 4.2", "entry 4.2.5", "4.2.5"; empty for anything else. */
static pin_str section_number(pin_str written)
{
    static const char *const words[] = {"section ", "sections ", "entry ", "entries "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pin_str_starts(written, pin_str_of(words[i])))
            written = pin_str_part(written, strlen(words[i]), written.len);
    for (size_t i = 0; i < written.len; i++)
        if (!pin_is_digit((unsigned char)written.at[i]) && written.at[i] != '.')
            return (pin_str){0};
    return written;
}

static bool points_to_neighbour(const pin_check *k, const pin_ref *ref, pin_str written)
{
    if (ref->state == PIN_CITE_NOT_UNDERSTOOD)
        return is_neighbour(k, section_number(written));
    return pin_str_equal(ref->source, PIN_STR("cfaq")) && pin_str_starts(ref->id, PIN_STR("sec_")) &&
           is_neighbour(k, pin_str_part(ref->id, 4, ref->id.len));
}

uint32_t pin_check_add(pin_check *k, const pin_ref *ref, pin_str written, uint32_t entry, uint32_t line)
{
    /* every second sentence names the act that the corpus is about: that cites nothing in particular */
    if (is_whole_act(ref) && source_number(k, ref->source) == k->sources->default_source)
        return PIN_NO_PROVISION;
    if (points_to_neighbour(k, ref, written))
        return PIN_NO_PROVISION;
    uint32_t same = same_row(k, 0, ref, written);
    if (same == PIN_NO_PROVISION)
        same = same_other_act(k, ref, written);
    if (same != PIN_NO_PROVISION) {
        if (!k->rows[same].c.in_list)
            k->rows[same].c.from_range &= ref->from_range;
        return same;
    }
    pin_row *row = new_row(k);
    if (!row)
        return PIN_NO_PROVISION;
    row->line = line;
    row->c = (pin_citation){.written = keep(k, written),
                            .provision = ref->provision,
                            .entry = entry,
                            .state = ref->state,
                            .from_range = ref->from_range};
    describe(k, &row->c, ref, row->c.written);
    return k->row_count - 1;
}

/* ---- the citation list ---- */

static pin_ref whole_act(const pin_check *k, uint32_t act)
{
    const pin_draft_source *s = &k->sources->sources[act];
    return (pin_ref){.state = s->loaded ? PIN_CITE_RESOLVED : PIN_CITE_NOT_CHECKED,
                     .act_named = true,
                     .source = s->id,
                     .provision = PIN_NO_PROVISION};
}

/* The act that an entry without a provision means: by its key, or as the grammar read its words. */
static uint32_t act_of_entry(const pin_check *k, const pin_entry *e, const pin_refs *refs)
{
    uint32_t act = pin_source_named(k->sources, e->source.len ? e->source : e->written);
    for (uint32_t i = 0; act == PIN_NO_PROVISION && i < refs->count; i++)
        if (is_whole_act(&refs->at[i]))
            act = source_number(k, refs->at[i].source);
    return act;
}

static void add_all(pin_check *k, uint32_t first, const pin_entry *e, uint32_t number, const pin_refs *refs)
{
    for (uint32_t i = 0; i < refs->count; i++)
        if (!is_whole_act(&refs->at[i]))
            add_entry_row(k, first, e, number, &refs->at[i]);
}

/* An entry that names an act and no provision: the provisions may stand in its note. */
static void add_act_entry(pin_check *k, uint32_t first, const pin_entry *e, uint32_t number, uint32_t act)
{
    pin_refs refs;
    pin_check_scan(&refs, k, e->note, PIN_CITE_PROSE, act);
    if (names_provision(&refs)) {
        add_all(k, first, e, number, &refs);
        return;
    }
    pin_ref all = whole_act(k, act);
    add_entry_row(k, first, e, number, &all);
}

static void resolve_entry(pin_check *k, uint32_t number)
{
    const pin_entry *e = &k->item->entries[number];
    uint32_t         first = k->row_count;
    uint32_t         named = e->source.len ? pin_source_named(k->sources, e->source) : k->sources->default_source;
    bool             act_alone = e->source.len && pin_str_equal(e->source, e->written);
    pin_refs         refs;
    pin_check_scan(&refs, k, e->written, PIN_CITE_LIST, named);

    if (names_provision(&refs) || (has_state(&refs, PIN_CITE_NOT_UNDERSTOOD) && !act_alone)) {
        add_all(k, first, e, number, &refs);
        return;
    }
    uint32_t act = act_of_entry(k, e, &refs);
    if (act != PIN_NO_PROVISION && !has_state(&refs, PIN_CITE_OTHER_ACT)) {
        add_act_entry(k, first, e, number, act);
        return;
    }
    bool    other = e->source.len || has_state(&refs, PIN_CITE_OTHER_ACT);
    pin_ref unknown = {.state = other ? PIN_CITE_OTHER_ACT : PIN_CITE_NOT_UNDERSTOOD, .provision = PIN_NO_PROVISION};
    add_entry_row(k, first, e, number, &unknown);
}

void pin_check_entries(pin_check *k)
{
    for (uint32_t i = 0; i < k->item->entry_count && !k->short_of_memory; i++)
        resolve_entry(k, i);
}

/* ---- question and answer ---- */

static void add_span(pin_check *k, const pin_ref *ref, uint32_t citation)
{
    if (k->span_count == k->span_cap) {
        uint32_t       cap = k->span_cap ? k->span_cap * 2 : 64;
        pin_cite_span *more = realloc(k->spans, cap * sizeof *more);
        if (!more) {
            k->short_of_memory = true;
            return;
        }
        k->spans = more;
        k->span_cap = cap;
    }
    k->spans[k->span_count++] = (pin_cite_span){ref->from, ref->to, citation};
}

/* Cells of a table are parted by tabs and its rows by line ends; no citation goes from one to the next, so
 * these become semicolons here, of the same length. The text itself where there is no table. */
static pin_str without_tables(pin_check *k, pin_str text)
{
    if (!text.len || !memchr(text.at, '\t', text.len))
        return text;
    if (text.len > k->prose_cap) {
        char *more = realloc(k->prose, text.len);
        if (!more) {
            k->short_of_memory = true;
            return text;
        }
        k->prose = more;
        k->prose_cap = text.len;
    }
    bool row = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        row |= c == '\t';
        k->prose[i] = c == '\t' || (row && c == '\n') ? ';' : c;
        row &= c != '\n';
    }
    return (pin_str){k->prose, text.len};
}

static void resolve_text(pin_check *k, pin_str text, bool is_question, bool is_answer)
{
    pin_refs refs;
    uint32_t entry = 0, last_from = UINT32_MAX;
    pin_check_scan(&refs, k, without_tables(k, text), PIN_CITE_PROSE, k->sources->default_source);
    for (uint32_t i = 0; i < refs.count; i++) {
        const pin_ref *ref = &refs.at[i];
        uint32_t       before = k->row_count;
        if (ref->from != last_from) /* the provisions of one range or list share an entry */
            entry = pin_check_next_entry(k);
        last_from = ref->from;
        uint32_t row = pin_check_add(k, ref, pin_str_part(text, ref->from, ref->to), entry, 0);
        if (row == PIN_NO_PROVISION)
            continue;
        if (is_question && row == before)
            k->rows[row].c.in_question = true;
        if (is_answer)
            add_span(k, ref, row);
    }
}

void pin_check_prose(pin_check *k)
{
    k->span_count = 0;
    resolve_text(k, k->item->question, true, false);
    if (k->item->verdict_given)
        resolve_text(k, k->item->verdict, false, false);
    resolve_text(k, k->item->plain, false, true);
}

/* ---- sources named without a provision ---- */

/* Does `name` stand at `pos`, in any case, white space as white space? Bytes of it, or 0. */
static size_t name_at(pin_str text, size_t pos, pin_str name)
{
    size_t at = pos;
    for (size_t i = 0; i < name.len; i++) {
        if (at == text.len)
            return 0;
        if (pin_str_starts(pin_str_part(text, at, text.len), PIN_STR("\xE2\x80\x99")) && name.at[i] == '\'') {
            at += 3;
            continue;
        }
        unsigned char want = (unsigned char)name.at[i], have = (unsigned char)text.at[at];
        bool          same = want == ' ' ? pin_is_space(have) : pin_ascii_lower(want) == pin_ascii_lower(have);
        if (!same)
            return 0;
        at++;
    }
    return at - pos;
}

/* One word alone is too little for a guide ("FAQ"), and for an act only as it is written ("GDPR"). */
static bool is_telling(const pin_draft_source *s, pin_str name, pin_str written)
{
    if (memchr(name.at, ' ', name.len))
        return true;
    return pin_str_equal(s->rank, PIN_STR("act")) && pin_str_equal(name, written);
}

/* 0 for a or A .. 25 for z or Z, 26 for all else. */
static uint32_t letter_at(pin_str text, size_t pos)
{
    uint32_t c = pos < text.len ? (uint32_t)((unsigned char)text.at[pos] | 32) - 'a' : 26;
    return c < 26 ? c : 26;
}

/* The first place where `s` is named in `text`; empty when nowhere. The longest name wins. */
static pin_str find_mention(const pin_draft_source *s, pin_str text)
{
    uint32_t begins[27] = {0}; /* by a name's first letter: bits of second ones; 26 is whatever is none */
    for (uint32_t i = 0; i < s->name_count; i++)
        if (s->names[i].len)
            begins[letter_at(s->names[i], 0)] |= 1u << letter_at(s->names[i], 1);
    for (size_t pos = 0; pos < text.len; pos++) {
        size_t   longest = 0;
        uint32_t seconds = begins[letter_at(text, pos)];
        if (!seconds || !(seconds >> letter_at(text, pos + 1) & 1) || (pos > 0 && is_word_byte(text, pos - 1)))
            continue;
        for (uint32_t i = 0; i < s->name_count; i++) {
            size_t len = name_at(text, pos, s->names[i]);
            if (len > longest && !is_word_byte(text, pos + len) &&
                is_telling(s, s->names[i], pin_str_part(text, pos, pos + len)))
                longest = len;
        }
        if (longest)
            return pin_str_part(text, pos, pos + longest);
    }
    return (pin_str){0};
}

static bool has_row_of(const pin_check *k, pin_str source)
{
    for (uint32_t i = 0; i < k->row_count; i++)
        if (pin_str_equal(k->rows[i].c.source, source))
            return true;
    return false;
}

void pin_check_mentions(pin_check *k)
{
    for (uint32_t i = 0; i < k->sources->source_count; i++) {
        const pin_draft_source *s = &k->sources->sources[i];
        if (i == k->sources->default_source || has_row_of(k, s->id))
            continue;
        pin_str written = find_mention(s, k->item->plain);
        bool    in_question = !written.len;
        if (in_question)
            written = find_mention(s, k->item->question);
        if (!written.len)
            continue;
        pin_ref  ref = whole_act(k, i);
        uint32_t row = pin_check_add(k, &ref, written, pin_check_next_entry(k), 0);
        if (row != PIN_NO_PROVISION)
            k->rows[row].c.in_question = in_question;
    }
}
