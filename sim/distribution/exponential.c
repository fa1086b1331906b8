/* Memoryless: the usual model of independent work. Its p99 is 4.6 times its mean, milder than most
 * real services. */
#include <math.h>

#include "sim/distribution/parameters.h"
#include "sim/exponential.h"

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    distribution->p[0] = input->values[0];
    return NULL;
}

static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return distribution->p[0] * draw_unit_exponential(rng);
}

static double mean(const Distribution *distribution)
{
    return distribution->p[0];
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean"),
    {0},
};

const DistributionKind distribution_exponential = {
    .name = "exponential",
    .summary = "memoryless",
    .parameters = parameters,
    .sets = "mean",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
