/* What a consumer remembers. */
#include "models/world/seen.h"

#include "sim/rng.h"
#include "tests/support/cmocka_all.h"

static void test_it_is_known_until_its_time_is_over(void **state)
{
    (void)state;
    Seen seen = {0};
    assert_false(seen_has(&seen, 5, 0));
    seen_add(&seen, 5, 10, 20);
    assert_true(seen_has(&seen, 5, 20));
    assert_false(seen_has(&seen, 5, 21));
    assert_false(seen_has(&seen, 6, 10));
    seen_add(&seen, 5, 30, 40);
    assert_true(seen_has(&seen, 5, 35));
    seen_clear(&seen);
}

/* The last thousand of a hundred thousand are within the window; what is over makes room. */
static void test_it_grows_with_what_is_within_the_window_alone(void **state)
{
    (void)state;
    Seen seen = {0};
    for (uint64_t i = 1; i <= 100000; i++)
        seen_add(&seen, sim_mix(i, 7), (SimTime)i, (SimTime)i + 999);
    for (uint64_t i = 1; i <= 100000; i++)
        assert_int_equal(seen_has(&seen, sim_mix(i, 7), 100000), i + 999 >= 100000);
    assert_in_range(seen.room, 2048, 8192);
    seen_clear(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_known_until_its_time_is_over),
        cmocka_unit_test(test_it_grows_with_what_is_within_the_window_alone),
    };
    return cmocka_run_group_tests_name("models/seen", tests, NULL, NULL);
}
