/* The whole export: open and verify the index, write everything into a hidden folder, put it in place. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/export/inside.h"

#define ARENA_FIRST ((size_t)1 << 20)
#define ARENA_MOST ((size_t)1 << 30)

/* ---- the index ---- */

static pin_status fail_index(pin_export_run *run, pin_status status, const pin_error *why)
{
    return pin_export_fail(run->err, status, "cannot export", run->options->index, 0, why->message ? why->message : "out of memory");
}

static pin_status open_index(pin_export_run *run)
{
    pin_error  why = {0};
    pin_status status = pin_folder_map(&run->file, run->options->index, run->err);
    if (status != PIN_OK)
        return status;
    run->piece = (pin_piece){0, run->file.bytes.len, (const uint8_t *)run->file.bytes.at};
    pin_file file = {.len = run->file.bytes.len, .pieces = &run->piece, .piece_count = 1};
    for (size_t size = ARENA_FIRST; size <= ARENA_MOST; size *= 2) {
        free(run->memory);
        run->memory = malloc(size);
        if (!run->memory)
            return fail_index(run, PIN_NO_SPACE, &(pin_error){0});
        pin_arena arena = pin_arena_over(run->memory, size);
        status = pin_index_open(&run->ix, &file, &arena, &why);
        if (status != PIN_NO_SPACE)
            break;
    }
    return status == PIN_OK ? PIN_OK : fail_index(run, status, &why);
}

/* A site is published for long: no page is made from a file that is not sound. */
static pin_status verify(pin_export_run *run)
{
    pin_error  why = {0};
    pin_status status = PIN_NO_SPACE;
    for (size_t size = ARENA_FIRST; status == PIN_NO_SPACE && size <= ARENA_MOST; size *= 4) {
        void     *room = malloc(size);
        pin_arena arena = pin_arena_over(room, room ? size : 0);
        status = pin_index_verify(run->ix, &arena, &why);
        free(room);
    }
    return status == PIN_OK ? PIN_OK : fail_index(run, status, &why);
}

/* How much a reader over a network asks for first: found by opening the file with its first 64 bytes. */
static uint32_t head_len(const pin_export_run *run)
{
    uint64_t  room[64 * 2];
    pin_needs needs = {.at = (void *)room, .cap = 64};
    pin_piece piece = {0, 64, run->piece.at};
    pin_file  file = {.len = run->piece.len, .pieces = &piece, .piece_count = 1, .needs = &needs};
    void     *memory = malloc(ARENA_FIRST);
    pin_arena arena = pin_arena_over(memory, memory ? ARENA_FIRST : 0);
    pin_index *ix;
    uint32_t  len = 0;
    if (pin_index_open(&ix, &file, &arena, NULL) == PIN_NEED && needs.count > 0)
        len = (uint32_t)(needs.at[0].offset + needs.at[0].len);
    free(memory);
    return len;
}

/* ---- addresses ---- */

/* Only such addresses can stand in the files of all hosts without being escaped differently in each. */
static bool plain_address(pin_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("-._~/:[]", c))
            return false;
    }
    return true;
}

/* "https://example.org/faq/" -> base "https://example.org/faq", root "/faq/". Without a base the root is "/". */
static pin_status set_base(pin_export_run *run)
{
    const char *given = run->options->base;
    pin_str     base = given ? pin_str_of(given) : run->release.base;
    while (base.len && base.at[base.len - 1] == '/')
        base.len--;
    size_t host = pin_str_starts(base, PIN_STR("https://")) ? 8 : pin_str_starts(base, PIN_STR("http://")) ? 7 : 0;
    bool   good = host && base.len > host && base.at[host] != '/' && base.len < sizeof run->base - 2 && plain_address(base);
    if (!good && given)
        return pin_export_fail(run->err, PIN_BAD_INPUT, "cannot use the address", given, 0,
                               "one such as https://example.org/faq/ is wanted");
    while (host < base.len && base.at[host] != '/')
        host++;
    snprintf(run->root, sizeof run->root, "%.*s/", good ? (int)(base.len - host) : 0, base.at + host);
    if (given) {
        memcpy(run->base, base.at, base.len);
        pin_index_set_base(run->ix, pin_str_of(run->base));
    }
    return PIN_OK;
}

/* ---- files that are not pages ---- */

static bool web_asset(pin_asset *out, const char *plain)
{
    for (uint32_t i = 0; pin_web_asset_at(out, i); i++)
        if (pin_str_equal(out->plain_name, pin_str_of(plain)))
            return true;
    return false;
}

static void set_site(pin_export_run *run)
{
    pin_asset asset;
    pin_site_default_options(&run->site);
    if (web_asset(&asset, "site.js"))
        run->site.script = asset.name;
    run->site.policy = pin_str_of(pin_export_policy);
    run->site.offline = run->options->offline;
    snprintf(run->index_name, sizeof run->index_name, "assets/index.%016llx.pin", (unsigned long long)run->release.file_id);
    run->site.index = pin_str_of(run->index_name);
    run->site.index_head = head_len(run);
    run->report->searches = web_asset(&asset, "pincite.wasm.gz");
    if (run->report->searches)
        run->site.module = asset.name;
}

static bool put_asset(pin_writer *w, const char *folder, pin_str name, pin_str bytes)
{
    char path[256];
    snprintf(path, sizeof path, "%s%.*s", folder, (int)name.len, name.at);
    bool packed = name.len > 3 && memcmp(name.at + name.len - 3, ".gz", 3) == 0;
    bool module = name.len > 5 && memcmp(name.at + name.len - 5, ".wasm", 5) == 0; /* its .gz is an asset itself */
    return pin_writer_put(w, path, bytes, packed ? PIN_TWIN_NONE : module ? PIN_TWIN_BR : PIN_TWINS);
}

static bool put_assets(const pin_export_run *run, pin_writer *w)
{
    pin_asset asset;
    for (uint32_t i = 0; pin_site_asset_at(&asset, i); i++)
        if (!pin_str_equal(asset.plain_name, PIN_STR("site.js")) && !put_asset(w, "assets/", asset.name, asset.bytes))
            return false;
    for (uint32_t i = 0; pin_web_asset_at(&asset, i); i++)
        if (!pin_str_equal(asset.plain_name, PIN_STR("offline.js")) &&
            !pin_str_equal(asset.plain_name, PIN_STR("pincite-search.js")) &&
            !pin_str_equal(asset.plain_name, PIN_STR("loader.js")) && !put_asset(w, "assets/", asset.name, asset.bytes))
            return false;
    return pin_writer_put(w, run->index_name, run->file.bytes, PIN_TWIN_NONE);
}

static void add_base64(pin_buf *out, pin_str bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t   left = bytes.len - i;
        uint32_t three = (uint32_t)(uint8_t)bytes.at[i] << 16;
        three |= left > 1 ? (uint32_t)(uint8_t)bytes.at[i + 1] << 8 : 0;
        three |= left > 2 ? (uint8_t)bytes.at[i + 2] : 0;
        pin_buf_byte(out, letters[three >> 18]);
        pin_buf_byte(out, letters[three >> 12 & 63]);
        pin_buf_byte(out, left > 1 ? letters[three >> 6 & 63] : '=');
        pin_buf_byte(out, left > 2 ? letters[three & 63] : '=');
    }
}

/* Index and modules as a script: a page from a disk may load scripts, but fetch nothing. */
static bool put_embedded(pin_export_run *run, pin_writer *w)
{
    pin_asset module, grammar;
    if (!run->options->embed || !web_asset(&module, "pincite.wasm.gz") || !web_asset(&grammar, "citations.wasm.gz"))
        return true;
    size_t  cap = (run->file.bytes.len + module.bytes.len + grammar.bytes.len) / 3 * 4 + 256;
    char   *text = malloc(cap);
    pin_buf out = pin_buf_over(text, text ? cap : 0);
    pin_buf_adds(&out, "self.pinciteEmbedded={module:\"");
    add_base64(&out, module.bytes);
    pin_buf_adds(&out, "\",citations:\"");
    add_base64(&out, grammar.bytes);
    pin_buf_adds(&out, "\",index:\"");
    add_base64(&out, run->file.bytes);
    pin_buf_adds(&out, "\"};\n");
    snprintf(run->embedded_name, sizeof run->embedded_name, "embedded.%016llx.js", (unsigned long long)run->release.file_id);
    char path[128];
    snprintf(path, sizeof path, "assets/%s", run->embedded_name);
    bool good = pin_buf_status(&out) == PIN_OK && pin_writer_put(w, path, pin_buf_str(&out), PIN_TWINS);
    free(text);
    run->site.embedded = pin_str_of(run->embedded_name);
    return good;
}

/* ---- the export ---- */

/* Compressing well takes longer than all the rest: the more pages, the less effort each gets. */
static int brotli_quality(const pin_export_run *run)
{
    if (run->options->plain)
        return 0;
    return run->release.item_count <= 20000 ? 9 : 5;
}

static pin_status write_all(pin_export_run *run)
{
    pin_writer w = {.swap = &run->swap, .brotli = run->brotli ? 11 : 0}; /* what every reader fetches */
    bool       good = put_assets(run, &w) && put_embedded(run, &w) && pin_export_hosting(run, &w);
    run->report->files += w.files;
    run->report->bytes += w.bytes;
    run->report->fresh += w.fresh;
    run->report->same += w.same;
    if (!good)
        pin_export_fail(run->err, PIN_IO, "cannot write", w.failed, w.number, w.number ? NULL : "out of memory");
    pin_writer_free(&w);
    return good ? pin_export_pages(run) : PIN_IO;
}

static pin_status run_export(pin_export_run *run)
{
    pin_status status = open_index(run);
    if (status == PIN_OK)
        status = verify(run);
    if (status != PIN_OK)
        return status;
    pin_index_release(&run->release, run->ix);
    run->report->items = run->release.item_count;
    run->report->index_len = run->file.bytes.len;
    if (run->options->embed && run->file.bytes.len > PIN_EXPORT_EMBED_MAX)
        return pin_export_fail(run->err, PIN_BAD_INPUT, "cannot embed", run->options->index, 0,
                               "it has more than 2 MB; pages opened from a disk will list the items instead");
    status = set_base(run);
    if (status != PIN_OK)
        return status;
    set_site(run);
    run->brotli = brotli_quality(run);
    status = pin_swap_open(&run->swap, run->options->folder, run->err);
    if (status == PIN_OK)
        status = write_all(run);
    if (status == PIN_OK)
        status = pin_swap_keep(&run->swap, &run->report->kept, run->err);
    if (status == PIN_OK)
        status = pin_swap_commit(&run->swap, run->err);
    run->report->exchanged = run->swap.exchanged;
    pin_swap_close(&run->swap, status == PIN_OK ? &run->report->gone : NULL);
    return status;
}

pin_status pin_export(pin_export_report *out, const pin_export_options *options, pin_folder_error *err)
{
    pin_export_options given = *options;
    pin_export_run     run = {.options = &given, .report = out, .err = err,
                              .swap = {.parent_fd = -1, .fresh = -1, .old = -1}};
    *out = (pin_export_report){0};
    if (!given.threads) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        given.threads = processors > 0 ? (unsigned)processors : 1;
    }
    pthread_mutex_init(&run.lock, NULL);
    pin_status status = run_export(&run);
    pthread_mutex_destroy(&run.lock);
    free(run.memory);
    pin_folder_unmap(&run.file);
    return status;
}

pin_status pin_export_component(const char *folder, pin_folder_error *err)
{
    static const char *const names[] = {"pincite-search.js", "pincite.wasm", "citations.wasm"};
    char                     path[4096];
    pin_asset                asset;
    if (!web_asset(&asset, "pincite.wasm"))
        return pin_export_fail(err, PIN_NOT_FOUND, "cannot write", folder, 0, "this program was built without clang and lld");
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return pin_export_fail(err, PIN_IO, "cannot make", folder, errno, NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (n < 0 || n >= (int)sizeof path || !web_asset(&asset, names[i]))
            return pin_export_fail(err, PIN_IO, "cannot write", folder, ENAMETOOLONG, NULL);
        pin_status status = pin_save_bytes(path, asset.bytes, err);
        if (status != PIN_OK)
            return status;
    }
    return PIN_OK;
}
