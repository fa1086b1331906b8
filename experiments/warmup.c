#include "experiments/warmup.h"

#include "models/world.h"
#include "reports/statistics.h"
#include "reports/timeline.h"

#define WINDOWS 1000
#define TICK_NS 100000000

/* Numbers of replications that measured ones do not reach: their draws are others. */
#define FIRST_REPLICATION 0x80000000u

/* --- one run */

typedef struct Pilot {
    Timeline timeline;
    LevelSlice *level; /* visits and messages by slice, which are windows */
} Pilot;

static void add(Pilot *pilot, SimTime from, SimTime until)
{
    timeline_follow(&pilot->timeline, until);
    level_add(pilot->level, &pilot->timeline, from, until, 1);
}

static void visit_ended(void *context, const VisitRecord *record)
{
    add(context, record->arrived, record->ended);
}

static void message(void *context, const MessageRecord *record)
{
    if (record->leaves_queue)
        add(context, record->entered, record->time);
}

/* All of it is warm-up: no faults, no profile, and what is under way at the end is cut. */
static Topology pilot_topology(const Topology *topology)
{
    Topology pilot = *topology;
    pilot.simulation.warmup = topology->simulation.duration;
    pilot.simulation.duration = 1;
    pilot.simulation.drain = DRAIN_CUT;
    pilot.fault_count = 0;
    return pilot;
}

/* The mean level of each whole window goes to `levels`. */
static StopReason run_pilot(const ExperimentPlan *plan, const Topology *topology,
                            uint32_t replication, double *levels)
{
    const Topology of_pilot = pilot_topology(topology);
    SimTime length = of_pilot.simulation.warmup;
    Pilot pilot = {0};
    timeline_init(&pilot.timeline, 0, length, MAX(length / WINDOWS, 1), NULL, 0);
    pilot.level = level_new(&pilot.timeline);
    Observer observer = observer_deaf;
    observer.context = &pilot;
    observer.visit_ended = visit_ended;
    observer.message = message;
    g_autoptr(FaultSchedule) faults = fault_schedule_new(&of_pilot, plan->seed, replication);
    World *world = world_new(&of_pilot, plan->seed, replication, faults, &observer);
    const WorldLimits limits = {.max_events = plan->max_events, .stop = plan->stop};
    StopReason stop = world_run(world, &limits);
    world_free(world);
    level_finish(pilot.level, &pilot.timeline);
    for (uint32_t i = 0; i < MIN(pilot.timeline.slice_count, WINDOWS); i++)
        levels[i] = pilot.level[i].sum;
    g_free(pilot.level);
    timeline_clear(&pilot.timeline);
    return stop;
}

/* --- all runs */

typedef struct Search {
    const ExperimentPlan *plan;
    double *levels; /* WINDOWS of each job */
    atomic_uint finished;
    atomic_bool is_stopped;
} Search;

static uint32_t job_count(const ExperimentPlan *plan)
{
    return plan->variant_count * WARMUP_REPLICATIONS;
}

static void work(void *context, uint64_t job, uint32_t worker)
{
    (void)worker;
    Search *search = context;
    const ExperimentPlan *plan = search->plan;
    if (atomic_load(&search->is_stopped))
        return;
    uint32_t variant = (uint32_t)(job / WARMUP_REPLICATIONS);
    uint32_t replication = FIRST_REPLICATION + (uint32_t)(job % WARMUP_REPLICATIONS);
    StopReason stop = run_pilot(plan, plan->variants[variant].topology, replication,
                                &search->levels[job * WINDOWS]);
    if (stop != STOP_FINISHED)
        atomic_store(&search->is_stopped, true);
    atomic_fetch_add(&search->finished, 1);
}

static void look(void *context)
{
    Search *search = context;
    search->plan->tick(search->plan->context,
                       (double)atomic_load(&search->finished) / job_count(search->plan));
}

static void run_pilots(Search *search)
{
    const ExperimentPlan *plan = search->plan;
    const LoopWatch watch = {plan->tick == NULL ? NULL : look, search, TICK_NS};
    ThreadPool *pool = thread_pool_new(MIN(plan->threads, job_count(plan)));
    thread_pool_run(pool, job_count(plan), work, search, &watch);
    thread_pool_free(pool);
}

/* --- the cut */

/* In windows. */
static uint32_t cut_of(const double *levels, bool *has_settled)
{
    double average[WINDOWS] = {0};
    for (uint32_t i = 0; i < WARMUP_REPLICATIONS; i++) {
        for (uint32_t k = 0; k < WINDOWS; k++)
            average[k] += levels[i * WINDOWS + k];
    }
    uint32_t latest, cut = mser_cut(average, WINDOWS, &latest);
    *has_settled = cut < latest;
    return cut;
}

bool warmup_find(const ExperimentPlan *plan, Warmup *warmup)
{
    size_t per_variant = (size_t)WARMUP_REPLICATIONS * WINDOWS;
    g_autofree double *levels = g_new0(double, plan->variant_count *per_variant);
    Search search = {.plan = plan, .levels = levels};
    *warmup = (Warmup){.has_settled = true};
    run_pilots(&search);
    if (atomic_load(&search.is_stopped))
        return false;
    for (uint32_t i = 0; i < plan->variant_count; i++) {
        bool has_settled;
        uint32_t cut = cut_of(&levels[i * per_variant], &has_settled);
        SimTime window = MAX(plan->variants[i].topology->simulation.duration / WINDOWS, 1);
        if (cut * window > warmup->time) {
            warmup->time = cut * window;
            warmup->variant = i;
        }
        warmup->has_settled = warmup->has_settled && has_settled;
    }
    return true;
}
