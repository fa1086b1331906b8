#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "reports/statistics.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

static void test_mean_leaves_out_what_is_missing(void **state)
{
    (void)state;
    const double values[] = {1, NAN, 3};
    uint32_t used;
    assert_close(values_mean(values, 3, &used), 2, 0);
    assert_int_equal(used, 2);
    assert_missing(values_mean(&values[1], 1, &used));
}

static void test_interval_of_five_values_is_that_of_the_table(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5};
    Interval interval = interval_around(3, values, 5);
    /* t(0.975; 4) = 2.776445, s = sqrt(2.5) */
    assert_close(interval.high - 3, 2.776445 * 0.7071068, 1e-6);
    assert_close(3 - interval.low, 2.776445 * 0.7071068, 1e-6);
}

static void test_probability_with_two_degrees_of_freedom_is_the_closed_form(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3};
    double t = 2 * sqrt(3);
    assert_close(interval_around(2, values, 3).p, 1 - t / sqrt(2 + t * t), 1e-9);
}

static void test_sectioning_measures_the_spread_around_the_estimate(void **state)
{
    (void)state;
    const double values[] = {1, 2, 3, 4, 5};
    Interval interval = interval_around(2.5, values, 5);
    assert_close(interval.high - 2.5, 2.776445 * 0.75, 1e-6);
}

static void test_one_value_has_no_interval(void **state)
{
    (void)state;
    const double values[] = {1, NAN};
    Interval interval = interval_around(1, values, 2);
    assert_missing(interval.low);
    assert_missing(interval.high);
    assert_missing(interval.p);
}

static void test_equal_values_have_an_interval_of_no_width(void **state)
{
    (void)state;
    const double some[] = {2, 2, 2}, none[] = {0, 0, 0};
    assert_close(interval_around(2, some, 3).low, 2, 0);
    assert_close(interval_around(2, some, 3).p, 0, 0);
    assert_close(interval_around(0, none, 3).p, 1, 0);
}

/* 5 standard errors of a share of 0.95 in 4,000 are 0.0172. Seed 1. */
static void test_intervals_cover_the_truth_95_times_in_100(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 1);
    int covered = 0;
    for (int i = 0; i < 4000; i++) {
        double values[6];
        for (int k = 0; k < 6; k++)
            values[k] = 10 + gsl_ran_gaussian(rng, 3);
        uint32_t used;
        Interval interval = interval_around(values_mean(values, 6, &used), values, 6);
        covered += interval.low <= 10 && 10 <= interval.high;
    }
    gsl_rng_free(rng);
    assert_true(fabs(covered / 4000.0 - 0.95) < 0.0172);
}

/* All or none of n: (0.025)^(1/n) and its complement. 4 of 10: as in tables. */
static void test_shares_have_exact_intervals(void **state)
{
    (void)state;
    double low, high;
    binomial_interval(10, 10, &low, &high);
    assert_close(low, pow(0.025, 0.1), 1e-9);
    assert_close(high, 1, 0);
    binomial_interval(0, 10, &low, &high);
    assert_close(low, 0, 0);
    assert_close(high, 1 - pow(0.025, 0.1), 1e-9);
    binomial_interval(4, 10, &low, &high);
    assert_close(low, 0.1216, 1e-3);
    assert_close(high, 0.7376, 1e-3);
    binomial_interval(0, 0, &low, &high);
    assert_missing(low);
    assert_missing(high);
}

/* Eight values that rise by one: the sum of squared steps is 7, that of squares 42, and n = 8. */
static void test_a_trend_is_correlation_between_neighbours(void **state)
{
    (void)state;
    const double rising[] = {1, 2, 3, 4, 5, 6, 7, 8}, swinging[] = {1, 2, 1, 2, 1, 2, 1, 2};
    double deviations = sqrt(63. / 6) * (1 - 7. / 84);
    assert_close(neighbours_chance(rising, 8), 0.5 * erfc(deviations / sqrt(2)), 1e-9);
    assert_true(neighbours_chance(swinging, 8) > 0.99);
}

static void test_correlation_of_few_or_missing_values_is_not_judged(void **state)
{
    (void)state;
    const double missing[] = {1, 2, 3, NAN, 5, 6, 7, 8, 9}, equal[] = {4, 4, 4, 4, 4, 4, 4, 4};
    assert_missing(neighbours_chance(missing, 9));
    assert_missing(neighbours_chance(&missing[4], 5));
    assert_close(neighbours_chance(equal, 8), 1, 0);
}

/* Independent values are called correlated as often as is said: 5 standard errors of a share of
 * 0.05 in 4,000 are 0.0172. Neighbours with a correlation of 0.8 nearly always are. Seed 1. */
static void test_independent_batches_are_flagged_one_time_in_twenty(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 1);
    int of_independent = 0, of_dependent = 0;
    for (int i = 0; i < 4000; i++) {
        double independent[20], dependent[20], last = gsl_ran_gaussian(rng, 1);
        for (int k = 0; k < 20; k++) {
            independent[k] = gsl_ran_gaussian(rng, 1);
            last = dependent[k] = 0.8 * last + 0.6 * gsl_ran_gaussian(rng, 1);
        }
        of_independent += neighbours_chance(independent, 20) < 0.05;
        of_dependent += neighbours_chance(dependent, 20) < 0.05;
    }
    gsl_rng_free(rng);
    assert_true(fabs(of_independent / 4000.0 - 0.05) < 0.0172);
    assert_true(of_dependent > 0.85 * 4000);
}

/* Means of five: 9, 1, 1, 1. Without a cut 48 / 4^2, without the first 0 / 3^2. */
static void test_mser_cuts_where_the_rest_is_known_best(void **state)
{
    (void)state;
    double values[20], equal[20], falling[20];
    uint32_t latest;
    for (int i = 0; i < 20; i++) {
        values[i] = i < 5 ? 7 + i : i % 5 - 1;
        equal[i] = 3;
        falling[i] = 20 - i;
    }
    assert_int_equal(mser_cut(values, 20, &latest), 5);
    assert_int_equal(latest, 10);
    assert_int_equal(mser_cut(equal, 20, &latest), 0);
    /* Means of five: 18, 13, 8, 3: 125 / 16, 50 / 9, 12.5 / 4. */
    assert_int_equal(mser_cut(falling, 20, &latest), 10);
    assert_int_equal(mser_cut(falling, 9, &latest), 0);
}

static void test_holm_multiplies_by_the_number_of_those_left(void **state)
{
    (void)state;
    double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    holm_adjust(p, 5);
    assert_close(p[0], 0.03, 1e-12);
    assert_close(p[1], 0.06, 1e-12);
    assert_missing(p[2]);
    assert_close(p[3], 0.06, 1e-12);
    assert_close(p[4], 0.02, 1e-12);
}

static void test_holm_never_exceeds_one(void **state)
{
    (void)state;
    double p[] = {0.7, 0.9};
    holm_adjust(p, 2);
    assert_close(p[0], 1, 0);
    assert_close(p[1], 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_leaves_out_what_is_missing),
        cmocka_unit_test(test_interval_of_five_values_is_that_of_the_table),
        cmocka_unit_test(test_probability_with_two_degrees_of_freedom_is_the_closed_form),
        cmocka_unit_test(test_sectioning_measures_the_spread_around_the_estimate),
        cmocka_unit_test(test_one_value_has_no_interval),
        cmocka_unit_test(test_equal_values_have_an_interval_of_no_width),
        cmocka_unit_test(test_intervals_cover_the_truth_95_times_in_100),
        cmocka_unit_test(test_shares_have_exact_intervals),
        cmocka_unit_test(test_a_trend_is_correlation_between_neighbours),
        cmocka_unit_test(test_correlation_of_few_or_missing_values_is_not_judged),
        cmocka_unit_test(test_independent_batches_are_flagged_one_time_in_twenty),
        cmocka_unit_test(test_mser_cuts_where_the_rest_is_known_best),
        cmocka_unit_test(test_holm_multiplies_by_the_number_of_those_left),
        cmocka_unit_test(test_holm_never_exceeds_one),
    };
    return cmocka_run_group_tests_name("reports/statistics", tests, NULL, NULL);
}
