/* A hash table from texts to numbers, over a pool; open addressing, never more than half full. The
 * keys are borrowed. Private to this folder. */
#ifndef PIN_CORPUS_MAP_H
#define PIN_CORPUS_MAP_H

#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/corpus/corpus.h"

#define PIN_MAP_NONE UINT32_MAX

typedef struct pin_map_slot {
    pin_str  key;
    uint32_t tag; /* upper half of the hash: saves most comparisons */
    uint32_t value;
} pin_map_slot;

typedef struct pin_map {
    pin_map_slot *slots;
    uint32_t      cap, count;
} pin_map;

static inline pin_map_slot *pin_map_slot_of(const pin_map *map, pin_str key, uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32);
    for (uint32_t i = (uint32_t)hash & (map->cap - 1);; i = (i + 1) & (map->cap - 1)) {
        pin_map_slot *slot = &map->slots[i];
        if (!slot->key.at || (slot->tag == tag && pin_str_equal(slot->key, key)))
            return slot;
    }
}

static inline uint32_t pin_map_get(const pin_map *map, pin_str key)
{
    if (!map->cap || !key.at)
        return PIN_MAP_NONE;
    const pin_map_slot *slot = pin_map_slot_of(map, key, pin_hash64(key.at, key.len, 0));
    return slot->key.at ? slot->value : PIN_MAP_NONE;
}

/* Room for `count` keys in all; false when memory is short. */
static inline bool pin_map_reserve(pin_map *map, pin_pool *pool, uint32_t count)
{
    uint64_t cap = map->cap ? map->cap : 64;
    while (cap < (uint64_t)count * 2)
        cap *= 2;
    if (cap == map->cap)
        return true;
    if (cap > UINT32_MAX)
        return false;
    pin_map wider = {pin_pool_take(pool, (size_t)cap, sizeof(pin_map_slot)), (uint32_t)cap, map->count};
    if (!wider.slots)
        return false;
    for (uint32_t i = 0; i < map->cap; i++) {
        const pin_map_slot *slot = &map->slots[i];
        if (slot->key.at)
            *pin_map_slot_of(&wider, slot->key, pin_hash64(slot->key.at, slot->key.len, 0)) = *slot;
    }
    *map = wider;
    return true;
}

/* Puts `key` unless it is there; *value becomes the number that counts. False: memory is short. */
static inline bool pin_map_put(pin_map *map, pin_pool *pool, pin_str key, uint32_t *value)
{
    if (!key.at || !pin_map_reserve(map, pool, map->count + 1))
        return false;
    uint64_t      hash = pin_hash64(key.at, key.len, 0);
    pin_map_slot *slot = pin_map_slot_of(map, key, hash);
    if (!slot->key.at) {
        *slot = (pin_map_slot){key, (uint32_t)(hash >> 32), *value};
        map->count++;
    }
    *value = slot->value;
    return true;
}

/* A table from ids to items, for millions of them: 8 bytes a slot, the ids stay where they are. Its size is
 * fixed when it is made. */
typedef struct pin_id_slot {
    uint32_t tag, item; /* item + 1; 0: free */
} pin_id_slot;

typedef struct pin_id_map {
    pin_id_slot *slots;
    uint32_t     cap;
    size_t       offset; /* of the id in pin_draft_item */
} pin_id_map;

/* Room for `count` ids; false when memory is short. */
static inline bool pin_id_map_make(pin_id_map *map, pin_pool *pool, uint32_t count, size_t offset)
{
    uint64_t cap = 64;
    while (cap < (uint64_t)count * 2)
        cap *= 2;
    *map = (pin_id_map){.cap = (uint32_t)cap, .offset = offset};
    if (cap <= UINT32_MAX)
        map->slots = pin_pool_take(pool, (size_t)cap, sizeof *map->slots);
    return map->slots != NULL;
}

static inline pin_id_slot *pin_id_map_slot(const pin_id_map *map, const pin_draft_item *items, pin_str key,
                                           uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32);
    for (uint32_t i = (uint32_t)hash & (map->cap - 1);; i = (i + 1) & (map->cap - 1)) {
        pin_id_slot *slot = &map->slots[i];
        if (!slot->item)
            return slot;
        pin_str id;
        if (slot->tag != tag)
            continue;
        memcpy(&id, (const char *)&items[slot->item - 1] + map->offset, sizeof id);
        if (pin_str_equal(id, key))
            return slot;
    }
}

static inline uint32_t pin_id_map_get(const pin_id_map *map, const pin_draft_item *items, pin_str key)
{
    if (!map->cap || !key.at)
        return PIN_MAP_NONE;
    return pin_id_map_slot(map, items, key, pin_hash64(key.at, key.len, 0))->item - 1; /* 0 - 1: none */
}

/* Puts item `number` under its id unless another has it; returns the one that has it then. */
static inline uint32_t pin_id_map_put(pin_id_map *map, const pin_draft_item *items, uint32_t number, pin_str key)
{
    uint64_t     hash = pin_hash64(key.at, key.len, 0);
    pin_id_slot *slot = pin_id_map_slot(map, items, key, hash);
    if (!slot->item)
        *slot = (pin_id_slot){(uint32_t)(hash >> 32), number + 1};
    return slot->item - 1;
}

/* corpus->lookup */
typedef struct pin_corpus_lookup {
    pin_map modules;  /* slug -> module                                      */
    pin_id_map ids;   /* id -> item, from finish on                          */
    pin_id_map given; /* id as given -> item                                 */
    pin_map sections; /* "4.2.5" of a numbered FAQ -> item, or PIN_MAP_NONE - 1 when several have it */
    pin_map gone; /* ids of corpus->fates */
    pin_map not_items;
} pin_corpus_lookup;

#endif
