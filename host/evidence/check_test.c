/* Packs and signatures against malice: every byte of every file of a pack is changed, every file cut, taken
 * away, renamed and given company, and each time the check must see it. Packs are made by the program itself,
 * from the golden corpus; what minisign thinks of them is asked in tests/evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/cli/cli.h"
#include "host/evidence/evidence.h"

static char            folder_name[64] = "/tmp/pin-check-XXXXXX";
static pin_pack_folder plain, signed_pack;
static pin_pack_report report;

static int program(const char *const *words)
{
    int   argc = 0;
    FILE *nowhere = fopen("/dev/null", "w");
    while (words[argc])
        argc++;
    int exit_code = pin_cli_run(argc, words, nowhere, nowhere);
    fclose(nowhere);
    return exit_code;
}
#define RUN(...) program((const char *const[]){"pincite", __VA_ARGS__, NULL})

static int set_up(void **state)
{
    pin_folder_error why;
    (void)state;
    char corpus[] = PINCITE_SOURCE_DIR "/tests/golden/corpus";
    if (!mkdtemp(folder_name) || chdir(folder_name) != 0)
        return -1;
    return RUN("build", corpus, "-o", "faq.pin") || RUN("sign", "--generate", "k") ||
           RUN("sign", "--generate", "other") ||
           RUN("pack", "faq.pin", "keepers/support-period", "gates/squeaks", "--query", "zeppelin", "-o",
               "plain") ||
           RUN("pack", "faq.pin", "keepers/keeper", "-o", "signed", "--key", "k.key") ||
           pin_pack_folder_read(&plain, "plain", &why) || pin_pack_folder_read(&signed_pack, "signed", &why);
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    pin_pack_folder_free(&plain);
    pin_pack_folder_free(&signed_pack);
    snprintf(command, sizeof command, "rm -rf %s", folder_name);
    return chdir("/") || system(command);
}

static uint32_t problems(const pin_pack_folder *pack, const pin_public_key *key)
{
    pin_pack_check(&report, pack, key);
    return report.problem_count;
}

static void a_pack_as_made_is_sound(void **state)
{
    (void)state;
    pin_public_key key;
    assert_int_equal(problems(&plain, NULL), 0);
    assert_false(report.is_signed);
    assert_int_equal(report.items, 2);
    assert_int_equal(report.searches, 1);
    assert_int_equal(problems(&signed_pack, NULL), 0);
    assert_true(report.is_signed);
    assert_false(report.trusted);
    assert_int_equal(pin_public_key_read(&key, "k.pub", NULL), PIN_OK);
    assert_int_equal(problems(&signed_pack, &key), 0);
    assert_true(report.trusted);
}

/* `only`: NULL, or the beginning of the names of the files to change. */
static void change_every_byte(pin_pack_folder *pack, uint8_t mask, const char *only)
{
    for (uint32_t f = 0; f < pack->count; f++)
        for (size_t i = 0;
             i < pack->at[f].len && (!only || strncmp(pack->at[f].name, only, strlen(only)) == 0); i++) {
            pack->at[f].bytes[i] = (char)(pack->at[f].bytes[i] ^ mask);
            if (problems(pack, NULL) == 0)
                fail_msg("%s: byte %zu ^ %02x goes unseen", pack->at[f].name, i, mask);
            pack->at[f].bytes[i] = (char)(pack->at[f].bytes[i] ^ mask);
        }
}

static void every_changed_byte_of_a_pack_is_seen(void **state)
{
    (void)state;
    change_every_byte(&plain, 0x01, NULL);
    change_every_byte(&signed_pack, 0x01, NULL);
    /* what is not simply hashed: letters that change their case, and bytes that are no text */
    change_every_byte(&signed_pack, 0x20, "manifest");
    change_every_byte(&signed_pack, 0xFF, "manifest");
    assert_int_equal(problems(&signed_pack, NULL), 0);
}

static void every_file_that_is_cut_is_seen(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < signed_pack.count; f++) {
        pin_pack_file *file = &signed_pack.at[f];
        size_t         len = file->len;
        for (size_t cut = 1; cut <= len; cut = cut < 80 ? cut + 1 : cut * 2) {
            file->len = len - cut;
            assert_int_not_equal(problems(&signed_pack, NULL), 0);
        }
        file->len = len;
    }
}

static void every_file_that_is_missing_or_renamed_is_seen(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < signed_pack.count; f++) {
        char before[64];
        snprintf(before, sizeof before, "%s", signed_pack.at[f].name);
        snprintf(signed_pack.at[f].name, sizeof before, "%.50sx", before);
        assert_int_not_equal(problems(&signed_pack, NULL), 0);
        snprintf(signed_pack.at[f].name, sizeof before, "%s", before);
        pin_pack_file last = signed_pack.at[signed_pack.count - 1], gone = signed_pack.at[f];
        signed_pack.at[f] = last;
        signed_pack.count--;
        if (problems(&signed_pack, NULL) == 0)
            fail_msg("%s can be taken away unseen", before);
        signed_pack.at[signed_pack.count++] = last;
        signed_pack.at[f] = gone;
    }
}

static void a_file_too_many_is_seen(void **state)
{
    (void)state;
    assert_int_equal(pin_pack_folder_add(&plain, "items/03.txt", PIN_STR("more")), PIN_OK);
    assert_int_equal(problems(&plain, NULL), 1);
    free(plain.at[--plain.count].bytes);
    assert_int_equal(problems(&plain, NULL), 0);
}

/* Whoever changes a pack without a signature can mend its hashes, but not make the release prove another
 * text. */
static void mend_manifest(pin_pack_folder *pack)
{
    static char    text[65536];
    static uint8_t hash[32];
    pin_pack_file *manifest = (pin_pack_file *)(uintptr_t)pin_pack_folder_find(pack, "manifest");
    size_t         len = 0;
    for (char *line = manifest->bytes, *end;
         (end = memchr(line, '\n', (size_t)(manifest->bytes + manifest->len - line))); line = end + 1) {
        char name[64] = "";
        if (line[0] == '#' && strncmp(line, "# end ", 6) != 0) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%.*s\n", (int)(end - line), line);
        } else {
            pin_str bytes = {text, len};
            if (line[0] != '#') {
                snprintf(name, sizeof name, "%.*s", (int)(end - line - 66), line + 66);
                const pin_pack_file *file = pin_pack_folder_find(pack, name);
                bytes = (pin_str){file->bytes, file->len};
            }
            char hex[64];
            pin_evidence_hash(hash, bytes);
            pin_revision_hex(hex, (pin_str){(const char *)hash, 32});
            len += (size_t)snprintf(text + len, sizeof text - len, name[0] ? "%.64s  %s\n" : "# end %.64s\n",
                                    hex, name);
        }
    }
    assert_int_equal(len, manifest->len);
    memcpy(manifest->bytes, text, len);
}

static void a_forger_who_mends_the_hashes_is_caught_by_the_proof(void **state)
{
    (void)state;
    pin_pack_file *text = (pin_pack_file *)(uintptr_t)pin_pack_folder_find(&plain, "items/01.txt");
    char          *word = strstr(text->bytes, "seven years");
    assert_non_null(word);
    mend_manifest(&plain);
    assert_int_equal(problems(&plain, NULL), 0); /* the mending itself does no harm */
    memcpy(word, "eight", 5);
    mend_manifest(&plain);
    assert_true(problems(&plain, NULL) > 0);
    assert_non_null(strstr(report.problems[0], "its hash is not the revision"));
    memcpy(word, "seven", 5);
    mend_manifest(&plain);
    assert_int_equal(problems(&plain, NULL), 0);
}

static void a_forger_without_the_key_is_caught_by_the_signature(void **state)
{
    (void)state;
    pin_pack_file *page = (pin_pack_file *)(uintptr_t)pin_pack_folder_find(&signed_pack, "index.html");
    page->bytes[100] ^= 1; /* a file that no proof covers */
    mend_manifest(&signed_pack);
    assert_int_equal(problems(&signed_pack, NULL), 1);
    assert_string_equal(report.problems[0], "manifest.minisig: it does not fit these bytes");
    page->bytes[100] ^= 1;
    mend_manifest(&signed_pack);
    assert_int_equal(problems(&signed_pack, NULL), 0);
}

static void another_key_does_not_fit(void **state)
{
    (void)state;
    pin_public_key key;
    assert_int_equal(pin_public_key_read(&key, "other.pub", NULL), PIN_OK);
    assert_int_equal(problems(&signed_pack, &key), 1);
    assert_string_equal(report.problems[0], "manifest.minisig: it was made with another key");
    assert_int_equal(problems(&plain, &key), 1);
    assert_string_equal(report.problems[0], "manifest.minisig: missing: the pack is not signed");
}

static void keys_are_never_overwritten(void **state)
{
    (void)state;
    struct stat      st;
    pin_public_key   key;
    pin_folder_error why;
    assert_int_equal(stat("k.key", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(pin_keys_generate(&key, "k", &why), PIN_BAD_INPUT);
    assert_int_equal(rename("other.pub", "moved.pub"), 0);
    assert_int_equal(pin_keys_generate(&key, "other", &why), PIN_BAD_INPUT); /* the secret half is there */
    assert_int_not_equal(access("other.pub", F_OK), 0);
    assert_int_equal(rename("moved.pub", "other.pub"), 0);
}

static void every_damaged_secret_key_is_refused_or_the_same(void **state)
{
    (void)state;
    pin_mapped     file;
    pin_secret_key good, key;
    assert_int_equal(pin_secret_key_read(&good, "k.key", NULL), PIN_OK);
    assert_int_equal(pin_folder_read(&file, "k.key", NULL), PIN_OK);
    char *text = malloc(file.bytes.len);
    memcpy(text, file.bytes.at, file.bytes.len);
    size_t second = (size_t)((char *)memchr(text, '\n', file.bytes.len) - text) + 1;
    for (size_t i = second; i < file.bytes.len - 1; i++) {
        text[i] ^= 1;
        assert_int_equal(pin_save_bytes("bad.key", (pin_str){text, file.bytes.len}, NULL), PIN_OK);
        text[i] ^= 1;
        /* without a checksum the key id, salt and costs can be anything; the key itself cannot */
        if (pin_secret_key_read(&key, "bad.key", NULL) == PIN_OK)
            assert_memory_equal(key.key, good.key, sizeof good.key);
    }
    free(text);
    pin_folder_unmap(&file);
}

static void a_signature_survives_no_change(void **state)
{
    (void)state;
    pin_secret_key secret;
    pin_public_key key;
    pin_signature  s;
    char           text[1024];
    pin_buf        out = pin_buf_over(text, sizeof text);
    assert_int_equal(pin_secret_key_read(&secret, "k.key", NULL), PIN_OK);
    pin_public_key_of(&key, &secret);
    assert_int_equal(pin_signature_write(&out, &secret, PIN_STR("message"), PIN_STR("a\nb")), PIN_BAD_INPUT);
    assert_int_equal(pin_signature_write(&out, &secret, PIN_STR("message"), PIN_STR("a comment")), PIN_OK);
    assert_true(pin_signature_parse(&s, pin_buf_str(&out)));
    assert_null(pin_signature_judge(&s, &key, PIN_STR("message")));
    assert_non_null(pin_signature_judge(&s, &key, PIN_STR("massage")));
    size_t second =
        (size_t)(strchr(text, '\n') - text) + 1; /* the first line is not signed, as its words say */
    for (size_t i = second; i < out.len; i++) {
        text[i] ^= 1;
        if (pin_signature_parse(&s, pin_buf_str(&out)) && !pin_signature_judge(&s, &key, PIN_STR("message")))
            fail_msg("byte %zu of a signature can be changed", i);
        text[i] ^= 1;
    }
}

static void a_pack_is_written_whole_or_not_at_all(void **state)
{
    (void)state;
    pin_folder_error why;
    assert_int_equal(pin_pack_folder_write(&plain, "plain", &why), PIN_BAD_INPUT);
    assert_int_equal(mkdir("empty", 0777), 0);
    assert_int_equal(pin_pack_folder_write(&plain, "empty", &why), PIN_BAD_INPUT);
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_int_equal(pin_pack_folder_write(&plain, "link", &why), PIN_BAD_INPUT);
    assert_int_equal(pin_pack_folder_write(&plain, "no/such/parent", &why), PIN_IO);
    assert_int_equal(pin_pack_folder_write(&plain, "slashes//", &why), PIN_OK);
    pin_pack_folder again;
    assert_int_equal(pin_pack_folder_read(&again, "slashes", &why), PIN_OK);
    assert_int_equal(again.count, plain.count);
    assert_int_equal(problems(&again, NULL), 0);
    pin_pack_folder_free(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_as_made_is_sound),
        cmocka_unit_test(every_changed_byte_of_a_pack_is_seen),
        cmocka_unit_test(every_file_that_is_cut_is_seen),
        cmocka_unit_test(every_file_that_is_missing_or_renamed_is_seen),
        cmocka_unit_test(a_file_too_many_is_seen),
        cmocka_unit_test(a_forger_who_mends_the_hashes_is_caught_by_the_proof),
        cmocka_unit_test(a_forger_without_the_key_is_caught_by_the_signature),
        cmocka_unit_test(another_key_does_not_fit),
        cmocka_unit_test(keys_are_never_overwritten),
        cmocka_unit_test(every_damaged_secret_key_is_refused_or_the_same),
        cmocka_unit_test(a_signature_survives_no_change),
        cmocka_unit_test(a_pack_is_written_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
