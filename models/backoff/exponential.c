/* base * multiplier^(retry - 1): Envoy (full jitter), gRPC (proportional), AWS SDKs (full). */
#include "models/backoff/growth.h"

/* By multiplication, so that the same bits come out whatever the machine's pow(); stops at the cap.
 */
static double grown(const GrowthConfig *growth, uint32_t retry)
{
    double interval = (double)growth->base_interval;
    for (uint32_t i = 1; i < retry && interval < (double)SIM_TIME_LONGEST; i++)
        interval *= growth->multiplier;
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
