/* A corpus made up from a number, for tests of the index file: every kind of field, list and citation
 * occurs, and the same number gives the same corpus. Header-only, for the tests that share it. */
#ifndef PIN_SAMPLE_H
#define PIN_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/write/write.h"
#include "pincite/blocks.h"

typedef struct sample {
    pin_corpus     corpus;
    pin_source_set sources;
    uint64_t       random;
} sample;

typedef struct sample_file {
    uint8_t *at;
    size_t   len, cap;
} sample_file;

static inline uint32_t sample_below(sample *s, uint32_t n)
{
    s->random = s->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((s->random >> 33) * n >> 31);
}

static inline bool sample_write(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    sample_file *f = ctx;
    if (offset != f->len)
        return false;
    if (f->len + len > f->cap) {
        f->cap = (f->len + len) * 2;
        f->at = realloc(f->at, f->cap);
    }
    memcpy(f->at + f->len, bytes, len);
    f->len += len;
    return true;
}

/* A word: rank 0.. with the frequencies of a language, function words first. */
static inline pin_str sample_word(sample *s, uint32_t vocabulary)
{
    static const char *const common[] = {"the", "of", "a", "is", "what", "does", "for", "who", "and", "to"};
    static const char *const odd[] = {"2024/2847",
                                      "13(8)",
                                      "CVE-2024-3094",
                                      "caf\xc3\xa9",
                                      "na\xc3\xafve",
                                      "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
                                      "\xce\xb1\xce\xb2\xce\xb3",
                                      "Q&A"};
    static const char *const parts[] = {"sup", "port", "ma",   "nu",  "fac",  "tur", "ing",
                                        "vul", "ner",  "able", "ris", "k",    "up",  "date",
                                        "se",  "cure", "com",  "po",  "nent", "ly"};
    if (sample_below(s, 3) == 0)
        return pin_str_of(common[sample_below(s, 10)]);
    if (sample_below(s, 40) == 0)
        return pin_str_of(odd[sample_below(s, 8)]);
    uint32_t rank = sample_below(s, vocabulary), cut = sample_below(s, vocabulary);
    rank = rank < cut ? rank : cut;
    char   text[64];
    size_t len = 0;
    for (uint32_t n = rank + 1; n > 0; n /= 20)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", parts[n % 20]);
    return pin_pool_copy(s->corpus.pool, (pin_str){text, len});
}

static inline pin_str sample_sentence(sample *s, uint32_t words, uint32_t vocabulary, const char *end)
{
    char  *text = pin_pool_take(s->corpus.pool, words * 64 + 8, 1);
    size_t len = 0;
    for (uint32_t i = 0; i < words; i++) {
        pin_str word = sample_word(s, vocabulary);
        if (i)
            text[len++] = ' ';
        memcpy(text + len, word.at, word.len);
        len += word.len;
    }
    len += (size_t)sprintf(text + len, "%s", end);
    return (pin_str){text, len};
}

static inline void sample_node(pin_buf *b, uint8_t op, pin_str text)
{
    uint8_t n[PIN_VARINT_MAX];
    pin_buf_byte(b, (char)op);
    if (op == PIN_B_TEXT || op == PIN_B_LINK || op == PIN_B_ITEM_LINK || op == PIN_B_CODE) {
        pin_buf_add(b, (pin_str){(char *)n, pin_varint_put(n, text.len)});
        pin_buf_add(b, text);
    }
}

/* Paragraphs, one of them in a list, and the plain text of it all. */
static inline void sample_answer(sample *s, pin_draft_item *item, uint32_t vocabulary)
{
    size_t  cap = 1u << 16;
    pin_buf b = pin_buf_over(malloc(cap), cap), plain = pin_buf_over(malloc(cap), cap);
    sample_node(&b, PIN_B_PARAGRAPH, (pin_str){0});
    if (sample_below(s, 6) == 0)
        sample_node(&b, PIN_B_TEXT,
                    PIN_STR("A software bill of materials (SBOM) and the CVD (coordinated "
                            "vulnerability disclosure) of an EUCC (European common criteria). "));
    sample_node(&b, PIN_B_TEXT, sample_sentence(s, 5 + sample_below(s, 60), vocabulary, "."));
    sample_node(&b, PIN_B_END, (pin_str){0});
    if (sample_below(s, 2)) {
        sample_node(&b, PIN_B_LIST, (pin_str){0});
        for (uint32_t i = 0; i < 2; i++) {
            sample_node(&b, PIN_B_ENTRY, (pin_str){0});
            sample_node(&b, PIN_B_LINK, PIN_STR("https://example.org/x"));
            sample_node(&b, PIN_B_TEXT, sample_sentence(s, 1 + sample_below(s, 8), vocabulary, ""));
            sample_node(&b, PIN_B_END, (pin_str){0});
            if (item->citation_count) {
                sample_node(&b, PIN_B_CITE, (pin_str){0});
                pin_buf_byte(&b, 0);
                sample_node(&b, PIN_B_TEXT, PIN_STR(" see there"));
                sample_node(&b, PIN_B_END, (pin_str){0});
            }
            sample_node(&b, PIN_B_END, (pin_str){0});
        }
        sample_node(&b, PIN_B_END, (pin_str){0});
    }
    item->blocks = pin_pool_copy(s->corpus.pool, pin_buf_str(&b));
    if (pin_blocks_plain(&plain, item->blocks) != PIN_OK)
        abort();
    item->plain = pin_pool_copy(s->corpus.pool, pin_buf_str(&plain));
    free(b.at);
    free(plain.at);
}

static inline void sample_citations(sample *s, pin_draft_item *item)
{
    uint32_t n = sample_below(s, 5), all = 0;
    for (uint32_t i = 0; i < s->sources.source_count; i++)
        all += s->sources.sources[i].provision_count;
    item->citation_count = n;
    item->citations = pin_pool_take(s->corpus.pool, n + 1, sizeof *item->citations);
    for (uint32_t i = 0; i < n; i++) {
        pin_citation *c = &item->citations[i];
        c->entry = i / 2;
        c->written = i / 2 ? PIN_STR("Articles 1 to 3, CRA") : PIN_STR("Article 2(1), CRA");
        c->note = i / 2 ? PIN_STR("what the manufacturer owes") : (pin_str){0};
        c->quote = i == 1 ? PIN_STR("the words \xe2\x80\x98themselves\xe2\x80\x99") : (pin_str){0};
        c->provision = PIN_NO_PROVISION;
        c->in_list = sample_below(s, 4) != 0;
        c->from_range = sample_below(s, 3) == 0;
        c->in_question = !c->in_list && sample_below(s, 2);
        uint32_t kind = sample_below(s, 6);
        if (kind == 0 || all == 0) {
            c->state = PIN_CITE_NOT_CHECKED;
            c->source = PIN_STR("gdpr");
            c->id = PIN_STR("art_5.par_1.pnt_a");
            c->label = PIN_STR("Article 5(1), point (a)");
        } else if (kind == 1) {
            c->state = PIN_CITE_OTHER_ACT;
        } else {
            uint32_t number = sample_below(s, all);
            c->provision = number;
            c->state = PIN_CITE_RESOLVED;
            for (uint32_t k = 0; k < s->sources.source_count; k++) {
                pin_draft_source *source = &s->sources.sources[k];
                if (number >= source->first && number - source->first < source->provision_count) {
                    c->source = source->id;
                    c->id = source->provisions[number - source->first].id;
                    c->label = source->provisions[number - source->first].label;
                }
            }
        }
    }
}

/* Articles with paragraphs with points; every second paragraph has none. */
static inline void sample_source(sample *s, pin_draft_source *out, const char *id, uint32_t articles,
                                 uint32_t first)
{
    pin_pool            *pool = s->corpus.pool;
    pin_draft_provision *p = pin_pool_take(pool, (size_t)articles * 6 + 1, sizeof *p);
    uint32_t             n = 0;
    for (uint32_t a = 1; a <= articles; a++) {
        uint32_t article = n++;
        p[article] = (pin_draft_provision){.id = pin_pool_format(pool, "art_%u", a),
                                           .kind = PIN_STR("article"),
                                           .label = pin_pool_format(pool, "Article %u", a),
                                           .parent = PIN_NO_PROVISION,
                                           .heading = sample_sentence(s, 3, 50, "")};
        for (uint32_t k = 1; k <= 2; k++) {
            uint32_t par = n++;
            p[par] = (pin_draft_provision){.id = pin_pool_format(pool, "art_%u.par_%u", a, k),
                                           .label = pin_pool_format(pool, "Article %u(%u)", a, k),
                                           .kind = PIN_STR("paragraph"),
                                           .own = sample_sentence(s, 20, 100, ";"),
                                           .parent = article};
            p[par].text = p[par].own;
            if (k == 1) {
                p[n] = (pin_draft_provision){.id = pin_pool_format(pool, "art_%u.par_1.pnt_a", a),
                                             .label = pin_pool_format(pool, "Article %u(1), point (a)", a),
                                             .kind = PIN_STR("point"),
                                             .own = sample_sentence(s, 9, 100, ";"),
                                             .parent = par,
                                             .also_count = 1};
                p[n].also = pin_pool_take(pool, 1, sizeof *p[n].also);
                p[n].also[0] = pin_pool_format(pool, "Article %u(1a)", a);
                p[n].text = p[n].own;
                p[par].text = pin_pool_format(pool, "%.*s\n(a) %.*s", (int)p[par].own.len, p[par].own.at,
                                              (int)p[n].own.len, p[n].own.at);
                n++;
            }
        }
        p[article].text = p[article + 1].text;
    }
    pin_str *names = pin_pool_take(pool, 2, sizeof *names);
    names[0] = pin_pool_format(pool, "The %s Act", id);
    names[1] = pin_str_of(id);
    *out = (pin_draft_source){.id = pin_str_of(id),
                              .title = names[0],
                              .celex = PIN_STR("32024R2847"),
                              .version = PIN_STR("2024-11-20"),
                              .language = PIN_STR("en"),
                              .names = names,
                              .name_count = 2,
                              .loaded = true,
                              .provisions = p,
                              .provision_count = n,
                              .first = first};
}

static inline void sample_item(sample *s, pin_draft_item *item, uint32_t number,
                               const pin_draft_module *module, uint32_t vocabulary)
{
    static const char *const statuses[] = {"approved", "draft", "", "withdrawn"};
    static const char *const shown[] = {"\xe2\x9c\x85 Approved", "\xe2\x9a\xa0\xef\xb8\x8f Draft", "",
                                        "Withdrawn"};
    uint32_t                 status = sample_below(s, 4);
    pin_pool                *pool = s->corpus.pool;
    *item = (pin_draft_item){.module = module->slug,
                             .author = PIN_STR("A. Author"),
                             .language = PIN_STR("en"),
                             .published = PIN_STR("2025-01-31"),
                             .updated = PIN_STR("2026-03-10"),
                             .status = pin_str_of(statuses[status]),
                             .status_text = pin_str_of(shown[status])};
    item->slug = pin_pool_format(pool, "item-%u", number);
    item->id = pin_pool_format(pool, "%.*s/item-%u", (int)module->slug.len, module->slug.at, number);
    if (sample_below(s, 2))
        item->given_id = pin_pool_format(pool, "seed:%02u", number);
    item->question = sample_sentence(s, 3 + sample_below(s, 9), vocabulary, "?");
    if (sample_below(s, 3) == 0)
        item->verdict = sample_sentence(s, 5, vocabulary, ".");
    sample_citations(s, item);
    if (sample_below(s, 10))
        sample_answer(s, item, vocabulary);
    if (sample_below(s, 5) == 0) {
        item->related = pin_pool_take(pool, 1, sizeof *item->related);
        item->related[0] = PIN_STR("https://example.org/issues/7");
        item->related_count = 1;
    }
}

static inline void sample_make(sample *s, uint32_t items, uint32_t modules, uint32_t articles, uint64_t seed)
{
    uint32_t vocabulary = items / 3 + 30;
    *s = (sample){.random = seed};
    pin_pool   *pool = pin_pool_new();
    pin_corpus *c = &s->corpus;
    c->pool = s->sources.pool = pool;
    c->config.title = PIN_STR("A sample");
    c->config.language = PIN_STR("en");
    s->sources.sources = pin_pool_take(pool, 2, sizeof *s->sources.sources);
    s->sources.source_count = articles ? 2 : 0;
    s->sources.default_source = articles ? 0 : PIN_NO_PROVISION;
    if (articles) {
        sample_source(s, &s->sources.sources[0], "cra", articles, 0);
        sample_source(s, &s->sources.sources[1], "nis2", 1 + articles / 2,
                      s->sources.sources[0].provision_count);
    }
    c->modules = pin_pool_take(pool, modules, sizeof *c->modules);
    c->items = pin_pool_take(pool, items + 1, sizeof *c->items);
    c->module_count = modules;
    c->item_count = items;
    c->skipped_count = 1;
    for (uint32_t m = 0; m < modules; m++) {
        pin_draft_module *module = &c->modules[m];
        module->slug = pin_pool_format(pool, "module-%u", (m * 7 + 3) % modules);
        module->title = sample_sentence(s, 3, vocabulary, "");
        module->description = sample_sentence(s, 6, vocabulary, ".");
        uint32_t from = (uint32_t)((uint64_t)items * m / modules),
                 to = (uint32_t)((uint64_t)items * (m + 1) / modules);
        for (uint32_t i = from; i < to; i++)
            sample_item(s, &c->items[i], i, module, vocabulary);
        module->members = pin_pool_take(pool, 3, sizeof *module->members);
        if (from < to) { /* its last item first, then one borrowed from the first module, then one unknown */
            module->members[0] = c->items[to - 1].id;
            module->members[1] = c->items[0].id;
            module->members[2] = PIN_STR("nowhere/at-all");
            module->member_count = 3;
        }
    }
}

static inline void sample_free(sample *s) { pin_pool_free(s->corpus.pool); }

/* The index file of a sample; NULL when it could not be written. */
static inline sample_file sample_index_with(const sample *s, const pin_past_set *past)
{
    sample_file      file = {0};
    pin_sink         sink = {&file, sample_write};
    pin_write_report report;
    pin_error        err = {0};
    if (pin_write_index(&report, &s->corpus, &s->sources, past, &sink, &err) != PIN_OK) {
        fprintf(stderr, "%s\n", err.message);
        free(file.at);
        return (sample_file){0};
    }
    return file;
}

static inline sample_file sample_index(const sample *s) { return sample_index_with(s, NULL); }

/* With all sections of the newest version; that it has no past is said, its revisions are made up. */
static inline sample_file sample_index_new(const sample *s)
{
    uint32_t     items = s->corpus.item_count;
    pin_past_set past = {.revisions = calloc(items + 1, PIN_REVISION_LEN), .seen = calloc(items + 1, sizeof(pin_str))};
    sample_file  file = sample_index_with(s, &past);
    free(past.revisions);
    free(past.seen);
    return file;
}

#endif
