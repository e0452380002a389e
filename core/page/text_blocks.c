/* Safe blocks as text for a terminal: lists with bullets, tables with aligned columns where they fit and
 * as named cells where they do not, links with their address behind them. */
#include "core/page/text_blocks.h"
#include "core/page/parts.h"
#include "pincite/blocks.h"

enum { MOST_COLUMNS = 64 };

/* What is open around the node being written. The walk has checked that containers nest. */
typedef struct context {
    pin_flow *flow;
    struct {
        uint32_t style;  /* to return to                */
        pin_str  target; /* of a link                   */
    } spans[PIN_BLOCK_DEPTH];
    uint32_t span_count;
    uint64_t lists[PIN_BLOCK_DEPTH]; /* next number of each open list + 1; 0: bullets */
    uint32_t list_count;
    bool     fresh; /* an entry has begun and nothing is in it yet */
} context;

/* ---- Tables ---- */

/* Columns of the text of one cell; the walk stands behind the cell's opening node and ends behind its end. */
static uint32_t measure_cell(pin_block_walk *walk)
{
    pin_block block;
    uint32_t  columns = 0;
    while (pin_block_next(walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_CELL)
            break;
        if (block.op == PIN_B_TEXT || block.op == PIN_B_CODE)
            columns +=
                pin_page_text_columns(block.text) + (block.text.len > 0); /* a space may stand at its edge */
        else if (block.op == PIN_B_IMAGE)
            columns += pin_page_text_columns(block.extra);
    }
    return columns;
}

typedef struct table {
    uint32_t columns;
    uint32_t width[MOST_COLUMNS];
    bool     fits;
} table;

static void measure_table(table *t, pin_block_walk walk, uint32_t columns, uint32_t room)
{
    *t = (table){.columns = columns < MOST_COLUMNS ? columns : MOST_COLUMNS};
    uint32_t  column = 0;
    pin_block block;
    while (pin_block_next(&walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_TABLE)
            break;
        if (block.op == PIN_B_ROW)
            column = 0;
        if (block.op != PIN_B_CELL)
            continue;
        uint32_t wide = measure_cell(&walk);
        if (column < t->columns && wide > t->width[column])
            t->width[column] = wide;
        column++;
    }
    uint64_t total = 0;
    for (uint32_t i = 0; i < t->columns; i++)
        total += t->width[i] + 2;
    t->fits = total <= room;
}

static void inline_node(context *c, const pin_block *block);

/* The nodes of one cell; ends behind its end. */
static void write_cell(context *c, pin_block_walk *walk)
{
    pin_block block;
    while (pin_block_next(walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_CELL)
            return;
        inline_node(c, &block);
    }
}

/* The heading of column `column`, from the table's first row; nothing when that is no header. */
static void write_heading(context *c, pin_block_walk walk, uint32_t column)
{
    pin_block block;
    if (!pin_block_next(&walk, &block) || block.op != PIN_B_ROW || block.number != 1)
        return;
    uint32_t at = 0;
    while (pin_block_next(&walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_ROW)
            return;
        if (block.op != PIN_B_CELL)
            continue;
        if (at++ < column) {
            measure_cell(&walk);
            continue;
        }
        write_cell(c, &walk);
        pin_flow_texts(c->flow, ": ");
        return;
    }
}

static void write_row_aligned(context *c, pin_block_walk *walk, const table *t)
{
    pin_block block;
    uint32_t  column = 0, at = 0;
    while (pin_block_next(walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_ROW)
            break;
        if (block.op != PIN_B_CELL)
            continue;
        if (column > 0)
            pin_flow_column(c->flow, at);
        write_cell(c, walk);
        if (column < t->columns)
            at += t->width[column] + 2;
        column++;
    }
    pin_flow_line(c->flow);
}

/* "• Tied to placing: the design duties" and, below it, the other cells. */
static void write_row_named(context *c, pin_block_walk *walk, const pin_block_walk *first)
{
    pin_block block;
    uint32_t  column = 0;
    pin_flow_push(c->flow, "• ", "  ");
    while (pin_block_next(walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_ROW)
            break;
        if (block.op != PIN_B_CELL)
            continue;
        pin_block_walk peek = *walk;
        if (measure_cell(&peek) == 0) { /* an empty cell says nothing */
            column++;
            *walk = peek;
            continue;
        }
        pin_flow_line(c->flow);
        write_heading(c, *first, column++);
        write_cell(c, walk);
    }
    pin_flow_pop(c->flow);
}

static void write_table(context *c, pin_block_walk *walk, uint32_t columns)
{
    table t;
    pin_flow_gap(c->flow);
    const pin_block_walk first = *walk;
    measure_table(&t, *walk, columns, pin_flow_columns(c->flow));
    pin_block block;
    while (pin_block_next(walk, &block)) {
        if (block.op == PIN_B_END && block.number == PIN_B_TABLE)
            break;
        if (block.op != PIN_B_ROW)
            continue;
        uint32_t style =
            pin_flow_style_on(c->flow, block.number == 1 && t.fits ? PIN_FLOW_BOLD : PIN_FLOW_PLAIN);
        if (t.fits)
            write_row_aligned(c, walk, &t);
        else if (block.number == 1)
            measure_table(&(table){0}, *walk, 0, 0); /* its cells are named in every row */
        else
            write_row_named(c, walk, &first);
        pin_flow_style_back(c->flow, style);
    }
    pin_flow_gap(c->flow);
}

/* ---- Lines of text ---- */

static void write_code(context *c, pin_str code)
{
    pin_flow_gap(c->flow);
    pin_flow_push(c->flow, "    ", "    ");
    while (code.len > 0) {
        size_t end = 0;
        while (end < code.len && code.at[end] != '\n')
            end++;
        if (end > 0) {
            pin_flow_verbatim(c->flow, pin_str_part(code, 0, end));
            pin_flow_line(c->flow);
        } else {
            pin_flow_gap(c->flow);
        }
        code = pin_str_part(code, end + 1, code.len);
    }
    pin_flow_pop(c->flow);
    pin_flow_gap(c->flow);
}

/* Where a link leads, behind its words. */
static void write_address(context *c, pin_str address)
{
    pin_flow_texts(c->flow, " <");
    pin_flow_text(c->flow, address);
    pin_flow_texts(c->flow, ">");
}

static void open_span(context *c, uint32_t style, pin_str target)
{
    if (c->span_count < PIN_BLOCK_DEPTH) {
        c->spans[c->span_count].style = pin_flow_style_on(c->flow, style);
        c->spans[c->span_count].target = target;
    }
    c->span_count++;
}

static void close_span(context *c, uint32_t op)
{
    if (c->span_count == 0 || c->span_count-- > PIN_BLOCK_DEPTH)
        return;
    pin_str target = c->spans[c->span_count].target;
    if (op == PIN_B_STRIKE)
        pin_flow_texts(c->flow, "~~");
    if (op == PIN_B_LINK)
        write_address(c, target);
    if (op == PIN_B_ITEM_LINK) {
        pin_flow_texts(c->flow, " [");
        pin_flow_text(c->flow, target);
        pin_flow_texts(c->flow, "]");
    }
    pin_flow_style_back(c->flow, c->spans[c->span_count].style);
}

/* A node within a line, or the end of one. */
static void inline_node(context *c, const pin_block *block)
{
    pin_flow *flow = c->flow;
    switch (block->op) {
    case PIN_B_EMPHASIS:
    case PIN_B_STRONG:
        open_span(c, PIN_FLOW_BOLD, (pin_str){0});
        break;
    case PIN_B_CITE:
        open_span(c, PIN_FLOW_CITE, (pin_str){0});
        break;
    case PIN_B_STRIKE:
        open_span(c, PIN_FLOW_PLAIN, (pin_str){0});
        pin_flow_texts(flow, "~~");
        break;
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
        open_span(c, PIN_FLOW_PLAIN, block->text);
        break;
    case PIN_B_TEXT:
        pin_flow_text(flow, block->text);
        break;
    case PIN_B_CODE:
        pin_flow_texts(flow, "`");
        pin_flow_text(flow, block->text);
        pin_flow_texts(flow, "`");
        break;
    case PIN_B_BREAK:
        pin_flow_line(flow);
        break;
    case PIN_B_IMAGE:
        pin_flow_text(flow, block->extra.len > 0 ? block->extra : PIN_STR("image"));
        write_address(c, block->text);
        break;
    case PIN_B_END:
        if (block->number >= PIN_B_EMPHASIS)
            close_span(c, block->number);
        break;
    default:
        break;
    }
    c->fresh = false;
}

static void begin_list(context *c, uint64_t next)
{
    if (c->list_count == 0)
        pin_flow_gap(c->flow);
    else
        pin_flow_line(c->flow);
    if (c->list_count < PIN_BLOCK_DEPTH)
        c->lists[c->list_count] = next;
    c->list_count++;
}

static void begin_entry(context *c)
{
    uint32_t  list = c->list_count > 0 && c->list_count <= PIN_BLOCK_DEPTH ? c->list_count - 1 : 0;
    uint64_t *next = &c->lists[list];
    char      lead[16] = {0}, rest[16] = {0};
    c->fresh = true;
    if (*next == 0) {
        pin_flow_push(c->flow, "• ", "  ");
        return;
    }
    pin_buf buf = pin_buf_over(lead, sizeof lead - 1);
    pin_buf_uint(&buf, (*next)++ - 1);
    pin_buf_adds(&buf, ". ");
    for (size_t i = 0; lead[i]; i++)
        rest[i] = ' ';
    pin_flow_push(c->flow, lead, rest);
}

static void begin_block(context *c, pin_block_walk *walk, const pin_block *block)
{
    pin_flow *flow = c->flow;
    switch (block->op) {
    case PIN_B_PARAGRAPH:
        if (c->fresh)
            pin_flow_line(flow);
        else
            pin_flow_gap(flow);
        break;
    case PIN_B_HEADING:
        pin_flow_gap(flow);
        open_span(c, PIN_FLOW_BOLD, (pin_str){0});
        break;
    case PIN_B_LIST:
        begin_list(c, 0);
        break;
    case PIN_B_NUMBERED:
        begin_list(c, (uint64_t)block->number + 1);
        break;
    case PIN_B_ENTRY:
        begin_entry(c);
        return;
    case PIN_B_QUOTE:
        pin_flow_gap(flow);
        pin_flow_push(flow, "> ", "> ");
        c->fresh = true;
        return;
    case PIN_B_TABLE:
        write_table(c, walk, block->number);
        break;
    case PIN_B_CODE_BLOCK:
        write_code(c, block->extra);
        break;
    case PIN_B_RULE:
        pin_flow_gap(flow);
        pin_flow_texts(flow, "* * *");
        pin_flow_gap(flow);
        break;
    default:
        inline_node(c, block);
        break;
    }
    c->fresh = false;
}

static void end_block(context *c, const pin_block *block)
{
    pin_flow *flow = c->flow;
    switch (block->number) {
    case PIN_B_PARAGRAPH:
        pin_flow_line(flow);
        break;
    case PIN_B_HEADING:
        close_span(c, PIN_B_HEADING);
        pin_flow_gap(flow);
        break;
    case PIN_B_ENTRY:
        pin_flow_pop(flow);
        break;
    case PIN_B_QUOTE:
        pin_flow_pop(flow);
        pin_flow_gap(flow);
        break;
    case PIN_B_LIST:
    case PIN_B_NUMBERED:
        if (c->list_count > 0 && --c->list_count == 0)
            pin_flow_gap(flow);
        break;
    default:
        inline_node(c, block);
        break;
    }
    c->fresh = false;
}

pin_status pin_text_blocks(pin_flow *flow, pin_str blocks, pin_error *err)
{
    context        c = {.flow = flow};
    pin_block_walk walk;
    pin_block      block;
    uint32_t       style = flow->style, depth = flow->depth;
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &block)) {
        if (block.op == PIN_B_END)
            end_block(&c, &block);
        else
            begin_block(&c, &walk, &block);
    }
    if (walk.failed) { /* leave the flow as it was found */
        while (flow->depth > depth)
            pin_flow_pop(flow);
        flow->style = style;
        return pin_fail(err, PIN_CORRUPT, 0, "the answer of an item is not a sequence of blocks");
    }
    return PIN_OK;
}
