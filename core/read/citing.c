/* Who cites a provision: its own rows, those of what is above it, and those of what is below. */
#include "core/read/index.h"

static pin_status rows_of(uint32_t *from, uint32_t *to, const pin_index *ix, uint32_t number, pin_error *err)
{
    const uint8_t *row, *next;
    uint32_t       all = (uint32_t)(ix->sections[PIN_S_CITING].len / PIN_CITING_LEN);
    pin_status     s = pin_read_row(&row, ix, PIN_S_PROVISION_ROWS, number, PIN_P_LEN, err);
    if (s != PIN_OK)
        return s;
    *from = pin_load32(row + PIN_P_CITING);
    *to = all;
    if (number + 1 < ix->provision_count) {
        if ((s = pin_read_row(&next, ix, PIN_S_PROVISION_ROWS, number + 1, PIN_P_LEN, err)) != PIN_OK)
            return s;
        *to = pin_load32(next + PIN_P_CITING);
    }
    if (*from > *to || *to > all)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_ROWS].offset,
                        "citing rows are damaged");
    return PIN_OK;
}

typedef struct gathering {
    pin_citing *at;
    uint32_t    count, cap;
} gathering;

/* Appends the rows of provisions [first, end), which lie together, with `touch`; in a range only an exact
 * one becomes weaker. Counts alone while `cap` is 0. */
static pin_status gather(gathering *out, const pin_index *ix, uint32_t first, uint32_t end,
                         pin_cite_touch touch, pin_error *err)
{
    uint32_t       from, to, ignored;
    const uint8_t *rows;
    if (first >= end)
        return PIN_OK;
    pin_status s = rows_of(&from, &ignored, ix, first, err);
    pin_status s2 = rows_of(&ignored, &to, ix, end - 1, err);
    if (s != PIN_OK || s2 != PIN_OK)
        return s != PIN_OK ? s : s2;
    if (from > to)
        return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_PROVISION_ROWS].offset,
                        "citing rows are damaged");
    s = pin_read_part(&rows, ix, PIN_S_CITING, (uint64_t)from * PIN_CITING_LEN,
                      (uint64_t)(to - from) * PIN_CITING_LEN, err);
    if (s != PIN_OK)
        return s;
    for (uint32_t i = 0; i < to - from; i++) {
        uint32_t item = pin_load32(rows + (size_t)i * PIN_CITING_LEN);
        uint32_t which = pin_load32(rows + (size_t)i * PIN_CITING_LEN + 4);
        bool     in_range = which & PIN_CITING_RANGE;
        if (item >= ix->item_count)
            return pin_fail(err, PIN_CORRUPT, ix->sections[PIN_S_CITING].offset,
                            "a citing row names no item");
        if (out->count < out->cap)
            out->at[out->count] = (pin_citing){
                .item = item,
                .citation = which & ~PIN_CITING_RANGE,
                .touch = (uint8_t)(touch == PIN_TOUCH_EXACT && in_range ? PIN_TOUCH_RANGE : touch)};
        out->count++;
    }
    return PIN_OK;
}

static pin_status gather_all(gathering *out, const pin_index *ix, const pin_provision *p, pin_error *err)
{
    pin_status    s = gather(out, ix, p->number, p->number + 1, PIN_TOUCH_EXACT, err);
    pin_status    s2 = gather(out, ix, p->number + 1, p->end, PIN_TOUCH_CHILD, err);
    pin_provision above = *p;
    if (s == PIN_OK)
        s = s2;
    while ((s == PIN_OK || s == PIN_NEED) && above.parent != PIN_NO_PROVISION) {
        uint32_t parent = above.parent;
        s2 = gather(out, ix, parent, parent + 1, PIN_TOUCH_PARENT, err);
        if (s == PIN_OK)
            s = s2;
        if ((s2 = pin_index_provision_names(&above, ix, parent, err)) != PIN_OK)
            return s == PIN_OK ? s2 : s;
    }
    return s;
}

pin_status pin_read_citing_rows(pin_citings *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                                pin_error *err)
{
    gathering  rows = {0};
    pin_status s = gather(&rows, ix, number, number + 1, PIN_TOUCH_EXACT, err);
    if (s != PIN_OK)
        return s;
    rows.cap = rows.count;
    rows.count = 0;
    if (!(rows.at = pin_arena_take(arena, rows.cap, sizeof *rows.at)))
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for all who cite a provision");
    s = gather(&rows, ix, number, number + 1, PIN_TOUCH_EXACT, err);
    *out = (pin_citings){.at = rows.at, .count = rows.count};
    return s;
}

/* ---- Order: heap sort, for the core has no other ---- */
typedef bool before(const pin_citing *a, const pin_citing *b);

static bool by_item(const pin_citing *a, const pin_citing *b)
{
    if (a->item != b->item)
        return a->item < b->item;
    if (a->touch != b->touch)
        return a->touch < b->touch;
    return a->citation < b->citation;
}

static bool by_touch(const pin_citing *a, const pin_citing *b)
{
    return a->touch != b->touch ? a->touch < b->touch : a->item < b->item;
}

static void sift(pin_citing *at, uint32_t root, uint32_t count, before *less)
{
    for (uint32_t child; (child = root * 2 + 1) < count; root = child) {
        if (child + 1 < count && less(&at[child], &at[child + 1]))
            child++;
        if (!less(&at[root], &at[child]))
            return;
        pin_citing swap = at[root];
        at[root] = at[child];
        at[child] = swap;
    }
}

static void sort(pin_citing *at, uint32_t count, before *less)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift(at, i, count, less);
    while (count > 1) {
        pin_citing swap = at[0];
        at[0] = at[--count];
        at[count] = swap;
        sift(at, 0, count, less);
    }
}

pin_status pin_index_citing(pin_citings *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                            pin_error *err)
{
    pin_provision p;
    gathering     rows = {0};
    pin_status    s = pin_index_provision_names(&p, ix, number, err);
    if (s == PIN_OK)
        s = gather_all(&rows, ix, &p, err);
    if (s != PIN_OK)
        return s;
    rows.cap = rows.count;
    rows.count = 0;
    if (!(rows.at = pin_arena_take(arena, rows.cap, sizeof *rows.at)))
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for all who cite a provision");
    if ((s = gather_all(&rows, ix, &p, err)) != PIN_OK)
        return s;

    sort(rows.at, rows.count, by_item);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows.count; i++)
        if (i == 0 || rows.at[i].item != rows.at[i - 1].item)
            rows.at[kept++] =
                rows.at[i]; /* the strongest comes first; kept <= i, so i - 1 is intact or equal */
    sort(rows.at, kept, by_touch);
    *out = (pin_citings){.at = rows.at, .count = kept};
    return PIN_OK;
}
