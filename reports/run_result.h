/* What one replication of one design measured. Made by a Recorder. */
#ifndef TOPPLE_REPORTS_RUN_RESULT_H
#define TOPPLE_REPORTS_RUN_RESULT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/topology.h"
#include "models/world.h"
#include "reports/measures.h"

/* A request belongs to the phase in which it was meant to start; what it causes belongs there too.
 * Levels belong to the phase's time. Without faults in the topology there is only PHASE_ALL. */
typedef enum Phase { PHASE_ALL, PHASE_BEFORE, PHASE_DURING, PHASE_AFTER, PHASE_COUNT } Phase;

const char *phase_name(Phase phase);

/* What happened in each window of the measured part, packed; NULL where the scope has none or
 * nothing happened. */
typedef struct Series {
    uint64_t *counts; /* window by window, scope_counts(scope) each */
    double *levels;   /* likewise, scope_levels(scope) each */
    uint32_t *largest;
    SimTime *oldest;
    WindowLatency *latencies;
} Series;

/* One thing that was measured: a row of its scope's wide table for each phase. */
typedef struct Entry {
    Scope scope;
    char *name;          /* as in summary: "shoppers", "shoppers/frontend.home", "cart.add" */
    const char *whole;   /* the first label: workload, service, link, broker */
    const char *part;    /* the second: operation or consumer, "*" for all; NULL for links */
    Measures *phases;    /* phase_count of them */
    uint32_t samples_of; /* whose samples these are: its own index, or that of its only part */
    Series series;
    Measures *batches; /* batch_count of them; NULL: none, or nothing happened */
} Entry;

/* A state change, for events.csv; times count from the start of measurement. */
typedef struct RunEvent {
    SimTime time;
    char *type, *subject, *detail; /* detail may be NULL */
    double value;                  /* NaN: none */
} RunEvent;

typedef struct RunResult {
    const Topology *topology; /* borrowed, as are the labels */
    Entry *entries;           /* by scope, then whole (bytewise), then part ("*" first) */
    uint32_t entry_count;
    uint32_t phase_count; /* 1, or PHASE_COUNT when the topology has faults */
    uint32_t batch_count; /* 0, or the number of equal parts in which requests were counted */
    uint32_t
        batches_made; /* what entries hold, also when a run that stopped early does not use it */
    SimTime measured; /* length of the measured part: shorter than asked if the run stopped */
    SimTime window;
    uint32_t window_count; /* the last may be shorter */
    GArray *events;        /* of RunEvent, in order of time; at most EVENTS_KEPT_MAX */
    uint64_t events_dropped;
    WorldCounts world;
    StopReason stop;
    char *problem; /* of world_check, if the caller puts it there; owned */
} RunResult;

#define EVENTS_KEPT_MAX 100000u

void run_events_free(GArray *events); /* NULL is fine */

void run_result_free(RunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunResult, run_result_free)

/* The measures of one window, without samples (but with their WindowLatency). They borrow from the
 * entry. */
Measures run_result_window(const RunResult *result, const Entry *entry, uint32_t window);

/* Frees the histograms, once they are merged or evaluated. */
void run_result_drop_samples(RunResult *result);

/* Frees what is told by batch, likewise. */
void run_result_drop_batches(RunResult *result);

/* NULL if there is none. name as in Entry. */
const Entry *run_result_find(const RunResult *result, Scope scope, const char *name);

/* Is everything accounted for: every request, visit, attempt and message ended exactly once, and
 * the time-averaged number in each service is the sum of the stays (Little's law)? NULL, or what is
 * wrong, in words; to be freed. Never anything unless topple is wrong. */
char *run_result_check(const RunResult *result);

#endif
