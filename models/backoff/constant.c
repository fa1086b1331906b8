#include "models/backoff/growth.h"

static SimTime delay(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng)
{
    (void)retry;
    (void)previous;
    const GrowthConfig *growth = config;
    return backoff_cap_and_spread(growth, (double)growth->base_interval, rng);
}

const BackoffKind backoff_constant = {
    .kind = {.name = "constant",
             .summary = "always base_interval",
             .keys = backoff_growth_keys,
             .config_size = sizeof(GrowthConfig)},
    .delay = delay,
};
