/* Citations as people write them, and what they must come to. Expected ids come from reading the act. */
#include "core/cite/cite.h"
#include "tests/oracle/cite_law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OUTLINE PINCITE_SOURCE_DIR "/examples/cra/source/cra-outline.jsonl"

enum { P = 1, L = 2, Q = 4, LQ = L | Q, ALL = P | L | Q };

typedef struct example {
    int         modes;
    const char *text, *ids;
} example;

static char memory[1 << 21];

/* What passing over plain words gives must be what every word gives. */
static void same_word_by_word(pin_str text, pin_cite_mode mode, uint32_t default_act, bool names_known)
{
    static char half[sizeof memory];
    pin_law     law = test_law(default_act);
    pin_arena   arenas[2] = {pin_arena_over(memory, sizeof memory), pin_arena_over(half, sizeof half)};
    pin_refs    refs[2] = {{0}};
    if (names_known)
        pin_cite_know_names(&law);
    assert_int_equal(pin_cite_scan(&refs[0], text, mode, &law, &arenas[0], NULL), PIN_OK);
    assert_int_equal(pin_cite_scan_every_word(&refs[1], text, mode, &law, &arenas[1], NULL), PIN_OK);
    assert_int_equal(refs[0].count, refs[1].count);
    for (uint32_t i = 0; i < refs[0].count; i++) {
        const pin_ref *a = &refs[0].at[i], *b = &refs[1].at[i];
        assert_true(a->from == b->from && a->to == b->to && a->state == b->state && a->provision == b->provision &&
                    a->from_range == b->from_range && a->act_named == b->act_named &&
                    pin_str_equal(a->id, b->id) && pin_str_equal(a->source, b->source));
    }
}

static void scan_as(char *out, size_t size, pin_str text, pin_cite_mode mode, uint32_t default_act)
{
    pin_law   law = test_law(default_act);
    pin_arena arena = pin_arena_over(memory, sizeof memory);
    pin_refs  refs;
    same_word_by_word(text, mode, default_act, true);
    assert_int_equal(pin_cite_scan(&refs, text, mode, &law, &arena, NULL), PIN_OK);
    assert_true(test_refs_hold(&refs, text));
    test_describe(out, size, &refs);
}

static void expect(const example *examples, size_t count)
{
    static const pin_cite_mode modes[] = {PIN_CITE_PROSE, PIN_CITE_LIST, PIN_CITE_QUERY};
    static const char *const   names[] = {"prose", "list", "query"};
    char                       got[4096];
    size_t                     wrong = 0;
    for (size_t i = 0; i < count; i++) {
        for (int m = 0; m < 3; m++) {
            if (!(examples[i].modes & 1 << m))
                continue;
            scan_as(got, sizeof got, pin_str_of(examples[i].text), modes[m], 0);
            if (strcmp(got, examples[i].ids) != 0) {
                print_error("%s (%s)\n  want %s\n  got  %s\n", examples[i].text, names[m], examples[i].ids,
                            got);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}
#define EXPECT(examples) expect(examples, sizeof examples / sizeof examples[0])

static void single_provisions_in_many_spellings(void **state)
{
    static const example examples[] = {
        {ALL, "Article 13(8)", "art_13.par_8"},
        {ALL, "ARTICLE 13(8)", "art_13.par_8"},
        {ALL, "Art. 13(8)", "art_13.par_8"},
        {ALL, "Art.13(8)", "art_13.par_8"},
        {ALL, "Art 13 (8)", "art_13.par_8"},
        {LQ, "art 13(8)", "art_13.par_8"},
        {ALL, "Article 13.8", "art_13.par_8"},
        {ALL, "Article 13\xC2\xA0(8)", "art_13.par_8"},
        {ALL,
         "Article\xE2\x80\xAF"
         "13(8)",
         "art_13.par_8"},
        {ALL,
         "\xE2\x80\x9C"
         "Article 13(8)\xE2\x80\x9D",
         "art_13.par_8"},
        {ALL, "Article\n13(8)", "art_13.par_8"},
        {ALL, "**Article 13(8)**", "art_13.par_8"},
        {ALL, "[[Article 13(8)]]", "art_13.par_8"},
        {ALL, "Article 13 paragraph 8", "art_13.par_8"},
        {ALL, "Article 13, paragraph (8)", "art_13.par_8"},
        {ALL, "Art. 13 para. 8", "art_13.par_8"},
        {ALL, "Art. 13 \xC2\xA7 8", "art_13.par_8"},
        {ALL, "Article 13\xE2\x80\x99s paragraph 8", "art_13.par_8"},
        {ALL, "paragraph 8 of Article 13", "art_13.par_8"},
        {ALL, "Article 13(8), third subparagraph", "art_13.par_8.sub_3"},
        {ALL, "Article 13(8) 3rd sub-paragraph", "art_13.par_8.sub_3"},
        {ALL, "Article 13(8), subparagraph 3", "art_13.par_8.sub_3"},
        {ALL, "third subparagraph of Article 13(8)", "art_13.par_8.sub_3"},
        {ALL, "the third subparagraph of paragraph 8 of Article 13", "art_13.par_8.sub_3"},
        {ALL, "Article 5(1), second sentence", "art_5.par_1"},
        {ALL, "Article 14(2)(a)", "art_14.par_2.pnt_a"},
        {ALL, "Article 14(2), point (c)(ii)", "art_14.par_2.pnt_c.pnt_ii"},
        {ALL, "point (c)(ii) of Article 14(2)", "art_14.par_2.pnt_c.pnt_ii"},
        {ALL, "Article 14(2) lit. b", "art_14.par_2.pnt_b"},
        {ALL, "Article 6(b)", "art_6.pnt_b"},
        {ALL, "Article 3, point (21)", "art_3.pnt_21"},
        {ALL, "Article 3(21)", "art_3.pnt_21"},
        {ALL, "point 21 of Article 3", "art_3.pnt_21"},
        {ALL, "point 3 of Article 13", "art_13.par_3"},
        {ALL, "Recital 101", "rct_101"},
        {ALL, "recital (101)", "rct_101"},
        {ALL, "Rec. 101", "rct_101"},
        {ALL, "whereas (101)", "rct_101"},
        {LQ, "whereas 101", "rct_101"},
        {ALL, "Annex VII", "anx_VII"},
        {ALL, "annex vii", "anx_VII"},
        {ALL, "Annex 7", "anx_VII"},
        {ALL, "Annex I, Part I, point (2)(f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "annex 1 part 1 point 2.f", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I Part I point 2f", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I Part I (2)(f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I, part 1, 2(f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I (Part I, point 2(f))", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I \xE2\x80\x93 Part I \xE2\x80\x93 point (2)(f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "point (2.f) of Part I of Annex I", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Part I, point (2)(f), of Annex I", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I, essential cybersecurity requirement (2)(f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "essential requirement 2(f) of Annex I", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "Annex I.II.6", "anx_I.prt_II.pnt_6"},
        {ALL, "Annex I(II)(6)", "anx_I.prt_II.pnt_6"},
        {ALL, "Annex I, Part I, (2) (f)", "anx_I.prt_I.pnt_2.pnt_f"},
        {ALL, "item (2)(f) of Part I of Annex I", "anx_I.prt_I.pnt_2.pnt_f"},
        {LQ, "Annex I, Part II, 6", "anx_I.prt_II.pnt_6"},
        {ALL, "Article 13, subsection 8", "art_13.par_8"},
        {ALL, "Annex III, class I, point 4", "anx_III.cls_I.pnt_4"},
        {ALL, "point 4 of class I of Annex III", "anx_III.cls_I.pnt_4"},
        {ALL, "Annex III, Part II", "anx_III.cls_II"},
        {ALL, "Annex VIII, Part II, point 4.3", "anx_VIII.prt_II.pnt_4.3"},
        {ALL, "Annex VIII, Part II, point 7, second subparagraph", "anx_VIII.prt_II.pnt_7.sub_2"},
        {ALL, "Annex VIII, Part IV, point 3.2, third subparagraph, point (g)",
         "anx_VIII.prt_IV.pnt_3.2.sub_3.pnt_g"},
        {ALL, "point (g) of the third subparagraph of point 3.2 of Part IV of Annex VIII",
         "anx_VIII.prt_IV.pnt_3.2.sub_3.pnt_g"},
        {ALL, "point 8 of module B", "anx_VIII.prt_II.pnt_8"},
        {ALL, "part IV of CRA Annex VIII", "anx_VIII.prt_IV"},
    };
    (void)state;
    EXPECT(examples);
}

static void a_level_left_out_is_found_where_only_one_fits(void **state)
{
    static const example examples[] = {
        {ALL, "Article 14(7)(d)", "art_14.par_7.sub_3.pnt_d"},
        {ALL, "Article 14(7), first subparagraph", "art_14.par_7"},
        {ALL, "Annex I, point (2)(b)", "anx_I.prt_I.pnt_2.pnt_b"},
        {ALL, "Annex I, point (7)", "anx_I.prt_II.pnt_7"},
        {ALL, "Annex I, point (1)", "!anx_I.pnt_1"}, /* both parts have one */
        {ALL, "Annex I, essential requirement (1)", "anx_I.prt_I.pnt_1"},
    };
    (void)state;
    EXPECT(examples);
}

static void lists_give_each_provision(void **state)
{
    static const example examples[] = {
        {ALL, "Articles 18 and 19", "art_18 art_19"},
        {ALL, "Arts. 18, 19, and 20", "art_18 art_19 art_20"},
        {ALL, "Article 18, 19 or 20", "art_18 art_19 art_20"},
        {ALL, "Articles 18/19", "art_18 art_19"},
        {ALL, "Articles 18 & 19", "art_18 art_19"},
        {ALL, "Articles 18 as well as 19", "art_18 art_19"},
        {ALL, "Article 19(2), 19(3) and 19(5)", "art_19.par_2 art_19.par_3 art_19.par_5"},
        {ALL, "Articles 19(2) and 20(3)", "art_19.par_2 art_20.par_3"},
        {ALL, "Article 19(2), (3) and (5)", "art_19.par_2 art_19.par_3 art_19.par_5"},
        {ALL, "Article 14(2)(a) and (c)", "art_14.par_2.pnt_a art_14.par_2.pnt_c"},
        {ALL, "Article 14(2)(a) and (4)(b)", "art_14.par_2.pnt_a art_14.par_4.pnt_b"},
        {ALL, "Article 14(2)(c)(i) and (iii)", "art_14.par_2.pnt_c.pnt_i art_14.par_2.pnt_c.pnt_iii"},
        {ALL, "Article 14(2)(c)(i) and (b)", "art_14.par_2.pnt_c.pnt_i art_14.par_2.pnt_b"},
        {ALL, "Article 14(2)(a, b)", "art_14.par_2.pnt_a art_14.par_2.pnt_b"},
        {ALL, "Article 19(1, 2 and 4)", "art_19.par_1 art_19.par_2 art_19.par_4"},
        {ALL, "points (a) and (c) of Article 14(4)", "art_14.par_4.pnt_a art_14.par_4.pnt_c"},
        {ALL, "paragraphs 2 and 3 of Article 5 or Article 6", "art_5.par_2 !art_5.par_3 art_6"},
        {ALL, "Article 14(4), points (a), (b)", "art_14.par_4.pnt_a art_14.par_4.pnt_b"},
        {ALL, "Article 14(4), point (a), and point (b)", "art_14.par_4.pnt_a art_14.par_4.pnt_b"},
        {ALL, "Article 14(4), points a and c", "art_14.par_4.pnt_a art_14.par_4.pnt_c"},
        {ALL, "Article 13(8), second and fourth subparagraphs", "art_13.par_8.sub_2 art_13.par_8.sub_4"},
        {ALL, "Annexes II and VII", "anx_II anx_VII"},
        {ALL, "Annexes 2 and 7", "anx_II anx_VII"},
        {ALL, "Annex I, Parts I and II", "anx_I.prt_I anx_I.prt_II"},
        {ALL, "Annex I, Part I and Part II", "anx_I.prt_I anx_I.prt_II"},
        {ALL, "Parts I and IV of Annex VIII", "anx_VIII.prt_I anx_VIII.prt_IV"},
        {ALL, "Annex I, Part I, point (1), and Part II, point (3)", "anx_I.prt_I.pnt_1 anx_I.prt_II.pnt_3"},
        {ALL, "Annex VIII, Parts II and III (modules B and C) and Part IV (module H)",
         "anx_VIII.prt_II anx_VIII.prt_III anx_VIII.prt_IV"},
        {ALL, "Annex III, Class I (browsers) or Class II (hypervisors)", "anx_III.cls_I anx_III.cls_II"},
        {ALL, "Annex II, points 3 and 8(c)", "anx_II.pnt_3 anx_II.pnt_8.pnt_c"},
        {ALL, "points 2 and 3 of Annexes II and IV", "anx_II.pnt_2 anx_II.pnt_3 anx_IV.pnt_2 anx_IV.pnt_3"},
        {ALL, "recitals 4, 5 and 6", "rct_4 rct_5 rct_6"},
        {ALL, "Recitals (4), (5) and (6)", "rct_4 rct_5 rct_6"},
        {ALL, "Article 18, Recital 30, and Annex II", "art_18 rct_30 anx_II"},
        {ALL, "Annex I Part I point (2)(b), Annex I Part II point (8), Article 31",
         "anx_I.prt_I.pnt_2.pnt_b anx_I.prt_II.pnt_8 art_31"},
        {ALL, "Article 14(2) and point 5 of Annex II", "art_14.par_2 anx_II.pnt_5"},
        {ALL, "Article 14(1) and (3) and Article 15(1) and (2)",
         "art_14.par_1 art_14.par_3 art_15.par_1 art_15.par_2"},
        {LQ, "Article 18; 19; Annex II", "art_18 art_19 anx_II"},
    };
    (void)state;
    EXPECT(examples);
}

static void ranges_give_what_stands_between(void **state)
{
    static const example examples[] = {
        {ALL, "Articles 54-56", "art_54 art_55 art_56"},
        {ALL, "Articles 54 \xE2\x80\x93 56", "art_54 art_55 art_56"},
        {ALL, "Articles 54 to 56", "art_54 art_55 art_56"},
        {ALL, "Article 54 to Article 56", "art_54 art_55 art_56"},
        {ALL, "Articles 54 through 56, and 58", "art_54 art_55 art_56 art_58"},
        {ALL, "Article 19(1) to (3)", "art_19.par_1 art_19.par_2 art_19.par_3"},
        {ALL, "Article 19(1)-(3), (5)", "art_19.par_1 art_19.par_2 art_19.par_3 art_19.par_5"},
        {ALL, "Article 19(1-3)", "art_19.par_1 art_19.par_2 art_19.par_3"},
        {ALL, "paragraphs 1 to 3 of Article 19", "art_19.par_1 art_19.par_2 art_19.par_3"},
        {ALL, "Annex I Part I points (2)(a)\xE2\x80\x93(c)",
         "anx_I.prt_I.pnt_2.pnt_a anx_I.prt_I.pnt_2.pnt_b anx_I.prt_I.pnt_2.pnt_c"},
        {ALL, "Article 14(2)(c)(i) to (iii)",
         "art_14.par_2.pnt_c.pnt_i art_14.par_2.pnt_c.pnt_ii art_14.par_2.pnt_c.pnt_iii"},
        {ALL, "Annex VIII Part II points 3.1 to 3.3",
         "anx_VIII.prt_II.pnt_3.1 anx_VIII.prt_II.pnt_3.2 anx_VIII.prt_II.pnt_3.3"},
        {ALL, "Annexes I to III", "anx_I anx_II anx_III"},
        {ALL, "Annex V-VII", "anx_V anx_VI anx_VII"},
        {ALL, "first to third subparagraphs of Article 13(8)",
         "art_13.par_8 art_13.par_8.sub_2 art_13.par_8.sub_3"},
        {ALL, "recitals 7-9", "rct_7 rct_8 rct_9"},
        {ALL, "Art. 13(8)-13(10)", "art_13.par_8 art_13.par_9 art_13.par_10"},
        {LQ, "annex 1 part 2 5-7", "anx_I.prt_II.pnt_5 anx_I.prt_II.pnt_6 anx_I.prt_II.pnt_7"},
        {ALL, "Articles 70 to 73", "art_70 art_71 !art_73"},  /* both ends are always said */
        {ALL, "Articles 56 to 54", "art_56 art_54"},          /* backwards: only the ends  */
        {ALL, "Articles 13(8) to 14", "art_13.par_8 art_14"}, /* different levels          */
        {ALL, "Articles 1-4000000000", "art_1 ?"},
        {ALL, "Articles 1 to 9999", "art_1 ?"},
    };
    (void)state;
    EXPECT(examples);
}

static void what_does_not_exist_keeps_its_canonical_id(void **state)
{
    static const example examples[] = {
        {ALL, "Article 72", "!art_72"},
        {ALL, "Article 13(26)", "!art_13.par_26"},
        {ALL, "Article 32(5a)", "!art_32.par_5a"},
        {ALL, "Article 5a", "!art_5a"},
        {ALL, "Annex IX", "!anx_IX"},
        {ALL, "Annex A", "!anx_A"},
        {ALL, "Recital 131", "!rct_131"},
        {ALL, "Article 3(52)", "!art_3.par_52"},
        {ALL, "Annex VIII, Part V", "!anx_VIII.prt_V"},
        {ALL, "Article 14(2), point (d)", "!art_14.par_2.pnt_d"},
        {ALL, "Article 1234567", "?"},
        {ALL, "Article 13(x-1)", "?"},
        {ALL, "Chapter III", "?"},
    };
    (void)state;
    EXPECT(examples);
}

static void acts_named_at_the_citation(void **state)
{
    static const example examples[] = {
        {ALL, "Article 13 of the CRA", "art_13"},
        {ALL, "Article 13 CRA", "art_13"},
        {ALL, "CRA Article 13", "art_13"},
        {ALL, "the CRA's Article 13", "art_13"},
        {ALL, "Article 13 of the Cyber Resilience Act", "art_13"},
        {ALL, "Article 13 of Regulation (EU) 2024/2847", "art_13"},
        {ALL, "Annex I to this Regulation", "anx_I"},
        {ALL, "Article 13 of the Act", "art_13"},
        {ALL, "Article 35 GDPR", "other"},
        {ALL, "Article 35(1) of the GDPR", "other"},
        {ALL, "the GDPR\xE2\x80\x99s Article 35", "other"},
        {ALL, "Article 35, GDPR", "other"},
        {ALL, "Article 35 (GDPR)", "other"},
        {ALL, "Articles 35 and 36 GDPR", "other other"},
        {ALL, "Articles 35 to 39 GDPR", "other other"},
        {ALL, "Articles 4(1) and 5(2), and 6, DA", "other other other"},
        {ALL, "Article 5 of the General Data Protection Regulation", "other"},
        {ALL, "Article 3(3) of the Radio Equipment Directive 2014/53/EU", "other"},
        {ALL, "Article 21 of the NIS 2 Directive", "other"},
        {ALL, "Recital 15 of the Product Liability Directive", "other"},
        {ALL, "Article 9 of the Toy Safety Regulation", "other"},
        {ALL, "Article 9 of the XYZR", "other"},
        {ALL, "Article 12(2) of Directive (EU) 2022/2555", "other"},
        {ALL, "Regulation (EU) 2019/881, Articles 5 and 6", "other other"},
        {ALL, "Annex II to Decision No 768/2008/EC", "other"},
        {ALL, "Article 3(1), point (a), of Regulation (EU) No 1025/2012", "other"},
        {ALL, "Article 6 of the Annex to Recommendation 2003/361/EC", "other"},
        {ALL, "Article 16 TFEU", "other"},
        {ALL, "Article 5 of the Treaty on European Union", "other"},
        {ALL, "Recital 4 of Commission Implementing Regulation (EU) 2025/2392", "other"},
        {ALL, "Article 5 GDPR and Article 13 CRA", "other art_13"},
        {ALL, "Article 28(2) and Annex V of the CRA and Article 35 of the GDPR", "art_28.par_2 anx_V other"},
        {ALL, "Articles 5 and 6 and Annex I of Regulation (EU) 2019/1020", "other other other"},
        {ALL, "Annex II, section 2.1 of CRA SR", "other"},
        {ALL, "Article 13, Regulation (EU) 2024/2847", "art_13"},
        {ALL, "Article 13(8), GDPR Article 25", "art_13.par_8 other"},
        {ALL, "Annex A of ISO/IEC 27001:2022", "other"},
        {ALL, "EN 18031-1, Annex ZA", "other"},
        {ALL, "Article 5 of the EU Data Act", "other"},
        {ALL, "Article 5 of the toys directive", "other"},
        {ALL, "Article 5 of the present regulation", "art_5"},
        {ALL, "Article 13 of Regulation EU 2024/2847", "art_13"},
        {Q, "gdpr article 35", "other"},
        {Q, "cra art 13", "art_13"},
        {Q, "article 13 regulation eu 2024/2847", "art_13"},
    };
    (void)state;
    EXPECT(examples);
}

static void acts_named_in_the_sentence(void **state)
{
    static const example examples[] = {
        {P,
         "Regulation (EU) 2024/1689 is stricter. Article 15 of that Regulation says how; Article 13 does "
         "not.",
         "other other art_13"},
        {P,
         "Article 3 of Directive (EU) 2022/2555 and Article 46 of Regulation (EU) 2019/881; Article 4 of "
         "that "
         "Directive and Annex I to that Regulation.",
         "other other other other"},
        {P, "The MR sets out, in its Annex III, what machines need. The CRA lists its own in its Annex I.",
         "other anx_I"},
        {P, "The MR sets out, in its Annex III, what machines need (Annex III, sections 1.1.9 and 1.2.1).",
         "other other other"},
        {P, "The GDPR asks for security of processing (Article 32).", "other"},
        {P, "Under the GDPR, security of processing is owed (Article 32).", "other"},
        {P, "Under the GDPR, Article 32 asks for security of processing.", "other"},
        {P, "It is not the GDPR but a product rule that counts here (Article 13).", "art_13"},
        {P, "Unlike the GDPR, the CRA looks at products (Article 13).", "art_13"},
        {P, "Where the GDPR applies too, Article 13 still counts.", "art_13"},
        {P, "The CRA stands beside the RED and the GDPR; see Article 2.", "art_2"},
        {P, "The CRA (Article 32(5a), brought in by the EHDS Regulation) decides.", "!art_32.par_5a"},
        {P, "The rules of the EHDS Regulation on labels are in Article 105(2).",
         "other"}, /* not in the CRA */
        {P, "According to Article 2(4), the CRA leaves out what Directive (EU) 2014/90 covers.",
         "art_2.par_4 other"},
        {P, "The GDPR is older. Manufacturers keep records (Article 13).", "art_13"},
        {P, "Article 7 of Regulation (EU) 2019/1020. Article 13 of the Cyber Resilience Act.",
         "other art_13"},
        {P, "set out in Regulation (EU) 2017/745 and Regulation (EU) 2017/746", "other other"},
        {P, "See Regulation (EU) 2024/2847.", "cra:"},
    };
    (void)state;
    EXPECT(examples);
}

static void sections_of_faqs_and_guides(void **state)
{
    static const example examples[] = {
        {ALL, "section 4.2.5 of the Commission FAQ", "cfaq:sec_4.2.5"},
        {ALL, "section 4.2.5 of the FAQ", "cfaq:sec_4.2.5"},
        {ALL, "Section 4.2.5 of the Commission's FAQs", "cfaq:sec_4.2.5"},
        {ALL, "FAQ 4.2.5", "cfaq:sec_4.2.5"},
        {ALL, "Commission FAQ, section 4.2.5", "cfaq:sec_4.2.5"},
        {ALL, "Commission FAQ (section 4.2.5)", "cfaq:sec_4.2.5"},
        {ALL, "entry 4.2.5", "cfaq:sec_4.2.5"},
        {ALL, "Sections 4.1.2, 4.1.3 and 4.2.5", "cfaq:sec_4.1.2 cfaq:sec_4.1.3 cfaq:sec_4.2.5"},
        {ALL, "FAQs 4.1.1 to 4.1.4", "cfaq:sec_4.1.1 cfaq:sec_4.1.2 cfaq:sec_4.1.3 cfaq:sec_4.1.4"},
        {ALL, "section 9.9 of the FAQ", "!cfaq:sec_9.9"},
        {ALL, "section 2.8 of the Blue Guide", "other"},
        {ALL, "the Blue Guide, section 2.8", "other"},
        {ALL, "the 'Blue Guide' of 2022, section 2.3", "other"},
        {ALL, "Article 13(8) and section 4.1.2.2 of the Blue Guide", "art_13.par_8 other"},
        {P, "see section 8.1", "?"},
        {P, "entry 8.1", ""},
        {P, "see section 8 of the report", ""},
        {P, "the section on scope, part 2", ""},
        {Q, "4.2.5", "cfaq:sec_4.2.5"},
        {Q, "faq 4.2.5", "cfaq:sec_4.2.5"},
    };
    (void)state;
    EXPECT(examples);
}

static void queries_need_no_punctuation(void **state)
{
    static const example examples[] = {
        {Q, "13(8)", "art_13.par_8"},
        {Q, "13.8", "art_13.par_8"},
        {Q, "art 13 8", "art_13.par_8"},
        {Q, "art 14 2 a", "art_14.par_2.pnt_a"},
        {Q, "article 14 24 hours", "art_14"},
        {Q, "article 14 24 products", "art_14"},
        {Q, "article 14 24 x", "art_14"},
        {Q, "annex 1 part 2 8", "anx_I.prt_II.pnt_8"},
        {Q, "point 8 annex 1 part 2", "anx_I.prt_II.pnt_8"},
        {Q, "part 2 annex 1", "anx_I.prt_II"},
        {Q, "class ii annex iii", "anx_III.cls_II"},
        {Q, "third subparagraph of 13(8)", "art_13.par_8.sub_3"},
        {Q, "what does 13(8) say about support", "art_13.par_8"},
        {Q, "13(8) 14(1)", "art_13.par_8 art_14.par_1"},
        {Q, "art_13.par_8", "art_13.par_8"},
        {LQ, "cra:anx_I.prt_II", "anx_I.prt_II"},
        {LQ, "cra:art_99", "!art_99"},
        {LQ, "cra:anx_VIII.prt_IV.pnt_3.2.sub_3.pnt_g.", "anx_VIII.prt_IV.pnt_3.2.sub_3.pnt_g"},
        {LQ, "sec_4.2.5", "cfaq:sec_4.2.5"},
        {Q, "art_1.2to5", ""},
        {Q, "2024/2847", "cra:"},
        {Q, "2025/2392", ""},
        {Q, "CVE-2024-3094", ""},
        {Q, "smart fridge data act", ""},
        {Q, "is a red light in part 2", ""},
        {Q, "annex a product", ""},
        {Q, "", ""},
    };
    (void)state;
    EXPECT(examples);
}

static void prose_that_only_looks_like_citations(void **state)
{
    static const example examples[] = {
        {P, "13(8)", ""},
        {P, "The second part of this guide, part 2, has three points; point 3 is short.", ""},
        {P, "Articles of association; this Article; in that article 4 years ago", ""},
        {P, "paragraph 2 of this Article, point (b) of that paragraph, points 2 and 3 of this Part", ""},
        {P, "module H, class I products, state of the art 13 times", ""},
        {P, "https://eur-lex.europa.eu/eli/reg/2024/2847#art_13 and stewards/section_4", ""},
        {P, "Article 14 and 11 September 2026", "art_14"},
        {P, "Article 14 and 24 hours", "art_14"},
        {P, "Article 14, 24 of whose words count", "art_14"},
        {P, "Article 13(8) and 5 years", "art_13.par_8"},
        {P, "Articles 13 and 14 may apply", "art_13 art_14"},
        {P, "Articles 13 and 14 May 2026", "art_13"},
        {P, "Annex I and I agree", "anx_I"},
        {P, "Annex I \xE2\x80\x93 I would say", "anx_I"},
        {P, "Article 13 \xE2\x80\x93 obligations of manufacturers", "art_13"},
        {P, "Article 13\n\n(8) apples", "art_13"},
        {P, "on 24/7 watch, 10/2024, TLS 1.2", ""},
        {P, "A first point of contact, an essential requirement of trade, the first paragraph", ""},
    };
    (void)state;
    EXPECT(examples);
}

static void a_list_entry_is_never_dropped(void **state)
{
    static const example examples[] = {
        {L, "Cyber Resilience Act", "cra:"},
        {L, "the CRA", "cra:"},
        {L, "GDPR", "other"},
        {L, "European Commission CRA FAQs", "cfaq:"},
        {L, "Directive 2014/53/EU", "other"},
        {L, "stewards/obligations", "?"},
        {L, "Article X", "?"},
        {L, "point 8", "?"},
        {L, "Chapter 4", "?"},
        {L, "Article 13(8) sets the support period.", "art_13.par_8"},
        {L, "13(8)", "art_13.par_8"},
        {L, "  ", ""},
    };
    (void)state;
    EXPECT(examples);
}

static void an_act_that_is_not_loaded_keeps_the_canonical_id(void **state)
{
    static const example examples[] = {
        {ALL, "Article 3(14)", "~art_3.par_14"},
        {ALL, "Article 6(b)", "~art_6.pnt_b"},
        {ALL, "Article 13(8), third subparagraph", "~art_13.par_8.sub_3"},
        {ALL, "Article 14(7), first subparagraph, point (a)", "~art_14.par_7.pnt_a"},
        {ALL, "Annex I, essential requirement (2)(a)", "~anx_I.prt_I.pnt_2.pnt_a"},
        {ALL, "Annex III, class II, point 2", "~anx_III.cls_II.pnt_2"},
        {ALL, "Articles 98 to 100", "~art_98 ~art_99 ~art_100"},
        {ALL, "section 4.2.5 of the FAQ", "~cfaq:sec_4.2.5"},
        {ALL, "Article 25 GDPR", "other"},
        {L, "the CRA", "~cra:"},
    };
    (void)state;
    test_act_loaded = false;
    EXPECT(examples);
    test_act_loaded = true;
}

static void the_default_act_can_be_the_faq_or_none(void **state)
{
    char got[256];
    (void)state;
    scan_as(got, sizeof got, PIN_STR("Section 4.2.5 explains; section 8.8 does not"), PIN_CITE_PROSE, 1);
    assert_string_equal(got, "cfaq:sec_4.2.5 !cfaq:sec_8.8");
    scan_as(got, sizeof got, PIN_STR("Article 13(8) and Annex I of the CRA"), PIN_CITE_PROSE, 1);
    assert_string_equal(got, "art_13.par_8 anx_I");
    scan_as(got, sizeof got, PIN_STR("Article 13(8); Annex I of the CRA"), PIN_CITE_PROSE, PIN_NO_PROVISION);
    assert_string_equal(got, "~art_13.par_8 anx_I");
}

static void words_ranges_and_names_are_marked(void **state)
{
    pin_law   law = test_law(0);
    pin_arena arena = pin_arena_over(memory, sizeof memory);
    pin_str   text = PIN_STR("see Articles 54-56 of the CRA, or points (a) and (c) of Article 14(2)");
    pin_refs  refs;
    static const struct {
        const char *words;
        bool        range, named;
    } want[] = {{"Articles 54", false, true},
                {"Articles 54-56 of the CRA", true, true},
                {"56 of the CRA", false, true},
                {"points (a)", false, false},
                {"(c) of Article 14(2)", false, false}};
    (void)state;
    assert_int_equal(pin_cite_scan(&refs, text, PIN_CITE_PROSE, &law, &arena, NULL), PIN_OK);
    assert_int_equal(refs.count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        pin_str words = pin_str_part(text, refs.at[i].from, refs.at[i].to);
        assert_int_equal(words.len, strlen(want[i].words));
        assert_memory_equal(words.at, want[i].words, words.len);
        assert_int_equal(refs.at[i].from_range, want[i].range);
        assert_int_equal(refs.at[i].act_named, want[i].named);
    }
}

static void a_loose_number_that_misleads_is_not_among_the_words(void **state)
{
    pin_law   law = test_law(0);
    pin_arena arena = pin_arena_over(memory, sizeof memory);
    pin_refs  refs;
    (void)state;
    assert_int_equal(pin_cite_scan(&refs, PIN_STR("article 14 24 x"), PIN_CITE_QUERY, &law, &arena, NULL),
                     PIN_OK);
    assert_int_equal(refs.count, 1);
    assert_int_equal(refs.at[0].to, 10);
}

static void every_label_of_the_outline_means_its_own_id(void **state)
{
    char got[256], want[256];
    (void)state;
    for (uint32_t i = 0; i < test_row_count; i++) {
        for (int mode = 0; mode < 3; mode++) {
            scan_as(got, sizeof got, pin_str_of(test_rows[i].label), (pin_cite_mode)mode, 0);
            snprintf(want, sizeof want, "%s", test_rows[i].id);
            assert_string_equal(got, want);
        }
    }
}

static void too_little_room_is_said_and_enough_room_gives_the_same(void **state)
{
    pin_str text =
        PIN_STR("Articles 54-58 of the CRA, Article 25 GDPR, Annex I Part II points (5)-(8), FAQ 4.2.5");
    pin_law    law = test_law(0);
    char       want[512], got[512];
    pin_status s = PIN_NO_SPACE;
    size_t     n = 0;
    (void)state;
    scan_as(want, sizeof want, text, PIN_CITE_PROSE, 0);
    for (; s == PIN_NO_SPACE; n++) {
        void     *room = malloc(n ? n : 1); /* exact size: the sanitizer sees one byte too far */
        pin_arena arena = pin_arena_over(room, n);
        pin_refs  refs = {0};
        s = pin_cite_scan(&refs, text, PIN_CITE_PROSE, &law, &arena, NULL);
        assert_true(s == PIN_NO_SPACE || s == PIN_OK);
        if (s == PIN_OK) {
            test_describe(got, sizeof got, &refs);
            assert_string_equal(got, want);
        } else {
            assert_int_equal(arena.used, 0);
        }
        free(room);
    }
    assert_true(n > 100);
}

/* Every word of the grammar, names, numbers and ordinary words, in any order and with anything between. */
static void passing_over_plain_words_changes_nothing(void **state)
{
    static const char *const words[] = {
        "market", "a", "its", "Its", "It", "the", "of", "to", "and", "13", "(8)", "14(2)", "(a)", "II", "iv", "2.1",
        "GDPR", "CRA", "cra", "cyber", "resilience", "Cyber Resilience Act", "eIDAS", "ePrivacy Directive",
        "that Directive", "this Regulation", "Regulation (EU) 2016/679", "the FAQ", "frequently asked questions",
        "official", "Under", "Where", "manufacturer", "art_13.par_8", "cra:art_14", "toys directive", "NIS 2",
        "na\xC3\xAFve", "x\xC3\xA9", "eU", "product", "s", "according", "under", "where", "vulnerabilities"};
    static const char *const between[] = {" ", " ", " ", " ", " ", " ", ", ", ". ", " (", ") ", "\n", "\n\n", "-",
                                          "'", "", "  ", ": ", "; ", "? ", "\xC2\xA0", "\xE2\x80\x99s ", "/", "_"};
    uint64_t seed = 20261124;
    uint32_t rows = 0;
    (void)state;
    while (pin_cite_word_text(rows).len)
        rows++;
    for (int round = 0; round < 30000; round++) {
        char   text[600];
        size_t len = 0;
        while (len < 400) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t pick = (uint32_t)(seed >> 33);
            pin_str  word = pick & 1 ? pin_cite_word_text(pick / 2 % rows)
                                     : pin_str_of(words[pick / 2 % (sizeof words / sizeof *words)]);
            pin_str  gap = pin_str_of(between[(pick >> 16) % (sizeof between / sizeof *between)]);
            memcpy(text + len, word.at, word.len);
            if (pick % 31 == 0)
                text[len] = text[len] >= 'a' && text[len] <= 'z' ? (char)(text[len] - 32) : text[len];
            len += word.len;
            memcpy(text + len, gap.at, gap.len);
            len += gap.len;
        }
        same_word_by_word((pin_str){text, len}, (pin_cite_mode)(round % 3), round % 7 ? 0 : 1, round & 1);
    }
}

static void too_many_citations_are_a_limit(void **state)
{
    static char text[64 * 1024];
    pin_law     law = test_law(0);
    pin_arena   arena = pin_arena_over(memory, sizeof memory);
    pin_refs    refs = {0};
    size_t      at = 0;
    (void)state;
    while (at + 16 < sizeof text) {
        memcpy(text + at, "Article 13(8). ", 15);
        at += 15;
    }
    pin_error err;
    assert_int_equal(pin_cite_scan(&refs, (pin_str){text, at}, PIN_CITE_PROSE, &law, &arena, &err),
                     PIN_LIMIT);
    assert_int_equal(err.code, PIN_LIMIT);
    assert_int_equal(refs.count, 0);
}

static int read_outline(void **state)
{
    (void)state;
    return test_law_read(OUTLINE) ? 0 : -1;
}

static int free_outline(void **state)
{
    (void)state;
    test_law_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_provisions_in_many_spellings),
        cmocka_unit_test(a_level_left_out_is_found_where_only_one_fits),
        cmocka_unit_test(lists_give_each_provision),
        cmocka_unit_test(ranges_give_what_stands_between),
        cmocka_unit_test(what_does_not_exist_keeps_its_canonical_id),
        cmocka_unit_test(acts_named_at_the_citation),
        cmocka_unit_test(acts_named_in_the_sentence),
        cmocka_unit_test(sections_of_faqs_and_guides),
        cmocka_unit_test(queries_need_no_punctuation),
        cmocka_unit_test(prose_that_only_looks_like_citations),
        cmocka_unit_test(a_list_entry_is_never_dropped),
        cmocka_unit_test(an_act_that_is_not_loaded_keeps_the_canonical_id),
        cmocka_unit_test(the_default_act_can_be_the_faq_or_none),
        cmocka_unit_test(words_ranges_and_names_are_marked),
        cmocka_unit_test(a_loose_number_that_misleads_is_not_among_the_words),
        cmocka_unit_test(every_label_of_the_outline_means_its_own_id),
        cmocka_unit_test(too_little_room_is_said_and_enough_room_gives_the_same),
        cmocka_unit_test(passing_over_plain_words_changes_nothing),
        cmocka_unit_test(too_many_citations_are_a_limit),
    };
    return cmocka_run_group_tests(tests, read_outline, free_outline);
}
