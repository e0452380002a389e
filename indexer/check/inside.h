/* What the files of indexer/check share while one item after the other is looked at; the outside is
 * check.h. Scratch memory is malloc'ed once and reused; what stays goes to the corpus' pool. */
#ifndef PIN_CHECK_INSIDE_H
#define PIN_CHECK_INSIDE_H

#include "indexer/check/check.h"

/* A citation in the making. */
typedef struct pin_row {
    pin_citation c;
    uint32_t     line;   /* where it is written, or the line of the question */
    bool         linked; /* the author marked it in the answer: [[Article 24]] */
} pin_row;

typedef struct pin_check {
    pin_corpus           *corpus;
    const pin_source_set *sources;
    pin_findings         *findings;
    pin_law               law;
    pin_pool             *pool;
    bool                  short_of_memory; /* once set, everything ends with PIN_NO_SPACE */

    /* for scanning */
    void     *room;
    size_t    room_size;
    char     *prose;
    size_t    prose_cap;

    /* the item at hand */
    pin_draft_item  *item;
    pin_row         *rows; /* room for PIN_CHECK_ROWS_MAX */
    uint32_t         row_count;
    bool             cut;  /* there were more */
    pin_cite_span   *spans;
    uint32_t         span_count, span_cap;
    pin_link_answer *answers;
    uint32_t         answer_cap;

    /* over all items */
    uint64_t *unchecked;   /* per source: citations that could not be checked */
    uint64_t  guess_work;  /* letters compared for suggestions so far: bounded */
    uint64_t  quote_hints; /* searches of a whole act so far: bounded          */
    uint64_t *normals;     /* by item: hash of its question's normal form, 0 for none              */
    uint32_t  task_count;  /* tasks that share the bounds, each the same part  */
} pin_check;

pin_origin pin_check_origin(const pin_check *k, uint32_t line);

/* ---- resolve.c: citations of k->item into k->rows ---- */
/* References in `text`; `act` is meant where none is named. They live until the next call. A text with
 * too many has a finding and none. */
void pin_check_scan(pin_refs *out, pin_check *k, pin_str text, pin_cite_mode mode, uint32_t act);
/* The rows of the citation list. */
void pin_check_entries(pin_check *k);
/* The rows of question, verdict and answer; k->spans says where in the answer. */
void pin_check_prose(pin_check *k);
/* Rows for sources that question or answer name without a provision ("The Commission FAQ says ..") and
 * of which no other row is. The default source is not meant: every second sentence names it. Last. */
void pin_check_mentions(pin_check *k);
/* Row for one reference of the answer outside its list; PIN_NO_PROVISION when it makes none. */
uint32_t pin_check_add(pin_check *k, const pin_ref *ref, pin_str written, uint32_t entry, uint32_t line);
/* A number for the citations written at one place: the next after all that are used. */
uint32_t pin_check_next_entry(const pin_check *k);

/* ---- links.c: what the cross references of an answer mean ---- */
/* Fills k->answers for `links`. With `cites`, a reference to the law makes a row of k->item. */
void pin_check_links(pin_check *k, const pin_draft_link *links, uint32_t count, pin_str home, bool cites);

/* ---- versions.c: what became of the provision that a row cites ---- */
/* Findings where its source has several versions and this matters; true when one was made. */
bool pin_check_versions(pin_check *k, const pin_row *row);

/* ---- conflicts.c: answers beside each other ---- */
/* After all items have their citations: opposite verdicts, and older versions than a neighbour's. False when
 * memory is short. O(n log n) in the citations; of one provision the first 64 answers that say yes or no are
 * compared with each other. */
bool pin_check_conflicts(pin_check *k);
/* What the answer says, for item->says. */
uint8_t pin_check_says(const pin_draft_item *item);

/* ---- report.c: what is wrong with k->item ---- */
/* `has_lists`: other items of its file have citation lists. */
void pin_check_report(pin_check *k, bool has_lists);

/* ---- suggest.c ---- */
/* "did you mean 'stewards/sbom'?", or NULL when nothing is near. Pooled. */
const char *pin_check_suggest(pin_check *k, pin_str target);
/* What exists beside the provision that does not: "Article 13 ends with Article 13(25)", or NULL. */
const char *pin_check_beside(pin_check *k, const pin_citation *c);

#endif
