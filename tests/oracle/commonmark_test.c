/* What we make of Markdown against what cmark-gfm, another program by other people, makes of it. Our
 * blocks are written as HTML by this test alone; both sides are normalised only where HTML does not
 * care: white space between tags and runs of spaces.
 *
 * Not among the snippets, because we mean to differ: raw HTML (text with us), an image inside a link
 * (its words), a link without an address (its words), titles of links (left out), double brackets and
 * footnotes (ours), and tabs at the start of a line of code, which md4c turns into spaces. */
#include "indexer/corpus/testing.h"

#include <unistd.h>

#include "core/bytes/bytes.h"

/* ---- Our blocks as HTML ---- */
typedef struct html {
    char  *at;
    size_t len, cap;
    bool   in_head, in_body;
} html;

static void add(html *h, const char *text, size_t len)
{
    if (h->len + len + 1 > h->cap) {
        h->cap = (h->len + len + 1) * 2;
        h->at = realloc(h->at, h->cap);
        assert_non_null(h->at);
    }
    memcpy(h->at + h->len, text, len);
    h->len += len;
    h->at[h->len] = '\0';
}

static void adds(html *h, const char *text) { add(h, text, strlen(text)); }

static void add_escaped(html *h, pin_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '<':
            adds(h, "&lt;");
            break;
        case '>':
            adds(h, "&gt;");
            break;
        case '&':
            adds(h, "&amp;");
            break;
        case '"':
            adds(h, "&quot;");
            break;
        default:
            add(h, &text.at[i], 1);
        }
    }
}

/* Addresses as cmark writes them: what is not allowed in a URL in percents. */
static void add_url(html *h, pin_str url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.at[i];
        char          percent[4];
        if (c == '&') {
            adds(h, "&amp;");
        } else if (c > 126 || c <= ' ' || strchr("\"<>\\^`{|}[]", c)) {
            snprintf(percent, sizeof percent, "%%%02X", c);
            adds(h, percent);
        } else {
            add(h, &url.at[i], 1);
        }
    }
}

static const char *cell_align(uint32_t align)
{
    static const char *const names[] = {"", " align=\"left\"", " align=\"center\"", " align=\"right\""};
    return names[align];
}

static void open_row(html *h, bool head)
{
    if (head && !h->in_head)
        adds(h, "<thead>");
    if (!head && !h->in_body)
        adds(h, "<tbody>");
    h->in_head = head;
    h->in_body = h->in_body || !head;
    adds(h, "<tr>");
}

static void begin(html *h, const pin_block *b)
{
    char tag[64];
    switch (b->op) {
    case PIN_B_PARAGRAPH:
        adds(h, "<p>");
        break;
    case PIN_B_HEADING:
        snprintf(tag, sizeof tag, "<h%u>", b->number);
        adds(h, tag);
        break;
    case PIN_B_LIST:
        adds(h, "<ul>");
        break;
    case PIN_B_NUMBERED:
        snprintf(tag, sizeof tag, b->number == 1 ? "<ol>" : "<ol start=\"%u\">", b->number);
        adds(h, tag);
        break;
    case PIN_B_ENTRY:
        adds(h, "<li>");
        break;
    case PIN_B_QUOTE:
        adds(h, "<blockquote>");
        break;
    case PIN_B_TABLE:
        adds(h, "<table>");
        h->in_head = h->in_body = false;
        break;
    case PIN_B_ROW:
        open_row(h, b->number);
        break;
    case PIN_B_CELL:
        adds(h, h->in_head ? "<th" : "<td");
        adds(h, cell_align(b->number));
        adds(h, ">");
        break;
    case PIN_B_EMPHASIS:
        adds(h, "<em>");
        break;
    case PIN_B_STRONG:
        adds(h, "<strong>");
        break;
    case PIN_B_STRIKE:
        adds(h, "<del>");
        break;
    case PIN_B_LINK:
        adds(h, "<a href=\"");
        add_url(h, b->text);
        adds(h, "\">");
        break;
    default:
        fail_msg("no tag for opcode %u", b->op);
    }
}

static void end(html *h, uint32_t op, uint32_t level)
{
    static const char *const tags[] = {
        [PIN_B_PARAGRAPH] = "</p>",   [PIN_B_LIST] = "</ul>",          [PIN_B_NUMBERED] = "</ol>",
        [PIN_B_ENTRY] = "</li>",      [PIN_B_QUOTE] = "</blockquote>", [PIN_B_EMPHASIS] = "</em>",
        [PIN_B_STRONG] = "</strong>", [PIN_B_STRIKE] = "</del>",       [PIN_B_LINK] = "</a>"};
    char tag[16];
    if (op == PIN_B_HEADING) {
        snprintf(tag, sizeof tag, "</h%u>", level);
        adds(h, tag);
    } else if (op == PIN_B_CELL) {
        adds(h, h->in_head ? "</th>" : "</td>");
    } else if (op == PIN_B_ROW) {
        adds(h, h->in_head ? "</tr></thead>" : "</tr>");
    } else if (op == PIN_B_TABLE) {
        adds(h, h->in_body ? "</tbody></table>" : "</table>");
    } else {
        adds(h, tags[op]);
    }
}

static void leaf(html *h, const pin_block *b)
{
    switch (b->op) {
    case PIN_B_CODE_BLOCK:
        adds(h, "<pre><code");
        if (b->text.len) {
            adds(h, " class=\"language-");
            add_escaped(h, b->text);
            adds(h, "\"");
        }
        adds(h, ">");
        add_escaped(h, b->extra);
        adds(h, b->extra.len ? "\n</code></pre>" : "</code></pre>");
        break;
    case PIN_B_RULE:
        adds(h, "<hr />");
        break;
    case PIN_B_TEXT:
        add_escaped(h, b->text);
        break;
    case PIN_B_CODE:
        adds(h, "<code>");
        add_escaped(h, b->text);
        adds(h, "</code>");
        break;
    case PIN_B_BREAK:
        adds(h, "<br />");
        break;
    default:
        adds(h, "<img src=\"");
        add_url(h, b->text);
        adds(h, "\" alt=\"");
        add_escaped(h, b->extra);
        adds(h, "\" />");
    }
}

static html to_html(pin_str blocks)
{
    html           h = {0};
    pin_block_walk walk;
    pin_block      b;
    uint32_t       level = 0;
    adds(&h, "");
    pin_block_walk_init(&walk, blocks);
    while (pin_block_next(&walk, &b)) {
        level = b.op == PIN_B_HEADING ? b.number : level;
        if (b.op == PIN_B_END)
            end(&h, b.number, level);
        else if (b.op >= PIN_B_TEXT || b.op == PIN_B_CODE_BLOCK || b.op == PIN_B_RULE)
            leaf(&h, &b);
        else
            begin(&h, &b);
    }
    assert_false(walk.failed);
    return h;
}

/* ---- Both sides in one form ---- */
static bool starts(const char *at, const char *what) { return strncmp(at, what, strlen(what)) == 0; }

/* Is the tag at `at` one that white space around it does not matter for? */
static bool is_block_tag(const char *at)
{
    static const char *const names[] = {"p>",  "h3>", "h4>",         "h5>",    "h6>",    "ul>",
                                        "ol",  "li>", "blockquote>", "table>", "thead>", "tbody>",
                                        "tr>", "th",  "td",          "hr />",  "pre>",   "br />"};
    at += at[1] == '/' ? 2 : 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (starts(at, names[i]))
            return true;
    return false;
}

static char *normal(const char *text)
{
    char  *out = malloc(strlen(text) + 1);
    size_t len = 0;
    bool   pre = false, after_block = true;
    for (const char *at = text; *at; at++) {
        if (starts(at, "<pre>"))
            pre = true;
        if (starts(at, "</pre>"))
            pre = false;
        if (!pre && (*at == ' ' || *at == '\n' || *at == '\t')) {
            while (at[1] == ' ' || at[1] == '\n' || at[1] == '\t')
                at++;
            if (!after_block && !(at[1] == '<' && is_block_tag(at + 1)) && at[1])
                out[len++] = ' ';
            continue;
        }
        if (*at == '<' && is_block_tag(at)) {
            while (*at != '>')
                out[len++] = *at++;
            out[len++] = '>';
            after_block = true;
            continue;
        }
        out[len++] = *at;
        after_block = false;
    }
    while (len && (out[len - 1] == ' ' || out[len - 1] == '\n'))
        len--;
    out[len] = '\0';
    return out;
}

/* ---- The other program ---- */
static char *cmark(const char *markdown, size_t len)
{
    char  path[] = "/tmp/pincite-commonmark-XXXXXX", command[200];
    int   fd = mkstemp(path);
    char *out = calloc(1, 1 << 20);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, markdown, len), (ssize_t)len);
    close(fd);
    snprintf(command, sizeof command, "cmark-gfm -e table -e strikethrough -e autolink -t html %s", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(out);
    size_t got = fread(out, 1, (1 << 20) - 1, pipe);
    out[got] = '\0';
    int status = pclose(pipe);
    unlink(path);
    assert_int_equal(status, 0);
    return out;
}

static bool same(pin_str snippet, world *w)
{
    pin_markdown in = {.text = snippet};
    pin_marked   marked;
    assert_int_equal(pin_markdown_blocks(&marked, w->pool, &w->findings, &in), PIN_OK);
    html  ours = to_html(marked.blocks);
    char *theirs = cmark(snippet.at, snippet.len);
    char *normal_a = normal(ours.at), *normal_b = normal(theirs);
    bool  equal = strcmp(normal_a, normal_b) == 0;
    if (!equal)
        print_error("--- for\n%.*s\n--- we have\n%s\n--- cmark-gfm has\n%s\n", (int)snippet.len, snippet.at,
                    normal_a, normal_b);
    free(ours.at);
    free(theirs);
    free(normal_a);
    free(normal_b);
    return equal;
}

static void markdown_means_what_cmark_gfm_says(void **state)
{
    world    w;
    unsigned count = 0, different = 0;
    char     text[32768];
    (void)state;
    if (system("command -v cmark-gfm >/dev/null 2>&1") != 0) {
        printf("skipped: no cmark-gfm\n");
        skip();
    }
    FILE *file = fopen(PINCITE_SOURCE_DIR "/tests/oracle/commonmark_snippets.md", "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_true(len < sizeof text - 1);
    text[len] = '\0';
    world_open(&w);
    for (char *at = text; at;) {
        char  *next = strstr(at, "\n=====\n");
        size_t end = next ? (size_t)(next - at) + 1 : strlen(at);
        different += !same((pin_str){at, end}, &w);
        count++;
        at = next ? next + strlen("\n=====\n") : NULL;
    }
    world_close(&w);
    printf("%u snippets, %u differ\n", count, different);
    assert_true(count > 60);
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(markdown_means_what_cmark_gfm_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
