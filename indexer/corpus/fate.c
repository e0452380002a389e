/* What the corpus says of ids that are no items any more.
 *
 *     in the front matter, the lines or the keys of the item itself:
 *         withdrawn: REASON          since: 2026-03-10       instead: MODULE/SLUG
 *         moved_to: MODULE/SLUG      merged_into: MODULE/SLUG
 *     at the item that took its place:
 *         moved_from: MODULE/SLUG
 *     in pincite.yml, or the front matter of a module file, where an id may be the slug alone:
 *         withdrawn: {ID: REASON}    or a list of {id, reason, since, instead}
 *         moved: {OLD: NEW}          merged: {OLD: NEW}      or a list of {id, to, since} */
#include "indexer/corpus/parallel.h"
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"

#include <string.h>

/* "/stewards/sbom/", "stewards/sbom.md" and, in a module, "sbom": stewards/sbom */
static pin_str id_of(pin_pool *pool, pin_str home, pin_str text)
{
    text = pin_str_trim(text);
    while (text.len && text.at[0] == '/')
        text = pin_str_part(text, 1, text.len);
    while (text.len && text.at[text.len - 1] == '/')
        text.len--;
    if (text.len > 3 && pin_str_equal(pin_str_part(text, text.len - 3, text.len), PIN_STR(".md")))
        text.len -= 3;
    if (home.len && text.len && !memchr(text.at, '/', text.len))
        return pin_pool_format(pool, "%.*s/%.*s", PIN_ARG(home), PIN_ARG(text));
    return pin_pool_copy(pool, text);
}

static bool is_word(pin_str text, const char *lower)
{
    size_t i = 0;
    while (i < text.len && lower[i] && pin_ascii_lower((unsigned char)text.at[i]) == (unsigned char)lower[i])
        i++;
    return i == text.len && !lower[i];
}

static bool is_yes(pin_str text) { return is_word(text, "yes") || is_word(text, "true"); }
static bool is_no(pin_str text) { return text.len == 0 || is_word(text, "no") || is_word(text, "false"); }

/* ---- At the item itself ---- */
static pin_draft_fate *need_fate(pin_draft_item *item, pin_pool *pool)
{
    if (!item->fate)
        item->fate = pin_pool_take(pool, 1, sizeof *item->fate);
    return item->fate;
}

static bool set_fate(pin_draft_item *item, pin_findings *findings, pin_fate fate, pin_origin origin)
{
    if (!pin_draft_lives(item) && item->fate->fate != fate) {
        pin_finding_add(findings, PIN_ERROR, "two-fates", origin, item->id, "keep one of the two",
                        "the item is said to be %s and %s", pin_fate_name(item->fate->fate), pin_fate_name(fate));
        return false;
    }
    item->fate->fate = fate;
    item->fate->origin = origin;
    return true;
}

static bool add_moved_from(pin_draft_item *item, pin_pool *pool, pin_str text)
{
    while (text.len) {
        const char *comma = memchr(text.at, ',', text.len);
        pin_str     one = pin_str_part(text, 0, comma ? (size_t)(comma - text.at) : text.len);
        text = pin_str_part(text, one.len + 1, text.len);
        pin_str id = id_of(pool, item->module, one);
        if (!id.at)
            return false;
        pin_str *more = pin_pool_take(pool, (size_t)item->moved_from_count + 1, sizeof *more);
        if (!more)
            return false;
        if (item->moved_from_count)
            memcpy(more, item->moved_from, item->moved_from_count * sizeof *more);
        if (id.len)
            more[item->moved_from_count++] = id;
        item->moved_from = more;
    }
    return true;
}

const char *const pin_fate_keys[] = {"withdrawn", "since", "instead", "moved_to", "merged_into", "moved_from", NULL};

bool pin_draft_fate_key(pin_draft_item *item, pin_pool *pool, pin_findings *findings, const char *key, pin_str value,
                        uint32_t line)
{
    pin_origin origin = {item->origin.file, line};
    bool       moved = strcmp(key, "moved_to") == 0, merged = strcmp(key, "merged_into") == 0;
    value = pin_str_trim(value);
    if (value.len == 0)
        return true;
    if (strcmp(key, "moved_from") == 0)
        return add_moved_from(item, pool, value);
    if (strcmp(key, "withdrawn") == 0 && is_no(value))
        return true;
    pin_draft_fate *fate = need_fate(item, pool);
    if (!fate)
        return false;
    if (strcmp(key, "withdrawn") == 0) {
        if (!set_fate(item, findings, PIN_FATE_WITHDRAWN, origin) || is_yes(value))
            return true;
        fate->reason = pin_markdown_line(pool, value);
        return fate->reason.at != NULL;
    }
    if (strcmp(key, "since") == 0) {
        fate->since = pin_pool_copy(pool, pin_draft_date(findings, origin, item->id, "since", value));
        return fate->since.at != NULL;
    }
    pin_str target = id_of(pool, item->module, value); /* "instead", "moved_to", "merged_into" */
    if (!target.at)
        return false;
    if ((!moved && !merged) || set_fate(item, findings, moved ? PIN_FATE_MOVED : PIN_FATE_MERGED, origin))
        fate->target = target;
    return true;
}

/* ---- In a list ---- */
static pin_draft_fate *new_fate(pin_draft_fate *fates, uint32_t *count, pin_fate fate, const pin_yaml_pair *pair,
                                pin_str file)
{
    pin_draft_fate *f = &fates[(*count)++];
    *f = (pin_draft_fate){.fate = fate, .origin = {file, pair->line}};
    return f;
}

static bool take_pair(pin_draft_fate *f, pin_pool *pool, pin_findings *findings, const pin_yaml_pair *pair,
                      pin_str home)
{
    if (is_word(pair->key, "id") || is_word(pair->key, "from"))
        f->id = id_of(pool, home, pair->text);
    else if (is_word(pair->key, "reason"))
        f->reason = pin_markdown_line(pool, pair->text);
    else if (is_word(pair->key, "to") || is_word(pair->key, "into") || is_word(pair->key, "instead"))
        f->target = id_of(pool, home, pair->text);
    else if (is_word(pair->key, "since"))
        f->since = pin_draft_date(findings, f->origin, f->id, "since", pair->text);
    else
        return false;
    return true;
}

/* A list of mappings has rows of several pairs, or pairs with the names of our keys. */
static bool is_long_form(const pin_yaml_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (is_word(key->pairs[i].key, "id") || is_word(key->pairs[i].key, "from") ||
            (i > 0 && key->pairs[i].row == key->pairs[i - 1].row))
            return true;
    return false;
}

static pin_status read_list(pin_draft_fate **fates, uint32_t *count, pin_pool *pool, pin_findings *findings,
                            const pin_yaml_key *key, pin_fate fate, pin_str home, pin_str file)
{
    pin_draft_fate *all = pin_pool_take(pool, (size_t)*count + key->count + 1, sizeof *all), *f = NULL;
    bool            long_form = is_long_form(key);
    uint32_t        first = *count;
    if (!all)
        return PIN_NO_SPACE;
    if (*count)
        memcpy(all, *fates, *count * sizeof *all);
    *fates = all;
    for (uint32_t i = 0; i < key->count; i++) {
        const pin_yaml_pair *pair = &key->pairs[i];
        if (!long_form || i == 0 || pair->row != key->pairs[i - 1].row)
            f = new_fate(all, count, fate, pair, file);
        if (!long_form) {
            f->id = id_of(pool, home, pair->key);
            if (fate == PIN_FATE_WITHDRAWN)
                f->reason = is_yes(pair->text) ? (pin_str){"", 0} : pin_markdown_line(pool, pair->text);
            else
                f->target = id_of(pool, home, pair->text);
        } else if (!take_pair(f, pool, findings, pair, home)) {
            pin_finding_add(findings, PIN_NOTE, "unknown-key", (pin_origin){file, pair->line}, (pin_str){0},
                            "known: id, reason, since, instead, to", "the key '%.*s' is not known", PIN_ARG(pair->key));
        }
    }
    uint32_t kept = first;
    for (uint32_t i = first; i < *count; i++) {
        bool whole = all[i].id.len && (fate == PIN_FATE_WITHDRAWN || all[i].target.len);
        if (whole)
            all[kept++] = all[i];
        else
            pin_finding_add(findings, PIN_ERROR, "bad-fate", all[i].origin, (pin_str){0},
                            fate == PIN_FATE_WITHDRAWN ? "write 'module/slug: the reason'" : "write 'old/id: new/id'",
                            "an entry of '%s' names no id, or none to lead to", key->name);
    }
    *count = kept;
    return PIN_OK;
}

pin_status pin_draft_fate_lists(pin_draft_fate **fates, uint32_t *count, pin_pool *pool, pin_findings *findings,
                                const pin_yaml_key keys[3], pin_str home, pin_str file)
{
    static const pin_fate kinds[3] = {PIN_FATE_WITHDRAWN, PIN_FATE_MOVED, PIN_FATE_MERGED};
    pin_status            status = PIN_OK;
    for (int i = 0; i < 3 && status == PIN_OK; i++)
        if (keys[i].count)
            status = read_list(fates, count, pool, findings, &keys[i], kinds[i], home, file);
    return status;
}

/* ---- The corpus ---- */
pin_status pin_corpus_add_fate(pin_corpus *corpus, const pin_draft_fate *fate)
{
    if (corpus->fate_count == corpus->fate_cap) {
        uint32_t        cap = corpus->fate_cap ? corpus->fate_cap * 2 : 32;
        pin_draft_fate *more = pin_pool_take(corpus->pool, cap, sizeof *more);
        if (!more)
            return PIN_NO_SPACE;
        if (corpus->fate_count)
            memcpy(more, corpus->fates, corpus->fate_count * sizeof *more);
        corpus->fates = more;
        corpus->fate_cap = cap;
    }
    corpus->fates[corpus->fate_count++] = *fate;
    return PIN_OK;
}

pin_status pin_corpus_take_fates(pin_corpus *corpus)
{
    uint32_t   kept = 0;
    pin_status status = PIN_OK;
    for (uint32_t i = 0; i < corpus->item_count && status == PIN_OK; i++) {
        pin_draft_item *item = &corpus->items[i];
        pin_rest_at(corpus->options, i);
        for (uint32_t k = 0; k < item->moved_from_count && status == PIN_OK; k++) {
            pin_draft_fate from = {.id = item->moved_from[k], .fate = PIN_FATE_MOVED, .target = item->id,
                                   .origin = item->origin};
            status = pin_corpus_add_fate(corpus, &from);
        }
        if (pin_draft_lives(item)) {
            if (kept != i)
                corpus->items[kept] = *item;
            kept++;
            continue;
        }
        item->fate->id = item->id;
        item->fate->question = item->question;
        if (status == PIN_OK)
            status = pin_corpus_add_fate(corpus, item->fate);
    }
    corpus->item_count = kept;
    return status;
}
