#include "models/fault/fault.h"

typedef struct DelayConfig {
    const Distribution *latency;
    double percentage;
} DelayConfig;

static void on_link(const void *config_bytes, LinkCondition *condition)
{
    const DelayConfig *config = config_bytes;
    if (condition->delay_count == LINK_DELAYS_MAX)
        return;
    uint32_t i = condition->delay_count++;
    condition->delays[i].probability = config->percentage / 100;
    condition->delays[i].latency = config->latency;
}

static const Key keys[] = {
    {.name = "latency",
     .type = KEY_DISTRIBUTION,
     .required = true,
     .offset = offsetof(DelayConfig, latency),
     .summary = "added to the way of a request"},
    {.name = "percentage",
     .type = KEY_NUMBER,
     .offset = offsetof(DelayConfig, percentage),
     .min = 0,
     .max = 100,
     .fallback = "100",
     .summary = "of the requests"},
    {0},
};

const FaultKind fault_delay = {
    .kind = {.name = "delay",
             .summary = "requests take longer on their way",
             .keys = keys,
             .config_size = sizeof(DelayConfig)},
    .targets = 1u << TARGET_LINK | 1u << TARGET_SERVICE,
    .on_link = on_link,
};
