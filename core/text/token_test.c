/* What the tokenizer makes of what people write. Each case is a text and its tokens as a reader would
 * list them: "word" or "word=term" for words whose stem differs, codes with "!" and parts with "+"
 * in front, pairs with "~", function words with "." behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text/text.h"

static void describe(pin_buf *out, const pin_token *token)
{
    if (out->len)
        pin_buf_byte(out, ' ');
    if (token->part)
        pin_buf_byte(out, '+');
    if (token->kind != PIN_WORD)
        pin_buf_byte(out, token->kind == PIN_CODE ? '!' : '~');
    pin_buf_add(out, token->word);
    if (!pin_str_equal(token->word, token->term)) {
        pin_buf_byte(out, '=');
        pin_buf_add(out, token->term);
    }
    if (token->function)
        pin_buf_byte(out, '.');
}

static void expect_in(const char *language, const char *text, const char *expected)
{
    char          memory[4096];
    pin_buf       out = pin_buf_over(memory, sizeof memory - 1);
    pin_tokenizer t;
    pin_token     token;
    pin_tokenizer_init(&t, pin_str_of(text), pin_str_of(language));
    while (pin_tokenizer_next(&t, &token))
        describe(&out, &token);
    assert_true(pin_buf_status(&out) == PIN_OK);
    memory[out.len] = 0;
    assert_string_equal(memory, expected);
}

static void expect(const char *text, const char *expected) { expect_in("", text, expected); }

static void words_are_folded_and_stemmed(void **state)
{
    (void)state;
    expect("", "");
    expect("  ...  ", "");
    expect("Vulnerabilities HANDLED", "vulnerabilities=vulner handled=handl");
    expect("Straße, naïve ﬁnal Ｗｉｄｅ", "strasse=strass naive=naiv final wide");
    expect("Who does what?", "who. does=doe. what.");
    expect("soft\xC2\xADhyphen e\xCC\x81t\xC3\xA9", "softhyphen ete");
    expect("a\xE2\x80\x8B"
           "b",
           "a. b"); /* zero width space */
}

static void apostrophes_close_up_and_possessives_go(void **state)
{
    (void)state;
    expect("the manufacturer's, manufacturer’s and manufacturers' duty",
           "the. manufacturer=manufactur manufacturer=manufactur and. manufacturers=manufactur duty=duti");
    expect("I don't, O'Brien's", "i. dont. obrien");
    expect("'quoted' ‘words’", "quoted=quot words=word");
    expect("13(8)'s 2024’s CVE-2024-3094's", "!13(8) +!13 !2024 !cve-2024-3094 +cve +!2024 +!3094");
    expect_in("fr", "l'article d’un", "l article d un");
    expect_in("fr-CA", "aujourd'hui", "aujourd hui");
    expect_in("de", "Peter's Pflichten", "peters pflichten");
}

static void joined_words_stand_alone(void **state)
{
    (void)state;
    expect("secure-by-default", "secure=secur by. default");
    expect("and/or ISO/IEC art_13 example.com", "and. or. iso iec art !13 example=exampl com");
    expect("product(s)", "product s.");
    expect("mother-in-law's", "mother in. law");
    expect("dash—dash", "dash dash");
}

static void plurals_of_capitals_lose_their_s(void **state)
{
    (void)state;
    expect("VPNs SMEs CPUs SBOMs", "vpn sme cpu sbom");
    expect("DNS IS THIS As", "dns is. this. as.");
}

static void abbreviations_close_up(void **state)
{
    (void)state;
    expect("e.g. the U.S. and i.e.", "eg the. us. and. ie");
    expect("J. Smith", "j smith");
    expect("end.Start", "end start");
}

static void provisions_are_kept_whole_and_give_their_parents(void **state)
{
    (void)state;
    expect("Article 13(8).", "article=articl !13(8) +!13");
    expect("(Art. 14(2)(a))", "art !14(2)(a) +!14(2) +!14");
    expect("13(8)(a)(ii)", "!13(8)(a)(ii) +!13(8)(a) +!13(8) +!13");
    expect("points (7)-(8)", "points=point !7 !8");
    expect("13 (8) 13( 8 ) 13(8", "!13 !8 !13 !8 !13 !8");
    expect("１３（８）", "!13(8) +!13");
    expect("13(recital)", "!13 recital=recit");
    expect("4(1)", "!4(1) +!4");
}

static void acts_and_standards_are_kept_whole_and_give_their_parts(void **state)
{
    (void)state;
    expect("Regulation (EU) 2024/2847", "regulation=regul eu !2024/2847 +!2024 +!2847");
    expect("2009/81/EC and 2014/53/EU.", "!2009/81/ec +!2009 +!81 +ec and. !2014/53/eu +!2014 +!53 +eu");
    expect("/eli/reg/2024/2847/oj", "eli reg !2024/2847 +!2024 +!2847 oj");
    expect("ISO/IEC 27001:2022", "iso iec !27001:2022 +!27001 +!2022");
    expect("EN 18031-1, 18031‑1", "en !18031-1 +!18031 !18031-1 +!18031");
    expect("CVE-2024-3094", "!cve-2024-3094 +cve +!2024 +!3094");
    expect("a 24-hour warning", "a. !24-hour +!24 +hour warning=warn");
}

static void versions_and_numbers_are_kept_whole(void **state)
{
    (void)state;
    expect("4.2.5. v1.2 A.5.23 1.0", "!4.2.5 !v1.2 !a.5.23 !1.0");
    expect("EUR 15,000,000 or 10,000.", "eur !15000000 or. !10000");
    expect("EUR 15 000 000 or 2\xC2\xA0"
           "000",
           "eur !15000000 or. !2000");
    expect("13 100 000, 1999 000", "!13 !100000 !1999 !000");
    expect("13,14 and 1,5", "!13 !14 and. !1 !5");
    expect("13.The product.12 follows", "!13 the. product !12 follows=follow");
    expect("SHA256 IPv6 10th", "!sha256 !ipv6 !10th");
    expect("manufacturer¹ m²", "manufacturer=manufactur m");
}

static void modules_and_languages_are_kept_whole(void **state)
{
    (void)state;
    expect("module B+C", "module=modul !b+c +b +c");
    expect("Q&A R&D", "!q&a +q +a. !r&d +r +d");
    expect("C++, C# and g++", "!c++ !c# and. !g++");
    expect("C+ a+++ AT&T", "c a. at. t.");
}

static void chinese_japanese_and_korean_are_read_in_pairs(void **state)
{
    (void)state;
    expect("東京都", "~東京 ~京都");
    expect("第8条。", "~第 !8 ~条");
    expect("한국어 カナ", "~한국 ~국어 ~カナ");
    expect("ｶﾅ PIN码", "~カナ pin ~码");
}

static void other_languages_are_not_stemmed_and_have_no_function_words(void **state)
{
    (void)state;
    expect_in("de", "Die Pflichten an", "die pflichten an");
    expect_in("EN-gb", "obligations of", "obligations=oblig of.");
    expect_in("eng", "obligations", "obligations"); /* BCP 47 says "en" */
}

static void bytes_that_are_not_utf8_separate(void **state)
{
    (void)state;
    expect("one\xFFtwo\xC3 three\xED\xA0\x80", "one two three");
}

static void ranges_cover_the_source_and_parts_share_a_position(void **state)
{
    (void)state;
    static const struct {
        uint32_t from, to, position;
    } expected[] = {{0, 3, 0}, {4, 18, 1}, {22, 30, 2}, {22, 27, 2}, {22, 24, 2}, {31, 35, 3}};
    pin_tokenizer t;
    pin_token     token;
    pin_tokenizer_init(&t, PIN_STR("The m\xC3\xA4nufacturers\xE2\x80\x99 14(2)(a) acts"), PIN_STR("en"));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(pin_tokenizer_next(&t, &token));
        assert_int_equal(token.from, expected[i].from);
        assert_int_equal(token.to, expected[i].to);
        assert_int_equal(token.position, expected[i].position);
    }
    assert_false(pin_tokenizer_next(&t, &token));
}

static void long_words_are_cut_between_characters(void **state)
{
    (void)state;
    char          text[300];
    pin_tokenizer t;
    pin_token     token;
    memset(text, 'x', sizeof text);
    pin_tokenizer_init(&t, (pin_str){text, sizeof text}, PIN_STR("en"));
    assert_true(pin_tokenizer_next(&t, &token));
    assert_int_equal(token.word.len, PIN_TERM_MAX);
    assert_int_equal(token.to, sizeof text);
    assert_false(pin_tokenizer_next(&t, &token));

    for (size_t i = 0; i + 2 < sizeof text; i += 3)
        memcpy(text + i, "ⱥ", 3); /* three bytes, folded too: 21 fit */
    pin_tokenizer_init(&t, (pin_str){text, sizeof text}, PIN_STR("en"));
    assert_true(pin_tokenizer_next(&t, &token));
    assert_int_equal(token.word.len, 63);
    assert_false(pin_tokenizer_next(&t, &token));
}

/* A text of a megabyte of one shape; a tokenizer that rereads what it refused would need hours. */
static void hostile_chains_are_read_in_linear_time(void **state)
{
    (void)state;
    static const char *const shapes[] = {"a-",    "1-", "a.",  "1(",       "1(2)",      "a'",
                                         "1,000", "+",  "C++", "\xCC\x81", "東\xCC\x81"};
    size_t                   size = 1u << 20;
    char                    *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        pin_tokenizer t;
        pin_token     token;
        size_t        count = 0, len = strlen(shapes[i]);
        for (size_t k = 0; k < size; k++)
            text[k] = shapes[i][k % len];
        pin_tokenizer_init(&t, (pin_str){text, size}, PIN_STR("en"));
        while (pin_tokenizer_next(&t, &token))
            count++;
        assert_true(count <= 2 * size);
    }
    free(text);
}

static void expect_normal(const char *text, const char *expected)
{
    char    memory[512];
    pin_buf out = pin_buf_over(memory, sizeof memory - 1);
    pin_normalise(&out, pin_str_of(text));
    memory[out.len] = 0;
    assert_string_equal(memory, expected);
}

static void a_question_has_one_normal_form(void **state)
{
    (void)state;
    expect_normal("What's a SBOM?", "what a sbom");
    expect_normal("  WHAT’S\ta “SBOM” ", "what a sbom");
    expect_normal("Does Article 13(8) apply to secure-by-default?",
                  "does article 13(8) apply to secure by default");
    expect_normal("(5) 000; 000", "5000 000");
    expect_normal("5000 000", "5000 000");
    expect_normal("?!", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_stemmed),
        cmocka_unit_test(apostrophes_close_up_and_possessives_go),
        cmocka_unit_test(joined_words_stand_alone),
        cmocka_unit_test(plurals_of_capitals_lose_their_s),
        cmocka_unit_test(abbreviations_close_up),
        cmocka_unit_test(provisions_are_kept_whole_and_give_their_parents),
        cmocka_unit_test(acts_and_standards_are_kept_whole_and_give_their_parts),
        cmocka_unit_test(versions_and_numbers_are_kept_whole),
        cmocka_unit_test(modules_and_languages_are_kept_whole),
        cmocka_unit_test(chinese_japanese_and_korean_are_read_in_pairs),
        cmocka_unit_test(other_languages_are_not_stemmed_and_have_no_function_words),
        cmocka_unit_test(bytes_that_are_not_utf8_separate),
        cmocka_unit_test(ranges_cover_the_source_and_parts_share_a_position),
        cmocka_unit_test(long_words_are_cut_between_characters),
        cmocka_unit_test(hostile_chains_are_read_in_linear_time),
        cmocka_unit_test(a_question_has_one_normal_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
