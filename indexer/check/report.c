/* What is wrong with one item, read from its rows. The wording is for the person who has to mend it. */
#include <stdlib.h>
#include <string.h>

#include "core/bytes/bytes.h"
#include "indexer/check/inside.h"

enum { QUOTE_HINTS_MAX = 200 };

static void add(pin_check *k, pin_severity severity, const char *code, uint32_t line, const char *hint,
                const char *message, pin_str a, pin_str b)
{
    pin_finding_add(k->findings, severity, code, pin_check_origin(k, line), k->item->id, hint, message, PIN_ARG(a),
                    PIN_ARG(b));
}

static const pin_draft_source *source_of(const pin_check *k, const pin_citation *c)
{
    for (uint32_t i = 0; c->source.len && i < k->sources->source_count; i++)
        if (pin_str_equal(k->sources->sources[i].id, c->source))
            return &k->sources->sources[i];
    return NULL;
}

static pin_str name_of(const pin_draft_source *s)
{
    return s->name_count ? s->names[0] : s->id;
}

/* ---- the state of each citation ---- */

static void report_state(pin_check *k, const pin_row *row)
{
    const pin_citation     *c = &row->c;
    const pin_draft_source *s = source_of(k, c);
    if (pin_check_versions(k, row))
        return;
    switch ((pin_cite_state)c->state) {
    case PIN_CITE_RESOLVED:
        return;
    case PIN_CITE_MISSING:
        add(k, PIN_ERROR, "provision-missing", row->line, pin_check_beside(k, c), "%.*s does not exist in '%.*s'",
            c->label, s ? name_of(s) : c->source);
        return;
    case PIN_CITE_OTHER_ACT:
        add(k, PIN_NOTE, "other-act", row->line, NULL, "'%.*s' cites an act that is not among the sources%.*s",
            c->written, (pin_str){0});
        return;
    case PIN_CITE_NOT_UNDERSTOOD:
        add(k, PIN_WARNING, "citation-not-understood", row->line,
            "write it as Article 13(8) or Annex I, Part II, point (8)", "'%.*s' cannot be read as a citation%.*s",
            c->written, (pin_str){0});
        return;
    case PIN_CITE_NOT_CHECKED:
        if (s)
            k->unchecked[s - k->sources->sources]++;
        return;
    }
}

/* ---- what the answer names and its list does not ---- */

static bool covers(const pin_citation *cited, const pin_citation *named)
{
    if (!pin_str_equal(cited->source, named->source))
        return false;
    if (named->id.len == 0) /* a source is named: any citation of it will do */
        return true;
    return pin_str_equal(cited->id, named->id) || pin_cite_is_ancestor(cited->id, named->id) ||
           pin_cite_is_ancestor(named->id, cited->id);
}

/* Cited, or named again more exactly: "Annex I, Part I" says all that "Annex I" did. */
static bool is_covered(const pin_check *k, const pin_citation *named)
{
    for (uint32_t i = 0; i < k->row_count; i++) {
        const pin_citation *c = &k->rows[i].c;
        if ((c->in_list || k->rows[i].linked) && covers(c, named))
            return true;
        if (pin_str_equal(c->source, named->source) && pin_cite_is_ancestor(named->id, c->id))
            return true;
    }
    return false;
}

static void report_uncited(pin_check *k, const pin_row *row)
{
    const pin_citation     *c = &row->c;
    const pin_draft_source *s = source_of(k, c);
    if (c->in_list || row->linked || c->in_question || !s || is_covered(k, c))
        return;
    if (c->id.len)
        add(k, PIN_WARNING, "cited-in-answer-only", row->line, "add it to the citations, or leave it out",
            "the answer names %.*s (%.*s), its citations do not", c->label, name_of(s));
    else
        add(k, PIN_WARNING, "cited-in-answer-only", row->line, "cite the section it leans on",
            "the answer names the source '%.*s', its citations do not%.*s", c->written, (pin_str){0});
}

/* ---- quoted words ---- */

/* The words of a provision; of a whole act nothing, it is searched row by row. */
static bool quote_stands_in(const pin_check *k, const pin_citation *c, bool *checked)
{
    const pin_draft_source *s = source_of(k, c);
    if (!s || !s->loaded || s->outline || c->state != PIN_CITE_RESOLVED)
        return false;
    *checked = true;
    if (c->provision != PIN_NO_PROVISION)
        return pin_quote_is_in(c->quote, pin_source_provision(k->sources, c->provision, NULL)->text);
    for (uint32_t i = 0; i < s->provision_count; i++)
        if (s->provisions[i].depth == 0 && pin_quote_is_in(c->quote, s->provisions[i].text))
            return true;
    return false;
}

/* Where the words do stand: the deepest provision of the same source that has them all. */
static const char *find_quote(pin_check *k, const pin_citation *c)
{
    const pin_draft_source    *s = source_of(k, c);
    const pin_draft_provision *found = NULL;
    if (!s || k->quote_hints++ >= (QUOTE_HINTS_MAX + k->task_count - 1) / k->task_count)
        return NULL;
    for (uint32_t i = 0; i < s->provision_count;) {
        const pin_draft_provision *p = &s->provisions[i];
        if (pin_quote_is_in(c->quote, p->text)) {
            found = p;
            i++;
        } else if (found && i >= (uint32_t)(found - s->provisions) + 1 && p->depth <= found->depth) {
            break; /* past the first that has it */
        } else {
            i = p->end; /* nothing below has what the whole has not */
        }
    }
    return found ? pin_pool_format(k->pool, "the words stand in %.*s", PIN_ARG(found->label)).at : NULL;
}

static void report_quotes(pin_check *k)
{
    for (uint32_t i = 0; i < k->row_count;) {
        const pin_row *row = &k->rows[i];
        uint32_t       entry = row->c.entry;
        bool           checked = false, stands = false;
        for (; i < k->row_count && k->rows[i].c.entry == entry; i++)
            stands |= row->c.quote.len && quote_stands_in(k, &k->rows[i].c, &checked);
        if (row->c.quote.len && checked && !stands)
            add(k, PIN_ERROR, "quote-not-found", row->line, find_quote(k, &row->c),
                "the quoted words do not stand in %.*s: \"%.*s\"", row->c.label, row->c.quote);
    }
}

/* ---- the item as a whole ---- */

static void report_empty(pin_check *k, bool has_lists)
{
    if (k->item->entry_count)
        return;
    if (has_lists)
        add(k, PIN_WARNING, "no-citations", 0, "cite what the answer rests on", "the citation list is empty%.*s%.*s",
            (pin_str){0}, (pin_str){0});
    else if (k->row_count == 0)
        add(k, PIN_NOTE, "no-citations", 0, NULL, "the answer cites nothing%.*s%.*s", (pin_str){0}, (pin_str){0});
}

void pin_check_report(pin_check *k, bool has_lists)
{
    for (uint32_t i = 0; i < k->row_count; i++) {
        report_state(k, &k->rows[i]);
        if (has_lists)
            report_uncited(k, &k->rows[i]);
    }
    report_quotes(k);
    if (k->cut)
        add(k, PIN_WARNING, "too-many-citations", 0, "split the item", "more than 4096 citations: the rest is not "
            "kept%.*s%.*s", (pin_str){0}, (pin_str){0});
    if (k->item->blocks.len) /* the readers have named the unanswered ones */
        report_empty(k, has_lists);
}
