/* Safe blocks, the words of a provision and snippets as HTML. The only file that names HTML elements
 * outside the templates: one table of opcodes and their elements, walked once. */
#include "core/page/site.h"

#include <assert.h>

typedef struct element {
    uint8_t     op;
    const char *open, *close;
} element;

static const element elements[] = {
    {PIN_B_PARAGRAPH, "<p>", "</p>\n"},
    {PIN_B_LIST, "<ul>\n", "</ul>\n"},
    {PIN_B_ENTRY, "<li>", "</li>\n"},
    {PIN_B_QUOTE, "<blockquote>", "</blockquote>\n"},
    {PIN_B_TABLE, "<div class=\"sheet\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>\n", "</table></div>\n"},
    {PIN_B_ROW, "<tr>", "</tr>\n"},
    {PIN_B_RULE, "<hr>\n", ""},
    {PIN_B_EMPHASIS, "<em>", "</em>"},
    {PIN_B_STRONG, "<strong>", "</strong>"},
    {PIN_B_STRIKE, "<del>", "</del>"},
    {PIN_B_BREAK, "<br>\n", ""},
};

static const element *find_element(uint32_t op)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].op == op)
            return &elements[i];
    return NULL;
}

typedef struct blocks_view {
    pin_site       *s;
    pin_str         blocks;
    const pin_item *item; /* for PIN_B_CITE; may be NULL */
} blocks_view;

/* What closes the open containers that depend on their fields: cells know whether their row is a header,
 * references whether a link was written. */
typedef struct open_state {
    bool header_row;
    bool in_link;                     /* inside an <a>: HTML has no links in links */
    bool linked[PIN_BLOCK_DEPTH + 1]; /* by depth: this container wrote an <a>     */
} open_state;

static void link_open(pin_buf *out, pin_str url, bool outside)
{
    pin_buf_adds(out, "<a href=\"");
    pin_escape_url(out, url);
    pin_buf_adds(out, outside ? "\" rel=\"external nofollow\">" : "\">");
}

static bool cite_open(pin_buf *out, const blocks_view *v, uint32_t number)
{
    if (!v->item || number >= v->item->citation_count)
        return false;
    const pin_citation *c = &v->item->citations[number];
    if (c->provision == PIN_NO_PROVISION)
        return false;
    pin_buf_adds(out, "<a class=\"cite\" href=\"");
    pin_escape_url(out, v->s->root);
    pin_buf_adds(out, "law/");
    pin_escape_path(out, c->source);
    pin_buf_byte(out, '/');
    pin_escape_path(out, c->id);
    pin_buf_adds(out, "/\">");
    return true;
}

static bool anchor_open(pin_buf *out, const blocks_view *v, const pin_block *b)
{
    if (b->op == PIN_B_CITE)
        return cite_open(out, v, b->number);
    if (b->op == PIN_B_LINK) {
        link_open(out, b->text, true);
        return true;
    }
    pin_buf_adds(out, "<a href=\"");
    pin_escape_url(out, v->s->root);
    pin_escape_path(out, b->text);
    pin_buf_adds(out, "/\">");
    return true;
}

static void heading(pin_buf *out, const char *slash, uint32_t level)
{
    pin_buf_byte(out, '<');
    pin_buf_adds(out, slash);
    pin_buf_byte(out, 'h');
    pin_buf_byte(out, (char)('0' + (level < 3 ? 3 : level > 6 ? 6 : level)));
    pin_buf_byte(out, '>');
}

static void open_node(pin_buf *out, const blocks_view *v, const pin_block *b, open_state *open, uint32_t depth)
{
    static const char *const align[] = {"", " class=\"l\"", " class=\"c\"", " class=\"r\""};
    const element           *e = find_element(b->op);
    if (e) {
        open->header_row = b->op == PIN_B_ROW ? b->number == 1 : open->header_row;
        pin_buf_adds(out, e->open);
        return;
    }
    switch (b->op) {
    case PIN_B_HEADING: heading(out, "", b->number); break;
    case PIN_B_NUMBERED:
        pin_buf_adds(out, "<ol start=\"");
        pin_buf_uint(out, b->number);
        pin_buf_adds(out, "\">\n");
        break;
    case PIN_B_CELL:
        pin_buf_adds(out, open->header_row ? "<th" : "<td");
        pin_buf_adds(out, b->number < 4 ? align[b->number] : "");
        pin_buf_byte(out, '>');
        break;
    case PIN_B_CODE_BLOCK:
        pin_buf_adds(out, "<pre tabindex=\"0\"><code>");
        pin_escape_text(out, b->extra);
        pin_buf_adds(out, "</code></pre>\n");
        break;
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
    case PIN_B_CITE:
        open->linked[depth] = !open->in_link && anchor_open(out, v, b);
        open->in_link |= open->linked[depth];
        break;
    case PIN_B_TEXT: pin_escape_text(out, b->text); break;
    case PIN_B_CODE:
        pin_buf_adds(out, "<code>");
        pin_escape_text(out, b->text);
        pin_buf_adds(out, "</code>");
        break;
    case PIN_B_IMAGE: /* shown as a link: a page loads nothing from elsewhere */
        if (!open->in_link)
            link_open(out, b->text, true);
        pin_escape_text(out, b->extra.len ? b->extra : b->text);
        if (!open->in_link)
            pin_buf_adds(out, "</a>");
        break;
    default: break;
    }
}

static void close_node(pin_buf *out, uint32_t op, uint32_t level, open_state *open, uint32_t depth)
{
    const element *e = find_element(op);
    if (e) {
        pin_buf_adds(out, e->close);
        return;
    }
    switch (op) {
    case PIN_B_HEADING:
        heading(out, "/", level);
        pin_buf_byte(out, '\n');
        break;
    case PIN_B_NUMBERED: pin_buf_adds(out, "</ol>\n"); break;
    case PIN_B_CELL: pin_buf_adds(out, open->header_row ? "</th>" : "</td>"); break;
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
    case PIN_B_CITE:
        if (open->linked[depth]) {
            pin_buf_adds(out, "</a>");
            open->in_link = false;
        }
        break;
    default: break;
    }
}

static void render_blocks(pin_buf *out, const void *view)
{
    const blocks_view *v = view;
    pin_block_walk     walk;
    pin_block          block;
    open_state         open = {0};
    uint32_t           level = 3; /* of the open heading: headings do not nest */
    pin_block_walk_init(&walk, v->blocks);
    while (pin_block_next(&walk, &block)) {
        /* a container's depth is that of the walk after it opened, and before it closed plus one */
        if (block.op == PIN_B_END) {
            close_node(out, block.number, level, &open, walk.depth + 1 <= PIN_BLOCK_DEPTH ? walk.depth + 1 : 0);
        } else {
            level = block.op == PIN_B_HEADING ? block.number : level;
            open_node(out, v, &block, &open, walk.depth <= PIN_BLOCK_DEPTH ? walk.depth : 0);
        }
    }
    if (walk.failed)
        pin_site_good(v->s, pin_fail(v->s->err, PIN_CORRUPT, 0, "an answer is not made of safe blocks"));
}

pin_slot pin_site_blocks(pin_site *s, pin_str blocks, const pin_item *item)
{
    blocks_view *v = pin_site_take(s, 1, sizeof *v);
    if (!v || blocks.len == 0)
        return (pin_slot){0};
    *v = (blocks_view){s, blocks, item};
    return (pin_slot){render_blocks, v};
}

/* ---- the words of a provision: every line is a provision of its own ---- */

static void render_words(pin_buf *out, const void *view)
{
    pin_str text = *(const pin_str *)view;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.at[end] != '\n')
            end++;
        if (end > at) {
            pin_buf_adds(out, "<p>");
            pin_escape_text(out, pin_str_part(text, at, end));
            pin_buf_adds(out, "</p>\n");
        }
        at = end + 1;
    }
}

pin_slot pin_site_words(pin_site *s, pin_str text)
{
    pin_str *v = pin_site_take(s, 1, sizeof *v);
    if (!v || text.len == 0)
        return (pin_slot){0};
    *v = text;
    return (pin_slot){render_words, v};
}

/* ---- snippets: marks come as offsets, never as HTML ---- */

static void render_snippet(pin_buf *out, const void *view)
{
    const pin_snippet *snippet = view;
    size_t             at = 0;
    for (uint32_t i = 0; i < snippet->mark_count; i++) {
        pin_mark mark = snippet->marks[i];
        if (mark.start < at || mark.end < mark.start || mark.end > snippet->text.len)
            continue;
        pin_escape_text(out, pin_str_part(snippet->text, at, mark.start));
        pin_buf_adds(out, "<mark>");
        pin_escape_text(out, pin_str_part(snippet->text, mark.start, mark.end));
        pin_buf_adds(out, "</mark>");
        at = mark.end;
    }
    pin_escape_text(out, pin_str_part(snippet->text, at, snippet->text.len));
}

pin_slot pin_site_snippet(pin_site *s, const pin_snippet *snippet)
{
    (void)s;
    return snippet->text.len ? (pin_slot){render_snippet, snippet} : (pin_slot){0};
}
