/* pincite serve: the site and the JSON API over HTTP, until it is told to stop. */
#include <signal.h>
#include <string.h>

#include "host/cli/cli.h"
#include "host/server/server.h"

static const pin_cli_option options[] = {
    {"listen", 0, "ADDR:PORT", "where to listen; default 127.0.0.1:8424;\nport 0 takes a free one", false},
    {"threads", 0, "N", "threads that answer; default: one a processor", false},
    {"connections", 0, "N", "most connections at once; default 1000", false},
    {"watch", 0, NULL, "take a new FILE when it is replaced (SIGHUP\nalways does)", false},
    {"access-log", 0, NULL, "a line a request on standard error, never an\naddress", false},
    {"security-contact", 0, "URI", "for /.well-known/security.txt (RFC 9116)", false},
    {"security-expires", 0, "DATE", "its expiry, such as 2027-01-01T00:00:00Z", false},
    {0},
};

/* Signals are blocked before any thread starts, so that pin_server_wait alone takes them. */
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static int run(pin_cli *cli)
{
    pin_server_options o = {
        .path = cli->arguments[0],
        .listen = pin_cli_value(cli, "listen"),
        .watch = pin_cli_has(cli, "watch"),
        .access_log = pin_cli_has(cli, "access-log"),
        .contact = pin_cli_value(cli, "security-contact"),
        .contact_until = pin_cli_value(cli, "security-expires"),
    };
    uint32_t threads, connections;
    if (cli->argument_count > 1)
        return pin_cli_misuse(cli, "one index file at a time: pincite serve FILE");
    if (!pin_cli_number(&threads, cli, "threads", 0, 1, 256) ||
        !pin_cli_number(&connections, cli, "connections", 0, 1, 100000))
        return PIN_EXIT_MISUSE;
    if (o.contact && !o.contact_until)
        return pin_cli_misuse(cli, "--security-contact needs --security-expires: RFC 9116 asks for both");
    o.threads = threads;
    o.connections = connections;
    block_signals();
    pin_server      *server;
    pin_folder_error why = {0};
    if (pin_server_start(&server, &o, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text[0] ? why.text : "not enough memory");
    fprintf(cli->out, "serving %u items at %s\n", pin_server_items(server), pin_server_url(server));
    fflush(cli->out);
    pin_server_wait(server);
    pin_server_stop(server);
    return PIN_EXIT_GOOD;
}

const pin_cli_command pin_cli_serve = {
    .name = "serve",
    .usage = "FILE [options]",
    .summary = "the site and the JSON API over HTTP",
    .about = "Serves the index FILE: pages that work without script, the same answers as JSON\n"
             "under /api/v1/, Markdown twins, a sitemap. Listens on loopback unless told\n"
             "otherwise. The file is checked whole before the first request, and a new one\n"
             "(SIGHUP, or --watch) before it takes over; a bad one is refused and the old one\n"
             "is served on. SIGINT and SIGTERM finish the requests under way and end it.",
    .options = options,
    .examples = "pincite serve faq.pin\n"
                "pincite serve faq.pin --listen 127.0.0.1:9000 --watch",
    .exits = {"it was told to stop", "does not occur", "misuse, an unreadable file, or an address in use"},
    .least = 1,
    .run = run,
};
