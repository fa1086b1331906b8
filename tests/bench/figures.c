#include "tests/bench/figures.h"

#include <glib.h>
#include <math.h>

#define CROWD 10000 /* hops in flight from which on the memory of one can be told */

static double per(double amount, uint64_t count)
{
    return count > 0 ? amount / (double)count : NAN;
}

static double requests_per_s(const Figures *figures)
{
    return 1 / per(figures->seconds, figures->counts.requests);
}

static double hops_per_s(const Figures *figures)
{
    return 1 / per(figures->seconds, figures->counts.attempts);
}

static double events_per_s(const Figures *figures)
{
    return 1 / per(figures->seconds, figures->counts.events);
}

static double request_ns(const Figures *figures)
{
    return per(figures->seconds * 1e9, figures->counts.requests);
}

static double hop_ns(const Figures *figures)
{
    return per(figures->seconds * 1e9, figures->counts.attempts);
}

static double most_live(const Figures *figures)
{
    return figures->counts.most_frames > 0 ? (double)figures->counts.most_frames : NAN;
}

static double hop_bytes(const Figures *figures)
{
    double live = most_live(figures);
    return live >= CROWD ? (figures->peak_mib - figures->start_mib) * 1048576 / live : NAN;
}

static double seconds(const Figures *figures)
{
    return figures->seconds;
}

static double peak(const Figures *figures)
{
    return figures->peak_mib;
}

const Column columns[] = {
    {"requests_per_s", "requests/s", requests_per_s, 10, 0},
    {"hops_per_s", "hops/s", hops_per_s, 10, 0},
    {"events_per_s", "events/s", events_per_s, 10, 0},
    {"ns_per_request", "ns/request", request_ns, 10, 1},
    {"ns_per_hop", "ns/hop", hop_ns, 8, 1},
    {"most_live_hops", "most live", most_live, 9, 0},
    {"peak_mib", "peak MiB", peak, 8, 2},
    {"bytes_per_live_hop", "B/hop", hop_bytes, 6, 0},
    {"seconds", "seconds", seconds, 8, 3},
};

const size_t column_count = G_N_ELEMENTS(columns);

const Comparison comparisons[] = {
    {"big_over_chain", "a hop among 1,000 services and 100,000 requests, over one of the chain",
     hop_ns, "big", "chain", .at_most = 2.5},
    {"recorder_over_counters", "the chain with all statistics, over counters alone", seconds,
     "chain", "chain_counters", .at_most = 1.15},
    {"one_over_two_threads", "replications on one thread, over two", seconds, "one_thread",
     "two_threads", .at_least = 1.9},
    {"start_10k_seconds", "10,000 services, from the text to the first event, seconds", seconds,
     "start_10k", NULL, .at_most = 2},
    {"memory_of_ten_times", "peak memory of a run ten times as long, over the run", peak, "mm1",
     "mm1_tenth", .at_most = 1.02},
    {"mm1_over_lindley", "M/M/1, over Lindley's recursion with the same draws", request_ns, "mm1",
     .over = "lindley"},
    {"mm1_over_event_loop", "M/M/1, over an event set and a number of customers", request_ns, "mm1",
     .over = "event_loop"},
};

const size_t comparison_count = G_N_ELEMENTS(comparisons);

static const Figures *figures_of(const Figures *best, const char *name)
{
    return &best[case_find(name) - cases];
}

double comparison_value(const Comparison *self, const Figures *best)
{
    double of = self->figure(figures_of(best, self->of));
    return self->over == NULL ? of : of / self->figure(figures_of(best, self->over));
}

bool comparison_is_met(const Comparison *self, double value)
{
    return value >= self->at_least && (self->at_most <= 0 || value <= self->at_most);
}
