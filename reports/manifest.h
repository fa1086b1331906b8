/* manifest.json: where the numbers come from, and what lies beside it. */
#ifndef TOPPLE_REPORTS_MANIFEST_H
#define TOPPLE_REPORTS_MANIFEST_H

#include <glib.h>

#include "reports/output.h"
#include "reports/points_output.h"

/* files: of OutputFile, closed. */
void manifest_print(GString *text, const Study *study, const Provenance *provenance,
                    const GPtrArray *files);
void manifest_print_points(GString *text, const PointsOutput *output, const GPtrArray *files);

#endif
