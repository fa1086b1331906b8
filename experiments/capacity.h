/* How far a parameter can go before an objective is missed: for a load the highest value that still
 * meets it, for replicas or threads the lowest, as an interval; in each design, at each point of
 * other parameters. All designs and values meet the same seed. */
#ifndef TOPPLE_EXPERIMENTS_CAPACITY_H
#define TOPPLE_EXPERIMENTS_CAPACITY_H

#include "experiments/bisection.h"
#include "experiments/points.h"
#include "reports/objective.h"

/* A look that is undecided is taken again with so many times the replications. */
#define CAPACITY_MORE 4u

typedef struct CapacityPlan {
    PointsPlan points;  /* its tasks are the cases; its wishes lack the objective's figures */
    const Axis *search; /* open (then the file's value is the start), or a range */
    bool passes_below;  /* the highest value is asked for; false: the lowest */
    double resolution;
} CapacityPlan;

typedef struct CapacityProbe {
    char *value; /* JSON */
    uint32_t replications;
    ObjectiveVerdict verdict;
    GBytes *record; /* its figures: those of the metrics, then the objective's */
} CapacityProbe;

typedef struct CapacityCase {
    uint32_t design;
    uint64_t point;
    Bisection bisection;
    char *unit;     /* of the values: "", or what stands behind the number in a text */
    GArray *probes; /* of CapacityProbe, in the order in which they were made */
    bool is_done;
} CapacityCase;

typedef struct CapacityResult {
    CapacityCase *cases; /* by task */
    uint64_t case_count;
    PointsResult points; /* progress counts cases */
} CapacityResult;

/* Where the search of each case starts, and whether in whole numbers. NULL, or what is wrong, as
 * lines for the user, to be freed. */
char *capacity_prepare(const CapacityPlan *plan, CapacityResult *result);

void capacity_run(const CapacityPlan *plan, const PointsRun *run, CapacityResult *result);
void capacity_result_clear(CapacityResult *result);

/* JSON text of a value of a case, to be freed. */
char *capacity_value(const CapacityCase *one, double value);

/* The probe of a value that was looked at, with the most replications; NULL if there is none. */
const CapacityProbe *capacity_probe_at(const CapacityCase *one, double value);

#endif
