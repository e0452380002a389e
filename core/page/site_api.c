/* The JSON API under /api/v1/, and the table of routes from which its OpenAPI description is made.
 * Errors are problems (RFC 9457). */
#include "core/page/site.h"

typedef void handler(pin_site *s, pin_str rest);

typedef struct api_route {
    pin_site_route about;
    const char    *prefix; /* what `rest` must start with; "items/" takes what follows as its argument */
    handler       *run;
} api_route;

/* ---- problems ---- */

static void problem(pin_site *s, int status, const char *title, pin_str detail)
{
    s->reply->status = status;
    s->reply->content_type = PIN_STR("application/problem+json");
    pin_buf_adds(s->out, "{\"type\":\"about:blank\",\"title\":");
    pin_json_string(s->out, pin_str_of(title));
    pin_buf_adds(s->out, ",\"status\":");
    pin_buf_uint(s->out, (uint64_t)status);
    pin_buf_adds(s->out, ",\"detail\":");
    pin_json_string(s->out, detail);
    pin_buf_adds(s->out, "}");
}

/* Notes how a JSON writer ended; what it cannot find becomes a problem. */
static void answered(pin_site *s, pin_status status, pin_str wanted)
{
    if (status == PIN_NOT_FOUND)
        problem(s, 404, "not found", PIN_JOIN(s, PIN_STR("there is no '"), wanted, PIN_STR("' in this index")));
    else if (status != PIN_NO_SPACE || pin_buf_status(s->out) == PIN_OK)
        pin_site_good(s, status); /* a buffer too small is seen at the end, with all that was wanted counted */
}

/* ---- handlers ---- */

static void api_search(pin_site *s, pin_str rest)
{
    (void)rest;
    pin_str            query = {0}, k = {0};
    pin_search_options options = {.k = 10};
    if (!pin_site_parameter(&query, s, PIN_STR("q"))) {
        problem(s, 400, "bad request", PIN_STR("the parameter q is missing or is not UTF-8"));
        return;
    }
    pin_site_parameter(&options.module, s, PIN_STR("module"));
    pin_site_parameter(&options.status, s, PIN_STR("status"));
    if (pin_site_parameter(&k, s, PIN_STR("k")) &&
        (!pin_site_parse_number(&options.k, k) || options.k == 0 || options.k > 100)) {
        problem(s, 400, "bad request", PIN_STR("the parameter k must be a number from 1 to 100"));
        return;
    }
    pin_hits   hits = {0};
    pin_status status = pin_search(&hits, s->ix, query, &options, s->arena, s->err);
    if (status == PIN_LIMIT)
        problem(s, 414, "query too long", PIN_STR("a query has at most 1 MiB"));
    else if (status != PIN_OK)
        answered(s, status, options.module);
    else
        answered(s, pin_json_search(s->out, s->ix, query, &hits, &(pin_json_options){0}, s->arena, s->err), query);
}

/* "module/slug/@0123456789abcdef" */
static bool api_revision(pin_site *s, pin_str name)
{
    size_t at = name.len;
    while (at > 0 && name.at[at - 1] != '@')
        at--;
    if (at < 2 || name.at[at - 2] != '/')
        return false;
    pin_str      id = pin_str_part(name, 0, at - 2);
    pin_revision found[2];
    pin_status   status = pin_index_find_revision(found, s->ix, id, pin_str_part(name, at, name.len), s->arena, s->err);
    if (status == PIN_BAD_INPUT)
        problem(s, 400, "bad request", PIN_STR("a revision is named by 8 to 64 hexadecimal digits"));
    else if (status == PIN_LIMIT)
        problem(s, 400, "bad request", PIN_STR("these digits fit two revisions of the item: add more"));
    else if (status != PIN_OK)
        answered(s, status, name);
    else
        answered(s, pin_json_revision(s->out, s->ix, id, &found[0], s->arena, s->err), name);
    return true;
}

/* 410 with what is known of it, or a redirect to what took its place. */
static bool api_gone(pin_site *s, pin_str id)
{
    pin_past   past;
    pin_status status = pin_index_past(&past, s->ix, id, s->arena, s->err);
    if (status == PIN_NOT_FOUND || (status == PIN_OK && past.fate == PIN_FATE_LIVES))
        return false;
    if (status == PIN_OK && (past.fate == PIN_FATE_MOVED || past.fate == PIN_FATE_MERGED) && past.target.len) {
        pin_site_move(s, 301, PIN_JOIN(s, PIN_STR("/api/v1/items/"), past.target));
        return true;
    }
    s->reply->status = 410;
    s->reply->content_type = PIN_STR("application/problem+json");
    if (status == PIN_OK)
        status = pin_json_gone(s->out, s->ix, &past, PIN_STR("about:blank"), 410, s->arena, s->err);
    answered(s, status, id);
    return true;
}

static void api_item(pin_site *s, pin_str id)
{
    uint32_t   item;
    pin_status status = pin_index_find_item(&item, s->ix, id, s->arena, s->err);
    if (status == PIN_NOT_FOUND && (api_revision(s, id) || api_gone(s, id)))
        return;
    if (status == PIN_OK)
        status = pin_json_item(s->out, s->ix, item, s->arena, s->err);
    answered(s, status, id);
}

/* "cra/art_13.par_8" or "cra:art_13.par_8" */
static void api_provision(pin_site *s, pin_str name)
{
    size_t   cut = 0;
    uint32_t source, provision;
    while (cut < name.len && name.at[cut] != '/' && name.at[cut] != ':')
        cut++;
    pin_status status = pin_index_find_source(&source, s->ix, pin_str_part(name, 0, cut));
    if (status == PIN_OK)
        status = pin_index_find_provision(&provision, s->ix, source, pin_str_part(name, cut + 1, name.len), s->err);
    if (status == PIN_OK)
        status = pin_json_provision(s->out, s->ix, provision, s->arena, s->err);
    answered(s, status, name);
}

static void api_citing(pin_site *s, pin_str name)
{
    size_t      cut = 0;
    uint32_t    source, provision;
    pin_citings citings = {0};
    while (cut < name.len && name.at[cut] != '/' && name.at[cut] != ':')
        cut++;
    pin_status status = pin_index_find_source(&source, s->ix, pin_str_part(name, 0, cut));
    if (status == PIN_OK)
        status = pin_index_find_provision(&provision, s->ix, source, pin_str_part(name, cut + 1, name.len), s->err);
    if (status == PIN_OK)
        status = pin_index_citing(&citings, s->ix, provision, s->arena, s->err);
    if (status == PIN_OK)
        status = pin_json_citing(s->out, s->ix, provision, &citings, s->arena, s->err);
    answered(s, status, name);
}

static void api_coverage(pin_site *s, pin_str rest)
{
    (void)rest;
    answered(s, pin_json_coverage(s->out, s->ix, s->arena, s->err), PIN_STR("coverage"));
}

static void api_openapi(pin_site *s, pin_str rest)
{
    (void)rest;
    pin_site_openapi(s->out, s->release.engine);
}

static const api_route routes[] = {
    {{"/api/v1/search", "The best cards for a query.", "q:query:string! k:query:integer module:query:string status:query:string", "Search"},
     "search", api_search},
    {{"/api/v1/items/{module}/{slug}", "One card: answer, citations and the cited words.", "module:path:string! slug:path:string!", "Item"},
     "items/", api_item},
    {{"/api/v1/items/{module}/{slug}/@{revision}", "One card as it stood: the answer and the words of the law of that day.",
      "module:path:string! slug:path:string! revision:path:string!", "Revision"},
     "items/", api_item},
    {{"/api/v1/provisions/{source}/{provision}", "One provision with its words.", "source:path:string! provision:path:string!", "Provision"},
     "provisions/", api_provision},
    {{"/api/v1/citing/{source}/{provision}", "Every item that cites a provision, and how.", "source:path:string! provision:path:string!", "Citing"},
     "citing/", api_citing},
    {{"/api/v1/coverage", "What is read, indexed, skipped, cited and left uncited.", "", "Coverage"}, "coverage", api_coverage},
    {{"/api/v1/openapi.json", "This description.", "", "OpenApi"}, "openapi.json", api_openapi},
};
#define ROUTES (sizeof routes / sizeof *routes)

bool pin_site_route_at(pin_site_route *out, uint32_t i)
{
    if (i >= ROUTES)
        return false;
    *out = routes[i].about;
    return true;
}

void pin_site_api(pin_site *s, pin_str rest)
{
    s->reply->content_type = PIN_STR("application/json");
    s->reply->updated = s->release.updated;
    for (size_t i = 0; i < ROUTES; i++) {
        pin_str prefix = pin_str_of(routes[i].prefix);
        bool    takes_argument = prefix.at[prefix.len - 1] == '/';
        if (!pin_str_starts(rest, prefix) || (takes_argument ? rest.len == prefix.len : rest.len != prefix.len))
            continue;
        pin_str argument = pin_str_part(rest, prefix.len, rest.len);
        if (argument.len > 1 && argument.at[argument.len - 1] == '/')
            argument.len--;
        routes[i].run(s, argument);
        return;
    }
    problem(s, 404, "not found", PIN_STR("no such address in the API; /api/v1/openapi.json lists them"));
}
