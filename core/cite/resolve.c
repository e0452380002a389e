/* From what a citation says to the provision it means. The act decides: its Article 3 has points where
 * Article 13 has paragraphs, its Annex III classes where Annex I has parts. The reading as written is
 * tried first; it is also the id that stays when nothing is found. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { READINGS = 4, INSERT_MAX = 12 };

typedef struct search {
    const pin_cite_view *view;
    const pin_path      *path;
    pin_cite_id         *id;
    uint32_t             act;
} search;

static bool add_text(pin_cite_id *id, pin_str text)
{
    if (text.len > PIN_ID_MAX - id->len)
        return false;
    memcpy(id->text + id->len, text.at, text.len);
    id->len += (uint32_t)text.len;
    return true;
}

static bool add_step(pin_cite_id *id, const char *kind, pin_str value)
{
    return (id->len == 0 || add_text(id, PIN_STR("."))) && add_text(id, pin_str_of(kind)) &&
           add_text(id, PIN_STR("_")) && add_text(id, value);
}

/* Is the step a number and one letter, "2b", or two numbers, "3.2"? Then where it divides. */
static uint32_t divides_at(const pin_step *s)
{
    if (s->form != PIN_FORM_NUMBER)
        return 0;
    for (uint32_t i = 1; i < s->len; i++)
        if (!pin_is_digit((uint8_t)s->text[i]))
            return i;
    return 0;
}

/* Adds reading number `r` of step `i` to the id; false past the last reading. */
static bool add_reading(pin_cite_id *id, const pin_path *path, uint8_t i, int r)
{
    const pin_step *s = &path->at[i];
    pin_str         text = {s->text, s->len};
    uint8_t         above = i ? path->at[i - 1].kind : PIN_STEP_NONE;
    bool            annex = path->at[0].kind == PIN_STEP_ANNEX;
    switch (s->kind) {
    case PIN_STEP_ARTICLE:
        return r == 0 && add_step(id, "art", text);
    case PIN_STEP_ANNEX:
        return r == 0 && add_step(id, "anx", text);
    case PIN_STEP_RECITAL:
        return r == 0 && add_step(id, "rct", text);
    case PIN_STEP_SECTION:
        return r == 0 && add_step(id, "sec", text);
    case PIN_STEP_PART:
        return r < 2 && add_step(id, r == 0 ? "prt" : "cls", text);
    case PIN_STEP_CLASS:
        return r < 2 && add_step(id, r == 0 ? "cls" : "prt", text);
    case PIN_STEP_PARAGRAPH:
        return r < 2 && add_step(id, (r == 0) != annex ? "par" : "pnt", text);
    case PIN_STEP_SUBPARAGRAPH:
        if (pin_str_equal(text, PIN_STR("1"))) /* the first has no row of its own: it is the paragraph */
            return r < 2 && (r == 0 || add_step(id, "sub", text));
        return r == 0 && add_step(id, "sub", text);
    default:
        break;
    }
    if (r == 0)
        return add_step(id, "pnt", text);
    uint32_t at = divides_at(s);
    if (at && r == 1) {
        uint32_t rest = s->text[at] == '.' ? at + 1 : at;
        return add_step(id, "pnt", pin_str_part(text, 0, at)) &&
               add_step(id, "pnt", pin_str_part(text, rest, text.len));
    }
    return above == PIN_STEP_ARTICLE && s->form == PIN_FORM_NUMBER && r == (at ? 2 : 1) &&
           add_step(id, "par", text);
}

static uint32_t find(const search *s)
{
    return s->view->law->find(s->view->law->ctx, s->act, (pin_str){s->id->text, s->id->len});
}

/* All readings of the steps from `i` on below the id so far, the likeliest first. A reading whose own
 * provision is not there is not followed further, so this looks at few. */
static bool descend(search *s, uint8_t i)
{
    uint32_t len = s->id->len;
    if (i == s->path->count) {
        s->id->provision = find(s);
        return s->id->provision != PIN_NO_PROVISION;
    }
    for (int r = 0; r < READINGS; r++) {
        s->id->len = len;
        if (!add_reading(s->id, s->path, i, r))
            break;
        if ((i + 1 == s->path->count || find(s) != PIN_NO_PROVISION) && descend(s, (uint8_t)(i + 1)))
            return true;
    }
    s->id->len = len;
    return false;
}

static bool found(search *s)
{
    s->id->len = 0;
    return descend(s, 0);
}

static void write_as_said(search *s)
{
    s->id->len = 0;
    for (uint8_t i = 0; i < s->path->count; i++)
        add_reading(s->id, s->path, i, 0);
}

/* Where a level was left out and only one fits, that one is meant: "Article 14(7)(d)" for the point of
 * its third subparagraph, "Annex I, point (2)(b)" for that of Part I. Two that fit are none. */
static bool found_with(search *s, uint8_t before, uint8_t kind)
{
    const pin_path *said = s->path;
    pin_path        fuller;
    uint32_t        hits = 0, hit = 0;
    if (said->count == PIN_PATH_MAX)
        return false;
    for (uint32_t n = 1; n <= INSERT_MAX + 1 && hits < 2; n++) {
        uint32_t value = n <= INSERT_MAX ? n : hit; /* the last round writes the only hit again */
        if (n > INSERT_MAX && hits != 1)
            break;
        fuller = *said;
        memmove(&fuller.at[before + 1], &fuller.at[before], (said->count - before) * sizeof fuller.at[0]);
        fuller.count++;
        pin_step *step = &fuller.at[before];
        *step = (pin_step){.kind = kind, .form = PIN_FORM_NUMBER};
        char text[10];
        step->len = (uint8_t)(kind == PIN_STEP_PART ? pin_cite_roman_put(text, value, false)
                                                    : pin_cite_decimal_put(text, value));
        memcpy(step->text, text, step->len);
        s->path = &fuller;
        bool here = found(s);
        s->path = said;
        if (n > INSERT_MAX)
            return here;
        if (here) {
            hits++;
            hit = n;
        }
    }
    return false;
}

static bool found_with_level_left_out(search *s)
{
    const pin_path *p = s->path;
    if (p->count < 2)
        return false;
    if (p->at[0].kind == PIN_STEP_ANNEX && p->at[1].kind == PIN_STEP_POINT)
        return found_with(s, 1, PIN_STEP_PART);
    for (uint8_t i = 1; i < p->count; i++) {
        if (p->at[i].kind == PIN_STEP_POINT && p->at[i].form != PIN_FORM_NUMBER &&
            (p->at[i - 1].kind == PIN_STEP_PARAGRAPH ||
             (p->at[i - 1].kind == PIN_STEP_POINT && p->at[i - 1].form == PIN_FORM_NUMBER)))
            return found_with(s, i, PIN_STEP_SUBPARAGRAPH);
    }
    return false;
}

static bool found_as_alias(search *s)
{
    char    text[160];
    pin_buf label = pin_buf_over(text, sizeof text);
    write_as_said(s);
    pin_cite_label(&label, (pin_str){s->id->text, s->id->len});
    if (!s->view->law->find_also || pin_buf_status(&label) != PIN_OK)
        return false;
    s->id->provision = s->view->law->find_also(s->view->law->ctx, s->act, pin_buf_str(&label));
    return s->id->provision != PIN_NO_PROVISION;
}

void pin_cite_resolve(pin_cite_id *out, const pin_cite_view *view, const pin_path *path, uint32_t act)
{
    search   s = {.view = view, .path = path, .id = out, .act = act};
    pin_path firm = *path;
    *out = (pin_cite_id){.provision = PIN_NO_PROVISION, .state = PIN_CITE_NOT_CHECKED};
    if (act == PIN_ACT_OTHER || !view->law->act_loaded(view->law->ctx, act)) {
        write_as_said(&s);
        return;
    }
    out->state = PIN_CITE_RESOLVED;
    if (found(&s))
        return;
    if (firm.at[firm.count - 1].loose) { /* "article 14 24 hours" is about Article 14 */
        while (firm.count > 1 && firm.at[firm.count - 1].loose)
            firm.count--;
        pin_cite_resolve(out, view, &firm, act);
        out->firm = true;
        return;
    }
    if (found_with_level_left_out(&s) || found_as_alias(&s))
        return;
    out->state = PIN_CITE_MISSING;
    out->provision = PIN_NO_PROVISION;
    write_as_said(&s);
}
