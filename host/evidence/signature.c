/* Signatures in minisign's files: four lines, two comments and two signatures. The first signature is over
 * BLAKE2b-512 of the message, the second over the first and the trusted comment. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "host/evidence/inside.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
enum { COMMENT_MOST = 4096, SIGNATURE_LEN = 74 };

pin_status pin_evidence_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path,
                             int number, const char *reason)
{
    char    clean[600];
    pin_buf shown = pin_buf_over(clean, sizeof clean - 1);
    for (const char *c = path; *c; c++)
        pin_buf_byte(&shown, (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c);
    clean[pin_buf_str(&shown).len] = '\0';
    if (err)
        snprintf(err->text, sizeof err->text, "%s '%s': %s", verb, clean, reason ? reason : strerror(number));
    return code;
}

static bool is_one_line(pin_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 && text.at[i] != '\t')
            return false;
    return text.len <= COMMENT_MOST;
}

static void hash_message(uint8_t out[64], pin_str message)
{
    crypto_generichash(out, 64, (const unsigned char *)message.at, message.len, NULL, 0);
}

/* The signature and the comment, one after the other: what the second signature is over. */
static size_t join(uint8_t out[64 + COMMENT_MOST], const uint8_t signature[64], pin_str comment)
{
    memcpy(out, signature, 64);
    if (comment.len)
        memcpy(out + 64, comment.at, comment.len);
    return 64 + comment.len;
}

pin_status pin_signature_write(pin_buf *out, const pin_secret_key *key, pin_str message, pin_str comment)
{
    uint8_t hash[64], raw[SIGNATURE_LEN] = "ED", both[64 + COMMENT_MOST], global[64];
    char    id[PIN_KEY_ID_SHOWN];
    if (!is_one_line(comment))
        return PIN_BAD_INPUT;
    hash_message(hash, message);
    memcpy(raw + 2, key->id, PIN_KEY_ID_LEN);
    crypto_sign_detached(raw + 10, NULL, hash, sizeof hash, key->key);
    crypto_sign_detached(global, NULL, both, join(both, raw + 10, comment), key->key);
    pin_key_id(id, key->id);
    pin_buf_adds(out, UNTRUSTED "signed by pincite with the key ");
    pin_buf_adds(out, id);
    pin_buf_byte(out, '\n');
    pin_base64_add(out, raw, sizeof raw);
    pin_buf_adds(out, "\n" TRUSTED);
    pin_buf_add(out, comment);
    pin_buf_byte(out, '\n');
    pin_base64_add(out, global, sizeof global);
    pin_buf_byte(out, '\n');
    return pin_buf_status(out);
}

bool pin_signature_parse(pin_signature *out, pin_str text)
{
    pin_str lines[4];
    uint8_t raw[SIGNATURE_LEN];
    if (text.len > PIN_SIGNATURE_MAX)
        return false;
    for (int i = 0; i < 4; i++)
        if (!pin_take_line(&lines[i], &text))
            return false;
    if (text.len || !pin_str_starts(lines[0], PIN_STR(UNTRUSTED)) ||
        !pin_str_starts(lines[2], PIN_STR(TRUSTED)) || !pin_base64_exact(raw, sizeof raw, lines[1]) ||
        !pin_base64_exact(out->global, 64, lines[3]))
        return false;
    if (raw[0] != 'E' || (raw[1] != 'D' && raw[1] != 'd'))
        return false;
    out->hashed = raw[1] == 'D';
    memcpy(out->id, raw + 2, PIN_KEY_ID_LEN);
    memcpy(out->signature, raw + 10, 64);
    out->untrusted = pin_str_part(lines[0], sizeof UNTRUSTED - 1, lines[0].len);
    out->comment = pin_str_part(lines[2], sizeof TRUSTED - 1, lines[2].len);
    return is_one_line(out->comment);
}

const char *pin_signature_judge(const pin_signature *signature, const pin_public_key *key, pin_str message)
{
    uint8_t hash[64], both[64 + COMMENT_MOST];
    if (memcmp(signature->id, key->id, PIN_KEY_ID_LEN) != 0)
        return "it was made with another key";
    if (signature->hashed) {
        hash_message(hash, message);
        message = (pin_str){(const char *)hash, sizeof hash};
    }
    if (crypto_sign_verify_detached(signature->signature, (const unsigned char *)message.at, message.len,
                                    key->key) != 0)
        return "it does not fit these bytes";
    if (crypto_sign_verify_detached(signature->global, both,
                                    join(both, signature->signature, signature->comment), key->key) != 0)
        return "its comment was changed";
    return NULL;
}

void pin_hash_hex(char out[65], pin_str bytes)
{
    uint8_t hash[32];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes.at, bytes.len, NULL, 0);
    sodium_bin2hex(out, 65, hash, sizeof hash);
}
