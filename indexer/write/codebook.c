/* A trie over the entries as a double array (Aoe 1989): from a node with base b, byte c leads to cell
 * b + c, if that cell says that c leads to it. No two nodes have the same base, so that is enough. */
#include "indexer/write/codebook.h"
#include "core/format/codebook.h"

#define ENTRY_MAX 32 /* bytes of an entry                                                         */
#define NO_ENTRY 0xFFFFu
#define NO_PRICE UINT32_MAX
#define ROUNDS 8
#define COST_UNIT 32 /* a bit, while learning */
#define PAIR_BITS 19     /* of the table of pairs; more for a wide codebook */
#define PAIR_BITS_WIDE 21
#define ENTRIES_MAX 65000
#define ENTRIES_NARROW 16384
#define EARLY 4          /* of a wide codebook's first rounds, which find syllables: every fourth sample */

typedef struct entry {
    uint8_t  len;
    char     text[ENTRY_MAX];
    uint32_t count, cost;
    uint64_t worth; /* what leaving it out would cost, in the samples */
} entry;

/* ---- The trie ---- */
typedef struct cell {
    uint32_t link;  /* base of the node << 9 | 256 | the byte that leads here; 0: nothing is here */
    uint32_t price; /* cost << 16 | the entry that ends here; NO_PRICE where none does            */
} cell;

typedef struct trie {
    cell    *cells;
    cell    *pairs; /* by two bytes: where they lead from the root; the base alone in `link` */
    uint8_t *bases; /* which are taken */
    uint32_t cap, lowest;
    uint32_t root;
    bool     failed;
} trie;

static void trie_free(trie *t)
{
    free(t->cells);
    free(t->bases);
    free(t->pairs);
    *t = (trie){0};
}

static bool trie_reach(trie *t, uint32_t end)
{
    if (end <= t->cap)
        return true;
    uint32_t cap = end + end / 2 + 1024;
    cell    *cells = realloc(t->cells, cap * sizeof *cells);
    if (cells)
        t->cells = cells;
    uint8_t *bases = realloc(t->bases, cap);
    if (bases)
        t->bases = bases;
    if (!cells || !bases || cap >= 1u << 23) {
        t->failed = true;
        return false;
    }
    memset(cells + t->cap, 0, (cap - t->cap) * sizeof *cells);
    memset(bases + t->cap, 0, cap - t->cap);
    t->cap = cap;
    return true;
}

/* A free base whose cells for these bytes are free; `bytes` ascend. */
static uint32_t find_base(trie *t, const uint8_t *bytes, uint32_t count)
{
    while (t->lowest < t->cap && t->cells[t->lowest].link)
        t->lowest++;
    uint32_t first = t->lowest > bytes[0] ? t->lowest : bytes[0] + 1u, tries = 0;
    for (uint32_t at = first;; at++, tries++) {
        uint32_t base = at - bytes[0], k = 0;
        if (!trie_reach(t, base + 257))
            return 0;
        if (t->bases[base])
            continue;
        while (k < count && !t->cells[base + bytes[k]].link)
            k++;
        if (k < count)
            continue;
        if (tries > 256) /* the low end is full but for holes: leave them */
            t->lowest = first + tries / 2;
        t->bases[base] = 1;
        return base;
    }
}

/* The node of entries [from, to) of `sorted`, which share `depth` bytes; returns its base. */
static uint32_t trie_node(trie *t, const entry *entries, const uint32_t *sorted, uint32_t from, uint32_t to,
                          uint32_t depth)
{
    uint8_t  bytes[256];
    uint32_t count = 0;
    while (from < to && entries[sorted[from]].len == depth)
        from++;
    for (uint32_t i = from; i < to; i++) {
        uint8_t byte = (uint8_t)entries[sorted[i]].text[depth];
        if (count == 0 || bytes[count - 1] != byte)
            bytes[count++] = byte;
    }
    if (count == 0 || t->failed)
        return 0;
    uint32_t base = find_base(t, bytes, count);
    if (t->failed)
        return 0;
    for (uint32_t k = 0; k < count; k++)
        t->cells[base + bytes[k]] = (cell){256u | bytes[k], NO_PRICE};
    for (uint32_t k = 0; k < count; k++) {
        uint32_t end = from;
        while (end < to && (uint8_t)entries[sorted[end]].text[depth] == bytes[k])
            end++;
        uint32_t below = trie_node(t, entries, sorted, from, end, depth + 1);
        if (t->failed)
            return 0;
        cell        *c = &t->cells[base + bytes[k]];
        const entry *e = &entries[sorted[from]];
        c->link |= below << 9;
        if (e->len == depth + 1) /* the first of equal ones */
            c->price = e->cost << 16 | sorted[from];
        from = end;
    }
    return base;
}

typedef struct sortable {
    const entry *e;
    uint32_t     number;
} sortable;

static int by_text(const void *a, const void *b)
{
    const sortable *x = a, *y = b;
    int order = pin_str_order((pin_str){x->e->text, x->e->len}, (pin_str){y->e->text, y->e->len});
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Two steps from the root at once: there nearly every walk begins, and half of them end. */
static bool trie_pair(trie *t)
{
    if (!t->pairs)
        t->pairs = malloc(65536 * sizeof *t->pairs);
    if (!t->pairs)
        return false;
    for (uint32_t first = 0; first < 256; first++) {
        uint32_t base = t->cells[t->root + first].link >> 9;
        for (uint32_t second = 0; second < 256; second++) {
            const cell *c = &t->cells[base + second];
            bool        here = base && (c->link & 511) == (256 | second);
            t->pairs[first << 8 | second] = here ? (cell){c->link >> 9, c->price} : (cell){0, NO_PRICE};
        }
    }
    return true;
}

static bool trie_build(trie *t, const entry *entries, uint32_t count)
{
    sortable *rows = malloc(count * sizeof *rows);
    uint32_t *sorted = malloc(count * sizeof *sorted);
    if (t->cap) {
        memset(t->cells, 0, t->cap * sizeof *t->cells);
        memset(t->bases, 0, t->cap);
    }
    t->lowest = 1;
    if (rows && sorted && trie_reach(t, 1)) {
        t->bases[0] = 1; /* stands for no base */
        for (uint32_t i = 0; i < count; i++)
            rows[i] = (sortable){&entries[i], i};
        qsort(rows, count, sizeof *rows, by_text);
        for (uint32_t i = 0; i < count; i++)
            sorted[i] = rows[i].number;
        t->root = trie_node(t, entries, sorted, 0, count, 0);
        t->failed |= !t->failed && !trie_pair(t);
    } else {
        t->failed = true;
    }
    free(rows);
    free(sorted);
    return !t->failed;
}

/* ---- The cheapest spelling ---- */
static bool make_room(pin_spelling *room, size_t len)
{
    if (len + 1 <= room->cap)
        return true;
    size_t    cap = len + len / 2 + 64;
    uint64_t *costs = realloc(room->costs, cap * sizeof *costs);
    if (costs)
        room->costs = costs;
    uint16_t *entries = realloc(room->entries, cap * sizeof *entries);
    if (entries)
        room->entries = entries;
    if (!costs || !entries)
        return false;
    room->cap = cap;
    return true;
}

void pin_spelling_free(pin_spelling *room)
{
    free(room->costs);
    free(room->entries);
    *room = (pin_spelling){0};
}

/* The cheaper of `best` and of entry and cost `price` before a text of cost `rest`; costs are << 16. */
static inline uint64_t cheaper(uint64_t best, uint32_t price, uint64_t rest, uint32_t without)
{
    uint64_t other = rest + price;
    if (without != NO_ENTRY && (price & 0xFFFF) == without)
        return best;
    return other < best ? other : best;
}

/* Fills room->entries[i]: the first entry of the cheapest spelling of the text from byte i on. Entry
 * `without` is not used. Returns the cost of the whole. From the end to the start, so that the best so far
 * stays in a register, and is picked without a branch that could be guessed wrong. */
static inline uint32_t spell_without(pin_spelling *room, const trie *t, const char *text, uint32_t len,
                                     uint32_t without)
{
    uint64_t   *costs = room->costs;
    uint16_t   *entries = room->entries;
    const cell *cells = t->cells, *singles = t->cells + t->root, *pairs = t->pairs;
    uint32_t    byte, after = 0; /* at i, and behind it */
    costs[len] = 0;
    for (uint32_t i = len; i-- > 0; after = byte) {
        byte = (uint8_t)text[i];
        uint32_t base = 0;
        uint64_t best = cheaper(UINT64_MAX, singles[byte].price, costs[i + 1], without);
        if (i + 1 < len) {
            const cell *pair = &pairs[byte << 8 | after];
            best = cheaper(best, pair->price, costs[i + 2], without);
            base = pair->link;
        }
        for (uint32_t j = i + 2; base && j < len; j++) {
            uint32_t    next = (uint8_t)text[j];
            const cell *c = &cells[base + next];
            if ((c->link & 511) != (256 | next))
                break;
            best = cheaper(best, c->price, costs[j + 1], without);
            base = c->link >> 9;
        }
        entries[i] = (uint16_t)best;
        costs[i] = best & ~(uint64_t)0xFFFF;
    }
    return (uint32_t)(costs[0] >> 16);
}

static uint32_t spell(pin_spelling *room, const trie *t, const char *text, uint32_t len)
{
    return spell_without(room, t, text, len, NO_ENTRY);
}

/* ---- Learning ---- */
typedef struct pair {
    uint32_t key, count; /* first entry << 16 | second */
    uint64_t gain;
} pair;

typedef struct pupil {
    const pin_str *samples;
    size_t         sample_count;
    entry         *entries;
    uint32_t       count, want; /* entries; as many as are kept */
    uint32_t      *pairs;       /* key, count, key, count, ..   */
    uint32_t       pair_count, pair_bits;
    pin_book_layout layout;
    uint64_t       total; /* entries in all samples */
    trie           trie;
    pin_spelling   room;
} pupil;

/* COST_UNIT * log2(a / b) for a >= b > 0. */
static uint32_t log2_ratio(uint64_t a, uint64_t b)
{
    uint32_t whole = 0, part = 0;
    while (a >> 33)
        a >>= 1, b = (b >> 1) | 1;
    while (b << 1 <= a)
        b <<= 1, whole++;
    uint64_t x = (a << 30) / b; /* 1 <= x < 2, with 30 bits behind the point */
    for (uint32_t bit = COST_UNIT / 2; bit; bit >>= 1) {
        x = x * x >> 30;
        if (x >> 31) {
            x >>= 1;
            part += bit;
        }
    }
    return whole * COST_UNIT + part;
}

static void set_costs(pupil *p)
{
    uint64_t total = 1;
    for (uint32_t e = 0; e < p->count; e++)
        total += p->entries[e].count;
    for (uint32_t e = 0; e < p->count; e++) {
        uint32_t seen = p->entries[e].count;
        p->entries[e].cost = log2_ratio(total * 4, (uint64_t)seen * 4 + 1) + 1;
    }
    p->total = total;
}

static void count_pair(pupil *p, uint32_t key)
{
    uint32_t slot = key * 2654435761u >> (32 - p->pair_bits);
    for (;; slot = (slot + 1) & ((1u << p->pair_bits) - 1)) {
        uint32_t *at = &p->pairs[(size_t)slot * 2];
        if (at[1] && at[0] != key)
            continue;
        if (!at[1] && p->pair_count >= (1u << p->pair_bits) / 4 * 3)
            return; /* full: what comes first counts */
        p->pair_count += !at[1];
        at[0] = key;
        at[1]++;
        return;
    }
}

/* Spells every `step`th sample and counts entries and, if asked, pairs of neighbours. */
static void count_samples(pupil *p, bool pairs, size_t step)
{
    for (uint32_t e = 0; e < p->count; e++)
        p->entries[e].count = 0;
    if (pairs)
        memset(p->pairs, 0, sizeof *p->pairs * 2 << p->pair_bits);
    p->pair_count = 0;
    for (size_t s = 0; s < p->sample_count; s += step) {
        pin_str text = p->samples[s];
        spell(&p->room, &p->trie, text.at, (uint32_t)text.len);
        uint32_t before = NO_ENTRY;
        for (uint32_t at = 0; at < text.len;) {
            uint32_t e = p->room.entries[at];
            p->entries[e].count++;
            if (pairs && before != NO_ENTRY && p->entries[before].len + p->entries[e].len <= ENTRY_MAX)
                count_pair(p, before << 16 | e);
            before = e;
            at += p->entries[e].len;
        }
    }
}

static int by_worth(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return pin_str_order((pin_str){x->text, x->len}, (pin_str){y->text, y->len});
}

/* Worth for each byte in the codebook: what counts when bytes are short. */
static int by_density(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    uint64_t     left = x->worth * (y->len + 2u), right = y->worth * (x->len + 2u);
    if (left != right)
        return left > right ? -1 : 1;
    return by_worth(a, b);
}

/* Sorts the entries of more than one byte by what they save, and drops those that save nothing. */
static void weigh(pupil *p, int (*order)(const void *, const void *))
{
    uint32_t kept = 256;
    for (uint32_t e = 256; e < p->count; e++) {
        entry   *it = &p->entries[e];
        uint32_t other = it->count ? spell_without(&p->room, &p->trie, it->text, it->len, e) : 0;
        it->worth = other > it->cost ? (uint64_t)it->count * (other - it->cost) : 0;
    }
    for (uint32_t e = 256; e < p->count; e++)
        if (p->entries[e].count > 1 && p->entries[e].worth > 0)
            p->entries[kept++] = p->entries[e];
    p->count = kept;
    qsort(p->entries + 256, p->count - 256, sizeof *p->entries, order);
}

static int by_gain(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain > y->gain ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* New entries from the best pairs, made before `weigh` renumbers; they wait in `fresh`. */
static uint32_t join_pairs(pupil *p, entry *fresh, uint32_t most)
{
    pair    *rows = malloc(((size_t)p->pair_count + 1) * sizeof *rows);
    uint32_t n = 0, made = 0;
    for (uint32_t slot = 0; rows && slot < 1u << p->pair_bits; slot++) {
        uint32_t     key = p->pairs[(size_t)slot * 2], count = p->pairs[(size_t)slot * 2 + 1];
        const entry *a = &p->entries[key >> 16], *b = &p->entries[key & 0xFFFF];
        if (count < 3)
            continue;
        uint32_t apart = a->cost + b->cost, joined = log2_ratio(p->total, count);
        if (apart > joined)
            rows[n++] = (pair){key, count, (uint64_t)count * (apart - joined)};
    }
    if (rows)
        qsort(rows, n, sizeof *rows, by_gain);
    for (uint32_t i = 0; i < n && made < most; i++) {
        const entry *a = &p->entries[rows[i].key >> 16], *b = &p->entries[rows[i].key & 0xFFFF];
        entry        e = {.len = (uint8_t)(a->len + b->len), .count = rows[i].count};
        memcpy(e.text, a->text, a->len);
        memcpy(e.text + a->len, b->text, b->len);
        fresh[made++] = e;
    }
    free(rows);
    return made;
}

static bool learn_round(pupil *p, entry *fresh, size_t step)
{
    if (!trie_build(&p->trie, p->entries, p->count))
        return false;
    count_samples(p, true, step);
    set_costs(p);
    uint32_t made = join_pairs(p, fresh, p->count == 256 ? p->want / 4 : p->want / 2);
    weigh(p, by_worth);
    if (p->count > p->want)
        p->count = p->want;
    memcpy(p->entries + p->count, fresh, made * sizeof *fresh);
    p->count += made;
    set_costs(p);
    return true;
}

/* ---- Codes ---- */
static int by_count(const void *a, const void *b)
{
    const sortable *x = a, *y = b;
    if (x->e->count != y->e->count)
        return x->e->count < y->e->count ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Lengths of Huffman codes of at most `most` bits; counts are halved until none is longer. */
static bool code_lengths(entry *entries, uint32_t count, uint32_t most)
{
    typedef struct node {
        uint64_t weight;
        uint32_t parent;
    } node;
    node     *nodes = malloc((size_t)count * 2 * sizeof *nodes);
    sortable *rows = malloc(count * sizeof *rows);
    bool      fits = false, good = nodes && rows;
    for (uint32_t i = 0; good && i < count; i++)
        rows[i] = (sortable){&entries[i], i};
    if (good)
        qsort(rows, count, sizeof *rows, by_count);
    for (uint32_t shift = 0; good && !fits; shift++) {
        for (uint32_t i = 0; i < count; i++)
            nodes[i] = (node){(rows[i].e->count >> shift) + 1, 0};
        uint32_t leaf = 0, inner = count, end = count;
        while (end < count * 2 - 1) {
            node made = {0, 0};
            for (int k = 0; k < 2; k++) {
                uint32_t least = leaf < count && (inner == end || nodes[leaf].weight <= nodes[inner].weight)
                                     ? leaf++
                                     : inner++;
                made.weight += nodes[least].weight;
                nodes[least].parent = end;
            }
            nodes[end++] = made;
        }
        uint32_t longest = 0;
        nodes[end - 1].weight = 0; /* from here on: depths */
        for (uint32_t i = end - 1; i-- > 0;) {
            nodes[i].weight = nodes[nodes[i].parent].weight + 1;
            if (nodes[i].weight > longest)
                longest = (uint32_t)nodes[i].weight;
        }
        fits = longest <= most;
        for (uint32_t i = 0; fits && i < count; i++)
            entries[rows[i].number].cost = (uint32_t)nodes[i].weight;
    }
    free(nodes);
    free(rows);
    return good;
}

static int by_code(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return pin_str_order((pin_str){x->text, x->len}, (pin_str){y->text, y->len});
}

static void write_book(pin_out *o, entry *entries, uint32_t count, const pin_book_layout *k)
{
    uint32_t start = 0;
    qsort(entries, count, sizeof *entries, by_code);
    uint8_t *head = pin_out_room(o, k->starts + k->start_len * ((size_t)count + 1)), *at = head + k->starts;
    if (!head)
        return;
    memset(head, 0, k->starts);
    for (uint32_t e = 0; e <= count; e++, at += k->start_len) {
        if (k->start_len == 2)
            pin_store16(at, (uint16_t)start);
        else
            pin_store32(at, start);
        if (e == count)
            break;
        uint8_t *of_length = head + 2 * (entries[e].cost - 1);
        pin_store16(of_length, (uint16_t)(pin_load16(of_length) + 1));
        start += entries[e].len;
    }
    pin_store16(head + k->starts - 2, (uint16_t)count);
    o->len += k->starts + k->start_len * ((size_t)count + 1);
    for (uint32_t e = 0; e < count; e++)
        pin_out_add(o, entries[e].text, entries[e].len);
}

/* The best entries that the budget has room for, with codes for how often they are used. */
static bool finish(pupil *p, size_t budget)
{
    uint32_t start_len = p->layout.start_len, kept = 256;
    size_t   used = p->layout.starts + start_len + 256 * (start_len + 1);
    if (!trie_build(&p->trie, p->entries, p->count))
        return false;
    count_samples(p, false, 1);
    set_costs(p);
    weigh(p, by_density);
    for (uint32_t e = 256; e < p->count; e++)
        if (used + p->entries[e].len + start_len <= budget) {
            used += p->entries[e].len + start_len;
            p->entries[kept++] = p->entries[e];
        }
    p->count = kept;
    p->layout = pin_book_layout_of(used); /* less than was hoped for is narrow, and shorter still */
    set_costs(p);
    for (int again = 0; again < 2; again++) {
        if (!trie_build(&p->trie, p->entries, p->count))
            return false;
        count_samples(p, false, 1);
        if (!code_lengths(p->entries, p->count, p->layout.code_max))
            return false;
    }
    return true;
}

bool pin_codebook_learn(pin_out *codebook, const pin_str *samples, size_t count, size_t budget)
{
    bool   wide = budget >= PIN_BOOK_WIDE;
    pupil  p = {.samples = samples,
                .sample_count = count,
                .pair_bits = wide ? PAIR_BITS_WIDE : PAIR_BITS,
                .layout = pin_book_layout_of(budget)};
    size_t longest = ENTRY_MAX;
    for (size_t s = 0; s < count; s++)
        longest = samples[s].len > longest ? samples[s].len : longest;
    uint32_t most = wide ? ENTRIES_MAX / 2 : ENTRIES_NARROW / 2;
    p.want = (uint32_t)(256 + budget / 6 < most ? 256 + budget / 6 : most);
    p.entries = calloc(ENTRIES_MAX, sizeof *p.entries);
    p.pairs = malloc(sizeof *p.pairs * 2 << p.pair_bits);
    entry *fresh = malloc(ENTRIES_MAX / 2 * sizeof *fresh);
    bool   good = p.entries && p.pairs && fresh && make_room(&p.room, longest);
    if (good) {
        p.count = 256;
        for (uint32_t e = 0; e < 256; e++)
            p.entries[e] = (entry){.len = 1, .text = {(char)(uint8_t)e}};
        set_costs(&p);
    }
    for (int round = 0; good && round < ROUNDS; round++)
        good = learn_round(&p, fresh, wide && round < ROUNDS / 2 ? EARLY : 1);
    good = good && finish(&p, budget);
    if (good)
        write_book(codebook, p.entries, p.count, &p.layout);
    trie_free(&p.trie);
    pin_spelling_free(&p.room);
    free(p.entries);
    free(p.pairs);
    free(fresh);
    return good && !codebook->failed;
}

/* ---- Spelling records ---- */
struct pin_speller {
    trie      trie;
    uint32_t *codes;
    uint8_t  *lens, *bits; /* bytes of an entry, bits of its code */
};

pin_speller *pin_speller_new(pin_str book)
{
    pin_book_layout k = pin_book_layout_of(book.len);
    const uint8_t  *at = (const uint8_t *)book.at, *starts = at + k.starts;
    uint32_t        count = pin_load16(starts - 2), code = 0, e = 0, from = 0;
    const char     *texts = book.at + k.starts + k.start_len * ((size_t)count + 1);
    pin_speller    *s = calloc(1, sizeof *s);
    entry          *entries = calloc((size_t)count + 1, sizeof *entries);
    if (s) {
        s->codes = malloc(((size_t)count + 1) * sizeof *s->codes);
        s->lens = malloc((size_t)count + 1);
        s->bits = malloc((size_t)count + 1);
    }
    bool good = s && entries && s->codes && s->lens && s->bits;
    for (uint32_t bits = 1; good && bits <= k.code_max; bits++) {
        code <<= 1;
        for (uint32_t n = pin_load16(at + 2 * (bits - 1)); n > 0; n--, e++) {
            const uint8_t *next = starts + k.start_len * ((size_t)e + 1);
            uint32_t       to = k.start_len == 4 ? pin_load32(next) : pin_load16(next);
            entries[e].len = s->lens[e] = (uint8_t)(to - from);
            memcpy(entries[e].text, texts + from, to - from);
            entries[e].cost = s->bits[e] = (uint8_t)bits;
            s->codes[e] = code++;
            from = to;
        }
    }
    if (!good || !trie_build(&s->trie, entries, count)) {
        pin_speller_free(s);
        s = NULL;
    }
    free(entries);
    return s;
}

void pin_speller_free(pin_speller *s)
{
    if (!s)
        return;
    trie_free(&s->trie);
    free(s->codes);
    free(s->lens);
    free(s->bits);
    free(s);
}

void pin_speller_pack(pin_out *out, const pin_speller *s, pin_spelling *room, pin_str record)
{
    if (record.len >= UINT32_MAX / 16 || !make_room(room, record.len)) {
        out->failed = true;
        return;
    }
    uint32_t len = (uint32_t)record.len, bits = spell(room, &s->trie, record.at, len);
    uint8_t *at = pin_out_room(out, (size_t)bits / 8 + 16);
    if (!at)
        return;
    uint64_t held = 0; /* the next bits, highest first */
    uint32_t have = 0;
    for (uint32_t from = 0; from < len;) {
        uint32_t e = room->entries[from];
        have += s->bits[e];
        held |= (uint64_t)s->codes[e] << (64 - have);
        from += s->lens[e];
        if (have >= 32) {
            for (int k = 0; k < 4; k++)
                at[k] = (uint8_t)(held >> (56 - 8 * k));
            at += 4;
            held <<= 32;
            have -= 32;
        }
    }
    for (uint32_t k = 0; k < (have + 7) / 8; k++) /* the last byte is filled with zeros */
        *at++ = (uint8_t)(held >> (56 - 8 * k));
    out->len += (bits + 7) / 8;
}
