#include "models/fault/fault.h"

typedef struct LossConfig {
    double ratio;
} LossConfig;

static void on_link(const void *config, LinkCondition *condition)
{
    condition->loss_ratio =
        1 - (1 - condition->loss_ratio) * (1 - ((const LossConfig *)config)->ratio);
}

static const Key keys[] = {
    {.name = "ratio",
     .type = KEY_NUMBER,
     .required = true,
     .offset = offsetof(LossConfig, ratio),
     .min = 0,
     .max = 1,
     .summary = "of the messages, in each direction"},
    {0},
};

const FaultKind fault_loss = {
    .kind = {.name = "loss",
             .summary = "messages vanish on their way",
             .keys = keys,
             .config_size = sizeof(LossConfig)},
    .targets = 1u << TARGET_LINK | 1u << TARGET_SERVICE,
    .on_link = on_link,
};
