/* Options of the commands that simulate many points, besides those of all commands. */
#ifndef TOPPLE_CLI_POINTS_OPTIONS_H
#define TOPPLE_CLI_POINTS_OPTIONS_H

#include "cli/options.h"
#include "experiments/sampling/sampling.h"

typedef struct PointsOptions {
    Options common;
    char **vary;                  /* NULL at the end */
    uint64_t points;              /* 0: not given */
    const SamplingKind *sampling; /* of --sampling or --method; NULL: not given */
    uint32_t tables;              /* bit i: tables[i] */
    uint32_t shard, shard_count;  /* from 0 */
    bool has_shard, says_yes, restarts;
    char *slo;         /* NULL: not given */
    char *find;        /* "highest" or "lowest"; NULL: not given */
    double resolution; /* share of the value */
    uint64_t trajectories;
    char **metrics; /* NULL: not given */
} PointsOptions;

/* Which of them a command has, besides --vary, --yes and --restart. */
enum {
    POINTS_SAMPLING = 1, /* --sampling, --points */
    POINTS_TABLES = 2,
    POINTS_SHARDS = 4,
    POINTS_SEARCH = 8,     /* --slo, --find, --resolution */
    POINTS_SCREENING = 16, /* --method, --trajectories, --metric */
};

/* As options_parse. */
bool points_options_parse(PointsOptions *options, int argc, char **argv, const char *arguments,
                          const char *summary, unsigned which, bool *has_helped, GError **error);
void points_options_clear(PointsOptions *options);

#endif
