/* Preloaded into the program: the FAIL_AT-th allocation and all after it fail. With FAIL_COUNT set to a
 * file's name instead, nothing fails and the number of allocations is written there at the end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long made, fail_at;
static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static char   early[65536]; /* for the loader's own calloc while the real ones are looked for */
static size_t early_used;

static int fails(void)
{
    made++;
    if (!fail_at || made < fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAIL_AT");
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    made = 0;
    fail_at = at ? strtoul(at, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *name = getenv("FAIL_COUNT");
    char        text[32];
    int         fd = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    if (fd < 0)
        return;
    int len = snprintf(text, sizeof text, "%lu\n", made);
    if (write(fd, text, (size_t)len) != len)
        _exit(125);
    close(fd);
}

void *malloc(size_t size)
{
    if (!real_malloc) {
        real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
        return real_malloc(size);
    }
    return fails() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    static int looking;
    if (!real_calloc && !looking) {
        looking = 1;
        real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
        looking = 0;
    }
    if (!real_calloc) {
        if (size && count > (sizeof early - early_used) / size)
            return NULL;
        void *at = early + early_used;
        early_used += (count * size + 15) & ~(size_t)15;
        return at;
    }
    return fails() ? NULL : real_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (!real_realloc)
        real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    return fails() ? NULL : real_realloc(old, size); /* nobody grows what the loader got early */
}

static int is_early(const void *at)
{
    return (const char *)at >= early && (const char *)at < early + sizeof early;
}

void free(void *at)
{
    if (!real_free)
        real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    if (!is_early(at))
        real_free(at);
}
