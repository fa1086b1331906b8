/* The usual shape of service times. mean = exp(mu + sigma^2/2), cv^2 = exp(sigma^2) - 1, p50 =
 * exp(mu), p99 = p50 * exp(2.3263 sigma). */
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/distribution/parameters.h"

#define QUANTILE_99 2.3263478740408408 /* of the standard normal */

static const char *prepare(Distribution *distribution, const DistributionInput *input)
{
    double mean_value = input->values[0], cv = input->values[1], p50 = input->values[2],
           p99 = input->values[3];
    double sigma = input->values[4], mu = log(p50);
    if (!isnan(mean_value)) {
        double variance = log1p(cv * cv);
        sigma = sqrt(variance);
        mu = log(mean_value) - variance / 2;
    } else if (!isnan(p99)) {
        if (p99 <= p50)
            return "have a p99 above p50";
        sigma = log(p99 / p50) / QUANTILE_99;
    }
    distribution->p[0] = mu;
    distribution->p[1] = sigma;
    return NULL;
}

/* gsl_ran_lognormal with the faster of GSL's two normals: it is the polar method that draws again
 * and again, and on a generator by place each try costs a block. */
static double draw(const Distribution *distribution, gsl_rng *rng)
{
    return exp(distribution->p[0] + gsl_ran_gaussian_ziggurat(rng, distribution->p[1]));
}

static double mean(const Distribution *distribution)
{
    return exp(distribution->p[0] + distribution->p[1] * distribution->p[1] / 2);
}

static const DistributionParameter parameters[] = {
    DURATION("mean", "mean"),
    NUMBER("cv", 0, 1000, "standard deviation / mean"),
    DURATION("p50", "median"),
    DURATION("p99", "99th percentile"),
    NUMBER("sigma", 0, 10, "standard deviation of the logarithm"),
    {0},
};

const DistributionKind distribution_lognormal = {
    .name = "lognormal",
    .summary = "long right tail: the usual shape of service times",
    .parameters = parameters,
    .sets = "mean cv|p50 p99|p50 sigma",
    .prepare = prepare,
    .draw = draw,
    .mean = mean,
};
