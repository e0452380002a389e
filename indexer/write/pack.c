/* Records, each packed alone so that reading one costs its own bytes, with a dictionary that all
 * share. Packed by zlib with fixed codes (see core/format/inflate.h for why); the dictionary is the
 * raw content of one that libzstd trains. A small corpus is stored plainly: reading it is faster, and
 * the dictionary would be larger than what it saves. */
#include <zdict.h>
#include <zlib.h>

#include "indexer/write/inside.h"

#define SAMPLES_MAX (4u << 20)     /* bytes shown to the trainer: more takes longer and finds the same */
#define SAMPLE_MAX 4096u           /* of one record                                                    */
#define DICTIONARY_SMALL (8u << 10) /* for less than 8 MiB of records                                  */

void pin_packing_start(pin_packing *p)
{
    pin_out_u64(&p->starts, p->raw.len);
    p->count++;
}

void pin_packing_free(pin_packing *p)
{
    pin_out_free(&p->raw);
    pin_out_free(&p->starts);
}

static pin_str raw_record(const pin_packing *p, uint32_t i)
{
    uint64_t from = pin_load64(p->starts.at + (size_t)i * 8);
    uint64_t to = i + 1 < p->count ? pin_load64(p->starts.at + (size_t)i * 8 + 8) : p->raw.len;
    return (pin_str){(const char *)p->raw.at + from, (size_t)(to - from)};
}

/* ---- The dictionary ---- */
/* Samples spread evenly over all records, and their sizes. */
static bool take_samples(pin_out *bytes, size_t **sizes, unsigned *count, const pin_packing *p)
{
    uint32_t step = 1 + (uint32_t)(p->raw.len / SAMPLES_MAX);
    *count = 0;
    *sizes = malloc(((size_t)p->count / step + 1) * sizeof **sizes);
    for (uint32_t i = 0; *sizes && i < p->count; i += step) {
        pin_str record = pin_str_part(raw_record(p, i), 0, SAMPLE_MAX);
        pin_out_add(bytes, record.at, record.len);
        (*sizes)[(*count)++] = record.len;
    }
    return *sizes && !bytes->failed;
}

/* When there is too little to train on: records themselves, from the end, which is nearest. */
static void fall_back(pin_out *dictionary, size_t size, const pin_out *samples)
{
    size_t len = samples->len < size ? samples->len : size;
    pin_out_add(dictionary, samples->at + samples->len - len, len);
}

static pin_status train(pin_out *dictionary, const pin_packing *p)
{
    pin_out  samples = {0};
    size_t  *sizes = NULL, want = p->raw.len < (8u << 20) ? DICTIONARY_SMALL : PIN_DICTIONARY_MAX;
    unsigned count;
    uint8_t *room = malloc(want);
    bool     good = room && take_samples(&samples, &sizes, &count, p);
    if (good) {
        size_t len = ZDICT_trainFromBuffer(room, want, samples.at, sizes, count);
        size_t head = ZDICT_isError(len) ? 0 : ZDICT_getDictHeaderSize(room, len);
        if (ZDICT_isError(len) || ZDICT_isError(head) || head >= len)
            fall_back(dictionary, want, &samples);
        else /* the header has zstd's own tables: only what follows is text */
            pin_out_add(dictionary, room + head, len - head);
        good = !dictionary->failed;
    }
    free(room);
    free(sizes);
    pin_out_free(&samples);
    return good ? PIN_OK : PIN_NO_SPACE;
}

/* ---- Packing ---- */
/* zlib's state with the dictionary already read: copying it is cheaper than reading it again. */
static bool prime(z_stream *z, const pin_out *dictionary)
{
    if (deflateInit2(z, 9, Z_DEFLATED, -15, 8, Z_FIXED) != Z_OK)
        return false;
    return dictionary->len == 0 || deflateSetDictionary(z, dictionary->at, (uInt)dictionary->len) == Z_OK;
}

/* Packs into `room`; the length, or 0 when packing does not make it smaller (or memory is short). */
static size_t deflate_record(uint8_t *room, size_t cap, z_stream *primed, pin_str record)
{
    z_stream z;
    if (deflateCopy(&z, primed) != Z_OK)
        return 0;
    z.next_in = (Bytef *)(uintptr_t)record.at;
    z.avail_in = (uInt)record.len;
    z.next_out = room;
    z.avail_out = (uInt)cap;
    size_t len = deflate(&z, Z_FINISH) == Z_STREAM_END ? cap - z.avail_out : 0;
    deflateEnd(&z);
    return len < record.len ? len : 0;
}

static void add_record(pin_out *section, pin_str raw, const uint8_t *packed, size_t packed_len, uint32_t number)
{
    size_t at = pin_out_zeros(section, 4);
    pin_out_byte(section, packed_len ? PIN_METHOD_DEFLATE : PIN_METHOD_STORED);
    pin_out_varint(section, raw.len);
    pin_out_add(section, packed_len ? packed : (const uint8_t *)raw.at, packed_len ? packed_len : raw.len);
    if (!section->failed)
        pin_store32(section->at + at, pin_hash32(section->at + at + 4, section->len - at - 4, number));
}

static pin_status pack_all(const pin_packing *p, pin_out *section, pin_out *places, z_stream *primed,
                           uint32_t raw_max, pin_error *err)
{
    uint8_t *room = malloc(raw_max);
    if (!room)
        return PIN_NO_SPACE;
    pin_status s = PIN_OK;
    for (uint32_t i = 0; i < p->count && s == PIN_OK; i++) {
        pin_str  raw = raw_record(p, i);
        uint64_t offset = section->len;
        if (raw.len > raw_max) {
            s = pin_fail(err, PIN_LIMIT, i, "a text is longer than an index can hold");
            break;
        }
        add_record(section, raw, room, primed ? deflate_record(room, raw.len, primed, raw) : 0, i);
        if (section->len - offset > 0xFFFFFF)
            s = pin_fail(err, PIN_LIMIT, i, "a text is longer than an index can hold");
        pin_out_u64(places, pin_place(offset, (uint32_t)(section->len - offset)));
    }
    free(room);
    return s;
}

pin_status pin_packing_finish(pin_packing *p, pin_out *section, pin_out *places, pin_out *dictionary,
                              uint64_t compress_from, uint32_t raw_max, pin_error *err)
{
    if (p->raw.failed || p->starts.failed)
        return PIN_NO_SPACE;
    if (p->raw.len < compress_from)
        return pack_all(p, section, places, NULL, raw_max, err);
    pin_status s = train(dictionary, p);
    if (s != PIN_OK)
        return s;
    z_stream primed = {0};
    s = prime(&primed, dictionary) ? pack_all(p, section, places, &primed, raw_max, err) : PIN_NO_SPACE;
    deflateEnd(&primed);
    return s;
}
