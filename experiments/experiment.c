#include "experiments/experiment.h"

#include <pthread.h>
#include <string.h>

#include "models/world.h"
#include "reports/recorder.h"

#define TICK_NS      100000000 /* between looks at the progress */
#define STOP_REASONS (STOP_NESTED_CALLS + 1)

/* Why runs of a variant stopped, as the one of the lowest replication says it: the first to come
 * would be another with other threads. */
typedef struct Stopped {
    char *message; /* NULL: none did */
    uint32_t replication;
} Stopped;

/* What the threads share; everything but the atomics under the lock. */
typedef struct Shop {
    const ExperimentPlan *plan;
    ExperimentResult *result;
    uint32_t finished;
    uint32_t threads;
    _Atomic int64_t *progress; /* simulated time of each worker's run */
    RunResult **interrupted;   /* of each variant, the one of the lowest replication; NULL: none */
    uint32_t *interrupted_replication;
    bool *has_run;    /* variants with a run in the study */
    Stopped *stopped; /* STOP_REASONS of each variant */
    pthread_mutex_t lock;
} Shop;

static uint32_t job_count(const ExperimentPlan *plan)
{
    return plan->variant_count * plan->replications;
}

/* --- one run */

typedef struct Run {
    uint32_t variant, replication;
    RunResult *result;
    StopReason stop;
    char *message; /* of the stop */
    char *problem;
} Run;

static void make_run(const ExperimentPlan *plan, _Atomic int64_t *progress, Run *run)
{
    const Topology *topology = plan->variants[run->variant].topology;
    g_autoptr(FaultSchedule) faults = fault_schedule_new(topology, plan->seed, run->replication);
    Recorder *recorder =
        recorder_new(topology, faults, plan->replications == 1 ? RECORDER_BATCHES : 0);
    World *world =
        world_new(topology, plan->seed, run->replication, faults, recorder_observer(recorder));
    WorldLimits limits = {.max_events = plan->max_events, .stop = plan->stop, .progress = progress};
    run->stop = world_run(world, &limits);
    WorldCounts counts = world_counts(world);
    run->message = world_stop_message(world, run->stop);
    run->problem = world_check(world);
    run->result = recorder_finish(recorder, &counts, run->stop);
    if (run->problem == NULL)
        run->problem = run_result_check(run->result);
    world_free(world);
}

/* --- gathering, under the lock */

static void keep_message(Shop *shop, Run *run)
{
    Stopped *stopped = &shop->stopped[run->variant * STOP_REASONS + run->stop];
    if (run->stop == STOP_FINISHED || run->stop == STOP_INTERRUPTED ||
        (stopped->message != NULL && stopped->replication < run->replication))
        return;
    g_free(stopped->message);
    *stopped = (Stopped){g_steal_pointer(&run->message), run->replication};
}

static void keep_interrupted(Shop *shop, const Run *run)
{
    RunResult **kept = &shop->interrupted[run->variant];
    if (*kept != NULL && shop->interrupted_replication[run->variant] < run->replication) {
        run_result_free(run->result);
        return;
    }
    run_result_free(*kept);
    *kept = run->result;
    shop->interrupted_replication[run->variant] = run->replication;
}

static void gather(Shop *shop, Run *run)
{
    ExperimentResult *result = shop->result;
    keep_message(shop, run);
    if (run->problem != NULL && result->problem == NULL)
        result->problem = g_strdup_printf("design %s, replication %u: %s",
                                          shop->plan->variants[run->variant].design,
                                          run->replication, run->problem);
    if (run->stop != STOP_FINISHED && run->stop != STOP_DRAIN_LIMIT)
        result->is_complete = false;
    if (run->stop == STOP_INTERRUPTED) {
        keep_interrupted(shop, run);
        return;
    }
    if (run->stop != STOP_FINISHED && run->stop != STOP_DRAIN_LIMIT)
        result->hit_limit = true;
    shop->has_run[run->variant] = true;
    study_add_run(result->study, run->variant, run->replication, run->result);
}

static void warn(Shop *shop, uint32_t variant)
{
    for (uint32_t reason = 0; reason < STOP_REASONS; reason++) {
        Stopped *stopped = &shop->stopped[variant * STOP_REASONS + reason];
        if (stopped->message != NULL)
            g_ptr_array_add(shop->result->warnings,
                            g_strdup_printf("design %s: %s", shop->plan->variants[variant].design,
                                            stopped->message));
        g_free(stopped->message);
    }
}

static void finish(Shop *shop)
{
    for (uint32_t i = 0; i < shop->plan->variant_count; i++) {
        warn(shop, i);
        if (shop->interrupted[i] == NULL)
            continue;
        if (shop->has_run[i])
            run_result_free(shop->interrupted[i]);
        else
            study_add_run(shop->result->study, i, shop->interrupted_replication[i],
                          shop->interrupted[i]);
    }
    if (shop->finished < job_count(shop->plan))
        shop->result->is_complete = false;
}

/* --- threads */

static bool is_stopped(const ExperimentPlan *plan)
{
    return plan->stop != NULL && atomic_load(plan->stop) != 0;
}

/* Replication by replication, so that what is there after an interruption makes pairs. */
static void work(void *context, uint64_t job, uint32_t worker)
{
    Shop *shop = context;
    const ExperimentPlan *plan = shop->plan;
    if (is_stopped(plan))
        return;
    Run run = {.variant = (uint32_t)(job % plan->variant_count),
               .replication = (uint32_t)(job / plan->variant_count)};
    make_run(plan, &shop->progress[worker], &run);
    pthread_mutex_lock(&shop->lock);
    gather(shop, &run);
    atomic_store(&shop->progress[worker], 0);
    shop->finished++;
    pthread_mutex_unlock(&shop->lock);
    if (plan->runs_done != NULL)
        atomic_fetch_add(plan->runs_done, 1);
    g_free(run.message);
    g_free(run.problem);
}

/* Runs after the end of the measured part count as nearly done. */
static double share_done(Shop *shop)
{
    const SimulationConfig *simulation = &shop->plan->variants[0].topology->simulation;
    double whole = (double)(simulation->warmup + simulation->duration);
    pthread_mutex_lock(&shop->lock);
    double runs = shop->finished;
    for (uint32_t i = 0; i < shop->threads; i++) {
        double part = (double)atomic_load(&shop->progress[i]) / whole;
        runs += part < 0.99 ? part : 0.99;
    }
    pthread_mutex_unlock(&shop->lock);
    return runs / job_count(shop->plan);
}

static void look(void *context)
{
    Shop *shop = context;
    shop->plan->tick(shop->plan->context, share_done(shop));
}

static void run_on_threads(Shop *shop, ThreadPool *pool)
{
    const ExperimentPlan *plan = shop->plan;
    const LoopWatch watch = {plan->tick == NULL ? NULL : look, shop, TICK_NS};
    if (plan->pool != NULL)
        thread_pool_run_inside(pool, plan->worker, job_count(plan), work, shop);
    else
        thread_pool_run(pool, job_count(plan), work, shop, &watch);
}

void experiment_run(const ExperimentPlan *plan, ExperimentResult *result)
{
    *result = (ExperimentResult){.study = study_new(plan->seed),
                                 .warnings = g_ptr_array_new_with_free_func(g_free),
                                 .is_complete = true};
    for (uint32_t i = 0; i < plan->variant_count; i++)
        study_add_variant(result->study, &plan->variants[i]);
    ThreadPool *pool =
        plan->pool != NULL ? plan->pool : thread_pool_new(MIN(plan->threads, job_count(plan)));
    Shop shop = {.plan = plan, .result = result, .threads = thread_pool_threads(pool)};
    g_autofree _Atomic int64_t *progress = g_malloc0_n(shop.threads, sizeof *progress);
    g_autofree RunResult **interrupted = g_new0(RunResult *, plan->variant_count);
    g_autofree uint32_t *replication = g_new0(uint32_t, plan->variant_count);
    g_autofree bool *has_run = g_new0(bool, plan->variant_count);
    g_autofree Stopped *stopped = g_new0(Stopped, (gsize)plan->variant_count * STOP_REASONS);
    shop.progress = progress;
    shop.interrupted = interrupted;
    shop.interrupted_replication = replication;
    shop.has_run = has_run;
    shop.stopped = stopped;
    pthread_mutex_init(&shop.lock, NULL);
    run_on_threads(&shop, pool);
    finish(&shop);
    pthread_mutex_destroy(&shop.lock);
    if (plan->pool == NULL)
        thread_pool_free(pool);
}

void experiment_result_clear(ExperimentResult *result)
{
    study_free(result->study);
    if (result->warnings != NULL)
        g_ptr_array_free(result->warnings, TRUE);
    g_free(result->problem);
    *result = (ExperimentResult){0};
}
