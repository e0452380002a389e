/* The text of the law, read from provisions in JSON Lines with a small description (source.yml), and
 * the citation grammar's view of it. Texts live in the pool of the set. */
#ifndef PIN_SOURCE_SET_H
#define PIN_SOURCE_SET_H

#include "indexer/corpus/corpus.h"

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
} pin_draft_source;

typedef struct pin_source_set {
    pin_pool         *pool;
    pin_draft_source *sources;
    uint32_t          source_count;
    uint32_t          default_source; /* PIN_NO_PROVISION for none */
    void             *lookup;         /* hash tables, private to indexer/source */
} pin_source_set;

/* The citation grammar's view. Borrows the set. */
pin_law pin_source_law(const pin_source_set *set);

#endif
