#include <gsl/gsl_rng.h>

#include "models/balancer/balancer.h"

static uint32_t pick(void *state, const void *config, const BalancerView *view, gsl_rng *rng)
{
    (void)state;
    (void)config;
    return (uint32_t)gsl_rng_uniform_int(rng, view->count);
}

const BalancerKind balancer_random = {
    .kind = {.name = "random", .summary = "any replica, all alike"},
    .pick = pick,
};
