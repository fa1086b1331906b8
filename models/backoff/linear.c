#include "models/backoff/growth.h"

static SimTime delay(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng)
{
    (void)previous;
    const GrowthConfig *growth = config;
    return backoff_cap_and_spread(growth, (double)growth->base_interval * retry, rng);
}

const BackoffKind backoff_linear = {
    .kind = {.name = "linear",
             .summary = "base_interval times the number of the retry (Polly)",
             .keys = backoff_growth_keys,
             .config_size = sizeof(GrowthConfig)},
    .delay = delay,
};
