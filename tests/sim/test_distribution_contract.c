/* What every kind of distribution promises, for each of its sets of parameters: a million draws
 * have the mean and the deviation that they should, and fit the distribution function. All bounds
 * are five standard errors, so that one true kind in two million would fail; the keys are fixed. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/support/close_to.h"
#include "tests/support/distribution_text.h"

#define MANY         1000000
#define FITTED       100000 /* as many of them are sorted */
#define ERRORS       5.0
#define KOLMOGOROV_5 2.745 /* exceeded by sqrt(n) D with the probability of 5 standard errors */
#define BY_THE_CDF   (-1.0)
#define INTEGRAL_TO  400.0 /* ms; the cases have nothing beyond */
#define STRIPS       200000
#define EULER_GAMMA  0.57721566490153286
#define ROOT_6_OF_PI (2.449489742783178 / M_PI)
#define ROOT_3_OF_PI (M_SQRT3 / M_PI)

/* Distribution functions in ms, by GSL where it has them. */

static double cdf_constant(double x)
{
    return x < 5 ? 0 : 1;
}

static double cdf_exponential(double x)
{
    return gsl_cdf_exponential_P(x, 3);
}

static double cdf_erlang(double x)
{
    return gsl_cdf_gamma_P(x, 4, 1);
}

static double cdf_gamma_mean(double x)
{
    return gsl_cdf_gamma_P(x, 4, 0.5);
}

static double cdf_gamma_shape(double x)
{
    return gsl_cdf_gamma_P(x, 0.5, 3);
}

static double cdf_lognormal_mean(double x)
{
    return gsl_cdf_lognormal_P(x, log(2) - log(1.25) / 2, sqrt(log(1.25)));
}

static double cdf_lognormal_p99(double x)
{
    return gsl_cdf_lognormal_P(x, log(2), log(4) / gsl_cdf_ugaussian_Pinv(0.99));
}

static double cdf_lognormal_sigma(double x)
{
    return gsl_cdf_lognormal_P(x, log(3), 0.4);
}

static double cdf_weibull_mean(double x)
{
    return gsl_cdf_weibull_P(x, 2 / tgamma(1.5), 2);
}

static double cdf_weibull_scale(double x)
{
    return gsl_cdf_weibull_P(x, 2, 0.8);
}

static double cdf_pareto_min(double x)
{
    return gsl_cdf_pareto_P(x, 10, 1);
}

static double cdf_pareto_mean(double x)
{
    return gsl_cdf_pareto_P(x, 8, 3 * 7 / 8.0);
}

static double above_0(double cdf, double cdf_at_0)
{
    return (cdf - cdf_at_0) / (1 - cdf_at_0);
}

static double cdf_normal(double x)
{
    return above_0(gsl_cdf_gaussian_P(x - 5, 1), gsl_cdf_gaussian_P(-5, 1));
}

static double cdf_normal_cut(double x)
{
    return above_0(gsl_cdf_gaussian_P(x - 1, 2), gsl_cdf_gaussian_P(-1, 2));
}

static double cdf_uniform(double x)
{
    return gsl_cdf_flat_P(x, 1, 4);
}

static double cdf_beta(double x)
{
    return x < 1 ? 0 : x > 5 ? 1 : gsl_cdf_beta_P((x - 1) / 4, 2, 3);
}

static double cdf_rayleigh(double x)
{
    return gsl_cdf_rayleigh_P(x, 2 / sqrt(M_PI / 2));
}

static double gumbel(double x, double mean, double stddev)
{
    double scale = stddev * ROOT_6_OF_PI;
    return gsl_cdf_gumbel1_P(x, 1 / scale, exp((mean - EULER_GAMMA * scale) / scale));
}

static double cdf_gumbel(double x)
{
    return above_0(gumbel(x, 9, 1), gumbel(0, 9, 1));
}

static double cdf_gumbel_cut(double x)
{
    return above_0(gumbel(x, 1, 2), gumbel(0, 1, 2));
}

static double cdf_logistic(double x)
{
    double scale = ROOT_3_OF_PI;
    return above_0(gsl_cdf_logistic_P(x - 9, scale), gsl_cdf_logistic_P(-9, scale));
}

static double cdf_logistic_cut(double x)
{
    double scale = 2 * ROOT_3_OF_PI;
    return above_0(gsl_cdf_logistic_P(x - 1, scale), gsl_cdf_logistic_P(-1, scale));
}

/* Mean 2 and cv 3: a share p has mean 1/p, the others 1/(1-p), with p = (1 + sqrt(8/10)) / 2. */
static double cdf_hyperexponential_cv(double x)
{
    double p = (1 + sqrt(0.8)) / 2;
    return p * gsl_cdf_exponential_P(x, 1 / p) + (1 - p) * gsl_cdf_exponential_P(x, 1 / (1 - p));
}

static double cdf_hyperexponential_phases(double x)
{
    return 0.2 * gsl_cdf_exponential_P(x, 1) + 0.5 * gsl_cdf_exponential_P(x, 2) +
           0.3 * gsl_cdf_exponential_P(x, 6);
}

static double cdf_mixture(double x)
{
    return 0.75 * gsl_cdf_exponential_P(x, 1) + 0.25 * gsl_cdf_flat_P(x, 10, 20);
}

static double cdf_samples(double x)
{
    return x < 1 ? 0 : x < 2 ? 0.25 : x < 7 ? 0.75 : 1;
}

/* 0 %: 1, 50 %: 3, 90 %: 4, 100 %: 10. */
static double cdf_quantiles(double x)
{
    return x < 3 ? GSL_MAX(0, (x - 1) / 4) : x < 4 ? 0.5 + (x - 3) * 0.4 : 0.9 + (x - 4) / 60;
}

/* 50 %: 3, 90 %: 4; half of all draws are 3 and a tenth 4. */
static double cdf_inner_quantiles(double x)
{
    return x < 3 ? 0 : x < 4 ? 0.5 + (x - 3) * 0.4 : 1;
}

static const double three_shares[] = {0.2, 0.5, 0.3}, three_means[] = {1 * MS, 2 * MS, 6 * MS};
static const double samples[] = {1 * MS, 2 * MS, 2 * MS, 7 * MS};
static const double percents[] = {0, 50, 90, 100};
static const double quantiles[] = {1 * MS, 3 * MS, 4 * MS, 10 * MS};
static const double two_weights[] = {3, 1};

static const DistributionInput three_phases = {
    .weights = three_shares, .points = three_means, .count = 3};
static const DistributionInput two_parts = {.weights = two_weights, .count = 2};
static const DistributionInput four_samples = {.points = samples, .count = 4};
static const DistributionInput all_quantiles = {
    .weights = percents, .points = quantiles, .count = 4};
static const DistributionInput inner_quantiles = {
    .weights = percents + 1, .points = quantiles + 1, .count = 2};

/* mean and stddev in ms, from the formula of the kind or from the integral of its cdf. */
static const struct Case {
    const char *kind, *given;
    double (*cdf)(double x);
    double mean, stddev;
    const DistributionInput *lists;
} cases[] = {
    {"constant", "value=5", cdf_constant, 5, 0, NULL},
    {"exponential", "mean=3", cdf_exponential, 3, 3, NULL},
    {"erlang", "mean=4 stages=4", cdf_erlang, 4, 2, NULL},
    {"gamma", "mean=2 cv=0.5", cdf_gamma_mean, 2, 1, NULL},
    {"gamma", "shape=0.5 scale=3", cdf_gamma_shape, 1.5, 2.1213203435596424, NULL},
    {"lognormal", "mean=2 cv=0.5", cdf_lognormal_mean, 2, 1, NULL},
    {"lognormal", "p50=2 p99=8", cdf_lognormal_p99, BY_THE_CDF, BY_THE_CDF, NULL},
    {"lognormal", "p50=3 sigma=0.4", cdf_lognormal_sigma, BY_THE_CDF, BY_THE_CDF, NULL},
    {"weibull", "mean=2 shape=2", cdf_weibull_mean, 2, BY_THE_CDF, NULL},
    {"weibull", "scale=2 shape=0.8", cdf_weibull_scale, BY_THE_CDF, BY_THE_CDF, NULL},
    {"pareto", "min=1 shape=10", cdf_pareto_min, 10 / 9.0, BY_THE_CDF, NULL},
    {"pareto", "mean=3 shape=8", cdf_pareto_mean, 3, BY_THE_CDF, NULL},
    {"normal", "mean=5 stddev=1", cdf_normal, BY_THE_CDF, BY_THE_CDF, NULL},
    {"normal", "mean=1 stddev=2", cdf_normal_cut, BY_THE_CDF, BY_THE_CDF, NULL},
    {"uniform", "min=1 max=4", cdf_uniform, 2.5, 0.8660254037844386, NULL},
    {"beta", "min=1 max=5 alpha=2 beta=3", cdf_beta, 2.6, 0.8, NULL},
    {"rayleigh", "mean=2", cdf_rayleigh, 2, BY_THE_CDF, NULL},
    {"gumbel", "mean=9 stddev=1", cdf_gumbel, 9, 1, NULL},
    {"gumbel", "mean=1 stddev=2", cdf_gumbel_cut, BY_THE_CDF, BY_THE_CDF, NULL},
    {"logistic", "mean=9 stddev=1", cdf_logistic, BY_THE_CDF, BY_THE_CDF, NULL},
    {"logistic", "mean=1 stddev=2", cdf_logistic_cut, BY_THE_CDF, BY_THE_CDF, NULL},
    {"hyperexponential", "mean=2 cv=3", cdf_hyperexponential_cv, 2, 6, NULL},
    {"hyperexponential", "phases", cdf_hyperexponential_phases, 3,
     4.1472882706655438, /* the mean square is 2 (0.2 + 2 + 10.8) = 26 */
     &three_phases},
    {"mixture", "of", cdf_mixture, 4.5, BY_THE_CDF, &two_parts},
    {"empirical", "samples", cdf_samples, 3, BY_THE_CDF, &four_samples},
    {"empirical", "file", cdf_samples, 3, BY_THE_CDF, &four_samples},
    {"empirical", "quantiles", cdf_quantiles, 3.1, /* 0.5 x 2 + 0.4 x 3.5 + 0.1 x 7 */
     BY_THE_CDF, &all_quantiles},
    {"empirical", "quantiles", cdf_inner_quantiles, 3.3, /* 0.5 x 3 + 0.4 x 3.5 + 0.1 x 4 */
     BY_THE_CDF, &inner_quantiles},
};

typedef struct Subject {
    const struct Case *of;
    Distribution distribution;
    Distribution parts[2];
    const Distribution *list[2];
} Subject;

static void subject_init(Subject *subject, const struct Case *of)
{
    subject->of = of;
    assert_null(prepare_text(&subject->parts[0], "exponential", "mean=1", NULL));
    assert_null(prepare_text(&subject->parts[1], "uniform", "min=10 max=20", NULL));
    subject->list[0] = &subject->parts[0];
    subject->list[1] = &subject->parts[1];
    DistributionInput lists = {0};
    if (of->lists != NULL)
        lists = *of->lists;
    lists.parts = subject->list;
    const char *wrong = prepare_text(&subject->distribution, of->kind, of->given, &lists);
    if (wrong != NULL)
        fail_msg("%s %s must %s", of->kind, of->given, wrong);
}

static SimTime draw(const Subject *subject, SimRng *rng, uint64_t i)
{
    uint64_t key = sim_key(20260104, 0, subject->of->kind, subject->of->given);
    return distribution_draw(&subject->distribution, sim_rng_at(rng, key, i, 0));
}

static void for_each_case(void (*check)(const Subject *subject))
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Subject subject;
        subject_init(&subject, &cases[i]);
        check(&subject);
        distribution_clear(&subject.distribution);
    }
}

/* E X is the integral of 1 - cdf, and E X^2 that of 2x (1 - cdf), by the midpoint rule. */
static void integrate(double (*cdf)(double x), double *mean, double *stddev)
{
    double first = 0, second = 0, width = INTEGRAL_TO / STRIPS;
    for (int i = 0; i < STRIPS; i++) {
        double x = (i + 0.5) * width, left = 1 - cdf(x);
        first += left * width;
        second += 2 * x * left * width;
    }
    *mean = first;
    *stddev = sqrt(second - first * first);
}

static void expected_of(const struct Case *of, double *mean, double *stddev)
{
    *mean = of->mean;
    *stddev = of->stddev;
    if (of->mean < 0 || of->stddev < 0)
        integrate(of->cdf, mean, stddev);
    if (of->mean >= 0)
        *mean = of->mean;
    if (of->stddev >= 0)
        *stddev = of->stddev;
}

static void check_mean(const Subject *subject)
{
    double mean, stddev;
    expected_of(subject->of, &mean, &stddev);
    assert_close(distribution_mean(&subject->distribution) / MS, mean, 1e-6);
}

static void test_the_mean_is_that_of_the_formula(void **state)
{
    (void)state;
    for_each_case(check_mean);
}

/* The error of a variance is sqrt((m4 - variance^2) / n), m4 the fourth central moment. */
static void check_moments(const Subject *subject)
{
    double mean, stddev, first = 0, second = 0, fourth = 0;
    SimRng rng;
    sim_rng_init(&rng);
    expected_of(subject->of, &mean, &stddev);
    for (uint64_t i = 0; i < MANY; i++) {
        double off = (double)draw(subject, &rng, i) / MS - mean, square = off * off;
        first += off;
        second += square;
        fourth += square * square;
    }
    double variance = second / MANY;
    double error = ERRORS * sqrt((fourth / MANY - variance * variance) / MANY);
    if (fabs(first / MANY) > ERRORS * stddev / sqrt(MANY) + 1e-6)
        fail_msg("%s %s: mean is off by %g", subject->of->kind, subject->of->given, first / MANY);
    if (fabs(variance - stddev * stddev) > error + 1e-6)
        fail_msg("%s %s: variance %g, not %g", subject->of->kind, subject->of->given, variance,
                 stddev * stddev);
}

static void test_a_million_draws_have_the_mean_and_the_variance(void **state)
{
    (void)state;
    for_each_case(check_moments);
}

static int compare_times(const void *left, const void *right)
{
    SimTime a = *(const SimTime *)left, b = *(const SimTime *)right;
    return (a > b) - (a < b);
}

/* Compared after the last of equal draws, so that steps of the cdf count once. Draws are whole ns:
 * the cdf is taken at the end of that ns. */
static void check_fit(const Subject *subject)
{
    double largest = 0;
    g_autofree SimTime *draws = g_new(SimTime, FITTED);
    SimRng rng;
    sim_rng_init(&rng);
    for (uint64_t i = 0; i < FITTED; i++)
        draws[i] = draw(subject, &rng, i);
    qsort(draws, FITTED, sizeof *draws, compare_times);
    for (int i = 0; i < FITTED; i++) {
        double share = (i + 1.0) / FITTED;
        if (i + 1 == FITTED || draws[i] != draws[i + 1])
            largest = fmax(largest, fabs(share - subject->of->cdf(((double)draws[i] + 0.5) / MS)));
    }
    if (largest * sqrt(FITTED) > KOLMOGOROV_5)
        fail_msg("%s %s: off the cdf by %g", subject->of->kind, subject->of->given, largest);
}

static void test_draws_fit_the_distribution_function(void **state)
{
    (void)state;
    for_each_case(check_fit);
}

static void check_repeatable(const Subject *subject)
{
    SimRng rng, other;
    sim_rng_init(&rng);
    sim_rng_init(&other);
    for (uint64_t i = 0; i < 1000; i++)
        draw(subject, &other, i * 7);
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(draw(subject, &rng, i) == draw(subject, &other, i));
}

static void test_a_draw_depends_on_its_place_only(void **state)
{
    (void)state;
    for_each_case(check_repeatable);
}

static void check_range(const Subject *subject)
{
    SimRng rng;
    sim_rng_init(&rng);
    for (uint64_t i = 0; i < FITTED; i++) {
        SimTime time = draw(subject, &rng, i);
        assert_true(time >= 0 && time <= SIM_TIME_LONGEST);
        assert_true(subject->of->cdf(((double)time + 0.5) / MS) > 0);
    }
}

static void test_no_draw_is_negative_or_out_of_the_support(void **state)
{
    (void)state;
    for_each_case(check_range);
}

static void check_constant(const Subject *subject)
{
    bool is_constant = strcmp(subject->of->kind, "constant") == 0;
    assert_int_equal(subject->distribution.constant, is_constant ? (SimTime)(5 * MS) : -1);
}

static void test_only_constants_are_drawn_without_chance(void **state)
{
    (void)state;
    for_each_case(check_constant);
}

static int number_of_sets(const DistributionKind *kind)
{
    int sets = 1;
    for (const char *at = kind->sets; *at != '\0'; at++)
        sets += *at == '|';
    return sets;
}

static bool is_covered(const DistributionKind *kind, int set)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (strcmp(cases[i].kind, kind->name) != 0)
            continue;
        DistributionInput input = input_from_text(kind, cases[i].given, cases[i].lists);
        if (distribution_set_of(kind, &input) == set)
            return true;
    }
    return false;
}

static void test_every_set_of_every_kind_is_among_the_cases(void **state)
{
    (void)state;
    for (size_t i = 0; distribution_kinds[i] != NULL; i++) {
        for (int set = 0; set < number_of_sets(distribution_kinds[i]); set++) {
            if (!is_covered(distribution_kinds[i], set))
                fail_msg("%s: set %d has no case", distribution_kinds[i]->name, set);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mean_is_that_of_the_formula),
        cmocka_unit_test(test_a_million_draws_have_the_mean_and_the_variance),
        cmocka_unit_test(test_draws_fit_the_distribution_function),
        cmocka_unit_test(test_a_draw_depends_on_its_place_only),
        cmocka_unit_test(test_no_draw_is_negative_or_out_of_the_support),
        cmocka_unit_test(test_only_constants_are_drawn_without_chance),
        cmocka_unit_test(test_every_set_of_every_kind_is_among_the_cases),
    };
    return cmocka_run_group_tests_name("sim/distribution_contract", tests, NULL, NULL);
}
