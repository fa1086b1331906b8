/* A clock: arrivals at 1/rate, 2/rate, ... from the start of the run. */
#include <math.h>

#include "models/arrival/rate_curve.h"

typedef struct ConstantConfig {
    double rate; /* first, as the family demands; 0 with a profile */
} ConstantConfig;

static bool next(ArrivalSource *source, double *time_ns)
{
    if (rate_curve_advance(source->curve, 1, INFINITY) > 0)
        return false;
    *time_ns = source->curve->time;
    return true;
}

static double mean_rate(const void *config, SimTime duration)
{
    (void)duration;
    return ((const ConstantConfig *)config)->rate;
}

static const Key keys[] = {
    {.name = "rate",
     .type = KEY_NUMBER,
     .offset = offsetof(ConstantConfig, rate),
     .min = 0,
     .max = 1e9,
     .summary = "per second, of requests or batches; replaced by profile"},
    {0},
};

const ArrivalKind arrival_constant = {
    .kind = {.name = "constant",
             .summary = "evenly spaced, the first after one gap",
             .keys = keys,
             .config_size = sizeof(ConstantConfig)},
    .has_rate = true,
    .bends = true,
    .next = next,
    .mean_rate = mean_rate,
};
