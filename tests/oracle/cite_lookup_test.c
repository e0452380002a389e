/* The citation grammar against what people decided by hand: 57 citations with the provisions they mean,
 * and the 891 provisions of the act with the labels its readers gave them. */
#include "tests/oracle/cite_law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PROVISIONS PINCITE_SHARED_DIR "/cra/provisions.jsonl"
#define LOOKUPS PINCITE_SHARED_DIR "/eval-dev/provision-lookup/lookup.tsv"

static char memory[1 << 21];

/* The ids that exist, in order; "-" for none. */
static void resolved(char *out, size_t size, pin_str text, pin_cite_mode mode)
{
    pin_law   law = test_law(0);
    pin_arena arena = pin_arena_over(memory, sizeof memory);
    pin_refs  refs;
    size_t    at = 0;
    assert_int_equal(pin_cite_scan(&refs, text, mode, &law, &arena, NULL), PIN_OK);
    assert_true(test_refs_hold(&refs, text));
    snprintf(out, size, "-");
    for (uint32_t i = 0; i < refs.count && at < size; i++)
        if (refs.at[i].state == PIN_CITE_RESOLVED && pin_str_equal(refs.at[i].source, PIN_STR("cra")))
            at += (size_t)snprintf(out + at, size - at, "%s%.*s", at ? " " : "", (int)refs.at[i].id.len,
                                   refs.at[i].id.at);
}

static void every_look_up_comes_out_as_decided(void **state)
{
    FILE  *file = fopen(LOOKUPS, "r");
    char  *line = NULL, got[1024];
    size_t cap = 0, lines = 0, wrong = 0;
    (void)state;
    if (!file || test_row_count == 0) {
        print_message("skipped: no %s\n", LOOKUPS);
        skip();
    }
    while (getline(&line, &cap, file) > 0) {
        char *tab = strchr(line, '\t');
        if (line[0] == '#' || !tab)
            continue;
        *tab = 0;
        tab[strcspn(tab + 1, "\n") + 1] = 0;
        lines++;
        for (int mode = PIN_CITE_LIST; mode <= PIN_CITE_QUERY; mode++) {
            resolved(got, sizeof got, pin_str_of(line), (pin_cite_mode)mode);
            if (strcmp(got, tab + 1) != 0) {
                print_error("%s\n  want %s\n  got  %s\n", line, tab + 1, got);
                wrong++;
            }
        }
    }
    free(line);
    fclose(file);
    print_message("%zu look-ups, twice\n", lines);
    assert_int_equal(lines, 57);
    assert_int_equal(wrong, 0);
}

static void every_label_means_its_own_id(void **state)
{
    char   got[1024];
    size_t wrong = 0;
    (void)state;
    if (test_row_count == 0) {
        print_message("skipped: no %s\n", PROVISIONS);
        skip();
    }
    for (uint32_t i = 0; i < test_row_count; i++) {
        for (int mode = PIN_CITE_PROSE; mode <= PIN_CITE_QUERY; mode++) {
            resolved(got, sizeof got, pin_str_of(test_rows[i].label), (pin_cite_mode)mode);
            if (strcmp(got, test_rows[i].id) != 0) {
                print_error("%s: want %s, got %s\n", test_rows[i].label, test_rows[i].id, got);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void every_id_gives_its_label(void **state)
{
    uint32_t same = 0;
    (void)state;
    if (test_row_count == 0) {
        print_message("skipped: no %s\n", PROVISIONS);
        skip();
    }
    for (uint32_t i = 0; i < test_row_count; i++) {
        char    text[256];
        pin_buf out = pin_buf_over(text, sizeof text);
        pin_cite_label(&out, pin_str_of(test_rows[i].id));
        if (pin_str_equal(pin_buf_str(&out), pin_str_of(test_rows[i].label)))
            same++;
        else
            print_error("%s: want %s, got %.*s\n", test_rows[i].id, test_rows[i].label, (int)out.len, text);
    }
    print_message("%u of %u labels from the id alone\n", same, test_row_count);
    assert_int_equal(same, test_row_count);
}

static int read_act(void **state)
{
    (void)state;
    test_law_read(PROVISIONS);
    return 0;
}

static int free_act(void **state)
{
    (void)state;
    test_law_free();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_look_up_comes_out_as_decided),
        cmocka_unit_test(every_label_means_its_own_id),
        cmocka_unit_test(every_id_gives_its_label),
    };
    return cmocka_run_group_tests(tests, read_act, free_act);
}
