/* Expected visits, worked out by hand, and what the load of the services follows from them. */
#include <math.h>

#include "models/load.h"
#include "tests/support/close_to.h"
#include "tests/support/topology_text.h"

#define SERVICE(name, steps)                                                                       \
    "'" name "': {'threads': 2, 'operations': {'x': {'steps': [" steps "]}}}"

#define FILE_WITH(services, more)                                                                  \
    "{'services': {" services "}, 'links': {'* -> *': {}}, " more                                  \
    " 'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}}}"

#define SIMPLE(services) FILE_WITH(services, "")

static double visits(const Topology *topology, uint32_t workload, const char *operation)
{
    uint32_t index = topology_find_operation(topology, operation);
    assert_int_not_equal(index, NO_INDEX);
    return topology->visits[workload * topology->operation_count + index];
}

static void assert_visits(const char *file, const char *operation, double expected)
{
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_close(visits(topology, 0, operation), expected, 1e-9);
}

static void test_options_of_calls_multiply(void **state)
{
    (void)state;
    assert_visits(
        SIMPLE(SERVICE("a", "{'call': 'b.x', 'probability': 0.25, 'times': 6},"
                            "{'repeat': 3, 'steps': [{'call': 'b.x'}]}") "," SERVICE("b", "")),
        "b.x", 0.25 * 6 + 3);
}

static void test_random_numbers_of_calls_count_by_their_mean(void **state)
{
    (void)state;
    assert_visits(SIMPLE(SERVICE("a", "{'call': 'b.x', 'times': {'dist': 'poisson',"
                                      "'mean': 2.5}}") "," SERVICE("b", "")),
                  "b.x", 2.5);
}

static void test_branches_count_by_weight_and_misses_by_ratio(void **state)
{
    (void)state;
    const char *file = SIMPLE(SERVICE("a", "{'choose': [{'weight': 1, 'steps': [{'call': 'b.x'}]},"
                                           "{'weight': 3, 'steps': [{'call': 'c.x', 'times': "
                                           "2}]}]},"
                                           "{'cache': {'hit_ratio': 0.9}, 'miss': [{'call': "
                                           "'c.x'}]}") "," SERVICE("b", "") "," SERVICE("c", ""));
    assert_visits(file, "b.x", 0.25);
    assert_visits(file, "c.x", 0.75 * 2 + 0.1);
}

static void test_all_parallel_and_background_branches_count(void **state)
{
    (void)state;
    assert_visits(
        SIMPLE(SERVICE("a", "{'parallel': [[{'call': 'b.x'}], [{'call': 'b.x'}]],"
                            "'wait_for': 'any'},"
                            "{'background': [{'call': 'b.x', 'times': 2}]}") "," SERVICE("b", "")),
        "b.x", 4);
}

static void test_fallbacks_and_failures_do_not_count(void **state)
{
    (void)state;
    const char *file = SIMPLE(SERVICE(
        "a",
        "{'try': [{'fail': 0.5}, {'call': 'b.x'}],"
        "'fallback': [{'call': 'c.x'}]}, {'call': 'b.x'}") "," SERVICE("b", "") "," SERVICE("c",
                                                                                            ""));
    assert_visits(file, "b.x", 2);
    assert_visits(file, "c.x", 0);
}

static void test_calls_after_the_reply_count(void **state)
{
    (void)state;
    assert_visits("{'services': {'a': {'threads': 1, 'operations': {'x': {'steps': [],"
                  "'after_reply': [{'call': 'a.y'}]}, 'y': {'steps': []}}}},"
                  "'links': {'* -> *': {}},"
                  "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
                  "a.y", 1);
}

static void test_chains_multiply_and_paths_add(void **state)
{
    (void)state;
    assert_visits(
        SIMPLE(SERVICE("a", "{'call': 'b.x', 'times': 2}, {'call': 'c.x'}") "," SERVICE(
            "b", "{'call': 'd.x', 'times': 3}") "," SERVICE("c",
                                                            "{'call': 'd.x'}") "," SERVICE("d",
                                                                                           "")),
        "d.x", 2 * 3 + 1);
}

/* v = 1 + 0.5 v / 2 ...: a calls b once, b calls a with 1/2: 1 / (1 - 1/2). */
static void test_recursion_is_a_geometric_series(void **state)
{
    (void)state;
    const char *file = SIMPLE(
        SERVICE("a", "{'call': 'b.x'}") "," SERVICE("b", "{'call': 'a.x',"
                                                         "'probability': 0.5},"
                                                         "{'call': 'c.x'}") "," SERVICE("c", ""));
    assert_visits(file, "a.x", 2);
    assert_visits(file, "b.x", 2);
    assert_visits(file, "c.x", 2);
}

static void test_each_workload_has_its_own_visits_by_its_mix(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {" SERVICE("a", "{'call': 'b.x'}") "," SERVICE(
            "b", "") "},"
                     "'links': {'* -> *': {}},"
                     "'workloads': {'v': {'arrival': {'rate': 1}, 'mix': {'a.x': 3, 'b.x': 1}},"
                     "              'w': {'arrival': {'rate': 1}, 'mix': {'b.x': 1}}}}",
        NULL);
    assert_close(visits(topology, 0, "a.x"), 0.75, 1e-12);
    assert_close(visits(topology, 0, "b.x"), 1, 1e-12);
    assert_close(visits(topology, 1, "a.x"), 0, 0);
    assert_close(visits(topology, 1, "b.x"), 1, 1e-12);
}

/* Two replicas take two messages each at once, one replica one: 4 to 1. */
static void test_competing_consumers_share_by_how_many_they_take(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {" SERVICE(
            "a",
            "{'repeat': 10, 'steps': [{'publish': 'q'}]}") ","
                                                           "'b': {'threads': 2, 'replicas': 2, "
                                                           "'operations': {'x': {'steps': "
                                                           "[]}}}," SERVICE(
                                                               "c",
                                                               "") "}, 'brokers': {'q': {'kind': "
                                                                   "'queue', 'consumers': {'b.x': "
                                                                   "{'concurrency': 2}, 'c.x': "
                                                                   "{}}}},"
                                                                   "'links': {'* -> *': {}},"
                                                                   "'workloads': {'w': {'arrival': "
                                                                   "{'rate': 1}, 'mix': {'a.x': "
                                                                   "1}}}}",
        NULL);
    assert_close(visits(topology, 0, "b.x"), 8, 1e-12);
    assert_close(visits(topology, 0, "c.x"), 2, 1e-12);
}

static void test_every_subscription_of_a_topic_gets_a_copy(void **state)
{
    (void)state;
    const char *file =
        FILE_WITH(SERVICE("a", "{'publish': 't'}, {'publish': 't'}") "," SERVICE(
                      "b", "") "," SERVICE("c", ""),
                  "'brokers': {'t': {'kind': 'topic', 'subscriptions':"
                  " {'one': {'consumers': {'b.x': {}}}, 'two': {'consumers': {'c.x': {}}}}}},");
    assert_visits(file, "b.x", 2);
    assert_visits(file, "c.x", 2);
}

/* b gets half of all; c keys 2 and 4 of 1..4, of the first publication alone; a batch of four is
 * one visit. */
static void test_filters_let_their_share_through_and_batches_are_one_visit(void **state)
{
    (void)state;
    const char *file =
        FILE_WITH(SERVICE("a", "{'repeat': 8, 'steps': [{'publish': 't', 'key': {'dist': "
                               "'uniform_int',"
                               "'min': 1, 'max': 4}}]}, {'publish': 't'}, {'publish': 't', 'key': "
                               "3}") "," SERVICE("b", "") "," SERVICE("c", "") "," SERVICE("d", ""),
                  "'brokers': {'t': {'kind': 'topic', 'subscriptions': {"
                  "'half': {'filter': {'probability': 0.5}, 'consumers': {'b.x': {}}},"
                  "'even': {'filter': {'keys': [4, 2, 2]}, 'consumers': {'c.x': {}}},"
                  "'all': {'consumers': {'d.x': {'batch_size': 4}}}}}},");
    assert_visits(file, "b.x", 5);
    assert_visits(file, "c.x", 4);
    assert_visits(file, "d.x", 2.5);
}

static void test_async_calls_over_a_broker_arrive(void **state)
{
    (void)state;
    assert_visits("{'services': {" SERVICE("a", "{'call': 'b.x', 'times': 3}") "," SERVICE(
                      "b", "") "}, 'brokers': {'q': {'kind': 'queue', 'consumers': {'b.x': {}}}},"
                               "'links': {'* -> *': {}, 'a -> b': {'mode': 'async', 'via': 'q'}},"
                               "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
                  "b.x", 3);
}

/* --- load */

/* 100 requests/s; b: 2 x 3 ms of work on 2 threads = 0.3; a holds its thread while b works, and for
 * the latency of 1 ms each way: 4 + 2 (3 + 2) = 14 ms on 2 threads = 0.7. */
static void test_utilisation_is_rate_times_holding_time(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {" SERVICE("a", "{'wait': '4ms'}, {'call': 'b.x', 'times': 2}") "," SERVICE(
            "b", "{'compute': '3ms'}") "},"
                                       "'links': {'w -> a': {}, 'a -> b': {'latency': '1ms'}},"
                                       "'workloads': {'w': {'arrival': {'rate': 100}, 'mix': "
                                       "{'a.x': 1}}}}",
        NULL);
    g_autofree ServiceLoad *loads = topology_load(topology);
    assert_close(loads[0].rate, 100, 1e-9);
    assert_close(loads[1].rate, 200, 1e-9);
    assert_close(loads[0].thread_utilization, 0.7, 1e-9);
    assert_close(loads[1].thread_utilization, 0.3, 1e-9);
    assert_missing(loads[0].core_utilization);
    assert_int_equal(topology->warnings->len, 0);
}

static void test_cores_are_used_by_computing_alone(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {'a': {'server': 'event_loop', 'replicas': 2, 'cpu': {'cores': 0.5},"
        "  'operations': {'x': {'steps': [{'wait': '1s'}, {'compute': '6ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}}}",
        NULL);
    g_autofree ServiceLoad *loads = topology_load(topology);
    assert_close(loads[0].core_utilization, 0.6, 1e-9);
    assert_missing(loads[0].thread_utilization);
}

static void test_parallel_calls_hold_for_the_longest(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(SIMPLE(SERVICE("a", "{'parallel': [[{'wait': '1ms'}], [{'wait': '5ms'}]]},"
                                          "{'parallel': [[{'wait': '1ms'}], [{'wait': '5ms'}],"
                                          "              [{'wait': '3ms'}]], 'wait_for': 2},"
                                          "{'background': [{'wait': '1s'}]}")),
                      NULL);
    g_autofree OperationDemand *demands = topology_demand(topology);
    assert_close(demands[0].reply, 8e6, 1e-9);
}

static void test_steps_after_the_reply_hold_the_thread_and_not_the_caller(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {'a': {'threads': 1, 'operations': {'x': {'steps': [{'wait': '2ms'}],"
        "'after_reply': [{'wait': '3ms'}]}}}}, 'links': {'* -> *': {}},"
        "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
        NULL);
    g_autofree OperationDemand *demands = topology_demand(topology);
    assert_close(demands[0].reply, 2e6, 1e-9);
    assert_close(demands[0].hold, 5e6, 1e-9);
}

/* R = 1 + R / 2 for both: 2 ms. */
static void test_recursive_calls_take_the_sum_of_the_series(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        SIMPLE(SERVICE("a", "{'wait': '1ms'}, {'call': 'a.x', 'probability': 0.5}")), NULL);
    g_autofree OperationDemand *demands = topology_demand(topology);
    assert_close(demands[0].reply, 2e6, 1e-6);
}

static void test_a_profile_counts_by_its_mean_over_the_run(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'simulation': {'duration': '40s'},"
        "'services': {" SERVICE(
            "a", "") "}, 'links': {'* -> *': {}},"
                     "'workloads': {'w': {'arrival': {'profile': [{'until': '10s', 'rate': 10},"
                     " {'until': '20s', 'from': 10, 'to': 50}, {'until': '100s', 'rate': 20}]},"
                     " 'mix': {'a.x': 1}}}}",
        NULL);
    assert_close(workload_rate(topology, 0), (10 * 10 + 30 * 10 + 20 * 20) / 40.0, 1e-9);
}

/* --- warnings */

static void assert_warning(const char *file, const char *expected)
{
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_int_equal(topology->warnings->len, 1);
    assert_string_equal(g_ptr_array_index(topology->warnings, 0), expected);
}

static void test_a_service_with_too_few_threads_is_a_warning(void **state)
{
    (void)state;
    assert_warning(
        SIMPLE(SERVICE("a", "{'wait': '30ms'}")),
        "/services/a: 100 requests/s hold 1.5 times the threads it has, even when no call "
        "has to wait; it cannot keep up");
}

static void test_a_service_with_too_few_cores_is_a_warning(void **state)
{
    (void)state;
    assert_warning("{'services': {'a': {'threads': 99, 'cpu': {'cores': 1}, 'operations':"
                   "{'x': {'steps': [{'compute': '20ms'}]}}}}, 'links': {'* -> *': {}},"
                   "'workloads': {'w': {'arrival': {'rate': 100}, 'mix': {'a.x': 1}}}}",
                   "/services/a: 100 requests/s need 2 times the cores it has; it cannot keep up");
}

static void test_a_circle_of_synchronous_calls_is_a_warning(void **state)
{
    (void)state;
    assert_warning(SIMPLE(SERVICE("a", "{'call': 'b.x'}") "," SERVICE(
                       "b", "{'call': 'a.x', 'probability': 0.5}")),
                   "/services/a/operations/x: synchronous calls go in a circle: a.x -> b.x -> a.x");
}

static void test_a_timeout_that_outlives_the_callers_is_a_warning(void **state)
{
    (void)state;
    assert_warning(
        "{'services': {" SERVICE("a", "{'call': 'b.x'}") "," SERVICE(
            "b", "") "},"
                     "'links': {'w -> a': {'timeout': '1s'}, 'a -> b': {'timeout': '2s'}},"
                     "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
        "/links/a -> b/timeout: 2s is not below the 1s of \"w -> a\": its caller gives up "
        "first, and the work goes on for nobody");
}

static void test_a_deadline_passed_on_needs_no_shorter_timeouts(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {" SERVICE("a", "{'call': 'b.x'}") "," SERVICE(
            "b", "") "},"
                     "'links': {'w -> a': {'timeout': '1s', 'deadline_propagation': true},"
                     "          'a -> b': {'timeout': '2s'}},"
                     "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
        NULL);
    assert_int_equal(topology->warnings->len, 0);
}

static void test_calls_that_other_consumers_may_take_are_a_warning(void **state)
{
    (void)state;
    assert_warning(
        "{'services': {" SERVICE("a", "{'call': 'b.x'}") "," SERVICE("b", "") "," SERVICE(
            "c", "") "},"
                     "'brokers': {'q': {'kind': 'queue', 'consumers': {'b.x': {}, 'c.x': {}}}},"
                     "'links': {'w -> a': {}, 'a -> b': {'mode': 'async', 'via': 'q'}},"
                     "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
        "/brokers/q: calls to b.x over \"a -> b\" also go to the other consumers of this "
        "queue");
}

static void test_consumers_without_a_partition_are_a_warning(void **state)
{
    (void)state;
    assert_warning(
        "{'services': {'a': {'threads': 9, 'replicas': 3, 'operations': {'x': {'steps': []}}}},"
        "'brokers': {'s': {'kind': 'stream', 'partitions': 4, 'consumer_groups': {"
        "'g': {'operation': 'a.x', 'concurrency': 2}, 'h': {'operation': 'a.x'}}}},"
        "'links': {'* -> *': {}}, 'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}",
        "/brokers/s/consumer_groups/g: 6 consumers share 4 partitions: 2 of them get none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_of_calls_multiply),
        cmocka_unit_test(test_random_numbers_of_calls_count_by_their_mean),
        cmocka_unit_test(test_branches_count_by_weight_and_misses_by_ratio),
        cmocka_unit_test(test_all_parallel_and_background_branches_count),
        cmocka_unit_test(test_fallbacks_and_failures_do_not_count),
        cmocka_unit_test(test_calls_after_the_reply_count),
        cmocka_unit_test(test_chains_multiply_and_paths_add),
        cmocka_unit_test(test_recursion_is_a_geometric_series),
        cmocka_unit_test(test_each_workload_has_its_own_visits_by_its_mix),
        cmocka_unit_test(test_competing_consumers_share_by_how_many_they_take),
        cmocka_unit_test(test_every_subscription_of_a_topic_gets_a_copy),
        cmocka_unit_test(test_filters_let_their_share_through_and_batches_are_one_visit),
        cmocka_unit_test(test_async_calls_over_a_broker_arrive),
        cmocka_unit_test(test_utilisation_is_rate_times_holding_time),
        cmocka_unit_test(test_cores_are_used_by_computing_alone),
        cmocka_unit_test(test_parallel_calls_hold_for_the_longest),
        cmocka_unit_test(test_steps_after_the_reply_hold_the_thread_and_not_the_caller),
        cmocka_unit_test(test_recursive_calls_take_the_sum_of_the_series),
        cmocka_unit_test(test_a_profile_counts_by_its_mean_over_the_run),
        cmocka_unit_test(test_a_service_with_too_few_threads_is_a_warning),
        cmocka_unit_test(test_a_service_with_too_few_cores_is_a_warning),
        cmocka_unit_test(test_a_circle_of_synchronous_calls_is_a_warning),
        cmocka_unit_test(test_a_timeout_that_outlives_the_callers_is_a_warning),
        cmocka_unit_test(test_a_deadline_passed_on_needs_no_shorter_timeouts),
        cmocka_unit_test(test_calls_that_other_consumers_may_take_are_a_warning),
        cmocka_unit_test(test_consumers_without_a_partition_are_a_warning),
    };
    return cmocka_run_group_tests_name("models/traffic", tests, NULL, NULL);
}
