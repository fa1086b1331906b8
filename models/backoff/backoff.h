/* How long a retry waits. An open family: a kind is one file and one line in kinds.def. The
 * formulas are those of Envoy, gRPC, AWS and Polly, named in each file. */
#ifndef TOPPLE_MODELS_BACKOFF_H
#define TOPPLE_MODELS_BACKOFF_H

#include <gsl/gsl_rng.h>

#include "models/keys.h"
#include "sim/time.h"

typedef struct BackoffKind {
    Kind kind;
    /* ns before retry number `retry` (1 is the second attempt). `previous` is the wait before the
     * last one of this call, 0 at the first retry (decorrelated jitter). Never negative. */
    SimTime (*delay)(const void *config, uint32_t retry, SimTime previous, gsl_rng *rng);
} BackoffKind;

extern const Family backoff_family;

/* What a retry_policy without backoff waits: Envoy's 25 ms doubling to 250 ms, full jitter. */
extern const KindChoice backoff_default;

static inline SimTime backoff_delay(const KindChoice *choice, uint32_t retry, SimTime previous,
                                    gsl_rng *rng)
{
    return ((const BackoffKind *)(const void *)choice->kind)
        ->delay(choice->config, retry, previous, rng);
}

#endif
