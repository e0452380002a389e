/* A whole site as a folder of files, for any static host. What a page says comes from pincite/site.h, as
 * in the server; here are the files, their names, and how a new folder takes the place of an old one. */
#ifndef PIN_EXPORT_H
#define PIN_EXPORT_H

#include "host/folder/folder.h"
#include "pincite/site.h"

/* What a site without a server carries besides its pages: number `i`, false past the last. Plain names:
 * site.js, pincite-search.js, offline.js, loader.js and, where the build had clang, pincite.wasm, its grammar of
 * citations.wasm, and both as .gz. Made by tools/web_assets.py. */
bool pin_web_asset_at(pin_asset *out, uint32_t i);

typedef struct pin_export_options {
    const char *index;   /* the index file                                                              */
    const char *folder;  /* where the site goes; there already or not                                    */
    const char *base;    /* address of the site, "https://example.org/faq/", or NULL: as the index says  */
    bool        plain;   /* no compressed twins                                                          */
    bool        lean;    /* no Markdown and JSON twins of cards and provisions: a third of the files     */
    bool        embed;   /* index and module also as a script, so that the search works from a disk      */
    bool        offline; /* a service worker                                                             */
    unsigned    threads; /* 0: as many as there are processors                                           */
    /* Called now and then from one thread; may be NULL. `bytes` as written, without twins. */
    void (*progress)(void *ctx, uint64_t done, uint64_t total, uint64_t bytes);
    void  *progress_ctx;
} pin_export_options;

#define PIN_EXPORT_EMBED_MAX ((size_t)2 << 20) /* bytes of an index that --embed takes */

typedef struct pin_export_report {
    uint64_t files, bytes;       /* all files of the folder, twins included                              */
    uint64_t pages;              /* addresses: HTML pages, Markdown and JSON                              */
    uint64_t fresh, same, gone;  /* files written, left as they were, and no longer there                 */
    uint64_t kept;               /* entries at the top of the old folder that are not ours: carried over  */
    bool     searches;           /* the module was there: the site searches by itself                     */
    bool     exchanged;          /* folders were exchanged in one step; else by two renames               */
    uint32_t items;
    uint64_t index_len;
} pin_export_report;

/* Writes the site. The old folder is in place, whole, until the new one is: a failure or a kill leaves it
 * as it was. Files whose bytes are the same are linked over, not written: their times stay.
 * PIN_OK; PIN_IO, PIN_CORRUPT, PIN_UNSUPPORTED, PIN_BAD_INPUT (the folder holds something else; base is no
 * address; the index is too large to embed), PIN_NO_SPACE; `err` says what. */
pin_status pin_export(pin_export_report *out, const pin_export_options *options, pin_folder_error *err);

/* Writes pincite-search.js, pincite.wasm and citations.wasm, the search box for other people's sites, into `folder`, which is
 * made if it is not there. PIN_OK, PIN_IO, PIN_NOT_FOUND (built without clang: there is no module). */
pin_status pin_export_component(const char *folder, pin_folder_error *err);

#endif
