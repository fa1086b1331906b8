/* The largest of many: location = mean - 0.5772 scale, scale = stddev * sqrt(6) / pi. Redrawn below
 * 0. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_expint.h>
#include <math.h>

#include "sim/distribution/parameters.h"

#define EULER_GAMMA  0.57721566490153286
#define NOTHING_LEFT 100.0 /* E1 of it is 4e-46 */

/* gsl_ran_gumbel1(a, b) has the density of -log(log(b) - log(u)) / a: location log(b)/a, scale 1/a.
 */
static double draw_any(const double *p, gsl_rng *rng)
{
    return p[0] + p[1] * gsl_ran_gumbel1(rng, 1, 1);
}

/* With c = exp(location / scale) the share below 0 is exp(-c), and the integral of 1 - cdf above 0,
 * scale times that of (1 - exp(-t)) / t from 0 to c, is scale * (E1(c) + log(c) + 0.5772). A mean
 * of 0 or more has c >= 0.56. */
static double mean_above_0(const double *p)
{
    double c = exp(p[0] / p[1]);
    double rest = c > NOTHING_LEFT ? 0 : gsl_sf_expint_E1(c);
    return p[1] * (rest + p[0] / p[1] + EULER_GAMMA) / -expm1(-c);
}

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double scale = input->values[1] * sqrt(6) / M_PI;
    distribution->p[0] = input->values[0] - EULER_GAMMA * scale;
    distribution->p[1] = scale;
    distribution->p[2] = mean_above_0(distribution->p);
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return distribution_redraw_negative(draw_any, distribution->p, rng);
}

static double mean(const Distribution *distribution)
{
    return distribution->p[2];
}

static const DistributionParameter parameters[] = {
    DURATION_OR_0("mean", "mean, before values below 0 are redrawn"),
    DURATION("stddev", "standard deviation, likewise"),
    {0},
};

const DistributionKind distribution_gumbel = {
    .name = "gumbel",
    .summary = "the largest of many, never below 0",
    .parameters = parameters,
    .sets = "mean stddev",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
