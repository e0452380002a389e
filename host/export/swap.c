/* A new folder takes the place of an old one in one step: made beside it under a hidden name, flushed, then
 * exchanged with it by the kernel. Hidden folders are locked while their maker lives, so a later export can
 * tell what a killed one left. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/export/inside.h"

#define PART ".pin-export-"
#define SET_ASIDE ".pin-before-"
#define TRIES 100
#define DEPTH_MAX 40

pin_status pin_export_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path, int number,
                           const char *reason)
{
    char    clean[600];
    pin_buf shown = pin_buf_over(clean, sizeof clean - 1);
    for (const char *c = path; *c; c++)
        pin_buf_byte(&shown, (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c);
    clean[pin_buf_str(&shown).len] = '\0';
    if (err)
        snprintf(err->text, sizeof err->text, "%s '%s': %s", verb, clean, reason ? reason : strerror(number));
    return code;
}

static pin_status fail(const pin_swap *swap, int number, pin_folder_error *err)
{
    return pin_export_fail(err, PIN_IO, "cannot write", swap->place, number, NULL);
}

/* ---- trees ---- */

static bool dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

static DIR *open_list(int folder)
{
    int  again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    if (!dir && again >= 0)
        close(again);
    return dir;
}

/* Removes all in `folder`; counts files of which no other folder has a link and `other` no namesake. */
static void clear(int folder, int other, uint64_t *gone, int depth)
{
    DIR *dir = depth > DEPTH_MAX ? NULL : open_list(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (dots(entry->d_name))
            continue;
        if (unlinkat(folder, entry->d_name, 0) == 0) {
            if (gone && (other < 0 || faccessat(other, entry->d_name, F_OK, AT_SYMLINK_NOFOLLOW) != 0))
                ++*gone;
            continue;
        }
        int below = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int beside = other < 0 ? -1 : openat(other, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0) {
            clear(below, beside, gone, depth + 1);
            close(below);
            unlinkat(folder, entry->d_name, AT_REMOVEDIR);
        }
        if (beside >= 0)
            close(beside);
    }
    if (dir)
        closedir(dir);
}

static void remove_tree(int parent, const char *name, int other, uint64_t *gone)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return;
    clear(folder, other, gone, 0);
    close(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

static bool copy_file(int from_folder, int to_folder, const char *name)
{
    char buffer[65536];
    int  from = openat(from_folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int  to = openat(to_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool good = from >= 0 && to >= 0;
    for (ssize_t n; good && (n = read(from, buffer, sizeof buffer)) != 0;)
        good = n > 0 && write(to, buffer, (size_t)n) == n;
    if (from >= 0)
        close(from);
    return (to < 0 || close(to) == 0) && good;
}

static bool link_tree(int from, int to, const char *name, int depth)
{
    char        target[4096];
    struct stat st;
    if (depth > DEPTH_MAX || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(st.st_mode)) {
        ssize_t n = readlinkat(from, name, target, sizeof target - 1);
        if (n < 0)
            return false;
        target[n] = '\0';
        return symlinkat(target, to, name) == 0;
    }
    if (!S_ISDIR(st.st_mode))
        return linkat(from, name, to, name, 0) == 0 || (S_ISREG(st.st_mode) && copy_file(from, to, name));
    int  below = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool good = below >= 0 && mkdirat(to, name, st.st_mode & 07777) == 0;
    int  there = good ? openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *dir = there >= 0 ? open_list(below) : NULL;
    good = good && dir;
    for (const struct dirent *entry; good && (entry = readdir(dir)) != NULL;)
        good = dots(entry->d_name) || link_tree(below, there, entry->d_name, depth + 1);
    if (dir)
        closedir(dir);
    if (there >= 0)
        close(there);
    if (below >= 0)
        close(below);
    return good;
}

/* ---- the old folder ---- */

/* Is `name` a line of the marker `text`? */
static bool listed(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, name, len) == 0 && at[len] == '\n')
            return true;
        if (!*at)
            break;
    }
    return false;
}

/* The marker of the old folder, or NULL. */
static char *read_marker(int folder)
{
    struct stat st;
    int         fd = openat(folder, PIN_EXPORT_MARKER, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char       *text = NULL;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < (64 << 20) &&
        (text = calloc(1, (size_t)st.st_size + 1)) != NULL)
        for (size_t at = 0; at < (size_t)st.st_size;) {
            ssize_t n = read(fd, text + at, (size_t)st.st_size - at);
            if (n <= 0)
                break;
            at += (size_t)n;
        }
    close(fd);
    return text;
}

/* A folder without our marker may only hold hidden entries (.git, say): anything else is someone's work. */
static bool is_ours(int folder)
{
    char *marker = read_marker(folder);
    DIR  *dir = marker ? NULL : open_list(folder);
    bool  ours = true;
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.')
            ours = false;
    if (dir)
        closedir(dir);
    free(marker);
    return ours;
}

pin_status pin_swap_keep(pin_swap *swap, uint64_t *kept, pin_folder_error *err)
{
    char *marker = swap->old < 0 ? NULL : read_marker(swap->old);
    DIR  *dir = swap->old < 0 ? NULL : open_list(swap->old);
    bool  good = true;
    for (const struct dirent *entry; good && dir && (entry = readdir(dir)) != NULL;) {
        if (dots(entry->d_name) || (marker && listed(marker, entry->d_name)) ||
            faccessat(swap->fresh, entry->d_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        good = link_tree(swap->old, swap->fresh, entry->d_name, 0);
        ++*kept;
    }
    int number = errno;
    if (dir)
        closedir(dir);
    free(marker);
    return good ? PIN_OK : fail(swap, number, err);
}

/* ---- opening ---- */

static bool split(pin_swap *swap, const char *folder)
{
    char  *real = realpath(folder, NULL); /* what stands there, links followed; or nothing yet */
    size_t len = strlen(folder);
    swap->place = real ? real : strdup(folder);
    while (!real && swap->place && len > 1 && swap->place[len - 1] == '/')
        swap->place[--len] = '\0';
    if (!swap->place)
        return false;
    const char *slash = strrchr(swap->place, '/');
    if (!slash)
        swap->parent = strdup(".");
    else
        swap->parent = slash == swap->place ? strdup("/") : strndup(swap->place, (size_t)(slash - swap->place));
    swap->name = strdup(slash ? slash + 1 : swap->place);
    return swap->parent && swap->name && swap->name[0];
}

/* Hidden folders of this name whose maker is no more. One that was set aside when the process died before
 * the new one was in place goes back. */
static void sweep(const pin_swap *swap)
{
    char prefix[320], before[320];
    DIR *dir = open_list(swap->parent_fd);
    snprintf(prefix, sizeof prefix, ".%.200s%s", swap->name, PART);
    snprintf(before, sizeof before, ".%.200s%s", swap->name, SET_ASIDE);
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        bool aside = strncmp(entry->d_name, before, strlen(before)) == 0;
        if (!aside && strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        int fd = openat(swap->parent_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 &&
            !(aside && renameat(swap->parent_fd, entry->d_name, swap->parent_fd, swap->name) == 0))
            remove_tree(swap->parent_fd, entry->d_name, -1, NULL);
        close(fd);
    }
    if (dir)
        closedir(dir);
}

static pin_status make_part(pin_swap *swap, pin_folder_error *err)
{
    size_t size = strlen(swap->name) + 64;
    swap->part = malloc(size);
    for (int n = 0; swap->part && n < TRIES; n++) {
        snprintf(swap->part, size, ".%.200s%s%ld-%d", swap->name, PART, (long)getpid(), n);
        if (mkdirat(swap->parent_fd, swap->part, 0777) != 0) {
            if (errno == EEXIST)
                continue;
            break;
        }
        swap->fresh = openat(swap->parent_fd, swap->part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (swap->fresh < 0)
            break;
        flock(swap->fresh, LOCK_EX | LOCK_NB); /* where there are no locks nothing is swept either */
        return PIN_OK;
    }
    int number = errno;
    free(swap->part);
    swap->part = NULL;
    return fail(swap, number ? number : ENOMEM, err);
}

pin_status pin_swap_open(pin_swap *swap, const char *folder, pin_folder_error *err)
{
    *swap = (pin_swap){.parent_fd = -1, .fresh = -1, .old = -1};
    if (!split(swap, folder))
        return pin_export_fail(err, PIN_IO, "cannot write", folder, 0, "this folder cannot be replaced");
    swap->parent_fd = open(swap->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (swap->parent_fd < 0)
        return pin_export_fail(err, PIN_IO, "cannot open", swap->parent, errno, NULL);
    sweep(swap);
    swap->old = openat(swap->parent_fd, swap->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (swap->old < 0 && errno != ENOENT)
        return fail(swap, errno, err);
    if (swap->old >= 0 && !is_ours(swap->old))
        return pin_export_fail(err, PIN_BAD_INPUT, "cannot write", swap->place, 0,
                               "it holds files that no export wrote; name a new or an empty folder");
    return make_part(swap, err);
}

/* ---- putting in place ---- */

/* Without an exchange by the kernel: two renames. Between them there is no folder; a killed process leaves
 * the old one aside, and the next export puts it back. */
static int two_renames(pin_swap *swap)
{
    char aside[320];
    snprintf(aside, sizeof aside, ".%.200s%s%ld", swap->name, SET_ASIDE, (long)getpid());
    if (renameat(swap->parent_fd, swap->name, swap->parent_fd, aside) != 0)
        return errno;
    if (renameat(swap->parent_fd, swap->part, swap->parent_fd, swap->name) != 0) {
        int number = errno;
        renameat(swap->parent_fd, aside, swap->parent_fd, swap->name);
        return number;
    }
    free(swap->part);
    swap->part = strdup(aside);
    return 0;
}

pin_status pin_swap_commit(pin_swap *swap, pin_folder_error *err)
{
    int number = 0;
    if (syncfs(swap->fresh) != 0)
        return fail(swap, errno, err);
    if (swap->old < 0) {
        number = renameat(swap->parent_fd, swap->part, swap->parent_fd, swap->name) != 0 ? errno : 0;
        if (!number) {
            free(swap->part);
            swap->part = NULL;
            swap->exchanged = true;
        }
    } else if (renameat2(swap->parent_fd, swap->part, swap->parent_fd, swap->name, RENAME_EXCHANGE) == 0) {
        swap->exchanged = true;
    } else if (errno == EINVAL || errno == ENOSYS) {
        number = two_renames(swap);
    } else {
        number = errno;
    }
    if (number)
        return fail(swap, number, err);
    fsync(swap->parent_fd);
    return PIN_OK;
}

void pin_swap_close(pin_swap *swap, uint64_t *gone)
{
    if (swap->part)
        remove_tree(swap->parent_fd, swap->part, gone ? swap->fresh : -1, gone);
    if (swap->old >= 0)
        close(swap->old);
    if (swap->fresh >= 0)
        close(swap->fresh);
    if (swap->parent_fd >= 0)
        close(swap->parent_fd);
    free(swap->place);
    free(swap->parent);
    free(swap->name);
    free(swap->part);
}
