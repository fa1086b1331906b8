#include "models/backoff/growth.h"

#define BACKOFF_KIND(name) extern const BackoffKind backoff_##name;
#include "models/backoff/kinds.def"
#undef BACKOFF_KIND

static const Kind *const kinds[] = {
#define BACKOFF_KIND(name) &backoff_##name.kind,
#include "models/backoff/kinds.def"
#undef BACKOFF_KIND
    NULL,
};

const Family backoff_family = {
    .name = "backoff",
    .selector = "type",
    .fallback = "exponential",
    .place = "/links/<link>/retry_policy/backoff",
    .kinds = kinds,
};

static const GrowthConfig envoy = {
    .base_interval = 25 * SIM_TIME_MS,
    .max_interval = 250 * SIM_TIME_MS,
    .multiplier = 2,
    .jitter = JITTER_FULL,
    .jitter_ratio = 0.2,
};

const KindChoice backoff_default = {.kind = &backoff_exponential.kind, .config = &envoy};
