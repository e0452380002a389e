/* Counters in the text format of Prometheus (exposition format 0.0.4). Counts only: no paths, no queries,
 * no addresses. */
#include "host/server/inside.h"

/* upper ends of the answer-time buckets, in microseconds; the last bucket has none */
static const uint64_t ends[11] = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 50000, 250000, 1000000};
static const char *const end_names[12] = {"0.00005", "0.0001", "0.00025", "0.0005", "0.001", "0.0025",
                                          "0.005",   "0.01",   "0.05",    "0.25",   "1",     "+Inf"};

void pin_counters_add(pin_counters *c, int status, size_t bytes, uint64_t micros)
{
    int hundred = status / 100;
    atomic_fetch_add(&c->requests[hundred >= 1 && hundred <= 5 ? hundred : 0], 1);
    atomic_fetch_add(&c->bytes, bytes);
    atomic_fetch_add(&c->micros, micros);
    unsigned bucket = 0;
    while (bucket < 11 && micros > ends[bucket])
        bucket++;
    atomic_fetch_add(&c->buckets[bucket], 1);
}

static void head(pin_buf *out, const char *name, const char *type, const char *help)
{
    pin_buf_adds(out, "# HELP ");
    pin_buf_adds(out, name);
    pin_buf_byte(out, ' ');
    pin_buf_adds(out, help);
    pin_buf_adds(out, "\n# TYPE ");
    pin_buf_adds(out, name);
    pin_buf_byte(out, ' ');
    pin_buf_adds(out, type);
    pin_buf_byte(out, '\n');
}

static void value(pin_buf *out, const char *name, uint64_t number)
{
    pin_buf_adds(out, name);
    pin_buf_byte(out, ' ');
    pin_buf_uint(out, number);
    pin_buf_byte(out, '\n');
}

static void one(pin_buf *out, const char *name, const char *type, const char *help, uint64_t number)
{
    head(out, name, type, help);
    value(out, name, number);
}

static void decimal_micros(pin_buf *out, uint64_t micros)
{
    pin_buf_uint(out, micros / 1000000);
    pin_buf_byte(out, '.');
    for (uint64_t unit = 100000; unit; unit /= 10)
        pin_buf_byte(out, (char)('0' + micros / unit % 10));
}

void pin_counters_write(pin_buf *out, const pin_counters *c, const pin_release *release)
{
    static const char *const classes[6] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
    head(out, "pincite_requests_total", "counter", "Requests answered, by class of status.");
    for (int i = 0; i < 6; i++) {
        pin_buf_adds(out, "pincite_requests_total{class=\"");
        pin_buf_adds(out, classes[i]);
        pin_buf_adds(out, "\"} ");
        pin_buf_uint(out, atomic_load(&c->requests[i]));
        pin_buf_byte(out, '\n');
    }
    head(out, "pincite_answer_seconds", "histogram", "Time to make an answer, without sending it.");
    uint64_t count = 0;
    for (int i = 0; i < 12; i++) {
        count += atomic_load(&c->buckets[i]);
        pin_buf_adds(out, "pincite_answer_seconds_bucket{le=\"");
        pin_buf_adds(out, end_names[i]);
        pin_buf_adds(out, "\"} ");
        pin_buf_uint(out, count);
        pin_buf_byte(out, '\n');
    }
    pin_buf_adds(out, "pincite_answer_seconds_sum ");
    decimal_micros(out, atomic_load(&c->micros));
    pin_buf_byte(out, '\n');
    value(out, "pincite_answer_seconds_count", count);
    one(out, "pincite_sent_bytes_total", "counter", "Bytes of bodies.", atomic_load(&c->bytes));
    one(out, "pincite_searches_total", "counter", "Searches answered.", atomic_load(&c->searches));
    one(out, "pincite_connections", "gauge", "Open connections.", atomic_load(&c->connections));
    one(out, "pincite_reloads_total", "counter", "Index files taken after the first.", atomic_load(&c->reloads));
    one(out, "pincite_failed_reloads_total", "counter", "Index files refused.", atomic_load(&c->failed_reloads));
    one(out, "pincite_items", "gauge", "Items in the index.", release->item_count);
}
