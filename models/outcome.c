#include "models/outcome.h"

#include <string.h>

static const char *const names[OUTCOME_COUNT] = {
    [OUTCOME_SUCCESS] = "success",
    [OUTCOME_CONNECT_FAILURE] = "connect_failure",
    [OUTCOME_RESET] = "reset",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_ERROR] = "error",
    [OUTCOME_REJECTED] = "rejected",
    [OUTCOME_CIRCUIT_OPEN] = "circuit_open",
    [OUTCOME_BULKHEAD_FULL] = "bulkhead_full",
    [OUTCOME_RATE_LIMITED] = "rate_limited",
    [OUTCOME_THROTTLED] = "throttled",
    [OUTCOME_POOL_OVERFLOW] = "pool_overflow",
    [OUTCOME_NO_HEALTHY_HOST] = "no_healthy_host",
};

const char *const outcome_set_names[] = {
    "connect_failure",
    "reset",
    "timeout",
    "error",
    "rejected",
    "circuit_open",
    "bulkhead_full",
    "rate_limited",
    "throttled",
    "pool_overflow",
    "no_healthy_host",
    "connect-failure",
    "refused-stream",
    "unavailable",
    "5xx",
    "gateway-error",
    "deadline_exceeded",
    NULL,
};

/* Envoy's and gRPC's names. */
static const struct {
    const char *name;
    OutcomeSet set;
} aliases[] = {
    {"connect-failure", OUTCOME_BIT(OUTCOME_CONNECT_FAILURE)},
    {"refused-stream", OUTCOMES_UNPROCESSED},
    {"unavailable", OUTCOMES_UNPROCESSED},
    {"5xx", OUTCOMES_RETRIED},
    {"gateway-error", OUTCOMES_RETRIED},
    {"deadline_exceeded", OUTCOME_BIT(OUTCOME_TIMEOUT)},
};

const char *outcome_name(Outcome outcome)
{
    return names[outcome];
}

OutcomeSet outcome_set_named(const char *name)
{
    for (unsigned i = 1; i < OUTCOME_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return OUTCOME_BIT(i);
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].set;
    }
    return 0;
}
