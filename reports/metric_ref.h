/* A metric of one thing, as expectations and options write it: "workload/shoppers.p99_ms",
 * "link/frontend -> cart.retry_amplification", "system.goodput_rps"; of a phase
 * "workload/shoppers.p99_ms[after]". The name of the metric follows the last point. */
#ifndef TOPPLE_REPORTS_METRIC_REF_H
#define TOPPLE_REPORTS_METRIC_REF_H

#include "reports/run_result.h"

typedef struct MetricRef {
    Scope scope;
    char *name; /* owned; "*": the system */
    const struct Column *metric;
    Phase phase;
} MetricRef;

/* NULL, or what is wrong, in words, to be freed; then there is nothing to clear. */
char *metric_ref_parse(MetricRef *ref, const char *text);
void metric_ref_clear(MetricRef *ref);

/* As it is parsed, to be freed. */
char *metric_ref_text(const MetricRef *ref);

/* Whether a result has it, such as recorder_shape makes one. NULL, or what is missing, in words, to
 * be freed. */
char *metric_ref_check(const MetricRef *ref, const RunResult *shape);

/* Whether the text begins as such a name does: with a scope. */
bool metric_ref_begins(const char *text);

#endif
