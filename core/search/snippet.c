/* The stretch of the answer that says most about the query, with the matching words marked.
 *
 * Among all stretches of WINDOW bytes that begin with a matching word the one whose different query words
 * weigh most is taken, the first on a tie; then it is moved to the start of its sentence or of a word. */
#include <string.h>

#include "core/bytes/bytes.h"
#include "core/search/plan.h"
#include "core/text/text.h"

#define LENGTH 200 /* bytes of text aimed at */
#define WINDOW 160 /* bytes from the first match to the last */
#define LEAD 60    /* bytes before the first match */
#define MATCHES_MAX 512
#define TERMS_MAX 256
#define ROOM (2 * LENGTH + LEAD + WINDOW + 8)
#define MARKS_MAX (ROOM / 2)
#define ELLIPSIS "\xE2\x80\xA6"

typedef struct match {
    uint32_t from, to, term;
} match;

typedef struct wanted {
    pin_str  key;
    uint32_t weight;
} wanted;

typedef struct wanted_terms {
    wanted  *at;
    uint32_t count;
    uint32_t lengths; /* bit n: some key has n bytes (n above 31: bit 31) */
    uint32_t shortest;
    uint64_t openings[4]; /* bit b: some key begins with byte b */
} wanted_terms;

static bool is_content(const plan *p)
{
    for (uint32_t i = 0; i < p->slot_count; i++)
        if (!p->slots[i].function)
            return true;
    return false;
}

static uint32_t length_bit(size_t len) { return 1u << (len < 31 ? len : 31); }

static void want(wanted_terms *out, const plan *p, const plan_part *part, uint8_t tier)
{
    for (uint32_t i = 0; i < out->count; i++)
        if (pin_str_equal(out->at[i].key, part->key))
            return;
    if (out->count == TERMS_MAX)
        return;
    uint32_t idf = pin_idf(p->settings.item_count, part->term.df);
    out->at[out->count++] = (wanted){.key = part->key, .weight = tier == PIN_TIER_EXACT ? idf : idf / 2 + 1};
    out->lengths |= length_bit(part->key.len);
    if (part->key.len < out->shortest)
        out->shortest = (uint32_t)part->key.len;
    if (part->key.len)
        out->openings[(uint8_t)part->key.at[0] / 64] |= 1ull << ((uint8_t)part->key.at[0] % 64);
}

/* Could the stem of this word be wanted? Stemming changes ends, never makes a word longer, and leaves its
 * first byte alone; most words of an answer are told apart by that, and need no stemming. */
static bool may_be_wanted(const wanted_terms *terms, pin_str word)
{
    uint8_t first = word.len ? (uint8_t)word.at[0] : 0;
    return word.len >= terms->shortest && (terms->openings[first / 64] >> (first % 64) & 1);
}

/* Function words are marked only where the query has nothing else; what is written counts twice as much
 * as what it may stand for. */
static pin_status wanted_terms_of(wanted_terms *out, const plan *p, pin_arena *arena, pin_error *err)
{
    bool content = is_content(p);
    *out = (wanted_terms){.at = pin_arena_take(arena, TERMS_MAX, sizeof *out->at), .shortest = UINT32_MAX};
    if (!out->at)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    for (uint32_t i = 0; i < p->slot_count; i++) {
        const plan_slot *slot = &p->slots[i];
        for (uint32_t w = 0; w < slot->way_count && !(content && slot->function); w++)
            for (uint32_t k = 0; k < slot->ways[w].part_count; k++)
                if (!content || !pin_is_function_word(slot->ways[w].parts[k].key))
                    want(out, p, &slot->ways[w].parts[k], slot->ways[w].tier);
    }
    return PIN_OK;
}

static bool find_wanted(uint32_t *number, const wanted_terms *terms, pin_str term)
{
    if (!(terms->lengths & length_bit(term.len)))
        return false;
    for (uint32_t i = 0; i < terms->count; i++)
        if (pin_str_equal(terms->at[i].key, term)) {
            *number = i;
            return true;
        }
    return false;
}

/* Matches in the text, in order; a code matches as a whole when one of its parts does. */
static uint32_t find_matches(match *out, const wanted_terms *terms, pin_str text, pin_str language)
{
    pin_tokenizer t;
    pin_token     token;
    uint32_t      count = 0, number;
    pin_tokenizer_init(&t, text, language);
    t.words_only = true;
    while (count < MATCHES_MAX && pin_tokenizer_next(&t, &token)) {
        if (!may_be_wanted(terms, token.word))
            continue;
        pin_token_finish(&t, &token);
        if (!find_wanted(&number, terms, token.term))
            continue;
        if (count && out[count - 1].from <= token.from && token.to <= out[count - 1].to)
            continue;
        out[count++] = (match){.from = token.from, .to = token.to, .term = number};
    }
    return count;
}

/* Weight of the different terms met by matches from `first` on, within WINDOW bytes. */
static uint64_t window_weight(const wanted_terms *terms, const match *matches, uint32_t count, uint32_t first)
{
    uint64_t sum = 0;
    uint64_t seen[TERMS_MAX / 64] = {0};
    for (uint32_t i = first; i < count && matches[i].to - matches[first].from <= WINDOW; i++) {
        uint32_t term = matches[i].term;
        if (seen[term / 64] >> (term % 64) & 1)
            continue;
        seen[term / 64] |= 1ull << (term % 64);
        sum += terms->at[term].weight;
    }
    return sum;
}

static uint32_t best_window(const wanted_terms *terms, const match *matches, uint32_t count)
{
    uint32_t best = 0;
    uint64_t most = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t weight = window_weight(terms, matches, count, i);
        if (weight > most) {
            most = weight;
            best = i;
        }
    }
    return best;
}

static bool is_inside_character(pin_str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;
}

static bool is_gap(pin_str text, size_t at) { return pin_is_space((unsigned char)text.at[at]); }

static bool ends_sentence(char c) { return c == '.' || c == '!' || c == '?' || c == ':' || c == ';'; }

/* Where a snippet around byte `at` starts: at a paragraph or sentence within LEAD bytes before it (more
 * where the text ends soon after), else at a word, else at a character. */
static size_t start_before(pin_str text, size_t at)
{
    size_t left = text.len - at, lead = left + LEAD < LENGTH ? LENGTH - left : LEAD;
    size_t least = at > lead ? at - lead : 0, word = at;
    if (least == 0)
        return 0;
    for (size_t i = at; i > least; i--) {
        if (!is_gap(text, i - 1))
            continue;
        if (text.at[i - 1] == '\n' || (i > 1 && ends_sentence(text.at[i - 2])))
            return i;
        if (at - i <= lead - LEAD / 2)
            word = i;
    }
    while (word > 0 && is_inside_character(text, word))
        word--;
    return word;
}

/* The end is never inside the last match (`least`), if there is one. */
static size_t end_after(pin_str text, size_t start, size_t least)
{
    size_t most = start + LENGTH;
    if (least > start + LEAD + WINDOW)
        least = start; /* one endless word */
    if (most < least)
        most = least;
    if (most >= text.len)
        return text.len;
    for (size_t i = most; i > least && i > start + LENGTH / 2; i--)
        if (is_gap(text, i))
            return i;
    while (most > start && is_inside_character(text, most))
        most--;
    return most;
}

/* A snippet in the making, on the stack: the item's text goes before it is kept. */
typedef struct draft {
    char     text[ROOM];
    size_t   len;
    pin_mark marks[MARKS_MAX];
    uint32_t mark_count;
} draft;

static void add_ellipsis(draft *d)
{
    memcpy(d->text + d->len, ELLIPSIS, 3);
    d->len += 3;
}

/* Copies [from, to) with runs of white space as one space, and the marks that lie within. */
static void copy_out(draft *d, pin_str text, size_t from, size_t to, const match *matches, uint32_t count)
{
    uint32_t next = 0;
    bool     open = false, was_gap = true;
    if (from > 0)
        add_ellipsis(d);
    for (size_t i = from; i <= to; i++) {
        if (open && matches[next].to == i) {
            d->marks[d->mark_count++].end = (uint32_t)d->len;
            open = false;
            next++;
        }
        if (i == to)
            break;
        if (!open && next < count && matches[next].from == i && matches[next].to <= to &&
            d->mark_count < MARKS_MAX) {
            d->marks[d->mark_count].start = (uint32_t)d->len;
            open = true;
        }
        bool gap = is_gap(text, i);
        if (!gap || (!was_gap && i + 1 < to))
            d->text[d->len++] = gap ? ' ' : text.at[i];
        was_gap = gap;
    }
    if (to < text.len)
        add_ellipsis(d);
}

/* Marks with nothing but one character between them become one. */
static void join_marks(draft *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->mark_count; i++) {
        if (n && d->marks[i].start <= d->marks[n - 1].end + 1)
            d->marks[n - 1].end = d->marks[i].end;
        else
            d->marks[n++] = d->marks[i];
    }
    d->mark_count = n;
}

static pin_status draft_of(draft *d, const plan *p, pin_str text, pin_str language, pin_arena *scratch,
                           pin_error *err)
{
    wanted_terms terms;
    match        matches[MATCHES_MAX];
    pin_status   s = wanted_terms_of(&terms, p, scratch, err);
    if (s != PIN_OK)
        return s;
    uint32_t count = find_matches(matches, &terms, text, language);
    uint32_t first = best_window(&terms, matches, count), last = first;
    while (last + 1 < count && matches[last + 1].to - matches[first].from <= WINDOW)
        last++;
    size_t from = count ? start_before(text, matches[first].from) : 0;
    size_t to = end_after(text, from, count ? matches[last].to : 0);
    while (first > 0 && matches[first - 1].from >= from)
        first--;
    uint32_t end = first;
    while (end < count && matches[end].from < to)
        end++;
    copy_out(d, text, from, to, matches + first, end - first);
    join_marks(d);
    return PIN_OK;
}

static pin_status keep(pin_snippet *out, const draft *d, pin_arena *arena, pin_error *err)
{
    out->text = pin_arena_copy(arena, (pin_str){d->text, d->len});
    out->marks = pin_arena_take(arena, d->mark_count, sizeof *out->marks);
    if ((d->len && !out->text.at) || !out->marks)
        return pin_fail(err, PIN_NO_SPACE, 0, "the query needs more memory than was lent");
    if (d->mark_count)
        memcpy(out->marks, d->marks, d->mark_count * sizeof *out->marks);
    out->mark_count = d->mark_count;
    return PIN_OK;
}

pin_status plan_snippet(pin_snippet *out, plan *p, uint32_t number, pin_arena *arena, pin_error *err)
{
    pin_item item;
    pin_str  plain;
    draft    d;
    size_t   mark = arena->used;
    *out = (pin_snippet){0};
    d.len = d.mark_count = 0;
    pin_status s = pin_index_item(&item, p->ix, number, arena, err);
    if (s == PIN_OK)
        s = plan_plain(&plain, &item, arena, err);
    if (s == PIN_OK)
        s = draft_of(&d, p, plain, item.language.len ? item.language : p->settings.language, arena, err);
    arena->used = mark;
    if (s == PIN_NEED) {
        p->needs = true;
        return PIN_OK;
    }
    return s == PIN_OK ? keep(out, &d, arena, err) : s;
}
