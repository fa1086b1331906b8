/* Which parameters matter: what the records of a screening design say. */
#ifndef TOPPLE_EXPERIMENTS_SENSITIVITY_H
#define TOPPLE_EXPERIMENTS_SENSITIVITY_H

#include "experiments/sampling/sampling.h"
#include "reports/sensitivity_report.h"

/* Of each metric of the view in each design: of SensitivityTable, for sensitivity_tables_free. The
 * view's records are all there, and hold values. NULL with an error when they cannot be read.
 *
 * Tornado: differences are paired by replication, because all points meet the same draws. Morris:
 * the interval of mu* is Student's t over the trajectories. */
GArray *sensitivity_tables(const Space *space, const PointsView *view, GError **error);
void sensitivity_tables_free(GArray *tables);

#endif
