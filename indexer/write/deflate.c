/* Packing with fixed codes: index the dictionary once, then for each record look for matches at every
 * position, find the cheapest path from its start to its end, and write that. */
#include "indexer/write/deflate.h"

#define WINDOW 32768u
#define MATCH_MIN 3u
#define MATCH_MAX 258u
#define LONG_ENOUGH 48u /* a match of this length is taken without looking for a better one       */
#define DICTIONARY_TRIES 24u
#define RECORD_TRIES 8u
#define LOOK 4u /* bytes that are hashed: a match of 3 so far away saves nothing          */
#define DICTIONARY_BITS 15
#define RECORD_BITS 12

/* How one position is reached: by a literal (len 1) or a match. */
typedef struct step {
    uint32_t cost;
    uint16_t len, distance;
} step;

struct pin_deflater {
    const uint8_t *dictionary;
    uint32_t       dictionary_len;
    /* positions in the dictionary, those of one hash together, the last ones first */
    uint16_t       places[WINDOW], starts[(1u << DICTIONARY_BITS) + 1];
    uint32_t       head[1u << RECORD_BITS]; /* position + 1 of the last with this hash; `stamps` says
                                               for which record: older ones count as empty           */
    uint32_t       stamps[1u << RECORD_BITS], stamp;
    uint32_t      *next;
    step          *steps;
    size_t         cap;
    uint8_t        length_price[MATCH_MAX + 1];
    uint8_t        length_code[MATCH_MAX + 1]; /* code - 257 */
    uint8_t        distance_bits[30];
    uint16_t       distance_base[30];
};

static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t  length_bits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                         2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

static uint32_t hash4(const uint8_t *p, int bits) { return pin_load32(p) * 2654435761u >> (32 - bits); }

static void make_prices(pin_deflater *d)
{
    for (uint32_t len = MATCH_MIN; len <= MATCH_MAX; len++) {
        uint32_t code = 28;
        while (length_base[code] > len)
            code--;
        d->length_code[len] = (uint8_t)code;
        d->length_price[len] = (uint8_t)((code + 257 < 280 ? 7 : 8) + length_bits[code]);
    }
    for (uint32_t code = 0, base = 1; code < 30; code++) {
        d->distance_bits[code] = (uint8_t)(code < 2 ? 0 : code / 2 - 1);
        d->distance_base[code] = (uint16_t)base;
        base += 1u << d->distance_bits[code];
    }
}

/* A counting sort by hash; going backwards puts the nearest first. */
static void index_dictionary(pin_deflater *d)
{
    uint32_t n = d->dictionary_len < LOOK ? 0 : d->dictionary_len - LOOK + 1;
    for (uint32_t i = 0; i < n; i++)
        d->starts[hash4(d->dictionary + i, DICTIONARY_BITS)]++;
    for (uint32_t h = 0, all = 0; h <= 1u << DICTIONARY_BITS; h++) {
        all += d->starts[h];
        d->starts[h] = (uint16_t)all; /* the end, until the positions have been placed before it */
    }
    for (uint32_t i = 0; i < n; i++)
        d->places[--d->starts[hash4(d->dictionary + i, DICTIONARY_BITS)]] = (uint16_t)i;
}

pin_deflater *pin_deflater_new(pin_str dictionary)
{
    pin_deflater *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    if (dictionary.len > WINDOW)
        dictionary = pin_str_part(dictionary, dictionary.len - WINDOW, dictionary.len);
    d->dictionary = (const uint8_t *)dictionary.at;
    d->dictionary_len = (uint32_t)dictionary.len;
    index_dictionary(d);
    make_prices(d);
    return d;
}

void pin_deflater_free(pin_deflater *d)
{
    if (!d)
        return;
    free(d->next);
    free(d->steps);
    free(d);
}

static bool make_room(pin_deflater *d, size_t len)
{
    if (len + 1 <= d->cap)
        return true;
    size_t    cap = len + len / 2 + 1;
    uint32_t *next = realloc(d->next, cap * sizeof *next);
    if (next)
        d->next = next;
    step *steps = realloc(d->steps, cap * sizeof *steps);
    if (steps)
        d->steps = steps;
    if (!next || !steps)
        return false;
    d->cap = cap;
    return true;
}

/* Code of a distance 1..32768: two codes for each power of two. */
static uint32_t distance_code(uint32_t distance)
{
    uint32_t d = distance - 1, top = 0;
    if (d < 2)
        return d;
    while (d >> (top + 1))
        top++;
    return top * 2 + (d >> (top - 1) & 1);
}

static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t n = 0;
    for (; most - n >= 8; n += 8) {
        uint64_t differ = pin_load64(a + n) ^ pin_load64(b + n);
        if (differ)
            return n + (uint32_t)__builtin_ctzll(differ) / 8;
    }
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* ---- The cheapest path ---- */
typedef struct search {
    pin_deflater  *d;
    const uint8_t *at; /* the record */
    uint32_t       len, best;
} search;

/* A match of `len` at position `i`: every length above the best so far is a new way onward. */
static void offer(search *s, uint32_t i, uint32_t len, uint32_t distance)
{
    uint32_t price = s->d->steps[i].cost + 5 + s->d->distance_bits[distance_code(distance)];
    for (uint32_t k = s->best + 1 > MATCH_MIN ? s->best + 1 : MATCH_MIN; k <= len; k++) {
        step *to = &s->d->steps[i + k];
        if (price + s->d->length_price[k] < to->cost)
            *to = (step){price + s->d->length_price[k], (uint16_t)k, (uint16_t)(distance - 1)};
    }
    if (len > s->best)
        s->best = len;
}

/* Nearest first, so a longer match further away pays for its distance only with its extra length. */
static void look_in_record(search *s, uint32_t i, uint32_t most, uint32_t slot)
{
    pin_deflater *d = s->d;
    uint32_t      candidate = d->stamps[slot] == d->stamp ? d->head[slot] : 0;
    for (uint32_t tries = RECORD_TRIES; candidate && tries > 0; tries--) {
        uint32_t from = candidate - 1;
        if (i - from > WINDOW)
            return;
        if (s->best >= most)
            return;
        if (s->at[from + s->best] == s->at[i + s->best])
            offer(s, i, common(s->at + from, s->at + i, most), i - from);
        candidate = d->next[from];
    }
}

static void look_in_dictionary(search *s, uint32_t i, uint32_t most)
{
    pin_deflater *d = s->d;
    uint32_t      hash = hash4(s->at + i, DICTIONARY_BITS), at = d->starts[hash], end = d->starts[hash + 1];
    if (end - at > DICTIONARY_TRIES)
        end = at + DICTIONARY_TRIES;
    for (; at < end && s->best < most; at++) {
        uint32_t from = d->places[at], distance = i + d->dictionary_len - from;
        uint32_t room = d->dictionary_len - from; /* a match that runs on into the record is cut */
        if (distance > WINDOW)
            return;
        if (room > s->best && d->dictionary[from + s->best] == s->at[i + s->best])
            offer(s, i, common(d->dictionary + from, s->at + i, room < most ? room : most), distance);
    }
}

static void find_path(search *s)
{
    pin_deflater *d = s->d;
    uint32_t      skip_to = 0;
    for (uint32_t i = 1; i <= s->len; i++)
        d->steps[i].cost = UINT32_MAX;
    d->steps[0] = (step){0};
    d->stamp++;
    for (uint32_t i = 0; i < s->len; i++) {
        uint32_t literal = d->steps[i].cost + (s->at[i] < 144 ? 8 : 9);
        if (literal < d->steps[i + 1].cost)
            d->steps[i + 1] = (step){literal, 1, 0};
        uint32_t most = s->len - i < MATCH_MAX ? s->len - i : MATCH_MAX;
        if (most < LOOK)
            continue;
        uint32_t slot = hash4(s->at + i, RECORD_BITS);
        if (i >= skip_to) {
            s->best = 0;
            look_in_record(s, i, most, slot);
            look_in_dictionary(s, i, most);
            if (s->best >= LONG_ENOUGH)
                skip_to = i + s->best; /* nothing inside a long match can be worth another look */
        }
        d->next[i] = d->stamps[slot] == d->stamp ? d->head[slot] : 0;
        d->stamps[slot] = d->stamp;
        d->head[slot] = i + 1;
    }
}

/* ---- Writing ---- */
typedef struct bits {
    pin_out *out;
    uint64_t held;
    uint32_t count;
} bits;

static void put(bits *b, uint32_t value, uint32_t n)
{
    b->held |= (uint64_t)value << b->count;
    for (b->count += n; b->count >= 8; b->count -= 8, b->held >>= 8)
        pin_out_byte(b->out, (uint8_t)b->held);
}

/* Huffman codes stand in the stream with their highest bit first. */
static void put_code(bits *b, uint32_t code, uint32_t n)
{
    uint32_t turned = 0;
    for (uint32_t i = 0; i < n; i++)
        turned |= (code >> i & 1) << (n - 1 - i);
    put(b, turned, n);
}

static void put_symbol(bits *b, uint32_t symbol)
{
    if (symbol < 144)
        put_code(b, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_code(b, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_code(b, symbol - 256, 7);
    else
        put_code(b, 0xC0 + symbol - 280, 8);
}

static void put_match(bits *b, const pin_deflater *d, uint32_t len, uint32_t distance)
{
    uint32_t code = d->length_code[len];
    put_symbol(b, 257 + code);
    put(b, len - length_base[code], length_bits[code]);
    code = distance_code(distance);
    put_code(b, code, 5);
    put(b, distance - d->distance_base[code], d->distance_bits[code]);
}

void pin_deflater_pack(pin_out *out, pin_deflater *d, pin_str record)
{
    search s = {.d = d, .at = (const uint8_t *)record.at, .len = (uint32_t)record.len};
    bits   b = {.out = out};
    if (record.len >= UINT32_MAX / 16 || !make_room(d, record.len)) {
        out->failed = true;
        return;
    }
    find_path(&s);
    /* the path is known from its end: turn it round, each step kept where it starts */
    for (uint32_t at = s.len, len, keep = d->steps[at].len, far = d->steps[at].distance; at > 0;) {
        len = keep;
        uint32_t from = at - len, distance = far;
        keep = d->steps[from].len;
        far = d->steps[from].distance;
        d->steps[from].len = (uint16_t)len;
        d->steps[from].distance = (uint16_t)distance;
        at = from;
    }
    put(&b, 1, 1); /* the last block ...     */
    put(&b, 1, 2); /* ... has fixed codes    */
    for (uint32_t at = 0; at < s.len; at += d->steps[at].len)
        if (d->steps[at].len == 1)
            put_symbol(&b, s.at[at]);
        else
            put_match(&b, d, d->steps[at].len, (uint32_t)d->steps[at].distance + 1);
    put_symbol(&b, 256);
    put(&b, 0, 7); /* fill the last byte */
}
