/* From the texts of a module's items to a graph, and from the order of the graph to that of the items.
 *
 * What counts as a word here need not be what search takes for one; it only has to tell items apart, and
 * fast: the first bytes of a run of letters and digits, so that most forms of a word are one, under a number
 * that it now and then shares with another. */
#include "indexer/order/order.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/corpus/parallel.h"

enum {
    CHUNK = 4096,     /* items that one task reads                                                   */
    RARE = 8,         /* items: a rarer word says little about where they should stand               */
    COMMON = 16,      /* a word that more than one item in so many has says nothing                  */
    WORDS = 32,       /* of an item, at most: those of its question and of the beginning of its answer */
    WORDS_READ = 128, /* of an item, with those that are too rare or too common                      */
    TEXT_READ = 384,  /* bytes of an answer: what follows makes the order no better                  */
    SEEN = 256,       /* slots; never more than half full                                            */
    SLOT_BITS_MAX = 20
};

typedef struct module_words {
    const pin_draft_item *items;
    uint32_t              count, bits;
    atomic_uint          *slots; /* by number of a word: items that have it; later its term, or NO_TERM */
    bool                  counted;
    uint32_t             *ends, *terms; /* of item i from i * WORDS on, until they are closed up       */
    uint8_t               letters[256]; /* a byte of a word in lower case; 0: it separates              */
} module_words;
#define NO_TERM UINT32_MAX

/* ---- The words of an item, each once ---- */
typedef struct word_set {
    uint32_t slots[SEEN]; /* number of the word + 1 */
    uint32_t list[WORDS_READ], count;
} word_set;

static void add_word(word_set *set, uint64_t bytes, uint32_t bits)
{
    uint32_t number = (uint32_t)(bytes * UINT64_C(0x9E3779B97F4A7C15) >> (64 - bits));
    uint32_t at = number % SEEN;
    if (set->count == WORDS_READ)
        return;
    for (; set->slots[at]; at = (at + 1) % SEEN)
        if (set->slots[at] == number + 1)
            return;
    set->slots[at] = number + 1;
    set->list[set->count++] = number;
}

static void know_letters(uint8_t *letters)
{
    for (int byte = 0; byte < 256; byte++) {
        bool is_letter = (uint8_t)((byte | 0x20) - 'a') < 26;
        letters[byte] = (uint8_t)(is_letter                                     ? byte | 0x20
                                  : byte >= 0x80 || pin_is_digit((uint8_t)byte) ? byte
                                                                                : 0);
    }
}

/* The lead byte of a character of Chinese, Japanese or Korean, which has three bytes and is a word for
 * itself. */
static bool is_ideograph(uint8_t byte) { return byte >= 0xE3 && byte <= 0xED; }

static void add_words(word_set *set, pin_str text, const module_words *m)
{
    const uint8_t *at = (const uint8_t *)text.at, *end = text.len ? at + text.len : at;
    while (at < end) {
        uint64_t bytes = 0;
        uint32_t len = 0;
        bool     alone = is_ideograph(*at);
        for (uint8_t letter; at < end && (letter = m->letters[*at]) != 0; at++) {
            if (len && (alone ? len == 3 : is_ideograph(letter)))
                break;
            if (len++ < 8)
                bytes = bytes << 8 | letter;
        }
        if (len > 1)
            add_word(set, bytes, m->bits);
        at += len == 0;
    }
}

static void read_item(word_set *set, const pin_draft_item *item, const module_words *m)
{
    memset(set->slots, 0, sizeof set->slots);
    set->count = 0;
    add_words(set, item->question, m);
    add_words(set, pin_str_part(item->plain, 0, item->plain.len < TEXT_READ ? item->plain.len : TEXT_READ),
              m);
}

/* ---- All items ---- once to count, once more to take what is neither rare nor common */
static void take_words(const module_words *m, uint32_t i, const word_set *set)
{
    uint32_t *to = m->terms + (size_t)i * WORDS, count = 0;
    for (uint32_t k = 0; k < set->count && count < WORDS; k++) {
        uint32_t term = atomic_load_explicit(&m->slots[set->list[k]], memory_order_relaxed);
        if (term != NO_TERM)
            to[count++] = term;
    }
    m->ends[i] = count;
}

static void read_chunk(void *ctx, uint32_t number)
{
    const module_words *m = ctx;
    word_set            set;
    for (uint32_t i = number * CHUNK; i < m->count && i - number * CHUNK < CHUNK; i++) {
        read_item(&set, &m->items[i], m);
        if (m->counted)
            take_words(m, i, &set);
        else
            for (uint32_t k = 0; k < set.count; k++)
                atomic_fetch_add_explicit(&m->slots[set.list[k]], 1, memory_order_relaxed);
    }
}

static uint32_t number_terms(const module_words *m)
{
    uint32_t terms = 0;
    for (uint32_t s = 0; s < 1u << m->bits; s++) {
        uint32_t items = atomic_load_explicit(&m->slots[s], memory_order_relaxed);
        bool     tells = items >= RARE && items <= m->count / COMMON;
        atomic_store_explicit(&m->slots[s], tells ? terms++ : NO_TERM, memory_order_relaxed);
    }
    return terms;
}

static void close_up(const module_words *m)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t count = m->ends[i];
        memmove(m->terms + end, m->terms + (size_t)i * WORDS, count * sizeof *m->terms);
        m->ends[i] = end += count;
    }
}

static pin_status order_module(uint32_t *order, const pin_draft_item *items, uint32_t count,
                               const pin_build_options *options)
{
    module_words m = {.items = items, .count = count, .bits = 12};
    pin_pool    *pool = pin_pool_new_in(options ? options->scratch : NULL);
    pin_status   s = PIN_NO_SPACE;
    while (m.bits < SLOT_BITS_MAX && 1u << m.bits < 4 * count)
        m.bits++;
    if (!pool || !(m.slots = pin_pool_take(pool, (size_t)1 << m.bits, sizeof *m.slots)) ||
        !(m.ends = pin_pool_room(pool, count, sizeof *m.ends)) ||
        !(m.terms = pin_pool_room(pool, count, WORDS * sizeof *m.terms)))
        goto done;
    know_letters(m.letters);
    uint32_t chunks = (count + CHUNK - 1) / CHUNK;
    pin_parallel(pin_thread_count(options), chunks, read_chunk, &m);
    pin_rest(options);
    pin_order_graph graph = {count, number_terms(&m), m.ends, m.terms};
    m.counted = true;
    pin_parallel(pin_thread_count(options), chunks, read_chunk, &m);
    pin_rest(options);
    close_up(&m);
    s = pin_order_bisect(order, &graph, options);
done:
    pin_pool_free(pool);
    return s;
}

/* ---- The corpus ---- */
/* Its own order must be in its list of members, else nobody would know it any more. */
static bool is_to_order(const pin_draft_module *module)
{
    return module->item_count >= PIN_ORDER_MODULE && module->item_count <= PIN_ORDER_MAX &&
           module->item_count == module->member_count;
}

static uint32_t items_to_order(const pin_corpus *corpus)
{
    uint32_t items = 0;
    for (uint32_t m = 0; m < corpus->module_count; m++)
        items += is_to_order(&corpus->modules[m]) ? corpus->modules[m].item_count : 0;
    return items;
}

static void tell(const pin_build_options *options, uint32_t done, uint32_t total)
{
    if (options && options->progress)
        options->progress(options->progress_ctx, "ordering", done, total);
}

static pin_status order_modules(uint32_t *order, const pin_corpus *corpus, uint32_t total)
{
    pin_status s = PIN_OK;
    for (uint32_t m = 0, done = 0; m < corpus->module_count && s == PIN_OK; m++) {
        const pin_draft_module *module = &corpus->modules[m];
        uint32_t               *its = order + module->first_item;
        if (!is_to_order(module))
            continue;
        tell(corpus->options, done, total);
        s = order_module(its, corpus->items + module->first_item, module->item_count, corpus->options);
        for (uint32_t i = 0; s == PIN_OK && i < module->item_count; i++)
            its[i] += module->first_item;
        done += module->item_count;
        tell(corpus->options, done, total);
    }
    return s;
}

pin_status pin_order_corpus(pin_corpus *corpus, pin_error *err)
{
    uint32_t total = items_to_order(corpus);
    if (corpus->item_count < PIN_ORDER_ITEMS || total == 0)
        return PIN_OK;
    uint32_t  *order = malloc(corpus->item_count * sizeof *order);
    pin_status s = order ? PIN_OK : PIN_NO_SPACE;
    for (uint32_t i = 0; order && i < corpus->item_count; i++)
        order[i] = i;
    if (s == PIN_OK)
        s = order_modules(order, corpus, total);
    if (s == PIN_OK)
        s = pin_corpus_reorder(corpus, order);
    free(order);
    return s == PIN_OK ? PIN_OK : pin_fail(err, s, 0, "no memory to order the items");
}
