/* Is a pack what it says? Bytes in, findings out: every byte belongs to a file that the manifest names, the
 * manifest to itself and to its signature, every text to its revision, every revision to the release.
 * docs/evidence.md says the same in prose, tools/check_pack.py in Python. */
#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/evidence/inside.h"
#include "pincite/evidence.h"

typedef struct check {
    pin_pack_report       *report;
    const pin_pack_folder *folder;
    const pin_public_key  *trusted;
    char                   signer[PIN_KEY_ID_SHOWN];   /* as the manifest names it; empty: none */
    bool                   listed[PIN_PACK_FILES_MAX]; /* files of the folder that the manifest names */
} check;

__attribute__((format(printf, 2, 3))) static void problem(check *c, const char *format, ...)
{
    va_list args;
    if (c->report->problem_count < PIN_PACK_PROBLEMS) {
        va_start(args, format);
        vsnprintf(c->report->problems[c->report->problem_count], sizeof c->report->problems[0], format, args);
        va_end(args);
    }
    c->report->problem_count++;
}

static pin_str bytes_of(const pin_pack_file *file) { return (pin_str){file->bytes, file->len}; }

static bool is_hex(pin_str text, size_t digits)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    return text.len == digits;
}

/* ---- The manifest ---- */
static bool take_head(pin_str *value, pin_str *left, const char *head)
{
    pin_str line;
    if (!pin_take_line(&line, left) || !pin_str_starts(line, pin_str_of(head)))
        return false;
    *value = pin_str_part(line, strlen(head), line.len);
    return true;
}

static bool is_name(pin_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/'))
            return false;
    }
    return name.len > 0 && name.len < 64;
}

/* "HASH  NAME": the hash must be that of the file. */
static bool judge_line(check *c, pin_str line)
{
    char    hash[65], text[64];
    pin_str name = pin_str_part(line, 66, line.len);
    if (line.len < 67 || line.at[64] != ' ' || line.at[65] != ' ' || !is_hex(pin_str_part(line, 0, 64), 64) ||
        !is_name(name))
        return false;
    snprintf(text, sizeof text, "%.*s", (int)name.len, name.at);
    const pin_pack_file *file = pin_pack_folder_find(c->folder, text);
    if (!file) {
        problem(c, "%s: missing", text);
        return true;
    }
    if (c->listed[file - c->folder->at])
        return false; /* named twice */
    c->listed[file - c->folder->at] = true;
    pin_hash_hex(hash, bytes_of(file));
    if (memcmp(hash, line.at, 64) != 0)
        problem(c, "%s: its bytes are not those that the manifest names", text);
    return true;
}

/* The last line is the hash of all before it, so that damage is seen without a signature, too. */
static bool judge_end(pin_str text, pin_str *body)
{
    char   hash[65];
    size_t last = 6 + 64 + 1; /* "# end HASH\n" */
    if (text.len < last)
        return false;
    *body = pin_str_part(text, 0, text.len - last);
    pin_hash_hex(hash, *body);
    pin_str end = pin_str_part(text, text.len - last, text.len);
    return pin_str_starts(end, PIN_STR("# end ")) && memcmp(end.at + 6, hash, 64) == 0 &&
           end.at[last - 1] == '\n';
}

static bool judge_manifest(check *c, const pin_pack_file *manifest)
{
    pin_str left, value, line;
    if (!judge_end(bytes_of(manifest), &left)) {
        problem(c, "manifest: its last line is not the hash of the others: it was changed");
        return false;
    }
    bool good = take_head(&value, &left, "# pincite-pack ");
    if (good && !pin_str_equal(value, PIN_STR("1"))) {
        problem(c, "manifest: a pack of a newer format than this program knows");
        return false;
    }
    good = good && take_head(&value, &left, "# release ") && is_hex(value, 64);
    if (good)
        snprintf(c->report->release, sizeof c->report->release, "%.*s", (int)value.len, value.at);
    good = good && take_head(&value, &left, "# signer ") && value.len < PIN_KEY_ID_SHOWN;
    if (good && !pin_str_equal(value, PIN_STR("none")))
        snprintf(c->signer, sizeof c->signer, "%.*s", (int)value.len, value.at);
    while (good && pin_take_line(&line, &left))
        good = judge_line(c, line);
    if (!good)
        problem(c, "manifest: not the manifest of a pack");
    return good;
}

static void look_for_strangers(check *c)
{
    for (uint32_t i = 0; i < c->folder->count; i++) {
        const char *name = c->folder->at[i].name;
        char        clean[64];
        pin_buf     shown = pin_buf_over(clean, sizeof clean - 1);
        if (c->listed[i] || strcmp(name, PIN_PACK_MANIFEST) == 0 || strcmp(name, PIN_PACK_SIGNATURE) == 0)
            continue;
        pin_text_line(&shown, pin_str_of(name));
        problem(c, "%.*s: the manifest does not name it", (int)pin_buf_str(&shown).len, clean);
    }
    for (uint32_t i = 0;
         i < c->folder->strange_count && i < sizeof c->folder->strange / sizeof *c->folder->strange; i++)
        problem(c, "%s", c->folder->strange[i]);
}

/* ---- The signature ---- */
/* A signature by pincite is there in its only spelling, so that not even its comment can be changed. */
static bool is_our_spelling(const pin_signature *s, pin_str text)
{
    char    again[PIN_SIGNATURE_MAX], id[PIN_KEY_ID_SHOWN];
    uint8_t raw[74] = "ED";
    pin_buf out = pin_buf_over(again, sizeof again);
    pin_key_id(id, s->id);
    memcpy(raw + 2, s->id, 8);
    memcpy(raw + 10, s->signature, 64);
    pin_buf_adds(&out, "untrusted comment: signed by pincite with the key ");
    pin_buf_adds(&out, id);
    pin_buf_byte(&out, '\n');
    pin_base64_add(&out, raw, sizeof raw);
    pin_buf_adds(&out, "\ntrusted comment: ");
    pin_buf_add(&out, s->comment);
    pin_buf_byte(&out, '\n');
    pin_base64_add(&out, s->global, sizeof s->global);
    pin_buf_byte(&out, '\n');
    return pin_str_equal(pin_buf_str(&out), text);
}

static void judge_signature(check *c, const pin_pack_file *manifest)
{
    const pin_pack_file *file = pin_pack_folder_find(c->folder, PIN_PACK_SIGNATURE);
    const pin_pack_file *own = pin_pack_folder_find(c->folder, PIN_PACK_KEY);
    pin_signature        s;
    pin_public_key       inside;
    bool                 has_own = own && c->signer[0] && pin_public_key_parse(&inside, bytes_of(own));
    if (c->signer[0] && !has_own) /* key.pub is named by the manifest: else it was reported already */
        problem(c, "key.pub: not a public key");
    if (!file) {
        if (c->signer[0])
            problem(c, "manifest.minisig: missing; the manifest says that the key %s signed it", c->signer);
        else if (c->trusted)
            problem(c, "manifest.minisig: missing: the pack is not signed");
        return;
    }
    if (!pin_signature_parse(&s, bytes_of(file))) {
        problem(c, "manifest.minisig: not a signature");
        return;
    }
    const pin_public_key *key = c->trusted ? c->trusted : has_own ? &inside : NULL;
    if (!key) {
        problem(c,
                "manifest.minisig: there is a signature, but no key to check it with: name one with --pub");
        return;
    }
    const char *why = pin_signature_judge(&s, key, bytes_of(manifest));
    if (why)
        problem(c, "manifest.minisig: %s", why);
    else if (c->signer[0] && !is_our_spelling(&s, bytes_of(file)))
        problem(c, "manifest.minisig: its first comment was changed");
    pin_key_id(c->report->signer, s.id);
    if (c->signer[0] && strcmp(c->signer, c->report->signer) != 0)
        problem(c, "manifest.minisig: made by the key %s, but the manifest names %s", c->report->signer,
                c->signer);
    pin_buf comment = pin_buf_over(c->report->comment, sizeof c->report->comment - 1);
    pin_text_line(&comment, s.comment);
    c->report->comment[pin_buf_str(&comment).len] = '\0';
    c->report->is_signed = !why;
    c->report->trusted = !why && c->trusted;
}

/* ---- Items ---- */
static pin_str text_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? (pin_str){json_string_value(value), json_string_length(value)}
                                 : (pin_str){NULL, 0};
}

static json_t *parse(check *c, const char *name)
{
    const pin_pack_file *file = pin_pack_folder_find(c->folder, name);
    json_t *json = file ? json_loadb(file->bytes, file->len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (file && !json_is_object(json)) {
        problem(c, "%s: not JSON", name);
        json_decref(json);
        return NULL;
    }
    return json;
}

static bool read_hash(uint8_t out[PIN_EVIDENCE_LEN], pin_str hex)
{
    size_t got;
    return is_hex(hex, 2 * PIN_EVIDENCE_LEN) &&
           sodium_hex2bin(out, PIN_EVIDENCE_LEN, hex.at, hex.len, NULL, &got, NULL) == 0;
}

/* The next field of a canonical form must be NAME with this value: "NAME LENGTH\n", the bytes, "\n". */
static bool take_field(pin_str *left, const char *name, pin_str *value)
{
    pin_str  line;
    size_t   head = strlen(name);
    uint64_t len = 0;
    if (!pin_take_line(&line, left) || line.len < head + 2 || line.len > head + 13 ||
        memcmp(line.at, name, head) != 0 || line.at[head] != ' ')
        return false;
    for (size_t i = head + 1; i < line.len; i++) {
        if (line.at[i] < '0' || line.at[i] > '9')
            return false;
        len = len * 10 + (uint64_t)(line.at[i] - '0');
    }
    if (left->len == 0 || len > left->len - 1 || left->at[len] != '\n')
        return false;
    *value = pin_str_part(*left, 0, (size_t)len);
    *left = pin_str_part(*left, (size_t)len + 1, left->len);
    return true;
}

static bool field_is(pin_str *left, const char *name, const json_t *object, const char *key)
{
    pin_str value;
    return take_field(left, name, &value) && (!key || pin_str_equal(value, text_at(object, key)));
}

/* What the JSON tells a reader must be what the text, which the revision is the hash of, says. */
static bool agrees(const json_t *json, pin_str text)
{
    static const char *const fields[][2] = {
        {"written", "written"}, {"source", "source"}, {"provision", "provision"}, {"state", "state"},
        {"range", NULL},        {"listed", NULL},     {"note", "note"},           {"quote", "quote"},
        {"version", "version"}, {"words", "words"},
    };
    const json_t *citations = json_object_get(json, "citations");
    pin_str       line;
    if (!pin_take_line(&line, &text) || !pin_str_equal(line, PIN_STR("pincite-revision 1")) ||
        !field_is(&text, "id", json, "id") || !field_is(&text, "language", json, "language") ||
        !field_is(&text, "question", json, "question") || !field_is(&text, "verdict", json, "verdict") ||
        !field_is(&text, "answer", json, NULL) || !field_is(&text, "structure", json, NULL))
        return false;
    for (size_t i = 0; i < json_array_size(citations); i++)
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            if (!field_is(&text, fields[k][0], json_array_get(citations, i), fields[k][1]))
                return false;
    return text.len == 0;
}

/* The release that follows from the leaf and its path; false when the proof is none. */
static bool follow(char root[65], const json_t *proof, pin_str id, const uint8_t revision[PIN_EVIDENCE_LEN])
{
    uint8_t       path[PIN_EVIDENCE_PATH_MAX][PIN_EVIDENCE_LEN], hash[PIN_EVIDENCE_LEN];
    const json_t *steps = json_object_get(proof, "path");
    json_int_t    leaf = json_integer_value(json_object_get(proof, "leaf"));
    json_int_t    leaves = json_integer_value(json_object_get(proof, "leaves"));
    if (!json_is_integer(json_object_get(proof, "leaf")) || leaf < 0 || leaves <= leaf ||
        leaves > UINT32_MAX || !json_is_array(steps) || json_array_size(steps) > PIN_EVIDENCE_PATH_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        if (!json_is_string(step) ||
            !read_hash(path[i], (pin_str){json_string_value(step), json_string_length(step)}))
            return false;
    }
    pin_evidence_leaf at = {id, revision, 0};
    if (!pin_evidence_follow(hash, &at, (uint32_t)leaf, (uint32_t)leaves,
                             (const uint8_t(*)[PIN_EVIDENCE_LEN])path, (uint32_t)json_array_size(steps)))
        return false;
    sodium_bin2hex(root, 65, hash, sizeof hash);
    return true;
}

static void judge_proof(check *c, const char *name, const json_t *json,
                        const uint8_t revision[PIN_EVIDENCE_LEN])
{
    const json_t *proof = json_object_get(json, "proof");
    char          root[65];
    if (json_is_null(proof) && json_is_false(json_object_get(json, "current")))
        return; /* an older revision: its page says that the release does not prove it */
    if (!follow(root, proof, text_at(json, "id"), revision) || strcmp(root, c->report->release) != 0)
        problem(c, "%s: its proof does not lead to the release", name);
}

static void judge_item(check *c, const char *name)
{
    uint8_t revision[PIN_EVIDENCE_LEN], hash[PIN_EVIDENCE_LEN];
    char    text_name[64];
    json_t *json = parse(c, name);
    if (!json)
        return;
    snprintf(text_name, sizeof text_name, "%.*s", (int)text_at(json, "text").len,
             json_string_value(json_object_get(json, "text")));
    const pin_pack_file *text = pin_pack_folder_find(c->folder, text_name);
    if (!pin_str_equal(text_at(json, "format"), PIN_STR("pincite-item 1")) ||
        !read_hash(revision, text_at(json, "revision"))) {
        problem(c, "%s: not an item of a pack", name);
    } else if (!text) {
        problem(c, "%s: the text of its revision is missing", name);
    } else {
        pin_evidence_hash(hash, bytes_of(text));
        if (memcmp(hash, revision, sizeof hash) != 0)
            problem(c, "%s: its hash is not the revision", text_name);
        if (!agrees(json, bytes_of(text)))
            problem(c, "%s: it does not say what %s says", name, text_name);
        judge_proof(c, name, json, revision);
        c->report->items++;
    }
    json_decref(json);
}

static void judge_search(check *c, const json_t *search)
{
    pin_str name = text_at(search, "answer");
    char    text[64];
    snprintf(text, sizeof text, "%.*s", (int)name.len, name.len ? name.at : "");
    if (!pin_pack_folder_find(c->folder, text)) {
        problem(c, "pack.json: the answer to a search is missing");
        return;
    }
    json_t *json = parse(c, text);
    if (json && (!pin_str_equal(text_at(json, "query"), text_at(search, "query")) ||
                 !pin_str_equal(text_at(json, "release"), pin_str_of(c->report->release)) ||
                 !json_equal(json_object_get(json, "total"), json_object_get(search, "total")) ||
                 !json_equal(json_object_get(json, "confident"), json_object_get(search, "confident"))))
        problem(c, "%s: it does not say what pack.json says", text);
    json_decref(json);
    c->report->searches++;
}

static void judge_summary(check *c)
{
    json_t *json = parse(c, "pack.json");
    size_t  i;
    json_t *entry;
    if (!json)
        return; /* missing or broken, and reported */
    if (!pin_str_equal(text_at(json, "format"), PIN_STR("pincite-pack 1")) ||
        !pin_str_equal(text_at(json, "release"), pin_str_of(c->report->release)))
        problem(c, "pack.json: it is of another release than the manifest");
    if (!pin_str_equal(text_at(json, "signer"), pin_str_of(c->signer)))
        problem(c, "pack.json: it names another signer than the manifest");
    json_array_foreach(json_object_get(json, "items"), i, entry)
    {
        char name[64];
        snprintf(name, sizeof name, "%s", json_is_string(entry) ? json_string_value(entry) : "");
        if (pin_pack_folder_find(c->folder, name))
            judge_item(c, name);
        else
            problem(c, "pack.json: it names an item that is missing");
    }
    json_array_foreach(json_object_get(json, "searches"), i, entry) judge_search(c, entry);
    json_decref(json);
}

void pin_pack_check(pin_pack_report *out, const pin_pack_folder *folder, const pin_public_key *trusted)
{
    check c = {.report = out, .folder = folder, .trusted = trusted};
    *out = (pin_pack_report){.files = folder->count};
    const pin_pack_file *manifest = pin_pack_folder_find(folder, PIN_PACK_MANIFEST);
    if (!manifest) {
        problem(&c, "manifest: missing: this folder is no pack");
        return;
    }
    if (!judge_manifest(&c, manifest)) /* nothing that it names can be believed */
        return;
    look_for_strangers(&c);
    judge_signature(&c, manifest);
    if (!pin_pack_folder_find(folder, "pack.json"))
        problem(&c, "pack.json: missing");
    judge_summary(&c);
}
