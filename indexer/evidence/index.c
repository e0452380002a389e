/* Revisions and the root of an index that is open: its leaves, and whether they say the truth. */
#include "pincite/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"

/* ---- Leaves ---- */
/* Gives back what reading the item took, all but its id. */
static pin_status keep_id(pin_str *id, pin_arena *arena, size_t mark, pin_error *err)
{
    const char *from = (const char *)arena->base + mark, *to = (const char *)arena->base + arena->used;
    if (id->at < from || id->at >= to) { /* it lies in the file */
        arena->used = mark;
        return PIN_OK;
    }
    char *copy = malloc(id->len ? id->len : 1);
    if (!copy)
        return pin_fail(err, PIN_NO_SPACE, 0, "memory is short");
    memcpy(copy, id->at, id->len);
    arena->used = mark;
    *id = pin_arena_copy(arena, (pin_str){copy, id->len});
    free(copy);
    return PIN_OK; /* it fits: the whole item did */
}

pin_status pin_evidence_leaves(pin_evidence_leaf **out, const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_release release;
    pin_index_release(&release, ix);
    pin_evidence_leaf *leaves = pin_arena_take(arena, release.item_count, sizeof *leaves);
    if (!leaves)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the revisions of a release");
    for (uint32_t i = 0; i < release.item_count; i++) {
        pin_item   item;
        size_t     mark = arena->used;
        pin_status s = pin_index_item(&item, ix, i, arena, err);
        if (s != PIN_OK)
            return s;
        if (item.revision.len == 0)
            return pin_fail(err, PIN_NOT_FOUND, 0, "the index has no revisions: it is of an older format");
        if ((s = keep_id(&item.id, arena, mark, err)) != PIN_OK)
            return s;
        leaves[i] = (pin_evidence_leaf){item.id, (const uint8_t *)item.revision.at, i};
    }
    pin_evidence_sort(leaves, release.item_count);
    *out = leaves;
    return PIN_OK;
}

/* ---- Verification ---- */
static pin_status check_revision(const pin_index *ix, const pin_revision *r, pin_arena *arena, pin_error *err)
{
    pin_item     item;
    pin_footing *footings;
    uint8_t      hash[PIN_EVIDENCE_LEN];
    pin_buf      measure = {0};
    pin_status   s = pin_index_as_it_stood(&item, &footings, ix, r, arena, err);
    if (s != PIN_OK)
        return s;
    s = pin_evidence_canonical(&measure, &item, footings, err);
    if (s == PIN_CORRUPT)
        return s;
    char *room = pin_arena_take(arena, measure.len, 1);
    if (!room)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for a canonical form");
    pin_buf buf = pin_buf_over(room, measure.len);
    if ((s = pin_evidence_canonical(&buf, &item, footings, err)) != PIN_OK)
        return s;
    pin_evidence_hash(hash, pin_buf_str(&buf));
    if (memcmp(hash, r->hash.at, PIN_EVIDENCE_LEN) != 0)
        return pin_fail(err, PIN_CORRUPT, 0,
                        r->item == PIN_NO_ITEM ? "an archived revision is not the hash of its item"
                                               : "a revision is not the hash of its item");
    return PIN_OK;
}

static pin_status check_current(const pin_index *ix, const pin_release *release, pin_arena *arena, pin_error *err)
{
    pin_evidence_leaf *leaves;
    uint8_t            root[PIN_EVIDENCE_LEN];
    char               hex[2 * PIN_EVIDENCE_LEN];
    pin_status         s = pin_evidence_leaves(&leaves, ix, arena, err);
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < release->item_count; i++) {
        size_t       mark = arena->used;
        pin_revision r = {.hash = {(const char *)leaves[i].revision, PIN_REVISION_LEN}, .item = leaves[i].number};
        if (i > 0 && pin_str_equal(leaves[i - 1].id, leaves[i].id))
            return pin_fail(err, PIN_CORRUPT, 0, "two items have one id");
        if ((s = check_revision(ix, &r, arena, err)) != PIN_OK)
            return s;
        arena->used = mark;
    }
    pin_evidence_root(root, leaves, release->item_count);
    pin_revision_hex(hex, (pin_str){(const char *)root, sizeof root});
    if (!pin_str_equal((pin_str){hex, sizeof hex}, release->release))
        return pin_fail(err, PIN_CORRUPT, 0, "the release is not the root of its revisions");
    return PIN_OK;
}

static pin_status check_past(const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_status s = PIN_OK;
    for (uint32_t i = 0; i < pin_index_past_count(ix) && s == PIN_OK; i++) {
        pin_past past;
        size_t   mark = arena->used;
        s = pin_index_past_at(&past, ix, i, arena, err);
        for (uint32_t k = 0; s == PIN_OK && k < past.revision_count; k++) {
            size_t inner = arena->used;
            s = check_revision(ix, &past.revisions[k], arena, err);
            arena->used = inner;
        }
        arena->used = mark;
    }
    return s;
}

pin_status pin_evidence_verify(const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_release release;
    size_t      mark = arena->used;
    pin_index_release(&release, ix);
    if (release.release.len == 0)
        return PIN_OK;
    pin_status s = check_current(ix, &release, arena, err);
    if (s == PIN_OK)
        s = check_past(ix, arena, err);
    arena->used = mark;
    return s;
}
