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

typedef struct Histogram {
    uint64_t *blocks[HISTOGRAM_BLOCKS]; /* NULL until a value falls into it */
    uint64_t count;
    __int128 sum;                  /* ns */
    unsigned __int128 sum_squares; /* ns^2, modulo 2^128 */
    SimTime min;                   /* SIM_TIME_NEVER when empty */
    SimTime max;                   /* 0 when empty */
} Histogram;

void histogram_init(Histogram *histogram);
void histogram_clear(Histogram *histogram); /* frees; ready for use again */
void histogram_reset(Histogram *histogram); /* empties and keeps the memory */

/* The buckets of one doubling, zero; called by histogram_record for the first value there. */
uint64_t *histogram_new_block(Histogram *histogram, unsigned block);

/* Block 0 holds 0 .. 127 exactly; block b >= 1 the values from 2^(b+6) to 2^(b+7), in 128 equal
 * buckets. */
static inline unsigned histogram_block_of(uint64_t value)
{
    return value < (1u << HISTOGRAM_SUB_BITS)
               ? 0
               : 63u - (unsigned)__builtin_clzll(value) - (HISTOGRAM_SUB_BITS - 1);
}

static inline unsigned histogram_bucket_of(unsigned block, uint64_t value)
{
    unsigned shift = block == 0 ? 0 : block - 1;
    return (unsigned)(value >> shift) & ((1u << HISTOGRAM_SUB_BITS) - 1);
}

/* value >= 0. */
static inline void histogram_record(Histogram *histogram, SimTime value)
{
    SIM_CHECK(value >= 0);
    unsigned block = histogram_block_of((uint64_t)value);
    uint64_t *counts = histogram->blocks[block];
    if (__builtin_expect(counts == NULL, 0))
        counts = histogram_new_block(histogram, block);
    counts[histogram_bucket_of(block, (uint64_t)value)]++;
    histogram->count++;
    histogram->sum += value;
    histogram->sum_squares += (unsigned __int128)value * (unsigned __int128)value;
    if (value < histogram->min)
        histogram->min = value;
    if (value > histogram->max)
        histogram->max = value;
}

void histogram_merge(Histogram *into, const Histogram *from);

/* Nearest rank: the value of rank ceil(p * count), as the middle of its bucket, clamped to min and
 * max. 0 < p <= 1; NaN when empty. In ns. */
double histogram_percentile(const Histogram *histogram, double p);

/* In ns; NaN when empty. */
double histogram_mean(const Histogram *histogram);

/* In ns; NaN with fewer than two values, and when the squares may not have fitted: 3,000 values of
 * ten years, or 2e13 of an hour. */
double histogram_stddev(const Histogram *histogram);

/* Number of values in buckets wholly or partly at or below `limit`; exact when limit is a bucket's
 * upper bound. */
uint64_t histogram_count_at_most(const Histogram *histogram, SimTime limit);

#endif
