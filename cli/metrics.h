/* The metrics that --metric names, or those that stand in when it names none. */
#ifndef TOPPLE_CLI_METRICS_H
#define TOPPLE_CLI_METRICS_H

#include <glib.h>
#include <stdbool.h>

#include "cli/input.h"
#include "reports/metric_ref.h"

/* Of MetricRef, to be freed. Without --metric: goodput, availability, median and 99th percentile of
 * each workload. NULL with a complaint when one is wrong, or no design has it. */
GArray *metrics_named(const Input *input, char **texts);

#endif
