/* One request, one answer: what libmicrohttpd calls. The page itself comes from pin_site_page; here are
 * methods, conditions, ranges, compression and the headers that keep a reader safe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "host/server/inside.h"

#define PATH_SHOWN 200
#define ADDRESS_MAX 16384 /* bytes of an address in a header of ours */
#define ROOM_FIRST ((size_t)512 << 10)
#define ROOM_MAX ((size_t)256 << 20)
#define ROOM_KEPT ((size_t)8 << 20)   /* a thread gives back what a page needed beyond this           */
#define BODIES_MAX ((size_t)512 << 20) /* of all pages in memory, kept or on their way to slow clients */
#define KEEP_MOST (PIN_CACHE_ROOM / 8) /* larger pages would push out all others                      */
#define COMPRESS_FROM 1024
#define COMPRESS_WELL_TO ((size_t)1 << 20) /* beyond, the effort would cost a thread seconds */
#define PAGE_ROOM 4096 /* bytes that a page has beside its bodies: headers, its key */
#define BROTLI_QUALITY 9
#define BROTLI_FAST 4
#define GZIP_LEVEL 9
#define GZIP_FAST 4

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                             "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* ---- the request, from its first line to its end ---- */

typedef struct request {
    char         *uri; /* as it came */
    pin_watched  *watched;
    bool          seen; /* the headers have been looked at */
    uint64_t      began;
    int           status;
    size_t        sent;
} request;

uint64_t pin_server_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void *pin_answer_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
    (void)cls;
    request *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->uri = strdup(uri);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    r->watched = info ? info->socket_context : NULL;
    return r;
}

/* What a client sent, so that nothing drives a terminal. */
static void clean(char *out, size_t size, const char *text)
{
    size_t n = 0;
    for (; text && text[n] && n < size - 1; n++)
        out[n] = text[n] > 0x20 && text[n] < 0x7F ? text[n] : '?';
    out[n] = '\0';
}

static void log_line(const pin_server *server, const request *r, const char *method, uint64_t micros)
{
    if (!server->options.access_log)
        return;
    char      shown[PATH_SHOWN + 1], verb[17];
    char      when[32];
    time_t    now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    clean(shown, sizeof shown, r->uri);
    clean(verb, sizeof verb, method);
    fprintf(stderr, "%s %s %s %d %zu %lluus\n", when, verb, shown, r->status, r->sent, (unsigned long long)micros);
}

void pin_answer_end(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    request *r = *state;
    if (!r)
        return;
    pin_watchdog_allow(r->watched, PIN_REQUEST_SECONDS); /* for the next request on this connection */
    free(r->uri);
    free(r);
    *state = NULL;
}

/* ---- room to make a page in: one a thread ---- */

typedef struct room {
    void  *arena, *body;
    size_t arena_size, body_size;
} room;

static pthread_key_t  room_key;
static pthread_once_t room_once = PTHREAD_ONCE_INIT;

static void room_free(void *at)
{
    room *r = at;
    free(r->arena);
    free(r->body);
    free(r);
}

static void room_key_make(void) { pthread_key_create(&room_key, room_free); }
void        pin_answer_setup(void) { pthread_once(&room_once, room_key_make); }

static bool grow(void **at, size_t *size, size_t wanted)
{
    if (wanted <= *size)
        return true;
    if (wanted > ROOM_MAX)
        return false;
    free(*at);
    *at = malloc(wanted);
    *size = *at ? wanted : 0;
    return *at != NULL;
}

static room *room_here(void)
{
    room *r = pthread_getspecific(room_key);
    if (!r && (r = calloc(1, sizeof *r)))
        pthread_setspecific(room_key, r);
    if (!r || !grow(&r->arena, &r->arena_size, ROOM_FIRST) || !grow(&r->body, &r->body_size, ROOM_FIRST))
        return NULL;
    return r;
}

static void trim(void **at, size_t *size)
{
    if (*size <= ROOM_KEPT)
        return;
    free(*at);
    *at = NULL;
    *size = 0;
}

static void room_trim(void)
{
    room *r = pthread_getspecific(room_key);
    if (r) {
        trim(&r->arena, &r->arena_size);
        trim(&r->body, &r->body_size);
    }
}

/* ---- making a page ---- */

static pin_status make_site(pin_site_reply *reply, pin_str *body, const pin_server *server, const pin_generation *g,
                            const pin_site_request *wanted)
{
    room *r = room_here();
    while (r) {
        pin_arena  arena = pin_arena_over(r->arena, r->arena_size);
        pin_buf    out = pin_buf_over(r->body, r->body_size);
        pin_status status = pin_site_page(reply, &out, g->ix, wanted, &server->site, &arena, NULL);
        *body = pin_buf_str(&out);
        if (status != PIN_NO_SPACE)
            return status;
        bool body_short = out.len > out.cap;
        if (!(body_short ? grow(&r->body, &r->body_size, out.len + out.len / 8)
                         : grow(&r->arena, &r->arena_size, r->arena_size * 4)))
            return PIN_NO_SPACE;
    }
    return PIN_NO_SPACE;
}

static void header(struct MHD_Response *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

static void safety_headers(struct MHD_Response *response)
{
    header(response, "Content-Security-Policy", policy);
    header(response, "X-Content-Type-Options", "nosniff");
    header(response, "Referrer-Policy", "no-referrer");
    header(response, "Cross-Origin-Opener-Policy", "same-origin");
    header(response, "Cross-Origin-Resource-Policy", "same-origin");
    header(response, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()");
}

/* A date of the content as HTTP writes it, midnight UTC; false when it is none. */
static bool http_date(char out[40], pin_str date)
{
    struct tm day = {0};
    char      text[11];
    if (date.len != 10)
        return false;
    memcpy(text, date.at, 10);
    text[10] = '\0';
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (!end || *end)
        return false;
    time_t t = timegm(&day); /* fills the weekday */
    gmtime_r(&t, &day);
    return strftime(out, 40, "%a, %d %b %Y 00:00:00 GMT", &day) > 0;
}

static void link_header(struct MHD_Response *response, pin_str alternate)
{
    char text[ADDRESS_MAX + 64];
    if (alternate.len == 0 || alternate.len > ADDRESS_MAX)
        return;
    snprintf(text, sizeof text, "<%.*s>; rel=\"alternate\"; type=\"text/markdown\"", (int)alternate.len, alternate.at);
    header(response, "Link", text);
}

/* What a 304 repeats (RFC 9110, 15.4.5): a cache replaces its own by these, so they are the same everywhere. */
static void cache_headers(struct MHD_Response *response, const pin_page *page, int coding)
{
    header(response, "ETag", page->etags[coding]);
    header(response, "Vary", page->varies ? "Accept-Encoding, Accept" : "Accept-Encoding");
    header(response, "Cache-Control", page->for_ever ? "public, max-age=31536000, immutable" : "no-cache");
}

static void common_headers(struct MHD_Response *response, const pin_page *page, int coding, const pin_site_reply *reply)
{
    static const char *const names[] = {NULL, "gzip", "br"};
    char                     date[40];
    safety_headers(response);
    header(response, "Content-Type", page->type);
    cache_headers(response, page, coding);
    if (coding)
        header(response, "Content-Encoding", names[coding]);
    else
        header(response, "Accept-Ranges", "bytes");
    if (reply && http_date(date, reply->updated))
        header(response, "Last-Modified", date);
    if (reply)
        link_header(response, reply->alternate);
}

/* Strong: it names the very bytes that go out. */
static void make_etag(char out[40], pin_str body, int coding)
{
    static const char *const ends[] = {"", "-gz", "-br"};
    snprintf(out, 40, "\"%016llx%s\"", (unsigned long long)pin_server_hash(body), ends[coding]);
}

/* Bodies live until the last client has taken them, and a client takes its time: they are counted, so that
 * clients together cannot take all memory. */
static atomic_size_t bodies;

typedef struct held_body {
    void  *bytes;
    size_t len;
} held_body;

static void let_body_go(void *at)
{
    held_body *held = at;
    atomic_fetch_sub(&bodies, held->len);
    free(held->bytes);
    free(held);
}

/* Takes `bytes` over; NULL when all bodies together would be too many. */
static struct MHD_Response *response_of(void *bytes, size_t len)
{
    struct MHD_Response *response = NULL;
    held_body           *held = malloc(sizeof *held);
    size_t               before = atomic_fetch_add(&bodies, len);
    if (held && len <= BODIES_MAX && before <= BODIES_MAX - len) {
        *held = (held_body){bytes, len};
        response = MHD_create_response_from_buffer_with_free_callback_cls(len, bytes, let_body_go, held);
    }
    if (!response) {
        atomic_fetch_sub(&bodies, len);
        free(held);
        free(bytes);
    }
    return response;
}

/* A page with its own copy of `body`; compressed forms only for what may be kept. */
static pin_page *make_page(pin_str body, pin_str type, const pin_site_reply *reply, int status, bool compress, bool for_ever)
{
    pin_page *page = calloc(1, sizeof *page);
    char     *copy = malloc(body.len ? body.len : 1);
    bool      well = body.len <= COMPRESS_WELL_TO;
    if (!page || !copy || type.len >= sizeof page->type) {
        free(page);
        free(copy);
        return NULL;
    }
    memcpy(page->type, type.at, type.len);
    if (body.len)
        memcpy(copy, body.at, body.len);
    page->status = status;
    page->varies = reply && reply->varies;
    page->for_ever = for_ever;
    page->body = (pin_str){copy, body.len};
    page->room = sizeof *page + PAGE_ROOM + body.len;
    for (int coding = 0; coding < PIN_CODINGS; coding++) {
        void  *bytes = copy;
        size_t len = body.len;
        if (coding && (!compress || body.len < COMPRESS_FROM))
            continue;
        if (coding == PIN_CODING_GZIP && !pin_gzip(&bytes, &len, body, well ? GZIP_LEVEL : GZIP_FAST))
            continue;
        if (coding == PIN_CODING_BROTLI && !pin_brotli(&bytes, &len, body, well ? BROTLI_QUALITY : BROTLI_FAST))
            continue;
        page->responses[coding] = response_of(bytes, len);
        if (!page->responses[coding]) {
            if (coding)
                continue;
            free(page);
            return NULL;
        }
        page->room += coding ? len : 0;
        make_etag(page->etags[coding], body, coding);
        common_headers(page->responses[coding], page, coding, reply);
        if (reply && reply->location.len && reply->location.len <= ADDRESS_MAX) {
            char to[ADDRESS_MAX + 1];
            snprintf(to, sizeof to, "%.*s", (int)reply->location.len, reply->location.at);
            header(page->responses[coding], "Location", to);
        }
    }
    return page;
}

/* ---- what the client accepts ---- */

/* Is `token` in this comma-separated list, without q=0? */
static bool accepts(const char *list, const char *token)
{
    size_t len = strlen(token);
    for (const char *at = list; at && *at;) {
        while (*at == ' ' || *at == '\t' || *at == ',')
            at++;
        const char *end = at + strcspn(at, ",");
        if (strncasecmp(at, token, len) == 0 && (at[len] == '\0' || strchr(",; \t", at[len]))) {
            const char *q = at + len;
            while (q < end && *q != 'q')
                q++;
            return !(q + 1 < end && q[1] == '=' && strtod(q + 2, NULL) <= 0.0);
        }
        at = end;
    }
    return false;
}

static const char *request_header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static int choose_coding(struct MHD_Connection *connection, const pin_page *page)
{
    const char *accepted = request_header(connection, "Accept-Encoding");
    if (page->responses[PIN_CODING_BROTLI] && accepts(accepted, "br"))
        return PIN_CODING_BROTLI;
    if (page->responses[PIN_CODING_GZIP] && accepts(accepted, "gzip"))
        return PIN_CODING_GZIP;
    return PIN_CODING_NONE;
}

/* RFC 9110, 13.1.2: a list of entity tags, or "*"; weak comparison. */
static bool tag_matches(const char *list, const char *etag)
{
    if (!list)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = strstr(list, etag); at; at = strstr(at + 1, etag))
        return true;
    return false;
}

/* RFC 9110, 14: one range of bytes. 0: ignore, 1: satisfiable, -1: not. */
static int parse_range(const char *text, size_t len, size_t *from, size_t *to)
{
    unsigned long long a = 0, b = 0;
    char              *end;
    if (!text || strncasecmp(text, "bytes=", 6) != 0 || strchr(text, ','))
        return 0;
    text += 6;
    if (*text == '-') {
        b = strtoull(text + 1, &end, 10);
        if (text[1] < '0' || text[1] > '9' || *end)
            return 0;
        if (b == 0 || len == 0)
            return -1;
        *from = b < len ? len - (size_t)b : 0;
        *to = len;
        return 1;
    }
    if (*text < '0' || *text > '9')
        return 0;
    a = strtoull(text, &end, 10);
    if (*end != '-' || (end[1] && (end[1] < '0' || end[1] > '9')))
        return 0;
    b = end[1] ? strtoull(end + 1, &end, 10) : (unsigned long long)len - 1;
    if (end[0] == '-' ? end[1] != '\0' : *end != '\0')
        return 0;
    if (a >= len)
        return -1;
    if (b < a)
        return 0;
    *from = (size_t)a;
    *to = b >= len ? len : (size_t)b + 1;
    return 1;
}

/* ---- sending ---- */

static enum MHD_Result queue(struct MHD_Connection *connection, request *r, int status, struct MHD_Response *response,
                             size_t len)
{
    r->status = status;
    r->sent = len;
    pin_watchdog_allow(r->watched, PIN_ANSWER_SECONDS + (unsigned)(len >> 16));
    return MHD_queue_response(connection, (unsigned)status, response);
}

static enum MHD_Result send_text(struct MHD_Connection *connection, request *r, int status, const char *text,
                                 const char *name, const char *value)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    safety_headers(response);
    header(response, "Content-Type", "text/plain; charset=utf-8");
    header(response, "Cache-Control", "no-store");
    if (name)
        header(response, name, value);
    enum MHD_Result sent = queue(connection, r, status, response, strlen(text));
    MHD_destroy_response(response);
    return sent;
}

/* Clients that are slow to take what they asked for hold all the memory there is for it. */
static enum MHD_Result send_busy(struct MHD_Connection *connection, request *r)
{
    return send_text(connection, r, 503, "too much is under way, try again soon\n", "Retry-After", "5");
}

static enum MHD_Result send_not_modified(struct MHD_Connection *connection, request *r, const pin_page *page, int coding)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    safety_headers(response);
    cache_headers(response, page, coding);
    enum MHD_Result sent = queue(connection, r, 304, response, 0);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result send_range(struct MHD_Connection *connection, request *r, const pin_page *page, size_t from, size_t to)
{
    char  range[80];
    char *copy = malloc(to - from); /* the page may leave the cache before the client has taken its part */
    if (!copy)
        return MHD_NO;
    memcpy(copy, page->body.at + from, to - from);
    struct MHD_Response *response = response_of(copy, to - from);
    if (!response)
        return send_busy(connection, r);
    common_headers(response, page, PIN_CODING_NONE, NULL);
    snprintf(range, sizeof range, "bytes %zu-%zu/%zu", from, to - 1, page->body.len);
    header(response, "Content-Range", range);
    enum MHD_Result sent = queue(connection, r, 206, response, to - from);
    MHD_destroy_response(response);
    return sent;
}

/* Ranges are defined for GET alone (RFC 9110, 14.2). */
static enum MHD_Result send_page(struct MHD_Connection *connection, request *r, const pin_page *page, bool is_get)
{
    size_t      from, to;
    const char *if_range = request_header(connection, "If-Range");
    const char *wanted = is_get ? request_header(connection, "Range") : NULL;
    int         coding = wanted ? PIN_CODING_NONE : choose_coding(connection, page);
    if (page->status == 200 && tag_matches(request_header(connection, "If-None-Match"), page->etags[coding]))
        return send_not_modified(connection, r, page, coding);
    if (wanted && page->status == 200 && (!if_range || strcmp(if_range, page->etags[PIN_CODING_NONE]) == 0)) {
        int kind = parse_range(wanted, page->body.len, &from, &to);
        if (kind > 0)
            return send_range(connection, r, page, from, to);
        if (kind < 0) {
            char all[40];
            snprintf(all, sizeof all, "bytes */%zu", page->body.len);
            return send_text(connection, r, 416, "no such range\n", "Content-Range", all);
        }
    }
    return queue(connection, r, page->status, page->responses[coding], page->body.len);
}

/* ---- where a page comes from ---- */

static bool find_asset(pin_asset *out, pin_str name)
{
    for (uint32_t i = 0; pin_site_asset_at(out, i); i++)
        if (pin_str_equal(out->name, name))
            return true;
    return false;
}

static pin_page *asset_page(pin_str path)
{
    pin_asset asset;
    if (!pin_str_starts(path, PIN_STR("/assets/")) || !find_asset(&asset, pin_str_part(path, 8, path.len)))
        return NULL;
    return make_page(asset.bytes, asset.content_type, NULL, 200, true, true);
}

static pin_page *metrics_page(pin_server *server, const pin_generation *g)
{
    char    text[8192];
    pin_buf out = pin_buf_over(text, sizeof text);
    pin_counters_write(&out, &server->counters, &g->release);
    return make_page(pin_buf_str(&out), PIN_STR("text/plain; version=0.0.4; charset=utf-8"), NULL, 200, false, false);
}

/* May the page depend on its query? Only a search does; an address in a spelling of its own might be one. */
static bool reads_query(const pin_site_request *wanted)
{
    return wanted->query.len && (memchr(wanted->path.at, '%', wanted->path.len) ||
                                 memmem(wanted->path.at, wanted->path.len, "search", 6));
}

/* Kept are pages that a link names; what a query or a metric makes is used once. */
static pin_page *page_for(pin_server *server, pin_generation *g, const pin_site_request *wanted, pin_str key)
{
    bool      keep = !reads_query(wanted);
    pin_page *page = keep ? pin_page_cache_find(g->pages, key) : NULL;
    if (page)
        return page;
    if (pin_str_equal(wanted->path, PIN_STR("/healthz")))
        return make_page(PIN_STR("ok\n"), PIN_STR("text/plain; charset=utf-8"), NULL, 200, false, false);
    if (pin_str_equal(wanted->path, PIN_STR("/metrics")))
        return metrics_page(server, g);
    page = asset_page(wanted->path);
    if (!page) {
        pin_site_reply reply;
        pin_str        body;
        if (make_site(&reply, &body, server, g, wanted) != PIN_OK)
            return NULL;
        if (pin_str_starts(wanted->path, PIN_STR("/search/")) || pin_str_equal(wanted->path, PIN_STR("/api/v1/search")))
            atomic_fetch_add(&server->counters.searches, 1);
        keep = keep && reply.status == 200 && body.len <= KEEP_MOST;
        page = make_page(body, reply.content_type, &reply, reply.status, keep, false);
        room_trim();
    }
    return page && keep ? pin_page_cache_put(g->pages, key, page) : page;
}

static enum MHD_Result answer(pin_server *server, struct MHD_Connection *connection, request *r, bool is_get)
{
    char             key_room[PIN_SITE_PATH_MAX + 8];
    pin_generation  *g = pin_server_hold(server);
    const char      *uri = r->uri ? r->uri : "/";
    const char      *mark = strchr(uri, '?');
    pin_site_request wanted = {
        .path = {uri, mark ? (size_t)(mark - uri) : strlen(uri)},
        .query = mark ? pin_str_of(mark + 1) : (pin_str){0},
        .markdown = accepts(request_header(connection, "Accept"), "text/markdown"),
    };
    pin_buf key = pin_buf_over(key_room, sizeof key_room);
    pin_buf_adds(&key, wanted.markdown ? "md " : "   ");
    if (wanted.path.len <= PIN_SITE_PATH_MAX)
        pin_buf_add(&key, wanted.path);
    enum MHD_Result sent;
    pin_page       *page = page_for(server, g, &wanted, pin_buf_str(&key));
    if (page) {
        sent = send_page(connection, r, page, is_get);
        pin_page_cache_let_go(g->pages, page); /* libmicrohttpd holds the response until it is sent */
    } else {
        sent = atomic_load(&bodies) > BODIES_MAX / 2 ? send_busy(connection, r)
                                                     : send_text(connection, r, 500, "this page could not be made\n", NULL, NULL);
    }
    pin_generation_release(g);
    return sent;
}

enum MHD_Result pin_answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                           const char *version, const char *upload, size_t *upload_len, void **state)
{
    pin_server *server = cls;
    request    *r = *state;
    (void)url;
    (void)version;
    (void)upload;
    if (!r)
        return MHD_NO;
    if (*upload_len)
        return MHD_NO; /* a body where none belongs: it was refused at the first call, this is the rest of it */
    const char     *length = request_header(connection, "Content-Length");
    bool            has_body = (length && strtoull(length, NULL, 10) != 0) || request_header(connection, "Transfer-Encoding");
    bool            known = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    enum MHD_Result sent;
    /* An answer given at the first call, when only the headers are there, ends the connection: right for
     * what is refused, wrong for everything else. */
    if (!r->seen && known && !has_body) {
        r->seen = true;
        return MHD_YES;
    }
    r->began = pin_server_micros();
    if (!known)
        sent = send_text(connection, r, 405, "only GET and HEAD are answered here\n", "Allow", "GET, HEAD");
    else if (has_body)
        sent = send_text(connection, r, 413, "a request here has no body\n", NULL, NULL);
    else
        sent = answer(server, connection, r, strcmp(method, "GET") == 0);
    uint64_t micros = pin_server_micros() - r->began;
    pin_counters_add(&server->counters, r->status, r->sent, micros);
    log_line(server, r, method, micros);
    return sent;
}
