/* A pack on disk: read whole into memory before anything is judged, written whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/evidence/inside.h"

#define PART ".pin-pack-"

/* ---- In memory ---- */
void pin_pack_folder_free(pin_pack_folder *folder)
{
    for (uint32_t i = 0; i < folder->count; i++)
        free(folder->at[i].bytes);
    free(folder->at);
    *folder = (pin_pack_folder){0};
}

const pin_pack_file *pin_pack_folder_find(const pin_pack_folder *folder, const char *name)
{
    for (uint32_t i = 0; i < folder->count; i++)
        if (strcmp(folder->at[i].name, name) == 0)
            return &folder->at[i];
    return NULL;
}

/* A new file of `len` bytes, to be filled; NULL when there is no memory. */
static pin_pack_file *make_file(pin_pack_folder *folder, const char *name, size_t len)
{
    if (folder->count == folder->room) {
        uint32_t       room = folder->room ? folder->room * 2 : 64;
        pin_pack_file *more = realloc(folder->at, room * sizeof *more);
        if (!more)
            return NULL;
        folder->at = more;
        folder->room = room;
    }
    pin_pack_file *file = &folder->at[folder->count];
    *file = (pin_pack_file){.bytes = malloc(len + 1), .len = len};
    if (!file->bytes)
        return NULL;
    file->bytes[len] = '\0';
    snprintf(file->name, sizeof file->name, "%s", name);
    folder->count++;
    folder->bytes += len;
    return file;
}

pin_status pin_pack_folder_add(pin_pack_folder *folder, const char *name, pin_str bytes)
{
    if (folder->count >= PIN_PACK_FILES_MAX || bytes.len > PIN_PACK_BYTES_MAX - folder->bytes)
        return PIN_LIMIT;
    pin_pack_file *file = make_file(folder, name, bytes.len);
    if (!file)
        return PIN_NO_SPACE;
    if (bytes.len)
        memcpy(file->bytes, bytes.at, bytes.len);
    return PIN_OK;
}

/* ---- Reading ---- */
static void strange(pin_pack_folder *folder, const char *name, const char *why)
{
    char    clean[128];
    pin_buf shown = pin_buf_over(clean, sizeof clean - 1);
    pin_text_line(&shown, pin_str_of(name));
    clean[pin_buf_str(&shown).len] = '\0';
    if (folder->strange_count < sizeof folder->strange / sizeof *folder->strange)
        snprintf(folder->strange[folder->strange_count], sizeof folder->strange[0], "%.100s: %s", clean, why);
    folder->strange_count++;
}

/* Why the file could not be read, or NULL. */
static const char *read_file(pin_pack_folder *out, int folder, const char *entry, const char *name,
                             int *number)
{
    struct stat st;
    int         fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    const char *why = NULL;
    *number = errno;
    if (fd < 0)
        return "";
    if (fstat(fd, &st) != 0 || (uint64_t)st.st_size > PIN_PACK_BYTES_MAX - out->bytes) {
        close(fd);
        return "more bytes than a pack may have";
    }
    pin_pack_file *file = make_file(out, name, (size_t)st.st_size);
    for (size_t at = 0; file && at < file->len && !why;) {
        ssize_t n = read(fd, file->bytes + at, file->len - at);
        *number = errno;
        if (n <= 0)
            why = n < 0 ? "" : "it changes while it is read";
        else
            at += (size_t)n;
    }
    close(fd);
    return file ? why : "out of memory";
}

static pin_status read_below(pin_pack_folder *out, int fd, const char *path, const char *prefix,
                             pin_folder_error *err)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return pin_evidence_fail(err, PIN_IO, "cannot read", path, errno, NULL);
    }
    pin_status status = PIN_OK;
    errno = 0;
    for (const struct dirent *entry; status == PIN_OK && (entry = readdir(dir)) != NULL;) {
        char        name[64];
        struct stat st;
        int         number = 0;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int len = snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            status = pin_evidence_fail(err, PIN_IO, "cannot read", path, errno, NULL);
        } else if (S_ISDIR(st.st_mode) && !prefix[0] && len < 32) {
            char below[40];
            snprintf(below, sizeof below, "%.32s/", entry->d_name);
            int inner = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            uint32_t before = out->count + out->strange_count;
            status = inner < 0 ? pin_evidence_fail(err, PIN_IO, "cannot read", path, errno, NULL)
                               : read_below(out, inner, path, below, err);
            if (status == PIN_OK && out->count + out->strange_count == before)
                strange(out, name, "an empty folder that no pack has");
        } else if (!S_ISREG(st.st_mode) || len >= (int)sizeof name) {
            strange(out, name, "no file of a pack");
        } else if (out->count >= PIN_PACK_FILES_MAX) {
            status =
                pin_evidence_fail(err, PIN_LIMIT, "cannot read", path, 0, "more files than a pack may have");
        } else {
            const char *why = read_file(out, dirfd(dir), entry->d_name, name, &number);
            if (why) {
                char whole[4200];
                snprintf(whole, sizeof whole, "%.4000s/%s", path, name);
                status = pin_evidence_fail(err, PIN_IO, "cannot read", whole, number, why[0] ? why : NULL);
            }
        }
        errno = 0;
    }
    if (status == PIN_OK && errno)
        status = pin_evidence_fail(err, PIN_IO, "cannot read", path, errno, NULL);
    closedir(dir);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const pin_pack_file *)a)->name, ((const pin_pack_file *)b)->name);
}

pin_status pin_pack_folder_read(pin_pack_folder *out, const char *path, pin_folder_error *err)
{
    *out = (pin_pack_folder){0};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return pin_evidence_fail(err, PIN_IO, "cannot open", path, errno, NULL);
    pin_status status = read_below(out, fd, path, "", err);
    if (status != PIN_OK)
        pin_pack_folder_free(out);
    else if (out->count)
        qsort(out->at, out->count, sizeof *out->at, by_name);
    return status;
}

/* ---- Writing ---- */
typedef struct place {
    char *parent, *name, *part;
    int   parent_fd, fresh;
} place;

static bool split(place *p, const char *path)
{
    char  *copy = strdup(path);
    size_t len = strlen(path);
    while (copy && len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    char *slash = copy ? strrchr(copy, '/') : NULL;
    p->parent = !slash ? strdup(".") : slash == copy ? strdup("/") : strndup(copy, (size_t)(slash - copy));
    p->name = copy ? strdup(slash ? slash + 1 : copy) : NULL;
    free(copy);
    return p->parent && p->name;
}

static int write_file(int folder, const pin_pack_file *file)
{
    char  below[64];
    char *slash;
    snprintf(below, sizeof below, "%s", file->name);
    if ((slash = strchr(below, '/')) != NULL) {
        *slash = '\0';
        if (mkdirat(folder, below, 0777) != 0 && errno != EEXIST)
            return errno;
    }
    int fd = openat(folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno;
    int number = 0;
    for (size_t at = 0; at < file->len && !number;) {
        ssize_t n = write(fd, file->bytes + at, file->len - at);
        if (n < 0 && errno != EINTR)
            number = errno;
        else if (n > 0)
            at += (size_t)n;
        else if (n == 0)
            number = ENOSPC;
    }
    if (!number && fsync(fd) != 0)
        number = errno;
    if (close(fd) != 0 && !number)
        number = errno;
    return number;
}

/* Takes away what was written so far: our own names only. */
static void undo(const place *p, const pin_pack_folder *folder)
{
    for (uint32_t i = 0; p->fresh >= 0 && i < folder->count; i++)
        unlinkat(p->fresh, folder->at[i].name, 0);
    for (uint32_t i = 0; p->fresh >= 0 && i < folder->count; i++) {
        char  below[64];
        char *slash;
        snprintf(below, sizeof below, "%s", folder->at[i].name);
        if ((slash = strchr(below, '/')) != NULL) {
            *slash = '\0';
            unlinkat(p->fresh, below, AT_REMOVEDIR);
        }
    }
    if (p->part)
        unlinkat(p->parent_fd, p->part, AT_REMOVEDIR);
}

/* A folder that is there stays: also an empty one, which a plain rename would replace. */
static int rename_new(const place *p)
{
    struct stat st;
    if (renameat2(p->parent_fd, p->part, p->parent_fd, p->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (fstatat(p->parent_fd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
    return renameat(p->parent_fd, p->part, p->parent_fd, p->name) == 0 ? 0 : errno;
}

static int write_all(place *p, const pin_pack_folder *folder)
{
    struct stat st;
    if (fstatat(p->parent_fd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
    size_t size = strlen(p->name) + 64;
    char  *part = malloc(size);
    if (!part)
        return ENOMEM;
    snprintf(part, size, ".%.200s%s%ld", p->name, PART, (long)getpid());
    if (mkdirat(p->parent_fd, part, 0777) != 0) {
        free(part);
        return errno;
    }
    p->part = part;
    p->fresh = openat(p->parent_fd, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->fresh < 0)
        return errno;
    for (uint32_t i = 0; i < folder->count; i++) {
        int number = write_file(p->fresh, &folder->at[i]);
        if (number)
            return number;
    }
    if (fsync(p->fresh) != 0)
        return errno;
    int number = rename_new(p);
    if (number)
        return number;
    free(p->part);
    p->part = NULL; /* nothing to take away any more */
    fsync(p->parent_fd);
    return 0;
}

pin_status pin_pack_folder_write(const pin_pack_folder *folder, const char *path, pin_folder_error *err)
{
    place p = {.parent_fd = -1, .fresh = -1};
    int   number = ENOMEM;
    if (split(&p, path)) {
        p.parent_fd = open(p.parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        number = p.parent_fd < 0                                                       ? errno
                 : !p.name[0] || strcmp(p.name, ".") == 0 || strcmp(p.name, "..") == 0 ? EEXIST
                                                                                       : 0;
    }
    if (!number)
        number = write_all(&p, folder);
    if (number && p.part)
        undo(&p, folder);
    if (p.fresh >= 0)
        close(p.fresh);
    if (p.parent_fd >= 0)
        close(p.parent_fd);
    free(p.parent);
    free(p.name);
    free(p.part);
    if (number == EEXIST)
        return pin_evidence_fail(err, PIN_BAD_INPUT, "cannot write", path, 0,
                                 "it exists, and a pack is never changed");
    return number ? pin_evidence_fail(err, PIN_IO, "cannot write", path, number, NULL) : PIN_OK;
}
