/* Accepted findings: read, matched and written. A line names what was accepted without its line number, so
 * an edit above it does not bring it back; the hash of the message does when the finding changes. */
#include "host/cli/baseline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct pin_cli_accepted {
    char    *line; /* code, file, item, hash, each ended by NUL */
    char    *file, *item;
    uint64_t hash;
    bool     used;
} pin_cli_accepted;

uint64_t pin_cli_message_hash(pin_str message)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < message.len; i++)
        hash = (hash ^ (unsigned char)message.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* ---- Reading ---- */

/* Cuts `line` at its first tab and moves *line behind it. NULL when there is none. */
static char *take_field(char **line)
{
    char *start = *line, *tab = start ? strchr(start, '\t') : NULL;
    if (!tab)
        return NULL;
    *tab = '\0';
    *line = tab + 1;
    return start;
}

static bool take_hash(uint64_t *out, char *text)
{
    char  *end;
    size_t len = strcspn(text, "\t");
    if (len != 16 || strspn(text, "0123456789abcdef") < 16)
        return false;
    *out = strtoull(text, &end, 16);
    return end == text + 16;
}

static bool take_line(pin_cli_baseline *b, pin_str text)
{
    pin_cli_accepted *more = realloc(b->at, (b->count + 1) * sizeof *more);
    if (!more)
        return false;
    b->at = more;
    pin_cli_accepted *a = &b->at[b->count];
    *a = (pin_cli_accepted){.line = malloc(text.len + 1)};
    if (!a->line)
        return false;
    b->count++;
    memcpy(a->line, text.at, text.len);
    a->line[text.len] = '\0';
    char *rest = a->line;
    take_field(&rest);
    a->file = take_field(&rest);
    a->item = take_field(&rest);
    return a->item && take_hash(&a->hash, rest);
}

int pin_cli_baseline_read(pin_cli_baseline *out, pin_cli *cli, const char *path)
{
    pin_cli_lines lines;
    pin_str       text;
    int           exit_code = pin_cli_lines_open(&lines, cli, path);
    *out = (pin_cli_baseline){0};
    while (exit_code == PIN_EXIT_GOOD && pin_cli_lines_next(&lines, &text))
        if (!take_line(out, text))
            exit_code = pin_cli_misuse(cli, "%s:%u: no line of a baseline: code, file, item and hash, parted by tabs",
                                       path, lines.line);
    pin_cli_lines_close(&lines);
    return exit_code;
}

void pin_cli_baseline_free(pin_cli_baseline *b)
{
    for (uint32_t i = 0; i < b->count; i++)
        free(b->at[i].line);
    free(b->at);
    *b = (pin_cli_baseline){0};
}

/* Tabs and line ends would break the file: both sides have spaces there. */
static bool same_field(const char *field, pin_str text)
{
    if (strlen(field) != text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (field[i] != ((unsigned char)text.at[i] < 32 ? ' ' : text.at[i]))
            return false;
    return true;
}

bool pin_cli_baseline_accepts(pin_cli_baseline *b, const pin_finding *f)
{
    uint64_t hash = b->count ? pin_cli_message_hash(f->message) : 0;
    for (uint32_t n = 0, i = b->next; n < b->count; n++, i = i + 1 < b->count ? i + 1 : 0) {
        pin_cli_accepted *a = &b->at[i];
        if (a->used || a->hash != hash || !same_field(a->line, f->code) || !same_field(a->file, f->file) ||
            !same_field(a->item, f->item))
            continue;
        a->used = true;
        b->next = i + 1 < b->count ? i + 1 : 0; /* both lists are in one order, so the next is likely there */
        return true;
    }
    return false;
}

uint32_t pin_cli_baseline_left(const pin_cli_baseline *b)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < b->count; i++)
        left += !b->at[i].used;
    return left;
}

/* ---- Writing ---- */

static void print_field(FILE *to, pin_str text)
{
    for (size_t i = 0; i < text.len; i++)
        fputc((unsigned char)text.at[i] < 32 ? ' ' : text.at[i], to);
    fputc('\t', to);
}

static void print_line(FILE *to, const pin_finding *f)
{
    print_field(to, f->code);
    print_field(to, f->file);
    print_field(to, f->item);
    fprintf(to, "%016" PRIx64 "\t", pin_cli_message_hash(f->message));
    pin_cli_clean(to, f->message);
    fputc('\n', to);
}

int pin_cli_baseline_write(pin_cli *cli, const char *path, const pin_finding *const *findings, uint32_t count)
{
    char            *text = NULL;
    size_t           len = 0;
    pin_folder_error why = {0};
    FILE            *to = open_memstream(&text, &len);
    if (!to)
        return pin_cli_misuse(cli, "out of memory");
    fputs("# accepted findings of pincite check: code, file, item, hash of the message, message\n", to);
    for (uint32_t i = 0; i < count; i++)
        print_line(to, findings[i]);
    bool       good = fclose(to) == 0;
    pin_status status = good ? pin_save_bytes(path, (pin_str){text, len}, &why) : PIN_NO_SPACE;
    free(text);
    if (status != PIN_OK)
        return pin_cli_misuse(cli, "%s", good ? why.text : "out of memory");
    pin_cli_note(cli, "%u finding%s accepted in '%s'", count, count == 1 ? "" : "s", path);
    return PIN_EXIT_GOOD;
}
