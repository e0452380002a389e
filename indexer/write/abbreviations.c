/* Abbreviations that the corpus explains itself: "software bill of materials (SBOM)", or the other way
 * round, "SBOM (software bill of materials)". The short form's letters must be the first letters of
 * the long form's words, in order; words like "of" may be passed over. So nothing is invented: what
 * is expanded at search stood so in an item. */
#include "indexer/write/inside.h"

#define LETTERS_MIN 2
#define LETTERS_MAX 10
#define WORDS_MAX 16 /* of a long form                                                        */
#define KEPT_MAX 512 /* in the file, for they are in the head that a browser fetches first    */
#define LONG_MAX 128 /* bytes of a long form                                                  */

typedef struct word {
    uint32_t from, to;   /* in the text */
    uint32_t start, len; /* folded, in the room */
    bool     letters;    /* no code */
} word;

typedef pin_abbreviation_reader reading; /* words: of word */

static const word *words_of(const reading *r) { return (const word *)(const void *)r->words.at; }
static uint32_t    word_count(const reading *r) { return (uint32_t)(r->words.len / sizeof(word)); }

static pin_str folded(const reading *r, const word *w)
{
    return (pin_str){(const char *)r->room.at + w->start, w->len};
}

static void read_words(reading *r, pin_str text, pin_str language)
{
    pin_tokenizer t;
    pin_token     token;
    r->text = text;
    r->words.len = r->room.len = 0;
    pin_tokenizer_init(&t, text, language);
    while (pin_tokenizer_next(&t, &token)) {
        if (token.part)
            continue;
        word w = {.from = token.from,
                  .to = token.to,
                  .start = (uint32_t)r->room.len,
                  .len = (uint32_t)token.word.len,
                  .letters = token.kind == PIN_WORD};
        pin_out_add(&r->words, &w, sizeof w);
        pin_out_add(&r->room, token.word.at, token.word.len);
    }
}

/* SBOM, CSIRTs, PoC: two capitals or more, letters only, not long. */
static bool is_short_form(const reading *r, const word *w)
{
    uint32_t capitals = 0;
    for (uint32_t i = w->from; i < w->to; i++)
        capitals += r->text.at[i] >= 'A' && r->text.at[i] <= 'Z';
    pin_str form = folded(r, w);
    for (size_t i = 0; i < form.len; i++)
        if (!pin_is_alpha((uint8_t)form.at[i]))
            return false;
    return w->letters && form.len >= LETTERS_MIN && form.len <= LETTERS_MAX && capitals >= 2 &&
           capitals * 2 >= form.len;
}

static bool is_small_word(pin_str w)
{
    static const char *const small[] = {"of", "and",  "for", "the", "to", "in",
                                        "on", "with", "a",   "an",  "or", "by"};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (pin_str_equal(w, pin_str_of(small[i])))
            return true;
    return false;
}

/* Where a long form of `letters` that ends before word `end` begins, not before word `least`; UINT32_MAX
 * when there is none. From the last letter backwards: a word gives its first letter, or is small and
 * gives none. */
static uint32_t match_back(const reading *r, pin_str letters, uint32_t least, uint32_t end,
                           uint32_t words_left)
{
    if (letters.len == 0)
        return end;
    if (end == least || words_left == 0)
        return UINT32_MAX;
    const word *w = words_of(r) + end - 1;
    pin_str     text = folded(r, w), rest = pin_str_part(letters, 0, letters.len - 1);
    if (!w->letters)
        return UINT32_MAX;
    if (text.at[0] == letters.at[letters.len - 1]) {
        uint32_t begin = match_back(r, rest, least, end - 1, words_left - 1);
        if (begin != UINT32_MAX)
            return begin;
    }
    return is_small_word(text) ? match_back(r, letters, least, end - 1, words_left - 1) : UINT32_MAX;
}

typedef struct pair {
    pin_str  short_form, long_form; /* in the texts of the vocabulary, once reading is done */
    uint32_t count;
} pair;

/* Key in the vocabulary of pairs: short form, a line end, long form. */
static void add_pair(pin_vocabulary *pairs, const reading *r, pin_str form, uint32_t from, uint32_t to,
                     uint32_t item)
{
    char    room[LONG_MAX + LETTERS_MAX + 2];
    pin_buf key = pin_buf_over(room, sizeof room);
    if (to - from < 2)
        return;
    pin_buf_add(&key, form);
    pin_buf_byte(&key, '\n');
    for (uint32_t i = from; i < to; i++) {
        if (i > from)
            pin_buf_byte(&key, ' ');
        pin_buf_add(&key, folded(r, words_of(r) + i));
    }
    if (pin_buf_status(&key) != PIN_OK)
        return;
    pin_key *pair_key = pin_vocabulary_add(pairs, pin_buf_str(&key));
    if (pair_key && pair_key->mark != item + 1) {
        pair_key->mark = item + 1;
        pair_key->df++;
    }
}

static bool only_spaces(pin_str text, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (!pin_is_space((uint8_t)text.at[i]) && text.at[i] != '"' && text.at[i] != '\'')
            return false;
    return true;
}

/* Words [first, last) stand between the bracket at `open` and the one at `close`. */
static void read_bracket(pin_vocabulary *pairs, const reading *r, uint32_t open, uint32_t close,
                         uint32_t first, uint32_t last, uint32_t item)
{
    const word *w = words_of(r);
    if (last == first + 1 && is_short_form(r, &w[first]) && only_spaces(r->text, open + 1, w[first].from)) {
        pin_str  form = folded(r, &w[first]);
        uint32_t begin =
            first > 0 && only_spaces(r->text, w[first - 1].to, open)
                ? match_back(r, form, first > WORDS_MAX ? first - WORDS_MAX : 0, first, WORDS_MAX)
                : UINT32_MAX;
        if (begin != UINT32_MAX)
            add_pair(pairs, r, form, begin, first, item);
    } else if (first > 0 && last > first + 1 && last - first <= WORDS_MAX &&
               is_short_form(r, &w[first - 1]) && only_spaces(r->text, w[first - 1].to, open) &&
               only_spaces(r->text, w[last - 1].to, close)) {
        pin_str form = folded(r, &w[first - 1]);
        if (match_back(r, form, first, last, WORDS_MAX) == first)
            add_pair(pairs, r, form, first, last, item);
    }
}

static void read_brackets(pin_vocabulary *pairs, const reading *r, uint32_t item)
{
    uint32_t    n = word_count(r), first = 0;
    const word *w = words_of(r);
    const char *at = r->text.at;
    for (size_t i = 0; i < r->text.len; i++) {
        const char *bracket = memchr(at + i, '(', r->text.len - i);
        if (!bracket)
            return;
        uint32_t    open = (uint32_t)(bracket - at);
        size_t      reach = r->text.len - open < LONG_MAX ? r->text.len - open : LONG_MAX;
        const char *end = memchr(bracket, ')', reach);
        i = open;
        if (!end)
            continue;
        uint32_t close = (uint32_t)(end - at);
        while (first < n && w[first].from < open)
            first++;
        uint32_t last = first;
        while (last < n && w[last].to <= close && last - first <= WORDS_MAX)
            last++;
        if (last > first)
            read_bracket(pairs, r, open, close, first, last, item);
    }
}

/* ---- Which are kept ---- */
static int by_count(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int order = pin_str_order(x->short_form, y->short_form);
    return order ? order : pin_str_order(x->long_form, y->long_form);
}

static int by_form(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    int         order = pin_str_order(x->short_form, y->short_form);
    return order ? order : pin_str_order(x->long_form, y->long_form);
}

static pin_status write_pairs(pin_out *o, const pin_vocabulary *pairs)
{
    uint32_t n = pairs->count;
    pair    *rows = malloc(((size_t)n + 1) * sizeof *rows);
    pin_out  records = {0};
    if (!rows || pairs->failed) {
        free(rows);
        return PIN_NO_SPACE;
    }
    for (uint32_t i = 0; i < n; i++) {
        pin_str key = pin_vocabulary_text(pairs, i);
        size_t  cut = (size_t)((const char *)memchr(key.at, '\n', key.len) - key.at);
        rows[i] = (pair){pin_str_part(key, 0, cut), pin_str_part(key, cut + 1, key.len), pairs->at[i].df};
    }
    qsort(rows, n, sizeof *rows, by_count);
    n = n < KEPT_MAX ? n : KEPT_MAX;
    qsort(rows, n, sizeof *rows, by_form);
    pin_out_u32(o, n);
    for (uint32_t i = 0; i < n; i++) {
        pin_out_u32(o, (uint32_t)records.len);
        pin_out_str(&records, rows[i].short_form);
        pin_out_str(&records, rows[i].long_form);
    }
    pin_out_u32(o, (uint32_t)records.len);
    pin_out_add(o, records.at, records.len);
    o->failed |= records.failed;
    pin_out_free(&records);
    free(rows);
    return PIN_OK;
}

static bool has_capitals(pin_str text)
{
    uint32_t capitals = 0;
    for (size_t i = 0; i < text.len && capitals < 2; i++)
        capitals += text.at[i] >= 'A' && text.at[i] <= 'Z';
    return capitals == 2;
}

/* May a short form stand in a bracket, or right before one? Most brackets are those of "Article 7(1)", and
 * such a text need not be cut into words. */
static bool may_explain(pin_str text)
{
    for (size_t open = 0; open < text.len; open++) {
        const char *bracket = memchr(text.at + open, '(', text.len - open);
        if (!bracket)
            return false;
        open = (size_t)(bracket - text.at);
        const char *close = memchr(bracket, ')', text.len - open);
        if (!close)
            return false;
        size_t end = open, from;
        while (end > 0 && only_spaces(text, (uint32_t)end - 1, (uint32_t)end))
            end--;
        for (from = end; from > 0 && !pin_is_space((uint8_t)text.at[from - 1]); from--)
            ;
        if (has_capitals(pin_str_part(text, from, end)) ||
            has_capitals(pin_str_part(text, open, (size_t)(close - text.at))))
            return true;
    }
    return false;
}

bool pin_read_abbreviations(pin_vocabulary *pairs, pin_abbreviation_reader *r, const pin_draft_item *item,
                            pin_str language, uint32_t number)
{
    const pin_str texts[2] = {item->question, item->plain};
    for (int k = 0; k < 2; k++) {
        if (!texts[k].len || !may_explain(texts[k]))
            continue;
        read_words(r, texts[k], language);
        if (r->words.failed || r->room.failed)
            return false;
        read_brackets(pairs, r, number);
    }
    return !pairs->failed;
}

pin_status pin_write_abbreviations(pin_out *section, const pin_analysis *a)
{
    return write_pairs(section, &a->abbreviations);
}
