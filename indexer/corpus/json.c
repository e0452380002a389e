/* The fast road reads what nearly every line is: UTF-8, plain escapes, whole numbers, few members, not deep. At
 * the first byte that it does not know it gives up, and jansson reads the line from the start. */
#include "indexer/corpus/json.h"

#include "core/bytes/bytes.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, DEPTH = 16, MEMBERS = 48 };

/* jansson calls a token invalid when it had no memory for it; so its allocations are watched. */
static _Thread_local bool was_refused;

static void *watched_malloc(size_t size)
{
    void *at = malloc(size);
    was_refused |= !at;
    return at;
}

void pin_json_start(void)
{
    json_set_alloc_funcs(watched_malloc, free);
    json_object_seed(1);
}

/* ---- Room ---- */
static void forget(pin_json_room *room)
{
    json_decref(room->kept);
    room->kept = NULL;
    room->used = 0;
    room->text_len = 0;
}

void pin_json_room_free(pin_json_room *room)
{
    forget(room);
    for (uint32_t i = 0; i < room->block_count; i++)
        free(room->blocks[i]);
    free(room->blocks);
    free(room->texts);
    *room = (pin_json_room){0};
}

static bool add_block(pin_json_room *room)
{
    if (room->block_count == room->block_cap) {
        uint32_t   cap = room->block_cap ? room->block_cap * 2 : 8;
        pin_json **more = realloc(room->blocks, cap * sizeof *more);
        if (!more)
            return false;
        room->blocks = more;
        room->block_cap = cap;
    }
    room->blocks[room->block_count] = malloc(BLOCK * sizeof **room->blocks);
    return room->blocks[room->block_count] && ++room->block_count;
}

static pin_json *new_value(pin_json_room *room, pin_json_type type)
{
    if (room->used / BLOCK == room->block_count && !add_block(room))
        return NULL;
    pin_json *v = &room->blocks[room->used / BLOCK][room->used % BLOCK];
    room->used++;
    *v = (pin_json){.type = type};
    return v;
}

/* ---- The fast road ---- NULL: give up */
typedef struct reading {
    const char    *at, *end;
    pin_json_room *room;
    uint32_t       depth;
} reading;

static pin_json *read_value(reading *r);

static void skip_space(reading *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool take(reading *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* Bytes from `at` on that stand for themselves in a text. */
static size_t plain_len(const char *at, const char *end)
{
    const char *from = at;
    while (end - at >= 8) {
        uint64_t eight, ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
        memcpy(&eight, at, 8);
        uint64_t quote = eight ^ ones * '"', slash = eight ^ ones * '\\', low = eight & ~(ones * 0x1F);
        /* a zero byte in any of the three; never missed, and a wrong alarm is sorted out below */
        if (((quote - ones) & ~quote & tops) | ((slash - ones) & ~slash & tops) | ((low - ones) & ~low & tops))
            break;
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return (size_t)(at - from);
}

static bool hex4(reading *r, uint32_t *out)
{
    *out = 0;
    if (r->end - r->at < 4)
        return false;
    for (int i = 0; i < 4; i++, r->at++) {
        uint32_t c = (unsigned char)*r->at, low = c | 0x20;
        if (c >= '0' && c <= '9')
            *out = *out << 4 | (c - '0');
        else if (low >= 'a' && low <= 'f')
            *out = *out << 4 | (low - 'a' + 10);
        else
            return false;
    }
    return true;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xE0 | c >> 12);
        } else {
            *to++ = (char)(0xF0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (c & 0x3F));
    return to;
}

static bool read_unicode(reading *r, char **to)
{
    uint32_t c, low;
    if (!hex4(r, &c) || c == 0 || (c >= 0xDC00 && c < 0xE000))
        return false;
    if (c >= 0xD800 && c < 0xDC00) {
        if (!take(r, '\\') || !take(r, 'u') || !hex4(r, &low) || low < 0xDC00 || low >= 0xE000)
            return false;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *to = put_utf8(*to, c);
    return true;
}

/* The rest of a text in which escapes occur goes to the room, which has as many bytes as the line. */
static bool read_escaped(reading *r, pin_str *out, const char *from)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char             *start = r->room->texts + r->room->text_len, *to = start;
    memcpy(to, from, (size_t)(r->at - from));
    to += r->at - from;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at != '\\') {
            size_t len = plain_len(r->at, r->end);
            if (len == 0)
                return false;
            memcpy(to, r->at, len);
            to += len;
            r->at += len;
            continue;
        }
        if (++r->at == r->end)
            return false;
        const char *name = *r->at ? strchr(names, *r->at) : NULL;
        if (name) {
            *to++ = values[name - names];
            r->at++;
        } else if (!take(r, 'u') || !read_unicode(r, &to)) {
            return false;
        }
    }
    *out = (pin_str){start, (size_t)(to - start)};
    r->room->text_len += out->len;
    return take(r, '"');
}

static bool read_text(reading *r, pin_str *out)
{
    const char *from = r->at;
    r->at += plain_len(r->at, r->end);
    if (r->at < r->end && *r->at == '\\')
        return read_escaped(r, out, from);
    *out = (pin_str){from, (size_t)(r->at - from)};
    return take(r, '"');
}

static pin_json *read_number(reading *r)
{
    bool     negative = take(r, '-');
    uint64_t value = 0;
    int      digits = 0;
    for (; r->at < r->end && pin_is_digit((unsigned char)*r->at); r->at++, digits++) {
        if (digits == 17 || (digits == 1 && value == 0))
            return NULL;
        value = value * 10 + (uint64_t)(*r->at - '0');
    }
    if (digits == 0 || (r->at < r->end && (*r->at == '.' || *r->at == 'e' || *r->at == 'E')) || (negative && !value))
        return NULL;
    pin_json *v = new_value(r->room, PIN_JSON_INTEGER);
    if (v)
        v->integer = negative ? -(int64_t)value : (int64_t)value;
    return v;
}

static pin_json *read_word(reading *r, const char *word, pin_json_type type)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return NULL;
    r->at += len;
    return new_value(r->room, type);
}

static pin_json *read_list(reading *r)
{
    pin_json *list = new_value(r->room, PIN_JSON_LIST), **tail = list ? &list->first : NULL;
    skip_space(r);
    if (!list || take(r, ']'))
        return list;
    do {
        pin_json *v = read_value(r);
        if (!v)
            return NULL;
        *tail = v;
        tail = &v->next;
        list->count++;
        skip_space(r);
    } while (take(r, ','));
    return take(r, ']') ? list : NULL;
}

static pin_json *read_object(reading *r)
{
    pin_json *object = new_value(r->room, PIN_JSON_OBJECT), **tail = object ? &object->first : NULL;
    skip_space(r);
    if (!object || take(r, '}'))
        return object;
    do {
        pin_str key;
        skip_space(r);
        if (!take(r, '"') || !read_text(r, &key) || pin_json_member(object, key) || object->count == MEMBERS)
            return NULL;
        skip_space(r);
        pin_json *v = take(r, ':') ? read_value(r) : NULL;
        if (!v)
            return NULL;
        v->key = key;
        *tail = v;
        tail = &v->next;
        object->count++;
        skip_space(r);
    } while (take(r, ','));
    return take(r, '}') ? object : NULL;
}

static pin_json *read_value(reading *r)
{
    pin_json *v = NULL;
    skip_space(r);
    if (r->at == r->end || r->depth == DEPTH)
        return NULL;
    r->depth++;
    switch (*r->at) {
    case '"':
        r->at++;
        if ((v = new_value(r->room, PIN_JSON_TEXT)) && !read_text(r, &v->text))
            v = NULL;
        break;
    case '{':
        r->at++;
        v = read_object(r);
        break;
    case '[':
        r->at++;
        v = read_list(r);
        break;
    case 't':
        v = read_word(r, "true", PIN_JSON_TRUE);
        break;
    case 'f':
        v = read_word(r, "false", PIN_JSON_FALSE);
        break;
    case 'n':
        v = read_word(r, "null", PIN_JSON_NULL);
        break;
    default:
        v = read_number(r);
    }
    r->depth--;
    return v;
}

static const pin_json *read_fast(pin_json_room *room, pin_str text)
{
    if (room->text_cap < text.len) {
        char *more = realloc(room->texts, text.len * 2);
        if (!more)
            return NULL;
        room->texts = more;
        room->text_cap = text.len * 2;
    }
    reading   r = {text.at, text.at + text.len, room, 0};
    pin_json *v = text.len && pin_utf8_valid(text) == text.len ? read_value(&r) : NULL;
    skip_space(&r);
    return r.at == r.end ? v : NULL;
}

/* ---- The road of jansson ---- */
static pin_json *converted(pin_json_room *room, json_t *from)
{
    static const pin_json_type types[] = {
        [JSON_OBJECT] = PIN_JSON_OBJECT, [JSON_ARRAY] = PIN_JSON_LIST,   [JSON_STRING] = PIN_JSON_TEXT,
        [JSON_INTEGER] = PIN_JSON_INTEGER, [JSON_REAL] = PIN_JSON_REAL,  [JSON_TRUE] = PIN_JSON_TRUE,
        [JSON_FALSE] = PIN_JSON_FALSE,   [JSON_NULL] = PIN_JSON_NULL};
    pin_json *v = new_value(room, types[json_typeof(from)]), **tail = v ? &v->first : NULL;
    if (!v)
        return NULL;
    if (v->type == PIN_JSON_TEXT) {
        v->text = (pin_str){json_string_value(from), json_string_length(from)};
    } else if (v->type == PIN_JSON_INTEGER) {
        v->integer = json_integer_value(from);
    } else if (v->type == PIN_JSON_LIST) {
        size_t  i;
        json_t *value;
        json_array_foreach(from, i, value)
        {
            if (!(*tail = converted(room, value)))
                return NULL;
            tail = &(*tail)->next;
            v->count++;
        }
    } else if (v->type == PIN_JSON_OBJECT) {
        const char *key;
        json_t     *value;
        json_object_foreach(from, key, value)
        {
            if (!(*tail = converted(room, value)))
                return NULL;
            (*tail)->key = pin_str_of(key);
            tail = &(*tail)->next;
            v->count++;
        }
    }
    return v;
}

const pin_json *pin_json_read_slowly(pin_json_room *room, pin_str text, pin_json_error *err)
{
    json_error_t error;
    *err = (pin_json_error){0};
    forget(room);
    was_refused = false;
    room->kept = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!room->kept) {
        err->no_memory = was_refused;
        err->column = error.column;
        snprintf(err->text, sizeof err->text, "%s", error.text);
        return NULL;
    }
    const pin_json *v = converted(room, room->kept);
    err->no_memory = !v;
    return v;
}

const pin_json *pin_json_read(pin_json_room *room, pin_str text, pin_json_error *err)
{
    *err = (pin_json_error){0};
    forget(room);
    const pin_json *v = read_fast(room, text);
    return v ? v : pin_json_read_slowly(room, text, err);
}

const pin_json *pin_json_member(const pin_json *object, pin_str key)
{
    for (const pin_json *v = object->first; v; v = v->next)
        if (v->key.len == key.len && memcmp(v->key.at, key.at, key.len) == 0)
            return v;
    return NULL;
}
