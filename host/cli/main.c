/* The program. Everything that it does is in the library, where tests can call it. */
#include <signal.h>

#include "host/cli/cli.h"

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write: said once, exit 2 */
    signal(SIGXFSZ, SIG_IGN); /* so is a file that may not grow: one clear line, the old index stays */
    return pin_cli_run(argc, (const char *const *)argv, stdout, stderr);
}
