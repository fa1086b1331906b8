/* A power law above min: mean = min * shape / (shape - 1) for shape > 1. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double shape = input->values[2];
    bool by_mean = !isnan(input->values[1]);
    if (by_mean && shape <= 1)
        return "have a shape above 1: with 1 or less there is no mean";
    distribution->p[0] = shape;
    distribution->p[1] = by_mean ? input->values[1] * (shape - 1) / shape : input->values[0];
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return gsl_ran_pareto(rng, distribution->p[0], distribution->p[1]);
}

static double mean(const Distribution *distribution)
{
    double shape = distribution->p[0];
    return shape > 1 ? distribution->p[1] * shape / (shape - 1) : INFINITY;
}

static const DistributionParameter parameters[] = {
    DURATION("min", "smallest value"),
    DURATION("mean", "mean"),
    NUMBER("shape", 0, 1000, "exponent of the tail; with mean: above 1"),
    {0},
};

const DistributionKind distribution_pareto = {
    .name = "pareto",
    .summary = "power law: the heaviest tail",
    .parameters = parameters,
    .sets = "min shape|mean shape",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
