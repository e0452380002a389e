/* The core as WebAssembly: what JavaScript may call. Pure glue. It holds one index of which only some
 * byte ranges are there, lends the core memory, and says which ranges a call lacks.
 *
 * Memory, from low to high; everything above the input may move when something below it grows:
 *
 *     | stack, data | grammar of citations | arena for results | output | pieces of the file, in file order |
 *
 * The grammar is a module of its own (citations.c), fetched when the first query needs it.
 *
 * Offsets in the file cross the border as doubles (exact up to 2^53): 64-bit integers would be BigInt
 * there. The names exported are those of exports.txt; the build compares. */
#include <string.h>

#include "pincite/page.h"

#define EXPORTED(name) __attribute__((export_name(#name), visibility("default"), used)) name
#define INPUT_MAX 16384u             /* bytes of a query, module and status together                  */
#define NEEDS_MAX 512u               /* ranges asked for in one round                                 */
#define PIECES_MAX 4096u
#define ARENA_FIRST (512u << 10)
#define ARENA_MOST (512u << 20)
#define OUT_FIRST (64u << 10)
#define STORE_MOST (96u << 20)       /* bytes of the file kept; then all but the head is forgotten    */
#define WASM_PAGE 65536u
#define CITATIONS_AT 655360u         /* where the other module is linked to lie, with its stack        */
#define CITATIONS_ROOM 262144u

enum { GOOD = PIN_OK };

static struct {
    uint8_t   own[16384]; /* the open index lives here */
    pin_index *ix;
    pin_file   file;
    pin_needs  needs;
    pin_piece  pieces[PIECES_MAX];
    size_t     arena_size, out_size, store_size;
    uint64_t   head_end; /* of the file: what lay here before it when the index was opened is kept      */
    pin_buf    out;
    pin_error  err;
    char       input[INPUT_MAX];
    bool       grammar, no_grammar; /* the other module is here; it is missing                        */
    double     asked[NEEDS_MAX][2];
    unsigned char needs_room[NEEDS_MAX * 2 * sizeof(uint64_t)] __attribute__((aligned(16)));
} web;

/* ---- memory ---- */

extern unsigned char __heap_base;

static unsigned char *arena_at(void) { return (unsigned char *)(uintptr_t)(CITATIONS_AT + CITATIONS_ROOM); }
static unsigned char *out_at(void) { return arena_at() + web.arena_size; }
static unsigned char *store_at(void) { return out_at() + web.out_size; }

static bool reach(uint64_t end)
{
    uint64_t here = (uint64_t)__builtin_wasm_memory_size(0) * WASM_PAGE;
    if (end <= here)
        return true;
    uint64_t pages = (end - here + WASM_PAGE - 1) / WASM_PAGE;
    return pages < 65536 && __builtin_wasm_memory_grow(0, (size_t)pages) != (size_t)-1;
}

/* The store has moved, or pieces were added: the index has to hear of it. */
static void place_pieces(void)
{
    unsigned char *at = store_at();
    for (uint32_t i = 0; i < web.file.piece_count; i++) {
        web.pieces[i].at = at;
        at += web.pieces[i].len;
    }
}

static pin_status lend(void)
{
    place_pieces();
    return web.ix ? pin_index_lend(web.ix, &web.file, &web.err) : PIN_OK;
}

/* Makes arena and output as large as stated; the store moves up. */
static bool resize(size_t arena_size, size_t out_size)
{
    unsigned char *from = store_at();
    unsigned char *to = arena_at() + arena_size + out_size;
    if (arena_size > ARENA_MOST || out_size > ARENA_MOST || !reach((uint64_t)(uintptr_t)to + web.store_size))
        return false;
    memmove(to, from, web.store_size);
    web.arena_size = arena_size;
    web.out_size = out_size;
    return lend() == PIN_OK;
}

/* ---- pieces of the file ---- */

/* First piece that ends at or after `offset`. */
static uint32_t piece_near(uint64_t offset)
{
    uint32_t i = 0;
    while (i < web.file.piece_count && web.pieces[i].offset + web.pieces[i].len < offset)
        i++;
    return i;
}

/* Keeps the head alone: for a browser tab that has read much of a large file. */
static void forget(void)
{
    uint32_t kept = 0;
    web.store_size = 0;
    for (; kept < web.file.piece_count && web.pieces[kept].offset < web.head_end; kept++) {
        pin_piece *p = &web.pieces[kept];
        if (p->len > web.head_end - p->offset) /* the last of them: behind it all is forgotten */
            p->len = web.head_end - p->offset;
        web.store_size += (size_t)p->len;
    }
    web.file.piece_count = kept;
}

/* Room for bytes [offset, offset + len) of the file, joined with the pieces that it touches. Returns where
 * these bytes go, in an order that leaves what is there already in place; NULL when memory is short. */
static unsigned char *insert(uint64_t offset, uint64_t len)
{
    uint32_t first = piece_near(offset), last = first;
    uint64_t from = offset, to = offset + len, had = 0, before = 0;
    for (uint32_t i = 0; i < first; i++)
        before += web.pieces[i].len;
    for (; last < web.file.piece_count && web.pieces[last].offset <= to; last++) {
        uint64_t end = web.pieces[last].offset + web.pieces[last].len;
        from = web.pieces[last].offset < from ? web.pieces[last].offset : from;
        to = end > to ? end : to;
        had += web.pieces[last].len;
    }
    uint64_t grows = to - from - had;
    if (!reach((uint64_t)(uintptr_t)store_at() + web.store_size + grows))
        return NULL;
    unsigned char *base = store_at() + before;
    size_t         tail = web.store_size - (size_t)(before + had);
    memmove(base + (to - from), base + had, tail);
    unsigned char *end = base + had; /* the joined pieces move up, the last one first */
    for (uint32_t i = last; i-- > first;) {
        end -= web.pieces[i].len;
        memmove(base + (web.pieces[i].offset - from), end, (size_t)web.pieces[i].len);
    }
    uint32_t left = web.file.piece_count - last;
    memmove(&web.pieces[first + 1], &web.pieces[last], left * sizeof *web.pieces);
    web.pieces[first] = (pin_piece){.offset = from, .len = to - from};
    web.file.piece_count = first + 1 + left;
    web.store_size += (size_t)grows;
    return base + (offset - from);
}

/* ---- start ---- */

/* Forgets everything: a file of `len` bytes, none of which is here. */
void EXPORTED(pin_web_start)(double len);
void pin_web_start(double len)
{
    web.ix = NULL;
    web.store_size = 0;
    web.head_end = 0;
    web.needs = (pin_needs){.at = (void *)web.needs_room, .cap = NEEDS_MAX};
    web.file = (pin_file){.len = (uint64_t)len, .pieces = web.pieces, .needs = &web.needs};
    if ((uintptr_t)&__heap_base > CITATIONS_AT)
        __builtin_trap(); /* the build looks at it too */
    if (!web.arena_size)
        resize(ARENA_FIRST, OUT_FIRST);
}

/* Where bytes [offset, offset + len) of the file are to be put, at once and whole; 0: no memory. */
unsigned char *EXPORTED(pin_web_room)(double offset, double len);
unsigned char *pin_web_room(double offset, double len)
{
    uint64_t from = (uint64_t)offset, size = (uint64_t)len;
    if (from > web.file.len || size > web.file.len - from)
        return NULL;
    if (web.file.piece_count + 1 >= PIECES_MAX || web.store_size + size > STORE_MOST)
        forget();
    return insert(from, size);
}

/* Opens the index, or takes note of the pieces that have arrived: pin_status. */
int EXPORTED(pin_web_open)(void);
int pin_web_open(void)
{
    web.needs.count = 0;
    if (web.ix)
        return (int)lend();
    place_pieces();
    pin_arena arena = pin_arena_over(web.own, sizeof web.own);
    pin_status status = pin_index_open(&web.ix, &web.file, &arena, &web.err);
    if (status != PIN_OK)
        web.ix = NULL;
    else if (web.file.piece_count > 0) /* it needs all that was fetched for it, wherever that lies */
        web.head_end = web.pieces[web.file.piece_count - 1].offset + web.pieces[web.file.piece_count - 1].len;
    return (int)status;
}

/* ---- the grammar of citations ---- */

__attribute__((import_module("citations"), import_name("pin_citations_scan"))) extern int
citations_scan(pin_refs *out, const char *at, size_t len, int mode, uint32_t default_act, pin_arena *arena, pin_error *err);

/* As the core calls it. */
pin_status pin_cite_scan(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law, pin_arena *arena,
                         pin_error *err)
{
    if (web.grammar)
        return (pin_status)citations_scan(out, text.at, text.len, (int)mode, law->default_act, arena, err);
    web.no_grammar = true;
    return pin_fail(err, PIN_NEED, 0, "the grammar of citations is not here yet");
}

/* The other module is there from now on. */
void EXPORTED(pin_web_citations)(void);
void pin_web_citations(void) { web.grammar = true; }

/* Did the last call lack it? */
int EXPORTED(pin_web_lacks_citations)(void);
int pin_web_lacks_citations(void) { return web.no_grammar; }

/* What the grammar asks: pin_law, by number. */
uint32_t EXPORTED(pin_web_law_acts)(void);
uint32_t pin_web_law_acts(void)
{
    pin_law law = pin_index_law(web.ix);
    return law.act_count(law.ctx);
}

void EXPORTED(pin_web_law_id)(uint32_t act, pin_str *out);
void pin_web_law_id(uint32_t act, pin_str *out)
{
    pin_law law = pin_index_law(web.ix);
    *out = law.act_id(law.ctx, act);
}

int EXPORTED(pin_web_law_loaded)(uint32_t act);
int pin_web_law_loaded(uint32_t act)
{
    pin_law law = pin_index_law(web.ix);
    return law.act_loaded(law.ctx, act);
}

int EXPORTED(pin_web_law_name)(uint32_t act, uint32_t k, pin_str *out);
int pin_web_law_name(uint32_t act, uint32_t k, pin_str *out)
{
    pin_law law = pin_index_law(web.ix);
    return law.act_name(law.ctx, act, k, out);
}

uint32_t EXPORTED(pin_web_law_find)(uint32_t act, const char *at, size_t len, int also);
uint32_t pin_web_law_find(uint32_t act, const char *at, size_t len, int also)
{
    pin_law law = pin_index_law(web.ix);
    return (also ? law.find_also : law.find)(law.ctx, act, (pin_str){at, len});
}

/* ---- answers ---- */

char *EXPORTED(pin_web_input)(void);
char *pin_web_input(void) { return web.input; }

const char *EXPORTED(pin_web_output)(void);
const char *pin_web_output(void) { return web.out.at; }

uint32_t EXPORTED(pin_web_output_len)(void);
uint32_t pin_web_output_len(void) { return (uint32_t)web.out.len; }

const char *EXPORTED(pin_web_error)(void);
const char *pin_web_error(void) { return web.err.message ? web.err.message : ""; }

/* Pairs of doubles, offset and length; the count is the other call. */
const double *EXPORTED(pin_web_needs)(void);
const double *pin_web_needs(void)
{
    for (uint32_t i = 0; i < web.needs.count; i++) {
        web.asked[i][0] = (double)web.needs.at[i].offset;
        web.asked[i][1] = (double)web.needs.at[i].len;
    }
    return web.asked[0];
}

uint32_t EXPORTED(pin_web_need_count)(void);
uint32_t pin_web_need_count(void) { return web.needs.count; }

/* Which answer is wanted; strings lie in the input. */
typedef struct wanted {
    pin_str            text; /* the query */
    pin_search_options options;
    bool               facets;
} wanted;

typedef pin_status maker(pin_buf *out, const wanted *w, pin_arena *arena);

/* Calls `make` with more memory until it fits. */
static int answer(maker *make, const wanted *w)
{
    for (;;) {
        web.needs.count = 0;
        web.no_grammar = false;
        web.err = (pin_error){0};
        pin_arena arena = pin_arena_over(arena_at(), web.arena_size);
        web.out = pin_buf_over(out_at(), web.out_size);
        pin_status status = web.ix ? make(&web.out, w, &arena) : pin_fail(&web.err, PIN_BAD_INPUT, 0, "no index is open");
        /* a look-up of the law that lacks bytes says "not there": no answer counts before all is there */
        if ((status == PIN_OK || status == PIN_NOT_FOUND) && (web.needs.count > 0 || web.no_grammar))
            return PIN_NEED;
        if (status != PIN_NO_SPACE)
            return (int)status;
        bool out_short = web.out.len > web.out_size;
        if (!resize(out_short ? web.arena_size : web.arena_size * 2, out_short ? web.out.len * 2 : web.out_size))
            return PIN_NO_SPACE;
    }
}

/* The cards of all hits, asked for at once: the writer would stop at the first that is missing. */
static pin_status fetch_hits(const pin_hits *hits, pin_arena *arena)
{
    pin_status missing = PIN_OK;
    for (uint32_t i = 0; i < hits->count; i++) {
        size_t     mark = arena->used;
        pin_item   item;
        pin_status status = pin_index_item(&item, web.ix, hits->at[i].item, arena, &web.err);
        arena->used = mark;
        if (status == PIN_NEED)
            missing = status;
        else if (status != PIN_OK)
            return status;
    }
    return missing;
}

/* [["slug","Title",12],...]: modules with matches; a second line below the answer. */
static pin_status add_facets(pin_buf *out, const pin_hits *hits)
{
    pin_release release;
    bool        any = false;
    pin_index_release(&release, web.ix);
    pin_buf_adds(out, "\n[");
    for (uint32_t m = 0; hits->module_counts && m < release.module_count; m++) {
        pin_module module;
        if (hits->module_counts[m] == 0)
            continue;
        pin_status status = pin_index_module(&module, web.ix, m, &web.err);
        if (status != PIN_OK)
            return status;
        pin_buf_adds(out, any ? ",[" : "[");
        pin_json_string(out, module.slug);
        pin_buf_byte(out, ',');
        pin_json_string(out, module.title);
        pin_buf_byte(out, ',');
        pin_buf_uint(out, hits->module_counts[m]);
        pin_buf_byte(out, ']');
        any = true;
    }
    pin_buf_byte(out, ']');
    return pin_buf_status(out);
}

static pin_status make_search(pin_buf *out, const wanted *w, pin_arena *arena)
{
    pin_hits   hits = {0};
    pin_status status = pin_search(&hits, web.ix, w->text, &w->options, arena, &web.err);
    if (status == PIN_OK && web.needs.count > 0)
        return PIN_NEED; /* read without the law's tables: these hits are not worth fetching */
    if (status == PIN_OK)
        status = fetch_hits(&hits, arena);
    if (status == PIN_OK)
        status = pin_json_search(out, web.ix, w->text, &hits, NULL, arena, &web.err);
    return status == PIN_OK && w->facets ? add_facets(out, &hits) : status;
}

/* The search of /api/v1/search, as the same bytes. Input: query, module and status, one after the other.
 * flags: 1 facets on a second line. */
int EXPORTED(pin_web_search)(uint32_t query_len, uint32_t module_len, uint32_t status_len, uint32_t k, int flags);
int pin_web_search(uint32_t query_len, uint32_t module_len, uint32_t status_len, uint32_t k, int flags)
{
    if (query_len > INPUT_MAX || module_len > INPUT_MAX - query_len || status_len > INPUT_MAX - query_len - module_len)
        return PIN_LIMIT;
    wanted w = {
        .text = {web.input, query_len},
        .options = {.k = k,
                    .module = {web.input + query_len, module_len},
                    .status = {web.input + query_len + module_len, status_len}},
        .facets = (flags & 1) != 0,
    };
    return answer(make_search, &w);
}

static pin_status make_about(pin_buf *out, const wanted *w, pin_arena *arena)
{
    (void)w;
    (void)arena;
    pin_release r;
    pin_index_release(&r, web.ix);
    pin_buf_adds(out, "{\"title\":");
    pin_json_string(out, r.title);
    pin_buf_adds(out, ",\"base\":");
    pin_json_string(out, r.base);
    pin_buf_adds(out, ",\"engine\":");
    pin_json_string(out, r.engine);
    pin_buf_adds(out, ",\"updated\":");
    pin_json_string(out, r.updated);
    pin_buf_adds(out, ",\"items\":");
    pin_buf_uint(out, r.item_count);
    pin_buf_adds(out, ",\"modules\":");
    pin_buf_uint(out, r.module_count);
    pin_buf_byte(out, '}');
    return pin_buf_status(out);
}

/* What the open file is: title, base, engine, updated, items, modules. */
int EXPORTED(pin_web_about)(void);
int pin_web_about(void)
{
    wanted w = {0};
    return answer(make_about, &w);
}
