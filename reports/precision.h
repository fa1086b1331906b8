/* How precise the estimates are, relative to their values, and which of them is the least so. */
#ifndef TOPPLE_REPORTS_PRECISION_H
#define TOPPLE_REPORTS_PRECISION_H

#include "reports/metric_ref.h"
#include "reports/study.h"

/* What came of a wish for precision: how far the estimate that is told worst may be off, relative
 * to the truth, with 95 % confidence. From half-width h of estimate x: h / (|x| - h), so that
 * asking for g stops at h / |x| <= g / (1 + g) (A. M. Law, "Simulation Modeling and
 * Analysis", 9.4.1). */
typedef struct Precision {
    double asked;
    double worst;     /* INFINITY: the interval holds 0, or there is none */
    uint32_t variant; /* of the worst */
    char *metric;     /* owned: its name; NULL: nothing was measured */
    bool is_from_few; /* too few samples stand behind it, however narrow it is */
    bool is_reached;
    uint32_t replications; /* of each design */
} Precision;

/* Over all variants that have them, of `metrics` (of MetricRef). What has no value in a variant is
 * left out, and if none has one the precision is not reached. */
Precision precision_judge(const Study *study, const GArray *metrics, double asked);
void precision_clear(Precision *precision);

/* "reached after 40 replications: ...", as printed and told in warnings; to be freed. */
char *precision_words(const Study *study, const Precision *precision);

#endif
