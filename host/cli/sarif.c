/* SARIF 2.1.0, the parts that tools use: rules, levels, places, fingerprints, suppressions. A finding without
 * a file (about the corpus as a whole, or of an index) has a logical location at most. */
#include "host/cli/sarif.h"

#include <inttypes.h>

#include "host/cli/baseline.h"
#include "host/cli/codes.h"

static void text(FILE *to, const char *key, const char *value)
{
    fprintf(to, "\"%s\":", key);
    pin_cli_json_string(to, pin_str_of(value));
}

static void message(FILE *to, const char *key, const char *value)
{
    fprintf(to, "\"%s\":{", key);
    text(to, "text", value);
    fputc('}', to);
}

static const char *level(pin_severity severity)
{
    return severity == PIN_ERROR ? "error" : severity == PIN_WARNING ? "warning" : "note";
}

static void rules(FILE *to)
{
    const pin_cli_code *code;
    fputs("\"rules\":[", to);
    for (uint32_t i = 0; (code = pin_cli_code_at(i)); i++) {
        fputs(i ? ",{" : "{", to);
        text(to, "id", code->code);
        fputc(',', to);
        message(to, "shortDescription", code->why);
        fputc(',', to);
        message(to, "help", code->mend);
        fputc('}', to);
    }
    fputc(']', to);
}

/* Number of the rule, or -1, which SARIF gives to a rule that is not listed. */
static int rule_index(pin_str wanted)
{
    const pin_cli_code *code;
    for (uint32_t i = 0; (code = pin_cli_code_at(i)); i++)
        if (pin_str_equal(wanted, pin_str_of(code->code)))
            return (int)i;
    return -1;
}

/* A path as a URI reference (RFC 3986): an absolute one as file://, everything unusual as %XX. */
static void uri(FILE *to, pin_str path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    fputs(path.len && path.at[0] == '/' ? "\"file://" : "\"", to);
    for (size_t i = 0; i < path.len; i++) {
        bool is_plain = false;
        for (const char *p = plain; *p && !is_plain; p++)
            is_plain = *p == path.at[i];
        if (is_plain)
            fputc(path.at[i], to);
        else
            fprintf(to, "%%%02X", (unsigned)(unsigned char)path.at[i]);
    }
    fputc('"', to);
}

static void location(FILE *to, const pin_finding *f)
{
    fputs(",\"locations\":[{", to);
    if (f->file.len) {
        fputs("\"physicalLocation\":{\"artifactLocation\":{\"uri\":", to);
        uri(to, f->file);
        fputc('}', to);
        if (f->line)
            fprintf(to, ",\"region\":{\"startLine\":%u}", f->line);
        fputc('}', to);
    }
    if (f->item.len) {
        fputs(f->file.len ? ",\"logicalLocations\":[{\"fullyQualifiedName\":" : "\"logicalLocations\":[{\"fullyQualifiedName\":", to);
        pin_cli_json_string(to, f->item);
        fputs("}]", to);
    }
    fputs("}]", to);
}

static void result(FILE *to, const pin_cli_shown *shown, bool compared)
{
    const pin_finding *f = shown->finding;
    int                rule = rule_index(f->code);
    fputs("{\"ruleId\":", to);
    pin_cli_json_string(to, f->code);
    if (rule >= 0)
        fprintf(to, ",\"ruleIndex\":%d", rule);
    fprintf(to, ",\"level\":\"%s\",\"message\":{\"text\":", level(f->severity));
    pin_cli_json_string(to, f->message);
    fputc('}', to);
    if (f->file.len || f->item.len)
        location(to, f);
    fprintf(to, ",\"partialFingerprints\":{\"message/v1\":\"%016" PRIx64 "\"}", pin_cli_message_hash(f->message));
    if (f->hint.len) {
        fputs(",\"properties\":{\"hint\":", to);
        pin_cli_json_string(to, f->hint);
        fputc('}', to);
    }
    if (compared)
        fprintf(to, ",\"baselineState\":\"%s\"", shown->accepted ? "unchanged" : "new");
    fputs(shown->accepted ? ",\"suppressions\":[{\"kind\":\"external\"}]}" : "}", to);
}

void pin_cli_sarif(FILE *to, const pin_cli_shown *findings, uint32_t count, bool compared)
{
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
          "\"tool\":{\"driver\":{\"name\":\"pincite\",\"version\":\"" PINCITE_VERSION "\",", to);
    rules(to);
    fputs("}},\"results\":[", to);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            fputc(',', to);
        result(to, &findings[i], compared);
    }
    fputs("]}]}\n", to);
}
