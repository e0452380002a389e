/* Escaping by context, for the templates that tools/templates.py compiles. The compiler decides which
 * of these a hole gets, from the HTML around it; nobody calls them by choice. */
#ifndef PIN_ESCAPE_H
#define PIN_ESCAPE_H

#include "pincite/base.h"

/* Between tags: & < > become entities. Bad UTF-8 becomes U+FFFD; control characters other than tab
 * and line break are dropped (HTML has no way to write them). */
void pin_escape_text(pin_buf *out, pin_str text);
/* In a quoted attribute: also " and '. */
void pin_escape_attribute(pin_buf *out, pin_str text);
/* A whole URL, at the start of href, src or action: relative, http, https or mailto; anything else
 * becomes "#". Then as an attribute. */
void pin_escape_url(pin_buf *out, pin_str url);
/* Inside a URL, before its query: all but unreserved characters, '/', '@', ':' and '.' are
 * percent-encoded (RFC 3986). */
void pin_escape_path(pin_buf *out, pin_str text);
/* Inside a URL's query or fragment: all but unreserved characters are percent-encoded. */
void pin_escape_query(pin_buf *out, pin_str text);
/* A JSON string with its quotes inside <script type="application/ld+json">: also < > & as \u escapes,
 * so that no text can close the element. */
void pin_escape_json(pin_buf *out, pin_str text);

/* A piece of a page that a function renders: another template, or an answer's blocks. */
typedef struct pin_slot {
    void (*render)(pin_buf *out, const void *view);
    const void *view;
} pin_slot;
static inline void pin_slot_render(pin_buf *out, const pin_slot *piece)
{
    if (piece->render)
        piece->render(out, piece->view);
}

#endif
