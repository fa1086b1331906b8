#include "reports/csv.h"
#include "tests/support/close_to.h"
#include "tests/support/cmocka_all.h"

static void assert_text(const char *value, const char *expected)
{
    GString *text = g_string_new(NULL);
    Csv csv = {.text = text};
    csv_text(&csv, value);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void test_only_what_would_break_a_row_is_quoted(void **state)
{
    (void)state;
    assert_text("frontend -> cart", "frontend -> cart");
    assert_text("a,b", "\"a,b\"");
    assert_text("say \"hi\"", "\"say \"\"hi\"\"\"");
    assert_text("two\nlines", "\"two\nlines\"");
    assert_text("carriage\rreturn", "\"carriage\rreturn\"");
    assert_text("", "");
    assert_text(NULL, "");
}

static void assert_number(double value, const char *expected)
{
    char buffer[NUMBER_ROOM];
    assert_string_equal(number_format(buffer, value), expected);
}

static void test_numbers_have_at_most_nine_digits_and_no_more_than_they_need(void **state)
{
    (void)state;
    assert_number(0.1, "0.1");
    assert_number(1.0 / 3, "0.333333333");
    assert_number(2.5e-9, "2.5e-09");
    assert_number(123456789012345, "123456789012345");
    assert_number(-3, "-3");
    assert_number(-0.0, "0");
    assert_number(1e300, "1e+300");
}

static void test_what_is_not_a_number_is_empty(void **state)
{
    (void)state;
    assert_number(NAN, "");
    assert_number(INFINITY, "");
    assert_number(-INFINITY, "");
}

static void test_rows_end_with_a_line_feed_and_are_counted(void **state)
{
    (void)state;
    GString *text = g_string_new(NULL);
    Csv csv = {.text = text};
    csv_header(&csv, &table_points);
    csv_text(&csv, "shop");
    csv_empty(&csv);
    csv_integer(&csv, UINT64_MAX);
    csv_number(&csv, NAN);
    csv_end_row(&csv);
    assert_string_equal(text->str, "topology,design,point,parameter,value\n"
                                   "shop,,18446744073709551615,\n");
    assert_int_equal(csv.rows, 1);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_would_break_a_row_is_quoted),
        cmocka_unit_test(test_numbers_have_at_most_nine_digits_and_no_more_than_they_need),
        cmocka_unit_test(test_what_is_not_a_number_is_empty),
        cmocka_unit_test(test_rows_end_with_a_line_feed_and_are_counted),
    };
    return cmocka_run_group_tests_name("reports/csv", tests, NULL, NULL);
}
