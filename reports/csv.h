/* CSV by RFC 4180 with LF: a row at a time, into a text that the caller empties as it likes. */
#ifndef TOPPLE_REPORTS_CSV_H
#define TOPPLE_REPORTS_CSV_H

#include <glib.h>
#include <stdint.h>

#include "reports/columns.h"

typedef struct Csv {
    GString *text; /* borrowed */
    uint64_t rows; /* ended so far, without the header */
    bool is_inside_row;
} Csv;

/* Quoted when it holds a comma, a quote or a line break; NULL and "" are empty. */
void csv_text(Csv *csv, const char *text);

/* At most 9 significant digits, whole numbers below 2^53 in full; not finite: empty. */
void csv_number(Csv *csv, double value);
void csv_integer(Csv *csv, uint64_t value);
void csv_empty(Csv *csv);
void csv_end_row(Csv *csv);

/* Names of the columns of a table, with those of the series behind for timeseries.csv. */
void csv_header(Csv *csv, const Table *table);

/* The number as csv_number writes it; "" if it is not finite. */
#define NUMBER_ROOM 32
const char *number_format(char buffer[NUMBER_ROOM], double value);

#endif
