/* Any bytes as a text with citations. First byte: mode, whether acts are loaded, which act is the
 * default. Every result keeps its promises, is the same when no word is passed over, and what resolved
 * resolves again when its label is written. */
#include "core/cite/cite.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(claim) ((claim) ? (void)0 : (fprintf(stderr, "not so: %s\n", #claim), abort()))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool loaded;

static uint32_t act_count(const void *ctx) { return (void)ctx, 2; }
static pin_str  act_id(const void *ctx, uint32_t act)
{
    (void)ctx;
    CHECK(act < 2);
    return act ? PIN_STR("cfaq") : PIN_STR("cra");
}
static bool act_loaded(const void *ctx, uint32_t act)
{
    (void)ctx;
    CHECK(act < 2);
    return loaded;
}
static bool act_name(const void *ctx, uint32_t act, uint32_t k, pin_str *name)
{
    static const char *const names[2][4] = {{"CRA", "Cyber Resilience Act", "Regulation (EU) 2024/2847", ""},
                                            {"Commission FAQ", "FAQ", "the \xC3\x89tude", "-"}};
    (void)ctx;
    CHECK(act < 2);
    if (k >= 4)
        return false;
    *name = pin_str_of(names[act][k]);
    return true;
}

/* Whatever has no 7 in it exists, but Article 3 has points and no paragraphs. */
static uint32_t find(const void *ctx, uint32_t act, pin_str id)
{
    (void)ctx;
    CHECK(act < 2 && id.len > 0 && id.len < 400);
    bool section = id.len > 4 && memcmp(id.at, "sec_", 4) == 0;
    if (section != (act == 1) || id.len > 40)
        return PIN_NO_PROVISION;
    if (pin_str_starts(id, PIN_STR("art_3.par")) || memchr(id.at, '7', id.len))
        return PIN_NO_PROVISION;
    uint32_t number = 0;
    for (size_t i = 0; i < id.len; i++)
        number = number * 31 + (uint8_t)id.at[i];
    return number & 0xFFFFFF;
}
static uint32_t find_also(const void *ctx, uint32_t act, pin_str label)
{
    (void)ctx;
    return act == 0 && pin_str_equal(label, PIN_STR("Article 7(7)")) ? 7 : PIN_NO_PROVISION;
}

static bool in_id(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

static void check_ref(const pin_ref *r, const pin_law *law, pin_str text)
{
    bool unknown = r->state == PIN_CITE_OTHER_ACT || r->state == PIN_CITE_NOT_UNDERSTOOD;
    CHECK(r->from < r->to && r->to <= text.len);
    CHECK(r->state <= PIN_CITE_NOT_CHECKED);
    CHECK(!unknown || (r->id.len == 0 && r->source.len == 0));
    CHECK(r->state == PIN_CITE_RESOLVED || r->provision == PIN_NO_PROVISION);
    CHECK(r->state != PIN_CITE_MISSING || r->id.len);
    for (size_t i = 0; i < r->id.len; i++)
        CHECK(in_id(r->id.at[i]));
    CHECK(r->id.len == 0 || (r->id.at[0] != '.' && r->id.at[r->id.len - 1] != '.'));
    if (r->state == PIN_CITE_RESOLVED && r->id.len && r->provision != 7)
        CHECK(find(law->ctx, pin_str_equal(r->source, PIN_STR("cfaq")), r->id) == r->provision);
}

/* A provision's own label, as an entry of a list, is that provision. */
static void check_label(const pin_ref *r, const pin_law *law)
{
    static char   again[1 << 18]; /* the label of a strange id may read as a range */
    char          room[512];
    pin_buf       label = pin_buf_over(room, sizeof room);
    pin_arena     arena = pin_arena_over(again, sizeof again);
    pin_refs      refs = {0};
    const pin_law home = *law;
    pin_cite_label(&label, r->id);
    CHECK(pin_buf_status(&label) == PIN_OK);
    pin_status s = pin_cite_scan(&refs, pin_buf_str(&label), PIN_CITE_LIST, &home, &arena, NULL);
    CHECK(s == PIN_OK && refs.count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char room[2][1 << 20];
    uint8_t              how = size ? data[0] : 0;
    pin_str              text = {(const char *)data + (size > 0), size ? size - 1 : 0};
    pin_cite_mode        mode = (pin_cite_mode)(how % 3);
    pin_law              law = {.act_count = act_count,
                                .act_id = act_id,
                                .act_loaded = act_loaded,
                                .act_name = act_name,
                                .find = find,
                                .find_also = find_also};
    pin_refs             refs[2] = {{0}};
    pin_status           s[2];
    law.default_act = (how & 8) ? 1 : (how & 64) ? PIN_NO_PROVISION : 0;
    loaded = !(how & 4);
    for (int i = 0; i < 2; i++) {
        pin_arena arena = pin_arena_over(room[i], sizeof room[i]);
        if (i == 1) /* the second time word by word, with names that are known */
            pin_cite_know_names(&law);
        s[i] = i ? pin_cite_scan_every_word(&refs[i], text, mode, &law, &arena, NULL)
                 : pin_cite_scan(&refs[i], text, mode, &law, &arena, NULL);
        CHECK(s[i] == PIN_OK || s[i] == PIN_LIMIT || s[i] == PIN_NO_SPACE);
        CHECK(s[i] == PIN_OK || arena.used == 0);
    }
    CHECK(s[0] == s[1] && refs[0].count == refs[1].count && refs[0].count <= PIN_CITE_MAX);
    for (uint32_t i = 0; s[0] == PIN_OK && i < refs[0].count; i++) {
        const pin_ref *a = &refs[0].at[i], *b = &refs[1].at[i];
        CHECK(a->from == b->from && a->to == b->to && a->state == b->state && a->provision == b->provision);
        CHECK(pin_str_equal(a->id, b->id) && pin_str_equal(a->source, b->source));
        CHECK(i == 0 || a->from >= a[-1].from);
        check_ref(a, &law, text);
        if (i < 16 && a->state == PIN_CITE_RESOLVED && a->id.len)
            check_label(a, &law);
    }
    return 0;
}
