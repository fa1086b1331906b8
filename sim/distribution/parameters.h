/* Parameters that several kinds share, so that ranges agree. */
#ifndef TOPPLE_SIM_DISTRIBUTION_PARAMETERS_H
#define TOPPLE_SIM_DISTRIBUTION_PARAMETERS_H

#include <gsl/gsl_rng.h>

#include "sim/distribution/distribution.h"

#define LONGEST ((double)SIM_TIME_LONGEST)

/* A duration above 0, a duration that may be 0, a number above 0. */
#define DURATION(key, meaning)                                                                     \
    {                                                                                              \
        .name = key, .type = PARAMETER_DURATION, .min = 0, .max = LONGEST, .above_min = true,      \
        .summary = meaning                                                                         \
    }
#define DURATION_OR_0(key, meaning)                                                                \
    {                                                                                              \
        .name = key, .type = PARAMETER_DURATION, .min = 0, .max = LONGEST, .summary = meaning      \
    }
#define NUMBER(key, low, high, meaning)                                                            \
    {                                                                                              \
        .name = key, .type = PARAMETER_NUMBER, .min = low, .max = high, .above_min = true,         \
        .summary = meaning                                                                         \
    }
#define NUMBER_FROM(key, low, high, meaning)                                                       \
    {                                                                                              \
        .name = key, .type = PARAMETER_NUMBER, .min = low, .max = high, .summary = meaning         \
    }
#define LIST(key, kind, meaning)                                                                   \
    {                                                                                              \
        .name = key, .type = kind, .summary = meaning                                              \
    }

/* Draws again below 0, up to 10,000 times, then 0. */
double distribution_redraw_negative(double (*draw)(const double *p, gsl_rng *rng), const double *p,
                                    gsl_rng *rng);

#endif
