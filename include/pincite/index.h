/* An open index file, and views of what it holds: modules, items, sources, provisions.
 *
 * The file is read where it lies. Views are borrowed: their texts point into the file's bytes or into
 * the arena of the call, and live as long as the shorter of the two. Any number of threads may read
 * one open index at once, each with its own arena. Layout of the file: docs/format.md. */
#ifndef PINCITE_INDEX_H
#define PINCITE_INDEX_H

#include "pincite/base.h"
#include "pincite/cite.h"

/* ---- The bytes ------------------------------------------------------------------------------
 * Natively the whole file is mapped: one piece. In a browser only some ranges are there; what a call
 * lacks is appended to `needs` and the call returns PIN_NEED. Fetch those ranges, add them as pieces,
 * call again. A call asks for all it can foresee at once. Pieces are sorted by offset, disjoint. */
typedef struct pin_piece {
    uint64_t       offset;
    uint64_t       len;
    const uint8_t *at;
} pin_piece;

typedef struct pin_needs {
    struct {
        uint64_t offset, len;
    } *at;             /* room for `cap` ranges, owned by the host; ranges may repeat or touch       */
    uint32_t count;
    uint32_t cap;      /* when full, further needs are left out: they are asked for in the next round */
} pin_needs;

typedef struct pin_file {
    uint64_t         len; /* of the whole file, whether it is here or not */
    const pin_piece *pieces;
    uint32_t         piece_count;
    pin_needs       *needs; /* NULL when everything is here */
} pin_file;

typedef struct pin_index pin_index;

/* Opens the index in `file`. Checks header, section table, checksums of the sections that later calls
 * trust without looking again, and every cap; never reads outside `file`. The index lives in `arena`
 * and borrows `file` (copied) and its pieces array.
 * PIN_OK, PIN_CORRUPT, PIN_UNSUPPORTED (version or required feature), PIN_NO_SPACE, PIN_NEED. */
pin_status pin_index_open(pin_index **out, const pin_file *file, pin_arena *arena, pin_error *err);

/* Gives an open index the pieces that have arrived since: replaces the pieces and the place for needs.
 * The pieces that were there at the opening must still be among them, where they were in the file; in
 * memory they may have moved. PIN_OK, PIN_CORRUPT (the head is missing). Not while another thread reads. */
pin_status pin_index_lend(pin_index *ix, const pin_file *file, pin_error *err);

/* Reads every byte: section checksums, every dictionary page, list, item and provision, and all
 * cross references. Slow and complete; `verify` and a server's reload call it. Needs the whole file.
 * PIN_OK, PIN_CORRUPT (err says which section and where), PIN_NO_SPACE. */
pin_status pin_index_verify(const pin_index *ix, pin_arena *arena, pin_error *err);

/* ---- The release ---- */
typedef struct pin_release {
    uint64_t file_id; /* changes whenever any byte of the content does                             */
    pin_str  release; /* root hash over all revisions, in hex; empty until revisions exist          */
    pin_str  engine;  /* "pincite 0.1.0": the program that wrote the file                          */
    pin_str  title, publisher, base, language; /* as in pincite.yml, empty where not given          */
    pin_str  updated; /* newest date of any item, "2026-03-10", or empty                            */
    pin_str  published; /* oldest date of publication of any item, or empty                         */
    pin_str  as_of;     /* the day this release speaks for, or empty; see pin_build_options         */
    uint32_t item_count, module_count, source_count, provision_count, citation_count;
    uint32_t skipped_count;     /* items of the corpus that are not in the index                    */
    uint32_t cite_states[5];    /* citations by pin_cite_state                                      */
    pin_str  default_source;    /* id of the source meant when none is named, or empty              */
} pin_release;
void pin_index_release(pin_release *out, const pin_index *ix);
/* From now on addresses are made with `base` (borrowed), whatever the file says. Not while others read. */
void pin_index_set_base(pin_index *ix, pin_str base);

/* ---- Modules ---- numbered 0 .. module_count-1, in the order of the hub */
typedef struct pin_module {
    uint32_t number;
    pin_str  slug, title, description, icon, audience, author, published, updated;
    pin_str  overview;     /* blocks (pincite/blocks.h), may be empty                                */
    uint32_t first_item;   /* items [first_item, first_item + item_count) have this module as home   */
    uint32_t item_count;
    uint32_t member_count; /* items shown in the module, in its order; see pin_index_member          */
} pin_module;
pin_status pin_index_module(pin_module *out, const pin_index *ix, uint32_t number, pin_error *err);
/* Number of the module with this slug, or PIN_NOT_FOUND. */
pin_status pin_index_find_module(uint32_t *out, const pin_index *ix, pin_str slug);
/* Item number of member `k` (below member_count) of a module: its own items and those that its list
 * borrows from other modules, in the order the publisher gave. */
pin_status pin_index_member(uint32_t *out, const pin_index *ix, uint32_t module, uint32_t k, pin_error *err);

/* ---- Items ---- numbered 0 .. item_count-1; the numbers change from build to build, ids do not */
typedef struct pin_citation {
    pin_str  written;   /* the citation or source as the author wrote it                             */
    pin_str  source;    /* source id, "cra", or empty (other act, not understood)                    */
    pin_str  id;        /* canonical provision id, "art_13.par_8"; empty for a whole act             */
    pin_str  label;     /* human label of the provision: "Article 13(8)"; of the act when id is empty */
    pin_str  note;      /* what it supports, plain text; shared by all provisions of one entry       */
    pin_str  quote;     /* quoted words, plain text, may be empty                                    */
    uint32_t provision; /* provision number, PIN_NO_PROVISION unless resolved                        */
    uint32_t entry;     /* number of the entry in the item's citation list; several provisions written
                           in one entry share it. Refs found only in the answer come after the list  */
    uint8_t  state;     /* pin_cite_state                                                            */
    bool     in_list;   /* stands in the citation list; else it was found in question or answer      */
    bool     from_range;
    bool     in_question; /* not in the list, but named in the question itself                       */
} pin_citation;

#define PIN_ITEM_MAX (256u << 10) /* bytes of one item as stored, before compression; more is not indexed */

typedef struct pin_item {
    uint32_t      number;
    uint32_t      module;   /* home module                                                           */
    pin_str       id;       /* "module/slug"                                                         */
    pin_str       slug;
    pin_str       given_id; /* the id as the corpus gave it, "seed:01"; empty when the same           */
    pin_str       question; /* plain text                                                            */
    pin_str       verdict;  /* plain text of at most 12 words, or empty                              */
    pin_str       status;   /* slug of a known status: approved, reviewed, draft, pending-guidance,
                               guidance-received, withdrawn, unanswered; or empty                     */
    pin_str       status_text; /* the status as written, "⚠️ Draft"                                   */
    pin_str       author, published, updated, language;
    pin_str       blocks;   /* the answer as safe blocks (pincite/blocks.h); empty: no answer yet     */
    pin_citation *citations;
    uint32_t      citation_count;
    pin_str      *related;  /* related links as written (URLs), e.g. issues                           */
    uint32_t      related_count;
    pin_str       revision; /* PIN_REVISION_LEN bytes; empty in a file of format 1.0                  */
} pin_item;
/* Item `number`, decompressed into `arena`; its checksum is verified, so what is shown is what was
 * built. PIN_NOT_FOUND (no such number), PIN_CORRUPT, PIN_NO_SPACE, PIN_NEED. */
pin_status pin_index_item(pin_item *out, const pin_index *ix, uint32_t number, pin_arena *arena, pin_error *err);
/* Number of the item with this id ("module/slug") or given id ("seed:01"). PIN_NOT_FOUND. */
pin_status pin_index_find_item(uint32_t *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err);

/* ---- Revisions: an item as it stood ----
 * Every release archives what it replaces, so an id has a current revision (unless it is gone), older ones,
 * and, when it is gone, a fate. A revision is the hash of the item's canonical form (docs/evidence.md);
 * addresses and people use its first 16 hex digits, and any unique prefix of 8 or more is understood. */
#define PIN_REVISION_LEN 32    /* bytes                                                               */
#define PIN_REVISION_SHOWN 16  /* hex digits in addresses                                             */
#define PIN_REVISION_LEAST 8   /* hex digits of a prefix at least                                     */
#define PIN_NO_ITEM UINT32_MAX

typedef struct pin_revision {
    pin_str  hash;        /* PIN_REVISION_LEN bytes                                                   */
    pin_str  date;        /* `updated` of the item as it stood, or empty                              */
    pin_str  seen, until; /* days of the first release that had it, and of the first that no more had
                             it as the current one; empty: not known, or still current               */
    uint32_t item;        /* number of the item when it is the current one, else PIN_NO_ITEM          */
    uint64_t place;       /* of its record in the archive, when it is not                             */
} pin_revision;

typedef enum pin_fate {
    PIN_FATE_LIVES = 0, /* the id has an item                                                        */
    PIN_FATE_WITHDRAWN, /* `reason` says why; `target`, when not empty, where to go instead           */
    PIN_FATE_MOVED,     /* the same question now has the id `target`                                  */
    PIN_FATE_MERGED,    /* `target` answers it too                                                    */
    PIN_FATE_VANISHED   /* no longer in the corpus, and nobody said why                               */
} pin_fate;
const char *pin_fate_name(pin_fate fate); /* "current", "withdrawn", "moved", "merged", "vanished" */

typedef struct pin_past {
    pin_str       id;
    pin_fate      fate;
    pin_str       since;  /* day of the fate, or empty                                                */
    pin_str       reason; /* plain text, or empty                                                     */
    pin_str       target; /* an id that lives: redirects are followed to their end when written       */
    pin_str       question; /* as it last stood; empty when that is not known                         */
    pin_revision *revisions; /* newest first; the current one, if any, is the first                   */
    uint32_t      revision_count;
} pin_past;
/* All that is known of an id: its revisions and its fate. PIN_NOT_FOUND: it never was. */
pin_status pin_index_past(pin_past *out, const pin_index *ix, pin_str id, pin_arena *arena, pin_error *err);
/* Ids with older revisions or a fate, in byte order, numbered from 0; the current revision is not among the
 * revisions here. */
uint32_t   pin_index_past_count(const pin_index *ix);
pin_status pin_index_past_at(pin_past *out, const pin_index *ix, uint32_t number, pin_arena *arena, pin_error *err);

/* Number of the first of them that is not below `id`; their count when there is none. PIN_OK, PIN_CORRUPT,
 * PIN_NEED. */
pin_status pin_index_past_from(uint32_t *out, const pin_index *ix, pin_str id, pin_error *err);

/* The revision of `id` whose hex digits begin with `prefix`. PIN_NOT_FOUND; PIN_BAD_INPUT: not 8 to 64 hex
 * digits; PIN_LIMIT: it fits several, of which out[0] and out[1] are two. */
pin_status pin_index_find_revision(pin_revision out[2], const pin_index *ix, pin_str id, pin_str prefix,
                                   pin_arena *arena, pin_error *err);
void       pin_revision_hex(char out[2 * PIN_REVISION_LEN], pin_str hash); /* lower case */

/* What a citation rests on: the source and its words, as the index that published it had them. */
typedef struct pin_footing {
    pin_str version;      /* of the source                                                            */
    pin_str act, heading; /* name of the source for display; heading of the provision                 */
    pin_str words;        /* of the provision, complete; empty when it is not resolved or an outline  */
} pin_footing;
/* One for each citation of an item of this index. */
pin_status pin_index_footings(pin_footing **out, const pin_index *ix, const pin_item *item, pin_arena *arena,
                              pin_error *err);
/* The item as it stood, with a footing for each citation. Of an archived one `number` is PIN_NO_ITEM, `module`
 * UINT32_MAX and no citation has a provision number. PIN_CORRUPT, PIN_NO_SPACE, PIN_NEED. */
pin_status pin_index_as_it_stood(pin_item *out, pin_footing **footings, const pin_index *ix,
                                 const pin_revision *revision, pin_arena *arena, pin_error *err);

/* The releases that led to this one, oldest first; the last is this one. */
typedef struct pin_earlier {
    pin_str  release; /* root hash in hex */
    pin_str  as_of, engine;
    uint32_t item_count;
} pin_earlier;
pin_status pin_index_releases(pin_earlier **out, uint32_t *count, const pin_index *ix, pin_arena *arena,
                              pin_error *err);

/* ---- Sources and provisions ---- provisions are numbered over all sources, in document order */
typedef struct pin_source {
    uint32_t number;
    pin_str  id;                     /* "cra"                                                        */
    pin_str  title, celex, eli, version, language, link, rank;
    pin_str *names;                  /* names the act goes by, the shortest fitting for display first */
    uint32_t name_count;
    bool     loaded;                 /* its provisions are here (as text or as an outline)           */
    bool     outline;                /* ids and labels only, no words                                */
    uint32_t first_provision, provision_count;
} pin_source;
pin_status pin_index_source(pin_source *out, const pin_index *ix, uint32_t number, pin_arena *arena, pin_error *err);
pin_status pin_index_find_source(uint32_t *out, const pin_index *ix, pin_str id);

typedef struct pin_provision {
    uint32_t number;
    uint32_t source;
    pin_str  id, label, kind, heading;
    pin_str  text;            /* complete, with everything below it, one provision a line             */
    pin_str  own;             /* without what is below it                                             */
    uint32_t parent;          /* PIN_NO_PROVISION at the top                                          */
    uint32_t depth;           /* 0 at the top                                                         */
    uint32_t end;             /* number + 1 + count of all provisions below it                        */
} pin_provision;
pin_status pin_index_provision(pin_provision *out, const pin_index *ix, uint32_t number, pin_arena *arena,
                               pin_error *err);
/* The same without its words (text and own are empty): id, label, kind, heading, place in the tree. Costs
 * one small record and no memory. */
pin_status pin_index_provision_names(pin_provision *out, const pin_index *ix, uint32_t number, pin_error *err);
/* Number of the provision `id` ("art_13.par_8") of source `source`, or PIN_NOT_FOUND. */
pin_status pin_index_find_provision(uint32_t *out, const pin_index *ix, uint32_t source, pin_str id, pin_error *err);

/* The citation grammar's view of this index. Borrows `ix`. Over a network, a look-up that lacks bytes adds
 * to the needs and answers "not there": look at needs->count before believing it. */
pin_law pin_index_law(const pin_index *ix);

/* Who cites a provision. */
typedef struct pin_citing {
    uint32_t item;
    uint32_t citation; /* number of the citation within the item                                     */
    uint8_t  touch;    /* pin_cite_touch: the strongest way in which this item cites it              */
} pin_citing;
typedef struct pin_citings {
    pin_citing *at;
    uint32_t    count;
} pin_citings;
/* Every item that cites provision `number`, one row an item: strongest touch first, then by number.
 * O(citations of the provision, of its ancestors and of those below it). */
pin_status pin_index_citing(pin_citings *out, const pin_index *ix, uint32_t number, pin_arena *arena, pin_error *err);

#endif
