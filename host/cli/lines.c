/* Files of one query or citation a line. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"

#define STANDARD_INPUT_MOST ((size_t)1 << 30)

static int read_standard_input(pin_cli_lines *lines, pin_cli *cli)
{
    size_t len = 0, cap = (size_t)1 << 16;
    lines->read = malloc(cap);
    while (lines->read) {
        size_t got = fread(lines->read + len, 1, cap - len, stdin);
        len += got;
        if (got == 0)
            break;
        if (len < cap)
            continue;
        if (cap >= STANDARD_INPUT_MOST)
            return pin_cli_misuse(cli, "cannot read standard input: more than 1 GiB");
        char *more = realloc(lines->read, cap * 2);
        if (!more)
            free(lines->read);
        lines->read = more;
        cap *= 2;
    }
    if (!lines->read)
        return pin_cli_misuse(cli, "out of memory");
    if (ferror(stdin))
        return pin_cli_misuse(cli, "cannot read standard input");
    lines->mapped.bytes = (pin_str){lines->read, len};
    return PIN_EXIT_GOOD;
}

int pin_cli_lines_open(pin_cli_lines *lines, pin_cli *cli, const char *path)
{
    pin_folder_error why;
    *lines = (pin_cli_lines){0};
    if (strcmp(path, "-") == 0) {
        if (read_standard_input(lines, cli) != PIN_EXIT_GOOD)
            return PIN_EXIT_MISUSE;
    } else if (pin_folder_map(&lines->mapped, path, &why) != PIN_OK) {
        return pin_cli_misuse(cli, "%s", why.text);
    }
    pin_cli_lines_rewind(lines);
    return PIN_EXIT_GOOD;
}

void pin_cli_lines_rewind(pin_cli_lines *lines)
{
    lines->left = lines->mapped.bytes;
    lines->line = 0;
    if (pin_str_starts(lines->left, PIN_STR("\xEF\xBB\xBF"))) /* a byte order mark says nothing in UTF-8 */
        lines->left = pin_str_part(lines->left, 3, lines->left.len);
}

bool pin_cli_lines_next(pin_cli_lines *lines, pin_str *line)
{
    while (lines->left.len > 0) {
        const char *end = memchr(lines->left.at, '\n', lines->left.len);
        size_t      len = end ? (size_t)(end - lines->left.at) : lines->left.len;
        *line = pin_str_part(lines->left, 0, len);
        lines->left = pin_str_part(lines->left, len + 1, lines->left.len);
        lines->line++;
        if (line->len > 0 && line->at[line->len - 1] == '\r')
            line->len--;
        if (line->len > 0 && line->at[0] != '#')
            return true;
    }
    return false;
}

void pin_cli_lines_close(pin_cli_lines *lines)
{
    if (lines->read)
        free(lines->read);
    else
        pin_folder_unmap(&lines->mapped);
    *lines = (pin_cli_lines){0};
}

bool pin_cli_query_read(pin_cli_query *out, pin_str line)
{
    const char *first = memchr(line.at, '\t', line.len);
    if (!first)
        return false;
    size_t at = (size_t)(first - line.at);
    *out = (pin_cli_query){.id = pin_str_part(line, 0, at), .text = pin_str_part(line, at + 1, line.len)};
    const char *second = out->text.len > 0 ? memchr(out->text.at, '\t', out->text.len) : NULL;
    if (second) {
        size_t kind = (size_t)(second - out->text.at);
        out->kind = pin_str_part(out->text, 0, kind);
        out->text = pin_str_part(out->text, kind + 1, out->text.len);
    }
    return out->id.len > 0;
}
