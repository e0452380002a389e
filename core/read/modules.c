/* Modules and the small tables of the head: statuses and abbreviations.
 *
 * MODULES   u32 starts[n + 1], u32 by_slug[n], u32 first_item[n + 1], records
 * record    strings slug title description icon audience author published updated overview,
 *           varints first member (row in MEMBERS), members */
#include "core/read/index.h"

/* `starts[n + 1]` must ascend within `room` bytes. */
static bool starts_ascend(const uint8_t *starts, uint32_t n, uint64_t room)
{
    for (uint32_t i = 0; i < n; i++)
        if (pin_u32_at(starts, i) > pin_u32_at(starts, i + 1))
            return false;
    return pin_u32_at(starts, 0) == 0 && pin_u32_at(starts, n) <= room;
}

static pin_str record_at(const uint8_t *starts, pin_str texts, uint32_t i)
{
    return pin_str_part(texts, pin_u32_at(starts, i), pin_u32_at(starts, i + 1));
}

pin_status pin_modules_load(pin_index *ix, pin_error *err)
{
    const pin_extent *e = &ix->sections[PIN_S_MODULES];
    const uint8_t    *at = ix->head[PIN_S_MODULES];
    uint32_t          n = ix->module_count;
    uint64_t          tables = ((uint64_t)n * 3 + 2) * 4;
    if (e->len < tables)
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of modules is cut short");
    ix->module_starts = at;
    ix->module_by_slug = at + ((size_t)n + 1) * 4;
    ix->module_first = ix->module_by_slug + (size_t)n * 4;
    ix->module_texts = (pin_str){(const char *)at + tables, (size_t)(e->len - tables)};
    if (!starts_ascend(ix->module_starts, n, ix->module_texts.len) ||
        !starts_ascend(ix->module_first, n, ix->item_count) ||
        pin_u32_at(ix->module_first, n) != ix->item_count)
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of modules contradicts itself");
    for (uint32_t i = 0; i < n; i++)
        if (pin_u32_at(ix->module_by_slug, i) >= n)
            return pin_fail(err, PIN_CORRUPT, e->offset, "table of modules names a module that is not there");
    return PIN_OK;
}

/* Record of module `number` with what lies in MEMBERS: *first_member and out->member_count. */
static pin_status module_record(pin_module *out, uint32_t *first_member, const pin_index *ix, uint32_t number,
                                pin_error *err)
{
    if (number >= ix->module_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no module has this number");
    pin_str    record = record_at(ix->module_starts, ix->module_texts, number);
    pin_cursor c = pin_cursor_over(record.at, record.len);
    pin_module m = {.number = number};
    m.slug = pin_take_text(&c);
    m.title = pin_take_text(&c);
    m.description = pin_take_text(&c);
    m.icon = pin_take_text(&c);
    m.audience = pin_take_text(&c);
    m.author = pin_take_text(&c);
    m.published = pin_take_text(&c);
    m.updated = pin_take_text(&c);
    m.overview = pin_take_str(&c); /* blocks: their walk checks */
    *first_member = pin_take_varint32(&c);
    m.member_count = pin_take_varint32(&c);
    uint64_t rows = ix->sections[PIN_S_MEMBERS].len / 4;
    if (c.failed || *first_member > rows || m.member_count > rows - *first_member)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_MODULES].offset,
                        "record of a module is damaged");
    m.first_item = pin_u32_at(ix->module_first, number);
    m.item_count = pin_u32_at(ix->module_first, number + 1) - m.first_item;
    *out = m;
    return PIN_OK;
}

pin_status pin_index_module(pin_module *out, const pin_index *ix, uint32_t number, pin_error *err)
{
    uint32_t first_member;
    return module_record(out, &first_member, ix, number, err);
}

pin_status pin_index_find_module(uint32_t *out, const pin_index *ix, pin_str slug)
{
    uint32_t low = 0, high = ix->module_count;
    while (low < high) {
        uint32_t   middle = low + (high - low) / 2;
        uint32_t   number = pin_u32_at(ix->module_by_slug, middle);
        pin_module m;
        if (pin_index_module(&m, ix, number, NULL) != PIN_OK)
            return PIN_NOT_FOUND;
        int order = pin_str_order(m.slug, slug);
        if (order == 0) {
            *out = number;
            return PIN_OK;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PIN_NOT_FOUND;
}

pin_status pin_index_member(uint32_t *out, const pin_index *ix, uint32_t module, uint32_t k, pin_error *err)
{
    pin_module     m;
    uint32_t       first;
    const uint8_t *at;
    pin_status     s = module_record(&m, &first, ix, module, err);
    if (s != PIN_OK)
        return s;
    if (k >= m.member_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "the module has no member of this number");
    if ((s = pin_read_part(&at, ix, PIN_S_MEMBERS, ((uint64_t)first + k) * 4, 4, err)) != PIN_OK)
        return s;
    if (pin_load32(at) >= ix->item_count)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_MEMBERS].offset,
                        "a module lists an item that is not there");
    *out = pin_load32(at);
    return PIN_OK;
}

uint32_t pin_read_item_module(const pin_index *ix, uint32_t item)
{
    /* the last module that starts at or before the item; empty ones before it start there too */
    uint32_t low = 0, high = ix->module_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (pin_u32_at(ix->module_first, middle) <= item)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t pin_read_module_end(const pin_index *ix, uint32_t module)
{
    return pin_u32_at(ix->module_first, module + 1);
}

/* ---- Statuses: u8 count, strings ---- */
pin_status pin_read_item_status(pin_str *out, const pin_index *ix, uint32_t item, pin_error *err)
{
    const uint8_t *at;
    if (item >= ix->item_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this number");
    pin_status s = pin_read_part(&at, ix, PIN_S_ITEM_STATUS, item, 1, err);
    if (s != PIN_OK)
        return s;
    *out = (pin_str){0};
    if (*at == 0)
        return PIN_OK;
    pin_cursor c = pin_cursor_over(ix->head[PIN_S_STATUSES], (size_t)ix->sections[PIN_S_STATUSES].len);
    if (*at > pin_take8(&c))
        c.failed = true;
    for (uint32_t i = 0; i < *at && !c.failed; i++)
        *out = pin_take_text(&c);
    if (c.failed)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_STATUSES].offset,
                        "an item has a status that is not there");
    return PIN_OK;
}

pin_status pin_read_statuses(const uint8_t **rows, uint8_t *number, const pin_index *ix, uint32_t first,
                             uint32_t end, pin_str slug, pin_error *err)
{
    pin_cursor c = pin_cursor_over(ix->head[PIN_S_STATUSES], (size_t)ix->sections[PIN_S_STATUSES].len);
    uint8_t    count = pin_take8(&c);
    if (first > end || end > ix->item_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this number");
    for (uint32_t i = 1; i <= count && !c.failed; i++)
        if (pin_str_equal(pin_take_text(&c), slug)) {
            *number = (uint8_t)i;
            return pin_read_part(rows, ix, PIN_S_ITEM_STATUS, first, end - first, err);
        }
    return pin_fail(err, PIN_NOT_FOUND, 0, "no item has this status");
}

/* ---- Abbreviations: u32 count, u32 starts[count + 1], records of two strings ---- */
pin_status pin_abbreviations_load(pin_index *ix, pin_error *err)
{
    const pin_extent *e = &ix->sections[PIN_S_ABBREVIATIONS];
    const uint8_t    *at = ix->head[PIN_S_ABBREVIATIONS];
    if (e->len < 8 || ((uint64_t)pin_load32(at) + 2) * 4 > e->len)
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of abbreviations is cut short");
    uint32_t n = pin_load32(at);
    uint64_t tables = ((uint64_t)n + 2) * 4;
    ix->abbreviation_count = n;
    ix->abbreviation_starts = at + 4;
    ix->abbreviation_texts = (pin_str){(const char *)at + tables, (size_t)(e->len - tables)};
    if (!starts_ascend(ix->abbreviation_starts, n, ix->abbreviation_texts.len))
        return pin_fail(err, PIN_CORRUPT, e->offset, "table of abbreviations contradicts itself");
    return PIN_OK;
}

uint32_t pin_read_abbreviation_count(const pin_index *ix) { return ix->abbreviation_count; }

pin_status pin_read_abbreviation(pin_abbreviation *out, const pin_index *ix, uint32_t i, pin_error *err)
{
    if (i >= ix->abbreviation_count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no abbreviation has this number");
    pin_str    record = record_at(ix->abbreviation_starts, ix->abbreviation_texts, i);
    pin_cursor c = pin_cursor_over(record.at, record.len);
    out->short_form = pin_take_text(&c);
    out->long_form = pin_take_text(&c);
    if (c.failed)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_ABBREVIATIONS].offset,
                        "an abbreviation is damaged");
    return PIN_OK;
}
