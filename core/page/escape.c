/* Escaping by context: see escape.h. One table of entities, one of URL characters. */
#include "core/page/escape.h"

#include "core/bytes/bytes.h"
#include "pincite/blocks.h"

/* What stands for a character in text or attribute, or NULL for itself. */
static const char *entity(uint32_t c, bool in_attribute)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return in_attribute ? "&quot;" : NULL;
    case '\'': return in_attribute ? "&#39;" : NULL;
    default: return NULL;
    }
}

static bool is_control(uint32_t c) { return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0); }

static void escape_markup(pin_buf *out, pin_str text, bool in_attribute)
{
    for (size_t pos = 0; pos < text.len;) {
        size_t      from = pos;
        uint32_t    c = pin_utf8_next(text, &pos);
        const char *stands = entity(c, in_attribute);
        if (c == PIN_UTF8_BAD)
            pin_buf_adds(out, "\xEF\xBF\xBD");
        else if (stands)
            pin_buf_adds(out, stands);
        else if (!is_control(c))
            pin_buf_add(out, pin_str_part(text, from, pos));
    }
}

void pin_escape_text(pin_buf *out, pin_str text) { escape_markup(out, text, false); }
void pin_escape_attribute(pin_buf *out, pin_str text) { escape_markup(out, text, true); }

void pin_escape_url(pin_buf *out, pin_str url)
{
    if (pin_url_is_safe(url))
        pin_escape_attribute(out, url);
    else
        pin_buf_byte(out, '#');
}

static bool is_unreserved(uint8_t c)
{
    return pin_is_alpha(c) || pin_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void percent_encode(pin_buf *out, pin_str text, const char *also)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.at[i];
        bool    plain = is_unreserved(c);
        for (const char *a = also; !plain && *a; a++)
            plain = c == (uint8_t)*a;
        if (plain) {
            pin_buf_byte(out, (char)c);
        } else {
            pin_buf_byte(out, '%');
            pin_buf_byte(out, hex[c >> 4]);
            pin_buf_byte(out, hex[c & 15]);
        }
    }
}

void pin_escape_path(pin_buf *out, pin_str text) { percent_encode(out, text, "/@:"); }
void pin_escape_query(pin_buf *out, pin_str text) { percent_encode(out, text, ""); }

void pin_escape_json(pin_buf *out, pin_str text)
{
    static const char hex[] = "0123456789abcdef";
    pin_buf_byte(out, '"');
    for (size_t pos = 0; pos < text.len;) {
        size_t   from = pos;
        uint32_t c = pin_utf8_next(text, &pos);
        if (c == PIN_UTF8_BAD) {
            pin_buf_adds(out, "\xEF\xBF\xBD");
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\'' || c == 0x7F) {
            pin_buf_adds(out, "\\u00");
            pin_buf_byte(out, hex[c >> 4]);
            pin_buf_byte(out, hex[c & 15]);
        } else {
            if (c == '"' || c == '\\')
                pin_buf_byte(out, '\\');
            pin_buf_add(out, pin_str_part(text, from, pos));
        }
    }
    pin_buf_byte(out, '"');
}
