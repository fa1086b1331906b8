/* Replications until the estimates are precise enough: for ExperimentPlan.more.
 *
 * Looked at after a number of replications that is fixed beforehand, and after each doubling of it,
 * never in between: who looks after every replication stops when chance makes an interval narrow.
 */
#ifndef TOPPLE_EXPERIMENTS_UNTIL_PRECISE_H
#define TOPPLE_EXPERIMENTS_UNTIL_PRECISE_H

#include "experiments/experiment.h"
#include "reports/precision.h"

#define UNTIL_PRECISE_FIRST 10u   /* the least number after which an interval is judged */
#define UNTIL_PRECISE_MOST  1280u /* where nothing else is said: seven doublings */

typedef struct UntilPrecise {
    double asked;          /* relative: 0.05 */
    const GArray *metrics; /* of MetricRef; borrowed */
    uint32_t most;         /* replications of each design */
} UntilPrecise;

uint32_t until_precise(void *until, const Study *study, bool *takes_part);

#endif
