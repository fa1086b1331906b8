/* Judging what was drawn. All tests of chance have fixed seeds; a share or a mean that is right
 * stays within five standard errors in all but 6 of 10 million seeds. */
#ifndef TOPPLE_TESTS_CHANCE_H
#define TOPPLE_TESTS_CHANCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

/* Draws that have nothing to do with those of other names. */
static inline gsl_rng *draws_named(SimRng *rng, const char *name)
{
    sim_rng_init(rng);
    return sim_rng_at(rng, sim_key(1, 0, "test", name), 0, 0);
}

static inline void assert_within(double actual, double expected, double standard_error)
{
    if (!(fabs(actual - expected) <= 5 * standard_error))
        fail_msg("%.9g is not within 5 standard errors (%.3g) of %.9g", actual, standard_error,
                 expected);
}

/* `hits` of `tries`, each with this probability. */
static inline void assert_share(uint64_t hits, uint64_t tries, double probability)
{
    assert_within((double)hits / (double)tries, probability,
                  sqrt(probability * (1 - probability) / (double)tries));
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the largest distance between the distribution of values, sorted here, and
 * `cdf`. Its limit is exceeded with probability 2 exp(-2 n d^2): 1e-6 for n d^2 = 7.25. */
static inline void assert_distributed(double *values, size_t count, double (*cdf)(double))
{
    qsort(values, count, sizeof *values, compare_doubles);
    double distance = 0;
    for (size_t i = 0; i < count; i++) {
        double below = (double)i / (double)count, above = (double)(i + 1) / (double)count;
        double at = cdf(values[i]);
        distance = fmax(distance, fmax(at - below, above - at));
    }
    if (!(distance * distance * (double)count <= 7.25))
        fail_msg("the largest distance of %zu values from their distribution is %g", count,
                 distance);
}

#endif
