/* The tree of a release, against roots that another program (Python's hashlib, tools/reader.py) computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pincite/evidence.h"

enum { MOST = 40 };

static char              ids[MOST][8];
static uint8_t           revisions[MOST][PIN_EVIDENCE_LEN];
static pin_evidence_leaf leaves[MOST];

/* Leaf i: id "m/00", "m/01" ..; revision: 32 times the byte i. */
static int make_leaves(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MOST; i++) {
        snprintf(ids[i], sizeof ids[i], "m/%02u", i);
        memset(revisions[i], (int)i, PIN_EVIDENCE_LEN);
        leaves[i] = (pin_evidence_leaf){.id = pin_str_of(ids[i]), .revision = revisions[i], .number = i};
    }
    return 0;
}

static void roots_are_those_of_another_program(void **state)
{
    static const struct {
        uint32_t    count;
        const char *root;
    } known[] = {
        {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {1, "8bec9ca658b42efb25d7efeef8c22cf7eaee3eca02b6b9c6fc548ccb13cb23c0"},
        {2, "cda019e5bfe766b2581657431bf4d994b752cf11dc332b6ce0b3e088c624dd4a"},
        {3, "1510e26d4539201752ccf4ce42ab9ea732925ed34aaafec2ea0cc2e6f0e9411a"},
        {4, "540a4163d3e7ff0783d3203447175ae0ec02992590684177d4de08f72f112d15"},
        {5, "af7470a6dbec07222ef94caa67c85a7a57e6a36ab7b21b29d62aa4ddc430e38b"},
        {7, "f9de42c2032eafec78d1fda1bf44146fe2b742703cb00760513b17aeb42d0845"},
        {8, "eaf88029c7fb19a50ea75efd5df7fe3fb021c9669b374b17cd3841996b0d0bae"},
        {11, "56d1cd0e8142fc1945900a1399e8ee777975ec0aa94ac8097b74f93166609b26"},
        {40, "db13c05384aed41e13dd4b12d4b78ab2d7e9faef8f3e1133ab3d98a0730cf521"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint8_t root[PIN_EVIDENCE_LEN];
        char    hex[2 * PIN_EVIDENCE_LEN];
        pin_evidence_root(root, leaves, known[i].count);
        pin_revision_hex(hex, (pin_str){(const char *)root, sizeof root});
        assert_memory_equal(hex, known[i].root, sizeof hex);
    }
}

static void every_path_leads_to_the_root(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= MOST; count++) {
        uint8_t root[PIN_EVIDENCE_LEN], got[PIN_EVIDENCE_LEN];
        pin_evidence_root(root, leaves, count);
        for (uint32_t i = 0; i < count; i++) {
            uint8_t  path[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN];
            uint32_t n = pin_evidence_path(path, leaves, count, i);
            assert_true(n <= 6);
            assert_true(pin_evidence_follow(got, &leaves[i], i, count, (const uint8_t(*)[PIN_EVIDENCE_LEN])path, n));
            assert_memory_equal(got, root, sizeof root);
        }
    }
}

static void a_path_proves_nothing_else(void **state)
{
    uint8_t path[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN], root[PIN_EVIDENCE_LEN], got[PIN_EVIDENCE_LEN];
    (void)state;
    pin_evidence_root(root, leaves, 11);
    uint32_t                         n = pin_evidence_path(path, leaves, 11, 4);
    const uint8_t(*p)[PIN_EVIDENCE_LEN] = (const uint8_t(*)[PIN_EVIDENCE_LEN])path;
    assert_false(pin_evidence_follow(got, &leaves[4], 4, 11, p, n - 1));
    assert_false(pin_evidence_follow(got, &leaves[4], 4, 11, p, n + 1));
    assert_false(pin_evidence_follow(got, &leaves[4], 11, 11, p, n));
    assert_true(!pin_evidence_follow(got, &leaves[5], 4, 11, p, n) || memcmp(got, root, sizeof got) != 0);
    assert_true(!pin_evidence_follow(got, &leaves[4], 5, 11, p, n) || memcmp(got, root, sizeof got) != 0);
    for (uint32_t i = 0; i < n * PIN_EVIDENCE_LEN; i++) {
        path[i / PIN_EVIDENCE_LEN][i % PIN_EVIDENCE_LEN] ^= 1;
        assert_true(pin_evidence_follow(got, &leaves[4], 4, 11, p, n));
        assert_memory_not_equal(got, root, sizeof got);
        path[i / PIN_EVIDENCE_LEN][i % PIN_EVIDENCE_LEN] ^= 1;
    }
}

static void leaves_are_sorted_by_the_bytes_of_their_ids(void **state)
{
    pin_evidence_leaf mixed[MOST];
    (void)state;
    for (uint32_t i = 0; i < MOST; i++)
        mixed[i] = leaves[i * 17 % MOST];
    pin_evidence_sort(mixed, MOST);
    for (uint32_t i = 0; i < MOST; i++)
        assert_int_equal(mixed[i].number, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_those_of_another_program),
        cmocka_unit_test(every_path_leads_to_the_root),
        cmocka_unit_test(a_path_proves_nothing_else),
        cmocka_unit_test(leaves_are_sorted_by_the_bytes_of_their_ids),
    };
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
