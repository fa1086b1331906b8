/* mean = scale * Gamma(1 + 1/shape); shape below 1 has a tail heavier than the exponential. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double shape = input->values[2];
    bool by_mean = !isnan(input->values[0]);
    distribution->p[0] = by_mean ? input->values[0] / tgamma(1 + 1 / shape) : input->values[1];
    distribution->p[1] = shape;
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return gsl_ran_weibull(rng, distribution->p[0], distribution->p[1]);
}

static double mean(const Distribution *distribution)
{
    return distribution->p[0] * tgamma(1 + 1 / distribution->p[1]);
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean"),
    DURATION("scale", "scale"),
    NUMBER("shape", 0.05, 1000, "shape"),
    {0},
};

const DistributionKind distribution_weibull = {
    .name = "weibull",
    .summary = "shape below 1: heavy tail; above: steady",
    .parameters = parameters,
    .sets = "mean shape|scale shape",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
