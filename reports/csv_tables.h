/* The content of each CSV file. Rows go into csv->text; after each one `spill` (may be NULL) can
 * take the text away and empty it, and stops the writing by returning false. */
#ifndef TOPPLE_REPORTS_CSV_TABLES_H
#define TOPPLE_REPORTS_CSV_TABLES_H

#include "reports/csv.h"
#include "reports/study.h"

typedef struct TableWriter {
    Csv csv;
    bool (*spill)(struct TableWriter *writer);
    void *context;
} TableWriter;

/* Header and rows of one file; comparison: rows of study_compare, for compare.csv only. */
bool table_write(TableWriter *writer, const Table *table, const Study *study,
                 const GArray *comparison);

/* The rows alone. */
bool table_write_rows(TableWriter *writer, const Table *table, const Study *study,
                      const GArray *comparison);

#endif
