/* What many points print: a table for each workload, or the same as CSV, JSON or Markdown. */
#ifndef TOPPLE_REPORTS_POINTS_REPORT_H
#define TOPPLE_REPORTS_POINTS_REPORT_H

#include "reports/points_view.h"
#include "reports/text_report.h"

/* Rows that a table for people shows at most. */
#define POINTS_SHOWN_MAX 60u

/* Appends to `text`; false when a record cannot be read. */
bool points_report_print(GString *text, const PointsView *view, const ReportOptions *options,
                         GError **error);

/* The end of a pointer that tells it from the others: "threads", or "cart/threads"; to be freed. */
char *points_parameter_short(const PointsView *view, uint32_t parameter);

/* A script for gnuplot that draws sweep.csv into an SVG picture; to be freed. */
char *points_plot(const PointsView *view);

#endif
