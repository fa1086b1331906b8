/* The power of two choices (Mitzenmacher 2001), as in Envoy: sampled with replacement, by the
 * caller's own outstanding requests. */
#include "models/balancer/balancer.h"

typedef struct LeastRequestConfig {
    uint32_t choice_count;
    bool full_scan;
} LeastRequestConfig;

/* Ties at random: of equals seen so far, the n-th replaces the one kept with probability 1/n. */
static uint32_t scan_all(const BalancerView *view, gsl_rng *rng)
{
    uint32_t best = 0, equals = 1;
    for (uint32_t i = 1; i < view->count; i++) {
        if (view->in_flight[i] < view->in_flight[best]) {
            best = i;
            equals = 1;
        } else if (view->in_flight[i] == view->in_flight[best]) {
            equals++;
            if (gsl_rng_uniform_int(rng, equals) == 0)
                best = i;
        }
    }
    return best;
}

/* The first sample is kept on a tie, which is as random as any. */
static uint32_t sample(const LeastRequestConfig *config, const BalancerView *view, gsl_rng *rng)
{
    uint32_t best = (uint32_t)gsl_rng_uniform_int(rng, view->count);
    for (uint32_t i = 1; i < config->choice_count; i++) {
        uint32_t other = (uint32_t)gsl_rng_uniform_int(rng, view->count);
        if (view->in_flight[other] < view->in_flight[best])
            best = other;
    }
    return best;
}

static uint32_t pick(void *state, const void *config_bytes, const BalancerView *view, gsl_rng *rng)
{
    (void)state;
    const LeastRequestConfig *config = config_bytes;
    return config->full_scan ? scan_all(view, rng) : sample(config, view, rng);
}

static const Key keys[] = {
    {.name = "choice_count",
     .type = KEY_INTEGER,
     .offset = offsetof(LeastRequestConfig, choice_count),
     .min = 2,
     .max = 1000,
     .fallback = "2",
     .summary = "replicas sampled, with replacement; the least loaded of them is taken"},
    {.name = "full_scan",
     .type = KEY_BOOLEAN,
     .offset = offsetof(LeastRequestConfig, full_scan),
     .fallback = "false",
     .summary = "look at all replicas instead of a sample; ties at random"},
    {0},
};

const BalancerKind balancer_least_request = {
    .kind = {.name = "least_request",
             .summary = "the replica with the fewest outstanding requests of this caller, of two "
                        "or more sampled",
             .keys = keys,
             .config_size = sizeof(LeastRequestConfig)},
    .counts_in_flight = true,
    .pick = pick,
};
