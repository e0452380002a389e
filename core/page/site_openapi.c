/* The OpenAPI 3.1 description: paths from the table of routes, schemas from assets/schemas.json, so that
 * neither can be forgotten when an address is added. */
#include "core/page/site.h"

/* The word before `stop` in *text, which moves behind it. */
static pin_str take_word(pin_str *text, char stop)
{
    size_t end = 0;
    while (end < text->len && text->at[end] != stop)
        end++;
    pin_str word = pin_str_part(*text, 0, end);
    *text = pin_str_part(*text, end + 1, text->len);
    return word;
}

static void member(pin_buf *out, const char *name, pin_str value, bool first)
{
    if (!first)
        pin_buf_byte(out, ',');
    pin_json_string(out, pin_str_of(name));
    pin_buf_byte(out, ':');
    pin_json_string(out, value);
}

/* "q:query:string!" */
static void parameter(pin_buf *out, pin_str spec)
{
    pin_str name = take_word(&spec, ':'), place = take_word(&spec, ':'), type = spec;
    bool    required = type.len && type.at[type.len - 1] == '!';
    if (required)
        type.len--;
    pin_buf_byte(out, '{');
    member(out, "name", name, true);
    member(out, "in", place, false);
    pin_buf_adds(out, required ? ",\"required\":true,\"schema\":{" : ",\"required\":false,\"schema\":{");
    member(out, "type", type, true);
    pin_buf_adds(out, "}}");
}

static void operation(pin_buf *out, const pin_site_route *route)
{
    pin_str parameters = pin_str_of(route->parameters);
    pin_buf_adds(out, "{\"get\":{");
    member(out, "summary", pin_str_of(route->summary), true);
    pin_buf_adds(out, ",\"parameters\":[");
    for (bool first = true; parameters.len; first = false) {
        if (!first)
            pin_buf_byte(out, ',');
        parameter(out, take_word(&parameters, ' '));
    }
    pin_buf_adds(out, "],\"responses\":{\"200\":{\"description\":\"the answer\",\"content\":{\"application/json\":{\"schema\":"
                      "{\"$ref\":\"#/components/schemas/");
    pin_buf_adds(out, route->schema);
    pin_buf_adds(out, "\"}}}},\"default\":{\"description\":\"what was wrong (RFC 9457)\",\"content\":"
                      "{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}}");
}

static pin_str schemas(void)
{
    pin_asset asset;
    for (uint32_t i = 0; pin_site_asset_at(&asset, i); i++)
        if (pin_str_equal(asset.plain_name, PIN_STR("schemas.json")))
            return pin_str_trim(asset.bytes);
    return PIN_STR("{}");
}

void pin_site_openapi(pin_buf *out, pin_str engine)
{
    pin_site_route route;
    pin_buf_adds(out, "{\"openapi\":\"3.1.0\",\"info\":{");
    member(out, "title", PIN_STR("pincite"), true);
    member(out, "version", PIN_STR("1"), false);
    member(out, "description", engine, false);
    pin_buf_adds(out, "},\"paths\":{");
    for (uint32_t i = 0; pin_site_route_at(&route, i); i++) {
        if (i)
            pin_buf_byte(out, ',');
        pin_json_string(out, pin_str_of(route.pattern));
        pin_buf_byte(out, ':');
        operation(out, &route);
    }
    pin_buf_adds(out, "},\"components\":{\"schemas\":");
    pin_buf_add(out, schemas());
    pin_buf_adds(out, "}}");
}

void pin_site_default_options(pin_site_options *out)
{
    pin_asset asset;
    *out = (pin_site_options){0};
    for (uint32_t i = 0; pin_site_asset_at(&asset, i); i++) {
        if (pin_str_equal(asset.plain_name, PIN_STR("style.css")))
            out->style = asset.name;
        if (pin_str_equal(asset.plain_name, PIN_STR("site.js")))
            out->script = asset.name;
        if (pin_str_equal(asset.plain_name, PIN_STR("icon.svg")))
            out->icon = asset.name;
    }
}
