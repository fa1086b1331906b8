/* Redrawn below 0, which lifts the mean: mean + stddev * phi(a) / (1 - Phi(a)) with a =
 * -mean/stddev. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static double draw_any(const double *p, gsl_rng *rng)
{
    return p[0] + gsl_ran_gaussian_ziggurat(rng, p[1]);
}

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    distribution->p[0] = input->values[0];
    distribution->p[1] = input->values[1];
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return distribution_redraw_negative(draw_any, distribution->p, rng);
}

static double mean(const Distribution *distribution)
{
    double a = -distribution->p[0] / distribution->p[1];
    double density = exp(-a * a / 2) / sqrt(2 * M_PI);
    return distribution->p[0] + distribution->p[1] * density / (erfc(a / sqrt(2)) / 2);
}

static const DistributionParameter parameters[] = {
    DURATION_OR_0("mean", "mean, before values below 0 are redrawn"),
    DURATION("stddev", "standard deviation, likewise"),
    {0},
};

const DistributionKind distribution_normal = {
    .name = "normal",
    .summary = "bell curve, never below 0",
    .parameters = parameters,
    .sets = "mean stddev",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
