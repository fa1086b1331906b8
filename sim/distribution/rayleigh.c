/* mean = sigma * sqrt(pi/2). */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    distribution->p[0] = input->values[0] / sqrt(M_PI / 2);
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return gsl_ran_rayleigh(rng, distribution->p[0]);
}

static double mean(const Distribution *distribution)
{
    return distribution->p[0] * sqrt(M_PI / 2);
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean"),
    {0},
};

const DistributionKind distribution_rayleigh = {
    .name = "rayleigh",
    .summary = "length of a two-dimensional normal error",
    .parameters = parameters,
    .sets = "mean",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
