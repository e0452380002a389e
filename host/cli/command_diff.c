/* pincite diff: what differs between two index files, in words, JSON, or Markdown for a pull request. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/diff.h"

static const pin_cli_option options[] = {
    {"json", 0, NULL, "answer as one line of JSON (docs/evidence.md)", false},
    {"markdown", 0, NULL, "answer as Markdown, fit for a pull request", false},
    {0},
};

/* ---- Words ---- */
static const struct {
    unsigned    bit;
    const char *name;
} what_names[] = {{PIN_DIFF_WORDING, "wording"}, {PIN_DIFF_FORM, "form"},     {PIN_DIFF_CITATIONS, "citations"},
                  {PIN_DIFF_LAW, "law"},         {PIN_DIFF_VERSION, "version"},
                  {PIN_DIFF_STATUS, "status"},   {0, NULL}};

/* Text of a corpus: cleaned for a terminal, escaped for Markdown. */
static void put(FILE *to, pin_str text, bool markdown)
{
    if (!markdown) {
        pin_cli_clean(to, text);
        return;
    }
    char   *escaped = malloc(2 * text.len + 1);
    pin_buf out = pin_buf_over(escaped, escaped ? 2 * text.len : 0);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] && strchr("\\`*_[]<>|#~&", text.at[i]))
            pin_buf_byte(&out, '\\');
        pin_buf_byte(&out, text.at[i]);
    }
    pin_cli_clean(to, pin_buf_str(&out));
    free(escaped);
}

static void put_what(FILE *to, unsigned what)
{
    bool any = false;
    for (int i = 0; what_names[i].name; i++)
        if (what & what_names[i].bit) {
            fprintf(to, "%s%s", any ? ", " : "", what_names[i].name);
            any = true;
        }
}

static void put_fate(FILE *to, const pin_diff_item *item, bool markdown)
{
    fputs(item->fate == PIN_FATE_LIVES ? "gone without a word" : pin_fate_name(item->fate), to);
    if (item->target.len) {
        fputs(item->fate == PIN_FATE_WITHDRAWN ? ", see " : " to ", to);
        put(to, item->target, markdown);
    }
    if (item->reason.len) {
        fputs(": ", to);
        put(to, item->reason, markdown);
    }
}

static void put_provisions(FILE *to, const pin_diff_item *item, bool markdown)
{
    for (uint32_t i = 0; i < item->provision_count; i++) {
        const pin_diff_provision *p = &item->provisions[i];
        fputs(i ? "; " : "", to);
        put(to, p->source, markdown);
        fputs(" ", to);
        put(to, p->label.len ? p->label : p->id, markdown);
        fprintf(to, " %s", pin_diff_how_name(p->how));
        if (p->now.len) {
            fputs(" to ", to);
            put(to, p->now, markdown);
        }
    }
}

/* What follows an item in its list. */
typedef enum list_tail { TAIL_NONE, TAIL_WHAT, TAIL_FATE, TAIL_PROVISIONS } list_tail;

static void put_list(FILE *to, const char *title, const pin_diff_list *list, list_tail tail, bool markdown)
{
    if (list->count == 0)
        return;
    fprintf(to, markdown ? "\n### %s (%u)\n\n" : "\n%s (%u)\n", title, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const pin_diff_item *item = &list->at[i];
        fputs(markdown ? "- `" : "  ", to);
        pin_cli_clean(to, item->id);
        fputs(markdown ? "` " : "  ", to);
        put(to, item->question, markdown);
        if (tail != TAIL_NONE)
            fputs(markdown ? " — " : "\n      ", to);
        if (tail == TAIL_WHAT)
            put_what(to, item->what);
        else if (tail == TAIL_FATE)
            put_fate(to, item, markdown);
        else if (tail == TAIL_PROVISIONS)
            put_provisions(to, item, markdown);
        fputc('\n', to);
    }
}

static void put_law(FILE *to, const pin_diff *d, bool markdown)
{
    if (d->law_count == 0)
        return;
    fprintf(to, markdown ? "\n### The law (%u)\n\n" : "\nThe law (%u)\n", d->law_count);
    for (uint32_t i = 0; i < d->law_count; i++) {
        const pin_diff_provision *p = &d->law[i];
        fputs(markdown ? "- `" : "  ", to);
        pin_cli_clean(to, p->source);
        fputc(':', to);
        pin_cli_clean(to, p->id);
        fputs(markdown ? "` " : "  ", to);
        put(to, p->label, markdown);
        fprintf(to, " %s\n", pin_diff_how_name(p->how));
    }
}

static void put_broken(FILE *to, const pin_diff *d, bool markdown)
{
    if (d->broken_count == 0)
        return;
    fprintf(to, markdown ? "\n### Links that would break (%u)\n\n" : "\nLinks that would break (%u)\n", d->broken_count);
    for (uint32_t i = 0; i < d->broken_count; i++) {
        fputs(markdown ? "- `" : "  ", to);
        pin_cli_clean(to, d->broken[i]);
        fputs(markdown ? "`\n" : "\n", to);
    }
}

static void put_release(FILE *to, const pin_release *r)
{
    if (r->release.len)
        fprintf(to, "%.*s", 16, r->release.at);
    else
        fprintf(to, "file %016llx", (unsigned long long)r->file_id);
    if (r->as_of.len) {
        fputs(" of ", to);
        pin_cli_clean(to, r->as_of);
    }
}

static void print_words(FILE *to, const pin_diff *d, bool markdown)
{
    fputs(markdown ? "## Changes from release " : "from ", to);
    put_release(to, &d->releases[0]);
    fputs(" to ", to);
    put_release(to, &d->releases[1]);
    fprintf(to, "%s%u items, then %u\n", markdown ? "\n\n" : ": ", d->releases[0].item_count, d->releases[1].item_count);
    if (pin_diff_is_same(d))
        fputs(markdown ? "\nNothing differs.\n" : "nothing differs\n", to);
    put_list(to, "Lose their footing", &d->leaning, TAIL_PROVISIONS, markdown);
    put_broken(to, d, markdown);
    put_list(to, "Added", &d->added, TAIL_NONE, markdown);
    put_list(to, "Changed", &d->changed, TAIL_WHAT, markdown);
    put_list(to, "No longer there", &d->gone, TAIL_FATE, markdown);
    put_law(to, d, markdown);
}

/* ---- JSON ---- */
static void json_key(FILE *to, const char *name, pin_str text)
{
    fprintf(to, ",\"%s\":", name);
    pin_cli_json_string(to, text);
}

static void json_release(FILE *to, const char *name, const pin_cli_index *index, const pin_release *r)
{
    fprintf(to, "\"%s\":{\"file\":", name);
    pin_cli_json_string(to, pin_str_of(index->path));
    json_key(to, "release", r->release);
    json_key(to, "as_of", r->as_of);
    fprintf(to, ",\"items\":%u}", r->item_count);
}

static void json_provision(FILE *to, const pin_diff_provision *p)
{
    fputs("{\"source\":", to);
    pin_cli_json_string(to, p->source);
    json_key(to, "provision", p->id);
    json_key(to, "label", p->label);
    json_key(to, "how", pin_str_of(pin_diff_how_name(p->how)));
    if (p->now.len)
        json_key(to, "now", p->now);
    fputc('}', to);
}

static void json_tail(FILE *to, const pin_diff_item *item, list_tail tail)
{
    bool any = false;
    if (tail == TAIL_WHAT) {
        fputs(",\"what\":[", to);
        for (int i = 0; what_names[i].name; i++)
            if (item->what & what_names[i].bit) {
                fprintf(to, "%s\"%s\"", any ? "," : "", what_names[i].name);
                any = true;
            }
        fputc(']', to);
    } else if (tail == TAIL_FATE) {
        json_key(to, "fate", pin_str_of(item->fate == PIN_FATE_LIVES ? "unknown" : pin_fate_name(item->fate)));
        json_key(to, "since", item->since);
        json_key(to, "reason", item->reason);
        json_key(to, "target", item->target);
    } else if (tail == TAIL_PROVISIONS) {
        fputs(",\"provisions\":[", to);
        for (uint32_t i = 0; i < item->provision_count; i++) {
            fputs(i ? "," : "", to);
            json_provision(to, &item->provisions[i]);
        }
        fputc(']', to);
    }
}

static void json_list(FILE *to, const char *name, const pin_diff_list *list, list_tail tail)
{
    fprintf(to, ",\"%s\":[", name);
    for (uint32_t i = 0; i < list->count; i++) {
        const pin_diff_item *item = &list->at[i];
        fputs(i ? ",{\"id\":" : "{\"id\":", to);
        pin_cli_json_string(to, item->id);
        json_key(to, "question", item->question);
        if (item->hashes[0][0])
            json_key(to, "old_revision", (pin_str){item->hashes[0], sizeof item->hashes[0]});
        if (item->hashes[1][0])
            json_key(to, "new_revision", (pin_str){item->hashes[1], sizeof item->hashes[1]});
        json_tail(to, item, tail);
        fputc('}', to);
    }
    fputc(']', to);
}

static void print_json(FILE *to, const pin_diff *d)
{
    fputc('{', to);
    json_release(to, "old", &d->old, &d->releases[0]);
    fputc(',', to);
    json_release(to, "new", &d->new, &d->releases[1]);
    fprintf(to, ",\"same\":%s", pin_diff_is_same(d) ? "true" : "false");
    json_list(to, "leaning", &d->leaning, TAIL_PROVISIONS);
    fputs(",\"broken\":[", to);
    for (uint32_t i = 0; i < d->broken_count; i++) {
        fputs(i ? "," : "", to);
        pin_cli_json_string(to, d->broken[i]);
    }
    fputc(']', to);
    json_list(to, "added", &d->added, TAIL_NONE);
    json_list(to, "changed", &d->changed, TAIL_WHAT);
    json_list(to, "gone", &d->gone, TAIL_FATE);
    fputs(",\"law\":[", to);
    for (uint32_t i = 0; i < d->law_count; i++) {
        fputs(i ? "," : "", to);
        json_provision(to, &d->law[i]);
    }
    fputs("]}\n", to);
}

/* ---- The command ---- */
static int compare(pin_cli *cli, pin_diff *d)
{
    pin_cli_index *of = &d->old;
    pin_error      err = {0};
    if (pin_diff_compare(d, &of, &err) != PIN_OK)
        return pin_cli_index_complain(cli, of, &err);
    if (pin_cli_has(cli, "json"))
        print_json(cli->out, d);
    else
        print_words(cli->out, d, pin_cli_has(cli, "markdown"));
    return pin_diff_is_same(d) ? PIN_EXIT_GOOD : PIN_EXIT_NONE;
}

static int run(pin_cli *cli)
{
    if (cli->argument_count > 2)
        return pin_cli_misuse(cli, "two files at a time: pincite diff OLD NEW");
    if (pin_cli_has(cli, "json") && pin_cli_has(cli, "markdown"))
        return pin_cli_misuse(cli, "--json or --markdown, not both");
    pin_diff d = {0};
    int      exit_code = pin_cli_index_open(&d.old, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = pin_cli_index_open(&d.new, cli, cli->arguments[1]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = compare(cli, &d);
    pin_diff_free(&d);
    return exit_code;
}

const pin_cli_command pin_cli_diff = {
    .name = "diff",
    .usage = "OLD NEW [--json | --markdown]",
    .summary = "what differs between two index files",
    .about = "Compares two index files: items added, changed (wording, form, citations, law,\n"
             "version, status) and no longer there; links that would break; and the answers\n"
             "that lose their footing, because a provision that they cite changed, moved or\n"
             "vanished. Any two files will do; `pincite build --previous OLD` keeps links.",
    .options = options,
    .examples = "pincite diff faq-2026-01.pin faq-2026-02.pin\n"
                "pincite diff old.pin new.pin --markdown",
    .exits = {"nothing differs", "something differs", "misuse, or an unreadable file"},
    .least = 2,
    .run = run,
};
