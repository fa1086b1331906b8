#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

#define LEAST 0.001 /* next to 0 the variate is not a number */

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    if (input->values[0] >= input->values[1])
        return "have a min below max";
    for (int i = 0; i < 4; i++)
        distribution->p[i] = input->values[i];
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    const double *p = distribution->p;
    return p[0] + (p[1] - p[0]) * gsl_ran_beta(rng, p[2], p[3]);
}

static double mean(const Distribution *distribution)
{
    const double *p = distribution->p;
    return p[0] + (p[1] - p[0]) * p[2] / (p[2] + p[3]);
}

static const DistributionParameter parameters[] = {
    DURATION_OR_0("min", "smallest value"),
    DURATION("max", "largest value"),
    NUMBER_FROM("alpha", LEAST, 1e6, "pulls to max"),
    NUMBER_FROM("beta", LEAST, 1e6, "pulls to min"),
    {0},
};

const DistributionKind distribution_beta = {
    .name = "beta",
    .summary = "between two bounds, bent by alpha and beta",
    .parameters = parameters,
    .sets = "min max alpha beta",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
