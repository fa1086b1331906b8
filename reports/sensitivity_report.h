/* Which parameters matter for which metrics, ranked, as tables for people and machines. */
#ifndef TOPPLE_REPORTS_SENSITIVITY_REPORT_H
#define TOPPLE_REPORTS_SENSITIVITY_REPORT_H

#include "reports/csv.h"
#include "reports/points_view.h"
#include "reports/text_report.h"

/* A difference with its 95 % interval; NaN: missing. */
typedef struct Effect {
    double value, low, high;
} Effect;

/* One parameter, for one metric in one design. */
typedef struct SensitivityRow {
    uint32_t parameter;
    uint32_t rank; /* 1: matters most */
    Effect effect; /* tornado: the largest difference between two of low, base and high; morris:
                      the mean size of the effects of a step, over the whole range (mu*) */
    Effect at_low, at_high; /* tornado: against the base */
    double mean, stddev;    /* morris: of the effects with their signs */
} SensitivityRow;

typedef struct SensitivityTable {
    uint32_t design;
    const MetricRef *metric;
    double base;  /* tornado; NaN: missing */
    GArray *rows; /* of SensitivityRow, by rank */
} SensitivityTable;

typedef struct SensitivityAnswer {
    const PointsView *view; /* for names */
    bool is_morris;
    char *const *lows, *const *highs; /* of each parameter: the ends of its range, JSON */
    GArray *tables;                   /* of SensitivityTable: by design, then by metric */
} SensitivityAnswer;

void sensitivity_report_print(GString *text, const SensitivityAnswer *answer,
                              const ReportOptions *options);

/* sensitivity.csv, with header. */
void sensitivity_csv(Csv *csv, const SensitivityAnswer *answer);

#endif
