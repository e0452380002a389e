/* What a search looks at twice, one row an item: REVISIONS; and about where each item lies: STEPS. Both say
 * again, in one place, what other sections say, so that a reader over a network needs one read where one in
 * memory takes four. Made when those are finished. */
#include "indexer/write/inside.h"

/* Reads a section from its first byte to its last. */
typedef struct reading {
    const pin_flow *f;
    const pin_out  *o;
    size_t          block;
    uint64_t        before; /* bytes of the blocks before */
} reading;

static reading reading_of(const pin_sections *sections, pin_section kind)
{
    return (reading){.f = &sections->f[kind], .o = &sections->s[kind]};
}

/* Bytes [offset, offset + len), which never lie before those read last. */
static void read_next(reading *r, uint64_t offset, void *to, size_t len)
{
    for (uint8_t *out = to; len > 0;) {
        while (r->block < r->f->count && offset >= r->before + r->f->blocks[r->block].len)
            r->before += r->f->blocks[r->block++].len;
        bool           last = r->block == r->f->count;
        const uint8_t *from = last ? r->o->at : r->f->blocks[r->block].at;
        uint64_t       skip = offset - r->before, left = (last ? r->o->len : r->f->blocks[r->block].len) - skip;
        size_t         n = left < len ? (size_t)left : len;
        memcpy(out, from + skip, n);
        out += n;
        offset += n;
        len -= n;
    }
}

/* ---- REVISIONS ---- */

/* Bytes of terms that a row has room for: enough for all but a few questions. */
static uint32_t room_for_terms(const pin_sections *sections, uint32_t items)
{
    uint32_t counts[PIN_R_MOST - PIN_R_TERMS + 1] = {0}, most = PIN_R_MOST - PIN_R_TERMS, seen = 0, room = 0;
    reading  forward = reading_of(sections, PIN_S_FORWARD);
    uint8_t  two[4];
    uint32_t from = 0;
    for (uint32_t i = 0; i < items; i++) {
        read_next(&forward, ((uint64_t)i + 1) * 4, two, 4);
        uint32_t to = pin_load32(two), len = to - from;
        counts[len < most ? len : most]++;
        from = to;
    }
    while (room < most && (seen += counts[room]) < items - items / 2048)
        room++;
    return room;
}

/* "2026-03-10" as 20260310; what is no such text is 0, not known. */
static uint32_t day_number(pin_str text)
{
    uint32_t day = 0;
    if (text.len != 10)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == 4 || i == 7)
            continue;
        if (!pin_is_digit((uint8_t)text.at[i]))
            return 0;
        day = day * 10 + (uint32_t)(text.at[i] - '0');
    }
    return day;
}

static void write_revisions(pin_sections *out, const pin_past_set *past, uint32_t items)
{
    bool     looks = items <= PIN_NETWORK_ITEMS;
    uint32_t len = looks ? (PIN_R_TERMS + room_for_terms(out, items) + 3) / 4 * 4 : PIN_R_BARE, from = 0;
    reading  ends = reading_of(out, PIN_S_FORWARD), terms = ends, places = reading_of(out, PIN_S_ITEM_ROWS);
    for (uint32_t i = 0; i < items; i++) {
        uint8_t row[PIN_R_MOST + 4] = {0};
        pin_store32(row + PIN_R_SEEN, day_number(past->seen[i]));
        memcpy(row + PIN_R_HASH, past->revisions + (size_t)i * PIN_REVISION_LEN, PIN_REVISION_LEN);
        if (looks) {
            uint8_t end[4];
            read_next(&ends, ((uint64_t)i + 1) * 4, end, 4);
            uint32_t to = pin_load32(end), n = to - from;
            bool     fits = n <= len - PIN_R_TERMS;
            read_next(&places, (uint64_t)i * PIN_PLACE_LEN, row + PIN_R_PLACE, PIN_PLACE_LEN);
            row[PIN_R_COUNT] = fits ? (uint8_t)n : PIN_R_LONG;
            if (fits)
                read_next(&terms, ((uint64_t)items + 1) * 4 + from, row + PIN_R_TERMS, n);
            from = to;
        }
        pin_store32(row + PIN_R_CHECK, pin_hash32(row + PIN_R_SEEN, len - PIN_R_SEEN, i));
        pin_flow_add(&out->f[PIN_S_REVISIONS], row, len);
    }
}

/* ---- STEPS ---- */

/* Units twice as large save a bit an item in the head, once, and cost half a unit more for each item that is fetched,
 * again and again: so many are. */
#define STEPS_FETCHED 12u

static void write_steps(pin_sections *out, uint32_t items)
{
    pin_out *o = &out->s[PIN_S_STEPS];
    for (uint32_t shift = 5; shift <= PIN_STEPS_SHIFT_MAX; shift++) {
        reading  places = reading_of(out, PIN_S_ITEM_ROWS);
        uint64_t most = 0;
        o->len = 0;
        pin_out_byte(o, (uint8_t)shift);
        for (uint32_t i = 0; i < items; i++) {
            uint8_t place[PIN_PLACE_LEN];
            read_next(&places, (uint64_t)i * PIN_PLACE_LEN, place, PIN_PLACE_LEN);
            uint64_t at = pin_place_offset(pin_load64(place)), end = at + pin_place_len(pin_load64(place));
            uint64_t step = (end >> shift) - (at >> shift);
            most = step > most ? step : most;
            pin_out_byte(o, (uint8_t)step);
        }
        if (most < 255 && (STEPS_FETCHED << shift) * 2 > items / 8)
            return;
    }
    o->len = 0;
}

void pin_write_looks(pin_sections *out, const pin_past_set *past, uint32_t items)
{
    write_revisions(out, past, items);
    if (items <= PIN_STEPS_ITEMS)
        write_steps(out, items);
}
