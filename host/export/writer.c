/* Files of the new folder. A file that is the same as in the old folder is linked over, so its time stays and
 * tools that copy by time pass it over; so are its compressed twins, once they prove to hold the same bytes. */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "host/export/inside.h"

#define TWIN_FROM 512 /* smaller bodies fit into one packet anyway */

static bool failed(pin_writer *w, const char *path, int number)
{
    if (!w->number) {
        snprintf(w->failed, sizeof w->failed, "%s", path);
        w->number = number ? number : EIO;
    }
    return false;
}

/* ---- writing ---- */

static bool make_parents(const pin_writer *w, const char *path)
{
    char part[4096];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t len = (size_t)(slash - path);
        if (len >= sizeof part)
            return false;
        memcpy(part, path, len);
        part[len] = '\0';
        if (mkdirat(w->swap->fresh, part, 0777) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool write_file(pin_writer *w, const char *path, const char *at, size_t len)
{
    int fd = openat(w->swap->fresh, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == ENOENT && make_parents(w, path))
        fd = openat(w->swap->fresh, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return failed(w, path, errno);
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            failed(w, path, n < 0 ? errno : ENOSPC);
            close(fd);
            return false;
        }
        at += n;
        len -= (size_t)n;
    }
    return close(fd) == 0 || failed(w, path, errno);
}

static bool link_over(const pin_writer *w, const char *path)
{
    if (linkat(w->swap->old, path, w->swap->fresh, path, 0) == 0)
        return true;
    return errno == ENOENT && make_parents(w, path) && linkat(w->swap->old, path, w->swap->fresh, path, 0) == 0;
}

/* ---- comparing with the old folder ---- */

/* The old file, read into the writer's room; false when there is none or it has more than `most` bytes. */
static bool read_old(pin_writer *w, const char *path, size_t most, size_t *len)
{
    struct stat st;
    int         fd = w->swap->old < 0 ? -1 : openat(w->swap->old, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= most;
    if (good && w->old_room < (size_t)st.st_size) {
        free(w->old_bytes);
        w->old_room = (size_t)st.st_size * 2;
        w->old_bytes = malloc(w->old_room);
        if (!w->old_bytes) {
            w->old_room = 0;
            good = false;
        }
    }
    size_t got = 0;
    while (good && got < (size_t)st.st_size) {
        ssize_t n = read(fd, w->old_bytes + got, (size_t)st.st_size - got);
        good = n > 0;
        got += good ? (size_t)n : 0;
    }
    close(fd);
    *len = got;
    return good;
}

static bool same_as_old(pin_writer *w, const char *path, pin_str bytes)
{
    size_t len;
    return read_old(w, path, bytes.len, &len) && len == bytes.len && memcmp(w->old_bytes, bytes.at, len) == 0;
}

/* ---- twins ---- */

static bool gzip(void *to, size_t *len, pin_str body)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    z.next_in = (Bytef *)(uintptr_t)body.at;
    z.avail_in = (uInt)body.len;
    z.next_out = to;
    z.avail_out = (uInt)*len;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
    *len = z.total_out;
    deflateEnd(&z);
    return done;
}

static bool gunzip_is(pin_str packed, pin_str body, char *room)
{
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    z.next_in = (Bytef *)(uintptr_t)packed.at;
    z.avail_in = (uInt)packed.len;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)body.len + 1;
    bool done = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 && z.total_out == body.len;
    inflateEnd(&z);
    return done && memcmp(room, body.at, body.len) == 0;
}

static bool unbrotli_is(pin_str packed, pin_str body, char *room)
{
    size_t len = body.len + 1;
    return BrotliDecoderDecompress(packed.len, (const uint8_t *)packed.at, &len, (uint8_t *)room) ==
               BROTLI_DECODER_RESULT_SUCCESS &&
           len == body.len && memcmp(room, body.at, len) == 0;
}

/* The window that fits the body: with the usual 4 MB, taking and clearing memory costs ten times the work. */
static int window_for(size_t len)
{
    int bits = BROTLI_MIN_WINDOW_BITS;
    while (bits < BROTLI_DEFAULT_WINDOW && ((size_t)1 << bits) - 16 < len)
        bits++;
    return bits;
}

/* One twin: the old one when it holds these very bytes, else compressed anew. `room` has body.len + 1 bytes. */
static bool put_twin(pin_writer *w, const char *path, pin_str body, bool brotli, bool same, char *room)
{
    char   name[4200];
    size_t len = 0, most = body.len - body.len / 10; /* what saves less than a tenth is not worth a file */
    snprintf(name, sizeof name, "%s.%s", path, brotli ? "br" : "gz");
    if (same && read_old(w, name, most, &len)) {
        pin_str packed = {w->old_bytes, len};
        if ((brotli ? unbrotli_is(packed, body, room) : gunzip_is(packed, body, room)) && link_over(w, name)) {
            w->files++;
            w->same++;
            w->bytes += len;
            return true;
        }
    }
    len = most;
    bool made = brotli ? BrotliEncoderCompress(w->brotli, window_for(body.len), BROTLI_MODE_TEXT, body.len,
                                               (const uint8_t *)body.at, &len, (uint8_t *)room)
                       : gzip(room, &len, body);
    if (!made)
        return true; /* it does not shrink: no twin */
    w->files++;
    w->fresh++;
    w->bytes += len;
    return write_file(w, name, room, len);
}

bool pin_writer_put(pin_writer *w, const char *path, pin_str bytes, int twins)
{
    bool same = same_as_old(w, path, bytes);
    w->files++;
    w->bytes += bytes.len;
    if (same && link_over(w, path)) {
        w->same++;
    } else {
        w->fresh++;
        if (!write_file(w, path, bytes.at, bytes.len))
            return false;
    }
    if (!twins || !w->brotli || bytes.len < TWIN_FROM)
        return true;
    char *room = malloc(bytes.len + 1);
    if (!room)
        return failed(w, path, ENOMEM);
    bool good = (!(twins & PIN_TWIN_BR) || put_twin(w, path, bytes, true, same, room)) &&
                (!(twins & PIN_TWIN_GZ) || put_twin(w, path, bytes, false, same, room));
    free(room);
    return good;
}

void pin_writer_free(pin_writer *w) { free(w->old_bytes); }
