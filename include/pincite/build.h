/* From a corpus and its sources to one index file; native only.
 *
 * The builder reads no files: a host walks folders, maps files and lends their bytes, and receives
 * the index through a sink. What is wrong with the corpus comes back as findings; the rest of the
 * corpus is built all the same. Same inputs, same bytes out, on every machine. */
#ifndef PINCITE_BUILD_H
#define PINCITE_BUILD_H

#include "pincite/base.h"

/* ---- What goes in ---- */
typedef struct pin_input_file {
    pin_str path;  /* relative to the corpus root, '/' between parts: "stewards/sbom.md"            */
    pin_str shown; /* as findings print it: "orc-faq/faq/stewards/sbom.md"                          */
    pin_str bytes; /* borrowed until pin_build_free                                                 */
} pin_input_file;

/* One CORPUS argument: a folder (all its .md, .yml, .yaml and .jsonl files, sorted by path), or one
 * file. `root` names it in findings. */
typedef struct pin_input {
    pin_str               root;
    bool                  is_folder;
    const pin_input_file *files;
    uint32_t              file_count;
} pin_input;

/* One --source ID[@VERSION]=PATH, or one of pincite.yml: a .jsonl file of provisions alone, or a
 * folder with a description (source.yml) and the .jsonl file that it names. */
typedef struct pin_input_source {
    pin_str   id, version; /* version may be empty */
    pin_input input;
} pin_input_source;

/* What pincite.yml at the root of a corpus folder says. Texts live in the builder. */
typedef struct pin_config {
    pin_str title, base, publisher, language, default_source, previous;
    struct {
        pin_str id, version, path; /* path relative to the corpus root */
    } *sources;
    uint32_t source_count;
    struct pin_draft_fate *fates; /* what it says of ids that are gone; for the builder */
    uint32_t               fate_count;
} pin_config;

/* Memory that may leave the machine's memory: what a corpus of millions is kept in while it is built.
 * The host lends it, usually as pages of a temporary file; the builder does no I/O. */
typedef struct pin_scratch {
    void *ctx;
    /* `size` bytes (at least 64 KiB) of zeros at a multiple of 64, which stay where they are until they
     * are given back; NULL: there is no room, on the disk either. By any thread. */
    void *(*take)(void *ctx, size_t size);
    void (*give)(void *ctx, void *at, size_t size);
    /* Called between two steps of work, by any thread: a good moment for pages to leave. */
    void (*rest)(void *ctx);
    uint64_t memory; /* bytes that the build should stay below; 0: as many as it likes              */
} pin_scratch;

typedef struct pin_build_options {
    bool    strict;  /* findings of severity error make the build fail                              */
    pin_str module;  /* --module: home of JSON Lines items that name none                           */
    pin_str map;     /* --map: "id=section,module=chapter": keys of JSON Lines under other names    */
    pin_str as_of;    /* the day that this release speaks for, "2026-11-24": given to items that changed and
                         bear no later date of their own. Empty: the newest day of content and previous  */
    unsigned threads; /* 0: as many as there are processors                                         */
    const pin_scratch *scratch; /* borrowed until pin_build_free; NULL: everything comes from malloc    */
    /* progress, called now and then, by one thread at a time; may be NULL */
    void (*progress)(void *ctx, const char *stage, uint64_t done, uint64_t total);
    void  *progress_ctx;
} pin_build_options;

/* ---- Findings ---- */
typedef enum pin_severity { PIN_NOTE = 0, PIN_WARNING, PIN_ERROR } pin_severity;

typedef struct pin_finding {
    pin_severity severity;
    pin_str      code;    /* stable, kebab-case: "provision-missing", "dead-reference"; docs/cli.md  */
    pin_str      file;    /* as `shown`, or empty                                                   */
    uint32_t     line;    /* 1-based, 0 when there is none                                          */
    pin_str      item;    /* item id, or empty                                                      */
    pin_str      message; /* one line, lower case: what is wrong and what was expected              */
    pin_str      hint;    /* how to mend it, or empty                                               */
} pin_finding;

/* ---- What comes out ---- */
typedef struct pin_sink {
    void *ctx;
    /* Writes `len` bytes at `offset`; false when the world said no (the host keeps the reason). */
    bool (*write)(void *ctx, uint64_t offset, const void *bytes, size_t len);
} pin_sink;

typedef struct pin_build_report {
    uint32_t item_count, module_count, source_count, provision_count;
    uint32_t skipped_count;          /* items not indexed, each with a finding                      */
    uint32_t unanswered_count;       /* items without an answer (indexed)                           */
    uint32_t not_item_count;         /* files that are no questions by their own word               */
    uint32_t citation_count;
    uint32_t cite_states[5];         /* by pin_cite_state                                           */
    uint32_t provisions_cited;       /* provisions with at least one exact citation                 */
    uint64_t file_len;
} pin_build_report;

/* ---- The builder ---- */
typedef struct pin_build pin_build;

/* NULL when memory is short. `options` is copied; its texts are borrowed. */
pin_build *pin_build_new(const pin_build_options *options);
void       pin_build_free(pin_build *b);

/* Parses the pincite.yml of `input` (a folder; no such file gives an empty config). Problems become
 * findings. The host then loads the sources that it names and adds them. */
pin_status pin_build_config(pin_config *out, pin_build *b, const pin_input *input, pin_error *err);

/* The index of the release before, whose revisions, tombstones and redirects are carried forward; before
 * finish, at most once. `bytes` are borrowed until pin_build_free; every one of them is checked.
 * PIN_OK, PIN_CORRUPT, PIN_UNSUPPORTED, PIN_NO_SPACE. */
pin_status pin_build_previous(pin_build *b, pin_str bytes, pin_error *err);
void       pin_build_set_day(pin_build *b, pin_str as_of); /* options.as_of, when it is known later */

/* Sources first, then corpora, then one finish. PIN_BAD_INPUT: this source cannot be used at all. */
pin_status pin_build_add_source(pin_build *b, const pin_input_source *source, pin_error *err);
/* Files below a path that the corpus' own pincite.yml names as a source are not read as items. */
pin_status pin_build_add_corpus(pin_build *b, const pin_input *input, pin_error *err);

/* Resolves, checks and, when `sink` is not NULL, writes the index. PIN_BAD_INPUT: nothing to index,
 * `strict` and a finding of severity error, or a previous index of another corpus or of a later day; PIN_IO: the sink failed; PIN_LIMIT. */
pin_status pin_build_finish(pin_build_report *out, pin_build *b, const pin_sink *sink, pin_error *err);

/* All findings so far, sorted by file, line, code once finish has run. Valid until free. */
uint32_t           pin_build_finding_count(const pin_build *b);
const pin_finding *pin_build_finding(const pin_build *b, uint32_t i);

#endif
