/* Compression of bodies, by zlib and brotli. */
#include <brotli/encode.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zlib.h>

#include "host/server/inside.h"

/* Keeps a result only when it saves a tenth: below that the client's work is not worth it. */
static bool keep(void **out, size_t *len, void *bytes, size_t size, size_t plain)
{
    if (size >= plain - plain / 10) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *len = size;
    return true;
}

bool pin_gzip(void **out, size_t *len, pin_str body, int level)
{
    z_stream z = {0};
    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t cap = deflateBound(&z, (uLong)body.len);
    void  *bytes = malloc(cap);
    z.next_in = (Bytef *)(uintptr_t)body.at;
    z.avail_in = (uInt)body.len;
    z.next_out = bytes;
    z.avail_out = (uInt)cap;
    bool   done = bytes && deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t size = z.total_out;
    deflateEnd(&z);
    if (!done) {
        free(bytes);
        return false;
    }
    return keep(out, len, bytes, size, body.len);
}

bool pin_brotli(void **out, size_t *len, pin_str body, int quality)
{
    size_t size = BrotliEncoderMaxCompressedSize(body.len);
    void  *bytes = size ? malloc(size) : NULL;
    if (!bytes || !BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.len,
                                         (const uint8_t *)body.at, &size, bytes)) {
        free(bytes);
        return false;
    }
    return keep(out, len, bytes, size, body.len);
}

uint64_t pin_server_hash(pin_str bytes) { return XXH3_64bits(bytes.at, bytes.len); }
