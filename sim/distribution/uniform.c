#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    if (input->values[0] >= input->values[1])
        return "have a min below max";
    distribution->p[0] = input->values[0];
    distribution->p[1] = input->values[1];
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return gsl_ran_flat(rng, distribution->p[0], distribution->p[1]);
}

static double mean(const Distribution *distribution)
{
    return (distribution->p[0] + distribution->p[1]) / 2;
}

static const DistributionParameter parameters[] = {
    DURATION_OR_0("min", "smallest value"),
    DURATION("max", "largest value"),
    {0},
};

const DistributionKind distribution_uniform = {
    .name = "uniform",
    .summary = "all values of a range alike",
    .parameters = parameters,
    .sets = "min max",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
