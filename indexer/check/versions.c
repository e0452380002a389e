/* Citations and the versions of what they cite: an answer may lean on words that have changed since, or that
 * are gone. A citation is written against the version that it names, else against the current one. */
#include <string.h>

#include "core/cite/version.h"
#include "indexer/check/inside.h"

/* The number of the current version of the source called `id`, and how many of it are loaded. */
static uint32_t current_of(const pin_check *k, pin_str id, uint32_t *loaded)
{
    pin_str  base = pin_version_base(id);
    uint32_t current = PIN_NO_PROVISION;
    *loaded = 0;
    for (uint32_t i = 0; i < k->sources->source_count; i++) {
        const pin_draft_source *s = &k->sources->sources[i];
        if (!pin_str_equal(pin_version_base(s->id), base) || !s->loaded)
            continue;
        ++*loaded;
        if (!pin_version_is_older(s->id))
            current = i;
    }
    return current;
}

static const pin_draft_provision *provision_in(const pin_check *k, uint32_t source, pin_str id)
{
    uint32_t number = k->law.find(k->law.ctx, source, id);
    return number == PIN_NO_PROVISION ? NULL : pin_source_provision(k->sources, number, NULL);
}

/* With everything below: who cites an article leans on its paragraphs. */
static bool reads_the_same(const pin_draft_provision *a, const pin_draft_provision *b)
{
    return pin_same_words(a->text, b->text) && pin_same_words(a->heading, b->heading);
}

static pin_str name_of(const pin_draft_source *s)
{
    return s->name_count ? s->names[0] : s->id;
}

/* The newest older version of source `current` that has `id`, or PIN_NO_PROVISION. With `unlike` only one
 * where it reads otherwise. Sources are sorted: the older ones follow the current, the newest first. */
static uint32_t older_with(const pin_check *k, uint32_t current, pin_str id, const pin_draft_provision *unlike)
{
    const pin_draft_source *sources = k->sources->sources;
    for (uint32_t i = current + 1; i < k->sources->source_count; i++) {
        if (!pin_str_equal(pin_version_base(sources[i].id), sources[current].id))
            break;
        const pin_draft_provision *p = sources[i].loaded ? provision_in(k, i, id) : NULL;
        if (p && (!unlike || !reads_the_same(p, unlike)))
            return i;
    }
    return PIN_NO_PROVISION;
}

static void add(pin_check *k, const pin_row *row, pin_severity severity, const char *code, pin_str hint, pin_str message)
{
    if (!message.at || !hint.at) {
        k->short_of_memory = true;
        return;
    }
    pin_finding_add(k->findings, severity, code, pin_check_origin(k, row->line), k->item->id, hint.at, "%.*s",
                    PIN_ARG(message));
}

/* Gone from the current version: the answer rests on what no longer stands. */
static void report_withdrawn(pin_check *k, const pin_row *row, uint32_t current, uint32_t last)
{
    const pin_draft_source *now = &k->sources->sources[current], *then = &k->sources->sources[last];
    const pin_citation     *c = &row->c;
    add(k, row, PIN_ERROR, "leans-on-withdrawn",
        pin_pool_format(k->pool, "rest the answer on what holds now; that it once stood there is cited as %.*s:%.*s",
                        PIN_ARG(then->id), PIN_ARG(c->id)),
        pin_pool_format(k->pool, "%.*s of '%.*s' was withdrawn: version %.*s has it, %.*s does not",
                        PIN_ARG(c->label), PIN_ARG(name_of(now)), PIN_ARG(then->version), PIN_ARG(now->version)));
}

/* The citation names an older version. */
static void report_older(pin_check *k, const pin_row *row, uint32_t current, const pin_draft_source *cited)
{
    const pin_citation        *c = &row->c;
    const pin_draft_source    *now = &k->sources->sources[current];
    const pin_draft_provision *then = c->id.len ? pin_source_provision(k->sources, c->provision, NULL) : NULL;
    const pin_draft_provision *here = c->id.len ? provision_in(k, current, c->id) : NULL;
    if (!c->id.len) {
        add(k, row, PIN_NOTE, "older-version", pin_pool_format(k->pool, "the current one is '%.*s'", PIN_ARG(now->id)),
            pin_pool_format(k->pool, "cites version %.*s of '%.*s', not the current %.*s", PIN_ARG(cited->version),
                            PIN_ARG(name_of(now)), PIN_ARG(now->version)));
    } else if (!here) {
        add(k, row, PIN_WARNING, "leans-on-withdrawn", PIN_STR("rest the answer on what holds now"),
            pin_pool_format(k->pool, "%.*s of '%.*s' was withdrawn: version %.*s, which is cited, has it, %.*s does not",
                            PIN_ARG(c->label), PIN_ARG(name_of(now)), PIN_ARG(cited->version), PIN_ARG(now->version)));
    } else if (!reads_the_same(then, here)) {
        add(k, row, PIN_WARNING, "words-changed",
            pin_pool_format(k->pool, "read the new words, mend the answer, then cite %.*s:%.*s", PIN_ARG(now->id),
                            PIN_ARG(c->id)),
            pin_pool_format(k->pool, "%.*s of '%.*s' reads otherwise in version %.*s than in %.*s, which is cited",
                            PIN_ARG(c->label), PIN_ARG(name_of(now)), PIN_ARG(now->version),
                            PIN_ARG(cited->version)));
    } else {
        add(k, row, PIN_NOTE, "older-version",
            pin_pool_format(k->pool, "cite %.*s:%.*s", PIN_ARG(now->id), PIN_ARG(c->id)),
            pin_pool_format(k->pool, "cites %.*s in version %.*s of '%.*s'; the words are the same in %.*s",
                            PIN_ARG(c->label), PIN_ARG(cited->version), PIN_ARG(name_of(now)), PIN_ARG(now->version)));
    }
}

/* The citation means the current version, and the words were others before. */
static void report_changed(pin_check *k, const pin_row *row, uint32_t current, uint32_t other)
{
    const pin_draft_source *now = &k->sources->sources[current], *then = &k->sources->sources[other];
    const pin_citation     *c = &row->c;
    add(k, row, PIN_NOTE, "words-changed",
        pin_pool_format(k->pool, "see that the answer still fits: pincite law FILE --changes %.*s", PIN_ARG(now->id)),
        pin_pool_format(k->pool, "%.*s of '%.*s' reads otherwise in version %.*s than in %.*s", PIN_ARG(c->label),
                        PIN_ARG(name_of(now)), PIN_ARG(now->version), PIN_ARG(then->version)));
}

bool pin_check_versions(pin_check *k, const pin_row *row)
{
    const pin_citation *c = &row->c;
    uint32_t            loaded, current, other;
    if (!c->source.len || (c->state != PIN_CITE_RESOLVED && c->state != PIN_CITE_MISSING))
        return false;
    current = current_of(k, c->source, &loaded);
    if (loaded < 2 || current == PIN_NO_PROVISION)
        return false;
    const pin_draft_source *now = &k->sources->sources[current];
    bool                    is_current = pin_str_equal(c->source, now->id);
    if (c->state == PIN_CITE_MISSING) {
        other = is_current ? older_with(k, current, c->id, NULL) : PIN_NO_PROVISION;
        if (other == PIN_NO_PROVISION)
            return false;
        report_withdrawn(k, row, current, other);
        return true;
    }
    if (!is_current) {
        report_older(k, row, current, &k->sources->sources[pin_source_named(k->sources, c->source)]);
        return true;
    }
    if (!c->id.len)
        return false;
    other = older_with(k, current, c->id, pin_source_provision(k->sources, c->provision, NULL));
    if (other != PIN_NO_PROVISION)
        report_changed(k, row, current, other);
    return other != PIN_NO_PROVISION;
}
