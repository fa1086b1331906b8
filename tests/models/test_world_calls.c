/* Calls, worked out by hand: timeouts, cancels, retries, deadlines, asynchronous calls, the
 * network. All times are constants, so that each line follows from the file. A user asks at 100 ms.
 */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

static void test_after_a_timeout_the_callee_works_on_and_its_reply_is_late(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'40ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'latency':'1ms','timeout':'10ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "111 attempt a -> b #1 timeout 101..111 last\n"
        "111 visit a.op failed 101..111 from 101 wasted\n"
        "112 attempt u -> a #1 error 100..112 last\n"
        "112 request u error after 12\n"
        "142 visit b.op completed 102..142 from 102 wasted\n"
        "142 all done u after 42\n");
}

static void test_a_cooperative_cancel_stops_running_work_at_its_next_step(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'},{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'timeout':'10ms','cancellation':'cooperative'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|all done",
        "122 visit b.op cancelled 102..122 from 102 wasted\n"
        "122 all done u after 22\n");
}

static void test_an_immediate_cancel_stops_running_work_when_it_arrives(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'},{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'timeout':'10ms','cancellation':'immediate'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|all done",
        "112 visit b.op cancelled 102..112 from 102 wasted\n"
        "112 all done u after 12\n");
}

static void test_a_cancel_is_passed_on_to_what_the_callee_has_asked_for(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'call':'c.op'}]}}},"
        "'c': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'6ms'},{'compute':'50ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms','cancellation':'cooperative'}, 'a -> b': "
        "{'timeout':'5ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit|attempt b",
        "106 visit a.op failed 101..106 from 101 wasted\n"
        "107 attempt b -> c #1 unfinished 102..107 last\n"
        "107 visit b.op cancelled 102..107 from 102 wasted\n"
        "109 visit c.op cancelled 103..109 from 103 wasted\n");
}

static void test_a_cancel_takes_a_waiting_request_out_of_the_queue(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 1, 'operations': {'op': {'steps': [{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'timeout':'10ms','cancellation':'cooperative'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b",
        "112 visit b.op abandoned 102..112 from - wasted\n"
        "122 visit b.op cancelled 102..122 from 102 wasted\n");
}

static void test_a_retry_waits_its_back_off_and_the_timeout_covers_all_of_it(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'2ms'},{'fail':1}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'timeout':'30ms','retry_policy':{'max_attempts':5,'backoff':{'type':'constant','base"
        "_interval':'10ms','jitter':'none'}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt a|request",
        "105 attempt a -> b #1 error 101..105\n"
        "119 attempt a -> b #2 error 115..119\n"
        "131 attempt a -> b #3 timeout 129..131 last\n"
        "132 request u error after 32\n");
}

static void test_a_timeout_that_falls_into_a_back_off_ends_the_call_without_an_attempt(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'2ms'},{'fail':1}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': "
        "{'timeout':'10ms','retry_policy':{'max_attempts':2,'backoff':{'type':'constant','base"
        "_interval':'20ms','jitter':'none'}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt a|request",
        "102 attempt a -> b #1 error 100..102\n"
        "110 attempt a -> b #0 timeout 110..110 last\n"
        "110 request u error after 10\n");
}

static void test_per_try_timeouts_are_retried_and_the_abandoned_attempts_still_work(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'12ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'per_try_timeout':'5ms','retry_policy':{'max_attempts':3,'backoff':{'type':'none'}}}"
        "},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "106 attempt a -> b #1 timeout 101..106\n"
        "111 attempt a -> b #2 timeout 106..111\n"
        "114 visit b.op completed 102..114 from 102 wasted\n"
        "116 attempt a -> b #3 timeout 111..116 last\n"
        "116 visit a.op failed 101..116 from 101 wasted\n"
        "117 attempt u -> a #1 error 100..117 last\n"
        "117 request u error after 17\n"
        "119 visit b.op completed 107..119 from 107 wasted\n"
        "124 visit b.op completed 112..124 from 112 wasted\n"
        "124 all done u after 24\n");
}

static void test_retry_on_says_what_is_retried_and_knows_aliases(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'fail':1}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': "
        "{'retry_policy':{'max_attempts':3,'retry_on':['reset','5xx'],'backoff':{'type':'none'"
        "}}}, 'u -> a': {'retry_policy':{'max_attempts':3,'retry_on':['connect_failure']}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "100 attempt a -> b #1 error 100..100\n"
        "100 attempt a -> b #2 error 100..100\n"
        "100 attempt a -> b #3 error 100..100 last\n"
        "100 attempt u -> a #1 error 100..100 last\n");
}

static void test_an_operation_that_is_not_idempotent_is_not_retried_after_an_error(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'fail':1}], 'idempotent': "
        "false}}}},"
        "'links': {'* -> *': {'retry_policy':{'max_attempts':3,'backoff':{'type':'none'}}}, "
        "'u -> a': {'retry_policy':null}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "100 attempt a -> b #1 error 100..100 last\n"
        "100 attempt u -> a #1 error 100..100 last\n");
}

static void test_a_known_deadline_bounds_the_calls_of_the_callee(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'4ms'},{'call':'c.op'}]}}},"
        "'c': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'50ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': "
        "{'timeout':'20ms','deadline_propagation':true}, 'b -> c': {'timeout':'1s'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "121 attempt a -> b #1 timeout 101..121 last\n"
        "121 attempt b -> c #1 timeout 106..121 last\n"
        "122 attempt u -> a #1 error 100..122 last\n");
}

static void test_a_deadline_that_is_not_propagated_does_not(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'4ms'},{'call':'c.op'}]}}},"
        "'c': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'50ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': {'timeout':'20ms'}, 'b -> c': "
        "{'timeout':'1s'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "121 attempt a -> b #1 timeout 101..121 last\n"
        "122 attempt u -> a #1 error 100..122 last\n"
        "158 attempt b -> c #1 success 106..158 last\n");
}

static void test_a_completion_at_the_moment_of_the_timeout_is_in_time(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'8ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': {'timeout':'10ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "111 attempt a -> b #1 success 101..111 last\n"
        "112 attempt u -> a #1 success 100..112 last\n");
}

static void test_an_asynchronous_call_goes_on_at_once(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'},{'compute':'1ms'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'8ms'}]}}}},"
        "'links': {'* -> *': {'latency':'2ms'}, 'a -> b': {'mode':'async'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "102 attempt a -> b #1 success async 102..102 last\n"
        "103 visit a.op completed 102..103 from 102\n"
        "105 attempt u -> a #1 success 100..105 last\n"
        "105 request u success after 5\n"
        "112 visit b.op completed 104..112 from 104\n"
        "112 all done u after 12\n");
}

static void test_an_asynchronous_call_is_lost_when_the_callee_cannot_take_it(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 1, 'queue': {'max_length': 0}, 'operations': {'op': {'steps': "
        "[{'compute':'8ms'}]}}}},"
        "'links': {'* -> *': {'latency':'2ms'}, 'a -> b': {'mode':'async'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|request",
        "104 request u success after 4\n"
        "104 request u success after 4\n"
        "104 visit b.op rejected 104..104 from - wasted\n"
        "112 visit b.op completed 104..112 from 104\n");
}

static void test_sizes_take_time_on_a_link_with_a_bandwidth(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op','request_size':'1000B','response_size':'2000B'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'bandwidth':'1Mbps'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt a", "125 attempt a -> b #1 success 100..125 last\n");
}

static void test_serialization_costs_time_at_each_end_of_each_message(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'latency':'1ms','serialization':'2ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit|attempt",
        "108 visit b.op completed 103..108 from 103\n"
        "109 attempt a -> b #1 success 102..109 last\n"
        "111 visit a.op completed 100..111 from 100\n"
        "111 attempt u -> a #1 success 100..111 last\n");
}

static void test_calls_of_one_step_follow_each_other(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op','times':3}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt a",
        "101 attempt a -> b #1 success 100..101 last\n"
        "102 attempt a -> b #1 success 101..102 last\n"
        "103 attempt a -> b #1 success 102..103 last\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_after_a_timeout_the_callee_works_on_and_its_reply_is_late),
        cmocka_unit_test(test_a_cooperative_cancel_stops_running_work_at_its_next_step),
        cmocka_unit_test(test_an_immediate_cancel_stops_running_work_when_it_arrives),
        cmocka_unit_test(test_a_cancel_is_passed_on_to_what_the_callee_has_asked_for),
        cmocka_unit_test(test_a_cancel_takes_a_waiting_request_out_of_the_queue),
        cmocka_unit_test(test_a_retry_waits_its_back_off_and_the_timeout_covers_all_of_it),
        cmocka_unit_test(
            test_a_timeout_that_falls_into_a_back_off_ends_the_call_without_an_attempt),
        cmocka_unit_test(test_per_try_timeouts_are_retried_and_the_abandoned_attempts_still_work),
        cmocka_unit_test(test_retry_on_says_what_is_retried_and_knows_aliases),
        cmocka_unit_test(test_an_operation_that_is_not_idempotent_is_not_retried_after_an_error),
        cmocka_unit_test(test_a_known_deadline_bounds_the_calls_of_the_callee),
        cmocka_unit_test(test_a_deadline_that_is_not_propagated_does_not),
        cmocka_unit_test(test_a_completion_at_the_moment_of_the_timeout_is_in_time),
        cmocka_unit_test(test_an_asynchronous_call_goes_on_at_once),
        cmocka_unit_test(test_an_asynchronous_call_is_lost_when_the_callee_cannot_take_it),
        cmocka_unit_test(test_sizes_take_time_on_a_link_with_a_bandwidth),
        cmocka_unit_test(test_serialization_costs_time_at_each_end_of_each_message),
        cmocka_unit_test(test_calls_of_one_step_follow_each_other),
    };
    return cmocka_run_group_tests_name("models/world_calls", tests, NULL, NULL);
}
