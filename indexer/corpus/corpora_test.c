/* The corpora that real people wrote, as they lie. The counts are those of the shared data's README,
 * not ours. */
#include "indexer/corpus/testing.h"

#include <dirent.h>
#include <sys/stat.h>

#include "core/bytes/bytes.h"

typedef struct disk {
    pin_input_file files[600];
    uint32_t       count;
} disk;

static pin_str slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    long  len = ftell(f);
    char *at = malloc((size_t)len + 1);
    rewind(f);
    assert_int_equal(fread(at, 1, (size_t)len, f), len);
    fclose(f);
    return (pin_str){at, (size_t)len};
}

static bool is_text_file(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot &&
           (!strcmp(dot, ".md") || !strcmp(dot, ".yml") || !strcmp(dot, ".yaml") || !strcmp(dot, ".jsonl"));
}

static void walk(disk *d, const char *root, const char *below)
{
    char path[1000], rel[500];
    snprintf(path, sizeof path, "%s/%s", root, below);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(rel, sizeof rel, "%s%s%s", below, below[0] ? "/" : "", entry->d_name);
        snprintf(path, sizeof path, "%s/%s", root, rel);
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            walk(d, root, rel);
        else if (is_text_file(rel) && d->count < 600)
            d->files[d->count++] =
                (pin_input_file){pin_str_of(strdup(rel)), pin_str_of(strdup(rel)), slurp(path)};
    }
    closedir(dir);
}

static int by_path(const void *a, const void *b)
{
    return pin_str_order(((const pin_input_file *)a)->path, ((const pin_input_file *)b)->path);
}

static bool read_disk(world *w, const char *path, bool folder)
{
    static disk d;
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    d.count = 0;
    if (folder) {
        walk(&d, path, "");
        qsort(d.files, d.count, sizeof *d.files, by_path);
    } else {
        const char *name = strrchr(path, '/') + 1;
        d.files[d.count++] =
            (pin_input_file){pin_str_of(strdup(name)), pin_str_of(strdup(name)), slurp(path)};
    }
    world_read_bytes(w, folder, d.files, d.count, NULL);
    for (uint32_t i = 0; i < d.count; i++) { /* nothing read may point into the input */
        memset((char *)d.files[i].bytes.at, '#', d.files[i].bytes.len);
        free((char *)d.files[i].bytes.at);
        free((char *)d.files[i].path.at);
        free((char *)d.files[i].shown.at);
    }
    return true;
}

static void assert_sound(const world *w)
{
    for (uint32_t i = 0; i < w->corpus.item_count; i++) {
        const pin_draft_item *item = &w->corpus.items[i];
        pin_block_walk        walk_blocks;
        pin_block             b;
        pin_block_walk_init(&walk_blocks, item->blocks);
        while (pin_block_next(&walk_blocks, &b))
            ;
        assert_false(walk_blocks.failed);
        assert_int_equal(pin_utf8_valid(item->plain), item->plain.len);
        assert_true(item->question.len && item->id.len && item->module.len);
    }
}

static unsigned count_of(const world *w, const char *code)
{
    unsigned count = 0;
    while (finding(w, code, count))
        count++;
    return count;
}

#define NEED(w, path, folder)                                                                                \
    do {                                                                                                     \
        world_open(&(w));                                                                                    \
        if (!read_disk(&(w), PINCITE_SHARED_DIR "/" path, folder)) {                                         \
            printf("skipped: no shared data\n");                                                             \
            world_close(&(w));                                                                               \
            skip();                                                                                          \
        }                                                                                                    \
        world_finish(&(w));                                                                                  \
        assert_sound(&(w));                                                                                  \
    } while (0)

static void the_community_faq_is_read_untouched(void **state)
{
    world w;
    (void)state;
    NEED(w, "orc-faq/faq", true);
    assert_int_equal(w.corpus.item_count, 72);
    assert_int_equal(w.corpus.module_count, 13);
    assert_int_equal(w.corpus.not_item_count, 5);
    assert_int_equal(w.corpus.skipped_count, 0);
    assert_int_equal(count_of(&w, "unanswered"), 5);
    assert_int_equal(count_of(&w, "guidance-missing"), 1);
    assert_text(finding(&w, "guidance-missing", 0)->file, "stewards/whose-codebase.md");
    assert_text(finding(&w, "guidance-missing", 0)->hint, "did you mean 'open-source-guidance'?");
    assert_int_equal(count_of(&w, "official-reference"), 3);
    assert_int_equal(w.findings.count, 9); /* and nothing else */
    assert_text(w.corpus.modules[0].slug, "cra-itself");
    assert_text(w.corpus.modules[12].slug, "legislation");
    assert_text(w.corpus.modules[1].members[0], "maintainers/contributors");
    static const char *const unanswered[] = {"due-diligence/relation-to-attestations", "legislation/nlf",
                                             "stewards/demonstrate", "stewards/penalties",
                                             "stewards/translation-costs"};
    for (int i = 0; i < 5; i++) {
        assert_text(item_of(&w, unanswered[i])->status, "unanswered");
        assert_text(item_of(&w, unanswered[i])->status_text, "\xE2\x9A\xA0\xEF\xB8\x8F Draft");
    }
    unsigned approved = 0, dead = 0;
    for (uint32_t i = 0; i < w.corpus.item_count; i++) {
        const pin_draft_item *item = &w.corpus.items[i];
        approved += pin_str_equal(item->status, PIN_STR("approved"));
        for (uint32_t k = 0; k < item->link_count; k++) {
            pin_str target = item->links[k].target;
            bool    named = memchr(target.at, '/', target.len) != NULL;
            if (named && pin_corpus_target(&w.corpus, item->module, target).kind == PIN_TARGET_NOTHING) {
                dead++;
                assert_true(
                    pin_str_equal(target, PIN_STR("attestations/what-are-attestations")) ||
                    pin_str_equal(target, PIN_STR("cra-basics/what-will-happen-to-non-compliant-products")));
            }
        }
    }
    assert_int_equal(dead, 2);
    assert_int_equal(approved, 39); /* grep -rl '^Status: .*Approved' orc-faq/faq | wc -l */
    world_close(&w);
}

static void the_seed_page_is_twenty_items_in_two_modules(void **state)
{
    world    w;
    unsigned citations = 0;
    (void)state;
    NEED(w, "seed-page/items.jsonl", false);
    assert_no_findings(&w);
    assert_int_equal(w.corpus.item_count, 20);
    assert_int_equal(w.corpus.module_count, 2);
    for (uint32_t i = 0; i < 20; i++)
        citations += w.corpus.items[i].entry_count;
    assert_int_equal(citations, 21);
    assert_text(item_of(&w, "cra-secure-by-default/seed-01")->given_id, "seed:01");
    world_close(&w);
}

static void the_commission_faq_is_read_in_all_revisions(void **state)
{
    static const struct {
        const char *path;
        unsigned    items;
    } revisions[] = {{"faq-v1.0.jsonl", 77}, {"faq-v1.2.jsonl", 77}, {"faq-v1.3.jsonl", 76}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        world w;
        char  path[500];
        world_open(&w);
        snprintf(path, sizeof path, PINCITE_SHARED_DIR "/commission-faq/%s", revisions[i].path);
        if (!read_disk(&w, path, false)) {
            printf("skipped: no shared data\n");
            world_close(&w);
            skip();
        }
        world_finish(&w);
        assert_sound(&w);
        assert_int_equal(w.corpus.item_count, revisions[i].items);
        assert_int_equal(w.corpus.module_count, 7);
        assert_int_equal(w.findings.count, count_of(&w, "unknown-key"));
        assert_text(item_of(&w, "scope/1-1")->given_id, "1.1");
        world_close(&w);
    }
}

static void the_development_corpus_takes_its_modules_from_ids(void **state)
{
    world w;
    (void)state;
    NEED(w, "eval-dev/faq/corpus.jsonl", false);
    assert_int_equal(w.corpus.item_count, 148);
    assert_int_equal(count_of(&w, "unanswered"), 5);
    assert_int_equal(w.findings.count, 5);
    assert_text(item_of(&w, "orc-stewards/sbom")->given_id, "orc:stewards/sbom");
    assert_text(item_of(&w, "cfaq/4-2-5")->given_id, "cfaq:4.2.5");
    world_close(&w);
}

static void our_own_examples_have_nothing_to_mend(void **state)
{
    world w;
    (void)state;
    world_open(&w);
    assert_true(read_disk(&w, PINCITE_SOURCE_DIR "/examples/cra", true));
    world_finish(&w);
    assert_sound(&w);
    assert_no_findings(&w);
    assert_true(w.corpus.item_count > 100);
    for (uint32_t i = 0; i < w.corpus.item_count; i++)
        assert_true(w.corpus.items[i].entry_count > 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_community_faq_is_read_untouched),
        cmocka_unit_test(the_seed_page_is_twenty_items_in_two_modules),
        cmocka_unit_test(the_commission_faq_is_read_in_all_revisions),
        cmocka_unit_test(the_development_corpus_takes_its_modules_from_ids),
        cmocka_unit_test(our_own_examples_have_nothing_to_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
