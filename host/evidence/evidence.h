/* Proof without the issuer: keys, signatures, and evidence packs that anyone can check offline.
 *
 * Keys and signatures are minisign's (https://jedisct1.github.io/minisign/), so that a program which is not
 * ours can judge us: Ed25519 over BLAKE2b-512 of the file. A pack is a folder whose files are all named, with
 * their hashes, in one file `manifest`; docs/evidence.md describes it for those who write their own checker.
 */
#ifndef PIN_HOST_EVIDENCE_H
#define PIN_HOST_EVIDENCE_H

#include "host/folder/folder.h"
#include "pincite/pack.h"

/* ---- Keys ---- */
#define PIN_KEY_ID_LEN 8
#define PIN_KEY_ID_SHOWN 17 /* hex digits as minisign prints them, and NUL */

typedef struct pin_public_key {
    uint8_t id[PIN_KEY_ID_LEN];
    uint8_t key[32];
} pin_public_key;

typedef struct pin_secret_key {
    uint8_t id[PIN_KEY_ID_LEN];
    uint8_t key[64]; /* the public key is its second half */
} pin_secret_key;

void pin_key_id(char out[PIN_KEY_ID_SHOWN], const uint8_t id[PIN_KEY_ID_LEN]); /* "4B83E814687D9712" */
void pin_public_key_of(pin_public_key *out, const pin_secret_key *secret);
void pin_secret_key_forget(pin_secret_key *secret); /* overwrites it */

/* Makes NAME.key (mode 0600, without a password) and NAME.pub. PIN_OK, PIN_BAD_INPUT (one of the two exists:
 * keys are never overwritten), PIN_IO. */
pin_status pin_keys_generate(pin_public_key *out, const char *name, pin_folder_error *err);
/* A key file. PIN_OK, PIN_IO, PIN_BAD_INPUT (no such key, or damaged), PIN_UNSUPPORTED (password). */
pin_status pin_secret_key_read(pin_secret_key *out, const char *path, pin_folder_error *err);
/* A .pub file, or the 56 characters themselves. PIN_OK, PIN_IO, PIN_BAD_INPUT. */
pin_status pin_public_key_read(pin_public_key *out, const char *path_or_key, pin_folder_error *err);
bool       pin_public_key_parse(pin_public_key *out, pin_str text);
void       pin_public_key_write(pin_buf *out, const pin_public_key *key); /* a whole .pub file */

/* ---- Signatures ---- */
#define PIN_SIGNATURE_MAX 16384 /* bytes of a signature file; comments are short */

/* The text of NAME.minisig: `message` signed, with a comment that is signed too. Comments are one line.
 * The same key, message and comment give the same bytes. PIN_OK, PIN_BAD_INPUT (a comment is too long or has
 * control characters), PIN_NO_SPACE (buffer). */
pin_status pin_signature_write(pin_buf *out, const pin_secret_key *key, pin_str message, pin_str comment);

typedef struct pin_signature {
    uint8_t id[PIN_KEY_ID_LEN]; /* of the key that claims to have made it */
    bool    hashed;             /* over BLAKE2b-512 of the message, not the message itself: older minisign  */
    uint8_t signature[64], global[64];
    pin_str untrusted, comment; /* borrowed; `comment` is signed, `untrusted` is not */
} pin_signature;
/* False when `text` is no signature file. */
bool        pin_signature_parse(pin_signature *out, pin_str text);
/* NULL when `key` made the signature over `message`, else one sentence that says why not. */
const char *pin_signature_judge(const pin_signature *signature, const pin_public_key *key, pin_str message);

/* ---- Packs: a folder as a list of files in memory ---- */
#define PIN_PACK_FILES_MAX 2048
#define PIN_PACK_BYTES_MAX ((size_t)512 << 20)
#define PIN_PACK_ITEMS_MAX 256

typedef struct pin_pack_file {
    char   name[64]; /* "items/01.txt" */
    char  *bytes;    /* owned */
    size_t len;
} pin_pack_file;

typedef struct pin_pack_folder {
    pin_pack_file *at;
    uint32_t       count, room;
    size_t         bytes;
    /* what a folder on disk has that no pack can have: the first few, for the report */
    char           strange[8][160];
    uint32_t       strange_count;
} pin_pack_folder;
void                 pin_pack_folder_free(pin_pack_folder *folder);
const pin_pack_file *pin_pack_folder_find(const pin_pack_folder *folder, const char *name);
/* Copies `bytes`. PIN_OK, PIN_NO_SPACE, PIN_LIMIT. */
pin_status           pin_pack_folder_add(pin_pack_folder *folder, const char *name, pin_str bytes);
/* Reads every file below `path`. PIN_OK, PIN_IO, PIN_LIMIT, PIN_NO_SPACE. */
pin_status           pin_pack_folder_read(pin_pack_folder *out, const char *path, pin_folder_error *err);
/* Makes the folder `path`, whole or not at all: written beside it under a hidden name, flushed, renamed.
 * PIN_OK, PIN_BAD_INPUT (something is there already), PIN_IO. */
pin_status pin_pack_folder_write(const pin_pack_folder *folder, const char *path, pin_folder_error *err);

/* What goes into a pack. */
typedef struct pin_pack_order {
    const pin_index      *ix;
    pin_str               file; /* the bytes of the whole index                                     */
    const char *const    *ids;  /* "module/slug", a given id, or "module/slug@REVISION"             */
    uint32_t              id_count;
    const char *const    *queries; /* what was searched for                                            */
    uint32_t              query_count;
    pin_str               as_of; /* the day the pack speaks for; empty: the day of the release       */
    const pin_secret_key *key;   /* NULL: not signed                                                 */
} pin_pack_order;

typedef struct pin_pack_failure {
    uint32_t  id; /* number of the id that is the cause, for PIN_NOT_FOUND and PIN_LIMIT */
    pin_error err;
} pin_pack_failure;
/* PIN_OK; PIN_NOT_FOUND (no such id, or no such revision of it, or it did not exist on that day: the message
 * says which), PIN_LIMIT (a prefix fits two revisions), PIN_UNSUPPORTED (an index without revisions),
 * PIN_CORRUPT, PIN_NO_SPACE. */
pin_status pin_pack_make(pin_pack_folder *out, const pin_pack_order *order, pin_pack_failure *failure);

/* ---- Verification ---- */
#define PIN_PACK_PROBLEMS 50

typedef struct pin_pack_report {
    char     problems[PIN_PACK_PROBLEMS][240]; /* "items/01.txt: its bytes are not those of the manifest" */
    uint32_t problem_count;                    /* may be more than are kept                               */
    uint32_t files, items, searches;
    char     release[65];
    bool     is_signed; /* and the signature is good                                         */
    bool     trusted;   /* by the key that the caller gave, not just the one inside          */
    char     signer[PIN_KEY_ID_SHOWN];
    char     comment[256];
} pin_pack_report;
/* Checks everything that can be checked without the issuer. `trusted` may be NULL. Pure: no files. */
void pin_pack_check(pin_pack_report *out, const pin_pack_folder *folder, const pin_public_key *trusted);

#endif
