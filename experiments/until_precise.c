#include "experiments/until_precise.h"

uint32_t until_precise(void *context, const Study *study, bool *takes_part)
{
    (void)takes_part;
    const UntilPrecise *until = context;
    Precision precision = precision_judge(study, until->metrics, until->asked);
    uint32_t done = precision.replications;
    bool is_over = precision.is_reached || done >= until->most;
    precision_clear(&precision);
    return is_over ? 0 : MIN(done, until->most - done);
}
