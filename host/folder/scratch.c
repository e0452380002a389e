/* Scratch memory: one range of addresses, plain memory at first, then the pages of a file without a name.
 *
 * The pages of the file are shared with it, so the kernel may write them out and take them away at any time,
 * and `rest` only tells it when. Room on the disk is allocated together with the addresses: touching a page
 * later cannot fail for want of it. */
#include "host/folder/error.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGE ((size_t)1 << 40) /* of addresses; as many as there may be, when these are too many */
#define RANGE_LEAST ((size_t)1 << 30)
#define EXTENT ((size_t)32 << 20) /* is asked for at once */
#define SLACK ((uint64_t)48 << 20) /* what the work between two rests takes */

struct pin_scratch_file {
    char    *folder;
    uint64_t limit;
    int      fd, statm_fd;
    size_t   page;
    void   (*also)(void *ctx); /* what else rests */
    void    *also_ctx;

    pthread_mutex_t lock; /* for what follows */
    char    *base;
    size_t   range;
    size_t   used, ready;  /* bytes given out; bytes that may be: plain memory or file behind them    */
    size_t   plain;        /* the first so many are plain memory                                      */
    size_t   most_used;    /* up to here the file may have holes: pages that were given back          */
    int      failed;       /* errno of what was refused                                               */
    atomic_size_t in_file; /* bytes in the file: read without the lock                                */
};

/* ---- Opening ---- */
static pin_status fail_scratch(const pin_scratch_file *s, int number, pin_folder_error *err)
{
    return pin_folder_fail(err, number == ENOMEM ? PIN_NO_SPACE : PIN_IO, "cannot make a temporary file in",
                           s->folder, number, NULL);
}

static bool reserve(pin_scratch_file *s)
{
    for (s->range = RANGE; s->range >= RANGE_LEAST; s->range /= 2) {
        void *at = mmap(NULL, s->range, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at != MAP_FAILED) {
            s->base = at;
            return true;
        }
    }
    return false;
}

static uint64_t half_of_memory(size_t page)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    return pages > 0 ? (uint64_t)pages * page / 2 : (uint64_t)1 << 30;
}

pin_status pin_scratch_open(pin_scratch_file **out, const char *path, uint64_t limit, pin_folder_error *err)
{
    const char       *slash = strrchr(path, '/');
    pin_scratch_file *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s)
        s->folder = !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    if (!s || !s->folder || !reserve(s)) {
        if (s)
            free(s->folder);
        free(s);
        return pin_folder_fail(err, PIN_NO_SPACE, "cannot write", path, ENOMEM, NULL);
    }
    s->page = (size_t)sysconf(_SC_PAGESIZE);
    s->limit = limit ? limit : half_of_memory(s->page);
    s->fd = -1;
    s->statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    pthread_mutex_init(&s->lock, NULL);
    *out = s;
    return PIN_OK;
}

void pin_scratch_close(pin_scratch_file *s)
{
    if (!s)
        return;
    munmap(s->base, s->range);
    if (s->fd >= 0)
        close(s->fd);
    if (s->statm_fd >= 0)
        close(s->statm_fd);
    pthread_mutex_destroy(&s->lock);
    free(s->folder);
    free(s);
}

void pin_scratch_reason(const pin_scratch_file *s, pin_folder_error *err)
{
    if (s->failed)
        fail_scratch(s, s->failed, err);
    else if (err)
        err->text[0] = 0;
}

/* ---- The file ---- */
/* Without a name from the start where the file system can do that, else for a moment. */
static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    size_t size = strlen(folder) + 32;
    char  *name = malloc(size);
    if (!name)
        return -1;
    snprintf(name, size, "%s/.pin-scratch-XXXXXX", folder);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}

static bool add_plain(pin_scratch_file *s, size_t len)
{
    if (mprotect(s->base + s->ready, len, PROT_READ | PROT_WRITE) != 0) {
        s->failed = errno;
        return false;
    }
    s->plain += len;
    s->ready += len;
    return true;
}

static bool add_file(pin_scratch_file *s, size_t len)
{
    size_t at = s->ready - s->plain;
    int    number;
    if (s->fd < 0 && (s->fd = open_nameless(s->folder)) < 0) {
        s->failed = errno;
        return false;
    }
    do
        number = posix_fallocate(s->fd, (off_t)at, (off_t)len);
    while (number == EINTR);
    if (number == 0 && mmap(s->base + s->ready, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, s->fd,
                            (off_t)at) == MAP_FAILED)
        number = errno;
    if (number) {
        s->failed = number;
        return false;
    }
    /* items are looked at in the order of their modules: what lies beside a page is not asked for next */
    madvise(s->base + s->ready, len, MADV_RANDOM);
    s->ready += len;
    atomic_store(&s->in_file, s->ready - s->plain);
    return true;
}

/* What was given back has no room on the disk any more; it is asked for again before a page is touched. */
static bool fill_holes(pin_scratch_file *s, size_t from, size_t to)
{
    int number;
    from = from > s->plain ? from : s->plain;
    to = to < s->most_used ? to : s->most_used;
    if (from >= to)
        return true;
    do
        number = posix_fallocate(s->fd, (off_t)(from - s->plain), (off_t)(to - from));
    while (number == EINTR);
    if (number)
        s->failed = number;
    return number == 0;
}

/* ---- Taking and giving ---- */
static void *scratch_take(void *ctx, size_t size)
{
    pin_scratch_file *s = ctx;
    char             *at = NULL;
    if (size > s->range / 2)
        return NULL;
    size = (size + s->page - 1) / s->page * s->page;
    pthread_mutex_lock(&s->lock);
    while (s->ready - s->used < size && s->ready < s->range) {
        size_t missing = size - (s->ready - s->used), len = missing > EXTENT ? missing : EXTENT;
        if (len > s->range - s->ready)
            break;
        bool plain = s->ready == s->plain && s->plain + len <= s->limit / 8;
        if (!(plain ? add_plain(s, len) : add_file(s, len)))
            break;
    }
    if (s->ready - s->used < size) {
        s->failed = s->failed ? s->failed : ENOMEM;
    } else if (fill_holes(s, s->used, s->used + size)) {
        at = s->base + s->used;
        s->used += size;
        s->most_used = s->most_used > s->used ? s->most_used : s->used;
    }
    pthread_mutex_unlock(&s->lock);
    return at;
}

static void scratch_give(void *ctx, void *at, size_t size)
{
    pin_scratch_file *s = ctx;
    size_t            from = (size_t)((char *)at - s->base), to = from + (size + s->page - 1) / s->page * s->page;
    pthread_mutex_lock(&s->lock);
    size_t plain = s->plain;
    pthread_mutex_unlock(&s->lock);
    size_t middle = from > plain ? from : to < plain ? to : plain;
    if (from < middle)
        madvise(s->base + from, middle - from, MADV_DONTNEED);
    if (middle < to && madvise(s->base + middle, to - middle, MADV_REMOVE) != 0)
        memset(s->base + middle, 0, to - middle); /* a file system without holes: zeros again */
    pthread_mutex_lock(&s->lock);
    if (to == s->used)
        s->used = from; /* the last goes back to where it came from */
    pthread_mutex_unlock(&s->lock);
}

/* ---- Resting ---- */
/* Bytes of the process in memory; UINT64_MAX where nobody says. */
static uint64_t resident(const pin_scratch_file *s)
{
    char               text[128];
    unsigned long long size, pages;
    ssize_t            n = s->statm_fd >= 0 ? pread(s->statm_fd, text, sizeof text - 1, 0) : -1;
    if (n <= 0)
        return UINT64_MAX;
    text[n] = 0;
    return sscanf(text, "%llu %llu", &size, &pages) == 2 ? (uint64_t)pages * s->page : UINT64_MAX;
}

static void scratch_rest(void *ctx)
{
    pin_scratch_file *s = ctx;
    uint64_t          slack = s->limit / 4 > SLACK ? s->limit / 4 : SLACK, near = s->limit - slack;
    if (resident(s) < near)
        return;
    size_t in_file = atomic_load(&s->in_file);
    if (in_file)
        madvise(s->base + s->plain, in_file, MADV_DONTNEED);
    if (s->also)
        s->also(s->also_ctx);
    if (resident(s) >= near)
        malloc_trim(0);
}

void pin_scratch_also(pin_scratch_file *s, void (*rest)(void *ctx), void *ctx)
{
    s->also = rest;
    s->also_ctx = ctx;
}

pin_scratch pin_scratch_lent(pin_scratch_file *s)
{
    return (pin_scratch){
        .ctx = s, .take = scratch_take, .give = scratch_give, .rest = scratch_rest, .memory = s->limit};
}
