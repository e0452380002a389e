/* Records, each packed alone so that reading one costs its own bytes, with a dictionary that all
 * share. Packed with fixed codes (see core/format/inflate.h for why); the dictionary is the raw
 * content of one that libzstd trains. A small corpus is stored plainly: reading it is faster, and
 * the dictionary would be larger than what it saves. */
#include <zdict.h>

#include "indexer/write/deflate.h"
#include "indexer/write/inside.h"

#define SAMPLES_FOR_ONE 64u         /* bytes shown to the trainer for one of the dictionary             */
#define SAMPLE_MAX 4096u            /* of one record                                                    */
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
static bool take_samples(pin_out *bytes, size_t **sizes, unsigned *count, const pin_packing *p, size_t want)
{
    uint32_t step = 1 + (uint32_t)(p->raw.len / (want * SAMPLES_FOR_ONE));
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
    bool     good = room && take_samples(&samples, &sizes, &count, p, want);
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
void pin_pack_record(pin_out *section, pin_str raw, pin_deflater *d, uint64_t seed)
{
    size_t at = pin_out_zeros(section, 4), method = pin_out_zeros(section, 1);
    pin_out_varint(section, raw.len);
    size_t payload = section->len;
    if (d)
        pin_deflater_pack(section, d, raw);
    if (!section->failed && d && section->len - payload < raw.len) {
        section->at[method] = PIN_METHOD_DEFLATE;
    } else {
        section->len = payload;
        pin_out_add(section, raw.at, raw.len);
    }
    if (!section->failed)
        pin_store32(section->at + at, pin_hash32(section->at + at + 4, section->len - at - 4, seed));
}

static pin_status pack_all(const pin_packing *p, pin_out *section, pin_out *places, pin_deflater *d,
                           uint32_t raw_max, pin_error *err)
{
    for (uint32_t i = 0; i < p->count; i++) {
        pin_str  raw = raw_record(p, i);
        uint64_t offset = section->len;
        if (raw.len > raw_max)
            return pin_fail(err, PIN_LIMIT, i, "a text is longer than an index can hold");
        pin_pack_record(section, raw, d, i);
        if (section->len - offset > 0xFFFFFF)
            return pin_fail(err, PIN_LIMIT, i, "a text is longer than an index can hold");
        pin_out_u64(places, pin_place(offset, (uint32_t)(section->len - offset)));
    }
    return PIN_OK;
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
    pin_deflater *d = pin_deflater_new((pin_str){(const char *)dictionary->at, dictionary->len});
    s = d ? pack_all(p, section, places, d, raw_max, err) : PIN_NO_SPACE;
    pin_deflater_free(d);
    return s;
}
