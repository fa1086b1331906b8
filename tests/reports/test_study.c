#include "reports/columns.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

#define BUCKET 0.004

static Estimate estimate_of(const SmallStudy *small, uint32_t variant, const char *name,
                            const char *metric)
{
    Estimate estimate;
    assert_true(
        study_estimate(small->study, variant, SCOPE_WORKLOAD, name, PHASE_ALL, metric, &estimate));
    return estimate;
}

static void test_a_mean_is_that_of_the_replications(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 100);
    small_study_constant_run(small, 0, 1, 20, 10);
    small_study_constant_run(small, 0, 2, 30, 10);
    Estimate estimate = estimate_of(small, 0, "users", "mean_ms");
    assert_close(estimate.value, 20, 1e-12);
    /* s = 10, t(0.975; 2) = 4.302653 */
    assert_close(estimate.high - estimate.low, 2 * 4.302653 * 10 / sqrt(3), 1e-6);
    assert_int_equal(estimate.replications, 3);
    assert_int_equal(estimate.observations, 120);
    assert_int_equal(estimate.method, INTERVAL_T);
    small_study_free(small);
}

static void test_a_percentile_is_that_of_all_samples_together(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 100);
    small_study_constant_run(small, 0, 1, 20, 10);
    small_study_constant_run(small, 0, 2, 30, 10);
    Estimate estimate = estimate_of(small, 0, "users", "p50_ms");
    assert_close(estimate.value, 10, BUCKET);
    assert_int_equal(estimate.method, INTERVAL_SECTIONING);
    /* around 10: (0 + 100 + 400) / 2 / 3 */
    assert_close(estimate.high - estimate.value, 4.302653 * sqrt(500 / 6.0), 2 * BUCKET);
    small_study_free(small);
}

static void test_the_whole_shares_the_samples_of_its_only_part(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small->shops[0]->workloads[0].site_count = 1;
    small_study_constant_run(small, 0, 0, 10, 100);
    small_study_constant_run(small, 0, 1, 20, 100);
    assert_close(estimate_of(small, 0, "users", "p99_ms").value, 20, BUCKET);
    assert_close(estimate_of(small, 0, "users/front.home", "p99_ms").value, 20, BUCKET);
    small_study_free(small);
}

static void test_a_percentile_with_fewer_than_100_beyond_it_is_marked(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 5000);
    small_study_constant_run(small, 0, 1, 10, 4999);
    assert_true(estimate_of(small, 0, "users", "p99_ms").is_from_few);
    assert_false(estimate_of(small, 0, "users", "p95_ms").is_from_few);
    assert_false(estimate_of(small, 0, "users", "mean_ms").is_from_few);
    small_study_constant_run(small, 0, 2, 10, 1);
    assert_false(estimate_of(small, 0, "users", "p99_ms").is_from_few);
    small_study_free(small);
}

/* Latencies of 1 and 201 ms in turn, around a middle that the replication moves by +-d ms: the
 * samples have the variance 10,000 and more, the means d^2 * 4 / 3, and 1,500 samples in each are
 * worth 10,000 / (d^2 * 4 / 3). */
static void run_around(SmallStudy *small, double d)
{
    double latencies[1500];
    for (uint32_t replication = 0; replication < 4; replication++) {
        for (int i = 0; i < 1500; i++)
            latencies[i] = 1 + d + 200 * (i % 2) + (replication % 2 == 0 ? d : -d);
        small_study_run(small, 0, replication, 0, latencies, 1500);
    }
}

static void test_samples_that_depend_on_each_other_count_for_few(void **state)
{
    (void)state;
    SmallStudy *alike = small_study_new(1), *unlike = small_study_new(1);
    run_around(alike, 1);   /* worth 7,500: of p90 750 are beyond, of p95 375 */
    run_around(unlike, 20); /* worth 19: of p90 1.9 are beyond, in all they are 76 */
    assert_false(estimate_of(alike, 0, "users", "mean_ms").is_from_few);
    assert_false(estimate_of(alike, 0, "users", "p90_ms").is_from_few);
    assert_true(estimate_of(unlike, 0, "users", "mean_ms").is_from_few);
    assert_true(estimate_of(unlike, 0, "users", "p90_ms").is_from_few);
    assert_false(estimate_of(unlike, 0, "users", "p50_ms").is_from_few);
    assert_false(estimate_of(unlike, 0, "users", "offered").is_from_few);
    small_study_free(alike);
    small_study_free(unlike);
}

static void test_one_replication_without_batches_has_no_interval(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 100);
    Estimate estimate = estimate_of(small, 0, "users", "mean_ms");
    assert_close(estimate.value, 10, 1e-12);
    assert_missing(estimate.low);
    assert_int_equal(estimate.method, INTERVAL_NONE);
    small_study_free(small);
}

static void test_one_replication_is_judged_by_its_batches(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    double latencies[40];
    for (int i = 0; i < 40; i++) /* two to a batch: the batch means are 1, 2, ..., 20 */
        latencies[i] = 1 + i / 2;
    small_study_run(small, 0, 0, RECORDER_BATCHES, latencies, 40);
    Estimate estimate = estimate_of(small, 0, "users", "mean_ms");
    assert_close(estimate.value, 10.5, 1e-12);
    assert_int_equal(estimate.method, INTERVAL_BATCH_MEANS);
    assert_int_equal(estimate.replications, 20);
    /* s^2 = 35, t(0.975; 19) = 2.093024 */
    assert_close(estimate.high - 10.5, 2.093024 * sqrt(35.0 / 20), 1e-6);
    Estimate offered = estimate_of(small, 0, "users", "offered");
    assert_close(offered.value, 40, 0);
    assert_close(offered.low, 40, 1e-12);
    small_study_free(small);
}

/* Latencies that rise all along, and those that go up and down. */
static void test_batches_that_depend_on_each_other_are_marked(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    double rising[40], swinging[40];
    for (int i = 0; i < 40; i++) {
        rising[i] = 1 + i / 2;
        swinging[i] = 1 + i / 2 % 2;
    }
    small_study_run(small, 0, 0, RECORDER_BATCHES, rising, 40);
    small_study_run(small, 1, 0, RECORDER_BATCHES, swinging, 40);
    Estimate estimate = estimate_of(small, 0, "users", "p99_ms");
    assert_true(estimate.is_correlated);
    assert_string_equal(estimate_flag(&estimate), "few_samples correlated_batches");
    estimate.is_from_few = false;
    assert_string_equal(estimate_flag(&estimate), "correlated_batches");
    assert_false(estimate_of(small, 1, "users", "mean_ms").is_correlated);
    assert_false(estimate_of(small, 0, "users", "offered").is_correlated);
    small_study_free(small);
}

/* One bucket lasts from 100.139008 to 100.663295 ms: every replication's median is its middle. */
static void test_replications_in_one_bucket_are_not_taken_for_equal(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    const double latencies[] = {100.2, 100.3, 250};
    for (uint32_t i = 0; i < 4; i++)
        small_study_run(small, 0, i, 0, latencies, 3);
    Estimate estimate = estimate_of(small, 0, "users", "p50_ms");
    assert_close(estimate.value, (100.139008 + 100.663295) / 2, 1e-9);
    assert_close(estimate.low, 100.2, 1e-9); /* no value is smaller */
    assert_close(estimate.high, 100.663295, 1e-9);
    small_study_free(small);
}

static void test_the_order_of_adding_does_not_matter(void **state)
{
    (void)state;
    SmallStudy *one = small_study_new(1), *other = small_study_new(1);
    for (uint32_t i = 0; i < 4; i++) {
        small_study_constant_run(one, 0, i, 10 + 7 * i, 50 + i);
        small_study_constant_run(other, 0, 3 - i, 10 + 7 * (3 - i), 50 + (3 - i));
    }
    static const char *const metrics[] = {"mean_ms", "p99_ms", "stddev_ms", "offered_rps"};
    for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++) {
        Estimate a = estimate_of(one, 0, "users", metrics[i]);
        Estimate b = estimate_of(other, 0, "users", metrics[i]);
        assert_memory_equal(&a.value, &b.value, sizeof a.value);
        assert_memory_equal(&a.low, &b.low, sizeof a.low);
    }
    small_study_free(one);
    small_study_free(other);
}

static void test_a_missing_replication_is_left_out(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 10);
    small_study_constant_run(small, 0, 3, 20, 10);
    Estimate estimate = estimate_of(small, 0, "users", "mean_ms");
    assert_close(estimate.value, 15, 1e-12);
    assert_int_equal(estimate.replications, 2);
    assert_int_equal(study_replication_count(small->study, 0), 4);
    assert_null(study_run(small->study, 0, 1));
    small_study_free(small);
}

static void test_what_does_not_exist_is_not_found(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    Estimate estimate;
    assert_false(
        study_estimate(small->study, 0, SCOPE_WORKLOAD, "users", PHASE_ALL, "mean_ms", &estimate));
    small_study_constant_run(small, 0, 0, 10, 10);
    assert_false(
        study_estimate(small->study, 0, SCOPE_WORKLOAD, "nobody", PHASE_ALL, "mean_ms", &estimate));
    assert_false(
        study_estimate(small->study, 0, SCOPE_WORKLOAD, "users", PHASE_ALL, "calls", &estimate));
    assert_false(study_estimate(small->study, 0, SCOPE_WORKLOAD, "users", PHASE_DURING, "mean_ms",
                                &estimate));
    small_study_free(small);
}

static void test_percentiles_rise(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    double latencies[1000];
    for (int i = 0; i < 1000; i++)
        latencies[i] = 1 + i;
    small_study_run(small, 0, 0, 0, latencies, 1000);
    double last = 0;
    for (int i = 0; i < STUDY_PERCENTILES; i++) {
        Estimate estimate = study_percentile(small->study, 0, 0, i);
        assert_close(estimate.value, ceil(study_percentiles[i] * 1000), BUCKET);
        assert_true(estimate.value >= last);
        last = estimate.value;
    }
    small_study_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_mean_is_that_of_the_replications),
        cmocka_unit_test(test_a_percentile_is_that_of_all_samples_together),
        cmocka_unit_test(test_the_whole_shares_the_samples_of_its_only_part),
        cmocka_unit_test(test_a_percentile_with_fewer_than_100_beyond_it_is_marked),
        cmocka_unit_test(test_samples_that_depend_on_each_other_count_for_few),
        cmocka_unit_test(test_one_replication_without_batches_has_no_interval),
        cmocka_unit_test(test_one_replication_is_judged_by_its_batches),
        cmocka_unit_test(test_batches_that_depend_on_each_other_are_marked),
        cmocka_unit_test(test_replications_in_one_bucket_are_not_taken_for_equal),
        cmocka_unit_test(test_the_order_of_adding_does_not_matter),
        cmocka_unit_test(test_a_missing_replication_is_left_out),
        cmocka_unit_test(test_what_does_not_exist_is_not_found),
        cmocka_unit_test(test_percentiles_rise),
    };
    return cmocka_run_group_tests_name("reports/study", tests, NULL, NULL);
}
