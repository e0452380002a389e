/* Any bytes as an address, against a small index whose texts are hostile. Whatever is asked, the answer has a
 * known status, JSON is JSON (jansson judges), and HTML has no element or link that our templates do not
 * make (libxml2 judges). The input is PATH, or PATH?QUERY. */
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <stdint.h>
#include <strings.h>

#include "pincite/site.h"
#include "tests/oracle/search_corpus.h"

#define CHECK(claim) ((claim) ? (void)0 : (fprintf(stderr, "not so: %s\n", #claim), abort()))
#define ROOM (32u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char corpus[] =
    "{\"id\":\"a/sbom\",\"module\":\"A\",\"module_title\":\"<b>A</b>\",\"question\":\"What is a <script>alert(1)</script> software "
    "bill of materials (SBOM)?\",\"answer\":\"A list of the [components](javascript:alert(1)), see Annex I Part II point (1) of "
    "the CRA. <img src=x onerror=alert(1)>\",\"status\":\"Draft\",\"author\":\"\\\"><svg onload=alert(1)>\"}\n"
    "{\"id\":\"b/support\",\"module\":\"B\",\"question\":\"How long is the 'support' \\\"period\\\" & why?\",\"answer\":\"Five "
    "years (Article 13(8) of the CRA).\\n\\n| a | b |\\n| - | - |\\n| <i> | </table> |\",\"citations\":[{\"source\":\"</script>\","
    "\"note\":\"<b>\",\"quote\":\"]]>\"}]}\n"
    "{\"id\":\"c/empty\",\"module\":\"C\",\"question\":\"Unanswered?\",\"answer\":\"\"}\n";

static opened           o;
static void            *room, *page;
static pin_site_options options;

static bool is_ours(const char *element)
{
    static const char *const ours[] = {
        "html", "head",  "meta",   "title", "link", "script", "body",  "a",     "header", "div",  "form",   "label",   "input",
        "button", "nav", "main",   "section", "h1", "h2",     "h3",    "p",     "dl",     "dt",   "dd",     "time",    "ul",
        "ol",   "li",    "span",   "q",     "kbd",  "code",   "footer", "article", "aside", "blockquote", "table", "tr", "td",
        "th",   "em",    "strong", "del",   "ins",  "mark",   "output", "svg",  "rect",   "br",   "hr",     "h4",      "h5",
        "h6",   "pre",   "details", "summary", "tbody", "thead", "noscript", "small", "template", "select", "option", "figure", "figcaption"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(element, ours[i]) == 0)
            return true;
    return false;
}

static void check_element(const xmlNode *node)
{
    CHECK(is_ours((const char *)node->name));
    bool data = false, source = false, script = strcmp((const char *)node->name, "script") == 0;
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *name = (const char *)a->name, *value = a->children ? (const char *)a->children->content : NULL;
        CHECK(strncmp(name, "on", 2) != 0 && strcmp(name, "style") != 0);
        if (value && (strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0)) {
            CHECK(strncasecmp(value, "javascript:", 11) != 0 && strncasecmp(value, "data:", 5) != 0);
            source |= script && strstr(value, "assets/");
        }
        data |= script && value && strcmp(name, "type") == 0 && strcmp(value, "application/ld+json") == 0;
    }
    CHECK(!script || data || source);
}

static void check_tree(const xmlNode *node)
{
    for (; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE) {
            check_element(node);
            check_tree(node->children);
        }
}

static void check_body(const pin_site_reply *reply, pin_str body)
{
    if (pin_str_starts(reply->content_type, PIN_STR("text/html"))) {
        htmlDocPtr doc = htmlReadMemory(body.at, (int)body.len, NULL, "UTF-8",
                                        HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
        CHECK(doc != NULL);
        check_tree(xmlDocGetRootElement(doc));
        xmlFreeDoc(doc);
    } else if (pin_str_starts(reply->content_type, PIN_STR("application/json")) ||
               pin_str_starts(reply->content_type, PIN_STR("application/problem+json"))) {
        json_t *value = json_loadb(body.at, body.len, JSON_REJECT_DUPLICATES, NULL);
        CHECK(value != NULL);
        json_decref(value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!room) {
        room = malloc(ROOM);
        page = malloc(ROOM);
        CHECK(room && page && open_corpus(&o, PIN_STR(corpus), NULL));
        pin_site_default_options(&options);
    }
    pin_str          text = {(const char *)data, size};
    size_t           mark = 0;
    pin_site_reply   reply;
    while (mark < size && text.at[mark] != '?')
        mark++;
    pin_site_request wanted = {.path = pin_str_part(text, 0, mark), .query = pin_str_part(text, mark + 1, size),
                               .markdown = size % 5 == 4};
    pin_arena        arena = pin_arena_over(room, ROOM);
    pin_buf          out = pin_buf_over(page, ROOM);
    pin_status       status = pin_site_page(&reply, &out, o.ix, &wanted, &options, &arena, NULL);
    CHECK(status == PIN_OK);
    CHECK(reply.status == 200 || reply.status == 301 || reply.status == 308 || reply.status == 400 ||
          reply.status == 404 || reply.status == 410 || reply.status == 414);
    check_body(&reply, pin_buf_str(&out));
    return 0;
}
