/* pincite verify: is this index file whole, and does it agree with itself? */
#include "host/cli/cli.h"
#include "pincite/evidence.h"

static const pin_cli_option options[] = {
    {"json", 0, NULL, "answer as one line of JSON", false},
    {0},
};

/* What went wrong is the answer here, so it goes to standard output in JSON and to standard error else. */
static int unsound(pin_cli *cli, const char *path, const char *message, uint64_t offset)
{
    if (pin_cli_has(cli, "json")) {
        fputs("{\"file\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(path));
        fputs(",\"sound\":false,\"problem\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(message));
        fprintf(cli->out, ",\"offset\":%llu}\n", (unsigned long long)offset);
        return PIN_EXIT_NONE;
    }
    pin_cli_note(cli, "%s", message);
    return PIN_EXIT_NONE;
}

/* Sources whose provisions are in the file; the others are only known by name. */
static uint32_t loaded_sources(pin_cli_index *index, uint32_t count)
{
    uint32_t loaded = 0;
    for (uint32_t i = 0; i < count && pin_cli_room_ready(&index->room); i++) {
        pin_source source;
        pin_status status;
        do
            status = pin_index_source(&source, index->ix, i, &index->room.arena, NULL);
        while (pin_cli_room_again(&index->room, status));
        loaded += status == PIN_OK && source.loaded;
    }
    return loaded;
}

static int sound(pin_cli *cli, pin_cli_index *index)
{
    pin_release r;
    char        size[32];
    pin_index_release(&r, index->ix);
    uint32_t sources = loaded_sources(index, r.source_count);
    if (pin_cli_has(cli, "json")) {
        fputs("{\"file\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(index->path));
        fprintf(cli->out,
                ",\"sound\":true,\"file_id\":\"%016llx\",\"engine\":", (unsigned long long)r.file_id);
        pin_cli_json_string(cli->out, r.engine);
        fprintf(cli->out,
                ",\"items\":%u,\"modules\":%u,\"sources\":%u,\"provisions\":%u,\"citations\":%u,\"bytes\":%"
                "llu}\n",
                r.item_count, r.module_count, sources, r.provision_count, r.citation_count,
                (unsigned long long)index->mapped.bytes.len);
        return PIN_EXIT_GOOD;
    }
    pin_cli_clean(cli->out, pin_str_of(index->path));
    fprintf(
        cli->out,
        ": sound: %u items, %u modules, %u sources, %u provisions, %u citations; %s; file %016llx, made by ",
        r.item_count, r.module_count, sources, r.provision_count, r.citation_count,
        pin_cli_size(size, index->mapped.bytes.len), (unsigned long long)r.file_id);
    pin_cli_clean(cli->out, r.engine);
    fputc('\n', cli->out);
    return PIN_EXIT_GOOD;
}

static int verify(pin_cli *cli, pin_cli_index *index)
{
    pin_error  err = {0};
    pin_status status;
    do
        status = pin_index_verify(index->ix, &index->room.arena, &err);
    while (pin_cli_room_again(&index->room, status));
    if (status == PIN_OK) {
        do
            status = pin_evidence_verify(index->ix, &index->room.arena, &err);
        while (pin_cli_room_again(&index->room, status));
    }
    if (status == PIN_OK)
        return sound(cli, index);
    if (status != PIN_CORRUPT)
        return pin_cli_index_complain(cli, index, &err);
    if (!pin_cli_has(cli, "json"))
        pin_cli_index_complain(cli, index, &err);
    else
        unsound(cli, index->path, err.message ? err.message : "corrupt", err.offset);
    return PIN_EXIT_NONE;
}

static int run(pin_cli *cli)
{
    if (cli->argument_count > 1)
        return pin_cli_misuse(cli, "one file at a time: pincite verify FILE");
    pin_cli_index    index;
    pin_folder_error why;
    pin_status       status = pin_cli_index_try(&index, cli->arguments[0], &why);
    int              exit_code = PIN_EXIT_MISUSE;
    if (status == PIN_OK)
        exit_code = verify(cli, &index);
    else if (status == PIN_CORRUPT)
        exit_code = unsound(cli, index.path, why.text, 0);
    else
        pin_cli_misuse(cli, "%s", why.text);
    pin_cli_index_close(&index);
    return exit_code;
}

const pin_cli_command pin_cli_verify = {
    .name = "verify",
    .usage = "FILE [--json]",
    .summary = "check that an index file is whole",
    .about = "Reads every byte of the index FILE: checksums, the structure of every section,\n"
             "every list and item, all references between them, the revision of every item\n"
             "that is or was, and the root of the release.",
    .options = options,
    .examples = "pincite verify faq.pin",
    .exits = {"the file is sound", "the file is damaged", "misuse, or the file cannot be read at all"},
    .least = 1,
    .run = run,
};
