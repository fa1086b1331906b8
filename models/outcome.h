/* How an attempt, a call or a request ends. A closed set. */
#ifndef TOPPLE_MODELS_OUTCOME_H
#define TOPPLE_MODELS_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

typedef enum Outcome {
    OUTCOME_SUCCESS,
    OUTCOME_CONNECT_FAILURE, /* nobody there: a crashed replica that answers at once */
    OUTCOME_RESET,           /* the replica crashed under the call */
    OUTCOME_TIMEOUT,         /* the caller's patience ended */
    OUTCOME_ERROR,           /* the operation failed */
    OUTCOME_REJECTED,        /* refused at the callee: full queue, limit, admission */
    /* Local ones: nothing was sent. */
    OUTCOME_CIRCUIT_OPEN,
    OUTCOME_BULKHEAD_FULL,
    OUTCOME_RATE_LIMITED,
    OUTCOME_THROTTLED,
    OUTCOME_POOL_OVERFLOW,
    OUTCOME_NO_HEALTHY_HOST,
    OUTCOME_COUNT
} Outcome;

/* The name in topologies and columns: "connect_failure". */
const char *outcome_name(Outcome outcome);

typedef uint32_t OutcomeSet; /* bit 1 << outcome */

#define OUTCOME_BIT(outcome) (1u << (outcome))

/* What retry_on contains unless it is given: all failures but the local ones. */
#define OUTCOMES_RETRIED                                                                           \
    (OUTCOME_BIT(OUTCOME_CONNECT_FAILURE) | OUTCOME_BIT(OUTCOME_RESET) |                           \
     OUTCOME_BIT(OUTCOME_TIMEOUT) | OUTCOME_BIT(OUTCOME_ERROR) | OUTCOME_BIT(OUTCOME_REJECTED))

/* The failures that reached nobody who worked: what may be retried when the operation is not
 * idempotent. */
#define OUTCOMES_UNPROCESSED (OUTCOME_BIT(OUTCOME_CONNECT_FAILURE) | OUTCOME_BIT(OUTCOME_REJECTED))

/* The set that a name stands for, Envoy's and gRPC's aliases included; 0 if unknown. */
OutcomeSet outcome_set_named(const char *name);

/* Every name that outcome_set_named knows; ends with NULL. */
extern const char *const outcome_set_names[];

#endif
