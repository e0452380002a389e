/* The outside of a text file: its bytes, its front matter, its lines and headings. */
#include "indexer/corpus/readers.h"

#include "core/bytes/bytes.h"

#include <string.h>

pin_lines pin_lines_of(pin_str text, uint32_t first)
{
    return (pin_lines){.text = text, .number = first - 1};
}

/* Three or more '`' or '~' after at most three spaces (CommonMark 0.30, 4.5). */
static size_t fence_of(pin_str line, char *mark)
{
    size_t from = 0, to;
    while (from < line.len && line.at[from] == ' ')
        from++;
    if (from > 3 || from == line.len || (line.at[from] != '`' && line.at[from] != '~'))
        return 0;
    *mark = line.at[from];
    for (to = from; to < line.len && line.at[to] == *mark; to++)
        ;
    bool info_has_tick = *mark == '`' && to < line.len && memchr(line.at + to, '`', line.len - to);
    return to - from >= 3 && !info_has_tick ? to - from : 0;
}

static bool is_closing_fence(const pin_lines *lines, pin_str line)
{
    char   mark = 0;
    size_t len = fence_of(line, &mark);
    if (mark != lines->fence || len < lines->fence_len)
        return false;
    pin_str rest = pin_str_trim(line);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.at[i] != mark)
            return false;
    return true;
}

bool pin_lines_next(pin_lines *lines, pin_str *line, size_t *start)
{
    if (lines->at >= lines->text.len)
        return false;
    const char *from = lines->text.at + lines->at;
    const char *end = memchr(from, '\n', lines->text.len - lines->at);
    size_t      len = end ? (size_t)(end - from) : lines->text.len - lines->at;
    *start = lines->at;
    lines->at += len + (end != NULL);
    lines->number++;
    if (len && from[len - 1] == '\r')
        len--;
    *line = (pin_str){from, len};

    char   mark = 0;
    size_t run = fence_of(*line, &mark);
    lines->in_code = lines->fence != 0 || run;
    if (lines->fence) {
        if (is_closing_fence(lines, *line))
            lines->fence = 0;
    } else if (run) {
        lines->fence = mark;
        lines->fence_len = run;
    }
    return true;
}

int pin_heading_of(pin_str *text, pin_str line)
{
    size_t from = 0;
    while (from < line.len && line.at[from] == ' ')
        from++;
    if (from > 3)
        return 0;
    size_t level = 0;
    while (from + level < line.len && line.at[from + level] == '#')
        level++;
    size_t after = from + level;
    if (level < 1 || level > 6 || (after < line.len && line.at[after] != ' ' && line.at[after] != '\t'))
        return 0;
    pin_str inner = pin_str_trim(pin_str_part(line, after, line.len));
    size_t  end = inner.len;
    while (end && inner.at[end - 1] == '#')
        end--;
    if (end == 0 || (end < inner.len && (inner.at[end - 1] == ' ' || inner.at[end - 1] == '\t')))
        inner = pin_str_trim(pin_str_part(inner, 0, end)); /* a closing run of #s stands apart */
    *text = inner.len ? inner : (pin_str){"", 0};
    return (int)level;
}

static bool is_rule(pin_str line, const char *dashes)
{
    return line.len >= 3 && pin_str_equal(pin_str_trim(line), pin_str_of(dashes)) && line.at[0] == dashes[0];
}

pin_front pin_front_split(pin_str text)
{
    pin_front front = {.body = text, .body_line = 1};
    pin_lines lines = pin_lines_of(text, 1);
    pin_str   line;
    size_t    start;
    if (!pin_lines_next(&lines, &line, &start) || !is_rule(line, "---"))
        return front;
    size_t from = lines.at;
    while (pin_lines_next(&lines, &line, &start)) {
        if (!is_rule(line, "---") && !is_rule(line, "..."))
            continue;
        front.yaml = pin_str_part(text, from, start);
        front.yaml_line = 2;
        front.body = pin_str_part(text, lines.at, text.len);
        front.body_line = lines.number + 1;
        return front;
    }
    front.open = true;
    return front;
}

bool pin_text_check(pin_str *text, const pin_reading *reading, const pin_input_file *file)
{
    pin_origin origin = {file->shown, 0};
    *text = file->bytes;
    if (text->len > PIN_TEXT_MAX) {
        pin_finding_add(reading->findings, PIN_ERROR, "too-long", origin, (pin_str){0}, NULL,
                        "the file has %zu bytes, more than %u are not read", text->len, PIN_TEXT_MAX);
        return false;
    }
    size_t valid = pin_utf8_valid(*text);
    if (valid < text->len) {
        origin.line = 1;
        for (size_t i = 0; i < valid; i++)
            origin.line += text->at[i] == '\n';
        pin_finding_add(reading->findings, PIN_ERROR, "not-utf8", origin, (pin_str){0},
                        "save the file as UTF-8", "byte %zu of the file, 0x%02X, is not UTF-8", valid,
                        (unsigned char)text->at[valid]);
        return false;
    }
    if (pin_str_starts(*text, PIN_STR("\xEF\xBB\xBF")))
        *text = pin_str_part(*text, 3, text->len);
    return true;
}
