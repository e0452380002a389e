/* Inside host/evidence: what its files share. */
#ifndef PIN_HOST_EVIDENCE_INSIDE_H
#define PIN_HOST_EVIDENCE_INSIDE_H

#include "host/evidence/evidence.h"
#include "pincite/page.h"

/* "VERB 'PATH': REASON"; `number` is an errno value, or 0 and `reason` says why. Returns `code`. */
pin_status pin_evidence_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path,
                             int number, const char *reason);

/* The next line, without its end; false when nothing is left. */
bool pin_take_line(pin_str *line, pin_str *left);
/* Exactly `len` bytes in base64 with padding, nothing else, and spelt in the only right way. */
bool pin_base64_exact(uint8_t *out, size_t len, pin_str text);
void pin_base64_add(pin_buf *out, const uint8_t *bytes, size_t len); /* at most 180 bytes */

void pin_hash_hex(char out[65], pin_str bytes); /* BLAKE2b-256, with NUL */

/* ---- The manifest ---- */
#define PIN_PACK_MANIFEST "manifest"
#define PIN_PACK_SIGNATURE "manifest.minisig"
#define PIN_PACK_KEY "key.pub"
/* The trusted comment of a pack's signature. */
void pin_pack_comment(pin_buf *out, pin_str release, pin_str as_of);

#endif
