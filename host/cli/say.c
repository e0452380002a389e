/* What is printed that is not an answer of the library: complaints, notes, sizes. Texts that come from
 * elsewhere are cleaned, so they cannot drive the terminal. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/cli/cli.h"

/* Writes through `add` into memory of its own, growing once: pin_buf says how much is wanted. */
static void write_through(FILE *to, pin_str text, void (*add)(pin_buf *, pin_str))
{
    char    small[1024];
    pin_buf buf = pin_buf_over(small, sizeof small);
    add(&buf, text);
    if (pin_buf_status(&buf) == PIN_OK) {
        fwrite(buf.at, 1, buf.len, to);
        return;
    }
    size_t wanted = buf.len;
    char  *large = malloc(wanted);
    if (!large)
        return;
    buf = pin_buf_over(large, wanted);
    add(&buf, text);
    fwrite(buf.at, 1, pin_buf_str(&buf).len, to);
    free(large);
}

void pin_cli_clean(FILE *to, pin_str text) { write_through(to, text, pin_text_line); }

void pin_cli_json_string(FILE *to, pin_str text) { write_through(to, text, pin_json_string); }

__attribute__((format(printf, 2, 0))) static void say(FILE *to, const char *format, va_list args)
{
    char line[4096];
    vsnprintf(line, sizeof line, format, args);
    pin_cli_clean(to, pin_str_of(line));
    fputc('\n', to);
}

int pin_cli_misuse(pin_cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(cli->err, format, args);
    va_end(args);
    return PIN_EXIT_MISUSE;
}

void pin_cli_note(pin_cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(cli->err, format, args);
    va_end(args);
}

bool pin_cli_write(pin_cli *cli, const void *bytes, size_t len)
{
    errno = 0;
    bool good = len == 0 || fwrite(bytes, 1, len, cli->out) == len;
    if (!good && cli->write_errno == 0)
        cli->write_errno = errno;
    return good && !ferror(cli->out);
}

double pin_cli_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *pin_cli_size(char out[32], uint64_t bytes)
{
    if (bytes < 1000)
        snprintf(out, 32, "%u B", (unsigned)bytes);
    else if (bytes < 999950)
        snprintf(out, 32, "%.1f kB", (double)bytes / 1e3);
    else if (bytes < 999950000)
        snprintf(out, 32, "%.1f MB", (double)bytes / 1e6);
    else
        snprintf(out, 32, "%.1f GB", (double)bytes / 1e9);
    return out;
}
