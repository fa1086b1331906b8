/* Whether an objective is met, and what stands in its way. */
#ifndef TOPPLE_REPORTS_OBJECTIVE_H
#define TOPPLE_REPORTS_OBJECTIVE_H

#include "reports/point_record.h"

/* Further figures of a record, behind those of its metrics, for topologies with one objective, of a
 * workload. */
enum {
    OBJECTIVE_ATTAINED, /* share of the offered requests that succeeded within its latency */
    OBJECTIVE_KEPT_UP,  /* requests that ended in the second half of the measured part, over those
                           that were offered there: below 1 a backlog grows */
    OBJECTIVE_FIGURES
};

void objective_figures(const Study *study, Figure *figures);

/* Less than this share of the offered requests cannot pass for all of them. */
#define KEPT_UP_SHARE 0.99

typedef enum ObjectiveVerdict { OBJECTIVE_MET, OBJECTIVE_MISSED, OBJECTIVE_OPEN } ObjectiveVerdict;

const char *objective_verdict_name(ObjectiveVerdict verdict); /* "pass", "fail", "undecided" */

/* Met: the whole interval of the attained share lies at the objective or above. Missed: it lies
 * below, or the whole interval of the other share lies below KEPT_UP_SHARE. */
ObjectiveVerdict objective_judge(const Figure figures[OBJECTIVE_FIGURES], double share);

/* The resource that limits: the busiest threads or cores of a service. Threads that are held by
 * calls to somebody who is as busy only wait for him: then it is he. */
typedef struct LimitingResource {
    const char *service; /* borrowed from the topology; NULL: nothing is known to be busy */
    bool is_cpu;         /* else its threads */
    double utilization;
} LimitingResource;

LimitingResource objective_limit(const Topology *topology, const GArray *metrics,
                                 const PointRecord *record);

#endif
