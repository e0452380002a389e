/* Escaping by context: what each context must never let through, whatever the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/page/escape.h"

typedef void escape(pin_buf *out, pin_str text);

static void expect(escape *escape_it, const char *text, const char *expected)
{
    char    room[4096];
    pin_buf out = pin_buf_over(room, sizeof room);
    escape_it(&out, pin_str_of(text));
    pin_str got = pin_buf_str(&out);
    assert_int_equal(pin_buf_status(&out), PIN_OK);
    if (!pin_str_equal(got, pin_str_of(expected)))
        print_message("got %.*s\n", (int)got.len, got.at);
    assert_true(pin_str_equal(got, pin_str_of(expected)));
}

static void text_keeps_quotes_and_hides_markup(void **state)
{
    (void)state;
    expect(pin_escape_text, "a < b & \"c\" > 'd'", "a &lt; b &amp; \"c\" &gt; 'd'");
    expect(pin_escape_text, "\x01\x1b[31m\tx\n", "[31m\tx\n");
    expect(pin_escape_text, "caf\xC3\xA9 \xC3\x28 \xED\xA0\x80", "caf\xC3\xA9 \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void attributes_cannot_be_left(void **state)
{
    (void)state;
    expect(pin_escape_attribute, "\" onload='x' <b>&", "&quot; onload=&#39;x&#39; &lt;b&gt;&amp;");
}

static void only_safe_schemes_become_links(void **state)
{
    (void)state;
    expect(pin_escape_url, "https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2");
    expect(pin_escape_url, "mailto:a@example.org", "mailto:a@example.org");
    expect(pin_escape_url, "../x/#y", "../x/#y");
    expect(pin_escape_url, "javascript:alert(1)", "#");
    expect(pin_escape_url, "JaVaScRiPt:alert(1)", "#");
    expect(pin_escape_url, " javascript:alert(1)", "#");
    expect(pin_escape_url, "java\nscript:alert(1)", "#");
    expect(pin_escape_url, "data:text/html,x", "#");
    expect(pin_escape_url, "vbscript:x", "#");
}

static void paths_and_queries_are_percent_encoded(void **state)
{
    (void)state;
    expect(pin_escape_path, "anx_I.prt_II/a b?\"<", "anx_I.prt_II/a%20b%3F%22%3C");
    expect(pin_escape_query, "a&b=c d/\xC3\xA9#", "a%26b%3Dc%20d%2F%C3%A9%23");
}

static void json_cannot_close_its_script(void **state)
{
    (void)state;
    expect(pin_escape_json, "</script><!-- \"\\\n", "\"\\u003c/script\\u003e\\u003c!-- \\\"\\\\\\u000a\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_keeps_quotes_and_hides_markup),
        cmocka_unit_test(attributes_cannot_be_left),
        cmocka_unit_test(only_safe_schemes_become_links),
        cmocka_unit_test(paths_and_queries_are_percent_encoded),
        cmocka_unit_test(json_cannot_close_its_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
