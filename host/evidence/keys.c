/* Keys in minisign's files: two lines, the second one in base64. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/evidence/inside.h"

/* The second line of NAME.key: algorithm 2, password function 2, checksum 2, salt 32, cost 8 and 8, key id 8,
 * secret key 64, checksum 32. Without a password all from salt to cost is zero, and minisign writes no
 * checksum. */
enum { SECRET_LEN = 158, SECRET_ID = 54, SECRET_KEY = 62, SECRET_SUM = 126, PUBLIC_LEN = 42 };

void pin_key_id(char out[PIN_KEY_ID_SHOWN], const uint8_t id[PIN_KEY_ID_LEN])
{
    for (int i = 0; i < PIN_KEY_ID_LEN; i++) { /* a little-endian number, shown as people write numbers */
        out[2 * i] = "0123456789ABCDEF"[id[7 - i] >> 4];
        out[2 * i + 1] = "0123456789ABCDEF"[id[7 - i] & 15];
    }
    out[2 * PIN_KEY_ID_LEN] = '\0';
}

void pin_public_key_of(pin_public_key *out, const pin_secret_key *secret)
{
    memcpy(out->id, secret->id, sizeof out->id);
    memcpy(out->key, secret->key + 32, sizeof out->key);
}

void pin_secret_key_forget(pin_secret_key *secret) { sodium_memzero(secret, sizeof *secret); }

bool pin_take_line(pin_str *line, pin_str *left)
{
    const char *end = left->len ? memchr(left->at, '\n', left->len) : NULL;
    size_t      len = end ? (size_t)(end - left->at) : left->len;
    if (left->len == 0)
        return false;
    *line = pin_str_part(*left, 0, len);
    *left = pin_str_part(*left, len + 1, left->len);
    if (line->len && line->at[line->len - 1] == '\r')
        line->len--;
    return true;
}

bool pin_base64_exact(uint8_t *out, size_t len, pin_str text)
{
    size_t got;
    return sodium_base642bin(out, len, text.at, text.len, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           got == len;
}

void pin_base64_add(pin_buf *out, const uint8_t *bytes, size_t len)
{
    char text[256];
    sodium_bin2base64(text, sizeof text, bytes, len, sodium_base64_VARIANT_ORIGINAL);
    pin_buf_adds(out, text);
}

/* ---- Reading ---- */
static bool parse_public(pin_public_key *out, pin_str line)
{
    uint8_t raw[PUBLIC_LEN];
    if (!pin_base64_exact(raw, sizeof raw, line) || memcmp(raw, "Ed", 2) != 0)
        return false;
    memcpy(out->id, raw + 2, sizeof out->id);
    memcpy(out->key, raw + 10, sizeof out->key);
    return true;
}

bool pin_public_key_parse(pin_public_key *out, pin_str text)
{
    pin_str comment, line;
    return pin_take_line(&comment, &text) && pin_str_starts(comment, PIN_STR("untrusted comment:")) &&
           pin_take_line(&line, &text) && parse_public(out, line) && text.len == 0;
}

pin_status pin_public_key_read(pin_public_key *out, const char *path_or_key, pin_folder_error *err)
{
    pin_mapped file;
    if (parse_public(out, pin_str_of(path_or_key)))
        return PIN_OK;
    pin_status status = pin_folder_read(&file, path_or_key, err);
    if (status != PIN_OK)
        return status;
    bool good = file.bytes.len < 4096 && pin_public_key_parse(out, file.bytes);
    pin_folder_unmap(&file);
    return good ? PIN_OK
                : pin_evidence_fail(err, PIN_BAD_INPUT, "cannot use", path_or_key, 0,
                                    "not a public key of minisign");
}

static pin_status parse_secret(pin_secret_key *out, const uint8_t raw[SECRET_LEN], const char **why)
{
    static const uint8_t none[32];
    uint8_t              sum[32];
    *why = "not a secret key of minisign";
    if (memcmp(raw, "Ed", 2) != 0 || memcmp(raw + 4, "B2", 2) != 0)
        return PIN_BAD_INPUT;
    if (memcmp(raw + 2, "Sc", 2) == 0) {
        *why = "it is protected by a password; sign with 'minisign -Sm FILE', which gives the same "
               "signature, or "
               "make a key without one";
        return PIN_UNSUPPORTED;
    }
    if (raw[2] != 0 || raw[3] != 0)
        return PIN_BAD_INPUT;
    memcpy(out->id, raw + SECRET_ID, sizeof out->id);
    memcpy(out->key, raw + SECRET_KEY, sizeof out->key);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof sum);
    crypto_generichash_update(&state, raw, 2);
    crypto_generichash_update(&state, raw + SECRET_ID, SECRET_SUM - SECRET_ID);
    crypto_generichash_final(&state, sum, sizeof sum);
    *why = "the key is damaged: its two halves do not belong together";
    if (memcmp(raw + SECRET_SUM, none, 32) != 0 && memcmp(raw + SECRET_SUM, sum, 32) != 0)
        return PIN_BAD_INPUT;
    uint8_t public_half[32], again[64];
    crypto_sign_seed_keypair(public_half, again, out->key); /* the first half makes the second */
    bool same = sodium_memcmp(again, out->key, sizeof again) == 0;
    sodium_memzero(again, sizeof again);
    return same ? PIN_OK : PIN_BAD_INPUT;
}

pin_status pin_secret_key_read(pin_secret_key *out, const char *path, pin_folder_error *err)
{
    pin_mapped file;
    uint8_t    raw[SECRET_LEN];
    pin_str    comment, line;
    pin_status status = pin_folder_read(&file, path, err);
    if (status != PIN_OK)
        return status;
    const char *why = "not a secret key of minisign";
    pin_str     left = file.bytes;
    status = PIN_BAD_INPUT;
    if (left.len < 4096 && pin_take_line(&comment, &left) && pin_take_line(&line, &left) &&
        pin_base64_exact(raw, sizeof raw, line))
        status = parse_secret(out, raw, &why);
    sodium_memzero(raw, sizeof raw);
    if (file.copied)
        sodium_memzero((void *)(uintptr_t)file.bytes.at, file.bytes.len);
    pin_folder_unmap(&file);
    if (status == PIN_OK)
        return PIN_OK;
    pin_secret_key_forget(out);
    return pin_evidence_fail(err, status, "cannot sign with", path, 0, why);
}

/* ---- Making ---- */
void pin_public_key_write(pin_buf *out, const pin_public_key *key)
{
    uint8_t raw[PUBLIC_LEN] = "Ed";
    char    id[PIN_KEY_ID_SHOWN];
    memcpy(raw + 2, key->id, sizeof key->id);
    memcpy(raw + 10, key->key, sizeof key->key);
    pin_key_id(id, key->id);
    pin_buf_adds(out, "untrusted comment: minisign public key ");
    pin_buf_adds(out, id);
    pin_buf_byte(out, '\n');
    pin_base64_add(out, raw, sizeof raw);
    pin_buf_byte(out, '\n');
}

static void write_secret(pin_buf *out, const pin_secret_key *key)
{
    uint8_t raw[SECRET_LEN] = {'E', 'd', 0, 0, 'B', '2'};
    memcpy(raw + SECRET_ID, key->id, sizeof key->id);
    memcpy(raw + SECRET_KEY, key->key, sizeof key->key);
    pin_buf_adds(out, "untrusted comment: minisign secret key without a password\n");
    pin_base64_add(out, raw, sizeof raw);
    pin_buf_byte(out, '\n');
    sodium_memzero(raw, sizeof raw);
}

/* A file that must not be there yet. */
static pin_status write_new(const char *path, pin_str bytes, mode_t mode, pin_folder_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0 && errno == EEXIST)
        return pin_evidence_fail(err, PIN_BAD_INPUT, "cannot write", path, 0,
                                 "it exists, and a key is never overwritten");
    if (fd < 0)
        return pin_evidence_fail(err, PIN_IO, "cannot write", path, errno, NULL);
    ssize_t n = write(fd, bytes.at, bytes.len);
    int     number = n < 0 ? errno : n != (ssize_t)bytes.len ? ENOSPC : fsync(fd) != 0 ? errno : 0;
    if (close(fd) != 0 && !number)
        number = errno;
    if (number)
        unlink(path);
    return number ? pin_evidence_fail(err, PIN_IO, "cannot write", path, number, NULL) : PIN_OK;
}

pin_status pin_keys_generate(pin_public_key *out, const char *name, pin_folder_error *err)
{
    char           paths[2][4096], text[512], open_text[256];
    pin_secret_key secret;
    if (sodium_init() < 0)
        return pin_evidence_fail(err, PIN_IO, "cannot make", name, 0, "there is no source of random numbers");
    if (strlen(name) > sizeof paths[0] - 8)
        return pin_evidence_fail(err, PIN_BAD_INPUT, "cannot make", name, 0, "the name is too long");
    pin_buf at[2] = {pin_buf_over(paths[0], sizeof paths[0]), pin_buf_over(paths[1], sizeof paths[1])};
    for (int i = 0; i < 2; i++) {
        pin_buf_adds(&at[i], name);
        pin_buf_add(&at[i], (pin_str){i ? ".pub" : ".key", 5}); /* with its NUL */
    }
    crypto_sign_keypair(out->key, secret.key);
    randombytes_buf(secret.id, sizeof secret.id);
    memcpy(out->id, secret.id, sizeof out->id);
    pin_buf hidden = pin_buf_over(text, sizeof text), shown = pin_buf_over(open_text, sizeof open_text);
    write_secret(&hidden, &secret);
    pin_public_key_write(&shown, out);
    struct stat st;
    pin_status  status = PIN_OK;
    if (lstat(paths[1], &st) == 0) /* before a secret key is made that would have to go again */
        status = pin_evidence_fail(err, PIN_BAD_INPUT, "cannot write", paths[1], 0,
                                   "it exists, and a key is never overwritten");
    if (status == PIN_OK)
        status = write_new(paths[0], pin_buf_str(&hidden), 0600, err);
    if (status == PIN_OK && (status = write_new(paths[1], pin_buf_str(&shown), 0644, err)) != PIN_OK)
        unlink(paths[0]);
    pin_secret_key_forget(&secret);
    sodium_memzero(text, sizeof text);
    return status;
}
