/* The metrics that are printed with a verdict: few, so that a verdict on all of them is worth
 * something. */
#ifndef TOPPLE_REPORTS_HEADLINE_H
#define TOPPLE_REPORTS_HEADLINE_H

#include <stdbool.h>

typedef struct Headline {
    const char *metric; /* of a workload */
    const char *title;  /* in the table; NULL: it is in the verdicts only */
    const char *words;  /* in a sentence */
} Headline;

#define HEADLINE_COUNT   6
#define HEADLINE_COLUMNS 5 /* that have a title: the first ones */
extern const Headline headlines[HEADLINE_COUNT];

bool headline_find(const char *metric);

#endif
