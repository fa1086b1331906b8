#include "models/backoff/backoff.h"

static SimTime delay(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng)
{
    (void)config;
    (void)retry;
    (void)previous;
    (void)rng;
    return 0;
}

const BackoffKind backoff_none = {
    .kind = {.name = "none", .summary = "retries at once"},
    .delay = delay,
};
