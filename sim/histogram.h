/* A histogram of durations: log-linear, 128 buckets to each doubling, so that a bucket's middle is
 * within 0.4 % of every value in it; exact below 256 ns. Counts, sum, smallest and largest are
 * exact. Memory is taken by doublings, where values fall (1 KiB each). Merging adds bucket by
 * bucket and is exact: the order of merging does not matter. */
#ifndef TOPPLE_SIM_HISTOGRAM_H
#define TOPPLE_SIM_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "sim/check.h"
#include "sim/time.h"

#define HISTOGRAM_SUB_BITS 7
#define HISTOGRAM_BLOCKS                                                                           \
    57 /* doublings of a positive int64 above 2^7, and the exact ones below                        \
        */

#define HISTOGRAM_SUB_COUNT (1u << HISTOGRAM_SUB_BITS)

/* The values of one doubling. Knowing how many there are, one walks past it in one step. */
typedef struct HistogramBlock {
    uint64_t total;
    uint64_t counts[HISTOGRAM_SUB_COUNT];
} HistogramBlock;

typedef struct Histogram {
    HistogramBlock *blocks[HISTOGRAM_BLOCKS]; /* NULL until a value falls into it */
    uint64_t count;
    __int128 sum;                  /* ns */
    unsigned __int128 sum_squares; /* ns^2, modulo 2^128 */
    SimTime min;                   /* SIM_TIME_NEVER when empty */
    SimTime max;                   /* 0 when empty */
} Histogram;

void histogram_init(Histogram *histogram);
void histogram_clear(Histogram *histogram); /* frees; ready for use again */
void histogram_reset(Histogram *histogram); /* empties and keeps the memory */

/* value >= 0. */
void histogram_record(Histogram *histogram, SimTime value);

/* Records many at once, which costs each of them less; into two histograms for little more. */
void histogram_record_all(Histogram *histogram, const SimTime *values, size_t count);
void histogram_record_both(Histogram *one, Histogram *other, const SimTime *values, size_t count);

void histogram_merge(Histogram *into, const Histogram *from);

/* Nearest rank: the value of rank ceil(p * count), as the middle of its bucket, clamped to min and
 * max. 0 < p <= 1; NaN when empty. In ns. */
double histogram_percentile(const Histogram *histogram, double p);

/* The smallest and the largest value that the one of that rank can be. NaN when empty. In ns. */
void histogram_percentile_bounds(const Histogram *histogram, double p, double *low, double *high);

/* histogram_percentile of a few values that are in no histogram, at least one; changes their order.
 */
double histogram_percentile_of(SimTime *values, size_t count, double p);

/* In ns; NaN when empty. */
double histogram_mean(const Histogram *histogram);

/* In ns; NaN with fewer than two values, and when the squares may not have fitted: 3,000 values of
 * ten years, or 2e13 of an hour. */
double histogram_stddev(const Histogram *histogram);

/* Number of values in buckets wholly or partly at or below `limit`; exact when limit is a bucket's
 * upper bound. */
uint64_t histogram_count_at_most(const Histogram *histogram, SimTime limit);

#endif
