/* topple: argv to exit code. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/version.h"
#include "cli/watch.h"
#include "experiments/ranks.h"
#include "models/problems.h"

static const Command commands[] = {
    {"run", "FILE", "simulate one design", command_run, false},
    {"compare", "FILE [FILE...]", "simulate all designs and compare them", command_compare, false},
    {"check", "FILE", "validate, without simulating", command_check, false},
    {"kinds", "[FAMILY]", "list distributions, balancers, faults and so on, with their keys",
     command_kinds, false},
    {"sweep", "FILE", "simulate many points: grids, lists, samples of parameters", command_sweep,
     true},
    {"merge", "DIR...", "put the shards of a sweep together", command_merge, false},
    {"capacity", "FILE", "find the highest load that meets an objective", command_capacity, false},
    {"sensitivity", "FILE", "rank parameters by how much they matter", command_sensitivity, true},
    {"graph", "FILE", "draw the topology", NULL, false},
    {"report", "DIR...", "rebuild reports from saved outputs", NULL, false},
};

const char *const *library_versions(void)
{
    static const char *const versions[] = {
        "cJSON",
        G_STRINGIFY(CJSON_VERSION_MAJOR) "." G_STRINGIFY(CJSON_VERSION_MINOR) "." G_STRINGIFY(
            CJSON_VERSION_PATCH),
        "GLib",
        G_STRINGIFY(GLIB_MAJOR_VERSION) "." G_STRINGIFY(GLIB_MINOR_VERSION) "." G_STRINGIFY(
            GLIB_MICRO_VERSION),
        "GSL",
        GSL_VERSION,
        NULL,
    };
    return versions;
}

static void print_help(void)
{
    printf("topple simulates a system of services before it is built, for each design choice.\n\n"
           "Usage:\n  topple COMMAND [OPTION...] ...\n\nCommands:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i].run != NULL)
            printf("  %-11s %-15s %s\n", commands[i].name, commands[i].arguments,
                   commands[i].summary);
    }
    printf("\n  topple COMMAND --help   options of a command\n"
           "  topple --version        versions of topple and its libraries\n\n"
           "Exit codes: 0 done, 1 cannot read or write, 2 wrong command line or topology, 3 an "
           "expectation failed,\n"
           "4 undecided or doubtful under --strict, 5 stopped by a limit, 70 internal error, 130 "
           "interrupted.\n");
}

void print_version(void)
{
    printf("topple %s\n", TOPPLE_VERSION);
    printf("GLib %u.%u.%u, cJSON %s, GSL %s, Philox 4x32-10 of Random123\n", glib_major_version,
           glib_minor_version, glib_micro_version, cJSON_Version(), gsl_version);
}

static ExitCode unknown_command(const char *name)
{
    const char *names[G_N_ELEMENTS(commands)];
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    const char *near = problems_nearest(name, names, G_N_ELEMENTS(names));
    if (near != NULL)
        complain("there is no command \"%s\"; did you mean \"%s\"?", name, near);
    else
        complain("there is no command \"%s\"; topple --help lists those there are", name);
    return EXIT_WRONG_INPUT;
}

/* A stream that the caller closed would become the first file that is opened, and what is printed
 * would end in it. What stands in refuses to be written to, or to be read from. */
static void open_missing_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/* What is no work for many is done by the first rank. */
static ExitCode run_command(const Command *command, int argc, char **argv)
{
    bool is_first = ranks_number() == 0;
    if (command->run == NULL && is_first)
        complain("the command \"%s\" is not supported yet", command->name);
    if (command->run == NULL)
        return EXIT_WRONG_INPUT;
    if (ranks_count() == 1 || command->has_ranks)
        return command->run(argc, argv);
    if (is_first)
        complain("%s is not for several ranks: start it without mpirun", command->name);
    return EXIT_WRONG_INPUT;
}

static ExitCode help(ExitCode code)
{
    if (ranks_number() == 0)
        print_help();
    return code;
}

static ExitCode dispatch(int argc, char **argv)
{
    if (argc < 2)
        return help(EXIT_WRONG_INPUT);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(EXIT_DONE);
    if (strcmp(argv[1], "--version") == 0) {
        if (ranks_number() == 0)
            print_version();
        return EXIT_DONE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(&commands[i], argc - 1, argv + 1);
    }
    return ranks_number() == 0 ? unknown_command(argv[1]) : EXIT_WRONG_INPUT;
}

int main(int argc, char **argv)
{
    open_missing_streams();
    watch_prepare();
    gsl_set_error_handler_off();
    ranks_start();
    return ranks_end((int)dispatch(argc, argv));
}
