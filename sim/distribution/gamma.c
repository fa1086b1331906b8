/* cv = 1/sqrt(shape), mean = shape * scale. */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

#define SHAPE_MAX 1e6
#define CV_LEAST  0.001 /* 1/sqrt(SHAPE_MAX): the square of a far smaller one would be 0 */

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    bool by_mean = !isnan(input->values[0]);
    double shape = by_mean ? 1 / (input->values[1] * input->values[1]) : input->values[2];
    distribution->p[0] = shape;
    distribution->p[1] = by_mean ? input->values[0] / shape : input->values[3];
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
    DURATION("mean", "mean"),
    NUMBER_FROM("cv", CV_LEAST, 1000, "standard deviation / mean"),
    NUMBER("shape", 0, SHAPE_MAX, "shape"),
    DURATION("scale", "scale"),
    {0},
};

const DistributionKind distribution_gamma = {
    .name = "gamma",
    .summary = "positive, light tail",
    .parameters = parameters,
    .sets = "mean cv|shape scale",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
