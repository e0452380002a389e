/* The map of a source: every article, paragraph, annex point and recital as a cell, and how many answers
 * rest on it. One reading of the index serves the page, the SVG and the numbers. */
#ifndef PIN_PAGE_COVERAGE_H
#define PIN_PAGE_COVERAGE_H

#include "core/page/parts.h"

typedef struct pin_map_cell {
    uint32_t provision;
    uint32_t answers; /* items that cite it, exactly, by range, or something below it */
} pin_map_cell;

/* A provision at the top of the tree with its cells: the paragraphs and points that stand for themselves. */
typedef struct pin_map_plot {
    pin_map_cell whole;
    uint32_t     first, count; /* its cells; count 0: it is its own cell */
    uint32_t     cited;        /* of these, how many have answers        */
} pin_map_plot;

typedef struct pin_map {
    pin_map_plot *plots;
    uint32_t      plot_count;
    pin_map_cell *cells;
    uint32_t      cell_count;
} pin_map;

/* O(provisions and their citations). PIN_OK, PIN_NO_SPACE, PIN_CORRUPT, PIN_NEED. */
pin_status pin_map_of(pin_map *out, const pin_index *ix, const pin_source *source, pin_arena *arena, pin_error *err);

/* Shade of a cell: 0 none, 1 one answer, 2 two or three, 3 four to nine, 4 ten and more. */
unsigned pin_map_shade(uint32_t answers);

/* The cells of one plot as a small <svg>, for a page; drawn in the page's own colours by class. */
void pin_map_plot_svg(pin_buf *out, const pin_map *map, const pin_map_plot *plot);

#endif
