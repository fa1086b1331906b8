#include "tests/bench/cases.h"

#include <glib.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "experiments/experiment.h"
#include "models/load.h"
#include "reports/recorder.h"
#include "tests/bench/counters.h"
#include "tests/bench/layers.h"
#include "tests/bench/less.h"

#define CUSTOMERS    UINT64_C(5000000) /* of the queues that do less */
#define REPLICATIONS 8u                /* on threads: enough that none waits long for the other */

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double cpu_seconds(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

double resident_mib(void)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        return NAN;
    const char *resident = strchr(text, ' ');
    return g_ascii_strtod(resident, NULL) * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

/* --- topologies */

bool case_has_topology(const Case *self)
{
    return self->file != NULL || self->services > 0;
}

static char *text_of(const Case *self)
{
    char *text = NULL;
    if (self->file == NULL)
        return layers_text(self->services, self->rate);
    if (!g_file_get_contents(self->file, &text, NULL, NULL)) {
        perror(self->file);
        exit(1);
    }
    return text;
}

static Topology *read_text(const Case *self, const char *text, const char *const *extra)
{
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Document) document =
        document_parse(self->name, "topologies", text, strlen(text), problems);
    for (size_t i = 0; document != NULL && i < G_N_ELEMENTS(self->sets); i++) {
        if (self->sets[i] != NULL)
            document_set(document, self->sets[i], problems);
    }
    for (; document != NULL && extra != NULL && *extra != NULL; extra++)
        document_set(document, *extra, problems);
    Topology *topology = document == NULL ? NULL : topology_read(document, NULL, problems);
    if (topology == NULL || problems->count > 0) {
        g_autofree char *list = problems_format(problems);
        fputs(list, stderr);
        exit(1);
    }
    return topology;
}

Topology *case_topology(const Case *self, const char *const *extra)
{
    g_autofree char *text = text_of(self);
    return read_text(self, text, extra);
}

/* --- runs */

/* Memory that reading has left behind would hide what the run takes. */
static Figures before_run(void)
{
    malloc_trim(0);
    return (Figures){.start_mib = resident_mib()};
}

static StopReason run_world(World *world, Figures *figures)
{
    const WorldLimits limits = {0};
    double start = cpu_seconds();
    StopReason stop = world_run(world, &limits);
    figures->seconds = cpu_seconds() - start;
    figures->counts = world_counts(world);
    return stop;
}

Figures run_recorded(const Topology *topology)
{
    Figures figures = before_run();
    g_autoptr(FaultSchedule) faults = fault_schedule_new(topology, 1, 0);
    Recorder *recorder = recorder_new(topology, faults, RECORDER_BATCHES);
    World *world = world_new(topology, 1, 0, faults, recorder_observer(recorder));
    StopReason stop = run_world(world, &figures);
    run_result_free(recorder_finish(recorder, &figures.counts, stop));
    figures.peak_mib = peak_mib();
    world_free(world);
    return figures;
}

static Figures run_topology(const Case *self)
{
    g_autoptr(Topology) topology = case_topology(self, NULL);
    return run_recorded(topology);
}

static Figures run_counted(const Case *self)
{
    g_autoptr(Topology) topology = case_topology(self, NULL);
    Figures figures = before_run();
    g_autoptr(FaultSchedule) faults = fault_schedule_new(topology, 1, 0);
    Counters counters;
    counters_init(&counters, topology);
    World *world = world_new(topology, 1, 0, faults, &counters.observer);
    run_world(world, &figures);
    figures.peak_mib = peak_mib();
    world_free(world);
    counters_clear(&counters);
    return figures;
}

/* From the text to the first event: read, checked as by `topple check`, built, started. */
static Figures run_start(const Case *self)
{
    g_autofree char *text = text_of(self);
    Figures figures = before_run();
    double start = cpu_seconds();
    g_autoptr(Topology) topology = read_text(self, text, NULL);
    g_free(topology_load_bound(topology));
    g_autoptr(FaultSchedule) faults = fault_schedule_new(topology, 1, 0);
    Recorder *recorder = recorder_new(topology, faults, RECORDER_BATCHES);
    World *world = world_new(topology, 1, 0, faults, recorder_observer(recorder));
    world_run(world, &(WorldLimits){.max_events = 1});
    figures.seconds = cpu_seconds() - start;
    figures.peak_mib = peak_mib();
    recorder_free(recorder);
    world_free(world);
    return figures;
}

static Figures run_threads(const Case *self)
{
    g_autoptr(Topology) topology = case_topology(self, NULL);
    Figures figures = before_run();
    const StudyVariant variant = {.design = "base", .point = "", .topology = topology};
    const ExperimentPlan plan = {.variants = &variant,
                                 .variant_count = 1,
                                 .seed = 1,
                                 .replications = REPLICATIONS,
                                 .threads = self->threads};
    ExperimentResult result;
    double start = seconds_of(CLOCK_MONOTONIC);
    experiment_run(&plan, &result);
    figures.seconds = seconds_of(CLOCK_MONOTONIC) - start;
    figures.peak_mib = peak_mib();
    experiment_result_clear(&result);
    return figures;
}

static Figures customers_served(double seconds)
{
    const WorldCounts counts = {.requests = CUSTOMERS, .events = 2 * CUSTOMERS};
    return (Figures){.seconds = seconds, .counts = counts, .peak_mib = peak_mib()};
}

static Figures run_lindley(const Case *self)
{
    (void)self;
    Histogram stays;
    histogram_init(&stays);
    double start = cpu_seconds();
    lindley(CUSTOMERS, &stays);
    Figures figures = customers_served(cpu_seconds() - start);
    figures.counts.events = 0;
    histogram_clear(&stays);
    return figures;
}

static Figures run_event_loop(const Case *self)
{
    (void)self;
    double start = cpu_seconds();
    event_loop(CUSTOMERS);
    return customers_served(cpu_seconds() - start);
}

/* --- */

#define CHAIN    "tests/bench/chain.json"
#define MM1      "tests/bench/mm1.json"
#define BOUTIQUE "topologies/online_boutique.json"

/* Windows: as many in a tenth of a run as in the whole, so that memory must be the same. The demo
 * shop has ten users, who do 8 requests a second: a long run in long windows, or the windows would
 * be what is timed. */
const Case cases[] = {
    {"mm1", run_topology, .file = MM1},
    {"mm1_tenth", run_topology, MM1,
     .sets = {"/simulation/duration=\"100s\"", "/simulation/window=\"100ms\""}},
    {"lindley", run_lindley, .rounds = 5},
    {"event_loop", run_event_loop, .rounds = 5},
    {"chain", run_topology, .file = CHAIN, .rounds = 5},
    {"chain_counters", run_counted, .file = CHAIN, .rounds = 5},
    {"fan_out", run_topology, .file = "tests/bench/fan_out.json"},
    {"crowd", run_topology, .file = "tests/bench/crowd.json"},
    {"fan_crowd", run_topology, .file = "tests/bench/fan_crowd.json"},
    {"big", run_topology, .services = 1000, .rate = 110000},
    {"online_boutique", run_topology, BOUTIQUE,
     .sets = {"/simulation/duration=\"20000s\"", "/simulation/window=\"100s\""}},
    {"start_10k", run_start, .services = 10000, .rate = 1000},
    {"one_thread", run_threads, .file = CHAIN, .sets = {"/simulation/duration=\"300s\""},
     .threads = 1},
    {"two_threads", run_threads, .file = CHAIN, .sets = {"/simulation/duration=\"300s\""},
     .threads = 2},
};

const size_t case_count = G_N_ELEMENTS(cases);

const Case *case_find(const char *name)
{
    for (size_t i = 0; i < case_count; i++) {
        if (strcmp(cases[i].name, name) == 0)
            return &cases[i];
    }
    return NULL;
}
