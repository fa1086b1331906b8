/* Sobol's sequence, as GSL has it (Antonov and Saleev, 1979; Bratley and Fox, ACM TOMS 659, 1988).
 */
#include <gsl/gsl_qrng.h>

#include "experiments/sampling/sampling.h"

#define AXES_MAX 40u /* of GSL's tables */

static bool prepare(Space *space, uint64_t asked, uint64_t seed, GError **error)
{
    (void)seed;
    uint32_t axes = space->axes->len;
    if (axes < 1 || axes > AXES_MAX)
        return sampling_fail(error, "sobol takes from 1 to %u parameters, got %u", AXES_MAX, axes);
    if (!space_draws(space, asked, error))
        return false;
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, axes);
    double share[AXES_MAX];
    for (uint64_t point = 0; point < asked; point++) {
        gsl_qrng_get(sequence, share);
        for (uint32_t i = 0; i < axes; i++)
            space->shares[i * asked + point] = (float)share[i]; /* 24 bits: exact to 16 M points */
    }
    gsl_qrng_free(sequence);
    return true;
}

const SamplingKind sampling_sobol = {
    .name = "sobol",
    .summary = "evenly spread over all ranges together, by Sobol's sequence",
    .takes_ranges = true,
    .takes_count = true,
    .prepare = prepare,
    .value = space_value_at_share,
};
