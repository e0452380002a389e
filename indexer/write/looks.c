/* What a search looks at twice, one row an item: REVISIONS; about where each item lies: STEPS; or, of a small corpus
 * whose items are stored plainly, the items once more, compressed: CARDS. All say again, in one place, what other
 * sections say, so that a reader over a network needs one read where one in memory takes four. Made when those are
 * finished. */
#include "indexer/write/deflate.h"
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

/* ---- CARDS ---- */

/* One plain record of ITEMS as a card, at the end of `o`. */
static bool add_card(pin_out *o, pin_deflater *d, const uint8_t *record, size_t len, uint32_t item)
{
    pin_cursor c = pin_cursor_over(record + 4, len - 4);
    size_t     start = o->len;
    uint8_t    method = pin_take8(&c);
    uint32_t   raw_len = pin_take_varint32(&c);
    pin_str    raw = pin_take_bytes(&c, pin_cursor_left(&c));
    if (c.failed || method != PIN_METHOD_STORED)
        return false;
    pin_out_zeros(o, 6);
    pin_out_byte(o, PIN_METHOD_DEFLATE);
    pin_out_varint(o, raw_len);
    pin_deflater_pack(o, d, raw);
    if (o->failed || o->len - start - 2 > UINT16_MAX)
        return false;
    pin_store16(o->at + start, (uint16_t)(o->len - start - 2));
    pin_store32(o->at + start + 2, pin_hash32(o->at + start + 6, o->len - start - 6, item));
    return true;
}

/* All cards one after the other; ends[i] is where card i ends. */
static bool pack_cards(pin_out *cards, uint32_t *ends, const pin_sections *out, uint32_t items)
{
    pin_deflater *d = pin_deflater_new((pin_str){0});
    pin_out       record = {0};
    reading       places = reading_of(out, PIN_S_ITEM_ROWS), texts = reading_of(out, PIN_S_ITEMS);
    bool          good = d != NULL;
    for (uint32_t i = 0; i < items && good; i++) {
        uint8_t  place[PIN_PLACE_LEN];
        uint8_t *at;
        read_next(&places, (uint64_t)i * PIN_PLACE_LEN, place, PIN_PLACE_LEN);
        uint32_t len = pin_place_len(pin_load64(place));
        record.len = 0;
        good = len >= 6 && (at = pin_out_room(&record, len)) != NULL;
        if (good) {
            read_next(&texts, pin_place_offset(pin_load64(place)), at, len);
            good = add_card(cards, d, at, len, i);
            ends[i] = (uint32_t)cards->len;
        }
    }
    pin_out_free(&record);
    pin_deflater_free(d);
    return good;
}

/* Cards and their steps, in the least units of which each card takes at most 255. */
static void place_cards(pin_sections *out, const pin_out *cards, const uint32_t *ends, uint32_t items)
{
    pin_out *o = &out->s[PIN_S_CARDS], *steps = &out->s[PIN_S_CARD_STEPS];
    uint32_t most = 0, shift = 4;
    for (uint32_t i = 0; i < items; i++) {
        uint32_t len = ends[i] - (i ? ends[i - 1] : 0);
        most = len > most ? len : most;
    }
    while ((most >> shift) + 1 > UINT8_MAX)
        shift++;
    pin_out_byte(steps, (uint8_t)shift);
    for (uint32_t i = 0; i < items; i++) {
        uint32_t from = i ? ends[i - 1] : 0, len = ends[i] - from, units = (len + (1u << shift) - 1) >> shift;
        pin_out_byte(steps, (uint8_t)units);
        pin_out_add(o, cards->at + from, len);
        pin_out_zeros(o, ((size_t)units << shift) - len);
    }
}

/* False where there are none: items are spelled, or one is too long. */
static bool write_cards(pin_sections *out, uint32_t items)
{
    pin_out   cards = {0};
    uint32_t *ends = malloc(((size_t)items + 1) * sizeof *ends);
    bool      good = ends && items > 0 && out->s[PIN_S_ITEM_DICTIONARY].len == 0 && pack_cards(&cards, ends, out, items);
    if (good)
        place_cards(out, &cards, ends, items);
    free(ends);
    pin_out_free(&cards);
    return good;
}

void pin_write_looks(pin_sections *out, const pin_past_set *past, uint32_t items)
{
    write_revisions(out, past, items);
    if (items <= PIN_STEPS_ITEMS && !write_cards(out, items))
        write_steps(out, items);
}
