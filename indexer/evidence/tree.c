/* The tree of a release: a Merkle tree of the shape of RFC 6962, section 2.1, over BLAKE2b-256. */
#include "pincite/evidence.h"

#include <sodium.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/evidence/evidence.h"

/* ---- Hashes of leaves and nodes ---- */
static void hash_leaf(uint8_t out[PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaf)
{
    static const uint8_t     zero = 0;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, PIN_EVIDENCE_LEN);
    crypto_generichash_update(&state, &zero, 1);
    crypto_generichash_update(&state, (const uint8_t *)leaf->id.at, leaf->id.len);
    crypto_generichash_update(&state, &zero, 1);
    crypto_generichash_update(&state, leaf->revision, PIN_REVISION_LEN);
    crypto_generichash_final(&state, out, PIN_EVIDENCE_LEN);
}

static void hash_node(uint8_t out[PIN_EVIDENCE_LEN], const uint8_t *left, const uint8_t *right)
{
    uint8_t both[1 + 2 * PIN_EVIDENCE_LEN];
    both[0] = 1;
    memcpy(both + 1, left, PIN_EVIDENCE_LEN);
    memcpy(both + 1 + PIN_EVIDENCE_LEN, right, PIN_EVIDENCE_LEN);
    crypto_generichash(out, PIN_EVIDENCE_LEN, both, sizeof both, NULL, 0);
}

/* The largest power of two below n (n > 1). */
static uint32_t split(uint32_t n)
{
    uint32_t k = 1;
    while (k < n - k)
        k *= 2;
    return k;
}

/* ---- Order: heap sort, which needs no memory and has no bad case ---- */
static void sift(pin_evidence_leaf *at, uint32_t root, uint32_t count)
{
    for (uint32_t child; (child = root * 2 + 1) < count; root = child) {
        if (child + 1 < count && pin_str_order(at[child].id, at[child + 1].id) < 0)
            child++;
        if (pin_str_order(at[root].id, at[child].id) >= 0)
            return;
        pin_evidence_leaf swap = at[root];
        at[root] = at[child];
        at[child] = swap;
    }
}

void pin_evidence_sort(pin_evidence_leaf *leaves, uint32_t count)
{
    uint32_t i = 1;
    while (i < count && pin_str_order(leaves[i - 1].id, leaves[i].id) < 0)
        i++;
    if (i >= count)
        return;
    for (i = count / 2; i-- > 0;)
        sift(leaves, i, count);
    while (count > 1) {
        pin_evidence_leaf swap = leaves[0];
        leaves[0] = leaves[--count];
        leaves[count] = swap;
        sift(leaves, 0, count);
    }
}

/* ---- Root and path ---- */
void pin_evidence_root(uint8_t out[PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaves, uint32_t count)
{
    if (count == 0) {
        pin_evidence_hash(out, (pin_str){0});
    } else if (count == 1) {
        hash_leaf(out, leaves);
    } else {
        uint8_t  left[PIN_EVIDENCE_LEN], right[PIN_EVIDENCE_LEN];
        uint32_t k = split(count);
        pin_evidence_root(left, leaves, k);
        pin_evidence_root(right, leaves + k, count - k);
        hash_node(out, left, right);
    }
}

/* A part is a whole node of the tree, or its right end: above them the tree has the shape it would have over
 * as many leaves. */
void pin_evidence_join(uint8_t out[PIN_EVIDENCE_LEN], const uint8_t (*roots)[PIN_EVIDENCE_LEN], uint32_t count)
{
    uint8_t left[PIN_EVIDENCE_LEN], right[PIN_EVIDENCE_LEN];
    if (count == 1) {
        memcpy(out, roots[0], PIN_EVIDENCE_LEN);
        return;
    }
    uint32_t k = split(count);
    pin_evidence_join(left, roots, k);
    pin_evidence_join(right, roots + k, count - k);
    hash_node(out, left, right);
}

uint32_t pin_evidence_path(uint8_t out[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaves,
                           uint32_t count, uint32_t which)
{
    if (count < 2)
        return 0;
    uint32_t k = split(count), depth;
    if (which < k) {
        depth = pin_evidence_path(out, leaves, k, which);
        pin_evidence_root(out[depth], leaves + k, count - k);
    } else {
        depth = pin_evidence_path(out, leaves + k, count - k, which - k);
        pin_evidence_root(out[depth], leaves, k);
    }
    return depth + 1;
}

/* `left` goes up by one hash of the path at each node between the leaf and the root. */
static bool follow(uint8_t out[PIN_EVIDENCE_LEN], uint32_t which, uint32_t count,
                   const uint8_t (*path)[PIN_EVIDENCE_LEN], uint32_t path_count)
{
    if (count == 1)
        return path_count == 0;
    if (path_count == 0)
        return false;
    uint32_t k = split(count), last = path_count - 1;
    bool     left = which < k;
    if (!follow(out, left ? which : which - k, left ? k : count - k, path, last))
        return false;
    if (left)
        hash_node(out, out, path[last]);
    else
        hash_node(out, path[last], out);
    return true;
}

bool pin_evidence_follow(uint8_t out[PIN_EVIDENCE_LEN], const pin_evidence_leaf *leaf, uint32_t which,
                         uint32_t count, const uint8_t (*path)[PIN_EVIDENCE_LEN], uint32_t path_count)
{
    if (which >= count || path_count > PIN_EVIDENCE_PATH_MAX)
        return false;
    hash_leaf(out, leaf);
    return follow(out, which, count, path, path_count);
}
