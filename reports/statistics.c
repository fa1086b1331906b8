#include "reports/statistics.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

double values_mean(const double *values, uint32_t count, uint32_t *used)
{
    double sum = 0;
    *used = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        sum += values[i];
        ++*used;
    }
    return *used == 0 ? (double)NAN : sum / *used;
}

double values_variance(const double *values, uint32_t count)
{
    uint32_t used;
    double mean = values_mean(values, count, &used), squares = 0;
    for (uint32_t i = 0; i < count; i++)
        squares += isnan(values[i]) ? 0 : (values[i] - mean) * (values[i] - mean);
    return used < 2 ? (double)NAN : squares / (used - 1.0);
}

static double chance(double center, double error, double degrees)
{
    if (error > 0)
        return 2 * gsl_cdf_tdist_Q(fabs(center) / error, degrees);
    return center == 0 ? 1 : 0;
}

Interval interval_around(double center, const double *values, uint32_t count)
{
    double squares = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        squares += (values[i] - center) * (values[i] - center);
        used++;
    }
    if (used < 2 || !isfinite(center) || !isfinite(squares))
        return (Interval){(double)NAN, (double)NAN, (double)NAN};
    double degrees = used - 1.0;
    double error = sqrt(squares / degrees / used);
    double half = gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, degrees) * error;
    return (Interval){center - half, center + half, chance(center, error, degrees)};
}

void binomial_interval(uint32_t yes, uint32_t count, double *low, double *high)
{
    double tail = (1 - CONFIDENCE) / 2, no = count - yes;
    *low = *high = (double)NAN;
    if (count == 0)
        return;
    *low = yes == 0 ? 0 : gsl_cdf_beta_Pinv(tail, yes, no + 1);
    *high = yes == count ? 1 : gsl_cdf_beta_Pinv(1 - tail, yes + 1.0, no);
}

#define NEIGHBOURS_MIN 8u

double neighbours_chance(const double *values, uint32_t count)
{
    uint32_t used;
    double mean = values_mean(values, count, &used), squares = 0, steps = 0, n = count;
    if (used < count || count < NEIGHBOURS_MIN)
        return (double)NAN;
    for (uint32_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
        if (i > 0)
            steps += (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
    }
    if (!(squares > 0))
        return 1;
    return gsl_cdf_ugaussian_Q(sqrt((n * n - 1) / (n - 2)) * (1 - steps / (2 * squares)));
}

#define MSER_BATCH 5u

uint32_t mser_cut(const double *values, uint32_t count, uint32_t *latest)
{
    uint32_t batches = count / MSER_BATCH, last = batches / 2, best = 0;
    double mean = 0, squares = 0, least = (double)INFINITY;
    *latest = last * MSER_BATCH;
    /* From the end on, by Welford's updates, so that each cut costs one step. */
    for (uint32_t i = batches; i-- > 0;) {
        double batch = 0;
        for (uint32_t k = 0; k < MSER_BATCH; k++)
            batch += values[i * MSER_BATCH + k] / MSER_BATCH;
        double used = batches - i, step = batch - mean;
        mean += step / used;
        squares += step * (batch - mean);
        /* Equal ones: the earliest cut. */
        if (i <= last && squares / (used * used) <= least) {
            least = squares / (used * used);
            best = i;
        }
    }
    return best * MSER_BATCH;
}

static int compare_p(const void *a, const void *b, void *context)
{
    const double *p = context;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    if (p[i] != p[k])
        return p[i] < p[k] ? -1 : 1;
    return i < k ? -1 : i > k;
}

void holm_adjust(double *p, size_t count)
{
    g_autofree size_t *order = g_new(size_t, MAX(count, 1));
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(p[i]))
            order[used++] = i;
    }
    g_qsort_with_data(order, (gint)used, sizeof *order, compare_p, p);
    double least = 0;
    for (size_t i = 0; i < used; i++) {
        least = MAX(least, MIN(1, p[order[i]] * (double)(used - i)));
        p[order[i]] = least;
    }
}
