/* Real folders below a temporary one: what is found, in which order, and what is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/folder/folder.h"

static char root[64];

static int begin(void **state)
{
    (void)state;
    strcpy(root, "/tmp/pincite-folder-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

static const char *below(const char *path)
{
    static char full[4][512];
    static int  next;
    char       *out = full[next++ % 4];
    snprintf(out, sizeof full[0], "%s/%s", root, path);
    return out;
}

static void put(const char *path, const char *text)
{
    char *full = strdup(below(path));
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(full);
}

static void assert_str(pin_str text, const char *expected)
{
    if (!pin_str_equal(text, pin_str_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)text.len, text.len ? text.at : "", expected);
}

static void assert_says(const pin_folder_error *err, const char *start, const char *part)
{
    if (strncmp(err->text, start, strlen(start)) != 0 || !strstr(err->text, part) || strchr(err->text, '\n'))
        fail_msg("'%s' does not begin with '%s' and say '%s'", err->text, start, part);
}

static void a_folder_gives_its_files_in_the_order_of_their_bytes(void **state)
{
    (void)state;
    put("b.md", "B");
    put("a/z.md", "Z");
    put("a/README.yml", "R");
    put("a-b.md", "AB");
    put("a/deep/er/x.jsonl", "");
    put("c.yaml", "C");
    put("picture.png", "P");
    put("notes.md~", "N");
    put(".hidden.md", "H");
    put(".git/config.yml", "G");
    put(".md", "only an ending, and hidden");
    static const char *const order[] = {"a-b.md", "a/README.yml", "a/deep/er/x.jsonl", "a/z.md", "b.md", "c.yaml"};

    pin_folder      *f;
    pin_folder_error err = {0};
    char             with_slashes[80];
    snprintf(with_slashes, sizeof with_slashes, "%s//", root);
    assert_int_equal(pin_folder_open(&f, with_slashes, &err), PIN_OK);
    const pin_input *in = pin_folder_input(f);
    assert_true(in->is_folder);
    assert_str(in->root, root);
    assert_int_equal(in->file_count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_str(in->files[i].path, order[i]);
        assert_str(in->files[i].shown, below(order[i]));
    }
    assert_str(in->files[0].bytes, "AB");
    assert_str(in->files[2].bytes, "");
    assert_int_equal(pin_folder_passed_count(f), 0);
    pin_folder_free(f);
}

static void one_file_may_have_any_name(void **state)
{
    (void)state;
    put("corpus.txt", "text");
    pin_folder *f;
    assert_int_equal(pin_folder_open(&f, below("corpus.txt"), NULL), PIN_OK);
    const pin_input *in = pin_folder_input(f);
    assert_false(in->is_folder);
    assert_int_equal(in->file_count, 1);
    assert_str(in->files[0].path, "corpus.txt");
    assert_str(in->files[0].shown, below("corpus.txt"));
    assert_str(in->files[0].bytes, "text");
    pin_folder_free(f);
}

static void symbolic_links_below_the_root_are_named_not_followed(void **state)
{
    (void)state;
    put("corpus/a.md", "A");
    put("outside/secret.md", "S");
    assert_int_equal(symlink("..", below("corpus/loop")), 0);
    assert_int_equal(symlink("../outside/secret.md", below("corpus/link.md")), 0);
    assert_int_equal(mkfifo(below("corpus/pipe.md"), 0600), 0);
    assert_int_equal(symlink("corpus", below("root-link")), 0);

    pin_folder *f;
    assert_int_equal(pin_folder_open(&f, below("root-link"), NULL), PIN_OK);
    assert_int_equal(pin_folder_input(f)->file_count, 1);
    assert_int_equal(pin_folder_passed_count(f), 3);
    assert_str(pin_folder_passed(f, 0), "link.md");
    assert_str(pin_folder_passed(f, 1), "loop");
    assert_str(pin_folder_passed(f, 2), "pipe.md");
    pin_folder_free(f);
}

static void folders_nested_too_deep_are_refused(void **state)
{
    (void)state;
    char path[400] = "";
    for (uint32_t i = 0; i < PIN_FOLDER_DEPTH_MAX; i++)
        strcat(path, "d/");
    strcat(path, "x.md");
    put(path, "deep");
    pin_folder      *f;
    pin_folder_error err;
    assert_int_equal(pin_folder_open(&f, root, &err), PIN_OK);
    assert_int_equal(pin_folder_input(f)->file_count, 1);
    pin_folder_free(f);

    path[strlen(path) - 4] = 0;
    strcat(path, "d/x.md");
    put(path, "deeper");
    assert_int_equal(pin_folder_open(&f, root, &err), PIN_LIMIT);
    assert_null(f);
    assert_says(&err, "cannot read '", "32 deep");
}

static void what_cannot_be_opened_is_named_with_the_reason(void **state)
{
    (void)state;
    pin_folder      *f;
    pin_mapped       file;
    pin_folder_error err;
    assert_int_equal(pin_folder_open(&f, below("absent"), &err), PIN_IO);
    assert_says(&err, "cannot open '", "absent': No such file or directory");
    assert_int_equal(pin_folder_map(&file, below("absent\n\033[31m"), &err), PIN_IO);
    assert_says(&err, "cannot open '", "absent??[31m'");
    assert_int_equal(pin_folder_map(&file, root, &err), PIN_IO);
    assert_says(&err, "cannot read '", "Is a directory");
    assert_int_equal(mkfifo(below("pipe"), 0600), 0);
    assert_int_equal(pin_folder_map(&file, below("pipe"), &err), PIN_IO); /* and does not wait */
    assert_says(&err, "cannot read '", "not a regular file");
    assert_int_equal(pin_folder_open(&f, "/dev/zero", &err), PIN_IO);
    assert_int_equal(pin_folder_map(&file, "", &err), PIN_IO);
}

static void large_files_are_mapped_and_small_ones_copied_with_the_same_bytes(void **state)
{
    (void)state;
    char *big = malloc((1 << 20) + 1);
    for (size_t i = 0; i < 1 << 20; i++)
        big[i] = (char)('a' + i % 23);
    big[1 << 20] = 0;
    put("big.md", big);
    put("small.md", "small");
    pin_mapped mapped, copied;
    assert_int_equal(pin_folder_map(&mapped, below("big.md"), NULL), PIN_OK);
    assert_int_equal(pin_folder_read(&copied, below("big.md"), NULL), PIN_OK);
    assert_false(mapped.copied);
    assert_true(copied.copied);
    assert_str(mapped.bytes, big);
    assert_str(copied.bytes, big);
    pin_folder_unmap(&mapped);
    pin_folder_unmap(&copied);
    assert_int_equal(pin_folder_map(&copied, below("small.md"), NULL), PIN_OK);
    assert_true(copied.copied);
    assert_str(copied.bytes, "small");
    pin_folder_unmap(&copied);
    free(big);
}

static void a_path_of_the_configuration_is_relative_to_the_corpus(void **state)
{
    (void)state;
    put("corpus/a.md", "A");
    put("corpus/law/p.jsonl", "P");
    put("law/q.jsonl", "Q");
    pin_folder *corpus, *law;
    assert_int_equal(pin_folder_open(&corpus, below("corpus"), NULL), PIN_OK);
    assert_int_equal(pin_folder_open_below(&law, corpus, PIN_STR("law"), NULL), PIN_OK);
    assert_str(pin_folder_input(law)->files[0].bytes, "P");
    pin_folder_free(law);
    assert_int_equal(pin_folder_open_below(&law, corpus, PIN_STR("../law/q.jsonl"), NULL), PIN_OK);
    assert_str(pin_folder_input(law)->files[0].bytes, "Q");
    pin_folder_free(law);
    assert_int_equal(pin_folder_open_below(&law, corpus, pin_str_of(below("law/q.jsonl")), NULL), PIN_OK);
    pin_folder_free(law);
    pin_folder_free(corpus);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_folder_gives_its_files_in_the_order_of_their_bytes),
        TEST(one_file_may_have_any_name),
        TEST(symbolic_links_below_the_root_are_named_not_followed),
        TEST(folders_nested_too_deep_are_refused),
        TEST(what_cannot_be_opened_is_named_with_the_reason),
        TEST(large_files_are_mapped_and_small_ones_copied_with_the_same_bytes),
        TEST(a_path_of_the_configuration_is_relative_to_the_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
