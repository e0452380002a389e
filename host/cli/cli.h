/* The command line as a host: options, files, exit codes and the one way in which answers and errors
 * leave the program. Each command is one file, command_NAME.c; main.c only calls pin_cli_run.
 *
 * Answers go to standard output and nothing else does, so a pipe is never dirtied. */
#ifndef PIN_CLI_H
#define PIN_CLI_H

#include <stdio.h>

#include "host/folder/folder.h"
#include "pincite/index.h"
#include "pincite/page.h"

/* ---- Exit codes: the same for every command ---- */
enum {
    PIN_EXIT_GOOD = 0,   /* found, built, checked and sound                       */
    PIN_EXIT_NONE = 1,   /* nothing found, or a check failed                      */
    PIN_EXIT_MISUSE = 2  /* misuse, unreadable input, or a failed write           */
};

/* ---- Options: one table per command serves the parser and the help ---- */
typedef struct pin_cli_option {
    const char *name;  /* "json", without dashes; NULL: only the letter exists  */
    char        letter; /* 'k', or 0                                            */
    const char *value; /* "FILE" in the help; NULL: takes no value              */
    const char *help;
    bool        value_may_lack; /* last, or before another option, it may stand without its value: then "-" */
} pin_cli_option;

typedef struct pin_cli pin_cli;

typedef struct pin_cli_command {
    const char           *name;
    const char           *usage;    /* one way of calling it a line, without "pincite NAME" */
    const char           *summary;  /* one line for the list of commands                    */
    const char           *about;    /* paragraphs, wrapped by hand                          */
    const pin_cli_option *options;  /* ends with a row of zeros; --help is understood by all */
    const char           *examples; /* lines                                                */
    const char           *exits[3]; /* what 0, 1 and 2 mean here                            */
    uint32_t              least;    /* arguments                                            */
    int (*run)(pin_cli *cli);
} pin_cli_command;

extern const pin_cli_command *const pin_cli_commands[]; /* ends with NULL */

#define PIN_CLI_VALUES 256 /* option values, and arguments, of one call: a corpus is a folder, not a list */

struct pin_cli {
    FILE                  *out, *err;
    bool                   colour;       /* of standard output                                    */
    bool                   err_terminal; /* progress may be shown                                 */
    uint32_t               width;        /* columns of text, for pin_text_options                  */
    const pin_cli_command *command;
    const char            *arguments[PIN_CLI_VALUES]; /* without options                           */
    uint32_t               argument_count;
    int                    write_errno; /* why the first failed write to `out` failed             */
    struct {
        const pin_cli_option *option;
        const char           *value;
    } given[PIN_CLI_VALUES]; /* options in the order given */
    uint32_t given_count;
};

/* The whole program. `out` and `err` stay open; a failed write to `out` gives PIN_EXIT_MISUSE. */
int pin_cli_run(int argc, const char *const *argv, FILE *out, FILE *err);

/* Reads `argv` into cli->arguments and cli->given by the table of cli->command. False after a complaint
 * on cli->err. Understands --name VALUE, --name=VALUE, -k VALUE, -kVALUE, and -- (the rest are arguments). */
bool pin_cli_parse(pin_cli *cli, int argc, const char *const *argv);
bool        pin_cli_has(const pin_cli *cli, const char *option);
const char *pin_cli_value(const pin_cli *cli, const char *option);             /* the last one, or NULL */
const char *pin_cli_value_at(const pin_cli *cli, const char *option, uint32_t i); /* NULL past the last    */
/* The value of a number option, or `otherwise`. False after a complaint when it is no number from `least` to
 * `most`. */
bool pin_cli_number(uint32_t *out, pin_cli *cli, const char *option, uint32_t otherwise, uint32_t least,
                    uint32_t most);
/* Arguments from number `from` on, joined by single spaces; freed by the caller. NULL: memory is short. */
char *pin_cli_joined(const pin_cli *cli, uint32_t from);

void pin_cli_help(const pin_cli *cli, FILE *to);         /* of all commands                             */
void pin_cli_command_help(const pin_cli *cli, FILE *to); /* of cli->command                             */

/* ---- Complaints: one line on cli->err, cleaned of control characters; returns PIN_EXIT_MISUSE ---- */
int pin_cli_misuse(pin_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line on cli->err that is no failure. */
void pin_cli_note(pin_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints `text` on one line, cleaned; for texts of a corpus. */
void pin_cli_clean(FILE *to, pin_str text);
void pin_cli_json_string(FILE *to, pin_str text);

/* ---- Memory: arenas and buffers that grow, up to a stated maximum ---- */
#define PIN_CLI_ARENA_FIRST ((size_t)1 << 20)
#define PIN_CLI_ARENA_MOST ((size_t)2 << 30)

typedef struct pin_cli_room {
    pin_arena arena;
    void     *memory;
    size_t    size;
} pin_cli_room;
/* Empties the room, and gives it memory if it has none yet. False when there is none. */
bool pin_cli_room_ready(pin_cli_room *room);
/* After `status`: true when it was PIN_NO_SPACE and the room is now larger and empty: call again. */
bool pin_cli_room_again(pin_cli_room *room, pin_status status);
void pin_cli_room_free(pin_cli_room *room);

/* ---- An index file, mapped and open ---- */
typedef struct pin_cli_index {
    const char  *path;
    pin_mapped   mapped;
    pin_piece    piece;
    pin_file     file;
    pin_cli_room own;  /* holds ix                                     */
    pin_cli_room room; /* for the answers: emptied before every call    */
    pin_index   *ix;
} pin_cli_index;
/* PIN_EXIT_GOOD, or PIN_EXIT_MISUSE after a complaint. Always to be closed. */
int  pin_cli_index_open(pin_cli_index *index, pin_cli *cli, const char *path);
/* The same without complaints: PIN_OK, or what failed; *why is filled. */
pin_status pin_cli_index_try(pin_cli_index *index, const char *path, pin_folder_error *why);
void pin_cli_index_close(pin_cli_index *index);
/* "cannot read 'faq.pin': checksum differs", or "cannot answer: ..." when a limit was reached: for a failure
 * after opening. Returns PIN_EXIT_MISUSE. */
int pin_cli_index_complain(pin_cli *cli, const pin_cli_index *index, const pin_error *err);

/* Bytes of an answer to cli->out. False once a write has failed: there is no use in going on. */
bool pin_cli_write(pin_cli *cli, const void *bytes, size_t len);

/* Writes what `render` makes to cli->out, growing buffer and arena until it fits. What `render` needs
 * across attempts must not live in index->room. */
typedef pin_status pin_cli_render(pin_buf *out, const pin_index *ix, void *what, pin_arena *arena,
                                  pin_error *err);
int pin_cli_print(pin_cli *cli, pin_cli_index *index, pin_cli_render *render, void *what);

/* ---- Lines of a tab-separated or plain file ---- */
typedef struct pin_cli_lines {
    pin_mapped mapped;
    char      *read; /* standard input, when `path` was "-" */
    pin_str    left;
    uint32_t   line; /* of the last line given, 1-based      */
} pin_cli_lines;
int  pin_cli_lines_open(pin_cli_lines *lines, pin_cli *cli, const char *path);
void pin_cli_lines_rewind(pin_cli_lines *lines);
/* The next line that is not empty and does not begin with '#', without its end. */
bool pin_cli_lines_next(pin_cli_lines *lines, pin_str *line);
void pin_cli_lines_close(pin_cli_lines *lines);

/* A query of a file: qid<TAB>query, or qid<TAB>kind<TAB>query. False when the line has one column. */
typedef struct pin_cli_query {
    pin_str id, kind, text;
} pin_cli_query;
bool pin_cli_query_read(pin_cli_query *out, pin_str line);

/* ---- Did you mean ---- */
/* Edits (insertion, deletion, change, swap of neighbours) between two texts, or `most` + 1 if more. */
uint32_t pin_cli_distance(pin_str a, pin_str b, uint32_t most);
/* The nearest of `count` names, if it is near enough to have been meant; else NULL. */
const char *pin_cli_nearest(pin_str wrong, const char *const *names, uint32_t count);
/* Complains that there is no such item, with the nearest ids, and returns PIN_EXIT_NONE. */
int pin_cli_no_item(pin_cli *cli, pin_cli_index *index, pin_str id);
/* Complains about a module that is not in the index; PIN_EXIT_MISUSE. */
int pin_cli_no_module(pin_cli *cli, pin_cli_index *index, pin_str slug);

/* ---- Time and sizes ---- */
double pin_cli_seconds(void); /* of a clock that only goes forward */
/* "812 B", "145.3 kB", "1.2 MB" */
const char *pin_cli_size(char out[32], uint64_t bytes);

/* The commands, in the order of the help. */
extern const pin_cli_command pin_cli_build, pin_cli_search, pin_cli_show, pin_cli_law, pin_cli_cite,
    pin_cli_check, pin_cli_diff, pin_cli_eval, pin_cli_verify, pin_cli_coverage, pin_cli_serve, pin_cli_export, pin_cli_sign, pin_cli_pack;

#endif
