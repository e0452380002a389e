/* JSON values of one line at a time, for a file of a million lines: parsed in place, without a malloc a value.
 * What is at all unusual goes to jansson, which decides what is JSON and says what is wrong with it. Private to
 * this folder. */
#ifndef PIN_CORPUS_JSON_H
#define PIN_CORPUS_JSON_H

#include "indexer/corpus/corpus.h"

typedef enum pin_json_type {
    PIN_JSON_NULL,
    PIN_JSON_TRUE,
    PIN_JSON_FALSE,
    PIN_JSON_INTEGER,
    PIN_JSON_REAL,
    PIN_JSON_TEXT,
    PIN_JSON_LIST,
    PIN_JSON_OBJECT
} pin_json_type;

typedef struct pin_json {
    pin_json_type    type;
    uint32_t         count;   /* of a list or an object                                              */
    pin_str          key;     /* of a member of an object                                            */
    pin_str          text;    /* without escapes                                                     */
    int64_t          integer;
    struct pin_json *first, *next; /* in the order of the text                                       */
} pin_json;

/* Where the values of a line live; all zeros at first. For one thread. */
typedef struct pin_json_room {
    pin_json **blocks;
    uint32_t   block_count, block_cap, used; /* used: values of the line */
    char      *texts;
    size_t     text_len, text_cap;
    void      *kept; /* what jansson made */
} pin_json_room;
void pin_json_room_free(pin_json_room *room);

typedef struct pin_json_error {
    char text[160]; /* as jansson says it */
    int  column;
    bool no_memory;
} pin_json_error;

/* Once, before threads meet. */
void pin_json_start(void);
/* The value that `text` is, until the next read into `room`; texts may be borrowed from `text`. Members of an
 * object have different keys. NULL: it is no JSON, or memory is short, and `err` says which. */
const pin_json *pin_json_read(pin_json_room *room, pin_str text, pin_json_error *err);
/* The same by jansson alone: for tests. */
const pin_json *pin_json_read_slowly(pin_json_room *room, pin_str text, pin_json_error *err);
/* NULL when there is no such member. */
const pin_json *pin_json_member(const pin_json *object, pin_str key);

#endif
