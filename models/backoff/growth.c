#include "models/backoff/growth.h"

static const char *const jitters[] = {"none", "full", "equal", "proportional", NULL};

#define BASE_KEY                                                                                   \
    {                                                                                              \
        .name = "base_interval", .type = KEY_DURATION,                                             \
        .offset = offsetof(GrowthConfig, base_interval), .min = 1,                                 \
        .max = (double)SIM_TIME_LONGEST, .fallback = "\"25ms\"",                                   \
        .summary = "wait before the first retry"                                                   \
    }
#define MAX_KEY                                                                                    \
    {                                                                                              \
        .name = "max_interval", .type = KEY_DURATION,                                              \
        .offset = offsetof(GrowthConfig, max_interval), .min = 1, .max = (double)SIM_TIME_LONGEST, \
        .summary = "longest wait, before jitter; default: ten times base_interval"                 \
    }
#define JITTER_KEY                                                                                 \
    {                                                                                              \
        .name = "jitter", .type = KEY_CHOICE, .offset = offsetof(GrowthConfig, jitter),            \
        .fallback = "\"full\"", .detail.choices = jitters,                                         \
        .summary = "none; full: uniform from 0 to the wait; equal: half fixed, half uniform; "     \
                   "proportional: the wait "                                                       \
                   "times 1 +- jitter_ratio"                                                       \
    }
#define RATIO_KEY                                                                                  \
    {                                                                                              \
        .name = "jitter_ratio", .type = KEY_NUMBER,                                                \
        .offset = offsetof(GrowthConfig, jitter_ratio), .min = 0, .max = 1, .fallback = "0.2",     \
        .summary = "of proportional jitter"                                                        \
    }

const Key backoff_growth_keys[] = {BASE_KEY, MAX_KEY, JITTER_KEY, RATIO_KEY, {0}};

const Key backoff_exponential_keys[] = {
    BASE_KEY,
    MAX_KEY,
    {.name = "multiplier",
     .type = KEY_NUMBER,
     .offset = offsetof(GrowthConfig, multiplier),
     .min = 1,
     .max = 1000,
     .fallback = "2",
     .summary = "growth of the wait from one retry to the next"},
    JITTER_KEY,
    RATIO_KEY,
    {0},
};

SimTime backoff_cap_and_spread(const GrowthConfig *config, double interval, gsl_rng *rng)
{
    double cap = config->max_interval > 0 ? (double)config->max_interval
                                          : 10.0 * (double)config->base_interval;
    double wait = interval < cap ? interval : cap;
    switch ((BackoffJitter)config->jitter) {
    case JITTER_NONE:
        break;
    case JITTER_FULL:
        wait *= gsl_rng_uniform(rng);
        break;
    case JITTER_EQUAL:
        wait = wait / 2 + wait / 2 * gsl_rng_uniform(rng);
        break;
    case JITTER_PROPORTIONAL:
        wait *= 1 + config->jitter_ratio * (2 * gsl_rng_uniform(rng) - 1);
        break;
    }
    return sim_time_from_ns(wait);
}
