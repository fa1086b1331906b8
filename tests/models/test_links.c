/* Links: how the rules of the file become one link for each pair that is called. */
#include "models/balancer/balancer.h"
#include "tests/support/topology_text.h"

#define MS SIM_TIME_MS

/* a calls b.y, b.z and c.x; the workload calls a.x. */
#define FILE_WITH(links)                                                                           \
    "{'services': {"                                                                               \
    " 'a': {'threads': 1, 'operations': {'x': {'steps': [{'call': 'b.y'}, {'call': 'b.z'},"        \
    "       {'call': 'c.x'}]}}},"                                                                  \
    " 'b': {'threads': 1, 'operations': {'y': {'steps': []}, 'z': {'steps': []}}},"                \
    " 'c': {'threads': 1, 'operations': {'x': {'steps': []}}}},"                                   \
    "'brokers': {'q': {'kind': 'queue', 'consumers': {'c.x': {}}},"                                \
    "            't': {'kind': 'topic', 'subscriptions': {'s': {'consumers': {'c.x': {}}}}}},"     \
    "'links': {" links "},"                                                                        \
    "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}}"

static const LinkConfig *link_named(const Topology *topology, const char *name)
{
    for (uint32_t i = 0; i < topology->link_count; i++) {
        if (strcmp(topology->links[i].name, name) == 0)
            return &topology->links[i];
    }
    fail_msg("no link \"%s\"", name);
    return NULL;
}

static char *link_names(const Topology *topology)
{
    GString *names = g_string_new(NULL);
    for (uint32_t i = 0; i < topology->link_count; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", topology->links[i].name);
    return g_string_free(names, FALSE);
}

static void test_each_pair_that_is_called_has_its_link(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(FILE_WITH("'* -> *': {}"), NULL);
    g_autofree char *names = link_names(topology);
    assert_string_equal(names, "a -> b, a -> c, w -> a");
    assert_int_equal(link_named(topology, "a -> b")->caller, 0);
    assert_int_equal(link_named(topology, "a -> b")->workload, NO_INDEX);
    assert_int_equal(link_named(topology, "w -> a")->caller, NO_INDEX);
    assert_int_equal(link_named(topology, "w -> a")->workload, 0);
}

static void test_a_rule_for_an_operation_makes_a_link_of_its_own(void **state)
{
    (void)state;
    g_autoptr(Topology) exact =
        read_topology(FILE_WITH("'* -> *': {}, 'a -> b.z': {'timeout': '5ms'}"), NULL);
    g_autoptr(Topology) any =
        read_topology(FILE_WITH("'* -> *': {}, '* -> b.z': {'timeout': '5ms'}"), NULL);
    g_autofree char *exact_names = link_names(exact);
    g_autofree char *any_names = link_names(any);
    assert_string_equal(exact_names, "a -> b, a -> b.z, a -> c, w -> a");
    assert_string_equal(any_names, exact_names);
    assert_int_equal(link_named(any, "a -> b")->timeout, 0);
    assert_int_equal(link_named(any, "a -> b.z")->timeout, 5 * MS);
}

static void test_defaults_are_those_of_the_manual(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(FILE_WITH("'* -> *': {}"), NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_int_equal(link->mode, LINK_SYNC);
    assert_int_equal(link->via, NO_INDEX);
    assert_null(link->latency);
    assert_null(link->serialization);
    assert_true(link->loss_ratio == 0 && link->bandwidth == 0);
    assert_int_equal(link->timeout, 0);
    assert_int_equal(link->per_try_timeout, 0);
    assert_false(link->deadline_propagation);
    assert_int_equal(link->cancellation, CANCELLATION_NONE);
    assert_false(link->has_retry_policy);
    assert_string_equal(link->balancer.kind->name, "round_robin");
    assert_false(link->balancer_is_shared);
    assert_int_equal(link->reply_via, NO_INDEX);
    assert_int_equal(link->bandwidth_sharing, SHARING_PER_MESSAGE);
    assert_int_equal(link->loss_behaviour, LOSS_LOST);
    assert_int_equal(link->retransmission_timeout, 200 * MS);
    assert_false(link->has_pool);
}

static void test_an_empty_retry_policy_has_its_defaults(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(FILE_WITH("'* -> *': {'retry_policy': {}}"), NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_true(link->has_retry_policy);
    assert_int_equal(link->retry_policy.max_attempts, 2);
    assert_int_equal(link->retry_policy.retry_on, OUTCOMES_RETRIED);
    assert_string_equal(link->retry_policy.backoff.kind->name, "exponential");
}

static void test_an_empty_connection_pool_has_envoys_defaults(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'* -> *': {'connection_pool': {}}"), NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_true(link->has_pool);
    assert_int_equal(link->pool.protocol, POOL_HTTP1);
    assert_int_equal(link->pool.scope, POOL_OF_INSTANCE);
    assert_int_equal(link->pool.max_connections, 1024);
    assert_int_equal(link->pool.max_pending_requests, 1024);
    assert_int_equal(link->pool.max_requests, 1024);
    assert_int_equal(link->pool.max_concurrent_streams, 1);
    assert_int_equal(link->pool.max_requests_per_connection, 0);
    assert_null(link->pool.connect_time);
    assert_null(link->pool.tls_time);
    assert_int_equal(link->pool.connect_timeout, 5000 * MS);
    assert_int_equal(link->pool.idle_timeout, 3600 * 1000 * MS);
    assert_true(link->pool.max_connection_duration == SIM_TIME_NEVER);
}

static void test_pools_are_merged_and_taken_away(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'* -> *': {'connection_pool': {'max_connections': 3, 'idle_timeout': null}},"
                  "'a -> b': {'connection_pool': {'protocol': 'http2', 'max_connections': 4}},"
                  "'a -> c': {'mode': 'async', 'connection_pool': null}"),
        NULL);
    const PoolConfig *pool = &link_named(topology, "a -> b")->pool;
    assert_int_equal(pool->protocol, POOL_HTTP2);
    assert_int_equal(pool->max_connections, 4);
    assert_int_equal(pool->max_concurrent_streams, 1024);
    assert_int_equal(link_named(topology, "w -> a")->pool.max_connections, 3);
    assert_true(link_named(topology, "w -> a")->pool.idle_timeout == SIM_TIME_NEVER);
    assert_false(link_named(topology, "a -> c")->has_pool);
}

static void test_a_link_with_replies_has_a_queue_for_them(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'* -> *': {}, 'a -> c': {'mode': 'async_reply', 'via': 'q'}"), NULL);
    const LinkConfig *link = link_named(topology, "a -> c");
    assert_int_equal(link->mode, LINK_ASYNC_REPLY);
    assert_int_equal(topology->broker_count, 3);
    assert_int_equal(link->reply_via, 2);
    const BrokerConfig *queue = &topology->brokers[link->reply_via];
    assert_string_equal(queue->name, "a -> c replies");
    assert_int_equal(queue->kind, BROKER_QUEUE);
    assert_int_equal(queue->subscription_count, 1);
    assert_int_equal(topology->subscriptions[queue->first_subscription].broker, link->reply_via);
}

/* Each rule sets one more timeout; the key's value says which rule was the last. */
static void test_more_specific_rules_come_later(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "'* -> *': {'timeout': '1ms'}",   "'* -> b': {'timeout': '2ms'}",
        "'* -> b.z': {'timeout': '3ms'}", "'a -> *': {'timeout': '4ms'}",
        "'a -> b': {'timeout': '5ms'}",   "'a -> b.z': {'timeout': '6ms'}",
    };
    for (size_t last = 0; last < 6; last++) {
        /* The most specific first in the file: its order must not matter. */
        GString *text = g_string_new("'w -> a': {}, '* -> c': {}");
        for (size_t i = last + 1; i-- > 0;)
            g_string_append_printf(text, ", %s", rules[i]);
        g_autofree char *file = g_strdup_printf(FILE_WITH("%s"), text->str);
        g_autoptr(Topology) topology = read_topology(file, NULL);
        const char *name = last == 2 || last >= 3 ? "a -> b.z" : "a -> b";
        assert_int_equal(link_named(topology, name)->timeout, ((SimTime)last + 1) * MS);
        g_string_free(text, TRUE);
    }
}

static void test_keys_of_all_rules_come_together(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'* -> *': {'latency': '1ms', 'timeout': '9ms'},"
                                "'* -> b': {'loss_ratio': 0.5, 'timeout': '8ms'},"
                                "'a -> b': {'timeout': '7ms'}"),
                      NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_int_equal(link->latency->constant, MS);
    assert_true(link->loss_ratio == 0.5);
    assert_int_equal(link->timeout, 7 * MS);
    assert_int_equal(link_named(topology, "a -> c")->timeout, 9 * MS);
}

static void test_objects_are_merged_member_by_member(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH(
            "'* -> *': {'retry_policy': {'max_attempts': 7, 'retry_on': ['timeout']},"
            "           'latency': {'dist': 'exponential', 'mean': '4ms'}},"
            "'* -> b': {'retry_policy': {'backoff': {'type': 'none'}}},"
            "'a -> b': {'retry_policy': {'retry_on': ['error']}, 'latency': {'mean': '2ms'}}"),
        NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_int_equal(link->retry_policy.max_attempts, 7);
    assert_int_equal(link->retry_policy.retry_on, OUTCOME_BIT(OUTCOME_ERROR));
    assert_string_equal(link->retry_policy.backoff.kind->name, "none");
    assert_true(distribution_mean(link->latency) == 2.0 * (double)MS);
    assert_true(distribution_mean(link_named(topology, "a -> c")->latency) == 4.0 * (double)MS);
    assert_int_equal(link_named(topology, "a -> c")->retry_policy.retry_on,
                     OUTCOME_BIT(OUTCOME_TIMEOUT));
}

static void test_null_takes_away_what_stands_below(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'* -> *': {'timeout': '1s', 'retry_policy': {'max_attempts': 5},"
                  "           'load_balancing': {'policy': 'random'}},"
                  "'* -> b': {'timeout': null, 'retry_policy': null, 'load_balancing': null},"
                  "'a -> b': {'retry_policy': {}}"),
        NULL);
    const LinkConfig *link = link_named(topology, "a -> b");
    assert_int_equal(link->timeout, 0);
    assert_int_equal(link->retry_policy.max_attempts, 2);
    assert_string_equal(link->balancer.kind->name, "round_robin");
    assert_string_equal(link_named(topology, "a -> c")->balancer.kind->name, "random");
}

static void test_an_object_over_a_constant_stands_alone(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'* -> *': {'latency': {'dist': 'exponential', 'mean': '9ms'}},"
                                "'* -> b': {'latency': '1ms'},"
                                "'a -> b': {'latency': {'dist': 'uniform', 'min': '1ms',"
                                "                       'max': '3ms'}}"),
                      NULL);
    assert_true(distribution_mean(link_named(topology, "a -> b")->latency) == 2.0 * (double)MS);
}

static void test_balancing_has_a_scope(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'* -> *': {'load_balancing': {'policy': 'least_request', 'scope': 'service'}}"),
        NULL);
    assert_string_equal(link_named(topology, "a -> b")->balancer.kind->name, "least_request");
    assert_true(link_named(topology, "a -> b")->balancer_is_shared);
}

static void test_an_async_link_goes_over_a_broker_that_has_the_consumer(void **state)
{
    (void)state;
    g_autoptr(Topology) queue =
        read_topology(FILE_WITH("'* -> *': {}, 'a -> c': {'mode': 'async', 'via': 'q'}"), NULL);
    g_autoptr(Topology) topic =
        read_topology(FILE_WITH("'* -> *': {}, 'a -> c': {'mode': 'async', 'via': 't'}"), NULL);
    assert_int_equal(link_named(queue, "a -> c")->via, 0);
    assert_int_equal(link_named(topic, "a -> c")->via, 1);
    assert_int_equal(link_named(queue, "a -> c")->mode, LINK_ASYNC);
}

static void test_a_rule_that_no_call_needs_is_a_warning(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'* -> *': {}, 'c -> b': {'timeout': '1s'}"), NULL);
    assert_int_equal(topology->warnings->len, 1);
    assert_string_equal(g_ptr_array_index(topology->warnings, 0),
                        "/links/c -> b: no call goes over this link");
}

static void test_a_rule_that_no_call_needs_is_checked_all_the_same(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology =
        try_topology(FILE_WITH("'* -> *': {}, 'c -> b': {'timeout': 3}"), NULL, problems);
    assert_null(topology);
    assert_int_equal(problems->count, 1);
    const Problem *problem = g_ptr_array_index(problems->list, 0);
    assert_string_equal(problem->pointer, "/links/c -> b/timeout");
}

static void test_a_mistake_in_a_wildcard_is_told_once(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = try_topology(
        FILE_WITH("'* -> *': {'latency': {'dist': 'uniform', 'min': '1ms'}}"), NULL, problems);
    assert_null(topology);
    assert_int_equal(problems->count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pair_that_is_called_has_its_link),
        cmocka_unit_test(test_a_rule_for_an_operation_makes_a_link_of_its_own),
        cmocka_unit_test(test_defaults_are_those_of_the_manual),
        cmocka_unit_test(test_an_empty_retry_policy_has_its_defaults),
        cmocka_unit_test(test_an_empty_connection_pool_has_envoys_defaults),
        cmocka_unit_test(test_pools_are_merged_and_taken_away),
        cmocka_unit_test(test_a_link_with_replies_has_a_queue_for_them),
        cmocka_unit_test(test_more_specific_rules_come_later),
        cmocka_unit_test(test_keys_of_all_rules_come_together),
        cmocka_unit_test(test_objects_are_merged_member_by_member),
        cmocka_unit_test(test_null_takes_away_what_stands_below),
        cmocka_unit_test(test_an_object_over_a_constant_stands_alone),
        cmocka_unit_test(test_balancing_has_a_scope),
        cmocka_unit_test(test_an_async_link_goes_over_a_broker_that_has_the_consumer),
        cmocka_unit_test(test_a_rule_that_no_call_needs_is_a_warning),
        cmocka_unit_test(test_a_rule_that_no_call_needs_is_checked_all_the_same),
        cmocka_unit_test(test_a_mistake_in_a_wildcard_is_told_once),
    };
    return cmocka_run_group_tests_name("models/links", tests, NULL, NULL);
}
