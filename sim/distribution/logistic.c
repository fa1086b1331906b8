/* scale = stddev * sqrt(3) / pi. Redrawn below 0. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static double draw_any(const double *p, gsl_rng *rng)
{
    return p[0] + gsl_ran_logistic(rng, p[1]);
}

/* The integral of 1 - cdf above 0 is scale * log(1 + e^a) with a = mean/scale; the share above 0 is
 * 1 / (1 + e^-a). */
static double mean_above_0(const double *p)
{
    double a = p[0] / p[1];
    return (p[0] + p[1] * log1p(exp(-a))) * (1 + exp(-a));
}

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    distribution->p[0] = input->values[0];
    distribution->p[1] = input->values[1] * sqrt(3) / M_PI;
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

const DistributionKind distribution_logistic = {
    .name = "logistic",
    .summary = "bell curve with heavier tails, never below 0",
    .parameters = parameters,
    .sets = "mean stddev",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
