#include "experiments/sampling/sampling.h"

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    (void)asked;
    (void)seed;
    space->count = 1;
    for (uint32_t i = 0; i < space->axes->len; i++) {
        const Axis *axis = space_axis(space, i), *first = space_axis(space, 0);
        if (axis->values->len != first->values->len)
            return sampling_fail(
                error, "%s has %u values and %s has %u: together they need as many", first->pointer,
                first->values->len, axis->pointer, axis->values->len);
        space->count = axis->values->len;
    }
    return true;
}

static char *value(const Space *space, uint64_t point, uint32_t axis)
{
    return g_strdup(space_axis(space, axis)->values->pdata[point]);
}

const SamplingKind sampling_together = {
    .name = "together",
    .summary = "the first values of all parameters, then the second ones, and so on",
    .prepare = prepare,
    .value = value,
};
