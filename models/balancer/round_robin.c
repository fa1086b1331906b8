#include "models/balancer/balancer.h"

typedef struct RoundRobinState {
    uint32_t next;
} RoundRobinState;

/* Envoy begins each client's turn at random, or all clients would begin with the same replica. */
static void start(void *state, const void *config, uint32_t count, gsl_rng *rng)
{
    (void)config;
    ((RoundRobinState *)state)->next = (uint32_t)gsl_rng_uniform_int(rng, count);
}

static uint32_t pick(void *state, const void *config, const BalancerView *view, gsl_rng *rng)
{
    (void)config;
    (void)rng;
    RoundRobinState *turn = state;
    uint32_t index = turn->next < view->count ? turn->next : 0;
    turn->next = index + 1;
    return index;
}

const BalancerKind balancer_round_robin = {
    .kind = {.name = "round_robin",
             .summary = "one replica after the other, each caller from a start of its own"},
    .state_size = sizeof(RoundRobinState),
    .start = start,
    .pick = pick,
};
