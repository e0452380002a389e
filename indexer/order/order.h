/* Items that say alike get numbers that are near. Lists of postings then have their items in clusters:
 * a window of a list is full or empty, and more of them are passed over when a query is answered.
 *
 * Modules stay where they are, each in one piece. Inside a large module items are ordered by recursive
 * graph bisection: Dhulipala and others, "Compressing Graphs and Indexes with Recursive Graph Bisection"
 * (https://arxiv.org/abs/1602.08820); halves are found by selection, not by sorting, after Mackenzie and
 * others, "Faster Index Reordering with Bipartite Graph Partitioning" (SIGIR 2021). In integers only: the
 * same on every machine, with any number of threads. What it gains, and where it gains nothing:
 * docs/performance.md. */
#ifndef PIN_ORDER_H
#define PIN_ORDER_H

#include "indexer/corpus/corpus.h"

#define PIN_ORDER_ITEMS 50000 /* a corpus with fewer stays as it is                                   */
#define PIN_ORDER_MODULE 4096 /* and so does a module with fewer items                                */

/* Renumbers the items of large modules by similarity of their words, before anybody keeps a number. What a
 * module shows, and in which order (module->members), stays. A module that shows items of others too is
 * left alone: its own order is not in its list of members then.
 * After pin_corpus_finish. PIN_OK, PIN_NO_SPACE. 3 us of processor time an item in modules of some thousands,
 * 13 us in a module of a million; about 260 bytes an item of the largest module. */
pin_status pin_order_corpus(pin_corpus *corpus, pin_error *err);

/* ---- The algorithm alone (bisect.c) ---- */
#define PIN_ORDER_MAX (1u << 26) /* items                                                             */

/* Which terms each item has. The arrays are used up: what they hold afterwards is of no use. */
typedef struct pin_order_graph {
    uint32_t  count;      /* items, at most PIN_ORDER_MAX                                             */
    uint32_t  term_count; /* terms are 0 .. term_count - 1                                            */
    uint32_t *ends;       /* by item: past the last of its terms; they begin where those of the item before
                             end, those of item 0 at 0                                                */
    uint32_t *terms;      /* of an item: each once, in any order                                      */
} pin_order_graph;

/* order[0 .. count): the items in their new order. Of items that fit equally well anywhere the lower number
 * comes first. `options` gives threads and scratch; may be NULL. PIN_OK, PIN_NO_SPACE.
 * O(terms of all items * log(count)); 4 bytes a term and 20 an item besides the graph. */
pin_status pin_order_bisect(uint32_t *order, const pin_order_graph *graph, const pin_build_options *options);

#endif
