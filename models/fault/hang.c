#include "models/fault/fault.h"

static void on_replica(const void *config, ReplicaCondition *condition)
{
    (void)config;
    condition->is_hung = true;
}

const FaultKind fault_hang = {
    .kind = {.name = "hang",
             .summary = "replicas stand still, keep queue and work, and go on afterwards"},
    .targets = 1u << TARGET_SERVICE | 1u << TARGET_ZONE,
    .on_replica = on_replica,
};
