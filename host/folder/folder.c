/* A walk that gives the same list on every machine: folders are read completely, names are sorted by
 * their bytes as whole relative paths, and nothing outside the root is ever reached. */
#include "host/folder/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct names {
    char   **at;
    uint32_t count, cap;
} names;

struct pin_folder {
    char           *root; /* as given, without slashes at its end */
    bool            is_folder;
    names           found, passed; /* relative paths */
    char          **shown;
    pin_mapped     *mapped;
    uint32_t        mapped_count;
    pin_input_file *files;
    pin_input       input;
};

/* ---- small things ---- */

static bool names_add(names *list, const char *name)
{
    if (list->count == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 64;
        char   **more = realloc(list->at, cap * sizeof *more);
        if (!more)
            return false;
        list->at = more;
        list->cap = cap;
    }
    char *copy = strdup(name);
    if (!copy)
        return false;
    list->at[list->count++] = copy;
    return true;
}

static void names_free(names *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        free(list->at[i]);
    free(list->at);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b); /* strcmp compares unsigned bytes */
}

static bool of_interest(const char *name)
{
    static const char *const endings[] = {".md", ".yml", ".yaml", ".jsonl"};
    size_t                   len = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t end = strlen(endings[i]);
        if (len > end && memcmp(name + len - end, endings[i], end) == 0)
            return true;
    }
    return false;
}

static char *joined(const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name);
    bool   slash = a > 0 && folder[a - 1] != '/'; /* "" + name is name; "/" + name is "/name" */
    char  *both = malloc(a + slash + b + 1);
    if (!both)
        return NULL;
    memcpy(both, folder, a);
    if (slash)
        both[a] = '/';
    memcpy(both + a + slash, name, b + 1);
    return both;
}

/* ---- the walk ---- */

typedef struct walk {
    pin_folder       *folder;
    pin_folder_error *err;
} walk;

static pin_status walk_folder(walk *w, int fd, const char *below, uint32_t depth);

/* Fails at `below`, which is shown with the root before it. */
static pin_status fail_below(walk *w, pin_status code, const char *below, int number, const char *reason)
{
    char *path = *below ? joined(w->folder->root, below) : NULL;
    pin_folder_fail(w->err, code, "cannot read", path ? path : w->folder->root, number, reason);
    free(path);
    return code;
}

static pin_status out_of_memory(walk *w)
{
    return fail_below(w, PIN_NO_SPACE, "", ENOMEM, NULL);
}

static pin_status walk_into(walk *w, int parent, const char *name, const char *path, uint32_t depth)
{
    if (depth >= PIN_FOLDER_DEPTH_MAX)
        return fail_below(w, PIN_LIMIT, path, 0, "folders are nested more than 32 deep");
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail_below(w, PIN_IO, path, errno, NULL);
    return walk_folder(w, fd, path, depth + 1);
}

static pin_status walk_name(walk *w, int fd, const char *name, const char *path, uint32_t depth)
{
    struct stat info;
    if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? PIN_OK /* gone since it was listed */
                               : fail_below(w, PIN_IO, path, errno, NULL);
    if (S_ISDIR(info.st_mode))
        return walk_into(w, fd, name, path, depth);
    if (S_ISREG(info.st_mode) && !of_interest(name))
        return PIN_OK;

    /* a link is passed over whatever its name: it may be a folder of the corpus that is missed */
    names *list = S_ISREG(info.st_mode) ? &w->folder->found : &w->folder->passed;
    if (list->count >= PIN_FOLDER_FILES_MAX)
        return fail_below(w, PIN_LIMIT, "", 0, "more than 2000000 files");
    return names_add(list, path) ? PIN_OK : out_of_memory(w);
}

/* Reads the open folder `fd` (and closes it), whose path below the root is `below`. */
static pin_status walk_folder(walk *w, int fd, const char *below, uint32_t depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int number = errno;
        close(fd);
        return fail_below(w, PIN_IO, below, number, NULL);
    }
    pin_status     status = PIN_OK;
    struct dirent *entry;
    while (status == PIN_OK) {
        errno = 0;
        entry = readdir(dir);
        if (!entry) {
            if (errno)
                status = fail_below(w, PIN_IO, below, errno, NULL);
            break;
        }
        if (entry->d_name[0] == '.')
            continue;
        char *path = joined(below, entry->d_name);
        status = path ? walk_name(w, dirfd(dir), entry->d_name, path, depth) : out_of_memory(w);
        free(path);
    }
    closedir(dir);
    return status;
}

/* ---- loading what was found ---- */

static pin_status load_files(pin_folder *f, pin_folder_error *err)
{
    uint32_t count = f->found.count;
    f->mapped = calloc(count + 1, sizeof *f->mapped);
    f->files = calloc(count + 1, sizeof *f->files);
    f->shown = calloc(count + 1, sizeof *f->shown);
    if (!f->mapped || !f->files || !f->shown)
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot read", f->root, ENOMEM, NULL);

    for (uint32_t i = 0; i < count; i++) {
        const char *below = f->found.at[i];
        f->shown[i] = f->is_folder ? joined(f->root, below) : strdup(f->root);
        if (!f->shown[i])
            return pin_folder_fail(err, PIN_NO_SPACE, "cannot read", f->root, ENOMEM, NULL);
        pin_status status = pin_folder_map(&f->mapped[i], f->shown[i], err);
        if (status != PIN_OK)
            return status;
        f->mapped_count = i + 1;
        f->files[i] = (pin_input_file){.path = pin_str_of(below),
                                       .shown = pin_str_of(f->shown[i]),
                                       .bytes = f->mapped[i].bytes};
    }
    f->input = (pin_input){.root = pin_str_of(f->root),
                           .is_folder = f->is_folder,
                           .files = f->files,
                           .file_count = count};
    return PIN_OK;
}

static pin_status find_files(pin_folder *f, pin_folder_error *err)
{
    struct stat info;
    int         fd = open(f->root, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return pin_folder_fail(err, PIN_IO, "cannot open", f->root, errno, NULL);
    if (fstat(fd, &info) != 0) {
        int number = errno;
        close(fd);
        return pin_folder_fail(err, PIN_IO, "cannot read", f->root, number, NULL);
    }
    f->is_folder = S_ISDIR(info.st_mode);
    if (!f->is_folder) {
        close(fd);
        const char *slash = strrchr(f->root, '/');
        return names_add(&f->found, slash ? slash + 1 : f->root)
                   ? PIN_OK
                   : pin_folder_fail(err, PIN_NO_SPACE, "cannot read", f->root, ENOMEM, NULL);
    }
    walk       w = {f, err};
    pin_status status = walk_folder(&w, fd, "", 0);
    if (status == PIN_OK && f->found.count)
        qsort(f->found.at, f->found.count, sizeof *f->found.at, by_bytes);
    if (status == PIN_OK && f->passed.count)
        qsort(f->passed.at, f->passed.count, sizeof *f->passed.at, by_bytes);
    return status;
}

pin_status pin_folder_open(pin_folder **out, const char *path, pin_folder_error *err)
{
    *out = NULL;
    pin_folder *f = calloc(1, sizeof *f);
    if (f)
        f->root = strdup(path);
    if (!f || !f->root) {
        free(f);
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot read", path, ENOMEM, NULL);
    }
    for (size_t len = strlen(f->root); len > 1 && f->root[len - 1] == '/'; len--)
        f->root[len - 1] = 0;

    pin_status status = find_files(f, err);
    if (status == PIN_OK)
        status = load_files(f, err);
    if (status != PIN_OK) {
        pin_folder_free(f);
        return status;
    }
    *out = f;
    return PIN_OK;
}

pin_status pin_folder_open_below(pin_folder **out, const pin_folder *root, pin_str path, pin_folder_error *err)
{
    *out = NULL;
    char *relative = strndup(path.len ? path.at : "", path.len);
    char *full = NULL;
    if (relative)
        full = relative[0] == '/' ? strdup(relative) : joined(root->root, relative);
    pin_status status = full ? pin_folder_open(out, full, err)
                             : pin_folder_fail(err, PIN_NO_SPACE, "cannot read", root->root, ENOMEM, NULL);
    free(full);
    free(relative);
    return status;
}

void pin_folder_free(pin_folder *f)
{
    if (!f)
        return;
    for (uint32_t i = 0; i < f->mapped_count; i++)
        pin_folder_unmap(&f->mapped[i]);
    for (uint32_t i = 0; f->shown && i < f->found.count; i++)
        free(f->shown[i]);
    free(f->shown);
    free(f->mapped);
    free(f->files);
    names_free(&f->found);
    names_free(&f->passed);
    free(f->root);
    free(f);
}

void pin_folder_rest(const pin_folder *f)
{
    for (uint32_t i = 0; i < f->mapped_count; i++)
        pin_folder_map_rest(&f->mapped[i]);
}

const pin_input *pin_folder_input(const pin_folder *f)
{
    return &f->input;
}

uint32_t pin_folder_passed_count(const pin_folder *f)
{
    return f->passed.count;
}

pin_str pin_folder_passed(const pin_folder *f, uint32_t i)
{
    return pin_str_of(f->passed.at[i]);
}
