/* What lies between caller and callee: pools, queues and lines, of which the answer is known. */
#include <math.h>

#include "tests/support/replications.h"
#include "tests/support/cmocka_all.h"

#define EXPONENTIAL(mean) "{'dist': 'exponential', 'mean': '" mean "'}"
#define OFFERED(link, rate, services, rest)                                                        \
    "{'simulation': {'duration': '600s', 'warmup': '30s'}, 'services': {" services "}" rest        \
    ", 'links': {'w -> s': {" link "}}, 'workloads': {'w': {'arrival': {'rate': " rate             \
    "}, 'mix': {'s.op': 1}}}}"
#define DELAY(mean)                                                                                \
    "'s': {'server': 'event_loop', 'operations': {'op': {'steps': [{'wait': " EXPONENTIAL(         \
        mean) "}]}}}"

/* Mean response of M/M/c in ms, by Erlang's C formula: rates per second. */
static double mmc_response_ms(int servers, double arrivals, double services)
{
    double load = arrivals / services, term = 1, sum = 0; /* load^k / k! */
    for (int k = 0; k < servers; k++) {
        sum += term;
        term *= load / (k + 1);
    }
    double last = term / (1 - load / servers);
    double wait = last / (sum + last) / (servers * services - arrivals);
    return 1000 * (wait + 1 / services);
}

/* The callee takes any number at once: what waits, waits at the caller, for one of c connections.
 */
static void test_a_pool_without_bound_is_mmc_at_the_caller(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, OFFERED("'connection_pool': {'max_connections': 3, 'connect_time': 0,"
                                    "'max_pending_requests': null}",
                                    "240", DELAY("10ms"), ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", mmc_response_ms(3, 240, 100), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "response_mean_ms", 10, 0.003);
    assert_theory(&runs, SCOPE_SERVICE, "s", "in_system_mean", 2.4, 0.003);
    replications_clear(&runs);
}

/* Two connections of two streams are four servers. */
static void test_streams_of_http2_are_servers_too(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, OFFERED("'connection_pool': {'protocol': 'http2', 'connect_time': 0,"
                                    "'max_connections': 2, 'max_concurrent_streams': 2,"
                                    "'max_pending_requests': null}",
                                    "300", DELAY("10ms"), ""));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", mmc_response_ms(4, 300, 100), 0.01);
    replications_clear(&runs);
}

/* Refused beyond max_requests, and never waiting: Erlang's B formula, here for one server. */
static void test_max_requests_is_a_loss_system(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, OFFERED("'connection_pool': {'max_requests': 1, 'connect_time': 0}",
                                    "100", DELAY("10ms"), ""));
    assert_theory(&runs, SCOPE_LINK, "w -> s", "pool_overflow/attempts", 0.5, 0.003);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10, 0.003);
    replications_clear(&runs);
}

/* A connection that serves one request costs 2 ms for each. */
static void test_connections_for_one_request_cost_their_time_each(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs, OFFERED("'connection_pool': {'max_connections': null, 'max_pending_requests': null,"
                       "'max_requests_per_connection': 1, 'connect_time': " EXPONENTIAL(
                           "1500us") ",'tls_time': '500us'}",
                       "100", DELAY("10ms"), ""));
    /* A request may take over a connection that was opened for one before it: the order of the
     * requests is not that of the connections, but each connection is opened for one request. */
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 12, 0.003);
    replications_clear(&runs);
}

/* Consumers are servers; 2 ms into the queue, and 5 ms through that of the replies. */
static void test_request_and_reply_through_queues_is_mmc_and_the_way(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        OFFERED("'mode': 'async_reply', 'via': 'q', 'reply_via': 'r'", "240", DELAY("10ms"),
                ", 'brokers': {'q': {'kind': 'queue', 'publish_latency': '2ms', 'consumers': "
                "{'s.op': {'concurrency': 3}}}, 'r': {'kind': 'queue', "
                "'publish_latency': '1ms', 'delivery_latency': " EXPONENTIAL("4ms") "}}"));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 2 + mmc_response_ms(3, 240, 100) + 5,
                  0.01);
    replications_clear(&runs);
}

/* Requests of 10 kB leave a at 1 kB/ms, one after the other: M/D/1. Replies of 5 kB then are at
 * least 10 ms apart and meet nothing. */
static void test_a_line_is_md1(void **state)
{
    (void)state;
    Replications runs;
    replications_run(
        &runs,
        "{'simulation': {'duration': '600s', 'warmup': '30s'}, 'services': {"
        "'a': {'server': 'event_loop', 'operations': {'op': {'steps': [{'call': 's.op', "
        "'request_size': '10kB', 'response_size': '5kB'}]}}},"
        "'s': {'server': 'event_loop', 'operations': {'op': {'steps': []}}}}, 'links': {'w -> a': "
        "{}, 'a -> s': {'bandwidth': '8Mbps', 'bandwidth_sharing': 'fifo', 'latency': '1ms'}},"
        "'workloads': {'w': {'arrival': {'rate': 70}, 'mix': {'a.op': 1}}}}");
    double busy = 0.7, wait = busy * 10 / (2 * (1 - busy));
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", wait + 10 + 1 + 5 + 1, 0.01);
    replications_clear(&runs);
}

/* A message is lost k times with probability p^k (1 - p), and is then 2^k - 1 timeouts late: on
 * average p / (1 - 2p) of them. Nothing fails. */
static void test_retransmissions_turn_loss_into_latency(void **state)
{
    (void)state;
    Replications runs;
    replications_run(&runs, OFFERED("'loss_ratio': 0.1, 'loss_behaviour': 'retransmit'", "100",
                                    DELAY("10ms"), ""));
    double p = 0.1;
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "availability_ratio", 1, 1e-9);
    assert_theory(&runs, SCOPE_WORKLOAD, "w", "mean_ms", 10 + 2 * 200 * p / (1 - 2 * p), 0.01);
    assert_theory(&runs, SCOPE_SERVICE, "s", "response_mean_ms", 10, 0.003);
    replications_clear(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pool_without_bound_is_mmc_at_the_caller),
        cmocka_unit_test(test_streams_of_http2_are_servers_too),
        cmocka_unit_test(test_max_requests_is_a_loss_system),
        cmocka_unit_test(test_connections_for_one_request_cost_their_time_each),
        cmocka_unit_test(test_request_and_reply_through_queues_is_mmc_and_the_way),
        cmocka_unit_test(test_a_line_is_md1),
        cmocka_unit_test(test_retransmissions_turn_loss_into_latency),
    };
    return cmocka_run_group_tests_name("theory/links", tests, NULL, NULL);
}
