/* One run of one case, for profilers and for counting instructions: figures on stdout.
 *
 *   bench_once CASE [POINTER=JSON...]     bench_once chain '/simulation/duration="20s"'
 *   bench_once --versions                 with what it was built, in one line */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/cases.h"
#include "tests/bench/machine.h"

static int print_versions(void)
{
    g_autofree char *versions = build_versions();
    puts(versions);
    return 0;
}

static int run(const Case *what, const char *const *extra)
{
    g_autoptr(Topology) topology = case_topology(what, extra);
    Figures figures = run_recorded(topology);
    printf("requests %" PRIu64 "\nhops %" PRIu64 "\nevents %" PRIu64 "\nmost_live_requests %" PRIu64
           "\nmost_live_hops %" PRIu64 "\ncpu_seconds %.3f\npeak_mib %.2f\n",
           figures.counts.requests, figures.counts.attempts, figures.counts.events,
           figures.counts.most_requests, figures.counts.most_frames, figures.seconds,
           figures.peak_mib);
    return 0;
}

static int print_usage(void)
{
    fprintf(stderr, "bench_once CASE [POINTER=JSON...]; there are:");
    for (size_t i = 0; i < case_count; i++) {
        if (case_has_topology(&cases[i]))
            fprintf(stderr, " %s", cases[i].name);
    }
    fprintf(stderr, "\n");
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--versions") == 0)
        return print_versions();
    const Case *what = argc < 2 ? NULL : case_find(argv[1]);
    if (what == NULL || !case_has_topology(what))
        return print_usage();
    return run(what, (const char *const *)argv + 2);
}
