/* Steps, worked out by hand: what follows the reply, branches, fallbacks, loops, caches. A user
 * asks at 100 ms. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

static void test_what_follows_the_reply_holds_the_thread_and_is_not_waited_for(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'compute':'1ms'}], 'after_reply': [{'compute':'5ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "101 attempt u -> a #1 success 100..101 last\n"
        "101 request u success after 1\n"
        "106 visit a.op completed 100..106 from 100 replied 101\n"
        "106 all done u after 6\n"
        "107 attempt u -> a #1 success 100..107 last\n"
        "107 request u success after 7\n"
        "112 visit a.op completed 100..112 from 106 replied 107\n"
        "112 all done u after 12\n");
}

static void test_background_work_outlives_the_reply_and_holds_no_thread(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'background':[{'wait':'10ms'},{'call':'b.op'}]},{'compute':'1ms'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "101 visit a.op completed 100..101 from 100\n"
        "101 attempt u -> a #1 success 100..101 last\n"
        "101 request u success after 1\n"
        "102 visit a.op completed 100..102 from 101\n"
        "102 attempt u -> a #1 success 100..102 last\n"
        "102 request u success after 2\n"
        "111 visit b.op completed 110..111 from 110\n"
        "111 attempt a -> b #1 success 110..111 last\n"
        "111 all done u after 11\n"
        "112 visit b.op completed 111..112 from 111\n"
        "112 attempt a -> b #1 success 111..112 last\n"
        "112 all done u after 12\n");
}

static void test_parallel_branches_are_over_when_the_last_one_is(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'parallel':[[{'call':'b.op'}],[{'wait':'5ms'}],[]]}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'3ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "103 visit b.op completed 100..103 from 100\n"
        "103 attempt a -> b #1 success 100..103 last\n"
        "105 visit a.op completed 100..105 from 100\n"
        "105 attempt u -> a #1 success 100..105 last\n"
        "105 request u success after 5\n"
        "105 all done u after 5\n");
}

static void test_wait_for_any_goes_on_with_the_first_and_lets_the_others_run(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'parallel':[[{'wait':'5ms'},{'call':'b.op'}],[{'wait':'2ms'}]],'wait_for':'any'}]}}"
        "},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'3ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "102 visit a.op completed 100..102 from 100\n"
        "102 attempt u -> a #1 success 100..102 last\n"
        "102 request u success after 2\n"
        "108 visit b.op completed 105..108 from 105\n"
        "108 attempt a -> b #1 success 105..108 last\n"
        "108 all done u after 8\n");
}

static void test_wait_for_2_of_3_goes_on_with_the_second(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'parallel':[[{'wait':'5ms'}],[{'wait':'2ms'}],[{'wait':'3ms'}]],'wait_for':2}]}}}},"
        ""
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "103 visit a.op completed 100..103 from 100\n"
        "103 attempt u -> a #1 success 100..103 last\n"
        "103 request u success after 3\n"
        "105 all done u after 5\n");
}

static void test_parallel_fails_as_soon_as_too_many_branches_have_failed(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'parallel':[[{'wait':'5ms'}],[{'wait':'2ms'},{'fail':1}],[{'wait':'3ms'},{'fail':1}"
        "]],'wait_for':2}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "103 visit a.op failed 100..103 from 100 wasted\n"
        "103 attempt u -> a #1 error 100..103 last\n"
        "103 request u error after 3\n"
        "105 all done u after 5\n");
}

static void test_a_fallback_makes_the_reply_degraded_up_to_the_user(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'try':[{'compute':'1ms'},{'fail':1},{'compute':'9ms'}],'fallback':[{'compute':'2ms'"
        "}]}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "103 visit b.op completed 100..103 from 100\n"
        "103 attempt a -> b #1 success 100..103 last\n"
        "103 visit a.op completed 100..103 from 100\n"
        "103 attempt u -> a #1 success 100..103 last\n"
        "103 request u success degraded after 3\n"
        "103 all done u after 3\n");
}

static void test_a_try_that_succeeds_skips_its_fallback(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'try':[{'compute':'1ms'}],'fallback':[{'compute':'2ms'}]},{'compute':'4ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request", "105 request u success after 5\n");
}

static void test_an_error_in_a_fallback_fails_the_operation(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'try':[{'fail':1}],'fallback':[{'compute':'2ms'},{'fail':1}]}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request", "102 request u error after 2\n");
}

static void test_a_failing_step_costs_what_stands_before_it(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'3ms'},{'fail':1},{'compute':'9ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "104 visit a.op failed 101..104 from 101 wasted\n"
        "105 attempt u -> a #1 error 100..105 last\n"
        "105 request u error after 5\n"
        "105 all done u after 5\n");
}

static void test_repeat_runs_its_steps_in_sequence(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'repeat':3,'steps':[{'compute':'2ms'},{'repeat':2,'steps':[{'wait':'1ms'}]}]}]}}}},"
        ""
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request", "112 request u success after 12\n");
}

static void test_a_cache_that_always_hits_spares_the_miss_and_one_that_never_does_not(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'cache':{'hit_ratio':1,'latency':'1ms'},'miss':[{'wait':'50ms'}]},{'cache':{'hit_ra"
        "tio':0},'miss':[{'wait':'3ms'}]}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request", "104 request u success after 4\n");
}

static void test_choose_with_one_choice_takes_it(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'choose':[{'weight':2,'steps':[{'wait':'3ms'}]}]}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request", "103 request u success after 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_follows_the_reply_holds_the_thread_and_is_not_waited_for),
        cmocka_unit_test(test_background_work_outlives_the_reply_and_holds_no_thread),
        cmocka_unit_test(test_parallel_branches_are_over_when_the_last_one_is),
        cmocka_unit_test(test_wait_for_any_goes_on_with_the_first_and_lets_the_others_run),
        cmocka_unit_test(test_wait_for_2_of_3_goes_on_with_the_second),
        cmocka_unit_test(test_parallel_fails_as_soon_as_too_many_branches_have_failed),
        cmocka_unit_test(test_a_fallback_makes_the_reply_degraded_up_to_the_user),
        cmocka_unit_test(test_a_try_that_succeeds_skips_its_fallback),
        cmocka_unit_test(test_an_error_in_a_fallback_fails_the_operation),
        cmocka_unit_test(test_a_failing_step_costs_what_stands_before_it),
        cmocka_unit_test(test_repeat_runs_its_steps_in_sequence),
        cmocka_unit_test(test_a_cache_that_always_hits_spares_the_miss_and_one_that_never_does_not),
        cmocka_unit_test(test_choose_with_one_choice_takes_it),
    };
    return cmocka_run_group_tests_name("models/world_steps", tests, NULL, NULL);
}
