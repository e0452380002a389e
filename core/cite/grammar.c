/* The grammar of one citation, with its lists and ranges.
 *
 *     citation  = forward | inverted
 *     forward   = HEAD value tail { separator item }            Article 13(8) and (9), Annex I, Part II
 *     inverted  = levels { separator item } { "of" levels } "of" forward     points (a) and (b) of ..
 *     tail      = { "(" value ")" | "." value | [","] LEVEL value }
 *     item      = value tail | "(" value ")" tail | LEVEL value tail | HEAD value tail
 *     separator = "," | "and" | "or" | "to" | "-" ..
 *
 * An item of a list says only what is new: "(b)" replaces the last step of its own style, "14" the last
 * number that followed a word, "point 5" the last point. Looking ahead is bounded, so that reading is
 * linear in the text. */
#include "core/cite/grammar.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { INVERTED_ITEMS = 24, INVERTED_PARTS = 4 };

/* ---- Forward: "Article 13(8)" ------------------------------------------------------------------- */

/* A word that opens a sentence or a heading is weaker evidence in prose when it is shortened. */
static bool head_counts(const pin_cite_view *v, pin_token t, pin_word w)
{
    pin_token next = pin_cite_token(v->text, t.to);
    if (v->mode != PIN_CITE_PROSE)
        return true;
    if (pin_token_is(v, t, "whereas"))
        return next.kind == '(';
    if (w.shortened) /* "the art 13 years ago", "a rec 4" */
        return next.kind == '.' || (v->text.at[t.from] >= 'A' && v->text.at[t.from] <= 'Z');
    return true;
}

bool pin_cite_read_head(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos);
    pin_word  w = pin_cite_word_at(v->text, t);
    uint32_t  p = t.to;
    if (w.code != PIN_WORD_HEAD || !head_counts(v, t, w))
        return false;
    pin_token dot = pin_cite_token(v->text, p);
    if (w.shortened && dot.kind == '.')
        p = dot.to;
    bool in_brackets =
        w.step == PIN_STEP_RECITAL || (w.step == PIN_STEP_ARTICLE && v->mode != PIN_CITE_PROSE);
    if (in_brackets && pin_cite_token(v->text, p).kind == '(') {
        if (pin_cite_token(v->text, pin_cite_token(v->text, p).to).kind != PIN_TOKEN_NUMBER ||
            !pin_cite_read_bracket(v, &p, path, w.step, NULL))
            return false;
    } else if (!pin_cite_read_value(v, &p, path, w.step)) {
        return false;
    }
    if (v->mode == PIN_CITE_PROSE && v->text.at[t.from] >= 'a' && pin_cite_counts(v, p))
        return false; /* "published in this article 4 years ago" */
    path->at[0].led = true;
    path->at[0].plural = w.plural;
    *pos = p;
    return true;
}

static void finish(pin_parsed *out, const pin_path *first)
{
    const pin_step *s = &first->at[0];
    out->first = *first;
    out->root = s->kind;
    out->dotted = s->kind == PIN_STEP_SECTION && memchr(s->text, '.', s->len);
}

static bool read_forward(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    pin_reading r = {.v = v, .left = UINT32_MAX};
    pin_path    path = {0};
    uint32_t    p = pos;
    if (!pin_cite_read_head(v, &p, &path))
        return false;
    pin_cite_read_tail(&r, &p, &path);
    finish(out, &path);
    out->to = pin_cite_read_list(&r, sink, path, pos, p);
    return true;
}

/* ---- Inverted: "points (a) and (c) of Article 14(2)" ----------------------------------------------- */

typedef struct inverted {
    const pin_cite_view *v;
    const pin_sink      *sink;
    pin_path             middle[INVERTED_PARTS]; /* "of the second subparagraph", outermost last */
    uint32_t             middles;
    pin_path             base; /* "Article 14(2)"                                  */
    uint32_t             from, leaf_to, base_to;
    pin_path             leaf; /* the first item of the leaf list                  */
    uint32_t             leaf_from;
    bool                 leaf_open; /* it stopped inside a bracket, "(a, b)"         */
    uint32_t             items, seen, bases;
} inverted;

static void append(pin_path *path, const pin_path *more)
{
    bool has_part = path->count > 1 && path->at[1].kind == PIN_STEP_PART;
    for (uint8_t i = 0; i < more->count; i++) {
        if (has_part && more->at[i].kind == PIN_STEP_PART && (!more->at[i].led || !path->at[1].led))
            continue; /* an "essential requirement" whose part was said */
        *pin_path_push(path, more->at[i].kind) = more->at[i];
    }
    path->unreadable |= more->unreadable;
}

static void count_leaf(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    inverted *in = ctx;
    (void)path, (void)from, (void)to, (void)how;
    in->items++;
}

static void take_leaf(void *ctx, const pin_path *leaf, uint32_t from, uint32_t to, uint8_t how)
{
    inverted *in = ctx;
    pin_path  whole = in->base;
    in->seen++;
    for (uint32_t i = in->middles; i-- > 0;)
        append(&whole, &in->middle[i]);
    append(&whole, leaf);
    if (in->bases > 1) { /* the words that are new are those of the base */
        from = in->from;
        to = in->base_to;
    } else if (in->seen == in->items) {
        to = in->base_to;
    }
    pin_sink_give(in->sink, &whole, from, to, how == PIN_ITEM_UNREADABLE ? PIN_ITEM_ONE : how);
}

static void take_base(void *ctx, const pin_path *base, uint32_t from, uint32_t to, uint8_t how)
{
    inverted   *in = ctx;
    pin_reading r = {.v = in->v, .nested = true, .open = in->leaf_open, .left = INVERTED_ITEMS};
    pin_sink    leaves = {take_leaf, in};
    (void)how;
    in->base = *base;
    in->base_to = to;
    in->seen = 0;
    if (in->bases++)
        in->from = from;
    pin_cite_read_list(&r, &leaves, in->leaf, in->leaf_from, in->leaf_to);
}

/* "of the", "in", or in a query nothing: position after, or 0. */
static uint32_t skip_of(const pin_cite_view *v, uint32_t pos, bool implied)
{
    pin_token t = pin_cite_token(v->text, pos);
    bool      comma = t.kind == ',';
    if (comma)
        t = pin_cite_token(v->text, t.to);
    pin_word w = pin_cite_word_at(v->text, t);
    if (t.broken)
        return 0;
    if (w.code == PIN_WORD_OF || pin_token_is(v, t, "to")) {
        pos = t.to;
        t = pin_cite_token(v->text, pos);
        if (pin_cite_word_at(v->text, t).code == PIN_WORD_THE)
            pos = t.to;
        return pos;
    }
    return !implied || v->mode == PIN_CITE_PROSE ? 0 : t.from;
}

/* "module B" of Decision No 768/2008/EC, which the CRA repeats in the parts of its Annex VIII. */
static bool read_module(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    static const char        modules[] = "ABCH";
    static const char *const parts[] = {"I", "II", "III", "IV"};
    pin_token                t = pin_cite_token(v->text, *pos), letter = pin_cite_token(v->text, t.to);
    if (pin_cite_word_at(v->text, t).code != PIN_WORD_MODULE || letter.to - letter.from != 1 ||
        letter.kind != PIN_TOKEN_WORD)
        return false;
    char        name = v->text.at[letter.from];
    const char *m = memchr(modules, v->mode == PIN_CITE_QUERY && name >= 'a' ? name - 32 : name, 4);
    if (!m)
        return false;
    pin_step_set(pin_path_push(path, PIN_STEP_ANNEX), "VIII", 4);
    pin_step_set(pin_path_push(path, PIN_STEP_PART), parts[m - modules],
                 (uint32_t)strlen(parts[m - modules]));
    *pos = letter.to;
    return true;
}

/* "third subparagraph of 13(8)", in a query. */
static bool read_bare_article(const pin_cite_view *v, uint32_t *pos, pin_path *path)
{
    pin_token t = pin_cite_token(v->text, *pos), bracket = pin_cite_token(v->text, t.to);
    if (v->mode != PIN_CITE_QUERY || bracket.kind != '(' || !bracket.tight ||
        !pin_cite_read_number(v, pos, path, PIN_STEP_ARTICLE))
        return false;
    path->at[0].led = true;
    return true;
}

/* `implied`: "of" may be missing, as in "point 8 annex 1". Not when we come from a citation that could
 * itself own the point. */
bool pin_cite_read_inverted(pin_parsed *out, const pin_cite_view *v, uint32_t pos, bool implied,
                            const pin_sink *sink)
{
    inverted    in = {.v = v, .sink = sink, .from = pos, .leaf_from = pos};
    pin_reading r = {.v = v, .nested = true, .left = INVERTED_ITEMS};
    pin_sink    counting = {count_leaf, &in};
    uint32_t    p = pos;
    if (!pin_cite_read_level(v, &p, &in.leaf, true, &r.open))
        return false;
    pin_cite_read_tail(&r, &p, &in.leaf);
    in.leaf_to = p;
    in.leaf_open = r.open;
    p = pin_cite_read_list(&r, &counting, in.leaf, pos, p);
    out->act = (pin_act){0};
    for (;;) {
        pin_act  act = {0};
        uint32_t next = skip_of(v, p, implied);
        if (next == 0 || next == pos)
            return false;
        if (pin_cite_level(v, next, true) != PIN_STEP_NONE && in.middles < INVERTED_PARTS) {
            pin_path *m = &in.middle[in.middles++];
            if (!pin_cite_read_level(v, &next, m, true, NULL))
                return false;
            r = (pin_reading){.v = v, .nested = true};
            pin_cite_read_tail(&r, &next, m);
            p = next;
            continue;
        }
        uint32_t head = next;
        pin_path base = {0};
        out->module = read_module(v, &head, &base);
        if (!out->module && !pin_cite_read_head(v, &head, &base) && !read_bare_article(v, &head, &base)) {
            if (!pin_cite_act_at(&act, v, next, false))
                return false;
            head = act.to;
            next = pin_cite_token(v->text, head).from;
            if (!pin_cite_read_head(v, &head, &base))
                return false;
            out->act = act;
        }
        if (base.at[0].kind != PIN_STEP_ANNEX &&
            (base.at[0].kind != PIN_STEP_ARTICLE || pin_step_is_roman(in.leaf.at[0].kind)))
            return false;
        r = (pin_reading){.v = v, .left = 16};
        pin_cite_read_tail(&r, &head, &base);
        pin_sink bases = {take_base, &in};
        finish(out, &base);
        out->to = pin_cite_read_list(&r, sink ? &bases : NULL, base, next, head);
        return true;
    }
}

/* ---- Sections, and numbers alone -------------------------------------------------------------------- */

bool pin_cite_parse_sections(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    pin_reading r = {.v = v, .left = UINT32_MAX};
    pin_path    path = {0};
    uint32_t    p = pos;
    *out = (pin_parsed){.from = pos};
    if (!pin_cite_read_number(v, &p, &path, PIN_STEP_SECTION) ||
        !memchr(path.at[0].text, '.', path.at[0].len))
        return false;
    path.at[0].led = path.at[0].plural = true;
    finish(out, &path);
    out->to = pin_cite_read_list(&r, sink, path, pos, p);
    return true;
}

/* "13(8)", "13.8", "4.2.5": only where the text is nothing but a citation. */
static bool read_bare(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    pin_token   t = pin_cite_token(v->text, pos), next = pin_cite_token(v->text, t.to);
    bool        first = pin_cite_token(v->text, 0).from == t.from;
    uint32_t    number, end;
    pin_reading r = {.v = v, .left = UINT32_MAX};
    pin_path    path = {0};
    if (v->mode == PIN_CITE_PROSE || t.number > 999 || (v->mode == PIN_CITE_LIST && !first))
        return false;
    if (next.kind == '.' && first && pin_cite_tight_number(v, t.to, &number, &end)) {
        uint32_t third, third_end = end;
        if (pin_cite_tight_number(v, end, &third, &third_end)) {
            if (!pin_cite_parse_sections(out, v, pos, sink))
                return false;
            out->entry = true;
            return true;
        }
        if (v->mode != PIN_CITE_QUERY || pin_cite_token(v->text, end).kind != PIN_TOKEN_END)
            return false;
    } else if (next.kind != '(' || !next.tight) {
        return false;
    }
    uint32_t p = pos;
    if (!pin_cite_read_number(v, &p, &path, PIN_STEP_ARTICLE))
        return false;
    path.at[0].led = true;
    pin_cite_read_tail(&r, &p, &path);
    if (path.count < 2)
        return false;
    finish(out, &path);
    out->to = pin_cite_read_list(&r, sink, path, pos, p);
    return true;
}

static bool read_entry(pin_parsed *out, const pin_cite_view *v, pin_token t, const pin_sink *sink)
{
    uint32_t from = t.from;
    t = pin_cite_token(v->text, t.to);
    if (t.kind != PIN_TOKEN_NUMBER || t.broken || !pin_cite_parse_sections(out, v, t.from, sink))
        return false;
    out->from = from;
    out->entry = true;
    return true;
}

/* ---- Together ----------------------------------------------------------------------------------------- */

typedef struct counting {
    const pin_sink *sink;
    uint32_t        items;
} counting;

static void count_item(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    counting *c = ctx;
    c->items++;
    if (c->sink)
        c->sink->item(c->sink->ctx, path, from, to, how);
}

bool pin_cite_parse(pin_parsed *out, const pin_cite_view *v, uint32_t pos, const pin_sink *sink)
{
    counting  c = {.sink = sink};
    pin_sink  counted = {count_item, &c};
    pin_token t = pin_cite_token(v->text, pos);
    bool      found = false;
    *out = (pin_parsed){.from = t.from};
    switch (pin_cite_word_at(v->text, t).code) {
    case PIN_WORD_HEAD:
        /* "sections 1.1.9 and 1.2.1 of Annex III" is an inverted citation */
        found = pin_cite_word_at(v->text, t).step == PIN_STEP_SECTION &&
                pin_cite_read_inverted(out, v, t.from, true, &counted);
        if (!found)
            found = read_forward(out, v, t.from, &counted);
        break;
    case PIN_WORD_LEVEL:
    case PIN_WORD_ORDINAL:
    case PIN_WORD_ESSENTIAL:
        found = pin_cite_read_inverted(out, v, t.from, true, &counted);
        break;
    case PIN_WORD_ENTRY:
        found = read_entry(out, v, t, &counted);
        break;
    default:
        if (t.kind == PIN_TOKEN_NUMBER)
            found =
                pin_cite_read_inverted(out, v, t.from, true, &counted) || read_bare(out, v, t.from, &counted);
    }
    out->items = c.items;
    return found;
}

uint32_t pin_cite_join(const pin_cite_view *v, uint32_t pos)
{
    uint32_t      p = pos;
    pin_separator sep = pin_cite_read_separator(v, &p);
    return sep == PIN_SEP_COMMA || sep == PIN_SEP_AND ? p : pos;
}
