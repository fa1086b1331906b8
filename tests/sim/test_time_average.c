#include "sim/time_average.h"

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

static int64_t integral_at(const TimeAverage *average, SimTime now)
{
    return (int64_t)time_average_integral(average, now);
}

/* Level 2 for 10 ns, 5 for 20 ns, 1 for 30 ns. */
static void test_the_integral_is_the_area_under_the_steps(void **state)
{
    (void)state;
    TimeAverage average;
    time_average_init(&average, 100, 2);
    time_average_set(&average, 110, 5);
    time_average_add(&average, 130, -4);
    assert_int_equal(integral_at(&average, 130), 2 * 10 + 5 * 20);
    assert_int_equal(integral_at(&average, 160), 2 * 10 + 5 * 20 + 1 * 30);
    assert_int_equal(average.level, 1);
    assert_int_equal(average.largest, 5);
}

static void test_nothing_has_passed_at_the_start(void **state)
{
    (void)state;
    TimeAverage average;
    time_average_init(&average, 100, 7);
    assert_int_equal(integral_at(&average, 100), 0);
    assert_int_equal(average.largest, 7);
}

static void test_a_level_held_for_no_time_adds_nothing_but_can_be_the_largest(void **state)
{
    (void)state;
    TimeAverage average;
    time_average_init(&average, 0, 1);
    time_average_set(&average, 10, 1000);
    time_average_set(&average, 10, 3);
    assert_int_equal(integral_at(&average, 20), 1 * 10 + 3 * 10);
    assert_int_equal(average.largest, 1000);
}

static void test_asking_changes_nothing(void **state)
{
    (void)state;
    TimeAverage average;
    time_average_init(&average, 0, 4);
    integral_at(&average, 1000);
    time_average_set(&average, 10, 0);
    assert_int_equal(integral_at(&average, 1000), 40);
}

static void test_a_million_steps_add_up_without_rounding(void **state)
{
    (void)state;
    TimeAverage average;
    SimTime now = 0;
    int64_t level = 3, expected = 0;
    time_average_init(&average, now, level);
    for (uint64_t i = 0; i < 1000000; i++) {
        SimTime passed = (SimTime)(sim_mix(1, i) % 1000);
        expected += level * passed;
        now += passed;
        int64_t next = (int64_t)(sim_mix(2, i) % 1000);
        if (i % 2 == 0)
            time_average_set(&average, now, next);
        else
            time_average_add(&average, now, next - level);
        level = next;
    }
    assert_int_equal(integral_at(&average, now), expected);
}

/* 4e9 busy cores for 100 years: 1.3e28 core-ns, far above 2^64. */
static void test_areas_beyond_64_bits_are_exact(void **state)
{
    (void)state;
    TimeAverage average;
    time_average_init(&average, 0, INT64_C(4000000000));
    __int128 area = time_average_integral(&average, 10 * SIM_TIME_LONGEST);
    assert_true(area == (__int128)INT64_C(4000000000) * (10 * SIM_TIME_LONGEST));
    assert_true(area / SIM_TIME_LONGEST == INT64_C(40000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_integral_is_the_area_under_the_steps),
        cmocka_unit_test(test_nothing_has_passed_at_the_start),
        cmocka_unit_test(test_a_level_held_for_no_time_adds_nothing_but_can_be_the_largest),
        cmocka_unit_test(test_asking_changes_nothing),
        cmocka_unit_test(test_a_million_steps_add_up_without_rounding),
        cmocka_unit_test(test_areas_beyond_64_bits_are_exact),
    };
    return cmocka_run_group_tests_name("sim/time_average", tests, NULL, NULL);
}
