/* Lists of metrics: what is wanted of every point of many. */
#ifndef TOPPLE_REPORTS_METRICS_H
#define TOPPLE_REPORTS_METRICS_H

#include <glib.h>

#include "models/topology.h"
#include "reports/columns.h"
#include "reports/metric_ref.h"

/* An empty list of MetricRef, which owns their names. */
GArray *metrics_new(void);

/* Of phase `all`. */
void metrics_add(GArray *metrics, Scope scope, const char *name, const Column *metric);

/* Those of sweep.csv, of everything that any of the topologies has, in the order of summary.csv.
 * The whole system only where it is more than one workload. */
GArray *metrics_of_sweep(const Topology *const *topologies, size_t count);

static inline const MetricRef *metric_at(const GArray *metrics, guint index)
{
    return &g_array_index(metrics, MetricRef, index);
}

/* The index of a metric of phase `all`; NO_INDEX if it is not in the list. */
uint32_t metrics_find(const GArray *metrics, Scope scope, const char *name, const char *metric);

#endif
