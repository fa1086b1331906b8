/* One metric of one thing in two variants, paired by replication (or by batch). Private to
 * reports/. */
#ifndef TOPPLE_REPORTS_STUDY_PAIRS_H
#define TOPPLE_REPORTS_STUDY_PAIRS_H

#include "reports/study_parts.h"

typedef struct PairSide {
    const StudyRuns *runs;
    uint32_t entry;
    double estimate;
    double *values; /* owned: by replication; NaN: missing */
    uint32_t count;
    IntervalMethod method;
} PairSide;

typedef struct Pairs {
    PairSide baseline, design;
    Phase phase;
    const Column *metric;
    double *room; /* for what is made of each pair */
    uint32_t count;
} Pairs;

/* Room for any metric of the two variants, of which there must be runs. */
void pairs_init(Pairs *pairs, const Study *study, uint32_t baseline, uint32_t design);
void pairs_clear(Pairs *pairs);

/* Of the two entries. */
void pairs_read(Pairs *pairs, uint32_t baseline_entry, uint32_t design_entry, Phase phase,
                const Column *metric);

/* design - factor * baseline. Percentiles are told no finer than their buckets. */
Contrast pairs_difference(const Pairs *pairs, double factor);

/* design / baseline, judged on the logarithmic scale; low and high NaN where a pair has none. */
Contrast pairs_ratio(const Pairs *pairs);

/* By how many times the variance of the differences is smaller than it would be with independent
 * chance: var(design) + var(baseline) over var(design - baseline). INFINITY where differences do
 * not vary, NaN where nothing does. */
double pairs_variance_reduction(const Pairs *pairs);

#endif
