/* When the requests of an open workload come. An open family: a kind is one file and one line in
 * kinds.def.
 *
 * Arrivals depend on nothing but the topology, the seed, the replication and the clock of faults
 * (load_spike), so that all designs meet the same ones. */
#ifndef TOPPLE_MODELS_ARRIVAL_H
#define TOPPLE_MODELS_ARRIVAL_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/fault_schedule.h"
#include "models/keys.h"
#include "models/topology.h"
#include "sim/rng.h"

#define ARRIVALS_MAX 1e10 /* of one workload, expected in one run */

/* How the rate changes over the run: rates per ns by pieces, linear within each; already with
 * profile and load spikes. For kinds without a rate (renewal, trace) it is the speed of their
 * clock: 1 but for load spikes. */
typedef struct RateCurve RateCurve;

typedef struct ArrivalSource {
    const void *config;
    void *state; /* of the kind's state_size, starts as zero bytes */
    RateCurve *curve;
    SimTime measure_from; /* traces and profiles count from there */
    double end;           /* of the measured part, ns: arrivals from there on are not asked for */
    uint64_t index;       /* of the next arrival: 1, 2, ... */
    SimRng rng;           /* draws of arrivals, one after the other */
} ArrivalSource;

typedef struct ArrivalKind {
    Kind kind;
    size_t state_size;
    bool has_rate; /* its config starts with a double: the rate per second; it can be shaped by a
                      profile */
    bool bends;    /* load_spike can act on it */
    void (*start)(ArrivalSource *source); /* may be NULL */
    void (*stop)(ArrivalSource *source);  /* frees what start took; may be NULL */
    /* Time of the next arrival since the start of the run, not before the last one; false: there is
     * none. */
    bool (*next)(ArrivalSource *source, double *time_ns);
    /* Per second, on average over a measured part of this length. */
    double (*mean_rate)(const void *config, SimTime duration);
    /* Steps of its own per second, where they can be more than arrivals; NULL otherwise. */
    double (*work_rate)(const void *config);
} ArrivalKind;

extern const Family arrival_family;

/* Arrivals (batches, not requests) of an open workload per second, on average over a measured part
 * of this length; load spikes aside. */
double arrival_mean_rate(const WorkloadConfig *workload, SimTime duration);

typedef struct ArrivalProcess ArrivalProcess;

ArrivalProcess *arrival_process_new(const Topology *topology, uint32_t workload, uint64_t seed,
                                    uint32_t replication, const FaultSchedule *faults);
void arrival_process_free(ArrivalProcess *process);

/* The next arrival: `count` requests (batch; at least 0) meant to start at `time`. False when no
 * more come before the end of the measured part (warmup + duration; an arrival exactly then is no
 * more part of it). */
bool arrival_process_next(ArrivalProcess *process, SimTime *time, uint32_t *count);

#endif
