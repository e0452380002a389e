/* The Markdown twin of a card: what a person pastes into a document, and what a module file of pincite
 * would read. Characters that Markdown would take for its own are escaped. */
#include "core/page/parts.h"
#include "pincite/blocks.h"

enum { MOST_INDENT = 4 * PIN_BLOCK_DEPTH };

typedef struct md {
    pin_buf *out;
    char     front[MOST_INDENT]; /* stands before every line: "> ", or the indent of an entry */
    size_t   front_len;
    size_t   fronts[PIN_BLOCK_DEPTH]; /* lengths to return to */
    uint32_t front_count;
    uint64_t lists[PIN_BLOCK_DEPTH]; /* next number + 1; 0: bullets */
    uint32_t list_count;
    pin_str  targets[PIN_BLOCK_DEPTH];
    uint32_t target_count;
    bool     line;   /* something is on the line  */
    bool     any;    /* something was written     */
    bool     gap;    /* an empty line is due      */
    bool     fresh;  /* in an entry, before its first block */
    bool     header; /* the row is a header       */
    uint32_t cells;  /* of the row so far         */
    char     bullet[24];
} md;

static void end_line(md *m)
{
    if (m->line)
        pin_buf_byte(m->out, '\n');
    m->line = false;
}

static void begin_line(md *m)
{
    if (m->line)
        return;
    pin_str front = {m->front, m->front_len - pin_str_of(m->bullet).len};
    if (m->gap && m->any) {
        pin_str empty = front;
        while (empty.len > 0 && empty.at[empty.len - 1] == ' ')
            empty.len--;
        pin_buf_add(m->out, empty);
        pin_buf_byte(m->out, '\n');
    }
    m->gap = false;
    pin_buf_add(m->out, front);
    pin_buf_adds(m->out, m->bullet);
    m->bullet[0] = '\0';
    m->line = true;
    m->any = true;
}

static void raw(md *m, const char *text)
{
    begin_line(m);
    pin_buf_adds(m->out, text);
}

static void push_front(md *m, const char *more)
{
    if (m->front_count < PIN_BLOCK_DEPTH)
        m->fronts[m->front_count] = m->front_len;
    m->front_count++;
    for (const char *c = more; *c && m->front_len < MOST_INDENT; c++)
        m->front[m->front_len++] = *c;
}

static void pop_front(md *m)
{
    if (m->front_count == 0)
        return;
    m->front_count--;
    if (m->front_count < PIN_BLOCK_DEPTH)
        m->front_len = m->fronts[m->front_count];
}

/* ---- Text ---- */
static bool is_special(uint32_t c)
{
    switch (c) {
    case '\\':
    case '`':
    case '*':
    case '_':
    case '[':
    case ']':
    case '<':
    case '>':
    case '|':
    case '~':
    case '&':
    case '$':
        return true;
    default:
        return false;
    }
}

/* At the start of a line these would begin a heading, a list or a rule. */
static bool begins_block(pin_str text)
{
    size_t digits = 0;
    while (digits < text.len && pin_is_digit((uint8_t)text.at[digits]))
        digits++;
    if (digits > 0)
        return false; /* the mark after the digits is escaped instead */
    return text.len > 0 && (text.at[0] == '#' || text.at[0] == '-' || text.at[0] == '+' ||
                            text.at[0] == '=' || text.at[0] == ':');
}

static void escaped(md *m, pin_str text)
{
    bool start = !m->line, digits = start;
    for (size_t at = 0; at < text.len;) {
        size_t   from = at;
        uint32_t c = pin_utf8_next(text, &at);
        if (start && c < 128 && pin_is_space(c))
            continue;
        begin_line(m);
        if (c < 128 && pin_is_space(c)) {
            pin_buf_byte(m->out, ' ');
            digits = false;
            start = false;
            continue;
        }
        if (c == PIN_UTF8_BAD)
            c = 0xFFFD;
        else if (!pin_page_is_shown(c))
            continue;
        bool mark = digits && !start && (c == '.' || c == ')');
        if (is_special(c) || mark || (start && begins_block(pin_str_part(text, from, text.len))))
            pin_buf_byte(m->out, '\\');
        digits = digits && pin_is_digit(c);
        start = false;
        char bytes[4];
        pin_buf_add(m->out, (pin_str){bytes, pin_utf8_put(bytes, c)});
    }
}

/* An address between < and >: neither these nor line ends may stand in it. */
static void address(md *m, pin_str url)
{
    static const char hex[] = "0123456789ABCDEF";
    pin_buf_adds(m->out, "](<");
    for (size_t i = 0; i < url.len; i++) {
        uint8_t c = (uint8_t)url.at[i];
        if (c <= 0x20 || c == '<' || c == '>' || c == '\\' || c == 0x7F) {
            pin_buf_byte(m->out, '%');
            pin_buf_byte(m->out, hex[c >> 4]);
            pin_buf_byte(m->out, hex[c & 15]);
        } else {
            pin_buf_byte(m->out, (char)c);
        }
    }
    pin_buf_adds(m->out, ">)");
}

/* As many backticks as the longest run inside, and one more. */
static size_t fence_for(pin_str code, size_t least)
{
    size_t run = 0, longest = 0;
    for (size_t i = 0; i < code.len; i++) {
        run = code.at[i] == '`' ? run + 1 : 0;
        if (run > longest)
            longest = run;
    }
    return longest + 1 > least ? longest + 1 : least;
}

static void fence(md *m, size_t count)
{
    begin_line(m);
    while (count-- > 0)
        pin_buf_byte(m->out, '`');
}

static void code_span(md *m, pin_str code)
{
    size_t count = fence_for(code, 1);
    fence(m, count);
    if (count > 1)
        pin_buf_byte(m->out, ' ');
    pin_text_line(m->out, code);
    if (count > 1)
        pin_buf_byte(m->out, ' ');
    fence(m, count);
}

static void code_block(md *m, pin_str language, pin_str code)
{
    size_t count = fence_for(code, 3);
    end_line(m);
    m->gap = m->gap || !m->fresh;
    fence(m, count);
    for (size_t i = 0; i < language.len; i++)
        if (pin_is_alpha((uint8_t)language.at[i]) || pin_is_digit((uint8_t)language.at[i]))
            pin_buf_byte(m->out, language.at[i]);
    end_line(m);
    while (code.len > 0) {
        size_t end = 0;
        while (end < code.len && code.at[end] != '\n')
            end++;
        begin_line(m);
        for (size_t at = 0; at < end;) {
            uint32_t c = pin_utf8_next(code, &at);
            char     bytes[4];
            if (c == PIN_UTF8_BAD)
                c = 0xFFFD;
            if (pin_page_is_shown(c))
                pin_buf_add(m->out, (pin_str){bytes, pin_utf8_put(bytes, c)});
        }
        end_line(m);
        code = pin_str_part(code, end + 1, code.len);
    }
    fence(m, count);
    end_line(m);
    m->gap = true;
}

/* ---- Blocks ---- */

/* Opens a container whose lines begin with `rest`, and its first with `lead`, of the same length. */
static void push_lead(md *m, pin_str lead, const char *rest)
{
    end_line(m);
    if (m->bullet[0]) { /* an entry that begins with another container: its own line holds the bullet only */
        begin_line(m);
        end_line(m);
    }
    size_t before = m->front_len;
    push_front(m, rest);
    size_t len =
        m->front_len - before == lead.len ? lead.len : 0; /* 0: deeper than a line should be indented */
    for (size_t i = 0; i < len; i++)
        m->bullet[i] = lead.at[i];
    m->bullet[len] = '\0';
    m->fresh = true;
}

static void begin_entry(md *m)
{
    uint32_t list = m->list_count > 0 && m->list_count <= PIN_BLOCK_DEPTH ? m->list_count - 1 : 0;
    char     lead[16], rest[16] = {0};
    pin_buf  buf = pin_buf_over(lead, sizeof lead);
    if (m->lists[list] == 0) {
        pin_buf_adds(&buf, "- ");
    } else {
        pin_buf_uint(&buf, m->lists[list]++ - 1);
        pin_buf_adds(&buf, ". ");
    }
    for (size_t i = 0; i < buf.len; i++)
        rest[i] = ' ';
    push_lead(m, pin_buf_str(&buf), rest);
}

static void open_link(md *m, pin_str target)
{
    raw(m, "[");
    if (m->target_count < PIN_BLOCK_DEPTH)
        m->targets[m->target_count] = target;
    m->target_count++;
}

/* Between modules a relative address is what the reader of a module file understands. */
static void close_link(md *m)
{
    if (m->target_count == 0 || m->target_count-- > PIN_BLOCK_DEPTH)
        return;
    address(m, m->targets[m->target_count]);
}

static void begin_list(md *m, uint64_t next)
{
    end_line(m);
    if (m->list_count == 0)
        m->gap = true;
    if (m->list_count < PIN_BLOCK_DEPTH)
        m->lists[m->list_count] = next;
    m->list_count++;
}

static void close_row(md *m)
{
    raw(m, "|");
    end_line(m);
    if (!m->header)
        return;
    for (uint32_t i = 0; i < m->cells; i++)
        raw(m, "| --- ");
    raw(m, "|");
    end_line(m);
}

static void begin_block(md *m, const pin_block *b)
{
    switch (b->op) {
    case PIN_B_PARAGRAPH:
        end_line(m);
        m->gap = m->gap || !m->fresh;
        break;
    case PIN_B_HEADING:
        end_line(m);
        m->gap = true;
        for (uint32_t i = 0; i < b->number && i < 6; i++)
            raw(m, "#");
        raw(m, " ");
        break;
    case PIN_B_LIST:
        begin_list(m, 0);
        break;
    case PIN_B_NUMBERED:
        begin_list(m, (uint64_t)b->number + 1);
        break;
    case PIN_B_ENTRY:
        begin_entry(m);
        return;
    case PIN_B_QUOTE:
        m->gap = m->gap || !m->fresh;
        push_lead(m, PIN_STR("> "), "> ");
        return;
    case PIN_B_TABLE:
        end_line(m);
        m->gap = true;
        break;
    case PIN_B_ROW:
        end_line(m);
        m->header = b->number == 1;
        m->cells = 0;
        break;
    case PIN_B_CELL:
        m->cells++;
        raw(m, "| ");
        break;
    case PIN_B_CODE_BLOCK:
        code_block(m, b->text, b->extra);
        break;
    case PIN_B_RULE:
        end_line(m);
        m->gap = true;
        raw(m, "* * *");
        end_line(m);
        m->gap = true;
        break;
    case PIN_B_EMPHASIS:
        raw(m, "*");
        break;
    case PIN_B_STRONG:
        raw(m, "**");
        break;
    case PIN_B_STRIKE:
        raw(m, "~~");
        break;
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
        open_link(m, b->text);
        break;
    case PIN_B_TEXT:
        escaped(m, b->text);
        break;
    case PIN_B_CODE:
        code_span(m, b->text);
        break;
    case PIN_B_BREAK:
        raw(m, "\\");
        end_line(m);
        break;
    case PIN_B_IMAGE:
        raw(m, "[");
        escaped(m, b->extra.len > 0 ? b->extra : PIN_STR("image"));
        address(m, b->text);
        break;
    default:
        break; /* the words of a citation stand for themselves */
    }
    m->fresh = false;
}

static void end_block(md *m, uint32_t op)
{
    switch (op) {
    case PIN_B_PARAGRAPH:
        end_line(m);
        break;
    case PIN_B_HEADING:
        end_line(m);
        m->gap = true;
        break;
    case PIN_B_ENTRY:
        if (m->bullet[0])
            raw(m, "");
        end_line(m);
        pop_front(m);
        break;
    case PIN_B_LIST:
    case PIN_B_NUMBERED:
        if (m->list_count > 0 && --m->list_count == 0)
            m->gap = true;
        break;
    case PIN_B_QUOTE:
        end_line(m);
        pop_front(m);
        m->gap = true;
        break;
    case PIN_B_CELL:
        raw(m, " ");
        break;
    case PIN_B_ROW:
        close_row(m);
        break;
    case PIN_B_TABLE:
        m->gap = true;
        break;
    case PIN_B_EMPHASIS:
        raw(m, "*");
        break;
    case PIN_B_STRONG:
        raw(m, "**");
        break;
    case PIN_B_STRIKE:
        raw(m, "~~");
        break;
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
        close_link(m);
        break;
    default:
        break;
    }
    m->fresh = false;
}

static pin_status markdown_blocks(md *m, pin_str blocks, pin_error *err)
{
    pin_block_walk walk;
    pin_block      block;
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &block)) {
        if (block.op == PIN_B_END)
            end_block(m, block.number);
        else
            begin_block(m, &block);
    }
    end_line(m);
    m->gap = true;
    if (walk.failed)
        return pin_fail(err, PIN_CORRUPT, 0, "the answer of an item is not a sequence of blocks");
    return PIN_OK;
}

/* ---- The card ---- */
static void fact(md *m, const char *name, pin_str value)
{
    if (value.len == 0)
        return;
    raw(m, "- ");
    pin_buf_adds(m->out, name);
    pin_buf_adds(m->out, ": ");
    escaped(m, value);
    end_line(m);
}

static void citation(md *m, const pin_citation *c)
{
    raw(m, "- ");
    escaped(m, c->label.len > 0 ? c->label : c->written);
    if (c->source.len > 0 && c->id.len > 0) {
        pin_buf_adds(m->out, " (`");
        pin_text_line(m->out, c->source);
        pin_buf_byte(m->out, ':');
        pin_text_line(m->out, c->id);
        pin_buf_adds(m->out, "`)");
    }
    if (c->state != PIN_CITE_RESOLVED) {
        pin_buf_adds(m->out, " (");
        pin_buf_adds(m->out, pin_cite_state_name((pin_cite_state)c->state));
        pin_buf_byte(m->out, ')');
    }
    if (c->note.len > 0) {
        pin_buf_adds(m->out, " — ");
        escaped(m, c->note);
    }
    if (c->quote.len > 0) {
        pin_buf_adds(m->out, " > \""); /* how a module file marks a quoted passage */
        escaped(m, c->quote);
        pin_buf_byte(m->out, '"');
    }
    end_line(m);
}

static void facts(md *m, const pin_item *item)
{
    fact(m, "Id", item->id);
    if (item->revision.len) {
        char hex[2 * PIN_REVISION_LEN];
        pin_revision_hex(hex, item->revision);
        fact(m, "Revision", (pin_str){hex, PIN_REVISION_SHOWN});
    }
    fact(m, "Status",
         item->status_text.len > 0 ? item->status_text
         : item->status.len > 0    ? item->status
                                   : PIN_STR("none given"));
    fact(m, "Author", item->author);
    fact(m, "Published", item->published);
    fact(m, "Updated", item->updated);
    m->gap = true;
}

static pin_status card(md *m, const pin_item *item, pin_arena *arena, pin_error *err)
{
    raw(m, "# ");
    escaped(m, item->question);
    end_line(m);
    m->gap = true;
    facts(m, item);
    bool       repeats = false;
    pin_status status = pin_page_verdict_repeats(&repeats, item, arena, err);
    if (status != PIN_OK)
        return status;
    if (item->verdict.len > 0 && !repeats) {
        raw(m, "**");
        escaped(m, item->verdict);
        raw(m, "**");
        end_line(m);
        m->gap = true;
    }
    if (item->blocks.len == 0) {
        raw(m, "*No answer yet.*");
        end_line(m);
        m->gap = true;
    } else {
        status = markdown_blocks(m, item->blocks, err);
        if (status != PIN_OK)
            return status;
    }
    if (item->citation_count > 0) {
        raw(m, "Citations:");
        end_line(m);
        m->gap = true;
        for (uint32_t i = 0; i < item->citation_count; i++)
            citation(m, &item->citations[i]);
    }
    return pin_buf_status(m->out);
}

pin_status pin_markdown_item(pin_buf *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                             pin_error *err)
{
    pin_item   item;
    pin_status status = pin_index_item(&item, ix, number, arena, err);
    md         m = {.out = out};
    return status == PIN_OK ? card(&m, &item, arena, err) : status;
}

pin_status pin_markdown_revision(pin_buf *out, const pin_index *ix, const pin_revision *revision,
                                 pin_arena *arena, pin_error *err)
{
    pin_item     item;
    pin_footing *footings;
    pin_status   status = pin_index_as_it_stood(&item, &footings, ix, revision, arena, err);
    md           m = {.out = out};
    return status == PIN_OK ? card(&m, &item, arena, err) : status;
}
