/* Files that appear whole or not at all, on a real file system; faults of the system calls are injected
 * by tests/faults/test_faults.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/folder/folder.h"

static char root[64];

static int begin(void **state)
{
    (void)state;
    strcpy(root, "/tmp/pincite-save-XXXXXX");
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

static void assert_holds(const char *path, const char *expected)
{
    pin_mapped file;
    assert_int_equal(pin_folder_read(&file, below(path), NULL), PIN_OK);
    if (!pin_str_equal(file.bytes, pin_str_of(expected)))
        fail_msg("%s holds '%.*s', not '%s'", path, (int)file.bytes.len, file.bytes.at, expected);
    pin_folder_unmap(&file);
}

static uint32_t names_in(const char *path)
{
    uint32_t count = 0;
    DIR     *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void assert_says(const pin_folder_error *err, const char *start, const char *part)
{
    if (strncmp(err->text, start, strlen(start)) != 0 || !strstr(err->text, part))
        fail_msg("'%s' does not begin with '%s' and say '%s'", err->text, start, part);
}

static void bytes_arrive_in_whatever_order_they_are_written(void **state)
{
    (void)state;
    enum { LEN = 3 << 20 };
    char *want = malloc(LEN + 1);
    for (size_t i = 0; i < LEN; i++)
        want[i] = (char)('a' + i * 7 % 26);
    want[LEN] = 0;
    pin_save *save;
    assert_int_equal(pin_save_open(&save, below("f"), NULL), PIN_OK);
    pin_sink sink = pin_save_sink(save);
    size_t   half = LEN / 2, step = 1;
    for (size_t at = half; at < LEN; at += step, step = step * 3 % 400001 + 1) /* small and large, in a row */
        assert_true(sink.write(sink.ctx, at, want + at, step < LEN - at ? step : LEN - at));
    for (size_t at = half; at > 0;) { /* backwards */
        size_t n = at < 70001 ? at : 70001;
        at -= n;
        assert_true(sink.write(sink.ctx, at, want + at, n));
    }
    assert_true(sink.write(sink.ctx, 5, want + 5, 0));
    assert_true(sink.write(sink.ctx, 5, want + 5, 9)); /* again, over what is there */
    assert_int_equal(pin_save_commit(save, NULL), PIN_OK);
    assert_holds("f", want);
    assert_int_equal(names_in(root), 1);
    free(want);
}

static void the_old_file_stays_until_the_commit(void **state)
{
    (void)state;
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("old"), NULL), PIN_OK);
    pin_save *save;
    assert_int_equal(pin_save_open(&save, below("f"), NULL), PIN_OK);
    pin_sink sink = pin_save_sink(save);
    assert_true(sink.write(sink.ctx, 0, "new", 3));
    assert_holds("f", "old");
    pin_save_drop(save);
    assert_holds("f", "old");
    assert_int_equal(names_in(root), 1);
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("new"), NULL), PIN_OK);
    assert_holds("f", "new");
    assert_int_equal(names_in(root), 1);
    pin_save_drop(NULL);
}

static void the_mode_of_a_replaced_file_is_kept(void **state)
{
    (void)state;
    struct stat info;
    mode_t      mask = umask(027);
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("a"), NULL), PIN_OK);
    assert_int_equal(stat(below("f"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(chmod(below("f"), 0604), 0);
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("b"), NULL), PIN_OK);
    assert_int_equal(stat(below("f"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0604);
    umask(mask);
}

static void a_symbolic_link_stays_and_its_target_is_replaced(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(mkdir(below("releases"), 0777), 0);
    assert_int_equal(pin_save_bytes(below("releases/1"), PIN_STR("old"), NULL), PIN_OK);
    assert_int_equal(symlink("releases/1", below("current")), 0);
    assert_int_equal(pin_save_bytes(below("current"), PIN_STR("new"), NULL), PIN_OK);
    assert_int_equal(lstat(below("current"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_holds("releases/1", "new");
}

static void what_is_no_place_for_a_file_is_refused(void **state)
{
    (void)state;
    pin_save        *save;
    pin_folder_error err;
    assert_int_equal(pin_save_open(&save, root, &err), PIN_IO);
    assert_says(&err, "cannot write '", "Is a directory");
    assert_int_equal(pin_save_open(&save, below("absent/f"), &err), PIN_IO);
    assert_says(&err, "cannot write '", "No such file or directory");
    assert_int_equal(pin_save_open(&save, below("new/"), &err), PIN_IO);
    assert_int_equal(pin_save_open(&save, "", &err), PIN_IO);
    assert_int_equal(pin_save_open(&save, "/dev/null", &err), PIN_IO);
    assert_says(&err, "cannot write '", "not a regular file");
    assert_null(save);
    assert_int_equal(names_in(root), 0);
}

static void leftovers_of_dead_writers_are_swept_and_living_ones_stay(void **state)
{
    (void)state;
    FILE *left = fopen(below(".f.pin-part-1-0"), "w");
    fclose(left);
    left = fopen(below(".g.pin-part-1-0"), "w"); /* of another file: not ours to judge */
    fclose(left);
    pin_save *living, *second;
    assert_int_equal(pin_save_open(&living, below("f"), NULL), PIN_OK);
    assert_int_equal(access(below(".f.pin-part-1-0"), F_OK), -1);
    assert_int_equal(access(below(".g.pin-part-1-0"), F_OK), 0);
    pin_sink sink = pin_save_sink(living);
    assert_true(sink.write(sink.ctx, 0, "living", 6));
    assert_int_equal(pin_save_open(&second, below("f"), NULL), PIN_OK);
    pin_save_drop(second);
    assert_int_equal(pin_save_commit(living, NULL), PIN_OK);
    assert_holds("f", "living");
    assert_int_equal(names_in(root), 2);
}

static void a_writer_that_is_killed_leaves_the_old_file(void **state)
{
    (void)state;
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("old"), NULL), PIN_OK);
    pid_t child = fork();
    if (child == 0) {
        pin_save *save;
        if (pin_save_open(&save, below("f"), NULL) == PIN_OK) {
            pin_sink sink = pin_save_sink(save);
            sink.write(sink.ctx, 0, "new", 3);
            kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_holds("f", "old");
    assert_int_equal(names_in(root), 2); /* the leftover */
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("new"), NULL), PIN_OK);
    assert_holds("f", "new");
    assert_int_equal(names_in(root), 1);
}

static void a_file_that_may_not_grow_is_said_so_and_the_old_one_stays(void **state)
{
    (void)state;
    assert_int_equal(pin_save_bytes(below("f"), PIN_STR("old"), NULL), PIN_OK);
    struct rlimit before, small = {100000, RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);

    pin_save        *save;
    pin_folder_error err = {{0}};
    char            *zeros = calloc(1, 300000);
    assert_int_equal(pin_save_open(&save, below("f"), NULL), PIN_OK);
    pin_sink sink = pin_save_sink(save);
    pin_save_reason(save, &err);
    assert_string_equal(err.text, "");
    assert_false(sink.write(sink.ctx, 0, zeros, 300000));
    assert_false(sink.write(sink.ctx, 0, zeros, 1)); /* once failed, failed for good */
    pin_save_reason(save, &err);
    assert_says(&err, "cannot write '", "File too large");
    assert_int_equal(pin_save_commit(save, &err), PIN_IO);
    assert_says(&err, "cannot write '", "File too large");
    free(zeros);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_holds("f", "old");
    assert_int_equal(names_in(root), 1);
}

static void a_long_name_leaves_room_for_the_hidden_one(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    assert_int_equal(pin_save_bytes(below(name), PIN_STR("a"), NULL), PIN_OK);
    assert_holds(name, "a");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(bytes_arrive_in_whatever_order_they_are_written),
        TEST(the_old_file_stays_until_the_commit),
        TEST(the_mode_of_a_replaced_file_is_kept),
        TEST(a_symbolic_link_stays_and_its_target_is_replaced),
        TEST(what_is_no_place_for_a_file_is_refused),
        TEST(leftovers_of_dead_writers_are_swept_and_living_ones_stay),
        TEST(a_writer_that_is_killed_leaves_the_old_file),
        TEST(a_file_that_may_not_grow_is_said_so_and_the_old_one_stays),
        TEST(a_long_name_leaves_room_for_the_hidden_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
