/* Starting, reloading and stopping. Signals are taken by one thread with sigwait, so no handler ever runs
 * in the middle of anything. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/server/inside.h"

#define CONNECTION_MEMORY ((size_t)24 << 10) /* request line and headers of one request */
#define IDLE_SECONDS 15u

pin_generation *pin_server_hold(pin_server *server)
{
    pthread_mutex_lock(&server->lock);
    pin_generation *g = server->now;
    atomic_fetch_add(&g->references, 1);
    pthread_mutex_unlock(&server->lock);
    return g;
}

static bool take_file(pin_server *server)
{
    pin_generation  *fresh, *old;
    pin_folder_error err = {.text = "not enough memory"};
    if (pin_generation_open(&fresh, server->options.path, &err) != PIN_OK) {
        atomic_fetch_add(&server->counters.failed_reloads, 1);
        fprintf(stderr, "pincite: %s; still serving the file from before\n", err.text);
        return false;
    }
    uint32_t items = fresh->release.item_count;
    pthread_mutex_lock(&server->lock);
    old = server->now;
    server->now = fresh;
    pthread_mutex_unlock(&server->lock);
    pin_generation_release(old);
    atomic_fetch_add(&server->counters.reloads, 1);
    fprintf(stderr, "pincite: now serving %u items\n", items);
    return true;
}

bool pin_server_reload(pin_server *server)
{
    pthread_mutex_lock(&server->reloading);
    bool taken = take_file(server);
    pthread_mutex_unlock(&server->reloading);
    return taken;
}

/* ---- looking at the file ---- */

typedef struct look {
    ino_t           inode;
    off_t           size;
    struct timespec changed;
} look;

static bool look_at(look *out, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    *out = (look){st.st_ino, st.st_size, st.st_mtim};
    return true;
}

static bool same_look(const look *a, const look *b)
{
    return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Once a second; a file is taken when it looks the same twice, so a copy under way is left alone. */
static void *watch_file(void *cls)
{
    pin_server *server = cls;
    look        served = {0}, last = {0}, here;
    look_at(&served, server->options.path);
    last = served;
    while (!atomic_load(&server->stopping)) {
        sleep(1);
        if (!look_at(&here, server->options.path))
            continue; /* removed: what is open is served on */
        if (!same_look(&here, &served) && same_look(&here, &last)) {
            pin_server_reload(server);
            served = here;
        }
        last = here;
    }
    return NULL;
}

/* ---- the address ---- */

/* "127.0.0.1:8424" or "[::1]:8424" */
static bool parse_listen(struct sockaddr_storage *out, const char *text)
{
    char        host[64];
    const char *colon = strrchr(text, ':');
    char       *end;
    if (!colon || colon == text || (size_t)(colon - text) >= sizeof host)
        return false;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end || port > 65535)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    memset(out, 0, sizeof *out);
    size_t len = strlen(host);
    if (host[0] == '[' && host[len - 1] == ']') {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
        host[len - 1] = '\0';
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host + 1, &six->sin6_addr) == 1;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &four->sin_addr) == 1;
}

static int open_socket(const struct sockaddr_storage *address)
{
    int one = 1;
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    socklen_t len = address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)address, len) != 0 || listen(fd, 1024) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void write_url(pin_server *server, int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t               len = sizeof at;
    char                    host[INET6_ADDRSTRLEN] = "";
    getsockname(fd, (struct sockaddr *)&at, &len);
    if (at.ss_family == AF_INET6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        snprintf(server->url, sizeof server->url, "http://[%s]:%u/", host, ntohs(six->sin6_port));
    } else {
        struct sockaddr_in *four = (struct sockaddr_in *)&at;
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        snprintf(server->url, sizeof server->url, "http://%s:%u/", host, ntohs(four->sin_port));
    }
}

/* ---- the daemon ---- */

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    pin_server *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        atomic_fetch_add(&server->counters.connections, 1);
        *context = info ? pin_watchdog_add(server->watchdog, info->connect_fd) : NULL;
    } else {
        atomic_fetch_sub(&server->counters.connections, 1);
        pin_watchdog_remove(server->watchdog, *context);
        *context = NULL;
    }
}

/* Paths stay as they came: pin_site_page decodes them once, strictly. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static void be_silent(void *cls, const char *format, va_list arguments)
{
    (void)cls;
    (void)format;
    (void)arguments;
}

static bool start_daemon(pin_server *server, int fd)
{
    unsigned cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = server->options.threads ? server->options.threads : cpus ? cpus : 1;
    unsigned connections = server->options.connections ? server->options.connections : 1000;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < connections + 64) {
        files.rlim_cur = files.rlim_max < connections + 64 ? files.rlim_max : connections + 64;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_TURBO, 0, NULL, NULL, pin_answer, server,
        MHD_OPTION_EXTERNAL_LOGGER, be_silent, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, connections < threads ? threads : connections, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, pin_answer_begin, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, pin_answer_end, server, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    return server->daemon != NULL;
}

pin_status pin_server_start(pin_server **out, const pin_server_options *options, pin_folder_error *err)
{
    struct sockaddr_storage address;
    const char             *listen_at = options->listen ? options->listen : "127.0.0.1:8424";
    if (!parse_listen(&address, listen_at)) {
        snprintf(err->text, sizeof err->text, "cannot listen on '%.100s': expected ADDRESS:PORT, for example 127.0.0.1:8424",
                 listen_at);
        return PIN_BAD_INPUT;
    }
    pin_server *server = calloc(1, sizeof *server);
    if (!server)
        return PIN_NO_SPACE;
    server->options = *options;
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->reloading, NULL);
    signal(SIGPIPE, SIG_IGN);
    pin_answer_setup();
    pin_site_default_options(&server->site);
    server->site.security_contact = pin_str_of(options->contact);
    server->site.security_expires = pin_str_of(options->contact_until);
    pin_status status = pin_generation_open(&server->now, options->path, err);
    int        fd = -1;
    if (status == PIN_OK && (fd = open_socket(&address)) < 0) {
        snprintf(err->text, sizeof err->text, "cannot listen on '%.100s': %s", listen_at, strerror(errno));
        status = PIN_IO;
    }
    if (status == PIN_OK) {
        write_url(server, fd);
        server->watchdog = pin_watchdog_start();
        if (!server->watchdog || !start_daemon(server, fd)) {
            snprintf(err->text, sizeof err->text, "cannot start the HTTP server on '%.100s'", listen_at);
            close(fd);
            status = PIN_IO;
        }
    }
    if (status != PIN_OK) {
        pin_server_stop(server);
        return status;
    }
    if (options->watch)
        server->has_reloader = pthread_create(&server->reloader, NULL, watch_file, server) == 0;
    *out = server;
    return PIN_OK;
}

const char *pin_server_url(const pin_server *server) { return server->url; }

uint32_t pin_server_items(pin_server *server)
{
    pin_generation *g = pin_server_hold(server);
    uint32_t        items = g->release.item_count;
    pin_generation_release(g);
    return items;
}

void pin_server_wait(pin_server *server)
{
    sigset_t set;
    int      got = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    while (sigwait(&set, &got) == 0 && got == SIGHUP)
        pin_server_reload(server);
}

void pin_server_stop(pin_server *server)
{
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    if (server->has_reloader)
        pthread_join(server->reloader, NULL);
    if (server->daemon) {
        MHD_socket fd = MHD_quiesce_daemon(server->daemon); /* no new connections; those open are finished */
        for (int tenths = 0; tenths < 50 && atomic_load(&server->counters.connections) > 0; tenths++)
            usleep(100000);
        MHD_stop_daemon(server->daemon);
        if (fd != MHD_INVALID_SOCKET)
            close(fd);
    }
    pin_watchdog_stop(server->watchdog);
    pin_generation_release(server->now);
    pthread_mutex_destroy(&server->lock);
    pthread_mutex_destroy(&server->reloading);
    free(server);
}
