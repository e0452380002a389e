#include "core/page/diff.h"

/* ---- Words: each with the white space behind it ---- */
typedef struct words {
    uint32_t *ends;   /* of each with its white space */
    uint32_t *starts;
    uint32_t  count;
    pin_str   text;
} words;

static bool is_space(pin_str text, size_t at) { return pin_is_space((uint8_t)text.at[at]); }

static uint32_t count_words(pin_str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += !is_space(text, i) && (i + 1 == text.len || is_space(text, i + 1));
    return count;
}

static bool split(words *out, pin_str text, pin_arena *arena)
{
    uint32_t n = 0;
    *out = (words){.text = text, .count = count_words(text)};
    out->starts = pin_arena_take(arena, out->count, sizeof *out->starts);
    out->ends = pin_arena_take(arena, out->count, sizeof *out->ends);
    if (!out->starts || !out->ends)
        return false;
    for (size_t i = 0; n < out->count; n++) {
        while (is_space(text, i))
            i++;
        out->starts[n] = (uint32_t)i;
        while (i < text.len && !is_space(text, i))
            i++;
        out->ends[n] = (uint32_t)i;
    }
    return true;
}

static bool same(const words *a, uint32_t i, const words *b, uint32_t j)
{
    return pin_str_equal(pin_str_part(a->text, a->starts[i], a->ends[i]),
                         pin_str_part(b->text, b->starts[j], b->ends[j]));
}

/* Words [from, to) with the white space behind each; before the first word of all, that too. */
static pin_str span(const words *w, uint32_t from, uint32_t to)
{
    size_t start = from == 0 ? 0 : w->starts[from];
    size_t end = to == w->count ? w->text.len : w->starts[to];
    return pin_str_part(w->text, start, end);
}

/* ---- Runs ---- */
typedef struct runs {
    pin_diff_run *at;
    uint32_t      count;
    const words  *before, *after;
    pin_diff_kind kind;
    uint32_t      from, to; /* words of the run that is open */
} runs;

static void close_run(runs *r)
{
    if (r->from < r->to)
        r->at[r->count++] = (pin_diff_run){
            r->kind, span(r->kind == PIN_DIFF_REMOVED ? r->before : r->after, r->from, r->to)};
    r->from = r->to = 0;
}

static void add_words(runs *r, pin_diff_kind kind, uint32_t from, uint32_t to)
{
    if (from >= to)
        return;
    if (r->from < r->to && r->kind == kind && r->to == from) {
        r->to = to;
        return;
    }
    close_run(r);
    r->kind = kind;
    r->from = from;
    r->to = to;
}

/* lengths[i * (m + 1) + j]: of the longest common subsequence of what follows i and j. */
static void fill(uint16_t *lengths, const words *a, uint32_t a0, uint32_t n, const words *b, uint32_t b0, uint32_t m)
{
    for (uint32_t i = n; i-- > 0;)
        for (uint32_t j = m; j-- > 0;) {
            uint16_t *cell = &lengths[(size_t)i * (m + 1) + j], down = cell[m + 1], right = cell[1];
            *cell = same(a, a0 + i, b, b0 + j) ? (uint16_t)(cell[m + 2] + 1) : down > right ? down : right;
        }
}

static void walk(runs *r, const uint16_t *lengths, uint32_t a0, uint32_t n, uint32_t b0, uint32_t m)
{
    uint32_t i = 0, j = 0;
    while (i < n && j < m) {
        const uint16_t *cell = &lengths[(size_t)i * (m + 1) + j];
        if (same(r->before, a0 + i, r->after, b0 + j)) {
            add_words(r, PIN_DIFF_SAME, b0 + j, b0 + j + 1);
            i++, j++;
        } else if (cell[m + 1] >= cell[1]) {
            add_words(r, PIN_DIFF_REMOVED, a0 + i, a0 + i + 1);
            i++;
        } else {
            add_words(r, PIN_DIFF_ADDED, b0 + j, b0 + j + 1);
            j++;
        }
    }
    add_words(r, PIN_DIFF_REMOVED, a0 + i, a0 + n);
    add_words(r, PIN_DIFF_ADDED, b0 + j, b0 + m);
}

pin_status pin_diff_words(pin_diff_run **out, uint32_t *count, pin_str before, pin_str after, pin_arena *arena,
                          pin_error *err)
{
    words a, b;
    if (before.len > UINT32_MAX || after.len > UINT32_MAX)
        return pin_fail(err, PIN_LIMIT, 0, "a text is too long to be compared");
    if (!split(&a, before, arena) || !split(&b, after, arena))
        return pin_fail(err, PIN_NO_SPACE, 0, "no room to compare two texts");
    runs r = {.before = &a, .after = &b};
    r.at = pin_arena_take(arena, (size_t)a.count + b.count + 1, sizeof *r.at);
    if (!r.at)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room to compare two texts");

    uint32_t head = 0, tail = 0;
    while (head < a.count && head < b.count && same(&a, head, &b, head))
        head++;
    while (tail < a.count - head && tail < b.count - head && same(&a, a.count - 1 - tail, &b, b.count - 1 - tail))
        tail++;
    uint32_t  n = a.count - head - tail, m = b.count - head - tail;
    uint16_t *lengths = NULL;
    if (n > 0 && m > 0 && n < UINT16_MAX && m < UINT16_MAX && ((uint64_t)n + 1) * (m + 1) <= PIN_DIFF_CELLS) {
        if (!(lengths = pin_arena_take(arena, ((size_t)n + 1) * (m + 1), sizeof *lengths)))
            return pin_fail(err, PIN_NO_SPACE, 0, "no room to compare two texts");
        fill(lengths, &a, head, n, &b, head, m);
    }
    add_words(&r, PIN_DIFF_SAME, 0, head);
    if (lengths) {
        walk(&r, lengths, head, n, head, m);
    } else {
        add_words(&r, PIN_DIFF_REMOVED, head, head + n);
        add_words(&r, PIN_DIFF_ADDED, head, head + m);
    }
    add_words(&r, PIN_DIFF_SAME, b.count - tail, b.count);
    close_run(&r);
    *out = r.at;
    *count = r.count;
    return PIN_OK;
}
