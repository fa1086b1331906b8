/* The sections of the printed report below its tables: what is busy, what waits in brokers, what
 * failed and why, what the phases of a fault did, and whether everything is accounted for. Private
 * to reports/text*.c. */
#ifndef TOPPLE_REPORTS_TEXT_FINDINGS_H
#define TOPPLE_REPORTS_TEXT_FINDINGS_H

#include <glib.h>

#include "reports/expectation.h"
#include "reports/text_report.h"

typedef struct TextReport {
    GString *text;
    const Study *study;
    bool is_markdown;
    bool has_color;
} TextReport;

void text_heading(const TextReport *report, const char *heading);

/* Estimate of one metric, everything missing if there is none. */
Estimate text_estimate(const TextReport *report, uint32_t variant, Scope scope, const char *name,
                       Phase phase, const char *metric);

/* What a variant is called in tables: its design, with its topology if there are several, and its
 * point. */
char *variant_display(const Study *study, uint32_t variant, int most);

void text_print_phases(const TextReport *report);
void text_print_busiest(const TextReport *report);
void text_print_brokers(const TextReport *report);
void text_print_failures(const TextReport *report);
void text_print_endings(const TextReport *report);
void text_print_expectations(const TextReport *report);
void text_print_checks(const TextReport *report);

#endif
