/* What --vary takes, value by value, and what it says about the rest. */
#include "experiments/axis.h"

#include "tests/support/cmocka_all.h"

typedef struct Good {
    const char *text, *values; /* JSON texts with a blank between */
} Good;

static char *values_of(const Axis *axis)
{
    g_ptr_array_add(axis->values, NULL);
    char *joined = g_strjoinv(" ", (char **)axis->values->pdata);
    return joined;
}

static void test_lists_and_ranges_give_exact_values(void **state)
{
    (void)state;
    static const Good good[] = {
        {"/a=3", "3"},
        {"/a=1,2,4", "1 2 4"},
        {"/a= 1 , 2 ", "1 2"},
        {"/a=random,\"maglev\"", "\"random\" \"maglev\""},
        {"/a=20ms,1s", "\"20ms\" \"1s\""},
        {"/a=true,false,null", "true false null"},
        {"/a=[1,2],{\"b\":[3,4]}", "[1,2] {\"b\":[3,4]}"},
        {"/a=\"x,y\",\"q\\\"r,\"", "\"x,y\" \"q\\\"r,\""},
        {"/a=1:4:1", "1 2 3 4"},
        {"/a=1:8:2", "1 3 5 7"},
        {"/a=4:1:-1", "4 3 2 1"},
        {"/a=5:5:1", "5"},
        {"/a=0:0.3:0.1", "0 0.1 0.2 0.3"},
        {"/a=0.1:0.25:0.05", "0.1 0.15 0.2 0.25"},
        {"/a=-1:1:0.5", "-1 -0.5 0 0.5 1"},
        {"/a=-0.25:-0.05:0.1", "-0.25 -0.15 -0.05"},
        {"/a=10ms:30ms:10ms", "\"10ms\" \"20ms\" \"30ms\""},
        {"/a=0.5s:1.5s:0.5s", "\"0.5s\" \"1s\" \"1.5s\""},
        {"/links/a -> b/timeout=1s", "\"1s\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        GError *error = NULL;
        g_autoptr(Axis) axis = axis_parse(good[i].text, &error);
        if (axis == NULL)
            fail_msg("%s: %s", good[i].text, error->message);
        assert_int_equal(axis->kind, AXIS_VALUES);
        g_autofree char *values = values_of(axis);
        assert_string_equal(values, good[i].values);
    }
}

typedef struct Bad {
    const char *text, *message;
} Bad;

static void test_what_is_no_axis_is_told(void **state)
{
    (void)state;
    static const Bad bad[] = {
        {"a=1", "\"a=1\": must start with a JSON Pointer such as /services/cart/replicas"},
        {"", "\"\": must start with a JSON Pointer such as /services/cart/replicas"},
        {"/a=", "/a: there are no values"},
        {"/a=1,,2", "/a: a value is missing"},
        {"/a=1,2,1", "/a: the value 1 comes twice"},
        {"/a={\"b\"", "/a: {\"b\" is neither JSON nor a word"},
        {"/a=8:1:1", "/a: the range is empty: from 8 in steps of 1 never comes to 1"},
        {"/a=1:8:-1", "/a: the range is empty: from 1 in steps of -1 never comes to 8"},
        {"/a=1:8:0", "/a: the step must not be 0"},
        {"/a=1:8:1:1", "/a: a range is a:b:step, a:b or a:b:log"},
        {"/a=1:x:1", "/a: \"x\" is no number for a range a:b:step"},
        {"/a=1::1", "/a: \"\" is no number for a range a:b:step"},
        {"/a=1.2.3:4:1", "/a: all of a range must have the same unit, got 1.2.3 and 4"},
        {"/a=1ms:2s:1ms", "/a: all of a range must have the same unit, got 1ms and 2s"},
        {"/a=1ms:2ms:1", "/a: all of a range must have the same unit, got 1ms and 1"},
        {"/a=1:1000000000:0.00000000000001", "/a: 1000000000 has too many digits"},
        {"/a=1:2000000:1", "/a: more than 1000000 values"},
        {"/a=0:9000000000:0.000000001", "/a: more than 1000000 values"},
        {"/a=0%", "/a: must be above 0% and below 100%, got 0%"},
        {"/a=100%", "/a: must be above 0% and below 100%, got 100%"},
        {"/a=5:5", "/a: the range is empty: 5 is not below 5"},
        {"/a=5:1:log", "/a: the range is empty: 5 is not below 1"},
        {"/a=0:1:log", "/a: a logarithmic range must start above 0"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Axis) axis = axis_parse(bad[i].text, &error);
        if (axis != NULL)
            fail_msg("%s was accepted", bad[i].text);
        assert_string_equal(error->message, bad[i].message);
    }
}

static void test_a_share_is_of_what_the_file_has(void **state)
{
    (void)state;
    g_autoptr(Axis) axis = axis_parse("/services=12.5%", NULL);
    assert_non_null(axis);
    assert_int_equal(axis->kind, AXIS_AROUND);
    assert_true(axis->share == 0.125);
}

static void test_a_pointer_alone_is_left_open(void **state)
{
    (void)state;
    g_autoptr(Axis) axis = axis_parse("/workloads/w/arrival/rate", NULL);
    assert_non_null(axis);
    assert_int_equal(axis->kind, AXIS_OPEN);
}

/* --- ranges */

static void assert_at(const char *text, double share, const char *value)
{
    g_autoptr(Axis) axis = axis_parse(text, NULL);
    assert_non_null(axis);
    g_autofree char *found = axis_value_at(axis, share);
    assert_string_equal(found, value);
}

static void test_a_share_of_a_range_is_a_value_between_its_ends(void **state)
{
    (void)state;
    assert_at("/a=0.0:8", 0, "0");
    assert_at("/a=0.0:8", 0.25, "2");
    assert_at("/a=1.0:2", 1.0 / 3, "1.33333");
    assert_at("/a=10ms:30ms", 0.5, "\"20ms\"");
    assert_at("/a=1.0:100:log", 0.5, "10");
    assert_at("/a=x,y,z", 0.34, "\"y\"");
    assert_at("/a=x,y,z", 0.999, "\"z\"");
}

/* 1, 2, 3, 4: a quarter each. */
static void test_whole_ends_give_whole_numbers_with_equal_shares(void **state)
{
    (void)state;
    assert_at("/a=1:4", 0, "1");
    assert_at("/a=1:4", 0.249, "1");
    assert_at("/a=1:4", 0.251, "2");
    assert_at("/a=1:4", 0.749, "3");
    assert_at("/a=1:4", 0.999, "4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_and_ranges_give_exact_values),
        cmocka_unit_test(test_what_is_no_axis_is_told),
        cmocka_unit_test(test_a_share_is_of_what_the_file_has),
        cmocka_unit_test(test_a_pointer_alone_is_left_open),
        cmocka_unit_test(test_a_share_of_a_range_is_a_value_between_its_ends),
        cmocka_unit_test(test_whole_ends_give_whole_numbers_with_equal_shares),
    };
    return cmocka_run_group_tests_name("experiments/axis", tests, NULL, NULL);
}
