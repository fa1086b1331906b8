#include "reports/columns.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

static const CompareRow *find(const GArray *rows, uint32_t variant, const char *metric)
{
    const CompareRow *row = compare_find(rows, variant, SCOPE_WORKLOAD, "users", PHASE_ALL, metric);
    assert_non_null(row);
    return row;
}

/* Latencies that vary a lot from replication to replication, by chances that both designs meet. */
static const double luck[] = {100, 140, 90, 170, 120};
#define PAIRS G_N_ELEMENTS(luck)

static SmallStudy *paired_study(const double added[PAIRS])
{
    SmallStudy *small = small_study_new(2);
    for (uint32_t i = 0; i < PAIRS; i++) {
        small_study_constant_run(small, 0, i, luck[i], 20);
        small_study_constant_run(small, 1, i, luck[i] + added[i], 20);
    }
    return small;
}

static void test_a_difference_is_judged_by_pairs(void **state)
{
    (void)state;
    const double added[PAIRS] = {10, 11, 9, 10, 10};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "mean_ms");
    assert_close(row->difference, 10, 1e-9);
    /* s^2 = 0.5, t(0.975; 4) = 2.776445; the replications themselves are 30 apart */
    assert_close(row->difference_high - 10, 2.776445 * sqrt(0.5 / 5), 1e-6);
    assert_int_equal(row->pairs, 5);
    assert_int_equal(row->verdict, VERDICT_WORSE);
    assert_close(row->ratio, 134.0 / 124, 1e-12);
    assert_true(row->ratio_low < row->ratio && row->ratio < row->ratio_high);
    small_study_free(small);
}

static void test_shorter_latencies_are_better(void **state)
{
    (void)state;
    const double added[PAIRS] = {-30, -31, -29, -30, -30};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    assert_int_equal(find(rows, 1, "p99_ms")->verdict, VERDICT_BETTER);
    small_study_free(small);
}

static void test_differences_within_two_per_cent_are_equivalent_even_when_sure(void **state)
{
    (void)state;
    const double added[PAIRS] = {1, 1, 1, 1, 1};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "mean_ms");
    assert_true(row->p_adjusted < 0.05);
    assert_int_equal(row->verdict, VERDICT_EQUIVALENT);
    assert_int_equal(find(rows, 1, "availability_ratio")->verdict, VERDICT_EQUIVALENT);
    small_study_free(small);
}

/* The differences are 8 % of the baseline, sure to 0.3 %. */
static void test_the_margin_of_equivalence_can_be_set(void **state)
{
    (void)state;
    const double added[PAIRS] = {10, 10.1, 9.9, 10, 10};
    SmallStudy *small = paired_study(added);
    study_set_equivalence(small->study, 0.1);
    g_autoptr(GArray) rows = study_compare(small->study);
    assert_int_equal(find(rows, 1, "mean_ms")->verdict, VERDICT_EQUIVALENT);
    study_set_equivalence(small->study, 0.07);
    g_autoptr(GArray) stricter = study_compare(small->study);
    assert_int_equal(find(stricter, 1, "mean_ms")->verdict, VERDICT_WORSE);
    small_study_free(small);
}

/* The luck has the variance 1,030; what is added +-2, and differences the variance 5 alone. */
static void test_what_pairing_spares_is_told(void **state)
{
    (void)state;
    const double added[PAIRS] = {12, 8, 12, 8, 10};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "mean_ms");
    double sum = 0, squares = 0;
    for (size_t i = 0; i < PAIRS; i++) {
        sum += luck[i] + added[i];
        squares += (luck[i] + added[i]) * (luck[i] + added[i]);
    }
    double design = (squares - sum * sum / PAIRS) / (PAIRS - 1);
    assert_close(row->variance_reduction, (1030 + design) / 4, 1e-9);
    assert_true(row->variance_reduction > 400);
    assert_missing(find(rows, 1, "availability_ratio")->variance_reduction);
    small_study_free(small);
}

static void test_noise_is_undecided(void **state)
{
    (void)state;
    const double added[PAIRS] = {50, -40, 30, -60, 35};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    assert_int_equal(find(rows, 1, "mean_ms")->verdict, VERDICT_UNDECIDED);
    small_study_free(small);
}

static void test_metrics_without_a_better_side_get_no_verdict(void **state)
{
    (void)state;
    const double added[PAIRS] = {0, 0, 0, 0, 0};
    SmallStudy *small = paired_study(added);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "offered");
    assert_int_equal(row->verdict, VERDICT_NONE);
    assert_missing(row->p_adjusted);
    small_study_free(small);
}

static void test_one_replication_decides_nothing(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    small_study_constant_run(small, 0, 0, 10, 20);
    small_study_constant_run(small, 1, 0, 90, 20);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "mean_ms");
    assert_close(row->difference, 80, 1e-9);
    assert_missing(row->difference_low);
    assert_int_equal(row->verdict, VERDICT_UNDECIDED);
    small_study_free(small);
}

static void test_single_runs_are_paired_by_batches(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    double base[40], slow[40];
    for (int i = 0; i < 40; i++) {
        base[i] = 10 + i % 7;
        slow[i] = base[i] + 5;
    }
    small_study_run(small, 0, 0, RECORDER_BATCHES, base, 40);
    small_study_run(small, 1, 0, RECORDER_BATCHES, slow, 40);
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "mean_ms");
    assert_int_equal(row->pairs, 20);
    assert_close(row->difference_low, 5, 1e-6);
    assert_int_equal(row->verdict, VERDICT_WORSE);
    small_study_free(small);
}

/* All of one bucket, [100.139008, 100.663295]: which design is faster cannot be told. */
static void test_percentiles_in_one_bucket_do_not_differ_for_sure(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    const double latencies[] = {100.2, 100.6};
    for (uint32_t i = 0; i < 4; i++) {
        small_study_run(small, 0, i, 0, latencies, 2);
        small_study_run(small, 1, i, 0, latencies, 2);
    }
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "p50_ms");
    assert_close(row->difference, 0, 0);
    assert_close(row->difference_low, -0.4, 1e-9);
    assert_close(row->difference_high, 0.4, 1e-9);
    assert_close(row->ratio_high, 100.6 / 100.2, 1e-9);
    assert_close(row->p, 1, 0);
    small_study_free(small);
}

static void test_replications_that_one_design_lacks_make_no_pair(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    for (uint32_t i = 0; i < 4; i++)
        small_study_constant_run(small, 0, i, luck[i], 20);
    for (uint32_t i = 1; i < 3; i++)
        small_study_constant_run(small, 1, i, luck[i], 20);
    g_autoptr(GArray) rows = study_compare(small->study);
    assert_int_equal(find(rows, 1, "mean_ms")->pairs, 2);
    small_study_free(small);
}

/* The headline metrics of both designs are corrected together: at most ten. */
static void test_the_printed_figures_are_corrected_together(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(3);
    for (uint32_t i = 0; i < PAIRS; i++) {
        small_study_constant_run(small, 0, i, luck[i], 20);
        small_study_constant_run(small, 1, i, luck[i] + 10 + i, 20);
        small_study_constant_run(small, 2, i, luck[i] + (i % 2 == 0 ? 30 : -25), 20);
    }
    g_autoptr(GArray) rows = study_compare(small->study);
    const CompareRow *row = find(rows, 1, "p99_ms");
    assert_true(row->p_adjusted >= 8 * row->p);
    assert_true(row->p_adjusted <= 10 * row->p + 1e-12);
    small_study_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_difference_is_judged_by_pairs),
        cmocka_unit_test(test_shorter_latencies_are_better),
        cmocka_unit_test(test_differences_within_two_per_cent_are_equivalent_even_when_sure),
        cmocka_unit_test(test_the_margin_of_equivalence_can_be_set),
        cmocka_unit_test(test_what_pairing_spares_is_told),
        cmocka_unit_test(test_noise_is_undecided),
        cmocka_unit_test(test_metrics_without_a_better_side_get_no_verdict),
        cmocka_unit_test(test_one_replication_decides_nothing),
        cmocka_unit_test(test_single_runs_are_paired_by_batches),
        cmocka_unit_test(test_percentiles_in_one_bucket_do_not_differ_for_sure),
        cmocka_unit_test(test_replications_that_one_design_lacks_make_no_pair),
        cmocka_unit_test(test_the_printed_figures_are_corrected_together),
    };
    return cmocka_run_group_tests_name("reports/compare", tests, NULL, NULL);
}
