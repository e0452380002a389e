/* The corpus in memory, as the readers leave it and the checks and the writer find it.
 *
 * Readers (tree, module file, JSON Lines) turn foreign bytes into modules and draft items; nothing
 * here knows of the index format except the safe blocks (pincite/blocks.h). All texts live in the
 * corpus' pool, a growing arena that is freed as a whole.
 *
 * What is wrong with the input becomes a finding and the rest is read all the same; a pin_status
 * other than PIN_OK means that memory is short (PIN_NO_SPACE) or that an input is nothing that can be
 * read at all (PIN_BAD_INPUT).
 *
 *     pin_corpus_init            an empty corpus over a pool
 *     pin_corpus_read  (once for each CORPUS argument)
 *     pin_corpus_finish          sorts, finds collisions, completes the modules' lists
 *     pin_corpus_target          what a cross reference means, for whoever resolves draft links
 *     pin_blocks_rewrite         puts the answers to draft links and citations into the blocks */
#ifndef PIN_CORPUS_H
#define PIN_CORPUS_H

#include "pincite/blocks.h"
#include "pincite/build.h"
#include "pincite/cite.h"
#include "pincite/index.h"

#include <stdarg.h>

/* ---- Limits: what a corpus may ask of us. Beyond one there is a finding, not a crash. ---- */
#define PIN_LINE_MAX     (4u << 20)  /* bytes of a line of JSON Lines                               */
#define PIN_TEXT_MAX     (16u << 20) /* bytes of a Markdown or YAML file                            */
#define PIN_ANSWER_MAX   (PIN_ITEM_MAX / 4 * 5) /* bytes of an answer or overview, markup included   */
#define PIN_QUESTION_MAX 2000        /* bytes of a question                                         */
#define PIN_SLUG_MAX     200         /* bytes of a slug; longer ones are cut at a '-'               */
#define PIN_VERDICT_WORDS 12

/* ---- A pool: malloc'ed chunks, freed together. NULL / at == NULL only when memory is short. ----
 * Not for use by two threads at once. */
typedef struct pin_pool pin_pool;
pin_pool *pin_pool_new(void);
/* The same, with chunks from `scratch`, unless it is NULL; `scratch` is borrowed. */
pin_pool *pin_pool_new_in(const pin_scratch *scratch);
void      pin_pool_free(pin_pool *pool);
void     *pin_pool_take(pin_pool *pool, size_t count, size_t size); /* zeroed, aligned to 16 */
void     *pin_pool_room(pin_pool *pool, size_t count, size_t size); /* the same, not zeroed */
pin_str   pin_pool_copy(pin_pool *pool, pin_str text);
/* As printf writes it, which for %s stops at a NUL and for %.*s at the length given. */
pin_str   pin_pool_format(pin_pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));
pin_str   pin_pool_vformat(pin_pool *pool, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Was anything refused since the pool was made? A reader may look once at the end instead of after
 * every piece: what it made is not to be used then. */
bool      pin_pool_is_short(const pin_pool *pool);
/* What `from` holds now lives as long as `pool`; `from` is freed as a handle. */
void      pin_pool_adopt(pin_pool *pool, pin_pool *from);

/* Arguments for "%.*s" of a pin_str. */
#define PIN_ARG(text) (int)((text).len > 2000 ? 2000 : (text).len), (text).at ? (text).at : ""

/* ---- Findings ---- */
typedef struct pin_origin {
    pin_str  file; /* as shown in findings */
    uint32_t line; /* 1-based, 0 for none  */
} pin_origin;

typedef struct pin_findings {
    pin_pool    *pool;
    pin_finding *at;
    uint32_t     count, cap;
    bool         short_of_memory; /* a finding was lost: the build must fail with PIN_NO_SPACE */
} pin_findings;

void pin_findings_init(pin_findings *out, pin_pool *pool);
/* `code` and `hint` (may be NULL) are constant or pooled text; the message is formatted, made one line
 * (control characters become spaces) and copied; `item` may be empty and is copied. */
void pin_finding_add(pin_findings *f, pin_severity severity, const char *code, pin_origin origin,
                     pin_str item, const char *hint, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* Another list's finding, whose texts live as long as the pool of `f`. */
void pin_finding_keep(pin_findings *f, const pin_finding *finding);

/* ---- A draft item ---- */
/* One entry of a citation list as written; resolved later into pin_citation rows. */
typedef struct pin_entry {
    pin_str  written;  /* "Annex I, Part I, point (2)(b)", or a source name, or both joined by ", "  */
    pin_str  source;   /* JSON key `source`: an id or a name of an act, or empty                     */
    pin_str  note, quote;
    uint32_t line;
} pin_entry;

/* Words in the answer that the author marked as a reference: [[Article 24]], [[stewards/sbom]], or a
 * link to another file of the corpus. In the draft blocks it is a PIN_B_ITEM_LINK whose target is
 * byte 1 and the number of the link in decimal; pin_blocks_rewrite replaces it. */
typedef struct pin_draft_link {
    pin_str  target;   /* between the brackets, white space tidied; of a path: relative to the corpus
                          root, without ".md" and without a '/' at the end: "stewards/sbom"            */
    pin_str  written;  /* "[[stewards/sbom]]" or "../stewards/sbom.md"                                */
    bool     is_path;  /* a link to a file or folder, with words of its own                          */
    bool     has_words; /* [[target|words]] or a path: the words shown are the author's               */
    uint32_t line;
} pin_draft_link;

/* What the corpus says of an id that has no item any more: withdrawn, moved or merged. */
typedef struct pin_draft_fate {
    pin_str    id;
    pin_fate   fate;
    pin_str    since, reason, target, question; /* texts as written; each may be empty                */
    pin_origin origin;
} pin_draft_fate;

typedef struct pin_draft_item {
    pin_str         module;   /* home module slug                                                   */
    pin_str         id, slug;
    pin_str         given_id; /* as the corpus gave it; empty when it is the id                      */
    pin_str         question; /* plain text, one line                                               */
    pin_str         verdict;  /* plain text, one line                                               */
    bool            verdict_given; /* the verdict stands apart from the answer, not in the blocks    */
    pin_str         status;   /* slug of a known status, or empty                                   */
    pin_str         status_text; /* as written; with the state of the guidance that it waits for     */
    pin_str         author, published, updated, language;
    pin_str         guidance; /* tree: guidance-id, or empty                                        */
    uint32_t        guidance_line;
    pin_str         blocks;   /* safe blocks; with placeholders until references are resolved; empty
                                 when there is no answer                                            */
    pin_str         plain;    /* pin_blocks_text of `blocks`; whoever replaces one replaces both     */
    pin_entry      *entries;
    uint32_t        entry_count;
    pin_draft_link *links;
    uint32_t        link_count;
    pin_str        *related;  /* one a link, as written; words may follow the URL after a space      */
    uint32_t        related_count;
    pin_origin      origin;   /* of the question                                                    */
    pin_citation   *citations; /* filled by the resolver: what the index stores                     */
    uint32_t        citation_count;
    uint8_t         says;     /* filled by the checks: 1 yes, 2 no, 0 neither                         */
    bool            too_long; /* to be indexed                                                       */
    uint32_t        home;     /* number of its module, after finish                                  */
    uint64_t        rank;     /* place among the items of its module while reading                   */
    pin_str        *moved_from; /* ids that this item had before                                    */
    uint32_t        moved_from_count;
    pin_draft_fate *fate;     /* NULL, or, unless it says PIN_FATE_LIVES: this is no item any more    */
} pin_draft_item;

typedef struct pin_draft_module {
    pin_str         slug, title, description, icon, audience, author, published, updated;
    pin_str         overview; /* blocks */
    pin_draft_link *links;    /* of the overview                                                     */
    uint32_t        link_count;
    int64_t         order;    /* position in the hub; ties: by slug                                  */
    pin_str        *members;  /* item ids in the order of the list, own and borrowed                 */
    uint32_t        member_count;
    uint32_t        first_item, item_count; /* of its own items, in corpus->items, after finish      */
    pin_origin      origin;
    /* while reading: the list as written, and where it stands */
    pin_str        *listed;
    uint32_t       *listed_lines;
    uint32_t        listed_count;
    pin_origin      list_origin;
} pin_draft_module;

typedef struct pin_corpus {
    pin_pool         *pool;
    pin_config        config;
    pin_draft_module *modules; /* sorted for the hub once reading is done                           */
    uint32_t          module_count, module_cap;
    pin_draft_item   *items;   /* sorted by home module, then by the module's order                 */
    uint32_t          item_count, item_cap;
    uint32_t          skipped_count, not_item_count;
    pin_str          *not_items; /* paths without ".md" of files that are no questions by their own word */
    pin_str          *not_item_states; /* their status as written, "🛑 Pending Guidance"              */
    uint32_t          not_item_cap;
    pin_draft_fate   *fates;  /* in the order of reading; those of items are taken off at finish      */
    uint32_t          fate_count, fate_cap;
    uint32_t          input_count;
    bool              has_config;
    const pin_build_options *options; /* for who works on it after reading; NULL: one thread, silently */
    void             *lookup;  /* hash tables over the pool, private                                */
} pin_corpus;

static inline bool pin_draft_lives(const pin_draft_item *item)
{
    return !item->fate || item->fate->fate == PIN_FATE_LIVES;
}

void pin_corpus_init(pin_corpus *out, pin_pool *pool);

/* Reads one CORPUS: a folder (tree, module files, JSON Lines, as they lie) or one file, and appends.
 * The pincite.yml at its root is read too; the first corpus that has one gives corpus->config. Files
 * below the paths of its sources are left alone. `input` and its bytes are borrowed during the call.
 * PIN_OK, PIN_NO_SPACE, PIN_BAD_INPUT (one file that is of no known kind). */
pin_status pin_corpus_read(pin_corpus *corpus, pin_findings *findings, const pin_input *input,
                           const pin_build_options *options, pin_error *err);

/* The pincite.yml at the root of `input`, or an empty config when there is none. */
pin_status pin_corpus_config(pin_config *out, pin_pool *pool, pin_findings *findings, const pin_input *input,
                             pin_error *err);

/* Once, after the last read: modules in hub order, items grouped by module in the order of its list;
 * collisions and reserved names are left out with a finding each; lists completed. Members that exist
 * nowhere become findings. PIN_OK, PIN_NO_SPACE. */
pin_status pin_corpus_finish(pin_corpus *corpus, pin_findings *findings, pin_error *err);
/* After finish: items[i] becomes what items[order[i]] is. `order` has every item once, and leaves each in its
 * module. Members stay as they are, and what a cross reference meant it still means. PIN_OK, PIN_NO_SPACE. */
pin_status pin_corpus_reorder(pin_corpus *corpus, const uint32_t *order);

/* What a cross reference means, after finish. `text` is an id, an id as given, a module, a path from
 * the corpus root, or a bare slug, which is looked for in `home` first when home is not empty. */
typedef enum pin_target_kind {
    PIN_TARGET_NOTHING = 0,
    PIN_TARGET_ITEM,     /* `number` in corpus->items                                               */
    PIN_TARGET_MODULE,   /* `number` in corpus->modules                                             */
    PIN_TARGET_NOT_ITEM, /* a file that is no question: `number` in corpus->not_items                */
    PIN_TARGET_GONE,     /* an id that is gone for good: `number` in corpus->fates; a moved or merged one
                            means the item that took its place                                      */
    PIN_TARGET_OFFICIAL  /* "official/faq_4-2-5", not among the items: `section` is "4.2.5"          */
} pin_target_kind;
typedef struct pin_target {
    pin_target_kind kind;
    uint32_t        number;
    pin_str         section; /* in the corpus' pool */
} pin_target;
pin_target pin_corpus_target(const pin_corpus *corpus, pin_str home, pin_str text);

/* ---- Names (slug.c) ---- */
/* Lower case, runs of anything but [a-z0-9] become one '-', trimmed; empty for a text without any. */
pin_str     pin_slug(pin_pool *pool, pin_str text);
bool        pin_module_is_reserved(pin_str slug);
/* Slug of a known status for the text as written ("⚠️ Draft" -> "draft"), or empty. */
pin_str     pin_status_slug(pin_str text);
/* "2026-03-10": a day that exists in the Gregorian calendar. */
bool        pin_date_is_valid(pin_str text);
/* The one of `names` (NULL-terminated) within two edits of `text`, or NULL. */
const char *pin_nearest_name(pin_str text, const char *const *names);

/* ---- Markdown to safe blocks (markdown.c) ---- */
typedef struct pin_markdown {
    pin_str text;
    pin_origin origin;    /* line of the first byte of `text`                                       */
    pin_str item;         /* for findings; may be empty                                              */
    pin_str folder;       /* folder of the file from the corpus root, for relative links: "stewards" */
    int     heading_shift; /* added to heading levels; the result is kept in 3..6                    */
    bool    bullets;      /* lines that start with "• " are entries of a list                        */
} pin_markdown;
typedef struct pin_marked {
    pin_str         blocks, plain;
    pin_draft_link *links;
    uint32_t        link_count;
} pin_marked;
/* PIN_OK, PIN_NO_SPACE. The blocks always pass pin_block_next; plain is UTF-8. `text` must be UTF-8. */
pin_status pin_markdown_blocks(pin_marked *out, pin_pool *pool, pin_findings *findings,
                               const pin_markdown *in);
/* pin_blocks_plain in the pool, without line ends after the last word; borrowed from `blocks` where it
 * stands there in one piece. PIN_OK, PIN_NO_SPACE, PIN_CORRUPT. */
pin_status pin_blocks_text(pin_str *out, pin_pool *pool, pin_str blocks);
/* The verdict of an answer that names none: its first sentence when that has at most
 * PIN_VERDICT_WORDS words and `blocks` start with a paragraph, else empty. Borrowed from `plain`; to be
 * asked again by whoever replaces the two, unless item->verdict_given. */
pin_str    pin_first_sentence(pin_str blocks, pin_str plain);
/* Inline Markdown as one line of plain text: a question, a note. What is longer than 64 KiB keeps its
 * markup. */
pin_str    pin_markdown_line(pin_pool *pool, pin_str text);

/* ---- Draft blocks to final blocks (rewrite.c) ---- */
typedef enum pin_answer_kind {
    PIN_ANSWER_TEXT = 0, /* the words alone                                                          */
    PIN_ANSWER_ITEM,     /* a link to `target`: an item id or a module slug                          */
    PIN_ANSWER_CITE,     /* the words cite citation number `citation` of the item                    */
    PIN_ANSWER_URL       /* a link to the address `target`                                           */
} pin_answer_kind;
/* The meaning of draft link n. */
typedef struct pin_link_answer {
    pin_answer_kind kind;
    pin_str         target;
    uint32_t        citation;
    pin_str         words; /* shown instead of the words in the draft when not empty                  */
} pin_link_answer;
/* Bytes [from, to) of pin_blocks_plain(draft) cite citation number `citation`. */
typedef struct pin_cite_span {
    uint32_t from, to, citation;
} pin_cite_span;

/* Blocks without placeholders. Spans are sorted by `from`; one that begins before the end of the one
 * before it, or stands in code or inside a link, is passed over; one that crosses nodes is marked in
 * each. Blocks without placeholders and spans come back as they are, not copied.
 * PIN_OK, PIN_NO_SPACE, PIN_CORRUPT (`draft` is not what pin_markdown_blocks makes). */
pin_status pin_blocks_rewrite(pin_str *out, pin_pool *pool, pin_str draft, const pin_link_answer *links,
                              uint32_t link_count, const pin_cite_span *spans, uint32_t span_count);

#endif
