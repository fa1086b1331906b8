/* Queues, threads, CPUs and faults, worked out by hand. Users ask at 100 ms. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

static void test_requests_wait_in_order_and_a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'queue': {'max_length': 1}, 'operations': {'op': "
        "{'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "101 visit a.op rejected 101..101 from - wasted\n"
        "102 attempt u -> a #1 rejected 100..102 last\n"
        "102 request u rejected after 2\n"
        "102 all done u after 2\n"
        "111 visit a.op completed 101..111 from 101\n"
        "112 attempt u -> a #1 success 100..112 last\n"
        "112 request u success after 12\n"
        "112 all done u after 12\n"
        "121 visit a.op completed 101..121 from 111\n"
        "122 attempt u -> a #1 success 100..122 last\n"
        "122 request u success after 22\n"
        "122 all done u after 22\n");
}

static void test_lifo_serves_the_last_first(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'queue': {'discipline': 'lifo'}, 'operations': "
        "{'op': {'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'101ms','mix':{'a.op':1}},'w':{'type':'clos"
        "ed','users':1,'think_time':'102ms','mix':{'a.op':1}}}}",
        "request",
        "110 request u success after 10\n"
        "120 request w success after 18\n"
        "130 request v success after 29\n");
}

static void test_priority_serves_the_lowest_number_first_and_does_not_interrupt(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'queue': {'discipline': 'priority'}, 'operations': "
        "{'op': {'priority': 5, 'steps': [{'compute':'10ms'}]}, 'urgent': {'priority': 1, "
        "'steps': [{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'101ms','mix':{'a.urgent':1}}}}",
        "request",
        "110 request u success after 10\n"
        "111 request v success after 10\n"
        "121 request u success after 21\n");
}

static void test_a_queue_timeout_turns_a_waiting_request_away(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'queue': {'timeout': '4ms'}, 'operations': {'op': "
        "{'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "105 visit a.op abandoned 101..105 from - wasted\n"
        "106 attempt u -> a #1 rejected 100..106 last\n"
        "106 request u rejected after 6\n"
        "106 all done u after 6\n"
        "111 visit a.op completed 101..111 from 101\n"
        "112 attempt u -> a #1 success 100..112 last\n"
        "112 request u success after 12\n"
        "112 all done u after 12\n");
}

static void test_an_expired_request_is_dropped_when_its_turn_comes(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 1, 'queue': {'drop_expired_on_dequeue': true}, 'operations': "
        "{'op': {'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'timeout':'8ms','deadline_propagation':true}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|attempt a",
        "108 attempt a -> b #1 timeout 100..108 last\n"
        "108 attempt a -> b #1 timeout 100..108 last\n"
        "110 visit b.op completed 100..110 from 100 wasted\n"
        "110 visit b.op abandoned 100..110 from - wasted\n");
}

static void test_an_event_loop_takes_all_and_only_computing_holds_its_core(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'server':'event_loop','cpu':{'cores':1,'scheduling':'fifo'},'opera"
        "tions':{'op':{'steps':[{'compute':'2ms'},{'wait':'10ms'},{'compute':'1ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "102 cpu a 1 from 100\n"
        "104 cpu a 1 from 102\n"
        "113 cpu a 1 from 112\n"
        "113 visit a.op completed 100..113 from 100\n"
        "113 attempt u -> a #1 success 100..113 last\n"
        "113 request u success after 13\n"
        "113 all done u after 13\n"
        "115 cpu a 1 from 114\n"
        "115 visit a.op completed 100..115 from 100\n"
        "115 attempt u -> a #1 success 100..115 last\n"
        "115 request u success after 15\n"
        "115 all done u after 15\n");
}

static void test_two_computations_share_one_core(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'cpu': {'cores': 1}, 'operations': {'op': "
        "{'steps': [{'compute':'4ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'102ms','mix':{'a.op':1}}}}",
        NULL,
        "102 cpu a 1 from 100\n"
        "104 cpu a 1 from 102\n"
        "106 cpu a 1 from 104\n"
        "106 visit a.op completed 100..106 from 100\n"
        "106 attempt u -> a #1 success 100..106 last\n"
        "106 request u success after 6\n"
        "106 all done u after 6\n"
        "108 cpu a 1 from 106\n"
        "108 visit a.op completed 102..108 from 102\n"
        "108 attempt v -> a #1 success 102..108 last\n"
        "108 request v success after 6\n"
        "108 all done v after 6\n");
}

static void test_half_a_core_takes_twice_the_time(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'cpu': {'cores': 0.5}, 'operations': {'op': "
        "{'steps': [{'compute':'4ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "108 cpu a 0.5 from 100\n"
        "108 visit a.op completed 100..108 from 100\n"
        "108 attempt u -> a #1 success 100..108 last\n"
        "108 request u success after 8\n"
        "108 all done u after 8\n");
}

static void test_a_crash_loses_work_and_callers_see_a_reset_one_latency_later(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'crash','target':{'service':'a'},'start':'110ms','duration':'"
        "10ms'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "110 visit a.op lost 101..110 from 101 wasted\n"
        "110 visit a.op lost 101..110 from - wasted\n"
        "110 fault_start f\n"
        "111 attempt u -> a #1 reset 100..111 last\n"
        "111 request u reset after 11\n"
        "111 all done u after 11\n"
        "111 attempt u -> a #1 reset 100..111 last\n"
        "111 request u reset after 11\n"
        "111 all done u after 11\n"
        "120 fault_end f\n");
}

static void test_a_crashed_replica_refuses_connections_and_comes_back_empty(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'crash','target':{'service':'a'},'start':'95ms','duration':'6"
        "ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'99ms','mix':{'a.op':1}},'v'"
        ":{'type':'closed','users':1,'think_time':'102ms','mix':{'a.op':1}}}}",
        NULL,
        "95 fault_start f\n"
        "101 fault_end f\n"
        "101 attempt u -> a #1 connect_failure 99..101 last\n"
        "101 request u connect_failure after 2\n"
        "101 all done u after 2\n"
        "123 visit a.op completed 103..123 from 103\n"
        "124 attempt v -> a #1 success 102..124 last\n"
        "124 request v success after 22\n"
        "124 all done v after 22\n");
}

static void test_a_black_hole_says_nothing(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms','timeout':'30ms'}},"
        "'faults': {'f': {'type':'crash','signature':'blackhole','target':{'service':'a'},'sta"
        "rt':'110ms','duration':'10ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'112ms','mix':{'a.op':1}}}}",
        NULL,
        "110 visit a.op lost 101..110 from 101 wasted\n"
        "110 fault_start f\n"
        "120 fault_end f\n"
        "130 attempt u -> a #1 timeout 100..130 last\n"
        "130 request u timeout after 30\n"
        "130 all done u after 30\n"
        "142 attempt v -> a #1 timeout 112..142 last\n"
        "142 request v timeout after 30\n"
        "142 all done v after 30\n");
}

static void test_a_crashed_caller_lets_its_callee_work_for_nobody(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'crash','target':{'service':'a'},'start':'110ms','duration':'"
        "10ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "110 attempt a -> b #1 unfinished 101..110 last\n"
        "110 visit a.op lost 101..110 from 101 wasted\n"
        "110 fault_start f\n"
        "111 attempt u -> a #1 reset 100..111 last\n"
        "111 request u reset after 11\n"
        "120 fault_end f\n"
        "122 visit b.op completed 102..122 from 102 wasted\n"
        "122 all done u after 22\n");
}

static void test_a_hung_replica_keeps_its_work_and_goes_on(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'operations': {'op': {'steps': "
        "[{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'hang','target':{'service':'a'},'start':'110ms','duration':'1"
        "0ms'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "110 fault_start f\n"
        "120 fault_end f\n"
        "131 visit a.op completed 101..131 from 101\n"
        "132 attempt u -> a #1 success 100..132 last\n"
        "132 request u success after 32\n"
        "132 all done u after 32\n"
        "151 visit a.op completed 101..151 from 131\n"
        "152 attempt u -> a #1 success 100..152 last\n"
        "152 request u success after 52\n"
        "152 all done u after 52\n");
}

static void test_a_hung_caller_does_not_see_its_timeout_until_it_wakes(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'8ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'timeout':'5ms'}},"
        "'faults': {'f': {'type':'hang','target':{'service':'a'},'start':'102ms','duration':'1"
        "0ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "102 fault_start f\n"
        "108 visit b.op completed 100..108 from 100\n"
        "112 attempt a -> b #1 timeout 100..112 last\n"
        "112 visit a.op failed 100..112 from 100 wasted\n"
        "112 fault_end f\n"
        "112 attempt u -> a #1 error 100..112 last\n"
        "112 request u error after 12\n"
        "112 all done u after 12\n");
}

static void test_a_slowdown_stretches_what_is_left_of_work_in_progress(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'},{'wait':'10ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'faults': {'f': {'type':'slowdown','factor':3,'target':{'service':'a'},'start':'105ms"
        "','duration':'20ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "105 fault_start f\n"
        "125 fault_end f\n"
        "133.333 visit a.op completed 100..133.333 from 100\n"
        "133.333 attempt u -> a #1 success 100..133.333 last\n"
        "133.333 request u success after 33.3333\n"
        "133.333 all done u after 33.3333\n");
}

static void test_a_slowdown_stretches_work_on_a_shared_cpu(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'cpu': {'cores': 1}, 'operations': {'op': "
        "{'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'faults': {'f': {'type':'slowdown','factor':3,'target':{'service':'a'},'start':'105ms"
        "'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request|visit",
        "120 visit a.op completed 100..120 from 100\n"
        "120 request u success after 20\n");
}

static void test_a_slowdown_of_one_operation_leaves_the_others_alone(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}, 'other': {'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'faults': {'f': {'type':'slowdown','factor':2,'target':{'operation':'a.op'},'start':'"
        "105ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.other':1}}}}",
        "request",
        "110 request v success after 10\n"
        "115 request u success after 15\n");
}

static void test_an_abort_answers_at_the_door_after_the_network(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'abort','target':{'service':'a'},'start':'50ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "50 fault_start f\n"
        "101 visit a.op rejected 101..101 from - wasted\n"
        "102 attempt u -> a #1 error 100..102 last\n"
        "102 request u error after 2\n"
        "102 all done u after 2\n");
}

static void test_an_injected_delay_lengthens_the_way_of_the_request(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms'}},"
        "'faults': {'f': {'type':'delay','latency':'7ms','target':{'link':'u -> "
        "a'},'start':'50ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit|attempt",
        "118 visit a.op completed 108..118 from 108\n"
        "119 attempt u -> a #1 success 100..119 last\n");
}

static void test_a_lost_message_leaves_the_caller_to_its_timeout(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'1ms','timeout':'20ms'}},"
        "'faults': {'f': {'type':'loss','ratio':1,'target':{'link':'u -> "
        "a'},'start':'50ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit|attempt|request",
        "120 attempt u -> a #1 timeout 100..120 last\n"
        "120 request u timeout after 20\n");
}

static void test_a_partition_drops_what_is_sent_and_spares_what_is_under_way(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {'latency':'5ms','timeout':'60ms'}},"
        "'faults': {'f': {'type':'partition','target':{'service':'a'},'start':'102ms','duratio"
        "n':'20ms'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}},'v"
        "':{'type':'closed','users':1,'think_time':'103ms','mix':{'a.op':1}}}}",
        "visit|attempt|request",
        "115 visit a.op completed 105..115 from 105\n"
        "160 attempt u -> a #1 timeout 100..160 last\n"
        "160 request u timeout after 60\n"
        "163 attempt v -> a #1 timeout 103..163 last\n"
        "163 request v timeout after 60\n");
}

static void test_a_fault_of_a_zone_hits_the_replicas_in_it(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 1, 'replicas': 2, 'zones': ['x','y'], 'operations': "
        "{'op': {'steps': [{'compute':'5ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'faults': {'f': {'type':'crash','target':{'zone':'y'},'start':'50ms'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "attempt",
        "100 attempt u -> a #1 connect_failure 100..100 last\n"
        "105 attempt u -> a #1 success 100..105 last\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_wait_in_order_and_a_full_queue_refuses_at_once),
        cmocka_unit_test(test_lifo_serves_the_last_first),
        cmocka_unit_test(test_priority_serves_the_lowest_number_first_and_does_not_interrupt),
        cmocka_unit_test(test_a_queue_timeout_turns_a_waiting_request_away),
        cmocka_unit_test(test_an_expired_request_is_dropped_when_its_turn_comes),
        cmocka_unit_test(test_an_event_loop_takes_all_and_only_computing_holds_its_core),
        cmocka_unit_test(test_two_computations_share_one_core),
        cmocka_unit_test(test_half_a_core_takes_twice_the_time),
        cmocka_unit_test(test_a_crash_loses_work_and_callers_see_a_reset_one_latency_later),
        cmocka_unit_test(test_a_crashed_replica_refuses_connections_and_comes_back_empty),
        cmocka_unit_test(test_a_black_hole_says_nothing),
        cmocka_unit_test(test_a_crashed_caller_lets_its_callee_work_for_nobody),
        cmocka_unit_test(test_a_hung_replica_keeps_its_work_and_goes_on),
        cmocka_unit_test(test_a_hung_caller_does_not_see_its_timeout_until_it_wakes),
        cmocka_unit_test(test_a_slowdown_stretches_what_is_left_of_work_in_progress),
        cmocka_unit_test(test_a_slowdown_stretches_work_on_a_shared_cpu),
        cmocka_unit_test(test_a_slowdown_of_one_operation_leaves_the_others_alone),
        cmocka_unit_test(test_an_abort_answers_at_the_door_after_the_network),
        cmocka_unit_test(test_an_injected_delay_lengthens_the_way_of_the_request),
        cmocka_unit_test(test_a_lost_message_leaves_the_caller_to_its_timeout),
        cmocka_unit_test(test_a_partition_drops_what_is_sent_and_spares_what_is_under_way),
        cmocka_unit_test(test_a_fault_of_a_zone_hits_the_replicas_in_it),
    };
    return cmocka_run_group_tests_name("models/world_replicas", tests, NULL, NULL);
}
