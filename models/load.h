/* What the workloads offer to each service, worked out without a simulation: by the traffic
 * equations, without failures, retries and waiting. */
#ifndef TOPPLE_MODELS_LOAD_H
#define TOPPLE_MODELS_LOAD_H

#include "models/topology.h"

typedef struct ServiceLoad {
    double rate;               /* visits per second, all operations */
    double core_utilization;   /* share of all cores that computations need; NaN without cpu */
    double thread_utilization; /* share of all threads held, with every call answered at once; NaN
                                  for an event_loop. 1 and more: it cannot keep up */
} ServiceLoad;

/* Requests per second that a workload offers on average over the measured part; NaN for a closed
 * one, whose rate depends on the answers. */
double workload_rate(const Topology *topology, uint32_t workload);

/* One for each service, to be freed with g_free. Open workloads of known rate only. */
ServiceLoad *topology_load(const Topology *topology);

/* The larger of the two utilizations; 0 when there is neither. */
double service_load_largest(const ServiceLoad *load);

/* The same with closed workloads at the most that they can do, alone and without waiting: users /
 * (think time + time of an answer), or what their busiest service can take (the asymptotic bounds
 * of Denning and Buzen, "The operational analysis of queueing network models", 1978). */
double workload_rate_bound(const Topology *topology, uint32_t workload);
ServiceLoad *topology_load_bound(const Topology *topology);

/* The operation's mean time from start to reply, and until its thread is free, when nothing waits:
 * computing, waiting, and the synchronous calls it makes. ns, to be freed with g_free; INFINITY
 * where a cycle of calls does not end. */
typedef struct OperationDemand {
    double compute; /* CPU time of one visit */
    double reply;
    double hold;
} OperationDemand;

OperationDemand *topology_demand(const Topology *topology);

#endif
