/* pincite export: the site as a static folder that searches itself in the browser. */
#include <string.h>

#include "host/cli/cli.h"
#include "host/export/export.h"

static const pin_cli_option options[] = {
    {"base", 0, "URL", "where the site will live: https://example.org/faq/;\ndefault: as pincite.yml said", false},
    {"embed", 0, NULL, "let the search work from a disk (file://) too; for an\nindex of at most 2 MB", false},
    {"offline", 0, NULL, "a service worker: after one visit no network is needed", false},
    {"no-compress", 0, NULL, "no .br and .gz twins beside the files", false},
    {"lean", 0, NULL, "no Markdown and JSON twins of cards and provisions", false},
    {"threads", 0, "N", "threads that write; default: one a processor", false},
    {"component", 0, "DIR", "only the search box for other sites, its script and\nits module, into DIR (docs/component.md)", false},
    {"json", 0, NULL, "report as one line of JSON", false},
    {0},
};

typedef struct progress {
    pin_cli *cli;
    double   start, shown;
} progress;

static void show_progress(void *ctx, uint64_t done, uint64_t total, uint64_t bytes)
{
    progress *p = ctx;
    double    now = pin_cli_seconds(), spent = now - p->start;
    char      size[32];
    if (now - p->shown < 0.2 || spent <= 0)
        return;
    p->shown = now;
    double left = done ? spent * (double)(total - done) / (double)done : 0;
    fprintf(p->cli->err, "\r\x1b[K%llu of %llu, %s, %.0f a second, %.0f s left", (unsigned long long)done,
            (unsigned long long)total, pin_cli_size(size, bytes), (double)done / spent, left);
    fflush(p->cli->err);
}

static void print_json(pin_cli *cli, const pin_export_report *r, double seconds)
{
    fprintf(cli->out,
            "{\"items\":%u,\"pages\":%llu,\"files\":%llu,\"bytes\":%llu,\"fresh\":%llu,\"same\":%llu,\"gone\":%llu,"
            "\"kept\":%llu,\"searches\":%s,\"exchanged\":%s,\"seconds\":%.3f}\n",
            r->items, (unsigned long long)r->pages, (unsigned long long)r->files, (unsigned long long)r->bytes,
            (unsigned long long)r->fresh, (unsigned long long)r->same, (unsigned long long)r->gone,
            (unsigned long long)r->kept, r->searches ? "true" : "false", r->exchanged ? "true" : "false", seconds);
}

static void print_report(pin_cli *cli, const pin_export_report *r, double seconds)
{
    char size[32];
    fprintf(cli->out, "%u items, %llu pages, %llu files, %s: %llu written, %llu unchanged, %llu removed, in %.2f s\n", r->items,
            (unsigned long long)r->pages, (unsigned long long)r->files, pin_cli_size(size, r->bytes),
            (unsigned long long)r->fresh, (unsigned long long)r->same, (unsigned long long)r->gone, seconds);
    if (r->kept)
        pin_cli_note(cli, "%llu entries of the folder that no export wrote were kept", (unsigned long long)r->kept);
    if (!r->searches)
        pin_cli_note(cli, "this program was built without clang and lld: the site lists its items, but cannot search");
    if (!r->exchanged)
        pin_cli_note(cli, "this file system cannot exchange folders: the new one came by two renames");
}

static int run(pin_cli *cli)
{
    uint32_t         threads;
    pin_folder_error why = {0};
    const char      *component = pin_cli_value(cli, "component");
    if (component && cli->argument_count > 0)
        return pin_cli_misuse(cli, "--component takes no index file: pincite export --component DIR");
    if (component)
        return pin_export_component(component, &why) == PIN_OK ? PIN_EXIT_GOOD : pin_cli_misuse(cli, "%s", why.text);
    if (cli->argument_count < 2)
        return pin_cli_misuse(cli, "an index file and a folder are wanted: pincite export FILE DIR");
    if (cli->argument_count > 2)
        return pin_cli_misuse(cli, "one index file and one folder: pincite export FILE DIR");
    if (!pin_cli_number(&threads, cli, "threads", 0, 1, 64))
        return PIN_EXIT_MISUSE;
    progress           p = {.cli = cli, .start = pin_cli_seconds()};
    pin_export_options o = {
        .index = cli->arguments[0],
        .folder = cli->arguments[1],
        .base = pin_cli_value(cli, "base"),
        .plain = pin_cli_has(cli, "no-compress"),
        .lean = pin_cli_has(cli, "lean"),
        .embed = pin_cli_has(cli, "embed"),
        .offline = pin_cli_has(cli, "offline"),
        .threads = threads,
        .progress = cli->err_terminal ? show_progress : NULL,
        .progress_ctx = &p,
    };
    pin_export_report report;
    pin_status        status = pin_export(&report, &o, &why);
    if (p.shown > 0)
        fputs("\r\x1b[K", cli->err);
    if (status != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text[0] ? why.text : "out of memory");
    if (pin_cli_has(cli, "json"))
        print_json(cli, &report, pin_cli_seconds() - p.start);
    else
        print_report(cli, &report, pin_cli_seconds() - p.start);
    return PIN_EXIT_GOOD;
}

const pin_cli_command pin_cli_export = {
    .name = "export",
    .usage = "FILE DIR [options]\n--component DIR",
    .summary = "the site as a folder for any static host, searching in the browser",
    .about = "Writes every page of the site of FILE into DIR, at the addresses that the server\n"
             "has, with relative links, so that it also works below a path. Search runs in the\n"
             "browser: the page fetches the parts of the index that a query needs. The new\n"
             "folder takes the place of the old one in one step, and only when it is whole.\n"
             "Files that did not change keep their time; entries of DIR that no export wrote\n"
             "(CNAME, .git) are kept. DIR must be new, empty, or written by an export.\n"
             "How to serve it: docs/export.md.",
    .options = options,
    .examples = "pincite export faq.pin public\n"
                "pincite export faq.pin public --base https://example.org/faq/ --offline",
    .exits = {"the folder is in place", "does not occur", "misuse, an unreadable file, or a failed write: DIR is as it was"},
    .least = 0,
    .run = run,
};
