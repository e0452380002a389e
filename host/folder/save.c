/* A file that appears whole or not at all: hidden file, fsync, rename, fsync of the folder.
 *
 * The hidden file is called ".NAME.pin-part-PID-N" and carries an exclusive lock as long as its writer
 * lives; the kernel drops the lock with the process, so a sweep can tell a leftover from work in
 * progress without guessing from ages or process numbers. */
#include "host/folder/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GATHER = 256 << 10, TRIES = 100 };

struct pin_save {
    char *path;          /* where the file shall be, links followed                      */
    char *folder, *name; /* its two parts                                                */
    char *part;          /* name of the hidden file, within the folder                   */
    int   folder_fd, fd;
    bool  replaces;      /* there was a file: keep its mode and owner                    */
    struct stat old;
    int   failed;        /* errno of the first write that failed, or 0                   */
    /* neighbouring writes are gathered, so that many small ones are few calls           */
    char    *gather;
    uint64_t gather_at;
    size_t   gather_len;
};

/* ---- where to ---- */

static pin_status fail_save(const pin_save *save, int number, pin_folder_error *err)
{
    return pin_folder_fail(err, number == ENOMEM ? PIN_NO_SPACE : PIN_IO, "cannot write", save->path, number, NULL);
}

static bool split_path(pin_save *save)
{
    const char *slash = strrchr(save->path, '/');
    if (!slash)
        save->folder = strdup(".");
    else
        save->folder = slash == save->path ? strdup("/") : strndup(save->path, (size_t)(slash - save->path));
    save->name = strdup(slash ? slash + 1 : save->path);
    return save->folder && save->name;
}

/* Looks at what stands at `path` now: nothing, a file to replace, or something to leave alone. */
static pin_status look_at_target(pin_save *save, const char *path, pin_folder_error *err)
{
    if (stat(path, &save->old) == 0) {
        if (S_ISDIR(save->old.st_mode))
            return fail_save(save, EISDIR, err);
        if (!S_ISREG(save->old.st_mode))
            return pin_folder_fail(err, PIN_IO, "cannot write", path, 0, "not a regular file");
        save->replaces = true;
        char *real = realpath(path, NULL); /* keeps a symbolic link and replaces what it points to */
        if (!real)
            return fail_save(save, errno, err);
        free(save->path);
        save->path = real;
    } else if (errno != ENOENT) {
        return fail_save(save, errno, err);
    }
    if (!split_path(save))
        return fail_save(save, ENOMEM, err);
    if (!save->name[0])
        return fail_save(save, EISDIR, err);
    save->folder_fd = open(save->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return save->folder_fd < 0 ? fail_save(save, errno, err) : PIN_OK;
}

/* ---- leftovers ---- */

static void sweep_one(int folder_fd, const char *name)
{
    int fd = openat(folder_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder_fd, name, 0);
    close(fd);
}

/* Removes hidden files of this name whose writer is no more. What cannot be removed does no harm. */
static void sweep(const pin_save *save, const char *prefix)
{
    int  again = openat(save->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    if (!dir) {
        if (again >= 0)
            close(again);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            sweep_one(save->folder_fd, entry->d_name);
    closedir(dir);
}

/* ---- the hidden file ---- */

/* A sweeper may have taken the new file for a leftover between its making and its locking. */
static bool still_there(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

static pin_status make_part(pin_save *save, const char *prefix, pin_folder_error *err)
{
    size_t size = strlen(prefix) + 48;
    save->part = malloc(size);
    if (!save->part)
        return fail_save(save, ENOMEM, err);
    for (int n = 0; n < TRIES; n++) {
        snprintf(save->part, size, "%s%ld-%d", prefix, (long)getpid(), n);
        save->fd = openat(save->folder_fd, save->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (save->fd < 0 && errno == EEXIST)
            continue;
        if (save->fd < 0) {
            int number = errno;
            free(save->part);
            save->part = NULL;
            return fail_save(save, number, err);
        }
        /* on a file system without locks nothing is swept either, as sweeping needs the lock */
        if (flock(save->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            close(save->fd);
            save->fd = -1;
            continue;
        }
        if (still_there(save->fd))
            return PIN_OK;
        unlinkat(save->folder_fd, save->part, 0); /* the name has our process number: it is nobody else's */
        close(save->fd);
        save->fd = -1;
    }
    return fail_save(save, EEXIST, err);
}

static char *part_prefix(const pin_save *save)
{
    static const char middle[] = ".pin-part-";
    size_t            size = strlen(save->name) + sizeof middle + 2;
    char             *prefix = malloc(size);
    /* room for the numbers: a name may have 255 bytes */
    if (prefix)
        snprintf(prefix, size, ".%.200s%s", save->name, middle);
    return prefix;
}

pin_status pin_save_open(pin_save **out, const char *path, pin_folder_error *err)
{
    *out = NULL;
    pin_save *save = calloc(1, sizeof *save);
    if (!save)
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot write", path, ENOMEM, NULL);
    save->fd = save->folder_fd = -1;
    save->path = strdup(path);
    save->gather = malloc(GATHER);
    if (!save->path || !save->gather) {
        pin_save_drop(save);
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot write", path, ENOMEM, NULL);
    }
    pin_status status = look_at_target(save, path, err);
    char      *prefix = NULL;
    if (status == PIN_OK && !(prefix = part_prefix(save)))
        status = fail_save(save, ENOMEM, err);
    if (status == PIN_OK) {
        sweep(save, prefix);
        status = make_part(save, prefix, err);
    }
    free(prefix);
    if (status != PIN_OK) {
        pin_save_drop(save);
        return status;
    }
    *out = save;
    return PIN_OK;
}

/* ---- writing ---- */

static bool write_at(pin_save *save, uint64_t offset, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = pwrite(save->fd, bytes, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) { /* 0 for a write of some bytes: the disk takes no more and does not say why */
            save->failed = n < 0 ? errno : ENOSPC;
            return false;
        }
        bytes += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return true;
}

static bool flush_gathered(pin_save *save)
{
    size_t len = save->gather_len;
    save->gather_len = 0;
    return write_at(save, save->gather_at, save->gather, len);
}

static bool sink_write(void *ctx, uint64_t offset, const void *bytes, size_t len)
{
    pin_save *save = ctx;
    if (save->failed)
        return false;
    if (offset > INT64_MAX || len > INT64_MAX - offset) {
        save->failed = EFBIG;
        return false;
    }
    bool joins = offset == save->gather_at + save->gather_len && len <= GATHER - save->gather_len;
    if (!joins) {
        if (!flush_gathered(save))
            return false;
        save->gather_at = offset;
        if (len > GATHER / 2)
            return write_at(save, offset, bytes, len);
    }
    if (len)
        memcpy(save->gather + save->gather_len, bytes, len);
    save->gather_len += len;
    return true;
}

pin_sink pin_save_sink(pin_save *save)
{
    return (pin_sink){.ctx = save, .write = sink_write};
}

void pin_save_reason(const pin_save *save, pin_folder_error *err)
{
    if (save->failed)
        fail_save(save, save->failed, err);
    else if (err)
        err->text[0] = 0;
}

/* ---- the end ---- */

/* The file that is replaced may be readable for others, a web server say; the new one shall be too. */
static void keep_mode_and_owner(const pin_save *save)
{
    struct stat now;
    if (!save->replaces || fstat(save->fd, &now) != 0)
        return;
    if ((now.st_uid != save->old.st_uid || now.st_gid != save->old.st_gid) &&
        fchown(save->fd, save->old.st_uid, save->old.st_gid) != 0)
        return; /* not ours to give away: the mode of another owner would not fit */
    if (fchmod(save->fd, save->old.st_mode & 07777) != 0)
        return; /* a file system without modes */
}

static int put_in_place(pin_save *save)
{
    if (save->failed || !flush_gathered(save))
        return save->failed;
    keep_mode_and_owner(save);
    if (fsync(save->fd) != 0)
        return errno;
    if (renameat(save->folder_fd, save->part, save->folder_fd, save->name) != 0)
        return errno;
    free(save->part); /* nothing to remove any more */
    save->part = NULL;
    if (fsync(save->folder_fd) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
        return errno; /* the new file is there, but a power cut may bring back the old one */
    return 0;
}

pin_status pin_save_commit(pin_save *save, pin_folder_error *err)
{
    int        number = put_in_place(save);
    pin_status status = number ? fail_save(save, number, err) : PIN_OK;
    pin_save_drop(save);
    return status;
}

void pin_save_drop(pin_save *save)
{
    if (!save)
        return;
    /* removed before it is closed: without its lock a sweeper might take the name for a new writer's */
    if (save->part && save->fd >= 0)
        unlinkat(save->folder_fd, save->part, 0);
    if (save->fd >= 0)
        close(save->fd);
    if (save->folder_fd >= 0)
        close(save->folder_fd);
    free(save->gather);
    free(save->part);
    free(save->folder);
    free(save->name);
    free(save->path);
    free(save);
}

pin_status pin_save_bytes(const char *path, pin_str bytes, pin_folder_error *err)
{
    pin_save  *save;
    pin_status status = pin_save_open(&save, path, err);
    if (status != PIN_OK)
        return status;
    pin_sink sink = pin_save_sink(save);
    sink.write(sink.ctx, 0, bytes.at, bytes.len); /* a failure stays in `save` and comes out below */
    return pin_save_commit(save, err);
}
