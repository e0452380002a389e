/* Scratch memory: it stays what it was through every rest, and a refusal of the disk is a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/folder/folder.h"

#define MIB ((size_t)1 << 20)

static char folder[] = "/tmp/pin-scratch-test-XXXXXX";
static char output[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(output, sizeof output, "%s/faq.pin", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when something was left in it */
}

static int names_in_folder(void)
{
    DIR           *d = opendir(folder);
    struct dirent *e;
    int            count = 0;
    while (d && (e = readdir(d)) != NULL)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (d)
        closedir(d);
    return count;
}

static size_t resident(void)
{
    unsigned long size = 0, pages = 0;
    FILE         *f = fopen("/proc/self/statm", "r");
    if (f) {
        assert_int_equal(fscanf(f, "%lu %lu", &size, &pages), 2);
        fclose(f);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void what_was_written_is_there_after_every_rest(void **state)
{
    enum { PIECES = 24 };
    pin_scratch_file *s;
    uint64_t         *at[PIECES];
    (void)state;
    assert_int_equal(pin_scratch_open(&s, output, 64 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    for (size_t i = 0; i < PIECES; i++) {
        at[i] = lent.take(lent.ctx, 8 * MIB);
        assert_non_null(at[i]);
        for (size_t k = 0; k < MIB; k += 64) {
            assert_int_equal(at[i][k], 0);
            at[i][k] = i << 32 | k;
        }
        lent.rest(lent.ctx);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t k = 0; k < MIB; k += 64)
            assert_int_equal(at[i][k], i << 32 | k);
        lent.rest(lent.ctx);
    }
    assert_int_equal(names_in_folder(), 0); /* its file has no name */
    pin_scratch_close(s);
}

static void a_process_that_rests_stays_below_its_limit(void **state)
{
    pin_scratch_file *s;
    size_t            most = 0;
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* shadow memory counts as well */
#endif
    assert_int_equal(pin_scratch_open(&s, output, 128 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    for (int i = 0; i < 64; i++) {
        char *at = lent.take(lent.ctx, 8 * MIB);
        assert_non_null(at);
        memset(at, i, 8 * MIB);
        most = resident() > most ? resident() : most;
        lent.rest(lent.ctx);
    }
    assert_true(most < 128 * MIB);
    assert_true(most > 32 * MIB); /* it was used */
    pin_scratch_close(s);
}

static void what_is_given_back_is_zero_when_it_comes_again(void **state)
{
    pin_scratch_file *s;
    (void)state;
    assert_int_equal(pin_scratch_open(&s, output, 64 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    for (int i = 0; i < 10; i++) {
        unsigned char *at = lent.take(lent.ctx, MIB);
        assert_non_null(at);
        for (size_t k = 0; k < MIB; k += 512)
            assert_int_equal(at[k], 0);
        memset(at, 0xAB, MIB);
        lent.give(lent.ctx, at, MIB);
    }
    pin_scratch_close(s);
}

static int  rests;
static void count_rest(void *ctx) { rests += ctx == &rests; }

static void others_rest_too_when_memory_is_nearly_full(void **state)
{
    pin_scratch_file *s;
    (void)state;
    rests = 0;
    assert_int_equal(pin_scratch_open(&s, output, (uint64_t)1 << 40, NULL), PIN_OK);
    pin_scratch_also(s, count_rest, &rests);
    pin_scratch lent = pin_scratch_lent(s);
    lent.rest(lent.ctx);
    assert_int_equal(rests, 0);
    pin_scratch_close(s);
    assert_int_equal(pin_scratch_open(&s, output, 48 * MIB + 1, NULL), PIN_OK);
    pin_scratch_also(s, count_rest, &rests);
    lent = pin_scratch_lent(s);
    lent.rest(lent.ctx);
    assert_int_equal(rests, 1);
    pin_scratch_close(s);
}

static void a_disk_that_takes_no_more_is_a_refusal_with_a_reason(void **state)
{
    pin_scratch_file *s;
    pin_folder_error  why;
    struct rlimit     before, small;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){40 * MIB, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(pin_scratch_open(&s, output, 64 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    pin_scratch_reason(s, &why);
    assert_string_equal(why.text, "");
    int taken = 0;
    for (char *at; taken < 100 && (at = lent.take(lent.ctx, 4 * MIB)) != NULL; taken++)
        at[0] = 1;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_in_range(taken, 8, 10); /* one extent of 32 MiB fits */
    pin_scratch_reason(s, &why);
    assert_non_null(strstr(why.text, "cannot make a temporary file in"));
    assert_non_null(strstr(why.text, "File too large"));
    pin_scratch_close(s);
}

static void a_folder_that_is_not_there_is_a_refusal_too(void **state)
{
    pin_scratch_file *s;
    pin_folder_error  why;
    (void)state;
    assert_int_equal(pin_scratch_open(&s, "/nowhere/at/all/faq.pin", 64 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    assert_null(lent.take(lent.ctx, 16 * MIB));
    pin_scratch_reason(s, &why);
    assert_non_null(strstr(why.text, "No such file"));
    pin_scratch_close(s);
}

/* Bytes on the disk of the file without a name in the folder; -1 when none is open. */
static int64_t on_disk(void)
{
    DIR           *d = opendir("/proc/self/fd");
    struct dirent *e;
    int64_t        bytes = -1;
    while (d && (e = readdir(d)) != NULL) {
        char        name[300], target[300];
        struct stat st;
        snprintf(name, sizeof name, "/proc/self/fd/%s", e->d_name);
        ssize_t n = readlink(name, target, sizeof target - 1);
        if (n > 0 && (size_t)n > strlen(folder) && memcmp(target, folder, strlen(folder)) == 0 &&
            stat(name, &st) == 0 && S_ISREG(st.st_mode))
            bytes = (int64_t)st.st_blocks * 512;
    }
    if (d)
        closedir(d);
    return bytes;
}

/* Else the page that finds the disk full is the end of the process. */
static void what_comes_again_has_its_room_on_the_disk(void **state)
{
    pin_scratch_file *s;
    (void)state;
    assert_int_equal(pin_scratch_open(&s, output, 64 * MIB, NULL), PIN_OK);
    pin_scratch lent = pin_scratch_lent(s);
    assert_non_null(lent.take(lent.ctx, 64 * MIB)); /* more than may be plain memory */
    void *last = lent.take(lent.ctx, 32 * MIB);
    assert_non_null(last);
    int64_t before = on_disk();
    assert_true(before >= (int64_t)(32 * MIB));
    lent.give(lent.ctx, last, 32 * MIB);
    assert_ptr_equal(lent.take(lent.ctx, 32 * MIB), last);
    assert_true(on_disk() >= before);
    pin_scratch_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_there_after_every_rest),
        cmocka_unit_test(a_process_that_rests_stays_below_its_limit),
        cmocka_unit_test(what_is_given_back_is_zero_when_it_comes_again),
        cmocka_unit_test(what_comes_again_has_its_room_on_the_disk),
        cmocka_unit_test(others_rest_too_when_memory_is_nearly_full),
        cmocka_unit_test(a_disk_that_takes_no_more_is_a_refusal_with_a_reason),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_refusal_too),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
