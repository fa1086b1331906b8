/* Back-off: bounds, means and shapes in closed form. */
#include "models/backoff/backoff.h"

#include "tests/support/chance.h"
#include "tests/support/close_to.h"
#include "tests/support/kind_text.h"
#include "tests/support/topology_text.h"

#define MS    SIM_TIME_MS
#define DRAWS 100000u
#define BINS  20u

typedef struct Waits {
    KindText text;
    SimRng rng;
} Waits;

static void waits_init(Waits *waits, const char *text)
{
    kind_text_init(&waits->text, &backoff_family, text);
    draws_named(&waits->rng, text);
}

static SimTime wait_of(Waits *waits, uint32_t retry, SimTime previous)
{
    return backoff_delay(&waits->text.choice, retry, previous, &waits->rng.gsl);
}

static void assert_wait(const char *text, uint32_t retry, SimTime expected)
{
    Waits waits;
    waits_init(&waits, text);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(wait_of(&waits, retry, 0), expected);
    kind_text_clear(&waits.text);
}

/* Uniform from low to high: every value within, every bin with its share. */
static void assert_uniform(const char *text, uint32_t retry, SimTime previous, SimTime low,
                           SimTime high)
{
    Waits waits;
    uint64_t bins[BINS] = {0};
    waits_init(&waits, text);
    for (uint32_t i = 0; i < DRAWS; i++) {
        SimTime wait = wait_of(&waits, retry, previous);
        assert_true(wait >= low && wait <= high);
        uint64_t bin = (uint64_t)(wait - low) * BINS / (uint64_t)(high - low);
        bins[bin < BINS ? bin : BINS - 1]++;
    }
    for (uint32_t i = 0; i < BINS; i++)
        assert_share(bins[i], DRAWS, 1.0 / BINS);
    kind_text_clear(&waits.text);
}

#define PLAIN(type, more) "{'type': '" type "', 'jitter': 'none'" more "}"

static void test_none_does_not_wait(void **state)
{
    (void)state;
    assert_wait("{'type': 'none'}", 1, 0);
    assert_wait("{'type': 'none'}", 100, 0);
}

static void test_the_first_retry_waits_the_base(void **state)
{
    (void)state;
    assert_wait(PLAIN("constant", ""), 1, 25 * MS);
    assert_wait(PLAIN("linear", ""), 1, 25 * MS);
    assert_wait(PLAIN("exponential", ""), 1, 25 * MS);
}

static void test_each_type_grows_in_its_way(void **state)
{
    (void)state;
    assert_wait(PLAIN("constant", ""), 7, 25 * MS);
    assert_wait(PLAIN("linear", ""), 7, 7 * 25 * MS);
    assert_wait(PLAIN("exponential", ""), 4, 8 * 25 * MS);
    assert_wait(PLAIN("exponential", ", 'base_interval': '1ms', 'multiplier': 1.5,"
                                     "'max_interval': '1h'"),
                4, 3375000);
}

static void test_the_longest_wait_is_ten_times_the_base_unless_said_otherwise(void **state)
{
    (void)state;
    assert_wait(PLAIN("linear", ""), 11, 250 * MS);
    assert_wait(PLAIN("exponential", ""), 5, 250 * MS);
    assert_wait(PLAIN("exponential", ", 'max_interval': '90ms'"), 3, 90 * MS);
    assert_wait(PLAIN("constant", ", 'max_interval': '10ms'"), 1, 10 * MS);
}

static void test_growth_never_overflows(void **state)
{
    (void)state;
    assert_wait(PLAIN("exponential", ""), UINT32_MAX, 250 * MS);
    assert_wait(PLAIN("exponential", ", 'multiplier': 1"), UINT32_MAX, 25 * MS);
    assert_wait(PLAIN("exponential", ", 'base_interval': '1h', 'multiplier': 1000,"
                                     "'max_interval': '87600h'"),
                UINT32_MAX, SIM_TIME_LONGEST);
    assert_wait(PLAIN("linear", ", 'base_interval': '87600h', 'max_interval': '87600h'"),
                UINT32_MAX, SIM_TIME_LONGEST);
}

static void test_full_jitter_is_uniform_from_nothing_to_the_wait(void **state)
{
    (void)state;
    assert_uniform("{'type': 'exponential', 'jitter': 'full'}", 1, 0, 0, 25 * MS);
    assert_uniform("{'type': 'exponential', 'jitter': 'full'}", 3, 0, 0, 100 * MS);
    assert_uniform("{'type': 'constant', 'jitter': 'full'}", 3, 0, 0, 25 * MS);
}

static void test_the_cap_comes_before_the_jitter(void **state)
{
    (void)state;
    assert_uniform("{'type': 'exponential', 'jitter': 'full'}", 60, 0, 0, 250 * MS);
    assert_uniform("{'type': 'exponential', 'jitter': 'proportional'}", 60, 0, 200 * MS, 300 * MS);
}

static void test_equal_jitter_keeps_half_of_the_wait(void **state)
{
    (void)state;
    assert_uniform("{'type': 'exponential', 'jitter': 'equal'}", 2, 0, 25 * MS, 50 * MS);
    assert_uniform("{'type': 'linear', 'jitter': 'equal'}", 4, 0, 50 * MS, 100 * MS);
}

static void test_proportional_jitter_goes_both_ways(void **state)
{
    (void)state;
    assert_uniform("{'type': 'exponential', 'jitter': 'proportional'}", 2, 0, 40 * MS, 60 * MS);
    assert_uniform("{'type': 'exponential', 'jitter': 'proportional', 'jitter_ratio': 0.5}", 1, 0,
                   12500000, 37500000);
}

static void test_decorrelated_waits_reach_three_times_the_last(void **state)
{
    (void)state;
    assert_uniform("{'type': 'decorrelated'}", 1, 0, 25 * MS, 75 * MS);
    assert_uniform("{'type': 'decorrelated'}", 2, 40 * MS, 25 * MS, 120 * MS);
    assert_uniform("{'type': 'decorrelated'}", 9, 30 * MS, 25 * MS, 90 * MS);
}

/* Uniform from 25 to 600 ms, and what is above 250 ms becomes 250 ms. */
static void test_decorrelated_waits_are_capped(void **state)
{
    (void)state;
    Waits waits;
    uint64_t at_cap = 0;
    waits_init(&waits, "{'type': 'decorrelated'}");
    for (uint32_t i = 0; i < DRAWS; i++) {
        SimTime wait = wait_of(&waits, 5, 200 * MS);
        assert_true(wait >= 25 * MS && wait <= 250 * MS);
        at_cap += wait == 250 * MS;
    }
    assert_share(at_cap, DRAWS, 350.0 / 575.0);
    kind_text_clear(&waits.text);
}

static void test_a_base_above_the_cap_waits_the_cap(void **state)
{
    (void)state;
    assert_wait(PLAIN("exponential", ", 'max_interval': '1ms'"), 1, MS);
    assert_wait("{'type': 'decorrelated', 'max_interval': '1ms'}", 1, MS);
}

static void test_a_retry_policy_without_backoff_waits_like_envoy(void **state)
{
    (void)state;
    SimRng rng;
    draws_named(&rng, "envoy");
    SimTime most = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        SimTime wait = backoff_delay(&backoff_default, 3, 0, &rng.gsl);
        assert_true(wait >= 0 && wait <= 100 * MS);
        most = wait > most ? wait : most;
    }
    assert_true(most > 99 * MS);
    assert_true(backoff_delay(&backoff_default, 1000, 0, &rng.gsl) <= 250 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_does_not_wait),
        cmocka_unit_test(test_the_first_retry_waits_the_base),
        cmocka_unit_test(test_each_type_grows_in_its_way),
        cmocka_unit_test(test_the_longest_wait_is_ten_times_the_base_unless_said_otherwise),
        cmocka_unit_test(test_growth_never_overflows),
        cmocka_unit_test(test_full_jitter_is_uniform_from_nothing_to_the_wait),
        cmocka_unit_test(test_the_cap_comes_before_the_jitter),
        cmocka_unit_test(test_equal_jitter_keeps_half_of_the_wait),
        cmocka_unit_test(test_proportional_jitter_goes_both_ways),
        cmocka_unit_test(test_decorrelated_waits_reach_three_times_the_last),
        cmocka_unit_test(test_decorrelated_waits_are_capped),
        cmocka_unit_test(test_a_base_above_the_cap_waits_the_cap),
        cmocka_unit_test(test_a_retry_policy_without_backoff_waits_like_envoy),
    };
    return cmocka_run_group_tests_name("models/backoff", tests, NULL, NULL);
}
