/* What a release says about the past: revisions of its items, what older releases published and replaced,
 * and what became of ids that are gone. The outside of the canonical form and the tree is the public
 * header pincite/evidence.h; here is what the builder needs.
 *
 *     pin_past_open       the previous index, if there is one
 *     pin_past_settle     revisions, dates, fates, redirects: the corpus against what was published
 *     (the writer takes the rest from here)
 *     pin_past_close */
#ifndef PIN_EVIDENCE_H
#define PIN_EVIDENCE_H

#include "indexer/corpus/corpus.h"
#include "indexer/source/source.h"
#include "pincite/evidence.h"

/* Memory for calls of the index that may ask for more room. */
typedef struct pin_room {
    pin_arena arena;
    void     *memory;
} pin_room;
void pin_room_free(pin_room *room);
/* Empties the arena; doubles it when `status` is PIN_NO_SPACE. False: no memory, or no reason to repeat. */
bool pin_room_again(pin_room *room, pin_status status);

/* ---- Items of the draft as the canonical form sees them (draft.c) ---- */
/* A view: texts are borrowed from the draft. */
pin_item pin_evidence_view(const pin_draft_item *item);
/* Fills one footing a citation. Borrows from the sources. */
void     pin_evidence_footings(pin_footing *out, const pin_draft_item *item, const pin_source_set *sources);

/* Where one thread makes revisions; all zeros at first. */
typedef struct pin_reviser {
    void        *canon;
    size_t       canon_cap;
    pin_footing *footings;
    uint32_t     footing_cap;
} pin_reviser;
void       pin_reviser_free(pin_reviser *r);
/* PIN_OK, PIN_NO_SPACE, PIN_CORRUPT. */
pin_status pin_evidence_revision(uint8_t out[PIN_REVISION_LEN], pin_reviser *r, const pin_draft_item *item,
                                 const pin_source_set *sources, pin_error *err);

/* ---- The tree in parts (tree.c) ---- */
#define PIN_EVIDENCE_CHUNK 4096u /* leaves of a part, a power of two; the last may have fewer */
/* The root of all leaves from the roots of their parts. */
void pin_evidence_join(uint8_t out[PIN_EVIDENCE_LEN], const uint8_t (*roots)[PIN_EVIDENCE_LEN], uint32_t count);

/* ---- The past ---- */
/* One id of the section PAST. */
typedef struct pin_past_entry {
    pin_str       id;
    pin_fate      fate;
    pin_str       since, reason, target, question;
    pin_revision *rows; /* newest first, without the current one; items and places are the previous index's */
    uint32_t      row_count;
} pin_past_entry;

typedef struct pin_past_set {
    pin_pool        *pool;
    pin_str          as_of;       /* the day of this release, or empty                                */
    const pin_index *previous;    /* NULL when there is none                                          */
    pin_past_entry  *entries;     /* in byte order of ids                                             */
    uint32_t         entry_count;
    uint8_t         *revisions;   /* PIN_REVISION_LEN bytes an item, in the order of corpus->items; made
                                     by settle when they are not there yet                            */
    pin_str         *seen;        /* an item: day of the first release that had its revision           */
    char             root[2 * PIN_REVISION_LEN];
    pin_earlier     *releases;    /* those before this one, oldest first                              */
    uint32_t         release_count;
    void            *inside;
} pin_past_set;

void pin_past_init(pin_past_set *out, pin_pool *pool);

/* Opens the previous index and checks all of it, its revisions and root too; `bytes` are borrowed until
 * pin_past_close. PIN_OK, PIN_CORRUPT, PIN_UNSUPPORTED (another major version), PIN_NO_SPACE. */
pin_status pin_past_open(pin_past_set *past, pin_str bytes, pin_error *err);
void       pin_past_close(pin_past_set *past);

/* After the checks, before writing, with past->as_of set to the day that the host gave, or empty: gives changed items their date, unchanged ones theirs back; makes a
 * tombstone or a redirect of every id that is gone. What contradicts itself becomes findings.
 * PIN_OK, PIN_NO_SPACE, PIN_BAD_INPUT (a previous file of another corpus, a clock set back), PIN_CORRUPT. */
pin_status pin_past_settle(pin_past_set *past, pin_corpus *corpus, const pin_source_set *sources,
                           pin_findings *findings, pin_error *err);

/* The item as it stood in the previous index, for the writer; texts live in `room` or the previous file. */
pin_status pin_past_item(pin_item *item, pin_footing **footings, const pin_past_set *past,
                         const pin_revision *revision, pin_room *room, pin_error *err);

#endif
