/* How long a system takes to forget that it began empty: the warm-up of "warmup": "auto".
 *
 * Ten replications of each design of their own, not among those that are measured, without faults
 * and at the rate of the warm-up, for as long as the measured part lasts. What is watched is the
 * number of visits in all services and of messages in all brokers, in a thousand windows. MSER-5
 * (K. P. White, "An effective truncation heuristic for bias reduction in simulation output",
 * Simulation 69, 1997) cuts its average over the replications, for each replication alone would be
 * cut too early; the longest cut of all designs is that of all. */
#ifndef TOPPLE_EXPERIMENTS_WARMUP_H
#define TOPPLE_EXPERIMENTS_WARMUP_H

#include "experiments/experiment.h"

#define WARMUP_REPLICATIONS 10u

typedef struct Warmup {
    SimTime time;     /* at most half of the measured part */
    uint32_t variant; /* that takes the longest */
    bool has_settled; /* no cut was as late as it may be */
} Warmup;

/* Of the plan its variants, seed, threads, limits and who watches are used; not its replications.
 * False when it was stopped, or a run did not come to its end. */
bool warmup_find(const ExperimentPlan *plan, Warmup *warmup);

#endif
