/* The generator's own checks. Constants come from mathematics; the two sums at the end say that the bytes
 * are those of the machine on which the benchmark was first run. */
#include "selftest.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"
#include "queries.h"

static int failures, checks;

static void check(bool good, const char *what)
{
    checks++;
    if (good)
        return;
    failures++;
    fprintf(stderr, "selftest: not so: %s\n", what);
}

static bool near(uint64_t got, uint64_t expected, uint64_t slack)
{
    return got > expected ? got - expected <= slack : expected - got <= slack;
}

static void check_numbers(void)
{
    const uint64_t one = (uint64_t)1 << 32;
    check(whole_root(80) == 8 && whole_root(81) == 9 && whole_root(UINT64_MAX) == UINT32_MAX, "whole square roots");
    check(fixed_log2(1) == 0 && fixed_log2((uint64_t)1 << 40) == 40 * one, "logarithms of powers of two");
    check(near(fixed_log2(3), 6807362105u, 256), "log2(3) = 1.5849625007211562");
    check(near(fixed_log2(1000000), 85605435163u, 256), "log2(10^6) = 19.931568569324174");
    check(near(fixed_exp2(20 * one + one / 2), 1482910, 2), "2^20.5 = 1482910.4");
    uint64_t root = one;
    bool     roots = true;
    for (int i = 0; i < 32; i++) {
        root = whole_root(root << 31);
        roots = roots && fixed_roots[i] == root;
    }
    check(roots, "the table of roots");
    check(fixed_exp2(40 * one) == (uint64_t)1 << 40, "2^40");
    /* (25 / 125)^1 = 1/5 */
    check(near(zipf_weight(10, 25, 1000), ((uint64_t)1 << 40) / 5, (uint64_t)1 << 22), "a Zipf weight");
}

static void check_draws(void)
{
    uint64_t weights[4] = {1 << 20, 2 << 20, 0, 5 << 20};
    uint32_t seen[4] = {0};
    alias    a;
    chance   at = chance_of(1, 2, 3);
    alias_make(&a, weights, 4);
    for (int i = 0; i < 800000; i++)
        seen[alias_draw(&a, chance_next(&at))]++;
    free(a.cells);
    /* a standard deviation is at most 440 draws */
    check(near(seen[0], 100000, 2200) && near(seen[1], 200000, 2200) && near(seen[3], 500000, 2200), "shares drawn");
    check(seen[2] == 0, "a weight of zero is never drawn");
}

static uint64_t sum(uint64_t hash, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3u; /* FNV-1a */
    return hash;
}

static bool is_plain(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] < ' ' || bytes[i] > '~' || bytes[i] == '\\')
            return false;
    return true;
}

static uint64_t check_items(const corpus *c)
{
    static item it;
    static char line[ITEM_LINE_MAX];
    uint64_t    hash = 0xcbf29ce484222325u, bytes = 0;
    bool        plain = true, lines = true;
    for (uint32_t i = 0; i < c->item_count; i++) {
        item_make(&it, c, i);
        size_t len = item_write_line(line, c, &it);
        plain = plain && is_plain(line, len - 1);
        lines = lines && line[len - 1] == '\n' && line[len - 2] == '}';
        for (uint32_t k = 0; k < it.question_count; k++)
            bytes += c->words.words[it.question[k]].len + 1u;
        for (uint32_t k = 0; k < it.answer_count; k++)
            bytes += c->words.words[it.answer[k].word].len + 1u + it.answer[k].comma + it.answer[k].stop;
        hash = sum(hash, line, len);
    }
    check(plain, "lines are plain ASCII that JSON need not escape");
    check(lines, "every item is one line");
    check(near(bytes / c->item_count, 620, 25), "an item has about 630 bytes of text");
    return hash;
}

static bool answer_has(const corpus *c, const item *target, const char *phrase)
{
    static char text[ITEM_LINE_MAX];
    char       *end = text;
    for (uint32_t i = 0; i < target->answer_count; i++) {
        end = put_word(end, c, target->answer[i].word);
        *end++ = target->answer[i].stop || target->answer[i].comma ? '|' : ' ';
    }
    *end = '\0';
    return strstr(text, phrase) != NULL;
}

static uint32_t words_in(const char *query)
{
    uint32_t count = 1;
    for (; *query; query++)
        count += *query == ' ';
    return count;
}

static uint64_t check_queries(const corpus *c)
{
    static item target;
    char        query[QUERY_MAX];
    uint64_t    hash = 0xcbf29ce484222325u;
    bool        lengths = true, phrases = true, plain = true;
    for (uint32_t i = 0; i < 300; i++)
        for (query_kind kind = 0; kind < QUERY_KINDS; kind++) {
            query_make(query, &target, c, kind, i);
            plain = plain && is_plain(query, strlen(query));
            hash = sum(hash, query, strlen(query) + 1);
            if (kind == QUERY_NATURAL)
                lengths = lengths && words_in(query) >= 8 && words_in(query) <= 12;
            if (kind == QUERY_PHRASE) {
                *strchr(query + 1, '"') = '\0';
                phrases = phrases && answer_has(c, &target, query + 1);
            }
        }
    check(plain, "queries are plain ASCII");
    check(lengths, "natural queries have 8 to 12 words");
    check(phrases, "a phrase stands in the answer it was taken from");
    return hash;
}

int selftest(void)
{
    static corpus c;
    check_numbers();
    check_draws();
    corpus_make(&c, 3000, 20240);
    uint64_t items = check_items(&c), queries = check_queries(&c);
    check(items == 0xe3359adb973719fdu, "3,000 items are the bytes they were");
    check(queries == 0xd948c1e5dcf91e43u, "1,800 queries are the bytes they were");
    if (failures)
        fprintf(stderr, "selftest: items %016llx, queries %016llx\n", (unsigned long long)items,
                (unsigned long long)queries);
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures > 0;
}
