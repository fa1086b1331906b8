/* Arrivals that know nothing of each other: unit exponentials on the integral of the rate. */
#include <math.h>

#include "models/arrival/rate_curve.h"
#include "sim/exponential.h"

typedef struct PoissonConfig {
    double rate; /* first, as the family demands; 0 with a profile */
} PoissonConfig;

static bool next(ArrivalSource *source, double *time_ns)
{
    if (rate_curve_advance(source->curve, draw_unit_exponential(&source->rng.gsl), INFINITY) > 0)
        return false;
    *time_ns = source->curve->time;
    return true;
}

static double mean_rate(const void *config, SimTime duration)
{
    (void)duration;
    return ((const PoissonConfig *)config)->rate;
}

static const Key keys[] = {
    {.name = "rate",
     .type = KEY_NUMBER,
     .offset = offsetof(PoissonConfig, rate),
     .min = 0,
     .max = 1e9,
     .summary = "per second, of requests or batches; replaced by profile"},
    {0},
};

const ArrivalKind arrival_poisson = {
    .kind = {.name = "poisson",
             .summary = "independent users: exponential gaps",
             .keys = keys,
             .config_size = sizeof(PoissonConfig)},
    .has_rate = true,
    .bends = true,
    .next = next,
    .mean_rate = mean_rate,
};
