/* Findings in print: one line each for people and editors, or as JSON. */
#include <string.h>

#include "host/cli/codes.h"
#include "host/cli/corpus.h"

enum { SHOWN_EACH = 3, KINDS = 64 };

static const char *severity_name(pin_severity severity)
{
    return severity == PIN_ERROR ? "error" : severity == PIN_WARNING ? "warning" : "note";
}

pin_cli_tally pin_cli_tally_of(const pin_build *build)
{
    pin_cli_tally tally = {0};
    for (uint32_t i = 0; i < pin_build_finding_count(build); i++) {
        pin_severity severity = pin_build_finding(build, i)->severity;
        tally.errors += severity == PIN_ERROR;
        tally.warnings += severity == PIN_WARNING;
        tally.notes += severity == PIN_NOTE;
    }
    return tally;
}

/* Where it is: file and line, else the item, else nothing. */
static void print_place(FILE *to, const pin_finding *f)
{
    pin_cli_clean(to, f->file.len > 0 ? f->file : f->item);
    if (f->file.len > 0 && f->line > 0)
        fprintf(to, ":%u", f->line);
    if (f->file.len > 0 || f->item.len > 0)
        fputs(": ", to);
}

void pin_cli_finding_print(FILE *to, const pin_finding *f)
{
    print_place(to, f);
    fprintf(to, "%s: ", severity_name(f->severity));
    pin_cli_clean(to, f->message);
    fputs(" [", to);
    pin_cli_clean(to, f->code);
    fputs("]\n", to);
    if (f->hint.len == 0)
        return;
    fputs("    ", to);
    pin_cli_clean(to, f->hint);
    fputc('\n', to);
}

void pin_cli_finding_json(FILE *to, const pin_finding *f, bool accepted)
{
    const pin_cli_code *code = pin_cli_code_of(f->code);
    fprintf(to, "{\"severity\":\"%s\",\"code\":", severity_name(f->severity));
    pin_cli_json_string(to, f->code);
    fputs(",\"file\":", to);
    pin_cli_json_string(to, f->file);
    fprintf(to, ",\"line\":%u,\"item\":", f->line);
    pin_cli_json_string(to, f->item);
    fputs(",\"message\":", to);
    pin_cli_json_string(to, f->message);
    fputs(",\"hint\":", to);
    pin_cli_json_string(to, f->hint);
    fputs(",\"why\":", to);
    pin_cli_json_string(to, pin_str_of(code ? code->why : ""));
    fputs(",\"mend\":", to);
    pin_cli_json_string(to, pin_str_of(code ? code->mend : ""));
    fprintf(to, ",\"accepted\":%s}", accepted ? "true" : "false");
}

/* ---- Summary: what repeats is said once ---- */
typedef struct kind {
    pin_severity severity;
    pin_str      code;
    uint32_t     count, first;
} kind;

static uint32_t sort_out(kind *kinds, const pin_build *build)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pin_build_finding_count(build); i++) {
        const pin_finding *f = pin_build_finding(build, i);
        uint32_t           k = 0;
        while (k < count && (kinds[k].severity != f->severity || !pin_str_equal(kinds[k].code, f->code)))
            k++;
        if (k == KINDS)
            k = KINDS - 1; /* more kinds than there are codes: counted with the last */
        else if (k == count)
            kinds[count++] = (kind){.severity = f->severity, .code = f->code, .first = i};
        kinds[k].count++;
    }
    return count;
}

static void print_kind(FILE *to, const pin_build *build, const kind *k)
{
    if (k->count > SHOWN_EACH) {
        const pin_finding *first = pin_build_finding(build, k->first);
        fprintf(to, "%s: ", severity_name(k->severity));
        pin_cli_clean(to, k->code);
        fprintf(to, ": %u times, first ", k->count);
        print_place(to, first);
        pin_cli_clean(to, first->message);
        fputc('\n', to);
        return;
    }
    for (uint32_t i = k->first; i < pin_build_finding_count(build); i++) {
        const pin_finding *f = pin_build_finding(build, i);
        if (f->severity == k->severity && pin_str_equal(f->code, k->code))
            pin_cli_finding_print(to, f);
    }
}

void pin_cli_findings_summary(FILE *to, const pin_build *build)
{
    kind     kinds[KINDS];
    uint32_t count = sort_out(kinds, build);
    for (int severity = PIN_ERROR; severity >= PIN_NOTE; severity--)
        for (uint32_t k = 0; k < count; k++)
            if ((int)kinds[k].severity == severity)
                print_kind(to, build, &kinds[k]);
}

static void print_count(FILE *to, uint32_t count, const char *what)
{
    fprintf(to, "%u %s%s", count, what, count == 1 ? "" : "s");
}

void pin_cli_tally_print(FILE *to, const pin_cli_tally *tally)
{
    print_count(to, tally->errors, "error");
    fputs(", ", to);
    print_count(to, tally->warnings, "warning");
    fputs(", ", to);
    print_count(to, tally->notes, "note");
}

void pin_cli_states_json(FILE *to, const uint32_t states[5], uint32_t total)
{
    static const char *const keys[5] = {"resolved", "missing", "other_act", "not_understood", "not_checked"};
    fprintf(to, "{\"total\":%u", total);
    for (int i = 0; i < 5; i++)
        fprintf(to, ",\"%s\":%u", keys[i], states[i]);
    fputc('}', to);
}
