/* From the arguments of `build` and `check` to a builder that has read everything. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/cli/corpus.h"

/* ---- Progress: one line on a terminal, rewritten four times a second ---- */
static void progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    pin_cli_corpus *c = ctx;
    double          now = pin_cli_seconds();
    if (strncmp(stage, c->progress_stage, sizeof c->progress_stage - 1) != 0) {
        snprintf(c->progress_stage, sizeof c->progress_stage, "%s", stage);
        c->started = now;
        c->progress_at = now; /* short stages show nothing */
        return;
    }
    if (now - c->progress_at < 0.25)
        return;
    c->progress_at = now;
    double rate = now > c->started ? (double)done / (now - c->started) : 0;
    fprintf(c->cli->err, "\r\x1b[K%s %llu", stage, (unsigned long long)done);
    if (total > 0)
        fprintf(c->cli->err, " of %llu (%u%%)", (unsigned long long)total,
                (unsigned)(done * 100.0 / (double)total));
    if (rate > 0)
        fprintf(c->cli->err, ", %.0f/s", rate);
    if (rate > 0 && total > done)
        fprintf(c->cli->err, ", %.0f s left", (double)(total - done) / rate);
    fflush(c->cli->err);
    c->progress_shown = true;
}

void pin_cli_progress_end(pin_cli_corpus *c)
{
    if (c->progress_shown)
        fputs("\r\x1b[K", c->cli->err);
    c->progress_shown = false;
}

/* ---- Reading ---- */
static int out_of_memory(pin_cli_corpus *c) { return pin_cli_misuse(c->cli, "out of memory"); }

/* Says which links and devices were not followed: silence would hide missing items. */
static void note_passed(pin_cli_corpus *c, const pin_folder *folder)
{
    uint32_t count = pin_folder_passed_count(folder);
    for (uint32_t i = 0; i < count && i < 3; i++) {
        pin_str path = pin_folder_passed(folder, i);
        pin_cli_note(c->cli, "passed over '%.*s': not a plain file", (int)(path.len < 400 ? path.len : 400),
                     path.at);
    }
    if (count > 3)
        pin_cli_note(c->cli, "passed over %u more that are not plain files", count - 3);
}

/* Keeps `folder` until the builder is done with it. */
static int keep(pin_cli_corpus *c, pin_folder *folder)
{
    if (c->folder_count == c->folder_cap) {
        uint32_t     cap = c->folder_cap ? c->folder_cap * 2 : 16;
        pin_folder **more = realloc(c->folders, cap * sizeof(pin_folder *));
        if (!more) {
            pin_folder_free(folder);
            return out_of_memory(c);
        }
        c->folders = more;
        c->folder_cap = cap;
    }
    c->folders[c->folder_count++] = folder;
    note_passed(c, folder);
    return PIN_EXIT_GOOD;
}

static int add_source(pin_cli_corpus *c, pin_str id, pin_str version, const pin_folder *folder)
{
    pin_error        err = {0};
    pin_input_source source = {.id = id, .version = version, .input = *pin_folder_input(folder)};
    if (pin_build_add_source(c->build, &source, &err) == PIN_OK)
        return PIN_EXIT_GOOD;
    pin_cli_progress_end(c);
    return pin_cli_misuse(c->cli, "cannot use source '%.*s' in '%.*s': %s",
                          (int)(id.len < 100 ? id.len : 100), id.at,
                          (int)(source.input.root.len < 400 ? source.input.root.len : 400),
                          source.input.root.at, err.message ? err.message : "unknown failure");
}

/* ID=PATH or ID@VERSION=PATH */
static bool split_source(pin_str *id, pin_str *version, const char **path, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return false;
    pin_str     name = {text, (size_t)(equals - text)};
    const char *at = memchr(text, '@', name.len);
    *id = at ? (pin_str){text, (size_t)(at - text)} : name;
    *version = at ? (pin_str){at + 1, (size_t)(equals - at - 1)} : (pin_str){0};
    *path = equals + 1;
    return id->len > 0 && (!at || version->len > 0);
}

/* Before anything is read: a slip on the command line should not cost a long build. */
static int check_given_sources(pin_cli *cli)
{
    const char *text;
    for (uint32_t i = 0; (text = pin_cli_value_at(cli, "source", i)) != NULL; i++) {
        pin_str     id, version;
        const char *path;
        if (!split_source(&id, &version, &path, text))
            return pin_cli_misuse(cli, "'%s' is not ID=PATH or ID@VERSION=PATH, as --source wants", text);
    }
    return PIN_EXIT_GOOD;
}

static int add_given_sources(pin_cli_corpus *c)
{
    const char *text;
    for (uint32_t i = 0; (text = pin_cli_value_at(c->cli, "source", i)) != NULL; i++) {
        pin_str          id, version;
        const char      *path;
        pin_folder      *folder;
        pin_folder_error why;
        if (!split_source(&id, &version, &path, text))
            continue;
        if (pin_folder_open(&folder, path, &why) != PIN_OK)
            return pin_cli_misuse(c->cli, "%s", why.text);
        if (keep(c, folder) != PIN_EXIT_GOOD || add_source(c, id, version, folder) != PIN_EXIT_GOOD)
            return PIN_EXIT_MISUSE;
    }
    return PIN_EXIT_GOOD;
}

/* What the command line says of a source goes before what pincite.yml says of it. */
static bool is_given(const pin_cli_corpus *c, pin_str id, pin_str version)
{
    const char *text;
    for (uint32_t i = 0; (text = pin_cli_value_at(c->cli, "source", i)) != NULL; i++) {
        pin_str     given_id, given_version;
        const char *path;
        if (split_source(&given_id, &given_version, &path, text) && pin_str_equal(id, given_id) &&
            (given_version.len == 0 || pin_str_equal(version, given_version)))
            return true;
    }
    return false;
}

/* The sources that a corpus names in its pincite.yml, relative to its root. */
static int add_named_sources(pin_cli_corpus *c, const pin_folder *corpus)
{
    const pin_input *input = pin_folder_input(corpus);
    pin_config       config = {0};
    pin_error        err = {0};
    if (!input->is_folder)
        return PIN_EXIT_GOOD;
    if (pin_build_config(&config, c->build, input, &err) != PIN_OK)
        return pin_cli_misuse(c->cli, "cannot read the pincite.yml of '%.*s': %s", (int)input->root.len,
                              input->root.at, err.message ? err.message : "unknown failure");
    for (uint32_t i = 0; i < config.source_count; i++) {
        pin_folder      *folder;
        pin_folder_error why;
        if (is_given(c, config.sources[i].id, config.sources[i].version))
            continue;
        if (pin_folder_open_below(&folder, corpus, config.sources[i].path, &why) != PIN_OK)
            return pin_cli_misuse(c->cli, "%s, named as source '%.*s' in pincite.yml", why.text,
                                  (int)config.sources[i].id.len, config.sources[i].id.at);
        if (keep(c, folder) != PIN_EXIT_GOOD ||
            add_source(c, config.sources[i].id, config.sources[i].version, folder) != PIN_EXIT_GOOD)
            return PIN_EXIT_MISUSE;
    }
    return PIN_EXIT_GOOD;
}

/* ---- The release before, and the day of this one ---- */
static int use_previous(pin_cli_corpus *c, const char *path)
{
    pin_folder_error why;
    pin_error        err = {0};
    if (pin_folder_map(&c->previous, path, &why) != PIN_OK)
        return pin_cli_misuse(c->cli, "%s", why.text);
    c->has_previous = true;
    if (pin_build_previous(c->build, c->previous.bytes, &err) == PIN_OK)
        return PIN_EXIT_GOOD;
    return pin_cli_misuse(c->cli, "cannot use the previous index '%s': %s", path,
                          err.message ? err.message : "unknown failure");
}

/* The command line goes before pincite.yml, whose path counts from the root of the corpus. */
static int add_previous(pin_cli_corpus *c, uint32_t corpora)
{
    const char *given = pin_cli_value(c->cli, "previous");
    if (given)
        return use_previous(c, given);
    for (uint32_t i = 0; i < corpora; i++) {
        const pin_input *input = pin_folder_input(c->folders[i]);
        pin_config       config = {0};
        char             path[4096];
        if (!input->is_folder || pin_build_config(&config, c->build, input, NULL) != PIN_OK || !config.previous.len)
            continue;
        bool absolute = config.previous.at[0] == '/';
        int  len = snprintf(path, sizeof path, "%.*s%s%.*s", absolute ? 0 : (int)input->root.len, input->root.at,
                            absolute ? "" : "/", (int)config.previous.len, config.previous.at);
        if (len < 0 || (size_t)len >= sizeof path)
            return pin_cli_misuse(c->cli, "the path of the previous index in pincite.yml is too long");
        return use_previous(c, path);
    }
    return PIN_EXIT_GOOD;
}

static void write_day(char out[11], time_t when)
{
    struct tm day;
    if (!gmtime_r(&when, &day) || strftime(out, 11, "%Y-%m-%d", &day) != 10)
        out[0] = '\0';
}

/* Without a release before there is nothing to date: the same corpus gives the same bytes on every day. */
static int set_day(pin_cli_corpus *c)
{
    const char *given = pin_cli_value(c->cli, "date"), *epoch = getenv("SOURCE_DATE_EPOCH");
    if (given) {
        if (strlen(given) != 10)
            return pin_cli_misuse(c->cli, "'%s' is no day like 2026-11-24, as --date wants", given);
        memcpy(c->day, given, 11);
    } else if (epoch && epoch[0]) {
        char     *end;
        long long seconds = strtoll(epoch, &end, 10);
        if (*end || seconds < 0)
            return pin_cli_misuse(c->cli, "SOURCE_DATE_EPOCH is not a number of seconds");
        write_day(c->day, (time_t)seconds);
    } else if (c->has_previous) {
        write_day(c->day, time(NULL));
    }
    pin_build_set_day(c->build, pin_str_of(c->day));
    return PIN_EXIT_GOOD;
}

static int open_corpora(pin_cli_corpus *c)
{
    for (uint32_t i = 0; i < c->cli->argument_count; i++) {
        pin_folder      *folder;
        pin_folder_error why;
        if (pin_folder_open(&folder, c->cli->arguments[i], &why) != PIN_OK)
            return pin_cli_misuse(c->cli, "%s", why.text);
        if (keep(c, folder) != PIN_EXIT_GOOD)
            return PIN_EXIT_MISUSE;
    }
    return PIN_EXIT_GOOD;
}

static int add_corpora(pin_cli_corpus *c, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const pin_input *input = pin_folder_input(c->folders[i]);
        pin_error        err = {0};
        if (pin_build_add_corpus(c->build, input, &err) == PIN_OK)
            continue;
        pin_cli_progress_end(c);
        if (pin_cli_scratch_failed(c))
            return PIN_EXIT_MISUSE;
        return pin_cli_misuse(c->cli, "cannot use corpus '%.*s': %s",
                              (int)(input->root.len < 400 ? input->root.len : 400), input->root.at,
                              err.message ? err.message : "unknown failure");
    }
    return PIN_EXIT_GOOD;
}

/* ---- Memory ---- */
/* "512M", "4G"; 0 when it was not given. */
static int read_memory(uint64_t *out, pin_cli *cli)
{
    const char *text = pin_cli_value(cli, "memory");
    uint64_t    value = 0;
    size_t      at = 0;
    *out = 0;
    if (!text)
        return PIN_EXIT_GOOD;
    for (; text[at] >= '0' && text[at] <= '9' && at < 6; at++)
        value = value * 10 + (uint64_t)(text[at] - '0');
    bool mega = text[at] == 'M', giga = text[at] == 'G';
    value <<= mega ? 20 : 30;
    if (at == 0 || (!mega && !giga) || text[at + 1] || value < PIN_CLI_MEMORY_LEAST)
        return pin_cli_misuse(cli, "'%s' is not a size like 512M or 4G, at least 128M, as --memory wants", text);
    *out = value;
    return PIN_EXIT_GOOD;
}

static void rest_inputs(void *ctx)
{
    const pin_cli_corpus *c = ctx;
    for (uint32_t i = 0; i < c->folder_count; i++)
        pin_folder_rest(c->folders[i]);
    if (c->has_previous)
        pin_folder_map_rest(&c->previous);
}

/* Scratch lies beside the output; a command without one keeps everything in memory. */
static int open_scratch(pin_cli_corpus *c, uint64_t memory)
{
    pin_folder_error why;
    const char      *path = pin_cli_value(c->cli, "output");
    if (!path)
        return PIN_EXIT_GOOD;
    if (pin_scratch_open(&c->scratch, path, memory, &why) != PIN_OK)
        return pin_cli_misuse(c->cli, "%s", why.text);
    pin_scratch_also(c->scratch, rest_inputs, c);
    c->lent = pin_scratch_lent(c->scratch);
    return PIN_EXIT_GOOD;
}

bool pin_cli_scratch_failed(pin_cli_corpus *c)
{
    pin_folder_error why = {.text = ""};
    if (c->scratch)
        pin_scratch_reason(c->scratch, &why);
    if (why.text[0])
        pin_cli_misuse(c->cli, "%s", why.text);
    return why.text[0] != 0;
}

int pin_cli_corpus_open(pin_cli_corpus *c, pin_cli *cli)
{
    uint64_t memory;
    *c = (pin_cli_corpus){.cli = cli};
    if (check_given_sources(cli) != PIN_EXIT_GOOD || read_memory(&memory, cli) != PIN_EXIT_GOOD ||
        open_scratch(c, memory) != PIN_EXIT_GOOD)
        return PIN_EXIT_MISUSE;
    uint32_t threads = 0;
    if (!pin_cli_number(&threads, cli, "threads", 0, 1, 64))
        return PIN_EXIT_MISUSE;
    pin_build_options options = {.strict = pin_cli_has(cli, "strict"),
                                 .threads = threads,
                                 .scratch = c->scratch ? &c->lent : NULL,
                                 .module = pin_str_of(pin_cli_value(cli, "module")),
                                 .map = pin_str_of(pin_cli_value(cli, "map"))};
    if (cli->err_terminal) {
        options.progress = progress;
        options.progress_ctx = c;
    }
    c->build = pin_build_new(&options);
    if (!c->build)
        return out_of_memory(c);
    int      exit_code = open_corpora(c);
    uint32_t corpora = c->folder_count; /* the corpora come first among the folders, in the order given */
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = add_given_sources(c);
    for (uint32_t i = 0; exit_code == PIN_EXIT_GOOD && i < corpora; i++)
        exit_code = add_named_sources(c, c->folders[i]);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = add_previous(c, corpora);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = set_day(c);
    if (exit_code == PIN_EXIT_GOOD)
        exit_code = add_corpora(c, corpora);
    return exit_code;
}

void pin_cli_corpus_close(pin_cli_corpus *c)
{
    pin_build_free(c->build);
    for (uint32_t i = 0; i < c->folder_count; i++)
        pin_folder_free(c->folders[i]);
    free(c->folders);
    if (c->has_previous)
        pin_folder_unmap(&c->previous);
    pin_scratch_close(c->scratch);
}
