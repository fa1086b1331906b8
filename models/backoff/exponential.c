/* base * multiplier^(retry - 1): Envoy (full jitter), gRPC (proportional), AWS SDKs (full). */
#include "models/backoff/growth.h"

/* By repeated squaring and not by pow(), so that the same bits come out on every machine. What
 * grows beyond every number is capped like the rest. */
static double grown(const GrowthConfig *growth, uint32_t retry)
{
    double interval = (double)growth->base_interval, factor = growth->multiplier;
    for (uint32_t left = retry - 1; left > 0; left /= 2) {
        if (left % 2 == 1)
            interval *= factor;
        factor *= factor;
    }
    return interval;
}

static SimTime delay(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng)
{
    (void)previous;
    return backoff_cap_and_spread(config, grown(config, retry), rng);
}

const BackoffKind backoff_exponential = {
    .kind = {.name = "exponential",
             .summary = "base_interval, growing by multiplier (Envoy, gRPC, AWS)",
             .keys = backoff_exponential_keys,
             .config_size = sizeof(GrowthConfig)},
    .delay = delay,
};
