/* The site: an address in, a page out. One table of routes serves the server, the static export and
 * the browser, so the same address says the same thing everywhere. Pure: no sockets, no clock. */
#ifndef PINCITE_SITE_H
#define PINCITE_SITE_H

#include "pincite/page.h"

#define PIN_SITE_PATH_MAX 2048  /* bytes of a path; longer is 414                */
#define PIN_SITE_PER_PAGE 20    /* items on a page of the item index             */
#define PIN_SITE_MODULE_CARDS 100 /* cards on a page of a module                 */

typedef struct pin_site_request {
    pin_str path;     /* as it came, percent-encoded, without the query: "/secure-by-default/"         */
    pin_str query;    /* what stood after '?', percent-encoded, or empty                              */
    bool    markdown; /* the client prefers text/markdown (Accept); for pages that have a twin        */
} pin_site_request;

typedef struct pin_site_options {
    pin_str style, script, icon; /* names of the assets below /assets/; script empty: no script element */
    pin_str security_contact;    /* for /.well-known/security.txt; empty: no such address             */
    pin_str security_expires;    /* RFC 3339 date that RFC 9116 asks for                              */
    /* For a site without a server, which searches by itself (pincite export); all may be empty: */
    pin_str  root;      /* what leads to the hub instead of "../": "/faq/", for 404.html              */
    pin_str  index;     /* the index file, below the root                                             */
    uint32_t index_head; /* bytes of its head                                                         */
    pin_str  module;    /* the search module, below /assets/                                          */
    pin_str  embedded;  /* a script below /assets/ that holds both, for pages opened from a disk       */
    pin_str  policy;    /* Content-Security-Policy, written into the page                             */
    bool     offline;   /* there is a service worker, /offline.js                                     */
} pin_site_options;

typedef struct pin_site_reply {
    int     status;        /* 200, 301, 308, 400, 404, 410, 414                                       */
    pin_str content_type;  /* "text/html; charset=utf-8"                                              */
    pin_str location;      /* for 301 and 308: from the root, percent-encoded, "/x/"                  */
    pin_str updated;       /* date of the content, "2026-03-10", or empty                             */
    pin_str alternate;     /* address of the Markdown twin, percent-encoded, or empty: Link: rel=alternate */
    bool    varies;        /* depends on Accept                                                       */
} pin_site_reply;

/* The page, or the JSON, at an address. Everything but a missing one ends here, too: 404 pages, 404
 * problems of the API, redirects to the canonical address.
 * PIN_OK, PIN_NO_SPACE (buffer: out->len says how much; arena), PIN_CORRUPT, PIN_NEED. */
pin_status pin_site_page(pin_site_reply *reply, pin_buf *out, const pin_index *ix, const pin_site_request *request,
                         const pin_site_options *options, pin_arena *arena, pin_error *err);

/* The routes, for the OpenAPI description and for documentation: number `i`, false past the last. */
typedef struct pin_site_route {
    const char *pattern;     /* "/api/v1/items/{module}/{slug}"  */
    const char *summary;     /* one sentence                     */
    const char *parameters;  /* "q:query:string! k:query:integer" : name, place, type, ! required */
    const char *schema;      /* name of the reply's schema, or NULL for a page */
} pin_site_route;
bool pin_site_route_at(pin_site_route *out, uint32_t i);

/* The OpenAPI 3.1 description of the JSON API, made from the same table of routes. */
void pin_site_openapi(pin_buf *out, pin_str engine);

/* Files that pages load, compiled in: number `i`, false past the last. */
typedef struct pin_asset {
    pin_str name;          /* "style.3f2a91c0.css": the name holds a hash of the content */
    pin_str plain_name;    /* "style.css" */
    pin_str content_type;
    pin_str bytes;
} pin_asset;
bool pin_site_asset_at(pin_asset *out, uint32_t i);
/* The options that name the compiled-in assets. */
void pin_site_default_options(pin_site_options *out);

#endif
