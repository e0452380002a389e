/* When everything is read: which items stay, in which order they stand, and what the lists of the
 * modules mean. Then cross references can be looked up. */
#include "core/bytes/bytes.h"
#include "indexer/corpus/map.h"
#include "indexer/corpus/parallel.h"
#include "indexer/corpus/readers.h"

#include <stdlib.h>
#include <string.h>

#define SEVERAL (PIN_MAP_NONE - 1)

static pin_corpus_lookup *lookup_of(const pin_corpus *corpus) { return corpus->lookup; }

/* ---- Modules ---- */
static int module_order(const void *a, const void *b)
{
    const pin_draft_module *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return pin_str_order(x->slug, y->slug);
}

static pin_status modules_sort(pin_corpus *corpus)
{
    pin_corpus_lookup *lookup = lookup_of(corpus);
    if (corpus->module_count)
        qsort(corpus->modules, corpus->module_count, sizeof *corpus->modules, module_order);
    lookup->modules = (pin_map){0};
    for (uint32_t i = 0; i < corpus->module_count; i++) {
        uint32_t number = i;
        if (!pin_map_put(&lookup->modules, corpus->pool, corpus->modules[i].slug, &number))
            return PIN_NO_SPACE;
    }
    return PIN_OK;
}

static void modules_check_names(pin_corpus *corpus, pin_findings *findings)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < corpus->module_count; i++) {
        const pin_draft_module *module = &corpus->modules[i];
        if (pin_module_is_reserved(module->slug))
            pin_finding_add(
                findings, PIN_ERROR, "reserved-module", module->origin, (pin_str){0}, "give it another name",
                "the name '%.*s' is reserved for an address of the site; its questions are left out",
                PIN_ARG(module->slug));
        else
            corpus->modules[kept++] = *module;
    }
    corpus->module_count = kept;
}

/* ---- Items ---- */
/* The first of a name stays. */
static pin_status items_check_names(pin_corpus *corpus, pin_findings *findings)
{
    pin_corpus_lookup *lookup = lookup_of(corpus);
    uint32_t           kept = 0;
    if (!pin_id_map_make(&lookup->ids, corpus->pool, corpus->item_count, offsetof(pin_draft_item, id)))
        return PIN_NO_SPACE;
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        const pin_draft_item *item = &corpus->items[i];
        pin_rest_at(corpus->options, i);
        if (pin_map_get(&lookup->modules, item->module) == PIN_MAP_NONE) {
            corpus->skipped_count++; /* of a reserved module, told once */
            continue;
        }
        if (kept != i)
            corpus->items[kept] = *item;
        item = &corpus->items[kept];
        uint32_t number = pin_id_map_put(&lookup->ids, corpus->items, kept, item->id);
        if (number != kept) {
            pin_origin first = corpus->items[number].origin;
            pin_finding_add(findings, PIN_ERROR, "duplicate-id", item->origin, item->id,
                            "give one of them another id",
                            "the id '%.*s' is taken by the question in %.*s:%u; this one is left out",
                            PIN_ARG(item->id), PIN_ARG(first.file), first.line);
            corpus->skipped_count++;
            continue;
        }
        kept++;
    }
    corpus->item_count = kept;
    return PIN_OK;
}

/* The item that an entry of a module's list means, or NULL. */
static pin_draft_item *listed_item(const pin_corpus *corpus, const pin_draft_module *module, pin_str entry)
{
    pin_target target = pin_corpus_target(corpus, module->slug, entry);
    return target.kind == PIN_TARGET_ITEM ? &corpus->items[target.number] : NULL;
}

static bool has_lists(const pin_corpus *corpus)
{
    for (uint32_t m = 0; m < corpus->module_count; m++)
        if (corpus->modules[m].listed_count)
            return true;
    return false;
}

/* Own items stand as the list has them, the others after it as they were read. */
static void items_rank(pin_corpus *corpus)
{
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        corpus->items[i].rank = UINT32_MAX + (uint64_t)i;
        pin_rest_at(corpus->options, i);
    }
    for (uint32_t m = 0; m < corpus->module_count; m++) {
        const pin_draft_module *module = &corpus->modules[m];
        for (uint32_t k = module->listed_count; k-- > 0;) { /* backwards: of two places the first counts */
            pin_draft_item *item = listed_item(corpus, module, module->listed[k]);
            if (item && pin_str_equal(item->module, module->slug))
                item->rank = k;
        }
    }
}

typedef struct place {
    uint32_t module, item;
    uint64_t rank;
} place;

static int place_order(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->module != y->module)
        return x->module < y->module ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Moves items so that items[i] is what items[from[i]] was, along the cycles. */
static void items_permute(const pin_corpus *corpus, uint32_t *from)
{
    pin_draft_item *items = corpus->items;
    uint32_t        count = corpus->item_count, moved = 0;
    for (uint32_t start = 0; start < count; start++) {
        if (from[start] == start)
            continue;
        pin_draft_item first = items[start];
        uint32_t       at = start;
        for (;;) {
            uint32_t source = from[at];
            from[at] = at;
            if (source == start)
                break;
            items[at] = items[source];
            at = source;
            pin_rest_at(corpus->options, moved++);
        }
        items[at] = first;
    }
}

/* Which item comes where, by module and then as read: a stable counting sort. */
static void places_as_read(uint32_t *from, const pin_corpus *corpus)
{
    for (uint32_t i = 0; i < corpus->item_count; i++) { /* item_count of a module: those placed so far */
        pin_draft_module *module = &corpus->modules[corpus->items[i].home];
        from[module->first_item + module->item_count++] = i;
        pin_rest_at(corpus->options, i);
    }
}

/* The same, by module and then by rank. False: memory is short. */
static bool places_by_rank(uint32_t *from, const pin_corpus *corpus)
{
    uint32_t count = corpus->item_count;
    place   *places = malloc(((size_t)count + 1) * sizeof *places);
    for (uint32_t i = 0; places && i < count; i++) {
        places[i] = (place){corpus->items[i].home, i, corpus->items[i].rank};
        corpus->modules[places[i].module].item_count++;
    }
    if (places && count)
        qsort(places, count, sizeof *places, place_order);
    for (uint32_t i = 0; places && i < count; i++)
        from[i] = places[i].item;
    free(places);
    return places != NULL;
}

static void find_homes(pin_corpus *corpus)
{
    const pin_corpus_lookup *lookup = lookup_of(corpus);
    uint32_t                 module = 0;
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        pin_draft_item *item = &corpus->items[i];
        if (i == 0 || item->module.at != corpus->items[i - 1].module.at)
            module = pin_map_get(&lookup->modules, item->module);
        item->home = module;
        item->module = corpus->modules[module].slug; /* one text for all */
        corpus->modules[module].item_count++;
        pin_rest_at(corpus->options, i);
    }
    for (uint32_t m = 0, first = 0; m < corpus->module_count; m++) {
        corpus->modules[m].first_item = first;
        first += corpus->modules[m].item_count;
        corpus->modules[m].item_count = 0;
    }
}

static pin_status items_sort(pin_corpus *corpus, bool lists)
{
    uint32_t *from = malloc(((size_t)corpus->item_count + 1) * sizeof *from);
    if (!from)
        return PIN_NO_SPACE;
    find_homes(corpus);
    bool good = !lists || places_by_rank(from, corpus);
    if (!lists)
        places_as_read(from, corpus);
    if (good)
        items_permute(corpus, from);
    free(from);
    return good ? PIN_OK : PIN_NO_SPACE;
}

/* "6.10" at the end of an id as given ("cfaq:6.10"): the number of a section, or empty. */
static pin_str section_of(pin_str given)
{
    size_t from = given.len, dots = 0;
    while (from && (pin_is_digit((unsigned char)given.at[from - 1]) || given.at[from - 1] == '.')) {
        dots += given.at[from - 1] == '.';
        from--;
    }
    bool alone = from == 0 || given.at[from - 1] == ':';
    return alone && dots ? pin_str_part(given, from, given.len) : (pin_str){0};
}

/* The table of ids anew, in the memory of the one before; room for the ids as given. */
static bool ids_fill(pin_corpus *corpus)
{
    pin_corpus_lookup *lookup = lookup_of(corpus);
    uint32_t           given = 0;
    memset(lookup->ids.slots, 0, lookup->ids.cap * sizeof *lookup->ids.slots);
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        pin_id_map_put(&lookup->ids, corpus->items, i, corpus->items[i].id);
        given += corpus->items[i].given_id.len > 0;
        pin_rest_at(corpus->options, i);
    }
    if (lookup->given.slots) {
        memset(lookup->given.slots, 0, lookup->given.cap * sizeof *lookup->given.slots);
        return true;
    }
    return given == 0 ||
           pin_id_map_make(&lookup->given, corpus->pool, given, offsetof(pin_draft_item, given_id));
}

static pin_status lookup_fill(pin_corpus *corpus, pin_findings *findings, bool report)
{
    pin_corpus_lookup *lookup = lookup_of(corpus);
    lookup->sections = lookup->not_items = lookup->gone = (pin_map){0};
    if (!ids_fill(corpus))
        return PIN_NO_SPACE;
    for (uint32_t i = 0; i < corpus->item_count; i++) {
        const pin_draft_item *item = &corpus->items[i];
        pin_rest_at(corpus->options, i);
        if (!item->given_id.len)
            continue;
        uint32_t number = pin_id_map_put(&lookup->given, corpus->items, i, item->given_id);
        if (report && number != i && pin_str_equal(item->module, corpus->items[number].module))
            pin_finding_add(findings, PIN_NOTE, "duplicate-given-id", item->origin, item->id, NULL,
                            "the id as given, '%.*s', means %.*s", PIN_ARG(item->given_id),
                            PIN_ARG(corpus->items[number].id));
        pin_str section = section_of(item->given_id);
        number = i;
        if (!section.len)
            continue;
        if (!pin_map_put(&lookup->sections, corpus->pool, section, &number))
            return PIN_NO_SPACE;
        if (number != i) { /* two numbered FAQs: the number alone says nothing */
            pin_map_slot *slot =
                pin_map_slot_of(&lookup->sections, section, pin_hash64(section.at, section.len, 0));
            slot->value = SEVERAL;
        }
    }
    for (uint32_t i = 0; i < corpus->fate_count; i++) {
        uint32_t number = i;
        if (!pin_map_put(&lookup->gone, corpus->pool, corpus->fates[i].id, &number))
            return PIN_NO_SPACE;
    }
    for (uint32_t i = 0; i < corpus->not_item_count; i++) {
        uint32_t number = i;
        if (!pin_map_put(&lookup->not_items, corpus->pool, corpus->not_items[i], &number))
            return PIN_NO_SPACE;
    }
    return PIN_OK;
}

static void renumber(pin_map *map, const uint32_t *numbers)
{
    for (uint32_t i = 0; i < map->cap; i++)
        if (map->slots[i].key.at && map->slots[i].value < SEVERAL)
            map->slots[i].value = numbers[map->slots[i].value];
}

static void renumber_ids(pin_id_map *map, const uint32_t *numbers)
{
    for (uint32_t i = 0; i < map->cap; i++)
        if (map->slots[i].item)
            map->slots[i].item = numbers[map->slots[i].item - 1] + 1;
}

pin_status pin_corpus_reorder(pin_corpus *corpus, const uint32_t *order)
{
    pin_corpus_lookup *lookup = lookup_of(corpus);
    uint32_t          *from = malloc(((size_t)corpus->item_count + 1) * sizeof *from);
    uint32_t          *numbers = malloc(((size_t)corpus->item_count + 1) * sizeof *numbers);
    bool               good = from && numbers;
    for (uint32_t i = 0; good && i < corpus->item_count; i++) {
        from[i] = order[i];
        numbers[order[i]] = i;
    }
    if (good) {
        renumber_ids(&lookup->ids, numbers);
        renumber_ids(&lookup->given, numbers);
        renumber(&lookup->sections, numbers);
        items_permute(corpus, from);
    }
    free(from);
    free(numbers);
    return good ? PIN_OK : PIN_NO_SPACE;
}

/* ---- Cross references ---- */
static pin_target found(pin_target_kind kind, uint32_t number)
{
    return (pin_target){.kind = kind, .number = number};
}

/* "left/right" in `room`; empty when it is no name of ours. */
static pin_str join(char room[2 * PIN_SLUG_MAX + 64], pin_str left, pin_str right)
{
    size_t len = left.len + right.len + 1;
    if (len > 2 * PIN_SLUG_MAX + 64 || !left.len || !right.len)
        return (pin_str){0};
    memcpy(room, left.at, left.len);
    room[left.len] = '/';
    memcpy(room + left.len + 1, right.at, right.len);
    return (pin_str){room, len};
}

static uint32_t find_joined_id(const pin_corpus *corpus, pin_str module, pin_str slug)
{
    char room[2 * PIN_SLUG_MAX + 64];
    return pin_id_map_get(&lookup_of(corpus)->ids, corpus->items, join(room, module, slug));
}

static uint32_t find_joined_gone(const pin_corpus *corpus, pin_str module, pin_str slug)
{
    char room[2 * PIN_SLUG_MAX + 64];
    return pin_map_get(&lookup_of(corpus)->gone, join(room, module, slug));
}

/* An id, an id as given, or a path whose folders are joined by '-': "law/eu/cra" is "law-eu/cra". */
static uint32_t find_item(const pin_corpus *corpus, pin_str text)
{
    const pin_corpus_lookup *lookup = lookup_of(corpus);
    uint32_t                 number = pin_id_map_get(&lookup->ids, corpus->items, text);
    return number != PIN_MAP_NONE ? number : pin_id_map_get(&lookup->given, corpus->items, text);
}

/* "official/faq_4-2-5": a section of the Commission's FAQ as the community's FAQ names it. */
static pin_target find_official(const pin_corpus *corpus, pin_str text)
{
    const pin_str prefix = PIN_STR("official/faq_");
    pin_target    none = {0};
    if (!pin_str_starts(text, prefix) || text.len == prefix.len)
        return none;
    pin_str section = pin_pool_copy(corpus->pool, pin_str_part(text, prefix.len, text.len));
    char   *at = (char *)section.at;
    for (size_t i = 0; at && i < section.len; i++) {
        if (at[i] == '-')
            at[i] = '.';
        else if (!pin_is_digit((unsigned char)at[i]))
            return none;
    }
    uint32_t number = pin_map_get(&lookup_of(corpus)->sections, section);
    if (number < SEVERAL)
        return found(PIN_TARGET_ITEM, number);
    return (pin_target){.kind = PIN_TARGET_OFFICIAL, .section = section};
}

/* An id that is gone: the item that took its place, through as many moves as there are words about them. */
static pin_target find_gone(const pin_corpus *corpus, uint32_t number)
{
    const pin_corpus_lookup *lookup = lookup_of(corpus);
    for (uint32_t steps = 0; steps <= corpus->fate_count; steps++) {
        const pin_draft_fate *fate = &corpus->fates[number];
        uint32_t              item = pin_id_map_get(&lookup->ids, corpus->items, fate->target);
        if (fate->fate == PIN_FATE_WITHDRAWN)
            return found(PIN_TARGET_GONE, number);
        if (item != PIN_MAP_NONE)
            return found(PIN_TARGET_ITEM, item);
        if ((number = pin_map_get(&lookup->gone, fate->target)) == PIN_MAP_NONE)
            break;
    }
    return (pin_target){0};
}

static pin_target find_plain(const pin_corpus *corpus, pin_str home, pin_str text)
{
    const pin_corpus_lookup *lookup = lookup_of(corpus);
    bool                     bare = text.len && !memchr(text.at, '/', text.len);
    uint32_t                 number;
    if (bare && home.len && (number = find_joined_id(corpus, home, text)) != PIN_MAP_NONE)
        return found(PIN_TARGET_ITEM, number);
    if ((number = find_item(corpus, text)) != PIN_MAP_NONE)
        return found(PIN_TARGET_ITEM, number);
    if ((number = pin_map_get(&lookup->modules, text)) != PIN_MAP_NONE)
        return found(PIN_TARGET_MODULE, number);
    if ((number = pin_map_get(&lookup->not_items, text)) != PIN_MAP_NONE)
        return found(PIN_TARGET_NOT_ITEM, number);
    if ((bare && home.len && (number = find_joined_gone(corpus, home, text)) != PIN_MAP_NONE) ||
        (number = pin_map_get(&lookup->gone, text)) != PIN_MAP_NONE)
        return find_gone(corpus, number);
    return find_official(corpus, text);
}

/* "scope#cloud" is the item scope/cloud of a module file, "#cloud" one of the same module; else what
 * follows '#' is a place within the item. */
static pin_target find_fragment(const pin_corpus *corpus, pin_str home, pin_str path, pin_str fragment)
{
    pin_str module = path;
    for (size_t i = 0; i < path.len; i++)
        if (path.at[i] == '/')
            module = pin_str_part(path, i + 1, path.len);
    uint32_t number = find_joined_id(corpus, path.len ? module : home, fragment);
    if (number != PIN_MAP_NONE)
        return found(PIN_TARGET_ITEM, number);
    return path.len ? find_plain(corpus, home, path) : (pin_target){0};
}

pin_target pin_corpus_target(const pin_corpus *corpus, pin_str home, pin_str text)
{
    if (!corpus->lookup || !text.len)
        return (pin_target){0};
    const char *hash = memchr(text.at, '#', text.len);
    if (hash) {
        size_t at = (size_t)(hash - text.at);
        return find_fragment(corpus, home, pin_str_part(text, 0, at), pin_str_part(text, at + 1, text.len));
    }
    pin_target target = find_plain(corpus, home, text);
    if (target.kind != PIN_TARGET_NOTHING)
        return target;
    /* a path to a module file, or to a folder below folders: by its slug, then by its last part */
    pin_str  slug = pin_slug(corpus->pool, text);
    uint32_t number =
        memchr(text.at, '/', text.len) ? pin_map_get(&lookup_of(corpus)->modules, slug) : PIN_MAP_NONE;
    return number == PIN_MAP_NONE ? target : found(PIN_TARGET_MODULE, number);
}

/* ---- The lists of the modules ---- */
static void member_missing(const pin_draft_module *module, uint32_t k, pin_target target,
                           pin_findings *findings)
{
    pin_origin origin = {module->list_origin.file, module->listed_lines[k]};
    pin_str    entry = module->listed[k];
    switch (target.kind) {
    case PIN_TARGET_MODULE: /* the list at the root names folders */
        break;
    case PIN_TARGET_GONE:
        pin_finding_add(findings, PIN_NOTE, "withdrawn-reference", origin, (pin_str){0}, "take it off the list",
                        "the list names '%.*s', which was withdrawn", PIN_ARG(entry));
        break;
    case PIN_TARGET_OFFICIAL:
        pin_finding_add(findings, PIN_NOTE, "official-reference", origin, (pin_str){0},
                        "add the Commission FAQ to the corpora to show it here",
                        "the list names section %.*s of the Commission FAQ, which is not among the questions",
                        PIN_ARG(target.section));
        break;
    case PIN_TARGET_NOT_ITEM:
        pin_finding_add(findings, PIN_WARNING, "dead-reference", origin, (pin_str){0}, NULL,
                        "the list names '%.*s', which is no question", PIN_ARG(entry));
        break;
    default:
        pin_finding_add(findings, PIN_ERROR, "dead-reference", origin, (pin_str){0},
                        "name a file of the folder, or FOLDER/FILE",
                        "the list names '%.*s', which is not there", PIN_ARG(entry));
    }
}

static pin_status members_fill(pin_corpus *corpus, pin_draft_module *module, uint32_t number, uint32_t *seen,
                               pin_findings *findings)
{
    module->members =
        pin_pool_take(corpus->pool, (size_t)module->listed_count + module->item_count, sizeof(pin_str));
    if (!module->members)
        return PIN_NO_SPACE;
    for (uint32_t k = 0; k < module->listed_count; k++) {
        pin_target target = pin_corpus_target(corpus, module->slug, module->listed[k]);
        if (target.kind != PIN_TARGET_ITEM) {
            member_missing(module, k, target, findings);
            continue;
        }
        if (seen[target.number] == number) {
            pin_finding_add(findings, PIN_NOTE, "listed-twice",
                            (pin_origin){module->list_origin.file, module->listed_lines[k]},
                            corpus->items[target.number].id, NULL, "the list names '%.*s' twice",
                            PIN_ARG(module->listed[k]));
            continue;
        }
        seen[target.number] = number;
        module->members[module->member_count++] = corpus->items[target.number].id;
    }
    for (uint32_t i = module->first_item; i < module->first_item + module->item_count; i++)
        if (seen[i] != number)
            module->members[module->member_count++] = corpus->items[i].id;
    return PIN_OK;
}

static pin_status modules_fill(pin_corpus *corpus, pin_findings *findings)
{
    uint32_t  *seen = calloc(corpus->item_count ? corpus->item_count : 1, sizeof *seen);
    pin_status status = seen ? PIN_OK : PIN_NO_SPACE;
    for (uint32_t m = 0; m < corpus->module_count && status == PIN_OK; m++) {
        status = members_fill(corpus, &corpus->modules[m], m + 1, seen, findings);
        pin_rest_at(corpus->options, m * 64 + 63);
    }
    free(seen);
    return status;
}

/* ---- Guidance that an item waits for ---- */
static bool is_named(pin_str path, pin_str name)
{
    return path.len >= name.len && pin_str_equal(pin_str_part(path, path.len - name.len, path.len), name) &&
           (path.len == name.len || path.at[path.len - name.len - 1] == '/');
}

static pin_str last_part(pin_str path)
{
    size_t from = path.len;
    while (from && path.at[from - 1] != '/')
        from--;
    return pin_str_part(path, from, path.len);
}

static void guidance_missing(pin_corpus *corpus, const pin_draft_item *item, pin_findings *findings)
{
    enum { NAMES_MAX = 256 };
    const char *names[NAMES_MAX + 1] = {0};
    for (uint32_t i = 0; i < corpus->not_item_count && i < NAMES_MAX; i++)
        names[i] = pin_pool_format(corpus->pool, "%.*s", PIN_ARG(last_part(corpus->not_items[i]))).at;
    const char *near = pin_nearest_name(item->guidance, names);
    pin_str     hint = near ? pin_pool_format(corpus->pool, "did you mean '%s'?", near) : PIN_STR("");
    pin_finding_add(findings, PIN_WARNING, "guidance-missing",
                    (pin_origin){item->origin.file, item->guidance_line}, item->id, NULL,
                    "there is no guidance request '%.*s'", PIN_ARG(item->guidance));
    if (hint.len && findings->count)
        findings->at[findings->count - 1].hint = hint;
}

static void guidance_add(pin_corpus *corpus, pin_draft_item *item, pin_findings *findings)
{
    uint32_t i = 0;
    while (i < corpus->not_item_count && !is_named(corpus->not_items[i], item->guidance))
        i++;
    if (i == corpus->not_item_count) {
        guidance_missing(corpus, item, findings);
        return;
    }
    pin_str state = corpus->not_item_states[i], text;
    if (!state.len)
        return;
    text = pin_pool_format(corpus->pool, "%.*s%s%.*s", PIN_ARG(item->status_text),
                           item->status_text.len ? "; guidance: " : "guidance: ", PIN_ARG(state));
    if (text.at)
        item->status_text = text;
}

pin_status pin_corpus_finish(pin_corpus *corpus, pin_findings *findings, pin_error *err)
{
    if (!corpus->lookup)
        corpus->lookup = pin_pool_take(corpus->pool, 1, sizeof(pin_corpus_lookup));
    if (!corpus->lookup)
        return pin_fail(err, PIN_NO_SPACE, 0, "no memory for the corpus");
    modules_check_names(corpus, findings);
    pin_status status = pin_corpus_take_fates(corpus);
    if (status == PIN_OK)
        status = modules_sort(corpus);
    if (status == PIN_OK)
        status = items_check_names(corpus, findings);
    bool lists = has_lists(corpus);
    if (status == PIN_OK && lists) /* for the lists, which give the ranks */
        status = lookup_fill(corpus, findings, false);
    if (status == PIN_OK && lists)
        items_rank(corpus);
    if (status == PIN_OK)
        status = items_sort(corpus, lists);
    if (status == PIN_OK)
        status = lookup_fill(corpus, findings, true);
    if (status == PIN_OK)
        status = modules_fill(corpus, findings);
    for (uint32_t i = 0; i < corpus->item_count && status == PIN_OK; i++) {
        pin_rest_at(corpus->options, i);
        if (corpus->items[i].guidance.len) /* of trees only */
            guidance_add(corpus, &corpus->items[i], findings);
    }
    if (findings->short_of_memory || pin_pool_is_short(corpus->pool))
        status = PIN_NO_SPACE;
    return status == PIN_OK ? PIN_OK : pin_fail(err, status, 0, "no memory for the corpus");
}
