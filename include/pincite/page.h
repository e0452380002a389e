/* What people and programs read: JSON and text answers, and (with the site) HTML pages. Pure: views
 * in, bytes out, into a buffer of the host; PIN_NO_SPACE says how much is needed (buf->len). */
#ifndef PINCITE_PAGE_H
#define PINCITE_PAGE_H

#include "pincite/search.h"

/* Who cites provision `id` of `source`: pin_index_citing where its text is in the index; else, since its id
 * is known all the same, found by reading the citations of every item. Same order, same touches. */
pin_status pin_citings_of(pin_citings *out, const pin_index *ix, pin_str source, pin_str id, pin_arena *arena,
                          pin_error *err);

/* ---- JSON (RFC 8259): UTF-8, one line, keys in a fixed order, no HTML; documented in docs/http.md ---- */
typedef struct pin_json_options {
    bool     with_time; /* adds took_us */
    uint64_t took_us;
    bool     explain;   /* adds "explain" to each hit */
} pin_json_options;

pin_status pin_json_search(pin_buf *out, const pin_index *ix, pin_str query, const pin_hits *hits,
                           const pin_json_options *options, pin_arena *arena, pin_error *err);
pin_status pin_json_item(pin_buf *out, const pin_index *ix, uint32_t item, pin_arena *arena, pin_error *err);
/* An item as it stood: the keys of pin_json_item, of the words of that day, and `current`, `seen`, `until`. */
pin_status pin_json_revision(pin_buf *out, const pin_index *ix, pin_str id, const pin_revision *revision,
                             pin_arena *arena, pin_error *err);
/* What is left of an id that is gone: standing, since, reason, target, history. With a `status_code`, as a
 * problem of RFC 9457 of this `type`. */
pin_status pin_json_gone(pin_buf *out, const pin_index *ix, const pin_past *past, pin_str type,
                         uint32_t status_code, pin_arena *arena, pin_error *err);
pin_status pin_json_provision(pin_buf *out, const pin_index *ix, uint32_t provision, pin_arena *arena,
                              pin_error *err);
/* What a citation as written means: one object a reference, with id, label, state and words. */
pin_status pin_json_law(pin_buf *out, const pin_index *ix, pin_str written, const pin_refs *refs,
                        pin_arena *arena, pin_error *err);
pin_status pin_json_citing(pin_buf *out, const pin_index *ix, uint32_t provision, const pin_citings *citings,
                           pin_arena *arena, pin_error *err);
/* The same for a provision by its id, which may be of an act whose text is not in the index. */
pin_status pin_json_citings_of(pin_buf *out, const pin_index *ix, pin_str source, pin_str id,
                               const pin_citings *citings, pin_arena *arena, pin_error *err);
pin_status pin_json_coverage(pin_buf *out, const pin_index *ix, pin_arena *arena, pin_error *err);
/* The numbers of coverage for a terminal: items, citations by state, and for every source its kinds of provision. */
pin_status pin_text_coverage(pin_buf *out, const pin_index *ix, pin_arena *arena, pin_error *err);
/* The map of source `source` as one SVG file: every article, annex and recital with its paragraphs and points
 * as cells, shaded by how many answers cite them. Colours follow the reader's light or dark. */
pin_status pin_svg_coverage(pin_buf *out, const pin_index *ix, uint32_t source, pin_arena *arena, pin_error *err);
/* A JSON string with its quotes; bad UTF-8 becomes U+FFFD, control characters are escaped. */
void pin_json_string(pin_buf *out, pin_str text);

/* ---- Plain text for a terminal: no colour codes; control characters of the corpus are removed ---- */
typedef struct pin_text_options {
    uint32_t width;  /* columns to wrap at; 0: 80 */
    bool     colour; /* ANSI colours and bold: only for a terminal */
} pin_text_options;

/* `text` on one line: control characters and characters that turn the direction of text are left out, runs
 * of white space become one space, bad UTF-8 becomes U+FFFD. For what a host prints by itself. */
void pin_text_line(pin_buf *out, pin_str text);

pin_status pin_text_search(pin_buf *out, const pin_index *ix, pin_str query, const pin_hits *hits,
                           const pin_text_options *options, pin_arena *arena, pin_error *err);
/* The card: question, verdict, answer, citations with notes, and the cited words below. */
pin_status pin_text_item(pin_buf *out, const pin_index *ix, uint32_t item, const pin_text_options *options,
                         pin_arena *arena, pin_error *err);
/* The card as it stood, and where that revision stands now. */
pin_status pin_text_revision(pin_buf *out, const pin_index *ix, pin_str id, const pin_revision *revision,
                             const pin_text_options *options, pin_arena *arena, pin_error *err);
/* The tombstone of an id that is gone: why, since when, where to go, and its revisions. */
pin_status pin_text_gone(pin_buf *out, const pin_index *ix, const pin_past *past, const pin_text_options *options,
                         pin_arena *arena, pin_error *err);
pin_status pin_text_law(pin_buf *out, const pin_index *ix, pin_str written, const pin_refs *refs,
                        const pin_text_options *options, pin_arena *arena, pin_error *err);
pin_status pin_text_citing(pin_buf *out, const pin_index *ix, uint32_t provision, const pin_citings *citings,
                           const pin_text_options *options, pin_arena *arena, pin_error *err);
pin_status pin_text_citings_of(pin_buf *out, const pin_index *ix, pin_str source, pin_str id,
                               const pin_citings *citings, const pin_text_options *options, pin_arena *arena,
                               pin_error *err);

/* ---- Markdown: the twin of a card or a module page ---- */
pin_status pin_markdown_item(pin_buf *out, const pin_index *ix, uint32_t item, pin_arena *arena,
                             pin_error *err);
pin_status pin_markdown_revision(pin_buf *out, const pin_index *ix, const pin_revision *revision,
                                 pin_arena *arena, pin_error *err);

#endif
