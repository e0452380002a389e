/* Sorted keys in front-coded pages of 512 bytes to 4 KiB: the dictionary of terms and the list of words.
 *
 * A look-up is a binary search over the separators in the head, one page, a binary search over the
 * page's groups, and at most 16 keys. Front coding is compared without putting keys together: while
 * the target is known to share `match` bytes with the key before, a key that shares more with that
 * one is still below the target, and one that shares less is above. */
#include <string.h>

#include "core/read/index.h"

static uint32_t page_start(pin_section kind) { return kind == PIN_S_TERMS ? PIN_PAGE_TERMS : PIN_PAGE_WORDS; }

static const pin_keys *keys_of(const pin_index *ix, pin_section kind)
{
    return kind == PIN_S_TERMS ? &ix->terms : &ix->words;
}

pin_status pin_keys_load(pin_keys *out, const uint8_t *section, uint64_t len, uint64_t pages_len,
                         pin_error *err)
{
    if (len < 12)
        return pin_fail(err, PIN_CORRUPT, 0, "page separators are cut short");
    pin_keys k = {.pages = pin_load32(section), .count = pin_load32(section + 4)};
    uint64_t tables = 8 + ((uint64_t)k.pages * 2 + 1) * 4;
    k.page_len = k.pages ? (uint32_t)(pages_len / k.pages) : PIN_PAGE_MOST;
    if (tables > len || (uint64_t)k.pages * k.page_len != pages_len || (k.pages == 0) != (k.count == 0) ||
        k.page_len < PIN_PAGE_LEAST || k.page_len > PIN_PAGE_MOST || (k.page_len & (k.page_len - 1)))
        return pin_fail(err, PIN_CORRUPT, 0, "page separators do not fit their pages");
    k.starts = section + 8;
    k.first = k.starts + ((size_t)k.pages + 1) * 4;
    k.texts = k.first + (size_t)k.pages * 4;
    if (pin_u32_at(k.starts, 0) != 0 || pin_u32_at(k.starts, k.pages) > len - tables)
        return pin_fail(err, PIN_CORRUPT, 0, "page separators lie outside their section");
    for (uint32_t p = 0; p < k.pages; p++) {
        uint32_t next = p + 1 < k.pages ? pin_u32_at(k.first, p + 1) : k.count;
        if (pin_u32_at(k.starts, p) > pin_u32_at(k.starts, p + 1) || pin_u32_at(k.first, p) >= next ||
            (p == 0 && pin_u32_at(k.first, 0) != 0))
            return pin_fail(err, PIN_CORRUPT, 0, "page separators contradict each other");
    }
    *out = k;
    return PIN_OK;
}

static pin_str separator(const pin_keys *k, uint32_t page)
{
    uint32_t from = pin_u32_at(k->starts, page);
    return (pin_str){(const char *)k->texts + from, pin_u32_at(k->starts, page + 1) - from};
}

/* A key that others are compared with. Most differ in their first eight bytes, which compare as one number. */
typedef struct wanted {
    pin_str  key;
    uint64_t head; /* the first byte highest, zeros behind the end */
} wanted;

/* `room` bytes can be read from there. */
static inline uint64_t head_of(const void *at, size_t len, size_t room)
{
    const uint8_t *p = at;
    uint64_t       head = 0;
    if (len >= 8 || room >= 8) {
        head = __builtin_bswap64(pin_load64(p));
        return len >= 8 ? head : len ? head & ~0ull << (64 - 8 * len) : 0;
    }
    for (size_t i = 0; i < len; i++)
        head |= (uint64_t)p[i] << (56 - 8 * i);
    return head;
}

static wanted wanted_of(pin_str key) { return (wanted){.key = key, .head = head_of(key.at, key.len, key.len)}; }

static inline bool is_above(pin_str text, size_t room, const wanted *w)
{
    uint64_t head = head_of(text.at, text.len, room);
    return head != w->head ? head > w->head : pin_str_order(text, w->key) > 0;
}

/* The page that holds `key` if any does; 0 when there are none. */
static uint32_t page_for(const pin_keys *k, const wanted *w)
{
    uint32_t low = 0, high = k->pages, end = k->pages ? pin_u32_at(k->starts, k->pages) : 0;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (!is_above(separator(k, middle), end - pin_u32_at(k->starts, middle), w))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t keys_in_page(const pin_keys *k, uint32_t page)
{
    return (page + 1 < k->pages ? pin_u32_at(k->first, page + 1) : k->count) - pin_u32_at(k->first, page);
}

pin_status pin_page_get(const uint8_t **out, const pin_index *ix, pin_section kind, uint32_t page,
                        pin_error *err)
{
    const uint8_t *at;
    uint32_t       page_len = keys_of(ix, kind)->page_len;
    pin_status     s = pin_read_part(&at, ix, kind, (uint64_t)page * page_len, page_len, err);
    if (s != PIN_OK)
        return s;
    uint32_t count = pin_load16(at + PIN_PAGE_COUNT), end = pin_load16(at + PIN_PAGE_END);
    uint32_t groups = (count + PIN_PAGE_GROUP - 1) / PIN_PAGE_GROUP;
    uint64_t offset = ix->sections[kind].offset + (uint64_t)page * page_len;
    if (count == 0 || count != keys_in_page(keys_of(ix, kind), page) || groups * 2 > page_len ||
        end > page_len - groups * 2 || end < page_start(kind))
        return pin_fail(err, PIN_CORRUPT, offset, "a page of keys contradicts itself");
    if (pin_is_partial(ix) && pin_hash32(at + 4, page_len - 4, page) != pin_load32(at))
        return pin_fail(err, PIN_CORRUPT, offset, "checksum of a page is wrong");
    *out = at;
    return PIN_OK;
}

/* ---- One key ---- */
typedef struct entry {
    uint32_t       shared, rest, data_len;
    const uint8_t *key, *data, *next;
} entry;

static inline bool read_entry(entry *out, const uint8_t *at, const uint8_t *end)
{
    if (end - at < 3)
        return false;
    *out = (entry){.shared = at[0], .rest = at[1], .data_len = at[2], .key = at + 3};
    if ((uint32_t)(end - out->key) < out->rest + out->data_len || out->shared + out->rest > PIN_KEY_MAX)
        return false;
    out->data = out->key + out->rest;
    out->next = out->data + out->data_len;
    return true;
}

/* First entry of group g, whose key is whole. */
static inline bool read_group(entry *out, const pin_index *ix, const uint8_t *page, pin_section kind, uint32_t g)
{
    uint32_t at = pin_load16(page + keys_of(ix, kind)->page_len - (g + 1) * 2);
    uint32_t end = pin_load16(page + PIN_PAGE_END);
    return at >= page_start(kind) && at <= end && read_entry(out, page + at, page + end) && out->shared == 0;
}

static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t n = 0;
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

static pin_status damaged(const pin_index *ix, pin_section kind, uint32_t page, pin_error *err)
{
    return pin_fail(err, PIN_CORRUPT, ix->sections[kind].offset + (uint64_t)page * keys_of(ix, kind)->page_len,
                    "a page of keys is damaged");
}

/* The last group whose first key is not above `key`; false when the page is damaged. */
static bool group_for(uint32_t *out, const pin_index *ix, const uint8_t *page, pin_section kind, const wanted *w)
{
    uint32_t low = 0, high = (pin_load16(page + PIN_PAGE_COUNT) + PIN_PAGE_GROUP - 1u) / PIN_PAGE_GROUP;
    const uint8_t *page_end = page + keys_of(ix, kind)->page_len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        entry    e;
        if (!read_group(&e, ix, page, kind, middle))
            return false;
        if (!is_above((pin_str){(const char *)e.key, e.rest}, (size_t)(page_end - e.key), w))
            low = middle;
        else
            high = middle;
    }
    *out = low;
    return true;
}

static pin_status find_in_group(pin_found *out, const pin_index *ix, pin_section kind, uint32_t page,
                                const uint8_t *at, uint32_t group, pin_str key, pin_error *err)
{
    const uint8_t *target = (const uint8_t *)key.at, *end = at + pin_load16(at + PIN_PAGE_END);
    uint32_t       first = group * PIN_PAGE_GROUP, count = pin_load16(at + PIN_PAGE_COUNT);
    uint32_t       n = count - first < PIN_PAGE_GROUP ? count - first : PIN_PAGE_GROUP;
    uint32_t       match = 0;
    entry          e;
    if (!read_group(&e, ix, at, kind, group))
        return damaged(ix, kind, page, err);
    for (uint32_t i = 0;; i++) {
        if (e.shared < match)
            return PIN_NOT_FOUND;
        if (e.shared == match) {
            uint32_t left = (uint32_t)key.len - match, most = e.rest < left ? e.rest : left;
            uint32_t same = common(e.key, target + match, most);
            match += same;
            if (same == e.rest && match == key.len) {
                *out = (pin_found){.data = e.data,
                                   .len = e.data_len,
                                   .page = page,
                                   .page_at = at,
                                   .number = pin_u32_at(keys_of(ix, kind)->first, page) + first + i};
                return PIN_OK;
            }
            if (match == key.len || (same < e.rest && e.key[same] > target[match]))
                return PIN_NOT_FOUND; /* the key is above the target already */
        }
        if (i + 1 == n)
            return PIN_NOT_FOUND;
        if (!read_entry(&e, e.next, end))
            return damaged(ix, kind, page, err);
    }
}

bool pin_keys_page(uint32_t *page, const pin_index *ix, pin_section kind, pin_str key)
{
    const pin_keys *keys = keys_of(ix, kind);
    wanted          w = wanted_of(key);
    if (keys->pages == 0 || key.len == 0 || key.len > PIN_KEY_MAX)
        return false;
    *page = page_for(keys, &w);
    return true;
}

pin_status pin_keys_find(pin_found *out, const pin_index *ix, pin_section kind, pin_str key, pin_error *err)
{
    const pin_keys *keys = keys_of(ix, kind);
    const uint8_t  *at;
    uint32_t        group;
    if (keys->pages == 0 || key.len == 0 || key.len > PIN_KEY_MAX)
        return PIN_NOT_FOUND;
    wanted     w = wanted_of(key);
    uint32_t   page = page_for(keys, &w);
    pin_status s = pin_page_get(&at, ix, kind, page, err);
    if (s != PIN_OK)
        return s;
    if (!group_for(&group, ix, at, kind, &w))
        return damaged(ix, kind, page, err);
    return find_in_group(out, ix, kind, page, at, group, key, err);
}

/* Number of the first key at or above `key`; the count of keys when there is none. */
static pin_status lower_bound(uint32_t *out, const pin_index *ix, pin_section kind, pin_str key,
                              pin_error *err)
{
    const pin_keys *keys = keys_of(ix, kind);
    const uint8_t  *at;
    uint8_t         text[PIN_KEY_MAX];
    uint32_t        group, len = 0;
    entry           e;
    *out = 0;
    if (keys->pages == 0)
        return PIN_OK;
    wanted     w = wanted_of(key);
    uint32_t   page = page_for(keys, &w);
    pin_status s = pin_page_get(&at, ix, kind, page, err);
    if (s != PIN_OK)
        return s;
    if (!group_for(&group, ix, at, kind, &w) || !read_group(&e, ix, at, kind, group))
        return damaged(ix, kind, page, err);
    uint32_t i = group * PIN_PAGE_GROUP, count = pin_load16(at + PIN_PAGE_COUNT);
    for (;; i++) {
        if (e.shared > len)
            return damaged(ix, kind, page, err);
        memcpy(text + e.shared, e.key, e.rest);
        len = e.shared + e.rest;
        if (pin_str_order((pin_str){(const char *)text, len}, key) >= 0 || i + 1 == count)
            break;
        if (!read_entry(&e, e.next, at + pin_load16(at + PIN_PAGE_END)))
            return damaged(ix, kind, page, err);
    }
    bool below = pin_str_order((pin_str){(const char *)text, len}, key) < 0;
    *out = pin_u32_at(keys->first, page) + i + below;
    return PIN_OK;
}

pin_status pin_read_term_range(uint32_t *first, uint32_t *end, const pin_index *ix, pin_str prefix,
                               pin_error *err)
{
    char above[PIN_KEY_MAX];
    if (prefix.len == 0 || prefix.len > sizeof above || (uint8_t)prefix.at[prefix.len - 1] == 0xFF)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no term begins like this");
    memcpy(above, prefix.at, prefix.len);
    /* the least text above all that begin with the prefix; UTF-8 has no 0xFF */
    above[prefix.len - 1] = (char)((uint8_t)above[prefix.len - 1] + 1);
    pin_status s = lower_bound(first, ix, PIN_S_TERMS, prefix, err);
    pin_status s2 = lower_bound(end, ix, PIN_S_TERMS, (pin_str){above, prefix.len}, err);
    return s != PIN_OK ? s : s2;
}

/* ---- All keys of a page ---- */
void pin_page_walk_init(pin_page_walk *walk, pin_section kind, const uint8_t *page)
{
    walk->at = page + page_start(kind);
    walk->end = page + pin_load16(page + PIN_PAGE_END);
    walk->count = pin_load16(page + PIN_PAGE_COUNT);
    walk->entry = 0;
    walk->key_len = 0;
}

pin_status pin_page_next(pin_page_walk *walk, pin_error *err)
{
    entry e;
    if (walk->entry == walk->count)
        return PIN_NOT_FOUND;
    if (!read_entry(&e, walk->at, walk->end) || e.shared > walk->key_len)
        return pin_fail(err, PIN_CORRUPT, 0, "a page of keys is damaged");
    memcpy(walk->key + e.shared, e.key, e.rest);
    walk->key_len = e.shared + e.rest;
    walk->data = e.data;
    walk->data_len = e.data_len;
    walk->at = e.next;
    walk->entry++;
    return PIN_OK;
}

/* ---- Words ---- */
static pin_status words_page(pin_word_walk *walk, uint32_t page, pin_error *err)
{
    const uint8_t *at;
    pin_status     s = pin_page_get(&at, walk->ix, PIN_S_WORDS, page, err);
    if (s != PIN_OK)
        return s;
    walk->page = page;
    walk->entry = 0;
    walk->text_len = 0;
    walk->at = at + PIN_PAGE_WORDS;
    walk->end = at + pin_load16(at + PIN_PAGE_END);
    return PIN_OK;
}

pin_status pin_words_next(pin_word *out, pin_word_walk *walk, pin_error *err)
{
    const pin_keys *keys = &walk->ix->words;
    entry           e;
    if (walk->page >= keys->pages)
        return PIN_NOT_FOUND;
    if (walk->entry == keys_in_page(keys, walk->page)) {
        if (walk->page + 1 == keys->pages)
            return PIN_NOT_FOUND;
        pin_status s = words_page(walk, walk->page + 1, err);
        if (s != PIN_OK)
            return s;
    }
    if (!read_entry(&e, walk->at, walk->end) || e.shared > walk->text_len ||
        e.shared + e.rest > sizeof walk->text)
        return damaged(walk->ix, PIN_S_WORDS, walk->page, err);
    pin_cursor c = pin_cursor_over(e.data, e.data_len);
    out->df = pin_take_varint32(&c);
    out->question_df = pin_take_varint32(&c);
    if (c.failed)
        return damaged(walk->ix, PIN_S_WORDS, walk->page, err);
    memcpy(walk->text + e.shared, e.key, e.rest);
    walk->text_len = e.shared + e.rest;
    out->text = (pin_str){walk->text, walk->text_len};
    out->number = pin_u32_at(keys->first, walk->page) + walk->entry;
    walk->at = e.next;
    walk->entry++;
    return PIN_OK;
}

void pin_read_words_ahead(const pin_index *ix, pin_str prefix, uint32_t most)
{
    const pin_keys *keys = &ix->words;
    wanted          w = wanted_of(prefix);
    uint32_t        first = keys->pages ? page_for(keys, &w) : 0, seen = 0;
    if (!pin_is_partial(ix))
        return;
    for (uint32_t page = first; page < keys->pages && seen < most; page++) {
        const uint8_t *at;
        if (page > first && !pin_str_starts(separator(keys, page), prefix) &&
            pin_str_order(separator(keys, page), prefix) > 0)
            return;
        (void)pin_page_get(&at, ix, PIN_S_WORDS, page, NULL);
        seen += page > first ? keys_in_page(keys, page) : 0;
    }
}

void pin_read_terms_ahead(const pin_index *ix, pin_str prefix, uint32_t most)
{
    const pin_keys *keys = &ix->terms;
    wanted          w = wanted_of(prefix);
    uint32_t        first = keys->pages ? page_for(keys, &w) : 0;
    for (uint32_t page = first; pin_is_partial(ix) && page < keys->pages && page - first < most; page++) {
        const uint8_t *at;
        if (page > first && !pin_str_starts(separator(keys, page), prefix))
            return;
        (void)pin_page_get(&at, ix, PIN_S_TERMS, page, NULL);
        pin_ahead_lists(ix, page);
    }
}

/* Positions at the start of a group of the walk's page. */
static pin_status words_group(pin_word_walk *walk, uint32_t group, pin_error *err)
{
    const uint8_t *page = walk->at - PIN_PAGE_WORDS;
    entry          e;
    if (!read_group(&e, walk->ix, page, PIN_S_WORDS, group))
        return damaged(walk->ix, PIN_S_WORDS, walk->page, err);
    walk->at = e.key - 3;
    walk->entry = group * PIN_PAGE_GROUP;
    return PIN_OK;
}

pin_status pin_words_seek(pin_word_walk *walk, const pin_index *ix, pin_str from, pin_error *err)
{
    uint32_t group;
    walk->ix = ix;
    walk->page = walk->entry = walk->text_len = 0;
    if (ix->words.pages == 0)
        return PIN_OK;
    wanted     w = wanted_of(from);
    pin_status s = words_page(walk, page_for(&ix->words, &w), err);
    if (s != PIN_OK)
        return s;
    if (!group_for(&group, ix, walk->at - PIN_PAGE_WORDS, PIN_S_WORDS, &w))
        return damaged(ix, PIN_S_WORDS, walk->page, err);
    if ((s = words_group(walk, group, err)) != PIN_OK)
        return s;
    for (;;) {
        pin_word_walk before = *walk;
        pin_word      word;
        s = pin_words_next(&word, walk, err);
        if (s != PIN_OK)
            return s == PIN_NOT_FOUND ? PIN_OK : s;
        if (pin_str_order(word.text, from) >= 0) {
            *walk = before;
            return PIN_OK;
        }
    }
}

pin_status pin_words_at(pin_word_walk *walk, const pin_index *ix, uint32_t number, pin_error *err)
{
    const pin_keys *keys = &ix->words;
    walk->ix = ix;
    if (number >= keys->count)
        return pin_fail(err, PIN_NOT_FOUND, 0, "no word has this number");
    uint32_t low = 0, high = keys->pages;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (pin_u32_at(keys->first, middle) <= number)
            low = middle;
        else
            high = middle;
    }
    pin_status s = words_page(walk, low, err);
    if (s != PIN_OK)
        return s;
    uint32_t entry_wanted = number - pin_u32_at(keys->first, low);
    if ((s = words_group(walk, entry_wanted / PIN_PAGE_GROUP, err)) != PIN_OK)
        return s;
    while (walk->entry < entry_wanted) {
        pin_word word;
        if ((s = pin_words_next(&word, walk, err)) != PIN_OK)
            return s;
    }
    return PIN_OK;
}
