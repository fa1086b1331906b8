#include "experiments/points.h"

#include <pthread.h>
#include <string.h>

#include "experiments/experiment.h"
#include "models/quantity.h"
#include "sim/check.h"

#define VARY "--vary" /* the name of values of points in errors */

uint64_t points_shard_size(const PointsPlan *plan)
{
    uint64_t tasks = points_task_count(plan);
    return tasks / plan->shard_count + (tasks % plan->shard_count > plan->shard);
}

uint64_t points_shard_task(const PointsPlan *plan, uint64_t index)
{
    return index * plan->shard_count + plan->shard;
}

/* --- reading */

Document *points_document(const TopologySource *source, const char *design, Problems *problems)
{
    Document *document =
        document_parse(source->name, source->folder, source->bytes, source->length, problems);
    if (document == NULL)
        return NULL;
    bool is_good = true;
    for (char *const *set = source->sets; *set != NULL; set++)
        is_good = document_set(document, *set, problems) && is_good;
    if (is_good && document_apply_design(document, design, problems))
        return document;
    document_free(document);
    return NULL;
}

/* Values have no place that the user could look up. */
static void forget_places(const Problems *problems)
{
    for (guint i = 0; i < problems->list->len; i++) {
        Problem *problem = g_ptr_array_index(problems->list, i);
        if (strcmp(problem->file, VARY) == 0)
            problem->line = problem->column = 0;
    }
}

/* A pointer may name what is not written, if the topology allows it there; if not, it is most
 * likely misspelt. */
static void explain(const PointsPlan *plan, uint32_t design, Problems *problems)
{
    g_autoptr(Problems) ignored = problems_new();
    const char *name = plan->designs[design].name;
    g_autoptr(Document) document = points_document(&plan->source, name, ignored);
    for (uint32_t i = 0; document != NULL && i < plan->space->axes->len; i++) {
        const char *pointer = space_axis(plan->space, i)->pointer;
        g_autofree char *missing = document_missing(document, pointer);
        if (missing != NULL)
            problems_add(problems, VARY, 0, 0, pointer,
                         g_strdup_printf("names nothing in design %s: %s", name, missing));
    }
}

static bool put_values(const PointsPlan *plan, uint64_t point, Document *document,
                       Problems *problems)
{
    bool is_good = true;
    for (uint32_t i = 0; i < plan->space->axes->len; i++) {
        const char *pointer = space_axis(plan->space, i)->pointer;
        g_autofree char *value = space_value(plan->space, point, i);
        if (value != NULL)
            is_good = document_put(document, VARY, pointer, value, problems) && is_good;
    }
    return is_good;
}

Document *points_document_at(const PointsPlan *plan, uint64_t task, Problems *problems)
{
    const char *design = plan->designs[task % plan->design_count].name;
    Document *document = points_document(&plan->source, design, problems);
    if (document == NULL)
        return NULL;
    if (plan->only_slo != NULL)
        document_keep_only(document, "slos", plan->only_slo);
    if (put_values(plan, task / plan->design_count, document, problems))
        return document;
    document_free(document);
    return NULL;
}

Topology *points_read(const PointsPlan *plan, uint64_t task, Problems *problems)
{
    g_autoptr(Document) document = points_document_at(plan, task, problems);
    Topology *topology = document == NULL ? NULL : topology_read(document, NULL, problems);
    if (topology != NULL && topology->simulation.finds_warmup) {
        problems_add(problems, VARY, 0, 0, "/simulation/warmup",
                     g_strdup("must be a time: only run and compare find a warm-up"));
        g_clear_pointer(&topology, topology_free);
    }
    if (topology != NULL)
        return topology;
    explain(plan, (uint32_t)(task % plan->design_count), problems);
    forget_places(problems);
    return NULL;
}

/* --- checking all */

typedef struct Check {
    const PointsPlan *plan;
    _Atomic uint64_t first; /* lowest index of a task that is wrong */
} Check;

static void check_task(void *context, uint64_t index, uint32_t worker)
{
    Check *check = context;
    (void)worker;
    if (index > atomic_load(&check->first))
        return;
    g_autoptr(Problems) problems = problems_new();
    Topology *topology = points_read(check->plan, points_shard_task(check->plan, index), problems);
    uint64_t first = atomic_load(&check->first);
    while (topology == NULL && index < first &&
           !atomic_compare_exchange_weak(&check->first, &first, index))
        ;
    topology_free(topology);
}

char *points_check(const PointsPlan *plan, ThreadPool *pool)
{
    Check check = {.plan = plan, .first = UINT64_MAX};
    thread_pool_run(pool, points_shard_size(plan), check_task, &check, NULL);
    if (check.first == UINT64_MAX)
        return NULL;
    g_autoptr(Problems) problems = problems_new();
    Topology *topology = points_read(plan, points_shard_task(plan, check.first), problems);
    SIM_CHECK(topology == NULL);
    return problems_format(problems);
}

/* --- one task */

static StudyParameter *parameters_of(const Space *space, uint64_t point, uint32_t *count)
{
    StudyParameter *parameters = g_new0(StudyParameter, space->axes->len + 1);
    *count = 0;
    for (uint32_t i = 0; i < space->axes->len; i++) {
        char *value = space_value(space, point, i);
        if (value != NULL)
            parameters[(*count)++] = (StudyParameter){space_axis(space, i)->pointer, value};
    }
    return parameters;
}

static void parameters_free(StudyParameter *parameters, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        g_free((gpointer)(guintptr)parameters[i].value);
    g_free(parameters);
}

static uint32_t replications_of(const PointsPlan *plan, const Topology *topology)
{
    if (plan->replications > 0)
        return plan->replications;
    uint32_t asked = topology->simulation.replications;
    return asked == 1 ? MAX(plan->least_replications, 1) : asked;
}

static PointEnd judge(const PointsPlan *plan, ExperimentResult *result, PointMade *made)
{
    if (result->problem != NULL) {
        made->problem = g_steal_pointer(&result->problem);
        made->is_internal = true;
        return POINT_WRONG;
    }
    if (!result->is_complete && !result->hit_limit)
        return POINT_STOPPED;
    if (plan->stop != NULL && atomic_load(plan->stop) != 0 && !result->is_complete)
        return POINT_STOPPED; /* a limit in one run, and the end of patience in another */
    made->record =
        point_record_make(result->study, &plan->wishes, result->warnings, result->hit_limit);
    return POINT_DONE;
}

static PointEnd simulate(const PointsPlan *plan, const StudyVariant *variant,
                         ExperimentPlan *experiment, PointMade *made)
{
    const Topology *topology = variant->topology;
    ExperimentResult result;
    experiment->variants = variant;
    experiment->variant_count = 1;
    experiment->seed = plan->has_seed ? plan->seed : topology->simulation.seed;
    experiment->replications = replications_of(plan, topology);
    experiment->max_events = plan->max_events;
    experiment->stop = plan->stop;
    experiment_run(experiment, &result);
    PointEnd end = judge(plan, &result, made);
    experiment_result_clear(&result);
    return end;
}

PointEnd points_make(const PointsPlan *plan, uint64_t task, ThreadPool *pool, uint32_t worker,
                     atomic_uint_least64_t *runs_done, PointMade *made)
{
    *made = (PointMade){0};
    uint64_t point = task / plan->design_count;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = points_read(plan, task, problems);
    if (topology == NULL) {
        made->problem = problems_format(problems);
        return POINT_WRONG;
    }
    g_autofree char *name = g_strdup_printf("%" G_GUINT64_FORMAT, point);
    uint32_t count;
    StudyParameter *parameters = parameters_of(plan->space, point, &count);
    const StudyVariant variant = {.design = plan->designs[task % plan->design_count].name,
                                  .point = name,
                                  .topology = topology,
                                  .parameters = parameters,
                                  .parameter_count = count};
    ExperimentPlan experiment = {.pool = pool, .worker = worker, .runs_done = runs_done};
    PointEnd end = simulate(plan, &variant, &experiment, made);
    parameters_free(parameters, count);
    return end;
}

void point_made_clear(PointMade *made)
{
    g_clear_pointer(&made->record, g_bytes_unref);
    g_clear_pointer(&made->problem, g_free);
}

/* --- all tasks */

typedef struct Running {
    const PointsPlan *plan;
    const PointsRun *run;
    PointsResult *result;
    uint64_t runs_a_task;
    atomic_uint_least64_t tasks_done, runs_done; /* in this run */
    uint64_t first_wrong;                        /* index; under the lock, as the result is */
    pthread_mutex_t lock;
} Running;

static void stop_all(const Running *running)
{
    int none = 0;
    atomic_compare_exchange_strong(running->plan->stop, &none, POINTS_STOPPED_FOR_ERROR);
}

static void keep_record(Running *running, uint64_t task, PointMade *made)
{
    g_autoptr(GError) error = NULL;
    if (journal_add(running->run->journal, task, made->record, &error)) {
        atomic_fetch_add(&running->tasks_done, 1);
        return;
    }
    pthread_mutex_lock(&running->lock);
    if (running->result->error == NULL)
        running->result->error = g_steal_pointer(&error);
    pthread_mutex_unlock(&running->lock);
    stop_all(running);
}

static void keep_problem(Running *running, uint64_t index, PointMade *made)
{
    PointsResult *result = running->result;
    pthread_mutex_lock(&running->lock);
    if (index < running->first_wrong) {
        running->first_wrong = index;
        g_free(result->problem);
        result->problem = g_steal_pointer(&made->problem);
        result->is_internal = made->is_internal;
    }
    pthread_mutex_unlock(&running->lock);
    stop_all(running);
}

static void run_task(void *context, uint64_t index, uint32_t worker)
{
    Running *running = context;
    const PointsPlan *plan = running->plan;
    uint64_t task = points_shard_task(plan, index);
    PointMade made;
    if (atomic_load(plan->stop) != 0 || journal_has(running->run->journal, task))
        return;
    switch (points_make(plan, task, running->run->pool, worker, &running->runs_done, &made)) {
    case POINT_DONE:
        keep_record(running, task, &made);
        break;
    case POINT_WRONG:
        keep_problem(running, index, &made);
        break;
    case POINT_STOPPED:
        break;
    }
    point_made_clear(&made);
}

static PointsProgress progress_of(const Running *running)
{
    PointsProgress progress = running->result->progress;
    uint64_t tasks = atomic_load(&running->tasks_done), runs = atomic_load(&running->runs_done);
    double parts = (double)runs / (double)running->runs_a_task;
    progress.done = progress.before + tasks;
    progress.share =
        ((double)progress.before + MAX((double)tasks, parts)) / (double)MAX(progress.total, 1);
    progress.share = MIN(progress.share, 1);
    return progress;
}

static void look(void *context)
{
    const Running *running = context;
    PointsProgress progress = progress_of(running);
    running->run->tick(running->run->context, &progress);
}

static uint64_t count_there(const PointsPlan *plan, Journal *journal)
{
    uint64_t count = 0;
    for (uint64_t i = 0; journal_count(journal) > 0 && i < points_shard_size(plan); i++)
        count += journal_has(journal, points_shard_task(plan, i));
    return count;
}

void points_run(const PointsPlan *plan, const PointsRun *run, PointsResult *result)
{
    *result = (PointsResult){.progress.total = points_shard_size(plan)};
    result->progress.before = count_there(plan, run->journal);
    Running running = {.plan = plan,
                       .run = run,
                       .result = result,
                       .runs_a_task = replications_of(plan, plan->designs[0].topology),
                       .first_wrong = UINT64_MAX};
    const LoopWatch watch = {run->tick == NULL ? NULL : look, &running, POINTS_TICK_NS};
    pthread_mutex_init(&running.lock, NULL);
    thread_pool_run(run->pool, result->progress.total, run_task, &running, &watch);
    pthread_mutex_destroy(&running.lock);
    result->progress = progress_of(&running);
    journal_flush(run->journal);
}

void points_result_clear(PointsResult *result)
{
    g_clear_error(&result->error);
    g_clear_pointer(&result->problem, g_free);
}

/* --- units */

static const char *unit_of_values(const GPtrArray *values)
{
    const char *common = NULL;
    for (guint i = 0; i < values->len; i++) {
        const char *unit;
        double value;
        if (!quantity_of_json(values->pdata[i], &value, &unit) ||
            (common != NULL && strcmp(unit, common) != 0))
            return NULL;
        common = unit;
    }
    return common;
}

static const char *unit_of(const Axis *axis)
{
    const char *unit;
    double value;
    if (axis->kind == AXIS_VALUES)
        return unit_of_values(axis->values);
    g_autofree char *low = axis->kind == AXIS_RANGE ? axis_number(axis, axis->low) : NULL;
    return low != NULL && quantity_of_json(low, &value, &unit) ? unit : NULL;
}

PointsParameter *points_parameters(const Space *space)
{
    PointsParameter *parameters = g_new0(PointsParameter, space->axes->len + 1);
    for (uint32_t i = 0; i < space->axes->len; i++)
        parameters[i] =
            (PointsParameter){space_axis(space, i)->pointer, unit_of(space_axis(space, i))};
    return parameters;
}
