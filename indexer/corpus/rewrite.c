/* Draft blocks to final blocks: placeholders become what their links mean, and words that cite a
 * provision are marked. All other nodes are copied byte by byte. */
#include "indexer/corpus/corpus.h"

#include "core/bytes/bytes.h"
#include "indexer/corpus/grow.h"

typedef struct rewriter {
    const pin_link_answer *links;
    uint32_t               link_count;
    const pin_cite_span   *spans;
    uint32_t               span_count, span; /* the first span that may still matter */
    uint32_t               span_floor;       /* end of the last span that was begun  */
    bool                   span_open;        /* `span` was begun in a node before     */

    pin_str plain; /* of the draft: the coordinates of the spans     */
    size_t  at;    /* how far in it we are                           */

    grown    out;
    uint32_t depth;       /* of the walk                                               */
    uint32_t link_level;  /* depth of the open link, 0 for none                        */
    bool     link_gone;   /* ... which is not written                                  */
    bool     words_given; /* ... whose words are replaced: its nodes are passed over   */
    bool     corrupt;
} rewriter;

/* Does `plain` go on with `text`? Line ends at its very end were taken off. */
static bool goes_on_with(pin_str plain, pin_str text)
{
    while (text.len > plain.len && text.at[text.len - 1] == '\n')
        text.len--;
    return pin_str_starts(plain, text);
}

/* The plain text of the draft is the texts of its nodes with line ends and tabs between them. */
static size_t plain_find(rewriter *r, pin_str text)
{
    while (!goes_on_with(pin_str_part(r->plain, r->at, r->plain.len), text)) {
        if (r->at >= r->plain.len || (r->plain.at[r->at] != '\n' && r->plain.at[r->at] != '\t')) {
            r->corrupt = true;
            return r->at;
        }
        r->at++;
    }
    size_t from = r->at;
    r->at += text.len;
    return from;
}

static void add_text(rewriter *r, pin_str text)
{
    if (!text.len)
        return;
    grown_byte(&r->out, PIN_B_TEXT);
    grown_str(&r->out, text);
}

/* The next span that begins in [from, to), or goes on there, and does not overlap one before it. */
static const pin_cite_span *span_next(rewriter *r, size_t from, size_t to)
{
    for (; r->span < r->span_count; r->span++, r->span_open = false) {
        const pin_cite_span *span = &r->spans[r->span];
        if (span->from >= to)
            return NULL;
        bool fresh = span->from >= from && span->from >= r->span_floor;
        if (span->to > from && span->from < span->to && (fresh || r->span_open))
            return span;
    }
    return NULL;
}

static void mark_text(rewriter *r, pin_str text, size_t from)
{
    size_t to = from + text.len, done = from;
    for (const pin_cite_span *span; (span = span_next(r, done, to));) {
        size_t begin = span->from > done ? span->from : done, end = span->to < to ? span->to : to;
        add_text(r, pin_str_part(text, done - from, begin - from));
        grown_byte(&r->out, PIN_B_CITE);
        grown_varint(&r->out, span->citation);
        add_text(r, pin_str_part(text, begin - from, end - from));
        grown_byte(&r->out, PIN_B_END);
        done = end;
        r->span_floor = span->to;
        r->span_open = span->to > to;
        if (r->span_open)
            break; /* the rest of it is in a later node */
        r->span++;
    }
    add_text(r, pin_str_part(text, done - from, text.len));
}

static bool placeholder_number(pin_str target, uint32_t *out)
{
    if (target.len < 2 || target.len > 11 || target.at[0] != 1)
        return false;
    uint64_t number = 0;
    for (size_t i = 1; i < target.len; i++) {
        if (!pin_is_digit((unsigned char)target.at[i]))
            return false;
        number = number * 10 + (uint64_t)(target.at[i] - '0');
    }
    *out = (uint32_t)number;
    return number <= UINT32_MAX;
}

static void open_placeholder(rewriter *r, pin_str target)
{
    uint32_t number;
    if (!placeholder_number(target, &number) || number >= r->link_count) {
        r->corrupt = true;
        return;
    }
    const pin_link_answer *answer = &r->links[number];
    r->link_level = r->depth;
    r->link_gone = false;
    switch (answer->kind) {
    case PIN_ANSWER_ITEM:
        grown_byte(&r->out, PIN_B_ITEM_LINK);
        grown_str(&r->out, answer->target);
        break;
    case PIN_ANSWER_CITE:
        grown_byte(&r->out, PIN_B_CITE);
        grown_varint(&r->out, answer->citation);
        break;
    case PIN_ANSWER_URL:
        grown_byte(&r->out, PIN_B_LINK);
        grown_str(&r->out, answer->target);
        break;
    default:
        r->link_gone = true;
    }
    r->words_given = answer->words.len > 0;
    add_text(r, answer->words);
}

/* An END: of the link, or of something in it or around it. */
static void close_any(rewriter *r, pin_str raw)
{
    bool of_link = r->link_level && r->depth + 1 == r->link_level;
    if (of_link ? !r->link_gone : !r->words_given)
        grown_add(&r->out, raw.at, raw.len);
    if (of_link) {
        r->link_level = 0;
        r->words_given = false;
    }
}

static void rewrite_node(rewriter *r, const pin_block *node, pin_str raw)
{
    pin_str text = node->op == PIN_B_IMAGE || node->op == PIN_B_CODE_BLOCK ? node->extra : node->text;
    bool    leaf = node->op >= PIN_B_TEXT || node->op == PIN_B_CODE_BLOCK;
    size_t  from = leaf && text.len ? plain_find(r, text) : r->at;
    bool    draft = node->op == PIN_B_ITEM_LINK && node->text.len && node->text.at[0] == 1;

    if (node->op == PIN_B_END) {
        close_any(r, raw);
    } else if (draft && !r->link_level) {
        open_placeholder(r, node->text);
    } else if (r->words_given) {
        return;
    } else if (node->op == PIN_B_TEXT && (!r->link_level || r->link_gone) && r->depth < PIN_BLOCK_DEPTH) {
        mark_text(r, node->text, from);
    } else {
        if ((node->op == PIN_B_LINK || node->op == PIN_B_ITEM_LINK || node->op == PIN_B_CITE) &&
            !r->link_level) {
            r->link_level = r->depth;
            r->link_gone = false;
        }
        grown_add(&r->out, raw.at, raw.len);
    }
}

pin_status pin_blocks_rewrite(pin_str *out, pin_pool *pool, pin_str draft, const pin_link_answer *links,
                              uint32_t link_count, const pin_cite_span *spans, uint32_t span_count)
{
    *out = draft;
    if (link_count == 0 && span_count == 0)
        return PIN_OK;

    rewriter  r = {.links = links, .link_count = link_count, .spans = spans, .span_count = span_count};
    pin_pool *scratch = pin_pool_new();
    if (!scratch)
        return PIN_NO_SPACE;
    pin_status status = pin_blocks_text(&r.plain, scratch, draft);

    pin_block_walk walk;
    pin_block      node;
    pin_block_walk_init(&walk, draft);
    grown_room(&r.out, draft.len + 64);
    while (status == PIN_OK && !r.corrupt) {
        const char *before = walk.left.at;
        if (!pin_block_next(&walk, &node))
            break;
        pin_str raw = {before,
                       (size_t)(walk.left.len ? walk.left.at - before : draft.at + draft.len - before)};
        r.depth = walk.depth;
        rewrite_node(&r, &node, raw);
    }
    if (status == PIN_OK && (r.corrupt || walk.failed))
        status = PIN_CORRUPT;
    if (status == PIN_OK)
        *out = r.out.failed ? (pin_str){0} : pin_pool_copy(pool, grown_text(&r.out));
    if (status == PIN_OK && !out->at)
        status = PIN_NO_SPACE;
    grown_free(&r.out);
    pin_pool_free(scratch);
    return status;
}
