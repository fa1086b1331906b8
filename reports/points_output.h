/* Writes the files of many points into a folder, all or none (see reports/output.h), in one pass
 * over the records. */
#ifndef TOPPLE_REPORTS_POINTS_OUTPUT_H
#define TOPPLE_REPORTS_POINTS_OUTPUT_H

#include "reports/output.h"
#include "reports/points_view.h"

/* A file that is ready. */
typedef struct PointsFile {
    const char *name;
    char *text;    /* owned by whoever made it */
    uint64_t rows; /* of a .csv */
} PointsFile;

typedef struct PointsOutput {
    const PointsView *view;
    uint32_t tables;         /* whose rows the records hold: bit i for tables[i] */
    bool has_sweep;          /* sweep.csv */
    bool has_points;         /* points.csv */
    const PointsFile *files; /* further ones */
    size_t file_count;
    uint64_t seed;
    const char *sampling;          /* "grid" */
    const char *const *parameters; /* as --vary had them; NULL at the end */
    const Provenance *provenance;
} PointsOutput;

/* points.csv, sweep.csv, the tables, the further files, each design as the file has it, and the
 * manifest. `written` as for output_write. Tables of an earlier run that are not written are
 * removed. */
bool points_output_write(const PointsOutput *output, const char *folder, GPtrArray *written,
                         GError **error);

#endif
