/* What a search for capacity found, as tables for people and machines. */
#ifndef TOPPLE_REPORTS_CAPACITY_REPORT_H
#define TOPPLE_REPORTS_CAPACITY_REPORT_H

#include "reports/csv.h"
#include "reports/objective.h"
#include "reports/points_view.h"
#include "reports/text_report.h"

/* Of the whole search. */
typedef struct CapacityQuestion {
    const PointsView *view; /* for names and values; its records are not asked for */
    const char *slo, *parameter;
    bool wants_highest;
} CapacityQuestion;

/* One value that was simulated. */
typedef struct CapacityLook {
    double value;
    uint32_t replications;
    Figure figures[OBJECTIVE_FIGURES];
    Figure goodput, p99;
    ObjectiveVerdict verdict;
} CapacityLook;

/* One design at one point of other parameters. */
typedef struct CapacityAnswer {
    PointRow row; /* design, point and values */
    const char *unit;
    double objective;     /* share */
    double meets, misses; /* NaN: none does */
    double goodput;
    LimitingResource limit;
    GArray *looks; /* of CapacityLook */
} CapacityAnswer;

/* Appends to `text`; answers: of CapacityAnswer. */
void capacity_report_print(GString *text, const CapacityQuestion *question, const GArray *answers,
                           const ReportOptions *options);

/* capacity.csv and probes.csv, with header. */
void capacity_csv(Csv *csv, const CapacityQuestion *question, const GArray *answers);
void probes_csv(Csv *csv, const CapacityQuestion *question, const GArray *answers);

#endif
