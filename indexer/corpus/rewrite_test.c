#include "indexer/corpus/testing.h"

static pin_str draft_of(world *w, const char *text, pin_str *plain)
{
    pin_marked   marked;
    pin_markdown in = {.text = pin_str_of(text)};
    assert_int_equal(pin_markdown_blocks(&marked, w->pool, &w->findings, &in), PIN_OK);
    *plain = marked.plain;
    return marked.blocks;
}

/* The span of `words` in the plain text. */
static pin_cite_span span(pin_str plain, const char *words, uint32_t citation)
{
    size_t len = strlen(words);
    for (size_t i = 0; i + len <= plain.len; i++)
        if (memcmp(plain.at + i, words, len) == 0)
            return (pin_cite_span){(uint32_t)i, (uint32_t)(i + len), citation};
    fail_msg("'%s' is not in '%.*s'", words, (int)plain.len, plain.at);
    return (pin_cite_span){0};
}

static const char *rewritten(world *w, pin_str draft, const pin_link_answer *links, uint32_t link_count,
                             const pin_cite_span *spans, uint32_t span_count)
{
    pin_str out;
    assert_int_equal(pin_blocks_rewrite(&out, w->pool, draft, links, link_count, spans, span_count), PIN_OK);
    return blocks_line(out);
}

static void links_become_what_they_mean(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str plain, draft = draft_of(&w, "[[a/b]] [[Article 3]] [[gone]] [[x|*my* words]] [[u]] z", &plain);
    pin_link_answer links[] = {
        {.kind = PIN_ANSWER_ITEM, .target = PIN_STR("a/b"), .words = PIN_STR("What is b?")},
        {.kind = PIN_ANSWER_CITE, .citation = 7},
        {.kind = PIN_ANSWER_TEXT},
        {.kind = PIN_ANSWER_ITEM, .target = PIN_STR("x")},
        {.kind = PIN_ANSWER_URL, .target = PIN_STR("https://example.org/")},
    };
    assert_string_equal(
        rewritten(&w, draft, links, 5, NULL, 0),
        "p(item<a/b|>('What is b?') ' ' cite7('Article 3') ' ' 'gone' ' ' item<x|>(em('my') ' words') "
        "' ' link<https://example.org/|>('u') ' z')");
    world_close(&w);
}

static void cited_words_are_marked_where_they_stand(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str       plain, draft = draft_of(&w, "By Article 13(8), and\n\n- Annex I, **Part II**, too", &plain);
    pin_cite_span spans[] = {span(plain, "Article 13(8)", 0), span(plain, "Annex I, Part II", 1)};
    assert_string_equal(rewritten(&w, draft, NULL, 0, spans, 2),
                        "p('By ' cite0('Article 13(8)') ', and') "
                        "list(entry(cite1('Annex I, ') strong(cite1('Part II')) ', too'))");
    world_close(&w);
}

static void code_and_links_are_left_alone(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str plain,
        draft = draft_of(
            &w,
            "`Article 1` [Article 2](https://example.org) Article 3\n\n```\n\nArticle 4\n```\n\nArticle 5",
            &plain);
    pin_cite_span spans[] = {span(plain, "Article 1", 0), span(plain, "Article 2", 1),
                             span(plain, "Article 3", 2), span(plain, "Article 4", 3),
                             span(plain, "Article 5", 4)};
    assert_string_equal(
        rewritten(&w, draft, NULL, 0, spans, 5),
        "p(code<Article 1|> ' ' link<https://example.org|>('Article 2') ' ' cite2('Article 3')) "
        "pre<|\nArticle 4> p(cite4('Article 5'))");
    world_close(&w);
}

static void code_that_ends_in_blank_lines_is_found(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str       plain, draft = draft_of(&w, "Article 1\n\n```\n\nx\n\n\n```\n", &plain);
    pin_cite_span cited = span(plain, "Article 1", 0);
    assert_string_equal(rewritten(&w, draft, NULL, 0, &cited, 1), "p(cite0('Article 1')) pre<|\nx\n\n>");
    world_close(&w);
}

static void overlapping_spans_yield_to_the_first(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str       plain, draft = draft_of(&w, "0123456789", &plain);
    pin_cite_span spans[] = {{1, 4, 0}, {1, 4, 1}, {3, 6, 2}, {4, 5, 3}, {9, 9, 4}, {9, 99, 5}};
    assert_string_equal(rewritten(&w, draft, NULL, 0, spans, 6),
                        "p('0' cite0('123') cite3('4') '5678' cite5('9'))");
    world_close(&w);
}

static void words_around_links_count_as_they_stand_in_the_draft(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str         plain, draft = draft_of(&w, "[[a/b]] and Article 9", &plain);
    pin_link_answer link = {
        .kind = PIN_ANSWER_ITEM, .target = PIN_STR("a/b"), .words = PIN_STR("Much longer words")};
    pin_cite_span cited = span(plain, "Article 9", 2);
    assert_string_equal(rewritten(&w, draft, &link, 1, &cited, 1),
                        "p(item<a/b|>('Much longer words') ' and ' cite2('Article 9'))");
    world_close(&w);
}

static void without_links_and_spans_nothing_is_copied(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    pin_str plain, out, draft = draft_of(&w, "a *b*", &plain);
    assert_int_equal(pin_blocks_rewrite(&out, w.pool, draft, NULL, 0, NULL, 0), PIN_OK);
    assert_ptr_equal(out.at, draft.at);
    world_close(&w);
}

static void what_is_no_draft_is_refused(void **state)
{
    world         w;
    pin_cite_span any = {0, 1, 0};
    pin_str       out, plain;
    (void)state;
    world_open(&w);
    pin_str draft = draft_of(&w, "[[a]] b", &plain);
    assert_int_equal(pin_blocks_rewrite(&out, w.pool, draft, NULL, 0, &any, 1),
                     PIN_CORRUPT); /* a link without answer */
    for (size_t len = 1; len < draft.len; len++)
        assert_int_equal(pin_blocks_rewrite(&out, w.pool, pin_str_part(draft, 0, len), NULL, 0, &any, 1),
                         PIN_CORRUPT);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_become_what_they_mean),
        cmocka_unit_test(cited_words_are_marked_where_they_stand),
        cmocka_unit_test(code_and_links_are_left_alone),
        cmocka_unit_test(code_that_ends_in_blank_lines_is_found),
        cmocka_unit_test(overlapping_spans_yield_to_the_first),
        cmocka_unit_test(words_around_links_count_as_they_stand_in_the_draft),
        cmocka_unit_test(without_links_and_spans_nothing_is_copied),
        cmocka_unit_test(what_is_no_draft_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
