/* What static hosts have to be told: types, how long to keep, the policy, what must not be compressed. Each
 * host has its own file for that; those that a host does not know are files like others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/export/inside.h"

/* In the pages themselves; frame-ancestors cannot stand there, so the files below add it. */
const char pin_export_policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'";

static bool put_text(pin_writer *w, const char *name, const char *text) { return pin_writer_put(w, name, pin_str_of(text), PIN_TWIN_NONE); }

#define NO_RULES 99

/* `form` with {root} and {policy} filled in, then the rules about what is gone. */
static bool fill_form(pin_buf *out, const pin_export_run *run, const char *form, int rules)
{
    for (const char *at = form; *at;) {
        if (strncmp(at, "{root}", 6) == 0) {
            pin_buf_adds(out, run->root);
            at += 6;
        } else if (strncmp(at, "{policy}", 8) == 0) {
            pin_buf_adds(out, pin_export_policy);
            at += 8;
        } else {
            pin_buf_byte(out, *at++);
        }
    }
    return rules == NO_RULES || pin_export_add_rules(out, run, (pin_export_rules)rules);
}

static bool put_form(const pin_export_run *run, pin_writer *w, const char *name, const char *form, int rules)
{
    pin_buf measure = {0};
    if (!fill_form(&measure, run, form, rules))
        return false;
    char   *text = malloc(measure.len + 1);
    pin_buf out = pin_buf_over(text, text ? measure.len : 0);
    bool    good = fill_form(&out, run, form, rules) && pin_buf_status(&out) == PIN_OK &&
                pin_writer_put(w, name, pin_buf_str(&out), PIN_TWIN_NONE);
    free(text);
    return good;
}

/* Netlify, Cloudflare Pages and others: _headers. */
static bool netlify(const pin_export_run *run, pin_writer *w)
{
    static const char form[] =
        "/*\n"
        "  Content-Security-Policy: {policy}; frame-ancestors 'none'\n"
        "  X-Content-Type-Options: nosniff\n"
        "  Referrer-Policy: no-referrer\n"
        "  Cross-Origin-Opener-Policy: same-origin\n"
        "/assets/*\n"
        "  Cache-Control: public, max-age=31536000, immutable\n"
        "/api/v1/*\n"
        "  Content-Type: application/json\n"
        "  Access-Control-Allow-Origin: *\n"
        "/*.md\n"
        "  Content-Type: text/markdown; charset=utf-8\n";
    return put_form(run, w, "_headers", form, NO_RULES) &&
           put_form(run, w, "_redirects", "# Addresses that moved, for Netlify and Cloudflare Pages: FROM TO STATUS\n"
                                          "{root}items/1/ {root}items/ 301\n", PIN_RULES_REDIRECTS);
}

static bool apache(const pin_export_run *run, pin_writer *w)
{
    static const char form[] =
        "# For Apache: pre-compressed twins, types, how long to keep.\n"
        "Options -MultiViews -Indexes\n"
        "DirectorySlash On\n"
        "ErrorDocument 404 {root}404.html\n"
        "AddType application/wasm .wasm\n"
        "AddType text/markdown;charset=utf-8 .md\n"
        "AddType application/octet-stream .pin\n"
        "<IfModule mod_headers.c>\n"
        "  Header always set Content-Security-Policy \"{policy}; frame-ancestors 'none'\"\n"
        "  Header always set X-Content-Type-Options nosniff\n"
        "  Header always set Referrer-Policy no-referrer\n"
        "  <FilesMatch \"\\.[0-9a-f]{8,16}\\.(css|js|svg|json|wasm|wasm\\.gz|pin)$\">\n"
        "    Header set Cache-Control \"public, max-age=31536000, immutable\"\n"
        "  </FilesMatch>\n"
        "</IfModule>\n"
        "# Parts of the index are fetched by range: it must not be compressed on the way.\n"
        "<FilesMatch \"\\.(pin|wasm\\.gz)$\">\n"
        "  SetEnv no-gzip 1\n"
        "  SetEnv no-brotli 1\n"
        "  RemoveEncoding .gz\n"
        "  ForceType application/octet-stream\n"
        "</FilesMatch>\n"
        "<IfModule mod_rewrite.c>\n"
        "  RewriteEngine On\n"
        "  RewriteRule ^items/1/$ {root}items/ [R=301,L]\n"
        "  RewriteRule ^api/v1/(items|provisions|citing|coverage) - [T=application/json]\n"
        "  RewriteCond %{HTTP:Accept-Encoding} br\n"
        "  RewriteCond %{REQUEST_FILENAME}.br -f\n"
        "  RewriteRule ^(.+\\.(html|css|js|svg|json|xml|txt|md|wasm))$ $1.br [E=PIN_CODING:br,L]\n"
        "  RewriteCond %{HTTP:Accept-Encoding} gzip\n"
        "  RewriteCond %{REQUEST_FILENAME}.gz -f\n"
        "  RewriteRule ^(.+\\.(html|css|js|svg|json|xml|txt|md))$ $1.gz [E=PIN_CODING:gzip,L]\n"
        "  RewriteRule \\.html\\.(br|gz)$ - [T=text/html,E=no-gzip:1,E=no-brotli:1]\n"
        "  RewriteRule \\.css\\.(br|gz)$ - [T=text/css,E=no-gzip:1,E=no-brotli:1]\n"
        "  RewriteRule \\.js\\.(br|gz)$ - [T=text/javascript,E=no-gzip:1,E=no-brotli:1]\n"
        "  RewriteRule \\.md\\.(br|gz)$ - [T=text/markdown,E=no-gzip:1,E=no-brotli:1]\n"
        "  <IfModule mod_headers.c>\n"
        "    Header set Content-Encoding %{PIN_CODING}e env=PIN_CODING\n"
        "    Header append Vary Accept-Encoding\n"
        "  </IfModule>\n"
        "</IfModule>\n";
    return put_form(run, w, ".htaccess", form, PIN_RULES_APACHE);
}

static bool nginx(const pin_export_run *run, pin_writer *w)
{
    static const char form[] =
        "# For nginx: include this file in a server block whose root holds the site at {root}.\n"
        "# gzip_static and brotli_static serve the pre-compressed twins (brotli needs its module).\n"
        "error_page 404 {root}404.html;\n"
        "location {root} {\n"
        "    index index.html;\n"
        "    gzip_static on;\n"
        "    types { text/html html; text/css css; text/javascript js; image/svg+xml svg; application/json json;\n"
        "            text/markdown md; text/plain txt; application/xml xml; application/wasm wasm;\n"
        "            application/octet-stream pin gz; }\n"
        "    charset utf-8;\n"
        "    add_header Content-Security-Policy \"{policy}; frame-ancestors 'none'\" always;\n"
        "    add_header X-Content-Type-Options nosniff always;\n"
        "    add_header Referrer-Policy no-referrer always;\n"
        "}\n"
        "location ^~ {root}api/v1/ {\n"
        "    default_type application/json;\n"
        "    gzip_static on;\n"
        "}\n"
        "location ^~ {root}assets/ {\n"
        "    gzip_static on;\n"
        "    types { text/css css; text/javascript js; image/svg+xml svg; application/json json;\n"
        "            application/wasm wasm; application/octet-stream pin gz; }\n"
        "    add_header Cache-Control \"public, max-age=31536000, immutable\";\n"
        "    # ranges of the index must come as they are\n"
        "    location ~ \\.(pin|gz)$ { gzip off; gzip_static off; add_header Cache-Control \"public, max-age=31536000, immutable\"; }\n"
        "}\n"
        "location = {root}items/1/ { return 301 {root}items/; }\n";
    return put_form(run, w, "_nginx.conf", form, PIN_RULES_NGINX);
}

/* ---- the service worker ---- */

#define OFFLINE_MODULES 500

static void add_file(pin_buf *out, const char *before, pin_str name, const char *after)
{
    pin_buf_adds(out, ",\"");
    pin_buf_adds(out, before);
    pin_buf_add(out, name);
    pin_buf_adds(out, after);
    pin_buf_byte(out, '"');
}

static void add_offline_files(pin_buf *out, const pin_export_run *run)
{
    pin_asset asset;
    pin_buf_adds(out, "\"\",\"search/\",\"items/\",\"404.html\"");
    for (uint32_t i = 0; pin_site_asset_at(&asset, i); i++)
        if (pin_str_equal(asset.name, run->site.style) || pin_str_equal(asset.name, run->site.icon))
            add_file(out, "assets/", asset.name, "");
    add_file(out, "assets/", run->site.script, "");
    for (uint32_t i = 0; run->site.module.len && pin_web_asset_at(&asset, i); i++)
        if (pin_str_equal(asset.name, run->site.module) ||
            pin_str_equal(asset.plain_name, PIN_STR("citations.wasm.gz")))
            add_file(out, "assets/", asset.name, "");
    if (run->report->index_len <= (32u << 20))
        add_file(out, "", pin_str_of(run->index_name), "");
    for (uint32_t i = 0; i < run->release.module_count && i < OFFLINE_MODULES; i++) {
        pin_module m;
        if (pin_index_module(&m, run->ix, i, NULL) == PIN_OK && pin_export_plain_name(m.slug))
            add_file(out, "", m.slug, "/"); /* no quotation mark, no line end: it stays within its string */
    }
}

static bool service_worker(const pin_export_run *run, pin_writer *w)
{
    pin_asset asset = {0};
    size_t    cap = 256 << 10;
    char     *text = malloc(cap);
    for (uint32_t i = 0; pin_web_asset_at(&asset, i) && !pin_str_equal(asset.plain_name, PIN_STR("offline.js")); i++)
        ;
    pin_buf out = pin_buf_over(text, text ? cap : 0);
    char    id[24];
    snprintf(id, sizeof id, "%016llx", (unsigned long long)run->release.file_id);
    pin_buf_adds(&out, "self.pinciteOffline={\"release\":\"");
    pin_buf_adds(&out, id);
    pin_buf_byte(&out, '-'); /* a new program may make other pages of the same index */
    pin_buf_add(&out, run->site.script);
    pin_buf_add(&out, run->site.style);
    pin_buf_adds(&out, "\",\"files\":[");
    add_offline_files(&out, run);
    pin_buf_adds(&out, "]};\n");
    pin_buf_add(&out, asset.bytes);
    bool good = pin_buf_status(&out) == PIN_OK && pin_writer_put(w, "offline.js", pin_buf_str(&out), PIN_TWINS);
    free(text);
    return good;
}

/* ---- all of it ---- */

/* The names at the top of the folder that are ours. */
static bool marker(const pin_export_run *run, pin_writer *w)
{
    static const char fixed[] =
        PIN_EXPORT_MARKER "\nindex.html\nsearch\nitems\nlaw\napi\nassets\nsitemap\nsitemap.xml\nsitemap.xml.gz\nsitemap.xml.br\n"
        "llms.txt\nllms.txt.gz\nllms.txt.br\nopensearch.xml\nopensearch.xml.gz\nopensearch.xml.br\n404.html\n404.html.gz\n"
        "404.html.br\nindex.html.gz\nindex.html.br\noffline.js\noffline.js.gz\noffline.js.br\n_headers\n_redirects\n"
        "_nginx.conf\n.htaccess\n.nojekyll\n";
    size_t  cap = sizeof fixed + 64;
    for (uint32_t i = 0; i < run->release.module_count; i++) {
        pin_module m;
        if (pin_index_module(&m, run->ix, i, NULL) == PIN_OK)
            cap += 4 * m.slug.len + 24;
    }
    pin_buf measure = {0};
    if (!pin_export_add_rules(&measure, run, PIN_RULES_MARKER))
        return false;
    cap += measure.len;
    char *text = malloc(cap);
    pin_buf out = pin_buf_over(text, text ? cap : 0);
    pin_buf_adds(&out, fixed);
    if (!pin_export_add_rules(&out, run, PIN_RULES_MARKER)) {
        free(text);
        return false;
    }
    for (uint32_t i = 0; i < run->release.module_count; i++) {
        static const char *const ends[] = {"\n", ".md\n", ".md.gz\n", ".md.br\n"};
        pin_module               m;
        if (pin_index_module(&m, run->ix, i, NULL) != PIN_OK || !pin_export_plain_name(m.slug))
            continue; /* it has no page; and a name of several lines would claim what others put here */
        for (int e = 0; e < 4; e++) {
            pin_buf_add(&out, m.slug);
            pin_buf_adds(&out, ends[e]);
        }
    }
    bool good = pin_buf_status(&out) == PIN_OK && pin_writer_put(w, PIN_EXPORT_MARKER, pin_buf_str(&out), PIN_TWIN_NONE);
    free(text);
    return good;
}

bool pin_export_hosting(pin_export_run *run, pin_writer *w)
{
    return netlify(run, w) && apache(run, w) && nginx(run, w) && put_text(w, ".nojekyll", "") &&
           (!run->options->offline || service_worker(run, w)) && marker(run, w);
}
