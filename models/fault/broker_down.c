#include "models/fault/fault.h"

typedef struct BrokerDownConfig {
    uint32_t nodes; /* 0: all */
} BrokerDownConfig;

static void on_broker(const void *config, BrokerCondition *condition)
{
    uint32_t nodes = ((const BrokerDownConfig *)config)->nodes;
    uint32_t spared = UINT32_MAX - condition->nodes_down;
    condition->nodes_down += nodes == 0 || nodes > spared ? spared : nodes;
}

static uint32_t nodes(const void *config)
{
    return ((const BrokerDownConfig *)config)->nodes;
}

static const Key keys[] = {
    {.name = "nodes",
     .type = KEY_INTEGER,
     .nullable = true,
     .offset = offsetof(BrokerDownConfig, nodes),
     .min = 1,
     .max = BROKER_NODES_MAX,
     .summary = "so many of the replication_factor that a stream has; all by default"},
    {0},
};

const FaultKind fault_broker_down = {
    .kind = {.name = "broker_down",
             .summary =
                 "a broker, or some nodes of a stream, cannot be reached; what it has it keeps",
             .keys = keys,
             .config_size = sizeof(BrokerDownConfig)},
    .targets = 1u << TARGET_BROKER,
    .on_broker = on_broker,
    .nodes = nodes,
};
