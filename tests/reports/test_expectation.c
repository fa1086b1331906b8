#include "reports/expectation.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

/* --- reading */

typedef struct Written {
    const char *text, *design, *name;
    Relation relation;
    double number;
    const char *other;
} Written;

static void assert_same(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

static void test_expectations_are_read_as_they_are_meant(void **state)
{
    (void)state;
    static const Written written[] = {
        {"workload/w.p99_ms < 300", NULL, "w", RELATION_LESS, 300, NULL},
        {"base: workload/w.p99_ms <= 3e2", "base", "w", RELATION_AT_MOST, 300, NULL},
        {" a: b:link/x -> y.failed > -1 ", "a: b", "x -> y", RELATION_MORE, -1, NULL},
        {"async: system.availability_ratio >= base", "async", "*", RELATION_AT_LEAST, 1, "base"},
        {"system.p99_ms < 1.1 * base", NULL, "*", RELATION_LESS, 1.1, "base"},
        {"system.p99_ms < 2*my design", NULL, "*", RELATION_LESS, 2, "my design"},
        {"system.p99_ms < 2x", NULL, "*", RELATION_LESS, 1, "2x"},
        {"workload/a < b.p99_ms < 5", NULL, "a < b", RELATION_LESS, 5, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        Expectation expectation;
        g_autofree char *problem = expectation_parse(&expectation, written[i].text);
        if (problem != NULL)
            fail_msg("%s: %s", written[i].text, problem);
        assert_same(expectation.design, written[i].design);
        assert_string_equal(expectation.metric.name, written[i].name);
        assert_int_equal(expectation.relation, written[i].relation);
        assert_close(expectation.number, written[i].number, 0);
        assert_same(expectation.other, written[i].other);
        expectation_clear(&expectation);
    }
}

static void test_what_is_no_expectation_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "<",
        " < 3",
        "system.p99_ms",
        "system.p99_ms<3",
        "system.p99_ms = 3",
        "system.p99_ms < ",
        "system.p99_ms < 2 * ",
        "3 < system.p99_ms",
        "base: < 3",
        "base: system.p9_ms < 3",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        Expectation expectation;
        g_autofree char *problem = expectation_parse(&expectation, wrong[i]);
        if (problem == NULL)
            fail_msg("\"%s\" was taken", wrong[i]);
    }
}

/* --- judging: replications of 10, 20 and 30 ms have a mean of 20 and, with s = 10 and
 * t(0.975; 2) = 4.302653, an interval from -4.84 to 44.84 */

static SmallStudy *three_runs(void)
{
    SmallStudy *small = small_study_new(2);
    for (uint32_t i = 0; i < 3; i++) {
        small_study_constant_run(small, 0, i, 10 + 10 * i, 20);
        small_study_constant_run(small, 1, i, 15 + 10 * i, 20);
    }
    return small;
}

static ExpectationResult judge(const SmallStudy *small, uint32_t variant, const char *text)
{
    Expectation expectation;
    assert_null(expectation_parse(&expectation, text));
    ExpectationResult result = expectation_judge(&expectation, small->study, variant, 0);
    expectation_clear(&expectation);
    return result;
}

static void assert_judgement(const SmallStudy *small, uint32_t variant, const char *text,
                             Judgement expected)
{
    ExpectationResult result = judge(small, variant, text);
    if (result.judgement != expected)
        fail_msg("%s: %s", text, judgement_name(result.judgement));
    g_free(result.text);
}

static void test_a_limit_inside_of_the_interval_is_undecided(void **state)
{
    (void)state;
    SmallStudy *small = three_runs();
    assert_judgement(small, 0, "workload/users.mean_ms < 45", JUDGEMENT_PASS);
    assert_judgement(small, 0, "workload/users.mean_ms < 44", JUDGEMENT_UNDECIDED);
    assert_judgement(small, 0, "workload/users.mean_ms < -4", JUDGEMENT_UNDECIDED);
    assert_judgement(small, 0, "workload/users.mean_ms < -5", JUDGEMENT_FAIL);
    assert_judgement(small, 0, "workload/users.mean_ms > 45", JUDGEMENT_FAIL);
    assert_judgement(small, 0, "workload/users.mean_ms > -5", JUDGEMENT_PASS);
    small_study_free(small);
}

static void test_what_does_not_vary_is_decided_at_the_limit_itself(void **state)
{
    (void)state;
    SmallStudy *small = three_runs();
    assert_judgement(small, 0, "workload/users.availability_ratio >= 1", JUDGEMENT_PASS);
    assert_judgement(small, 0, "workload/users.availability_ratio > 1", JUDGEMENT_FAIL);
    assert_judgement(small, 0, "workload/users.failed <= 0", JUDGEMENT_PASS);
    small_study_free(small);
}

/* Both vary by 10 ms, but always 5 ms apart; twice the baseline is 10, 20, 30 ms - 5 above. */
static void test_designs_are_compared_by_pairs(void **state)
{
    (void)state;
    SmallStudy *small = three_runs();
    assert_judgement(small, 1, "workload/users.mean_ms > base", JUDGEMENT_PASS);
    assert_judgement(small, 1, "workload/users.mean_ms <= base", JUDGEMENT_FAIL);
    assert_judgement(small, 1, "workload/users.mean_ms > 2 * base", JUDGEMENT_UNDECIDED);
    ExpectationResult result = judge(small, 1, "workload/users.mean_ms > 2 * base");
    assert_true(result.is_difference);
    assert_close(result.value, -15, 1e-9);
    /* the differences are -5, -15, -25 */
    assert_close(result.high + 15, 4.302653 * 10 / sqrt(3), 1e-6);
    g_free(result.text);
    small_study_free(small);
}

static void test_without_an_interval_nothing_is_decided(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 20);
    ExpectationResult result = judge(small, 0, "workload/users.mean_ms < 1000");
    assert_int_equal(result.judgement, JUDGEMENT_UNDECIDED);
    assert_string_equal(result.flag, "no_interval");
    g_free(result.text);
    result = judge(small, 0, "workload/users/pay.charge.mean_ms < 1000");
    assert_int_equal(result.judgement, JUDGEMENT_UNDECIDED);
    assert_string_equal(result.flag, "not_measured");
    g_free(result.text);
    small_study_free(small);
}

static void test_a_percentile_of_few_samples_is_judged_and_flagged(void **state)
{
    (void)state;
    SmallStudy *small = three_runs();
    ExpectationResult result = judge(small, 0, "workload/users.p99_ms < 1000");
    assert_int_equal(result.judgement, JUDGEMENT_PASS);
    assert_string_equal(result.flag, "few_samples");
    g_free(result.text);
    small_study_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expectations_are_read_as_they_are_meant),
        cmocka_unit_test(test_what_is_no_expectation_is_refused),
        cmocka_unit_test(test_a_limit_inside_of_the_interval_is_undecided),
        cmocka_unit_test(test_what_does_not_vary_is_decided_at_the_limit_itself),
        cmocka_unit_test(test_designs_are_compared_by_pairs),
        cmocka_unit_test(test_without_an_interval_nothing_is_decided),
        cmocka_unit_test(test_a_percentile_of_few_samples_is_judged_and_flagged),
    };
    return cmocka_run_group_tests_name("reports/expectation", tests, NULL, NULL);
}
