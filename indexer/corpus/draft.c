/* From the texts of one question to a draft item: answer, citation list, verdict, status, dates. The
 * same for all three kinds of input. */
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"
#include "indexer/corpus/grow.h"

#include <string.h>

void pin_draft_status(pin_draft_item *item, pin_findings *findings, pin_str written, uint32_t line)
{
    written = pin_str_trim(written);
    if (!written.len)
        return;
    item->status_text = written;
    item->status = pin_status_slug(written);
    if (!item->status.len)
        pin_finding_add(
            findings, PIN_WARNING, "unknown-status", (pin_origin){item->origin.file, line}, item->id,
            "known: approved, reviewed, draft, pending guidance, guidance received, withdrawn, unanswered",
            "the status '%.*s' is not known", PIN_ARG(written));
}

pin_str pin_draft_date(pin_findings *findings, pin_origin origin, pin_str item, const char *key,
                       pin_str written)
{
    written = pin_str_trim(written);
    if (!written.len || pin_date_is_valid(written))
        return written;
    pin_finding_add(findings, PIN_WARNING, "bad-date", origin, item, "write it as 2026-03-10",
                    "'%s' is no date: '%.*s'", key, PIN_ARG(written));
    return (pin_str){"", 0};
}

bool pin_question_fits(pin_findings *findings, pin_origin origin, pin_str text)
{
    if (text.len <= PIN_QUESTION_MAX)
        return true;
    pin_finding_add(findings, PIN_ERROR, "too-long", origin, (pin_str){0}, "say the rest in the answer",
                    "the question has %zu bytes; at most %d are read", text.len, PIN_QUESTION_MAX);
    return false;
}

pin_status pin_draft_add_entry(pin_draft_item *item, pin_pool *pool, const pin_entry *entry)
{
    uint32_t count = item->entry_count;
    if ((count & (count - 1)) == 0) { /* room is the next power of two */
        pin_entry *more = pin_pool_take(pool, count ? (size_t)count * 2 : 1, sizeof *more);
        if (!more)
            return PIN_NO_SPACE;
        if (count)
            memcpy(more, item->entries, count * sizeof *more);
        item->entries = more;
    }
    item->entries[item->entry_count++] = *entry;
    return PIN_OK;
}

/* ---- The closing citation list ---- */
static size_t find(pin_str text, pin_str what)
{
    for (size_t i = 0; what.len <= text.len && i <= text.len - what.len; i++)
        if (memcmp(text.at + i, what.at, what.len) == 0)
            return i;
    return SIZE_MAX;
}

/* "Citations:", "**Citations:**", "### Citations" */
static bool is_citations_line(pin_str line)
{
    pin_str heading;
    bool    titled = pin_heading_of(&heading, line) > 0;
    pin_str text = titled ? heading : line;
    size_t  from = 0, to = text.len;
    while (from < to && (text.at[from] == '*' || text.at[from] == '_'))
        from++;
    while (to > from && strchr("*_: \t", text.at[to - 1]))
        to--;
    bool    colon = to < text.len && memchr(text.at + to, ':', text.len - to);
    pin_str word = pin_str_part(text, from, to);
    bool    named = pin_str_equal(word, PIN_STR("Citations")) || pin_str_equal(word, PIN_STR("citations"));
    return named && (titled || colon);
}

/* Length of "- ", "* ", "+ ", "1. " or "1) " with at most three spaces before it, or 0. */
static size_t list_marker(pin_str line)
{
    size_t at = 0;
    while (at < line.len && line.at[at] == ' ')
        at++;
    if (at > 3 || at >= line.len)
        return 0;
    if (strchr("-*+", line.at[at])) {
        at++;
    } else {
        size_t digits = at;
        while (at < line.len && at - digits < 9 && pin_is_digit((unsigned char)line.at[at]))
            at++;
        if (at == digits || at >= line.len || (line.at[at] != '.' && line.at[at] != ')'))
            return 0;
        at++;
    }
    return at < line.len && (line.at[at] == ' ' || line.at[at] == '\t') ? at + 1 : 0;
}

typedef struct citations {
    size_t   list_from, from, to; /* in the answer: the line that announces; the list              */
    uint32_t line;                /* of `from`                                                     */
} citations;

/* The last line that announces citations and is followed by a list; where that list ends. */
static bool citations_find(citations *out, const pin_answer *answer)
{
    pin_lines lines = pin_lines_of(answer->text, answer->line);
    pin_str   line;
    size_t    start;
    bool      found = false, announced = false;
    citations maybe = {0};
    while (pin_lines_next(&lines, &line, &start)) {
        bool blank = pin_str_trim(line).len == 0;
        if (!lines.in_code && is_citations_line(line)) {
            announced = true;
            maybe = (citations){.list_from = start};
        } else if (announced && !blank) {
            announced = false;
            if (list_marker(line) && !lines.in_code) {
                found = true;
                maybe.from = start;
                maybe.line = lines.number;
                *out = maybe;
            }
        }
    }
    if (!found)
        return false;
    pin_lines list = pin_lines_of(pin_str_part(answer->text, out->from, answer->text.len), out->line);
    bool      after_blank = false;
    out->to = answer->text.len;
    while (pin_lines_next(&list, &line, &start)) {
        bool blank = pin_str_trim(line).len == 0,
             indented = line.len && (line.at[0] == ' ' || line.at[0] == '\t');
        if (!blank && !list_marker(line) && ((after_blank && !indented) || (line.len && line.at[0] == '#'))) {
            out->to = out->from + start;
            break;
        }
        after_blank = blank;
    }
    return true;
}

static pin_str without_quotes(pin_str text)
{
    static const char *const pairs[][2] = {{"\"", "\""},
                                           {"\xE2\x80\x9C", "\xE2\x80\x9D"},
                                           {"\xE2\x80\x98", "\xE2\x80\x99"},
                                           {"'", "'"},
                                           {"\xC2\xAB", "\xC2\xBB"}};
    text = pin_str_trim(text);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        pin_str open = pin_str_of(pairs[i][0]), close = pin_str_of(pairs[i][1]);
        if (text.len >= open.len + close.len && pin_str_starts(text, open) &&
            pin_str_equal(pin_str_part(text, text.len - close.len, text.len), close))
            return pin_str_trim(pin_str_part(text, open.len, text.len - close.len));
    }
    return text;
}

/* CITATION — note > "quote" */
static pin_status entry_read(pin_draft_item *item, pin_pool *pool, pin_findings *findings, pin_str text,
                             uint32_t line)
{
    static const char *const dashes[] = {" \xE2\x80\x94 ", " \xE2\x80\x93 ", " -- ", " - ", ": "};
    pin_entry                entry = {.line = line};
    size_t                   quote = find(text, PIN_STR(" > "));
    if (quote != SIZE_MAX) {
        entry.quote = without_quotes(pin_str_part(text, quote + 3, text.len));
        text = pin_str_part(text, 0, quote);
    }
    entry.written = text;
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        size_t at = find(text, pin_str_of(dashes[i]));
        if (at == SIZE_MAX)
            continue;
        entry.written = pin_str_part(text, 0, at);
        entry.note = pin_str_part(text, at + strlen(dashes[i]), text.len);
        break;
    }
    entry.written = pin_markdown_line(pool, entry.written);
    entry.note = pin_markdown_line(pool, entry.note);
    entry.quote = pin_markdown_line(pool, entry.quote);
    if (!entry.written.at || !entry.note.at || !entry.quote.at)
        return PIN_NO_SPACE;
    if (!entry.written.len) {
        pin_finding_add(findings, PIN_WARNING, "empty-citation", (pin_origin){item->origin.file, line},
                        item->id, "write: Article 13(8) — what it supports > \"quoted words\"",
                        "an entry of the citation list names nothing");
        return PIN_OK;
    }
    return pin_draft_add_entry(item, pool, &entry);
}

static pin_status citations_read(pin_draft_item *item, pin_pool *pool, pin_findings *findings, pin_str list,
                                 uint32_t first)
{
    pin_lines  lines = pin_lines_of(list, first);
    pin_str    line;
    size_t     start;
    grown      text = {0};
    uint32_t   number = first;
    pin_status status = PIN_OK;
    while (status == PIN_OK && pin_lines_next(&lines, &line, &start)) {
        size_t marker = list_marker(line);
        if (marker && text.len)
            status = entry_read(item, pool, findings, grown_text(&text), number);
        if (marker) {
            text.len = 0;
            number = lines.number;
        }
        pin_str words = pin_str_trim(pin_str_part(line, marker, line.len));
        if (words.len && text.len)
            grown_byte(&text, ' ');
        grown_add(&text, words.at, words.len);
    }
    if (status == PIN_OK && text.len)
        status = entry_read(item, pool, findings, grown_text(&text), number);
    if (text.failed)
        status = PIN_NO_SPACE;
    grown_free(&text);
    return status;
}

/* ---- The answer ---- */
/* The answer without its list; what follows the list keeps its line numbers. */
static pin_str body_without_list(pin_str text, const citations *list, pin_pool *pool)
{
    pin_str before = pin_str_part(text, 0, list->list_from), after = pin_str_part(text, list->to, text.len);
    if (!pin_str_trim(after).len)
        return before;
    char *at = pin_pool_take(pool, text.len, 1);
    if (!at)
        return (pin_str){NULL, 1};
    memcpy(at, text.at, text.len);
    for (size_t i = list->list_from; i < list->to; i++)
        if (at[i] != '\n')
            at[i] = ' ';
    return (pin_str){at, text.len};
}

static void draft_unanswered(pin_draft_item *item, pin_findings *findings)
{
    if (!pin_draft_lives(item)) /* it is no question any more */
        return;
    bool says_why = pin_str_equal(item->status, PIN_STR("withdrawn")) ||
                    pin_str_equal(item->status, PIN_STR("pending-guidance"));
    if (!says_why)
        item->status = PIN_STR("unanswered");
    if (!item->status_text.len)
        item->status_text = PIN_STR("unanswered");
    pin_finding_add(findings, PIN_WARNING, "unanswered", item->origin, item->id, NULL,
                    "the question has no answer yet");
}

pin_status pin_draft_answer(pin_draft_item *item, pin_pool *pool, pin_findings *findings,
                            const pin_answer *answer)
{
    pin_markdown in = {
        .text = answer->text,
        .origin = {item->origin.file, answer->line},
        .item = item->id,
        .folder = answer->folder,
        .heading_shift = answer->heading_shift,
        .bullets = answer->bullets,
    };
    pin_marked marked;
    citations  list;
    pin_status status = PIN_OK;
    if (answer->text.len > PIN_ANSWER_MAX) {
        pin_finding_add(findings, PIN_ERROR, "too-long", item->origin, item->id, "split the question",
                        "the answer has %zu bytes; at most %u are read", answer->text.len, PIN_ANSWER_MAX);
        return PIN_LIMIT;
    }
    if (!answer->bullets && citations_find(&list, answer)) {
        status =
            citations_read(item, pool, findings, pin_str_part(answer->text, list.from, list.to), list.line);
        in.text = body_without_list(answer->text, &list, pool);
        if (in.text.len && !in.text.at)
            return PIN_NO_SPACE;
        if (pin_str_trim(pin_str_part(answer->text, list.to, answer->text.len)).len)
            pin_finding_add(findings, PIN_WARNING, "citations-not-last",
                            (pin_origin){item->origin.file, list.line}, item->id,
                            "put the citation list at the end of the answer",
                            "text follows the citation list; it is taken for part of the answer");
    }
    if (status == PIN_OK)
        status = pin_markdown_blocks(&marked, pool, findings, &in);
    if (status != PIN_OK)
        return status;
    item->blocks = marked.blocks;
    item->plain = marked.plain;
    item->links = marked.links;
    item->link_count = marked.link_count;
    if (!item->verdict_given)
        item->verdict = pin_first_sentence(item->blocks, item->plain);
    if (!item->blocks.len)
        draft_unanswered(item, findings);
    return PIN_OK;
}
