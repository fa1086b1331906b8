/* How fast whole topologies run, with all statistics on, on one core: a table, and a CSV file for
 * keeping.
 *
 *   bench_run FILE.csv
 *
 * Each topology runs in a process of its own, so that its peak memory is its own, three times; the
 * fastest counts. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/world.h"
#include "reports/recorder.h"

#define RUNS 3

typedef struct Case {
    const char *name, *file;
    const char *sets[3]; /* POINTER=JSON; NULL: none */
} Case;

/* The demo shop has ten users, who do 8 requests a second: a long run in long windows, or the
 * windows would be what is timed. */
static const Case cases[] = {
    {"mm1", "tests/bench/mm1.json", {NULL}},
    {"chain", "tests/bench/chain.json", {NULL}},
    {"fan_out", "tests/bench/fan_out.json", {NULL}},
    {"crowd", "tests/bench/crowd.json", {NULL}},
    {"fan_crowd", "tests/bench/fan_crowd.json", {NULL}},
    {"online_boutique",
     "topologies/online_boutique.json",
     {"/simulation/duration=\"20000s\"", "/simulation/window=\"100s\"", NULL}},
};

typedef struct Figures {
    WorldCounts counts;
    double seconds;
    double start_mib, peak_mib; /* resident, before the run and at most */
} Figures;

static double cpu_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static Topology *read_case(const Case *what)
{
    const char *path = what->file;
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(Problems) problems = problems_new();
    if (!g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    g_autoptr(Document) document = document_parse(path, "topologies", text, length, problems);
    for (size_t i = 0; document != NULL && what->sets[i] != NULL; i++)
        document_set(document, what->sets[i], problems);
    Topology *topology = document == NULL ? NULL : topology_read(document, NULL, problems);
    if (topology == NULL) {
        g_autofree char *list = problems_format(problems);
        fputs(list, stderr);
    }
    return topology;
}

static Figures run_once(const Topology *topology)
{
    Figures figures = {.start_mib = peak_mib()};
    FaultSchedule *faults = fault_schedule_new(topology, 1, 0);
    Recorder *recorder = recorder_new(topology, faults, RECORDER_BATCHES);
    World *world = world_new(topology, 1, 0, faults, recorder_observer(recorder));
    const WorldLimits limits = {0};
    double start = cpu_seconds();
    StopReason stop = world_run(world, &limits);
    figures.seconds = cpu_seconds() - start;
    figures.counts = world_counts(world);
    run_result_free(recorder_finish(recorder, &figures.counts, stop));
    figures.peak_mib = peak_mib();
    world_free(world);
    fault_schedule_free(faults);
    return figures;
}

/* In a child, which sends its figures back through a pipe. */
static bool run_apart(const Topology *topology, Figures *figures)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        Figures own = run_once(topology);
        _exit(write(ends[1], &own, sizeof own) == sizeof own ? 0 : 1);
    }
    close(ends[1]);
    bool is_read = read(ends[0], figures, sizeof *figures) == (ssize_t)sizeof *figures;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return is_read;
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

static void report(FILE *csv, const Case *what, const Figures *best)
{
    const char *name = what->name;
    const WorldCounts *counts = &best->counts;
    double ns = best->seconds * 1e9, live_bytes = (best->peak_mib - best->start_mib) * 1048576;
    double per_hop = counts->most_frames > 0 ? live_bytes / (double)counts->most_frames : 0;
    double request_ns = ns / (double)counts->requests, hop_ns = ns / (double)counts->attempts;
    double requests_per_s = (double)counts->requests / best->seconds,
           hops_per_s = (double)counts->attempts / best->seconds;
    double events_per_s = (double)counts->events / best->seconds;
    printf("%-16s %12.0f %12.0f %12.0f %10.1f %8.1f %10" G_GUINT64_FORMAT " %9.1f %7.0f\n", name,
           requests_per_s, hops_per_s, events_per_s, request_ns, hop_ns, counts->most_frames,
           best->peak_mib, per_hop);
    struct utsname machine;
    uname(&machine);
    fprintf(csv, "%s,%s,%s,\"%s\",%.0f,%.0f,%.0f,%.1f,%.1f,%" G_GUINT64_FORMAT ",%.1f,%.0f\n", name,
            machine.machine, setting("CC"), setting("CFLAGS"), requests_per_s, hops_per_s,
            events_per_s, request_ns, hop_ns, counts->most_frames, best->peak_mib, per_hop);
}

static bool bench(FILE *csv, const Case *what)
{
    g_autoptr(Topology) topology = read_case(what);
    if (topology == NULL)
        return false;
    Figures best = {.seconds = 1e9};
    for (int i = 0; i < RUNS; i++) {
        Figures figures;
        if (!run_apart(topology, &figures))
            return false;
        if (figures.seconds < best.seconds)
            best = figures;
    }
    report(csv, what, &best);
    return true;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "bench.csv";
    FILE *csv = fopen(path, "w");
    if (csv == NULL) {
        perror(path);
        return 1;
    }
    fprintf(csv, "topology,machine,compiler,flags,requests_per_s,hops_per_s,events_per_s,ns_per_"
                 "request,ns_per_hop,"
                 "most_live_frames,peak_mib,bytes_per_live_hop\n");
    printf("%-16s %12s %12s %12s %10s %8s %10s %9s %7s\n", "topology", "requests/s", "hops/s",
           "events/s", "ns/request", "ns/hop", "most live", "peak MiB", "B/hop");
    bool all = true;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        all = bench(csv, &cases[i]) && all;
    if (fclose(csv) != 0) {
        perror(path);
        return 1;
    }
    printf("one core, all statistics on, best of %d; also in %s\n", RUNS, path);
    return all ? 0 : 1;
}
