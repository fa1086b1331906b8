/* What each balancer does, held against its rule. */
#include "models/balancer/balancer.h"

#include "tests/support/chance.h"
#include "tests/support/kind_text.h"

#define PICKS 200000u

typedef struct Picker {
    KindText text;
    const BalancerKind *kind;
    uint64_t state[8];
    SimRng rng;
} Picker;

static void picker_init(Picker *picker, const char *text)
{
    kind_text_init(&picker->text, &balancer_family, text);
    picker->kind = balancer_kind(&picker->text.choice);
    assert_true(picker->kind->state_size <= sizeof picker->state);
    draws_named(&picker->rng, "picks");
}

static void picker_start(Picker *picker, uint32_t count)
{
    memset(picker->state, 0, sizeof picker->state);
    if (picker->kind->start != NULL)
        picker->kind->start(picker->state, picker->text.choice.config, count, &picker->rng.gsl);
}

static uint32_t pick(Picker *picker, uint32_t count, const uint32_t *in_flight)
{
    const BalancerView view = {count, in_flight};
    return picker->kind->pick(picker->state, picker->text.choice.config, &view, &picker->rng.gsl);
}

/* How often each of 4 replicas is picked when the load does not change. */
static void count_picks(const char *text, const uint32_t *in_flight, uint64_t *picks)
{
    Picker picker;
    picker_init(&picker, text);
    picker_start(&picker, 4);
    memset(picks, 0, 4 * sizeof *picks);
    for (uint32_t i = 0; i < PICKS; i++)
        picks[pick(&picker, 4, in_flight)]++;
    kind_text_clear(&picker.text);
}

static void test_round_robin_is_what_stands_there_by_default(void **state)
{
    (void)state;
    Picker picker;
    picker_init(&picker, "{}");
    assert_string_equal(picker.kind->kind.name, "round_robin");
    kind_text_clear(&picker.text);
}

static void test_round_robin_goes_around(void **state)
{
    (void)state;
    Picker picker;
    picker_init(&picker, "{'policy': 'round_robin'}");
    picker_start(&picker, 5);
    uint32_t last = pick(&picker, 5, NULL);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t next = pick(&picker, 5, NULL);
        assert_int_equal(next, (last + 1) % 5);
        last = next;
    }
    kind_text_clear(&picker.text);
}

static void test_callers_of_round_robin_begin_anywhere(void **state)
{
    (void)state;
    Picker picker;
    uint64_t first[5] = {0};
    picker_init(&picker, "{'policy': 'round_robin'}");
    for (uint32_t i = 0; i < 50000; i++) {
        picker_start(&picker, 5);
        first[pick(&picker, 5, NULL)]++;
    }
    for (uint32_t i = 0; i < 5; i++)
        assert_share(first[i], 50000, 0.2);
    kind_text_clear(&picker.text);
}

static void test_random_picks_all_alike_whatever_their_load(void **state)
{
    (void)state;
    uint64_t picks[4];
    count_picks("{'policy': 'random'}", (const uint32_t[]){0, 100, 0, 3}, picks);
    for (uint32_t i = 0; i < 4; i++)
        assert_share(picks[i], PICKS, 0.25);
}

/* Both samples are the same replica once in n: so the busiest of two gets a quarter. */
static void test_two_choices_are_sampled_with_replacement(void **state)
{
    (void)state;
    Picker picker;
    const uint32_t in_flight[] = {1, 0};
    uint64_t busier = 0;
    picker_init(&picker, "{'policy': 'least_request'}");
    for (uint32_t i = 0; i < PICKS; i++)
        busier += pick(&picker, 2, in_flight) == 0;
    assert_share(busier, PICKS, 0.25);
    kind_text_clear(&picker.text);
}

/* The r-th least loaded of n is picked with ((n-r+1)/n)^d - ((n-r)/n)^d. */
static void test_each_rank_has_the_share_that_so_many_choices_give(void **state)
{
    (void)state;
    uint64_t picks[4];
    count_picks("{'policy': 'least_request', 'choice_count': 3}", (const uint32_t[]){5, 2, 9, 7},
                picks);
    assert_share(picks[1], PICKS, 1 - 27.0 / 64);
    assert_share(picks[0], PICKS, 27.0 / 64 - 8.0 / 64);
    assert_share(picks[3], PICKS, 8.0 / 64 - 1.0 / 64);
    assert_share(picks[2], PICKS, 1.0 / 64);
}

static void test_equal_loads_are_picked_alike_by_two_choices(void **state)
{
    (void)state;
    uint64_t picks[4];
    count_picks("{'policy': 'least_request'}", (const uint32_t[]){3, 3, 3, 3}, picks);
    for (uint32_t i = 0; i < 4; i++)
        assert_share(picks[i], PICKS, 0.25);
}

static void test_a_full_scan_takes_the_least_loaded_and_breaks_ties_at_random(void **state)
{
    (void)state;
    uint64_t picks[4];
    count_picks("{'policy': 'least_request', 'full_scan': true}", (const uint32_t[]){2, 1, 1, 1},
                picks);
    assert_int_equal(picks[0], 0);
    for (uint32_t i = 1; i < 4; i++)
        assert_share(picks[i], PICKS, 1.0 / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_robin_is_what_stands_there_by_default),
        cmocka_unit_test(test_round_robin_goes_around),
        cmocka_unit_test(test_callers_of_round_robin_begin_anywhere),
        cmocka_unit_test(test_random_picks_all_alike_whatever_their_load),
        cmocka_unit_test(test_two_choices_are_sampled_with_replacement),
        cmocka_unit_test(test_each_rank_has_the_share_that_so_many_choices_give),
        cmocka_unit_test(test_equal_loads_are_picked_alike_by_two_choices),
        cmocka_unit_test(test_a_full_scan_takes_the_least_loaded_and_breaks_ties_at_random),
    };
    return cmocka_run_group_tests_name("models/balancer", tests, NULL, NULL);
}
