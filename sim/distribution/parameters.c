#include "sim/distribution/parameters.h"

#define REDRAWS_MAX 10000

double distribution_redraw_negative(double (*draw)(const double *p, gsl_rng *rng), const double *p,
                                    gsl_rng *rng)
{
    for (int i = 0; i < REDRAWS_MAX; i++) {
        double value = draw(p, rng);
        if (value >= 0)
            return value;
    }
    return 0;
}
