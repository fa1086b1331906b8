/* A sum of equal exponential stages: steadier than one, cv = 1/sqrt(stages). */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double stages = input->values[1];
    if (stages != floor(stages))
        return "have a whole number of stages";
    distribution->p[0] = stages;
    distribution->p[1] = input->values[0] / stages;
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return gsl_ran_gamma(rng, distribution->p[0], distribution->p[1]);
}

static double mean(const Distribution *distribution)
{
    return distribution->p[0] * distribution->p[1];
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean of the sum"),
    NUMBER_FROM("stages", 1, 10000, "whole number of stages"),
    {0},
};

const DistributionKind distribution_erlang = {
    .name = "erlang",
    .summary = "sum of exponential stages",
    .parameters = parameters,
    .sets = "mean stages",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
