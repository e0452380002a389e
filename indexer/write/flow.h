/* A section that only grows, kept in blocks: it is never copied as a whole, and its blocks may lie in
 * scratch. Once memory was short it stays `failed`. Private to this folder. */
#ifndef PIN_WRITE_FLOW_H
#define PIN_WRITE_FLOW_H

#include "indexer/write/out.h"
#include "pincite/build.h"

typedef struct pin_flow_block {
    uint8_t *at;
    size_t   len, cap;
    bool     lent; /* from scratch */
} pin_flow_block;

typedef struct pin_flow {
    const pin_scratch *scratch; /* or NULL */
    pin_flow_block    *blocks;
    size_t             count, cap;
    uint64_t           len; /* of all blocks */
    bool               failed;
} pin_flow;

void pin_flow_add(pin_flow *f, const void *bytes, size_t len);
void pin_flow_zeros(pin_flow *f, size_t len);
/* What `o` holds goes to the end of `f`; `o` is empty after. */
void pin_flow_take(pin_flow *f, pin_out *o);
/* The blocks of `from` go behind those of `f`. */
void pin_flow_join(pin_flow *f, pin_flow *from);
void pin_flow_free(pin_flow *f);

#endif
