#include "experiments/sampling/screening.h"

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    (void)asked;
    (void)seed;
    (void)error;
    space->count = 1 + 2 * (uint64_t)space->axes->len;
    return true;
}

static char *value(const Space *space, uint64_t point, uint32_t axis)
{
    if (point == tornado_point(axis, false))
        return axis_value_between(space_axis(space, axis), 0);
    if (point == tornado_point(axis, true))
        return axis_value_between(space_axis(space, axis), 1);
    return NULL;
}

const SamplingKind sampling_tornado = {
    .name = "tornado",
    .summary = "the file as it is, then each parameter alone at both of its ends",
    .takes_ranges = true,
    .is_screening = true,
    .prepare = prepare,
    .value = value,
};
