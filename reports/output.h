/* Writes the files of an output folder, all or none: each to a temporary name in the folder,
 * flushed to the disk, and all renamed at the end. */
#ifndef TOPPLE_REPORTS_OUTPUT_H
#define TOPPLE_REPORTS_OUTPUT_H

#include <glib.h>
#include <stdbool.h>

#include "reports/study.h"

/* What the manifest says beyond the numbers. Strings in UTF-8, borrowed. */
typedef struct Provenance {
    const char *version;             /* "topple 0.1.0" */
    const char *const *libraries;    /* "name", "version", ..., NULL */
    const char *const *command_line; /* argv, NULL at the end */
    double wall_s;
    bool is_complete;
    const char *const *warnings; /* NULL-terminated; may be NULL */
} Provenance;

/* Makes the folder if needed. compare.csv only for two variants or more, points.csv only when there
 * are parameters; such files left by an earlier run are removed. `written` (may be NULL) gets the
 * names of the files (char *, to be freed) in the order of the manifest. The error names the path.
 */
bool output_write(const Study *study, const Provenance *provenance, const char *folder,
                  GPtrArray *written, GError **error);

#endif
