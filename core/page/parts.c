/* Addresses, names of acts and other facts that JSON, text and Markdown answers share. */
#include "core/page/parts.h"

pin_str pin_page_base(const pin_index *ix)
{
    pin_release release;
    pin_index_release(&release, ix);
    pin_str base = release.base;
    while (base.len > 0 && base.at[base.len - 1] == '/')
        base.len--;
    return base;
}

void pin_page_add_item_url(pin_buf *out, pin_str base, pin_str id)
{
    pin_buf_add(out, base);
    pin_buf_byte(out, '/');
    pin_buf_add(out, id);
    pin_buf_byte(out, '/');
}

void pin_page_add_pinned_url(pin_buf *out, pin_str base, pin_str id, pin_str revision)
{
    char hex[2 * PIN_REVISION_LEN];
    pin_revision_hex(hex, revision);
    pin_page_add_item_url(out, base, id);
    pin_buf_byte(out, '@');
    pin_buf_add(out, (pin_str){hex, PIN_REVISION_SHOWN});
    pin_buf_byte(out, '/');
}

pin_status pin_page_home(pin_str *slug, pin_str *title, const pin_index *ix, const pin_item *item, pin_error *err)
{
    uint32_t   number = item->module;
    pin_module module;
    size_t     end = item->id.len - item->slug.len;
    *slug = *title = pin_str_part(item->id, 0, end ? end - 1 : 0);
    if (number == UINT32_MAX && pin_index_find_module(&number, ix, *slug) != PIN_OK)
        return PIN_OK;
    pin_status status = pin_index_module(&module, ix, number, err);
    if (status == PIN_OK) {
        *slug = module.slug;
        *title = module.title;
    }
    return status;
}

void pin_page_add_law_url(pin_buf *out, pin_str base, pin_str source, pin_str id)
{
    pin_buf_add(out, base);
    pin_buf_adds(out, "/law/");
    pin_buf_add(out, source);
    pin_buf_byte(out, '/');
    if (id.len == 0)
        return;
    pin_buf_add(out, id);
    pin_buf_byte(out, '/');
}

/* "art_13" of "art_13.par_8" */
static pin_str top_step(pin_str id)
{
    size_t end = 0;
    while (end < id.len && id.at[end] != '.')
        end++;
    return pin_str_part(id, 0, end);
}

void pin_page_add_official_link(pin_buf *out, const pin_source *source, pin_str id)
{
    pin_str left = source->link;
    while (left.len > 0) {
        pin_str top = PIN_STR("{top}"), whole = PIN_STR("{id}");
        if (pin_str_starts(left, top)) {
            pin_buf_add(out, top_step(id));
            left = pin_str_part(left, top.len, left.len);
        } else if (pin_str_starts(left, whole)) {
            pin_buf_add(out, id);
            left = pin_str_part(left, whole.len, left.len);
        } else {
            pin_buf_byte(out, left.at[0]);
            left = pin_str_part(left, 1, left.len);
        }
    }
}

bool pin_page_is_shown(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n';
    if (c >= 0x7F && c < 0xA0)
        return false;
    if (c == 0x061C || c == 0x200E || c == 0x200F) /* direction marks */
        return false;
    if (c >= 0x2028 && c <= 0x202E) /* line and paragraph separators, embeddings, overrides */
        return false;
    if (c >= 0x2066 && c <= 0x206F) /* isolates and deprecated format characters */
        return false;
    return c != 0xFEFF && !(c >= 0xE0000 && c <= 0xE007F); /* byte order mark, invisible tags */
}

void pin_text_line(pin_buf *out, pin_str text)
{
    bool space = false, any = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = pin_utf8_next(text, &at);
        if (c < 128 && pin_is_space(c)) {
            space = any;
            continue;
        }
        if (c == PIN_UTF8_BAD)
            c = 0xFFFD;
        else if (!pin_page_is_shown(c))
            continue;
        if (space)
            pin_buf_byte(out, ' ');
        space = false;
        any = true;
        char bytes[4];
        pin_buf_add(out, (pin_str){bytes, pin_utf8_put(bytes, c)});
    }
}

/* Ranges that matter for aligning European text and the wide scripts; Unicode's East Asian Width and
 * combining classes, rounded to blocks. A wrong guess costs a ragged line, nothing else. */
uint32_t pin_page_columns(uint32_t c)
{
    static const struct {
        uint32_t from, to;
        uint32_t columns;
    } odd[] = {
        {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x064B, 0x065F, 0},
        {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},   {0x200B, 0x200F, 0},
        {0x2060, 0x2064, 0},   {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
        {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},
        {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2},
        {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2}, {0xE0100, 0xE01EF, 0},
    };
    if (c < 0x0300)
        return 1;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        if (c >= odd[i].from && c <= odd[i].to)
            return odd[i].columns;
    return 1;
}

uint32_t pin_page_text_columns(pin_str text)
{
    uint32_t columns = 0;
    bool     space = false, any = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = pin_utf8_next(text, &at);
        if (c < 128 && pin_is_space(c)) {
            space = any;
            continue;
        }
        if (c != PIN_UTF8_BAD && !pin_page_is_shown(c))
            continue;
        columns += (space ? 1 : 0) + (c == PIN_UTF8_BAD ? 1 : pin_page_columns(c));
        space = false;
        any = true;
    }
    return columns;
}

pin_str pin_page_act_name(const pin_source *source)
{
    if (source->name_count > 0 && source->names[0].len > 0)
        return source->names[0];
    return source->title.len > 0 ? source->title : source->id;
}

pin_status pin_page_plain(pin_str *out, pin_str blocks, pin_arena *arena, pin_error *err)
{
    pin_buf    counted = pin_buf_over(NULL, 0);
    pin_status status = pin_blocks_plain(&counted, blocks);
    if (status != PIN_OK && status != PIN_NO_SPACE)
        return pin_fail(err, status, 0, "the answer of an item cannot be read");
    char *room = pin_arena_take(arena, counted.len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for an answer");
    pin_buf plain = pin_buf_over(room, counted.len);
    status = pin_blocks_plain(&plain, blocks);
    if (status != PIN_OK)
        return pin_fail(err, status, 0, "the answer of an item cannot be read");
    *out = pin_buf_str(&plain);
    return PIN_OK;
}

pin_status pin_page_verdict_repeats(bool *out, const pin_item *item, pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_str    plain;
    pin_status status = pin_page_plain(&plain, item->blocks, arena, err);
    if (status == PIN_OK)
        *out = item->verdict.len > 0 && pin_str_starts(pin_str_trim(plain), item->verdict);
    arena->used = mark;
    return status;
}

pin_status pin_page_label(pin_str *out, pin_str id, pin_arena *arena, pin_error *err)
{
    pin_buf counted = pin_buf_over(NULL, 0);
    pin_cite_label(&counted, id);
    char *room = pin_arena_take(arena, counted.len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for a label");
    pin_buf label = pin_buf_over(room, counted.len);
    pin_cite_label(&label, id);
    *out = pin_buf_str(&label);
    return PIN_OK;
}

pin_status pin_page_ref_label(pin_str *out, const pin_index *ix, const pin_ref *ref, pin_str written,
                              pin_arena *arena, pin_error *err)
{
    if (ref->provision != PIN_NO_PROVISION) {
        pin_provision provision;
        pin_status    status = pin_index_provision(&provision, ix, ref->provision, arena, err);
        if (status != PIN_OK)
            return status;
        *out = provision.label;
        return PIN_OK;
    }
    if (ref->id.len == 0) {
        *out = pin_str_trim(pin_str_part(written, ref->from, ref->to));
        return PIN_OK;
    }
    return pin_page_label(out, ref->id, arena, err);
}
