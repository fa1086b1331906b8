/* The live objects of one replication of one design, on one engine. */
#ifndef TOPPLE_MODELS_WORLD_H
#define TOPPLE_MODELS_WORLD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/fault_schedule.h"
#include "models/observer.h"
#include "models/topology.h"

typedef struct World World;

typedef enum StopReason {
    STOP_FINISHED, /* the measured part is over and everything in flight has ended (or was cut, as
                      asked) */
    STOP_DRAIN_LIMIT,  /* after the end, work went on for longer than the run itself: the rest is in
                          flight at the end */
    STOP_INTERRUPTED,  /* the flag was raised */
    STOP_EVENTS,       /* max_events */
    STOP_IN_FLIGHT,    /* more than 16 million frames or messages at once */
    STOP_ZERO_TIME,    /* 1e6 events without time moving */
    STOP_NESTED_CALLS, /* 1,000 calls inside each other */
} StopReason;

typedef struct WorldLimits {
    uint64_t max_events;    /* 0: none but the engine's own */
    const atomic_int *stop; /* looked at every 1,024 events; not 0: interrupted. NULL: never */
    _Atomic int64_t
        *progress; /* where the simulated time is left every 1,024 events; may be NULL */
} WorldLimits;

typedef struct WorldCounts { /* for reports of speed and for the checks */
    uint64_t events;
    uint64_t requests; /* started */
    uint64_t attempts; /* sent over links, asynchronous ones included */
    /* Alive at once. Frames are visits (hops in flight or in service) and branches of more than one
     * call. */
    uint64_t most_frames, most_calls, most_requests, most_messages;
    SimTime end; /* simulated time at the end of the run */
} WorldCounts;

/* Everything is borrowed and must outlive the world. The same (topology, seed, replication) gives
 * the same run, whatever else goes on in the process. */
World *world_new(const Topology *topology, uint64_t seed, uint32_t replication,
                 const FaultSchedule *faults, const Observer *observer);
void world_free(World *world);

/* Runs to the end. Whatever is still under way then is reported as unfinished, so that every start
 * has its end. */
StopReason world_run(World *world, const WorldLimits *limits);

WorldCounts world_counts(const World *world);

/* After a run: NULL, or what is not as it must be (a thread held by nobody, a queue with a negative
 * length, a request counted twice), in words; to be freed. Always NULL unless topple is wrong. */
char *world_check(const World *world);

/* What a stop reason says to a person; "" for STOP_FINISHED. To be freed. */
char *world_stop_message(const World *world, StopReason reason);

#endif
