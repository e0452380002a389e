/* Opening an index file, and printing what the library makes of it. */
#include <stdlib.h>

#include "host/cli/cli.h"

enum { BUFFER_FIRST = 1 << 16 };
#define BUFFER_MOST ((size_t)1 << 30)

static void explain(pin_folder_error *why, const char *verb, const char *path, const pin_error *err)
{
    const char *message = err->message ? err->message : "unknown failure";
    if (err->code == PIN_CORRUPT && err->offset > 0)
        snprintf(why->text, sizeof why->text, "cannot %s '%s': %s (at byte %llu)", verb, path, message,
                 (unsigned long long)err->offset);
    else
        snprintf(why->text, sizeof why->text, "cannot %s '%s': %s", verb, path, message);
}

pin_status pin_cli_index_try(pin_cli_index *index, const char *path, pin_folder_error *why)
{
    *index = (pin_cli_index){.path = path};
    why->text[0] = '\0';
    pin_status status = pin_folder_map(&index->mapped, path, why);
    if (status != PIN_OK)
        return status;
    index->piece = (pin_piece){0, index->mapped.bytes.len, (const uint8_t *)index->mapped.bytes.at};
    index->file = (pin_file){.len = index->mapped.bytes.len, .pieces = &index->piece, .piece_count = 1};
    pin_error err = {0};
    if (!pin_cli_room_ready(&index->own) || !pin_cli_room_ready(&index->room)) {
        pin_fail(&err, PIN_NO_SPACE, 0, "out of memory");
        status = PIN_NO_SPACE;
    } else {
        do
            status = pin_index_open(&index->ix, &index->file, &index->own.arena, &err);
        while (pin_cli_room_again(&index->own, status));
    }
    if (status != PIN_OK)
        explain(why, "open", path, &err);
    return status;
}

int pin_cli_index_open(pin_cli_index *index, pin_cli *cli, const char *path)
{
    pin_folder_error why;
    if (pin_cli_index_try(index, path, &why) == PIN_OK)
        return PIN_EXIT_GOOD;
    return pin_cli_misuse(cli, "%s", why.text);
}

void pin_cli_index_close(pin_cli_index *index)
{
    pin_cli_room_free(&index->room);
    pin_cli_room_free(&index->own);
    pin_folder_unmap(&index->mapped);
}

int pin_cli_index_complain(pin_cli *cli, const pin_cli_index *index, const pin_error *err)
{
    pin_folder_error why;
    if (err->code == PIN_LIMIT || err->code == PIN_BAD_INPUT) /* the question's fault, not the file's */
        return pin_cli_misuse(cli, "cannot answer: %s", err->message ? err->message : "unknown failure");
    explain(&why, "read", index->path, err);
    return pin_cli_misuse(cli, "%s", why.text);
}

int pin_cli_print(pin_cli *cli, pin_cli_index *index, pin_cli_render *render, void *what)
{
    size_t cap = BUFFER_FIRST;
    char  *memory = malloc(cap);
    for (;;) {
        pin_error err = {0};
        if (!memory || !pin_cli_room_ready(&index->room)) {
            free(memory);
            return pin_cli_misuse(cli, "out of memory");
        }
        pin_buf    out = pin_buf_over(memory, cap);
        pin_status status = render(&out, index->ix, what, &index->room.arena, &err);
        if (status == PIN_OK) {
            bool written = pin_cli_write(cli, out.at, out.len);
            free(memory);
            return written ? PIN_EXIT_GOOD : PIN_EXIT_MISUSE; /* pin_cli_run says why */
        }
        if (status == PIN_NO_SPACE && out.len > cap && out.len <= BUFFER_MOST) {
            cap = out.len;
            free(memory);
            memory = malloc(cap);
        } else if (!pin_cli_room_again(&index->room, status)) {
            free(memory);
            if (status == PIN_NO_SPACE)
                pin_fail(&err, status, 0, "the answer is larger than this program's memory limit");
            return pin_cli_index_complain(cli, index, &err);
        }
    }
}
