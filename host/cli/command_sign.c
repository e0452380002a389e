/* pincite sign: a signature that minisign can check, and the keys for it. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/evidence/evidence.h"

static const pin_cli_option options[] = {
    {"key", 0, "KEY", "the secret key, NAME.key", false},
    {"comment", 0, "TEXT",
     "a line that is signed too and shown by whoever checks;\ndefault: release and name of the file", false},
    {"generate", 0, "NAME", "make NAME.key and NAME.pub instead", false},
    {0},
};

static int generate(pin_cli *cli, const char *name)
{
    pin_public_key   key;
    pin_folder_error why;
    char             id[PIN_KEY_ID_SHOWN];
    if (cli->argument_count > 0 || pin_cli_has(cli, "key") || pin_cli_has(cli, "comment"))
        return pin_cli_misuse(cli, "--generate makes keys and signs nothing: pincite sign --generate NAME");
    if (pin_keys_generate(&key, name, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    pin_key_id(id, key.id);
    fprintf(cli->out, "key %s: ", id);
    pin_cli_clean(cli->out, pin_str_of(name));
    fputs(".key is secret and has no password, ", cli->out);
    pin_cli_clean(cli->out, pin_str_of(name));
    fputs(".pub is for everybody\n", cli->out);
    return PIN_EXIT_GOOD;
}

/* "pincite release HEX, file faq.pin"; of anything that is no index: "file NAME". No time of day: the same
 * file and key give the same signature. */
static void comment_of(pin_buf *out, const char *path)
{
    pin_cli_index    index;
    pin_folder_error why;
    const char      *slash = strrchr(path, '/');
    if (pin_cli_index_try(&index, path, &why) == PIN_OK) {
        pin_release release;
        pin_index_release(&release, index.ix);
        if (release.release.len) {
            pin_buf_adds(out, "pincite release ");
            pin_buf_add(out, release.release);
            pin_buf_adds(out, release.as_of.len ? " of " : "");
            pin_buf_add(out, release.as_of);
            pin_buf_adds(out, ", ");
        }
    }
    pin_cli_index_close(&index);
    pin_buf_adds(out, "file ");
    pin_text_line(out, pin_str_of(slash ? slash + 1 : path));
}

static int sign(pin_cli *cli, const char *path, const pin_secret_key *key)
{
    pin_mapped       file;
    pin_folder_error why;
    char             comment[1024], signature[PIN_SIGNATURE_MAX], *place;
    pin_buf     line = pin_buf_over(comment, sizeof comment), out = pin_buf_over(signature, sizeof signature);
    const char *given = pin_cli_value(cli, "comment");
    if (!given)
        comment_of(&line, path);
    if (pin_folder_map(&file, path, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    pin_status status =
        pin_signature_write(&out, key, file.bytes, given ? pin_str_of(given) : pin_buf_str(&line));
    pin_folder_unmap(&file);
    if (status != PIN_OK)
        return pin_cli_misuse(cli, "the comment must be one line of at most 4,096 bytes");
    size_t len = strlen(path) + sizeof ".minisig";
    if (!(place = malloc(len)))
        return pin_cli_misuse(cli, "out of memory");
    snprintf(place, len, "%s.minisig", path);
    status = pin_save_bytes(place, pin_buf_str(&out), &why);
    if (status == PIN_OK) {
        char id[PIN_KEY_ID_SHOWN];
        pin_key_id(id, key->id);
        pin_cli_clean(cli->out, pin_str_of(place));
        fprintf(cli->out, ": signed with the key %s\n", id);
    } else {
        pin_cli_misuse(cli, "%s", why.text);
    }
    free(place);
    return status == PIN_OK ? PIN_EXIT_GOOD : PIN_EXIT_MISUSE;
}

static int run(pin_cli *cli)
{
    pin_secret_key   key;
    pin_folder_error why;
    const char      *name = pin_cli_value(cli, "generate"), *key_path = pin_cli_value(cli, "key");
    if (name)
        return generate(cli, name);
    if (cli->argument_count != 1)
        return pin_cli_misuse(cli, "one file at a time: pincite sign FILE --key KEY");
    if (!key_path)
        return pin_cli_misuse(cli,
                              "with which key? pincite sign FILE --key KEY; make one with --generate NAME");
    if (pin_secret_key_read(&key, key_path, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    int exit_code = sign(cli, cli->arguments[0], &key);
    pin_secret_key_forget(&key);
    return exit_code;
}

const pin_cli_command pin_cli_sign = {
    .name = "sign",
    .usage = "FILE --key KEY [--comment TEXT]\n--generate NAME",
    .summary = "sign a release, so that others can tell who made it",
    .about = "Writes FILE.minisig: an Ed25519 signature over BLAKE2b-512 of FILE, in the\n"
             "format of minisign. Who has your public key checks it with 'pincite verify FILE\n"
             "--pub NAME.pub', or without pincite: 'minisign -Vm FILE -p NAME.pub'. Keys made\n"
             "by 'minisign -G -W' work here, keys made here work there. Give the public key\n"
             "away where readers trust you, not only beside the file.",
    .options = options,
    .examples = "pincite sign --generate publisher\n"
                "pincite sign faq.pin --key publisher.key",
    .exits = {"signed, or keys made", "does not occur",
              "misuse, an unusable key, an unreadable file, or a failed write"},
    .least = 0,
    .run = run,
};
