/* capacity: how far a parameter can go until an objective is missed. */
#include <math.h>
#include <string.h>

#include "cli/command.h"
#include "cli/points_job.h"
#include "experiments/capacity.h"
#include "models/problems.h"
#include "reports/capacity_report.h"

#define REPLICATIONS 10u /* of a file that asks for one: a verdict needs several */

typedef struct Capacity {
    CapacityPlan plan;
    CapacityResult result;
    CapacityQuestion question;
    Axis *search;
    GArray *answers; /* of CapacityAnswer */
} Capacity;

/* --- which objective */

static const SloConfig *find_slo(const Topology *topology, const char *name)
{
    for (uint32_t i = 0; i < topology->slo_count; i++) {
        if (strcmp(topology->slos[i].name, name) == 0)
            return &topology->slos[i];
    }
    return NULL;
}

static void complain_of_slo(const PointsDesign *design, const char *name)
{
    const Topology *topology = design->topology;
    g_autofree const char **names = g_new0(const char *, topology->slo_count + 1);
    for (uint32_t i = 0; i < topology->slo_count; i++)
        names[i] = topology->slos[i].name;
    const char *near = problems_nearest(name, names, topology->slo_count);
    if (near != NULL)
        complain("--slo: no objective of design %s is called \"%s\"; did you mean \"%s\"?",
                 design->name, name, near);
    else
        complain("--slo: no objective of design %s is called \"%s\"", design->name, name);
}

static ExitCode check_slo(const PointsJob *job)
{
    const char *name = job->options.slo;
    if (name == NULL) {
        complain("--slo NAME says which objective is to be met");
        return EXIT_WRONG_INPUT;
    }
    for (guint i = 0; i < job->input.designs->len; i++) {
        const SloConfig *slo = find_slo(job->designs[i].topology, name);
        if (slo == NULL) {
            complain_of_slo(&job->designs[i], name);
            return EXIT_WRONG_INPUT;
        }
        if (slo->workload == NO_INDEX) {
            complain("--slo: \"%s\" is an objective of an operation; capacity is not supported for "
                     "those yet, only for objectives of workloads",
                     name);
            return EXIT_WRONG_INPUT;
        }
    }
    return EXIT_DONE;
}

/* --- which parameter */

static char *escaped(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "~", -1);
    return g_strjoinv("~0", parts); /* names hold no / */
}

/* The load of the objective's workload. */
static Axis *load_axis(const PointsJob *job)
{
    const Topology *topology = job->designs[0].topology;
    const SloConfig *slo = find_slo(topology, job->options.slo);
    const WorkloadConfig *workload = &topology->workloads[slo->workload];
    g_autofree char *name = escaped(workload->name);
    g_autofree char *pointer =
        g_strdup_printf("/workloads/%s/%s", name, workload->is_closed ? "users" : "arrival/rate");
    return axis_parse(pointer, NULL);
}

/* The first axis without steps is what is searched along; the others are a grid. */
static ExitCode take_search(PointsJob *job, Capacity *capacity)
{
    for (guint i = 0; i < job->axes->len && capacity->search == NULL; i++) {
        const Axis *axis = job->axes->pdata[i];
        if (axis->kind != AXIS_VALUES)
            capacity->search = g_ptr_array_steal_index(job->axes, i);
    }
    if (capacity->search == NULL)
        capacity->search = load_axis(job);
    for (guint i = 0; i < job->axes->len; i++) {
        const Axis *axis = job->axes->pdata[i];
        if (strcmp(axis->pointer, capacity->search->pointer) == 0) {
            complain("--vary: %s: is what is searched along: POINTER or POINTER=low:high, without "
                     "values",
                     axis->pointer);
            return EXIT_WRONG_INPUT;
        }
    }
    return EXIT_DONE;
}

/* Of these more is better. */
static bool is_supply(const char *pointer)
{
    static const char *const names[] = {"replicas",    "threads",         "cores",
                                        "concurrency", "max_connections", "partitions",
                                        "prefetch",    "max_in_flight",   "bandwidth"};
    const char *last = strrchr(pointer, '/') + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(last, names[i]) == 0)
            return true;
    }
    return false;
}

static ExitCode choose(PointsJob *job)
{
    Capacity *capacity = g_new0(Capacity, 1);
    job->own = capacity;
    ExitCode code = check_slo(job);
    if (code == EXIT_DONE)
        code = take_search(job, capacity);
    if (code != EXIT_DONE)
        return code;
    if (job->options.common.has_replications && job->options.common.replications < 2) {
        complain("--replications: capacity judges by intervals: at least 2");
        return EXIT_WRONG_INPUT;
    }
    code = points_job_span(job, sampling_kind_find("grid"), 0);
    if (code == EXIT_DONE)
        points_job_measure_all(job);
    return code;
}

/* --- running */

static ExitCode ready(PointsJob *job)
{
    Capacity *capacity = job->own;
    const char *find = job->options.find;
    bool wants_highest =
        find != NULL ? strcmp(find, "highest") == 0 : !is_supply(capacity->search->pointer);
    job->plan.only_slo = job->options.slo;
    capacity->plan = (CapacityPlan){.points = job->plan,
                                    .search = capacity->search,
                                    .passes_below = wants_highest,
                                    .resolution = job->options.resolution};
    capacity->question = (CapacityQuestion){.view = &job->view,
                                            .slo = job->options.slo,
                                            .parameter = capacity->search->pointer,
                                            .wants_highest = wants_highest};
    g_autofree char *problem = capacity_prepare(&capacity->plan, &capacity->result);
    if (problem != NULL) {
        fputs(problem, stderr);
        return EXIT_WRONG_INPUT;
    }
    points_job_add_fact(job, "objective", g_strdup(job->options.slo));
    points_job_add_fact(job, "search", g_strdup(capacity->search->text));
    points_job_add_fact(job, "direction", g_strdup(wants_highest ? "highest" : "lowest"));
    points_job_add_fact(job, "resolution", g_strdup_printf("%g", job->options.resolution));
    return EXIT_DONE;
}

static void simulate(PointsJob *job, const PointsRun *run, PointsResult *result)
{
    Capacity *capacity = job->own;
    capacity->plan.points.stop = job->plan.stop;
    capacity_run(&capacity->plan, run, &capacity->result);
    *result = capacity->result.points;
    capacity->result.points = (PointsResult){0};
}

/* --- reporting */

static Figure figure_at(const PointsJob *job, const PointRecord *record, const char *workload,
                        const char *column)
{
    uint32_t index = metrics_find(job->metrics, SCOPE_WORKLOAD, workload, column);
    return point_record_figure(record, index);
}

static double number_of(const char *json)
{
    return g_ascii_strtod(json[0] == '"' ? json + 1 : json, NULL);
}

static CapacityLook look_of(PointsJob *job, const CapacityProbe *probe, const char *workload)
{
    PointRecord record;
    guint metrics = job->metrics->len;
    CapacityLook look = {.value = number_of(probe->value),
                         .replications = probe->replications,
                         .verdict = probe->verdict};
    if (!point_record_read(&record, probe->record, metrics + OBJECTIVE_FIGURES))
        return look;
    for (uint32_t i = 0; i < OBJECTIVE_FIGURES; i++)
        look.figures[i] = point_record_figure(&record, metrics + i);
    look.goodput = figure_at(job, &record, workload, "goodput_rps");
    look.p99 = figure_at(job, &record, workload, "p99_ms");
    points_job_heed(job, probe->value, &record);
    point_record_clear(&record);
    return look;
}

/* Where it is missed, because there what is short is short; if it never is, where it is met. */
static LimitingResource limit_of(const PointsJob *job, const CapacityCase *one)
{
    const CapacityProbe *probe = capacity_probe_at(one, one->bisection.fail);
    LimitingResource limit = {0};
    PointRecord record;
    if (probe == NULL)
        probe = capacity_probe_at(one, one->bisection.pass);
    if (probe == NULL ||
        !point_record_read(&record, probe->record, job->metrics->len + OBJECTIVE_FIGURES))
        return limit;
    limit = objective_limit(job->designs[one->design].topology, job->metrics, &record);
    point_record_clear(&record);
    return limit;
}

static CapacityAnswer answer_of(PointsJob *job, const CapacityCase *one)
{
    const Topology *topology = job->designs[one->design].topology;
    const SloConfig *slo = find_slo(topology, job->options.slo);
    const char *workload = topology->workloads[slo->workload].name;
    CapacityAnswer answer = {.unit = one->unit,
                             .objective = slo->objective_percent / 100,
                             .meets = one->bisection.pass,
                             .misses = one->bisection.fail,
                             .goodput = NAN,
                             .limit = limit_of(job, one),
                             .looks = g_array_new(FALSE, FALSE, sizeof(CapacityLook))};
    points_view_values(&job->view, one->design * job->view.point_count + one->point, &answer.row);
    for (guint i = 0; i < one->probes->len; i++) {
        CapacityLook look = look_of(job, &g_array_index(one->probes, CapacityProbe, i), workload);
        g_array_append_val(answer.looks, look);
        if (look.value == answer.meets)
            answer.goodput = look.goodput.value;
    }
    return answer;
}

/* By design, then by point, as everywhere. */
static GArray *answers_of(PointsJob *job)
{
    const Capacity *capacity = job->own;
    GArray *answers = g_array_new(FALSE, FALSE, sizeof(CapacityAnswer));
    for (uint32_t design = 0; design < job->plan.design_count; design++) {
        for (uint64_t point = 0; point < job->space->count; point++) {
            const CapacityCase *one =
                &capacity->result.cases[points_task(&job->plan, design, point)];
            if (!one->is_done)
                continue;
            CapacityAnswer answer = answer_of(job, one);
            g_array_append_val(answers, answer);
        }
    }
    return answers;
}

static void add_file(PointsJob *job, const char *name,
                     void (*write)(Csv *csv, const CapacityQuestion *question,
                                   const GArray *answers))
{
    const Capacity *capacity = job->own;
    Csv csv = {.text = g_string_new(NULL)};
    write(&csv, &capacity->question, capacity->answers);
    const PointsFile file = {
        .name = name, .text = g_string_free(csv.text, FALSE), .rows = csv.rows};
    g_array_append_val(job->files, file);
}

static ExitCode report(PointsJob *job)
{
    Capacity *capacity = job->own;
    const ReportOptions options = {.format = job->options.common.format};
    capacity->answers = answers_of(job);
    add_file(job, table_capacity.file, capacity_csv);
    add_file(job, table_probes.file, probes_csv);
    capacity_report_print(job->text, &capacity->question, capacity->answers, &options);
    return EXIT_DONE;
}

static void clear(PointsJob *job)
{
    Capacity *capacity = job->own;
    if (capacity == NULL)
        return;
    for (guint i = 0; capacity->answers != NULL && i < capacity->answers->len; i++) {
        CapacityAnswer *answer = &g_array_index(capacity->answers, CapacityAnswer, i);
        point_row_clear(&answer->row, &job->view);
        g_array_free(answer->looks, TRUE);
    }
    if (capacity->answers != NULL)
        g_array_free(capacity->answers, TRUE);
    capacity_result_clear(&capacity->result);
    axis_free(capacity->search);
    g_free(capacity);
}

const PointsCommand points_capacity = {
    .name = "capacity",
    .arguments = "FILE --slo NAME [--vary POINTER]",
    .summary =
        "Finds the highest load that still meets an objective, or the lowest number of replicas, "
        "threads and so on\n"
        "that does, as an interval, and what limits it; in each design that --design names, and "
        "for each value of\n"
        "other parameters that --vary gives.",
    .options = POINTS_SEARCH,
    .replications = REPLICATIONS,
    .things = "searches",
    .choose = choose,
    .ready = ready,
    .simulate = simulate,
    .report = report,
    .clear = clear,
};

ExitCode command_capacity(int argc, char **argv)
{
    return points_command_run(&points_capacity, argc, argv);
}
