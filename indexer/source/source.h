/* The text of the law, read from provisions in JSON Lines with a small description (source.yml), and
 * the citation grammar's view of it. Texts live in the pool of the set.
 *
 *     pin_source_set_init
 *     pin_source_add     (once for each --source)
 *     pin_source_finish  adds the acts that are known by name only, numbers all provisions
 *     pin_source_law     what the citation grammar asks
 *
 * Two sources are known by name without being loaded, "cra" (Regulation (EU) 2024/2847) and "cfaq"
 * (the Commission's FAQs on it): citations of them keep their canonical id and are not checked.
 *
 * Several versions of one source may be loaded (cfaq@1.2, cfaq@1.3). The newest, by the numbers in its
 * version, is the current one and has the id "cfaq" and its names; an older one has the id "cfaq@1.2",
 * and its names end with its version ("Commission FAQ 1.2"), so a citation without a version means the
 * current one. */
#ifndef PIN_SOURCE_SET_H
#define PIN_SOURCE_SET_H

#include "indexer/corpus/corpus.h"

#define PIN_SOURCE_ROWS_MAX  4000000u    /* provisions of one source                                */
#define PIN_SOURCE_LINE_MAX  (7u << 20)  /* bytes of one row: its words fit into a record of the index     */
#define PIN_SOURCE_DEPTH_MAX 32u         /* steps below the top                                     */
#define PIN_PROVISION_ID_MAX 200u        /* bytes of an id                                          */

typedef struct pin_draft_provision {
    pin_str  id, label, kind, heading, text, own;
    pin_str *also; /* other labels: "Article 3(14)" */
    uint32_t also_count;
    uint32_t parent; /* number within the source, PIN_NO_PROVISION at the top */
    uint32_t depth, end;
    uint32_t line;
} pin_draft_provision;

typedef struct pin_draft_source {
    pin_str              id, title, celex, eli, version, language, link, rank;
    pin_str             *names;
    uint32_t             name_count;
    bool                 loaded, outline;
    pin_draft_provision *provisions; /* document order: a parent before its children */
    uint32_t             provision_count;
    uint32_t             first;      /* number of its first provision over all sources */
    pin_origin           origin;     /* the file of its provisions                     */
} pin_draft_source;

typedef struct pin_source_set {
    pin_pool         *pool;
    pin_draft_source *sources;
    uint32_t          source_count;
    uint32_t          default_source; /* PIN_NO_PROVISION for none */
    void             *lookup;         /* hash tables, private to indexer/source */
    uint32_t          source_cap;
} pin_source_set;

void pin_source_set_init(pin_source_set *out, pin_pool *pool);

/* Reads one source: a .jsonl alone, or a folder with source.yml and the file it names (a folder without
 * source.yml: its provisions.jsonl, or its only .jsonl). Rows are provisions (data with id, label, kind,
 * heading, text, own, parent, also) or entries of an FAQ (section, question, answer), which become
 * sec_SECTION. What is wrong with a row becomes a finding and the row is left out; a row whose parent is
 * unknown or stands below it is kept at the top. `source` and its bytes are borrowed during the call.
 * PIN_OK, PIN_NO_SPACE, PIN_BAD_INPUT (nothing in it can be used; a finding or err says why). */
pin_status pin_source_add(pin_source_set *set, pin_findings *findings, const pin_input_source *source,
                          pin_error *err);

/* Once, after the last add. `default_id` is the source meant when a citation names none; empty: the
 * first loaded source of rank "act", else the Cyber Resilience Act. PIN_OK, PIN_NO_SPACE. */
pin_status pin_source_finish(pin_source_set *set, pin_findings *findings, pin_str default_id, pin_error *err);

/* Number of the source with this id or name ("Cyber Resilience Act", in any case), or
 * PIN_NO_PROVISION. After finish. O(names). */
uint32_t pin_source_named(const pin_source_set *set, pin_str id_or_name);

/* Provision `number` over all sources and, when not NULL, the number of its source. */
const pin_draft_provision *pin_source_provision(const pin_source_set *set, uint32_t number, uint32_t *source);

/* The citation grammar's view. Borrows the set. */
pin_law pin_source_law(const pin_source_set *set);

#endif
