/* Sorted keys into front-coded pages; see core/format/layout.h for the page. */
#include "indexer/write/inside.h"

/* Short pages are little to fetch for one key, but many of them make a long head. The shortest have no room for
 * the longest keys. */
#define SHORTEST_KEYS 8192
#define SHORTEST_TERMS 32768 /* whose lists are fetched with them: the fewer the better */
#define SHORT_KEYS 65536
#define MIDDLE_KEYS 262144
#define SHORTEST_LEN 128

static uint32_t page_len_for(const pin_vocabulary *keys, uint32_t shortest)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < keys->count && keys->count <= shortest; i++)
        longest = keys->at[i].len > longest ? keys->at[i].len : longest;
    if (keys->count <= shortest && longest <= SHORTEST_LEN)
        return PIN_PAGE_LEAST;
    return keys->count <= SHORT_KEYS ? 1024 : keys->count <= MIDDLE_KEYS ? 2048 : PIN_PAGE_MOST;
}

void pin_pages_init(pin_pages *p, bool has_bases, const pin_vocabulary *keys)
{
    *p = (pin_pages){.data_start = has_bases ? PIN_PAGE_TERMS : PIN_PAGE_WORDS,
                     .page_len = page_len_for(keys, has_bases ? SHORTEST_TERMS : SHORTEST_KEYS)};
}

static uint32_t common(const pin_pages *p, pin_str key)
{
    uint32_t n = 0;
    while (n < p->last_len && n < key.len && p->last[n] == (uint8_t)key.at[n])
        n++;
    return n;
}

static void end_page(pin_pages *p)
{
    if (!p->open)
        return;
    pin_store16(p->page + PIN_PAGE_COUNT, (uint16_t)p->entries);
    pin_store16(p->page + PIN_PAGE_END, (uint16_t)p->end);
    uint32_t number = (uint32_t)(p->pages.len / p->page_len);
    pin_store32(p->page + PIN_PAGE_HASH, pin_hash32(p->page + 4, p->page_len - 4, number));
    pin_out_add(&p->pages, p->page, p->page_len);
    p->open = false;
}

void pin_pages_start(pin_pages *p, pin_str first_key, const uint64_t bases[2])
{
    end_page(p);
    /* the shortest text above the last key of the page before */
    size_t separator = p->count ? common(p, first_key) + 1 : 0;
    pin_out_u32(&p->starts, (uint32_t)p->texts.len);
    pin_out_u32(&p->first, p->count);
    pin_out_add(&p->texts, first_key.at, separator < first_key.len ? separator : first_key.len);
    memset(p->page, 0, sizeof p->page);
    if (bases)
        for (int f = 0; f < 2; f++)
            pin_store64(p->page + PIN_PAGE_BASES + 8 * f, bases[f]);
    p->end = p->data_start;
    p->entries = 0;
    p->open = true;
}

bool pin_pages_add(pin_pages *p, pin_str key, const uint8_t *data, size_t len)
{
    bool     begins = p->entries % PIN_PAGE_GROUP == 0;
    uint32_t groups = p->entries / PIN_PAGE_GROUP + 1;
    uint32_t shared = begins ? 0 : common(p, key), rest = (uint32_t)key.len - shared;
    if (!p->open || p->end + 3 + rest + len > p->page_len - groups * 2)
        return false;
    uint8_t *at = p->page + p->end;
    if (begins)
        pin_store16(p->page + p->page_len - groups * 2, (uint16_t)p->end);
    at[0] = (uint8_t)shared;
    at[1] = (uint8_t)rest;
    at[2] = (uint8_t)len;
    memcpy(at + 3, key.at + shared, rest);
    memcpy(at + 3 + rest, data, len);
    p->end += 3 + rest + (uint32_t)len;
    memcpy(p->last, key.at, key.len);
    p->last_len = (uint32_t)key.len;
    p->entries++;
    p->count++;
    return true;
}

void pin_pages_finish(pin_pages *p, pin_out *keys)
{
    end_page(p);
    pin_out_u32(keys, (uint32_t)(p->pages.len / p->page_len));
    pin_out_u32(keys, p->count);
    pin_out_u32(&p->starts, (uint32_t)p->texts.len);
    pin_out_add(keys, p->starts.at, p->starts.len);
    pin_out_add(keys, p->first.at, p->first.len);
    pin_out_add(keys, p->texts.at, p->texts.len);
    keys->failed |= p->starts.failed || p->first.failed || p->texts.failed || p->pages.failed;
    pin_out_free(&p->starts);
    pin_out_free(&p->first);
    pin_out_free(&p->texts);
}
