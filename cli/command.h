/* The commands: one line each in main.c's table. argv[0] is the command's name. */
#ifndef TOPPLE_CLI_COMMAND_H
#define TOPPLE_CLI_COMMAND_H

#include <stdbool.h>

#include "cli/exit_code.h"

typedef struct Command {
    const char *name;
    const char *arguments; /* "FILE" */
    const char *summary;
    ExitCode (*run)(int argc, char **argv); /* NULL: not supported yet */
    bool has_ranks;                         /* topple-mpi runs it on all ranks */
} Command;

ExitCode command_run(int argc, char **argv);
ExitCode command_compare(int argc, char **argv);
ExitCode command_check(int argc, char **argv);
ExitCode command_kinds(int argc, char **argv);
ExitCode command_sweep(int argc, char **argv);
ExitCode command_capacity(int argc, char **argv);
ExitCode command_sensitivity(int argc, char **argv);
ExitCode command_merge(int argc, char **argv);

/* Of topple and the libraries it runs with, to stdout. */
void print_version(void);

/* "GLib", "2.74.6", ... NULL: what topple was built with. */
const char *const *library_versions(void);

#endif
