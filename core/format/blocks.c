/* Safe blocks: the walk that trusts nothing, and the plain text that is searched.
 *
 * The walk refuses what no writer of ours produces: unknown opcodes, table parts outside tables,
 * text outside paragraphs, link schemes beyond http, https and mailto. So a page made from blocks
 * that walk cleanly is well-formed, whatever file they came from. */
#include "pincite/blocks.h"
#include "core/bytes/bytes.h"

/* ---- Addresses ---- */
static bool equals_lower(pin_str text, const char *lower)
{
    size_t i = 0;
    for (; i < text.len && lower[i]; i++)
        if (pin_ascii_lower((uint8_t)text.at[i]) != (uint8_t)lower[i])
            return false;
    return i == text.len && lower[i] == '\0';
}

bool pin_url_is_safe(pin_str url)
{
    size_t scheme = SIZE_MAX;
    for (size_t i = 0; i < url.len; i++) {
        uint8_t c = (uint8_t)url.at[i];
        if (c < 0x20 || c == 0x7F)
            return false; /* browsers drop tabs and line ends inside a scheme */
        if (scheme == SIZE_MAX && (c == '/' || c == '?' || c == '#'))
            scheme = 0; /* relative: no scheme can follow */
        if (scheme == SIZE_MAX && c == ':')
            scheme = i;
    }
    if (scheme == SIZE_MAX || scheme == 0)
        return url.len == 0 || url.at[0] != ':';
    pin_str name = pin_str_part(url, 0, scheme);
    return equals_lower(name, "http") || equals_lower(name, "https") || equals_lower(name, "mailto");
}

/* ---- The walk ---- */
typedef enum place {
    PLACE_BLOCK = 1,
    PLACE_INLINE = 2,
    PLACE_ENTRY = 4,
    PLACE_ROW = 8,
    PLACE_CELL = 16
} place;

/* Where a node may stand. */
static unsigned stands(uint8_t op)
{
    switch (op) {
    case PIN_B_ENTRY:
        return PLACE_ENTRY;
    case PIN_B_ROW:
        return PLACE_ROW;
    case PIN_B_CELL:
        return PLACE_CELL;
    case PIN_B_EMPHASIS:
    case PIN_B_STRONG:
    case PIN_B_STRIKE:
    case PIN_B_LINK:
    case PIN_B_ITEM_LINK:
    case PIN_B_CITE:
    case PIN_B_TEXT:
    case PIN_B_CODE:
    case PIN_B_BREAK:
    case PIN_B_IMAGE:
        return PLACE_INLINE;
    default:
        return PLACE_BLOCK;
    }
}

/* What may stand inside the innermost open container. */
static unsigned admits(const pin_block_walk *walk)
{
    if (walk->depth == 0)
        return PLACE_BLOCK;
    switch (walk->open[walk->depth - 1]) {
    case PIN_B_LIST:
    case PIN_B_NUMBERED:
        return PLACE_ENTRY;
    case PIN_B_ENTRY:
        return PLACE_BLOCK | PLACE_INLINE; /* entries of tight lists hold their text directly */
    case PIN_B_QUOTE:
        return PLACE_BLOCK;
    case PIN_B_TABLE:
        return PLACE_ROW;
    case PIN_B_ROW:
        return PLACE_CELL;
    default:
        return PLACE_INLINE;
    }
}

static bool is_container(uint8_t op)
{
    return (op >= PIN_B_PARAGRAPH && op <= PIN_B_CELL) || (op >= PIN_B_EMPHASIS && op <= PIN_B_CITE);
}

static pin_str take_text(pin_cursor *c)
{
    pin_str text = pin_take_str(c);
    if (pin_utf8_valid(text) != text.len)
        c->failed = true;
    return text;
}

static pin_str take_url(pin_cursor *c)
{
    pin_str url = take_text(c);
    if (!pin_url_is_safe(url))
        c->failed = true;
    return url;
}

static uint32_t take_within(pin_cursor *c, uint32_t value, uint32_t least, uint32_t most)
{
    if (value < least || value > most)
        c->failed = true;
    return value;
}

/* The fields behind the opcode. */
static void take_fields(pin_block *out, pin_cursor *c)
{
    switch (out->op) {
    case PIN_B_PARAGRAPH:
    case PIN_B_LIST:
    case PIN_B_ENTRY:
    case PIN_B_QUOTE:
    case PIN_B_RULE:
    case PIN_B_EMPHASIS:
    case PIN_B_STRONG:
    case PIN_B_STRIKE:
    case PIN_B_BREAK:
        break;
    case PIN_B_HEADING:
        out->number = take_within(c, pin_take8(c), 3, 6);
        break;
    case PIN_B_NUMBERED:
    case PIN_B_CITE:
        out->number = pin_take_varint32(c);
        break;
    case PIN_B_TABLE:
        out->number = take_within(c, pin_take_varint32(c), 1, 64);
        break;
    case PIN_B_ROW:
        out->number = take_within(c, pin_take8(c), 0, 1);
        break;
    case PIN_B_CELL:
        out->number = take_within(c, pin_take8(c), 0, 3);
        break;
    case PIN_B_CODE_BLOCK:
        out->text = take_text(c);
        out->extra = take_text(c);
        break;
    case PIN_B_LINK:
        out->text = take_url(c);
        break;
    case PIN_B_IMAGE:
        out->text = take_url(c);
        out->extra = take_text(c);
        break;
    case PIN_B_ITEM_LINK:
    case PIN_B_TEXT:
    case PIN_B_CODE:
        out->text = take_text(c);
        break;
    default:
        c->failed = true;
    }
}

void pin_block_walk_init(pin_block_walk *walk, pin_str blocks) { *walk = (pin_block_walk){.left = blocks}; }

static bool refuse(pin_block_walk *walk)
{
    walk->failed = true;
    return false;
}

static bool next_end(pin_block_walk *walk, pin_block *out)
{
    if (walk->depth == 0)
        return refuse(walk);
    out->number = walk->open[--walk->depth];
    return true;
}

bool pin_block_next(pin_block_walk *walk, pin_block *out)
{
    *out = (pin_block){0};
    if (walk->failed)
        return false;
    if (walk->left.len == 0)
        return walk->depth == 0 ? false : refuse(walk);

    pin_cursor c = pin_cursor_over(walk->left.at, walk->left.len);
    out->op = pin_take8(&c);
    if (out->op == PIN_B_END) {
        if (!next_end(walk, out))
            return false;
    } else {
        take_fields(out, &c);
        if (c.failed || !(admits(walk) & stands(out->op)))
            return refuse(walk);
        if (is_container(out->op)) {
            if (walk->depth == PIN_BLOCK_DEPTH)
                return refuse(walk);
            walk->open[walk->depth++] = out->op;
        }
    }
    walk->left = pin_str_part(walk->left, (size_t)pin_cursor_offset(&c), walk->left.len);
    return true;
}

/* ---- Plain text ---- */
typedef struct plain {
    pin_buf *out;
    char     last;    /* byte written last, also when the buffer was too small to keep it */
    bool     any;     /* something was written                                            */
    bool     parting; /* a block at the top ended: the next one starts after a blank line */
    bool     in_row;  /* a cell of this row was met: the next one is parted from it       */
} plain;

static void plain_add(plain *p, pin_str text)
{
    if (text.len == 0)
        return;
    if (p->parting && p->any)
        pin_buf_byte(p->out, '\n');
    p->parting = false;
    pin_buf_add(p->out, text);
    p->last = text.at[text.len - 1];
    p->any = true;
}

static void plain_end_line(plain *p)
{
    if (p->any && p->last != '\n')
        plain_add(p, PIN_STR("\n"));
}

static void plain_close(plain *p, uint32_t op)
{
    switch (op) {
    case PIN_B_PARAGRAPH:
    case PIN_B_HEADING:
    case PIN_B_ENTRY:
    case PIN_B_ROW:
        plain_end_line(p);
        break;
    default:
        break;
    }
}

static void plain_node(plain *p, const pin_block *node)
{
    switch (node->op) {
    case PIN_B_END:
        plain_close(p, node->number);
        break;
    case PIN_B_TEXT:
    case PIN_B_CODE:
        plain_add(p, node->text);
        break;
    case PIN_B_IMAGE:
        plain_add(p, node->extra);
        break;
    case PIN_B_BREAK:
        plain_end_line(p);
        break;
    case PIN_B_CODE_BLOCK:
        plain_end_line(p);
        plain_add(p, node->extra);
        plain_end_line(p);
        break;
    case PIN_B_PARAGRAPH:
    case PIN_B_LIST:
    case PIN_B_NUMBERED:
    case PIN_B_QUOTE:
    case PIN_B_TABLE:
        plain_end_line(p); /* a block inside an entry starts on its own line */
        break;
    case PIN_B_ROW:
        plain_end_line(p);
        p->in_row = false;
        break;
    case PIN_B_CELL:
        if (p->in_row)
            plain_add(p, PIN_STR("\t"));
        p->in_row = true;
        break;
    default:
        break;
    }
}

pin_status pin_blocks_plain(pin_buf *out, pin_str blocks)
{
    pin_block_walk walk;
    pin_block      node;
    plain          p = {.out = out};
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &node)) {
        plain_node(&p, &node);
        if (walk.depth == 0 && p.any)
            p.parting = true;
    }
    return walk.failed ? PIN_CORRUPT : pin_buf_status(out);
}
