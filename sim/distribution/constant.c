#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    distribution->p[0] = input->values[0];
    double value = input->values[0] + distribution->shift;
    if (value > distribution->limit)
        return "have a value of at most max";
    distribution->constant = sim_time_from_ns(value);
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    (void)rng;
    return distribution->p[0];
}

static double mean(const Distribution *distribution)
{
    return distribution->p[0];
}

static const DistributionParameter parameters[] = {
    DURATION_OR_0("value", "the value"),
    {0},
};

const DistributionKind distribution_constant = {
    .name = "constant",
    .summary = "always the same",
    .parameters = parameters,
    .sets = "value",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
