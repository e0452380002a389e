/* The fast road of JSON against jansson: the same value for every line, and a refusal where it refuses. */
#include "indexer/corpus/testing.h"

#include "indexer/corpus/json.h"

static bool same_value(const pin_json *a, const pin_json *b)
{
    if (a->type != b->type || a->count != b->count || a->integer != b->integer || !pin_str_equal(a->text, b->text))
        return false;
    const pin_json *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        if (!pin_str_equal(x->key, y->key) || !same_value(x, y))
            return false;
    return !x && !y;
}

static pin_json_room fast, slow;

static void agree(pin_str text)
{
    pin_json_error  err_fast, err_slow;
    const pin_json *a = pin_json_read(&fast, text, &err_fast), *b = pin_json_read_slowly(&slow, text, &err_slow);
    if ((a != NULL) != (b != NULL) || (a && !same_value(a, b)) ||
        (!a && (strcmp(err_fast.text, err_slow.text) != 0 || err_fast.column != err_slow.column))) {
        print_error("they differ on: %.*s\n", (int)text.len, text.at);
        fail();
    }
}

static const char *const lines[] = {
    "{\"id\":\"a:1\",\"module\":\"M\",\"question\":\"Why?\",\"answer\":\"So, \\\"because\\\" \\u00e9\\ud83d\\ude00.\"}",
    "{\"id\":17,\"x\":-3,\"y\":0,\"z\":-0,\"big\":123456789012345678901,\"r\":1.5,\"e\":1e3}",
    "{ \"citations\" : [ {\"source\":\"cra\",\"provision\":\"Article 1\"}, \"text\", null, true, false, [] , {} ] }",
    "[1,2,3]", "\"only a text\"", "null", "{}", "[]", "17", "-", "01", "1.", "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}", "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}", "{\"a\":1}}", "{\"a\":1} x", "{\"a\"",
    "{\"a\":tru}", "{\"a\":nullx}", "{\"a\":1,}", "[1,]", "{,}", "", " ", "{\"\\u0061\":1,\"a\":2}",
    "{\"a\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}", "{\"a\":\"\xC3\"}", "{\"a\":\"\xED\xA0\x80\"}", "{\"a\":\"\xC0\x80\"}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]", "{\"a\":\"\\/\\b\\f\\n\\r\\t\\\\\"}", "999999999999999999",
    "99999999999999999", "{\"abcdefgh\":\"abcdefgh\\\"ijklmnop\",\"b\":\"\x7F\"}"};

static void every_line_is_read_as_jansson_reads_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        agree(pin_str_of(lines[i]));
}

/* A line with some bytes changed, taken out, or doubled. */
static void damaged_lines_are_read_or_refused_alike(void **state)
{
    static const char bytes[] = "\"\\{}[]:,0123-.eEu tfn\n\t\x01\x7F\xC3\xA9\xF0\xED/";
    uint64_t          chance = 42;
    (void)state;
    for (int round = 0; round < 40000; round++) {
        char        text[256];
        const char *line = lines[round % (sizeof lines / sizeof *lines)];
        size_t      len = strlen(line);
        memcpy(text, line, len);
        for (int edit = 0; edit < 1 + round % 3 && len > 0; edit++) {
            chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            size_t at = (size_t)(chance >> 33) % len;
            char   byte = bytes[(chance >> 20) % (sizeof bytes - 1)];
            switch (chance >> 60 & 3) {
            case 0:
                memmove(text + at, text + at + 1, --len - at);
                break;
            case 1:
                memmove(text + at + 1, text + at, len++ - at);
                text[at] = byte;
                break;
            default:
                text[at] = byte;
            }
        }
        agree((pin_str){text, len});
    }
}

static void texts_with_and_without_escapes_are_whole(void **state)
{
    pin_json_error  err;
    const pin_json *v = pin_json_read(&fast, PIN_STR("{\"k\":\"plain words, long enough\",\"e\":\"a\\tb\\u20ac\"}"), &err);
    (void)state;
    assert_non_null(v);
    assert_text(pin_json_member(v, PIN_STR("k"))->text, "plain words, long enough");
    assert_text(pin_json_member(v, PIN_STR("e"))->text, "a\tb\xE2\x82\xAC");
    assert_null(pin_json_member(v, PIN_STR("x")));
}

static int begin(void **state)
{
    (void)state;
    pin_json_start();
    return 0;
}

static int end(void **state)
{
    (void)state;
    pin_json_room_free(&fast);
    pin_json_room_free(&slow);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_read_as_jansson_reads_it),
        cmocka_unit_test(damaged_lines_are_read_or_refused_alike),
        cmocka_unit_test(texts_with_and_without_escapes_are_whole),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
