#include "sim/count.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#define ZIPF_MAX   1000000.0
#define ZIPF_ADDED 100.0

void count_init_constant(Count *count, uint32_t value)
{
    *count = (Count){.constant = value};
}

static uint32_t capped(double value)
{
    return value >= COUNT_LARGEST ? COUNT_LARGEST : (uint32_t)value;
}

/* --- poisson */

static const char *prepare_mean(Count *count, const double *values)
{
    count->p[0] = values[0];
    return NULL;
}

static uint32_t draw_poisson(const Count *count, gsl_rng *rng)
{
    return capped(gsl_ran_poisson(rng, count->p[0]));
}

static double mean_itself(const Count *count)
{
    return count->p[0];
}

static double probability_poisson(const Count *count, uint32_t value)
{
    return gsl_ran_poisson_pdf(value, count->p[0]);
}

static const DistributionParameter poisson_parameters[] = {
    {.name = "mean", .type = PARAMETER_NUMBER, .min = 0, .max = 1e5, .summary = "mean"},
    {0},
};

static const CountKind count_poisson = {
    .name = "poisson",
    .summary = "independent events: 0, 1, 2, ...",
    .parameters = poisson_parameters,
    .sets = "mean",
    .prepare = prepare_mean,
    .draw = draw_poisson,
    .mean = mean_itself,
    .probability = probability_poisson,
};

/* --- geometric: on 1, 2, ..., so that its mean is at least 1 */

static uint32_t draw_geometric(const Count *count, gsl_rng *rng)
{
    return capped(gsl_ran_geometric(rng, 1 / count->p[0]));
}

static double probability_geometric(const Count *count, uint32_t value)
{
    return gsl_ran_geometric_pdf(value, 1 / count->p[0]);
}

static const DistributionParameter geometric_parameters[] = {
    {.name = "mean", .type = PARAMETER_NUMBER, .min = 1, .max = 1e5, .summary = "mean, at least 1"},
    {0},
};

static const CountKind count_geometric = {
    .name = "geometric",
    .summary = "again and again with the same probability: 1, 2, 3, ...",
    .parameters = geometric_parameters,
    .sets = "mean",
    .prepare = prepare_mean,
    .draw = draw_geometric,
    .mean = mean_itself,
    .probability = probability_geometric,
};

/* --- uniform_int */

static const char *prepare_uniform(Count *count, const double *values)
{
    if (values[0] != floor(values[0]) || values[1] != floor(values[1]))
        return "have whole numbers for min and max";
    if (values[0] > values[1])
        return "have a min of at most max";
    count->p[0] = values[0];
    count->p[1] = values[1];
    return NULL;
}

static uint32_t draw_uniform(const Count *count, gsl_rng *rng)
{
    unsigned long span = (unsigned long)(count->p[1] - count->p[0]) + 1;
    return capped(count->p[0] + (double)gsl_rng_uniform_int(rng, span));
}

static double mean_uniform(const Count *count)
{
    return (count->p[0] + count->p[1]) / 2;
}

static double probability_uniform(const Count *count, uint32_t value)
{
    bool is_inside = value >= count->p[0] && value <= count->p[1];
    return is_inside ? 1 / (count->p[1] - count->p[0] + 1) : 0;
}

static const DistributionParameter uniform_parameters[] = {
    {.name = "min",
     .type = PARAMETER_NUMBER,
     .min = 0,
     .max = COUNT_LARGEST,
     .summary = "smallest"},
    {.name = "max", .type = PARAMETER_NUMBER, .min = 0, .max = COUNT_LARGEST, .summary = "largest"},
    {0},
};

static const CountKind count_uniform = {
    .name = "uniform_int",
    .summary = "all whole numbers of a range alike",
    .parameters = uniform_parameters,
    .sets = "min max",
    .prepare = prepare_uniform,
    .draw = draw_uniform,
    .mean = mean_uniform,
    .probability = probability_uniform,
};

/* --- zipf: rejection-inversion, Hormann and Derflinger, "Rejection-inversion to generate variates
 * from monotone discrete distributions", ACM TOMACS 6(3), 1996: no table, whatever n. */

/* The integral of x^-s, and its inverse; s = 1 is the logarithm. */
static double zipf_integral(double s, double x)
{
    double t = 1 - s;
    return fabs(t) < 1e-12 ? log(x) : expm1(t * log(x)) / t;
}

static double zipf_inverse(double s, double y)
{
    double t = 1 - s;
    return fabs(t) < 1e-12 ? exp(y) : exp(log1p(t * y) / t);
}

/* The sum of k^-s for k = 1 .. n: the first ones added, the others by Euler and Maclaurin, whose
 * next term is below 1e-9 of the whole for every s from -1 to 10. */
static double zipf_sum(double s, double n)
{
    double sum = 0, from = fmin(n, ZIPF_ADDED);
    for (double k = 1; k < from; k++)
        sum += pow(k, -s);
    double first = pow(from, -s), last = pow(n, -s);
    return sum + zipf_integral(s, n) - zipf_integral(s, from) + (first + last) / 2 +
           s / 12 * (first / from - last / n);
}

static const char *prepare_zipf(Count *count, const double *values)
{
    double n = values[0], s = values[1];
    if (n != floor(n))
        return "have a whole number n";
    count->p[0] = n;
    count->p[1] = s;
    count->p[2] = zipf_sum(s - 1, n) / zipf_sum(s, n);
    return NULL;
}

static uint32_t draw_zipf(const Count *count, gsl_rng *rng)
{
    double n = count->p[0], s = count->p[1];
    double from = zipf_integral(s, 1.5) - 1, to = zipf_integral(s, n + 0.5);
    for (;;) {
        double y = to + gsl_rng_uniform(rng) * (from - to);
        double k = floor(zipf_inverse(s, y) + 0.5);
        k = k < 1 ? 1 : k > n ? n : k;
        if (y >= zipf_integral(s, k + 0.5) - pow(k, -s))
            return (uint32_t)k;
    }
}

static double mean_zipf(const Count *count)
{
    return count->p[2];
}

static double probability_zipf(const Count *count, uint32_t value)
{
    double n = count->p[0], s = count->p[1];
    return value >= 1 && value <= n ? pow(value, -s) / zipf_sum(s, n) : 0;
}

static const DistributionParameter zipf_parameters[] = {
    {.name = "n", .type = PARAMETER_NUMBER, .min = 1, .max = ZIPF_MAX, .summary = "largest"},
    {.name = "exponent",
     .type = PARAMETER_NUMBER,
     .min = 0,
     .max = 10,
     .summary = "k has weight 1/k^exponent"},
    {0},
};

static const CountKind count_zipf = {
    .name = "zipf",
    .summary = "1 to n, the small ones far more often",
    .parameters = zipf_parameters,
    .sets = "n exponent",
    .prepare = prepare_zipf,
    .draw = draw_zipf,
    .mean = mean_zipf,
    .probability = probability_zipf,
};

/* --- all */

const CountKind *const count_kinds[] = {&count_poisson, &count_geometric, &count_uniform,
                                        &count_zipf, NULL};

const CountKind *count_kind_find(const char *name)
{
    for (size_t i = 0; count_kinds[i] != NULL; i++) {
        if (strcmp(count_kinds[i]->name, name) == 0)
            return count_kinds[i];
    }
    return NULL;
}

const char *count_prepare(Count *count, const CountKind *kind, const double *values)
{
    *count = (Count){.kind = kind};
    return kind->prepare(count, values);
}

void count_clear(Count *count)
{
    *count = (Count){0};
}

uint32_t count_draw(const Count *count, gsl_rng *rng)
{
    return count->kind == NULL ? count->constant : count->kind->draw(count, rng);
}

double count_mean(const Count *count)
{
    return count->kind == NULL ? count->constant : count->kind->mean(count);
}

double count_probability(const Count *count, uint32_t value)
{
    if (count->kind == NULL)
        return value == count->constant ? 1 : 0;
    return count->kind->probability(count, value);
}
