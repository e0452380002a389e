/* From the arguments of the program to one command, and from its answer to an exit code. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/cli/cli.h"

const pin_cli_command *const pin_cli_commands[] = {
    &pin_cli_build, &pin_cli_search, &pin_cli_show, &pin_cli_law,    &pin_cli_cite,
    &pin_cli_check, &pin_cli_diff, &pin_cli_eval,   &pin_cli_verify, &pin_cli_coverage, &pin_cli_serve, &pin_cli_export,
    &pin_cli_sign,  &pin_cli_pack,   NULL,
};

static const pin_cli_command *find_command(const char *name)
{
    for (size_t i = 0; pin_cli_commands[i]; i++)
        if (strcmp(pin_cli_commands[i]->name, name) == 0)
            return pin_cli_commands[i];
    return NULL;
}

static int unknown_command(pin_cli *cli, const char *name)
{
    const char *names[32] = {"help"};
    uint32_t    count = 1;
    for (size_t i = 0; pin_cli_commands[i]; i++)
        names[count++] = pin_cli_commands[i]->name;
    const char *near = pin_cli_nearest(pin_str_of(name), names, count);
    if (near)
        return pin_cli_misuse(cli, "unknown command '%s': did you mean '%s'?", name, near);
    return pin_cli_misuse(cli, "unknown command '%s': pincite --help lists them", name);
}

/* ---- What the terminal can do ---- */
static bool has_text(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0];
}

static void look_at_terminal(pin_cli *cli)
{
    int         out = fileno(cli->out), err = fileno(cli->err);
    const char *term = getenv("TERM");
    bool        terminal = out >= 0 && isatty(out);
    cli->colour = terminal && !has_text("NO_COLOR") && term && strcmp(term, "dumb") != 0;
    cli->err_terminal = err >= 0 && isatty(err);
    cli->width = 80;
    struct winsize size;
    if (terminal && ioctl(out, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        cli->width = size.ws_col < 100 ? size.ws_col : 100; /* longer lines are hard to read */
}

/* ---- One run ---- */
static int help(pin_cli *cli, const char *name)
{
    if (!name) {
        pin_cli_help(cli, cli->out);
        return PIN_EXIT_GOOD;
    }
    cli->command = find_command(name);
    if (!cli->command)
        return unknown_command(cli, name);
    pin_cli_command_help(cli, cli->out);
    return PIN_EXIT_GOOD;
}

static int run_command(pin_cli *cli, int argc, const char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            pin_cli_command_help(cli, cli->out);
            return PIN_EXIT_GOOD;
        }
    if (!pin_cli_parse(cli, argc, argv))
        return PIN_EXIT_MISUSE;
    return cli->command->run(cli);
}

static int choose(pin_cli *cli, int argc, const char *const *argv)
{
    if (argc < 2) {
        pin_cli_help(cli, cli->err);
        return PIN_EXIT_MISUSE;
    }
    const char *first = argv[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0)
        return help(cli, argc > 2 ? argv[2] : NULL);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        fputs("pincite " PINCITE_VERSION "\n", cli->out);
        return PIN_EXIT_GOOD;
    }
    if (first[0] == '-')
        return pin_cli_misuse(cli, "unknown option '%s': pincite --help lists the commands", first);
    cli->command = find_command(first);
    if (!cli->command)
        return unknown_command(cli, first);
    return run_command(cli, argc - 2, argv + 2);
}

int pin_cli_run(int argc, const char *const *argv, FILE *out, FILE *err)
{
    pin_cli cli = {.out = out, .err = err};
    look_at_terminal(&cli);
    int exit_code = choose(&cli, argc, argv);
    errno = 0;
    bool failed = fflush(out) != 0;
    int  why = cli.write_errno ? cli.write_errno : errno;
    if (failed || ferror(out))
        return pin_cli_misuse(&cli, "cannot write the answer: %s", why ? strerror(why) : "a write failed");
    return exit_code;
}
