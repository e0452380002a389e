/* Records, each packed alone so that reading one costs its own bytes, with a dictionary that all
 * share. Items are short, and are spelled in the words of a codebook; the words of the law are long, and
 * are packed with fixed codes (see core/format/inflate.h for why) and the raw content of a dictionary
 * that libzstd trains. A small corpus is stored plainly: reading it is faster, and the dictionary would be
 * larger than what it saves. */
#include <zdict.h>

#include "core/format/codebook.h"
#include "indexer/corpus/parallel.h"
#include "indexer/write/codebook.h"
#include "indexer/write/deflate.h"
#include "indexer/write/inside.h"

#define SAMPLES_FOR_ONE 64u         /* bytes shown to the trainer for one of the dictionary             */
#define SAMPLE_MAX 4096u            /* of one record                                                    */
#define DICTIONARY_SMALL (8u << 10) /* for less than 8 MiB of records                                  */
#define BOOK_SAMPLES (1u << 20)    /* bytes of records that the codebook is learned from               */
#define BOOK_SAMPLES_FOR_ONE 16u   /* for one byte of a wide codebook                                  */
#define BOOK_PART 1000u            /* bytes of records for one of a large corpus's codebook            */
#define TASK_RECORDS 2048u         /* packed by one thread at a time                                   */

/* ---- How much there is ---- */
typedef struct measure {
    const pin_packing *p;
    struct measured {
        uint64_t len;
        uint32_t too_long; /* its first such record, or UINT32_MAX */
        bool     failed;
    } *tasks;
} measure;

static uint32_t task_end(const pin_packing *p, uint32_t from)
{
    return p->count - from < TASK_RECORDS ? p->count : from + TASK_RECORDS;
}

static void measure_task(void *ctx, uint32_t number)
{
    measure         *m = ctx;
    struct measured *t = &m->tasks[number];
    pin_out          record = {0};
    t->too_long = UINT32_MAX;
    for (uint32_t i = number * TASK_RECORDS, to = task_end(m->p, i); i < to; i++) {
        record.len = 0;
        m->p->write(m->p->ctx, i, &record);
        t->len += record.len;
        if (record.len > m->p->raw_max && t->too_long == UINT32_MAX)
            t->too_long = i;
    }
    t->failed = record.failed;
    pin_out_free(&record);
}

static uint32_t task_count(const pin_packing *p) { return (p->count + TASK_RECORDS - 1) / TASK_RECORDS; }

/* Bytes of all records. */
static pin_status measure_all(uint64_t *len, const pin_packing *p, pin_error *err)
{
    uint32_t   tasks = task_count(p);
    measure    m = {p, calloc((size_t)tasks + 1, sizeof *m.tasks)};
    pin_status s = m.tasks ? PIN_OK : PIN_NO_SPACE;
    *len = 0;
    if (s == PIN_OK)
        pin_parallel(pin_thread_count(p->options), tasks, measure_task, &m);
    for (uint32_t i = 0; i < tasks && s == PIN_OK; i++) {
        *len += m.tasks[i].len;
        if (m.tasks[i].failed)
            s = PIN_NO_SPACE;
        else if (m.tasks[i].too_long != UINT32_MAX)
            s = pin_fail(err, PIN_LIMIT, m.tasks[i].too_long, "a text is longer than an index can hold");
    }
    free(m.tasks);
    return s;
}

/* ---- The dictionary ---- */
typedef struct sampled {
    pin_out  bytes; /* one sample after another */
    size_t  *sizes;
    pin_str *texts;
    size_t   count;
} sampled;

static void samples_free(sampled *s)
{
    pin_out_free(&s->bytes);
    free(s->sizes);
    free(s->texts);
}

/* About `want` of `all` bytes, spread evenly over the records. */
static bool take_samples(sampled *s, const pin_packing *p, uint64_t all, size_t want)
{
    uint32_t step = 1 + (uint32_t)(all / want);
    size_t   most = (size_t)p->count / step + 1;
    *s = (sampled){.sizes = malloc(most * sizeof *s->sizes), .texts = malloc(most * sizeof *s->texts)};
    if (!s->sizes || !s->texts)
        return false;
    for (uint64_t i = 0; i < p->count; i += step) {
        size_t from = s->bytes.len;
        p->write(p->ctx, (uint32_t)i, &s->bytes);
        if (s->bytes.len - from > SAMPLE_MAX)
            s->bytes.len = from + SAMPLE_MAX;
        s->sizes[s->count++] = s->bytes.len - from;
        if (s->count % 256 == 0)
            pin_rest(p->options);
    }
    for (size_t i = 0, at = 0; i < s->count && !s->bytes.failed; at += s->sizes[i++])
        s->texts[i] = (pin_str){(const char *)s->bytes.at + at, s->sizes[i]};
    return !s->bytes.failed;
}

/* When there is too little to train on: records themselves, from the end, which is nearest. */
static void fall_back(pin_out *dictionary, size_t size, const pin_out *samples)
{
    size_t len = samples->len < size ? samples->len : size;
    pin_out_add(dictionary, samples->at + samples->len - len, len);
}

static bool train(pin_out *dictionary, const sampled *samples, size_t size)
{
    uint8_t *room = malloc(size);
    if (!room)
        return false;
    size_t len = ZDICT_trainFromBuffer(room, size, samples->bytes.at, samples->sizes, (unsigned)samples->count);
    size_t head = ZDICT_isError(len) ? 0 : ZDICT_getDictHeaderSize(room, len);
    if (ZDICT_isError(len) || ZDICT_isError(head) || head >= len)
        fall_back(dictionary, size, &samples->bytes);
    else /* the header has zstd's own tables: only what follows is text */
        pin_out_add(dictionary, room + head, len - head);
    free(room);
    return !dictionary->failed;
}

static size_t dictionary_len(const pin_packing *p, uint64_t all)
{
    if (all < (8u << 20))
        return DICTIONARY_SMALL;
    if (!p->spelled || p->count <= PIN_NETWORK_ITEMS || all / BOOK_PART < PIN_DICTIONARY_MAX)
        return PIN_DICTIONARY_MAX;
    return all / BOOK_PART < PIN_BOOK_MAX ? (size_t)(all / BOOK_PART) : PIN_BOOK_MAX;
}

static pin_status learn(pin_out *dictionary, const pin_packing *p, uint64_t all)
{
    size_t  size = dictionary_len(p, all), book_samples = size < PIN_BOOK_WIDE ? BOOK_SAMPLES : size * BOOK_SAMPLES_FOR_ONE;
    sampled samples;
    bool    good = take_samples(&samples, p, all, p->spelled ? book_samples : size * SAMPLES_FOR_ONE) &&
                (p->spelled ? pin_codebook_learn(dictionary, samples.texts, samples.count, size)
                            : train(dictionary, &samples, size));
    samples_free(&samples);
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
    pin_out  bytes, ends; /* packed records; u64 end of each                  */
    uint32_t too_long;    /* number + 1 of the first that is longer than may be */
} task;

typedef struct job {
    const pin_packing *packing;
    pin_str            dictionary; /* empty: nothing is packed */
    const pin_speller *speller;
    task              *tasks;

    /* what is joined */
    pin_flow  *section;
    pin_out   *places;
    pin_error *err;
    pin_status status;
} job;

static void pack_task(void *ctx, uint32_t number)
{
    job          *j = ctx;
    task         *t = &j->tasks[number];
    pin_spelling  room = {0};
    pin_out       record = {0};
    pin_deflater *d = j->dictionary.len && !j->speller ? pin_deflater_new(j->dictionary) : NULL;
    bool          failed = j->dictionary.len && !j->speller && !d;
    for (uint32_t i = number * TASK_RECORDS, to = task_end(j->packing, i); i < to; i++) {
        record.len = 0;
        j->packing->write(j->packing->ctx, i, &record);
        pin_str raw = {(const char *)record.at, record.len};
        if (record.len > j->packing->raw_max && !t->too_long)
            t->too_long = i + 1;
        if (j->speller) {
            opened o = open_record(&t->bytes, raw);
            pin_speller_pack(&t->bytes, j->speller, &room, raw);
            close_record(&t->bytes, o, raw, true, PIN_METHOD_CODEBOOK, i);
        } else {
            pin_pack_record(&t->bytes, raw, d, i);
        }
        pin_out_u64(&t->ends, t->bytes.len);
        if (i % 256 == 255)
            pin_rest(j->packing->options);
    }
    t->bytes.failed |= failed || record.failed;
    pin_out_free(&record);
    pin_deflater_free(d);
    pin_spelling_free(&room);
}

/* Appends what a task has made. */
static pin_status join_task(job *j, task *t, uint32_t first)
{
    uint64_t base = j->section->len, from = 0;
    if (t->bytes.failed || t->ends.failed)
        return PIN_NO_SPACE;
    if (t->too_long)
        return pin_fail(j->err, PIN_LIMIT, t->too_long - 1, "a text is longer than an index can hold");
    for (size_t i = 0; i < t->ends.len / 8; i++) {
        uint64_t end = pin_load64(t->ends.at + i * 8);
        if (end - from > 0xFFFFFF)
            return pin_fail(j->err, PIN_LIMIT, first + i, "a text is longer than an index can hold");
        pin_out_u64(j->places, pin_place(base + from, (uint32_t)(end - from)));
        from = end;
    }
    pin_flow_add(j->section, t->bytes.at, t->bytes.len);
    return PIN_OK;
}

static void join_one(void *ctx, uint32_t number)
{
    job  *j = ctx;
    task *t = &j->tasks[number];
    if (j->status == PIN_OK)
        j->status = join_task(j, t, number * TASK_RECORDS);
    pin_out_free(&t->bytes);
    pin_out_free(&t->ends);
}

static pin_status pack_all(const pin_packing *p, pin_flow *section, pin_out *places, pin_str dictionary,
                           pin_error *err)
{
    uint32_t     tasks = task_count(p);
    pin_speller *speller = p->spelled && dictionary.len ? pin_speller_new(dictionary) : NULL;
    job          j = {.packing = p,
                      .dictionary = dictionary,
                      .speller = speller,
                      .tasks = calloc((size_t)tasks + 1, sizeof *j.tasks),
                      .section = section,
                      .places = places,
                      .err = err};
    if (!j.tasks || (!speller && p->spelled && dictionary.len) ||
        !pin_parallel_joined(p->options, "packing", p->count, tasks, pack_task, join_one, &j))
        j.status = PIN_NO_SPACE;
    free(j.tasks);
    pin_speller_free(speller);
    return j.status;
}

pin_status pin_pack(const pin_packing *p, pin_flow *section, pin_out *places, pin_out *dictionary,
                    pin_error *err)
{
    uint64_t   len = p->len;
    pin_status s = len ? PIN_OK : measure_all(&len, p, err);
    if (s == PIN_OK && len >= p->compress_from)
        s = learn(dictionary, p, len);
    if (s != PIN_OK)
        return s;
    return pack_all(p, section, places, (pin_str){(const char *)dictionary->at, dictionary->len}, err);
}
