/* The grammar of citations as a module of its own: a third of all code, which most queries do not need. It
 * is linked to lie in a part of the other module's memory that is kept free for it (CITATIONS_AT in
 * exports.c, --global-base in cmake/wasm.cmake), so both read the same query, arena and results. What it
 * asks of the law are calls back into the other module: a pointer to a function means nothing here. */
#include "pincite/cite.h"

#define CALLED(name) __attribute__((import_module("pincite"), import_name("pin_web_" #name))) name
#define EXPORTED(name) __attribute__((export_name(#name), visibility("default"), used)) name

extern uint32_t CALLED(law_acts)(void);
extern void     CALLED(law_id)(uint32_t act, pin_str *out);
extern int      CALLED(law_loaded)(uint32_t act);
extern int      CALLED(law_name)(uint32_t act, uint32_t k, pin_str *out);
extern uint32_t CALLED(law_find)(uint32_t act, const char *at, size_t len, int also);

static uint32_t act_count(const void *ctx)
{
    (void)ctx;
    return law_acts();
}

static pin_str act_id(const void *ctx, uint32_t act)
{
    pin_str id;
    (void)ctx;
    law_id(act, &id);
    return id;
}

static bool act_loaded(const void *ctx, uint32_t act)
{
    (void)ctx;
    return law_loaded(act) != 0;
}

static bool act_name(const void *ctx, uint32_t act, uint32_t k, pin_str *name)
{
    (void)ctx;
    return law_name(act, k, name) != 0;
}

static uint32_t find(const void *ctx, uint32_t act, pin_str id)
{
    (void)ctx;
    return law_find(act, id.at, id.len, 0);
}

static uint32_t find_also(const void *ctx, uint32_t act, pin_str label)
{
    (void)ctx;
    return law_find(act, label.at, label.len, 1);
}

/* pin_cite_scan; the law is that of the index which the other module holds. */
int EXPORTED(pin_citations_scan)(pin_refs *out, const char *at, size_t len, int mode, uint32_t default_act,
                                 pin_arena *arena, pin_error *err);
int pin_citations_scan(pin_refs *out, const char *at, size_t len, int mode, uint32_t default_act, pin_arena *arena,
                       pin_error *err)
{
    const pin_law law = {.act_count = act_count, .act_id = act_id, .act_loaded = act_loaded, .act_name = act_name,
                         .find = find, .find_also = find_also, .default_act = default_act};
    return (int)pin_cite_scan(out, (pin_str){at, len}, (pin_cite_mode)mode, &law, arena, err);
}
