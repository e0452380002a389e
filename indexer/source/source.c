/* The set of sources: which file of an argument is which, several versions side by side, numbering,
 * and what the citation grammar asks. */
#include "indexer/source/source.h"

#include <string.h>

#include "core/bytes/bytes.h"
#include "core/cite/version.h"
#include "indexer/source/inside.h"

static pin_status no_memory(pin_error *err)
{
    return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
}

void pin_source_set_init(pin_source_set *out, pin_pool *pool)
{
    *out = (pin_source_set){.pool = pool, .default_source = PIN_NO_PROVISION};
}

/* ---- which file is which ---- */

static const pin_input_file *file_at(const pin_input *input, pin_str path)
{
    for (uint32_t i = 0; i < input->file_count; i++)
        if (pin_str_equal(input->files[i].path, path))
            return &input->files[i];
    return NULL;
}

static bool ends_with(pin_str text, pin_str end)
{
    return text.len >= end.len && pin_str_equal(pin_str_part(text, text.len - end.len, text.len), end);
}

/* provisions.jsonl, else the only .jsonl file; NULL when there is none or a choice. */
static const pin_input_file *likely_rows(const pin_input *input)
{
    const pin_input_file *found = file_at(input, PIN_STR("provisions.jsonl"));
    if (found)
        return found;
    for (uint32_t i = 0; i < input->file_count; i++) {
        if (!ends_with(input->files[i].path, PIN_STR(".jsonl")))
            continue;
        if (found)
            return NULL;
        found = &input->files[i];
    }
    return found;
}

/* Description and rows of a folder. *rows is NULL for a description without provisions: an act that is
 * known by name only. */
static pin_status open_folder(pin_draft_source *s, const pin_input_file **rows, pin_pool *pool,
                              pin_findings *findings, const pin_input *input, pin_error *err)
{
    const pin_input_file *description = file_at(input, PIN_STR("source.yml"));
    pin_str               named = {0};
    if (description) {
        pin_status status = pin_description_read(s, &named, pool, findings, description);
        if (status != PIN_OK)
            return pin_fail(err, status, 0,
                            status == PIN_NO_SPACE ? "memory is short" : "its source.yml cannot be read");
    }
    *rows = named.len ? file_at(input, named) : likely_rows(input);
    if (*rows || (description && !named.len))
        return PIN_OK;
    if (named.len)
        return pin_fail(err, PIN_BAD_INPUT, 0, "the file of provisions that its source.yml names is not there");
    return pin_fail(err, PIN_BAD_INPUT, 0, "no source.yml, no provisions.jsonl and not one .jsonl file alone");
}

/* ---- what a source is called when it does not say ---- */

static bool fill_defaults(pin_draft_source *s, pin_pool *pool)
{
    bool sections = s->provision_count && pin_str_equal(s->provisions[0].kind, PIN_STR("section"));
    if (!s->title.len)
        s->title = s->name_count ? s->names[0] : s->id;
    if (!s->rank.len)
        s->rank = sections ? PIN_STR("community") : PIN_STR("act"); /* nothing says that an FAQ is official */
    if (s->name_count)
        return true;
    pin_str *names = pin_pool_take(pool, 3, sizeof *names);
    char    *upper = pin_pool_take(pool, s->id.len, 1);
    if (!names || !upper)
        return false;
    for (size_t i = 0; i < s->id.len; i++)
        upper[i] = (char)(s->id.at[i] >= 'a' && s->id.at[i] <= 'z' ? s->id.at[i] - 32 : s->id.at[i]);
    names[s->name_count++] = (pin_str){upper, s->id.len};
    names[s->name_count++] = s->id;
    if (!pin_str_equal(s->title, s->id))
        names[s->name_count++] = s->title;
    s->names = names;
    return true;
}

static bool id_is_good(pin_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.at[i];
        if (!pin_is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_')
            return false;
    }
    return id.len > 0 && id.len <= 64;
}

/* ---- versions ---- */

/* "cfaq@1.2". It stands in addresses, so a version that is more than letters, digits, points and hyphens
 * has hyphens instead. */
static pin_str older_id(const pin_draft_source *s, pin_pool *pool)
{
    pin_str id = pin_pool_format(pool, "%.*s@%.*s", PIN_ARG(s->id), PIN_ARG(s->version));
    char   *at = pin_pool_take(pool, id.len, 1);
    if (!at || !id.at)
        return (pin_str){0};
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.at[i];
        bool plain = i <= s->id.len || pin_is_alpha(c) || pin_is_digit(c) || c == '.' || c == '-' || c == '_';
        at[i] = plain ? (char)c : '-';
    }
    return (pin_str){at, id.len};
}

/* The older of two versions steps aside: "cfaq@1.2", "Commission FAQ 1.2". */
static bool make_older(pin_draft_source *s, pin_pool *pool)
{
    pin_str *names = pin_pool_take(pool, s->name_count, sizeof *names);
    if (!names)
        return false;
    for (uint32_t i = 0; i < s->name_count; i++)
        names[i] = pin_pool_format(pool, "%.*s %.*s", PIN_ARG(s->names[i]), PIN_ARG(s->version));
    s->names = names;
    s->id = older_id(s, pool);
    return s->id.at != NULL;
}

static pin_draft_source *with_id(pin_source_set *set, pin_str id)
{
    for (uint32_t i = 0; i < set->source_count; i++)
        if (pin_str_equal(set->sources[i].id, id))
            return &set->sources[i];
    return NULL;
}

static bool version_is_here(pin_source_set *set, const pin_draft_source *s)
{
    return with_id(set, older_id(s, set->pool)) != NULL;
}

/* ---- adding ---- */

static bool make_room(pin_source_set *set)
{
    if (set->source_count < set->source_cap)
        return true;
    uint32_t          cap = set->source_cap ? set->source_cap * 2 : 8;
    pin_draft_source *more = pin_pool_take(set->pool, cap, sizeof *more);
    if (!more)
        return false;
    if (set->source_count)
        memcpy(more, set->sources, set->source_count * sizeof *more);
    set->sources = more;
    set->source_cap = cap;
    return true;
}

/* Puts `s` into the set; where its id is taken, the newer version takes the name. */
static pin_status join_set(pin_source_set *set, pin_findings *findings, pin_draft_source *s, pin_error *err)
{
    pin_draft_source *same = with_id(set, s->id);
    if (same) {
        bool apart = same->version.len && s->version.len && pin_version_order(same->version, s->version) != 0;
        if (!apart || version_is_here(set, s)) {
            pin_finding_add(findings, PIN_WARNING, "duplicate-source", s->origin, (pin_str){0},
                            "give each its version: --source ID@VERSION=PATH",
                            "the source '%.*s' is given twice: this one is not used", PIN_ARG(s->id));
            return PIN_OK;
        }
        if (!make_older(pin_version_order(same->version, s->version) < 0 ? same : s, set->pool))
            return no_memory(err);
    }
    if (!make_room(set))
        return no_memory(err);
    set->sources[set->source_count++] = *s;
    return PIN_OK;
}

static void settle_version(pin_draft_source *s, pin_findings *findings, pin_str asked, pin_str described,
                           pin_str revision)
{
    if (asked.len && described.len && !pin_str_equal(asked, described))
        pin_finding_add(findings, PIN_WARNING, "source-version", s->origin, (pin_str){0}, NULL,
                        "its description says version '%.*s', the command line '%.*s': the latter is used",
                        PIN_ARG(described), PIN_ARG(asked));
    if (asked.len)
        s->version = asked;
    else if (described.len)
        s->version = described;
    else if (revision.len)
        s->version = revision;
}

pin_status pin_source_add(pin_source_set *set, pin_findings *findings, const pin_input_source *source,
                          pin_error *err)
{
    pin_draft_source s = {0};
    pin_str          id = pin_pool_copy(set->pool, source->id);
    pin_str          asked = pin_pool_copy(set->pool, source->version);
    if (!id_is_good(id))
        return pin_fail(err, PIN_BAD_INPUT, 0, "the id of a source is made of a-z, 0-9, - and _");
    pin_known_source(&s, set->pool, id);

    pin_str               known_version = s.version, revision = {0};
    const pin_input_file *rows = source->input.is_folder ? NULL : source->input.files;
    s.version = (pin_str){0};
    if (source->input.is_folder) {
        pin_status status = open_folder(&s, &rows, set->pool, findings, &source->input, err);
        if (status != PIN_OK)
            return status;
    }
    s.origin.file = pin_pool_copy(set->pool, rows ? rows->shown : source->input.root);
    if (s.id.len && !pin_str_equal(s.id, id))
        pin_finding_add(findings, PIN_WARNING, "source-id", s.origin, (pin_str){0}, NULL,
                        "its description says id '%.*s': '%.*s' is used, as asked", PIN_ARG(s.id), PIN_ARG(id));
    s.id = id;
    if (rows) {
        pin_status status = pin_rows_read(&s, &revision, set->pool, findings, rows, err);
        if (status != PIN_OK)
            return status;
    }
    settle_version(&s, findings, asked, s.version, revision);
    if (!s.version.len)
        s.version = known_version;
    if (!fill_defaults(&s, set->pool))
        return no_memory(err);
    return join_set(set, findings, &s, err);
}

/* ---- finishing ---- */

static uint32_t source_with_id(const pin_source_set *set, pin_str id)
{
    for (uint32_t i = 0; i < set->source_count; i++)
        if (pin_str_equal(set->sources[i].id, id))
            return i;
    return PIN_NO_PROVISION;
}

static bool add_known(pin_source_set *set)
{
    for (uint32_t k = 0; pin_known_id(k).len; k++) {
        if (source_with_id(set, pin_known_id(k)) != PIN_NO_PROVISION)
            continue;
        pin_draft_source s;
        if (!make_room(set) || !pin_known_source(&s, set->pool, pin_known_id(k)))
            return false;
        set->sources[set->source_count++] = s;
    }
    return true;
}

/* The current version first, then the older ones, newest first: so that what is asked for by a name of all
 * of them, "section 4.2.5", finds the current one, however they were given. */
static bool order_versions(pin_source_set *set)
{
    pin_draft_source *sorted = pin_pool_take(set->pool, set->source_count, sizeof *sorted);
    uint32_t          count = 0;
    if (!sorted)
        return false;
    for (uint32_t i = 0; i < set->source_count; i++) {
        if (pin_version_is_older(set->sources[i].id))
            continue;
        uint32_t first = count + 1;
        sorted[count++] = set->sources[i];
        for (uint32_t k = 0; k < set->source_count; k++) {
            const pin_draft_source *s = &set->sources[k];
            if (!pin_version_is_older(s->id) || !pin_str_equal(pin_version_base(s->id), set->sources[i].id))
                continue;
            uint32_t at = count++;
            for (; at > first && pin_version_order(sorted[at - 1].version, s->version) < 0; at--)
                sorted[at] = sorted[at - 1];
            sorted[at] = *s;
        }
    }
    set->sources = sorted;
    set->source_cap = set->source_count;
    return count == set->source_count; /* an older version steps aside for one that is here */
}

/* The same words must not mean two things: the key goes to the first provision that has it. */
static bool add_keys(pin_source_set *set, pin_source_table *table, uint32_t number)
{
    const pin_draft_source *s = &set->sources[number];
    for (uint32_t i = 0; i < s->provision_count; i++) {
        const pin_draft_provision *p = &s->provisions[i];
        if (!pin_source_table_put(table, set->pool, number, PIN_KEY_ID, p->id, i, NULL) ||
            !pin_source_table_put(table, set->pool, number, PIN_KEY_LABEL, p->label, i, NULL))
            return false;
        for (uint32_t k = 0; k < p->also_count; k++)
            if (!pin_source_table_put(table, set->pool, number, PIN_KEY_LABEL, p->also[k], i, NULL))
                return false;
    }
    return true;
}

static uint32_t likely_default(const pin_source_set *set)
{
    for (uint32_t i = 0; i < set->source_count; i++)
        if (set->sources[i].loaded && pin_str_equal(set->sources[i].rank, PIN_STR("act")) &&
            !memchr(set->sources[i].id.at, '@', set->sources[i].id.len))
            return i;
    return source_with_id(set, PIN_STR("cra"));
}

pin_status pin_source_finish(pin_source_set *set, pin_findings *findings, pin_str default_id, pin_error *err)
{
    if (!add_known(set) || !order_versions(set))
        return no_memory(err);
    pin_source_table *table = pin_source_table_new(set->pool);
    if (!table)
        return no_memory(err);
    uint64_t first = 0;
    for (uint32_t i = 0; i < set->source_count; i++) {
        set->sources[i].first = (uint32_t)first;
        first += set->sources[i].provision_count;
        if (first >= PIN_NO_PROVISION)
            return pin_fail(err, PIN_LIMIT, 0, "more provisions than can be numbered");
        if (!add_keys(set, table, i))
            return no_memory(err);
    }
    set->lookup = table;
    set->default_source = likely_default(set);
    if (default_id.len) {
        uint32_t asked = pin_source_named(set, default_id);
        if (asked != PIN_NO_PROVISION)
            set->default_source = asked;
        else
            pin_finding_add(findings, PIN_ERROR, "unknown-source", (pin_origin){0}, (pin_str){0},
                            "name the id of a source", "the default source '%.*s' is not among the sources",
                            PIN_ARG(default_id));
    }
    return PIN_OK;
}

/* ---- names ---- */

/* The next byte of a name as it is compared: small letters, one space for any run, plain apostrophes;
 * 0 at the end. */
static unsigned char next_of_name(pin_str name, size_t *at)
{
    if (*at >= name.len)
        return 0;
    if (pin_str_starts(pin_str_part(name, *at, name.len), PIN_STR("\xE2\x80\x99"))) {
        *at += 3;
        return '\'';
    }
    unsigned char c = (unsigned char)name.at[*at];
    if (!pin_is_space(c)) {
        ++*at;
        return (unsigned char)pin_ascii_lower(c);
    }
    while (*at < name.len && pin_is_space((unsigned char)name.at[*at]))
        ++*at;
    return ' ';
}

static bool same_name(pin_str a, pin_str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        unsigned char x = next_of_name(a, &i), y = next_of_name(b, &k);
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

uint32_t pin_source_named(const pin_source_set *set, pin_str name)
{
    name = pin_str_trim(name);
    if (name.len > 4 && (name.at[0] | 32) == 't' && same_name(pin_str_part(name, 0, 4), PIN_STR("the ")))
        name = pin_str_trim(pin_str_part(name, 4, name.len));
    for (uint32_t i = 0; i < set->source_count; i++) {
        const pin_draft_source *s = &set->sources[i];
        if (same_name(name, s->id) || same_name(name, s->title))
            return i;
        for (uint32_t k = 0; k < s->name_count; k++)
            if (same_name(name, s->names[k]))
                return i;
    }
    return PIN_NO_PROVISION;
}

const pin_draft_provision *pin_source_provision(const pin_source_set *set, uint32_t number, uint32_t *source)
{
    for (uint32_t i = 0; i < set->source_count; i++) {
        const pin_draft_source *s = &set->sources[i];
        if (number - s->first < s->provision_count && number >= s->first) {
            if (source)
                *source = i;
            return &s->provisions[number - s->first];
        }
    }
    return NULL;
}

/* ---- the grammar's view ---- */

static uint32_t law_act_count(const void *ctx)
{
    return ((const pin_source_set *)ctx)->source_count;
}

static pin_str law_act_id(const void *ctx, uint32_t act)
{
    return ((const pin_source_set *)ctx)->sources[act].id;
}

static bool law_act_loaded(const void *ctx, uint32_t act)
{
    return ((const pin_source_set *)ctx)->sources[act].loaded;
}

static bool law_act_name(const void *ctx, uint32_t act, uint32_t k, pin_str *name)
{
    const pin_draft_source *s = &((const pin_source_set *)ctx)->sources[act];
    if (k >= s->name_count)
        return false;
    *name = s->names[k];
    return true;
}

static uint32_t find_key(const pin_source_set *set, uint32_t act, int kind, pin_str key)
{
    uint32_t number = pin_source_table_get(set->lookup, act, kind, key);
    return number == PIN_NO_PROVISION ? number : set->sources[act].first + number;
}

static uint32_t law_find(const void *ctx, uint32_t act, pin_str id)
{
    return find_key(ctx, act, PIN_KEY_ID, id);
}

static uint32_t law_find_also(const void *ctx, uint32_t act, pin_str label)
{
    return find_key(ctx, act, PIN_KEY_LABEL, label);
}

pin_law pin_source_law(const pin_source_set *set)
{
    pin_law law = {.ctx = set,
                   .act_count = law_act_count,
                   .act_id = law_act_id,
                   .act_loaded = law_act_loaded,
                   .act_name = law_act_name,
                   .find = law_find,
                   .find_also = law_find_also,
                   .default_act = set->default_source};
    pin_cite_know_names(&law);
    return law;
}
