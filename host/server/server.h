/* The site and the JSON API over HTTP/1.1, from one index file. libmicrohttpd speaks the protocol; what
 * is said comes from pincite/site.h. Listens where it is told, on loopback unless told otherwise. */
#ifndef PIN_SERVER_H
#define PIN_SERVER_H

#include "host/folder/folder.h"
#include "pincite/site.h"

typedef struct pin_server_options {
    const char *path;          /* the index file                                                        */
    const char *listen;        /* "127.0.0.1:8424", "[::1]:0"; port 0 takes a free one                   */
    unsigned    threads;       /* 0: as many as there are processors                                    */
    unsigned    connections;   /* at most so many at once; 0: 1,000                                     */
    bool        watch;         /* look at the file every second and take a new one (SIGHUP always does)  */
    bool        access_log;    /* a line a request on standard error: time, method, path, status, bytes, µs;
                                  never an address                                                      */
    const char *contact;       /* for /.well-known/security.txt, or NULL                                */
    const char *contact_until; /* its expiry, RFC 3339                                                  */
} pin_server_options;

typedef struct pin_server pin_server;

/* Opens and verifies the index, then listens. PIN_OK; PIN_IO (file or address: `err` says which),
 * PIN_CORRUPT, PIN_UNSUPPORTED, PIN_BAD_INPUT (an address that cannot be read), PIN_NO_SPACE. */
pin_status pin_server_start(pin_server **out, const pin_server_options *options, pin_folder_error *err);
/* "http://127.0.0.1:8424/" */
const char *pin_server_url(const pin_server *server);
uint32_t    pin_server_items(pin_server *server);
/* Serves until SIGINT or SIGTERM; SIGHUP takes the file anew. Requests under way are finished. */
void pin_server_wait(pin_server *server);
/* Stops and frees. Without pin_server_wait it may be called at any time. */
void pin_server_stop(pin_server *server);

#endif
