/* How fast whole topologies run, with all statistics on, on one core: a table, what the figures
 * have to be, and a CSV file for keeping.
 *
 *   bench_run FILE.csv
 *
 * Each run is a process of its own, so that its peak memory is its own. The cases take turns, round
 * by round, so that what disturbs the machine disturbs all that is compared; the fastest round
 * counts. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/cases.h"
#include "tests/bench/machine.h"
#include "tests/bench/table.h"

#define ROUNDS_MAX 5u

/* In a child, which sends its figures back through a pipe. */
static bool run_apart(const Case *what, Figures *figures)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        Figures own = what->run(what);
        _exit(write(ends[1], &own, sizeof own) == sizeof own ? 0 : 1);
    }
    close(ends[1]);
    bool is_read = read(ends[0], figures, sizeof *figures) == (ssize_t)sizeof *figures;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return is_read;
}

static bool run_round(Figures *best, unsigned round)
{
    for (size_t i = 0; i < case_count; i++) {
        Figures figures;
        if (round >= (cases[i].rounds > 0 ? cases[i].rounds : ROUNDS))
            continue;
        if (!run_apart(&cases[i], &figures)) {
            fprintf(stderr, "bench: no figures of %s\n", cases[i].name);
            return false;
        }
        if (round == 0 || figures.seconds < best[i].seconds)
            best[i] = figures;
    }
    return true;
}

static bool keep(const char *path, const Figures *best, const Origin *origin)
{
    FILE *csv = fopen(path, "w");
    if (csv != NULL)
        write_csv(csv, best, origin);
    if (csv != NULL && fclose(csv) == 0)
        return true;
    perror(path);
    return false;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "bench.csv", *flags = getenv("FLAGS");
    g_autofree Figures *best = g_new0(Figures, case_count);
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        if (!run_round(best, round))
            return 1;
    }
    g_autofree char *machine = machine_name(), *versions = build_versions();
    const Origin origin = {machine, versions, flags == NULL ? "" : flags};
    print_table(best, &origin);
    return keep(path, best, &origin) ? 0 : 1;
}
