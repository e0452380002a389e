/* Template escaping by context, with libxml2's HTML parser as the judge: whatever the text, a page made of
 * it in every context has exactly the elements of the page made of "x", no further attribute, and no link
 * that runs script. */
#include <libxml/HTMLparser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/page/escape.h"

#define ROOM ((size_t)1 << 20)

static void write_page(pin_buf *out, pin_str text)
{
    pin_buf_adds(out, "<html><body><p title=\"");
    pin_escape_attribute(out, text);
    pin_buf_adds(out, "\">");
    pin_escape_text(out, text);
    pin_buf_adds(out, "</p><a href=\"");
    pin_escape_url(out, text);
    pin_buf_adds(out, "\">u</a><a href=\"/");
    pin_escape_path(out, text);
    pin_buf_adds(out, "/?q=");
    pin_escape_query(out, text);
    pin_buf_adds(out, "\">q</a><script type=\"application/ld+json\">");
    pin_escape_json(out, text);
    pin_buf_adds(out, "</script><i>end</i></body></html>");
}

static void require(int good)
{
    if (!good)
        abort();
}

static int starts_with_script(const char *url)
{
    while (*url && (unsigned char)*url <= ' ')
        url++;
    return strncasecmp(url, "javascript:", 11) == 0 || strncasecmp(url, "data:", 5) == 0 ||
           strncasecmp(url, "vbscript:", 9) == 0;
}

/* Names of elements and attributes, in order; values of links are looked at. */
static void outline(pin_buf *out, const xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        pin_buf_byte(out, '<');
        pin_buf_adds(out, (const char *)node->name);
        for (const xmlAttr *a = node->properties; a; a = a->next) {
            pin_buf_byte(out, ' ');
            pin_buf_adds(out, (const char *)a->name);
            if (strcmp((const char *)a->name, "href") == 0 && a->children && a->children->content)
                require(!starts_with_script((const char *)a->children->content));
        }
        outline(out, node->children);
        pin_buf_byte(out, '>');
    }
}

static size_t judge(char *to, pin_str text)
{
    char   *page = malloc(ROOM);
    pin_buf out = pin_buf_over(page, ROOM);
    write_page(&out, text);
    require(pin_buf_status(&out) == PIN_OK);
    htmlDocPtr doc = htmlReadMemory(page, (int)out.len, NULL, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    pin_buf seen = pin_buf_over(to, 4096);
    require(doc != NULL);
    outline(&seen, xmlDocGetRootElement(doc));
    require(pin_buf_status(&seen) == PIN_OK);
    xmlFreeDoc(doc);
    free(page);
    return seen.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char   plain[4096];
    static size_t plain_len;
    char          hostile[4096];
    if (size > 20000)
        return 0;
    if (plain_len == 0)
        plain_len = judge(plain, PIN_STR("x"));
    size_t len = judge(hostile, (pin_str){(const char *)data, size});
    require(len == plain_len && memcmp(hostile, plain, len) == 0);
    return 0;
}
