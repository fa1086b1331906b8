#include "models/fault/fault.h"

typedef enum CrashSignature { SIGNATURE_RST, SIGNATURE_BLACKHOLE } CrashSignature;

typedef struct CrashConfig {
    int signature;
} CrashConfig;

static void on_replica(const void *config, ReplicaCondition *condition)
{
    bool is_silent = ((const CrashConfig *)config)->signature == SIGNATURE_BLACKHOLE;
    /* Of two crashes at once the silent one wins: what cannot be reached cannot answer. */
    condition->is_silent = condition->is_silent || is_silent;
    condition->is_down = true;
}

static const char *const signatures[] = {"rst", "blackhole", NULL};

static const Key keys[] = {
    {.name = "signature",
     .type = KEY_CHOICE,
     .offset = offsetof(CrashConfig, signature),
     .fallback = "\"rst\"",
     .detail.choices = signatures,
     .summary = "rst: callers see a reset, later ones a refused connection; blackhole: silence"},
    {0},
};

const FaultKind fault_crash = {
    .kind = {.name = "crash",
             .summary = "replicas die; work and queue are lost; they come back empty at the end",
             .keys = keys,
             .config_size = sizeof(CrashConfig)},
    .targets = 1u << TARGET_SERVICE | 1u << TARGET_ZONE,
    .on_replica = on_replica,
};
