/* Inside the export: what its files share. */
#ifndef PIN_EXPORT_INSIDE_H
#define PIN_EXPORT_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "host/export/export.h"

/* "cannot write 'x': No space left on device"; `number` is an errno value, or 0 and `reason` says why. */
pin_status pin_export_fail(pin_folder_error *err, pin_status code, const char *verb, const char *path, int number,
                           const char *reason);

/* ---- Two folders: the one that is being made, hidden beside its place, and the one that is there ---- */
typedef struct pin_swap {
    char *place;       /* where the new folder goes, links followed                                     */
    char *parent, *name;
    char *part;        /* name of the new folder until then, in `parent`                                */
    int   parent_fd, fresh, old; /* old: -1 when there is none                                          */
    bool  exchanged;
} pin_swap;

/* Sweeps what killed exports left, looks at what is at `folder`, and makes an empty folder beside it.
 * A folder that holds what no export wrote is refused. */
pin_status pin_swap_open(pin_swap *swap, const char *folder, pin_folder_error *err);
/* Links everything at the top of the old folder over that is no part of an export; counts it. */
pin_status pin_swap_keep(pin_swap *swap, uint64_t *kept, pin_folder_error *err);
/* Flushes the new folder and puts it in place. The old one stands at swap->part afterwards. */
pin_status pin_swap_commit(pin_swap *swap, pin_folder_error *err);
/* Removes what stands at swap->part, counting files that the folder in place does not have, and frees. */
void pin_swap_close(pin_swap *swap, uint64_t *gone);

#define PIN_EXPORT_MARKER ".pincite-export" /* names what is ours at the top of the folder, a line each */

/* ---- One file, and its compressed twins ---- */
typedef struct pin_writer {
    const pin_swap *swap;
    int             brotli;      /* quality; 0: no twins                                                */
    uint64_t        files, bytes, fresh, same;
    char           *old_bytes;   /* for comparing; grows                                                */
    size_t          old_room;
    char            failed[600]; /* path of the file that failed                                        */
    int             number;      /* errno of that failure, or 0                                         */
} pin_writer;

/* Writes `path`, relative to the new folder, or links the old file over when it is the same. `twins`: with
 * NAME.br, NAME.gz or both where they save a tenth. False after a failure, kept in the writer. */
enum { PIN_TWIN_NONE = 0, PIN_TWIN_BR = 1, PIN_TWIN_GZ = 2, PIN_TWINS = 3 };
bool pin_writer_put(pin_writer *w, const char *path, pin_str bytes, int twins);
void pin_writer_free(pin_writer *w);

/* ---- The index, and what there is to write ---- */
typedef struct pin_export_run {
    const pin_export_options *options;
    pin_export_report        *report;
    pin_swap                  swap;
    pin_mapped                file;
    pin_piece                 piece;
    void                     *memory;
    pin_index                *ix;
    pin_release               release;
    char                      base[512];        /* without the slash at the end; empty: unknown          */
    char                      root[512];        /* path of the site on its host: "/faq/"                 */
    char                      index_name[80], embedded_name[80];
    pin_site_options          site;
    int                       brotli;
    /* the jobs, shared by the threads */
    uint64_t        first_module, first_source, first_provision, first_item, first_past, jobs;
    atomic_ullong   next, done, bytes;
    atomic_bool     stop;
    pthread_mutex_t lock;    /* of what follows */
    pin_status      status;
    pin_folder_error *err;
} pin_export_run;

/* Calls the workers and waits for them. */
pin_status pin_export_pages(pin_export_run *run);
/* _headers, _redirects, .htaccess, nginx, .nojekyll, the service worker, the marker. */
bool pin_export_hosting(pin_export_run *run, pin_writer *w);

/* One line for each id that is gone: where it leads, or that it is gone. Measures when `out` has no room. */
typedef enum pin_export_rules { PIN_RULES_REDIRECTS, PIN_RULES_APACHE, PIN_RULES_NGINX, PIN_RULES_MARKER } pin_export_rules;
bool pin_export_add_rules(pin_buf *out, const pin_export_run *run, pin_export_rules rules);
bool pin_export_plain_name(pin_str name); /* one part of an address that can be a file's name anywhere */
bool pin_export_is_plain(pin_str id); /* made of slugs: it has files, and needs no escape in a rule */

extern const char pin_export_policy[];

#endif
