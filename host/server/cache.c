/* Pages that were made once: a table of chains and a list by last use, under one lock. Small on purpose: a
 * page is made in well under a millisecond, so what the cache saves is mostly its compression. */
#include <stdlib.h>
#include <string.h>

#include "host/server/inside.h"

#define CHAINS 4096

typedef struct slot {
    struct slot *next;          /* in its chain      */
    struct slot *newer, *older; /* in order of use   */
    pin_page    *page;
    unsigned     holds;
    bool         gone;          /* left the table; freed when let go */
    uint64_t     hash;
    size_t       key_len;
    char         key[];
} slot;

struct pin_page_cache {
    pthread_mutex_t lock;
    slot           *chains[CHAINS];
    slot           *newest, *oldest;
    size_t          room, used;
};

void pin_page_free(pin_page *page)
{
    for (int i = 0; page && i < PIN_CODINGS; i++)
        if (page->responses[i])
            MHD_destroy_response(page->responses[i]);
    free(page);
}

/* FNV-1a: spreads keys over chains, nothing more */
static uint64_t hash_of(pin_str key)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (uint8_t)key.at[i]) * 0x100000001B3u;
    return h;
}

pin_page_cache *pin_page_cache_new(size_t room)
{
    pin_page_cache *cache = calloc(1, sizeof *cache);
    if (cache) {
        pthread_mutex_init(&cache->lock, NULL);
        cache->room = room;
    }
    return cache;
}

static void unlink_use(pin_page_cache *c, slot *s)
{
    *(s->newer ? &s->newer->older : &c->newest) = s->older;
    *(s->older ? &s->older->newer : &c->oldest) = s->newer;
}

static void link_newest(pin_page_cache *c, slot *s)
{
    s->newer = NULL;
    s->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = s;
    c->newest = s;
}

static void drop(pin_page_cache *c, slot *s)
{
    slot **link = &c->chains[s->hash % CHAINS];
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    unlink_use(c, s);
    c->used -= s->page->room;
    s->gone = true;
    if (s->holds == 0) {
        pin_page_free(s->page);
        free(s);
    }
}

void pin_page_cache_free(pin_page_cache *cache)
{
    if (!cache)
        return;
    while (cache->newest)
        drop(cache, cache->newest);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static slot *find(pin_page_cache *c, pin_str key, uint64_t hash)
{
    for (slot *s = c->chains[hash % CHAINS]; s; s = s->next)
        if (s->hash == hash && s->key_len == key.len && memcmp(s->key, key.at, key.len) == 0)
            return s;
    return NULL;
}

static pin_page *hold(pin_page_cache *c, slot *s)
{
    unlink_use(c, s);
    link_newest(c, s);
    s->holds++;
    return s->page;
}

pin_page *pin_page_cache_find(pin_page_cache *cache, pin_str key)
{
    uint64_t hash = hash_of(key);
    pthread_mutex_lock(&cache->lock);
    slot     *s = find(cache, key, hash);
    pin_page *page = s ? hold(cache, s) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return page;
}

pin_page *pin_page_cache_put(pin_page_cache *cache, pin_str key, pin_page *page)
{
    uint64_t hash = hash_of(key);
    slot    *fresh = malloc(sizeof *fresh + key.len);
    pthread_mutex_lock(&cache->lock);
    slot *s = find(cache, key, hash);
    if (s || !fresh) { /* somebody was faster, or there is no room: then the page lives for this answer only */
        pin_page *used = s ? hold(cache, s) : page;
        pthread_mutex_unlock(&cache->lock);
        free(fresh);
        if (s)
            pin_page_free(page);
        return used;
    }
    *fresh = (slot){.page = page, .holds = 1, .hash = hash, .key_len = key.len};
    memcpy(fresh->key, key.at, key.len);
    page->slot = fresh;
    fresh->next = cache->chains[hash % CHAINS];
    cache->chains[hash % CHAINS] = fresh;
    link_newest(cache, fresh);
    cache->used += page->room;
    while (cache->used > cache->room && cache->oldest != fresh)
        drop(cache, cache->oldest);
    pthread_mutex_unlock(&cache->lock);
    return page;
}

void pin_page_cache_let_go(pin_page_cache *cache, pin_page *page)
{
    pthread_mutex_lock(&cache->lock);
    slot *s = page->slot;
    if (s && --s->holds == 0 && s->gone) {
        pin_page_free(page);
        free(s);
    } else if (!s) {
        pin_page_free(page);
    }
    pthread_mutex_unlock(&cache->lock);
}
