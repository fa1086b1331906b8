/* The metrics of the printed table: few, so that a verdict on all of them is worth something. */
#ifndef TOPPLE_REPORTS_HEADLINE_H
#define TOPPLE_REPORTS_HEADLINE_H

#include <stdbool.h>

typedef struct Headline {
    const char *metric; /* of a workload */
    const char *title;  /* in the table */
    const char *words;  /* in a sentence */
} Headline;

#define HEADLINE_COUNT 5
extern const Headline headlines[HEADLINE_COUNT];

bool headline_find(const char *metric);

#endif
