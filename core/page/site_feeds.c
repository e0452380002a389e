/* What other programs fetch from a site: Markdown twins, sitemap, OpenSearch, llms.txt, security.txt. */
#include "core/page/site.h"

static void plain_type(pin_site *s, const char *type) { s->reply->content_type = pin_str_of(type); }

/* ---- Markdown twins ---- */

void pin_site_markdown_card(pin_site *s, uint32_t item)
{
    pin_item it;
    plain_type(s, "text/markdown; charset=utf-8");
    if (pin_site_item(s, item, &it) != PIN_OK)
        return;
    s->reply->updated = it.updated;
    pin_status status = pin_markdown_item(s->out, s->ix, item, s->arena, s->err);
    if (status != PIN_NO_SPACE || pin_buf_status(s->out) == PIN_OK)
        pin_site_good(s, status);
}

void pin_site_markdown_module(pin_site *s, uint32_t number)
{
    pin_module m = {0};
    plain_type(s, "text/markdown; charset=utf-8");
    if (!pin_site_good(s, pin_index_module(&m, s->ix, number, s->err)))
        return;
    s->reply->updated = m.updated;
    pin_buf_adds(s->out, "# ");
    pin_text_line(s->out, m.title);
    pin_buf_adds(s->out, "\n\n");
    if (m.description.len) {
        pin_text_line(s->out, m.description);
        pin_buf_adds(s->out, "\n\n");
    }
    for (uint32_t k = 0; k < m.member_count && s->status == PIN_OK; k++) {
        uint32_t item;
        size_t   mark = s->arena->used;
        if (!pin_site_good(s, pin_index_member(&item, s->ix, number, k, s->err)))
            return;
        pin_site_markdown_card(s, item);
        pin_buf_adds(s->out, "\n---\n\n");
        s->arena->used = mark; /* a card at a time: a large module needs no large arena */
    }
    s->reply->updated = m.updated;
}

/* ---- sitemap (sitemaps.org protocol 0.9): at most 50,000 addresses a file, so parts and an index ---- */

#define SITEMAP_PART 20000

static void sitemap_url(pin_site *s, pin_str path, pin_str updated)
{
    pin_buf_adds(s->out, "<url><loc>");
    pin_escape_text(s->out, pin_page_base(s->ix));
    pin_escape_path(s->out, path);
    pin_buf_adds(s->out, "</loc>");
    if (updated.len) {
        pin_buf_adds(s->out, "<lastmod>");
        pin_escape_text(s->out, updated);
        pin_buf_adds(s->out, "</lastmod>");
    }
    pin_buf_adds(s->out, "</url>\n");
}

static void sitemap_modules(pin_site *s)
{
    sitemap_url(s, PIN_STR("/"), s->release.updated);
    for (uint32_t i = 0; i < s->release.module_count && s->status == PIN_OK; i++) {
        pin_module m = {0};
        if (pin_site_good(s, pin_index_module(&m, s->ix, i, s->err)))
            sitemap_url(s, PIN_JOIN(s, PIN_STR("/"), m.slug, PIN_STR("/")), m.updated);
    }
}

static void sitemap_items(pin_site *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to && s->status == PIN_OK; i++) {
        pin_item item;
        size_t   mark = s->arena->used;
        if (pin_site_item(s, i, &item) == PIN_OK)
            sitemap_url(s, PIN_JOIN(s, PIN_STR("/"), item.id, PIN_STR("/")), item.updated);
        s->arena->used = mark;
    }
}

void pin_site_sitemap(pin_site *s, uint32_t part)
{
    static const char schema[] = "http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
    uint32_t          items = s->release.item_count;
    uint32_t          parts = items / SITEMAP_PART + (items % SITEMAP_PART != 0);
    if (part > parts) {
        pin_site_missing(s, s->path);
        return;
    }
    plain_type(s, "application/xml; charset=utf-8");
    s->reply->updated = s->release.updated;
    pin_buf_adds(s->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if (part == 0 && parts > 1) {
        pin_buf_adds(s->out, "<sitemapindex xmlns=\"");
        pin_buf_adds(s->out, schema);
        for (uint32_t i = 1; i <= parts; i++) {
            pin_buf_adds(s->out, "<sitemap><loc>");
            pin_escape_text(s->out, pin_page_base(s->ix));
            pin_buf_adds(s->out, "/sitemap/");
            pin_buf_uint(s->out, i);
            pin_buf_adds(s->out, ".xml</loc></sitemap>\n");
        }
        pin_buf_adds(s->out, "</sitemapindex>\n");
        return;
    }
    pin_buf_adds(s->out, "<urlset xmlns=\"");
    pin_buf_adds(s->out, schema);
    uint32_t from = part ? (part - 1) * SITEMAP_PART : 0;
    uint32_t to = items - from < SITEMAP_PART ? items : from + SITEMAP_PART;
    if (part <= 1)
        sitemap_modules(s);
    sitemap_items(s, from, to);
    pin_buf_adds(s->out, "</urlset>\n");
}

/* ---- OpenSearch 1.1 description: lets a browser add this site as a search engine ---- */

void pin_site_opensearch(pin_site *s)
{
    pin_str base = pin_page_base(s->ix);
    plain_type(s, "application/opensearchdescription+xml; charset=utf-8");
    pin_buf_adds(s->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>");
    /* at most 16 characters by the specification: cut at a character */
    size_t cut = 0;
    for (size_t at = 0, n = 0; at < s->release.title.len && n < 16; n++) {
        pin_utf8_next(s->release.title, &at);
        cut = at;
    }
    pin_escape_text(s->out, cut ? pin_str_part(s->release.title, 0, cut) : PIN_STR("Questions"));
    pin_buf_adds(s->out, "</ShortName>\n<Description>");
    pin_escape_text(s->out, s->release.title.len ? s->release.title : PIN_STR("Questions and answers"));
    pin_buf_adds(s->out, "</Description>\n<InputEncoding>UTF-8</InputEncoding>\n<Url type=\"text/html\" template=\"");
    pin_escape_attribute(s->out, base);
    pin_buf_adds(s->out, "/search/?q={searchTerms}\"/>\n</OpenSearchDescription>\n");
}

/* ---- llms.txt (llmstxt.org): a Markdown overview with links to the Markdown twins ---- */

void pin_site_llms(pin_site *s)
{
    pin_str base = pin_page_base(s->ix);
    plain_type(s, "text/markdown; charset=utf-8");
    pin_buf_adds(s->out, "# ");
    pin_text_line(s->out, s->release.title.len ? s->release.title : PIN_STR("Questions and answers"));
    pin_buf_adds(s->out, "\n\n> ");
    pin_buf_uint(s->out, s->release.item_count);
    pin_buf_adds(s->out, " questions, each with an answer that cites the provisions it rests on. Every page has a "
                         "Markdown twin: the same address with .md instead of the last slash.\n\n## Modules\n\n");
    for (uint32_t i = 0; i < s->release.module_count && s->status == PIN_OK; i++) {
        pin_module m = {0};
        if (!pin_site_good(s, pin_index_module(&m, s->ix, i, s->err)))
            return;
        pin_buf_adds(s->out, "- [");
        pin_text_line(s->out, m.title);
        pin_buf_adds(s->out, "](");
        pin_buf_add(s->out, base);
        pin_buf_byte(s->out, '/');
        pin_escape_path(s->out, m.slug);
        pin_buf_adds(s->out, ".md)");
        if (m.description.len) {
            pin_buf_adds(s->out, ": ");
            pin_text_line(s->out, m.description);
        }
        pin_buf_byte(s->out, '\n');
    }
    pin_buf_adds(s->out, "\n## Search\n\n- [JSON search API](");
    pin_buf_add(s->out, base);
    pin_buf_adds(s->out, "/api/v1/openapi.json): described by OpenAPI 3.1\n");
}

/* ---- security.txt (RFC 9116) ---- */

void pin_site_security(pin_site *s)
{
    plain_type(s, "text/plain; charset=utf-8");
    pin_buf_adds(s->out, "Contact: ");
    pin_text_line(s->out, s->options->security_contact);
    pin_buf_adds(s->out, "\nExpires: ");
    pin_text_line(s->out, s->options->security_expires);
    pin_buf_adds(s->out, "\n");
}
