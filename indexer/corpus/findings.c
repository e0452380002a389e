/* Findings: what is wrong with the input, one line each, collected while everything else goes on. */
#include "indexer/corpus/corpus.h"

#include <string.h>

void pin_findings_init(pin_findings *out, pin_pool *pool) { *out = (pin_findings){.pool = pool}; }

/* Room for one more; the old array stays in the pool, so the waste is at most what is used. */
static pin_finding *findings_grow(pin_findings *f)
{
    if (f->count == f->cap) {
        uint32_t     cap = f->cap ? f->cap * 2 : 64;
        pin_finding *at = cap > f->cap ? pin_pool_take(f->pool, cap, sizeof *at) : NULL;
        if (!at)
            return NULL;
        if (f->count)
            memcpy(at, f->at, f->count * sizeof *at);
        f->at = at;
        f->cap = cap;
    }
    return &f->at[f->count];
}

/* Messages quote foreign bytes: a line break or an escape in them must not make a second line. */
static void line_clean(char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c < 32 || c == 127)
            at[i] = ' ';
    }
}

void pin_finding_add(pin_findings *f, pin_severity severity, const char *code, pin_origin origin,
                     pin_str item, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pin_str message = pin_pool_vformat(f->pool, format, args);
    va_end(args);
    pin_finding *finding = findings_grow(f);
    pin_str      item_copy = pin_pool_copy(f->pool, item);
    if (!finding || !message.at || !item_copy.at) {
        f->short_of_memory = true;
        return;
    }
    line_clean((char *)message.at, message.len); /* just made: ours to write */
    *finding = (pin_finding){
        .severity = severity,
        .code = pin_str_of(code),
        .file = origin.file,
        .line = origin.line,
        .item = item_copy,
        .message = message,
        .hint = pin_str_of(hint ? hint : ""),
    };
    f->count++;
}

void pin_finding_keep(pin_findings *f, const pin_finding *finding)
{
    pin_finding *at = findings_grow(f);
    if (!at) {
        f->short_of_memory = true;
        return;
    }
    *at = *finding;
    f->count++;
}
