/* pincite verify: is this index file, or this evidence pack, whole? Does it agree with itself, and is it
 * signed by whom it should be? */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/cli/cli.h"
#include "host/evidence/evidence.h"
#include "pincite/evidence.h"

static const pin_cli_option options[] = {
    {"pub", 0, "KEY",
     "the public key that must have signed it: NAME.pub, or\nthe 56 characters; it signed FILE in "
     "FILE.minisig",
     false},
    {"json", 0, NULL, "answer as one line of JSON", false},
    {0},
};

/* What went wrong is the answer here, so it goes to standard output in JSON and to standard error else. */
static int unsound(pin_cli *cli, const char *path, const char *message, uint64_t offset)
{
    if (pin_cli_has(cli, "json")) {
        fputs("{\"file\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(path));
        fputs(",\"sound\":false,\"problem\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(message));
        fprintf(cli->out, ",\"offset\":%llu}\n", (unsigned long long)offset);
        return PIN_EXIT_NONE;
    }
    pin_cli_note(cli, "%s", message);
    return PIN_EXIT_NONE;
}

/* Sources whose provisions are in the file; the others are only known by name. */
static uint32_t loaded_sources(pin_cli_index *index, uint32_t count)
{
    uint32_t loaded = 0;
    for (uint32_t i = 0; i < count && pin_cli_room_ready(&index->room); i++) {
        pin_source source;
        pin_status status;
        do
            status = pin_index_source(&source, index->ix, i, &index->room.arena, NULL);
        while (pin_cli_room_again(&index->room, status));
        loaded += status == PIN_OK && source.loaded;
    }
    return loaded;
}

static int sound(pin_cli *cli, pin_cli_index *index)
{
    pin_release r;
    char        size[32];
    pin_index_release(&r, index->ix);
    uint32_t sources = loaded_sources(index, r.source_count);
    if (pin_cli_has(cli, "json")) {
        fputs("{\"file\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(index->path));
        fprintf(cli->out,
                ",\"sound\":true,\"file_id\":\"%016llx\",\"engine\":", (unsigned long long)r.file_id);
        pin_cli_json_string(cli->out, r.engine);
        fprintf(cli->out,
                ",\"items\":%u,\"modules\":%u,\"sources\":%u,\"provisions\":%u,\"citations\":%u,\"bytes\":%"
                "llu}\n",
                r.item_count, r.module_count, sources, r.provision_count, r.citation_count,
                (unsigned long long)index->mapped.bytes.len);
        return PIN_EXIT_GOOD;
    }
    pin_cli_clean(cli->out, pin_str_of(index->path));
    fprintf(
        cli->out,
        ": sound: %u items, %u modules, %u sources, %u provisions, %u citations; %s; file %016llx, made by ",
        r.item_count, r.module_count, sources, r.provision_count, r.citation_count,
        pin_cli_size(size, index->mapped.bytes.len), (unsigned long long)r.file_id);
    pin_cli_clean(cli->out, r.engine);
    fputc('\n', cli->out);
    return PIN_EXIT_GOOD;
}

/* ---- Signatures beside a file ---- */
static int read_signature(pin_mapped *out, pin_cli *cli, const char *path)
{
    pin_folder_error why;
    size_t           len = strlen(path) + sizeof ".minisig";
    char            *place = malloc(len);
    if (!place)
        return pin_cli_misuse(cli, "out of memory");
    snprintf(place, len, "%s.minisig", path);
    pin_status status = pin_folder_read(out, place, &why);
    free(place);
    return status == PIN_OK ? PIN_EXIT_GOOD : pin_cli_misuse(cli, "%s", why.text);
}

/* Good, or why not: "not signed as it should be: ..." */
static int judge_signature(pin_cli *cli, pin_cli_index *index, const pin_public_key *key)
{
    pin_mapped    file;
    pin_signature signature;
    char          message[400], wanted[PIN_KEY_ID_SHOWN], made[PIN_KEY_ID_SHOWN];
    int           exit_code = read_signature(&file, cli, index->path);
    if (exit_code != PIN_EXIT_GOOD)
        return exit_code;
    bool        parsed = pin_signature_parse(&signature, file.bytes);
    const char *why =
        parsed ? pin_signature_judge(&signature, key, index->mapped.bytes) : "not a signature of minisign";
    pin_key_id(wanted, key->id);
    pin_key_id(made, signature.id);
    if (!why)
        pin_cli_note(cli, "signed with the key %s: %.*s", made, (int)signature.comment.len,
                     signature.comment.at);
    else if (parsed && memcmp(signature.id, key->id, PIN_KEY_ID_LEN) != 0)
        snprintf(message, sizeof message, "%.250s.minisig: %s: %s, not %s", index->path, why, made, wanted);
    else
        snprintf(message, sizeof message, "%.250s.minisig: %s", index->path, why);
    pin_folder_unmap(&file);
    return why ? unsound(cli, index->path, message, 0) : PIN_EXIT_GOOD;
}

/* ---- One index file ---- */
static int verify(pin_cli *cli, pin_cli_index *index, const pin_public_key *key)
{
    pin_error  err = {0};
    pin_status status;
    do
        status = pin_index_verify(index->ix, &index->room.arena, &err);
    while (pin_cli_room_again(&index->room, status));
    if (status == PIN_OK) {
        do
            status = pin_evidence_verify(index->ix, &index->room.arena, &err);
        while (pin_cli_room_again(&index->room, status));
    }
    if (status == PIN_OK && key) {
        int exit_code = judge_signature(cli, index, key);
        if (exit_code != PIN_EXIT_GOOD)
            return exit_code;
    }
    if (status == PIN_OK)
        return sound(cli, index);
    if (status != PIN_CORRUPT)
        return pin_cli_index_complain(cli, index, &err);
    if (!pin_cli_has(cli, "json"))
        pin_cli_index_complain(cli, index, &err);
    else
        unsound(cli, index->path, err.message ? err.message : "corrupt", err.offset);
    return PIN_EXIT_NONE;
}

static int verify_file(pin_cli *cli, const pin_public_key *key)
{
    pin_cli_index    index;
    pin_folder_error why;
    pin_status       status = pin_cli_index_try(&index, cli->arguments[0], &why);
    int              exit_code = PIN_EXIT_MISUSE;
    if (status == PIN_OK)
        exit_code = verify(cli, &index, key);
    else if (status == PIN_CORRUPT)
        exit_code = unsound(cli, index.path, why.text, 0);
    else
        pin_cli_misuse(cli, "%s", why.text);
    pin_cli_index_close(&index);
    return exit_code;
}

/* ---- A pack ---- */
static void print_pack_json(pin_cli *cli, const char *path, const pin_pack_report *r)
{
    fputs("{\"pack\":", cli->out);
    pin_cli_json_string(cli->out, pin_str_of(path));
    fprintf(cli->out,
            ",\"sound\":%s,\"release\":\"%s\",\"items\":%u,\"searches\":%u,\"files\":%u,\"signer\":",
            r->problem_count ? "false" : "true", r->release, r->items, r->searches, r->files);
    if (r->is_signed)
        pin_cli_json_string(cli->out, pin_str_of(r->signer));
    else
        fputs("null", cli->out);
    fprintf(cli->out, ",\"trusted\":%s,\"problems\":[", r->trusted ? "true" : "false");
    for (uint32_t i = 0; i < r->problem_count && i < PIN_PACK_PROBLEMS; i++) {
        fputs(i ? "," : "", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(r->problems[i]));
    }
    fputs("]}\n", cli->out);
}

static void print_problems(pin_cli *cli, const char *path, const pin_pack_report *r)
{
    for (uint32_t i = 0; i < r->problem_count && i < PIN_PACK_PROBLEMS; i++)
        pin_cli_note(cli, "%s", r->problems[i]);
    if (r->problem_count > PIN_PACK_PROBLEMS)
        pin_cli_note(cli, "and %u more", r->problem_count - PIN_PACK_PROBLEMS);
    pin_cli_note(cli, "'%s' is not sound: %u problem%s", path, r->problem_count,
                 r->problem_count == 1 ? "" : "s");
}

static void print_pack(pin_cli *cli, const char *path, const pin_pack_report *r)
{
    pin_cli_clean(cli->out, pin_str_of(path));
    fprintf(cli->out, ": sound: %u items, %u searches, %u files; release %s; ", r->items, r->searches,
            r->files, r->release);
    if (r->trusted)
        fprintf(cli->out, "signed with the key %s\n", r->signer);
    else if (r->is_signed)
        fprintf(cli->out,
                "signed with the key %s, which the pack itself brings: compare it with the publisher's\n",
                r->signer);
    else
        fputs("not signed: whole, but anyone can have made it\n", cli->out);
}

static int verify_pack(pin_cli *cli, const pin_public_key *key)
{
    static pin_pack_report report;
    pin_pack_folder        folder;
    pin_folder_error       why;
    const char            *path = cli->arguments[0];
    if (pin_pack_folder_read(&folder, path, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    pin_pack_check(&report, &folder, key);
    pin_pack_folder_free(&folder);
    if (pin_cli_has(cli, "json"))
        print_pack_json(cli, path, &report);
    else if (report.problem_count)
        print_problems(cli, path, &report);
    else
        print_pack(cli, path, &report);
    return report.problem_count ? PIN_EXIT_NONE : PIN_EXIT_GOOD;
}

static int run(pin_cli *cli)
{
    struct stat      st;
    pin_public_key   key;
    pin_folder_error why;
    const char      *pub = pin_cli_value(cli, "pub");
    if (cli->argument_count > 1)
        return pin_cli_misuse(cli, "one file at a time: pincite verify FILE");
    if (pub && pin_public_key_read(&key, pub, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    bool folder = stat(cli->arguments[0], &st) == 0 && S_ISDIR(st.st_mode);
    return folder ? verify_pack(cli, pub ? &key : NULL) : verify_file(cli, pub ? &key : NULL);
}

const pin_cli_command pin_cli_verify = {
    .name = "verify",
    .usage = "FILE | DIR [--pub KEY] [--json]",
    .summary = "check that an index or an evidence pack is whole",
    .about = "Reads every byte of the index FILE: checksums, the structure of every section,\n"
             "every list and item, all references between them, the revision of every item\n"
             "that is or was, and the root of the release. With --pub also its signature, made\n"
             "by 'pincite sign' or by minisign. DIR is an evidence pack, made by 'pincite\n"
             "pack': every byte of every file, every revision, every proof and the signature\n"
             "are checked, offline and without the index.",
    .options = options,
    .examples = "pincite verify faq.pin --pub publisher.pub\n"
                "pincite verify evidence --pub publisher.pub",
    .exits = {"it is sound", "it is damaged, or not signed with that key",
              "misuse, or it cannot be read at all"},
    .least = 1,
    .run = run,
};
