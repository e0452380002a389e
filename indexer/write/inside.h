/* What the files of indexer/write share: the vocabulary of a corpus, its postings, and the builders of
 * sections. The way of the data: analyse every item -> runs of postings sorted by term, one for some
 * thousand items -> merged into lists and pages. Nothing depends on addresses or on the order of a hash
 * table. */
#ifndef PIN_WRITE_INSIDE_H
#define PIN_WRITE_INSIDE_H

#include "core/format/layout.h"
#include "core/text/text.h"
#include "indexer/write/deflate.h"
#include "indexer/write/flow.h"
#include "indexer/write/out.h"
#include "indexer/write/write.h"

/* In larger corpora, which nobody searches over a network, what is small goes before what is fetched at once. */
#define PIN_NETWORK_ITEMS (1u << 17)

/* ---- How impacts are made (docs/format.md, "Impacts") ---- in hundredths */
#define PIN_K1_QUESTION 100
#define PIN_B_QUESTION 50
#define PIN_K1_ANSWER 150
#define PIN_B_ANSWER 75
#define PIN_WEIGHT_QUESTION 2
#define PIN_WEIGHT_ANSWER 1

/* ---- Vocabulary: keys in the order of their first appearance (vocabulary.c) ---- */
typedef struct pin_key {
    _Alignas(64) uint64_t start; /* in texts; a key fills a line of a cache                         */
    uint64_t ends[2];         /* its first and its last eight bytes: nearly always enough to know it by */
    uint32_t len;
    uint32_t mark;            /* field and item seen last: item * 2 + field + 1; 0: none             */
    uint32_t df, question_df; /* words only                                                          */
    uint32_t posting;         /* terms only: where the posting of `mark` lies                        */
    uint32_t terms[2];        /* words only: term + 1 of this word, not stemmed and stemmed; 0: ask  */
    bool     function, is_word; /* a function word; letters only                                     */
} pin_key;

typedef struct pin_vocabulary_slot {
    uint32_t hash, key; /* number + 1; 0: free */
} pin_vocabulary_slot;

typedef struct pin_vocabulary {
    pin_out              texts;
    pin_key             *at;
    uint32_t             count, cap;
    pin_vocabulary_slot *slots; /* open addressing */
    uint32_t             slot_count;
    bool                 failed;
} pin_vocabulary;

pin_key  *pin_vocabulary_add(pin_vocabulary *v, pin_str key); /* found or new; NULL when memory is short */

/* The same in steps, for many keys at once: memory is called for in one step and needed in a later one. */
typedef struct pin_wanted {
    pin_str  text; /* as long as it is wanted */
    uint64_t ends[2];
    uint32_t hash;
    uint32_t guess; /* number + 1 of the key that it is, if it is an old one; 0: most likely new */
} pin_wanted;
void     pin_vocabulary_want(pin_wanted *out, const pin_vocabulary *v, pin_str key);
void     pin_vocabulary_guess(pin_wanted *w, const pin_vocabulary *v);
pin_key *pin_vocabulary_get(pin_vocabulary *v, const pin_wanted *w); /* as pin_vocabulary_add() */
pin_str   pin_vocabulary_text(const pin_vocabulary *v, uint32_t key);
/* Key numbers in the byte order of their texts; malloc'ed, NULL when memory is short. */
uint32_t *pin_vocabulary_sorted(const pin_vocabulary *v);
void      pin_vocabulary_free(pin_vocabulary *v);

/* ---- Analysis (analyse.c) ---- */
/* How often a term occurs in a field of an item of the part, or, when `given`, its impact. */
typedef struct pin_posting {
    uint16_t where; /* item of the part << 1 | given */
    uint16_t value;
} pin_posting;

/* Postings of a field: term after term, each in the order of the items. */
typedef struct pin_run {
    uint32_t    *starts; /* by term of the part, and one past the last */
    pin_posting *at;
    uint32_t    *lengths; /* tokens of the field, by item */
} pin_run;

/* A citation of a loaded provision. */
typedef struct pin_cited {
    uint32_t provision, citation; /* citation: its number in the item, | PIN_CITING_RANGE */
    uint32_t item;                /* of the part */
} pin_cited;

/* What one task has read: up to PIN_PART_ITEMS items that follow each other. */
typedef struct pin_part {
    struct pin_reader *reader; /* while items are read: private to analyse.c                         */
    pin_pool *pool;            /* of the rest                                                        */
    uint32_t  first, items;    /* among the items that are indexed                                   */
    uint32_t  term_count;      /* in byte order                                                      */
    uint32_t *terms;           /* by term of the part: its number in pin_analysis.terms, and, once all
                                  parts are joined, its rank among them                              */
    pin_run   runs[2];
    uint32_t *forward, *forward_ends; /* term of the part of every question token; ends by item      */
    pin_cited *cited;
    uint32_t  cited_count;
    uint64_t *ids, *given, *exact; /* hashes by item, of id, id as given and normal form              */
    uint8_t  *has;                 /* by item: 1 given, 2 exact                                      */
    uint64_t  tokens[2];
    uint64_t  record_len;      /* of the records of all items, but for module, status and last date   */
    uint32_t  citations, states[5];
    bool      failed;
} pin_part;

struct pin_analysis {
    const pin_corpus     *corpus;
    const pin_source_set *sources;
    pin_vocabulary        terms, words; /* terms: question_df and df count postings of the two fields   */
    pin_vocabulary        abbreviations; /* pairs of forms; see abbreviations.c                        */
    pin_part             *parts;
    uint32_t              part_count;
    uint32_t              items;         /* in all parts that are joined                               */
    uint64_t              tokens[2];     /* in all items                                               */
    uint64_t              record_len;
    uint32_t              citations, states[5];
};
pin_str    pin_item_language(const pin_corpus *corpus, const pin_draft_item *item);
/* Impact 1..255 of a term that occurs `tf` times in a field of `len` tokens. */
uint8_t    pin_impact(uint32_t tf, uint32_t len, uint64_t tokens, uint32_t items, int field);

/* ---- Abbreviations (abbreviations.c) ---- */
/* What is needed to read them; all zeros at first. */
typedef struct pin_abbreviation_reader {
    pin_str text;
    pin_out words, room;
} pin_abbreviation_reader;
/* The pairs that the item explains, each counted once, into `pairs`. False: memory is short. */
bool pin_read_abbreviations(pin_vocabulary *pairs, pin_abbreviation_reader *r, const pin_draft_item *item,
                            pin_str language, uint32_t number);

/* ---- Pages (pages.c) ---- */
typedef struct pin_pages {
    pin_out  pages, starts, first, texts;
    uint8_t  page[PIN_PAGE_MOST];
    uint32_t page_len;
    uint32_t data_start; /* where entries start in a page                                            */
    uint32_t end, entries, count;
    uint8_t  last[PIN_KEY_MAX];
    uint32_t last_len;
    bool     open;
} pin_pages;
/* `keys`: all that will be added; they decide how long a page is. */
void pin_pages_init(pin_pages *p, bool has_bases, const pin_vocabulary *keys);
/* False when the open page has no room (or none is open): start a page and add again. */
bool pin_pages_add(pin_pages *p, pin_str key, const uint8_t *data, size_t len);
void pin_pages_start(pin_pages *p, pin_str first_key, const uint64_t bases[2]);
/* Ends the last page; the separators go to `keys`. */
void pin_pages_finish(pin_pages *p, pin_out *keys);

/* ---- The sections being made ---- */
typedef struct pin_even_table {
    uint32_t each; /* rows of every bucket */
    uint8_t  bits, width;
} pin_even_table;
typedef struct pin_sections {
    pin_out        s[PIN_SECTION_END];
    pin_flow       f[PIN_SECTION_END];
    pin_even_table tables[PIN_SECTION_END]; /* by kind; all 0: not even */
    pin_out        flat;                    /* u32 x 2 for each list in FLAT, see PACKED */
} pin_sections;

/* Raw DEFLATE, for what browsers unpack, without looking for what repeats: many times quicker than with it, and of
 * impacts hardly anything does. */
bool pin_deflate_codes(pin_out *out, const void *bytes, size_t len);

/* ---- AHEAD (ahead.c) ---- */
typedef struct pin_ahead_term {
    uint8_t *bytes; /* key, then data */
    uint32_t key_len, data_len, number;
    uint64_t size; /* of its lists */
} pin_ahead_term;
typedef struct pin_ahead {
    pin_ahead_term *at;
    uint32_t        count;
    pin_out         bases; /* u64 x 2 a page */
    bool            failed;
} pin_ahead;
/* `data`: as in TERMS with bases of 0; `size`: bytes of both lists. Kept if it is among the longest. */
void pin_ahead_add(pin_ahead *a, uint32_t number, uint64_t size, pin_str key, const uint8_t *data, size_t len);
void pin_ahead_page(pin_ahead *a, const uint64_t bases[2]);
/* Writes the section; `ends`: lengths of the sections of lists. What `a` held is free after. */
void pin_ahead_finish(pin_ahead *a, pin_out *o, const uint64_t ends[2]);
/* Adds what is said of hash tables, when they are finished. */
void pin_ahead_tables(pin_sections *out);

/* ---- Lists (lists.c) ---- */
typedef struct pin_list_input {
    const uint32_t *ids;     /* ascending */
    uint8_t        *impacts; /* a flat list rounds them to what it can keep */
    uint32_t        count, item_count;
    bool            flat;
} pin_list_input;
typedef struct pin_list_done {
    uint64_t offset, len;
    uint8_t  max, tenth, form;
} pin_list_done;
/* Appends a list of more than PIN_INLINE postings, without its checksums; done.offset is where in `o`. */
pin_list_done pin_list_write(pin_out *o, const pin_list_input *list);
/* Gives the list at `at` its checksums, once it is known where in the section it lies; a flat one must lie
 * at a multiple of PIN_ALIGN. done->offset becomes `offset`. */
void          pin_list_seal(uint8_t *at, pin_list_done *done, uint64_t offset);

/* ---- Hash tables (hashes.c) ---- */
typedef struct pin_hash_rows {
    pin_out     rows; /* {u64 hash, u32 value} */
    pin_section kind;
} pin_hash_rows;
void pin_hash_add(pin_hash_rows *t, pin_str key, uint32_t value);
void pin_hash_add_hash(pin_hash_rows *t, uint64_t hash, uint32_t value);
/* Writes the section; `even`: all buckets get one length, and AHEAD is told. */
void pin_hash_finish(pin_hash_rows *t, pin_sections *out, bool even);

/* ---- Records packed alone, with a shared dictionary (pack.c) ---- */
/* Appends record `number`. Asked for more than once, by several threads, so that the records need never
 * all be in memory together. */
typedef void pin_record_writer(const void *ctx, uint32_t number, pin_out *record);
typedef struct pin_packing {
    uint32_t           count;
    pin_record_writer *write;
    const void        *ctx;
    bool               spelled; /* in a codebook of their own, else DEFLATE                          */
    const pin_build_options *options; /* threads, progress; may be NULL                              */
    uint64_t           compress_from; /* bytes of all records                                        */
    uint32_t           raw_max;       /* bytes of one                                                */
    uint64_t           len;           /* of all records; 0: ask the writer                           */
} pin_packing;
/* Packs all records into `section` and a place for each into `places`; trains the dictionary.
 * PIN_OK, PIN_NO_SPACE, PIN_LIMIT (a record is longer than a place can say, or above raw_max). */
pin_status pin_pack(const pin_packing *p, pin_flow *section, pin_out *places, pin_out *dictionary,
                    pin_error *err);

/* Appends one packed record; packed when `d` is there and makes it smaller. */
void       pin_pack_record(pin_out *section, pin_str raw, pin_deflater *d, uint64_t seed);

/* ---- Records of items (items.c) ---- */
void pin_write_related(pin_out *o, const pin_str *related, uint32_t count);
void pin_write_citations(pin_out *o, const pin_citation *citations, uint32_t count);
/* Bytes of the item's record, but for its module, status and last date. Uses `room`. */
size_t pin_record_len(pin_out *room, const pin_draft_item *item);

/* ---- Sections ---- */
/* A section is what its flow holds, and then what its buffer holds. */
/* TERMS, TERM_KEYS, the lists and FORWARD.. */
pin_status pin_write_terms(pin_sections *out, pin_analysis *a);
pin_status pin_write_words(pin_sections *out, const pin_analysis *a);
pin_status pin_write_abbreviations(pin_out *section, const pin_analysis *a);
pin_status pin_write_items(pin_sections *out, const pin_analysis *a, pin_error *err);
pin_status pin_write_ids(pin_sections *out, const pin_analysis *a);
pin_status pin_write_sources(pin_sections *out, const pin_analysis *a, pin_error *err);
pin_status pin_write_modules(pin_sections *out, const pin_corpus *corpus);
/* PAST, ARCHIVE, RELEASES. */
pin_status pin_write_past(pin_sections *out, const pin_past_set *past, uint32_t item_count, pin_error *err);
/* REVISIONS and STEPS, when ITEM_ROWS and FORWARD are finished. Memory that was short shows in the sections. */
void pin_write_looks(pin_sections *out, const pin_past_set *past, uint32_t items);

#endif
