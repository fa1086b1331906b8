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

#define STRIPS 100000

double distribution_positive_mean(double (*quantile)(const double *p, double u), const double *p,
                                  double below)
{
    double sum = 0;
    for (int i = 0; i < STRIPS; i++)
        sum += quantile(p, below + (1 - below) * ((i + 0.5) / STRIPS));
    return sum / STRIPS;
}
