/* Independent gaps of any distribution, on a clock that load spikes speed up. */
#include <math.h>

#include "models/arrival/rate_curve.h"

typedef struct RenewalConfig {
    const Distribution *interarrival;
} RenewalConfig;

static bool next(ArrivalSource *source, double *time_ns)
{
    const RenewalConfig *config = source->config;
    SimTime gap = distribution_draw(config->interarrival, &source->rng.gsl);
    if (rate_curve_advance(source->curve, (double)gap, INFINITY) > 0)
        return false;
    *time_ns = source->curve->time;
    return true;
}

static double mean_rate(const void *config, SimTime duration)
{
    (void)duration;
    return (double)SIM_TIME_S / distribution_mean(((const RenewalConfig *)config)->interarrival);
}

static bool check(const Spec *spec, const void *config)
{
    double mean = distribution_mean(((const RenewalConfig *)config)->interarrival);
    return mean >= 1 || spec_problem(spec, "interarrival must have a mean of at least 1ns");
}

static const Key keys[] = {
    {.name = "interarrival",
     .type = KEY_DISTRIBUTION,
     .required = true,
     .offset = offsetof(RenewalConfig, interarrival),
     .summary = "gap between arrivals"},
    {0},
};

const ArrivalKind arrival_renewal = {
    .kind = {.name = "renewal",
             .summary = "independent gaps of a given distribution",
             .keys = keys,
             .config_size = sizeof(RenewalConfig),
             .check = check},
    .bends = true,
    .next = next,
    .mean_rate = mean_rate,
};
