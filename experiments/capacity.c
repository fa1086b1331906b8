#include "experiments/capacity.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "experiments/factors.h"
#include "sim/check.h"

/* How far from the start the search goes. */
#define FACTOR_MAX 64

/* Looks that a case is taken to need, for the progress. */
#define LOOKS_EXPECTED 12.0

/* --- where to start */

char *capacity_value(const CapacityCase *one, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    const char *format = one->bisection.is_whole ? "%.0f" : "%.6g";
    const char *number = g_ascii_formatd(buffer, sizeof buffer, format, value);
    return one->unit[0] == '\0' ? g_strdup(number) : g_strdup_printf("\"%s%s\"", number, one->unit);
}

/* The value that the printed number stands for, so that what is told is what was simulated. */
static double printed(const CapacityCase *one, double value)
{
    g_autofree char *text = capacity_value(one, value);
    return g_ascii_strtod(text[0] == '"' ? text + 1 : text, NULL);
}

static bool reads(const CapacityPlan *plan, uint64_t task, const char *value)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = points_document_at(&plan->points, task, problems);
    if (document == NULL || !document_put(document, "", plan->search->pointer, value, problems))
        return false;
    g_autoptr(Topology) topology = topology_read(document, NULL, problems);
    return topology != NULL;
}

/* Only the reader knows which keys take whole numbers alone. */
static bool takes_fractions(const CapacityPlan *plan, uint64_t task, const CapacityCase *one)
{
    CapacityCase fraction = *one;
    fraction.bisection.is_whole = false;
    g_autofree char *value = capacity_value(&fraction, floor(one->bisection.start) + 0.5);
    return reads(plan, task, value);
}

static char *problem_text(const CapacityPlan *plan, const CapacityCase *one, const char *format,
                          ...) G_GNUC_PRINTF(3, 4);

static char *problem_text(const CapacityPlan *plan, const CapacityCase *one, const char *format,
                          ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return g_strdup_printf("--vary: %s: in design %s %s\n", plan->search->pointer,
                           plan->points.designs[one->design].name, text);
}

static char *start_from_file(const CapacityPlan *plan, uint64_t task, CapacityCase *one)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document = points_document_at(&plan->points, task, problems);
    if (document == NULL)
        return problems_format(problems);
    g_autofree char *json = document_get(document, plan->search->pointer);
    g_autofree char *missing = document_missing(document, plan->search->pointer);
    if (json == NULL)
        return problem_text(plan, one,
                            "it names nothing to start from: %s; a range would be one, "
                            "POINTER=low:high",
                            missing);
    if (!factor_parse(json, &one->bisection.start, &one->unit))
        return problem_text(plan, one, "it is no number above 0 to start from");
    one->bisection.is_whole = !takes_fractions(plan, task, one);
    one->bisection.least = one->bisection.is_whole ? 1 : one->bisection.start / FACTOR_MAX;
    one->bisection.most = one->bisection.start * FACTOR_MAX;
    return NULL;
}

static char *start_from_range(const CapacityPlan *plan, CapacityCase *one)
{
    const Axis *axis = plan->search;
    if (!(axis->low > 0))
        return problem_text(plan, one, "the search needs a range above 0");
    one->unit = g_strdup(axis->unit);
    one->bisection.is_whole = axis->is_whole;
    one->bisection.least = axis->low;
    one->bisection.most = axis->high;
    double middle = sqrt(axis->low * axis->high);
    one->bisection.start = axis->is_whole ? floor(middle) : middle;
    return NULL;
}

/* Every value that may be tried is one that the reader takes, if the ends are, and one between. */
static char *check_range(const CapacityPlan *plan, uint64_t task, const CapacityCase *one)
{
    double values[] = {one->bisection.least, one->bisection.most, one->bisection.start};
    for (int i = 0; i < 3; i++) {
        g_autofree char *value = capacity_value(one, values[i]);
        if (plan->search->kind == AXIS_RANGE && !reads(plan, task, value))
            return problem_text(plan, one, "the value %s cannot be", value);
    }
    return NULL;
}

/* A start from the file may be nearer to what a key takes than the factor allows. */
static void draw_ends_in(const CapacityPlan *plan, uint64_t task, CapacityCase *one)
{
    Bisection *bisection = &one->bisection;
    for (g_autofree char *value = NULL; bisection->most > bisection->start;
         bisection->most = MAX(bisection->start, bisection->most / 2)) {
        g_free(value);
        value = capacity_value(one, bisection->most);
        if (reads(plan, task, value))
            return;
    }
}

static char *prepare_case(const CapacityPlan *plan, uint64_t task, CapacityCase *one)
{
    bool has_range = plan->search->kind == AXIS_RANGE;
    one->design = (uint32_t)(task % plan->points.design_count);
    one->point = task / plan->points.design_count;
    one->probes = g_array_new(FALSE, FALSE, sizeof(CapacityProbe));
    one->bisection.passes_below = plan->passes_below;
    one->bisection.resolution = plan->resolution;
    char *problem = has_range ? start_from_range(plan, one) : start_from_file(plan, task, one);
    if (problem == NULL)
        problem = check_range(plan, task, one);
    if (problem == NULL && !has_range)
        draw_ends_in(plan, task, one);
    bisection_init(&one->bisection);
    return problem;
}

char *capacity_prepare(const CapacityPlan *plan, CapacityResult *result)
{
    *result = (CapacityResult){.case_count = points_task_count(&plan->points)};
    result->cases = g_new0(CapacityCase, result->case_count + 1);
    for (uint64_t i = 0; i < result->case_count; i++) {
        char *problem = prepare_case(plan, i, &result->cases[i]);
        if (problem != NULL)
            return problem;
    }
    return NULL;
}

/* --- one look */

typedef struct Searching {
    const CapacityPlan *plan;
    const PointsRun *run;
    CapacityResult *result;
    atomic_uint_least64_t looks, cases_done;
    pthread_mutex_t lock; /* of the result's error and problem */
} Searching;

static void add_constant(GPtrArray *axes, const char *pointer, const char *value)
{
    Axis *axis = g_new0(Axis, 1);
    axis->kind = AXIS_VALUES;
    axis->text = g_strdup(pointer);
    axis->pointer = g_strdup(pointer);
    axis->values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(axis->values, g_strdup(value));
    g_ptr_array_add(axes, axis);
}

/* The space of one point: the case's values, and the one that is looked at. */
static Space *space_of(const CapacityPlan *plan, const CapacityCase *one, const char *value)
{
    GPtrArray *axes = g_ptr_array_new_with_free_func((GDestroyNotify)axis_free);
    const Space *others = plan->points.space;
    for (uint32_t i = 0; i < others->axes->len; i++) {
        g_autofree char *other = space_value(others, one->point, i);
        add_constant(axes, space_axis(others, i)->pointer, other);
    }
    add_constant(axes, plan->search->pointer, value);
    Space *space = space_new(sampling_kind_find("grid"), axes, 0, 0, NULL);
    SIM_CHECK(space != NULL); /* the same axes have made a space before */
    return space;
}

/* The number of replications that the file or the command line asks for. */
static uint32_t first_replications(const CapacityPlan *plan, const CapacityCase *one)
{
    const PointsPlan *points = &plan->points;
    uint32_t asked = points->designs[one->design].topology->simulation.replications;
    return points->replications > 0 ? points->replications
           : asked == 1             ? points->least_replications
                                    : asked;
}

/* A record is kept under the case and the number of the look: a search that goes on after a stop
 * takes the same looks, and finds them. */
static uint64_t key_of(uint64_t task, guint probe)
{
    return task << 16 | probe;
}

static PointEnd make_record(const Searching *searching, const CapacityCase *one,
                            CapacityProbe *probe, uint32_t worker, PointMade *made)
{
    const CapacityPlan *plan = searching->plan;
    Space *space = space_of(plan, one, probe->value);
    PointsPlan points = plan->points;
    points.space = space;
    points.designs = &plan->points.designs[one->design];
    points.design_count = 1;
    points.replications = probe->replications;
    points.wishes.extra_count = OBJECTIVE_FIGURES;
    points.wishes.extra = objective_figures;
    PointEnd end = points_make(&points, 0, searching->run->pool, worker, NULL, made);
    space_free(space);
    return end;
}

static void keep_error(Searching *searching, GError *error, PointMade *made)
{
    PointsResult *result = &searching->result->points;
    int none = 0;
    pthread_mutex_lock(&searching->lock);
    if (error != NULL && result->error == NULL)
        result->error = g_error_copy(error);
    if (made != NULL && result->problem == NULL) {
        result->problem = g_steal_pointer(&made->problem);
        result->is_internal = made->is_internal;
    }
    pthread_mutex_unlock(&searching->lock);
    atomic_compare_exchange_strong(searching->plan->points.stop, &none, POINTS_STOPPED_FOR_ERROR);
}

/* Makes the record, or finds it; false: it is over. */
static bool look_up(Searching *searching, uint64_t task, const CapacityCase *one,
                    CapacityProbe *probe, uint32_t worker)
{
    Journal *journal = searching->run->journal;
    uint64_t key = key_of(task, one->probes->len);
    g_autoptr(GError) error = NULL;
    PointMade made = {0};
    probe->record = journal_get(journal, key, &error);
    if (probe->record != NULL)
        return true;
    PointEnd end =
        error != NULL ? POINT_STOPPED : make_record(searching, one, probe, worker, &made);
    if (end == POINT_DONE && journal_add(journal, key, made.record, &error))
        probe->record = g_bytes_ref(made.record);
    if (error != NULL || end == POINT_WRONG)
        keep_error(searching, error, end == POINT_WRONG ? &made : NULL);
    point_made_clear(&made);
    return probe->record != NULL;
}

/* False: the record is none, which only damage explains. */
static bool judge(const CapacityPlan *plan, const CapacityCase *one, CapacityProbe *probe)
{
    PointRecord record;
    guint metrics = plan->points.wishes.metrics->len;
    const SloConfig *slos = plan->points.designs[one->design].topology->slos;
    while (strcmp(slos->name, plan->points.only_slo) != 0)
        slos++;
    if (!point_record_read(&record, probe->record, metrics + OBJECTIVE_FIGURES))
        return false;
    Figure figures[OBJECTIVE_FIGURES];
    for (uint32_t i = 0; i < OBJECTIVE_FIGURES; i++)
        figures[i] = point_record_figure(&record, metrics + i);
    probe->verdict = objective_judge(figures, slos->objective_percent / 100);
    point_record_clear(&record);
    return true;
}

static bool look(Searching *searching, uint64_t task, CapacityCase *one, double value,
                 uint32_t replications, uint32_t worker, ObjectiveVerdict *verdict)
{
    CapacityProbe probe = {.value = capacity_value(one, value), .replications = replications};
    if (atomic_load(searching->plan->points.stop) == 0 &&
        look_up(searching, task, one, &probe, worker) && judge(searching->plan, one, &probe)) {
        *verdict = probe.verdict;
        g_array_append_val(one->probes, probe);
        return true;
    }
    g_clear_pointer(&probe.record, g_bytes_unref);
    g_free(probe.value);
    return false;
}

/* --- one case */

static LookOutcome outcome_of(ObjectiveVerdict verdict)
{
    return verdict == OBJECTIVE_MET      ? LOOK_PASS
           : verdict == OBJECTIVE_MISSED ? LOOK_FAIL
                                         : LOOK_OPEN;
}

static bool look_and_tell(Searching *searching, uint64_t task, CapacityCase *one, double value,
                          uint32_t worker)
{
    uint32_t replications = first_replications(searching->plan, one);
    ObjectiveVerdict verdict;
    if (!look(searching, task, one, value, replications, worker, &verdict))
        return false;
    if (verdict == OBJECTIVE_OPEN &&
        !look(searching, task, one, value, replications * CAPACITY_MORE, worker, &verdict))
        return false;
    bisection_tell(&one->bisection, value, outcome_of(verdict));
    atomic_fetch_add(&searching->looks, 1);
    return true;
}

static void search_case(void *context, uint64_t task, uint32_t worker)
{
    Searching *searching = context;
    CapacityCase *one = &searching->result->cases[task];
    double value;
    while (bisection_next(&one->bisection, &value)) {
        if (!look_and_tell(searching, task, one, printed(one, value), worker))
            return;
    }
    one->is_done = true;
    atomic_fetch_add(&searching->cases_done, 1);
}

/* --- all cases */

static PointsProgress progress_of(const Searching *searching)
{
    PointsProgress progress = searching->result->points.progress;
    double looks = (double)atomic_load(&searching->looks) / LOOKS_EXPECTED;
    progress.done = atomic_load(&searching->cases_done);
    double share = MAX((double)progress.done, MIN(looks, 0.95 * (double)progress.total));
    progress.share = share / (double)MAX(progress.total, 1);
    return progress;
}

static void tick(void *context)
{
    const Searching *searching = context;
    PointsProgress progress = progress_of(searching);
    searching->run->tick(searching->run->context, &progress);
}

void capacity_run(const CapacityPlan *plan, const PointsRun *run, CapacityResult *result)
{
    Searching searching = {.plan = plan, .run = run, .result = result};
    result->points.progress.total = result->case_count;
    const LoopWatch watch = {run->tick == NULL ? NULL : tick, &searching, POINTS_TICK_NS};
    pthread_mutex_init(&searching.lock, NULL);
    thread_pool_run(run->pool, result->case_count, search_case, &searching, &watch);
    pthread_mutex_destroy(&searching.lock);
    result->points.progress = progress_of(&searching);
    journal_flush(run->journal);
}

static void case_clear(CapacityCase *one)
{
    for (guint i = 0; one->probes != NULL && i < one->probes->len; i++) {
        CapacityProbe *probe = &g_array_index(one->probes, CapacityProbe, i);
        g_free(probe->value);
        g_bytes_unref(probe->record);
    }
    if (one->probes != NULL)
        g_array_free(one->probes, TRUE);
    g_free(one->unit);
}

void capacity_result_clear(CapacityResult *result)
{
    for (uint64_t i = 0; i < result->case_count; i++)
        case_clear(&result->cases[i]);
    g_free(result->cases);
    points_result_clear(&result->points);
    *result = (CapacityResult){0};
}

const CapacityProbe *capacity_probe_at(const CapacityCase *one, double value)
{
    g_autofree char *text = isnan(value) ? NULL : capacity_value(one, value);
    const CapacityProbe *found = NULL;
    for (guint i = 0; text != NULL && i < one->probes->len; i++) {
        const CapacityProbe *probe = &g_array_index(one->probes, CapacityProbe, i);
        if (strcmp(probe->value, text) == 0)
            found = probe;
    }
    return found;
}
