#include "sim/histogram.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "sim/check.h"

#define SUB_COUNT (1u << HISTOGRAM_SUB_BITS)

static unsigned shift_of(unsigned block)
{
    return block == 0 ? 0 : block - 1;
}

static uint64_t bucket_low(unsigned block, unsigned bucket)
{
    return block == 0 ? bucket : (uint64_t)(SUB_COUNT + bucket) << shift_of(block);
}

static uint64_t bucket_width(unsigned block)
{
    return UINT64_C(1) << shift_of(block);
}

void histogram_init(Histogram *histogram)
{
    *histogram = (Histogram){.min = SIM_TIME_NEVER};
}

void histogram_clear(Histogram *histogram)
{
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++)
        g_free(histogram->blocks[i]);
    histogram_init(histogram);
}

void histogram_reset(Histogram *histogram)
{
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++) {
        if (histogram->blocks[i] != NULL)
            memset(histogram->blocks[i], 0, SUB_COUNT * sizeof(uint64_t));
    }
    histogram->count = 0;
    histogram->sum = 0;
    histogram->sum_squares = 0;
    histogram->min = SIM_TIME_NEVER;
    histogram->max = 0;
}

uint64_t *histogram_new_block(Histogram *histogram, unsigned block)
{
    histogram->blocks[block] = g_new0(uint64_t, SUB_COUNT);
    return histogram->blocks[block];
}

void histogram_merge(Histogram *into, const Histogram *from)
{
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++) {
        if (from->blocks[i] == NULL)
            continue;
        uint64_t *counts = into->blocks[i] != NULL ? into->blocks[i] : histogram_new_block(into, i);
        for (unsigned j = 0; j < SUB_COUNT; j++)
            counts[j] += from->blocks[i][j];
    }
    into->count += from->count;
    into->sum += from->sum;
    into->sum_squares += from->sum_squares;
    into->min = MIN(into->min, from->min);
    into->max = MAX(into->max, from->max);
}

static double middle(const Histogram *histogram, unsigned block, unsigned bucket)
{
    double value = (double)bucket_low(block, bucket) + (double)(bucket_width(block) - 1) / 2;
    return CLAMP(value, (double)histogram->min, (double)histogram->max);
}

/* ceil(p * count), mending products that a rounding error lifts above a whole number. */
static uint64_t rank_of(uint64_t count, double p)
{
    double rank = ceil(p * (double)count * (1 - 1e-15));
    if (rank < 1)
        return 1;
    return rank >= (double)count ? count : (uint64_t)rank;
}

double histogram_percentile(const Histogram *histogram, double p)
{
    if (histogram->count == 0)
        return NAN;
    uint64_t rank = rank_of(histogram->count, p), seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++) {
        for (unsigned j = 0; histogram->blocks[i] != NULL && j < SUB_COUNT; j++) {
            seen += histogram->blocks[i][j];
            if (seen >= rank)
                return middle(histogram, i, j);
        }
    }
    return (double)histogram->max;
}

double histogram_mean(const Histogram *histogram)
{
    return histogram->count == 0 ? NAN : (double)histogram->sum / (double)histogram->count;
}

/* The sum of (x - centre)^2 for the whole number next to the mean. It is a small difference of
 * large sums; whole numbers make it exact, and what overflows on the way cancels out modulo 2^128.
 */
static double squares_about(const Histogram *histogram, unsigned __int128 centre)
{
    unsigned __int128 sum = (unsigned __int128)histogram->sum;
    return (double)(histogram->sum_squares - 2 * centre * sum + centre * centre * histogram->count);
}

double histogram_stddev(const Histogram *histogram)
{
    double count = (double)histogram->count, max = (double)histogram->max;
    if (histogram->count < 2 || count * max * max >= 0x1p128)
        return NAN;
    unsigned __int128 sum = (unsigned __int128)histogram->sum, centre = sum / histogram->count;
    double rest = (double)(sum - centre * histogram->count) / count; /* mean - centre */
    double variance = (squares_about(histogram, centre) - count * rest * rest) / (count - 1);
    return variance > 0 ? sqrt(variance) : 0;
}

uint64_t histogram_count_at_most(const Histogram *histogram, SimTime limit)
{
    uint64_t count = 0;
    if (limit < 0)
        return 0;
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++) {
        for (unsigned j = 0; histogram->blocks[i] != NULL && j < SUB_COUNT; j++) {
            if (bucket_low(i, j) <= (uint64_t)limit)
                count += histogram->blocks[i][j];
        }
    }
    return count;
}
