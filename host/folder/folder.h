/* Folders and files: the only rooms of the house where paths are opened.
 *
 * Reading: a corpus folder is walked in a fixed order and every file of interest is lent as bytes, so
 * that the builder sees the same input on every machine. Writing: a file appears whole or not at all;
 * whatever goes wrong, the file that was there before is untouched. Everything that the operating
 * system refuses comes back as one line of text, ready to print. */
#ifndef PIN_FOLDER_H
#define PIN_FOLDER_H

#include "pincite/build.h"

/* ---- What went wrong: "cannot open 'faq.pin': No such file or directory" ---- */
typedef struct pin_folder_error {
    char text[1024]; /* one line, lower case, without a full stop; the path is quoted and cleaned of
                        control characters                                                          */
} pin_folder_error;

/* ---- One file ---- */
typedef struct pin_mapped {
    pin_str bytes; /* valid until pin_folder_unmap */
    void   *map;   /* private */
    bool    copied;
} pin_mapped;

#define PIN_FOLDER_FILE_MAX ((uint64_t)64 << 30) /* bytes of one file; more is PIN_LIMIT */

/* The bytes of the file at `path`, read-only. Files below 64 KiB are copied; larger ones are mapped, so
 * they must be replaced by renaming (as pin_save does), not cut short in place, while they are in use.
 * PIN_OK, PIN_IO (err says why), PIN_LIMIT, PIN_NO_SPACE. `err` may be NULL here and below. */
pin_status pin_folder_map(pin_mapped *out, const char *path, pin_folder_error *err);
/* The same, always copied: nothing that happens to the file later can be felt. */
pin_status pin_folder_read(pin_mapped *out, const char *path, pin_folder_error *err);
void       pin_folder_unmap(pin_mapped *file);
/* The pages of a mapped file may leave memory; they are read again when they are needed. */
void       pin_folder_map_rest(const pin_mapped *file);

/* ---- A corpus or source argument: one file, or a folder with all that is below it ---- */
typedef struct pin_folder pin_folder;

#define PIN_FOLDER_DEPTH_MAX 32
#define PIN_FOLDER_FILES_MAX 2000000u

/* Opens `path`. Of a folder: every .md, .yml, .yaml and .jsonl file below it, sorted by the bytes of
 * the relative path. Hidden names (a leading dot) are passed over. Symbolic links below the root are
 * not followed: they could leave the folder or turn in a circle; pin_folder_passed names them.
 * A single file may have any name.
 * PIN_OK, PIN_IO, PIN_LIMIT (deeper or more than stated above), PIN_NO_SPACE. */
pin_status pin_folder_open(pin_folder **out, const char *path, pin_folder_error *err);
/* The same for `path` as pincite.yml writes it: relative to the corpus folder `root`, or absolute. */
pin_status pin_folder_open_below(pin_folder **out, const pin_folder *root, pin_str path, pin_folder_error *err);
void       pin_folder_free(pin_folder *folder);

/* The same for all its mapped files. By any thread. */
void pin_folder_rest(const pin_folder *folder);

/* What the builder takes. Borrows `folder`. */
const pin_input *pin_folder_input(const pin_folder *folder);

/* Names below the root that were passed over because they are symbolic links, devices or the like. */
uint32_t pin_folder_passed_count(const pin_folder *folder);
pin_str  pin_folder_passed(const pin_folder *folder, uint32_t i);

/* ---- Scratch: memory for a build, most of which may lie on the disk ----
 * Up to an eighth of the limit is plain memory; what is asked for beyond lies in a temporary file in the
 * folder of the output, which has no name, so that it goes with the process whatever ends it. Its room is
 * allocated before it is used: a full disk is a refusal, never a signal. */
typedef struct pin_scratch_file pin_scratch_file;

/* Beside the file at `path`. `limit`: bytes of memory that the process should stay below, 0 for half of
 * what the machine has. PIN_OK, PIN_NO_SPACE. */
pin_status  pin_scratch_open(pin_scratch_file **out, const char *path, uint64_t limit, pin_folder_error *err);
/* What the builder takes: when it says that memory may rest and the process has come near the limit, pages
 * go to the disk. Borrows `s`. */
pin_scratch pin_scratch_lent(pin_scratch_file *s);
/* What else shall rest then: called by any thread when the process has come near the limit. */
void        pin_scratch_also(pin_scratch_file *s, void (*rest)(void *ctx), void *ctx);
/* Why room was refused; else empty text. */
void        pin_scratch_reason(const pin_scratch_file *s, pin_folder_error *err);
void        pin_scratch_close(pin_scratch_file *s); /* NULL is fine */

/* ---- Writing one file whole ----
 * The bytes go to a hidden file beside `path`, which is flushed to the disk, renamed over `path` and
 * made durable by flushing the folder. A killed process leaves at worst that hidden file; the next
 * pin_save_open for the same path sweeps it away (files still being written by a living process are
 * locked and stay). Mode and owner of a file that is replaced are kept where possible; a symbolic
 * link at `path` is followed, so the link stays. */
typedef struct pin_save pin_save;

/* PIN_OK, PIN_IO, PIN_NO_SPACE. A folder, device or pipe at `path` is refused. */
pin_status pin_save_open(pin_save **out, const char *path, pin_folder_error *err);
/* Where the builder writes. False once a write has failed; the reason comes from pin_save_commit. */
pin_sink pin_save_sink(pin_save *save);
/* Puts the file in place and frees `save`, also on failure, when the old file is as it was.
 * PIN_OK, PIN_IO. */
pin_status pin_save_commit(pin_save *save, pin_folder_error *err);
/* Why writing failed, once a write through the sink has returned false; else empty text. */
void pin_save_reason(const pin_save *save, pin_folder_error *err);
/* Gives up: removes the hidden file and frees `save`. NULL is fine. */
void pin_save_drop(pin_save *save);

/* A whole file at once. */
pin_status pin_save_bytes(const char *path, pin_str bytes, pin_folder_error *err);

#endif
