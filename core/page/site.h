/* Inside the site: what the page writers share while they make one page. */
#ifndef PIN_PAGE_SITE_H
#define PIN_PAGE_SITE_H

#include "core/bytes/bytes.h"
#include "core/page/parts.h"
#include "pincite/blocks.h"
#include "pincite/site.h"
#include "templates.h"

/* One page in the making. `status` is sticky: the first failure stays, and the page is not written. */
typedef struct pin_site {
    const pin_index        *ix;
    const pin_site_options *options;
    pin_site_reply         *reply;
    pin_buf                *out;
    pin_arena              *arena;
    pin_error              *err;
    pin_release             release;
    pin_str                 path;    /* decoded, without the leading slash                        */
    pin_str                 query;   /* raw query string                                          */
    pin_str                 root;    /* "./", "../", "../../": from this page to the hub           */
    pin_status              status;
} pin_site;

/* ---- Memory and text: on failure they note PIN_NO_SPACE and give NULL or empty ---- */
void   *pin_site_take(pin_site *s, size_t count, size_t size);
pin_str pin_site_join(pin_site *s, const pin_str *parts, size_t count); /* one after the other */
#define PIN_JOIN(s, ...)                                                                                     \
    pin_site_join(s, (const pin_str[]){__VA_ARGS__}, sizeof((const pin_str[]){__VA_ARGS__}) / sizeof(pin_str))
pin_str pin_site_number(pin_site *s, uint64_t value);
pin_str pin_site_file_id(pin_site *s); /* 16 hexadecimal digits */
bool    pin_site_good(pin_site *s, pin_status status); /* notes a failure; true while all is well */

/* ---- Addresses ---- */
/* Decodes %XX ('+' too when `form`). Bad escapes, NUL and invalid UTF-8 give false. */
bool pin_url_decode(pin_str *out, pin_str text, bool form, pin_arena *arena);
/* The value of a parameter of the query string, decoded; false when it is not there (or unreadable). */
bool pin_site_parameter(pin_str *out, pin_site *s, pin_str name);
bool pin_site_parse_number(uint32_t *out, pin_str text); /* 1 to 9 digits */

/* ---- Shared pieces ---- */
/* The page around `main`. `title` without the name of the site. */
typedef struct pin_frame {
    pin_str   title, description, markdown, query;
    bool      no_index;
    pin_slot main;
} pin_frame;
void      pin_site_frame(pin_site *s, const pin_frame *frame);
pin_slot pin_site_status(pin_site *s, const pin_item *item); /* the chip: "Draft" */
pin_slot pin_site_blocks(pin_site *s, pin_str blocks, const pin_item *item);
pin_slot pin_site_words(pin_site *s, pin_str text); /* the words of a provision, a line a paragraph */
pin_slot pin_site_snippet(pin_site *s, const pin_snippet *snippet);
/* `footings` of an item as it stood, which names the acts as they were called; else NULL. */
pin_slot pin_site_support(pin_site *s, const pin_item *item, const pin_footing *footings);
pin_slot pin_site_structured(pin_site *s, pin_str name, const pin_item *items, uint32_t count);
/* "Article 13(8), Annex I": the labels of the citation list in one line; at most six, then "and N more". */
pin_str pin_site_cites(pin_site *s, const pin_item *item);
pin_str pin_site_law_url(pin_site *s, pin_str source, pin_str id); /* relative to this page */
/* The verdict as a full card shows it: empty where the answer begins with these very words. */
pin_str pin_site_verdict(pin_site *s, const pin_item *item);
/* The opening of an answer, at most `limit` bytes, cut at a word with an ellipsis. */
pin_str pin_site_opening(pin_site *s, const pin_item *item, size_t limit);
/* Name of source `id` for display, or the id itself. */
pin_str pin_site_act(pin_site *s, pin_str id);
pin_status pin_site_item(pin_site *s, uint32_t number, pin_item *out);
typedef struct pin_site_citing {
    uint32_t itself;     /* items that cite the provision, exactly or by range */
    uint32_t with_below; /* these, and items that cite something below it      */
} pin_site_citing;
pin_site_citing pin_site_cited(pin_site *s, uint32_t provision);

/* ---- Pages ---- each fills reply and out; s->status says how it went */
void pin_site_hub(pin_site *s);
void pin_site_items(pin_site *s, uint32_t page);
void pin_site_module(pin_site *s, uint32_t module, uint32_t page);
void pin_site_card(pin_site *s, uint32_t item);
void pin_site_law(pin_site *s, uint32_t source);
void pin_site_provision(pin_site *s, uint32_t provision);
/* What the two say of versions: nothing where there is only one. */
void pin_site_law_steps(pin_site *s, pin_view_law *v, const pin_source *source);
void pin_site_provision_versions(pin_site *s, pin_view_provision *v, const pin_source *source);
void pin_site_search(pin_site *s);
/* 404, with what was looked for and the nearest that there is (ids of items or modules). */
void pin_site_missing(pin_site *s, pin_str wanted);
void pin_site_refuse(pin_site *s, int status, pin_str heading, pin_str reason); /* 400, 414 */

/* ---- What was before ---- these give false, and write nothing, when there is no such thing */
bool pin_site_revision(pin_site *s, pin_str id, pin_str digits);
/* 410, or 301 to the id that took its place, with `suffix` behind it. */
bool pin_site_gone(pin_site *s, pin_str id, pin_str suffix);
bool pin_site_gone_module(pin_site *s, pin_str slug);
pin_slot pin_site_card_history(pin_site *s, const pin_item *item);
pin_str  pin_site_pinned(pin_site *s, const pin_item *item); /* address of the current revision, relative */
void     pin_site_move(pin_site *s, int status, pin_str to); /* a redirect */

/* ---- What programs read ---- */
void pin_site_api(pin_site *s, pin_str rest);           /* below /api/v1/ */
void pin_site_markdown_module(pin_site *s, uint32_t module);
void pin_site_markdown_card(pin_site *s, uint32_t item);
void pin_site_sitemap(pin_site *s, uint32_t part);      /* 0: the index or the only part */
void pin_site_opensearch(pin_site *s);
void pin_site_llms(pin_site *s);
void pin_site_security(pin_site *s);

#endif
