/* Addresses that live on though their items are gone: tombstones and redirects as static hosts know them. A
 * host that knows no redirects shows a page that says where to go. */
#include <stdlib.h>
#include <string.h>

#include "host/export/inside.h"

typedef struct walk {
    const pin_export_run *run;
    void                 *memory;
    size_t                size;
} walk;

/* Record `i` of the past; false when memory is short or the index is damaged, which verify would have told. */
static bool read(walk *w, pin_past *out, uint32_t i)
{
    for (;;) {
        pin_arena  arena = pin_arena_over(w->memory, w->memory ? w->size : 0);
        pin_status status = w->memory ? pin_index_past_at(out, w->run->ix, i, &arena, NULL) : PIN_NO_SPACE;
        if (status == PIN_OK)
            return true;
        if (status != PIN_NO_SPACE || w->size >= (size_t)1 << 28)
            return false;
        free(w->memory);
        w->size = w->size ? w->size * 2 : (size_t)1 << 16;
        if (!(w->memory = malloc(w->size)))
            return false;
    }
}

static bool leads(const pin_past *past)
{
    return (past->fate == PIN_FATE_MOVED || past->fate == PIN_FATE_MERGED) && past->target.len;
}

static void add_path(pin_buf *out, const pin_export_run *run, pin_str id, const char *after)
{
    pin_buf_adds(out, run->root);
    pin_buf_add(out, id);
    pin_buf_adds(out, after);
}

static void add_redirect(pin_buf *out, const pin_export_run *run, const pin_past *past)
{
    add_path(out, run, past->id, "/ ");
    if (leads(past))
        add_path(out, run, past->target, "/ 301\n");
    else
        add_path(out, run, past->id, "/index.html 410\n");
}

/* Apache says 410 only without the page of the tombstone, so there the page is worth more than the number. */
static void add_apache(pin_buf *out, const pin_export_run *run, const pin_past *past)
{
    if (!leads(past))
        return;
    pin_buf_adds(out, "RedirectMatch 301 \"^");
    add_path(out, run, past->id, "/$\" \"");
    add_path(out, run, past->target, "/\"\n");
}

static void add_nginx(pin_buf *out, const pin_export_run *run, const pin_past *past)
{
    pin_buf_adds(out, "location = ");
    add_path(out, run, past->id, "/ { ");
    if (leads(past)) {
        pin_buf_adds(out, "return 301 ");
        add_path(out, run, past->target, "/; }\n");
        return;
    }
    pin_buf_adds(out, "error_page 410 ");
    add_path(out, run, past->id, "/index.html; return 410; }\n");
}

static void add_marker(pin_buf *out, const pin_export_run *run, const pin_past *past)
{
    size_t end = 0;
    (void)run;
    while (end < past->id.len && past->id.at[end] != '/')
        end++;
    pin_buf_add(out, pin_str_part(past->id, 0, end));
    pin_buf_byte(out, '\n');
}

typedef void adder(pin_buf *out, const pin_export_run *run, const pin_past *past);

static adder *adder_of(pin_export_rules rules)
{
    static adder *const adders[] = {add_redirect, add_apache, add_nginx, add_marker};
    return adders[rules];
}

bool pin_export_is_plain(pin_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.at[i];
        bool          plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
        if (!plain || (c == '/' && (i == 0 || i + 1 == id.len || id.at[i - 1] == '/')))
            return false;
    }
    return id.len > 0;
}

bool pin_export_add_rules(pin_buf *out, const pin_export_run *run, pin_export_rules rules)
{
    walk     w = {.run = run};
    uint32_t count = pin_index_past_count(run->ix);
    bool     good = true;
    for (uint32_t i = 0; i < count && good; i++) {
        pin_past past;
        good = read(&w, &past, i);
        /* ids made of anything but slugs have no file either */
        if (good && (past.fate != PIN_FATE_LIVES || rules == PIN_RULES_MARKER) && pin_export_is_plain(past.id) &&
            (past.target.len == 0 || pin_export_is_plain(past.target)))
            adder_of(rules)(out, run, &past);
    }
    free(w.memory);
    return good;
}
