/* Ids as people read them, and the relation between ids. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

const char *pin_cite_state_name(pin_cite_state state)
{
    switch (state) {
    case PIN_CITE_RESOLVED:
        return "resolved";
    case PIN_CITE_MISSING:
        return "does not exist";
    case PIN_CITE_OTHER_ACT:
        return "other act";
    case PIN_CITE_NOT_UNDERSTOOD:
        return "not understood";
    case PIN_CITE_NOT_CHECKED:
        return "not checked";
    }
    return "not understood";
}

const char *pin_cite_touch_name(pin_cite_touch touch)
{
    switch (touch) {
    case PIN_TOUCH_EXACT:
        return "exact";
    case PIN_TOUCH_RANGE:
        return "by range";
    case PIN_TOUCH_PARENT:
        return "by parent";
    case PIN_TOUCH_CHILD:
        return "by child";
    }
    return "exact";
}

/* The dot after a step also stands inside decimal numbers, and there it means the same: pnt_3.2 hangs
 * under pnt_3, sec_4.2.5 under sec_4.2. */
bool pin_cite_is_ancestor(pin_str id, pin_str below)
{
    return id.len > 0 && below.len > id.len && below.at[id.len] == '.' && pin_str_starts(below, id);
}

/* The next step of an id: "pnt_3.2" is one step, because no step begins with a digit. */
static bool next_step(pin_str id, size_t *at, pin_str *kind, pin_str *value)
{
    if (*at >= id.len)
        return false;
    size_t start = *at, end = start, bar = start;
    while (end < id.len && (id.at[end] != '.' || (end + 1 < id.len && pin_is_digit((uint8_t)id.at[end + 1]))))
        end++;
    while (bar < end && id.at[bar] != '_')
        bar++;
    *kind = pin_str_part(id, start, bar);
    *value = bar < end ? pin_str_part(id, bar + 1, end) : (pin_str){0};
    *at = end + 1;
    return true;
}

static void put_ordinal(pin_buf *out, pin_str value)
{
    static const char *const words[] = {"first", "second",  "third",  "fourth", "fifth",
                                        "sixth", "seventh", "eighth", "ninth",  "tenth"};
    uint32_t                 n = 0;
    for (size_t i = 0; i < value.len && n < 1000; i++)
        n = pin_is_digit((uint8_t)value.at[i]) ? n * 10 + (uint32_t)(value.at[i] - '0') : 1000;
    if (n >= 1 && n <= 10) {
        pin_buf_adds(out, words[n - 1]);
        return;
    }
    pin_buf_add(out, value);
    bool teen = n / 10 % 10 == 1;
    pin_buf_adds(out, n % 10 == 1 && !teen   ? "st"
                      : n % 10 == 2 && !teen ? "nd"
                      : n % 10 == 3 && !teen ? "rd"
                                             : "th");
}

static void put_bracketed(pin_buf *out, pin_str value)
{
    pin_buf_byte(out, '(');
    pin_buf_add(out, value);
    pin_buf_byte(out, ')');
}

/* Articles number their points (1), annexes 1; Annex I of the CRA, whose numbers are in brackets in the
 * Official Journal, lends its form to every Annex I, because an id does not say. */
static bool is_bare_number(pin_str root, pin_str annex, pin_str value)
{
    bool number = value.len && pin_is_digit((uint8_t)value.at[0]);
    bool decimal = value.len && memchr(value.at, '.', value.len);
    return number && pin_str_equal(root, PIN_STR("anx")) && (decimal || !pin_str_equal(annex, PIN_STR("I")));
}

void pin_cite_label(pin_buf *out, pin_str id)
{
    static const struct {
        char        kind[4];
        const char *first, *later;
    } names[] = {{"art", "Article ", ", Article "}, {"anx", "Annex ", ", Annex "},
                 {"rct", "Recital ", ", Recital "}, {"sec", "Section ", ", Section "},
                 {"prt", "Part ", ", Part "},       {"cls", "Class ", ", Class "}};
    pin_str kind, value, root = {0}, annex = {0}, before = {0};
    for (size_t at = 0; next_step(id, &at, &kind, &value); before = kind) {
        bool first = root.len == 0, done = false;
        if (first) {
            root = kind;
            annex = value;
        }
        for (size_t i = 0; i < sizeof names / sizeof names[0] && !done; i++) {
            if (pin_str_equal(kind, pin_str_of(names[i].kind))) {
                pin_buf_adds(out, first ? names[i].first : names[i].later);
                pin_buf_add(out, value);
                done = true;
            }
        }
        if (done)
            continue;
        if (pin_str_equal(kind, PIN_STR("sub"))) {
            pin_buf_adds(out, first ? "" : ", ");
            put_ordinal(out, value);
            pin_buf_adds(out, " subparagraph");
        } else if (pin_str_equal(kind, PIN_STR("par"))) {
            pin_buf_adds(out, first ? "paragraph " : "");
            put_bracketed(out, value);
        } else if (pin_str_equal(kind, PIN_STR("pnt"))) {
            if (!pin_str_equal(before, kind))
                pin_buf_adds(out, first ? "point " : ", point ");
            if (!pin_str_equal(before, kind) && is_bare_number(root, annex, value))
                pin_buf_add(out, value);
            else
                put_bracketed(out, value);
        } else { /* no kind of ours: better seen as it is than hidden */
            pin_buf_adds(out, first ? "" : ", ");
            pin_buf_add(out, kind);
            if (value.len) {
                pin_buf_byte(out, ' ');
                pin_buf_add(out, value);
            }
        }
    }
}
