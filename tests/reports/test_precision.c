#include "reports/precision.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

static GArray *metrics_of(const char *const *texts)
{
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(MetricRef));
    g_array_set_clear_func(metrics, (GDestroyNotify)metric_ref_clear);
    for (; *texts != NULL; texts++) {
        MetricRef ref;
        assert_null(metric_ref_parse(&ref, *texts));
        g_array_append_val(metrics, ref);
    }
    return metrics;
}

static Precision judge(const SmallStudy *small, const char *metric, double asked)
{
    g_autoptr(GArray) metrics = metrics_of((const char *const[]){metric, NULL});
    return precision_judge(small->study, metrics, asked);
}

/* 98, 100 and 102 requests: mean 100, s = 2, half-width h = 4.302653 * 2 / sqrt(3) = 4.968276. */
static SmallStudy *near_a_hundred(void)
{
    SmallStudy *small = small_study_new(1);
    for (uint32_t i = 0; i < 3; i++)
        small_study_constant_run(small, 0, i, 50, 98 + 2 * i);
    return small;
}

static void test_the_error_is_relative_to_the_truth(void **state)
{
    (void)state;
    SmallStudy *small = near_a_hundred();
    Precision precision = judge(small, "workload/users.offered", 0.05);
    assert_close(precision.worst, 4.968276 / (100 - 4.968276), 1e-6);
    assert_false(precision.is_reached); /* although h is below 5 % of the estimate */
    precision_clear(&precision);
    precision = judge(small, "workload/users.offered", 0.053);
    assert_true(precision.is_reached);
    assert_int_equal(precision.replications, 3);
    precision_clear(&precision);
    small_study_free(small);
}

static void test_the_worst_of_all_designs_and_metrics_counts(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    for (uint32_t i = 0; i < 3; i++) {
        small_study_constant_run(small, 0, i, 50, 98 + 2 * i);
        small_study_constant_run(small, 1, i, 50, 90 + 10 * i);
    }
    const char *const texts[] = {"workload/users.mean_ms", "workload/users.offered",
                                 "workload/users.availability_ratio", NULL};
    g_autoptr(GArray) metrics = metrics_of(texts);
    Precision precision = precision_judge(small->study, metrics, 0.1);
    assert_string_equal(precision.metric, "workload/users.offered");
    assert_int_equal(precision.variant, 1);
    /* h = 24.84 */
    assert_close(precision.worst, 24.84138 / (100 - 24.84138), 1e-6);
    precision_clear(&precision);
    small_study_free(small);
}

static void test_a_percentile_of_few_samples_is_never_precise(void **state)
{
    (void)state;
    SmallStudy *small = near_a_hundred();
    Precision precision = judge(small, "workload/users.p99_ms", 0.9);
    assert_true(precision.is_from_few);
    assert_false(precision.is_reached);
    g_autofree char *words = precision_words(small->study, &precision);
    assert_string_equal(words,
                        "precision of 90 % not reached after 3 replications: too few samples "
                        "stand behind workload/users.p99_ms of base");
    precision_clear(&precision);
    small_study_free(small);
}

static void test_what_was_not_measured_is_not_precise(void **state)
{
    (void)state;
    SmallStudy *small = near_a_hundred();
    Precision precision = judge(small, "workload/users/pay.charge.mean_ms", 0.5);
    assert_null(precision.metric);
    assert_false(precision.is_reached);
    precision_clear(&precision);
    small_study_free(small);
}

static void test_a_zero_that_does_not_vary_is_precise_and_one_that_does_is_not(void **state)
{
    (void)state;
    SmallStudy *small = near_a_hundred();
    Precision precision = judge(small, "workload/users.failed", 0.01);
    assert_true(precision.is_reached);
    assert_close(precision.worst, 0, 0);
    precision_clear(&precision);
    small_study_constant_run(small, 0, 3, 50, 3000);
    precision = judge(small, "workload/users.offered", 0.99);
    assert_true(isinf(precision.worst)); /* the half-width is above the mean */
    assert_false(precision.is_reached);
    precision_clear(&precision);
    small_study_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_error_is_relative_to_the_truth),
        cmocka_unit_test(test_the_worst_of_all_designs_and_metrics_counts),
        cmocka_unit_test(test_a_percentile_of_few_samples_is_never_precise),
        cmocka_unit_test(test_what_was_not_measured_is_not_precise),
        cmocka_unit_test(test_a_zero_that_does_not_vary_is_precise_and_one_that_does_is_not),
    };
    return cmocka_run_group_tests_name("reports/precision", tests, NULL, NULL);
}
