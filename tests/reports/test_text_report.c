#include <string.h>

#include "reports/columns.h"
#include "reports/text_numbers.h"
#include "reports/text_report.h"
#include "reports/text_table.h"
#include "tests/reports/small_study.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

static void assert_estimate(double value, double low, double high, const char *expected)
{
    Estimate estimate = {.value = value, .low = low, .high = high};
    g_autofree char *text = estimate_display(&estimate, 1);
    assert_string_equal(text, expected);
}

static void test_an_estimate_shows_the_digits_that_its_interval_justifies(void **state)
{
    (void)state;
    assert_estimate(12.3456, 11.8456, 12.8456, "12.35 ± 0.50");
    assert_estimate(1234.5, 1111.1, 1357.9, "1234 ± 123");
    assert_estimate(123456.7, 123455.7, 123457.7, "123,457 ± 1");
    assert_estimate(0.01234, NAN, NAN, "0.01234");
    assert_estimate(NAN, NAN, NAN, "-");
    assert_estimate(0, 0, 0, "0 ± 0");
}

static void test_a_change_reads_like_a_sentence(void **state)
{
    (void)state;
    const Column metric = {.unit = "ms"}, share = {.unit = "ratio"};
    CompareRow row = {.metric = &metric, .ratio = 0.62, .ratio_low = 0.56, .ratio_high = 0.69};
    g_autofree char *faster = change_display(&row);
    assert_string_equal(faster, "-38 % [-44, -31]");
    row = (CompareRow){.metric = &metric, .ratio = 12.34, .ratio_low = 11, .ratio_high = 14};
    g_autofree char *slower = change_display(&row);
    assert_string_equal(slower, "x 12.3 [11.0, 14.0]");
    row = (CompareRow){
        .metric = &share, .difference = 0.0123, .difference_low = 0.01, .difference_high = 0.0146};
    g_autofree char *points = change_display(&row);
    assert_string_equal(points, "+1.2 points [+1.0, +1.5]");
}

static void test_names_cannot_disturb_the_terminal(void **state)
{
    (void)state;
    g_autofree char *escaped = name_display("a\033[31mb\u202ec", 40);
    assert_string_equal(escaped, "a\\u{1b}[31mb\\u{202e}c");
    g_autofree char *cut = name_display("a very long name", 8);
    assert_string_equal(cut, "a very …");
    g_autofree char *whole = name_display("fits it", 7);
    assert_string_equal(whole, "fits it");
}

static char *print(const Study *study, ReportFormat format, bool has_color)
{
    GString *text = g_string_new(NULL);
    ReportOptions options = {.format = format, .has_color = has_color};
    report_print(text, study, &options);
    return g_string_free(text, FALSE);
}

static SmallStudy *three_designs(void)
{
    SmallStudy *small = small_study_new(3);
    for (uint32_t k = 0; k < 5; k++) {
        small_study_constant_run(small, 0, k, 100 + k % 3, 50);
        small_study_constant_run(small, 1, k, 40 + k % 3, 50);
        small_study_constant_run(small, 2, k, 900 + 10 * (k % 3), 50);
    }
    return small;
}

static void test_a_comparison_says_who_is_better_in_words(void **state)
{
    (void)state;
    SmallStudy *small = three_designs();
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "shop: 3 designs, 5 replications of 10 s, seed 7\n"));
    assert_non_null(strstr(text, "\nWorkload users\n"));
    assert_non_null(strstr(text, "\nqueue against base\n"));
    assert_non_null(strstr(text, "better\n"));
    assert_non_null(strstr(text, "x 9.0"));
    assert_non_null(strstr(text, "worse\n"));
    assert_non_null(strstr(text, "equivalent\n"));
    assert_non_null(strstr(text, "750 requests offered = 750 completed + 0 in flight"));
    assert_null(strchr(text, '\033'));
    small_study_free(small);
}

static void test_no_line_is_longer_than_100_columns(void **state)
{
    (void)state;
    SmallStudy *small = three_designs();
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_utf8_strlen(lines[i], -1) > 100)
            fail_msg("too long: %s", lines[i]);
    }
    small_study_free(small);
}

static void test_color_comes_only_when_asked_for(void **state)
{
    (void)state;
    SmallStudy *small = three_designs();
    g_autofree char *text = print(small->study, REPORT_TEXT, true);
    assert_non_null(strstr(text, "\033[32mbetter\033[0m"));
    g_autofree char *markdown = print(small->study, REPORT_MARKDOWN, true);
    assert_null(strchr(markdown, '\033'));
    small_study_free(small);
}

static void test_one_design_lists_its_workloads(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 20);
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "\n    front.home"));
    assert_non_null(strstr(text, "one replication: no intervals"));
    small_study_free(small);
}

static void test_a_fault_adds_its_phases(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_shop_add_fault(small->shops[0], MS(3000), MS(5000));
    small_study_constant_run(small, 0, 0, 10, 20);
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "Before, during and after the fault: workload users"));
    small_study_free(small);
}

static void test_nothing_finished_is_said(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    for (int format = REPORT_TEXT; format <= REPORT_MARKDOWN; format++) {
        g_autofree char *text = print(small->study, (ReportFormat)format, false);
        assert_true(strlen(text) > 0);
    }
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "no run was finished"));
    small_study_free(small);
}

/* The design answers only one request in two, but that one at once. */
static void test_shorter_latencies_of_fewer_successes_are_called_that(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(2);
    for (uint32_t k = 0; k < 3; k++) {
        small_study_constant_run(small, 0, k, 100 + k, 50);
        Recorder *recorder = recorder_new(&small->shops[1]->topology, NULL, 0);
        for (uint32_t i = 0; i < 50; i++)
            small_shop_request(recorder_observer(recorder), SITE_HOME, MS(1000 + 200 * i), MS(10),
                               i % 2 == 0 ? OUTCOME_SUCCESS : OUTCOME_ERROR);
        study_add_run(small->study, 1, k, small_shop_finish(recorder));
    }
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "better, of the fewer that succeed\n"));
    assert_non_null(strstr(text, "latencies are of succeeded requests"));
    small_study_free(small);
}

static void test_what_waits_in_brokers_is_shown(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small_study_constant_run(small, 0, 0, 10, 20);
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "\nWhat waits in brokers: messages\n"));
    assert_non_null(strstr(text, "\n  base    jobs "));
    small_study_free(small);
}

static void test_windows_longer_than_asked_are_said(void **state)
{
    (void)state;
    SmallStudy *small = small_study_new(1);
    small->shops[0]->topology.simulation.window = 1;
    small_study_constant_run(small, 0, 0, 10, 20);
    g_autofree char *text = print(small->study, REPORT_TEXT, false);
    assert_non_null(strstr(text, "\nnote: windows of the time series are "));
    small_study_free(small);
}

static void test_json_has_a_member_for_each_column(void **state)
{
    (void)state;
    SmallStudy *small = three_designs();
    g_autofree char *text = print(small->study, REPORT_JSON, false);
    assert_true(
        g_str_has_prefix(text, "{\n  \"summary\": [\n    {\n      \"topology\": \"shop\","));
    assert_non_null(strstr(text, "\"verdict\": \"better\""));
    assert_non_null(strstr(text, "\"ci_low\": "));
    assert_true(g_str_has_suffix(text, "  ]\n}\n"));
    small_study_free(small);
}

static void test_csv_is_the_file_of_the_folder(void **state)
{
    (void)state;
    SmallStudy *one = small_study_new(1), *three = three_designs();
    small_study_constant_run(one, 0, 0, 10, 20);
    g_autofree char *summary = print(one->study, REPORT_CSV, false);
    assert_true(g_str_has_prefix(summary, "topology,design,point,scope,name,phase,metric,unit,"));
    g_autofree char *comparison = print(three->study, REPORT_CSV, false);
    assert_true(g_str_has_prefix(comparison,
                                 "topology,design,point,scope,name,phase,metric,baseline,pairs,"));
    small_study_free(one);
    small_study_free(three);
}

static void test_formats_are_known_by_name(void **state)
{
    (void)state;
    ReportFormat format;
    assert_true(report_format_named("markdown", &format));
    assert_int_equal(format, REPORT_MARKDOWN);
    assert_false(report_format_named("xml", &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_estimate_shows_the_digits_that_its_interval_justifies),
        cmocka_unit_test(test_a_change_reads_like_a_sentence),
        cmocka_unit_test(test_names_cannot_disturb_the_terminal),
        cmocka_unit_test(test_a_comparison_says_who_is_better_in_words),
        cmocka_unit_test(test_no_line_is_longer_than_100_columns),
        cmocka_unit_test(test_color_comes_only_when_asked_for),
        cmocka_unit_test(test_one_design_lists_its_workloads),
        cmocka_unit_test(test_a_fault_adds_its_phases),
        cmocka_unit_test(test_nothing_finished_is_said),
        cmocka_unit_test(test_shorter_latencies_of_fewer_successes_are_called_that),
        cmocka_unit_test(test_what_waits_in_brokers_is_shown),
        cmocka_unit_test(test_windows_longer_than_asked_are_said),
        cmocka_unit_test(test_json_has_a_member_for_each_column),
        cmocka_unit_test(test_csv_is_the_file_of_the_folder),
        cmocka_unit_test(test_formats_are_known_by_name),
    };
    return cmocka_run_group_tests_name("reports/text_report", tests, NULL, NULL);
}
