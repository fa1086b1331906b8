#include "sim/histogram.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "sim/rng.h"
#include "tests/support/close_to.h"

#define ERROR_MAX                                                                                  \
    (1.0 / 256) /* half a bucket of 128 to a doubling, relative to its lowest value                \
                 */

static void record_all(Histogram *histogram, const SimTime *values, size_t count)
{
    histogram_init(histogram);
    for (size_t i = 0; i < count; i++)
        histogram_record(histogram, values[i]);
}

/* Of all magnitudes: about as many values in each doubling. */
static SimTime *random_values(size_t count, uint64_t key)
{
    SimTime *values = g_new(SimTime, count);
    for (size_t i = 0; i < count; i++)
        values[i] = (SimTime)(sim_mix(key, 2 * i) >> (1 + sim_mix(key, 2 * i + 1) % 63));
    return values;
}

static int compare_times(const void *left, const void *right)
{
    SimTime a = *(const SimTime *)left, b = *(const SimTime *)right;
    return (a > b) - (a < b);
}

static void test_an_empty_histogram_has_no_statistics(void **state)
{
    (void)state;
    Histogram histogram;
    histogram_init(&histogram);
    assert_missing(histogram_percentile(&histogram, 0.5));
    assert_missing(histogram_mean(&histogram));
    assert_missing(histogram_stddev(&histogram));
    assert_int_equal(histogram_count_at_most(&histogram, SIM_TIME_NEVER), 0);
    histogram_record(&histogram, 5);
    assert_missing(histogram_stddev(&histogram));
    histogram_clear(&histogram);
}

static void test_a_single_value_is_exact_at_every_percentile(void **state)
{
    (void)state;
    static const SimTime values[] = {0,
                                     1,
                                     127,
                                     128,
                                     255,
                                     256,
                                     257,
                                     SIM_TIME_MS,
                                     INT64_MAX,
                                     INT64_MAX - 1,
                                     999999,
                                     1 << 20,
                                     SIM_TIME_LONGEST};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        Histogram histogram;
        record_all(&histogram, &values[i], 1);
        assert_close(histogram_percentile(&histogram, 0.001), (double)values[i], 0);
        assert_close(histogram_percentile(&histogram, 1), (double)values[i], 0);
        assert_close(histogram_mean(&histogram), (double)values[i], 0);
        assert_true(histogram.min == values[i] && histogram.max == values[i]);
        histogram_clear(&histogram);
    }
}

static void test_values_below_256_ns_are_exact(void **state)
{
    (void)state;
    SimTime values[256];
    for (int i = 0; i < 256; i++)
        values[i] = i;
    Histogram histogram;
    record_all(&histogram, values, 256);
    for (int rank = 1; rank <= 256; rank++)
        assert_close(histogram_percentile(&histogram, rank / 256.0), rank - 1, 0);
    histogram_clear(&histogram);
}

/* The value stands between a smaller and a larger one, so that the clamp to them does not help. */
static void test_a_bucket_is_within_its_error_of_every_value_in_it(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    g_autofree SimTime *values = random_values(MANY, 1);
    Histogram histogram;
    histogram_init(&histogram);
    for (size_t i = 0; i < MANY; i++) {
        histogram_reset(&histogram);
        histogram_record(&histogram, 0);
        histogram_record(&histogram, values[i]);
        histogram_record(&histogram, INT64_MAX);
        assert_close(histogram_percentile(&histogram, 0.5), (double)values[i], ERROR_MAX);
    }
    histogram_clear(&histogram);
}

static void assert_nearest_ranks(const SimTime *sorted, size_t count, const Histogram *histogram)
{
    for (int thousandth = 1; thousandth <= 1000; thousandth++) {
        size_t rank = ((size_t)thousandth * count + 999) / 1000;
        double value = histogram_percentile(histogram, thousandth / 1000.0);
        assert_close(value, (double)sorted[rank - 1], ERROR_MAX);
    }
}

static void test_a_percentile_is_that_of_the_sorted_list_at_the_nearest_rank(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 7, 10, 99, 100, 101, 999, 1000, 1001, 100000};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree SimTime *values = random_values(counts[i], 2 + i);
        Histogram histogram;
        record_all(&histogram, values, counts[i]);
        qsort(values, counts[i], sizeof *values, compare_times);
        assert_nearest_ranks(values, counts[i], &histogram);
        assert_true(histogram.min == values[0] && histogram.max == values[counts[i] - 1]);
        histogram_clear(&histogram);
    }
}

/* 0.07 * 100 is 7.000000000000001 in doubles; its rank is 7 all the same. */
static void test_rounding_does_not_lift_a_rank(void **state)
{
    (void)state;
    SimTime values[100];
    for (int i = 0; i < 100; i++)
        values[i] = i + 1;
    Histogram histogram;
    record_all(&histogram, values, 100);
    for (int percent = 1; percent <= 100; percent++)
        assert_close(histogram_percentile(&histogram, percent / 100.0), percent, 0);
    histogram_clear(&histogram);
}

static void assert_same(const Histogram *left, const Histogram *right)
{
    assert_true(left->count == right->count);
    assert_true(left->sum == right->sum);
    assert_true(left->sum_squares == right->sum_squares);
    assert_true(left->min == right->min && left->max == right->max);
    for (int thousandth = 1; thousandth <= 1000; thousandth++)
        assert_true(histogram_percentile(left, thousandth / 1000.0) ==
                    histogram_percentile(right, thousandth / 1000.0));
}

static void test_merging_is_recording_all_whatever_the_order(void **state)
{
    (void)state;
    enum { PARTS = 5, EACH = 1000 };
    g_autofree SimTime *values = random_values(PARTS * EACH, 3);
    Histogram all, upwards, downwards, parts[PARTS];
    record_all(&all, values, PARTS * EACH);
    histogram_init(&upwards);
    histogram_init(&downwards);
    for (size_t i = 0; i < PARTS; i++)
        record_all(&parts[i], values + i * EACH, EACH);
    for (size_t i = 0; i < PARTS; i++) {
        histogram_merge(&upwards, &parts[i]);
        histogram_merge(&downwards, &parts[PARTS - 1 - i]);
    }
    assert_same(&all, &upwards);
    assert_same(&all, &downwards);
    for (size_t i = 0; i < PARTS; i++)
        histogram_clear(&parts[i]);
    histogram_clear(&all);
    histogram_clear(&upwards);
    histogram_clear(&downwards);
}

static void test_merging_an_empty_one_changes_nothing(void **state)
{
    (void)state;
    static const SimTime values[] = {5, 1000, 70000};
    Histogram histogram, empty, copy;
    record_all(&histogram, values, 3);
    record_all(&copy, values, 3);
    histogram_init(&empty);
    histogram_merge(&histogram, &empty);
    assert_same(&histogram, &copy);
    histogram_merge(&empty, &copy);
    assert_same(&empty, &copy);
    histogram_clear(&histogram);
    histogram_clear(&empty);
    histogram_clear(&copy);
}

static void test_a_reset_histogram_is_an_empty_one(void **state)
{
    (void)state;
    static const SimTime values[] = {3, 1000, SIM_TIME_S};
    Histogram histogram, fresh;
    record_all(&histogram, values, 3);
    histogram_reset(&histogram);
    assert_missing(histogram_percentile(&histogram, 0.5));
    histogram_record(&histogram, 77);
    record_all(&fresh, &(SimTime){77}, 1);
    assert_same(&histogram, &fresh);
    histogram_clear(&histogram);
    histogram_clear(&fresh);
}

static void test_mean_and_deviation_are_those_of_the_values(void **state)
{
    (void)state;
    static const SimTime values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    Histogram histogram;
    record_all(&histogram, values, G_N_ELEMENTS(values));
    assert_close(histogram_mean(&histogram), 5, 0);
    assert_close(histogram_stddev(&histogram), sqrt(32.0 / 7), 1e-15);
    histogram_clear(&histogram);
}

/* A year, and a year less 2 ns: squares of 30 digits that differ in their last 15. */
static void test_a_small_deviation_of_large_values_is_not_lost(void **state)
{
    (void)state;
    Histogram histogram;
    histogram_init(&histogram);
    for (int i = 0; i < 1000; i++)
        histogram_record(&histogram, SIM_TIME_LONGEST / 10 - i % 2 * 2);
    assert_close(histogram_stddev(&histogram), sqrt(1000.0 / 999), 1e-12);
    histogram_clear(&histogram);
}

static void test_equal_values_deviate_by_nothing(void **state)
{
    (void)state;
    Histogram histogram;
    histogram_init(&histogram);
    for (int i = 0; i < 1000; i++)
        histogram_record(&histogram, INT64_C(123456789123457));
    assert_close(histogram_stddev(&histogram), 0, 0);
    histogram_clear(&histogram);
}

/* Upper bounds of buckets: every value below 256, then 1 less than a multiple of the width. */
static void test_a_count_up_to_a_buckets_bound_is_exact(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    g_autofree SimTime *values = random_values(MANY, 4);
    Histogram histogram;
    record_all(&histogram, values, MANY);
    for (unsigned shift = 0; shift < 56; shift++) {
        for (uint64_t step = 129; step <= 256; step += 17) {
            SimTime bound = (SimTime)((step << shift) - 1);
            uint64_t expected = 0;
            for (size_t i = 0; i < MANY; i++)
                expected += values[i] <= bound;
            assert_int_equal(histogram_count_at_most(&histogram, bound), expected);
        }
    }
    assert_int_equal(histogram_count_at_most(&histogram, -1), 0);
    assert_int_equal(histogram_count_at_most(&histogram, SIM_TIME_NEVER), MANY);
    histogram_clear(&histogram);
}

static void test_sums_beyond_64_bits_are_exact(void **state)
{
    (void)state;
    Histogram histogram;
    histogram_init(&histogram);
    for (int i = 0; i < 1000; i++)
        histogram_record(&histogram, SIM_TIME_LONGEST);
    assert_true(histogram.sum == (__int128)SIM_TIME_LONGEST * 1000);
    assert_close(histogram_mean(&histogram), (double)SIM_TIME_LONGEST, 1e-15);
    assert_close(histogram_stddev(&histogram), 0, 0);
    histogram_clear(&histogram);
}

static void test_a_deviation_whose_squares_do_not_fit_is_missing(void **state)
{
    (void)state;
    Histogram histogram;
    histogram_init(&histogram);
    for (int i = 0; i < 10000; i++)
        histogram_record(&histogram, SIM_TIME_LONGEST);
    assert_missing(histogram_stddev(&histogram));
    histogram_clear(&histogram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_histogram_has_no_statistics),
        cmocka_unit_test(test_a_single_value_is_exact_at_every_percentile),
        cmocka_unit_test(test_values_below_256_ns_are_exact),
        cmocka_unit_test(test_a_bucket_is_within_its_error_of_every_value_in_it),
        cmocka_unit_test(test_a_percentile_is_that_of_the_sorted_list_at_the_nearest_rank),
        cmocka_unit_test(test_rounding_does_not_lift_a_rank),
        cmocka_unit_test(test_merging_is_recording_all_whatever_the_order),
        cmocka_unit_test(test_merging_an_empty_one_changes_nothing),
        cmocka_unit_test(test_a_reset_histogram_is_an_empty_one),
        cmocka_unit_test(test_mean_and_deviation_are_those_of_the_values),
        cmocka_unit_test(test_a_small_deviation_of_large_values_is_not_lost),
        cmocka_unit_test(test_equal_values_deviate_by_nothing),
        cmocka_unit_test(test_a_count_up_to_a_buckets_bound_is_exact),
        cmocka_unit_test(test_sums_beyond_64_bits_are_exact),
        cmocka_unit_test(test_a_deviation_whose_squares_do_not_fit_is_missing),
    };
    return cmocka_run_group_tests_name("sim/histogram", tests, NULL, NULL);
}
