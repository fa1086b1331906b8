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
    unsigned options;      /* of cli/points_options.h */
    uint32_t replications; /* of a file that asks for one */
    bool keeps_values;     /* of metrics, by replication */
    bool has_sweep;        /* writes sweep.csv */
    bool needs_all;        /* has nothing to say of a part of the points */
    const char *things;    /* that are counted: "points" */
    /* Sets job->space, from the axes, and job->metrics. */
    ExitCode (*choose)(PointsJob *job);
    /* What is left to do when plan and view are there; NULL: nothing. */
    ExitCode (*ready)(PointsJob *job);
    /* NULL: makes every record of the plan. */
    void (*simulate)(PointsJob *job, const PointsRun *run, PointsResult *result);
    /* Prints to job->text, and adds to job->files. */
    ExitCode (*report)(PointsJob *job);
    void (*clear)(PointsJob *job); /* frees job->own; NULL: nothing to free */
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
    uint32_t silent_ranks;
    bool has_said_go; /* to the other ranks */
    bool is_merged;   /* from journals of others */
    bool hit_limit;
    GPtrArray *warnings;    /* of char * */
    uint64_t more_warnings; /* that are not kept */
    void *own;              /* the command's */
    GString *text;          /* of the report */
    GArray *files;          /* of PointsFile, their texts owned */
};

extern const PointsCommand points_sweep, points_capacity, points_sensitivity;

void points_job_init(PointsJob *job, const PointsCommand *command, char **command_line);
void points_job_clear(PointsJob *job);

/* From options and input to plan and view. */
ExitCode points_job_prepare(PointsJob *job);

/* For `choose`: the axes become the space of points; `count` is for kinds that take one. */
ExitCode points_job_span(PointsJob *job, const SamplingKind *kind, uint64_t count);
/* For `choose`: the metrics that sweep.csv has a column for. */
void points_job_measure_all(PointsJob *job);

/* One more fact that the records depend on; takes the value over. */
void points_job_add_fact(PointsJob *job, const char *name, char *value);

/* What the records belong to: borrowed from the job. */
JournalHead points_job_head(const PointsJob *job);

/* Takes note of a record's warnings and limits; `where` says whose it is. */
void points_job_heed(PointsJob *job, const char *where, const PointRecord *record);

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
