/* What constant, linear and exponential back-off share: a base that grows, a cap before the jitter,
 * and the jitter. */
#ifndef TOPPLE_MODELS_BACKOFF_GROWTH_H
#define TOPPLE_MODELS_BACKOFF_GROWTH_H

#include "models/backoff/backoff.h"

typedef enum BackoffJitter {
    JITTER_NONE,
    JITTER_FULL,
    JITTER_EQUAL,
    JITTER_PROPORTIONAL
} BackoffJitter;

typedef struct GrowthConfig {
    SimTime base_interval;
    SimTime max_interval; /* 0: ten times the base */
    double multiplier;    /* exponential only */
    int jitter;           /* BackoffJitter */
    double jitter_ratio;  /* of proportional jitter */
} GrowthConfig;

extern const Key backoff_growth_keys[];      /* without multiplier */
extern const Key backoff_exponential_keys[]; /* with it */

/* Caps `interval` (ns) and spreads it: full: uniform on 0..v (AWS, Envoy); equal: v/2 and a uniform
 * half (AWS); proportional: v times uniform on 1-ratio..1+ratio, which may go above the cap (gRPC,
 * Kafka). */
SimTime backoff_cap_and_spread(const GrowthConfig *config, double interval, gsl_rng *rng);

#endif
