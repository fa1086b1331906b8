/* What a person reads: tables of at most 100 columns and verdicts in words; and the same numbers
 * for machines, on stdout. */
#ifndef TOPPLE_REPORTS_TEXT_REPORT_H
#define TOPPLE_REPORTS_TEXT_REPORT_H

#include <glib.h>
#include <stdbool.h>

#include "reports/study.h"

typedef enum ReportFormat {
    REPORT_TEXT,
    REPORT_JSON,     /* an object with "summary" and "compare", members named like the columns */
    REPORT_CSV,      /* summary.csv; with two variants or more compare.csv */
    REPORT_MARKDOWN, /* the tables of the text as Markdown */
} ReportFormat;

/* False for an unknown name. */
bool report_format_named(const char *name, ReportFormat *format);

typedef struct ReportOptions {
    ReportFormat format;
    bool has_color; /* text only */
} ReportOptions;

/* Appends to `text`. One variant gives the summary of a run, several the comparison. */
void report_print(GString *text, const Study *study, const ReportOptions *options);

#endif
