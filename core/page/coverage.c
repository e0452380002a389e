/* The map of a source, as rows of cells: counted once, drawn small for a page and whole for a file. */
#include "core/page/coverage.h"

#include "core/page/escape.h"

unsigned pin_map_shade(uint32_t answers)
{
    return answers == 0 ? 0 : answers == 1 ? 1 : answers <= 3 ? 2 : answers <= 9 ? 3 : 4;
}

/* ---- counting ---- */

static pin_status count_answers(uint32_t *out, const pin_index *ix, uint32_t provision, pin_arena *arena, pin_error *err)
{
    pin_citings citings = {0};
    size_t      mark = arena->used; /* the rows are only counted: give their room back */
    pin_status  status = pin_index_citing(&citings, ix, provision, arena, err);
    *out = 0;
    for (uint32_t i = 0; status == PIN_OK && i < citings.count; i++)
        *out += citings.at[i].touch != PIN_TOUCH_PARENT;
    arena->used = mark;
    return status;
}

/* Paragraphs of an article, points that hang under an article, an annex or a part of one. */
static bool is_cell(pin_str kind, pin_str above)
{
    if (pin_str_equal(kind, PIN_STR("paragraph")))
        return true;
    return pin_str_equal(kind, PIN_STR("point")) && !pin_str_equal(above, PIN_STR("paragraph")) &&
           !pin_str_equal(above, PIN_STR("subparagraph")) && !pin_str_equal(above, PIN_STR("point"));
}

static pin_status add_plot(pin_map *map, const pin_index *ix, const pin_provision *top, pin_arena *arena, pin_error *err)
{
    pin_map_plot *plot = &map->plots[map->plot_count++];
    plot->whole.provision = top->number;
    plot->first = map->cell_count;
    pin_status status = count_answers(&plot->whole.answers, ix, top->number, arena, err);
    for (uint32_t n = top->number + 1; status == PIN_OK && n < top->end; n++) {
        pin_provision p = {0}, above = {0};
        status = pin_index_provision_names(&p, ix, n, err);
        if (status == PIN_OK && p.parent != PIN_NO_PROVISION)
            status = pin_index_provision_names(&above, ix, p.parent, err);
        if (status != PIN_OK || !is_cell(p.kind, above.kind))
            continue;
        pin_map_cell *cell = &map->cells[map->cell_count++];
        cell->provision = n;
        status = count_answers(&cell->answers, ix, n, arena, err);
        plot->cited += cell->answers > 0;
    }
    plot->count = map->cell_count - plot->first;
    return status;
}

pin_status pin_map_of(pin_map *out, const pin_index *ix, const pin_source *source, pin_arena *arena, pin_error *err)
{
    pin_map map = {
        .plots = pin_arena_take(arena, source->provision_count, sizeof *map.plots),
        .cells = pin_arena_take(arena, source->provision_count, sizeof *map.cells),
    };
    if (!map.plots || !map.cells)
        return pin_fail(err, PIN_NO_SPACE, 0, "no room for the map of the source");
    uint32_t end = source->first_provision + source->provision_count;
    for (uint32_t n = source->first_provision; n < end;) {
        pin_provision top = {0};
        pin_status    status = pin_index_provision_names(&top, ix, n, err);
        if (status == PIN_OK)
            status = add_plot(&map, ix, &top, arena, err);
        if (status != PIN_OK)
            return status;
        n = top.end > n ? top.end : n + 1;
    }
    *out = map;
    return PIN_OK;
}

/* ---- drawing ---- cells of 12 units, 3 apart, at most 12 in a row */

#define CELL 12u
#define STEP 15u
#define ACROSS 12u

static void attribute(pin_buf *out, const char *name, uint64_t value)
{
    pin_buf_byte(out, ' ');
    pin_buf_adds(out, name);
    pin_buf_adds(out, "=\"");
    pin_buf_uint(out, value);
    pin_buf_byte(out, '"');
}

static void rectangle(pin_buf *out, uint64_t x, uint64_t y, uint32_t answers)
{
    pin_buf_adds(out, "<rect class=\"s");
    pin_buf_uint(out, pin_map_shade(answers));
    pin_buf_byte(out, '"');
    attribute(out, "x", x);
    attribute(out, "y", y);
    attribute(out, "width", CELL);
    attribute(out, "height", CELL);
    attribute(out, "rx", 2);
    pin_buf_adds(out, "/>");
}

static uint32_t rows_of(const pin_map_plot *plot)
{
    uint32_t count = plot->count ? plot->count : 1;
    return count / ACROSS + (count % ACROSS != 0);
}

static void plot_cells(pin_buf *out, const pin_map *map, const pin_map_plot *plot, uint64_t x, uint64_t y)
{
    uint32_t count = plot->count ? plot->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t answers = plot->count ? map->cells[plot->first + i].answers : plot->whole.answers;
        rectangle(out, x + 1 + STEP * (i % ACROSS), y + 1 + STEP * (i / ACROSS), answers);
    }
}

void pin_map_plot_svg(pin_buf *out, const pin_map *map, const pin_map_plot *plot)
{
    uint32_t count = plot->count ? plot->count : 1;
    uint64_t width = STEP * (count < ACROSS ? count : ACROSS), height = (uint64_t)STEP * rows_of(plot);
    pin_buf_adds(out, "<svg aria-hidden=\"true\" focusable=\"false\"");
    attribute(out, "width", width);
    attribute(out, "height", height);
    pin_buf_adds(out, " viewBox=\"0 0 ");
    pin_buf_uint(out, width);
    pin_buf_byte(out, ' ');
    pin_buf_uint(out, height);
    pin_buf_adds(out, "\">");
    plot_cells(out, map, plot, 0, 0);
    pin_buf_adds(out, "</svg>");
}

/* ---- the whole map as one file: a column of labels and cells, in four columns of pages ---- */

#define LABEL 112u  /* room for "Article 71"                 */
#define COLUMN 330u /* label, cells and air                  */
#define TOP 70u     /* room for the title and the key        */
#define COLUMNS 3u

static const char style[] =
    "<style>text{font:12px system-ui,sans-serif;fill:#1c2430}.t{font-size:18px;font-weight:700}"
    "rect{stroke:#8a8f98;stroke-width:1}.s0{fill:none;stroke-dasharray:2 2}.s1{fill:#cfe5e8}.s2{fill:#8cc3cb}"
    ".s3{fill:#2c7886}.s4{fill:#0a5a6a}a:hover rect{stroke:#000}@media (prefers-color-scheme:dark){text{fill:#e9e6de}"
    ".s1{fill:#1f3d44}.s2{fill:#2f6670}.s3{fill:#4c9fad}.s4{fill:#9fe0ea}}</style>";

static void text_at(pin_buf *out, const char *class_name, uint64_t x, uint64_t y, pin_str text)
{
    pin_buf_adds(out, "<text");
    if (class_name) {
        pin_buf_adds(out, " class=\"");
        pin_buf_adds(out, class_name);
        pin_buf_byte(out, '"');
    }
    attribute(out, "x", x);
    attribute(out, "y", y);
    pin_buf_byte(out, '>');
    pin_escape_text(out, text);
    pin_buf_adds(out, "</text>");
}

static void key(pin_buf *out)
{
    static const struct {
        uint32_t    answers;
        const char *words;
    } shades[] = {{0, "no answer"}, {1, "1 answer"}, {2, "2 or 3"}, {4, "4 to 9"}, {10, "10 and more"}};
    for (unsigned i = 0; i < 5; i++) {
        rectangle(out, 1 + 110u * i, 40, shades[i].answers);
        text_at(out, NULL, 20 + 110u * i, 51, pin_str_of(shades[i].words));
    }
}

/* One plot with its label, linked to its page below `base`; returns the height it took. */
static pin_status draw_plot(pin_buf *out, const pin_index *ix, const pin_map *map, const pin_map_plot *plot,
                            const pin_source *source, uint64_t x, uint64_t y, pin_error *err)
{
    pin_provision p = {0};
    pin_status    status = pin_index_provision_names(&p, ix, plot->whole.provision, err);
    if (status != PIN_OK)
        return status;
    pin_buf_adds(out, "<a href=\"");
    pin_escape_attribute(out, pin_page_base(ix));
    pin_buf_adds(out, "/law/");
    pin_escape_path(out, source->id);
    pin_buf_byte(out, '/');
    pin_escape_path(out, p.id);
    pin_buf_adds(out, "/\"><title>");
    pin_escape_text(out, p.label);
    pin_buf_adds(out, p.heading.len ? ", " : "");
    pin_escape_text(out, p.heading);
    pin_buf_adds(out, ": ");
    pin_buf_uint(out, plot->whole.answers);
    pin_buf_adds(out, plot->whole.answers == 1 ? " answer</title>" : " answers</title>");
    text_at(out, NULL, x, y + 11, p.label);
    plot_cells(out, map, plot, x + LABEL, y);
    pin_buf_adds(out, "</a>\n");
    return PIN_OK;
}

pin_status pin_svg_coverage(pin_buf *out, const pin_index *ix, uint32_t number, pin_arena *arena, pin_error *err)
{
    pin_source source = {0};
    pin_map    map = {0};
    pin_status status = pin_index_source(&source, ix, number, arena, err);
    if (status == PIN_OK)
        status = pin_map_of(&map, ix, &source, arena, err);
    if (status != PIN_OK)
        return status;
    uint32_t rows = 0;
    for (uint32_t i = 0; i < map.plot_count; i++)
        rows += rows_of(&map.plots[i]);
    uint32_t per_column = rows / COLUMNS + ACROSS; /* the last plot of a column may be tall */
    uint64_t height = TOP + (uint64_t)STEP * (per_column + ACROSS);
    pin_buf_adds(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"group\"");
    attribute(out, "width", COLUMN * COLUMNS);
    attribute(out, "height", height);
    pin_buf_adds(out, " viewBox=\"0 0 ");
    pin_buf_uint(out, COLUMN * COLUMNS);
    pin_buf_byte(out, ' ');
    pin_buf_uint(out, height);
    pin_buf_adds(out, "\">\n<title>");
    pin_escape_text(out, source.title);
    pin_buf_adds(out, ": what the answers cover</title>\n");
    pin_buf_adds(out, style);
    text_at(out, "t", 0, 20, source.title.len ? source.title : source.id);
    key(out);
    uint32_t in_column = 0, column = 0;
    for (uint32_t i = 0; i < map.plot_count && status == PIN_OK; i++) {
        if (in_column >= rows / COLUMNS + 1 && column + 1 < COLUMNS) {
            column++;
            in_column = 0;
        }
        status = draw_plot(out, ix, &map, &map.plots[i], &source, (uint64_t)COLUMN * column, TOP + (uint64_t)STEP * in_column, err);
        in_column += rows_of(&map.plots[i]);
    }
    pin_buf_adds(out, "</svg>\n");
    return status == PIN_OK ? pin_buf_status(out) : status;
}

/* ---- the numbers, for a terminal ---- */

static void number_line(pin_buf *out, uint64_t number, const char *words)
{
    char    digits[24];
    pin_buf width = pin_buf_over(digits, sizeof digits);
    pin_buf_uint(&width, number);
    for (size_t i = width.len; i < 8; i++)
        pin_buf_byte(out, ' ');
    pin_buf_add(out, pin_buf_str(&width));
    pin_buf_adds(out, "  ");
    pin_buf_adds(out, words);
    pin_buf_byte(out, '\n');
}

/* By kind: how many there are, how many have an answer of their own. */
static pin_status count_kinds(pin_buf *out, const pin_index *ix, const pin_source *source, pin_arena *arena, pin_error *err)
{
    static const char *const kinds[] = {"article", "paragraph", "point", "recital", "annex", "section"};
    uint32_t                 there[6] = {0}, cited[6] = {0};
    for (uint32_t i = 0; i < source->provision_count; i++) {
        pin_provision p = {0};
        uint32_t      answers = 0;
        pin_status    status = pin_index_provision_names(&p, ix, source->first_provision + i, err);
        if (status == PIN_OK)
            status = count_answers(&answers, ix, source->first_provision + i, arena, err);
        if (status != PIN_OK)
            return status;
        for (int k = 0; k < 6; k++)
            if (pin_str_equal(p.kind, pin_str_of(kinds[k]))) {
                there[k]++;
                cited[k] += answers > 0;
            }
    }
    for (int k = 0; k < 6; k++) {
        if (there[k] == 0)
            continue;
        pin_buf_adds(out, "  ");
        pin_buf_uint(out, cited[k]);
        pin_buf_adds(out, " of ");
        pin_buf_uint(out, there[k]);
        pin_buf_byte(out, ' ');
        pin_buf_adds(out, kinds[k]);
        pin_buf_adds(out, there[k] == 1 ? "" : pin_str_equal(pin_str_of(kinds[k]), PIN_STR("annex")) ? "es" : "s");
        pin_buf_adds(out, " have an answer, their own or below them\n");
    }
    return PIN_OK;
}

pin_status pin_text_coverage(pin_buf *out, const pin_index *ix, pin_arena *arena, pin_error *err)
{
    pin_release r;
    pin_index_release(&r, ix);
    number_line(out, r.item_count, "items indexed");
    number_line(out, r.skipped_count, "items skipped");
    number_line(out, r.module_count, "modules");
    number_line(out, r.citation_count, "citations, of which");
    for (int state = 0; state < 5; state++)
        number_line(out, r.cite_states[state], pin_cite_state_name((pin_cite_state)state));
    for (uint32_t i = 0; i < r.source_count; i++) {
        pin_source source = {0};
        pin_status status = pin_index_source(&source, ix, i, arena, err);
        if (status != PIN_OK)
            return status;
        pin_buf_byte(out, '\n');
        pin_text_line(out, source.title.len ? source.title : source.id);
        if (!source.loaded) {
            pin_buf_adds(out, "\n  its text is not loaded: citations of it are not checked\n");
            continue;
        }
        pin_buf_byte(out, '\n');
        status = count_kinds(out, ix, &source, arena, err);
        if (status != PIN_OK)
            return status;
    }
    return pin_buf_status(out);
}
