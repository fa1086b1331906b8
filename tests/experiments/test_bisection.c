/* Searches on lines whose truth is known. */
#include "experiments/bisection.h"

#include <math.h>

#include "tests/support/cmocka_all.h"

/* Passes up to `pass`, fails from `fail` on, and is undecided between. */
typedef struct Truth {
    double pass, fail;
    bool passes_below;
} Truth;

static LookOutcome look(const Truth *truth, double value)
{
    if (truth->passes_below ? value <= truth->pass : value >= truth->pass)
        return LOOK_PASS;
    return (truth->passes_below ? value >= truth->fail : value <= truth->fail) ? LOOK_FAIL
                                                                               : LOOK_OPEN;
}

static Bisection search(const Truth *truth, bool is_whole, double start, double resolution)
{
    Bisection bisection = {.passes_below = truth->passes_below,
                           .is_whole = is_whole,
                           .start = start,
                           .least = is_whole ? 1 : start / 64,
                           .most = start * 64,
                           .resolution = resolution};
    double value;
    bisection_init(&bisection);
    while (bisection_next(&bisection, &value)) {
        assert_true(value >= bisection.least && value <= bisection.most);
        assert_true(!is_whole || value == floor(value));
        bisection_tell(&bisection, value, look(truth, value));
    }
    return bisection;
}

static void test_the_last_pass_and_the_first_failure_enclose_the_truth(void **state)
{
    (void)state;
    for (double start = 1; start < 3000; start *= 1.37) {
        const Truth truth = {100, 100, true};
        Bisection found = search(&truth, false, start, 0.01);
        if (start * 64 < 100 || start / 64 > 100)
            continue;
        assert_true(found.pass <= 100 && found.fail > 100);
        assert_true(found.fail - found.pass <= 0.01 * found.pass);
        assert_true(found.looks < 20);
    }
}

static void test_whole_numbers_are_told_exactly(void **state)
{
    (void)state;
    for (int last = 1; last <= 60; last++) {
        const Truth below = {last, last + 1, true}, above = {last + 1, last, false};
        Bisection found = search(&below, true, 7, 1e-9);
        assert_true(found.pass == last && found.fail == last + 1);
        found = search(&above, true, 7, 1e-9);
        assert_true(found.pass == last + 1 && found.fail == last);
        assert_true(found.looks <= 14);
    }
}

static void test_one_replica_that_is_enough_is_the_fewest(void **state)
{
    (void)state;
    const Truth truth = {0.5, 0.4, false};
    Bisection found = search(&truth, true, 8, 1e-9);
    assert_true(found.pass == 1);
    assert_true(isnan(found.fail));
    assert_true(found.has_no_fail && !found.has_no_pass);
    assert_int_equal(found.looks, 4); /* 8, 4, 2, 1 */
}

static void test_what_always_fails_or_never_does_is_told_as_such(void **state)
{
    (void)state;
    const Truth never = {1e9, 2e9, true}, always = {1e-9, 2e-9, true};
    Bisection found = search(&never, false, 10, 0.01);
    assert_true(found.has_no_fail && found.pass == 640);
    found = search(&always, false, 10, 0.01);
    assert_true(found.has_no_pass && found.fail == 10.0 / 64);
}

/* From 90 to 110 nobody can tell: the gaps outside of that are narrowed all the same. */
static void test_what_is_undecided_lies_within_the_interval(void **state)
{
    (void)state;
    for (int passes_below = 0; passes_below <= 1; passes_below++) {
        const Truth truth = {passes_below ? 90 : 110, passes_below ? 110 : 90, passes_below};
        for (double start = 10; start < 1000; start *= 1.5) {
            Bisection found = search(&truth, false, start, 0.01);
            assert_int_equal(look(&truth, found.pass), LOOK_PASS);
            assert_int_equal(look(&truth, found.fail), LOOK_FAIL);
            assert_true(fabs(found.pass - truth.pass) <= 0.011 * found.pass);
            assert_true(fabs(found.fail - truth.fail) <= 0.011 * found.pass);
        }
    }
}

static void test_nothing_clear_at_all_ends_as_well(void **state)
{
    (void)state;
    const Truth truth = {1e-9, 1e9, true};
    Bisection found = search(&truth, false, 10, 0.01);
    assert_true(isnan(found.pass) && isnan(found.fail) && found.has_no_fail);
    assert_true(found.looks < 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_last_pass_and_the_first_failure_enclose_the_truth),
        cmocka_unit_test(test_whole_numbers_are_told_exactly),
        cmocka_unit_test(test_one_replica_that_is_enough_is_the_fewest),
        cmocka_unit_test(test_what_always_fails_or_never_does_is_told_as_such),
        cmocka_unit_test(test_what_is_undecided_lies_within_the_interval),
        cmocka_unit_test(test_nothing_clear_at_all_ends_as_well),
    };
    return cmocka_run_group_tests_name("experiments/bisection", tests, NULL, NULL);
}
