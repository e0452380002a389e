/* Records, each packed alone so that reading one costs its own bytes, with a dictionary that all
 * share. Items are short, and are spelled in the words of a codebook; the words of the law are long, and
 * are packed with fixed codes (see core/format/inflate.h for why) and the raw content of a dictionary
 * that libzstd trains. A small corpus is stored plainly: reading it is faster, and the dictionary would be
 * larger than what it saves. */
#include <zdict.h>

#include "indexer/corpus/parallel.h"
#include "indexer/write/codebook.h"
#include "indexer/write/deflate.h"
#include "indexer/write/inside.h"

#define SAMPLES_FOR_ONE 64u         /* bytes shown to the trainer for one of the dictionary             */
#define SAMPLE_MAX 4096u            /* of one record                                                    */
#define DICTIONARY_SMALL (8u << 10) /* for less than 8 MiB of records                                  */
#define BOOK_SAMPLES (1u << 20)    /* bytes of records that the codebook is learned from               */
#define TASK_RECORDS 2048u         /* packed by one thread at a time                                   */

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
/* Samples of about `want` bytes, spread evenly over all records; NULL when memory is short. */
static pin_str *take_samples(size_t *count, const pin_packing *p, size_t want)
{
    uint32_t step = 1 + (uint32_t)(p->raw.len / want);
    pin_str *samples = malloc(((size_t)p->count / step + 1) * sizeof *samples);
    *count = 0;
    for (uint32_t i = 0; samples && i < p->count; i += step)
        samples[(*count)++] = pin_str_part(raw_record(p, i), 0, SAMPLE_MAX);
    return samples;
}

/* One after another, as libzstd wants them. */
static bool join_samples(pin_out *bytes, size_t *sizes, const pin_str *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pin_out_add(bytes, samples[i].at, samples[i].len);
        sizes[i] = samples[i].len;
    }
    return !bytes->failed;
}

/* When there is too little to train on: records themselves, from the end, which is nearest. */
static void fall_back(pin_out *dictionary, size_t size, const pin_out *samples)
{
    size_t len = samples->len < size ? samples->len : size;
    pin_out_add(dictionary, samples->at + samples->len - len, len);
}

static bool train(pin_out *dictionary, const pin_str *samples, size_t count, size_t size)
{
    pin_out  joined = {0};
    size_t  *sizes = malloc((count + 1) * sizeof *sizes);
    uint8_t *room = malloc(size);
    bool     good = room && sizes && join_samples(&joined, sizes, samples, count);
    if (good) {
        size_t len = ZDICT_trainFromBuffer(room, size, joined.at, sizes, (unsigned)count);
        size_t head = ZDICT_isError(len) ? 0 : ZDICT_getDictHeaderSize(room, len);
        if (ZDICT_isError(len) || ZDICT_isError(head) || head >= len)
            fall_back(dictionary, size, &joined);
        else /* the header has zstd's own tables: only what follows is text */
            pin_out_add(dictionary, room + head, len - head);
        good = !dictionary->failed;
    }
    free(room);
    free(sizes);
    pin_out_free(&joined);
    return good;
}

static pin_status learn(pin_out *dictionary, const pin_packing *p)
{
    size_t   size = p->raw.len < (8u << 20) ? DICTIONARY_SMALL : PIN_DICTIONARY_MAX, count;
    pin_str *samples = take_samples(&count, p, p->spelled ? BOOK_SAMPLES : size * SAMPLES_FOR_ONE);
    bool     good = samples && (p->spelled ? pin_codebook_learn(dictionary, samples, count, size)
                                           : train(dictionary, samples, count, size));
    free(samples);
    return good ? PIN_OK : PIN_NO_SPACE;
}

/* ---- Packing ---- */
/* Where a record's payload will stand, behind room for its checksum, method and length. */
typedef struct opened {
    size_t at, method, payload;
} opened;

static opened open_record(pin_out *section, pin_str raw)
{
    opened o = {.at = pin_out_zeros(section, 4), .method = pin_out_zeros(section, 1)};
    pin_out_varint(section, raw.len);
    o.payload = section->len;
    return o;
}

/* The payload is there, if `packed`; it stays if it is shorter than the record. */
static void close_record(pin_out *section, opened o, pin_str raw, bool packed, uint8_t method, uint64_t seed)
{
    if (!section->failed && packed && section->len - o.payload < raw.len) {
        section->at[o.method] = method;
    } else {
        section->len = o.payload;
        pin_out_add(section, raw.at, raw.len);
    }
    if (!section->failed)
        pin_store32(section->at + o.at,
                    pin_hash32(section->at + o.at + 4, section->len - o.at - 4, seed));
}

void pin_pack_record(pin_out *section, pin_str raw, pin_deflater *d, uint64_t seed)
{
    opened o = open_record(section, raw);
    if (d)
        pin_deflater_pack(section, d, raw);
    close_record(section, o, raw, d != NULL, PIN_METHOD_DEFLATE, seed);
}

typedef struct task {
    pin_out bytes, ends; /* packed records; u64 end of each */
} task;

typedef struct job {
    const pin_packing *packing;
    pin_str            dictionary; /* empty: nothing is packed */
    const pin_speller *speller;
    task              *tasks;
} job;

static void pack_task(void *ctx, uint32_t number)
{
    job          *j = ctx;
    task         *t = &j->tasks[number];
    pin_spelling  room = {0};
    pin_deflater *d = j->dictionary.len && !j->speller ? pin_deflater_new(j->dictionary) : NULL;
    uint32_t      from = number * TASK_RECORDS, left = j->packing->count - from;
    t->bytes.failed = j->dictionary.len && !j->speller && !d;
    for (uint32_t i = from, to = from + (left < TASK_RECORDS ? left : TASK_RECORDS); i < to; i++) {
        pin_str raw = raw_record(j->packing, i);
        if (j->speller) {
            opened o = open_record(&t->bytes, raw);
            pin_speller_pack(&t->bytes, j->speller, &room, raw);
            close_record(&t->bytes, o, raw, true, PIN_METHOD_CODEBOOK, i);
        } else {
            pin_pack_record(&t->bytes, raw, d, i);
        }
        pin_out_u64(&t->ends, t->bytes.len);
    }
    pin_deflater_free(d);
    pin_spelling_free(&room);
}

/* Appends what a task has made. */
static pin_status join_task(pin_out *section, pin_out *places, task *t, uint32_t first, pin_error *err)
{
    uint64_t base = section->len, from = 0;
    if (t->bytes.failed || t->ends.failed)
        return PIN_NO_SPACE;
    for (size_t i = 0; i < t->ends.len / 8; i++) {
        uint64_t end = pin_load64(t->ends.at + i * 8);
        if (end - from > 0xFFFFFF)
            return pin_fail(err, PIN_LIMIT, first + i, "a text is longer than an index can hold");
        pin_out_u64(places, pin_place(base + from, (uint32_t)(end - from)));
        from = end;
    }
    pin_out_add(section, t->bytes.at, t->bytes.len);
    pin_out_free(&t->bytes);
    return PIN_OK;
}

static pin_status pack_all(const pin_packing *p, pin_out *section, pin_out *places, pin_str dictionary,
                           pin_error *err)
{
    uint32_t     tasks = (p->count + TASK_RECORDS - 1) / TASK_RECORDS;
    pin_speller *speller = p->spelled && dictionary.len ? pin_speller_new(dictionary) : NULL;
    job          j = {p, dictionary, speller, calloc((size_t)tasks + 1, sizeof *j.tasks)};
    pin_status   s = j.tasks && (speller || !p->spelled || !dictionary.len) ? PIN_OK : PIN_NO_SPACE;
    if (s == PIN_OK)
        pin_parallel(p->threads, tasks, pack_task, &j);
    for (uint32_t i = 0; i < tasks && s == PIN_OK; i++)
        s = join_task(section, places, &j.tasks[i], i * TASK_RECORDS, err);
    for (uint32_t i = 0; i < tasks && j.tasks; i++) {
        pin_out_free(&j.tasks[i].bytes);
        pin_out_free(&j.tasks[i].ends);
    }
    free(j.tasks);
    pin_speller_free(speller);
    return s;
}

pin_status pin_packing_finish(pin_packing *p, pin_out *section, pin_out *places, pin_out *dictionary,
                              uint64_t compress_from, uint32_t raw_max, pin_error *err)
{
    if (p->raw.failed || p->starts.failed)
        return PIN_NO_SPACE;
    for (uint32_t i = 0; i < p->count; i++)
        if (raw_record(p, i).len > raw_max)
            return pin_fail(err, PIN_LIMIT, i, "a text is longer than an index can hold");
    pin_status s = p->raw.len < compress_from ? PIN_OK : learn(dictionary, p);
    if (s != PIN_OK)
        return s;
    return pack_all(p, section, places, (pin_str){(const char *)dictionary->at, dictionary->len}, err);
}
