/* Where a Recorder keeps what it hears. Private to reports/recorder*.c.
 *
 * A whole (workload, service, link, broker) has parts (operations of the mix, operations, the link
 * itself, consumers or subscriptions). Only parts are counted while the run goes on; the whole is
 * their sum. Part 0 of each whole takes what belongs to no other (a service's cores, messages that
 * no consumer has seen) and is not shown by itself; a link has no other. */
#ifndef TOPPLE_REPORTS_RECORDER_PARTS_H
#define TOPPLE_REPORTS_RECORDER_PARTS_H

#include "reports/backlog.h"
#include "reports/recorder.h"
#include "reports/timeline.h"

/* Segments of the measured time that requests are told apart by; a request's tag is its segment
 * plus one, 0 if it is not measured. Segments are phases, or batches. */
#define SEGMENTS_MAX RECORDER_BATCHES

/* Samples of number 0 that a part keeps as they are, until they are this many or the window is
 * over. Few enough to be sorted out faster than a histogram is read, enough for recording them
 * together to be cheap. */
#define RECENT_MAX 64u

/* What a recent sample is marked with: its request's tag, and this bit if the request is complete.
 */
#define MARK_COMPLETE ((uint8_t)0x80)

/* A part stands at the slice of time in which something last happened to it. */
typedef struct Part {
    uint32_t slice;       /* UINT32_MAX: nothing has happened yet, and there is no memory */
    uint32_t window;      /* of the recent samples; the same in all parts of a whole */
    uint64_t *counts_now; /* of its slice */
    Measures *segments;   /* segment_count of the scope */
    LevelSlice *levels[MEASURES_LEVELS];
    uint32_t *largest; /* by slice of the timeline, and one more for what is outside */
    uint64_t *counts;  /* likewise, counts of the scope for each */
    uint64_t *offered; /* of workloads: by slice of the starts, likewise */
    double stays;      /* as in Measures */
    Backlog *backlog;  /* of a subscription's part */
    Histogram *crowd;  /* earlier samples of the window; NULL: never that many */
    uint32_t whole;
    uint32_t recent_count;
    uint8_t marks[RECENT_MAX];
    SimTime recent[RECENT_MAX]; /* samples of the window, if they are not in the crowd */
} Part;

typedef struct Whole {
    const char *name;
    uint32_t first_part, part_count; /* in parts of the scope */
    WindowLatency *latencies;        /* of the whole, by window; NULL until there is one */
    WindowLatency **part_latencies;  /* of its parts, likewise */
} Whole;

typedef struct ScopeParts {
    Scope scope;
    Whole *wholes;
    uint32_t whole_count;
    Part *parts;
    uint32_t part_count;
    uint32_t segment_count;                   /* the recorder's; 1: no batches, too many parts */
    uint8_t segment_of_tag[SEGMENTS_MAX + 1]; /* of tags above 0 */
    WindowLatency *latencies;                 /* of workloads: of all together, by window */
    const char **part_names;                  /* as in summary; NULL: "whole/label" */
    const char **part_labels;                 /* as in the wide table; NULL for part 0 */
} ScopeParts;

struct Recorder {
    Observer observer;
    const Topology *topology;
    Timeline timeline;
    Timeline starts;      /* the same time for requests that start: cut into segments, not phases */
    uint32_t phase_count; /* 1, or 3 with faults */
    uint32_t batch_count;
    uint32_t segment_count;
    SimTime faults_start, faults_end; /* the first, the last; SIM_TIME_NEVER: none */

    ScopeParts workloads, services, links, brokers;
    Part **site_parts;            /* part of a workload's call site */
    SimTime *site_limits;         /* SLO latency; SIM_TIME_NEVER: none */
    Part **operation_parts;       /* part of an operation */
    uint32_t *subscription_parts; /* part of what no consumer has seen */
    Histogram scratch;            /* for samples of several parts together; empty in between */
    GArray *events;
    uint64_t events_dropped;
};

/* Fills in the observer. */
void recorder_listen(Recorder *recorder);

/* Builds wholes and parts from the topology. */
void recorder_lay_out(Recorder *recorder);
void scope_parts_clear(ScopeParts *scope);

/* Moves a part to the current slice, and its whole to that slice's window. */
void recorder_move_part(Recorder *recorder, ScopeParts *scope, Part *part);

/* Memory for a part to which something happens for the first time. */
void recorder_open_part(const Recorder *recorder, const ScopeParts *scope, Part *part);

/* Stores the part's recent samples in histograms: in those of their segments, and in the crowd. */
void recorder_make_room(const Recorder *recorder, const ScopeParts *scope, Part *part);

/* The samples of the whole's current window become a WindowLatency; then `window` is the current
 * one. */
void recorder_turn_window(Recorder *recorder, ScopeParts *scope, Whole *whole, uint32_t window);

/* Makes the entries of a result. */
void recorder_make_entries(Recorder *recorder, RunResult *result);

/* A part to which something happens at the time last followed. */
static inline Part *recorder_part_now(Recorder *recorder, ScopeParts *scope, Part *part)
{
    if (__builtin_expect(part->slice != recorder->timeline.current, 0))
        recorder_move_part(recorder, scope, part);
    return part;
}

#endif
