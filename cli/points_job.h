/* One command that simulates many points, from the command line to the exit code: what `sweep` and
 * `sensitivity` have in common, and `merge`, which does the same with records that others made. */
#ifndef TOPPLE_CLI_POINTS_JOB_H
#define TOPPLE_CLI_POINTS_JOB_H

#include "cli/input.h"
#include "cli/points_options.h"
#include "cli/watch.h"
#include "experiments/points.h"
#include "reports/points_output.h"

typedef struct PointsJob PointsJob;

/* What is a command's own. Errors are told by `complain`, and the exit code returned. */
typedef struct PointsCommand {
    const char *name, *arguments, *summary;
    unsigned options;                   /* of cli/points_options.h */
    uint32_t replications;              /* of a file that asks for one */
    bool keeps_values;                  /* of metrics, by replication */
    bool has_sweep;                     /* writes sweep.csv */
    bool needs_all;                     /* has nothing to say of a part of the points */
    ExitCode (*choose)(PointsJob *job); /* sets job->space, from the axes, and job->metrics */
    ExitCode (*report)(PointsJob *job); /* prints to job->text, and adds to job->files */
} PointsCommand;

struct PointsJob {
    const PointsCommand *command;
    char **command_line; /* argv; argv[0] is the command */
    PointsOptions options;
    Input input;
    PointsDesign *designs;
    uint64_t seed;
    GPtrArray *axes; /* of Axis, until `choose` takes them */
    Space *space;
    GArray *metrics;
    PointsParameter *parameters;
    PointsPlan plan;
    PointsView view;
    GPtrArray *facts;    /* JournalHead.facts, and their texts */
    GPtrArray *journals; /* of Journal: one, or those that are merged */
    Watch watch;
    PointsProgress progress;
    bool is_merged; /* from journals of others */
    bool hit_limit;
    GPtrArray *warnings; /* of char * */
    GString *text;       /* of the report */
    GArray *files;       /* of PointsFile, their texts owned */
};

extern const PointsCommand points_sweep;

void points_job_init(PointsJob *job, const PointsCommand *command, char **command_line);
void points_job_clear(PointsJob *job);

/* From options and input to plan and view. */
ExitCode points_job_prepare(PointsJob *job);

/* What the records belong to: borrowed from the job. */
JournalHead points_job_head(const PointsJob *job);

/* Prints and writes, from the journals. `signal_number` ended the runs; 0: none. */
ExitCode points_job_finish(PointsJob *job, int signal_number);

/* Its exit code, with a line about what is missing. */
ExitCode points_job_code(const PointsJob *job, int signal_number);

static inline bool points_job_is_complete(const PointsJob *job)
{
    return job->progress.done == job->progress.total;
}

/* The commands' main functions. */
ExitCode points_command_run(const PointsCommand *command, int argc, char **argv);

#endif
