/* The router of the site: an address in, a page out. Addresses are decoded once, strictly, and then
 * matched part by part; what matches nothing is a 404 that helps. */
#include "core/page/site.h"

#include <string.h>

/* ---- memory and text ---- */

bool pin_site_good(pin_site *s, pin_status status)
{
    if (s->status == PIN_OK)
        s->status = status;
    return s->status == PIN_OK;
}

void *pin_site_take(pin_site *s, size_t count, size_t size)
{
    void *at = pin_arena_take(s->arena, count, size);
    if (!at)
        pin_site_good(s, PIN_NO_SPACE);
    return at;
}

pin_str pin_site_join(pin_site *s, const pin_str *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *at = pin_site_take(s, len, 1);
    if (!at)
        return (pin_str){0};
    pin_buf out = pin_buf_over(at, len);
    for (size_t i = 0; i < count; i++)
        pin_buf_add(&out, parts[i]);
    return pin_buf_str(&out);
}

pin_str pin_site_number(pin_site *s, uint64_t value)
{
    char    digits[24];
    pin_buf out = pin_buf_over(digits, sizeof digits);
    pin_buf_uint(&out, value);
    return PIN_JOIN(s, pin_buf_str(&out));
}

/* ---- addresses ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

bool pin_url_decode(pin_str *out, pin_str text, bool form, pin_arena *arena)
{
    char *to = pin_arena_take(arena, text.len, 1);
    if (!to)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%') {
            if (text.len - i < 3 || hex_digit(text.at[i + 1]) < 0 || hex_digit(text.at[i + 2]) < 0)
                return false;
            c = (char)(hex_digit(text.at[i + 1]) << 4 | hex_digit(text.at[i + 2]));
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return false;
        to[len++] = c;
    }
    pin_str decoded = {to, len};
    if (pin_utf8_valid(decoded) != len)
        return false;
    *out = decoded;
    return true;
}

bool pin_site_parameter(pin_str *out, pin_site *s, pin_str name)
{
    for (size_t at = 0; at < s->query.len;) {
        size_t end = at;
        while (end < s->query.len && s->query.at[end] != '&')
            end++;
        pin_str pair = pin_str_part(s->query, at, end);
        if (pair.len > name.len && pin_str_starts(pair, name) && pair.at[name.len] == '=')
            return pin_url_decode(out, pin_str_part(pair, name.len + 1, pair.len), true, s->arena);
        at = end + 1;
    }
    *out = (pin_str){0};
    return false;
}

bool pin_site_parse_number(uint32_t *out, pin_str text)
{
    uint32_t value = 0;
    if (text.len == 0 || text.len > 9)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!pin_is_digit((uint8_t)text.at[i]))
            return false;
        value = value * 10 + (uint32_t)(text.at[i] - '0');
    }
    *out = value;
    return true;
}

/* ---- the path, part by part ---- */

#define PARTS_MAX 6
typedef struct parts {
    pin_str  at[PARTS_MAX];
    uint32_t count;
    bool     slash; /* the path ends with one: it names a folder */
    bool     odd;   /* empty, "." or ".." parts, or too many     */
} parts;

static parts split(pin_str path)
{
    parts p = {0};
    for (size_t at = 0; at < path.len;) {
        size_t end = at;
        while (end < path.len && path.at[end] != '/')
            end++;
        pin_str part = pin_str_part(path, at, end);
        if (part.len == 0 || pin_str_equal(part, PIN_STR(".")) || pin_str_equal(part, PIN_STR("..")) ||
            p.count == PARTS_MAX) {
            p.odd = true;
            return p;
        }
        p.at[p.count++] = part;
        at = end + 1;
    }
    p.slash = path.len == 0 || path.at[path.len - 1] == '/';
    return p;
}

static bool is(pin_str part, const char *word) { return pin_str_equal(part, pin_str_of(word)); }

/* "./" for the hub, else one "../" for every slash of the address. */
static pin_str root_of(pin_site *s)
{
    size_t depth = 0;
    if (s->options->root.len)
        return s->options->root;
    for (size_t i = 0; i < s->path.len; i++)
        depth += s->path.at[i] == '/';
    if (depth == 0)
        return PIN_STR("./");
    char *at = pin_site_take(s, depth, 3);
    for (size_t i = 0; at && i < depth; i++)
        memcpy(at + 3 * i, "../", 3);
    return at ? (pin_str){at, 3 * depth} : PIN_STR("./");
}

void pin_site_move(pin_site *s, int status, pin_str to)
{
    s->reply->status = status;
    s->reply->location = to;
    s->reply->content_type = PIN_STR("text/plain; charset=utf-8");
    pin_buf_add(s->out, PIN_STR("moved\n"));
}

/* An address for a header: percent-encoded, because ids come from the file and paths from the client, and with
 * one slash at its front, because two would name another host. */
static pin_str header_address(pin_site *s, pin_str path, pin_str query)
{
    while (path.len > 1 && path.at[0] == '/' && path.at[1] == '/')
        path = pin_str_part(path, 1, path.len);
    for (size_t i = 0; i < query.len; i++)
        if (query.at[i] <= 0x20 || query.at[i] > 0x7E)
            query.len = 0; /* nothing that an address may hold */
    size_t  cap = 3 * path.len + query.len + 1;
    char   *at = pin_site_take(s, cap, 1);
    pin_buf out = pin_buf_over(at, at ? cap : 0);
    pin_escape_path(&out, path);
    if (query.len) {
        pin_buf_byte(&out, '?');
        pin_buf_add(&out, query);
    }
    return pin_buf_str(&out);
}

/* "x.md" -> "x" */
static bool without_md(pin_str *stem, pin_str part)
{
    if (part.len <= 3 || !pin_str_equal(pin_str_part(part, part.len - 3, part.len), PIN_STR(".md")))
        return false;
    *stem = pin_str_part(part, 0, part.len - 3);
    return true;
}

static bool find_module(pin_site *s, pin_str slug, uint32_t *number)
{
    pin_status status = pin_index_find_module(number, s->ix, slug);
    return status == PIN_OK || (status != PIN_NOT_FOUND && !pin_site_good(s, status));
}

static bool find_item(pin_site *s, pin_str module, pin_str slug, uint32_t *number)
{
    pin_str    id = PIN_JOIN(s, module, PIN_STR("/"), slug);
    pin_status status = pin_index_find_item(number, s->ix, id, s->arena, s->err);
    return status == PIN_OK || (status != PIN_NOT_FOUND && !pin_site_good(s, status));
}

/* A page of the law that an earlier release had, or nothing. */
static void law_missing(pin_site *s, pin_str wanted)
{
    if (!pin_site_gone(s, pin_str_part(s->path, 0, s->path.len - 1), PIN_STR("/")))
        pin_site_missing(s, wanted);
}

static void route_law(pin_site *s, const parts *p)
{
    uint32_t source, provision;
    if (p->count < 2 || p->count > 3 || pin_index_find_source(&source, s->ix, p->at[1]) != PIN_OK) {
        law_missing(s, s->path);
        return;
    }
    if (p->count == 2) {
        pin_site_law(s, source);
        return;
    }
    pin_status status = pin_index_find_provision(&provision, s->ix, source, p->at[2], s->err);
    if (status == PIN_OK)
        pin_site_provision(s, provision);
    else if (status == PIN_NOT_FOUND)
        law_missing(s, p->at[2]);
    else
        pin_site_good(s, status);
}

/* "/MODULE/SLUG/" of an id that is gone, "/MODULE/SLUG/@0123456789abcdef/", "/MODULE/" of one that is gone:
 * these live for ever, whether or not the module still does. */
static bool route_past(pin_site *s, const parts *p)
{
    bool revision = p->count == 3 && p->at[2].len > 1 && p->at[2].at[0] == '@';
    if (p->count == 1)
        return pin_site_gone_module(s, p->at[0]);
    if (p->count != 2 && !revision)
        return false;
    pin_str id = PIN_JOIN(s, p->at[0], PIN_STR("/"), p->at[1]);
    return revision ? pin_site_revision(s, id, pin_str_part(p->at[2], 1, p->at[2].len))
                    : pin_site_gone(s, id, PIN_STR("/"));
}

/* "/MODULE/", "/MODULE/@page-2/", "/MODULE/SLUG/" */
static void route_module(pin_site *s, const parts *p, bool wants_markdown)
{
    uint32_t module, item, page = 1;
    if (p->count == 3 || !find_module(s, p->at[0], &module)) {
        if (!route_past(s, p))
            pin_site_missing(s, s->path);
        return;
    }
    if (s->status != PIN_OK)
        return;
    bool paged = p->count == 2 && pin_str_starts(p->at[1], PIN_STR("@page-")) &&
                 pin_site_parse_number(&page, pin_str_part(p->at[1], 6, p->at[1].len)) && page >= 2;
    if (p->count == 1 || paged) {
        s->reply->varies = true;
        if (wants_markdown)
            pin_site_markdown_module(s, module);
        else
            pin_site_module(s, module, page);
    } else if (p->count == 2 && find_item(s, p->at[0], p->at[1], &item)) {
        s->reply->varies = true;
        if (s->status == PIN_OK && wants_markdown)
            pin_site_markdown_card(s, item);
        else if (s->status == PIN_OK)
            pin_site_card(s, item);
    } else if (s->status != PIN_OK || !route_past(s, p)) {
        pin_site_missing(s, s->path);
    }
}

/* Was anything published below this module, which need not be there any more? */
static bool had_items(pin_site *s, pin_str module)
{
    uint32_t number;
    pin_past past;
    pin_str  prefix = PIN_JOIN(s, module, PIN_STR("/"));
    return pin_site_good(s, pin_index_past_from(&number, s->ix, prefix, s->err)) &&
           number < pin_index_past_count(s->ix) &&
           pin_site_good(s, pin_index_past_at(&past, s->ix, number, s->arena, s->err)) &&
           pin_str_starts(past.id, prefix);
}

/* Does an address that begins with this part name folders? Then a missing slash is mended by a redirect. */
static bool is_folder_name(pin_site *s, pin_str part)
{
    uint32_t module;
    return is(part, "items") || is(part, "law") || is(part, "search") || find_module(s, part, &module) ||
           had_items(s, part);
}

/* "/MODULE.md", "/MODULE/SLUG.md", "/sitemap.xml" and the like: addresses without a slash at the end. */
static void route_file(pin_site *s, const parts *p)
{
    pin_str  stem;
    uint32_t module, item, part;
    if (p->count == 1 && s->options->index.len && is(p->at[0], "404.html")) {
        pin_site_missing(s, (pin_str){0}); /* what a static host shows for any address that is not there */
    } else if (p->count == 1 && is(p->at[0], "sitemap.xml")) {
        pin_site_sitemap(s, 0);
    } else if (p->count == 1 && is(p->at[0], "opensearch.xml")) {
        pin_site_opensearch(s);
    } else if (p->count == 1 && is(p->at[0], "llms.txt")) {
        pin_site_llms(s);
    } else if (p->count == 2 && is(p->at[0], ".well-known") && is(p->at[1], "security.txt") &&
               s->options->security_contact.len) {
        pin_site_security(s);
    } else if (p->count == 2 && is(p->at[0], "sitemap") && p->at[1].len > 4 &&
               pin_site_parse_number(&part, pin_str_part(p->at[1], 0, p->at[1].len - 4)) && part > 0) {
        pin_site_sitemap(s, part);
    } else if (p->count == 1 && without_md(&stem, p->at[0]) && find_module(s, stem, &module)) {
        pin_site_markdown_module(s, module);
    } else if (p->count == 2 && without_md(&stem, p->at[1]) && find_item(s, p->at[0], stem, &item)) {
        pin_site_markdown_card(s, item);
    } else if (p->count == 1 && without_md(&stem, p->at[0]) && pin_site_gone_module(s, stem)) {
        return;
    } else if (p->count == 2 && without_md(&stem, p->at[1]) &&
               pin_site_gone(s, PIN_JOIN(s, p->at[0], PIN_STR("/"), stem), PIN_STR(".md"))) {
        return;
    } else if (is_folder_name(s, p->at[0])) {
        pin_site_move(s, 301, PIN_JOIN(s, PIN_STR("/"), s->path, PIN_STR("/"))); /* the canonical address has the slash */
    } else {
        pin_site_missing(s, s->path);
    }
}

static void route(pin_site *s, bool wants_markdown)
{
    parts    p = split(s->path);
    uint32_t page = 1;
    if (p.odd) {
        pin_site_missing(s, s->path);
    } else if (p.count >= 2 && is(p.at[0], "api") && is(p.at[1], "v1")) {
        pin_site_api(s, pin_str_part(s->path, 7, s->path.len));
    } else if (!p.slash) {
        route_file(s, &p);
    } else if (p.count == 0) {
        pin_site_hub(s);
    } else if (is(p.at[0], "items")) {
        bool good = p.count == 1 || (p.count == 2 && pin_site_parse_number(&page, p.at[1]) && page >= 2);
        if (good)
            pin_site_items(s, page);
        else
            pin_site_missing(s, s->path);
    } else if (is(p.at[0], "search") && p.count == 1) {
        pin_site_search(s);
    } else if (is(p.at[0], "law")) {
        route_law(s, &p);
    } else {
        route_module(s, &p, wants_markdown);
    }
}

pin_status pin_site_page(pin_site_reply *reply, pin_buf *out, const pin_index *ix, const pin_site_request *request,
                         const pin_site_options *options, pin_arena *arena, pin_error *err)
{
    *reply = (pin_site_reply){.status = 200, .content_type = PIN_STR("text/html; charset=utf-8")};
    pin_site s = {.ix = ix, .options = options, .reply = reply, .out = out, .arena = arena, .err = err,
                  .root = PIN_STR("./")};
    pin_index_release(&s.release, ix);
    s.query = request->query;
    if (request->path.len > PIN_SITE_PATH_MAX) {
        pin_site_refuse(&s, 414, PIN_STR("This address is too long"), PIN_STR("No page here has an address of more than 2,048 bytes."));
    } else if (request->path.len == 0 || request->path.at[0] != '/' ||
               !pin_url_decode(&s.path, pin_str_part(request->path, 1, request->path.len), false, arena)) {
        /* an arena that is merely too small must not look like a bad address */
        if (arena->size - arena->used < request->path.len)
            return PIN_NO_SPACE;
        s.path = (pin_str){0};
        pin_site_refuse(&s, 400, PIN_STR("This address cannot be read"),
                        PIN_STR("It holds an escape that is broken, or bytes that are not text."));
    } else {
        s.root = root_of(&s);
        route(&s, request->markdown);
    }
    if (reply->location.len)
        reply->location = header_address(&s, reply->location, s.query);
    if (reply->alternate.len)
        reply->alternate = header_address(&s, reply->alternate, (pin_str){0});
    if (s.status != PIN_OK)
        return s.status;
    return pin_buf_status(out);
}
