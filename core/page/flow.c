/* Greedy line breaking, as an unhurried typist does it: a word is held back until its end is known, then
 * goes on this line if it fits and on the next if not. */
#include <assert.h>
#include <string.h>

#include "core/page/flow.h"
#include "core/page/parts.h"

enum { LEAST_TEXT = 24, LEAST_WIDTH = 40, MOST_WIDTH = 1000 };

void pin_flow_init(pin_flow *flow, pin_buf *out, const pin_text_options *options)
{
    *flow = (pin_flow){.out = out, .width = 80};
    if (!options)
        return;
    if (options->width)
        flow->width = options->width;
    if (flow->width < LEAST_WIDTH)
        flow->width = LEAST_WIDTH;
    if (flow->width > MOST_WIDTH)
        flow->width = MOST_WIDTH;
    flow->colour = options->colour;
}

/* ---- Styles: written into the word, where they take no columns ---- */

static void word_bytes(pin_flow *flow, const char *bytes)
{
    size_t len = strlen(bytes);
    if (len > sizeof flow->word - flow->word_len)
        return;
    memcpy(flow->word + flow->word_len, bytes, len);
    flow->word_len += len;
}

static void show_style(pin_flow *flow)
{
    if (!flow->colour || flow->shown == flow->style)
        return;
    word_bytes(flow, "\x1b[0");
    if (flow->style & PIN_FLOW_BOLD)
        word_bytes(flow, ";1");
    if (flow->style & PIN_FLOW_DIM)
        word_bytes(flow, ";2");
    if (flow->style & PIN_FLOW_MARK)
        word_bytes(flow, ";33");
    if (flow->style & PIN_FLOW_CITE)
        word_bytes(flow, ";36");
    word_bytes(flow, "m");
    flow->shown = flow->style;
}

uint32_t pin_flow_style_on(pin_flow *flow, uint32_t style)
{
    uint32_t before = flow->style;
    flow->style |= style;
    return before;
}

void pin_flow_style_back(pin_flow *flow, uint32_t style) { flow->style = style; }

/* ---- Lines ---- */

/* An empty line within indents: a gutter runs through it, spaces at its end do not. */
static void empty_line(pin_flow *flow, uint32_t levels)
{
    char   front[PIN_FLOW_INDENTS * sizeof flow->indents[0].rest];
    size_t len = 0;
    for (uint32_t i = 0; i < levels && flow->indents[i].led; i++) {
        size_t more = strlen(flow->indents[i].rest);
        memcpy(front + len, flow->indents[i].rest, more);
        len += more;
    }
    while (len > 0 && front[len - 1] == ' ')
        len--;
    pin_buf_add(flow->out, (pin_str){front, len});
    pin_buf_byte(flow->out, '\n');
}

static void begin_line(pin_flow *flow)
{
    uint32_t levels = flow->depth < PIN_FLOW_INDENTS ? flow->depth : PIN_FLOW_INDENTS;
    if (flow->gap && flow->any)
        empty_line(flow, levels);
    flow->gap = false;
    flow->column = 0;
    for (uint32_t i = 0; i < levels; i++) {
        pin_flow_indent *indent = &flow->indents[i];
        pin_buf_adds(flow->out, indent->led ? indent->rest : indent->lead);
        flow->column += indent->led ? indent->rest_columns : indent->lead_columns;
        indent->led = true;
    }
    flow->start = flow->column;
    flow->any = true;
}

/* Puts the word that was held back on this line or the next. */
static void place(pin_flow *flow)
{
    if (flow->word_len == 0)
        return;
    bool fresh = flow->column == 0;
    if (!fresh && !flow->glued && flow->space && flow->column > flow->start) {
        if (flow->column + 1 + flow->word_columns > flow->width) {
            pin_buf_byte(flow->out, '\n');
            fresh = true;
        } else {
            pin_buf_byte(flow->out, ' ');
            flow->column++;
        }
    }
    if (fresh)
        begin_line(flow);
    pin_buf_add(flow->out, (pin_str){flow->word, flow->word_len});
    flow->column += flow->word_columns;
    flow->word_len = 0;
    flow->word_columns = 0;
    flow->space = false;
}

void pin_flow_space(pin_flow *flow)
{
    place(flow);
    flow->glued = false;
    flow->space = true;
}

static void add_code_point(pin_flow *flow, uint32_t c)
{
    if (flow->word_len > PIN_FLOW_WORD - 4) { /* a word longer than any line: it goes as it is */
        place(flow);
        flow->glued = true;
    }
    show_style(flow);
    char   bytes[4];
    size_t len = pin_utf8_put(bytes, c);
    memcpy(flow->word + flow->word_len, bytes, len);
    flow->word_len += len;
    flow->word_columns += pin_page_columns(c);
}

static void flow_bytes(pin_flow *flow, pin_str text, bool keep_spaces)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = pin_utf8_next(text, &at);
        if (c < 128 && pin_is_space(c)) {
            if (keep_spaces)
                add_code_point(flow, ' ');
            else
                pin_flow_space(flow);
        } else if (c == PIN_UTF8_BAD) {
            add_code_point(flow, 0xFFFD);
        } else if (pin_page_is_shown(c)) {
            add_code_point(flow, c);
        }
    }
}

void pin_flow_text(pin_flow *flow, pin_str text) { flow_bytes(flow, text, false); }

void pin_flow_texts(pin_flow *flow, const char *text) { pin_flow_text(flow, pin_str_of(text)); }

void pin_flow_verbatim(pin_flow *flow, pin_str text) { flow_bytes(flow, text, true); }

void pin_flow_number(pin_flow *flow, uint64_t value)
{
    char    digits[20];
    pin_buf buf = pin_buf_over(digits, sizeof digits);
    pin_buf_uint(&buf, value);
    pin_flow_text(flow, pin_buf_str(&buf));
}

void pin_flow_line(pin_flow *flow)
{
    place(flow);
    flow->glued = false;
    flow->space = false;
    if (flow->column == 0)
        return;
    show_style(flow); /* what was styled ends with its line, not in the gutter of the next */
    pin_buf_add(flow->out, (pin_str){flow->word, flow->word_len});
    flow->word_len = 0;
    pin_buf_byte(flow->out, '\n');
    flow->column = 0;
}

void pin_flow_gap(pin_flow *flow)
{
    pin_flow_line(flow);
    flow->gap = true;
}

void pin_flow_column(pin_flow *flow, uint32_t column)
{
    place(flow);
    flow->glued = false;
    flow->space = false;
    if (flow->column == 0)
        begin_line(flow);
    uint32_t from = flow->column - flow->start;
    do
        pin_buf_byte(flow->out, ' ');
    while (++from < column);
    flow->column = flow->start + from;
}

/* ---- Indents ---- */

static uint32_t columns_of(const char *text)
{
    pin_str  bytes = pin_str_of(text);
    uint32_t columns = 0;
    for (size_t at = 0; at < bytes.len;)
        columns += pin_page_columns(pin_utf8_next(bytes, &at));
    return columns;
}

uint32_t pin_flow_columns(const pin_flow *flow)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < flow->depth && i < PIN_FLOW_INDENTS; i++)
        used += flow->indents[i].rest_columns;
    return used < flow->width ? flow->width - used : 0;
}

void pin_flow_push(pin_flow *flow, const char *lead, const char *rest)
{
    pin_flow_line(flow);
    uint32_t columns = pin_flow_columns(flow), level = flow->depth++;
    if (level >= PIN_FLOW_INDENTS)
        return;
    pin_flow_indent *indent = &flow->indents[level];
    *indent = (pin_flow_indent){.lead_columns = columns_of(lead), .rest_columns = columns_of(rest)};
    if (indent->lead_columns + LEAST_TEXT > columns || indent->rest_columns + LEAST_TEXT > columns) {
        *indent = (pin_flow_indent){0};
        return;
    }
    assert(strlen(lead) < sizeof indent->lead && strlen(rest) < sizeof indent->rest);
    memcpy(indent->lead, lead, strlen(lead));
    memcpy(indent->rest, rest, strlen(rest));
}

void pin_flow_pop(pin_flow *flow)
{
    assert(flow->depth > 0);
    pin_flow_line(flow);
    flow->depth--;
}

pin_status pin_flow_finish(pin_flow *flow)
{
    flow->style = PIN_FLOW_PLAIN;
    pin_flow_line(flow);
    return pin_buf_status(flow->out);
}
