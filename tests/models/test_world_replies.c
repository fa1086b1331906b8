/* Request and reply through queues (mode async_reply), worked out by hand. A user asks at 100 ms
 * and is 1 ms away from a. A message takes 1 ms into a broker and 2 ms out of it, also on its way
 * back.
 */
#include "tests/support/cmocka_all.h"
#include "tests/support/trace.h"

#define SHOP(a, b, consumer, rest, link)                                                           \
    "{'simulation':{'duration':'150ms'},"                                                          \
    "'services': {'a': {" a ", 'operations': {'op': {'steps': [{'call':'b.op'}]}}},"               \
    "'b': {" b "}},"                                                                               \
    "'brokers': {'q': {'kind':'queue','publish_latency':'1ms','delivery_latency':'2ms',"           \
    "'consumers': {'b.op': {" consumer "}}}" rest "},"                                             \
    "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': {'mode':'async_reply'" link "}}"
#define ONE_USER                                                                                   \
    ",'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'a.op':1}}}}"
#define TWO_USERS                                                                                  \
    ",'workloads':{'u':{'type':'closed','users':2,'think_time':'100ms','mix':{'a.op':1}}}}"
#define THREADS(n)   "'threads': " n
#define COMPUTES(ms) "'threads': 4, 'operations': {'op': {'steps': [{'compute':'" ms "'}]}}"
#define VIA          ",'via':'q'"

static void test_the_reply_comes_through_a_queue_of_the_link(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "", "", VIA) ONE_USER, NULL,
                 "102 message q published 1 waiting\n"
                 "102 message q delivered 0 waiting\n"
                 "114 visit b.op completed 104..114 from 104\n"
                 "114 message q acknowledged 0 waiting\n"
                 "115 message a -> b replies published 0 waiting\n"
                 "115 message a -> b replies delivered 0 waiting\n"
                 "117 message a -> b replies acknowledged 0 waiting\n"
                 "117 attempt a -> b #1 success 101..117 last\n"
                 "117 visit a.op completed 101..117 from 101\n"
                 "118 attempt u -> a #1 success 100..118 last\n"
                 "118 request u success after 18\n"
                 "118 all done u after 18\n");
}

static void test_a_queue_for_replies_has_latencies_of_its_own(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "",
                      ",'r': {'kind':'queue','publish_latency':'5ms','delivery_latency':'6ms'}",
                      VIA ",'reply_via':'r'") ONE_USER,
                 "message r|attempt a",
                 "119 message r published 0 waiting\n"
                 "119 message r delivered 0 waiting\n"
                 "125 message r acknowledged 0 waiting\n"
                 "125 attempt a -> b #1 success 101..125 last\n");
}

static void test_the_caller_holds_its_thread_until_the_reply(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("1"), COMPUTES("10ms"), "'concurrency': 2", "", VIA) TWO_USERS,
                 "visit a",
                 "117 visit a.op completed 101..117 from 101\n"
                 "133 visit a.op completed 101..133 from 117\n");
}

static void test_an_event_loop_holds_nothing_meanwhile(void **state)
{
    (void)state;
    trace_expect(SHOP("'server':'event_loop'", COMPUTES("10ms"), "'concurrency': 2", "", VIA)
                     TWO_USERS,
                 "visit a",
                 "117 visit a.op completed 101..117 from 101\n"
                 "117 visit a.op completed 101..117 from 101\n");
}

/* The timeout ends the wait at 111; the request is processed all the same, for nobody, and its
 * reply is dropped when it comes out of the queue. What becomes of the reply is no work. */
static void test_the_request_of_a_caller_that_left_is_processed_and_its_reply_dropped(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "", "", VIA ",'timeout':'10ms'") ONE_USER,
                 "attempt a|visit b|message|all done",
                 "102 message q published 1 waiting\n"
                 "102 message q delivered 0 waiting\n"
                 "111 attempt a -> b #1 timeout 101..111 last\n"
                 "114 visit b.op completed 104..114 from 104 wasted\n"
                 "114 message q acknowledged 0 waiting\n"
                 "115 message a -> b replies published 0 waiting\n"
                 "115 message a -> b replies delivered 0 waiting\n"
                 "117 message a -> b replies dropped 0 waiting\n"
                 "114 all done u after 14\n");
}

/* The first attempt's reply comes at 117, when the second one waits: it is not the second's. */
static void test_a_reply_is_for_the_attempt_that_asked(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "'concurrency': 2", "",
                      VIA ",'per_try_timeout':'14ms','retry_policy':{'backoff':{'type':'none'}}")
                     ONE_USER,
                 "attempt a|replies",
                 "115 message a -> b replies published 0 waiting\n"
                 "115 message a -> b replies delivered 0 waiting\n"
                 "115 attempt a -> b #1 timeout 101..115\n"
                 "117 message a -> b replies dropped 0 waiting\n"
                 "129 message a -> b replies published 0 waiting\n"
                 "129 message a -> b replies delivered 0 waiting\n"
                 "129 attempt a -> b #2 timeout 115..129 last\n"
                 "131 message a -> b replies dropped 0 waiting\n");
}

/* b is down from 108 to 120: the message goes back, and is delivered again when b is there. */
static void test_a_request_outlives_the_crash_of_its_consumer(void **state)
{
    (void)state;
    trace_expect(
        SHOP(THREADS("4"), COMPUTES("10ms"), "", "",
             VIA) ",'faults': {'f': {'type':'crash','target':{'service':'b'},'start':'108ms',"
                  "'duration':'12ms'}}" ONE_USER,
        "attempt a|visit b|message q",
        "102 message q published 1 waiting\n"
        "102 message q delivered 0 waiting\n"
        "108 visit b.op lost 104..108 from 104 wasted\n"
        "108 message q redelivered 0 waiting\n"
        "120 message q delivered 0 waiting\n"
        "132 visit b.op completed 122..132 from 122\n"
        "132 message q acknowledged 0 waiting\n"
        "135 attempt a -> b #1 success 101..135 last\n");
}

static void test_the_reply_of_a_caller_that_crashed_is_dropped(void **state)
{
    (void)state;
    trace_expect(
        SHOP(THREADS("4"), COMPUTES("10ms"), "", "",
             VIA) ",'faults': {'f': {'type':'crash','target':{'service':'a'},'start':'108ms',"
                  "'duration':'1ms'}}" ONE_USER,
        "attempt a|visit|replies",
        "108 attempt a -> b #1 unfinished 101..108 last\n"
        "108 visit a.op lost 101..108 from 101 wasted\n"
        "114 visit b.op completed 104..114 from 104 wasted\n"
        "115 message a -> b replies published 0 waiting\n"
        "115 message a -> b replies delivered 0 waiting\n"
        "117 message a -> b replies dropped 0 waiting\n");
}

/* a hangs from 110 to 130, and takes what has come when it wakes up. */
static void test_a_caller_that_hangs_takes_its_reply_later(void **state)
{
    (void)state;
    trace_expect(
        SHOP(THREADS("4"), COMPUTES("10ms"), "", "",
             VIA) ",'faults': {'f': {'type':'hang','target':{'service':'a'},'start':'110ms',"
                  "'duration':'20ms'}}" ONE_USER,
        "attempt a|replies",
        "115 message a -> b replies published 0 waiting\n"
        "115 message a -> b replies delivered 0 waiting\n"
        "130 message a -> b replies acknowledged 0 waiting\n"
        "130 attempt a -> b #1 success 101..130 last\n");
}

/* A failed operation gives the message back; the caller hears nothing of it. */
static void test_a_failure_is_no_reply(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), "'threads': 4, 'operations': {'op': {'steps': [{'fail': 1}]}}",
                      "'max_deliveries': 2", "", VIA ",'timeout':'30ms'") ONE_USER,
                 "attempt a|message",
                 "102 message q published 1 waiting\n"
                 "102 message q delivered 0 waiting\n"
                 "104 message q redelivered 0 waiting\n"
                 "104 message q delivered 0 waiting\n"
                 "106 message q dropped 0 waiting\n"
                 "131 attempt a -> b #1 timeout 101..131 last\n");
}

static void test_a_request_that_the_broker_refuses_is_rejected(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},'services':{'b': {'threads': 1,'operations':{'op':"
        "{'steps':[{'compute':'10ms'}]}}}},"
        "'brokers':{'q':{'kind':'queue','max_length':1,'consumers':{'b.op':{}}}},"
        "'links':{'u -> b':{'mode':'async_reply','via':'q'}},"
        "'workloads':{'u':{'type':'closed','users':3,'think_time':'100ms','mix':{'b.op':1}}}}",
        "attempt|request",
        "100 attempt u -> b #1 rejected 100..100 last\n"
        "100 request u rejected after 0\n"
        "110 attempt u -> b #1 success 100..110 last\n"
        "110 request u success after 10\n"
        "120 attempt u -> b #1 success 100..120 last\n"
        "120 request u success after 20\n");
}

/* Each subscription's consumer of the operation answers; the first answer counts. What is consumed
 * by another operation answers nobody. */
static void test_the_first_reply_of_a_topic_counts(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},'services':{"
        "'b': {'threads': 4,'operations':{'op':{'steps':[{'compute':'10ms'}]}}},"
        "'c': {'threads': 4,'operations':{'log':{'steps':[{'compute':'5ms'}]}}}},"
        "'brokers':{'t':{'kind':'topic','subscriptions':{"
        "'s1':{'consumers':{'b.op':{}}},'s2':{'consumers':{'b.op':{}}},"
        "'s3':{'consumers':{'c.log':{}}}}}},"
        "'links':{'u -> b':{'mode':'async_reply','via':'t'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'b.op':1}}}}",
        "attempt|visit|replies",
        "105 visit c.log completed 100..105 from 100\n"
        "110 visit b.op completed 100..110 from 100\n"
        "110 visit b.op completed 100..110 from 100\n"
        "110 message u -> b replies published 0 waiting\n"
        "110 message u -> b replies delivered 0 waiting\n"
        "110 message u -> b replies published 0 waiting\n"
        "110 message u -> b replies delivered 0 waiting\n"
        "110 message u -> b replies acknowledged 0 waiting\n"
        "110 attempt u -> b #1 success 100..110 last\n"
        "110 message u -> b replies dropped 0 waiting\n");
}

static void test_requests_go_through_a_stream_too(void **state)
{
    (void)state;
    trace_expect(
        "{'simulation':{'duration':'150ms'},'services':{"
        "'b': {'threads': 4,'operations':{'op':{'steps':[{'compute':'10ms'}]}}}},"
        "'brokers':{'s':{'kind':'stream','partitions':1,'publish_latency':'1ms',"
        "'delivery_latency':'2ms','consumer_groups':{'g':{'operation':'b.op',"
        "'commit':'after_batch'}}}},"
        "'links':{'u -> b':{'mode':'async_reply','via':'s'}},"
        "'workloads':{'u':{'type':'closed','users':1,'think_time':'100ms','mix':{'b.op':1}}}}",
        "attempt|visit|replies",
        "113 visit b.op completed 103..113 from 103\n"
        "114 message u -> b replies published 0 waiting\n"
        "114 message u -> b replies delivered 0 waiting\n"
        "116 message u -> b replies acknowledged 0 waiting\n"
        "116 attempt u -> b #1 success 100..116 last\n");
}

/* Reading and writing each take 1 ms, at both ends and both ways: 101 writes, 105 reads, 115
 * writes, 119 reads. */
static void test_serialization_costs_time_at_each_end(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "", "", VIA ",'serialization':'1ms'")
                     ONE_USER,
                 "attempt a|visit",
                 "117 visit b.op completed 105..117 from 105\n"
                 "120 attempt a -> b #1 success 102..120 last\n"
                 "121 visit a.op completed 101..121 from 101\n");
}

/* --- straight over the network */

static void test_without_a_broker_request_and_reply_go_over_the_network(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "", "", "") ONE_USER, "attempt a|visit b",
                 "112 visit b.op completed 102..112 from 102\n"
                 "113 attempt a -> b #1 success 101..113 last\n");
}

/* A message that is refused at the door is lost: nobody answers it. An operation that fails does.
 */
static void test_only_the_operation_answers(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"),
                      "'threads': 1, 'queue': {'max_length': 0}, 'operations': {'op': {'steps': "
                      "[{'compute':'10ms'},{'fail':1}]}}",
                      "", "", ",'timeout':'20ms'") TWO_USERS,
                 "attempt a|visit b",
                 "102 visit b.op rejected 102..102 from - wasted\n"
                 "112 visit b.op failed 102..112 from 102 wasted\n"
                 "113 attempt a -> b #1 error 101..113 last\n"
                 "121 attempt a -> b #1 timeout 101..121 last\n");
}

static void test_only_the_reply_may_take_a_queue(void **state)
{
    (void)state;
    trace_expect(SHOP(THREADS("4"), COMPUTES("10ms"), "",
                      ",'r': {'kind':'queue','publish_latency':'5ms','delivery_latency':'6ms'}",
                      ",'reply_via':'r'") ONE_USER,
                 "message r|attempt a",
                 "117 message r published 0 waiting\n"
                 "117 message r delivered 0 waiting\n"
                 "123 message r acknowledged 0 waiting\n"
                 "123 attempt a -> b #1 success 101..123 last\n");
}

/* --- bandwidth: a kilobyte each millisecond, each way */

#define OF_SIZES(users)                                                                            \
    "{'simulation':{'duration':'150ms'},"                                                          \
    "'services': {'a': {'threads': 9, 'operations': {'op': {'steps': "                             \
    "[{'call':'b.op','request_size':'3kB','response_size':'2kB'}]}}},"                             \
    "'b': {'threads': 9, 'operations': {'op': {'steps': [{'compute':'2ms'}]}}}},"                  \
    "'brokers': {'q': {'kind':'queue','bandwidth':'8Mbps','publish_latency':'1ms',"                \
    "'delivery_latency':'2ms','consumers': {'b.op': {'concurrency':9}}}},"                         \
    "'links': {'* -> *': {'latency':'1ms'}, 'a -> b': {'mode':'async_reply','via':'q'}},"          \
    "'workloads':{'u':{'type':'closed','users':" users ",'think_time':'100ms','mix':{'a.op':1}}}}"

static void test_request_and_reply_take_the_time_of_their_sizes(void **state)
{
    (void)state;
    trace_expect(OF_SIZES("1"), "published|visit|attempt a",
                 "105 message q published 1 waiting\n"
                 "112 visit b.op completed 110..112 from 110\n"
                 "115 message a -> b replies published 0 waiting\n"
                 "119 attempt a -> b #1 success 101..119 last\n"
                 "119 visit a.op completed 101..119 from 101\n");
}

/* Six requests come in until 119: the first reply, ready at 112, is in the line behind them. */
static void test_replies_share_the_bandwidth_of_the_broker_of_the_requests(void **state)
{
    (void)state;
    trace_expect(OF_SIZES("6"), "replies published",
                 "122 message a -> b replies published 0 waiting\n"
                 "124 message a -> b replies published 0 waiting\n"
                 "126 message a -> b replies published 0 waiting\n"
                 "128 message a -> b replies published 0 waiting\n"
                 "130 message a -> b replies published 0 waiting\n"
                 "132 message a -> b replies published 0 waiting\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_reply_comes_through_a_queue_of_the_link),
        cmocka_unit_test(test_a_queue_for_replies_has_latencies_of_its_own),
        cmocka_unit_test(test_the_caller_holds_its_thread_until_the_reply),
        cmocka_unit_test(test_an_event_loop_holds_nothing_meanwhile),
        cmocka_unit_test(test_the_request_of_a_caller_that_left_is_processed_and_its_reply_dropped),
        cmocka_unit_test(test_a_reply_is_for_the_attempt_that_asked),
        cmocka_unit_test(test_a_request_outlives_the_crash_of_its_consumer),
        cmocka_unit_test(test_the_reply_of_a_caller_that_crashed_is_dropped),
        cmocka_unit_test(test_a_caller_that_hangs_takes_its_reply_later),
        cmocka_unit_test(test_a_failure_is_no_reply),
        cmocka_unit_test(test_a_request_that_the_broker_refuses_is_rejected),
        cmocka_unit_test(test_the_first_reply_of_a_topic_counts),
        cmocka_unit_test(test_requests_go_through_a_stream_too),
        cmocka_unit_test(test_serialization_costs_time_at_each_end),
        cmocka_unit_test(test_without_a_broker_request_and_reply_go_over_the_network),
        cmocka_unit_test(test_only_the_operation_answers),
        cmocka_unit_test(test_only_the_reply_may_take_a_queue),
        cmocka_unit_test(test_request_and_reply_take_the_time_of_their_sizes),
        cmocka_unit_test(test_replies_share_the_bandwidth_of_the_broker_of_the_requests),
    };
    return cmocka_run_group_tests_name("models/world_replies", tests, NULL, NULL);
}
