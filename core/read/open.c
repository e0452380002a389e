/* Opening: the header, the table of sections and the head are checked once, so that everything after
 * may trust where sections lie; and the one way to bytes, which works with the whole file in memory
 * as well as with the pieces that a browser has fetched so far. */
#include <string.h>

#include "core/read/index.h"

#define FIRST_READ (64u << 10) /* what a reader over a network asks for before it knows the head's length */
#define SMALL_SECTION 8192u    /* asked for as a whole: a round trip costs more than the bytes            */

/* ---- Bytes ---- */
static const uint8_t *find_piece(const pin_file *file, uint64_t offset, uint64_t len)
{
    uint32_t low = 0, high = file->piece_count;
    if (high == 1) /* the whole file in memory */
        low = high = file->pieces[0].offset <= offset;
    while (low < high) { /* the first piece that starts after `offset` */
        uint32_t middle = low + (high - low) / 2;
        if (file->pieces[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const pin_piece *piece = &file->pieces[low - 1];
    uint64_t         skip = offset - piece->offset;
    if (skip > piece->len || len > piece->len - skip)
        return NULL;
    return piece->at + skip;
}

static pin_status ask(const pin_file *file, uint64_t offset, uint64_t len, pin_error *err)
{
    pin_needs *needs = file->needs;
    if (!needs)
        return pin_fail(err, PIN_CORRUPT, offset, "bytes of the index file are missing");
    if (needs->count < needs->cap) {
        needs->at[needs->count].offset = offset;
        needs->at[needs->count].len = len;
        needs->count++;
    }
    return pin_fail(err, PIN_NEED, offset, "bytes of the index file have to be fetched first");
}

pin_status pin_read_bytes(const uint8_t **out, const pin_index *ix, uint64_t offset, uint64_t len,
                          pin_error *err)
{
    static const uint8_t nothing[1] = {0};
    if (offset > ix->file.len || len > ix->file.len - offset)
        return pin_fail(err, PIN_CORRUPT, offset, "a record lies outside the index file");
    *out = len == 0 ? nothing : find_piece(&ix->file, offset, len);
    return *out ? PIN_OK : ask(&ix->file, offset, len, err);
}

/* Of sections whose neighbours are asked for next, the parents and children of a provision, a block. */
static uint64_t block_of(pin_section kind)
{
    return kind == PIN_S_PROVISION_ROWS || kind == PIN_S_PROVISION_NAMES ? 2048 : 1;
}

static pin_status ask_within(const pin_index *ix, pin_section kind, uint64_t offset, uint64_t len, pin_error *err)
{
    const pin_extent *section = &ix->sections[kind];
    uint64_t          block = block_of(kind), from = offset / block * block;
    uint64_t          to = (offset + len + block - 1) / block * block;
    if (section->len <= SMALL_SECTION && kind != PIN_S_EXACT) /* there a place can be guessed */
        return ask(&ix->file, section->offset, section->len, err);
    return ask(&ix->file, section->offset + from, (to < section->len ? to : section->len) - from, err);
}

pin_status pin_read_part_somewhere(const uint8_t **out, const pin_index *ix, pin_section kind, uint64_t offset,
                                   uint64_t len, pin_error *err)
{
    const pin_extent *section = &ix->sections[kind];
    if (offset > section->len || len > section->len - offset)
        return pin_fail(err, PIN_CORRUPT, section->offset, "a record lies outside its section");
    uint64_t at = section->offset + offset;
    if (len > 0 && pin_is_partial(ix) && !find_piece(&ix->file, at, len))
        return ask_within(ix, kind, offset, len, err);
    return pin_read_bytes(out, ix, at, len, err);
}

const uint8_t *pin_read_if_here(const pin_index *ix, pin_section kind, uint64_t offset, uint64_t len)
{
    const pin_extent *section = &ix->sections[kind];
    if (offset > section->len || len > section->len - offset)
        return NULL;
    return find_piece(&ix->file, section->offset + offset, len);
}

bool pin_read_is_partial(const pin_index *ix) { return pin_is_partial(ix); }
bool pin_read_lacks(const pin_index *ix) { return pin_is_partial(ix) && ix->file.needs->count > 0; }

pin_str pin_take_text(pin_cursor *c)
{
    pin_str text = pin_take_str(c);
    if (pin_utf8_valid(text) != text.len)
        c->failed = true;
    return text;
}

/* ---- Header and table ---- */
static pin_status check_header(pin_index *ix, const uint8_t *h, pin_error *err)
{
    if (memcmp(h + PIN_H_MAGIC, PIN_MAGIC, PIN_MAGIC_LEN) != 0)
        return pin_fail(err, PIN_CORRUPT, 0, "not a pincite index file");
    if (pin_load16(h + PIN_H_MAJOR) != PIN_MAJOR)
        return pin_fail(err, PIN_UNSUPPORTED, PIN_H_MAJOR, "index file of another format version");
    if (pin_load32(h + PIN_H_FEATURES) & ~PIN_FEATURES_KNOWN)
        return pin_fail(err, PIN_UNSUPPORTED, PIN_H_FEATURES,
                        "index file needs a feature that this program lacks");
    if (pin_load64(h + PIN_H_FILE_LEN) != ix->file.len)
        return pin_fail(err, PIN_CORRUPT, PIN_H_FILE_LEN, "index file was cut short or has grown");
    if (pin_load64(h + PIN_H_RESERVED) != 0)
        return pin_fail(err, PIN_CORRUPT, PIN_H_RESERVED, "reserved bytes of the header are in use");
    uint32_t sections = pin_load32(h + PIN_H_SECTIONS);
    if (sections == 0 || sections > PIN_SECTIONS_MAX)
        return pin_fail(err, PIN_CORRUPT, PIN_H_SECTIONS, "section table has a wrong size");
    uint32_t head_len = pin_load32(h + PIN_H_HEAD_LEN);
    if (head_len > ix->file.len || head_len < PIN_HEADER_LEN + sections * PIN_ROW_LEN_ALL)
        return pin_fail(err, PIN_CORRUPT, PIN_H_HEAD_LEN, "head has a wrong length");

    ix->item_count = pin_load32(h + PIN_H_ITEMS);
    ix->module_count = pin_load32(h + PIN_H_MODULES);
    ix->source_count = pin_load32(h + PIN_H_SOURCES);
    ix->provision_count = pin_load32(h + PIN_H_PROVISIONS);
    if (ix->item_count > PIN_ITEMS_MAX || ix->module_count > PIN_MODULES_MAX ||
        ix->source_count > PIN_SOURCES_MAX || ix->provision_count > PIN_PROVISIONS_MAX)
        return pin_fail(err, PIN_CORRUPT, PIN_H_ITEMS, "a count in the header is beyond its limit");
    return PIN_OK;
}

static uint64_t head_hash(const uint8_t *h, size_t len)
{
    uint8_t copy[PIN_HEADER_LEN + PIN_SECTIONS_MAX * PIN_ROW_LEN_ALL];
    memcpy(copy, h, len);
    memset(copy + PIN_H_FILE_ID, 0, 8);
    return pin_hash64(copy, len, 0);
}

static pin_status check_row(pin_index *ix, const uint8_t *row, uint64_t *least, pin_error *err)
{
    uint32_t   kind = pin_load16(row + PIN_ROW_KIND), flags = pin_load16(row + PIN_ROW_FLAGS);
    pin_extent e = {.offset = pin_load64(row + PIN_ROW_OFFSET),
                    .len = pin_load64(row + PIN_ROW_LEN),
                    .hash = pin_load64(row + PIN_ROW_HASH)};
    if (e.offset % PIN_ALIGN != 0 || e.offset < *least || e.offset > ix->file.len ||
        e.len > ix->file.len - e.offset || ix->file.len - e.offset - e.len < PIN_PADDING)
        return pin_fail(err, PIN_CORRUPT, e.offset, "sections overlap or lie outside the file");
    *least = e.offset + e.len + PIN_PADDING;
    if (kind == 0 || kind >= PIN_SECTION_END) {
        if (flags & PIN_FLAG_OPTIONAL)
            return PIN_OK;
        return pin_fail(err, PIN_UNSUPPORTED, e.offset,
                        "index file has a section that this program does not know");
    }
    if (ix->sections[kind].offset != 0)
        return pin_fail(err, PIN_CORRUPT, e.offset, "a section is there twice");
    ix->sections[kind] = e;
    return PIN_OK;
}

static pin_status check_table(pin_index *ix, const uint8_t *h, pin_error *err)
{
    uint32_t sections = pin_load32(h + PIN_H_SECTIONS);
    size_t   len = PIN_HEADER_LEN + (size_t)sections * PIN_ROW_LEN_ALL;
    ix->release.file_id = pin_load64(h + PIN_H_FILE_ID);
    if (head_hash(h, len) != ix->release.file_id)
        return pin_fail(err, PIN_CORRUPT, PIN_H_FILE_ID, "checksum of the header is wrong");
    uint64_t least = len;
    for (uint32_t i = 0; i < sections; i++) {
        pin_status s = check_row(ix, h + PIN_HEADER_LEN + i * PIN_ROW_LEN_ALL, &least, err);
        if (s != PIN_OK)
            return s;
    }
    for (uint32_t kind = 1; kind < PIN_S_OPTIONAL; kind++)
        if (ix->sections[kind].offset == 0)
            return pin_fail(err, PIN_CORRUPT, PIN_HEADER_LEN, "a section is missing");
    return PIN_OK;
}

/* Tables of fixed rows must have a row for everything that the header counts. */
static pin_status check_sizes(pin_index *ix, pin_error *err)
{
    const pin_extent *s = ix->sections;
    uint64_t          row = ix->item_count ? s[PIN_S_REVISIONS].len / ix->item_count : 0;
    if (row != 0 && row != PIN_R_BARE && (row < PIN_R_LEAST || row > PIN_R_MOST || row % 4 != 0))
        return pin_fail(err, PIN_CORRUPT, s[PIN_S_REVISIONS].offset, "revisions have a wrong length");
    ix->revision_len = (uint32_t)row;
    ix->looks = row > PIN_R_BARE;
    if (s[PIN_S_ITEM_ROWS].len != (uint64_t)ix->item_count * PIN_PLACE_LEN ||
        s[PIN_S_ITEM_STATUS].len != ix->item_count ||
        s[PIN_S_FORWARD].len < ((uint64_t)ix->item_count + 1) * 4 ||
        s[PIN_S_PROVISION_ROWS].len != (uint64_t)ix->provision_count * PIN_P_LEN ||
        s[PIN_S_CITING].len % PIN_CITING_LEN != 0 || s[PIN_S_CITING].len / PIN_CITING_LEN > UINT32_MAX ||
        s[PIN_S_MEMBERS].len % 4 != 0 || s[PIN_S_MEMBERS].len / 4 > UINT32_MAX ||
        s[PIN_S_ITEM_DICTIONARY].len > PIN_BOOK_MAX ||
        s[PIN_S_TEXT_DICTIONARY].len > PIN_DICTIONARY_MAX ||
        (s[PIN_S_REVISIONS].offset && s[PIN_S_REVISIONS].len != (uint64_t)ix->item_count * ix->revision_len) ||
        (s[PIN_S_STEPS].len && s[PIN_S_STEPS].len != (uint64_t)ix->item_count + 1))
        return pin_fail(err, PIN_CORRUPT, PIN_HEADER_LEN,
                        "a section has not the length that the counts ask for");
    return PIN_OK;
}

/* ---- What the head says ---- */
static pin_status load_meta(pin_index *ix, pin_error *err)
{
    pin_cursor   c = pin_cursor_over(ix->head[PIN_S_META], (size_t)ix->sections[PIN_S_META].len);
    pin_release *r = &ix->release;
    r->engine = pin_take_text(&c);
    r->release = pin_take_text(&c);
    r->title = pin_take_text(&c);
    r->publisher = pin_take_text(&c);
    r->base = pin_take_text(&c);
    r->language = pin_take_text(&c);
    r->updated = pin_take_text(&c);
    r->published = pin_take_text(&c);
    r->default_source = pin_take_text(&c);
    r->citation_count = pin_take_varint32(&c);
    r->skipped_count = pin_take_varint32(&c);
    for (int i = 0; i < 5; i++)
        r->cite_states[i] = pin_take_varint32(&c);
    r->item_count = ix->item_count;
    r->module_count = ix->module_count;
    r->source_count = ix->source_count;
    r->provision_count = ix->provision_count;

    pin_settings *s = &ix->settings;
    s->question_weight = pin_take_varint32(&c);
    s->answer_weight = pin_take_varint32(&c);
    if (s->question_weight > 255 || s->answer_weight > 255)
        c.failed = true;
    /* how impacts were made: k1 and b of both fields in hundredths, tokens in all; not needed to read */
    for (int i = 0; i < 6; i++)
        (void)pin_take_varint(&c);
    s->item_count = ix->item_count;
    s->language = r->language;
    if (pin_cursor_left(&c) > 0) { /* since 1.1 */
        r->as_of = pin_take_text(&c);
        ix->past_count = pin_take_varint32(&c);
    }
    uint64_t past = ix->sections[PIN_S_PAST].len;
    if (ix->past_count > 0 && (past < 8 || ix->past_count > (past - 8) / 4))
        c.failed = true;
    if (c.failed)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_META].offset,
                        "facts about the release are cut short");
    return PIN_OK;
}

/* What helps, if it is here and whole; a reader does without it. */
static void load_ahead(pin_index *ix)
{
    const pin_extent *e = &ix->sections[PIN_S_AHEAD];
    ix->ahead = pin_is_partial(ix) && e->offset ? pin_read_if_here(ix, PIN_S_AHEAD, 0, e->len) : NULL;
    if (ix->ahead && e->len < PIN_A_DATA)
        ix->ahead = NULL;
    if (ix->ahead && pin_hash64(ix->ahead, (size_t)e->len, 0) != e->hash)
        ix->ahead = NULL;
}

static pin_status load_head(pin_index *ix, pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t kind = 1; kind <= PIN_S_HEAD_LAST; kind++) {
        const pin_extent *e = &ix->sections[kind];
        pin_status        now = pin_read_bytes(&ix->head[kind], ix, e->offset, e->len, err);
        s = now != PIN_OK ? now : s;
    }
    if (s != PIN_OK) /* all was asked for */
        return s;
    for (uint32_t kind = 1; kind <= PIN_S_HEAD_LAST; kind++) {
        const pin_extent *e = &ix->sections[kind];
        if (pin_hash64(ix->head[kind], (size_t)e->len, 0) != e->hash)
            return pin_fail(err, PIN_CORRUPT, e->offset, "checksum of a section is wrong");
    }
    if ((s = load_meta(ix, err)) != PIN_OK || (s = pin_modules_load(ix, err)) != PIN_OK ||
        (s = pin_sources_load(ix, err)) != PIN_OK || (s = pin_abbreviations_load(ix, err)) != PIN_OK)
        return s;
    s = pin_keys_load(&ix->terms, ix->head[PIN_S_TERM_KEYS], ix->sections[PIN_S_TERM_KEYS].len,
                      ix->sections[PIN_S_TERMS].len, err);
    if (s == PIN_OK)
        s = pin_keys_load(&ix->words, ix->head[PIN_S_WORD_KEYS], ix->sections[PIN_S_WORD_KEYS].len,
                          ix->sections[PIN_S_WORDS].len, err);
    ix->settings.word_count = ix->words.count;
    load_ahead(ix);
    pin_codebook_open(&ix->item_book, (pin_str){(const char *)ix->head[PIN_S_ITEM_DICTIONARY],
                                                (size_t)ix->sections[PIN_S_ITEM_DICTIONARY].len});
    return s;
}

static pin_status open_head(pin_index *ix, pin_error *err)
{
    const uint8_t *h;
    if (ix->file.len < PIN_HEADER_LEN)
        return pin_fail(err, PIN_CORRUPT, 0, "not a pincite index file: too short");
    if (!(h = find_piece(&ix->file, 0, PIN_HEADER_LEN)))
        return ask(&ix->file, 0, ix->file.len < FIRST_READ ? ix->file.len : FIRST_READ, err);
    pin_status s = check_header(ix, h, err);
    if (s != PIN_OK)
        return s;
    if (pin_is_partial(ix) && (s = pin_read_bytes(&h, ix, 0, pin_load32(h + PIN_H_HEAD_LEN), err)) != PIN_OK)
        return s;
    s = pin_read_bytes(&h, ix, 0, PIN_HEADER_LEN + (uint64_t)pin_load32(h + PIN_H_SECTIONS) * PIN_ROW_LEN_ALL,
                       err);
    if (s != PIN_OK || (s = check_table(ix, h, err)) != PIN_OK || (s = check_sizes(ix, err)) != PIN_OK)
        return s;
    return load_head(ix, err);
}

pin_status pin_index_open(pin_index **out, const pin_file *file, pin_arena *arena, pin_error *err)
{
    size_t     mark = arena->used;
    pin_index *ix = pin_arena_take(arena, 1, sizeof *ix);
    if (!ix)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room to open the index");
    ix->file = *file;
    pin_status s = open_head(ix, err);
    if (s != PIN_OK) {
        arena->used = mark;
        return s;
    }
    *out = ix;
    return PIN_OK;
}

pin_status pin_index_lend(pin_index *ix, const pin_file *file, pin_error *err)
{
    pin_index copy = *ix;
    copy.file.pieces = file->pieces;
    copy.file.piece_count = file->piece_count;
    copy.file.needs = file->needs;
    /* only addresses are new: the bytes were checked when the file was opened */
    pin_status s = load_head(&copy, err);
    if (s == PIN_OK)
        *ix = copy;
    return s == PIN_NEED ? pin_fail(err, PIN_CORRUPT, 0, "the head of the index file is no longer lent") : s;
}

void pin_index_release(pin_release *out, const pin_index *ix) { *out = ix->release; }
void pin_index_set_base(pin_index *ix, pin_str base) { ix->release.base = base; }
void pin_read_settings(pin_settings *out, const pin_index *ix) { *out = ix->settings; }
