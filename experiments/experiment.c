#include "experiments/experiment.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "models/world.h"
#include "reports/recorder.h"

#define TICK_NS      100000000L /* between looks at the progress */
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
    atomic_uint next_job;
    uint32_t finished;
    _Atomic int64_t *progress; /* simulated time of each worker's run */
    RunResult **interrupted;   /* of each variant, the one of the lowest replication; NULL: none */
    uint32_t *interrupted_replication;
    bool *has_run;    /* variants with a run in the study */
    Stopped *stopped; /* STOP_REASONS of each variant */
    uint32_t working;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} Shop;

typedef struct Worker {
    Shop *shop;
    uint32_t index;
    pthread_t thread;
} Worker;

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
static void *work(void *context)
{
    Worker *worker = context;
    Shop *shop = worker->shop;
    const ExperimentPlan *plan = shop->plan;
    for (uint32_t job;
         !is_stopped(plan) && (job = atomic_fetch_add(&shop->next_job, 1)) < job_count(plan);) {
        Run run = {.variant = job % plan->variant_count, .replication = job / plan->variant_count};
        make_run(plan, &shop->progress[worker->index], &run);
        pthread_mutex_lock(&shop->lock);
        gather(shop, &run);
        atomic_store(&shop->progress[worker->index], 0);
        shop->finished++;
        pthread_mutex_unlock(&shop->lock);
        g_free(run.message);
        g_free(run.problem);
    }
    pthread_mutex_lock(&shop->lock);
    shop->working--;
    pthread_cond_signal(&shop->changed);
    pthread_mutex_unlock(&shop->lock);
    return NULL;
}

/* Under the lock. Runs after the end of the measured part count as nearly done. */
static double share_done(const Shop *shop, uint32_t threads)
{
    const SimulationConfig *simulation = &shop->plan->variants[0].topology->simulation;
    double whole = (double)(simulation->warmup + simulation->duration), runs = shop->finished;
    for (uint32_t i = 0; i < threads; i++) {
        double part = (double)atomic_load(&shop->progress[i]) / whole;
        runs += part < 0.99 ? part : 0.99;
    }
    return runs / job_count(shop->plan);
}

/* Waits for the threads to end, and lets the caller look at the progress meanwhile. */
static void wait_for_all(Shop *shop, uint32_t threads)
{
    const ExperimentPlan *plan = shop->plan;
    pthread_mutex_lock(&shop->lock);
    while (shop->working > 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_NS;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&shop->changed, &shop->lock, &until);
        if (plan->tick != NULL) {
            double done = share_done(shop, threads);
            pthread_mutex_unlock(&shop->lock);
            plan->tick(plan->context, done);
            pthread_mutex_lock(&shop->lock);
        }
    }
    pthread_mutex_unlock(&shop->lock);
}

/* If the system gives fewer threads, those do the work; without any, the caller does. */
static void run_on_threads(Shop *shop, uint32_t threads)
{
    g_autofree Worker *workers = g_new0(Worker, threads);
    uint32_t started = 0;
    shop->working = threads;
    for (uint32_t i = 0; i < threads; i++) {
        workers[i] = (Worker){.shop = shop, .index = i};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            break;
        started++;
    }
    pthread_mutex_lock(&shop->lock);
    shop->working -= threads - started;
    pthread_mutex_unlock(&shop->lock);
    if (started == 0) {
        shop->working = 1;
        work(&workers[0]);
    }
    wait_for_all(shop, threads);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}

/* Waits by a clock that nobody sets. */
static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

void experiment_run(const ExperimentPlan *plan, ExperimentResult *result)
{
    *result = (ExperimentResult){.study = study_new(plan->seed),
                                 .warnings = g_ptr_array_new_with_free_func(g_free),
                                 .is_complete = true};
    for (uint32_t i = 0; i < plan->variant_count; i++)
        study_add_variant(result->study, &plan->variants[i]);
    uint32_t threads = MIN(plan->threads, job_count(plan));
    Shop shop = {.plan = plan, .result = result};
    g_autofree _Atomic int64_t *progress = g_malloc0_n(threads, sizeof *progress);
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
    init_condition(&shop.changed);
    run_on_threads(&shop, threads);
    finish(&shop);
    pthread_cond_destroy(&shop.changed);
    pthread_mutex_destroy(&shop.lock);
}

void experiment_result_clear(ExperimentResult *result)
{
    study_free(result->study);
    if (result->warnings != NULL)
        g_ptr_array_free(result->warnings, TRUE);
    g_free(result->problem);
    *result = (ExperimentResult){0};
}
