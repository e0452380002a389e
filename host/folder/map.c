/* One file as bytes. Small files are copied, so that a corpus of thousands does not cost thousands of
 * maps and descriptors; large ones are mapped, so that a million items do not cost their size twice. */
#include "host/folder/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BELOW = 64 << 10 };

pin_status pin_folder_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path, int number,
                           const char *reason)
{
    if (!err)
        return code;
    int head = snprintf(err->text, sizeof err->text, "%s '%.600s': %s", verb, path,
                        reason ? reason : strerror(number));
    if (head < 0)
        err->text[0] = 0;
    for (char *c = err->text; *c; c++) /* a file name must not drive a terminal */
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    return code;
}

/* Reads `len` bytes, or fewer when the file has become shorter meanwhile. */
static bool read_all(int fd, char *to, size_t len, size_t *got)
{
    *got = 0;
    while (*got < len) {
        ssize_t n = read(fd, to + *got, len - *got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return true;
}

static pin_status copy_file(pin_mapped *out, int fd, size_t len, const char *path, pin_folder_error *err)
{
    char  *copy = malloc(len + 1); /* + 1: an empty file has an address too */
    size_t got;
    if (!copy)
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot read", path, ENOMEM, NULL);
    if (!read_all(fd, copy, len, &got)) {
        int number = errno;
        free(copy);
        return pin_folder_fail(err, PIN_IO, "cannot read", path, number, NULL);
    }
    *out = (pin_mapped){.bytes = {copy, got}, .map = copy, .copied = true};
    return PIN_OK;
}

static pin_status map_open_file(pin_mapped *out, int fd, const char *path, uint64_t copy_below, pin_folder_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return pin_folder_fail(err, PIN_IO, "cannot read", path, errno, NULL);
    if (S_ISDIR(info.st_mode))
        return pin_folder_fail(err, PIN_IO, "cannot read", path, EISDIR, NULL);
    if (!S_ISREG(info.st_mode))
        return pin_folder_fail(err, PIN_IO, "cannot read", path, 0, "not a regular file");
    if ((uint64_t)info.st_size > PIN_FOLDER_FILE_MAX || (uint64_t)info.st_size >= SIZE_MAX)
        return pin_folder_fail(err, PIN_LIMIT, "cannot read", path, 0, "larger than 64 GiB");

    size_t len = (size_t)info.st_size;
    if (len < copy_below)
        return copy_file(out, fd, len, path, err);
    void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return pin_folder_fail(err, PIN_IO, "cannot map", path, errno, NULL);
    *out = (pin_mapped){.bytes = {map, len}, .map = map};
    return PIN_OK;
}

static pin_status open_and_take(pin_mapped *out, const char *path, uint64_t copy_below, pin_folder_error *err)
{
    /* not blocking: opening a named pipe must not wait for someone to write into it */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return pin_folder_fail(err, PIN_IO, "cannot open", path, errno, NULL);
    pin_status status = map_open_file(out, fd, path, copy_below, err);
    close(fd);
    return status;
}

pin_status pin_folder_map(pin_mapped *out, const char *path, pin_folder_error *err)
{
    return open_and_take(out, path, COPY_BELOW, err);
}

pin_status pin_folder_read(pin_mapped *out, const char *path, pin_folder_error *err)
{
    return open_and_take(out, path, UINT64_MAX, err);
}

void pin_folder_unmap(pin_mapped *file)
{
    if (file->copied)
        free(file->map);
    else if (file->map)
        munmap(file->map, file->bytes.len);
    *file = (pin_mapped){0};
}

void pin_folder_map_rest(const pin_mapped *file)
{
    if (!file->copied && file->map)
        madvise(file->map, file->bytes.len, MADV_DONTNEED); /* read-only pages of a file: nothing is lost */
}
