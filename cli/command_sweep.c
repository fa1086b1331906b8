/* sweep: what comes out when parameters vary. */
#include "cli/command.h"
#include "cli/points_job.h"
#include "reports/points_report.h"

static const SamplingKind *sampling_of(const PointsOptions *options)
{
    return options->sampling != NULL ? options->sampling : sampling_kind_find("grid");
}

static ExitCode check_options(const PointsJob *job)
{
    const PointsOptions *options = &job->options;
    const SamplingKind *sampling = sampling_of(options);
    if (sampling->takes_count && options->points == 0)
        complain("--sampling %s needs --points N", sampling->name);
    else if (!sampling->takes_count && options->points != 0)
        complain("--points: a %s has as many as its values make; --sampling latin_hypercube or "
                 "sobol takes a number",
                 sampling->name);
    else if (job->axes->len == 0 && job->input.designs->len < 2)
        complain("nothing varies; --vary POINTER=VALUES, or --design with several names");
    else
        return EXIT_DONE;
    return EXIT_WRONG_INPUT;
}

static ExitCode choose(PointsJob *job)
{
    ExitCode code = check_options(job);
    if (code == EXIT_DONE)
        code = points_job_span(job, sampling_of(&job->options), job->options.points);
    if (code == EXIT_DONE)
        points_job_measure_all(job);
    return code;
}

static ExitCode report(PointsJob *job)
{
    g_autoptr(GError) error = NULL;
    const ReportOptions options = {.format = job->options.common.format,
                                   .has_color = job->watch.has_color};
    const PointsFile plot = {.name = "sweep.gp", .text = points_plot(&job->view)};
    g_array_append_val(job->files, plot);
    if (points_report_print(job->text, &job->view, &options, &error))
        return EXIT_DONE;
    complain("%s", error->message);
    return EXIT_CANNOT_READ_OR_WRITE;
}

const PointsCommand points_sweep = {
    .name = "sweep",
    .arguments = "FILE --vary POINTER=VALUES",
    .summary =
        "Simulates the topology at every point of a grid (or of a sample) of parameters, in each "
        "design that\n"
        "--design names. With --out it can be killed at any moment: the same command goes on.",
    .options = POINTS_SAMPLING | POINTS_TABLES | POINTS_SHARDS,
    .has_sweep = true,
    .things = "points",
    .choose = choose,
    .report = report,
};

ExitCode command_sweep(int argc, char **argv)
{
    return points_command_run(&points_sweep, argc, argv);
}
