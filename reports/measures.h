/* What is measured of one thing (a workload, an operation, a link, a consumer) in one span of time,
 * as exact counts, sums and histograms. One struct serves all scopes, so that adding up members
 * into a whole, or phases into "all", is one function. Which counts and samples a scope has is in
 * the enums below; what is made of them, a column of the outputs, is in reports/columns.h. */
#ifndef TOPPLE_REPORTS_MEASURES_H
#define TOPPLE_REPORTS_MEASURES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/outcome.h"
#include "sim/histogram.h"

typedef enum Scope {
    SCOPE_SYSTEM,   /* all workloads together; has the measures of a workload */
    SCOPE_WORKLOAD, /* a workload, and each operation of its mix */
    SCOPE_SERVICE,  /* a service, and each of its operations */
    SCOPE_LINK,
    SCOPE_BROKER, /* a broker, and each of its consumers or subscriptions */
    SCOPE_COUNT
} Scope;

const char *scope_name(Scope scope); /* "workload" */

typedef enum RequestCount {
    REQUEST_OFFERED,
    REQUEST_SUCCEEDED,
    REQUEST_DEGRADED, /* part of the succeeded */
    REQUEST_FAILED,
    REQUEST_TIMED_OUT,
    REQUEST_REJECTED,
    REQUEST_IN_FLIGHT, /* not ended when the run was over */
    REQUEST_GOOD,      /* succeeded within the workload's SLO latency, if it has one */
    REQUEST_COUNTS
} RequestCount;

typedef enum VisitCount {
    VISITS_ARRIVED,
    VISITS_COMPLETED,
    VISITS_FAILED, /* an error, or the replica crashed */
    VISITS_REJECTED,
    VISITS_ABANDONED, /* left the queue without service, or cancelled in service */
    VISITS_UNFINISHED,
    VISIT_COUNTS
} VisitCount;

typedef enum LinkCount {
    LINK_CALLS,
    LINK_ATTEMPTS,
    LINK_RETRIES,
    LINK_UNFINISHED, /* attempts */
    LINK_CONNECTIONS,
    LINK_OUTCOMES, /* attempts by outcome: LINK_OUTCOMES + outcome */
    LINK_COUNTS = LINK_OUTCOMES + OUTCOME_COUNT
} LinkCount;

typedef enum BrokerCount {
    BROKER_PUBLISHED,
    BROKER_REJECTED,
    BROKER_DROPPED,
    BROKER_DELIVERED,
    BROKER_ACKNOWLEDGED,
    BROKER_REDELIVERED,
    BROKER_DEAD_LETTERED,
    BROKER_EXPIRED,
    BROKER_LOST,
    BROKER_DUPLICATES,
    BROKER_UNDONE,
    BROKER_REORDERED,
    BROKER_EXECUTED_TWICE,
    BROKER_DEDUPLICATED,
    BROKER_UNFINISHED,
    BROKER_COUNTS
} BrokerCount;

#define MEASURES_COUNTS LINK_COUNTS /* the most that a scope has */

/* Samples; number 0 of each scope is also kept by window. Requests that are complete when they end
 * have one time instead of two: while a run goes on it is recorded once, as REQUEST_AT_ONCE, and
 * measures_settle makes both of it. */
enum { REQUEST_LATENCY, REQUEST_FAILED_LATENCY, REQUEST_COMPLETION, REQUEST_AT_ONCE };
enum { VISIT_RESPONSE, VISIT_QUEUE_WAIT };
enum { LINK_LATENCY, LINK_POOL_WAIT };
enum { BROKER_DELAY, BROKER_COMPLETION };
#define MEASURES_SAMPLES 4

/* Levels, as integrals over the span: level x ns. */
enum { LEVEL_QUEUE, LEVEL_SERVICE, LEVEL_CPU }; /* of services: waiting, holding a thread, cores */
enum { LEVEL_DEPTH };                           /* of brokers: ready messages */
#define MEASURES_LEVELS 3

/* Mean and percentiles of sample 0 in a window, whose histogram is gone. In ns; NaN when empty. */
typedef struct WindowLatency {
    double mean, p50, p99, max;
} WindowLatency;

typedef struct Measures {
    double span_s; /* length of the phase or window */
    uint64_t counts[MEASURES_COUNTS];
    double levels[MEASURES_LEVELS];
    uint64_t largest;           /* longest queue, deepest broker */
    SimTime oldest;             /* greatest age of a waiting message */
    uint32_t backlogs, drained; /* subscriptions after the faults, and those that are as before */
    SimTime drain_time;         /* of the slowest of these */
    double stays;        /* ns between arrival and end of all visits, inside the measured part */
    double busy, wasted; /* ns of CPU time: all, and of work that nobody waited for */
    double expected;     /* visits that the requests cause without failures and retries */
    Histogram *samples[MEASURES_SAMPLES]; /* owned; NULL: empty */
    const WindowLatency *window;          /* of a window; NULL in a phase */
    bool
        is_share; /* a consumer among several of one queue: what arrives and waits is the queue's */
    /* Constants of the thing; 0 where they do not apply. */
    double replicas, threads, cores;
} Measures;

/* How many counts, levels and samples a scope has. */
int scope_counts(Scope scope);
int scope_levels(Scope scope);
int scope_samples(Scope scope);

/* Frees the samples. */
void measures_clear(Measures *measures);

/* Adds what `from` counted, not its span, samples and constants. */
void measures_add(Measures *into, const Measures *from);
void measures_add_samples(Measures *into, const Measures *from);

/* Of a workload: what was recorded at once becomes part of latencies and completion times. */
void measures_settle(Measures *measures);

/* The histogram of a sample; an empty one is made for the first value. */
Histogram *measures_samples(Measures *measures, int sample);

#endif
