/* The canonical form, written out by hand from docs/evidence.md, and its hash from Python's hashlib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pincite/evidence.h"

/* a paragraph: "Yes, " and, as a reference to citation 0, "Article 3" */
static const char blocks[] = "\x01\x28\x05Yes, \x19\x00\x28\x09" "Article 3" "\x00\x00";

static pin_citation citations[] = {{.written = {"Article 3, the Act", 18},
                                    .source = {"act", 3},
                                    .id = {"art_3", 5},
                                    .label = {"Article 3", 9},
                                    .note = {"the duty", 8},
                                    .state = PIN_CITE_RESOLVED,
                                    .in_list = true,
                                    .provision = 7},
                                   {.written = {"GDPR", 4}, .state = PIN_CITE_OTHER_ACT, .from_range = true,
                                    .quote = {"caf\xC3\xA9", 5}, .provision = PIN_NO_PROVISION}};

static const pin_footing footings[] = {{.version = {"2031", 4}, .act = {"Act", 3}, .words = {"Do\nit.", 6}}, {{0}}};

static pin_item item_of(void)
{
    return (pin_item){.id = PIN_STR("m/a"),
                      .language = PIN_STR("en"),
                      .question = PIN_STR("Must I?"),
                      .status = PIN_STR("draft"),
                      .updated = PIN_STR("2031-01-01"),
                      .author = PIN_STR("nobody"),
                      .blocks = {blocks, sizeof blocks - 1},
                      .citations = citations,
                      .citation_count = 2};
}

static const char expected[] = "pincite-revision 1\n"
                               "id 3\nm/a\n"
                               "language 2\nen\n"
                               "question 7\nMust I?\n"
                               "verdict 0\n\n"
                               "answer 15\nYes, Article 3\n\n"
                               "structure 64\n6335f2065ee90b1bb0818bc9b0f12160193b0bd6c851975afaef9ecca49073a6\n"
                               "written 18\nArticle 3, the Act\n"
                               "source 3\nact\n"
                               "provision 5\nart_3\n"
                               "state 8\nresolved\n"
                               "range 2\nno\n"
                               "listed 3\nyes\n"
                               "note 8\nthe duty\n"
                               "quote 0\n\n"
                               "version 4\n2031\n"
                               "words 6\nDo\nit.\n"
                               "written 4\nGDPR\n"
                               "source 0\n\n"
                               "provision 0\n\n"
                               "state 9\nother act\n"
                               "range 3\nyes\n"
                               "listed 2\nno\n"
                               "note 0\n\n"
                               "quote 5\ncaf\xC3\xA9\n"
                               "version 0\n\n"
                               "words 0\n\n";

static void the_form_is_the_one_that_is_documented(void **state)
{
    char     room[4096];
    pin_buf  out = pin_buf_over(room, sizeof room);
    pin_item item = item_of();
    (void)state;
    assert_int_equal(pin_evidence_canonical(&out, &item, footings, NULL), PIN_OK);
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(room, expected, sizeof expected - 1);
}

static void its_hash_is_that_of_another_program(void **state)
{
    uint8_t hash[PIN_EVIDENCE_LEN];
    char    hex[2 * PIN_EVIDENCE_LEN];
    (void)state;
    pin_evidence_hash(hash, (pin_str){expected, sizeof expected - 1});
    pin_revision_hex(hex, (pin_str){(const char *)hash, sizeof hash});
    assert_memory_equal(hex, "1fe66e41d36fb15e618fc93d1ba12b8f4371b404079046503a17c7de882daf95", sizeof hex);
}

/* "The canonical form" of docs/evidence.md ends with this item and its revision. */
static void the_example_of_the_page_is_true(void **state)
{
    static const char yes[] = "\x01\x28\x04Yes.\x00";
    char              room[512], hex[2 * PIN_EVIDENCE_LEN];
    uint8_t           hash[PIN_EVIDENCE_LEN];
    pin_buf           out = pin_buf_over(room, sizeof room);
    pin_item          item = {.id = PIN_STR("m/a"), .question = PIN_STR("A?"), .verdict = PIN_STR("Yes."),
                              .blocks = {yes, sizeof yes - 1}};
    (void)state;
    assert_int_equal(pin_evidence_canonical(&out, &item, NULL, NULL), PIN_OK);
    pin_evidence_hash(hash, pin_buf_str(&out));
    pin_revision_hex(hex, (pin_str){(const char *)hash, sizeof hash});
    assert_memory_equal(hex, "7da83a6f82da8ce9d02643d1b68c9bfc7835500cada3f77b9b1bf26c935f1e99", sizeof hex);
}

static void status_dates_and_author_are_no_part_of_it(void **state)
{
    char     room[2][4096];
    pin_buf  a = pin_buf_over(room[0], sizeof room[0]), b = pin_buf_over(room[1], sizeof room[1]);
    pin_item item = item_of();
    (void)state;
    pin_evidence_canonical(&a, &item, footings, NULL);
    item.status = PIN_STR("approved");
    item.status_text = PIN_STR("Approved");
    item.author = item.published = item.updated = PIN_STR("2032-02-02");
    item.number = 9;
    item.module = 3;
    pin_evidence_canonical(&b, &item, footings, NULL);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(room[0], room[1], a.len);
}

static void too_little_room_says_how_much_is_needed(void **state)
{
    char     room[4096];
    pin_item item = item_of();
    (void)state;
    for (size_t cap = 0; cap < sizeof expected; cap++) {
        pin_buf    out = pin_buf_over(room, cap);
        pin_status status = pin_evidence_canonical(&out, &item, footings, NULL);
        assert_int_equal(status, cap < sizeof expected - 1 ? PIN_NO_SPACE : PIN_OK);
        assert_int_equal(out.len, sizeof expected - 1);
    }
}

static void damaged_blocks_have_no_form(void **state)
{
    char     room[4096];
    pin_buf  out = pin_buf_over(room, sizeof room);
    pin_item item = item_of();
    (void)state;
    item.blocks = PIN_STR("\x63");
    assert_int_equal(pin_evidence_canonical(&out, &item, footings, NULL), PIN_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_form_is_the_one_that_is_documented),
        cmocka_unit_test(its_hash_is_that_of_another_program),
        cmocka_unit_test(the_example_of_the_page_is_true),
        cmocka_unit_test(status_dates_and_author_are_no_part_of_it),
        cmocka_unit_test(too_little_room_says_how_much_is_needed),
        cmocka_unit_test(damaged_blocks_have_no_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
