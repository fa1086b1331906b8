/* What can go wrong. An open family: a kind is one file and one line in kinds.def.
 *
 * A fault does not act on the system; while it is on, it worsens the condition of what it targets.
 * The world folds the faults that are on into one condition and acts on the change, so that
 * overlapping faults need no special case. */
#ifndef TOPPLE_MODELS_FAULT_H
#define TOPPLE_MODELS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "models/keys.h"
#include "models/topology.h"

typedef struct ReplicaCondition {
    bool is_down;
    bool is_silent; /* down without an answer: blackhole */
    bool is_hung;
    double slowdown; /* factor on compute and wait; 1 is well */
} ReplicaCondition;

typedef struct OperationCondition {
    double abort_probability; /* answered with an error at the door */
    double slowdown;
} OperationCondition;

typedef struct BrokerCondition {
    uint32_t nodes_down; /* UINT32_MAX: all */
} BrokerCondition;

#define LINK_DELAYS_MAX 8

typedef struct LinkCondition {
    double abort_probability;
    double loss_ratio; /* of each message, on top of the link's own */
    bool drops_requests, drops_replies;
    uint32_t delay_count; /* of the latencies added to each request; further ones are ignored */
    struct {
        double probability;
        const Distribution *latency;
    } delays[LINK_DELAYS_MAX];
} LinkCondition;

typedef struct FaultKind {
    Kind kind;
    uint32_t targets; /* bits 1 << TargetKind that it can have */
    /* One or more are set; called only for the targets that match: replicas of a service or zone,
     * an operation, links of a link or service target. */
    void (*on_replica)(const void *config, ReplicaCondition *condition);
    void (*on_operation)(const void *config, OperationCondition *condition);
    void (*on_link)(const void *config, LinkCondition *condition);
    void (*on_outgoing)(const void *config,
                        LinkCondition *condition); /* links over which a service target calls */
    void (*on_broker)(const void *config, BrokerCondition *condition);
    uint32_t (*nodes)(const void *config); /* of a broker; 0: all */
    double (*load_factor)(const void *config);
} FaultKind;

extern const Family fault_family;

static inline const FaultKind *fault_kind(const FaultConfig *fault)
{
    return (const FaultKind *)(const void *)fault->type.kind;
}

/* Conditions without faults. */
#define REPLICA_WELL   ((ReplicaCondition){.slowdown = 1})
#define OPERATION_WELL ((OperationCondition){.slowdown = 1})

#endif
