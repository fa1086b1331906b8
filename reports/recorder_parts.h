/* Where a Recorder keeps what it hears. Private to reports/recorder*.c.
 *
 * A whole (workload, service, link, broker) has parts (operations of the mix, operations, the link
 * itself, consumers or subscriptions). Only parts are counted while the run goes on; the whole is
 * their sum. Part 0 of each whole takes what belongs to no other (a service's cores, messages that
 * no consumer has seen) and is not shown by itself; a link has no other. */
#ifndef TOPPLE_REPORTS_RECORDER_PARTS_H
#define TOPPLE_REPORTS_RECORDER_PARTS_H

#include "reports/recorder.h"
#include "reports/timeline.h"

/* Segments of the measured time that requests are told apart by; a request's tag is its segment
 * plus one, 0 if it is not measured. Segments are phases, or batches. */
#define SEGMENTS_MAX RECORDER_BATCHES

typedef struct Part {
    Measures *segments;      /* of the requests' segments; NULL until something happens */
    uint64_t *window_counts; /* (window_count + 1) x counts of the scope: the last is outside */
    uint32_t *window_largest;
    LevelSlice *levels[MEASURES_LEVELS];
    Histogram live; /* sample 0 in the current window of the whole */
    uint32_t whole;
} Part;

typedef struct Whole {
    const char *name;
    uint32_t first_part, part_count; /* in parts of the scope */
    uint32_t live_window;            /* the window that the parts' live samples are of */
    WindowLatency *latencies;        /* of the whole, by window; NULL until there is one */
    WindowLatency **part_latencies;  /* of its parts, likewise */
} Whole;

typedef struct ScopeParts {
    Scope scope;
    Whole *wholes;
    uint32_t whole_count;
    Part *parts;
    uint32_t part_count;
    WindowLatency *latencies; /* of workloads: of all together, by window */
    const char **part_names;  /* as in summary; NULL: "whole/label" */
    const char **part_labels; /* as in the wide table; NULL for part 0 */
} ScopeParts;

struct Recorder {
    Observer observer;
    const Topology *topology;
    Timeline timeline;
    uint32_t phase_count; /* 1, or 3 with faults */
    uint32_t batch_count;
    uint32_t segment_count;
    SimTime segment_bounds[SEGMENTS_MAX + 1];
    uint8_t segment_phases[SEGMENTS_MAX];
    uint32_t segment; /* of the latest request */

    ScopeParts workloads, services, links, brokers;
    uint32_t *site_parts;         /* part of a workload's call site */
    SimTime *site_limits;         /* SLO latency; SIM_TIME_NEVER: none */
    uint32_t *operation_parts;    /* part of an operation */
    uint32_t *subscription_parts; /* part of what no consumer has seen */
    GArray *events;
    uint64_t events_dropped;
};

/* Fills in the observer. */
void recorder_listen(Recorder *recorder);

/* Builds wholes and parts from the topology. */
void recorder_lay_out(Recorder *recorder);
void scope_parts_clear(ScopeParts *scope, uint32_t segments);

/* Memory for a part in which something happens for the first time. */
void recorder_open_part(const Recorder *recorder, ScopeParts *scope, Part *part);

/* The whole's live samples become a WindowLatency of the window they are of; then they are those of
 * `window`. */
void recorder_turn_window(const Recorder *recorder, ScopeParts *scope, Whole *whole,
                          uint32_t window);

/* Makes the entries of a result. */
void recorder_make_entries(Recorder *recorder, RunResult *result);

static inline Part *recorder_part(const Recorder *recorder, ScopeParts *scope, uint32_t index)
{
    Part *part = &scope->parts[index];
    if (__builtin_expect(part->segments == NULL, 0))
        recorder_open_part(recorder, scope, part);
    return part;
}

#endif
