/* Recursive graph bisection.
 *
 * A node is a stretch of items. It is cut into two halves, and items change places between the halves as long
 * as that makes the gaps in the lists of postings smaller; then each half is a node of its own, down to
 * stretches of LEAF items, which keep the order they have.
 *
 * Cost of a term with d items in a half of n: about d * log2(n / (d + 1)) bits, that many gaps of that size.
 * As both halves stay equally large, what an item saves by going over is, summed over its terms,
 *
 *     step(d there) - step(d here - 1),    step(d) = (d + 1) * log2(d + 2) - d * log2(d + 1).
 *
 * Worked: 3 items here (the item itself among them) have the term and 7 there: step(7) - step(2) =
 * (8 log2 9 - 7 log2 8) - (3 log2 4 - 2 log2 3) = 4.36 - 2.83 = 1.53 bits.
 *
 * All nodes work in the same arrays, each in its own stretch of them, so the order in which they are done
 * does not matter. A node renumbers the terms for its halves and leaves out those that one item alone has in
 * a half, or all: they save nothing there. So deeper nodes have less to read. */
#include <stdlib.h>
#include <string.h>

#include "indexer/corpus/parallel.h"
#include "indexer/order/order.h"

enum {
    LEAF = 64,     /* items that are not cut any more: what a cut would save is less than a bit an item  */
    ROUNDS = 10,   /* 20 save 0.1 % more of the lists and take half as much time again                 */
    STILL = 1000,  /* a round that moves fewer than one item in so many is the last                   */
    NODES = 64,    /* that many nodes, and each is one task with all below it                         */
    STEPS = 4096,  /* in the table                                                                     */
    STEP_BITS = 10 /* behind the point                                                                 */
};

typedef struct node {
    uint32_t first, count;       /* items                                                         */
    uint32_t edges_first, terms; /* where the terms of its first item begin; terms are 0 .. terms - 1 */
} node;

/* The terms of a node, by number; apart, because items read only what they save. */
typedef struct halves {
    uint32_t (*count)[2]; /* items of the term in each half                                           */
    int16_t (*over)[2];   /* what an item saves by leaving that half; a loss is below 0               */
    uint32_t (*kept)[2];  /* number of the term in that half, or NO_TERM                              */
} halves;
#define NO_TERM UINT32_MAX

typedef struct work {
    uint32_t *ids, *ends, *edges;                /* by item, by item, by item and term                 */
    uint32_t *next_ids, *next_ends, *next_edges; /* a second set, into which halves are gathered        */
    int32_t  *wish;                              /* by item: bits that it saves in the right half       */
    uint8_t  *side;                              /* by item: 0 left, 1 right                            */
    int16_t   steps[STEPS];
    const pin_build_options *options;
    node                    *nodes, *kids;
    uint32_t                 node_count;
    bool                    *failed; /* by node */
} work;

/* ---- Logarithms ---- */
/* log2(n) with 20 bits behind the point: the bits of the fraction by squaring. */
static uint32_t log2_of(uint32_t n)
{
    uint32_t whole = 0, bits = 0;
    while (n >> whole > 1)
        whole++;
    uint64_t x = (uint64_t)n << (31 - whole); /* 1 <= x < 2 with 31 bits behind the point */
    for (int i = 0; i < 20; i++) {
        x = x * x >> 31;
        bits = bits << 1 | (uint32_t)(x >> 32);
        x >>= x >> 32;
    }
    return whole << 20 | bits;
}

static void make_steps(int16_t *steps)
{
    for (uint64_t d = 0; d < STEPS; d++) {
        uint64_t step = (d + 1) * log2_of((uint32_t)d + 2) - d * log2_of((uint32_t)d + 1);
        steps[d] = (int16_t)((step + (1 << (19 - STEP_BITS))) >> (20 - STEP_BITS));
    }
}

/* Above the table twice as many items are one bit more. At most 28 bits: PIN_ORDER_MAX items. */
static int32_t step_of(const work *w, uint32_t d)
{
    int32_t more = 0;
    for (; d >= STEPS; d >>= 1)
        more += 1 << STEP_BITS;
    return w->steps[d] + more;
}

/* ---- One cut ---- */
static uint32_t edges_of(const work *w, const node *n, uint32_t i)
{
    return i ? w->ends[n->first + i - 1] : n->edges_first;
}

/* The first half of the items left, the others right. */
static void begin(const work *w, const node *n, const halves *terms)
{
    memset(terms->count, 0, n->terms * sizeof *terms->count);
    for (uint32_t i = 0, e = n->edges_first; i < n->count; i++) {
        uint8_t side = i >= n->count / 2;
        w->side[n->first + i] = side;
        for (; e < w->ends[n->first + i]; e++)
            terms->count[w->edges[e]][side]++;
    }
}

static void weigh_terms(const work *w, const node *n, const halves *terms)
{
    for (uint32_t t = 0; t < n->terms; t++)
        for (int from = 0; from < 2; from++) {
            uint32_t here = terms->count[t][from], there = terms->count[t][!from];
            terms->over[t][from] = (int16_t)(here ? step_of(w, there) - step_of(w, here - 1) : 0);
        }
}

static int32_t clamp(int64_t bits)
{
    return (int32_t)(bits > INT32_MAX ? INT32_MAX : bits < -INT32_MAX ? -INT32_MAX : bits);
}

static void weigh_items(const work *w, const node *n, const halves *terms)
{
    for (uint32_t i = 0, e = n->edges_first; i < n->count; i++) {
        uint8_t side = w->side[n->first + i];
        int64_t bits = 0;
        for (; e < w->ends[n->first + i]; e++)
            bits += terms->over[w->edges[e]][side];
        w->wish[n->first + i] = clamp(side ? -bits : bits);
    }
}

/* The number of rank `rank` among `wish`, and in *below how many are smaller. By its digits, from the
 * highest, in linear time whatever the numbers are. */
static int32_t select_wish(const int32_t *wish, uint32_t count, uint32_t rank, uint32_t *below)
{
    static const uint8_t shifts[] = {21, 10, 0}, widths[] = {11, 11, 10};
    uint32_t             found = 0, known = 0;
    *below = 0;
    for (int digit = 0; digit < 3; digit++) {
        uint32_t seen[1 << 11] = {0}, mask = (1u << widths[digit]) - 1, at = 0;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t key = (uint32_t)wish[i] ^ UINT32_C(0x80000000);
            if ((key & known) == found)
                seen[key >> shifts[digit] & mask]++;
        }
        while (rank - *below >= seen[at])
            *below += seen[at++];
        found |= at << shifts[digit];
        known |= mask << shifts[digit];
    }
    return (int32_t)(found ^ UINT32_C(0x80000000));
}

static void move(const work *w, const node *n, const halves *terms, uint32_t i)
{
    uint8_t from = w->side[n->first + i];
    w->side[n->first + i] = !from;
    for (uint32_t e = edges_of(w, n, i); e < w->ends[n->first + i]; e++) {
        terms->count[w->edges[e]][from]--;
        terms->count[w->edges[e]][!from]++;
    }
}

/* Those who save most on the right go right, as many as there is room for; of equals, those who are left stay
 * there first. How many moved. */
static uint32_t exchange(const work *w, const node *n, const halves *terms)
{
    const int32_t *wish = w->wish + n->first;
    const uint8_t *side = w->side + n->first;
    uint32_t       left = n->count / 2, below, moved = 0, stay = 0;
    int32_t        line = select_wish(wish, n->count, left, &below);
    uint32_t       room = left - below; /* on the left, for those on the line */
    for (uint32_t i = 0; i < n->count; i++)
        stay += wish[i] == line && side[i] == 0;
    if (stay > room)
        stay = room;
    room -= stay; /* for those who come from the right */
    for (uint32_t i = 0; i < n->count; i++) {
        uint8_t to = wish[i] > line;
        if (wish[i] == line) {
            uint32_t *places = side[i] ? &room : &stay;
            to = *places == 0;
            *places -= *places > 0;
        }
        if (to != side[i]) {
            move(w, n, terms, i);
            moved++;
        }
    }
    return moved;
}

/* ---- Two nodes out of one ---- */
static void renumber_terms(const node *n, const halves *terms, node kids[2])
{
    for (uint32_t t = 0; t < n->terms; t++)
        for (int k = 0; k < 2; k++) {
            uint32_t count = terms->count[t][k];
            terms->kept[t][k] = count > 1 && count < kids[k].count ? kids[k].terms++ : NO_TERM;
        }
}

static void gather(const work *w, const node *n, const halves *terms, node kids[2])
{
    uint32_t item = n->first, edge = n->edges_first;
    for (int k = 0; k < 2; k++) {
        kids[k].first = item;
        kids[k].edges_first = edge;
        for (uint32_t i = 0, e = n->edges_first; i < n->count; i++) {
            if (w->side[n->first + i] != k) {
                e = w->ends[n->first + i];
                continue;
            }
            for (; e < w->ends[n->first + i]; e++)
                if (terms->kept[w->edges[e]][k] != NO_TERM)
                    w->next_edges[edge++] = terms->kept[w->edges[e]][k];
            w->next_ids[item] = w->ids[n->first + i];
            w->next_ends[item++] = edge;
        }
    }
    memcpy(w->ids + n->first, w->next_ids + n->first, n->count * sizeof *w->ids);
    memcpy(w->ends + n->first, w->next_ends + n->first, n->count * sizeof *w->ends);
    memcpy(w->edges + n->edges_first, w->next_edges + n->edges_first,
           (edge - n->edges_first) * sizeof *w->edges);
}

/* `terms` has room for n->terms. */
static void cut(const work *w, const node *n, const halves *terms, node kids[2])
{
    kids[0] = (node){.count = n->count / 2};
    kids[1] = (node){.count = n->count - n->count / 2};
    begin(w, n, terms);
    for (int round = 0; round < ROUNDS; round++) {
        weigh_terms(w, n, terms);
        weigh_items(w, n, terms);
        if (exchange(w, n, terms) <= n->count / STILL)
            break;
    }
    renumber_terms(n, terms, kids);
    gather(w, n, terms, kids);
}

static void cut_all(const work *w, const node *n, const halves *terms)
{
    node kids[2];
    if (n->count <= LEAF || n->terms == 0)
        return;
    cut(w, n, terms, kids);
    cut_all(w, &kids[0], terms);
    cut_all(w, &kids[1], terms);
}

/* ---- All nodes ---- level by level, until there are enough to be tasks of their own */
static bool room_for_terms(halves *out, pin_pool **pool, const work *w, uint32_t number)
{
    size_t terms = w->nodes[number].terms + (size_t)1;
    *pool = pin_pool_new_in(w->options ? w->options->scratch : NULL);
    if (*pool)
        *out = (halves){pin_pool_room(*pool, terms, sizeof *out->count),
                        pin_pool_room(*pool, terms, sizeof *out->over),
                        pin_pool_room(*pool, terms, sizeof *out->kept)};
    w->failed[number] = !*pool || pin_pool_is_short(*pool);
    return !w->failed[number];
}

static void cut_once(void *ctx, uint32_t number)
{
    const work *w = ctx;
    pin_pool   *pool;
    halves      terms;
    if (room_for_terms(&terms, &pool, w, number))
        cut(w, &w->nodes[number], &terms, &w->kids[2 * number]);
    pin_pool_free(pool);
    pin_rest(w->options);
}

static void cut_below(void *ctx, uint32_t number)
{
    const work *w = ctx;
    pin_pool   *pool;
    halves      terms;
    if (room_for_terms(&terms, &pool, w, number))
        cut_all(w, &w->nodes[number], &terms);
    pin_pool_free(pool);
    pin_rest(w->options);
}

static bool run_all(work *w, pin_task *task)
{
    pin_parallel(pin_thread_count(w->options), w->node_count, task, w);
    for (uint32_t i = 0; i < w->node_count; i++)
        if (w->failed[i])
            return false;
    return true;
}

static bool cut_levels(work *w, node root)
{
    node nodes[NODES] = {root}, kids[NODES];
    bool failed[NODES];
    w->node_count = 1;
    w->nodes = nodes;
    w->kids = kids;
    w->failed = failed;
    while (w->node_count < NODES && nodes[0].count > LEAF) { /* all nodes of a level have one size, or two */
        if (!run_all(w, cut_once))
            return false;
        w->node_count *= 2;
        memcpy(nodes, kids, w->node_count * sizeof *nodes);
    }
    return run_all(w, cut_below);
}

static bool room_for_all(work *w, pin_pool *pool, const pin_order_graph *g)
{
    size_t edges = g->ends[g->count - 1];
    w->next_ids = pin_pool_room(pool, g->count, sizeof *w->next_ids);
    w->next_ends = pin_pool_room(pool, g->count, sizeof *w->next_ends);
    w->next_edges = pin_pool_room(pool, edges + 1, sizeof *w->next_edges);
    w->wish = pin_pool_room(pool, g->count, sizeof *w->wish);
    w->side = pin_pool_room(pool, g->count, sizeof *w->side);
    return w->next_ids && w->next_ends && w->next_edges && w->wish && w->side;
}

pin_status pin_order_bisect(uint32_t *order, const pin_order_graph *graph, const pin_build_options *options)
{
    work w = {.ids = order, .ends = graph->ends, .edges = graph->terms, .options = options};
    for (uint32_t i = 0; i < graph->count; i++)
        order[i] = i;
    if (graph->count <= LEAF)
        return PIN_OK;
    pin_pool *pool = pin_pool_new_in(options ? options->scratch : NULL);
    bool      good = pool && room_for_all(&w, pool, graph);
    make_steps(w.steps);
    if (good) {
        node root = {.count = graph->count, .terms = graph->term_count};
        good = cut_levels(&w, root);
    }
    pin_pool_free(pool);
    return good ? PIN_OK : PIN_NO_SPACE;
}
