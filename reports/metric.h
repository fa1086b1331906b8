/* Metrics by name: what is wanted of every point of many. */
#ifndef TOPPLE_REPORTS_METRIC_H
#define TOPPLE_REPORTS_METRIC_H

#include <glib.h>

#include "models/topology.h"
#include "reports/columns.h"

typedef struct Metric {
    Scope scope;
    char *name; /* of the thing: "shoppers", "cart", "frontend -> cart" */
    const Column *column;
} Metric;

/* An empty list, which owns the names of its metrics. */
GArray *metrics_new(void);
void metrics_add(GArray *metrics, Scope scope, const char *name, const Column *column);

/* Those of sweep.csv, of everything that any of the topologies has, in the order of summary.csv.
 * The whole system only where it is more than one workload. */
GArray *metrics_of_sweep(const Topology *const *topologies, size_t count);

/* As expectations write it, to be freed: "workload/shoppers.p99_ms", "system.goodput_rps". */
char *metric_name(const Metric *metric);

static inline const Metric *metric_at(const GArray *metrics, guint index)
{
    return &g_array_index(metrics, Metric, index);
}

/* The index of a metric; NO_INDEX if it is not in the list. */
uint32_t metrics_find(const GArray *metrics, Scope scope, const char *name, const char *column);

#endif
