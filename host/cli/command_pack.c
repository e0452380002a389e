/* pincite pack: answers, and searches, as a folder that proves itself. */
#include <string.h>

#include "host/cli/cli.h"
#include "host/evidence/evidence.h"

static const pin_cli_option options[] = {
    {"output", 'o', "DIR", "where the pack goes; must not exist", false},
    {"query", 0, "QUERY", "a search and its answer, also when it finds nothing;\nmay be given several times",
     false},
    {"key", 0, "KEY", "sign it with this secret key", false},
    {"as-of", 0, "DATE",
     "the day the pack speaks for, 2026-11-24: revisions\nthat stood then; default: the day of the release",
     false},
    {"json", 0, NULL, "report as one line of JSON", false},
    {0},
};

static bool is_date(const char *text)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int              year, month, day;
    char             rest;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
        sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) != 3)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
           (month != 2 || day < 29 || leap);
}

static int complain(pin_cli *cli, pin_cli_index *index, pin_status status, const pin_pack_failure *failure)
{
    const char *id = cli->arguments[failure->id + 1];
    if (status == PIN_NOT_FOUND && !failure->err.message) {
        const char *at = strchr(id, '@');
        return pin_cli_no_item(cli, index,
                               pin_str_part(pin_str_of(id), 0, at ? (size_t)(at - id) : strlen(id)));
    }
    if (status == PIN_NOT_FOUND ||
        (status == PIN_LIMIT && failure->id + 1 < cli->argument_count && strchr(id, '@'))) {
        pin_cli_note(cli, "cannot pack '%s': %s", id, failure->err.message);
        return PIN_EXIT_NONE;
    }
    if (status == PIN_UNSUPPORTED)
        return pin_cli_misuse(cli, "cannot pack from '%s': %s", index->path, failure->err.message);
    return pin_cli_index_complain(cli, index, &failure->err);
}

static int report(pin_cli *cli, const pin_pack_folder *folder, const pin_pack_order *o, const char *place)
{
    char        size[32];
    pin_release release;
    pin_index_release(&release, o->ix);
    if (pin_cli_has(cli, "json")) {
        fputs("{\"pack\":", cli->out);
        pin_cli_json_string(cli->out, pin_str_of(place));
        fputs(",\"release\":", cli->out);
        pin_cli_json_string(cli->out, release.release);
        fprintf(cli->out, ",\"items\":%u,\"searches\":%u,\"files\":%u,\"signed\":%s,\"bytes\":%llu}\n",
                o->id_count, o->query_count, folder->count, o->key ? "true" : "false",
                (unsigned long long)folder->bytes);
        return PIN_EXIT_GOOD;
    }
    pin_cli_clean(cli->out, pin_str_of(place));
    fprintf(cli->out, ": %u items, %u searches in %u files, %s; %s; release %.16s\n", o->id_count,
            o->query_count, folder->count, pin_cli_size(size, folder->bytes),
            o->key ? "signed" : "not signed", release.release.at);
    return PIN_EXIT_GOOD;
}

static int pack(pin_cli *cli, pin_cli_index *index, pin_pack_order *o, const char *place)
{
    pin_pack_folder  folder;
    pin_pack_failure failure;
    pin_folder_error why;
    pin_status       status = pin_pack_make(&folder, o, &failure);
    if (status != PIN_OK)
        return complain(cli, index, status, &failure);
    status = pin_pack_folder_write(&folder, place, &why);
    int exit_code = status == PIN_OK ? report(cli, &folder, o, place) : pin_cli_misuse(cli, "%s", why.text);
    pin_pack_folder_free(&folder);
    return exit_code;
}

static int with_index(pin_cli *cli, const char *place, const char *as_of, const pin_secret_key *key)
{
    const char *queries[PIN_CLI_VALUES];
    uint32_t    query_count = 0;
    while (pin_cli_value_at(cli, "query", query_count)) {
        queries[query_count] = pin_cli_value_at(cli, "query", query_count);
        query_count++;
    }
    pin_cli_index index;
    int           exit_code = pin_cli_index_open(&index, cli, cli->arguments[0]);
    if (exit_code == PIN_EXIT_GOOD) {
        pin_pack_order order = {
            .ix = index.ix,
            .file = index.mapped.bytes,
            .ids = cli->arguments + 1,
            .id_count = cli->argument_count - 1,
            .queries = queries,
            .query_count = query_count,
            .as_of = as_of ? pin_str_of(as_of) : (pin_str){0},
            .key = key,
        };
        exit_code = pack(cli, &index, &order, place);
    }
    pin_cli_index_close(&index);
    return exit_code;
}

static int run(pin_cli *cli)
{
    pin_secret_key   key;
    pin_folder_error why;
    const char      *place = pin_cli_value(cli, "output"), *as_of = pin_cli_value(cli, "as-of");
    const char      *key_path = pin_cli_value(cli, "key");
    if (!place)
        return pin_cli_misuse(cli, "where to? pincite pack FILE ID... -o DIR");
    if (cli->argument_count < 2 && !pin_cli_has(cli, "query"))
        return pin_cli_misuse(cli, "nothing to pack: name items, or a search with --query");
    if (as_of && !is_date(as_of))
        return pin_cli_misuse(cli, "'%s' is no date: --as-of wants one like 2026-11-24", as_of);
    if (key_path && pin_secret_key_read(&key, key_path, &why) != PIN_OK)
        return pin_cli_misuse(cli, "%s", why.text);
    int exit_code = with_index(cli, place, as_of, key_path ? &key : NULL);
    if (key_path)
        pin_secret_key_forget(&key);
    return exit_code;
}

const pin_cli_command pin_cli_pack = {
    .name = "pack",
    .usage = "FILE ID... -o DIR [options]\nFILE --query QUERY -o DIR [options]",
    .summary = "answers as a folder that proves itself, for a technical file",
    .about = "Makes the folder DIR: for each item the text that its revision is the hash of,\n"
             "the cited words, the versions of the sources, its status and the proof that it\n"
             "belongs to the release; a page to print, a table, and a manifest with the hash\n"
             "of every file, signed if there is a key. ID is MODULE/SLUG or\n"
             "MODULE/SLUG@REVISION. With --query the answer to a search is kept, so that\n"
             "'nothing was found' can be shown, too. 'pincite verify DIR' checks it without a\n"
             "network and without the index; docs/evidence.md describes it for those who check\n"
             "without pincite.",
    .options = options,
    .examples = "pincite pack faq.pin stewards/sbom -o evidence --key publisher.key\n"
                "pincite pack faq.pin --query 'air-gapped updates' -o searched",
    .exits = {"the pack is in place", "there is no such item or revision; the nearest ids are named",
              "misuse, an unusable key, an unreadable file, or a failed write"},
    .least = 1,
    .run = run,
};
