/* The corpus in memory, as the readers leave it and the checks and the writer find it.
 *
 * Readers (tree, module file, JSON Lines) turn foreign bytes into modules and draft items; nothing
 * here knows of the index format except the safe blocks (pincite/blocks.h). All texts live in the
 * corpus' pool, a growing arena that is freed as a whole. */
#ifndef PIN_CORPUS_H
#define PIN_CORPUS_H

#include "pincite/build.h"
#include "pincite/cite.h"
#include "pincite/index.h"

#include <stdarg.h>

/* ---- A pool: malloc'ed chunks, freed together. NULL / at == NULL only when memory is short. ----
 * Not for use by two threads at once. */
typedef struct pin_pool pin_pool;
pin_pool *pin_pool_new(void);
void      pin_pool_free(pin_pool *pool);
void     *pin_pool_take(pin_pool *pool, size_t count, size_t size); /* zeroed, aligned to 16 */
pin_str   pin_pool_copy(pin_pool *pool, pin_str text);
/* As printf writes it, which for %s stops at a NUL and for %.*s at the length given. */
pin_str   pin_pool_format(pin_pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));
pin_str   pin_pool_vformat(pin_pool *pool, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* ---- A draft item ---- */
typedef struct pin_origin {
    pin_str  file; /* as shown in findings */
    uint32_t line; /* 1-based              */
} pin_origin;

/* One entry of a citation list as written; resolved later into pin_citation rows. */
typedef struct pin_entry {
    pin_str  written;  /* "Annex I, Part I, point (2)(b)", or a source name, or both joined by ", "  */
    pin_str  source;   /* JSON key `source`: an id or a name of an act, or empty                     */
    pin_str  note, quote;
    uint32_t line;
} pin_entry;

/* Words in the answer that the author marked as a reference: [[Article 24]], [[stewards/sbom]]. In the
 * blocks the reference is a placeholder node until it is resolved: PIN_B_CITE or PIN_B_ITEM_LINK. */
typedef struct pin_draft_link {
    pin_str  target; /* as written between the brackets, or the path of a relative .md link          */
    uint32_t line;
} pin_draft_link;

typedef struct pin_draft_item {
    pin_str         module;   /* home module slug                                                   */
    pin_str         id, slug, given_id;
    pin_str         question, verdict, status, status_text;
    pin_str         author, published, updated, language;
    pin_str         blocks;   /* safe blocks, references resolved                                   */
    pin_str         plain;    /* the answer as plain text                                           */
    pin_entry      *entries;
    uint32_t        entry_count;
    pin_draft_link *links;
    uint32_t        link_count;
    pin_str        *related;
    uint32_t        related_count;
    pin_origin      origin;
    pin_citation   *citations; /* filled by the resolver: what the index stores                     */
    uint32_t        citation_count;
} pin_draft_item;

typedef struct pin_draft_module {
    pin_str    slug, title, description, icon, audience, author, published, updated;
    pin_str    overview; /* blocks */
    int64_t    order;    /* position in the hub; ties: by slug                                      */
    pin_str   *members;  /* item ids in the order of the list, own and borrowed                     */
    uint32_t   member_count;
    pin_origin origin;
} pin_draft_module;

typedef struct pin_corpus {
    pin_pool         *pool;
    pin_config        config;
    pin_draft_module *modules; /* sorted for the hub once reading is done                           */
    uint32_t          module_count, module_cap;
    pin_draft_item   *items;   /* sorted by home module, then by the module's order                 */
    uint32_t          item_count, item_cap;
    uint32_t          skipped_count, not_item_count;
} pin_corpus;

#endif
