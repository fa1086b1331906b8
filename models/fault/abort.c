#include "models/fault/fault.h"

typedef struct AbortConfig {
    double percentage;
} AbortConfig;

static double together(double probability, const void *config)
{
    return 1 - (1 - probability) * (1 - ((const AbortConfig *)config)->percentage / 100);
}

static void on_operation(const void *config, OperationCondition *condition)
{
    condition->abort_probability = together(condition->abort_probability, config);
}

static void on_link(const void *config, LinkCondition *condition)
{
    condition->abort_probability = together(condition->abort_probability, config);
}

static const Key keys[] = {
    {.name = "percentage",
     .type = KEY_NUMBER,
     .offset = offsetof(AbortConfig, percentage),
     .min = 0,
     .max = 100,
     .fallback = "100",
     .summary = "of the requests"},
    {0},
};

const FaultKind fault_abort = {
    .kind = {.name = "abort",
             .summary = "requests are answered with an error at the callee's door, before any work",
             .keys = keys,
             .config_size = sizeof(AbortConfig)},
    .targets = 1u << TARGET_SERVICE | 1u << TARGET_OPERATION | 1u << TARGET_LINK,
    .on_operation = on_operation,
    .on_link = on_link,
};
