/* Options by table: what the help shows is what the parser understands. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/cli.h"

/* ---- Looking up ---- */
static const pin_cli_option *by_name(const pin_cli_command *command, const char *name, size_t len)
{
    for (const pin_cli_option *o = command->options; o->help; o++)
        if (o->name && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static const pin_cli_option *by_letter(const pin_cli_command *command, char letter)
{
    for (const pin_cli_option *o = command->options; o->help; o++)
        if (o->letter && o->letter == letter)
            return o;
    return NULL;
}

static bool is_called(const pin_cli_option *o, const char *name)
{
    if (o->name && strcmp(o->name, name) == 0)
        return true;
    return o->letter && name[0] == o->letter && name[1] == '\0';
}

const char *pin_cli_value_at(const pin_cli *cli, const char *option, uint32_t i)
{
    for (uint32_t g = 0; g < cli->given_count; g++)
        if (is_called(cli->given[g].option, option) && i-- == 0)
            return cli->given[g].value;
    return NULL;
}

const char *pin_cli_value(const pin_cli *cli, const char *option)
{
    for (uint32_t g = cli->given_count; g-- > 0;)
        if (is_called(cli->given[g].option, option))
            return cli->given[g].value;
    return NULL;
}

bool pin_cli_has(const pin_cli *cli, const char *option)
{
    for (uint32_t g = 0; g < cli->given_count; g++)
        if (is_called(cli->given[g].option, option))
            return true;
    return false;
}

bool pin_cli_number(uint32_t *out, pin_cli *cli, const char *option, uint32_t otherwise, uint32_t least,
                    uint32_t most)
{
    const char *text = pin_cli_value(cli, option);
    *out = otherwise;
    if (!text)
        return true;
    uint64_t value = 0;
    size_t   digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 10; digits++)
        value = value * 10 + (uint64_t)(text[digits] - '0');
    if (digits > 0 && text[digits] == '\0' && value >= least && value <= most) {
        *out = (uint32_t)value;
        return true;
    }
    pin_cli_misuse(cli, "'%s' is not a number from %u to %u, as -%s%s wants", text, least, most,
                   option[1] ? "-" : "", option);
    return false;
}

char *pin_cli_joined(const pin_cli *cli, uint32_t from)
{
    size_t len = 1;
    for (uint32_t i = from; i < cli->argument_count; i++)
        len += strlen(cli->arguments[i]) + 1;
    char *joined = malloc(len), *at = joined;
    if (!joined)
        return NULL;
    for (uint32_t i = from; i < cli->argument_count; i++) {
        if (i > from)
            *at++ = ' ';
        size_t part = strlen(cli->arguments[i]);
        memcpy(at, cli->arguments[i], part);
        at += part;
    }
    *at = '\0';
    return joined;
}

/* ---- Parsing ---- */
static bool complain_unknown(pin_cli *cli, const char *name, size_t len)
{
    const char *names[32];
    uint32_t    count = 0;
    for (const pin_cli_option *o = cli->command->options; o->help && count < 32; o++)
        if (o->name)
            names[count++] = o->name;
    const char *near = pin_cli_nearest((pin_str){name, len}, names, count);
    if (near)
        pin_cli_misuse(cli, "unknown option '--%.*s': did you mean '--%s'?", (int)(len < 80 ? len : 80), name,
                       near);
    else
        pin_cli_misuse(cli, "unknown option '--%.*s': pincite %s --help lists them",
                       (int)(len < 80 ? len : 80), name, cli->command->name);
    return false;
}

static bool give(pin_cli *cli, const pin_cli_option *option, const char *value)
{
    if (cli->given_count == PIN_CLI_VALUES) {
        pin_cli_misuse(cli, "too many options: at most %d", PIN_CLI_VALUES);
        return false;
    }
    cli->given[cli->given_count].option = option;
    cli->given[cli->given_count++].value = value;
    return true;
}

/* A value that stands in the next argument; `shown` is the option as written. */
static bool give_next(pin_cli *cli, const pin_cli_option *option, const char *shown, int argc,
                      const char *const *argv, int *i)
{
    bool next = *i + 1 < argc;
    if (option->value_may_lack && (!next || (argv[*i + 1][0] == '-' && argv[*i + 1][1])))
        return give(cli, option, "-");
    if (next)
        return give(cli, option, argv[++*i]);
    pin_cli_misuse(cli, "option '%s' needs a value: %s", shown, option->value);
    return false;
}

static bool parse_long(pin_cli *cli, int argc, const char *const *argv, int *i)
{
    const char           *name = argv[*i] + 2;
    size_t                len = strcspn(name, "=");
    const pin_cli_option *option = by_name(cli->command, name, len);
    if (!option)
        return complain_unknown(cli, name, len);
    if (name[len] == '=' && !option->value) {
        pin_cli_misuse(cli, "option '--%s' takes no value", option->name);
        return false;
    }
    if (name[len] == '=')
        return give(cli, option, name + len + 1);
    if (!option->value)
        return give(cli, option, "");
    return give_next(cli, option, argv[*i], argc, argv, i);
}

static bool parse_letter(pin_cli *cli, int argc, const char *const *argv, int *i)
{
    const char           *text = argv[*i];
    const pin_cli_option *option = by_letter(cli->command, text[1]);
    if (!option || (!option->value && text[2])) {
        pin_cli_misuse(cli, "unknown option '%s': pincite %s --help lists them", text, cli->command->name);
        return false;
    }
    if (!option->value)
        return give(cli, option, "");
    if (text[2])
        return give(cli, option, text + 2);
    return give_next(cli, option, text, argc, argv, i);
}

bool pin_cli_parse(pin_cli *cli, int argc, const char *const *argv)
{
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        if (!only_arguments && strcmp(text, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && text[0] == '-' && text[1] == '-') {
            if (!parse_long(cli, argc, argv, &i))
                return false;
        } else if (!only_arguments && text[0] == '-' && text[1]) {
            if (!parse_letter(cli, argc, argv, &i))
                return false;
        } else if (cli->argument_count == PIN_CLI_VALUES) {
            pin_cli_misuse(cli, "too many arguments: at most %d", PIN_CLI_VALUES);
            return false;
        } else {
            cli->arguments[cli->argument_count++] = text;
        }
    }
    if (cli->argument_count >= cli->command->least)
        return true;
    size_t first = strcspn(cli->command->usage, "\n");
    pin_cli_misuse(cli, "too few arguments: pincite %s %.*s", cli->command->name, (int)first,
                   cli->command->usage);
    return false;
}

/* ---- Help ---- */
enum { HELP_COLUMN = 26 };

/* Prints lines of `text`, each with `indent` spaces before it. */
static void print_lines(FILE *to, const char *text, int indent)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (len > 0)
            fprintf(to, "%*s%.*s", indent, "", (int)len, text);
        fputc('\n', to);
        text += len + (text[len] != '\0');
    }
}

static void print_usage(const pin_cli_command *command, FILE *to)
{
    const char *at = command->usage;
    for (bool first = true; *at; first = false) {
        size_t len = strcspn(at, "\n");
        fprintf(to, "%s pincite %s %.*s\n", first ? "usage:" : "      ", command->name, (int)len, at);
        at += len + (at[len] != '\0');
    }
}

/* "  -k, --hits N            what it does", continued lines below their first. */
static void print_option(FILE *to, const pin_cli_option *o)
{
    char left[64];
    int  used =
        snprintf(left, sizeof left, "  %c%c%s%s%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
                 o->letter && o->name ? ", "
                 : o->name            ? "  "
                                      : "",
                 o->name ? "--" : "", o->name ? o->name : "", o->value ? " " : "", o->value ? o->value : "");
    fputs(left, to);
    if (used >= HELP_COLUMN) {
        fputc('\n', to);
        used = 0;
    }
    const char *at = o->help;
    while (*at) {
        size_t len = strcspn(at, "\n");
        fprintf(to, "%*s%.*s\n", HELP_COLUMN - used, "", (int)len, at);
        used = 0;
        at += len + (at[len] != '\0');
    }
}

void pin_cli_command_help(const pin_cli *cli, FILE *to)
{
    const pin_cli_command      *command = cli->command;
    static const pin_cli_option help = {"help", 'h', NULL, "this text", false};
    print_usage(command, to);
    fputc('\n', to);
    print_lines(to, command->about, 0);
    fputs("\noptions:\n", to);
    for (const pin_cli_option *o = command->options; o->help; o++)
        if (*o->help) /* what has no help is for measuring, not for users */
            print_option(to, o);
    print_option(to, &help);
    fputs("\nexamples:\n", to);
    print_lines(to, command->examples, 2);
    fputs("\nexit status:\n", to);
    for (int i = 0; i < 3; i++)
        fprintf(to, "  %d  %s\n", i, command->exits[i]);
}

void pin_cli_help(const pin_cli *cli, FILE *to)
{
    (void)cli;
    fputs("usage: pincite COMMAND [arguments] [options]\n"
          "\n"
          "Turns folders of questions and answers into one index file, finds the exact\n"
          "question in it, and shows the answer beside the words of the law.\n"
          "\n"
          "commands:\n",
          to);
    for (size_t i = 0; pin_cli_commands[i]; i++)
        fprintf(to, "  %-8s  %s\n", pin_cli_commands[i]->name, pin_cli_commands[i]->summary);
    fputs("\n"
          "  pincite COMMAND --help    all about one command, with examples\n"
          "  pincite --version         the version of this program\n"
          "\n"
          "examples:\n"
          "  pincite build faq/ -o faq.pin --source cra=cra/provisions.jsonl\n"
          "  pincite search faq.pin how long is the support period\n"
          "  pincite law faq.pin \"Article 13(8)\"\n"
          "\n"
          "exit status:\n"
          "  0  found, built, or sound\n"
          "  1  nothing found, or a check failed\n"
          "  2  misuse, unreadable input, or a failed write\n"
          "\n"
          "Answers go to standard output, all else to standard error. Colour is used only\n"
          "on a terminal, and not when NO_COLOR is set.\n",
          to);
}
