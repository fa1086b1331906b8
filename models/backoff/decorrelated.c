/* AWS's decorrelated jitter: each wait is uniform from the base to three times the wait before it,
 * capped; the first counts as coming after a wait of the base. */
#include "models/backoff/backoff.h"

typedef struct DecorrelatedConfig {
    SimTime base_interval, max_interval; /* max 0: ten times the base */
} DecorrelatedConfig;

static SimTime delay(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng)
{
    const DecorrelatedConfig *own = config;
    double base = (double)own->base_interval;
    double cap = own->max_interval > 0 ? (double)own->max_interval : 10 * base;
    double last = retry == 1 ? base : (double)previous;
    double wait = base + (3 * last - base) * gsl_rng_uniform(rng);
    return sim_time_from_ns(wait < cap ? wait : cap);
}

static const Key keys[] = {
    {.name = "base_interval",
     .type = KEY_DURATION,
     .offset = offsetof(DecorrelatedConfig, base_interval),
     .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .fallback = "\"25ms\"",
     .summary = "shortest wait"},
    {.name = "max_interval",
     .type = KEY_DURATION,
     .offset = offsetof(DecorrelatedConfig, max_interval),
     .min = 1,
     .max = (double)SIM_TIME_LONGEST,
     .summary = "longest wait; default: ten times base_interval"},
    {0},
};

const BackoffKind backoff_decorrelated = {
    .kind = {.name = "decorrelated",
             .summary = "uniform from base_interval to three times the last wait (AWS)",
             .keys = keys,
             .config_size = sizeof(DecorrelatedConfig)},
    .delay = delay,
};
