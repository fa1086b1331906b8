/* The inverse of a piecewise integral, against what can be worked out by hand. Rates per ns. */
#include "models/arrival/rate_curve.h"

#include <glib.h>

#include "tests/support/close_to.h"

static RateCurve *curve_of(const CurvePiece *pieces, uint32_t count)
{
    return rate_curve_new(g_memdup2(pieces, count * sizeof *pieces), count);
}

static RateCurve *flat(double rate)
{
    const CurvePiece piece = {INFINITY, rate, rate};
    return curve_of(&piece, 1);
}

static void assert_goes_to(RateCurve *curve, double amount, double time)
{
    double left = rate_curve_advance(curve, amount, INFINITY);
    assert_true(left <= 0);
    assert_close(curve->time, time, 1e-12);
}

static void test_a_flat_rate_takes_amount_over_rate(void **state)
{
    (void)state;
    RateCurve *curve = flat(0.25);
    assert_goes_to(curve, 1, 4);
    assert_goes_to(curve, 2.5, 14);
    assert_goes_to(curve, 0, 14);
    rate_curve_free(curve);
}

/* From 0 to 1 over 100: t^2 / 200. */
static void test_a_rising_rate_takes_the_root(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{100, 0, 1}, {INFINITY, 1, 1}};
    RateCurve *curve = curve_of(pieces, 2);
    assert_goes_to(curve, 2, 20);
    assert_goes_to(curve, 6, 40);
    assert_goes_to(curve, 42, 100);
    assert_goes_to(curve, 5, 105);
    rate_curve_free(curve);
}

/* From 1 to 0 over 100: t - t^2 / 200. */
static void test_a_falling_rate_ends_and_the_rest_comes_in_the_next_piece(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{100, 1, 0}, {150, 0, 0}, {INFINITY, 0.5, 0.5}};
    RateCurve *curve = curve_of(pieces, 3);
    assert_goes_to(curve, 18, 20);
    assert_goes_to(curve, 30, 80);
    assert_goes_to(curve, 7, 160);
    rate_curve_free(curve);
}

static void test_nothing_more_comes_at_a_rate_of_0_for_ever(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{10, 1, 1}, {INFINITY, 0, 0}};
    RateCurve *curve = curve_of(pieces, 2);
    assert_goes_to(curve, 4, 4);
    assert_close(rate_curve_advance(curve, 8, INFINITY), 2, 1e-12);
    rate_curve_free(curve);
}

static void test_a_limit_says_what_is_left(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{10, 2, 2}, {INFINITY, 1, 1}};
    RateCurve *curve = curve_of(pieces, 2);
    assert_close(rate_curve_advance(curve, 30, 5), 20, 1e-12);
    assert_close(curve->time, 5, 0);
    assert_close(rate_curve_advance(curve, 20, 10), 10, 1e-12);
    assert_close(curve->time, 10, 0);
    assert_true(isinf(rate_curve_advance(curve, INFINITY, 12)));
    assert_goes_to(curve, 3, 15);
    rate_curve_free(curve);
}

static void test_scaled_windows_multiply_where_they_overlap(void **state)
{
    (void)state;
    RateCurve *curve = flat(1);
    rate_curve_scale(curve, 10, 30, 2);
    rate_curve_scale(curve, 20, 40, 3);
    rate_curve_scale(curve, 50, INFINITY, 10);
    assert_goes_to(curve, 10, 10);
    assert_goes_to(curve, 20, 20);
    assert_goes_to(curve, 60, 30);
    assert_goes_to(curve, 30, 40);
    assert_goes_to(curve, 10, 50);
    assert_goes_to(curve, 1000, 150);
    rate_curve_free(curve);
}

/* A ramp from 0 to 4 over 40, doubled from 10 to 20: 2 (t^2 - 100) / 20 there. */
static void test_a_ramp_is_scaled_in_its_middle(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{40, 0, 4}, {INFINITY, 4, 4}};
    RateCurve *curve = curve_of(pieces, 2);
    rate_curve_scale(curve, 10, 20, 2);
    assert_goes_to(curve, 5, 10);
    assert_goes_to(curve, 12.5, 15);
    assert_goes_to(curve, 17.5, 20);
    assert_goes_to(curve, 25, 30);
    rate_curve_free(curve);
}

static void test_a_window_from_the_start_and_an_empty_one_are_no_trouble(void **state)
{
    (void)state;
    RateCurve *curve = flat(1);
    rate_curve_scale(curve, 0, 10, 3);
    rate_curve_scale(curve, 5, 5, 100);
    assert_goes_to(curve, 30, 10);
    assert_goes_to(curve, 5, 15);
    rate_curve_free(curve);
}

static void test_pieces_of_no_length_are_passed(void **state)
{
    (void)state;
    const CurvePiece pieces[] = {{0, 7, 7}, {10, 1, 1}, {10, 5, 5}, {INFINITY, 2, 2}};
    RateCurve *curve = curve_of(pieces, 4);
    assert_goes_to(curve, 10, 10);
    assert_goes_to(curve, 4, 12);
    rate_curve_free(curve);
}

/* A million steps of one third lead to the same bits as one multiplication. */
static void test_steps_do_not_add_up_their_rounding(void **state)
{
    (void)state;
    RateCurve *curve = flat(3e-9);
    for (uint32_t i = 1; i <= 1000000; i++) {
        assert_true(rate_curve_advance(curve, 1, INFINITY) <= 0);
        if (i % 99991 == 0)
            assert_close(curve->time, i / 3e-9, 0);
    }
    rate_curve_free(curve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_flat_rate_takes_amount_over_rate),
        cmocka_unit_test(test_a_rising_rate_takes_the_root),
        cmocka_unit_test(test_a_falling_rate_ends_and_the_rest_comes_in_the_next_piece),
        cmocka_unit_test(test_nothing_more_comes_at_a_rate_of_0_for_ever),
        cmocka_unit_test(test_a_limit_says_what_is_left),
        cmocka_unit_test(test_scaled_windows_multiply_where_they_overlap),
        cmocka_unit_test(test_a_ramp_is_scaled_in_its_middle),
        cmocka_unit_test(test_a_window_from_the_start_and_an_empty_one_are_no_trouble),
        cmocka_unit_test(test_pieces_of_no_length_are_passed),
        cmocka_unit_test(test_steps_do_not_add_up_their_rounding),
    };
    return cmocka_run_group_tests_name("models/rate_curve", tests, NULL, NULL);
}
