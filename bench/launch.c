/* launch REPORT COMMAND...: runs a command and writes what it cost.
 *
 * REPORT gets one line: seconds by the clock from fork to exit, seconds of the processor, and the peak of
 * resident memory in KiB. A large parent (Python) cannot ask the kernel for the last: a child's peak
 * begins at its parent's size. Exits as the command did. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
    int           status;
    struct rusage used;
    if (argc < 3)
        return 125;
    double start = now();
    pid_t  child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        return 125;
    double wall = now() - start;
    FILE  *report = fopen(argv[1], "w");
    if (!report)
        return 125;
    fprintf(report, "%.6f %.6f %ld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
    if (fclose(report) != 0)
        return 125;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 124;
}
