/* What a file becomes: the parts other than steps and links. */
#include <string.h>

#include "models/discipline/discipline.h"
#include "models/presets.h"
#include "tests/support/close_to.h"
#include "tests/support/topology_text.h"

#define SERVICES  "'services': {'a': {'threads': 3, 'operations': {'x': {'steps': []}}}}"
#define LINKS     "'links': {'* -> *': {}}"
#define WORKLOADS "'workloads': {'w': {'arrival': {'rate': 1}, 'mix': {'a.x': 1}}}"

#define FILE_WITH(part) "{" SERVICES "," LINKS "," WORKLOADS "," part "}"
#define SERVICE_WITH(keys)                                                                         \
    "{'services': {'a': {'operations': {'x': {'steps': []}}, " keys "}}," LINKS "," WORKLOADS "}"

static void test_a_small_file_has_the_defaults_of_the_manual(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology("{" SERVICES "," LINKS "," WORKLOADS "}", NULL);
    const ServiceConfig *service = &topology->services[0];
    assert_string_equal(topology->name, "t");
    assert_string_equal(topology->description, "");
    assert_int_equal(topology->simulation.duration, 60 * SIM_TIME_S);
    assert_int_equal(topology->simulation.warmup, 0);
    assert_int_equal(topology->simulation.seed, 1);
    assert_int_equal(topology->simulation.replications, 1);
    assert_int_equal(topology->simulation.window, SIM_TIME_S);
    assert_int_equal(topology->simulation.drain, DRAIN_FINISH);
    assert_int_equal(service->replicas, 1);
    assert_int_equal(service->server, SERVER_THREAD_PER_REQUEST);
    assert_int_equal(service->threads, 3);
    assert_false(service->has_cpu);
    assert_int_equal(service->zone_count, 0);
    assert_int_equal(service->queue.max_length, UINT32_MAX);
    assert_string_equal(service->queue.discipline->kind.name, "fifo");
    assert_int_equal(service->queue.timeout, 0);
    assert_false(service->queue.drop_expired_on_dequeue);
    assert_true(topology->operations[0].priority == 1);
    assert_true(topology->operations[0].is_idempotent);
    assert_int_equal(topology->warnings->len, 0);
}

static void test_the_name_may_be_given(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'name': 'shop', 'description': 'sells'"), NULL);
    assert_string_equal(topology->name, "shop");
    assert_string_equal(topology->description, "sells");
}

/* --- simulation */

static void test_seeds_of_all_64_bits_are_strings(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology(FILE_WITH("'simulation': {'seed': '18446744073709551615'}"), NULL);
    assert_true(topology->simulation.seed == UINT64_MAX);
}

static void assert_window(const char *duration, SimTime expected)
{
    g_autofree char *file =
        g_strdup_printf(FILE_WITH("'simulation': {'duration': '%s'}"), duration);
    g_autoptr(Topology) topology = read_topology(file, NULL);
    assert_int_equal(topology->simulation.window, expected);
}

static void test_windows_grow_by_1_2_5_where_there_would_be_too_many(void **state)
{
    (void)state;
    assert_window("10000s", SIM_TIME_S);
    assert_window("10001s", 2 * SIM_TIME_S);
    assert_window("20001s", 5 * SIM_TIME_S);
    assert_window("50001s", 10 * SIM_TIME_S);
    assert_window("100001s", 20 * SIM_TIME_S);
}

/* --- services */

static void test_a_service_has_what_it_says(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        SERVICE_WITH("'replicas': 4, 'threads': 7, 'cpu': {'cores': 2, 'scheduling': 'fifo'},"
                     "'queue': {'max_length': 0, 'discipline': 'lifo', 'timeout': '3s',"
                     "'drop_expired_on_dequeue': true}"),
        NULL);
    const ServiceConfig *service = &topology->services[0];
    assert_int_equal(service->replicas, 4);
    assert_int_equal(topology->replica_count, 4);
    assert_int_equal(service->threads, 7);
    assert_true(service->has_cpu);
    assert_true(service->cpu.cores == 2);
    assert_int_equal(service->cpu.scheduling, CPU_FIFO);
    assert_int_equal(service->queue.max_length, 0);
    assert_string_equal(service->queue.discipline->kind.name, "lifo");
    assert_int_equal(service->queue.timeout, 3 * SIM_TIME_S);
    assert_true(service->queue.drop_expired_on_dequeue);
}

static void test_null_means_unbounded(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        SERVICE_WITH(
            "'server': 'event_loop', 'max_in_flight': null, 'queue': {'max_length': null}"),
        NULL);
    assert_int_equal(topology->services[0].max_in_flight, UINT32_MAX);
    assert_int_equal(topology->services[0].queue.max_length, UINT32_MAX);
    assert_int_equal(topology->services[0].server, SERVER_EVENT_LOOP);
}

static void test_replicas_and_operations_are_numbered_through(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {'a': {'threads': 1, 'replicas': 3, 'operations': {'x': {'steps': []},"
        " 'y': {'steps': []}}}, 'b': {'threads': 1, 'operations': {'x': {'steps': []}}}}," LINKS
        "," WORKLOADS "}",
        NULL);
    assert_int_equal(topology->services[1].first_replica, 3);
    assert_int_equal(topology->services[1].first_operation, 2);
    assert_int_equal(topology->operations[2].service, 1);
    assert_string_equal(topology->operations[2].name, "x");
    assert_string_equal(topology->operations[2].full_name, "b.x");
    assert_int_equal(topology_find_service(topology, "b"), 1);
    assert_int_equal(topology_find_operation(topology, "a.y"), 1);
    assert_int_equal(topology_find_operation(topology, "a.z"), NO_INDEX);
    assert_int_equal(topology_find_workload(topology, "w"), 0);
}

static void test_zones_are_shared_by_name(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        "{'services': {'a': {'threads': 1, 'zones': ['p', 'q'], 'operations': {'x': {'steps':"
        " []}}}, 'b': {'threads': 1, 'zones': ['r', 'p'], 'operations': {'x': {'steps': "
        "[]}}}}," LINKS "," WORKLOADS "}",
        NULL);
    assert_int_equal(topology->zone_count, 3);
    assert_string_equal(topology->zones[2], "r");
    assert_int_equal(topology->services[1].zones[0], 2);
    assert_int_equal(topology->services[1].zones[1], 0);
}

static void test_criticality_is_priority_in_words(void **state)
{
    (void)state;
    g_autoptr(Topology) topology =
        read_topology("{'services': {'a': {'threads': 1, 'operations': {"
                      " 'x': {'steps': [], 'criticality': 'CRITICAL_PLUS'},"
                      " 'y': {'steps': [], 'criticality': 'SHEDDABLE', 'idempotent': false},"
                      " 'z': {'steps': [], 'priority': -2.5}}}}," LINKS "," WORKLOADS "}",
                      NULL);
    assert_true(topology->operations[0].priority == 0);
    assert_true(topology->operations[1].priority == 3);
    assert_false(topology->operations[1].is_idempotent);
    assert_true(topology->operations[2].priority == -2.5);
}

/* --- brokers and objectives */

static void test_a_queue_has_one_subscription_named_after_it(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'brokers': {'dead': {'kind': 'queue'}, 'q': {'kind': 'queue', 'max_length': 10,"
                  "'overflow': 'drop_head', 'publish_latency': '1ms', 'consumers': {'a.x': {"
                  "'concurrency': 8, 'ack': 'before_processing', 'redelivery_timeout': '30s',"
                  "'max_deliveries': 5, 'dead_letter': 'dead', 'requeue_to': 'head'}}}}"),
        NULL);
    const BrokerConfig *broker = &topology->brokers[1];
    const SubscriptionConfig *subscription = &topology->subscriptions[broker->first_subscription];
    const ConsumerConfig *consumer = &subscription->consumers[0];
    assert_int_equal(topology->subscription_count, 2);
    assert_int_equal(broker->subscription_count, 1);
    assert_int_equal(subscription->backlog.max_length, 10);
    assert_int_equal(subscription->backlog.overflow, OVERFLOW_DROP_HEAD);
    assert_int_equal(broker->publish_latency->constant, SIM_TIME_MS);
    assert_null(broker->delivery_latency);
    assert_null(subscription->name);
    assert_string_equal(subscription->full_name, "q");
    assert_string_equal(subscription->consumer_names[0], "q/a.x");
    assert_int_equal(subscription->broker, 1);
    assert_int_equal(consumer->operation, 0);
    assert_int_equal(consumer->concurrency, 8);
    assert_int_equal(consumer->prefetch, 8);
    assert_int_equal(consumer->ack, ACK_BEFORE_PROCESSING);
    assert_int_equal(consumer->redelivery_timeout, 30 * SIM_TIME_S);
    assert_int_equal(consumer->redelivery_delay, 0);
    assert_int_equal(consumer->max_deliveries, 5);
    assert_int_equal(consumer->dead_letter, 0);
    assert_int_equal(consumer->requeue_to, REQUEUE_HEAD);
}

static void test_consumers_have_the_defaults_of_the_manual(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'brokers': {'q': {'kind': 'queue', 'consumers': {'a.x': {}}}}"), NULL);
    const ConsumerConfig *consumer = &topology->subscriptions[0].consumers[0];
    assert_int_equal(consumer->concurrency, 1);
    assert_int_equal(consumer->prefetch, 1);
    assert_int_equal(consumer->ack, ACK_AFTER_PROCESSING);
    assert_int_equal(consumer->redelivery_timeout, 0);
    assert_int_equal(consumer->max_deliveries, UINT32_MAX);
    assert_int_equal(consumer->dead_letter, NO_INDEX);
    assert_int_equal(consumer->requeue_to, REQUEUE_TAIL);
    assert_int_equal(topology->subscriptions[0].backlog.max_length, UINT32_MAX);
    assert_int_equal(topology->subscriptions[0].backlog.overflow, OVERFLOW_REJECT_PUBLISH);
}

static void test_a_preset_says_what_the_file_does_not(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'brokers': {'d': {'kind': 'queue'},"
                  "'r': {'kind': 'queue', 'preset': 'rabbitmq', 'consumers': {'a.x': {"
                  "'max_deliveries': 3, 'redelivery_timeout': null}}},"
                  "'s': {'kind': 'queue', 'preset': 'sqs', 'message_ttl': null, 'consumers': {"
                  "'a.x': {}}}}"),
        NULL);
    const SubscriptionConfig *rabbitmq = &topology->subscriptions[1];
    const SubscriptionConfig *sqs = &topology->subscriptions[2];
    assert_false(topology->brokers[1].publisher_confirms);
    assert_int_equal(rabbitmq->backlog.overflow, OVERFLOW_DROP_HEAD);
    assert_int_equal(rabbitmq->consumers[0].prefetch, 2000);
    assert_int_equal(rabbitmq->consumers[0].requeue_to, REQUEUE_HEAD);
    assert_int_equal(rabbitmq->consumers[0].max_deliveries, 3);
    assert_int_equal(rabbitmq->consumers[0].redelivery_timeout, 0);
    assert_true(topology->brokers[2].publisher_confirms);
    assert_int_equal(sqs->backlog.message_ttl, 0);
    assert_int_equal(sqs->consumers[0].redelivery_timeout, 30 * SIM_TIME_S);
    assert_int_equal(sqs->consumers[0].on_failure, FAILURE_WAIT);
    assert_int_equal(sqs->consumers[0].prefetch, 1);
}

static void test_presets_of_topics_reach_their_subscriptions(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH(
            "'brokers': {'d': {'kind': 'queue'},"
            "'n': {'kind': 'topic', 'preset': 'nats', 'subscriptions': {'x': {'consumers': {"
            "'a.x': {}}}}},"
            "'p': {'kind': 'topic', 'preset': 'pubsub', 'subscriptions': {"
            "'x': {'consumers': {'a.x': {}}}, 'y': {'dead_letter': 'd', 'consumers': {'a.x': {}}},"
            "'z': {'consumers': {'a.x': {'dead_letter': 'd', 'max_deliveries': 9}}}}},"
            "'s': {'kind': 'topic', 'preset': 'sns', 'subscriptions': {'x': {'consumers': {"
            "'a.x': {}}}}}}"),
        NULL);
    const SubscriptionConfig *nats = &topology->subscriptions[1];
    const SubscriptionConfig *pubsub = &topology->subscriptions[2];
    const SubscriptionConfig *sns = &topology->subscriptions[5];
    assert_int_equal(nats->backlog.delivery, DELIVERY_AT_MOST_ONCE);
    assert_int_equal(nats->backlog.max_length, 500000);
    assert_int_equal(nats->consumers[0].ack, ACK_BEFORE_PROCESSING);
    assert_int_equal(pubsub[0].backlog.message_ttl, 168 * 3600 * SIM_TIME_S);
    assert_int_equal(pubsub[0].consumers[0].prefetch, 1000);
    assert_int_equal(pubsub[0].consumers[0].max_deliveries, UINT32_MAX);
    assert_int_equal(pubsub[1].consumers[0].max_deliveries, 5);
    assert_int_equal(pubsub[1].consumers[0].dead_letter, 0);
    assert_int_equal(pubsub[2].consumers[0].max_deliveries, 9);
    assert_int_equal(sns->consumers[0].max_deliveries, 4);
    assert_int_equal(sns->consumers[0].redelivery_delay, 20 * SIM_TIME_S);
}

static void test_every_preset_can_be_read_by_the_name_it_has(void **state)
{
    (void)state;
    size_t count = 0;
    for (; broker_presets[count].name != NULL; count++) {
        const BrokerPreset *preset = &broker_presets[count];
        bool is_stream = strcmp(preset->kind, "stream") == 0;
        g_autofree char *text =
            g_strdup_printf(FILE_WITH("'brokers': {'q': {'kind': '%s', 'preset': '%s'%s}}"),
                            preset->kind, preset->name, is_stream ? ", 'partitions': 1" : "");
        g_autoptr(Topology) topology = read_topology(text, NULL);
        assert_non_null(topology);
        assert_string_equal(broker_preset_names[count], preset->name);
    }
    assert_null(broker_preset_names[count]);
}

static void test_a_topic_has_the_subscriptions_it_names(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'brokers': {'t': {'kind': 'topic', 'subscriptions': {'one': {'consumers':"
                  "{'a.x': {}}}, 'two': {}}}}"),
        NULL);
    assert_int_equal(topology->brokers[0].subscription_count, 2);
    assert_string_equal(topology->subscriptions[0].name, "one");
    assert_string_equal(topology->subscriptions[0].full_name, "t/one");
    assert_string_equal(topology->subscriptions[0].consumer_names[0], "t/one/a.x");
    assert_int_equal(topology->subscriptions[1].consumer_count, 0);
}

static void test_objectives_are_for_workloads_or_operations(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH("'slos': {'fast': {'workload': 'w', 'latency': '300ms', 'objective_percent':"
                  "99.9}, 'sure': {'operation': 'a.x', 'latency': '1s'}}"),
        NULL);
    assert_int_equal(topology->slo_count, 2);
    assert_int_equal(topology->slos[0].workload, 0);
    assert_int_equal(topology->slos[0].operation, NO_INDEX);
    assert_int_equal(topology->slos[0].latency, 300 * SIM_TIME_MS);
    assert_true(topology->slos[0].objective_percent == 99.9);
    assert_int_equal(topology->slos[1].operation, 0);
    assert_true(topology->slos[1].objective_percent == 99);
}

/* --- designs */

#define DESIGNS                                                                                    \
    "'designs': {'more': {'description': 'more threads', 'patch': {'services': {'a': {'threads':"  \
    "9}}}}, 'other': {'patch': {'services': {'a': {'threads': 'many'}}}}}"

static void test_a_design_patches_the_file(void **state)
{
    (void)state;
    g_autoptr(Topology) base = read_topology(FILE_WITH(DESIGNS), NULL);
    g_autoptr(Topology) named = read_topology(FILE_WITH(DESIGNS), "base");
    g_autoptr(Topology) more = read_topology(FILE_WITH(DESIGNS), "more");
    assert_int_equal(base->services[0].threads, 3);
    assert_int_equal(named->services[0].threads, 3);
    assert_int_equal(more->services[0].threads, 9);
}

static void test_the_resolved_text_is_the_design_that_was_read(void **state)
{
    (void)state;
    g_autoptr(Topology) more = read_topology(FILE_WITH(DESIGNS), "more");
    assert_non_null(strstr(more->resolved, "\"threads\": 9"));
    assert_null(strstr(more->resolved, "designs"));
    /* It is a topology again, and stays as it is. */
    g_autoptr(Topology) again = read_topology(more->resolved, NULL);
    assert_string_equal(again->resolved, more->resolved);
}

static void test_a_mistake_in_a_patch_is_told_where_it_stands(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = try_topology(FILE_WITH("\n" DESIGNS), "other", problems);
    assert_null(topology);
    assert_int_equal(problems->count, 1);
    const Problem *problem = g_ptr_array_index(problems->list, 0);
    assert_int_equal(problem->line, 2);
    assert_string_equal(problem->pointer, "/services/a/threads");
}

static void test_an_unknown_design_is_a_problem(void **state)
{
    (void)state;
    g_autoptr(Problems) problems = problems_new();
    g_autoptr(Topology) topology = try_topology(FILE_WITH(DESIGNS), "mor", problems);
    g_autofree char *message = problems_format(problems);
    assert_null(topology);
    assert_non_null(strstr(message, "did you mean \"more\"?"));
}

/* --- expectations */

static void test_expectations_are_kept_with_their_places(void **state)
{
    (void)state;
    g_autoptr(Topology) topology = read_topology(
        FILE_WITH(DESIGNS ",\n 'expectations': ['more: system.p99_ms < 3', 'x']"), "more");
    assert_int_equal(topology->expectation_count, 2);
    const ExpectationText *second = &topology->expectations[1];
    assert_string_equal(topology->expectations[0].text, "more: system.p99_ms < 3");
    assert_string_equal(second->text, "x");
    assert_string_equal(second->pointer, "/expectations/1");
    assert_int_equal(second->line, 2);
    assert_int_equal(second->column, 46);
    assert_string_equal(topology->design_names[0], "base");
    assert_string_equal(topology->design_names[2], "other");
    assert_null(topology->design_names[3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_small_file_has_the_defaults_of_the_manual),
        cmocka_unit_test(test_the_name_may_be_given),
        cmocka_unit_test(test_seeds_of_all_64_bits_are_strings),
        cmocka_unit_test(test_windows_grow_by_1_2_5_where_there_would_be_too_many),
        cmocka_unit_test(test_a_service_has_what_it_says),
        cmocka_unit_test(test_null_means_unbounded),
        cmocka_unit_test(test_replicas_and_operations_are_numbered_through),
        cmocka_unit_test(test_zones_are_shared_by_name),
        cmocka_unit_test(test_criticality_is_priority_in_words),
        cmocka_unit_test(test_a_queue_has_one_subscription_named_after_it),
        cmocka_unit_test(test_consumers_have_the_defaults_of_the_manual),
        cmocka_unit_test(test_a_topic_has_the_subscriptions_it_names),
        cmocka_unit_test(test_a_preset_says_what_the_file_does_not),
        cmocka_unit_test(test_presets_of_topics_reach_their_subscriptions),
        cmocka_unit_test(test_every_preset_can_be_read_by_the_name_it_has),
        cmocka_unit_test(test_objectives_are_for_workloads_or_operations),
        cmocka_unit_test(test_a_design_patches_the_file),
        cmocka_unit_test(test_the_resolved_text_is_the_design_that_was_read),
        cmocka_unit_test(test_a_mistake_in_a_patch_is_told_where_it_stands),
        cmocka_unit_test(test_an_unknown_design_is_a_problem),
        cmocka_unit_test(test_expectations_are_kept_with_their_places),
    };
    return cmocka_run_group_tests_name("models/topology_read", tests, NULL, NULL);
}
