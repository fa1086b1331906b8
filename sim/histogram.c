#include "sim/histogram.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "sim/check.h"

#define SUB_COUNT HISTOGRAM_SUB_COUNT

/* Block 0 holds 0 .. 127 exactly; block b >= 1 the values from 2^(b+6) to 2^(b+7), in 128 equal
 * buckets. */
static unsigned block_of(uint64_t value)
{
    unsigned highest = 63u ^ (unsigned)__builtin_clzll(value | (SUB_COUNT - 1));
    return highest - (HISTOGRAM_SUB_BITS - 1);
}

static unsigned shift_of(unsigned block)
{
    return block - (block != 0);
}

static unsigned bucket_of(unsigned block, uint64_t value)
{
    return (unsigned)(value >> shift_of(block)) & (SUB_COUNT - 1);
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
        if (histogram->blocks[i] != NULL && histogram->blocks[i]->total > 0)
            memset(histogram->blocks[i], 0, sizeof *histogram->blocks[i]);
    }
    histogram->count = 0;
    histogram->sum = 0;
    histogram->sum_squares = 0;
    histogram->min = SIM_TIME_NEVER;
    histogram->max = 0;
}

static HistogramBlock *new_block(Histogram *histogram, unsigned index)
{
    histogram->blocks[index] = g_new0(HistogramBlock, 1);
    return histogram->blocks[index];
}

static HistogramBlock *block_at(Histogram *histogram, unsigned index)
{
    HistogramBlock *block = histogram->blocks[index];
    return __builtin_expect(block != NULL, 1) ? block : new_block(histogram, index);
}

static void count_in(HistogramBlock *block, unsigned bucket)
{
    block->total++;
    block->counts[bucket]++;
}

/* What a histogram knows of its values beside their buckets. */
typedef struct Sums {
    __int128 sum;
    unsigned __int128 sum_squares;
    SimTime min, max;
} Sums;

static Sums sums_of(const SimTime *values, size_t count)
{
    Sums sums = {.min = SIM_TIME_NEVER};
#pragma GCC unroll 4
    for (size_t i = 0; i < count; i++) {
        SimTime value = values[i];
        sums.sum += (uint64_t)value;
        sums.sum_squares += (unsigned __int128)value * (unsigned __int128)value;
        sums.min = MIN(sums.min, value);
        sums.max = MAX(sums.max, value);
    }
    SIM_CHECK(sums.min >= 0);
    return sums;
}

static void add_sums(Histogram *histogram, const Sums *sums, size_t count)
{
    histogram->count += count;
    histogram->sum += sums->sum;
    histogram->sum_squares += sums->sum_squares;
    histogram->min = MIN(histogram->min, sums->min);
    histogram->max = MAX(histogram->max, sums->max);
}

void histogram_record_all(Histogram *histogram, const SimTime *values, size_t count)
{
    Sums sums = sums_of(values, count);
    add_sums(histogram, &sums, count);
    for (size_t i = 0; i < count; i++) {
        unsigned index = block_of((uint64_t)values[i]);
        count_in(block_at(histogram, index), bucket_of(index, (uint64_t)values[i]));
    }
}

void histogram_record_both(Histogram *one, Histogram *other, const SimTime *values, size_t count)
{
    Sums sums = sums_of(values, count);
    add_sums(one, &sums, count);
    add_sums(other, &sums, count);
    for (size_t i = 0; i < count; i++) {
        unsigned index = block_of((uint64_t)values[i]);
        unsigned bucket = bucket_of(index, (uint64_t)values[i]);
        count_in(block_at(one, index), bucket);
        count_in(block_at(other, index), bucket);
    }
}

void histogram_record(Histogram *histogram, SimTime value)
{
    histogram_record_all(histogram, &value, 1);
}

void histogram_merge(Histogram *into, const Histogram *from)
{
    for (unsigned i = 0; i < HISTOGRAM_BLOCKS; i++) {
        if (from->blocks[i] == NULL || from->blocks[i]->total == 0)
            continue;
        HistogramBlock *block = block_at(into, i);
        block->total += from->blocks[i]->total;
        for (unsigned j = 0; j < SUB_COUNT; j++)
            block->counts[j] += from->blocks[i]->counts[j];
    }
    into->count += from->count;
    into->sum += from->sum;
    into->sum_squares += from->sum_squares;
    into->min = MIN(into->min, from->min);
    into->max = MAX(into->max, from->max);
}

static double middle(unsigned block, unsigned bucket, SimTime min, SimTime max)
{
    double value = (double)bucket_low(block, bucket) + (double)(bucket_width(block) - 1) / 2;
    return CLAMP(value, (double)min, (double)max);
}

static uint64_t total_of(const Histogram *histogram, unsigned block)
{
    return histogram->blocks[block] == NULL ? 0 : histogram->blocks[block]->total;
}

/* ceil(p * count), mending products that a rounding error lifts above a whole number. */
static uint64_t rank_of(uint64_t count, double p)
{
    double rank = ceil(p * (double)count * (1 - 1e-15));
    if (rank < 1)
        return 1;
    return rank >= (double)count ? count : (uint64_t)rank;
}

typedef struct Bucket {
    unsigned block, bucket;
} Bucket;

static Bucket bucket_of_rank(const Histogram *histogram, uint64_t rank)
{
    Bucket at = {0};
    uint64_t seen = 0;
    for (; total_of(histogram, at.block) < rank - seen; at.block++)
        seen += total_of(histogram, at.block);
    for (; histogram->blocks[at.block]->counts[at.bucket] < rank - seen; at.bucket++)
        seen += histogram->blocks[at.block]->counts[at.bucket];
    return at;
}

double histogram_percentile(const Histogram *histogram, double p)
{
    if (histogram->count == 0)
        return NAN;
    Bucket at = bucket_of_rank(histogram, rank_of(histogram->count, p));
    return middle(at.block, at.bucket, histogram->min, histogram->max);
}

void histogram_percentile_bounds(const Histogram *histogram, double p, double *low, double *high)
{
    *low = *high = NAN;
    if (histogram->count == 0)
        return;
    Bucket at = bucket_of_rank(histogram, rank_of(histogram->count, p));
    double first = (double)bucket_low(at.block, at.bucket);
    *low = MAX(first, (double)histogram->min);
    *high = MIN(first + (double)(bucket_width(at.block) - 1), (double)histogram->max);
}

static void swap(SimTime *left, SimTime *right)
{
    SimTime held = *left;
    *left = *right;
    *right = held;
}

/* The value at this place if they were sorted. C. A. R. Hoare: Algorithm 65, Find (1961). */
static SimTime find(SimTime *values, ptrdiff_t count, ptrdiff_t place)
{
    ptrdiff_t low = 0, high = count - 1;
    while (low < high) {
        SimTime pivot = values[place];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (pivot < values[j])
                j--;
            if (i <= j)
                swap(&values[i++], &values[j--]);
        }
        if (j < place)
            low = i;
        if (place < i)
            high = j;
    }
    return values[place];
}

double histogram_percentile_of(SimTime *values, size_t count, double p)
{
    SimTime min = SIM_TIME_NEVER, max = 0;
    for (size_t i = 0; i < count; i++) {
        min = MIN(min, values[i]);
        max = MAX(max, values[i]);
    }
    uint64_t value = (uint64_t)find(values, (ptrdiff_t)count, (ptrdiff_t)rank_of(count, p) - 1);
    unsigned block = block_of(value);
    return middle(block, bucket_of(block, value), min, max);
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
                count += histogram->blocks[i]->counts[j];
        }
    }
    return count;
}
