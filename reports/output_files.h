/* What the files of a run and those of many points have in common. Private to reports/output.c and
 * reports/points_output.c. */
#ifndef TOPPLE_REPORTS_OUTPUT_FILES_H
#define TOPPLE_REPORTS_OUTPUT_FILES_H

#include <glib.h>
#include <stdbool.h>

#include "reports/csv_tables.h"
#include "reports/output_set.h"

/* A file of one text. */
bool output_text(OutputSet *set, const char *name, const char *text, GError **error);

/* A CSV file that is being written: a table's rows go into writer.csv.text and from there to the
 * file, some 64 KiB at a time. */
typedef struct OutputTable {
    TableWriter writer;
    OutputFile *file;
    GError **error;
    bool has_failed;
} OutputTable;

/* The table must stay where it is until it is closed, which it must be, also after a failure. */
bool output_table_open(OutputTable *table, OutputSet *set, const char *name, GError **error);
bool output_table_close(OutputTable *table);

/* topology.resolved.json for the first design, the others have their name in it. */
bool output_resolved(OutputSet *set, uint32_t index, const char *design, const char *resolved,
                     GError **error);

/* Resolved topologies of designs that are no more. */
bool output_remove_old_resolved(OutputSet *set, const char *folder, GError **error);

/* Adds the files' names (char *) to `written`; NULL: nobody asks. */
void output_list(const OutputSet *set, GPtrArray *written);

#endif
