/* Morris, "Factorial sampling plans for preliminary computational experiments", 1991. */
#include <gsl/gsl_randist.h>
#include <string.h>

#include "experiments/sampling/screening.h"
#include "sim/check.h"
#include "sim/rng.h"

static float *share_at(Space *space, uint64_t point, uint32_t axis)
{
    return &space->shares[axis * space->count + point];
}

/* From a level of the lower half a step leads up, from one of the upper half down: no level is left
 * out, and no step leads outside. */
static void draw_trajectory(Space *space, uint64_t first, gsl_rng *rng)
{
    uint32_t axes = space->axes->len;
    g_autofree uint32_t *order = g_new(uint32_t, axes + 1);
    for (uint32_t i = 0; i < axes; i++) {
        order[i] = i;
        *share_at(space, first, i) =
            (float)gsl_rng_uniform_int(rng, MORRIS_LEVELS) / (MORRIS_LEVELS - 1);
    }
    gsl_ran_shuffle(rng, order, axes, sizeof *order);
    for (uint32_t step = 0; step < axes; step++) {
        for (uint32_t i = 0; i < axes; i++)
            *share_at(space, first + step + 1, i) = *share_at(space, first + step, i);
        float *moved = share_at(space, first + step + 1, order[step]);
        *moved += *moved < 0.5f ? (float)MORRIS_STEP : -(float)MORRIS_STEP;
    }
}

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    SimRng rng;
    uint64_t length = (uint64_t)space->axes->len + 1;
    if (asked * length > POINTS_MAX)
        return sampling_fail(error, "more than %u points", POINTS_MAX);
    if (!space_draws(space, asked * length, error))
        return false;
    sim_rng_init(&rng);
    for (uint64_t i = 0; i < asked; i++)
        draw_trajectory(space, i * length, sim_rng_at(&rng, sim_key(seed, 0, "", "morris"), i, 0));
    return true;
}

static char *value(const Space *space, uint64_t point, uint32_t axis)
{
    return axis_value_between(space_axis(space, axis), space->shares[axis * space->count + point]);
}

uint32_t morris_move(const Space *space, uint64_t point, bool *is_up)
{
    for (uint32_t i = 0; i < space->axes->len; i++) {
        const float *share = &space->shares[i * space->count + point];
        if (share[0] < share[1] || share[0] > share[1]) {
            *is_up = share[1] > share[0];
            return i;
        }
    }
    SIM_CHECK(false); /* the last point of a trajectory */
    return 0;
}

const SamplingKind sampling_morris = {
    .name = "morris",
    .summary = "along random trajectories, one parameter after the other",
    .takes_ranges = true,
    .takes_count = true,
    .is_screening = true,
    .prepare = prepare,
    .value = value,
};
