/* Blocks of a section that grows. */
#include "indexer/write/flow.h"

#define BLOCK ((size_t)1 << 20)

static bool grow_list(pin_flow *f)
{
    if (f->count < f->cap)
        return true;
    size_t          cap = f->cap ? f->cap * 2 : 16;
    pin_flow_block *more = realloc(f->blocks, cap * sizeof *more);
    if (!more)
        return false;
    f->blocks = more;
    f->cap = cap;
    return true;
}

static pin_flow_block *new_block(pin_flow *f, size_t size)
{
    if (!grow_list(f))
        return NULL;
    pin_flow_block *b = &f->blocks[f->count];
    *b = (pin_flow_block){.cap = size, .lent = f->scratch && size >= BLOCK};
    b->at = b->lent ? f->scratch->take(f->scratch->ctx, size) : malloc(size);
    f->count += b->at != NULL;
    return b->at ? b : NULL;
}

/* The place for up to `len` more bytes, and how many they may be; NULL when memory is short. */
static uint8_t *place_for(pin_flow *f, size_t len, size_t *most)
{
    pin_flow_block *last = f->count ? &f->blocks[f->count - 1] : NULL;
    if (!last || last->len == last->cap) {
        /* the first one is small: most sections are */
        size_t size = f->count > 2 || len > BLOCK / 16 ? BLOCK : BLOCK / 16;
        last = f->failed ? NULL : new_block(f, size);
        if (!last) {
            f->failed = true;
            return NULL;
        }
    }
    *most = last->cap - last->len < len ? last->cap - last->len : len;
    last->len += *most;
    f->len += *most;
    return last->at + last->len - *most;
}

void pin_flow_add(pin_flow *f, const void *bytes, size_t len)
{
    for (const uint8_t *from = bytes; len > 0;) {
        size_t   n;
        uint8_t *to = place_for(f, len, &n);
        if (!to)
            return;
        memcpy(to, from, n);
        from += n;
        len -= n;
    }
}

void pin_flow_zeros(pin_flow *f, size_t len)
{
    while (len > 0) {
        size_t   n;
        uint8_t *to = place_for(f, len, &n);
        if (!to)
            return;
        memset(to, 0, n);
        len -= n;
    }
}

void pin_flow_take(pin_flow *f, pin_out *o)
{
    f->failed |= o->failed;
    if (o->len)
        pin_flow_add(f, o->at, o->len);
    pin_out_free(o);
}

void pin_flow_join(pin_flow *f, pin_flow *from)
{
    f->failed |= from->failed;
    for (size_t i = 0; i < from->count && !f->failed; i++) {
        if (!grow_list(f)) {
            f->failed = true;
            break;
        }
        f->len += from->blocks[i].len;
        f->blocks[f->count++] = from->blocks[i];
        from->blocks[i] = (pin_flow_block){0};
    }
    pin_flow_free(from);
}

void pin_flow_free(pin_flow *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->blocks[i].lent)
            f->scratch->give(f->scratch->ctx, f->blocks[i].at, f->blocks[i].cap);
        else
            free(f->blocks[i].at);
    }
    free(f->blocks);
    *f = (pin_flow){.scratch = f->scratch};
}
