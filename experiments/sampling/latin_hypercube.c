/* McKay, Beckman and Conover, "A comparison of three methods for selecting values of input
 * variables", 1979: each parameter's range is cut into as many parts as there are points, and each
 * part holds one of them. */
#include <gsl/gsl_randist.h>

#include "experiments/sampling/sampling.h"
#include "sim/rng.h"

/* Below 1 also as a float. */
#define LARGEST_SHARE 0x0.ffffffp0f

static void draw_axis(float *shares, uint64_t count, gsl_rng *rng)
{
    for (uint64_t i = 0; i < count; i++)
        shares[i] = MIN((float)(((double)i + gsl_rng_uniform(rng)) / (double)count), LARGEST_SHARE);
    gsl_ran_shuffle(rng, shares, count, sizeof *shares);
}

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    SimRng rng;
    if (!space_draws(space, asked, error))
        return false;
    sim_rng_init(&rng);
    for (uint32_t i = 0; i < space->axes->len; i++) {
        const char *pointer = space_axis(space, i)->pointer;
        gsl_rng *draws = sim_rng_at(&rng, sim_key(seed, 0, pointer, "latin hypercube"), 0, 0);
        draw_axis(&space->shares[i * asked], asked, draws);
    }
    return true;
}

const SamplingKind sampling_latin_hypercube = {
    .name = "latin_hypercube",
    .summary = "at random, with one point in each of as many equal parts of every range",
    .takes_ranges = true,
    .takes_count = true,
    .prepare = prepare,
    .value = space_value_at_share,
};
