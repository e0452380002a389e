/* For tests only: a pin_law over provisions in JSON Lines, the CRA as act 0 and a small FAQ as act 1,
 * and the promises that hold for every scan. */
#ifndef PIN_CITE_LAW_H
#define PIN_CITE_LAW_H

#include "pincite/cite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct test_row {
    char *id, *label;
} test_row;

static test_row test_rows[4096], test_sorted[4096];
static uint32_t test_row_count;
static bool     test_act_loaded = true;

static const char *const test_sections[] = {"sec_1.2",   "sec_4.1.1", "sec_4.1.2", "sec_4.1.3",
                                            "sec_4.1.4", "sec_4.2.4", "sec_4.2.5", "sec_6.7"};

static inline int test_row_order(const void *a, const void *b)
{
    return strcmp(((const test_row *)a)->id, ((const test_row *)b)->id);
}

/* False when the file is not there. */
static inline bool test_law_read(const char *path)
{
    FILE  *file = fopen(path, "r");
    char  *line = NULL;
    size_t cap = 0;
    test_row_count = 0;
    while (file && getline(&line, &cap, file) > 0 && test_row_count < 4096) {
        json_t *row = json_loads(line, 0, NULL);
        test_rows[test_row_count].id = strdup(json_string_value(json_object_get(row, "id")));
        test_rows[test_row_count++].label = strdup(json_string_value(json_object_get(row, "label")));
        json_decref(row);
    }
    free(line);
    if (file)
        fclose(file);
    memcpy(test_sorted, test_rows, sizeof test_rows);
    qsort(test_sorted, test_row_count, sizeof test_sorted[0], test_row_order);
    return test_row_count > 0;
}

static inline void test_law_free(void)
{
    for (uint32_t i = 0; i < test_row_count; i++) {
        free(test_rows[i].id);
        free(test_rows[i].label);
    }
    test_row_count = 0;
}

static inline uint32_t test_act_count(const void *ctx) { return (void)ctx, 2; }
static inline pin_str  test_act_id(const void *ctx, uint32_t act)
{
    (void)ctx;
    return act ? PIN_STR("cfaq") : PIN_STR("cra");
}
static inline bool test_is_loaded(const void *ctx, uint32_t act)
{
    return (void)ctx, (void)act, test_act_loaded;
}
static inline bool test_act_name(const void *ctx, uint32_t act, uint32_t k, pin_str *name)
{
    static const char *const names[2][3] = {{"CRA", "Cyber Resilience Act", "Regulation (EU) 2024/2847"},
                                            {"Commission FAQ", "European Commission CRA FAQs", "FAQ"}};
    (void)ctx;
    if (k >= 3)
        return false;
    *name = pin_str_of(names[act][k]);
    return true;
}
static inline uint32_t test_find(const void *ctx, uint32_t act, pin_str id)
{
    char text[400];
    (void)ctx;
    if (id.len >= sizeof text)
        return PIN_NO_PROVISION;
    memcpy(text, id.at, id.len);
    text[id.len] = 0;
    if (act == 1) {
        for (uint32_t i = 0; i < sizeof test_sections / sizeof test_sections[0]; i++)
            if (strcmp(test_sections[i], text) == 0)
                return i;
        return PIN_NO_PROVISION;
    }
    test_row  key = {.id = text};
    test_row *row = bsearch(&key, test_sorted, test_row_count, sizeof key, test_row_order);
    return row ? (uint32_t)(row - test_sorted) : PIN_NO_PROVISION;
}
static inline uint32_t test_find_also(const void *ctx, uint32_t act, pin_str label)
{
    return (void)ctx, (void)act, (void)label, PIN_NO_PROVISION;
}

static inline pin_law test_law(uint32_t default_act)
{
    return (pin_law){NULL,          test_act_count, test_act_id,    test_is_loaded,
                     test_act_name, test_find,      test_find_also, default_act};
}

/* "art_13.par_8 !art_72 other ? ~art_1": resolved, missing, other act, not understood, not checked; a
 * source that is not the CRA before a colon; "cra:" alone for a whole act. */
static inline void test_describe(char *out, size_t size, const pin_refs *refs)
{
    size_t at = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < refs->count; i++) {
        const pin_ref *r = &refs->at[i];
        bool           cra = r->source.len == 3 && r->id.len;
        const char    *mark = r->state == PIN_CITE_MISSING       ? "!"
                              : r->state == PIN_CITE_OTHER_ACT   ? "other"
                              : r->state == PIN_CITE_NOT_CHECKED ? "~"
                                                                 : "";
        if (r->state == PIN_CITE_NOT_UNDERSTOOD)
            mark = "?";
        at += (size_t)snprintf(out + at, size - at, "%s%s%.*s%s%.*s", i ? " " : "", mark,
                               cra ? 0 : (int)r->source.len, r->source.len ? r->source.at : "",
                               cra || !r->source.len ? "" : ":", (int)r->id.len, r->id.len ? r->id.at : "");
        if (at >= size)
            return;
    }
}

/* What every result keeps: order, words inside the text, ids of the id alphabet, states that agree. */
static inline bool test_refs_hold(const pin_refs *refs, pin_str text)
{
    for (uint32_t i = 0; i < refs->count; i++) {
        const pin_ref *r = &refs->at[i];
        bool           unknown = r->state == PIN_CITE_OTHER_ACT || r->state == PIN_CITE_NOT_UNDERSTOOD;
        if (r->from >= r->to || r->to > text.len || r->state > PIN_CITE_NOT_CHECKED)
            return false;
        if (i && r->from < r[-1].from)
            return false;
        if (unknown && (r->id.len || r->source.len))
            return false;
        if (r->provision != PIN_NO_PROVISION && r->state != PIN_CITE_RESOLVED)
            return false;
        if (r->state == PIN_CITE_RESOLVED && (r->provision == PIN_NO_PROVISION) != (r->id.len == 0))
            return false;
        if (r->state == PIN_CITE_MISSING && r->id.len == 0)
            return false;
        for (size_t k = 0; k < r->id.len; k++)
            if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.", r->id.at[k]))
                return false;
    }
    return true;
}

#endif
