/* sensitivity: which parameters matter. */
#include <string.h>

#include "cli/command.h"
#include "cli/points_job.h"
#include "experiments/factors.h"
#include "experiments/sensitivity.h"
#include "models/problems.h"
#include "reports/recorder.h"

#define REPLICATIONS  10u /* of a file that asks for one: differences need several */
#define LEFT_OUT_TOLD 5u

typedef struct Sensitivity {
    SensitivityAnswer answer;
    GPtrArray *lows, *highs; /* JSON texts of the axes' ends */
    GPtrArray *left_out;     /* pointers that cannot vary so */
} Sensitivity;

/* --- metrics */

static ExitCode add_metric(PointsJob *job, const char *text)
{
    MetricRef ref;
    g_autofree char *wrong = metric_ref_parse(&ref, text);
    for (guint i = 0; wrong == NULL && i < job->input.designs->len; i++) {
        g_autoptr(RunResult) shape = recorder_shape(job->designs[i].topology);
        g_autofree char *missing = metric_ref_check(&ref, shape);
        if (missing != NULL)
            wrong = g_strdup_printf("%s: in design %s %s", text, job->designs[i].name, missing);
        if (wrong != NULL)
            metric_ref_clear(&ref);
    }
    if (wrong == NULL) {
        g_array_append_val(job->metrics, ref);
        return EXIT_DONE;
    }
    complain("--metric: %s", wrong);
    return EXIT_WRONG_INPUT;
}

/* Of each workload of the first design. */
static void add_usual_metrics(PointsJob *job)
{
    static const char *const names[] = {"goodput_rps", "availability_ratio", "p99_ms"};
    const Topology *topology = job->designs[0].topology;
    for (uint32_t i = 0; i < topology->workload_count; i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            metrics_add(job->metrics, SCOPE_WORKLOAD, topology->workloads[i].name,
                        column_find(SCOPE_WORKLOAD, names[k]));
    }
}

static ExitCode choose_metrics(PointsJob *job)
{
    ExitCode code = EXIT_DONE;
    char **asked = job->options.metrics;
    job->metrics = metrics_new();
    for (; asked != NULL && *asked != NULL && code == EXIT_DONE; asked++)
        code = add_metric(job, *asked);
    if (job->options.metrics == NULL)
        add_usual_metrics(job);
    return code;
}

/* --- parameters */

/* Both ends of lists must be all there is: one value would be no range, three a grid. */
static ExitCode check_axes(const PointsJob *job)
{
    if (job->axes->len == 0) {
        complain("nothing varies; --vary POINTER=low:high, or POINTER=20%% for all numbers below "
                 "POINTER");
        return EXIT_WRONG_INPUT;
    }
    for (guint i = 0; i < job->axes->len; i++) {
        const Axis *axis = job->axes->pdata[i];
        if (axis->kind != AXIS_VALUES || axis->values->len == 2)
            continue;
        complain("--vary: %s: sensitivity takes a range, a share of the file's value, or two "
                 "values: POINTER=low:high, POINTER=20%%, POINTER=a,b",
                 axis->text);
        return EXIT_WRONG_INPUT;
    }
    return EXIT_DONE;
}

static ExitCode expand_axes(PointsJob *job, Sensitivity *sensitivity)
{
    const InputText *text = &job->input.text;
    const TopologySource source = {text->name, text->folder, text->bytes, text->length,
                                   job->options.common.sets};
    g_autofree char *problem =
        factors_expand(&source, job->designs[0].name, job->axes, sensitivity->left_out);
    if (problem == NULL)
        return EXIT_DONE;
    complain("--vary: %s", problem);
    return EXIT_WRONG_INPUT;
}

static void tell_left_out(PointsJob *job, const Sensitivity *sensitivity)
{
    const GPtrArray *left_out = sensitivity->left_out;
    for (guint i = 0; i < MIN(left_out->len, LEFT_OUT_TOLD); i++)
        g_ptr_array_add(job->warnings, g_strdup_printf("%s is left out: it cannot vary so far",
                                                       (const char *)left_out->pdata[i]));
    if (left_out->len > LEFT_OUT_TOLD)
        g_ptr_array_add(job->warnings,
                        g_strdup_printf("%u more are left out", left_out->len - LEFT_OUT_TOLD));
}

static ExitCode choose_space(PointsJob *job)
{
    const SamplingKind *method =
        job->options.sampling != NULL ? job->options.sampling : sampling_kind_find("tornado");
    return points_job_span(job, method, job->options.trajectories);
}

static void keep_ends(const PointsJob *job, Sensitivity *sensitivity)
{
    for (guint i = 0; i < job->space->axes->len; i++) {
        const Axis *axis = space_axis(job->space, i);
        g_ptr_array_add(sensitivity->lows, axis_value_between(axis, 0));
        g_ptr_array_add(sensitivity->highs, axis_value_between(axis, 1));
    }
}

static ExitCode choose(PointsJob *job)
{
    Sensitivity *sensitivity = g_new0(Sensitivity, 1);
    sensitivity->lows = g_ptr_array_new_with_free_func(g_free);
    sensitivity->highs = g_ptr_array_new_with_free_func(g_free);
    sensitivity->left_out = g_ptr_array_new_with_free_func(g_free);
    job->own = sensitivity;
    ExitCode code = check_axes(job);
    if (code == EXIT_DONE)
        code = expand_axes(job, sensitivity);
    if (code == EXIT_DONE)
        code = choose_metrics(job);
    if (code == EXIT_DONE)
        code = choose_space(job);
    if (code != EXIT_DONE)
        return code;
    keep_ends(job, sensitivity);
    tell_left_out(job, sensitivity);
    return EXIT_DONE;
}

/* --- reporting */

static ExitCode report(PointsJob *job)
{
    Sensitivity *sensitivity = job->own;
    g_autoptr(GError) error = NULL;
    Csv csv = {.text = g_string_new(NULL)};
    const ReportOptions options = {.format = job->options.common.format};
    sensitivity->answer = (SensitivityAnswer){
        .view = &job->view,
        .is_morris = job->space->kind->takes_count,
        .lows = (char *const *)sensitivity->lows->pdata,
        .highs = (char *const *)sensitivity->highs->pdata,
        .tables = sensitivity_tables(job->space, &job->view, &error),
    };
    if (sensitivity->answer.tables == NULL) {
        g_string_free(csv.text, TRUE);
        complain("%s", error->message);
        return EXIT_CANNOT_READ_OR_WRITE;
    }
    sensitivity_csv(&csv, &sensitivity->answer);
    sensitivity_report_print(job->text, &sensitivity->answer, &options);
    const PointsFile file = {
        .name = table_sensitivity.file, .text = g_string_free(csv.text, FALSE), .rows = csv.rows};
    g_array_append_val(job->files, file);
    return EXIT_DONE;
}

static void clear(PointsJob *job)
{
    Sensitivity *sensitivity = job->own;
    if (sensitivity == NULL)
        return;
    sensitivity_tables_free(sensitivity->answer.tables);
    g_ptr_array_free(sensitivity->lows, TRUE);
    g_ptr_array_free(sensitivity->highs, TRUE);
    g_ptr_array_free(sensitivity->left_out, TRUE);
    g_free(sensitivity);
}

const PointsCommand points_sensitivity = {
    .name = "sensitivity",
    .arguments = "FILE --vary POINTER=low:high",
    .summary = "Ranks parameters by how much they matter: each alone at both ends of its range "
               "(tornado), or along\n"
               "random trajectories through all ranges (morris).",
    .options = POINTS_SCREENING | POINTS_SHARDS,
    .replications = REPLICATIONS,
    .keeps_values = true,
    .needs_all = true,
    .things = "points",
    .choose = choose,
    .report = report,
    .clear = clear,
};

ExitCode command_sensitivity(int argc, char **argv)
{
    return points_command_run(&points_sensitivity, argc, argv);
}
