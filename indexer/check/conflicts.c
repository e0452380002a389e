/* Answers beside each other: two that say opposite things of one provision, and one that rests on an older
 * version of a source than its neighbour. Found by sorting all citations by what they cite, so that only
 * answers on the same provision meet. */
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/cite/version.h"
#include "core/text/text.h"
#include "indexer/check/inside.h"
#include "indexer/corpus/parallel.h"

/* A group of answers on one provision is read as far as this, so that work stays linear. */
enum { GROUP_MAX = 64, WORDS_MAX = 48, NORMAL_MAX = 4 << 10 };

typedef enum polarity { SAYS_NEITHER = 0, SAYS_YES, SAYS_NO } polarity;

/* One item on one provision. */
typedef struct meeting {
    uint64_t            provision; /* a hash of what is cited, where any order of them will do; else 0 */
    const pin_citation *c;
    uint32_t            item;
} meeting;

/* ---- what an answer says ---- */

static bool begins_with_word(pin_str text, const char *word)
{
    size_t len = strlen(word);
    if (text.len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (pin_ascii_lower((unsigned char)text.at[i]) != (unsigned char)word[i])
            return false;
    return text.len == len || !(pin_is_alpha((unsigned char)text.at[len]) || (unsigned char)text.at[len] >= 0x80 ||
                                text.at[len] == '-');
}

/* "Not only for .." and "No later than .." deny nothing. */
static polarity polarity_of(const pin_draft_item *item)
{
    pin_str text = pin_str_trim(item->verdict.len ? item->verdict : item->plain);
    if (begins_with_word(text, "yes"))
        return SAYS_YES;
    if (begins_with_word(text, "not only") || begins_with_word(text, "no later") || begins_with_word(text, "no more") ||
        begins_with_word(text, "no fewer") || begins_with_word(text, "no less"))
        return SAYS_NEITHER;
    return begins_with_word(text, "no") || begins_with_word(text, "not") ? SAYS_NO : SAYS_NEITHER;
}

uint8_t pin_check_says(const pin_draft_item *item) { return (uint8_t)polarity_of(item); }

/* ---- how alike two questions are ---- */

typedef struct words {
    uint64_t hash[WORDS_MAX];
    uint32_t count;
    bool     negated; /* "not", "without": the answer turns around           */
    bool     all;     /* "all", "always": no to it is no no to "may one ever" */
} words;

static bool is_telling(pin_str word)
{
    static const char *const common[] = {
        "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "have", "how",
        "i", "if", "in", "into", "is", "it", "its", "may", "must", "my", "of", "on", "or", "our", "out", "shall",
        "should", "such", "that", "the", "their", "them", "there", "these", "they", "this", "to", "under", "what",
        "when", "where", "which", "who", "why", "will", "with", "would", "you", "your", "still", "also", "need",
        "cra", "act", "cyber", "resilience"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (pin_str_equal(word, pin_str_of(common[i])))
            return false;
    return true;
}

static void take_word(words *out, pin_str word)
{
    static const char *const turns[] = {"not", "without", "except", "cannot", "never", "no", "unless", "non"};
    static const char *const wholes[] = {"all", "every", "each", "always", "only", "automatically", "everyone"};
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++)
        out->negated |= pin_str_equal(word, pin_str_of(turns[i]));
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        out->all |= pin_str_equal(word, pin_str_of(wholes[i]));
    if (!is_telling(word) || out->count == WORDS_MAX)
        return;
    /* "manufacturers" and "manufacturer" are one word here */
    if (word.len > 3 && word.at[word.len - 1] == 's')
        word.len--;
    uint64_t hash = pin_hash64(word.at, word.len, 0);
    for (uint32_t i = 0; i < out->count; i++)
        if (out->hash[i] == hash)
            return;
    out->hash[out->count++] = hash;
}

static void words_of(words *out, char *room, pin_str question)
{
    pin_buf normal = pin_buf_over(room, NORMAL_MAX);
    pin_normalise(&normal, question);
    pin_str text = pin_buf_str(&normal);
    *out = (words){0};
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && (pin_is_alpha((unsigned char)text.at[at]) || pin_is_digit((unsigned char)text.at[at]) ||
                                 (unsigned char)text.at[at] >= 0x80))
            at++;
        if (at > start)
            take_word(out, pin_str_part(text, start, at));
        else
            at++;
    }
}

/* At least two thirds of the telling words of both together, and at least two. */
static bool are_alike(const words *a, const words *b)
{
    uint32_t shared = 0;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            shared += a->hash[i] == b->hash[k];
    return shared >= 2 && 3 * shared >= 2 * (a->count + b->count - shared) && a->negated == b->negated &&
           a->all == b->all;
}

/* ---- who meets where ---- */

static int provision_order(const pin_citation *a, const pin_citation *b)
{
    int order = pin_str_order(pin_version_base(a->source), pin_version_base(b->source));
    return order ? order : pin_str_order(a->id, b->id);
}

static int by_provision(const void *a, const void *b)
{
    const meeting *x = a, *y = b;
    int            order = (x->provision > y->provision) - (x->provision < y->provision);
    if (order == 0 && !x->provision)
        order = provision_order(x->c, y->c);
    if (order == 0)
        order = (x->item > y->item) - (x->item < y->item);
    return order;
}

static bool same_provision(const meeting *a, const meeting *b)
{
    return a->provision == b->provision && provision_order(a->c, b->c) == 0;
}

/* The item cites something below `c` too: "Annex I" beside "Annex I, Part I" says nothing of its own. */
static bool is_said_more_exactly(const pin_draft_item *item, const pin_citation *c)
{
    for (uint32_t i = 0; i < item->citation_count; i++)
        if (pin_str_equal(item->citations[i].source, c->source) && pin_cite_is_ancestor(c->id, item->citations[i].id))
            return true;
    return false;
}

static uint64_t hash_of(const pin_citation *c)
{
    pin_str base = pin_version_base(c->source);
    return pin_hash64(c->id.at, c->id.len, pin_hash64(base.at, base.len, 0)) | 1;
}

/* With versions every citation counts, in the order of the provisions; without, only what says yes or no, in
 * any order. */
static meeting *gather(const pin_check *k, bool versions, size_t *count)
{
    size_t most = 0;
    *count = 0;
    for (uint32_t i = 0; i < k->corpus->item_count; i++) {
        pin_rest_at(k->corpus->options, i);
        if (versions || k->corpus->items[i].says)
            most += k->corpus->items[i].citation_count;
    }
    meeting *all = malloc((most + 1) * sizeof *all);
    for (uint32_t i = 0; all && i < k->corpus->item_count; i++) {
        const pin_draft_item *item = &k->corpus->items[i];
        pin_rest_at(k->corpus->options, i);
        if (!versions && !item->says)
            continue;
        for (uint32_t n = 0; n < item->citation_count; n++) {
            const pin_citation *c = &item->citations[n];
            if (c->source.len && c->id.len && !c->from_range && !is_said_more_exactly(item, c))
                all[(*count)++] = (meeting){versions ? 0 : hash_of(c), c, i};
        }
    }
    if (all && *count)
        qsort(all, *count, sizeof *all, by_provision);
    return all;
}

/* ---- opposite verdicts ---- */

/* A pair is named once, at its first common provision. */
static bool named_before(const pin_draft_item *a, const pin_draft_item *b, const pin_citation *at)
{
    for (uint32_t i = 0; i < a->citation_count; i++) {
        const pin_citation *c = &a->citations[i];
        if (!c->id.len || !c->source.len || c->from_range || is_said_more_exactly(a, c) || provision_order(c, at) >= 0)
            continue;
        for (uint32_t n = 0; n < b->citation_count; n++)
            if (provision_order(&b->citations[n], c) == 0 && !b->citations[n].from_range &&
                !is_said_more_exactly(b, &b->citations[n]))
                return true;
    }
    return false;
}

static void report_opposite(pin_check *k, uint32_t first, uint32_t second, const pin_citation *c)
{
    const pin_draft_item *a = &k->corpus->items[first], *b = &k->corpus->items[second];
    const char           *of_b = b->says == SAYS_YES ? "yes" : "no";
    if (named_before(a, b, c))
        return;
    pin_finding_add(k->findings, PIN_WARNING, "opposite-verdicts", b->origin, b->id,
                    "read both: mend one, or let the questions say how they differ",
                    "says %s where '%.*s' (%.*s:%u) says %s, on %.*s", of_b, PIN_ARG(a->id), PIN_ARG(a->origin.file),
                    a->origin.line, of_b[0] == 'y' ? "no" : "yes", PIN_ARG(c->label));
}

static void compare_group(pin_check *k, const meeting *group, size_t count, words *room, char *normal)
{
    polarity says[GROUP_MAX];
    uint32_t kept[GROUP_MAX], n = 0;
    for (size_t i = 0; i < count && n < GROUP_MAX; i++) {
        const pin_draft_item *item = &k->corpus->items[group[i].item];
        polarity              p = (polarity)item->says;
        if (p == SAYS_NEITHER || (n && kept[n - 1] == group[i].item))
            continue;
        words_of(&room[n], normal, item->question);
        says[n] = p;
        kept[n++] = group[i].item;
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            if (says[i] != says[j] && are_alike(&room[i], &room[j]))
                report_opposite(k, kept[i], kept[j], group[0].c);
}

/* ---- older than the neighbour ---- */

static const pin_draft_source *source_called(const pin_check *k, pin_str id)
{
    for (uint32_t i = 0; i < k->sources->source_count; i++)
        if (pin_str_equal(k->sources->sources[i].id, id))
            return &k->sources->sources[i];
    return NULL;
}

static void report_behind(pin_check *k, uint32_t number, const pin_citation *c, uint32_t other, pin_str newer)
{
    const pin_draft_item   *item = &k->corpus->items[number], *neighbour = &k->corpus->items[other];
    const pin_draft_source *then = source_called(k, c->source), *now = source_called(k, newer);
    if (!then || !now)
        return;
    pin_finding_add(k->findings, PIN_WARNING, "older-version-than-neighbour", item->origin, item->id,
                    "read the newer version and cite it", "cites %.*s in version %.*s, '%.*s' (%.*s:%u) in %.*s",
                    PIN_ARG(c->label), PIN_ARG(then->version), PIN_ARG(neighbour->id), PIN_ARG(neighbour->origin.file),
                    neighbour->origin.line, PIN_ARG(now->version));
}

/* Is `a` a newer version of the same source than `b`? */
static bool is_newer(const pin_check *k, pin_str a, pin_str b)
{
    const pin_draft_source *x = source_called(k, a), *y = source_called(k, b);
    return x && y && pin_version_order(x->version, y->version) > 0;
}

/* The group is on one provision: whoever names an older version than another of it is behind. */
static void find_behind(pin_check *k, const meeting *group, size_t count, bool *told)
{
    const meeting *newest = &group[0];
    for (size_t i = 1; i < count; i++)
        if (is_newer(k, group[i].c->source, newest->c->source))
            newest = &group[i];
    for (size_t i = 0; i < count; i++)
        if (group[i].item != newest->item && !told[group[i].item] && pin_version_is_older(group[i].c->source) &&
            is_newer(k, newest->c->source, group[i].c->source)) {
            told[group[i].item] = true;
            report_behind(k, group[i].item, group[i].c, newest->item, newest->c->source);
        }
}

/* The same within a module, whatever provisions of the source they cite. */
static void find_behind_in_module(pin_check *k, const pin_draft_module *module, bool *told)
{
    for (uint32_t s = 0; s < k->sources->source_count; s++) {
        pin_str         base = k->sources->sources[s].id, newest = {0};
        uint32_t        who = PIN_NO_PROVISION;
        if (!pin_version_is_older(base))
            continue;
        base = pin_version_base(base);
        if (s > 0 && pin_str_equal(pin_version_base(k->sources->sources[s - 1].id), base) &&
            pin_version_is_older(k->sources->sources[s - 1].id))
            continue; /* once for all older versions */
        for (uint32_t i = module->first_item; i < module->first_item + module->item_count; i++)
            for (uint32_t n = 0; n < k->corpus->items[i].citation_count; n++) {
                pin_str source = k->corpus->items[i].citations[n].source;
                if (pin_str_equal(pin_version_base(source), base) && (!newest.len || is_newer(k, source, newest))) {
                    newest = source;
                    who = i;
                }
            }
        for (uint32_t i = module->first_item; newest.len && i < module->first_item + module->item_count; i++)
            for (uint32_t n = 0; n < k->corpus->items[i].citation_count; n++) {
                const pin_citation *c = &k->corpus->items[i].citations[n];
                if (i == who || told[i] || !pin_version_is_older(c->source) ||
                    !pin_str_equal(pin_version_base(c->source), base) || !is_newer(k, newest, c->source))
                    continue;
                told[i] = true;
                report_behind(k, i, c, who, newest);
            }
    }
}

/* ---- all of them ---- */

static bool has_older_versions(const pin_check *k)
{
    for (uint32_t i = 0; i < k->sources->source_count; i++)
        if (pin_version_is_older(k->sources->sources[i].id))
            return true;
    return false;
}

bool pin_check_conflicts(pin_check *k)
{
    size_t   count;
    bool     versions = has_older_versions(k);
    meeting *all = gather(k, versions, &count);
    words   *room = calloc(GROUP_MAX, sizeof *room);
    char    *normal = malloc(NORMAL_MAX);
    bool    *told = calloc((size_t)k->corpus->item_count + 1, sizeof *told);
    bool     good = all && room && normal && told;
    for (size_t i = 0, end; good && i < count; i = end) {
        for (end = i + 1; end < count && same_provision(&all[i], &all[end]); end++)
            ;
        compare_group(k, all + i, end - i, room, normal);
        pin_rest(k->corpus->options);
        if (versions)
            find_behind(k, all + i, end - i, told);
    }
    for (uint32_t i = 0; good && versions && i < k->corpus->module_count; i++)
        find_behind_in_module(k, &k->corpus->modules[i], told);
    free(told);
    free(normal);
    free(room);
    free(all);
    return good;
}
