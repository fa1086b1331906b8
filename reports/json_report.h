/* summary.csv and compare.csv as one JSON object, members named like the columns. */
#ifndef TOPPLE_REPORTS_JSON_REPORT_H
#define TOPPLE_REPORTS_JSON_REPORT_H

#include <glib.h>

#include "reports/study.h"

void json_report_print(GString *text, const Study *study);

#endif
