#include "models/fault/fault.h"

typedef enum PartitionDirection { DIRECTION_BOTH, DIRECTION_TO, DIRECTION_FROM } PartitionDirection;

typedef struct PartitionConfig {
    int direction;
} PartitionConfig;

static void on_link(const void *config, LinkCondition *condition)
{
    int direction = ((const PartitionConfig *)config)->direction;
    condition->drops_requests = condition->drops_requests || direction != DIRECTION_FROM;
    condition->drops_replies = condition->drops_replies || direction != DIRECTION_TO;
}

/* Where the target is the caller, requests come from it and replies go to it. */
static void on_outgoing(const void *config, LinkCondition *condition)
{
    int direction = ((const PartitionConfig *)config)->direction;
    condition->drops_requests = condition->drops_requests || direction != DIRECTION_TO;
    condition->drops_replies = condition->drops_replies || direction != DIRECTION_FROM;
}

static const char *const directions[] = {"both", "to", "from", NULL};

static const Key keys[] = {
    {.name = "direction",
     .type = KEY_CHOICE,
     .offset = offsetof(PartitionConfig, direction),
     .fallback = "\"both\"",
     .detail.choices = directions,
     .summary = "to: what is sent to the target (a link's callee) is dropped; from: what it sends; "
                "both"},
    {0},
};

const FaultKind fault_partition = {
    .kind = {.name = "partition",
             .summary = "what is sent meanwhile is dropped silently; what is under way arrives",
             .keys = keys,
             .config_size = sizeof(PartitionConfig)},
    .targets = 1u << TARGET_LINK | 1u << TARGET_SERVICE,
    .on_link = on_link,
    .on_outgoing = on_outgoing,
};
