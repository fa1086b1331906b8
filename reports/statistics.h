/* Intervals from few independent values, and corrections for looking at many. */
#ifndef TOPPLE_REPORTS_STATISTICS_H
#define TOPPLE_REPORTS_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIDENCE 0.95

typedef struct Interval {
    double low, high; /* NaN: fewer than two values */
    double p; /* two-sided probability of a centre this far from 0 by chance; NaN likewise */
} Interval;

/* Mean of the values that are not NaN; NaN if there are none. `used` counts them. */
double values_mean(const double *values, uint32_t count, uint32_t *used);

/* Sum of squares about the mean by their number less one; NaN with fewer than two. */
double values_variance(const double *values, uint32_t count);

/* Student's t with used - 1 degrees of freedom around a centre: the mean of the values (independent
 * replications), or an estimate from all their samples together (sectioning; see Asmussen and
 * Glynn, "Stochastic Simulation", III.5). NaNs are left out. */
Interval interval_around(double center, const double *values, uint32_t count);

/* The exact 95 % interval of a share of which `yes` of `count` were seen (Clopper and Pearson); NaN
 * when count is 0. */
void binomial_interval(uint32_t yes, uint32_t count, double *low, double *high);

/* Probability of so much positive correlation between neighbours by chance, if the values were
 * independent and normal: von Neumann's ratio, near to normal from eight values on (G. S. Fishman,
 * "Grouping observations in digital simulation", Management Science 24, 1978). NaN with a value
 * missing, or fewer than eight. */
double neighbours_chance(const double *values, uint32_t count);

/* MSER-5: how many of the values to leave out at the start so that the mean of the others is known
 * best: the multiple of five that minimizes the sum of squares of the means of five about their
 * mean, divided by the square of their number. At most half of them are left out: *latest, a cut
 * that says that the values have not settled. 0 with fewer than ten values. */
uint32_t mser_cut(const double *values, uint32_t count, uint32_t *latest);

/* Holm's step-down correction, in place. NaNs are left out and stay. */
void holm_adjust(double *p, size_t count);

#endif
