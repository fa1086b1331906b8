/* The exponential with mean 1. */
#ifndef TOPPLE_SIM_EXPONENTIAL_H
#define TOPPLE_SIM_EXPONENTIAL_H

#include <gsl/gsl_randist.h>

/* GSL draws a gamma of shape 1 as -log(u), its exponential as -log1p(-u): the same law, and glibc's
 * log is three times as fast as its log1p. */
static inline double draw_unit_exponential(const gsl_rng *rng)
{
    return gsl_ran_gamma_int(rng, 1);
}

#endif
