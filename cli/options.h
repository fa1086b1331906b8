/* The command line of one command: options of the contract, and what is left over. */
#ifndef TOPPLE_CLI_OPTIONS_H
#define TOPPLE_CLI_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "reports/text_report.h"

typedef struct Options {
    char **files;   /* the arguments; NULL at the end */
    char **designs; /* names of --design; NULL: not given */
    char **sets; /* assignments POINTER=JSON: --set, and --duration, --warmup as such; NULL at the
                    end */
    char **expectations; /* of --expect; NULL: not given */
    char **metrics;      /* of --metric; NULL: not given */
    double precision;    /* relative; 0: none is asked for */
    uint32_t max_replications;
    double equivalence; /* relative; 0: not given */
    bool has_seed, has_replications, has_threads;
    uint64_t seed;
    uint32_t replications;
    uint32_t threads; /* 1 or more */
    char *folder;     /* --out; NULL: write no files */
    ReportFormat format;
    bool is_quiet, is_strict;
    uint64_t max_events; /* 0: no limit */
    double max_wall_s;   /* 0: no limit */
} Options;

/* Parses argv (the command's name first). False with an error that is a whole line for the user.
 * `usage` stands after the command's name in --help ("FILE [FILE...]"), `summary` under it. --help
 * and --version print to stdout and set *has_helped. */
bool options_parse(Options *options, int argc, char **argv, const char *usage, const char *summary,
                   bool *has_helped, GError **error);

/* The same for a command that has options of its own in place of those that judge figures
 * (--precision, --metric, --max-replications, --equivalence, --expect, --strict): `own` are entries
 * of GOption, the last one's name is NULL. What they fill in is the caller's to free. `own` NULL:
 * options_parse. */
typedef struct OptionsUsage {
    const char *arguments, *summary; /* `usage` and `summary` of options_parse */
    const GOptionEntry *own;
} OptionsUsage;

bool options_parse_own(Options *options, int argc, char **argv, const OptionsUsage *usage,
                       bool *has_helped, GError **error);
void options_clear(Options *options);

#define OPTIONS_ERROR (options_error_quark())
GQuark options_error_quark(void);

#endif
