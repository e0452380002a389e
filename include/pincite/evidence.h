/* Links that can be cited as evidence: the canonical form of an item, its hash, and the root of a release.
 *
 * A revision is the BLAKE2b-256 of a text that a person can read and a short program can rebuild from the
 * file; docs/evidence.md gives every byte of it. A release is the root of a Merkle tree over all items.
 * Native only: the browser shows hashes, it does not make them. Nothing here reads files or clocks. */
#ifndef PINCITE_EVIDENCE_H
#define PINCITE_EVIDENCE_H

#include "pincite/index.h"

#define PIN_EVIDENCE_LEN 32       /* bytes of a hash: BLAKE2b-256 without key, salt or personalisation   */
#define PIN_EVIDENCE_PATH_MAX 32  /* hashes of an inclusion proof at most: 2^28 items and some to spare   */

/* BLAKE2b-256 of `bytes`. */
void pin_evidence_hash(uint8_t out[PIN_EVIDENCE_LEN], pin_str bytes);

/* The canonical form of an item: the text that its revision is the hash of. `footings` has one row a
 * citation (pin_index_footings, pin_index_archived). Status, dates, author and module are not part of it.
 * PIN_OK, PIN_NO_SPACE (out->len says how much), PIN_CORRUPT (the blocks of the answer are damaged). */
pin_status pin_evidence_canonical(pin_buf *out, const pin_item *item, const pin_footing *footings,
                                  pin_error *err);

/* ---- The tree of a release ----
 * Leaves are sorted by the bytes of their ids, each id once. leaf = H(0x00 id 0x00 revision), node =
 * H(0x01 left right); the left side of n leaves has the largest power of two below n (RFC 6962, 2.1). */
typedef struct pin_evidence_leaf {
    pin_str        id;
    const uint8_t *revision; /* PIN_EVIDENCE_LEN bytes, borrowed                                  */
    uint32_t       number;   /* of the item; for the caller, not part of the hash                 */
} pin_evidence_leaf;

/* Sorts leaves by id. O(n log n), no memory. */
void pin_evidence_sort(pin_evidence_leaf *leaves, uint32_t count);
/* The root; of no leaves: the hash of nothing. O(n) hashes, a few kilobytes of stack. */
void pin_evidence_root(uint8_t out[PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaves, uint32_t count);
/* What leaf `which` (below `count`) needs to reach the root: the hashes of the other sides, from the leaf
 * upward. Returns how many there are (at most PIN_EVIDENCE_PATH_MAX). */
uint32_t pin_evidence_path(uint8_t out[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaves,
                           uint32_t count, uint32_t which);
/* The root that follows from a leaf and its path; false when the path has not the length that `which` of
 * `count` asks for. The caller compares it with the root it trusts. */
bool pin_evidence_follow(uint8_t out[PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaf, uint32_t which,
                         uint32_t count, const uint8_t (*path)[PIN_EVIDENCE_LEN], uint32_t path_count);

/* ---- Of an open index ---- */
/* The leaves of a release, sorted, one an item; their texts live in `arena` or in the file.
 * PIN_OK, PIN_NOT_FOUND (an index of format 1.0 has no revisions), PIN_CORRUPT, PIN_NO_SPACE. */
pin_status pin_evidence_leaves(pin_evidence_leaf **out, const pin_index *ix, pin_arena *arena, pin_error *err);
/* Recomputes the revision of every item and every archived item, and the root. Slow and complete.
 * PIN_OK (also for an index without revisions), PIN_CORRUPT (err says what does not agree), PIN_NO_SPACE. */
pin_status pin_evidence_verify(const pin_index *ix, pin_arena *arena, pin_error *err);

#endif
