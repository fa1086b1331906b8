/* Which replica of the callee an attempt goes to. An open family: a kind is one file and one line
 * in kinds.def.
 *
 * A balancer has one state per caller replica and link (or one per link, scope "service"). It sees
 * only its view: what the caller itself has outstanding, crashed replicas included. */
#ifndef TOPPLE_MODELS_BALANCER_H
#define TOPPLE_MODELS_BALANCER_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

#include "models/keys.h"

typedef struct BalancerView {
    uint32_t count;            /* replicas of the callee, at least 1 */
    const uint32_t *in_flight; /* of each: the caller's own outstanding attempts; NULL unless the
                                  kind counts them */
} BalancerView;

typedef struct BalancerKind {
    Kind kind;
    size_t state_size; /* starts as zero bytes; may be 0 */
    bool counts_in_flight;
    /* First use of a state; NULL: nothing to do. */
    void (*start)(void *state, const void *config, uint32_t count, gsl_rng *rng);
    /* 0..count-1. Allocates nothing. */
    uint32_t (*pick)(void *state, const void *config, const BalancerView *view, gsl_rng *rng);
} BalancerKind;

extern const Family balancer_family;

static inline const BalancerKind *balancer_kind(const KindChoice *choice)
{
    return (const BalancerKind *)(const void *)choice->kind;
}

#endif
