/* Random counts: an integer, or `poisson`, `geometric` (on 1, 2, ...),
 * `uniform_int` (min..max), `zipf` (1..n with weight 1/k^exponent). Drawn with GSL. An open family:
 * a table in count.c. */
#ifndef TOPPLE_SIM_COUNT_H
#define TOPPLE_SIM_COUNT_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "sim/distribution/distribution.h"

#define COUNT_LARGEST 1000000u /* what a draw is capped at, and the largest constant */

typedef struct Count Count;

typedef struct CountKind {
    const char *name;
    const char *summary;
    const DistributionParameter
        *parameters; /* PARAMETER_NUMBER only; all are required unless a range allows NaN */
    const char *sets;
    const char *(*prepare)(Count *count, const double *values);
    uint32_t (*draw)(const Count *count, gsl_rng *rng);
    double (*mean)(const Count *count);
    double (*probability)(const Count *count, uint32_t value);
} CountKind;

struct Count {
    const CountKind *kind; /* NULL: the constant */
    uint32_t constant;
    double p[3];
};

extern const CountKind *const count_kinds[]; /* ends with NULL */
const CountKind *count_kind_find(const char *name);

void count_init_constant(Count *count, uint32_t value);
/* As distribution_prepare. */
const char *count_prepare(Count *count, const CountKind *kind, const double *values);
void count_clear(Count *count);

uint32_t count_draw(const Count *count, gsl_rng *rng); /* 0..COUNT_LARGEST */
double count_mean(const Count *count);
/* That a draw is this value, as if draws were not capped. */
double count_probability(const Count *count, uint32_t value);

#endif
