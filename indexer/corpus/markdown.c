/* Markdown to safe blocks: md4c reads, this file listens and writes nodes. Raw HTML becomes text, a
 * link keeps its address only when the scheme is known to be harmless, and references to other parts
 * of the corpus become numbered placeholders.
 *
 * Nesting: blocks may go BLOCK_DEPTH containers deep, inline marks use what is left up to
 * PIN_BLOCK_DEPTH. What is nested deeper keeps its words and loses its container. */
#include "indexer/corpus/corpus.h"

#include "core/bytes/bytes.h"
#include "indexer/corpus/grow.h"

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_DEPTH 24
/* on the stack of open containers, in place of an opcode */
#define LEFT_OUT_BLOCK 0u
#define LEFT_OUT_INLINE 0xFFu

#define COLUMNS_MAX 64 /* md4c fills short rows: 42 kB of header could make 90 MB of cells */

/* ---- The listener ---- */
typedef struct marker {
    const pin_markdown *in;
    pin_pool           *pool;
    pin_findings       *findings;
    pin_str             source; /* what md4c reads: in->text, or a prepared copy                      */

    grown out;  /* nodes                                                                              */
    grown text; /* of the text node, code or alternative text under way                               */
    grown url;  /* scratch: an address after entities are decoded                                     */

    unsigned     depth; /* open containers in `out`                               */
    pin_block_op emitted[PIN_BLOCK_DEPTH + 1];
    grown        stack;         /* all open containers: opcode, or LEFT_OUT_.. when too deep */
    bool         own_paragraph; /* the innermost container is a paragraph that no event opened        */
    uint64_t     link_bits;     /* one bit for each open link: was it written?                            */
    unsigned     link_depth;
    unsigned     image_depth;
    bool         header_row;
    enum { PLAIN, IN_CODE, IN_CODE_BLOCK, IN_HTML } state;
    bool    html_break; /* a line of raw HTML has ended                                           */
    grown   language;   /* of the code block under way                                            */
    grown   address;    /* of the image under way                                                 */
    bool    address_safe;
    size_t  wiki_start; /* out.len just after the placeholder was opened                          */
    pin_str wiki_target;

    const char *line_from; /* lines are counted from here */
    uint32_t    line;
    grown       inserted; /* size_t each: where in `source` a line was put in */

    pin_draft_link *links;
    uint32_t        link_count, link_cap;

    bool told_deep, told_html, too_wide, short_of_memory;
} marker;

static const pin_origin *marker_origin(marker *m, pin_origin *out, const char *at);

/* ---- Text ---- */
/* Ordinary bytes are copied; white space collapses to one space; other controls become a space. */
static void text_add(marker *m, const char *at, size_t len)
{
    size_t from = 0;
    while (from < len) {
        size_t to = from;
        while (to < len && (unsigned char)at[to] > ' ' && at[to] != 127)
            to++;
        grown_add(&m->text, at + from, to - from);
        if (to == len)
            return;
        while (to < len && ((unsigned char)at[to] <= ' ' || at[to] == 127))
            to++;
        if (m->text.len == 0 || m->text.at[m->text.len - 1] != ' ')
            grown_byte(&m->text, ' ');
        from = to;
    }
}

/* Code keeps its spaces and lines. */
static void code_add(marker *m, const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)at[i];
        bool          keep = c >= ' ' ? c != 127 : c == '\t' || (c == '\n' && m->state == IN_CODE_BLOCK);
        grown_byte(&m->text, keep ? (char)c : ' ');
    }
}

typedef struct entity {
    const char *name, *text;
} entity;
static const entity entities[] = {
#include "indexer/corpus/entities.inc"
};

static int entity_order(const void *key, const void *row)
{
    const pin_str *name = key;
    return pin_str_order(*name, pin_str_of(((const entity *)row)->name));
}

/* "&amp;", "&#1234;", "&#x12AB;" as UTF-8 into `out`; an unknown name as it stands. */
static void entity_decode(grown *out, const char *at, size_t len)
{
    if (len >= 4 && at[1] == '#') {
        bool     hex = (at[2] | 32) == 'x';
        uint32_t code = 0;
        for (size_t i = hex ? 3 : 2; i + 1 < len && code <= 0x10FFFF; i++) {
            uint32_t c = pin_ascii_lower((unsigned char)at[i]);
            uint32_t digit = pin_is_digit(c) ? c - '0' : c - 'a' + 10;
            code = code * (hex ? 16 : 10) + digit;
        }
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            code = 0xFFFD;
        char utf8[4];
        grown_add(out, utf8, pin_utf8_put(utf8, code));
        return;
    }
    pin_str       name = {at + 1, len >= 2 ? len - 2 : 0};
    const entity *found =
        bsearch(&name, entities, sizeof entities / sizeof *entities, sizeof *entities, entity_order);
    if (found)
        grown_add(out, found->text, strlen(found->text));
    else
        grown_add(out, at, len);
}

#define REPLACEMENT "\xEF\xBF\xBD"

static void attribute_text(grown *out, const MD_ATTRIBUTE *attribute)
{
    out->len = 0;
    if (!attribute->size)
        return;
    for (int i = 0; attribute->substr_offsets[i] < attribute->size; i++) {
        const char *at = attribute->text + attribute->substr_offsets[i];
        size_t      len = attribute->substr_offsets[i + 1] - attribute->substr_offsets[i];
        switch (attribute->substr_types[i]) {
        case MD_TEXT_NULLCHAR:
            grown_add(out, REPLACEMENT, 3);
            break;
        case MD_TEXT_ENTITY:
            entity_decode(out, at, len);
            break;
        default:
            grown_add(out, at, len);
        }
    }
}

/* ---- Where we are: md4c lends pieces of the source, so their address tells the line ---- */
static uint32_t lines_inserted(const marker *m, size_t before)
{
    uint32_t count = 0;
    size_t   at;
    for (size_t i = 0; i + sizeof at <= m->inserted.len; i += sizeof at) {
        memcpy(&at, m->inserted.at + i, sizeof at);
        count += at < before;
    }
    return count;
}

static const pin_origin *marker_origin(marker *m, pin_origin *out, const char *at)
{
    const char *from = m->source.at, *to = from + m->source.len;
    *out = m->in->origin;
    if (m->in->bullets || !out->line) /* JSON Lines: one line holds it all */
        return out;
    if ((uintptr_t)at >= (uintptr_t)from && (uintptr_t)at <= (uintptr_t)to) {
        if (at < m->line_from) {
            m->line_from = from;
            m->line = 0;
        }
        while (m->line_from < at) {
            const char *end = memchr(m->line_from, '\n', (size_t)(at - m->line_from));
            if (!end)
                break;
            m->line++;
            m->line_from = end + 1;
        }
    }
    out->line += m->line - lines_inserted(m, (size_t)(m->line_from - from));
    return out;
}

static void tell_once(marker *m, bool *told, pin_severity severity, const char *code, const char *what)
{
    pin_origin origin;
    if (*told)
        return;
    *told = true;
    pin_finding_add(m->findings, severity, code, *marker_origin(m, &origin, NULL), m->in->item, NULL, "%s",
                    what);
}

/* ---- Containers ---- */
static pin_block_op innermost(const marker *m) { return m->depth ? m->emitted[m->depth - 1] : PIN_B_END; }

static bool is_inline(pin_block_op op) { return op >= PIN_B_EMPHASIS && op <= PIN_B_CITE; }

static void end_node(marker *m)
{
    grown_byte(&m->out, PIN_B_END);
    m->depth--;
}

static void begin_node(marker *m, pin_block_op op)
{
    grown_byte(&m->out, (char)op);
    m->emitted[m->depth++] = op;
}

/* Inline nodes stand in paragraphs, headings, cells and entries only. Where a container was left out
 * because it was too deep, its words get a paragraph of their own. */
static void place_inline(marker *m)
{
    switch (innermost(m)) {
    case PIN_B_END:
    case PIN_B_QUOTE:
        begin_node(m, PIN_B_PARAGRAPH);
        m->own_paragraph = true;
        break;
    default:
        break;
    }
}

static void text_flush(marker *m)
{
    if (m->image_depth || m->state != PLAIN || m->text.len == 0)
        return;
    place_inline(m);
    grown_byte(&m->out, PIN_B_TEXT);
    grown_str(&m->out, grown_text(&m->text));
    m->text.len = 0;
}

/* Ends the text under way, and the paragraph made for it, before a block begins or ends. */
static void text_end(marker *m)
{
    if (m->text.len && m->text.at[m->text.len - 1] == ' ' && m->own_paragraph)
        m->text.len--;
    text_flush(m);
    if (m->own_paragraph)
        end_node(m);
    m->own_paragraph = false;
}

/* Every container is noted, with 0 for one that is left out. */
static bool open_node(marker *m, pin_block_op op, unsigned need)
{
    pin_block_op inside = innermost(m);
    bool         fits;
    if (is_inline(op)) {
        text_flush(m);
        place_inline(m);
        fits = m->depth + need <= PIN_BLOCK_DEPTH;
    } else {
        text_end(m);
        inside = innermost(m);
        fits = m->depth + need <= BLOCK_DEPTH;
        if (op == PIN_B_ENTRY)
            fits = inside == PIN_B_LIST || inside == PIN_B_NUMBERED;
        else if (op == PIN_B_ROW)
            fits = inside == PIN_B_TABLE;
        else if (op == PIN_B_CELL)
            fits = inside == PIN_B_ROW;
    }
    grown_byte(&m->stack, (char)(fits ? op : is_inline(op) ? LEFT_OUT_INLINE : LEFT_OUT_BLOCK));
    if (fits)
        begin_node(m, op);
    else
        tell_once(m, &m->told_deep, PIN_WARNING, "too-deep",
                  "nested too deeply: the words are kept, the nesting is not");
    return fits;
}

/* Closes the innermost container. */
static void close_node(marker *m)
{
    if (!m->stack.len) /* memory was short */
        return;
    unsigned op = (unsigned char)m->stack.at[--m->stack.len];
    if (is_inline((pin_block_op)op)) {
        text_flush(m);
        end_node(m);
    } else if (op != LEFT_OUT_BLOCK && op != LEFT_OUT_INLINE) {
        text_end(m);
        end_node(m);
    } else if (op == LEFT_OUT_BLOCK && m->text.len) {
        text_add(m, " ", 1); /* what was apart in the source must not run together */
    }
}

static bool inline_is_open(const marker *m)
{
    unsigned op = m->stack.len ? (unsigned char)m->stack.at[m->stack.len - 1] : 0;
    return op == LEFT_OUT_INLINE || is_inline((pin_block_op)op);
}

/* A span ends: md4c 0.4.8 ends some that it never began, where an address in the text overlaps
 * emphasis ("*a https://e.org*b*"). */
static void close_inline(marker *m)
{
    if (inline_is_open(m))
        close_node(m);
}

/* A block begins or ends: spans that md4c began and never ended end here. */
static void inline_end(marker *m)
{
    m->image_depth = 0;
    if (m->state == IN_CODE)
        m->state = PLAIN;
    while (inline_is_open(m))
        close_node(m);
    m->link_depth = 0;
    m->link_bits = 0;
}

/* ---- Addresses ---- */
typedef enum address_kind { ADDRESS_NONE, ADDRESS_SAFE, ADDRESS_UNSAFE, ADDRESS_PATH } address_kind;

static bool equals_folded(pin_str text, const char *lower)
{
    size_t len = strlen(lower);
    if (text.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (pin_ascii_lower((unsigned char)text.at[i]) != (unsigned char)lower[i])
            return false;
    return true;
}

static bool ends_with(pin_str text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.at + text.len - len, end, len) == 0;
}

/* An allow list: http, https, mailto, and what is relative without doubt. */
static address_kind address_judge(pin_str url)
{
    if (!url.len)
        return ADDRESS_NONE;
    size_t path_end = url.len;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.at[i];
        if (c < ' ' || c == 127 || c == '\\')
            return ADDRESS_UNSAFE; /* browsers drop or turn some of these: "java\nscript:", "/\host" */
        if ((c == '?' || c == '#') && path_end == url.len)
            path_end = i;
    }
    if (url.at[0] == ' ' || pin_str_starts(url, PIN_STR("//")))
        return ADDRESS_UNSAFE;
    pin_str     path = pin_str_part(url, 0, path_end);
    const char *colon = memchr(url.at, ':', path_end), *slash = memchr(url.at, '/', path_end);
    if (colon && (!slash || colon < slash)) {
        pin_str scheme = pin_str_part(url, 0, (size_t)(colon - url.at));
        bool    known = equals_folded(scheme, "http") || equals_folded(scheme, "https") ||
                     equals_folded(scheme, "mailto");
        return known ? ADDRESS_SAFE : ADDRESS_UNSAFE;
    }
    if (url.at[0] == '#')
        return ADDRESS_PATH;
    if (url.at[0] != '/' && (ends_with(path, ".md") || ends_with(path, "/") || ends_with(path, "..")))
        return ADDRESS_PATH;
    return ADDRESS_SAFE;
}

/* `path` as seen from `folder`, without "." and ".." parts, ".md", README and trailing '/'. */
static pin_str path_resolve(marker *m, pin_str url)
{
    grown  joined = {0};
    size_t path_end = 0;
    while (path_end < url.len && url.at[path_end] != '?' && url.at[path_end] != '#')
        path_end++;
    pin_str path = pin_str_part(url, 0, path_end);
    size_t  fragment = path_end;
    while (fragment < url.len && url.at[fragment] != '#')
        fragment++;
    if (path.len) {
        grown_add(&joined, m->in->folder.at, m->in->folder.len);
        for (size_t from = 0; from < path.len;) {
            size_t to = from;
            while (to < path.len && path.at[to] != '/')
                to++;
            pin_str part = pin_str_part(path, from, to);
            if (pin_str_equal(part, PIN_STR("..")) && joined.len && !ends_with(grown_text(&joined), "..")) {
                while (joined.len && joined.at[joined.len - 1] != '/')
                    joined.len--;
                joined.len -= joined.len > 0;
            } else if (part.len && !pin_str_equal(part, PIN_STR("."))) {
                if (joined.len)
                    grown_byte(&joined, '/');
                grown_add(&joined, part.at, part.len);
            }
            from = to + 1;
        }
        if (ends_with(grown_text(&joined), "/README.md"))
            joined.len -= strlen("/README.md");
        else if (ends_with(grown_text(&joined), ".md"))
            joined.len -= strlen(".md");
    }
    if (fragment + 1 < url.len)
        grown_add(&joined, url.at + fragment, url.len - fragment);
    pin_str result = pin_pool_copy(m->pool, grown_text(&joined));
    m->short_of_memory |= joined.failed || !result.at;
    grown_free(&joined);
    return result;
}

/* ---- Links ---- */
static pin_draft_link *link_new(marker *m)
{
    if (m->link_count == m->link_cap) {
        uint32_t        cap = m->link_cap ? m->link_cap * 2 : 8;
        pin_draft_link *at = pin_pool_take(m->pool, cap, sizeof *at);
        if (!at) {
            m->short_of_memory = true;
            return NULL;
        }
        if (m->link_count)
            memcpy(at, m->links, m->link_count * sizeof *at);
        m->links = at;
        m->link_cap = cap;
    }
    return &m->links[m->link_count];
}

static void push_link(marker *m, bool written)
{
    if (m->link_depth < 64) {
        uint64_t bit = (uint64_t)1 << m->link_depth;
        m->link_bits = written ? m->link_bits | bit : m->link_bits & ~bit;
    }
    m->link_depth++;
}

static bool pop_link(marker *m)
{
    if (m->link_depth == 0)
        return false;
    m->link_depth--;
    if (m->link_depth >= 64)
        return false;
    uint64_t bit = (uint64_t)1 << m->link_depth;
    bool     written = m->link_bits & bit;
    m->link_bits &= ~bit;
    return written;
}

/* No link inside a link, and none that we could not close again. */
static bool may_link(const marker *m) { return m->link_bits == 0 && m->link_depth < 64; }

static void open_placeholder(marker *m, pin_str target, pin_str written, bool is_path, const char *at)
{
    pin_draft_link *link = link_new(m);
    if (!link)
        return;
    pin_origin origin;
    link->target = target;
    link->written = written;
    link->is_path = is_path;
    link->has_words = is_path;
    link->line = marker_origin(m, &origin, at)->line;
    if (open_node(m, PIN_B_ITEM_LINK, 1)) {
        char number[16];
        int  len = snprintf(number, sizeof number, "\x01%u", m->link_count);
        grown_str(&m->out, (pin_str){number, (size_t)len});
        m->link_count++;
    }
}

static void unsafe_link(marker *m, const char *what, const char *at)
{
    pin_origin origin;
    pin_finding_add(m->findings, PIN_WARNING, "unsafe-link", *marker_origin(m, &origin, at), m->in->item,
                    "use http, https, mailto or a relative path",
                    "the address '%.*s' of %s is not kept, its words are", PIN_ARG(grown_text(&m->url)),
                    what);
}

static void enter_link(marker *m, const MD_SPAN_A_DETAIL *detail)
{
    attribute_text(&m->url, &detail->href);
    pin_str      url = grown_text(&m->url);
    address_kind kind = address_judge(url);
    if (kind == ADDRESS_UNSAFE)
        unsafe_link(m, "a link", detail->href.text);
    if (!may_link(m) || kind == ADDRESS_NONE || kind == ADDRESS_UNSAFE) {
        push_link(m, false);
        return;
    }
    if (kind == ADDRESS_PATH) {
        pin_str written = pin_pool_copy(m->pool, url);
        open_placeholder(m, path_resolve(m, url), written, true, detail->href.text);
    } else {
        if (open_node(m, PIN_B_LINK, 1))
            grown_str(&m->out, url);
    }
    push_link(m, !m->short_of_memory);
}

/* White space to single spaces, trimmed. */
static pin_str tidy(pin_pool *pool, pin_str text)
{
    text = pin_str_trim(text);
    char *at = pin_pool_take(pool, text.len + 1, 1);
    if (!at)
        return (pin_str){NULL, 0};
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool space = (unsigned char)text.at[i] <= ' ' || text.at[i] == 127;
        if (!space)
            at[len++] = text.at[i];
        else if (len && at[len - 1] != ' ')
            at[len++] = ' ';
    }
    len -= len && at[len - 1] == ' ';
    return (pin_str){at, len};
}

static void enter_wiki(marker *m, const MD_SPAN_WIKILINK_DETAIL *detail)
{
    attribute_text(&m->url, &detail->target);
    pin_str target = tidy(m->pool, grown_text(&m->url));
    m->short_of_memory |= !target.at;
    if (!may_link(m) || m->short_of_memory) {
        push_link(m, false);
        return;
    }
    pin_str written = pin_pool_format(m->pool, "[[%.*s]]", PIN_ARG(target));
    open_placeholder(m, target, written, false, detail->target.text);
    push_link(m, !m->short_of_memory);
    m->wiki_start = m->out.len;
    m->wiki_target = target;
}

static void leave_wiki(marker *m)
{
    if (!pop_link(m))
        return;
    pin_str words = pin_str_trim(grown_text(&m->text));
    if (innermost(m) == PIN_B_ITEM_LINK)
        m->links[m->link_count - 1].has_words =
            m->out.len != m->wiki_start || !pin_str_equal(words, m->wiki_target);
    close_inline(m);
}

static void enter_image(marker *m, const MD_SPAN_IMG_DETAIL *detail)
{
    if (m->image_depth == 0) {
        text_flush(m);
        attribute_text(&m->url, &detail->src);
        address_kind kind = address_judge(grown_text(&m->url));
        if (kind == ADDRESS_UNSAFE)
            unsafe_link(m, "an image", detail->src.text);
        m->address_safe = kind == ADDRESS_SAFE || kind == ADDRESS_PATH;
        m->address.len = 0;
        grown_add(&m->address, m->url.at, m->url.len);
    }
    m->image_depth++;
}

static void leave_image(marker *m)
{
    if (m->image_depth == 0 || --m->image_depth)
        return;
    if (!m->address_safe || !may_link(m)) { /* shown as a link: none inside another */
        text_flush(m);
        return;
    }
    place_inline(m);
    grown_byte(&m->out, PIN_B_IMAGE);
    grown_str(&m->out, grown_text(&m->address));
    grown_str(&m->out, grown_text(&m->text));
    m->text.len = 0;
}

/* ---- md4c's events ---- */
static int heading_level(const marker *m, unsigned level)
{
    int shifted = (int)level + m->in->heading_shift;
    return shifted < 3 ? 3 : shifted > 6 ? 6 : shifted;
}

static void open_heading(marker *m, const MD_BLOCK_H_DETAIL *detail)
{
    if (open_node(m, PIN_B_HEADING, 1))
        grown_byte(&m->out, (char)heading_level(m, detail->level));
}

static int open_table(marker *m, const MD_BLOCK_TABLE_DETAIL *detail)
{
    if (detail->col_count > COLUMNS_MAX) {
        m->too_wide = true;
        return -1; /* a positive value would be swallowed */
    }
    if (open_node(m, PIN_B_TABLE, 3))
        grown_varint(&m->out, detail->col_count);
    return 0;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    marker *m = ctx;
    inline_end(m);
    switch (type) {
    case MD_BLOCK_DOC:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_HR:
        break;
    case MD_BLOCK_QUOTE:
        open_node(m, PIN_B_QUOTE, 2);
        break;
    case MD_BLOCK_UL:
        open_node(m, PIN_B_LIST, 3);
        break;
    case MD_BLOCK_OL:
        if (open_node(m, PIN_B_NUMBERED, 3))
            grown_varint(&m->out, ((MD_BLOCK_OL_DETAIL *)detail)->start);
        break;
    case MD_BLOCK_LI:
        open_node(m, PIN_B_ENTRY, 1);
        break;
    case MD_BLOCK_H:
        open_heading(m, detail);
        break;
    case MD_BLOCK_CODE:
        text_end(m);
        attribute_text(&m->language, &((MD_BLOCK_CODE_DETAIL *)detail)->lang);
        m->state = IN_CODE_BLOCK;
        break;
    case MD_BLOCK_HTML:
        m->html_break = false;
        open_node(m, PIN_B_PARAGRAPH, 1);
        break;
    case MD_BLOCK_P:
        open_node(m, PIN_B_PARAGRAPH, 1);
        break;
    case MD_BLOCK_TABLE:
        return open_table(m, detail);
    case MD_BLOCK_THEAD:
        m->header_row = true;
        break;
    case MD_BLOCK_TR:
        if (open_node(m, PIN_B_ROW, 1))
            grown_byte(&m->out, m->header_row);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        if (open_node(m, PIN_B_CELL, 1))
            grown_byte(&m->out, (char)((MD_BLOCK_TD_DETAIL *)detail)->align);
        break;
    }
    return 0;
}

static void leave_code_block(marker *m)
{
    if (m->text.len && m->text.at[m->text.len - 1] == '\n')
        m->text.len--;
    m->state = PLAIN;
    grown_byte(&m->out, PIN_B_CODE_BLOCK);
    grown_str(&m->out, grown_text(&m->language));
    grown_str(&m->out, grown_text(&m->text));
    m->text.len = 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    marker *m = ctx;
    (void)detail;
    inline_end(m);
    switch (type) {
    case MD_BLOCK_DOC:
        text_end(m);
        break;
    case MD_BLOCK_TBODY:
        break;
    case MD_BLOCK_THEAD:
        m->header_row = false;
        break;
    case MD_BLOCK_HR:
        text_end(m);
        grown_byte(&m->out, PIN_B_RULE);
        break;
    case MD_BLOCK_CODE:
        leave_code_block(m);
        break;
    default:
        close_node(m);
    }
    return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    marker *m = ctx;
    if (type == MD_SPAN_IMG)
        enter_image(m, detail);
    if (m->image_depth) /* the alternative text is plain */
        return 0;
    switch (type) {
    case MD_SPAN_EM:
        open_node(m, PIN_B_EMPHASIS, 1);
        break;
    case MD_SPAN_STRONG:
        open_node(m, PIN_B_STRONG, 1);
        break;
    case MD_SPAN_DEL:
        open_node(m, PIN_B_STRIKE, 1);
        break;
    case MD_SPAN_A:
        enter_link(m, detail);
        break;
    case MD_SPAN_WIKILINK:
        enter_wiki(m, detail);
        break;
    case MD_SPAN_CODE:
        text_flush(m);
        m->state = IN_CODE;
        break;
    default:
        break;
    }
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    marker *m = ctx;
    (void)detail;
    if (type == MD_SPAN_IMG) {
        leave_image(m);
        return 0;
    }
    if (m->image_depth)
        return 0;
    switch (type) {
    case MD_SPAN_EM:
    case MD_SPAN_STRONG:
    case MD_SPAN_DEL:
        close_inline(m);
        break;
    case MD_SPAN_A:
        if (pop_link(m))
            close_inline(m);
        break;
    case MD_SPAN_WIKILINK:
        leave_wiki(m);
        break;
    case MD_SPAN_CODE:
        if (m->state != IN_CODE)
            break;
        m->state = PLAIN;
        place_inline(m);
        grown_byte(&m->out, PIN_B_CODE);
        grown_str(&m->out, grown_text(&m->text));
        m->text.len = 0;
        break;
    default:
        break;
    }
    return 0;
}

static void add_break(marker *m)
{
    if (m->image_depth) {
        text_add(m, " ", 1);
        return;
    }
    text_flush(m);
    place_inline(m);
    grown_byte(&m->out, PIN_B_BREAK);
}

/* Lines of a raw HTML block end with '\n'; inline HTML has none. */
static void html_text(marker *m, const char *at, size_t len)
{
    tell_once(m, &m->told_html, PIN_NOTE, "raw-html", "raw HTML is shown as text");
    if (len == 1 && *at == '\n') {
        m->html_break = true;
        return;
    }
    if (m->html_break)
        add_break(m);
    m->html_break = false;
    text_add(m, at, len);
}

/* Bytes of a text event that are in the source, when it points there at all. */
static size_t len_in_source(const marker *m, const char *at, size_t len)
{
    uintptr_t from = (uintptr_t)m->source.at, to = from + m->source.len, here = (uintptr_t)at;
    return here >= from && here <= to && len > to - here ? to - here : len;
}

static int text_event(MD_TEXTTYPE type, const MD_CHAR *at, MD_SIZE size, void *ctx)
{
    marker *m = ctx;
    size_t  len = len_in_source(m, at, size);
    if (m->state == IN_CODE_BLOCK || m->state == IN_CODE) {
        if (type == MD_TEXT_NULLCHAR)
            grown_add(&m->text, REPLACEMENT, 3);
        else
            code_add(m, at, len);
        return 0;
    }
    switch (type) {
    case MD_TEXT_NULLCHAR:
        text_add(m, REPLACEMENT, 3);
        break;
    case MD_TEXT_BR:
        add_break(m);
        break;
    case MD_TEXT_SOFTBR:
        text_add(m, " ", 1);
        break;
    case MD_TEXT_ENTITY:
        m->url.len = 0;
        entity_decode(&m->url, at, len);
        text_add(m, m->url.at, m->url.len);
        break;
    case MD_TEXT_HTML:
        html_text(m, at, len);
        break;
    default:
        text_add(m, at, len);
    }
    return 0;
}

/* ---- Before parsing: what we read that CommonMark does not know ----
 * "• " at the start of a line is an entry of a list; a year at the start of a sentence ("2024. ") is
 * not; footnotes "[^1]" and "[^1]: text" become "[1]" and lines of their own. And what GFM knows and
 * md4c does not: a table may follow a paragraph without a blank line, and the line below its head may
 * have a single dash a column. Line numbers stay: lines put in are remembered, and where bullets lose
 * the blank lines between them, in JSON Lines, the source is a single line anyway. */
typedef struct source_line {
    pin_str text; /* with its '\n', if any        */
    pin_str rest; /* after the indentation        */
    bool    blank;
} source_line;

static bool next_line(source_line *out, pin_str *left)
{
    if (!left->len)
        return false;
    const char *end = memchr(left->at, '\n', left->len);
    size_t      len = end ? (size_t)(end - left->at) + 1 : left->len;
    out->text = (pin_str){left->at, len};
    size_t indent = 0;
    while (indent < len && (left->at[indent] == ' ' || left->at[indent] == '\t'))
        indent++;
    out->rest = pin_str_part(out->text, indent, len);
    out->blank = pin_str_trim(out->rest).len == 0;
    *left = pin_str_part(*left, len, left->len);
    return true;
}

#define BULLET "\xE2\x80\xA2"

/* Length of "[^name]" at the start of `text`, or 0. */
static size_t footnote_mark(pin_str text)
{
    if (!pin_str_starts(text, PIN_STR("[^")))
        return 0;
    for (size_t i = 2; i < text.len && i < 40; i++) {
        if (text.at[i] == ']')
            return i > 2 ? i + 1 : 0;
        if (text.at[i] == '[' || (unsigned char)text.at[i] <= ' ')
            return 0;
    }
    return 0;
}

static void add_without_carets(grown *out, pin_str text)
{
    while (text.len) {
        const char *open = memchr(text.at, '[', text.len);
        size_t      to = open ? (size_t)(open - text.at) : text.len;
        grown_add(out, text.at, to);
        text = pin_str_part(text, to, text.len);
        size_t mark = footnote_mark(text);
        if (mark) {
            grown_add(out, "\\[", 2);
            grown_add(out, text.at + 2, mark - 3);
            grown_add(out, "\\]", 2);
        } else if (text.len) {
            grown_byte(out, '[');
            mark = 1;
        }
        text = pin_str_part(text, mark, text.len);
    }
}

/* Digits before ". " or ") " at the start of `text` when they are too many for a list, or 0. */
static size_t year_at_start(pin_str text)
{
    size_t i = 0;
    while (i < text.len && pin_is_digit((unsigned char)text.at[i]))
        i++;
    bool number = i >= 3 && i + 1 < text.len && (text.at[i] == '.' || text.at[i] == ')');
    return number && text.at[i + 1] == ' ' ? i : 0;
}

/* "| - |:-:|": only these bytes, with a bar and a dash. */
static bool is_table_rule(pin_str line)
{
    bool bar = false, dash = false;
    for (size_t i = 0; i < line.len; i++) {
        if (!strchr("|-: \t\r\n", line.at[i]) || !line.at[i])
            return false;
        bar |= line.at[i] == '|';
        dash |= line.at[i] == '-';
    }
    return bar && dash;
}

/* Is there the rule of a table, whose columns may be too short? */
static bool has_table_rule(pin_str text)
{
    source_line line;
    for (const char *at; text.len && (at = memchr(text.at, '|', text.len));) {
        /* from the bar to the end of its line is enough: md4c wants three dashes in each column */
        text = pin_str_part(text, (size_t)(at - text.at), text.len);
        next_line(&line, &text);
        if (is_table_rule(line.text))
            return true;
    }
    return false;
}

static void add_table_rule(grown *out, pin_str line)
{
    size_t run = 0;
    for (size_t i = 0; i < line.len; i++) {
        grown_byte(out, line.at[i]);
        run = line.at[i] == '-' ? run + 1 : 0;
        if (run && run < 3 && (i + 1 == line.len || line.at[i + 1] != '-'))
            grown_add(out, "--", 3 - run);
    }
}

static void prepare_line(grown *out, const source_line *line, bool bullets, bool notes)
{
    pin_str indent = pin_str_part(line->text, 0, line->text.len - line->rest.len);
    pin_str rest = line->rest;
    grown_add(out, indent.at, indent.len);
    if (is_table_rule(rest)) {
        add_table_rule(out, rest);
        return;
    }
    size_t year = bullets ? year_at_start(rest) : 0;
    if (bullets &&
        (pin_str_starts(rest, PIN_STR(BULLET " ")) || pin_str_starts(rest, PIN_STR(BULLET "\t")))) {
        grown_byte(out, '-');
        rest = pin_str_part(rest, strlen(BULLET), rest.len);
    } else if (year) {
        grown_add(out, rest.at, year);
        grown_byte(out, '\\');
        rest = pin_str_part(rest, year, rest.len);
    }
    if (notes)
        add_without_carets(out, rest);
    else
        grown_add(out, rest.at, rest.len);
}

static bool has_footnote_mark(pin_str text)
{
    for (const char *at; text.len && (at = memchr(text.at, '[', text.len));) {
        text = pin_str_part(text, (size_t)(at - text.at), text.len);
        if (footnote_mark(text))
            return true;
        text = pin_str_part(text, 1, text.len);
    }
    return false;
}

/* A line of a paragraph, as far as one sees: no heading, list, quote or table. */
static bool begins_with_word(pin_str rest)
{
    return rest.len && !strchr("#>-*+|", rest.at[0]) && !pin_is_digit((unsigned char)rest.at[0]);
}

/* What source_prepare remembers from line to line. */
typedef struct preparing {
    grown *out, *inserted;
    bool   notes, bullets;
    bool   fenced, after_bullet, after_note, in_paragraph;
    size_t blanks; /* blank lines held back: between bullets they would make the list loose */
} preparing;

/* A paragraph goes on until a blank line; then "| a | b |" and below it the rule begin a table. */
static void part_table(preparing *p, pin_str line, pin_str below)
{
    source_line rule;
    bool        head =
        line.len && memchr(line.at, '|', line.len) && next_line(&rule, &below) && is_table_rule(rule.rest);
    if (!head || !p->in_paragraph)
        return;
    size_t at = p->out->len;
    grown_byte(p->out, '\n');
    grown_add(p->inserted, &at, sizeof at);
}

static void prepare_text_line(preparing *p, const source_line *line, pin_str below)
{
    bool   bullet = p->bullets && pin_str_starts(line->rest, PIN_STR(BULLET));
    size_t mark = p->notes ? footnote_mark(line->rest) : 0;
    bool   note = mark && pin_str_starts(pin_str_part(line->rest, mark, line->rest.len), PIN_STR(":"));
    if (bullet && p->after_bullet)
        p->blanks = 0;
    if (p->blanks)
        p->in_paragraph = p->after_note = false;
    for (; p->blanks; p->blanks--)
        grown_byte(p->out, '\n');
    if (note && p->after_note && p->out->len) { /* a hard break before the next footnote */
        p->out->len--;
        grown_add(p->out, "\\\n", 2);
    }
    if (line->rest.len == line->text.len)
        part_table(p, line->text, below);
    prepare_line(p->out, line, p->bullets, p->notes);
    p->after_bullet = bullet;
    p->after_note = note && p->out->len && p->out->at[p->out->len - 1] == '\n';
    p->in_paragraph = !is_table_rule(line->rest) && begins_with_word(line->rest);
}

static bool source_prepare(grown *out, grown *inserted, const pin_markdown *in)
{
    preparing p = {
        .out = out, .inserted = inserted, .notes = has_footnote_mark(in->text), .bullets = in->bullets};
    if (!p.notes && !p.bullets && !has_table_rule(in->text))
        return false;
    pin_str     left = in->text;
    source_line line;
    while (next_line(&line, &left)) {
        bool fence = pin_str_starts(line.rest, PIN_STR("```")) || pin_str_starts(line.rest, PIN_STR("~~~"));
        if (line.blank) {
            p.blanks++;
            continue;
        }
        if (!p.fenced && !fence) {
            prepare_text_line(&p, &line, left);
            continue;
        }
        for (; p.blanks; p.blanks--)
            grown_byte(out, '\n');
        grown_add(out, line.text.at, line.text.len);
        p.fenced ^= fence;
        p.after_bullet = p.after_note = p.in_paragraph = false;
    }
    return true;
}

/* md4c 0.4.8 looks one byte past the end for what could close "[x](y*b*", and takes what it finds there
 * for part of the text. So the text always ends with a line end, and zeros that are ours follow it. */
static void source_guard(grown *source)
{
    enum { GUARD = 64 };
    if (source->len && source->at[source->len - 1] != '\n')
        grown_byte(source, '\n');
    if (grown_room(source, GUARD))
        memset(source->at + source->len, 0, GUARD);
}

/* ---- One call ---- */
static void marker_reset(marker *m)
{
    m->out.len = m->text.len = m->url.len = 0;
    m->depth = m->link_depth = m->image_depth = 0;
    m->stack.len = 0;
    m->own_paragraph = false;
    m->link_bits = 0;
    m->link_count = 0;
    m->header_row = m->html_break = false;
    m->state = PLAIN;
    m->line_from = m->source.at;
    m->line = 0;
}

static int marker_parse(marker *m, unsigned flags)
{
    MD_PARSER parser = {
        .flags = flags,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = text_event,
    };
    marker_reset(m);
    return md_parse(m->source.at, (MD_SIZE)m->source.len, &parser, m);
}

/* One paragraph without markup, as most answers of large corpora are: the blocks have these very bytes. */
static bool is_last_text(pin_str blocks, pin_str plain)
{
    return plain.len && plain.len < blocks.len &&
           memcmp(blocks.at + (blocks.len - 1 - plain.len), plain.at, plain.len) == 0;
}

/* The plain text of blocks, borrowed from them where it stands there in one piece. */
static pin_status plain_copy(pin_str *out, pin_pool *pool, pin_str blocks, grown *scratch)
{
    /* markup is never longer than its text plus line ends; ask again if it were */
    scratch->len = 0;
    grown_room(scratch, blocks.len + 16);
    for (int round = 0; round < 2 && !scratch->failed; round++) {
        pin_buf    buf = pin_buf_over(scratch->at, scratch->cap);
        pin_status status = pin_blocks_plain(&buf, blocks);
        if (status == PIN_OK) {
            pin_str plain = pin_buf_str(&buf);
            while (plain.len && plain.at[plain.len - 1] == '\n')
                plain.len--;
            *out = is_last_text(blocks, plain) ? pin_str_part(blocks, blocks.len - 1 - plain.len, blocks.len - 1)
                                               : pin_pool_copy(pool, plain);
            return out->at ? PIN_OK : PIN_NO_SPACE;
        }
        if (status != PIN_NO_SPACE)
            return status;
        grown_room(scratch, buf.len);
    }
    return PIN_NO_SPACE;
}

pin_status pin_blocks_text(pin_str *out, pin_pool *pool, pin_str blocks)
{
    grown      scratch = {0};
    pin_status status = plain_copy(out, pool, blocks, &scratch);
    grown_free(&scratch);
    return status;
}

static pin_status marker_result(pin_marked *out, marker *m)
{
    if (m->out.failed || m->text.failed || m->url.failed || m->language.failed || m->address.failed ||
        m->stack.failed || m->short_of_memory)
        return PIN_NO_SPACE;
    *out = (pin_marked){.links = m->links, .link_count = m->link_count};
    out->blocks = pin_pool_copy(m->pool, grown_text(&m->out));
    if (!out->blocks.at)
        return PIN_NO_SPACE;
    return plain_copy(&out->plain, m->pool, out->blocks, &m->text);
}

pin_status pin_markdown_blocks(pin_marked *out, pin_pool *pool, pin_findings *findings,
                               const pin_markdown *in)
{
    if (!in->text.len) {
        *out = (pin_marked){.blocks = PIN_STR(""), .plain = PIN_STR("")};
        return PIN_OK;
    }
    grown    prepared = {0};
    marker   m = {.in = in, .pool = pool, .findings = findings, .source = in->text};
    unsigned flags =
        MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_WIKILINKS;
    if (in->bullets)
        flags |= MD_FLAG_NOINDENTEDCODEBLOCKS; /* in plain text, indentation means nothing */
    if (!source_prepare(&prepared, &m.inserted, in))
        grown_add(&prepared, in->text.at, in->text.len);
    source_guard(&prepared);
    m.source = grown_text(&prepared);
    grown_room(&m.out, m.source.len + 64);
    int failed = marker_parse(&m, flags);
    if (m.too_wide) {
        pin_finding_add(findings, PIN_WARNING, "table-too-wide", in->origin, in->item,
                        "use at most 64 columns", "a table has more than %d columns and is shown as text",
                        COLUMNS_MAX);
        failed = marker_parse(&m, flags & ~(unsigned)MD_FLAG_TABLES);
    }
    pin_status status =
        failed || prepared.failed || m.inserted.failed ? PIN_NO_SPACE : marker_result(out, &m);
    grown_free(&prepared);
    grown_free(&m.inserted);
    grown_free(&m.out);
    grown_free(&m.text);
    grown_free(&m.url);
    grown_free(&m.language);
    grown_free(&m.address);
    grown_free(&m.stack);
    return status;
}

/* md4c needs quadratic time for some texts ("https://e.org*b*" again and again). */
#define LINE_MARKUP_MAX ((size_t)64 << 10)

/* Most questions and notes have no markup: these need no parser. */
static bool may_have_markup(pin_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr("*_`[<&\\~", text.at[i])) /* there is no NUL: tidied */
            return true;
    return false;
}

pin_str pin_markdown_line(pin_pool *pool, pin_str text)
{
    pin_str line = tidy(pool, text);
    if (!line.at || line.len > LINE_MARKUP_MAX || !may_have_markup(line))
        return line;
    /* a word before it, so that "1. What" or "# what" stays the text that it is */
    pin_findings silent;
    pin_marked   marked;
    pin_pool    *own = pin_pool_new();
    pin_str      result = {NULL, 0};
    if (!own)
        return result;
    pin_findings_init(&silent, own);
    pin_markdown in = {.text = pin_pool_format(own, "x %.*s", (int)line.len, line.at)};
    if (in.text.at && pin_markdown_blocks(&marked, own, &silent, &in) == PIN_OK)
        result = tidy(pool, pin_str_part(marked.plain, 2, marked.plain.len));
    pin_pool_free(own);
    return result;
}
