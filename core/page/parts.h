/* What the page writers share: addresses, names of acts, and the few facts of an item that every
 * form of an answer shows. Nothing here decides how anything looks. */
#ifndef PIN_PAGE_PARTS_H
#define PIN_PAGE_PARTS_H

#include "core/bytes/bytes.h"
#include "pincite/blocks.h"
#include "pincite/page.h"

/* The base address as pincite.yml gives it, without a slash at its end; empty when none is given. */
pin_str pin_page_base(const pin_index *ix);

/* "BASE/MODULE/SLUG/": the address of an item. */
void pin_page_add_item_url(pin_buf *out, pin_str base, pin_str id);
/* "BASE/MODULE/SLUG/@0123456789abcdef/": the address of a revision, which never changes. */
void pin_page_add_pinned_url(pin_buf *out, pin_str base, pin_str id, pin_str revision);
/* Slug and title of the module that an item is or was at home in; the title is the slug where the module is
 * gone. */
pin_status pin_page_home(pin_str *slug, pin_str *title, const pin_index *ix, const pin_item *item,
                         pin_error *err);
/* "BASE/law/SOURCE/PROVISION/", or "BASE/law/SOURCE/" when `id` is empty. */
void pin_page_add_law_url(pin_buf *out, pin_str base, pin_str source, pin_str id);
/* The official text: the link pattern of the source with {top} and {id} filled in. Writes nothing when
 * the source has no pattern. */
void pin_page_add_official_link(pin_buf *out, const pin_source *source, pin_str id);
/* The name by which a reader knows the act: its shortest fitting name, else its title, else its id. */
pin_str pin_page_act_name(const pin_source *source);

/* A provision by its id, with what is known of it. Where the text of its act is not in the index, or the
 * index does not know the act at all, label and names are made from the ids. */
typedef struct pin_page_cited {
    pin_source source;
    pin_str    id, label;
} pin_page_cited;
pin_status pin_page_cited_of(pin_page_cited *out, const pin_index *ix, pin_str source, pin_str id,
                             pin_arena *arena, pin_error *err);
pin_status pin_page_cited_number(pin_page_cited *out, const pin_index *ix, uint32_t provision,
                                 pin_arena *arena, pin_error *err);

/* The label of an id without its source, in `arena`. */
pin_status pin_page_label(pin_str *out, pin_str id, pin_arena *arena, pin_error *err);

/* An answer as plain text, in `arena`. */
pin_status pin_page_plain(pin_str *out, pin_str blocks, pin_arena *arena, pin_error *err);

/* Does the answer begin with the words of the verdict? Then a card need not say them twice. */
pin_status pin_page_verdict_repeats(bool *out, const pin_item *item, pin_arena *arena, pin_error *err);

/* Is this code point safe to show on a terminal? No control characters (C0 but tab and line end, DEL, C1),
 * no characters that turn the direction of text, no line and paragraph separators. */
bool pin_page_is_shown(uint32_t code_point);
/* Columns that a code point takes on a terminal: 0 for combining marks, 2 for wide characters. */
uint32_t pin_page_columns(uint32_t code_point);
/* Columns of a whole text, cleaned as pin_text_line does. */
uint32_t pin_page_text_columns(pin_str text);

/* The human label of a reference: that of the provision where it exists, else made from the id, else
 * the words as written. Lives in the index or in `arena`. */
pin_status pin_page_ref_label(pin_str *out, const pin_index *ix, const pin_ref *ref, pin_str written,
                              pin_arena *arena, pin_error *err);

#endif
