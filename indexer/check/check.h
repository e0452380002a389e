/* Items + provisions -> citations that are resolved, references that lead somewhere, and findings.
 *
 * One pass over the corpus: each citation ends in exactly one state and is counted, each reference in
 * an answer becomes a link or a citation, and what is wrong is said with file and line. Codes of the
 * findings made here (docs/check.md):
 *
 *     provision-missing       error    the act is loaded and has no such provision
 *     leans-on-withdrawn      error    it had it in an older version that is loaded too; a warning where the
 *                                      citation names that version
 *     words-changed           warning  the citation names an older version, the current one reads otherwise;
 *                             note     it means the current version, an older one reads otherwise
 *     older-version           note     the citation names an older version; the words are the same
 *     citation-not-understood warning  looks like a citation, cannot be read
 *     other-act               note     cites an act that is not among the sources
 *     not-checked             note     once a source: its text is not loaded
 *     no-citations            warning  answered, but the citation list is empty (where its file has lists)
 *                             note     answered, and nothing is cited at all (where its file has none)
 *     cited-in-answer-only    warning  the answer names a provision or source that its list does not
 *     quote-not-found         error    quoted words do not stand in any provision of their entry
 *     dead-reference          error    a cross reference leads nowhere
 *     duplicate-question      warning  the same question (in its normal form) stands above
 *     opposite-verdicts       warning  one says yes, one no, to like questions on the same provision
 *     older-version-than-neighbour     warning  rests on an older version than an answer beside it
 *     too-many-citations      warning  more than PIN_CHECK_ROWS_MAX in one item: the rest is not kept */
#ifndef PIN_CHECK_H
#define PIN_CHECK_H

#include "indexer/corpus/corpus.h"
#include "indexer/source/source.h"

#define PIN_CHECK_ROWS_MAX 4096u /* citations of one item */

/* After pin_corpus_finish and pin_source_finish, once. Fills item->citations, replaces item->blocks and
 * item->plain by blocks without placeholders, and module overviews likewise.
 * `options` may be NULL; only its progress is used.
 * PIN_OK, PIN_NO_SPACE. Linear in the corpus; a look-up a provision, a search of the act for a quote
 * that is not where it should be. */
pin_status pin_check_corpus(pin_corpus *corpus, const pin_source_set *sources, pin_findings *findings,
                            const pin_build_options *options, pin_error *err);

/* Somebody who takes each item as soon as it has its citations, while it is in memory anyway: items come in
 * tasks of PIN_CHECK_TASK that follow each other; several threads each have a task. `normal` is the normal
 * form of the question. A status other than PIN_OK ends the checks with it. */
#define PIN_CHECK_TASK 4096
typedef struct pin_check_watch {
    void *ctx;
    pin_status (*item)(void *ctx, uint32_t task, uint32_t number, pin_draft_item *item, pin_str normal);
    void       (*end)(void *ctx, uint32_t task);  /* of the task, by its thread, whatever came of it     */
    pin_status (*join)(void *ctx, uint32_t task); /* one at a time, task after task                      */
} pin_check_watch;
pin_status pin_check_watched(pin_corpus *corpus, const pin_source_set *sources, pin_findings *findings,
                             const pin_build_options *options, const pin_check_watch *watch, pin_error *err);

/* ---- quote.c: are these words in that text? ---- */
/* Whether `words` stand in `text`, when quotation marks, apostrophes, dashes and white space of all
 * kinds are taken as alike and soft hyphens as nothing. Words on both sides of "..." or "[...]" are
 * looked for one after the other. Empty words are found anywhere. O(text * words) at worst, linear in
 * practice. */
bool pin_quote_is_in(pin_str words, pin_str text);

#endif
