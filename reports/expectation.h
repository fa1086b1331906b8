/* What must come out, as a topology's "expectations" and --expect say it:
 *
 *   [DESIGN:] METRIC RELATION NUMBER          base: workload/shoppers.p99_ms < 300
 *   [DESIGN:] METRIC RELATION [NUMBER *] DESIGN   async: workload/shoppers.p99_ms <= 0.5 * base
 *
 * METRIC as in reports/metric_ref.h, RELATION one of < <= > >= between blanks. Judged on 95 %
 * intervals; against another design on that of the differences paired by replication. */
#ifndef TOPPLE_REPORTS_EXPECTATION_H
#define TOPPLE_REPORTS_EXPECTATION_H

#include "reports/metric_ref.h"
#include "reports/study.h"

typedef enum Relation {
    RELATION_LESS,
    RELATION_AT_MOST,
    RELATION_MORE,
    RELATION_AT_LEAST
} Relation;

typedef struct Expectation {
    char *text;   /* as it was written */
    char *design; /* NULL: whichever runs */
    MetricRef metric;
    Relation relation;
    double number; /* the limit, or the factor of the other design's value */
    char *other;   /* NULL: against the number */
} Expectation;

/* NULL, or what is wrong, in words, to be freed; then there is nothing to clear. */
char *expectation_parse(Expectation *expectation, const char *text);
void expectation_clear(Expectation *expectation);

typedef enum Judgement { JUDGEMENT_PASS, JUDGEMENT_FAIL, JUDGEMENT_UNDECIDED } Judgement;

const char *judgement_name(Judgement judgement); /* "pass" */

/* What came out of an expectation for one variant. */
typedef struct ExpectationResult {
    char *text; /* owned */
    uint32_t variant;
    Judgement judgement;
    bool is_difference;      /* what follows is a difference to another design, whose limit is 0 */
    double value, low, high; /* NaN: missing */
    const char *flag; /* why it is undecided or doubtful: "not_measured", "no_interval", or the
                         estimate's own flag; "" */
} ExpectationResult;

/* other: the variant of expectation->other; not read when there is none. */
ExpectationResult expectation_judge(const Expectation *expectation, const Study *study,
                                    uint32_t variant, uint32_t other);

#endif
