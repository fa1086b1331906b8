#include "models/fault/fault.h"

typedef struct SlowdownConfig {
    double factor;
} SlowdownConfig;

static void on_replica(const void *config, ReplicaCondition *condition)
{
    condition->slowdown *= ((const SlowdownConfig *)config)->factor;
}

static void on_operation(const void *config, OperationCondition *condition)
{
    condition->slowdown *= ((const SlowdownConfig *)config)->factor;
}

static const Key keys[] = {
    {.name = "factor",
     .type = KEY_NUMBER,
     .required = true,
     .offset = offsetof(SlowdownConfig, factor),
     .min = 1,
     .max = 1e6,
     .summary = "compute and wait take so many times as long, work in progress included"},
    {0},
};

const FaultKind fault_slowdown = {
    .kind = {.name = "slowdown",
             .summary = "computing and waiting take longer",
             .keys = keys,
             .config_size = sizeof(SlowdownConfig)},
    .targets = 1u << TARGET_SERVICE | 1u << TARGET_ZONE | 1u << TARGET_OPERATION,
    .on_replica = on_replica,
    .on_operation = on_operation,
};
