/* The columns of every output, one line of a table each: name, unit, meaning, and how it is made.
 * The columns of the wide tables are at the same time the metrics of summary, compare and
 * timeseries, and the documentation is printed from the same lines. */
#ifndef TOPPLE_REPORTS_COLUMNS_H
#define TOPPLE_REPORTS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/measures.h"

typedef enum Direction { DIRECTION_NEUTRAL, DIRECTION_HIGHER, DIRECTION_LOWER } Direction;

typedef enum ColumnKind {
    COLUMN_LABEL,      /* names the row */
    COLUMN_COUNT,      /* counts[index] */
    COLUMN_RATE,       /* counts[index] per second */
    COLUMN_MEAN,       /* of samples[index] */
    COLUMN_STDDEV,     /* of samples[index] */
    COLUMN_MAX,        /* of samples[index] */
    COLUMN_PERCENTILE, /* of samples[index], at p */
    COLUMN_VALUE,      /* computed by `value` */
    COLUMN_LARGEST,    /* computed by `value`: the largest that was seen */
    COLUMN_TOTAL,      /* computed by `value`; grows with the length of the run, like a count */
    COLUMN_EMPTY,      /* what it measures does not exist yet */
} ColumnKind;

typedef struct Column {
    const char *name, *unit, *meaning; /* unit "": none */
    ColumnKind kind;
    Direction direction; /* of what is better */
    int index;
    double p;
    double (*value)(const Measures *measures);
    bool is_in_series; /* also a column of timeseries.csv */
    bool is_in_sweep;  /* also columns of sweep.csv, with its interval */
} Column;

typedef struct Table {
    const char *file; /* "requests.csv" */
    const char *rows; /* one row per what */
    const Column *columns;
    size_t column_count;
    bool is_of_points; /* of many points together, not of one study; further columns may follow */
} Table;

extern const Table table_summary, table_requests, table_services, table_links, table_brokers,
    table_timeseries, table_percentiles, table_events, table_compare, table_outcomes,
    table_expectations, table_points, table_sweep, table_capacity, table_probes, table_sensitivity;

/* The wide table that holds a scope's metrics; SCOPE_SYSTEM has those of SCOPE_WORKLOAD. */
const Table *table_of_scope(Scope scope);

/* Every CSV file, in the order in which the documentation lists them; ends with NULL. The table of
 * timeseries.csv holds its labels only; its other columns are series_columns. */
extern const Table *const tables[];

/* NaN: missing. Durations in ms. */
double column_value(const Column *column, const Measures *measures);

/* Between which limits the exact value of a percentile lies, its bucket's, in ms; NaN of all else.
 */
void column_bounds(const Column *column, const Measures *measures, double *low, double *high);

/* True for kinds that have a value in summary and compare. */
bool column_is_metric(const Column *column);

/* True if the value grows with the length of the run. */
bool column_is_total(const Column *column);

/* True if the value is the largest that was seen: in a part of the run it is smaller. */
bool column_is_largest(const Column *column);

/* True if the value is made of samples, whose number is the number of observations. */
bool column_is_of_samples(const Column *column);

/* Number of tables[]. */
#define TABLES_MAX 32

#define SERIES_COLUMNS_MAX 80

/* The columns of timeseries.csv behind its labels: all of the wide tables that have values in
 * windows, each name once. A row is filled by the columns of its own scope. */
size_t series_columns(const Column *columns[SERIES_COLUMNS_MAX]);

/* NULL if the scope has no such metric. */
const Column *column_find(Scope scope, const char *metric);

#endif
