/* Queues and topics, worked out by hand. Users ask at 100 ms. */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

static void test_a_message_is_published_delivered_and_acknowledged_after_processing(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'5ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','publish_latency':'2ms','delivery_latency':'3ms','co"
        "nsumers': {'b.op': {'concurrency':1}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "102 message q published 1 waiting\n"
        "102 attempt a -> b #1 success async 100..102 last\n"
        "102 visit a.op completed 100..102 from 100\n"
        "102 message q delivered 0 waiting\n"
        "102 attempt u -> a #1 success 100..102 last\n"
        "102 request u success after 2\n"
        "110 visit b.op completed 105..110 from 105\n"
        "110 message q acknowledged 0 waiting\n"
        "110 all done u after 10\n");
}

static void test_concurrency_bounds_processing_and_prefetch_what_is_delivered(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'5ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':1,'prefetch':2}}}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q published 1 waiting\n"
        "105 visit b.op completed 100..105 from 100\n"
        "105 message q acknowledged 1 waiting\n"
        "105 message q delivered 0 waiting\n"
        "110 visit b.op completed 105..110 from 105\n"
        "110 message q acknowledged 0 waiting\n"
        "115 visit b.op completed 110..115 from 110\n"
        "115 message q acknowledged 0 waiting\n");
}

static void test_an_early_acknowledgement_ends_the_message_before_it_is_processed(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'5ms'},{'fail':1}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':1,'ack':'before_processing'}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message|all",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q acknowledged 0 waiting\n"
        "105 visit b.op failed 100..105 from 100 wasted\n"
        "105 message q undone 0 waiting\n"
        "105 all done u after 5\n");
}

static void
test_a_failed_delivery_comes_again_and_the_last_one_goes_to_the_dead_letters(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'compute':'5ms'},{'fail':1}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':1,'max_deliveries':2,'redelivery_delay':'3ms','dead_letter':'d'}}}, "
        "'d': {'kind':'queue','consumers':{}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "105 visit b.op failed 100..105 from 100 wasted\n"
        "105 message q redelivered 0 waiting\n"
        "108 message q delivered 0 waiting\n"
        "113 visit b.op failed 108..113 from 108 wasted\n"
        "113 message q dead-lettered 0 waiting\n"
        "113 message d published 1 waiting\n"
        "113 message d unfinished 1 waiting\n");
}

static void test_without_dead_letters_a_message_is_dropped_after_its_last_delivery(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'fail':1}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':1,'max_deliveries':1}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q dropped 0 waiting\n");
}

static void test_a_redelivery_timeout_makes_a_true_duplicate(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':2,'redelivery_timeout':'6ms','max_deliveries':2}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message|all",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "106 message q redelivered 0 waiting\n"
        "106 message q delivered 0 waiting\n"
        "106 message q duplicate 0 waiting\n"
        "110 visit b.op completed 100..110 from 100\n"
        "112 message q dropped 0 waiting\n"
        "116 visit b.op completed 106..116 from 106\n"
        "116 message q executed twice 0 waiting\n"
        "116 all done u after 16\n");
}

static void test_reject_publish_fails_the_publisher(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','max_length':1,'overflow':'reject_publish','consumer"
        "s': {'b.op': {'concurrency':1}}}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 request u success after 0\n"
        "100 message q published 1 waiting\n"
        "100 request u success after 0\n"
        "100 message q rejected 1 waiting\n"
        "100 request u error after 0\n"
        "120 message q acknowledged 1 waiting\n"
        "120 message q delivered 0 waiting\n"
        "140 message q acknowledged 0 waiting\n");
}

static void test_drop_head_loses_the_oldest(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','max_length':1,'overflow':'drop_head','consumers': "
        "{'b.op': {'concurrency':1}}}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        "request|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 request u success after 0\n"
        "100 message q published 1 waiting\n"
        "100 request u success after 0\n"
        "100 message q dropped 0 waiting\n"
        "100 message q published 1 waiting\n"
        "100 request u success after 0\n"
        "120 message q acknowledged 1 waiting\n"
        "120 message q delivered 0 waiting\n"
        "140 message q acknowledged 0 waiting\n");
}

static void test_block_holds_the_publisher_until_there_is_room(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'20ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','max_length':1,'overflow':'block','consumers': "
        "{'b.op': {'concurrency':1}}}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit a|message",
        "100 message q published 1 waiting\n"
        "100 visit a.op completed 100..100 from 100\n"
        "100 message q delivered 0 waiting\n"
        "100 message q published 1 waiting\n"
        "100 visit a.op completed 100..100 from 100\n"
        "120 message q acknowledged 1 waiting\n"
        "120 message q delivered 0 waiting\n"
        "120 message q published 1 waiting\n"
        "120 visit a.op completed 100..120 from 100\n"
        "140 message q acknowledged 1 waiting\n"
        "140 message q delivered 0 waiting\n"
        "160 message q acknowledged 0 waiting\n");
}

static void test_every_subscription_of_a_topic_gets_its_copy(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 4, 'operations': {'op': {'steps': "
        "[{'publish':'q'}]}}},"
        "'b': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'5ms'}]}}},"
        "'c': {'threads': 4, 'operations': {'op': {'steps': [{'compute':'9ms'}]}}}},"
        "'links': {'* -> *': {}},"
        "'brokers': {'q': {'kind':'topic','subscriptions': {'mail': {'consumers': {'b.op': "
        "{'concurrency':1}}}, 'stock': {'consumers': {'c.op': {'concurrency':1}}}}}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}",
        NULL,
        "100 message q/mail published 1 waiting\n"
        "100 message q/stock published 1 waiting\n"
        "100 visit a.op completed 100..100 from 100\n"
        "100 message q/mail delivered 0 waiting\n"
        "100 message q/stock delivered 0 waiting\n"
        "100 attempt u -> a #1 success 100..100 last\n"
        "100 request u success after 0\n"
        "105 visit b.op completed 100..105 from 100\n"
        "105 message q/mail acknowledged 0 waiting\n"
        "109 visit c.op completed 100..109 from 100\n"
        "109 message q/stock acknowledged 0 waiting\n"
        "109 all done u after 9\n");
}

static void test_a_crashed_consumer_gives_its_messages_back(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'replicas': 1, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':1,'prefetch':2}}}},"
        "'faults': {'f': {'type':'crash','target':{'service':'b'},'start':'105ms','duration':'"
        "10ms'}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "105 visit b.op lost 100..105 from 100 wasted\n"
        "105 message q redelivered 0 waiting\n"
        "105 message q redelivered 1 waiting\n"
        "115 message q delivered 1 waiting\n"
        "115 message q delivered 0 waiting\n"
        "125 visit b.op completed 115..125 from 115\n"
        "125 message q acknowledged 0 waiting\n"
        "135 visit b.op completed 125..135 from 125\n"
        "135 message q acknowledged 0 waiting\n");
}

static void test_consumers_compete_and_take_turns(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 4, 'replicas': 2, 'operations': {'op': {'steps': "
        "[{'compute':'10ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': {'concurrency':1}}}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b",
        "110 visit b.op completed 100..110 from 100\n"
        "110 visit b.op completed 100..110 from 100\n"
        "120 visit b.op completed 110..120 from 110\n");
}

static void test_a_consumed_operation_that_is_refused_is_delivered_again(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},"
        "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "
        "[{'call':'b.op'}]}}},"
        "'b': {'threads': 1, 'queue': {'max_length': 0}, 'operations': {'op': {'steps': "
        "[{'compute':'4ms'}]}}}},"
        "'links': {'* -> *': {}, 'a -> b': {'mode':'async','via':'q'}},"
        "'brokers': {'q': {'kind':'queue','consumers': {'b.op': "
        "{'concurrency':2,'redelivery_delay':'3ms'}}}},"
        "'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}",
        "visit b|message",
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 message q published 1 waiting\n"
        "100 message q delivered 0 waiting\n"
        "100 visit b.op rejected 100..100 from - wasted\n"
        "100 message q redelivered 0 waiting\n"
        "103 message q delivered 0 waiting\n"
        "103 visit b.op rejected 103..103 from - wasted\n"
        "103 message q redelivered 0 waiting\n"
        "104 visit b.op completed 100..104 from 100\n"
        "104 message q acknowledged 0 waiting\n"
        "106 message q delivered 0 waiting\n"
        "110 visit b.op completed 106..110 from 106\n"
        "110 message q acknowledged 0 waiting\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_is_published_delivered_and_acknowledged_after_processing),
        cmocka_unit_test(test_concurrency_bounds_processing_and_prefetch_what_is_delivered),
        cmocka_unit_test(test_an_early_acknowledgement_ends_the_message_before_it_is_processed),
        cmocka_unit_test(
            test_a_failed_delivery_comes_again_and_the_last_one_goes_to_the_dead_letters),
        cmocka_unit_test(test_without_dead_letters_a_message_is_dropped_after_its_last_delivery),
        cmocka_unit_test(test_a_redelivery_timeout_makes_a_true_duplicate),
        cmocka_unit_test(test_reject_publish_fails_the_publisher),
        cmocka_unit_test(test_drop_head_loses_the_oldest),
        cmocka_unit_test(test_block_holds_the_publisher_until_there_is_room),
        cmocka_unit_test(test_every_subscription_of_a_topic_gets_its_copy),
        cmocka_unit_test(test_a_crashed_consumer_gives_its_messages_back),
        cmocka_unit_test(test_consumers_compete_and_take_turns),
        cmocka_unit_test(test_a_consumed_operation_that_is_refused_is_delivered_again),
    };
    return cmocka_run_group_tests_name("models/world_brokers", tests, NULL, NULL);
}
