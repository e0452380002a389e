/* Ids as labels, ancestors, and the names of states. */
#include "pincite/cite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_label(const char *id, const char *label)
{
    char    text[256];
    pin_buf out = pin_buf_over(text, sizeof text);
    pin_cite_label(&out, pin_str_of(id));
    pin_str got = pin_buf_str(&out);
    assert_int_equal(got.len, strlen(label));
    assert_memory_equal(got.at, label, got.len);
}

static void ids_read_as_lawyers_write_them(void **state)
{
    (void)state;
    expect_label("art_13", "Article 13");
    expect_label("art_13.par_8", "Article 13(8)");
    expect_label("art_32.par_5a", "Article 32(5a)");
    expect_label("art_13.par_8.sub_3", "Article 13(8), third subparagraph");
    expect_label("art_13.par_8.sub_21", "Article 13(8), 21st subparagraph");
    expect_label("art_13.par_8.sub_12", "Article 13(8), 12th subparagraph");
    expect_label("art_3.pnt_14", "Article 3, point (14)");
    expect_label("art_14.par_2.pnt_c.pnt_iii", "Article 14(2), point (c)(iii)");
    expect_label("art_14.par_7.sub_3.pnt_d", "Article 14(7), third subparagraph, point (d)");
    expect_label("rct_64", "Recital 64");
    expect_label("anx_I.prt_I.pnt_2.pnt_b", "Annex I, Part I, point (2)(b)");
    expect_label("anx_II.pnt_8.pnt_e", "Annex II, point 8(e)");
    expect_label("anx_III.cls_II.pnt_2", "Annex III, Class II, point 2");
    expect_label("anx_VIII.prt_IV.pnt_3.2.sub_3.pnt_g",
                 "Annex VIII, Part IV, point 3.2, third subparagraph, point (g)");
    expect_label("sec_4.2.5", "Section 4.2.5");
    expect_label("", "");
    expect_label("xyz_1", "xyz 1");
}

static void an_ancestor_is_told_by_whole_steps(void **state)
{
    (void)state;
    assert_true(pin_cite_is_ancestor(PIN_STR("art_13"), PIN_STR("art_13.par_8")));
    assert_true(pin_cite_is_ancestor(PIN_STR("art_13"), PIN_STR("art_13.par_8.sub_2")));
    assert_false(pin_cite_is_ancestor(PIN_STR("art_13"), PIN_STR("art_130")));
    assert_false(pin_cite_is_ancestor(PIN_STR("art_13"), PIN_STR("art_13")));
    assert_false(pin_cite_is_ancestor(PIN_STR("art_13.par_8"), PIN_STR("art_13")));
    assert_true(pin_cite_is_ancestor(PIN_STR("anx_VIII.prt_IV.pnt_3"), PIN_STR("anx_VIII.prt_IV.pnt_3.2")));
    assert_true(pin_cite_is_ancestor(PIN_STR("sec_4.2"), PIN_STR("sec_4.2.5")));
    assert_false(pin_cite_is_ancestor(PIN_STR(""), PIN_STR("art_13")));
}

static void states_and_touches_have_names(void **state)
{
    (void)state;
    assert_string_equal(pin_cite_state_name(PIN_CITE_RESOLVED), "resolved");
    assert_string_equal(pin_cite_state_name(PIN_CITE_MISSING), "does not exist");
    assert_string_equal(pin_cite_state_name(PIN_CITE_OTHER_ACT), "other act");
    assert_string_equal(pin_cite_state_name(PIN_CITE_NOT_UNDERSTOOD), "not understood");
    assert_string_equal(pin_cite_state_name(PIN_CITE_NOT_CHECKED), "not checked");
    assert_string_equal(pin_cite_touch_name(PIN_TOUCH_EXACT), "exact");
    assert_string_equal(pin_cite_touch_name(PIN_TOUCH_RANGE), "by range");
    assert_string_equal(pin_cite_touch_name(PIN_TOUCH_PARENT), "by parent");
    assert_string_equal(pin_cite_touch_name(PIN_TOUCH_CHILD), "by child");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_read_as_lawyers_write_them),
        cmocka_unit_test(an_ancestor_is_told_by_whole_steps),
        cmocka_unit_test(states_and_touches_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
