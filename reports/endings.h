/* What a replication comes to as a whole, yes or no: whether a workload recovered from the faults,
 * whether an objective was met. A mean over replications of which some recover and some do not says
 * little; the share that do, with its exact interval, does. */
#ifndef TOPPLE_REPORTS_ENDINGS_H
#define TOPPLE_REPORTS_ENDINGS_H

#include "reports/study.h"

/* What can come out of a run of the topology: with faults, whether each workload recovered; then
 * each objective. */
uint32_t run_ending_count(const Topology *topology);
const char *run_ending_kind(const Topology *topology, uint32_t index); /* "recovered", "met" */
const char *run_ending_name(const Topology *topology, uint32_t index); /* of workload, objective */

/* Recovered: in the last tenth of the measured part, once the last fault is over, at least 0.95 as
 * large a share of the offered requests was good (succeeded within the objective's latency, if
 * there is one) as before the first fault. Met: at least objective_percent of what ended did so
 * with success within the latency. Unknown of a run that was stopped, or where nothing happened.
 * While the samples are there. */
typedef enum RunEnding { ENDING_NO, ENDING_YES, ENDING_UNKNOWN } RunEnding;
RunEnding run_ending(const RunResult *result, uint32_t index);

/* How many of the replications, and the exact 95 % interval of that share (C. J. Clopper and E. S.
 * Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
 * Biometrika 26, 1934). */
typedef struct EndingShare {
    uint32_t yes, known;
    double share, low, high; /* NaN: of none it is known */
} EndingShare;

EndingShare study_ending(const Study *study, uint32_t variant, uint32_t index);

#endif
