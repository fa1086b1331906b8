#include "models/fault/fault.h"

typedef struct LoadSpikeConfig {
    double factor;
} LoadSpikeConfig;

static double load_factor(const void *config)
{
    return ((const LoadSpikeConfig *)config)->factor;
}

static const Key keys[] = {
    {.name = "factor",
     .type = KEY_NUMBER,
     .required = true,
     .offset = offsetof(LoadSpikeConfig, factor),
     .min = 0,
     .max = 1e6,
     .summary = "the workload's rate is so many times as high"},
    {0},
};

const FaultKind fault_load_spike = {
    .kind = {.name = "load_spike",
             .summary = "an open workload sends more",
             .keys = keys,
             .config_size = sizeof(LoadSpikeConfig)},
    .targets = 1u << TARGET_WORKLOAD,
    .load_factor = load_factor,
};
