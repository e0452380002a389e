/* What the files of indexer/source share; the outside is source.h. */
#ifndef PIN_SOURCE_INSIDE_H
#define PIN_SOURCE_INSIDE_H

#include "indexer/source/source.h"

/* ---- table.c: (source, kind, text) -> provision number within the source ---- */
typedef struct pin_source_table pin_source_table;
enum { PIN_KEY_ID = 0, PIN_KEY_LABEL = 1 };

pin_source_table *pin_source_table_new(pin_pool *pool);
/* The first to come keeps the key. *taken, when not NULL, says that it was there before. False: memory
 * is short. `key` is borrowed for the life of the table. */
bool     pin_source_table_put(pin_source_table *t, pin_pool *pool, uint32_t source, int kind, pin_str key,
                              uint32_t value, bool *taken);
uint32_t pin_source_table_get(const pin_source_table *t, uint32_t source, int kind, pin_str key);

/* ---- description.c ---- */
/* Reads source.yml over what `out` holds already. *provisions is the file it names, or empty.
 * PIN_OK, PIN_NO_SPACE, PIN_BAD_INPUT (not YAML at all; there is a finding). */
pin_status pin_description_read(pin_draft_source *out, pin_str *provisions, pin_pool *pool, pin_findings *findings,
                                const pin_input_file *file);

/* ---- known.c: acts known by name ---- */
/* Fills id, title, names ... of a known source; false for an id that is not known. */
bool pin_known_source(pin_draft_source *out, pin_pool *pool, pin_str id);
/* Id number k of the known sources, or empty past the last. */
pin_str pin_known_id(uint32_t k);

/* ---- rows.c ---- */
/* Reads the rows of `file` into out->provisions, in document order, with parent, depth and end.
 * *revision is the `revision` of the rows where all that have one agree, else empty.
 * PIN_OK, PIN_NO_SPACE, PIN_BAD_INPUT (no usable row). */
pin_status pin_rows_read(pin_draft_source *out, pin_str *revision, pin_pool *pool, pin_findings *findings,
                         const pin_input_file *file, pin_error *err);

#endif
