/* Any bytes as a query, against a small index that has abbreviations, provisions, statuses and text in
 * several scripts. First byte: k, filters, options. Whatever is asked, the answer keeps its promises: hits
 * in order and within k, scores that their reasons add up to, snippets of whole characters with marks
 * inside them, a reading that points into the query, and the same answer when asked again. */
#include <stdint.h>

#include "core/bytes/bytes.h"
#include "tests/oracle/search_corpus.h"

#define CHECK(claim) ((claim) ? (void)0 : (fprintf(stderr, "not so: %s\n", #claim), abort()))
#define ROOM (32u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char corpus[] =
    "{\"id\":\"a/sbom\",\"module\":\"A\",\"question\":\"What is a software bill of materials "
    "(SBOM)?\",\"answer\":\"A list of "
    "the components, see Annex I Part II point (1) of the CRA.\",\"status\":\"Draft\"}\n"
    "{\"id\":\"a/report\",\"module\":\"A\",\"question\":\"Who must report an exploited vulnerability within "
    "24 hours?\","
    "\"answer\":\"The manufacturer, under Article 14(2)(a) of the CRA; see CVE-2024-3094 and 2024/2847.\"}\n"
    "{\"id\":\"b/support\",\"module\":\"B\",\"question\":\"How long is the support "
    "period?\",\"answer\":\"Five years (Article "
    "13(8) of the CRA).\\n\\nSecurity updates are free of charge.\",\"status\":\"Approved\"}\n"
    "{\"id\":\"b/rdps\",\"module\":\"B\",\"question\":\"Are remote data processing solutions "
    "covered?\",\"answer\":\"Recitals 11 to "
    "13.\"}\n"
    "{\"id\":\"c/scripts\",\"module\":\"C\",\"question\":\"Qu'est-ce que l'\xC3\xA9tat de l'art\xC2\xA0? "
    "\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\","
    "\"answer\":\"\xC3\x84rger \xCE\xB1\xCE\xB2\xCE\xB3 \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x98\x80 "
    "\xE2\x80\xA6\"}\n"
    "{\"id\":\"c/empty\",\"module\":\"C\",\"question\":\"Unanswered?\",\"answer\":\"\"}\n";

static opened o;
static void  *room;

static void check_reading(const pin_reading *r, pin_str query)
{
    CHECK(r->term_count <= PIN_QUERY_TERMS * 17);
    for (uint32_t i = 0; i < r->term_count; i++)
        CHECK(r->terms[i].written.at >= query.at &&
              r->terms[i].written.at + r->terms[i].written.len <= query.at + query.len);
    for (uint32_t i = 0; i < r->phrase_count; i++)
        CHECK(r->phrases[i].at >= query.at && r->phrases[i].at + r->phrases[i].len <= query.at + query.len);
    for (uint32_t i = 0; i < r->provision_count; i++)
        CHECK(r->provisions[i].from <= r->provisions[i].to && r->provisions[i].to <= query.len);
    CHECK(r->correction_count <= PIN_QUERY_TERMS);
}

static void check_snippet(const pin_snippet *s)
{
    uint32_t last = 0;
    CHECK(pin_utf8_valid(s->text) == s->text.len);
    for (uint32_t i = 0; i < s->mark_count; i++) {
        CHECK(s->marks[i].start >= last && s->marks[i].start < s->marks[i].end &&
              s->marks[i].end <= s->text.len);
        CHECK(pin_utf8_valid(pin_str_part(s->text, s->marks[i].start, s->marks[i].end)) ==
              s->marks[i].end - s->marks[i].start);
        last = s->marks[i].end;
    }
}

static void check_reasons(const pin_hit *hit)
{
    int64_t sum = 0;
    for (uint32_t r = 1; r < hit->reason_count; r++)
        if (r + 1 == hit->reason_count || hit->reasons[r + 1].indent <= hit->reasons[r].indent)
            sum += hit->reasons[r].value;
    CHECK(hit->reason_count > 0 && sum == hit->score);
}

static void check_hits(const pin_hits *hits, uint32_t k, bool explain)
{
    uint32_t counted = 0;
    CHECK(hits->count <= k && hits->count <= hits->total);
    for (uint32_t m = 0; m < 3; m++)
        counted += hits->module_counts[m];
    CHECK(counted == hits->total);
    for (uint32_t i = 0; i < hits->count; i++) {
        const pin_hit *hit = &hits->at[i];
        CHECK(hit->item < 6 && hit->score > 0);
        CHECK(i == 0 || hits->at[i - 1].score > hit->score ||
              (hits->at[i - 1].score == hit->score && hits->at[i - 1].item < hit->item));
        check_snippet(&hit->snippet);
        if (explain)
            check_reasons(hit);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!room) {
        room = malloc(ROOM);
        CHECK(open_corpus(&o, PIN_STR(corpus), NULL));
    }
    if (size == 0)
        return 0;
    uint8_t            how = data[0];
    pin_search_options options = {.k = 1 + how % 4, .explain = how & 4, .no_snippets = how & 8};
    if (how & 16)
        options.module = PIN_STR("a");
    if (how & 32)
        options.status = PIN_STR("draft");
    pin_str   query = {(const char *)data + 1, size - 1};
    pin_arena arena = pin_arena_over(room, ROOM / 2),
              again = pin_arena_over((char *)room + ROOM / 2, ROOM / 2);
    pin_hits   hits, second;
    pin_status s = pin_search(&hits, o.ix, query, &options, &arena, NULL);
    CHECK(s == PIN_OK || s == PIN_LIMIT);
    CHECK(pin_search(&second, o.ix, query, &options, &again, NULL) == s);
    if (s != PIN_OK)
        return 0;
    CHECK(hits.count == second.count && hits.total == second.total && hits.confident == second.confident);
    for (uint32_t i = 0; i < hits.count; i++)
        CHECK(hits.at[i].item == second.at[i].item && hits.at[i].score == second.at[i].score);
    check_hits(&hits, options.k, options.explain);
    check_reading(&hits.reading, query);
    if (how & 64) { /* a piece of the memory that it took: answered or refused, never overrun */
        void     *piece = malloc(1 + (size_t)how * 97 % (arena.used + 1));
        pin_arena small = pin_arena_over(piece, (size_t)how * 97 % (arena.used + 1));
        s = pin_search(&second, o.ix, query, &options, &small, NULL);
        CHECK(s == PIN_OK || s == PIN_NO_SPACE);
        free(piece);
    }
    return 0;
}
