/* What the readers of this folder share; the outside is corpus.h.
 *
 * A reader gets a `pin_reading`, which says where everything goes, and the bytes of one file. It
 * returns PIN_OK whenever memory lasted: what is wrong with the bytes has become findings. */
#ifndef PIN_CORPUS_READERS_H
#define PIN_CORPUS_READERS_H

#include "indexer/corpus/corpus.h"

/* ---- yaml.c ---- */
/* A key of a flat mapping and what was found there: a text, a list of texts, or (for tables) pairs. */
typedef struct pin_yaml_pair {
    uint32_t row; /* number of the mapping in a list of mappings, else the number of the pair */
    pin_str  key, text;
    uint32_t line;
} pin_yaml_pair;

typedef enum pin_yaml_shape { PIN_YAML_TEXT, PIN_YAML_LIST, PIN_YAML_TABLE } pin_yaml_shape;

typedef struct pin_yaml_key {
    const char    *name;
    pin_yaml_shape shape; /* wanted: a single text is a list of one; a table is a mapping of texts, or
                             a list of such mappings                                                 */
    bool           given;
    uint32_t       line;
    pin_str        text;
    pin_str       *list;
    uint32_t      *lines;
    pin_yaml_pair *pairs;
    uint32_t       count;
} pin_yaml_key;

/* Reads `text`, a YAML mapping, into `keys` (ends with a NULL name). Keys are matched without regard
 * to case. *broken says that nothing should be believed: no YAML, no mapping, an alias, too deep.
 * origin: of the first line of `text`. PIN_OK, PIN_NO_SPACE. */
pin_status pin_yaml_read(pin_yaml_key *keys, bool *broken, pin_pool *pool, pin_findings *findings,
                         pin_str text, pin_origin origin);

typedef struct pin_reading {
    pin_corpus              *corpus;
    pin_pool                *pool;
    pin_findings            *findings;
    const pin_input         *input;
    const pin_build_options *options;
    pin_str                  fallback_module; /* slug: home of items that name none                   */
    pin_str                  fallback_title;
    int64_t                  order_base; /* added to the order of modules: inputs keep theirs    */
    pin_yaml_key             hub;        /* the list of the README.yml at the root, as written    */
    pin_origin               hub_origin;
    pin_str                  hub_title, hub_description, hub_icon;
} pin_reading;

/* ---- front.c ---- */
/* A Markdown file in two parts. */
typedef struct pin_front {
    pin_str  yaml, body;
    uint32_t yaml_line, body_line; /* of their first lines */
    bool     open;                 /* "---" at the start that is never closed */
} pin_front;
pin_front pin_front_split(pin_str text);

/* A line and where it starts; `at` moves on. False at the end. '\r' before '\n' is not in the line. */
typedef struct pin_lines {
    pin_str  text;
    size_t   at;
    uint32_t number; /* of the line last given */
    char     fence;  /* '`' or '~' inside a fenced code block, else 0 */
    size_t   fence_len;
    bool     in_code; /* the line last given is code or a fence */
} pin_lines;
pin_lines pin_lines_of(pin_str text, uint32_t first);
bool      pin_lines_next(pin_lines *lines, pin_str *line, size_t *start);
/* Level 1..6 of an ATX heading and its text without closing #s, or 0. */
int       pin_heading_of(pin_str *text, pin_str line);

/* UTF-8 without a byte order mark and of a size that we read, or false and a finding. */
bool pin_text_check(pin_str *text, const pin_reading *reading, const pin_input_file *file);

/* ---- draft.c: from texts to a draft item ---- */
typedef struct pin_answer {
    pin_str  text;   /* Markdown after the heading                        */
    uint32_t line;   /* of its first byte                                 */
    pin_str  folder; /* for relative links                                */
    int      heading_shift;
    bool     bullets; /* as in pin_markdown */
} pin_answer;

/* Fills blocks, plain, links, entries (of a closing citation list, after those already there), verdict
 * and the status of what has no answer. `item->question`, `id` and `origin` must be set.
 * PIN_OK, PIN_NO_SPACE, PIN_LIMIT (too long: there is a finding, and the item is none). */
pin_status pin_draft_answer(pin_draft_item *item, pin_pool *pool, pin_findings *findings,
                            const pin_answer *answer);
/* Text as written -> item->status and status_text; a finding when it is not known. */
void       pin_draft_status(pin_draft_item *item, pin_findings *findings, pin_str written, uint32_t line);
/* A date, or empty and a finding. */
pin_str    pin_draft_date(pin_findings *findings, pin_origin origin, pin_str item, const char *key,
                          pin_str written);
/* Is `text` short enough for a question? Else there is a finding. */
bool       pin_question_fits(pin_findings *findings, pin_origin origin, pin_str text);
pin_status pin_draft_add_entry(pin_draft_item *item, pin_pool *pool, const pin_entry *entry);

/* ---- fate.c: withdrawn, moved, merged ---- */
extern const char *const pin_fate_keys[]; /* names of the keys of an item, NULL at the end */
/* One of these keys of an item; `item->module`, `id` and `origin` are set. False: memory is short. */
bool       pin_draft_fate_key(pin_draft_item *item, pin_pool *pool, pin_findings *findings, const char *key,
                              pin_str value, uint32_t line);
/* The lists "withdrawn", "moved" and "merged", in this order, appended to `fates`; ids without a module are
 * of `home`. PIN_OK, PIN_NO_SPACE. */
pin_status pin_draft_fate_lists(pin_draft_fate **fates, uint32_t *count, pin_pool *pool, pin_findings *findings,
                                const pin_yaml_key keys[3], pin_str home, pin_str file);
pin_status pin_corpus_add_fate(pin_corpus *corpus, const pin_draft_fate *fate);
/* Takes what is no item any more out of the items, before they are sorted and named. */
pin_status pin_corpus_take_fates(pin_corpus *corpus);

/* ---- gather.c: the corpus as it grows. Pointers last until the next one is added. ---- */
pin_draft_module *pin_corpus_module(pin_corpus *corpus, pin_str slug); /* found, or NULL */
/* Found or made; `title` and `order` are taken when it is new. NULL: memory is short. */
pin_draft_module *pin_corpus_need_module(pin_corpus *corpus, pin_str slug, pin_str title, int64_t order,
                                         pin_origin origin);
bool              pin_corpus_reserve(pin_corpus *corpus, uint32_t more_items);
pin_draft_item   *pin_corpus_add_item(pin_corpus *corpus);
/* Takes back the item added last: it was none after all. */
void              pin_corpus_drop_item(pin_corpus *corpus);
pin_status        pin_corpus_add_not_item(pin_corpus *corpus, pin_str path, pin_str state);

/* Order in the hub of what the root's list names in place k; PIN_ORDER_UNLISTED for the others. */
#define PIN_ORDER_UNLISTED INT64_C(0x60000000)
int64_t pin_hub_order(const pin_reading *r, pin_str slug);

/* ---- The readers ---- */
bool       pin_is_module_file(pin_str text, bool in_folder);
pin_status pin_read_tree_item(pin_reading *r, const pin_input_file *file, pin_str text);
pin_status pin_read_folder_list(pin_reading *r, const pin_input_file *file, pin_str text);
pin_status pin_read_module_file(pin_reading *r, const pin_input_file *file, pin_str text);
pin_status pin_read_json_lines(pin_reading *r, const pin_input_file *file);

#endif
