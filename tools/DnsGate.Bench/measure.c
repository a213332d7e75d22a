/* Runs a command with its output thrown away, and prints what it and the children that it waited for took:
   exit code, wall clock and CPU time in microseconds, peak memory of the largest of them in KiB.
   In C, for the peak memory of a child (getrusage(2), ru_maxrss) is never below that of the process that started it. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);

    struct timespec begun, ended;
    struct rusage usage;
    pid_t child;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    if (posix_spawnp(&child, arguments[1], &quiet, NULL, arguments + 1, environ) != 0)
        return 1;
    if (wait4(child, &status, 0, &usage) != child)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &ended);

    long wall = (ended.tv_sec - begun.tv_sec) * 1000000L + (ended.tv_nsec - begun.tv_nsec) / 1000;
    printf("%d %ld %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
           microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
    return 0;
}
