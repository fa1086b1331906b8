#include "experiments/sampling/sampling.h"

static uint64_t values_of(const Space *space, uint32_t axis)
{
    return space_axis(space, axis)->values->len;
}

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    (void)asked;
    (void)seed;
    space->count = 1;
    for (uint32_t i = 0; i < space->axes->len; i++) {
        space->count *= values_of(space, i);
        if (space->count > POINTS_MAX)
            return sampling_fail(error, "the grid has more than %u points", POINTS_MAX);
    }
    return true;
}

/* The last parameter changes with every point, the first one most rarely. */
static char *value(const Space *space, uint64_t point, uint32_t axis)
{
    for (uint32_t i = space->axes->len - 1; i > axis; i--)
        point /= values_of(space, i);
    return g_strdup(space_axis(space, axis)->values->pdata[point % values_of(space, axis)]);
}

const SamplingKind sampling_grid = {
    .name = "grid",
    .summary = "every value with every other",
    .prepare = prepare,
    .value = value,
};
