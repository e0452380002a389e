/* Inside the server: what its files share. */
#ifndef PIN_SERVER_INSIDE_H
#define PIN_SERVER_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "host/server/server.h"

/* ---- A generation: one index file, open and verified, and the pages made from it so far ----
 * Requests hold a reference; a reload puts the next generation in place, and the old one goes when its last
 * request is answered. */
typedef struct pin_page_cache pin_page_cache;
typedef struct pin_generation {
    atomic_uint     references;
    pin_mapped      file;
    pin_piece       piece;
    void           *memory; /* the arena of the open index */
    pin_index      *ix;
    pin_release     release;
    pin_page_cache *pages;
} pin_generation;

pin_status pin_generation_open(pin_generation **out, const char *path, pin_folder_error *err);
void       pin_generation_release(pin_generation *g);

/* ---- A page as it goes out: the body as it is, and compressed where that pays ---- */
typedef enum pin_coding { PIN_CODING_NONE = 0, PIN_CODING_GZIP, PIN_CODING_BROTLI, PIN_CODINGS } pin_coding;
typedef struct pin_page {
    struct MHD_Response *responses[PIN_CODINGS]; /* NULL where that coding is not offered */
    char                 etags[PIN_CODINGS][40]; /* with quotes                           */
    int                  status;
    bool                 varies;   /* depends on Accept                                   */
    bool                 for_ever; /* its name holds a hash of its content                */
    pin_str              body; /* identity; owned by responses[PIN_CODING_NONE]          */
    char                 type[80];
    size_t               room; /* bytes of memory that it takes                           */
    void                *slot; /* its place in the cache; NULL outside                    */
} pin_page;
void pin_page_free(pin_page *page);

#define PIN_CACHE_ROOM ((size_t)48 << 20)

/* Pages by address and kind, the least recently used leave first. Thread-safe. A page that was found or put
 * is held until it is let go. */
pin_page_cache *pin_page_cache_new(size_t room);
void            pin_page_cache_free(pin_page_cache *cache);
pin_page       *pin_page_cache_find(pin_page_cache *cache, pin_str key);
/* Takes `page` over; gives the one that is to be used (another thread may have been faster). */
pin_page *pin_page_cache_put(pin_page_cache *cache, pin_str key, pin_page *page);
void      pin_page_cache_let_go(pin_page_cache *cache, pin_page *page);

/* ---- Compression ---- malloc'ed; false when it does not make the body smaller (or memory is short) */
bool pin_gzip(void **out, size_t *len, pin_str body, int level);
bool pin_brotli(void **out, size_t *len, pin_str body, int quality);

/* ---- The clock of each connection ---- a request must be whole, and an answer taken, in time */
#define PIN_REQUEST_SECONDS 10
#define PIN_ANSWER_SECONDS 60
typedef struct pin_watchdog pin_watchdog;
typedef struct pin_watched  pin_watched;
pin_watchdog *pin_watchdog_start(void);
void          pin_watchdog_stop(pin_watchdog *w);
pin_watched  *pin_watchdog_add(pin_watchdog *w, int fd);
void          pin_watchdog_remove(pin_watchdog *w, pin_watched *watched);
/* From now on the client has `seconds` for what it is doing. */
void pin_watchdog_allow(pin_watched *watched, unsigned seconds);

/* ---- Counters, for /metrics ---- */
typedef struct pin_counters {
    atomic_ullong requests[6];  /* by hundred of the status: 1xx .. 5xx at their number          */
    atomic_ullong bytes;
    atomic_ullong searches;
    atomic_ullong buckets[12];  /* answer times, see metrics.c                                   */
    atomic_ullong micros;
    atomic_ullong reloads, failed_reloads, cut_off;
    atomic_uint   connections;
} pin_counters;
void pin_counters_add(pin_counters *c, int status, size_t bytes, uint64_t micros);
void pin_counters_write(pin_buf *out, const pin_counters *c, const pin_release *release);

struct pin_server {
    pin_server_options options;
    pin_site_options   site;
    struct MHD_Daemon *daemon;
    pin_watchdog      *watchdog;
    pin_counters       counters;
    pthread_mutex_t    lock;      /* of `now` */
    pthread_mutex_t    reloading; /* one at a time: a signal and the watch may see the same file */
    pin_generation    *now;
    pthread_t          reloader;
    bool               has_reloader;
    atomic_bool        stopping;
    char               url[300];
};

pin_generation *pin_server_hold(pin_server *server); /* the generation of now, with a reference */
/* Opens the file again; on success it serves from now on. */
bool     pin_server_reload(pin_server *server);
uint64_t pin_server_micros(void); /* a clock that only goes forward */
uint64_t pin_server_hash(pin_str bytes); /* of a body, for its entity tag */

/* libmicrohttpd's callbacks, in answer.c */
void           *pin_answer_begin(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result pin_answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                           const char *version, const char *upload, size_t *upload_len, void **state);
void            pin_answer_end(void *cls, struct MHD_Connection *connection, void **state,
                               enum MHD_RequestTerminationCode code);
/* Room of the calling thread for making pages; freed when the thread ends. */
void pin_answer_setup(void);

#endif
