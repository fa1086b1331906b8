/* The rows that many points make together. */
#ifndef TOPPLE_REPORTS_POINTS_TABLES_H
#define TOPPLE_REPORTS_POINTS_TABLES_H

#include "reports/csv.h"
#include "reports/points_view.h"

/* sweep.csv: one row for each design and point, with a column for each parameter and three for each
 * metric (the estimate, and the ends of its interval), named by the metric. */
void sweep_header(Csv *csv, const PointsView *view);
void sweep_row(Csv *csv, const PointsView *view, const PointRow *row);

/* points.csv: a row for each parameter. */
void points_rows(Csv *csv, const PointsView *view, const PointRow *row);

/* Topology, design and point: what every table begins with. */
void point_labels(Csv *csv, const PointsView *view, const PointRow *row);

#endif
