/* The option parser, the suggestions and the whole program, called as a shell would call them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/cli/cli.h"

/* ---- One call of the program ---- */
typedef struct call {
    int    exit_code;
    char  *out, *err;
    size_t out_len, err_len;
} call;

static call call_with(int argc, const char *const *argv)
{
    call  c = {0};
    FILE *out = open_memstream(&c.out, &c.out_len), *err = open_memstream(&c.err, &c.err_len);
    c.exit_code = pin_cli_run(argc, argv, out, err);
    fclose(out);
    fclose(err);
    return c;
}

#define CALL(...)                                                                                            \
    call_with(sizeof((const char *const[]){"pincite", __VA_ARGS__}) / sizeof(char *),                        \
              (const char *const[]){"pincite", __VA_ARGS__})

static void call_free(call *c)
{
    free(c->out);
    free(c->err);
}

/* Nothing on standard output, `complaint` on standard error, exit 2. */
static void is_misuse(call c, const char *complaint)
{
    assert_string_equal(c.err, complaint);
    assert_string_equal(c.out, "");
    assert_int_equal(c.exit_code, 2);
    call_free(&c);
}

static void help_goes_to_standard_output(void **state)
{
    (void)state;
    call c = CALL("--help");
    assert_int_equal(c.exit_code, 0);
    assert_string_equal(c.err, "");
    assert_non_null(strstr(c.out, "exit status:"));
    call_free(&c);
}

static void every_command_has_a_help_with_usage_options_examples_and_exit_status(void **state)
{
    (void)state;
    for (size_t i = 0; pin_cli_commands[i]; i++) {
        call c = CALL(pin_cli_commands[i]->name, "--help");
        assert_int_equal(c.exit_code, 0);
        assert_string_equal(c.err, "");
        assert_int_equal(strncmp(c.out, "usage: pincite ", 15), 0);
        assert_non_null(strstr(c.out, "\noptions:\n"));
        assert_non_null(strstr(c.out, "\nexamples:\n  pincite "));
        assert_non_null(strstr(c.out, "\nexit status:\n  0  "));
        for (const char *line = c.out; *line; line += strcspn(line, "\n") + 1)
            assert_in_range(strcspn(line, "\n"), 0, 80);
        call_free(&c);
    }
}

static void nothing_at_all_is_misuse_and_shows_the_help(void **state)
{
    (void)state;
    const char *const argv[] = {"pincite"};
    call              c = call_with(1, argv);
    assert_int_equal(c.exit_code, 2);
    assert_string_equal(c.out, "");
    assert_int_equal(strncmp(c.err, "usage: pincite", 14), 0);
    call_free(&c);
}

static void slips_are_answered_with_a_suggestion(void **state)
{
    (void)state;
    is_misuse(CALL("serch"), "unknown command 'serch': did you mean 'search'?\n");
    is_misuse(CALL("veryfi", "x"), "unknown command 'veryfi': did you mean 'verify'?\n");
    is_misuse(CALL("frobnicate"), "unknown command 'frobnicate': pincite --help lists them\n");
    is_misuse(CALL("search", "f.pin", "q", "--jsno"), "unknown option '--jsno': did you mean '--json'?\n");
    is_misuse(CALL("search", "f.pin", "q", "--nothing-like-it"),
              "unknown option '--nothing-like-it': pincite search --help lists them\n");
    is_misuse(CALL("search", "f.pin", "q", "-z"), "unknown option '-z': pincite search --help lists them\n");
    is_misuse(CALL("search", "f.pin", "q", "--status", "aproved"),
              "unknown status 'aproved': did you mean 'approved'?\n");
}

static void bad_values_are_refused(void **state)
{
    (void)state;
    const char *complaint = "'%s' is not a number from 1 to 1000, as -k wants\n";
    const char *wrong[] = {"0", "1001", "-1", "ten", "", "1e3", "99999999999999999999", "3x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, complaint, wrong[i]);
        is_misuse(CALL("search", "f.pin", "q", "-k", wrong[i]), expected);
    }
    is_misuse(CALL("search", "f.pin", "q", "-k"), "option '-k' needs a value: N\n");
    is_misuse(CALL("search", "f.pin", "q", "--module"), "option '--module' needs a value: MODULE\n");
    is_misuse(CALL("search", "f.pin", "q", "--json=yes"), "option '--json' takes no value\n");
    is_misuse(CALL("build", "corpus", "-o", "x.pin", "--source", "cra"),
              "'cra' is not ID=PATH or ID@VERSION=PATH, as --source wants\n");
}

static void control_characters_of_arguments_do_not_reach_the_terminal(void **state)
{
    (void)state;
    is_misuse(CALL("\x1b[31mred\a"), "unknown command '[31mred': pincite --help lists them\n");
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    is_misuse(CALL("search", "/nonexistent/faq.pin", "q"),
              "cannot open '/nonexistent/faq.pin': No such file or directory\n");
}

/* ---- The parser by itself ---- */
static void values_may_stand_behind_an_equals_sign_a_space_or_a_letter(void **state)
{
    (void)state;
    const char *const argv[] = {"f.pin",     "--module=a", "--module", "b",  "-k5",
                                "two words", "-k",         "7",        "--", "--json"};
    pin_cli           cli = {.out = stdout, .err = stderr, .command = &pin_cli_search};
    uint32_t          k;
    assert_true(pin_cli_parse(&cli, sizeof argv / sizeof argv[0], argv));
    assert_int_equal(cli.argument_count, 3);
    assert_string_equal(cli.arguments[2], "--json");
    assert_string_equal(pin_cli_value_at(&cli, "module", 0), "a");
    assert_string_equal(pin_cli_value(&cli, "module"), "b");
    assert_null(pin_cli_value_at(&cli, "module", 2));
    assert_false(pin_cli_has(&cli, "json"));
    assert_true(pin_cli_number(&k, &cli, "k", 10, 1, 1000));
    assert_int_equal(k, 7);
    char *joined = pin_cli_joined(&cli, 1);
    assert_string_equal(joined, "two words --json");
    free(joined);
}

static void a_value_that_may_lack_becomes_standard_input(void **state)
{
    (void)state;
    const char *const argv[] = {"f.pin", "--batch", "--ids"};
    pin_cli           cli = {.out = stdout, .err = stderr, .command = &pin_cli_law};
    assert_true(pin_cli_parse(&cli, 3, argv));
    assert_string_equal(pin_cli_value(&cli, "batch"), "-");
    assert_true(pin_cli_has(&cli, "ids"));
}

static void too_many_arguments_are_refused(void **state)
{
    (void)state;
    const char *argv[PIN_CLI_VALUES + 3] = {"pincite", "search"};
    for (int i = 2; i < PIN_CLI_VALUES + 3; i++)
        argv[i] = "x";
    is_misuse(call_with(PIN_CLI_VALUES + 3, argv), "too many arguments: at most 256\n");
}

/* ---- Distances: worked by hand ---- */
static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(pin_cli_distance(PIN_STR("search"), PIN_STR("search"), 3), 0);
    assert_int_equal(pin_cli_distance(PIN_STR("serch"), PIN_STR("search"), 3), 1);
    assert_int_equal(pin_cli_distance(PIN_STR("saerch"), PIN_STR("search"), 3), 1); /* neighbours swapped */
    assert_int_equal(pin_cli_distance(PIN_STR("Search"), PIN_STR("search"), 3), 0); /* case is no slip */
    assert_int_equal(pin_cli_distance(PIN_STR("kitten"), PIN_STR("sitting"), 5), 3);
    assert_int_equal(pin_cli_distance(PIN_STR("kitten"), PIN_STR("sitting"), 2), 3); /* more than 2 */
    assert_int_equal(pin_cli_distance(PIN_STR(""), PIN_STR("abc"), 5), 3);
    assert_int_equal(pin_cli_distance(PIN_STR("abc"), PIN_STR(""), 5), 3);
}

static void a_failed_write_of_the_answer_is_exit_two(void **state)
{
    (void)state;
    const char *const argv[] = {"pincite", "--help"};
    FILE             *full = fopen("/dev/full", "w");
    char             *err_text = NULL;
    size_t            err_len = 0;
    if (!full)
        skip();
    FILE *err = open_memstream(&err_text, &err_len);
    assert_int_equal(pin_cli_run(2, argv, full, err), 2);
    fclose(err);
    assert_string_equal(err_text, "cannot write the answer: No space left on device\n");
    fclose(full);
    free(err_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_goes_to_standard_output),
        cmocka_unit_test(every_command_has_a_help_with_usage_options_examples_and_exit_status),
        cmocka_unit_test(nothing_at_all_is_misuse_and_shows_the_help),
        cmocka_unit_test(slips_are_answered_with_a_suggestion),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(control_characters_of_arguments_do_not_reach_the_terminal),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(values_may_stand_behind_an_equals_sign_a_space_or_a_letter),
        cmocka_unit_test(a_value_that_may_lack_becomes_standard_input),
        cmocka_unit_test(too_many_arguments_are_refused),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(a_failed_write_of_the_answer_is_exit_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
